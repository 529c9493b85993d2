// Shows each rule of a FIFO queue: order within groups, messages known again, limits of requests.
import { describe, expect, it, test } from 'vitest'
import { lab, MINUTE, MS, SECOND, START_MS, type Answer, type Lab, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { sha256Hex } from '../../parts/hash.ts'
import { reportOf } from '../../run/report.ts'
import { runScenario } from '../../run/run.ts'
import { queue } from './queue.ts'
import type { Queue, ReceivedMessage } from './queue-state.ts'

const AT_ONCE = { ApiLatency: 'constant(0ms)' }
const ACTIONS = [
  'ChangeMessageVisibility',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
  'StartMessageMoveTask',
] as const

/** A FIFO queue `Jobs` with a dead-letter queue `Dead`, without latencies. */
function jobs(properties: Record<string, unknown> = {}, options: LabOptions = {}): Lab {
  return lab(
    {
      Jobs: { def: queue, properties: { FifoQueue: true, ...properties }, assumptions: AT_ONCE },
      Dead: { def: queue, properties: { FifoQueue: true }, assumptions: AT_ONCE },
    },
    { probe: ['Jobs', 'Dead'].flatMap((to) => ACTIONS.map((action) => [to, `sqs:${action}`] as const)), ...options },
  )
}

let serial = 0
const send = (l: Lab, group: unknown, body: unknown, more: Record<string, unknown> = {}): Answer =>
  l.ask('Jobs', 'sqs:SendMessage', {
    MessageBody: body,
    MessageGroupId: group,
    MessageDeduplicationId: `id-${serial++}`,
    ...more,
  })
const receive = (l: Lab, more: Record<string, unknown> = {}, from = 'Jobs'): ReceivedMessage[] =>
  l.ask(from, 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10, ...more }).answer.Messages
const remove = (l: Lab, messages: readonly ReceivedMessage[]): string[] =>
  messages.map(({ ReceiptHandle }) => l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle }).status)
const bodies = (messages: readonly ReceivedMessage[]) => messages.map((message) => message.Body)
const stored = (l: Lab, of = 'Jobs'): number => l.state<Queue>(of).stored.inside
const DEAD = { deadLetterTargetArn: 'Dead', maxReceiveCount: 2 }

