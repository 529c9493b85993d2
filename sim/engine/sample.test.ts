// Tests of the samplers: every kind against its exact mean, deviation and quantiles, out to p99.99, and the rounding.
import { describe, expect, test } from 'vitest'
import { distributionProblem } from './distribution.ts'
import { createRng, Rng } from './rng.ts'
import { createSampler } from './sample.ts'
import type { Distribution, Sampler } from './sample.ts'

const N = 1_000_000
/** A fair sample strays further than so many standard errors once in 150 000 checks; this file makes some 200. */
const SIGMAS = 4.5

const S = 1_000_000_000
const sigma = Math.log(5) / 2.3263478740408408
const halfNormal = Math.sqrt(2 / Math.PI)

/** Times of some 1000 s, so that rounding to 1 µs is far below what a million draws can show. */
const cases: { name: string; of: Distribution; mean: number; sd: number }[] = [
  { name: 'uniform', of: { kind: 'uniform', min: S, max: 4 * S }, mean: 2.5 * S, sd: (3 * S) / Math.sqrt(12) },
  { name: 'exponential', of: { kind: 'exponential', mean: S }, mean: S, sd: S },
  { name: 'normal far from 0', of: { kind: 'normal', mean: 10 * S, sd: S }, mean: 10 * S, sd: S },
  {
    name: 'normal cut in half at 0',
    of: { kind: 'normal', mean: 0, sd: S },
    mean: S * halfNormal,
    sd: S * Math.sqrt(1 - 2 / Math.PI),
  },
  {
    name: 'lognormal',
    of: { kind: 'lognormal', p50: S, p99: 5 * S },
    mean: S * Math.exp(sigma ** 2 / 2),
    sd: S * Math.exp(sigma ** 2 / 2) * Math.sqrt(Math.exp(sigma ** 2) - 1),
  },
  { name: 'gamma of cv 1/2', of: { kind: 'gamma', mean: S, cv: 0.5 }, mean: S, sd: S / 2 },
  { name: 'gamma of cv 2', of: { kind: 'gamma', mean: S, cv: 2 }, mean: S, sd: 2 * S },
  { name: 'gamma of cv 1/50', of: { kind: 'gamma', mean: S, cv: 0.02 }, mean: S, sd: S / 50 },
  { name: 'weibull of shape 1/2', of: { kind: 'weibull', shape: 0.5, scale: S }, mean: 2 * S, sd: S * Math.sqrt(20) },
  {
    name: 'weibull of shape 2',
    of: { kind: 'weibull', shape: 2, scale: S },
    mean: (S * Math.sqrt(Math.PI)) / 2,
    sd: S * Math.sqrt(1 - Math.PI / 4),
  },
  { name: 'pareto of alpha 5', of: { kind: 'pareto', min: S, alpha: 5 }, mean: 1.25 * S, sd: S * Math.sqrt(5 / 48) },
  {
    name: 'mix of two exponentials',
    of: {
      kind: 'mix',
      parts: [
        { weight: 19, of: { kind: 'exponential', mean: S } },
        { weight: 1, of: { kind: 'exponential', mean: 10 * S } },
      ],
    },
    mean: 1.45 * S,
    sd: S * Math.sqrt(2 * (0.95 + 5) - 1.45 ** 2),
  },
]

function drawsOf(sampler: Sampler, name: string): Float64Array {
  const rng = createRng(3, name, 'sample')
  const draws = new Float64Array(N)
  for (let i = 0; i < N; i++) draws[i] = sampler.draw(rng)
  return draws
}
function moments(draws: Float64Array) {
  let sum = 0
  for (const x of draws) sum += x
  const mean = sum / draws.length
  let second = 0
  let fourth = 0
  for (const x of draws) {
    const square = (x - mean) ** 2
    second += square
    fourth += square * square
  }
  const variance = second / draws.length
  return { mean, sd: Math.sqrt(variance), kurtosis: fourth / draws.length / variance ** 2 }
}

