// A limit of so many requests in any second: the times of the last ones that passed, in a ring.
//
// A token bucket lets twice its rate pass in a second that begins with a full bucket; where AWS states a plain number of
// calls per second, this one never lets more pass, wherever the second begins.

export class RateWindow {
  private readonly times: Float64Array
  private readonly window: number
  private at = 0

  /** `limit` requests in any `window` µs; both at least 1. */
  constructor(limit: number, window: number) {
    this.times = new Float64Array(limit).fill(-window)
    this.window = window
  }

  /** Whether a request would pass at `now` µs. */
  allows(now: number): boolean {
    return now - this.times[this.at] >= this.window
  }

  /** Notes a request that passes at `now` µs; no later one passes before it. */
  note(now: number): void {
    this.times[this.at] = now
    this.at = this.at + 1 === this.times.length ? 0 : this.at + 1
  }

  /** Takes the next place: µs from `now` until a request may pass, which is noted for then. */
  reserve(now: number): number {
    const at = Math.max(now, this.times[this.at] + this.window)
    this.note(at)
    return at - now
  }
}
