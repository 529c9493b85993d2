// The fact sheet's vectors of filter policies; the corpus has more of them (`npm run conformance -- --only sns`).
import { expect, test } from 'vitest'
import { flawOf, verdictOf, type Scope } from './filter-policy.ts'

const text = (StringValue: string) => ({ DataType: 'String', StringValue })
const number = (value: number) => ({ DataType: 'Number', StringValue: String(value) })
const list = (...values: string[]) => ({ DataType: 'String.Array', StringValue: JSON.stringify(values) })
const accepts = (policy: any, attributes: any): boolean =>
  verdictOf(policy, 'MessageAttributes', attributes, '') === 'accepted'
const body = (policy: any, value: unknown, scope: Scope = 'MessageBody'): string =>
  verdictOf(policy, scope, undefined, value)

test('one of several values is enough [SNS-31, SNS-V1]', () => {
  const policy = { interests: ['rugby', 'tennis'] }
  expect(['rugby', 'tennis', 'baseball'].map((word) => accepts(policy, { interests: text(word) }))).toEqual([
    true,
    true,
    false,
  ])
  expect([body(policy, { interests: 'rugby' }), body(policy, { interests: 'baseball' })]).toEqual([
    'accepted',
    'MessageBody',
  ])
})

test('beginnings, ends, case, blocks of addresses, numbers [SNS-32, SNS-V2, SNS-V5, SNS-V6]', () => {
  const one = (condition: unknown, attribute: unknown): boolean => accepts({ a: [condition] }, { a: attribute })
  expect(['baseball', 'basketball', 'rugby'].map((word) => one({ prefix: 'bas' }, text(word)))).toEqual([
    true,
    true,
    false,
  ])
  expect(one({ suffix: 'ball' }, text('football'))).toBe(true)
  expect(one({ 'equals-ignore-case': 'tennis' }, text('TENNIS'))).toBe(true)
  const prices = [0.01, 150, 0, 150.01, -1].map((price) => one({ numeric: ['>', 0, '<=', 150] }, number(price)))
  expect(prices).toEqual([true, true, false, false, false])
  const addresses = ['10.0.0.0', '10.0.0.255', '10.1.1.0', '10.0.0.256'].map((address) =>
    one({ cidr: '10.0.0.0/24' }, text(address)),
  )
  expect(addresses).toEqual([true, true, false, false])
  expect([one({ cidr: '0.0.0.0/0' }, text('8.8.8.8')), one({ cidr: '8.8.8.8/32' }, text('8.8.8.9'))]).toEqual([
    true,
    false,
  ])
})

test('anything but some values: of a list, one other is enough [SNS-33, SNS-V3, SNS-V4]', () => {
  const policy = { interests: [{ 'anything-but': ['rugby', 'tennis'] }] }
  const interests = [text('baseball'), text('football'), list('rugby', 'baseball'), text('rugby'), list('rugby')]
  expect(interests.map((each) => accepts(policy, { interests: each }))).toEqual([true, true, true, false, false])
  const events = ['data-entry', 'order_number', 'order-cancelled'].map((word) =>
    accepts({ event: [{ 'anything-but': { prefix: 'order-' } }] }, { event: text(word) }),
  )
  expect(events).toEqual([true, true, false])
})

test('all keys must match, and be there unless they must not [SNS-31, SNS-V8, SNS-V9]', () => {
  const policy = { interests: ['rugby'], price: [{ numeric: ['>', 100] }] }
  const of = (price: number): boolean => accepts(policy, { interests: text('rugby'), price: number(price) })
  expect([of(100.01), of(100), accepts(policy, { price: number(101) })]).toEqual([true, false, false])
  expect([accepts({ a: [{ exists: false }] }, {}), accepts({ a: [{ exists: false }] }, { a: text('x') })]).toEqual([
    true,
    false,
  ])
  expect(
    accepts(
      {
        store: ['example_corp'],
        event: [{ 'anything-but': 'order_cancelled' }],
        interests: ['rugby', 'football', 'baseball'],
        price: [{ numeric: ['>=', 100] }],
      },
      {
        interests: list('soccer', 'rugby', 'hockey'),
        store: text('example_corp'),
        event: text('order_placed'),
        price: number(210.75),
      },
    ),
  ).toBe(true)
})

test('why a message is kept back [SNS-36]', () => {
  expect(verdictOf({ a: ['x'] }, 'MessageAttributes', {}, '')).toBe('NoMessageAttributes')
  expect(verdictOf({ a: ['x'] }, 'MessageAttributes', { a: text('y') }, '')).toBe('MessageAttributes')
  expect(
    verdictOf({ a: ['x'] }, 'MessageAttributes', { a: { DataType: 'String.Array', StringValue: "['x']" } }, ''),
  ).toBe('InvalidAttributes')
  expect(body({ a: ['x'] }, 'no json')).toBe('InvalidMessageBody')
  expect(body({ a: { b: ['x'] } }, '{"a":[{"b":"y"},{"b":"x"}]}')).toBe('accepted')
})

test('combinations are the values of all keys multiplied [SNS-34, SNS-V7]', () => {
  const values = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
  const of = (more: number) =>
    flawOf({ key_a: values(3), key_b: values(1), key_c: values(2), key_d: values(more) }, 'MessageAttributes')
  expect(of(25)).toBeUndefined()
  expect(of(26)).toMatch(/^has 156 combinations/)
})

test('names of the prototype are names like others', () => {
  expect(accepts({ constructor: ['x'] }, {})).toBe(false)
  expect(
    accepts(JSON.parse('{"__proto__":["x"]}'), JSON.parse('{"__proto__":{"DataType":"String","StringValue":"x"}}')),
  ).toBe(true)
})

test('conditions take what their operators do, and exclude beginnings alone [SNS-32]', () => {
  const flaw = (condition: unknown): string | undefined => flawOf({ key: [condition] }, 'MessageAttributes')
  expect(flaw({ suffix: 'x' })).toBeUndefined()
  expect(flaw({ 'anything-but': { prefix: 'x' } })).toBeUndefined()
  expect(flaw({ suffix: 100 })).toContain('on `key`: suffix match pattern must be a string')
  expect(flaw({ cidr: '10.0.0.0' })).toContain("one '/' required")
  expect(flaw({ 'anything-but': { suffix: 'x' } })).toContain('Unsupported anything-but pattern: suffix')
  expect(flawOf({ key: [] }, 'MessageAttributes')).toContain('Empty arrays')
})
