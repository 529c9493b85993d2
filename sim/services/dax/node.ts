// One node of a cluster: a whole copy of the cache in its own memory, and processors that requests keep busy.
import { TokenBucket } from '../../parts/token-bucket.ts'
import type { Item } from './requests.ts'

/** What is kept under one key: an item or its absence, or the answer of a Query or Scan. Made once, shared by the nodes. */
export interface Entry {
  readonly key: string
  /** The item of an entry of the item cache; null = there is none (DAX-R10). */
  readonly item: Item | null
  /** The answer of an entry of the query cache; undefined in the item cache. */
  readonly answer: Item | undefined
  readonly bytes: number
  /** When it was stored, and when its time is over, in µs; Infinity = never. */
  readonly storedAt: number
  readonly expiresAt: number
}
