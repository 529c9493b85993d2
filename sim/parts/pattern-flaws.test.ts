// What AWS refuses in event patterns.
import { describe, expect, it } from 'vitest'
import { combinationsOf, flawOfPattern } from './pattern-flaws.ts'

const leaf = (...values: unknown[]): string | undefined => flawOfPattern({ detail: { f: values } })

describe('an event pattern is refused', () => {
  it('when it is no map, or when a value stands where a list is wanted', () => {
    for (const pattern of ['text', ['not', 'a', 'map'], null, 7])
      expect(flawOfPattern(pattern)).toBe('Filter is not an object')
    expect(flawOfPattern({})).toBe('Empty objects are not allowed')
    expect(flawOfPattern({ detail: {} })).toBe('Empty objects are not allowed')
    expect(flawOfPattern({ source: 'aws.ec2' })).toBe('"source" must be an object or an array')
    expect(leaf()).toBe('Empty arrays are not allowed')
    expect(leaf(['a'])).toBe('Match value must be String, number, true, false, or null')
    expect(leaf('a', 1, true, null)).toBeUndefined()
  })

  it('when an operator is unknown, or not alone [EB-22]', () => {
    expect(leaf({ EXISTS: true })).toBe('Unrecognized match type EXISTS')
    expect(leaf({})).toBe('Match expression name not found')
    expect(leaf({ prefix: 'a', suffix: 'b' })).toBe('Only one key allowed in match expression')
  })

  it('when an operator gets what it does not take [EB-22]', () => {
    expect(leaf({ exists: 'yes' })).toBe('exists match pattern must be either true or false.')
    expect(leaf({ suffix: ['.png'] })).toBe('suffix match pattern must be a string')
    expect(leaf({ prefix: { 'equals-ignore-case': 'a' } }, { suffix: 'a' })).toBeUndefined()
    expect(leaf({ prefix: { 'equals-ignore-case': 7 } })).toBe('equals-ignore-case match pattern must be a string')
    expect(leaf({ wildcard: 'a**b' })).toBe('Consecutive wildcard characters at pos 2')
    expect(leaf({ wildcard: 'a\\**b\\\\' })).toBeUndefined()
    expect(leaf({ wildcard: 'a\\n' })).toBe('Invalid escape character at pos 1')
    expect(leaf({ wildcard: 'a\\' })).toBe('Invalid escape character at pos 1')
  })

  it('when a range is none [EB-22]', () => {
    const range = (...numeric: unknown[]): string | undefined => leaf({ numeric })
    expect([range('=', 5), range('<', 5), range('>=', -5, '<', 5)]).toEqual([undefined, undefined, undefined])
    expect(range()).toContain('Invalid member')
    expect(range('!', 5)).toContain('Unrecognized numeric range operator')
    expect(range('>', 0, '<')).toBe('Value of < must be numeric')
    expect(range('<', 5, '>', 0)).toContain('Bad numeric range operator')
    expect(range('>', 5, '<', 5)).toBe('Bottom must be less than top')
    expect(range('>', 1, '<', 2, '<', 3)).toContain('Too many')
  })

  it('when an address or a mask is none [EB-22]', () => {
    expect([leaf({ cidr: '10.0.0.0/32' }), leaf({ cidr: '::/0' }), leaf({ cidr: '1::2/128' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(leaf({ cidr: '10.0.0.0/33' })).toContain('mask bits')
    expect(leaf({ cidr: '1::2::3/64' })).toBe('Nonstandard IP address: 1::2::3')
    expect(leaf({ cidr: '10.0.0.256/8' })).toBe('Nonstandard IP address: 10.0.0.256')
    expect(leaf({ cidr: '1:2:3:4:5:6:7::8/64' })).toBe('Nonstandard IP address: 1:2:3:4:5:6:7::8')
  })

  it('when what is excluded is mixed, empty or of an unknown kind [EB-22]', () => {
    const but = (value: unknown): string | undefined => leaf({ 'anything-but': value })
    expect([but('a'), but(1), but(['a', 'b']), but([1, 2]), but({ wildcard: ['*a', 'b'] })]).toEqual(
      Array(5).fill(undefined),
    )
    expect(but(['a', 1])).toContain('mixed type')
    expect(but([null])).toContain('is not supported')
    expect(but(true)).toContain('must be an array')
    expect([but([]), but({ prefix: [] })]).toEqual(Array(2).fill('Empty arrays are not allowed'))
    expect(but({ exists: true })).toContain('Unsupported')
    expect(but({ suffix: 'a', prefix: 'b' })).toBe('Only one key allowed in match expression')
    expect(but({})).toBe('Match expression name not found')
  })
})

it('stands for the product of its alternatives, those within an alternative added up [EB-24]', () => {
  const or = (count: number): unknown[] => Array.from({ length: count }, (_, i) => ({ [`f${i}`]: [1] }))
  expect(combinationsOf({ source: ['a', 'b'] })).toBe(1)
  expect(combinationsOf({ $or: or(3), detail: { $or: or(4), deeper: { $or: or(5) } } })).toBe(60)
  expect(combinationsOf({ $or: [{ $or: or(3) }, { a: [1] }] })).toBe(4)
})
