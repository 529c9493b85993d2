// Tables: keys that want too much, found on their way from the workload, and scans.
import { describe, expect, test } from 'vitest'
import { findingsOf, slugsOf } from '../../../test/lints.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import type { Table } from './state.ts'

const HOT = 'dynamodb/hot-key'
const FEW = 'dynamodb/few-keys'
const TABLE = (writes: number): string => `
  Events:
    Type: AWS::DynamoDB::Table
    Metadata: { hotshard: { allow: [dynamodb/capacity-without-scaling] } }
    Properties:
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: ${writes} }`
const FN = (name: string): string => `
  ${name}: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x } } }`

/** A function that puts what it is sent. */
const direct = (
  keys: string,
  rate: string,
  writes = 4000,
  more = '',
  pk = '$.user',
): string => `Resources:${TABLE(writes)}${FN('Work')}
Simulation:
  Workloads: { Load: { Target: Work, Rate: ${rate}, Attributes: { user: "${keys}" } } }
  Handlers: { Work: [dynamodb:PutItem: { TableName: !Ref Events, Item: { pk: "${pk}" }${more} }] }`
const found = (text: string): string[] => slugsOf(text).filter((slug) => slug === HOT || slug === FEW)

describe('a partition key', () => {
  test('of few values cannot use the partitions of its table; of many it can [N.DYNAMODB-26]', () => {
    // 4,000 units are 4 partitions of 1,000.
    expect(found(direct('choice(de: 0.4, fr: 0.3, it: 0.3)', '100/s'))).toEqual([FEW])
    expect(findingsOf(direct('choice(de: 0.4, fr: 0.3, it: 0.3)', '100/s'))[0]!.text).toContain(
      '3 keys can use 3,000 of the 4,000 write units of `Events`',
    )
    expect(found(direct('uniform(n=1000000)', '100/s'))).toEqual([])
    expect(found(direct('uuid', '100/s'))).toEqual([])
    expect(found(direct('choice(de: 0.4, fr: 0.3, it: 0.3)', '100/s', 3000))).toEqual([])
  })

  test('is hot when one value takes more than a partition gives, by share, rate and size', () => {
    const hot = 'hot(share=0.5, of=1000)'
    expect(found(direct(hot, '2100/s'))).toEqual([HOT])
    expect(found(direct(hot, '1900/s'))).toEqual([])
    expect(found(direct(hot, '600/s', 4000, ', ItemSize: 4KB'))).toEqual([HOT])
    expect(found(direct('zipf(n=1000, s=1.2)', '5000/s'))).toEqual([HOT])
    expect(found(direct('uuid', '5000/s'))).toEqual([])
    expect(found(direct('uuid', '1500/s', 1000, '', 'everyone'))).toEqual([HOT])
  })

  test('is followed into texts, and left alone where it hangs on more than one attribute', () => {
    const hot = 'hot(share=0.5, of=1000)'
    expect(found(direct(hot, '3000/s', 4000, '', 'user#{$.user}'))).toEqual([HOT])
    expect(found(direct(hot, '3000/s', 4000, '', '{$.user}#{$.other}'))).toEqual([])
  })

  test('is followed through a queue and the loop over its messages', () => {
    const text = (pk: string): string => `Resources:${TABLE(4000)}${FN('Accept')}${FN('Work')}
  Jobs: { Type: AWS::SQS::Queue }
  Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Work } }
Simulation:
  Workloads: { Load: { Target: Accept, Rate: 3000/s, Attributes: { user: "hot(share=0.5, of=1000)", id: uuid } } }
  Handlers:
    Accept: [sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: { who: $.user, order: $.id } }]
    Work: [ForEach: { In: $.Records, Do: [dynamodb:PutItem: { TableName: !Ref Events, Item: { pk: ${pk} } }] }]`
    expect(found(text('$.who'))).toEqual([HOT])
    expect(found(text('$.order'))).toEqual([])
  })

  test('of a step that only some requests take is not judged', () => {
    const text = direct('hot(share=0.5, of=1000)', '3000/s').replace(
      /Work: \[(.*)\] \}/,
      'Work: [If: { Condition: "$.rare == 1", Then: [$1] }] }',
    )
    expect(text).toContain('Condition')
    expect(found(text)).toEqual([])
    const answered = direct('hot(share=0.5, of=1000)', '3000/s').replace(
      'Work: [',
      'Work: [If: { Condition: "$.known == 1", Then: [Return: 1] }, ',
    )
    expect(answered).toContain('Return')
    expect(found(answered)).toEqual([])
  })
})

