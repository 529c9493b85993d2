// Stepping from event to event: every message and every mark once, in order, forth and back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameOf, outlineOf } from '../testing.ts'
import { eventBeside } from './events.ts'
import { Run } from './run.ts'

/** A run of frames of 0.1 s from Buyers to Shop with a message at each of the times, in µs. */
function runWith(times: readonly number[], marks: readonly number[] = []): Run {
  const outline = outlineOf(
    [
      { name: 'Buyers', glyph: 'client' },
      { name: 'Shop', glyph: 'api' },
    ],
    [[0, 1]],
    { marks: marks.map((time) => ({ time, length: 0, kind: 'fault', node: 1, text: 'the `Shop` breaks' })) },
  )
  const run = new Run(outline)
  for (let index = 0; index < 20; index++) {
    const from = index * 100_000
    const moves = times
      .filter((time) => time > from && time <= from + 100_000)
      .sort((a, b) => a - b)
      .map((time, i) => ({
        at: (time - from) / 1e6,
        road: 0,
        outcome: i % 2 === 0 ? ('ok' as const) : ('throttled' as const),
      }))
    run.add(frameOf(outline, index, { moves }))
  }
  return run
}

test('every event is met once in order, and the same ones on the way back', () => {
  const time = fc.integer({ min: 1, max: 1_999_999 })
  fc.assert(
    fc.property(fc.uniqueArray(time, { maxLength: 40 }), fc.uniqueArray(time, { maxLength: 4 }), (times, marks) => {
      const run = runWith(
        times,
        marks.sort((a, b) => a - b),
      )
      const wanted = [...new Set([...times, ...marks])].sort((a, b) => a - b)
      const met: number[] = []
      for (let now = 0; ;) {
        const event = eventBeside(run, now, 1)
        if (event === undefined) break
        met.push((now = event.time))
      }
      expect(met).toEqual(wanted)
      const back: number[] = []
      for (let now = 2_000_000; ;) {
        const event = eventBeside(run, now, -1)
        if (event === undefined) break
        back.unshift((now = event.time))
      }
      expect(back).toEqual(wanted)
    }),
  )
})

test('an event says what happens', () => {
  const run = runWith([150_000, 160_000], [155_000])
  expect(eventBeside(run, 0, 1)).toEqual({ time: 150_000, text: 'Buyers → Shop' })
  expect(eventBeside(run, 150_000, 1)).toEqual({ time: 155_000, text: 'the Shop breaks' })
  expect(eventBeside(run, 155_000, 1)).toEqual({ time: 160_000, text: 'Shop refuses Buyers' })
  expect(eventBeside(run, 160_000, 1)).toBeUndefined()
})
