// How often something holds: an exact interval for a share of runs, and decisions that may be looked at after every run.
import { assert } from '../../engine/assert.ts'
import { ln, ln1p } from '../../engine/math.ts'
import { betaLn, betaQuantile, betaTail } from './beta.ts'
import type { Interval } from './means.ts'

/** The interval of Clopper and Pearson for the chance behind `k` of `n`: it covers with the stated confidence or more, however small n is. */
export function proportionOf(k: number, n: number, confidence: number): Interval {
  assert(k >= 0 && k <= n, 'what held is a part of all')
  const outside = (1 - confidence) / 2
  return {
    low: k === 0 ? 0 : betaQuantile(k, n - k + 1, outside),
    high: k === n ? 1 : betaQuantile(k + 1, n - k, outside, true),
  }
}

/** Where a chance lies beside a bound; `open` = more runs are needed to say. */
export type Side = 'above' | 'below' | 'open'

/**
 * On which side of `bound` the chance behind `k` of `n` lies. May be asked after every run, and runs may end when it answers: over
 * all of them together each wrong answer has at most the probability 1 − confidence.
 *
 * It bets against the bound: the likelihood of what was seen, averaged over all chances on one side, against that at the bound. If the
 * truth is on the other side such a ratio is expected to shrink, so that it ever reaches 1/(1 − confidence) has at most the
 * probability 1 − confidence (Ville's inequality; Robbins' mixtures). Unlike Wald's test it needs no zone of indifference.
 */
export function sideOf(k: number, n: number, bound: number, confidence: number): Side {
  assert(bound > 0 && bound < 1 && k >= 0 && k <= n, 'a share is compared with a bound between 0 and 1')
  const against = k * ln(bound) + (n - k) * ln1p(-bound)
  const spread = betaLn(k + 1, n - k + 1) - against
  const enough = -ln(1 - confidence)
  const isBeyond = (share: number, width: number): boolean => share > 0 && spread + ln(share) - ln(width) >= enough
  if (isBeyond(betaTail(k + 1, n - k + 1, bound, true), 1 - bound)) return 'above'
  return isBeyond(betaTail(k + 1, n - k + 1, bound), bound) ? 'below' : 'open'
}
