// What REST and HTTP APIs have in common at run time: throttles, the way to a backend and back, the metrics.
//
// A request has no row of its own: what the gateway must remember about it lies at the number of its call. A route
// number stands for a route of a stage.
import type { Call } from '../engine/calls.ts'
import type { Target } from '../engine/kernel.ts'
import type { MetricId } from '../engine/recorder.ts'
import type { Rng } from '../engine/rng.ts'
import type { Sampler } from '../engine/sample.ts'
import type { Amend, Config, Sim, Traced } from '../model/contract.ts'
import { Population } from './population.ts'
import {
  GatewayCache,
  isSigned,
  wantsFresh,
  withWarning,
  type CacheMetrics,
  type StageCache,
  type Strategy,
} from './gateway-cache.ts'
import { ADMITTED, KeyRing, SPENT, type StageKeys } from './gateway-keys.ts'
import { BROKEN, mapRequest, mapResponse, messageIn, ruleFor, type Mapping, type Passing } from './gateway-mapping.ts'
import type { Backend, IntegrationKind, Route } from './gateway-routes.ts'
import { mistakeIn, type Validation } from './gateway-validation.ts'
import { Authorizers, type Authorizer, type Refusal, type Request } from './gateway-authorizers.ts'
import { Deployments, type DeploymentPlan } from './gateway-deployments.ts'
import { utf8Size } from './json-size.ts'
import { exceeds } from './payload-size.ts'
import { Stretch } from './stretch.ts'
import { TokenBucket } from './token-bucket.ts'

/** The throttle that all APIs of the account and Region share (API-11). */
export interface AccountThrottle {
  readonly bucket: TokenBucket
}

/** A throttle of a route; null = none of its own. */
export interface Throttle {
  readonly rate: number
  readonly burst: number
}

export interface Stage {
  readonly name: string
  /** For routes without a throttle of their own. */
  readonly throttle: Throttle | null
  /** By route. */
  readonly throttles: readonly (Throttle | null)[]
  /** By route: whether it has metrics of its own. */
  readonly detailed: readonly boolean[]
  readonly backends: readonly Backend[]
  /** Handed to Lambda functions beside the event, when there are any. */
  readonly variables: Readonly<Record<string, unknown>> | null
  readonly canary: Canary | null
  /** REST: answers that are kept; null or absent = none are. */
  readonly cache?: StageCache | null
  /** REST: who may call methods that ask for a key; null or absent = none does. */
  readonly keys?: StageKeys | null
  /** REST: by backend, what a request must carry; absent = no route asks for anything. */
  readonly validations?: readonly (Validation | null)[]
  /** By backend, who may call it. */
  readonly authorizers: readonly (Authorizer | null)[]
}

/** A share of a stage's requests that goes to another deployment: here, to what other stage variables choose (API-30). */
export interface Canary {
  /** 0..1. */
  readonly share: number
  readonly backends: readonly Backend[]
  readonly variables: Readonly<Record<string, unknown>> | null
}

/** What distinguishes the two kinds of API. */
export interface Flavour {
  readonly metrics: {
    readonly count: string
    readonly clientErrors: string
    readonly serverErrors: string
    readonly latency: string
    readonly integration: string
  }
  /** The status for a client when Lambda throttles (API-05). */
  readonly lambdaThrottled: number
  /** The dimensions of the metrics of one route. */
  readonly routeDimensions: (route: Route) => Readonly<Record<string, string>>
}

const NONE = -1
const KINDS: readonly IntegrationKind[] = ['LAMBDA_PROXY', 'LAMBDA', 'HTTP', 'SQS', 'MOCK', 'NONE']
/** Their places in this list; 0 is LAMBDA_PROXY, and up to SQS there is something to call. */
const LAMBDA = 1
const HTTP = 2
const SQS = 3
const MOCK = 4

const answerOf = (statusCode: number, message: string): { statusCode: number; body: string } =>
  Object.freeze({ statusCode, body: `{"message":"${message}"}` })
const THROTTLED = answerOf(429, 'Too Many Requests')
const BAD_GATEWAY = answerOf(502, 'Internal server error')
const INTERNAL_ERROR = answerOf(500, 'Internal server error')
const UNAVAILABLE = answerOf(503, 'Service Unavailable')
const NO_KEY = answerOf(403, 'Forbidden')
const NO_METHOD = answerOf(403, 'Missing Authentication Token')
const TOO_LARGE = answerOf(413, 'Request Too Long')
const HEADERS_TOO_LARGE = answerOf(431, 'Request Header Fields Too Large')
const LIMIT_EXCEEDED = answerOf(429, 'Limit Exceeded')
const FORBIDDEN = answerOf(403, 'Cache invalidation is not permitted for this principal')
const TIMED_OUT = answerOf(504, 'Endpoint request timed out')

