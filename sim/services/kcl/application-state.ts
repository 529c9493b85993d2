// The workers of an application and their lease table: who holds which lease, how leases are renewed, taken and written.
//
// The one idea: a table that is not part of the template is written without events as long as nothing changes: renewals are a
// grid of moments (`failover / 3`), and takers sleep while every lease is held by a worker that renews it and all have
// their part. A table of the template gets every write for real, because they cost it capacity.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { Interpreter } from '../../parts/interpreter.ts'
import { EMPTY_PROGRAM, type Program } from '../../parts/program.ts'
import { RetryPolicy, sdkRetries } from '../../parts/retry.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import {
  BALANCE_EVERY,
  CLEANUP_EVERY,
  COMPLETED_FOR,
  DAMPENING,
  EPSILON,
  HANDOFF,
  LEADER_LOCK,
  MS,
  REBALANCE_THRESHOLD,
  SECOND,
  VERSIONS,
  WRITE_BACKOFF,
  type Version,
} from './application.facts.ts'
import { begin, checkpoint, Consumer, SHARD_END, type Lease } from './consumer.ts'
import { assigns, balances, takes, type Share } from './leases.ts'
import { missingLeases, type KnownShard } from './shard-sync.ts'

const NONE = -1
const BURST_SECONDS = 300

export interface Worker {
  readonly number: number
  /** When it runs, and when it was stopped or cut off from the table, in µs; Infinity = it was not. */
  startedAt: number
  lostAt: number
  /** Whether it runs; a worker that is cut off does. */
  isRunning: boolean
  /** Whether its taker's next round is planned. */
  isArmed: boolean
  /** Rounds of its taker so far. */
  rounds: number
}

/** A write to the lease table. */
export interface Write {
  readonly kind: 'create' | 'take' | 'renew' | 'checkpoint' | 'delete'
  readonly lease: Lease
  readonly worker: number
  readonly value: string
}

export interface Events {
  readonly started: (app: Application, worker: number) => void
  readonly takerDue: (app: Application, worker: number) => void
  readonly renewDue: (app: Application, worker: number) => void
  readonly lossNoticed: (app: Application, consumer: number) => void
  readonly handoffOver: (app: Application, consumer: number) => void
  readonly cleanupDue: (app: Application, isRound: number) => void
  readonly writeDone: (app: Application, write: number) => void
  readonly writeAgain: (app: Application, write: number) => void
  readonly writeAnswered: (app: Application, call: Call) => void
  readonly shardsAnswered: (app: Application, call: Call) => void
  readonly iteratorAnswered: (app: Application, call: Call) => void
  readonly recordsAnswered: (app: Application, call: Call) => void
  readonly awaitAnswered: (app: Application, call: Call) => void
  readonly readDue: (app: Application, consumer: number) => void
  readonly pumpDue: (app: Application, consumer: number) => void
  readonly wake: (app: Application, frame: number) => void
  readonly callAnswered: (app: Application, call: Call) => void
  readonly handled: (app: Application, consumer: number, status: number) => void
  readonly emit: (
    app: Application,
    namespace: string,
    name: string,
    value: number,
    dimensions: Readonly<Record<string, string>>,
    unit: string,
    resolution: number,
  ) => void
}

type Metrics = Readonly<
  Record<
    | 'behind'
    | 'processed'
    | 'bytes'
    | 'success'
    | 'repeated'
    | 'taken'
    | 'lost'
    | 'renewed'
    | 'needed'
    | 'toTake'
    | 'expired',
    MetricId
  >
>

