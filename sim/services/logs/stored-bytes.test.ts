// Bytes of logs by age: what is given up when, and that a long time costs no more than a short one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE } from '../../../test/kit.ts'
import { LogStore } from './log-store.ts'
import { StoredBytes } from './stored-bytes.ts'

describe('stored bytes', () => {
  it('are given up when their minute is over, not before', () => {
    const stored = new StoredBytes()
    stored.add(30_000_000, 5)
    stored.add(MINUTE, 7)
    stored.drop(MINUTE - 1)
    expect(stored.total).toBe(12)
    stored.drop(MINUTE)
    expect(stored.total).toBe(7)
    stored.drop(2 * MINUTE)
    expect(stored.total).toBe(0)
  })

  it('are few sums after a year of minutes, and are given up at most a sixtieth of the time late', () => {
    const stored = new StoredBytes()
    const minutes = 365 * 24 * 60
    for (let i = 0; i < minutes; i++) stored.add(i * MINUTE, 1)
    expect(stored['sums'].size).toBeLessThanOrEqual(128)
    expect(stored.total).toBe(minutes)
    const until = 100 * DAY
    stored.drop(until)
    expect(minutes - stored.total).toBeLessThanOrEqual(until / MINUTE)
    expect(minutes - stored.total).toBeGreaterThan((until - 6 * DAY) / MINUTE)
    stored.drop(366 * DAY + 6 * DAY)
    expect([stored.total, stored['sums'].size]).toEqual([0, 0])
  })

  it('are the same in one heap as in two that are put together', () => {
    const list = fc.array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 99 })))
    fc.assert(
      fc.property(list, list, fc.integer({ min: 0, max: 1_000 }), (first, second, until) => {
        const [one, two] = [new StoredBytes(), new StoredBytes()]
        for (const [minute, bytes] of first) one.add(minute * MINUTE, bytes)
        for (const [minute, bytes] of second) two.add(minute * MINUTE, bytes)
        one.addAll(two)
        const sum = [...first, ...second].reduce((total, [, bytes]) => total + bytes, 0)
        expect(one.total).toBe(sum)
        one.drop(until * MINUTE)
        const young = [...first, ...second].filter(([minute]) => minute >= until)
        expect(one.total).toBeGreaterThanOrEqual(young.reduce((total, [, bytes]) => total + bytes, 0))
      }),
    )
  })
})

describe('a store', () => {
  const line = (stream: string, ingestedAt: number) => ({ id: 1, at: ingestedAt, ingestedAt, stream, message: 'x' })

  it('has none of the bytes of a stream that was deleted', () => {
    const store = new LogStore(10, Infinity)
    for (const name of ['a', 'b']) {
      store.stream(name, 0)
      store.add(line(name, 0), 27)
    }
    store.remove('a')
    expect(store.bytesAt(MINUTE)).toBe(27)
    store.stream('a', 0)
    expect(store.bytesAt(MINUTE)).toBe(27)
  })

  it('keeps the bytes of streams whose names it forgets, until they are too old', () => {
    const store = new LogStore(10, DAY)
    for (let i = 0; i < 10_001; i++) {
      store.stream(`s${i}`, 0)
      store.add(line(`s${i}`, 0), 1)
    }
    expect([store.streams.size, store.bytesAt(DAY), store.bytesAt(DAY + MINUTE)]).toEqual([10_000, 10_001, 0])
  })
})
