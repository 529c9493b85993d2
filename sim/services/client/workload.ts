// A client that sends requests: at a rate of its own (open) or from users who wait for their answers (closed).
//
// The one idea: a request is a row from its arrival to its end, and each attempt of it is a call of its own. A call whose
// answer comes when its row has gone on without it is closed and counted: the service did that work for nobody.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Ref, ServiceDef, Sim } from '../../model/contract.ts'
import { THROTTLING, TRANSIENT } from '../../model/errors.ts'
import { Population } from '../../parts/population.ts'
import { evaluate, purposesOf, type Template } from '../../parts/program.ts'
import { wholeSteps, type Steps } from '../../parts/rate-curve.ts'
import { RecentValues } from '../../parts/recent-values.ts'
import { RetryPolicy, type RetrySettings } from '../../parts/retry.ts'
import { Stretch } from '../../parts/stretch.ts'
import { StreamSet } from '../../parts/streams.ts'
import { Arrivals, type ArrivalConfig } from './arrivals.ts'
import { findingsOf } from './workload-insights.ts'
import { demand, readings } from './workload-view.ts'

/** What the language makes of one entry of `Workloads`. */
export interface WorkloadConfig extends ArrivalConfig {
  readonly Target: Ref
  readonly Action: Action
  /** The number that the target's `entry` gave to the operation; 0 without. */
  readonly Arg: number
  /** Built anew for each request; a constant one is shared. Null = no parameters. */
  readonly Body: Template | null
  /** Closed workload: how many users there are, in straight lines between points; then `Rate` is empty. */
  readonly Users?: readonly { readonly at: number; readonly value: number }[] | undefined
  readonly ThinkTime?: Sampler | undefined
  readonly Client: {
    readonly Retries: RetrySettings
    /** µs that the client waits for the answer to an attempt; null = for ever. */
    readonly Timeout: number | null
    /** True for clients that know requests by an id: the answer to an attempt given up ends its request while a later attempt is waited for. */
    readonly AcceptLateAnswers?: boolean | undefined
  }
  /** Stops after so many requests. */
  readonly Count?: number | undefined
}

const NONE = -1
const NOBODY = Object.freeze({})

export const workload: ServiceDef<Workload> = {
  type: 'Sim::Client::Workload',
  family: 'client',
  namespace: 'Sim',
  dimension: 'Workload',
  summary: 'Sends requests to one entry point and retries as an SDK does.',
  models: [
    'Open workloads: Poisson, regular, bursty or recorded arrivals at a rate that follows straight lines.',
    'Closed workloads: users that come and go, send, wait for the answer, think and send again.',
    'A client-side time-out abandons an attempt; the service goes on working for it, and its answer is ignored.',
    'A function error of an invoked function is an answer with status 200: it is not retried, and the request has failed (LAM-20, RET-05).',
    'Retries follow the modes of the AWS SDKs, with one retry quota and one rate limiter for the workload (RET-01 to RET-32).',
  ],
  omits: [
    'All requests of a workload share one client object; a fleet of clients has a retry quota each.',
    'The network between client and service takes no time of its own.',
    'A user who leaves ends a request in progress and its think time first.',
  ],
  quotas: {},
  assumptions: {},
  props: {},
  create: (config, sim) => new Workload(config as unknown as WorkloadConfig, sim),
  amend: {
    members: (before, after) => amendable(before as unknown as WorkloadConfig, after as unknown as WorkloadConfig),
    run: (self, after, before) => self.amend(after as unknown as WorkloadConfig, before as unknown as WorkloadConfig),
  },
  ops: {},
  timers: { arrive, answered, timedOut, sendAgain, usersChanged, thoughtOver, gaveUp },
  metrics: {
    Requests: { unit: 'Count', kind: 'count', doc: 'Requests that arrived.' },
    Attempts: { unit: 'Count', kind: 'count', doc: 'Calls sent, retries included.' },
    Retries: { unit: 'Count', kind: 'count', doc: 'Calls sent after the first one of a request.' },
    Successes: { unit: 'Count', kind: 'count', doc: 'Requests that ended with an answer.' },
    Failures: { unit: 'Count', kind: 'count', doc: 'Requests that ended with an error or a time-out.' },
    Timeouts: { unit: 'Count', kind: 'count', doc: 'Attempts that the client gave up waiting for.' },
    LateAnswers: { unit: 'Count', kind: 'count', doc: 'Answers to attempts that had been given up.' },
    Unfinished: { unit: 'Count', kind: 'count', doc: 'Requests still open when the run ended.' },
    Latency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From the arrival of a request to its successful end, retries included.',
    },
    AttemptLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From sending one call to its answer, if it was waited for; of clients that retry.',
    },
    Users: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Users of a closed workload.',
      read: (self) => (self.closed ? self.users : Number.NaN),
    },
  },
  invariants: {
    'every request has ended once or is open': (self) =>
      self.requests === self.successes + self.failures + self.open.inside,
    'the area under the open requests is the sum of their stays': (self) => self.open.holds(self.sim.clock[0]),
    'every attempt was answered in time, given up, or is waited for': (self) =>
      self.attempts === self.answers + self.timeouts + self.waiting,
    'no more attempts are waited for than requests are open': (self) => self.waiting <= self.open.inside,
  },
  finish: (self) => self.finish(),
  traced: {
    since: (self, call) => self.sinceOf(call),
    holds: (self, trace) => self.holds(trace),
    firstFailed: (self) => self.firstFailed,
    ends: { timedOut: (self, row) => ({ end: 'given up', call: self.callOf(row) }) },
  },
  insights: findingsOf,
  view: {
    glyph: 'client',
    label: 'Workload',
    level: (self) => self.open.inside,
    levelMax: (self) => Math.max(1, self.open.peak),
    tone: (self) => (self.lastFailed ? 'failing' : self.open.inside > 0 ? 'busy' : 'calm'),
    readings,
    demand,
  },
}

