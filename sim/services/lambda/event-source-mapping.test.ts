// Queues that feed functions: polls, batches, scaling, failures, throttles; and an experiment that AWS published.
import { describe, expect, test } from 'vitest'
import {
  DAY,
  HOUR,
  lab,
  type Lab,
  type LabOptions,
  MINUTE,
  MS,
  type Part,
  type Refused,
  SECOND,
} from '../../../test/kit.ts'
import { constant, steps, wait } from '../../../test/lambda.ts'
import type { Instruction, Program } from '../../parts/program.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { account } from './account.ts'
import { alias } from './alias.ts'
import { eventSourceMapping } from './event-source-mapping.ts'
import { lambdaFunction, type LambdaFunction } from './function.ts'
import type { QueueMapping } from './queue-mapping.ts'

const fail: Instruction = { op: 'fail', error: 'Broken', catches: [] }

interface Setting {
  readonly handler?: Program
  readonly mapping?: Record<string, unknown>
  readonly jobs?: Record<string, unknown>
  readonly work?: Record<string, unknown>
  readonly more?: Record<string, Part>
  readonly options?: LabOptions
  /** How long the queues take to answer; no time at all unless set. */
  readonly latency?: string
}

function world({
  handler = steps(wait(100 * MS)),
  mapping = {},
  jobs = {},
  work = {},
  more = {},
  options = {},
  latency = '0ms',
}: Setting): Lab {
  return lab(
    {
      'Sim::Lambda::Account': { def: account },
      Jobs: { def: queue, properties: { VisibilityTimeout: 30, ...jobs }, assumptions: { ApiLatency: latency } },
      Dead: { def: queue, properties: {}, assumptions: { ApiLatency: latency } },
      Work: {
        def: lambdaFunction,
        properties: { MemorySize: 1792, ...work },
        config: { Handler: handler },
        assumptions: { ColdStart: '0ms' },
      },
      Feed: { def: eventSourceMapping, properties: { FunctionName: 'Work', EventSourceArn: 'Jobs', ...mapping } },
      ...more,
    },
    {
      probe: [
        ['Jobs', 'sqs:SendMessage'],
        ['Jobs', 'sqs:SendMessageBatch'],
        ['Feed', 'lambda:UpdateEventSourceMapping'],
      ],
      ...options,
    },
  )
}

function send(at: Lab, count: number): void {
  for (let left = count; left > 0; left -= 10) {
    const entries = Array.from({ length: Math.min(10, left) }, (_, i) => ({
      Id: `m${i}`,
      MessageBody: { n: count - left + i },
    }))
    at.call('Jobs', 'sqs:SendMessageBatch', { Entries: entries })
  }
}

const feed = (at: Lab): QueueMapping => at.state<QueueMapping>('Feed')
const work = (at: Lab): LambdaFunction => at.state<LambdaFunction>('Work')
const stored = (at: Lab, name: string): number => at.state<Queue>(name).stored.inside

function refusal(setting: Setting): string {
  try {
    world(setting)
  } catch (error) {
    return (error as Refused).problems.join()
  }
  return ''
}

test('a queue has no destination for what fails but its own dead-letter queue, and none for what succeeds [N.LAMBDA-DEST-03]', () => {
  const to = (way: string): Setting => ({ mapping: { DestinationConfig: { [way]: { Destination: 'Dead' } } } })
  expect(refusal({})).toBe('')
  expect(refusal(to('OnFailure'))).toContain('wrong-destination: the source `Jobs` is a queue')
  expect(refusal(to('OnSuccess'))).toContain('wrong-destination')
})

