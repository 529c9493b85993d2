// A mix of two lognormal distributions, such as a fast road and a slow one, by expectation and maximisation.
//
// Dempster, Laird, Rubin: Maximum likelihood from incomplete data via the EM algorithm (1977). The likelihood has several summits, so the
// climb begins at several cuts of the sample and the highest end counts.
import { exp, ln, ln1p } from '../../engine/math.ts'

/** A part of the mix, on the scale of logarithms. */
export interface Part {
  readonly weight: number
  readonly mean: number
  readonly sigma: number
}

const HALF_LN_2PI = 0.9189385332046728
const STARTS = [0.5, 0.75, 0.9, 0.97]
/** Steps by which the starts are compared, and by which the best of them is followed to its summit. */
const FIRST_STEPS = 40
const STEPS_MAX = 300
/** So few values are not divided. */
const VALUES_LEAST = 20
/** The climb needs no more values than this; every k-th of a larger sample, in order of size, stands for it. */
const VALUES_MAX = 4000
/** A part that shrinks to a point would have an infinite likelihood: no part is narrower than this share of the whole. */
const NARROWEST = 0.02

/** The likeliest two parts of sorted logarithms; undefined where there are too few, or one part is enough. */
export function fitMix(
  logs: Float64Array,
): { readonly parts: readonly [Part, Part]; readonly logLikelihood: number } | undefined {
  const n = logs.length
  if (n < VALUES_LEAST) return undefined
  const few = thinned(logs, VALUES_MAX)
  const least = NARROWEST * Math.sqrt(momentsOf(few, 0, few.length)[1])
  if (!(least > 0)) return undefined
  let best: { parts: readonly [Part, Part]; logLikelihood: number } | undefined
  for (const start of STARTS) {
    const parts = climbed(few, cutAt(few, start, least), least, FIRST_STEPS)
    const logLikelihood = parts === undefined ? -Infinity : likelihoodOf(few, parts)
    if (logLikelihood > (best?.logLikelihood ?? -Infinity)) best = { parts: parts!, logLikelihood }
  }
  const parts = best === undefined ? undefined : climbed(few, best.parts, least, STEPS_MAX)
  return parts === undefined ? undefined : { parts, logLikelihood: likelihoodOf(logs, parts) }
}

/** Every k-th value, both ends among them. */
export function thinned(values: Float64Array, most: number): Float64Array {
  if (values.length <= most) return values
  return Float64Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!)
}

function momentsOf(values: Float64Array, from: number, to: number): [mean: number, variance: number] {
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i]!
  const mean = sum / (to - from)
  let squares = 0
  for (let i = from; i < to; i++) squares += (values[i]! - mean) * (values[i]! - mean)
  return [mean, squares / (to - from)]
}

/** The two parts of a cut of the sample at a share of it. */
function cutAt(values: Float64Array, share: number, least: number): readonly [Part, Part] {
  const n = values.length
  const cut = Math.round(share * n)
  const part = (from: number, to: number): Part => {
    const [mean, variance] = momentsOf(values, from, to)
    return { weight: (to - from) / n, mean, sigma: Math.max(least, Math.sqrt(variance)) }
  }
  return [part(0, cut), part(cut, n)]
}

function climbed(
  values: Float64Array,
  start: readonly [Part, Part],
  least: number,
  steps: number,
): readonly [Part, Part] | undefined {
  let parts = start
  let last = -Infinity
  for (let step = 0; step < steps; step++) {
    const [next, likelihood] = improved(values, parts, least)
    if (next === undefined) return undefined
    parts = next
    if (likelihood - last < 1e-7 * values.length) break
    last = likelihood
  }
  return parts
}

/** One step: the chance that each value is of the second part, and the parts that follow; with the likelihood before the step. */
function improved(
  values: Float64Array,
  [a, b]: readonly [Part, Part],
  least: number,
): [parts: readonly [Part, Part] | undefined, likelihood: number] {
  let likelihood = 0
  const sums = [new Float64Array(3), new Float64Array(3)] as const
  const [heightA, heightB] = [height(a), height(b)]
  for (const x of values) {
    const first = heightA - fall(a, x)
    const second = heightB - fall(b, x)
    const all = sumOf(first, second)
    likelihood += all
    const ofSecond = exp(second - all)
    add(sums[0], 1 - ofSecond, x)
    add(sums[1], ofSecond, x)
  }
  const part = (sum: Float64Array): Part => {
    const mean = sum[1]! / sum[0]!
    return {
      weight: sum[0]! / values.length,
      mean,
      sigma: Math.max(least, Math.sqrt(Math.max(0, sum[2]! / sum[0]! - mean * mean))),
    }
  }
  // A part of fewer than three values is none.
  if (sums[0][0]! < 3 || sums[1][0]! < 3) return [undefined, likelihood]
  return [[part(sums[0]), part(sums[1])], likelihood]
}

/** Sums of weights, of weighted values and of weighted squares. */
function add(sums: Float64Array, weight: number, x: number): void {
  sums[0]! += weight
  sums[1]! += weight * x
  sums[2]! += weight * x * x
}

/** The logarithm of a part's density, weighted, at its middle; and by how much it is lower at x. */
function height({ weight, sigma }: Part): number {
  return ln(weight) - ln(sigma) - HALF_LN_2PI
}
function fall({ mean, sigma }: Part, x: number): number {
  const z = (x - mean) / sigma
  return 0.5 * z * z
}

/** The logarithm of the sum of what two logarithms stand for. */
function sumOf(a: number, b: number): number {
  return a > b ? a + ln1p(exp(b - a)) : b + ln1p(exp(a - b))
}

function likelihoodOf(values: Float64Array, [a, b]: readonly [Part, Part]): number {
  const [heightA, heightB] = [height(a), height(b)]
  let sum = 0
  for (const x of values) sum += sumOf(heightA - fall(a, x), heightB - fall(b, x))
  return sum
}
