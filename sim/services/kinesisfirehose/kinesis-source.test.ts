// Shows a delivery stream that reads a Kinesis stream: from when on, how often, through reshards and outages.
import { expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import { stream } from '../kinesis/stream.ts'
import { bucket } from '../s3/bucket.ts'
import type { Bucket } from '../s3/bucket-state.ts'
import { deliveryStream } from './delivery-stream.ts'
import type { DeliveryStream } from './stream-state.ts'

const PARTS: Record<string, Part> = {
  Source: { def: stream, properties: { ShardCount: 2 } },
  Store: { def: bucket, assumptions: { PutLatency: '0ms', GetLatency: '0ms' } },
  In: {
    def: deliveryStream,
    properties: {
      DeliveryStreamType: 'KinesisStreamAsSource',
      KinesisStreamSourceConfiguration: { KinesisStreamARN: 'Source', RoleARN: 'r' },
      ExtendedS3DestinationConfiguration: {
        BucketARN: 'Store',
        RoleARN: 'r',
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
      },
    },
  },
}

function world(): Lab {
  return lab(PARTS, {
    probe: [
      ['Source', 'kinesis:PutRecord'],
      ['Source', 'kinesis:SplitShard'],
      ['In', 'firehose:PutRecord'],
      ['Store', 's3:DeleteBucket'],
      ['Store', 's3:CreateBucket'],
    ],
  })
}

const state = (l: Lab): DeliveryStream => l.state<DeliveryStream>('In')
let serial = 0
const put = (l: Lab, PartitionKey = `key-${serial++}`): void =>
  l.call('Source', 'kinesis:PutRecord', { Data: 'x'.repeat(100), PartitionKey })

test('reads what comes from the beginning on, of every shard, once a second [FH-01]', () => {
  const l = world()
  put(l)
  l.run(5 * SECOND)
  for (let i = 0; i < 100; i++) {
    put(l)
    l.run(l.now + SECOND / 10)
  }
  l.run(l.now + 2 * SECOND)
  // The one that came before its iterators is not read.
  expect(state(l).accepted).toBe(100)
  expect(state(l).source!.readers).toHaveLength(2)
  // Two shards, ten seconds, once a second each.
  const reads = l.sum('Source', 'GetRecords.Success')
  l.run(2 * MINUTE)
  expect(l.sum('Source', 'GetRecords.Success') - reads).toBeGreaterThanOrEqual(18)
  expect(l.sum('In', 'DataReadFromKinesisStream.Records')).toBe(100)
  expect(state(l)).toMatchObject({ delivered: 100, inside: 0 })
})

test('takes nothing by DirectPut, and has none of its limits [FH-01, FH-03]', () => {
  const l = world()
  expect(l.ask('In', 'firehose:PutRecord', { Record: { Data: 'x' } }).status).toBe('InvalidArgumentException')
})

test('goes on with the children of a shard that is split, and loses nothing', () => {
  const l = world()
  l.run(5 * SECOND)
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 5; i++) put(l)
    if (second === 20)
      l.call('Source', 'kinesis:SplitShard', {
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: '85070591730234615865843651857942052864',
      })
    l.run(l.now + SECOND)
  }
  l.run(5 * MINUTE)
  const lengths = state(l).source!.readers.length
  expect([lengths, state(l).accepted, state(l).delivered]).toEqual([4, 300, 300])
})

test('reads nothing while its bucket is down: the stream keeps what comes [FH-05]', () => {
  const l = world()
  l.ask('Store', 's3:DeleteBucket')
  l.run(5 * SECOND)
  for (let minute = 0; minute < 60; minute++) {
    put(l)
    l.run(l.now + MINUTE)
  }
  const { accepted } = state(l)
  expect(accepted).toBeGreaterThan(0)
  expect(accepted).toBeLessThan(10)
  l.ask('Store', 's3:CreateBucket')
  l.run(2 * HOUR)
  expect([state(l).delivered, state(l).lost.total]).toEqual([60, 0])
  expect(l.state<Bucket>('Store').objects.count).toBeGreaterThan(1)
})

test('costs nothing while nothing comes', () => {
  const idle = new World(
    scenarioOf(`
Resources:
  Source: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 3 } }
  Store: { Type: AWS::S3::Bucket }
  In: { Type: AWS::KinesisFirehose::DeliveryStream, Properties: { DeliveryStreamType: KinesisStreamAsSource, KinesisStreamSourceConfiguration: { KinesisStreamARN: !GetAtt Source.Arn, RoleARN: r }, ExtendedS3DestinationConfiguration: { BucketARN: !GetAtt Store.Arn, RoleARN: r } } }
Simulation: { Duration: 300d, Workloads: { Load: { Target: Source, Operation: kinesis:PutRecord, Rate: 1/s, Count: 5, Attributes: { key: uuid }, Parameters: { Data: $, PartitionKey: $.key } } } }
`).plan,
  )
  idle.run(2 * DAY)
  const before = idle.kernel.steps
  idle.run(300 * DAY)
  expect(idle.kernel.steps - before).toBe(0)
  expect(idle.stateOf<DeliveryStream>('In').accepted).toBeGreaterThan(0)
})