describe('polling', () => {
  test('an empty queue sees 15 empty receives a minute, and nothing has to happen for it [N.LAMBDA-ESM-13, LAM-50]', () => {
    const at = world({}).run(SECOND)
    const before = at.world.kernel.steps
    at.run(HOUR)
    expect(at.world.kernel.steps).toBe(before)
    at.finish()
    expect(at.sum('Jobs', 'NumberOfEmptyReceives') / 60).toBeGreaterThan(14.5)
    expect(at.sum('Jobs', 'NumberOfEmptyReceives') / 60).toBeLessThanOrEqual(15)
  })

  test('a message is handled the moment it comes, even after a day of silence [N.LAMBDA-ESM-02, N.LAMBDA-ESM-03]', () => {
    const at = world({}).run(DAY)
    at.call('Jobs', 'sqs:SendMessage', { MessageBody: { n: 1 } })
    at.run(DAY + 100 * MS)
    expect(work(at).replied).toBe(1)
    at.run(DAY + SECOND)
    expect([stored(at, 'Jobs'), feed(at).succeeded]).toEqual([0, 1])
  })

  test('messages of a batch are deleted when it has succeeded, not before [N.LAMBDA-ESM-22, LAM-54]', () => {
    const at = world({ mapping: { BatchSize: 10 } })
    send(at, 10)
    at.run(100 * MS - 1)
    expect([stored(at, 'Jobs'), at.state<Queue>('Jobs').inFlight.inside]).toEqual([10, 10])
    at.run(100 * MS)
    expect(stored(at, 'Jobs')).toBe(0)
    at.run(2 * MINUTE).finish()
    expect(at.sum('Jobs', 'NumberOfMessagesDeleted')).toBe(10)
    expect(at.sum('Feed', 'DeletedEventCount')).toBe(10)
    expect(work(at).running.entered).toBeLessThanOrEqual(5)
  })

  test('the handler sees the bodies as records, and the function its alias', () => {
    const handler = steps(
      { op: 'each', list: { kind: 'path', path: ['Records'] }, end: 3, reportFailures: false },
      {
        op: 'metric',
        namespace: 'T',
        name: 'n',
        value: { kind: 'path', path: ['n'] },
        dimensions: [],
        unit: 'Count',
        resolution: 60,
      },
      { op: 'next', start: 1 },
    )
    const more = { Live: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'live' } } }
    const at = world({ handler, mapping: { FunctionName: 'Live' }, more })
    send(at, 5)
    at.run(MINUTE).finish()
    expect(at.world.metrics.find((metric) => metric.namespace === 'T')?.series.points[0].sum).toBe(10)
    expect(at.sum('Work', 'Invocations', { Resource: 'Work:live' })).toBeGreaterThan(0)
  })

  test('a mapping that is switched off reads nothing, and goes on when it is switched on', () => {
    const at = world({ mapping: { Enabled: false } })
    send(at, 3)
    at.run(MINUTE)
    expect(feed(at).polled).toBe(0)
    at.ask('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
    at.run(2 * MINUTE)
    expect(feed(at).succeeded).toBe(3)
  })

  test('a refused poll is tried again later', () => {
    const params = { Percentage: 100, Service: 'sqs', Operations: ['ReceiveMessage'] }
    const fault = { at: 0, until: 5 * SECOND, fault: 'aws:fis:inject-api-unavailable-error', target: 'Jobs', params }
    const at = world({ mapping: { Enabled: false }, options: { faults: [fault] } })
    send(at, 3)
    at.ask('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
    at.run(4 * SECOND)
    expect(feed(at).polled).toBe(0)
    at.run(MINUTE)
    expect(feed(at).succeeded).toBe(3)
  })
})

