// Changes of a table's settings: what is on its way, and which changes are allowed when.
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { BillingMode } from './capacity.ts'
import { Invalid, type Item } from './values.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR

/** How settings change; figures of the profile and assumptions. */
export interface UpdateSettings {
  /** The exception of the account's limit has its old name (DDB-R55). */
  readonly oldAccountError: boolean
  readonly decreasesAtOnce: number
  /** An hour adds a decrease (true), or one more is allowed after an hour without any (false). */
  readonly hourAdds: boolean
  readonly switchesToOnDemand: number
  readonly delay: Sampler
  readonly delayWithSplit: Sampler
  readonly rng: Rng
  /** Time until a switch of the time to live acts. */
  readonly expiryDelay: Sampler
  readonly splitForHeat: boolean
  readonly splitMinutes: number
  readonly splitDelay: Sampler
}

/** Settings on their way, and the times (µs) of earlier changes. */
export class Changes {
  /** Something waits for the table to be ACTIVE again. */
  isDue = false
  mode: BillingMode = 'PROVISIONED'
  read = 0
  write = 0
  maxRead = Infinity
  maxWrite = Infinity
  readonly decreases: number[] = []
  readonly switches: number[] = []
}

/** Whether a decrease is allowed now (DDB-R42). The run begins at 00:00 UTC; `earlier` are the times (µs) of decreases. */
export function mayDecrease(
  earlier: readonly number[],
  now: number,
  rule: { readonly decreasesAtOnce: number; readonly hourAdds: boolean },
): boolean {
  const dayStart = Math.floor(now / DAY) * DAY
  const today = earlier.filter((at) => at >= dayStart)
  if (!rule.hourAdds) return today.length < rule.decreasesAtOnce || today[today.length - 1] <= now - HOUR
  let left = rule.decreasesAtOnce
  let hour = 0
  for (const at of [...today, now]) {
    const until = Math.floor((at - dayStart) / HOUR)
    left = Math.min(rule.decreasesAtOnce, left + until - hour)
    hour = until
    if (at !== now) left--
  }
  return left > 0
}

/** Provisioned units as a request has them, the present ones where it says nothing. Throws `Invalid`. */
export function units(throughput: Item | undefined, name: string, present: number): number {
  const value = throughput?.[name] ?? present
  if (typeof value !== 'number' || value < 1 || Math.floor(value) !== value)
    throw new Invalid(`${name} is ${String(value)}, not a whole number from 1`)
  return value
}

/** A maximum on demand as a request has it; −1 = none. Throws `Invalid`. */
export function maximum(onDemand: Item | undefined, name: string, present: number): number {
  const value = onDemand?.[name] ?? present
  if (typeof value !== 'number') throw new Invalid(`${name} is not a number`)
  return value < 0 ? Infinity : value
}
