// Tests how shapes grow: by what does not fit, and by nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grown, shapeText, type Shape } from './shapes.ts'

const of = (...values: unknown[]): string =>
  shapeText(values.reduce<Shape | null>((shape, value) => grown(shape, value), null))

test('fields, kinds and items are found [N.EVENTBRIDGE-10]', () => {
  expect(of({ id: 1, who: 'Ann', paid: true, note: null })).toBe(
    '{ id: number, who: text, paid: truth, note: nothing }',
  )
  expect(of({ items: [{ sku: 'a' }, { sku: 'b', n: 2 }] })).toBe('{ items: [{ sku: text, n: number }] }')
  expect(of({ items: [] })).toBe('{ items: [] }')
  expect(of({ items: [] }, { items: [1] }, { items: ['a'] })).toBe('{ items: [number | text] }')
  expect(of({ id: 1 }, { id: 'a' }, { id: null }, { id: 2 })).toBe('{ id: number | text | nothing }')
  expect(of({ a: 1 }, 'text')).toBe('{ a: number } | text')
  expect(of({ a: [1] }, { a: { b: 2 } }, { a: { c: 3 } })).toBe('{ a: [number] | { b: number, c: number } }')
})

test('a value that fits leaves the very same shape, any value fits afterwards, and no shape is changed [N.EVENTBRIDGE-11]', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 5 }), { minLength: 1 }), (values) => {
      let shape: Shape | null = null
      for (const value of values) {
        const before = shape
        const text = shapeText(before)
        shape = grown(before, value)
        expect(shapeText(before)).toBe(text)
        expect(grown(shape, value)).toBe(shape)
      }
      for (const value of values) expect(grown(shape, value)).toBe(shape)
    }),
  )
})

test('what is too deep or too wide is not looked into', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100; i++) deep = { a: deep }
  expect(shapeText(grown(null, deep)).length).toBeLessThan(200)
  const wide = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`f${i}`, i]))
  expect(shapeText(grown(null, wide))).toBe('any')
  expect(grown(grown(null, wide), wide)).toEqual({ kind: 'any' })
  expect(of(JSON.parse('{"__proto__": 1, "constructor": "a"}'))).toBe('{ __proto__: number, constructor: text }')
})
