// A stream's readers: iterators, shared throughput, pollers that wait.
import { describe, expect, it } from 'vitest'
import { DEFAULT_START } from '../../parts/calendar.ts'
import { HOUR, lab, MINUTE, MS, SECOND, type Lab } from '../../../test/kit.ts'
import { SPACE } from './hash-keys.ts'
import { stream } from './stream.ts'

const MIB = 1_048_576
const SHARD = 'shardId-000000000000'

function world(properties: Record<string, unknown> = {}): Lab {
  const probe = Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const)
  return lab({ S: { def: stream, properties } }, { probe })
}

const ask = (l: Lab, action: string, body: object = {}) => l.ask('S', `kinesis:${action}`, body)
const put = (l: Lab, more: object = {}) => ask(l, 'PutRecord', { PartitionKey: 'k', Data: 'x', ...more })
const from = (l: Lab, type: string, more: object = {}) =>
  ask(l, 'GetShardIterator', { ShardId: SHARD, ShardIteratorType: type, ...more })
const records = (l: Lab, iterator: unknown, more: object = {}) =>
  ask(l, 'GetRecords', { ShardIterator: iterator, ...more })

/** Fills a shard with so many records of a MiB, as fast as it takes them. */
function fill(l: Lab, count: number, bytes = MIB - 1): void {
  for (let i = 0; i < count; i++) {
    put(l, { Data: i, DataSize: bytes })
    l.run(l.now + SECOND)
  }
}

