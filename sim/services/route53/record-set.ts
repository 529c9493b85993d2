// AWS::Route53::RecordSet: a name that leads to something, by weights, health or place, and clients that remember the answer.
//
// The one idea: the records of a name are one thing, kept in the room of the first of them; the others pass on to it. A share of the traffic is
// a share of the answers, and an answer lives on in its resolver until its time is over.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Config, Entry, Op, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import type { Price } from '../../model/price.ts'
import { fnv1a } from '../../parts/hash.ts'
import { Population } from '../../parts/population.ts'
import { choose, type Answerable } from './choice.ts'
import type { HealthCheck } from './health-check.ts'
import { gatherName, type NamePlan } from './record-config.ts'
import { assumptions } from './record-set.facts.ts'

const NONE = -1
const SECOND = 1_000_000
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const
const RESOLVERS_MAX = 100_000

const prices: Readonly<Record<string, Price<RecordSet>>> = {
  Queries: {
    doc: 'DNS queries',
    usd: '0.40',
    per: 1_000_000,
    unit: 'queries',
    source: '2025, us-east-1, https://aws.amazon.com/route53/pricing/ [PR-R1]',
    // Queries for aliases of AWS resources are free.
    used: (self) => (self.isFirst && !self.plan.records.every(({ isAlias }) => isAlias) ? self.queries : undefined),
  },
}

