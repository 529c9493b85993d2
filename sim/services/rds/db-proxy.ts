// AWS::RDS::DBProxy: lends the few connections of a database to many clients, statement by statement.
//
// The one idea: clients wait for a connection instead of being refused. While the database is down, or others hold its connections, they
// wait as well: whom it did not let in goes back in line, and from time to time one of them is sent to find out whether it does now.
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Finding, Look, Near, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { Line } from '../../parts/line.ts'
import { Population } from '../../parts/population.ts'
import { count } from '../../parts/words.ts'
import { placeOf } from '../../parts/reachability.ts'
import { Slots } from '../../parts/slots.ts'
import { Stretch } from '../../parts/stretch.ts'
import { CLUSTER, INSTANCE, membersOf } from './db-config.ts'
import { query } from './db-instance.ts'
import { assumptions } from './db-proxy.facts.ts'
import { classOf, maxConnections, portOf } from './classes.ts'
import { proxyParts, proxyProps } from './db-props.ts'

const NONE = -1
const SECOND = 1_000_000

export const dbProxy: ServiceDef<DbProxy> = {
  type: 'AWS::RDS::DBProxy',
  family: 'database',
  namespace: 'AWS/RDS',
  dimension: 'ProxyName',
  summary: 'A pool of database connections that many clients share.',
  models: [
    'A statement borrows a connection and gives it back with its answer; beyond `MaxConnectionsPercent` of the database’s connections statements wait in line, up to the borrow time-out.',
    'While the database is down, fails over or has no connection left for it, statements wait; those that were running when it went are lost.',
  ],
  omits: [
    'Pinning: transactions and session state that bind a client to a connection.',
    'Limits of clients and of the proxy itself, read-only endpoints, IAM and TLS.',
    'Its bill.',
  ],
  quotas: {},
  assumptions,
  props: proxyProps,
  parts: proxyParts,
  gather,
  place: (config) => config['Place'] as Place | undefined,
  entries: (config) => (config['To'] === '' ? [] : ['sql:query']),
  create: (config, sim) => new DbProxy(config, sim),
  ops: {
    'sql:query': {
      ...query,
      copies: { isStale: ({ sim, edge }, ...copy) => (edge === NONE ? undefined : sim.isStale(edge, ...copy)) },
      run: (self, call) => self.arrive(call),
    },
  },
  timers: { answered, waitOver, look },
  metrics: {
    ClientConnections: {
      unit: 'Count',
      kind: 'level',
      doc: 'Clients with a statement; here each has a connection of its own.',
    },
    DatabaseConnectionsCurrentlyBorrowed: { unit: 'Count', kind: 'level', doc: 'Connections with a statement.' },
    DatabaseConnectionsBorrowLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'How long a statement waited for a connection.',
    },
    QueryRequests: { unit: 'Count', kind: 'count', doc: 'Statements that came.' },
  },
  invariants: {
    'every statement was answered or is inside': (self) => self.inside.inside === self.line.length + self.borrowed,
    'never more connections than its share': (self) => self.borrowed <= self.max,
    'statements inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
  },
  insights: waits,
  traced: {
    inside: 'waits for a connection',
    insideWaits: true,
    answer: 'overhead of the proxy',
    serves: (self, call) => self.callServedBy(call),
  },
  view: {
    glyph: 'database',
    label: 'Proxy',
    level: (self) => self.borrowed,
    levelMax: (self) => self.max,
    tone: (self) => (self.line.length > 0 ? 'throttling' : self.borrowed > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Borrowed', unit: 'connections', doc: 'Connections with a statement.', read: (self) => self.borrowed },
      { name: 'Most', unit: 'connections', doc: 'Its share of the connections.', read: (self) => self.max },
      { name: 'Waiting', unit: 'statements', doc: 'Statements in line.', read: (self) => self.line.length },
    ],
  },
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const group = near
    .all('AWS::RDS::DBProxyTargetGroup')
    .find(({ config }) => near.resourceAt(config['DBProxyName'])?.logicalId === self.logicalId)
  const targets = [group?.config['DBClusterIdentifiers'] ?? [], group?.config['DBInstanceIdentifiers'] ?? []].flat()
  const to = targets
    .map((text) => near.resourceAt(text))
    .find((view) => view?.type === CLUSTER || view?.type === INSTANCE)
  const pool = (group?.config['ConnectionPoolConfigurationInfo'] ?? {}) as Config
  const engine = String(to?.config['Engine'] ?? self.config['EngineFamily'] ?? 'mysql').toLowerCase()
  const member =
    to?.type === CLUSTER
      ? near.all(INSTANCE).find(({ logicalId }) => logicalId === membersOf(near, to.logicalId)[0])
      : to
  const most =
    member === undefined ? 1 : maxConnections(engine, classOf(String(member.config['DBInstanceClass'])).memory)
  return {
    To: to?.logicalId ?? '',
    Most: Math.max(1, Math.floor((most * ((pool['MaxConnectionsPercent'] as number | undefined) ?? 100)) / 100)),
    Patience: ((pool['ConnectionBorrowTimeout'] as number | undefined) ?? 120) * SECOND,
    Place: placeOf(near, self.config['VpcSubnetIds'], self.config['VpcSecurityGroupIds'], {
      serves: [{ prefix: 'sql:', port: portOf(engine.startsWith('postgre') ? 'postgres' : engine) }],
    }),
  }
}

