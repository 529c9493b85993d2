// Shows each rule of a standard queue at its boundary: a microsecond early, and on time.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, lab, MINUTE, MS, Refused, SECOND, START_MS, type Lab, type LabOptions } from '../../../test/kit.ts'
import { queue } from './queue.ts'
import type { Queue, ReceivedMessage } from './queue-state.ts'

const AT_ONCE = { ApiLatency: 'constant(0ms)' }
const ACTIONS = [
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
  'StartMessageMoveTask',
] as const

/** A queue `Jobs` (and a queue `Dead`) without latencies, unless the assumptions say otherwise. */
function jobs(
  properties: Record<string, unknown> = {},
  assumptions: Record<string, string> = {},
  options: LabOptions = {},
): Lab {
  const probe = ['Jobs', 'Dead'].flatMap((to) => ACTIONS.map((action) => [to, `sqs:${action}`] as const))
  return lab(
    {
      Jobs: { def: queue, properties, assumptions: { ...AT_ONCE, ...assumptions } },
      Dead: { def: queue, assumptions: AT_ONCE },
    },
    { probe, ...options },
  )
}

const send = (l: Lab, body: unknown, more: Record<string, unknown> = {}) =>
  l.ask('Jobs', 'sqs:SendMessage', { MessageBody: body, ...more })
const receive = (l: Lab, more: Record<string, unknown> = {}, from = 'Jobs'): ReceivedMessage[] =>
  l.ask(from, 'sqs:ReceiveMessage', more).answer.Messages
const bodies = (messages: readonly ReceivedMessage[]) => messages.map((message) => message.Body)
const counts = (l: Lab, of = 'Jobs') => {
  const q = l.state<Queue>(of)
  return { delayed: q.delayed, visible: q.messages.visible, inFlight: q.inFlight.inside }
}
const withDeadLetters = (maxReceiveCount: number, more: Record<string, unknown> = {}) => ({
  RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount },
  ...more,
})

