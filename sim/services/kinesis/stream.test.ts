// A stream's writes: where records go, what a shard takes, what is refused; and the life of records and of the stream.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_START } from '../../parts/calendar.ts'
import { DAY, HOUR, lab, MINUTE, MS, Refused, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import { hashKeyOf, SPACE } from './hash-keys.ts'
import { stream } from './stream.ts'
import type { Stream } from './stream-state.ts'
import { streamConsumer } from './stream-consumer.ts'

const probe = Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const)

function world(
  properties: Record<string, unknown> = {},
  options: LabOptions = {},
  consumers: readonly string[] = [],
): Lab {
  const more = Object.fromEntries(
    consumers.map((name) => [name, { def: streamConsumer, properties: { ConsumerName: name, StreamARN: 'S' } }]),
  )
  return lab({ S: { def: stream, properties }, ...more }, { probe, ...options })
}

const ask = (l: Lab, action: string, body: object = {}) => l.ask('S', `kinesis:${action}`, body)
const put = (l: Lab, key: string, more: object = {}) => ask(l, 'PutRecord', { PartitionKey: key, Data: 'x', ...more })
const state = (l: Lab): Stream => l.state<Stream>('S')
const shardNumber = (answer: { ShardId: string }): number => Number(answer.ShardId.slice(-12))

/** Puts records of a size evenly over time; answers how many were taken in each second. */
function load(
  l: Lab,
  perSecond: number,
  bytes: number,
  seconds: number,
  key: (i: number) => string = () => 'k',
): number[] {
  const taken: number[] = []
  for (let second = 0; second < seconds; second++) {
    const before = state(l).written
    for (let i = 0; i < perSecond; i++) {
      l.run(second * SECOND + Math.floor((i * SECOND) / perSecond))
      l.call('S', 'kinesis:PutRecord', { PartitionKey: key(i), Data: '', DataSize: bytes - key(i).length })
    }
    l.run((second + 1) * SECOND - 1)
    taken.push(state(l).written - before)
  }
  return taken
}

/** Reads a shard from a position on to where nothing more comes. */
function readAll(l: Lab, shard: number, start: object = { ShardIteratorType: 'TRIM_HORIZON' }): any[] {
  const records: any[] = []
  let iterator = ask(l, 'GetShardIterator', { ShardId: `shardId-${String(shard).padStart(12, '0')}`, ...start }).answer
    .ShardIterator as string | null
  for (;;) {
    l.run(l.now + 250 * MS)
    const { answer, status } = ask(l, 'GetRecords', { ShardIterator: iterator })
    expect(status).toBe('OK')
    records.push(...answer.Records)
    iterator = answer.NextShardIterator
    if (iterator === null || (answer.Records.length === 0 && answer.MillisBehindLatest === 0)) return records
  }
}

