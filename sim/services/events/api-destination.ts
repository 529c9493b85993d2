// Amazon EventBridge API destination: a rule's way to an HTTP endpoint, no faster than its rate, no longer than five seconds.
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Action, Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { Stretch } from '../../parts/stretch.ts'
import { destinationPrices } from './prices.ts'
import { destinationAssumptions, DESTINATION_TIMEOUT_US, quotas } from './event-bus.facts.ts'

const NONE = -1
const SECOND = 1_000_000
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const

export const apiDestination: ServiceDef<ApiDestination> = {
  type: 'AWS::Events::ApiDestination',
  family: 'messaging',
  namespace: 'AWS/Events',
  dimension: 'ApiDestinationName',
  summary: 'An API destination: an HTTP endpoint as the target of rules.',
  models: [
    'Requests go out at no more than `InvocationRateLimitPerSecond` in any second, 300 by default; those beyond wait (EB-34).',
    'An endpoint that has not answered for five seconds has failed, and the rule tries again (EB-34).',
    'The endpoint is a `Sim::Http::Server` with the same `Url`, or one outside of the scenario that always answers.',
  ],
  omits: [
    'Headers, bodies and paths of requests; the OAuth round trip of a connection, which is authorized from the beginning.',
  ],
  quotas,
  assumptions: destinationAssumptions,
  prices: destinationPrices,
  props: {
    ConnectionArn: p.any('How requests are authorized.', { required: true }),
    Description: p.inert('A text.'),
    HttpMethod: p.oneOf('The method.', METHODS, { required: true }),
    InvocationEndpoint: p.any('The URL.', { required: true }),
    InvocationRateLimitPerSecond: p.int('Requests in any second, at most.', [1, 300], { default: 300, unit: '1/s' }),
    Name: p.string('The name.'),
  },
  parts: {
    'AWS::Events::Connection': {
      AuthParameters: p.inert('Credentials.'),
      AuthorizationType: p.inert('API key, basic or OAuth.'),
      Description: p.inert('A text.'),
      InvocationConnectivityParameters: p.inert('A private endpoint.'),
      KmsKeyIdentifier: p.inert('Encryption of the credentials.'),
      Name: p.inert('The name.'),
    },
  },
  gather,
  create: (config, sim) => new ApiDestination(config, sim),
  ops: {
    'events:InvokeApiDestination': {
      doc: 'Sends a request to the endpoint, when its rate allows it; answers as the endpoint does.',
      target: 'Name',
      params: ['Body'],
      errors: ['RequestTimeout'],
      run: invokeDestination,
    },
  },
  timers: { requestDue, requestAnswered, requestTimedOut },
  metrics: {},
  invariants: {
    'every request waits, is on its way or has been answered': (self) => self.taken === self.inside + self.answered,
  },
  view: {
    glyph: 'api-destination',
    label: 'API destination',
    level: (self) => self.inside,
    levelMax: (self) => Math.max(10, self.inside),
    tone: (self) =>
      self.failures.total > 0 && self.sim.clock[0] - self.failures.last < 10 * SECOND
        ? 'failing'
        : self.inside > 0
          ? 'busy'
          : 'calm',
    detail: ({ InvocationRateLimitPerSecond: rate }) => `${rate} a second`,
    readings: [
      { name: 'Requests', unit: '1/s', doc: 'Requests of rules.', counter: true, read: (self) => self.taken },
      { name: 'Waiting', unit: 'requests', doc: 'Requests without an answer yet.', read: (self) => self.inside },
    ],
  },
  traced: { inside: 'waits for its rate', insideWaits: true, serves: (self, call) => self.callOf(call) },
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { InvocationEndpoint: url, HttpMethod: method } = self.config
  const server = near.all('Sim::Http::Server').find(({ config }) => config['Url'] === url)
  const isKnown = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'].includes(String(method))
  if (server === undefined || !isKnown)
    self.notSimulated(['InvocationEndpoint'], 'the endpoint is outside of this scenario: it always answers')
  return { Server: server !== undefined && isKnown ? server.logicalId : null, Action: `http:${String(method)}` }
}

/** A request by its place in `rows`. */
interface Request {
  /** The rule's call, and the one to the server. */
  from: Call
  to: Call
  timeout: TimerHandle
}

export class ApiDestination {
  readonly sim: Sim
  taken = 0
  answered = 0
  inside = 0
  readonly failures: Stretch
  private readonly edge: number
  private readonly window: RateWindow
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly rows: Request[] = []
  private readonly free: number[] = []
  private readonly dueTarget: Target
  private readonly timeoutTarget: Target

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.failures = new Stretch(sim.warmUp)
    this.edge =
      config['Server'] === null ? NONE : sim.edge(config['Server'], config['Action'] as Action, requestAnswered)
    this.window = new RateWindow(config['InvocationRateLimitPerSecond'], SECOND)
    this.latency = sim.sampler('EndpointLatency')
    this.latencyRng = sim.rng('latency')
    this.dueTarget = sim.target(requestDue)
    this.timeoutTarget = sim.target(requestTimedOut)
  }

  take(call: Call): void {
    const row = this.free.pop() ?? this.rows.push({ from: NONE, to: NONE, timeout: NONE }) - 1
    this.rows[row]!.from = call
    this.taken++
    this.inside++
    this.sim.after(this.window.reserve(this.sim.clock[0]), this.dueTarget, row)
  }

  send(row: number): void {
    const { sim } = this
    const request = this.rows[row]!
    if (this.edge === NONE) {
      // An endpoint outside takes its own time, and no more than the limit.
      const time = this.latency.draw(this.latencyRng)
      const isLate = time > DESTINATION_TIMEOUT_US
      this.end(row, Math.min(time, DESTINATION_TIMEOUT_US), isLate ? sim.error('RequestTimeout', 408) : 0)
      return
    }
    const call = sim.open(this.edge, row, sim.calls.trace[request.from])
    sim.calls.body[call] = sim.calls.body[request.from]
    request.to = call
    request.timeout = sim.timer(DESTINATION_TIMEOUT_US, this.timeoutTarget, row)
    sim.send(call)
  }

  answeredBy(call: Call): void {
    const { sim } = this
    const row = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    const request = this.rows[row]!
    sim.close(call)
    // An answer after the time-out finds nobody waiting.
    if (request.to !== call) return
    sim.cancel(request.timeout)
    this.end(row, 0, status)
  }

  /** The rule's call that a request to the server serves. */
  callOf(call: Call): Call {
    return this.rows[this.sim.calls.cookie[call]]!.from
  }

  timedOut(row: number): void {
    this.end(row, 0, this.sim.error('RequestTimeout', 408))
  }

  private end(row: number, delay: number, status: number): void {
    const { sim } = this
    const request = this.rows[row]!
    if (status !== 0) this.failures.note(sim.clock[0])
    request.to = NONE
    request.timeout = NONE
    this.inside--
    this.answered++
    this.free.push(row)
    sim.replyAfter(delay, request.from, status)
  }
}

function invokeDestination(self: ApiDestination, call: Call): void {
  self.take(call)
}

/** Timer: the rate allows a request. */
function requestDue(self: ApiDestination, row: number): void {
  self.send(row)
}

/** Answer of the endpoint. */
function requestAnswered(self: ApiDestination, call: Call): void {
  self.answeredBy(call)
}

/** Timer: the endpoint has not answered in time. */
function requestTimedOut(self: ApiDestination, row: number): void {
  self.timedOut(row)
}
