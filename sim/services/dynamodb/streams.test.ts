// Streams of tables: what is recorded of a change, in which shard, for how long, and who may read it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, MS, Refused, SECOND, type Lab } from '../../../test/kit.ts'
import { ask, keyOn, tableLab, tablePart, type Operation, type TableOptions } from '../../../test/tables.ts'
import { lab } from '../../../test/kit.ts'
import { hashKey } from './items.ts'
import type { Table } from './state.ts'
import type { StreamRecord } from './stream-records.ts'
import { equalValues, type Item } from './values.ts'

function streamLab(view = 'NEW_AND_OLD_IMAGES', options: TableOptions = {}): Lab {
  return tableLab({
    ...options,
    properties: { StreamSpecification: { StreamViewType: view }, ...options.properties },
  })
}

/** A table of one partition, with room for everything that a test writes. */
const single = (assumptions: Record<string, string> = {}): TableOptions => ({
  read: 100,
  write: 800,
  assumptions: { InitialBurst: '60s', ...assumptions },
})

const shardsOf = (world: Lab, StreamArn?: string): any[] =>
  ask(world, 'DescribeStream', { StreamArn }).answer.StreamDescription.Shards

function iteratorOf(world: Lab, ShardId: string, more: object = { ShardIteratorType: 'TRIM_HORIZON' }): string {
  const { status, answer } = ask(world, 'GetShardIterator', { ShardId, ...more })
  if (status !== 'OK') throw new Error(status)
  return answer.ShardIterator as string
}

/** All records of a shard that are there now. */
function recordsOf(world: Lab, ShardId: string, more?: object): StreamRecord[] {
  return ask(world, 'GetRecords', { ShardIterator: iteratorOf(world, ShardId, more) }).answer.Records
}

/** All records of the stream, shard by shard. */
const everything = (world: Lab): StreamRecord[] => shardsOf(world).flatMap(({ ShardId }) => recordsOf(world, ShardId))

const put = (world: Lab, item: Item): unknown => ask(world, 'PutItem', { Item: item })
const names = (records: readonly StreamRecord[]): string[] => records.map(({ eventName }) => eventName)

describe('records', () => {
  test('put, the same put, another put, delete, delete again: INSERT, nothing, MODIFY, REMOVE, nothing [DDS-R3, DDS-R1, DDS-V1]', () => {
    const world = streamLab()
    put(world, { pk: 'a', n: 1 })
    put(world, { n: 1, pk: 'a' })
    put(world, { pk: 'a', n: 2 })
    ask(world, 'DeleteItem', { Key: { pk: 'a' } })
    ask(world, 'DeleteItem', { Key: { pk: 'a' } })
    expect(names(everything(world))).toEqual(['INSERT', 'MODIFY', 'REMOVE'])
  })

  test('three puts, two updates, one delete are six records; an update or a batch that changes nothing is none [N.STREAMS-01]', () => {
    const world = streamLab()
    for (const pk of ['a', 'b', 'c']) put(world, { pk, n: 1 })
    const update = (pk: string, n: number): unknown =>
      ask(world, 'UpdateItem', {
        Key: { pk },
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': n },
      })
    update('a', 2)
    update('b', 3)
    update('b', 3)
    ask(world, 'BatchWriteItem', {
      RequestItems: [{ PutRequest: { Item: { pk: 'c', n: 1 } } }, { DeleteRequest: { Key: { pk: 'd' } } }],
    })
    ask(world, 'DeleteItem', { Key: { pk: 'c' } })
    expect(names(everything(world)).sort()).toEqual(['INSERT', 'INSERT', 'INSERT', 'MODIFY', 'MODIFY', 'REMOVE'])
  })

  test('a write whose condition fails, or that is refused, is no record', () => {
    const world = streamLab()
    put(world, { pk: 'a' })
    ask(world, 'PutItem', { Item: { pk: 'a', n: 1 }, ConditionExpression: 'attribute_not_exists(pk)' })
    ask(world, 'PutItem', { Item: { n: 1 } })
    expect(names(everything(world))).toEqual(['INSERT'])
  })

  const update = (view: string): StreamRecord['dynamodb'] => {
    const world = streamLab(view, { range: 'N' })
    put(world, { pk: 'k', sk: 7, a: 1 })
    ask(world, 'UpdateItem', {
      Key: { pk: 'k', sk: 7 },
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': 2 },
    })
    return everything(world)[1].dynamodb
  }
  const [keys, old, next] = [
    { pk: 'k', sk: 7 },
    { pk: 'k', sk: 7, a: 1 },
    { pk: 'k', sk: 7, a: 2 },
  ]

  test('KEYS_ONLY has the keys and no image; another word is refused [N.STREAMS-06]', () => {
    expect(update('KEYS_ONLY')).toMatchObject({ Keys: keys, StreamViewType: 'KEYS_ONLY', SizeBytes: 7 })
    expect(Object.keys(update('KEYS_ONLY'))).not.toContain('NewImage')
    expect(Object.keys(update('KEYS_ONLY'))).not.toContain('OldImage')
    expect(() => streamLab('ALL')).toThrow(Refused)
  })

  test('NEW_IMAGE has the item after the change alone [N.STREAMS-07]', () => {
    expect(update('NEW_IMAGE')).toMatchObject({ Keys: keys, NewImage: next })
    expect(Object.keys(update('NEW_IMAGE'))).not.toContain('OldImage')
  })

  test('OLD_IMAGE has the item before the change alone [N.STREAMS-08]', () => {
    expect(update('OLD_IMAGE')).toMatchObject({ Keys: keys, OldImage: old })
    expect(Object.keys(update('OLD_IMAGE'))).not.toContain('NewImage')
  })

  test('NEW_AND_OLD_IMAGES has both [N.STREAMS-09, DDS-R2]', () => {
    expect(update('NEW_AND_OLD_IMAGES')).toMatchObject({ Keys: keys, NewImage: next, OldImage: old })
  })

  test('sizes are those that AWS gave: 20 bytes for a key of 10 with its image, 46 with both images, 70 for one of bytes', () => {
    const world = streamLab('NEW_AND_OLD_IMAGES', {
      properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
    })
    put(world, { id: 'id_value' })
    put(world, { id: 'id_value', id2: 'id2_new_value' })
    expect(everything(world).map(({ dynamodb }) => dynamodb.SizeBytes)).toEqual([20, 46])
  })

  test('an item whose size was set by hand is recorded with it', () => {
    const world = streamLab('NEW_IMAGE')
    ask(world, 'PutItem', { Item: { pk: 'a' }, ItemSize: 5000 })
    expect(everything(world)[0].dynamodb.SizeBytes).toBe(5003)
  })
})

