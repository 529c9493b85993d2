// How Redis approximates a policy: it draws a few items, remembers the best sixteen it has ever drawn, and takes the best of
// those (evict.c). And how it counts uses in eight bits: by a chance that falls as the count grows, less one a minute.
import type { Rng } from '../engine/rng.ts'

const PLACES = 16

/** Names of items with how well they would go, the best last. A name may mean nothing any more: ask before taking it at its word. */
export class EvictionPool {
  private readonly names: string[] = []
  private readonly scores: number[] = []

  offer(name: string, score: number): void {
    const { names, scores } = this
    let at = 0
    while (at < scores.length && scores[at] < score) at++
    if (scores.length === PLACES) {
      if (at === 0) return
      names.shift()
      scores.shift()
      at--
    }
    names.splice(at, 0, name)
    scores.splice(at, 0, score)
  }

  /** Takes the best out. */
  take(): string | undefined {
    this.scores.pop()
    return this.names.pop()
  }

  clear(): void {
    this.names.length = 0
    this.scores.length = 0
  }
}

/** Where a new item begins, so that it is not the next to go; the most that eight bits hold; `lfu-log-factor` (all Redis's defaults). */
export const FIRST_COUNT = 5
const MOST = 255
const LOG_FACTOR = 10
/** µs in which an unused count falls by one: `lfu-decay-time`. */
const DECAY = 60_000_000

/** A count after so long without use. */
export function decayed(count: number, countedAt: number, now: number): number {
  return Math.max(0, count - (Math.floor(now / DECAY) - Math.floor(countedAt / DECAY)))
}

/** A count after one more use: one more with a chance of 1 / (10 (count − 5) + 1). */
export function counted(count: number, rng: Rng): number {
  if (count === MOST) return count
  return rng.float() < 1 / (Math.max(0, count - FIRST_COUNT) * LOG_FACTOR + 1) ? count + 1 : count
}
