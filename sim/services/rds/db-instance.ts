// AWS::RDS::DBInstance: runs queries on shared processors and storage, over connections of which there are only so many.
//
// The one idea: a query goes through three stages, its connection, its processor time, its storage, and each has a limit of its own. Rows are
// kept as far as they are asked for by key, so that a replica can be behind and a snapshot can bring them back.
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Op, ServiceDef, Sim } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { Population } from '../../parts/population.ts'
import { ProcessorSharing } from '../../parts/processor-sharing.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { Unanswered } from '../../parts/unanswered.ts'
import { Changes } from './changes.ts'
import { Connections } from './connections.ts'
import { NO_ROW, rowCopies } from './copies.ts'
import type { DbCluster } from './db-cluster.ts'
import { gatherInstance, type InstancePlan } from './db-config.ts'
import { findingsOf } from './db-insights.ts'
import { assumptions } from './db-instance.facts.ts'
import { instanceParts, instanceProps } from './db-props.ts'
import * as life from './life.ts'
import { nameOf, Rows, statementOf, type Statement } from './rows.ts'

const NONE = -1
const MINUTE = 60_000_000

export const query: Pick<Op<unknown>, 'doc' | 'target' | 'params' | 'errors'> = {
  doc: 'Runs a statement: reads or writes by its verb, a row by `Key`, over a connection that the caller keeps.',
  target: 'Database',
  params: ['Sql', 'Key', 'Row', 'Endpoint'],
  errors: ['TooManyConnections', 'ConnectionRefusedError', 'ConnectionResetError', 'ReadOnlyError', 'StorageFullError'],
}

