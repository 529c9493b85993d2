// Who is let in by a policy, and who is not.
import { describe, expect, test } from 'vitest'
import { allow, permissionOf, statementsOf, type Delivery } from './resource-policy.ts'

const delivery: Delivery = { service: 'sns.amazonaws.com', action: 'sqs:SendMessage', source: 'News', target: 'Jobs' }
const known = new Set(['News', 'Jobs', 'Other'])
const open = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage' }

/** Whether statements let the topic `News` send to the queue `Jobs`. */
const lets = (...statements: object[]): boolean =>
  allow(statementsOf({ Statement: statements }), delivery, (text) => (known.has(text) ? text : undefined))

describe('a statement', () => {
  test('names who may do what [IAM-R10, IAM-R12]', () => {
    expect(lets(open)).toBe(true)
    expect(lets()).toBe(false)
    expect(allow(statementsOf({ Statement: open }), delivery, () => undefined)).toBe(true)
    for (const Principal of ['*', { AWS: '*' }, { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] }])
      expect(lets({ ...open, Principal })).toBe(true)
    for (const Principal of ['events.amazonaws.com', { AWS: '123456789012' }, undefined])
      expect(lets({ ...open, Principal })).toBe(false)
    for (const Action of ['*', 'SQS:*', 'sqs:Send*', 'sqs:SendM?ssage', ['sqs:Other', 'SQS:SendMessage']])
      expect(lets({ ...open, Action })).toBe(true)
    for (const Action of ['sqs:ReceiveMessage', 'sns:*', 'sqs:Send', undefined])
      expect(lets({ ...open, Action })).toBe(false)
  })

  test('or all but those whom it names [IAM-R10]', () => {
    const but = (Principal: string): boolean => lets({ ...open, Principal: undefined, NotPrincipal: Principal })
    expect([but('events.amazonaws.com'), but('sns.amazonaws.com')]).toEqual([true, false])
    const { Action: _, ...rest } = open
    expect(lets({ ...rest, NotAction: 'sqs:ReceiveMessage' })).toBe(true)
    expect(lets({ ...rest, NotAction: 'sqs:SendMessage' })).toBe(false)
    expect(lets({ ...open, NotResource: 'Other' })).toBe(true)
    expect(lets({ ...open, NotResource: 'Jobs' })).toBe(false)
  })

  test('is about the resources that it names; what cannot be known may be meant [IAM-R10]', () => {
    const about = (Resource: unknown): boolean => lets({ ...open, Resource })
    expect(['*', 'Jobs', ['Other', 'Jobs'], 'arn:aws:sqs:*'].map(about)).toEqual([true, true, true, true])
    expect(about('Other')).toBe(false)
  })

  test('can depend on where a delivery comes from [IAM-R10, IAM-R12]', () => {
    const from = (Condition: unknown): boolean => lets({ ...open, Condition })
    expect(from({ ArnEquals: { 'aws:SourceArn': 'News' } })).toBe(true)
    expect(from({ ArnLike: { 'AWS:sourceArn': ['Other', 'News'] } })).toBe(true)
    expect(from({ StringEquals: { 'aws:SourceArn': 'Other' } })).toBe(false)
    expect(from({ ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*' } })).toBe(true)
    expect(from({ StringEquals: { 'aws:SourceAccount': '1' } })).toBe(true)
    expect(from({ StringEquals: { 'aws:SourceAccount': '1' }, ArnLike: { 'aws:SourceArn': 'Other' } })).toBe(false)
  })

  test('that denies wins, where it surely applies [IAM-R2, IAM-R10]', () => {
    const deny = { ...open, Effect: 'Deny' }
    expect(lets(open, deny)).toBe(false)
    expect(lets(deny)).toBe(false)
    expect(lets(open, { ...deny, Principal: 'events.amazonaws.com' })).toBe(true)
    expect(lets(open, { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } })).toBe(true)
    expect(lets(open, { ...deny, Condition: { ArnEquals: { 'aws:SourceArn': 'News' } } })).toBe(false)
    expect(lets(open, { ...deny, Resource: 'arn:aws:sqs:*:other' })).toBe(true)
  })
})

test('what is no policy lets nobody in', () => {
  for (const document of [
    undefined,
    null,
    'text',
    7,
    [],
    { Statement: 'x' },
    { Statement: [null, 3] },
    { statement: [open] },
  ])
    expect(allow(statementsOf(document), delivery, () => 'Jobs')).toBe(false)
})

test('a permission of a function is a statement of its own', () => {
  const invoke: Delivery = {
    service: 's3.amazonaws.com',
    action: 'lambda:InvokeFunction',
    source: 'Files',
    target: 'F',
  }
  const lets = (more: object): boolean =>
    allow(
      [permissionOf({ Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com', ...more })],
      invoke,
      (text) => (text === 'Files' || text === 'Other' ? text : undefined),
    )
  expect([lets({}), lets({ SourceArn: 'Files' }), lets({ SourceArn: 'Other' })]).toEqual([true, true, false])
  expect([lets({ Principal: '*' }), lets({ Action: 'lambda:*' }), lets({ Action: 'lambda:Get*' })]).toEqual([
    true,
    true,
    false,
  ])
})
