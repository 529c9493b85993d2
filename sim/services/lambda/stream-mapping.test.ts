// Streams that feed functions: order, lanes, batches, retries, what is given up; and what happens to shards.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, MS, SECOND, type Lab, type Part, type Refused } from '../../../test/kit.ts'
import {
  actor,
  feed,
  handled,
  moments,
  numbersOf,
  streamWorld,
  work,
  write,
  type Actor,
  type Reaction,
  type StreamSetting,
} from '../../../test/mappings.ts'
import type { Table } from '../dynamodb/state.ts'
import { bucket } from '../s3/bucket.ts'
import { topic } from '../sns/topic.ts'
import { eventSourceMapping } from './event-source-mapping.ts'

const WIDE = { quotas: { 'dynamodb.PartitionWriteUnits': 1e6, 'dynamodb.PartitionReadUnits': 1e6 } }

/** Fails on every batch that holds one of these records. */
const poison =
  (...bad: readonly number[]) =>
  (event: any): Reaction => ({ error: numbersOf(event).some((n) => bad.includes(n)) })

/** The bodies in the queue `Dead`. */
function dead(world: Lab): any[] {
  const { answer } = world.ask('Dead', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 })
  return (answer.Messages ?? []).map(({ Body }: any) => Body)
}

function refusal(setting: StreamSetting): string {
  try {
    streamWorld(setting)
  } catch (error) {
    return (error as Refused).problems.join()
  }
  return ''
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const ages = (world: Lab): number[] =>
  world
    .finish()
    .points('Work', 'IteratorAge')
    .map(({ max }) => max)

describe('polling', () => {
  test('a shard is polled four times a second; a record is handled at the next poll [LAM-60, DDS-R10, N.STREAMS-03]', () => {
    const world = streamWorld().run(HOUR + 100 * MS)
    write(world, 0, 1)
    world.run(HOUR + SECOND)
    expect(handled(world)).toEqual([[0]])
    expect(moments(world)).toEqual([HOUR / MS + 250])
    world.run(HOUR + SECOND + 1)
    write(world, 1, 2)
    world.run(2 * HOUR)
    expect(moments(world)[1]).toBe(HOUR / MS + 1250)
  })

  test('polls that find nothing cost nothing, for a year', () => {
    // After six hours the queue beside them is inactive too (SQS-80).
    const world = streamWorld().run(7 * HOUR)
    const { steps } = world.world.kernel
    world.run(365 * DAY)
    expect(world.world.kernel.steps).toBe(steps)
    write(world, 0, 1)
    world.run(365 * DAY + SECOND)
    expect(handled(world)).toEqual([[0]])
  })

  test('a mapping that began at LATEST misses nothing, however long nothing came', () => {
    const world = streamWorld({ mapping: { StartingPosition: 'LATEST' } }).run(DAY)
    for (let n = 0; n < 3; n++) {
      write(world, n, n + 1)
      world.run((n + 2) * DAY)
    }
    expect(handled(world)).toEqual([[0], [1], [2]])
  })

  test('what one mapping has handled stays in the stream for another one [N.LAMBDA-ESM-07]', () => {
    const again = { FunctionName: 'Other', EventSourceArn: 'T', StartingPosition: 'TRIM_HORIZON' }
    const world = streamWorld({
      more: { Other: { def: actor }, Again: { def: eventSourceMapping, properties: again } },
    })
    write(world, 0, 500)
    world.run(MINUTE)
    const other = world.state<Actor>('Other').invocations.flatMap(({ event }) => numbersOf(event))
    expect([handled(world).flat(), other]).toEqual([range(0, 500), range(0, 500)])
    expect([feed(world).succeeded, world.state<{ succeeded: number }>('Again').succeeded]).toEqual([500, 500])
  })

  test('TRIM_HORIZON begins with the oldest record, LATEST with what comes; a table has no AT_TIMESTAMP [N.LAMBDA-ESM-06, LAM-65]', () => {
    const late = (StartingPosition: string): number[] => {
      const world = streamWorld({ mapping: { StartingPosition, Enabled: false } }).run(SECOND)
      write(world, 0, 200)
      world.run(MINUTE)
      world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
      world.run(2 * MINUTE)
      write(world, 200, 300)
      world.run(3 * MINUTE)
      return handled(world).flat()
    }
    expect(late('TRIM_HORIZON')).toEqual(range(0, 300))
    expect(late('LATEST')).toEqual(range(200, 300))
    expect(refusal({ mapping: { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 5 } })).toContain(
      'Kinesis',
    )
    expect(refusal({ mapping: { StartingPosition: undefined } })).toContain('missing-property')
    expect(refusal({ table: { StreamSpecification: undefined } })).toContain('has no stream')
  })

  test('a mapping that is switched off handles nothing more, and goes on where it stood', () => {
    const world = streamWorld({ mapping: { BatchSize: 10 }, react: () => ({ takes: SECOND }) })
    write(world, 0, 50)
    world.run(1500 * MS)
    world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: false })
    world.run(HOUR)
    expect(handled(world)).toEqual([range(0, 10), range(10, 20)])
    write(world, 50, 60)
    world.run(2 * HOUR)
    world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
    world.run(3 * HOUR)
    expect(handled(world).flat()).toEqual(range(0, 60))
  })

  test('a third reader is refused and asks ever more seldom; the two others are not disturbed [DDS-R7]', () => {
    const to = (FunctionName: string): Part => ({
      def: eventSourceMapping,
      properties: { FunctionName, EventSourceArn: 'T', StartingPosition: 'TRIM_HORIZON' },
    })
    const world = streamWorld({
      more: { Other: { def: actor }, Last: { def: actor }, Again: to('Other'), Third: to('Last') },
    }).run(DAY)
    expect(world.world.kernel.steps).toBeLessThan(6000)
    write(world, 0, 10)
    world.run(DAY + MINUTE)
    expect(world.state<{ succeeded: number }>('Third').succeeded).toBe(0)
    expect([feed(world).succeeded, world.state<{ succeeded: number }>('Again').succeeded]).toEqual([10, 10])
    const twin = streamWorld.bind(null, { more: { Again: to('Work') } })
    expect(twin).toThrow('leads from `T` to this function already')
  })
})