describe('batches', () => {
  test('25 messages in batches of 10 make 3 invocations or more; a batch has 1 to 10 messages in the notes’ profile [N.LAMBDA-ESM-14]', () => {
    const at = world({ mapping: { BatchSize: 10 } })
    send(at, 25)
    at.run(MINUTE)
    expect(work(at).replied).toBeGreaterThanOrEqual(3)
    expect(feed(at).succeeded).toBe(25)
    const of = (BatchSize: number): string =>
      refusal({ mapping: { BatchSize, MaximumBatchingWindowInSeconds: 1 }, options: { profile: 'notes-2020' } })
    expect(of(11)).toContain('batch-size')
    expect(of(10)).toBe('')
    expect(refusal({ mapping: { BatchSize: 11 } })).toContain('batch-without-window')
    expect(refusal({ mapping: { BatchSize: 10_000, MaximumBatchingWindowInSeconds: 1 } })).toBe('')
  })

  test('a window of 40 s that opens at 7 s closes at 47 s with 5 records, or at once with BatchSize records [LAM-53, LAM-V8]', () => {
    const at = world({
      mapping: { BatchSize: 10, MaximumBatchingWindowInSeconds: 40 },
      jobs: { VisibilityTimeout: 60 },
    })
    for (const second of [7, 12, 20, 30, 46]) {
      at.run(second * SECOND)
      send(at, 1)
    }
    at.run(47 * SECOND - 1)
    expect(work(at).running.entered).toBe(0)
    at.run(47 * SECOND)
    expect(at.state<QueueMapping>('Feed').batches.messagesInside).toBe(5)
    at.run(100 * SECOND)
    send(at, 4)
    at.run(110 * SECOND)
    send(at, 6)
    at.run(110 * SECOND)
    expect(feed(at).batches.messagesInside).toBe(10)
    expect(work(at).running.inside).toBe(1)
  })

  test('a batch whose window ends while all that may run do starts when one of them ends [LAM-51, LAM-53]', () => {
    const mapping = { MaximumBatchingWindowInSeconds: 2, ScalingConfig: { MaximumConcurrency: 2 } }
    const at = world({ mapping, handler: steps(wait(10 * SECOND)), work: { Timeout: 15 } })
    for (const tenths of [0, 21, 50]) {
      at.run(tenths * 100 * MS)
      send(at, 1)
    }
    // Two batches run from 2 s and from 4.1 s on; the window of the third message is over at 7 s.
    at.run(12 * SECOND - 1)
    expect([work(at).running.inside, feed(at).open.length]).toEqual([2, 1])
    at.run(22 * SECOND)
    expect([work(at).running.peak, work(at).replied, feed(at).succeeded]).toEqual([2, 3, 3])
  })

  test('a large batch is collected from many receives', () => {
    const at = world({
      mapping: { BatchSize: 100, MaximumBatchingWindowInSeconds: 5 },
      jobs: { VisibilityTimeout: 60 },
    })
    send(at, 250)
    at.run(SECOND)
    expect(work(at).replied).toBe(2)
    at.run(MINUTE)
    expect([work(at).replied, feed(at).succeeded, stored(at, 'Jobs')]).toEqual([3, 250, 0])
  })

  test('where window and time-out exceed the visibility timeout, messages are hidden for 30 s more than both [LAM-56]', () => {
    const at = world({
      mapping: { MaximumBatchingWindowInSeconds: 40 },
      handler: steps(fail),
      jobs: { VisibilityTimeout: 30 },
    })
    send(at, 1)
    at.run(40 * SECOND + 32 * SECOND)
    expect(work(at).running.entered).toBe(1)
    at.run(73 * SECOND - 1)
    expect(feed(at).polled).toBe(1)
    at.run(73 * SECOND)
    expect(feed(at).polled).toBe(2)
  })
})

