// What a run remembers: every metric as a series of periods, with histograms where percentiles are asked for.
//
// The one idea: while time runs, a metric is four numbers of the current minute; at each minute's end they become one
// point. A state that does not change costs nothing: its gauge is one point that lasts many minutes.
import { assert } from './assert.ts'
import type { Boundary } from './kernel.ts'
import { Series, type Reading, type SeriesKind } from './series.ts'

export { Series, type Point, type Reading, type SeriesKind } from './series.ts'

/** Number of a series in the recorder. */
export type MetricId = number
export const MINUTE = 60_000_000
const N = 0
const SUM = 1
const MIN = 2
const MAX = 3
/** For levels: the level now, since when, and the area under it in this period. */
const LEVEL = 4
const SINCE = 5
const AREA = 6
const WIDTH = 7

/** Sees every value of a distribution as it is recorded; for heat maps, and for finding a request by its latency. */
export interface RecordWatch {
  recorded(metric: MetricId, value: number): void
}

export class Recorder implements Boundary {
  readonly series: Series[] = []
  /** Asked every `askEvery` µs, after the points are written; answers whether it must be asked the next time even if nothing happens. */
  atPeriodEnd: { periodEnded(time: number): boolean } | null = null
  watch: RecordWatch | null = null
  /** A minute, or an even part of one for alarms on high-resolution metrics. */
  askEvery: number
  /** The end of the run, in µs; boundaries go no further. */
  end = Infinity
  private readonly clock: Float64Array
  private values = new Float64Array(WIDTH * 16)
  private touched: number[] = []
  private readonly gauges: MetricId[] = []
  private readonly levels: MetricId[] = []
  private readonly boundaryEvery: number
  private readonly cuts: readonly number[]
  private lastFlush = 0
  /** The last minute's end at which the gauges were read. */
  private lastGauge = 0
  /** What the last question of `atPeriodEnd` was answered with. */
  private wanted = false
  private anyShort = false

  /** `cuts` are moments (µs) besides the full minutes at which a period is closed, so that a window of time can begin or end there. */
  constructor(clock: Float64Array, cuts: readonly number[], boundaryEvery = MINUTE) {
    this.clock = clock
    this.cuts = [...new Set(cuts)].filter((cut) => cut > 0 && cut % boundaryEvery !== 0).sort((a, b) => a - b)
    this.boundaryEvery = boundaryEvery
    this.askEvery = boundaryEvery
  }

  /** The first boundary that the kernel must cross. */
  get first(): number {
    return this.boundaryAfter(0)
  }

  /** Opens a series. Periods shorter than a minute are for high-resolution custom metrics of kind `count`, longer ones (whole minutes) for gauges. */
  open(kind: SeriesKind, reading: Reading | null = null, period = MINUTE): MetricId {
    const id = this.series.length
    this.series.push(new Series(kind, period, reading))
    if (period < this.boundaryEvery) this.anyShort = true
    if (this.series.length * WIDTH > this.values.length) {
      const grown = new Float64Array(this.values.length * 2)
      grown.set(this.values)
      this.values = grown
    }
    this.clear(id)
    if (kind === 'gauge' || kind === 'age') this.gauges.push(id)
    if (kind === 'level') {
      this.levels.push(id)
      this.values[id * WIDTH + MIN] = 0
      this.values[id * WIDTH + MAX] = 0
    }
    return id
  }

  /** Emits a value of a count. */
  count(metric: MetricId, value: number): void {
    const at = metric * WIDTH
    if (this.anyShort && this.isShort(metric)) this.rollShort(metric)
    const values = this.values
    if (values[at + N]++ === 0) this.touched.push(metric)
    values[at + SUM] += value
    if (value < values[at + MIN]) values[at + MIN] = value
    if (value > values[at + MAX]) values[at + MAX] = value
  }

  /** Emits `n` values of a count at once, by their sum, least and greatest. */
  aggregate(metric: MetricId, n: number, sum: number, min: number, max: number): void {
    const at = metric * WIDTH
    if (this.anyShort && this.isShort(metric)) this.rollShort(metric)
    const values = this.values
    if (values[at + N] === 0) this.touched.push(metric)
    values[at + N] += n
    values[at + SUM] += sum
    if (min < values[at + MIN]) values[at + MIN] = min
    if (max > values[at + MAX]) values[at + MAX] = max
  }

  /** Emits a value of a distribution: a whole number ≥ 0 (µs, bytes). */
  record(metric: MetricId, value: number): void {
    this.count(metric, value)
    this.series[metric].current!.record(value)
    if (this.watch !== null) this.watch.recorded(metric, value)
  }

  /** Reports that a level has changed to `value`. */
  level(metric: MetricId, value: number): void {
    const at = metric * WIDTH
    const values = this.values
    const now = this.clock[0]
    values[at + AREA] += values[at + LEVEL] * (now - values[at + SINCE])
    values[at + SINCE] = now
    values[at + LEVEL] = value
    if (value < values[at + MIN]) values[at + MIN] = value
    if (value > values[at + MAX]) values[at + MAX] = value
  }

  /** How many values of a count or a distribution have come in the period that now runs, and their sum. */
  running(metric: MetricId): { readonly n: number; readonly sum: number } {
    const at = metric * WIDTH
    return { n: this.values[at + N], sum: this.values[at + SUM] }
  }

  cross(time: number, nextEvent: number): number {
    const fullMinute = time % this.boundaryEvery === 0
    if (fullMinute || this.cuts.includes(time)) this.flush(time, fullMinute)
    else this.closeShort(time)
    if (this.isTick(time)) this.wanted = this.atPeriodEnd !== null && this.atPeriodEnd.periodEnded(time)
    const next = this.boundaryAfter(time)
    // Nothing can change before the next event: the minutes between become one long point when the next one is written.
    if (this.wanted || !fullMinute) return next
    return Math.max(next, this.minuteBefore(Math.min(nextEvent, this.end, this.cutAfter(time)), next))
  }

