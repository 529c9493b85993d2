// What a stream is: its shards, open and closed, the way from a hash key to the open one, its limits and its figures.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Config, Sim } from '../../model/contract.ts'
import { HotKeys } from '../../parts/hot-keys.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { Stretch } from '../../parts/stretch.ts'
import { FanOut, type FanOutTimers } from './fan-out.ts'
import { HashKeys, uniformRanges, type HashRange } from './hash-keys.ts'
import { inUse, limitExceeded, notFound, Refused, type Body, type Refusal } from './refusals.ts'
import { StreamMeter } from './stream-meter.ts'
import { Shard, type ShardLimits } from './shard.ts'
import { HOUR, MIB, ON_DEMAND_SHARDS, REQUESTS_PER_SECOND, SECOND } from './stream.facts.ts'

export type Mode = 'PROVISIONED' | 'ON_DEMAND'
export type Status = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'DELETED'

/** The event functions that the state schedules; `stream.ts` hands them in. */
export interface Timers extends FanOutTimers {
  readonly created: (stream: Stream) => void
  readonly deleted: (stream: Stream) => void
  readonly resharded: (stream: Stream, plan: number) => void
  readonly shardSplit: (stream: Stream, shard: number) => void
}

/** What UPDATING ends with. */
export type Reshard =
  | { readonly kind: 'split'; readonly shard: number; readonly at: bigint }
  | { readonly kind: 'merge'; readonly left: number; readonly right: number }
  | { readonly kind: 'count'; readonly count: number }

/** Availability zones in which each record lies. */
const ZONES = 3

/** Names of the series that a shard has where the stream monitors it, and those of the stream that go with them. */
export const SHARD_METRICS = [
  'IncomingBytes',
  'IncomingRecords',
  'IteratorAgeMilliseconds',
  'OutgoingBytes',
  'OutgoingRecords',
  'ReadProvisionedThroughputExceeded',
  'WriteProvisionedThroughputExceeded',
] as const

const NOTHING: Body = Object.freeze({})
const ACCOUNT = '123456789012'
const REGION = 'us-east-1'

export class Stream {
  readonly sim: Sim
  /** How errors call it, and the last part of its ARN. */
  readonly streamName: string
  status: Status = 'ACTIVE'
  mode: Mode
  /** µs. */
  retention: number
  createdAt: number
  /** Availability zones that are lost. */
  lostZones = 0
  /** The largest record that it takes, in bytes. */
  recordMax: number
  /** By number, those whose records are all gone and forgotten missing; and the open ones in the order of their ranges. */
  readonly shards = new Map<number, Shard>()
  readonly open: Shard[] = []
  nextShard = 0
  /** What the stream is updated to. */
  reshard: Reshard | null = null
  /** Names of metrics that each shard has a series of its own of. */
  monitored: readonly string[]
  readonly tags = new Map<string, string>()
  readonly fanOut: FanOut
  readonly meter = new StreamMeter()
  readonly hashes = new HashKeys()
  readonly hotKeys = new HotKeys<string>()
  /** Moments (µs) of UpdateShardCount and of changes of the mode. */
  countUpdates: number[] = []
  modeSwitches: number[] = []
  /** Records and bytes taken in; records refused; records gone at the end of the retention, and those before a reader had them. */
  written = 0
  writtenBytes = 0
  refused = 0
  expired = 0
  discarded = 0
  missed = 0
  readonly missedStretch: Stretch
  /** Records that GetRecords and pushes have handed out. */
  returned = 0
  readonly writeRefusals: Stretch
  readonly readRefusals: Stretch
  /** While the age of the oldest unread record was beyond half the retention, and the greatest age seen (µs). */
  readonly late: Stretch
  oldestAge = 0
  /** The age at the end of the last minute in which something came (µs), and by how much it grew in that minute, per time. */
  age = 0
  growth = 0
  /** Shards' open time so far, in µs of shards that are closed. */
  closedShardTime = 0
  readonly limits: ShardLimits
  readonly quotas: Readonly<Record<string, number>>
  readonly metrics: Readonly<Record<string, MetricId>>
  readonly createdTarget: Target
  readonly deletedTarget: Target
  readonly reshardedTarget: Target
  readonly shardSplitTarget: Target
  readonly createDuration: Sampler
  readonly reshardDuration: Sampler
  readonly splitAfter: Sampler
  readonly durationRng: Rng
  private readonly putLatency: Sampler
  private readonly getLatency: Sampler
  private readonly latencyRng: Rng
  private readonly windows: ReadonlyMap<string, RateWindow>

