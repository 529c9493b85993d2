// The distributions of the scenario language, exactly: their checks, means, tails and quantiles.
//
// The one idea: a quantile is asked for by its distance v from an end, 0 ≤ v ≤ 1/2, and which end, so that nothing
// cancels near p100. `sample.ts` draws from tables of these; tests compare the draws with these.
import { exp, expm1, ln, ln1p, pow } from './math.ts'
import { gammaLn, gammaQuantile, gammaTail, normalQuantile, normalTail } from './special.ts'

/** How a quantity varies. Values are in base units: µs, bytes or a count. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  /** Truncated at 0: what would be negative is never drawn, so the mean of the draws is a little above `mean`. */
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  | { readonly kind: 'lognormal'; readonly p50: number; readonly p99: number }
  /** `cv` is the standard deviation divided by the mean. */
  | { readonly kind: 'gamma'; readonly mean: number; readonly cv: number }
  | { readonly kind: 'weibull'; readonly shape: number; readonly scale: number }
  /** Its mean is infinite when alpha ≤ 1. */
  | { readonly kind: 'pareto'; readonly min: number; readonly alpha: number }
  /** Each value with the same chance. */
  | { readonly kind: 'empirical'; readonly values: readonly number[] }
  | { readonly kind: 'mix'; readonly parts: readonly { readonly weight: number; readonly of: Distribution }[] }

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263478740408408
/** Φ(x)'s density at its centre: 1 / √(2π). */
const INVERSE_ROOT_2PI = 0.3989422804014327

/** Why a distribution cannot be drawn from, as what was found and what is possible; undefined when it can. */
export function distributionProblem(d: Distribution): string | undefined {
  switch (d.kind) {
    case 'constant':
      return atLeast('value', d.value, 0)
    case 'uniform':
      return atLeast('min', d.min, 0) ?? atLeast('max', d.max, d.min)
    case 'exponential':
      return atLeast('mean', d.mean, 0)
    case 'normal':
      return atLeast('mean', d.mean, 0) ?? atLeast('sd', d.sd, 0)
    case 'lognormal':
      return above('p50', d.p50, 0) ?? atLeast('p99', d.p99, d.p50)
    case 'gamma':
      return atLeast('mean', d.mean, 0) ?? (d.cv === 0 ? undefined : within('cv', d.cv, 0.01, 100))
    case 'weibull':
      return within('shape', d.shape, 0.01, 1000) ?? atLeast('scale', d.scale, 0)
    case 'pareto':
      return above('min', d.min, 0) ?? above('alpha', d.alpha, 0)
    case 'empirical':
      if (d.values.length === 0) return '`values` is empty; it takes at least one value'
      for (const value of d.values) {
        const problem = atLeast('values', value, 0)
        if (problem !== undefined) return problem
      }
      return undefined
    case 'mix': {
      if (d.parts.length === 0) return '`parts` is empty; a mix takes at least one part'
      let total = 0
      for (const part of d.parts) {
        const problem = atLeast('weight', part.weight, 0) ?? distributionProblem(part.of)
        if (problem !== undefined) return problem
        total += part.weight
      }
      return total > 0 && total < Infinity
        ? undefined
        : `the weights add up to ${total}; their sum is positive and finite`
    }
  }
}

function atLeast(name: string, value: number, min: number): string | undefined {
  return value >= min && value < Infinity ? undefined : `\`${name}\` is ${value}; it is a finite number from ${min}`
}
function above(name: string, value: number, min: number): string | undefined {
  return value > min && value < Infinity ? undefined : `\`${name}\` is ${value}; it is a finite number above ${min}`
}
function within(name: string, value: number, min: number, max: number): string | undefined {
  return value >= min && value <= max ? undefined : `\`${name}\` is ${value}; it lies in ${min}..${max}`
}

/** The one value that a distribution always gives, or undefined when it varies. */
export function constantOf(d: Distribution): number | undefined {
  switch (d.kind) {
    case 'constant':
      return d.value
    case 'uniform':
      return d.min === d.max ? d.min : undefined
    case 'exponential':
      return d.mean === 0 ? 0 : undefined
    case 'normal':
      return d.sd === 0 ? d.mean : undefined
    case 'lognormal':
      return d.p50 === d.p99 ? d.p50 : undefined
    case 'gamma':
      return d.mean === 0 || d.cv === 0 ? d.mean : undefined
    case 'weibull':
      return d.scale === 0 ? 0 : undefined
    case 'pareto':
      return undefined
    case 'empirical':
      return d.values.every((value) => value === d.values[0]) ? d.values[0] : undefined
    case 'mix':
      return undefined
  }
}

/** The mean before rounding; Infinity for a Pareto tail with alpha ≤ 1. */
export function meanOf(d: Distribution): number {
  const constant = constantOf(d)
  if (constant !== undefined) return constant
  switch (d.kind) {
    case 'constant':
      return d.value
    case 'uniform':
      return d.min + (d.max - d.min) / 2
    case 'exponential':
      return d.mean
    case 'normal': {
      const a = d.mean / d.sd
      return d.mean + (d.sd * INVERSE_ROOT_2PI * exp(-0.5 * a * a)) / normalTail(a, false)
    }
    case 'lognormal': {
      const sigma = lognormalSigma(d.p50, d.p99)
      return d.p50 * exp(0.5 * sigma * sigma)
    }
    case 'gamma':
      return d.mean
    case 'weibull':
      return d.scale * exp(gammaLn(1 + 1 / d.shape))
    case 'pareto':
      return d.alpha > 1 ? (d.alpha * d.min) / (d.alpha - 1) : Infinity
    case 'empirical': {
      let total = 0
      for (const value of d.values) total += value
      return total / d.values.length
    }
    case 'mix': {
      let total = 0
      let weights = 0
      for (const part of d.parts) {
        if (part.weight === 0) continue
        total += part.weight * meanOf(part.of)
        weights += part.weight
      }
      return total / weights
    }
  }
}

