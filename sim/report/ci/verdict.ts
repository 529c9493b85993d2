// What a scenario means to a pipeline, case by case: the data behind every form that a CI server reads.
//
// The one idea: a scenario is a suite. Its first case is that it runs to its end, the second that no invariant of ours is
// broken, and each expectation is one. Of a run that a guard stopped nothing is known of its expectations: they are skipped.
import type { Problem } from '../../diag/problem.ts'
import { countLine, renderProblems, sortProblems } from '../../diag/render.ts'
import { lineColumn, type Span } from '../../diag/span.ts'
import { plain } from '../../diag/text.ts'
import type { Report } from '../../run/report.ts'
import { counted, moment, seconds } from '../figures.ts'

/** Where a case stands in a scenario; lines and columns from 1. */
export interface CasePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Case {
  /** The expectation as it is written, or what is asked of every scenario; no two of a scenario are the same. */
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped'
  readonly type: 'expectation' | 'guard' | 'invariant' | 'bad-input'
  /** One line: what was measured, or what is wrong. Empty where there is nothing to say. */
  readonly message: string
  /** The left side of an expectation, as it was measured. */
  readonly measured?: string
  readonly place?: CasePlace
  /** The errors of bad input, with their places shown. */
  readonly text?: string
  /** The command that shows this very case, where another one shows the whole scenario. */
  readonly repeat?: string
}

export type State = 'ok' | 'failed' | 'stopped' | 'broken' | 'invalid'

export interface Verdict {
  /** The scenario's file as it was named. */
  readonly scenario: string
  readonly state: State
  /** `2 of 4 expectations failed`, or what else there is to say of it in half a line. Safe to print. */
  readonly headline: string
  readonly cases: readonly Case[]
  /** What was said of the scenario before it ran. */
  readonly problems: readonly Problem[]
  /** The most telling of what went on, in a line. */
  readonly because?: string
  /** The one command that does it again. */
  readonly repeat?: string
  /** What else identifies it, by name. */
  readonly facts: Readonly<Record<string, string>>
  /** Of one run. */
  readonly report?: Report
  /** Seconds of real time. */
  readonly took: number
}

/** What is asked of every scenario. */
export const RUNS = 'runs to its end'
export const INVARIANTS = 'every invariant holds'
const VALID = 'is valid'

/** The verdict on a run, or on a scenario that could not be run. `took` is in seconds of real time. */
export function verdictOf(
  scenario: string,
  problems: readonly Problem[],
  report: Report | undefined,
  took: number,
): Verdict {
  if (report === undefined) return invalid(scenario, RUNS, problems, took)
  const state =
    report.broken.length > 0
      ? 'broken'
      : report.partial
        ? 'stopped'
        : report.expectations.every(({ ok }) => ok)
          ? 'ok'
          : 'failed'
  const cases = casesOf(report)
  const cause = because(report)
  return {
    scenario,
    state,
    headline: headlineOf(state, cases, problems),
    ...{ cases, problems, report, took },
    ...(cause === undefined ? {} : { because: cause }),
    repeat: report.reproduce,
    facts: {
      seed: report.seed,
      profile: report.profile,
      simulated: `${report.simulated} s`,
      digest: report.digest.total,
      repeat: report.reproduce,
    },
  }
}

/** The verdict of a look at a scenario that is not run. */
export function checkVerdict(scenario: string, problems: readonly Problem[], isValid: boolean): Verdict {
  if (!isValid) return invalid(scenario, VALID, problems, 0)
  const headline = `valid${warningsIn(problems)}`
  return { scenario, state: 'ok', headline, cases: [passed(VALID, 'bad-input')], problems, facts: {}, took: 0 }
}

/** The verdict on a run in which hotshard itself failed. */
export function crashed(
  scenario: string,
  problems: readonly Problem[],
  message: string,
  repeat: string,
  took: number,
): Verdict {
  const cases: Case[] = [{ ...passed(RUNS, 'invariant'), outcome: 'error', message }]
  const headline = headlineOf('broken', cases, problems)
  return { scenario, state: 'broken', headline, cases, problems, repeat, facts: {}, took }
}

/** The verdict on a scenario that cannot be run. */
export function invalid(scenario: string, name: string, problems: readonly Problem[], took: number): Verdict {
  const headline = countLine(problems.filter(({ severity }) => severity === 'error'))
  return { scenario, state: 'invalid', headline, cases: [badInput(name, problems)], problems, facts: {}, took }
}

function casesOf(report: Report): Case[] {
  const { stopped, broken } = report
  const ending: Case =
    stopped === undefined
      ? passed(RUNS, 'guard')
      : { ...passed(RUNS, 'guard'), outcome: 'error', message: `${stoppedAt(report)}: ${stopped.message}` }
  const invariants: Case =
    broken.length === 0
      ? passed(INVARIANTS, 'invariant')
      : { ...passed(INVARIANTS, 'invariant'), outcome: 'error', message: broken.map(brokenLine).join('; ') }
  const expected = report.expectations.map(({ text, ok, measured, place }): Case => {
    const at = placeOf(place)
    return {
      name: text,
      outcome: stopped !== undefined ? 'skipped' : ok ? 'passed' : 'failed',
      type: 'expectation',
      message: stopped === undefined ? `measured ${measured}` : `${stoppedAt(report)}, measured ${measured} until then`,
      measured,
      ...(at === undefined ? {} : { place: at }),
    }
  })
  return distinct([ending, invariants, ...expected])
}