describe('batches', () => {
  test('a batch has as many records as it may, 100 unless that is said [LAM-60]', () => {
    const sizes = (mapping: object): number[] => {
      const world = streamWorld({ mapping: { ...mapping } })
      write(world, 0, 250)
      world.run(MINUTE)
      return handled(world).map(({ length }) => length)
    }
    expect(sizes({})).toEqual([100, 100, 50])
    expect(sizes({ BatchSize: 200 })).toEqual([200, 50])
    expect(refusal({ mapping: { BatchSize: 10_001 } })).toContain('BatchSize')
  })

  test('without a window a record each second is an invocation; with one of 60 s there is one for 60 records [N.LAMBDA-ESM-08]', () => {
    const run = (window: number): number[] => {
      const world = streamWorld({ mapping: { MaximumBatchingWindowInSeconds: window } })
      for (let n = 0; n < 600; n++) {
        world.run(n * SECOND)
        write(world, n, n + 1)
      }
      world.run(HOUR)
      return handled(world).map(({ length }) => length)
    }
    expect(run(0)).toEqual(range(0, 600).map(() => 1))
    const collected = run(60)
    expect(collected.length).toBeLessThanOrEqual(11)
    expect(Math.max(...collected)).toBeGreaterThanOrEqual(60)
  })

  test('a window opens with the first record, and a full batch does not wait for its end [LAM-V8]', () => {
    const world = streamWorld({ mapping: { BatchSize: 10, MaximumBatchingWindowInSeconds: 40 } }).run(7 * SECOND)
    write(world, 0, 5)
    world.run(47 * SECOND - 1)
    expect(handled(world)).toEqual([])
    world.run(47 * SECOND + 250 * MS)
    expect(handled(world)).toEqual([range(0, 5)])
    write(world, 5, 15)
    world.run(48 * SECOND)
    expect(handled(world)[1]).toEqual(range(5, 15))
  })

  test('a batch takes no more than 6 MB [LAM-53]', () => {
    const world = streamWorld({
      mapping: { BatchSize: 100, MaximumBatchingWindowInSeconds: 300 },
      options: WIDE,
      write: 40_000,
    })
    for (let n = 0; n < 20; n++) {
      world.call('T', 'dynamodb:PutItem', { Item: { pk: `k${n}`, n }, ItemSize: 400_000 })
      world.run(world.now + SECOND)
    }
    world.run(MINUTE)
    // 15 records of 400 KB with their envelopes fit, 16 do not; the others wait for their window.
    expect(handled(world).map(({ length }) => length)).toEqual([15])
  })

  test('the event has the records, their sequence numbers beside them', () => {
    const world = streamWorld()
    write(world, 7, 8)
    world.run(SECOND)
    const [{ event }] = work(world).invocations
    expect(event.Records[0]).toMatchObject({
      eventName: 'INSERT',
      dynamodb: { Keys: { pk: 'k' }, NewImage: { pk: 'k', n: 7 } },
    })
    expect(event.SequenceNumbers).toEqual([event.Records[0].dynamodb.SequenceNumber])
  })

  test('records that match no filter are skipped, and no invocation is made for them [LAM-65]', () => {
    const Pattern = '{ "eventName": ["MODIFY"], "dynamodb": { "NewImage": { "n": { "N": ["2", "4"] } } } }'
    const world = streamWorld({ mapping: { FilterCriteria: { Filters: [{ Pattern }] } } })
    write(world, 0, 6)
    world.run(MINUTE)
    expect(handled(world)).toEqual([[2, 4]])
    expect([feed(world).filtered, feed(world).succeeded]).toEqual([4, 2])
    write(world, 6, 9)
    world.run(2 * MINUTE)
    expect(work(world).invocations).toHaveLength(1)
    expect(world.finish().sum('Feed', 'FilteredOutEventCount')).toBe(7)
  })
})

