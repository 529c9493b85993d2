// Circles of work: seen before the run, and in it.
import { describe, expect, test } from 'vitest'
import { findingsOf } from '../../test/lints.ts'
import { scenarioOf } from '../../test/scenarios.ts'
import { runScenario } from '../run/run.ts'

/** A function that sends so many messages to the queue that invokes it. */
const text = (times: number, more = ''): string => `Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 5000, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 } } }
  Dead: { Type: AWS::SQS::Queue, Properties: { MessageRetentionPeriod: 1209600 } }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x }, MemorySize: 1769, Timeout: 800 } }
  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Work, BatchSize: 1 } }
Simulation:
  Duration: 30m
  WarmUp: 0s
  Workloads: { First: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1/s, Count: 1 } }
  Handlers:
    Work:
      - Wait: 60s
      - Repeat: { Times: ${times}, Do: [sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: again }] }
${more}`

const recursion = (source: string): string | undefined =>
  findingsOf(source).find(({ slug }) => slug === 'lambda/recursion')?.text

describe('a function that sends to the queue which triggers it', () => {
  test('is told at load with the circle, and doubles every round until the account has no more concurrency [N.LAMBDA-51]', () => {
    expect(recursion(text(2))).toContain('`Work` sets itself to work: `Work` → `Jobs` → `Work`')
    const done = runScenario(scenarioOf(text(2)))
    const metric = (name: string) =>
      done.world.metrics.find((each) => each.component === 'Work' && each.name === name)!.series.points
    const minutes = (name: string, of: 'sum' | 'max'): number[] =>
      metric(name).flatMap((point) => Array<number>(point.repeat).fill(point[of]))
    const concurrent = minutes('ConcurrentExecutions', 'max')
    // A round takes a minute. The account's 1,000 are used up in the tenth or eleventh, and stay so.
    expect(minutes('Invocations', 'sum').slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 64, 128])
    expect(concurrent.findIndex((most) => most === 1000)).toBeGreaterThanOrEqual(8)
    expect(concurrent.findIndex((most) => most === 1000)).toBeLessThanOrEqual(12)
    expect(Math.max(...concurrent)).toBe(1000)
  })

  const sums = (source: string, options = {}): ((component: string, name: string) => number) => {
    const { world } = runScenario(scenarioOf(source, options))
    return (component, name) =>
      (world.metricOf(component, name)?.series.points ?? []).reduce((sum, point) => sum + point.sum * point.repeat, 0)
  }

  test('with one message for each is stopped after sixteen rounds; in the notes’ time it went round for ever [LAM-23]', () => {
    expect(recursion(text(1))).toBeDefined()
    const today = sums(text(1))
    expect(today('Work', 'Invocations')).toBe(16)
    expect(today('Work', 'RecursiveInvocationsDropped')).toBe(1)
    expect(today('Jobs', 'NumberOfMessagesSent')).toBe(17)
    const then = sums(text(1, '  Quotas: notes-2020\n').replace('MemorySize: 1769', 'MemorySize: 1792'))
    expect(then('Work', 'Invocations')).toBeGreaterThanOrEqual(29)
    expect(then('Work', 'RecursiveInvocationsDropped')).toBe(0)
  })

  test('may go on where the function allows it [LAM-23]', () => {
    const allowed = sums(text(1).replace('Timeout: 800', 'Timeout: 800, RecursiveLoop: Allow'))
    expect(allowed('Work', 'Invocations')).toBeGreaterThanOrEqual(29)
  })

  test('the message that is stopped goes to the dead-letter queue of the source, and is lost without one [LAM-23]', () => {
    const quick = text(1)
      .replace('VisibilityTimeout: 5000', 'VisibilityTimeout: 5')
      .replace('Wait: 60s', 'Wait: 1s')
      .replace('Timeout: 800', 'Timeout: 3')
    const kept = runScenario(scenarioOf(quick)).world
    expect(kept.stateOf<{ stored: { inside: number } }>('Dead').stored.inside).toBe(1)
    const lost = runScenario(
      scenarioOf(quick.replace(', RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }', '')),
    ).world
    expect(lost.stateOf<{ stored: { inside: number } }>('Jobs').stored.inside).toBe(0)
    expect(lost.stateOf<{ stored: { inside: number } }>('Dead').stored.inside).toBe(0)
  })
})

