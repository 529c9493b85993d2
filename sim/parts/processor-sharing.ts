// Processors that share themselves evenly among the jobs at hand: a database's, an instance's.
//
// Each job uses one processor at most, so n jobs on c processors go at min(1, c/n) of full speed. The one idea: every job gets the same
// speed, so a clock that runs at that speed (`served`) says when each one ends: when it shows what it showed at its start, plus its work.
import type { Target, TimerHandle } from '../engine/kernel.ts'
import type { Sim } from '../model/contract.ts'
import { SlotHeap } from './slot-heap.ts'

const NONE = -1
/** Less work than this, in µs, is none: what floating point leaves over. */
const NOTHING = 1e-6

export class ProcessorSharing {
  readonly processors: number
  /** Jobs at hand. */
  inside = 0
  /** Processor time that was used, in µs, up to `at`. */
  used = 0
  private readonly sim: Sim
  /** Event function of the owner: it says that the timer has come (`expired`) and asks `next` until there is none. */
  private readonly endedTarget: Target
  private readonly arg: number
  private readonly heap = new SlotHeap()
  /** µs of work that a job would have been given that had been there all the time. */
  private served = 0
  private at = 0
  private timer: TimerHandle = NONE
  private started = 0
  /** By slot: the owner's own note. */
  private readonly notes: number[] = []
  private readonly free: number[] = []

  /** `arg` comes with every event. */
  constructor(sim: Sim, processors: number, endedTarget: Target, arg = 0) {
    this.sim = sim
    this.arg = arg
    this.processors = processors
    this.endedTarget = endedTarget
  }

  /** A job of `work` µs begins; answers with its slot, for `stop`. `note` is handed back by `next`. */
  start(work: number, note: number): number {
    this.advance()
    const slot = this.free.pop() ?? this.notes.length
    this.notes[slot] = note
    this.inside++
    this.heap.put(slot, this.served + Math.max(0, work), this.started++)
    this.arm()
    return slot
  }

  /** A job goes before its end. */
  stop(slot: number): void {
    this.advance()
    this.leave(slot)
    this.arm()
  }

  /** The timer has come. */
  expired(): void {
    this.timer = NONE
  }

  /** The note of a job that has ended by now; −1 when none has, and the timer is set for the next one. */
  next(): number {
    this.advance()
    if (this.inside > 0 && this.heap.least - this.served <= NOTHING) {
      const slot = this.heap.top
      const note = this.notes[slot]
      this.leave(slot)
      return note
    }
    this.arm()
    return NONE
  }

  /** Processor time used until now, in µs. */
  usedUntilNow(): number {
    return this.used + (this.sim.clock[0] - this.at) * Math.min(this.inside, this.processors)
  }

  /** How fast each job goes now, 0..1. */
  get speed(): number {
    return this.inside <= this.processors ? 1 : this.processors / this.inside
  }

  private leave(slot: number): void {
    this.heap.remove(slot)
    this.free.push(slot)
    this.inside--
  }

  private advance(): void {
    const now = this.sim.clock[0]
    const passed = now - this.at
    this.at = now
    if (passed <= 0 || this.inside === 0) return
    this.served += passed * this.speed
    this.used += passed * Math.min(this.inside, this.processors)
  }

  /** Sets the timer to the end of the job that ends first. */
  private arm(): void {
    if (this.timer !== NONE) this.sim.cancel(this.timer)
    this.timer = NONE
    if (this.inside === 0) {
      // Nobody is measured against the clock now: it begins anew and keeps its precision.
      this.served = 0
      return
    }
    const left = Math.max(0, this.heap.least - this.served - NOTHING)
    this.timer = this.sim.timer(Math.ceil(left / this.speed), this.endedTarget, this.arg)
  }
}
