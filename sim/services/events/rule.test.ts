// Shows each rule of a rule: inputs, retries, dead letters, permissions, limits, loops, metrics.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FaultPlan } from '../../model/plan.ts'
import { AT_ONCE, aQueue, bodies, entry, events, messages, open, put, ROLE, ruleOf } from '../../../test/events.ts'
import { DAY, HOUR, MINUTE, MS, Refused, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { steps, wait } from '../../../test/lambda.ts'
import { delayBefore } from '../../parts/target-deliveries.ts'
import type { Instruction } from '../../parts/program.ts'
import { account } from '../lambda/account.ts'
import { lambdaFunction, type LambdaFunction } from '../lambda/function.ts'
import { stream } from '../kinesis/stream.ts'
import { topic } from '../sns/topic.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import type { Rule } from './rule.ts'

const fail: Instruction = { op: 'fail', error: 'Broken', catches: [] }
const ANY = { source: [{ exists: true }] }
const ACCOUNT = { 'Sim::Lambda::Account': { def: account } }
const fn = (properties: Record<string, unknown> = {}, ...program: Parameters<typeof steps>): Part => ({
  def: lambdaFunction,
  properties,
  config: { Handler: steps(...program) },
  assumptions: { ColdStart: '0ms', InvokeLatency: '0ms' },
})
const state = (l: Lab, name = 'Placed'): Rule => l.state<Rule>(name)
const toJobs = [{ Arn: 'Jobs', ...ROLE }]

describe('a rule', () => {
  test('hands an event to functions, topics, queues and streams, each by itself [N.EVENTBRIDGE-03, EB-04]', () => {
    const l = events({
      ...ACCOUNT,
      Work: fn(),
      News: { def: topic, assumptions: AT_ONCE },
      Jobs: aQueue,
      Log: { def: stream, properties: { ShardCount: 1 } },
      Placed: ruleOf(
        ANY,
        ['Work', 'News', 'Jobs', 'Log'].map((Arn) => ({ Arn, ...ROLE })),
      ),
    })
    for (let i = 0; i < 10; i++) put(l, entry({ Detail: { id: i } }))
    l.run(SECOND).finish()
    expect(l.state<LambdaFunction>('Work').events.succeeded).toBe(10)
    expect(l.sum('News', 'NumberOfMessagesPublished')).toBe(10)
    expect(l.sum('Log', 'IncomingRecords')).toBe(10)
    expect(bodies(l, 'Jobs').map(({ detail }) => detail.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect([l.sum('Placed', 'TriggeredRules'), l.sum('Placed', 'Invocations')]).toEqual([10, 40])
  })

  test('gives each target what it asks for [EB-26, N.EVENTBRIDGE-04]', () => {
    const inputs = [
      { InputPath: '$.detail' },
      { Input: '{"constant": true}' },
      {
        InputTransformer: {
          InputPathsMap: { state: '$.detail.state', at: '$.time' },
          InputTemplate:
            '{"is": "now <state>", "at": <at>, "by": "<aws.events.rule-name>", "in": "<aws.events.event.ingestion-time>"}',
        },
      },
    ]
    const l = events({
      Jobs: aQueue,
      Placed: ruleOf(
        ANY,
        inputs.map((each) => ({ ...toJobs[0], ...each })),
      ),
    })
    l.run(3 * SECOND)
    put(l, entry({ Detail: { state: 'placed' }, Time: '2020-01-01T00:00:00Z' }))
    l.run(5 * SECOND)
    expect(bodies(l, 'Jobs')).toEqual([
      { state: 'placed' },
      { constant: true },
      { is: 'now placed', at: '2020-01-01T00:00:00Z', by: 'Placed', in: '2026-01-05T00:00:03Z' },
    ])
  })

  test('is triggered half a second to a tenth of one after its event [EB-05]', () => {
    const l = events({ Jobs: aQueue, Placed: { ...ruleOf(ANY, toJobs), assumptions: {} } })
    const times: number[] = []
    for (let i = 0; i < 400; i++) {
      const before = l.now
      put(l, entry())
      while (state(l).deliveries.arrivedCount === i) l.run(l.world.kernel.busyNow ? l.now : l.world.kernel.queue.peek())
      times.push(l.now - before)
    }
    const median = times.sort((a, b) => a - b)[200]!
    expect(median).toBeGreaterThan(115 * MS)
    expect(median).toBeLessThan(147 * MS)
  })

  test('takes nothing while it is disabled, and a change takes the time that it takes [EB-06]', () => {
    const l = events(
      { Jobs: aQueue, Placed: ruleOf(ANY, toJobs, { State: 'DISABLED' }, { RuleActivation: '60s' }) },
      {
        probe: [
          ['Placed', 'events:EnableRule'],
          ['Placed', 'events:DisableRule'],
          ['Placed', 'events:PutRule'],
        ],
      },
    )
    const taken = (): number => {
      put(l, entry())
      return state(l).triggered
    }
    expect(taken()).toBe(0)
    l.ask('Placed', 'events:EnableRule')
    l.run(MINUTE - 1)
    expect(taken()).toBe(0)
    l.run(MINUTE)
    expect(taken()).toBe(1)
    l.ask('Placed', 'events:PutRule', { EventPattern: { source: ['other'] } })
    l.run(3 * MINUTE)
    expect(taken()).toBe(1)
    expect(l.ask('Placed', 'events:PutRule', { EventPattern: '{"source": "shop"}' }).status).toBe(
      'InvalidEventPatternException',
    )
    l.ask('Placed', 'events:PutRule', { EventPattern: '{"source": ["shop"]}', State: 'ENABLED' })
    l.run(5 * MINUTE)
    expect(taken()).toBe(2)
    l.ask('Placed', 'events:DisableRule')
    l.run(7 * MINUTE)
    expect(taken()).toBe(2)
  })

  test('is done with a function when it has accepted the event: errors are the function’s own [EB-34]', () => {
    const l = events({
      ...ACCOUNT,
      Work: fn({ Timeout: 30 }, wait(20 * SECOND), fail),
      Placed: ruleOf(ANY, [{ Arn: 'Work', ...ROLE }]),
    })
    put(l, entry())
    l.run(SECOND)
    expect(state(l).deliveries.arrivedCount).toBe(1)
    l.run(HOUR).finish()
    expect(l.state<LambdaFunction>('Work').events.givenUp.count).toBe(1)
    expect([l.sum('Placed', 'Invocations'), l.sum('Placed', 'FailedInvocations')]).toEqual([1, 0])
  })
})

/** Every call to `Jobs` fails with a fault of the API from the beginning until `until`. */
const faulty = (until: number, fault = 'throttle'): { readonly faults: readonly FaultPlan[] } => ({
  faults: [
    {
      ...{ at: 0, until, fault: `aws:fis:inject-api-${fault}-error`, target: 'Jobs' },
      params: { Percentage: 100, Operations: ['sqs:SendMessage'] },
    },
  ],
})
const faultyWorld = (until: number, target: Record<string, unknown> = {}, fault = 'throttle'): Lab =>
  events(
    { Jobs: aQueue, Dead: aQueue, Placed: ruleOf(ANY, [{ ...toJobs[0], ...target }]) },
    { ...faulty(until, fault), beside: open('Dead') },
  )
const attributes = (l: Lab): Record<string, string> =>
  Object.fromEntries(
    Object.entries(messages(l, 'Dead')[0].MessageAttributes as Record<string, { StringValue: string }>).map(
      ([name, { StringValue }]) => [name, StringValue],
    ),
  )

describe('a delivery that fails', () => {
  test('is tried again after 1 s, 2 s, 4 s … up to ten minutes, 152 times in a day [EB-31]', () => {
    expect([1, 2, 3, 10, 11, 185].map(delayBefore)).toEqual([1, 2, 4, 512, 600, 600])
    let seconds = 0
    let retries = 0
    while (seconds + delayBefore(retries + 1) <= 86_400) seconds += delayBefore(++retries)
    expect(retries).toBe(152)
  })

  test('arrives with the first attempt after the trouble is over [EB-31, EB-32]', () => {
    for (const fault of ['throttle', 'internal', 'unavailable']) {
      // Attempts at 0, 1, 3, 7 s.
      const l = faultyWorld(3 * SECOND + 1, {}, fault)
      put(l, entry())
      l.run(7 * SECOND - 1)
      expect(bodies(l, 'Jobs'), fault).toHaveLength(0)
      l.run(8 * SECOND)
      expect(bodies(l, 'Jobs'), fault).toHaveLength(1)
    }
  })

  test('is given up after so many retries, 185 at most, or when it is too old, whichever comes first [EB-30, EB-33]', () => {
    const policy = (RetryPolicy: Record<string, unknown>): Lab => {
      const l = faultyWorld(400 * DAY, { RetryPolicy, DeadLetterConfig: { Arn: 'Dead' } })
      put(l, entry())
      return l
    }
    const few = policy({ MaximumRetryAttempts: 2 })
    few.run(3 * SECOND - 1)
    expect(state(few).deliveries.inside).toBe(1)
    few.run(4 * SECOND)
    expect(attributes(few)).toMatchObject({
      ERROR_CODE: 'THROTTLING',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '2',
    })
    const old = policy({ MaximumEventAgeInSeconds: 60 })
    old.run(MINUTE - 1)
    expect(state(old).deliveries.inside).toBe(1)
    old.run(MINUTE + SECOND)
    // Attempts at 0, 1, 3, 7, 15, 31 s; the next one would come too late.
    expect(attributes(old)).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: '5',
    })
    const day = policy({})
    day.run(DAY - 1)
    expect(state(day).deliveries.inside).toBe(1)
    day.run(DAY + SECOND)
    expect(attributes(day)).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: '152',
    })
  })

  test('may be tried no more than 185 times and for a day [EB-30]', () => {
    const made = (RetryPolicy: Record<string, unknown>) => () =>
      events({ Jobs: aQueue, Placed: ruleOf(ANY, [{ ...toJobs[0], RetryPolicy }]) })
    expect(made({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 })).not.toThrow()
    expect(made({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 })).not.toThrow()
    for (const wrong of [
      { MaximumRetryAttempts: 186 },
      { MaximumRetryAttempts: -1 },
      { MaximumEventAgeInSeconds: 59 },
      { MaximumEventAgeInSeconds: 86_401 },
    ])
      expect(made(wrong), JSON.stringify(wrong)).toThrow(/out-of-range/)
  })

  test('is not tried again where nobody lets it in, or where the target refuses it for good [EB-32, EB-33]', () => {
    const refused = (target: Record<string, unknown>, part: Part): Lab => {
      const l = events(
        {
          ...{ Jobs: part, Dead: aQueue },
          Placed: ruleOf(ANY, [{ Arn: 'Jobs', DeadLetterConfig: { Arn: 'Dead' }, ...target }]),
        },
        { beside: open('Dead') },
      )
      put(l, entry())
      l.run(1)
      return l
    }
    const denied = refused({}, aQueue)
    expect(attributes(denied)).toEqual({
      RULE_ARN: 'arn:aws:events:us-east-1:123456789012:rule/orders/Placed',
      TARGET_ARN: 'Jobs',
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: 'Lack of permissions to invoke the target.',
      RETRY_ATTEMPTS: '0',
    })
    const small = { ...aQueue, properties: { MaximumMessageSize: 1024 } }
    const large = refused({ ...ROLE, Input: JSON.stringify('x'.repeat(2000)) }, small)
    expect(attributes(large)).toMatchObject({ ERROR_CODE: 'InvalidParameterValue', RETRY_ATTEMPTS: '0' })
  })

  test('leaves the event in the dead-letter queue as it came; without one it is lost [EB-33]', () => {
    const l = faultyWorld(DAY, { RetryPolicy: { MaximumRetryAttempts: 0 }, DeadLetterConfig: { Arn: 'Dead' } })
    const { answer } = put(l, entry())
    l.run(1).finish()
    expect(bodies(l, 'Dead')).toMatchObject([{ id: answer.Entries[0].EventId, detail: { id: 1 } }])
    expect(l.sum('Placed', 'InvocationsSentToDlq')).toBe(1)
    const lost = faultyWorld(DAY, { RetryPolicy: { MaximumRetryAttempts: 0 } })
    put(lost, entry())
    lost.run(1)
    expect(state(lost).deliveries.lost.total).toBe(1)
  })

  test('is lost where the dead-letter queue refuses it too [EB-33]', () => {
    const l = events({
      Jobs: aQueue,
      Dead: aQueue,
      Placed: ruleOf(ANY, [{ Arn: 'Jobs', DeadLetterConfig: { Arn: 'Dead' } }]),
    })
    put(l, entry())
    l.run(1).finish()
    expect(l.sum('Placed', 'InvocationsFailedToBeSentToDlq')).toBe(1)
    expect(state(l).deliveries.lost.total).toBe(1)
  })

  test('counts as one invocation, and as failed when it fails for good; what is never counted has no data [EB-70]', () => {
    const mended = faultyWorld(10 * SECOND)
    put(mended, entry())
    mended.run(5 * SECOND)
    expect(state(mended).deliveries.failures.count).toBe(3)
    mended.run(MINUTE).finish()
    expect([mended.sum('Placed', 'Invocations'), mended.sum('Placed', 'FailedInvocations')]).toEqual([1, 0])
    expect(mended.points('Placed', 'FailedInvocations').filter(({ n }) => n > 0)).toEqual([])
    const broken = faultyWorld(DAY, { RetryPolicy: { MaximumRetryAttempts: 3 } })
    put(broken, entry())
    broken.run(MINUTE).finish()
    expect([broken.sum('Placed', 'Invocations'), broken.sum('Placed', 'FailedInvocations')]).toEqual([1, 1])
  })
})

