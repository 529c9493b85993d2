// The same scenario with many seeds: means with intervals, how often each expectation held, percentiles of all runs together.
import { Histogram, nearestRank } from '../engine/histogram.ts'
import type { WarmUpAdvice } from '../run/report.ts'
import { columnsOf, type Column } from './columns.ts'
import { betterOf } from './measures.ts'
import { meanOf, seedsForHalfWidth, type Interval } from './statistics/means.ts'
import { proportionOf } from './statistics/proportions.ts'
import { pooledQuantileOf } from './statistics/quantiles.ts'
import { adviceOf } from './warm-up.ts'
import type { Counts, Ending, Experiment, Outcome, RunSpec, Setting, Unit } from './types.ts'

export const REPLICATIONS_SCHEMA = 'hotshard.replications/1'
/** Of every interval. */
export const CONFIDENCE = 0.95
/** A mean is known well enough when its interval is ± this share of it. */
const PRECISION = 0.05
const PERCENTILES = [0.5, 0.9, 0.99, 0.999]
/** A percentile that was read from merged histograms is at most this share above the exact one, and never below. */
export const BUCKET_ERROR = 1 / 256

/** The ends are absent where too few runs have data to know them. */
export interface Ends {
  readonly low?: number
  readonly high?: number
}

export interface ReplicatedMeasure extends Ends {
  readonly name: string
  readonly unit: Unit
  readonly better?: 'less' | 'more'
  /** Runs that had data. */
  readonly runs: number
  readonly mean: number
  readonly deviation: number
  readonly minimum: number
  readonly median: number
  readonly maximum: number
  /** How many seeds would make the interval ± 5 % of the mean, when it is wider. */
  readonly seedsNeeded?: number
}

export interface ReplicatedExpectation {
  readonly text: string
  readonly held: number
  readonly runs: number
  /** Share of all seeds with which it would hold. */
  readonly low: number
  readonly high: number
  /** Seeds with which it failed. */
  readonly failed: readonly string[]
}

export interface PooledPercentile extends Ends {
  readonly p: number
  readonly value: number
}

export interface PooledDistribution {
  /** `Resource.Metric`. */
  readonly name: string
  readonly unit: Unit
  /** Runs that had data. */
  readonly runs: number
  readonly samples: number
  readonly average: number
  readonly maximum: number
  readonly percentiles: readonly PooledPercentile[]
}

export interface Replications {
  readonly schema: typeof REPLICATIONS_SCHEMA
  readonly scenario: string
  readonly settings: Readonly<Record<string, string>>
  readonly confidence: number
  readonly bucketError: number
  readonly runs: readonly {
    readonly seed: string
    readonly ending: Ending
    readonly digest: string
    readonly why?: string
  }[]
  readonly measures: readonly ReplicatedMeasure[]
  readonly distributions: readonly PooledDistribution[]
  readonly expectations: readonly ReplicatedExpectation[]
  /** Only when the warm-up is too short in most of the runs. */
  readonly warmUpAdvice?: WarmUpAdvice
  /** The command that repeats all of it. */
  readonly reproduce: string
}

/** Asks once for a run with every seed, and hands over what came of each. */
export class EverySeed implements Experiment<readonly Outcome[]> {
  private outcomes: readonly Outcome[] | undefined
  private readonly specs: readonly RunSpec[]

  constructor(settings: readonly Setting[], seeds: readonly string[]) {
    this.specs = seeds.map((seed) => ({ settings, seed }))
  }

  next(): readonly RunSpec[] {
    return this.outcomes === undefined ? this.specs : []
  }

  tell(outcomes: readonly Outcome[]): void {
    this.outcomes = outcomes
  }

  result(): readonly Outcome[] {
    return this.outcomes ?? []
  }
}

/** Whether a run went to its end, so that it counts. */
export function isWhole({ ending }: Pick<Outcome, 'ending'>): boolean {
  return ending === 'passed' || ending === 'failed'
}

/** Sums up one run for each seed; those that were stopped or refused are named and count nowhere else. */
export function replicationsOf(
  scenario: string,
  settings: readonly Setting[],
  outcomes: readonly Outcome[],
  reproduce: string,
): Replications {
  const whole = outcomes.filter(isWhole)
  const advice = adviceOf(whole)
  return {
    schema: REPLICATIONS_SCHEMA,
    scenario,
    settings: Object.fromEntries(settings),
    confidence: CONFIDENCE,
    bucketError: BUCKET_ERROR,
    runs: outcomes.map(({ seed, ending, digest, why }) => ({
      ...{ seed, ending, digest },
      ...(why === undefined ? {} : { why }),
    })),
    measures: columnsOf(whole).map(measureOf),
    distributions: pooled(whole.flatMap(({ counts = [] }) => counts)),
    expectations: (whole[0]?.expectations ?? []).map(({ text }, i) => {
      const failed = whole.filter(({ expectations }) => !expectations[i]!.ok).map(({ seed }) => seed)
      const held = whole.length - failed.length
      return { text, held, runs: whole.length, ...proportionOf(held, whole.length, CONFIDENCE), failed }
    }),
    ...(advice === undefined ? {} : { warmUpAdvice: advice }),
    reproduce,
  }
}

function measureOf({ name, unit, values }: Column): ReplicatedMeasure {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  const estimate = meanOf(known, CONFIDENCE)
  const { n, mean, deviation } = estimate
  const better = betterOf(name)
  const wanted = Math.abs(mean) * PRECISION
  const isWide = n > 1 && wanted > 0 && estimate.high - mean > wanted
  const needed = isWide ? seedsForHalfWidth(deviation, wanted, CONFIDENCE) : undefined
  return {
    name,
    unit,
    ...(better === undefined ? {} : { better }),
    ...{ runs: n, mean, deviation, ...endsOf(known[0]! >= 0 ? fromZero(estimate) : estimate) },
    minimum: known[0]!,
    median: known[nearestRank(0.5, n) - 1]!,
    maximum: known[n - 1]!,
    ...(needed === undefined ? {} : { seedsNeeded: needed }),
  }
}

/** The ends of an interval that are known. */
export function endsOf({ low, high }: Interval): Ends {
  return { ...(low > -Infinity ? { low } : {}), ...(high < Infinity ? { high } : {}) }
}

/** What is never below 0 has no mean below 0. */
function fromZero({ low, high }: Interval): Interval {
  return { low: low > -Infinity ? Math.max(0, low) : low, high }
}

/** The distributions of all runs, each merged into one: exactly what one recorder of all runs would have. */
function pooled(counts: readonly Counts[]): PooledDistribution[] {
  const groups = new Map<string, Counts[]>()
  for (const each of counts) {
    const group = groups.get(each.name)
    if (group === undefined) groups.set(each.name, [each])
    else group.push(each)
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => {
      const { unit, base } = group[0]!
      const each = group.map(histogramOf)
      const all = new Histogram()
      for (const histogram of each) all.mergeFrom(histogram)
      const percentiles = PERCENTILES.map((p) => {
        const own = each.map((histogram) => histogram.quantile(p) / base)
        const { mean, low, high } = pooledQuantileOf(all.quantile(p) / base, own, CONFIDENCE)
        return { p, value: mean, ...endsOf(fromZero({ low, high })) }
      })
      const average = all.sum / all.count / base
      return { name, unit, runs: each.length, samples: all.count, average, maximum: all.max / base, percentiles }
    })
}

function histogramOf({ index, count, sum, min, max }: Counts): Histogram {
  return Histogram.fromSparse({ index: Uint16Array.from(index), count: Uint32Array.from(count), sum, min, max })
}
