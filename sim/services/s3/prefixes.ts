// The partitions of a bucket: each serves so many writes and reads per second, and one that stays hot is divided at its next `/`.
//
//   ''  ──10 min of refusals──►  ''            what is left
//                                ├ 'images/'   its most loaded children, each with a rate of its own
//                                └ 'logs/'  ──►  'logs/eu/', …
import { Stretch } from '../../parts/stretch.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'

/** Children of a hot prefix that are counted, and partitions of a bucket, at most. */
const CHILDREN_MAX = 1_000
const PARTITIONS_MAX = 10_000

export interface Rates {
  readonly reads: number
  readonly writes: number
}

export class Partition {
  readonly id: number
  readonly prefix: string
  readonly readTokens: TokenBucket
  readonly writeTokens: TokenBucket
  reads = 0
  writes = 0
  throttled = 0
  /** Refusals of the minute under way; minutes in a row that had some. */
  refusals = 0
  hotMinutes = 0
  /** Requests by the next segment of the key, counted while the prefix is hot. */
  load: Map<string, number> | null = null
  children: Map<string, Partition> | null = null

  constructor(id: number, prefix: string, { reads, writes }: Rates) {
    this.id = id
    this.prefix = prefix
    // Both begin full and hold a second's worth (S3-R3).
    this.readTokens = new TokenBucket(reads, reads)
    this.writeTokens = new TokenBucket(writes, writes)
  }
}

export class Prefixes {
  readonly list: Partition[] = []
  /** Refusals of all partitions. */
  readonly throttled: Stretch
  /** How often a prefix was divided, and when first and last. */
  readonly divided: Stretch
  private readonly rates: Rates
  readonly minutesToDivide: number
  private readonly byTopLevel: boolean

  constructor(rates: Rates, minutesToDivide: number, byTopLevel: boolean, warmUp: number) {
    this.throttled = new Stretch(warmUp)
    this.divided = new Stretch(warmUp)
    this.rates = rates
    this.minutesToDivide = minutesToDivide
    this.byTopLevel = byTopLevel
    this.add('')
  }

  /** Takes a token of the key's partition; false = it has none left: `SlowDown`. */
  admits(now: number, key: string, isWrite: boolean): boolean {
    const partition = this.of(key)
    if (partition.load !== null) count(partition.load, segmentAfter(key, partition.prefix))
    if (isWrite) partition.writes++
    else partition.reads++
    if ((isWrite ? partition.writeTokens : partition.readTokens).take(now, 1)) return true
    partition.throttled++
    partition.refusals++
    partition.load ??= new Map()
    this.throttled.note(now)
    return false
  }

  /** A minute is over: prefixes that have been hot long enough are divided. Answers whether any is hot (S3-R3). */
  minuteEnded(now: number): boolean {
    let isHot = false
    // Those that come into being here have not been hot.
    for (let i = this.list.length - 1; i >= 0; i--) {
      const partition = this.list[i]
      partition.hotMinutes = partition.refusals > 0 ? partition.hotMinutes + 1 : 0
      partition.refusals = 0
      if (partition.hotMinutes === 0) partition.load = null
      else isHot = true
      if (partition.hotMinutes >= this.minutesToDivide) this.divide(partition, now)
    }
    return isHot
  }

  /** The partition that serves a key: that of its longest prefix. */
  of(key: string): Partition {
    let partition = this.list[0]
    for (;;) {
      const segment =
        partition.children !== null || (this.byTopLevel && partition.id === 0)
          ? segmentAfter(key, partition.prefix)
          : undefined
      if (segment === undefined) return partition
      const child = partition.children?.get(segment) ?? (partition.id === 0 ? this.topLevel(segment) : undefined)
      if (child === undefined) return partition
      partition = child
    }
  }

  /** With a partition for each first segment of a key: that of a segment, made when it is seen first. */
  private topLevel(segment: string): Partition | undefined {
    return this.byTopLevel ? this.child(this.list[0], segment) : undefined
  }

  private child(parent: Partition, segment: string): Partition | undefined {
    if (this.list.length >= PARTITIONS_MAX) return undefined
    const child = this.add(parent.prefix + segment)
    parent.children ??= new Map()
    parent.children.set(segment, child)
    return child
  }

  /** Gives the most loaded children partitions of their own, until what is left is less than a tenth of the load. */
  private divide(partition: Partition, now: number): void {
    const load = partition.load ?? new Map<string, number>()
    const children = [...load].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    const total = children.reduce((sum, [, requests]) => sum + requests, 0)
    partition.load = null
    partition.hotMinutes = 0
    let rest = total
    for (const [segment, requests] of children) {
      if (10 * rest < total || this.child(partition, segment) === undefined) break
      rest -= requests
    }
    if (children.length > 0) this.divided.note(now)
  }

  private add(prefix: string): Partition {
    const partition = new Partition(this.list.length, prefix, this.rates)
    this.list.push(partition)
    return partition
  }
}

/** The part of a key behind a prefix up to the next `/`, with it; undefined when there is none. */
function segmentAfter(key: string, prefix: string): string | undefined {
  const slash = key.indexOf('/', prefix.length)
  return slash < 0 ? undefined : key.slice(prefix.length, slash + 1)
}

function count(load: Map<string, number>, segment: string | undefined): void {
  if (segment === undefined) return
  const known = load.get(segment)
  if (known !== undefined || load.size < CHILDREN_MAX) load.set(segment, (known ?? 0) + 1)
}
