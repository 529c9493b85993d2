// Patterns such as `4\d{2}`, `.*not found.*` and `[45]\d\d|throttled`: a part of regular expressions that never takes long.
//
// The one idea: without groups a pattern is a list of alternatives, each a row of single characters with a number of times, and
// all places in a row that a text may have come to are kept side by side. So a text is read once, whatever the pattern.

/** A character that may come from `least` to `most` times. */
interface Atom {
  readonly fits: (char: string) => boolean
  readonly repeats: boolean
}

/** Rows of atoms; `optional` ones may be left out. */
export interface SimplePattern {
  readonly rows: readonly (readonly { readonly atom: Atom; readonly optional: boolean }[])[]
}

const LENGTH_MAX = 1_000
const ATOMS_MAX = 2_000
const TIMES_MAX = 100
/** As much of a text is looked at. */
const TEXT_MAX = 10_000

const ANYTHING: SimplePattern['rows'][number] = [{ atom: { fits: () => true, repeats: true }, optional: true }]

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /[0-9]/,
  D: /[^0-9]/,
  w: /\w/,
  W: /\W/,
  s: /\s/,
  S: /\S/,
}

/**
 * Reads a pattern; undefined for one with groups or anything else beyond this part. A text fits as a whole, or, with 'anywhere',
 * when any part of it does, at the start behind `^` and at the end before `$`.
 */
export function parsePattern(text: string, where: 'whole' | 'anywhere' = 'whole'): SimplePattern | undefined {
  if (text.length > LENGTH_MAX) return undefined
  const rows: { atom: Atom; optional: boolean }[][] = [[]]
  const isAtStart: boolean[] = []
  const isAtEnd: boolean[] = []
  let atoms = 0
  for (let at = 0; at < text.length;) {
    const char = text[at]
    if (char === '|') {
      rows.push([])
      at++
      continue
    }
    const isStart = char === '^' && rows[rows.length - 1].length === 0
    if (isStart || (char === '$' && (text[at + 1] ?? '|') === '|')) {
      ;(isStart ? isAtStart : isAtEnd)[rows.length - 1] = true
      at++
      continue
    }
    const read = readAtom(text, at)
    if (read === undefined) return undefined
    const times = readTimes(text, read.next)
    if (times === undefined) return undefined
    const row = rows[rows.length - 1]
    const { least, most } = times
    for (let i = 0; i < least; i++) row.push({ atom: { fits: read.fits, repeats: false }, optional: false })
    if (most === Infinity) row.push({ atom: { fits: read.fits, repeats: true }, optional: true })
    else for (let i = least; i < most; i++) row.push({ atom: { fits: read.fits, repeats: false }, optional: true })
    atoms += least + 1
    if (atoms > ATOMS_MAX) return undefined
    at = times.next
  }
  if (where === 'whole') return { rows }
  return { rows: rows.map((row, i) => [...(isAtStart[i] ? [] : ANYTHING), ...row, ...(isAtEnd[i] ? [] : ANYTHING)]) }
}

function readAtom(text: string, at: number): { readonly fits: Atom['fits']; readonly next: number } | undefined {
  const char = text[at]
  if (char === '.') return { fits: () => true, next: at + 1 }
  if (char === '\\') {
    const named = text[at + 1]
    if (named === undefined || (/[A-Za-z0-9]/.test(named) && !Object.hasOwn(CLASSES, named))) return undefined
    const kind = CLASSES[named]
    return { fits: kind === undefined ? (other) => other === named : (other) => kind.test(other), next: at + 2 }
  }
  if (char === '[') {
    const end = text.indexOf(']', at + 2)
    const inside = text.slice(at + 1, end)
    if (end < 0 || !/^\^?(?:[\w\s]-[\w\s]|[\w\s.,:;!?#%&=@/]|\\[dws.\-[])+$/.test(inside)) return undefined
    const set = new RegExp(`[${inside}]`)
    return { fits: (other) => set.test(other), next: end + 1 }
  }
  if ('()*+?{}]^$'.includes(char)) return undefined
  return { fits: (other) => other === char, next: at + 1 }
}

function readTimes(
  text: string,
  at: number,
): { readonly least: number; readonly most: number; readonly next: number } | undefined {
  const char = text[at]
  const lazy = text[at + 1] === '?' ? 1 : 0
  if (char === '*') return { least: 0, most: Infinity, next: at + 1 + lazy }
  if (char === '+') return { least: 1, most: Infinity, next: at + 1 + lazy }
  if (char === '?') return { least: 0, most: 1, next: at + 1 + lazy }
  if (char !== '{') return { least: 1, most: 1, next: at }
  const found = /^\{(\d{1,3})(?:(,)(\d{0,3}))?\}/.exec(text.slice(at))
  if (found === null) return undefined
  const least = Number(found[1])
  const most = found[2] === undefined ? least : found[3] === '' ? Infinity : Number(found[3])
  if (least > TIMES_MAX || most < least || (most > TIMES_MAX && most !== Infinity)) return undefined
  return { least, most, next: at + found[0].length }
}

/** Whether the whole text fits. */
export function fitsPattern({ rows }: SimplePattern, text: string): boolean {
  return rows.some((row) => {
    let places = closed(row, new Set([0]))
    for (const char of text.slice(0, TEXT_MAX)) {
      const next = new Set<number>()
      for (const place of places) {
        const step = row[place]
        if (step === undefined || !step.atom.fits(char)) continue
        next.add(step.atom.repeats ? place : place + 1)
      }
      if (next.size === 0) return false
      places = closed(row, next)
    }
    return places.has(row.length)
  })
}

/** Places together with those behind what may be left out. */
function closed(row: SimplePattern['rows'][number], places: Set<number>): Set<number> {
  for (const place of places) if (row[place]?.optional === true) places.add(place + 1)
  return places
}
