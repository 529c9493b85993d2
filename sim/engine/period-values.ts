// The values of one metric in the period now running, on their way into a sparse histogram.
//
// The one idea: most periods of most metrics hold few values, so they are kept as they come, and their buckets written
// down in that order when the period ends. Only a period that overflows its buffer pays for a histogram.
import { bucketOf, Histogram, type HistogramRows } from './histogram.ts'

const KEPT = 256

export class PeriodValues {
  private readonly values = new Float64Array(KEPT)
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
    let last = -1
    for (let i = 0; i < this.kept; i++) {
      const bucket = bucketOf(this.values[i])
      if (bucket === last) rows.again()
      else rows.add(bucket, 1)
      last = bucket
    }
    this.kept = 0
  }

  private spill(): void {
    this.spilled ??= new Histogram()
    this.spilled.recordAll(this.values, this.kept)
    this.kept = 0
  }
}
