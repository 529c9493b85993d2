// Dots: which are shown, and where they are at a moment.
import { expect, test } from 'vitest'
import { OUTCOMES } from '../sim.ts'
import { frameOf, outlineOf, type MoveSketch } from '../testing.ts'
import { Run } from '../run/run.ts'
import { dotsBetween, pathOf, placeOf } from './dots.ts'

const path = pathOf(
  [
    { x: 0, y: 0 },
    { x: 260, y: 0 },
  ],
  5,
)
const outline = outlineOf(
  [
    { name: 'A', glyph: 'client' },
    { name: 'B', glyph: 'api' },
  ],
  [[0, 1]],
)

function runOf(moves: readonly MoveSketch[], frames = 10): Run {
  const run = new Run(outline)
  for (let i = 0; i < frames; i++)
    run.add(
      frameOf(outline, i, { moves: moves.map((move, at) => ({ ...move, trace: (move.trace ?? at) + i * 7919 })) }),
    )
  return run
}

test('a dot needs the travel time for its way, keeps to the right, and answers come back on the other lane', () => {
  expect(placeOf(path, 0, false, 2)).toEqual({ x: 0, y: 5 })
  expect(placeOf(path, 1, false, 2)?.x).toBeCloseTo(130, 5)
  expect(placeOf(path, 2, false, 2)?.x).toBeCloseTo(260, 5)
  expect(placeOf(path, 0, true, 2)).toMatchObject({ x: 260, y: -5 })
  expect(placeOf(path, -0.01, false, 2)).toBeUndefined()
  expect(placeOf(path, 2.01, false, 2)).toBeUndefined()
})

test('where a dot is depends on the time alone: there and back is the same picture', () => {
  const at = (age: number) => placeOf(path, age, false, 1)
  const forth = [0.1, 0.4, 0.9].map(at)
  const back = [0.9, 0.4, 0.1].map(at).reverse()
  expect(back).toEqual(forth)
})

test('few messages are shown one by one, at their own moments', () => {
  const run = runOf(
    [
      { at: 0.02, road: 0, outcome: 'ok' },
      { at: 0.07, road: 0, outcome: 'throttled', back: true },
    ],
    3,
  )
  const dots = dotsBetween(run, [path], 0, 300_000, 1)
  expect(dots.perDot).toEqual(OUTCOMES.map(() => 1))
  expect(dots.count).toBe(6)
  const rows = Array.from({ length: 6 }, (_, i) => Array.from(dots.rows.subarray(i * 4, i * 4 + 4)))
  expect(rows[2][0]).toBeCloseTo(0.12, 5)
  expect(rows[3].slice(1)).toEqual([0, OUTCOMES.indexOf('throttled'), 1])
})

test('a crowd is thinned until it has room on its road, and the rare ones stay', () => {
  const crowd = Array.from({ length: 500 }, (_, i): MoveSketch => ({
    at: i / 5000,
    road: 0,
    outcome: 'ok',
    trace: i * 7 + 3,
  }))
  const run = runOf([...crowd, { at: 0.05, road: 0, outcome: 'error', back: true }])
  const dots = dotsBetween(run, [path], 0, 1_000_000, 1)
  const shown = (outcome: (typeof OUTCOMES)[number]): number =>
    Array.from({ length: dots.count }, (_, i) => dots.rows[i * 4 + 2]).filter((each) => OUTCOMES[each] === outcome)
      .length
  expect(shown('error')).toBe(10)
  expect(dots.perDot[OUTCOMES.indexOf('error')]).toBe(1)
  const each = dots.perDot[0]
  expect(each).toBeGreaterThan(50)
  // What a dot stands for is what it says: the shown ones times it are about all there were.
  expect((shown('ok') * each) / 5000).toBeGreaterThan(0.5)
  expect((shown('ok') * each) / 5000).toBeLessThan(1.6)
  expect(shown('ok')).toBeLessThan(60)
})

test('a request and its answer are shown or hidden together', () => {
  const moves = Array.from({ length: 600 }, (_, i): MoveSketch[] => [
    { at: i / 12000, road: 0, outcome: 'ok', trace: i * 13 },
    { at: 0.05 + i / 12000, road: 0, outcome: 'answer', back: true, trace: i * 13 },
  ]).flat()
  const dots = dotsBetween(runOf(moves, 1), [path], 0, 100_000, 1)
  const kinds = Array.from({ length: dots.count }, (_, i) => dots.rows[i * 4 + 2])
  expect(kinds.filter((kind) => kind === 0).length).toBe(kinds.filter((kind) => kind === 1).length)
  expect(dots.count).toBeLessThan(1200)
})
