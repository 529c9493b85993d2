// Changes of a source on their way to a replica: in order, and which rows they are about.
import { Line } from '../../parts/line.ts'
import { nameOf, type Statement } from './rows.ts'

export interface Change {
  readonly statement: Statement
  /** When it came, in µs. */
  readonly at: number
}

export class Changes {
  private readonly line = new Line<Change>()
  /** By row: how many are on their way. */
  private readonly byRow = new Map<string, number>()

  get length(): number {
    return this.line.length
  }

  push(change: Change): void {
    this.line.push(change)
    const row = nameOf(change.statement)
    if (row !== undefined) this.byRow.set(row, (this.byRow.get(row) ?? 0) + 1)
  }

  /** Takes the oldest one out; undefined when there is none. */
  shift(): Change | undefined {
    const change = this.line.shift()
    const row = change === undefined ? undefined : nameOf(change.statement)
    if (row === undefined) return change
    const left = this.byRow.get(row)! - 1
    if (left === 0) this.byRow.delete(row)
    else this.byRow.set(row, left)
    return change
  }

  /** Whether one of them is about the row of a statement; of a statement without one that is not known. */
  concern(statement: Statement): boolean {
    if (this.line.length === 0) return false
    const row = nameOf(statement)
    return row !== undefined && this.byRow.has(row)
  }
}