  constructor(config: Config, sim: Sim, timers: Timers, metrics: readonly string[], quotas: readonly string[]) {
    this.sim = sim
    this.missedStretch = new Stretch(sim.warmUp)
    this.readRefusals = new Stretch(sim.warmUp)
    this.writeRefusals = new Stretch(sim.warmUp)
    this.late = new Stretch(sim.warmUp)
    this.streamName = (config['Name'] as string | undefined) ?? sim.name
    this.quotas = Object.fromEntries(quotas.map((name) => [name, sim.quota(name)]))
    this.limits = {
      records: sim.quota('WriteRecords'),
      bytes: sim.quota('WriteBytes'),
      reads: sim.quota('ReadsPerSecond'),
      readBytes: sim.quota('ReadBytes'),
      iterators: sim.quota('IteratorsPerSecond'),
    }
    this.mode = (config['StreamModeDetails']?.StreamMode as Mode | undefined) ?? 'PROVISIONED'
    this.retention = config['RetentionPeriodHours'] * HOUR
    this.recordMax = config['MaxRecordSizeInKiB'] * 1024
    this.monitored = monitoredOf(config['DesiredShardLevelMetrics'] ?? [])
    this.metrics = Object.fromEntries(metrics.map((name) => [name, sim.metric(name)]))
    this.putLatency = sim.sampler('PutLatency')
    this.getLatency = sim.sampler('GetLatency')
    this.latencyRng = sim.rng('latency')
    this.createDuration = sim.sampler('CreateDuration')
    this.reshardDuration = sim.sampler('ReshardDuration')
    this.splitAfter = sim.sampler('OnDemandSplitAfter')
    this.durationRng = sim.rng('durations')
    this.createdTarget = sim.target(timers.created)
    this.deletedTarget = sim.target(timers.deleted)
    this.reshardedTarget = sim.target(timers.resharded)
    this.shardSplitTarget = sim.target(timers.shardSplit)
    this.windows = new Map(
      Object.entries(REQUESTS_PER_SECOND).map(([action, limit]) => [action, new RateWindow(limit, SECOND)]),
    )
    this.createdAt = 0
    this.fanOut = new FanOut(this, timers, (config['Consumers'] ?? []) as readonly string[])
    this.addShards(this.mode === 'ON_DEMAND' ? this.firstShards(config) : (config['ShardCount'] ?? 1), 0)
  }

  get now(): number {
    return this.sim.clock[0]
  }

  /** A moment of the run as ms since 1970. */
  millis(at: number): number {
    return Math.floor((this.sim.startsAt + at) / 1000)
  }

  /** Whole seconds since 1970. */
  get seconds(): number {
    return Math.floor((this.sim.startsAt + this.now) / SECOND)
  }

  get arn(): string {
    return `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${this.streamName}`
  }

  /** Records that are kept. */
  get kept(): number {
    let sum = 0
    for (const shard of this.shards.values()) sum += shard.log.count
    return sum
  }

  // Answers

  answerPut(call: Call, answer: unknown, status: number): number {
    const latency = this.putLatency.draw(this.latencyRng)
    this.sim.calls.answer[call] = answer
    this.sim.replyAfter(latency, call, status)
    return latency
  }

  answer(call: Call, answer: unknown, status = 0): number {
    const latency = this.getLatency.draw(this.latencyRng)
    this.sim.calls.answer[call] = answer
    this.sim.replyAfter(latency, call, status)
    return latency
  }

  refuse(call: Call, { name, http, message }: Refusal): void {
    this.answer(call, { message }, this.sim.error(name, http))
  }

  /** Answers with what `work` makes of the body, or with the exception that it throws. */
  serve(call: Call, action: Action, work: (body: Body) => unknown): void {
    if (!this.admits(call, action)) return
    try {
      this.answer(call, work((this.sim.calls.body[call] ?? NOTHING) as Body))
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      this.refuse(call, thrown.refusal)
    }
  }

  /** So many availability zones more are lost; negative = they are back. All three at once take the records with them (N.KINESIS-02). */
  loseZones(zones: number): void {
    const before = this.lostZones
    this.lostZones += zones
    if (before >= ZONES || this.lostZones < ZONES) return
    for (const shard of this.shards.values()) this.discarded += shard.log.trim(Infinity)
  }

  /** Throws unless the stream is there and takes reads and writes (KIN-24). */
  mustExist(): void {
    if (!this.isThere) throw new Refused(this.notFound)
  }

  /** Throws unless the stream is ACTIVE (KIN-50). */
  mustBeActive(): void {
    if (this.status === 'DELETED') throw new Refused(this.notFound)
    if (this.status !== 'ACTIVE')
      throw new Refused(inUse(`Stream ${this.words} not ACTIVE, instead in state ${this.status}`))
  }