export class Application {
  readonly sim: Sim
  readonly version: Version
  readonly position: 'TRIM_HORIZON' | 'LATEST'
  /** µs. */
  readonly failover: number
  readonly takerInterval: number
  readonly renewInterval: number
  readonly idleTime: number
  readonly checkpointInterval: number
  readonly recordsMax: number
  readonly leasesMax: number
  readonly stealMax: number
  readonly workers: Worker[] = []
  /** By number; those that are deleted missing. */
  readonly leases = new Map<number, Lease>()
  readonly consumers = new Map<number, Consumer>()
  private shards: KnownShard[] = []
  private nextLease = 0
  private nextConsumer = 0
  private readonly writes = new Map<number, Write>()
  private nextWrite = 0
  private isCleaning = false
  /** 3.x: since when the leader of now may lead, in µs. */
  private leads = 0
  private leader = 0
  /** Whether anything was handled since the last but one balance. */
  private isBusy = false
  /** Records handed to handlers, those of them that had been before, handled, and skipped by an exception. */
  delivered = 0
  repeated = 0
  processed = 0
  skipped = 0
  /** Records in the hands of a processor that was ended. */
  abandoned = 0
  readonly repetitions: Stretch
  readonly skips: Stretch
  readonly refusals: Stretch
  /** Writes to the table's own capacity, renewals among them. */
  written = 0
  private renewals = 0
  private renewedUntil = 0
  readonly table: string | null
  private readonly capacity: TokenBucket | null
  private readonly writeLatency: Sampler
  private readonly rng: Rng
  readonly interpreter: Interpreter<Application>
  readonly iteratorEdge: number
  readonly recordsEdge: number
  readonly awaitEdge: number
  private readonly shardsEdge: number
  private readonly updateEdge: number
  private readonly deleteEdge: number
  readonly readTarget: Target
  readonly pumpTarget: Target
  private readonly startedTarget: Target
  private readonly takerTarget: Target
  private readonly renewTarget: Target
  private readonly lossTarget: Target
  private readonly handoffTarget: Target
  private readonly cleanupTarget: Target
  private readonly writeTarget: Target
  private readonly writeAgainTarget: Target
  readonly metrics: Metrics

  constructor(config: Config, sim: Sim, events: Events) {
    this.sim = sim
    this.version = VERSIONS[config['Version'] as string]
    this.position = config['InitialPosition'] as 'TRIM_HORIZON' | 'LATEST'
    this.failover = config['FailoverTimeMillis'] * MS
    this.takerInterval = 2 * (this.failover + EPSILON)
    this.renewInterval = Math.floor(this.failover / 3)
    this.idleTime = (config['IdleTimeBetweenReadsInMillis'] ?? this.version.idleTime) * MS
    this.checkpointInterval = config['CheckpointIntervalSeconds'] * SECOND
    this.recordsMax = config['MaxRecords']
    this.leasesMax = config['MaxLeasesForWorker']
    this.stealMax = config['MaxLeasesToStealAtOneTime']
    this.repetitions = new Stretch(sim.warmUp)
    this.skips = new Stretch(sim.warmUp)
    this.refusals = new Stretch(sim.warmUp)
    this.table = (config['LeaseTable'] as string | undefined) ?? null
    const units = (config['LeaseTableWriteCapacity'] as number | undefined) ?? this.version.writeCapacity
    this.capacity = units === 0 || this.table !== null ? null : new TokenBucket(units, units * BURST_SECONDS)
    this.writeLatency = sim.sampler('LeaseWriteLatency')
    this.rng = sim.rng('leases')
    const program = (config['Handler'] as Program | undefined) ?? EMPTY_PROGRAM
    // Java's client waits as that for JavaScript does.
    const retries = new RetryPolicy(
      sdkRetries({ mode: 'standard', sdk: 'javascript', variant2026: false, action: '' }),
      sim.rng('retries'),
    )
    this.interpreter = new Interpreter<Application>(
      sim,
      program,
      this,
      events.handled,
      retries,
      events.emit,
      events.wake,
      events.callAnswered,
    )
    const stream = config['StreamName'] as string
    this.shardsEdge = sim.edge(stream, 'kinesis:ListShards', events.shardsAnswered)
    this.iteratorEdge = sim.edge(stream, 'kinesis:GetShardIterator', events.iteratorAnswered)
    this.recordsEdge = sim.edge(stream, 'kinesis:GetRecords', events.recordsAnswered)
    this.awaitEdge = sim.edge(stream, 'kinesis:AwaitRecords', events.awaitAnswered)
    this.updateEdge = this.table === null ? NONE : sim.edge(this.table, 'dynamodb:UpdateItem', events.writeAnswered)
    this.deleteEdge = this.table === null ? NONE : sim.edge(this.table, 'dynamodb:DeleteItem', events.writeAnswered)
    this.readTarget = sim.target(events.readDue)
    this.pumpTarget = sim.target(events.pumpDue)
    this.startedTarget = sim.target(events.started)
    this.takerTarget = sim.target(events.takerDue)
    this.renewTarget = sim.target(events.renewDue)
    this.lossTarget = sim.target(events.lossNoticed)
    this.handoffTarget = sim.target(events.handoffOver)
    this.cleanupTarget = sim.target(events.cleanupDue)
    this.writeTarget = sim.target(events.writeDone)
    this.writeAgainTarget = sim.target(events.writeAgain)
    this.metrics = {
      behind: sim.metric('MillisBehindLatest'),
      processed: sim.metric('RecordsProcessed'),
      bytes: sim.metric('DataBytesProcessed'),
      success: sim.metric('Success'),
      repeated: sim.metric('RecordsRepeated'),
      taken: sim.metric('TakenLeases'),
      lost: sim.metric('LostLeases'),
      renewed: sim.metric('RenewLease.Success'),
      needed: sim.metric('NeededLeases'),
      toTake: sim.metric('LeasesToTake'),
      expired: sim.metric('ExpiredLeases'),
    }
    const stagger = config['WorkerStartIntervalMillis'] * MS
    for (let i = 0; i < config['Workers']; i++) {
      this.addWorker()
      sim.after(i * stagger, this.startedTarget, i)
    }
  }

