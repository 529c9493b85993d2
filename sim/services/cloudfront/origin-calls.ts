// Asking an origin: the connection and its attempts, the call, the wait for the answer, and the second origin of a group.
import type { Call } from '../../engine/calls.ts'
import type { Action, Sim } from '../../model/contract.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { forwarded, headerOf, mapOf } from './asked.ts'
import type { Distribution } from './distribution-state.ts'
import { runAtOrigin } from './edge-functions.ts'
import { behaviorOf, failure, wait, type Fetch, type Response } from './fetch.ts'
import type { OriginPlan } from './origin-config.ts'

const NONE = -1
/** Methods for which the second origin of a group is asked (CF-R52), and those that are asked again after a time-out. */
const FAILS_OVER = new Set(['GET', 'HEAD', 'OPTIONS'])
const ASKS_AGAIN = new Set(['GET', 'HEAD'])
const VALIDATOR_CODES = new Set([200, 304])

/** The operation by which a bucket answers to a method. */
const BUCKET_ACTIONS: Readonly<Record<string, Action>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
}
/** Servers know five methods; a question without a body is a GET to them. */
const SERVER_ACTIONS: Readonly<Record<string, Action>> = {
  GET: 'http:GET',
  HEAD: 'http:GET',
  OPTIONS: 'http:GET',
  POST: 'http:POST',
  PUT: 'http:PUT',
  PATCH: 'http:PATCH',
  DELETE: 'http:DELETE',
}

/** Opens the edges to an origin, by operation. */
export function originEdges(sim: Sim, { kind, to, action: routed }: OriginPlan): ReadonlyMap<string, number> {
  if (kind === 'outside') return new Map()
  const all = kind === 'bucket' ? BUCKET_ACTIONS : SERVER_ACTIONS
  const actions = routed === undefined ? Object.values(all) : [routed]
  return new Map([...new Set(actions)].map((action) => [action, sim.edge(to, action, originAnswered)]))
}

/** A fetch has come to the last cache and goes on to the origin: to the first, or to the second of a group. */
export function askOrigin(self: Distribution, fetch: Fetch): void {
  fetch.attempt = 0
  fetch.sentAs = fetch.asked
  fetch.at = behaviorOf(self, fetch).origins[fetch.nth]
  if (behaviorOf(self, fetch).functions['origin-request'] !== undefined)
    runAtOrigin(self, fetch, 'origin-request', null)
  else goToOrigin(self, fetch)
}

/** Tries to connect; what cannot be reached takes the whole time of an attempt. */
export function goToOrigin(self: Distribution, fetch: Fetch): void {
  const { at } = fetch
  if (self.unreachable[at] > 0) wait(self, fetch, 'connects', self.origins[at].connectTimeout)
  else wait(self, fetch, 'goes to origin', self.originTrip.draw(self.rng))
}

/** An attempt to connect has taken its time (CF-R50, CF-R51). */
export function connectFailed(self: Distribution, fetch: Fetch): void {
  fetch.attempt++
  if (fetch.attempt < self.origins[fetch.at].attempts) goToOrigin(self, fetch)
  else judge(self, fetch, failure(504), true)
}

/** The request reaches the origin. */
export function sendToOrigin(self: Distribution, fetch: Fetch): void {
  const { sim } = self
  const { at } = fetch
  const origin = self.origins[at]
  self.originRequests++
  if (origin.kind === 'outside') {
    // It answers, if not in time.
    const time = self.outsideTime.draw(self.outsideRng)
    if (time >= origin.readTimeout) wait(self, fetch, 'reads', origin.readTimeout)
    else {
      fetch.attempt = -1
      wait(self, fetch, 'reads', time)
    }
    return
  }
  const way = wayTo(self, fetch, at)
  if (typeof way === 'number') {
    judge(self, fetch, failure(way), false)
    return
  }
  const call = sim.open(way.edge, fetch.row, fetch.trace)
  sim.calls.body[call] = way.body
  sim.calls.arg[call] = way.arg
  fetch.call = call
  wait(self, fetch, 'reads', origin.readTimeout)
  sim.send(call)
}

interface Way {
  readonly edge: number
  readonly body: unknown
  readonly arg: number
}

