// How often something happened, and when first and last: what a sentence about it needs to know.

export class Stretch {
  /** All of it, the warm-up included: for invariants and what a card shows. */
  total = 0
  /** Since the warm-up, as all figures of a report. */
  count = 0
  /** µs; meaningless while `count` is 0. */
  first = 0
  last = 0
  private readonly warmUp: number

  /** `warmUp` is when the warm-up is over, in µs. */
  constructor(warmUp: number) {
    this.warmUp = warmUp
  }

  note(now: number, times = 1): void {
    this.total += times
    if (now < this.warmUp) return
    if (this.count === 0) this.first = now
    this.last = now
    this.count += times
  }

  /** Both of two kinds together, as a stretch of its own. */
  with(other: Stretch): Stretch {
    const both = new Stretch(this.warmUp)
    both.total = this.total + other.total
    both.count = this.count + other.count
    both.first = Math.min(...[this, other].map((one) => (one.count === 0 ? Infinity : one.first)))
    both.last = Math.max(this.last, other.last)
    return both
  }
}
