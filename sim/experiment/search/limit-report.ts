// The answer to the question how far a setting can go, as data: `hotshard.find/1`.
import { quote } from '../../diag/text.ts'
import { seedsText } from '../seeds.ts'
import { failedOf, firstFailing, judgedOf, type Judged } from './judged.ts'
import type { Limit, LimitQuestion } from './limit.ts'
import { seedsToJudge, type Reason, type Rule, type Trial } from './trials.ts'
import type { HeldExpectation } from '../types.ts'

export const FIND_SCHEMA = 'hotshard.find/1'

/** How the points were judged. */
export interface RuleReport {
  /** `1..50`; absent when each point was run once with the scenario's own seed. */
  readonly seeds?: string
  readonly probability: number
  readonly confidence: number
}

export interface ProbeReport extends Judged {
  readonly value: string
  readonly reason: Reason
}

/** A run that failed, to be looked at. */
export interface FailingRun {
  readonly value: string
  readonly seed: string
  readonly expectations: readonly HeldExpectation[]
  /** Why it did not come to its end. */
  readonly why?: string
  readonly command: string
}

export interface LimitReport {
  readonly schema: typeof FIND_SCHEMA
  readonly kind: 'limit'
  readonly scenario: string
  readonly setting: string
  readonly range: string
  readonly until: 'fail' | 'pass'
  readonly settings: Readonly<Record<string, string>>
  readonly rule: RuleReport
  readonly answer: Limit['answer']
  /** The last value before the change and the first after it, next to each other on the range. */
  readonly before?: string
  readonly after?: string
  /** Whether both of them were told with the stated confidence. */
  readonly sure: boolean
  /** How many seeds would tell them, where these could not. */
  readonly seedsNeeded?: number
  /** Whether there was but one change. */
  readonly monotone: boolean
  readonly changes: readonly { readonly before: string; readonly after: string }[]
  /** The expectation that decides at the limit, and what is measured for it in the probes. */
  readonly expectation?: string
  readonly measure?: string
  readonly firstFailing?: FailingRun
  readonly runs: number
  readonly probes: readonly ProbeReport[]
  readonly reproduce: string
}

export interface Said {
  readonly scenario: string
  readonly rule: Rule
  /** Of each expectation its measure. */
  readonly measures: ReadonlyMap<string, string>
  /** The command that asks the same again. */
  readonly reproduce: string
  /** A command that runs one point with one seed. */
  readonly commandOf: (settings: Readonly<Record<string, string>>, seed: string) => string
}

/** `trials` are the values in the order in which they were judged. */
export function limitReport(question: LimitQuestion, limit: Limit, trials: readonly Trial[], said: Said): LimitReport {
  const { axis, settings, until } = question
  const { rule } = said
  const text = (index: number): string => axis.text(index)
  const valueOf = (trial: Trial): string => new Map(trial.settings).get(axis.name)!
  const trialAt = (index: number): Trial => trials.find((trial) => valueOf(trial) === text(index))!
  const { answer, change } = limit
  const decisive = change === undefined ? [0] : [change.before, change.after]
  const failing =
    change === undefined ? (trialAt(0).holds ? undefined : 0) : until === 'fail' ? change.after : change.before
  const failed = failing === undefined ? undefined : failedOf(trialAt(failing))
  const shown = failed ?? trials.map(failedOf).find((each) => each !== undefined) ?? [...said.measures.keys()][0]
  const measure = shown === undefined ? undefined : said.measures.get(shown)
  const open = decisive.map(trialAt).filter(({ sure }) => !sure)
  const needed = open
    .map(({ held, outcomes }) => seedsToJudge(held, outcomes.length, rule))
    .filter((n) => n !== undefined)
  const run = failing === undefined ? undefined : firstFailing(trialAt(failing))
  return {
    ...{ schema: FIND_SCHEMA, kind: 'limit', scenario: said.scenario },
    ...{ setting: axis.name, range: axis.range, until, settings: Object.fromEntries(settings) },
    rule: ruleReport(rule),
    answer,
    ...(change === undefined ? {} : { before: text(change.before), after: text(change.after) }),
    sure: open.length === 0,
    ...(needed.length === 0 ? {} : { seedsNeeded: Math.max(...needed) }),
    monotone: limit.monotone,
    changes: limit.changes.map(({ before, after }) => ({ before: text(before), after: text(after) })),
    ...(failed === undefined ? {} : { expectation: failed }),
    ...(measure === undefined ? {} : { measure }),
    ...(run === undefined
      ? {}
      : {
          firstFailing: {
            ...{ value: text(failing!), seed: run.seed, expectations: run.failed },
            ...(run.why === undefined ? {} : { why: run.why }),
            command: said.commandOf(Object.fromEntries(trialAt(failing!).settings), run.seed),
          },
        }),
    runs: trials.reduce((sum, { outcomes }) => sum + outcomes.length, 0),
    probes: trials.map((trial) => ({ value: valueOf(trial), reason: trial.reason, ...judgedOf(trial, rule, measure) })),
    reproduce: said.reproduce,
  }
}

export function ruleReport({ seeds, probability, confidence }: Rule): RuleReport {
  return { ...(seeds.length === 0 ? {} : { seeds: seedsText(seeds) }), probability, confidence }
}

/** `npx hotshard run FILE --seed 3 --set Peak=300`: one point with one seed. `flags` are those that every run of the search has. */
export function runCommand(
  path: string,
  flags: readonly string[],
  settings: Readonly<Record<string, string>>,
  seed: string,
): string {
  const set = Object.entries(settings).map(([name, value]) => `--set ${quote(`${name}=${value}`)}`)
  return ['npx hotshard run', quote(path), ...(seed === '' ? [] : [`--seed ${quote(seed)}`]), ...flags, ...set].join(
    ' ',
  )
}
