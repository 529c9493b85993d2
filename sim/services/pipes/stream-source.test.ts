// Shows pipes that read streams: order, lanes, what fails and what is given up.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, MS, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { actor, work } from '../../../test/mappings.ts'
import { problemsOf } from '../../../test/scenarios.ts'
import { tablePart } from '../../../test/tables.ts'
import { stream } from '../kinesis/stream.ts'
import { queue } from '../sqs/queue.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { pipe } from './pipe.ts'
import type { Pipe } from './pipe-state.ts'

const AT_ONCE = { ApiLatency: '0ms' }

/** A pipe `Way` from the stream `S` to a function under the test's control. */
function world(
  own: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
  parts: Record<string, Part> = {},
): Lab {
  return lab(
    {
      S: { def: stream, properties: { ShardCount: 1 }, assumptions: { PutLatency: '0ms', GetLatency: '0ms' } },
      Work: { def: actor },
      Dead: { def: queue, assumptions: AT_ONCE },
      Way: {
        def: pipe,
        properties: {
          Source: 'S',
          Target: 'Work',
          RoleArn: 'r',
          SourceParameters: { KinesisStreamParameters: { StartingPosition: 'TRIM_HORIZON', ...own } },
          ...more,
        },
        assumptions: AT_ONCE,
      },
      ...parts,
    },
    {
      probe: [
        ['S', 'kinesis:PutRecord'],
        ['S', 'kinesis:SplitShard'],
        ['Way', 'pipes:StartPipe'],
        ['Way', 'pipes:StopPipe'],
      ],
    },
  )
}

const put = (l: Lab, from: number, to: number, key: (n: number) => string = () => 'k'): void => {
  for (let n = from; n < to; n++) l.call('S', 'kinesis:PutRecord', { PartitionKey: key(n), Data: { n } })
}
/** The numbers of the records of each invocation. */
const batches = (l: Lab): number[][] =>
  work(l).invocations.map(({ event }) => event.map(({ data }: any) => data.n as number))
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const fails = (l: Lab, isBad: (numbers: number[]) => boolean): void => {
  work(l).react = (event) => ({ error: isBad(event.map(({ data }: any) => data.n)) })
}

