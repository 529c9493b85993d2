// One column of numbers out of a CSV file: measured latencies, sizes, or the times of a recorded trace.
import type { Slug } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { flaw, found, quote } from './outcome.ts'
import type { Flaw, Outcome } from './outcome.ts'

/** More values than this are not read into one distribution. */
export const VALUES_MAX = 1_000_000
/** Nor are files of more lines, empty ones among them. */
const LINES_MAX = 4_000_000
/** More cells of a line than this are not read. */
const CELLS_MAX = 10_000

/** A flaw of the file; `about` says whether the name of the column or what the file holds is the reason. */
export type ColumnFlaw = Flaw & { readonly about: 'column' | 'file' }

/**
 * The values of a column, each read by `read`. `column` is a name of the header line or a number counted from 1; without it
 * the first column is taken. A first line whose cell cannot be read is a header. Empty lines are passed over.
 */
export function readColumn(
  text: string,
  column: string | undefined,
  read: (cell: string) => Outcome<number>,
): { readonly ok: true; readonly value: number[] } | ColumnFlaw {
  const values: number[] = []
  let index = column === undefined ? 0 : /^[1-9]\d{0,3}$/.test(column) ? Number(column) - 1 : -1
  let first = true
  let line = 0
  const rows = new Rows(text)
  for (let row = rows.next(); row !== undefined; row = rows.next()) {
    line = row.line
    if (line > LINES_MAX) return aboutFile('too-many-values', `more than ${LINES_MAX} lines`)
    const { cells } = row
    if (first) {
      first = false
      if (index < 0) {
        index = cells.indexOf(column as string)
        if (index < 0) return aboutColumn(column as string, cells)
        continue
      }
      if (index >= cells.length) return aboutColumn(column as string, cells)
      if (!read(cells[index]!).ok && isHeader(cells[index]!)) continue
    }
    const cell = cells[index]
    if (cell === undefined)
      return aboutFile('missing-column', `line ${line} has ${cells.length} cells, not ${index + 1},`)
    const value = read(cell)
    if (!value.ok)
      return {
        ...aboutFile(value.slug, `line ${line}: ${value.message}`),
        ...(value.help === undefined ? {} : { help: value.help }),
      }
    if (values.length === VALUES_MAX) return aboutFile('too-many-values', `more than ${VALUES_MAX} values`)
    values.push(value.value)
  }
  if (values.length === 0) return aboutFile('no-values', 'no values')
  return found(values) as { ok: true; value: number[] }
}

/** A cell that begins with a letter is a title; anything else that cannot be read is a mistake to be told. */
function isHeader(cell: string): boolean {
  return /^[\p{L}_$]/u.test(cell)
}

function aboutFile(slug: Slug, message: string): ColumnFlaw {
  return { ...flaw(slug, message, 0, 1), about: 'file' }
}

function aboutColumn(column: string, header: readonly string[]): ColumnFlaw {
  const near = nearest(column, header)
  const words = {
    label: near === undefined ? undefined : `did you mean ${quote(near)}?`,
    help: `columns are ${header.slice(0, 20).map(quote).join(', ')}`,
  }
  return { ...flaw('unknown-column', `no column ${quote(column)}`, 0, 1, words), about: 'column' }
}

interface Row {
  /** Counted from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** The lines that hold something, one by one: a file of many lines is read no further than it is needed. */
class Rows {
  private readonly text: string
  private readonly end = /\r\n|\n|\r|$/g
  private from = 0
  private line = 0

  constructor(text: string) {
    this.text = text
  }

  next(): Row | undefined {
    while (this.from < this.text.length) {
      this.end.lastIndex = this.from
      const { index, 0: mark } = this.end.exec(this.text) as RegExpExecArray // The end of the text always is one.
      const row = this.text.slice(this.from, index)
      this.from = index + Math.max(1, mark.length)
      this.line++
      if (row.trim() !== '' || this.line > LINES_MAX) return { line: this.line, cells: cellsOf(row) }
    }
    return undefined
  }
}

/** Cells between commas, as many as a column may be counted; a quoted cell may hold commas, and two quotes in it are one. */
function cellsOf(line: string): string[] {
  const cells: string[] = []
  for (let at = 0; cells.length < CELLS_MAX; at++) {
    const quoted = quotedAt(line, at)
    if (quoted === undefined) {
      const comma = line.indexOf(',', at)
      const end = comma < 0 ? line.length : comma
      cells.push(line.slice(at, end).trim())
      at = end
    } else {
      cells.push(line.slice(quoted.from, quoted.to).replaceAll('""', '"').trim())
      at = quoted.end
    }
    if (at >= line.length) break
  }
  return cells
}

/** Where the text of a quoted cell stands, and the comma (or the end) behind it; nothing when the cell has no quotes around it. */
function quotedAt(line: string, start: number): { from: number; to: number; end: number } | undefined {
  const open = pastBlanks(line, start)
  if (line[open] !== '"') return undefined
  let close = line.indexOf('"', open + 1)
  while (close >= 0 && line[close + 1] === '"') close = line.indexOf('"', close + 2)
  const end = close < 0 ? -1 : pastBlanks(line, close + 1)
  return end < 0 || (end < line.length && line[end] !== ',') ? undefined : { from: open + 1, to: close, end }
}

function pastBlanks(line: string, at: number): number {
  while (at < line.length && /\s/.test(line[at]!)) at++
  return at
}