describe('shards', () => {
  test('there is one for each partition, whatever the template says [N.STREAMS-02, DDS-R4]', () => {
    const world = streamLab('KEYS_ONLY', { write: 3000, read: 1 })
    const { partitions } = world.state<Table>('T').capacity
    expect(partitions.count).toBe(4)
    const shards = shardsOf(world)
    expect(shards).toHaveLength(4)
    for (let i = 0; i < 4; i++) put(world, { pk: keyOn(world, i) })
    expect(shards.map(({ ShardId }) => recordsOf(world, ShardId).length)).toEqual([1, 1, 1, 1])
    expect(() =>
      streamLab('KEYS_ONLY', { properties: { StreamSpecification: { StreamViewType: 'KEYS_ONLY', ShardCount: 2 } } }),
    ).toThrow(Refused)
  })

  test('a partition that splits closes its shard, and two children open; what comes then is in them alone [DDS-R4]', () => {
    const world = streamLab('KEYS_ONLY', { write: 100, read: 100 })
    put(world, { pk: 'k0' })
    ask(world, 'UpdateTable', { ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 1500 } })
    world.run(world.now + HOUR)
    const [parent, ...children] = shardsOf(world)
    expect(parent.SequenceNumberRange.EndingSequenceNumber).toBe(parent.SequenceNumberRange.StartingSequenceNumber)
    expect(children.map(({ ParentShardId }) => ParentShardId)).toEqual([parent.ShardId, parent.ShardId])
    for (const pk of ['k0', 'k1', 'k2', 'k3']) put(world, { pk, n: 1 })
    expect(recordsOf(world, parent.ShardId)).toHaveLength(1)
    expect(children.flatMap(({ ShardId }) => recordsOf(world, ShardId))).toHaveLength(4)
    // Whoever has read the parent is told that nothing follows.
    const { answer } = ask(world, 'GetRecords', { ShardIterator: iteratorOf(world, parent.ShardId) })
    expect([answer.Records.length, answer.NextShardIterator]).toEqual([1, null])
  })

  test('a stream is described by pages', () => {
    const world = streamLab('KEYS_ONLY', { write: 3000, read: 1 })
    const first = ask(world, 'DescribeStream', { Limit: 3 }).answer.StreamDescription
    const rest = ask(world, 'DescribeStream', { ExclusiveStartShardId: first.LastEvaluatedShardId }).answer
    expect(first.Shards).toHaveLength(3)
    expect(rest.StreamDescription.Shards).toHaveLength(1)
    expect(rest.StreamDescription.LastEvaluatedShardId).toBeUndefined()
    expect(first).toMatchObject({ StreamStatus: 'ENABLED', StreamViewType: 'KEYS_ONLY', TableName: 'T' })
  })
})