describe('scaling', () => {
  const ramp = (profile: 'current' | 'notes-2020', minutes: number, time = SECOND, BatchSize = 1): number[] => {
    const options: LabOptions = { profile, quotas: { 'lambda.ConcurrentExecutions': 10_000 } }
    const at = world({ handler: steps(wait(time)), work: { Timeout: 20 }, mapping: { BatchSize }, options })
    const found: number[] = []
    for (let second = 0; second <= minutes * 60; second++) {
      send(at, Math.max(0, 3000 - at.state<Queue>('Jobs').messages.visible))
      at.run(second * SECOND + 500 * MS)
      if (second % 60 === 0) found.push(feed(at).running.inside)
    }
    return found
  }

  test('with an endless backlog 5 batches run at first and 300 more each minute, up to 1,250 [LAM-50, LAM-V12]', () => {
    const expected = [5, 305, 605, 905, 1205, 1250, 1250]
    ramp('current', 6).forEach((found, minute) =>
      expect(Math.abs(found - expected[minute]), `minute ${minute}: ${found}`).toBeLessThanOrEqual(3),
    )
  })

  test('a queue that takes 20 ms to answer holds back neither the ramp nor the batches [LAM-50, LAM-V12]', () => {
    const slow = (time: number, mapping: Record<string, unknown>): Lab => {
      const at = world({ handler: steps(wait(time)), mapping, jobs: { VisibilityTimeout: 60 }, latency: '20ms' })
      send(at, 60_000)
      return at.run(15 * SECOND)
    }
    const ramp = slow(SECOND, { BatchSize: 1 }).run(MINUTE)
    expect(Math.abs(feed(ramp).limit - 305)).toBeLessThanOrEqual(3)
    expect(feed(ramp).running.inside).toBeGreaterThan(290)
    const large = slow(100 * MS, { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 })
    expect(feed(large).succeeded).toBeGreaterThan(45_000)
  })

  test('in the notes’ profile 60 more each minute [N.LAMBDA-ESM-18]', () => {
    const expected = [5, 65, 125, 185]
    ramp('notes-2020', 3).forEach((found, minute) =>
      expect(Math.abs(found - expected[minute]), `minute ${minute}: ${found}`).toBeLessThanOrEqual(2),
    )
  })

  test('in the notes’ profile no more than 1,000 batches run at a time [N.LAMBDA-ESM-15]', () => {
    const found = ramp('notes-2020', 18, 10 * SECOND)
    expect(found[15]).toBeLessThan(1000)
    expect(found[17]).toBe(1000)
    expect(found[18]).toBe(1000)
  })

  test('once nothing runs any more, five batches run at first again [LAM-50]', () => {
    const at = world({ handler: steps(wait(SECOND)), mapping: { BatchSize: 1 } })
    send(at, 100)
    at.run(MINUTE)
    expect([feed(at).running.peak > 10, feed(at).succeeded]).toEqual([true, 100])
    send(at, 100)
    at.run(MINUTE + 100 * MS)
    expect(feed(at).running.inside).toBe(5)
  })

  test('MaximumConcurrency bounds the batches, and nothing is read beyond it [LAM-51]', () => {
    const at = world({
      handler: steps(wait(SECOND)),
      mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 7 } },
    })
    send(at, 200)
    for (let second = 1; second <= 20; second++) {
      at.run(second * SECOND + 1)
      expect(at.state<Queue>('Jobs').inFlight.inside).toBeLessThanOrEqual(7)
    }
    expect([feed(at).running.peak, work(at).running.peak]).toEqual([7, 7])
    expect(refusal({ mapping: { ScalingConfig: { MaximumConcurrency: 1 } } })).toContain('out-of-range')
    expect(refusal({ mapping: { ScalingConfig: { MaximumConcurrency: 1001 } } })).toContain('out-of-range')
  })
})