/** Names of exceptions by status; others are called by their number. */
const NAMES: Readonly<Record<number, string>> = {
  400: 'BadRequestException',
  401: 'UnauthorizedException',
  403: 'ForbiddenException',
  404: 'NotFoundException',
  409: 'ConflictException',
  429: 'TooManyRequestsException',
  500: 'InternalServerErrorException',
  502: 'BadGatewayException',
  503: 'ServiceUnavailableException',
  504: 'GatewayTimeoutException',
}

/** The five metrics under one set of dimensions. */
class Metrics {
  readonly count: MetricId
  readonly clientErrors: MetricId
  readonly serverErrors: MetricId
  readonly latency: MetricId
  readonly integration: MetricId

  constructor(sim: Sim, names: Flavour['metrics'], dimensions: Readonly<Record<string, string>>) {
    this.count = sim.metricWith(names.count, dimensions)
    this.clientErrors = sim.metricWith(names.clientErrors, dimensions)
    this.serverErrors = sim.metricWith(names.serverErrors, dimensions)
    this.latency = sim.metricWith(names.latency, dimensions)
    this.integration = sim.metricWith(names.integration, dimensions)
  }
}

export class Gateway {
  readonly sim: Sim
  /** Requests from their arrival until their answer is decided. */
  readonly inside = new Population()
  requests = 0
  throttled = 0
  /** Refused for want of a key. */
  keyless = 0
  /** Refused by an authorizer. */
  unauthorized = 0
  /** Answers by class. */
  clientErrors = 0
  serverErrors = 0
  answered = 0
  /** Requests given up after the integration's time-out, and backends that answered one of them later. */
  timedOut = 0
  lateAnswers = 0
  lastServerError = false

  /** By stage; null = it keeps nothing. */
  readonly caches: readonly (GatewayCache | null)[]
  private readonly hasCache: boolean
  /** By stage; null = no method asks for a key. */
  readonly keyRings: readonly (KeyRing | null)[]
  private readonly hasKeys: boolean
  private readonly payloadMax: number
  private readonly headersMax: number
  /** Null = everybody may call everything. */
  private readonly authorizers: Authorizers | null
  private readonly authorizerTarget: Target
  /** By call: what an authorizer lets a function know of the caller. */
  private readonly callers: unknown[] = []
  /** By lane; empty = nothing is looked at. */
  private readonly validations: readonly (Validation | null)[]
  private readonly strategy: Strategy
  /** By route number. */
  private readonly cacheMetrics: (readonly CacheMetrics[])[] = []
  /** By call: what its answer is to be kept under; '' = it is not. */
  private readonly cacheKeys: string[] = []
  private readonly routeCount: number
  readonly stageNames: readonly string[]
  /** REST: null = the API has no deployments. */
  readonly deployments: Deployments | null
  /** Backends of a stage: one for each route, and those that its deployments may have besides. */
  private readonly variantCount: number
  /** From here on lanes are those of canaries. */
  private readonly canaryLanes: number

  private readonly account: AccountThrottle
  private readonly flavour: Flavour
  private readonly latency: Sampler
  private readonly edgeLatency: Sampler | null
  private readonly rng: Rng
  private readonly timeoutTarget: Target
  private readonly errors = new Int32Array(1000)

  /** By lane: a route number, or that of the route's canary, which lies behind all of them. */
  private readonly kind: Uint8Array
  private readonly edge: Int32Array
  private readonly timeout: Float64Array
  private readonly statusCode: Int32Array
  private readonly infers: Uint8Array
  private readonly mappings: readonly (Mapping | null)[]
  private readonly routes: readonly Route[]
  /** The answer of a mock, and of a backend that has nothing to say but its success. */
  private readonly plain: readonly { readonly statusCode: number }[]
  private readonly variables: (Readonly<Record<string, unknown>> | null)[] = []
  /** By route number. */
  private readonly buckets: (TokenBucket | null)[] = []
  /** Requests refused by a bucket of the API's own, by route number, and by that of the account. */
  readonly refusals: Stretch[] = []
  readonly refusedByAccount: Stretch
  private readonly canaryShare: Float64Array
  private readonly withCanary: readonly boolean[]
  private readonly canaryRng: Rng
  private readonly metrics: (readonly Metrics[])[] = []

  /** By call. */
  private inner: Int32Array = new Int32Array(256).fill(NONE)
  private timer: Int32Array = new Int32Array(256).fill(NONE)
  private lane: Int32Array = new Int32Array(256)

