// Shows an analytics application at work on a real stream: what it reads, when a window is told, where results go.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, MINUTE, MS, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { Analytics } from '../../parts/analytics.ts'
import { stream } from '../kinesis/stream.ts'
import { application } from './application.ts'

const count = `CREATE STREAM "OUT" (page VARCHAR(9), n INTEGER);
CREATE PUMP "P" AS INSERT INTO "OUT" SELECT STREAM page, COUNT(*) FROM "IN_001" GROUP BY page, FLOOR(ROWTIME TO MINUTE)`
const schema = { RecordColumns: [{ Name: 'page', Mapping: '$.where.page', SqlType: 'VARCHAR(9)' }] }

function counting(properties: Record<string, unknown> = {}, options: LabOptions = {}, code = count): Lab {
  const input = {
    NamePrefix: 'IN',
    InputSchema: schema,
    KinesisStreamsInput: { ResourceARN: 'Clicks' },
    InputStartingPositionConfiguration: { InputStartingPosition: 'TRIM_HORIZON' },
  }
  const { InputStartingPositionConfiguration: _, ...written } = input
  return lab(
    {
      Clicks: { def: stream, properties: { ShardCount: 2, ...properties } },
      Counts: { def: stream },
      App: {
        def: application,
        properties: { ApplicationCode: code, Inputs: [written] },
      },
    },
    {
      probe: [
        ['Clicks', 'kinesis:PutRecord'],
        ['Clicks', 'kinesis:SplitShard'],
        ['Counts', 'kinesis:GetShardIterator'],
        ['Counts', 'kinesis:GetRecords'],
      ],
      beside: {
        Result: {
          type: 'AWS::KinesisAnalytics::ApplicationOutput',
          config: { ApplicationName: 'App', Output: { Name: 'OUT', KinesisStreamsOutput: { ResourceARN: 'Counts' } } },
        },
      },
      ...options,
    },
  )
}

const click = (l: Lab, page: string, key = page): void =>
  l.call('Clicks', 'kinesis:PutRecord', { PartitionKey: key, Data: { where: { page } } })