describe('sending and receiving', () => {
  it('counts every message sent [N.SQS-02]', () => {
    const l = jobs()
    for (let i = 0; i < 600; i++) {
      l.run(i * 100 * MS)
      l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    }
    l.run(MINUTE)
    expect(l.sum('Jobs', 'NumberOfMessagesSent')).toBe(600)
  })

  it('hands messages out to be deleted; what is not deleted comes back [N.SQS-03]', () => {
    const l = jobs()
    for (let i = 0; i < 100; i++) send(l, i)
    for (let i = 0; i < 10; i++)
      for (const message of receive(l, { MaxNumberOfMessages: 10 }))
        expect(l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: message.ReceiptHandle }).status).toBe('OK')
    expect(counts(l)).toEqual({ delayed: 0, visible: 0, inFlight: 0 })
    for (let i = 0; i < 20; i++) send(l, i)
    receive(l, { MaxNumberOfMessages: 10 })
    receive(l, { MaxNumberOfMessages: 10 })
    l.run(2 * MINUTE)
    expect(counts(l)).toEqual({ delayed: 0, visible: 20, inFlight: 0 })
    expect(l.sum('Jobs', 'NumberOfMessagesReceived')).toBe(120)
    expect(l.sum('Jobs', 'NumberOfMessagesDeleted')).toBe(100)
  })

  it('returns at most MaxNumberOfMessages, one by default [SQS-14, N.SQS-42]', () => {
    const l = jobs()
    for (let i = 0; i < 25; i++) send(l, i)
    expect(receive(l)).toHaveLength(1)
    expect(receive(l, { MaxNumberOfMessages: 10 })).toHaveLength(10)
    expect(receive(l, { MaxNumberOfMessages: 10 })).toHaveLength(10)
    expect(receive(l, { MaxNumberOfMessages: 10 })).toHaveLength(4)
    for (const max of [0, 11, 1.5])
      expect(l.ask('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: max }).status).toBe('InvalidParameterValue')
  })

  it('reaches a waiting receiver within some 10 ms of being sent [N.SQS-08, SQS-20]', () => {
    const l = jobs({}, { ApiLatency: 'lognormal(p50=8ms, p99=40ms)' })
    const delays: number[] = []
    for (let i = 1; i <= 400; i++) {
      l.run(i * SECOND)
      l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 }, 0, ({ at, answer }) => {
        delays.push(at - (i * SECOND + 10 * MS))
        l.call('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: answer.Messages[0].ReceiptHandle })
      })
      l.run(i * SECOND + 10 * MS)
      l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    }
    l.run(10 * MINUTE)
    delays.sort((a, b) => a - b)
    expect(delays).toHaveLength(400)
    expect(delays[200]).toBeGreaterThan(6 * MS)
    expect(delays[200]).toBeLessThan(10 * MS)
    expect(delays[380]).toBeLessThan(45 * MS)
  })

  it('with a call of 20 ms lets one thread make 50 requests a second, and three 150 [SQS-V5]', () => {
    for (const threads of [1, 3]) {
      const l = jobs({}, { ApiLatency: 'constant(20ms)' })
      const again = (): void => l.call('Jobs', 'sqs:SendMessage', { MessageBody: 'x' }, 0, again)
      for (let i = 0; i < threads; i++) again()
      l.run(MINUTE - 1)
      expect(l.state<Queue>('Jobs').sent).toBe(50 * 60 * threads)
    }
  })

  it('takes a body of 262,144 bytes and no byte more under the notes’ quotas, 1 MiB today [N.SQS-09]', () => {
    for (const [profile, limit] of [
      ['notes-2020', 262_144],
      ['current', 1_048_576],
    ] as const) {
      const l = jobs({}, {}, { profile })
      expect(send(l, 'x'.repeat(limit)).status).toBe('OK')
      expect(send(l, 'x'.repeat(limit + 1))).toMatchObject({ status: 'InvalidParameterValue', http: 400 })
      expect(send(l, {}, { MessageSize: limit }).status).toBe('OK')
      expect(send(l, {}, { MessageSize: limit + 1 }).status).toBe('InvalidParameterValue')
      expect(counts(l).visible).toBe(2)
    }
  })

  it('counts names, types and values of attributes for the size [SQS-71]', () => {
    const l = jobs({ MaximumMessageSize: 1024 })
    const attribute = (value: string) => ({ MessageAttributes: { ab: { DataType: 'String', StringValue: value } } })
    expect(send(l, 'x'.repeat(1000), attribute('y'.repeat(16))).status).toBe('OK')
    expect(send(l, 'x'.repeat(1000), attribute('y'.repeat(17))).status).toBe('InvalidParameterValue')
  })

  it('takes any number of messages: 500,000 without a consumer [N.SQS-05]', () => {
    const l = jobs()
    for (let i = 0; i < 500; i++) {
      l.run(i * 20 * MS)
      for (let k = 0; k < 1000; k++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: k })
    }
    l.run(10 * SECOND)
    expect(counts(l).visible).toBe(500_000)
    expect(l.answers.filter((answer) => answer.status !== 'OK')).toHaveLength(0)
  })

  it('hands a message out twice with the probability that it is given, never with 0 [N.SQS-10, SQS-18]', () => {
    const received = (probability: string): { all: number; distinct: number } => {
      const l = jobs({}, { DuplicateProbability: probability })
      for (let i = 0; i < 10_000; i++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
      l.run(SECOND)
      const ids: number[] = []
      for (;;) {
        const messages = receive(l, { MaxNumberOfMessages: 10 })
        if (messages.length === 0) break
        for (const message of messages) {
          ids.push(message.MessageId)
          l.call('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: message.ReceiptHandle })
        }
      }
      return { all: ids.length, distinct: new Set(ids).size }
    }
    expect(received('0')).toEqual({ all: 10_000, distinct: 10_000 })
    const some = received('0.001')
    expect(some.distinct).toBe(10_000)
    expect(some.all - 10_000).toBeGreaterThan(1)
    expect(some.all - 10_000).toBeLessThan(25)
  })

  it('hands a few messages out of order with the probability that it is given, none with 0 [N.SQS-11, SQS-18]', () => {
    const disorders = (probability: string): number => {
      const l = jobs({}, { DisorderProbability: probability })
      for (let i = 0; i < 1000; i++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
      l.run(SECOND)
      const order: number[] = []
      for (let i = 0; i < 100; i++) order.push(...(bodies(receive(l, { MaxNumberOfMessages: 10 })) as number[]))
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
      return order.filter((body, i) => i > 0 && body < order[i - 1]!).length
    }
    expect(disorders('0')).toBe(0)
    const some = disorders('0.01')
    expect(some).toBeGreaterThan(1)
    expect(some).toBeLessThan(40)
    expect(disorders('1')).toBeGreaterThan(100)
  })
})

describe('visibility', () => {
  it('hides a received message from the others and counts it as not visible [N.SQS-21, SQS-01]', () => {
    const l = jobs()
    send(l, 'm')
    expect(receive(l)).toHaveLength(1)
    l.run(SECOND)
    expect(receive(l)).toHaveLength(0)
    l.run(MINUTE / 3)
    const attributes = l.ask('Jobs', 'sqs:GetQueueAttributes').answer.Attributes
    expect(attributes.ApproximateNumberOfMessagesNotVisible).toBe('1')
    expect(attributes.ApproximateNumberOfMessages).toBe('0')
  })

  it('lasts 30 s by default, to the microsecond, and counts the receives [N.SQS-22, SQS-04, SQS-05]', () => {
    const l = jobs()
    l.run(5 * SECOND)
    send(l, 'm')
    l.run(10 * SECOND)
    const [first] = receive(l)
    l.run(40 * SECOND - 1)
    expect(receive(l)).toHaveLength(0)
    l.run(40 * SECOND)
    const [second] = receive(l)
    expect(first!.Attributes).toEqual({
      ApproximateReceiveCount: 1,
      SentTimestamp: START_MS + 5_000,
      ApproximateFirstReceiveTimestamp: START_MS + 10_000,
    })
    expect(second!.Attributes).toEqual({
      ApproximateReceiveCount: 2,
      SentTimestamp: START_MS + 5_000,
      ApproximateFirstReceiveTimestamp: START_MS + 10_000,
    })
    expect(second!.MessageId).toBe(first!.MessageId)
    expect(second!.ReceiptHandle).not.toBe(first!.ReceiptHandle)
  })

  it('takes the time of the call before that of the queue [SQS-04]', () => {
    const l = jobs({ VisibilityTimeout: 60 })
    send(l, 'm')
    receive(l, { VisibilityTimeout: 7 })
    l.run(7 * SECOND - 1)
    expect(receive(l)).toHaveLength(0)
    l.run(7 * SECOND)
    expect(receive(l)).toHaveLength(1)
    l.run(67 * SECOND - 1)
    expect(receive(l)).toHaveLength(0)
    l.run(67 * SECOND)
    expect(receive(l)).toHaveLength(1)
  })

  it('is the time a consumer has: 20 s of work end in one delivery, 40 s in at least two [N.SQS-23]', () => {
    for (const [work, least] of [
      [20, 1],
      [40, 2],
    ] as const) {
      const l = jobs()
      for (let i = 0; i < 5; i++) send(l, i)
      let received = 0
      const poll = (): void =>
        l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 }, 0, ({ at, answer }) => {
          const message = answer.Messages[0]
          if (message !== undefined) {
            received++
            done.push([at + work * SECOND, message.ReceiptHandle])
          }
          if (at < 3 * MINUTE) poll()
        })
      const done: [number, number][] = []
      poll()
      for (let t = 0; t < 5 * MINUTE; t += SECOND) {
        l.run(t)
        while (done.length > 0 && done[0]![0] <= t)
          l.call('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: done.shift()![1] })
      }
      if (least === 1) expect(received).toBe(5)
      else expect(received).toBeGreaterThanOrEqual(10)
    }
  })

  it('ends for the messages of a consumer that died with them [N.SQS-24, SQS-06]', () => {
    const l = jobs()
    for (let i = 0; i < 10; i++) send(l, i)
    receive(l, { MaxNumberOfMessages: 10 })
    l.run(30 * SECOND - 1)
    expect(counts(l)).toEqual({ delayed: 0, visible: 0, inFlight: 10 })
    l.run(30 * SECOND)
    expect(counts(l)).toEqual({ delayed: 0, visible: 10, inFlight: 0 })
  })

  it('can be asked for again: 40 s of work with 60 s asked for at 25 s are one delivery [N.SQS-25]', () => {
    const l = jobs()
    send(l, 'm')
    const handle = receive(l)[0]!.ReceiptHandle
    l.run(25 * SECOND)
    l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle: handle, VisibilityTimeout: 60 })
    l.run(40 * SECOND)
    expect(receive(l)).toHaveLength(0)
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: handle })
    l.run(10 * MINUTE)
    expect(receive(l)).toHaveLength(0)
    expect(l.state<Queue>('Jobs').deleted).toBe(1)
  })

  it('counts a change from now, not from the old deadline [SQS-08, SQS-V3]', () => {
    const l = jobs({ VisibilityTimeout: 60 })
    send(l, 'm')
    const handle = receive(l)[0]!.ReceiptHandle
    l.run(15 * SECOND)
    l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle: handle, VisibilityTimeout: 10 })
    l.run(25 * SECOND - 1)
    expect(receive(l)).toHaveLength(0)
    l.run(25 * SECOND)
    expect(l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle: handle, VisibilityTimeout: 10 }).status).toBe(
      'MessageNotInflight',
    )
    expect(receive(l)).toHaveLength(1)
    // The next receive uses the queue's time again.
    l.run(85 * SECOND - 1)
    expect(counts(l).inFlight).toBe(1)
    l.run(85 * SECOND)
    expect(counts(l).inFlight).toBe(0)
  })

  it('ends at once when it is set to 0, and never passes 12 h from the receive [SQS-08, SQS-09, N.SQS-45]', () => {
    const l = jobs()
    send(l, 'm')
    const handle = receive(l)[0]!.ReceiptHandle
    const change = (timeout: number, to: unknown = handle) =>
      l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle: to, VisibilityTimeout: timeout }).status
    expect(change(43_201)).toBe('InvalidParameterValue')
    l.run(5 * SECOND)
    expect(change(43_196)).toBe('InvalidParameterValue')
    expect(change(43_195)).toBe('OK')
    expect(counts(l).inFlight).toBe(1)
    expect(change(0)).toBe('OK')
    expect(counts(l)).toEqual({ delayed: 0, visible: 1, inFlight: 0 })
    expect(change(0)).toBe('MessageNotInflight')
    expect(change(0, 'no handle')).toBe('ReceiptHandleIsInvalid')
  })

  it('lets only the newest handle delete, even after the visibility has ended [SQS-07, N.SQS-43]', () => {
    const l = jobs()
    send(l, 'm')
    const [first] = receive(l)
    l.run(30 * SECOND)
    const [second] = receive(l)
    expect(l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: first!.ReceiptHandle }).status).toBe('OK')
    expect(counts(l).inFlight).toBe(1)
    l.run(61 * SECOND)
    expect(counts(l).visible).toBe(1)
    expect(l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: second!.ReceiptHandle }).status).toBe('OK')
    expect(counts(l)).toEqual({ delayed: 0, visible: 0, inFlight: 0 })
    expect(l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: second!.ReceiptHandle }).status).toBe('OK')
    expect(l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: -1 }).status).toBe('ReceiptHandleIsInvalid')
  })

  it('does not let an old handle delete the message that took its place [SQS-07]', () => {
    const l = jobs()
    send(l, 'old')
    const [old] = receive(l)
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: old!.ReceiptHandle })
    send(l, 'new')
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: old!.ReceiptHandle })
    expect(bodies(receive(l))).toEqual(['new'])
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: old!.ReceiptHandle })
    expect(counts(l).inFlight).toBe(1)
  })

  it('stops at 120,000 in flight: OverLimit for a short poll, an empty answer for a long one [SQS-17, SQS-V10]', () => {
    const l = jobs({}, {}, { quotas: { 'sqs.MessagesInFlight': 15 } })
    expect(queue.quotas['MessagesInFlight']!.current).toBe(120_000)
    for (let i = 0; i < 30; i++) send(l, i)
    expect(receive(l, { MaxNumberOfMessages: 10 })).toHaveLength(10)
    const rest = receive(l, { MaxNumberOfMessages: 10 })
    expect(rest).toHaveLength(5)
    expect(l.ask('Jobs', 'sqs:ReceiveMessage').status).toBe('OverLimit')
    const long = l.ask('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 5 })
    expect(long).toMatchObject({ status: 'OK', answer: { Messages: [] }, at: 5 * SECOND })
    l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 5 })
    l.run(6 * SECOND)
    l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: rest[0]!.ReceiptHandle })
    l.run(6 * SECOND)
    expect(l.answers.at(-1)).toMatchObject({ action: 'sqs:ReceiveMessage', answer: { Messages: [{ Body: 15 }] } })
  })
})

