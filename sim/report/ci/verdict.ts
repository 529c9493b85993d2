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
}

export type State = 'ok' | 'failed' | 'stopped' | 'broken' | 'invalid'

export interface Verdict {
  /** The scenario's file as it was named. */
  readonly scenario: string
  readonly state: State
  readonly cases: readonly Case[]
  /** What was said of the scenario before it ran. */
  readonly problems: readonly Problem[]
  /** Absent when it did not run. */
  readonly report?: Report
  /** Seconds of real time. */
  readonly took: number
}

const RUNS = 'runs to its end'
const INVARIANTS = 'every invariant holds'
const VALID = 'is valid'

/** The verdict on a run, or on a scenario that could not be run. `took` is in seconds of real time. */
export function verdictOf(
  scenario: string,
  problems: readonly Problem[],
  report: Report | undefined,
  took: number,
): Verdict {
  if (report === undefined) return { scenario, state: 'invalid', cases: [badInput(RUNS, problems)], problems, took }
  const state =
    report.broken.length > 0
      ? 'broken'
      : report.partial
        ? 'stopped'
        : report.expectations.every(({ ok }) => ok)
          ? 'ok'
          : 'failed'
  return { scenario, state, cases: casesOf(report), problems, report, took }
}

/** The verdict of a look at a scenario that is not run. */
export function checkVerdict(scenario: string, problems: readonly Problem[], isValid: boolean): Verdict {
  return isValid
    ? { scenario, state: 'ok', cases: [passed(VALID, 'bad-input')], problems, took: 0 }
    : { scenario, state: 'invalid', cases: [badInput(VALID, problems)], problems, took: 0 }
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
  const names = new Map<string, number>()
  const expected = report.expectations.map(({ text, ok, measured, place }): Case => {
    const times = (names.get(text) ?? 0) + 1
    names.set(text, times)
    const at = placeOf(place)
    return {
      name: times === 1 ? text : `${text} (${times})`,
      outcome: stopped !== undefined ? 'skipped' : ok ? 'passed' : 'failed',
      type: 'expectation',
      message: stopped === undefined ? `measured ${measured}` : `${stoppedAt(report)}, measured ${measured} until then`,
      measured,
      ...(at === undefined ? {} : { place: at }),
    }
  })
  return [ending, invariants, ...expected]
}

function passed(name: string, type: Case['type']): Case {
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

function startOf(span: Span): CasePlace {
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

/** `2 of 4 expectations failed`, or what else there is to say of it in half a line. Safe to print. */
export function headline({ state, report, problems, cases }: Verdict): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning')
  const said = warnings.length === 0 ? '' : `, ${countLine(warnings)}`
  switch (state) {
    case 'invalid':
      return countLine(problems.filter(({ severity }) => severity === 'error'))
    case 'broken':
      return plain(`a bug of hotshard: ${brokenLine(report!.broken[0]!)}`)
    case 'stopped':
      return plain(cases[0]!.message)
    case 'failed': {
      const failed = report!.expectations.filter(({ ok }) => !ok).length
      return `${failed} of ${counted(report!.expectations.length, 'expectation')} failed`
    }
    case 'ok': {
      const all = report?.expectations.length
      const held =
        all === undefined
          ? 'valid'
          : all === 0
            ? 'nothing is expected'
            : all === 1
              ? '1 expectation holds'
              : `${all} expectations hold`
      return held + said
    }
  }
}

/** The most telling of what went on, in a line; undefined when nothing did. */
export function because(report: Report | undefined): string | undefined {
  const [first] = report?.insights ?? []
  if (first === undefined) return undefined
  return `${first.title}: ${first.text} (${first.resource}, from ${moment(first.from)} to ${moment(first.to)})`
}

/** What somebody who is woken by a case wants to know, by its heading. Safe to print; of bad input it is several lines. */
export function details({ report }: Verdict, of: Case): ReadonlyMap<string, string> {
  const { message, measured, name, place, text, type } = of
  // The errors of a text tell their places themselves.
  if (type === 'bad-input') return new Map([['found', (text ?? message).split('\n').map(plain).join('\n')]])
  const rows: [string, string | undefined][] = [
    ['expected', name],
    measured === undefined ? ['found', message] : ['measured', measured],
    ['at', place === undefined ? undefined : `${place.file}:${place.line}:${place.column}`],
    ['because', because(report)],
    ['repeat', report?.reproduce],
  ]
  return new Map(rows.flatMap(([heading, value]) => (value === undefined ? [] : [[heading, plain(value)]])))
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