export const dbInstance: ServiceDef<DbInstance> = {
  type: 'AWS::RDS::DBInstance',
  family: 'database',
  namespace: 'AWS/RDS',
  dimension: 'DBInstanceIdentifier',
  summary: 'A relational database server: connections, processors, storage, replicas and failover.',
  models: [
    'Connections: a caller keeps those that it has, opens one more for each query at a time, and is refused beyond `max_connections`, which follows from the memory of the class [N.RDS-01].',
    'Queries share the vCPUs evenly; setting a connection up costs processor time too.',
    'Reads that miss the buffer pool and all writes go to the storage, whose operations a second are limited.',
    'Read replicas follow in order, a little behind; reads there that are out of date are counted. A replica takes no writes.',
    'A reboot, a failover to the standby of a Multi-AZ instance, a lost host: connections and queries are gone, nobody is let in until it is back.',
    'Rows by table and key; snapshots bring them back, deletion protection keeps them [N.RDS-01].',
  ],
  omits: [
    'SQL beyond verb and table: no conditions, joins, transactions, locks or isolation; what a query costs is assumed, not found.',
    'Memory pressure, swapping, burst credits of T classes and of gp2, growth of the storage, maintenance, backups and point-in-time recovery.',
    'Host names and their DNS: after a failover clients find the new primary at once.',
    'Multi-AZ clusters with readable standbys, Serverless, Global Databases, Data API, Oracle and SQL Server peculiarities.',
    'Its bill.',
  ],
  quotas: {},
  assumptions,
  props: instanceProps,
  parts: instanceParts,
  gather: gatherInstance,
  place: (config) => config['Place'] as Place | undefined,
  entries: (config) => ((config['Plan'] as InstancePlan).isFront ? ['sql:query'] : []),
  create: (config, sim) => new DbInstance(config, sim),
  ops: {
    'sql:query': { ...query, copies: rowCopies, run: (self, call) => self.arrive(call) },
    'rds:ApplyChange': {
      internal: true,
      oneWay: true,
      doc: 'A change of the primary comes to a replica (our own name: no API shows it).',
      run: (self, call) => self.follow(call),
    },
    ...life.ops,
  },
  timers: { connected, worked, stored, applied, idleEnded, replicated, ...life.timers },
  metrics: {
    DatabaseConnections: { unit: 'Count', kind: 'level', doc: 'Connections, idle ones too.' },
    CPUUtilization: {
      unit: 'Percent',
      kind: 'gauge',
      doc: 'Processors in use in the minute; no data point while it is down.',
      read: (self) => (self.isUp ? self.load : NaN),
    },
    ReadLatency: { unit: 'Seconds', kind: 'distribution', doc: 'A read of the storage, waiting included.' },
    WriteLatency: { unit: 'Seconds', kind: 'distribution', doc: 'A write of the storage, waiting included.' },
    FreeStorageSpace: {
      unit: 'Bytes',
      kind: 'gauge',
      doc: 'What of the storage is free.',
      read: (self) => (self.plan.cluster === '' ? self.plan.storageBytes - self.bytes : NaN),
    },
    ReplicaLag: {
      unit: 'Seconds',
      kind: 'distribution',
      doc: 'How far behind its source a read replica was at each change.',
    },
    AuroraReplicaLag: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'How far behind the writer a reader of a cluster was at each change.',
    },
    Queries: { unit: 'Count', kind: 'count', doc: 'Statements that came, refused ones too.' },
    QueryLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From a statement to its answer, connection included; ours, in AWS a figure of Performance Insights.',
    },
    LoginFailures: { unit: 'Count', kind: 'count', doc: 'Connections refused because there were too many.' },
    StaleReads: {
      unit: 'Count',
      kind: 'count',
      namespace: 'Sim',
      doc: 'Reads of a replica that found something else than its source had then.',
    },
  },
  faults: life.faults,
  invariants: {
    'every statement was answered or is inside': (self) => self.queries.total === self.answered + self.inside.inside,
    'statements inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
    'never more connections than are allowed': (self) => self.connections.open <= self.connections.max,
    'every connection is idle or has a statement': (self) =>
      self.connections.open === self.connections.idleCount + self.inside.inside,
  },
  periodEnded: (self) => self.minuteEnded(),
  insights: findingsOf,
  traced: {
    inside: 'runs a statement',
    // A change goes to the replicas when the request is over.
    serves: () => NONE,
    ends: {
      connected: (self, slot) => ({
        end: 'stage',
        of: self.work[slot]!.call,
        stage: 'start',
        words: 'opens a connection',
        from: self.work[slot]!.since,
      }),
      stored: (self, slot) => ({
        end: 'stage',
        of: self.work[slot]!.call,
        stage: 'work',
        words: 'reads or writes the storage',
        from: self.work[slot]!.storedSince,
      }),
    },
  },
  view: {
    glyph: 'database',
    label: 'Database',
    detail: ({ Plan }) => ((Plan as InstancePlan).source !== '' ? 'read replica' : undefined),
    level: (self) => self.connections.open,
    levelMax: (self) => self.connections.max,
    tone: (self) =>
      !self.isUp
        ? 'failing'
        : self.connections.open >= self.connections.max
          ? 'throttling'
          : self.inside.inside > 0
            ? 'busy'
            : 'calm',
    readings: [
      {
        name: 'Connections',
        unit: 'connections',
        doc: 'Connections, idle ones too.',
        read: (self) => self.connections.open,
      },
      { name: 'Most', unit: 'connections', doc: 'How many are allowed.', read: (self) => self.connections.max },
      { name: 'Running', unit: 'statements', doc: 'Statements inside.', read: (self) => self.inside.inside },
      {
        name: 'CPU',
        unit: '%',
        doc: 'Processors in use now.',
        read: (self) => (100 * Math.min(self.cpu.inside, self.cpu.processors)) / self.cpu.processors,
      },
      {
        name: 'Statements',
        unit: '1/s',
        doc: 'Statements that come.',
        counter: true,
        read: (self) => self.queries.total,
      },
      {
        name: 'Refused',
        unit: '1/s',
        doc: 'Statements that found no connection.',
        counter: true,
        read: (self) => self.connections.refused,
      },
    ],
  },
  report: (self) => ({
    lines: [
      `${self.isUp ? 'available' : self.state}; ${self.connections.made} connections made, ${self.peak} at most of ${self.connections.max}, ${self.connections.refused} refused`,
      ...(self.rows.size > 0 ? [`${self.rows.size} rows`] : []),
    ],
  }),
}

/** A statement under way. */
interface Work {
  readonly call: Call
  readonly caller: number
  readonly statement: Statement
  readonly since: number
  /** Its slot at the processors, and the timer of its connection or storage; −1 = none. */
  job: number
  timer: TimerHandle
  storedSince: number
}

