// What a table or a global secondary index may consume, with the books of it: who asks is let in or turned away, and pays.
import type { MetricId } from '../../engine/recorder.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { HotKeys } from '../../parts/hot-keys.ts'
import { Stretch } from '../../parts/stretch.ts'
import { ADMITTED, Capacity, isOfPartition, OUTGROWN, REASONS, type BillingMode, type Figures } from './capacity.ts'
import { Changes } from './changes.ts'
import type { KeyValue } from './items.ts'
import type { Item } from './values.ts'

export class Throughput {
  readonly capacity: Capacity
  readonly hotKeys = new HotKeys<KeyValue>()
  /** Requests refused, by reason, reads then writes. */
  readonly refusals: readonly Stretch[]
  /** Settings on their way. */
  readonly changes = new Changes()
  /** Why the last request was turned away, as the place of its reason. */
  lastReason = ADMITTED
  /** When (µs) a request was turned away last. */
  throttledAt = -Infinity
  /** What was served per second on demand when traffic outgrew it first, reads and writes; 0 = it has not. */
  readonly outgrown: [read: number, write: number] = [0, 0]
  /** The partition of the last request that was asked about. */
  partition = 0
  private readonly sim: Sim
  private readonly readUnits: MetricId
  private readonly writeUnits: MetricId
  private readonly readThrottles: MetricId
  private readonly writeThrottles: MetricId
  /** By reason, read then write. */
  private readonly reasonMetrics: readonly MetricId[]
  private readonly reasonAnswers: readonly Item[]

  /** `settings` are the members of a table or an index in the template; `bytes` lie there from the start; `index` is the index's name. */
  constructor(sim: Sim, figures: Figures, mode: BillingMode, settings: Config, bytes: number, index?: string) {
    this.sim = sim
    const throughput = settings['ProvisionedThroughput'] as Config | undefined
    const onDemand = settings['OnDemandThroughput'] as Config | undefined
    const warm = settings['WarmThroughput'] as Config | undefined
    const provisioned = mode === 'PROVISIONED'
    this.capacity = new Capacity(
      figures,
      mode,
      provisioned ? ((throughput?.['ReadCapacityUnits'] as number | undefined) ?? 0) : 0,
      provisioned ? ((throughput?.['WriteCapacityUnits'] as number | undefined) ?? 0) : 0,
      [
        (onDemand?.['MaxReadRequestUnits'] as number | undefined) ?? Infinity,
        (onDemand?.['MaxWriteRequestUnits'] as number | undefined) ?? Infinity,
      ],
      [
        (warm?.['ReadUnitsPerSecond'] as number | undefined) ?? 0,
        (warm?.['WriteUnitsPerSecond'] as number | undefined) ?? 0,
      ],
      bytes,
    )
    this.capacity.meter.changed(this.capacity, sim.clock[0])
    this.refusals = [...REASONS, ...REASONS].map(() => new Stretch(sim.warmUp))
    const metric = (name: string): MetricId =>
      index === undefined ? sim.metric(name) : sim.metricWith(name, { GlobalSecondaryIndexName: index })
    this.readUnits = metric('ConsumedReadCapacityUnits')
    this.writeUnits = metric('ConsumedWriteCapacityUnits')
    this.readThrottles = metric('ReadThrottleEvents')
    this.writeThrottles = metric('WriteThrottleEvents')
    const kinds = ['Read', 'Write'].flatMap((direction) => REASONS.map((reason) => [direction, reason] as const))
    this.reasonMetrics = kinds.map(([direction, reason]) =>
      reason === '' ? -1 : metric(`${direction}${reason}ThrottleEvents`),
    )
    const resource = index === undefined ? sim.name : `${sim.name}/index/${index}`
    this.reasonAnswers = kinds.map(([direction, why]) => {
      const reason = `${index === undefined ? 'Table' : 'Index'}${direction}${why}Exceeded`
      return Object.freeze({ ThrottlingReasons: Object.freeze([Object.freeze({ reason, resource })]) })
    })
  }

  /** Whether capacity lets a request for the hash pass. If not, counts the throttle; `lastReason` says why. */
  admit(hash: number, write: boolean): boolean {
    const { capacity, sim } = this
    const partition = capacity.partitions.of(hash)
    this.partition = partition
    const now = sim.clock[0]
    const reason = capacity.admits(partition, now, write)
    if (reason === ADMITTED) return true
    const place = (write ? REASONS.length : 0) + reason
    this.lastReason = place
    this.throttledAt = now
    this.refusals[place].note(now)
    if (reason === OUTGROWN && this.refusals[place].count === 1)
      this.outgrown[write ? 1 : 0] = write ? capacity.writeRate : capacity.readRate
    capacity.partitions.countThrottle(partition, isOfPartition(reason))
    sim.count(write ? this.writeThrottles : this.readThrottles, 1)
    sim.count(this.reasonMetrics[place], 1)
    return false
  }

  /** Charges units to the partition of the request admitted last and to the key. */
  charge(hash: number, pk: KeyValue, units: number, write: boolean): void {
    this.capacity.spend(this.partition, this.sim.clock[0], units, write)
    this.hotKeys.touch(hash, pk, units)
    this.sim.count(write ? this.writeUnits : this.readUnits, units)
  }

  /** Charges units to the partition of a hash and to the key, whoever was admitted last. */
  chargeAt(hash: number, pk: KeyValue, units: number, write: boolean): void {
    this.partition = this.capacity.partitions.of(hash)
    this.charge(hash, pk, units, write)
  }

  /** Charges a part of a Scan to the partition of a hash; no one key. */
  chargeRange(hash: number, units: number): void {
    this.capacity.spend(this.capacity.partitions.of(hash), this.sim.clock[0], units, false)
  }

  countReadUnits(units: number): void {
    this.sim.count(this.readUnits, units)
  }

  /** What a request is told that was just turned away (DDB-R56). */
  get reasonAnswer(): Item {
    return this.reasonAnswers[this.lastReason]
  }
}