/** The cases with names of their own: servers take two of one name for one. */
export function distinct(cases: readonly Case[]): Case[] {
  const times = new Map<string, number>()
  return cases.map((of) => {
    const count = (times.get(of.name) ?? 0) + 1
    times.set(of.name, count)
    return count === 1 ? of : { ...of, name: `${of.name} (${count})` }
  })
}

/** A case of which there is nothing to say. */
export function passed(name: string, type: Case['type']): Case {
  return { name, outcome: 'passed', type, message: '' }
}

function badInput(name: string, problems: readonly Problem[]): Case {
  const errors = sortProblems(problems.filter(({ severity }) => severity === 'error'))
  const first = errors.find(({ span }) => span !== undefined && span.source.beside !== true) ?? errors[0]
  const more = errors.length > 1 ? `, and ${counted(errors.length - 1, 'more error')}` : ''
  return {
    name,
    outcome: 'error',
    type: 'bad-input',
    message: `${first?.message ?? 'it cannot be read'}${more}`,
    text: renderProblems(errors),
    ...(first?.span === undefined || first.span.source.beside === true ? {} : { place: startOf(first.span) }),
  }
}

/** The place at which something begins. */
export function startOf(span: Span): CasePlace {
  const { line, column } = lineColumn(span)
  return { file: span.source.name, line, column }
}

function stoppedAt({ simulated, duration }: Report): string {
  return `stopped after ${seconds(simulated)} of ${seconds(duration)}`
}

function brokenLine({ resource, sentence }: Report['broken'][number]): string {
  return `at ${resource} it no longer holds that ${sentence}`
}

function placeOf(text: string | undefined): CasePlace | undefined {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(text ?? '') ?? []
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) }
}

/** What there is to say in half a line; of many runs, `seeds` is how many there are. */
export function headlineOf(state: State, cases: readonly Case[], problems: readonly Problem[], seeds?: number): string {
  const runs = (some: string): string => (seeds === undefined ? '' : ` with ${some}${counted(seeds, 'seed')}`)
  const wrong = (type: Case['type']): string => cases.find((each) => each.type === type)?.message ?? ''
  if (state === 'broken') return plain(`a bug of hotshard: ${wrong('invariant')}`)
  if (state === 'stopped') return plain(wrong('guard'))
  const expected = cases.filter(({ type }) => type === 'expectation')
  const failed = expected.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0)
    return `${failed.length} of ${counted(expected.length, 'expectation')} failed${runs('some of ')}`
  const held =
    expected.length === 0
      ? 'nothing is expected'
      : expected.length === 1
        ? '1 expectation holds'
        : `${expected.length} expectations hold`
  return held + runs('') + warningsIn(problems)
}

function warningsIn(problems: readonly Problem[]): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  return warnings.length === 0 ? '' : `, ${countLine(warnings)}`
}

/** The most telling of what went on, in a line; undefined when nothing did. */
export function because({ insights }: Report): string | undefined {
  const [first] = insights
  if (first === undefined) return undefined
  return `${first.title}: ${first.text} (${first.resource}, from ${moment(first.from)} to ${moment(first.to)})`
}

/** What somebody who is woken by a case wants to know, by its heading. Safe to print; of bad input it is several lines. */
export function details(verdict: Verdict, of: Case): ReadonlyMap<string, string> {
  const { message, measured, name, place, text, type } = of
  // The errors of a text tell their places themselves.
  if (type === 'bad-input') return new Map([['found', (text ?? message).split('\n').map(plain).join('\n')]])
  const rows: [string, string | undefined][] = [
    ['expected', name],
    measured === undefined ? ['found', message] : ['measured', measured],
    ['at', place === undefined ? undefined : `${place.file}:${place.line}:${place.column}`],
    ['because', verdict.because],
    ['repeat', of.repeat ?? verdict.repeat],
  ]
  return new Map(
    rows.flatMap(([heading, value]) => (value === undefined || value === '' ? [] : [[heading, plain(value)]])),
  )
}

/** How many scenarios there are of each kind: `32 scenarios: 30 ok, 2 failed`. */
export function tally(verdicts: readonly Verdict[]): string {
  const words: [State, string][] = [
    ['ok', 'ok'],
    ['failed', 'failed'],
    ['stopped', 'stopped by a guard'],
    ['invalid', 'not valid'],
    ['broken', 'with a bug of hotshard'],
  ]
  const parts = words.flatMap(([state, word]) => {
    const count = verdicts.filter((verdict) => verdict.state === state).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return `${counted(verdicts.length, 'scenario')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
}
