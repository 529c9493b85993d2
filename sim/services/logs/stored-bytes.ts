// Bytes by the time at which they came, so that those that are older than a retention can be taken off.
//
// The one idea: few sums of equal spans. When there are too many of them, spans get twice as long: a year of logs costs no more
// than an hour, and bytes of a long time are given up at most a span late, as AWS itself takes days for it (CW-52).
const MINUTE = 60_000_000
const SPANS_MAX = 128

export class StoredBytes {
  total = 0
  private span = MINUTE
  private sums = new Map<number, number>()

  /** `at` in µs. */
  add(at: number, bytes: number): void {
    this.total += bytes
    const key = Math.floor(at / this.span)
    this.sums.set(key, (this.sums.get(key) ?? 0) + bytes)
    if (this.sums.size > SPANS_MAX) this.widen()
  }

  addAll(other: StoredBytes): void {
    for (const [key, bytes] of other.sums) this.add((key + 1) * other.span - 1, bytes)
  }

  /** Takes off what came in spans that were over at `until` µs. */
  drop(until: number): void {
    for (const [key, bytes] of this.sums) {
      if ((key + 1) * this.span > until) continue
      this.sums.delete(key)
      this.total -= bytes
    }
  }

  private widen(): void {
    const { sums } = this
    this.span *= 2
    this.sums = new Map()
    for (const [key, bytes] of sums) {
      const half = Math.floor(key / 2)
      this.sums.set(half, (this.sums.get(half) ?? 0) + bytes)
    }
  }
}
