// Expressions: parsing, evaluation against a simple evaluator of the same trees, updates, and messages.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds, project, type Placeholders } from './conditions.ts'
import { parseCondition, parseProjection, parseUpdate } from './expressions.ts'
import { update } from './updates.ts'
import type { Item } from './values.ts'

const given = (values: Record<string, unknown> = {}, names?: Record<string, string>): Placeholders => ({
  names,
  values,
})
const decide = (
  text: string,
  item: Item | null,
  values: Record<string, unknown> = {},
  names?: Record<string, string>,
): boolean => holds(parseCondition(text, 'ConditionExpression').tree, item, given(values, names))
const change = (text: string, item: Item, values: Record<string, unknown> = {}, names?: Record<string, string>): Item =>
  update(item, parseUpdate(text).tree, given(values, names), ['pk'])

test('AND binds closer than OR, NOT closer than both, parentheses closest', () => {
  const v = { ':t': 1, ':f': 2 }
  const item = { a: 1 }
  expect(decide('a = :t OR a = :t AND a = :f', item, v)).toBe(true)
  expect(decide('(a = :t OR a = :t) AND a = :f', item, v)).toBe(false)
  expect(decide('NOT a = :f AND a = :t', item, v)).toBe(true)
  expect(decide('NOT (a = :t OR a = :f)', item, v)).toBe(false)
  expect(decide('not not a = :t and a between :t AND :f', item, v)).toBe(true)
})

test('comparisons need one type; a missing attribute is unequal to all', () => {
  expect(decide('a < :v', { a: 'b' }, { ':v': 'c' })).toBe(true)
  expect(decide('a < :v', { a: 'b' }, { ':v': 9 })).toBe(false)
  expect(decide('a >= :v', { a: 'b' }, { ':v': 9 })).toBe(false)
  expect(decide('a <> :v', {}, { ':v': 9 })).toBe(true)
  expect(decide('a = :v', {}, { ':v': 9 })).toBe(false)
  expect(decide('a = b', {}, {})).toBe(false)
  expect(decide('a IN (:x, :y)', { a: 2 }, { ':x': 1, ':y': 2 })).toBe(true)
})

test('the functions of conditions', () => {
  const item = { s: 'hello', l: [1, 'x'], set: { SS: ['a', 'b'] }, m: { n: 1 }, b: { B: 'AAEC' } }
  expect(
    decide(
      'attribute_exists(m.n) AND attribute_not_exists(m.o) AND attribute_exists(l[1]) AND attribute_not_exists(l[2])',
      item,
    ),
  ).toBe(true)
  expect(decide('begins_with(s, :v)', item, { ':v': 'he' })).toBe(true)
  expect(decide('begins_with(b, :v)', item, { ':v': { B: 'AAE=' } })).toBe(true)
  expect(
    decide(
      'contains(s, :v) AND contains(l, :x) AND contains(#set, :a)',
      item,
      { ':v': 'll', ':x': 'x', ':a': 'a' },
      { '#set': 'set' },
    ),
  ).toBe(true)
  expect(decide('contains(s, :v)', item, { ':v': 1 })).toBe(false)
  expect(decide('attribute_type(m, :m) AND attribute_type(b, :b)', item, { ':m': 'M', ':b': 'B' })).toBe(true)
  expect(
    decide('size(s) = :five AND size(l) = :two AND size(b) = :three', item, { ':five': 5, ':two': 2, ':three': 3 }),
  ).toBe(true)
  expect(decide('attribute_not_exists(pk)', null)).toBe(true)
})

test('conditions of any shape are decided as by a simple evaluator of their parts', () => {
  type Made = { text: string; value: (item: Record<string, number>) => boolean }
  const leaf = fc
    .tuple(
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([name, op, n]): Made => ({
      text: `${name} ${op} :n${n}`,
      value: (item) => {
        const v = item[name]
        if (v === undefined) return op === '<>'
        return op === '='
          ? v === n
          : op === '<>'
            ? v !== n
            : op === '<'
              ? v < n
              : op === '<='
                ? v <= n
                : op === '>'
                  ? v > n
                  : v >= n
      },
    }))
  const { tree } = fc.letrec<{ tree: Made }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([x, y]): Made => ({ text: `(${x.text}) AND (${y.text})`, value: (i) => x.value(i) && y.value(i) })),
      fc
        .tuple(tie('tree'), tie('tree'))
        .map(([x, y]): Made => ({ text: `(${x.text}) or (${y.text})`, value: (i) => x.value(i) || y.value(i) })),
      tie('tree').map((x): Made => ({ text: `NOT (${x.text})`, value: (i) => !x.value(i) })),
      // Without parentheses a chain of ORs of leaves joined by AND must group by precedence.
      fc.tuple(leaf, leaf, leaf).map(([x, y, z]): Made => ({
        text: `${x.text} OR ${y.text} AND ${z.text}`,
        value: (i) => x.value(i) || (y.value(i) && z.value(i)),
      })),
    ),
  }))
  const values = { ':n0': 0, ':n1': 1, ':n2': 2, ':n3': 3 }
  const item = fc.record(
    { a: fc.integer({ min: 0, max: 3 }), b: fc.integer({ min: 0, max: 3 }), c: fc.integer({ min: 0, max: 3 }) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      tree,
      item,
      (made, one) => void expect(decide(made.text, one, values)).toBe(made.value(one as Record<string, number>)),
    ),
    { numRuns: 500 },
  )
})

