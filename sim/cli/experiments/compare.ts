// `hotshard compare A [B]`: two scenarios or two settings of one, or a scenario against its baseline, with the same seeds.
import { readFileSync, rmSync, statSync } from 'node:fs'
import {
  baselineOf,
  baselineText,
  keptOf,
  notesOn,
  readBaseline,
  runsOf,
  type Baseline,
} from '../../experiment/baseline.ts'
import { comparisonOf, sideOf, type ComparedRun, type Comparison } from '../../experiment/comparison.ts'
import { parseCondition, unlikeIn, type Condition } from '../../experiment/conditions.ts'
import { adviceOf } from '../../experiment/warm-up.ts'
import { parseSeeds, seedsText } from '../../experiment/seeds.ts'
import type { Outcome } from '../../experiment/types.ts'
import { Problems, type Problem } from '../../diag/problem.ts'
import { plainJson, quote } from '../../diag/text.ts'
import type { Measured } from '../../lang/expectation.ts'
import type { Scenario } from '../../lang/scenario.ts'
import type { CwUnit } from '../../model/contract.ts'
import { adviceText } from '../../report/warm-up.ts'
import { EXIT } from '../exit.ts'
import { writeText } from '../exports.ts'
import { openBundle, type LoadFlags } from '../files.ts'
import { notWritten, unwritable } from '../outputs.ts'
import { badFlag, refused, settingsOf, showErrors, showProblem } from '../problems.ts'
import { useColor, widthOf } from '../terminal.ts'
import { VERSION } from '../version.ts'
import { prettyComparison } from './pretty-comparison.ts'
import { clientsOf, codeOf, outcomesOf } from './replicate.ts'
import { whereIn, type Where, type WhereFlags } from './where.ts'

export interface CompareFlags extends LoadFlags, WhereFlags {
  readonly setB?: readonly string[]
  readonly seeds?: string
  readonly failOn?: readonly string[]
  readonly baseline?: string
  readonly updateBaseline?: boolean
  readonly format?: 'pretty' | 'json'
  readonly color?: boolean
}

const SEEDS = '1..10'
const BASELINE_MAX = 64 * 1024 * 1024

/** What was asked for, read and found to make sense. */
interface Asked {
  readonly seeds: readonly string[]
  readonly conditions: readonly Condition[]
  readonly where: Where
  readonly baseline: Baseline | undefined
}

/** Exit code 1 when a stated regression is sure, 3 when a guard stopped a run, 2 for bad input. */
export async function compare(a: string, b: string | undefined, flags: CompareFlags): Promise<number> {
  const asked = readFlags(a, b, flags)
  if ('slug' in asked) return refused(asked, flags)
  const first = open(a, flags, asked.conditions, [])
  const hasB = flags.baseline === undefined
  // Of one scenario the same mistakes are told once.
  if (first === undefined && (!hasB || b === undefined || b === a)) return EXIT.badInput
  const second = hasB ? open(b ?? a, flags, asked.conditions, flags.setB ?? []) : first
  if (first === undefined || second === undefined) return EXIT.badInput
  const { conditions, where } = asked
  const now = await outcomesOf(second.bundle, second.settings, asked.seeds, where)
  const side = sideOf(second.bundle.name, second.settings)
  const about = { conditions, clients: second.clients, reproduce: commandOf(a, b, flags, asked.seeds) }
  if (hasB) {
    const before = await outcomesOf(first.bundle, first.settings, asked.seeds, where)
    const notes = [...adviceOn('A', before), ...adviceOn('B', now)]
    return finish(comparisonOf(sideOf(a, first.settings), side, before, now, { ...about, notes }), [...before, ...now])
  }
  const isWhole = codeOf(now) <= EXIT.expectationFailed
  if (asked.baseline !== undefined) {
    const { baseline } = asked
    const notes = [...notesOn(baseline, first.bundle, first.settings, VERSION, now), ...adviceOn('B', now)]
    const kept: ComparedRun[] = keptOf(now, baseline)
    const old = { scenario: `${baseline.scenario} (${flags.baseline})`, settings: baseline.settings }
    const code = finish(comparisonOf(old, side, runsOf(baseline), kept, { ...about, notes }), now)
    if (flags.updateBaseline !== true) return code
  }
  if (!isWhole) {
    // Nothing is left behind of a file that was only opened to see that it can be written.
    if (asked.baseline === undefined) rmSync(flags.baseline!, { force: true })
    showProblem(badFlag('the baseline stays as it is', 'not every run came to its end'), flags)
    return codeOf(now)
  }
  return writeBaseline(first, now)

  function finish(comparison: Comparison, outcomes: readonly Outcome[]): number {
    const style = { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }
    process.stdout.write(
      flags.format === 'json'
        ? `${plainJson(comparison, 2)}\n`
        : prettyComparison(comparison, new Set([...first!.clients, ...second!.clients]), style),
    )
    const code = codeOf(outcomes)
    if (code > EXIT.expectationFailed) return code
    return comparison.conditions.some(({ verdict }) => verdict === 'regressed') ? EXIT.expectationFailed : EXIT.ok
  }

  function writeBaseline({ bundle, settings }: Opened, outcomes: readonly Outcome[]): number {
    const names = new Set(conditions.map(({ name }) => name))
    const made = baselineOf(bundle, settings, outcomes, VERSION, names)
    const failure = writeText(baselineText(made), flags.baseline!)
    if (failure !== undefined) {
      showProblem(notWritten(`--baseline ${flags.baseline}`, failure), flags)
      return EXIT.badInput
    }
    const measures = Object.keys(made.measures).length
    process.stderr.write(`${flags.baseline} has ${measures} measures of seeds ${made.seeds} now\n`)
    return EXIT.ok
  }
}

