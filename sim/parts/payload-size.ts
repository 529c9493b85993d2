// Whether a payload is too large. Nearly none is, so a bound that is cheap comes before the size that is exact.
import { jsonSize } from './json-size.ts'

/** The longest text of a number, and of `false`. */
const SCALAR = 25
/** The most bytes that a character takes in JSON: an escaped control character. */
const ESCAPED = 6

/** Whether `value` takes more than `limit` bytes as JSON text, or says so itself (`BodySize`). */
export function exceeds(value: unknown, limit: number): boolean {
  return (bound(value) > limit && jsonSize(value) > limit) || saidSize(value) > limit
}

/** Bytes of a payload: as it says itself, at least those of its JSON text. */
export function sizeOf(value: unknown): number {
  return Math.max(saidSize(value), jsonSize(value))
}

/** What a payload says of its size, as handlers do that answer with more than they write down; 0 = nothing. */
function saidSize(value: unknown): number {
  const said = typeof value === 'object' && value !== null ? (value as { BodySize?: unknown }).BodySize : undefined
  return typeof said === 'number' ? said : 0
}

/** No fewer bytes than the value takes; punctuation counts with the element that it follows. */
function bound(value: unknown): number {
  if (typeof value === 'string') return ESCAPED * value.length + 3
  if (typeof value !== 'object' || value === null) return SCALAR
  let size = 3
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) size += bound(value[i])
    return size
  }
  const keys = Object.keys(value)
  for (let i = 0; i < keys.length; i++)
    size += ESCAPED * keys[i].length + 4 + bound((value as Record<string, unknown>)[keys[i]])
  return size
}
