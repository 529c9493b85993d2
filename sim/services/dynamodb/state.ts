// A table at work: its items, its capacity, the requests in service, and how each is admitted, charged and answered.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { Integral } from '../../parts/integral.ts'
import { Population } from '../../parts/population.ts'
import type { HotKeys } from '../../parts/hot-keys.ts'
import { ACCOUNT_LIMIT, REASONS, type BillingMode, type Capacity, type Figures } from './capacity.ts'
import { Expiry } from './expiry.ts'
import { COLLECTION_FULL, Indexes, PLANNED } from './indexes.ts'
import type { Index } from './index.ts'
import { typesOf, type IndexDef } from './index-defs.ts'
import { hashKey, ItemStore, type KeyValue } from './items.ts'
import { Lifecycle } from './lifecycle-state.ts'
import type { Order } from './order.ts'
import { NotReplicated, type Replication } from './replication.ts'
import type { Space } from './splits.ts'
import type { ViewType } from './stream-records.ts'
import { Streams } from './streams.ts'
import type { UpdateSettings } from './changes.ts'
import { Throughput } from './throughput.ts'
import { Transactions } from './transaction-state.ts'
import type { Unanswered } from '../../parts/unanswered.ts'
import { bytesOf, Invalid, utf8Length, type Item } from './values.ts'

export type KeyType = 'S' | 'N' | 'B'

/** The key attributes of a table, from its `KeySchema` and `AttributeDefinitions`. */
export interface KeySchema {
  readonly hash: string
  readonly hashType: KeyType
  readonly range: string | undefined
  readonly rangeType: KeyType | undefined
}

/** The operations by number, for metrics by `Operation`. */
export const OPERATIONS = [
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'TransactGetItems',
  'TransactWriteItems',
  'DescribeTable',
  'UpdateTable',
] as const
export const GET = 0
export const PUT = 1
export const UPDATE = 2
export const DELETE = 3
export const QUERY = 4
export const SCAN = 5
export const BATCH_GET = 6
export const BATCH_WRITE = 7
export const TRANSACT_GET = 8
export const TRANSACT_WRITE = 9
export const DESCRIBE_TABLE = 10
export const UPDATE_TABLE = 11

const NOTHING: Item = Object.freeze({})
const KEY_MISMATCH = 'The provided key element does not match the schema'
/** Bytes that are billed on top of each item (DDB-R4). */
const ITEM_OVERHEAD = 100
/** Partition and sort key values in bytes (DDB-R5). */
export const HASH_KEY_MAX = 2048
export const RANGE_KEY_MAX = 1024

/** Event functions of the room that the state schedules. */
export interface TableEvents {
  readonly served: EventFunction<Table>
  readonly updated: EventFunction<Table>
  readonly splitDone: EventFunction<Table>
  readonly streamed: EventFunction<Table>
  readonly expired: EventFunction<Table>
  readonly filled: EventFunction<Table>
  readonly lived: EventFunction<Table>
  readonly stored: EventFunction<Table>
}

export class Table implements Space {
  readonly sim: Sim
  readonly keys: KeySchema
  items = new ItemStore()
  readonly throughput: Throughput
  readonly capacity: Capacity
  readonly hotKeys: HotKeys<KeyValue>
  readonly inService = new Population()
  readonly streams: Streams
  readonly transactions: Transactions
  /** Null = the table has none. */
  indexes: Indexes | null
  /** Null = the table has no replicas in other regions. */
  replication: Replication | null = null
  /** Null = items do not expire. */
  expiry: Expiry | null
  readonly expired: Target
  /** When (µs) the time to live was switched on or off last, or was asked for. */
  expiryChangedAt = -Infinity
  /** The attribute that the expiry is being switched to; null = off, undefined = it stays as it is. */
  wantedExpiry: string | null | undefined = undefined
  /** Rows in order of key, once a Query or Scan has asked for it. */
  order: Order | null = null
  status: 'ACTIVE' | 'UPDATING' | 'DELETING' | 'DELETED' | 'CREATING' = 'ACTIVE'
  /** Items that are there from the start and were not touched yet, and the size of each. */
  initialItems: number
  initialSize: number
  readonly config: Config
  /** Whether it is there, its backups, and its past. */
  readonly life: Lifecycle
  readonly settings: UpdateSettings
  /** Writes under way, once somebody asks whether copies are stale. */
  unanswered: Unanswered<number, Item> | null = null
  readonly updated: Target
  readonly splitDone: Target
  readonly filled: Target
  /** Puts of new items and deletes of present ones, for the books. */
  created = 0
  deleted = 0
  /** Bytes as they are billed, over time. */
  readonly stored = new Integral()
  /** Capacities of indexes that are gone. */
  private readonly retired: Capacity[] = []
  /** Items from the start that were touched and have a row now. */
  materialised = 0
  /** Requests by what became of them. */
  succeeded = 0
  refused = 0
  lastMinute = 0
  /** Types of the attributes that may be keys. */
  readonly types: Map<string, KeyType>
  readonly figures: Figures & {
    readonly itemSize: number
    readonly pageSize: number
    readonly batchSize: number
    readonly batchGet: number
    readonly batchWrite: number
    readonly collectionSize: number
    readonly globalIndexes: number
    /** µs between two switches of the time to live. */
    readonly expiryInterval: number
  }

