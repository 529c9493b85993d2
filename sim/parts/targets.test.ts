// Targets: which resource takes what is handed over, and in which body.
import { describe, expect, it } from 'vitest'
import { bodyFor, calleeAt, DEFAULT_BUS, isDefaultBus } from './targets.ts'
import { readJsonPath } from './json-path.ts'
import type { Near } from '../model/contract.ts'

const event = { id: 'e-1', detail: { customer: 'ann', line: { n: 3 } } }
const path = (text: string) => ({ path: readJsonPath(text)! })
const near = {
  resourceAt: (text: unknown) =>
    (
      ({
        Jobs: { logicalId: 'Jobs', type: 'AWS::SQS::Queue' },
        Role: { logicalId: 'Role', type: 'AWS::IAM::Role' },
      }) as any
    )[String(text)],
} as Near

describe('a target', () => {
  it('is a resource with an operation that takes things', () => {
    expect(calleeAt(near, 'Jobs')).toMatchObject({ to: 'Jobs', action: 'sqs:SendMessage' })
    expect(calleeAt(near, 'Role')).toBeUndefined()
    expect(calleeAt(near, 'nowhere')).toBeUndefined()
  })

  it('may be the default bus, which no resource stands for', () => {
    const arn = 'arn:aws:events:us-east-1:123456789012:event-bus/default'
    expect(calleeAt(near, arn)).toMatchObject({ to: DEFAULT_BUS, action: 'events:PutEvents' })
    expect([arn, 'default', `${arn}s`, 'orders'].map(isDefaultBus)).toEqual([true, true, false, false])
  })

  it('is called as its type wants it [N.EVENTBRIDGE-03]', () => {
    expect(bodyFor('lambda:InvokeFunction', event)).toEqual({ InvocationType: 'Event', Payload: event })
    expect(bodyFor('lambda:InvokeFunction', 1, null, { waits: true })).toEqual({
      InvocationType: 'RequestResponse',
      Payload: 1,
    })
    expect(bodyFor('sns:Publish', 'x')).toEqual({ Message: 'x' })
    expect(bodyFor('sqs:SendMessage', 'x')).toEqual({ MessageBody: 'x' })
    expect(bodyFor('firehose:PutRecord', 'x')).toEqual({ Record: { Data: 'x' } })
    expect(bodyFor('states:StartExecution', { a: 1 })).toEqual({ input: { a: 1 } })
    expect(bodyFor('logs:PutLogEvents', 'x')).toEqual({ logEvents: [{ message: 'x' }] })
    expect(bodyFor('events:InvokeApiDestination', 'x')).toEqual({ Body: 'x' })
  })

  it('takes groups and partition keys from the template or from the event', () => {
    expect(
      bodyFor('sqs:SendMessage', 'x', event, { group: { constant: 'all' }, deduplicationId: path('$.id') }),
    ).toEqual({ MessageBody: 'x', MessageGroupId: 'all', MessageDeduplicationId: 'e-1' })
    const key = (given: string): unknown =>
      (bodyFor('kinesis:PutRecord', 'x', event, { partitionKey: path(given) }) as any).PartitionKey
    expect(key('$.detail.customer')).toBe('ann')
    expect(key('$.detail.line')).toBe('{"n":3}')
    expect(key('$.detail.nothing')).toBe('')
    expect(bodyFor('kinesis:PutRecord', 'x', event)).toEqual({ Data: 'x', PartitionKey: 'e-1' })
  })

  it('of the kind of a bus gets an entry', () => {
    const body = bodyFor('events:PutEvents', { a: 1 }, event, {
      source: { constant: 'lambda' },
      detailType: path('$.detail.customer'),
      resources: ['arn'],
    })
    expect(body).toEqual({ Entries: [{ Detail: { a: 1 }, Source: 'lambda', DetailType: 'ann', Resources: ['arn'] }] })
  })
})
