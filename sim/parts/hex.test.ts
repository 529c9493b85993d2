// Hexadecimal digits, against those of the engine.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hexOf } from './hex.ts'

it('whole numbers are written as the engine writes them, however large and wide', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.integer({ min: 14, max: 40 }), (number, width) => {
      const plain = number.toString(16).padStart(width, '0')
      expect(hexOf(number, width)).toBe(plain)
      expect(hexOf(number, width, true)).toBe(plain.toUpperCase())
    }),
  )
  for (const number of [0, 1, 255, 256, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])
    expect(hexOf(number, 18)).toBe(number.toString(16).padStart(18, '0'))
})
