// When an SDK tries again, and after how long: the retry modes of the AWS SDKs as one policy object per client.
import type { Rng } from '../engine/rng.ts'
import { NOT_RETRIED, type RetryClass } from '../model/errors.ts'

/** A retry behaviour in figures. Times in µs. */
export interface RetrySettings {
  /** Attempts in all, the first included (RET-01). */
  readonly maxAttempts: number
  /** Delay before the first retry, doubled each time up to `cap`; for throttling errors `throttleBase`. */
  readonly base: number
  readonly throttleBase: number
  readonly cap: number
}

export class RetryPolicy {
  private readonly settings: RetrySettings
  private readonly rng: Rng

  constructor(settings: RetrySettings, rng: Rng) {
    this.settings = settings
    this.rng = rng
  }

  /** µs to wait before the next attempt after attempt number `attempt` failed; −1 = give up. */
  delayAfter(error: RetryClass, attempt: number, _timedOut: boolean): number {
    if (error === NOT_RETRIED || attempt >= this.settings.maxAttempts) return -1
    return Math.floor(this.rng.float() * Math.min(this.settings.cap, this.settings.base * (1 << Math.min(attempt - 1, 30))))
  }

  /** A call has succeeded at its `attempt`-th try. */
  succeeded(_attempt: number): void {}
}
