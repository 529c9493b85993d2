// A bounded store against a naive one, and its hit ratios against what is known exactly or approximately.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeySampler } from '../engine/keys.ts'
import { createRng } from '../engine/rng.ts'
import { capture, restore } from '../engine/snapshot.ts'
import { CacheStore, EVICTION_POLICIES, type CacheOptions, type EvictionPolicy } from './cache-store.ts'

const S = 1_000_000
const rng = (): ReturnType<typeof createRng> => createRng(7, 'cache', 'eviction')
const store = (options: CacheOptions): CacheStore => new CacheStore({ rng: rng(), ...options })
const names = (cache: CacheStore): string => [...cache.names()].sort().join('')

/** The same said naively: one list, looked through from end to end each time. */
class Naive {
  items: { key: string; bytes: number; expires: number; used: number; arrived: number; uses: number }[] = []
  tick = 0
  evicted = 0
  readonly order: string
  readonly volatile: boolean
  readonly maxBytes: number
  readonly maxItems: number
  constructor(policy: EvictionPolicy, maxBytes: number, maxItems: number) {
    this.order = policy.split('-').at(-1)!
    this.volatile = policy.startsWith('volatile')
    this.maxBytes = maxBytes
    this.maxItems = maxItems
  }
  expire(now: number): void {
    this.items = this.items.filter((item) => item.expires > now)
  }
  find(key: string): Naive['items'][number] | undefined {
    return this.items.find((item) => item.key === key)
  }
  get(key: string): boolean {
    const item = this.find(key)
    if (item === undefined) return false
    item.used = ++this.tick
    item.uses++
    return true
  }
  mayGo(): Naive['items'] {
    return this.order === 'noeviction' ? [] : this.items.filter((item) => !this.volatile || item.expires < Infinity)
  }
  set(key: string, bytes: number, expires: number): boolean {
    for (;;) {
      const others = this.items.filter((item) => item.key !== key)
      if (bytes > this.maxBytes || this.maxItems < 1) return false
      if (others.reduce((sum, item) => sum + item.bytes, bytes) <= this.maxBytes && others.length < this.maxItems) break
      const by = {
        lru: (item: Naive['items'][number]) => [item.used, 0],
        fifo: (item: Naive['items'][number]) => [item.arrived, 0],
        lfu: (item: Naive['items'][number]) => [item.uses, item.used],
        ttl: (item: Naive['items'][number]) => [item.expires, item.arrived],
      }[this.order]
      const victim = by && this.mayGo().sort((a, b) => by(a)[0]! - by(b)[0]! || by(a)[1]! - by(b)[1]!)[0]
      if (victim === undefined) return false
      this.items = this.items.filter((item) => item !== victim)
      this.evicted++
    }
    const old = this.find(key)
    const tick = ++this.tick
    if (old === undefined) this.items.push({ key, bytes, expires, used: tick, arrived: tick, uses: 1 })
    else {
      Object.assign(old, { bytes, expires, used: tick, uses: old.uses + 1 })
      // The later of two equal times to live is the one that was given later.
      if (this.order === 'ttl') old.arrived = tick
    }
    return true
  }
}

type Step = { does: 'get' | 'set' | 'delete' | 'wait'; key: string; bytes: number; ttl: number }
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom('get', 'get', 'set', 'set', 'set', 'delete', 'wait'),
    key: fc.constantFrom(...'abcdefghij'),
    bytes: fc.integer({ min: 1, max: 12 }),
    ttl: fc.constantFrom(Infinity, Infinity, 1, 3, 10),
  }),
  { maxLength: 200 },
)

