// `hotshard run`: simulates scenarios, prints their reports and writes what was asked for.
import type { Problem } from '../diag/problem.ts'
import { plainJson, quote } from '../diag/text.ts'
import { WarmUpWatch } from '../experiment/warm-up.ts'
import { runWithHistory } from '../frames/history.ts'
import { annotations } from '../report/ci/github.ts'
import { crashed, tally, verdictOf, type State, type Verdict } from '../report/ci/verdict.ts'
import type { History } from '../report/history.ts'
import { reportHtml } from '../report/html.ts'
import { reportOf, type Report } from '../run/report.ts'
import { Running } from '../run/run.ts'
import type { Scenario } from '../lang/scenario.ts'
import { brief, briefLine, columnOf, wantsBrief } from './brief.ts'
import { chosen, type ChoiceFlags } from './changed.ts'
import { EXIT } from './exit.ts'
import type { LoadFlags } from './files.ts'
import { EventLog, TraceLog, writeMetrics, writeText } from './exports.ts'
import { readFormats } from './formats.ts'
import { notWritten, outputsOf, unwritable, writeForms } from './outputs.ts'
import { prettyReport } from './pretty.ts'
import { badFlag, messageOf, refused, settingsOf, showBug, showErrors, showProblem } from './problems.ts'
import { CI_FORMATS, ciText, fromCheckout, summarize } from './reporting.ts'
import { openNamed, type Named } from './scenarios.ts'
import { terminalWatch, useColor, widthOf } from './terminal.ts'

export const RUN_FORMATS = ['pretty', 'json', ...CI_FORMATS] as const
type Format = (typeof RUN_FORMATS)[number]

export interface RunFlags extends ChoiceFlags {
  /** `FORMAT` or `FORMAT=FILE`. */
  readonly format?: readonly string[]
  readonly report?: string
  readonly metrics?: string
  readonly events?: string
  readonly trace?: string
  readonly verify?: boolean
  readonly color?: boolean
}

const CODES: Record<State, number> = {
  ok: EXIT.ok,
  failed: EXIT.expectationFailed,
  invalid: EXIT.badInput,
  stopped: EXIT.guard,
  broken: EXIT.bug,
}
/** How a report is written into a file. */
const PAGE = { color: false, width: 110 }
const OUTPUTS = ['report', 'metrics', 'events', 'trace'] as const

/** `args` are files, folders and patterns. */
export function run(args: readonly string[], flags: RunFlags): number {
  const formats = readFormats(flags.format ?? [], RUN_FORMATS, ['github'])
  if ('slug' in formats) return refused(formats, flags)
  const { printed = 'pretty', files } = formats
  const scenarios = chosen(args, flags)
  if ('slug' in scenarios) return refused(scenarios, flags)
  const { named, isList } = scenarios
  const paths = named.map(({ path }) => path)
  const outputs = OUTPUTS.flatMap((name) => {
    const path = flags[name]
    return path === undefined ? [] : [{ flag: `--${name}`, shown: `--${name} ${path}`, path }]
  })
  const [first] = outputs
  if (paths.length > 1 && first !== undefined)
    return refused(
      badFlag(`\`${first.flag}\` takes one scenario, and these are ${paths.length}`, 'run them one by one'),
      flags,
    )
  const wrong = unwritable(paths, [...outputs, ...outputsOf(files)])
  if (wrong !== undefined) return refused(wrong, flags)
  const isBrief = wantsBrief(formats, isList)
  const style = { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }
  const print = (text: string): void => void process.stdout.write(text)
  const column = columnOf(paths)
  const verdicts: Verdict[] = []
  let code: number = EXIT.ok
  for (const each of named) {
    const { verdict, unwritten } = judged(each, flags, !isBrief)
    verdicts.push(verdict)
    code = Math.max(code, CODES[verdict.state], unwritten.length > 0 ? EXIT.badInput : EXIT.ok)
    if (isBrief) print(brief(verdict, style, column))
    else if (printed === 'pretty' && verdict.report !== undefined) print(prettyReport(verdict.report, style))
    if (printed === 'github') print(annotations(verdict, fromCheckout))
    for (const problem of unwritten) showProblem(problem, flags)
  }
  if (isBrief) print(`${tally(verdicts)}\n`)
  else if (printed === 'pretty' && paths.length > 1)
    print(`\n${verdicts.map((verdict) => briefLine(verdict, style, column)).join('')}`)
  else if (printed !== 'pretty') print(formatted(printed, verdicts, isList))
  for (const problem of writeForms(files, (format) => formatted(format, verdicts, isList))) {
    showProblem(problem, flags)
    code = Math.max(code, EXIT.badInput)
  }
  const unsaid = printed === 'github' ? summarize(verdicts) : undefined
  if (unsaid !== undefined) showProblem(unsaid, flags)
  return code
}

/** Reads a scenario, runs it and judges it; what is wrong with it is told on the way, of a good one only if `tellsAll`. */
function judged(
  named: Named,
  flags: RunFlags,
  tellsAll: boolean,
): { readonly verdict: Verdict; readonly unwritten: readonly Problem[] } {
  const begun = performance.now()
  const { path } = named
  const { scenario, problems } = openNamed(named, flags)
  if (tellsAll || scenario === undefined) showErrors(path, problems, flags)
  const took = (): number => (performance.now() - begun) / 1000
  if (scenario === undefined) return { verdict: verdictOf(path, problems.list, undefined, took()), unwritten: [] }
  try {
    const { report, unwritten } = simulate(path, scenario, flags, problems.list)
    return { verdict: verdictOf(path, problems.list, report, took()), unwritten }
  } catch (error) {
    // What is wrong with us is no reason to lose what the other scenarios say.
    const repeat = reproduceCommand(path, flags, String(scenario.plan.seed))
    showBug(error, repeat)
    return { verdict: crashed(path, problems.list, messageOf(error), repeat, took()), unwritten: [] }
  }
}

/** All of it in one of the forms for programs, or as whole reports. */
function formatted(format: Format, verdicts: readonly Verdict[], isList: boolean): string {
  switch (format) {
    case 'json': {
      const reports = verdicts.flatMap(({ report }) => report ?? [])
      if (isList) return `${plainJson(reports, 2)}\n`
      return reports.length === 0 ? '' : `${plainJson(reports[0], 2)}\n`
    }
    case 'pretty':
      return verdicts.map(({ report }) => (report === undefined ? '' : prettyReport(report, PAGE))).join('')
    default:
      return ciText(format, verdicts)
  }
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
  const beginning = new WarmUpWatch(scenario.plan)
  const running = new Running(scenario, {
    watch,
    samples: beginning,
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
  const report = reportOf(done, reproduceCommand(path, flags, String(scenario.plan.seed)), beginning.advice())
  const unwritten: Problem[] = []
  const note = (name: (typeof OUTPUTS)[number], failure: string | undefined): void => {
    if (failure === undefined) return
    unwritten.push(notWritten(`--${name} ${flags[name]}`, failure))
  }
  for (const { name, log } of logs) note(name, log.close())
  if (flags.metrics !== undefined) note('metrics', writeMetrics(done.world, flags.metrics))
  if (flags.report !== undefined && history !== undefined)
    note('report', writeText(reportHtml(report, history, problems), flags.report))
  return { report, unwritten }
}

/** The one command that does a run again. */
export function reproduceCommand(path: string, flags: LoadFlags, seed: string): string {
  const duration = flags.duration === undefined ? [] : [`--duration ${quote(flags.duration)}`]
  return ['npx hotshard run', quote(path), `--seed ${quote(seed)}`, ...duration, ...settingsOf(flags)].join(' ')
}
