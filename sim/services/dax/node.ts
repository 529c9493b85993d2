// One node of a cluster: a whole copy of the cache in its own memory, and processors that requests keep busy.
import { CacheStore } from '../../parts/cache-store.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'

/** An item: attribute values by attribute name. Made once, never changed. */
export type Item = Readonly<Record<string, unknown>>

/** What is kept under one key: an item or its absence, or the answer of a Query or Scan. Made once, shared by the nodes. */
export interface Entry {
  readonly key: string
  /** The item of the item cache; null = there is none (DAX-R10), undefined = this is an answer of the query cache. */
  readonly item: Item | null | undefined
  readonly answer: Item
  readonly bytes: number
  /** When it was asked for, and when its time is over, in µs; Infinity = never. */
  readonly since: number
  readonly expiresAt: number
}

export class Node {
  /** `cache-a`: AWS letters the nodes of a cluster. */
  readonly id: string
  readonly number: number
  /** Which of the cluster's zones it stands in, from 0 on. */
  readonly zone: number
  isUp = true
  /** When it serves again, in µs; −1 = it serves, or nobody knows. */
  readyAt = -1
  /** It has been taken out of the cluster and does not come back. */
  isGone = false
  readonly cache: CacheStore
  /** Work that it can do, in hits; a second's worth at once. */
  private readonly work: TokenBucket
  /** For its cell, its metrics and its findings: what it was asked, and what became of it. */
  requests = 0
  hits = 0
  misses = 0
  refused = 0
  evictedBytes = 0
  /** Work done, in hits, since the beginning and until the last full minute. */
  worked = 0
  workedBefore = 0

  constructor(cluster: string, number: number, zone: number, memory: number, rate: number) {
    this.number = number
    this.id = `${cluster}-${LETTERS[number] ?? number}`
    this.zone = zone
    this.cache = new CacheStore({ policy: 'allkeys-lru', maxBytes: memory })
    this.work = new TokenBucket(rate, rate)
  }

  /** Does work worth so many hits, unless there is more to do already than it can (DAX-R12). */
  does(cost: number, now: number): boolean {
    if (!this.work.takeIfPositive(now, cost)) return false
    this.worked += cost
    return true
  }

  /** Share of a stretch of `us` µs that the work since the last full minute fills, 0..1. */
  busy(us: number): number {
    return us <= 0 ? 0 : Math.min(1, (this.worked - this.workedBefore) / ((this.work.rate * us) / 1_000_000))
  }

  find(key: string, now: number): Entry | undefined {
    return this.cache.get(key, now) as Entry | undefined
  }

  /** Stores an entry; returns the bytes that had to go for it. */
  store(entry: Entry, now: number): number {
    const { cache } = this
    const old = cache.peek(entry.key, now) as Entry | undefined
    const before = cache.bytes - (old?.bytes ?? 0)
    if (!cache.set(entry.key, entry, entry.bytes, now, entry.expiresAt)) {
      // An entry larger than the memory is not kept, and what it replaces is no longer true.
      cache.delete(entry.key, now)
      return 0
    }
    const evicted = before + entry.bytes - cache.bytes
    this.evictedBytes += evicted
    return evicted
  }

  forget(key: string, now: number): void {
    this.cache.delete(key, now)
  }

  /** Takes over everything that another node holds. */
  copy(from: Node, now: number): void {
    from.cache.expire(now)
    for (const key of from.cache.names()) this.store(from.cache.peek(key, now) as Entry, now)
  }

  /** The node is lost, with what it held. */
  lose(): void {
    this.isUp = false
    this.readyAt = -1
    this.cache.clear()
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
