// The cache of an API's stage: answers kept by resource, method and the parameters that a method declares, for a while.
//
// Parameters that a method does not declare do not tell requests apart, whatever stands in the path (API-21).
import type { MetricId } from '../engine/recorder.ts'
import type { Sim } from '../model/contract.ts'
import { CacheStore } from './cache-store.ts'
import { jsonSize } from './json-size.ts'
import { Stretch } from './stretch.ts'

/** How a stage caches, as its template says it. */
export interface StageCache {
  readonly bytes: number
  /** By route: µs that an answer is kept, 0 = the route is not cached; and what tells its requests apart. */
  readonly ttl: readonly number[]
  readonly keys: readonly (readonly KeyPart[])[]
  /** Whether a canary looks into it too; its answers are its own (API-21). */
  readonly withCanary: boolean
}

/** Where a request carries something: `headers`, `pathParameters` or `queryStringParameters`, and the name there. */
export interface KeyPart {
  readonly at: 'headers' | 'pathParameters' | 'queryStringParameters'
  readonly name: string
}

/** What becomes of `Cache-Control: max-age=0` from those who may not invalidate (API-22). */
export const STRATEGIES = [
  'SUCCEED_WITH_RESPONSE_HEADER',
  'SUCCEED_WITHOUT_RESPONSE_HEADER',
  'FAIL_WITH_403',
  'anybody may',
] as const
export type Strategy = (typeof STRATEGIES)[number]

const WARNING = '199 - "Cache-control headers were ignored because the caller was unauthorized."'

export class GatewayCache {
  readonly store: CacheStore
  /** Looked up since the warm-up, and found. */
  readonly lookups: Stretch
  readonly found: Stretch
  /** Entries that a client has had replaced, and such requests of clients who may not. */
  invalidations = 0
  ignored = 0
  readonly stage: string
  /** Its size. */
  readonly bytes: number
  private readonly sim: Sim
  private readonly cache: StageCache
  private readonly answerMax: number

  constructor(sim: Sim, stage: string, cache: StageCache, answerMax: number) {
    this.sim = sim
    this.stage = stage
    this.cache = cache
    this.answerMax = answerMax
    this.bytes = cache.bytes
    this.store = new CacheStore({ policy: 'allkeys-lru', maxBytes: cache.bytes })
    this.lookups = new Stretch(sim.warmUp)
    this.found = new Stretch(sim.warmUp)
  }

  /** What a request is kept under; '' = it is not cached. */
  keyOf(route: number, isCanary: boolean, event: unknown): string {
    if (this.cache.ttl[route] === 0 || (isCanary && !this.cache.withCanary)) return ''
    let key = `${isCanary ? 'canary ' : ''}${route}`
    // With its length in front no value can be taken for another one and what comes behind it.
    for (const part of this.cache.keys[route]) {
      const value = partOf(event, part) ?? ''
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
      key += `\n${text.length} ${text}`
    }
    return key
  }

  /** The answer that is kept under a key; undefined = there is none. */
  look(key: string, metrics: readonly CacheMetrics[]): { readonly statusCode: number } | undefined {
    const { sim } = this
    const now = sim.clock[0]
    const answer = this.store.get(key, now) as { readonly statusCode: number } | undefined
    this.count(answer === undefined ? 0 : 1, metrics)
    return answer
  }

  /** An entry is not to be used: the request goes to the backend, whose answer replaces it (API-22). */
  bypass(metrics: readonly CacheMetrics[]): void {
    this.invalidations++
    this.count(0, metrics)
  }

  /** Keeps an answer that went well and is not too long (API-20, API-23). */
  keep(route: number, key: string, code: number, answer: unknown): void {
    if (code < 200 || code >= 300) return
    const bytes = jsonSize(answer)
    if (bytes > this.answerMax) return
    const now = this.sim.clock[0]
    this.store.set(key, answer, bytes + key.length, now, now + this.cache.ttl[route])
  }

  private count(hit: 0 | 1, metrics: readonly CacheMetrics[]): void {
    const { sim } = this
    const now = sim.clock[0]
    this.lookups.note(now)
    if (hit === 1) this.found.note(now)
    for (const { hits, misses } of metrics) {
      sim.count(hits, hit)
      sim.count(misses, 1 - hit)
    }
  }
}

export interface CacheMetrics {
  readonly hits: MetricId
  readonly misses: MetricId
}

/** What a request carries under a name: in its place as a function sees it, or as an attribute of the workload. */
export function partOf(event: unknown, { at, name }: KeyPart): unknown {
  if (typeof event !== 'object' || event === null) return undefined
  const own = at === 'headers' ? headerOf(memberAt(event, at), name) : memberAt(memberAt(event, at), name)
  if (own !== undefined) return own
  return at === 'headers' ? headerOf(event, name) : memberAt(event, name)
}

/** Whether a client wants a fresh answer. */
export function wantsFresh(event: unknown): boolean {
  const control = partOf(event, CACHE_CONTROL)
  return typeof control === 'string' && /(^|[\s,])max-age=0($|[\s,])/i.test(control)
}

/** Whether a request is signed: a workload's clients have no identity that could be asked. */
export function isSigned(event: unknown): boolean {
  const authorization = partOf(event, AUTHORIZATION)
  return typeof authorization === 'string' && authorization !== ''
}

/** The same answer with the header that tells a client that it was not heard. */
export function withWarning<T extends object>(answer: T): T {
  return { ...answer, headers: { ...(memberAt(answer, 'headers') as object | undefined), Warning: WARNING } }
}

const CACHE_CONTROL: KeyPart = { at: 'headers', name: 'Cache-Control' }
const AUTHORIZATION: KeyPart = { at: 'headers', name: 'Authorization' }

/** Names of headers are the same in any case. */
function headerOf(headers: unknown, name: string): unknown {
  const exact = memberAt(headers, name)
  if (exact !== undefined || typeof headers !== 'object' || headers === null) return exact
  for (const key of Object.keys(headers))
    if (key.toLowerCase() === name.toLowerCase()) return (headers as Record<string, unknown>)[key]
  return undefined
}

/** Own members only. */
export function memberAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}
