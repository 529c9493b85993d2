// How wide text stands in a terminal, and how a line is made safe and short enough to show.
//
// A scenario is somebody else's file: control characters in it could move the cursor or hide text, so none is ever printed.

const TAB = 4

/** Control characters, and those that turn the direction of writing. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * Text without control characters, escape sequences, direction overrides or commands to a CI runner (which obeys `::` at the
 * beginning of a line and `##[` anywhere); a character of each is replaced by `�`, so that columns stay where they are.
 */
export function plain(text: string): string {
  return unruled(text.replace(UNPRINTABLE, '\ufffd'))
}

function unruled(text: string): string {
  return text.replace(/##(?=\[|vso\[)/g, '#\ufffd').replace(/(?<!\S)::/g, ':\ufffd')
}

/** JSON that means the same and holds nothing that a terminal or a CI runner obeys. `indent` as for `JSON.stringify`. */
export function plainJson(value: unknown, indent?: number): string {
  const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value, undefined, indent)
    .replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped)
    .replace(/##(?=\[|vso\[)/g, '#\\u0023')
}

/** A word of a command as a shell reads it. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A source line as it is shown: one entry per UTF-16 unit, so that a column is an index. */
export interface Display {
  readonly pieces: readonly string[]
  /** Cells taken before each unit; one longer than `pieces`. */
  readonly offsets: readonly number[]
}

/** Tabs become spaces up to the next multiple of four; the second half of a surrogate pair shows as nothing. */
export function display(line: string): Display {
  const pieces: string[] = []
  const offsets = [0]
  let at = 0
  for (const character of unruled(line)) {
    const piece = character === '\t' ? ' '.repeat(TAB - (at % TAB)) : plain(character)
    at += character === '\t' ? piece.length : cells(piece)
    pieces.push(piece)
    offsets.push(at)
    for (let i = 1; i < character.length; i++) {
      pieces.push('')
      offsets.push(at)
    }
  }
  return { pieces, offsets }
}

/** The part of a line that fits into `room` cells and holds the units from `start` to `end`, as far as it can. */
export function crop(
  line: Display,
  start: number,
  end: number,
  room: number,
): { text: string; cellOf: (unit: number) => number } {
  const { pieces, offsets } = line
  const cellAt = (unit: number): number =>
    unit < offsets.length ? offsets[Math.max(0, unit)]! : offsets[offsets.length - 1]! + (unit - offsets.length + 1)
  const total = offsets[offsets.length - 1]!
  if (total <= room) return { text: pieces.join(''), cellOf: cellAt }
  const inner = room - 6
  const marked = Math.min(cellAt(end) - cellAt(start), inner)
  const wanted = Math.max(0, Math.min(cellAt(start) - Math.floor((inner - marked) / 2), total - inner))
  let first = 0
  while (first < pieces.length && offsets[first]! < wanted) first++
  let last = first
  while (last < pieces.length && offsets[last + 1]! - offsets[first]! <= inner) last++
  const before = first > 0 ? '...' : ''
  const after = last < pieces.length ? '...' : ''
  const base = offsets[first]!
  const shown = offsets[last]! - base
  return {
    text: before + pieces.slice(first, last).join('') + after,
    cellOf: (unit) => before.length + Math.max(0, Math.min(cellAt(unit) - base, shown)),
  }
}

/** Terminal cells of a text: two for East Asian wide characters and emoji, none for combining marks. */
export function cells(text: string): number {
  let sum = 0
  for (const character of text) sum += cellsOf(character.codePointAt(0)!)
  return sum
}

function cellsOf(code: number): number {
  if (code < 0x300) return 1
  if (code <= 0x36f || (code >= 0x1ab0 && code <= 0x1aff) || (code >= 0x20d0 && code <= 0x20ff)) return 0
  if (code === 0x200b || code === 0x200c || code === 0x200d || code === 0xfeff) return 0
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xfe20 && code <= 0xfe2f)) return 0
  for (let i = 0; i < WIDE.length; i += 2) {
    if (code >= WIDE[i]! && code <= WIDE[i + 1]!) return 2
  }
  return 1
}

/** Ranges of wide characters, first and last code point in turn. */
const WIDE = [
  0x1100, 0x115f, 0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf, 0xac00, 0xd7a3,
  0xf900, 0xfaff, 0xfe30, 0xfe4f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x1f300, 0x1f64f, 0x1f680, 0x1f6ff, 0x1f900, 0x1f9ff,
  0x20000, 0x3fffd,
]
