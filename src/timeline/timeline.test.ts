// The time line's range, and which marks have words: never two on each other, the telling ones first, none forgotten.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mark } from '../sim.ts'
import { densityOf, placeMarks } from './marks.ts'
import { bounded, holding, shifted, whole, zoomed, type Range } from './range.ts'

const DURATION = 600e6

describe('a range', () => {
  const range = fc
    .tuple(fc.nat(DURATION), fc.nat(DURATION))
    .map(([from, to]) => bounded({ from, to }, DURATION) ?? whole(DURATION))

  test('stays within the run, whatever is done to it', () => {
    fc.assert(
      fc.property(range, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.nat(DURATION), (start, factor, at) => {
        for (const next of [
          zoomed(start, factor, at, DURATION),
          shifted(start, factor - 50, DURATION),
          holding(start, at, DURATION),
        ]) {
          const shown = next ?? whole(DURATION)
          expect(shown.from).toBeGreaterThanOrEqual(0)
          expect(shown.to).toBeLessThanOrEqual(DURATION + 1e-3)
          expect(shown.to).toBeGreaterThan(shown.from)
        }
      }),
    )
  })

  test('zooms around a moment, and turns pages for one that is outside', () => {
    const near = zoomed({ from: 100e6, to: 200e6 }, 0.5, 120e6, DURATION) as Range
    expect(near).toEqual({ from: 110e6, to: 160e6 })
    expect(zoomed(near, 100, 120e6, DURATION)).toBeUndefined()
    expect(holding(near, 130e6, DURATION)).toBe(near)
    expect(holding(near, 161e6, DURATION).from).toBe(156e6)
  })
})

describe('marks', () => {
  const mark = (time: number, kind: Mark['kind'], text: string): Mark => ({ time, length: 0, kind, node: 0, text })
  const kinds = fc.constantFrom<Mark['kind'][]>('fault', 'action', 'alarm', 'first', 'deployment')
  const some = fc
    .array(fc.tuple(fc.nat(DURATION), kinds, fc.string({ minLength: 1, maxLength: 30 })), { maxLength: 300 })
    .map((all) => all.map(([time, kind, text]) => mark(time, kind, text)).sort((a, b) => a.time - b.time))

  test('have words that never lie on each other, and shapes that keep apart', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 200, max: 2000 }), (marks, width) => {
        const placed = placeMarks(marks, whole(DURATION), width)
        for (const row of [0, 1] as const) {
          const words = placed.filter((each) => each.row === row).sort((a, b) => a.start - b.start)
          words.slice(1).forEach((each, i) => expect(each.start).toBeGreaterThanOrEqual(words[i].end))
          for (const each of words) expect(each.start >= 0 && each.end <= width + 1).toBe(true)
        }
        const counted = densityOf(marks, whole(DURATION), width).reduce((sum, count) => sum + count, 0)
        expect(counted).toBe(marks.length)
      }),
    )
  })

  test('that say most have the words where there is room for some only', () => {
    const marks = [
      ...Array.from({ length: 100 }, (_, i) => mark(i * 6e6, 'action', 'the operator writes')),
      mark(300e6, 'fault', 'the table is slow'),
      mark(301e6, 'alarm', 'Backlog is in ALARM'),
    ].sort((a, b) => a.time - b.time)
    const worded = placeMarks(marks, whole(DURATION), 900).filter((each) => each.row !== undefined)
    expect(worded.map((each) => each.mark.text)).toContain('the table is slow')
    expect(worded.map((each) => each.mark.text)).toContain('Backlog is in ALARM')
  })
})
