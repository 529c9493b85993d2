// Tests of quantiles over seeds: known ranks, coverage for a skewed distribution, too few values, and pooled histograms.
import { expect, test } from 'vitest'
import { Histogram } from '../../engine/histogram.ts'
import { createRng } from '../../engine/rng.ts'
import { binomialAtMost } from './beta.ts'
import { pooledQuantileOf, quantileOf } from './quantiles.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

test('the median has the ranks of the published table (95 %)', () => {
  const ranks = [5, 6, 10, 20, 30, 100].map((n) => {
    const { low, high } = quantileOf(upTo(n), 0.5, 0.95)
    return [n, low, high]
  })
  expect(ranks).toEqual([
    [5, -Infinity, Infinity],
    [6, 1, 6],
    [10, 2, 9],
    [20, 6, 15],
    [30, 10, 21],
    [100, 40, 61],
  ])
})

test('its ranks are the narrowest whose sides have 2.5 % each, for any quantile', () => {
  for (const n of [1, 7, 40, 300]) {
    for (const p of [0.1, 0.5, 0.9, 0.99]) {
      const { value, low, high } = quantileOf(upTo(n), p, 0.95)
      expect(value).toBe(Math.max(1, Math.ceil(p * n - 1e-9)))
      if (low > 0) expect(binomialAtMost(low - 1, n, p)).toBeLessThanOrEqual(0.025)
      expect(binomialAtMost(Math.max(0, low), n, p)).toBeGreaterThan(0.025)
      if (high < Infinity) expect(1 - binomialAtMost(high - 1, n, p)).toBeLessThanOrEqual(0.025)
      expect(1 - binomialAtMost(Math.min(high, n + 1) - 2, n, p)).toBeGreaterThan(0.025)
    }
  }
})

test('it covers the quantile of a skewed distribution with 95 % or more', () => {
  const rng = createRng(4, 'quantiles', 'coverage')
  let covered = 0
  for (let i = 0; i < 2000; i++) {
    const values = Array.from({ length: 40 }, () => 1 / (1 - rng.float()) ** 2)
    const { low, high } = quantileOf(values, 0.75, 0.95)
    if (low <= 16 && 16 <= high) covered++
  }
  expect(covered / 2000).toBeGreaterThan(0.94)
  expect(covered / 2000).toBeLessThan(0.99)
})

test('a pooled percentile lies within its interval, which covers although the values of one run depend on each other', () => {
  const rng = createRng(6, 'quantiles', 'pooled')
  const exponential = () => -Math.log(1 - rng.float())
  // Each run has a level of its own; the 90th percentile over all runs is that of an exponential times a level.
  const truth = new Histogram()
  for (let i = 0; i < 400_000; i++) truth.record(Math.round(1e4 * (2 + 2 * rng.float()) * exponential()))
  let covered = 0
  for (let i = 0; i < 300; i++) {
    const runs = Array.from({ length: 20 }, () => {
      const level = 2 + 2 * rng.float()
      const run = new Histogram()
      for (let k = 0; k < 200; k++) run.record(Math.round(1e4 * level * exponential()))
      return run
    })
    const pooled = new Histogram()
    for (const run of runs) pooled.mergeFrom(run)
    const { mean, low, high } = pooledQuantileOf(
      pooled.quantile(0.9),
      runs.map((run) => run.quantile(0.9)),
      0.95,
    )
    expect(mean).toBe(pooled.quantile(0.9))
    if (low <= truth.quantile(0.9) && truth.quantile(0.9) <= high) covered++
  }
  expect(covered / 300).toBeGreaterThan(0.92)
  expect(covered / 300).toBeLessThan(0.99)
})

test('one run pools to its own percentile without an interval', () => {
  expect(pooledQuantileOf(5, [5], 0.95)).toMatchObject({ n: 1, mean: 5, low: -Infinity, high: Infinity })
})
