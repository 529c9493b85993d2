// Patterns without groups against JavaScript's own.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitsPattern, parsePattern } from './simple-pattern.ts'

const fits = (pattern: string, text: string): boolean => fitsPattern(parsePattern(pattern)!, text)

test.each([
  ['4\\d{2}', '404', true],
  ['4\\d{2}', '500', false],
  ['[45]\\d\\d', '503', true],
  ['.*not found.*', 'user not found!', true],
  ['.*not found.*', 'notfound', false],
  ['^\\[Bad\\].*$', '[Bad] request', true],
  ['400|404|5\\d+', '5021', true],
  ['', '', true],
  ['', 'x', false],
])('%s and %s', (pattern, text, expected) => {
  expect(fits(pattern, text)).toBe(expected)
})

test('what it reads it matches as JavaScript does', () => {
  const atom = fc.constantFrom('a', 'b', '.', '\\d', '[ab]', '[^a]', '\\.')
  const times = fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}')
  const row = fc
    .array(
      fc.tuple(atom, times).map(([one, many]) => one + many),
      { maxLength: 6 },
    )
    .map((all) => all.join(''))
  const pattern = fc.array(row, { minLength: 1, maxLength: 3 }).map((all) => all.join('|'))
  fc.assert(
    fc.property(pattern, fc.array(fc.constantFrom('a', 'b', '1', '.'), { maxLength: 8 }), (written, chars) => {
      const text = chars.join('')
      expect(fits(written, text)).toBe(new RegExp(`^(?:${written})$`).test(text))
    }),
    { numRuns: 2000, seed: 63 },
  )
})

test('groups and what else it does not know are refused; long texts take no time', () => {
  for (const other of ['(a|b)', 'a**', '\\bword', '[', 'a{1000}', '\\', '(?i)x', 'x'.repeat(1001)])
    expect(parsePattern(other)).toBeUndefined()
  expect(fits('.*.*.*.*.*.*.*.*x', 'a'.repeat(9_000))).toBe(false)
})
