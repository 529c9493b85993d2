// How a measured value is held against a reference value, each with its own error.
//
// The one idea: "agrees" always means the same. A difference is put down to chance if a normal variable would exceed it
// as seldom as four standard deviations; own error and the target's are added as independent ones. Seeds are fixed, so
// a verdict never flickers; with some 700 comparisons at one in 16,000 a correct simulator fails none of them by chance.
import { histogramOf, statistic, windowOf } from '../../../sim/metrics/statistics.ts'
import type { Scenario } from '../../../sim/lang/scenario.ts'
import { runScenario, type Run } from '../../../sim/run/run.ts'
import { scenarioOf } from '../../scenarios.ts'

/** One entry of the reference file. */
export interface Target {
  readonly id: string
  readonly model: string
  readonly params: Readonly<Record<string, any>>
  readonly expect: Readonly<Record<string, any>>
}

/** A reference value: a number, or the mean of a simulation with its 95 % confidence interval. */
export type Expected = number | readonly number[] | { readonly mean: number; readonly ci95: number }

/** A measured value that knows what it can be told from: why it differs from an expected one, undefined when it does not. */
export interface Measured {
  differs(expected: Expected): string | undefined
}

/** Half a confidence interval of 95 % in standard errors. */
const CI95 = 1.96

/** How far Student's t strays as seldom as a normal variable strays 4 standard deviations (Cornish and Fisher). */
export function fourSigma(freedom: number): number {
  const z = 4
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7]
  const second = (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2)
  const third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  return z + (z3 + z) / (4 * freedom) + second + third
}

/** A whole number, a list of them, or a share that leaves nothing to chance. */
export function exactly(value: number | readonly number[]): Measured {
  return {
    differs: (expected) => {
      const [is, shall] = [JSON.stringify(value), JSON.stringify(expected)]
      return is === shall ? undefined : `${is}, expected ${shall}`
    },
  }
}

/** A figure that was published as rounded or idealised: it may be off by `allowance`. */
export function within(value: number, allowance: number): Measured {
  return {
    differs: (expected) =>
      Math.abs(value - meanOf(expected).mean) <= allowance
        ? undefined
        : `${value}, expected ${meanOf(expected).mean} ± ${allowance}`,
  }
}

/** A mean with its standard error, estimated from `freedom` + 1 independent parts. */
export function estimate(value: number, error: number, freedom: number): Measured {
  return {
    differs: (expected) => {
      const { mean, ci95 } = meanOf(expected)
      const allowed = fourSigma(freedom) * Math.hypot(error, ci95 / CI95) + 1e-9 * Math.abs(mean)
      if (Math.abs(value - mean) <= allowed) return undefined
      return `${value} ± ${error}, expected ${mean} (± ${ci95 / CI95}); allowed is a difference of ${allowed}`
    },
  }
}

/**
 * The value of one run, where `runs` runs of which each was `times` as long gave the expected mean and its interval: the
 * interval then tells the error of the one run as well.
 */
export function oneOfMany(value: number, runs: number, times: number): Measured {
  return {
    differs: (expected) => {
      const { mean, ci95 } = meanOf(expected)
      const error = (ci95 / CI95) * Math.sqrt(1 + runs * times)
      const allowed = fourSigma(runs - 1) * error + 1e-7 * Math.abs(mean)
      if (Math.abs(value - mean) <= allowed) return undefined
      return `${value} ± ${error}, expected ${mean}; allowed is a difference of ${allowed}`
    },
  }
}

/** The p-quantile of whole numbers that were drawn independently: the expected one must split them as it should, but for chance. */
export function sampledQuantile(samples: readonly number[], p: number): Measured {
  const atMost = (value: number): number => samples.filter((sample) => sample <= value).length / samples.length
  return {
    differs: (expected) => {
      const { mean: value } = meanOf(expected)
      const chance = 4 * Math.sqrt((p * (1 - p)) / samples.length)
      const [below, upTo] = [atMost(value - 1), atMost(value)]
      if (below < p + chance && upTo >= p - chance) return undefined
      return `${below} lie below ${value} and ${upTo} at or below it, expected around ${p} ± ${chance}`
    },
  }
}

function meanOf(expected: Expected): { mean: number; ci95: number } {
  if (typeof expected === 'number') return { mean: expected, ci95: 0 }
  if ('mean' in expected) return expected
  throw new Error(`a list cannot be estimated: ${JSON.stringify(expected)}`)
}

/** Mean of independent values and its standard error. */
export function meanError(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) }
}

const MINUTE = 60_000_000

/** A stretch of a run, of whole minutes. Times in µs. */
export class Stretch {
  private readonly run: Run
  readonly from: number
  readonly to: number

