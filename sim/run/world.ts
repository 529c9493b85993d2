// Puts a plan together into a running world: components in order of name, their edges, metrics, faults and limits.
//
// The order of the names, not of the file, numbers everything, so a scenario may be rearranged without changing its run.
import { assert } from '../engine/assert.ts'
import { Calls, type Call } from '../engine/calls.ts'
import { Kernel, type EventFunction, type Stop, type Target, type TimerHandle } from '../engine/kernel.ts'
import { MINUTE, Recorder, type MetricId, type Series } from '../engine/recorder.ts'
import type { Rng } from '../engine/rng.ts'
import type { Sampler } from '../engine/sample.ts'
import { baseUnits, parseStatistic, statistic } from '../metrics/statistics.ts'
import type { Caller, Config, CwUnit, Entry, PublishedSeries, ServiceDef, Sim } from '../model/contract.ts'
import { ErrorTable } from '../model/errors.ts'
import type { NetworkGraph, Way } from '../model/network.ts'
import type { Amendment, ComponentPlan, WorldPlan } from '../model/plan.ts'
import { OPEN_WAY, wayOf } from '../parts/reachability.ts'
import { readAssumption } from './assumptions.ts'
import { Dispatcher, type ApiFault, type Edge, type WayFinder } from './dispatcher.ts'
import { Streams } from './streams.ts'
import { scheduleFaults } from './faults.ts'

/** A metric as published: whose it is, its name and dimensions, and its series. */
export interface PublishedMetric {
  readonly component: string
  readonly namespace: string
  readonly name: string
  readonly unit: CwUnit
  readonly dimensions: Readonly<Record<string, string>>
  readonly id: MetricId
  readonly series: Series
}

/** The text that identifies a metric: CW-01, namespace, name and the exact set of dimensions. */
export function metricKey(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const sorted = Object.keys(dimensions).sort()
  return JSON.stringify([namespace, name, ...sorted.map((key) => [key, dimensions[key]])])
}

export class World {
  readonly plan: WorldPlan
  readonly kernel: Kernel
  readonly calls = new Calls()
  readonly errors = new ErrorTable()
  readonly recorder: Recorder
  readonly dispatcher: Dispatcher
  readonly components: readonly ComponentPlan[]
  readonly states: unknown[] = [this]
  readonly metrics: PublishedMetric[] = []
  readonly streams: Streams
  readonly metricIndex = new Map<string, PublishedMetric>()
  /** API faults by their number in the plan, once they have begun. */
  readonly standingFaults = new Map<number, ApiFault>()
  /** What each price line had counted when the warm-up was over, by component; empty = nothing yet. */
  usageBefore: readonly ReadonlyMap<string, number>[] = []
  /** Overrides of quotas as they are now. */
  quotas: Readonly<Record<string, number>>
  private readonly numbers = new Map<string, number>()
  /** Components in the order in which they come to life, by number. */
  private readonly order: readonly number[]
  /** Configs that are no longer those of the plan, by component. */
  private readonly amended = new Map<string, Config>()
  /** Amendments of the plan that have been made. */
  private amendments = 0

  constructor(plan: WorldPlan) {
    this.plan = plan
    this.quotas = plan.quotas
    this.streams = new Streams(plan.seed)
    this.components = [...plan.components].sort((a, b) => (a.name < b.name ? -1 : 1))
    // Component 0 is the world itself: faults and the loop's own targets.
    this.kernel = new Kernel(this.components.length + 1)
    this.recorder = new Recorder(this.kernel.clock, [...plan.cuts, plan.warmUp])
    this.recorder.end = plan.duration
    this.dispatcher = new Dispatcher(this.kernel, this.calls, this.errors, plan, this.recorder, this, this.streams)
    this.components.forEach((component, i) => this.numbers.set(component.name, i + 1))
    // Singletons are shared by their neighbours, so they come to life first.
    this.order = [...this.components.keys()].sort(
      (a, b) => rank(this.components[a]!.def) - rank(this.components[b]!.def) || a - b,
    )
    for (const i of this.order) this.create(i)
    this.dispatcher.connect(this.components, new Ways(this))
    scheduleFaults(this)
    this.states.forEach((state, i) => this.kernel.bind(i, state))
    this.recorder.atPeriodEnd = this.periodWatch()
    this.kernel.setBoundary(this.recorder, this.recorder.first)
  }