  get now(): number {
    return this.sim.clock[0]
  }

  workerName(number: number): string {
    return `${this.sim.name}-${number + 1}`
  }

  /** Workers that run. */
  get running(): number {
    return this.workers.filter(({ isRunning }) => isRunning).length
  }

  /** Leases of shards that are not finished. */
  get active(): Lease[] {
    return [...this.leases.values()].filter(({ completedAt }) => completedAt === NONE)
  }

  /** Leases that a worker's processors hold. */
  heldBy(worker: number): number {
    let sum = 0
    for (const { owner, completedAt, consumer } of this.leases.values())
      if (owner === worker && completedAt === NONE && consumer !== null) sum++
    return sum
  }

  // Workers

  private addWorker(): Worker {
    const worker: Worker = {
      number: this.workers.length,
      startedAt: 0,
      lostAt: Infinity,
      isRunning: false,
      isArmed: false,
      rounds: 0,
    }
    this.workers.push(worker)
    return worker
  }

  /** A worker begins: the first one looks for shards, each runs its taker at once. */
  start(number: number): void {
    const worker = this.workers[number] ?? this.addWorker()
    if (worker.isRunning) return
    this.settleRenewals()
    worker.isRunning = true
    worker.startedAt = this.now
    worker.lostAt = Infinity
    worker.rounds = 0
    if (this.table !== null) this.sim.after(this.renewInterval, this.renewTarget, number)
    if (this.leases.size === 0) this.listShards()
    else this.armAll()
  }

  /** A worker stops without a word: its processors are gone, its leases run out (KCL-03). */
  stop(number: number): void {
    const worker = this.workers[number]
    if (worker === undefined || !worker.isRunning) return
    this.settleRenewals()
    worker.isRunning = false
    worker.lostAt = Math.min(worker.lostAt, this.now)
    for (const consumer of [...this.consumers.values()]) if (consumer.worker === number) this.drop(consumer)
    if (this.leader === number) this.leads = this.now + LEADER_LOCK
    this.armAll()
  }

