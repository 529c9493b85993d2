// The stage with what lies over it: the caption, the legend, the zoom, and the same nodes as buttons for the keyboard.
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Live, useLive, useTools } from '../app/context.tsx'
import { DOTS_LEAST, SHOWS_COSTS } from '../app/perf.ts'
import { PROJECTED } from '../app/projector.ts'
import { useEditor } from '../app/editor-store.ts'
import { insightAt } from '../app/session.ts'
import { store, useApp } from '../app/store.ts'
import { describeCard, isTrouble } from '../glyphs/card.ts'
import { glyphOf } from '../glyphs/index.ts'
import { kindOf, nameOf, viewOf } from '../glyphs/view.ts'
import type { Known } from '../app/side.ts'
import { isWide } from '../run/columns.ts'
import { RequestHere } from '../inspector/here.tsx'
import type { Run } from '../run/run.ts'
import type { Insight, Outline } from '../sim.ts'
import type { Margins } from '../stage/camera.ts'
import type { Stage } from '../stage/stage.ts'
import { axisMoment, perSecond, unbroken } from '../run/words.ts'
import { THEMES } from '../theme/tokens.ts'
import { Legend } from './legend.tsx'
import { SideLabel } from './sides.tsx'

/** How far the keyboard moves a card, in pixels. */
const STEP = 24
const STEPS_OF: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
}

/** Room that the caption may take, in CSS pixels. */
const CAPTION_HEIGHT = 96

/** Both sides keep clear of the same things: only then they have the same camera. */
export const splitMargins = (outline: Outline | undefined): Margins =>
  outline !== undefined && isWide(outline)
    ? { top: 58, right: 58, bottom: 44, left: 20 }
    : { top: 116, right: 20, bottom: 84, left: 20 }

/** The picture keeps clear of the caption, the legend and the zoom. */
function keepClear(stage: Stage, host: HTMLElement | null, text: number): void {
  const below = host?.querySelector<HTMLElement>('.legend')?.offsetHeight ?? -8
  const [caption, zoom] = ['.caption', '.zoom'].map((name) => host?.querySelector<HTMLElement>(name))
  stage.setMargins({ top: 16, right: 18, bottom: (below + 22) * text, left: 18 }, [
    // The caption's words change; its room does not.
    {
      x: 0,
      y: 0,
      w: caption === null || caption === undefined ? 0 : (caption.offsetLeft + caption.offsetWidth) * text,
      h: CAPTION_HEIGHT * text,
    },
    ...(zoom === null || zoom === undefined
      ? []
      : [{ x: zoom.offsetLeft, y: zoom.offsetTop, w: zoom.offsetWidth, h: zoom.offsetHeight }]),
  ])
}

const TableView = lazy(() => import('./table-view.tsx').then((module) => ({ default: module.TableView })))

