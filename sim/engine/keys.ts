// Draws keys as index numbers: which tenant, order or partition key a request names.
//
// The one idea: weighted choices use Vose's alias table, so that a Zipf law over a million keys costs two random words
// and two reads, whatever its shape. The text of a key is made from its index elsewhere.
import { assert } from './assert.ts'
import { exp, ln } from './math.ts'
import type { Rng } from './rng.ts'

/** How keys are chosen. Indices run from 0 to n−1. */
export type KeyDistribution =
  /** Index i with a chance in proportion to 1 / (i + 1)^s; n in 1..10^6, s ≥ 0. */
  | { readonly kind: 'zipf'; readonly n: number; readonly s: number }
  /** Index 0 with chance `share`; each of the other `of` − 1 with the same chance. */
  | { readonly kind: 'hot'; readonly share: number; readonly of: number }
  | { readonly kind: 'uniform'; readonly n: number }
  /** 0, 1, 2, … */
  | { readonly kind: 'sequence' }
  /** A number in 0..2^53−1 that no other draw gives (a chance of 1 in 10^5 among 400 000 draws). */
  | { readonly kind: 'uuid' }
  | { readonly kind: 'choice'; readonly weights: readonly number[] }

const ALIAS = 0
const HOT = 1
const UNIFORM = 2
const SEQUENCE = 3
const UUID = 4

const KEYS_MAX = 1_000_000
const UNIFORM_MAX = 4294967296

/** Why keys cannot be drawn so, as what was found and what is possible; undefined when they can. */
export function keyDistributionProblem(d: KeyDistribution): string | undefined {
  switch (d.kind) {
    case 'zipf':
      if (!(d.s >= 0 && d.s <= 100)) return `\`s\` is ${d.s}; it lies in 0..100`
      return whole('n', d.n, KEYS_MAX)
    case 'hot':
      if (!(d.share >= 0 && d.share <= 1)) return `\`share\` is ${d.share}; it lies in 0..1`
      return whole('of', d.of, UNIFORM_MAX)
    case 'uniform':
      return whole('n', d.n, UNIFORM_MAX)
    case 'sequence':
    case 'uuid':
      return undefined
    case 'choice': {
      const problem = whole('the number of weights', d.weights.length, KEYS_MAX)
      if (problem !== undefined) return problem
      let total = 0
      for (const weight of d.weights) {
        if (!(weight >= 0)) return `a weight is ${weight}; it is a number from 0`
        total += weight
      }
      return total > 0 && total < Infinity
        ? undefined
        : `the weights add up to ${total}; their sum is positive and finite`
    }
  }
}

function whole(name: string, value: number, max: number): string | undefined {
  const fits = Number.isInteger(value) && value >= 1 && value <= max
  return fits ? undefined : `${name} is ${value}; it is a whole number in 1..${max}`
}

/** One way to choose keys. Its only state, besides the stream it is given, is the next number of a sequence. */
export class KeySampler {
  readonly distribution: KeyDistribution
  /** [0] = the next index of a sequence; copy it to snapshot the sampler. */
  readonly next: Float64Array
  /** The chance of the most frequent index, 0 where none comes twice; how many there are, Infinity where each is new. */
  readonly topShare: number
  readonly count: number
  private readonly mode: number
  private readonly n: number
  private readonly share: number
  /** ALIAS: the chance to stay at an index, and where to go otherwise. */
  private readonly stay: Float64Array
  private readonly alias: Int32Array

  constructor(distribution: KeyDistribution) {
    this.distribution = distribution
    this.next = new Float64Array(1)
    this.mode = modeOf(distribution)
    const weights = weightsOf(distribution)
    this.n = sizeOf(distribution)
    this.share = distribution.kind === 'hot' ? (distribution.of === 1 ? 1 : distribution.share) : 0
    this.stay = new Float64Array(weights.length)
    this.alias = new Int32Array(weights.length)
    fillAlias(weights, this.stay, this.alias)
    this.count = this.n === 0 ? Infinity : this.n
    this.topShare =
      this.mode === ALIAS
        ? topShareOf(weights)
        : this.n === 0
          ? 0
          : Math.max(this.share, (1 - this.share) / Math.max(1, this.n - (this.mode === HOT ? 1 : 0)))
  }

  /** The index of the next key. */
  index(rng: Rng): number {
    switch (this.mode) {
      case ALIAS: {
        const i = rng.below(this.n)
        return rng.float() < this.stay[i] ? i : this.alias[i]
      }
      case HOT:
        return rng.float() < this.share ? 0 : 1 + rng.below(this.n - 1)
      case UNIFORM:
        return rng.below(this.n)
      case SEQUENCE:
        return this.next[0]++
      default:
        return rng.float() * 9007199254740992
    }
  }
}

/** Makes a key sampler; the caller has seen to it that `keyDistributionProblem` finds nothing. */
export function createKeySampler(distribution: KeyDistribution): KeySampler {
  assert(keyDistributionProblem(distribution) === undefined, 'a choice of keys has been checked before it is sampled')
  return new KeySampler(distribution)
}

function modeOf(d: KeyDistribution): number {
  switch (d.kind) {
    case 'zipf':
    case 'choice':
      return ALIAS
    case 'hot':
      return HOT
    case 'uniform':
      return UNIFORM
    case 'sequence':
      return SEQUENCE
    case 'uuid':
      return UUID
  }
}

function sizeOf(d: KeyDistribution): number {
  switch (d.kind) {
    case 'zipf':
    case 'uniform':
      return d.n
    case 'hot':
      return d.of
    case 'choice':
      return d.weights.length
    case 'sequence':
    case 'uuid':
      return 0
  }
}

function weightsOf(d: KeyDistribution): Float64Array {
  if (d.kind === 'choice') return Float64Array.from(d.weights)
  if (d.kind !== 'zipf') return new Float64Array(0)
  const weights = new Float64Array(d.n)
  for (let i = 0; i < d.n; i++) weights[i] = exp(-d.s * ln(i + 1))
  return weights
}

function topShareOf(weights: Float64Array): number {
  let total = 0
  let top = 0
  for (let i = weights.length - 1; i >= 0; i--) {
    total += weights[i]
    if (weights[i] > top) top = weights[i]
  }
  return top / total
}

/** Vose's method: every index keeps part of an equal share and gives the rest to one index that has too much. */
function fillAlias(weights: Float64Array, stay: Float64Array, alias: Int32Array): void {
  const n = weights.length
  let total = 0
  for (let i = n - 1; i >= 0; i--) total += weights[i]
  const short: number[] = []
  const long: number[] = []
  for (let i = 0; i < n; i++) {
    stay[i] = (weights[i] / total) * n
    alias[i] = i
    if (stay[i] < 1) short.push(i)
    else long.push(i)
  }
  while (short.length > 0 && long.length > 0) {
    const poor = short.pop() as number
    const rich = long[long.length - 1]
    alias[poor] = rich
    stay[rich] -= 1 - stay[poor]
    if (stay[rich] < 1) {
      long.pop()
      short.push(rich)
    }
  }
  // What is left has a share of 1 but for rounding.
  for (const i of short) stay[i] = 1
  for (const i of long) stay[i] = 1
}
