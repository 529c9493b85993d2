// Functions at the edge: what they are told, and what their answers do to a request or a response.
//
// A function that returns nothing lets pass what it saw. One that returns a request changes what it names in it; one that returns a
// response at a request event answers in the origin's place (CF-R83).
import type { Call } from '../../engine/calls.ts'
import type { Sim } from '../../model/contract.ts'
import { SUCCESS } from '../../parts/interpreter.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { mapOf, type Asked, type Named } from './asked.ts'
import type { Behavior, EdgeEvent } from './distribution-config.ts'
import { functionEvent, lambdaEvent, type SeenResponse } from './edge-events.ts'
import type { Distribution, Visit } from './distribution-state.ts'
import { behaviorOf, failure, type Fetch, type Response } from './fetch.ts'
import { SILENT } from './freshness.ts'
import { ownAnswer, type CachedObject } from './locations.ts'
import type { OriginPlan } from './origin-config.ts'

const NONE = -1
const EVENTS: readonly EdgeEvent[] = ['viewer-request', 'origin-request', 'origin-response', 'viewer-response']

/** The edges to a behaviour's functions, by event. */
export type EdgeEdges = Readonly<Partial<Record<EdgeEvent, number>>>

export function edgesOf(sim: Sim, { functions }: Behavior): EdgeEdges {
  const made: Partial<Record<EdgeEvent, number>> = {}
  for (const event of EVENTS) {
    const plan = functions[event]
    if (plan !== undefined)
      made[event] = sim.edge(
        plan.to,
        plan.action,
        event.startsWith('viewer') ? viewerFunctionAnswered : originFunctionAnswered,
      )
  }
  return made
}

/** Has the function of a viewer event look at a visit; its object is what a response event sees. */
export function runAtViewer(self: Distribution, visit: Visit, event: EdgeEvent): void {
  const response = visit.object
  invoke(self, visit.behavior, event, visit.row, self.sim.calls.trace[visit.call], visit.asked, response)
}

/** Has the function of an origin event look at a fetch. */
export function runAtOrigin(self: Distribution, fetch: Fetch, event: EdgeEvent, response: Response | null): void {
  fetch.phase = 'waits'
  fetch.answered = response
  fetch.call = invoke(
    self,
    fetch.behavior,
    event,
    fetch.row,
    fetch.trace,
    fetch.sentAs,
    response,
    self.origins[fetch.at],
  )
}

function invoke(
  self: Distribution,
  behavior: number,
  event: EdgeEvent,
  cookie: number,
  trace: number,
  asked: Asked,
  response: SeenResponse | null,
  origin?: OriginPlan,
): Call {
  const { sim } = self
  const { isLambda, includeBody } = self.behaviors[behavior].functions[event]!
  const call = sim.open(self.functionEdges[behavior][event]!, cookie, trace)
  const config = {
    distributionDomainName: `${sim.physicalName.toLowerCase()}.cloudfront.net`,
    distributionId: sim.physicalName,
    eventType: event,
    requestId: String(trace),
  }
  sim.calls.body[call] = isLambda
    ? { Payload: lambdaEvent(config, asked, response, includeBody, origin), InvocationType: 'RequestResponse' }
    : { Event: functionEvent(config, asked, response) }
  sim.send(call)
  return call
}

/** What came of a function. */
type Verdict =
  | { readonly kind: 'passes' }
  | { readonly kind: 'changes'; readonly by: Named }
  | { readonly kind: 'answers'; readonly status: number; readonly by: Named }
  | { readonly kind: 'fails'; readonly code: number }

/** Reads the answer of a function (CF-R82): its errors are 500, what it may not return is 502, and its throttles are 503. */
function verdictOf(self: Distribution, call: Call, isLambda: boolean, limit: number): Verdict {
  const { calls, errors } = self.sim
  if (calls.status[call] !== 0) return { kind: 'fails', code: errors.http[calls.status[call]] === 400 ? 502 : 503 }
  const answer = calls.answer[call] as { readonly Payload?: unknown; readonly FunctionError?: unknown } | null
  if (answer?.FunctionError !== undefined) return { kind: 'fails', code: 500 }
  const payload = answer?.Payload
  if (payload === SUCCESS || payload === undefined) return { kind: 'passes' }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return { kind: 'fails', code: 502 }
  const by = payload as Named
  const said = isLambda ? by['status'] : by['statusCode']
  if (said === undefined) {
    const isRequest = ['uri', 'method', 'headers', 'querystring', 'cookies', 'origin', 'body'].some(
      (name) => by[name] !== undefined,
    )
    return isRequest ? { kind: 'changes', by } : { kind: 'fails', code: 502 }
  }
  const status = Number(said)
  if (!(status >= 200 && status <= 599) || jsonSize(payload) > limit) return { kind: 'fails', code: 502 }
  return { kind: 'answers', status, by }
}