/** How an origin is asked, or the code by which it refuses what it does not know. */
function wayTo(self: Distribution, fetch: Fetch, at: number): Way | number {
  const origin = self.origins[at]
  const { method, path, body } = fetch.sentAs
  const edges = self.originEdges[at]
  const { headers, cookies, query } = forwarded(behaviorOf(self, fetch).forwards, fetch.sentAs)
  const whole = origin.path + path
  if (origin.kind === 'bucket') {
    const action = BUCKET_ACTIONS[method]
    if (action === undefined) return 405
    if (!(action === 's3:GetObject' ? origin.mayRead : origin.mayWrite)) return 403
    const { old } = fetch
    return {
      edge: edges.get(action)!,
      body: {
        Key: decoded(whole.slice(1)),
        ...(action === 's3:PutObject' ? { Body: body, ContentLength: mapOf(body)['ContentLength'] } : undefined),
        ...(action === 's3:GetObject' && old !== undefined && old.etag !== '' ? { IfNoneMatch: old.etag } : undefined),
      },
      arg: 0,
    }
  }
  const address = query === '' ? whole : `${whole}?${query}`
  if (origin.kind === 'server') {
    const { old } = fetch
    const conditions =
      old !== undefined && old.etag !== ''
        ? { 'If-None-Match': old.etag }
        : old !== undefined && old.modified !== ''
          ? { 'If-Modified-Since': old.modified }
          : undefined
    return {
      edge: edges.get(SERVER_ACTIONS[method])!,
      body: { Path: address, Headers: { ...headers, ...origin.headers, ...conditions }, Body: body },
      arg: 0,
    }
  }
  // A function's address knows neither paths nor methods: its event is what the viewer sends.
  if (origin.kind === 'url') {
    const event = body ?? { rawPath: whole, rawQueryString: query, headers, cookies }
    return { edge: edges.get(origin.action ?? SERVER_ACTIONS[method])!, body: event, arg: 0 }
  }
  const entry = self.sim.entryOf(origin.to, `${method} ${whole}`)
  if (entry === undefined) return 403
  return { edge: edges.get(entry.action)!, body: body ?? { headers, cookies, query }, arg: entry.arg }
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** The origin has answered. */
export function originAnswered(self: Distribution, call: Call): void {
  const { sim } = self
  const { calls } = sim
  const fetch = self.fetches[calls.cookie[call]]
  if (fetch.call !== call) {
    sim.close(call)
    return
  }
  const status = calls.status[call]
  const response = responseOf(calls.answer[call], status === 0 ? 0 : sim.errors.http[status])
  sim.close(call)
  fetch.call = NONE
  sim.cancel(fetch.timer)
  fetch.timer = NONE
  judge(self, fetch, response, false)
}

/** The origin takes too long: again, the second origin, or 504. An origin outside has answered when it was to. */
export function readTimedOut(self: Distribution, fetch: Fetch): void {
  const origin = self.origins[fetch.at]
  if (fetch.attempt < 0) {
    judge(self, fetch, PLAIN, false)
    return
  }
  if (fetch.call !== NONE) self.sim.abandon(fetch.call)
  fetch.call = NONE
  fetch.attempt++
  if (!origin.isBucket && ASKS_AGAIN.has(fetch.sentAs.method) && fetch.attempt < origin.attempts)
    goToOrigin(self, fetch)
  else judge(self, fetch, failure(504), true)
}

/** An answer, or none: the second origin of a group may know better (CF-R52). */
export function judge(self: Distribution, fetch: Fetch, response: Response, isLost: boolean): void {
  const behavior = behaviorOf(self, fetch)
  const { status } = response
  if (status >= 500) self.originFailures++
  const mayGoOn = fetch.nth === 0 && behavior.origins.length === 2 && FAILS_OVER.has(fetch.sentAs.method)
  if (mayGoOn && (isLost || behavior.failover.includes(status))) {
    self.failovers++
    fetch.nth = 1
    askOrigin(self, fetch)
    return
  }
  if (behavior.functions['origin-response'] !== undefined && !isLost)
    runAtOrigin(self, fetch, 'origin-response', response)
  else self.steps.arrive(self, fetch, response)
}

const PLAIN = Object.freeze(failure(200))

/** Reads an answer: of a bucket, of a server, of a function behind an API. `http` is the code of an exception, 0 = it is none. */
function responseOf(answer: unknown, http: number): Response {
  const given = mapOf(answer)
  const headers = mapOf(given['headers'])
  const said = typeof given['statusCode'] === 'number' ? given['statusCode'] : 200
  const status = http === 0 ? said : http < 100 ? 502 : http
  const {
    ETag: etag,
    LastModified: modified,
    ContentLength: length,
    body = given['Body'],
  } = given as Record<string, any>
  const keepsValidators = VALIDATOR_CODES.has(status)
  return {
    status,
    headers,
    body,
    size:
      typeof length === 'number'
        ? length
        : Number(headerOf(headers, 'content-length') ?? (body === undefined ? 0 : sizeOf(body))) || 0,
    etag: keepsValidators ? String(etag ?? headerOf(headers, 'etag') ?? '') : '',
    modified: keepsValidators ? String(modified ?? headerOf(headers, 'last-modified') ?? '') : '',
    cacheControl:
      headerOf(headers, 'cache-control') ??
      (typeof given['CacheControl'] === 'string' ? given['CacheControl'] : undefined),
    expires: headerOf(headers, 'expires') ?? undefined,
  }
}

function sizeOf(body: unknown): number {
  return typeof body === 'string' ? body.length : jsonSize(body)
}
