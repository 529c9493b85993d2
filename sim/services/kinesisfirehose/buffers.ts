// The buffers of a delivery stream: one for each destination and partition, delivered when it is full or when its time is over.
//
// The one idea (FH-10): time counts from the first record in the buffer, so an empty buffer has no timer and an idle stream no events.
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Sim } from '../../model/contract.ts'
import { CONTENT_BYTES_MAX } from './delivery-stream.facts.ts'

/** What becomes one delivery. */
export interface Batch {
  /** Partition keys; null = none. */
  readonly keys: Readonly<Record<string, string>> | null
  /** Why it goes to the error output; empty = it is data, `backup` = a copy of what came. */
  readonly way: string
  count: number
  bytes: number
  /** When its oldest record came to the stream, in µs. */
  firstAt: number
  /** The records' contents; null once they are more than is kept. */
  contents: unknown[] | null
}

interface Open {
  readonly name: string
  readonly batch: Batch
  timer: TimerHandle
}

export class Buffers {
  /** Records and bytes in all buffers. */
  records = 0
  bytes = 0
  /** By name: partition and way. */
  private readonly open = new Map<string, number>()
  private readonly rows: (Open | null)[] = []
  private readonly free: number[] = []
  private readonly sim: Sim
  private readonly full: Target
  private readonly bytesMax: number
  private readonly interval: number

  /** `interval` in µs; `timeOver` is the timer that calls `close` with a row. */
  constructor(sim: Sim, bytesMax: number, interval: number, timeOver: Target) {
    this.sim = sim
    this.bytesMax = bytesMax
    this.interval = interval
    this.full = timeOver
  }

  /** Buffers that hold something. */
  get count(): number {
    return this.open.size
  }

  has(name: string): boolean {
    return this.open.has(name)
  }

  /** Puts a record in; a buffer that is full by that is answered, to be delivered. */
  add(
    name: string,
    keys: Readonly<Record<string, string>> | null,
    way: string,
    data: unknown,
    size: number,
    at: number,
  ): Batch | null {
    let row = this.open.get(name)
    if (row === undefined) {
      const batch: Batch = { keys, way, count: 0, bytes: 0, firstAt: at, contents: [] }
      row = this.free.pop() ?? this.rows.push(null) - 1
      this.rows[row] = { name, batch, timer: this.sim.timer(this.interval, this.full, row) }
      this.open.set(name, row)
    }
    const { batch, timer } = this.rows[row]!
    batch.count++
    batch.bytes += size
    if (at < batch.firstAt) batch.firstAt = at
    if (batch.contents !== null) {
      if (batch.bytes <= CONTENT_BYTES_MAX) batch.contents.push(data)
      else batch.contents = null
    }
    this.records++
    this.bytes += size
    if (batch.bytes < this.bytesMax) return null
    this.sim.cancel(timer)
    return this.close(row)
  }

  /** Takes a buffer out, to be delivered. */
  close(row: number): Batch {
    const { name, batch } = this.rows[row]!
    this.open.delete(name)
    this.rows[row] = null
    this.free.push(row)
    this.records -= batch.count
    this.bytes -= batch.bytes
    return batch
  }

  /** When the oldest record came that waits here, in µs; Infinity = none waits. */
  oldest(isData: boolean): number {
    let oldest = Infinity
    for (const open of this.rows)
      if (open !== null && (open.batch.way === '') === isData) oldest = Math.min(oldest, open.batch.firstAt)
    return oldest
  }
}