  /** Runs on to `until` µs, or to the end of the scenario. */
  run(until: number = this.plan.duration, poll?: () => boolean): Stop {
    const end = Math.min(until, this.plan.duration)
    const amendment = this.plan.amendments?.[this.amendments]
    if (amendment !== undefined && amendment.at < end) {
      // What falls on the moment of the change, and whoever looks at it then, still comes before it.
      const early = this.kernel.run(Math.max(amendment.at, this.now), poll)
      if (early !== 'end') return early
      this.amend(amendment)
      return this.run(end, poll)
    }
    const stop = this.kernel.run(end, poll)
    // An idle stretch is written when it ends; whoever looks between two runs sees its full minutes.
    this.kernel.setBoundary(this.recorder, this.recorder.catchUp())
    return stop
  }

  private amend({ quotas, configs }: Amendment): void {
    this.amendments++
    const changed = Object.keys({ ...this.quotas, ...quotas }).filter((name) => this.quotas[name] !== quotas[name])
    this.quotas = quotas
    for (const i of this.order) {
      const { name, type, def, config } = this.components[i]!
      const own = def.amend?.quotas ?? []
      const isConcerned = configs.has(name) || own.some((each) => changed.includes(`${servicePrefix(type)}.${each}`))
      if (!isConcerned) continue
      const before = this.amended.get(name) ?? config
      const after = configs.get(name) ?? before
      this.amended.set(name, after)
      def.amend!.run(this.states[i + 1], after, before)
    }
  }

  /** Settles areas and closes the last metric period. Call it once, when no more is to be run. */
  finish(): void {
    this.components.forEach((component, i) => component.def.finish?.(this.states[i + 1]))
    this.recorder.finish()
  }

  get now(): number {
    return this.kernel.clock[0]!
  }

  /** A component's state, for tests, reports and the view. */
  stateOf<S>(name: string): S {
    return this.states[this.numberOf(name)] as S
  }

  planOf(name: string): ComponentPlan {
    return this.components[this.numberOf(name) - 1]!
  }

  numberOf(name: string): number {
    const number = this.numbers.get(name)
    assert(number !== undefined, `a component named ${name} exists`)
    return number
  }

  /** A published metric by its resource and name (the resource's own dimension), or undefined. */
  metricOf(component: string, name: string): PublishedMetric | undefined {
    return this.metrics.find((metric) => metric.component === component && metric.name === name)
  }

  /** The sentences of the invariants that do not hold now, each with its component. */
  brokenInvariants(): { component: string; sentence: string }[] {
    const broken: { component: string; sentence: string }[] = []
    this.components.forEach((component, i) => {
      for (const sentence of Object.keys(component.def.invariants)) {
        if (!component.def.invariants[sentence]!(this.states[i + 1]))
          broken.push({ component: component.name, sentence })
      }
    })
    return broken
  }

  publish(
    component: string,
    namespace: string,
    name: string,
    unit: CwUnit,
    dimensions: Readonly<Record<string, string>>,
    id: MetricId,
  ): void {
    const metric = { component, namespace, name, unit, dimensions, id, series: this.recorder.series[id]! }
    this.metrics.push(metric)
    this.metricIndex.set(metricKey(namespace, name, dimensions), metric)
  }

  openErrorMetric(component: string, error: string): MetricId {
    const id = this.recorder.open('count')
    this.publish(component, 'Sim', 'Errors', 'Count', { Resource: component, ErrorCode: error }, id)
    return id
  }

