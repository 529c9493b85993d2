// A rate over time as few straight lines, no farther from the recorded counts than is said.
import { ln } from '../../engine/math.ts'
import type { Counts } from '../load.ts'

export interface RatePoint {
  /** µs from time 0. */
  readonly at: number
  readonly perSecond: number
}

export interface RateFit {
  readonly points: readonly RatePoint[]
  /** The largest distance between the lines and a period's own rate, per second. */
  readonly error: number
  /** The rate of all requests over all time, per second. */
  readonly mean: number
}

/** Points that a person can read and change; a day by the hour has as many. */
const POINTS_MAX = 25

/**
 * The lines through as few of the counted rates as come within a bound of all others. The bound begins at what chance alone does to the worst
 * of so many counts of this size (by the law of extremes of a Poisson law) and is raised until there are few points. The lines carry as many requests as were
 * counted.
 */
export function fitRate({ counts, period }: Pick<Counts, 'counts' | 'period'>): RateFit {
  const seconds = period / 1e6
  let total = 0
  for (const count of counts) total += count
  const mean = total / (counts.length * seconds)
  const extreme = 1 + Math.sqrt(2 * ln(counts.length + 1))
  const bound = (extreme * Math.sqrt(Math.max(1, total / counts.length))) / seconds
  const rates = counts.map((count) => count / seconds)
  if (rates.every((rate) => Math.abs(rate - mean) <= bound))
    return { points: [{ at: 0, perSecond: mean }], error: farthest(rates, () => mean), mean }
  let kept = simplified(rates, bound)
  for (let wider = bound * 1.25; kept.length > POINTS_MAX; wider *= 1.25) kept = simplified(rates, wider)
  // A count stands for the middle of its period; the first and the last one for the ends.
  const at = (i: number): number => Math.round((i + 0.5) * period)
  const end = rates.length - 1
  const lines = kept.map((i) => ({ at: i === 0 ? 0 : i === end ? rates.length * period : at(i), perSecond: rates[i]! }))
  const scale = total / massOf(lines)
  const points = lines.map((point) => ({ ...point, perSecond: point.perSecond * scale }))
  return { points, error: farthest(rates, (i) => rateAt(points, at(i))), mean }
}

/** Ramer, Douglas and Peucker: of a stretch the value farthest from the line through its ends is kept, until none is farther than `bound`. */
export function simplified(values: Float64Array, bound: number): number[] {
  const keep = new Set([0, values.length - 1])
  const stretches: [from: number, to: number][] = [[0, values.length - 1]]
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const [from, to] = stretch
    const slope = (values[to]! - values[from]!) / Math.max(1, to - from)
    let most = bound
    let place = -1
    for (let i = from + 1; i < to; i++) {
      const off = Math.abs(values[i]! - values[from]! - slope * (i - from))
      if (off > most) [most, place] = [off, i]
    }
    if (place < 0) continue
    keep.add(place)
    stretches.push([from, place], [place, to])
  }
  return [...keep].sort((a, b) => a - b)
}

function massOf(points: readonly RatePoint[]): number {
  let mass = 0
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    mass += ((b.at - a.at) * (a.perSecond + b.perSecond)) / 2e6
  }
  return mass
}

export function rateAt(points: readonly RatePoint[], time: number): number {
  const next = points.findIndex((point) => point.at > time)
  if (next <= 0) return points[next < 0 ? points.length - 1 : 0]!.perSecond
  const [a, b] = [points[next - 1]!, points[next]!]
  return a.perSecond + ((b.perSecond - a.perSecond) * (time - a.at)) / (b.at - a.at)
}

function farthest(values: Float64Array, line: (i: number) => number): number {
  let most = 0
  for (const [i, value] of values.entries()) most = Math.max(most, Math.abs(value - line(i)))
  return most
}
