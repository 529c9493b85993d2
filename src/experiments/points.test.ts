// The points of a sweep: what is proposed, which values lie between two ends, and in which order runs stand.
import { expect, test } from 'vitest'
import type { KnobOutline, RunOutcome } from '../sim.ts'
import { endsOf, pointsOf, rangeOf, samplesOf, seedsOf, specsOf, valuesOf } from './points.ts'

const knob = (more: Partial<KnobOutline>): KnobOutline => ({
  name: 'P',
  kind: 'parameter',
  type: 'number',
  value: '10',
  initial: '10',
  ...more,
})

test('whole numbers stay whole, and no value stands twice', () => {
  expect(valuesOf(knob({ min: 0, max: 100 }), { from: 1, to: 4, steps: 7 })).toEqual(['1', '2', '3', '4'])
  expect(valuesOf(knob({ min: 0, max: 100 }), { from: 10, to: 40, steps: 4 })).toEqual(['10', '20', '30', '40'])
})

test('ends far apart are parted by equal factors, and hold exactly', () => {
  expect(valuesOf(knob({ min: 1, max: 10_000 }), { from: 1, to: 1000, steps: 4 })).toEqual(['1', '10', '100', '1000'])
  expect(valuesOf(knob({ initial: '0.5', min: 0, max: 1 }), { from: 0, to: 1, steps: 3 })).toEqual(['0', '0.5', '1'])
})

test('ends the wrong way round are turned, and steps are bounded', () => {
  expect(valuesOf(knob({}), { from: 4, to: 1, steps: 4 })).toEqual(['1', '2', '3', '4'])
  expect(valuesOf(knob({ initial: '0.5' }), { from: 0, to: 1, steps: 1e9 })).toHaveLength(25)
  expect(valuesOf(knob({ initial: '0.5' }), { from: 0, to: 1, steps: 0 })).toEqual(['0', '1'])
})

test('what is proposed lies within what the parameter takes', () => {
  expect(endsOf(knob({ min: 5, max: 20 }), '10')).toEqual({ from: 5, to: 20, steps: 7 })
  expect(endsOf(knob({ kind: 'workload', initial: '1' }), '1')).toEqual({ from: 0.25, to: 4, steps: 7 })
  const { from, to } = endsOf(knob({ initial: '0', min: 0 }), '0')
  expect(to).toBeGreaterThan(from)
})

test('a search goes by whole numbers, or by round decimals as fine as a slider', () => {
  expect(rangeOf(knob({}), { from: 1, to: 50 })).toBe('1..50')
  expect(rangeOf(knob({ kind: 'workload', initial: '1' }), { from: 0.25, to: 4 })).toBe('0.25..4.00:0.01')
  expect(rangeOf(knob({ initial: '0.5', min: 0, max: 1 }), { from: 0, to: 1 })).toBe('0.00..1.00:0.01')
  expect(rangeOf(knob({ initial: '2500.5' }), { from: 0, to: 10_000 })).toBe('0..10000:100')
})

test('runs stand point by point, the last axis first to change, each with all seeds', () => {
  const axes = [
    { name: 'B', label: 'B', values: ['1', '2'] },
    { name: 'A', label: 'A', values: ['x'] },
  ]
  expect(specsOf({ C: '3', B: '9' }, pointsOf(axes), seedsOf(2))).toEqual([
    {
      settings: [
        ['A', 'x'],
        ['B', '1'],
        ['C', '3'],
      ],
      seed: '1',
    },
    {
      settings: [
        ['A', 'x'],
        ['B', '1'],
        ['C', '3'],
      ],
      seed: '2',
    },
    {
      settings: [
        ['A', 'x'],
        ['B', '2'],
        ['C', '3'],
      ],
      seed: '1',
    },
    {
      settings: [
        ['A', 'x'],
        ['B', '2'],
        ['C', '3'],
      ],
      seed: '2',
    },
  ])
})

test('a sum without data is 0, another measure without data has no value, a refused run has neither', () => {
  const outcome = (more: Partial<RunOutcome>): RunOutcome => ({
    settings: [],
    seed: '1',
    ending: 'passed',
    digest: '',
    events: 0,
    values: [],
    expectations: [],
    ...more,
  })
  const runs = [
    outcome({ values: [{ name: 'sum(A.B)', value: 3, unit: 'Count' }] }),
    outcome({}),
    outcome({ ending: 'refused' }),
    undefined,
  ]
  expect(samplesOf(runs, 'sum(A.B)')).toEqual([3, 0])
  expect(samplesOf(runs, 'p99(A.B)')).toEqual([])
})
