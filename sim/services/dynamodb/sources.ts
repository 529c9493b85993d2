// What a Query or Scan reads: the table, or one of its indexes.
import type { Index } from './index.ts'
import { hashKey, type KeyValue } from './items.ts'
import { Order, type Rows } from './order.ts'
import { HASH_KEY_MAX, keyValue, RANGE_KEY_MAX, type KeySchema, type Table } from './state.ts'
import type { Throughput } from './throughput.ts'
import { Invalid, type Item } from './values.ts'

/** The key after which a page begins: of an entry also the key of its item. */
export interface Place {
  readonly pk: KeyValue
  readonly sk: KeyValue | undefined
  readonly itemKey?: KeyValue
  readonly itemSortKey?: KeyValue | undefined
}

export interface Source {
  readonly keys: KeySchema
  readonly rows: Rows
  readonly order: Order
  /** Whose capacity a read takes. */
  readonly throughput: Throughput
  /** Null = the table itself is read. */
  readonly index: Index | null
  /** The item of a row, or null where there is none for this reader; `behind` = it meets the replica that lags behind. */
  itemOf(row: number, behind: boolean): Item | null
  sizeOf(row: number, behind: boolean): number
  /** Order of a row against a place. */
  compareTo(row: number, hash: number, place: Place): number
  /** Reads `ExclusiveStartKey`. Throws `Invalid`. */
  placeOf(key: Item): Place
  /** The key of the last item of a page, for `LastEvaluatedKey`. */
  keyOf(item: Item): Item
}

export class TableSource implements Source {
  readonly index = null
  private readonly table: Table

  constructor(table: Table) {
    this.table = table
    table.order ??= new Order(table.items, table.keys.rangeType === 'B')
  }

  get keys(): KeySchema {
    return this.table.keys
  }

  get rows(): Rows {
    return this.table.items
  }

  get order(): Order {
    return this.table.order!
  }

  get throughput(): Throughput {
    return this.table.throughput
  }

  itemOf(row: number, behind: boolean): Item | null {
    return this.table.itemSeen(row, behind)
  }

  sizeOf(row: number, behind: boolean): number {
    return this.table.sizeSeen(row, behind)
  }

  compareTo(row: number, hash: number, place: Place): number {
    return this.order.compareTo(row, hash, place.pk, place.sk)
  }

  placeOf(key: Item): Place {
    this.table.readKey(key, false)
    return { pk: this.table.pk, sk: this.table.sk }
  }

  keyOf(item: Item): Item {
    return this.table.keyOf(item)
  }
}

export class IndexSource implements Source {
  readonly index: Index
  private readonly table: Table

  constructor(table: Table, index: Index) {
    this.table = table
    this.index = index
    index.entries.forget(table.now)
  }

  get keys(): KeySchema {
    return this.index.def.keys
  }

  get rows(): Rows {
    return this.index.entries
  }

  get order(): Order {
    return this.index.entries.order
  }

  get throughput(): Throughput {
    return this.index.throughput
  }

  itemOf(row: number, behind: boolean): Item | null {
    const { entries, isGlobal } = this.index
    const isThere = isGlobal || behind ? entries.isSeen(row, this.table.now) : entries.until[row] === Infinity
    return isThere ? entries.items[row] : null
  }

  sizeOf(row: number): number {
    return this.index.entries.size[row]
  }

  compareTo(row: number, hash: number, place: Place): number {
    const byKey = this.order.compareTo(row, hash, place.pk, place.sk)
    return byKey !== 0 ? byKey : this.index.entries.compareItem(row, place.itemKey!, place.itemSortKey)
  }

  placeOf(key: Item): Place {
    const { table, keys } = this
    const names = new Set([...table.keyNames, keys.hash, ...(keys.range === undefined ? [] : [keys.range])])
    if (Object.keys(key).length !== names.size || !Object.keys(key).every((name) => names.has(name)))
      throw new Invalid('The provided starting key is invalid')
    table.readKey(table.keyOf(key), false)
    return {
      pk: keyValue(key, keys.hash, keys.hashType, false, HASH_KEY_MAX),
      sk: keys.range === undefined ? undefined : keyValue(key, keys.range, keys.rangeType!, false, RANGE_KEY_MAX),
      itemKey: table.pk,
      itemSortKey: table.sk,
    }
  }

  keyOf(item: Item): Item {
    const { hash, range } = this.keys
    const own = range === undefined ? { [hash]: item[hash] } : { [hash]: item[hash], [range]: item[range] }
    return { ...own, ...this.table.keyOf(item) }
  }

  /** The row of the table that an entry belongs to. */
  rowOf(entry: number): number {
    const { itemKeys, itemSortKeys } = this.index.entries
    return this.table.items.find(hashKey(itemKeys[entry]), itemKeys[entry], itemSortKeys[entry])
  }
}

/** What a request with this `IndexName` reads. Throws `Invalid`. */
export function sourceOf(table: Table, name: unknown, consistent: boolean): TableSource | IndexSource {
  if (name === undefined) return new TableSource(table)
  const index = table.indexes?.named(name)
  if (index === undefined) throw new Invalid(`The table does not have the specified index: ${String(name)}`)
  if (index.isGlobal && consistent) throw new Invalid('Consistent reads are not supported on global secondary indexes')
  if (index.status !== 'ACTIVE')
    throw new Invalid(`Cannot read from backfilling global secondary index: ${String(name)}`)
  return new IndexSource(table, index)
}
