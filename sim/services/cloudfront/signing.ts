// Signed URLs and cookies: who may see what, until when, and from where.
//
// A signature is a hash of what is signed and of the key's name: it cannot be had for another policy or by another key, and no
// cryptography is needed for that here. A request that carries none but names a key counts as signed by it rightly.
import { parseMoment } from '../../parts/calendar.ts'
import { isInBlock } from '../../parts/cidr.ts'
import { sha256Hex } from '../../parts/hash.ts'
import { matchesWildcards } from '../../parts/wildcards.ts'
import { mapOf, type Named } from './asked.ts'

const SECOND = 1_000_000

/** What a signature says. Times in s since 1970, or as texts of the calendar. */
export interface Policy {
  readonly KeyPairId: unknown
  /** The URL, or its path; in a custom policy with `*` and `?`. A canned one without it is for the very URL. */
  readonly Resource?: unknown
  /** A canned policy has this alone. */
  readonly Expires?: unknown
  readonly DateLessThan?: unknown
  readonly DateGreaterThan?: unknown
  readonly IpAddress?: unknown
  readonly Signature?: unknown
}

/** Why a request is refused, or none. */
export type Refusal = 'MissingKey' | 'AccessDenied' | undefined

/** Looks at a request of a behaviour that trusts the keys (CF-R70 to CF-R73); `now` in µs since 1970. */
export function refusalOf(
  trusted: readonly string[],
  url: unknown,
  cookies: unknown,
  address: string,
  ip: string,
  now: number,
): Refusal {
  // Beside a signed URL, cookies do not count.
  const policy = url ?? cookies
  if (typeof policy !== 'object' || policy === null) return 'MissingKey'
  const given = policy as Policy
  if (given.KeyPairId === undefined) return 'MissingKey'
  if (!trusted.includes(String(given.KeyPairId))) return 'AccessDenied'
  if (given.Signature !== undefined && given.Signature !== signatureOf(given)) return 'AccessDenied'
  const until = timeOf(given.DateLessThan ?? given.Expires)
  if (!(now < until)) return 'AccessDenied'
  if (given.DateGreaterThan !== undefined && !(now > timeOf(given.DateGreaterThan))) return 'AccessDenied'
  if (given.IpAddress !== undefined && !isFrom(String(given.IpAddress), ip)) return 'AccessDenied'
  if (given.Resource === undefined) return undefined
  const wanted = pathOf(String(given.Resource))
  const isCustom = given.Expires === undefined
  return (isCustom ? matchesWildcards(wanted, address) : wanted === address) ? undefined : 'AccessDenied'
}

/** µs since 1970; NaN for what is no time. */
function timeOf(value: unknown): number {
  if (typeof value === 'number') return value * SECOND
  const moment = parseMoment(String(value))
  return typeof moment === 'number' ? moment : Number(value) * SECOND
}

function isFrom(block: string, ip: string): boolean {
  return block.includes('/') ? isInBlock(block, ip) : block === ip
}

/** The path of a URL; a text without a host is one. */
function pathOf(resource: string): string {
  const rest = resource.replace(/^(https?|http\*|\*):\/\/[^/]*/, '')
  return rest.startsWith('/') || rest.startsWith('*') ? rest : `/${rest}`
}

const SIGNED = ['KeyPairId', 'Resource', 'Expires', 'DateLessThan', 'DateGreaterThan', 'IpAddress'] as const

function signatureOf(policy: Policy): string {
  return sha256Hex(JSON.stringify(SIGNED.map((name) => policy[name] ?? null))).slice(0, 40)
}

/** Signs as SDKs do, without a request: `ExpiresIn` in s from `now` (µs since 1970). Undefined when something is missing. */
export function sign(given: unknown, now: number, isCookie: boolean): Policy | undefined {
  const { ExpiresIn: lasts, ...asked } = mapOf(given) as Named & { ExpiresIn?: unknown }
  const policy = asked as unknown as Policy
  if (policy.KeyPairId === undefined || policy.Resource === undefined) return undefined
  const expires = typeof lasts === 'number' ? Math.floor(now / SECOND) + lasts : undefined
  const isCustom =
    isCookie ||
    policy.DateLessThan !== undefined ||
    policy.DateGreaterThan !== undefined ||
    policy.IpAddress !== undefined
  const until = policy.DateLessThan ?? policy.Expires ?? expires
  if (until === undefined) return undefined
  const { KeyPairId, Resource, DateGreaterThan, IpAddress } = policy
  const made: Policy = isCustom
    ? {
        KeyPairId,
        Resource,
        DateLessThan: until,
        ...(DateGreaterThan === undefined ? undefined : { DateGreaterThan }),
        ...(IpAddress === undefined ? undefined : { IpAddress }),
      }
    : { KeyPairId, Resource, Expires: until }
  return { ...made, Signature: signatureOf(made) }
}