test('a circle of two functions is told once, receiving from what one fills is none', () => {
  const two = `Resources:
  A: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x } } }
  B: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x } } }
  Jobs: { Type: AWS::SQS::Queue }
Simulation:
  Handlers:
    A: [lambda:InvokeFunction: { FunctionName: !Ref B }]
    B: [STEP]`
  const back = findingsOf(two.replace('STEP', 'lambda:InvokeFunction: { FunctionName: !Ref A }'))
  expect(back.map(({ slug }) => slug)).toEqual(['lambda/recursion'])
  expect(back[0]!.text).toContain('`A` → `B` → `A`')
  expect(findingsOf(two.replace('STEP', 'sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: x }'))).toEqual([])
})

test('without a handler, a permission and a name that lead back to the event source are a circle that may be', () => {
  const text = (table: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Orders: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], StreamSpecification: { StreamViewType: NEW_IMAGE } } }
  Totals: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }
  Sum:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: a.b
      InlineCode: x
      Environment: { Variables: { TABLE_NAME: !Ref ${table} } }
      Policies: [DynamoDBWritePolicy: { TableName: !Ref ${table} }]
      Events: { Feed: { Type: DynamoDB, Properties: { Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST } } }`
  expect(recursion(text('Orders'))).toContain('`Sum` may set itself to work: `Sum` → `Orders` → `Sum`')
  expect(recursion(text('Totals'))).toBeUndefined()
})

test.each([
  [
    'a topic',
    'Topic',
    'SNSPublishMessagePolicy: { TopicName: !GetAtt Topic.TopicName }',
    'N: { Type: SNS, Properties: { Topic: !Ref Topic } }',
  ],
  [
    'a bucket',
    'Bucket',
    'S3WritePolicy: { BucketName: files }',
    'N: { Type: S3, Properties: { Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*" } }',
  ],
  [
    'a rule on a bus',
    'Bus',
    'EventBridgePutEventsPolicy: { EventBusName: !Ref Bus }',
    'N: { Type: EventBridgeRule, Properties: { EventBusName: !Ref Bus, Pattern: { source: [shop] } } }',
  ],
])('a circle through %s is seen', (_, target, policy, event) => {
  const text = (events: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Topic: { Type: AWS::SNS::Topic }
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: files } }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: bus } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: a.b
      InlineCode: x
      Environment: { Variables: { TARGET: ${target === 'Bucket' ? 'files' : `!Ref ${target}`} } }
      Policies: [${policy}]
      Events: { ${events} }`
  expect(recursion(text(event))).toMatch(
    new RegExp(`\`Work\` may set itself to work: \`Work\` → \`${target}\` → .*\`Work\``),
  )
  expect(recursion(text('N: { Type: Schedule, Properties: { Schedule: rate(1 hour) } }'))).toBeUndefined()
})

test('results that go to the queue which triggers the function are a circle, dead letters are none', () => {
  const text = (more: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 180 } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      Handler: a.b
      InlineCode: x
      Events: { N: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } } }
      ${more}`
  const outcome = (which: string): string =>
    `EventInvokeConfig: { DestinationConfig: { ${which}: { Type: SQS, Destination: !GetAtt Jobs.Arn } } }`
  for (const which of ['OnSuccess', 'OnFailure'])
    expect(recursion(text(outcome(which)))).toContain('`Work` sets itself to work: `Work` → `Jobs` → `Work`')
  expect(recursion(text('DeadLetterQueue: { Type: SQS, TargetArn: !GetAtt Jobs.Arn }'))).toBeUndefined()
})
