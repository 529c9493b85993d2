// Runs of a scenario under a recorded load, held against recorded metrics.
//
// The one idea: time 0 of the run is one moment of all recordings, so that every recorded period has its simulated one; both have the same
// name (`Work.Duration.p99`), and what cannot be brought together is said.
import type { Scenario } from '../lang/scenario.ts'
import { playLoad } from '../lang/arrivals.ts'
import { baseUnits, parseStatistic, statistic } from '../metrics/statistics.ts'
import { MINUTE } from '../parts/calendar.ts'
import { loadOf, requestSeries, type Load, type Recording, type Series } from '../recorded/index.ts'
import type { Run } from '../run/run.ts'
import { compare, type Figures } from './compare.ts'
import { derivedSeries } from './derived.ts'
import { crosses, isAbout, type Gate } from './gate.ts'
import { matchOf, type Match, type Simulated } from './matching.ts'

export interface RecordedFile {
  readonly path: string
  readonly recording: Recording
}

/** Which recorded series are compared with what, and from when to when. */
export interface Plan {
  /** µs since 1970 of time 0; undefined for recordings without dates. */
  readonly origin: number | undefined
  /** µs. */
  readonly duration: number
  readonly loads: readonly {
    readonly workload: string
    readonly file: string
    readonly load: Load
    readonly from: number
  }[]
  readonly series: readonly Series[]
}

export interface PlanOptions {
  /** Files by workload; absent = the first file that counts requests is the load of the only workload. */
  readonly loads: ReadonlyMap<string, RecordedFile>
  /** The metric that counts requests. */
  readonly count?: string | undefined
  /** µs; absent = as long as what was recorded. */
  readonly duration?: number | undefined
}

/** What is to be run and compared; a text says why nothing can be. */
export function planOf(scenario: Scenario, files: readonly RecordedFile[], options: PlanOptions): Plan | string {
  const loads = loadsOf(scenario, files, options)
  if (typeof loads === 'string') return loads
  const series = files.flatMap(({ path, recording }) =>
    recording.content.kind === 'metrics' ? recording.content.series : derivedSeries(nameOf(path), recording),
  )
  const starts =
    loads.length > 0
      ? loads.flatMap(({ load }) => load.origin ?? [])
      : series.flatMap(({ at }) => (isDated(at[0]!) ? at[0]! : []))
  const first = starts.length === 0 ? undefined : Math.min(...starts)
  // Moments begin anywhere in a minute, periods of CloudWatch where they begin.
  const origin =
    first === undefined
      ? undefined
      : loads.some(({ load }) => load.kind === 'counts' && load.origin === first)
        ? first
        : Math.floor(first / MINUTE) * MINUTE
  const ends = [
    ...loads.map(({ load }) => lengthOf(load) + (load.origin ?? 0) - (origin ?? 0)),
    ...series.map(({ at, period }) => at.at(-1)! + period - (isDated(at[0]!) ? (origin ?? 0) : 0)),
  ]
  const whole = Math.ceil(Math.max(0, ...(loads.length > 0 ? ends.slice(0, loads.length) : ends)) / MINUTE) * MINUTE
  const duration = options.duration ?? whole
  if (!(duration > 0)) return 'nothing that was recorded has a length'
  return {
    origin,
    duration,
    loads: loads.map((each) => ({ ...each, from: (origin ?? 0) - (each.load.origin ?? origin ?? 0) })),
    series,
  }
}

const isDated = (at: number): boolean => at >= 1e15
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function lengthOf(load: Load): number {
  return load.kind === 'moments' ? load.at.at(-1)! + 1 : load.counts.length * load.period
}

