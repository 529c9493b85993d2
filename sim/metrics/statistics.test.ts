// Tests the statistics against plain lists of values, and that long stretches are counted without being written out.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../engine/histogram.ts'
import { MINUTE, Series } from '../engine/recorder.ts'
import { baseUnits, parseStatistic, statistic, windowOf } from './statistics.ts'

const stat = (text: string) => parseStatistic(text)!
const YEAR = 525_600

function distribution(minutes: readonly (readonly number[])[]): Series {
  const series = new Series('distribution', MINUTE, null)
  minutes.forEach((values, i) => {
    if (values.length === 0) return
    const histogram = new Histogram()
    for (const value of values) histogram.record(value)
    series.points.push({
      start: i * MINUTE,
      repeat: 1,
      n: values.length,
      sum: histogram.sum,
      min: histogram.min,
      max: histogram.max,
      histogram: histogram.toSparse(),
    })
  })
  return series
}

function point(start: number, repeat: number, n: number, sum: number, min = sum, max = sum) {
  return { start: start * MINUTE, repeat, n, sum, min, max, histogram: null }
}

describe('statistics of counts', () => {
  it('are SampleCount, Sum, Average = Sum / SampleCount, Minimum and Maximum [CW-06, CW-V5]', () => {
    const series = new Series('count', MINUTE, null)
    series.points.push(point(720, 1, 3, 11, 2, 5))
    const value = (name: string) => statistic(series, stat(name), 720 * MINUTE, 721 * MINUTE)
    expect(['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'].map(value)).toEqual([
      3, 11, 3.6666666666666665, 2, 5,
    ])
    expect(statistic(series, stat('Sum'), 0, 720 * MINUTE)).toBeUndefined()
    expect(statistic(series, stat('SampleCount'), 0, 720 * MINUTE)).toBe(0)
  })

  it('know no percentile of several values in one point, unless all are equal [CW-06]', () => {
    const series = new Series('count', MINUTE, null)
    series.points.push(point(0, 1, 1, 7), point(1, 1, 4, 8, 2, 2))
    expect(statistic(series, stat('p80'), 0, 2 * MINUTE)).toBe(2)
    expect(statistic(series, stat('p81'), 0, 2 * MINUTE)).toBe(7)
    series.points.push(point(2, 1, 2, 9, 4, 5))
    expect(statistic(series, stat('p50'), 0, 3 * MINUTE)).toBeUndefined()
    expect(statistic(series, stat('Sum'), 0, 3 * MINUTE)).toBe(24)
  })
})

describe('statistics of distributions', () => {
  it('merge the minutes’ histograms: nearest rank over all values [CW-07, CW-06]', () => {
    const series = distribution([Array.from({ length: 99 }, () => 200), [10_000]])
    expect(statistic(series, stat('p99'), 0, 2 * MINUTE)).toBe(200)
    expect(statistic(series, stat('p99.1'), 0, 2 * MINUTE)).toBe(10_000)
    expect(statistic(series, stat('p99'), MINUTE, 2 * MINUTE)).toBe(10_000)
    expect(statistic(series, stat('Average'), 0, 2 * MINUTE)).toBe(298)
    expect(statistic(series, stat('tm99'), 0, 2 * MINUTE)).toBe(200)
  })

  it('have trimmed means that leave out the given shares at both ends [CW-06]', () => {
    const series = distribution([[1, 2, 3, 4, 5, 6, 7, 8, 9, 100]])
    expect(statistic(series, stat('TM(10%:90%)'), 0, MINUTE)).toBe(5.5)
    expect(statistic(series, stat('TM(:90%)'), 0, MINUTE)).toBe(5)
    expect(statistic(distribution([[1, 2, 3, 4, 5, 6, 7, 8]]), stat('IQM'), 0, MINUTE)).toBe(4.5)
  })
})