  /** A worker no longer reaches the lease table, and goes on until it notices that its leases are gone (KCL-25). */
  cutOff(number: number): void {
    const worker = this.workers[number]
    if (worker === undefined || !worker.isRunning) return
    this.settleRenewals()
    worker.lostAt = Math.min(worker.lostAt, this.now)
    for (const consumer of this.consumers.values())
      if (consumer.worker === number)
        this.sim.after(
          Math.max(0, this.renewedAt(consumer.lease) + this.failover - this.now),
          this.lossTarget,
          consumer.number,
        )
    this.armAll()
  }

  reconnect(number: number): void {
    const worker = this.workers[number]
    if (worker === undefined || !worker.isRunning) return
    worker.lostAt = Infinity
    worker.startedAt = this.now
    this.armAll()
  }

  // Renewal

  /** When a lease was renewed last. Where the table is not part of the template, that follows from its owner's grid. */
  renewedAt({ owner, renewedAt }: Lease): number {
    const worker = this.workers[owner]
    if (worker === undefined || this.table !== null) return renewedAt
    const until = Math.min(this.now, worker.lostAt)
    const steps = Math.floor((until - worker.startedAt) / this.renewInterval)
    return Math.max(renewedAt, worker.startedAt + Math.max(0, steps) * this.renewInterval)
  }

  /** Timer, with a table of the template alone: a worker renews what it holds. */
  renewDue(number: number): void {
    const worker = this.workers[number]
    if (!worker.isRunning) return
    this.sim.after(this.renewInterval, this.renewTarget, number)
    for (const lease of this.active) {
      if (lease.owner !== number || lease.consumer === null) continue
      if (this.now - lease.renewedAt >= this.failover) this.lose(lease.consumer)
      else if (worker.lostAt > this.now) this.write({ kind: 'renew', lease, worker: number, value: lease.checkpoint })
    }
  }

  /** Adds up the renewals that cost no events. */
  settleRenewals(): void {
    const from = this.renewedUntil
    this.renewedUntil = this.now
    if (this.table !== null) return
    for (const { number, startedAt, lostAt, isRunning } of this.workers) {
      if (!isRunning || lostAt < this.now) continue
      const steps = (time: number): number => Math.max(0, Math.floor((time - startedAt) / this.renewInterval))
      const count = (steps(this.now) - steps(from)) * this.heldBy(number)
      if (count > 0) this.sim.aggregate(this.metrics.renewed, count, count, 1, 1)
      this.renewals += count
    }
  }

  get writesInAll(): number {
    this.settleRenewals()
    return this.written + this.renewals
  }

  // Taking

  private share(lease: Lease): Share {
    const { number, owner, load } = lease
    return { key: number, owner, stale: owner === NONE ? 0 : this.now - this.renewedAt(lease), load }
  }

  private get shares(): Share[] {
    return this.active.map((lease) => this.share(lease))
  }

  private get rules(): { failover: number; leasesMax: number; stealMax: number } {
    const { failover, leasesMax, stealMax } = this
    return { failover, leasesMax, stealMax }
  }

  /** Timer: a round of a worker's taker (KCL-04). */
  takerDue(number: number): void {
    const worker = this.workers[number]
    worker.isArmed = false
    if (!worker.isRunning || worker.lostAt <= this.now) return
    const { sim, metrics } = this
    worker.rounds++
    const shares = this.shares
    const expired = shares.filter(({ owner, stale }) => owner !== NONE && stale >= this.failover).length
    sim.count(metrics.expired, expired)
    if (this.version.hasLeader) this.lead(worker, shares)
    else {
      const keys = takes(number, shares, this.rules)
      sim.count(metrics.needed, keys.length)
      sim.count(metrics.toTake, keys.length)
      for (const key of keys) this.take(this.leases.get(key)!, number)
    }
    if (this.isUnsettled) this.arm(worker)
  }

