// Tests of the histogram against sorted lists and against hdr-histogram-js.
import fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import { describe, expect, test } from 'vitest'
import { Histogram, nearestRank } from './histogram.ts'
import { createRng } from './rng.ts'

/** Whole numbers of every size from 0 to 2^53−1, each size as likely. */
const anyValue = fc
  .tuple(fc.integer({ min: 0, max: 53 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([bits, part]) => Math.min(Math.floor(2 ** bits * part), 2 ** 53 - 1))
const anyValues = fc.array(anyValue, { minLength: 1, maxLength: 200 })
const anyP = fc.constantFrom(0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 1)

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}
/** Everything one can see of a histogram. */
function contents(h: Histogram) {
  const { index, count, sum, min, max } = h.toSparse()
  return {
    index: [...index],
    count: [...count],
    sum,
    min,
    max,
    n: h.count,
    p50: h.quantile(0.5),
    p99: h.quantile(0.99),
  }
}

describe('percentiles', () => {
  test('are the nearest rank, at most 1/256 too high and never too low', () => {
    fc.assert(
      fc.property(anyValues, anyP, (values, p) => {
        const sorted = values.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(p * values.length)) - 1] as number
        const found = histogramOf(values).quantile(p)
        expect(found).toBeGreaterThanOrEqual(exact)
        expect(found - exact).toBeLessThanOrEqual(exact / 256)
        if (exact < 512) expect(found).toBe(exact)
      }),
      { numRuns: 1000 },
    )
  })

  test('agree with hdr-histogram-js to the precision of both', () => {
    const rng = createRng(1, 'histogram', 'test')
    const ours = new Histogram()
    const theirs = build({ highestTrackableValue: 2 ** 45, numberOfSignificantValueDigits: 4 })
    for (let i = 0; i < 100_000; i++) {
      const value = Math.floor(Math.exp(rng.float() * 28))
      ours.record(value)
      theirs.recordValue(value)
    }
    expect(ours.count).toBe(theirs.totalCount)
    expect(ours.max / theirs.maxValue).toBeCloseTo(1, 3)
    expect(ours.sum / ours.count / theirs.mean).toBeCloseTo(1, 4)
    for (const p of [0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1]) {
      const ratio = ours.quantile(p) / theirs.getValueAtPercentile(p * 100)
      expect(ratio).toBeGreaterThan(1 - 1.1e-4)
      expect(ratio).toBeLessThan(1 + 1 / 256 + 1.1e-4)
    }
  })

  test('never lie above the greatest value', () => {
    const histogram = histogramOf([1_000_000])
    expect(histogram.quantile(0.5)).toBe(1_000_000)
    expect(histogram.quantile(1)).toBe(1_000_000)
  })

  test('take the rank of the product as people compute it', () => {
    expect(0.07 * 100).toBeGreaterThan(7)
    expect(nearestRank(0.07, 100)).toBe(7)
    expect(nearestRank(0.29, 100)).toBe(29)
    expect(nearestRank(0.99, 100)).toBe(99)
    expect(nearestRank(0.99, 101)).toBe(100)
    expect(nearestRank(0.999, 1_000_000_000)).toBe(999_000_000)
    expect(nearestRank(0.5, 1)).toBe(1)
    expect(nearestRank(0, 10)).toBe(1)
    expect(nearestRank(1, 10)).toBe(10)
  })
})

describe('buckets', () => {
  test('hold each value below 512 alone and are never wider than 1/256 of their values', () => {
    for (const base of [512, 1023, 1024, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40 + 12_345, 2 ** 53 - 1]) {
      // With a greater value beside it, the quantile shows the whole bucket of `base`.
      const top = histogramOf([base, 2 ** 53 - 1]).quantile(0.5)
      expect(top).toBeGreaterThanOrEqual(base)
      expect((top - base) * 256).toBeLessThanOrEqual(base)
      if (top < 2 ** 53 - 1) {
        // The bucket ends there: the next value is in another.
        expect(histogramOf([base, top]).toSparse().index).toHaveLength(1)
        expect(histogramOf([base, top + 1]).toSparse().index).toHaveLength(2)
      }
    }
    expect([...histogramOf(Array.from({ length: 512 }, (_, i) => i)).toSparse().index]).toHaveLength(512)
  })

  test('have pinned numbers', () => {
    const values = [0, 255, 256, 511, 512, 513, 514, 1023, 1024, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1]
    expect([...histogramOf(values).toSparse().index]).toEqual([0, 255, 256, 511, 512, 513, 767, 768, 6143, 6144, 11775])
  })

  test('refuse what is not a whole number from 0', () => {
    for (const value of [-1, 0.5, NaN, Infinity, 2 ** 53]) expect(() => new Histogram().record(value)).toThrow()
  })
})

