// The event loop: virtual time in integer microseconds, one total order (time, sequence), timers that can be cancelled.
//
// The one idea: everything that happens is a pair of integers, (target, argument). A target is a function with the
// state of one component, looked up in two flat tables. Work due now waits in a ring, work due later in the queue;
// at one instant the queue's events (scheduled before) run first, then the ring in order, and only then time moves.
//
//   after(0, …)  ──► ring  ──┐
//   after(d, …)  ──► queue ──┴─► run[target](state[target], arg)
import { assert } from './assert.ts'
import { Digest } from './digest.ts'
import { createQueue, type EventQueue } from './queue.ts'
import type { Rng } from './rng.ts'

/** Runs one event of a component. */
export type EventFunction<S> = (state: S, arg: number) => void
/** Index of an event function together with the state it runs on. */
export type Target = number
/** Names a pending cancellable timer; dead once the timer has fired or was cancelled. */
export type TimerHandle = number
/** Why a run stopped: it reached its end, or a guard spoke. */
export type Stop = 'end' | 'steps' | 'poll'

/** What the loop asks at every boundary of the metric period, before any event at or after it. */
export interface Boundary {
  /** Called with the clock at the boundary; returns the next boundary in µs, later than this one. `nextEvent` is the time of the next event, Infinity when none is pending. */
  cross(time: number, nextEvent: number): number
}

const RING_START = 1024
const TIMER_TARGET = 0
const NONE = -1
/**
 * How many events run between two questions to the poll guard: so few because an event with a large body may take 50 ms.
 * Counted from the first event, so that a run that is divided is asked at the same events as one that is not.
 */
const POLL_EVERY = 128

export class Kernel {
  /** [0] = now, in µs. */
  readonly clock = new Float64Array(1)
  readonly queue: EventQueue = createQueue()
  readonly digest: Digest
  /** Events run so far, without the queue's internal re-arming. */
  steps = 0
  stepsMax = Number.MAX_SAFE_INTEGER
  /** When set, equal times run in a random order (see `hotshard audit`). */
  ties: Rng | null = null
  /** Sees every event before it runs; for finding where two runs part. */
  tap: ((time: number, target: Target, arg: number) => void) | null = null

  private readonly runs: EventFunction<never>[] = []
  private readonly states: unknown[] = []
  private readonly components: number[] = []
  private readonly timers = new TimerTable()

  private ring = new Int32Array(2 * RING_START)
  private ringHead = 0
  private ringTail = 0
  private readonly sequence = new Float64Array(1)

  private boundary: Boundary | null = null
  private readonly boundaryTime = new Float64Array([Infinity])

  constructor(components: number) {
    this.digest = new Digest(components)
    this.target(fireTimer, 0)
  }

  /** Registers an event function of a component; assembly time only. Its state is bound once it exists. */
  target<S>(run: EventFunction<S>, component: number): Target {
    this.runs.push(run as unknown as EventFunction<never>)
    this.states.push(null)
    this.components.push(component)
    this.timers.addTarget()
    return this.runs.length - 1
  }

  /** Gives all targets of a component the state that they run on. */
  bind(component: number, state: unknown): void {
    for (let target = 0; target < this.runs.length; target++)
      if (this.components[target] === component) this.states[target] = state
  }

  /** The component that a target belongs to. */
  componentOf(target: Target): number {
    return this.components[target]
  }

  /** The function that a target runs, by identity, for naming it. */
  functionOf(target: Target): unknown {
    return this.runs[target]
  }

  /** Asks `boundary` to be called at `first` µs and then at the times it returns. */
  setBoundary(boundary: Boundary, first: number): void {
    this.boundary = boundary
    this.boundaryTime[0] = first
  }

  /** Schedules an event `delay` µs from now (a whole number ≥ 0). It cannot be cancelled. */
  after(delay: number, target: Target, arg: number): void {
    assert(delay >= 0, 'a delay is never negative')
    if (delay === 0) this.soon(target, arg)
    else this.queue.push(this.clock[0] + delay, this.nextSequence(), target, arg)
  }

