// Two ways to do the same with the same seeds: what differs, by how much, and how sure that is.
//
// Pairs of runs have their seed in common, and with it what every random stream brings (common random numbers), so that a difference
// shows over far fewer seeds than it takes to know either side. Of many measures some differ by chance: Holm's adjustment
// keeps the probability that any of those called different is not to 5 %.
import { columnsOf, resourceOf } from './columns.ts'
import { judge, type Condition } from './conditions.ts'
import { betterOf } from './measures.ts'
import { CONFIDENCE, endsOf, isWhole, type Ends } from './replications.ts'
import { differenceOf, seedsToTell } from './statistics/means.ts'
import { holm } from './statistics/multiple.ts'
import type { Ending, HeldExpectation, MeasuredValue, Setting, Unit } from './types.ts'

export const COMPARISON_SCHEMA = 'hotshard.comparison/1'
/** The probability that anything is called different that is not. */
const RISK = 1 - CONFIDENCE

/** What is compared of a run; a baseline keeps no more. */
export interface ComparedRun {
  readonly seed: string
  readonly ending: Ending
  readonly values: readonly MeasuredValue[]
  readonly expectations: readonly HeldExpectation[]
  readonly why?: string
  /** Of the whole run; a baseline has none. */
  readonly digest?: string
  readonly drawn?: true
}

/** `equal`: the same in every pair; `open`: these seeds cannot tell; `differs`: which is better depends on what one wants. */
export type Verdict = 'better' | 'worse' | 'differs' | 'open' | 'equal'

/** Values before (A) and after (B), and the mean of B − A over pairs of runs with its interval. */
export interface MeasureDifference extends Ends {
  readonly name: string
  readonly unit: Unit
  readonly better?: 'less' | 'more'
  /** Pairs in which both had data. */
  readonly pairs: number
  readonly before: number
  readonly after: number
  readonly difference: number
  /** The difference as a share of the value before; absent where that is 0. */
  readonly share?: number
  /** The chance of as large a difference if there were none, adjusted for all measures. */
  readonly chance: number
  readonly verdict: Verdict
  /** How many seeds would tell a true difference of this size in four of five experiments; only where these cannot. */
  readonly seedsNeeded?: number
}

export interface JudgedCondition {
  readonly text: string
  readonly measure: string
  readonly unit?: Unit
  readonly before?: number
  readonly after?: number
  /** `no data`: on one of the sides there was none. */
  readonly verdict: 'regressed' | 'kept' | 'open' | 'no data'
  readonly seedsNeeded?: number
}

export interface ComparedExpectation {
  readonly text: string
  readonly before: number
  readonly after: number
  readonly pairs: number
}

export interface ComparedSide {
  readonly scenario: string
  readonly settings: Readonly<Record<string, string>>
}

export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA
  readonly a: ComparedSide
  readonly b: ComparedSide
  /** Seeds with which both sides came to their end. */
  readonly seeds: readonly string[]
  readonly confidence: number
  /**
   * Of B against A, by what clients see and the monthly cost, or by everything else where those do not differ: `mixed` = better in some and
   * worse in other measures, `none` = no difference that these seeds can tell, `equal` = nothing differs with any seed.
   */
  readonly answer: 'better' | 'worse' | 'mixed' | 'none' | 'equal'
  /** The measures that the answer rests on. */
  readonly because: readonly string[]
  readonly measures: readonly MeasureDifference[]
  readonly conditions: readonly JudgedCondition[]
  readonly expectations: readonly ComparedExpectation[]
  /** Measures that have data on one side alone. */
  readonly onlyBefore: readonly string[]
  readonly onlyAfter: readonly string[]
  readonly stopped: readonly { readonly side: 'a' | 'b'; readonly seed: string; readonly why: string }[]
  /** What there is to say of a baseline, such as that it is stale, and of a warm-up that is too short. */
  readonly notes: readonly string[]
  /** The command that repeats all of it. */
  readonly reproduce: string
}