  /** A round of the leader (3.x): what nobody holds is given away, every third time the rest is evened out. */
  private lead(worker: Worker, shares: readonly Share[]): void {
    const healthy = this.workers.filter(({ isRunning, lostAt }) => isRunning && lostAt > this.now)
    const first = healthy[0]!
    if (this.leader !== first.number && this.now < this.leads) return
    this.leader = first.number
    if (worker !== first) return
    const numbers = healthy.map(({ number }) => number)
    for (const [key, to] of assigns(numbers, shares, this.failover)) this.take(this.leases.get(key)!, to)
    if (worker.rounds % BALANCE_EVERY !== 0) return
    const rules = { failover: this.failover, threshold: REBALANCE_THRESHOLD, dampening: DAMPENING }
    for (const [key, to] of balances(numbers, shares, rules)) {
      const { consumer } = this.leases.get(key)!
      if (consumer === null || consumer.handTo !== NONE) continue
      consumer.handTo = to
      this.sim.after(HANDOFF, this.handoffTarget, consumer.number)
      this.sim.after(0, this.pumpTarget, consumer.number)
    }
    this.isBusy = shares.some(({ load }) => load > 0)
    for (const lease of this.leases.values()) lease.load = 0
  }

  private take(lease: Lease, worker: number): void {
    if (lease.isTaken) return
    lease.isTaken = true
    this.write({ kind: 'take', lease, worker, value: lease.checkpoint })
  }

  /** A processor has come to a point where it can hand its shard over; after its time for that it must. */
  handOver(consumer: Consumer): void {
    if (!consumer.alive || consumer.handTo === NONE) return
    checkpoint(this, consumer)
    this.take(consumer.lease, consumer.handTo)
  }

  /** Whether a round of a taker may still change something. */
  private get isUnsettled(): boolean {
    const shares = this.shares
    const lost = shares.some(
      ({ owner, stale }) => owner === NONE || stale >= this.failover || this.workers[owner].lostAt <= this.now,
    )
    if (lost) return true
    if (this.version.hasLeader) return this.isBusy
    return this.workers.some(({ number, isRunning }) => isRunning && takes(number, shares, this.rules).length > 0)
  }

  /** Something was handled: a leader that sleeps has loads to compare again. */
  stir(): void {
    if (!this.version.hasLeader || this.isBusy) return
    this.isBusy = true
    this.armAll()
  }

  armAll(): void {
    for (const worker of this.workers) if (worker.isRunning) this.arm(worker)
  }

  /** Plans the next round of a taker, on its own grid. */
  private arm(worker: Worker): void {
    if (worker.isArmed) return
    worker.isArmed = true
    // The first round comes as soon as there are leases.
    const steps = Math.floor((this.now - worker.startedAt) / this.takerInterval) + 1
    const next = worker.rounds === 0 ? this.now : worker.startedAt + steps * this.takerInterval
    this.sim.after(next - this.now, this.takerTarget, worker.number)
  }

  // Writes to the lease table

  write(write: Write): void {
    const number = this.nextWrite++
    this.writes.set(number, write)
    this.send(number)
  }

  /** Makes a write, the first time or again (an event after a refusal). */
  send(number: number): void {
    const { sim } = this
    const write = this.writes.get(number)!
    this.written++
    if (this.table === null) {
      sim.after(this.writeLatency.draw(this.rng), this.writeTarget, number)
      return
    }
    const call = sim.open(write.kind === 'delete' ? this.deleteEdge : this.updateEdge, number, 0)
    sim.calls.body[call] = this.bodyOf(write)
    sim.send(call)
  }

  private bodyOf({ kind, lease, worker, value }: Write): unknown {
    const Key = { leaseKey: lease.shard }
    if (kind === 'delete') return { Key }
    const isNew = kind === 'create'
    const isTake = kind === 'take'
    return {
      Key,
      UpdateExpression: 'SET leaseOwner = :owner, leaseCounter = :counter, checkpoint = :checkpoint',
      ConditionExpression: isNew
        ? 'attribute_not_exists(leaseKey)'
        : isTake
          ? 'leaseCounter = :was'
          : 'leaseOwner = :owner',
      ExpressionAttributeValues: {
        ':owner': isNew ? 'none' : this.workerName(worker),
        ':counter': lease.counter + 1,
        ':checkpoint': value,
        ...(isTake ? { ':was': lease.counter } : undefined),
      },
    }
  }

