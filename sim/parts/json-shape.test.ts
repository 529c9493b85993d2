// Models of bodies: what fits and what does not.
import { expect, test } from 'vitest'
import { fitsSchema } from './json-shape.ts'

const order = {
  type: 'object',
  required: ['id', 'lines'],
  properties: {
    id: { type: 'string', minLength: 2, maxLength: 4 },
    lines: { type: 'array', minItems: 1, maxItems: 2, items: { type: 'integer', minimum: 1, maximum: 9 } },
    kind: { enum: ['gift', 'plain'] },
    note: { type: ['string', 'null'] },
  },
}

test.each([
  [{ id: 'ab', lines: [1] }, true],
  [{ id: 'abcd', lines: [1, 9], kind: 'gift', note: null, more: 1 }, true],
  [{ lines: [1] }, false],
  [{ id: 'a', lines: [1] }, false],
  [{ id: 'abcde', lines: [1] }, false],
  [{ id: 'ab', lines: [] }, false],
  [{ id: 'ab', lines: [1, 1, 1] }, false],
  [{ id: 'ab', lines: [0] }, false],
  [{ id: 'ab', lines: [1.5] }, false],
  [{ id: 'ab', lines: [1], kind: 'other' }, false],
  [{ id: 'ab', lines: [1], note: 3 }, false],
  [[], false],
  [null, false],
  ['text', false],
])('%j', (value, expected) => {
  expect(fitsSchema(order, value)).toBe(expected)
})

test('combinations, other members, and what says nothing', () => {
  expect(fitsSchema({ additionalProperties: false, properties: { a: {} } }, { a: 1, b: 2 })).toBe(false)
  expect(fitsSchema({ additionalProperties: { type: 'number' } }, { b: 'x' })).toBe(false)
  expect([1, 'a', true].map((one) => fitsSchema({ anyOf: [{ type: 'number' }, { type: 'string' }] }, one))).toEqual([
    true,
    true,
    false,
  ])
  expect([5, 15].map((one) => fitsSchema({ oneOf: [{ maximum: 10 }, { minimum: 0 }] }, one))).toEqual([false, true])
  expect([1, 'a'].map((one) => fitsSchema({ allOf: [{ not: { type: 'string' } }] }, one))).toEqual([true, false])
  expect(fitsSchema(undefined, 1) && fitsSchema({ type: 'strange' }, 1) && fitsSchema({}, null)).toBe(true)
  expect(fitsSchema({ required: ['toString'] }, {})).toBe(false)
})

test('what is not understood asks for nothing, not even where it would turn a choice or a `not` round', () => {
  const either = { oneOf: [{ $ref: '#/definitions/a' }, { type: 'object', properties: { b: { pattern: '^x' } } }] }
  expect(fitsSchema(either, { b: 'y' })).toBe(true)
  expect(fitsSchema({ not: { pattern: '^x' } }, 'y')).toBe(true)
  expect(fitsSchema({ not: { items: { $ref: '#/definitions/a' } } }, [1])).toBe(true)
  expect(fitsSchema({ oneOf: [{ type: 'string' }, { type: 'string', pattern: '^x' }] }, 1)).toBe(false)
})
