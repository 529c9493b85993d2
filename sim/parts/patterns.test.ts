// Event patterns: the whole grammar of conditions, and what each of them refuses to match.
import { describe, expect, it } from 'vitest'
import { matches, type Pattern } from './patterns.ts'

const event = JSON.parse(`{
  "version": "0", "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2",
  "time": "2017-10-02T18:43:48Z", "resources": ["arn:one", "arn:two"],
  "detail": { "c-count": 5, "d-count": 9.99, "x-limit": 301.8, "state": "running", "ip": "10.0.0.33", "on": true, "none": null, "empty": "",
    "lines": [{ "sku": "a", "n": 1 }, { "sku": "b", "n": 2 }], "deep": { "er": { "yes": 1 } }, "nothing": [] }
}`) as unknown
const detail = (conditions: Record<string, unknown>): boolean => matches({ detail: conditions }, event)

describe('a pattern', () => {
  it('wants every field, of each one of its values, whole and in its own case; what it does not name it ignores [EB-20]', () => {
    const pattern: Pattern = { source: ['aws.s3', 'aws.ec2'], detail: { state: ['running'] } }
    expect(matches(pattern, event)).toBe(true)
    expect(matches({ ...pattern, version: ['1'] }, event)).toBe(false)
    expect(matches({ source: ['AWS.EC2'] }, event)).toBe(false)
    expect(matches({ source: ['aws'] }, event)).toBe(false)
    expect(matches({ Source: ['aws.ec2'] }, event)).toBe(false)
  })

  it('meets a list where they have an item in common [EB-20]', () => {
    expect(matches({ resources: ['arn:two', 'arn:three'] }, event)).toBe(true)
    expect(matches({ resources: ['arn:three'] }, event)).toBe(false)
  })

  it('wants all its fields of one and the same object of a list', () => {
    expect(detail({ lines: { sku: ['b'], n: [2] } })).toBe(true)
    expect(detail({ lines: { sku: ['a'], n: [2] } })).toBe(false)
  })

  it('tells null from the empty text, and both from what is missing [EB-21, EB-V2]', () => {
    expect([detail({ none: [null] }), detail({ none: [''] })]).toEqual([true, false])
    expect([detail({ empty: [''] }), detail({ empty: [null] })]).toEqual([true, false])
    expect([detail({ missing: [null] }), detail({ missing: [''] })]).toEqual([false, false])
  })

  it('compares numbers by value, however they are written [EB-21, EB-23]', () => {
    for (const written of ['301.8', '3.018e2', '301.80'])
      expect(detail({ 'x-limit': [JSON.parse(written)] })).toBe(true)
    expect(detail({ 'x-limit': ['301.8'] })).toBe(false)
    expect(matches({ n: [{ numeric: ['>', 5e9] }] }, { n: 5_000_000_000.000001 })).toBe(true)
    expect(detail({ on: [true] })).toBe(true)
  })

  it('takes numbers out of ranges [EB-22, EB-V1]', () => {
    const pattern: Pattern = {
      detail: {
        'c-count': [{ numeric: ['>', 0, '<=', 5] }],
        'd-count': [{ numeric: ['<', 10] }],
        'x-limit': [{ numeric: ['=', 3.018e2] }],
      },
    }
    expect(matches(pattern, event)).toBe(true)
    const count = (n: unknown): boolean =>
      matches(pattern, { detail: { 'c-count': n, 'd-count': 9.99, 'x-limit': 301.8 } })
    expect([count(0), count(1e-6), count(5), count(5.000001), count('3')]).toEqual([false, true, true, false, false])
  })

  it('asks for leaves: a map does not exist, nor a list without anything in it [EB-25, EB-V3]', () => {
    expect(detail({ state: [{ exists: true }] })).toBe(true)
    expect(detail({ deep: [{ exists: true }] })).toBe(false)
    expect(detail({ deep: [{ exists: false }] })).toBe(true)
    expect(detail({ nothing: [{ exists: true }] })).toBe(false)
    expect(detail({ none: [{ exists: true }] })).toBe(true)
    expect(matches({ detail: { state: [{ exists: true }] } }, { detail: { 'c-count': { c1: 100 } } })).toBe(false)
    expect(matches({ detail: { 'c-count': [{ exists: true }] } }, { detail: { 'c-count': { c1: 100 } } })).toBe(false)
    expect(matches({ no: { such: { branch: [{ exists: false }] } } }, event)).toBe(true)
  })

  it('knows beginnings and ends of texts [EB-22, EB-V4]', () => {
    expect(matches({ time: [{ prefix: '2017-10-02' }] }, event)).toBe(true)
    expect(matches({ time: [{ prefix: '2017-10-03' }] }, event)).toBe(false)
    const file = (FileName: unknown, condition: object): boolean => matches({ FileName: [condition] }, { FileName })
    expect(file('dir/image.png', { suffix: '.png' })).toBe(true)
    expect(file('dir/image.PNG', { suffix: '.png' })).toBe(false)
    expect(file('dir/image.PNG', { suffix: { 'equals-ignore-case': '.png' } })).toBe(true)
    expect(file('DIR/image', { prefix: { 'equals-ignore-case': 'dir' } })).toBe(true)
    expect(file('Image', { 'equals-ignore-case': 'iMAGE' })).toBe(true)
    expect(file('Images', { 'equals-ignore-case': 'image' })).toBe(false)
    expect(file(7, { prefix: '7' })).toBe(false)
  })

  it('knows stars, also those that are meant as such [EB-22]', () => {
    const fits = (wildcard: string, text: string): boolean => matches({ f: [{ wildcard }] }, { f: text })
    expect(fits('/docs/*/doc.txt', '/docs/a/b/doc.txt')).toBe(true)
    expect(fits('/docs/*/doc.txt', '/docs/doc.txt')).toBe(false)
    expect(fits('*', '')).toBe(true)
    expect(fits('a*b*c', 'a-b-b-c')).toBe(true)
    expect(fits('a*bc*c', 'abc')).toBe(false)
    expect(fits('ab', 'abc')).toBe(false)
    expect(fits('*.csv', '.csv')).toBe(true)
    expect(fits('a\\*b*', 'a*bcd')).toBe(true)
    expect(fits('a\\*b', 'axb')).toBe(false)
    expect(fits('a\\\\*', 'a\\b')).toBe(true)
  })

  it('excludes values, lists of them, and what conditions meet [EB-22]', () => {
    const but = (wanted: unknown, state: unknown = 'running'): boolean =>
      matches({ state: [{ 'anything-but': wanted }] }, { state })
    expect([but('stopped'), but('running'), but(['a', 'running']), but(5, 5), but(5, 6)]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ])
    expect([but({ prefix: 'run' }), but({ prefix: ['x', 'run'] }), but({ prefix: 'x' })]).toEqual([false, false, true])
    expect([but({ suffix: 'ing' }), but({ suffix: 'x' })]).toEqual([false, true])
    expect([but({ 'equals-ignore-case': ['RUNNING'] }), but({ wildcard: 'r*g' }), but({ wildcard: 'r*k' })]).toEqual([
      false,
      false,
      true,
    ])
    expect(matches({ state: [{ 'anything-but': 'x' }] }, {})).toBe(false)
    // Of a list, one item that is not excluded is enough.
    expect(but('a', ['a', 'b'])).toBe(true)
  })

  it('knows blocks of addresses [EB-22]', () => {
    expect(detail({ ip: [{ cidr: '10.0.0.0/24' }] })).toBe(true)
    expect(detail({ ip: [{ cidr: '10.0.1.0/24' }] })).toBe(false)
    const in6 = (ip: string): boolean => matches({ ip: [{ cidr: '2001:db8:1234:1a00::/64' }] }, { ip })
    expect(in6('2001:0db8:1234:1a00:0000:0000:0000:0001')).toBe(true)
    expect(in6('2001:db8:1234:1a01::')).toBe(false)
  })

  it('takes dots in a name for levels', () => {
    expect(detail({ 'deep.er.yes': [1] })).toBe(true)
    expect(detail({ 'deep.er': { yes: [1] } })).toBe(true)
    expect(detail({ 'lines.sku': ['b'] })).toBe(true)
    expect(detail({ 'deep.er.no': [1] })).toBe(false)
    expect(detail({ 'deep.er.no': [{ exists: false }] })).toBe(true)
    expect(matches({ 'a.b': [1] }, { 'a.b': 1 })).toBe(true)
    // Whatever part of it is a name with dots.
    expect(matches({ 'a.b.c': [1] }, { 'a.b': { c: 1 } })).toBe(true)
    expect(matches({ 'a.b.c': [1] }, { a: { 'b.c': 1 }, 'a.b': { c: 2 } })).toBe(true)
    expect(matches({ 'a.b.c': [{ exists: false }] }, { 'a.b': { c: 1 } })).toBe(false)
    expect(matches({ 'a.b.c': [{ exists: false }] }, { 'a.c': 1 })).toBe(true)
  })

  it('has alternatives, beside other fields and within them [EB-22]', () => {
    const pattern = {
      source: ['aws.ec2'],
      $or: [{ version: ['9'] }, { detail: { $or: [{ state: ['running'] }, { on: [0] }] } }],
    }
    expect(matches(pattern, event)).toBe(true)
    expect(matches({ ...pattern, source: ['aws.s3'] }, event)).toBe(false)
    expect(matches({ $or: [{ version: ['9'] }, { source: ['x'] }] }, event)).toBe(false)
  })

  it('takes `$or` for an ordinary name where it lists fewer than two maps, or an operator [EB-22]', () => {
    expect(matches({ $or: ['a'] }, { $or: 'a' })).toBe(true)
    expect(matches({ $or: [{ prefix: 'a' }, { suffix: 'z' }] }, { $or: 'abc' })).toBe(true)
    expect(matches({ $or: { a: [1] } }, { $or: { a: 1 } })).toBe(true)
  })

  it('does not find what events inherit', () => {
    expect(matches({ constructor: [{ exists: true }] }, {})).toBe(false)
    expect(matches({ toString: { name: ['toString'] } }, {})).toBe(false)
  })
})
