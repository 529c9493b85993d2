// `hotshard find`: how far a setting can go under the scenario's expectations, or the best settings that meet them.
import type { Problem } from '../../diag/problem.ts'
import { plain, plainJson, quote } from '../../diag/text.ts'
import type { Axis } from '../../experiment/axis.ts'
import type { Bundle } from '../../experiment/bundle.ts'
import { AXES_MAX, bestSearch } from '../../experiment/search/best.ts'
import { bestReport, type BestReport } from '../../experiment/search/best-report.ts'
import { measuresOf } from '../../experiment/search/judged.ts'
import { limitSearch } from '../../experiment/search/limit.ts'
import { limitReport, runCommand, type LimitReport } from '../../experiment/search/limit-report.ts'
import { Searching, type Rule, type Search, type Searched } from '../../experiment/search/trials.ts'
import type { Setting } from '../../experiment/types.ts'
import { EXIT } from '../exit.ts'
import { openBundle } from '../files.ts'
import { readFormats } from '../formats.ts'
import { outputsOf, unwritable, writeForms } from '../outputs.ts'
import type { Style } from '../pretty.ts'
import { badFlag, refused, settingsOf, showErrors, showProblem } from '../problems.ts'
import { useColor, widthOf } from '../terminal.ts'
import { prettyBest } from './pretty-best.ts'
import { prettyLimit } from './pretty-limit.ts'
import { conductedUntil } from './interrupt.ts'
import { axesIn, commonFlags, endedBy, isProblem, ruleIn, type SearchFlags } from './search-flags.ts'
import { whereIn, type Where } from './where.ts'

export interface FindFlags extends SearchFlags {
  readonly until?: 'fail' | 'pass'
  /** A measure: the best settings that meet the expectations. */
  readonly minimize?: string
  readonly maximize?: string
}

const FORMATS = ['pretty', 'json'] as const

/** Exit code 0 when the question is answered, also when the answer is that there is no limit; 1 when nothing meets the expectations. */
export async function find(path: string, flags: FindFlags): Promise<number> {
  const asked = askedIn(flags)
  if (isProblem(asked)) return refused(asked, flags)
  const { axes, fixed, rule, where } = asked
  const formats = readFormats(flags.format ?? [], FORMATS)
  if (isProblem(formats)) return refused(formats, flags)
  const wrong = unwritable([path], outputsOf(formats.files))
  if (wrong !== undefined) return refused(wrong, flags)
  const own = { ...flags, set: fixed }
  const objective = flags.minimize ?? flags.maximize
  const options = { samples: endsOf(axes), ...(objective === undefined ? {} : { measures: [objective] }) }
  const { bundle, scenario, settings, problems } = openBundle(path, own, options)
  showErrors(path, problems, own)
  if (bundle === undefined || scenario === undefined) return EXIT.badInput
  if (scenario.expectations.length === 0) return refused(noExpectations(path), flags)
  const measures = measuresOf(scenario.expectations)
  const said = {
    ...{ scenario: path, rule, measures },
    reproduce: findCommand(path, flags),
    commandOf: (point: Readonly<Record<string, string>>, seed: string) =>
      runCommand(path, commonFlags(flags), point, seed),
  }
  if (objective !== undefined) {
    const measure = scenario.measures[0]!.text
    const wanted = flags.minimize === undefined ? ('most' as const) : ('least' as const)
    const question = { axes, settings, measure, wanted }
    const searched = await conducted(bestSearch(question), bundle, rule, where, Infinity)
    if (searched === undefined) return EXIT.guard
    if (!searched.ok) return endedBy(path, searched.outcome, flags)
    const report = bestReport(question, searched.result, searched.trials, said)
    const code = tell(report, (style) => prettyBest(report, style), formats, flags)
    return code === EXIT.ok && report.best === undefined ? EXIT.expectationFailed : code
  }
  const question = { axis: axes[0]!, settings, until: flags.until! }
  const measured = { ...bundle, measures: [...new Set(measures.values())] }
  // A bisection with one seed has one run at a time.
  const most = rule.seeds.length > 1 ? Infinity : 1
  const searched = await conducted(limitSearch(question), measured, rule, where, most)
  if (searched === undefined) return EXIT.guard
  if (!searched.ok) return endedBy(path, searched.outcome, flags)
  const report = limitReport(question, searched.result, searched.trials, said)
  return tell(report, (style) => prettyLimit(report, style), formats, flags)
}

