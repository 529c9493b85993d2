// Quantiles with intervals: of values that are independent, whatever they are distributed like, and of histograms of many runs.
import { assert } from '../../engine/assert.ts'
import { nearestRank } from '../../engine/histogram.ts'
import { binomialAtMost } from './beta.ts'
import { halfWidth, meanOf, type Estimate, type Interval } from './means.ts'

/** A quantile of independent values; an end of its interval is infinite when the values are too few to have one. */
export interface Quantile extends Interval {
  readonly value: number
}

/**
 * The p-quantile (nearest rank, 0 < p < 1) of independent values, such as one of each seed, with the interval between two of the
 * values themselves: it covers with the stated confidence or more and assumes nothing of how they are distributed.
 */
export function quantileOf(values: readonly number[], p: number, confidence: number): Quantile {
  assert(p > 0 && p < 1 && values.length > 0, 'a quantile between 0 and 1 is asked of some values')
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  const outside = (1 - confidence) / 2
  // How many values lie below the true quantile is binomial.
  let below = -1
  while (below < n && binomialAtMost(below + 1, n, p) <= outside) below++
  let above = n
  while (above > 0 && 1 - binomialAtMost(above - 1, n, p) <= outside) above--
  return {
    value: sorted[nearestRank(p, n) - 1]!,
    low: below < 0 ? -Infinity : sorted[below]!,
    high: above >= n ? Infinity : sorted[above]!,
  }
}

/**
 * The interval of a quantile that was read from the merged histograms of independent runs: `pooled`, with `each` run's own beside it
 * ("sectioning": around the pooled value, which is less biased than their mean, with the deviation of the runs). The values of one
 * run depend on each other, so their number says nothing of how sure the quantile is; the number of runs does.
 */
export function pooledQuantileOf(pooled: number, each: readonly number[], confidence: number): Estimate {
  const { n } = meanOf(each, confidence)
  if (n < 2) return { ...meanOf(each, confidence), mean: pooled }
  let squares = 0
  for (const value of each) squares += (value - pooled) * (value - pooled)
  const deviation = Math.sqrt(squares / (n - 1))
  const half = halfWidth(deviation, n, confidence)
  return { n, mean: pooled, deviation, low: pooled - half, high: pooled + half }
}
