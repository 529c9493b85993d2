// The run as the page holds it: what a frame says is found again, whatever rows of cells stand before it.
import { describe, expect, test } from 'vitest'
import { OUTCOMES, type Frame, type Outline } from '../sim.ts'
import { frameOf, outlineOf, type FrameSketch } from '../testing.ts'
import { Run } from './run.ts'

const outline: Outline = outlineOf(
  [
    { name: 'Clients', glyph: 'client', readings: ['Requests'] },
    {
      name: 'Work',
      glyph: 'function',
      readings: ['Concurrency', 'Limit'],
      cells: { Environments: ['State', 'Since'], Others: ['A'] },
    },
    { name: 'Table', glyph: 'table', readings: ['Throttled'], cells: { Partitions: ['Writes', 'Refused'] } },
  ],
  [
    [0, 1],
    [1, 2],
  ],
)

const sameAsFirst: FrameSketch = {
  readings: [[12], [3, 10], [0.5]],
  tones: ['calm', 'throttling', 'busy'],
  cells: [
    [],
    [
      [
        [0, 1.5],
        [3, 2],
      ],
      [],
    ],
    [[[0.7, 9]]],
  ],
  counts: { 0: { ok: 20, throttled: 4 }, 1: { ok: 6, error: 2 } },
}
const first: Frame = frameOf(outline, 0, sameAsFirst)

describe('a frame', () => {
  const run = new Run(outline)
  run.add(first)
  test('gives readings and tones by node', () => {
    expect([0, 1].map((i) => run.reading(first, 1, i))).toEqual([3, 10])
    expect(run.reading(first, 2, 0)).toBe(0.5)
    expect([0, 1, 2].map((node) => run.tone(first, node))).toEqual(['calm', 'throttling', 'busy'])
  })

  test('gives cells by node and kind, however many stand before them', () => {
    const environments = run.cells(first, 1, 0)
    expect([environments.count, environments.listed]).toEqual([2, 2])
    expect(environments.at(1, 0)).toBe(3)
    expect(environments.at(0, 1)).toBe(1.5)
    expect(run.cells(first, 1, 1).count).toBe(0)
    expect(run.cells(first, 2, 0).at(0, 1)).toBe(9)
    expect(run.cells(first, 0, 0).count).toBe(0)
  })

  test('gives rates a second, of which requests are counted where they enter', () => {
    expect(run.rate(first, 0, 'throttled')).toBe(40)
    expect(run.lanes.requests).toEqual([200])
    expect(run.lanes.throttles).toEqual([40])
    expect(run.lanes.errors).toEqual([20])
  })
})

test('a moment belongs to the frame that ends at it or after it', () => {
  const run = new Run(outline)
  for (let i = 0; i < 3; i++) run.add(frameOf(outline, i))
  expect([0, 1, 100_000, 100_001, 250_000, 9e9].map((time) => run.frameAt(time))).toEqual([0, 0, 0, 1, 2, 2])
})

test('frames come once and in order; marks are merged in order of time', () => {
  const run = new Run(outline)
  const mark = (time: number) => ({ time, length: 0, kind: 'first' as const, node: 0, text: String(time) })
  expect(run.add(frameOf(outline, 1))).toBe(false)
  expect(run.add(frameOf(outline, 0, { marks: [mark(70), mark(30)] }))).toBe(true)
  expect(run.add(frameOf(outline, 0))).toBe(false)
  expect(run.add(frameOf(outline, 1, { marks: [mark(120)] }))).toBe(true)
  expect(run.marks.map((each) => each.time)).toEqual([30, 70, 120])
  expect(run.reached).toBe(200_000)
})

test('a node is painted again only when something of it changed', () => {
  const run = new Run(outline)
  const other = frameOf(outline, 1, {
    readings: [[12], [3, 10], [0.5]],
    tones: ['calm', 'throttling', 'busy'],
    cells: [
      [],
      [
        [
          [0, 1.5],
          [3, 2.5],
        ],
        [],
      ],
      [[[0.7, 9]]],
    ],
    counts: { 0: { ok: 25 }, 1: { ok: 9, error: 2 } },
  })
  run.add(first)
  run.add(other)
  expect([0, 1, 2].map((node) => run.same(first, other, node))).toEqual([true, false, true])
  const failing = frameOf(outline, 2, { ...sameAsFirst, counts: { 1: { error: 3 } } })
  expect(run.same(first, failing, 2)).toBe(false)
})

test('every outcome has its place in the counts', () => expect(first.counts).toHaveLength(2 * OUTCOMES.length))