function readFlags(a: string, b: string | undefined, flags: CompareFlags): Asked | Problem {
  if ((flags.change ?? []).length > 0)
    return badFlag('`--change` is for one run', 'compare values that hold from the start, by `--set`')
  if (flags.baseline === undefined && flags.updateBaseline === true)
    return badFlag('`--update-baseline` does not say which', 'name the file: `--baseline FILE`')
  if (flags.baseline !== undefined && (b !== undefined || (flags.setB ?? []).length > 0))
    return badFlag(
      'a baseline is the other side already',
      'leave out the second scenario and `--set-b`, or `--baseline`',
    )
  if (flags.baseline === undefined && b === undefined && (flags.setB ?? []).length === 0)
    return badFlag(
      'there is nothing to compare it with',
      'name a second scenario, or say `--set-b Param=Value` or `--baseline FILE`',
    )
  const where = whereIn(flags)
  if ('slug' in where) return where
  const baseline = flags.baseline === undefined ? undefined : readBaselineFile(a, flags)
  if (baseline !== undefined && 'slug' in baseline) return baseline
  const text = flags.seeds ?? baseline?.seeds ?? SEEDS
  const seeds = parseSeeds(text)
  if (!seeds.ok) return badFlag(`\`--seeds ${text}\`: ${seeds.message}`, seeds.help)
  if (baseline !== undefined && flags.updateBaseline !== true) {
    const kept = parseSeeds(baseline.seeds)
    const unknown = seeds.seeds.filter((seed) => !kept.ok || !kept.seeds.includes(seed))
    if (unknown.length > 0)
      return badFlag(
        `the baseline has no seed ${seedsText(unknown)}`,
        `it has ${baseline.seeds}; \`--update-baseline\` makes it anew with others`,
      )
  }
  const conditions: Condition[] = []
  for (const each of flags.failOn ?? []) {
    const read = parseCondition(each)
    if (!read.ok) return badFlag(`\`--fail-on\` ${read.message}`, read.help)
    conditions.push(read.condition)
  }
  return { seeds: seeds.seeds, conditions, where, baseline }
}

/** The baseline; undefined when there is none yet and it is to be made. */
function readBaselineFile(scenario: string, flags: CompareFlags): Baseline | undefined | Problem {
  const path = flags.baseline!
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined && flags.updateBaseline !== true)
    return badFlag(`\`--baseline ${path}\`: there is no such file`, 'make it with `--update-baseline`')
  if (flags.updateBaseline === true) {
    const wrong = unwritable([scenario], [{ flag: '--baseline', shown: `--baseline ${path}`, path }])
    if (wrong !== undefined) return wrong
  }
  if (stat === undefined || (stat.size === 0 && flags.updateBaseline === true)) return undefined
  if (!stat.isFile() || stat.size > BASELINE_MAX)
    return badFlag(`\`--baseline ${path}\` is no baseline`, 'expected a file')
  const read = readBaseline(readFileSync(path, 'utf8'))
  return read.ok
    ? read.baseline
    : badFlag(
        `\`--baseline ${path}\` is no baseline: ${read.message}`,
        'make it anew with `--update-baseline` in another file',
      )
}

interface Opened {
  readonly bundle: NonNullable<ReturnType<typeof openBundle>['bundle']>
  readonly settings: ReturnType<typeof openBundle>['settings']
  readonly clients: ReadonlySet<string>
}

/** A side's bundle, with the conditions' names looked up in its scenario; undefined when something is wrong, which has been told. */
function open(
  path: string,
  flags: CompareFlags,
  conditions: readonly Condition[],
  more: readonly string[],
): Opened | undefined {
  const measures = conditions.map(({ name }) => name)
  const own = { ...flags, set: [...(flags.set ?? []), ...more] }
  const { bundle, scenario, settings, problems } = openBundle(path, own, { measures, everything: true, warmUp: true })
  const told = new Problems()
  for (const problem of problems.list) told.add(problem)
  if (scenario !== undefined)
    for (const condition of conditions) {
      const message = unlikeIn(condition, unitsOf(scenario))
      const help = 'give the amount in the measure’s own kind, or as a percentage'
      if (message !== undefined) told.add(badFlag(`\`--fail-on ${condition.text}\`: ${message}`, help))
    }
  showErrors(path, told, own)
  return bundle === undefined || scenario === undefined || told.hasErrors
    ? undefined
    : { bundle, settings, clients: clientsOf(scenario) }
}

function unitsOf({ plan }: Scenario): (metric: Measured) => CwUnit | undefined {
  const metrics = new Map(plan.components.map(({ name, def }) => [name, def.metrics]))
  return ({ resource, metric }) => {
    const found = metrics.get(resource.text)
    return found !== undefined && Object.hasOwn(found, metric.text) ? found[metric.text]!.unit : undefined
  }
}

function adviceOn(side: 'A' | 'B', outcomes: readonly Outcome[]): string[] {
  const advice = adviceOf(outcomes)
  return advice === undefined ? [] : [`${side}: ${adviceText(advice)}`]
}

function commandOf(a: string, b: string | undefined, flags: CompareFlags, seeds: readonly string[]): string {
  return [
    'npx hotshard compare',
    quote(a),
    ...(b === undefined ? [] : [quote(b)]),
    `--seeds ${seedsText(seeds)}`,
    ...(flags.duration === undefined ? [] : [`--duration ${quote(flags.duration)}`]),
    ...settingsOf(flags),
    ...(flags.setB ?? []).map((setting) => `--set-b ${quote(setting)}`),
    ...(flags.failOn ?? []).map((condition) => `--fail-on ${quote(condition)}`),
    ...(flags.baseline === undefined ? [] : [`--baseline ${quote(flags.baseline)}`]),
  ].join(' ')
}