describe('where a record goes', () => {
  it('is decided by the MD5 of its partition key alone, or by its explicit hash key [KIN-V2, KIN-V3, KIN-01, KIN-02, N.KINESIS-20]', () => {
    const three = world({ ShardCount: 3 })
    expect(['a', 'b', 'e', 'f'].map((key) => shardNumber(put(three, key).answer))).toEqual([0, 1, 2, 1])
    const third = SPACE / 3n
    const explicit = [SPACE - 1n, 2n * third - 1n, 2n * third]
    expect(explicit.map((hash) => shardNumber(put(three, 'a', { ExplicitHashKey: String(hash) }).answer))).toEqual([
      2, 1, 2,
    ])
    const four = world({ ShardCount: 4 })
    expect(['user-42', 'test', 'key1', 'partitionKey-03'].map((key) => shardNumber(put(four, key).answer))).toEqual([
      1, 0, 3, 2,
    ])
  })

  it('is one shard of equal ones, with ids from 0 on [KIN-03, KIN-04, N.KINESIS-09]', () => {
    const l = world({ ShardCount: 4, DesiredShardLevelMetrics: ['ALL'] })
    const { Shards: shards } = ask(l, 'ListShards').answer
    expect(shards.map((shard: any) => shard.ShardId)).toEqual([0, 1, 2, 3].map((i) => `shardId-00000000000${i}`))
    expect(shards[3].HashKeyRange.EndingHashKey).toBe(String(SPACE - 1n))
    put(l, 'user-42')
    l.finish()
    const incoming = [0, 1, 2, 3].map((i) => l.sum('S', 'IncomingRecords', { ShardId: `shardId-00000000000${i}` }))
    expect(incoming).toEqual([0, 1, 0, 0])
    expect(l.sum('S', 'IncomingRecords')).toBe(1)
  })

  it('spreads distinct keys evenly, and keeps one key at one shard [N.KINESIS-20, N.KINESIS-21]', () => {
    const l = world({ ShardCount: 4 })
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 10_000; i++) {
      const shard = state(l).shardFor(state(l).hashes.of(`user-${i}`))
      counts[shard.number]!++
      expect(hashKeyOf(`user-${i}`) >= shard.range.start && hashKeyOf(`user-${i}`) <= shard.range.end).toBe(true)
    }
    for (const count of counts) expect(Math.abs(count - 2500)).toBeLessThan(150)
    const shards = new Set(Array.from({ length: 100 }, () => put(l, 'k').answer.ShardId))
    expect(shards.size).toBe(1)
  })

  it('needs a key of 1 to 256 characters, data, and a hash key within the space [KIN-01, KIN-02, N.KINESIS-19]', () => {
    const l = world()
    expect(ask(l, 'PutRecord', { Data: 'x' })).toMatchObject({ status: 'ValidationException', http: 400 })
    expect(ask(l, 'PutRecord', { PartitionKey: 'k' }).status).toBe('ValidationException')
    expect(put(l, '').status).toBe('ValidationException')
    expect(put(l, '😀'.repeat(256)).status).toBe('OK')
    expect(put(l, 'k'.repeat(257)).status).toBe('ValidationException')
    expect(put(l, 'k', { ExplicitHashKey: String(SPACE - 1n) }).status).toBe('OK')
    expect(put(l, 'k', { ExplicitHashKey: String(SPACE) })).toMatchObject({
      status: 'InvalidArgumentException',
      http: 400,
    })
    expect(put(l, 'k', { ExplicitHashKey: 'abc' }).status).toBe('ValidationException')
    expect(put(l, 'k').answer).toMatchObject({ ShardId: 'shardId-000000000000' })
    expect(put(l, 'k').answer.SequenceNumber).toMatch(/^\d{56}$/)
  })
})

