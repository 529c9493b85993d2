// What a step `Cache` puts into a cache and finds there, and when it refreshes an item before its time.
import { ln } from '../engine/math.ts'
import type { Instruction, Stores, Streams } from './program.ts'

/** An answer with what an early refresh must know: how long the origin took for it, and when it expires; µs. */
export interface Refreshed {
  readonly Value: unknown
  readonly Took: number
  readonly ExpiresAt: number
}

/** What the answer of a cache holds; undefined = nothing. */
export function foundIn(answer: unknown): unknown {
  if (answer === null || typeof answer !== 'object' || !Object.hasOwn(answer, 'Value')) return undefined
  const { Value: value } = answer as { readonly Value: unknown }
  return value ?? undefined
}

/** Whether an item was stored for an early refresh. */
export function isRefreshed(found: unknown): found is Refreshed {
  return (
    found !== null && typeof found === 'object' && Object.hasOwn(found, 'Took') && Object.hasOwn(found, 'ExpiresAt')
  )
}

/**
 * Whether somebody who found an item gets it anew all the same: the nearer its end and the longer the origin takes, the likelier
 * (Vattani, Chierichetti, Lowenstein 2015: now − Δ·β·ln(u) ≥ expiry, EC-R33).
 */
export function refreshesEarly(
  found: unknown,
  { early, purpose }: Instruction & { op: 'hit' },
  now: number,
  streams: Streams,
): boolean {
  if (early === 0 || !isRefreshed(found)) return false
  // u in (0, 1].
  const u = 1 - streams.get(purpose).float()
  return now - found.Took * early * ln(u) >= found.ExpiresAt
}

/** Whether a command that stores only what is not there has stored it. */
export function tookLock(answer: unknown): boolean {
  return answer !== null && typeof answer === 'object' && (answer as { readonly Result?: unknown }).Result !== null
}

/** The body of a command that stores: the value and its life beside what the body has already. */
export function withStored(
  body: unknown,
  stores: Stores,
  answer: unknown,
  now: number,
  missedAt: number,
  streams: Streams,
): Record<string, unknown> {
  const made = { ...(body as Record<string, unknown>) }
  const { life, jitter } = stores
  const spread = jitter === 0 ? 0 : jitter * (2 * streams.get(stores.purpose).float() - 1)
  const units = life === null ? 0 : Math.max(1, Math.round((life * (1 + spread)) / stores.perLife))
  if (life !== null) made[stores.parameter] = units
  const value = stores.isAnswer ? answer : made['Value']
  made['Value'] =
    stores.isRefreshed && life !== null
      ? ({ Value: value, Took: now - missedAt, ExpiresAt: now + units * stores.perLife } satisfies Refreshed)
      : value
  return made
}