describe('lanes', () => {
  test('a record that fails once is tried again before any that came behind it [N.LAMBDA-ESM-04, LAM-61]', () => {
    let failed = false
    const world = streamWorld({
      mapping: { BatchSize: 10 },
      react: (event) => {
        const error = numbersOf(event).includes(500) && !failed
        failed ||= error
        return { error }
      },
    })
    write(world, 0, 1000)
    world.run(HOUR)
    const order = handled(world).flat()
    expect(order).toHaveLength(1010)
    expect(order.filter((n, i) => order.indexOf(n) === i)).toEqual(range(0, 1000))
    const once = order.indexOf(500)
    expect(order.slice(once, once + 10)).toEqual(range(500, 510))
    expect(order.slice(once + 10, once + 20)).toEqual(range(500, 510))
  })

  test('one batch runs for each shard, ten for each with ParallelizationFactor 10, and 11 is refused [N.LAMBDA-ESM-05, LAM-60]', () => {
    const most = (factor: number): number => {
      const world = streamWorld({
        write: 3000,
        mapping: { ParallelizationFactor: factor, BatchSize: 5 },
        react: () => ({ takes: SECOND }),
      })
      expect(world.state<Table>('T').capacity.partitions.count).toBe(4)
      write(world, 0, 2000, (n) => `k${n}`)
      world.run(MINUTE)
      return work(world).most
    }
    expect(most(1)).toBe(4)
    expect(most(10)).toBe(40)
    expect(refusal({ mapping: { ParallelizationFactor: 11 } })).toContain('out-of-range')
  })

  test('1,000 records a second, 200 an invoker: the age grows with one batch at a time and stays small with five and more [N.LAMBDA-ESM-09, LAM-66]', () => {
    const age = (factor: number): number => {
      const world = streamWorld({
        write: 40_000,
        options: WIDE,
        mapping: { ParallelizationFactor: factor, BatchSize: 100 },
        react: () => ({ takes: 500 * MS }),
      })
      for (let tick = 0; tick < 600; tick++) {
        world.run(tick * 100 * MS)
        write(world, tick * 100, tick * 100 + 100, (n) => `k${n % 997}`)
      }
      world.run(2 * MINUTE)
      const last = new Map<string, number>()
      for (const { event } of work(world).invocations)
        for (const {
          dynamodb: { Keys, NewImage },
        } of event.Records) {
          expect(last.get(Keys.pk) ?? -1).toBeLessThan(NewImage.n)
          last.set(Keys.pk, NewImage.n)
        }
      return ages(world)[0] / SECOND
    }
    expect(age(1)).toBeGreaterThan(40)
    expect(age(8)).toBeLessThan(5)
  })

  test('the age is that of the last record of a batch [LAM-66]', () => {
    const world = streamWorld({ mapping: { MaximumBatchingWindowInSeconds: 10 } })
    write(world, 0, 1)
    world.run(4 * SECOND)
    write(world, 1, 2)
    world.run(59 * SECOND)
    expect(ages(world)).toEqual([6 * SECOND])
  })

  test('a poison record holds up its own lane alone', () => {
    const world = streamWorld({ mapping: { ParallelizationFactor: 10, BatchSize: 1 }, react: poison(3) })
    write(world, 0, 200, (n) => `k${n}`)
    world.run(HOUR)
    const done = new Set(handled(world).flat())
    expect(done.size).toBeGreaterThan(150)
    expect(done.size).toBeLessThan(200)
    expect(feed(world).held).toBe(200 - (done.size - 1))
  })
})

