// The inspector of one node: what it does now, its requests, its metrics, its settings with their lines in the scenario, its model.
import { useEffect, useRef } from 'react'
import { Live, useLive, useTools } from '../app/context.tsx'
import { store, TABS, useApp } from '../app/store.ts'
import { glyphOf } from '../glyphs/index.ts'
import { kindOf, nameOf, viewOf } from '../glyphs/view.ts'
import { Metrics } from '../inspector/metrics.tsx'
import { Model } from '../inspector/model.tsx'
import { Requests } from '../inspector/requests.tsx'
import { Settings } from '../inspector/settings.tsx'
import { Tabs } from '../inspector/tabs.tsx'
import { useAbout } from '../inspector/use-about.ts'
import { inUnit, unbroken } from '../run/words.ts'
import type { NodeOutline, Reading } from '../sim.ts'
import { drawChart } from '../timeline/chart.ts'
import { THEMES } from '../theme/tokens.ts'
import '../inspector/inspector.css'
import { CostOf } from './cost.tsx'
import { BothSides } from './both.tsx'

export function Inspector({ node }: { node: number }) {
  const outline = useApp((state) => state.outline)
  const text = useApp((state) => state.scenario?.text ?? '')
  const tab = useApp((state) => state.tab)
  const about = useAbout(node)
  const here = outline?.nodes[node]
  if (here === undefined) return null
  return (
    <aside className="right" aria-label="Inspector">
      <div className="inspector-head">
        <h2>
          {nameOf(here)} <small>{kindOf(here)}</small>
        </h2>
        <button
          type="button"
          className="close"
          aria-label="Close"
          onClick={() => store.setState({ selected: undefined })}
        >
          ✕
        </button>
      </div>
      <p className="type">{here.type}</p>
      <Tabs tabs={TABS} chosen={tab} choose={(chosen) => store.setState({ tab: chosen })}>
        {tab === 'Now' && <Now node={node} here={here} />}
        {tab === 'Requests' && about !== undefined && <Requests key={node} node={here} about={about} />}
        {tab === 'Metrics' && about !== undefined && <Metrics key={node} node={here} about={about} />}
        {tab === 'Settings' && (
          <>
            {about !== undefined && <Settings cards={about.cards} />}
            {here.place !== undefined && (
              <Lines text={text} from={here.place.line} to={here.place.endLine} file={here.place.file} />
            )}
          </>
        )}
        {tab === 'Model' && about !== undefined && <Model cards={about.cards} />}
      </Tabs>
    </aside>
  )
}

/** What it does at the moment, what went wrong in it, its numbers over the run, whom it speaks with. */
function Now({ node, here }: { node: number; here: NodeOutline }) {
  const { session } = useTools()
  const insights = useApp((state) => state.insights)
  const told = insights.filter((insight) => insight.node === node).slice(0, 3)
  const describe = (now: number): string => {
    const { run } = session
    const frame = run?.frames[run.frameAt(now)]
    return run === undefined || frame === undefined || run.outline.nodes[node] === undefined
      ? ''
      : glyphOf(run.outline.nodes[node]).describe(viewOf(run, frame, node))
  }
  return (
    <>
      <p className="now-words">
        <Live read={describe} ms={250} />
      </p>
      <BothSides node={node} />
      {told.map((insight) => (
        <button type="button" key={insight.title + insight.from} className="told" onClick={() => session.show(insight)}>
          <b>{insight.title}</b> {unbroken(insight.text)}
        </button>
      ))}
      {here.readings.length > 0 && <h3>Over the whole run</h3>}
      {here.readings.map((reading, i) => (
        <ReadingChart key={`${here.name} ${reading.name}`} node={node} index={i} reading={reading} />
      ))}
      <CostOf name={here.name} />
      <Roads node={node} />
    </>
  )
}

/** A reading as a line over the run with its value at the moment. */
function ReadingChart({ node, index, reading }: { node: number; index: number; reading: Reading }) {
  const { session } = useTools()
  const theme = useApp((state) => state.theme)
  const box = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const paint = (now: number): void => {
    const { run } = session
    if (run === undefined || canvas.current === null || run.outline.nodes[node]?.readings[index] === undefined) return
    // What this resource does not have, such as a reservation, is left out.
    const missing = run.frames.length > 0 && run.frames.every((frame) => Number.isNaN(run.reading(frame, node, index)))
    if (box.current !== null) box.current.hidden = missing
    if (missing) return
    drawChart(canvas.current, THEMES[theme], {
      length: run.frames.length,
      value: (i) => run.reading(run.frames[i], node, index),
      end: run.outline.duration / run.outline.step,
      at: now / run.outline.step,
    })
  }
  useLive(paint, 200)
  useEffect(() => paint(session.clock.now))
  return (
    <div className="reading" title={reading.doc} ref={box}>
      <div>
        <span>{reading.name}</span>
        <Live
          className="mono"
          read={(now) => {
            const { run } = session
            const frame = run?.frames[run.frameAt(now)]
            if (run === undefined || frame === undefined || run.outline.nodes[node]?.readings[index] === undefined)
              return ''
            const value = run.reading(frame, node, index)
            return Number.isNaN(value) ? '–' : inUnit(value, reading.unit)
          }}
        />
      </div>
      <canvas ref={canvas} role="img" aria-label={`${reading.name} over the whole run: ${reading.doc}`} />
    </div>
  )
}

function Roads({ node }: { node: number }) {
  const outline = useApp((state) => state.outline)
  if (outline === undefined) return null
  const ways = outline.roads.filter((road) => road.from === node || road.to === node)
  if (ways.length === 0) return null
  return (
    <>
      <h3>Speaks with</h3>
      <ul className="ways">
        {ways.map((road) => {
          const other = road.from === node ? road.to : road.from
          return (
            <li key={`${road.from} ${road.to} ${road.actions.join()}`}>
              <button type="button" onClick={() => store.setState({ selected: other })}>
                {road.from === node ? '→' : '←'} {nameOf(outline.nodes[other])}
              </button>{' '}
              <small>{road.actions.join(', ')}</small>
            </li>
          )
        })}
      </ul>
    </>
  )
}

const LINES_MAX = 60

/** The resource's own lines of the scenario's text. */
function Lines({ text, from, to, file }: { text: string; from: number; to: number; file: string }) {
  const all = text.split(/\r\n|\n|\r/)
  const end = Math.min(to, from + LINES_MAX - 1, all.length)
  const shown = all.slice(from - 1, end)
  const indent = Math.min(
    ...shown.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  )
  return (
    <>
      <h3>
        {file}, lines {from} to {to}
      </h3>
      <pre className="lines" tabIndex={0}>
        {shown.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)).join('\n')}
        {to > end ? '\n…' : ''}
      </pre>
    </>
  )
}