describe('statistics of gauges and ages', () => {
  it('count one sample a minute, and an idle year without writing it out', () => {
    const series = new Series('gauge', MINUTE, null)
    series.points.push(point(0, 10, 1, 4), point(10, YEAR, 1, 6), point(YEAR + 20, 1, 1, 0))
    const end = (YEAR + 21) * MINUTE
    expect(statistic(series, stat('SampleCount'), 0, end)).toBe(YEAR + 11)
    expect(statistic(series, stat('Sum'), 0, end)).toBe(40 + 6 * YEAR)
    expect(statistic(series, stat('Sum'), 5 * MINUTE, 12 * MINUTE)).toBe(20 + 12)
    expect(statistic(series, stat('Minimum'), 0, end)).toBe(0)
    expect(statistic(series, stat('p50'), 0, end)).toBe(6)
    expect(windowOf(series, 5 * MINUTE, 12 * MINUTE).points.map((p) => [p.start / MINUTE, p.repeat])).toEqual([
      [5, 5],
      [10, 2],
    ])
  })

  it('let an age grow by a minute each minute, in closed form', () => {
    const series = new Series('age', MINUTE, null)
    series.points.push(point(0, 5, 1, 0), point(5, YEAR, 1, 30_000_000))
    const end = (YEAR + 5) * MINUTE
    expect(statistic(series, stat('Maximum'), 0, end)).toBe(30_000_000 + (YEAR - 1) * MINUTE)
    expect(statistic(series, stat('Maximum'), 7 * MINUTE, 8 * MINUTE)).toBe(30_000_000 + 2 * MINUTE)
    expect(statistic(series, stat('Sum'), 5 * MINUTE, 8 * MINUTE)).toBe(90_000_000 + 3 * MINUTE)
    expect(statistic(series, stat('p100'), 0, end)).toBe(30_000_000 + (YEAR - 1) * MINUTE)
    expect(baseUnits(series, 'Seconds')).toBe(1_000_000)
  })

  it('agree with a list of all the values, for any window and statistic', () => {
    const pointOf = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 9 }),
    )
    const names = fc.constantFrom(
      'Sum',
      'Average',
      'Minimum',
      'Maximum',
      'SampleCount',
      'p0',
      'p30',
      'p50',
      'p99',
      'p100',
      'TM(20%:70%)',
      'IQM',
      'tm60',
    )
    fc.assert(
      fc.property(
        fc.array(pointOf, { maxLength: 6 }),
        fc.constantFrom('gauge' as const, 'age' as const),
        fc.nat(40),
        fc.nat(40),
        names,
        (shape, kind, a, b, name) => {
          const series = new Series(kind, MINUTE, null)
          const list: { minute: number; value: number }[] = []
          let at = 0
          for (const [gap, repeat, half] of shape) {
            at += gap
            const value = half * (MINUTE / 2)
            series.points.push(point(at, repeat, 1, value))
            for (let i = 0; i < repeat; i++)
              list.push({ minute: at + i, value: value + (kind === 'age' && value > 0 ? i * MINUTE : 0) })
            at += repeat
          }
          const [from, to] = [Math.min(a, b), Math.max(a, b)]
          const values = list.filter(({ minute }) => minute >= from && minute < to).map(({ value }) => value)
          const expected = plain(values, name)
          const got = statistic(series, stat(name), from * MINUTE, to * MINUTE)
          if (expected === undefined) expect(got).toBeUndefined()
          else expect(got).toBeCloseTo(expected, 3)
        },
      ),
      { numRuns: 500 },
    )
  })
})

function plain(values: number[], name: string): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const sum = sorted.reduce((total, value) => total + value, 0)
  if (name === 'SampleCount') return sorted.length
  if (sorted.length === 0) return undefined
  if (name === 'Sum') return sum
  if (name === 'Average') return sum / sorted.length
  if (name === 'Minimum') return sorted[0]
  if (name === 'Maximum') return sorted.at(-1)
  const rank = (percent: number) => Math.max(1, Math.ceil((percent * sorted.length) / 100))
  if (name.startsWith('p')) return sorted[rank(Number(name.slice(1))) - 1]
  const [low, high] = name === 'IQM' ? [25, 75] : name === 'tm60' ? [0, 60] : [20, 70]
  const kept = sorted.slice(low === 0 ? 0 : rank(low!), rank(high!))
  return kept.length === 0 ? undefined : kept.reduce((total, value) => total + value, 0) / kept.length
}

describe('parseStatistic', () => {
  it('reads CloudWatch’s names and their short forms, and nothing else [CW-06]', () => {
    expect(stat('avg')).toEqual({ kind: 'Average' })
    expect(stat('p99.9')).toEqual({ kind: 'percentile', p: 0.9990000000000001 })
    expect(stat('tm95')).toEqual({ kind: 'trimmedMean', from: 0, to: 0.95 })
    expect(stat('TM(5%:95%)')).toEqual({ kind: 'trimmedMean', from: 0.05, to: 0.95 })
    for (const text of ['p101', 'median', 'p', 'p1.12345678901', 'TM(95%:5%)', 'TM(5%:101%)', ''])
      expect(parseStatistic(text)).toBeUndefined()
  })
})
