// A table that grows row by row, and the lines that did not fit into it.
import type { Column, Malformed } from './contract.ts'
import { LINES_MAX, refused, TABLE_MAX, VALUES_MAX, type RecordedFlaw } from './contract.ts'

/** Why a table takes no more. */
export const FULL = `more than ${VALUES_MAX} rows or ${TABLE_MAX} cells`

export class Table {
  readonly names: readonly string[]
  rows = 0
  private readonly cells: string[][]
  /** Each text once: most cells of a log repeat. */
  private readonly known = new Map<string, string>()

  constructor(names: readonly string[]) {
    this.names = names
    this.cells = names.map(() => [])
  }

  /** Adds a row; cells that it lacks are empty. False when the table is full. */
  add(cells: readonly string[]): boolean {
    if (this.rows === VALUES_MAX || (this.rows + 1) * this.names.length > TABLE_MAX) return false
    for (let i = 0; i < this.cells.length; i++) this.cells[i]!.push(this.once(cells[i] ?? ''))
    this.rows++
    return true
  }

  get columns(): readonly Column[] {
    return this.names.map((name, i) => ({ name, cells: this.cells[i]! }))
  }

  private once(text: string): string {
    const known = this.known.get(text)
    if (known !== undefined) return known
    if (this.known.size < KNOWN_MAX) this.known.set(text, text)
    return text
  }
}
const KNOWN_MAX = 100_000

/** Malformed lines that are told one by one. */
const TOLD = 5

/** Counts the lines that could not be read. */
export class Flaws implements Malformed {
  count = 0
  readonly first: { line: number; why: string }[] = []

  add(line: number, why: string): void {
    if (this.count++ < TOLD) this.first.push({ line, why: why.length > 120 ? `${why.slice(0, 119)}…` : why })
  }
}

/** Numbers whose number is not known before. */
export class Numbers {
  length = 0
  private values = new Float64Array(64)

  push(value: number): void {
    if (this.length === this.values.length) {
      const more = new Float64Array(2 * this.length)
      more.set(this.values)
      this.values = more
    }
    this.values[this.length++] = value
  }

  toArray(): Float64Array {
    return this.values.slice(0, this.length)
  }
}

/** A file in which more than this share of the lines cannot be read is none of its format. */
const FLAWED_MOST = 0.05

/** Too many lines that cannot be read, or none that can: why the file is refused. */
export function whyUnread(flaws: Flaws, read: number): RecordedFlaw | undefined {
  if (flaws.count <= FLAWED_MOST * (flaws.count + read) && read > 0) return undefined
  const { line, why } = flaws.first[0] ?? { line: 0, why: '' }
  if (flaws.count === 0) return refused('no-values', 'no values')
  const others = flaws.count === 1 ? '' : `, and ${flaws.count - 1} other ${flaws.count === 2 ? 'line' : 'lines'}`
  return refused('malformed-lines', `line ${line}: ${why}${others}`, {
    help: `up to ${FLAWED_MOST * 100} % of the lines may be unreadable, here ${flaws.count} of ${flaws.count + read}`,
  })
}

export const TOO_MANY_LINES = refused('too-many-values', `more than ${LINES_MAX} lines`)
