// CloudWatch's statistics over a stretch of a metric's history: pure functions of its points.
//
// A point that lasts many periods is counted in closed form, so a year of idle minutes costs no more than one.
import { Histogram, nearestRank } from '../engine/histogram.ts'
import type { Point, Series } from '../engine/recorder.ts'
import type { CwUnit } from '../model/contract.ts'

export type Statistic =
  | { readonly kind: 'SampleCount' | 'Sum' | 'Average' | 'Minimum' | 'Maximum' }
  /** `p` in 0..1: nearest rank (CW-07). */
  | { readonly kind: 'percentile'; readonly p: number }
  /** Mean of the values between two percentiles, both in 0..1. */
  | { readonly kind: 'trimmedMean'; readonly from: number; readonly to: number }

/** Values over a window, summed up. */
export interface Window {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly points: readonly Point[]
}

/** Sums up the points whose periods begin in [from, to) µs. */
export function windowOf(series: Series, from: number, to: number): Window {
  let count = 0
  let sum = 0
  let min = Infinity
  let max = -Infinity
  const points: Point[] = []
  const all = series.points
  for (let i = firstPoint(series, from); i < all.length && all[i]!.start < to; i++) {
    const point = all[i]!
    const first = Math.max(0, Math.ceil((from - point.start) / series.period))
    const last = Math.min(point.repeat, Math.ceil((to - point.start) / series.period))
    const periods = last - first
    if (periods <= 0) continue
    const growth = growthOf(series, point)
    const start = growth * first
    count += point.n * periods
    sum += (point.sum + start) * periods + (growth * periods * (periods - 1)) / 2
    min = Math.min(min, point.min + start)
    max = Math.max(max, point.max + growth * (last - 1))
    points.push(periods === point.repeat ? point : part(series, point, first, periods))
  }
  return { count, sum, min, max, points }
}

/** How much a point's value grows from period to period: an age that is not 0 grows by the period itself. */
export function growthOf(series: Series, point: Point): number {
  return series.kind === 'age' && point.max > 0 ? series.period : 0
}

/** The first point whose last period begins at `from` or later, by halving: points lie in order of time. */
function firstPoint(series: Series, from: number): number {
  let low = 0
  let high = series.points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const point = series.points[middle]!
    if (point.start + (point.repeat - 1) * series.period < from) low = middle + 1
    else high = middle
  }
  return low
}

/** Some of the periods of a long point. */
function part(series: Series, point: Point, first: number, periods: number): Point {
  const start = growthOf(series, point) * first
  return {
    ...point,
    start: point.start + first * series.period,
    repeat: periods,
    sum: point.sum + start,
    min: point.min + start,
    max: point.max + start,
  }
}

/**
 * A statistic over [from, to) µs in the series' own base unit; undefined without data, and where percentiles are asked
 * of values that were not kept one by one (CW-06).
 */
export function statistic(series: Series, stat: Statistic, from: number, to: number): number | undefined {
  const window = windowOf(series, from, to)
  if (stat.kind === 'SampleCount') return window.count
  if (window.count === 0) return undefined
  switch (stat.kind) {
    case 'Sum':
      return window.sum
    case 'Average':
      return window.sum / window.count
    case 'Minimum':
      return window.min
    case 'Maximum':
      return window.max
    case 'percentile':
      return series.kind === 'distribution'
        ? histogramOf(window).quantile(stat.p)
        : rankedValue(series, window, nearestRank(stat.p, window.count))
    case 'trimmedMean':
      return series.kind === 'distribution'
        ? histogramOf(window).meanBetween(stat.from, stat.to)
        : rankedMean(series, window, stat.from, stat.to)
  }
}

/** All values of a window of a distribution. */
export function histogramOf(window: Window): Histogram {
  const all = new Histogram()
  for (const point of window.points) if (point.histogram !== null) all.mergeSparse(point.histogram)
  return all
}

/** `n` values that begin at `value` and differ by `step` from one to the next. */
interface Stretch {
  readonly value: number
  readonly step: number
  readonly n: number
}

/** The values of a window one by one, as far as they are known: a point of several values that differ is not. */
function stretchesOf(series: Series, window: Window): readonly Stretch[] | undefined {
  const stretches: Stretch[] = []
  for (const point of window.points) {
    if (series.kind === 'count' && point.n > 1 && point.min !== point.max) return undefined
    const step = growthOf(series, point)
    if (point.min < 0) return undefined
    stretches.push({ value: point.sum / point.n, step, n: point.n * point.repeat })
  }
  return stretches
}