  constructor(
    sim: Sim,
    account: AccountThrottle,
    flavour: Flavour,
    routes: readonly Route[],
    stages: readonly Stage[],
    sharesStageThrottle: boolean,
    edgeLatency: Sampler | null,
    deployments?: DeploymentPlan,
  ) {
    this.routeCount = routes.length
    this.deployments = deployments === undefined ? null : new Deployments(deployments, routes.length)
    this.variantCount = deployments?.variants.length ?? routes.length
    this.canaryLanes = stages.length * this.variantCount
    this.stageNames = stages.map(({ name }) => name)
    this.keyRings = stages.map(({ keys }) => (keys ? new KeyRing(sim, keys) : null))
    this.hasKeys = this.keyRings.some((ring) => ring !== null)
    const validated = stages.some(({ validations }) => validations?.some((each) => each !== null) === true)
    this.validations = validated
      ? stages.flatMap(({ validations, backends }) => validations ?? backends.map(() => null))
      : []
    this.hasCache = stages.some(({ cache }) => cache !== undefined && cache !== null)
    this.strategy = this.hasCache ? (sim.choice('CacheControl') as Strategy) : 'anybody may'
    const answerMax = this.hasCache ? sim.quota('CachedAnswer') : 0
    this.caches = stages.map(({ name, cache }) => (cache ? new GatewayCache(sim, name, cache, answerMax) : null))
    this.sim = sim
    this.refusedByAccount = new Stretch(sim.warmUp)
    this.account = account
    this.flavour = flavour
    this.latency = sim.sampler('Latency')
    this.edgeLatency = edgeLatency
    this.rng = sim.rng('latency')
    this.timeoutTarget = sim.target(integrationTimedOut)
    this.payloadMax = sim.quota('PayloadSize')
    this.headersMax = sim.quota('HeadersSize')
    const authorizers = stages.flatMap((stage) => stage.authorizers)
    const isGuarded = authorizers.some((each) => each !== null)
    this.authorizers = isGuarded ? new Authorizers(sim, authorizers, authorizerAnswered) : null
    this.authorizerTarget = isGuarded ? sim.target(authorizerTimedOut) : this.timeoutTarget
    this.canaryRng = sim.rng('canary')
    this.canaryShare = Float64Array.from(stages.flatMap((stage) => routes.map(() => stage.canary?.share ?? 0)))
    this.withCanary = stages.map((stage) => stage.canary !== null)
    const hasCanary = this.withCanary.includes(true)
    const canaries = hasCanary ? stages.flatMap((stage) => stage.canary?.backends ?? stage.backends) : []
    const backends = [...stages.flatMap((stage) => stage.backends), ...canaries]
    for (const stage of stages) for (const _ of stage.backends) this.variables.push(stage.variables)
    for (const stage of stages) for (const _ of stage.backends) this.variables.push(stage.canary?.variables ?? null)
    this.kind = Uint8Array.from(backends, (backend) => KINDS.indexOf(backend.kind))
    this.edge = Int32Array.from(backends, (backend) =>
      backend.to === '' ? NONE : sim.edge(backend.to, backend.action, integrationAnswered),
    )
    this.timeout = Float64Array.from(backends, (backend) => backend.timeout)
    this.statusCode = Int32Array.from(backends, (backend) => backend.statusCode)
    this.infers = Uint8Array.from(backends, (backend) => (backend.infersStatus ? 1 : 0))
    this.mappings = backends.map(({ mapping }) => mapping ?? null)
    this.routes = routes
    this.plain = backends.map(({ statusCode }) => Object.freeze({ statusCode }))
    const total = new Metrics(sim, flavour.metrics, {})
    if (stages.length === 1) this.nameByStage(total, stages[0].name)
    for (const stage of stages) {
      const shared = stage.throttle === null ? null : new TokenBucket(stage.throttle.rate, stage.throttle.burst)
      const kept = stage.cache ? cacheMetrics(sim, stages.length === 1, stage.name) : []
      const byStage = stages.length === 1 ? [total] : [total, new Metrics(sim, flavour.metrics, { Stage: stage.name })]
      routes.forEach((route, i) => {
        const own = stage.throttles[i] ?? (sharesStageThrottle ? null : stage.throttle)
        this.refusals.push(new Stretch(sim.warmUp))
        this.buckets.push(own === null ? shared : new TokenBucket(own.rate, own.burst))
        const detailed = stage.detailed[i]
          ? [new Metrics(sim, flavour.metrics, { Stage: stage.name, ...flavour.routeDimensions(route) })]
          : []
        this.metrics.push([...byStage, ...detailed])
        const named = { Stage: stage.name, ...flavour.routeDimensions(route) }
        this.cacheMetrics.push(stage.cache && stage.detailed[i] ? [...kept, openCache(sim, named)] : kept)
      })
    }
  }

  /** The stages' throttles have other figures; buckets keep what they hold, up to their new size. */
  amend(stages: readonly Stage[]): void {
    let i = 0
    for (const { throttle, throttles } of stages) {
      for (const own of throttles) {
        const { rate, burst } = own ?? throttle ?? {}
        if (rate !== undefined && burst !== undefined) this.buckets[i]?.resize(this.sim.clock[0], rate, burst)
        i++
      }
    }
  }

