// The entries of a secondary index, in versions: each is there from one moment to another.
//
// The one idea: a write adds the new entry at once and says from when it is seen, and until when the old one is; a reader
// passes over what is not there for it. So nothing has to happen when a change arrives in the index, a moment after the
// write (DDB-R71), and the changes of one item keep their order. Entries that nobody can see any more are let go of later.
import { Deadlines } from '../../parts/deadlines.ts'
import { hashKey, type KeyValue } from './items.ts'
import { Order, type Rows } from './order.ts'
import { compareTexts, type Item } from './values.ts'

const START = 64
const NONE = -1

export class Entries implements Rows {
  /** Hash of the partition key of the index. */
  hash = new Int32Array(START)
  size = new Float64Array(START)
  /** From when (µs) an entry is seen, and until when; Infinity = nothing has taken its place. */
  from = new Float64Array(START)
  until = new Float64Array(START)
  readonly items: (Item | null)[] = []
  readonly partitionKeys: KeyValue[] = []
  readonly sortKeys: (KeyValue | undefined)[] = []
  /** The key of the item in the table. */
  readonly itemKeys: KeyValue[] = []
  readonly itemSortKeys: (KeyValue | undefined)[] = []
  readonly order: Order
  /** Entries of items as they are now, and their bytes. */
  live = 0
  bytes = 0
  /** By row of the table: the entry of its item as it is now, plus one. */
  private current = new Int32Array(START)
  private readonly gone = new Deadlines()
  private readonly free: number[] = []

  /** `binary` = the sort key is of type B. */
  constructor(binary: boolean) {
    this.order = new Order(this, binary)
  }

  get rowCount(): number {
    return this.items.length
  }

  /** The entry of a row of the table as it is now; −1 = none. */
  entryOf(row: number): number {
    return row >= 0 && row < this.current.length ? this.current[row] - 1 : NONE
  }

  /** Whether an entry is there at a moment. */
  isSeen(entry: number, at: number): boolean {
    return this.from[entry] <= at && at < this.until[entry]
  }

  /** Ends the present entry of a row of the table at `until` µs, or with the moment from which it is seen. */
  end(row: number, until: number): void {
    const entry = this.current[row] - 1
    this.current[row] = 0
    this.live--
    this.bytes -= this.size[entry]
    this.until[entry] = Math.max(until, this.from[entry])
    this.gone.push(this.until[entry], entry)
  }

  /** Adds the entry of a row of the table, seen from `from` µs. */
  add(
    row: number,
    itemKey: KeyValue,
    itemSortKey: KeyValue | undefined,
    pk: KeyValue,
    sk: KeyValue | undefined,
    item: Item,
    size: number,
    from: number,
  ): void {
    const entry = this.free.length > 0 ? this.free.pop()! : this.newRow()
    while (row >= this.current.length) this.current = widen(this.current, new Int32Array(this.current.length * 2))
    this.hash[entry] = hashKey(pk)
    this.size[entry] = size
    this.from[entry] = from
    this.until[entry] = Infinity
    this.items[entry] = item
    this.partitionKeys[entry] = pk
    this.sortKeys[entry] = sk
    this.itemKeys[entry] = itemKey
    this.itemSortKeys[entry] = itemSortKey
    this.current[row] = entry + 1
    this.live++
    this.bytes += size
    this.order.insert(entry)
  }

  /** Lets go of the entries that were not seen any more at `now` µs. */
  forget(now: number): void {
    while (this.gone.time <= now) {
      const entry = this.gone.row
      this.gone.pop()
      this.order.remove(entry)
      this.items[entry] = null
      this.free.push(entry)
    }
  }

  /** Order of entries with the same keys: by the item that they belong to, then by their place here. */
  tie(a: number, b: number): number {
    return this.compareItem(a, this.itemKeys[b], this.itemSortKeys[b]) || a - b
  }

  /** Order of an entry's item against a key of the table. */
  compareItem(entry: number, pk: KeyValue, sk: KeyValue | undefined): number {
    return compareAny(this.itemKeys[entry], pk) || (sk === undefined ? 0 : compareAny(this.itemSortKeys[entry]!, sk))
  }

  /** Bytes of present entries whose hashes (unsigned) lie in [from, to). */
  bytesBetween(from: number, to: number): number {
    let bytes = 0
    for (let entry = 0; entry < this.items.length; entry++) {
      const hash = this.hash[entry] >>> 0
      if (this.items[entry] !== null && this.until[entry] === Infinity && hash >= from && hash < to)
        bytes += this.size[entry]
    }
    return bytes
  }

  private newRow(): number {
    if (this.items.length === this.hash.length) {
      const length = this.hash.length * 2
      this.hash = widen(this.hash, new Int32Array(length))
      this.size = widen(this.size, new Float64Array(length))
      this.from = widen(this.from, new Float64Array(length))
      this.until = widen(this.until, new Float64Array(length))
    }
    this.partitionKeys.push('')
    this.sortKeys.push(undefined)
    this.itemKeys.push('')
    this.itemSortKeys.push(undefined)
    return this.items.push(null) - 1
  }
}

function widen<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

function compareAny(a: KeyValue, b: KeyValue): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b))
}