export function StageView() {
  const tools = useTools()
  const host = useRef<HTMLDivElement>(null)
  const [ready, setReady] = useState(false)
  const theme = useApp((state) => state.theme)
  const selected = useApp((state) => state.selected)
  // The card of the resource in which the editor's cursor stands.
  const pointed = useEditor((state) => state.pointed)
  const at = useApp((state) => state.outline?.nodes.findIndex((node) => node.name === pointed) ?? -1)
  const marked = selected ?? (at < 0 ? undefined : at)
  const pins = useApp((state) => state.pins)
  const still = useApp((state) => state.still)
  const legend = useApp((state) => state.legend)
  const places = useApp((state) => state.places)
  const table = useApp((state) => state.table)
  const projected = useApp((state) => state.before !== undefined)
  const [moves, setMoves] = useState(0)
  const isSplit = useApp((state) => state.view === 'split')
  const insights = useApp((state) => state.insights)
  const status = useApp((state) => state.status)
  const outline = useApp((state) => state.outline)

  useEffect(() => {
    const element = host.current
    if (element === null) return
    let gone = false
    let drawn = false
    let removeDraw = (): void => {}
    const observer = new ResizeObserver(() => tools.stage?.resize())
    // The renderer is a third of all script: the gallery and the panels do not wait for it.
    const made = import('../stage/stage.ts').then(({ Stage }) =>
      Stage.create(element, THEMES[store.getState().theme], {
        selected: (node) => store.setState({ selected: node }),
        moved: () => {
          setMoves((count) => count + 1)
          if (tools.stage !== undefined) tools.base?.follow(tools.stage)
        },
        perDot: (perDot) => store.setState({ perDot }),
        placed: (name, place) => tools.session.place(name, place),
        dotsLeast: DOTS_LEAST,
      }),
    )
    void made.then((stage) => {
      if (gone) {
        stage.destroy()
        return
      }
      tools.stage = stage
      element.dataset.renderer = stage.renderer
      observer.observe(element)
      tools.session.onRun = (run) => stage.setRun(run)
      if (tools.session.run !== undefined) stage.setRun(tools.session.run)
      removeDraw = tools.loop.addStage(() => {
        if (!tools.session.ready) return 0
        const cards = stage.draw(tools.session.clock)
        if (!drawn) performance.mark('first-frame')
        drawn = true
        return cards
      })
      setReady(true)
    })
    return () => {
      gone = true
      observer.disconnect()
      removeDraw()
      tools.session.onRun = () => {}
      tools.stage?.destroy()
      tools.stage = undefined
    }
  }, [tools])

  useEffect(() => {
    const { stage } = tools
    if (stage === undefined) return
    stage.setTheme(THEMES[theme])
    stage.select(marked)
    stage.setPins(pins)
    stage.setStill(still)
    stage.setPlaces(places)
    const scale = projected ? PROJECTED : { text: 1, dots: 1 }
    stage.setScale(scale)
    if (isSplit) stage.setMargins(splitMargins(outline), [])
    else keepClear(stage, host.current, scale.text)
    if (marked !== undefined) stage.reveal(marked)
  }, [tools, ready, theme, marked, pins, still, legend, places, projected, isSplit, outline])

  return (
    <div className="stage" ref={host}>
      {isSplit && <SideLabel side="b" />}
      <Caption insights={insights} status={status} run={() => tools.session.run} spoken />
      {table && (
        <Suspense>
          <TableView />
        </Suspense>
      )}
      {ready && !table && (
        <Mirror
          moves={moves}
          stage={tools.stage}
          outline={outline}
          run={() => tools.session.run}
          selected={selected}
          prefix=""
        />
      )}
      {ready && !table && <RequestHere moves={moves} />}
      {legend && !table && <Legend />}
      {SHOWS_COSTS && <Cost />}
      <div className="zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" onClick={() => tools.stage?.zoom(1.25)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => tools.stage?.zoom(1 / 1.25)}>
          −
        </button>
        <button type="button" aria-label="Show all" title="Show all (0)" onClick={() => tools.stage?.fit()}>
          ⤢
        </button>
        <button
          type="button"
          aria-label="Table"
          aria-pressed={table}
          title="All resources as a table (N)"
          onClick={() => store.setState({ table: !table })}
        >
          ▤
        </button>
        {places.size > 0 && (
          <button
            type="button"
            aria-label="Tidy"
            title="Tidy: cards back to where they stand by themselves (G)"
            onClick={() => tools.session.tidy()}
          >
            ▦
          </button>
        )}
      </div>
    </div>
  )
}

/** One sentence of what is going on now on a side; of one side it is spoken when it changes. */
export function Caption({
  insights,
  status,
  run: runNow,
  spoken: isSpoken = false,
}: {
  insights: readonly Insight[]
  status: Known['status']
  run: () => Run | undefined
  spoken?: boolean
}) {
  const { session } = useTools()
  const title = useRef<HTMLHeadingElement>(null)
  const text = useRef<HTMLParagraphElement>(null)
  const when = useRef<HTMLParagraphElement>(null)
  const spoken = useRef<HTMLParagraphElement>(null)
  const lastSpoken = useRef(0)
  useLive((now) => {
    const at = insightAt(insights, now)
    const insight = insights[at]
    const write = (element: HTMLElement | null, words: string): void => {
      if (element !== null && element.textContent !== words) element.textContent = words
    }
    const run = runNow()
    const share = run === undefined ? 0 : run.reached / run.outline.duration
    const simulating = status === 'loading' || (status === 'running' && share < 1)
    write(when.current, `At ${axisMoment(now)}${simulating ? ` · simulated ${Math.floor(share * 100)}%` : ''}`)
    const isThere = run !== undefined && run.frames.length > 0 && session.ready
    const plain = insight ?? (isThere ? momentInWords(run, now) : { title: '', text: '' })
    write(title.current, plain.title)
    write(text.current, unbroken(plain.text))
    const sentence = insight === undefined ? '' : `${insight.title}. ${insight.text}`
    const time = performance.now()
    if (sentence !== '' && spoken.current?.textContent !== sentence && time - lastSpoken.current > 3000) {
      lastSpoken.current = time
      write(spoken.current, sentence)
    }
  }, 200)
  return (
    <div className="caption">
      <p className="when" ref={when} />
      <h2 ref={title} />
      <p className="what" ref={text} />
      {isSpoken && <p className="hidden" aria-live="polite" ref={spoken} />}
    </div>
  )
}