describe('delay', () => {
  it('keeps a message from its receivers until it is over [N.SQS-30, SQS-02]', () => {
    const l = jobs({ DelaySeconds: 10 })
    l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 })
    send(l, 'm')
    l.run(10 * SECOND - 1)
    expect(l.ask('Jobs', 'sqs:GetQueueAttributes').answer.Attributes.ApproximateNumberOfMessagesDelayed).toBe('1')
    l.run(10 * SECOND)
    expect(l.answers.at(-1)).toMatchObject({ at: 10 * SECOND, answer: { Messages: [{ Body: 'm' }] } })
    expect(counts(l).delayed).toBe(0)
  })

  it('is 0 by default, at most 900 s, and each message may have its own [N.SQS-31, N.SQS-41, SQS-02]', () => {
    const l = jobs()
    send(l, 0)
    send(l, 5, { DelaySeconds: 5 })
    send(l, 10, { DelaySeconds: 10 })
    expect(bodies(receive(l, { MaxNumberOfMessages: 10 }))).toEqual([0])
    l.run(5 * SECOND)
    expect(bodies(receive(l, { MaxNumberOfMessages: 10 }))).toEqual([5])
    l.run(10 * SECOND)
    expect(bodies(receive(l, { MaxNumberOfMessages: 10 }))).toEqual([10])
    expect(send(l, 'x', { DelaySeconds: 901 }).status).toBe('InvalidParameterValue')
    expect(() => jobs({ DelaySeconds: 901 })).toThrow(Refused)
    jobs({ DelaySeconds: 900 })
  })

  it('stays what it was for messages already sent when the queue’s changes [SQS-03, SQS-V8]', () => {
    const l = jobs({ DelaySeconds: 10 })
    send(l, 'm')
    l.run(5 * SECOND)
    l.ask('Jobs', 'sqs:SetQueueAttributes', { Attributes: { DelaySeconds: '60' } })
    send(l, 'n')
    l.run(10 * SECOND)
    expect(bodies(receive(l))).toEqual(['m'])
    l.run(65 * SECOND - 1)
    expect(counts(l).delayed).toBe(1)
    l.run(65 * SECOND)
    expect(counts(l).delayed).toBe(0)
  })
})