  /** The key found last by `readKey`. */
  pk: KeyValue = ''
  sk: KeyValue | undefined = undefined
  hash = 0
  readonly invalidStatus: number
  readonly conditionStatus: number
  readonly limitStatus: number
  readonly inUseStatus: number
  private readonly collectionStatus: number
  private readonly provisionedStatus: number
  private readonly throttlingStatus: number
  private readonly accountStatus: number

  private readonly latencies: readonly Sampler[]
  private readonly per64KB: Sampler
  private readonly rejection: Sampler
  private readonly lag: Sampler
  private readonly latencyRng: Rng
  private readonly lagRng: Rng
  private readonly replicaRng: Rng
  private readonly served: Target

  private readonly conditionFailures: MetricId
  private readonly userErrors: MetricId
  private readonly staleReads: MetricId
  private readonly latencyMetrics: MetricId[] = []
  private readonly throttledMetrics: MetricId[] = []
  private readonly returnedMetrics: MetricId[] = []
  /** Rows of deleted items that a replica still holds, in order of deletion. */
  private readonly absent: number[] = []
  private absentHead = 0
  private waiting = new Uint8Array(64)

  constructor(config: Config, sim: Sim, events: TableEvents, figures: Table['figures'], settings: UpdateSettings) {
    this.sim = sim
    this.config = config
    this.life = new Lifecycle(config, sim, events)
    this.keys = config['Keys'] as KeySchema
    this.keyNames = this.keys.range === undefined ? [this.keys.hash] : [this.keys.hash, this.keys.range]
    this.types = new Map(typesOf(config['AttributeDefinitions']))
    this.figures = figures
    this.settings = settings
    const draws = sim.rng('initial items')
    this.initialItems = sim.sampler('InitialItems').draw(draws)
    this.initialSize = sim.sampler('InitialItemSize').draw(draws)
    const mode = config['BillingMode'] as BillingMode
    this.throughput = new Throughput(sim, figures, mode, config, this.initialItems * this.initialSize)
    this.capacity = this.throughput.capacity
    this.hotKeys = this.throughput.hotKeys
    const indexes = config['Indexes'] as readonly IndexDef[]
    this.indexes = indexes.length === 0 ? null : this.indexesOf(indexes)
    this.noteStored()
    this.served = sim.target(events.served)
    this.updated = sim.target(events.updated)
    this.splitDone = sim.target(events.splitDone)
    this.filled = sim.target(events.filled)
    this.transactions = new Transactions(sim, config['Tables'])
    this.streams = new Streams(sim, events.streamed)
    const ttl = config['TimeToLiveSpecification'] as
      { readonly Enabled: boolean; readonly AttributeName?: string } | undefined
    this.expired = sim.target(events.expired)
    this.expiry = ttl?.Enabled === true ? new Expiry(ttl.AttributeName ?? '', sim, this.expired) : null
    const view = config['Stream'] as ViewType | null
    if (view !== null) this.streams.enable(view, this.capacity.partitions.count)

    this.invalidStatus = sim.error('ValidationException', 400)
    this.conditionStatus = sim.error('ConditionalCheckFailedException', 400)
    this.limitStatus = sim.error('LimitExceededException', 400)
    this.inUseStatus = sim.error('ResourceInUseException', 400)
    this.collectionStatus = sim.error('ItemCollectionSizeLimitExceededException', 400)
    this.provisionedStatus = sim.error('ProvisionedThroughputExceededException', 400)
    this.throttlingStatus = sim.error('ThrottlingException', 400)
    this.accountStatus = settings.oldAccountError ? sim.error('RequestLimitExceeded', 400) : this.throttlingStatus

    const get = sim.sampler('GetItemLatency')
    const put = sim.sampler('PutItemLatency')
    const query = sim.sampler('QueryLatency')
    const { latency } = this.transactions
    this.latencies = [get, put, put, put, query, query, query, query, latency, latency, get, put]
    this.per64KB = sim.sampler('LatencyPer64KB')
    this.rejection = sim.sampler('RejectionLatency')
    this.lag = sim.sampler('ReplicaLag')
    this.latencyRng = sim.rng('latency')
    this.lagRng = sim.rng('lag')
    this.replicaRng = sim.rng('replica')

    this.conditionFailures = sim.metric('ConditionalCheckFailedRequests')
    this.staleReads = sim.metric('StaleReads')
    this.userErrors = sim.customMetric('AWS/DynamoDB', 'UserErrors', {}, 'Count', 60_000_000)
    for (const name of OPERATIONS.slice(0, DESCRIBE_TABLE)) {
      this.latencyMetrics.push(sim.metricWith('SuccessfulRequestLatency', { Operation: name }))
      this.throttledMetrics.push(sim.metricWith('ThrottledRequests', { Operation: name }))
      this.returnedMetrics.push(
        name === 'Query' || name === 'Scan' ? sim.metricWith('ReturnedItemCount', { Operation: name }) : -1,
      )
    }
  }

