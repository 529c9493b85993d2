// The way of a viewer's request: may it come in, is its object here, and what the viewer gets.
import type { Call } from '../../engine/calls.ts'
import { addressOf, askedOf, behaviorFor, encodingOf, keyOf, NOTHING, type Asked, type RequestBody } from './asked.ts'
import type { Behavior } from './distribution-config.ts'
import { closedFor, REASONS, refusalBy, TOO_LONG } from './door.ts'
import type { Distribution, Outcome, Visit } from './distribution-state.ts'
import { runAtViewer } from './edge-functions.ts'
import { fetchFor, refreshBehind } from './fetches.ts'
import { ownAnswer, type CachedObject, type Location } from './locations.ts'

const NONE = -1
/** Sizes of texts that CloudFront compresses, and what counts as one by its name. */
const COMPRESSED_MIN = 1_000
const COMPRESSED_MAX = 10_000_000
const TEXTS = /\.(html?|css|js|mjs|json|xml|svg|txt|csv|wasm|map|md)$/

/** A request comes in. */
export function request(self: Distribution, call: Call, method: string): void {
  const { sim } = self
  const now = sim.clock[0]
  const body = sim.calls.body[call] as RequestBody
  self.requests++
  self.inside.enter(now)
  const { Edge: place } = body
  const edge = place === undefined ? drawnEdge(self) : self.edgeOf(String(place))
  self.edges[edge].requests++
  const [path, query] = addressOf(body)
  const closed = closedFor(self, body, path, now)
  // An address that is too long is not compared with patterns.
  const behaviorNumber = closed === TOO_LONG ? self.behaviors.length - 1 : behaviorFor(self.behaviors, path)
  const behavior = self.behaviors[behaviorNumber]
  const asked = askedOf(body, method, path, query)
  const refusal = closed ?? refusalBy(self, behavior, body, asked, now)
  if (refusal !== undefined) {
    self.refusals[REASONS.indexOf(refusal)].note(now)
    const visit = self.takeVisit(call, now, edge, behaviorNumber, asked)
    settle(self, visit, ownAnswer(refusal.code, now, refusal.error), 'refused')
    return
  }
  if (behavior.functions['viewer-request'] !== undefined) {
    runAtViewer(self, self.takeVisit(call, now, edge, behaviorNumber, asked), 'viewer-request')
    return
  }
  const key = isKept(behavior, method) ? keyOf(behavior.cache, rooted(self, asked)) : ''
  const object = key === '' ? undefined : self.edges[edge].find(key, now)
  const isPlain = object !== undefined && now < object.freshUntil && object.status < 400
  if (isPlain && behavior.functions['viewer-response'] === undefined) {
    answer(self, call, now, edge, behavior, asked, object, 'hit')
    return
  }
  lookUp(self, self.takeVisit(call, now, edge, behaviorNumber, asked))
}

function drawnEdge(self: Distribution): number {
  return self.ownEdges === 1 ? 0 : self.edgeRng.below(self.ownEdges)
}

/** `/` stands for the default root object. */
function rooted(self: Distribution, asked: Asked): Asked {
  return asked.path === '/' && self.rootObject !== '' ? { ...asked, path: `/${self.rootObject}` } : asked
}

/** Whether answers to a method may be kept. */
function isKept(behavior: Behavior, method: string): boolean {
  if (behavior.isDynamic) return false
  return method === 'GET' || method === 'HEAD' || (method === 'OPTIONS' && behavior.keepsOptions)
}

/** Looks for the object of a visit at its edge location, and has it fetched where it is not there or no longer fresh. */
export function lookUp(self: Distribution, visit: Visit): void {
  const { now } = self
  const behavior = self.behaviors[visit.behavior]
  const asked = rooted(self, visit.asked)
  visit.asked = asked
  if (!isKept(behavior, asked.method)) {
    visit.outcome = 'passed'
    fetchFor(self, visit, undefined)
    return
  }
  const at: Location = self.edges[visit.edge]
  visit.key = keyOf(behavior.cache, asked)
  const object = at.find(visit.key, now)
  if (object !== undefined && now < object.freshUntil) settle(self, visit, object, 'hit')
  else if (object !== undefined && now < object.reusableUntil) {
    refreshBehind(self, visit, object)
    self.staleServed++
    settle(self, visit, object, 'hit')
  } else fetchFor(self, visit, object)
}

/** A visit has its answer: its page where an error has one, what a function makes of it, then the viewer gets it. */
export function settle(self: Distribution, visit: Visit, object: CachedObject, outcome: Outcome): void {
  const { failed } = visit
  if (failed !== null) {
    visit.failed = null
    // A page that cannot be had either leaves the error as it is.
    const page = object.status < 400 ? { ...object, status: failed.page.answers } : failed.object
    leave(self, visit, page, failed.outcome)
    return
  }
  const page = object.status < 400 ? undefined : self.errorPages.find(({ code }) => code === object.status)
  if (page !== undefined && page.page !== '' && outcome !== 'made') {
    visit.failed = { object, outcome, page }
    visit.asked = { ...visit.asked, method: 'GET', path: page.page, query: '' }
    visit.behavior = behaviorFor(self.behaviors, page.page)
    lookUp(self, visit)
    return
  }
  const hasFunction = self.behaviors[visit.behavior].functions['viewer-response'] !== undefined
  // Not for errors, and not for what never came as far as the cache (CF-R84).
  if (hasFunction && object.status < 400 && outcome !== 'refused' && outcome !== 'made') {
    visit.object = object
    visit.outcome = outcome
    runAtViewer(self, visit, 'viewer-response')
  } else leave(self, visit, object, outcome)
}

