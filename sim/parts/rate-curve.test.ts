// Rates along straight lines: their integral, its inverse, and whole levels as steps.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RateCurve, wholeSteps } from './rate-curve.ts'

const SECOND = 1_000_000

test('a constant rate of 7 per second expects its k-th arrival at k sevenths of a second', () => {
  const curve = new RateCurve([{ at: 0, perSecond: 7 }])
  expect(Math.round(curve.timeOf(1))).toBe(142_857)
  expect(curve.timeOf(700)).toBe(100 * SECOND)
  expect(curve.cumulative(100 * SECOND)).toBe(700)
})

test('a rate of one in 143 ms keeps whole milliseconds for a hundred thousand arrivals', () => {
  const curve = new RateCurve([{ at: 0, perSecond: 1e6 / 143_000 }])
  for (let k = 1; k <= 100_000; k += 97) expect(Math.round(curve.timeOf(k))).toBe(k * 143_000)
})

test('along a ramp the integral is a parabola', () => {
  const curve = new RateCurve([
    { at: 0, perSecond: 0 },
    { at: 10 * SECOND, perSecond: 100 },
  ])
  expect(curve.cumulative(5 * SECOND)).toBeCloseTo(125, 12)
  expect(Math.round(curve.timeOf(125))).toBe(5 * SECOND)
  expect(curve.cumulative(20 * SECOND)).toBe(1500)
  expect(curve.perSecond(2 * SECOND)).toBe(20)
})

test('a step up, an idle year, and no rate ever after', () => {
  const year = 365 * 24 * 3600 * SECOND
  const curve = new RateCurve([
    { at: SECOND, perSecond: 0 },
    { at: year, perSecond: 0 },
    { at: year, perSecond: 10 },
    { at: year + SECOND, perSecond: 10 },
    { at: year + SECOND, perSecond: 0 },
  ])
  expect(curve.timeOf(5)).toBe(year + SECOND / 2)
  expect(curve.timeOf(10)).toBe(year + SECOND)
  expect(curve.timeOf(10.001)).toBe(Infinity)
  expect(curve.cumulative(0)).toBe(0)
})

test('time of the integral is the inverse of the integral of time, on any curve', () => {
  const points = fc.array(
    fc.record({ gap: fc.integer({ min: 0, max: 1e9 }), perSecond: fc.integer({ min: 0, max: 1e5 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  fc.assert(
    fc.property(points, fc.double({ min: 0, max: 1, noNaN: true }), (gaps, share) => {
      let at = 0
      const curve = new RateCurve(gaps.map(({ gap, perSecond }) => ({ at: (at += gap), perSecond })))
      const mass = share * curve.cumulative(at + SECOND)
      if (mass < 1e-6) return
      const time = curve.timeOf(mass)
      expect(Math.abs(curve.cumulative(time) - mass)).toBeLessThan(1e-6 * mass + 1e-6)
      if (time > 1) expect(curve.cumulative(time - 1)).toBeLessThanOrEqual(mass * (1 + 1e-9))
    }),
    { numRuns: 200 },
  )
})

test('users ramp up and down one by one, at the moment when the line reaches the next whole number', () => {
  const steps = wholeSteps([
    { at: 0, value: 1 },
    { at: 10 * SECOND, value: 3 },
    { at: 20 * SECOND, value: 3 },
    { at: 22 * SECOND, value: 1 },
    { at: 30 * SECOND, value: 0 },
  ])
  expect([...steps.targets]).toEqual([1, 2, 3, 2, 1, 0])
  expect([...steps.times]).toEqual([0, 5 * SECOND, 10 * SECOND, 20 * SECOND + 1, 21 * SECOND + 1, 22 * SECOND + 1])
})
