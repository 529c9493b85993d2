// Tests of means and their intervals: known answers, degenerate cases, and how often the intervals cover.
import { describe, expect, test } from 'vitest'
import { createRng, type Rng } from '../../engine/rng.ts'
import { batchMeansOf, chanceAbove, differenceOf, meanOf, seedsForHalfWidth, seedsToTell } from './means.ts'

const exponential = (rng: Rng): number => -Math.log(1 - rng.float())
const normal = (rng: Rng): number => Math.sqrt(2 * exponential(rng)) * Math.cos(2 * Math.PI * rng.float())
const many = <T>(n: number, each: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => each(i))

/** Waiting times before service of M/M/1 customers (Lindley), service rate 1, from an empty system. */
function waits(rng: Rng, load: number, n: number, skip: number): number[] {
  const found: number[] = []
  let wait = 0
  for (let i = 0; i < n; i++) {
    if (i >= skip) found.push(wait)
    wait = Math.max(0, wait + exponential(rng) - exponential(rng) / load)
  }
  return found
}

describe('a mean of replications', () => {
  test('has the interval of the textbook: Law, example 4.26', () => {
    const sample = [1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09]
    const { n, mean, deviation, low, high } = meanOf(sample, 0.9)
    expect([n, mean.toFixed(3), (deviation * deviation).toFixed(2)]).toEqual([10, '1.343', '0.17'])
    expect([((high - low) / 2).toFixed(2), ((high + low) / 2).toFixed(3)]).toEqual(['0.24', '1.343'])
  })

  test('is all that one value tells, and nothing is told by none or by one that is not finite', () => {
    expect(meanOf([7], 0.95)).toEqual({ n: 1, mean: 7, deviation: 0, low: -Infinity, high: Infinity })
    expect(meanOf([], 0.95)).toEqual({ n: 0, mean: NaN, deviation: NaN, low: -Infinity, high: Infinity })
    for (const odd of [NaN, Infinity, -Infinity]) {
      expect(meanOf([1, odd, 3], 0.95)).toEqual({ n: 3, mean: NaN, deviation: NaN, low: -Infinity, high: Infinity })
      expect(differenceOf([1, 2, 3], [1, odd, 3], 0.95).chance).toBe(1)
    }
    expect(() => meanOf([1, 2], 1)).toThrow('between 0 and 1')
  })

  test('of equal values is that value exactly, without a width', () => {
    expect(meanOf([0.1, 0.1, 0.1], 0.95)).toEqual({ n: 3, mean: 0.1, deviation: 0, low: 0.1, high: 0.1 })
  })

  test('loses nothing to a large offset', () => {
    const { mean, deviation } = meanOf([1e15 + 1, 1e15 + 2, 1e15 + 3], 0.95)
    expect([mean - 1e15, deviation]).toEqual([2, 1])
  })

  test('covers the true mean as often as it says', () => {
    const rng = createRng(7, 'means', 'coverage')
    for (const [n, confidence] of [
      [2, 0.95],
      [5, 0.9],
      [30, 0.99],
    ] as const) {
      const covered = many(4000, () =>
        meanOf(
          many(n, () => 3 + normal(rng)),
          confidence,
        ),
      ).filter(({ low, high }) => low <= 3 && 3 <= high).length
      // Four standard errors of a share of 4,000.
      const error = 4 * Math.sqrt((confidence * (1 - confidence)) / 4000)
      expect(Math.abs(covered / 4000 - confidence)).toBeLessThan(error)
    }
  })
})

test('intervals of the mean wait in M/M/1 cover its value, 95 ± 2 % of 1,000 experiments: replications and batch means', () => {
  const rng = createRng(11, 'means', 'queue')
  const load = 0.5
  const truth = load / (1 - load)
  const covers = ({ low, high }: { low: number; high: number }) => low <= truth && truth <= high
  const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  let byReplications = 0
  let byBatches = 0
  for (let i = 0; i < 1000; i++) {
    if (
      covers(
        meanOf(
          many(10, () => average(waits(rng, load, 550, 50))),
          0.95,
        ),
      )
    )
      byReplications++
    if (covers(batchMeansOf(waits(rng, load, 10_050, 50), 0.95))) byBatches++
  }
  expect(Math.abs(byReplications - 950), `${byReplications} of 1,000 by replications`).toBeLessThanOrEqual(20)
  expect(Math.abs(byBatches - 950), `${byBatches} of 1,000 by batch means`).toBeLessThanOrEqual(20)
}, 60_000)