/** The viewer of a visit gets an answer. */
export function leave(self: Distribution, visit: Visit, object: CachedObject, outcome: Outcome): void {
  const { call, since, edge, behavior, asked } = visit
  visit.call = NONE
  visit.object = null
  self.freeVisits.push(visit.row)
  answer(self, call, since, edge, self.behaviors[behavior], asked, object, outcome)
}

/** What `X-Cache` says. */
const WORDS: Readonly<Record<Outcome, string>> = {
  hit: 'Hit from cloudfront',
  refreshed: 'RefreshHit from cloudfront',
  miss: 'Miss from cloudfront',
  passed: 'Miss from cloudfront',
  made: 'LambdaGeneratedResponse from cloudfront',
  refused: 'Error from cloudfront',
}

/** What viewers get. */
interface Told {
  readonly statusCode: number
  readonly 'X-Cache': string
  readonly ContentLength: number
  /** Seconds since the origin sent it. */
  Age?: number
  headers?: unknown
  body?: unknown
}

function wordsOf(status: number, outcome: Outcome): string {
  if (status === 301 && outcome === 'refused') return 'Redirect from cloudfront'
  return status >= 400 ? 'Error from cloudfront' : WORDS[outcome]
}

function answer(
  self: Distribution,
  call: Call,
  since: number,
  edge: number,
  behavior: Behavior,
  asked: Asked,
  object: CachedObject,
  outcome: Outcome,
): void {
  const { sim } = self
  const now = sim.clock[0]
  const { status } = object
  const isError = status >= 400
  self.inside.leave(now, since)
  self.outcomes[outcome]++
  if (outcome === 'hit' || outcome === 'refreshed') self.edges[edge].hits++
  self.lastFailed = status >= 500
  if (isError && outcome === 'hit') self.errorHits.note(now)
  if (outcome === 'miss' && !isError) noteMiss(self, object.address, keyOf(behavior.cache, asked), now)
  const size = asked.method === 'HEAD' ? 0 : sizeFor(self, behavior, asked, object)
  count(self, asked, object, outcome, size, now - since)
  const told: Told = { statusCode: status, 'X-Cache': wordsOf(status, outcome), ContentLength: size }
  if (outcome === 'hit') told.Age = Math.floor((now - object.since) / 1_000_000)
  if (object.headers !== NOTHING) told.headers = object.headers
  if (object.body !== undefined) told.body = object.body
  sim.calls.answer[call] = told
  const error = !isError ? 0 : object.error === undefined ? self.statusOf(status) : sim.error(object.error, status)
  sim.replyAfter(self.viewerTrip.draw(self.rng), call, error)
}

/** Bytes that the viewer gets: text may be compressed. */
function sizeFor(self: Distribution, behavior: Behavior, asked: Asked, { size }: CachedObject): number {
  if (!behavior.compresses || size < COMPRESSED_MIN || size > COMPRESSED_MAX) return size
  if (encodingOf(behavior.cache, asked.headers) === '' || !TEXTS.test(asked.path)) return size
  return Math.ceil(size * self.compressedShare)
}

function count(
  self: Distribution,
  asked: Asked,
  { status }: CachedObject,
  outcome: Outcome,
  size: number,
  took: number,
): void {
  const { sim, metrics } = self
  const isClientError = status >= 400 && status < 500
  self.bytesDown += size
  sim.count(metrics.requests, 1)
  sim.count(metrics.down, size)
  sim.count(metrics.errors, status >= 400 ? 100 : 0)
  sim.count(metrics.clientErrors, isClientError ? 100 : 0)
  sim.count(metrics.serverErrors, status >= 500 ? 100 : 0)
  const { byCode } = metrics
  for (let i = 0; i < byCode.length; i++) sim.count(byCode[i].metric, status === byCode[i].code ? 100 : 0)
  if (asked.method === 'PUT' || asked.method === 'POST') sim.count(metrics.up, sizeUp(asked))
  // Errors, and methods whose answers are not kept, are no requests for the cache.
  const isHit = outcome === 'hit' || outcome === 'refreshed'
  if (status < 400 && (isHit || outcome === 'miss' || (outcome === 'passed' && asked.method === 'GET')))
    sim.count(metrics.hitRate, isHit ? 100 : 0)
  if (outcome === 'miss' || outcome === 'passed') sim.record(metrics.originLatency, took)
}

function sizeUp({ body }: Asked): number {
  const size = (body as { ContentLength?: unknown } | null | undefined)?.ContentLength
  return typeof size === 'number' ? size : 0
}

/** Paths whose misses are looked at, and keys of each. */
const PATHS_KEPT = 200
export const KEYS_KEPT = 1_000

function noteMiss(self: Distribution, address: string, key: string, now: number): void {
  self.misses.note(now)
  if (now < self.sim.warmUp) return
  const mark = address.indexOf('?')
  const path = mark < 0 ? address : address.slice(0, mark)
  let known = self.variants.get(path)
  if (known === undefined) {
    if (self.variants.size >= PATHS_KEPT) return
    self.variants.set(path, (known = { misses: 0, keys: new Set() }))
  }
  known.misses++
  if (known.keys.size < KEYS_KEPT) known.keys.add(key)
}
