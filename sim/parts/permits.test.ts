// Resource policies: whom statements and permissions let in, and whom they do not.
import { describe, expect, it } from 'vitest'
import { letsIn } from './permits.ts'
import type { Near, ResourceView } from '../model/contract.ts'

const view = (logicalId: string, type: string, config: object = {}): ResourceView =>
  ({ logicalId, type, config }) as ResourceView

function nearOf(...views: ResourceView[]): Near {
  const all = [
    view('Jobs', 'AWS::SQS::Queue'),
    view('News', 'AWS::SNS::Topic'),
    view('Work', 'AWS::Lambda::Function'),
    view('Live', 'AWS::Lambda::Alias'),
    view('Mine', 'AWS::Events::Rule'),
    view('Theirs', 'AWS::Events::Rule'),
    ...views,
  ]
  return {
    all: (type: string) => all.filter((each) => each.type === type),
    resourceAt: (text: unknown) => all.find(({ logicalId }) => logicalId === text),
  } as unknown as Near
}

const statement = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sqs:SendMessage',
  Resource: '*',
  ...more,
})
const policy = (Statement: unknown): ResourceView =>
  view('Policy', 'AWS::SQS::QueuePolicy', { Queues: ['Jobs'], PolicyDocument: { Statement } })
const mayEnter = (near: Near, target: string): boolean =>
  letsIn(near, near.resourceAt(target)!, 'events.amazonaws.com', 'Mine')

describe('a queue lets a service in', () => {
  it('when a statement of one of its policies allows it', () => {
    expect(mayEnter(nearOf(), 'Jobs')).toBe(false)
    for (const more of [
      {},
      { Principal: '*' },
      { Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] } },
      { Action: ['sqs:ReceiveMessage', 'SQS:Send*'] },
      { Action: 'sqs:*' },
      { Action: '*' },
    ])
      expect(mayEnter(nearOf(policy([statement(more)])), 'Jobs'), JSON.stringify(more)).toBe(true)
    expect(mayEnter(nearOf(policy(statement())), 'Jobs')).toBe(true)
  })

  it('not when the statement is about somebody, something or some queue else', () => {
    for (const more of [
      { Effect: 'Deny' },
      { Principal: { Service: 'sns.amazonaws.com' } },
      { Action: 'sqs:SendMessageBatch' },
      { Action: 'sqs:ReceiveMessage' },
      { Condition: { ArnEquals: { 'aws:SourceArn': 'Theirs' } } },
    ])
      expect(mayEnter(nearOf(policy([statement(more)])), 'Jobs'), JSON.stringify(more)).toBe(false)
    const other = view('Policy', 'AWS::SQS::QueuePolicy', {
      Queues: ['Other'],
      PolicyDocument: { Statement: statement() },
    })
    expect(mayEnter(nearOf(other), 'Jobs')).toBe(false)
  })

  it('when the condition names it as the source, or something that the scenario does not know', () => {
    for (const source of ['Mine', ['Theirs', 'Mine'], 'arn:aws:events:*:*:rule/*'])
      expect(
        mayEnter(nearOf(policy([statement({ Condition: { ArnLike: { 'AWS:SourceArn': source } } })])), 'Jobs'),
      ).toBe(true)
  })
})

it('a topic has policies of its own', () => {
  const topics = view('Policy', 'AWS::SNS::TopicPolicy', {
    Topics: ['News'],
    PolicyDocument: { Statement: [statement({ Action: 'sns:Publish' })] },
  })
  expect(mayEnter(nearOf(), 'News')).toBe(false)
  expect(mayEnter(nearOf(topics), 'News')).toBe(true)
})

it('a function lets in by permission, each of its names for itself', () => {
  const permission = (config: object): ResourceView =>
    view('Permission', 'AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      Action: 'lambda:InvokeFunction',
      FunctionName: 'Work',
      ...config,
    })
  expect(mayEnter(nearOf(), 'Work')).toBe(false)
  expect(mayEnter(nearOf(permission({})), 'Work')).toBe(true)
  expect(mayEnter(nearOf(permission({})), 'Live')).toBe(false)
  expect(mayEnter(nearOf(permission({ FunctionName: 'Live' })), 'Live')).toBe(true)
  expect(mayEnter(nearOf(permission({ Principal: 's3.amazonaws.com' })), 'Work')).toBe(false)
  expect(mayEnter(nearOf(permission({ SourceArn: 'Mine' })), 'Work')).toBe(true)
  expect(mayEnter(nearOf(permission({ SourceArn: 'Theirs' })), 'Work')).toBe(false)
})

it('what has no resource policies lets everybody in', () => {
  expect(mayEnter(nearOf(view('Stream', 'AWS::Kinesis::Stream')), 'Stream')).toBe(true)
})
