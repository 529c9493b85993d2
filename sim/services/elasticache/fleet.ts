// The nodes of a cache together: which of them has a key, how a command is carried out there, what happens when one is lost.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { CacheStore, type EvictionPolicy } from '../../parts/cache-store.ts'
import { HashRing, moduloNode, shardOfSlot, slotOf } from '../../parts/key-slots.ts'
import { Stretch } from '../../parts/stretch.ts'
import { Absences } from './absences.ts'
import { Node } from './node.ts'
import { Shard } from './shard.ts'

const SECOND = 1_000_000

/** What the rooms make of their properties. */
export interface FleetPlan {
  readonly engine: 'redis' | 'memcached'
  readonly shards: number
  /** Per shard. */
  readonly replicas: number
  /** Whether a replica takes a lost primary's place by itself. */
  readonly failover: boolean
  /** Bytes for items per node, 0 = without limit; processors of a node. */
  readonly memory: number
  readonly processors: number
  readonly policy: EvictionPolicy
  /** ElastiCache processing units a second, 0 = without limit: a serverless cache. */
  readonly unitsPerSecond: number
  /** `maxmemory-samples` where the policy is approximated. */
  readonly samples: number
}

/** Event functions of the rooms, by target. */
export interface FleetEvents {
  readonly promoted: Target
  readonly replaced: Target
  readonly rebooted: Target
}

/** What every command may fail with: no node, no answer in time, no connection, no unit left. */
export const FAILURES = ['ConnectionError', 'CommandTimeout', 'MaxClientsReached', 'CommandThrottled'] as const

/** What a command does to an item. */
export type Access = 'read' | 'write'

export class Fleet {
  readonly sim: Sim
  readonly config: Config
  readonly plan: FleetPlan
  readonly shards: Shard[] = []
  /** Commands answered, by kind; and what they found. */
  readonly commands = { read: 0, write: 0 }
  hits = 0
  misses = 0
  /** Commands that found no node, no connection or no memory, or that their client gave up. */
  readonly unreachable: Stretch
  readonly unconnected: Stretch
  readonly outOfMemory: Stretch
  readonly timedOut: Stretch
  readonly throttled: Stretch
  /** When failovers were tested, within the last 24 hours. */
  tests: number[] = []
  /** Nodes that were lost. */
  readonly losses: Stretch
  readonly absences: Absences
  /** The answer of a read replica in place of the primary's, one after the other. */
  private turn = 0
  /** Processing units used in a second. */
  private unitsSecond = -1
  private units = 0
  /** Hits and reads until the last reading of the rate of a minute, when that was, and what it was. */
  private rateAt = 0
  private rateHits = 0
  private rateReads = 0
  private lastRate = NaN
  private readonly readsReplicas: boolean
  private readonly ring: HashRing | null
  private readonly nodeOfKey = new Map<string, number>()
  private readonly commandTime: Sampler
  private readonly network: Sampler
  private readonly lag: Sampler
  private readonly replacement: Sampler
  private readonly detection: Sampler
  private readonly promotion: Sampler
  private readonly rebootTime: Sampler
  private readonly commandRng: Rng
  private readonly networkRng: Rng
  private readonly lagRng: Rng
  private readonly failureRng: Rng
  private readonly timeout: number
  private readonly events: FleetEvents
  readonly status: {
    readonly connection: number
    readonly timeout: number
    readonly memory: number
    readonly clients: number
    readonly wrong: number
    readonly throttled: number
  }
  readonly metrics: Readonly<Record<string, MetricId>>

