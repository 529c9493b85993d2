// The account's concurrency in a Region: one pool that all functions without a reservation share.
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import type { Cells, Config, ServiceDef, Sim } from '../../model/contract.ts'
import type { MetricId } from '../../engine/recorder.ts'
import { findingsOf } from './account-insights.ts'
import { quotas } from './function.facts.ts'

/** The singleton's name as a component. */
export const ACCOUNT = 'Sim::Lambda::Account'

const functions: Cells<Account> = {
  name: 'Functions',
  doc: 'All functions, in the order of the template.',
  columns: [
    { name: 'Running', unit: 'requests', doc: 'Requests in progress.' },
    { name: 'Reserved', unit: 'requests', doc: 'Its reservation; −1 = it shares the pool.' },
  ],
  each: (self, _now, cell) =>
    self.functions.forEach(({ running, reserved, sim }, i) => cell(i, [running.inside, reserved], sim.name)),
}

export const account: ServiceDef<Account> = {
  type: 'Sim::Lambda::Account',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: '',
  singleton: true,
  summary: 'The concurrency limits of Lambda that hold for an account in a Region.',
  models: [
    'Functions without reserved concurrency share what reservations and their own provisioned concurrency leave of the limit [LAM-30, LAM-34, LAM-35].',
    'They share a limit of ten requests per second for each concurrent execution of the limit; its bucket holds one second of it [LAM-31].',
    'Up to November 2023 (notes-2020): all functions together start at most 3,000 environments at once and 500 more per minute [LAM-33].',
  ],
  omits: [
    'One account, one Region: us-east-1 is where the initial burst of notes-2020 comes from; set `lambda.AccountBurst` for another one.',
    'Of the metrics without dimension only those of concurrency: no account-wide Invocations, Errors, Throttles or Duration.',
  ],
  quotas,
  assumptions: {},
  props: {},
  create: (config, sim) => new Account(config, sim),
  amend: { members: () => [], quotas: ['ConcurrentExecutions'], run: (self) => self.amend() },
  ops: {},
  timers: {},
  metrics: {
    ConcurrentExecutions: { unit: 'Count', kind: 'level', doc: 'Invocations in progress of all functions.' },
    UnreservedConcurrentExecutions: {
      unit: 'Count',
      kind: 'level',
      doc: 'Invocations in progress of the functions without reserved concurrency.',
    },
    ClaimedAccountConcurrency: {
      unit: 'Count',
      kind: 'level',
      doc: 'Concurrency that nobody else can have: unreserved invocations, reservations, and provisioned concurrency beside them.',
    },
  },
  invariants: {
    'no request was let in beyond the account limit': (self) => self.unreserved <= self.allowance,
    'requests in progress of all functions keep to Little’s law': (self) => self.running.holds(self.sim.clock[0]),
    'unreserved requests are some of those in progress': (self) =>
      self.unreserved >= 0 && self.unreserved <= self.running.inside,
  },
  insights: findingsOf,
  view: {
    glyph: 'account',
    label: 'Lambda account',
    level: (self) => self.running.inside,
    levelMax: (self) => self.limit,
    tone: (self) => (self.unreserved >= self.room ? 'throttling' : self.running.inside > 0 ? 'busy' : 'calm'),
    readings: [
      {
        name: 'Concurrency',
        unit: 'requests',
        doc: 'Requests in progress of all functions.',
        read: (self) => self.running.inside,
      },
      {
        name: 'Unreserved',
        unit: 'requests',
        doc: 'Those of them in the shared pool.',
        read: (self) => self.unreserved,
      },
      { name: 'Pool', unit: 'requests', doc: 'What the shared pool holds at most.', read: (self) => self.room },
      { name: 'Limit', unit: 'requests', doc: 'The concurrency of the account.', read: (self) => self.limit },
    ],
    cells: [functions],
  },
}

/** A function as the account sees it. */
interface PoolUser {
  readonly sim: Sim
  readonly reserved: number
  readonly onDemand: number
  readonly running: Population
  readonly refusals: readonly Stretch[]
  /** Sum of its invocations in progress over the moments at which the pool was full. */
  heldInFull: number
}

