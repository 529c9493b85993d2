// Counts whole numbers in buckets whose width grows with the value, for percentiles of latencies, ages and sizes.
//
// The one idea: values below 512 have a bucket each; from there every doubling is cut into 256 buckets of equal width,
// so a bucket is never wider than 1/256 of its values. The bucket of a value is a shift of its bits: no logarithm, and
// merging two histograms is the same as having recorded everything in one.
import { assert } from './assert.ts'

const VALUE_MAX = 9007199254740991
const FIRST_CELLS = 64
const COUNT_MAX = 0xffffffff
/** Bucket and count in one number, to be sorted. */
const CELL = 0x100000000
const N = 0
const SUM = 1
const MIN = 2
const MAX = 3

/** A histogram's contents without its empty buckets, to keep or to send. */
export interface SparseHistogram {
  /** Numbers of the buckets that are not empty, rising. */
  readonly index: Uint16Array
  /** How many values fell in each of them, below 2^32. */
  readonly count: Uint32Array
  readonly sum: number
  readonly min: number
  readonly max: number
}

/**
 * The contents of many histograms, one behind the other. Buckets may be added in any order and more than once: they are
 * put in order when a histogram is read, because most never are.
 */
export class HistogramRows {
  length = 0
  private index = new Uint16Array(64)
  private count = new Uint32Array(64)

  add(index: number, count: number): void {
    assert(count <= COUNT_MAX, 'a bucket that is kept holds fewer than 2^32 values')
    if (this.length === this.index.length) this.grow()
    this.index[this.length] = index
    this.count[this.length++] = count
  }

  /** One more value in the bucket that was added last. */
  again(): void {
    this.count[this.length - 1]++
  }

  /** The histogram that lies in [from, to). */
  read(from: number, to: number, sum: number, min: number, max: number): SparseHistogram {
    const cells = Float64Array.from(
      this.index.subarray(from, to),
      (index, i) => index * CELL + this.count[from + i],
    ).sort()
    const index = new Uint16Array(cells.length)
    const count = new Uint32Array(cells.length)
    let n = 0
    for (const cell of cells) {
      const bucket = Math.floor(cell / CELL)
      if (n === 0 || index[n - 1] !== bucket) index[n++] = bucket
      count[n - 1] += cell - bucket * CELL
    }
    return { index: index.slice(0, n), count: count.slice(0, n), sum, min, max }
  }

  private grow(): void {
    const { index, count } = this
    this.index = new Uint16Array(index.length * 2)
    this.index.set(index)
    this.count = new Uint32Array(count.length * 2)
    this.count.set(count)
  }
}

/** Values are whole numbers in 0..2^53−1. */
export class Histogram {
  /** Counts by bucket; empty until the first value, then as long as the largest value so far needs, doubling. */
  private cells: Float64Array
  /** Number, sum, least and greatest of the values. */
  private readonly totals: Float64Array

  constructor() {
    this.cells = new Float64Array(0)
    this.totals = new Float64Array(4)
  }

  /** How many values have been recorded. */
  get count(): number {
    return this.totals[N]
  }
  /** Their sum, exact below 2^53. */
  get sum(): number {
    return this.totals[SUM]
  }
  /** The least value, exactly; 0 when there is none. */
  get min(): number {
    return this.totals[MIN]
  }
  /** The greatest value, exactly; 0 when there is none. */
  get max(): number {
    return this.totals[MAX]
  }

  record(value: number): void {
    this.recordMany(value, 1)
  }

  /** Records the first `n` of `values`, whole numbers from 0. */
  recordAll(values: Float64Array, n: number): void {
    if (n === 0) return
    let sum = 0
    let min = Infinity
    let max = 0
    for (let i = 0; i < n; i++) {
      const value = values[i]
      sum += value
      if (value < min) min = value
      if (value > max) max = value
    }
    assert(min >= 0 && max <= VALUE_MAX, 'a recorded value is a whole number from 0')
    this.noteTotals(n, sum, min, max)
    const last = bucketOf(max)
    if (last >= this.cells.length) this.grow(last)
    const { cells } = this
    for (let i = 0; i < n; i++) cells[bucketOf(values[i])]++
  }

  /** Records `value` n times; n is a whole number from 0. */
  recordMany(value: number, n: number): void {
    assert(value >= 0 && value <= VALUE_MAX && Math.floor(value) === value, 'a recorded value is a whole number from 0')
    if (n === 0) return
    this.noteTotals(n, value * n, value, value)
    const i = bucketOf(value)
    if (i >= this.cells.length) this.grow(i)
    this.cells[i] += n
  }

  /**
   * The value at nearest rank ceil(p · count), 0 ≤ p ≤ 1, reported as the upper end of its bucket but never above
   * `max`: at most 1/256 above the exact answer and never below it. 0 when there is no value.
   */
  quantile(p: number): number {
    if (this.count === 0) return 0
    let left = nearestRank(p, this.count)
    let i = bucketOf(this.min)
    for (;;) {
      left -= this.cells[i]
      if (left <= 0) return Math.min(upperEnd(i), this.max)
      i++
    }
  }

