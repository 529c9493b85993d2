// What a judged point has to say: how sure its verdict is, which expectation decides, and what was measured of it.
import { parseMeasure } from '../../lang/expectation.ts'
import type { Expectation } from '../../lang/expectations.ts'
import { meanOf } from '../statistics/means.ts'
import { proportionOf } from '../statistics/proportions.ts'
import type { HeldExpectation, Unit } from '../types.ts'
import type { Rule, Trial } from './trials.ts'

/** A value over the runs of a point; the ends of its interval are absent where there is one run. */
export interface MeasuredMean {
  readonly mean: number
  readonly unit: Unit
  readonly low?: number
  readonly high?: number
}

/** A point with its verdict, for reports. */
export interface Judged {
  /** By setting. */
  readonly settings: Readonly<Record<string, string>>
  readonly holds: boolean
  /** False when the seeds ran out before it could be told. */
  readonly sure: boolean
  readonly runs: number
  readonly held: number
  /** The chance that a run holds, with the stated confidence; absent of one run, and where nothing is left to chance. */
  readonly low?: number
  readonly high?: number
  /** The expectation that failed in most runs, where one did. */
  readonly failed?: string
  /** What a guard or a thread's end said, where a run did not come to its end. */
  readonly why?: string
  /** Of the measure that was asked for. */
  readonly measured?: MeasuredMean
}

const ENDING = /\b(during|by)\b/
const COMPARISON = /<=|>=|==|!=|<|>/g

/** The left side of an expectation as a measure, with its window: `p99(Api.Latency) during 1m..`. None of alarms, of `by`, and of a constant. */
export function measureOf({ text, ast }: Expectation): string | undefined {
  if (ast.kind !== 'compare' || ast.by.length > 0) return undefined
  COMPARISON.lastIndex = ast.left.end
  const sign = COMPARISON.exec(text)
  if (sign === null) return undefined
  const window = ast.during === undefined ? '' : ` during ${text.slice(ast.during.start, ast.during.end)}`
  const measure = `${text.slice(0, sign.index).trim()}${window}`
  return !ENDING.test(text.slice(0, sign.index)) && parseMeasure(measure).ok ? measure : undefined
}

/** Of each expectation's text its measure, of those that have one. */
export function measuresOf(expectations: readonly Expectation[]): ReadonlyMap<string, string> {
  return new Map(
    expectations.flatMap((each) => {
      const measure = measureOf(each)
      return measure === undefined ? [] : [[each.text, measure] as const]
    }),
  )
}

/** The expectation that failed in most of the runs; of equals the first. */
export function failedOf({ outcomes }: Trial): string | undefined {
  const failures = new Map<string, number>()
  for (const { expectations } of outcomes)
    for (const { text, ok } of expectations) if (!ok) failures.set(text, (failures.get(text) ?? 0) + 1)
  return [...failures].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** The first run that failed, with what it measured of the expectations that did not hold. */
export function firstFailing({
  outcomes,
}: Trial): { readonly seed: string; readonly failed: readonly HeldExpectation[]; readonly why?: string } | undefined {
  const outcome = outcomes.find(({ ending }) => ending !== 'passed')
  if (outcome === undefined) return undefined
  const { seed, expectations, why } = outcome
  return { seed, failed: expectations.filter(({ ok }) => !ok), ...(why === undefined ? {} : { why }) }
}

/** A point for a report; `measure` is the one whose values are shown. */
export function judgedOf(trial: Trial, rule: Rule, measure?: string): Judged {
  const { settings, outcomes, held, holds, sure, same } = trial
  const runs = outcomes.length
  const chance = runs < 2 || same ? undefined : proportionOf(held, runs, rule.confidence)
  const failed = failedOf(trial)
  const why = outcomes.find((outcome) => outcome.why !== undefined)?.why
  const measured = measure === undefined ? undefined : meanMeasured(trial, measure, rule.confidence)
  return {
    settings: Object.fromEntries(settings),
    ...{ holds, sure, runs, held },
    ...chance,
    ...(failed === undefined ? {} : { failed }),
    ...(why === undefined ? {} : { why }),
    ...(measured === undefined ? {} : { measured }),
  }
}

/** The mean of a measure over the runs of a point that have it. */
export function meanMeasured({ outcomes }: Trial, name: string, confidence: number): MeasuredMean | undefined {
  const values = outcomes.flatMap((outcome) => outcome.values.find((value) => value.name === name) ?? [])
  if (values.length === 0) return undefined
  const { mean, low, high } = meanOf(
    values.map(({ value }) => value),
    confidence,
  )
  return { mean, unit: values[0]!.unit, ...(high < Infinity ? { low, high } : {}) }
}
