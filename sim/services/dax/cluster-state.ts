// A cluster at work: which node takes a request, what the nodes hold, and who is the primary.
//
// The one idea: only the primary's cache is written to, by writes and by misses; a change reaches the replicas a moment later,
// in order. Whoever reads meets any node, so that two readers may see different values (DAX-R9).
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Config, Sim } from '../../model/contract.ts'
import { Integral } from '../../parts/integral.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { Settings } from './cluster-config.ts'
import { Node, type Entry, type Item } from './node.ts'

const NONE = -1

/** The operations on tables by number; counted by name in CloudWatch. */
export const OPERATIONS = [
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
  'TransactGetItems',
] as const
export type Operation = (typeof OPERATIONS)[number]

export const METRICS: Readonly<Record<Operation, string>> = {
  GetItem: 'GetItemRequestCount',
  BatchGetItem: 'BatchGetItemRequestCount',
  Query: 'QueryRequestCount',
  Scan: 'ScanRequestCount',
  PutItem: 'PutItemRequestCount',
  UpdateItem: 'UpdateItemRequestCount',
  DeleteItem: 'DeleteItemRequestCount',
  BatchWriteItem: 'BatchWriteItemRequestCount',
  TransactWriteItems: 'TransactWriteItemsCount',
  TransactGetItems: 'TransactGetItemsCount',
}

const READS = {
  Item: ['ItemCacheHits', 'ItemCacheMisses'],
  Query: ['QueryCacheHits', 'QueryCacheMisses'],
  Scan: ['ScanCacheHits', 'ScanCacheMisses'],
} as const
/** Metrics that each node has a series of its own of. */
const NODE_METRICS = ['TotalRequestCount', 'ThrottledRequestCount', ...READS.Item, ...READS.Query, ...READS.Scan]

/** Event functions of the room that the state schedules. */
export interface Events {
  readonly served: EventFunction<Cluster>
  readonly tableAnswered: EventFunction<Cluster>
  readonly readBackAnswered: EventFunction<Cluster>
  readonly replicated: EventFunction<Cluster>
  readonly promoted: EventFunction<Cluster>
  readonly joined: EventFunction<Cluster>
}

/** A table behind the cluster: its key attributes, and the edges to its operations. */
export class TableLink {
  readonly id: string
  readonly hash: string
  readonly range: string | undefined
  private readonly number: number
  private readonly edges: ReadonlyMap<Operation, number>

  constructor(
    id: string,
    number: number,
    keys: { readonly hash: string; readonly range?: string },
    edges: ReadonlyMap<Operation, number>,
  ) {
    this.id = id
    this.number = number
    this.hash = keys.hash
    this.range = keys.range
    this.edges = edges
  }

  edge(operation: Operation): number {
    return this.edges.get(operation)!
  }

  /** The key of an item in the item cache, from the item or from a `Key`; undefined where a key attribute is missing. */
  keyOf(from: Item): string | undefined {
    const pk = keyText(from, this.hash)
    if (pk === undefined || this.range === undefined) return pk === undefined ? undefined : `${this.number}${pk}`
    const sk = keyText(from, this.range)
    return sk === undefined ? undefined : `${this.number}${pk}${sk}`
  }

  /** The key of an answer in the query cache: the whole request (DAX-R2). */
  requestKey(operation: Operation, body: Item): string {
    return `${this.number}${operation}${JSON.stringify(sorted(body))}`
  }

  /** The key attributes of an item, as a `Key`. */
  keyIn(item: Item): Item {
    return this.range === undefined
      ? { [this.hash]: item[this.hash] }
      : { [this.hash]: item[this.hash], [this.range]: item[this.range] }
  }
}