/** How many values of the stretches are at most `limit`. */
function countAtMost(stretches: readonly Stretch[], limit: number): number {
  let n = 0
  for (const { value, step, n: length } of stretches) {
    if (value > limit) continue
    n += step === 0 ? length : Math.min(length, Math.floor((limit - value) / step) + 1)
  }
  return n
}

/** The value of a rank 1..count among the known values: found by halving, so that an idle year is not written out. */
function rankedValue(series: Series, window: Window, rank: number): number | undefined {
  const stretches = stretchesOf(series, window)
  if (stretches === undefined) return undefined
  let best = Infinity
  for (const { value, step, n } of stretches) {
    // The first of this stretch's values with at least `rank` values at or below it.
    let low = 0
    let high = step === 0 ? 1 : n
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (countAtMost(stretches, value + middle * step) >= rank) high = middle
      else low = middle + 1
    }
    if (low < (step === 0 ? 1 : n)) best = Math.min(best, value + low * step)
  }
  return best
}

/** The mean of the known values with ranks above from · count and up to to · count. */
function rankedMean(series: Series, window: Window, from: number, to: number): number | undefined {
  const stretches = stretchesOf(series, window)
  const first = from <= 0 ? 0 : nearestRank(from, window.count)
  const last = to <= 0 ? 0 : nearestRank(to, window.count)
  if (stretches === undefined || last <= first) return undefined
  const upTo = (rank: number): number => {
    if (rank === 0) return 0
    const value = rankedValue(series, window, rank)!
    let sum = 0
    let n = 0
    for (const stretch of stretches) {
      const below =
        stretch.step === 0
          ? stretch.value < value
            ? stretch.n
            : 0
          : Math.max(0, Math.min(stretch.n, Math.ceil((value - stretch.value) / stretch.step)))
      n += below
      sum += stretch.value * below + (stretch.step * below * (below - 1)) / 2
    }
    return sum + (rank - n) * value
  }
  return (upTo(last) - upTo(first)) / (last - first)
}

/** How many base units (µs, bytes, one) make one of CloudWatch's unit. */
export function baseUnits(series: Series, unit: CwUnit): number {
  if (unit === 'Seconds' && (series.kind === 'distribution' || series.kind === 'age')) return 1_000_000
  if (unit === 'Milliseconds' && (series.kind === 'distribution' || series.kind === 'age')) return 1_000
  return 1
}

/** Reads a statistic's name: `Sum`, `avg`, `p99.9`, `tm95`, `TM(5%:95%)`, `IQM`; undefined when it is none. */
export function parseStatistic(text: string): Statistic | undefined {
  const simple = NAMES.get(text.toLowerCase())
  if (simple !== undefined) return { kind: simple }
  if (text.toLowerCase() === 'iqm') return { kind: 'trimmedMean', from: 0.25, to: 0.75 }
  const ranked = /^(p|tm)([0-9]{1,3}(?:\.[0-9]{1,10})?)$/i.exec(text)
  if (ranked !== null) {
    const share = Number(ranked[2]) / 100
    if (share > 1) return undefined
    return ranked[1]!.toLowerCase() === 'p'
      ? { kind: 'percentile', p: share }
      : { kind: 'trimmedMean', from: 0, to: share }
  }
  const range = /^tm\(([0-9]{0,3}(?:\.[0-9]{1,10})?)%?:([0-9]{0,3}(?:\.[0-9]{1,10})?)%?\)$/i.exec(text)
  if (range === null) return undefined
  const from = Number(range[1] === '' ? 0 : range[1]) / 100
  const to = Number(range[2] === '' ? 100 : range[2]) / 100
  return from < to && to <= 1 ? { kind: 'trimmedMean', from, to } : undefined
}

const NAMES = new Map<string, 'SampleCount' | 'Sum' | 'Average' | 'Minimum' | 'Maximum'>([
  ['samplecount', 'SampleCount'],
  ['samples', 'SampleCount'],
  ['sum', 'Sum'],
  ['average', 'Average'],
  ['avg', 'Average'],
  ['minimum', 'Minimum'],
  ['min', 'Minimum'],
  ['maximum', 'Maximum'],
  ['max', 'Maximum'],
])
