// What one replica of a global table tells the others, and what it makes of what they tell.
//
// The one idea: every version of an item carries how many writes of each region it has seen. A version that has seen all that
// another has is newer; two that have not seen each other were written at the same time, and of those the later one wins
// everywhere (DGT-R2), so that all replicas agree in the end whatever the order in which changes arrive.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import { writeUnits } from './capacity.ts'
import { PLANNED } from './indexes.ts'
import type { Table } from './state.ts'
import type { Item } from './values.ts'

/** A replica elsewhere, as the config names it. */
export interface Other {
  readonly name: string
  readonly region: string
}

/** When and where something was written, and how many writes of each region it has seen. */
interface Origin {
  readonly at: number
  readonly region: number
  readonly seen: readonly number[]
}

/** What a replica has of a key. */
interface Version extends Origin {
  readonly isDeleted: boolean
}

/** A change on its way. `item` null = deleted. */
export interface Change extends Origin {
  readonly key: Item
  readonly item: Item | null
  readonly bytes: number
}

/** Thrown by a write that the other regions do not let happen. */
export class NotReplicated extends Error {
  override readonly name = 'NotReplicated'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface ReplicationEvents {
  readonly due: EventFunction<Table>
  readonly answered: EventFunction<Table>
}

/** What a replica keeps of another one. */
class Peer {
  readonly name: string
  readonly edge: number
  readonly latency: MetricId
  readonly pendingMetric: MetricId
  pending = 0
  /** Changes that wait until both replicate again. */
  parked: number[] = []

  constructor(name: string, edge: number, latency: MetricId, pendingMetric: MetricId) {
    this.name = name
    this.edge = edge
    this.latency = latency
    this.pendingMetric = pendingMetric
  }
}

const OLDER = -1
const NEWER = 1
const CONCURRENT = 0
/** So many versions of deleted items are kept at least before any is forgotten. */
const DELETED_LEAST = 1_024

export class Replication {
  readonly region: string
  /** Whether a write waits for another region, and none can be lost (DGT-R9). */
  readonly isStrong: boolean
  /** Cut off from the other regions. */
  isPaused = false
  /** Own changes by what became of them; what was taken from others; own writes that a later one of another region replaced. */
  sent = 0
  arrived = 0
  taken = 0
  readonly overwritten: Stretch
  readonly throttled: Stretch
  readonly conflicts: Stretch
  /** Units that replicated writes have cost here. */
  replicatedUnits = 0
  private readonly sim: Sim
  readonly table: Table
  private readonly regions: readonly string[]
  private readonly own: number
  private readonly peers: readonly Peer[]
  readonly versions = new Map<string, Version>()
  /** Deleted ones among them; from how many on they are looked through. */
  private deletedVersions = 0
  private tooMany = DELETED_LEAST
  private readonly changes = new Map<number, { readonly peer: Peer; readonly change: Change }>()
  private numbers = 0
  /** The change that is being written here, of another region; null = a client writes. */
  private taking: Change | null = null
  /** Strong: until when (µs) an item is being written, by key. */
  private readonly writing = new Map<string, number>()
  private delay = 0
  private readonly lag: Sampler
  private readonly retry: Sampler
  private readonly roundTrip: Sampler
  private readonly rng: Rng
  private readonly due: Target
  private readonly busyStatus: number
  private readonly cutOffStatus: number
  private readonly throttledStatus: number
  private readonly overwrittenMetric: MetricId

  constructor(table: Table, config: Config, sim: Sim, events: ReplicationEvents) {
    this.sim = sim
    this.table = table
    this.region = config['Region'] as string
    this.isStrong = config['MultiRegionConsistency'] === 'STRONG'
    const others = config['Others'] as readonly Other[]
    this.regions = [this.region, ...others.map(({ region }) => region)].sort()
    this.own = this.regions.indexOf(this.region)
    this.overwritten = new Stretch(sim.warmUp)
    this.throttled = new Stretch(sim.warmUp)
    this.conflicts = new Stretch(sim.warmUp)
    this.lag = sim.sampler('ReplicationDelay')
    this.retry = sim.sampler('ReplicationRetry')
    this.roundTrip = sim.sampler('RegionRoundTrip')
    this.rng = sim.rng('replication')
    this.due = sim.target(events.due)
    this.busyStatus = sim.error('ReplicatedWriteConflictException', 400)
    this.cutOffStatus = sim.error('InternalServerError', 500)
    this.throttledStatus = sim.error('ThrottlingException', 400)
    this.overwrittenMetric = sim.metric('OverwrittenWrites')
    this.peers = others.map(({ name, region }) => {
      const dimensions = { ReceivingRegion: region }
      return new Peer(
        name,
        sim.edge(name, 'dynamodb:ReplicateItem', events.answered),
        this.isStrong ? -1 : sim.metricWith('ReplicationLatency', dimensions),
        sim.metricWith('PendingReplicationCount', dimensions),
      )
    })
  }