/** A key attribute as text: its type, its length and itself, so that no two pairs of keys read alike. */
function keyText(from: Item, name: string): string | undefined {
  const value = Object.hasOwn(from, name) ? from[name] : undefined
  if (typeof value === 'string') return `s${value.length}:${value}`
  if (typeof value === 'number') return `n${value};`
  const bytes = typeof value === 'object' && value !== null ? (value as { B?: unknown }).B : undefined
  return typeof bytes === 'string' ? `b${bytes.length}:${bytes}` : undefined
}

/** A request's parameters in order of name, so that the same request has one text. */
function sorted(body: Item): [string, unknown][] {
  return Object.keys(body)
    .filter((name) => name !== 'TableName' && name !== 'ReturnConsumedCapacity')
    .sort()
    .map((name) => [name, body[name]])
}

/** What the background reads of one table bring back. */
export interface ReadBack {
  readonly table: TableLink
  readonly keys: readonly Item[]
  readonly since: number
}

/** A request that a table has been asked for. */
export interface Pending {
  readonly call: Call
  readonly table: TableLink
  readonly operation: Operation
  readonly node: Node
  /** What becomes of the answer; undefined = it is passed on as it is. */
  readonly taken: Taken | undefined
  readonly body: Item
  readonly since: number
  /** What the cache already had of a batch, by its keys' places. */
  readonly held: readonly (Entry | undefined)[]
}

const NO_ENTRIES: readonly undefined[] = []

/** Takes in a table's answer and says what the client is told. */
export type Taken = (cluster: Cluster, pending: Pending, answer: Item) => Item

export class Cluster {
  readonly sim: Sim
  readonly settings: Settings
  readonly nodes: Node[] = []
  readonly nodeType: string
  /** Nodes over time, for the bill. */
  readonly paid = new Integral()
  /** Those of them that serve requests. */
  up: readonly Node[] = []
  /** Null while nobody is: writes and misses fail (DAX-R13). */
  primary: Node | null
  status: 'available' | 'modifying' = 'available'
  readonly tables = new Map<string, TableLink>()
  /** Names of tables besides their logical ids. */
  private readonly tableNames: Settings['names']
  /** Zones that are out, from 0 on. */
  private readonly zonesOut = new Set<number>()
  readonly inService = new Population()
  readonly hitLatency: Sampler
  readonly passLatency: Sampler
  readonly latencyRng: Rng
  succeeded = 0
  failed = 0
  /** Reads answered from the cache, those that were not, and hits whose item had been written since. */
  hits = 0
  misses = 0
  stale = 0
  readonly staleStretch: Stretch
  /** Stale hits at a replica that the primary was ahead of. */
  readonly behindStretch: Stretch
  readonly throttleStretch: Stretch
  readonly faultStretch: Stretch
  readonly missStretch: Stretch
  readonly hitStretch: Stretch
  lastMinute = 0
  /** Changes that the replicas have yet to take over, in order; dropped with the primary that made them. */
  private readonly changes: { readonly at: number; readonly key: string; readonly entry: Entry | null }[] = []
  private changesHead = 0
  private readonly pending = new Map<Call, Pending>()
  /** By table: where items are read back from, and what is being read back, by call. */
  private readonly backEdges = new Map<string, number>()
  private readonly backs = new Map<Call, ReadBack>()
  private readonly hitRate: number
  /** A miss or a write in hits. */
  readonly passCost: number
  /** Of each node, in bytes. */
  readonly memory: number
  private readonly lag: Sampler
  private readonly failover: Sampler
  private readonly nodeStart: Sampler
  private readonly nodeRestart: Sampler
  private readonly routeRng: Rng
  private readonly settingsRng: Rng
  private readonly served: Target
  private readonly replicated: Target
  private readonly promoted: Target
  private readonly joined: Target
  private readonly throttlingStatus: number
  private readonly unavailableStatus: number
  private readonly notFoundStatus: number
  private readonly metrics: Readonly<Record<string, MetricId>>
  private readonly requestMetrics: ReadonlyMap<Operation, MetricId>
  /** By node and name. */
  private readonly nodeMetrics: Readonly<Record<string, MetricId>>[] = []