  constructor(config: Config, sim: Sim, metricNames: readonly string[], events: FleetEvents) {
    this.sim = sim
    this.config = config
    this.events = events
    this.plan = config['Plan'] as FleetPlan
    const { plan } = this
    this.unreachable = new Stretch(sim.warmUp)
    this.unconnected = new Stretch(sim.warmUp)
    this.outOfMemory = new Stretch(sim.warmUp)
    this.timedOut = new Stretch(sim.warmUp)
    this.throttled = new Stretch(sim.warmUp)
    this.losses = new Stretch(sim.warmUp)
    this.absences = new Absences(sim.warmUp)
    this.commandTime = sim.sampler('CommandTime')
    this.network = sim.sampler('NetworkTime')
    this.replacement = sim.sampler('ReplacementTime')
    this.lag = sim.sampler('ReplicationLag')
    this.detection = sim.sampler('DetectionTime')
    this.promotion = sim.sampler('PromotionTime')
    this.rebootTime = sim.sampler('RebootTime')
    this.commandRng = sim.rng('commands')
    this.networkRng = sim.rng('network')
    this.lagRng = sim.rng('lag')
    this.failureRng = sim.rng('failures')
    this.timeout = sim.sampler('CommandTimeout').mean
    this.readsReplicas = sim.choice('ReadFrom') === 'replica'
    const hashing = sim.choice('ClientHashing')
    const names = Array.from({ length: plan.shards }, (_, i) => `${sim.name}.${String(i + 1).padStart(4, '0')}`)
    this.ring = plan.engine === 'memcached' && hashing === 'consistent' && plan.shards > 1 ? new HashRing(names) : null
    const overhead = sim.sampler('ItemOverhead').mean
    const memory = sim.sampler('NodeMemory').mean
    const threads = plan.unitsPerSecond > 0 ? 0 : plan.engine === 'memcached' ? plan.processors : 1
    const connections = sim.quota('ConnectionsPerNode')
    for (let i = 0; i < plan.shards; i++) {
      const store = new CacheStore({
        policy: plan.policy,
        samples: plan.samples,
        maxBytes: memory === 0 ? Infinity : memory,
        overhead,
        rng: sim.rng(`eviction ${i}`),
      })
      this.shards.push(
        new Shard(
          store,
          Array.from({ length: plan.replicas + 1 }, (_, number) => new Node(number, threads, connections)),
        ),
      )
    }
    this.status = {
      connection: sim.error('ConnectionError', 0),
      timeout: sim.error('CommandTimeout', 0),
      memory: sim.error('OutOfMemory', 0),
      clients: sim.error('MaxClientsReached', 0),
      wrong: sim.error('WrongCommand', 0),
      throttled: sim.error('CommandThrottled', 0),
    }
    this.metrics = Object.fromEntries(metricNames.map((name) => [name, sim.metric(name)]))
  }

  /** Whether a serverless cache has done all that it may in this second; the command is then refused (EC-R6). */
  refuses(call: Call): boolean {
    const { plan, sim } = this
    if (plan.unitsPerSecond === 0) return false
    const second = Math.floor(sim.clock[0] / SECOND)
    if (second !== this.unitsSecond) {
      this.unitsSecond = second
      this.units = 0
    }
    if (this.units < plan.unitsPerSecond) return false
    this.throttled.note(sim.clock[0])
    sim.count(this.metrics['ThrottledCmds']!, 1)
    sim.replyAfter(this.network.draw(this.networkRng), call, this.status.throttled)
    return true
  }

  /** What a command has cost: a unit for each KB that it moved, one at least. */
  charge(bytes: number): void {
    if (this.plan.unitsPerSecond === 0) return
    const units = Math.max(1, Math.ceil(bytes / 1024))
    this.units += units
    this.sim.count(this.metrics['ElastiCacheProcessingUnits']!, units)
  }

  /** The shard of a key: by its slot, or as the client's library chooses a node. */
  shardOf(key: string): Shard {
    const { shards } = this
    if (shards.length === 1) return shards[0]!
    let at = this.nodeOfKey.get(key)
    if (at === undefined) {
      if (this.plan.engine === 'redis') at = shardOfSlot(slotOf(key), shards.length)
      else at = this.ring === null ? moduloNode(key, shards.length) : this.ring.nodeOf(key)
      if (this.nodeOfKey.size < KEYS_REMEMBERED) this.nodeOfKey.set(key, at)
    }
    return shards[at]!
  }

  /** The node that a command goes to: the primary, or a replica where those are read. Null when it is gone. */
  nodeFor(shard: Shard, access: Access): Node | null {
    const { nodes } = shard
    if (access === 'read' && this.readsReplicas && shard.replicas > 0) {
      for (;;) {
        const node = nodes[1 + (this.turn++ % (nodes.length - 1))]!
        if (!node.isDown) return node
      }
    }
    return shard.primary.isDown ? null : shard.primary
  }

