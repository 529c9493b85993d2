// Kinesis streams that feed functions: what differs from the stream of a table.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, MINUTE, MS, SECOND, START_MS, type Lab, type Part } from '../../../test/kit.ts'
import { actor, work, type Actor } from '../../../test/mappings.ts'
import { stream } from '../kinesis/stream.ts'
import { streamConsumer } from '../kinesis/stream-consumer.ts'
import { queue } from '../sqs/queue.ts'
import { eventSourceMapping } from './event-source-mapping.ts'
import type { StreamMapping } from './stream-state.ts'

function world(mapping: object = {}, shards = 1, more: Record<string, Part> = {}): Lab {
  return lab(
    {
      S: { def: stream, properties: { ShardCount: shards }, assumptions: { PutLatency: '0ms', GetLatency: '0ms' } },
      Work: { def: actor },
      Dead: { def: queue, assumptions: { ApiLatency: '0ms' } },
      Feed: {
        def: eventSourceMapping,
        properties: { FunctionName: 'Work', EventSourceArn: 'S', StartingPosition: 'TRIM_HORIZON', ...mapping },
      },
      ...more,
    },
    {
      probe: [
        ['S', 'kinesis:PutRecord'],
        ['S', 'kinesis:PutRecords'],
        ['S', 'kinesis:SplitShard'],
        ['Dead', 'sqs:ReceiveMessage'],
        ['Feed', 'lambda:UpdateEventSourceMapping'],
      ],
    },
  )
}

const put = (at: Lab, n: number, key = 'k'): void =>
  at.call('S', 'kinesis:PutRecord', { PartitionKey: key, Data: { n } })
const handled = (at: Lab): number[] => work(at).invocations.flatMap(({ event }) => event.Records.map(({ n }: any) => n))
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

