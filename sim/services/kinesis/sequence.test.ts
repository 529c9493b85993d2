// Sequence numbers against AWS's own examples, and the quick way of writing them against long arithmetic.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LAST_COUNTER, parseSequence, sequenceNumber, SequenceNumbers } from './sequence.ts'

describe('sequence numbers', () => {
  it('say when the shard was made and the record arrived, which shard and which record of it [KIN-V4, KIN-10, KIN-13]', () => {
    const text = '49601189658422359378836298521827638475320189012309704722'
    const parts = { created: 1_573_188_322, shard: 1, counter: 258_004_050n, arrived: 1_573_691_884 }
    expect(parseSequence(text)).toEqual({ ...parts, version: 2 })
    expect(sequenceNumber(parts)).toBe(text)
  })

  it('of the shards of a new stream begin 2^144 + 16 apart, and end with the greatest counter [KIN-11]', () => {
    const first = { created: 1_700_000_000, counter: 0n, arrived: 1_700_000_000 }
    for (let shard = 0; shard < 15; shard++) {
      const step = BigInt(sequenceNumber({ ...first, shard: shard + 1 })) - BigInt(sequenceNumber({ ...first, shard }))
      expect(step).toBe(22300745198530623141535718272648361505980432n)
    }
    const end = sequenceNumber({ ...first, shard: 3, counter: LAST_COUNTER, arrived: 1_700_000_500 })
    expect(end).toHaveLength(56)
    expect(parseSequence(end)).toMatchObject({ counter: LAST_COUNTER, arrived: 1_700_000_500, shard: 3 })
  })

  it('rise by 56 digits from record to record, written the quick way as by long arithmetic [KIN-10, N.KINESIS-22]', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 300 })
    const moment = fc.integer({ min: 0, max: 7_258_118_400 })
    fc.assert(
      fc.property(moment, fc.nat(9999), fc.nat(2 ** 50), gaps, (created, shard, from, steps) => {
        const numbers = new SequenceNumbers(created, shard)
        let arrived = created
        let last = 0n
        steps.forEach((gap, i) => {
          if (gap === 3) arrived++
          const counter = from + i
          const text = numbers.of(counter, arrived)
          expect(text).toBe(sequenceNumber({ created, shard, counter: BigInt(counter), arrived }))
          expect(text).toHaveLength(56)
          expect(BigInt(text) > last).toBe(true)
          last = BigInt(text)
          expect(parseSequence(text)).toEqual({ version: 2, created, shard, counter: BigInt(counter), arrived })
        })
      }),
    )
  })

  it('are refused when they cannot be any, and read in their two older forms', () => {
    for (const text of ['', '-1', '01', '1e9', 'x', 5, null, '9'.repeat(200), String(1n << 160n)])
      expect(parseSequence(text)).toBeUndefined()
    expect(parseSequence(String((2n << 184n) | (1n << 142n) | 2n))).toBeDefined()
    expect(parseSequence(String((2n << 184n) | (0x8n << 140n) | 2n))).toBeUndefined()
    expect(parseSequence('0')).toMatchObject({ version: 0, created: 0 })
    expect(parseSequence(String((2n << 184n) | (7n << 100n) | 1n))).toMatchObject({ version: 1, arrived: 7 })
  })
})