describe('a shard takes', () => {
  it('1,000 records a second after a second’s worth of burst, and refuses the others [KIN-V7, KIN-20, KIN-21, N.KINESIS-14, N.KINESIS-24]', () => {
    const l = world()
    const taken = load(l, 1500, 100, 5)
    // The last of the 3,000 comes 667 µs before the token that it needs.
    expect(taken).toEqual([1500, 1499, 1000, 1000, 1000])
    expect(state(l).refused).toBe(1501)
    expect(
      l.answers.filter(({ status }) => status === 'ProvisionedThroughputExceededException').length,
    ).toBeGreaterThan(1400)
    l.finish()
    expect(l.sum('S', 'WriteProvisionedThroughputExceeded')).toBe(1501)
  })

  it('1 MiB a second, keys included [KIN-20, N.KINESIS-13]', () => {
    const l = world()
    const taken = load(l, 30, 50 * 1024, 8)
    expect(taken[0]).toBe(30)
    for (const count of taken.slice(3)) expect(Math.abs(count - 20.48)).toBeLessThan(1)
    const exact = world()
    expect(put(exact, 'k', { DataSize: 1_048_575 }).status).toBe('OK')
    expect(put(exact, 'k', { DataSize: 1 }).status).toBe('OK')
    exact.run(exact.now + 1)
    expect(state(exact).written).toBe(2)
  })

  it('a large record from its burst, once: then nothing until it has made up for it [KIN-21, KIN-22]', () => {
    const l = world({ MaxRecordSizeInKiB: 10_240 })
    const large = 3 * 1_048_576 - 1
    expect(put(l, 'k', { DataSize: large }).status).toBe('OK')
    // 3 MiB taken of a bucket of 1 MiB: a debt of 2 MiB, and what a byte needs beyond it.
    l.run(2 * SECOND)
    expect(put(l, 'k', { DataSize: 100 }).status).toBe('ProvisionedThroughputExceededException')
    l.run(2 * SECOND + 100 * MS)
    expect(put(l, 'k', { DataSize: 100 }).status).toBe('OK')
  })

  it('records up to the size that the stream is set to: 1 MiB, or up to 10 [KIN-22]', () => {
    const l = world()
    expect(put(l, 'k', { DataSize: 1_048_575 }).status).toBe('OK')
    expect(put(l, 'k', { DataSize: 1_048_576 }).status).toBe('ValidationException')
    const large = world({ MaxRecordSizeInKiB: 10_240 })
    expect(put(large, 'k', { DataSize: 10 * 1_048_576 - 1 }).status).toBe('OK')
    expect(put(large, 'k', { DataSize: 10 * 1_048_576 }).status).toBe('ValidationException')
    expect(() => world({ MaxRecordSizeInKiB: 10_241 })).toThrow(Refused)
    expect(() => world({ MaxRecordSizeInKiB: 1023 })).toThrow(Refused)
    expect(() => world({ MaxRecordSizeInKiB: 2048 }, { profile: 'notes-2020' })).toThrow(Refused)
  })

  it('never more than its limits and a second of burst in any window, whatever comes', () => {
    const arrivals = fc.array(
      fc.record({
        gap: fc.integer({ min: 0, max: 400_000 }),
        bytes: fc.integer({ min: 1, max: 400_000 }),
        times: fc.integer({ min: 1, max: 600 }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(arrivals, (list) => {
        const l = world()
        const taken: { at: number; count: number; bytes: number }[] = []
        for (const { gap, bytes, times } of list) {
          l.run(l.now + gap)
          const before = state(l).written
          const size = times > 20 ? 10 : bytes
          for (let i = 0; i < times; i++)
            l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: '', DataSize: size - 1 })
          l.run(l.now)
          const count = state(l).written - before
          taken.push({ at: l.now, count, bytes: count * size })
        }
        for (let from = 0; from < taken.length; from++) {
          let count = 0
          let bytes = 0
          for (let to = from; to < taken.length; to++) {
            count += taken[to]!.count
            bytes += taken[to]!.bytes
            const seconds = (taken[to]!.at - taken[from]!.at) / SECOND
            expect(count).toBeLessThanOrEqual(1000 * (seconds + 1) + 1e-6)
            expect(bytes).toBeLessThanOrEqual(1_048_576 * (seconds + 1) + 1e-6)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('what it takes whatever others have left: a hot key is refused while the stream has room [N.KINESIS-23]', () => {
    const l = world({ ShardCount: 4 })
    const taken = load(l, 2000, 100, 4, (i) => (i % 10 === 0 ? `other-${i}` : 'hot'))
    expect(taken[3]).toBeLessThan(1250)
    const hot = state(l).shardFor(hashKeyOf('hot'))
    expect(state(l).shards.get(hot.number)!.refused).toBe(state(l).refused)
    for (const shard of state(l).open) if (shard !== hot) expect(shard.log.next / 4).toBeLessThan(100)
  })
})

describe('the formula of sizes', () => {
  it('asks for six shards for 2 KiB 3,000 times a second: five refuse some, six none [KIN-V6]', () => {
    const refused = (shards: number): number => {
      const l = world({ ShardCount: shards })
      for (let i = 0; i < 3000 * 8; i++) {
        l.run(Math.floor((i * SECOND) / 3000))
        const hash = String((SPACE / BigInt(shards)) * BigInt(i % shards))
        l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', ExplicitHashKey: hash, Data: '', DataSize: 2047 })
      }
      l.run(8 * SECOND)
      return state(l).refused
    }
    expect(refused(5)).toBeGreaterThan(900)
    expect(refused(6)).toBe(0)
  })
})

describe('PutRecords', () => {
  const batch = (count: number, more: object = {}): object => ({
    Records: Array.from({ length: count }, (_, i) => ({ PartitionKey: `k${i}`, Data: `${i}`, ...more })),
  })

  it('answers each record by itself, in their order; those that were refused are to be sent again [KIN-23, N.KINESIS-16]', () => {
    const l = world()
    const answers = [500, 500, 500].map((count) => batch(count)).map((body) => ask(l, 'PutRecords', body))
    expect(answers.map(({ status }) => status)).toEqual(['OK', 'OK', 'OK'])
    expect(answers[0]!.answer.FailedRecordCount).toBe(0)
    const { FailedRecordCount: failed, Records: records } = answers[2]!.answer
    expect(failed).toBeGreaterThan(450)
    expect(records.filter((record: any) => record.ErrorCode === 'ProvisionedThroughputExceededException')).toHaveLength(
      failed,
    )
    expect(records.filter((record: any) => record.SequenceNumber !== undefined)).toHaveLength(500 - failed)
    const written = readAll(l, 0)
    expect(written[3]).toMatchObject({
      Data: '3',
      PartitionKey: 'k3',
      SequenceNumber: answers[0]!.answer.Records[3].SequenceNumber,
    })
    l.finish()
    expect(l.sum('S', 'PutRecords.TotalRecords')).toBe(1500)
    expect(l.sum('S', 'PutRecords.ThrottledRecords')).toBe(failed)
    expect(l.sum('S', 'PutRecords.SuccessfulRecords')).toBe(1500 - failed)
    expect(l.sum('S', 'PutRecords.Success')).toBe(3)
  })

  it('takes 500 records and 10 MiB, 5 MiB in 2020, and not one more [KIN-22, N.KINESIS-16]', () => {
    const l = world({ ShardCount: 20 })
    expect(ask(l, 'PutRecords', batch(500)).status).toBe('OK')
    expect(ask(l, 'PutRecords', batch(501)).status).toBe('ValidationException')
    expect(ask(l, 'PutRecords', batch(0)).status).toBe('ValidationException')
    expect(ask(l, 'PutRecords', batch(10, { DataSize: 1_048_574 })).status).toBe('OK')
    expect(ask(l, 'PutRecords', batch(11, { DataSize: 1_000_000 })).status).toBe('InvalidArgumentException')
    const then = world({ ShardCount: 20 }, { profile: 'notes-2020' })
    expect(ask(then, 'PutRecords', batch(5, { DataSize: 1_048_574 })).status).toBe('OK')
    expect(ask(then, 'PutRecords', batch(6, { DataSize: 1_048_574 })).status).toBe('InvalidArgumentException')
  })
})

describe('records', () => {
  it('rise in their shard, in the order in which they came, whatever number they ask to follow [KIN-10, KIN-12, N.KINESIS-05, N.KINESIS-17, N.KINESIS-22, N.KINESIS-29]', () => {
    const l = world({ ShardCount: 2 })
    let last = put(l, 'test').answer.SequenceNumber
    for (let i = 0; i < 40; i++) {
      put(l, 'key1', { Data: `b${i}` })
      const { SequenceNumber } = put(l, 'test', { Data: `a${i}`, SequenceNumberForOrdering: last }).answer
      expect(BigInt(SequenceNumber) > BigInt(last)).toBe(true)
      last = SequenceNumber
    }
    const [a, b] = [readAll(l, 0), readAll(l, 1)]
    expect(a.slice(1).map(({ Data }) => Data)).toEqual(Array.from({ length: 40 }, (_, i) => `a${i}`))
    expect(b.map(({ Data }) => Data)).toEqual(Array.from({ length: 40 }, (_, i) => `b${i}`))
    const from = { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: a[7].SequenceNumber }
    expect(readAll(l, 0, from)[0]).toEqual(a[7])
    expect(readAll(l, 0, { ...from, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' })[0]).toEqual(a[8])
    expect(put(l, 'test', { SequenceNumberForOrdering: 'x' }).status).toBe('InvalidArgumentException')
  })

  it('carry the time at which they came, and are there at once [KIN-25]', () => {
    const l = world()
    l.run(1_234_567)
    const before = l.now
    const { at } = put(l, 'k')
    expect(at - before).toBe(10 * MS)
    const [record] = readAll(l, 0)
    expect(record.ApproximateArrivalTimestamp).toBe((DEFAULT_START + 1_234_000) / SECOND)
  })

  it('can be read again and again, by as many as like, and none can be deleted [KIN-26, KIN-35, N.KINESIS-10, N.KINESIS-11, N.KINESIS-12, N.KINESIS-27]', () => {
    const l = world()
    for (let i = 0; i < 300; i++) put(l, 'k', { Data: i })
    const first = readAll(l, 0)
    expect(first).toHaveLength(300)
    expect(readAll(l, 0)).toEqual(first)
    const at = first[100].ApproximateArrivalTimestamp
    expect(readAll(l, 0, { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: at })[0].Data).toBe(100)
    expect(Object.keys(stream.ops).filter((action) => /Delete.*Record/.test(action))).toEqual([])
  })

  it('are gone at the end of the retention, not a µs earlier: 24 hours unless it is set [KIN-26, N.KINESIS-06, N.KINESIS-30]', () => {
    const l = world()
    put(l, 'k')
    l.run(DAY - 2 * SECOND)
    expect(readAll(l, 0)).toHaveLength(1)
    l.run(DAY + 1 * SECOND)
    expect(readAll(l, 0)).toHaveLength(0)
    expect(state(l)).toMatchObject({ written: 1, kept: 0, expired: 1 })
    const edge = world()
    edge.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: 'x' })
    edge.run(DAY)
    state(edge).trimAll()
    expect(state(edge).kept).toBe(1)
    edge.run(DAY + 1)
    state(edge).trimAll()
    expect(state(edge).kept).toBe(0)
  })

  it('are kept for 24 hours to a year, to seven days in 2020 [KIN-26, N.KINESIS-06]', () => {
    const then = (hours: number) => () => world({ RetentionPeriodHours: hours }, { profile: 'notes-2020' })
    expect(then(168)).not.toThrow()
    expect(then(169)).toThrow(Refused)
    expect(then(23)).toThrow(Refused)
    expect(() => world({ RetentionPeriodHours: 8760 })).not.toThrow()
    expect(() => world({ RetentionPeriodHours: 8761 })).toThrow(Refused)
  })

  it('that are gone do not come back when the retention is raised [KIN-26]', () => {
    const l = world()
    put(l, 'k', { Data: 'old' })
    l.run(12 * HOUR)
    put(l, 'k', { Data: 'new' })
    l.run(25 * HOUR)
    expect(ask(l, 'IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 48 }).status).toBe('OK')
    l.run(35 * HOUR)
    expect(readAll(l, 0).map(({ Data }) => Data)).toEqual(['new'])
    expect(ask(l, 'IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 47 }).status).toBe(
      'InvalidArgumentException',
    )
    expect(ask(l, 'DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 23 }).status).toBe(
      'InvalidArgumentException',
    )
    expect(ask(l, 'DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 24 }).status).toBe('OK')
    l.run(36 * HOUR + SECOND)
    expect(readAll(l, 0)).toEqual([])
  })

  it('nobody reads stay until the end of the retention [N.KINESIS-25]', () => {
    const l = world()
    for (let i = 0; i < 10; i++) put(l, 'k')
    l.run(23 * HOUR)
    l.finish()
    expect(state(l).kept).toBe(10)
    expect(l.sum('S', 'GetRecords.Records')).toBe(0)
  })

  it('survive the loss of one and of two zones, and are lost with three [N.KINESIS-02]', () => {
    const outage = (zones: number): Lab => {
      const fault = {
        at: SECOND,
        until: 5 * SECOND,
        fault: 'sim:kinesis:zone-outage',
        target: 'S',
        params: { Zones: zones },
      }
      const l = world({}, { faults: [fault] })
      put(l, 'k', { Data: 'before' })
      l.run(2 * SECOND)
      return l
    }
    for (const zones of [1, 2]) {
      const l = outage(zones)
      expect(put(l, 'k', { Data: 'during' }).status).toBe('OK')
      expect(readAll(l, 0).map(({ Data }) => Data)).toEqual(['before', 'during'])
    }
    const l = outage(3)
    expect(put(l, 'k')).toMatchObject({ status: 'InternalFailure', http: 500 })
    l.run(6 * SECOND)
    expect(readAll(l, 0)).toEqual([])
    expect(put(l, 'k').status).toBe('OK')
  })

  it('of a second’s ingest are read within a poll: 10,000 a second on ten shards [N.KINESIS-04]', () => {
    const l = world({ ShardCount: 10 })
    for (let second = 0; second < 3; second++)
      for (let i = 0; i < 1000; i++) {
        l.run(second * SECOND + i * MS)
        for (let j = 0; j < 10; j++)
          l.call('S', 'kinesis:PutRecord', {
            PartitionKey: 'k',
            ExplicitHashKey: String((SPACE / 10n) * BigInt(j)),
            Data: '',
            DataSize: 99,
          })
      }
    l.run(3 * SECOND)
    expect(state(l)).toMatchObject({ written: 30_000, refused: 0 })
    for (let shard = 0; shard < 10; shard++) expect(readAll(l, shard)).toHaveLength(3000)
  })
})

describe('a stream', () => {
  it('is paid by the shard and the hour, whatever comes [N.KINESIS-07]', () => {
    const l = world({ ShardCount: 4 })
    l.run(DAY)
    expect((stream.report!(state(l)) as { shardHours: number }).shardHours).toBe(96)
  })

  it('cannot be written while it is made or deleted, and says so as AWS does [KIN-24, KIN-50]', () => {
    const l = world({ ShardCount: 2 })
    put(l, 'k')
    expect(ask(l, 'CreateStream', { ShardCount: 1 }).status).toBe('ResourceInUseException')
    expect(ask(l, 'DeleteStream').status).toBe('OK')
    expect(put(l, 'k')).toMatchObject({ status: 'ResourceNotFoundException', http: 400 })
    expect(ask(l, 'DescribeStreamSummary').answer.StreamDescriptionSummary.StreamStatus).toBe('DELETING')
    expect(ask(l, 'SplitShard', { ShardToSplit: '0', NewStartingHashKey: '9' }).status).toBe('ResourceInUseException')
    l.run(MINUTE)
    expect(ask(l, 'DescribeStream').status).toBe('ResourceNotFoundException')
    l.run(2 * MINUTE)
    const asked = l.now
    expect(ask(l, 'CreateStream', { ShardCount: 3 }).status).toBe('OK')
    expect(put(l, 'k').status).toBe('ResourceNotFoundException')
    l.run(asked + 30 * SECOND - 1)
    expect(ask(l, 'DescribeStreamSummary').answer.StreamDescriptionSummary).toMatchObject({ StreamStatus: 'CREATING' })
    l.run(asked + 31 * SECOND)
    expect(put(l, 'k').status).toBe('OK')
    expect(state(l).open.map(({ number }) => number)).toEqual([0, 1, 2])
  })

  it('lets each kind of request of the control plane through so often a second', () => {
    const l = world()
    for (const [action, limit] of [
      ['DescribeStream', 10],
      ['DescribeStreamSummary', 20],
      ['ListShards', 100],
    ] as const) {
      const statuses: string[] = []
      for (let i = 0; i <= limit; i++) l.call('S', `kinesis:${action}`, {}, 0, ({ status }) => statuses.push(status))
      l.run(l.now + 100 * MS)
      expect(statuses.filter((status) => status === 'OK')).toHaveLength(limit)
      expect(statuses.at(-1)).toBe('LimitExceededException')
      l.run(l.now + SECOND)
      expect(ask(l, action).status).toBe('OK')
    }
  })

  it('carries tags, fifty of them', () => {
    const l = world()
    ask(l, 'AddTagsToStream', { Tags: { b: '2', a: '1' } })
    ask(l, 'RemoveTagsFromStream', { TagKeys: ['b', 'c'] })
    expect(ask(l, 'ListTagsForStream').answer).toEqual({ Tags: [{ Key: 'a', Value: '1' }], HasMoreTags: false })
    expect(ask(l, 'AddTagsToStream', { Tags: { 'a;b': '1' } }).status).toBe('InvalidArgumentException')
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, '']))
    expect(ask(l, 'AddTagsToStream', { Tags: many }).status).toBe('InvalidArgumentException')
  })

  it('refuses shards by number while it is on demand, and there was no such mode in 2020 [N.KINESIS-31]', () => {
    const onDemand = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }
    expect(() => world({ ...onDemand, ShardCount: 2 })).toThrow(Refused)
    expect(() => world(onDemand, { profile: 'notes-2020' })).toThrow(Refused)
    expect(() => world(onDemand)).not.toThrow()
  })
})
