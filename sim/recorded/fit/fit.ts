// Which distribution of the scenario language measured values follow, ranked by what they cost to describe.
//
// The one idea: a family with more parameters always comes nearer, so each parameter is charged: 2 by Akaike's criterion (AIC), ln n by
// Schwarz's (BIC), which ranks, because it finds the simpler of two nested families when that is the true one.
import type { Distribution } from '../../engine/distribution.ts'
import { ln } from '../../engine/math.ts'
import { fitFamilies, Sample, type Fitted } from './families.ts'
import { goodnessOf, type Goodness } from './goodness.ts'
import { thinned } from './mix.ts'

export interface Candidate {
  readonly distribution: Distribution
  readonly parameters: number
  readonly aic: number
  readonly bic: number
  /** By how much its BIC is above the best one's. */
  readonly worse: number
  readonly goodness: Goodness
}

export interface DistributionFit {
  /** Values that were fitted. */
  readonly n: number
  /** Those of a larger sample that were looked at, evenly by size. */
  readonly of: number
  readonly least: number
  readonly most: number
  readonly mean: number
  /** Standard deviation divided by the mean. */
  readonly cv: number
  readonly zeros: number
  /** The best first. */
  readonly candidates: readonly Candidate[]
  /** The values, rising. */
  readonly values: Float64Array
}

/** No more values than this are looked at. */
const LOOKED_AT = 100_000
/** Fewer say nothing of a distribution. */
export const VALUES_LEAST = 8

/** Fits every family to values of 0 or more; undefined when they are too few. */
export function fitDistribution(values: ArrayLike<number>): DistributionFit | undefined {
  if (values.length < VALUES_LEAST) return undefined
  const all = Float64Array.from(values).sort()
  const sample = new Sample(thinned(all, LOOKED_AT))
  const { n, least, most, mean, variance } = sample
  const ranked = fitFamilies(sample)
    .map((fitted) => ({ ...fitted, bic: fitted.parameters * ln(n) - 2 * fitted.logLikelihood }))
    .sort((a, b) => a.bic - b.bic)
  const best = ranked[0]!.bic
  return {
    n,
    of: all.length,
    ...{ least, most, mean },
    cv: mean === 0 ? 0 : Math.sqrt(variance) / mean,
    zeros: all.findIndex((value) => value > 0) < 0 ? all.length : all.findIndex((value) => value > 0),
    candidates: ranked.map((fitted) => candidateOf(fitted, fitted.bic, best, sample)),
    values: sample.values,
  }
}

function candidateOf(
  { distribution, parameters, logLikelihood }: Fitted,
  bic: number,
  best: number,
  sample: Sample,
): Candidate {
  return {
    distribution,
    parameters,
    aic: 2 * parameters - 2 * logLikelihood,
    bic,
    worse: bic - best,
    goodness: goodnessOf(distribution, sample.values),
  }
}

/** What the best candidate is worth in words: it fits, it is near enough for percentiles, or it does not and the values themselves are better. */
export type Verdict = 'fits' | 'near' | 'apart'

export function verdictOf({ goodness: { ks, ksChance, percentiles } }: Candidate): Verdict {
  if (ksChance >= 0.05) return 'fits'
  const off = Math.max(
    ...percentiles.map(({ recorded, fitted }) => (recorded === 0 ? 0 : Math.abs(fitted / recorded - 1))),
  )
  return ks <= 0.05 && off <= 0.2 ? 'near' : 'apart'
}