describe('reading', () => {
  test('the write does not wait for its record, which is there after the delay and not a microsecond before [DDS-R5]', () => {
    const world = streamLab('KEYS_ONLY', single({ StreamDelay: '50ms', GetRecordsLatency: '0ms' }))
    const [{ ShardId }] = shardsOf(world)
    const start = world.now
    put(world, { pk: 'a' })
    expect(world.now).toBe(start + MS)
    const there = (at: number): number => {
      world.run(at)
      return recordsOf(world, ShardId).length
    }
    expect(there(start + 50 * MS - 1)).toBe(0)
    expect(there(start + 50 * MS)).toBe(1)
  })

  test('records do not overtake each other, whatever each one’s delay', () => {
    const world = streamLab('KEYS_ONLY', single({ StreamDelay: 'exponential(1s)' }))
    for (let i = 0; i < 50; i++) put(world, { pk: `k${i}` })
    world.run(world.now + MINUTE)
    expect(everything(world).map(({ dynamodb }) => dynamodb.Keys['pk'])).toEqual(
      Array.from({ length: 50 }, (_, i) => `k${i}`),
    )
  })

  test('an answer has at most 1,000 records or 1 MB, and the next iterator goes on behind it [DDS-R6]', () => {
    const world = streamLab('NEW_IMAGE', single())
    for (let i = 0; i < 1001; i++) put(world, { pk: `k${i}` })
    const [{ ShardId }] = shardsOf(world)
    const first = ask(world, 'GetRecords', { ShardIterator: iteratorOf(world, ShardId) }).answer
    expect(first.Records).toHaveLength(1000)
    expect(ask(world, 'GetRecords', { ShardIterator: first.NextShardIterator }).answer.Records).toHaveLength(1)
    const large = streamLab('NEW_IMAGE', single())
    for (let i = 0; i < 5; i++) {
      ask(large, 'PutItem', { Item: { pk: `k${i}` }, ItemSize: 300_000 })
      large.run(large.now + SECOND)
    }
    expect(everything(large)).toHaveLength(3)
    expect(ask(world, 'GetRecords', { ShardIterator: first.NextShardIterator, Limit: 1001 }).status).toBe(
      'ValidationException',
    )
  })

  test('an iterator begins at the oldest record, behind the newest, at a record or behind it [DDS-R6]', () => {
    const world = streamLab('KEYS_ONLY', single())
    for (let i = 0; i < 4; i++) put(world, { pk: `k${i}` })
    const [{ ShardId }] = shardsOf(world)
    const SequenceNumber = recordsOf(world, ShardId)[1].dynamodb.SequenceNumber
    const from = (ShardIteratorType: string): unknown[] =>
      recordsOf(world, ShardId, { ShardIteratorType, SequenceNumber }).map(({ dynamodb }) => dynamodb.Keys['pk'])
    expect(from('TRIM_HORIZON')).toEqual(['k0', 'k1', 'k2', 'k3'])
    expect(from('LATEST')).toEqual([])
    expect(from('AT_SEQUENCE_NUMBER')).toEqual(['k1', 'k2', 'k3'])
    expect(from('AFTER_SEQUENCE_NUMBER')).toEqual(['k2', 'k3'])
    expect(ask(world, 'GetShardIterator', { ShardId, ShardIteratorType: 'AT_TIMESTAMP' }).status).toBe(
      'ValidationException',
    )
  })

  test('an iterator can be used for 15 minutes and not a millisecond longer [DDS-R6]', () => {
    const world = streamLab('KEYS_ONLY', { assumptions: { GetRecordsLatency: '0ms' } })
    const [{ ShardId }] = shardsOf(world)
    const ShardIterator = iteratorOf(world, ShardId)
    const start = world.now
    world.run(start + 15 * MINUTE)
    expect(ask(world, 'GetRecords', { ShardIterator }).status).toBe('OK')
    world.run(start + 15 * MINUTE + MS)
    expect(ask(world, 'GetRecords', { ShardIterator }).status).toBe('ExpiredIteratorException')
  })

  test('records are kept for 24 hours; who asks for older ones is told that they are gone [DDS-R1, DDS-R6, N.STREAMS-05]', () => {
    const world = streamLab('KEYS_ONLY', single({ GetRecordsLatency: '0ms', PutItemLatency: '0ms' }))
    const [{ ShardId }] = shardsOf(world)
    put(world, { pk: 'old' })
    const start = world.now
    world.run(start + 1)
    put(world, { pk: 'new' })
    const SequenceNumber = recordsOf(world, ShardId)[0].dynamodb.SequenceNumber
    world.run(start + DAY)
    expect(recordsOf(world, ShardId)).toHaveLength(2)
    world.run(start + DAY + 1)
    expect(recordsOf(world, ShardId)).toHaveLength(1)
    expect(
      ask(world, 'GetShardIterator', { ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber }).status,
    ).toBe('TrimmedDataAccessException')
    const ShardIterator = `0/0/${Math.floor(world.now / MS)}`
    expect(ask(world, 'GetRecords', { ShardIterator })).toMatchObject({
      status: 'TrimmedDataAccessException',
      answer: { Missed: 1 },
    })
  })

  test('two read a shard, a third is refused until one of them has not read for a second [DDS-R7]', () => {
    const shared = streamLab('KEYS_ONLY')
    expect(shared.state<Table>('T').streams.readersMax).toBe(2)
    const world = lab(
      {
        T: tablePart({ properties: { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } } }),
      },
      { probe: ['GetShardIterator', 'GetRecords'].map((name) => ['T', `dynamodb:${name}`] as const) },
    )
    const { streams, sim } = world.state<Table>('T')
    const shard = [...streams.shards.values()][0]
    const calls = [1, 2, 3].map((replyTo) => {
      const call = sim.calls.open(0, replyTo, 0, 0, 0)
      return () => streams.admit(shard, call, streams.readerUntil)
    })
    expect([calls[0](), calls[1](), calls[0](), calls[2]()]).toEqual([true, true, true, false])
    world.run(SECOND)
    expect(calls[2]()).toBe(false)
    world.run(SECOND + 1)
    expect(calls[2]()).toBe(true)
  })

  test('what is read is counted by stream', () => {
    const world = streamLab('KEYS_ONLY')
    for (const pk of ['aa', 'bb']) put(world, { pk })
    everything(world)
    world.run(world.now + MINUTE)
    const by = { TableName: 'T', Operation: 'GetRecords', StreamLabel: '2026-01-05T00:00:00.000' }
    expect([world.sum('T', 'ReturnedRecordsCount', by), world.sum('T', 'ReturnedBytes', by)]).toEqual([2, 8])
  })

  test('a wait is answered when a poll would have found something, and costs nothing before', () => {
    const world = streamLab('KEYS_ONLY', single({ PutItemLatency: '0ms' }))
    const [{ ShardId }] = shardsOf(world)
    const ShardIterator = iteratorOf(world, ShardId)
    const start = world.now
    let at = 0
    world.call('T', 'dynamodb:AwaitRecords', { ShardIterator, Every: 250 * MS }, 0, (answer) => (at = answer.at))
    world.run(start + SECOND)
    const { steps } = world.world.kernel
    world.run(start + DAY + 100 * MS)
    expect(world.world.kernel.steps).toBe(steps)
    put(world, { pk: 'a' })
    world.run(start + DAY + SECOND)
    expect(at).toBe(start + DAY + 250 * MS)
    for (const Every of [undefined, -1, 0.5, 'soon'])
      expect(ask(world, 'AwaitRecords', { ShardIterator, Every }).status).not.toBe('OK')
  })

  test.each([
    [
      'DescribeStream',
      { StreamArn: 'arn:aws:dynamodb:us-east-1:111111111111:table/x/stream/9' },
      'ResourceNotFoundException',
    ],
    ['DescribeStream', { Limit: 0 }, 'ValidationException'],
    ['GetShardIterator', { ShardId: 'shardId-9', ShardIteratorType: 'LATEST' }, 'ResourceNotFoundException'],
    ['GetRecords', {}, 'ValidationException'],
    ['GetRecords', { ShardIterator: { a: 1 } }, 'ValidationException'],
    ['GetRecords', { ShardIterator: '0/-1/0' }, 'ResourceNotFoundException'],
    ['GetRecords', { ShardIterator: '77/0/0' }, 'ResourceNotFoundException'],
    ['GetRecords', { ShardIterator: '0/1e9/0/4' }, 'ValidationException'],
  ] as readonly (readonly [Operation, object, string])[])('%s %j: %s', (operation, body, status) => {
    expect(ask(streamLab('KEYS_ONLY'), operation, body).status).toBe(status)
  })
})

