// One column of numbers out of a CSV file: measured latencies, sizes, or the times of a recorded trace.
import type { Slug } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { flaw, found, quote } from './outcome.ts'
import type { Flaw, Outcome } from './outcome.ts'

/** More values than this are not read into one distribution. */
export const VALUES_MAX = 1_000_000

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
  for (const row of rowsOf(text)) {
    line = row.line
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

function rowsOf(text: string): Row[] {
  const rows: Row[] = []
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() !== '') rows.push({ line: index + 1, cells: cellsOf(line) })
  }
  return rows
}

/** Cells between commas; a quoted cell may hold commas, and two quotes in it are one. */
function cellsOf(line: string): string[] {
  const cells: string[] = []
  const cell = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(,|$)/y
  for (;;) {
    const match = cell.exec(line) as RegExpExecArray // A cell may be empty, so there always is one.
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim())
    if (match[3] === '') return cells
  }
}
