// Who may call a method: functions that say so and whose answers are kept, and tokens that the gateway reads itself.
//
// The one idea: what a workload does not say is taken to be there. A request without any `headers` has the identity that is asked for;
// one that has headers, and not that one, has none (API-41).
import type { Call } from '../engine/calls.ts'
import type { EventFunction } from '../engine/kernel.ts'
import type { Ref, Sim } from '../model/contract.ts'
import { memberAt, partOf, type KeyPart } from './gateway-cache.ts'
import { parseJson } from './json-text.ts'
import { fitsPattern, parsePattern } from './simple-pattern.ts'
import { matchesWildcards } from './wildcards.ts'

export type AuthorizerKind = 'TOKEN' | 'REQUEST' | 'JWT' | 'IAM'

/** An authorizer of a route in one stage. Plain data. */
export interface Authorizer {
  readonly kind: AuthorizerKind
  /** What its answers are kept under: its name. */
  readonly name: string
  /** Its function; '' = it has none. */
  readonly to: Ref
  readonly identity: readonly KeyPart[]
  /** What a token must look like; '' = anything. */
  readonly pattern: string
  /** How long an answer is kept, and how long the function may take, in µs; 0 = it is not kept. */
  readonly ttl: number
  readonly timeout: number
  /** HTTP APIs: their words for a refusal, and whether the function answers `isAuthorized`. */
  readonly isHttp: boolean
  readonly isSimple: boolean
  /** Whether each route has answers of its own. */
  readonly byRoute: boolean
}

/** What is said to a client who may not pass. */
export interface Refusal {
  readonly code: number
  readonly answer: { readonly statusCode: number; readonly body: string }
}

export interface Request {
  readonly event: unknown
  readonly stage: string
  readonly method: string
  readonly path: string
  /** µs since 1970. */
  readonly at: number
}

/** `policy`: what the function answered; undefined = it is to be asked, or there is none. */
export type Verdict =
  | { readonly refusal: Refusal }
  | { readonly policy: unknown }
  | { readonly ask: number; readonly payload: unknown; readonly key: string }

const KEPT_MAX = 10_000

const refusal = (code: number, body: string): Refusal => ({ code, answer: Object.freeze({ statusCode: code, body }) })
const UNAUTHORIZED = refusal(401, '{"message":"Unauthorized"}')
const NO_TOKEN = refusal(403, '{"message":"Missing Authentication Token"}')
const DENIED = refusal(403, '{"Message":"User is not authorized to access this resource"}')
const EXPLICITLY = refusal(403, '{"Message":"User is not authorized to access this resource with an explicit deny"}')
const FORBIDDEN = refusal(403, '{"message":"Forbidden"}')
const FAILED = refusal(500, '{"message":null}')
const HTTP_FAILED = refusal(500, '{"message":"Internal Server Error"}')

export class Authorizers {
  /** Answers of functions by authorizer, stage and identity; the oldest first. */
  private readonly kept = new Map<string, { readonly policy: unknown; readonly until: number }>()
  /** By lane; null = everybody may. */
  private readonly all: readonly (Authorizer | null)[]
  private readonly edges: Int32Array
  private readonly sim: Sim

  constructor(sim: Sim, all: readonly (Authorizer | null)[], answered: EventFunction<any>) {
    this.sim = sim
    this.all = all
    this.edges = Int32Array.from(all, (each) =>
      each === null || each.to === '' ? -1 : sim.edge(each.to, 'lambda:InvokeFunction', answered),
    )
  }

  at(lane: number): Authorizer | null {
    return this.all[lane]
  }

  /** What can be said of a request at once; else what the function is to be asked. */
  judge(lane: number, request: Request): Verdict {
    const authorizer = this.all[lane]!
    const { kind, identity, pattern } = authorizer
    const texts = identity.map((part) => identityIn(request.event, part))
    if (texts.includes(null))
      return { refusal: kind === 'IAM' ? (authorizer.isHttp ? FORBIDDEN : NO_TOKEN) : UNAUTHORIZED }
    if (kind === 'IAM') return { policy: undefined }
    if (kind === 'JWT') {
      const isGood = texts.every((text) => text === undefined || isValidToken(text!, request.at))
      return isGood ? { policy: undefined } : { refusal: UNAUTHORIZED }
    }
    const [token] = texts
    if (pattern !== '' && typeof token === 'string' && !fits(pattern, token)) return { refusal: UNAUTHORIZED }
    const key = keyOf(authorizer, request, texts)
    const kept = this.kept.get(key)
    if (kept !== undefined && kept.until > this.sim.clock[0])
      return outcomeOf(authorizer, kept.policy, this.arnOf(request))
    return { ask: this.edges[lane], payload: this.payloadOf(authorizer, request, token ?? ''), key }
  }

  /** What a function's answer means for the request that asked for it; a policy is kept. */
  answered(lane: number, call: Call, request: Request): Exclude<Verdict, { readonly ask: number }> {
    const authorizer = this.all[lane]!
    const { status, answer } = this.sim.calls
    const { Payload: policy, FunctionError: error } = (answer[call] ?? {}) as { Payload?: any; FunctionError?: string }
    if (status[call] !== 0) return { refusal: failureOf(authorizer) }
    if (error !== undefined) {
      const said = [policy?.errorMessage, policy?.errorType]
      return { refusal: said.includes('Unauthorized') ? UNAUTHORIZED : failureOf(authorizer) }
    }
    const outcome = outcomeOf(authorizer, policy, this.arnOf(request))
    const isPolicy = !('refusal' in outcome) || outcome.refusal !== failureOf(authorizer)
    if (authorizer.ttl > 0 && isPolicy) {
      const texts = authorizer.identity.map((part) => identityIn(request.event, part))
      this.keep(keyOf(authorizer, request, texts), policy, authorizer.ttl)
    }
    return outcome
  }