  constructor(config: Config, sim: Sim, events: Events, counted: readonly string[]) {
    this.sim = sim
    this.settings = config['Settings'] as Settings
    this.tableNames = this.settings.names
    this.nodeType = String(config['NodeType'])
    this.settingsRng = sim.rng('settings')
    this.routeRng = sim.rng('route')
    this.latencyRng = sim.rng('latency')
    this.memory = sim.sampler('NodeMemory').draw(this.settingsRng)
    this.hitRate = sim.sampler('HitsPerSecond').draw(this.settingsRng)
    this.passCost = this.hitRate / Math.max(1, sim.sampler('MissesPerSecond').draw(this.settingsRng))
    this.hitLatency = sim.sampler('HitLatency')
    this.passLatency = sim.sampler('PassLatency')
    this.lag = sim.sampler('ReplicationLag')
    this.failover = sim.sampler('FailoverTime')
    this.nodeStart = sim.sampler('NodeStart')
    this.nodeRestart = sim.sampler('NodeRestart')
    this.served = sim.target(events.served)
    this.replicated = sim.target(events.replicated)
    this.promoted = sim.target(events.promoted)
    this.joined = sim.target(events.joined)
    this.throttlingStatus = sim.error('ThrottlingException', 400)
    this.unavailableStatus = sim.error('ServiceUnavailable', 503)
    this.notFoundStatus = sim.error('ResourceNotFoundException', 400)
    this.staleStretch = new Stretch(sim.warmUp)
    this.behindStretch = new Stretch(sim.warmUp)
    this.throttleStretch = new Stretch(sim.warmUp)
    this.faultStretch = new Stretch(sim.warmUp)
    this.missStretch = new Stretch(sim.warmUp)
    this.hitStretch = new Stretch(sim.warmUp)
    this.metrics = Object.fromEntries(counted.map((name) => [name, sim.metric(name)]))
    this.requestMetrics = new Map(OPERATIONS.map((name) => [name, this.metrics[METRICS[name]]!]))
    const onto = (config['Onto'] ?? {}) as Readonly<Record<string, readonly Action[]>>
    const transacts = Object.values(onto).some((actions) => actions.includes('dax:TransactWriteItems'))
    Object.keys(onto)
      .sort()
      .forEach((id, i) => {
        const names = new Set<Operation>(['GetItem'])
        for (const action of onto[id]!) names.add(action.slice(action.indexOf(':') + 1) as Operation)
        // What a transaction writes is read back, from every table that it may name.
        if (transacts) this.backEdges.set(id, sim.edge(id, 'dynamodb:TransactGetItems', events.readBackAnswered))
        const edges = new Map(
          [...names].sort().map((name) => [name, sim.edge(id, `dynamodb:${name}`, events.tableAnswered)] as const),
        )
        this.tables.set(id, new TableLink(id, i, this.keysOf(id), edges))
      })
    for (let i = 0; i < this.settings.nodes; i++) this.addNode()
    this.up = [...this.nodes]
    this.primary = this.nodes[0]!
  }

  /** The key attributes of a table; a replica in another region has those of its table. */
  private keysOf(id: string): Settings['keys'][string] {
    return this.settings.keys[id] ?? this.settings.keys[id.slice(0, id.lastIndexOf('.'))]!
  }

  get now(): number {
    return this.sim.clock[0]
  }

  // Requests

  /** A request comes in: the table that it names. Answers by itself, with undefined, when there is none such. */
  begin(call: Call, operation: Operation): TableLink | undefined {
    this.inService.enter(this.now)
    this.count('TotalRequestCount')
    this.sim.count(this.requestMetrics.get(operation)!, 1)
    return this.tableNamed((this.sim.calls.body[call] as Item)['TableName'])
  }