describe('retention', () => {
  it('keeps a message 4 days by default [N.SQS-06, SQS-10]', () => {
    const l = jobs()
    send(l, 'm')
    l.run(4 * DAY - 1)
    expect(counts(l).visible).toBe(1)
    l.run(4 * DAY)
    expect(counts(l).visible).toBe(0)
    expect(l.state<Queue>('Jobs').expired).toBe(1)
  })

  it('lasts 14 days at most and 60 s at least [N.SQS-07, N.SQS-38]', () => {
    const l = jobs({ MessageRetentionPeriod: 1_209_600 })
    send(l, 'm')
    l.run(14 * DAY - 1)
    expect(counts(l).visible).toBe(1)
    l.run(14 * DAY)
    expect(receive(l)).toHaveLength(0)
    expect(() => jobs({ MessageRetentionPeriod: 1_209_601 })).toThrow(/out-of-range/)
    expect(() => jobs({ MessageRetentionPeriod: 59 })).toThrow(/out-of-range/)
    jobs({ MessageRetentionPeriod: 60 })
  })

  it('ends for visible, delayed and hidden messages alike, with one event for a thousand of them [SQS-10]', () => {
    const l = jobs({ MessageRetentionPeriod: 60, VisibilityTimeout: 43_200 })
    for (let i = 0; i < 1000; i++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    l.call('Jobs', 'sqs:SendMessage', { MessageBody: 'later', DelaySeconds: 900 })
    l.call('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 })
    l.run(60 * SECOND - 1)
    expect(counts(l)).toEqual({ delayed: 1, visible: 990, inFlight: 10 })
    const steps = l.world.kernel.steps
    l.run(60 * SECOND)
    expect(counts(l)).toEqual({ delayed: 0, visible: 0, inFlight: 0 })
    expect(l.world.kernel.steps - steps).toBe(1)
  })

  it('ends for a message that has gone to the back after three failures as for any other [SQS-10, SQS-19]', () => {
    const l = jobs({ MessageRetentionPeriod: 200 })
    send(l, 'bad')
    for (let i = 0; i < 4; i++) {
      l.run(i * 30 * SECOND)
      receive(l)
    }
    l.run(200 * SECOND - 1)
    expect(counts(l).visible).toBe(1)
    l.run(200 * SECOND)
    expect(counts(l).visible).toBe(0)
  })

  it('that is lowered ends at once for what is already older [SQS-10, SQS-11]', () => {
    const l = jobs()
    send(l, 'old')
    l.run(100 * SECOND)
    send(l, 'new')
    l.ask('Jobs', 'sqs:SetQueueAttributes', { Attributes: { MessageRetentionPeriod: 90 } })
    expect(counts(l).visible).toBe(1)
    l.run(190 * SECOND - 1)
    expect(counts(l).visible).toBe(1)
    l.run(190 * SECOND)
    expect(counts(l).visible).toBe(0)
  })

  it('costs a queue that is kept busy for a year no more than a few hundred events', () => {
    const l = jobs({ MessageRetentionPeriod: 1_209_600 })
    for (let day = 0; day < 365; day++) {
      l.run(day * DAY)
      send(l, day)
      const [message] = receive(l)
      l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: message!.ReceiptHandle })
    }
    // Six events a day are the three calls and their answers.
    expect(l.world.kernel.steps - 6 * 365).toBeLessThan(1000)
  })
})

