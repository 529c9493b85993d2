// CloudWatch's statistics over a stretch of a metric's history: pure functions of its points.
//
// A point that lasts many periods is counted in closed form, so a year of idle minutes costs no more than one.
import { Histogram } from '../engine/histogram.ts'
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
  for (const point of series.points) {
    const first = Math.max(0, Math.ceil((from - point.start) / series.period))
    const last = Math.min(point.repeat, Math.ceil((to - point.start) / series.period))
    const periods = last - first
    if (periods <= 0) continue
    const growth = series.kind === 'age' && point.max > 0 ? series.period : 0
    const start = growth * first
    count += point.n * periods
    sum += (point.sum + start) * periods + (growth * periods * (periods - 1)) / 2
    min = Math.min(min, point.min + start)
    max = Math.max(max, point.max + growth * (last - 1))
    points.push(
      first === 0 && last === point.repeat
        ? point
        : {
            ...point,
            start: point.start + first * series.period,
            repeat: periods,
            sum: point.sum + start,
            min: point.min + start,
            max: point.max + start,
          },
    )
  }
  return { count, sum, min, max, points }
}

/** A statistic over [from, to) µs in the series' own base unit; undefined without data. */
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
        : weightedRank(series, window, stat.p)
    case 'trimmedMean':
      return series.kind === 'distribution' ? histogramOf(window).meanBetween(stat.from, stat.to) : undefined
  }
}

/** All values of a window of a distribution. */
export function histogramOf(window: Window): Histogram {
  const all = new Histogram()
  for (const point of window.points) if (point.histogram !== null) all.mergeSparse(point.histogram)
  return all
}

/** Percentile over the values of periods, for gauges and counts. */
function weightedRank(series: Series, window: Window, p: number): number {
  const growth = (point: Point): number => (series.kind === 'age' && point.max > 0 ? series.period : 0)
  const values: { value: number; n: number }[] = []
  for (const point of window.points) {
    if (growth(point) === 0) values.push({ value: point.sum / point.n, n: point.n * point.repeat })
    else for (let i = 0; i < point.repeat; i++) values.push({ value: point.sum + i * growth(point), n: 1 })
  }
  values.sort((a, b) => a.value - b.value)
  let rank = Math.max(1, Math.ceil(p * window.count - 1e-9))
  for (const { value, n } of values) {
    if (rank <= n) return value
    rank -= n
  }
  return window.max
}

/** How many base units (µs, bytes, one) make one of CloudWatch's unit. */
export function baseUnits(series: Series, unit: CwUnit): number {
  if (unit === 'Seconds' && (series.kind === 'distribution' || series.kind === 'age')) return 1_000_000
  if (unit === 'Milliseconds' && (series.kind === 'distribution' || series.kind === 'age')) return 1_000
  return 1
}

/** Reads a statistic's name: `Sum`, `avg`, `p99.9`, `tm95`, `TM(5%:95%)`; undefined when it is none. */
export function parseStatistic(text: string): Statistic | undefined {
  const simple = NAMES.get(text.toLowerCase())
  if (simple !== undefined) return { kind: simple }
  const percentile = /^p([0-9]{1,3}(?:\.[0-9]{1,10})?)$/i.exec(text)
  if (percentile !== null && Number(percentile[1]) <= 100) return { kind: 'percentile', p: Number(percentile[1]) / 100 }
  const trimmed = /^tm([0-9]{1,3}(?:\.[0-9]{1,10})?)$/i.exec(text)
  if (trimmed !== null && Number(trimmed[1]) <= 100)
    return { kind: 'trimmedMean', from: 0, to: Number(trimmed[1]) / 100 }
  const range = /^tm\(([0-9.]{0,14})%?:([0-9.]{0,14})%?\)$/i.exec(text)
  if (range !== null)
    return { kind: 'trimmedMean', from: Number(range[1] || 0) / 100, to: Number(range[2] || 100) / 100 }
  return undefined
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