  /** Answers a command that found nobody: the client waits for as long as it waits for an answer. */
  failConnection(call: Call): void {
    this.unreachable.note(this.sim.clock[0])
    this.sim.replyAfter(this.timeout, call, this.status.connection)
  }

  /** Whether a node has no connection left for a command; it is then refused and does nothing. */
  turnsAway(call: Call, node: Node): boolean {
    const { sim } = this
    const now = sim.clock[0]
    if (node.accepts(now)) return false
    this.unconnected.note(now)
    sim.replyAfter(this.network.draw(this.networkRng), call, this.status.clients)
    return true
  }

  /**
   * Answers a command that has been carried out on a node, when its turn has come and the answer is back. What it did stands,
   * also where the client has given up by then.
   */
  answer(call: Call, node: Node, access: Access, status: number): void {
    const { sim, metrics } = this
    const now = sim.clock[0]
    const work = this.commandTime.draw(this.commandRng)
    const done = node.take(now, work)
    this.commands[access]++
    if (access === 'read') this.countRead(metrics, work)
    else this.countWrite(metrics, work)
    const delay = done - now + this.network.draw(this.networkRng)
    if (delay > this.timeout) {
      this.timedOut.note(now)
      sim.calls.answer[call] = undefined
      sim.replyAfter(this.timeout, call, this.status.timeout)
      return
    }
    sim.replyAfter(delay, call, status)
  }

  private countRead(metrics: Readonly<Record<string, MetricId>>, work: number): void {
    if (this.plan.engine === 'memcached') return this.sim.count(metrics['CmdGet']!, 1)
    this.sim.count(metrics['GetTypeCmds']!, 1)
    this.sim.record(metrics['GetTypeCmdsLatency']!, work)
  }

  private countWrite(metrics: Readonly<Record<string, MetricId>>, work: number): void {
    if (this.plan.engine === 'memcached') return
    this.sim.count(metrics['SetTypeCmds']!, 1)
    this.sim.record(metrics['SetTypeCmdsLatency']!, work)
  }

  /** A read has found something, or nothing. */
  noteRead(key: string, isHit: boolean): void {
    const { sim, metrics } = this
    if (isHit) this.hits++
    else {
      this.misses++
      this.absences.missed(key, sim.clock[0])
    }
    const [hit, miss] = this.plan.engine === 'memcached' ? ['GetHits', 'GetMisses'] : ['CacheHits', 'CacheMisses']
    sim.count(metrics[isHit ? hit : miss]!, 1)
  }

  /** Publishes what a shard has evicted and let expire since this was asked last. */
  settle(shard: Shard): void {
    const { sim, metrics } = this
    const { store } = shard
    if (store.evictions > shard.seenEvictions) sim.count(metrics['Evictions']!, store.evictions - shard.seenEvictions)
    if (store.expirations > shard.seenExpirations)
      sim.count(metrics['Reclaimed']!, store.expirations - shard.seenExpirations)
    shard.seenEvictions = store.evictions
    shard.seenExpirations = store.expirations
  }

  /** How long a write is on its way to the replicas. */
  drawLag(): number {
    return this.lag.draw(this.lagRng)
  }

  // Nodes that are lost

  /** A node is lost. A primary's place is taken by a replica, or it comes back empty; a replica is replaced (EC-R20 to EC-R24). */
  lose(shardNumber: number, at: number): void {
    const { sim, plan } = this
    const shard = this.shards[shardNumber]!
    const node = shard.nodes[at]!
    const now = sim.clock[0]
    if (node.isDown) return
    this.losses.note(now)
    node.isDown = true
    node.reset(now)
    const handle = shardNumber * (plan.replicas + 1) + node.number
    const isPrimary = node === shard.primary
    if (isPrimary) {
      // Without any replica the items were nowhere else (EC-R17, EC-R22).
      if (shard.replicas === 0) shard.clear()
      else shard.loseUnseen(now)
    } else if (shard.primary.isDown && shard.replicas === 0) shard.clear()
    if (isPrimary && plan.failover && shard.replicas > 0) {
      const after = this.detection.draw(this.failureRng) + this.promotion.draw(this.failureRng)
      sim.after(after, this.events.promoted, handle)
    } else this.replace(handle)
  }

