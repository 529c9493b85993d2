// Tests of shares: the exact interval against known answers and its coverage, and that looking after every run costs no confidence.
import { expect, test } from 'vitest'
import { createRng } from '../../engine/rng.ts'
import { binomialAtMost } from './beta.ts'
import { proportionOf, sideOf } from './proportions.ts'

test('the interval of Clopper and Pearson has its known ends', () => {
  for (const [k, n, low, high] of [
    [0, 10, 0, 0.30849710781876294],
    [10, 10, 0.6915028921812371, 1],
    [28, 30, 0.7792645984770379, 0.9918218655393437],
    [1, 2, 0.01257911709367899, 0.987420882906321],
    [50, 100, 0.39832112950330095, 0.6016788704966991],
    [1, 1000, 2.5317487491674634e-5, 0.0055589242798499],
    [0, 0, 0, 1],
  ] as const) {
    const found = proportionOf(k, n, 0.95)
    expect(found.low).toBeCloseTo(low, 11)
    expect(found.high).toBeCloseTo(high, 11)
  }
})

test('it covers with 95 % or more, whatever the chance: computed from all that can be seen in 30 runs', () => {
  const intervals = Array.from({ length: 31 }, (_, k) => proportionOf(k, 30, 0.95))
  for (let p = 0.01; p < 1; p += 0.01) {
    let covered = 0
    intervals.forEach(({ low, high }, k) => {
      if (low <= p && p <= high) covered += binomialAtMost(k, 30, p) - binomialAtMost(k - 1, 30, p)
    })
    expect(covered).toBeGreaterThanOrEqual(0.95)
  }
})

test('a decision waits for enough runs, and knows both sides', () => {
  const first = (chance: number, bound: number) => {
    for (let n = 1; ; n++) {
      const side = sideOf(chance * n, n, bound, 0.95)
      if (side !== 'open') return `${side} after ${n}`
    }
  }
  expect([first(1, 0.5), first(0, 0.5), first(1, 0.9), first(0, 0.9)]).toEqual([
    'above after 7',
    'below after 7',
    'above after 43',
    'below after 2',
  ])
  expect(sideOf(0, 0, 0.5, 0.95)).toBe('open')
  expect(() => sideOf(1, 1, 1, 0.95)).toThrow('between 0 and 1')
})

test('asked after every one of 400 runs, it is wrong in at most 5 % of experiments where the truth lies at the bound', () => {
  for (const bound of [0.5, 0.9]) {
    const rng = createRng(1, 'proportions', String(bound))
    let above = 0
    let below = 0
    for (let i = 0; i < 1000; i++) {
      let k = 0
      for (let n = 1; n <= 400; n++) {
        if (rng.float() < bound) k++
        // Looking at every tenth is enough to see what looking too often would do, and a tenth of the work.
        const side = n % 10 === 0 || n < 20 ? sideOf(k, n, bound, 0.95) : 'open'
        if (side === 'open') continue
        if (side === 'above') above++
        else below++
        break
      }
    }
    expect(above / 1000).toBeLessThanOrEqual(0.05)
    expect(below / 1000).toBeLessThanOrEqual(0.05)
    // Not by never answering: at the bound itself it sometimes must be wrong.
    expect(above + below).toBeGreaterThan(10)
  }
})

test('away from the bound it answers rightly and soon', () => {
  const rng = createRng(2, 'proportions', 'power')
  let runs = 0
  let wrong = 0
  for (let i = 0; i < 300; i++) {
    let k = 0
    for (let n = 1; n <= 1000; n++) {
      if (rng.float() < 0.7) k++
      const side = sideOf(k, n, 0.9, 0.95)
      if (side === 'open') continue
      if (side === 'above') wrong++
      runs += n
      break
    }
  }
  expect(wrong / 300).toBeLessThanOrEqual(0.05)
  expect(runs / 300).toBeLessThan(40)
})
