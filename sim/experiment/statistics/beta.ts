// The beta distribution and its kin, both ways: Student's t and the binomial, from which the intervals are made.
//
// The one idea: all three are the incomplete beta function, asked for by whichever tail is small, so that a probability of
// 1e−12 is as exact as one of 5 %. Quantiles are found by steps that cannot go astray.
import { exp, ln, ln1p } from '../../engine/math.ts'
import { gammaLn, normalQuantile } from '../../engine/special.ts'

const STEPS_MAX = 100_000

/** ln B(a, b) for a, b > 0. */
export function betaLn(a: number, b: number): number {
  return gammaLn(a) + gammaLn(b) - gammaLn(a + b)
}

/** The probability that a beta variate (a, b > 0) is at most x, or above x when `upper`. Relative error below 1e−10 for a + b below 10,000. */
export function betaTail(a: number, b: number, x: number, upper = false): number {
  return betaTailOf(a, b, x, 1 - x, upper)
}

/** The same where 1 − x is known better than by subtraction. */
function betaTailOf(a: number, b: number, x: number, rest: number, upper: boolean): number {
  if (x <= 0) return upper ? 1 : 0
  if (rest <= 0) return upper ? 0 : 1
  // The continued fraction converges fast below the mean; above it the other tail is the small one.
  const isBelow = x < (a + 1) / (a + b + 2)
  const front = exp(a * ln(x) + b * (x < 0.25 ? ln1p(-x) : ln(rest)) - betaLn(a, b))
  const tail = isBelow ? (front * fraction(a, b, x)) / a : (front * fraction(b, a, rest)) / b
  return isBelow === upper ? Math.max(0, 1 - tail) : Math.min(1, tail)
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method. */
function fraction(a: number, b: number, x: number): number {
  let c = 1
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m < STEPS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / guarded(1 + even * d)
    c = guarded(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / guarded(1 + odd * d)
    c = guarded(1 + odd / c)
    const factor = d * c
    value *= factor
    if (Math.abs(factor - 1) < 1e-15) break
  }
  return value
}

function guarded(x: number): number {
  return Math.abs(x) < 1e-300 ? 1e-300 : x
}

/** The x of which a beta variate (a, b > 0) is at most x with probability v, or above x when `upper`; 0 ≤ v ≤ 1. By halving, to the last bit. */
export function betaQuantile(a: number, b: number, v: number, upper = false): number {
  if (v <= 0 || v >= 1) return v <= 0 === upper ? 1 : 0
  let low = 0
  let high = 1
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return middle
    if (betaTail(a, b, middle, upper) < v !== upper) low = middle
    else high = middle
  }
}

/** The probability that Student's t with `degrees` > 0 of freedom is above t. */
export function studentTail(t: number, degrees: number): number {
  if (t === Infinity) return 0
  if (t < 0) return 1 - studentTail(-t, degrees)
  const square = t * t
  const x = degrees / (degrees + square)
  return 0.5 * betaTailOf(degrees / 2, 0.5, x, square / (degrees + square), false)
}

/**
 * The t ≥ 0 that Student's t with `degrees` > 0 of freedom exceeds with probability v, 0 < v ≤ 1/2. Newton's method from the normal
 * quantile, which lies below: the tail is convex, so every step goes up and none too far.
 */
export function studentQuantile(v: number, degrees: number): number {
  const peak = exp(-betaLn(degrees / 2, 0.5)) / Math.sqrt(degrees)
  let t = 0 - normalQuantile(v)
  for (let i = 0; i < STEPS_MAX; i++) {
    const density = peak * exp((-(degrees + 1) / 2) * ln1p((t * t) / degrees))
    const next = t + (studentTail(t, degrees) - v) / density
    if (!(next > t * (1 + 1e-15))) break
    t = next
  }
  return t
}

/** The probability of at most `k` successes in `n` trials of chance p. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0
  return k >= n ? 1 : betaTail(k + 1, n - k, p, true)
}
