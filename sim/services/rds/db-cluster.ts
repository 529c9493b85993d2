// AWS::RDS::DBCluster: the endpoints of an Aurora cluster: one leads to who writes, one to the readers in turn.
//
// It keeps no rows: its members do. What it knows is who writes, and who takes over when that one is lost.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Near, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { Population } from '../../parts/population.ts'
import { portOf } from './classes.ts'
import { assumptions } from './db-cluster.facts.ts'
import { isBehindProxy, membersOf, placeOfDatabase } from './db-config.ts'
import { query, type DbInstance } from './db-instance.ts'
import { clusterParts, clusterProps } from './db-props.ts'

export const dbCluster: ServiceDef<DbCluster> = {
  type: 'AWS::RDS::DBCluster',
  family: 'database',
  namespace: 'AWS/RDS',
  dimension: 'DBClusterIdentifier',
  summary: 'The writer and reader endpoints of an Aurora cluster, and its failover.',
  models: [
    'Statements go to the writer; with `Endpoint: reader` to the readers in turn, to the writer where there is none.',
    'When the writer is lost or deleted, the reader with the least promotion tier takes over; it has seen every change first, because the storage is shared.',
  ],
  omits: [
    'Custom endpoints, Serverless capacity, Global Databases, Multi-AZ clusters that are not Aurora, the Data API, cloning, backtracking.',
    'Names are resolved anew at once after a failover.',
  ],
  quotas: {},
  assumptions,
  props: clusterProps,
  parts: clusterParts,
  gather: (near) => ({
    Members: membersOf(near, near.self.logicalId),
    IsFront: !isBehindProxy(near, near.self.logicalId),
    Place: placeOfCluster(near),
  }),
  place: (config) => config['Place'] as Place | undefined,
  entries: (config) =>
    config['IsFront'] === true && (config['Members'] as readonly Ref[]).length > 0 ? ['sql:query'] : [],
  create: (config, sim) => new DbCluster(config, sim),
  ops: {
    'sql:query': {
      ...query,
      copies: {
        isStale: ({ sim, writerEdge }, ...copy) => (writerEdge < 0 ? undefined : sim.isStale(writerEdge, ...copy)),
      },
      run: (self, call) => self.arrive(call),
    },
    'rds:FailoverDBCluster': {
      doc: 'Lets a reader take over.',
      target: 'DBClusterIdentifier',
      errors: ['InvalidDBClusterStateFault'],
      run: (self, call) =>
        self.sim.reply(call, self.failOver() ? 0 : self.sim.error('InvalidDBClusterStateFault', 400)),
    },
  },
  timers: { answered, tookOver },
  metrics: {},
  faults: {
    'aws:rds:failover-db-cluster': {
      doc: 'Lets a reader take over.',
      params: {},
      start: (self) => void self.failOver(),
      stop: () => undefined,
    },
  },
  invariants: {
    'statements inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
  },
  traced: { inside: 'chooses a member', serves: (self, call) => self.sim.calls.cookie[call] },
  view: {
    glyph: 'database',
    label: 'Cluster',
    level: (self) => self.inside.inside,
    levelMax: (self) => Math.max(1, self.inside.peak),
    tone: (self) => (self.inside.inside > 0 ? 'busy' : 'calm'),
    readings: [
      {
        name: 'Statements',
        unit: '1/s',
        doc: 'Statements that come.',
        counter: true,
        read: (self) => self.inside.entered,
      },
      { name: 'Failovers', unit: 'failovers', doc: 'How often a reader took over.', read: (self) => self.failovers },
    ],
  },
  report: (self) => ({
    lines: [`${self.writer} writes${self.failovers > 0 ? `, after ${self.failovers} failovers` : ''}`],
  }),
}

function placeOfCluster(near: Near): Place | undefined {
  return placeOfDatabase(near, near.self.config, undefined, portOf(String(near.self.config['Engine'])))
}

