// Attribute values as plain values: their types, sizes, order and equality.
//
// A text, number, true or false, null, list and map stand for themselves. What has no plain form is written as in the
// API: `{ SS: […] }`, `{ NS: […] }` and `{ BS: […] }` for sets, `{ B: 'base64' }` for bytes.

/** An item: attribute values by attribute name. Made once, never changed. */
export type Item = Readonly<Record<string, unknown>>
export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS'

/** A mistake in a request, answered as `ValidationException`. */
export class Invalid extends Error {
  override readonly name = 'Invalid'
}

const DEPTH_MAX = 32

/** The DynamoDB type of a plain value; undefined for what no attribute can hold. */
export function typeOf(value: unknown): AttributeType | undefined {
  switch (typeof value) {
    case 'string':
      return 'S'
    case 'number':
      return value - value === 0 ? 'N' : undefined
    case 'boolean':
      return 'BOOL'
    case 'object': {
      if (value === null) return 'NULL'
      if (Array.isArray(value)) return 'L'
      return taggedType(value as Item) ?? 'M'
    }
    default:
      return undefined
  }
}

/** The type of a value that is written as in the API, or undefined for an ordinary map. */
function taggedType(value: Item): 'B' | 'SS' | 'NS' | 'BS' | undefined {
  let tag: 'B' | 'SS' | 'NS' | 'BS'
  if (Object.hasOwn(value, 'SS')) tag = 'SS'
  else if (Object.hasOwn(value, 'NS')) tag = 'NS'
  else if (Object.hasOwn(value, 'BS')) tag = 'BS'
  else if (Object.hasOwn(value, 'B')) tag = 'B'
  else return undefined
  const inner = value[tag]
  if (tag === 'B' ? typeof inner !== 'string' : !Array.isArray(inner)) return undefined
  return Object.keys(value).length === 1 ? tag : undefined
}

/** The members of a set of the given type. */
export function membersOf(set: unknown, type: 'SS' | 'NS' | 'BS'): readonly (string | number)[] {
  return (set as Record<string, readonly (string | number)[]>)[type]!
}

export function isSet(type: AttributeType | undefined): type is 'SS' | 'NS' | 'BS' {
  return type === 'SS' || type === 'NS' || type === 'BS'
}

/** Size of an item in bytes: the names of its attributes and their values (DDB-R1). Throws `Invalid` for a value that cannot be stored. */
export function itemSize(item: Item): number {
  let size = 0
  const names = Object.keys(item)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    size += utf8Length(name) + sizeOf(item[name], 1)
  }
  return size
}

/** Size of a value in bytes (DDB-R2). */
export function sizeOf(value: unknown, depth = 1): number {
  switch (typeof value) {
    case 'string':
      return utf8Length(value)
    case 'number':
      return numberSize(value)
    case 'boolean':
      return 1
    case 'object':
      return value === null ? 1 : compoundSize(value, depth)
    default:
      throw new Invalid('an attribute has no value: a path of the handler leads nowhere')
  }
}

function compoundSize(value: object, depth: number): number {
  if (depth > DEPTH_MAX) throw new Invalid('Nesting Levels have exceeded supported limits')
  if (Array.isArray(value)) {
    let size = 3
    for (let i = 0; i < value.length; i++) size += 1 + sizeOf(value[i], depth + 1)
    return size
  }
  const tag = taggedType(value as Item)
  if (tag === 'B') return base64Length((value as { B: string }).B)
  if (tag !== undefined) return setSize(membersOf(value, tag), tag)
  let size = 3
  const names = Object.keys(value)
  for (let i = 0; i < names.length; i++) size += 1 + utf8Length(names[i]) + sizeOf((value as Item)[names[i]], depth + 1)
  return size
}

function setSize(members: readonly (string | number)[], type: 'SS' | 'NS' | 'BS'): number {
  if (members.length === 0) throw new Invalid('One or more parameter values were invalid: An empty set is not allowed')
  let size = 0
  const seen = new Set<string | number>()
  for (const member of members) {
    if ((type === 'NS') !== (typeof member === 'number'))
      throw new Invalid(`a member of a set has another type than ${type}`)
    if (seen.has(member))
      throw new Invalid('One or more parameter values were invalid: Input collection contains duplicates')
    seen.add(member)
    size += typeof member === 'number' ? numberSize(member) : type === 'BS' ? base64Length(member) : utf8Length(member)
  }
  return size
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    // A pair of surrogates is one character of four bytes: its second half is already in.
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
  }
  return bytes
}

function base64Length(text: string): number {
  let digits = text.length
  while (digits > 0 && text.charCodeAt(digits - 1) === 61) digits--
  return Math.floor((digits * 3) / 4)
}

/** 1 byte and half a byte for each significant digit, zeros at both ends not counted; digits are stored in pairs, a sign takes 1 byte (DDB-R3). */
function numberSize(value: number): number {
  if (value === 0) return 1
  const rest = Math.abs(value)
  if (!(rest - rest === 0)) throw new Invalid('a number is infinite or not a number')
  let digits = 0
  // The place of the first digit: 0 = it stands before the point.
  let first = -1
  if (rest < 9007199254740992 && Math.floor(rest) === rest) {
    let left = rest
    while (left % 10 === 0) {
      left /= 10
      first++
    }
    while (left >= 1) {
      left = Math.floor(left / 10)
      digits++
    }
    first += digits
  } else {
    const [mantissa, exponent] = rest.toExponential().split('e')
    digits = mantissa.replace('.', '').length
    first = Number(exponent)
  }
  const isOddPair = digits % 2 === 0 && first % 2 === 0
  return 1 + ((digits + 1) >> 1) + (isOddPair ? 1 : 0) + (value < 0 ? 1 : 0)
}

/** Equality of attribute values: type and content; sets in any order. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a === b) return a !== undefined
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const type = typeOf(a)
  if (type !== typeOf(b)) return false
  if (type === 'B') return (a as { B: string }).B === (b as { B: string }).B
  if (isSet(type)) {
    const left = membersOf(a, type)
    const right = new Set(membersOf(b, type))
    return left.length === right.size && left.every((member) => right.has(member))
  }
  if (type === 'L') {
    const left = a as readonly unknown[]
    const right = b as readonly unknown[]
    return left.length === right.length && left.every((value, i) => equalValues(value, right[i]))
  }
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && equalValues((a as Item)[name], (b as Item)[name]))
}

/** Order of two values of one orderable type (S, N, B): negative, 0, positive; NaN when they cannot be compared. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  if (typeOf(a) === 'B' && typeOf(b) === 'B')
    return compareTexts(bytesOf((a as { B: string }).B), bytesOf((b as { B: string }).B))
  return Number.NaN
}

/** Order of texts by their UTF-8 bytes, which is the order of code points. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // Surrogates stand for code points above all other units.
    if (x !== y) return rankOfUnit(x) - rankOfUnit(y)
  }
  return a.length - b.length
}

function rankOfUnit(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes of a base64 text, one character each. */
export function bytesOf(base64: string): string {
  let out = ''
  let bits = 0
  let held = 0
  for (let i = 0; i < base64.length; i++) {
    const digit = BASE64.indexOf(base64.charAt(i))
    if (digit < 0) break
    held = ((held << 6) | digit) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out += String.fromCharCode((held >> bits) & 0xff)
    }
  }
  return out
}