/** A statement, in line or with a connection. */
interface Statement {
  readonly call: Call
  /** Its place in the order of arrival. */
  readonly nth: number
  readonly since: number
  /** When its time in line is over. */
  timer: TimerHandle
}

export class DbProxy {
  readonly sim: Sim
  readonly max: number
  readonly inside = new Population()
  /** In order of arrival. */
  readonly line = new Line<Statement>()
  borrowed = 0
  readonly timeouts: Stretch
  /** To the database; −1 = it has none. */
  readonly edge: number
  private readonly patience: number
  private readonly rng: Rng
  private readonly latency: Sampler
  private readonly lookAgain: Sampler
  private readonly waitTarget: Target
  private readonly lookTarget: Target
  private readonly refused: number
  private readonly tooMany: number
  private readonly borrowTimeout: number
  /** Statements with a connection, by the slot that their calls carry. */
  private readonly lent = new Slots<Statement>()
  private arrived = 0
  /** How many connections the database lets it have, as far as it knows; whether it was let in at all. */
  private room: number
  private isDown = false
  private isLooking = false
  private readonly metricClients: MetricId
  private readonly metricBorrowed: MetricId
  private readonly metricWaited: MetricId
  private readonly metricQueries: MetricId

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.max = config['Most'] as number
    this.room = this.max
    this.patience = config['Patience'] as number
    const to = config['To'] as Ref
    this.edge = to === '' ? NONE : sim.edge(to, 'sql:query', answered, null, true)
    this.rng = sim.rng('proxy')
    this.latency = sim.sampler('ProxyLatency')
    this.lookAgain = sim.sampler('LookAgain')
    this.waitTarget = sim.target(waitOver)
    this.lookTarget = sim.target(look)
    this.timeouts = new Stretch(sim.warmUp)
    this.refused = sim.error('ConnectionRefusedError', 0)
    this.tooMany = sim.error('TooManyConnections', 0)
    this.borrowTimeout = sim.error('ConnectionBorrowTimeout', 0)
    this.metricClients = sim.metric('ClientConnections')
    this.metricBorrowed = sim.metric('DatabaseConnectionsCurrentlyBorrowed')
    this.metricWaited = sim.metric('DatabaseConnectionsBorrowLatency')
    this.metricQueries = sim.metric('QueryRequests')
  }

  arrive(call: Call): void {
    const { sim } = this
    const now = sim.clock[0]
    sim.count(this.metricQueries, 1)
    if (this.edge === NONE) {
      sim.reply(call, this.refused)
      return
    }
    this.inside.enter(now)
    sim.level(this.metricClients, this.inside.inside)
    this.line.push({ call, nth: this.arrived++, since: now, timer: sim.timer(this.patience, this.waitTarget, call) })
    this.lend()
  }

  callServedBy(inner: Call): Call {
    return this.lent.at(this.sim.calls.cookie[inner]).call
  }

  /** A statement is over, or was not let in. */
  settle(inner: Call): void {
    const { sim } = this
    const { calls } = sim
    const slot = calls.cookie[inner]
    const status = calls.status[inner]
    const answer = calls.answer[inner]
    const lentAt = calls.sentAt[inner]
    const statement = this.lent.take(slot)
    sim.close(inner)
    this.borrowed--
    if (status === this.refused || status === this.tooMany) {
      this.isDown = status === this.refused
      this.room = this.isDown ? 0 : Math.min(this.room, this.borrowed)
      this.backInLine(statement)
    } else {
      // Where it lets one in after an outage, nobody else is there yet.
      if (this.isDown) this.room = this.max
      this.isDown = false
      sim.record(this.metricWaited, lentAt - statement.since)
      this.leave(statement.call)
      calls.answer[statement.call] = answer
      sim.replyAfter(this.latency.draw(this.rng), statement.call, status)
    }
    sim.level(this.metricBorrowed, this.borrowed)
    this.lend()
  }

  /** A statement has waited for as long as it may. */
  giveUp(call: Call): void {
    let place = 0
    while (this.line.at(place).call !== call) place++
    this.line.remove(place)
    this.timeouts.note(this.sim.clock[0])
    this.leave(call)
    this.sim.reply(call, this.borrowTimeout)
  }

  /** Tries with one statement more whether the database lets it in. */
  look(): void {
    this.isLooking = false
    if (this.line.length === 0) return
    this.room = Math.min(this.max, this.room + 1)
    this.lend()
  }

  /** Lends connections to those who wait, in order. */
  private lend(): void {
    const { sim } = this
    while (this.borrowed < this.room) {
      const statement = this.line.shift()
      if (statement === undefined) return
      const { call, timer } = statement
      sim.cancel(timer)
      this.borrowed++
      sim.level(this.metricBorrowed, this.borrowed)
      const inner = sim.open(this.edge, this.lent.put(statement), sim.calls.trace[call])
      sim.calls.body[inner] = sim.calls.body[call]
      sim.send(inner)
    }
    if (this.line.length === 0 || this.room === this.max || this.isLooking) return
    this.isLooking = true
    sim.after(this.lookAgain.draw(this.rng), this.lookTarget, 0)
  }

  /** The database does not let it in: the statement waits on, before those that came later. */
  private backInLine(statement: Statement): void {
    const { sim } = this
    const left = Math.max(0, statement.since + this.patience - sim.clock[0])
    statement.timer = sim.timer(left, this.waitTarget, statement.call)
    let place = 0
    while (place < this.line.length && this.line.at(place).nth < statement.nth) place++
    this.line.insert(place, statement)
  }

  private leave(call: Call): void {
    const { sim } = this
    this.inside.leave(sim.clock[0], sim.calls.sentAt[call])
    sim.level(this.metricClients, this.inside.inside)
  }
}

/** Statements waited in line for too long. */
function waits(self: DbProxy, look_: Look): Finding[] {
  const { timeouts } = self
  if (timeouts.count < 5) return []
  return [
    {
      kind: 'borrow-timeouts',
      from: timeouts.first,
      to: timeouts.last,
      share: Math.min(1, timeouts.count / Math.max(1, self.inside.entered)),
      title: `${look_.name} has no connection to lend`,
      text: `${count(timeouts.count)} statements waited at ${look_.name} for one of its ${count(self.max)} connections until their time was over.`,
      suspects: look_.callees().map(({ other }) => other),
    },
  ]
}

function answered(self: DbProxy, call: Call): void {
  self.settle(call)
}

function waitOver(self: DbProxy, call: number): void {
  self.giveUp(call)
}

function look(self: DbProxy): void {
  self.look()
}