  get pending(): number {
    return this.peers.reduce((sum, peer) => sum + peer.pending, 0)
  }

  /** The other replicas. */
  tables(): readonly Table[] {
    return this.peers.map(({ name }) => this.sim.peer<Table>(name))
  }

  /** The change that has waited longest, and for which region; undefined when none waits. */
  oldest(): { readonly at: number; readonly region: string } | undefined {
    let oldest: { at: number; region: string } | undefined
    for (const { peer, change } of this.changes.values())
      if (oldest === undefined || change.at < oldest.at) oldest = { at: change.at, region: this.at(peer).region }
    return oldest
  }

  // A client writes here

  /** Before any write of a client: what must be true elsewhere. Throws `NotReplicated`. */
  beforeWrite(): void {
    if (!this.isStrong || this.taking !== null) return
    if (this.isPaused || this.peers.every((peer) => this.at(peer).isPaused))
      throw new NotReplicated(this.cutOffStatus, 'no other region can be reached')
    const key = keyText(this.table.keyOf(this.table.keyRead()))
    if (this.peers.some((peer) => (this.at(peer).writing.get(key) ?? 0) > this.sim.clock[0]))
      throw new NotReplicated(this.busyStatus, 'the item is being written in another region')
  }

  /** After every write here: the new version goes to the others. */
  written(key: Item, item: Item | null, bytes: number): void {
    const text = keyText(key)
    const { taking } = this
    const present = this.versions.get(text)
    const isDeleted = item === null
    if (taking !== null) {
      const { at, region } = taking
      this.note(text, { at, region, seen: merged(taking.seen, present?.seen), isDeleted })
      return
    }
    const seen = this.regions.map((_, i) => (present?.seen[i] ?? 0) + (i === this.own ? 1 : 0))
    const change: Change = { key, item, bytes, at: this.sim.clock[0], region: this.own, seen }
    this.note(text, { at: change.at, region: change.region, seen, isDeleted })
    if (this.isStrong) this.commit(text, change)
    else for (const peer of this.peers) this.send(peer, change, this.lag.draw(this.rng))
    // Only now: the change itself is on its way.
    if (this.deletedVersions > this.tooMany) this.forgetDeleted()
  }

  private note(key: string, version: Version): void {
    this.deletedVersions += Number(version.isDeleted) - Number(this.versions.get(key)?.isDeleted ?? false)
    this.versions.set(key, version)
  }

  /**
   * Forgets what was deleted everywhere and of which no change is on its way any more. All replicas forget it at once: one alone would
   * begin to count its writes anew, and the others would take them for old.
   */
  private forgetDeleted(): void {
    const all = [this, ...this.peers.map((peer) => this.at(peer))]
    const onTheWay = new Set<string>()
    for (const { changes } of all) for (const { change } of changes.values()) onTheWay.add(keyText(change.key))
    for (const [key, { isDeleted }] of this.versions)
      if (isDeleted && !onTheWay.has(key) && all.every(({ versions }) => versions.get(key)?.isDeleted !== false))
        for (const replica of all) replica.forget(key)
    this.tooMany = Math.max(DELETED_LEAST, 2 * this.deletedVersions)
  }

  private forget(key: string): void {
    if (this.versions.delete(key)) this.deletedVersions--
  }

  /** What the write just done waits for another region, in µs. */
  takeDelay(): number {
    const { delay } = this
    this.delay = 0
    return delay
  }

  /** Strong: all regions that can be reached have it at once, and the client hears of it after a round trip. */
  private commit(key: string, change: Change): void {
    this.delay = this.roundTrip.draw(this.rng)
    this.writing.set(key, this.sim.clock[0] + this.delay)
    if (this.writing.size > 4096) this.forgetWriting()
    for (const peer of this.peers) {
      this.sent++
      if (!this.at(peer).table.life.isThere) this.arrived++
      else if (this.at(peer).isPaused) this.park(peer, change)
      else {
        this.arrived++
        this.at(peer).adopt(change)
      }
    }
  }

  private forgetWriting(): void {
    for (const [key, until] of this.writing) if (until <= this.sim.clock[0]) this.writing.delete(key)
  }

  private send(peer: Peer, change: Change, delay: number): void {
    this.sent++
    const number = this.remember(peer, change)
    this.sim.after(delay, this.due, number)
  }

  private park(peer: Peer, change: Change): void {
    peer.parked.push(this.remember(peer, change))
  }

  private remember(peer: Peer, change: Change): number {
    const number = this.numbers++ | 0
    this.changes.set(number, { peer, change })
    peer.pending++
    this.sim.level(peer.pendingMetric, peer.pending)
    return number
  }

  // On the way

  /** A change reaches the other region, or waits until it can. */
  dueNow(number: number): void {
    const { peer, change } = this.changes.get(number)!
    // A replica that was deleted hears of nothing any more.
    if (!this.at(peer).table.life.isThere) return this.settled(number, peer)
    if (this.isPaused || this.at(peer).isPaused) {
      peer.parked.push(number)
      return
    }
    const { sim } = this
    const call = sim.open(peer.edge, number, 0)
    sim.calls.body[call] = change
    sim.send(call)
  }

