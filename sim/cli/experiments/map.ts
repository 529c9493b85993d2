// `hotshard map`: at which loads a system comes back after which disturbances, and at which it stays down.
import type { Problem } from '../../diag/problem.ts'
import { plainJson, quote } from '../../diag/text.ts'
import { parseAxis, type Axis } from '../../experiment/axis.ts'
import type { Bundle } from '../../experiment/bundle.ts'
import { Mapping, type MapQuestion } from '../../experiment/recovery/map.ts'
import { mapReport, valuesOf } from '../../experiment/recovery/map-report.ts'
import type { Disturbance, RecoveryRule } from '../../experiment/recovery/recovery.ts'
import { DEFAULT_RULE } from '../../experiment/recovery/recovery.ts'
import { parseTrigger, type Trigger } from '../../experiment/recovery/trigger.ts'
import { Runner } from '../../experiment/runner.ts'
import { runCommand } from '../../experiment/search/limit-report.ts'
import { STEPS_MAX } from '../../experiment/series.ts'
import type { Setting } from '../../experiment/types.ts'
import { parseDuration, parseNumber } from '../../lang/quantity.ts'
import type { Scenario } from '../../lang/scenario.ts'
import { mapHtml } from '../../report/map.ts'
import { EXIT } from '../exit.ts'
import { writeText } from '../exports.ts'
import { openBundle } from '../files.ts'
import { readFormats } from '../formats.ts'
import { notWritten, outputsOf, unwritable, writeForms } from '../outputs.ts'
import type { Style } from '../pretty.ts'
import { badFlag, refused, settingsOf, showAll, showErrors, showProblem } from '../problems.ts'
import { useColor, widthOf } from '../terminal.ts'
import { conductedUntil } from './interrupt.ts'
import { prettyMap } from './pretty-map.ts'
import { commonFlags, endedBy, isProblem, ruleIn, shareIn, type SearchFlags } from './search-flags.ts'
import { whereIn, type Where } from './where.ts'

export interface MapFlags extends SearchFlags {
  readonly load: string
  readonly trigger: string
  readonly at?: string
  readonly within?: string
  readonly hold?: string
  /** A factor, or `off`. */
  readonly slower?: string
  readonly clients?: string
  readonly report?: string
}

const FORMATS = ['pretty', 'json'] as const
const VALUES_MAX = 200
const RUNS_MAX = 100_000
/** Looks of a series in the time that a recovery must last. */
const LOOKS = 10

/** Exit code 0 when the map is drawn, whatever it shows. */
export async function map(path: string, flags: MapFlags): Promise<number> {
  const asked = askedIn(flags)
  if (isProblem(asked)) return refused(asked, flags)
  const formats = readFormats(flags.format ?? [], FORMATS)
  if (isProblem(formats)) return refused(formats, flags)
  const report =
    flags.report === undefined ? [] : [{ flag: '--report', shown: `--report ${flags.report}`, path: flags.report }]
  const wrong = unwritable([path], [...outputsOf(formats.files), ...report])
  if (wrong !== undefined) return refused(wrong, flags)
  const { load, at, rule, seeds, where } = asked
  const ends = [0, load.count - 1].map((i) => [[load.name, load.text(i)] as const])
  const { bundle, scenario, settings, problems } = openBundle(path, flags, { samples: [[], ...ends] })
  showErrors(path, problems, flags)
  if (bundle === undefined || scenario === undefined) return EXIT.badInput
  const read = parseTrigger(flags.trigger, scenario, at)
  if (!read.ok) return refused(badFlag(`\`--trigger ${flags.trigger}\`: ${read.message}`, read.help), flags)
  const { trigger } = read
  const tooMany = sizeProblem(load, trigger.axis, seeds.length)
  if (tooMany !== undefined) return refused(tooMany, flags)
  const clients = clientsIn(flags, scenario)
  if (isProblem(clients)) return refused(clients, flags)
  const times = timesOf(bundle, settings, trigger, flags)
  if (times === undefined) return EXIT.badInput
  const every = Math.max(1, Math.round(rule.hold / LOOKS))
  if (scenario.plan.duration / every > STEPS_MAX)
    return refused(
      badFlag(
        `\`--hold\` is too short for a run of ${scenario.plan.duration / 1e6} s`,
        `a run is looked at ${STEPS_MAX} times at most, ten of them in the time that recovery must last`,
      ),
      flags,
    )
  const question: MapQuestion = {
    ...{ load, trigger: trigger.axis, settings, seeds, rule, clients, every },
    triggered: (value) => trigger.settings(value),
    untriggered: trigger.none,
    when: (index) => times[index],
  }
  const series = {
    every,
    metrics: clients.flatMap((name) => ['Requests', 'Successes', 'Latency'].map((metric) => `${name}.${metric}`)),
  }
  const mapping = new Mapping(question)
  const mapped = await conductedUntil(
    mapping,
    { ...bundle, measures: [], series },
    where,
    Infinity,
    () => mapping.planned,
  )
  if (mapped === undefined) {
    process.stderr.write('interrupted, without a map\n')
    return EXIT.guard
  }
  if (!mapped.ok) return endedBy(path, mapped.outcome, flags)
  const told = mapReport(question, mapped.map, {
    ...{ scenario: path, label: trigger.label, member: trigger.member, present: presentOf(scenario, load.name) },
    reproduce: mapCommand(path, flags),
    commandOf: (point, seed) => runCommand(path, commonFlags(flags), point, seed ?? ''),
  })
  const write = (format: 'pretty' | 'json', style: Style): string =>
    format === 'json' ? `${plainJson(told, 2)}\n` : prettyMap(told, style)
  process.stdout.write(
    write(formats.printed ?? 'pretty', { color: useColor(process.stdout, flags), width: widthOf(process.stdout) }),
  )
  const unwritten = writeForms(formats.files, (format) => write(format, { color: false, width: 110 }))
  const failure = flags.report === undefined ? undefined : writeText(mapHtml(told), flags.report)
  if (failure !== undefined) unwritten.push(notWritten(`--report ${flags.report}`, failure))
  for (const problem of unwritten) showProblem(problem, flags)
  return unwritten.length > 0 ? EXIT.badInput : EXIT.ok
}

