// Queues: when dead letters are kept long enough, and who polls.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'

const withDead = (own: number, dead: number): string[] =>
  slugsOf(`# hotshard: allow cloudwatch/dead-letters-unwatched
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: ${own * 86_400}, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } } }
  Dead: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: ${dead * 86_400} } }`)

test('a dead-letter queue is to keep messages longer than its source [N.SQS-29]', () => {
  expect(withDead(4, 4)).toEqual(['sqs/dead-letters-expire-early'])
  expect(withDead(4, 5)).toEqual([])
  // There is nothing longer than 14 days.
  expect(withDead(14, 14)).toEqual([])
})

test('a receive that waits by its own parameter is none without waiting', () => {
  const text = (call: string): string => `Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x } } }
Simulation: { Handlers: { Work: [sqs:ReceiveMessage: { QueueUrl: !Ref Jobs${call} }] } }`
  expect(slugsOf(text(''))).toEqual(['sqs/polled-short'])
  expect(slugsOf(text(', WaitTimeSeconds: 10'))).toEqual([])
})