  get isThere(): boolean {
    return (this.status === 'ACTIVE' || this.status === 'UPDATING') && this.lostZones < ZONES
  }

  get notFound(): Refusal {
    if (this.lostZones >= ZONES)
      return { name: 'InternalFailure', http: 500, message: 'all availability zones are lost' }
    return notFound(`Stream ${this.words} not found.`)
  }

  /** How exceptions speak of the stream. */
  get words(): string {
    return `${this.streamName} under account ${ACCOUNT}`
  }

  /** Whether a request of the control plane is within the rate of its kind; refuses it otherwise. */
  admits(call: Call, action: Action): boolean {
    const window = this.windows.get(action)
    if (window === undefined) return true
    if (window.allows(this.now)) {
      window.note(this.now)
      return true
    }
    this.refuse(
      call,
      limitExceeded(
        `Rate exceeded for stream ${this.streamName}: ${REQUESTS_PER_SECOND[action]} ${action} requests a second`,
      ),
    )
    return false
  }

  // Shards

  /** The open shard whose range holds a hash key. */
  shardFor(hash: bigint): Shard {
    const { open } = this
    let low = 0
    let high = open.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (open[middle]!.range.start <= hash) low = middle
      else high = middle - 1
    }
    return open[low]!
  }

  /** Opens the shards of a new stream (KIN-03). */
  addShards(count: number, at: number): void {
    const created = Math.floor((this.sim.startsAt + at) / SECOND)
    for (const range of uniformRanges(count)) this.open.push(this.addShard(range, [], created))
  }

  /** Makes a shard, which is not among the open ones yet; its number is one that no shard had before (KIN-04). */
  addShard(range: HashRange, parents: readonly number[], created: number): Shard {
    const shard = new Shard(this.nextShard++, range, parents, created, this.now, this.limits)
    this.shards.set(shard.number, shard)
    this.monitor(shard)
    return shard
  }

  /** Opens the series of a shard that the stream monitors. */
  monitor(shard: Shard): void {
    shard.metrics =
      this.monitored.length === 0
        ? null
        : Object.fromEntries(this.monitored.map((name) => [name, this.sim.metricWith(name, { ShardId: shard.id })]))
  }

  /** Lets go of what is older than the retention; of a closed shard without records, of the shard (KIN-53). */
  trim(shard: Shard): void {
    const horizon = this.now - this.retention
    this.expired += shard.log.trim(horizon)
    if (!shard.isOpen && shard.log.count === 0 && shard.log.closedAt < horizon) this.shards.delete(shard.number)
  }

  trimAll(): void {
    for (const shard of this.shards.values()) this.trim(shard)
  }

  /** Something came to a shard, or it closed: those who wait for it are told. */
  wake(shard: Shard): void {
    const empty = shard.log.pollers.wake(this.sim)
    if (empty > 0) this.countEmptyPolls(empty)
    if (shard.subscriptions.length > 0) this.fanOut.push(shard)
  }

  /** Polls that found nothing and cost no events. */
  countEmptyPolls(polls: number): void {
    const { sim, metrics } = this
    sim.aggregate(metrics['GetRecords.Success']!, polls, polls, 1, 1)
    sim.aggregate(metrics['GetRecords.Records']!, polls, 0, 0, 0)
    sim.aggregate(metrics['GetRecords.Bytes']!, polls, 0, 0, 0)
  }

  /** Hours of open shards so far: what a provisioned stream is billed by (N.KINESIS-07). */
  get shardHours(): number {
    let sum = this.closedShardTime
    for (const shard of this.open) sum += this.now - shard.openedAt
    return sum / HOUR
  }

  /** Notes how old the oldest record is that a reader of a shard has yet to read. */
  noteAge(shard: Shard): void {
    const age = shard.ageAt(this.now)
    if (age > this.oldestAge) this.oldestAge = age
    if (age > this.retention / 2) this.late.note(this.now)
  }

  private firstShards(config: Config): number {
    const warm = Number(config['WarmThroughputMiBps'] ?? 0)
    return Math.min(
      this.quotas['OnDemandShards']!,
      Math.max(ON_DEMAND_SHARDS, Math.ceil((warm * MIB) / this.limits.bytes)),
    )
  }
}

/** `ALL` stands for every metric of a shard. */
export function monitoredOf(names: readonly string[]): readonly string[] {
  return names.includes('ALL') ? SHARD_METRICS : SHARD_METRICS.filter((name) => names.includes(name))
}