export interface ComparisonOptions {
  readonly conditions?: readonly Condition[]
  /** Workloads, whose measures the answer looks at first. */
  readonly clients?: ReadonlySet<string>
  readonly notes?: readonly string[]
  readonly reproduce?: string
}

/** A side of a comparison as its settings make it. */
export function sideOf(scenario: string, settings: readonly Setting[]): ComparedSide {
  return { scenario, settings: Object.fromEntries(settings) }
}

/** Compares runs that have their seeds in common; what was stopped on a side is named and counts on neither. */
export function comparisonOf(
  a: ComparedSide,
  b: ComparedSide,
  before: readonly ComparedRun[],
  after: readonly ComparedRun[],
  { conditions = [], clients = new Set(), notes = [], reproduce = '' }: ComparisonOptions = {},
): Comparison {
  const pairs = pairsOf(before, after)
  const table = differences(pairs)
  const isCertain = isSeedless(pairs.map(([one]) => one)) && isSeedless(pairs.map(([, other]) => other))
  const measures = adjusted(table, isCertain)
  const told = measures.filter(({ verdict }) => verdict === 'better' || verdict === 'worse')
  const first = told.filter(({ name }) => name === 'cost(monthly)' || clients.has(resourceOf(name)))
  const because = first.length > 0 ? first : told
  const isAny = (verdict: Verdict): boolean => because.some((each) => each.verdict === verdict)
  const answer = isAny('better') ? (isAny('worse') ? 'mixed' : 'better') : isAny('worse') ? 'worse' : 'none'
  return {
    schema: COMPARISON_SCHEMA,
    ...{ a, b },
    seeds: pairs.map(([one]) => one.seed),
    confidence: CONFIDENCE,
    answer: pairs.length > 0 && measures.every(({ verdict }) => verdict === 'equal') ? 'equal' : answer,
    because: because.map(({ name }) => name),
    measures,
    conditions: judged(conditions, table, isCertain),
    expectations: heldOf(pairs),
    onlyBefore: onlyIn(
      table,
      pairs.map(([one]) => one),
    ),
    onlyAfter: onlyIn(
      table,
      pairs.map(([, other]) => other),
    ),
    stopped: [...stoppedIn('a', before), ...stoppedIn('b', after)],
    ...{ notes, reproduce },
  }
}

/** Whether no seed changed any event: then what differs is not made by chance, however few the seeds. */
function isSeedless(runs: readonly ComparedRun[]): boolean {
  const [first] = runs
  return (
    runs.length > 1 &&
    first!.digest !== undefined &&
    runs.every((run) => run.drawn !== true && run.digest === first!.digest)
  )
}

type Pair = readonly [before: ComparedRun, after: ComparedRun]

function pairsOf(before: readonly ComparedRun[], after: readonly ComparedRun[]): Pair[] {
  const others = new Map(after.filter(isWhole).map((run) => [run.seed, run]))
  return before.filter(isWhole).flatMap((run): Pair[] => {
    const other = others.get(run.seed)
    return other === undefined ? [] : [[run, other]]
  })
}

/** Values of a measure in the pairs in which both sides have it. */
interface Paired {
  readonly name: string
  readonly unit: Unit
  readonly before: readonly number[]
  readonly after: readonly number[]
}

function differences(pairs: readonly Pair[]): Paired[] {
  const n = pairs.length
  // Both sides are one table, so that what happened on one side alone was none on the other.
  return columnsOf([...pairs.map(([one]) => one), ...pairs.map(([, other]) => other)]).map(({ name, unit, values }) => {
    const known = pairs.flatMap((_, i) => {
      const [one, other] = [values[i], values[n + i]]
      return one === undefined || other === undefined ? [] : [[one, other] as const]
    })
    return { name, unit, before: known.map(([one]) => one), after: known.map(([, other]) => other) }
  })
}

