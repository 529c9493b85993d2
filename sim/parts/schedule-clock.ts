// A schedule that is running: one timer, set to the next time that its expression means, and to nothing when there is none.
import type { EventFunction, Target, TimerHandle } from '../engine/kernel.ts'
import type { RunTime, Sim } from '../model/contract.ts'
import { nextFire, type Schedule } from './schedules.ts'
import type { Zone } from './zones.ts'

const NONE = -1

/** What a schedule says, as plain data. */
export interface Timetable {
  readonly schedule: Schedule
  readonly zone: Zone
  /** No time before `from` and none after `until` counts, in µs since 1970. */
  readonly from: number
  readonly until: number
}

export class ScheduleClock {
  /** The next time, in µs since 1970; NaN = it stands still. */
  next = Number.NaN
  private timetable: Timetable
  private anchor = 0
  private timer: TimerHandle = NONE
  private readonly sim: Sim
  private readonly due: Target

  /** `due` comes at every time of the schedule and has to call `passed`. */
  constructor(sim: Sim, timetable: Timetable, due: EventFunction<any>) {
    this.sim = sim
    this.timetable = timetable
    this.due = sim.target(due)
  }

  /** Runs from now on, by another timetable if one is given. A rate has its first time at `anchor` (µs since 1970), or a whole number of intervals later. */
  start(anchor: number, timetable: Timetable = this.timetable): void {
    this.stop()
    this.timetable = timetable
    this.anchor = anchor
    this.arm(this.sim.startsAt + this.sim.clock[0] - 1)
  }

  stop(): void {
    if (this.timer !== NONE) this.sim.cancel(this.timer)
    this.timer = NONE
    this.next = Number.NaN
  }

  /** The timer has come: goes on to the next time, and answers which one this was. */
  passed(): number {
    const time = this.next
    this.timer = NONE
    this.arm(time)
    return time
  }

  private arm(after: number): void {
    const { schedule, zone, from, until } = this.timetable
    const next = nextFire(schedule, zone, Math.max(after, from - 1), this.anchor)
    this.next = next === undefined || next > until ? Number.NaN : next
    if (Number.isNaN(this.next)) return
    this.timer = this.sim.timer(this.next - this.sim.startsAt - this.sim.clock[0], this.due, 0)
  }
}

/** Times that a time line shows of one schedule, at most. */
const SHOWN_MAX = 100

/** When a timetable comes during a run, in µs of the run, the first hundred times. A rate has its first time at `anchor` (µs since 1970). */
export function timesIn(
  { schedule, zone, from, until }: Timetable,
  anchor: number,
  { startsAt, duration }: RunTime,
): readonly number[] {
  const times: number[] = []
  let at = Math.max(startsAt, from) - 1
  while (times.length < SHOWN_MAX) {
    const next = nextFire(schedule, zone, at, anchor)
    if (next === undefined || next > until || next > startsAt + duration) break
    times.push(next - startsAt)
    at = next
  }
  return times
}