describe('failures', () => {
  test('a poison record holds up its shard until it expires, the others of its batch with it [N.LAMBDA-ESM-10, LAM-61]', () => {
    const world = streamWorld({ react: poison(50) })
    write(world, 0, 100)
    world.run(DAY - SECOND)
    write(world, 100, 110)
    world.run(DAY - MS)
    expect(feed(world).succeeded).toBe(0)
    expect(work(world).invocations.every(({ event }) => numbersOf(event).length === 100)).toBe(true)
    // 1 + 2 + … + 32 s, then a try each minute.
    expect(moments(world).slice(0, 8)).toEqual([0, 1, 3, 7, 15, 31, 63, 123].map((s) => s * 1000))
    world.run(DAY + MINUTE)
    expect([feed(world).expired, feed(world).succeeded]).toEqual([100, 10])
    expect(Math.max(...ages(world))).toBeGreaterThan(DAY - 2 * MINUTE)
  })

  test('being throttled is no retry: the batch waits until there is room [LAM-61]', () => {
    const world = streamWorld({ mapping: { MaximumRetryAttempts: 0 } })
    work(world).react = () => ({ refused: world.now < 10 * MINUTE })
    write(world, 0, 100)
    world.run(HOUR)
    expect(handled(world)).toEqual([range(0, 100)])
    expect([feed(world).succeeded, feed(world).dropped]).toEqual([100, 0])
  })

  test('three retries are four attempts; then the shard goes on and the batch is gone [N.LAMBDA-ESM-11, LAM-61]', () => {
    const world = streamWorld({ mapping: { MaximumRetryAttempts: 3, BatchSize: 10 }, react: poison(5) })
    write(world, 0, 20)
    world.run(HOUR)
    expect(handled(world).map(([first]) => first)).toEqual([0, 0, 0, 0, 10])
    expect(moments(world)).toEqual([0, 1000, 3000, 7000, 7000])
    expect([feed(world).dropped, feed(world).succeeded]).toEqual([10, 10])
    expect(world.finish().sum('Feed', 'DroppedEventCount')).toBe(10)
    const none = streamWorld({ mapping: { MaximumRetryAttempts: 0 }, react: poison(5) })
    write(none, 0, 20)
    none.run(HOUR)
    expect(work(none).invocations).toHaveLength(1)
  })

  test('records older than MaximumRecordAgeInSeconds are given up, the moment they are [N.LAMBDA-ESM-11, LAM-61]', () => {
    const world = streamWorld({ mapping: { MaximumRecordAgeInSeconds: 60 }, react: poison(0) })
    write(world, 0, 1)
    world.run(10 * SECOND)
    write(world, 1, 2)
    world.run(MINUTE - 1)
    expect(feed(world).dropped).toBe(0)
    world.run(MINUTE)
    expect([feed(world).dropped, feed(world).succeeded]).toEqual([1, 1])
    expect(refusal({ mapping: { MaximumRecordAgeInSeconds: 59 } })).toContain('out-of-range')
  })

  test('only those records of a batch are given up that are too old', () => {
    const world = streamWorld({
      mapping: {
        MaximumRecordAgeInSeconds: 60,
        Enabled: false,
        DestinationConfig: { OnFailure: { Destination: 'Dead' } },
      },
    })
    write(world, 0, 1)
    world.run(80 * SECOND)
    write(world, 1, 6)
    world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
    world.run(2 * MINUTE)
    expect(handled(world)).toEqual([range(1, 6)])
    expect(dead(world)).toMatchObject([
      {
        requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 1 },
        DDBStreamBatchInfo: { batchSize: 1 },
      },
    ])
  })

  test('a batch is halved until the poison record is alone; the split is no retry [LAM-62, LAM-V10]', () => {
    const world = streamWorld({
      mapping: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1, BatchSize: 4 },
      react: poison(3),
    })
    write(world, 1, 5)
    world.run(HOUR)
    expect(handled(world)).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]])
    expect([feed(world).succeeded, feed(world).dropped]).toEqual([3, 1])
  })

  test('of a batch of 100 only the poison record is lost, after some seven splits [N.LAMBDA-ESM-11, LAM-62]', () => {
    const world = streamWorld({
      mapping: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2 },
      react: poison(37),
    })
    write(world, 0, 100)
    world.run(HOUR)
    const fails = handled(world).filter((batch) => batch.includes(37))
    expect(fails.map(({ length }) => length)).toEqual([100, 50, 25, 13, 6, 3, 1, 1, 1])
    expect([feed(world).succeeded, feed(world).dropped]).toEqual([99, 1])
    const order = handled(world).flat()
    expect(order.filter((n, i) => order.lastIndexOf(n) === i)).toEqual(range(0, 100))
  })

  test('an odd batch is halved with the larger half first [LAM-62]', () => {
    const world = streamWorld({ mapping: { BisectBatchOnFunctionError: true }, react: (_, n) => ({ error: n === 0 }) })
    write(world, 0, 5)
    world.run(HOUR)
    expect(handled(world)).toEqual([range(0, 5), [0, 1, 2], [3, 4]])
  })

  describe('with ReportBatchItemFailures', () => {
    const reports = (mapping: object, answer: (event: any, n: number) => unknown): Lab => {
      const world = streamWorld({
        mapping: { FunctionResponseTypes: ['ReportBatchItemFailures'], ...mapping },
        react: (event, n) => ({ answer: answer(event, n) }),
      })
      write(world, 0, 10)
      return world.run(HOUR)
    }
    const items = (event: any, ...at: readonly number[]): unknown => ({
      batchItemFailures: at.map((i) => ({ itemIdentifier: event.SequenceNumbers[i] })),
    })

    test('it goes on at the lowest sequence number that failed [LAM-62]', () => {
      const world = reports({}, (event, n) => (n === 0 ? items(event, 7, 4) : null))
      expect(handled(world)).toEqual([range(0, 10), range(4, 10)])
      expect(feed(world).succeeded).toBe(10)
    })

    test('a record that fails again and again is given up after its retries, with what stands behind it', () => {
      const world = reports({ MaximumRetryAttempts: 2 }, (event) => {
        const at = numbersOf(event).indexOf(4)
        return at < 0 ? null : items(event, at)
      })
      expect(handled(world)).toEqual([range(0, 10), range(4, 10), range(4, 10)])
      expect([feed(world).succeeded, feed(world).dropped]).toEqual([4, 6])
    })

    test('with bisection the batch is split there, and then halved until that record is alone', () => {
      const world = reports({ MaximumRetryAttempts: 1, BisectBatchOnFunctionError: true }, (event) => {
        const at = numbersOf(event).indexOf(4)
        return at < 0 ? null : items(event, at)
      })
      expect(handled(world)).toEqual([range(0, 10), range(4, 10), [4, 5, 6], [4, 5], [4], [4], [5], [6], [7, 8, 9]])
      expect([feed(world).succeeded, feed(world).dropped]).toEqual([9, 1])
    })

    test.each([
      ['no list', {}, 1],
      ['null', null, 1],
      ['an empty list', { batchItemFailures: [] }, 1],
      ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: 123 }] }, 2],
      ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 2],
      ['no identifier', { batchItemFailures: [{ foo: 1 }] }, 2],
      ['a text', 'done', 2],
    ])('%s: %j makes %i invocations [LAM-54]', (_, answer, count) => {
      expect(handled(reports({ MaximumRetryAttempts: 1 }, () => answer))).toHaveLength(count)
    })
  })
})

