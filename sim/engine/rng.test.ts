// Tests of the random streams: pinned draws, independence of names and the simplest signs of randomness.
import { describe, expect, test } from 'vitest'
import { createRng, Rng } from './rng.ts'

describe('a stream', () => {
  test('steps as sfc32 worked by hand', () => {
    // a = b = c = 0, counter = 1, without warming up: a + b + counter is the draw.
    const rng = new Rng(Int32Array.of(0, 0, 0, 1))
    expect(rng.u32()).toBe(1)
    // a = 0 ^ 0 = 0, b = 0 + 0 = 0, c = rotl(0, 21) + 1 = 1, counter 2: the next is 0 + 0 + 2.
    expect([...rng.state]).toEqual([0, 0, 1, 2])
    expect(rng.u32()).toBe(2)
    // b = 1 + (1 << 3) = 9, c = (1 << 21) + 2.
    expect([...rng.state]).toEqual([0, 9, 2097154, 3])
  })

  test('its first draws are pinned', () => {
    const rng = createRng(7, 'Orders', 'latency')
    expect([rng.u32(), rng.u32(), rng.u32(), rng.u32()]).toEqual([226747750, 1010405158, 1263676127, 3201934675])
    expect([rng.float(), rng.below(10), rng.below(1000), rng.below(4_000_000_000)]).toEqual([
      0.6396709488305394, 2, 916, 489180616,
    ])
    expect(createRng('a seed of words', 'Заказы', 'arrivals').u32()).toBe(3288843950)
  })

  test('goes on from a copy of its state', () => {
    const rng = createRng(1, 'a', 'b')
    for (let i = 0; i < 100; i++) rng.u32()
    const saved = rng.state.slice()
    const first = [rng.float(), rng.u32(), rng.below(99)]
    rng.state.set(saved)
    expect([rng.float(), rng.u32(), rng.below(99)]).toEqual(first)
  })

  test('depends on seed, component and purpose, and on where one ends and the next begins', () => {
    const names = [
      [7, 'Orders', 'latency'],
      [8, 'Orders', 'latency'],
      [7, 'Order', 'slatency'],
      [7, 'Orders', 'arrivals'],
      [7, 'orders', 'latency'],
      ['7:', 'Orders', 'latency'],
      [7, 'Orders,7', 'latency'],
      [7, '', 'Orderslatency'],
      [7, 'Ā', 'x'],
      [7, '\u0000', 'x'],
      [7, '%0100', 'x'],
      [7, 'x'.repeat(300), 'x'],
      [7, 'x'.repeat(301), 'x'],
      [7, 'y' + 'x'.repeat(299), 'x'],
      [7.5, 'Orders', 'latency'],
      [-7, 'Orders', 'latency'],
    ] as const
    const states = names.map(([seed, component, purpose]) => createRng(seed, component, purpose).state.join())
    expect(new Set(states).size).toBe(names.length)
    expect(createRng('7', 'Orders', 'latency').state).toEqual(createRng(7, 'Orders', 'latency').state)
  })

  test('is not moved by making or drawing from other streams', () => {
    const alone = createRng(7, 'Orders', 'latency')
    const expected = Array.from({ length: 50 }, () => alone.u32())
    const others = [createRng(7, 'Added', 'latency'), createRng(7, 'Orders', 'errors')]
    const again = createRng(7, 'Orders', 'latency')
    const drawn = expected.map(() => {
      for (const other of others) other.float()
      return again.u32()
    })
    expect(drawn).toEqual(expected)
  })
})