describe('polling', () => {
  it('waits for the message that comes, or returns empty at the end of the wait [N.SQS-32, SQS-16]', () => {
    const l = jobs()
    l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 })
    l.run(7 * SECOND)
    send(l, 'm')
    expect(l.answers.find((answer) => answer.action === 'sqs:ReceiveMessage')).toMatchObject({
      at: 7 * SECOND,
      answer: { Messages: [{ Body: 'm' }] },
    })
    const start = l.now
    const empty = l.ask('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 })
    expect(empty.answer.Messages).toHaveLength(0)
    expect(empty.at).toBe(start + 20 * SECOND)
  })

  it('long saves requests: 60 empty receives in a minute become 3 [N.SQS-33]', () => {
    const polls = (wait: number, pause: number): number => {
      const l = jobs()
      const poll = (): void => l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: wait })
      for (let t = 0; t < MINUTE; t += pause) {
        l.run(t)
        poll()
      }
      l.run(MINUTE)
      l.finish()
      return l.sum('Jobs', 'NumberOfEmptyReceives')
    }
    expect(polls(0, SECOND)).toBe(60)
    expect(polls(20, 20 * SECOND)).toBe(3)
  })

  it('waits 0 to 20 s and refuses anything else [N.SQS-34]', () => {
    jobs({ ReceiveMessageWaitTimeSeconds: 20 })
    expect(() => jobs({ ReceiveMessageWaitTimeSeconds: 21 })).toThrow(/out-of-range/)
    expect(() => jobs({ ReceiveMessageWaitTimeSeconds: -1 })).toThrow(/out-of-range/)
    const l = jobs()
    expect(l.ask('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 21 }).status).toBe('InvalidParameterValue')
    expect(l.ask('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 }).at).toBe(20 * SECOND)
  })

  it('follows the queue unless the call says otherwise [N.SQS-35, N.SQS-44]', () => {
    const l = jobs({ ReceiveMessageWaitTimeSeconds: 20 })
    expect(l.ask('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 0 }).at).toBe(0)
    expect(l.ask('Jobs', 'sqs:ReceiveMessage').at).toBe(20 * SECOND)
  })

  it('serves waiting receivers in the order in which they came', () => {
    const l = jobs()
    const served: string[] = []
    for (const name of ['a', 'b', 'c'])
      l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 }, 0, ({ answer }) =>
        served.push(`${name}${answer.Messages[0].Body}`),
      )
    l.run(SECOND)
    for (const body of [1, 2, 3]) l.call('Jobs', 'sqs:SendMessage', { MessageBody: body })
    l.run(SECOND)
    expect(served).toEqual(['a1', 'b2', 'c3'])
  })

  it('that is parked costs no event, and counts the empty polls it stands for when it ends', () => {
    const l = jobs({}, {}, { duration: 100 * DAY })
    l.call('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10, Park: true })
    l.run(0)
    const steps = l.world.kernel.steps
    l.run(10 * DAY)
    // Each of the two queues looks once whether its six active hours are over.
    expect(l.world.kernel.steps - steps).toBe(2)
    send(l, 'm')
    expect(l.answers.find((answer) => answer.action === 'sqs:ReceiveMessage')).toMatchObject({
      action: 'sqs:ReceiveMessage',
      at: 10 * DAY,
      answer: { Messages: [{ Body: 'm' }] },
    })
    l.call('Jobs', 'sqs:ReceiveMessage', { Park: true, VisibilityTimeout: 43_200 })
    l.run(10 * DAY + 30 * SECOND)
    l.run(10 * DAY + 119 * SECOND)
    l.finish()
    expect(l.sum('Jobs', 'NumberOfEmptyReceives')).toBe((10 * DAY) / (20 * SECOND) + 1)
  })

  it('short may miss messages when it asks only 7 of 10 servers; long never does [SQS-15]', () => {
    let empty = 0
    for (let seed = 0; seed < 100; seed++) {
      const l = jobs({}, { ShortPolling: 'sampled' }, { seed })
      send(l, 'm')
      if (receive(l).length === 0) {
        empty++
        expect(receive(l, { WaitTimeSeconds: 1 })).toHaveLength(1)
      }
    }
    expect(empty).toBeGreaterThan(15)
    expect(empty).toBeLessThan(45)
  })
})

describe('the dead-letter queue', () => {
  it('gets what was received three times, at the next receive [N.SQS-27, SQS-30, SQS-V4]', () => {
    const l = jobs(withDeadLetters(3))
    const received: number[] = []
    const poll = (): void =>
      l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 }, 0, ({ at, answer }) => {
        if (answer.Messages.length > 0) received.push(at)
        poll()
      })
    send(l, 'bad')
    poll()
    l.run(90 * SECOND - 1)
    expect(counts(l, 'Dead').visible).toBe(0)
    l.run(90 * SECOND)
    expect(received).toEqual([0, 30 * SECOND, 60 * SECOND])
    expect(counts(l, 'Dead').visible).toBe(1)
    expect(counts(l)).toEqual({ delayed: 0, visible: 0, inFlight: 0 })
    l.run(2 * MINUTE)
    expect(l.sum('Dead', 'NumberOfMessagesSent')).toBe(0)
    expect(l.points('Dead', 'ApproximateNumberOfMessagesVisible').at(-1)!.max).toBe(1)
  })

  it('gets nothing as long as nobody receives [SQS-30]', () => {
    const l = jobs(withDeadLetters(1))
    send(l, 'bad')
    receive(l)
    l.run(HOUR)
    expect([counts(l).visible, counts(l, 'Dead').visible]).toEqual([1, 0])
    send(l, 'good')
    expect(bodies(receive(l))).toEqual(['good'])
    expect([counts(l).visible, counts(l, 'Dead').visible]).toEqual([0, 1])
  })

  it('keeps message id and enqueue time, so a message moved after 1 day expires 3 days later; its age counts from the move [N.SQS-29, SQS-32]', () => {
    const l = jobs(withDeadLetters(1))
    const id = send(l, 'bad').answer.MessageId
    receive(l)
    l.run(DAY)
    receive(l)
    expect(receive(l, { VisibilityTimeout: 0 }, 'Dead')[0]).toMatchObject({
      MessageId: id,
      Attributes: { SentTimestamp: START_MS },
    })
    l.run(DAY + 10 * MINUTE)
    expect(l.points('Dead', 'ApproximateAgeOfOldestMessage').at(-1)!.repeat).toBe(10)
    expect(l.points('Dead', 'ApproximateAgeOfOldestMessage').at(-1)!.max).toBe(MINUTE)
    l.run(4 * DAY - 1)
    expect(counts(l, 'Dead').visible).toBe(1)
    l.run(4 * DAY)
    expect(counts(l, 'Dead').visible).toBe(0)
    expect(l.state<Queue>('Dead').expired).toBe(1)
  })

  it('lets messages expire in the order of their enqueue times, whatever the order of their moves [SQS-10, SQS-32]', () => {
    const l = jobs(withDeadLetters(1))
    send(l, 'first')
    const [first] = receive(l, { VisibilityTimeout: 43_200 })
    l.run(HOUR)
    send(l, 'second')
    receive(l)
    l.run(2 * HOUR)
    receive(l)
    l.ask('Jobs', 'sqs:ChangeMessageVisibility', { ReceiptHandle: first!.ReceiptHandle, VisibilityTimeout: 0 })
    receive(l)
    expect(counts(l, 'Dead').visible).toBe(2)
    l.run(4 * DAY - 1)
    expect(counts(l, 'Dead').visible).toBe(2)
    l.run(4 * DAY)
    expect(bodies(receive(l, { MaxNumberOfMessages: 10, VisibilityTimeout: 0 }, 'Dead'))).toEqual(['second'])
    l.run(4 * DAY + HOUR)
    expect(counts(l, 'Dead').visible).toBe(0)
  })

  it('is an ordinary queue, and a move task brings its messages back with new ids and times [N.SQS-28, SQS-36]', () => {
    const l = jobs(withDeadLetters(1))
    const ids = [send(l, 'a'), send(l, 'b')].map((answer) => answer.answer.MessageId)
    receive(l, { MaxNumberOfMessages: 10 })
    l.run(MINUTE)
    receive(l, { MaxNumberOfMessages: 10 })
    expect(bodies(receive(l, { VisibilityTimeout: 0 }, 'Dead'))).toEqual(['a'])
    l.run(2 * MINUTE)
    expect(l.ask('Dead', 'sqs:StartMessageMoveTask', { MaxNumberOfMessagesPerSecond: 1 }).status).toBe('OK')
    expect(l.ask('Dead', 'sqs:StartMessageMoveTask').status).toBe('UnsupportedOperation')
    l.run(2 * MINUTE + SECOND)
    expect([counts(l).visible, counts(l, 'Dead').visible]).toEqual([1, 1])
    l.run(2 * MINUTE + 2 * SECOND)
    const back = receive(l, { MaxNumberOfMessages: 10 })
    expect(bodies(back).sort()).toEqual(['a', 'b'])
    expect(back.some((message) => ids.includes(message.MessageId))).toBe(false)
    expect(back.map((message) => message.Attributes.SentTimestamp).sort()).toEqual([
      START_MS + 121_000,
      START_MS + 122_000,
    ])
    expect(l.ask('Jobs', 'sqs:StartMessageMoveTask').status).toBe('InvalidParameterValue')
  })

  it('gives 10,000 messages back in 20 s at 500 a second, its fastest [SQS-36, SQS-V9]', () => {
    const l = jobs(withDeadLetters(1))
    for (let i = 0; i < 10_000; i++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    for (let i = 0; i < 1000; i++)
      l.call('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10, VisibilityTimeout: 1 })
    l.run(MINUTE)
    receive(l)
    expect(counts(l, 'Dead').visible).toBe(10_000)
    expect(l.ask('Dead', 'sqs:StartMessageMoveTask', { MaxNumberOfMessagesPerSecond: 501 }).status).toBe(
      'InvalidParameterValue',
    )
    l.ask('Dead', 'sqs:StartMessageMoveTask', { MaxNumberOfMessagesPerSecond: 500 })
    l.run(80 * SECOND - 1)
    expect(counts(l).visible).toBe(9_999)
    l.run(80 * SECOND)
    expect(counts(l).visible).toBe(10_000)
  })

  it('takes a move up again when the API layer failed it, and loses nothing', () => {
    const fault = {
      at: 0,
      until: MINUTE,
      fault: 'aws:fis:inject-api-internal-error',
      target: 'Dead',
      params: { Percentage: 100, Operations: ['RedriveMessage'] },
    }
    const l = jobs(withDeadLetters(1), {}, { faults: [fault] })
    l.run(1)
    send(l, 'bad')
    receive(l)
    l.run(31 * SECOND)
    receive(l)
    l.run(59 * SECOND)
    expect([l.state<Queue>('Jobs').moves.moving, counts(l, 'Dead').visible]).toEqual([1, 0])
    l.run(61 * SECOND)
    expect([l.state<Queue>('Jobs').moves.moving, counts(l, 'Dead').visible]).toEqual([0, 1])
  })

  it('does not count what is moved there as sent, but what is sent there by hand [SQS-34]', () => {
    const l = jobs(withDeadLetters(1))
    send(l, 'bad')
    receive(l)
    l.run(MINUTE)
    receive(l)
    l.ask('Dead', 'sqs:SendMessage', { MessageBody: 'by hand' })
    l.run(2 * MINUTE)
    expect(l.sum('Dead', 'NumberOfMessagesSent')).toBe(1)
    expect(counts(l, 'Dead').visible).toBe(2)
  })

  it('must be a queue that allows it [SQS-31, SQS-35]', () => {
    const build = (allow: unknown) =>
      lab({
        Jobs: { def: queue, properties: withDeadLetters(3) },
        Dead: { def: queue, properties: { RedriveAllowPolicy: allow } },
      })
    build({ redrivePermission: 'allowAll' })
    build({ redrivePermission: 'byQueue', sourceQueueArns: ['Jobs'] })
    expect(() => build({ redrivePermission: 'denyAll' })).toThrow(/not-allowed/)
    expect(() => build({ redrivePermission: 'byQueue', sourceQueueArns: ['Other'] })).toThrow(/not-allowed/)
    expect(() => build({ redrivePermission: 'byQueue', sourceQueueArns: Array(11).fill('Jobs') })).toThrow(
      /out-of-range/,
    )
  })
})

describe('batches and the other operations', () => {
  it('takes ten entries in one request, and lists those that fail [SQS-70, N.SQS-46]', () => {
    const l = jobs()
    const entries = (n: number) => Array.from({ length: n }, (_, i) => ({ Id: `e${i}`, MessageBody: i }))
    const batch = (Entries: unknown) => l.ask('Jobs', 'sqs:SendMessageBatch', { Entries })
    expect(batch(entries(10)).answer.Successful).toHaveLength(10)
    expect(batch(entries(11)).status).toBe('TooManyEntriesInBatchRequest')
    expect(batch([]).status).toBe('EmptyBatchRequest')
    expect(batch([...entries(1), ...entries(1)]).status).toBe('BatchEntryIdsNotDistinct')
    expect(batch([{ Id: 'a b', MessageBody: 1 }]).status).toBe('InvalidBatchEntryId')
    expect(batch([{ Id: 'x'.repeat(81), MessageBody: 1 }]).status).toBe('InvalidBatchEntryId')
    expect(batch(entries(2).map((entry) => ({ ...entry, MessageSize: 600_000 }))).status).toBe('BatchRequestTooLong')
    const mixed = batch([
      { Id: 'good', MessageBody: 1 },
      { Id: 'bad', MessageBody: 1, DelaySeconds: 901 },
    ])
    expect(mixed.status).toBe('OK')
    expect(mixed.answer.Successful).toMatchObject([{ Id: 'good' }])
    expect(mixed.answer.Failed).toEqual([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }])
    expect(counts(l).visible).toBe(11)
    const received = receive(l, { MaxNumberOfMessages: 10 })
    const changed = l.ask('Jobs', 'sqs:ChangeMessageVisibilityBatch', {
      Entries: received
        .slice(0, 2)
        .map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0 })),
    })
    expect(changed.answer.Successful).toHaveLength(2)
    const deleted = l.ask('Jobs', 'sqs:DeleteMessageBatch', {
      Entries: [
        ...received.map((message, i) => ({ Id: String(i), ReceiptHandle: message.ReceiptHandle })).slice(2),
        { Id: 'x', ReceiptHandle: 'nonsense' },
      ],
    })
    expect(deleted.answer.Successful).toHaveLength(8)
    expect(deleted.answer.Failed).toEqual([{ Id: 'x', Code: 'ReceiptHandleIsInvalid', SenderFault: true }])
    expect(counts(l)).toEqual({ delayed: 0, visible: 3, inFlight: 0 })
    l.run(MINUTE)
    expect(l.sum('Jobs', 'NumberOfMessagesSent')).toBe(11)
    expect(l.sum('Jobs', 'NumberOfMessagesDeleted')).toBe(8)
  })

  it('purges everything, but not twice within 60 s [SQS-12, N.SQS-40]', () => {
    const l = jobs()
    for (let i = 0; i < 1000; i++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: i, DelaySeconds: i % 3 })
    l.call('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 })
    l.run(MINUTE)
    expect(l.ask('Jobs', 'sqs:PurgeQueue').status).toBe('OK')
    expect(counts(l)).toEqual({ delayed: 0, visible: 0, inFlight: 0 })
    send(l, 'after')
    l.run(2 * MINUTE - 1)
    expect(l.ask('Jobs', 'sqs:PurgeQueue').status).toBe('PurgeQueueInProgress')
    l.run(2 * MINUTE)
    expect(counts(l).visible).toBe(1)
    expect(l.ask('Jobs', 'sqs:PurgeQueue').status).toBe('OK')
    expect(counts(l).visible).toBe(0)
  })

  it('tells and changes its attributes [SQS-81, SQS-11]', () => {
    const l = jobs()
    const set = (Attributes: Record<string, unknown>) => l.ask('Jobs', 'sqs:SetQueueAttributes', { Attributes }).status
    expect(set({ VisibilityTimeout: '5', MaximumMessageSize: 1024, ReceiveMessageWaitTimeSeconds: 1 })).toBe('OK')
    expect(set({ VisibilityTimeout: 43_201 })).toBe('InvalidAttributeValue')
    expect(set({ MessageRetentionPeriod: 59 })).toBe('InvalidAttributeValue')
    expect(set({ Visibility: 1 })).toBe('InvalidAttributeName')
    expect(l.ask('Jobs', 'sqs:GetQueueAttributes').answer.Attributes).toMatchObject({
      VisibilityTimeout: '5',
      MaximumMessageSize: '1024',
      ReceiveMessageWaitTimeSeconds: '1',
      ApproximateNumberOfMessages: '0',
    })
    expect(send(l, 'x'.repeat(1025)).status).toBe('InvalidParameterValue')
    expect(l.ask('Jobs', 'sqs:SendMessage', {}).status).toBe('MissingParameter')
  })

  it('takes no name and no properties of a FIFO queue, and no deduplication id', () => {
    expect(() => jobs({ QueueName: 'a.fifo' })).toThrow(/QueueName: contradiction.*only a FIFO queue may/)
    expect(() => jobs({ ContentBasedDeduplication: true })).toThrow(/ContentBasedDeduplication: contradiction/)
    expect(() => jobs({ FifoThroughputLimit: 'perMessageGroupId' })).toThrow(/FifoThroughputLimit: contradiction/)
    const l = jobs({ ContentBasedDeduplication: false })
    expect(send(l, 'x', { MessageDeduplicationId: 'a' }).status).toBe('InvalidParameterValue')
    expect(send(l, 'x', { MessageGroupId: 'tenant' }).status).toBe('OK')
  })
})