describe('the account’s limit of invocations', () => {
  test('delays what is beyond it and drops nothing [EB-07]', () => {
    const l = events({ Jobs: aQueue, Placed: ruleOf(ANY, toJobs) }, { quotas: { 'events.Invocations': 5 } })
    put(l, ...Array.from({ length: 10 }, () => entry()))
    put(l, entry(), entry())
    const arrived = (until: number): number => {
      l.run(until)
      return state(l).deliveries.arrivedCount
    }
    expect([arrived(1), arrived(SECOND - 1), arrived(SECOND), arrived(2 * SECOND)]).toEqual([5, 5, 10, 12])
    l.finish()
    expect(l.sum('Placed', 'ThrottledRules')).toBe(7)
  })

  test('holds in every second, whatever comes when, and nothing is lost [EB-04, EB-07]', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ after: fc.integer({ min: 0, max: 2 * SECOND }), count: fc.integer({ min: 1, max: 10 }) }),
          { maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 6 }),
        (batches, limit) => {
          const l = events(
            {
              Jobs: aQueue,
              Mail: aQueue,
              A: ruleOf(ANY, toJobs),
              B: ruleOf(ANY, [{ Arn: 'Mail', ...ROLE }, ...toJobs]),
            },
            { quotas: { 'events.Invocations': limit } },
          )
          let sent = 0
          const times: number[] = []
          const total = (): number => state(l, 'A').deliveries.arrivedCount + state(l, 'B').deliveries.arrivedCount
          const runTo = (end: number): void => {
            const { kernel } = l.world
            for (let next = l.now; next <= end; next = kernel.busyNow ? l.now : kernel.queue.peek()) {
              l.run(next)
              while (times.length < total()) times.push(l.now)
            }
            l.run(end)
          }
          for (const { after, count } of batches) {
            runTo(l.now + after)
            l.call('Orders', 'events:PutEvents', { Entries: Array.from({ length: count }, () => entry()) })
            sent += count
          }
          runTo(l.now + HOUR)
          const seen = times.length
          expect(seen).toBe(3 * sent)
          times.forEach((time, i) => {
            if (i >= limit) expect(time - times[i - limit]!).toBeGreaterThanOrEqual(SECOND)
          })
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('an event that comes back to its own bus is cut off after a thousand rounds [EB-08]', () => {
  const l = events({ Round: ruleOf(ANY, [{ Arn: 'Orders' }]) })
  put(l, entry())
  l.run(HOUR).finish()
  expect(state(l, 'Round').triggered).toBe(1001)
  expect(l.sum('Round', 'DeadLetterInvocations')).toBe(1)
})

describe('a rule is refused', () => {
  const made =
    (
      pattern: unknown,
      targets: readonly Record<string, unknown>[] = [],
      more: Record<string, unknown> = {},
      parts: Record<string, Part> = {},
    ) =>
    () =>
      events({
        Jobs: aQueue,
        Fifo: { def: queue, properties: { FifoQueue: true, ContentBasedDeduplication: true } },
        Placed: ruleOf(pattern, targets, more),
        ...parts,
      })

  test('without a pattern and a schedule, with a schedule on a bus of one’s own, with a pattern that is none [EB-03, EB-24]', () => {
    expect(made(undefined)).toThrow(/event-pattern/)
    expect(made(undefined, [], { ScheduleExpression: 'rate(1 minute)' })).toThrow(/only on the default event bus/)
    expect(made({ source: 'shop' })).toThrow(/"source" must be an object or an array/)
    expect(made('{"source": ')).toThrow(/no JSON/)
    expect(made('{"source": ["shop"], "source": ["other"]}')).not.toThrow()
  })

  test('of two equal keys the last one counts [EB-24]', () => {
    const l = events({ Placed: ruleOf('{"source": ["other"], "source": ["shop"]}', []) })
    put(l, entry())
    expect(state(l).triggered).toBe(1)
  })

  test('with a pattern of more than 2,048 characters, or of more than 1,000 combinations [EB-24]', () => {
    const sized = (size: number): string => `{"source":["${'x'.repeat(size - 15)}"]}`
    expect(sized(2048)).toHaveLength(2048)
    expect(made(sized(2048))).not.toThrow()
    expect(made(sized(2049))).toThrow(/2049 characters, at most 2048/)
    const or = (count: number): unknown[] => Array.from({ length: count }, (_, i) => ({ a: [i] }))
    expect(made({ $or: or(10), b: { $or: or(10), c: { $or: or(10) } } })).not.toThrow()
    expect(made({ $or: or(11), b: { $or: or(10), c: { $or: or(10) } } })).toThrow(/1100 combinations/)
  })

  test('with more than five targets, or two of one id', () => {
    const targets = (count: number) => Array.from({ length: count }, () => toJobs[0]!)
    expect(made(ANY, targets(5))).not.toThrow()
    expect(made(ANY, targets(6))).toThrow(/6 members: `LimitExceededException`/)
    expect(
      made(ANY, [
        { ...toJobs[0], Id: 'a' },
        { ...toJobs[0], Id: 'a' },
      ]),
    ).toThrow(/two targets/)
  })

  test('with a FIFO queue for dead letters, or as a target without a group [EB-33]', () => {
    expect(made(ANY, [{ ...toJobs[0], DeadLetterConfig: { Arn: 'Fifo' } }])).toThrow(/cannot take dead letters/)
    expect(made(ANY, [{ Arn: 'Fifo', ...ROLE }])).toThrow(/no `MessageGroupId`/)
    const grouped = [{ Arn: 'Fifo', ...ROLE, SqsParameters: { MessageGroupId: 'all' } }]
    expect(made(ANY, grouped)).not.toThrow()
    const own = { Fifo: { def: queue, properties: { FifoQueue: true } } }
    expect(made(ANY, grouped, {}, own)).toThrow(/deduplicate/)
  })

  test('with an input that is none [EB-26]', () => {
    expect(made(ANY, [{ ...toJobs[0], InputPath: 'detail' }])).toThrow(Refused)
    expect(made(ANY, [{ ...toJobs[0], InputPath: '$.a', Input: '{}' }])).toThrow(/exclude each other/)
  })
})

test('a FIFO queue gets its events in their group, known by their content', () => {
  const fifo: Part = {
    def: queue,
    properties: { FifoQueue: true, ContentBasedDeduplication: true },
    assumptions: AT_ONCE,
  }
  const l = events({
    Fifo: fifo,
    Placed: ruleOf(ANY, [{ Arn: 'Fifo', ...ROLE, SqsParameters: { MessageGroupId: 'all' }, InputPath: '$.detail' }]),
  })
  put(l, entry(), entry(), entry({ Detail: { id: 2 } }))
  l.run(SECOND)
  expect(l.state<Queue>('Fifo').messages.visible).toBe(2)
})

test('rules of a bus of one’s own have metrics under both names', () => {
  const l = events({ Jobs: aQueue, Placed: ruleOf(ANY, toJobs), Own: ruleOf(ANY, toJobs, { EventBusName: undefined }) })
  put(l, entry())
  l.run(SECOND).finish()
  expect(l.sum('Placed', 'Invocations', { RuleName: 'Placed', EventBusName: 'orders' })).toBe(1)
  expect(() => l.metric('Own', 'Invocations', { EventBusName: 'default' })).toThrow()
})

test('a quiet rule costs no events', () => {
  const l = events({ Placed: ruleOf(ANY, [{ Arn: 'elsewhere' }]) })
  put(l, entry())
  l.run(MINUTE)
  expect(state(l).deliveries.arrivedCount).toBe(1)
  const before = l.world.kernel.steps
  l.run(365 * DAY)
  expect(l.world.kernel.steps).toBe(before)
})
