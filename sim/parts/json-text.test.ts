// JSON in texts: what is read as the platform reads it, and what is too deep.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './json-text.ts'

test('a text is read as the platform reads it, and no text is none', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text))
    }),
  )
  for (const text of ['', 'hello', '{', '{"a": }', '[1,]']) expect(parseJson(text), text).toBeUndefined()
  expect(parseJson('"a [[[ \\" {{{"')).toBe('a [[[ " {{{')
})

test('a thousand levels are read, one more is not, and what lies side by side is not deep', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  expect(parseJson(nested(1000))).toBeDefined()
  expect(parseJson(nested(1001))).toBeUndefined()
  expect(parseJson(`[${'[],'.repeat(5000)}[]]`)).toHaveLength(5001)
})
