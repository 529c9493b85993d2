// What is said of tables whose indexes, transactions or growth are in the way, and of those that are nearly so.
import { describe, expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { insightsOf, type Insight } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'

const say = (text: string): Insight[] => insightsOf(evidenceOf(runScenario(scenarioOf(text)).world))

const indexed = (write: number, rate: number, query = false): string => `
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }, { AttributeName: town, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 100 }
      GlobalSecondaryIndexes:
        - { IndexName: ByTown, KeySchema: [{ AttributeName: town, KeyType: HASH }], Projection: { ProjectionType: ALL },
            ProvisionedThroughput: { ReadCapacityUnits: 2, WriteCapacityUnits: ${write} } }
Simulation:
  Duration: 10m
  Workloads:
    Load: ${
      query
        ? `{ Target: T, Operation: dynamodb:Query, Rate: ${rate}/s, Parameters: { IndexName: ByTown, KeyConditionExpression: 'town = :t', ExpressionAttributeValues: { ':t': x } }, Client: { Retries: none } }`
        : `{ Target: T, Operation: dynamodb:PutItem, Rate: ${rate}/s, Parameters: { Item: { k: $.k, town: $.town } }, Attributes: { k: uuid, town: 'uniform(n=1000)' }, Client: { Retries: none } }`
    }
`

const collection = (items: number): string => `
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }, { AttributeName: id, KeyType: RANGE }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }, { AttributeName: id, AttributeType: S }, { AttributeName: d, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      LocalSecondaryIndexes: [{ IndexName: L, KeySchema: [{ AttributeName: k, KeyType: HASH }, { AttributeName: d, KeyType: RANGE }], Projection: { ProjectionType: ALL } }]
Simulation:
  Quotas: { dynamodb.ItemCollectionSize: 2097152 }
  Duration: 3m
  Workloads:
    Load: { Target: T, Operation: dynamodb:PutItem, Rate: 10/s, Count: ${items}, Parameters: { Item: { k: one, id: $.id, d: a }, ItemSize: 1KB }, Attributes: { id: uuid }, Client: { Retries: none } }
`

const transfers = (accounts: number): string => `
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
Simulation:
  Duration: 3m
  Workloads:
    Load: { Target: T, Operation: dynamodb:TransactWriteItems, Rate: 50/s, Parameters: { TransactItems: [{ Put: { TableName: !Ref T, Item: { k: $.k } } }] }, Attributes: { k: 'uniform(n=${accounts})' }, Client: { Retries: none } }
`

const grown = (factor: number, warm = 4000): string => `
Resources:
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: k, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: k, AttributeType: S }]
      BillingMode: PAY_PER_REQUEST
      WarmThroughput: { WriteUnitsPerSecond: ${warm} }
Simulation:
  Duration: 6m
  Workloads:
    Load: { Target: T, Operation: dynamodb:PutItem, Rate: ${25 * factor}/s, Parameters: { Item: { k: $.k }, ItemSize: 50KB }, Attributes: { k: uuid }, Client: { Retries: none } }
`

describe('a sentence is said of', () => {
  test.each([
    ['an index that holds its table back', indexed(10, 30), 'index-back-pressure T'],
    ['an index that is read too fast', indexed(100, 30, true), 'index-capacity T'],
    ['an item collection near its limit', collection(850), 'item-collection T'],
    ['transactions that want the same items', transfers(2), 'transaction-conflict T'],
    ['traffic beyond twice the peak', grown(6), 'outgrown-on-demand T'],
  ])('%s', (_, text, expected) => {
    expect(say(text).map(({ kind, resource }) => `${kind} ${resource}`)).toContain(expected)
  })
})

describe('nothing is said of', () => {
  test.each([
    ['an index that can just take what is written', indexed(33, 30)],
    ['an index that is read as fast as it serves', indexed(100, 3, true)],
    ['an item collection with three quarters of what it may have', collection(760)],
    ['transactions on many items', transfers(100_000)],
    ['traffic that fits', grown(2)],
    ['traffic that the table was warmed up for', grown(6, 12_000)],
  ])('%s', (_, text) => expect(say(text).map(({ text: sentence }) => sentence)).toEqual([]))
})

test('the sentences have the figures that help [N.DYNAMODB-INDEX-12, DDB-R52, DDB-R83]', () => {
  const text = (scenario: string): string => say(scenario)[0]!.text
  expect(text(indexed(10, 30))).toMatch(
    /^Index `ByTown` cannot take what is written: it has 10 write units a second\. [\d,]+ writes of the table were refused for it \(\d\d % of all requests\), although the table itself has 100\.$/,
  )
  expect(text(grown(6))).toContain('On demand the table served 4,000 write units a second at once')
  expect(text(collection(1200))).toMatch(/^The items of `one` .* have 100 % .* 1\d\d writes were refused/)
})
