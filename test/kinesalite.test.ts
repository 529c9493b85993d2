// A stream against kinesalite, an emulator that others wrote and whose tests its author ran against Kinesis: the same random
// writes, splits and merges are asked of both, and both must place, divide and refuse alike.
//
// Sequence numbers hold the moment of a write and are compared by their order alone.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SPACE } from '../sim/services/kinesis/hash-keys.ts'
import { stream } from '../sim/services/kinesis/stream.ts'
import { Emulator, type Outcome } from './emulator.ts'
import { lab, MINUTE, SECOND, type Lab } from './kit.ts'

type Shard = Readonly<Record<string, any>>

const SHARD_LIMIT = 12
const emulator = new Emulator(
  'kinesalite',
  { createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 1_000_000 },
  'Kinesis_20131202',
  '1.1',
)
let made = 0

/** One stream of the emulator. */
class Emulated {
  readonly name = `s${++made}`

  ask(op: string, body: object = {}): Promise<Outcome> {
    return emulator.ask(op, { StreamName: this.name, ...body })
  }

  /** Its shards, once the last change of them is over. */
  async shards(): Promise<Shard[]> {
    const isActive = ({ StreamDescription: described }: any): boolean => described.StreamStatus === 'ACTIVE'
    const { StreamDescription: stream } = await emulator.until('DescribeStream', { StreamName: this.name }, isActive)
    return stream.Shards
  }
}

const probe = Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const)

function room(shards: number): Lab {
  const l = lab(
    { S: { def: stream, properties: { ShardCount: shards } } },
    { probe, quotas: { 'kinesis.Shards': 1_000 } },
  )
  l.run(MINUTE)
  return l
}

function ask(l: Lab, op: string, body: object = {}): Outcome {
  l.run(l.now + SECOND)
  const { status, answer } = l.ask('S', `kinesis:${op}`, body)
  return { status, body: answer }
}

const isOpen = (shard: Shard): boolean => shard['SequenceNumberRange'].EndingSequenceNumber === undefined

const shape = (shard: Shard): unknown => [
  shard['ShardId'],
  shard['ParentShardId'],
  shard['AdjacentParentShardId'],
  shard['HashKeyRange'],
  isOpen(shard) ? 'open' : 'closed',
]

const id = (number: number): string => `shardId-${String(number).padStart(12, '0')}`
/** A hash key inside a shard's range or just beside it: `at` says where, from −1 below its start to 10,001 above its end. */
function keyNear({ HashKeyRange: { StartingHashKey, EndingHashKey } }: Shard, at: number): string {
  const [start, end] = [BigInt(StartingHashKey), BigInt(EndingHashKey)]
  const near =
    at < 4
      ? start + BigInt(at) - 1n
      : at > 9_996
        ? end + BigInt(at - 10_000)
        : start + ((end - start) * BigInt(at)) / 10_000n
  return String(near < 0n ? 0n : near >= SPACE ? SPACE - 1n : near)
}

/** A place in a range, its ends and what lies one beside them more often than their share. */
const place = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 9_997, max: 10_001 }),
  fc.integer({ min: 4, max: 9_996 }),
)
const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      key: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('put at' as const), shard: fc.nat(SHARD_LIMIT), at: place }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('split' as const), shard: fc.nat(SHARD_LIMIT), at: place }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('merge' as const), shard: fc.nat(SHARD_LIMIT), other: fc.nat(SHARD_LIMIT) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('merge' as const),
      shard: fc.nat(SHARD_LIMIT),
      other: fc.constant('next' as const),
    }),
  },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

/** What a command asks, of the shards there are; numbers beyond them name shards that there are not. */
function request(each: Command, shards: readonly Shard[]): [op: string, body: Record<string, unknown>] {
  if (each.do === 'put') return ['PutRecord', { PartitionKey: each.key, Data: 'eA==' }]
  const one = shards[each.shard]
  if (each.do === 'put at')
    return ['PutRecord', { PartitionKey: 'k', ExplicitHashKey: keyNear(one ?? shards[0]!, each.at), Data: 'eA==' }]
  if (each.do === 'split') {
    const at = keyNear(one ?? shards[0]!, each.at)
    return ['SplitShard', { ShardToSplit: id(each.shard), NewStartingHashKey: at }]
  }
  // The neighbour above, which random numbers meet too seldom.
  const end = one === undefined ? -1n : BigInt(one['HashKeyRange'].EndingHashKey)
  const next = shards.findIndex((other) => BigInt(other['HashKeyRange'].StartingHashKey) === end + 1n && isOpen(other))
  const other = each.other === 'next' ? Math.max(next, 0) : each.other
  return ['MergeShards', { ShardToMerge: id(each.shard), AdjacentShardToMerge: id(other) }]
}

/** Whether all the shards that a request names exist and one of them is closed. */
function namesClosed(body: Readonly<Record<string, unknown>>, shards: readonly Shard[]): boolean {
  const named = [body['ShardToSplit'], body['ShardToMerge'], body['AdjacentShardToMerge']].filter(
    (name) => name !== undefined,
  )
  const found = named.map((name) => shards.find((shard) => shard['ShardId'] === name))
  return !found.includes(undefined) && found.some((shard) => !isOpen(shard!))
}

describe('a stream and kinesalite', () => {
  it('place records by their hash keys, split, merge and refuse alike [KIN-01, KIN-03, KIN-04, KIN-51]', async () => {
    const done: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(command, { maxLength: 25 }),
        async (count, commands) => {
          const theirs = new Emulated()
          await theirs.ask('CreateStream', { ShardCount: count })
          let shards = await theirs.shards()
          const mine = room(count)
          const last = new Map<string, bigint>()
          for (const each of commands) {
            const [op, body] = request(each, shards)
            const a = ask(mine, op, body)
            // The emulator lets a closed shard be split and merged again, which AWS refuses.
            if (namesClosed(body, shards)) {
              expect([body, a.status]).toEqual([body, 'InvalidArgumentException'])
              continue
            }
            const b = await theirs.ask(op, body)
            expect([op, body, a.status]).toEqual([op, body, b.status])
            done[`${op} ${a.status}`] = (done[`${op} ${a.status}`] ?? 0) + 1
            if (op === 'PutRecord' && a.status === 'OK') {
              expect([body, a.body.ShardId]).toEqual([body, b.body.ShardId])
              const number = BigInt(a.body.SequenceNumber)
              expect(number).toBeGreaterThan(last.get(a.body.ShardId) ?? 0n)
              last.set(a.body.ShardId, number)
            }
            if (op === 'PutRecord') continue
            shards = await theirs.shards()
            mine.run(mine.now + MINUTE)
            expect(ask(mine, 'DescribeStream').body.StreamDescription.Shards.map(shape)).toEqual(shards.map(shape))
          }
        },
      ),
      { numRuns: 40 },
    )
    // Both sides of every operation were met, so that agreeing means something.
    for (const met of [
      'PutRecord OK',
      'SplitShard OK',
      'SplitShard InvalidArgumentException',
      'MergeShards OK',
      'MergeShards InvalidArgumentException',
    ])
      expect(done[met] ?? 0).toBeGreaterThan(0)
    expect(done['SplitShard ResourceNotFoundException'] ?? 0).toBeGreaterThan(0)
  }, 60_000)
})
