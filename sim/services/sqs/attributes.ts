// Message attributes: what SQS takes, and the checksum by which a client knows that they arrived.
import { isMap } from '../../parts/entries.ts'
import { md5Hex } from '../../parts/hash.ts'
import { utf8Size } from '../../parts/json-size.ts'

/** As the API spells them; of a binary one the value is base64. */
export type Attributes = Readonly<
  Record<string, { readonly DataType?: string; readonly StringValue?: unknown; readonly BinaryValue?: string }>
>

const NAME = /^(?!aws\.|amazon\.)[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i
const NAME_MAX = 256
const TYPE = /^(String|Number|Binary)(\..{1,249})?$/

/** Whether SQS takes the attributes of a message: names, types and values. */
export function areAttributes(attributes: Attributes, most: number): boolean {
  if (!isMap(attributes)) return false
  const names = Object.keys(attributes)
  return (
    names.length <= most &&
    names.every((name) => {
      const { DataType: type, StringValue: text, BinaryValue: bytes } = attributes[name] ?? {}
      const value = isBinary(type) ? bytes : text
      return (
        name.length <= NAME_MAX &&
        NAME.test(name) &&
        TYPE.test(String(type)) &&
        value !== undefined &&
        value !== '' &&
        (!String(type).startsWith('Number') || NUMBER.test(String(value)))
      )
    })
  )
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

/** Bytes of the attributes: names, types and values (SQS-71). */
export function attributesSize(attributes: Attributes): number {
  let size = 0
  for (const name of Object.keys(attributes)) {
    const { DataType: type = '', StringValue: text = '', BinaryValue: bytes } = attributes[name] ?? {}
    size += utf8Size(name) + utf8Size(String(type))
    size += bytes === undefined ? utf8Size(String(text)) : bytesOf(bytes).length
  }
  return size
}

/** The MD5 of the attributes in order of their names (SQS-72). */
export function md5OfAttributes(attributes: Attributes): string {
  const bytes: number[] = []
  const add = (part: ArrayLike<number>): void => {
    const { length } = part
    bytes.push(length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255)
    for (let i = 0; i < length; i++) bytes.push(part[i])
  }
  const names = Object.keys(attributes).sort()
  for (const name of names) {
    const { DataType: type = '', StringValue: text = '', BinaryValue: binary } = attributes[name]
    add(utf8(name))
    add(utf8(type))
    bytes.push(isBinary(type) ? 2 : 1)
    add(isBinary(type) ? bytesOf(binary ?? '') : utf8(String(text)))
  }
  return md5Hex(Uint8Array.from(bytes))
}

const isBinary = (type: unknown): boolean => String(type).startsWith('Binary')
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes of a base64 text. */
function bytesOf(base64: string): Uint8Array {
  const found: number[] = []
  let bits = 0
  let held = 0
  for (const letter of base64) {
    const digit = DIGITS.indexOf(letter)
    if (digit < 0) continue
    held = ((held << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    found.push((held >>> bits) & 255)
  }
  return Uint8Array.from(found)
}
