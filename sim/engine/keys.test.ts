// Tests of the key samplers against the chances that they promise.
import { describe, expect, test } from 'vitest'
import { createKeySampler, keyDistributionProblem } from './keys.ts'
import type { KeyDistribution } from './keys.ts'
import { createRng } from './rng.ts'

const N = 400_000

function counts(of: KeyDistribution, cells: number): Float64Array {
  const sampler = createKeySampler(of)
  const rng = createRng(5, of.kind, 'keys')
  const seen = new Float64Array(cells)
  for (let i = 0; i < N; i++) {
    const index = sampler.index(rng)
    if (!(index >= 0 && index < cells && Math.floor(index) === index)) throw new Error(`index ${index}`)
    seen[index]!++
  }
  return seen
}
/** χ² against the given chances lies within 4.5 standard deviations of its mean (cells expected 5 times or more). */
function expectFit(seen: Float64Array, chances: readonly number[]) {
  let chi = 0
  let cells = 0
  let rest = 0
  let restSeen = 0
  const add = (found: number, expected: number) => {
    chi += (found - expected) ** 2 / expected
    cells++
  }
  chances.forEach((chance, i) => {
    if (chance * N >= 5) add(seen[i]!, chance * N)
    else {
      rest += chance * N
      restSeen += seen[i]!
    }
  })
  if (rest >= 5) add(restSeen, rest)
  else expect(restSeen).toBeLessThan(25)
  const freedom = Math.max(1, cells - 1)
  expect(chi).toBeLessThan(freedom + 4.5 * Math.sqrt(2 * freedom) + 4)
}
function zipf(n: number, s: number): number[] {
  const weights = Array.from({ length: n }, (_, i) => (i + 1) ** -s)
  const total = weights.reduceRight((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

describe('zipf', () => {
  test.each([
    [1, 1],
    [10, 0],
    [1000, 0.8],
    [1000, 1],
    [1000, 2.5],
    [50, 40],
  ])('over %i keys with s = %f has its chances', (n, s) => {
    expectFit(counts({ kind: 'zipf', n, s }, n), zipf(n, s))
  })

  test('over a million keys has its chances at the head and in the tail', () => {
    const seen = counts({ kind: 'zipf', n: 1_000_000, s: 1 }, 1_000_000)
    const chances = zipf(1_000_000, 1)
    for (const [from, to] of [
      [0, 1],
      [1, 10],
      [10, 1000],
      [1000, 100_000],
      [100_000, 1_000_000],
    ] as const) {
      const p = chances.slice(from, to).reduce((a, b) => a + b, 0)
      const found = seen.subarray(from, to).reduce((a, b) => a + b, 0)
      expect(Math.abs(found - N * p)).toBeLessThan(4.5 * Math.sqrt(N * p * (1 - p)))
    }
  })
})

describe('hot', () => {
  test('gives its share to index 0 and the rest evenly to the others', () => {
    const chances = [0.6, ...Array.from({ length: 999 }, () => 0.4 / 999)]
    expectFit(counts({ kind: 'hot', share: 0.6, of: 1000 }, 1000), chances)
  })

  test('of one key is that key, and of no share never', () => {
    expect([...counts({ kind: 'hot', share: 0.1, of: 1 }, 1)]).toEqual([N])
    expect(counts({ kind: 'hot', share: 0, of: 3 }, 3)[0]).toBe(0)
    expect(counts({ kind: 'hot', share: 1, of: 3 }, 3)[0]).toBe(N)
  })
})

test('choice follows its weights, whatever their sum, and never takes a weight of 0', () => {
  const seen = counts({ kind: 'choice', weights: [7, 0, 2, 1] }, 4)
  expect(seen[1]).toBe(0)
  expectFit(seen, [0.7, 0, 0.2, 0.1])
  expectFit(counts({ kind: 'choice', weights: [1e-9] }, 1), [1])
})

test('uniform gives every key the same chance', () => {
  expectFit(
    counts({ kind: 'uniform', n: 777 }, 777),
    Array.from({ length: 777 }, () => 1 / 777),
  )
})

test('a sequence counts from 0 and goes on from a restored place', () => {
  const sampler = createKeySampler({ kind: 'sequence' })
  const rng = createRng(1, 'a', 'b')
  const before = [...rng.state]
  expect([sampler.index(rng), sampler.index(rng), sampler.index(rng)]).toEqual([0, 1, 2])
  sampler.next[0] = 1
  expect(sampler.index(rng)).toBe(1)
  expect([...rng.state]).toEqual(before)
})

test('uuids are whole numbers below 2^53 and do not repeat among 400 000', () => {
  const sampler = createKeySampler({ kind: 'uuid' })
  const rng = createRng(1, 'a', 'b')
  const seen = new Set<number>()
  let most = 0
  for (let i = 0; i < N; i++) {
    const index = sampler.index(rng)
    if (!Number.isSafeInteger(index)) throw new Error(`index ${index}`)
    seen.add(index)
    most = Math.max(most, index)
  }
  expect(seen.size).toBe(N)
  expect(most).toBeGreaterThan(2 ** 53 * 0.9999)
})

test('each kind has its pinned first draws', () => {
  const kinds: KeyDistribution[] = [
    { kind: 'zipf', n: 1000, s: 1 },
    { kind: 'hot', share: 0.6, of: 1000 },
    { kind: 'uniform', n: 1000 },
    { kind: 'choice', weights: [0.7, 0.3] },
    { kind: 'uuid' },
  ]
  const first = kinds.map((of) => {
    const sampler = createKeySampler(of)
    const rng = createRng('pin', 'keys', of.kind)
    return [sampler.index(rng), sampler.index(rng), sampler.index(rng)]
  })
  expect(first).toEqual([
    [0, 1, 29],
    [0, 0, 0],
    [405, 427, 559],
    [0, 0, 1],
    [8727782215472919, 544026196757843, 6938902265584136],
  ])
})

test('what cannot be drawn is explained and refused', () => {
  const wrong: [KeyDistribution, RegExp][] = [
    [{ kind: 'zipf', n: 0, s: 1 }, /n is 0; it is a whole number in 1..1000000/],
    [{ kind: 'zipf', n: 2_000_000, s: 1 }, /n is 2000000/],
    [{ kind: 'zipf', n: 10, s: -1 }, /`s` is -1/],
    [{ kind: 'hot', share: 1.1, of: 10 }, /`share` is 1.1; it lies in 0..1/],
    [{ kind: 'hot', share: 0.5, of: 1.5 }, /of is 1.5/],
    [{ kind: 'uniform', n: NaN }, /n is NaN/],
    [{ kind: 'choice', weights: [] }, /the number of weights is 0/],
    [{ kind: 'choice', weights: [1, -1] }, /a weight is -1/],
    [{ kind: 'choice', weights: [0, 0] }, /weights add up to 0/],
  ]
  for (const [of, message] of wrong) {
    expect(keyDistributionProblem(of)).toMatch(message)
    expect(() => createKeySampler(of)).toThrow()
  }
  expect(keyDistributionProblem({ kind: 'uuid' })).toBeUndefined()
})

test('how many keys there are and how much the most frequent takes are known without a draw', () => {
  const known = (d: KeyDistribution): [number, number] => {
    const { count, topShare } = createKeySampler(d)
    return [count, Math.round(topShare * 1e4) / 1e4]
  }
  expect(known({ kind: 'hot', share: 0.6, of: 1000 })).toEqual([1000, 0.6])
  expect(known({ kind: 'hot', share: 0.1, of: 2 })).toEqual([2, 0.9])
  expect(known({ kind: 'hot', share: 0.1, of: 1 })).toEqual([1, 1])
  expect(known({ kind: 'uniform', n: 50 })).toEqual([50, 0.02])
  expect(known({ kind: 'choice', weights: [3, 5, 2] })).toEqual([3, 0.5])
  // 1 / (1 + 1/2 + 1/3 + 1/4)
  expect(known({ kind: 'zipf', n: 4, s: 1 })).toEqual([4, 0.48])
  expect(known({ kind: 'uuid' })).toEqual([Infinity, 0])
  expect(known({ kind: 'sequence' })).toEqual([Infinity, 0])
})
