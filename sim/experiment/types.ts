// What an experiment is made of: runs that are asked for, and what came of each. Plain data, to be sent to threads, hosts and pages.
import type { CwUnit } from '../model/contract.ts'
import type { WarmUpAdvice } from '../run/report.ts'

/** A parameter, `Workloads.NAME.Scale` or `Quotas.NAME`, with its value as a text. */
export type Setting = readonly [name: string, value: string]

/** One run that is asked for: a point of the space of parameters, and a seed. */
export interface RunSpec {
  /** In order of name. */
  readonly settings: readonly Setting[]
  /** Absent = the scenario's own. */
  readonly seed?: string
}

export type Unit = CwUnit | 'USD'

/** A value that was measured in a run. */
export interface MeasuredValue {
  /** A term of the scenario language: `p99(Api.Latency)`, `cost(monthly)`. */
  readonly name: string
  readonly value: number
  readonly unit: Unit
}

/**
 * How a run ended: `passed` and `failed` by its expectations, `partial` when a guard stopped it (its values are of the part that
 * ran), `refused` when the scenario cannot be run with these settings, `broken` when an invariant of ours did not hold or we threw,
 * `crashed` when the thread or host that did it died each time that it was tried.
 */
export type Ending = 'passed' | 'failed' | 'partial' | 'refused' | 'broken' | 'crashed'

export const ENDINGS: Readonly<Record<Ending, true>> = {
  passed: true,
  failed: true,
  partial: true,
  refused: true,
  broken: true,
  crashed: true,
}

export interface HeldExpectation {
  readonly text: string
  readonly ok: boolean
  readonly measured: string
}

/** Counts of a distribution by bucket (`engine/histogram.ts`), mergeable with those of other runs. */
export interface Counts {
  /** `Resource.Metric`. */
  readonly name: string
  readonly unit: CwUnit
  /** Base units (µs, bytes) in one of the unit. */
  readonly base: number
  readonly index: readonly number[]
  readonly count: readonly number[]
  readonly sum: number
  readonly min: number
  readonly max: number
}

/** Metrics (`Resource.Metric`, counts and distributions) that are to be looked at every so many µs. */
export interface SeriesAsked {
  readonly every: number
  readonly metrics: readonly string[]
}

/** A metric step by step from the beginning of the run on: how many values came in each step, and their sum in base units (µs, bytes). */
export interface SampledSeries {
  readonly name: string
  readonly n: readonly number[]
  readonly sum: readonly number[]
}

/** What came of one run. The same specification gives the same outcome everywhere, `partial` ones by time or memory excepted. */
export interface Outcome {
  readonly settings: readonly Setting[]
  readonly seed: string
  readonly ending: Ending
  /** Of the whole run; empty when there is none. */
  readonly digest: string
  readonly events: number
  /** Whether anything was drawn at random. Absent, every seed gives this very run. */
  readonly drawn?: true
  readonly values: readonly MeasuredValue[]
  readonly expectations: readonly HeldExpectation[]
  /** Why it neither passed nor failed. */
  readonly why?: string
  /** Only when asked for. */
  readonly counts?: readonly Counts[]
  /** Only when asked for; in the order asked. */
  readonly series?: readonly SampledSeries[]
  /** Only when asked for, and where the warm-up is too short. */
  readonly warmUpAdvice?: WarmUpAdvice
}

/**
 * Asks for runs and is told what came of them, until it asks for none. What it asks for depends on the answers alone and never on
 * the order in which they came, so it is the same on one core and on a hundred hosts.
 */
export interface Experiment<Result> {
  /** The runs that it needs next, all of which may be done at once; none when it is over. */
  next(): readonly RunSpec[]
  /** Answers to the last `next`, in its order. */
  tell(outcomes: readonly Outcome[]): void
  result(): Result
}