describe('counting', () => {
  test('keeps number, sum, least and greatest exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1 }), (values) => {
        const histogram = histogramOf(values)
        expect(histogram.count).toBe(values.length)
        expect(histogram.sum).toBe(values.reduce((a, b) => a + b, 0))
        expect(histogram.min).toBe(Math.min(...values))
        expect(histogram.max).toBe(Math.max(...values))
      }),
    )
  })

  test('answers 0 when nothing has been recorded', () => {
    const histogram = new Histogram()
    histogram.recordMany(5, 0)
    expect([histogram.count, histogram.sum, histogram.min, histogram.max]).toEqual([0, 0, 0, 0])
    expect([histogram.quantile(0.5), histogram.countAtMost(9), histogram.meanBetween(0, 1)]).toEqual([0, 0, 0])
  })

  test('many at once is the same as one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyValue, fc.integer({ min: 0, max: 9 }))), (pairs) => {
        const many = new Histogram()
        for (const [value, n] of pairs) many.recordMany(value % 2 ** 40, n)
        const single = histogramOf(pairs.flatMap(([value, n]) => Array.from({ length: n }, () => value % 2 ** 40)))
        expect(contents(many)).toEqual(contents(single))
      }),
    )
  })

  test('at most a value counts exactly below 512 and to one bucket above', () => {
    fc.assert(
      fc.property(anyValues, anyValue, (values, limit) => {
        const counted = histogramOf(values).countAtMost(limit)
        const exact = values.filter((value) => value <= limit).length
        const withBucket = values.filter((value) => value <= limit + limit / 256).length
        expect(counted).toBeGreaterThanOrEqual(exact)
        expect(counted).toBeLessThanOrEqual(limit < 512 ? exact : withBucket)
      }),
    )
  })

  test('the trimmed mean leaves out the ranks outside its bounds', () => {
    const histogram = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1))
    expect(histogram.meanBetween(0, 1)).toBe(50.5)
    expect(histogram.meanBetween(0, 0.99)).toBe(50)
    expect(histogram.meanBetween(0.25, 0.75)).toBe(50.5)
    expect(histogram.meanBetween(0.9, 1)).toBe(95.5)
    expect(histogram.meanBetween(0.5, 0.5)).toBe(0)
    // Ranks are cut inside a bucket too: of three 10s and one 50, the lower half is 10.
    expect(histogramOf([10, 10, 10, 50]).meanBetween(0, 0.5)).toBe(10)
    expect(histogramOf([10, 10, 10, 50]).meanBetween(0.5, 1)).toBe(30)
  })

  test('the trimmed mean stays within 1/512 of the exact one', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const sorted = values.toSorted((a, b) => a - b)
        const kept = sorted.slice(nearestRank(0.1, values.length), nearestRank(0.9, values.length))
        if (kept.length === 0) return
        const exact = kept.reduce((a, b) => a + b, 0) / kept.length
        expect(Math.abs(histogramOf(values).meanBetween(0.1, 0.9) - exact)).toBeLessThanOrEqual(exact / 511)
      }),
    )
  })
})

describe('merging', () => {
  test('two histograms is the same as recording everything in one', () => {
    fc.assert(
      fc.property(fc.array(anyValue), fc.array(anyValue), (a, b) => {
        // Sums stay exact so that their order cannot show.
        const [left, right] = [a.map((value) => value % 2 ** 40), b.map((value) => value % 2 ** 40)]
        const merged = histogramOf(left)
        merged.mergeFrom(histogramOf(right))
        expect(contents(merged)).toEqual(contents(histogramOf([...left, ...right])))
      }),
    )
  })

  test('a sparse copy is the same as merging the histogram', () => {
    fc.assert(
      fc.property(fc.array(anyValue), fc.array(anyValue), (a, b) => {
        const dense = histogramOf(a)
        const sparse = histogramOf(a)
        dense.mergeFrom(histogramOf(b))
        sparse.mergeSparse(histogramOf(b).toSparse())
        expect(contents(sparse)).toEqual(contents(dense))
        expect(contents(Histogram.fromSparse(dense.toSparse()))).toEqual(contents(dense))
      }),
    )
  })

  test('nothing is left after clear', () => {
    fc.assert(
      fc.property(fc.array(anyValue), fc.array(anyValue), (a, b) => {
        const used = histogramOf(a)
        used.clear()
        expect(contents(used)).toEqual(contents(new Histogram()))
        for (const value of b) used.record(value)
        expect(contents(used)).toEqual(contents(histogramOf(b)))
      }),
    )
  })
})
