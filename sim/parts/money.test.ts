// Prices and amounts are whole numbers: nothing is lost, and halves of a billionth go up.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, dollars, parseUsd, usd } from './money.ts'

describe('a price', () => {
  it('is read digit by digit', () => {
    expect(parseUsd('0.20')).toBe(200_000_000_000n)
    expect(parseUsd('3')).toBe(3_000_000_000_000n)
    expect(parseUsd('0.0000000309')).toBe(30_900n)
    expect(parseUsd('0.000000000001')).toBe(1n)
  })

  it.each(['', '-1', '1e-5', '.5', '1.', '0.1234567890123', '1,000', '$1', '9999999999999'])('is not %j', (text) => {
    expect(parseUsd(text)).toBeUndefined()
  })
})

describe('an amount', () => {
  it('is rounded to a billionth, halves up', () => {
    const half = parseUsd('0.0000000005')!
    expect(costOf(half, 1n, 1n)).toBe(1n)
    expect(costOf(half, 999n, 1000n)).toBe(0n)
    expect(costOf(parseUsd('1')!, 1n, 3n)).toBe(333_333_333n)
    expect(costOf(parseUsd('2')!, 1n, 3n)).toBe(666_666_667n)
  })

  it('is off by half a billionth at most, whatever is bought', () => {
    const natural = fc.bigInt({ min: 0n, max: 10n ** 24n })
    fc.assert(
      fc.property(natural, natural, fc.bigInt({ min: 1n, max: 10n ** 24n }), (price, units, per) => {
        const exact = price * units
        const error = costOf(price, units, per) * per * 1000n - exact
        const most = (per * 1000n) / 2n
        expect(error <= most && -error <= most).toBe(true)
      }),
    )
  })

  it('is a number of dollars, and a text', () => {
    expect(dollars(1_500_000_001n)).toBe(1.500000001)
    expect(['0', '0.0321', '0.99', '1', '1204.5', '-2.5', '0.0000001234', '0.9999'].map((n) => usd(Number(n)))).toEqual(
      [...['0 USD', '0.0321 USD', '0.990 USD', '1.00 USD', '1,204.50 USD', '-2.50 USD', '0.000000123 USD', '1.00 USD']],
    )
  })
})