  /** A request comes; the call's argument is its route number. */
  invoke(call: Call): void {
    const { sim } = this
    const { calls } = sim
    const now = sim.clock[0]
    const route = calls.arg[call]
    this.requests++
    this.inside.enter(now)
    const isMoved = this.deployments !== null && this.deployments.isMoved
    const shown = isMoved ? this.deployedLane(route) : route
    if (shown === NONE) {
      this.finish(call, 403, NO_METHOD, NONE)
      return
    }
    if (this.isTooLarge(call)) return
    if (this.hasKeys && this.refusedByPlan(call, route)) return
    const bucket = this.buckets[route]
    // The first empty bucket refuses; what an earlier one gave is not given back (API-10, API-12).
    const isRefused = bucket !== null && !bucket.take(now, 1)
    if (isRefused || !this.account.bucket.take(now, 1)) {
      this.throttled++
      ;(isRefused ? this.refusals[route] : this.refusedByAccount).note(now)
      this.finish(call, THROTTLED.statusCode, THROTTLED, NONE)
      return
    }
    if (this.authorizers !== null && this.isStopped(call, shown)) return
    this.pass(call, route, shown)
  }

  /** A request that may pass is looked at, and answered from the cache or by its backend. */
  private pass(call: Call, route: number, shown: number): void {
    const { sim } = this
    const { calls } = sim
    if (this.validations.length > 0 && this.isInvalid(call, shown % this.canaryLanes)) return
    const isMoved = this.deployments !== null && this.deployments.isMoved
    const lane = isMoved ? shown : this.laneOf(route)
    if (this.hasCache && this.fromCache(call, route, lane)) return
    const kind = this.kind[lane]
    if (kind <= SQS) {
      if (call >= this.inner.length) this.grow(call)
      const body = this.bodyFor(kind, call, lane)
      if (body === BROKEN) {
        this.finish(call, 500, INTERNAL_ERROR, NONE)
        return
      }
      const inner = sim.open(this.edge[lane], call, calls.trace[call])
      calls.body[inner] = body
      this.inner[call] = inner
      this.lane[call] = lane
      this.timer[call] = sim.timer(this.timeout[lane], this.timeoutTarget, call)
      sim.send(inner)
    } else if (kind === MOCK) this.mocked(call, lane)
    else this.finish(call, 500, INTERNAL_ERROR, NONE)
  }

  /** A request may carry so much, and no more (API-06). */
  private isTooLarge(call: Call): boolean {
    const event = this.sim.calls.body[call]
    if (typeof event !== 'object' || event === null) return false
    const { headers, body = event } = event as { readonly headers?: unknown; readonly body?: unknown }
    if (headersSize(headers) > this.headersMax) this.finish(call, 431, HEADERS_TOO_LARGE, NONE)
    else if (isLong(body, this.payloadMax)) this.finish(call, 413, TOO_LARGE, NONE)
    else return false
    return true
  }

  /** Whether an authorizer refuses a request, or has to be asked about it first (API-40, API-41). */
  private isStopped(call: Call, shown: number): boolean {
    const { sim } = this
    const lane = shown % this.canaryLanes
    const authorizer = this.authorizers!.at(lane)
    if (authorizer === null) return false
    const verdict = this.authorizers!.judge(lane, this.requestOf(call))
    if ('refusal' in verdict) {
      this.turnAway(call, verdict.refusal)
      return true
    }
    if ('policy' in verdict) {
      this.callers[call] = verdict.policy
      return false
    }
    if (call >= this.inner.length) this.grow(call)
    const inner = sim.open(verdict.ask, call, sim.calls.trace[call])
    sim.calls.body[inner] = { Payload: verdict.payload }
    this.inner[call] = inner
    this.lane[call] = shown
    this.timer[call] = sim.timer(authorizer.timeout, this.authorizerTarget, call)
    sim.send(inner)
    return true
  }

  /** An authorizer's function has answered. */
  authorizerAnswered(inner: Call): void {
    const { sim } = this
    const call = sim.calls.cookie[inner]
    if (this.inner[call] !== inner) {
      this.lateAnswers++
      sim.close(inner)
      return
    }
    const shown = this.lane[call]
    const verdict = this.authorizers!.answered(shown % this.canaryLanes, inner, this.requestOf(call))
    sim.close(inner)
    sim.cancel(this.timer[call])
    this.inner[call] = NONE
    if ('refusal' in verdict) {
      this.turnAway(call, verdict.refusal)
      return
    }
    this.callers[call] = verdict.policy
    this.pass(call, sim.calls.arg[call], shown)
  }

  /** An authorizer's function takes too long. */
  authorizerGivenUp(call: Call): void {
    this.sim.abandon(this.inner[call])
    this.inner[call] = NONE
    this.timedOut++
    this.turnAway(call, this.authorizers!.timedOut(this.lane[call] % this.canaryLanes))
  }

  private turnAway(call: Call, { code, answer }: Refusal): void {
    if (code < 500) this.unauthorized++
    this.finish(call, code, answer, NONE)
  }

  private requestOf(call: Call): Request {
    const { calls, clock, startsAt } = this.sim
    const route = calls.arg[call]
    const { method, path } = this.routes[route % this.routeCount]
    const stage = this.stageNames[Math.floor(route / this.routeCount)]
    return { event: calls.body[call], stage, method, path, at: startsAt + clock[0] }
  }

