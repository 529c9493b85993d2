// How long the requests of a node took: heat map over the run, histogram with a tail to click, typical requests to follow.
import { useState } from 'react'
import { useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { barsOf, quantileStep, stepBar, totalsOf, type Bar } from '../run/heat.ts'
import { number, percent, seconds } from '../run/words.ts'
import { heatFrom, type About, type HeatRows, type MetricValues, type NodeOutline, type Wanted } from '../sim.ts'
import { HeatMap } from './heat-map.tsx'
import { WaterfallView } from './waterfall.tsx'

/** Bars of the histogram: each is wide enough to be hit. */
const BARS = 10
/** Where the tail begins. */
const TAIL = 0.99

type Durations = MetricValues & { readonly heat: HeatRows }

/** A metric's name with what tells it from others of the node. */
export function titleOf(metric: MetricValues, node: NodeOutline): string {
  const of = metric.resource === node.name ? '' : ` of ${metric.resource}`
  return `${metric.name}${metric.dimensions === '' ? '' : ` (${metric.dimensions})`}${of}`
}

/** µs as people read them. */
const time = (us: number): string => seconds(us / 1e6)
const range = ({ low, high }: Bar): string => `${time(low)} to ${time(high)}`

export function Requests({ node, about }: { node: NodeOutline; about: About }) {
  const durations = about.metrics.filter((metric): metric is Durations => metric.heat !== undefined)
  const [chosen, choose] = useState(0)
  const metric = durations.find(({ id }) => id === chosen) ?? durations[0]
  return (
    <>
      {metric === undefined ? (
        <p className="quiet">{node.name} has recorded no durations so far.</p>
      ) : (
        <>
          <label className="pick">
            <span>How long:</span>
            <select value={metric.id} onChange={(event) => choose(Number(event.target.value))}>
              {durations.map((each) => (
                <option key={each.id} value={each.id}>
                  {titleOf(each, node)}
                </option>
              ))}
            </select>
          </label>
          <p className="quiet">{metric.doc}</p>
          <Durations metric={metric} />
        </>
      )}
      <Typical node={node} about={about} metric={metric} />
      <WaterfallView />
    </>
  )
}

/** Asks for the longest of a bar, in the frame that holds it. */
function useFollow(metric: number): (bar: Bar, words: string) => void {
  const { session } = useTools()
  return (bar, words) => {
    const frame = session.run?.frames[bar.frame]
    if (frame === undefined) return
    const { from, to } = frame
    void session.follow({ by: 'duration', metric, from, to, low: bar.low, high: bar.high }, words)
  }
}

function Durations({ metric }: { metric: Durations }) {
  const { heat, id, name } = metric
  const follow = useFollow(id)
  const bars = barsOf(heat, BARS)
  const most = Math.max(...bars.map(({ count }) => count))
  const tail = heatFrom(quantileStep(heat, TAIL))
  const total = totalsOf(heat).counts.reduce((sum, count) => sum + count, 0)
  return (
    <>
      <HeatMap rows={heat} name={name} pick={(bar) => follow(bar, `one of ${range(bar)}`)} />
      <h3>All {number(total)}, click to follow one</h3>
      <div className="bars" role="group" aria-label={`${name}: how many took how long`}>
        {bars.map((bar) => (
          <button
            type="button"
            key={bar.low}
            className={bar.high > tail ? 'bar tail' : 'bar'}
            disabled={bar.count === 0}
            title={`${range(bar)}: ${number(bar.count)}`}
            aria-label={`${range(bar)}: ${number(bar.count)} ${bar.count === 1 ? 'request' : 'requests'}${bar.high > tail ? ', in the slowest 1 %' : ''}. Follow the longest.`}
            onClick={() => follow(bar, `the longest of ${range(bar)}`)}
          >
            <span style={{ height: `${bar.count === 0 ? 0 : Math.max(3, Math.sqrt(bar.count / most) * 100)}%` }} />
          </button>
        ))}
      </div>
      <div className="bars-axis" aria-hidden="true">
        <span>{time(bars[0].low)}</span>
        <span>▨ slowest 1 %</span>
        <span>{time(bars[bars.length - 1].high)}</span>
      </div>
      <details>
        <summary>Percentiles as a table</summary>
        <table className="figures">
          <tbody>
            {[0.5, 0.9, 0.95, 0.99, 0.999].map((p) => (
              <tr key={p}>
                <th scope="row">p{p * 100}</th>
                <td>{range(stepBar(heat, quantileStep(heat, p)))}</td>
                <td>{number(total * (1 - p))} above</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}

/** Requests that one would ask for by name. */
function Typical({ node, about, metric }: { node: NodeOutline; about: About; metric: Durations | undefined }) {
  const { session } = useTools()
  const done = useApp((state) => state.status === 'done')
  const follow = useFollow(metric?.id ?? 0)
  const isClient = node.family === 'client'
  const byDuration = (p: number): Bar => stepBar(metric!.heat, quantileStep(metric!.heat, p))
  const ask = (wanted: Wanted, words: string) => () => void session.follow(wanted, words)
  return (
    <>
      <h3>Follow one request</h3>
      <div className="typical">
        {metric !== undefined && (
          <>
            <button type="button" onClick={() => follow(byDuration(0.5), 'a usual one')}>
              a usual one <small>{time(byDuration(0.5).low)}</small>
            </button>
            <button type="button" onClick={() => follow(byDuration(TAIL), `one at ${percent(TAIL)}`)}>
              one at p99 <small>{time(byDuration(TAIL).low)}</small>
            </button>
          </>
        )}
        {isClient && (
          <>
            <button type="button" onClick={ask({ by: 'failed', node: about.node }, 'the first that failed')}>
              the first that failed
            </button>
            <button
              type="button"
              onClick={ask({ by: 'throttled', node: about.node }, 'the first that was throttled on its way')}
            >
              the first throttled
            </button>
          </>
        )}
        <button type="button" onClick={ask({ by: 'dead-letter' }, 'the first whose message was given up')}>
          the first dead letter
        </button>
      </div>
      {!done && <p className="quiet">As far as the run has been simulated.</p>}
    </>
  )
}