export const recordSet: ServiceDef<RecordSet> = {
  type: 'AWS::Route53::RecordSet',
  family: 'edge',
  namespace: 'AWS/Route53',
  dimension: '',
  summary: 'A name in DNS: which of its records answers, and how long clients keep the answer.',
  models: [
    'Records of one name and type belong together. Weighted ones answer by weight over the sum [R53-R1, N.ROUTE53-01]; what is not healthy is left out, zero weights come last, and when nobody is healthy all are [R53-R2].',
    'Clients are divided among resolvers, each keeping an answer for its lifetime: shares are of answers, and a change comes as answers run out [R53-R3, R53-R8].',
    'Failover between a primary and a secondary [R53-R5]; an alias that evaluates its target is healthy while every target group of the load balancer that has targets has a healthy one [R53-R6].',
    'By latency or place each resolver has one record that is nearest; simple and multivalue answers are in random order [R53-R7].',
  ],
  omits: [
    'Where clients are: resolvers are divided evenly among records by latency, geolocation, geoproximity and IP ranges.',
    'Names that lead to APIs, databases, caches and other names; record set groups, private zones, DNSSEC and query logs.',
    'A client that finds nobody at an address does not ask for another one.',
    'The price of the hosted zone.',
  ],
  quotas: {},
  assumptions,
  props: {
    AliasTarget: p.record('The AWS resource that it stands for.', {
      DNSName: p.any('Its name.', { required: true }),
      EvaluateTargetHealth: p.any('Whether the health of the resource counts.'),
      HostedZoneId: p.inert('The zone of the resource.'),
    }),
    CidrRoutingConfig: p.any('For clients of IP ranges.'),
    Comment: p.inert('A text.'),
    Failover: p.oneOf('Its part in a failover.', ['PRIMARY', 'SECONDARY']),
    GeoLocation: p.any('For clients of a place.'),
    GeoProximityLocation: p.any('For clients near a place.'),
    HealthCheckId: p.any('The health check that decides about it.'),
    HostedZoneId: p.any('The zone.'),
    HostedZoneName: p.any('The zone by its name.'),
    MultiValueAnswer: p.bool('Whether it is one of several answers.'),
    Name: p.string('The name.', { required: true }),
    Region: p.any('For clients that are nearest to this Region.'),
    ResourceRecords: p.any('What it answers.'),
    SetIdentifier: p.any('What tells it from the others of its name.'),
    TTL: p.any('How long an answer is kept.'),
    Type: p.any('The type of record.', { required: true }),
    Weight: p.int('Its weight.', [0, 255]),
  },
  parts: {
    'AWS::Route53::HostedZone': {
      HostedZoneConfig: p.inert('A text.'),
      HostedZoneFeatures: p.inert('Features.'),
      HostedZoneTags: p.inert('Tags.'),
      Name: p.inert('Its name.'),
      QueryLoggingConfig: p.unused('queries are not logged'),
      VPCs: p.inert('Where a private zone is known.'),
    },
  },
  gather: gatherName,
  entry,
  create: (config, sim) => new RecordSet(config, sim),
  ops: {
    ...Object.fromEntries(METHODS.map((method, i) => [`http:${method}`, asks(method, i)])),
    'route53:ChangeResourceRecordSets': {
      doc: 'Gives the record another weight.',
      target: 'ResourceRecordSet',
      params: ['Weight'],
      errors: ['InvalidChangeBatch'],
      run: change,
    },
  },
  timers: { resolved, answered, changed, looked },
  metrics: {
    DNSQueries: { unit: 'Count', kind: 'count', doc: 'Queries that resolvers had no answer for, by hosted zone.' },
  },
  prices,
  invariants: {
    'requests inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
    'weights are whole and at most 255': (self) => self.weights.every((weight) => weight >= 0 && weight <= 255),
  },
  traced: {
    inside: 'resolves the name',
    serves: (self, call) => (self.isLook(call) ? NONE : self.sim.calls.cookie[call]),
  },
  view: {
    glyph: 'name',
    label: 'Record',
    detail: (config) => (config['Weight'] === undefined ? undefined : `weight ${config['Weight']}`),
    partOf: (config) => {
      const first = (config['Plan'] as NamePlan).records[0]?.id
      return first === undefined || first === config['Id'] ? undefined : first
    },
    level: (self) => self.inside.inside,
    levelMax: (self) => Math.max(1, self.inside.peak),
    tone: (self) => (self.isHealthy() ? 'calm' : 'failing'),
    readings: [
      {
        name: 'Requests',
        unit: '1/s',
        doc: 'Requests to the name.',
        counter: true,
        read: (self) => self.inside.entered,
      },
      { name: 'Queries', unit: '1/s', doc: 'DNS queries.', counter: true, read: (self) => self.queries },
    ],
    cells: [
      {
        name: 'Records',
        doc: 'The records of the name.',
        columns: [
          { name: 'Healthy', unit: '', doc: '1 = it is.' },
          { name: 'Weight', unit: '', doc: 'Its weight.' },
          { name: 'Answers', unit: '1/s', doc: 'Queries that it answered.', counter: true },
        ],
        each: (self, _, cell) =>
          self.plan.records.forEach(({ id }, i) =>
            cell(i, [self.isRecordHealthy(i) ? 1 : 0, self.weights[i], self.answersOf[i]], id),
          ),
      },
    ],
  },
  report: (self) =>
    self.isFirst
      ? { lines: self.plan.records.map(({ id }, i) => `${id}: ${self.answersOf[i]} of ${self.queries} answers`) }
      : undefined,
}

function asks(method: string, number: number): Op<RecordSet> {
  return {
    doc: `A ${method} request to the name: it goes to what the name leads to.`,
    target: 'Url',
    params: ['Path', 'Query', 'Headers', 'Body', 'Session', 'Port'],
    errors: ['ConnectTimeoutError'],
    run: (self, call) => self.first.arrive(number, call),
  }
}

/** `GET /orders?page=2`: a method and a path. */
function entry(_: Config, operation: string): Entry | { readonly error: string; readonly help?: string } | undefined {
  const asked = /^([A-Za-z]+)\s+(\/\S*)$/.exec(operation)
  if (asked === null) return undefined
  const method = asked[1].toUpperCase()
  if (METHODS.includes(method as (typeof METHODS)[number]))
    return { action: `http:${method}`, arg: 0, parameters: { Path: asked[2] } }
  return { error: `\`${method}\` is no method that is simulated`, help: `possible are ${METHODS.join(', ')}` }
}