describe('order', () => {
  it('keeps 1,000 messages of one group in order, through failures too; a standard queue may not [N.SQS-12, N.SQS-52, N.SQS-11]', () => {
    const order = (l: Lab, more: (i: number) => Record<string, unknown>): number[] => {
      for (let i = 0; i < 1000; i++) {
        l.run(i * 10 * MS)
        l.ask('Jobs', 'sqs:SendMessage', { MessageBody: i, ...more(i) })
      }
      const seen: number[] = []
      for (let round = 0; seen.length < 1000; round++) {
        l.run(l.now + 10 * MS)
        const got = receive(l)
        // Every seventh receive fails and is not seen as work done.
        if (round % 7 === 3) for (const { ReceiptHandle } of got) changeVisibility(l, ReceiptHandle, 0)
        else {
          seen.push(...(bodies(got) as number[]))
          const Entries = got.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
          if (Entries.length > 0) l.ask('Jobs', 'sqs:DeleteMessageBatch', { Entries })
        }
      }
      return seen
    }
    const sorted = Array.from({ length: 1000 }, (_, i) => i)
    expect(order(jobs(), (i) => ({ MessageGroupId: 'one', MessageDeduplicationId: String(i) }))).toEqual(sorted)
    const standard = lab(
      { Jobs: { def: queue, assumptions: { ...AT_ONCE, DisorderProbability: '0.01' } } },
      { probe: ACTIONS.map((action) => ['Jobs', `sqs:${action}`] as const) },
    )
    const seen = order(standard, () => ({}))
    expect(seen).not.toEqual(sorted)
    expect([...seen].sort((a, b) => a - b)).toEqual(sorted)
  })

  it('needs a name that ends in .fifo, a group, and no delay of a message [N.SQS-12, N.SQS-41, SQS-40, SQS-02]', () => {
    expect(() => jobs({ QueueName: 'jobs' })).toThrow(/QueueName: contradiction.*does not end with `\.fifo`/)
    const l = jobs({ QueueName: 'jobs.fifo' })
    expect(send(l, undefined, 'x').status).toBe('MissingParameter')
    expect(send(l, 'g'.repeat(129), 'x').status).toBe('InvalidParameterValue')
    expect(send(l, 'g', 'x', { DelaySeconds: 1 }).status).toBe('InvalidParameterValue')
    expect(send(l, 'g'.repeat(128), 'x').status).toBe('OK')
    expect(stored(l)).toBe(1)
  })

  it('hands out a group together, then locks it until all of it is deleted or visible again [SQS-43, SQS-44, SQS-V6]', () => {
    const l = jobs()
    for (const [group, body] of ['a A1', 'a A2', 'b B1', 'a A3'].map((each) => each.split(' '))) send(l, group, body)
    const first = receive(l, { MaxNumberOfMessages: 2 })
    expect(bodies(first)).toEqual(['A1', 'A2'])
    expect(bodies(receive(l))).toEqual(['B1'])
    remove(l, first.slice(0, 1))
    expect(receive(l)).toEqual([])
    remove(l, first.slice(1))
    expect(bodies(receive(l))).toEqual(['A3'])
    l.run(30 * SECOND - 1)
    expect(receive(l)).toEqual([])
    l.run(30 * SECOND)
    expect(bodies(receive(l))).toEqual(['B1', 'A3'])
  })

  it('tells group, id and a growing sequence number [SQS-46]', () => {
    const l = jobs()
    const numbers = ['a', 'b', 'a'].map((group) => send(l, group, group).answer.SequenceNumber as string)
    expect(numbers).toEqual([...numbers].sort())
    expect(new Set(numbers).size).toBe(3)
    expect(numbers.every((number) => /^\d{20}$/.test(number))).toBe(true)
    expect(receive(l, { MaxNumberOfMessages: 1 })[0]!.Attributes).toMatchObject({
      MessageGroupId: 'a',
      SequenceNumber: numbers[0],
      MessageDeduplicationId: `id-${serial - 3}`,
    })
  })

  it('finds no free group behind a giant backlog of a locked one [SQS-45]', () => {
    const l = jobs({}, { quotas: { 'sqs.FifoLookAhead': 20 } })
    for (let i = 0; i < 25; i++) send(l, 'giant', i)
    send(l, 'late', 'late')
    const held = receive(l)
    expect(bodies(held)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(receive(l)).toEqual([])
    remove(l, held.slice(0, 5))
    expect(receive(l)).toEqual([])
    remove(l, held.slice(5, 6))
    expect(bodies(receive(l))).toEqual(['late'])
  })

  it('returns nothing, and no error, when as many are in flight as may be [SQS-17, SQS-V10]', () => {
    const l = jobs({}, { quotas: { 'sqs.FifoMessagesInFlight': 3 } })
    for (let i = 0; i < 4; i++) send(l, i, i)
    expect(receive(l)).toHaveLength(3)
    expect(l.ask('Jobs', 'sqs:ReceiveMessage', {})).toMatchObject({ status: 'OK', answer: { Messages: [] } })
    expect(l.ask('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 5 }).answer.Messages).toEqual([])
    expect(l.now).toBe(5 * SECOND)
  })

  it('refuses what is asked of a message that is visible again [SQS-07]', () => {
    const l = jobs()
    send(l, 'g', 'x')
    const [message] = receive(l)
    l.run(30 * SECOND)
    expect(remove(l, [message!])).toEqual(['InvalidParameterValue'])
    expect(changeVisibility(l, message!.ReceiptHandle, 10)).toBe('InvalidParameterValue')
    expect(stored(l)).toBe(1)
    const [again] = receive(l)
    expect(remove(l, [again!])).toEqual(['OK'])
    expect(stored(l)).toBe(0)
  })

  it('lets messages that are delayed already follow a change of the delay [SQS-03, SQS-V8]', () => {
    const l = jobs({ DelaySeconds: 10 })
    send(l, 'g', 'x')
    l.run(5 * SECOND)
    l.ask('Jobs', 'sqs:SetQueueAttributes', { Attributes: { DelaySeconds: 60 } })
    l.run(60 * SECOND - 1)
    expect(receive(l)).toEqual([])
    l.run(60 * SECOND)
    expect(bodies(receive(l))).toEqual(['x'])
  })
})

describe('messages known again', () => {
  it('swallows the same id for five minutes, deleted or not [N.SQS-13, N.SQS-17, SQS-41, SQS-V7]', () => {
    const l = jobs()
    const one = (): Answer => send(l, 'g', 'x', { MessageDeduplicationId: 'x' })
    const first = one()
    l.run(SECOND)
    remove(l, receive(l))
    expect(stored(l)).toBe(0)
    l.run(299 * SECOND)
    expect(one().answer).toEqual(first.answer)
    expect(stored(l)).toBe(0)
    l.run(300 * SECOND - 1)
    one()
    expect(stored(l)).toBe(0)
    l.run(301 * SECOND)
    expect(one().answer.MessageId).not.toBe(first.answer.MessageId)
    expect(stored(l)).toBe(1)
    l.run(6 * MINUTE)
    expect(l.sum('Jobs', 'NumberOfMessagesSent')).toBe(2)
    expect(l.sum('Jobs', 'NumberOfDeduplicatedSentMessages')).toBe(2)
  })

  it('knows a message by its body where there is no id, whatever its attributes [N.SQS-18, SQS-41]', () => {
    const l = jobs({ ContentBasedDeduplication: true })
    const content = (body: unknown, more: Record<string, unknown> = {}): string =>
      send(l, 'g', body, { MessageDeduplicationId: undefined, ...more }).status
    content('same')
    l.run(10 * SECOND)
    content('same', { MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } })
    expect(stored(l)).toBe(1)
    content({ n: 1 })
    content({ n: 1 })
    content({ n: 2 })
    expect(stored(l)).toBe(3)
    expect(receive(l)[0]!.Attributes.MessageDeduplicationId).toBe(sha256Hex('same'))
    const without = jobs()
    expect(send(without, 'g', 'x', { MessageDeduplicationId: undefined }).status).toBe('InvalidParameterValue')
  })

  it('computes the id of a content as SQS does [SQS-V1]', () => {
    expect(sha256Hex('This is a test message')).toBe('6f3438001129a90c5b1637928bf38bf26e39e57c6e9511005682048bedbef906')
  })

  it('knows a body again by its hash given as an id, and not by other digits', () => {
    const l = jobs({ ContentBasedDeduplication: true })
    send(l, 'g', 'same', { MessageDeduplicationId: undefined })
    send(l, 'g', 'other', { MessageDeduplicationId: sha256Hex('same') })
    expect(stored(l)).toBe(1)
    send(l, 'g', 'other', { MessageDeduplicationId: sha256Hex('same').toUpperCase() })
    expect(stored(l)).toBe(2)
  })

  it('puts an id that is given above the content [N.SQS-19, SQS-41]', () => {
    const l = jobs({ ContentBasedDeduplication: true })
    send(l, 'g', 'first', { MessageDeduplicationId: 'same' })
    send(l, 'g', 'second', { MessageDeduplicationId: 'same' })
    send(l, 'g', 'first', { MessageDeduplicationId: 'other' })
    expect(bodies(receive(l))).toEqual(['first', 'first'])
  })

  it('knows them per queue, or per group where the scope is the group [SQS-42]', () => {
    const both = (properties: Record<string, unknown>): number => {
      const l = jobs(properties)
      for (const group of ['a', 'b', 'a']) send(l, group, 'x', { MessageDeduplicationId: 'same' })
      return stored(l)
    }
    expect(both({})).toBe(1)
    expect(both({ DeduplicationScope: 'messageGroup' })).toBe(2)
    expect(() => jobs({ FifoThroughputLimit: 'perMessageGroupId' })).toThrow(/FifoThroughputLimit: contradiction/)
  })

  it('gives a repeated receive attempt the same messages, hidden anew, while none was deleted [SQS-47]', () => {
    const l = jobs()
    for (const body of [1, 2]) send(l, 'g', body)
    const attempt = { ReceiveRequestAttemptId: 'again' }
    const first = receive(l, attempt)
    l.run(20 * SECOND)
    expect(receive(l, attempt)).toEqual(first)
    expect(receive(l, { ReceiveRequestAttemptId: 'another' })).toEqual([])
    l.run(50 * SECOND - 1)
    expect(receive(l)).toEqual([])
    expect(remove(l, first.slice(0, 1))).toEqual(['OK'])
    expect(receive(l, attempt)).toEqual([])
    l.run(50 * SECOND)
    expect(bodies(receive(l, attempt))).toEqual([2])
  })
})

describe('limits of requests', () => {
  /** Calls so often a second, evenly, for ten seconds; how many succeeded and how many were refused. */
  const load = (l: Lab, action: string, perSecond: number, body: (i: number) => unknown): [number, number] => {
    let ok = 0
    let refused = 0
    for (let i = 0; i < 10 * perSecond; i++) {
      l.run(Math.floor((i * SECOND) / perSecond))
      l.call('Jobs', action, body(i), 0, ({ status }) => {
        if (status === 'OK') ok++
        else if (status === 'RequestThrottled') refused++
      })
    }
    l.run(10 * SECOND)
    return [ok, refused]
  }
  const message = (i: number, groups = 1) => ({
    MessageBody: i,
    MessageGroupId: `g${i % groups}`,
    MessageDeduplicationId: String(i),
  })

  it('takes 300 calls a second of each kind and refuses the others [N.SQS-14, SQS-48, SQS-51]', () => {
    const l = jobs()
    expect(load(l, 'sqs:SendMessage', 500, (i) => message(i))).toEqual([3000, 2000])
    expect(stored(l)).toBe(3000)
    // Receives and deletes have limits of their own.
    expect(load(jobs(), 'sqs:ReceiveMessage', 400, () => ({}))).toEqual([3000, 1000])
    expect(load(jobs(), 'sqs:DeleteMessage', 400, () => ({ ReceiptHandle: 'x' }))[1]).toBe(1000)
  })

  it('takes 3,000 messages a second in batches, which are one call each [N.SQS-15, SQS-48]', () => {
    const l = jobs()
    const batch = (i: number) => ({
      Entries: Array.from({ length: 10 }, (_, k) => ({ Id: String(k), ...message(10 * i + k) })),
    })
    expect(load(l, 'sqs:SendMessageBatch', 400, batch)).toEqual([3000, 1000])
    expect(stored(l)).toBe(30_000)
  })

  it('goes beyond that with high throughput, but not for a single group [SQS-49]', () => {
    const fast = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }
    const [many, refused] = load(jobs(fast), 'sqs:SendMessage', 1000, (i) => message(i, 500))
    expect(many).toBeGreaterThan(8000)
    // The first second shows how much is asked; after it, groups that share a partition may still be too many there.
    expect(refused).toBeGreaterThan(500)
    expect(load(jobs(fast), 'sqs:SendMessage', 1000, (i) => message(i))).toEqual([3000, 7000])
    expect(load(jobs(fast, { profile: 'notes-2020' }), 'sqs:SendMessage', 500, (i) => message(i, 500))).toEqual([
      3000, 2000,
    ])
  })
})

test('a queue that refuses requests says so, and one within its limit does not', () => {
  const kinds = (rate: number): readonly string[] => {
    const run = runScenario(
      scenarioOf(`
Resources: { Jobs: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } } }
Simulation:
  Duration: 20s
  Workloads: { Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: ${rate}/s, Arrivals: regular, Parameters: { MessageBody: x, MessageGroupId: g, MessageDeduplicationId: uuid } } }
`),
    )
    return reportOf(run, '').insights.map(({ kind }) => kind)
  }
  expect(kinds(400)).toContain('queue-throttled')
  expect(kinds(290)).not.toContain('queue-throttled')
})

test('a group behind a message that always comes back is told of, and one that is held up once is not [SQS-43]', () => {
  const insights = (kind: string) => {
    const run = runScenario(
      scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true, VisibilityTimeout: 30 } }
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Timeout: 5, Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 1 } } } } }
Simulation:
  Duration: 5m
  Workloads:
    Load: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s, Arrivals: regular, Attributes: { kind: good }, Parameters: { MessageBody: $, MessageGroupId: g, MessageDeduplicationId: uuid } }
    Odd: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s, Count: 1, Attributes: { kind: ${kind} }, Parameters: { MessageBody: $, MessageGroupId: g, MessageDeduplicationId: uuid } }
  Handlers: { Work: [{ If: { Condition: "$.Records[0].kind == 'bad'", Then: [{ Fail: Poison }] } }] }
