// One secondary index: its entries, what a write of an item costs it, and how the change reaches it.
//
// A global index is a table of its own that follows the first one a moment later; a local one lies beside the items of its
// partition key, is paid by the table and is as current as they are.
import type { MetricId } from '../../engine/recorder.ts'
import type { Sim } from '../../model/contract.ts'
import { writeUnits, type BillingMode, type Figures } from './capacity.ts'
import { Entries } from './index-entries.ts'
import type { IndexDef } from './index-defs.ts'
import { hashKey, type KeyValue } from './items.ts'
import type { Space } from './splits.ts'
import { Throughput } from './throughput.ts'
import type { KeyType } from './state.ts'
import { equalValues, Invalid, itemSize, typeOf, type Item } from './values.ts'

const NONE = -1

export class Index implements Space {
  readonly def: IndexDef
  /** A number that stays with it, whichever others come and go. */
  readonly number: number
  readonly isGlobal: boolean
  readonly entries: Entries
  /** Its own, or the table's. */
  readonly throughput: Throughput
  status: 'CREATING' | 'ACTIVE' = 'ACTIVE'
  /** The row of the table that is looked at next while the index is filled; −1 = it is not being filled. */
  filling = NONE
  /** What the write under way costs it, and how much of that goes to the entry that is replaced or removed. */
  units = 0
  private oldUnits = 0
  /** The entry that the item gets by the write under way. */
  private after: Item | null = null
  private afterSize = 0
  private pk: KeyValue = ''
  private sk: KeyValue | undefined = undefined
  private hash = 0
  private oldEntry = NONE
  /** Whether the write under way leaves its entry as it is. */
  isUnchanged = false
  private readonly provisionedRead: MetricId = NONE
  private readonly provisionedWrite: MetricId = NONE
  private readonly sim: Sim

  /** `table` is the table's throughput, which a local index shares. */
  constructor(sim: Sim, def: IndexDef, number: number, figures: Figures, mode: BillingMode, table: Throughput) {
    this.sim = sim
    this.def = def
    this.number = number
    this.isGlobal = def.kind === 'global'
    this.entries = new Entries(def.keys.rangeType === 'B')
    this.throughput = this.isGlobal ? new Throughput(sim, figures, mode, def.settings, 0, def.name) : table
    if (!this.isGlobal) return
    const dimensions = { GlobalSecondaryIndexName: def.name }
    this.provisionedRead = sim.metricWith('ProvisionedReadCapacityUnits', dimensions)
    this.provisionedWrite = sim.metricWith('ProvisionedWriteCapacityUnits', dimensions)
    this.tellProvisioned()
  }

  /** Publishes how much is provisioned, after it has changed. */
  tellProvisioned(): void {
    const { mode, readUnits, writeUnits: writes } = this.throughput.capacity
    if (mode !== 'PROVISIONED') return
    this.sim.level(this.provisionedRead, readUnits)
    this.sim.level(this.provisionedWrite, writes)
  }

  get bytes(): number {
    return this.entries.bytes
  }

  bytesBetween(from: number, to: number): number {
    return this.entries.bytesBetween(from, to)
  }

  wasSplit(): void {}

  /**
   * Works out what a write makes of the item's entry and what that costs (DDB-R73, DDB-R81): `row` of the table (−1 = it has none yet),
   * the item afterwards (null = deleted) and its size in bytes. Throws `Invalid` for a key of a wrong type.
   */
  plan(row: number, item: Item | null, size: number): void {
    const { entries } = this
    const old = entries.entryOf(row)
    this.oldEntry = old
    this.after = item === null ? null : this.project(item)
    this.units = 0
    this.oldUnits = 0
    this.isUnchanged = false
    if (this.after === null) {
      if (old >= 0) this.oldUnits = writeUnits(entries.size[old])
      else this.isUnchanged = true
    } else {
      this.afterSize = this.def.projected === null ? size : itemSize(this.after)
      if (old < 0) this.units = writeUnits(this.afterSize)
      else if (entries.partitionKeys[old] !== this.pk || entries.sortKeys[old] !== this.sk) {
        this.oldUnits = writeUnits(entries.size[old])
        this.units = writeUnits(this.afterSize)
      } else if (entries.size[old] === this.afterSize && equalValues(entries.items[old], this.after))
        this.isUnchanged = true
      else this.units = writeUnits(Math.max(entries.size[old], this.afterSize))
    }
    this.units += this.oldUnits
  }