describe('metrics', () => {
  it('shows the age of the oldest message, without those that failed three times, which go to the back [SQS-19]', () => {
    const l = jobs()
    send(l, 'bad')
    for (let i = 0; i < 3; i++) {
      l.run(i * MINUTE)
      if (i === 1) send(l, 'good')
      expect(bodies(receive(l))).toEqual(['bad'])
    }
    const ages = () =>
      l
        .points('Jobs', 'ApproximateAgeOfOldestMessage')
        .flatMap((point) => Array.from({ length: point.repeat }, (_, i) => point.max + i * MINUTE))
    l.run(3 * MINUTE)
    expect(ages()).toEqual([MINUTE, 2 * MINUTE, 2 * MINUTE])
    expect(bodies(receive(l, { MaxNumberOfMessages: 10 }))).toEqual(['good', 'bad'])
  })

  it('reads its gauges at each minute’s end [SQS-81]', () => {
    const l = jobs({}, {}, { duration: 10 * MINUTE })
    for (let i = 0; i < 7; i++) send(l, i)
    send(l, 'later', { DelaySeconds: 90 })
    receive(l, { MaxNumberOfMessages: 2, VisibilityTimeout: 150 })
    l.run(4 * MINUTE)
    const values = (name: string) =>
      l.points('Jobs', name).flatMap((point) => Array<number>(point.repeat).fill(point.sum))
    expect(values('ApproximateNumberOfMessagesVisible')).toEqual([5, 6, 8, 8])
    expect(values('ApproximateNumberOfMessagesNotVisible')).toEqual([2, 2, 0, 0])
    expect(values('ApproximateNumberOfMessagesDelayed')).toEqual([1, 0, 0, 0])
  })

  it('sends no data points once it has been idle for six hours, and again when it is used [SQS-80]', () => {
    const l = jobs()
    l.run(HOUR)
    receive(l)
    l.run(12 * HOUR)
    receive(l)
    l.run(12 * HOUR + 2 * MINUTE)
    const points = l.points('Jobs', 'ApproximateNumberOfMessagesVisible')
    expect(points.map((point) => [point.start, point.repeat])).toEqual([
      [0, 7 * 60],
      [12 * HOUR, 2],
    ])
  })
})