describe('a store follows its policy as the naive one does', () => {
  const exact: EvictionPolicy[] = ['noeviction', 'allkeys-lru', 'allkeys-lfu', 'volatile-lru', 'volatile-lfu', 'volatile-ttl', 'fifo'] // prettier-ignore
  it.each(exact)('%s', (policy) => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 8 }), (all, maxBytes, maxItems) => {
        const cache = store({ policy, maxBytes, maxItems })
        const naive = new Naive(policy, maxBytes, maxItems)
        let now = 0
        for (const { does, key, bytes, ttl } of all) {
          if (does === 'wait') now += bytes % 3
          naive.expire(now)
          if (does === 'get') expect(cache.get(key, now) !== undefined).toBe(naive.get(key))
          if (does === 'set') expect(cache.set(key, 1, bytes, now, now + ttl)).toBe(naive.set(key, bytes, now + ttl))
          if (does === 'delete') {
            expect(cache.delete(key, now)).toBe(naive.find(key) !== undefined)
            naive.items = naive.items.filter((item) => item.key !== key)
          }
          cache.expire(now)
          expect(names(cache)).toBe([...naive.items.map((item) => item.key)].sort().join(''))
          expect(cache.bytes).toBe(naive.items.reduce((sum, item) => sum + item.bytes, 0))
          expect(cache.holds()).toBe(true)
        }
        expect(cache.evictions).toBe(naive.evicted)
      }),
    )
  })

  it.each(['allkeys-random', 'volatile-random', 'allkeys-lru', 'volatile-lfu', 'volatile-ttl'] as const)(
    '%s, drawn: nobody goes who may not, and the bounds hold',
    (policy) => {
      fc.assert(
        fc.property(
          steps,
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 1, max: 8 }),
          (all, maxBytes, maxItems) => {
            const cache = store({ policy, maxBytes, maxItems, samples: 3 })
            let now = 0
            for (const { does, key, bytes, ttl } of all) {
              const lasting = [...cache.names()].filter((name) => cache.expiresAt(name, now) === Infinity)
              if (does === 'wait') now += bytes % 3
              if (does === 'get') cache.get(key, now)
              if (does === 'set') cache.set(key, 1, bytes, now, now + ttl)
              if (does === 'delete') cache.delete(key, now)
              expect(cache.holds()).toBe(true)
              if (policy.startsWith('volatile'))
                for (const name of lasting)
                  expect(
                    cache.peek(name, now) !== undefined || (does === 'delete' && name === key) || name === key,
                  ).toBe(true)
            }
            const { sets, evictions, expirations, deletions } = cache
            const overwritten = sets - evictions - expirations - deletions - cache.items
            expect(overwritten).toBeGreaterThanOrEqual(0)
          },
        ),
      )
    },
  )
})

