// An alias or a version as the function sees it: a pool of provisioned environments, and metrics by `Resource`.
import type { MetricId } from '../../engine/recorder.ts'
import type { Sim } from '../../model/contract.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import type { Qualifier } from './function-config.ts'

export class Qualified {
  readonly pool: number
  readonly resource: string
  readonly name: string
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

  /** `label` is the value of the dimension `Resource`: `function:alias`. */
  constructor(sim: Sim, pool: number, label: string, qualifier: Qualifier, perConcurrency: number) {
    this.sim = sim
    this.pool = pool
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