describe('what is given up', () => {
  test('goes to a queue, a topic or a bucket, and what succeeds nowhere [N.LAMBDA-DEST-03]', () => {
    const of = (DestinationConfig: Record<string, unknown>) => () => streamWorld({ mapping: { DestinationConfig } })
    expect(of({ OnFailure: { Destination: 'Dead' } })).not.toThrow()
    expect(of({ OnSuccess: { Destination: 'Dead' } })).toThrow(/wrong-destination/)
    expect(of({ OnFailure: { Destination: 'Work' } })).toThrow(/wrong-resource: `Work` is AWS::Lambda::Function/)
  })

  const setting = (destination: string): StreamSetting => ({
    mapping: {
      MaximumRetryAttempts: 3,
      BatchSize: 3,
      DestinationConfig: { OnFailure: { Destination: destination } },
    },
    react: poison(1),
  })

  test('goes to a queue as shard and sequence range, without the data [N.LAMBDA-ESM-12, LAM-63]', () => {
    const world = streamWorld(setting('Dead'))
    write(world, 0, 6)
    world.run(HOUR)
    const sequences = work(world).invocations[0].event.SequenceNumbers
    const arrival = '2026-01-05T00:00:00.000Z'
    expect(dead(world)).toEqual([
      {
        version: '1.0',
        timestamp: '2026-01-05T00:00:07.000Z',
        requestContext: {
          functionArn: 'Work',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 4,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000000000000000000',
          startSequenceNumber: sequences[0],
          endSequenceNumber: sequences[2],
          approximateArrivalOfFirstRecord: arrival,
          approximateArrivalOfLastRecord: arrival,
          batchSize: 3,
          streamArn: 'T/stream/2026-01-05T00:00:00.000',
        },
      },
    ])
    expect(world.finish().sum('Feed', 'OnFailureDestinationDeliveredEventCount')).toBe(3)
  })

  test('goes to a bucket with the records themselves [LAM-63]', () => {
    const probe = [
      ['Failed', 's3:ListObjectsV2'],
      ['Failed', 's3:GetObject'],
    ] as const
    const world = streamWorld({ ...setting('Failed'), more: { Failed: { def: bucket } }, probe })
    write(world, 0, 6)
    world.run(HOUR)
    const [{ Key }] = world.ask('Failed', 's3:ListObjectsV2').answer.Contents
    expect(Key).toMatch(/^aws\/lambda\/Feed\/shardId-0{20}\/2026\/01\/05\/2026-01-05T00\.00\.07-3$/)
    const { Body } = world.ask('Failed', 's3:GetObject', { Key }).answer
    expect(Body.requestContext.condition).toBe('RetryAttemptsExhausted')
    expect(numbersOf(JSON.parse(Body.payload))).toEqual([0, 1, 2])
  })

  test('goes to a topic as well, and not to FIFO ones [LAM-63]', () => {
    const world = streamWorld({ ...setting('News'), more: { News: { def: topic } } })
    write(world, 0, 6)
    world.run(HOUR)
    expect(world.finish().sum('Feed', 'OnFailureDestinationDeliveredEventCount')).toBe(3)
    expect(world.sum('News', 'NumberOfMessagesPublished')).toBe(1)
    const fifo = { def: topic, properties: { FifoTopic: true, TopicName: 'n.fifo' } }
    expect(refusal({ ...setting('News'), more: { News: fifo } })).toContain('wrong-resource')
  })
})

