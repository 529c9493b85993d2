// Rows in the order in which Query and Scan read them: by hash of the partition key, partition key, sort key.
//
// The one idea: a list of short sorted chunks. Finding a place is two binary searches, entering and leaving move at most
// one chunk's rows, and whoever reads on from a place just walks. It is built when the first Query or Scan asks for it.
import type { KeyValue } from './items.ts'
import { bytesOf, compareTexts, type Item } from './values.ts'

const CHUNK_MAX = 512

/** What has an order: rows with a partition key, perhaps a sort key, and the hash of the former. */
export interface Rows {
  readonly hash: Int32Array
  readonly partitionKeys: readonly KeyValue[]
  readonly sortKeys: readonly (KeyValue | undefined)[]
  readonly items: readonly (Item | null)[]
  readonly rowCount: number
  /** Order of two rows with the same keys, where there can be such. */
  tie?(a: number, b: number): number
}

export class Order {
  private readonly items: Rows
  /** Sort keys are base64 texts, ordered by their bytes. */
  private readonly binary: boolean
  private readonly chunks: number[][] = []

  constructor(items: Rows, binary: boolean) {
    this.items = items
    this.binary = binary
    const rows: number[] = []
    for (let row = 0; row < items.rowCount; row++) if (items.items[row] !== null) rows.push(row)
    rows.sort((a, b) => this.compareRows(a, b))
    for (let at = 0; at < rows.length; at += CHUNK_MAX / 2) this.chunks.push(rows.slice(at, at + CHUNK_MAX / 2))
  }

  insert(row: number): void {
    if (this.chunks.length === 0) {
      this.chunks.push([row])
      return
    }
    const c = this.chunkOf(row)
    const chunk = this.chunks[c]
    chunk.splice(this.placeIn(chunk, row), 0, row)
    if (chunk.length > CHUNK_MAX) this.chunks.splice(c + 1, 0, chunk.splice(CHUNK_MAX / 2))
  }

  remove(row: number): void {
    const c = this.chunkOf(row)
    const chunk = this.chunks[c]
    chunk.splice(this.placeIn(chunk, row), 1)
    if (chunk.length === 0) this.chunks.splice(c, 1)
  }

  /** A cursor at the first row of which `isBefore(row)` is false; rows for which it is true must all come first. */
  seek(isBefore: (row: number) => boolean): Cursor {
    let low = 0
    let high = this.chunks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const chunk = this.chunks[middle]
      if (isBefore(chunk[chunk.length - 1])) low = middle + 1
      else high = middle
    }
    const chunk = this.chunks[low] as number[] | undefined
    let from = 0
    let to = chunk === undefined ? 0 : chunk.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (isBefore(chunk![middle])) from = middle + 1
      else to = middle
    }
    return new Cursor(this.chunks, low, from)
  }

  /** Order of a row against a place (hash unsigned): negative = the row comes first. Without `sk` only the partition key counts. */
  compareTo(row: number, hash: number, pk: KeyValue, sk: KeyValue | undefined): number {
    const items = this.items
    const difference = (items.hash[row] >>> 0) - hash
    if (difference !== 0) return difference
    const byPk = this.compareKeys(items.partitionKeys[row], pk)
    return byPk !== 0 || sk === undefined ? byPk : this.compareKeys(items.sortKeys[row]!, sk)
  }

  compareKeys(a: KeyValue, b: KeyValue): number {
    if (typeof a === 'number' && typeof b === 'number') return a - b
    if (this.binary) return compareTexts(bytesOf(a as string), bytesOf(b as string))
    return compareTexts(a as string, b as string)
  }

  private compareRows(a: number, b: number): number {
    const items = this.items
    const byKey = this.compareTo(a, items.hash[b] >>> 0, items.partitionKeys[b], items.sortKeys[b])
    return byKey !== 0 || items.tie === undefined ? byKey : items.tie(a, b)
  }

  /** The chunk in which a row stands or belongs: the last one that does not begin behind it. */
  private chunkOf(row: number): number {
    let low = 0
    let high = this.chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.compareRows(this.chunks[middle][0], row) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }

  private placeIn(chunk: readonly number[], row: number): number {
    let low = 0
    let high = chunk.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.compareRows(chunk[middle], row) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** A place in the order, for one request: rows may not change while it is used. */
export class Cursor {
  private readonly chunks: readonly (readonly number[])[]
  private chunk: number
  private at: number

  constructor(chunks: readonly (readonly number[])[], chunk: number, at: number) {
    this.chunks = chunks
    this.chunk = chunk
    this.at = at
  }

  /** The row at the place, then one step forward; −1 at the end. */
  next(): number {
    if (this.chunk >= this.chunks.length) return -1
    const row = this.chunks[this.chunk][this.at++]
    if (this.at === this.chunks[this.chunk].length) {
      this.chunk++
      this.at = 0
    }
    return row
  }

  /** The row before the place, then one step back; −1 at the beginning. */
  previous(): number {
    if (this.at === 0) {
      if (this.chunk === 0) return -1
      this.chunk--
      this.at = this.chunks[this.chunk].length
    }
    return this.chunks[this.chunk][--this.at]
  }
}
