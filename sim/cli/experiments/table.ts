// A table of texts in a terminal: aligned, and no wider than it.
import { shorten } from '../wrap.ts'

/** Names are shortened to this before a column is spared, and to that when none can be. */
const FIRST_SHORT = 30
const FIRST_LEAST = 16

export interface TableColumn {
  readonly head: string
  /** Names stand to the left, figures to the right. */
  readonly side: 'left' | 'right'
  /** A narrow terminal does without this one; those with the lowest number go first. */
  readonly spared?: number
}

/** Lines of a table, its head first. Where it is too wide, names are shortened, then columns are spared, then names are shortened further. */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const widths = columns.map(({ head }, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)))
  let shown = columns.map((_, i) => i)
  const over = (): number => shown.reduce((sum, i) => sum + widths[i]! + 2, -2) - width
  const spared = shown.filter((i) => columns[i]!.spared !== undefined)
  for (const i of spared.sort((a, b) => columns[a]!.spared! - columns[b]!.spared!))
    if (over() - Math.max(0, widths[0]! - FIRST_SHORT) > 0) shown = shown.filter((each) => each !== i)
  widths[0] = Math.max(Math.min(widths[0]!, FIRST_LEAST), widths[0]! - Math.max(0, over()))
  const line = (row: readonly string[]): string =>
    shown
      .map((i) => {
        const cell = i === 0 ? shorten(row[i]!, widths[i]!) : row[i]!
        return columns[i]!.side === 'left' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)
      })
      .join('  ')
      .trimEnd()
  return [columns.map(({ head }) => head), ...rows].map(line)
}
