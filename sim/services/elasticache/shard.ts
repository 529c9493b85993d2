// A shard: the items of one primary, which its replicas have a little later, and what becomes of them when nodes are lost.
import type { CacheStore } from '../../parts/cache-store.ts'
import type { Node } from './node.ts'

/** A write that some replica has not seen: what was there before, and when it will have seen it. */
interface Unseen {
  readonly key: string
  readonly before: unknown
  readonly bytes: number
  readonly expiresAt: number
  readonly visibleAt: number
  later: Unseen | null
}

export class Shard {
  readonly store: CacheStore
  /** The primary first, then its replicas. */
  readonly nodes: Node[]
  /** Writes that were answered and then lost with a primary (EC-R21). */
  lostWrites = 0
  /** The evictions and expirations that metrics have seen. */
  seenEvictions = 0
  seenExpirations = 0
  /** Writes on their way to the replicas in order, and by key the first of each. */
  private readonly underWay: Unseen[] = []
  private first = 0
  private readonly byKey = new Map<string, Unseen>()

  constructor(store: CacheStore, nodes: Node[]) {
    this.store = store
    this.nodes = nodes
  }

  get primary(): Node {
    return this.nodes[0]!
  }

  /** How many replicas take part. */
  get replicas(): number {
    let count = 0
    for (let i = 1; i < this.nodes.length; i++) if (!this.nodes[i]!.isDown) count++
    return count
  }

  /** Notes what a write is about to replace, for as long as replicas still show it. */
  willWrite(key: string, now: number, lag: number): void {
    const { store, underWay } = this
    this.settle(now)
    const last = underWay[underWay.length - 1]
    const unseen: Unseen = {
      key,
      before: store.peek(key, now),
      bytes: store.bytesOf(key, now),
      expiresAt: store.expiresAt(key, now) ?? Infinity,
      visibleAt: Math.max(now + lag, last === undefined ? 0 : last.visibleAt),
      later: null,
    }
    underWay.push(unseen)
    let known = this.byKey.get(key)
    if (known === undefined) this.byKey.set(key, unseen)
    else {
      while (known.later !== null) known = known.later
      known.later = unseen
    }
  }

  /** What a replica has under a key: undefined = nothing. */
  seenByReplica(key: string, now: number): unknown {
    this.settle(now)
    const unseen = this.byKey.get(key)
    if (unseen === undefined) return this.store.get(key, now)
    const value = unseen.expiresAt <= now ? undefined : unseen.before
    if (value === undefined) this.store.misses++
    else this.store.hits++
    return value
  }

  /** Until the replicas have all that there is now, in µs. */
  lag(now: number): number {
    this.settle(now)
    return this.first < this.underWay.length ? this.underWay[this.underWay.length - 1]!.visibleAt - now : 0
  }

  /** The primary is lost, and a replica will take its place: what that one has not seen is gone, the newest first. */
  loseUnseen(now: number): void {
    this.settle(now)
    for (let i = this.underWay.length - 1; i >= this.first; i--) {
      const { key, before, bytes, expiresAt } = this.underWay[i]!
      if (before === undefined) this.store.delete(key, now)
      else this.store.set(key, before, bytes, now, expiresAt)
      this.lostWrites++
    }
    this.forget()
  }

  /** Everything is gone. */
  clear(): void {
    this.store.clear()
    this.forget()
  }

  private forget(): void {
    this.underWay.length = 0
    this.first = 0
    this.byKey.clear()
  }

  /** Lets go of writes that every replica has seen by `now`. */
  private settle(now: number): void {
    const { underWay, byKey } = this
    while (this.first < underWay.length && underWay[this.first]!.visibleAt <= now) {
      const { key, later } = underWay[this.first++]!
      if (later === null) byKey.delete(key)
      else byKey.set(key, later)
    }
    if (this.first > 1024 && this.first * 2 > underWay.length) {
      underWay.splice(0, this.first)
      this.first = 0
    } else if (this.first === underWay.length) {
      underWay.length = 0
      this.first = 0
    }
  }
}
