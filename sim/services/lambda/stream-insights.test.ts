// What is said of mappings of streams that go wrong, and of those that nearly do; what is shown of their shards.
import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import { slugsOf } from '../../../test/lints.ts'
import { feed, numbersOf, streamWorld, write } from '../../../test/mappings.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { insightsOf, type Insight } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'
import { eventSourceMapping } from './event-source-mapping.ts'

/** Orders, ten a second, whose changes go to a function; one of them is poison. */
const scenario = (mapping: string, handler: string): string => `
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 100 }
      StreamSpecification: { StreamViewType: NEW_IMAGE }
  Dead: { Type: AWS::SQS::Queue }
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, MemorySize: 1769, Timeout: 60, Code: { ZipFile: x } } }
  Feed:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Orders.StreamArn, StartingPosition: TRIM_HORIZON, ${mapping} }
Simulation:
  Duration: 20m
  Workloads:
    Load: { Target: Orders, Operation: dynamodb:PutItem, Arrivals: regular, Rate: 10/s, Attributes: { id: uuid, n: sequence }, Parameters: { Item: { id: $.id, n: $.n } } }
  Handlers:
    Work: [${handler}]
`

const POISON = `{ ForEach: { In: $.Records, Do: [{ If: { Condition: '$.dynamodb.NewImage.n == "1500"', Then: [{ Fail: PoisonRecord }] } }] } }`

function say(text: string): Insight[] {
  return insightsOf(evidenceOf(runScenario(scenarioOf(text)).world)).filter(({ resource }) => resource === 'Feed')
}

describe('insights', () => {
  test('a poison record that nothing limits holds up its shard: which record, which key, since when, what waits', () => {
    const [found, ...more] = say(scenario('BatchSize: 10', POISON))
    expect(more).toEqual([])
    expect(found).toMatchObject({ kind: 'shard-blocked', title: 'One record holds up a shard' })
    expect(found.from / SECOND).toBeCloseTo(150, -1)
    expect(found.text).toMatch(/key [0-9a-f-]{36}/)
    expect(found.text).toMatch(/10,\d{3} records of the shard wait behind it; unless it succeeds they are lost/)
  })

  test('with retries, bisection and a destination nothing is said', () => {
    const limits =
      'BatchSize: 10, MaximumRetryAttempts: 3, BisectBatchOnFunctionError: true, DestinationConfig: { OnFailure: { Destination: !GetAtt Dead.Arn } }'
    expect(say(scenario(limits, POISON))).toEqual([])
  })

  test('records that are given up without a destination are lost, and that is said', () => {
    const [found] = say(scenario('BatchSize: 100, MaximumBatchingWindowInSeconds: 20, MaximumRetryAttempts: 2', POISON))
    expect(found.kind).toBe('records-lost')
    expect(found.text).toMatch(/records were given up, and no destination was told: .* % of those that came/)
  })

  test('a function that is too slow falls behind; one that just keeps up does not', () => {
    const [found] = say(scenario('BatchSize: 10', '{ Wait: 3s }'))
    expect(found.kind).toBe('stream-behind')
    expect(found.text).toMatch(/one shard of 1 is behind: the oldest record waits since .* `ParallelizationFactor`/)
    expect(say(scenario('BatchSize: 10', '{ Wait: 900ms }'))).toEqual([])
    expect(say(scenario('BatchSize: 10, ParallelizationFactor: 4', '{ Wait: 3s }'))).toEqual([])
  })
})

describe('the view', () => {
  const cells = (world: Lab): unknown[] => {
    const rows: unknown[] = []
    eventSourceMapping.view.cells![0].each(feed(world), world.now, (_, values, label) => rows.push([label, ...values]))
    return rows
  }

  test('shows the shards that are read: how old what waits is, how much, and whether it is held up', () => {
    const world = streamWorld({ react: (event) => ({ error: numbersOf(event).includes(0) }) }).run(SECOND)
    expect(cells(world)).toEqual([['shardId-00000000000000000000', 0, 0, 0]])
    expect(eventSourceMapping.view.tone(feed(world))).toBe('calm')
    write(world, 0, 5)
    world.run(MINUTE + SECOND)
    expect(cells(world)).toEqual([['shardId-00000000000000000000', 60, 5, 1]])
    expect(eventSourceMapping.view.tone(feed(world))).toBe('failing')
  })
})

describe('the lints agree with what happens', () => {
  const slugs = (mapping: string): string[] =>
    slugsOf(scenario(mapping, POISON)).filter((slug) => slug.startsWith('lambda/stream-'))

  test('the shard that is blocked, the records that are lost and the batch that is never split are told before the run', () => {
    expect(slugs('BatchSize: 10')).toEqual(['lambda/stream-retries-for-ever'])
    expect(slugs('BatchSize: 100, MaximumRetryAttempts: 2').sort()).toEqual([
      'lambda/stream-batch-never-split',
      'lambda/stream-drops-records',
    ])
    const limits =
      'BatchSize: 10, MaximumRetryAttempts: 3, BisectBatchOnFunctionError: true, DestinationConfig: { OnFailure: { Destination: !GetAtt Dead.Arn } }'
    expect(slugs(limits)).toEqual([])
  })
})
