// Recorded values and a fitted distribution in the same bins, for charts.
import { tailOf, type Distribution } from '../../engine/distribution.ts'
import { exp, ln } from '../../engine/math.ts'

export interface Bin {
  readonly from: number
  readonly to: number
  /** Shares of all values, 0 … 1. */
  readonly recorded: number
  readonly fitted: number
}

/** Values over more than this many times the least one are shown on a scale of logarithms. */
const WIDE = 20

/** Bins of equal width, or of equal ratio where values differ widely. `values` rise; a few extremes beyond p99.9 are left out. */
export function binsOf(values: Float64Array, d: Distribution, bins: number): readonly Bin[] {
  const at = (p: number): number => values[Math.max(1, Math.ceil(p * values.length)) - 1]!
  const least = values.find((value) => value > 0) ?? 0
  const low = Math.max(least, at(0.001))
  const high = at(0.999)
  if (!(high > low)) return []
  const isWide = high > WIDE * low
  const edge = (i: number): number =>
    isWide ? low * exp((ln(high / low) * i) / bins) : low + ((high - low) * i) / bins
  return Array.from({ length: bins }, (_, i) => {
    const [from, to] = [edge(i), i === bins - 1 ? high : edge(i + 1)]
    return {
      from,
      to,
      recorded: shareWithin(values, from, to, i === 0),
      fitted: tailOf(d, to, false) - tailOf(d, from, false),
    }
  })
}

/** The share of values in (from, to], in [from, to] for the first bin. */
function shareWithin(values: Float64Array, from: number, to: number, isFirst: boolean): number {
  return (countUpTo(values, to) - (isFirst ? countBelow(values, from) : countUpTo(values, from))) / values.length
}

function countUpTo(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}

function countBelow(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}