/** Values from the forms that the two kinds of functions have: lists of keys and values, values, plain texts. */
function plain(given: unknown): Named {
  const from = mapOf(given)
  return Object.fromEntries(
    Object.keys(from).map((name) => {
      const value: unknown = from[name]
      const first: unknown = Array.isArray(value) ? value[0] : value
      return [name, mapOf(first)['value'] ?? first]
    }),
  )
}

function changed(asked: Asked, by: Named): Asked {
  const { uri, method, querystring, headers, cookies } = by
  const query =
    typeof querystring === 'string'
      ? querystring
      : querystring === undefined
        ? asked.query
        : Object.entries(plain(querystring))
            .map(([name, value]) => `${name}=${String(value)}`)
            .join('&')
  return {
    ...asked,
    method: typeof method === 'string' ? method : asked.method,
    path: typeof uri === 'string' && uri.startsWith('/') ? uri : asked.path,
    query,
    headers: headers === undefined ? asked.headers : plain(headers),
    cookies: cookies === undefined ? asked.cookies : plain(cookies),
  }
}

/** The origin of the distribution whose domain a function names; undefined = none, or none of them. */
function chosenOrigin(self: Distribution, given: unknown): number | undefined {
  const [named] = Object.values(mapOf(given))
  const at = self.origins.findIndex(({ domain }) => domain === mapOf(named)['domainName'])
  return at < 0 ? undefined : at
}

/** An object that a function made; a viewer event's is never kept (CF-R83). */
function madeObject(status: number, by: Named, now: number): CachedObject {
  return {
    ...ownAnswer(status, now),
    headers: plain(by['headers']),
    body: by['body'],
    size: sizeOf(by['body']),
    said: SILENT,
  }
}

function sizeOf(body: unknown): number {
  return body === undefined ? 0 : typeof body === 'string' ? body.length : jsonSize(body)
}

/** Answer of a function at a viewer event. */
export function viewerFunctionAnswered(self: Distribution, call: Call): void {
  const { sim } = self
  const visit = self.visits[sim.calls.cookie[call]]
  const isResponse = visit.object !== null
  const event = isResponse ? 'viewer-response' : 'viewer-request'
  const { isLambda } = self.behaviors[visit.behavior].functions[event]!
  const verdict = verdictOf(self, call, isLambda, sim.quota('ViewerResponseSize'))
  sim.close(call)
  if (verdict.kind === 'fails') {
    visit.object = null
    self.steps.settle(self, visit, ownAnswer(verdict.code, self.now), 'made')
    return
  }
  if (isResponse) {
    const { object, outcome } = visit
    // The status stays what it is (CF-R84).
    const by = verdict.kind === 'passes' ? undefined : verdict.by['headers']
    self.steps.leave(self, visit, by === undefined ? object! : { ...object!, headers: plain(by) }, outcome)
    return
  }
  if (verdict.kind === 'answers') {
    self.steps.settle(self, visit, madeObject(verdict.status, verdict.by, self.now), 'made')
    return
  }
  if (verdict.kind === 'changes') visit.asked = changed(visit.asked, verdict.by)
  self.steps.lookUp(self, visit)
}

/** Answer of a function at an origin event. */
export function originFunctionAnswered(self: Distribution, call: Call): void {
  const { sim } = self
  const fetch = self.fetches[sim.calls.cookie[call]]
  const seen = fetch.answered
  const event = seen === null ? 'origin-request' : 'origin-response'
  const { isLambda } = behaviorOf(self, fetch).functions[event]!
  const verdict = verdictOf(self, call, isLambda, sim.quota('OriginResponseSize'))
  sim.close(call)
  fetch.call = NONE
  fetch.answered = null
  if (verdict.kind === 'fails') self.steps.end(self, fetch, ownAnswer(verdict.code, self.now))
  else if (seen === null) {
    if (verdict.kind === 'answers') {
      self.steps.arrive(self, fetch, response(verdict.status, verdict.by))
      return
    }
    if (verdict.kind === 'changes') {
      fetch.sentAs = changed(fetch.sentAs, verdict.by)
      fetch.at = chosenOrigin(self, verdict.by['origin']) ?? fetch.at
    }
    self.steps.goToOrigin(self, fetch)
  } else if (verdict.kind === 'passes') self.steps.arrive(self, fetch, seen)
  else {
    const status = verdict.kind === 'answers' ? verdict.status : seen.status
    const made = response(status, { headers: seen.headers, body: seen.body, ...verdict.by })
    self.steps.arrive(
      self,
      fetch,
      verdict.by['body'] === undefined ? { ...made, body: seen.body, size: seen.size, etag: seen.etag } : made,
    )
  }
}

/** A response that a function made, kept by the same rules as an origin's. */
function response(status: number, by: Named): Response {
  const headers = plain(by['headers'])
  const find = (name: string): string | undefined => {
    const key = Object.keys(headers).find((each) => each.toLowerCase() === name)
    return key === undefined ? undefined : String(headers[key])
  }
  const body = by['body']
  return {
    ...failure(status),
    headers,
    body,
    size: sizeOf(body),
    cacheControl: find('cache-control'),
    expires: find('expires'),
  }
}
