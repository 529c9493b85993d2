// One node of a cache: how long its commands take, how busy it is, who is connected to it.
//
// The one idea: commands are executed in the order in which they come, so a node's queue is one number per thread: when
// it will have worked off everything that has come so far. No command costs an event of its own.
import { Deadlines } from '../../parts/deadlines.ts'

export class Node {
  /** Its number within its shard, for good. */
  readonly number: number
  isDown = false
  /** Work given to it so far, in µs; what is still to be done counts as given. */
  work = 0
  commands = 0
  /** Connections: as many as its callers ever needed at once. */
  connections = 0
  readonly maxConnections: number
  /** When each thread will be idle; none where nothing waits for a thread. */
  private readonly idleAt: Float64Array
  /** When the answers go that are being worked on. */
  private readonly answers = new Deadlines()
  /** The work until the last two readings, and when they were. */
  private readAt = 0
  private readWork = 0
  private lastShare = 0

  constructor(number: number, threads: number, maxConnections: number) {
    this.number = number
    this.idleAt = new Float64Array(threads)
    this.maxConnections = maxConnections
  }

  /** Whether there is a connection for one more command. */
  accepts(now: number): boolean {
    while (this.answers.time <= now) this.answers.pop()
    return this.answers.count < Math.max(this.connections, this.maxConnections)
  }

  /** Takes a command on that it accepts; returns when it will have been executed. */
  take(now: number, work: number): number {
    while (this.answers.time <= now) this.answers.pop()
    if (this.answers.count + 1 > this.connections) this.connections++
    this.commands++
    if (this.idleAt.length === 0) {
      this.answers.push(now + work, 0)
      return now + work
    }
    let thread = 0
    for (let i = 1; i < this.idleAt.length; i++) if (this.idleAt[i] < this.idleAt[thread]) thread = i
    const done = Math.max(now, this.idleAt[thread]) + work
    this.idleAt[thread] = done
    this.answers.push(done, 0)
    this.work += work
    return done
  }

  /** The process has gone: nobody is connected, nothing is left to do. */
  reset(now: number): void {
    for (let i = 0; i < this.idleAt.length; i++) {
      this.work -= Math.max(0, this.idleAt[i] - now)
      this.idleAt[i] = now
    }
    this.answers.clear()
    this.connections = 0
  }

  /** The share of the time since the last reading for which its threads worked, 0..1; asked again at the same time, the same. */
  busyShare(now: number): number {
    if (this.idleAt.length === 0) return NaN
    if (now === this.readAt) return this.lastShare
    let ahead = 0
    for (const idleAt of this.idleAt) ahead += Math.max(0, idleAt - now)
    const done = this.work - ahead
    this.lastShare = Math.min(1, (done - this.readWork) / ((now - this.readAt) * this.idleAt.length))
    this.readAt = now
    this.readWork = done
    return this.lastShare
  }
}
