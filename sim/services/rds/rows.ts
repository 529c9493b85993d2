// What a database keeps: rows by table and key, as far as a simulation needs them: to be found again, or found to be missing.

/** The verb of a statement, its table, and which row it is about. */
export interface Statement {
  readonly verb: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE'
  readonly table: string
  /** Undefined = no row of its own: a count, or a row with a key that the database gives. */
  readonly key: string | undefined
  readonly row: unknown
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

export class Rows {
  private tables = new Map<string, Map<string, unknown>>()
  private made = 0
  size = 0
  /** Bytes of what was inserted, each row as its JSON: counted by the database. */
  bytes = 0

  /** What a statement finds or changes. */
  apply({ verb, table, key, row }: Statement): { readonly RowCount: number; readonly Rows?: readonly unknown[] } {
    const rows = this.tables.get(table)
    switch (verb) {
      case 'SELECT': {
        if (key === undefined) return { RowCount: rows?.size ?? 0 }
        const found = rows?.get(key)
        return found === undefined ? { RowCount: 0, Rows: [] } : { RowCount: 1, Rows: [found] }
      }
      case 'INSERT': {
        const into = rows ?? new Map<string, unknown>()
        if (rows === undefined) this.tables.set(table, into)
        const at = key ?? `#${++this.made}`
        if (!into.has(at)) {
          if (this.size >= ROWS_MAX) return { RowCount: 0 }
          this.size++
        }
        into.set(at, row)
        return { RowCount: 1 }
      }
      case 'UPDATE':
        if (key === undefined || rows?.has(key) !== true) return { RowCount: 0 }
        rows.set(key, row)
        return { RowCount: 1 }
      case 'DELETE':
        if (key === undefined || rows?.delete(key) !== true) return { RowCount: 0 }
        this.size--
        return { RowCount: 1 }
    }
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

  /** Whether another one has the same under a key. */
  agrees(other: Rows, table: string, key: string): boolean {
    return this.tables.get(table)?.get(key) === other.tables.get(table)?.get(key)
  }
}
