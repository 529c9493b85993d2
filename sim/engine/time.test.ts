// Tests of decimal texts as whole base units and of times in words.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMicros, toInteger } from './time.ts'

test('a decimal text of seconds becomes microseconds, halves to even', () => {
  expect(toInteger('0.0000005', 1_000_000)).toBe(0)
  expect(toInteger('0.0000015', 1_000_000)).toBe(2)
  expect(toInteger('0.0000025', 1_000_000)).toBe(2)
  expect(toInteger('0.00000250000000000000000000000000000000000000000000000000000000000000000001', 1_000_000)).toBe(3)
  expect(toInteger('2.5', 1)).toBe(2)
  expect(toInteger('3.5', 1)).toBe(4)
  expect(toInteger('-2.5', 1)).toBe(-2)
})

test('a decimal text never passes through a float', () => {
  // As a float, 0.29 · 100 is 28.999…, and 4503599627370495.5 has no neighbour closer than 0.5.
  expect(toInteger('1.0005', 1000)).toBe(1000)
  expect(toInteger('1.0015', 1000)).toBe(1002)
  expect(toInteger('0.29', 100)).toBe(29)
  expect(toInteger('9007199254.740991', 1_000_000)).toBe(9007199254740991)
  expect(toInteger('4503599627370495.5', 1)).toBe(4503599627370496)
  expect(toInteger('9007199254740990.5', 1)).toBe(9007199254740990)
})

test('the forms of a decimal are accepted and everything else is refused', () => {
  for (const [text, value] of [
    ['7', 7],
    ['+7', 7],
    ['007', 7],
    ['.5e1', 5],
    ['2.', 2],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['15000e-3', 15],
    ['-0', 0],
    ['-0.4', 0],
    ['0e999999999999', 0],
    ['1e-400', 0],
    ['000000000000000000000000000000000000000000000000000000000000000000000000001', 1],
  ] as const) {
    expect(Object.is(toInteger(text, 1), value), text).toBe(true)
  }
  for (const text of [
    '',
    '.',
    '+',
    'e3',
    '1e',
    '1e1.5',
    '0x10',
    '1_000',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '1,5',
    '--1',
  ]) {
    expect(toInteger(text, 1), text).toBe('not a decimal number')
  }
})

test('what leaves the exact integers is refused, however it is written', () => {
  expect(toInteger('9007199254740991', 1)).toBe(9007199254740991)
  expect(toInteger('9007199254740991.5', 1)).toBe('too large')
  expect(toInteger('9007199254740992', 1)).toBe('too large')
  expect(toInteger('-9007199254740992', 1)).toBe('too large')
  expect(toInteger('1e999999999', 1)).toBe('too large')
  expect(toInteger('9'.repeat(100_000), 1)).toBe('too large')
})

test('a hundred thousand digits after the point are read without delay', () => {
  expect(toInteger('1.' + '0'.repeat(100_000) + '1', 2)).toBe(2)
  expect(toInteger('1.5' + '0'.repeat(100_000) + '1', 1)).toBe(2)
  expect(toInteger('0.5' + '0'.repeat(100_000) + '1', 1)).toBe(1)
})

test('any decimal times any unit equals the rational number rounded half to even', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 14n }),
      fc.integer({ min: 0, max: 30 }),
      fc.constantFrom(1, 7, 1000, 1024, 60_000_000, 1_000_000),
      (digits, decimals, unit) => {
        const text = String(digits).padStart(decimals + 1, '0')
        const at = text.length - decimals
        const divisor = 10n ** BigInt(decimals)
        const n = digits * BigInt(unit)
        const floor = n / divisor
        const twice = (n % divisor) * 2n
        const exact = floor + (twice > divisor || (twice === divisor && floor % 2n === 1n) ? 1n : 0n)
        const expected = exact > 9007199254740991n ? 'too large' : Number(exact)
        expect(toInteger(`${text.slice(0, at)}.${text.slice(at)}`, unit)).toBe(expected)
      },
    ),
  )
})

test('times are written in the largest unit that fits', () => {
  for (const [us, text] of [
    [0, '0 µs'],
    [850, '850 µs'],
    [999, '999 µs'],
    [1000, '1.000 ms'],
    [12_345, '12.345 ms'],
    [999_999, '999.999 ms'],
    [1_000_000, '1.000 s'],
    [1_250_000, '1.250 s'],
    [1_250_500, '1.250 s'],
    [1_251_500, '1.252 s'],
    [59_999_499, '59.999 s'],
    [59_999_501, '1 m'],
    [60_000_000, '1 m'],
    [200_000_000, '3 m 20 s'],
    [3_600_000_000, '1 h'],
    [7_505_000_000, '2 h 5 m 5 s'],
    [604_800_000_000, '7 d'],
    [-1500, '-1.500 ms'],
  ] as const) {
    expect(formatMicros(us)).toBe(text)
  }
})