  constructor(run: Run, from: number, to: number) {
    this.run = run
    this.from = from
    this.to = to
  }

  private series(resource: string, name: string): Run['world']['metrics'][number]['series'] {
    const metric = this.run.world.metrics.find(
      (each) => each.component === resource && each.name === name && Object.keys(each.dimensions).length <= 1,
    )
    if (metric === undefined) throw new Error(`${resource} publishes no ${name}`)
    return metric.series
  }

  sum(resource: string, name: string): number {
    return windowOf(this.series(resource, name), this.from, this.to).sum
  }

  largest(resource: string, name: string): number {
    return windowOf(this.series(resource, name), this.from, this.to).max
  }

  samples(resource: string, name: string): number {
    return windowOf(this.series(resource, name), this.from, this.to).count
  }

  /** Mean over the values, 0 when there is none. */
  mean(resource: string, name: string): number {
    const { sum, count } = windowOf(this.series(resource, name), this.from, this.to)
    return count === 0 ? 0 : sum / count
  }

  /** Mean over the time; minutes without a point were minutes at 0. */
  level(resource: string, name: string): number {
    return (windowOf(this.series(resource, name), this.from, this.to).sum * MINUTE) / (this.to - this.from)
  }

  quantile(resource: string, name: string, p: number): number {
    return statistic(this.series(resource, name), { kind: 'percentile', p }, this.from, this.to) ?? 0
  }

  /** How many values are at most `value`, to the width of a bucket: exactly for 0. */
  atMost(resource: string, name: string, value: number): number {
    return histogramOf(windowOf(this.series(resource, name), this.from, this.to)).countAtMost(value)
  }
}

const BATCHES = 32
/** A percentile is at most so much above the exact one (`sim/engine/histogram.ts`). */
const BUCKET = 1 / 256

/** A long run cut into stretches that are long enough to be independent of each other, after one more that is left out. */
export class Batches {
  private readonly whole: Stretch
  private readonly parts: readonly Stretch[]

  /** `scenario` writes the scenario for a duration; `perBatch` is the least length of a stretch in seconds. */
  constructor(scenario: (duration: string) => string, perBatch: number, batches = BATCHES) {
    const length = Math.ceil(perBatch / 60) * MINUTE
    const run = completed(scenarioOf(scenario(`${(length / MINUTE) * (batches + 1)}m`)))
    this.whole = new Stretch(run, length, length * (batches + 1))
    this.parts = Array.from({ length: batches }, (_, i) => new Stretch(run, length * (i + 1), length * (i + 2)))
  }

  /**
   * What `read` makes of the whole run, with the error that its values for the stretches betray, but not less than
   * `least` of the whole run.
   */
  estimate(read: (stretch: Stretch) => number, least?: (whole: Stretch) => number): Measured {
    const { error } = meanError(this.parts.map(read))
    return estimate(read(this.whole), Math.max(error, least?.(this.whole) ?? 0), this.parts.length - 1)
  }

  /** A share of `of`: its error is never less than that of independent throws. */
  share(of: (stretch: Stretch) => number, read: (stretch: Stretch) => number): Measured {
    const part = (stretch: Stretch): number => read(stretch) / of(stretch)
    return this.estimate(part, (whole) => {
      const value = part(whole)
      return Math.sqrt(Math.max(value * (1 - value), 1 / of(whole)) / of(whole))
    })
  }

  /**
   * The p-quantile of a distribution in units of `unit` µs: the share of the values above the expected one is held against
   * 1 − p, for the mean of a share keeps to the rules of chance where a quantile of rare moments does not.
   */
  quantile(resource: string, name: string, p: number, unit: number): Measured {
    return {
      differs: (expected) => {
        const at = meanOf(expected).mean * unit
        // A value is known to the width of its bucket only, so the truth lies between these two.
        const [most, least] = [at * (1 - BUCKET), at].map((value) => {
          const share = (stretch: Stretch): number =>
            1 - stretch.atMost(resource, name, value) / stretch.samples(resource, name)
          const { error } = meanError(this.parts.map(share))
          return { value: share(this.whole), allowed: fourSigma(this.parts.length - 1) * error }
        })
        if (least.value - least.allowed <= 1 - p && most.value + most.allowed >= 1 - p) return undefined
        return `${least.value} to ${most.value} ± ${least.allowed} lie above ${at / unit}, expected ${1 - p}`
      },
    }
  }
}

/** Runs a scenario to its end; throws when a guard stopped it or an invariant broke. */
export function completed(scenario: Scenario): Run {
  const run = runScenario(scenario)
  if (run.stopped !== undefined) throw new Error(run.stopped.message)
  if (run.broken.length > 0) throw new Error(run.broken.map((each) => each.sentence).join('; '))
  return run
}
