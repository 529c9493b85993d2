// Two series of the same periods held against each other.
import { nearestRank } from '../engine/histogram.ts'

export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

export interface Figures {
  /** Periods with both a recorded and a simulated value. */
  readonly periods: number
  readonly recorded: { readonly mean: number } & Percentiles
  readonly simulated: { readonly mean: number } & Percentiles
  /** The mean of the relative distances, over periods whose recorded value is not 0; undefined without any. */
  readonly error: number | undefined
  /** The simulated mean is higher by this share of the recorded one. */
  readonly bias: number | undefined
  /** Pearson's, −1 … 1; undefined where one of them never changes. */
  readonly correlation: number | undefined
}

/** `recorded` and `simulated` have as many values. */
export function compare(recorded: ArrayLike<number>, simulated: ArrayLike<number>): Figures {
  const n = recorded.length
  const [meanR, meanS] = [meanOf(recorded), meanOf(simulated)]
  let [off, counted, rr, ss, rs] = [0, 0, 0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [r, s] = [recorded[i]!, simulated[i]!]
    if (r !== 0) {
      off += Math.abs(s - r) / Math.abs(r)
      counted++
    }
    rr += (r - meanR) * (r - meanR)
    ss += (s - meanS) * (s - meanS)
    rs += (r - meanR) * (s - meanS)
  }
  // What rounding alone leaves of a constant is no change.
  const varies = rr > 1e-18 * n * meanR * meanR && ss > 1e-18 * n * meanS * meanS
  return {
    periods: n,
    recorded: { mean: meanR, ...percentilesOf(recorded) },
    simulated: { mean: meanS, ...percentilesOf(simulated) },
    error: counted === 0 ? undefined : off / counted,
    bias: meanR === 0 ? undefined : meanS / meanR - 1,
    correlation: varies ? rs / Math.sqrt(rr * ss) : undefined,
  }
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return values.length === 0 ? 0 : sum / values.length
}

/** Percentiles of the periods' values, by nearest rank as CloudWatch's. */
function percentilesOf(values: ArrayLike<number>): Percentiles {
  const sorted = Float64Array.from(values).sort()
  const at = (p: number): number => (sorted.length === 0 ? 0 : sorted[nearestRank(p, sorted.length) - 1]!)
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}
