// A bounded store of items: memory and number limited, each item with a time to live of its own, and a policy that says who
// goes when there is no room. Behind ElastiCache, DAX, CloudFront and API Gateway's cache.
//
// The one idea: expiry costs no events. Whoever looks into the store says what time it is, and what has expired by then is
// gone before he sees it, so its memory is free from that very moment (EC-R13) although nobody was woken for it.
import { assert } from '../engine/assert.ts'
import type { Rng } from '../engine/rng.ts'
import { counted, decayed, EvictionPool, FIRST_COUNT } from './eviction-pool.ts'
import { SlotHeap } from './slot-heap.ts'

/** The values of Redis's `maxmemory-policy` (EC-R11): `volatile-*` chooses among items with a time to live alone. */
export const EVICTION_POLICIES = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const

/** `fifo` beside Redis's: the item that was stored first goes first, whether it is used or not. */
export type EvictionPolicy = (typeof EVICTION_POLICIES)[number] | 'fifo'

export interface CacheOptions {
  readonly policy: EvictionPolicy
  /** Most bytes and items, Infinity when absent. */
  readonly maxBytes?: number
  readonly maxItems?: number
  /** Bytes that an item takes beside its own. */
  readonly overhead?: number
  /** 0 when absent: the policy is followed exactly. Else the best of so many drawn items goes, as in Redis (EC-R12). */
  readonly samples?: number
  /** Draws for `*-random` and for samples. */
  readonly rng?: Rng
}

const NONE = -1
const FETCHED = 1
const CANDIDATE = 2

type Order = 'none' | 'use' | 'arrival' | 'frequency' | 'expiry' | 'random'
const ORDERS: Readonly<Record<string, Order>> = {
  lru: 'use',
  lfu: 'frequency',
  random: 'random',
  ttl: 'expiry',
  fifo: 'arrival',
  noeviction: 'none',
}

/** Items under text keys. All times are µs, never falling from call to call; an item has expired when `now >= expiresAt`. */
export class CacheStore {
  /** Bytes of all items, their overhead included. */
  bytes = 0
  /** Counts since the beginning. `get` hits or misses; `set` stores, or is refused where there is no room. */
  hits = 0
  misses = 0
  sets = 0
  refusals = 0
  /** Items that made room, those whose time was over, and how many of each nobody had ever read. */
  evictions = 0
  expirations = 0
  evictedUnread = 0
  expiredUnread = 0
  deletions = 0

  private readonly order: Order
  private readonly volatile: boolean
  readonly maxBytes: number
  private readonly maxItems: number
  private readonly overhead: number
  private readonly rng: Rng | undefined
  private readonly samples: number
  private readonly pool = new EvictionPool()

  private readonly index = new Map<string, number>()
  private readonly keys: string[] = []
  private readonly values: unknown[] = []
  private readonly free: number[] = []
  private size = new Float64Array(64)
  private expires = new Float64Array(64)
  private flags = new Uint8Array(64)
  /** How often an item was used since it was stored: exactly, or as Redis counts in eight bits. And when last. */
  private uses = new Float64Array(64)
  private usedAt = new Float64Array(64)
  /** The candidates for eviction: side by side, to draw from; in a ring by use or arrival whose anchor is `head`. */
  private readonly candidates: number[] = []
  private place = new Int32Array(64)
  private previous = new Int32Array(64)
  private next = new Int32Array(64)
  /** The newest candidate; the one before it in the ring is the oldest. */
  private head = NONE
  private tick = 0
  private readonly byExpiry = new SlotHeap()
  private readonly byFrequency = new SlotHeap()

  constructor(options: CacheOptions) {
    const { policy, samples = 0 } = options
    this.order = ORDERS[policy.slice(policy.indexOf('-') + 1)]!
    this.volatile = policy.startsWith('volatile-')
    this.maxBytes = options.maxBytes ?? Infinity
    this.maxItems = options.maxItems ?? Infinity
    this.overhead = options.overhead ?? 0
    this.rng = options.rng
    this.samples = this.order === 'use' || this.order === 'frequency' || this.order === 'expiry' ? samples : 0
    const draws = this.order === 'random' || this.samples > 0
    assert(!draws || this.rng !== undefined, 'a policy that draws has a stream')
  }

  /** How many items there were when the store was last looked into; see `expire`. */
  get items(): number {
    return this.index.size
  }

  /** Takes out what has expired by `now`. Every method with a `now` does so first. */
  expire(now: number): void {
    while (this.byExpiry.least <= now) {
      const slot = this.byExpiry.top
      this.expirations++
      if ((this.flags[slot] & FETCHED) === 0) this.expiredUnread++
      this.drop(slot)
    }
  }

