// Tests the size of JSON texts against the texts themselves.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonSize, utf8Size } from './json-size.ts'

describe('jsonSize', () => {
  it('is the length in bytes of what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(jsonSize(value)).toBe(new TextEncoder().encode(JSON.stringify(value)).length)
      }),
    )
  })

  it('leaves out fields that are undefined and counts control characters as escaped', () => {
    expect(jsonSize({ a: undefined, b: 1 })).toBe('{"b":1}'.length)
    expect(jsonSize('\n\u0001"\\\b')).toBe(JSON.stringify('\n\u0001"\\\b').length)
    expect(jsonSize([undefined, null])).toBe('[null,null]'.length)
    expect(jsonSize({})).toBe(2)
  })

  it('counts a text alone without quotes', () => {
    expect(utf8Size('aé€😀')).toBe(1 + 2 + 3 + 4)
  })
})