  get now(): number {
    return this.sim.clock[0]
  }

  /** All data in bytes, what is there from the start included. */
  get bytes(): number {
    return this.items.bytes + this.initialItems * this.initialSize
  }

  /** Notes how much is stored as it is billed, after it has changed: 100 bytes on top of each item and entry (DDB-R4). */
  noteStored(): void {
    const { items, initialItems } = this
    let bytes = this.bytes + ITEM_OVERHEAD * (items.live + initialItems)
    if (this.indexes !== null)
      for (const { entries } of this.indexes.all) bytes += entries.bytes + ITEM_OVERHEAD * entries.live
    this.stored.set(bytes, this.now)
  }

  /** The table's own capacity and that of all global indexes that it has or had. */
  get capacities(): readonly Capacity[] {
    const { all = [], leaving = [] } = this.indexes ?? {}
    const own = [...all, ...leaving].filter(({ isGlobal }) => isGlobal)
    return [this.capacity, ...own.map(({ throughput }) => throughput.capacity), ...this.retired]
  }

  /** A global index is gone: what it has cost stays. */
  retire({ throughput: { capacity } }: Index): void {
    capacity.meter.close(this.now)
    this.retired.push(capacity)
    this.noteStored()
  }

  /** Indexes with the given definitions, over the table's own capacity; `from` is the number of the first. */
  indexesOf(defs: readonly IndexDef[], from = 0): Indexes {
    return new Indexes(this.sim, defs, this.figures, this.figures, this.throughput, from)
  }

  /** The metrics of a global index that is being filled. */
  fillMetrics(index: string): {
    readonly consumed: MetricId
    readonly throttles: MetricId
    readonly progress: MetricId
  } {
    const metric = (name: string): MetricId => this.sim.metricWith(name, { GlobalSecondaryIndexName: index })
    return {
      consumed: metric('OnlineIndexConsumedWriteCapacity'),
      throttles: metric('OnlineIndexThrottleEvents'),
      progress: metric('OnlineIndexPercentageProgress'),
    }
  }

  bytesBetween(from: number, to: number): number {
    const { items } = this
    let bytes = 0
    for (let row = 0; row < items.rowCount; row++) {
      const hash = items.hash[row] >>> 0
      if (items.items[row] !== null && hash >= from && hash < to) bytes += items.size[row]
    }
    return bytes
  }

  wasSplit(partition: number): void {
    this.streams.split(partition)
  }

  // Keys

