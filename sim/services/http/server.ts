// An origin outside AWS: a number of workers that serve requests one by one, and a line in front of them.
//
// It is the queue of the textbooks (M/G/c with a limit and impatience), so it is also where the simulator is held
// against closed forms. A client that has given up is not noticed: its request is served like any other.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Ending, Finding, Look, Op, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { count, percent, time } from '../../parts/words.ts'
import { Population } from '../../parts/population.ts'

const NONE = -1
const OK = Object.freeze({ statusCode: 200 })

const request: Op<Server> = {
  doc: 'Waits for a worker, is served, and answers 200.',
  target: 'Url',
  params: ['Body', 'Path', 'Headers'],
  errors: ['ServiceUnavailable', 'InternalServerError'],
  run: (self, call) => self.arrive(call),
}

export const server: ServiceDef<Server> = {
  type: 'Sim::Http::Server',
  family: 'compute',
  namespace: 'Sim',
  dimension: 'Server',
  summary: 'An HTTP server outside AWS with workers, a queue and a service time.',
  models: [
    'Requests are served first come, first served, one per worker.',
    'A request that finds the queue full is answered 503 at once; one that loses patience in the queue is answered 503 then.',
    'A share of the requests fails with 500 after its service time.',
    'With an `ETag` among its headers it answers 304 to a question with that very tag (`If-None-Match`).',
    'A pause (stop-the-world) lets nothing begin; what is in service goes on.',
  ],
  omits: [
    'Connections, bandwidth and the size of requests.',
    'That a client has given up: its request is served to the end.',
  ],
  quotas: {},
  assumptions: {},
  props: {
    Url: p.string('The address under which HTTP integrations reach it.'),
    Workers: p.int('How many requests it serves at a time.', [1, 1_000_000], { required: true }),
    QueueCapacity: p.int('How many requests may wait; unlimited when absent.', [0, 1_000_000_000]),
    ServiceTime: p.distribution('How long a worker needs for a request.', 'duration', { required: true }),
    Patience: p.distribution(
      'How long a request waits in the queue before it is given up; for ever when absent.',
      'duration',
    ),
    ErrorRate: p.number('The share of requests that fail with 500.', [0, 1], { default: 0 }),
    Headers: p.any('Headers of its answers, for caches in front of it: `Cache-Control`, `ETag`.'),
    ResponseSize: p.distribution('The size of its answers.', 'size'),
  },
  create: (config, sim) => new Server(config, sim),
  ops: {
    'http:GET': request,
    'http:POST': request,
    'http:PUT': request,
    'http:DELETE': request,
    'http:PATCH': request,
  },
  timers: { served, patienceOver },
  metrics: {
    Requests: { unit: 'Count', kind: 'count', doc: 'Requests that came.' },
    Rejected: { unit: 'Count', kind: 'count', doc: 'Requests that found the queue full.' },
    Abandoned: { unit: 'Count', kind: 'count', doc: 'Requests that lost patience in the queue.' },
    Served: { unit: 'Count', kind: 'count', doc: 'Requests that were served, with or without success.' },
    Latency: { unit: 'Milliseconds', kind: 'distribution', doc: 'From the arrival of a served request to its answer.' },
    QueueTime: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From the arrival of a served request to the start of its service.',
    },
    QueueLength: { unit: 'Count', kind: 'level', doc: 'Requests that wait.' },
    Busy: { unit: 'Count', kind: 'level', doc: 'Workers that serve.' },
  },
  faults: {
    'sim:http:pause': {
      doc: 'Stops the world: no service begins until the pause is over.',
      params: {},
      start: (self) => self.pause(),
      stop: (self) => self.goOn(),
    },
  },
  invariants: {
    'every request was rejected, abandoned, served or is inside': (self) =>
      self.requests === self.rejected + self.abandoned + self.servedCount + self.inside.inside,
    'those inside wait or are served': (self) => self.inside.inside === self.waiting.inside + self.busy,
    'nobody waits while a worker rests': (self) =>
      self.paused > 0 || self.waiting.inside === 0 || self.busy === self.workers,
    'areas are sums of stays, inside and in the queue': (self) =>
      self.inside.holds(self.sim.clock[0]) && self.waiting.holds(self.sim.clock[0]),
  },
  traced: {
    inside: 'waits for a worker',
    insideWaits: true,
    ends: { served: (self, row) => self.serviceOf(row) },
  },
  insights: saturated,
  view: {
    glyph: 'server',
    label: 'Server',
    level: (self) => self.inside.inside,
    levelMax: (self) => self.workers,
    tone: (self) =>
      self.paused > 0 ? 'failing' : self.waiting.inside > 0 ? 'throttling' : self.busy > 0 ? 'busy' : 'calm',
    detail: ({ Workers: workers }) => (workers === 1 ? '1 worker' : `${String(workers)} workers`),
    readings: [
      { name: 'Busy', unit: 'workers', doc: 'Workers that serve.', read: (self) => self.busy },
      { name: 'Workers', unit: 'workers', doc: 'Workers there are.', read: (self) => self.workers },
      { name: 'Waiting', unit: 'requests', doc: 'Requests in the queue.', read: (self) => self.waiting.inside },
      { name: 'Requests', unit: '1/s', doc: 'Requests that come.', counter: true, read: (self) => self.requests },
      {
        name: 'Refused',
        unit: '1/s',
        doc: 'Requests that found the queue full or lost patience in it.',
        counter: true,
        read: (self) => self.rejected + self.abandoned,
      },
    ],
  },
}

