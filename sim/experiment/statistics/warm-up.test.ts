// Tests that the beginning of a run is found, and that noise, a steady state and a system without one raise no false alarm.
import { describe, expect, test } from 'vitest'
import { createRng } from '../../engine/rng.ts'
import { mser5, transientOf } from './warm-up.ts'

const rng = createRng(12, 'warm-up', 'test')
const normal = () => Math.sqrt(-2 * Math.log(1 - rng.float())) * Math.cos(2 * Math.PI * rng.float())

/** A mean of 10 that depends on its last value by `memory`, and `extra(i)` beside it. */
function series(n: number, memory: number, extra: (i: number) => number = () => 0): number[] {
  let state = normal()
  return Array.from({ length: n }, (_, i) => {
    state = memory * state + Math.sqrt(1 - memory * memory) * normal()
    return 10 + state + extra(i)
  })
}

describe('MSER-5', () => {
  test('is the least squared error over batches of five, by the definition', () => {
    const byDefinition = (values: readonly number[]): number | undefined => {
      const means = Array.from({ length: Math.floor(values.length / 5) }, (_, i) =>
        values.slice(5 * i, 5 * i + 5).reduce((sum, value) => sum + value / 5, 0),
      )
      const errors = means.slice(0, Math.floor(means.length / 2) + 1).map((_, cut) => {
        const kept = means.slice(cut)
        const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length
        return kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length ** 2
      })
      const cut = errors.indexOf(Math.min(...errors))
      return cut === errors.length - 1 ? undefined : cut * 5
    }
    for (let i = 0; i < 50; i++) {
      const values = series(53 + i, 0.5, (k) => (k < i ? 3 : 0))
      expect(mser5(values)).toBe(byDefinition(values))
    }
  })

  test('finds where a step and a decay end', () => {
    const steps = Array.from({ length: 21 }, () => mser5(series(320, 0, (k) => (k < 60 ? 8 : 0)))!).sort(
      (a, b) => a - b,
    )
    expect(steps[0]).toBe(60)
    expect(steps[10]).toBeLessThan(90)
    for (let i = 0; i < 20; i++) expect(mser5(series(320, 0, (k) => 30 * Math.exp(-k / 20)))).toBeGreaterThanOrEqual(40)
  })

  test('leaves out nothing of equal values, and sees no steady state in a slope or in too few values', () => {
    expect(mser5(Array.from({ length: 100 }, () => 4))).toBe(0)
    expect(mser5(Array.from({ length: 320 }, (_, i) => i))).toBeUndefined()
    expect(mser5([1, 2, 3])).toBeUndefined()
    expect(mser5([])).toBeUndefined()
  })
})

describe('a warning', () => {
  test('says how long the beginning is and what it does to the mean', () => {
    const values = series(320, 0.2, (i) => (i < 40 ? 20 : 0))
    const found = transientOf(values, 0)
    expect(found).toMatchObject({
      length: expect.toSatisfy((length: number) => length >= 40 && length <= 100) as number,
    })
    if (typeof found === 'string') return
    expect(found.mean).toBeCloseTo(10, 0)
    expect(found.biased).toBeCloseTo(10 + (20 * 40) / 320, 0)
    expect(transientOf(values, found.length)).toBe('settled')
  })

  test('is not given for noise: fewer than 1 of 100 steady series, also with a long memory', () => {
    for (const memory of [0, 0.5, 0.9]) {
      const warned = Array.from({ length: 500 }, () => transientOf(series(320, memory), 0)).filter(
        (found) => typeof found !== 'string',
      )
      expect(warned.length, `memory ${memory}`).toBeLessThanOrEqual(5)
    }
  })

  test('is not given for a beginning that moves the mean by less than a hundredth', () => {
    expect(
      transientOf(
        series(320, 0, (i) => (i < 5 ? 4 : 0)),
        0,
      ),
    ).toBe('settled')
  })

  test('is not given for something that happens later and passes: only for what was there from the beginning', () => {
    expect(
      transientOf(
        series(320, 0, (i) => (i >= 40 && i < 80 ? 20 : 0)),
        0,
      ),
    ).toBe('settled')
    expect(
      transientOf(
        series(320, 0, (i) => (i >= 40 && i < 80 ? 20 : 0)),
        30,
      ),
    ).toBe('settled')
    expect(
      transientOf(
        series(320, 0, (i) => 30 * Math.exp(-i / 20)),
        15,
      ),
    ).toMatchObject({
      biased: expect.toSatisfy((biased: number) => biased > 10.3) as number,
    })
    // A queue that fills up: the beginning is too low.
    expect(
      transientOf(
        series(320, 0, (i) => -10 * Math.exp(-i / 20)),
        0,
      ),
    ).toMatchObject({
      biased: expect.toSatisfy((biased: number) => biased < 9.7) as number,
    })
  })

  test('is not given where nothing settles', () => {
    expect(
      transientOf(
        series(320, 0, (i) => i),
        0,
      ),
    ).toBe('unsettled')
  })
})
