// Shows each rule of a schedule: when it comes, what the target gets, what becomes of invocations that fail.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, SECOND, type Lab, type LabOptions, type Part } from '../../../test/kit.ts'
import { problemsOf, scenarioOf } from '../../../test/scenarios.ts'
import { parseMoment } from '../../parts/calendar.ts'
import { runScenario } from '../../run/run.ts'
import { services } from '../index.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { UNIVERSAL } from './schedule-config.ts'
import { schedule, type ScheduleState } from './schedule.ts'

const AT_ONCE = { ApiLatency: '0ms' }

interface More {
  readonly target?: Record<string, unknown>
  readonly parts?: Record<string, Part>
  readonly assumptions?: Record<string, string>
  readonly options?: LabOptions
}

/** A schedule `Clock` that sends to the queue `Jobs`. */
function world(
  properties: Record<string, unknown>,
  { target = {}, parts = {}, assumptions = {}, options = {} }: More = {},
): Lab {
  return lab(
    {
      Clock: {
        def: schedule,
        properties: {
          ScheduleExpression: 'rate(1 minute)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: 'Jobs', RoleArn: 'r', ...target },
          ...properties,
        },
        assumptions: { ...AT_ONCE, ...assumptions },
      },
      Jobs: { def: queue, assumptions: AT_ONCE },
      Dead: { def: queue, assumptions: AT_ONCE },
      ...parts,
    },
    {
      probe: [
        ...(['Update', 'Create', 'Delete', 'Get'] as const).map(
          (verb) => ['Clock', `scheduler:${verb}Schedule`] as const,
        ),
        ['Dead', 'sqs:ReceiveMessage'],
        ['Jobs', 'sqs:ReceiveMessage'],
      ],
      ...options,
    },
  )
}

/** The seconds at which something came to the queue, up to `until` µs. */
function arrivals(l: Lab, until: number, name = 'Jobs'): number[] {
  l.run(until)
  const { messages, stored } = l.state<Queue>(name)
  return [...Array(stored.inside).keys()].map((row) => messages.enqueuedAt[row]! / SECOND)
}

describe('a schedule comes', () => {
  test('at its rate, from now on or from its start date to its end date [EB-43]', () => {
    expect(arrivals(world({ ScheduleExpression: 'rate(5 minutes)' }), 20 * MINUTE)).toEqual([0, 300, 600, 900, 1200])
    const bounded = world({
      ScheduleExpression: 'rate(5 minutes)',
      StartDate: '2026-01-05T00:02:00Z',
      EndDate: '2026-01-05T00:12:00Z',
    })
    expect(arrivals(bounded, HOUR)).toEqual([120, 420, 720])
    const early = world({ ScheduleExpression: 'rate(5 minutes)', StartDate: '2026-01-04T23:58:00Z' })
    expect(arrivals(early, 10 * MINUTE)).toEqual([180, 480])
    const ended = world({ ScheduleExpression: 'rate(5 minutes)', EndDate: '2026-01-05T00:09:59Z' })
    expect(arrivals(ended, HOUR)).toEqual([0, 300])
  })

  test('at the times of a calendar, in the time zone that it names [EB-43]', () => {
    const zone = { ScheduleExpression: 'cron(30 8 ? * MON *)', ScheduleExpressionTimezone: 'America/New_York' }
    expect(arrivals(world(zone), 3 * DAY)).toEqual([13.5 * 3600])
    expect(arrivals(world(zone), 13.5 * HOUR - 1)).toEqual([])
    // Across the change of the clocks the same wall time is an hour earlier.
    const startsAt = parseMoment('2026-03-07') as number
    const daily = { ...zone, ScheduleExpression: 'cron(30 8 * * ? *)' }
    expect(arrivals(world(daily, { options: { startsAt } }), 2 * DAY).map((at) => (at / 3600) % 24)).toEqual([
      13.5, 12.5,
    ])
  })

  test('once, without a beginning or an end [EB-43]', () => {
    const once = { ScheduleExpression: 'at(2026-01-05T01:00:00)', EndDate: '2026-01-05T00:30:00Z' }
    const l = world(once)
    expect(arrivals(l, HOUR - 1)).toEqual([])
    expect(arrivals(l, DAY)).toEqual([3600])
    expect(arrivals(world({ ScheduleExpression: 'at(2026-01-04T01:00:00)' }), DAY)).toEqual([])
  })

  test('anywhere in a flexible window, evenly, and never outside of it [EB-43]', () => {
    const l = world({
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    })
    const late = arrivals(l, 90 * HOUR - 1).map((at) => at % 3600)
    expect(late).toHaveLength(90)
    expect(Math.max(...late)).toBeLessThan(900)
    expect(Math.min(...late)).toBeLessThan(60)
    const mean = late.reduce((sum, each) => sum + each, 0) / late.length
    expect(Math.abs(mean - 450)).toBeLessThan(80)
    expect(arrivals(world({ ScheduleExpression: 'rate(1 hour)' }), 2 * HOUR)).toEqual([0, 3600, 7200])
  })

  test('at second 0 of its minute, or somewhere in it where the scenario says so [EB-42]', () => {
    expect(arrivals(world({ ScheduleExpression: 'cron(5 * * * ? *)' }), HOUR)).toEqual([300])
    const l = world({ ScheduleExpression: 'cron(5 * * * ? *)' }, { assumptions: { Lateness: 'uniform(0s, 59s)' } })
    const late = arrivals(l, DAY).map((at) => (at % 3600) - 300)
    expect(new Set(late).size).toBeGreaterThan(20)
    expect(late.every((each) => each >= 0 && each <= 59)).toBe(true)
  })

  test('never, when it is disabled', () => {
    expect(arrivals(world({ State: 'DISABLED' }), DAY)).toEqual([])
  })

  test('for one event each time, and none in between', () => {
    const events = (expression: string): number => {
      const l = world({ ScheduleExpression: expression })
      l.run(300 * DAY)
      return l.world.kernel.steps
    }
    const never = events('at(2020-01-01T00:00:00)')
    // The timer, the attempt, the call and the answer, then the message's retention.
    expect(events('at(2026-01-06T00:00:00)') - never).toBeLessThanOrEqual(8)
  })
})