describe('Kinesis', () => {
  test('a queue, a table’s stream and a Kinesis stream feed functions; a shard of Kinesis is polled once a second [N.LAMBDA-ESM-01, LAM-60]', () => {
    const at = world().run(HOUR + 100 * MS)
    put(at, 7)
    at.run(HOUR + 10 * SECOND)
    expect(work(at).invocations.map((each) => each.at)).toEqual([HOUR + SECOND])
    const [{ event }] = work(at).invocations
    expect(event.Records).toEqual([{ n: 7 }])
    expect(event.SequenceNumbers[0]).toMatch(/^\d{56}$/)
    expect(world({ EventSourceArn: 'arn:aws:mq:us-east-1:1:broker:b' }).notSimulated.join()).toContain('not simulated')
  })

  test('AT_TIMESTAMP begins in the middle of 1,000 records [N.LAMBDA-ESM-06, LAM-65]', () => {
    const StartingPositionTimestamp = (START_MS + 50_000) / 1000
    const at = world({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp, Enabled: false })
    for (let n = 0; n < 1000; n++) {
      at.run(n * 100 * MS)
      put(at, n)
    }
    at.run(2 * MINUTE)
    at.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
    at.run(HOUR)
    expect(handled(at)).toEqual(range(500, 1000))
  })

  test('100 shards with two lanes each run 200 batches at once [LAM-V9, LAM-60]', () => {
    const at = world({ ParallelizationFactor: 2, BatchSize: 1 }, 100)
    work(at).react = () => ({ takes: MINUTE })
    for (let n = 0; n < 4000; n += 500)
      at.call('S', 'kinesis:PutRecords', {
        Records: range(n, n + 500).map((i) => ({ PartitionKey: `k${i}`, Data: { n: i } })),
      })
    at.run(30 * SECOND)
    expect(work(at).most).toBe(200)
  })

  test('what is given up is told by shard and sequence numbers [LAM-63]', () => {
    const at = world({ MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: 'Dead' } } })
    work(at).react = () => ({ error: true })
    put(at, 1)
    at.run(MINUTE)
    const { answer } = at.ask('Dead', 'sqs:ReceiveMessage', {})
    const sequence = work(at).invocations[0].event.SequenceNumbers[0]
    expect(answer.Messages[0].Body.KinesisBatchInfo).toMatchObject({
      shardId: 'shardId-000000000000',
      startSequenceNumber: sequence,
      endSequenceNumber: sequence,
      batchSize: 1,
    })
  })

  test('filters see the data, as JSON or as a text [LAM-65]', () => {
    const filtered = (Pattern: string): number[] => {
      const at = world({ FilterCriteria: { Filters: [{ Pattern }] } })
      at.call('S', 'kinesis:PutRecord', { PartitionKey: 'a', Data: { n: 1 } })
      at.call('S', 'kinesis:PutRecord', { PartitionKey: 'b', Data: '{"n":2}' })
      at.call('S', 'kinesis:PutRecord', { PartitionKey: 'b', Data: 'plain' })
      at.run(MINUTE)
      return work(at).invocations.flatMap(({ event }) => event.Records)
    }
    expect(filtered('{ "data": { "n": [1, 2] } }')).toEqual([{ n: 1 }, '{"n":2}'])
    expect(filtered('{ "data": { "n": [1] } }')).toEqual([{ n: 1 }])
    expect(filtered('{ "data": ["plain"] }')).toEqual(['plain'])
    expect(filtered('{ "partitionKey": ["b"] }')).toEqual(['{"n":2}', 'plain'])
  })

  test('shards that are split are read in order of their keys, and the children after them', () => {
    const at = world({ BatchSize: 10 })
    work(at).react = () => ({ takes: SECOND })
    for (let n = 0; n < 100; n++) put(at, n, `k${n % 7}`)
    at.run(2 * SECOND)
    at.call('S', 'kinesis:SplitShard', { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(2n ** 127n) })
    at.run(40 * SECOND)
    for (let n = 100; n < 200; n++) put(at, n, `k${n % 7}`)
    at.run(HOUR)
    const done = handled(at)
    expect([...done].sort((a, b) => a - b)).toEqual(range(0, 200))
    for (let key = 0; key < 7; key++) {
      const own = done.filter((n) => n % 7 === key)
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
  })

  test('idle shards cost nothing', () => {
    const at = world({}, 10).run(7 * HOUR)
    const { steps } = at.world.kernel
    at.run(1000 * HOUR)
    expect(at.world.kernel.steps - steps).toBe(0)
  })
})

describe('enhanced fan-out', () => {
  const consumer: Record<string, Part> = {
    C: { def: streamConsumer, properties: { ConsumerName: 'c', StreamARN: 'S' } },
  }

  test('records are pushed: they are handled 70 ms after they came, not at the next poll', () => {
    const at = world({ EventSourceArn: 'C' }, 1, consumer).run(HOUR)
    for (let n = 0; n < 3; n++) {
      put(at, n)
      at.run(HOUR + (n + 1) * 10 * MINUTE)
    }
    expect(work(at).invocations.map((each) => each.at)).toEqual(
      range(0, 3).map((n) => HOUR + n * 10 * MINUTE + 70 * MS),
    )
    expect(handled(at)).toEqual([0, 1, 2])
  })

  test('a backlog is read to its end, children too', () => {
    const at = world({ EventSourceArn: 'C', BatchSize: 10, StartingPosition: 'TRIM_HORIZON' }, 1, consumer)
    for (let n = 0; n < 300; n++) put(at, n, `k${n}`)
    at.run(MINUTE)
    at.call('S', 'kinesis:SplitShard', { ShardToSplit: 'shardId-000000000000', NewStartingHashKey: String(2n ** 127n) })
    at.run(2 * MINUTE)
    for (let n = 300; n < 400; n++) put(at, n, `k${n}`)
    at.run(HOUR)
    expect([...handled(at)].sort((a, b) => a - b)).toEqual(range(0, 400))
    const { readers } = at.state<StreamMapping>('Feed')
    expect(readers.map(({ phase }) => phase)).toEqual(['done', 'reading', 'reading'])
    expect(at.state<Actor>('Work').running).toBe(0)
  })
})
