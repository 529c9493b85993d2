// The items of a table: an open-addressing index over rows, made for millions of keys.
//
// The one idea: a row is a few numbers in typed arrays with the item object beside them; the index maps the hash of the
// key to the row by linear probing, and a deleted row closes its gap, so that no tombstones pile up. The 32-bit hash of
// the partition key alone also decides on which partition the item lies (DDB-R32).
import type { Item } from './values.ts'

/** A key value as the store compares it: the text of S and B, the number of N. */
export type KeyValue = string | number

const START = 64

/** Spreads every bit of `h` over all 32: the finaliser of MurmurHash3. */
export function mix32(h: number): number {
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** FNV-1a over the type tag and the text or the number's text, mixed at the end; as a signed 32-bit integer. */
export function hashKey(value: KeyValue): number {
  let h = typeof value === 'number' ? 0x811c9dc5 ^ 78 : 0x811c9dc5 ^ 83
  if (typeof value === 'number') {
    if ((value | 0) === value) return mix32(Math.imul(h, 0x01000193) ^ Math.imul(value, 0x9e3779b1))
    value = String(value)
  }
  for (let i = 0; i < value.length; i++) h = Math.imul(h ^ value.charCodeAt(i), 0x01000193)
  return mix32(h)
}

/** Rows of items by key. A row may stand for an absence: a key known to have no item (`items[row] === null`). */
export class ItemStore {
  /** Hash of the partition key; the upper bits choose the partition. */
  hash = new Int32Array(START)
  /** Size in bytes, 0 for an absence. */
  size = new Float64Array(START)
  /** The moment (µs) from which every replica has the row's last write; before it, one of three still has `older`. */
  visibleAt = new Float64Array(START)
  items: (Item | null)[] = []
  /** What the replica that lags behind still holds. */
  older: (Item | null)[] = []
  olderSize = new Float64Array(START)
  readonly partitionKeys: KeyValue[] = []
  readonly sortKeys: (KeyValue | undefined)[] = []
  /** Rows that hold an item, and their bytes. */
  live = 0
  bytes = 0
  /** Rows in the index, absences included. */
  used = 0
  private index = new Int32Array(4 * START)
  /** The full hash of partition and sort key, by row. */
  private whole = new Int32Array(START)
  private rows = 0
  private readonly free: number[] = []

  /** The row of a key, or −1. `hash` is `hashKey(pk)`. */
  find(hash: number, pk: KeyValue, sk: KeyValue | undefined): number {
    const whole = sk === undefined ? hash : mix32(hash ^ Math.imul(hashKey(sk), 0x9e3779b1))
    const index = this.index
    const mask = index.length - 1
    for (let at = whole & mask; ; at = (at + 1) & mask) {
      const row = index[at] - 1
      if (row < 0) return -1
      if (this.whole[row] === whole && this.partitionKeys[row] === pk && this.sortKeys[row] === sk) return row
    }
  }

  /** Adds a row for a key that has none; it stands for an absence until `put`. */
  add(hash: number, pk: KeyValue, sk: KeyValue | undefined): number {
    if (2 * (this.used + 1) > this.index.length) this.growIndex()
    const row = this.free.length > 0 ? this.free.pop()! : this.newRow()
    this.hash[row] = hash
    this.whole[row] = sk === undefined ? hash : mix32(hash ^ Math.imul(hashKey(sk), 0x9e3779b1))
    this.size[row] = 0
    this.visibleAt[row] = 0
    this.olderSize[row] = 0
    this.items[row] = null
    this.older[row] = null
    this.partitionKeys[row] = pk
    this.sortKeys[row] = sk
    this.enter(row)
    this.used++
    return row
  }

  /** Sets the item of a row, or its absence (null, size 0). */
  put(row: number, item: Item | null, size: number): void {
    if (this.items[row] === null) {
      if (item !== null) this.live++
    } else if (item === null) this.live--
    this.bytes += size - this.size[row]
    this.items[row] = item
    this.size[row] = size
  }

  /** Takes a row out that stands for an absence. */
  remove(row: number): void {
    const index = this.index
    const mask = index.length - 1
    let gap = this.whole[row] & mask
    while (index[gap] !== row + 1) gap = (gap + 1) & mask
    // Close the gap: whatever probed past it moves back, unless it already stands at or behind its own place.
    for (let at = (gap + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const home = this.whole[index[at] - 1] & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      index[gap] = index[at]
      gap = at
    }
    index[gap] = 0
    this.older[row] = null
    this.partitionKeys[row] = ''
    this.sortKeys[row] = undefined
    this.free.push(row)
    this.used--
  }

  /** Rows that were ever used; those that are free have no item. */
  get rowCount(): number {
    return this.rows
  }

  private enter(row: number): void {
    const mask = this.index.length - 1
    let at = this.whole[row] & mask
    while (this.index[at] !== 0) at = (at + 1) & mask
    this.index[at] = row + 1
  }

  private newRow(): number {
    if (this.rows === this.hash.length) this.growRows()
    this.items.push(null)
    this.older.push(null)
    this.partitionKeys.push('')
    this.sortKeys.push(undefined)
    return this.rows++
  }

  private growRows(): void {
    const length = this.hash.length * 2
    const widen = <T extends Int32Array | Float64Array>(from: T, to: T): T => (to.set(from), to)
    this.hash = widen(this.hash, new Int32Array(length))
    this.whole = widen(this.whole, new Int32Array(length))
    this.size = widen(this.size, new Float64Array(length))
    this.visibleAt = widen(this.visibleAt, new Float64Array(length))
    this.olderSize = widen(this.olderSize, new Float64Array(length))
  }

  private growIndex(): void {
    const old = this.index
    this.index = new Int32Array(old.length * 2)
    for (let at = 0; at < old.length; at++) if (old[at] !== 0) this.enter(old[at] - 1)
  }
}
