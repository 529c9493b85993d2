// Fits: parameters come back from samples of known laws, the right family wins, and published data give their published estimates.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Distribution } from '../../engine/distribution.ts'
import { createRng } from '../../engine/rng.ts'
import { createSampler } from '../../engine/sample.ts'
import { parseDistribution } from '../../lang/distribution.ts'
import { parseRate } from '../../lang/quantity.ts'
import { fitFamilies, Sample, type Fitted } from './families.ts'
import { fitDistribution, verdictOf } from './fit.ts'
import { goodnessOf, kolmogorov } from './goodness.ts'
import { minimum } from './search.ts'
import { digits, distributionText, exactDuration, quantityText, rateText } from './write.ts'

function drawn(d: Distribution, n: number, seed = 7): Float64Array {
  const sampler = createSampler(d)
  const rng = createRng(seed, 'fit', d.kind)
  return Float64Array.from({ length: n }, () => sampler.drawReal(rng))
}

function familyOf(values: ArrayLike<number>, kind: Distribution['kind']): Fitted {
  return fitFamilies(new Sample(values)).find(({ distribution }) => distribution.kind === kind)!
}

/** Samples of each law; more where time is no matter. */
const SEEDS = process.env['SOAK'] === undefined ? 1 : 40

const LAWS: readonly Distribution[] = [
  { kind: 'uniform', min: 20_000, max: 90_000 },
  { kind: 'exponential', mean: 50_000 },
  { kind: 'normal', mean: 80_000, sd: 12_000 },
  { kind: 'lognormal', p50: 40_000, p99: 200_000 },
  { kind: 'gamma', mean: 60_000, cv: 0.6 },
  { kind: 'weibull', shape: 0.6, scale: 30_000 },
  { kind: 'pareto', min: 10_000, alpha: 1.7 },
  {
    kind: 'mix',
    parts: [
      { weight: 0.9, of: { kind: 'lognormal', p50: 20_000, p99: 60_000 } },
      { weight: 0.1, of: { kind: 'lognormal', p50: 900_000, p99: 2_000_000 } },
    ],
  },
]

describe('of 2,000 values', () => {
  it.each(LAWS)('$kind wins, with its own parameters', (law) => {
    const best = fitDistribution(drawn(law, 2000))!.candidates[0]!
    expect(best.distribution.kind).toBe(law.kind)
    // Four standard errors of the worst of them, the p99 of a tenth of the values.
    const numbers = (d: unknown): number[] =>
      typeof d === 'object' && d !== null ? Object.values(d).flatMap(numbers) : typeof d === 'number' ? [d] : []
    numbers(law).forEach((value, i) =>
      expect(numbers(best.distribution)[i]! / value).toBeCloseTo(1, law.kind === 'mix' ? 0.4 : 0.9),
    )
    expect(verdictOf(best)).toBe('fits')
  })

  it('the one true family is found in nine samples of ten and more', { timeout: 600_000 }, () => {
    for (const law of LAWS) {
      let found = 0
      for (let seed = 1; seed <= 20; seed++)
        if (fitDistribution(drawn(law, 1000, seed))!.candidates[0]!.distribution.kind === law.kind) found++
      expect(found, law.kind).toBeGreaterThanOrEqual(0.9 * SEEDS)
    }
  })
})