  /** Timer, without a table in the template: a write has been made, if the capacity allows it and the condition holds. */
  writeDone(number: number): void {
    const { kind, lease, worker } = this.writes.get(number)!
    const holds = kind === 'create' || kind === 'take' || kind === 'delete' || lease.owner === worker
    const fits = this.capacity === null || this.capacity.take(this.now, 1)
    const reaches = kind === 'create' || kind === 'delete' || this.workers[worker].lostAt > this.now
    this.settle(number, holds && fits && reaches, !fits)
  }

  writeAnswered(call: Call): void {
    const { sim } = this
    const number = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    sim.close(call)
    this.settle(number, status === 0, status !== 0 && sim.errors.names[status] !== 'ConditionalCheckFailedException')
  }

  private settle(number: number, isDone: boolean, isRefused: boolean): void {
    const { kind, lease, worker, value } = this.writes.get(number)!
    // What cannot be left out is tried again; the rest comes again by itself.
    const isNeeded = kind === 'create' || (kind === 'checkpoint' && value === SHARD_END && lease.owner === worker)
    if (!isDone && isNeeded) {
      if (isRefused) this.refusals.note(this.now)
      this.sim.after(WRITE_BACKOFF, this.writeAgainTarget, number)
      return
    }
    this.writes.delete(number)
    if (isRefused) this.refusals.note(this.now)
    if (kind === 'take') lease.isTaken = false
    if (!isDone) {
      if (kind === 'take') this.armAll()
      return
    }
    lease.counter++
    switch (kind) {
      case 'create':
        this.leases.set(lease.number, lease)
        if (![...this.writes.values()].some((other) => other.kind === 'create')) this.armAll()
        return
      case 'take':
        this.taken(lease, worker)
        return
      case 'renew':
        lease.renewedAt = this.now
        this.sim.count(this.metrics.renewed, 1)
        return
      case 'checkpoint':
        lease.checkpoint = value
        if (value === SHARD_END) this.completed(lease)
        return
      case 'delete':
        this.leases.delete(lease.number)
    }
  }

  private taken(lease: Lease, worker: number): void {
    this.settleRenewals()
    const before = lease.consumer
    lease.owner = worker
    lease.renewedAt = this.now
    this.sim.count(this.metrics.taken, 1)
    if (before !== null) {
      // Who held it notices at its next renewal, and handles its batch until then (KCL-25).
      const holder = this.workers[before.worker]
      const steps = Math.floor((this.now - holder.startedAt) / this.renewInterval) + 1
      if (before.handTo === worker) this.drop(before)
      else if (holder.lostAt > this.now)
        this.sim.after(holder.startedAt + steps * this.renewInterval - this.now, this.lossTarget, before.number)
    }
    if (!this.workers[worker].isRunning) return
    const consumer = new Consumer(this.nextConsumer++, lease, worker, this.now)
    this.consumers.set(consumer.number, consumer)
    lease.consumer = consumer
    begin(this, consumer)
  }

  /** Timer: a processor notices that its lease is another's, or has run out. */
  lossNoticed(number: number): void {
    const consumer = this.consumers.get(number)
    if (consumer === undefined) return
    const { lease } = consumer
    const isStillIts = lease.consumer === consumer && this.now - this.renewedAt(lease) < this.failover
    if (!isStillIts) this.lose(consumer)
  }

  handoffOver(number: number): void {
    const consumer = this.consumers.get(number)
    if (consumer !== undefined) this.handOver(consumer)
  }

  private lose(consumer: Consumer): void {
    this.sim.count(this.metrics.lost, 1)
    this.drop(consumer)
    this.armAll()
  }