export class RecordSet {
  readonly sim: Sim
  readonly plan: NamePlan
  readonly isFirst: boolean
  readonly inside = new Population()
  readonly weights: number[]
  readonly answersOf: number[]
  queries = 0
  readonly invalid: number
  private readonly firstName: Ref
  private readonly ttl: number
  private readonly resolvers: number
  /** By resolver: the record that it remembers, the target among its values, and until when, in µs. */
  private readonly kept: Int32Array
  private readonly until: Float64Array
  private readonly rng: Rng
  private readonly clientRng: Rng
  private readonly queryTime: Sampler
  private readonly propagation: Sampler
  private readonly lookInterval: number
  private readonly resolvedTarget: Target
  private readonly changedTarget: Target
  private readonly metric: MetricId
  /** By target of the name, by method. */
  private readonly targets: readonly Ref[]
  private readonly edges: readonly (readonly number[])[]
  private readonly lookEdges: ReadonlyMap<Ref, number>
  /** Load balancers of which it is known that a group has no healthy target. */
  private readonly dark = new Set<Ref>()
  private lookedAt = -Infinity
  private readonly unreachable: number

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.plan = config['Plan'] as NamePlan
    const { records, ttl, zone } = this.plan
    this.firstName = records[0].id
    this.isFirst = this.firstName === sim.name
    this.weights = records.map(({ weight }) => weight)
    this.answersOf = records.map(() => 0)
    this.ttl = ttl * SECOND
    this.rng = sim.rng('answers')
    this.clientRng = sim.rng('clients')
    const wanted = Math.round(sim.sampler('Resolvers').drawReal(this.rng))
    this.resolvers = Math.min(RESOLVERS_MAX, Math.max(1, wanted))
    this.kept = new Int32Array(this.isFirst ? this.resolvers : 0)
    this.until = new Float64Array(this.isFirst ? this.resolvers : 0)
    this.queryTime = sim.sampler('QueryTime')
    this.propagation = sim.sampler('Propagation')
    this.lookInterval = sim.sampler('LookInterval').draw(this.rng)
    this.resolvedTarget = sim.target(resolved)
    this.changedTarget = sim.target(changed)
    this.metric = this.isFirst ? sim.metricWith('DNSQueries', { HostedZoneId: zone }) : NONE
    this.targets = this.isFirst ? [...new Set(records.flatMap(({ targets }) => targets))] : []
    this.edges = this.targets.map((to) => METHODS.map((method) => sim.edge(to, `http:${method}` as Action, answered)))
    const looks = this.isFirst ? [...new Set(records.flatMap(({ evaluates }) => evaluates))] : []
    this.lookEdges = new Map(looks.map((to) => [to, sim.edge(to, 'elasticloadbalancing:AllGroupsHealthy', looked)]))
    this.unreachable = sim.error('ConnectTimeoutError', 0)
    this.invalid = sim.error('InvalidChangeBatch', 400)
  }

  /** The room of the name's first record, which keeps the answers. */
  get first(): RecordSet {
    return this.isFirst ? this : this.sim.peer<RecordSet>(this.firstName)
  }

  isLook(call: Call): boolean {
    const edge = this.sim.calls.edge[call]
    return [...this.lookEdges.values()].includes(edge)
  }

  /** Whether this record would be answered. */
  isHealthy(): boolean {
    const { first } = this
    return first.isRecordHealthy(this.plan.records.findIndex(({ id }) => id === this.sim.name))
  }

  isRecordHealthy(i: number): boolean {
    const { healthCheck, evaluates } = this.plan.records[i]
    if (healthCheck !== '' && !this.sim.peer<HealthCheck>(healthCheck).isHealthy()) return false
    return !evaluates.some((balancer) => this.dark.has(balancer))
  }

  /** A client asks for something of the name. */
  arrive(method: number, call: Call): void {
    const { sim } = this
    const now = sim.clock[0]
    this.inside.enter(now)
    const { Session } = (sim.calls.body[call] ?? {}) as { Session?: unknown }
    const resolver =
      Session === undefined
        ? Math.floor(this.clientRng.float() * this.resolvers)
        : fnv1a(String(Session)) % this.resolvers
    for (const { healthCheck } of this.plan.records)
      if (healthCheck !== '') sim.peer<HealthCheck>(healthCheck).wanted(now)
    this.look(now)
    sim.calls.arg[call] = method
    if (this.until[resolver] > now) this.pass(call, this.kept[resolver])
    else {
      this.resolve(resolver, now)
      sim.after(this.queryTime.draw(this.rng), this.resolvedTarget, call)
      this.pending.set(call, this.kept[resolver])
    }
  }

  /** Queries under way: the target that will be answered. */
  readonly pending = new Map<Call, number>()

  resolvedNow(call: Call): void {
    const target = this.pending.get(call)!
    this.pending.delete(call)
    this.pass(call, target)
  }

  settle(inner: Call): void {
    const { calls } = this.sim
    const call = calls.cookie[inner]
    const status = calls.status[inner]
    calls.answer[call] = calls.answer[inner]
    this.sim.close(inner)
    this.leave(call, status)
  }

  /** Changes the weight of a record, which is answered once it has spread. */
  setWeight(record: Ref, weight: number): void {
    const i = this.plan.records.findIndex(({ id }) => id === record)
    this.sim.after(this.propagation.draw(this.rng), this.changedTarget, i * 256 + weight)
  }

  weightChanged(code: number): void {
    this.weights[Math.floor(code / 256)] = code % 256
  }

  /** What a load balancer says of its targets. */
  heard(call: Call): void {
    const { calls } = this.sim
    const to = this.sim.calleeOf(calls.edge[call])
    const isHealthy = (calls.answer[call] as { Healthy?: boolean } | null)?.Healthy !== false
    this.sim.close(call)
    if (isHealthy) this.dark.delete(to)
    else this.dark.add(to)
  }

  /** A query of a resolver that has no answer any more. */
  private resolve(resolver: number, now: number): void {
    this.queries++
    this.sim.count(this.metric, 1)
    const records = this.plan.records.map(({ isPrimary }, i): Answerable => ({
      weight: this.weights[i],
      isPrimary,
      isHealthy: this.isRecordHealthy(i),
    }))
    const i = choose(this.plan.policy, records, this.rng, resolver)
    this.answersOf[i]++
    const { targets } = this.plan.records[i]
    this.kept[resolver] =
      targets.length === 0 ? NONE : this.targets.indexOf(targets[Math.floor(this.rng.float() * targets.length)])
    // The first answer of a resolver is of any age: they do not run out together.
    const age = this.until[resolver] === 0 ? this.rng.float() * this.ttl : 0
    this.until[resolver] = now + this.ttl - Math.floor(age)
  }

  private pass(call: Call, target: number): void {
    const { sim } = this
    if (target === NONE) {
      this.leave(call, this.unreachable)
      return
    }
    const inner = sim.open(this.edges[target][sim.calls.arg[call]], call, sim.calls.trace[call])
    sim.calls.body[inner] = sim.calls.body[call]
    sim.send(inner)
  }

  private leave(call: Call, status: number): void {
    this.inside.leave(this.sim.clock[0], this.sim.calls.sentAt[call])
    this.sim.reply(call, status)
  }

  /** Asks load balancers after their targets, when what is known is old. */
  private look(now: number): void {
    if (this.lookEdges.size === 0 || now - this.lookedAt < this.lookInterval) return
    this.lookedAt = now
    for (const edge of this.lookEdges.values()) this.sim.send(this.sim.open(edge, 0, 0))
  }
}

function change(self: RecordSet, call: Call): void {
  const weight = Number((self.sim.calls.body[call] as { Weight?: unknown }).Weight)
  if (!(Number.isInteger(weight) && weight >= 0 && weight <= 255) || self.plan.policy !== 'weighted') {
    self.sim.reply(call, self.invalid)
    return
  }
  self.first.setWeight(self.sim.name, weight)
  self.sim.calls.answer[call] = { ChangeInfo: { Status: 'PENDING' } }
  self.sim.reply(call, 0)
}

function resolved(self: RecordSet, call: number): void {
  self.resolvedNow(call)
}

function answered(self: RecordSet, call: Call): void {
  self.settle(call)
}

function changed(self: RecordSet, code: number): void {
  self.weightChanged(code)
}

function looked(self: RecordSet, call: Call): void {
  self.heard(call)
}
