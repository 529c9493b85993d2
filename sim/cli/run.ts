// `hotshard run`: simulates scenarios, prints their reports and writes what was asked for.
import { closeSync, openSync } from 'node:fs'
import { renderProblems } from '../diag/render.ts'
import { reportOf, type Report } from '../run/report.ts'
import { runScenario } from '../run/run.ts'
import type { Scenario } from '../lang/scenario.ts'
import { EXIT } from './exit.ts'
import { EventLog, TraceLog, writeMetrics } from './exports.ts'
import { openScenario, type LoadFlags } from './files.ts'
import { prettyReport } from './pretty.ts'
import { terminalWatch, useColor } from './terminal.ts'

export interface RunFlags extends LoadFlags {
  readonly format?: 'pretty' | 'json'
  readonly metrics?: string
  readonly events?: string
  readonly trace?: string
  readonly verify?: boolean
  readonly color?: boolean
}

export function run(paths: readonly string[], flags: RunFlags): number {
  let code: number = EXIT.ok
  const reports: Report[] = []
  const wrong = unwritable(paths, flags)
  if (wrong !== undefined) {
    process.stderr.write(`error[bad-flag]: ${wrong}\n`)
    return EXIT.badInput
  }
  for (const path of paths) {
    const { scenario, problems } = openScenario(path, flags)
    if (problems.list.length > 0)
      process.stderr.write(`${renderProblems(problems.list, { color: useColor(process.stderr, flags) })}\n`)
    if (scenario === undefined) {
      code = Math.max(code, EXIT.badInput)
      continue
    }
    const report = simulate(path, scenario, flags)
    reports.push(report)
    if (flags.format !== 'json') process.stdout.write(prettyReport(report, { color: useColor(process.stdout, flags) }))
    code = Math.max(code, exitCode(report))
  }
  if (flags.format === 'json' && reports.length > 0)
    process.stdout.write(`${JSON.stringify(paths.length === 1 ? reports[0] : reports, null, 2)}\n`)
  return code
}

/** Why the files that are asked for cannot be written; known before anything runs for long. */
function unwritable(paths: readonly string[], flags: RunFlags): string | undefined {
  for (const name of ['metrics', 'events', 'trace'] as const) {
    const path = flags[name]
    if (path === undefined) continue
    if (paths.length > 1) return `\`--${name}\` takes one scenario, and these are ${paths.length}`
    try {
      closeSync(openSync(path, 'w'))
    } catch {
      return `\`--${name} ${path}\` cannot be written`
    }
  }
  return undefined
}

/** Runs one scenario with the terminal looking on. */
export function simulate(path: string, scenario: Scenario, flags: RunFlags): Report {
  const watch = terminalWatch(scenario.plan.duration)
  const logs: { close(): void }[] = []
  const done = runScenario(scenario, {
    watch,
    ...(flags.verify === true ? { verify: true } : {}),
    prepare: (world) => {
      if (flags.events !== undefined) logs.push(new EventLog(world, flags.events))
      if (flags.trace !== undefined) logs.push(new TraceLog(world, flags.trace))
    },
  })
  watch.done()
  for (const log of logs) log.close()
  if (flags.metrics !== undefined) writeMetrics(done.world, flags.metrics)
  return reportOf(done, reproduceCommand(path, flags, String(scenario.plan.seed)))
}

/** 1 for a failed expectation or a broken invariant, 3 for a guard; a guard weighs more. */
export function exitCode(report: Report): number {
  if (report.broken.length > 0) return EXIT.bug
  if (report.partial) return EXIT.guard
  return report.expectations.every((expectation) => expectation.ok) ? EXIT.ok : EXIT.expectationFailed
}

function reproduceCommand(path: string, flags: RunFlags, seed: string): string {
  const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
  const parts = ['npx hotshard run', quote(path), `--seed ${quote(seed)}`]
  for (const setting of flags.set ?? []) parts.push(`--set ${quote(setting)}`)
  if (flags.duration !== undefined) parts.push(`--duration ${quote(flags.duration)}`)
  if (flags.root !== undefined) parts.push(`--root ${quote(flags.root)}`)
  return parts.join(' ')
}
