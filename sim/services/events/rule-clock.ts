// What triggers a rule by the clock: its schedule, in UTC, and the event that its targets get then (EB-40 to EB-42).
import type { EventFunction } from '../../engine/kernel.ts'
import type { RunTime, Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import { ScheduleClock, timesIn, type Timetable } from '../../parts/schedule-clock.ts'
import { parseSchedule } from '../../parts/schedules.ts'
import { UTC } from '../../parts/zones.ts'
import { OWN_ACCOUNT, REGION } from './event-bus.facts.ts'
import type { BusEvent } from './event.ts'

/** The timetable of a rule's expression; a text says what is wrong with it. */
export function ruleTimetable(expression: string): Timetable | string {
  const schedule = parseSchedule(expression, 'rule')
  return typeof schedule === 'string' ? schedule : { schedule, zone: UTC, from: 0, until: Infinity }
}

/** When a rule is triggered by the clock during a run, in µs. */
export function scheduledIn(timetable: Timetable, run: RunTime): readonly number[] {
  return timesIn(timetable, anchorOf(timetable, run.startsAt), run)
}

/** A rule by a rate is triggered first one interval after it was made or enabled (EB-40). */
function anchorOf({ schedule }: Timetable, now: number): number {
  return schedule.kind === 'rate' ? now + schedule.every : now
}

/** The clock of one rule, which may get another timetable, or none. */
export class RuleClock {
  private readonly sim: Sim
  private readonly clock: ScheduleClock
  private serial = 0

  constructor(sim: Sim, due: EventFunction<any>) {
    this.sim = sim
    this.clock = new ScheduleClock(sim, NEVER, due)
  }

  /** Runs by a timetable from now on; null stops it. */
  set(timetable: Timetable | null): void {
    if (timetable === null) this.clock.stop()
    else this.clock.start(anchorOf(timetable, this.sim.startsAt + this.sim.clock[0]), timetable)
  }

  /** When it comes next, as text; null = never. */
  get next(): string | null {
    return Number.isNaN(this.clock.next) ? null : isoText(this.clock.next)
  }

  /** The timer has come: the event for the targets. */
  event(arn: string): BusEvent {
    const time = this.clock.passed()
    const component = this.sim.component.toString(16).padStart(8, '0')
    return {
      version: '0',
      id: `${component}-0000-4000-9000-${(++this.serial).toString(16).padStart(12, '0')}`,
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: OWN_ACCOUNT,
      time: isoText(time),
      region: REGION,
      resources: [arn],
      detail: NO_DETAIL,
    }
  }
}

const NO_DETAIL = Object.freeze({})
const NEVER: Timetable = Object.freeze({ schedule: { kind: 'at', local: 0 } as const, zone: UTC, from: 0, until: -1 })
