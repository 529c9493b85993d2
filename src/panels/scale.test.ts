// A slider reaches both ends, hits its scenario's value and says round numbers between.
import { expect, test } from 'vitest'
import type { KnobOutline } from '../sim.ts'
import { POSITIONS, positionOf, scaleOf, valueAt } from './scale.ts'

const knob = (initial: string, min?: number, max?: number): KnobOutline => ({
  name: 'K',
  kind: 'parameter',
  type: 'number',
  value: initial,
  initial,
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})

test.each([
  ['a share', knob('0.6', 0, 1), 0, 1, 0.25],
  ['a rate over orders of magnitude', knob('260', 1, 5000), 1, 5000, 8],
  ['a count without ends', knob('30'), 0, 150, 38],
  ['a negative number', knob('-5'), -25, 25, -13],
] as const)('%s', (_, each, min, max, quarter) => {
  const scale = scaleOf(each)
  expect(valueAt(scale, 0)).toBe(min)
  expect(valueAt(scale, POSITIONS)).toBe(max)
  expect(Math.abs(valueAt(scale, POSITIONS / 4) - quarter)).toBeLessThanOrEqual(1)
})

test('going to a value and back stays within one position', () => {
  const scale = scaleOf(knob('260', 1, 5000))
  for (const value of [1, 10, 260, 1840, 5000]) {
    const position = positionOf(scale, value)
    expect(Math.abs(positionOf(scale, valueAt(scale, position)) - position)).toBeLessThanOrEqual(1)
  }
})

test('whole numbers stay whole, shares do not', () => {
  expect(Number.isInteger(valueAt(scaleOf(knob('180', 100, 10000)), 137))).toBe(true)
  expect(valueAt(scaleOf(knob('1', 0, 1)), 200)).toBe(0.5)
})

test('a factor is 1 at a quarter of its slider, and need not be whole', () => {
  const scale = scaleOf({ ...knob('1', 0, 1000), kind: 'workload' })
  expect(positionOf(scale, 1)).toBe(POSITIONS / 4)
  expect(valueAt(scale, 150)).toBe(1.5)
  expect(valueAt(scale, 0)).toBe(0)
})
