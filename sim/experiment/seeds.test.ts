// Tests that seeds are read and written as people write them, and that nonsense is refused with what to write instead.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSeeds, seedsText } from './seeds.ts'

const read = (text: string) => {
  const found = parseSeeds(text)
  return found.ok ? found.seeds.join(' ') : `${found.message}; ${found.help}`
}

test('numbers and ranges, each once and in order', () => {
  expect(read('7')).toBe('7')
  expect(read('1..5')).toBe('1 2 3 4 5')
  expect(read('1, 2,5..7,6')).toBe('1 2 5 6 7')
  expect(read('3..3')).toBe('3')
  expect(read('9007199254740991')).toBe('9007199254740991')
})

test('what is no list of seeds says what would be', () => {
  expect(read('30..1')).toBe('`30..1` ends before it begins; write `1..30`')
  for (const text of ['', '1,', 'a', '1...3', '-1', '1.5', '0x10', '9007199254740992', '..3', '1..'])
    expect(read(text)).toContain('is no seed and no range of seeds; such as `1..30` or `1,2,5..9`')
  expect(read('1..100001')).toBe('these are more than 100,000 seeds; ask for fewer')
  expect(read('1..100000').split(' ')).toHaveLength(100_000)
  expect(read('1..60000,70000..120000')).toContain('more than 100,000')
})

test('they are written as they would be read, whatever they are', () => {
  expect(seedsText(['1', '2', '3', '7', '9', '10'])).toBe('1..3,7,9,10')
  expect(seedsText([])).toBe('')
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 }), (numbers) => {
      const seeds = numbers.map(String)
      expect(parseSeeds(seedsText(seeds))).toEqual({ ok: true, seeds })
    }),
  )
})