describe('switching', () => {
  const on = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }
  const off = { StreamSpecification: { StreamEnabled: false } }
  const update = (world: Lab, body: unknown): string => {
    const { status } = ask(world, 'UpdateTable', body)
    world.run(world.now + HOUR)
    return status
  }

  test('a stream is switched on and off while the table runs; on twice and off twice are refused; another view is another stream [DDS-R2]', () => {
    const world = tableLab()
    expect(ask(world, 'ListStreams', {}).answer.Streams).toEqual([])
    expect(ask(world, 'DescribeStream', {}).status).toBe('ResourceNotFoundException')
    expect(update(world, off)).toBe('ValidationException')
    expect(update(world, on)).toBe('OK')
    expect(update(world, on)).toBe('ResourceInUseException')
    const first = ask(world, 'DescribeTable', {}).answer.Table
    expect(first.StreamSpecification).toEqual(on.StreamSpecification)
    expect(update(world, off)).toBe('OK')
    expect(update(world, { StreamSpecification: { StreamEnabled: true, StreamViewType: 'ALL' } })).toBe(
      'ValidationException',
    )
    expect(update(world, { StreamSpecification: { StreamEnabled: true, StreamViewType: 'OLD_IMAGE' } })).toBe('OK')
    const second = ask(world, 'DescribeTable', {}).answer.Table
    expect(second.LatestStreamArn).not.toBe(first.LatestStreamArn)
    expect(ask(world, 'ListStreams', {}).answer.Streams).toHaveLength(2)
  })

  test('what a stream holds when it is switched off can be read for 24 hours more [DDS-R8]', () => {
    const world = streamLab('KEYS_ONLY', { assumptions: { GetRecordsLatency: '0ms' } })
    put(world, { pk: 'a' })
    const { StreamArn } = ask(world, 'ListStreams', {}).answer.Streams[0]
    const ended = world.now
    ask(world, 'UpdateTable', off)
    put(world, { pk: 'b' })
    const [{ ShardId }] = shardsOf(world, StreamArn)
    expect(ask(world, 'DescribeStream', { StreamArn }).answer.StreamDescription.StreamStatus).toBe('DISABLED')
    const { answer } = ask(world, 'GetRecords', { ShardIterator: iteratorOf(world, ShardId) })
    expect([answer.Records.length, answer.NextShardIterator]).toEqual([1, null])
    world.run(ended + DAY)
    expect(ask(world, 'DescribeStream', { StreamArn }).status).toBe('OK')
    world.run(ended + DAY + MINUTE)
    expect(ask(world, 'DescribeStream', { StreamArn }).status).toBe('ResourceNotFoundException')
  })
})

