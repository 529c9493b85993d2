// A shard: a range of hash keys, the log of its records, its limits, and who reads it.
import type { MetricId } from '../../engine/recorder.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { ShardLog } from '../../parts/shard-log.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import type { Subscription } from './fan-out.ts'
import type { HashRange } from './hash-keys.ts'
import { ReadLimit } from './read-limit.ts'
import { LAST_COUNTER, sequenceNumber, SequenceNumbers, type SequenceParts } from './sequence.ts'
import { SECOND } from './stream.facts.ts'

const NONE = -1

/** The figures of a shard, from the quotas. */
export interface ShardLimits {
  readonly records: number
  readonly bytes: number
  readonly reads: number
  readonly readBytes: number
  readonly iterators: number
}

/** Series of a shard, where the stream monitors it. */
export type ShardMetrics = Readonly<Record<string, MetricId>>

export class Shard {
  readonly number: number
  readonly range: HashRange
  /** Numbers of the shards that it comes from, −1 = none. */
  readonly parent: number
  readonly adjacent: number
  /** When it was made as its sequence numbers say, in s since 1970; and when it opened and closed, in µs of the run (−1 = open). */
  readonly created: number
  readonly openedAt: number
  readonly log = new ShardLog()
  readonly numbers: SequenceNumbers
  readonly iterators: RateWindow
  readonly reads: ReadLimit
  metrics: ShardMetrics | null = null
  /** The position up to which each reader has come: GetRecords by the way it calls on, pushes by their own number. */
  readonly readers = new Map<number, number>()
  subscriptions: Subscription[] = []
  /** When a GetRecords was refused last (µs). */
  collidedAt = -Infinity
  /** Bytes written, records refused; and what it had taken when the minute began. */
  bytes = 0
  refused = 0
  /** When a record was refused last (µs). */
  refusedAt = -Infinity
  minuteBytes = 0
  minuteRecords = 0
  /** Whether a split of an on-demand stream is on its way. */
  isSplitting = false
  private readonly recordTokens: TokenBucket
  private readonly byteTokens: TokenBucket

  constructor(
    number: number,
    range: HashRange,
    parents: readonly number[],
    created: number,
    now: number,
    limits: ShardLimits,
  ) {
    this.number = number
    this.range = range
    this.parent = parents[0] ?? NONE
    this.adjacent = parents[1] ?? NONE
    this.created = created
    this.openedAt = now
    this.numbers = new SequenceNumbers(created, number)
    this.iterators = new RateWindow(limits.iterators, SECOND)
    this.reads = new ReadLimit(limits.reads, limits.readBytes)
    this.recordTokens = new TokenBucket(limits.records, limits.records)
    this.byteTokens = new TokenBucket(limits.bytes, limits.bytes)
  }

  get id(): string {
    return shardId(this.number)
  }

  get isOpen(): boolean {
    return this.log.isOpen
  }

  /** The number below all of its records (KIN-11). */
  get startingSequenceNumber(): string {
    const { created, number } = this
    return sequenceNumber({ created, shard: number, counter: 0n, arrived: created })
  }

  /** The number above all of its records, of a closed shard; `startsAt` is the calendar's µs of time 0. */
  endingSequenceNumber(startsAt: number): string {
    const arrived = Math.floor((startsAt + this.log.closedAt) / SECOND)
    return sequenceNumber({ created: this.created, shard: this.number, counter: LAST_COUNTER, arrived })
  }

  /** The position of a record with this number, or the first behind it. Counters begin at 1 (KIN-11). */
  positionOf({ counter }: SequenceParts): number {
    const position = counter > BigInt(this.log.next) ? this.log.next : Number(counter) - 1
    return Math.max(0, position)
  }

  /** Whether the limits let a record of so many bytes in; takes what it costs if so (KIN-20, KIN-21). */
  takes(now: number, bytes: number): boolean {
    const { recordTokens, byteTokens } = this
    if (recordTokens.tokens(now) < 1) return false
    // What is larger than a second's worth may use up the burst and more, once.
    const fits = bytes > byteTokens.burst ? byteTokens.takeIfPositive(now, bytes) : byteTokens.take(now, bytes)
    if (fits) recordTokens.take(now, 1)
    return fits
  }

  /** The position of the reader that is farthest behind; `log.next` when nobody is. */
  get slowest(): number {
    let position = this.log.next
    for (const each of this.readers.values()) if (each < position) position = each
    return position
  }

  /** For how long the oldest record that somebody has yet to read has waited, in µs. */
  ageAt(now: number): number {
    const position = Math.max(this.slowest, this.log.first)
    return position < this.log.next ? now - this.log.arrivedAt(position) : 0
  }
}

export function shardId(number: number): string {
  return `shardId-${String(number).padStart(12, '0')}`
}

/** The number of a shard that is called by its id, as Kinesis reads ids: what stands behind the first dash. NaN = that is none. */
export function parseShardId(text: unknown): number {
  if (typeof text !== 'string') return NaN
  const digits = text.split('-')[1] || text
  const number = /^\d{1,20}$/.test(digits) ? Number(digits) : NaN
  return number <= 2_147_483_647 ? number : NaN
}
