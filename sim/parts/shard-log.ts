// The log of one shard: records in the order in which they came, kept for a retention, read from any position, closed
// when the shard is split or merged. Kinesis and DynamoDB Streams are made of it.
//
// The one idea: a position is the number of a record in its log, 0, 1, 2 … without gaps, so a reader is one number and
// finding a record is a division. What is too old goes when somebody looks (`trim`), never by an event of its own.
//
// How a room uses it (`now` in µs, `retention` too):
//   write      log.append(now, bytes, payload), then log.pollers.wake(sim); the record's sequence number is the room's own
//              rendering of the position that `append` returns (Kinesis: 56 digits; DynamoDB Streams: 21)
//   read       log.trim(now - retention); const batch = log.read(position, records, bytes); next time from batch.next
//   iterators  TRIM_HORIZON = log.first, LATEST = log.next, AT_TIMESTAMP = log.positionAt(time)
//   reshard    log.close(now, children), then log.pollers.wake(sim); who has read on to log.isRead(position) goes on to the children
//
// How a poller keeps its cadence without events while nothing comes. Whoever polls a shard again and again (a Lambda mapping
// four times a second, a KCL worker every second) asks `GetRecords` for real. When the answer is empty and it would ask again
// `Every` µs later, it asks instead for
//   kinesis:AwaitRecords  (DynamoDB Streams: dynamodb:AwaitRecords)   { ShardIterator, Every }        our own name: no API shows it
// which the room hands to `log.park`. It is answered `{ EmptyPolls }` at that moment of the poller's own grid (the moment of asking
// + k · Every, k ≥ 1) at which a poll would find something for the first time: a record, or the shard's end. Then the poller asks
// `GetRecords` for real, with the same iterator: each poll that was not made would have brought a new one, so to the room it has
// not aged (`pollers.wokenAt`). The polls in between count as made: the room adds them to its metrics and asks `pollers.polls` how many fell into a
// window of its read limit. Where the polls parked at a shard would alone exceed that limit they are not parked but answered at
// the first moment of the grid, so that they collide for real; a room that refuses a real read wakes the parked ones for the same
// reason. A poller that no longer cares lets the answer come and ignores it. `Every: 0` is woken at once: that is how records
// are pushed (enhanced fan-out).
import type { Call } from '../engine/calls.ts'
import type { Sim } from '../model/contract.ts'

const NONE = -1
/** Records of a chunk: few enough that ten thousand quiet shards are cheap. */
const CHUNK = 128
/** For so long (µs) a call that was woken may be refused and try again. */
const MINUTE = 60_000_000

/** Consecutive records of a log. */
class Chunk {
  /** Arrival times in µs, sizes in bytes. */
  readonly at = new Float64Array(CHUNK)
  readonly bytes = new Float64Array(CHUNK)
  readonly payload: unknown[] = []
}

/** What a read has found. */
export interface Batch {
  readonly payloads: readonly unknown[]
  /** Where the next read goes on. */
  readonly next: number
  readonly bytes: number
  /** When the last of them arrived, in µs; −1 when there are none. */
  readonly lastAt: number
  /** Records between the position asked for and the oldest one kept: they went before anybody of this reader saw them. */
  readonly missed: number
}

export class ShardLog {
  /** The oldest record that is kept, and the position that the next record will get. */
  first = 0
  next = 0
  /** Bytes of the records that are kept. */
  bytes = 0
  /** Since when nothing is written any more, in µs; −1 = open. */
  closedAt = NONE
  /** What came of the shard: whatever the room calls its shards by. */
  children: readonly number[] = []
  readonly pollers = new Pollers()
  /** By number: position / CHUNK, rounded down. */
  private readonly chunks = new Map<number, Chunk>()

  /** Records that are kept. */
  get count(): number {
    return this.next - this.first
  }

  get isOpen(): boolean {
    return this.closedAt === NONE
  }

  /** Writes a record of so many bytes that arrives now; times never fall. Answers its position. */
  append(now: number, bytes: number, payload: unknown): number {
    const position = this.next++
    const row = position % CHUNK
    let chunk = this.chunks.get((position - row) / CHUNK)
    if (chunk === undefined) {
      chunk = new Chunk()
      this.chunks.set((position - row) / CHUNK, chunk)
    }
    chunk.at[row] = now
    chunk.bytes[row] = bytes
    // A chunk that began in the middle has holes below; they are never read.
    chunk.payload[row] = payload
    // What is full never changes again: snapshots share what is frozen.
    if (row === CHUNK - 1) Object.freeze(chunk.payload)
    this.bytes += bytes
    return position
  }

  /** Lets go of what arrived before `horizon` µs; answers how many records that were. */
  trim(horizon: number): number {
    const before = this.first
    while (this.first < this.next) {
      const row = this.first % CHUNK
      const number = (this.first - row) / CHUNK
      const chunk = this.chunks.get(number)!
      if (chunk.at[row] >= horizon) break
      this.bytes -= chunk.bytes[row]
      this.first++
      if (row === CHUNK - 1) this.chunks.delete(number)
    }
    return this.first - before
  }

  /** Ends the log: nothing more is written, and whoever has read it goes on to `children`. */
  close(now: number, children: readonly number[]): void {
    this.closedAt = now
    this.children = children
  }

  /** Whether a reader at this position will never find anything again. */
  isRead(position: number): boolean {
    return !this.isOpen && position >= this.next
  }