  /** An item's value and a hit, or undefined and a miss. */
  get(key: string, now: number): unknown {
    this.expire(now)
    const slot = this.index.get(key)
    if (slot === undefined) {
      this.misses++
      return undefined
    }
    this.hits++
    this.flags[slot] |= FETCHED
    this.touch(slot, now)
    return this.values[slot]
  }

  /** An item's value without any trace of having looked. */
  peek(key: string, now: number): unknown {
    this.expire(now)
    const slot = this.index.get(key)
    return slot === undefined ? undefined : this.values[slot]
  }

  /**
   * Stores a value, which is not `undefined`, of so many bytes (its key's included), and makes room for it. False when there is no
   * room: the item is larger than the store, which changes nothing, or all that might go has gone and it was not enough. What was
   * there under this key may be among that.
   */
  set(key: string, value: unknown, bytes: number, now: number, expiresAt = Infinity): boolean {
    this.expire(now)
    if (!this.makeRoom(key, bytes + this.overhead, now)) {
      this.refusals++
      return false
    }
    this.sets++
    const old = this.index.get(key)
    const slot = old ?? this.take(key, now)
    this.values[slot] = value
    this.bytes += bytes + this.overhead - this.size[slot]
    this.size[slot] = bytes + this.overhead
    this.flags[slot] &= ~FETCHED
    if (old !== undefined) this.touch(slot, now)
    this.setExpiry(slot, expiresAt)
    return true
  }

  /** Gives an item another time to live; false when there is no such item. */
  retime(key: string, expiresAt: number, now: number): boolean {
    this.expire(now)
    const slot = this.index.get(key)
    if (slot === undefined) return false
    if (expiresAt <= now) {
      this.deletions++
      this.drop(slot)
    } else this.setExpiry(slot, expiresAt)
    return true
  }

  /** When an item expires, Infinity for never; undefined when there is no such item. */
  expiresAt(key: string, now: number): number | undefined {
    this.expire(now)
    const slot = this.index.get(key)
    return slot === undefined ? undefined : this.expires[slot]
  }

  /** The bytes that an item was stored with; 0 when there is no such item. */
  bytesOf(key: string, now: number): number {
    this.expire(now)
    const slot = this.index.get(key)
    return slot === undefined ? 0 : this.size[slot] - this.overhead
  }

  /** Whether there was such an item; it is gone now. */
  delete(key: string, now: number): boolean {
    this.expire(now)
    const slot = this.index.get(key)
    if (slot === undefined) return false
    this.deletions++
    this.drop(slot)
    return true
  }

  /** Everything is gone, as after the loss of a node; counted nowhere. */
  clear(): void {
    this.index.clear()
    this.keys.length = 0
    this.values.length = 0
    this.free.length = 0
    this.candidates.length = 0
    this.head = NONE
    this.bytes = 0
    this.byExpiry.clear()
    this.byFrequency.clear()
    this.pool.clear()
  }

  /** How many items have a time to live. */
  get volatileItems(): number {
    return this.byExpiry.size
  }

  /** How many items nobody has read since they were stored; looks at all of them. */
  unread(): number {
    let count = 0
    for (const slot of this.index.values()) if ((this.flags[slot] & FETCHED) === 0) count++
    return count
  }

  /** The keys of all items in the order in which they first came. */
  names(): IterableIterator<string> {
    return this.index.keys()
  }

  /** Whether what the store knows twice agrees: its bytes, and who may go. */
  holds(): boolean {
    let bytes = 0
    let candidates = 0
    for (const slot of this.index.values()) {
      bytes += this.size[slot]
      if ((this.flags[slot] & CANDIDATE) !== 0) candidates++
    }
    if (bytes !== this.bytes || candidates !== this.candidates.length) return false
    return this.bytes <= this.maxBytes && this.index.size <= this.maxItems
  }

  /** Lets items go until one of `size` bytes under `key` fits; false when that cannot be. */
  private makeRoom(key: string, size: number, now: number): boolean {
    if (size > this.maxBytes || this.maxItems < 1) return false
    for (;;) {
      const old = this.index.get(key)
      const bytes = this.bytes + size - (old === undefined ? 0 : this.size[old])
      const items = this.index.size + (old === undefined ? 1 : 0)
      if (bytes <= this.maxBytes && items <= this.maxItems) return true
      const slot = this.victim(now)
      if (slot === NONE) return false
      this.evictions++
      if ((this.flags[slot] & FETCHED) === 0) this.evictedUnread++
      this.drop(slot)
    }
  }

  /** Who goes next, by the policy. */
  private victim(now: number): number {
    const { candidates } = this
    if (candidates.length === 0) return NONE
    if (this.samples > 0) return this.sampledVictim(now)
    switch (this.order) {
      case 'use':
      case 'arrival':
        return this.previous[this.head]
      case 'frequency':
        return this.byFrequency.top
      case 'expiry':
        return this.byExpiry.top
      case 'random':
        return candidates[this.rng!.below(candidates.length)]
      default:
        return NONE
    }
  }