describe('a write that adds to what is there', () => {
  const ADD = 'UpdateExpression: "ADD n :one"'
  const update = (expression: string, more = ''): string =>
    `{ dynamodb:UpdateItem: { TableName: !Ref Events, Key: { pk: all }, ${expression}, ExpressionAttributeValues: { ":one": 1 }${more} } }`
  const text = (
    steps: string,
    wiring: string,
    load = 'Target: News, Operation: sns:Publish',
  ): string => `Resources:${TABLE(4000)}${FN('Work')}
  News: { Type: AWS::SNS::Topic }
  ${wiring}
Simulation:
  Workloads: { Load: { ${load}, Rate: 1/s } }
  Handlers: { Work: [${steps}] }`
  const byTopic =
    'Sub: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: lambda, Endpoint: !GetAtt Work.Arn } }\n  May: { Type: AWS::Lambda::Permission, Properties: { Action: lambda:InvokeFunction, FunctionName: !Ref Work, Principal: sns.amazonaws.com } }'
  const twice = (scenario: string): boolean => slugsOf(scenario).includes('dynamodb/counts-twice')
  const FAIL = '{ Fail: Broken }'

  test('counts twice where events come again and a later step can fail', () => {
    expect(twice(text(`${update(ADD)}, ${FAIL}`, byTopic))).toBe(true)
    expect(twice(text(`${update('UpdateExpression: "SET n = n + :one"')}, ${FAIL}`, byTopic))).toBe(true)
    expect(twice(text(`${update('UpdateExpression: "SET n = :one"')}, ${FAIL}`, byTopic))).toBe(false)
    expect(twice(text(`${update(ADD, ', ConditionExpression: "attribute_not_exists(seen)"')}, ${FAIL}`, byTopic))).toBe(
      false,
    )
    expect(twice(text(`{ Wait: 1ms }, ${update(ADD)}`, byTopic))).toBe(false)
    // Who waits for the function decides for himself whether he asks again.
    expect(twice(text(`${update(ADD)}, ${FAIL}`, '', 'Target: Work'))).toBe(false)
  })

  test('is seen in what a run counts: one event, three runs, three where one was meant; by a condition on the id, one [N.LAMBDA-ASYNC-04]', () => {
    const counted = (step: string): unknown => {
      const scenario = text(
        `${step}, { dynamodb:GetItem: { TableName: !Ref Events, Key: { pk: all } }, ResultPath: $.found }, { If: { Condition: "$.found.Item.n < 3", Then: [${FAIL}] } }`,
        byTopic,
        'Target: News, Operation: sns:Publish, Count: 1',
      ).replace('Simulation:', 'Simulation:\n  Duration: 10m')
      const { world } = runScenario(scenarioOf(scenario))
      return [world.stateOf<LambdaFunction>('Work').running.entered, world.stateOf<Table>('Events').items.items[0]]
    }
    expect(counted(update(ADD))).toEqual([3, { pk: 'all', n: 3 }])
    expect(
      counted(
        `${update(ADD, ', ConditionExpression: "attribute_not_exists(n)"').slice(0, -1)}, Catch: { ErrorEquals: [ConditionalCheckFailedException], Do: [] } }`,
      ),
    ).toEqual([3, { pk: 'all', n: 1 }])
  })
})
