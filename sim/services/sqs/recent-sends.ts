// What a FIFO queue remembers of the messages of the last five minutes: by what they are known again, and what their senders were told.
//
// The one idea: they are forgotten in the order in which they came, so they stand in a ring of plain numbers. A busy queue
// remembers hundreds of thousands, and an object for each would cost the garbage collector more than the queue itself.
import { DEDUPLICATION_US } from './queue.facts.ts'

/** What a sender is told of a message that was taken in. */
export interface Sent {
  readonly MessageId: number
  readonly SequenceNumber?: string
  readonly MD5OfMessageAttributes?: string
}

export class RecentSends {
  private readonly slots = new Map<string, number>()
  // The ring: names, times at which they are forgotten, message ids, places in the queue, digests of attributes.
  private names: string[] = []
  private until: Float64Array = new Float64Array(64)
  private ids: Float64Array = new Float64Array(64)
  private places: Float64Array = new Float64Array(64)
  private readonly digests = new Map<number, string>()
  private oldest = 0
  private count = 0

  /** What was told to the sender of a message that is known by this name; undefined = none is. `now` in µs. */
  get(now: number, name: string): Sent | undefined {
    this.forget(now)
    const slot = this.slots.get(name)
    return slot === undefined ? undefined : sentOf(this.ids[slot], this.places[slot], this.digests.get(slot))
  }

  /** Remembers a message that is not known yet. */
  add(now: number, name: string, id: number, place: number, digest: string | undefined): void {
    if (this.count === this.until.length) this.grow()
    const slot = (this.oldest + this.count++) % this.until.length
    this.names[slot] = name
    this.until[slot] = now + DEDUPLICATION_US
    this.ids[slot] = id
    this.places[slot] = place
    if (digest !== undefined) this.digests.set(slot, digest)
    this.slots.set(name, slot)
  }

  private forget(now: number): void {
    while (this.count > 0 && this.until[this.oldest] <= now) {
      this.slots.delete(this.names[this.oldest])
      this.names[this.oldest] = ''
      if (this.digests.size > 0) this.digests.delete(this.oldest)
      this.oldest = (this.oldest + 1) % this.until.length
      this.count--
    }
  }

  /** Doubles the ring, the oldest first. */
  private grow(): void {
    const { length } = this.until
    const turned = <T>(at: (slot: number) => T): T[] => Array.from({ length }, (_, i) => at((this.oldest + i) % length))
    const digests = turned((slot) => this.digests.get(slot))
    const [names, until, ids, places] = [this.names, this.until, this.ids, this.places]
    this.names = turned((slot) => names[slot])
    this.until = new Float64Array(2 * length)
    this.ids = new Float64Array(2 * length)
    this.places = new Float64Array(2 * length)
    this.until.set(turned((slot) => until[slot]))
    this.ids.set(turned((slot) => ids[slot]))
    this.places.set(turned((slot) => places[slot]))
    this.digests.clear()
    digests.forEach((digest, slot) => digest !== undefined && this.digests.set(slot, digest))
    this.names.forEach((name, slot) => this.slots.set(name, slot))
    this.oldest = 0
  }
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
