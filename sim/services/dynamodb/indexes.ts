// The secondary indexes of a table: a write is planned for all of them, let in by all or by none, and then done.
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { BillingMode, Figures } from './capacity.ts'
import { Index } from './index.ts'
import type { IndexDef } from './index-defs.ts'
import type { KeyValue } from './items.ts'
import type { Throughput } from './throughput.ts'
import { Invalid, type Item } from './values.ts'

/** What indexes say of a planned write. */
export const PLANNED = 0
export const THROTTLED = 1
export const COLLECTION_FULL = 2

/** What a table holds at most, in bytes: in an item with its local entries, and in an item collection. */
export interface Limits {
  readonly itemSize: number
  readonly collectionSize: number
}

/** From this share of its limit on an item collection is spoken of. */
const NEARLY = 0.8
/** Numbers of indexes begin anew from here on. */
const NUMBERS = 1_000

export class Indexes {
  /** Those that are kept: local ones first. */
  readonly all: Index[] = []
  /** Global ones that are being deleted. */
  readonly leaving: Index[] = []
  /** The global index that turned the last write away. */
  refusedBy: Index | null = null
  /** Write units that the planned write costs the table on top, for its local indexes. */
  localUnits = 0
  /** Bytes of items and local entries by partition key, where there are local indexes (DDB-R83). */
  readonly collections: Map<KeyValue, number> | null
  /** The largest item collection so far, in bytes, and its partition key. */
  largest = 0
  largestKey: KeyValue = ''
  /** When (µs) a collection first had four fifths of what it may have; −1 = none has. */
  nearSince = -1
  /** Writes that would have made a collection too large. */
  readonly refused: Stretch
  private collection: KeyValue = ''
  private growth = 0
  /** Bytes by which transactions under way will make collections grow. */
  private readonly promised = new Map<KeyValue, number>()
  /** Bytes of the item's entries in local indexes after the planned write. */
  private localBytes = 0
  /** The number of the next one; what is under way for an index that is gone finds none with its number. */
  numbers: number
  private readonly sim: Sim
  private readonly figures: Figures
  private readonly table: Throughput
  readonly limits: Limits
  private readonly lag: Sampler
  private readonly lagRng: Rng

  /** `table` is the throughput that local indexes share. */
  constructor(sim: Sim, defs: readonly IndexDef[], figures: Figures, limits: Limits, table: Throughput, from: number) {
    this.sim = sim
    this.numbers = from % NUMBERS
    this.figures = figures
    this.table = table
    this.limits = limits
    this.refused = new Stretch(sim.warmUp)
    this.collections = defs.some(({ kind }) => kind === 'local') ? new Map() : null
    this.lag = sim.sampler('IndexLag')
    this.lagRng = sim.rng('indexes')
    for (const def of defs) this.add(def, table.capacity.mode)
  }

  add(def: IndexDef, mode: BillingMode): Index {
    const index = new Index(this.sim, def, this.numbers++, this.figures, mode, this.table)
    this.all.push(index)
    return index
  }

  named(name: unknown): Index | undefined {
    return this.all.find(({ def }) => def.name === name)
  }

  numbered(number: number): Index | undefined {
    return this.all.find((index) => index.number === number)
  }

  /**
   * Plans a write of the item under the partition key `pk`: from `sizeBefore` bytes to `item` (null = deleted) of `size` bytes.
   * Answers whether it may be done; an index that throttles it is then `refusedBy`. Throws `Invalid` for a key of a wrong type.
   */
  plan(row: number, pk: KeyValue, sizeBefore: number, item: Item | null, size: number): number {
    this.foresee(row, pk, sizeBefore, item, size)
    if (this.localBytes > 0 && size + this.localBytes > this.limits.itemSize)
      throw new Invalid(
        'Item size has exceeded the maximum allowed size, its entries in local secondary indexes included',
      )
    const grown = this.sizeOf(pk) + (this.promised.get(pk) ?? 0) + this.growth
    if (this.collections !== null && this.growth > 0 && grown > this.limits.collectionSize) {
      this.refused.note(this.sim.clock[0])
      return COLLECTION_FULL
    }
    for (const index of this.all)
      if (!index.admits()) {
        this.refusedBy = index
        return THROTTLED
      }
    return PLANNED
  }

  /** The same for a write that nobody asks for and nobody pays (DDB-R112). */
  foresee(row: number, pk: KeyValue, sizeBefore: number, item: Item | null, size: number): void {
    this.localUnits = 0
    this.localBytes = 0
    this.growth = size - sizeBefore
    this.collection = pk
    for (const index of this.all) {
      index.plan(row, item, size)
      if (index.isGlobal) continue
      this.localUnits += index.units
      this.growth += index.growth
      this.localBytes += index.sizeAfter
    }
  }

  /** Keeps room in the item collection for the planned write, which is done later; answers how many bytes. */
  promise(): number {
    if (this.collections === null || this.growth <= 0) return 0
    this.promised.set(this.collection, (this.promised.get(this.collection) ?? 0) + this.growth)
    return this.growth
  }

  /** The room is needed no longer: the write is done now, or never. */
  release(pk: KeyValue, bytes: number): void {
    if (bytes === 0) return
    const left = this.promised.get(pk)! - bytes
    if (left > 0) this.promised.set(pk, left)
    else this.promised.delete(pk)
  }

  /** Pays for the planned write where global indexes have capacity of their own. */
  charge(): void {
    for (const index of this.all) index.charge()
  }

  /** Does the planned write; `current` is when (µs) the last replica of the table has it. */
  apply(row: number, pk: KeyValue, sk: KeyValue | undefined, current: number): void {
    const now = this.sim.clock[0]
    for (const index of this.all) {
      index.entries.forget(now)
      if (index.isUnchanged) continue
      index.apply(row, pk, sk, index.isGlobal ? now + this.lag.draw(this.lagRng) : current)
    }
    if (this.collections !== null) this.grow()
  }

  /** Bytes of an item collection. */
  sizeOf(pk: KeyValue): number {
    return this.collections?.get(pk) ?? 0
  }

  private grow(): void {
    const size = this.sizeOf(this.collection) + this.growth
    if (size > 0) this.collections!.set(this.collection, size)
    else this.collections!.delete(this.collection)
    if (size <= this.largest) return
    this.largest = size
    this.largestKey = this.collection
    if (this.nearSince < 0 && size >= NEARLY * this.limits.collectionSize) this.nearSince = this.sim.clock[0]
  }
}