describe('room', () => {
  it('the least recently used of three makes room; without a time to live nothing volatile may go [EC-V5, N.CACHE-22]', () => {
    const cache = store({ policy: 'allkeys-lru', maxItems: 3 })
    for (const key of 'abc') cache.set(key, key, 1, 0)
    cache.get('a', 1)
    cache.set('d', 'd', 1, 2)
    expect(names(cache)).toBe('acd')
    expect(cache.evictions).toBe(1)
    const volatile = store({ policy: 'volatile-lru', maxItems: 3 })
    for (const key of 'abc') volatile.set(key, key, 1, 0)
    expect(volatile.set('d', 'd', 1, 2)).toBe(false)
    expect(volatile.get('a', 3)).toBe('a')
  })

  it('what is larger than the whole store drives nobody out', () => {
    const cache = store({ policy: 'allkeys-lru', maxBytes: 100, overhead: 50 })
    expect(cache.set('a', 1, 50, 0)).toBe(true)
    expect(cache.set('b', 1, 51, 0)).toBe(false)
    expect([names(cache), cache.bytes, cache.refusals]).toEqual(['a', 100, 1])
  })

  it('what finds no room after all has driven out those that might go, also what was there under its key', () => {
    const at = new CacheStore({ policy: 'volatile-lru', maxBytes: 10 })
    at.set('stays', 1, 6, 0)
    at.set('goes', 1, 2, 0, 1_000)
    at.set('own', 1, 2, 0, 1_000)
    expect(at.set('own', 2, 5, 1, 1_000)).toBe(false)
    expect([at.peek('stays', 1), at.peek('goes', 1), at.peek('own', 1)]).toEqual([1, undefined, undefined])
    expect([at.refusals, at.evictions]).toEqual([1, 2])
    // What may not go stays as it was when its successor is refused.
    expect(at.set('stays', 2, 11, 1)).toBe(false)
    expect(at.peek('stays', 1)).toBe(1)
  })

  it('an expired item is a miss at the very moment, and its memory is free from then on [EC-R13, N.CACHE-23]', () => {
    const cache = store({ policy: 'noeviction', maxItems: 1 })
    cache.set('a', 1, 1, 0, 30 * S)
    expect(cache.get('a', 30 * S - 1)).toBe(1)
    expect(cache.set('b', 1, 1, 30 * S - 1)).toBe(false)
    expect(cache.set('b', 1, 1, 30 * S)).toBe(true)
    expect(cache.get('a', 30 * S)).toBeUndefined()
    expect([cache.hits, cache.misses, cache.expirations, cache.evictions]).toEqual([1, 1, 1, 0])
  })

  it('another time to live takes the place of the first, and none lets an item stay', () => {
    const cache = store({ policy: 'noeviction' })
    cache.set('a', 1, 1, 0, 10)
    cache.set('b', 1, 1, 0, 10)
    expect(cache.retime('a', 20, 5)).toBe(true)
    expect(cache.retime('b', Infinity, 5)).toBe(true)
    expect(cache.retime('c', 20, 5)).toBe(false)
    expect([cache.expiresAt('a', 19), cache.expiresAt('b', 19)]).toEqual([20, Infinity])
    expect([cache.peek('a', 20), cache.peek('b', 1e15)]).toEqual([undefined, 1])
  })

  it('knows what nobody ever read', () => {
    const cache = store({ policy: 'allkeys-lru', maxItems: 2 })
    cache.set('a', 1, 1, 0, 10)
    cache.set('b', 1, 1, 0)
    cache.get('b', 1)
    cache.set('c', 1, 1, 2)
    expect([cache.evictedUnread, cache.unread()]).toEqual([1, 1])
    cache.set('b', 2, 1, 3)
    expect(cache.unread()).toBe(2)
  })

  it('a cleared store is as a new one', () => {
    const cache = store({ policy: 'allkeys-lfu', maxItems: 2 })
    for (const key of 'abc') cache.set(key, 1, 1, 0, 10)
    cache.clear()
    expect([cache.items, cache.bytes, cache.volatileItems]).toEqual([0, 0, 0])
    for (const key of 'def') cache.set(key, 1, 1, 5)
    expect([names(cache), cache.holds()]).toEqual(['ef', true])
  })

  it('is copied and taken up again as it was', () => {
    for (const policy of EVICTION_POLICIES) {
      const world = { cache: store({ policy, maxItems: 50, samples: 5 }) }
      const drive = (from: number): string => {
        for (let i = from; i < from + 300; i++) {
          world.cache.set(`k${(i * 7) % 90}`, i, 1, i, i + 200)
          world.cache.get(`k${(i * 5) % 90}`, i)
        }
        return [...world.cache.names()].join() + world.cache.hits
      }
      drive(0)
      const snapshot = capture(world)
      const first = drive(300)
      restore(world, snapshot)
      expect(drive(300)).toBe(first)
    }
  })
})