export class Workload {
  readonly sim: Sim
  readonly closed: boolean
  readonly open = new Population()
  /** Users now, and how many there shall be. */
  users = 0
  usersWanted = 0
  requests = 0
  attempts = 0
  successes = 0
  failures = 0
  timeouts = 0
  /** The first request that failed, 0 = none has. */
  firstFailed = 0
  /** Attempts given up, and requests that failed. */
  readonly givenUp: Stretch
  readonly lost: Stretch
  lateAnswers = 0
  /** Answers that came in time. */
  answers = 0
  /** Attempts whose answer somebody waits for. */
  waiting = 0
  lastFailed = false
  /** Calls sent after the first of a request; answers that were throttles. */
  retried = 0
  throttles = 0
  /** Latencies of the requests that ended well last, in µs. */
  readonly recent = new RecentValues(512)

  private readonly edge: number
  private readonly arg: number
  /** Whether it invokes a function, whose errors come as answers with status 200 (LAM-20). */
  private readonly invokes: boolean
  private readonly body: Template | null
  private readonly constantBody: unknown
  private readonly streams: StreamSet
  readonly arrivals: Arrivals
  private steps: Steps
  private step = 0
  /** Arrivals and steps that were scheduled before the load became another one come for nothing. */
  private generation = 0
  private think: Sampler | null
  private readonly thinkRng: Rng
  private readonly retries: RetryPolicy
  /** The most calls of a request. */
  attemptsMax: number
  /** µs; −1 = it waits for ever. */
  timeout: number
  private acceptsLate: boolean
  private readonly countMax: number

  private readonly arriveTarget: Target
  private readonly timeoutTarget: Target
  private readonly sendTarget: Target
  private readonly usersTarget: Target
  private readonly thoughtTarget: Target
  private readonly giveUpTarget: Target
  private readonly metricRequests: MetricId
  private readonly metricAttempts: MetricId
  private readonly metricRetries: MetricId
  private readonly metricSuccesses: MetricId
  private readonly metricFailures: MetricId
  private readonly metricTimeouts: MetricId
  private readonly metricLate: MetricId
  private readonly metricUnfinished: MetricId
  private readonly metricLatency: MetricId
  private readonly metricAttemptLatency: MetricId

  /** Rows of the requests that are open. */
  private startedAt = new Float64Array(64)
  private call = new Int32Array(64)
  private timer = new Int32Array(64)
  private attempt = new Int32Array(64)
  private delay = new Float64Array(64)
  private acquired = new Int32Array(64)
  private held = new Uint8Array(64)
  private trace = new Int32Array(64)
  private readonly bodies: unknown[] = []
  private free = new Int32Array(64)
  private freeCount = 0
  private used = 0

