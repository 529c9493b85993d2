// Heat maps and shares of time on the page, by small examples.
import { describe, expect, test } from 'vitest'
import { heatFrom, type Waterfall } from '../sim.ts'
import { barsOf, columnQuantile, gridOf, nearestInColumn, quantileStep, stepBar, totalsOf } from './heat.ts'
import { depthsOf, partsOf, spanAt } from './parts.ts'

/** Frame, step, count. */
const ROWS = Uint32Array.from([0, 20, 90, 1, 20, 8, 1, 40, 1, 9, 24, 1])

describe('durations', () => {
  test('lie in columns of frames, each counted once', () => {
    const grid = gridOf(ROWS, 10, 5)
    expect([grid.columns, grid.width, grid.first, grid.steps, grid.most]).toEqual([5, 2, 20, 21, 98])
    expect(grid.counts.reduce((a, b) => a + b)).toBe(100)
    expect(columnQuantile(grid, 0, 0.5)).toBe(20)
    expect(columnQuantile(grid, 0, 0.999)).toBe(40)
    expect(columnQuantile(grid, 1, 0.5)).toBe(-1)
    expect(columnQuantile(grid, 4, 0.5)).toBe(24)
  })

  test('have percentiles by nearest rank', () => {
    expect([
      quantileStep(ROWS, 0.5),
      quantileStep(ROWS, 0.98),
      quantileStep(ROWS, 0.99),
      quantileStep(ROWS, 1),
    ]).toEqual([20, 20, 24, 40])
    expect(quantileStep(new Uint32Array(0), 0.5)).toBe(-1)
    expect([...totalsOf(ROWS).counts].filter((count) => count > 0)).toEqual([98, 1, 1])
  })

  test('make bars that touch and know the frame of their longest', () => {
    const bars = barsOf(ROWS, 3)
    expect(bars.map(({ count }) => count)).toEqual([99, 0, 1])
    expect(bars[0].low).toBe(heatFrom(20))
    expect(bars[1].low).toBe(bars[0].high)
    expect(bars.map(({ frame }) => frame)).toEqual([9, 0, 1])
    expect(barsOf(new Uint32Array(0), 3)).toEqual([])
    expect(stepBar(ROWS, 40)).toEqual({ low: heatFrom(40), high: heatFrom(41), count: 1, frame: 1 })
  })

  test('are found near a click', () => {
    const grid = gridOf(ROWS, 10, 10)
    expect(nearestInColumn(ROWS, grid, 1, 39)).toEqual({ low: heatFrom(40), high: heatFrom(41), count: 1, frame: 1 })
    expect(nearestInColumn(ROWS, grid, 1, 22)?.count).toBe(8)
    expect(nearestInColumn(ROWS, grid, 5, 22)).toBeUndefined()
  })
})

describe('where the time went', () => {
  const span = { resource: 'A', words: 'w', outcome: 'ok' } as const
  const fall: Waterfall = {
    ...{ trace: 1, source: 'C', from: 0, to: 100, outcome: 'ok', leftOut: 0 },
    spans: [
      { ...span, kind: 'request', from: 0, to: 100, parent: -1 },
      { ...span, kind: 'call', from: 0, to: 40, parent: 0, outcome: 'given up' },
      { ...span, kind: 'work', resource: 'B', words: 'is served', from: 30, to: 90, parent: 1, late: true },
      { ...span, kind: 'wait', resource: 'B', words: 'waits for a worker', from: 0, to: 30, parent: 1 },
      { ...span, kind: 'back-off', resource: 'C', words: 'back-off before attempt 2', from: 40, to: 90, parent: 0 },
      { ...span, kind: 'call', from: 90, to: 100, parent: 0, outcome: 'error' },
      { ...span, kind: 'message', from: 5, to: 500, parent: -1 },
      { ...span, kind: 'queued', from: 5, to: 500, parent: 6 },
    ],
  }

  test('is told by the smallest parts, without what was done for nobody and what came after the answer', () => {
    expect(partsOf(fall)).toEqual([
      { words: 'back-off of C', kind: 'back-off', length: 50, share: 0.5 },
      { words: 'B waits for a worker', kind: 'wait', length: 30, share: 0.3 },
      { words: 'B is served', kind: 'work', length: 10, share: 0.1 },
      { words: 'A does not answer', kind: 'call', length: 10, share: 0.1 },
    ])
    expect(depthsOf(fall)).toEqual([0, 1, 2, 2, 1, 1, 0, 1])
    expect([-1, 0, 35, 50, 95, 200, 500].map((now) => spanAt(fall, now))).toEqual([-1, 3, 2, 2, 5, 7, -1])
  })
})
