// Values of an axis as rows of a table: each by itself, or neighbours together where they are many or drawn at random.
import { sizeOf } from './space.ts'

export interface Group {
  readonly label: string
  /** The middle of its values, where they are numbers. */
  readonly size?: number
  /** Of its values in the axis' order. */
  readonly places: readonly number[]
}

/** More values than this are put together. */
const ROWS_MAX = 40
const ROWS_TOGETHER = 8

export function groupsOf(values: readonly string[], isDrawn: boolean): readonly Group[] {
  const isMany = values.length > (isDrawn ? ROWS_TOGETHER : ROWS_MAX)
  const rows = isMany ? (isDrawn ? ROWS_TOGETHER : ROWS_MAX / 2) : values.length
  return Array.from({ length: rows }, (_, row) => {
    const first = Math.floor((row * values.length) / rows)
    const last = Math.floor(((row + 1) * values.length) / rows) - 1
    const size = (sizeOf(values[first]!) + sizeOf(values[last]!)) / 2
    return {
      label: first === last ? values[first]! : `${values[first]} to ${values[last]}`,
      ...(Number.isNaN(size) ? {} : { size }),
      places: Array.from({ length: last - first + 1 }, (_, i) => first + i),
    }
  })
}