  /** Ends a processor where it stands; what it asked for comes to nobody. */
  private drop(consumer: Consumer): void {
    this.settleRenewals()
    consumer.alive = false
    this.abandoned += consumer.batch?.length ?? 0
    if (consumer.frame !== NONE) this.interpreter.kill(consumer.frame)
    this.consumers.delete(consumer.number)
    if (consumer.lease.consumer === consumer) consumer.lease.consumer = null
  }

  // Shards

  listShards(): void {
    const call = this.sim.open(this.shardsEdge, 0, 0)
    this.sim.calls.body[call] = {}
    this.sim.send(call)
  }

  shardsAnswered(call: Call): void {
    const { sim } = this
    const status = sim.calls.status[call]
    const answer = sim.calls.answer[call] as { readonly Shards: readonly Record<string, any>[] }
    sim.close(call)
    if (status !== 0) {
      // A fault, or too many calls: shards are looked for again.
      sim.after(SECOND, this.cleanupTarget, 0)
      return
    }
    this.shards = answer.Shards.map((shard) => ({
      id: shard['ShardId'] as string,
      parents: [shard['ParentShardId'], shard['AdjacentParentShardId']].filter(
        (id): id is string => typeof id === 'string',
      ),
      isOpen: shard['SequenceNumberRange'].EndingSequenceNumber === undefined,
    }))
    this.createMissing()
  }

  /** Leases for shards that need one: at first by the initial position, later for children whose parents are all done (KCL-08). */
  private createMissing(): void {
    const known = new Map([...this.leases.values()].map((lease) => [lease.shard, lease]))
    const pending = new Set(
      [...this.writes.values()].filter(({ kind }) => kind === 'create').map(({ lease }) => lease.shard),
    )
    if (known.size === 0 && pending.size === 0) {
      for (const id of missingLeases(this.shards, new Set(), this.position)) this.create(id, this.position)
      return
    }
    const listed = new Set(this.shards.map(({ id }) => id))
    for (const { id, parents } of this.shards) {
      if (known.has(id) || pending.has(id)) continue
      const leased = parents.filter((parent) => listed.has(parent)).map((parent) => known.get(parent))
      const isDue = leased.length > 0 && leased.every((lease) => lease !== undefined && lease.completedAt !== NONE)
      if (isDue) this.create(id, 'TRIM_HORIZON')
    }
  }

  private create(shard: string, checkpointAt: string): void {
    const lease: Lease = {
      number: this.nextLease++,
      shard,
      parents: this.shards.find(({ id }) => id === shard)?.parents ?? [],
      owner: NONE,
      counter: 0,
      checkpoint: checkpointAt,
      renewedAt: this.now,
      seen: '',
      load: 0,
      completedAt: NONE,
      isTaken: false,
      consumer: null,
    }
    this.write({ kind: 'create', lease, worker: 0, value: checkpointAt })
  }

  /** A shard has been read and handled to its end. */
  private completed(lease: Lease): void {
    lease.completedAt = this.now
    if (lease.consumer !== null) this.drop(lease.consumer)
    this.listShards()
    if (this.isCleaning) return
    this.isCleaning = true
    this.sim.after(CLEANUP_EVERY, this.cleanupTarget, 1)
  }

  /** Timer: leases of finished shards go once their children are read for a while (KCL-08); with 0, shards are listed again. */
  cleanup(isRound: number): void {
    if (isRound === 0) {
      this.listShards()
      return
    }
    this.isCleaning = false
    let more = false
    for (const lease of this.leases.values()) {
      if (lease.completedAt === NONE) continue
      const children = [...this.leases.values()].filter(({ parents }) => parents.includes(lease.shard))
      const areRead = children.length > 0 && children.every(({ owner }) => owner !== NONE)
      if (areRead && this.now - lease.completedAt >= COMPLETED_FOR)
        this.write({ kind: 'delete', lease, worker: 0, value: SHARD_END })
      else more = true
    }
    if (!more) return
    this.isCleaning = true
    this.sim.after(CLEANUP_EVERY, this.cleanupTarget, 1)
  }
}
