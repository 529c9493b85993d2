// The client-side rate limiter of the SDKs' adaptive mode: throttles lower the rate of all requests, success raises it.
//
// The rate follows CUBIC: after a throttle it falls to 7/10 and climbs back along a cubic curve that is flat where the
// throttle was met (RET-31).
import { cbrt } from '../engine/math.ts'

const SECOND = 1_000_000
/** Length of a bucket of the rate clock, in seconds, and the weight of the newest (RET-30). */
const BUCKET = 0.5
const NEWEST = 0.8
/** CUBIC's fall and steepness. */
const BETA = 0.7
const SCALE = 0.4
/** Requests per second below which the limiter never goes. */
const SLOWEST = 0.5

/** The rate after `seconds` without a throttle, when the last one was met at `wMax` requests per second. */
export function cubicRate(wMax: number, seconds: number): number {
  const rest = seconds - cubicPlateau(wMax)
  return SCALE * (rest * rest * rest) + wMax
}

/** Seconds until the curve is back at `wMax`. */
export function cubicPlateau(wMax: number): number {
  return cbrt((wMax * (1 - BETA)) / SCALE)
}

/** Counts answers in buckets of half a second and smooths their rate. */
export class RateClock {
  /** Answers per second. */
  measured = 0
  private bucket = 0
  private count = 0

  /** `now` in µs. */
  record(now: number): number {
    const bucket = Math.floor(now / SECOND / BUCKET) * BUCKET
    this.count++
    if (bucket > this.bucket) {
      this.measured = (this.count / (bucket - this.bucket)) * NEWEST + this.measured * (1 - NEWEST)
      this.count = 0
      this.bucket = bucket
    }
    return this.measured
  }
}

export class ClientRate {
  /** Requests per second; without meaning until the first throttle. */
  rate = 0
  private enabled = false
  private readonly clock = new RateClock()
  private wMax = 0
  private lastThrottle = 0
  private tokens = 0
  private capacity = 0
  private refilledAt = 0
  /** When the last of those who wait will be sent. */
  private lastSlot = 0

  /**
   * Takes a token and answers 0, or tells for how many µs to wait before asking again (`again` set). Whoever waits has
   * a place in a line, so one question more is usually enough; a rate that fell meanwhile makes it wait longer.
   */
  take(now: number, again: boolean): number {
    if (!this.enabled) return 0
    this.refill(now)
    if (this.tokens >= 1 && (again || now >= this.lastSlot)) {
      this.tokens -= 1
      return 0
    }
    const own = now + ((1 - this.tokens) / this.rate) * SECOND
    const behind = again ? 0 : this.lastSlot + SECOND / this.rate
    const slot = Math.max(now + 1, Math.ceil(Math.max(own, behind)))
    this.lastSlot = Math.max(this.lastSlot, slot)
    return slot - now
  }

  /** An attempt was answered at `now` µs. */
  answered(now: number, throttled: boolean): void {
    const measured = this.clock.record(now)
    let rate: number
    if (throttled) {
      this.wMax = this.enabled ? Math.min(measured, this.rate) : measured
      this.lastThrottle = now
      this.enabled = true
      rate = this.wMax * BETA
    } else rate = cubicRate(this.wMax, (now - this.lastThrottle) / SECOND)
    this.refill(now)
    this.rate = Math.max(SLOWEST, Math.min(rate, 2 * measured))
    this.capacity = Math.max(1, this.rate)
    this.tokens = Math.min(this.tokens, this.capacity)
  }

  private refill(now: number): void {
    this.tokens = Math.min(this.capacity, this.tokens + ((now - this.refilledAt) / SECOND) * this.rate)
    this.refilledAt = now
  }
}
