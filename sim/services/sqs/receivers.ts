// Receivers that wait at a queue for its next message: long polls and parked event source mappings, first come first served.
import type { Call } from '../../engine/calls.ts'

const NONE = -1

/** Rows of waiting receivers, chained in the order in which they came. */
export class Receivers {
  /** How many wait, and how many of them wait without a time limit. */
  count = 0
  parked = 0
  /** The call to answer, how many messages it takes, and its visibility timeout in µs (−1 = the queue's). */
  call: Int32Array = new Int32Array(16)
  max: Int32Array = new Int32Array(16)
  visibility: Float64Array = new Float64Array(16)
  /** Since when it waits, in µs, and the timer of its end; −1 = parked, without an end. */
  since: Float64Array = new Float64Array(16)
  timer: Int32Array = new Int32Array(16)
  /** The receiver that has waited longest; −1 = none. */
  first = NONE
  private last = NONE
  private next: Int32Array = new Int32Array(16)
  private previous: Int32Array = new Int32Array(16)
  private firstFree = NONE
  private used = 0

  /** Adds a receiver at the end. The caller sets its timer, if it has one. */
  add(call: Call, max: number, visibility: number, now: number, parked: boolean): number {
    let row = this.firstFree
    if (row !== NONE) this.firstFree = this.next[row]
    else {
      if (this.used === this.call.length) this.grow()
      row = this.used++
    }
    this.call[row] = call
    this.max[row] = max
    this.visibility[row] = visibility
    this.since[row] = now
    this.timer[row] = NONE
    this.next[row] = NONE
    this.previous[row] = this.last
    if (this.last === NONE) this.first = row
    else this.next[this.last] = row
    this.last = row
    this.count++
    if (parked) this.parked++
    return row
  }

  /** Takes a receiver away, wherever it stands. */
  remove(row: number): void {
    const next = this.next[row]
    const previous = this.previous[row]
    if (previous === NONE) this.first = next
    else this.next[previous] = next
    if (next === NONE) this.last = previous
    else this.previous[next] = previous
    if (this.timer[row] === NONE) this.parked--
    this.count--
    this.next[row] = this.firstFree
    this.firstFree = row
  }

  /** The receiver behind another one, −1 = none. */
  after(row: number): number {
    return this.next[row]
  }

  private grow(): void {
    const length = this.call.length * 2
    const widen = <T extends Int32Array | Float64Array>(from: T, to: T): T => (to.set(from), to)
    this.call = widen(this.call, new Int32Array(length))
    this.max = widen(this.max, new Int32Array(length))
    this.visibility = widen(this.visibility, new Float64Array(length))
    this.since = widen(this.since, new Float64Array(length))
    this.timer = widen(this.timer, new Int32Array(length))
    this.next = widen(this.next, new Int32Array(length))
    this.previous = widen(this.previous, new Int32Array(length))
  }
}