/** Shares of the keys of a Zipf law. */
function zipf(n: number, s: number): number[] {
  const weights = Array.from({ length: n }, (_, i) => (i + 1) ** -s)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** The hit ratio of exact LRU under independent draws, by King's sum over the states of the list (1971). */
function king(p: readonly number[], size: number): number {
  const walk = (chosen: readonly number[], weight: number, rest: number): number => {
    if (chosen.length === size) return weight * (1 - rest)
    let sum = 0
    p.forEach((share, i) => {
      if (!chosen.includes(i)) sum += walk([...chosen, i], (weight * share) / rest, rest - share)
    })
    return sum
  }
  return walk([], 1, 1)
}

/** The hit ratio of FIFO, and of random eviction, by their product form: a set of items has a chance as the product of their shares. */
function productForm(p: readonly number[], size: number): number {
  const sums = [1, ...Array<number>(size).fill(0)]
  for (const share of p) for (let k = size; k > 0; k--) sums[k]! += share * sums[k - 1]!
  return p.reduce((sum, share) => {
    let without = 1
    for (let k = 1; k < size; k++) without = sums[k]! - share * without
    return sum + (share * share * without) / sums[size]!
  }, 0)
}

/** Che's approximation (2002): an item stays for a characteristic time since its last use. */
function che(p: readonly number[], size: number): number {
  const inside = (t: number): number => p.reduce((sum, share) => sum + 1 - Math.exp(-share * t), 0)
  let [low, high] = [0, 1]
  while (inside(high) < size) high *= 2
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (inside(middle) < size) low = middle
    else high = middle
  }
  return p.reduce((sum, share) => sum + share * (1 - Math.exp(-share * low)), 0)
}

function hitRatio(options: CacheOptions, n: number, s: number, requests: number): number {
  const cache = store(options)
  const keys = createKeySampler({ kind: 'zipf', n, s })
  const draws = createRng(11, 'keys', 'zipf')
  let hits = 0
  for (let i = -requests / 10; i < requests; i++) {
    const key = `k${keys.index(draws)}`
    if (cache.get(key, i) === undefined) cache.set(key, 1, 1, i)
    else if (i >= 0) hits++
  }
  return hits / requests
}

describe('hit ratios', () => {
  it.each([
    [3, 1, 1],
    [5, 2, 0.8],
    [8, 3, 1.2],
  ])('of %i keys with room for %i (Zipf %f) are the exact ones', (n, size, s) => {
    const expected = king(zipf(n, s), size)
    const measured = hitRatio({ policy: 'allkeys-lru', maxItems: size }, n, s, 400_000)
    expect(Math.abs(measured - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / 400_000))
  })

  it.each(['fifo', 'allkeys-random'] as const)('of %s are those of its product form', (policy) => {
    const expected = productForm(zipf(1000, 1.2), 10)
    expect(expected).toBeCloseTo(0.34766, 5)
    const measured = hitRatio({ policy, maxItems: 10 }, 1000, 1.2, 400_000)
    expect(Math.abs(measured - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / 400_000))
  })

  it('under a Zipf law are those of Che’s approximation; 100 of 10,000 keys hold 39 %, of equally hot ones 1 % [N.CACHE-03]', () => {
    const options = { policy: 'allkeys-lru', maxItems: 100 } as const
    const measured = hitRatio(options, 10_000, 1, 300_000)
    expect(Math.abs(measured - che(zipf(10_000, 1), 100))).toBeLessThan(0.005)
    expect(measured).toBeCloseTo(0.39, 2)
    expect(hitRatio(options, 10_000, 0, 300_000)).toBeCloseTo(0.01, 2)
  })

  it('by samples come near the exact ones the more are drawn; at random lie below [EC-R12]', () => {
    const ratio = (options: Partial<CacheOptions>): number =>
      hitRatio({ policy: 'allkeys-lru', maxItems: 500, ...options }, 10_000, 1, 200_000)
    const exact = ratio({})
    const [three, ten] = [ratio({ samples: 3 }), ratio({ samples: 10 })]
    const random = ratio({ policy: 'allkeys-random' })
    expect(ten).toBeGreaterThan(three)
    expect(Math.abs(ten - exact)).toBeLessThan(0.003)
    expect(random).toBeLessThan(three - 0.01)
    // Who is used most often stays: better than who was used last, under a law that does not change.
    expect(ratio({ policy: 'allkeys-lfu', samples: 10 })).toBeGreaterThan(exact + 0.02)
  })
})
