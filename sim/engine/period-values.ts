// The values of one metric in the period now running, on their way into a sparse histogram.
//
// The one idea: most periods of most metrics hold few values, so they are kept as they come and sorted into buckets when
// the period ends. Only a period that overflows its buffer pays for a histogram.
import { bucketOf, Histogram, type HistogramRows } from './histogram.ts'

const KEPT = 256

export class PeriodValues {
  private readonly values = new Float64Array(KEPT)
  private readonly buckets = new Uint16Array(KEPT)
  private kept = 0
  private spilled: Histogram | null = null

  /** How many values the period has so far. */
  get count(): number {
    return this.kept + (this.spilled === null ? 0 : this.spilled.count)
  }

  /** Adds a whole number in 0..2^53−1. */
  record(value: number): void {
    if (this.kept === KEPT) this.spill()
    this.values[this.kept++] = value
  }

  /** Writes the period's values as a histogram behind what is in `rows`, and begins anew. */
  take(rows: HistogramRows): void {
    if (this.spilled !== null && this.spilled.count > 0) {
      this.spill()
      this.spilled.writeTo(rows)
      this.spilled.clear()
      return
    }
    const n = this.kept
    this.kept = 0
    const buckets = this.buckets
    for (let i = 0; i < n; i++) buckets[i] = bucketOf(this.values[i])
    sortFirst(buckets, n)
    for (let i = 0; i < n; i++) {
      if (i > 0 && buckets[i] === buckets[i - 1]) rows.again()
      else rows.add(buckets[i], 1)
    }
  }

  private spill(): void {
    this.spilled ??= new Histogram()
    this.spilled.recordAll(this.values, this.kept)
    this.kept = 0
  }
}

/** Sorts the first `n` entries, rising: by insertion where that is quick, else by the built-in sort of numbers. */
function sortFirst(values: Uint16Array, n: number): void {
  if (n > 64) {
    values.subarray(0, n).sort()
    return
  }
  for (let i = 1; i < n; i++) {
    const value = values[i]
    let j = i - 1
    while (j >= 0 && values[j] > value) {
      values[j + 1] = values[j]
      j--
    }
    values[j + 1] = value
  }
}