  /** How many values are at most `value`, to the width of one bucket: all of the bucket of `value` counts. */
  countAtMost(value: number): number {
    if (this.count === 0 || value < this.min) return 0
    if (value >= this.max) return this.count
    const last = bucketOf(value)
    let n = 0
    for (let i = bucketOf(this.min); i <= last; i++) n += this.cells[i]
    return n
  }

  /**
   * The mean of the values whose rank lies above pLow · count and at most at pHigh · count: CloudWatch's trimmed mean.
   * A bucket counts with its middle. 0 when no value is left.
   */
  meanBetween(pLow: number, pHigh: number): number {
    const first = pLow <= 0 ? 0 : nearestRank(pLow, this.count)
    const last = pHigh <= 0 ? 0 : nearestRank(pHigh, this.count)
    if (this.count === 0 || last <= first) return 0
    if (first === 0 && last === this.count) return this.sum / this.count
    let rank = 0
    let sum = 0
    for (let i = bucketOf(this.min); rank < last; i++) {
      const before = rank
      rank += this.cells[i]
      const taken = Math.min(rank, last) - Math.max(before, first)
      if (taken > 0) sum += taken * this.middleOf(i)
    }
    return sum / (last - first)
  }

  /** Adds everything that `other` has recorded. */
  mergeFrom(other: Histogram): void {
    if (other.count === 0) return
    const last = bucketOf(other.max)
    if (last >= this.cells.length) this.grow(last)
    for (let i = bucketOf(other.min); i <= last; i++) this.cells[i] += other.cells[i]
    this.noteTotals(other.count, other.sum, other.min, other.max)
  }

  /** Adds everything that a sparse copy holds. */
  mergeSparse(other: SparseHistogram): void {
    if (other.index.length === 0) return
    const last = other.index[other.index.length - 1]
    if (last >= this.cells.length) this.grow(last)
    let n = 0
    for (let k = 0; k < other.index.length; k++) {
      this.cells[other.index[k]] += other.count[k]
      n += other.count[k]
    }
    this.noteTotals(n, other.sum, other.min, other.max)
  }

  /** Forgets all values and keeps the memory. */
  clear(): void {
    if (this.count === 0) return
    this.cells.fill(0, bucketOf(this.min), bucketOf(this.max) + 1)
    this.totals.fill(0)
  }

  /** A copy without empty buckets. */
  toSparse(): SparseHistogram {
    const rows = new HistogramRows()
    this.writeTo(rows)
    return rows.read(0, rows.length, this.sum, this.min, this.max)
  }

  /** Writes the buckets that are not empty behind what is there. */
  writeTo(rows: HistogramRows): void {
    const first = bucketOf(this.min)
    const last = this.count === 0 ? -1 : bucketOf(this.max)
    for (let i = first; i <= last; i++) if (this.cells[i] > 0) rows.add(i, this.cells[i])
  }

  /** The histogram that a sparse copy was made of. */
  static fromSparse(sparse: SparseHistogram): Histogram {
    const histogram = new Histogram()
    histogram.mergeSparse(sparse)
    return histogram
  }

  private noteTotals(n: number, sum: number, min: number, max: number): void {
    const totals = this.totals
    if (totals[N] === 0 || min < totals[MIN]) totals[MIN] = min
    if (max > totals[MAX]) totals[MAX] = max
    totals[N] += n
    totals[SUM] += sum
  }

  private middleOf(i: number): number {
    const low = Math.max(i === 0 ? 0 : upperEnd(i - 1) + 1, this.min)
    return (low + Math.min(upperEnd(i), this.max)) / 2
  }

  private grow(index: number): void {
    let length = Math.max(FIRST_CELLS, this.cells.length)
    while (length <= index) length *= 2
    const cells = new Float64Array(length)
    cells.set(this.cells)
    this.cells = cells
  }
}

/** The rank in 1..n of the p-quantile by nearest rank: ceil(p · n), where a product within rounding of a whole number is it. */
export function nearestRank(p: number, n: number): number {
  const product = p * n
  const near = Math.round(product)
  const rank = Math.abs(product - near) <= product * 4.5e-16 ? near : Math.ceil(product)
  return Math.max(1, Math.min(n, rank))
}

/** The bucket of a value: the value itself below 512, then 256 buckets for each doubling. */
export function bucketOf(value: number): number {
  if (value < 2147483648) {
    const shift = 23 - Math.clz32(value | 256)
    return (shift << 8) + (value >>> shift)
  }
  const high = Math.floor(value * 2.384185791015625e-7)
  const shift = 23 - Math.clz32(high)
  return ((shift + 22) << 8) + (high >>> shift)
}

/** The greatest value of a bucket. */
function upperEnd(bucket: number): number {
  if (bucket < 512) return bucket
  const shift = (bucket >>> 8) - 1
  const half = shift >>> 1
  return ((bucket & 255) + 257) * (1 << half) * (1 << (shift - half)) - 1
}