  private create(i: number): void {
    const component = this.components[i]!
    this.states[i + 1] = component.def.create(component.config, new ComponentSim(this, component, i + 1))
    const state = this.states[i + 1]
    for (const name of Object.keys(component.def.metrics).sort()) {
      const metric = component.def.metrics[name]!
      if (metric.kind !== 'gauge' && metric.kind !== 'age') continue
      const reading = { read: metric.read as (state: never, now: number) => number, state }
      const id = this.recorder.open(metric.kind, reading, metric.period?.(state))
      const dimensions = { ...ownDimensions(component), ...metric.dimensions }
      this.publish(component.name, namespaceOf(component), name, metric.unit, dimensions, id)
    }
  }

  private periodWatch(): PeriodWatch | null {
    const watchers: Watcher[] = []
    this.components.forEach((component, i) => {
      const { periodEnded: ended, periodEvery } = component.def
      if (ended === undefined) return
      const every = periodEvery === undefined ? MINUTE : periodEvery(component.config)
      watchers.push({ ended, every, state: this.states[i + 1], wanted: false })
      this.recorder.askEvery = Math.min(this.recorder.askEvery, every)
    })
    return watchers.length === 0 ? null : new PeriodWatch(watchers)
  }
}

interface Watcher {
  readonly ended: (state: unknown, time: number) => boolean
  readonly every: number
  readonly state: unknown
  wanted: boolean
}

class PeriodWatch {
  private readonly watchers: readonly Watcher[]

  constructor(watchers: readonly Watcher[]) {
    this.watchers = watchers
  }

  periodEnded(time: number): boolean {
    let again = false
    for (const watcher of this.watchers) {
      if (time % watcher.every === 0) watcher.wanted = watcher.ended(watcher.state, time)
      if (watcher.wanted) again = true
    }
    return again
  }
}

/** Finds the ways between components by what the account knows of its network. */
class Ways implements WayFinder {
  private readonly world: World
  private readonly account: ComponentPlan | undefined
  private readonly graph: NetworkGraph | undefined

  constructor(world: World) {
    this.world = world
    this.account = world.components.find(({ def }) => def.network !== undefined)
    this.graph = this.account?.def.network!(this.account.config)
  }

  wayOf({ from, to, action }: Edge): Way {
    if (this.graph === undefined) return OPEN_WAY
    const [caller, callee] = [this.world.planOf(from), this.world.planOf(to)]
    // Clients and operators stand wherever they may ask from.
    if (caller.def.family === 'client') return OPEN_WAY
    const at = ({ name, def, config }: ComponentPlan) => ({ name, place: def.place?.(config) })
    return wayOf(this.graph, at(caller), at(callee), action)
  }

  connectTimeout(): number {
    const { sampler } = readAssumption(this.account!, 'ConnectTimeout')
    return sampler.draw(this.world.streams.of(this.account!.name, 'connect'))
  }
}

function rank(def: ServiceDef): number {
  return def.singleton === true ? 0 : 1
}

/** The namespace of a resource's own metrics. */
export function namespaceOf({ def, config }: ComponentPlan): string {
  return def.namespaceOf?.(config) ?? def.namespace
}

/** The dimensions of a resource's own metrics. */
export function ownDimensions(component: ComponentPlan): Readonly<Record<string, string>> {
  if (component.def.dimension === '') return {}
  return { [component.def.dimension]: component.dimensionValue ?? component.name }
}

/** What one component sees of the world. */
class ComponentSim implements Sim {
  readonly name: string
  readonly physicalName: string
  readonly component: number
  readonly startsAt: number
  readonly warmUp: number
  readonly clock: Float64Array
  readonly calls: Calls
  readonly errors: ErrorTable
  private readonly world: World
  private readonly plan: ComponentPlan
  private readonly kernel: Kernel
  private readonly recorder: Recorder
  private readonly dispatcher: Dispatcher
  private readonly targets = new Map<EventFunction<never>, Target>()