/** In these states a writer comes back later than a reader takes over, or never. */
const GONE: ReadonlySet<DbInstance['state']> = new Set(['recovering', 'deleting', 'creating'])

export class DbCluster {
  readonly sim: Sim
  readonly inside = new Population()
  readonly members: readonly Ref[]
  /** Who writes; empty in a cluster without members. */
  writer: Ref
  failovers = 0
  private isFailingOver = false
  private nextReader = 0
  private readonly edges: ReadonlyMap<Ref, number>
  private readonly rng: Rng
  private readonly takes: Sampler
  private readonly tookOverTarget: Target
  private readonly refused: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.members = config['Members'] as readonly Ref[]
    this.writer = this.members[0] ?? ''
    this.edges = new Map(this.members.map((name) => [name, sim.edge(name, 'sql:query', answered)]))
    this.rng = sim.rng('failover')
    this.takes = sim.sampler('ClusterFailover')
    this.tookOverTarget = sim.target(tookOver)
    this.refused = sim.error('ConnectionRefusedError', 0)
  }

  /** Leads to who writes; −1 in a cluster without members. */
  get writerEdge(): number {
    return this.edges.get(this.writer) ?? -1
  }

  arrive(call: Call): void {
    const { sim } = this
    const { Endpoint } = (sim.calls.body[call] ?? {}) as { Endpoint?: unknown }
    const to = Endpoint === 'reader' ? this.reader() : this.writer
    if (to === '') {
      sim.reply(call, this.refused)
      return
    }
    this.inside.enter(sim.clock[0])
    const inner = sim.open(this.edges.get(to)!, call, sim.calls.trace[call])
    sim.calls.body[inner] = sim.calls.body[call]
    sim.send(inner)
  }

  settle(inner: Call): void {
    const { sim } = this
    const { calls } = sim
    const call = calls.cookie[inner]
    const status = calls.status[inner]
    calls.answer[call] = calls.answer[inner]
    const since = calls.sentAt[inner]
    sim.close(inner)
    this.inside.leave(sim.clock[0], since)
    sim.reply(call, status)
  }

  /** The writer is stopped, and a reader takes over in a while; false when there is none. */
  failOver(): boolean {
    if (this.isFailingOver || this.successor() === undefined) return false
    const old = this.member(this.writer)
    old.stop('rebooting')
    this.sim.after(this.takes.draw(this.rng), this.tookOverTarget, 1)
    this.isFailingOver = true
    return true
  }

  /** A member is gone, or back: when the writer is gone, a reader takes over. */
  memberChanged(): void {
    const isLost = GONE.has(this.member(this.writer).state)
    if (!isLost || this.isFailingOver || this.successor() === undefined) return
    this.isFailingOver = true
    this.sim.after(this.takes.draw(this.rng), this.tookOverTarget, 0)
  }

  /** A reader has taken over; the old writer comes back as a reader, at once when it was only asked to step down. */
  takeOver(comesBack: boolean): void {
    this.isFailingOver = false
    const next = this.successor()
    const old = this.member(this.writer)
    if (comesBack && old.state === 'rebooting') old.state = 'available'
    if (next === undefined) return
    const member = this.member(next)
    member.catchUp()
    member.isWriter = true
    old.isWriter = false
    this.writer = next
    this.failovers++
  }

  private member(name: Ref): DbInstance {
    return this.sim.peer<DbInstance>(name)
  }

  private successor(): Ref | undefined {
    return this.members.find((name) => name !== this.writer && this.member(name).isUp)
  }

  private reader(): Ref {
    const readers = this.members.filter((name) => name !== this.writer && this.member(name).isUp)
    return readers.length === 0 ? this.writer : readers[this.nextReader++ % readers.length]
  }
}

function answered(self: DbCluster, call: Call): void {
  self.settle(call)
}

function tookOver(self: DbCluster, comesBack: number): void {
  self.takeOver(comesBack === 1)
}