  /** The first of the gates: a key where one is asked for, and what its usage plan says (API-01, API-13). */
  private refusedByPlan(call: Call, route: number): boolean {
    const ring = this.keyRings[Math.floor(route / this.routeCount)]
    if (ring === null || !ring.asksAt(route % this.routeCount)) return false
    const admission = ring.admit(route % this.routeCount, this.sim.calls.body[call])
    if (admission === ADMITTED) return false
    if (admission === undefined) {
      this.keyless++
      this.finish(call, 403, NO_KEY, NONE)
    } else {
      this.throttled++
      this.finish(call, 429, admission === SPENT ? LIMIT_EXCEEDED : THROTTLED, NONE)
    }
    return true
  }

  /** A request that lacks something is answered 400, and no backend sees it (N.APIGATEWAY-03). */
  private isInvalid(call: Call, lane: number): boolean {
    const validation = this.validations[lane]
    const mistake = validation === null ? undefined : mistakeIn(validation, this.sim.calls.body[call])
    if (mistake === undefined) return false
    this.finish(call, 400, { statusCode: 400, body: JSON.stringify({ message: mistake }) }, NONE)
    return true
  }

  /** Answers from the stage's cache; false = the backend is asked, and its answer may be kept. */
  private fromCache(call: Call, route: number, lane: number): boolean {
    this.cacheKeys[call] = ''
    const cache = this.caches[Math.floor(route / this.routeCount)]
    if (cache === null) return false
    const event = this.sim.calls.body[call]
    const key = cache.keyOf(route % this.routeCount, lane >= this.canaryLanes, event)
    if (key === '') return false
    const metrics = this.cacheMetrics[route]
    const wants = wantsFresh(event)
    const may = wants && this.mayInvalidate(call, event)
    if (wants && !may) {
      cache.ignored++
      if (this.strategy === 'FAIL_WITH_403') {
        this.finish(call, 403, FORBIDDEN, NONE)
        return true
      }
    }
    if (may) cache.bypass(metrics)
    else {
      const answer = cache.look(key, metrics)
      if (answer !== undefined) {
        const warned = wants && this.strategy === 'SUCCEED_WITH_RESPONSE_HEADER'
        this.finish(call, answer.statusCode, warned ? withWarning(answer) : answer, NONE)
        return true
      }
    }
    this.cacheKeys[call] = key
    return false
  }

  /** `execute-api:InvalidateCache`: by the policy of an operator's profile; of other clients those may who sign (API-22). */
  private mayInvalidate(call: Call, event: unknown): boolean {
    if (this.strategy === 'anybody may') return true
    const caller = this.sim.callerOf(this.sim.calls.edge[call])
    return caller === null ? isSigned(event) : caller.permission('execute-api:InvalidateCache') === 'allowed'
  }

  /** Empties the cache of a stage; false = there is no such stage. */
  flush(stage: string): boolean {
    const place = this.stageNamed(stage)
    if (place < 0) return false
    this.caches[place]?.store.clear()
    return true
  }

  /** The bucket that is emptiest in proportion, of those that requests pass: the routes' own and the account's. */
  tightest(now: number): TokenBucket {
    let least = this.account.bucket
    for (const bucket of this.buckets)
      if (bucket !== null && bucket.peek(now) * least.burst < least.peek(now) * bucket.burst) least = bucket
    return least
  }

  /** The limits that have refused anything: their buckets and how often. The account's is the last. */
  limitsReached(): {
    readonly bucket: TokenBucket
    readonly refusals: readonly Stretch[]
    readonly isAccount: boolean
  }[] {
    const own = new Map<TokenBucket, Stretch[]>()
    this.refusals.forEach((stretch, route) => {
      const bucket = this.buckets[route]
      if (bucket !== null && stretch.count > 0) own.set(bucket, [...(own.get(bucket) ?? []), stretch])
    })
    const reached = [...own].map(([bucket, refusals]) => ({ bucket, refusals, isAccount: false }))
    if (this.refusedByAccount.count === 0) return reached
    return [...reached, { bucket: this.account.bucket, refusals: [this.refusedByAccount], isAccount: true }]
  }

  /** The backend has answered. */
  backendAnswered(inner: Call): void {
    const { sim } = this
    const { calls } = sim
    const call = calls.cookie[inner]
    if (this.inner[call] !== inner) {
      this.lateAnswers++
      sim.close(inner)
      return
    }
    const status = calls.status[inner]
    const answer = calls.answer[inner] as LambdaAnswer | null
    const elapsed = sim.clock[0] - calls.sentAt[inner]
    sim.close(inner)
    sim.cancel(this.timer[call])
    this.inner[call] = NONE
    const lane = this.lane[call]
    const kind = this.kind[lane]
    const code = this.statusCode[lane]
    if (kind === HTTP && this.mappings[lane] !== null) {
      const http = status === 0 ? 200 : sim.errors.http[status]
      this.translate(call, lane, String(http), { statusCode: http }, elapsed)
    } else if (kind === HTTP) this.forward(call, lane, status === 0 ? 200 : sim.errors.http[status], elapsed)
    else if (status !== 0) this.refused(call, status, elapsed)
    else if (kind === SQS) this.finish(call, code, this.plain[lane], elapsed)
    else if (kind === LAMBDA) this.translate(call, lane, errorIn(answer!), answer!.Payload, elapsed)
    else this.proxied(call, lane, answer!, elapsed)
  }

