// One column of numbers out of a CSV file: measured latencies, sizes, or the times of a recorded trace.
import type { Slug } from '../diag/catalogue.ts'
import { nearest } from '../diag/suggest.ts'
import { LINES_MAX, VALUES_MAX } from '../recorded/contract.ts'
import { eachRow } from '../recorded/rows.ts'
import { flaw, found, quote } from './outcome.ts'
import type { Flaw, Outcome } from './outcome.ts'

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
  let wrong: ColumnFlaw | undefined
  const stop = (reason: ColumnFlaw): boolean => {
    wrong = reason
    return false
  }
  const whole = eachRow(text, (cells, line) => {
    if (first) {
      first = false
      if (index < 0) {
        index = cells.indexOf(column as string)
        return index >= 0 || stop(aboutColumn(column as string, cells))
      }
      if (index >= cells.length) return stop(aboutColumn(column as string, cells))
      if (!read(cells[index]!).ok && isHeader(cells[index]!)) return true
    }
    const cell = cells[index]
    if (cell === undefined)
      return stop(aboutFile('missing-column', `line ${line} has ${cells.length} cells, not ${index + 1},`))
    const value = read(cell)
    if (!value.ok) {
      const help = value.help === undefined ? {} : { help: value.help }
      return stop({ ...aboutFile(value.slug, `line ${line}: ${value.message}`), ...help })
    }
    if (values.length === VALUES_MAX) return stop(aboutFile('too-many-values', `more than ${VALUES_MAX} values`))
    values.push(value.value)
    return true
  })
  if (!whole) return aboutFile('too-many-values', `more than ${LINES_MAX} lines`)
  if (wrong !== undefined) return wrong
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
