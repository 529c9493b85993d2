// `hotshard run`: simulates scenarios, prints their reports and writes what was asked for.
import { closeSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Problem } from '../diag/problem.ts'
import { plainJson, quote } from '../diag/text.ts'
import { runWithHistory } from '../frames/history.ts'
import type { History } from '../report/history.ts'
import { reportHtml } from '../report/html.ts'
import { reportOf, type Report } from '../run/report.ts'
import { Running } from '../run/run.ts'
import type { Scenario } from '../lang/scenario.ts'
import { EXIT } from './exit.ts'
import { EventLog, TraceLog, writeMetrics, writeText } from './exports.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { prettyReport, summaryLines } from './pretty.ts'
import { badFlag, settingsOf, showErrors, showProblem } from './problems.ts'
import { terminalWatch, useColor, widthOf } from './terminal.ts'

export interface RunFlags extends LoadFlags {
  readonly format?: 'pretty' | 'json'
  readonly report?: string
  readonly metrics?: string
  readonly events?: string
  readonly trace?: string
  readonly verify?: boolean
  readonly color?: boolean
}

const OUTPUTS = ['report', 'metrics', 'events', 'trace'] as const
const REASONS = new Map([
  ['ENOENT', 'its folder does not exist'],
  ['EISDIR', 'it is a folder; name a file in it'],
  ['ENOTDIR', 'a part of its path is no folder'],
  ['EACCES', 'this user may not write there'],
  ['EROFS', 'nothing can be written there'],
])

export function run(paths: readonly string[], flags: RunFlags): number {
  let code: number = EXIT.ok
  const done: { readonly path: string; readonly report: Report | undefined }[] = []
  const style = { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }
  const wrong = unwritable(paths, flags)
  if (wrong !== undefined) {
    showProblem(wrong, flags)
    return EXIT.badInput
  }
  for (const path of paths) {
    const { scenario, problems } = openScenario(path, flags)
    showErrors(path, problems, flags)
    if (scenario === undefined) {
      done.push({ path, report: undefined })
      code = Math.max(code, EXIT.badInput)
      continue
    }
    const { report, unwritten } = simulate(path, scenario, flags, problems.list)
    done.push({ path, report })
    if (flags.format !== 'json') process.stdout.write(prettyReport(report, style))
    code = Math.max(code, exitCode(report))
    for (const problem of unwritten) {
      showProblem(problem, flags)
      code = Math.max(code, EXIT.badInput)
    }
  }
  const reports = done.flatMap(({ report }) => report ?? [])
  if (flags.format === 'json' && reports.length > 0)
    process.stdout.write(`${plainJson(paths.length === 1 ? reports[0] : reports, 2)}\n`)
  if (flags.format !== 'json' && paths.length > 1) process.stdout.write(summaryLines(done, style))
  return code
}

/** Why the files that are asked for cannot be written; known before anything runs for long. */
function unwritable(paths: readonly string[], flags: RunFlags): Problem | undefined {
  const taken = new Map(paths.map((path) => [resolve(path), 'the scenario itself']))
  for (const name of OUTPUTS) {
    const path = flags[name]
    if (path === undefined) continue
    if (paths.length > 1)
      return badFlag(`\`--${name}\` takes one scenario, and these are ${paths.length}`, 'run them one by one')
    const other = taken.get(resolve(path))
    if (other !== undefined) return badFlag(`\`--${name} ${path}\` is ${other}`, 'give it a file of its own')
    taken.set(resolve(path), `the file of \`--${name}\``)
    try {
      // For appending: whatever is there stays until there is something to write.
      closeSync(openSync(path, 'a'))
    } catch (error) {
      return badFlag(`\`--${name} ${path}\` cannot be written`, REASONS.get(codeOf(error)) ?? (error as Error).message)
    }
  }
  return undefined
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

/** Runs one scenario with the terminal looking on. What could not be written is told beside the report. */
export function simulate(
  path: string,
  scenario: Scenario,
  flags: RunFlags,
  problems: readonly Problem[] = [],
): { readonly report: Report; readonly unwritten: readonly Problem[] } {
  const watch = terminalWatch(scenario.plan.duration)
  const logs: { readonly name: 'events' | 'trace'; readonly log: { close(): string | undefined } }[] = []
  const running = new Running(scenario, {
    watch,
    ...(flags.verify === true ? { verify: true } : {}),
    prepare: (world) => {
      if (flags.events !== undefined) logs.push({ name: 'events', log: new EventLog(world, flags.events) })
      if (flags.trace !== undefined) logs.push({ name: 'trace', log: new TraceLog(world, flags.trace) })
    },
  })
  let history: History | undefined
  if (flags.report === undefined) running.to(scenario.plan.duration)
  else history = runWithHistory(running)
  const done = running.finish()
  watch.done()
  const report = reportOf(done, reproduceCommand(path, flags, String(scenario.plan.seed)))
  const unwritten: Problem[] = []
  const note = (name: (typeof OUTPUTS)[number], failure: string | undefined): void => {
    if (failure === undefined) return
    const message = `\`--${name} ${flags[name]}\` is not whole: ${failure}`
    unwritten.push({ slug: 'not-written', severity: 'error', message, help: 'write it where there is room' })
  }
  for (const { name, log } of logs) note(name, log.close())
  if (flags.metrics !== undefined) note('metrics', writeMetrics(done.world, flags.metrics))
  if (flags.report !== undefined && history !== undefined)
    note('report', writeText(reportHtml(report, history, problems), flags.report))
  return { report, unwritten }
}

/** 1 for a failed expectation or a broken invariant, 3 for a guard; a guard weighs more. */
export function exitCode(report: Report): number {
  if (report.broken.length > 0) return EXIT.bug
  if (report.partial) return EXIT.guard
  return report.expectations.every((expectation) => expectation.ok) ? EXIT.ok : EXIT.expectationFailed
}

function reproduceCommand(path: string, flags: RunFlags, seed: string): string {
  const duration = flags.duration === undefined ? [] : [`--duration ${quote(flags.duration)}`]
  return ['npx hotshard run', quote(path), `--seed ${quote(seed)}`, ...duration, ...settingsOf(flags)].join(' ')
}