describe('a queue between producer and consumer', () => {
  /** Sends ten messages a second; a consumer takes twenty, except while it is away, and fails now and then. */
  function worked(seconds: number, away: (second: number) => boolean, fails: (receive: number) => boolean): Lab {
    const l = jobs({ VisibilityTimeout: 30 })
    let received = 0
    for (let step = 0; step < seconds * 20; step++) {
      l.run(step * 50 * MS)
      if (step % 2 === 0) l.call('Jobs', 'sqs:SendMessage', { MessageBody: step })
      if (away(Math.floor(step / 20))) continue
      for (const message of receive(l))
        if (!fails(++received)) l.call('Jobs', 'sqs:DeleteMessage', { ReceiptHandle: message.ReceiptHandle })
    }
    return l.run(seconds * SECOND)
  }

  it('decouples them: the producer does not notice that the consumer is away [N.SQS-01]', () => {
    const at = (seconds: number): Lab =>
      worked(
        seconds,
        (second) => second >= 60 && second < 120,
        () => false,
      )
    expect(counts(at(120)).visible).toBe(600)
    const after = at(190)
    expect(counts(after).visible).toBeLessThanOrEqual(1)
    expect(after.answers.filter(({ action, status }) => action === 'sqs:SendMessage' && status !== 'OK').length).toBe(0)
  })

  it('gets back what was not worked off: a fifth of failures is a quarter more receives [N.SQS-26]', () => {
    const l = worked(
      600,
      () => false,
      (received) => received % 5 === 0,
    )
    const [sent, received] = [l.sum('Jobs', 'NumberOfMessagesSent'), l.sum('Jobs', 'NumberOfMessagesReceived')]
    expect(received / sent).toBeGreaterThan(1.2)
    expect(received / sent).toBeLessThan(1.26)
  })
})

