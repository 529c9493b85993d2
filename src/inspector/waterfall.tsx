// The waterfall of one request: where its time went, and every call, pause and message of it on its place in time.
import { useEffect, useRef, useState } from 'react'
import { useTools } from '../app/context.tsx'
import { store, useApp } from '../app/store.ts'
import { depthsOf, partsOf } from '../run/parts.ts'
import { moment, number, percent, seconds } from '../run/words.ts'
import type { Followed, Span, SpanOutcome } from '../sim.ts'

const time = (us: number): string => seconds(us / 1e6)
/** Rows shown before somebody asks for all. */
const ROWS = 60
const PARTS = 5

/** The shape that goes with an outcome: colour never says it alone. */
const SIGNS: Readonly<Record<SpanOutcome, string>> = {
  ok: '',
  throttled: '■ throttled',
  error: '▲ failed',
  'given up': '◌ given up',
  'dead-letter': '✖ dead letter',
  open: '… not over',
}

export function WaterfallView() {
  const followed = useApp((state) => state.followed)
  const following = useApp((state) => state.following)
  const section = useRef<HTMLElement>(null)
  // Whoever has asked for a request wants to see it.
  useEffect(() => {
    if (followed !== undefined) section.current?.scrollIntoView({ block: 'start' })
  }, [followed])
  return (
    <section className="waterfall" aria-label="One request" ref={section}>
      <p className="following" role="status">
        {following}
      </p>
      {followed !== undefined && <Shown followed={followed} />}
    </section>
  )
}

function Shown({ followed }: { followed: Followed }) {
  const { session } = useTools()
  const { waterfall, isWhole } = followed
  const { trace, source, from, to, outcome, spans, leftOut } = waterfall
  const attempts = spans.filter((span) => span.kind === 'call' && span.parent === 0).length
  const end = spans.reduce((last, span) => Math.max(last, span.to), to)
  return (
    <>
      <div className="waterfall-head">
        <h3>
          Request {number(trace)} of {source}
        </h3>
        <button
          type="button"
          className="close"
          aria-label="Let go of the request"
          onClick={() => store.setState({ followed: undefined })}
        >
          ✕
        </button>
      </div>
      <p>
        <b>{time(to - from)}</b> {outcome === 'ok' ? 'and well' : SIGNS[outcome]}
        {attempts > 1 ? `, ${attempts} attempts` : ''}
        {end > to ? `; what it set going was over after ${time(end - from)}` : ''}
        {isWhole ? '' : '; it goes on beyond what has been simulated'}.{' '}
        <button type="button" className="jump" onClick={() => session.seek(from)}>
          to {moment(from)}
        </button>{' '}
        <button type="button" className="jump" onClick={() => session.seek(to)}>
          to its end
        </button>
      </p>
      <ul className="parts" aria-label="Where the time went">
        {partsOf(waterfall)
          .slice(0, PARTS)
          .map(({ words, kind, length, share }) => (
            <li key={words}>
              <span className={`swatch k-${kind}`} />
              <span>{words}</span>
              <span className="mono">
                {time(length)} · {percent(share)}
              </span>
            </li>
          ))}
      </ul>
      <Rows followed={followed} />
      {leftOut > 0 && <p className="quiet">{number(leftOut)} more parts are left out.</p>}
    </>
  )
}

function Rows({ followed }: { followed: Followed }) {
  const { session } = useTools()
  const { spans } = followed.waterfall
  const [all, setAll] = useState(false)
  const depths = depthsOf(followed.waterfall)
  const shown = all ? spans : spans.slice(0, ROWS)
  return (
    <>
      <ol className="spans">
        {shown.map((span, i) => (
          <li
            key={i}
            className={`span k-${span.kind} o-${span.outcome.replace(' ', '-')}${depths[i] === 0 ? ' top-part' : ''}`}
          >
            <button
              type="button"
              style={{ paddingLeft: `${Math.min(5, depths[i]) * 9}px` }}
              title={`from ${moment(span.from)} to ${moment(span.to)}`}
              onClick={() => {
                session.seek(span.from)
                if (followed.nodes[i] >= 0) store.setState({ selected: followed.nodes[i] })
              }}
            >
              <span className="what-part">
                <b>{span.resource}</b> {labelOf(span)} <em>{SIGNS[span.outcome]}</em> {span.error}
              </span>
              <span className="mono">{time(span.to - span.from)}</span>
            </button>
            <Bar spans={spans} index={i} />
            {span.trace !== undefined && <Other trace={span.trace} />}
          </li>
        ))}
      </ol>
      {shown.length < spans.length && (
        <button type="button" className="small" onClick={() => setAll(true)}>
          Show all {spans.length}
        </button>
      )}
    </>
  )
}

/** What a span is, without the names that stand beside it. */
function labelOf({ kind, words, attempt, times, late }: Span): string {
  const label = kind === 'request' ? 'waits for its answer' : kind === 'message' ? 'has its message' : words
  const tries = attempt === undefined ? '' : `, attempt ${attempt}`
  return `${label}${tries}${times === undefined ? '' : `, ${times} times`}${late === true ? ' (for nobody)' : ''}`
}

/** The place of a span in time: in the request, or in the life of its message. */
function Bar({ spans, index }: { spans: readonly Span[]; index: number }) {
  let top = index
  while (spans[top].parent >= 0) top = spans[top].parent
  const { from, to } = spans[top]
  const whole = Math.max(1, to - from)
  const share = (at: number): number => Math.min(1, Math.max(0, (at - from) / whole)) * 100
  const span = spans[index]
  const left = share(span.from)
  return (
    <span className="rail" aria-hidden="true">
      <span className="stretch" style={{ left: `${left}%`, width: `${Math.max(0, share(span.to) - left)}%` }} />
    </span>
  )
}

/** Another request has taken the message up: one can go on with that one. */
function Other({ trace }: { trace: number }) {
  const { session } = useTools()
  return (
    <button
      type="button"
      className="jump"
      onClick={() => void session.follow({ by: 'trace', trace }, `request ${trace}`)}
    >
      goes on in request {number(trace)}
    </button>
  )
}