  constructor(config: WorkloadConfig, sim: Sim) {
    this.sim = sim
    this.givenUp = new Stretch(sim.warmUp)
    this.lost = new Stretch(sim.warmUp)
    this.closed = config.Users !== undefined
    this.edge = sim.edge(config.Target, config.Action, answered)
    this.arg = config.Arg
    this.invokes = config.Action === 'lambda:InvokeFunction'
    this.body = config.Body === null || config.Body.kind === 'constant' ? null : config.Body
    this.constantBody = config.Body?.kind === 'constant' ? config.Body.value : NOBODY
    this.streams = new StreamSet(sim, config.Body === null ? [] : purposesOf(config.Body))
    this.arrivals = new Arrivals(config, sim.rng('arrivals'), sim.rng('bursts'))
    this.steps = wholeSteps(config.Users ?? [])
    this.think = config.ThinkTime ?? null
    this.thinkRng = sim.rng('think')
    this.retries = new RetryPolicy(config.Client.Retries, sim.rng('retries'))
    this.attemptsMax = config.Client.Retries.maxAttempts
    this.timeout = config.Client.Timeout ?? NONE
    this.acceptsLate = config.Client.AcceptLateAnswers === true
    this.countMax = config.Count ?? Infinity
    this.arriveTarget = sim.target(arrive)
    this.timeoutTarget = sim.target(timedOut)
    this.sendTarget = sim.target(sendAgain)
    this.usersTarget = sim.target(usersChanged)
    this.thoughtTarget = sim.target(thoughtOver)
    this.giveUpTarget = sim.target(gaveUp)
    this.metricRequests = sim.metric('Requests')
    this.metricAttempts = sim.metric('Attempts')
    this.metricRetries = sim.metric('Retries')
    this.metricSuccesses = sim.metric('Successes')
    this.metricFailures = sim.metric('Failures')
    this.metricTimeouts = sim.metric('Timeouts')
    this.metricLate = sim.metric('LateAnswers')
    this.metricUnfinished = sim.metric('Unfinished')
    this.metricLatency = sim.metric('Latency')
    this.metricAttemptLatency = config.Client.Retries.maxAttempts > 1 ? sim.metric('AttemptLatency') : NONE
    if (this.closed) this.scheduleStep()
    else this.scheduleArrival()
  }

  /** The next arrival, unless there is none. */
  scheduleArrival(): void {
    if (this.requests >= this.countMax) return
    const time = this.arrivals.next()
    if (time < Infinity) this.sim.after(time - this.sim.clock[0], this.arriveTarget, this.generation)
  }

  scheduleStep(): void {
    if (this.step < this.steps.times.length)
      this.sim.after(this.steps.times[this.step] - this.sim.clock[0], this.usersTarget, this.generation)
  }

  /** Whether what comes was scheduled for the load as it is now. */
  isCurrent(generation: number): boolean {
    return generation === this.generation
  }

  /** Another load, or another client: requests under way keep their time-outs, their next attempts follow the new rules. */
  amend(after: WorkloadConfig, before: WorkloadConfig): void {
    const { Client } = after
    this.retries.amend(Client.Retries)
    this.attemptsMax = Client.Retries.maxAttempts
    this.timeout = Client.Timeout ?? NONE
    this.acceptsLate = Client.AcceptLateAnswers === true
    this.think = after.ThinkTime ?? null
    if (isSameLoad(after, before)) return
    this.generation++
    const now = this.sim.clock[0]
    if (!this.closed) {
      const time = this.arrivals.amend(now, after)
      const isOver = this.requests >= this.countMax || time === Infinity
      if (!isOver) this.sim.after(time - now, this.arriveTarget, this.generation)
      return
    }
    this.steps = wholeSteps(after.Users ?? [])
    const { times } = this.steps
    this.step = 0
    while (this.step + 1 < times.length && times[this.step + 1] <= now) this.step++
    if (times.length > 0 && times[this.step] <= now) return this.takeStep()
    this.usersWanted = 0
    this.scheduleStep()
  }