function tagIn(headers: Readonly<Record<string, unknown>>): string | undefined {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'etag')
  return name === undefined ? undefined : String(headers[name])
}

const MINUTE = 60_000_000
const STRETCHES = 2_000
/** All workers are as good as always busy. */
const FULL = 0.95

/** Whether the workers cannot keep up: busy all the time, with a line in front of them that is longer than the service. */
function saturated(self: Server, look: Look): Finding[] {
  const step = Math.max(1, Math.ceil(look.now / MINUTE / STRETCHES)) * MINUTE
  let from = -1
  let to = 0
  let most = 0
  for (let at = Math.floor(look.warmUp / MINUTE) * MINUTE; at < look.now; at += step) {
    const end = Math.min(look.now + 1, at + step)
    const busy = (look.metric('Busy', 'Average', at, end) ?? 0) / self.workers
    const waited = look.metric('QueueTime', 'p50', at, end) ?? 0
    const took = look.metric('Latency', 'p50', at, end) ?? 0
    if (busy < FULL || waited < took / 2) continue
    if (from < 0) from = at
    to = Math.min(end, look.now)
    most = Math.max(most, waited)
  }
  if (from < 0) return []
  const refused = self.rejected + self.abandoned
  const line = self.longestSpell()
  return [
    {
      kind: 'saturated',
      // The line may have begun before the minute that was full from its beginning.
      from: line.to >= from ? Math.min(from, line.from) : from,
      to,
      share: Math.min(1, Math.max(0.3, refused / Math.max(1, self.requests))),
      title: `${look.name} cannot keep up`,
      text: `${self.workers === 1 ? 'Its one worker is' : `All ${count(self.workers)} workers are`} busy without a pause: up to ${count(self.waiting.peak)} requests stand in line, and wait ${time(most * 1000)} (median of the worst minute)${refused > 0 ? `, and ${count(refused)} (${percent(refused / self.requests)}) were turned away` : ''}.`,
      drivers: look.callers().map(({ other }) => other),
    },
  ]
}

export class Server {
  readonly sim: Sim
  readonly workers: number
  /** Requests in the queue or in service, and in the queue alone. */
  readonly inside = new Population()
  readonly waiting = new Population()
  busy = 0
  /** Pauses that stand now. */
  paused = 0
  requests = 0
  rejected = 0
  abandoned = 0
  servedCount = 0
  /** Since when somebody has been waiting, −1 = nobody is; and the longest stretch of it, in µs. */
  private lineSince = NONE
  private longestLine = { from: 0, to: 0 }