  /** The best of those that were ever drawn and are still there. */
  private sampledVictim(now: number): number {
    const { candidates, rng } = this
    for (;;) {
      for (let i = 0; i < this.samples; i++) {
        const slot = candidates[rng!.below(candidates.length)]
        this.pool.offer(this.keys[slot], this.score(slot, now))
      }
      for (let name = this.pool.take(); name !== undefined; name = this.pool.take()) {
        const slot = this.index.get(name)
        if (slot !== undefined && (this.flags[slot] & CANDIDATE) !== 0) return slot
      }
    }
  }

  /** How well a candidate would go: the higher, the sooner. */
  private score(slot: number, now: number): number {
    if (this.order === 'use') return now - this.usedAt[slot]
    if (this.order === 'frequency') return -decayed(this.uses[slot], this.usedAt[slot], now)
    return -this.expires[slot]
  }

  /** An item has been used. */
  private touch(slot: number, now: number): void {
    if (this.order === 'frequency') {
      if (this.samples === 0) this.uses[slot]++
      else this.uses[slot] = counted(decayed(this.uses[slot], this.usedAt[slot], now), this.rng!)
    }
    this.usedAt[slot] = now
    if ((this.flags[slot] & CANDIDATE) === 0) return
    if (this.order === 'use' && slot !== this.head) {
      this.unlink(slot)
      this.link(slot)
    } else if (this.order === 'frequency' && this.samples === 0)
      this.byFrequency.put(slot, this.uses[slot], this.tick++)
  }

  private setExpiry(slot: number, expiresAt: number): void {
    this.expires[slot] = expiresAt
    if (expiresAt === Infinity) this.byExpiry.remove(slot)
    else this.byExpiry.put(slot, expiresAt, this.tick++)
    const mayGo = this.order !== 'none' && (!this.volatile || expiresAt !== Infinity)
    if (mayGo === ((this.flags[slot] & CANDIDATE) !== 0)) return
    if (mayGo) this.addCandidate(slot)
    else this.removeCandidate(slot)
  }

  private addCandidate(slot: number): void {
    this.flags[slot] |= CANDIDATE
    this.place[slot] = this.candidates.length
    this.candidates.push(slot)
    this.link(slot)
    if (this.order === 'frequency' && this.samples === 0) this.byFrequency.put(slot, this.uses[slot], this.tick++)
  }

  private removeCandidate(slot: number): void {
    this.flags[slot] &= ~CANDIDATE
    const last = this.candidates.pop()!
    if (last !== slot) {
      this.candidates[this.place[slot]] = last
      this.place[last] = this.place[slot]
    }
    this.unlink(slot)
    this.byFrequency.remove(slot)
  }

  private link(slot: number): void {
    const { head } = this
    if (head === NONE) {
      this.next[slot] = slot
      this.previous[slot] = slot
    } else {
      const oldest = this.previous[head]
      this.next[slot] = head
      this.previous[slot] = oldest
      this.previous[head] = slot
      this.next[oldest] = slot
    }
    this.head = slot
  }

  private unlink(slot: number): void {
    const after = this.next[slot]
    if (after === slot) {
      this.head = NONE
      return
    }
    const before = this.previous[slot]
    this.next[before] = after
    this.previous[after] = before
    if (this.head === slot) this.head = after
  }

  private take(key: string, now: number): number {
    const slot = this.free.pop() ?? this.keys.length
    if (slot === this.size.length) this.grow()
    this.index.set(key, slot)
    this.keys[slot] = key
    this.size[slot] = 0
    this.flags[slot] = 0
    this.uses[slot] = this.samples === 0 ? 1 : FIRST_COUNT
    this.usedAt[slot] = now
    return slot
  }

  private drop(slot: number): void {
    this.bytes -= this.size[slot]
    if ((this.flags[slot] & CANDIDATE) !== 0) this.removeCandidate(slot)
    this.byExpiry.remove(slot)
    this.index.delete(this.keys[slot])
    this.keys[slot] = ''
    this.values[slot] = undefined
    this.free.push(slot)
  }

  private grow(): void {
    const size = this.size.length * 2
    this.size = widened(this.size, new Float64Array(size))
    this.expires = widened(this.expires, new Float64Array(size))
    this.uses = widened(this.uses, new Float64Array(size))
    this.usedAt = widened(this.usedAt, new Float64Array(size))
    this.flags = widened(this.flags, new Uint8Array(size))
    this.place = widened(this.place, new Int32Array(size))
    this.previous = widened(this.previous, new Int32Array(size))
    this.next = widened(this.next, new Int32Array(size))
  }
}

function widened<T extends Float64Array | Int32Array | Uint8Array>(from: T, into: T): T {
  into.set(from)
  return into
}
