// JSON in texts: what is read as the platform reads it, and what is too deep.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from './json-text.ts'

test('a text is read as the platform reads it, and no text is none', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/toString|valueOf|toJSON|__proto__|\\u/.test(text))
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

test('members that JavaScript itself would call are left out, however they are spelled', () => {
  const value = parseJson(
    '{ "toString": 1, "a": { "to\\u0053tring": 2, "valueOf": 3, "b": 4 }, "__proto__": { "c": 5 } }',
  )
  expect(value).toEqual({ a: { b: 4 } })
  expect(String(value)).toBe('[object Object]')
})