  /** The backend takes too long: the client is answered, the backend works on (API-04). */
  giveUp(call: Call): void {
    const { calls } = this.sim
    const elapsed = this.sim.clock[0] - calls.sentAt[this.inner[call]]
    this.sim.abandon(this.inner[call])
    this.inner[call] = NONE
    this.timedOut++
    this.finish(call, 504, TIMED_OUT, elapsed)
  }

  /** An answer passes through the rule that fits what it says; without any rule there is nothing to give (N.APIGATEWAY-19). */
  private translate(call: Call, lane: number, said: string, answer: unknown, elapsed: number): void {
    const mapping = this.mappings[lane]!
    const rule = ruleFor(mapping, said)
    if (rule === undefined) {
      this.finish(call, 500, INTERNAL_ERROR, elapsed)
      return
    }
    const body = mapResponse(rule, this.sim.calls.body[call], answer, this.passing(call, lane))
    if (body === BROKEN) this.finish(call, 500, INTERNAL_ERROR, elapsed)
    else this.finish(call, rule.statusCode, { statusCode: rule.statusCode, body }, elapsed)
  }

  /** An integration that answers by itself, with the body of its template if it has one (N.APIGATEWAY-17). */
  private mocked(call: Call, lane: number): void {
    const code = this.statusCode[lane]
    const rule = this.mappings[lane]?.responses.find((each) => each.statusCode === code && each.template !== undefined)
    if (rule === undefined) {
      this.finish(call, code, this.plain[lane], 0)
      return
    }
    const body = mapResponse(rule, this.sim.calls.body[call], {}, this.passing(call, lane))
    if (body === BROKEN) this.finish(call, 500, INTERNAL_ERROR, 0)
    else this.finish(call, code, { statusCode: code, body }, 0)
  }

  /** What templates see beside the request. */
  private passing(call: Call, lane: number): Passing {
    const { calls, physicalName } = this.sim
    const route = calls.arg[call]
    const { method, path } = this.routes[route % this.routeCount]
    return {
      variables: this.variables[lane],
      context: {
        ...{ requestId: `request-${calls.trace[call]}`, apiId: physicalName, httpMethod: method, resourcePath: path },
        ...{ stage: this.stageNames[Math.floor(route / this.routeCount)], requestTimeEpoch: this.millis() },
      },
    }
  }

  private millis(): number {
    return Math.floor((this.sim.startsAt + this.sim.clock[0]) / 1_000)
  }

  /** The answer of a function behind a proxy integration becomes the client's (API-05). */
  private proxied(call: Call, lane: number, answer: LambdaAnswer, elapsed: number): void {
    const payload = answer.Payload as { statusCode?: unknown } | null | undefined
    const code = answer.FunctionError === undefined ? proxyStatus(payload, this.infers[lane] === 1) : 0
    if (answer.FunctionError !== undefined) this.finish(call, 502, BAD_GATEWAY, elapsed)
    else if (code > 0)
      this.finish(call, code, code === payload!.statusCode ? payload : { ...payload, statusCode: code }, elapsed)
    else if (
      this.infers[lane] === 1 &&
      (typeof payload !== 'object' || payload === null || payload.statusCode === undefined)
    )
      this.finish(call, 200, { statusCode: 200, body: payload }, elapsed)
    else this.finish(call, 502, BAD_GATEWAY, elapsed)
  }

  /** Lambda did not take the request. It is never tried again (API-05). */
  private refused(call: Call, status: number, elapsed: number): void {
    const http = this.sim.errors.http[status] === 429 ? this.flavour.lambdaThrottled : 500
    this.finish(call, http, http === 503 ? UNAVAILABLE : INTERNAL_ERROR, elapsed)
  }

  private forward(call: Call, lane: number, http: number, elapsed: number): void {
    if (http === 200) this.finish(call, 200, this.plain[lane], elapsed)
    else if (isStatus(http)) this.finish(call, http, { statusCode: http }, elapsed)
    else this.finish(call, 502, BAD_GATEWAY, elapsed)
  }