describe('compared with topics and streams, a queue', () => {
  it('is asked: without a consumer nothing happens to its messages [N.SQS-47]', () => {
    const l = jobs({ MessageRetentionPeriod: 1_209_600 })
    for (let i = 0; i < 50; i++) send(l, i)
    l.run(DAY).finish()
    expect(counts(l)).toEqual({ delayed: 0, visible: 50, inFlight: 0 })
    expect(l.sum('Jobs', 'NumberOfMessagesReceived')).toBe(0)
  })

  it('has nothing left for whoever comes after a message was deleted [N.SQS-48]', () => {
    const l = jobs()
    for (let i = 0; i < 30; i++) send(l, i)
    for (let i = 0; i < 3; i++)
      for (const { ReceiptHandle } of receive(l, { MaxNumberOfMessages: 10 }))
        l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle })
    l.run(HOUR)
    expect(receive(l, { MaxNumberOfMessages: 10, WaitTimeSeconds: 20 })).toEqual([])
  })

  it('is worked off by as many as like: a thousand messages of a second by one, or by a hundred [N.SQS-49]', () => {
    const worked = (consumers: number): number => {
      const l = jobs({ VisibilityTimeout: 60 })
      for (let i = 0; i < 1_000; i++) send(l, i)
      for (let second = 0; ; second++) {
        l.run(second * SECOND)
        const taken = Array.from({ length: consumers }, () => receive(l)).flat()
        if (taken.length === 0) return second
        l.run((second + 1) * SECOND - 1)
        for (const { ReceiptHandle } of taken) l.call('Jobs', 'sqs:DeleteMessage', { ReceiptHandle })
      }
    }
    expect([worked(1), worked(100)]).toEqual([1_000, 10])
  })

  it('delays each message for itself [N.SQS-50]', () => {
    const l = jobs()
    for (const DelaySeconds of [10, 0, 5]) send(l, DelaySeconds, { DelaySeconds })
    const seen = (second: number): unknown[] => bodies(receive(l.run(second * SECOND), { MaxNumberOfMessages: 10 }))
    expect([0, 4, 5, 9, 10].map(seen)).toEqual([[0], [], [5], [], [10]])
  })

  it('takes a step from 10 to 10,000 messages a second without anything to set [N.SQS-51]', () => {
    const l = jobs()
    for (let i = 0; i < 100; i++) l.run(i * 100 * MS).call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    for (let i = 0; i < 10_000; i++) l.run(10 * SECOND + i * 100).call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    l.run(12 * SECOND)
    expect(l.answers.filter(({ status }) => status !== 'OK')).toEqual([])
    expect(l.state<Queue>('Jobs').sent).toBe(10_100)
  })

  it('keeps no order unless it is a FIFO queue [N.SQS-52]', () => {
    const disorder = (properties: Record<string, unknown>, more: Record<string, unknown> = {}): number => {
      const l = jobs(properties, { DisorderProbability: '0.01' })
      for (let i = 0; i < 1_000; i++) send(l.run(i * 10 * MS), i, more)
      const order: number[] = []
      for (let i = 0; i < 100; i++) {
        l.run(l.now + 100 * MS)
        for (const { Body, ReceiptHandle } of receive(l, { MaxNumberOfMessages: 10 })) {
          order.push(Number(Body))
          l.ask('Jobs', 'sqs:DeleteMessage', { ReceiptHandle })
        }
      }
      expect(order.length).toBe(1_000)
      return order.filter((n, i) => i > 0 && n < order[i - 1]!).length
    }
    const some = disorder({})
    expect(some).toBeGreaterThan(2)
    expect(some).toBeLessThan(30)
    expect(disorder({ FifoQueue: true, ContentBasedDeduplication: true }, { MessageGroupId: 'one' })).toBe(0)
  })
})