/** Every measure that both sides have, with its chance adjusted for those that differ at all: what is the same in every pair was no trial. */
function adjusted(table: readonly Paired[], isCertain: boolean): MeasureDifference[] {
  const both = table.filter(({ before }) => before.length > 0)
  const found = both.map(({ before, after }) => differenceOf(before, after, CONFIDENCE))
  const isTrial = both.map(({ before, after }) => before.some((value, i) => value !== after[i]))
  const chances = holm(found.filter((_, i) => isTrial[i]).map(({ chance }) => (isCertain ? 0 : chance)))
  let next = 0
  return both.map(({ name, unit, before }, i) => {
    const { n, mean, deviation, ...interval } = found[i]!
    const chance = isTrial[i]! ? chances[next++]! : 1
    const better = betterOf(name)
    const start = before.reduce((sum, value) => sum + value, 0) / n
    const verdict = !isTrial[i]! ? 'equal' : chance > RISK ? 'open' : verdictOf(better, mean)
    // One pair does not show how far pairs lie apart.
    const needed = verdict === 'open' && n > 1 ? seedsToTell(deviation, mean, CONFIDENCE) : undefined
    return {
      ...{ name, unit },
      ...(better === undefined ? {} : { better }),
      pairs: n,
      before: start,
      after: start + mean,
      difference: mean,
      ...endsOf(interval),
      ...(start === 0 ? {} : { share: mean / Math.abs(start) }),
      ...{ chance, verdict },
      ...(needed === undefined ? {} : { seedsNeeded: needed }),
    }
  })
}

function verdictOf(better: 'less' | 'more' | undefined, difference: number): Verdict {
  if (better === undefined) return 'differs'
  return difference < 0 === (better === 'less') ? 'better' : 'worse'
}

/** A regression is one that chance explains with at most 5 %, over all conditions together. */
function judged(conditions: readonly Condition[], table: readonly Paired[], isCertain: boolean): JudgedCondition[] {
  const sure = (chance: number): number => (isCertain ? Number(chance >= 0.5) : chance)
  const results = conditions.map((condition) => {
    const { unit, before = [], after = [] } = table.find(({ name }) => name === condition.name) ?? {}
    const isEqual = before.length > 0 && before.every((value, i) => value === after[i])
    return { ...judge(condition, unit, before, after, CONFIDENCE), isEqual }
  })
  const chances = holm(results.map(({ chance }) => sure(chance)))
  return results.map(({ text, name, unit, before, after, chanceKept, seedsNeeded, isEqual }, i) => {
    if (unit === undefined || before === undefined || after === undefined)
      return { text, measure: name, verdict: 'no data' }
    const verdict = chances[i]! <= RISK ? 'regressed' : isEqual || sure(chanceKept) <= RISK ? 'kept' : 'open'
    const needed = verdict === 'open' && seedsNeeded !== undefined ? { seedsNeeded } : {}
    return { text, measure: name, unit, before, after, verdict, ...needed }
  })
}

/** How often each expectation held that both sides have. */
function heldOf(pairs: readonly Pair[]): ComparedExpectation[] {
  const [first] = pairs
  if (first === undefined) return []
  const held = (side: 0 | 1, text: string): number =>
    pairs.filter((pair) => pair[side].expectations.some((each) => each.text === text && each.ok)).length
  return first[0].expectations
    .filter(({ text }) => first[1].expectations.some((each) => each.text === text))
    .map(({ text }) => ({ text, before: held(0, text), after: held(1, text), pairs: pairs.length }))
}

/** Measures without a pair that one side has. */
function onlyIn(table: readonly Paired[], runs: readonly ComparedRun[]): string[] {
  const own = new Set(runs.flatMap(({ values }) => values.map(({ name }) => name)))
  return table.filter(({ name, before }) => before.length === 0 && own.has(name)).map(({ name }) => name)
}

function stoppedIn(side: 'a' | 'b', runs: readonly ComparedRun[]): Comparison['stopped'] {
  return runs.filter((run) => !isWhole(run)).map(({ seed, ending, why = ending }) => ({ side, seed, why }))
}