  /** Answers the client and counts; `elapsed` µs in the integration, −1 = it was not reached. */
  private finish(call: Call, code: number, answer: unknown, elapsed: number): void {
    const { sim } = this
    const now = sim.clock[0]
    const since = sim.calls.sentAt[call]
    const overhead = this.latency.draw(this.rng) + (this.edgeLatency === null ? 0 : this.edgeLatency.draw(this.rng))
    const clientError = code >= 400 && code < 500 ? 1 : 0
    const serverError = code >= 500 ? 1 : 0
    if (this.hasCache) this.keep(call, code, answer, elapsed)
    if (this.authorizers !== null) this.callers[call] = undefined
    this.answered++
    this.clientErrors += clientError
    this.serverErrors += serverError
    this.lastServerError = serverError === 1
    const sets = this.metrics[sim.calls.arg[call]]
    for (let i = 0; i < sets.length; i++) {
      const metrics = sets[i]
      sim.count(metrics.count, 1)
      sim.count(metrics.clientErrors, clientError)
      sim.count(metrics.serverErrors, serverError)
      sim.record(metrics.latency, now - since + overhead)
      if (elapsed !== NONE) sim.record(metrics.integration, elapsed)
    }
    this.inside.leave(now, since)
    sim.calls.answer[call] = answer
    sim.replyAfter(overhead, call, code < 400 ? 0 : this.errorOf(code))
  }

  private keep(call: Call, code: number, answer: unknown, elapsed: number): void {
    const key = this.cacheKeys[call]
    const route = this.sim.calls.arg[call]
    this.cacheKeys[call] = ''
    if (elapsed === NONE || key === undefined || key === '') return
    this.caches[Math.floor(route / this.routeCount)]?.keep(route % this.routeCount, key, code, answer)
  }

  /** Each request goes to the canary by a draw of its own (API-30). */
  private laneOf(route: number): number {
    const share = this.canaryShare[route]
    return share > 0 && this.canaryRng.float() < share ? route + this.canaryLanes : route
  }

  /** The same where stages show deployments; −1 = the one that is shown has no such method. */
  private deployedLane(route: number): number {
    const isCanary = this.laneOf(route) !== route
    const stage = Math.floor(route / this.routeCount)
    const variant = this.deployments!.variant(stage, route % this.routeCount, isCanary)
    if (variant < 0) return NONE
    return stage * this.variantCount + variant + (isCanary ? this.canaryLanes : 0)
  }

  /** The place of a stage; −1 = there is none of that name. */
  stageNamed(name: unknown): number {
    return this.stageNames.indexOf(String(name))
  }

  /** The share of a stage's requests that goes to its canary, 0..1. */
  canaryOf(stage: number): number {
    return this.canaryShare[stage * this.routeCount] ?? 0
  }

  setCanary(stage: number, share: number): void {
    this.canaryShare.fill(share, stage * this.routeCount, (stage + 1) * this.routeCount)
  }

  /** Whether a stage had a canary when the run began: what it answers is known then. */
  hasCanaryLane(stage: number): boolean {
    return this.withCanary[stage]
  }

  /** What the backend gets of the request's body. */
  private bodyFor(kind: number, call: Call, lane: number): unknown {
    const event = this.sim.calls.body[call]
    const mapping = this.mappings[lane]
    if (mapping === null || (mapping.request === undefined && mapping.parameters.length === 0)) {
      if (kind === HTTP) return event
      return kind === SQS ? { MessageBody: event } : { Payload: this.event(call, lane) }
    }
    const body = mapRequest(mapping, event, this.passing(call, lane))
    if (body === BROKEN || kind === HTTP) return body
    return kind === SQS ? { MessageBody: messageIn(body) } : { Payload: body }
  }

  private event(call: Call, lane: number): unknown {
    const body = this.sim.calls.body[call]
    const variables = this.variables[lane]
    const caller = this.authorizers === null ? undefined : callerIn(this.callers[call])
    if ((variables === null && caller === undefined) || typeof body !== 'object') return body
    return {
      ...(body as Record<string, unknown>),
      ...(variables === null ? undefined : { stageVariables: variables }),
      ...(caller === undefined ? undefined : { requestContext: { authorizer: caller } }),
    }
  }

  private errorOf(code: number): number {
    const known = this.errors[code]
    if (known !== 0) return known
    return (this.errors[code] = this.sim.error(NAMES[code] ?? `Http${code}`, code))
  }

  /** With one stage only, its metrics are the API's. */
  private nameByStage(metrics: Metrics, stage: string): void {
    const names = this.flavour.metrics
    const dimensions = { Stage: stage }
    this.sim.metricAlias(metrics.count, names.count, dimensions)
    this.sim.metricAlias(metrics.clientErrors, names.clientErrors, dimensions)
    this.sim.metricAlias(metrics.serverErrors, names.serverErrors, dimensions)
    this.sim.metricAlias(metrics.latency, names.latency, dimensions)
    this.sim.metricAlias(metrics.integration, names.integration, dimensions)
  }

  private grow(call: Call): void {
    let length = this.inner.length
    while (length <= call) length *= 2
    const widen = (from: Int32Array): Int32Array => {
      const to = new Int32Array(length).fill(NONE)
      to.set(from)
      return to
    }
    this.inner = widen(this.inner)
    this.timer = widen(this.timer)
    this.lane = widen(this.lane)
  }
}