/** With `?perf` in the address: what a frame of the screen costs this thread. */
function Cost() {
  const { loop, stage } = useTools()
  return (
    <p className="perf mono">
      <Live
        ms={500}
        read={() => {
          const sorted = [...loop.costs].sort((a, b) => a - b)
          const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(2)
          return `script a frame: median ${at(0.5)} ms, p95 ${at(0.95)} ms · dots at hand ${stage?.dots ?? 0}`
        }}
      />
    </p>
  )
}

/** What to say of a moment that no insight is about. */
function momentInWords(run: Run, now: number): { title: string; text: string } {
  if (run.outline.nodes.length === 0)
    return {
      title: 'Nothing in this template is simulated.',
      text: `${run.outline.notSimulated.length} things are left out; the panel says which. Scenarios that move are in the gallery.`,
    }
  const frame = run.frames[run.frameAt(now)]
  const inTrouble = run.outline.nodes.filter((node, i) => isTrouble(glyphOf(node), viewOf(run, frame, i)))
  if (inTrouble.length > 0) {
    const names = inTrouble.slice(0, 3).map(nameOf)
    return {
      title: `Trouble at ${names.join(', ')}.`,
      text: inTrouble.length > 3 ? `And at ${inTrouble.length - 3} more.` : '',
    }
  }
  const requests = run.lanes.requests[frame.index] ?? 0
  return requests > 0
    ? { title: 'All is well.', text: `${perSecond(requests)} requests come in, and nothing is at a limit.` }
    : { title: 'Nothing moves.', text: 'No request comes in at this moment.' }
}

/** The nodes of a side as buttons over their cards, in reading order, each with its state in words. */
export function Mirror({
  moves,
  stage,
  outline,
  run: runNow,
  selected,
  prefix,
}: {
  moves: number
  stage: Stage | undefined
  outline: Outline | undefined
  run: () => Run | undefined
  selected: number | undefined
  /** Before each sentence: which side it is about. */
  prefix: string
}) {
  const { session } = useTools()
  const list = useRef<HTMLUListElement>(null)
  const boxes = stage?.boxes() ?? []
  useEffect(() => {
    // Sizes and places through the object model: inline styles are not allowed.
    list.current?.querySelectorAll('button').forEach((button) => {
      const box = boxes[Number(button.dataset.node)]
      if (box === undefined) return
      button.style.transform = `translate(${box.x}px, ${box.y}px)`
      button.style.width = `${box.w}px`
      button.style.height = `${box.h}px`
    })
  }, [moves, outline, boxes])
  useLive((now) => {
    const run = runNow()
    if (run === undefined || run.frames.length === 0 || !session.ready) return
    const frame = run.frames[run.frameAt(now)]
    list.current?.querySelectorAll('button').forEach((button) => {
      const node = Number(button.dataset.node)
      if (run.outline.nodes[node] === undefined) return
      const words = prefix + describeCard(glyphOf(run.outline.nodes[node]), viewOf(run, frame, node))
      if (button.getAttribute('aria-label') !== words) button.setAttribute('aria-label', words)
    })
  }, 500)
  if (outline === undefined) return null
  const order = outline.nodes
    .map((node, i) => ({ node, i }))
    .sort((a, b) => (boxes[a.i]?.x ?? 0) - (boxes[b.i]?.x ?? 0) || (boxes[a.i]?.y ?? 0) - (boxes[b.i]?.y ?? 0))
  return (
    <ul className="mirror" ref={list} aria-label={`${prefix}Resources`}>
      {order.map(({ node, i }) => (
        <li key={node.name}>
          <button
            type="button"
            data-node={i}
            aria-label={`${prefix}${nameOf(node)}, ${kindOf(node)}`}
            aria-pressed={selected === i}
            onClick={() => {
              const shown = store.getState().outline?.nodes.findIndex((each) => each.name === node.name) ?? -1
              store.setState({ selected: selected === i || shown < 0 ? undefined : shown })
            }}
            onKeyDown={(event) => {
              const by = event.shiftKey ? STEPS_OF[event.key] : undefined
              if (by === undefined) return
              // Here the arrows are the card's; elsewhere they are the clock's.
              event.preventDefault()
              stage?.nudge(i, ...by)
            }}
            onFocus={() => {
              stage?.focus(i)
              stage?.reveal(i)
            }}
            onBlur={() => stage?.focus(undefined)}
          />
        </li>
      ))}
    </ul>
  )
}