describe('parameters come back', () => {
  const near = (found: number, exact: number, relative: number): void =>
    expect(Math.abs(found / exact - 1), `${found} against ${exact}`).toBeLessThan(relative)

  test.each(LAWS.filter(({ kind }) => kind !== 'mix'))('of 20,000 values of $kind within 4 standard errors', (law) => {
    const { distribution } = familyOf(drawn(law, 20_000), law.kind)
    const bounds: Record<string, number> = {
      min: 0.002,
      max: 0.002,
      mean: 4 / Math.sqrt(20_000),
      sd: 0.02,
      p50: 0.02,
      p99: 0.04,
      cv: 0.03,
      shape: 0.03,
      scale: 0.05,
      alpha: 0.03,
    }
    for (const [name, value] of Object.entries(law))
      if (typeof value === 'number') near((distribution as never)[name], value, bounds[name]!)
  })

  test('of a normal law that is cut at 0, which the plain mean and deviation would miss', () => {
    const law: Distribution = { kind: 'normal', mean: 10_000, sd: 10_000 }
    const { distribution } = familyOf(drawn(law, 20_000), 'normal')
    near((distribution as { mean: number }).mean, 10_000, 0.12)
    near((distribution as { sd: number }).sd, 10_000, 0.05)
    const sample = new Sample(drawn(law, 20_000))
    expect(sample.mean).toBeGreaterThan(12_500)
  })

  test('of a law with a chance of 0 beside it', () => {
    const values = [
      ...drawn({ kind: 'lognormal', p50: 5000, p99: 30_000 }, 900),
      ...Array.from({ length: 100 }, () => 0),
    ]
    const best = fitDistribution(values)!
    expect(best.zeros).toBe(100)
    expect(best.candidates[0]!.distribution).toMatchObject({
      kind: 'mix',
      parts: [{ weight: 0.1, of: { kind: 'constant', value: 0 } }, { of: { kind: 'lognormal' } }],
    })
    expect(best.candidates[0]!.goodness.ks).toBeLessThan(0.03)
  })

  test('of values that are all the same: a constant', () => {
    expect(
      fitDistribution(Array.from({ length: 50 }, () => 250))!.candidates.map(({ distribution }) => distribution),
    ).toEqual([{ kind: 'constant', value: 250 }])
    expect(fitDistribution([1, 2, 3])).toBeUndefined()
  })
})

describe('published data', () => {
  // Lieblein and Zelen, Journal of Research of the National Bureau of Standards 57 (1956): millions of revolutions of 23 ball bearings.
  const BEARINGS = [
    17.88, 28.92, 33, 41.52, 42.12, 45.6, 48.4, 51.84, 51.96, 54.12, 55.56, 67.8, 68.64, 68.64, 68.88, 84.12, 93.12,
    98.64, 105.12, 105.84, 127.92, 128.04, 173.4,
  ]

  it('ball bearings: Weibull with shape 2.102 and scale 81.88 (Thoman, Bain and Antle, Technometrics 11, 1969)', () => {
    const { distribution, logLikelihood } = familyOf(BEARINGS, 'weibull') as Fitted & {
      distribution: { shape: number; scale: number }
    }
    expect(distribution.shape).toBeCloseTo(2.102, 3)
    expect(distribution.scale).toBeCloseTo(81.88, 1)
    expect(logLikelihood).toBeCloseTo(-113.69, 2)
  })

  it('ball bearings: lognormal with mean 4.150 and deviation 0.522 of the logarithms, gamma with shape 4.02 (Lawless, Statistical Models and Methods for Lifetime Data)', () => {
    const lognormal = familyOf(BEARINGS, 'lognormal') as Fitted & { distribution: { p50: number; p99: number } }
    expect(Math.log(lognormal.distribution.p50)).toBeCloseTo(4.15, 2)
    expect(Math.log(lognormal.distribution.p99 / lognormal.distribution.p50) / 2.3263478740408408).toBeCloseTo(0.522, 3)
    expect(lognormal.logLikelihood).toBeCloseTo(-113.13, 2)
    const gamma = familyOf(BEARINGS, 'gamma') as Fitted & { distribution: { cv: number } }
    expect(1 / gamma.distribution.cv ** 2).toBeCloseTo(4.02, 1)
    expect(gamma.logLikelihood).toBeCloseTo(-113.03, 2)
  })

  it('failures of air conditioning: exponential with mean 108.08, gamma with shape 0.707 (Proschan 1963; Davison and Hinkley, Bootstrap Methods, example 2.9)', () => {
    const HOURS = [3, 5, 7, 18, 43, 85, 91, 98, 100, 130, 230, 487]
    expect(familyOf(HOURS, 'exponential').distribution).toEqual({ kind: 'exponential', mean: 1297 / 12 })
    const gamma = familyOf(HOURS, 'gamma').distribution as { cv: number }
    expect(1 / gamma.cv ** 2).toBeCloseTo(0.707, 2)
  })
})

