// The left panel: what can be changed, what the last change did, and what is going on.
import { useRef } from 'react'
import { useLive, useTools } from '../app/context.tsx'
import { insightAt } from '../app/session.ts'
import { store, useApp } from '../app/store.ts'
import { number, unbroken } from '../run/words.ts'
import { Cost } from './cost.tsx'
import { Differences } from './differences.tsx'
import { Knobs } from './knobs.tsx'
import { Variants } from './variants.tsx'

export function LeftPanel() {
  return (
    <aside className="left" aria-label="Parameters and what is going on">
      <Differences />
      <Knobs />
      <Variants />
      <Insights />
      <Cost />
      <Notes />
    </aside>
  )
}

function Insights() {
  const { session } = useTools()
  const insights = useApp((state) => state.insights)
  const status = useApp((state) => state.status)
  const range = useApp((state) => state.range)
  const list = useRef<HTMLOListElement>(null)
  useLive((now) => {
    // The card of what holds now is marked without a render.
    const current = insightAt(insights, now)
    list.current
      ?.querySelectorAll('li')
      .forEach((item) => item.classList.toggle('now', Number(item.dataset.number) === current))
  }, 250)
  // They keep their numbers, which are those of the pins.
  const all = insights.slice(0, 9).map((insight, i) => ({ insight, i }))
  const shown = all.filter(
    ({ insight }) => range === undefined || (insight.from <= range.to && insight.to >= range.from),
  )
  return (
    <section className="block" aria-labelledby="insights-title">
      <h2 id="insights-title">What is going on</h2>
      {insights.length === 0 && (
        <p className="quiet">
          {status === 'done' ? 'Nothing stands out: no limit was reached.' : 'Known when the run is simulated.'}
        </p>
      )}
      <ol className="insights" ref={list}>
        {shown.map(({ insight, i }) => (
          <li key={`${insight.kind} ${insight.resource} ${insight.from}`} data-number={i}>
            <button type="button" onClick={() => session.show(insight)}>
              <span className="pin" aria-hidden="true">
                {i + 1}
              </span>
              <b>{insight.title}</b>
              <span>{unbroken(insight.text)}</span>
              {insight.cause !== undefined && insight.cause < 9 && <small>brought about by {insight.cause + 1}</small>}
            </button>
          </li>
        ))}
      </ol>
      {shown.length < all.length && (
        <p className="quiet">{all.length - shown.length} more outside of the part of the run that is shown.</p>
      )}
    </section>
  )
}

function Notes() {
  const outline = useApp((state) => state.outline)
  const outcomes = useApp((state) => state.outcomes)
  const about = useApp((state) => state.about && state.selected === undefined)
  if (outline === undefined) return null
  const { notSimulated, inferred } = outline
  return (
    <section className="block notes" aria-label="About this run">
      {outcomes !== undefined && (
        <p className="quiet">
          {number(outcomes.requests)} requests, {number(outcomes.events)} events. Whoever runs the same gets the same:{' '}
          <span className="mono digest">{outcomes.digest}</span>
        </p>
      )}
      {(notSimulated.length > 0 || inferred.length > 0) && (
        <button
          type="button"
          className="small"
          aria-expanded={about}
          onClick={() => store.setState(about ? { about: false } : { about: true, selected: undefined })}
        >
          {[
            ...(notSimulated.length > 0 ? [`not simulated: ${notSimulated.length}`] : []),
            ...(inferred.length > 0 ? [`assumed: ${inferred.length}`] : []),
          ].join(', ')}{' '}
          …
        </button>
      )}
    </section>
  )
}
