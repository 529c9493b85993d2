// The newest values of a stream with their times, in a fixed space: what a gauge shows of the last seconds.

export class RecentValues {
  private readonly at: Float64Array
  private readonly value: Float64Array
  private count = 0

  /** Keeps the newest `size` values. */
  constructor(size: number) {
    this.at = new Float64Array(size)
    this.value = new Float64Array(size)
  }

  /** Notes a value; times never fall. */
  add(now: number, value: number): void {
    const place = this.count % this.at.length
    this.at[place] = now
    this.value[place] = value
    this.count++
  }

  /** The nearest-rank quantile (0 < p ≤ 1) of the values kept that came after `since`; NaN without any. */
  quantile(p: number, since: number): number {
    const kept = Math.min(this.count, this.at.length)
    const values = this.value.filter((_, i) => i < kept && this.at[i] > since).sort()
    return values.length === 0 ? NaN : values[Math.max(0, Math.ceil(p * values.length) - 1)]
  }
}
