// Means with their confidence intervals: of replications, of the batches of one long run, and of paired differences.
//
// What is stated holds for values that are independent of each other and, when they are few, not far from normal: means and
// percentiles of thousands of requests are. Nothing is claimed that cannot be known: one value has a mean and no interval.
import { assert } from '../../engine/assert.ts'
import { ln } from '../../engine/math.ts'
import { normalQuantile } from '../../engine/special.ts'
import { studentQuantile, studentTail } from './beta.ts'

/** Where a value lies with the stated confidence; either end may be infinite. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** A mean and how sure it is. */
export interface Estimate extends Interval {
  /** How many values it is the mean of. */
  readonly n: number
  /** NaN without values, or when one of them is not finite. */
  readonly mean: number
  /** The values' own standard deviation (n − 1); 0 with one value. */
  readonly deviation: number
}

/** A mean difference, and how probable one as large would be by chance alone. */
export interface Difference extends Estimate {
  /** Two-sided: the chance of a mean at least as far from 0 if there were no difference. */
  readonly chance: number
}

/** More replications than anybody would do. */
const SEEDS_MAX = 1_000_000
const LN_2 = 0.6931471805599453

/**
 * The mean of independent replications with Student's interval; 0 < confidence < 1 is the chance that the interval covers the
 * true mean. With fewer than two values, or one that is not finite, the interval is everything.
 */
export function meanOf(values: readonly number[], confidence: number): Estimate {
  assert(confidence > 0 && confidence < 1, 'a confidence lies between 0 and 1')
  const n = values.length
  // Measured from the first value, so that equal values have exactly their mean and no deviation.
  const origin = values[0] ?? NaN
  let sum = 0
  for (const value of values) sum += value - origin
  const mean = origin + sum / n
  let squares = 0
  for (const value of values) squares += (value - mean) * (value - mean)
  const deviation = n > 1 ? Math.sqrt(squares / (n - 1)) : 0
  const isKnown = n > 1 && deviation < Infinity
  const half = isKnown ? halfWidth(deviation, n, confidence) : Infinity
  return isKnown || n === 1
    ? { n, mean, deviation, low: mean - half, high: mean + half }
    : { n, mean: NaN, deviation: NaN, low: -Infinity, high: Infinity }
}

/** Half the width of Student’s interval for the mean of `n` values. */
export function halfWidth(deviation: number, n: number, confidence: number): number {
  return (studentQuantile((1 - confidence) / 2, n - 1) * deviation) / Math.sqrt(n)
}

/**
 * The mean of one long run's values, which depend on their neighbours: their order is cut into `batches` of equal length whose
 * means are nearly independent (Law & Kelton's choice: few and long). Values that fill no batch are left out, at the front.
 */
export function batchMeansOf(values: readonly number[], confidence: number, batches = 20): Estimate {
  const length = Math.floor(values.length / batches)
  if (length === 0) return meanOf([], confidence)
  const first = values.length - length * batches
  const means = Array.from({ length: batches }, (_, i) => {
    let sum = 0
    for (let k = 0; k < length; k++) sum += values[first + i * length + k]!
    return sum / length
  })
  return meanOf(means, confidence)
}

/**
 * The mean of `after − before`, paired: values of the same place come from the same seed, so what chance brought to both goes out
 * (common random numbers). Differences that are all the same have no variance to judge by: their chance is that of a coin.
 */
export function differenceOf(before: readonly number[], after: readonly number[], confidence: number): Difference {
  assert(before.length === after.length, 'paired values are as many before as after')
  const estimate = meanOf(
    after.map((value, i) => value - before[i]!),
    confidence,
  )
  const chance = Math.min(1, 2 * chanceAbove({ ...estimate, mean: Math.abs(estimate.mean) }, 0))
  return { ...estimate, chance }
}

/** One-sided: the chance of a mean as high as this, or higher, if the true one were `bound`. 1 when nothing is known. */
export function chanceAbove({ n, mean, deviation }: Estimate, bound: number): number {
  if (n < 2 || mean !== mean) return 1
  const distance = mean - bound
  if (deviation > 0) return studentTail((distance * Math.sqrt(n)) / deviation, n - 1)
  return distance === 0 ? 0.5 : distance > 0 ? coins(n) : 1
}

/** The chance that `n` fair coins all fall on the side that was named. */
function coins(n: number): number {
  let chance = 1
  for (let i = 0; i < n; i++) chance /= 2
  return chance
}

/**
 * How many replications would make the interval at most ± `half` wide, judged by the deviation seen so far; undefined when a
 * million are not enough.
 */
export function seedsForHalfWidth(deviation: number, half: number, confidence: number): number | undefined {
  return seedsFor(deviation, half, confidence, 0)
}

/**
 * How many replications would tell a true mean of `difference` from 0 with the chance `power` ≥ 1/2, judged by the deviation seen so
 * far; undefined when a million are not enough.
 */
export function seedsToTell(
  deviation: number,
  difference: number,
  confidence: number,
  power = 0.8,
): number | undefined {
  // Without variance it is told by as many coins as fall alike seldom enough.
  if (deviation === 0 && difference !== 0) return Math.ceil(1 - ln(1 - confidence) / LN_2)
  return seedsFor(deviation, Math.abs(difference), confidence, -normalQuantile(1 - power))
}

/** The least n ≥ 2 for which (t + luck) · deviation/√n is at most `size`, where t is Student's quantile for n values. */
function seedsFor(deviation: number, size: number, confidence: number, luck: number): number | undefined {
  if (!(size > 0)) return deviation === 0 && size === 0 ? 2 : undefined
  const isEnough = (n: number): boolean =>
    halfWidth(deviation, n, confidence) + (luck * deviation) / Math.sqrt(n) <= size
  // By the normal quantile, which t comes down to: never too many.
  const root = ((luck - normalQuantile((1 - confidence) / 2)) * deviation) / size
  let low = Math.max(1, Math.ceil(root * root) - 1)
  if (low >= SEEDS_MAX) return undefined
  let step = 1
  while (!isEnough(low + step)) {
    low += step
    step *= 2
  }
  let high = low + step
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}