function loadsOf(
  scenario: Scenario,
  files: readonly RecordedFile[],
  { loads, count }: PlanOptions,
): { workload: string; file: string; load: Load }[] | string {
  const workloads = scenario.plan.components.filter(({ type }) => type === 'Sim::Client::Workload')
  if (loads.size > 0) {
    const found: { workload: string; file: string; load: Load }[] = []
    for (const [workload, { path, recording }] of loads) {
      if (!workloads.some(({ name }) => name === workload))
        return `no workload \`${workload}\`; there are ${workloads.map(({ name }) => `\`${name}\``).join(', ')}`
      const load = loadOf(recording, count)
      if (!load.ok) return `\`${path}\`: ${load.message}`
      found.push({ workload, file: path, load: load.value })
    }
    return found
  }
  // A scenario that plays a recording already has its load.
  if (workloads.some(({ config }) => config['Arrivals'] === 'trace' || config['Arrivals'] === 'counted')) return []
  for (const { path, recording } of files) {
    const name = count ?? (recording.content.kind === 'metrics' ? requestSeries(recording.content.series)?.name : '')
    if (name === undefined || recording.content.kind === 'windows') continue
    const load = loadOf(recording, name === '' ? undefined : name)
    if (!load.ok) continue
    if (workloads.length !== 1)
      return `whose load is \`${path}\`? name it: \`--load WORKLOAD=${path}\`; there are ${workloads.map((each) => `\`${each.name}\``).join(', ')}`
    return [{ workload: workloads[0]!.name, file: path, load: load.value }]
  }
  return 'nothing that was recorded counts requests: name the metric with `--count`, or a file with `--load WORKLOAD=FILE`'
}

/** The scenario with the recorded loads in place of its own. */
export function underLoad(scenario: Scenario, { loads, duration }: Plan): Scenario {
  const components = scenario.plan.components.map((component) => {
    const played = loads.find(({ workload }) => workload === component.name)
    if (played === undefined) return component
    const { config } = playLoad(played.load, { file: played.file, speed: 1, scale: 1 }, played.from, duration)
    return {
      ...component,
      config: { ...component.config, Users: undefined, ThinkTime: undefined, Count: undefined, Scale: 1, ...config },
    }
  })
  return { ...scenario, plan: { ...scenario.plan, components } }
}

export interface Comparison extends Figures {
  /** `Work.Duration.p99`. */
  readonly term: string
  /** As the recording calls it. */
  readonly recordedAs: string
  readonly unit: string
  /** µs from time 0. */
  readonly at: readonly number[]
  readonly recordedValues: readonly number[]
  readonly simulatedValues: readonly number[]
}

export interface GateResult {
  readonly text: string
  readonly term: string
  readonly value: number | undefined
  readonly isOver: boolean
}

export interface Validation {
  readonly scenario: string
  readonly seed: string
  readonly duration: number
  /** µs that were run, fewer than `duration` when a guard has stopped it. */
  readonly simulated: number
  readonly stopped: string | undefined
  readonly loads: readonly { readonly workload: string; readonly file: string; readonly requests: number }[]
  readonly comparisons: readonly Comparison[]
  /** Recorded series without a simulated one, and why. */
  readonly unmatched: readonly { readonly name: string; readonly why: string }[]
  readonly gates: readonly GateResult[]
}

/** Holds a finished run against the recorded series. `as` says what a recorded series is, by its name. */
export function validationOf(
  run: Run,
  plan: Plan,
  as: ReadonlyMap<string, string>,
  gates: readonly Gate[],
): Validation {
  const all = run.world.metrics.map(({ component, namespace, name, dimensions, series, unit }): Simulated => ({
    component,
    namespace,
    name,
    dimensions,
    kind: series.kind,
    unit,
  }))
  const unmatched: { name: string; why: string }[] = []
  const comparisons: Comparison[] = []
  for (const series of plan.series) {
    const match = matchOf(series, all, as.get(series.name))
    const compared = 'why' in match ? match.why : comparisonOf(run, plan, series, match)
    if (typeof compared === 'string') unmatched.push({ name: series.name, why: compared })
    else comparisons.push(compared)
  }
  const results = gates.flatMap((gate) => {
    const about = comparisons.filter(({ term }) => isAbout(gate, term))
    if (about.length === 0) return [{ text: gate.text, term: gate.term, value: undefined, isOver: true }]
    return about.map((each) => ({ text: gate.text, term: each.term, ...crosses(gate, each) }))
  })
  return {
    scenario: run.scenario.name,
    seed: String(run.scenario.plan.seed),
    duration: plan.duration,
    simulated: run.world.now,
    stopped: run.stopped?.message,
    loads: plan.loads.map(({ workload, file, load }) => ({
      workload,
      file,
      requests: Math.round(load.kind === 'moments' ? load.at.length : load.counts.reduce((sum, n) => sum + n, 0)),
    })),
    comparisons: comparisons.sort((a, b) => (a.term < b.term ? -1 : a.term > b.term ? 1 : 0)),
    unmatched,
    gates: results,
  }
}

/** How many µs one of a recorded series' units has, for times; CloudWatch's own units otherwise. */
const TIMES: ReadonlyMap<string, number> = new Map([
  ['Microseconds', 1],
  ['Milliseconds', 1000],
  ['Seconds', 1_000_000],
])

/** Period by period after the warm-up, as far as the run came; a text says why nothing can be compared. */
function comparisonOf(
  run: Run,
  { origin }: Plan,
  series: Series,
  { simulated, statistic: name, term }: Match,
): Comparison | string {
  const stat = parseStatistic(name)
  if (stat === undefined) return `\`${name}\` is no statistic`
  if (series.period < MINUTE) return 'its periods are shorter than the minute of simulated metrics'
  const metric = run.world.metrics.find(
    (each) =>
      each.component === simulated.component &&
      each.name === simulated.name &&
      each.namespace === simulated.namespace &&
      Object.keys(each.dimensions).length === Object.keys(simulated.dimensions).length,
  )!
  const { warmUp } = run.scenario.plan
  const base = baseUnits(metric.series, metric.unit)
  const [theirs, ours] = [TIMES.get(series.unit ?? ''), TIMES.get(metric.unit)]
  const factor = theirs === undefined || ours === undefined ? 1 : theirs / ours
  const shift = isDated(series.at[0]!) ? (origin ?? 0) : 0
  const at: number[] = []
  const recordedValues: number[] = []
  const simulatedValues: number[] = []
  for (const [i, time] of series.at.entries()) {
    const from = time - shift
    if (from < warmUp || from + series.period > run.world.now) continue
    const value = statistic(metric.series, stat, from, from + series.period) ?? (stat.kind === 'Sum' ? 0 : undefined)
    if (value === undefined) continue
    at.push(from)
    recordedValues.push(series.values[i]! * factor)
    simulatedValues.push(stat.kind === 'SampleCount' ? value : value / base)
  }
  if (at.length === 0) return 'no period has both a recorded and a simulated value'
  return {
    term,
    recordedAs: series.name,
    unit: metric.unit,
    at,
    recordedValues,
    simulatedValues,
    ...compare(recordedValues, simulatedValues),
  }
}