  /** The other replica has taken the change, or has no capacity for it now. */
  answered(call: Call): void {
    const { sim } = this
    const number = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    sim.close(call)
    const { peer, change } = this.changes.get(number)!
    if (status !== 0) {
      this.sim.after(this.retry.draw(this.rng), this.due, number)
      return
    }
    this.settled(number, peer)
    if (!this.isStrong) sim.record(peer.latency, sim.clock[0] - change.at)
  }

  private settled(number: number, peer: Peer): void {
    this.changes.delete(number)
    this.arrived++
    peer.pending--
    this.sim.level(peer.pendingMetric, peer.pending)
  }

  /** Cuts this replica off from the others, or joins it to them again: what has waited is then sent, both ways (DGT-R7). */
  pause(isPaused: boolean): void {
    this.isPaused = isPaused
    if (isPaused) return
    for (const peer of this.peers) {
      this.resume(peer)
      const other = this.at(peer)
      for (const back of other.peers) if (back.name === this.sim.name) other.resume(back)
    }
  }

  private resume(peer: Peer): void {
    const { parked } = peer
    peer.parked = []
    for (const number of parked) this.sim.after(this.lag.draw(this.rng), this.due, number)
  }

  private at(peer: Peer): Replication {
    return this.sim.peer<Table>(peer.name).replication!
  }

  // Another region has written

  /** A change arrives: it is written and paid for here, unless what is here is newer. */
  take(call: Call): void {
    const change = this.sim.calls.body[call] as Change
    if (this.isPaused) return this.sim.reply(call, this.throttledStatus)
    if (!this.isNews(change)) return this.sim.reply(call, 0)
    const { table } = this
    table.readKey(change.key, false)
    if (!table.admit(table.hash, true)) return this.holdUp(call)
    const row = this.rowOf()
    const before = row < 0 ? 0 : table.items.size[row]
    if (table.indexes !== null && table.indexes.plan(row, table.pk, before, change.item, change.bytes) !== PLANNED)
      return this.holdUp(call)
    this.put(row, before, change)
    this.sim.reply(call, 0)
  }

  private holdUp(call: Call): void {
    this.throttled.note(this.sim.clock[0])
    this.sim.reply(call, this.throttledStatus)
  }

  /** Strong: a change is part of the write itself, wherever there is room for it. */
  private adopt(change: Change): void {
    const { table } = this
    table.readKey(change.key, false)
    table.throughput.partition = table.capacity.partitions.of(table.hash)
    const row = this.rowOf()
    const before = row < 0 ? 0 : table.items.size[row]
    table.indexes?.foresee(row, table.pk, before, change.item, change.bytes)
    this.put(row, before, change)
  }

  /** The row of the key read last; an item that is there from the start gets one. */
  private rowOf(): number {
    const { table } = this
    const row = table.items.find(table.hash, table.pk, table.sk)
    return table.isInitial(row) ? table.materialise() : row
  }

  private put(row: number, before: number, change: Change): void {
    const { table } = this
    this.taking = change
    const isThere = row >= 0 && table.items.items[row] !== null
    if (change.item !== null || isThere) table.write(row, change.item, change.bytes)
    else this.written(change.key, null, 0)
    this.taking = null
    const units = writeUnits(Math.max(before, change.bytes))
    this.replicatedUnits += units
    this.taken++
    table.chargeWrite(units)
  }

  /** Whether a change is newer than what is here, or wins over it; notes what it has seen either way. */
  private isNews(change: Change): boolean {
    const key = keyText(change.key)
    const present = this.versions.get(key)
    if (present === undefined) return true
    const order = compare(change.seen, present.seen)
    if (order === NEWER) return true
    if (order === OLDER) return false
    const wins = change.at > present.at || (change.at === present.at && change.region > present.region)
    this.conflicts.note(this.sim.clock[0])
    if (!wins) this.versions.set(key, { ...present, seen: merged(present.seen, change.seen) })
    else if (present.region === this.own) {
      this.overwritten.note(this.sim.clock[0])
      this.sim.count(this.overwrittenMetric, 1)
    }
    return wins
  }
}

/** What two versions have seen together. */
function merged(a: readonly number[], b: readonly number[] | undefined): readonly number[] {
  return b === undefined ? a : a.map((n, i) => Math.max(n, b[i]!))
}

/** Whether a version has seen all that another has, or the other way round. */
function compare(a: readonly number[], b: readonly number[]): typeof OLDER | typeof NEWER | typeof CONCURRENT {
  let hasMore = false
  let hasLess = false
  a.forEach((n, i) => {
    if (n > b[i]!) hasMore = true
    else if (n < b[i]!) hasLess = true
  })
  return hasMore ? (hasLess ? CONCURRENT : NEWER) : OLDER
}

/** A key as text, so that no two keys read alike. */
function keyText(key: Item): string {
  return JSON.stringify(key)
}