interface Asked {
  readonly axes: readonly Axis[]
  readonly fixed: readonly string[]
  readonly rule: Rule
  readonly where: Where
}

function askedIn(flags: FindFlags): Asked | Problem {
  if ((flags.change ?? []).length > 0) return badFlag('`--change` is for one run', 'search from the start with `--set`')
  const axes = axesIn(flags.set ?? [])
  if (isProblem(axes)) return axes
  const rule = ruleIn(flags)
  if (isProblem(rule)) return rule
  const where = whereIn(flags)
  if (isProblem(where)) return where
  if (axes.axes.length === 0)
    return badFlag('nothing is searched', 'give a setting a range: `--set Name=1..10000`, `--set Name=0.5..2:0.1`')
  const asked = [flags.until, flags.minimize, flags.maximize].filter((each) => each !== undefined)
  if (asked.length !== 1)
    return badFlag(
      asked.length === 0 ? 'it is not said what is looked for' : 'more than one thing is looked for',
      "write `--until fail`, `--until pass`, `--minimize 'cost(monthly)'` or `--maximize …`",
    )
  if (flags.until !== undefined && axes.axes.length > 1)
    return badFlag(
      `a limit is one setting's, and ${axes.axes.length} have ranges`,
      'keep one range, or search for the best of several with `--minimize`',
    )
  if (axes.axes.length > AXES_MAX)
    return badFlag(`${axes.axes.length} settings have ranges`, `at most ${AXES_MAX} are searched at once`)
  return { ...axes, rule, where }
}

/** The first and the last values: what is wrong with them is told before anything runs. */
function endsOf(axes: readonly Axis[]): readonly (readonly Setting[])[] {
  return [0, 1].map((end) => axes.map((axis) => [axis.name, axis.text(end === 0 ? 0 : axis.count - 1)] as const))
}

/** Undefined when somebody ended it before there was an answer; what was judged by then is told. */
async function conducted<Result>(
  search: Search<Result>,
  bundle: Bundle,
  rule: Rule,
  where: Where,
  most: number,
): Promise<Searched<Result> | undefined> {
  const searching = new Searching(search, rule)
  const answer = await conductedUntil(searching, bundle, where, most)
  if (answer === undefined) {
    const { trials } = searching
    const lines = trials.map(({ settings, holds }) => {
      const point = settings.map(([name, value]) => `${name}=${value}`).join(', ')
      return `  ${plain(point)} ${holds ? 'holds' : 'fails'}\n`
    })
    process.stderr.write(`interrupted, without an answer; points judged so far: ${trials.length}\n${lines.join('')}`)
  }
  return answer
}

type Formats = Exclude<ReturnType<typeof readFormats<'pretty' | 'json'>>, Problem>

function tell(
  report: LimitReport | BestReport,
  pretty: (style: Style) => string,
  formats: Formats,
  flags: FindFlags,
): number {
  const write = (format: 'pretty' | 'json', style: Style): string =>
    format === 'json' ? `${plainJson(report, 2)}\n` : pretty(style)
  const style = { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }
  process.stdout.write(write(formats.printed ?? 'pretty', style))
  const unwritten = writeForms(formats.files, (format) => write(format, { color: false, width: 110 }))
  for (const problem of unwritten) showProblem(problem, flags)
  return unwritten.length > 0 ? EXIT.badInput : EXIT.ok
}

function noExpectations(path: string): Problem {
  return badFlag(
    `\`${path}\` expects nothing, so nothing can fail`,
    'say under `Expect` what must hold: `- p99(Api.Latency) < 300 ms`',
  )
}

function findCommand(path: string, flags: FindFlags): string {
  const given = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`--${name} ${quote(value)}`]
  return [
    ...['npx hotshard find', quote(path), ...settingsOf(flags)],
    ...given('until', flags.until),
    ...given('minimize', flags.minimize),
    ...given('maximize', flags.maximize),
    ...given('seed', flags.seed),
    ...given('seeds', flags.seeds),
    ...given('probability', flags.probability),
    ...given('confidence', flags.confidence),
    ...given('duration', flags.duration),
  ].join(' ')
}
