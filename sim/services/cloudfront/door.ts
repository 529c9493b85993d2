// Who is turned away at the edge, and why.
import { PATH_MAX, type Asked, type RequestBody } from './asked.ts'
import type { Behavior } from './distribution-config.ts'
import type { Distribution } from './distribution-state.ts'
import { refusalOf } from './signing.ts'

/** Why a request is turned away. */
export interface Reason {
  readonly code: number
  /** The exception, where the code has several. */
  readonly error?: string
  /** As the end of a sentence: requests are refused because …; empty for what is no trouble. */
  readonly words: string
}

const OFF: Reason = { code: 403, words: 'the distribution is off' }
const TOO_MANY: Reason = { code: 503, words: 'there are more than it takes in a second' }
export const TOO_LONG: Reason = { code: 414, words: 'their addresses are too long' }
const COUNTRY: Reason = { code: 403, words: 'of the viewer’s country' }
const HTTP: Reason = { code: 403, words: 'they come by HTTP' }
const REDIRECT: Reason = { code: 301, words: '' }
const METHOD: Reason = { code: 403, words: 'the behaviour does not allow their method' }
const UNSIGNED: Reason = { code: 403, error: 'MissingKey', words: 'they are not signed' }
const SIGNATURE: Reason = { code: 403, words: 'their signature has expired, is not trusted or is for something else' }

export const REASONS: readonly Reason[] = [
  ...[OFF, TOO_MANY, TOO_LONG, COUNTRY],
  ...[HTTP, REDIRECT, METHOD, UNSIGNED, SIGNATURE],
]

/** Why nobody comes in: the distribution is off, too busy, closed for the viewer's country, or the address too long. */
export function closedFor(self: Distribution, body: RequestBody, path: string, now: number): Reason | undefined {
  if (!self.enabled) return OFF
  if (!self.limit.take(now, 1)) return TOO_MANY
  if (path.length > PATH_MAX) return TOO_LONG
  const { kind, countries } = self.geo
  if (kind === 'none') return undefined
  return countries.has(String(body.Country ?? '')) === (kind === 'whitelist') ? undefined : COUNTRY
}

/** Why a behaviour does not take a request (CF-R3, CF-R70). */
export function refusalBy(
  self: Distribution,
  behavior: Behavior,
  body: RequestBody,
  asked: Asked,
  now: number,
): Reason | undefined {
  if (body.Protocol === 'http' && behavior.protocol !== 'allow-all')
    return behavior.protocol === 'https-only' ? HTTP : REDIRECT
  if (!behavior.allowed.includes(asked.method)) return METHOD
  if (behavior.trusted === null) return undefined
  const { SignedUrl: url, SignedCookies: cookies } = body
  const address = asked.query === '' ? asked.path : `${asked.path}?${asked.query}`
  const why = refusalOf(behavior.trusted, url, cookies, address, asked.ip, self.sim.startsAt + now)
  return why === undefined ? undefined : why === 'MissingKey' ? UNSIGNED : SIGNATURE
}
