// The report of a run as plain data, with a version, for the terminal, for CI and for other programs.
//
// Figures carry CloudWatch's units; figures and counts leave the warm-up out.
import type { CwUnit, Profile } from '../model/contract.ts'
import { THROTTLING } from '../model/errors.ts'
import { baseUnits, histogramOf, windowOf } from '../metrics/statistics.ts'
import { lineColumn } from '../diag/span.ts'
import type { NotSimulated } from '../lang/resources.ts'
import { insightsOf, type Insight } from '../insights/insights.ts'
import { billOf, type Bill } from './bill.ts'
import { evidenceOf } from './evidence.ts'
import { evaluateExpectation, type ExpectationResult } from './expect.ts'
import type { Checkpoint, Run, Stopped } from './run.ts'
import type { PublishedMetric, World } from './world.ts'

export const REPORT_SCHEMA = 'hotshard.report/1'

export interface MetricSummary {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly unit: string
  readonly kind: string
  readonly samples: number
  readonly sum: number
  readonly average: number
  readonly minimum: number
  readonly maximum: number
  readonly p50?: number
  readonly p90?: number
  readonly p99?: number
  readonly p999?: number
}

export interface CallSummary {
  readonly from: string
  readonly to: string
  readonly action: string
  readonly sent: number
  readonly answered: number
  readonly failed: number
  readonly throttled: number
  readonly retried: number
  /** Calls without an answer when the run ended, whenever they were sent. */
  readonly open: number
}

export interface ResourceReport {
  readonly name: string
  readonly type: string
  /** Calls that came in, by what became of them. */
  readonly received: number
  readonly succeeded: number
  readonly throttled: number
  readonly failed: number
  /** Exceptions it raised, by name. */
  readonly errors: Readonly<Record<string, number>>
  /** Calls it made. */
  readonly sent: number
  /** Its principal distribution (latency, duration), when it has one with data. */
  readonly latency?: MetricSummary
  readonly metrics: readonly MetricSummary[]
  /** What the room says about itself (partitions, environments, alarm history). */
  readonly details?: unknown
}

/** A warm-up that is too short: how long it should be, and what leaving it so short does to a mean. */
export interface WarmUpAdvice {
  /** `Workload.Latency`, or a queue's length. */
  readonly series: string
  readonly unit: CwUnit
  /** Seconds: as it is, and as it should be. */
  readonly given: number
  readonly needed: number
  /** The mean with a warm-up that is long enough, and with this one. */
  readonly mean: number
  readonly biased: number
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA
  readonly scenario: string
  readonly description?: string
  readonly seed: string
  readonly profile: Profile
  /** Seconds of virtual time. */
  readonly duration: number
  readonly simulated: number
  readonly warmUp: number
  /** Only when the warm-up is too short. */
  readonly warmUpAdvice?: WarmUpAdvice
  readonly events: number
  readonly requests: number
  /** True when a guard ended the run: all figures are of the part that ran. */
  readonly partial: boolean
  readonly stopped?: Stopped
  readonly parameters: Readonly<Record<string, string>>
  readonly resources: readonly ResourceReport[]
  readonly calls: readonly CallSummary[]
  /** What is going on, the most telling first. Times in seconds. */
  readonly insights: readonly Insight[]
  /** What it costs; absent when the run ended before its warm-up was over. */
  readonly bill?: Bill
  readonly expectations: readonly ExpectationResult[]
  readonly broken: readonly { readonly resource: string; readonly sentence: string }[]
  readonly notSimulated: readonly LeftOut[]
  readonly inferred: readonly string[]
  readonly digest: {
    readonly total: string
    readonly components: Readonly<Record<string, string>>
    readonly checkpoints: readonly Checkpoint[]
  }
  /** The command that repeats this run. */
  readonly reproduce: string
}

/** Something without effect on the model, as a report tells it. */
export interface LeftOut {
  readonly message: string
  /** `file:line:column`. */
  readonly place?: string
  /** The type that is not simulated, or whose property has no effect. */
  readonly type?: string
  /** The resource of a type that is not simulated, or that the message is about. */
  readonly resource?: string
  /** The property, with those that it lies in: `VpcConfig`, `ProvisionedThroughput.Foo`. */
  readonly property?: string
}

export function leftOut({ message, span, subject }: NotSimulated): LeftOut {
  if (span === undefined) return { message, ...subject }
  const { line, column } = lineColumn(span)
  return { message, place: `${span.source.name}:${line}:${column}`, ...subject }
}