/** The metrics of a stage's cache: the API's own where there is one stage. */
function cacheMetrics(sim: Sim, isOnly: boolean, stage: string): CacheMetrics[] {
  const total = openCache(sim, {})
  if (!isOnly) return [total, openCache(sim, { Stage: stage })]
  sim.metricAlias(total.hits, 'CacheHitCount', { Stage: stage })
  sim.metricAlias(total.misses, 'CacheMissCount', { Stage: stage })
  return [total]
}

function openCache(sim: Sim, dimensions: Readonly<Record<string, string>>): CacheMetrics {
  return { hits: sim.metricWith('CacheHitCount', dimensions), misses: sim.metricWith('CacheMissCount', dimensions) }
}

/** What `lambda:InvokeFunction` answers. */
interface LambdaAnswer {
  readonly Payload: unknown
  readonly FunctionError?: string
}

/** What a function error says; '' = all went well. */
function errorIn({ FunctionError, Payload }: LambdaAnswer): string {
  if (FunctionError === undefined) return ''
  const { errorMessage } = (Payload ?? {}) as { errorMessage?: unknown }
  return String(errorMessage ?? FunctionError)
}

/** What an authorizer's answer lets a function know: the principal and its context. */
function callerIn(policy: unknown): object | undefined {
  if (typeof policy !== 'object' || policy === null) return undefined
  const { principalId, context } = policy as { principalId?: unknown; context?: object }
  if (principalId === undefined && context === undefined) return undefined
  return { ...context, ...(principalId === undefined ? undefined : { principalId }) }
}

/** Whether a body has more bytes than it may: of a text those of the text itself. */
function isLong(body: unknown, most: number): boolean {
  // Three bytes are the most that a unit of a text takes.
  if (typeof body === 'string') return 3 * body.length > most && utf8Size(body) > most
  return exceeds(body, most)
}

/** Bytes of names and values. */
function headersSize(headers: unknown): number {
  if (typeof headers !== 'object' || headers === null) return 0
  let bytes = 0
  for (const name of Object.keys(headers))
    bytes += name.length + String((headers as Record<string, unknown>)[name]).length
  return bytes
}

/** What the answer of a function behind a proxy integration may have; `BodySize` is a word of ours. */
const PROXY_MEMBERS = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded', 'cookies', 'BodySize']

/** The status of a function's answer; 0 = it is none that the gateway understands. A status may be a text; without any it is 200. */
function proxyStatus(payload: unknown, needsStatus: boolean): number {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return 0
  const { statusCode, multiValueHeaders } = payload as { statusCode?: unknown; multiValueHeaders?: unknown }
  if (needsStatus) return isStatus(statusCode) ? statusCode : 0
  if (!Object.keys(payload).every((name) => PROXY_MEMBERS.includes(name))) return 0
  if (typeof multiValueHeaders === 'object' && multiValueHeaders !== null)
    if (!Object.values(multiValueHeaders).every(Array.isArray)) return 0
  if (isStatus(statusCode)) return statusCode
  if (statusCode === undefined) return 200
  return typeof statusCode === 'string' && /^[1-9]\d\d$/.test(statusCode) ? Number(statusCode) : 0
}

function isStatus(code: unknown): code is number {
  return typeof code === 'number' && Number.isInteger(code) && code >= 100 && code <= 999
}

/** Event functions of an API's definition. */
function integrationAnswered(self: Gateway, call: Call): void {
  self.backendAnswered(call)
}

function integrationTimedOut(self: Gateway, call: Call): void {
  self.giveUp(call)
}

export function authorizerAnswered(self: Gateway, call: Call): void {
  self.authorizerAnswered(call)
}

export function authorizerTimedOut(self: Gateway, call: Call): void {
  self.authorizerGivenUp(call)
}

/** What both kinds of API schedule and receive. */
export const gatewayTimers = { integrationAnswered, integrationTimedOut, authorizerAnswered, authorizerTimedOut }

export const gatewayTraced: Traced<Gateway> = {
  inside: 'chooses a backend',
  answer: 'overhead of the API',
  serves: (self, call) => self.sim.calls.cookie[call],
  ends: {
    integrationTimedOut: (_, call) => ({ end: 'timed out', of: call }),
    authorizerTimedOut: (_, call) => ({ end: 'timed out', of: call }),
  },
}

/** Throttles that are there, with other figures; which routes have one stays as it is. */
export const amendThrottles: Amend<Gateway> = {
  members: (before, after) => (shapeOf(before) === shapeOf(after) ? ['Stages'] : []),
  run: (self, config) => self.amend(config['Stages'] as readonly Stage[]),
}

/** Stages without the figures of their throttles. */
function shapeOf(config: Config): string {
  return JSON.stringify(config['Stages'], (key, value: unknown) =>
    key === 'throttle'
      ? value !== null
      : key === 'throttles'
        ? (value as unknown[]).map((each) => each !== null)
        : value,
  )
}
