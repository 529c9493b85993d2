// When messages expire: one timer for the message whose retention ends first, however many there are.
//
// The one idea: messages expire in the order of their enqueue times, and nearly always they come in that order too, so
// the oldest in the queue is the next to go. The few that do not (moved here late, or gone to the back) are in a heap.
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Sim } from '../../model/contract.ts'
import { Deadlines } from '../../parts/deadlines.ts'
import { FREE, MOVING, NONE, type Messages } from './messages.ts'

export class Expiry {
  /** µs. */
  retention: number
  /** When the timer fires, in µs: at the end of the first retention or before; Infinity = none is expected. */
  at = Infinity
  private readonly late = new Deadlines()
  private newest = 0
  private timer: TimerHandle = NONE
  private readonly messages: Messages
  private readonly sim: Sim
  private readonly target: Target

  /** `target` is told when a retention may be over. */
  constructor(messages: Messages, sim: Sim, target: Target, retention: number) {
    this.messages = messages
    this.sim = sim
    this.target = target
    this.retention = retention
  }

  /** A message has come in, with whatever enqueue time it has. */
  expect(row: number): void {
    const enqueuedAt = this.messages.enqueuedAt[row]
    if (enqueuedAt < this.newest) this.late.push(enqueuedAt, row)
    else this.newest = enqueuedAt
    if (enqueuedAt + this.retention < this.at) this.arm(enqueuedAt + this.retention)
  }

  /** A message leaves the order of arrival and still expires at its time. */
  setAside(row: number): void {
    this.messages.leaveOrder(row)
    this.late.push(this.messages.enqueuedAt[row], row)
  }

  /** A message whose retention is over, −1 = none. */
  due(now: number): number {
    const row = this.next()
    return row !== NONE && this.messages.enqueuedAt[row] + this.retention <= now ? row : NONE
  }

  /** The timer has fired. */
  fired(): void {
    this.timer = NONE
  }

  /** Sets the timer for the message that is next. */
  rearm(): void {
    const next = this.next()
    if (next !== NONE) this.arm(this.messages.enqueuedAt[next] + this.retention)
    else this.at = Infinity
  }

  private next(): number {
    const { messages, late } = this
    while (late.count > 0 && !this.speaks(late.row, late.time)) late.pop()
    if (late.count === 0) return messages.oldest
    if (messages.oldest === NONE) return late.row
    return late.time < messages.enqueuedAt[messages.oldest] ? late.row : messages.oldest
  }

  /** Whether an entry of the heap still speaks for its row. */
  private speaks(row: number, enqueuedAt: number): boolean {
    const state = this.messages.state[row]
    return state !== FREE && state !== MOVING && this.messages.enqueuedAt[row] === enqueuedAt
  }

  private arm(at: number): void {
    if (this.timer !== NONE) this.sim.cancel(this.timer)
    this.at = at
    this.timer = this.sim.timer(Math.max(0, at - this.sim.clock[0]), this.target, 0)
  }
}