export class Account {
  readonly sim: Sim
  /** Concurrent executions of the account, and how many of them nobody may reserve. */
  limit: number
  readonly keptUnreserved: number
  /** Sum of all reservations, and of the provisioned concurrency of functions without one. */
  reserved = 0
  provisioned = 0
  /** On-demand invocations in progress of functions without reservation, and how many there may be. */
  unreserved = 0
  room: number
  /** `room`, or what was in progress when it shrank. */
  allowance: number
  /** All functions, and how many requests the shared pool had no place for. */
  readonly functions: PoolUser[] = []
  readonly refusals: Stretch
  /** Invocations in progress of all functions, provisioned ones included. */
  readonly running = new Population()
  /** Requests per second. */
  readonly rate: TokenBucket
  /** New environments of the whole account; null = the rule does not hold in this profile. */
  readonly burst: TokenBucket | null
  private readonly concurrentMetric: MetricId
  private readonly unreservedMetric: MetricId
  private readonly claimedMetric: MetricId

  constructor(_config: Config, sim: Sim) {
    this.sim = sim
    this.refusals = new Stretch(sim.warmUp)
    this.limit = sim.quota('ConcurrentExecutions')
    this.keptUnreserved = sim.quota('UnreservedConcurrentExecutions')
    this.room = this.limit
    this.allowance = this.limit
    const rate = this.limit * sim.quota('RequestsPerConcurrency')
    this.rate = new TokenBucket(rate, rate)
    const burst = sim.quota('AccountBurst')
    this.burst = burst === 0 ? null : new TokenBucket(sim.quota('AccountBurstPerMinute') / 60, burst)
    this.concurrentMetric = sim.metric('ConcurrentExecutions')
    this.unreservedMetric = sim.metric('UnreservedConcurrentExecutions')
    this.claimedMetric = sim.metric('ClaimedAccountConcurrency')
  }

  /** The limit is another one; its bucket keeps what it holds, and gets what it grows by, as a new one is full. */
  amend(): void {
    const { sim } = this
    this.limit = sim.quota('ConcurrentExecutions')
    const rate = this.limit * sim.quota('RequestsPerConcurrency')
    const grown = rate - this.rate.burst
    this.rate.resize(sim.clock[0], rate, rate)
    if (grown > 0) this.rate.give(grown)
    this.claim(0, 0)
  }

  /** Whether so much may be reserved in all (LAM-35). */
  mayReserve(total: number): boolean {
    return total <= this.limit - this.keptUnreserved
  }

  /** Reservations or provisioned concurrency have changed by so much. */
  claim(reserved: number, provisioned: number): void {
    this.reserved += reserved
    this.provisioned += provisioned
    this.room = Math.max(0, this.limit - this.reserved - this.provisioned)
    this.allowance = Math.max(this.room, this.unreserved)
    this.report()
  }

  /** An invocation begins; `unreserved` = it takes a place in the shared pool. */
  enter(now: number, unreserved: boolean): void {
    this.running.enter(now)
    if (unreserved) this.unreserved++
    this.report()
  }

  /** The invocation that began at `enteredAt` ends. */
  leave(now: number, enteredAt: number, unreserved: boolean): void {
    this.running.leave(now, enteredAt)
    if (unreserved) this.unreserved--
    this.report()
  }

  /** The shared pool is full, and a request has been turned away: who holds it? */
  noteRefusal(now: number): void {
    this.refusals.note(now)
    for (const user of this.functions) if (user.reserved < 0) user.heldInFull += user.onDemand
  }

  /** So many invocations in progress move into the shared pool (or out of it). */
  move(count: number): void {
    this.unreserved += count
    this.allowance = Math.max(this.room, this.unreserved)
    this.report()
  }

  private report(): void {
    const { sim } = this
    sim.level(this.concurrentMetric, this.running.inside)
    sim.level(this.unreservedMetric, this.unreserved)
    sim.level(this.claimedMetric, this.unreserved + this.reserved + this.provisioned)
  }
}
