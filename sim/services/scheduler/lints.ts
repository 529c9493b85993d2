// Known traps of work that is done by the clock, by Scheduler or by rules.
import type { Lints, Scene, Written } from '../../lint/contract.ts'
import { resource, workFunction } from '../../lint/examples.ts'
import { isoText, SECOND } from '../../parts/calendar.ts'
import { nextLocal } from '../../parts/cron.ts'
import { parseSchedule, type Schedule } from '../../parts/schedules.ts'
import { skippedIn, zoneOf } from '../../parts/zones.ts'
import { time } from '../../parts/words.ts'

const GUIDE = 'https://docs.aws.amazon.com/scheduler/latest/UserGuide'
const SCHEDULE = 'AWS::Scheduler::Schedule'
const RULE = 'AWS::Events::Rule'

/** A template with a schedule that calls `Work`. */
const example = (expression: string, work: readonly string[] = [], ...more: readonly string[]): string =>
  `Resources:\n${workFunction(work)}${resource('Clock', SCHEDULE, [
    `ScheduleExpression: ${expression}`,
    ...more,
    'FlexibleTimeWindow: { Mode: "OFF" }',
    'Target: { Arn: !GetAtt Work.Arn, RoleArn: arn:aws:iam::123456789012:role/clock }',
  ])}`

const BERLIN = 'ScheduleExpressionTimezone: Europe/Berlin'
/** Years that are looked at for changes of the clocks. */
const YEARS = [2026, 2027, 2028, 2029, 2030]

export const lints: Lints = {
  'scheduler/runs-overlap': {
    severity: 'note',
    title: 'work that may still be done when it begins again',
    text: 'A schedule does not ask whether its last run is over. Where a function may run for longer than the interval, two runs work side by side as soon as one of them is slow, often on the same data, and slow each other down further.',
    wrong: example('rate(1 minute)', ['Timeout: 300']),
    right: example('rate(10 minutes)', ['Timeout: 300']),
    source: `${GUIDE}/schedule-types.html`,
    find: (scene) =>
      timedIn(scene).flatMap(({ of, schedule, targets }) => {
        if (schedule.kind !== 'rate') return []
        const every = schedule.every / SECOND
        return targets.flatMap((arn) => {
          const fn = scene.at(arn)
          const timeout = fn?.type === 'AWS::Lambda::Function' ? fn.number(3, 'Timeout') : 0
          if (!(timeout > every)) return []
          return [
            {
              message: `\`${fn!.logicalId}\` begins every ${time(schedule.every)} and may run for ${time(timeout * SECOND)}`,
              span: of.place('ScheduleExpression'),
              help: `a \`Timeout\` of at most ${every}, a longer interval, or \`ReservedConcurrentExecutions: 1\` where runs must not meet`,
            },
          ]
        })
      }),
  },
  'scheduler/skipped-by-daylight-saving': {
    severity: 'note',
    title: 'a daily time that one day a year does not have',
    text: 'When clocks are set forward an hour is missing. Scheduler leaves out a time that falls into it: what runs at half past two every night does not run in that night.',
    wrong: example('cron(30 2 * * ? *)', [], BERLIN),
    right: example('cron(30 3 * * ? *)', [], BERLIN),
    source: `${GUIDE}/schedule-types.html`,
    find: (scene) =>
      timedIn(scene).flatMap(({ of, schedule }) => {
        const zone = zoneOf(of.text('ScheduleExpressionTimezone') ?? 'UTC')
        if (of.type !== SCHEDULE || zone === undefined || schedule.kind !== 'cron') return []
        // What comes again within the day is not missed.
        if (schedule.cron.hours.length > 1) return []
        const skipped = YEARS.flatMap((year) => skippedIn(zone, year)).find(({ from, to }) => {
          const next = nextLocal(schedule.cron, from)
          return next !== undefined && next < to
        })
        if (skipped === undefined) return []
        const day = isoText(skipped.from).slice(0, 10)
        return [
          {
            message: `on ${day} no clock of \`${zone.name}\` shows this time, and it is left out`,
            span: of.place('ScheduleExpression'),
            help: `a time from ${isoText(skipped.to).slice(11, 16)} on, or \`ScheduleExpressionTimezone: UTC\``,
          },
        ]
      }),
  },
}

/** What is done by the clock, and what it calls. */
function timedIn(
  scene: Scene,
): { readonly of: Written; readonly schedule: Schedule; readonly targets: readonly unknown[] }[] {
  return scene.all(SCHEDULE, RULE).flatMap((of) => {
    const text = of.text('ScheduleExpression')
    const schedule = text === undefined ? 'none' : parseSchedule(text, of.type === RULE ? 'rule' : 'scheduler')
    if (typeof schedule === 'string') return []
    const targets =
      of.type === RULE ? of.list('Targets').map((_, i) => of.value('Targets', i, 'Arn')) : [of.value('Target', 'Arn')]
    return [{ of, schedule, targets }]
  })
}
