// AWS::RDS::DBProxy: lends the few connections of a database to many clients, statement by statement.
//
// The one idea: clients wait for a connection instead of being refused. While the database is down they wait as well, and are served when
// it is back, unless their time is over before.
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Finding, Look, Near, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { Population } from '../../parts/population.ts'
import { count } from '../../parts/words.ts'
import { placeOf } from '../../parts/reachability.ts'
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
    'While the database is down or fails over, statements wait; those that were running when it went are lost.',
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
  ops: { 'sql:query': { ...query, run: (self, call) => self.arrive(call) } },
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
    'every statement was answered or is inside': (self) =>
      self.inside.inside === self.line.length - self.head + self.borrowed,
    'never more connections than its share': (self) => self.borrowed <= self.max,
    'statements inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
  },
  insights: waits,
  traced: {
    inside: 'waits for a connection',
    insideWaits: true,
    answer: 'overhead of the proxy',
    serves: (self, call) => self.sim.calls.cookie[call],
  },
  view: {
    glyph: 'database',
    label: 'Proxy',
    level: (self) => self.borrowed,
    levelMax: (self) => self.max,
    tone: (self) => (self.line.length > self.head ? 'throttling' : self.borrowed > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Borrowed', unit: 'connections', doc: 'Connections with a statement.', read: (self) => self.borrowed },
      { name: 'Most', unit: 'connections', doc: 'Its share of the connections.', read: (self) => self.max },
      { name: 'Waiting', unit: 'statements', doc: 'Statements in line.', read: (self) => self.line.length - self.head },
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

/** A statement in line. */
interface Waiting {
  readonly call: Call
  readonly since: number
  timer: TimerHandle
}

export class DbProxy {
  readonly sim: Sim
  readonly max: number
  readonly inside = new Population()
  /** In order of arrival; those before `head` have gone. */
  line: Waiting[] = []
  head = 0
  borrowed = 0
  readonly timeouts: Stretch
  private readonly edge: number
  private readonly patience: number
  private readonly rng: Rng
  private readonly latency: Sampler
  private readonly lookAgain: Sampler
  private readonly waitTarget: Target
  private readonly lookTarget: Target
  private readonly refused: number
  private readonly borrowTimeout: number
  /** Whether the database has not let it in: then one look at a time. */
  private isDown = false
  private readonly metricClients: MetricId
  private readonly metricBorrowed: MetricId
  private readonly metricWaited: MetricId
  private readonly metricQueries: MetricId

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.max = config['Most'] as number
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
    this.line.push({ call, since: now, timer: sim.timer(this.patience, this.waitTarget, call) })
    this.lend()
  }

  /** A statement is over, or could not begin. */
  settle(inner: Call): void {
    const { sim } = this
    const { calls } = sim
    const call = calls.cookie[inner]
    const status = calls.status[inner]
    const answer = calls.answer[inner]
    const since = calls.sentAt[inner]
    sim.close(inner)
    this.borrowed--
    if (status === this.refused) this.backInLine(call, since)
    else {
      this.isDown = false
      this.leave(call)
      calls.answer[call] = answer
      sim.replyAfter(this.latency.draw(this.rng), call, status)
    }
    sim.level(this.metricBorrowed, this.borrowed)
    this.lend()
  }

  /** A statement has waited for as long as it may. */
  giveUp(call: Call): void {
    const at = this.line.findIndex((waiting, i) => i >= this.head && waiting.call === call)
    this.line.splice(at, 1)
    this.timeouts.note(this.sim.clock[0])
    this.leave(call)
    this.sim.reply(call, this.borrowTimeout)
  }

  /** Tries the database again. */
  look(): void {
    this.isDown = false
    this.lend()
  }

  /** Lends connections to those who wait, in order. */
  private lend(): void {
    const { sim } = this
    while (!this.isDown && this.head < this.line.length && this.borrowed < this.max) {
      const { call, since, timer } = this.line[this.head++]
      if (this.head > 1_000) {
        this.line = this.line.slice(this.head)
        this.head = 0
      }
      sim.cancel(timer)
      sim.record(this.metricWaited, sim.clock[0] - since)
      this.borrowed++
      sim.level(this.metricBorrowed, this.borrowed)
      const inner = sim.open(this.edge, call, sim.calls.trace[call])
      sim.calls.body[inner] = sim.calls.body[call]
      sim.send(inner)
    }
  }

  /** The database does not let it in: the statement waits on, before those that came later. */
  private backInLine(call: Call, since: number): void {
    const { sim } = this
    const left = Math.max(0, sim.calls.sentAt[call] + this.patience - sim.clock[0])
    this.line.splice(this.head, 0, { call, since, timer: sim.timer(left, this.waitTarget, call) })
    if (this.isDown) return
    this.isDown = true
    sim.after(this.lookAgain.draw(this.rng), this.lookTarget, 0)
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