function lognormalSigma(p50: number, p99: number): number {
  return (ln(p99) - ln(p50)) / Z99
}

/** The smallest x with P(X ≤ x) ≥ v, or with P(X > x) ≤ v when `upper`; 0 ≤ v ≤ 1/2. v = 0 gives the end of the support. */
export function quantileFromEnd(d: Distribution, v: number, upper: boolean): number {
  const constant = constantOf(d)
  if (constant !== undefined) return constant
  switch (d.kind) {
    case 'constant':
      return d.value
    case 'uniform':
      return upper ? d.max - v * (d.max - d.min) : d.min + v * (d.max - d.min)
    case 'exponential':
      return d.mean * exponentialFromEnd(v, upper)
    case 'normal':
      return normalFromEnd(d.mean, d.sd, v, upper)
    case 'lognormal': {
      if (v === 0) return upper ? Infinity : 0
      const z = normalQuantile(v)
      return d.p50 * exp(lognormalSigma(d.p50, d.p99) * (upper ? -z : z))
    }
    case 'gamma': {
      if (v === 0) return upper ? Infinity : 0
      const shape = 1 / (d.cv * d.cv)
      return (d.mean / shape) * gammaQuantile(shape, v, upper)
    }
    case 'weibull':
      return d.scale * pow(exponentialFromEnd(v, upper), 1 / d.shape)
    case 'pareto':
      return d.min * exp(exponentialFromEnd(v, upper) / d.alpha)
    case 'empirical': {
      const sorted = Float64Array.from(d.values).sort()
      const n = sorted.length
      const rank = upper ? n - wholePart(v, n, Math.floor) : wholePart(v, n, Math.ceil)
      return sorted[Math.max(1, rank) - 1]
    }
    case 'mix':
      return mixFromEnd(d, v, upper)
  }
}

/** v · n rounded by `round`, where a product within v's own rounding of a whole number is that number. */
function wholePart(v: number, n: number, round: (x: number) => number): number {
  const near = Math.round(v * n)
  return Math.abs(v * n - near) <= n * 4.5e-16 ? near : round(v * n)
}

/** Quantile of the exponential distribution of mean 1. */
function exponentialFromEnd(v: number, upper: boolean): number {
  return upper ? -ln(v) : -ln1p(-v)
}

function normalFromEnd(mean: number, sd: number, v: number, upper: boolean): number {
  if (v === 0) return upper ? Infinity : 0
  const kept = normalTail(mean / sd, false)
  if (upper) return mean - sd * normalQuantile(v * kept)
  const p = normalTail(mean / sd, true) + v * kept
  const z = p <= 0.5 ? normalQuantile(p) : -normalQuantile(1 - p)
  return Math.max(0, mean + sd * z)
}

/** P(X ≤ x), or P(X > x) when `upper`. */
export function tailOf(d: Distribution, x: number, upper: boolean): number {
  const constant = constantOf(d)
  if (constant !== undefined) return constant <= x === upper ? 0 : 1
  switch (d.kind) {
    case 'constant':
      return d.value <= x === upper ? 0 : 1
    case 'uniform': {
      const below = Math.max(0, Math.min(1, (x - d.min) / (d.max - d.min)))
      return upper ? 1 - below : below
    }
    case 'exponential':
      return exponentialTail(x / d.mean, upper)
    case 'normal': {
      if (x <= 0) return upper ? 1 : 0
      const kept = normalTail(d.mean / d.sd, false)
      const above = normalTail((x - d.mean) / d.sd, true) / kept
      return upper ? above : 1 - above
    }
    case 'lognormal':
      if (x <= 0) return upper ? 1 : 0
      return normalTail((ln(x) - ln(d.p50)) / lognormalSigma(d.p50, d.p99), upper)
    case 'gamma': {
      const shape = 1 / (d.cv * d.cv)
      return gammaTail(shape, (x * shape) / d.mean, upper)
    }
    case 'weibull':
      return exponentialTail(x <= 0 ? 0 : pow(x / d.scale, d.shape), upper)
    case 'pareto':
      return exponentialTail(x <= d.min ? 0 : d.alpha * ln(x / d.min), upper)
    case 'empirical': {
      let below = 0
      for (const value of d.values) if (value <= x) below++
      return (upper ? d.values.length - below : below) / d.values.length
    }
    case 'mix': {
      let total = 0
      let weights = 0
      for (const part of d.parts) {
        total += part.weight * tailOf(part.of, x, upper)
        weights += part.weight
      }
      return total / weights
    }
  }
}

function exponentialTail(x: number, upper: boolean): number {
  if (x <= 0) return upper ? 1 : 0
  return upper ? exp(-x) : -expm1(-x)
}

/** A mix's quantile lies between its parts' quantiles; halve that interval until no double is left inside. */
function mixFromEnd(d: Extract<Distribution, { kind: 'mix' }>, v: number, upper: boolean): number {
  let low = Infinity
  let high = 0
  for (const part of d.parts) {
    if (part.weight === 0) continue
    const x = quantileFromEnd(part.of, v, upper)
    low = Math.min(low, x)
    high = Math.max(high, x)
  }
  if (v === 0) return upper ? high : low
  if (reached(d, low, v, upper)) return low
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (reached(d, middle, v, upper)) high = middle
    else low = middle
  }
}
function reached(d: Distribution, x: number, v: number, upper: boolean): boolean {
  const tail = tailOf(d, x, upper)
  return upper ? tail <= v : tail >= v
}
