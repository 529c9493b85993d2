// How long an object is kept: what the origin says, between the least and the most time of the behaviour.
//
// Pure: headers and figures in, moments out. All times in µs; what HTTP counts in seconds is read in seconds.
import { parseMoment } from '../../parts/calendar.ts'

const SECOND = 1_000_000

/** What `Cache-Control` says that CloudFront looks at, in µs; −1 = not said. */
export interface Directives {
  readonly maxAge: number
  readonly sharedMaxAge: number
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
  /** `no-cache`, `no-store` or `private`. */
  readonly forbids: boolean
}

export const SILENT: Directives = Object.freeze({
  maxAge: -1,
  sharedMaxAge: -1,
  staleWhileRevalidate: -1,
  staleIfError: -1,
  forbids: false,
})

/** Reads a `Cache-Control` header; what is malformed is passed over. */
export function directivesOf(text: string): Directives {
  const found: Record<string, number> = {}
  let forbids = false
  for (const part of text.slice(0, 1000).toLowerCase().split(',')) {
    const [name, value = ''] = part.trim().split('=') as [string, string?]
    if (name === 'no-cache' || name === 'no-store' || name === 'private') forbids = true
    const seconds = /^"?(\d{1,10})"?$/.exec(value)
    if (seconds !== null) found[`:${name}`] = Number(seconds[1]) * SECOND
  }
  return {
    maxAge: found[':max-age'] ?? -1,
    sharedMaxAge: found[':s-maxage'] ?? -1,
    staleWhileRevalidate: found[':stale-while-revalidate'] ?? -1,
    staleIfError: found[':stale-if-error'] ?? -1,
    forbids,
  }
}

/** The least, the usual and the most time that a behaviour keeps objects. */
export interface Times {
  readonly min: number
  readonly usual: number
  readonly max: number
}

const between = (value: number, { min, max }: Times): number => Math.min(Math.max(value, min), max)

/** How long a good answer is kept (CF-R20 to CF-R23); `expires` is the time until its `Expires`, NaN = it has none. */
export function lifetimeOf(said: Directives, expires: number, times: Times): number {
  const asked = said.sharedMaxAge >= 0 ? said.sharedMaxAge : said.maxAge
  if (said.forbids) return times.min
  if (asked >= 0) return between(asked, times)
  if (!Number.isNaN(expires)) return between(Math.max(0, expires), times)
  return Math.max(times.usual, times.min)
}

const ALWAYS_KEPT = new Set([404, 414, 500, 501, 502, 503, 504])
const KEPT_IF_SAID = new Set([400, 403, 405, 412, 415])

/** How long an error is kept; `least` is the behaviour's time for its code (CF-R40, CF-R41). */
export function errorLifetimeOf(code: number, said: Directives, least: number): number {
  const asked = said.sharedMaxAge >= 0 ? said.sharedMaxAge : said.maxAge
  if (ALWAYS_KEPT.has(code)) return Math.max(least, asked)
  return KEPT_IF_SAID.has(code) && asked >= 0 ? Math.max(least, asked) : 0
}

/** µs from `now` (since 1970) to the moment of an `Expires` header; NaN = it is no moment. */
export function untilExpires(text: string, now: number): number {
  const time = parseHttpDate(text)
  return time === undefined ? (text === '' ? NaN : 0) : time - now
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Sun, 06 Nov 1994 08:49:37 GMT` in µs since 1970. */
function parseHttpDate(text: string): number | undefined {
  const match = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text)
  const month = MONTHS.indexOf(match?.[2] ?? '') + 1
  if (match === null || month === 0) return undefined
  const moment = parseMoment(`${match[3]}-${String(month).padStart(2, '0')}-${match[1]}T${match[4]}Z`)
  return typeof moment === 'number' ? moment : undefined
}