  /** Writes the full minutes that have gone by without an event since the last boundary; returns the next boundary. */
  catchUp(): number {
    const now = this.clock[0]
    const minute = this.minuteBefore(now, 0)
    if (minute > this.lastFlush) this.flush(minute, true)
    return this.boundaryAfter(now)
  }

  /** Closes the last, partial period at the end of the run. */
  finish(): void {
    this.catchUp()
    const now = this.clock[0]
    // What happens at the very end falls in a period of no length.
    if (now > this.lastFlush || this.touched.length > 0) this.flush(now, now > this.lastGauge)
    for (const series of this.series)
      assert(series.current === null || series.current.count === 0, 'every value has been written into a point')
  }

  private isTick(time: number): boolean {
    return time % this.askEvery === 0
  }

  private boundaryAfter(time: number): number {
    return Math.min((Math.floor(time / this.askEvery) + 1) * this.askEvery, this.cutAfter(time))
  }

  private cutAfter(time: number): number {
    for (const cut of this.cuts) if (cut > time) return cut
    return Infinity
  }

  /** The last full minute at or before a time; `otherwise` for a time without end. */
  private minuteBefore(time: number, otherwise: number): number {
    return time === Infinity ? otherwise : Math.floor(time / this.boundaryEvery) * this.boundaryEvery
  }

  private flush(time: number, readGauges: boolean): void {
    const start = this.lastFlush
    for (const metric of this.touched)
      this.close(metric, this.isShort(metric) ? this.values[metric * WIDTH + SINCE] : start)
    this.touched.length = 0
    for (const metric of this.levels) this.closeLevel(metric, start, time)
    if (readGauges) {
      for (const metric of this.gauges) this.readGauge(metric, time)
      this.lastGauge = time
    }
    this.lastFlush = time
  }

  private isShort(metric: MetricId): boolean {
    return this.series[metric].period < this.boundaryEvery
  }

  /** Writes the points of high-resolution series whose periods are over. */
  private closeShort(time: number): void {
    let kept = 0
    for (const metric of this.touched) {
      const since = this.values[metric * WIDTH + SINCE]
      if (this.isShort(metric) && since + this.series[metric].period <= time) this.close(metric, since)
      else this.touched[kept++] = metric
    }
    this.touched.length = kept
  }

  private close(metric: MetricId, start: number): void {
    const at = metric * WIDTH
    const values = this.values
    const series = this.series[metric]
    const n = values[at + N]
    if (n > 0) series.append(start, 1, n, values[at + SUM], values[at + MIN], values[at + MAX])
    this.clear(metric)
  }

  /** A short-period series writes its point as soon as a later period begins. */
  private rollShort(metric: MetricId): void {
    const at = metric * WIDTH
    const now = this.clock[0]
    if (this.values[at + N] > 0) {
      const since = this.values[at + SINCE]
      if (sameBucket(since, now, this.series[metric].period)) return
      this.close(metric, since)
      this.touched.splice(this.touched.indexOf(metric), 1)
    }
    const period = this.series[metric].period
    // A period that a cut has divided goes on at the cut.
    this.values[at + SINCE] = Math.max(Math.floor(now / period) * period, this.lastFlush)
  }

  private closeLevel(metric: MetricId, start: number, time: number): void {
    const at = metric * WIDTH
    const values = this.values
    const level = values[at + LEVEL]
    const length = time - start
    if (length === 0) return
    const area = values[at + AREA] + level * (time - values[at + SINCE])
    const periods = Math.max(1, Math.round(length / this.boundaryEvery))
    if (values[at + MAX] > 0)
      this.series[metric].add(start, periods, 1, area / length, values[at + MIN], values[at + MAX])
    values[at + AREA] = 0
    values[at + SINCE] = time
    values[at + MIN] = level
    values[at + MAX] = level
  }

  /** Reads a gauge at the end of a minute, for all minutes since it was read last: between them nothing has happened. */
  private readGauge(metric: MetricId, time: number): void {
    const series = this.series[metric]
    const reading = series.reading!
    const from = this.lastGauge
    if (series.period > this.boundaryEvery) return this.readLong(series, from, time)
    const value = reading.read(reading.state as never, time)
    if (value !== value) return
    const periods = Math.max(1, Math.round((time - from) / this.boundaryEvery))
    if (series.kind === 'gauge') series.add(from, periods, 1, value, value, value)
    else if (value < 0) series.add(from, periods, 1, 0, 0, 0)
    else {
      // An age read at the end of the first of `periods` idle minutes, growing by a minute each.
      const first = Math.max(0, time - (periods - 1) * this.boundaryEvery - value)
      series.add(from, periods, 1, first, first, first)
    }
  }

  /** A gauge with a period of several minutes is read at the end of each, and not at all when a run ends within one. */
  private readLong(series: Series, from: number, time: number): void {
    const first = Math.floor(from / series.period)
    const periods = Math.floor(time / series.period) - first
    if (periods === 0) return
    const value = series.reading!.read(series.reading!.state as never, time)
    if (value === value) series.add(first * series.period, periods, 1, value, value, value)
  }

  private clear(metric: MetricId): void {
    const at = metric * WIDTH
    this.values[at + N] = 0
    this.values[at + SUM] = 0
    this.values[at + MIN] = Infinity
    this.values[at + MAX] = -Infinity
  }
}

function sameBucket(a: number, b: number, width: number): boolean {
  return Math.floor(a / width) === Math.floor(b / width)
}
