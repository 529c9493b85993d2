// Shows rules that are triggered by the clock.
import { describe, expect, test } from 'vitest'
import { AT_ONCE, bodies, DEFAULT, entry, events, messages, open } from '../../../test/events.ts'
import { DAY, HOUR, lab, MINUTE, SECOND, START_MS, type Lab, type LabOptions } from '../../../test/kit.ts'
import { problemsOf, scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { defaultBus } from './default-bus.ts'
import { rule, type Rule } from './rule.ts'

interface More {
  readonly assumptions?: Record<string, string>
  readonly target?: Record<string, unknown>
  readonly options?: LabOptions
}

/** A rule `Clock` on the default bus that sends to the queue `Jobs`. */
function world(properties: Record<string, unknown>, { assumptions = {}, target = {}, options = {} }: More = {}): Lab {
  return lab(
    {
      [DEFAULT]: { def: defaultBus, assumptions: AT_ONCE },
      Jobs: { def: queue, properties: { MessageRetentionPeriod: 1_209_600 }, assumptions: AT_ONCE },
      Clock: { def: rule, properties: { Targets: [{ Id: 'a', Arn: 'Jobs', ...target }], ...properties }, assumptions },
    },
    {
      beside: open('Jobs'),
      probe: [
        [DEFAULT, 'events:PutEvents'],
        ['Jobs', 'sqs:ReceiveMessage'],
        ...(['Enable', 'Disable', 'Put'] as const).map((verb) => ['Clock', `events:${verb}Rule`] as const),
      ],
      ...options,
    },
  )
}

/** The seconds at which messages came to the queue, up to `until` µs. */
function arrivals(l: Lab, until: number): number[] {
  l.run(until)
  const { messages: rows, stored } = l.state<Queue>('Jobs')
  return [...Array(stored.inside).keys()].map((row) => rows.enqueuedAt[row]! / SECOND)
}

describe('a rule by the clock', () => {
  test('comes at its rate, first one interval after it is there [EB-40, N.EVENTBRIDGE-01, N.LAMBDA-ASYNC-08]', () => {
    const l = world({ ScheduleExpression: 'rate(5 minutes)' })
    expect(arrivals(l, 5 * MINUTE - 1)).toEqual([])
    expect(arrivals(l, HOUR)).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) * 300))
    expect(arrivals(world({ ScheduleExpression: 'rate(1 minute)' }), 10 * MINUTE)).toHaveLength(10)
  })

  test('comes at the times of a calendar, in UTC [EB-41, N.EVENTBRIDGE-01]', () => {
    expect(arrivals(world({ ScheduleExpression: 'cron(0 8 * * ? *)' }), 2 * DAY)).toEqual([8 * 3600, 32 * 3600])
    const weekdays = arrivals(world({ ScheduleExpression: 'cron(0/5 8-17 ? * MON-FRI *)' }), 7 * DAY)
    expect(weekdays).toHaveLength(600)
    expect([weekdays[0], weekdays[119], weekdays[120]]).toEqual([8 * 3600, 17 * 3600 + 55 * 60, 32 * 3600])
  })

  test('comes at second 0 of its minute, or somewhere in it where the scenario says so [EB-42]', () => {
    const assumptions = { ScheduleLateness: 'uniform(0s, 59s)' }
    const late = arrivals(world({ ScheduleExpression: 'rate(1 hour)' }, { assumptions }), 13 * DAY).map(
      (at) => at % 3600,
    )
    expect(new Set(late).size).toBeGreaterThan(100)
    expect(late.every((each) => each >= 0 && each <= 59)).toBe(true)
    const exact = arrivals(world({ ScheduleExpression: 'rate(1 hour)' }), DAY)
    expect(exact.every((each) => each % 3600 === 0)).toBe(true)
  })

  test('hands its targets an event that says when, or what they want of it [EB-42]', () => {
    const l = world({ ScheduleExpression: 'rate(5 minutes)' })
    l.run(10 * MINUTE)
    const [first, second] = bodies(l, 'Jobs')
    expect(first).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-01-05T00:05:00Z',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/Clock'],
      detail: {},
    })
    expect(second.id).not.toBe(first.id)
    const constant = world({ ScheduleExpression: 'rate(1 minute)' }, { target: { Input: '{"night": true}' } })
    constant.run(MINUTE)
    expect(bodies(constant, 'Jobs')).toEqual([{ night: true }])
  })

  test('is triggered by no event of the bus, and its own event is none of the bus', () => {
    const l = events(
      {
        Clock: {
          def: rule,
          properties: { ScheduleExpression: 'rate(10 minutes)', Targets: [{ Id: 'a', Arn: 'Jobs' }] },
        },
        Other: {
          def: rule,
          properties: { EventPattern: { source: ['aws.events', 'shop'] }, Targets: [{ Id: 'a', Arn: 'Seen' }] },
          assumptions: { DeliveryLatency: '0ms' },
        },
        Jobs: { def: queue, assumptions: AT_ONCE },
        Seen: { def: queue, assumptions: AT_ONCE },
      },
      { beside: open('Jobs', 'Seen') },
    )
    l.ask(DEFAULT, 'events:PutEvents', { Entries: [entry(), entry()] })
    l.run(11 * MINUTE)
    expect(messages(l, 'Jobs')).toHaveLength(1)
    expect(bodies(l, 'Seen').map(({ source }) => source)).toEqual(['shop', 'shop'])
  })

  test('may be triggered by both, a pattern and the clock', () => {
    const l = world({ ScheduleExpression: 'rate(1 minute)', EventPattern: { source: ['shop'] } })
    l.ask(DEFAULT, 'events:PutEvents', { Entries: [entry()] })
    l.run(MINUTE)
    expect(bodies(l, 'Jobs').map(({ source }) => source)).toEqual(['shop', 'aws.events'])
  })

  test('stands still while it is disabled, and counts anew from when it is enabled [EB-06, EB-40]', () => {
    const l = world({ ScheduleExpression: 'rate(5 minutes)', State: 'DISABLED' })
    expect(arrivals(l, HOUR)).toEqual([])
    l.ask('Clock', 'events:EnableRule')
    l.run(HOUR + 7 * MINUTE)
    l.ask('Clock', 'events:DisableRule')
    expect(arrivals(l, 2 * HOUR)).toEqual([3900])
    const later = world({ ScheduleExpression: 'rate(5 minutes)' }, { assumptions: { RuleActivation: '60s' } })
    later.run(9 * MINUTE + 30 * SECOND)
    later.ask('Clock', 'events:DisableRule')
    expect(arrivals(later, HOUR)).toEqual([300, 600])
  })

  test('is replaced as a whole [EB-06]', () => {
    const l = world({ ScheduleExpression: 'rate(5 minutes)' })
    const put = (body: object) => l.ask('Clock', 'events:PutRule', body).status
    l.run(MINUTE)
    expect(put({ ScheduleExpression: 'rate(1 hours)' })).toBe('ValidationException')
    expect(put({ ScheduleExpression: 'rate(2 minutes)' })).toBe('OK')
    expect(arrivals(l, 6 * MINUTE)).toEqual([180, 300])
    expect(put({ EventPattern: { source: ['shop'] } })).toBe('OK')
    expect(arrivals(l, HOUR)).toEqual([180, 300])
  })

  test('stands on the time line at its times of the run', () => {
    const { config } = world({ ScheduleExpression: 'cron(0/20 8 * * ? *)' }).world.planOf('Clock')
    const run = { startsAt: START_MS * 1000, duration: DAY }
    const times = rule.view.plannedAt!(config, run).map(({ at, label }) => [at / MINUTE, label])
    expect(times).toEqual([480, 500, 520].map((at) => [at, 'cron(0/20 8 * * ? *)']))
    expect(rule.view.plannedAt!({ ...config, State: 'DISABLED' }, run)).toEqual([])
    const often = world({ ScheduleExpression: 'rate(1 minute)' }).world.planOf('Clock')
    expect(rule.view.plannedAt!(often.config, run)).toHaveLength(100)
  })

  test('costs one timer each time, and nothing in between', () => {
    const steps = (expression: string): number => {
      const l = world({ ScheduleExpression: expression, Targets: [] })
      l.run(300 * DAY)
      return l.world.kernel.steps
    }
    expect(steps('rate(30 days)') - steps('cron(0 0 1 1 ? 1990)')).toBe(10)
  })
})

