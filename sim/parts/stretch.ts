// How often something happened, and when first and last: what a sentence about it needs to know.

export class Stretch {
  count = 0
  /** µs; meaningless while `count` is 0. */
  first = 0
  last = 0

  note(now: number, times = 1): void {
    if (this.count === 0) this.first = now
    this.last = now
    this.count += times
  }
}
