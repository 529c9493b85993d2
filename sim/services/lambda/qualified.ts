// An alias or a version as the function sees it: a pool of provisioned environments, and metrics by `Resource`.
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sim } from '../../model/contract.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import type { Qualifier, Route } from './function-config.ts'
import type { FunctionVersion } from './versions.ts'

/** What is counted of one version under a name. */
interface Executed {
  readonly invocations: MetricId
  readonly errors: MetricId
  readonly duration: MetricId
}

export class Qualified {
  readonly number: number
  readonly resource: string
  /** Empty once its version is deleted. */
  name: string
  /** The versions that it stands for, and how many requests it has taken since then. */
  route: Route
  private taken = 0
  /** Provisioned environments asked for, usable, existing (more than usable while surplus ones finish), and serving. */
  wanted = 0
  ready = 0
  rows = 0
  busy = 0
  /** Requests in progress. */
  running = 0
  /** The timer of an allocation under way; −1 = none. */
  timer = -1
  readonly rate = new TokenBucket(0, 0)
  readonly perConcurrency: number
  readonly invocations: MetricId
  readonly errors: MetricId
  readonly throttles: MetricId
  readonly duration: MetricId
  readonly concurrent: MetricId
  readonly provisionedInvocations: MetricId
  readonly spillover: MetricId
  readonly provisionedConcurrent: MetricId
  readonly utilization: MetricId
  private readonly sim: Sim
  private readonly label: string
  private readonly byVersion: Executed[] = []
  /** Chooses between two versions; null = in turn. */
  private readonly rng: Rng | null

  /** `number` counts the function's names from 1; `label` is the value of the dimension `Resource`: `function:alias`. */
  constructor(sim: Sim, number: number, label: string, qualifier: Qualifier, perConcurrency: number) {
    this.sim = sim
    this.number = number
    this.label = label
    this.route = qualifier.route
    this.rng = sim.choice('AliasChoice') === 'random' ? sim.rng(`alias ${qualifier.name}`) : null
    this.resource = qualifier.resource
    this.name = qualifier.name
    this.perConcurrency = perConcurrency
    const dimensions = { Resource: label }
    this.invocations = sim.metricWith('Invocations', dimensions)
    this.errors = sim.metricWith('Errors', dimensions)
    this.throttles = sim.metricWith('Throttles', dimensions)
    this.duration = sim.metricWith('Duration', dimensions)
    this.concurrent = sim.metricWith('ConcurrentExecutions', dimensions)
    this.provisionedInvocations = sim.metricWith('ProvisionedConcurrencyInvocations', dimensions)
    this.spillover = sim.metricWith('ProvisionedConcurrencySpilloverInvocations', dimensions)
    this.provisionedConcurrent = sim.metricWith('ProvisionedConcurrentExecutions', dimensions)
    this.utilization = sim.metricWith('ProvisionedConcurrencyUtilization', dimensions)
  }

  get isAlias(): boolean {
    return !/^[0-9]+$/.test(this.name)
  }

  /** Points it at other versions. */
  reroute(route: Route): void {
    this.route = route
    this.taken = 0
  }

  /** The version that the next request runs (LAM-70). */
  choose(): number {
    const { version, second, weight } = this.route
    if (weight === 0) return version
    if (this.rng !== null) return this.rng.float() < weight ? second : version
    const before = Math.floor(this.taken * weight)
    return Math.floor(++this.taken * weight) > before ? second : version
  }

  /** The metrics of the function's nth version under this name, by `ExecutedVersion` (LAM-71). */
  executed(version: number): Executed {
    return this.byVersion[version]
  }

  /** Opens the metrics of the function's next version under this name. */
  addVersion(version: FunctionVersion): void {
    const dimensions = { Resource: this.label, ExecutedVersion: version.label }
    this.byVersion.push(this.open(dimensions))
  }

  private open(dimensions: Readonly<Record<string, string>>): Executed {
    return {
      invocations: this.sim.metricWith('Invocations', dimensions),
      errors: this.sim.metricWith('Errors', dimensions),
      duration: this.sim.metricWith('Duration', dimensions),
    }
  }

  /** The number of provisioned environments has changed: ten requests per second for each (LAM-31). */
  resize(ready: number): void {
    const rate = ready * this.perConcurrency
    const grown = rate - this.rate.burst
    this.ready = ready
    this.rate.resize(this.sim.clock[0], rate, rate)
    if (grown > 0) this.rate.give(grown)
    this.report()
  }

  /** A provisioned environment begins or ends to serve. */
  serve(change: 1 | -1): void {
    this.busy += change
    this.report()
  }

  /** A request under this name begins or ends. */
  run(change: 1 | -1): void {
    this.running += change
    this.sim.level(this.concurrent, this.running)
  }

  private report(): void {
    this.sim.level(this.provisionedConcurrent, this.busy)
    this.sim.level(this.utilization, this.ready === 0 ? 0 : this.busy / this.ready)
  }
}
