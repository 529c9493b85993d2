// `hotshard run --seeds 1..30`: the same scenario with many seeds, and what they say together.
import type { Bundle } from '../../experiment/bundle.ts'
import { plainJson, quote } from '../../diag/text.ts'
import { EverySeed, replicationsOf, type Replications } from '../../experiment/replications.ts'
import { parseSeeds, seedsText } from '../../experiment/seeds.ts'
import type { Outcome, Setting } from '../../experiment/types.ts'
import type { Scenario } from '../../lang/scenario.ts'
import { EXIT } from '../exit.ts'
import { annotations } from '../../report/ci/github.ts'
import { invalid, RUNS, tally, type Verdict } from '../../report/ci/verdict.ts'
import { brief, columnOf, wantsBrief } from '../brief.ts'
import { chosen, type ChoiceFlags } from '../changed.ts'
import { openBundle } from '../files.ts'
import { readFormats } from '../formats.ts'
import { outputsOf, unwritable, writeForms } from '../outputs.ts'
import type { Style } from '../pretty.ts'
import { badFlag, refused, settingsOf, showErrors, showProblem } from '../problems.ts'
import { CI_FORMATS, ciText, fromCheckout, summarize } from '../reporting.ts'
import type { Named } from '../scenarios.ts'
import { useColor, widthOf } from '../terminal.ts'
import { conduct } from './executor.ts'
import { prettyReplications } from './pretty-replications.ts'
import { runProgress } from './progress.ts'
import { verdictOfSeeds } from './verdict-of-seeds.ts'
import { executorAt, whereIn, type Where, type WhereFlags } from './where.ts'

export interface ReplicateFlags extends ChoiceFlags, WhereFlags {
  readonly seeds: string
  /** `FORMAT` or `FORMAT=FILE`. */
  readonly format?: readonly string[]
  readonly color?: boolean
}

const FORMATS = ['pretty', 'json', ...CI_FORMATS] as const
type Format = (typeof FORMATS)[number]
/** What one run has and many have not. */
const OF_ONE_RUN = ['seed', 'change', 'report', 'metrics', 'events', 'trace', 'verify'] as const

interface Done {
  readonly verdict: Verdict
  /** Absent when it could not be run. */
  readonly report?: Replications
  readonly clients: ReadonlySet<string>
}

/** Runs every scenario with every seed. Exit code as of `run`, over all runs: an expectation that failed once has failed. */
export async function replicate(args: readonly string[], flags: ReplicateFlags): Promise<number> {
  const read = parseSeeds(flags.seeds)
  if (!read.ok) return refused(badFlag(`\`--seeds ${flags.seeds}\`: ${read.message}`, read.help), flags)
  const odd = OF_ONE_RUN.find((name) => isGiven((flags as unknown as Record<string, unknown>)[name]))
  if (odd !== undefined)
    return refused(
      badFlag(`\`--${odd}\` is for one run, and \`--seeds\` asks for several`, 'leave one of them out'),
      flags,
    )
  const where = whereIn(flags)
  if ('slug' in where) return refused(where, flags)
  const formats = readFormats(flags.format ?? [], FORMATS, ['github'])
  if ('slug' in formats) return refused(formats, flags)
  const scenarios = chosen(args, flags)
  if ('slug' in scenarios) return refused(scenarios, flags)
  const { named, isList } = scenarios
  const wrong = unwritable(
    named.map(({ path }) => path),
    outputsOf(formats.files),
  )
  if (wrong !== undefined) return refused(wrong, flags)

  const { printed = 'pretty', files } = formats
  const isBrief = wantsBrief(formats, isList)
  const style = { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }
  const print = (text: string): void => void process.stdout.write(text)
  const column = columnOf(named.map(({ path }) => path))
  const all: Done[] = []
  let code: number = EXIT.ok
  for (const each of named) {
    const done = await replicated(each, flags, read.seeds, where, !isBrief)
    const { verdict, report, clients } = done
    all.push(done)
    code = Math.max(code, report === undefined ? EXIT.badInput : codeOf(report.runs))
    if (isBrief) print(brief(verdict, style, column))
    else if (printed === 'pretty' && report !== undefined) print(prettyReplications(report, clients, style))
    if (printed === 'github') print(annotations(verdict, fromCheckout))
  }
  const verdicts = all.map(({ verdict }) => verdict)
  if (isBrief) print(`${tally(verdicts)}\n`)
  else if (printed !== 'pretty') print(textOf(all, printed, style, isList))
  for (const problem of writeForms(files, (format) => textOf(all, format, { color: false, width: 110 }, isList))) {
    showProblem(problem, flags)
    code = Math.max(code, EXIT.badInput)
  }
  const unsaid = printed === 'github' ? summarize(verdicts) : undefined
  if (unsaid !== undefined) showProblem(unsaid, flags)
  return code
}

