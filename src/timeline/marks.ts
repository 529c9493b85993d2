// Where marks and their words stand on the time line: as many words as fit, in two rows, never over each other.
import type { Mark } from '../sim.ts'
import type { Range } from './range.ts'

export interface PlacedMark {
  readonly mark: Mark
  readonly x: number
  /** Row of its words; undefined when there is no room: the shape alone stands there. */
  readonly row: 0 | 1 | undefined
  /** Its words stand before it: behind it the time line ends. */
  readonly left: boolean
  /** From where to where its words and its shape reach. */
  readonly start: number
  readonly end: number
}

const LETTER = 6.4
const SHAPE = 12
export const WORDS_MAX = 200
/** Shapes closer than this are one: the strip of densities tells how many there are. */
const APART = 9
/** Most marks that are shown one by one. */
export const MARKS_MAX = 60
/** Width of a column of the strip of densities, in CSS pixels. */
export const COLUMN = 4

/** What says most has its words first. */
const RANK: Readonly<Record<Mark['kind'], number>> = {
  parting: 0,
  fault: 1,
  deployment: 2,
  alarm: 3,
  first: 4,
  action: 5,
}

const xOf = (time: number, range: Range, width: number): number =>
  ((time - range.from) / (range.to - range.from)) * width

/** Places marks that are in the range; those that would stand on another one are left to the strip of densities. */
export function placeMarks(marks: readonly Mark[], range: Range, width: number): PlacedMark[] {
  const rows: PlacedMark[][] = [[], []]
  const shapes: PlacedMark[] = []
  const inRange = marks.filter((mark) => mark.time >= range.from && mark.time <= range.to)
  const byRank = [...inRange].sort((a, b) => RANK[a.kind] - RANK[b.kind] || a.time - b.time)
  for (const mark of byRank) {
    if (shapes.length >= MARKS_MAX) break
    const x = xOf(mark.time, range, width)
    const words = Math.min(WORDS_MAX, mark.text.length * LETTER + SHAPE + 6)
    const left = x + words > width
    const start = left ? x - words + SHAPE / 2 : x - SHAPE / 2
    const span = { start: Math.max(0, start), end: start + words }
    const isFree = (row: readonly PlacedMark[]): boolean =>
      row.every((other) => span.start >= other.end + 8 || span.end + 8 <= other.start)
    const row =
      start < -SHAPE / 2 || span.end > width ? undefined : ([0, 1] as const).find((each) => isFree(rows[each]))
    if (row === undefined && shapes.some((other) => Math.abs(other.x - x) < APART)) continue
    const placed: PlacedMark =
      row === undefined
        ? { mark, x, row, left: false, start: x - SHAPE / 2, end: x + SHAPE / 2 }
        : { mark, x, row, left, ...span }
    shapes.push(placed)
    if (row !== undefined) rows[row].push(placed)
  }
  return shapes.sort((a, b) => a.x - b.x)
}

/** How many marks there are in each column of the strip, `COLUMN` CSS pixels wide. */
export function densityOf(marks: readonly Mark[], range: Range, width: number): number[] {
  const columns = Math.max(1, Math.ceil(width / COLUMN))
  const counts = Array.from({ length: columns }, () => 0)
  for (const { time } of marks) {
    if (time < range.from || time > range.to) continue
    counts[Math.min(columns - 1, Math.floor(xOf(time, range, width) / COLUMN))]++
  }
  return counts
}
