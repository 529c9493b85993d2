// Models of bodies: what fits and what does not.
import { expect, test } from 'vitest'
import { fitsSchema, unknownWords } from './json-shape.ts'

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
  const either = { oneOf: [{ $ref: '#/definitions/a' }, { type: 'object', properties: { b: { pattern: '^(x|y)' } } }] }
  expect(fitsSchema(either, { b: 'z' })).toBe(true)
  expect(fitsSchema({ not: { pattern: '^(x)' } }, 'y')).toBe(true)
  expect(fitsSchema({ not: { items: { $ref: '#/definitions/a' } } }, [1])).toBe(true)
  expect(fitsSchema({ oneOf: [{ type: 'string' }, { type: 'string', pattern: '^(x)' }] }, 'y')).toBe(true)
  expect(fitsSchema({ patternProperties: { '^(x)': { type: 'string' } }, additionalProperties: false }, { y: 1 })).toBe(
    true,
  )
})

test.each([
  [{ pattern: '^[a-z]{2}$' }, ['ab'], ['abc', 'a', '1b']],
  [{ pattern: 'b\\d|^z' }, ['ab1', 'b2c', 'zoo'], ['b', 'az']],
  [
    { uniqueItems: true },
    [[1, '1', { a: 1, b: [2] }], []],
    [
      [1, 2, 1],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ items: [{ type: 'string' }], additionalItems: false }, [['a'], []], [[1], ['a', 'b']]],
  [{ items: [{}], additionalItems: { type: 'number' } }, [['a', 1]], [['a', 'b']]],
  [{ minimum: 1, exclusiveMinimum: true, exclusiveMaximum: 3 }, [2, 1.1], [1, 3]],
  [{ multipleOf: 0.01 }, [0.07, 19.99, 3], [0.075]],
  [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { a: 1, b: 1, c: 1 }]],
  [
    { patternProperties: { '^n': { type: 'number' } }, additionalProperties: false },
    [{ n1: 1 }, {}],
    [{ n: 'a' }, { m: 1 }],
  ],
  [{ maxLength: 1 }, ['😀'], ['ab']],
])('%j', (schema, good, bad) => {
  expect((good as unknown[]).map((value) => fitsSchema(schema, value))).toEqual(good.map(() => true))
  expect((bad as unknown[]).map((value) => fitsSchema(schema, value))).toEqual(bad.map(() => false))
})

test('references lead below `#`, to the schema itself and to other models', () => {
  const tree = { type: 'object', required: ['n'], properties: { n: { type: 'number' }, next: { $ref: '#' } } }
  expect(
    [
      { n: 1, next: { n: 2 } },
      { n: 1, next: {} },
    ].map((value) => fitsSchema(tree, value)),
  ).toEqual([true, false])
  const own = { properties: { a: { $ref: '#/definitions/x~1y' } }, definitions: { 'x/y': { enum: [{ p: 1, q: 2 }] } } }
  expect(fitsSchema(own, { a: { q: 2, p: 1 } })).toBe(true)
  expect(fitsSchema(own, { a: 1 })).toBe(false)
  const root = { items: { $ref: 'https://apigateway.amazonaws.com/restapis/abc/models/Line' } }
  const models = { Line: { $ref: '#/definitions/n', definitions: { n: { type: 'number' } } } }
  expect([[1], ['a']].map((value) => fitsSchema(root, value, { root, models }))).toEqual([true, false])
})

test('a schema that grows by its own references is given up, and asks for nothing', () => {
  const two = { $ref: '#/definitions/d' }
  const bomb = { ...two, definitions: { d: { allOf: [two, two] } } }
  expect(fitsSchema({ not: bomb, ...bomb }, 1)).toBe(true)
  expect(fitsSchema(bomb, 1)).toBe(true)
})

test('says what it does not understand', () => {
  expect(
    unknownWords({ type: 'object', 'x-note': 1, properties: { a: { pattern: '^a$', dependencies: {} } } }),
  ).toEqual(['dependencies'])
  expect(
    unknownWords({ items: { $ref: '#/definitions/a' }, definitions: { a: { pattern: '(x)', nullable: true } } }),
  ).toEqual(['nullable', 'pattern (x)'])
  expect(unknownWords({ anyOf: [{ $ref: '#/nowhere' }], format: 'date' })).toEqual(['$ref #/nowhere'])
  expect(unknownWords({ properties: { next: { $ref: '#' } } })).toEqual([])
})
