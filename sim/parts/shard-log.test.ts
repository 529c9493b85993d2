// A shard's log against a plain list, and the grid of pollers that wait at its end.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { capture, restore } from '../engine/snapshot.ts'
import type { Sim } from '../model/contract.ts'
import { ShardLog } from './shard-log.ts'

const SECOND = 1_000_000

/** What a room sees of the world, as far as pollers go: the clock, answers, and when a call is answered. */
class Desk {
  readonly clock = new Float64Array(1)
  readonly calls = { answer: [] as unknown[] }
  readonly answered: [call: number, at: number, empty: number][] = []
  replyAfter(delay: number, call: number): void {
    this.answered.push([call, this.clock[0]! + delay, (this.calls.answer[call] as { EmptyPolls: number }).EmptyPolls])
  }
  get sim(): Sim {
    return this as unknown as Sim
  }
}

const log = (records: number, step = SECOND): ShardLog => {
  const made = new ShardLog()
  for (let i = 0; i < records; i++) made.append(i * step, 10, i)
  return made
}

describe('ShardLog', () => {
  it('does what a list of records does, whatever is written, trimmed and read', () => {
    const action = fc.oneof(
      fc.record({ write: fc.integer({ min: 1, max: 60 }), bytes: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ trim: fc.integer({ min: 0, max: 300 }) }),
      fc.record({
        read: fc.integer({ min: 0, max: 2000 }),
        records: fc.integer({ min: 1, max: 400 }),
        bytes: fc.integer({ min: 0, max: 5000 }),
      }),
      fc.record({ time: fc.integer({ min: 0, max: 500 }) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const shard = new ShardLog()
        const list: { at: number; bytes: number; payload: number }[] = []
        let kept = 0
        let now = 0
        for (const step of actions) {
          if ('write' in step)
            for (let i = 0; i < step.write; i++) {
              if (i % 7 === 0) now++
              expect(shard.append(now, step.bytes, list.length)).toBe(list.length)
              list.push({ at: now, bytes: step.bytes, payload: list.length })
            }
          else if ('trim' in step) {
            const horizon = now - step.trim
            const before = kept
            while (kept < list.length && list[kept]!.at < horizon) kept++
            expect(shard.trim(horizon)).toBe(kept - before)
          } else if ('time' in step) {
            const found = list.findIndex((record, i) => i >= kept && record.at >= step.time)
            expect(shard.positionAt(step.time)).toBe(found < 0 ? list.length : found)
          } else {
            const position = Math.min(step.read, list.length)
            const from = Math.max(position, kept)
            const expected = []
            let bytes = 0
            for (const record of list.slice(from, from + step.records)) {
              if (expected.length > 0 && bytes + record.bytes > step.bytes) break
              expected.push(record)
              bytes += record.bytes
            }
            expect(shard.read(position, step.records, step.bytes)).toEqual({
              payloads: expected.map(({ payload }) => payload),
              next: from + expected.length,
              bytes,
              lastAt: expected.at(-1)?.at ?? -1,
              missed: from - position,
            })
          }
          expect([shard.first, shard.next, shard.count]).toEqual([kept, list.length, list.length - kept])
          expect(shard.bytes).toBe(list.slice(kept).reduce((sum, record) => sum + record.bytes, 0))
        }
      }),
    )
  })

  it('keeps a record up to the µs of its retention, and lets memory go with the records', () => {
    const shard = log(1000)
    expect(shard.trim(500 * SECOND)).toBe(500)
    expect(shard.arrivedAt(500)).toBe(500 * SECOND)
    expect(shard.trim(500 * SECOND + 1)).toBe(1)
    expect(shard.first).toBe(501)
    const few = capture(log(1000)).bytes
    shard.trim(Infinity)
    expect(capture(shard).bytes).toBeLessThan(few / 5)
    expect(shard.append(2000 * SECOND, 10, 'x')).toBe(1000)
    expect(shard.read(0, 10, 100)).toMatchObject({ payloads: ['x'], next: 1001, missed: 1000 })
  })

  it('comes back from a snapshot as it was, whatever was written since', () => {
    const shard = log(300)
    const moment = capture(shard)
    for (let i = 0; i < 200; i++) shard.append(400 * SECOND, 10, -1)
    shard.trim(300 * SECOND)
    restore(shard, moment)
    expect([shard.first, shard.next, shard.bytes]).toEqual([0, 300, 3000])
    expect(shard.read(0, 1000, 1e6).payloads).toEqual(Array.from({ length: 300 }, (_, i) => i))
    shard.append(400 * SECOND, 10, 'new')
    expect(shard.payloadAt(300)).toBe('new')
  })

  it('is read to the end when it is closed and the reader stands behind the last record', () => {
    const shard = log(3)
    expect(shard.isRead(3)).toBe(false)
    shard.close(5 * SECOND, [1, 2])
    expect([shard.isRead(2), shard.isRead(3), shard.isOpen]).toEqual([false, true, false])
    expect(shard.children).toEqual([1, 2])
  })
})

describe('pollers of a log', () => {
  it('are answered at the first moment of their own grid at which there is something, not a µs earlier', () => {
    for (const [arrival, answer, empty] of [
      [1, 250_000, 0],
      [250_000, 250_000, 0],
      [250_001, 500_000, 1],
      [10 * SECOND, 10 * SECOND, 39],
    ] as const) {
      const desk = new Desk()
      const shard = log(0)
      shard.park(desk.sim, 7, 0, 250_000, 5)
      expect([shard.pollers.count, desk.answered]).toEqual([1, []])
      desk.clock[0] = arrival
      shard.append(arrival, 1, 'a')
      expect(shard.pollers.wake(desk.sim)).toBe(empty)
      expect(desk.answered).toEqual([[7, answer, empty]])
      expect(shard.pollers.count).toBe(0)
    }
  })

  it('do not wait where something is there already, the shard is closed, or they would poll too often together', () => {
    const desk = new Desk()
    const shard = log(1)
    shard.park(desk.sim, 1, 0, 1000, 5000)
    const done = log(1)
    done.close(0, [])
    done.park(desk.sim, 2, 1, 1000, 5000)
    const busy = log(0)
    busy.park(desk.sim, 3, 0, 250_000, 5)
    busy.park(desk.sim, 4, 0, SECOND, 5)
    busy.park(desk.sim, 5, 0, SECOND, 5)
    expect(desk.answered).toEqual([
      [1, 1000, 0],
      [2, 1000, 0],
      [5, SECOND, 0],
    ])
    expect([busy.pollers.count, busy.pollers.perSecond]).toEqual([2, 5])
  })

  it('stand for polls on their grids, which a window of the read limit counts', () => {
    const desk = new Desk()
    const shard = log(0)
    shard.park(desk.sim, 1, 0, 250_000, 5)
    desk.clock[0] = 100_000
    shard.park(desk.sim, 2, 0, SECOND, 5)
    const { pollers } = shard
    expect(pollers.polls(0, 249_999)).toBe(0)
    expect(pollers.polls(0, 250_000)).toBe(1)
    expect(pollers.polls(250_000, 1_100_000)).toBe(3 + 1)
    expect(pollers.polls(250_000, 1_099_999)).toBe(3)
  })

  it('without a grid are woken at once, however many they are', () => {
    const desk = new Desk()
    const shard = log(0)
    for (let call = 0; call < 20; call++) shard.park(desk.sim, call, 0, 0, 5)
    desk.clock[0] = 3
    expect(shard.pollers.wake(desk.sim)).toBe(0)
    expect(desk.answered).toEqual(Array.from({ length: 20 }, (_, call) => [call, 3, 0]))
  })
})