  /** The number of users changes: newcomers send at once, the others leave after their think time. */
  takeStep(): void {
    this.usersWanted = this.steps.targets[this.step++]
    this.scheduleStep()
    while (this.users < this.usersWanted && this.requests < this.countMax) {
      this.users++
      this.begin()
    }
  }

  /** A user of a closed workload goes on, or leaves. */
  userReturns(): void {
    if (this.users > this.usersWanted || this.requests >= this.countMax) this.users--
    else this.begin()
  }

  /** A request comes. */
  begin(): void {
    const now = this.sim.clock[0]
    const row = this.take()
    this.requests++
    this.open.enter(now)
    this.sim.count(this.metricRequests, 1)
    this.startedAt[row] = now
    this.call[row] = NONE
    this.timer[row] = NONE
    this.attempt[row] = 0
    this.delay[row] = 0
    this.acquired[row] = 0
    this.held[row] = 0
    this.bodies[row] = this.body === null ? this.constantBody : evaluate(this.body, null, this.streams)
    this.send(row)
  }

  /** Sends the next attempt of a request, unless the client's rate limiter holds it back. */
  send(row: number): void {
    const { sim } = this
    const wait = this.retries.sendDelay(sim.clock[0], this.held[row] === 1)
    if (wait > 0) {
      this.held[row] = 1
      sim.after(wait, this.sendTarget, row)
      return
    }
    this.held[row] = 0
    const attempt = ++this.attempt[row]
    this.attempts++
    this.waiting++
    sim.count(this.metricAttempts, 1)
    if (attempt > 1) sim.count(this.metricRetries, 1)
    if (attempt === 1) this.trace[row] = sim.calls.begin()
    const call = sim.open(this.edge, row, this.trace[row])
    sim.calls.body[call] = this.bodies[row]
    sim.calls.arg[call] = this.arg
    if (attempt > 1) {
      this.retried++
      sim.calls.attempt[call] = Math.min(attempt, 255)
    }
    this.call[row] = call
    if (this.timeout !== NONE) this.timer[row] = sim.timer(this.timeout, this.timeoutTarget, row)
    sim.send(call)
  }

  /** An answer comes: to the attempt that is waited for, or to one that was given up. */
  answer(call: Call): void {
    const { sim } = this
    const row = sim.calls.cookie[call]
    if (this.call[row] !== call && !this.stillWanted(row, call)) {
      this.lateAnswers++
      sim.count(this.metricLate, 1)
      sim.close(call)
      return
    }
    const now = sim.clock[0]
    const status = sim.calls.status[call]
    const broken = this.invokes && status === 0 && isFunctionError(sim.calls.answer[call])
    this.answers++
    if (this.metricAttemptLatency !== NONE) sim.record(this.metricAttemptLatency, now - sim.calls.sentAt[call])
    sim.close(call)
    this.call[row] = NONE
    this.waiting--
    if (this.timer[row] !== NONE) sim.cancel(this.timer[row])
    this.timer[row] = NONE
    const error = sim.errors.retry[status]
    if (error === THROTTLING) this.throttles++
    this.retries.answered(now, error)
    if (broken) this.fail(row)
    else if (status === 0) this.succeed(row, now)
    else this.retry(row, this.retries.delayAfter(error, this.attempt[row], false, this.delay[row]))
  }

  /** The client has waited long enough. */
  abandon(row: number): void {
    this.sim.abandon(this.call[row])
    this.timer[row] = NONE
    this.call[row] = NONE
    this.waiting--
    this.timeouts++
    this.givenUp.note(this.sim.clock[0])
    this.sim.count(this.metricTimeouts, 1)
    this.retry(row, this.retries.delayAfter(TRANSIENT, this.attempt[row], true, this.delay[row]))
  }

  /** A request ends without success. */
  fail(row: number): void {
    if (this.failures++ === 0) this.firstFailed = this.trace[row]
    this.lost.note(this.sim.clock[0])
    this.lastFailed = true
    this.sim.count(this.metricFailures, 1)
    this.end(row)
  }

  finish(): void {
    if (this.open.inside > 0) this.sim.count(this.metricUnfinished, this.open.inside)
  }

  /** The call that a request waits for, when the request of a call began, and whether a request is open; for its waterfall. */
  callOf(row: number): Call {
    return this.call[row]
  }