  constructor(world: World, plan: ComponentPlan, component: number) {
    this.name = plan.name
    this.physicalName = plan.dimensionValue ?? plan.name
    this.component = component
    this.startsAt = world.plan.startsAt
    this.warmUp = world.plan.warmUp
    this.clock = world.kernel.clock
    this.calls = world.calls
    this.errors = world.errors
    this.world = world
    this.plan = plan
    this.kernel = world.kernel
    this.recorder = world.recorder
    this.dispatcher = world.dispatcher
  }

  target<S>(run: EventFunction<S>): Target {
    const known = this.targets.get(run as EventFunction<never>)
    if (known !== undefined) return known
    const target = this.kernel.target(run, this.component)
    this.targets.set(run as EventFunction<never>, target)
    return target
  }

  metric(name: string): MetricId {
    assert(this.plan.def.metrics[name]?.kind !== 'gauge', `${name} is read from the state of ${this.plan.type}`)
    return this.openMetric(name, ownDimensions(this.plan))
  }

  metricWith(name: string, dimensions: Readonly<Record<string, string>>): MetricId {
    return this.openMetric(name, { ...ownDimensions(this.plan), ...dimensions })
  }

  metricAlias(metric: MetricId, name: string, dimensions: Readonly<Record<string, string>>): void {
    const { metrics } = this.plan.def
    this.world.publish(
      this.name,
      namespaceOf(this.plan),
      name,
      metrics[name]!.unit,
      { ...ownDimensions(this.plan), ...dimensions },
      metric,
    )
  }

  edge<S>(
    to: string,
    action: `${string}:${string}`,
    answered: EventFunction<S>,
    caller: Caller | null = null,
    fromPlace = false,
  ): number {
    return this.dispatcher.edge(this.name, to, action, this.target(answered), caller, fromPlace)
  }

  closeWays(closed: boolean): void {
    this.dispatcher.closeWays(this.name, closed)
  }

  passed(): number {
    return this.dispatcher.passed(this.name)
  }

  calleeOf(edge: number): string {
    return this.dispatcher.edges[edge]!.to
  }

  entryOf(to: string, operation: string): Entry | undefined {
    const { def, config } = this.world.planOf(to)
    const entry = def.entry?.(config, operation)
    return entry !== undefined && 'action' in entry ? entry : undefined
  }

  callerOf(edge: number): Caller | null {
    return this.dispatcher.callerOf(edge)
  }

  peek(edge: number, body: unknown): unknown {
    const { to, action } = this.dispatcher.edges[edge]!
    const number = this.world.numberOf(to)
    return this.world.components[number - 1]!.def.ops[action]!.copies?.newest?.(this.world.states[number], body)
  }

  rng(purpose: string): Rng {
    return this.world.streams.of(this.name, purpose)
  }

  quota(name: string): number {
    const quota = this.plan.def.quotas[name]
    assert(quota !== undefined, `${this.plan.type} has a quota ${name}`)
    return this.world.quotas[`${servicePrefix(this.plan.type)}.${name}`] ?? quotaValue(quota, this.world.plan.profile)
  }

  sampler(assumption: string): Sampler {
    return readAssumption(this.plan, assumption).sampler
  }

  choice(assumption: string): string {
    return readAssumption(this.plan, assumption).text
  }

  error(name: string, http: number): number {
    return this.errors.intern(name, http)
  }

  series(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): PublishedMetric | undefined {
    return this.world.metricIndex.get(metricKey(namespace, metric, dimensions))
  }

  customMetric(
    namespace: string,
    metric: string,
    dimensions: Readonly<Record<string, string>>,
    unit: CwUnit,
    period: number,
    of = this.name,
  ): MetricId {
    const known = this.world.metricIndex.get(metricKey(namespace, metric, dimensions))
    if (known !== undefined) return known.id
    const id = this.recorder.open('count', null, period)
    this.world.publish(of, namespace, metric, unit, dimensions, id)
    return id
  }