const app = (l: Lab): Analytics => l.state<Analytics>('App')
/** What has come to the stream of results so far. */
function told(l: Lab): unknown[] {
  const { answer } = l.ask('Counts', 'kinesis:GetShardIterator', {
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const read = l.ask('Counts', 'kinesis:GetRecords', { ShardIterator: answer.ShardIterator })
  return read.answer.Records.map((record: { Data: unknown }) => record.Data)
}

describe('an application', () => {
  test('counts the records of each minute: 10 a second are 600 [N.ANALYTICS-01, KDA-01]', () => {
    const l = counting()
    for (let i = 0; i < 10 * 180; i++) {
      l.run(SECOND + i * 100 * MS)
      click(l, 'home')
    }
    l.run(4 * MINUTE)
    expect(told(l).slice(1, 3)).toEqual([
      { PAGE: 'home', N: 600 },
      { PAGE: 'home', N: 600 },
    ])
    expect(told(l).reduce((sum: number, row: any) => sum + row.N, 0)).toBe(1_800)
  })

  test('tells every group at the end of its window, from all shards [KDA-02]', () => {
    const l = counting()
    l.run(10 * SECOND)
    for (const page of ['a', 'b', 'e', 'a', 'f', 'a']) click(l, page)
    l.run(MINUTE - 1)
    expect([app(l).pumps!.openGroups, app(l).rowsOut]).toEqual([4, 0])
    l.run(MINUTE + 5 * SECOND)
    expect(new Map(told(l).map((row: any) => [row.PAGE, row.N]))).toEqual(
      new Map([
        ['a', 3],
        ['b', 1],
        ['e', 1],
        ['f', 1],
      ]),
    )
    expect([app(l).rowsIn, app(l).rowsOut, app(l).delivered]).toEqual([6, 4, 4])
  })

  test('costs no events while nothing comes', () => {
    const l = counting()
    l.run(HOUR)
    const { steps } = l.world.kernel
    l.run(24 * HOUR)
    expect(l.world.kernel.steps - steps).toBeLessThan(50)
    click(l, 'late')
    l.run(24 * HOUR + 2 * MINUTE)
    expect(told(l)).toEqual([{ PAGE: 'late', N: 1 }])
  })

  test('follows a shard to its children', () => {
    const l = counting({ ShardCount: 1 })
    l.run(5 * SECOND)
    click(l, 'before')
    l.run(10 * SECOND)
    const half = String(2n ** 127n)
    expect(
      l.ask('Clicks', 'kinesis:SplitShard', { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: half }).status,
    ).toBe('OK')
    l.run(2 * MINUTE)
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) click(l, 'after', key)
    l.run(4 * MINUTE)
    expect(told(l)).toEqual([
      { PAGE: 'before', N: 1 },
      { PAGE: 'after', N: 6 },
    ])
    expect(app(l).readers.length).toBe(3)
  })

  test('passes over what is no row, and takes columns that are missing for NULL', () => {
    const l = counting()
    l.run(10 * SECOND)
    for (const Data of ['no JSON', 7, '{"where":{"page":"text"}}', { other: 1 }])
      l.call('Clicks', 'kinesis:PutRecord', { PartitionKey: 'k', Data })
    l.run(2 * MINUTE)
    expect(app(l).malformed.total).toBe(2)
    expect(told(l)).toEqual([
      { PAGE: 'text', N: 1 },
      { PAGE: null, N: 1 },
    ])
  })

  test('sends again what a destination has refused, so that all of it arrives', () => {
    const l = counting({ ShardCount: 8 }, {}, count.replace(', FLOOR', ', page, FLOOR'))
    l.run(10 * SECOND)
    // More groups than the one shard of the results takes in a second.
    for (let i = 0; i < 2_500; i++) {
      l.run(10 * SECOND + i * 10 * MS)
      click(l, `page ${i}`)
    }
    l.run(5 * MINUTE)
    expect(app(l).refused.total).toBeGreaterThan(0)
    expect([app(l).delivered, app(l).onTheWay]).toEqual([2_500, 0])
  })

  test('reads an input with up to 64 streams within the application', () => {
    const spread = (Count: number) =>
      lab({
        Clicks: { def: stream },
        App: {
          def: application,
          properties: {
            ApplicationCode: count,
            Inputs: [
              {
                NamePrefix: 'IN',
                InputSchema: schema,
                InputParallelism: { Count },
                KinesisStreamsInput: { ResourceARN: 'Clicks' },
              },
            ],
          },
        },
      })
    expect(() => spread(64)).not.toThrow()
    expect(() => spread(65)).toThrow(/InputParallelism\.Count/)
    expect(() => spread(0)).toThrow(/InputParallelism\.Count/)
  })

  test('is refused with the line of what is not simulated', () => {
    expect(() => counting({}, {}, `${count};\nCREATE FUNCTION f`)).toThrow(
      /streaming-sql: line 3 of the code: after CREATE a STREAM or a PUMP is expected/,
    )
  })
})

test('a template wires itself: a stream, an application, a function that gets the counts', () => {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  Clicks: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 1 } }
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }
  Tell: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: !GetAtt Role.Arn, Code: { ZipFile: x } } }
  App:
    Type: AWS::KinesisAnalytics::Application
    Properties:
      Inputs: [{ NamePrefix: IN, InputSchema: { RecordColumns: [{ Name: page, SqlType: VARCHAR(9), Mapping: $.page }], RecordFormat: { RecordFormatType: JSON } }, KinesisStreamsInput: { ResourceARN: !GetAtt Clicks.Arn, RoleARN: !GetAtt Role.Arn } }]
      ApplicationCode: |
        CREATE OR REPLACE STREAM "OUT" (page VARCHAR(9), n INTEGER);
        CREATE OR REPLACE PUMP "P" AS INSERT INTO "OUT"
        SELECT STREAM page, COUNT(*) FROM "IN_001" GROUP BY page, STEP("IN_001".ROWTIME BY INTERVAL '10' SECOND);
  Result:
    Type: AWS::KinesisAnalytics::ApplicationOutput
    Properties: { ApplicationName: !Ref App, Output: { Name: OUT, DestinationSchema: { RecordFormatType: JSON }, LambdaOutput: { ResourceARN: !GetAtt Tell.Arn, RoleARN: !GetAtt Role.Arn } } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: Clicks, Operation: kinesis:PutRecord, Rate: 10/s, Attributes: { page: "choice(a: 0.5, b: 0.5)" }, Parameters: { PartitionKey: x, Data: $ } } }
`),
  )
  const analytics = world.stateOf<Analytics>('App')
  expect(analytics.rowsIn).toBeGreaterThan(500)
  expect(analytics.rowsOut).toBeGreaterThanOrEqual(10)
  expect(world.stateOf<{ replied: number }>('Tell').replied).toBeGreaterThanOrEqual(5)
})
