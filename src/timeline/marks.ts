// Where the words of marks stand on the time line: as many as fit, in two rows, never over each other.
import type { Mark } from '../sim.ts'
import type { Range } from './lanes.ts'

export interface PlacedMark {
  readonly mark: Mark
  readonly x: number
  /** Row of its words; undefined when there is no room: the shape alone stands there. */
  readonly row: 0 | 1 | undefined
  /** Its words stand before it: behind it the time line ends. */
  readonly left: boolean
}

const LETTER = 6.3
export const WORDS_MAX = 200
/** Most marks that are shown one by one. */
export const MARKS_MAX = 60

/** Places marks, given in order of time. */
export function placeMarks(marks: readonly Mark[], range: Range, width: number): PlacedMark[] {
  const ends: [number, number] = [-Infinity, -Infinity]
  return marks
    .filter((mark) => mark.time >= range.from && mark.time <= range.to)
    .slice(0, MARKS_MAX)
    .map((mark) => {
      const x = ((mark.time - range.from) / (range.to - range.from)) * width
      const words = Math.min(WORDS_MAX, mark.text.length * LETTER + 18)
      const left = x + words > width
      const start = left ? x - words : x - 6
      const row = start < 0 ? undefined : ([0, 1] as const).find((each) => start >= ends[each])
      if (row !== undefined) ends[row] = start + words + 8
      return { mark, x, row, left: left && row !== undefined }
    })
}
