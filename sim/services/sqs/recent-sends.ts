// What a FIFO queue remembers of the messages of the last five minutes: by what they are known again, and what their senders were told.
//
// The one idea: they are forgotten in the order in which they came, so they stand in a ring of plain numbers, chained by their
// hashes. A busy queue remembers hundreds of thousands, and an object or a text for each would cost the garbage collector more than
// the queue itself: the hash of a body, which most are known by, is eight numbers here and no text.
import { fnv1a } from '../../parts/hash.ts'
import { DEDUPLICATION_US } from './queue.facts.ts'

const NONE = -1
/** Words of 32 bits in a SHA-256. */
export const WORDS = 8

/** What a sender is told of a message that was taken in. */
export interface Sent {
  readonly MessageId: number
  readonly SequenceNumber?: string
  readonly MD5OfMessageAttributes?: string
}

/** A deduplication id: one of 64 hexadecimal digits, as the SHA-256 of a body is, stands in `words`, `text` is null then. */
export interface DeduplicationId {
  text: string | null
  readonly words: Uint32Array
}

export class RecentSends {
  // The ring: groups and ids, times at which they are forgotten, message ids, places in the queue, digests of attributes.
  private groups: string[] = []
  private texts: (string | null)[] = []
  private words: Uint32Array = new Uint32Array(64 * WORDS)
  private until: Float64Array = new Float64Array(64)
  private ids: Float64Array = new Float64Array(64)
  private places: Float64Array = new Float64Array(64)
  private readonly digests = new Map<number, string>()
  private oldest = 0
  private count = 0
  // By hash: the newest slot of a chain, and from each slot the next older one.
  private heads: Int32Array = new Int32Array(64).fill(NONE)
  private next: Int32Array = new Int32Array(64)
  private hashes: Int32Array = new Int32Array(64)

  /** What was told to the sender of a message of a group that is known by this id; undefined = none is. `now` in µs. */
  get(now: number, group: string, id: DeduplicationId): Sent | undefined {
    this.forget(now)
    const hash = hashOf(group, id)
    for (let slot = this.heads[hash & (this.heads.length - 1)]; slot !== NONE; slot = this.next[slot])
      if (this.hashes[slot] === hash && this.isAt(slot, group, id))
        return sentOf(this.ids[slot], this.places[slot], this.digests.get(slot))
    return undefined
  }

  /** Remembers a message that is not known yet. */
  add(now: number, group: string, id: DeduplicationId, messageId: number, place: number, digest?: string): void {
    if (this.count === this.until.length) this.grow()
    const slot = (this.oldest + this.count++) % this.until.length
    this.groups[slot] = group
    this.texts[slot] = id.text
    if (id.text === null) this.words.set(id.words, slot * WORDS)
    this.until[slot] = now + DEDUPLICATION_US
    this.ids[slot] = messageId
    this.places[slot] = place
    if (digest !== undefined) this.digests.set(slot, digest)
    this.hashes[slot] = hashOf(group, id)
    this.chain(slot)
  }

  private isAt(slot: number, group: string, { text, words }: DeduplicationId): boolean {
    if (this.groups[slot] !== group || this.texts[slot] !== text) return false
    if (text !== null) return true
    for (let i = 0; i < WORDS; i++) if (this.words[slot * WORDS + i] !== words[i]) return false
    return true
  }

  private chain(slot: number): void {
    const head = this.hashes[slot] & (this.heads.length - 1)
    this.next[slot] = this.heads[head]
    this.heads[head] = slot
  }

  private forget(now: number): void {
    while (this.count > 0 && this.until[this.oldest] <= now) {
      this.unchain(this.oldest)
      this.groups[this.oldest] = ''
      this.texts[this.oldest] = null
      if (this.digests.size > 0) this.digests.delete(this.oldest)
      this.oldest = (this.oldest + 1) % this.until.length
      this.count--
    }
  }

  /** Takes the oldest out of its chain, of which it is the last. */
  private unchain(oldest: number): void {
    const head = this.hashes[oldest] & (this.heads.length - 1)
    if (this.heads[head] === oldest) {
      this.heads[head] = NONE
      return
    }
    let slot = this.heads[head]
    while (this.next[slot] !== oldest) slot = this.next[slot]
    this.next[slot] = NONE
  }

  /** Doubles the ring, the oldest first. */
  private grow(): void {
    const { length } = this.until
    const turned = <T>(at: (slot: number) => T): T[] => Array.from({ length }, (_, i) => at((this.oldest + i) % length))
    const { groups, texts, until, ids, places, hashes, words, oldest } = this
    const digests = turned((slot) => this.digests.get(slot))
    this.groups = turned((slot) => groups[slot])
    this.texts = turned((slot) => texts[slot])
    this.until = rotated(until, new Float64Array(2 * length), oldest)
    this.ids = rotated(ids, new Float64Array(2 * length), oldest)
    this.places = rotated(places, new Float64Array(2 * length), oldest)
    this.hashes = rotated(hashes, new Int32Array(2 * length), oldest)
    this.words = rotated(words, new Uint32Array(2 * length * WORDS), oldest * WORDS)
    this.digests.clear()
    digests.forEach((digest, slot) => digest !== undefined && this.digests.set(slot, digest))
    this.oldest = 0
    this.next = new Int32Array(2 * length)
    this.heads = new Int32Array(2 * length).fill(NONE)
    for (let slot = 0; slot < length; slot++) this.chain(slot)
  }
}

function hashOf(group: string, { text, words }: DeduplicationId): number {
  return (text === null ? words[0] : fnv1a(text)) ^ fnv1a(group)
}

/** A ring that begins at `first`, laid out from the beginning of a longer one. */
function rotated<T extends Float64Array | Int32Array | Uint32Array>(from: T, into: T, first: number): T {
  into.set(from.subarray(first))
  into.set(from.subarray(0, first), from.length - first)
  return into
}

/** The answer to a message at a place in the queue. */
export function sentOf(id: number, place: number, digest: string | undefined): Sent {
  const sent = { MessageId: id, SequenceNumber: sequenceNumber(place) }
  return digest === undefined ? sent : { ...sent, MD5OfMessageAttributes: digest }
}

/** SQS-46: twenty digits. */
export function sequenceNumber(place: number): string {
  return String(place).padStart(20, '0')
}