describe('failures', () => {
  test('a failing batch is not deleted: its messages come back after the visibility timeout and end in the queue’s DLQ [LAM-54, N.LAMBDA-ESM-17, LAM-55]', () => {
    const jobs = { RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 3 } }
    const at = world({ handler: steps(fail), jobs })
    send(at, 10)
    at.run(SECOND)
    expect([work(at).replied, at.state<Queue>('Jobs').inFlight.inside]).toEqual([1, 10])
    at.run(10 * MINUTE)
    expect([stored(at, 'Jobs'), stored(at, 'Dead'), feed(at).polled, feed(at).succeeded]).toEqual([0, 10, 30, 0])
  })

  test('one poison message takes its whole batch with it; with ReportBatchItemFailures it goes alone [N.LAMBDA-ESM-20, N.LAMBDA-ESM-21, LAM-54]', () => {
    const handler = (reportFailures: boolean): Program =>
      steps(
        { op: 'each', list: { kind: 'path', path: ['Records'] }, end: 4, reportFailures },
        {
          op: 'unless',
          condition: { kind: 'compare', op: '==', left: { kind: 'path', path: ['n'] }, right: constant(3) },
          to: 3,
        },
        fail,
        { op: 'next', start: 1 },
      )
    const jobs = { RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 1 } }
    const run = (reportFailures: boolean, mapping: Record<string, unknown>): number[] => {
      const at = world({ handler: handler(reportFailures), jobs, mapping })
      send(at, 10)
      at.run(10 * MINUTE)
      return [stored(at, 'Dead'), feed(at).succeeded, feed(at).polled]
    }
    expect(run(true, { FunctionResponseTypes: ['ReportBatchItemFailures'] })).toEqual([1, 9, 10])
    expect(run(false, {})).toEqual([10, 0, 10])
  })

  // Ids of messages are numbers, the first one of a queue is unknown here: the handler takes them from its event.
  const id = (index: number) => ({ kind: 'path', path: ['MessageIds', index] }) as const
  const item = (value: unknown) => ({ kind: 'map', keys: ['itemIdentifier'], values: [value] }) as never
  const failures = (...items: never[]): Instruction => ({
    op: 'return',
    value: { kind: 'map', keys: ['batchItemFailures'], values: [{ kind: 'list', items }] },
  })

  test.each([
    ['the second and fourth listed', failures(item(id(1)), item(id(3))), 3],
    ['an empty list', failures(), 5],
    ['an empty object', { op: 'return', value: constant({}) }, 5],
    ['null', { op: 'return', value: constant(null) }, 5],
    ['an empty identifier', failures(item(constant(''))), 0],
    ['a null identifier', failures(item(constant(null))), 0],
    ['an unknown identifier', failures(item(constant('nobody'))), 0],
    ['a wrong key', failures({ kind: 'map', keys: ['id'], values: [id(0)] } as never), 0],
    ['a text', { op: 'return', value: constant('{') }, 0],
  ] as const)(
    'which of five messages are deleted after an answer with %s [LAM-54, LAM-V7, LAM-V14]',
    (_, instruction, expected) => {
      const at = world({
        handler: steps(instruction as Instruction),
        mapping: { FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 2 } },
      })
      send(at, 5)
      at.run(10 * SECOND)
      expect([feed(at).succeeded, stored(at, 'Jobs')]).toEqual([expected, 5 - expected])
    },
  )

  test('after each minute with errors the concurrency is halved, to no less than five, and grows again after one without [LAM-55]', () => {
    const bad = steps(wait(5 * SECOND), fail)
    const at = world({
      handler: bad,
      mapping: { BatchSize: 1 },
      work: { Timeout: 10 },
      jobs: { VisibilityTimeout: 43_200 },
    })
    send(at, 10_000)
    at.run(65 * SECOND - 1)
    expect(feed(at).limit).toBeGreaterThan(300)
    const halved = feed(at.run(65 * SECOND)).limit
    expect(halved).toBeGreaterThan(150)
    expect(halved).toBeLessThan(170)
    const limits = [2, 3, 4, 5, 6].map((minute) => feed(at.run(minute * MINUTE + 5 * SECOND)).limit)
    expect(limits).toEqual([1, 2, 3, 4, 5].map((halvings) => Math.max(5, Math.floor(halved / (1 << halvings)))))
  })

  test('a throttled batch is tried again after 1, 2, 4, 8 s, then let go before its messages come back [LAM-55]', () => {
    const at = world({
      work: { ReservedConcurrentExecutions: 0 },
      mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
      jobs: { VisibilityTimeout: 20 },
    })
    send(at, 1)
    const tries: number[] = []
    for (let second = 0; second < 20; second++) {
      at.run(second * SECOND)
      if (feed(at).throttles > tries.length) tries.push(second)
    }
    expect([tries, feed(at).letGo.count, feed(at).failed]).toEqual([[0, 1, 3, 7, 15], 1, 1])
    at.run(20 * SECOND)
    expect([feed(at).throttles, feed(at).polled]).toEqual([6, 2])
  })
})