test('no other parameters of a family make a sample likelier', () => {
  // Each likelihood is computed anew from the density, whose logarithm is taken by the language's own functions.
  const density: {
    [K in 'exponential' | 'lognormal' | 'gamma' | 'weibull' | 'pareto' | 'normal']: (
      x: number,
      a: number,
      b: number,
    ) => number
  } = {
    exponential: (x, a) => -Math.log(a) - x / a,
    lognormal: (x, a, b) => -Math.log(x * b * Math.sqrt(2 * Math.PI)) - (Math.log(x) - a) ** 2 / (2 * b * b),
    gamma: (x, a, b) => (a - 1) * Math.log(x) - x / b,
    weibull: (x, a, b) => Math.log(a / b) + (a - 1) * Math.log(x / b) - (x / b) ** a,
    pareto: (x, a, b) => Math.log(b) + b * Math.log(a) - (b + 1) * Math.log(x),
    normal: (x, a, b) => -Math.log(b * Math.sqrt(2 * Math.PI)) - (x - a) ** 2 / (2 * b * b),
  }
  const values = drawn({ kind: 'lognormal', p50: 40, p99: 90 }, 300)
  const total = (kind: keyof typeof density, a: number, b: number): number =>
    values.reduce((sum, x) => sum + density[kind](x, a, b), 0)
  const lognormal = familyOf(values, 'lognormal')
  const { p50, p99 } = lognormal.distribution as { p50: number; p99: number }
  const sigma = Math.log(p99 / p50) / 2.3263478740408408
  const weibull = familyOf(values, 'weibull')
  const { shape, scale } = weibull.distribution as { shape: number; scale: number }
  const exponential = familyOf(values, 'exponential')
  for (const [kind, fitted, a, b] of [
    ['lognormal', lognormal, Math.log(p50), sigma],
    ['weibull', weibull, shape, scale],
    ['exponential', exponential, (exponential.distribution as { mean: number }).mean, 1],
  ] as const) {
    expect(total(kind, a, b)).toBeCloseTo(fitted.logLikelihood, 6)
    for (const [da, db] of [
      [1.01, 1],
      [0.99, 1],
      [1, 1.01],
      [1, 0.99],
    ] as const)
      if (kind !== 'exponential' || da !== 1) expect(total(kind, a * da, b * db)).toBeLessThan(fitted.logLikelihood)
  }
})

describe('goodness of fit', () => {
  it('has the chances of Kolmogorov’s table', () => {
    // Critical values of D·√n for large n: 1.2238 at 10 %, 1.3581 at 5 %, 1.6276 at 1 %.
    for (const [x, chance] of [
      [1.2238, 0.1],
      [1.3581, 0.05],
      [1.6276, 0.01],
    ] as const)
      expect(kolmogorov(x / 1e4, 1e8)).toBeCloseTo(chance, 4)
    // Of 20 values the 5 % point is 0.294 (Massey 1951).
    expect(kolmogorov(0.294, 20)).toBeCloseTo(0.05, 2)
    expect(kolmogorov(0, 10)).toBe(1)
  })

  it('measures the distance of a step function, also where values are equal', () => {
    const uniform: Distribution = { kind: 'uniform', min: 0, max: 1 }
    expect(goodnessOf(uniform, Float64Array.of(0.1, 0.2, 0.3, 0.4)).ks).toBeCloseTo(0.6, 12)
    expect(goodnessOf(uniform, Float64Array.of(0.5, 0.5, 0.5, 0.5)).ks).toBeCloseTo(0.5, 12)
    // A² of (i − 1/2)/n for i = 1 … 3 by its definition.
    const third = (i: number): number => (i - 0.5) / 3
    const exact =
      -3 - [1, 2, 3].reduce((sum, i) => sum + (2 * i - 1) * (Math.log(third(i)) + Math.log(1 - third(4 - i))), 0) / 3
    expect(goodnessOf(uniform, Float64Array.of(third(1), third(2), third(3))).ad).toBeCloseTo(exact, 12)
  })

  it('says of a law’s own values that they fit in 95 samples of 100, whatever the law', () => {
    for (const law of [LAWS[1]!, LAWS[3]!, LAWS[7]!]) {
      let refuted = 0
      for (let seed = 1; seed <= 200; seed++)
        if (goodnessOf(law, drawn(law, 400, seed).sort()).ksChance < 0.05) refuted++
      // Binomial with a standard deviation of 3.1.
      expect(Math.abs(refuted - 10), law.kind).toBeLessThan(4 * 3.1)
    }
  })

  it('is told by percentiles where a distribution is another one', () => {
    const fit = fitDistribution(
      drawn({ kind: 'uniform', min: 1000, max: 2000 }, 20_000).map((x, i) => (i % 7 === 0 ? 40_000 + x : x)),
    )!
    expect(verdictOf(fit.candidates.find(({ distribution }) => distribution.kind === 'exponential')!)).toBe('apart')
  })
})

