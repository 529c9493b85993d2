// Paths into events: where they lead, where they lead nowhere, and which texts are none.
import { describe, expect, it } from 'vitest'
import { readJsonPath, valueAt } from './json-path.ts'

const event = {
  'detail-type': 'Order Placed',
  resources: ['a', 'b'],
  detail: { items: [{ id: 1 }, { id: 2 }, {}], 'a/b': { 'c:d': 3 }, none: null },
}
const at = (text: string): unknown => valueAt(event, readJsonPath(text)!)

describe('paths', () => {
  it('lead by names, indices and wildcards, by dots or in brackets', () => {
    expect(at('$')).toBe(event)
    expect(at('$.detail-type')).toBe('Order Placed')
    expect(at("$['detail-type']")).toBe('Order Placed')
    expect(at('$["resources"][1]')).toBe('b')
    expect(at('$.detail.items[1].id')).toBe(2)
    expect(at('$.detail.items[*].id')).toEqual([1, 2])
    expect(at('$.detail.items.*.id')).toEqual([1, 2])
    expect(at('$.detail.a/b.c:d')).toBe(3)
    expect(at('$.detail.none')).toBeNull()
  })

  it('lead nowhere where nothing stands: no index into a map, no name in a list, nothing inherited', () => {
    for (const path of ['$.missing', '$.detail[0]', '$.resources.length', '$.resources[2]', '$.constructor'])
      expect(at(path), path).toBeUndefined()
    expect(at('$.detail.none.deeper')).toBeUndefined()
  })

  it('are refused when they are none', () => {
    for (const text of [
      '',
      'detail',
      '.detail',
      '$detail',
      '$.',
      '$.a..b',
      '$[',
      '$[-1]',
      '$[?(@.a)]',
      `$${'.a'.repeat(200)}`,
      3,
    ])
      expect(readJsonPath(text), String(text)).toBeUndefined()
  })
})
