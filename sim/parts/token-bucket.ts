// A token bucket: starts full, refills continuously, lets a request of cost c pass if it holds c tokens.
//
// Tokens are counted in millionths and time in whole µs, so that at whole rates per second every sum is exact and the
// last request that fits is let through, not refused by a rounding.

const UNIT = 1_000_000

/** Rates per second, tokens as plain numbers. Source: the common bucket of the fact sheets (API-12, LAM-32, DDB-R39). */
export class TokenBucket {
  /** Tokens added per second. */
  rate: number
  /** The most it can hold. */
  burst: number
  private level: number
  private at = 0

  constructor(rate: number, burst: number, level: number = burst) {
    this.rate = rate
    this.burst = burst
    this.level = level * UNIT
  }

  /** Takes `cost` tokens if they are there. */
  take(now: number, cost: number): boolean {
    this.refill(now)
    if (this.level < cost * UNIT) return false
    this.level -= cost * UNIT
    return true
  }

  /** Takes `cost` tokens if any are there at all, going into debt for the rest (DDB-R39). */
  takeIfPositive(now: number, cost: number): boolean {
    this.refill(now)
    if (this.level <= 0) return false
    this.level -= cost * UNIT
    return true
  }

  /** Gives tokens back, never above the burst. */
  give(cost: number): void {
    this.level = Math.min(this.burst * UNIT, this.level + cost * UNIT)
  }

  /** Tokens now; negative = debt. */
  tokens(now: number): number {
    this.refill(now)
    return this.level / UNIT
  }

  /** Tokens now, for whoever only looks: the bucket is left as it is. */
  peek(now: number): number {
    return Math.min(this.burst * UNIT, this.level + Math.max(0, now - this.at) * this.rate) / UNIT
  }

  /** Changes rate and size; what it holds is kept, up to the new size. */
  resize(now: number, rate: number, burst: number): void {
    this.refill(now)
    this.rate = rate
    this.burst = burst
    this.level = Math.min(this.level, burst * UNIT)
  }

  /** Whole µs from `now` until `cost` tokens are there; 0 = now, Infinity = never. */
  wait(now: number, cost: number): number {
    this.refill(now)
    const missing = cost * UNIT - this.level
    if (missing <= 0) return 0
    return this.rate > 0 && cost <= this.burst ? Math.ceil(missing / this.rate) : Infinity
  }

  private refill(now: number): void {
    const elapsed = now - this.at
    if (elapsed <= 0) return
    this.at = now
    this.level = Math.min(this.burst * UNIT, this.level + elapsed * this.rate)
  }
}
