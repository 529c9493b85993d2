// The rows of a queue's messages: typed arrays, two chains of visible ones, and the order in which all of them came.
//
// The one idea: a message is a row number. Chains are kept in the rows themselves, so a queue of millions never shifts
// an array, and a row costs less than a hundred bytes beside its body.
import { assert } from '../../engine/assert.ts'
import type { Groups } from './groups.ts'
import type { Tenants } from './tenants.ts'

export const NONE = -1
/** What a row is doing. */
export const FREE = 0
export const DELAYED = 1
/** Visible and not yet received, or gone to the back after too many failures (SQS-19). */
export const WAITING = 2
/** Visible again after a receive that did not end in a delete; served before the others. */
export const RETURNED = 3
export const IN_FLIGHT = 4
/** On its way to another queue. */
export const MOVING = 5
/** Visible, of a tenant that takes too much: after all others (SQS-62). */
export const HELD = 6

/** Visible messages in the order in which they are served. */
export class Chain {
  head = NONE
  tail = NONE
}

/** A receipt handle is a row and the number of its receive: `receipt · 2^26 + row`. */
const ROWS_MAX = 67_108_864
const DOUBLING_UP_TO = 65_536

export class Messages {
  state = new Uint8Array(64)
  /** When SQS took the message in, in µs: kept over a move to a dead-letter queue (SQS-32). */
  enqueuedAt: Float64Array = new Float64Array(64)
  /** When it came into this queue, in µs. */
  arrivedAt: Float64Array = new Float64Array(64)
  /** Last and first receive, in µs; the first is −1 before it. */
  receivedAt: Float64Array = new Float64Array(64)
  firstReceivedAt: Float64Array = new Float64Array(64)
  id: Float64Array = new Float64Array(64)
  receives: Int32Array = new Int32Array(64)
  /** Bytes of body and attributes. */
  size: Float64Array = new Float64Array(64)
  /** The number of this row's newest receive, over all messages that it ever held. */
  receipt: Int32Array = new Int32Array(64)
  /** The timer that ends its delay or invisibility, while DELAYED or IN_FLIGHT. */
  timer: Int32Array = new Int32Array(64)
  /** `Calls.hops` of its sender. */
  hops: Uint8Array = new Uint8Array(64)
  /** The queue that it was moved here from, as a number; −1 = it was sent here. */
  origin: Int16Array = new Int16Array(64)
  readonly body: unknown[] = []
  /** In a FIFO queue: who comes first in each message group. */
  groups: Groups | null = null
  /** In a standard queue whose messages name groups: whose they are. */
  tenants: Tenants | null = null
  /** Attributes of those messages that have any. */
  readonly attributes: unknown[] = []
  /** Visible messages: first and last of the chains WAITING and RETURNED, and how many there are in both. */
  visible = 0
  private next: Int32Array = new Int32Array(64)
  private previous: Int32Array = new Int32Array(64)
  private readonly waiting = new Chain()
  private readonly back = new Chain()
  /** The order of arrival, without messages that were received too often (SQS-19). `newer` of the row itself = not in it. */
  oldest = NONE
  private newest = NONE
  private newer: Int32Array = new Int32Array(64)
  private older: Int32Array = new Int32Array(64)
  private firstFree = NONE
  private used = 0

  /** Rows that have ever been in use; walk them to reach every message. */
  get rows(): number {
    return this.used
  }

  /** A row for a message that comes in now; it is neither in a chain nor in a state yet. */
  take(id: number, enqueuedAt: number, now: number, receives: number, origin: number, body: unknown): number {
    let row = this.firstFree
    if (row !== NONE) this.firstFree = this.next[row]
    else {
      if (this.used === this.state.length) this.grow()
      row = this.used++
      this.body.push(null)
    }
    this.id[row] = id
    this.enqueuedAt[row] = enqueuedAt
    this.arrivedAt[row] = now
    this.firstReceivedAt[row] = NONE
    this.receives[row] = receives
    this.origin[row] = origin
    this.timer[row] = NONE
    this.hops[row] = 0
    this.body[row] = body
    this.older[row] = this.newest
    this.newer[row] = NONE
    if (this.newest === NONE) this.oldest = row
    else this.newer[this.newest] = row
    this.newest = row
    return row
  }

