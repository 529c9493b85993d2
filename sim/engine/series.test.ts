// A history is the same whether it is read after every point, now and then, or only at the end.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Series, type Point, type SeriesKind } from './series.ts'

const PERIOD = 60

describe('the points of a series', () => {
  it('are those that were added, however often somebody looks between', () => {
    const step = fc.record({
      gap: fc.nat(1),
      repeat: fc.integer({ min: 1, max: 3 }),
      value: fc.nat(2),
      reads: fc.boolean(),
    })
    const kind = fc.constantFrom<SeriesKind>('count', 'gauge', 'age', 'level')
    fc.assert(
      fc.property(kind, fc.array(step, { maxLength: 30 }), (of, steps) => {
        const now = new Series(of, PERIOD, null)
        const late = new Series(of, PERIOD, null)
        const whole: number[] = []
        let start = 0
        for (const { gap, repeat, value, reads } of steps) {
          start += gap * PERIOD
          for (const series of [now, late]) series.add(start, repeat, 1, value, value, value)
          for (let i = 0; i < repeat; i++)
            whole.push(start / PERIOD + i, value + (of === 'age' && value > 0 ? i * PERIOD : 0))
          start += repeat * PERIOD
          expect(now.points.length).toBeGreaterThan(0)
          if (reads) expect(late.points).toEqual(now.points)
        }
        expect(late.points).toEqual(now.points)
        expect(late.points.flatMap((point) => written(of, point))).toEqual(whole)
      }),
    )
  })

  it('keep each the histogram of its own period', () => {
    const series = new Series('distribution', PERIOD, null)
    const add = (start: number, ...values: number[]): void => {
      for (const value of values) series.current!.record(value)
      const sum = values.reduce((a, b) => a + b)
      series.append(start, 1, values.length, sum, Math.min(...values), Math.max(...values))
    }
    add(0, 7, 3, 7)
    add(60, 5)
    const cells = () => series.points.map(({ histogram }) => [[...histogram!.index], [...histogram!.count]])
    const first = [
      [
        [3, 7],
        [1, 2],
      ],
      [[5], [1]],
    ]
    expect(cells()).toEqual(first)
    add(120, 9, 8)
    expect(cells()).toEqual([
      ...first,
      [
        [8, 9],
        [1, 1],
      ],
    ])
    expect(series.points[0].histogram).toMatchObject({
      sum: 17,
      min: 3,
      max: 7,
    })
  })
})

/** Period and value of each period that a point stands for. */
function written(kind: SeriesKind, point: Point): number[] {
  const all: number[] = []
  for (let i = 0; i < point.repeat; i++)
    all.push(point.start / PERIOD + i, point.sum + (kind === 'age' && point.max > 0 ? i * PERIOD : 0))
  return all
}
