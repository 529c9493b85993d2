// Hash keys: MD5 of the partition key, ranges of equal shards.
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { HashKeys, hashKeyOf, parseHashKey, SPACE, uniformRanges } from './hash-keys.ts'

const shardOf = (key: bigint, shards: number): number =>
  uniformRanges(shards).findIndex(({ start, end }) => key >= start && key <= end)

describe('hash keys', () => {
  it('are the MD5 of the key’s UTF-8, the highest byte first [KIN-01, N.KINESIS-20]', () => {
    expect(hashKeyOf('a')).toBe(0x0cc175b9c0f1b6a831c399e269772661n)
    const keys = new HashKeys()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const expected = BigInt(`0x${createHash('md5').update(text, 'utf8').digest('hex')}`)
        expect(hashKeyOf(text)).toBe(expected)
        expect([keys.of(text), keys.of(text)]).toEqual([expected, expected])
      }),
    )
  })

  it('are remembered in a bounded space, and stay the same beyond it', () => {
    const keys = new HashKeys()
    for (let i = 0; i < 40_000; i++) keys.of(`k${i}`)
    expect((keys as unknown as { known: Map<string, bigint> }).known.size).toBeLessThanOrEqual(16_384)
    expect(keys.of('k7')).toBe(hashKeyOf('k7'))
  })

  it('given in decimal digits lie in the space, 2^128 no longer does [KIN-01]', () => {
    expect(parseHashKey('0')).toBe(0n)
    expect(parseHashKey(String(SPACE - 1n))).toBe(SPACE - 1n)
    expect(parseHashKey(String(SPACE))).toBeUndefined()
    for (const text of ['', '01', '-1', '1.5', ' 1', '0x1', 7, undefined]) expect(parseHashKey(text)).toBeUndefined()
  })

  it('are divided equally, and what the division leaves goes to the last shard [KIN-V1, KIN-03]', () => {
    expect(uniformRanges(3).map(({ start, end }) => [String(start), String(end)])).toEqual([
      ['0', '113427455640312821154458202477256070484'],
      ['113427455640312821154458202477256070485', '226854911280625642308916404954512140969'],
      ['226854911280625642308916404954512140970', '340282366920938463463374607431768211455'],
    ])
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (shards) => {
        const ranges = uniformRanges(shards)
        expect([ranges[0]!.start, ranges.at(-1)!.end]).toEqual([0n, SPACE - 1n])
        for (let i = 1; i < shards; i++) expect(ranges[i]!.start).toBe(ranges[i - 1]!.end + 1n)
      }),
      { numRuns: 30 },
    )
  })

  it('lead to the shards that the emulator and AWS agree on [KIN-V2, KIN-V3, KIN-01, KIN-03]', () => {
    const third = SPACE / 3n
    expect(['a', 'b', 'e', 'f'].map((key) => shardOf(hashKeyOf(key), 3))).toEqual([0, 1, 2, 1])
    expect([SPACE - 1n, 2n * third - 1n, 2n * third].map((key) => shardOf(key, 3))).toEqual([2, 1, 2])
    expect(['user-42', 'test', 'key1', 'partitionKey-03'].map((key) => shardOf(hashKeyOf(key), 4))).toEqual([
      1, 0, 3, 2,
    ])
    expect(['test', 'key1'].map((key) => shardOf(hashKeyOf(key), 2))).toEqual([0, 1])
  })
})
