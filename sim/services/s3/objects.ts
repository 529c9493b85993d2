// The objects of a bucket by key, each with its versions, the newest first.
//
//   current: key ─► row ─older─► row ─older─► …      rows: size, time, serial, flags in typed arrays, so that a million are cheap
//
// The one idea: a write never changes a row, it puts a new one in front. Without versioning the row behind it is given back at once.
import { hexOf } from '../../parts/hex.ts'
import { Integral } from '../../parts/integral.ts'
import { KeyOrder } from './key-order.ts'

/** No row. */
export const NONE = -1
const START = 64

/** What a row is, besides an object. */
export const MARKER = 1
/** Its version id is `null`. */
export const NULL_VERSION = 2
/** It came by replication. */
export const REPLICA = 4

export const STORAGE_CLASSES = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const

/** From this class on, objects cannot be read before they are restored. */
const ARCHIVED = STORAGE_CLASSES.indexOf('GLACIER')

/** A new version of a key. */
export interface Written {
  readonly size: number
  /** Its timestamp, in µs. */
  readonly at: number
  readonly serial: number
  readonly flags: number
  /** Parts of a multipart upload; 0 = written in one request. */
  readonly parts: number
  readonly content: unknown
  /** Bytes of the content as it is kept. */
  readonly contentBytes: number
  readonly cacheControl: string | undefined
}

export class Objects {
  /** Objects and noncurrent versions, delete markers among them; and their bytes. */
  count = 0
  bytes = 0
  size = new Float64Array(START)
  at = new Float64Array(START)
  serial = new Float64Array(START)
  older = new Int32Array(START)
  parts = new Uint16Array(START)
  flags = new Uint8Array(START)
  storageClass = new Uint8Array(START)
  readonly current = new Map<string, number>()
  /** Bytes by storage class, over time. */
  readonly stored = STORAGE_CLASSES.map(() => new Integral())
  private readonly contents = new Map<number, { readonly value: unknown; readonly bytes: number }>()
  private contentBytes = 0
  /** What few objects have. */
  private readonly cacheControls = new Map<number, string>()
  private readonly contentBytesMax: number
  private readonly clock: Float64Array
  private order: KeyOrder | null = null
  private free = new Int32Array(START)
  private freeCount = 0
  private used = 0

  constructor(contentBytesMax: number, clock: Float64Array) {
    this.contentBytesMax = contentBytesMax
    this.clock = clock
  }

  /** The newest row of a key, a delete marker included; −1 = there is none. */
  newest(key: string): number {
    return this.current.get(key) ?? NONE
  }

  isMarker(row: number): boolean {
    return (this.flags[row] & MARKER) !== 0
  }

  isNullVersion(row: number): boolean {
    return (this.flags[row] & NULL_VERSION) !== 0
  }

  content(row: number): unknown {
    return this.contents.get(row)?.value
  }

  /** Its `Cache-Control`; undefined = it has none. */
  cacheControl(row: number): string | undefined {
    return this.cacheControls.get(row)
  }

  /** Puts a version in front of a key's others, or behind those that are younger. Answers its row. */
  add(key: string, written: Written): number {
    const row = this.take()
    this.size[row] = written.size
    this.at[row] = written.at
    this.serial[row] = written.serial
    this.parts[row] = written.parts
    this.flags[row] = written.flags
    this.storageClass[row] = 0
    if (written.content !== undefined && this.contentBytes + written.contentBytes <= this.contentBytesMax) {
      this.contents.set(row, { value: written.content, bytes: written.contentBytes })
      this.contentBytes += written.contentBytes
    }
    if (written.cacheControl !== undefined) this.cacheControls.set(row, written.cacheControl)
    this.count++
    this.bytes += written.size
    this.stored[0].add(written.size, this.clock[0])
    const first = this.newest(key)
    if (first === NONE) this.order?.insert(key)
    let before = NONE
    let behind = first
    while (behind !== NONE && this.at[behind] > written.at) {
      before = behind
      behind = this.older[behind]
    }
    this.older[row] = behind
    if (before === NONE) this.current.set(key, row)
    else this.older[before] = row
    return row
  }

  /** Takes a version of a key away for good. */
  remove(key: string, row: number): void {
    const first = this.newest(key)
    if (first !== row) {
      let before = first
      while (this.older[before] !== row) before = this.older[before]
      this.older[before] = this.older[row]
    } else if (this.older[row] !== NONE) this.current.set(key, this.older[row])
    else {
      this.current.delete(key)
      this.order?.remove(key)
    }
    const content = this.contents.get(row)
    if (content !== undefined) {
      this.contentBytes -= content.bytes
      this.contents.delete(row)
    }
    this.cacheControls.delete(row)
    this.count--
    this.bytes -= this.size[row]
    this.stored[this.storageClass[row]].add(-this.size[row], this.clock[0])
    this.free[this.freeCount++] = row
  }

  /** Moves a version to another storage class. */
  reclass(row: number, storageClass: number): void {
    const now = this.clock[0]
    this.stored[this.storageClass[row]].add(-this.size[row], now)
    this.storageClass[row] = storageClass
    this.stored[storageClass].add(this.size[row], now)
  }

  /** The version of a key with the id `null`; −1 = there is none. */
  nullVersion(key: string): number {
    let row = this.newest(key)
    while (row !== NONE && !this.isNullVersion(row)) row = this.older[row]
    return row
  }

  /** The version that an id stands for; −1 = there is none. */
  version(key: string, id: unknown): number {
    let row = this.newest(key)
    while (row !== NONE && this.versionId(row) !== id) row = this.older[row]
    return row
  }

  /** `null` for what was written while versioning was not enabled; else an opaque text. */
  versionId(row: number): string {
    return this.isNullVersion(row) ? 'null' : versionIdOf(this.serial[row])
  }

  /** The entity tag; the model has no contents to digest, so each write has one of its own. */
  etag(row: number): string {
    return etagOf(this.serial[row], this.parts[row])
  }

  isArchived(row: number): boolean {
    return this.storageClass[row] >= ARCHIVED
  }

  classOf(row: number): string {
    return STORAGE_CLASSES[this.storageClass[row]]
  }

  /** All keys in the order of a list. Made when the first list is asked for, and kept from then on. */
  inOrder(): KeyOrder {
    return (this.order ??= new KeyOrder([...this.current.keys()]))
  }

  private take(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount]
    if (this.used === this.size.length) this.grow()
    return this.used++
  }

  private grow(): void {
    const length = this.size.length * 2
    const widen = <T extends Float64Array | Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T => (
      to.set(from),
      to
    )
    this.size = widen(this.size, new Float64Array(length))
    this.at = widen(this.at, new Float64Array(length))
    this.serial = widen(this.serial, new Float64Array(length))
    this.older = widen(this.older, new Int32Array(length))
    this.parts = widen(this.parts, new Uint16Array(length))
    this.flags = widen(this.flags, new Uint8Array(length))
    this.storageClass = widen(this.storageClass, new Uint8Array(length))
    this.free = widen(this.free, new Int32Array(length))
  }
}

export function versionIdOf(serial: number): string {
  return `v${serial.toString(36).padStart(10, '0')}`
}

export function etagOf(serial: number, parts: number): string {
  const hex = hexOf(serial, 32)
  return parts === 0 ? `"${hex}"` : `"${hex}-${parts}"`
}