describe('an experiment published by AWS', () => {
  // 25 messages at once, a handler of 10 s, visibility timeout 20 s, one receive: five at a time by either means.
  const experiment = (mapping: Record<string, unknown>, properties: Record<string, unknown>): Lab => {
    const at = world({
      handler: steps(wait(10 * SECOND)),
      work: { Timeout: 15, ...properties },
      mapping: { BatchSize: 1, ...mapping },
      jobs: { VisibilityTimeout: 20, RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 1 } },
    })
    send(at, 25)
    return at.run(10 * MINUTE).finish()
  }

  test('with reserved concurrency 5 the function is throttled and messages reach the dead-letter queue [LAM-55]', () => {
    const at = experiment({}, { ReservedConcurrentExecutions: 5 })
    expect(work(at).running.peak).toBe(5)
    expect(at.sum('Work', 'Throttles')).toBeGreaterThan(0)
    expect(stored(at, 'Dead')).toBeGreaterThan(0)
    expect(stored(at, 'Jobs')).toBe(0)
  })

  test('with MaximumConcurrency 5 there is neither a throttle nor a dead letter [LAM-51]', () => {
    const at = experiment({ ScalingConfig: { MaximumConcurrency: 5 } }, {})
    expect(work(at).running.peak).toBe(5)
    expect([at.sum('Work', 'Throttles'), stored(at, 'Dead'), stored(at, 'Jobs'), feed(at).succeeded]).toEqual([
      0, 0, 0, 25,
    ])
  })
})

describe('pollers that are kept ready', () => {
  const kept = (MinimumPollers: number, MaximumPollers: number, more: object = {}): Setting => ({
    mapping: { BatchSize: 1, ProvisionedPollerConfig: { MinimumPollers, MaximumPollers }, ...more },
    handler: steps(wait(30 * SECOND)),
    options: { quotas: { 'lambda.ConcurrentExecutions': 20_000 } },
    work: { Timeout: 30 },
  })

  test('run ten batches each at once, then 1,000 a minute more, up to their number [LAM-52]', () => {
    const at = world(kept(20, 150))
    send(at, 12_000)
    at.run(3 * SECOND)
    expect(feed(at).running.inside).toBeGreaterThan(200)
    expect(feed(at).running.inside).toBeLessThan(260)
    at.run(MINUTE)
    expect(feed(at).running.peak).toBeGreaterThan(1150)
    expect(feed(at).running.peak).toBeLessThanOrEqual(1200)
    at.run(3 * MINUTE)
    expect(feed(at).running.peak).toBe(1500)
  })

  test('poll ten times a second each: two pollers read no more than 200 messages a second [LAM-52]', () => {
    const at = world({ ...kept(2, 2, { BatchSize: 10 }), handler: steps() })
    send(at, 10_000)
    at.run(10 * SECOND)
    expect(feed(at).polled).toBeLessThanOrEqual(2200)
    expect(feed(at).polled).toBeGreaterThan(1800)
  })

  test('come in place of a maximum concurrency, 2 to 200 and 2 to 2,000 of them [LAM-52]', () => {
    expect(refusal(kept(2, 10, { ScalingConfig: { MaximumConcurrency: 5 } }))).toContain('contradiction')
    expect(refusal(kept(1, 10))).toContain('out-of-range')
    expect(refusal(kept(201, 300))).toContain('out-of-range')
    expect(refusal(kept(2, 2001))).toContain('out-of-range')
    expect(refusal(kept(20, 10))).toContain('contradiction')
    expect(refusal(kept(200, 2000))).toBe('')
  })

  test('cost nothing while the queue is empty', () => {
    const at = world(kept(200, 2000)).run(7 * HOUR)
    const before = at.world.kernel.steps
    at.run(300 * HOUR)
    expect(at.world.kernel.steps).toBe(before)
  })
})

