// The values of a period against a histogram of the same values.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from './histogram.ts'
import { PeriodValues } from './period-values.ts'

describe('the values of a period', () => {
  it('hand over what a histogram of the same values would, period after period, few or many', () => {
    const value = fc.oneof(fc.nat(10), fc.nat(1_000), fc.maxSafeNat())
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 1, maxLength: 600 }), { minLength: 1, maxLength: 4 }),
        (periods) => {
          const kept = new PeriodValues()
          for (const values of periods) {
            const histogram = new Histogram()
            for (const one of values) {
              kept.record(one)
              histogram.record(one)
            }
            expect(kept.count).toBe(values.length)
            expect(kept.take(histogram.sum, histogram.min, histogram.max)).toEqual(histogram.toSparse())
            expect(kept.count).toBe(0)
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})
