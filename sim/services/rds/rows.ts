// What a database keeps: rows by table and key, as far as a simulation needs them: to be found again, or found to be missing.
import { jsonSize } from '../../parts/json-size.ts'

/** The verb of a statement, its table, and which row it is about. */
export interface Statement {
  readonly verb: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'
  readonly table: string
  /** Undefined = no row of its own: a count, or a row with a key that the database gives. */
  readonly key: string | undefined
  /** Null = what is in it is not said. */
  readonly row: unknown
}

/** What a statement found or changed. */
export interface Found {
  readonly RowCount: number
  readonly Rows?: readonly unknown[]
}

/** Rows that are kept by one database, of all tables: a bound of the simulator's memory. */
const ROWS_MAX = 1_000_000
const VERB = /^\s*(select|insert|update|delete)\b/i
const TABLE = /\b(?:from|into|update)\s+([\w."`]{1,100})/i

/** Reads what a query says; a text that is no such statement reads something. */
export function statementOf(parameters: unknown): Statement {
  const given = (typeof parameters === 'object' && parameters !== null ? parameters : {}) as Record<string, unknown>
  const sql = typeof given['Sql'] === 'string' ? given['Sql'].slice(0, 10_000) : 'SELECT'
  const verb = (VERB.exec(sql)?.[1]?.toUpperCase() ?? 'SELECT') as Statement['verb']
  const table = (TABLE.exec(sql)?.[1] ?? 'rows').replace(/["`]/g, '').toLowerCase()
  const key = given['Key']
  return { verb, table, key: key === undefined || key === null ? undefined : String(key), row: given['Row'] ?? null }
}

/** The row of a statement as one text; undefined = it is about no row of its own. */
export function nameOf({ table, key }: Statement): string | undefined {
  return key === undefined ? undefined : `${table}\n${key}`
}

export class Rows {
  private tables = new Map<string, Map<string, unknown>>()
  private made = 0
  size = 0
  /** Bytes of all rows, each as its JSON. */
  bytes = 0

  /** Does what a statement says, unless it would leave more than `room` bytes: undefined, and nothing is changed. */
  apply({ verb, table, key, row }: Statement, room = Infinity): Found | undefined {
    const rows = this.tables.get(table)
    switch (verb) {
      case 'SELECT': {
        if (key === undefined) return { RowCount: rows?.size ?? 0 }
        const found = rows?.get(key)
        return found === undefined ? { RowCount: 0, Rows: [] } : { RowCount: 1, Rows: [found] }
      }
      case 'INSERT': {
        const at = key ?? `#${this.made + 1}`
        const isNew = rows?.has(at) !== true
        const grows = sizeOf(row) - (isNew ? 0 : sizeOf(rows.get(at)))
        if (this.bytes + grows > room) return undefined
        if (isNew && this.size >= ROWS_MAX) return { RowCount: 0 }
        const into = rows ?? new Map<string, unknown>()
        if (rows === undefined) this.tables.set(table, into)
        if (key === undefined) this.made++
        if (isNew) this.size++
        this.bytes += grows
        into.set(at, row)
        return { RowCount: 1 }
      }
      case 'UPDATE': {
        if (key === undefined || rows?.has(key) !== true) return { RowCount: 0 }
        if (row === null) return { RowCount: 1 }
        const grows = sizeOf(row) - sizeOf(rows.get(key))
        if (this.bytes + grows > room) return undefined
        this.bytes += grows
        rows.set(key, row)
        return { RowCount: 1 }
      }
      case 'DELETE':
        if (key === undefined || rows?.has(key) !== true) return { RowCount: 0 }
        this.bytes -= sizeOf(rows.get(key))
        rows.delete(key)
        this.size--
        return { RowCount: 1 }
    }
  }

  /** The row that a statement is about; undefined = there is none. */
  at({ table, key }: Statement): unknown {
    return key === undefined ? undefined : this.tables.get(table)?.get(key)
  }

  /** The same rows once more, for a snapshot; rows themselves are never changed. */
  copy(): Rows {
    const copy = new Rows()
    copy.made = this.made
    copy.size = this.size
    copy.bytes = this.bytes
    for (const [table, rows] of this.tables) copy.tables.set(table, new Map(rows))
    return copy
  }
}

function sizeOf(row: unknown): number {
  return row === null ? 0 : jsonSize(row)
}