describe.each(cases)('a million draws of $name', ({ name, of, mean, sd }) => {
  const sampler = createSampler(of)
  const draws = drawsOf(sampler, name)
  const found = moments(draws)

  test('have the exact mean', () => {
    expect(Math.abs(sampler.mean / mean - 1)).toBeLessThan(1e-12)
    expect(Math.abs(found.mean - mean)).toBeLessThan((SIGMAS * sd) / Math.sqrt(N))
  })

  test('have the exact standard deviation', () => {
    // The standard error of a deviation is sd · √((kurtosis − 1) / 4n).
    expect(Math.abs(found.sd - sd)).toBeLessThan(SIGMAS * sd * Math.sqrt((found.kurtosis - 1) / (4 * N)))
  })

  test('have the exact quantiles from p0.01 to p99.99', () => {
    for (const p of [0.0001, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999]) {
      const limit = sampler.quantile(p)
      // Where a quantile is a few microseconds, rounding moves draws across it.
      if (limit < 10_000) continue
      let below = 0
      for (const x of draws) if (x <= limit) below++
      // The number below a quantile is binomial.
      expect(Math.abs(below - N * p), `p = ${p}`).toBeLessThan(SIGMAS * Math.sqrt(N * p * (1 - p)))
    }
  })

  test('are whole numbers from 0', () => {
    for (const x of draws) if (!(x >= 0 && Math.floor(x) === x)) throw new Error(`drew ${x}`)
  })
})

describe('quantiles', () => {
  test('are those of the closed forms', () => {
    const near = (d: Distribution, p: number, exact: number) =>
      expect(Math.abs(createSampler(d).quantile(p) / exact - 1)).toBeLessThan(1e-13)
    near({ kind: 'lognormal', p50: 8000, p99: 40_000 }, 0.5, 8000)
    near({ kind: 'lognormal', p50: 8000, p99: 40_000 }, 0.99, 40_000)
    near({ kind: 'exponential', mean: 100 }, 0.999, 100 * Math.log(1000))
    near({ kind: 'exponential', mean: 100 }, 0.01, -100 * Math.log1p(-0.01))
    near({ kind: 'weibull', shape: 2, scale: 10 }, 0.9, 10 * Math.sqrt(Math.log(10)))
    near({ kind: 'pareto', min: 5, alpha: 2 }, 0.99, 50)
    near({ kind: 'uniform', min: 5, max: 15 }, 0.3, 8)
    near({ kind: 'normal', mean: 0, sd: 1 }, 0.5, 0.6744897501960817)
    near({ kind: 'gamma', mean: 3, cv: 1 }, 0.9, 3 * Math.log(10))
  })

  test('end where the distribution ends', () => {
    const ends = (d: Distribution) => [createSampler(d).quantile(0), createSampler(d).quantile(1)]
    expect(ends({ kind: 'uniform', min: 5, max: 15 })).toEqual([5, 15])
    expect(ends({ kind: 'exponential', mean: 100 })).toEqual([0, Infinity])
    expect(ends({ kind: 'normal', mean: 5, sd: 1 })).toEqual([0, Infinity])
    expect(ends({ kind: 'lognormal', p50: 5, p99: 6 })).toEqual([0, Infinity])
    expect(ends({ kind: 'gamma', mean: 5, cv: 1 })).toEqual([0, Infinity])
    expect(ends({ kind: 'weibull', shape: 2, scale: 1 })).toEqual([0, Infinity])
    expect(ends({ kind: 'pareto', min: 5, alpha: 2 })).toEqual([5, Infinity])
    expect(ends({ kind: 'constant', value: 5 })).toEqual([5, 5])
    expect(ends({ kind: 'empirical', values: [9, 1, 4] })).toEqual([1, 9])
  })

  test('of a list are its values by nearest rank', () => {
    const sampler = createSampler({ kind: 'empirical', values: [40, 10, 30, 20] })
    expect([0.25, 0.26, 0.5, 0.51, 0.75, 0.76].map((p) => sampler.quantile(p))).toEqual([10, 20, 20, 30, 30, 40])
    const hundred = createSampler({ kind: 'empirical', values: Array.from({ length: 100 }, (_, i) => i + 1) })
    for (let rank = 1; rank <= 100; rank++) expect(hundred.quantile(rank / 100)).toBe(rank)
  })

  test('of a mix step over the gap between its parts', () => {
    const sampler = createSampler({
      kind: 'mix',
      parts: [
        { weight: 0.75, of: { kind: 'constant', value: 1000 } },
        { weight: 0.25, of: { kind: 'uniform', min: 2000, max: 3000 } },
        { weight: 0, of: { kind: 'constant', value: 99_999 } },
      ],
    })
    expect(sampler.quantile(0)).toBe(1000)
    expect(sampler.quantile(0.75)).toBe(1000)
    expect(sampler.quantile(0.8)).toBeCloseTo(2200, 6)
    expect(sampler.quantile(1)).toBe(3000)
    expect(sampler.mean).toBe(1375)
  })

  test('of a mix and its parts invert their tails', () => {
    const sampler = createSampler({
      kind: 'mix',
      parts: cases.filter(({ of }) => of.kind !== 'mix').map(({ of }) => ({ weight: 1, of })),
    })
    let last = 0
    for (const p of [1e-6, 0.001, 0.1, 0.5, 0.9, 0.999, 0.999999]) {
      const x = sampler.quantile(p)
      expect(x).toBeGreaterThan(last)
      last = x
      // P(X ≤ x) as the mean over the parts of the share of 2000 exact quantiles at or below x.
      let share = 0
      for (const { of } of cases) {
        if (of.kind === 'mix') continue
        const part = createSampler(of)
        let [low, high] = [0, 1]
        for (let i = 0; i < 60; i++) {
          const middle = (low + high) / 2
          if (part.quantile(middle) <= x) low = middle
          else high = middle
        }
        share += low / (cases.length - 1)
      }
      expect(Math.abs(share - p)).toBeLessThan(1e-9)
    }
  })
})

