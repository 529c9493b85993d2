// The values of a period against a histogram of the same values.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram, HistogramRows } from './histogram.ts'
import { PeriodValues } from './period-values.ts'

describe('the values of a period', () => {
  it('hand over what a histogram of the same values would, period after period, few or many', () => {
    const value = fc.oneof(fc.nat(10), fc.nat(1_000), fc.maxSafeNat())
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 1, maxLength: 600 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (periods) => {
          const kept = new PeriodValues()
          const rows = new HistogramRows()
          for (const values of periods) {
            const histogram = new Histogram()
            for (const one of values) {
              kept.record(one)
              histogram.record(one)
            }
            expect(kept.count).toBe(values.length)
            const { sum, min, max } = histogram
            const from = rows.length
            kept.take(rows)
            expect(rows.read(from, rows.length, sum, min, max)).toEqual(histogram.toSparse())
            expect(kept.count).toBe(0)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})