  private readonly capacity: number
  private readonly serviceTime: Sampler
  private readonly patience: Sampler | null
  private readonly errorRate: number
  /** What it answers when all is well, and its tag; sizes are drawn where they differ. */
  private readonly plain: Readonly<Record<string, unknown>>
  private readonly etag: string | undefined
  private readonly size: Sampler | null
  private readonly sizeRng: Rng
  private readonly serviceRng: Rng
  private readonly patienceRng: Rng
  private readonly errorRng: Rng
  private readonly servedTarget: Target
  private readonly patienceTarget: Target
  private readonly unavailable: number
  private readonly failed: number
  private readonly metricRequests: MetricId
  private readonly metricRejected: MetricId
  private readonly metricAbandoned: MetricId
  private readonly metricServed: MetricId
  private readonly metricLatency: MetricId
  private readonly metricQueueTime: MetricId
  private readonly metricQueueLength: MetricId
  private readonly metricBusy: MetricId

  /** Rows of the requests inside; those that wait are a doubly linked list from `first` to `last`. */
  private call = new Int32Array(64)
  private cameAt = new Float64Array(64)
  private servedFrom = new Float64Array(64)
  private timer = new Int32Array(64)
  private next = new Int32Array(64)
  private previous = new Int32Array(64)
  private free = new Int32Array(64)
  private freeCount = 0
  private used = 0
  private first = NONE
  private last = NONE

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.workers = config['Workers'] as number
    this.capacity = (config['QueueCapacity'] as number | undefined) ?? Infinity
    this.serviceTime = config['ServiceTime'] as Sampler
    this.patience = (config['Patience'] as Sampler | undefined) ?? null
    this.errorRate = config['ErrorRate'] as number
    const headers = config['Headers'] as Readonly<Record<string, unknown>> | undefined
    this.plain = headers === undefined ? OK : Object.freeze({ statusCode: 200, headers })
    this.etag = headers === undefined ? undefined : tagIn(headers)
    this.size = (config['ResponseSize'] as Sampler | undefined) ?? null
    this.sizeRng = sim.rng('sizes')
    this.serviceRng = sim.rng('service')
    this.patienceRng = sim.rng('patience')
    this.errorRng = sim.rng('errors')
    this.servedTarget = sim.target(served)
    this.patienceTarget = sim.target(patienceOver)
    this.unavailable = sim.error('ServiceUnavailable', 503)
    this.failed = sim.error('InternalServerError', 500)
    this.metricRequests = sim.metric('Requests')
    this.metricRejected = sim.metric('Rejected')
    this.metricAbandoned = sim.metric('Abandoned')
    this.metricServed = sim.metric('Served')
    this.metricLatency = sim.metric('Latency')
    this.metricQueueTime = sim.metric('QueueTime')
    this.metricQueueLength = sim.metric('QueueLength')
    this.metricBusy = sim.metric('Busy')
  }

  arrive(call: Call): void {
    const { sim } = this
    this.requests++
    sim.count(this.metricRequests, 1)
    const idle = this.busy < this.workers && this.paused === 0
    if (!idle && this.waiting.inside >= this.capacity) {
      this.rejected++
      sim.count(this.metricRejected, 1)
      sim.reply(call, this.unavailable)
      return
    }
    const now = sim.clock[0]
    const row = this.take()
    this.call[row] = call
    this.cameAt[row] = now
    this.timer[row] = NONE
    this.inside.enter(now)
    if (idle) this.serve(row)
    else this.enqueue(row, now)
  }

  /** A worker is done with a request. */
  done(row: number): void {
    const { sim } = this
    const now = sim.clock[0]
    this.busy--
    sim.level(this.metricBusy, this.busy)
    this.servedCount++
    sim.count(this.metricServed, 1)
    sim.record(this.metricLatency, now - this.cameAt[row])
    const call = this.call[row]
    if (this.errorRate > 0 && this.errorRng.float() < this.errorRate) sim.reply(call, this.failed)
    else if (this.etag !== undefined && this.isUnchanged(call)) {
      sim.calls.answer[call] = this.plain
      sim.reply(call, sim.error('NotModified', 304))
    } else {
      sim.calls.answer[call] =
        this.size === null ? this.plain : { ...this.plain, ContentLength: this.size.draw(this.sizeRng) }
      sim.reply(call, 0)
    }
    this.leave(row, now)
    this.serveWaiting()
  }

  /** A request has waited as long as it would. */
  giveUp(row: number): void {
    const { sim } = this
    this.timer[row] = NONE
    this.unlink(row, sim.clock[0])
    this.abandoned++
    sim.count(this.metricAbandoned, 1)
    sim.reply(this.call[row], this.unavailable)
    this.leave(row, sim.clock[0])
  }

  /** The longest time in which somebody was always waiting, in µs. */
  longestSpell(): { readonly from: number; readonly to: number } {
    const now = this.sim.clock[0]
    const { longestLine: longest, lineSince } = this
    return lineSince !== NONE && now - lineSince > longest.to - longest.from ? { from: lineSince, to: now } : longest
  }

  /** The service that ends now. */
  serviceOf(row: number): Ending {
    return { end: 'stage', of: this.call[row], stage: 'work', words: 'is served', from: this.servedFrom[row] }
  }

  /** Whether the client has what it asks for already. */
  private isUnchanged(call: Call): boolean {
    const { Headers: headers } = (this.sim.calls.body[call] ?? {}) as { readonly Headers?: unknown }
    if (typeof headers !== 'object' || headers === null) return false
    return (headers as Readonly<Record<string, unknown>>)['If-None-Match'] === this.etag
  }

  pause(): void {
    this.paused++
  }

  goOn(): void {
    this.paused--
    this.serveWaiting()
  }

  private serveWaiting(): void {
    while (this.paused === 0 && this.first !== NONE && this.busy < this.workers) {
      const row = this.first
      if (this.timer[row] !== NONE) this.sim.cancel(this.timer[row])
      this.timer[row] = NONE
      this.unlink(row, this.sim.clock[0])
      this.serve(row)
    }
  }

  private serve(row: number): void {
    const { sim } = this
    this.busy++
    sim.level(this.metricBusy, this.busy)
    this.servedFrom[row] = sim.clock[0]
    sim.record(this.metricQueueTime, sim.clock[0] - this.cameAt[row])
    sim.after(this.serviceTime.draw(this.serviceRng), this.servedTarget, row)
  }

  private enqueue(row: number, now: number): void {
    this.next[row] = NONE
    this.previous[row] = this.last
    if (this.last === NONE) this.first = row
    else this.next[this.last] = row
    this.last = row
    if (this.waiting.inside === 0) this.lineSince = now
    this.waiting.enter(now)
    this.sim.level(this.metricQueueLength, this.waiting.inside)
    if (this.patience !== null)
      this.timer[row] = this.sim.timer(this.patience.draw(this.patienceRng), this.patienceTarget, row)
  }

  private unlink(row: number, now: number): void {
    const before = this.previous[row]
    const behind = this.next[row]
    if (before === NONE) this.first = behind
    else this.next[before] = behind
    if (behind === NONE) this.last = before
    else this.previous[behind] = before
    this.waiting.leave(now, this.cameAt[row])
    if (this.waiting.inside === 0) {
      if (now - this.lineSince > this.longestLine.to - this.longestLine.from)
        this.longestLine = { from: this.lineSince, to: now }
      this.lineSince = NONE
    }
    this.sim.level(this.metricQueueLength, this.waiting.inside)
  }

  private leave(row: number, now: number): void {
    this.inside.leave(now, this.cameAt[row])
    this.free[this.freeCount++] = row
  }

  private take(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount]
    if (this.used === this.call.length) this.grow()
    return this.used++
  }

  private grow(): void {
    const length = this.call.length * 2
    const widen = <T extends Int32Array | Float64Array>(from: T, to: T): T => (to.set(from), to)
    this.call = widen(this.call, new Int32Array(length))
    this.cameAt = widen(this.cameAt, new Float64Array(length))
    this.servedFrom = widen(this.servedFrom, new Float64Array(length))
    this.timer = widen(this.timer, new Int32Array(length))
    this.next = widen(this.next, new Int32Array(length))
    this.previous = widen(this.previous, new Int32Array(length))
    this.free = widen(this.free, new Int32Array(length))
  }
}

function served(self: Server, row: number): void {
  self.done(row)
}

function patienceOver(self: Server, row: number): void {
  self.giveUp(row)
}