describe('a paired difference', () => {
  test('is judged by the pairs, whatever both have in common', () => {
    const rng = createRng(3, 'means', 'pairs')
    const common = many(10, () => 100 * normal(rng))
    const after = common.map((value) => value + 1 + 0.1 * normal(rng))
    const { mean, low, high, chance } = differenceOf(common, after, 0.95)
    expect(Math.abs(mean - 1)).toBeLessThan(0.2)
    expect([low > 0.8, high < 1.2, chance < 1e-6]).toEqual([true, true, true])
    expect(() => differenceOf([1], [1, 2], 0.95)).toThrow('as many')
  })

  test('has the chance of the t-test, and its interval leaves out 0 when that is below 5 %', () => {
    // Student's own sleep data (1908): t = 4.0621, p = 0.002833.
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    const { mean, chance, low, high } = differenceOf(first, second, 0.95)
    expect([mean.toFixed(2), chance.toFixed(6)]).toEqual(['1.58', '0.002833'])
    expect([low.toFixed(7), high.toFixed(7)]).toEqual(['0.7001142', '2.4598858'])
    const rng = createRng(5, 'means', 'consistent')
    for (let i = 0; i < 200; i++) {
      const difference = differenceOf(
        many(5, () => normal(rng)),
        many(5, () => 1 + normal(rng)),
        0.95,
      )
      expect(difference.chance < 0.05).toBe(difference.low > 0 || difference.high < 0)
    }
  })

  test('of pairs that all differ alike is as sure as so many coins, and of equal pairs no difference', () => {
    expect(differenceOf([1, 2, 3], [1, 2, 3], 0.95)).toMatchObject({ mean: 0, chance: 1 })
    expect(differenceOf([1, 2, 3, 4, 5], [2, 3, 4, 5, 6], 0.95)).toMatchObject({ mean: 1, chance: 1 / 16 })
    expect(differenceOf([1], [2], 0.95)).toMatchObject({ mean: 1, chance: 1, low: -Infinity })
  })

  test('lies above a bound with the chance of one side', () => {
    const estimate = meanOf([4, 5, 6, 7], 0.95)
    expect(chanceAbove(estimate, estimate.mean)).toBeCloseTo(0.5, 14)
    expect(chanceAbove(estimate, 100)).toBeGreaterThan(0.999)
    expect(chanceAbove(estimate, 0)).toBeLessThan(0.01)
    expect(chanceAbove(meanOf([4], 0.95), 0)).toBe(1)
    expect([1, 2, 3].map((bound) => chanceAbove(meanOf([2, 2, 2], 0.95), bound))).toEqual([1 / 8, 0.5, 1])
  })
})

describe('how many seeds it takes', () => {
  test('for a width: with so many the interval is that narrow, with one fewer it is not', () => {
    // Deviation 1, ± 0.5 with 95 %: 18 (t with 17 degrees is 2.110, 2.110/√18 = 0.497).
    expect(seedsForHalfWidth(1, 0.5, 0.95)).toBe(18)
    expect(seedsForHalfWidth(0, 0.5, 0.95)).toBe(2)
    expect(seedsForHalfWidth(1, 0, 0.95)).toBeUndefined()
  })

  test('for a difference: with so many it is told apart in four of five experiments', () => {
    const seeds = seedsToTell(1, 0.8, 0.95)!
    const rng = createRng(9, 'means', 'power')
    const told = many(2000, () =>
      meanOf(
        many(seeds, () => 0.8 + normal(rng)),
        0.95,
      ),
    ).filter(({ low }) => low > 0)
    expect(seeds).toBeLessThan(20)
    expect(Math.abs(told.length / 2000 - 0.8)).toBeLessThan(0.05)
  })

  test('is not known for no difference; a difference without variance needs enough coins', () => {
    expect(seedsToTell(1, 0, 0.95)).toBeUndefined()
    expect(seedsToTell(1, 1e-9, 0.95)).toBeUndefined()
    expect(seedsToTell(0, 3, 0.95)).toBe(6)
  })
})