  sinceOf(call: Call): number {
    return this.startedAt[this.sim.calls.cookie[call]]
  }

  holds(trace: number): boolean {
    return this.bodies.some((body, row) => body !== null && this.trace[row] === trace)
  }

  /** Whether an answer that comes too late still ends its request: the same one is still waited for, by a later attempt. */
  private stillWanted(row: number, call: Call): boolean {
    const { calls } = this.sim
    return (
      this.acceptsLate && this.call[row] !== NONE && this.trace[row] === calls.trace[call] && calls.status[call] === 0
    )
  }

  private retry(row: number, delay: number): void {
    if (delay >= 0) {
      this.delay[row] = delay
      this.acquired[row] = this.retries.acquired
      this.sim.after(delay, this.sendTarget, row)
    } else if (this.retries.pause > 0) this.sim.after(this.retries.pause, this.giveUpTarget, row)
    else this.fail(row)
  }

  private succeed(row: number, now: number): void {
    this.retries.succeeded(this.attempt[row], this.acquired[row])
    this.successes++
    this.lastFailed = false
    this.sim.count(this.metricSuccesses, 1)
    this.sim.record(this.metricLatency, now - this.startedAt[row])
    this.recent.add(now, now - this.startedAt[row])
    this.end(row)
  }

  private end(row: number): void {
    this.open.leave(this.sim.clock[0], this.startedAt[row])
    this.bodies[row] = null
    this.free[this.freeCount++] = row
    if (!this.closed) return
    if (this.users > this.usersWanted) this.users--
    else this.sim.after(this.think === null ? 0 : this.think.draw(this.thinkRng), this.thoughtTarget, 0)
  }

  private take(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount]
    if (this.used === this.startedAt.length) this.grow()
    this.bodies.push(null)
    return this.used++
  }

  private grow(): void {
    const length = this.startedAt.length * 2
    const widen = <T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T => (to.set(from), to)
    this.startedAt = widen(this.startedAt, new Float64Array(length))
    this.call = widen(this.call, new Int32Array(length))
    this.timer = widen(this.timer, new Int32Array(length))
    this.attempt = widen(this.attempt, new Int32Array(length))
    this.delay = widen(this.delay, new Float64Array(length))
    this.acquired = widen(this.acquired, new Int32Array(length))
    this.held = widen(this.held, new Uint8Array(length))
    this.trace = widen(this.trace, new Int32Array(length))
    this.free = widen(this.free, new Int32Array(length))
  }
}

function isFunctionError(answer: unknown): boolean {
  return (answer as { readonly FunctionError?: string } | null)?.FunctionError !== undefined
}

/** The rate or the users of a load that is not recorded and has no bursts, and all that a client does. */
function amendable(before: WorkloadConfig, after: WorkloadConfig): readonly string[] {
  const isPlain = before.Arrivals === after.Arrivals && ['poisson', 'regular', 'counted'].includes(after.Arrivals)
  const isAlike = isPlain && (before.Users === undefined) === (after.Users === undefined)
  return isAlike ? ['Rate', 'Users', 'Scale', 'ThinkTime', 'Client'] : ['Client']
}

/** Whether two plain loads are the same, point by point. */
function isSameLoad(a: WorkloadConfig, b: WorkloadConfig): boolean {
  const points = ({ Rate, Users = [] }: WorkloadConfig): number[] => [
    ...Rate.flatMap(({ at, perSecond }) => [at, perSecond]),
    ...Users.flatMap(({ at, value }) => [at, value]),
  ]
  const others = points(b)
  const mine = points(a)
  return mine.length === others.length && mine.every((value, i) => value === others[i])
}

function arrive(self: Workload, generation: number): void {
  if (!self.isCurrent(generation)) return
  if (!self.arrivals.pauses) self.begin()
  self.scheduleArrival()
}

function answered(self: Workload, call: Call): void {
  self.answer(call)
}

function timedOut(self: Workload, row: number): void {
  self.abandon(row)
}

function sendAgain(self: Workload, row: number): void {
  self.send(row)
}

function usersChanged(self: Workload, generation: number): void {
  if (!self.isCurrent(generation)) return
  self.takeStep()
}

function thoughtOver(self: Workload): void {
  self.userReturns()
}

function gaveUp(self: Workload, row: number): void {
  self.fail(row)
}