describe('a pipe from a stream of Kinesis', () => {
  test('brings records in order, in batches, once a second at most [EB-60]', () => {
    const l = world({ BatchSize: 4 })
    l.run(10 * SECOND)
    put(l, 0, 10)
    l.run(20 * SECOND)
    expect(batches(l).flat()).toEqual(range(0, 10))
    expect(Math.max(...batches(l).map(({ length }) => length))).toBe(4)
    expect(work(l).invocations[0]!.event[0]).toMatchObject({
      eventSource: 'aws:kinesis',
      partitionKey: 'k',
      sequenceNumber: expect.stringMatching(/^\d{56}$/),
    })
    expect(work(l).most).toBe(1)
  })

  test('begins where it is told to, and collects batches for their window [EB-60]', () => {
    const late = world({ StartingPosition: 'LATEST', MaximumBatchingWindowInSeconds: 20 }, { DesiredState: 'STOPPED' })
    put(late, 0, 5)
    late.run(MINUTE)
    late.ask('Way', 'pipes:StartPipe')
    late.run(MINUTE + 5 * SECOND)
    put(late, 5, 8)
    late.run(2 * MINUTE)
    expect(batches(late)).toEqual([[5, 6, 7]])
    expect(work(late).invocations[0]!.at).toBeGreaterThanOrEqual(MINUTE + 25 * SECOND)
  })

  test('drops what matches no filter [EB-60]', () => {
    const Filters = [{ Pattern: '{"data":{"n":[{"numeric":[">",6]}]}}' }]
    const l = world(
      { BatchSize: 5 },
      {
        SourceParameters: {
          KinesisStreamParameters: { StartingPosition: 'TRIM_HORIZON', BatchSize: 5 },
          FilterCriteria: { Filters },
        },
      },
    )
    put(l, 0, 10)
    l.run(MINUTE)
    expect(batches(l)).toEqual([[7, 8, 9]])
    expect(l.state<Pipe>('Way')).toMatchObject({ dropped: 7, done: 10 })
  })

  test('has as many lanes in a shard as it is told, and keeps the order of each key [EB-60]', () => {
    const l = world({ BatchSize: 1, ParallelizationFactor: 4 })
    work(l).react = () => ({ takes: 500 * MS })
    put(l, 0, 40, (n) => `k${n % 8}`)
    l.run(5 * MINUTE)
    expect(work(l).most).toBe(4)
    for (let key = 0; key < 8; key++) {
      const own = batches(l)
        .flat()
        .filter((n) => n % 8 === key)
      expect(own).toEqual(range(0, 5).map((i) => key + 8 * i))
    }
  })

  test('lets a batch that fails hold up its lane until it is out of retries, and tells the dead-letter queue which it was [EB-60]', () => {
    const l = world({ BatchSize: 2, MaximumRetryAttempts: 3, DeadLetterConfig: { Arn: 'Dead' } })
    fails(l, (numbers) => numbers.includes(2))
    put(l, 0, 6)
    l.run(HOUR)
    expect(batches(l)).toEqual([
      [0, 1],
      [2, 3],
      [2, 3],
      [2, 3],
      [2, 3],
      [4, 5],
    ])
    const [first, second] = work(l)
      .invocations.slice(1, 3)
      .map(({ at }) => at)
    expect(second! - first!).toBe(SECOND)
    const dead = l.state<Queue>('Dead').messages.body.filter((body) => body !== null) as any[]
    expect(dead).toMatchObject([
      { context: { condition: 'RetryAttemptsExhausted' }, KinesisBatchInfo: { batchSize: 2, streamArn: 'S' } },
    ])
    expect(l.state<Pipe>('Way')).toMatchObject({ failedRecords: 2, done: 4 })
  })

  test('gives up what is too old [EB-60]', () => {
    const l = world({ BatchSize: 2, MaximumRecordAgeInSeconds: 60 })
    fails(l, (numbers) => numbers.includes(0))
    put(l, 0, 3)
    l.run(DAY)
    expect(batches(l).at(-1)).toEqual([2])
    expect(work(l).invocations.at(-2)!.at).toBeGreaterThanOrEqual(MINUTE)
    expect(work(l).invocations.at(-3)!.at).toBeLessThan(MINUTE)
    expect(l.state<Pipe>('Way').failedRecords).toBe(2)
  })

  test('halves what fails where it is told to, until the bad record is alone [EB-60]', () => {
    const l = world({ BatchSize: 4, MaximumRetryAttempts: 1, OnPartialBatchItemFailure: 'AUTOMATIC_BISECT' })
    fails(l, (numbers) => numbers.includes(2))
    put(l, 0, 4)
    l.run(HOUR)
    expect(batches(l)).toEqual([[0, 1, 2, 3], [0, 1], [2, 3], [2], [2], [3]])
    expect(l.state<Pipe>('Way')).toMatchObject({ failedRecords: 1, done: 3 })
  })

  test('tries again only what a function reports of its batch [EB-60]', () => {
    const l = world({ BatchSize: 4 })
    work(l).react = (event, n) => ({
      answer: n === 0 ? { batchItemFailures: [{ itemIdentifier: event[1].sequenceNumber }] } : null,
    })
    put(l, 0, 4)
    l.run(MINUTE)
    expect(batches(l)).toEqual([[0, 1, 2, 3], [1]])
  })

  test('reads the children of a shard when their parent is done [EB-60]', () => {
    const l = world({ BatchSize: 10 })
    put(l, 0, 5, (n) => `k${n}`)
    l.run(10 * SECOND)
    const ask = l.ask('S', 'kinesis:SplitShard', {
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: '170141183460469231731687303715884105728',
    })
    expect(ask.status).toBe('OK')
    l.run(5 * MINUTE)
    put(l, 5, 25, (n) => `k${n}`)
    l.run(10 * MINUTE)
    expect(
      batches(l)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(range(0, 25))
  })

  test('goes on where it stood after it was stopped', () => {
    const l = world({ BatchSize: 1 })
    put(l, 0, 3)
    l.run(30 * SECOND)
    l.ask('Way', 'pipes:StopPipe')
    put(l, 3, 6)
    l.run(HOUR)
    expect(batches(l).flat()).toEqual([0, 1, 2])
    l.ask('Way', 'pipes:StartPipe')
    l.run(HOUR + MINUTE)
    expect(batches(l).flat()).toEqual(range(0, 6))
  })

  test('costs nothing while the stream is idle', () => {
    const l = world()
    l.run(DAY)
    const before = l.world.kernel.steps
    l.run(300 * DAY)
    expect(l.world.kernel.steps - before).toBe(0)
  })
})

test('a pipe from the stream of a table brings its changes [EB-60]', () => {
  const l = lab(
    {
      T: tablePart({ properties: { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } } }),
      Work: { def: actor },
      Way: {
        def: pipe,
        properties: {
          Source: 'T',
          Target: 'Work',
          RoleArn: 'r',
          SourceParameters: {
            DynamoDBStreamParameters: { StartingPosition: 'TRIM_HORIZON' },
            FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] },
          },
        },
        assumptions: AT_ONCE,
      },
    },
    { probe: [['T', 'dynamodb:PutItem']] },
  )
  for (const [i, n] of [1, 2, 1].entries()) l.call('T', 'dynamodb:PutItem', { Item: { pk: `k${n}`, i } })
  l.run(MINUTE)
  const events = work(l).invocations.flatMap(({ event }) => event)
  expect(events.map((event: any) => [event.eventName, event.eventSource])).toEqual([
    ['INSERT', 'aws:dynamodb'],
    ['INSERT', 'aws:dynamodb'],
  ])
})