  /** Queues an event for this very instant, behind all that is already due. */
  soon(target: Target, arg: number): void {
    const mask = this.ring.length - 1
    this.ring[this.ringTail] = target
    this.ring[this.ringTail + 1] = arg
    this.ringTail = (this.ringTail + 2) & mask
    if (this.ringTail === this.ringHead) this.growRing()
  }

  /** Schedules an event that `cancel` can take back. */
  timer(delay: number, target: Target, arg: number): TimerHandle {
    assert(delay >= 0, 'a delay is never negative')
    const timers = this.timers
    const slot = timers.take(target, arg)
    const time = this.clock[0] + delay
    const sequence = this.nextSequence()
    const { moments } = timers
    moments[(slot << 2) + DUE] = time
    moments[(slot << 2) + SEQUENCE] = sequence
    // A record of this slot that is still queued for an earlier moment will look at the deadline then and re-arm:
    // a time-out that is nearly always cancelled costs no queue operation at all.
    if (!(moments[(slot << 2) + QUEUED] <= time)) this.arm(slot, time, sequence)
    return slot
  }

  /** Takes back a pending timer. The handle must be alive. */
  cancel(handle: TimerHandle): void {
    assert(this.timers.moments[(handle << 2) + DUE] !== NONE, 'only a pending timer can be cancelled')
    this.timers.give(handle)
  }

  /** When a pending timer fires, in µs. The handle must be alive. */
  dueAt(handle: TimerHandle): number {
    return this.timers.moments[(handle << 2) + DUE]
  }

  /** Runs every event up to and including `until` (µs) and leaves the clock there, unless a guard stops it first. */
  run(until: number, poll?: () => boolean): Stop {
    assert(until >= this.clock[0], 'time never goes back')
    const clock = this.clock
    const queue = this.queue
    let left = this.untilPoll()
    for (;;) {
      if (--left === 0) {
        if (this.steps >= this.stepsMax) return 'steps'
        left = this.untilPoll() - 1
        if (poll !== undefined && this.steps % POLL_EVERY === 0 && poll()) return 'poll'
      }
      const time = queue.peek()
      if (this.ringHead !== this.ringTail && time > clock[0]) {
        const head = this.ringHead
        const target = this.ring[head]
        const arg = this.ring[head + 1]
        this.ringHead = (head + 2) & (this.ring.length - 1)
        this.dispatch(target, arg)
        continue
      }
      if (time >= this.boundaryTime[0] && this.boundaryTime[0] <= until) {
        this.crossBoundary(time)
        continue
      }
      if (time > until) {
        clock[0] = until
        return 'end'
      }
      queue.pop()
      clock[0] = time
      if (queue.target === TIMER_TARGET) this.timerDue(queue.arg)
      else this.dispatch(queue.target, queue.arg)
    }
  }

  /** Rounds of the loop until the guards are asked: exactly at the last event allowed. */
  private untilPoll(): number {
    return 1 + Math.min(POLL_EVERY - (this.steps % POLL_EVERY), Math.max(0, this.stepsMax - this.steps))
  }

  /** Whether work for this very instant is waiting. */
  get busyNow(): boolean {
    return this.ringHead !== this.ringTail
  }

  private dispatch(target: Target, arg: number): void {
    this.steps++
    if (this.tap !== null) this.tap(this.clock[0], target, arg)
    this.digest.step(this.clock[0], target, arg, this.components[target])
    ;(this.runs[target] as EventFunction<unknown>)(this.states[target], arg)
  }

  private nextSequence(): number {
    const sequence = ++this.sequence[0]
    return this.ties === null ? sequence : this.ties.u32()
  }

