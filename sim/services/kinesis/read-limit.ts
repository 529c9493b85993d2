// What readers without enhanced fan-out share of a shard: five calls in any second, 2 MiB a second (KIN-32, KIN-33).
//
// The one idea: bytes are a debt that drains at 2 MiB/s. A call passes while the debt is at most a second's worth; only
// after an answer that was cut off at its greatest size the whole debt must be gone first, which for 10 MiB takes five seconds.
import type { Pollers } from '../../parts/shard-log.ts'

const SECOND = 1_000_000

export class ReadLimit {
  private readonly bytesPerSecond: number
  /** Times of the last calls that passed, in a ring. */
  private readonly times: Float64Array
  private at = 0
  /** Bytes returned and not yet drained, at the moment `since`, in millionths: every sum is exact. */
  private debt = 0
  private since = 0
  private mustEnd = false

  /** Both limits are at least 1. */
  constructor(callsPerSecond: number, bytesPerSecond: number) {
    this.times = new Float64Array(callsPerSecond).fill(-Infinity)
    this.bytesPerSecond = bytesPerSecond
  }

  /** Whether a call passes at `now` µs, and notes it if so. Polls that parked pollers stand for count as calls. */
  allows(now: number, pollers: Pollers): boolean {
    this.drain(now)
    const isTooMuch = this.mustEnd ? this.debt > 0 : this.debt > this.bytesPerSecond * SECOND
    let calls = pollers.polls(now - SECOND, now)
    for (const time of this.times) if (time > now - SECOND) calls++
    if (isTooMuch || calls >= this.times.length) return false
    this.mustEnd = false
    this.times[this.at] = now
    this.at = (this.at + 1) % this.times.length
    return true
  }

  /** A call returned so many bytes; `cutOff`: as many as an answer holds. */
  returned(bytes: number, cutOff: boolean): void {
    this.debt += bytes * SECOND
    this.mustEnd = cutOff
  }

  private drain(now: number): void {
    this.debt = Math.max(0, this.debt - (now - this.since) * this.bytesPerSecond)
    this.since = now
  }
}
