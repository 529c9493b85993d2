// A measure over the values of one knob: means as a line, their intervals as bars, expectations as marks below, and the same as a table.
import { useTools } from '../app/context.tsx'
import { markOf, shown } from './parts.tsx'
import type { Sweep } from './store.ts'
import { summaryOf, type PointSummary } from './summary.ts'

const [WIDTH, HEIGHT] = [760, 300]
const [LEFT, RIGHT, TOP, BOTTOM] = [86, 20, 14, 46]
const TICKS = 4

interface Measure {
  readonly name: string
  readonly unit: string
}

export function Curve({ sweep, measure }: { sweep: Sweep; measure: Measure }) {
  const [axis] = sweep.axes
  const per = sweep.seeds.length
  const points = axis.values.map((value, i) => ({
    value,
    ...summaryOf(sweep.outcomes.slice(i * per, (i + 1) * per), measure.name),
  }))
  return (
    <div className="curve">
      <Plot label={axis.label} points={points} measure={measure} />
      <PointTable sweep={sweep} points={points} measure={measure} />
    </div>
  )
}

type Point = PointSummary & { readonly value: string }

function Plot({ label, points, measure }: { label: string; points: readonly Point[]; measure: Measure }) {
  const known = points.flatMap(({ estimate }, i) =>
    Number.isFinite(estimate.mean)
      ? [{ i, mean: estimate.mean, ...finite(estimate.low, estimate.high, estimate.mean) }]
      : [],
  )
  const top = niceTop(Math.max(0, ...known.map(({ high }) => high)))
  const x = (i: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * (i + 0.5)) / points.length
  const y = (value: number): number => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * Math.max(0, value)) / top
  const first = known[0]
  const last = known.at(-1)
  const words =
    first === undefined || last === undefined
      ? 'nothing yet'
      : `from ${shown(first.mean, measure.unit)} at ${points[first.i].value} to ${shown(last.mean, measure.unit)} at ${points[last.i].value}`
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${measure.name} over ${label}: ${words}. The table has all values.`}
    >
      {Array.from({ length: TICKS + 1 }, (_, k) => (top * k) / TICKS).map((value) => (
        <g key={value}>
          <line className="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
          <text className="tick" x={LEFT - 8} y={y(value) + 4} textAnchor="end">
            {shown(value, measure.unit)}
          </text>
        </g>
      ))}
      {points.map(({ value }, i) => (
        <text key={value} className="tick" x={x(i)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">
          {value}
        </text>
      ))}
      <text className="axis-name" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 8} textAnchor="middle">
        {label}
      </text>
      {known.length > 1 && (
        <polygon
          className="band"
          points={[
            ...known.map(({ i, high }) => `${x(i)},${y(high)}`),
            ...known.toReversed().map(({ i, low }) => `${x(i)},${y(low)}`),
          ].join(' ')}
        />
      )}
      <polyline className="means" points={known.map(({ i, mean }) => `${x(i)},${y(mean)}`).join(' ')} />
      {known.map(({ i, mean, low, high }) => (
        <g key={i}>
          <line className="bar" x1={x(i)} x2={x(i)} y1={y(low)} y2={y(high)} />
          {points[i].passed === points[i].ran ? (
            <circle className="point" cx={x(i)} cy={y(mean)} r={5} />
          ) : (
            <path className="point failing" d={`M${x(i)},${y(mean) - 7}l7,12h-14z`} />
          )}
        </g>
      ))}
    </svg>
  )
}

/** An interval that is not known has no length. */
const finite = (low: number, high: number, mean: number) => ({
  low: Number.isFinite(low) ? low : mean,
  high: Number.isFinite(high) ? high : mean,
})

/** The next number of 1, 2, 2.5, 5 × 10^k that is not below. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1
  const size = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((each) => each >= value) ?? value
}

function PointTable({ sweep, points, measure }: { sweep: Sweep; points: readonly Point[]; measure: Measure }) {
  const { session } = useTools()
  const [axis] = sweep.axes
  const hasExpectations = sweep.outcomes.some((outcome) => (outcome?.expectations.length ?? 0) > 0)
  return (
    <table className="comparison">
      <thead>
        <tr>
          <th scope="col">{axis.label}</th>
          <th scope="col">{measure.name}</th>
          {hasExpectations && <th scope="col">Expectations hold</th>}
          <th scope="col">
            <span className="hidden">Look at it</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {points.map(({ value, estimate, passed, ran, why }) => (
          <tr key={value}>
            <th scope="row">{value}</th>
            <td title={why}>
              {why !== undefined && ran === 0
                ? '▲ cannot be run'
                : Number.isFinite(estimate.mean)
                  ? shown(estimate.mean, measure.unit)
                  : '…'}
              {Number.isFinite(estimate.low) && estimate.n > 1 && (
                <small>
                  {shown(Math.max(0, estimate.low), measure.unit)} … {shown(estimate.high, measure.unit)}
                </small>
              )}
            </td>
            {hasExpectations && <td>{ran === 0 ? '' : `${markOf(passed, ran)} ${passed} of ${ran}`}</td>}
            <td>
              <button
                type="button"
                className="small"
                onClick={() => {
                  session.setKnob(axis.name, value)
                  session.settle()
                }}
              >
                Take {value}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