/** A stream that gives one chosen word. */
class FixedRng extends Rng {
  private readonly word: number
  constructor(word: number) {
    super(new Int32Array(4))
    this.word = word | 0
  }
  override i32(): number {
    return this.word
  }
}

describe('the table', () => {
  test('is within 1/2 500 of the exact quantile everywhere from p0.0015 to p99.9985', () => {
    const smooth = cases.filter(({ of }) => of.kind !== 'mix' && of.kind !== 'uniform')
    for (const { name, of } of smooth) {
      const sampler = createSampler(of)
      for (let distance = 2 ** -16; distance < 0.5; distance *= 1.0037) {
        const word = Math.floor(distance * 2 ** 32)
        const exactLow = sampler.quantile(word / 2 ** 32)
        const exactHigh = sampler.quantile(1 - word / 2 ** 32)
        const low = sampler.drawReal(new FixedRng(word))
        const high = sampler.drawReal(new FixedRng(word + 2 ** 31))
        expect(Math.abs(low - exactLow), `${name} at ${distance}`).toBeLessThanOrEqual(
          exactLow / 2500 + sampler.mean / 1e9,
        )
        expect(Math.abs(high - exactHigh), `${name} at 1 − ${distance}`).toBeLessThanOrEqual(exactHigh / 2500)
      }
    }
  })

  test('hands over to the exact quantile nearer to either end', () => {
    const sampler = createSampler({ kind: 'exponential', mean: S })
    const tail = new FixedRng(2 ** 31 + 5)
    // The word also serves as the second and third draw; float() then is close to 1/2.
    expect(Math.abs(sampler.drawReal(tail) / sampler.quantile(1 - tail.float() * 2 ** -17) - 1)).toBeLessThan(1e-9)
    expect(sampler.drawReal(new FixedRng(2 ** 31))).toBeGreaterThan(sampler.quantile(1 - 2 ** -17))
    expect(sampler.drawReal(new FixedRng(0))).toBeLessThan(sampler.quantile(2 ** -17))
    expect(sampler.drawReal(new FixedRng(0))).toBeGreaterThan(0)
  })
})

describe('rounding', () => {
  test('keeps the mean of times of a few microseconds', () => {
    const small: Distribution[] = [
      { kind: 'exponential', mean: 0.3 },
      { kind: 'exponential', mean: 1 },
      { kind: 'exponential', mean: 5 },
      { kind: 'uniform', min: 0.2, max: 0.9 },
      { kind: 'lognormal', p50: 3, p99: 20 },
      { kind: 'gamma', mean: 2, cv: 0.5 },
      { kind: 'pareto', min: 1.5, alpha: 4 },
      { kind: 'empirical', values: [0.5, 1.25, 7] },
    ]
    for (const of of small) {
      const sampler = createSampler(of)
      const found = moments(drawsOf(sampler, `small ${of.kind}`))
      const error = Math.abs(found.mean - sampler.mean)
      expect(error, `${JSON.stringify(of)}: ${found.mean}`).toBeLessThan((SIGMAS * found.sd) / Math.sqrt(N))
    }
  })

  test('of a constant is half to even and takes nothing from the stream', () => {
    const rng = createRng(1, 'constant', 'test')
    const before = [...rng.state]
    const drawn = [0, 0.5, 1.5, 2.5, 2.51, 1000.5, 1001.5, 2 ** 53 - 1].map((value) =>
      createSampler({ kind: 'constant', value }).draw(rng),
    )
    expect(drawn).toEqual([0, 0, 2, 2, 3, 1000, 1002, 2 ** 53 - 1])
    expect(createSampler({ kind: 'normal', mean: 7, sd: 0 }).draw(rng)).toBe(7)
    expect(createSampler({ kind: 'gamma', mean: 7, cv: 0 }).draw(rng)).toBe(7)
    expect(createSampler({ kind: 'lognormal', p50: 7, p99: 7 }).draw(rng)).toBe(7)
    expect(createSampler({ kind: 'exponential', mean: 0 }).draw(rng)).toBe(0)
    expect([...rng.state]).toEqual(before)
  })

  test('of larger times is half to even', () => {
    const list = (value: number) => createSampler({ kind: 'empirical', values: [value, value, 5_000_000] })
    const drawn = (value: number) => {
      const rng = createRng(1, 'half', 'even')
      return new Set(Array.from({ length: 50 }, () => list(value).draw(rng)))
    }
    expect(drawn(2000.5)).toEqual(new Set([2000, 5_000_000]))
    expect(drawn(2001.5)).toEqual(new Set([2002, 5_000_000]))
  })

  test('never passes the largest exact integer', () => {
    const sampler = createSampler({ kind: 'pareto', min: 1, alpha: 0.01 })
    const rng = createRng(1, 'pareto', 'test')
    let most = 0
    for (let i = 0; i < 10_000; i++) most = Math.max(most, sampler.draw(rng))
    expect(most).toBe(2 ** 53 - 1)
    expect(sampler.mean).toBe(Infinity)
  })
})