describe('of any changes', () => {
  const change = fc.record({
    key: fc.integer({ min: 0, max: 5 }),
    value: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
    split: fc.integer({ min: 0, max: 19 }),
  })

  test('the records are what a naive log says, in the order of each item, in shards that partition the hashes', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 60 }),
        fc.constantFrom('0ms', 'exponential(300ms)'),
        (changes, delay) => {
          const world = streamLab('NEW_AND_OLD_IMAGES', { assumptions: { StreamDelay: delay } })
          const table = world.state<Table>('T')
          const items = new Map<string, Item>()
          const expected: string[] = []
          for (const { key, value, split } of changes) {
            const pk = `k${key}`
            const before = items.get(pk)
            const after = value === undefined ? undefined : { pk, value }
            if (after === undefined) ask(world, 'DeleteItem', { Key: { pk } })
            else put(world, after)
            if (after === undefined) items.delete(pk)
            else items.set(pk, after)
            if (before !== undefined || after !== undefined)
              if (before === undefined || after === undefined || !equalValues(before, after))
                expected.push(JSON.stringify([before, after]))
            if (split !== 0) continue
            const { partitions } = table.capacity
            const i = partitions.of(hashKey(pk))
            const middle = Math.floor((partitions.start[i] + partitions.endOf(i)) / 2)
            partitions.split(i, middle, 0, world.now)
            table.streams.split(i)
          }
          table.capacity.partitions.bytes.fill(0)
          table.capacity.partitions.bytes[0] = table.bytes
          world.run(world.now + HOUR)
          // Parents first: shards are listed in the order in which they came.
          const seen = everything(world)
          const text = ({ dynamodb }: StreamRecord): string => JSON.stringify([dynamodb.OldImage, dynamodb.NewImage])
          const sorted = [...seen].sort((a, b) => (a.dynamodb.SequenceNumber < b.dynamodb.SequenceNumber ? -1 : 1))
          expect(sorted.map(text)).toEqual(expected)
          for (const pk of items.keys()) {
            const own = seen.filter(({ dynamodb }) => dynamodb.Keys['pk'] === pk).map(({ eventID }) => eventID)
            expect(own).toEqual([...own].sort())
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