test('the simplex finds the lowest point of a curved valley', () => {
  const [x, y] = minimum(([a, b]) => (1 - a!) ** 2 + 100 * (b! - a! * a!) ** 2, [-1.2, 1], [0.5, 0.5])
  expect([x, y].map((each) => Math.round(each! * 1000) / 1000)).toEqual([1, 1])
})

describe('what is written', () => {
  it('has as many digits as measurements deserve', () => {
    expect([0.06452, 1234.56, 9.9999, 0, 12, 0.000123456, 123_456_789].map((value) => digits(value))).toEqual([
      '0.06452',
      '1235',
      '10',
      '0',
      '12',
      '0.0001235',
      '123456789',
    ])
    expect([8100, 39_712.3, 1_500_000, 0.2, 90_000_000].map((value) => quantityText(value, 'duration'))).toEqual([
      '8.1ms',
      '39.71ms',
      '1.5s',
      '0.2us',
      '90s',
    ])
    expect([900, 6144, 3 * 1_048_576].map((value) => quantityText(value, 'size'))).toEqual(['900B', '6KB', '3MB'])
    expect([0, 90_000_000, 7_200_000_000, 1500].map(exactDuration)).toEqual(['0s', '90s', '2h', '1500us'])
    expect([12.5, 0.05, 0.0005, 0].map(rateText)).toEqual(['12.5/s', '3/min', '1.8/h', '0/s'])
  })

  it('is read by the language as the same distribution, near enough', () => {
    const positive = fc.double({ min: 1, max: 1e9, noNaN: true })
    const law: fc.Arbitrary<Distribution> = fc.oneof(
      fc.record({ kind: fc.constant('exponential' as const), mean: positive }),
      fc.record({
        kind: fc.constant('pareto' as const),
        min: positive,
        alpha: fc.double({ min: 0.1, max: 50, noNaN: true }),
      }),
      fc
        .tuple(positive, fc.double({ min: 1.01, max: 100, noNaN: true }))
        .map(([p50, ratio]) => ({ kind: 'lognormal' as const, p50, p99: p50 * ratio })),
      fc.record({
        kind: fc.constant('gamma' as const),
        mean: positive,
        cv: fc.double({ min: 0.02, max: 50, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('weibull' as const),
        shape: fc.double({ min: 0.02, max: 500, noNaN: true }),
        scale: positive,
      }),
    )
    const mixed = fc
      .tuple(law, law, fc.double({ min: 0.01, max: 0.99, noNaN: true }))
      .map(([a, b, weight]): Distribution => ({
        kind: 'mix',
        parts: [
          { weight, of: a },
          { weight: 1 - weight, of: b },
        ],
      }))
    fc.assert(
      fc.property(fc.oneof(law, mixed), fc.constantFrom('duration', 'size', 'count'), (d, dimension) => {
        const read = parseDistribution(distributionText(d, dimension), dimension)
        expect(read).toMatchObject({ ok: true, value: { kind: d.kind } })
      }),
    )
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        (rate) => void expect(parseRate(rateText(rate)).ok).toBe(true),
      ),
    )
  })
})
