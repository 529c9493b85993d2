// How many bytes a value takes as JSON text in UTF-8, without making the text.

/** Bytes of `value` as compact JSON; a value that JSON has no text for (a function, undefined) counts nothing. */
export function jsonSize(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return quotedSize(value)
    case 'number':
      return Number.isFinite(value) ? numberSize(value) : 4
    case 'boolean':
      return value ? 4 : 5
    case 'object':
      break
    default:
      return 0
  }
  if (value === null) return 4
  if (Array.isArray(value)) {
    let size = 2 + Math.max(0, value.length - 1)
    for (let i = 0; i < value.length; i++) size += value[i] === undefined ? 4 : jsonSize(value[i])
    return size
  }
  const keys = Object.keys(value)
  let size = 1
  for (let i = 0; i < keys.length; i++) {
    const field = (value as Record<string, unknown>)[keys[i]]
    if (field !== undefined) size += quotedSize(keys[i]) + 2 + jsonSize(field)
  }
  return size === 1 ? 2 : size
}

/** Bytes of a text in UTF-8. */
export function utf8Size(text: string): number {
  let size = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) size += unitExtra(unit)
  }
  return size
}

/** A text in quotes, its quotes, backslashes and control characters escaped as JSON does. */
function quotedSize(text: string): number {
  let size = text.length + 2
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      if (unit < 0x20) size += unit >= 8 && unit <= 13 && unit !== 11 ? 1 : 5
      else if (unit === 0x22 || unit === 0x5c) size++
    } else size += unitExtra(unit)
  }
  return size
}

/** Bytes beyond the first of a unit from U+0080 on. A surrogate pair is two units and four bytes; any other from U+0800 on is three bytes. */
function unitExtra(unit: number): number {
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
}

function numberSize(value: number): number {
  if (!Number.isInteger(value) || value >= 1e15 || value <= -1e15) return String(value).length
  let size = value < 0 ? 2 : 1
  for (let rest = Math.abs(value); rest >= 10; rest = Math.floor(rest / 10)) size++
  return size
}