  /** Reads the key attributes out of an item or a `Key` into `pk`, `sk` and `hash`. Throws `Invalid`. */
  readKey(from: Item, isWholeItem: boolean): void {
    const { hash, hashType, range, rangeType } = this.keys
    this.pk = keyValue(from, hash, hashType, isWholeItem, HASH_KEY_MAX)
    this.sk = range === undefined ? undefined : keyValue(from, range, rangeType!, isWholeItem, RANGE_KEY_MAX)
    if (!isWholeItem && Object.keys(from).length !== (range === undefined ? 1 : 2)) throw new Invalid(KEY_MISMATCH)
    this.hash = hashKey(this.pk)
  }

  /** The names of the key attributes. */
  readonly keyNames: readonly string[]

  /** The key attributes of an item. */
  keyOf(item: Item): Item {
    const { hash, range } = this.keys
    return range === undefined ? { [hash]: item[hash] } : { [hash]: item[hash], [range]: item[range] }
  }

  // Items

  /** Whether a key without a row has one of the items that are there from the start. */
  isInitial(row: number): boolean {
    return row < 0 && this.initialItems > 0
  }

  /** The item that is there from the start under the key read last. */
  initialItem(): Item {
    return this.keyRead()
  }

  /** The key read last as attributes. */
  keyRead(): Item {
    const { hash, range, hashType, rangeType } = this.keys
    const item: Record<string, unknown> = { [hash]: plainKey(this.pk, hashType) }
    if (range !== undefined) item[range] = plainKey(this.sk!, rangeType!)
    return item
  }

  /** Makes a row for the key read last and takes over an item that is there from the start. */
  materialise(): number {
    const row = this.addRow()
    this.items.put(row, this.initialItem(), this.initialSize)
    this.initialItems--
    this.materialised++
    this.order?.insert(row)
    return row
  }

  /** The item of a row as a strongly consistent read finds it, or as the replica that lags behind may still have it. */
  itemSeen(row: number, behind: boolean): Item | null {
    if (!behind || this.now >= this.items.visibleAt[row]) return this.items.items[row]
    this.sim.count(this.staleReads, 1)
    return this.items.older[row]
  }

  sizeSeen(row: number, behind: boolean): number {
    return behind && this.now < this.items.visibleAt[row] ? this.items.olderSize[row] : this.items.size[row]
  }

  /** Draws whether an eventually consistent read meets the one replica of three that may lag behind (DDB-R97). */
  drawReplica(): boolean {
    return this.replicaRng.below(3) === 2
  }

  /**
   * Writes an item (null = deletes it) under the key read last; `row` −1 = the key has no row yet. Size in bytes; `byService` =
   * nobody asked for it, its time was over.
   */
  write(row: number, item: Item | null, size: number, byService = false): void {
    const items = this.items
    if (this.replication !== null) this.replication.beforeWrite()
    if (row < 0) row = this.addRow()
    const before = items.items[row]
    const now = this.now
    if (this.streams.current !== null)
      this.streams.changed(this.throughput.partition, this.keyRead(), before, items.size[row], item, size, byService)
    if (this.expiry !== null) this.expiry.written(row, item)
    if (this.life.past !== null) this.life.noteWrite(this.pk, this.sk, before, items.size[row])
    if (now >= items.visibleAt[row]) {
      items.older[row] = before
      items.olderSize[row] = items.size[row]
      items.visibleAt[row] = now + this.lag.draw(this.lagRng)
    }
    this.capacity.partitions.bytes[this.throughput.partition] += size - items.size[row]
    if (before === null && item !== null) this.created++
    if (before !== null && item === null) this.deleted++
    if (before !== null && item === null) this.order?.remove(row)
    items.put(row, item, size)
    if (this.unanswered !== null && !byService) this.unanswered.write(row, before, now)
    if (before === null && item !== null) this.order?.insert(row)
    if (this.indexes !== null) this.indexes.apply(row, this.pk, this.sk, items.visibleAt[row])
    this.noteStored()
    if (item === null && this.initialItems === 0) this.awaitReplica(row)
    this.forgetAbsent(now)
    if (this.replication !== null) this.replication.written(this.keyRead(), item, size)
  }

  /** Deletes the items whose time is over, at no cost (DDB-R111). */
  deleteExpired(): void {
    const { items, expiry, capacity, sim } = this
    for (const row of expiry!.take()) {
      this.pk = items.partitionKeys[row]
      this.sk = items.sortKeys[row]
      this.hash = items.hash[row]
      this.throughput.partition = capacity.partitions.of(this.hash)
      this.indexes?.foresee(row, this.pk, items.size[row], null, 0)
      this.write(row, null, 0, true)
      sim.count(expiry!.deletedMetric, 1)
    }
  }

