// Charts of metrics, one under the other: one cursor for all, the moment of the stage in each, the keyboard and a table for each.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useLive, useTools } from '../app/context.tsx'
import { useApp } from '../app/store.ts'
import { axisMoment, inUnit, moment } from '../run/words.ts'
import type { MetricValues, NodeOutline } from '../sim.ts'
import { THEMES, type Theme } from '../theme/tokens.ts'
import { titleOf } from './requests.tsx'

const HEIGHT = 96
/** Seconds that may lie between two words on the time axis. */
const TIMES = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800, 2_592_000]
/** Rows of a table; what is longer is a matter for `--metrics`. */
const TABLE_MAX = 200

export default function Charts({ metrics, node }: { metrics: readonly MetricValues[]; node: NodeOutline }) {
  return (
    <>
      <p className="quiet">One value a period, as CloudWatch shows it. A click goes to that moment.</p>
      {metrics.map((metric) => (
        <MetricChart key={`${metric.resource} ${metric.name} ${metric.dimensions}`} metric={metric} node={node} />
      ))}
    </>
  )
}

function MetricChart({ metric, node }: { metric: MetricValues; node: NodeOutline }) {
  const [chosen, choose] = useState(0)
  const { statistic, values } = metric.statistics[Math.min(chosen, metric.statistics.length - 1)]
  const title = titleOf(metric, node)
  const unit = statistic === 'SampleCount' ? 'Count' : metric.unit
  return (
    <section className="metric" aria-label={title} title={metric.doc}>
      <div className="metric-head">
        <span>
          <b>{title}</b> <small>{metric.namespace}</small>
        </span>
        {metric.statistics.length > 1 ? (
          <select
            aria-label={`Statistic of ${title}`}
            value={chosen}
            onChange={(event) => choose(Number(event.target.value))}
          >
            {metric.statistics.map((each, i) => (
              <option key={each.statistic} value={i}>
                {each.statistic}
              </option>
            ))}
          </select>
        ) : (
          <small>{statistic}</small>
        )}
        <small>{unit}</small>
      </div>
      <Chart title={`${title}, ${statistic}`} unit={unit} period={metric.period} values={values} />
      <Table title={title} statistic={statistic} unit={unit} period={metric.period} values={values} />
    </section>
  )
}

interface Values {
  readonly title: string
  readonly unit: string
  /** µs. */
  readonly period: number
  readonly values: Float64Array
}

function Chart({ title, unit, period, values }: Values) {
  const { session } = useTools()
  const theme = useApp((state) => state.theme)
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const head = useRef<HTMLDivElement>(null)
  const data = useMemo(() => dataOf(period, values), [period, values])
  const place = (now: number): void => {
    const { current } = plot
    if (current === undefined || head.current === null) return
    head.current.style.transform = `translateX(${current.valToPos(now / 1e6, 'x')}px)`
  }
  useEffect(() => {
    const { current } = box
    if (current === null) return undefined
    const made = new uPlot(optionsOf(THEMES[theme], unit, current.clientWidth), data, current)
    const line = document.createElement('div')
    line.className = 'chart-head'
    made.over.append(line)
    plot.current = made
    head.current = line
    place(session.clock.now)
    return () => {
      made.destroy()
      plot.current = undefined
    }
  }, [data, theme, unit])
  useLive(place, 100)

  const at = useRef(0)
  /** Puts the cursor on a period; by the keyboard. */
  const show = (index: number): void => {
    const made = plot.current
    const slider = box.current
    if (made === undefined || slider === null) return
    at.current = Math.min(values.length - 1, Math.max(0, index))
    made.setCursor({ left: made.valToPos(data[0][at.current], 'x'), top: 0 })
    slider.setAttribute('aria-valuenow', String(at.current))
    slider.setAttribute('aria-valuetext', wordsAt(at.current, period, values, unit))
  }
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key]
    if (event.key === 'Enter') session.seek(at.current * period)
    else if (step === undefined) return
    else show(at.current + step)
    event.preventDefault()
  }
  return (
    <div
      ref={box}
      className="chart"
      tabIndex={0}
      role="slider"
      aria-label={`${title}: by the arrow keys from period to period, Enter goes there`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, values.length - 1)}
      aria-valuenow={0}
      aria-valuetext={wordsAt(0, period, values, unit)}
      onKeyDown={key}
      onFocus={() => show(Math.floor(session.clock.now / period))}
      onClick={() => {
        const index = plot.current?.cursor.idx
        if (index !== undefined && index !== null) session.seek(Math.min(index, values.length - 1) * period)
      }}
    />
  )
}

function Table({ title, statistic, unit, period, values }: Values & { statistic: string }) {
  const [open, setOpen] = useState(false)
  const rows = [...values.subarray(0, TABLE_MAX)]
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        <table className="figures">
          <caption className="hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">from</th>
              <th scope="col">{statistic}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((value, i) => (
              <tr key={i}>
                <th scope="row">{moment(i * period).replace('.000', '')}</th>
                <td className="mono">{Number.isNaN(value) ? '–' : inUnit(value, unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  )
}

/** `from 05:00.000: 1,240`. */
function wordsAt(index: number, period: number, values: Float64Array, unit: string): string {
  const value = values[index]
  return `from ${moment(index * period)}: ${value === undefined || Number.isNaN(value) ? 'no data' : inUnit(value, unit)}`
}

/** A value holds from the beginning of its period to the next; the last one to its end. */
function dataOf(period: number, values: Float64Array): uPlot.AlignedData {
  const xs = Array.from({ length: values.length + 1 }, (_, i) => (i * period) / 1e6)
  const ys = Array.from(xs, (_, i) => values[Math.min(i, values.length - 1)])
  return [xs, ys.map((value) => (value === undefined || Number.isNaN(value) ? null : value))]
}

function optionsOf(theme: Theme, unit: string, width: number): uPlot.Options {
  const axis = {
    stroke: theme.low,
    font: '10px "JetBrains Mono", monospace',
    ticks: { show: false },
    grid: { stroke: theme.line, width: 1 },
  }
  const scaled = unit === 'Milliseconds' || unit === 'Seconds' || unit === 'Percent' ? unit : 'Count'
  return {
    width,
    height: HEIGHT,
    padding: [6, 4, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'metrics' }, drag: { x: false, y: false }, points: { size: 5 } },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high : 1] } },
    axes: [
      {
        ...axis,
        size: 18,
        space: 70,
        incrs: TIMES,
        values: (_, splits) => splits.map((each) => axisMoment(each * 1e6)),
      },
      { ...axis, size: 50, space: 26, values: (_, splits) => splits.map((each) => inUnit(each, scaled)) },
    ],
    series: [
      {},
      {
        stroke: theme.accent,
        width: 1.5,
        fill: `${theme.accent}22`,
        points: { show: false },
        paths: uPlot.paths.stepped!({ align: 1 }),
      },
    ],
  }
}