/** Sums a finished run up. `reproduce` is the command line that repeats it; `advice` is what somebody found who watched it from its beginning. */
export function reportOf(run: Run, reproduce: string, advice?: WarmUpAdvice): Report {
  const { scenario, world } = run
  const bill = billOf(world)
  const calls = world.dispatcher.edges.map(({ from, to, action }, i) => ({
    ...{ from, to, action },
    ...world.dispatcher.counted(i),
  }))
  const found: Found = {
    to: groupedBy(calls, (call) => call.to),
    from: groupedBy(calls, (call) => call.from),
    metrics: groupedBy(world.metrics, (metric) => (isError(metric) ? '' : metric.component)),
    errors: groupedBy(world.metrics, (metric) => (isError(metric) ? (metric.dimensions['Resource'] ?? '') : '')),
  }
  return {
    schema: REPORT_SCHEMA,
    scenario: scenario.name,
    ...(scenario.description === undefined ? {} : { description: scenario.description }),
    seed: String(scenario.plan.seed),
    profile: scenario.plan.profile,
    duration: scenario.plan.duration / 1e6,
    simulated: world.now / 1e6,
    warmUp: scenario.plan.warmUp / 1e6,
    ...(advice === undefined ? {} : { warmUpAdvice: advice }),
    events: world.kernel.steps,
    requests: world.metrics
      .filter((metric) => metric.name === 'Requests' && metric.dimensions['Workload'] !== undefined)
      .reduce(
        (sum, metric) => sum + metric.series.points.reduce((total, point) => total + point.n * point.repeat, 0),
        0,
      ),
    partial: run.stopped !== undefined,
    ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
    parameters: Object.fromEntries(scenario.parameters.map((parameter) => [parameter.name, parameter.value])),
    resources: world.components.map((_, i) => resourceReport(world, i, found)),
    calls,
    insights: insightsOf(evidenceOf(world)).map((insight) => ({
      ...insight,
      from: insight.from / 1e6,
      to: insight.to / 1e6,
    })),
    ...(bill === undefined ? {} : { bill }),
    expectations: scenario.expectations.map((expectation) => evaluateExpectation(expectation, run)),
    broken: run.broken.map(({ component, sentence }) => ({ resource: component, sentence })),
    notSimulated: scenario.notSimulated.map(leftOut),
    inferred: scenario.inferred,
    digest: {
      total: world.kernel.digest.hex(),
      components: Object.fromEntries(
        world.components.map((component, i) => [component.name, world.kernel.digest.componentHex(i + 1)]),
      ),
      checkpoints: run.checkpoints,
    },
    reproduce,
  }
}

/** What belongs to each component by its name: thousands of them may stand in one scenario. */
interface Found {
  readonly to: ReadonlyMap<string, readonly CallSummary[]>
  readonly from: ReadonlyMap<string, readonly CallSummary[]>
  readonly metrics: ReadonlyMap<string, readonly PublishedMetric[]>
  readonly errors: ReadonlyMap<string, readonly PublishedMetric[]>
}

function groupedBy<T>(list: readonly T[], nameOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of list) {
    const name = nameOf(each)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [each])
    else group.push(each)
  }
  return groups
}

function isError(metric: PublishedMetric): boolean {
  return metric.namespace === 'Sim' && metric.name === 'Errors'
}

function resourceReport(world: World, index: number, found: Found): ResourceReport {
  const component = world.components[index]!
  const incoming = found.to.get(component.name) ?? []
  // A function takes its asynchronous events from its own queue: the first time is part of the call that brought the event.
  const again = (call: CallSummary): number => (call.from === call.to ? call.sent - call.retried : 0)
  const received = incoming.reduce((sum, call) => sum + call.sent - again(call), 0)
  const errors: Record<string, number> = {}
  let throttled = 0
  let failed = 0
  for (const metric of found.errors.get(component.name) ?? []) {
    const count = windowOf(metric.series, world.plan.warmUp, world.now + 1).sum
    if (count === 0) continue
    const name = metric.dimensions['ErrorCode']!
    errors[name] = count
    const status = world.errors.names.indexOf(name)
    if (world.errors.retry[status] === THROTTLING) throttled += count
    else failed += count
  }
  const metrics = (found.metrics.get(component.name) ?? [])
    .map((metric) => summarize(metric, world.plan.warmUp, world.now + 1))
    .filter((summary) => summary !== undefined)
  const principal = Object.keys(component.def.metrics).find(
    (name) => component.def.metrics[name]!.kind === 'distribution' && component.def.metrics[name]!.unit !== 'Bytes',
  )
  // A table's latency is told by operation only: the busiest operation stands for it.
  const latencies = metrics.filter((metric) => metric.name === principal)
  const latency =
    latencies.find((metric) => Object.keys(metric.dimensions).length <= 1) ??
    latencies.sort((a, b) => b.samples - a.samples)[0]
  // A function that fails answers its caller all the same (LAM-20): what its own metric calls errors has failed here too.
  const own =
    metrics.find((metric) => metric.name === 'Errors' && metric.namespace === component.def.namespace)?.sum ?? 0
  const succeeded = incoming.reduce((sum, call) => sum + call.answered - call.failed - again(call), 0)
  const details = component.def.report?.(world.states[index + 1])
  return {
    name: component.name,
    type: component.type,
    received,
    succeeded: Math.max(0, succeeded - own),
    throttled,
    failed: failed + own,
    errors,
    sent: (found.from.get(component.name) ?? []).reduce((sum, call) => sum + call.sent, 0),
    ...(latency === undefined ? {} : { latency }),
    metrics,
    ...(details === undefined ? {} : { details }),
  }
}

/** A metric over [from, to) µs in its own unit; undefined without data. */
export function summarize(metric: PublishedMetric, from: number, to: number): MetricSummary | undefined {
  const window = windowOf(metric.series, from, to)
  if (window.count === 0) return undefined
  const unit = baseUnits(metric.series, metric.unit)
  const histogram = metric.series.kind === 'distribution' ? histogramOf(window) : undefined
  return {
    namespace: metric.namespace,
    name: metric.name,
    dimensions: metric.dimensions,
    unit: metric.unit,
    kind: metric.series.kind,
    samples: window.count,
    sum: window.sum / unit,
    average: window.sum / window.count / unit,
    minimum: window.min / unit,
    maximum: window.max / unit,
    ...(histogram === undefined
      ? {}
      : {
          p50: histogram.quantile(0.5) / unit,
          p90: histogram.quantile(0.9) / unit,
          p99: histogram.quantile(0.99) / unit,
          p999: histogram.quantile(0.999) / unit,
        }),
  }
}
