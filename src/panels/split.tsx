// Side A beside the stage: a stage of its own with the same camera and the same clock.
import { useEffect, useRef, useState } from 'react'
import { useTools } from '../app/context.tsx'
import { DOTS_LEAST } from '../app/perf.ts'
import { PROJECTED } from '../app/projector.ts'
import { store, useApp } from '../app/store.ts'
import { number } from '../run/words.ts'
import { OUTCOMES } from '../sim.ts'
import { THEMES } from '../theme/tokens.ts'
import { SideLabel } from './sides.tsx'
import { Caption, Mirror, splitMargins } from './stage-view.tsx'

export function BaseStage() {
  const tools = useTools()
  const { session, loop } = tools
  const host = useRef<HTMLDivElement>(null)
  const [ready, setReady] = useState(false)
  const [moves, setMoves] = useState(0)
  const [perDot, setPerDot] = useState<readonly number[]>([])
  const others = useApp((state) => state.perDot)
  const isFiner = OUTCOMES.some((_, i) => (perDot[i] ?? 1) !== (others[i] ?? 1))
  const theme = useApp((state) => state.theme)
  const selected = useApp((state) => state.selected)
  const still = useApp((state) => state.still)
  const places = useApp((state) => state.places)
  const projected = useApp((state) => state.before !== undefined)
  const { status, outline, insights, pins } = useApp((state) => state.base)
  const name = selected === undefined ? undefined : store.getState().outline?.nodes[selected]?.name
  const mine = name === undefined ? -1 : (outline?.nodes.findIndex((node) => node.name === name) ?? -1)

  useEffect(() => {
    const element = host.current
    if (element === null) return
    let gone = false
    let removeDraw = (): void => {}
    const observer = new ResizeObserver(() => tools.base?.resize())
    const select = (node: number | undefined): void => {
      const chosen = node === undefined ? undefined : session.base?.outline.nodes[node]?.name
      const found = store.getState().outline?.nodes.findIndex((each) => each.name === chosen) ?? -1
      store.setState({ selected: found < 0 ? undefined : found })
    }
    const made = import('../stage/stage.ts').then(({ Stage }) =>
      Stage.create(element, THEMES[store.getState().theme], {
        selected: select,
        moved: () => {
          setMoves((count) => count + 1)
          if (tools.base !== undefined) tools.stage?.follow(tools.base)
        },
        perDot: setPerDot,
        placed: (name, place) => session.place(name, place),
        dotsLeast: DOTS_LEAST,
      }),
    )
    void made.then((stage) => {
      if (gone) {
        stage.destroy()
        return
      }
      tools.base = stage
      element.dataset.renderer = stage.renderer
      observer.observe(element)
      session.onBase = (run) => stage.setRun(run)
      if (session.base !== undefined) stage.setRun(session.base)
      removeDraw = loop.addStage(() => {
        return session.ready && session.base !== undefined ? stage.draw(session.clock) : 0
      })
      setReady(true)
    })
    return () => {
      gone = true
      observer.disconnect()
      removeDraw()
      session.onBase = () => {}
      tools.base?.destroy()
      tools.base = undefined
    }
  }, [tools, session, loop])

  useEffect(() => {
    const { base } = tools
    if (base === undefined) return
    base.setTheme(THEMES[theme])
    base.select(mine < 0 ? undefined : mine)
    base.setPins(pins)
    base.setStill(still)
    base.setPlaces(places)
    base.setScale(projected ? PROJECTED : { text: 1, dots: 1 })
    base.setMargins(splitMargins(store.getState().outline), [])
    if (tools.stage !== undefined) base.follow(tools.stage)
  }, [tools, ready, theme, mine, pins, still, outline, places, projected])

  return (
    <div className="stage" ref={host} role="group" aria-label="Side A">
      <SideLabel side="a" />
      <Caption insights={insights} status={status} run={() => session.base} />
      {isFiner && !still && (
        <p className="other-dots">
          Dots of A stand for other numbers than those of B: a request {number(perDot[0] ?? 1)}, a refusal{' '}
          {number(perDot[OUTCOMES.indexOf('throttled')] ?? 1)}
        </p>
      )}
      {ready && (
        <Mirror
          moves={moves}
          stage={tools.base}
          outline={outline}
          run={() => session.base}
          selected={mine < 0 ? undefined : mine}
          prefix="A, "
        />
      )}
    </div>
  )
}
