// Where objects are kept: edge locations, regional edge caches and origin shields, each with what it keeps and what it fetches.
import { CacheStore } from '../../parts/cache-store.ts'
import { NOTHING, type Named } from './asked.ts'
import { SILENT, type Directives } from './freshness.ts'

/** An answer as it is kept; made once. Times in µs. */
export interface CachedObject {
  /** Path with the query string that is part of the key. */
  readonly address: string
  readonly status: number
  readonly headers: Named
  readonly body: unknown
  /** Bytes. */
  readonly size: number
  /** When the origin sent it, or said that it has not changed. */
  readonly since: number
  /** Until when it is served without asking; `since` = it is not kept. */
  readonly freshUntil: number
  /** Beyond that, until when it is served while it is asked for, and while the origin fails. */
  readonly reusableUntil: number
  readonly rescueUntil: number
  readonly etag: string
  readonly modified: string
  readonly said: Directives
  /** The exception that viewers get, where the status alone does not say it. */
  readonly error?: string | undefined
}

/** Bytes that an object takes beside its own: headers and what is known of it. */
const OVERHEAD = 500

export class Location {
  readonly name: string
  readonly kind: 'edge' | 'regional' | 'shield'
  /** Objects, fresh or not, by key; the one asked for longest ago makes room. */
  readonly cache: CacheStore
  /** Fetches that others may wait for, by key. */
  readonly fetches = new Map<string, number>()
  requests = 0
  hits = 0

  constructor(name: string, kind: Location['kind'], items: number, bytes: number) {
    this.name = name
    this.kind = kind
    this.cache = new CacheStore({ policy: 'allkeys-lru', maxItems: items, maxBytes: bytes, overhead: OVERHEAD })
  }

  find(key: string, now: number): CachedObject | undefined {
    return this.cache.get(key, now) as CachedObject | undefined
  }

  keep(key: string, object: CachedObject, now: number): void {
    this.cache.set(key, object, object.size + key.length, now)
  }

  /** Drops what a path of an invalidation means, whatever its headers and cookies (CF-R60). How many there were. */
  drop(path: string, now: number): number {
    const gone = [...this.cache.names()].filter((key) =>
      isMeant(path, (this.cache.peek(key, now) as CachedObject).address),
    )
    for (const key of gone) this.cache.delete(key, now)
    return gone.length
  }
}

/** Whether a path of an invalidation means an address. Without a wildcard it means the very address. */
export function isMeant(path: string, address: string): boolean {
  return path.endsWith('*') ? address.startsWith(path.slice(0, -1)) : path === address
}

/** An answer that the distribution makes by itself. */
export function ownAnswer(status: number, now: number, error?: string): CachedObject {
  return {
    ...{ address: '', error, status, headers: NOTHING, body: undefined, size: 0, since: now, freshUntil: now },
    ...{ reusableUntil: now, rescueUntil: now, etag: '', modified: '', said: SILENT },
  }
}