  /** All items are gone at once, at no cost, as with the table: nothing more is billed until it is there again. */
  empty(): void {
    this.deleted += this.items.live
    this.items = new ItemStore()
    this.order = null
    this.absent.length = 0
    this.absentHead = 0
    this.waiting.fill(0)
    this.capacity.partitions.bytes.fill(0)
    this.initialItems = 0
    this.expiry?.clear()
    if (this.indexes !== null) {
      const { all, leaving, numbers } = this.indexes
      for (const index of [...all, ...leaving]) if (index.isGlobal) this.retire(index)
      this.indexes = this.indexesOf(
        all.map(({ def }) => def),
        numbers,
      )
    }
    for (const { meter } of this.capacities) meter.close(this.now)
    this.noteStored()
  }

  /** The table is there again: what it may consume is billed from now on. */
  open(): void {
    for (const capacity of this.capacities)
      if (!this.retired.includes(capacity)) capacity.meter.changed(capacity, this.now)
  }

  /** An empty table gets items that are there from now on without having been written, spread evenly. */
  settle(count: number, size: number): void {
    this.initialItems = count
    this.initialSize = size
    const { partitions } = this.capacity
    const each = Math.floor((count * size) / partitions.count)
    for (let i = 0; i < partitions.count; i++) partitions.bytes[i] += each
    partitions.bytes[0] += count * size - each * partitions.count
    this.noteStored()
  }

  private addRow(): number {
    const row = this.items.add(this.hash, this.pk, this.sk)
    if (row >= this.waiting.length) {
      const grown = new Uint8Array(this.waiting.length * 2)
      grown.set(this.waiting)
      this.waiting = grown
    }
    return row
  }

  /** A deleted item's row stays until the last replica has forgotten the item. */
  private awaitReplica(row: number): void {
    if (this.waiting[row] === 1) return
    this.waiting[row] = 1
    this.absent.push(row)
  }

  private forgetAbsent(now: number): void {
    while (this.absentHead < this.absent.length) {
      const row = this.absent[this.absentHead]
      if (this.items.items[row] === null && this.items.visibleAt[row] > now) return
      this.absentHead++
      this.waiting[row] = 0
      if (this.items.items[row] === null) this.items.remove(row)
      if (this.absentHead > 1024 && 2 * this.absentHead > this.absent.length) {
        this.absent.splice(0, this.absentHead)
        this.absentHead = 0
      }
    }
  }

  // Admission and charging

  /** Whether capacity lets a request for the hash pass. If not, counts the throttle. */
  admit(hash: number, write: boolean): boolean {
    return this.throughput.admit(hash, write)
  }

  /** Charges units to the partition of the request admitted last and to the key. */
  charge(hash: number, pk: KeyValue, units: number, write: boolean): void {
    this.throughput.charge(hash, pk, units, write)
  }

  /** Pays for a write under the key read last: so many units of the table, and what the indexes cost beside them. */
  chargeWrite(units: number): void {
    if (this.indexes !== null) {
      units += this.indexes.localUnits
      this.indexes.charge()
    }
    this.throughput.charge(this.hash, this.pk, units, true)
  }

  /** Whether the indexes let a write under the key read last pass; if not, the call is answered. Asked only where there are any. */
  plans(call: Call, op: number, row: number, sizeBefore: number, item: Item | null, size: number): boolean {
    const verdict = this.indexes!.plan(row, this.pk, sizeBefore, item, size)
    if (verdict === PLANNED) return true
    if (verdict === COLLECTION_FULL) this.refuseGrowth(call)
    else this.throttle(call, op, this.indexes!.refusedBy!.throughput)
    return false
  }

  /** Refuses a write that would make an item collection too large (DDB-R83). */
  refuseGrowth(call: Call): void {
    this.refuse(call, this.collectionStatus, { message: 'Collection size exceeded.' })
  }

  /** Whether a transaction under way holds the item whose key was read last; if so the call is answered (DDB-R95). */
  isHeld(call: Call): boolean {
    const { transactions } = this
    if (transactions.held.size === 0 || !transactions.holds(this.pk, this.sk)) return false
    transactions.noteConflict()
    this.refuse(call, transactions.conflictStatus, { message: 'Transaction is ongoing for the item' })
    return true
  }