/** Runs one scenario with every seed; what is wrong with it is told on the way, of a good one only if `tellsAll`. */
async function replicated(
  { path, problem }: Named,
  flags: ReplicateFlags,
  seeds: readonly string[],
  where: Where,
  tellsAll: boolean,
): Promise<Done> {
  const begun = performance.now()
  const took = (): number => (performance.now() - begun) / 1000
  if (problem !== undefined) {
    showProblem(problem, flags)
    return { verdict: invalid(path, RUNS, [problem], took()), clients: new Set() }
  }
  const { bundle, scenario, settings, problems } = openBundle(path, flags, { counts: true, warmUp: true })
  const isLost = bundle === undefined || scenario === undefined
  if (tellsAll || isLost) showErrors(path, problems, flags)
  if (isLost) return { verdict: invalid(path, RUNS, problems.list, took()), clients: new Set() }
  const outcomes = await outcomesOf(bundle, settings, seeds, where)
  const report = replicationsOf(path, settings, outcomes, commandOf(path, flags, seeds))
  return { verdict: verdictOfSeeds(report, scenario, problems.list, took()), report, clients: clientsOf(scenario) }
}

function textOf(all: readonly Done[], format: Format, style: Style, isList: boolean): string {
  switch (format) {
    case 'json': {
      const reports = all.flatMap(({ report }) => report ?? [])
      if (isList) return `${plainJson(reports, 2)}\n`
      return reports.length === 0 ? '' : `${plainJson(reports[0], 2)}\n`
    }
    case 'pretty':
      return all
        .map(({ report, clients }) => (report === undefined ? '' : prettyReplications(report, clients, style)))
        .join('')
    default:
      return ciText(
        format,
        all.map(({ verdict }) => verdict),
      )
  }
}

/** One run for each seed, with a line of progress. */
export async function outcomesOf(
  bundle: Bundle,
  settings: readonly Setting[],
  seeds: readonly string[],
  where: Where,
): Promise<readonly Outcome[]> {
  const executor = await executorAt(where, bundle, seeds.length)
  const progress = runProgress()
  try {
    return await conduct(new EverySeed(settings, seeds), executor, (done, of) => progress.note(done, of))
  } finally {
    progress.end()
    await executor.close()
  }
}

/** The names of a scenario's workloads. */
export function clientsOf(scenario: Scenario): ReadonlySet<string> {
  const workloads = scenario.plan.components.filter(({ type }) => type === 'Sim::Client::Workload')
  return new Set(workloads.map(({ name }) => name))
}

function isGiven(flag: unknown): boolean {
  return Array.isArray(flag) ? flag.length > 0 : flag !== undefined && flag !== false
}

/** The worst of what came of any run. */
export function codeOf(outcomes: readonly Pick<Outcome, 'ending'>[]): number {
  const codes = outcomes.map(({ ending }) => {
    if (ending === 'passed') return EXIT.ok
    if (ending === 'failed') return EXIT.expectationFailed
    if (ending === 'refused') return EXIT.badInput
    return ending === 'broken' ? EXIT.bug : EXIT.guard
  })
  return codes.reduce<number>((worst, code) => Math.max(worst, code), EXIT.ok)
}

function commandOf(path: string, flags: ReplicateFlags, seeds: readonly string[]): string {
  const duration = flags.duration === undefined ? [] : [`--duration ${quote(flags.duration)}`]
  const parts = ['npx hotshard run', quote(path), `--seeds ${seedsText(seeds)}`, ...duration, ...settingsOf(flags)]
  return parts.join(' ')
}
