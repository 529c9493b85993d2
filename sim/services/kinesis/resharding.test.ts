// Splits, merges, numbers of shards, on-demand scaling, and how readers follow.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, lab, MINUTE, MS, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import { hashKeyOf, SPACE, uniformRanges } from './hash-keys.ts'
import { parseSequence } from './sequence.ts'
import { stream } from './stream.ts'
import type { Stream } from './stream-state.ts'

const probe = Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const)

function world(
  properties: Record<string, unknown> = {},
  options: LabOptions = {},
  assumptions: Record<string, string> = {},
): Lab {
  return lab({ S: { def: stream, properties, assumptions } }, { probe, ...options })
}

const ask = (l: Lab, action: string, body: object = {}) => l.ask('S', `kinesis:${action}`, body)
const put = (l: Lab, key: string, more: object = {}) => ask(l, 'PutRecord', { PartitionKey: key, Data: 'x', ...more })
const state = (l: Lab): Stream => l.state<Stream>('S')
const id = (number: number): string => `shardId-${String(number).padStart(12, '0')}`
const split = (l: Lab, number: number, at: bigint) =>
  ask(l, 'SplitShard', { ShardToSplit: id(number), NewStartingHashKey: String(at) })
const merge = (l: Lab, a: number, b: number) =>
  ask(l, 'MergeShards', { ShardToMerge: id(a), AdjacentShardToMerge: id(b) })
const scale = (l: Lab, target: number) =>
  ask(l, 'UpdateShardCount', { TargetShardCount: target, ScalingType: 'UNIFORM_SCALING' })
const settle = (l: Lab): void => void l.run(l.now + 3 * MINUTE)
const ranges = (l: Lab): [bigint, bigint][] => state(l).open.map(({ range }) => [range.start, range.end])
const shards = (l: Lab, filter?: object): any[] => {
  l.run(l.now + SECOND)
  return ask(l, 'ListShards', filter === undefined ? {} : { ShardFilter: filter }).answer.Shards
}