`),
    )
    return reportOf(run, '').insights
  }
  const stuck = insights('bad')
  expect(stuck.map(({ kind }) => kind)).toContain('blocked-group')
  expect(stuck.find(({ kind }) => kind === 'blocked-group')!.text).toMatch(
    /The group g of Jobs waits behind one message that was received \d+ times in vain: 2\d\d messages behind it/,
  )
  expect(insights('fine').map(({ kind }) => kind)).toEqual([])
})

test('what was received together and comes back first is handed out before the rest of it has come back [SQS-43, SQS-44]', () => {
  // As it was recorded on AWS: a message waits only for those before it.
  const left = (visible: number): unknown[] => {
    const l = jobs({ VisibilityTimeout: 1 })
    for (const body of ['foo', 'bar', 'baz']) send(l, '1', body)
    const received = l.ask('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 5 }).answer.Messages
    expect(received.length).toBe(3)
    const { ReceiptHandle } = received[visible]
    l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 4 })
    l.run(l.now + 2.5 * SECOND)
    return l.ask('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 5 }).answer.Messages.map(({ Body }: any) => Body)
  }
  expect([0, 1, 2].map(left)).toEqual([[], ['foo'], ['foo', 'bar']])
})

describe('moves', () => {
  it('go to a FIFO queue only, with a new time, the same id and group, and are known by it [SQS-31, SQS-32, SQS-33, SQS-34]', () => {
    expect(() =>
      lab({
        Jobs: { def: queue, properties: { FifoQueue: true, RedrivePolicy: DEAD } },
        Dead: { def: queue },
      }),
    ).toThrow(/RedrivePolicy.deadLetterTargetArn: wrong-resource.*a standard queue/)
    const l = jobs({ RedrivePolicy: DEAD })
    const { MessageId } = send(l, 'g', 'bad').answer
    send(l, 'g', 'good')
    for (let round = 0; round < 2; round++) {
      expect(bodies(receive(l, { MaxNumberOfMessages: 1 }))).toEqual(['bad'])
      l.run((round + 1) * 30 * SECOND)
    }
    expect(bodies(receive(l))).toEqual(['good'])
    l.run(61 * SECOND)
    const [dead] = receive(l, {}, 'Dead')
    expect(dead).toMatchObject({
      Body: 'bad',
      MessageId,
      Attributes: { MessageGroupId: 'g', MessageDeduplicationId: String(MessageId), SentTimestamp: START_MS + 60_000 },
    })
    l.run(5 * MINUTE)
    expect(l.sum('Dead', 'NumberOfMessagesSent')).toBe(0)
  })

  it('bring messages back into their groups', () => {
    const l = jobs({ RedrivePolicy: { ...DEAD, maxReceiveCount: 1 } })
    for (const body of [1, 2, 3]) send(l, `g${body % 2}`, body)
    receive(l)
    l.run(30 * SECOND)
    expect(receive(l)).toEqual([])
    l.run(40 * SECOND)
    expect(stored(l, 'Dead')).toBe(3)
    l.ask('Dead', 'sqs:StartMessageMoveTask', {})
    l.run(50 * SECOND)
    const back = receive(l)
    expect(back.map(({ Body, Attributes }) => [Body, Attributes.MessageGroupId])).toEqual([
      [1, 'g1'],
      [3, 'g1'],
      [2, 'g0'],
    ])
  })
})

it('counts groups with messages in flight', () => {
  const l = jobs({ VisibilityTimeout: 90 })
  for (const group of ['a', 'a', 'b', 'c']) send(l, group, group)
  receive(l, { MaxNumberOfMessages: 3 })
  const gauge = (): number | undefined => l.points('Jobs', 'ApproximateNumberOfGroupsWithInflightMessages').at(-1)?.max
  l.run(MINUTE)
  expect(gauge()).toBe(2)
  l.run(2 * MINUTE)
  expect(gauge()).toBe(0)
})

function changeVisibility(l: Lab, ReceiptHandle: number, VisibilityTimeout: number): string {
  return l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout }).status
}
