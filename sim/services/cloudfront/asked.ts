// A viewer's request: how it is read from a call, which behaviour it meets, and under which key its answer is kept.
import { matchesWildcards } from '../../parts/wildcards.ts'
import type { Behavior } from './distribution-config.ts'
import { isChosen, type CachePlan, type Choice, type Chosen } from './policies.ts'

/** Values by name. */
export type Named = Readonly<Record<string, unknown>>

/** The parameters of a request as a workload gives them. */
export interface RequestBody {
  /** With its query string, such as `/img/1.png?size=small`. */
  readonly Path?: unknown
  /** In place of one in the path: a text, or values by name. */
  readonly QueryString?: unknown
  readonly Headers?: Named
  readonly Cookies?: Named
  /** What the origin gets: the event of a function behind it. */
  readonly Body?: unknown
  readonly ContentLength?: unknown
  /** The edge location by its airport code. */
  readonly Edge?: unknown
  readonly ClientIp?: unknown
  readonly Country?: unknown
  readonly Protocol?: unknown
  readonly SignedUrl?: unknown
  readonly SignedCookies?: unknown
}

/** A request on its way; made once and changed by functions at the edge alone, into a new one. */
export interface Asked {
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: Named
  readonly cookies: Named
  readonly body: unknown
  readonly ip: string
  readonly country: string
}

export const NOTHING: Named = Object.freeze({})
/** The longest address that CloudFront takes. */
export const PATH_MAX = 8_192

const isMap = (value: unknown): value is Named => typeof value === 'object' && value !== null && !Array.isArray(value)

export function mapOf(value: unknown): Named {
  return isMap(value) ? value : NOTHING
}

/** The path and the query string of a request. */
export function addressOf(body: RequestBody): readonly [path: string, query: string] {
  const whole = String(body.Path ?? '/')
  const mark = whole.indexOf('?')
  const path = mark < 0 ? whole : whole.slice(0, mark)
  const { QueryString: given } = body
  const query =
    given === undefined
      ? mark < 0
        ? ''
        : whole.slice(mark + 1)
      : isMap(given)
        ? Object.keys(given)
            .map((name) => `${name}=${String(given[name])}`)
            .join('&')
        : String(given)
  return [path.startsWith('/') ? path : `/${path}`, query]
}

export function askedOf(body: RequestBody, method: string, path: string, query: string): Asked {
  return {
    method,
    path,
    query,
    headers: mapOf(body.Headers),
    cookies: mapOf(body.Cookies),
    body: body.Body,
    ip: String(body.ClientIp ?? '203.0.113.1'),
    country: String(body.Country ?? ''),
  }
}

/** The first behaviour whose pattern matches; the last takes everything (CF-R4). */
export function behaviorFor(behaviors: readonly Behavior[], path: string): number {
  const last = behaviors.length - 1
  for (let i = 0; i < last; i++) if (matches(behaviors[i].pattern, path)) return i
  return last
}

/** A pattern may be written with or without its first slash. */
function matches(pattern: string, path: string): boolean {
  return matchesWildcards(pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`, path)
}

/** A header by its name in small letters. */
export function headerOf(headers: Named, name: string): string | undefined {
  if (headers === NOTHING) return undefined
  if (Object.hasOwn(headers, name)) return String(headers[name])
  const found = Object.keys(headers).find((each) => each.toLowerCase() === name)
  return found === undefined ? undefined : String(headers[found])
}

/** The key of a request's answer (CF-R10, CF-R11): its path, and what the policy chooses of the rest. */
export function keyOf(plan: CachePlan, asked: Asked): string {
  let key = asked.method === 'OPTIONS' ? `OPTIONS ${asked.path}` : asked.path
  if (plan.query.kind !== 'none' && asked.query !== '') {
    const query = chosenQuery(plan.query, asked.query)
    if (query !== '') key += `?${query}`
  }
  if (plan.headers.kind !== 'none') key += chosenHeaders(plan.headers, asked)
  if (plan.cookies.kind !== 'none')
    for (const name of Object.keys(asked.cookies))
      if (isChosen(plan.cookies, name)) key += `\n;${name}=${String(asked.cookies[name])}`
  const encoding = plan.gzip || plan.brotli ? encodingOf(plan, asked.headers) : ''
  return encoding === '' ? key : `${key}\n${encoding}`
}

function chosenHeaders(choice: Choice, asked: Asked): string {
  const names = choice.kind === 'only' ? choice.names : Object.keys(asked.headers).map((name) => name.toLowerCase())
  let text = ''
  for (const name of names) {
    if (!isChosen(choice, name)) continue
    const value = name === 'cloudfront-viewer-country' ? asked.country : headerOf(asked.headers, name)
    if (value !== undefined) text += `\n${name}:${value}`
  }
  return text
}

/** Those parameters of a query string that are chosen, as they stand: their order and their case tell keys apart. */
function chosenQuery(choice: Choice, query: string): string {
  if (choice.kind === 'all') return query
  return query
    .split('&')
    .filter((part) => isChosen(choice, part.split('=', 1)[0]!))
    .join('&')
}

/** The best encoding that a viewer takes and the policy tells apart: `br`, `gzip` or none. */
export function encodingOf({ gzip, brotli }: CachePlan, headers: Named): 'br' | 'gzip' | '' {
  const accepted = headerOf(headers, 'accept-encoding')
  if (accepted === undefined) return ''
  if (brotli && /\bbr\b/.test(accepted)) return 'br'
  return gzip && /\bgzip\b/.test(accepted) ? 'gzip' : ''
}

/** What the origin gets of a request (CF-R12). */
export function forwarded(
  chosen: Chosen,
  asked: Asked,
): { headers: Record<string, unknown>; cookies: Named; query: string } {
  const headers: Record<string, unknown> = {}
  for (const name of Object.keys(asked.headers))
    if (isChosen(chosen.headers, name.toLowerCase())) headers[name] = asked.headers[name]
  const cookies =
    chosen.cookies.kind === 'all'
      ? asked.cookies
      : Object.fromEntries(Object.entries(asked.cookies).filter(([name]) => isChosen(chosen.cookies, name)))
  return { headers, cookies, query: chosen.query.kind === 'none' ? '' : chosenQuery(chosen.query, asked.query) }
}