describe('determinism', () => {
  test('a hundred thousand draws of each kind have the pinned fingerprint', () => {
    const prints: Record<string, number> = {}
    for (const { name, of } of cases) {
      const sampler = createSampler(of)
      const rng = createRng('pin', name, 'draws')
      let hash = 0
      for (let i = 0; i < 100_000; i++) {
        const x = sampler.draw(rng)
        hash = Math.imul(hash ^ x ^ Math.floor(x / 2 ** 32), 0x01000193)
        hash ^= hash >>> 15
      }
      prints[name] = hash >>> 0
    }
    expect(prints).toEqual({
      exponential: 3706634178,
      'gamma of cv 1/2': 771163223,
      'gamma of cv 1/50': 3244416871,
      'gamma of cv 2': 2934071919,
      lognormal: 3844255660,
      'mix of two exponentials': 1260933479,
      'normal cut in half at 0': 873580223,
      'normal far from 0': 2440028081,
      'pareto of alpha 5': 3952218939,
      uniform: 970592304,
      'weibull of shape 1/2': 3436795961,
      'weibull of shape 2': 881572567,
    })
  })

  test('two samplers of one distribution draw the same from the same stream', () => {
    for (const { of } of cases) {
      const [a, b] = [createRng(1, 'x', 'y'), createRng(1, 'x', 'y')]
      const [first, second] = [createSampler(of), createSampler(of)]
      for (let i = 0; i < 1000; i++) expect(first.draw(a)).toBe(second.draw(b))
    }
  })
})

describe('what cannot be drawn', () => {
  const wrong: [Distribution, RegExp][] = [
    [{ kind: 'constant', value: -1 }, /`value` is -1/],
    [{ kind: 'constant', value: NaN }, /`value` is NaN/],
    [{ kind: 'uniform', min: 5, max: 4 }, /`max` is 4; .* from 5/],
    [{ kind: 'exponential', mean: Infinity }, /`mean` is Infinity/],
    [{ kind: 'normal', mean: -5, sd: 1 }, /`mean` is -5/],
    [{ kind: 'normal', mean: 5, sd: -1 }, /`sd` is -1/],
    [{ kind: 'lognormal', p50: 0, p99: 1 }, /`p50` is 0; .* above 0/],
    [{ kind: 'lognormal', p50: 2, p99: 1 }, /`p99` is 1; .* from 2/],
    [{ kind: 'gamma', mean: 1, cv: 0.001 }, /`cv` is 0.001; it lies in 0.01..100/],
    [{ kind: 'weibull', shape: 0, scale: 1 }, /`shape` is 0/],
    [{ kind: 'pareto', min: 1, alpha: 0 }, /`alpha` is 0/],
    [{ kind: 'empirical', values: [] }, /`values` is empty/],
    [{ kind: 'empirical', values: [1, -2] }, /`values` is -2/],
    [{ kind: 'mix', parts: [] }, /`parts` is empty/],
    [{ kind: 'mix', parts: [{ weight: 0, of: { kind: 'constant', value: 1 } }] }, /weights add up to 0/],
    [{ kind: 'mix', parts: [{ weight: 1, of: { kind: 'constant', value: -1 } }] }, /`value` is -1/],
  ]
  test.each(wrong)('%j is explained and refused', (of, message) => {
    expect(distributionProblem(of)).toMatch(message)
    expect(() => createSampler(of)).toThrow()
  })

  test('nothing is wrong with the cases of this file', () => {
    for (const { of } of cases) expect(distributionProblem(of)).toBeUndefined()
  })
})