  /** When a record that is kept arrived, in µs. */
  arrivedAt(position: number): number {
    return this.chunk(position).at[position % CHUNK]
  }

  payloadAt(position: number): unknown {
    return this.chunk(position).payload[position % CHUNK]
  }

  /** The first record kept that arrived at `time` µs or later; `next` when there is none. */
  positionAt(time: number): number {
    let low = this.first
    let high = this.next
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.arrivedAt(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** What stands from a position on, up to so many records and bytes: at least one record, however large. */
  read(position: number, records: number, bytes: number): Batch {
    const payloads: unknown[] = []
    const from = Math.max(position, this.first)
    const end = Math.min(this.next, from + records)
    let at = from
    let sum = 0
    while (at < end) {
      const chunk = this.chunk(at)
      const row = at % CHUNK
      if (sum + chunk.bytes[row] > bytes && at > from) break
      sum += chunk.bytes[row]
      payloads.push(chunk.payload[row])
      at++
    }
    return {
      payloads,
      next: at,
      bytes: sum,
      lastAt: at > from ? this.arrivedAt(at - 1) : NONE,
      missed: from - position,
    }
  }

  /**
   * Lets a poller wait that has read up to `position`, until a poll of its grid would find something; where there is
   * something already, or all that wait here would poll more than `pollsMax` times a second, until its next poll.
   */
  park(sim: Sim, call: Call, position: number, every: number, pollsMax: number): void {
    const { pollers } = this
    if (position < this.next || !this.isOpen || (every > 0 && pollers.perSecond + 1_000_000 / every > pollsMax)) {
      sim.calls.answer[call] = NOTHING_BEFORE
      sim.replyAfter(every, call, 0)
    } else pollers.add(call, sim.clock[0], every, position)
  }

  private chunk(position: number): Chunk {
    return this.chunks.get(Math.floor(position / CHUNK))!
  }
}

/** Calls of pollers that wait at the end of a log, each with the grid of moments at which it would have polled. */
export class Pollers {
  /** How many wait, and the position up to which all of them have read. */
  count = 0
  private position = NONE
  /** Positions at which calls were woken lately, in the order of the moments (µs) at which they were. */
  private readonly woken = new Map<number, number>()
  /** The widest grid so far, in µs. */
  private widest = 0
  private call: Int32Array = new Int32Array(4)
  /** The moment from which its grid is counted and the grid's step, in µs; 0 = it has no grid and is woken at once. */
  private since: Float64Array = new Float64Array(4)
  private every: Float64Array = new Float64Array(4)

  /** Parks a call that has read up to `position`, where the log ends. Its first poll is `every` µs from now. */
  add(call: Call, now: number, every: number, position: number): void {
    if (this.count === this.call.length) this.grow()
    this.position = position
    if (every > this.widest) this.widest = every
    this.call[this.count] = call
    this.since[this.count] = now
    this.every[this.count] = every
    this.count++
  }

  /**
   * Answers all calls: each at the next moment of its own grid, from now on, with the number of empty polls before that
   * one. Answers the sum of them.
   */
  wake(sim: Sim): number {
    if (this.count === 0) return 0
    const now = sim.clock[0]
    this.noteWoken(now)
    let sum = 0
    for (let row = 0; row < this.count; row++) {
      const every = this.every[row]
      const steps = every === 0 ? 0 : Math.max(1, Math.ceil((now - this.since[row]) / every))
      const empty = Math.max(0, steps - 1)
      const call = this.call[row]
      sim.calls.answer[call] = empty === 0 ? NOTHING_BEFORE : { EmptyPolls: empty }
      sim.replyAfter(every === 0 ? 0 : this.since[row] + steps * every - now, call, 0)
      sum += empty
    }
    this.count = 0
    return sum
  }

  /**
   * When calls that waited at a position were woken, in µs, as long as one of them may be on its way; −Infinity = none is. The
   * polls that they stood for would each have brought a new iterator, so theirs is no older than that.
   */
  wokenAt(position: number): number {
    return this.woken.get(position) ?? -Infinity
  }

  private noteWoken(now: number): void {
    const horizon = now - this.widest - MINUTE
    for (const [position, at] of this.woken) {
      if (at >= horizon) break
      this.woken.delete(position)
    }
    this.woken.delete(this.position)
    this.woken.set(this.position, now)
  }

  /** How many polls the parked calls stand for in (from, to] µs. */
  polls(from: number, to: number): number {
    let sum = 0
    for (let row = 0; row < this.count; row++) sum += this.steps(row, to) - this.steps(row, from)
    return sum
  }

  /** The polls a second that the parked calls stand for. */
  get perSecond(): number {
    let sum = 0
    for (let row = 0; row < this.count; row++) if (this.every[row] > 0) sum += 1_000_000 / this.every[row]
    return sum
  }

  /** Polls of a row up to and including `time` µs. */
  private steps(row: number, time: number): number {
    return this.every[row] === 0 ? 0 : Math.max(0, Math.floor((time - this.since[row]) / this.every[row]))
  }

  private grow(): void {
    const length = this.count * 2
    const widen = <T extends Int32Array | Float64Array>(from: T, to: T): T => (to.set(from), to)
    this.call = widen(this.call, new Int32Array(length))
    this.since = widen(this.since, new Float64Array(length))
    this.every = widen(this.every, new Float64Array(length))
  }
}

const NOTHING_BEFORE = Object.freeze({ EmptyPolls: 0 })