describe('a split', () => {
  it('divides a range at a hash key: children begin and end where it says, with new ids [KIN-04, KIN-51]', () => {
    const l = world({ ShardCount: 2 })
    const half = SPACE / 2n
    expect(split(l, 1, half + 100n).status).toBe('OK')
    settle(l)
    expect(ranges(l)).toEqual([
      [0n, half - 1n],
      [half, half + 99n],
      [half + 100n, SPACE - 1n],
    ])
    expect(state(l).open.map(({ number }) => number)).toEqual([0, 2, 3])
    expect(shards(l)[2]).toMatchObject({ ShardId: id(2), ParentShardId: id(1) })
  })

  it('is possible from two above the start to one below the end [KIN-51]', () => {
    for (const [at, status] of [
      [0n, 'InvalidArgumentException'],
      [1n, 'InvalidArgumentException'],
      [2n, 'OK'],
      [SPACE - 2n, 'OK'],
      [SPACE - 1n, 'InvalidArgumentException'],
      [SPACE, 'InvalidArgumentException'],
    ] as const)
      expect(split(world(), 0, at).status).toBe(status)
    const answer = split(world(), 0, 1n).answer.message
    expect(answer).toContain('is not both greater than one plus the shard')
  })

  it('takes half a minute, in which writes and reads go on and nothing else may begin [KIN-50, KIN-53]', () => {
    const l = world()
    put(l, 'a')
    const asked = l.now
    l.call('S', 'kinesis:SplitShard', { ShardToSplit: id(0), NewStartingHashKey: String(SPACE / 2n) })
    l.run(asked + MS)
    expect(state(l).status).toBe('UPDATING')
    for (const refused of [
      split(l, 0, SPACE / 3n),
      scale(l, 2),
      merge(l, 0, 1),
      ask(l, 'UpdateStreamMode', { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }),
    ])
      expect(refused.status).toBe('ResourceInUseException')
    l.run(asked + 30 * SECOND - 20 * MS)
    expect(put(l, 'a').answer.ShardId).toBe(id(0))
    l.run(asked + 30 * SECOND)
    expect(state(l).status).toBe('ACTIVE')
    expect(put(l, 'a').answer.ShardId).toBe(id(1))
    expect(split(l, 0, SPACE / 2n).status).toBe('InvalidArgumentException')
    expect(split(l, 9, SPACE / 2n).status).toBe('ResourceNotFoundException')
  })

  it('leaves the parent’s records to be read, and then names the children [KIN-31, KIN-53]', () => {
    const l = world()
    put(l, 'a', { Data: 1 })
    put(l, 'b', { Data: 2 })
    split(l, 0, SPACE / 2n)
    settle(l)
    put(l, 'a', { Data: 3 })
    const read = (number: number, more: object = {}): any => {
      l.run(l.now + SECOND)
      const { ShardIterator } = ask(l, 'GetShardIterator', {
        ShardId: id(number),
        ShardIteratorType: 'TRIM_HORIZON',
      }).answer
      return ask(l, 'GetRecords', { ShardIterator, ...more }).answer
    }
    expect(read(0, { Limit: 1 }).NextShardIterator).not.toBeNull()
    const parent = read(0)
    expect(parent.Records.map(({ Data }: any) => Data)).toEqual([1, 2])
    expect(parent.NextShardIterator).toBeNull()
    expect(parent.ChildShards.map((child: any) => [child.ShardId, child.ParentShards])).toEqual([
      [id(1), [id(0)]],
      [id(2), [id(0)]],
    ])
    expect(read(1).Records.map(({ Data }: any) => Data)).toEqual([3])
  })

  it('closes the parent with the greatest of numbers; children are a second younger [KIN-11]', () => {
    const l = world()
    put(l, 'a')
    split(l, 0, SPACE / 2n)
    settle(l)
    const [parent, first] = shards(l)
    const end = parseSequence(parent.SequenceNumberRange.EndingSequenceNumber)!
    expect(end.counter).toBe(0x7fffffffffffffffn)
    expect(first.SequenceNumberRange).not.toHaveProperty('EndingSequenceNumber')
    const start = parseSequence(first.SequenceNumberRange.StartingSequenceNumber)!
    expect(start).toMatchObject({ created: end.arrived + 1, shard: 1, counter: 0n })
    expect(BigInt(put(l, 'a').answer.SequenceNumber) > BigInt(first.SequenceNumberRange.StartingSequenceNumber)).toBe(
      true,
    )
  })

  it('makes the parent go with its last record, at the end of the retention [KIN-53]', () => {
    const l = world()
    put(l, 'a')
    split(l, 0, SPACE / 2n)
    settle(l)
    l.run(DAY - MINUTE)
    expect(shards(l).map((shard) => shard.ShardId)).toEqual([id(0), id(1), id(2)])
    l.run(DAY + 4 * MINUTE)
    expect(shards(l).map((shard) => shard.ShardId)).toEqual([id(1), id(2)])
    expect(ask(l, 'GetShardIterator', { ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' }).status).toBe(
      'ResourceNotFoundException',
    )
  })
})

describe('a merge', () => {
  it('joins two shards side by side, and none that are not [KIN-V5, KIN-52]', () => {
    const l = world({ ShardCount: 4 })
    const quarter = SPACE / 4n
    expect(merge(l, 0, 2).status).toBe('InvalidArgumentException')
    expect(merge(l, 2, 1).status).toBe('InvalidArgumentException')
    expect(merge(l, 1, 2).status).toBe('OK')
    settle(l)
    expect(ranges(l)).toEqual([
      [0n, quarter - 1n],
      [quarter, 3n * quarter - 1n],
      [3n * quarter, SPACE - 1n],
    ])
    expect(shards(l).at(-1)).toMatchObject({ ShardId: id(4), ParentShardId: id(1), AdjacentParentShardId: id(2) })
  })
})

describe('UpdateShardCount', () => {
  it('ends with equal ranges, whatever was split before; a shard that fits stays [KIN-54]', () => {
    const count = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(
        count,
        fc.array(fc.bigInt({ min: 0n, max: SPACE - 1n }), { maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (first, cuts, share) => {
          const l = world({ ShardCount: first })
          for (const at of cuts) {
            const { number } = state(l).shardFor(at)
            split(l, number, at)
            settle(l)
          }
          const now = state(l).open.length
          const target = Math.ceil(now / 2) + Math.floor(share * (2 * now - Math.ceil(now / 2)))
          const before = new Map(
            state(l).open.map((shard) => [`${shard.range.start}-${shard.range.end}`, shard.number]),
          )
          expect(scale(l, target).status).toBe('OK')
          settle(l)
          const wanted = uniformRanges(target)
          expect(ranges(l)).toEqual(wanted.map(({ start, end }) => [start, end]))
          for (const shard of state(l).open) {
            const kept = before.get(`${shard.range.start}-${shard.range.end}`)
            if (kept !== undefined) expect(shard.number).toBe(kept)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('doubles or halves at most, ten times in any 24 hours [KIN-54]', () => {
    const l = world({ ShardCount: 4 })
    expect(scale(l, 9).status).toBe('InvalidArgumentException')
    expect(scale(l, 1).status).toBe('InvalidArgumentException')
    expect(ask(l, 'UpdateShardCount', { TargetShardCount: 8 }).status).toBe('ValidationException')
    const first = l.now
    for (let i = 0; i < 10; i++) {
      expect(scale(l, i % 2 === 0 ? 8 : 4).status).toBe('OK')
      settle(l)
    }
    expect(scale(l, 8).status).toBe('LimitExceededException')
    l.run(first + DAY)
    expect(scale(l, 8).status).toBe('OK')
  })

  it('raises what is taken, and lowers it again: 1,000 a second, 1,500 of 1,500, 1,000 [KIN-54, N.KINESIS-08, N.KINESIS-31]', () => {
    const l = world()
    const halves = [0n, SPACE / 2n].map(String)
    const taken = (seconds: number): number => {
      const before = state(l).written
      const start = l.now
      for (let i = 0; i < 1500 * seconds; i++) {
        l.run(start + Math.floor((i * SECOND) / 1500))
        l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', ExplicitHashKey: halves[i % 2], Data: '', DataSize: 99 })
      }
      l.run(start + seconds * SECOND)
      return (state(l).written - before) / seconds
    }
    taken(4)
    expect(Math.abs(taken(3) - 1000)).toBeLessThan(2)
    scale(l, 2)
    settle(l)
    expect(taken(5)).toBe(1500)
    merge(l, 1, 2)
    settle(l)
    taken(3)
    expect(Math.abs(taken(3) - 1000)).toBeLessThan(2)
  })

  it('takes half a minute for each doubling that it begins, and no more shards than the quotas allow [KIN-50, KIN-54]', () => {
    const l = world({ ShardCount: 4 })
    const asked = l.now
    scale(l, 8)
    l.run(asked + 30 * SECOND - 1)
    expect(state(l).open).toHaveLength(4)
    l.run(asked + 30 * SECOND)
    expect(state(l).open).toHaveLength(8)
    const few = world({ ShardCount: 4 }, { quotas: { 'kinesis.Shards': 6 } })
    expect(scale(few, 7).status).toBe('LimitExceededException')
    expect(scale(few, 6).status).toBe('OK')
    const capped = world({ ShardCount: 4 }, { quotas: { 'kinesis.ShardsByUpdate': 5 } })
    expect(scale(capped, 6).status).toBe('LimitExceededException')
  })
})

describe('ListShards', () => {
  it('filters by when shards were open, and comes in pages whose tokens live five minutes [KIN-55]', () => {
    const l = world({ ShardCount: 2 })
    split(l, 0, SPACE / 4n)
    l.run(HOUR)
    merge(l, 3, 1)
    l.run(2 * HOUR)
    const numbers = (filter?: object): number[] => shards(l, filter).map((shard) => Number(shard.ShardId.slice(-12)))
    const start = l.state<Stream>('S').sim.startsAt / SECOND
    expect(numbers()).toEqual([0, 1, 2, 3, 4])
    expect(numbers({ Type: 'FROM_TRIM_HORIZON' })).toEqual([0, 1, 2, 3, 4])
    expect(numbers({ Type: 'AT_LATEST' })).toEqual([2, 4])
    expect(numbers({ Type: 'AT_TRIM_HORIZON' })).toEqual([0, 1])
    expect(numbers({ Type: 'AT_TIMESTAMP', Timestamp: start + 1800 })).toEqual([1, 2, 3])
    expect(numbers({ Type: 'FROM_TIMESTAMP', Timestamp: start + 1800 })).toEqual([1, 2, 3, 4])
    expect(numbers({ Type: 'AFTER_SHARD_ID', ShardId: id(2) })).toEqual([3, 4])
    expect(ask(l, 'ListShards', { ShardFilter: { Type: 'X' } }).status).toBe('ValidationException')
    const page = ask(l, 'ListShards', {
      MaxResults: 2,
      ShardFilter: { Type: 'FROM_TIMESTAMP', Timestamp: start + 1800 },
    }).answer
    expect(page.Shards.map((shard: any) => shard.ShardId)).toEqual([id(1), id(2)])
    const rest = ask(l, 'ListShards', { NextToken: page.NextToken }).answer
    expect(rest.Shards.map((shard: any) => shard.ShardId)).toEqual([id(3), id(4)])
    expect(rest.NextToken).toBeUndefined()
    expect(ask(l, 'ListShards', { NextToken: page.NextToken, ExclusiveStartShardId: id(0) }).status).toBe(
      'InvalidArgumentException',
    )
    expect(ask(l, 'ListShards', { NextToken: 'x' }).status).toBe('InvalidArgumentException')
    l.run(l.now + 5 * MINUTE + SECOND)
    expect(ask(l, 'ListShards', { NextToken: page.NextToken }).status).toBe('ExpiredNextTokenException')
  })

  it('and DescribeStream agree about the shards', () => {
    const l = world({ ShardCount: 3 })
    const { StreamDescription: described } = ask(l, 'DescribeStream').answer
    expect(described).toMatchObject({ StreamStatus: 'ACTIVE', RetentionPeriodHours: 24, HasMoreShards: false })
    expect(described.Shards).toEqual(shards(l))
    expect(ask(l, 'DescribeStream', { Limit: 2 }).answer.StreamDescription).toMatchObject({ HasMoreShards: true })
    expect(ask(l, 'DescribeStreamSummary').answer.StreamDescriptionSummary).toMatchObject({
      OpenShardCount: 3,
      ConsumerCount: 0,
    })
  })
})

describe('on demand', () => {
  const onDemand = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }
  /** Writes so many bytes a second, evenly over the space, in records of 100 KB. */
  const flow = (l: Lab, bytes: number, until: number): void => {
    const records = Math.round(bytes / 100_000)
    for (; l.now < until; l.run(l.now + SECOND))
      for (let i = 0; i < records; i++)
        l.call('S', 'kinesis:PutRecord', {
          PartitionKey: 'k',
          ExplicitHashKey: String((SPACE / BigInt(records)) * BigInt(i)),
          Data: '',
          DataSize: 99_999,
        })
  }

  it('begins with four shards, or with as many as its warm throughput asks for [KIN-60]', () => {
    expect(state(world(onDemand)).open).toHaveLength(4)
    expect(state(world({ ...onDemand, WarmThroughputMiBps: 40 })).open).toHaveLength(40)
  })

  it('splits a shard that carries more than 500 KB a second, within 15 minutes; to double what came [KIN-V9, KIN-60, KIN-61]', () => {
    const l = world({ ...onDemand, WarmThroughputMiBps: 8 })
    flow(l, 3_900_000, 20 * MINUTE)
    expect(state(l).open).toHaveLength(8)
    const start = l.now
    flow(l, 5_000_000, start + 16 * MINUTE)
    expect(state(l).open).toHaveLength(16)
    flow(l, 5_000_000, start + 34 * MINUTE)
    // 5 MB/s of 16: what came twice.
    expect(state(l).open).toHaveLength(16)
    expect(state(l).refused).toBe(0)
  })

  it('splits at 500 records a second too, on the quarter of an hour and not earlier [KIN-61]', () => {
    const l = world(onDemand)
    const send = (): void => {
      for (let i = 0; i < 500; i++) l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: '', DataSize: 10 })
    }
    for (let second = 0; second < 62; second++) {
      l.run(second * SECOND)
      send()
      if (second === 3) l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: 'one more' })
    }
    l.run(16 * MINUTE - 1)
    expect(state(l).open).toHaveLength(4)
    l.run(16 * MINUTE)
    expect(state(l).open).toHaveLength(5)
    const hot = state(l).shardFor(hashKeyOf('k'))
    expect([hot.number >= 4, hot.parent < 4]).toEqual([true, true])
  })

  it('refuses what goes beyond its shards until they are split, and what one key brings beyond a shard [KIN-61]', () => {
    const l = world(onDemand, {}, { OnDemandSplitAfter: '2min' })
    flow(l, 10_000_000, MINUTE)
    expect(state(l).refused).toBeGreaterThan(1000)
    flow(l, 10_000_000, 8 * MINUTE)
    const before = state(l).refused
    flow(l, 10_000_000, 12 * MINUTE)
    expect(state(l).refused).toBe(before)
  })

  it('grows to its quota and no further [KIN-60]', () => {
    const l = world(onDemand, { quotas: { 'kinesis.OnDemandShards': 6 } })
    flow(l, 3_900_000, 40 * MINUTE)
    expect(state(l).open).toHaveLength(6)
  })

  it('is switched on and off twice a day, with the shards that there are [KIN-62]', () => {
    const l = world({ ShardCount: 3 })
    const set = (mode: string): string => ask(l, 'UpdateStreamMode', { StreamModeDetails: { StreamMode: mode } }).status
    expect(set('PROVISIONED')).toBe('ValidationException')
    expect(set('ON_DEMAND')).toBe('OK')
    expect(state(l).open).toHaveLength(3)
    expect(scale(l, 4).status).toBe('ValidationException')
    expect(set('PROVISIONED')).toBe('OK')
    expect(set('ON_DEMAND')).toBe('LimitExceededException')
    l.run(DAY + SECOND)
    expect(set('ON_DEMAND')).toBe('OK')
  })
})

describe('any sequence of splits and merges', () => {
  it('leaves the space covered without gaps, every key at one shard, and each key’s records in order from parents to children [KIN-02, KIN-53]', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('split' as const), at: fc.bigInt({ min: 0n, max: SPACE - 1n }) }),
      fc.record({ kind: fc.constant('merge' as const), at: fc.bigInt({ min: 0n, max: SPACE - 1n }) }),
      fc.record({ kind: fc.constant('put' as const), at: fc.bigInt({ min: 0n, max: 9n }) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 25 }), (count, steps) => {
        const l = world({ ShardCount: count })
        // The model: sorted starts of open shards, and each key's records.
        let starts = uniformRanges(count).map(({ start }) => start)
        const sent = new Map<string, number[]>()
        let serial = 0
        for (const { kind, at } of steps) {
          const i = starts.findLastIndex((start) => start <= at)
          const end = (starts[i + 1] ?? SPACE) - 1n
          const shard = state(l).shardFor(at)
          expect([shard.range.start, shard.range.end]).toEqual([starts[i], end])
          if (kind === 'split') {
            const isFine = at > starts[i]! + 1n && at < end
            expect(split(l, shard.number, at).status).toBe(isFine ? 'OK' : 'InvalidArgumentException')
            if (isFine) starts = [...starts.slice(0, i + 1), at, ...starts.slice(i + 1)]
            settle(l)
          } else if (kind === 'merge') {
            if (i + 1 === starts.length) continue
            expect(merge(l, shard.number, state(l).open[i + 1]!.number).status).toBe('OK')
            starts = starts.filter((_, j) => j !== i + 1)
            settle(l)
          } else {
            const key = `key-${at}`
            const answer = put(l, key, { Data: ++serial }).answer
            sent.set(key, [...(sent.get(key) ?? []), serial])
            expect(answer.ShardId).toBe(state(l).shardFor(hashKeyOf(key)).id)
          }
        }
        const got = new Map<string, number[]>()
        // Numbers of shards rise from parents to children.
        for (const shard of state(l).shards.values())
          for (let position = shard.log.first; position < shard.log.next; position++) {
            const { PartitionKey: key, Data: data } = shard.log.payloadAt(position) as {
              PartitionKey: string
              Data: number
            }
            got.set(key, [...(got.get(key) ?? []), data])
          }
        expect(got).toEqual(sent)
      }),
      { numRuns: 60 },
    )
  })
})