describe('a FIFO queue', () => {
  /** Sends messages in turn to so many groups. */
  const sendInto = (at: Lab, groups: number, count: number): void => {
    for (let i = 0; i < count; i++)
      at.call('Jobs', 'sqs:SendMessage', {
        MessageBody: { n: i },
        MessageGroupId: `g${i % groups}`,
        MessageDeduplicationId: String(i),
      })
  }

  test('of three groups keeps three consumers busy, however many there may be [N.SQS-20, LAM-57]', () => {
    const at = world({ handler: steps(wait(SECOND)), jobs: { FifoQueue: true }, mapping: { BatchSize: 1 } })
    at.run(SECOND)
    sendInto(at, 3, 60)
    for (let second = 2; second <= 11; second++) {
      at.run(second * SECOND + 500 * MS)
      expect(work(at).replied).toBe(3 * (second - 1))
      expect(work(at).running.peak).toBe(3)
    }
    at.run(MINUTE)
    expect(stored(at, 'Jobs')).toBe(0)
  })

  test('with a backlog of 300 in 3 groups runs 3 batches for 100 s, in 30 groups 30 for 10 s [N.LAMBDA-ESM-19]', () => {
    const took = (groups: number): [most: number, seconds: number] => {
      const at = world({ handler: steps(wait(SECOND)), jobs: { FifoQueue: true }, mapping: { BatchSize: 1 } })
      at.run(SECOND)
      sendInto(at, groups, 300)
      const start = at.now
      while (work(at).replied < 300) at.run(at.now + 100 * MS)
      return [work(at).running.peak, Math.round((at.now - start) / SECOND)]
    }
    expect(took(3)).toEqual([3, 100])
    expect(took(30)).toEqual([30, 10])
  })

  test('mixes groups in a batch, and a batch that fails holds up its own groups alone [LAM-57, LAM-54]', () => {
    const jobs = { FifoQueue: true, VisibilityTimeout: 30 }
    const at = world({ handler: steps(fail), jobs })
    at.run(SECOND)
    sendInto(at, 2, 4)
    at.run(2 * SECOND)
    const q = at.state<Queue>('Jobs')
    expect(q.fifo!.groups.locked).toBe(2)
    at.call('Jobs', 'sqs:SendMessage', { MessageBody: 'free', MessageGroupId: 'other', MessageDeduplicationId: 'o' })
    at.run(3 * SECOND)
    expect(q.fifo!.groups.locked).toBe(3)
    at.run(30 * SECOND)
    expect(work(at).replied).toBe(at.state<QueueMapping>('Feed').running.entered)
    at.run(32 * SECOND)
    expect(q.inFlight.entered).toBeGreaterThan(5)
    expect(stored(at, 'Jobs')).toBe(5)
  })
})

describe('refused or not simulated', () => {
  test('a function time-out above the queue’s visibility timeout is refused [LAM-56, N.LAMBDA-ESM-16]', () => {
    expect(refusal({ work: { Timeout: 31 } })).toContain('visibility-below-timeout')
    expect(refusal({ work: { Timeout: 30 } })).toBe('')
  })

  test('a source outside of the scenario is named as not simulated, and nothing happens', () => {
    const outside = world({ mapping: { EventSourceArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/S' } })
    expect(outside.notSimulated.join()).toContain('a source outside of this scenario')
    expect(outside.run(HOUR).world.kernel.steps).toBe(0)
  })

  test('a batch from a FIFO queue is one receive, and is not collected [LAM-53]', () => {
    const jobs = { FifoQueue: true }
    expect(refusal({ jobs, mapping: { BatchSize: 11 } })).toContain('batch-size')
    expect(refusal({ jobs, mapping: { MaximumBatchingWindowInSeconds: 1 } })).toContain('contradiction')
    expect(refusal({ jobs, mapping: { BatchSize: 10 } })).toBe('')
  })
})