  peer<S>(name: string): S {
    return this.world.stateOf<S>(name)
  }

  after(delay: number, target: Target, arg: number): void {
    this.kernel.after(delay, target, arg)
  }

  timer(delay: number, target: Target, arg: number): TimerHandle {
    return this.kernel.timer(delay, target, arg)
  }

  cancel(handle: TimerHandle): void {
    this.kernel.cancel(handle)
  }

  dueAt(handle: TimerHandle): number {
    return this.kernel.dueAt(handle)
  }

  open(edge: number, cookie: number, trace: number): Call {
    return this.calls.open(edge, this.dispatcher.replyTo[edge]!, cookie, trace, this.clock[0]!)
  }

  send(call: Call): void {
    this.dispatcher.send(call)
  }

  isStale(edge: number, body: unknown, answer: unknown, asked: number): boolean | undefined {
    const { to, action } = this.dispatcher.edges[edge]!
    return this.world.planOf(to).def.ops[action]!.copies?.isStale?.(this.world.stateOf(to), body, answer, asked)
  }

  leaves(edge: number, body: unknown, answer: unknown): unknown {
    const { to, action } = this.dispatcher.edges[edge]!
    return this.world.planOf(to).def.ops[action]!.copies?.leaves?.(body, answer)
  }

  abandon(call: Call): void {
    this.dispatcher.abandon(call)
  }

  close(call: Call): void {
    this.calls.close(call)
  }

  reply(call: Call, status: number): void {
    this.dispatcher.reply(0, call, status)
  }

  replyAfter(delay: number, call: Call, status: number): void {
    this.dispatcher.reply(delay, call, status)
  }

  metrics(): readonly PublishedMetric[] {
    return this.world.metrics
  }

  statistic(metric: PublishedSeries, name: string, from: number, to: number): number | undefined {
    const parsed = parseStatistic(name)
    assert(parsed !== undefined, `${name} is a statistic`)
    const value = statistic(metric.series, parsed, from, to)
    return value === undefined || parsed.kind === 'SampleCount' ? value : value / baseUnits(metric.series, metric.unit)
  }

  count(metric: MetricId, value: number): void {
    this.recorder.count(metric, value)
  }

  aggregate(metric: MetricId, n: number, sum: number, min: number, max: number): void {
    this.recorder.aggregate(metric, n, sum, min, max)
  }

  record(metric: MetricId, value: number): void {
    this.recorder.record(metric, value)
  }

  level(metric: MetricId, value: number): void {
    this.recorder.level(metric, value)
  }

  private openMetric(name: string, dimensions: Readonly<Record<string, string>>): MetricId {
    const metric = this.plan.def.metrics[name]
    assert(metric !== undefined && metric.kind !== 'age', `${this.plan.type} publishes ${name} from its operations`)
    const namespace = metric.namespace ?? namespaceOf(this.plan)
    const known = this.world.metricIndex.get(metricKey(namespace, name, dimensions))
    if (known !== undefined) return known.id
    // A gauge is read from the state as a whole; of a part of it the room tells each change.
    const id = this.recorder.open(metric.kind === 'gauge' ? 'level' : metric.kind)
    this.world.publish(this.name, namespace, name, metric.unit, dimensions, id)
    return id
  }
}

/** The prefix of a service's quotas: `AWS::SQS::Queue` → `sqs`. */
export function servicePrefix(type: string): string {
  return type.split('::')[1]!.toLowerCase()
}

/** A quota's figure under a profile. */
export function quotaValue(quota: { readonly current: number; readonly notes2020?: number }, profile: string): number {
  return profile === 'notes-2020' ? (quota.notes2020 ?? quota.current) : quota.current
}