  // Answers

  /** A request comes in. */
  begin(call: Call, op: number): void {
    this.inService.enter(this.now)
    this.sim.calls.arg[call] = op
  }

  /** Answers a request; `bytes` lengthen a Query, Scan or batch. */
  answer(call: Call, op: number, answer: unknown, bytes: number): void {
    this.sim.calls.answer[call] = answer
    this.sim.calls.status[call] = 0
    this.succeeded++
    let extra = bytes < 65_536 ? 0 : Math.floor(bytes / 65_536) * this.per64KB.draw(this.latencyRng)
    if (this.replication !== null) extra += this.replication.takeDelay()
    const latency = this.latencies[op].draw(this.latencyRng) + extra
    if (this.unanswered !== null) this.unanswered.answer(this.now + latency)
    this.sim.after(latency, this.served, call)
  }

  /** Refuses a request with an exception. */
  refuse(call: Call, status: number, answer: unknown): void {
    this.sim.calls.answer[call] = answer
    this.sim.calls.status[call] = status
    this.refused++
    this.sim.after(this.rejection.draw(this.latencyRng), this.served, call)
  }

  /** Refuses the request that the table's throughput, or an index's, has just turned away. */
  throttle(call: Call, op: number, by = this.throughput): void {
    this.countThrottled(op)
    const provisioned = this.capacity.mode === 'PROVISIONED'
    const status = provisioned
      ? this.provisionedStatus
      : by.lastReason % REASONS.length === ACCOUNT_LIMIT
        ? this.accountStatus
        : this.throttlingStatus
    this.refuse(call, status, by.reasonAnswer)
  }

  /** Refuses a request whose parameters are wrong. */
  invalid(call: Call, mistake: unknown): void {
    if (mistake instanceof NotReplicated) return this.refuse(call, mistake.status, { message: mistake.message })
    if (!(mistake instanceof Invalid)) throw mistake
    this.sim.count(this.userErrors, 1)
    this.refuse(call, this.invalidStatus, { message: mistake.message })
  }

  countConditionFailure(): void {
    this.sim.count(this.conditionFailures, 1)
  }

  countThrottled(op: number): void {
    this.sim.count(this.throttledMetrics[op], 1)
  }

  conditionFailed(call: Call, item: Item | null): void {
    this.countConditionFailure()
    this.refuse(call, this.conditionStatus, item === null ? NOTHING : { Item: item })
  }

  /** The answer leaves: the end of a request's service. */
  replyTo(call: Call): void {
    const { calls } = this.sim
    const op = calls.arg[call]
    const status = calls.status[call]
    const since = calls.sentAt[call]
    this.inService.leave(this.now, since)
    if (status === 0 && op < this.latencyMetrics.length) this.sim.record(this.latencyMetrics[op], this.now - since)
    this.sim.reply(call, status)
  }

  countReturned(op: number, items: number): void {
    this.sim.count(this.returnedMetrics[op], items)
  }
}

/** A key attribute as the store compares it. Throws `Invalid`. */
export function keyValue(from: Item, name: string, type: KeyType, isWholeItem: boolean, max: number): KeyValue {
  const value = Object.hasOwn(from, name) ? from[name] : undefined
  if (type === 'N' && typeof value === 'number' && value - value === 0) return value
  const text =
    type === 'S'
      ? value
      : type === 'B' && typeof value === 'object' && value !== null
        ? (value as { B?: unknown }).B
        : undefined
  if (typeof text === 'string' && text !== '') {
    if (text.length * 3 > max && byteLength(text, type) > max)
      throw new Invalid(
        `One or more parameter values were invalid: Size of ${max === HASH_KEY_MAX ? 'hashkey' : 'rangekey'} has exceeded the maximum size limit of ${max} bytes`,
      )
    return text
  }
  if (text === '')
    throw new Invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    )
  if (!isWholeItem) throw new Invalid(KEY_MISMATCH)
  if (value === undefined)
    throw new Invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`)
  throw new Invalid(`One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type}`)
}

function byteLength(text: string, type: KeyType): number {
  return type === 'B' ? bytesOf(text).length : utf8Length(text)
}

/** A key value as an attribute of an item. */
function plainKey(value: KeyValue, type: KeyType): unknown {
  return type === 'B' ? { B: value } : value
}