  /** The table that a logical id, a name or an ARN stands for; undefined = the cluster knows none such. */
  tableNamed(text: unknown): TableLink | undefined {
    const name = String(text).replace(/^arn:.*:table\//, '')
    return this.tables.get(name) ?? this.tables.get(this.tableNames.find((each) => each.name === name)?.id ?? '')
  }

  body(call: Call): Item {
    return this.sim.calls.body[call] as Item
  }

  /** A node that a client's read goes to: any of those that serve. Null after the answer that none does. */
  reader(call: Call): Node | null {
    const { up } = this
    if (up.length === 0) {
      this.fault(call)
      return null
    }
    const node = up[up.length === 1 ? 0 : this.routeRng.below(up.length)]!
    return node
  }

  /** Lets a node do its work for a request; false after the answer that it has too much to do. */
  works(call: Call, node: Node, cost: number): boolean {
    node.requests++
    this.countAt(node, 'TotalRequestCount', 1)
    if (node.does(cost, this.now)) return true
    node.refused++
    this.countAt(node, 'ThrottledRequestCount', 1)
    this.throttleStretch.note(this.now)
    this.count('ThrottledRequestCount')
    this.count('ErrorRequestCount')
    this.end(call, this.throttlingStatus, { message: `the node ${node.id} is overloaded` }, this.hitLatency)
    return false
  }

  /** Counts a read of the cache, with a hit or without. */
  countRead(node: Node, cache: 'Item' | 'Query' | 'Scan', isHit: boolean, n = 1): void {
    if (n === 0) return
    const { now } = this
    const metric = READS[cache][isHit ? 0 : 1]!
    this.sim.aggregate(this.metrics[metric]!, n, n, 1, 1)
    this.countAt(node, metric, n)
    if (isHit) {
      this.hits += n
      node.hits += n
      this.hitStretch.note(now, n)
    } else {
      this.misses += n
      node.misses += n
      this.missStretch.note(now, n)
    }
  }

  /** A hit was out of date; `isBehind` = only the node is, not the primary. */
  countStale(isBehind: boolean): void {
    this.stale++
    if (isBehind) this.behindStretch.note(this.now)
    this.staleStretch.note(this.now)
    this.count('StaleReads')
  }

  count(metric: string, value = 1): void {
    this.sim.count(this.metrics[metric]!, value)
  }

  /** Asks the table. Without a primary only what is passed through, and never stored, is still possible. */
  ask(
    call: Call,
    table: TableLink,
    operation: Operation,
    node: Node,
    body: Item,
    taken?: Taken,
    held: Pending['held'] = NO_ENTRIES,
  ): void {
    if (taken !== undefined && this.primary === null) return this.fault(call)
    const { sim } = this
    const pending = { call, table, operation, node, taken, body: this.body(call), since: this.now, held }
    const own = sim.open(table.edge(operation), call, sim.calls.trace[call])
    sim.calls.body[own] = body
    sim.calls.hops[own] = sim.calls.hops[call]
    this.pending.set(call, pending)
    sim.send(own)
  }

  /** Reads back what a transaction has written (DAX-R8). */
  readBack(back: ReadBack): void {
    const { sim } = this
    const call = sim.open(this.backEdges.get(back.table.id)!, NONE, sim.calls.begin())
    sim.calls.body[call] = { TransactItems: back.keys.map((Key) => ({ Get: { Key } })) }
    this.backs.set(call, back)
    sim.send(call)
  }

  /** The answer to a background read; undefined when it failed. */
  takeReadBack(call: Call): { readonly back: ReadBack; readonly answer: Item | undefined } {
    const { calls } = this.sim
    const back = this.backs.get(call)!
    const status = calls.status[call]
    const answer = calls.answer[call] as Item
    this.backs.delete(call)
    this.sim.close(call)
    return { back, answer: status === 0 ? answer : undefined }
  }

  /** The request that one of the cluster's own calls serves. */
  servedBy(own: Call): Call {
    return this.sim.calls.cookie[own]
  }

  /** A table's answer has come. */
  tableAnswered(own: Call): void {
    const { calls } = this.sim
    const call = calls.cookie[own]
    const status = calls.status[own]
    const answer = calls.answer[own] as Item
    this.sim.close(own)
    const pending = this.pending.get(call)!
    this.pending.delete(call)
    // Nobody is there any more to take the answer in, and the client's connection is gone.
    if (!pending.node.isUp) return this.fault(call)
    // What the table refuses is told to the client, and the cache stays as it is (DAX-R7).
    if (status !== 0) {
      this.count(this.sim.errors.http[status]! >= 500 ? 'FaultRequestCount' : 'ErrorRequestCount')
      return this.end(call, status, answer, this.passLatency)
    }
    this.end(call, 0, pending.taken === undefined ? answer : pending.taken(this, pending, answer), this.passLatency)
  }

  /** No node can do what is asked. */
  fault(call: Call): void {
    this.faultStretch.note(this.now)
    this.count('FaultRequestCount')
    this.end(call, this.unavailableStatus, { message: 'no node of the cluster serves the request' }, this.hitLatency)
  }

  /** The table that a request names is none that the cluster knows. */
  unknownTable(call: Call): void {
    this.count('ErrorRequestCount')
    this.end(call, this.notFoundStatus, { message: 'Requested resource not found' }, this.hitLatency)
  }

  /** Answers a request after the time that a sampler draws. */
  end(call: Call, status: number, answer: unknown, latency: Sampler): void {
    const { calls } = this.sim
    calls.status[call] = status
    calls.answer[call] = answer
    this.sim.after(latency.draw(this.latencyRng), this.served, call)
  }

  /** The answer leaves. */
  replyTo(call: Call): void {
    const { calls } = this.sim
    const status = calls.status[call]
    this.inService.leave(this.now, calls.sentAt[call])
    if (status === 0) this.succeeded++
    else {
      this.failed++
      this.count('FailedRequestCount')
    }
    this.sim.reply(call, status)
  }

  private countAt(node: Node, metric: string, n: number): void {
    this.sim.aggregate(this.nodeMetrics[node.number]![metric]!, n, n, 1, 1)
  }

  // What the nodes hold

  /** Stores an entry at the primary; the replicas follow. */
  store(entry: Entry): void {
    if (this.primary === null) return
    const evicted = this.primary.store(entry, this.now)
    if (evicted > 0) this.count('EvictedSize', evicted)
    this.spread(entry.key, entry)
  }

  /** Takes an entry out at the primary; the replicas follow. */
  forget(key: string): void {
    if (this.primary === null) return
    this.primary.forget(key, this.now)
    this.spread(key, null)
  }

  /** The entry that the primary has. */
  held(key: string): Entry | undefined {
    return this.primary?.cache.peek(key, this.now) as Entry | undefined
  }

  private spread(key: string, entry: Entry | null): void {
    if (this.nodes.length < 2) return
    const last = this.changes[this.changes.length - 1]
    const at = Math.max(last?.at ?? 0, this.now + this.lag.draw(this.latencyRng))
    this.changes.push({ at, key, entry })
    this.sim.after(at - this.now, this.replicated, 0)
  }

  /** The replicas take over what is due. */
  takeOver(): void {
    const { changes, now } = this
    while (this.changesHead < changes.length && changes[this.changesHead]!.at <= now) {
      const { key, entry } = changes[this.changesHead++]!
      for (const node of this.nodes) {
        if (!node.isUp || node === this.primary) continue
        if (entry === null) node.forget(key, now)
        else {
          const evicted = node.store(entry, now)
          if (evicted > 0) this.count('EvictedSize', evicted)
        }
      }
    }
    if (2 * this.changesHead > changes.length) {
      changes.splice(0, this.changesHead)
      this.changesHead = 0
    }
  }

  // Nodes come and go

  private addNode(): Node {
    const number = this.nodes.length
    const node = new Node(this.sim.physicalName, number, number % this.settings.zones, this.memory, this.hitRate)
    this.nodes.push(node)
    this.paid.add(1, this.sim.clock[0])
    const dimensions = { NodeId: node.id }
    this.nodeMetrics.push(Object.fromEntries(NODE_METRICS.map((name) => [name, this.sim.metricWith(name, dimensions)])))
    return node
  }

  /** Adds a node; it serves once it has started. */
  grow(): void {
    const node = this.addNode()
    node.isUp = false
    this.status = 'modifying'
    this.bringBack(node, 'new')
  }

  /** Takes a replica out of the cluster. */
  shrink(node: Node): void {
    node.lose()
    node.isGone = true
    this.paid.add(-1, this.sim.clock[0])
    this.refresh()
  }

  /** A zone is lost with its nodes, those that were just starting included; none starts there before it is back. */
  loseZone(zone: number): void {
    this.zonesOut.add(zone - 1)
    for (const node of this.inZone(zone)) {
      node.readyAt = NONE
      this.lose(node)
    }
  }

  zoneIsBack(zone: number): void {
    this.zonesOut.delete(zone - 1)
    for (const node of this.inZone(zone)) this.bringBack(node, 'new')
  }

  /** A node is lost; another one begins to take its place, or the same starts again, unless its zone is out. */
  lose(node: Node, returns: 'new' | 'restart' = 'new'): void {
    if (!node.isUp) return
    node.lose()
    this.refresh()
    if (node === this.primary) {
      this.primary = null
      this.changes.length = 0
      this.changesHead = 0
      this.sim.after(this.failover.draw(this.settingsRng), this.promoted, 0)
    }
    this.bringBack(node, returns)
  }

  /** A node of the same place starts. */
  private bringBack(node: Node, how: 'new' | 'restart'): void {
    if (node.isUp || node.isGone || this.zonesOut.has(node.zone)) return
    const delay = (how === 'new' ? this.nodeStart : this.nodeRestart).draw(this.settingsRng)
    node.readyAt = this.now + delay
    this.sim.after(delay, this.joined, node.number)
  }

  /** A replica takes the primary's place, if there is one. */
  promote(): void {
    if (this.primary === null) this.primary = this.up[0] ?? null
  }

  /** A node serves: with what the primary has, or cold where there is none. */
  join(number: number): void {
    const node = this.nodes[number]!
    // Of a start that was broken off, the timer still comes.
    if (node.isGone || node.readyAt !== this.now) return
    node.readyAt = NONE
    node.isUp = true
    this.refresh()
    const from = this.primary ?? this.up.find((other) => other !== node)
    if (from !== undefined) node.copy(from, this.now)
    // A cluster of nothing but this node has no replica to wait for.
    if (this.primary === null && this.up.length === 1) this.primary = node
    if (this.nodes.every(({ isUp, isGone }) => isUp || isGone)) this.status = 'available'
  }

  private inZone(zone: number): readonly Node[] {
    return this.nodes.filter((node) => node.zone === zone - 1)
  }

  private refresh(): void {
    this.up = this.nodes.filter(({ isUp }) => isUp)
  }

  /** The end of a minute: what the nodes have worked begins anew. Answers whether there was anything. */
  minuteEnded(time: number): boolean {
    let worked = false
    for (const node of this.nodes) {
      if (node.worked !== node.workedBefore) worked = true
      node.workedBefore = node.worked
    }
    this.lastMinute = time
    return worked
  }

  /** Mean share of their time that the serving nodes were busy since the last full minute, 0..1; NaN without any. */
  get busy(): number {
    const { up } = this
    if (up.length === 0) return Number.NaN
    return up.reduce((sum, node) => sum + node.busy(this.now - this.lastMinute), 0) / up.length
  }
}
