// Shows how a queue is created, deleted and found, how its move tasks are watched, and what attributes of messages are.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type Answer, type Lab, type LabOptions } from '../../../test/kit.ts'
import { areAttributes, md5OfAttributes } from './attributes.ts'
import { queue } from './queue.ts'
import type { Queue } from './queue-state.ts'

const ACTIONS = [
  'CancelMessageMoveTask',
  'CreateQueue',
  'DeleteQueue',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'ListMessageMoveTasks',
  'ReceiveMessage',
  'SendMessage',
  'StartMessageMoveTask',
] as const

function jobs(properties: Record<string, unknown> = {}, options: LabOptions = {}): Lab {
  const assumptions = { ApiLatency: '0ms' }
  return lab(
    { Jobs: { def: queue, properties, assumptions }, Dead: { def: queue, assumptions } },
    { probe: ['Jobs', 'Dead'].flatMap((to) => ACTIONS.map((action) => [to, `sqs:${action}`] as const)), ...options },
  )
}
const ask = (l: Lab, action: (typeof ACTIONS)[number], body: object = {}, to = 'Jobs'): Answer =>
  l.ask(to, `sqs:${action}`, body)
const send = (l: Lab, more: object = {}): string => ask(l, 'SendMessage', { MessageBody: 'x', ...more }).status

describe('a queue', () => {
  it('that is there is created by the same attributes, not by others [SQS-13, N.SQS-37]', () => {
    const l = jobs({ VisibilityTimeout: 60 })
    const created = ask(l, 'CreateQueue', { Attributes: { VisibilityTimeout: '60', DelaySeconds: 0 } })
    expect([created.status, created.answer.QueueUrl]).toEqual(['OK', 'Jobs'])
    expect(ask(l, 'CreateQueue').status).toBe('OK')
    expect(ask(l, 'CreateQueue', { Attributes: { VisibilityTimeout: '61' } }).status).toBe('QueueNameExists')
    expect(ask(l, 'CreateQueue', { Attributes: { FifoQueue: 'true' } }).status).toBe('QueueNameExists')
  })

  it('that was deleted is not found, and its name is free after a minute [SQS-13, N.SQS-39]', () => {
    const l = jobs()
    send(l)
    l.run(MINUTE)
    expect(ask(l, 'DeleteQueue').status).toBe('OK')
    for (const action of ['GetQueueUrl', 'GetQueueAttributes', 'ReceiveMessage', 'DeleteQueue'] as const)
      expect(ask(l, action).status, action).toBe('QueueDoesNotExist')
    expect(send(l)).toBe('QueueDoesNotExist')
    expect(l.state<Queue>('Jobs').stored.inside).toBe(0)
    l.run(2 * MINUTE - 1)
    expect(ask(l, 'CreateQueue').status).toBe('QueueDeletedRecently')
    l.run(2 * MINUTE)
    expect(ask(l, 'CreateQueue').status).toBe('OK')
  })

  it('that is new is there after a second, with the attributes that it was given and no others [SQS-13, N.SQS-37]', () => {
    const l = jobs({ DelaySeconds: 5, VisibilityTimeout: 7 })
    ask(l, 'DeleteQueue')
    l.run(MINUTE)
    expect(ask(l, 'CreateQueue', { Attributes: { FifoQueue: 'true' } }).status).toBe('InvalidAttributeValue')
    expect(ask(l, 'CreateQueue', { Attributes: { VisibilityTimeout: 50_000 } }).status).toBe('InvalidAttributeValue')
    expect(ask(l, 'CreateQueue', { Attributes: { VisibilityTimeout: '50' } }).status).toBe('OK')
    l.run(MINUTE + SECOND - 1)
    expect(send(l)).toBe('QueueDoesNotExist')
    l.run(MINUTE + SECOND)
    expect(send(l)).toBe('OK')
    expect(ask(l, 'GetQueueAttributes').answer.Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      VisibilityTimeout: '50',
      DelaySeconds: '0',
      MessageRetentionPeriod: '345600',
    })
  })

  it('tells those who wait at it when it is deleted [SQS-13]', () => {
    const l = jobs()
    l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 20 })
    l.call('Jobs', 'sqs:ReceiveMessage', { Park: true })
    l.run(5 * SECOND)
    ask(l, 'DeleteQueue')
    expect(
      l.answers.filter(({ action }) => action === 'sqs:ReceiveMessage').map(({ at, status }) => [at, status]),
    ).toEqual([
      [5 * SECOND, 'QueueDoesNotExist'],
      [5 * SECOND, 'QueueDoesNotExist'],
    ])
  })
})

