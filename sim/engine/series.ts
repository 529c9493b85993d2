// The history of one metric: points in order of time, each standing for one period or for many equal ones.
//
// The one idea: most points are never looked at while time runs, so they are written as rows of numbers and made into
// objects when somebody reads them. A minute of a metric then costs no allocation, and a long run little memory.
import { HistogramRows, type SparseHistogram } from './histogram.ts'
import { PeriodValues } from './period-values.ts'

export type SeriesKind = 'count' | 'distribution' | 'gauge' | 'age' | 'level'

/** One point: `repeat` periods from `start` with the same values (an age grows by a period each time). */
export interface Point {
  readonly start: number
  readonly repeat: number
  readonly n: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly histogram: SparseHistogram | null
}

/** How a gauge is read: the function of the metric and the state it looks at. */
export interface Reading {
  readonly read: (state: never, now: number) => number
  readonly state: unknown
}

/** Columns of a row that waits; the last says where its histogram ends. */
const START = 0
const REPEAT = 1
const N = 2
const SUM = 3
const MIN = 4
const MAX = 5
const CELLS_END = 6
const WIDTH = 7

/** A metric's whole history. Times in µs, values in the metric's own base unit. */
export class Series {
  readonly kind: SeriesKind
  /** Length of a period in µs. */
  readonly period: number
  /** All values of the period now running, for distributions. */
  readonly current: PeriodValues | null
  readonly reading: Reading | null
  private readonly read: Point[] = []
  /** Points that nobody has read yet, and their histograms, one behind the other. */
  private rows = new Float64Array(0)
  private waiting = 0
  private readonly cells: HistogramRows | null

  constructor(kind: SeriesKind, period: number, reading: Reading | null) {
    this.kind = kind
    this.period = period
    this.reading = reading
    this.current = kind === 'distribution' ? new PeriodValues() : null
    this.cells = kind === 'distribution' ? new HistogramRows() : null
  }

  /** The points in order of time. */
  get points(): Point[] {
    if (this.waiting > 0) this.readRows()
    return this.read
  }

  /** Adds a point, or lengthens the last one when it only repeats. */
  add(start: number, repeat: number, n: number, sum: number, min: number, max: number): void {
    if (this.kind === 'count' || this.kind === 'distribution' || !this.repeats(start, n, sum, min, max)) {
      this.append(start, repeat, n, sum, min, max)
      return
    }
    if (this.waiting > 0) {
      this.rows[(this.waiting - 1) * WIDTH + REPEAT] += repeat
      return
    }
    const last = this.read[this.read.length - 1]
    this.read[this.read.length - 1] = { ...last, repeat: last.repeat + repeat }
  }

  /** Adds a point with all values of the running period, which ends. */
  append(start: number, repeat: number, n: number, sum: number, min: number, max: number): void {
    const at = this.waiting * WIDTH
    if (at === this.rows.length) this.grow()
    const rows = this.rows
    this.waiting++
    rows[at + START] = start
    rows[at + REPEAT] = repeat
    rows[at + N] = n
    rows[at + SUM] = sum
    rows[at + MIN] = min
    rows[at + MAX] = max
    if (this.cells === null) return
    this.current!.take(this.cells)
    rows[at + CELLS_END] = this.cells.length
  }

  /** Whether a point would only go on with the last one. */
  private repeats(start: number, n: number, sum: number, min: number, max: number): boolean {
    if (this.waiting > 0) {
      const { rows } = this
      const at = (this.waiting - 1) * WIDTH
      const length = rows[at + REPEAT] * this.period
      const grown = this.kind === 'age' && rows[at + MAX] > 0 ? length : 0
      return (
        rows[at + START] + length === start &&
        rows[at + N] === n &&
        rows[at + SUM] + grown === sum &&
        rows[at + MIN] + grown === min &&
        rows[at + MAX] + grown === max
      )
    }
    const last = this.read[this.read.length - 1]
    if (last === undefined) return false
    const length = last.repeat * this.period
    const grown = this.kind === 'age' && last.max > 0 ? length : 0
    return (
      last.start + length === start &&
      last.n === n &&
      last.sum + grown === sum &&
      last.min + grown === min &&
      last.max + grown === max
    )
  }

  private readRows(): void {
    const { rows, cells } = this
    let from = 0
    for (let i = 0; i < this.waiting; i++) {
      const at = i * WIDTH
      const sum = rows[at + SUM]
      const min = rows[at + MIN]
      const max = rows[at + MAX]
      const to = rows[at + CELLS_END]
      const histogram = cells === null ? null : cells.read(from, to, sum, min, max)
      this.read.push({
        start: rows[at + START],
        repeat: rows[at + REPEAT],
        n: rows[at + N],
        sum,
        min,
        max,
        histogram,
      })
      from = to
    }
    this.waiting = 0
    if (cells !== null) cells.length = 0
  }

  private grow(): void {
    const grown = new Float64Array(Math.max(4 * WIDTH, this.rows.length * 2))
    grown.set(this.rows)
    this.rows = grown
  }
}
