// Heat maps of durations on the page: the core's counts by frame and step, gathered into columns, bars and percentiles.
import { heatFrom, type HeatRows } from '../sim.ts'

/** Columns of stretches of frames, rows of steps. */
export interface Grid {
  readonly columns: number
  /** Frames in each column. */
  readonly width: number
  /** The least step that holds anything, and how many there are from it to the greatest. */
  readonly first: number
  readonly steps: number
  /** By column, then by step. */
  readonly counts: Float64Array
  readonly most: number
}

/** Steps of a duration side by side, as one bar. */
export interface Bar {
  /** µs: from `low` up to without `high`. */
  readonly low: number
  readonly high: number
  readonly count: number
  /** The frame that holds the longest of them. */
  readonly frame: number
}

/** Gathers the counts of `frames` frames into at most so many columns. */
export function gridOf(rows: HeatRows, frames: number, most: number): Grid {
  const width = Math.max(1, Math.ceil(frames / Math.max(1, most)))
  const columns = Math.max(1, Math.ceil(frames / width))
  const [first, last] = rangeOf(rows)
  const steps = last - first + 1
  const counts = new Float64Array(columns * steps)
  for (let i = 0; i < rows.length; i += 3) {
    const column = Math.floor(rows[i] / width)
    if (column < columns) counts[column * steps + rows[i + 1] - first] += rows[i + 2]
  }
  return { columns, width, first, steps, counts, most: counts.reduce((a, b) => Math.max(a, b), 0) }
}

/** The step in which a quantile of a column lies; −1 without values. */
export function columnQuantile(grid: Grid, column: number, p: number): number {
  const { steps, first, counts } = grid
  const own = counts.subarray(column * steps, (column + 1) * steps)
  const step = rankStep(own, p)
  return step < 0 ? -1 : first + step
}

/** All counts over the whole run, by step from the first that holds anything. */
export function totalsOf(rows: HeatRows): { readonly first: number; readonly counts: Float64Array } {
  const [first, last] = rangeOf(rows)
  const counts = new Float64Array(last - first + 1)
  for (let i = 0; i < rows.length; i += 3) counts[rows[i + 1] - first] += rows[i + 2]
  return { first, counts }
}

/** The step in which a quantile of the whole run lies; −1 without values. */
export function quantileStep(rows: HeatRows, p: number): number {
  const { first, counts } = totalsOf(rows)
  const step = rankStep(counts, p)
  return step < 0 ? -1 : first + step
}

/** A step as a bar of its own. */
export function stepBar(rows: HeatRows, step: number): Bar {
  return barOf(rows, step, step)
}

/** The whole run as at most so many bars of equal width on a logarithmic scale. */
export function barsOf(rows: HeatRows, most: number): Bar[] {
  if (rows.length === 0) return []
  const [first, last] = rangeOf(rows)
  const each = Math.ceil((last - first + 1) / most)
  const bars: Bar[] = []
  for (let from = first; from <= last; from += each) bars.push(barOf(rows, from, Math.min(last, from + each - 1)))
  return bars
}

/** The values of a column that lie nearest to a step, as a bar; undefined when the column is empty. */
export function nearestInColumn(rows: HeatRows, grid: Grid, column: number, step: number): Bar | undefined {
  const { steps, first, counts, width } = grid
  let best = -1
  for (let i = 0; i < steps; i++) {
    if (counts[column * steps + i] === 0) continue
    if (best < 0 || Math.abs(first + i - step) < Math.abs(first + best - step)) best = i
  }
  if (best < 0) return undefined
  for (let i = 0; i < rows.length; i += 3) {
    if (Math.floor(rows[i] / width) !== column || rows[i + 1] !== first + best) continue
    const at = first + best
    return { low: heatFrom(at), high: heatFrom(at + 1), count: rows[i + 2], frame: rows[i] }
  }
  return undefined
}

function barOf(rows: HeatRows, from: number, to: number): Bar {
  let count = 0
  let frame = 0
  let longest = -1
  for (let i = 0; i < rows.length; i += 3) {
    const step = rows[i + 1]
    if (step < from || step > to) continue
    count += rows[i + 2]
    if (step <= longest) continue
    longest = step
    frame = rows[i]
  }
  return { low: heatFrom(from), high: heatFrom(to + 1), count, frame }
}

function rangeOf(rows: HeatRows): [number, number] {
  let [first, last] = [Infinity, 0]
  for (let i = 0; i < rows.length; i += 3) {
    first = Math.min(first, rows[i + 1])
    last = Math.max(last, rows[i + 1])
  }
  return first === Infinity ? [0, 0] : [first, last]
}

/** By nearest rank, as CloudWatch counts. */
function rankStep(counts: Float64Array, p: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  let left = Math.max(1, Math.ceil(p * total))
  if (total === 0) return -1
  for (let step = 0; step < counts.length; step++) {
    left -= counts[step]
    if (left <= 0) return step
  }
  return counts.length - 1
}