test('SET sets, adds, appends and keeps what is there; the old item stays as it was [DDB-R92, N.DYNAMODB-48]', () => {
  const item = { pk: 'a', n: 1, l: [1], m: { x: { y: 1 }, z: 2 } }
  const before = structuredClone(item)
  const after = change(
    'SET n = n + :d, l = list_append(l, :l), m.x.y = :v, #new = if_not_exists(#new, :v), o = if_not_exists(n, :v)',
    item,
    { ':d': 5, ':l': [2], ':v': 'v' },
    { '#new': 'a.b' },
  )
  expect(after).toEqual({ pk: 'a', n: 6, l: [1, 2], m: { x: { y: 'v' }, z: 2 }, 'a.b': 'v', o: 1 })
  expect(item).toEqual(before)
  expect(after['m']).not.toBe(item.m)
})

test('right sides see the item as it was before', () => {
  expect(change('SET a = b, b = a', { a: 1, b: 2 })).toEqual({ a: 2, b: 1 })
  expect(change('SET a = a - :d', { a: 1 }, { ':d': 3 })).toEqual({ a: -2 })
})

test('REMOVE takes attributes and members of lists by their old positions', () => {
  expect(change('REMOVE l[0], l[2], x, nothing', { l: ['a', 'b', 'c', 'd'], x: 1, y: 2 })).toEqual({
    l: ['b', 'd'],
    y: 2,
  })
})

test('ADD counts up and joins sets, DELETE takes members; an empty set goes [DDB-R92, N.DYNAMODB-17]', () => {
  expect(change('ADD n :d, s :s', { n: 1, s: { SS: ['a'] } }, { ':d': 2, ':s': { SS: ['a', 'b'] } })).toEqual({
    n: 3,
    s: { SS: ['a', 'b'] },
  })
  expect(change('ADD n :d', {}, { ':d': 2 })).toEqual({ n: 2 })
  expect(change('DELETE s :s', { s: { SS: ['a', 'b'] } }, { ':s': { SS: ['a'] } })).toEqual({ s: { SS: ['b'] } })
  expect(change('DELETE s :s', { s: { NS: [1] }, x: 1 }, { ':s': { NS: [1] } })).toEqual({ x: 1 })
})

test('a list grows at its end when a position behind it is set', () => {
  expect(change('SET l[9] = :v', { l: [1] }, { ':v': 2 })).toEqual({ l: [1, 2] })
})

test('several positions behind the end of a list are filled in their order', () => {
  expect(change('SET l[1] = :a, l[4] = :b - :a, l[2] = :b ADD l[8] :a', { l: [1] }, { ':a': 5, ':b': 7 })).toEqual({
    l: [1, 5, 7, 2, 5],
  })
})

test('operands may stand in parentheses', () => {
  expect(change('SET n = ((n) + (:v)), m = (:v)', { n: 1 }, { ':v': 2 })).toEqual({ n: 3, m: 2 })
})

test.each([
  ['REMOVE x.y', 'document path provided'],
  ['REMOVE t[0]', 'document path provided'],
  ['REMOVE x.y SET n = :v', 'document path provided'],
  ['SET pk = :v', 'Cannot update attribute pk'],
  ['SET a = :v, a.b = :v', 'Two document paths overlap'],
  ['SET a = :v SET b = :v', 'can only be used once'],
  ['SET a = nothing', 'does not exist in the item'],
  ['SET a = t + :v', 'incorrect data type'],
  ['SET x.y = :v', 'document path provided'],
  ['ADD t :v', 'incorrect data type'],
  ['SET a : v', 'Syntax error; token: ":"'],
  ['SET a = frob(:v)', 'Invalid function name; function: frob'],
  ['', 'can not be empty'],
  ['PUT a = :v', 'Syntax error; token: "PUT"'],
])('the update `%s` is refused: %s', (text, message) => {
  expect(() => change(text, { pk: 'k', t: 'text' }, { ':v': 1 })).toThrow(message)
})

test.each([
  'a =',
  'a = :v AND',
  '(a = :v',
  'a = :v)',
  'a BETWEEN :v',
  'size(a)',
  'begins_with(a)',
  'a == :v',
  'attribute_exists(:v)',
  'frob(a)',
  'a.[1] = :v',
  '__proto__ = :v',
])('the condition `%s` is refused', (text) => {
  expect(() => decide(text, {}, { ':v': 1 })).toThrow(/Invalid ConditionExpression/)
})

test('a projection keeps the chosen parts [N.DYNAMODB-54]', () => {
  const item = { a: 1, m: { x: 1, y: 2 }, l: ['p', 'q', 'r'] }
  expect(project(item, parseProjection('a, m.y, l[2], l[0], none').tree, given())).toEqual({
    a: 1,
    m: { y: 2 },
    l: ['p', 'r'],
  })
  expect(project(item, parseProjection('#m').tree, given({}, { '#m': 'm' }))).toEqual({ m: { x: 1, y: 2 } })
})