interface Asked {
  readonly load: Axis
  /** µs. */
  readonly at: number | undefined
  readonly rule: RecoveryRule
  readonly seeds: readonly (string | undefined)[]
  readonly where: Where
}

function askedIn(flags: MapFlags): Asked | Problem {
  if ((flags.change ?? []).length > 0) return badFlag('`--change` is for one run', 'set it from the start with `--set`')
  const load = parseAxis(flags.load)
  if (!load.ok) return badFlag(`\`--load ${flags.load}\`: ${load.message}`, load.help)
  const judged = ruleIn(flags)
  if (isProblem(judged)) return judged
  const at = flags.at === undefined ? undefined : timeIn('at', flags.at)
  if (at !== undefined && typeof at !== 'number') return at
  const within = flags.within === undefined ? DEFAULT_RULE.within : shareIn('within', flags.within)
  if (typeof within !== 'number') return within
  const hold = flags.hold === undefined ? DEFAULT_RULE.hold : timeIn('hold', flags.hold)
  if (typeof hold !== 'number') return hold
  const slower = slowerIn(flags.slower)
  if (slower !== undefined && typeof slower !== 'number') return slower
  const where = whereIn(flags)
  if (isProblem(where)) return where
  const seeds = judged.seeds.length === 0 ? [undefined] : judged.seeds
  return { load: load.axis, at, rule: { within, hold, ...(slower === undefined ? {} : { slower }) }, seeds, where }
}

/** µs. */
function timeIn(name: string, text: string): number | Problem {
  const time = parseDuration(text)
  return time.ok && time.value > 0
    ? time.value
    : badFlag(`\`--${name} ${text}\` is no time above 0`, `such as \`--${name} 10s\``)
}

function slowerIn(text: string | undefined): number | undefined | Problem {
  if (text === undefined) return DEFAULT_RULE.slower
  if (text === 'off') return undefined
  const factor = parseNumber(text)
  return factor.ok && factor.value >= 1
    ? factor.value
    : badFlag(`\`--slower ${text}\` is no factor from 1 on`, 'such as `--slower 2`, or `--slower off`')
}

function sizeProblem(load: Axis, trigger: Axis, seeds: number): Problem | undefined {
  for (const [flag, { count }] of [
    ['load', load],
    ['trigger', trigger],
  ] as const)
    if (count > VALUES_MAX)
      return badFlag(
        `\`--${flag}\` has ${count} values`,
        `give it a coarser step: a map has up to ${VALUES_MAX} by ${VALUES_MAX}`,
      )
  const runs = load.count * (trigger.count + 1) * seeds
  return runs > RUNS_MAX
    ? badFlag(`this map takes ${runs} runs`, `coarser steps or fewer seeds: at most ${RUNS_MAX}`)
    : undefined
}

/** The workloads whose requests count: those named, else all. */
function clientsIn(flags: MapFlags, { plan }: Scenario): readonly string[] | Problem {
  const all = plan.components.filter(({ type }) => type === 'Sim::Client::Workload').map(({ name }) => name)
  if (all.length === 0)
    return badFlag('the scenario has no workload, so nothing could be missing', 'give it a load under `Workloads`')
  if (flags.clients === undefined) return all
  const named = flags.clients.split(',').map((name) => name.trim())
  const unknown = named.find((name) => !all.includes(name))
  return unknown === undefined
    ? named
    : badFlag(`\`--clients ${unknown}\` is no workload`, `possible are ${all.map((name) => `\`${name}\``).join(', ')}`)
}

/** When the trigger of each value begins and ends, as the scenario is read with it. Undefined when one cannot be read, which is told. */
function timesOf(
  bundle: Bundle,
  settings: readonly Setting[],
  trigger: Trigger,
  flags: MapFlags,
): (Disturbance | undefined)[] | undefined {
  const runner = new Runner(bundle)
  const times: (Disturbance | undefined)[] = []
  for (const value of valuesOf(trigger.axis)) {
    const { scenario, problems } = runner.scenarioOf({ settings: [...settings, ...trigger.settings(value)] })
    if (scenario === undefined) {
      showAll(problems, flags)
      return undefined
    }
    const fault = trigger.in(scenario.plan.faults)
    times.push(fault === undefined ? undefined : { from: fault.at, to: fault.until })
  }
  return times
}

/** The value that a setting has in the scenario. */
function presentOf({ settings, parameters }: Scenario, name: string): string | undefined {
  const setting = settings.find((each) => each.name === name)
  return setting === undefined ? parameters.find((each) => each.name === name)?.value : String(setting.value)
}

function mapCommand(path: string, flags: MapFlags): string {
  const names = ['at', 'within', 'hold', 'slower', 'clients', 'seed', 'seeds', 'duration'] as const
  const given = names.flatMap((name) => (flags[name] === undefined ? [] : [`--${name} ${quote(flags[name])}`]))
  return [
    'npx hotshard map',
    quote(path),
    `--load ${quote(flags.load)}`,
    `--trigger ${quote(flags.trigger)}`,
    ...given,
    ...settingsOf(flags),
  ].join(' ')
}