  private crossBoundary(nextEvent: number): void {
    const time = this.boundaryTime[0]
    this.clock[0] = time
    this.boundaryTime[0] = this.boundary!.cross(time, nextEvent)
    assert(this.boundaryTime[0] > time, 'boundaries go forward')
  }

  private arm(slot: number, time: number, sequence: number): void {
    const { moments } = this.timers
    moments[(slot << 2) + QUEUED] = time
    moments[(slot << 2) + QUEUED_SEQUENCE] = sequence
    this.queue.push(time, sequence, TIMER_TARGET, slot)
  }

  /** The queue has just handed out the record of a timer; read from there, time and sequence are not boxed for a call. */
  private timerDue(slot: number): void {
    const { timers, queue } = this
    const time = queue.time
    const sequence = queue.seq
    const { moments } = timers
    const at = slot << 2
    // A record that another, earlier one replaced has nothing to say any more.
    if (moments[at + QUEUED] !== time || moments[at + QUEUED_SEQUENCE] !== sequence) return
    moments[at + QUEUED] = Infinity
    const due = moments[at + DUE]
    if (due === NONE) return
    if (due !== time || moments[at + SEQUENCE] !== sequence) {
      this.arm(slot, due, moments[at + SEQUENCE])
      return
    }
    const target = timers.work[(slot << 2) + TARGET]
    const arg = timers.work[(slot << 2) + ARG]
    timers.give(slot)
    this.dispatch(target, arg)
  }

  private growRing(): void {
    const old = this.ring
    const grown = new Int32Array(old.length * 2)
    grown.set(old.subarray(this.ringHead), 0)
    grown.set(old.subarray(0, this.ringHead), old.length - this.ringHead)
    this.ring = grown
    this.ringHead = 0
    this.ringTail = old.length
  }
}

function fireTimer(): void {
  assert(false, 'timer records are taken apart by the loop')
}

/** Columns of `moments`: when the timer fires, in µs (−1 = the row is free), and its sequence. */
const MOMENTS = 4
const DUE = 0
const SEQUENCE = 1
/** The earliest queue record that still speaks for this row (Infinity = none), and its sequence. */
const QUEUED = 2
const QUEUED_SEQUENCE = 3
/** Columns of `work`. */
const WORK = 4
const TARGET = 0
const ARG = 1
/** The next free row of the same target. */
const NEXT = 2

/**
 * Rows of the cancellable timers. A row freed by `cancel` keeps its record in the queue and is reused first, by a timer
 * of the same target: time-outs of one target are mostly equally long, so that the record comes early enough for the
 * next one. With one list for all, a short wait would take over the row of a long time-out and need a record of its own.
 */
class TimerTable {
  moments = new Float64Array(64 * MOMENTS)
  work = new Int32Array(64 * WORK)
  /** By target: its first free row; −1 = none. */
  private readonly free: number[] = []
  private used = 0

  addTarget(): void {
    this.free.push(NONE)
  }

  take(target: number, arg: number): number {
    const { work } = this
    const slot = this.free[target]
    if (slot === NONE) return this.make(target, arg)
    this.free[target] = work[(slot << 2) + NEXT]
    work[(slot << 2) + ARG] = arg
    return slot
  }

  give(slot: number): void {
    const { work } = this
    const target = work[(slot << 2) + TARGET]
    this.moments[(slot << 2) + DUE] = NONE
    work[(slot << 2) + NEXT] = this.free[target]
    this.free[target] = slot
  }

  private make(target: number, arg: number): number {
    if (this.used * WORK === this.work.length) this.grow()
    const slot = this.used++
    this.work[(slot << 2) + TARGET] = target
    this.work[(slot << 2) + ARG] = arg
    this.moments[(slot << 2) + QUEUED] = Infinity
    return slot
  }

  private grow(): void {
    const { moments, work } = this
    this.moments = new Float64Array(moments.length * 2)
    this.moments.set(moments)
    this.work = new Int32Array(work.length * 2)
    this.work.set(work)
  }
}