describe('a target', () => {
  const received = (l: Lab): any => l.ask('Jobs', 'sqs:ReceiveMessage').answer.Messages[0]

  test('gets the input, with what Scheduler knows of the invocation, or its notification', () => {
    const filled = world(
      {},
      { target: { Input: '{"at": "<aws.scheduler.scheduled-time>", "n": [1, "<aws.scheduler.schedule-arn>"]}' } },
    )
    expect(received(filled.run(1)).Body).toEqual({
      at: '2026-01-05T00:00:00Z',
      n: [1, 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/Clock'],
    })
    expect(received(world({}, { target: { Input: 'no JSON' } }).run(1)).Body).toBe('no JSON')
    expect(received(world({}).run(1)).Body).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      time: '2026-01-05T00:00:00Z',
      detail: '{}',
    })
  })

  test('may be an operation with its parameters [EB-43]', () => {
    const l = world(
      {},
      {
        target: {
          Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
          Input: '{"QueueUrl": "Jobs", "MessageBody": "hi", "DelaySeconds": 10}',
        },
      },
    )
    expect(l.run(10 * SECOND - 1).ask('Jobs', 'sqs:ReceiveMessage').answer.Messages).toEqual([])
    expect(received(l.run(10 * SECOND)).Body).toBe('hi')
  })

  test('that is an operation is one that a room answers', () => {
    for (const [name, { action, type, by }] of UNIVERSAL) {
      const op = services.find((def) => def.type === type)!.ops[action]
      expect(by, name).toContain(op?.target)
    }
  })

  test('outside of the scenario takes everything, and that is said', () => {
    const l = world({}, { target: { Arn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/c' } })
    l.run(5 * MINUTE)
    expect(l.notSimulated.join()).toContain('is not simulated')
    expect(l.state<ScheduleState>('Clock').deliveries.arrivedCount).toBe(6)
    const sdk = (arn: string, input: string): string =>
      world({}, { target: { Arn: `arn:aws:scheduler:::aws-sdk:${arn}`, Input: input } }).notSimulated.join()
    expect(sdk('ec2:stopInstances', '{}')).toContain('`ec2:stopInstances` is not simulated as a universal target')
    expect(sdk('sqs:sendMessage', '{"QueueUrl": "Other"}')).toContain('is not simulated')
  })
})

/** A queue that takes nothing: every message is larger than it may be. */
const refusing = (rate: string, more: Record<string, unknown> = {}) =>
  world(
    { ScheduleExpression: rate },
    {
      target: { Arn: 'Jobs', Input: JSON.stringify('x'.repeat(2000)), DeadLetterConfig: { Arn: 'Dead' }, ...more },
      parts: { Jobs: { def: queue, properties: { MaximumMessageSize: 1024 }, assumptions: AT_ONCE } },
    },
  )

describe('an invocation that fails', () => {
  test('is not tried again when that cannot help, and says in the dead-letter queue what was wrong [EB-32, EB-33]', () => {
    const l = refusing('at(2026-01-05T00:01:00)')
    l.run(2 * MINUTE)
    l.finish()
    expect(l.sum('Clock', 'InvocationAttemptCount')).toBe(1)
    expect(l.sum('Clock', 'TargetErrorCount')).toBe(1)
    expect(l.sum('Clock', 'InvocationDroppedCount')).toBe(1)
    expect(l.sum('Clock', 'InvocationsSentToDeadLetterCount')).toBe(1)
    const [message] = l.state<Queue>('Dead').messages.body.filter((body) => body !== null)
    expect(message).toBe('x'.repeat(2000))
  })

  /** A queue whose API throttles everything until it is better. */
  const throttled = (until: number, retry: Record<string, number>): Lab => {
    const l = world(
      { ScheduleExpression: 'at(2026-01-05T00:00:00)' },
      {
        target: { RetryPolicy: retry, DeadLetterConfig: { Arn: 'Dead' } },
        options: {
          faults: [
            {
              at: 0,
              until,
              fault: 'aws:fis:inject-api-throttle-error',
              params: { Service: 'sqs', Operations: ['SendMessage'], Percentage: 100 },
            },
          ],
        },
      },
    )
    return l
  }

  test('by a throttle is tried again after 1 s, 2 s, 4 s … until it arrives [EB-30, EB-31]', () => {
    const l = throttled(10 * SECOND, {})
    expect(arrivals(l, MINUTE)).toEqual([15])
    l.finish()
    expect(l.sum('Clock', 'InvocationAttemptCount')).toBe(5)
    expect(l.sum('Clock', 'TargetErrorThrottledCount')).toBe(4)
  })

  test('has as many retries and as much time as its policy gives it [EB-30]', () => {
    const few = throttled(DAY, { MaximumRetryAttempts: 2 })
    few.run(HOUR)
    few.finish()
    expect(few.sum('Clock', 'InvocationAttemptCount')).toBe(3)
    expect(few.sum('Clock', 'InvocationDroppedCount')).toBe(1)
    const short = throttled(DAY, { MaximumEventAgeInSeconds: 60 })
    short.run(60 * SECOND - 1)
    expect(short.state<ScheduleState>('Clock').deliveries.inside).toBe(1)
    short.run(60 * SECOND)
    expect(short.state<ScheduleState>('Clock').deliveries.inside).toBe(0)
  })

  test('is told when the run is over', () => {
    const findings = (every: string, more?: Record<string, unknown>): readonly { title: string; text: string }[] => {
      const l = refusing(every, more)
      l.run(HOUR)
      const look = { warmUp: 0, callees: () => [] } as never
      return schedule.insights!(l.state('Clock'), look)
    }
    expect(findings('rate(10 minutes)')).toMatchObject([
      {
        kind: 'schedule-missed',
        title: 'Scheduled work was not done',
        text: expect.stringContaining('7 invocations of 7 (100 %)'),
        share: 1,
      },
    ])
    expect(findings('rate(10 minutes)', { Input: '"short"' })).toEqual([])
  })
})

test('invocations beyond the account’s limit are delayed, not dropped', () => {
  const parts = Object.fromEntries(
    ['A', 'B', 'C', 'D'].map((name) => [
      name,
      {
        def: schedule,
        properties: {
          ScheduleExpression: 'at(2026-01-05T00:01:00)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: 'Jobs', RoleArn: 'r' },
        },
      },
    ]),
  )
  const l = world({ State: 'DISABLED' }, { parts, options: { quotas: { 'scheduler.InvocationsPerSecond': 2 } } })
  expect(arrivals(l, 2 * MINUTE)).toEqual([60, 60, 61, 61])
  l.finish()
  const delayed = ['A', 'B', 'C', 'D'].map((name) => l.sum(name, 'InvocationThrottleCount'))
  expect(delayed.reduce((sum, n) => sum + n, 0)).toBe(2)
})

describe('operations', () => {
  test('change, stop, delete and renew a schedule [EB-43]', () => {
    const l = world({})
    l.run(90 * SECOND)
    const update = (body: object) => l.ask('Clock', 'scheduler:UpdateSchedule', body).status
    expect(update({ ScheduleExpression: 'rate(10 minutes)' })).toBe('OK')
    expect(arrivals(l, 30 * MINUTE)).toEqual([0, 60, 90, 690, 1290])
    expect(update({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' })).toBe('OK')
    expect(arrivals(l, 40 * MINUTE)).toHaveLength(5)
    expect(update({ ScheduleExpression: 'cron(0 1 * * * *)' })).toBe('ValidationException')
    expect(update({ ScheduleExpression: 'rate(1 minute)', State: 'ON' })).toBe('ValidationException')
    expect(l.ask('Clock', 'scheduler:GetSchedule').answer).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'DISABLED',
    })
    expect(l.ask('Clock', 'scheduler:CreateSchedule', { ScheduleExpression: 'rate(1 minute)' }).status).toBe(
      'ConflictException',
    )
    expect(l.ask('Clock', 'scheduler:DeleteSchedule').status).toBe('OK')
    for (const operation of ['Delete', 'Get'] as const)
      expect(l.ask('Clock', `scheduler:${operation}Schedule`).status).toBe('ResourceNotFoundException')
    expect(update({ ScheduleExpression: 'rate(1 minute)' })).toBe('ResourceNotFoundException')
    expect(l.ask('Clock', 'scheduler:CreateSchedule', { ScheduleExpression: 'at(2026-01-05T00:50:00)' }).status).toBe(
      'OK',
    )
    expect(arrivals(l, HOUR).at(-1)).toBe(3000)
  })

  test('a schedule that is to be deleted after its last time is deleted then [EB-43]', () => {
    const l = world({ State: 'DISABLED' })
    const put = (action: string) =>
      l.ask('Clock', 'scheduler:UpdateSchedule', {
        ScheduleExpression: 'at(2026-01-05T00:10:00)',
        ActionAfterCompletion: action,
      })
    expect(put('DELETE').status).toBe('OK')
    l.run(10 * MINUTE - 1)
    expect(l.ask('Clock', 'scheduler:GetSchedule').answer).toMatchObject({ ActionAfterCompletion: 'DELETE' })
    l.run(11 * MINUTE)
    expect(l.ask('Clock', 'scheduler:GetSchedule').status).toBe('ResourceNotFoundException')
    const kept = world({ ScheduleExpression: 'at(2026-01-05T00:10:00)' })
    kept.run(11 * MINUTE)
    expect(kept.ask('Clock', 'scheduler:GetSchedule').status).toBe('OK')
  })
})

describe('a template', () => {
  const template = (properties: string): string => `
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Fifo: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Clock: { Type: AWS::Scheduler::Schedule, Properties: { FlexibleTimeWindow: { Mode: "OFF" }, Target: { Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/r" }, ${properties} } }
`

  test('with what AWS would refuse is refused [EB-43]', () => {
    const wrong = (properties: string, words: string): void =>
      expect(problemsOf(template(properties)), properties).toContain(words)
    expect(problemsOf(template('ScheduleExpression: rate(1 hour)'))).not.toContain('error')
    wrong('ScheduleExpression: rate(10 seconds)', 'bad-schedule')
    wrong('ScheduleExpression: rate(1 hour), ScheduleExpressionTimezone: europe/berlin', 'Europe/Berlin')
    wrong('ScheduleExpression: rate(1 hour), StartDate: tomorrow', '`tomorrow` is no moment')
    wrong(
      'ScheduleExpression: rate(1 hour), StartDate: "2026-01-06T00:00:00Z", EndDate: "2026-01-06T00:00:00Z"',
      'the end is not after the start',
    )
    wrong('ScheduleExpression: rate(1 hour), FlexibleTimeWindow: { Mode: FLEXIBLE }', 'a flexible window has no length')
    wrong(
      'ScheduleExpression: rate(1 hour), FlexibleTimeWindow: { Mode: FLEXIBLE, MaximumWindowInMinutes: 1441 }',
      '1441',
    )
    wrong(
      'ScheduleExpression: rate(1 hour), Target: { Arn: !GetAtt Fifo.Arn, RoleArn: "arn:aws:iam::123456789012:role/r" }',
      'names no message group',
    )
    wrong(
      'ScheduleExpression: rate(1 hour), Target: { Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/r", RetryPolicy: { MaximumRetryAttempts: 186 } }',
      '186',
    )
    wrong(
      'ScheduleExpression: rate(1 hour), Target: { Arn: !GetAtt Jobs.Arn, RoleArn: "arn:aws:iam::123456789012:role/r", DeadLetterConfig: { Arn: !GetAtt Fifo.Arn } }',
      'cannot take dead letters',
    )
  })

  test('needs nobody in the place of a schedule that comes during the run, and somebody where it does not', () => {
    const bare = (expression: string) =>
      scenarioOf(`Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: python3.12, Handler: a.b, InlineCode: pass, Events: { C: { Type: ScheduleV2, Properties: { ScheduleExpression: ${expression} } } } }`)
    expect(bare('rate(1 minute)').draft!.workloads).toEqual([])
    const { world: ran } = runScenario(bare('rate(1 minute)'))
    expect(ran.stateOf<ScheduleState>('WorkC').deliveries.arrivedCount).toBe(11)
    expect(bare('rate(1 day)').draft!.workloads).toEqual([])
    expect(bare('cron(0 3 * * ? *)').draft!.workloads.map(({ target }) => target)).toEqual(['Work'])
  })
})

describe('the bill of a schedule', () => {
  test('has its invocations, 1 USD a million: of a rate one at once, then one a minute [PR-R1]', () => {
    expect(
      world({})
        .run(10 * MINUTE + SECOND)
        .finish()
        .bill('Clock')['Invocations']!.used,
    ).toBe(11)
    expect(world({ State: 'DISABLED' }).run(HOUR).finish().bill('Clock')['Invocations']).toEqual({ used: 0, run: 0 })
  })
})