describe('iterators', () => {
  it('begin at the oldest record, behind the newest, at or behind a number, or at a time [KIN-30, N.KINESIS-18, N.KINESIS-27]', () => {
    const l = world()
    const numbers: string[] = []
    for (let i = 0; i < 5; i++) {
      l.run(i * SECOND)
      numbers.push(put(l, { Data: i }).answer.SequenceNumber)
    }
    const first = (type: string, more: object = {}): unknown => {
      l.run(l.now + SECOND)
      return records(l, from(l, type, more).answer.ShardIterator).answer.Records[0]?.Data
    }
    expect(first('TRIM_HORIZON')).toBe(0)
    expect(first('LATEST')).toBeUndefined()
    expect(first('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[2] })).toBe(2)
    expect(first('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[2] })).toBe(3)
    const at = (second: number): number => (DEFAULT_START + second * SECOND) / SECOND
    expect(first('AT_TIMESTAMP', { Timestamp: at(3) })).toBe(3)
    expect(first('AT_TIMESTAMP', { Timestamp: at(2.5) })).toBe(3)
    expect(first('AT_TIMESTAMP', { Timestamp: at(-100) })).toBe(0)
    expect(from(l, 'AT_TIMESTAMP', { Timestamp: at(3600) }).status).toBe('InvalidArgumentException')
    expect(first('AT_TIMESTAMP', { Timestamp: '2026-01-05T00:00:01.5Z' })).toBe(2)
  })

  it('are refused for shards that there are not, and for numbers of other shards and streams [KIN-30]', () => {
    const l = world({ ShardCount: 2 })
    const number = put(l, { ExplicitHashKey: '0' }).answer.SequenceNumber
    expect(ask(l, 'GetShardIterator', { ShardId: 'shardId-000000000007', ShardIteratorType: 'LATEST' }).status).toBe(
      'ResourceNotFoundException',
    )
    expect(from(l, 'LATEST', { StartingSequenceNumber: number }).status).toBe('InvalidArgumentException')
    expect(from(l, 'AT_SEQUENCE_NUMBER').status).toBe('InvalidArgumentException')
    const other = {
      ShardId: 'shardId-000000000001',
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: number,
    }
    expect(ask(l, 'GetShardIterator', other).status).toBe('InvalidArgumentException')
    expect(from(l, 'SOMEWHERE').status).toBe('ValidationException')
    expect(records(l, 'nonsense').status).toBe('InvalidArgumentException')
    expect(records(l, '9:0:0').status).toBe('InvalidArgumentException')
  })

  it('are given out five times a second for a shard [KIN-30]', () => {
    const l = world()
    const statuses: string[] = []
    for (let i = 0; i < 6; i++)
      l.call('S', 'kinesis:GetShardIterator', { ShardId: SHARD, ShardIteratorType: 'LATEST' }, 0, ({ status }) =>
        statuses.push(status),
      )
    l.run(SECOND - 1)
    expect(statuses).toEqual(['OK', 'OK', 'OK', 'OK', 'OK', 'ProvisionedThroughputExceededException'])
    l.run(SECOND)
    expect(from(l, 'LATEST').status).toBe('OK')
  })

  it('are good for five minutes [KIN-V11, KIN-31]', () => {
    const used = (after: number): string => {
      const l = world()
      l.call('S', 'kinesis:GetShardIterator', { ShardId: SHARD, ShardIteratorType: 'LATEST' })
      l.run(100 * MS)
      l.run(after)
      return records(l, l.answers[0]!.answer.ShardIterator).status
    }
    expect(used(299.9 * SECOND)).toBe('OK')
    expect(used(300 * SECOND)).toBe('OK')
    expect(used(300 * SECOND + 1)).toBe('ExpiredIteratorException')
  })
})

describe('GetRecords', () => {
  it('returns up to the limit, 10,000 at most, and tells how far behind it is [KIN-32, KIN-34, KIN-70]', () => {
    const l = world({ ShardCount: 1 })
    for (let second = 0; second < 12; second++) {
      l.run(second * SECOND)
      for (let i = 0; i < 2; i++)
        l.call('S', 'kinesis:PutRecords', {
          Records: Array.from({ length: 500 }, () => ({ PartitionKey: 'k', Data: '' })),
        })
    }
    l.run(20 * SECOND)
    const { ShardIterator: iterator } = from(l, 'TRIM_HORIZON').answer
    expect(records(l, iterator, { Limit: 10_001 }).status).toBe('InvalidArgumentException')
    expect(records(l, iterator, { Limit: 0 }).status).toBe('InvalidArgumentException')
    const few = records(l, iterator, { Limit: 1500 })
    expect(few.answer.Records).toHaveLength(1500)
    // The 1,500th came at second 1; the call comes to the shard 10 ms before its answer.
    expect(few.answer.MillisBehindLatest).toBe(Math.floor((few.at - 10 * MS - SECOND) / 1000))
    const many = records(l, few.answer.NextShardIterator)
    expect(many.answer.Records).toHaveLength(10_000)
    const rest = records(l, many.answer.NextShardIterator)
    expect(rest.answer).toMatchObject({ MillisBehindLatest: 0 })
    expect(rest.answer.Records).toHaveLength(500)
    l.finish()
    expect(l.sum('S', 'GetRecords.Records')).toBe(12_000)
    const ages = l.points('S', 'GetRecords.IteratorAgeMilliseconds')
    expect(ages.reduce((max, point) => Math.max(max, point.max), 0)).toBe(few.at - 10 * MS - SECOND)
  })

  it('is let through five times in any second, by all readers together [KIN-V8, KIN-32, KIN-33]', () => {
    const l = world()
    const { ShardIterator: iterator } = from(l, 'LATEST').answer
    const start = l.now
    const passed: boolean[] = []
    for (let i = 0; i < 6; i++) {
      l.run(start + i * 100 * MS)
      l.call('S', 'kinesis:GetRecords', { ShardIterator: iterator }, 0, ({ status }) => passed.push(status === 'OK'))
    }
    l.run(start + 999 * MS)
    expect(passed).toEqual([true, true, true, true, true, false])
    l.call('S', 'kinesis:GetRecords', { ShardIterator: iterator }, 0, ({ status }) => passed.push(status === 'OK'))
    l.run(start + SECOND)
    l.call('S', 'kinesis:GetRecords', { ShardIterator: iterator }, 0, ({ status }) => passed.push(status === 'OK'))
    l.run(start + 2 * SECOND)
    expect(passed.slice(6)).toEqual([false, true])
    l.finish()
    expect(l.sum('S', 'ReadProvisionedThroughputExceeded')).toBe(2)
  })

  it('that returned 10 MiB is followed by five seconds without [KIN-V8, KIN-32, KIN-33]', () => {
    const l = world({ MaxRecordSizeInKiB: 10_240 })
    fill(l, 11)
    l.run(MINUTE)
    const { ShardIterator: iterator } = from(l, 'TRIM_HORIZON').answer
    const start = l.now
    const whole = records(l, iterator).answer
    expect(whole.Records).toHaveLength(10)
    const at = (time: number): string => {
      l.run(start + time)
      return records(l, whole.NextShardIterator).status
    }
    expect(at(200 * MS)).toBe('ProvisionedThroughputExceededException')
    expect(at(4.9 * SECOND)).toBe('ProvisionedThroughputExceededException')
    expect(at(5 * SECOND)).toBe('OK')
  })

  it('shares 2 MiB a second among readers: three fall behind where two keep up [KIN-33, KIN-35, N.KINESIS-15, N.KINESIS-26]', () => {
    /** Bytes a second that each reader gets of 1 MiB/s, and how far the last is behind after two minutes. */
    const run = (readers: number): { rates: number[]; behind: number; refused: number } => {
      const l = world()
      const size = 104_857
      const iterators = Array.from({ length: readers }, () => from(l, 'TRIM_HORIZON').answer.ShardIterator as string)
      const counts = iterators.map(() => 0)
      const start = l.now
      for (let tick = 0; tick < 1200; tick++) {
        l.run(start + tick * 100 * MS)
        l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: '', DataSize: size - 1 })
        // Each reader polls once a second, at moments that wander against each other.
        iterators.forEach((iterator, i) => {
          if ((tick * 10) % (97 + 3 * i) >= 10) return
          l.call('S', 'kinesis:GetRecords', { ShardIterator: iterator }, 0, ({ status, answer }) => {
            if (status !== 'OK') return
            iterators[i] = answer.NextShardIterator
            counts[i] += answer.Records.length
          })
        })
      }
      l.run(start + 120 * SECOND)
      l.finish()
      return {
        rates: counts.map((count) => (count * size) / 120 / MIB),
        behind: 120 - Math.min(...counts) / 10,
        refused: l.sum('S', 'ReadProvisionedThroughputExceeded'),
      }
    }
    const two = run(2)
    const three = run(3)
    expect(two).toMatchObject({ refused: 0 })
    expect(two.behind).toBeLessThan(3)
    expect(three.refused).toBeGreaterThan(20)
    expect(three.behind).toBeGreaterThan(20)
    expect(three.rates.reduce((sum, rate) => sum + rate, 0)).toBeLessThan(2.05)
  })
})

describe('pollers that wait', () => {
  const wait = (l: Lab, iterator: string, every = SECOND): { at: number; empty: number }[] => {
    const got: { at: number; empty: number }[] = []
    l.call('S', 'kinesis:AwaitRecords', { ShardIterator: iterator, Every: every }, 0, ({ at, answer }) =>
      got.push({ at, empty: answer.EmptyPolls }),
    )
    return got
  }

  it('cost nothing over a month, and are woken on their own grid; their empty polls count as made [KIN-31]', () => {
    const l = world()
    const iterator = from(l, 'LATEST').answer.ShardIterator
    const start = l.now
    const got = wait(l, iterator)
    l.run(start)
    const steps = l.world.kernel.steps
    l.run(30 * 24 * HOUR)
    expect(l.world.kernel.steps).toBe(steps)
    l.run(start + 30 * 24 * HOUR + 1)
    l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: 'x' })
    l.run(l.now + 2 * SECOND)
    expect(got).toEqual([{ at: start + 30 * 24 * HOUR + SECOND, empty: 30 * 24 * 3600 }])
    // Each of those polls would have brought a new iterator.
    expect(records(l, iterator).answer.Records).toHaveLength(1)
    l.finish()
    expect(l.sum('S', 'GetRecords.Success')).toBe(30 * 24 * 3600 + 1)
    expect(l.sum('S', 'GetRecords.Records')).toBe(1)
  })

  it('have a fresh iterator each, whoever of them polls first and waits again [KIN-31]', () => {
    const l = world()
    const iterator = from(l, 'LATEST').answer.ShardIterator
    const hour = l.now + HOUR
    const slow = wait(l, iterator)
    const quick = wait(l, iterator, 0)
    l.run(hour + 1)
    l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: 'x' })
    l.run(hour + 100 * MS)
    expect([quick.length, slow.length]).toEqual([1, 0])
    wait(l, records(l, iterator).answer.NextShardIterator, 0)
    l.run(hour + 2 * SECOND)
    expect(slow).toHaveLength(1)
    expect(records(l, iterator).answer.Records).toHaveLength(1)
    // Two minutes later nobody is on the way any more.
    l.run(hour + 2 * MINUTE)
    l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: 'y' })
    l.run(hour + 2 * MINUTE + SECOND)
    expect(records(l, iterator).status).toBe('ExpiredIteratorException')
  })

  it('count for the limit of calls, and collide for real where they are too many [KIN-32]', () => {
    const l = world()
    const iterator = from(l, 'LATEST').answer.ShardIterator
    const start = l.now
    const slow = wait(l, iterator, 250 * MS)
    const other = wait(l, iterator, 250 * MS)
    l.run(start + 250 * MS)
    expect([slow.length, other]).toEqual([0, [{ at: start + 250 * MS, empty: 0 }]])
    const statuses: string[] = []
    for (let i = 0; i < 5; i++) {
      l.run(start + SECOND + i * 10 * MS)
      l.call('S', 'kinesis:GetRecords', { ShardIterator: iterator }, 0, ({ status }) => statuses.push(status))
    }
    l.run(start + 1.2 * SECOND)
    expect(statuses.slice(0, 2)).toEqual(['OK', 'ProvisionedThroughputExceededException'])
    l.run(start + 1.3 * SECOND)
    expect(slow).toHaveLength(1)
  })

  it('are woken when the shard closes, and refuse what is no grid', () => {
    const l = world()
    const iterator = from(l, 'LATEST').answer.ShardIterator
    const got = wait(l, iterator)
    ask(l, 'SplitShard', { ShardToSplit: SHARD, NewStartingHashKey: String(SPACE / 2n) })
    l.run(2 * MINUTE)
    expect(got).toHaveLength(1)
    for (const every of [-1, 0.5, 'x', null])
      expect(
        ask(l, 'AwaitRecords', { ShardIterator: records(l, iterator).answer.NextShardIterator, Every: every }).status,
      ).toBe('InvalidArgumentException')
  })
})
