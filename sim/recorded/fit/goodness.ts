// How well a distribution fits measured values: the tests of Kolmogorov and Smirnov and of Anderson and Darling, and percentiles side by side.
import { quantileFromEnd, tailOf, type Distribution } from '../../engine/distribution.ts'
import { exp, ln } from '../../engine/math.ts'

export interface Percentile {
  readonly p: number
  readonly recorded: number
  readonly fitted: number
}

export interface Goodness {
  /** The largest distance between the two distribution functions, 0 … 1. */
  readonly ks: number
  /**
   * The chance of such a distance or a larger one if the values came from this very distribution. Its parameters were chosen by these
   * values, so the true chance is lower: a small one refutes the fit, a large one proves nothing.
   */
  readonly ksChance: number
  /** Anderson and Darling's A², which weighs the ends more. */
  readonly ad: number
  readonly percentiles: readonly Percentile[]
}

export const PERCENTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const

/** `values` rise. */
export function goodnessOf(d: Distribution, values: Float64Array): Goodness {
  const ks = distance(d, values)
  return {
    ks,
    ksChance: kolmogorov(ks, values.length),
    ad: andersonDarling(d, values),
    // A percentile that fewer than ten values lie beyond says little of a distribution.
    percentiles: PERCENTILES.filter((p) => (1 - p) * values.length >= 10 || p === 0.5).map((p) => ({
      p,
      recorded: values[Math.max(1, Math.ceil(p * values.length)) - 1]!,
      fitted: quantileFromEnd(d, 1 - p, true),
    })),
  }
}

function distance(d: Distribution, values: Float64Array): number {
  const n = values.length
  let most = 0
  for (let i = 0; i < n;) {
    let next = i + 1
    while (next < n && values[next] === values[i]) next++
    const below = tailOf(d, values[i]!, false)
    // Equal values are one step of the recorded function; just before it the fitted one is where it is here, but for jumps.
    const before = hasJumps(d) ? tailOf(d, values[i] === 0 ? -1 : values[i]! * (1 - 1e-12), false) : below
    most = Math.max(most, Math.abs(next / n - below), Math.abs(before - i / n))
    i = next
  }
  return most
}

function hasJumps(d: Distribution): boolean {
  return d.kind === 'constant' || d.kind === 'empirical' || (d.kind === 'mix' && d.parts.some(({ of }) => hasJumps(of)))
}

/** P(D ≥ d) of n values, by Kolmogorov's series with Stephens' correction for n (1970). */
export function kolmogorov(d: number, n: number): number {
  const root = Math.sqrt(n)
  const x = (root + 0.12 + 0.11 / root) * d
  if (x < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) {
    const term = exp(-2 * k * k * x * x)
    sum += k % 2 === 1 ? term : -term
    if (term < 1e-16) break
  }
  return Math.max(0, Math.min(1, 2 * sum))
}

function andersonDarling(d: Distribution, values: Float64Array): number {
  const n = values.length
  let sum = 0
  for (let i = 0; i < n; i++) {
    const below = Math.max(1e-300, tailOf(d, values[i]!, false))
    const above = Math.max(1e-300, tailOf(d, values[n - 1 - i]!, true))
    sum += (2 * i + 1) * (ln(below) + ln(above))
  }
  return Math.max(0, -n - sum / n)
}