test('a pipe from a stream says where it begins, and its table has one', () => {
  const template = (source: string, parameters: string): string => `
Resources:
  S: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 1 } }
  T: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }] } }
  Q: { Type: AWS::SQS::Queue }
  Way: { Type: AWS::Pipes::Pipe, Properties: { RoleArn: "arn:aws:iam::123456789012:role/r", Source: ${source}, Target: !GetAtt Q.Arn, SourceParameters: { ${parameters} } } }
`
  expect(problemsOf(template('!GetAtt S.Arn', ''))).toContain('does not say where reading begins')
  expect(problemsOf(template('!GetAtt S.Arn', 'KinesisStreamParameters: { StartingPosition: LATEST }'))).not.toContain(
    'error',
  )
  expect(
    problemsOf(template('!GetAtt S.Arn', 'KinesisStreamParameters: { StartingPosition: LATEST, BatchSize: 11 }')),
  ).toContain('at most 10 records')
  expect(problemsOf(template('!GetAtt T.Arn', 'DynamoDBStreamParameters: { StartingPosition: LATEST }'))).toContain(
    'has no stream',
  )
})

test('every record is brought once and in order of its key, whatever fails on the way [EB-60]', () => {
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 1, max: 7 }),
        factor: fc.integer({ min: 1, max: 4 }),
        window: fc.integer({ min: 0, max: 3 }),
        bisects: fc.boolean(),
        count: fc.integer({ min: 1, max: 40 }),
        keys: fc.integer({ min: 1, max: 6 }),
      }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      ({ batch, factor, window, bisects, count, keys }, failures) => {
        const l = world({
          BatchSize: batch,
          ParallelizationFactor: factor,
          MaximumBatchingWindowInSeconds: window,
          ...(bisects ? { OnPartialBatchItemFailure: 'AUTOMATIC_BISECT' } : {}),
        })
        const done: number[] = []
        work(l).react = (event, n) => {
          const error = failures[n] === true
          if (!error) done.push(...event.map(({ data }: any) => data.n))
          return { error, takes: (n % 3) * 200 * MS }
        }
        put(l, 0, count, (n) => `k${n % keys}`)
        l.run(HOUR)
        for (let key = 0; key < keys; key++)
          expect(done.filter((n) => n % keys === key)).toEqual(range(0, count).filter((n) => n % keys === key))
        expect(l.state<Pipe>('Way')).toMatchObject({ done: count, failedRecords: 0, running: { inside: 0 } })
      },
    ),
    { numRuns: 60 },
  )
})