  /** What a client is told when a function has not answered in time. */
  timedOut(lane: number): Refusal {
    return failureOf(this.all[lane]!)
  }

  private keep(key: string, policy: unknown, ttl: number): void {
    this.kept.delete(key)
    this.kept.set(key, { policy, until: this.sim.clock[0] + ttl })
    if (this.kept.size > KEPT_MAX) this.kept.delete(this.kept.keys().next().value!)
  }

  private payloadOf({ kind, isHttp }: Authorizer, request: Request, token: string): unknown {
    const arn = this.arnOf(request)
    if (kind === 'TOKEN') return { type: 'TOKEN', authorizationToken: token, methodArn: arn }
    const { event, method, path } = request
    const own = typeof event === 'object' && event !== null ? event : {}
    if (isHttp) return { ...own, version: '2.0', type: 'REQUEST', routeArn: arn, routeKey: `${method} ${path}` }
    return { ...own, type: 'REQUEST', methodArn: arn, resource: path, httpMethod: method }
  }

  private arnOf({ stage, method, path, event }: Request): string {
    const own = memberAt(event, 'path')
    const asked = typeof own === 'string' ? own : path
    return `arn:aws:execute-api:us-east-1:123456789012:${this.sim.physicalName}/${stage}/${method}${asked}`
  }
}

/** What a request has of an identity; null = it has none, undefined = the workload does not say. */
function identityIn(event: unknown, part: KeyPart): string | null | undefined {
  const value = partOf(event, part)
  if (value !== undefined) return value === null || value === '' ? null : String(value)
  return memberAt(event, part.at) === undefined ? undefined : null
}

function keyOf({ name, byRoute }: Authorizer, { stage, method, path }: Request, texts: readonly unknown[]): string {
  const route = byRoute ? `${method} ${path}` : ''
  return JSON.stringify([name, stage, route, ...texts.map((text) => text ?? null)])
}

function fits(pattern: string, token: string): boolean {
  const parsed = parsePattern(pattern)
  return parsed === undefined || fitsPattern(parsed, token)
}

function failureOf({ isHttp }: Authorizer): Refusal {
  return isHttp ? HTTP_FAILED : FAILED
}

/** What an answer of a function means. One that says nothing at all, as a handler does that was only sketched, lets everybody in. */
function outcomeOf(
  authorizer: Authorizer,
  policy: unknown,
  arn: string,
): { readonly refusal: Refusal } | { readonly policy: unknown } {
  if (saysNothing(policy)) return { policy }
  const denied = authorizer.isHttp ? FORBIDDEN : DENIED
  if (authorizer.isSimple) {
    const says = memberAt(policy, 'isAuthorized')
    return says === true ? { policy } : { refusal: says === false ? FORBIDDEN : failureOf(authorizer) }
  }
  const written = memberAt(memberAt(policy, 'policyDocument'), 'Statement')
  if (written === undefined) return { refusal: failureOf(authorizer) }
  const statements = (Array.isArray(written) ? (written as unknown[]) : [written]).filter((each) => isAbout(each, arn))
  if (statements.some((each) => memberAt(each, 'Effect') === 'Deny'))
    return { refusal: authorizer.isHttp ? FORBIDDEN : EXPLICITLY }
  return statements.some((each) => memberAt(each, 'Effect') === 'Allow') ? { policy } : { refusal: denied }
}

/** What a handler answers that returns nothing of its own. */
function saysNothing(policy: unknown): boolean {
  if (policy === null || policy === undefined) return true
  return memberAt(policy, 'statusCode') === 200 && Object.keys(policy as object).length === 1
}

/** Whether a statement speaks of a request: its action and, behind the id of the API, its stage, method and path. */
function isAbout(statement: unknown, arn: string): boolean {
  const texts = (name: string): string[] => {
    const value = memberAt(statement, name)
    return (Array.isArray(value) ? (value as unknown[]) : [value]).map(String)
  }
  const isInvoke = texts('Action').some((action) => matchesWildcards(action.toLowerCase(), 'execute-api:invoke'))
  const behind = arn.slice(arn.indexOf('/') + 1)
  return (
    isInvoke &&
    texts('Resource').some((text) => {
      const slash = text.indexOf('/')
      return slash < 0 ? text.endsWith('*') : matchesWildcards(text.slice(slash + 1), behind)
    })
  )
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Whether a token is a JWT whose time is not over; who has signed it is not looked at. `at` in µs since 1970. */
function isValidToken(text: string, at: number): boolean {
  const parts = text.replace(/^Bearer\s+/i, '').split('.')
  if (parts.length !== 3) return false
  const claims = parseJson(decoded(parts[1]))
  if (typeof claims !== 'object' || claims === null) return false
  const expires = memberAt(claims, 'exp')
  return typeof expires !== 'number' || expires * 1_000_000 > at
}

/** The text of base64 for URLs, a byte a character. */
function decoded(base64: string): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const char of base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')) {
    const six = ALPHABET.indexOf(char)
    if (six < 0) return ''
    held = ((held << 6) | six) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    text += String.fromCharCode((held >> bits) & 0xff)
  }
  return text
}
