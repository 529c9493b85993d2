// Names, types and values of a message's attributes.
import { describe, expect, it } from 'vitest'
import { flawOfAttributes } from './message-attributes.ts'

const flaw = (attribute: object, name = 'a'): string | undefined => flawOfAttributes({ [name]: attribute })?.[1]
const text = { DataType: 'String', StringValue: 'x' }

describe('attributes of a message [SNS-03]', () => {
  it('have a value in the member that their type says', () => {
    for (const DataType of ['String', 'Number', 'Number.int', 'String.Array', 'String.  label.'])
      expect(flaw({ DataType, StringValue: '1' })).toBeUndefined()
    expect(flaw({ DataType: 'Binary.png', BinaryValue: 'eA==' })).toBeUndefined()
    expect(flaw({ DataType: 'String', StringValue: '' })).toContain(
      "non-empty message attribute value for message attribute type 'String'",
    )
    expect(flaw({ DataType: 'Binary' })).toContain("type 'Binary'.")
    expect(flaw({ DataType: 'Number', BinaryValue: 'eA==' })).toContain("must use field 'String'")
    expect(flaw({ DataType: 'Binary', StringValue: 'x' })).toContain("must use field 'Binary'")
  })

  it('have one of three types, with a label behind a dot or without', () => {
    for (const DataType of ['String.', 'Stringly', 'Boolean', ''])
      expect(flaw({ ...text, DataType })).toContain('supported type prefixes')
    expect(flawOfAttributes({ a: { StringValue: 'x' } })?.[0]).toBe('ValidationError')
  })

  it('have names of letters, digits, hyphens, underscores and single dots inside', () => {
    for (const name of ['a', 'a.b-c_D.9', 'x'.repeat(255)]) expect(flaw(text, name)).toBeUndefined()
    expect(flaw(text, 'x'.repeat(256))).toContain('less than 256 bytes')
    expect(flaw(text, 'a^*?')).toContain("'#x5E'")
    expect(flaw(text, '.a')).toContain('starting with')
    expect(flaw(text, 'a.')).toContain('ending with')
    expect(flaw(text, 'a..b')).toContain('successive')
  })
})