describe('a template', () => {
  const template = (properties: string): string => `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Clock: { Type: AWS::Events::Rule, Properties: { Targets: [{ Id: a, Arn: !GetAtt Jobs.Arn }], ${properties} } }
`

  test('with a schedule that AWS would refuse is refused [EB-40, EB-41]', () => {
    for (const expression of ['rate(1 hours)', 'cron(0 10 * * * *)', 'at(2026-01-05T08:00:00)'])
      expect(problemsOf(template(`ScheduleExpression: ${expression}`)), expression).toContain('bad-schedule')
    expect(problemsOf(template('ScheduleExpression: rate(1 hour)'))).not.toContain('error')
  })

  test('of SAM needs nobody in the place of a schedule that comes during the run [N.LAMBDA-ASYNC-08]', () => {
    const bare = (expression: string) =>
      scenarioOf(`Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.12, Handler: a.b, InlineCode: pass, Events: { C: { Type: Schedule, Properties: { Schedule: ${expression} } } } }`)
    const scenario = bare('rate(1 minute)')
    expect(scenario.draft!.workloads).toEqual([])
    const { world: ran } = runScenario(scenario)
    expect(ran.stateOf<Rule>('WorkC').triggered).toBe(10)
    const invoked = ran.metrics.find(({ component, name }) => component === 'Work' && name === 'Invocations')!
    expect(invoked.series.points.reduce((sum, point) => sum + point.sum, 0)).toBe(10)
    expect(bare('rate(1 day)').draft!.workloads.map(({ target }) => target)).toEqual(['Work'])
  })
})
