// Metrics by the minute out of requests that were recorded one by one: how many, and percentiles of their durations.
import { nearestRank } from '../engine/histogram.ts'
import { MINUTE } from '../parts/calendar.ts'
import { unitInName, numberOf, type Column, type Recording, type Requests, type Series } from '../recorded/index.ts'

const PERCENTILES = [0.5, 0.9, 0.99] as const
/** A percentile of fewer durations in a minute is chance. */
const LEAST: ReadonlyMap<number, number> = new Map([
  [0.5, 5],
  [0.9, 20],
  [0.99, 200],
])
/** Segments of more names are not told apart. */
const NAMES_MAX = 200

/** The series that requests tell of; of X-Ray traces for each segment's name. `name` is the file's, for those without names. */
export function derivedSeries(name: string, { content, format }: Recording): readonly Series[] {
  if (content.kind !== 'requests' || content.at === undefined) return []
  const column = (...names: readonly string[]): Column | undefined =>
    names.map((each) => content.columns.find((one) => one.name === each)).find((one) => one !== undefined)
  const durations = column('duration', 'duration_ms', '@duration', 'latency_ms', 'latency')
  const groups = format === 'xray' ? rowsBy(content, column('name')!) : new Map([[name, rowsOf(content)]])
  return [...groups].flatMap(([group, rows]) => seriesOf(group, content, rows, durations))
}

function rowsOf({ rows }: Requests): number[] {
  return Array.from({ length: rows }, (_, row) => row)
}

function rowsBy(content: Requests, { cells }: Column): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const row of rowsOf(content)) {
    const group = groups.get(cells[row]!)
    if (group !== undefined) group.push(row)
    else if (groups.size < NAMES_MAX) groups.set(cells[row]!, [row])
  }
  return groups
}

function seriesOf(group: string, { at }: Requests, rows: readonly number[], durations: Column | undefined): Series[] {
  const minutes = new Map<number, number[]>()
  const unit = durations === undefined ? 0 : (unitInName(durations.name) ?? 1_000_000)
  const counts = new Map<number, number>()
  for (const row of rows) {
    const minute = Math.floor(at![row]! / MINUTE) * MINUTE
    counts.set(minute, (counts.get(minute) ?? 0) + 1)
    const took = durations === undefined ? undefined : numberOf(durations.cells[row]!)
    if (took === undefined || took < 0) continue
    const list = minutes.get(minute)
    if (list === undefined) minutes.set(minute, [took * unit])
    else list.push(took * unit)
  }
  const series = (metric: string, statistic: string, points: readonly (readonly [number, number])[]): Series[] => {
    if (points.length === 0) return []
    const sorted = points.slice().sort((a, b) => a[0] - b[0])
    return [
      {
        ...{ name: `${group} ${metric} ${statistic}`, metric, statistic, period: MINUTE },
        ...(metric === 'Duration' ? { unit: 'Microseconds' } : {}),
        dimensions: { Name: group },
        at: Float64Array.from(sorted, ([time]) => time),
        values: Float64Array.from(sorted, ([, value]) => value),
      },
    ]
  }
  return [
    ...series('Requests', 'Sum', [...counts]),
    ...PERCENTILES.flatMap((p) => {
      const points = [...minutes].flatMap(([minute, took]): [number, number][] => {
        if (took.length < LEAST.get(p)!) return []
        return [[minute, took.sort((a, b) => a - b)[nearestRank(p, took.length) - 1]!]]
      })
      return series('Duration', `p${p * 100}`, points)
    }),
  ]
}