describe('shards that split', () => {
  /** A table whose one partition splits at a given moment. */
  const splitAt = (world: Lab): void => {
    const { capacity, streams } = world.state<Table>('T')
    capacity.partitions.split(0, 2 ** 31, 0, world.now)
    capacity.applyRates(world.now, 0)
    streams.split(0)
  }

  test('children are read when their parent is through, so that no key overtakes itself [DDS-R4, N.STREAMS-02]', () => {
    const world = streamWorld({ mapping: { BatchSize: 10 }, react: () => ({ takes: SECOND }) })
    write(world, 0, 100, (n) => `k${n % 7}`)
    world.run(2 * SECOND)
    splitAt(world)
    write(world, 100, 200, (n) => `k${n % 7}`)
    world.run(9 * SECOND)
    expect(Math.max(...handled(world).flat())).toBeLessThan(100)
    world.run(HOUR)
    const done = handled(world).flat()
    expect([...done].sort((a, b) => a - b)).toEqual(range(0, 200))
    for (let key = 0; key < 7; key++) {
      const own = done.filter((n) => n % 7 === key)
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
    // The two children are read side by side.
    expect(work(world).most).toBe(2)
    expect(feed(world).readers.map(({ phase }) => phase)).toEqual(['done', 'reading', 'reading'])
  })

  test('a reader that waits at the end of its shard goes on to the children', () => {
    const world = streamWorld({ mapping: { StartingPosition: 'LATEST' } }).run(MINUTE)
    splitAt(world)
    write(world, 0, 20, (n) => `k${n}`)
    world.run(2 * MINUTE)
    expect(
      handled(world)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual(range(0, 20))
    world.run(DAY)
    splitAt(world)
    write(world, 20, 40, (n) => `k${n}`)
    world.run(DAY + MINUTE)
    expect(new Set(handled(world).flat()).size).toBe(40)
  })

  test('a stream that is switched off is read to its end; another one is not the mapping’s [DDS-R8]', () => {
    const world = streamWorld({ mapping: { BatchSize: 1 }, react: () => ({ takes: SECOND }) })
    write(world, 0, 20)
    world.run(SECOND)
    world.call('T', 'dynamodb:UpdateTable', { StreamSpecification: { StreamEnabled: false } })
    world.run(HOUR)
    const on = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' }
    world.call('T', 'dynamodb:UpdateTable', { StreamSpecification: on })
    world.run(2 * HOUR)
    write(world, 20, 40)
    world.run(3 * HOUR)
    expect(handled(world).flat()).toEqual(range(0, 20))
    expect(feed(world).readers.map(({ phase }) => phase)).toEqual(['done'])
  })
})

describe('of old records', () => {
  test('a function that cannot run for 25 hours loses those of the first hour; the age peaks at 24 hours [N.STREAMS-05, DDS-R1]', () => {
    const world = streamWorld({ mapping: { BatchSize: 10 } })
    work(world).react = () => ({ refused: world.now < 25 * HOUR })
    for (let hour = 0; hour < 25; hour++) {
      for (let minute = 0; minute < 60; minute++) {
        write(world, hour * 60 + minute, hour * 60 + minute + 1)
        world.run(hour * HOUR + (minute + 1) * MINUTE)
      }
    }
    world.run(26 * HOUR)
    const done = handled(world).flat()
    expect(done[0]).toBeGreaterThanOrEqual(59)
    expect(done[0]).toBeLessThanOrEqual(62)
    expect(done.at(-1)).toBe(25 * 60 - 1)
    expect(feed(world).expired).toBe(done[0])
    const peak = Math.max(...ages(world))
    expect(peak).toBeLessThanOrEqual(DAY)
    expect(peak).toBeGreaterThan(DAY - 30 * MINUTE)
  })

  test('a mapping that is switched off for two days goes on with what the stream still has, and knows what it missed', () => {
    const world = streamWorld().run(SECOND)
    write(world, 0, 5)
    world.run(2 * SECOND)
    world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: false })
    for (let day = 0; day < 2; day++) {
      world.run(day * DAY + HOUR)
      write(world, 5 + 10 * day, 15 + 10 * day)
    }
    world.run(2 * DAY)
    world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: true })
    world.run(2 * DAY + MINUTE)
    expect(handled(world).flat()).toEqual([...range(0, 5), ...range(15, 25)])
    expect(feed(world).missed + feed(world).expired).toBe(10)
  })
})

