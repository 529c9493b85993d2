// `import 'hotshard/vitest'`: expectations of the scenario language as vitest's matchers, with what somebody needs when one fails.
import { expect } from 'vitest'
import { plain } from '../../diag/text.ts'
import { because } from '../../report/ci/verdict.ts'
import { seconds } from '../../report/figures.ts'
import { REPORT_SCHEMA, type Report } from '../../run/report.ts'
import type { SimulationReport } from './simulate.ts'

/** What a matcher answers vitest. */
interface Answer {
  readonly pass: boolean
  message(): string
}

export interface HotshardMatchers<R> {
  /** Holds a run against an expectation of the scenario language, such as `p99(Api.Latency) < 300 ms during 2m..4m`. */
  toMeet(expectation: string): R
  /** Every expectation of the scenario holds, there is one, and the run came to its end. */
  toPassExpectations(): R
}

declare module 'vitest' {
  // The name of the parameter is vitest's: all declarations of an interface have the same.
  interface Matchers<T = any> extends HotshardMatchers<T> {}
}

/** The matchers, for those who call `expect.extend` themselves. */
export const matchers = {
  toMeet(received: unknown, expectation: string): Answer {
    const report = reportIn(received, 'toMeet')
    if (!('meets' in report)) throw new TypeError('toMeet asks the run itself: give it what `simulate` has returned')
    const { ok, measured } = (report as SimulationReport).meets(expectation)
    // Of a part of a run, neither is known.
    if (report.stopped !== undefined) throw new Error(lines([stoppedLine(report), ...rest(report)]))
    return {
      pass: ok,
      message: () =>
        lines([
          `expected ${report.scenario} ${ok ? 'not ' : ''}to meet ${expectation}`,
          '',
          `measured ${measured}`,
          ...(ok ? [] : rest(report)),
        ]),
    }
  },

  toPassExpectations(received: unknown): Answer {
    const report = reportIn(received, 'toPassExpectations')
    const { expectations, broken, stopped } = report
    const failed = expectations.filter(({ ok }) => !ok)
    const pass = failed.length === 0 && expectations.length > 0 && broken.length === 0 && stopped === undefined
    return {
      pass,
      message: () => {
        if (pass)
          return lines([
            `expected ${report.scenario} not to pass its expectations, and all ${expectations.length} hold`,
          ])
        if (stopped !== undefined) return lines([stoppedLine(report), ...rest(report)])
        if (expectations.length === 0)
          return lines([`${report.scenario} expects nothing: write what has to hold under \`Simulation.Expect\``])
        return lines([
          `expected ${report.scenario} to pass its expectations, and ${failed.length} of ${expectations.length} failed`,
          ...broken.map(
            ({ resource, sentence }) => `a bug of hotshard: at ${resource} it no longer holds that ${sentence}`,
          ),
          ...failed.flatMap(({ text, measured, place }) => [
            '',
            text,
            `  measured ${measured}`,
            ...(place === undefined ? [] : [`  at ${place}`]),
          ]),
          '',
          ...rest(report),
        ])
      },
    }
  },
}

expect.extend(matchers)

/** The report of a run, or of `hotshard run --format json`. */
function reportIn(received: unknown, matcher: string): Report {
  const report = received as Partial<Report> | null | undefined
  if (typeof report !== 'object' || report?.schema !== REPORT_SCHEMA)
    throw new TypeError(`${matcher} takes the report of a run: expect(simulate(…)).${matcher}(…)`)
  return report as Report
}

function stoppedLine(report: Report): string {
  const { stopped, simulated, duration } = report
  return `${report.scenario} was stopped after ${seconds(simulated)} of ${seconds(duration)}: ${stopped?.message}`
}

/** Most likely why, and how to see it again. */
function rest(report: Report): string[] {
  const cause = because(report)
  return [
    ...(cause === undefined ? [] : [`because  ${cause}`]),
    ...(report.reproduce === '' ? [] : [`repeat   ${report.reproduce}`]),
  ]
}

/** Names and sentences are the scenario's, and a terminal obeys control characters. */
function lines(all: readonly string[]): string {
  return all.map(plain).join('\n')
}