  /** Gives a row back; its receipt handles are dead. */
  give(row: number): void {
    this.leaveOrder(row)
    this.state[row] = FREE
    this.receipt[row]++
    this.body[row] = null
    if (row < this.attributes.length) this.attributes[row] = undefined
    this.next[row] = this.firstFree
    this.firstFree = row
  }

  /** The handle of a row's newest receive. */
  handle(row: number): number {
    return this.receipt[row] * ROWS_MAX + row
  }

  /** The row of a handle, or −1 when the text is no handle of this queue at all. */
  rowOf(handle: unknown): number {
    if (typeof handle !== 'number' || !Number.isSafeInteger(handle) || handle < 0) return NONE
    const row = handle % ROWS_MAX
    return row < this.used ? row : NONE
  }

  /** Makes a row the last of the visible ones of a chain. */
  show(row: number, state: typeof WAITING | typeof RETURNED | typeof HELD): void {
    this.state[row] = state
    const chain = this.chainOf(row)
    const { tail } = chain
    this.next[row] = NONE
    this.previous[row] = tail
    if (tail === NONE) chain.head = row
    else this.next[tail] = row
    chain.tail = row
    this.visible++
  }

  /** Takes a visible row out of its chain. */
  hide(row: number): void {
    const chain = this.chainOf(row)
    const next = this.next[row]
    const previous = this.previous[row]
    if (previous === NONE) chain.head = next
    else this.next[previous] = next
    if (next === NONE) chain.tail = previous
    else this.previous[next] = previous
    this.visible--
  }

  /** The first visible row of those that nobody holds back: returned ones before waiting ones; −1 = none. */
  first(): number {
    return this.back.head !== NONE ? this.back.head : this.waiting.head
  }

  /** The visible row behind another one, −1 = none. */
  after(row: number): number {
    const next = this.next[row]
    return next === NONE && this.state[row] === RETURNED ? this.waiting.head : next
  }

  private chainOf(row: number): Chain {
    const state = this.state[row]
    return state === WAITING ? this.waiting : state === RETURNED ? this.back : this.tenants!.tenantOf(row)!.chain
  }

  /** Whether a row still counts for the age of the oldest message. */
  inOrder(row: number): boolean {
    return this.newer[row] !== row
  }

  /** The rows that came just after and just before one in the order of arrival, −1 = none. */
  newerThan(row: number): number {
    return this.newer[row]
  }

  olderThan(row: number): number {
    return this.older[row]
  }

  /** Takes a row out of the order of arrival, if it is there. */
  leaveOrder(row: number): void {
    if (!this.inOrder(row)) return
    this.groups?.remove(row)
    const newer = this.newer[row]
    const older = this.older[row]
    if (older === NONE) this.oldest = newer
    else this.newer[older] = newer
    if (newer === NONE) this.newest = older
    else this.older[newer] = older
    this.newer[row] = row
  }

  private grow(): void {
    const length = this.used < DOUBLING_UP_TO ? this.used * 2 : Math.ceil(this.used * 1.2)
    assert(length <= ROWS_MAX, 'a queue holds fewer than 2^26 messages')
    const widen = <T extends Uint8Array | Int16Array | Int32Array | Float64Array>(from: T, to: T): T => (
      to.set(from),
      to
    )
    this.state = widen(this.state, new Uint8Array(length))
    this.enqueuedAt = widen(this.enqueuedAt, new Float64Array(length))
    this.arrivedAt = widen(this.arrivedAt, new Float64Array(length))
    this.receivedAt = widen(this.receivedAt, new Float64Array(length))
    this.firstReceivedAt = widen(this.firstReceivedAt, new Float64Array(length))
    this.id = widen(this.id, new Float64Array(length))
    this.receives = widen(this.receives, new Int32Array(length))
    this.size = widen(this.size, new Float64Array(length))
    this.receipt = widen(this.receipt, new Int32Array(length))
    this.timer = widen(this.timer, new Int32Array(length))
    this.hops = widen(this.hops, new Uint8Array(length))
    this.origin = widen(this.origin, new Int16Array(length))
    this.next = widen(this.next, new Int32Array(length))
    this.previous = widen(this.previous, new Int32Array(length))
    this.newer = widen(this.newer, new Int32Array(length))
    this.older = widen(this.older, new Int32Array(length))
  }
}