  /** A node is rebooted: its items are gone, and it answers again after a while. */
  reboot(shardNumber: number, at: number): void {
    const shard = this.shards[shardNumber]!
    const node = shard.nodes[at]!
    if (node.isDown) return
    node.isDown = true
    node.reset(this.sim.clock[0])
    if (node === shard.primary) shard.clear()
    const handle = shardNumber * (this.plan.replicas + 1) + node.number
    this.sim.after(this.rebootTime.draw(this.failureRng), this.events.rebooted, handle)
  }

  /** A replica is the new primary; the lost node is being replaced (EC-R20). */
  promoted(handle: number): void {
    const { nodes } = this.shardAt(handle)
    const next = nodes.findIndex((node, i) => i > 0 && !node.isDown)
    if (next > 0) [nodes[0], nodes[next]] = [nodes[next]!, nodes[0]!]
    this.replace(handle)
  }

  /** A node that was lost has been replaced. */
  replaced(handle: number): void {
    const { nodes } = this.shardAt(handle)
    nodes.find(({ number }) => number === handle % nodes.length)!.isDown = false
  }

  private replace(handle: number): void {
    this.sim.after(this.replacement.draw(this.failureRng), this.events.replaced, handle)
  }

  private shardAt(handle: number): Shard {
    return this.shards[Math.floor(handle / (this.plan.replicas + 1))]!
  }

  // Sums over all shards, as metrics and cards show them

  sum(of: (shard: Shard) => number): number {
    let total = 0
    for (const shard of this.shards) total += of(shard)
    return total
  }

  get items(): number {
    return this.sum(({ store }) => store.items)
  }

  get bytes(): number {
    return this.sum(({ store }) => store.bytes)
  }

  /** Bytes that fit into all shards; Infinity where memory is not limited. */
  get maxBytes(): number {
    return this.sum(({ store }) => store.maxBytes)
  }

  /** The share of the reads that were hits, since the beginning; NaN before any. */
  get hitRatio(): number {
    return this.hits / (this.hits + this.misses)
  }

  /** The busiest node's share of the time since it was last asked, 0..1. */
  busyShare(now: number): number {
    let most = 0
    for (const { nodes } of this.shards) for (const node of nodes) most = Math.max(most, node.busyShare(now))
    return most
  }

  /** Hits among the reads since this was asked last, in percent; asked again at the same time, the same. NaN without reads. */
  hitRateOfMinute(now: number): number {
    if (now !== this.rateAt) {
      const [hits, reads] = [this.hits - this.rateHits, this.hits + this.misses - this.rateReads]
      this.lastRate = (hits / reads) * 100
      this.rateAt = now
      this.rateHits = this.hits
      this.rateReads = this.hits + this.misses
    }
    return this.lastRate
  }

  /** How far the replicas that are furthest behind are behind, in µs. */
  lagNow(now: number): number {
    return Math.max(...this.shards.map((shard) => shard.lag(now)))
  }

  get connections(): number {
    return this.sum(({ nodes }) => nodes.reduce((sum, node) => sum + node.connections, 0))
  }

  /** Whether anything may expire: then the minute's figures change without an event. */
  minuteEnded(time: number): boolean {
    let isVolatile = false
    for (const shard of this.shards) {
      shard.store.expire(time)
      this.settle(shard)
      if (shard.store.volatileItems > 0) isVolatile = true
    }
    return isVolatile
  }

  /** Whether something failed here within the last seconds. */
  isFailing(): boolean {
    const recent = ({ total, last }: Stretch): boolean => total > 0 && this.sim.clock[0] - last < 5 * SECOND
    return this.shards.some(({ primary }) => primary.isDown) || recent(this.unreachable) || recent(this.outOfMemory)
  }
}

/** Nodes of keys are kept up to this many, because a hash costs more than all else. */
const KEYS_REMEMBERED = 100_000