export class DbInstance {
  readonly sim: Sim
  readonly plan: InstancePlan
  readonly connections: Connections
  readonly cpu: ProcessorSharing
  readonly inside = new Population()
  readonly isMultiAz: boolean
  readonly isProtected: boolean
  /** `available`, or in AWS's words why not. */
  state: 'available' | 'rebooting' | 'failing-over' | 'recovering' | 'stopped' | 'creating' | 'deleting' = 'available'
  rows = new Rows()
  /** Writes of late, once somebody asks whether copies of rows are stale. */
  unanswered: Unanswered<string, unknown> | null = null
  readonly snapshots = new Map<string, Rows>()
  answered = 0
  peak = 0
  readonly queries: Stretch
  readonly refusals: Stretch
  readonly outages: Stretch
  readonly full: Stretch
  stale = 0
  replicaReads = 0
  /** Slots of statements; null = free. */
  readonly work: (Work | null)[] = []
  readonly rng: Rng
  readonly samplers: Readonly<Record<string, Sampler>>
  private readonly lifeTarget: Target
  private readonly free: number[] = []
  private readonly status: Readonly<Record<'tooMany' | 'refused' | 'reset' | 'readOnly' | 'full', number>>
  private readonly missRate: number
  private readonly connectedTarget: Target
  private readonly storedTarget: Target
  private readonly appliedTarget: Target
  private readonly idleTarget: Target
  private readonly replicaEdges: readonly number[]
  private ioFreeAt = 0
  private idleDue = Infinity
  /** When it will be back; −1 = nothing brings it back. */
  private backTimer: TimerHandle = NONE
  private usedBefore = 0
  /** Changes on their way to this replica, in order; when the last of them will be seen. */
  private readonly changes = new Changes()
  private seenUntil = 0
  private readonly metricConnections: MetricId
  private readonly metricReads: MetricId
  private readonly metricWrites: MetricId
  private readonly metricQueries: MetricId
  private readonly metricLatency: MetricId
  private readonly metricRefused: MetricId
  private readonly metricLag: MetricId
  private readonly metricStale: MetricId

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.plan = config['Plan'] as InstancePlan
    this.isMultiAz = config['MultiAZ'] === true
    this.isProtected = config['DeletionProtection'] === true
    this.rng = sim.rng('queries')
    const names = Object.keys(assumptions).filter((name) => name !== 'ReadMiss')
    this.samplers = Object.fromEntries(names.map((name) => [name, sim.sampler(name)]))
    this.missRate = sim.sampler('ReadMiss').drawReal(this.rng)
    this.connections = new Connections(this.plan.maxConnections, this.samplers['ConnectionKept'].draw(this.rng))
    this.cpu = new ProcessorSharing(sim, this.plan.vcpus, sim.target(worked))
    this.queries = new Stretch(sim.warmUp)
    this.refusals = new Stretch(sim.warmUp)
    this.outages = new Stretch(sim.warmUp)
    this.full = new Stretch(sim.warmUp)
    this.status = {
      tooMany: sim.error('TooManyConnections', 0),
      refused: sim.error('ConnectionRefusedError', 0),
      reset: sim.error('ConnectionResetError', 0),
      readOnly: sim.error('ReadOnlyError', 400),
      full: sim.error('StorageFullError', 400),
    }
    this.connectedTarget = sim.target(connected)
    this.storedTarget = sim.target(stored)
    this.appliedTarget = sim.target(applied)
    this.idleTarget = sim.target(idleEnded)
    this.lifeTarget = sim.target(life.arrived)
    const follows = this.plan.cluster !== '' || this.plan.source === '' ? this.plan.replicas : []
    this.replicaEdges = follows.map((name) => sim.edge(name, 'rds:ApplyChange', replicated))
    this.metricConnections = sim.metric('DatabaseConnections')
    this.metricReads = sim.metric('ReadLatency')
    this.metricWrites = sim.metric('WriteLatency')
    this.metricQueries = sim.metric('Queries')
    this.metricLatency = sim.metric('QueryLatency')
    this.metricRefused = sim.metric('LoginFailures')
    const isFollower = this.plan.source !== '' || this.plan.cluster !== ''
    this.metricLag = isFollower ? sim.metric(this.plan.cluster === '' ? 'ReplicaLag' : 'AuroraReplicaLag') : NONE
    this.metricStale = isFollower ? sim.metric('StaleReads') : NONE
    this.isWriter = this.plan.writesFirst
  }

  /** Whether it takes writes. */
  isWriter: boolean

  /** Bytes of the rows, each as its JSON. */
  get bytes(): number {
    return this.rows.bytes
  }

  get isUp(): boolean {
    return this.state === 'available'
  }

  /** A statement comes. */
  arrive(call: Call): void {
    const { sim } = this
    const now = sim.clock[0]
    this.queries.note(now)
    sim.count(this.metricQueries, 1)
    if (!this.isUp) return this.refuse(call, this.status.refused)
    const statement = statementOf(sim.calls.body[call])
    const caller = sim.calls.edge[call]
    const connection = this.connections.take(caller)
    if (connection === 'none') {
      this.refusals.note(now)
      sim.count(this.metricRefused, 1)
      // It takes a connection to be told that there is none.
      return this.refuse(call, this.status.tooMany, this.samplers['ConnectTime'].draw(this.rng))
    }
    this.inside.enter(now)
    this.showConnections()
    const isNew = connection === 'new'
    const slot = this.free.pop() ?? this.work.length
    this.work[slot] = { call, caller, statement, since: now, job: NONE, timer: NONE, storedSince: 0 }
    if (!isNew) this.compute(slot, 0)
    else this.work[slot].timer = sim.timer(this.samplers['ConnectTime'].draw(this.rng), this.connectedTarget, slot)
  }

  /** A new connection stands: its set-up is paid for with the statement. */
  connectedAt(slot: number): void {
    this.work[slot]!.timer = NONE
    this.compute(slot, this.samplers['ConnectWork'].draw(this.rng))
  }

  /** A statement has had its processor time: the storage comes next, if it needs it. */
  workedAt(slot: number): void {
    const { sim } = this
    const work = this.work[slot]!
    const now = sim.clock[0]
    const isRead = work.statement.verb === 'SELECT'
    work.job = NONE
    if (isRead && !(this.rng.float() < this.missRate)) {
      this.finish(slot)
      return
    }
    work.storedSince = now
    this.ioFreeAt = Math.max(now, this.ioFreeAt) + 1e6 / this.plan.iops
    const waits = Math.round(this.ioFreeAt - now) + this.samplers['IoTime'].draw(this.rng)
    work.timer = sim.timer(waits, this.storedTarget, slot)
  }

  storedAt(slot: number): void {
    const work = this.work[slot]!
    work.timer = NONE
    const isRead = work.statement.verb === 'SELECT'
    this.sim.record(isRead ? this.metricReads : this.metricWrites, this.sim.clock[0] - work.storedSince)
    this.finish(slot)
  }

  /** Everything stops: the server is gone, and whoever waits is told by a broken connection. */
  stop(state: DbInstance['state']): void {
    const wasUp = this.isUp
    this.state = state
    if (!wasUp) return
    this.outages.note(this.sim.clock[0])
    this.connections.drop()
    this.work.forEach((work, slot) => {
      if (work === null) return
      if (work.job !== NONE) this.cpu.stop(work.job)
      if (work.timer !== NONE) this.sim.cancel(work.timer)
      this.connections.close()
      this.leave(slot, this.status.reset)
    })
    this.ioFreeAt = 0
    this.showConnections()
  }

  /** It will be back in so many µs. */
  comeBack(after: number): void {
    this.backTimer = this.sim.timer(after, this.lifeTarget, 0)
  }

  /** It is back. */
  backAgain(): void {
    this.backTimer = NONE
    this.state = 'available'
    this.tellCluster()
  }

  /** It is gone or back: its cluster sees to it that somebody writes. */
  tellCluster(): void {
    if (this.plan.cluster !== '') this.sim.peer<DbCluster>(this.plan.cluster).memberChanged()
  }

  /** It is deleted, with its rows: nothing that was under way brings it back, or reaches it. */
  remove(): void {
    this.stop('deleting')
    this.catchUp()
    this.rows = new Rows()
    if (this.backTimer !== NONE) this.sim.cancel(this.backTimer)
    this.backTimer = NONE
  }

  /** A change of the primary comes in: it is seen after the lag, behind those before it. */
  follow(call: Call): void {
    const { sim } = this
    const now = sim.clock[0]
    if (this.state === 'deleting') {
      sim.reply(call, 0)
      return
    }
    const { statement } = sim.calls.body[call] as { statement: Statement }
    const lag = this.plan.cluster === '' ? this.samplers['ReplicaLag'].draw(this.rng) : AURORA_LAG
    this.seenUntil = Math.max(this.seenUntil, now + lag)
    this.changes.push({ statement, at: now })
    sim.after(this.seenUntil - now, this.appliedTarget, 0)
    sim.reply(call, 0)
  }

  appliedNext(): void {
    const change = this.changes.shift()!
    this.rows.apply(change.statement)
    this.sim.record(this.metricLag, this.sim.clock[0] - change.at)
  }

  /** Whoever takes over has seen everything first. */
  catchUp(): void {
    // The timers of what is already there find nothing.
    this.skipped += this.changes.length
    for (let change = this.changes.shift(); change !== undefined; change = this.changes.shift())
      this.rows.apply(change.statement)
  }

  /** Timers of changes that were applied ahead of them. */
  skipped = 0

  /** Percent of its processors in the minute that ends now. */
  get load(): number {
    return Math.min(100, (100 * (this.cpu.usedUntilNow() - this.usedBefore)) / (this.plan.vcpus * MINUTE))
  }

  /** Metrics of the minute have been read: the next one begins. */
  minuteEnded(): boolean {
    const wasBusy = this.cpu.usedUntilNow() > this.usedBefore
    this.usedBefore = this.cpu.usedUntilNow()
    return wasBusy || this.inside.inside > 0
  }

  idleEnded(): void {
    this.idleDue = this.connections.expire(this.sim.clock[0])
    if (this.idleDue < Infinity) this.sim.after(this.idleDue - this.sim.clock[0], this.idleTarget, 0)
    this.showConnections()
  }

  private compute(slot: number, more: number): void {
    const work = this.work[slot]!
    const name = work.statement.verb === 'SELECT' ? 'ReadWork' : 'WriteWork'
    work.job = this.cpu.start(this.samplers[name].draw(this.rng) + more, slot)
  }

  private finish(slot: number): void {
    const { sim } = this
    const work = this.work[slot]!
    const { statement, call, caller } = work
    const isRead = statement.verb === 'SELECT'
    this.connections.rest(caller, sim.clock[0])
    if (this.idleDue === Infinity) {
      this.idleDue = sim.clock[0] + this.connections.keep
      sim.after(this.connections.keep, this.idleTarget, 0)
    }
    if (!isRead && !this.isWriter) return this.leave(slot, this.status.readOnly)
    const before = this.unanswered === null ? undefined : this.rows.at(statement)
    const found = this.rows.apply(statement, this.plan.storageBytes)
    if (found === undefined) {
      this.full.note(sim.clock[0])
      return this.leave(slot, this.status.full)
    }
    sim.calls.answer[call] = found
    if (!isRead && this.unanswered !== null) this.noteWrite(this.unanswered, statement, before)
    if (isRead) this.lookBack(statement)
    else
      for (const edge of this.replicaEdges) {
        const change = sim.open(edge, 0, 0)
        sim.calls.body[change] = { statement }
        sim.send(change)
      }
    return this.leave(slot, 0)
  }

  /** A write is answered at the moment of its effect: copies that were asked for before it were good. */
  private noteWrite(unanswered: Unanswered<string, unknown>, statement: Statement, before: unknown): void {
    const name = nameOf(statement)
    if (name === undefined) return
    unanswered.write(name, before ?? NO_ROW, this.sim.clock[0])
    unanswered.answer(this.sim.clock[0])
  }

  /** Whether a replica has answered with what its source no longer has. */
  private lookBack(statement: Statement): void {
    if (this.isWriter || this.metricStale === NONE) return
    this.replicaReads++
    if (!this.changes.concern(statement)) return
    this.stale++
    this.sim.count(this.metricStale, 1)
  }

  private leave(slot: number, status: number): void {
    const { sim } = this
    const { call, since } = this.work[slot]!
    this.work[slot] = null
    this.free.push(slot)
    this.answered++
    this.inside.leave(sim.clock[0], since)
    if (status === 0) sim.record(this.metricLatency, sim.clock[0] - since)
    sim.reply(call, status)
  }

  private refuse(call: Call, status: number, delay = 0): void {
    this.answered++
    this.sim.replyAfter(delay, call, status)
  }

  private showConnections(): void {
    this.peak = Math.max(this.peak, this.connections.open)
    this.sim.level(this.metricConnections, this.connections.open)
  }
}

/** A reader of a cluster sees the shared storage, a little later: usually well below 100 ms. */
const AURORA_LAG = 20_000

function connected(self: DbInstance, slot: number): void {
  self.connectedAt(slot)
}

function worked(self: DbInstance): void {
  self.cpu.expired()
  for (let slot = self.cpu.next(); slot >= 0; slot = self.cpu.next()) self.workedAt(slot)
}

function stored(self: DbInstance, slot: number): void {
  self.storedAt(slot)
}

function applied(self: DbInstance): void {
  if (self.skipped > 0) self.skipped--
  else self.appliedNext()
}

function idleEnded(self: DbInstance): void {
  self.idleEnded()
}

function replicated(self: DbInstance, call: Call): void {
  self.sim.close(call)
}