describe('draws', () => {
  const n = 400_000

  test('every bit of a word is set half the time', () => {
    const rng = createRng(1, 'bits', 'test')
    const set = Array.from({ length: 32 }, () => 0)
    for (let i = 0; i < n; i++) {
      const word = rng.u32()
      for (let bit = 0; bit < 32; bit++) set[bit] += (word >>> bit) & 1
    }
    // Standard deviation √n / 2; 32 bits within 4.5 of them.
    for (const count of set) expect(Math.abs(count - n / 2)).toBeLessThan(4.5 * 0.5 * Math.sqrt(n))
  })

  test('float lies in [0, 1), fills its 53 bits and has the uniform mean and variance', () => {
    const rng = createRng(1, 'float', 'test')
    let sum = 0
    let squares = 0
    let odd = 0
    for (let i = 0; i < n; i++) {
      const x = rng.float()
      if (!(x >= 0 && x < 1)) throw new Error(`outside: ${x}`)
      sum += x
      squares += (x - 0.5) ** 2
      odd += (x * 2 ** 53) % 2
    }
    expect(Math.abs(sum / n - 0.5)).toBeLessThan(4.5 * Math.sqrt(1 / 12 / n))
    expect(Math.abs(squares / n - 1 / 12)).toBeLessThan(4.5 * Math.sqrt(1 / 180 / n))
    expect(Math.abs(odd - n / 2)).toBeLessThan(4.5 * 0.5 * Math.sqrt(n))
  })

  test('below gives each of its numbers equally often and no other', () => {
    for (const size of [1, 2, 3, 6, 10, 37, 256]) {
      const rng = createRng(1, 'below', String(size))
      const seen = Array.from({ length: size }, () => 0)
      for (let i = 0; i < n; i++) seen[rng.below(size)]++
      const expected = n / size
      expect(seen).toHaveLength(size)
      // χ² with size − 1 degrees of freedom has mean size − 1 and variance 2 (size − 1).
      const chi = seen.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
      expect(chi).toBeLessThanOrEqual(size - 1 + 4.5 * Math.sqrt(2 * (size - 1)) + 4)
    }
  })

  test('below is unbiased where a plain remainder or product would not be', () => {
    // Of 3 · 2^30 numbers a remainder would give the lowest third twice as often.
    const rng = createRng(1, 'below', 'wide')
    const thirds = [0, 0, 0]
    for (let i = 0; i < n; i++) thirds[Math.floor(rng.below(3 * 2 ** 30) / 2 ** 30)]++
    for (const count of thirds) expect(Math.abs(count - n / 3)).toBeLessThan(4.5 * Math.sqrt((n * 2) / 9))
    expect(rng.below(2 ** 32)).toBeLessThan(2 ** 32)
    for (const size of [0, -1, NaN, 2 ** 32 + 1]) expect(() => rng.below(size)).toThrow()
  })

  test('below draws again when a word falls in the unfair remainder', () => {
    // 2^32 mod 3 = 1, so exactly one word is refused: 0, whose product has a low word of 0.
    const rng = new Rng(Int32Array.of(0, 0, 0, 0))
    const before = rng.state[3]
    expect(rng.below(3)).toBe(0)
    expect(rng.state[3] - before).toBe(2)
  })

  test('neighbours in one stream and twins in two streams are uncorrelated', () => {
    const correlation = (a: Float64Array, b: Float64Array) => {
      let total = 0
      for (let i = 0; i < a.length; i++) total += (a[i] - 0.5) * (b[i] - 0.5)
      return (12 * total) / a.length
    }
    const draws = (seed: number, component: string) => {
      const rng = createRng(seed, component, 'p')
      return Float64Array.from({ length: 100_000 }, () => rng.float())
    }
    const first = draws(1, 'a')
    const limit = 4.5 / Math.sqrt(100_000)
    for (const lag of [1, 2, 3, 7]) {
      expect(Math.abs(correlation(first.subarray(lag), first.subarray(0, first.length - lag)))).toBeLessThan(limit)
    }
    for (const other of [draws(2, 'a'), draws(1, 'b'), draws(1, 'aa')]) {
      expect(Math.abs(correlation(first, other))).toBeLessThan(limit)
    }
  })

  test('the first draws of ten thousand seeds are spread evenly', () => {
    const cells = Array.from({ length: 100 }, () => 0)
    for (let seed = 0; seed < 10_000; seed++) cells[createRng(seed, 'a', 'b').below(100)]++
    const chi = cells.reduce((total, count) => total + (count - 100) ** 2 / 100, 0)
    expect(Math.abs(chi - 99)).toBeLessThan(4.5 * Math.sqrt(198))
  })
})
