// Two runs part at the first frame in which other messages move.
import { expect, test } from 'vitest'
import type { Frame, Outline } from '../sim.ts'
import { Parting } from './parting.ts'
import { Run } from './run.ts'

const outline = (name = 'Q'): Outline =>
  ({
    duration: 4e6,
    step: 1e6,
    nodes: [{ name, readings: [{ name: 'Depth', unit: '', doc: '' }], cells: [] }],
    roads: [{ from: 0, to: 0, actions: [], answers: false }],
    knobs: [],
    marks: [],
  }) as unknown as Outline
const runOf = (counts: readonly number[], name?: string): Run => {
  const run = new Run(outline(name))
  counts.forEach((count, index) =>
    run.add({
      index,
      from: index * 1e6,
      to: (index + 1) * 1e6,
      moves: new ArrayBuffer(0),
      counts: Float32Array.of(count, 0),
      // What is set otherwise is not yet another run.
      readings: Float32Array.of(counts.length, 0),
      cells: new Float32Array(0),
      labels: [],
      marks: [],
    } satisfies Frame),
  )
  return run
}

test.each([
  ['the same', [1, 0, 3], [1, 0, 3, 4], undefined],
  ['another count', [1, 2, 3, 4], [1, 2, 7, 4], 2e6],
  ['from the start', [1, 2], [2, 2], 0],
  ['one still on its way', [1, 2, 3], [1], undefined],
])('%s', (_, a, b, at) => expect(new Parting().of(runOf(a), runOf(b))).toBe(at))

test('it is found once the frames are here, and other systems part at once', () => {
  const parting = new Parting()
  const a = runOf([1, 2, 3])
  expect(parting.of(a, runOf([1, 2]))).toBeUndefined()
  expect(parting.of(a, runOf([1, 2, 4]))).toBe(2e6)
  expect(new Parting().of(a, runOf([1], 'Other'))).toBe(0)
})