  /** Plans the entry of an item that is there already; false = it has none, or a key of a wrong type: the index goes without it. */
  plansToFill(row: number, item: Item, size: number): boolean {
    try {
      this.plan(row, item, size)
    } catch (mistake) {
      if (mistake instanceof Invalid) return false
      throw mistake
    }
    return this.after !== null
  }

  /** The partition on which the planned entry lies. */
  get partitionOfPlan(): number {
    return this.throughput.capacity.partitions.of(this.hash)
  }

  /** Bytes of the entry after the planned write; 0 = there is none. */
  get sizeAfter(): number {
    return this.after === null ? 0 : this.afterSize
  }

  /** By how many bytes the planned write makes the index grow. */
  get growth(): number {
    const before = this.oldEntry < 0 ? 0 : this.entries.size[this.oldEntry]
    return this.isUnchanged ? 0 : this.sizeAfter - before
  }

  /** Whether the capacity of a global index lets the planned write pass (DDB-R74); a local one is the table's affair. */
  admits(): boolean {
    if (!this.isGlobal || this.units === 0) return true
    if (this.oldUnits > 0 && !this.throughput.admit(this.entries.hash[this.oldEntry], true)) return false
    return this.units === this.oldUnits || this.throughput.admit(this.hash, true)
  }

  /** Pays for the planned write out of the capacity of a global index. */
  charge(): void {
    if (!this.isGlobal || this.units === 0) return
    const { entries, throughput, oldEntry } = this
    if (this.oldUnits > 0)
      throughput.chargeAt(entries.hash[oldEntry], entries.partitionKeys[oldEntry], this.oldUnits, true)
    if (this.units > this.oldUnits) throughput.chargeAt(this.hash, this.pk, this.units - this.oldUnits, true)
  }

  /** Does what was planned: the item of a row, by its key in the table, has another entry from `seen` µs on. */
  apply(row: number, itemKey: KeyValue, itemSortKey: KeyValue | undefined, seen: number): void {
    const { entries, oldEntry } = this
    let from = seen
    if (oldEntry >= 0) {
      this.countBytes(entries.hash[oldEntry], -entries.size[oldEntry])
      from = Math.max(from, entries.from[oldEntry])
      entries.end(row, from)
    }
    if (this.after === null) return
    this.countBytes(this.hash, this.afterSize)
    entries.add(row, itemKey, itemSortKey, this.pk, this.sk, this.after, this.afterSize, from)
  }

  private countBytes(hash: number, bytes: number): void {
    if (!this.isGlobal) return
    const { partitions } = this.throughput.capacity
    partitions.bytes[partitions.of(hash)] += bytes
  }

  /** The entry of an item, its keys in `pk`, `sk` and `hash`; null = it has none, for it lacks a key of the index (DDB-R72). */
  private project(item: Item): Item | null {
    const { hash, hashType, range, rangeType } = this.def.keys
    const pk = this.keyValue(item, hash, hashType)
    const sk = range === undefined ? undefined : this.keyValue(item, range, rangeType!)
    if (pk === undefined || (range !== undefined && sk === undefined)) return null
    this.pk = pk
    this.sk = sk
    this.hash = hashKey(pk)
    if (this.def.projected === null) return item
    const entry: Record<string, unknown> = {}
    for (const name of this.def.projected) if (Object.hasOwn(item, name)) entry[name] = item[name]
    return entry
  }

  private keyValue(item: Item, name: string, type: KeyType): KeyValue | undefined {
    if (!Object.hasOwn(item, name)) return undefined
    const value = item[name]
    if (typeOf(value) !== type)
      throw new Invalid(
        `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value) ?? 'none'} IndexName: ${this.def.name}`,
      )
    const key = (type === 'B' ? (value as { readonly B: string }).B : value) as KeyValue
    if (key === '')
      throw new Invalid(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${type === 'B' ? 'binary' : 'string'} value. IndexName: ${this.def.name}, IndexKey: ${name}`,
      )
    return key
  }
}
