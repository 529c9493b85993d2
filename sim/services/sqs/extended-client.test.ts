// Shows the extended client: what goes to the bucket, what the queue carries, and what a consumer gets.
import { describe, expect, test } from 'vitest'
import { lab, SECOND, type Answer, type Lab } from '../../../test/kit.ts'
import { problemsOf, scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { World } from '../../run/world.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import { bucket } from '../s3/bucket.ts'
import type { Bucket } from '../s3/bucket-state.ts'
import { extendedClient, type ExtendedClient } from './extended-client.ts'
import { queue } from './queue.ts'
import type { Queue } from './queue-state.ts'

const MB = 1_048_576
const OPERATIONS = Object.keys(extendedClient.ops) as `sqs:${string}`[]

function world(properties: Record<string, unknown> = {}): Lab {
  return lab(
    {
      Big: { def: extendedClient, properties: { Queue: 'Jobs', Bucket: 'Payloads', ...properties } },
      Jobs: { def: queue, assumptions: { ApiLatency: '0ms' } },
      Payloads: { def: bucket, assumptions: { PutLatency: '0ms', GetLatency: '0ms', ConnectionThroughput: '1000GB' } },
    },
    {
      probe: [
        ...OPERATIONS.map((each) => ['Big', each] as const),
        ['Jobs', 'sqs:SendMessage'],
        ['Jobs', 'sqs:ReceiveMessage'],
        ['Payloads', 's3:DeleteObject'],
      ],
    },
  )
}

const ask = (l: Lab, operation: string, body: Record<string, unknown> = {}): Answer =>
  l.ask('Big', `sqs:${operation}`, body)
const objects = (l: Lab): Bucket['objects'] => l.state<Bucket>('Payloads').objects
const metrics = (l: Lab): number[] =>
  ['PutRequests', 'GetRequests', 'DeleteRequests'].map((name) => l.sum('Payloads', name))

describe('a payload of 5 MB', () => {
  test('is refused by the queue; by the extended client it is an object and a small message [N.SQS-36]', () => {
    const l = world()
    const large = { MessageBody: 'a film', MessageSize: 5 * MB }
    expect(l.ask('Jobs', 'sqs:SendMessage', large).status).toBe('InvalidParameterValue')
    expect(ask(l, 'SendMessage', large).status).toBe('OK')
    expect([objects(l).count, objects(l).bytes, l.state<Queue>('Jobs').sent]).toEqual([1, 5 * MB, 1])
    const [message] = ask(l, 'ReceiveMessage').answer.Messages
    expect(message.Body).toBe('a film')
    expect(
      ask(l, 'ChangeMessageVisibility', { ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 60 }).status,
    ).toBe('OK')
    expect(ask(l, 'DeleteMessage', { ReceiptHandle: message.ReceiptHandle }).status).toBe('OK')
    expect([objects(l).count, l.state<Queue>('Jobs').deleted]).toEqual([0, 1])
    l.run(60 * SECOND)
    expect(metrics(l)).toEqual([1, 1, 1])
  })

  test('that cannot be read makes the receive fail [N.SQS-36]', () => {
    const l = world()
    ask(l, 'SendMessage', { MessageBody: 'a film', MessageSize: 5 * MB })
    ask(l, 'SendMessage', { MessageBody: 'small' })
    const [key] = [...objects(l).current.keys()]
    l.ask('Payloads', 's3:DeleteObject', { Key: key })
    expect(ask(l, 'ReceiveMessage', { MaxNumberOfMessages: 10 })).toMatchObject({ status: 'NoSuchKey', http: 404 })
  })

  test('that cannot be written is not sent', () => {
    const l = world()
    expect(ask(l, 'SendMessage', { MessageBody: 'x', MessageSize: 6_000 * MB }).status).toBe('EntityTooLarge')
    expect([l.state<Queue>('Jobs').sent, l.state<ExtendedClient>('Big').underWay]).toEqual([0, 0])
  })
})

test('what is not above the threshold goes through the queue alone', () => {
  const through = (properties: Record<string, unknown>, MessageSize: number): number => {
    const l = world(properties)
    ask(l, 'SendMessage', { MessageBody: 'x', MessageSize })
    const { Body } = ask(l, 'ReceiveMessage').answer.Messages[0]
    expect(Body).toBe('x')
    return objects(l).count
  }
  expect([through({}, 262_144), through({}, 262_145)]).toEqual([0, 1])
  expect([through({ PayloadSizeThreshold: 10 }, 10), through({ PayloadSizeThreshold: 10 }, 11)]).toEqual([0, 1])
  expect(through({ AlwaysThroughS3: true }, 1)).toBe(1)
})

test('payloads stay in the bucket if the client is told not to clean up', () => {
  const l = world({ CleanupS3Payload: false })
  ask(l, 'SendMessage', { MessageBody: 'x', MessageSize: MB })
  const [{ ReceiptHandle }] = ask(l, 'ReceiveMessage').answer.Messages
  ask(l, 'DeleteMessage', { ReceiptHandle })
  expect([objects(l).count, l.state<Queue>('Jobs').deleted]).toEqual([1, 1])
})

test('ten messages of one receive come with their payloads, large and small', () => {
  const l = world()
  for (let i = 0; i < 10; i++) ask(l, 'SendMessage', { MessageBody: { n: i }, MessageSize: i % 2 === 0 ? MB : 100 })
  const { Messages } = ask(l, 'ReceiveMessage', { MaxNumberOfMessages: 10 }).answer
  const found = Messages.map(({ Body }: { Body: { n: number } }) => Body.n)
  expect(found.sort((a: number, b: number) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

const SCENARIO = (policy: string, handler: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 180 } }
  Payloads: { Type: AWS::S3::Bucket, Properties: { BucketName: payloads } }${policy}
  Work:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: a.b, InlineCode: x, Timeout: 30, Events: { Q: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 1 } } } }
Simulation:
  Duration: 2m
  Resources:
    Big: { Type: Sim::Sqs::ExtendedClient, Properties: { Queue: !Ref Jobs, Bucket: !Ref Payloads } }
  Workloads:
    Senders: { Target: Big, Operation: sqs:SendMessage, Rate: 1/s, Count: 20, Arrivals: regular, Parameters: { MessageBody: film, MessageSize: 5MB } }
  Handlers:
    Work: ${handler}
`
const READS = '[{ ForEach: { In: $.Records, Do: [{ s3:GetObject: { Bucket: !Ref Payloads, Key: $.s3Key } }] } }]'

describe('in a scenario', () => {
  const ran = (policy: string): World => runScenario(scenarioOf(SCENARIO(policy, READS))).world

  test('a function behind a mapping follows the pointer; without access to the bucket it fails [N.SQS-36]', () => {
    const good = ran('')
    expect([good.stateOf<Queue>('Jobs').deleted, good.stateOf<Bucket>('Payloads').readRequests]).toEqual([20, 20])
    const denied = ran(`
  Policy: { Type: AWS::S3::BucketPolicy, Properties: { Bucket: !Ref Payloads, PolicyDocument: { Statement: [{ Effect: Deny, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::payloads/*" }] } } }`)
    expect(denied.stateOf<Queue>('Jobs').deleted).toBe(0)
    expect(denied.stateOf<LambdaFunction>('Work').replied).toBeGreaterThan(0)
  })

  test('queue and bucket are told from each other', () => {
    const wrong = SCENARIO('', READS).replace(
      'Queue: !Ref Jobs, Bucket: !Ref Payloads',
      'Queue: !Ref Payloads, Bucket: !Ref Jobs',
    )
    expect(problemsOf(wrong)).toContain('expected AWS::SQS::Queue')
  })
})