describe('a move task', () => {
  const redriven = (): Lab => {
    const l = jobs({ VisibilityTimeout: 0, RedrivePolicy: { deadLetterTargetArn: 'Dead', maxReceiveCount: 1 } })
    for (let i = 0; i < 10; i++) send(l)
    for (let i = 0; i < 2; i++) ask(l, 'ReceiveMessage', { MaxNumberOfMessages: 10 })
    expect(l.state<Queue>('Dead').messages.visible).toBe(10)
    return l
  }

  it('tells how far it is, and where its messages came from [SQS-36]', () => {
    const l = redriven()
    expect(ask(l, 'ListDeadLetterSourceQueues', {}, 'Dead').answer).toEqual({ queueUrls: ['Jobs'] })
    expect(ask(l, 'ListMessageMoveTasks', {}, 'Dead').answer).toEqual({ Results: [] })
    const started = l.now
    ask(l, 'StartMessageMoveTask', { MaxNumberOfMessagesPerSecond: 2 }, 'Dead')
    l.run(started + 2 * SECOND)
    expect(ask(l, 'ListMessageMoveTasks', {}, 'Dead').answer.Results).toMatchObject([
      {
        Status: 'RUNNING',
        ApproximateNumberOfMessagesMoved: 4,
        ApproximateNumberOfMessagesToMove: 10,
        MaxNumberOfMessagesPerSecond: 2,
      },
    ])
    expect(ask(l, 'StartMessageMoveTask', {}, 'Dead').status).toBe('UnsupportedOperation')
    l.run(started + MINUTE)
    expect(ask(l, 'ListMessageMoveTasks', {}, 'Dead').answer.Results).toMatchObject([
      { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 10 },
    ])
  })

  it('can be cancelled: what it has moved stays moved [SQS-36]', () => {
    const l = redriven()
    const started = l.now
    ask(l, 'StartMessageMoveTask', { MaxNumberOfMessagesPerSecond: 2 }, 'Dead')
    l.run(started + 2 * SECOND)
    expect(ask(l, 'CancelMessageMoveTask', {}, 'Dead').answer).toEqual({ ApproximateNumberOfMessagesMoved: 4 })
    l.run(started + MINUTE)
    expect(l.state<Queue>('Dead').messages.visible).toBe(6)
    expect(ask(l, 'CancelMessageMoveTask', {}, 'Dead').status).toBe('ResourceNotFoundException')
    expect(ask(l, 'StartMessageMoveTask', {}, 'Dead').status).toBe('OK')
  })
})

describe('attributes of a message', () => {
  const one = { my_attribute_name_1: { DataType: 'String', StringValue: 'my_attribute_value_1' } }

  it('come with it, with the MD5 of their names, types and values [SQS-72, SQS-V2]', () => {
    const l = jobs()
    const sent = ask(l, 'SendMessage', { MessageBody: 'x', MessageAttributes: one })
    expect(sent.answer.MD5OfMessageAttributes).toBe('8ef4d60dbc8efda9f260e1dfd09d29f3')
    expect(ask(l, 'ReceiveMessage').answer.Messages).toMatchObject([
      { MessageAttributes: one, MD5OfMessageAttributes: '8ef4d60dbc8efda9f260e1dfd09d29f3' },
    ])
    const two = { my_attribute_name_2: { DataType: 'String', StringValue: 'my_attribute_value_2' }, ...one }
    expect(md5OfAttributes(two)).toBe('c48838208d2b4e14e3ca0093a8443f09')
    send(l)
    expect(ask(l, 'ReceiveMessage').answer.Messages[0]).not.toHaveProperty('MessageAttributes')
  })

  it('are hashed by their bytes where they are binary [SQS-72]', () => {
    const text = (DataType: string) => md5OfAttributes({ a: { DataType, StringValue: 'hello' } })
    const bytes = md5OfAttributes({ a: { DataType: 'Binary', BinaryValue: 'aGVsbG8=' } })
    expect(new Set([text('String'), text('Number'), bytes]).size).toBe(3)
    expect(bytes).toBe(md5OfAttributes({ a: { DataType: 'Binary', BinaryValue: 'aGVsbG8' } }))
  })

  it('are ten at most, with names, types and values that SQS knows [SQS-71]', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, { DataType: 'String', StringValue: 'x' }]))
    const l = jobs()
    expect([send(l, { MessageAttributes: many(10) }), send(l, { MessageAttributes: many(11) })]).toEqual([
      'OK',
      'InvalidParameterValue',
    ])
    const fits = (name: string, value: object): boolean => areAttributes({ [name]: value }, 10)
    const text = { DataType: 'String', StringValue: 'x' }
    expect(['a', 'a.b', 'A-1_z', 'x'.repeat(256)].map((name) => fits(name, text))).toEqual([true, true, true, true])
    expect(['', '.a', 'a.', 'a..b', 'AWS.a', 'amazon.x', 'a b', 'x'.repeat(257)].some((name) => fits(name, text))).toBe(
      false,
    )
    expect(fits('a', { DataType: 'Number.int', StringValue: '-1.5e3' })).toBe(true)
    for (const wrong of [
      { DataType: 'Number', StringValue: 'one' },
      { DataType: 'Text', StringValue: 'x' },
      { DataType: 'String', StringValue: '' },
      { StringValue: 'x' },
      { DataType: 'Binary', StringValue: 'x' },
    ])
      expect(fits('a', wrong), JSON.stringify(wrong)).toBe(false)
  })
})

it('high throughput is 70,000 requests a second in the largest regions, less where the quota says so [SQS-50]', () => {
  const taken = (limit?: number): number => {
    const l = lab(
      {
        Jobs: {
          def: queue,
          properties: {
            FifoQueue: true,
            DeduplicationScope: 'messageGroup',
            FifoThroughputLimit: 'perMessageGroupId',
            ContentBasedDeduplication: true,
          },
          assumptions: { ApiLatency: '0ms' },
        },
      },
      {
        probe: [['Jobs', 'sqs:SendMessage']],
        quotas: limit === undefined ? {} : { 'sqs.HighThroughputTransactionsPerSecond': limit },
      },
    )
    let before = 0
    for (let second = 0; second < 5; second++) {
      before = l.state<Queue>('Jobs').sent
      for (let i = 0; i < 2_000; i++) {
        l.run(second * SECOND + i * 500)
        l.call('Jobs', 'sqs:SendMessage', { MessageBody: `${second} ${i}`, MessageGroupId: `group-${i}` })
      }
    }
    l.run(5 * SECOND)
    return l.state<Queue>('Jobs').sent - before
  }
  expect(taken()).toBeGreaterThan(1_800)
  expect(taken(600)).toBeLessThanOrEqual(600)
  expect(taken(600)).toBeGreaterThan(500)
})