describe('tumbling windows', () => {
  const counting: StreamSetting = {
    mapping: { TumblingWindowInSeconds: 120 },
    react: (event) => ({ answer: { state: { sum: (event.state.sum ?? 0) + event.Records.length } } }),
  }
  const windows = (world: Lab): any[] =>
    work(world).invocations.map(({ event: { Records, state, window, isFinalInvokeForWindow: last } }) => [
      Records.length,
      state.sum ?? 0,
      window.start.slice(14, 19),
      last,
    ])

  test('records at 0, 119.9 and 120 s: the first two share a window, which is closed once [LAM-64, LAM-V16]', () => {
    const world = streamWorld(counting)
    write(world, 0, 1)
    world.run(119_900 * MS)
    write(world, 1, 2)
    world.run(120 * SECOND)
    write(world, 2, 3)
    world.run(HOUR)
    expect(windows(world)).toEqual([
      [1, 0, '00:00', false],
      [1, 1, '00:00', false],
      [0, 2, '00:00', true],
      [1, 0, '02:00', false],
      [0, 1, '02:00', true],
    ])
  })

  test('a window is closed when its time is over, though nothing comes [LAM-64]', () => {
    const world = streamWorld(counting).run(30 * SECOND)
    write(world, 0, 3)
    world.run(120 * SECOND - 1)
    expect(windows(world)).toHaveLength(1)
    world.run(120 * SECOND)
    expect(windows(world)[1]).toEqual([0, 3, '00:00', true])
    const { steps } = world.world.kernel
    world.run(DAY)
    expect(world.world.kernel.steps - steps).toBeLessThan(10)
  })

  test('an answer without state is a failure [LAM-64]', () => {
    const world = streamWorld({ ...counting, react: (_, n) => ({ answer: n === 0 ? {} : { state: { sum: 1 } } }) })
    write(world, 0, 1)
    world.run(MINUTE)
    expect(handled(world)).toEqual([[0], [0]])
  })

  test('a state above 1 MB ends the window early [LAM-64]', () => {
    const large = 'x'.repeat(1_048_576)
    const world = streamWorld({
      ...counting,
      react: ({ Records }) => ({ answer: { state: { large: Records.length === 0 ? '' : large } } }),
    })
    write(world, 0, 1)
    world.run(MINUTE)
    const [, closing] = work(world).invocations
    expect(closing.event).toMatchObject({ Records: [], isFinalInvokeForWindow: true, isWindowTerminatedEarly: true })
    const small = streamWorld({ ...counting, react: () => ({ answer: { state: 'x'.repeat(1000) } }) })
    write(small, 0, 1)
    small.run(MINUTE)
    expect(work(small).invocations).toHaveLength(1)
  })

  test('the end of a shard closes its window [LAM-64]', () => {
    const world = streamWorld(counting)
    write(world, 0, 3)
    world.run(SECOND)
    world.call('T', 'dynamodb:UpdateTable', { StreamSpecification: { StreamEnabled: false } })
    world.run(10 * SECOND)
    const [, closing] = work(world).invocations
    expect(closing.event).toMatchObject({
      state: { sum: 3 },
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: true,
    })
  })
})
