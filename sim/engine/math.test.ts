// Tests of the own elementary functions against 75-digit values and against the engine's own.
import { describe, expect, test } from 'vitest'
import { cbrt, cos, exp, expm1, ln, ln1p, log2Floor, pow, sin } from './math.ts'
import { createRng } from './rng.ts'

// The reference: whole numbers of 2^−250, from series.
const BITS = 250n
const ONE = 1n << BITS

/** Σ of 1/(k · q^k) with alternating or equal signs over odd k: artanh(1/q) or arctan(1/q). */
function inverseTangent(q: bigint, alternate: boolean): bigint {
  let term = ONE / q
  let total = 0n
  for (let k = 1n; term !== 0n; k += 2n) {
    total += alternate && k % 4n === 3n ? -term / k : term / k
    term /= q * q
  }
  return total
}
const LN2 = 2n * inverseTangent(3n, false)
const PI = 16n * inverseTangent(5n, true) - 4n * inverseTangent(239n, true)

/** A double as mantissa · 2^power, exactly. */
function parts(x: number): { mantissa: bigint; power: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const low = bits & 0xfffffffffffffn
  const mantissa = biased === 0 ? low : low | (1n << 52n)
  return { mantissa: x < 0 ? -mantissa : mantissa, power: (biased === 0 ? 1 : biased) - 1075 }
}
function shift(n: bigint, by: number): bigint {
  return by >= 0 ? n << BigInt(by) : n >> BigInt(-by)
}
function fixed(x: number): bigint {
  const { mantissa, power } = parts(x)
  return shift(mantissa, power + Number(BITS))
}
/** How many units in its last place `y` lies from value · 2^k. */
function ulps(y: number, value: bigint, k = 0): number {
  const { mantissa, power } = parts(y)
  return Math.abs(Number((mantissa << 30n) - shift(value, k - Number(BITS) - power + 30))) / 2 ** 30
}

function exactLn(x: number): bigint {
  const { mantissa, power } = parts(x)
  const length = mantissa.toString(2).length
  const m = mantissa << (BITS - BigInt(length - 1))
  const s = ((m - ONE) << BITS) / (m + ONE)
  const square = (s * s) >> BITS
  let term = s
  let total = 0n
  for (let k = 1n; term !== 0n && term !== -1n; k += 2n) {
    total += term / k
    term = (term * square) >> BITS
  }
  return 2n * total + BigInt(power + length - 1) * LN2
}
/** e^x as value · 2^k. */
function exactExp(x: bigint): { value: bigint; k: number } {
  const k = x / LN2
  const r = x - k * LN2
  let term = ONE
  let total = 0n
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    total += term
    term = ((term * r) >> BITS) / n
  }
  return { value: total, k: Number(k) }
}
function exactSin(x: bigint): bigint {
  const r = x - ((2n * x + PI) / (2n * PI)) * PI
  const turns = (x - r) / PI
  let term = r
  let total = 0n
  for (let n = 1n; term !== 0n && term !== -1n; n += 2n) {
    total += term
    term = -((((term * r) >> BITS) * r) >> BITS) / ((n + 1n) * (n + 2n))
  }
  return turns % 2n === 0n ? total : -total
}

const rng = createRng(1, 'math', 'test')
const between = (min: number, max: number) => min + (max - min) * rng.float()
/** The largest error over n random arguments. */
function worst(n: number, draw: () => number, error: (x: number) => number): number {
  let most = 0
  for (let i = 0; i < n; i++) most = Math.max(most, error(draw()))
  return most
}
/** Spread evenly over the exponents: e^−700 … e^700. */
const anySize = () => Math.exp(between(-700, 700))

describe('errors in units of the last place, against 75 digits', () => {
  test('ln errs by less than 0.85 units (measured: 0.78 from 0.5 to 2, 0.67 over all sizes)', () => {
    expect(worst(4000, () => between(0.5, 2), (x) => ulps(ln(x), exactLn(x)))).toBeLessThan(0.85) // prettier-ignore
    expect(worst(4000, anySize, (x) => ulps(ln(x), exactLn(x)))).toBeLessThan(0.7)
    expect(worst(500, () => between(0, 1e-308), (x) => ulps(ln(x), exactLn(x)))).toBeLessThan(0.7) // prettier-ignore
  })

  test('exp errs by less than 0.8 units (measured: 0.75)', () => {
    const error = (x: number) => {
      const { value, k } = exactExp(fixed(x))
      return ulps(exp(x), value, k)
    }
    expect(worst(4000, () => between(-700, 700), error)).toBeLessThan(0.8)
    expect(worst(4000, () => between(-1, 1), error)).toBeLessThan(0.8)
    expect(worst(500, () => between(-745, -709), error)).toBeLessThan(1)
  })

  test('expm1 and ln1p err by less than 2.6 units and 0.9 units (measured: 2.41 and 0.76)', () => {
    const expError = (x: number) => {
      const { value, k } = exactExp(fixed(x))
      return ulps(expm1(x), shift(value, k) - ONE)
    }
    expect(worst(4000, () => between(-2, 2), expError)).toBeLessThan(2.6)
    expect(expm1(1e-20)).toBe(1e-20)
    const logError = (x: number) => {
      // ln(1 + x) = ln(1 + x exactly): the sum needs no rounding here because x has few bits.
      const few = Math.round(x * 2 ** 30) / 2 ** 30
      return ulps(ln1p(few), exactLn(1 + few))
    }
    expect(worst(4000, () => between(-0.9, 2), logError)).toBeLessThan(0.9)
    expect(ln1p(1e-20)).toBe(1e-20)
  })

  test('pow errs by less than 0.7 units (measured: 0.65)', () => {
    let y = 0
    const error = (x: number) => {
      const { mantissa, power } = parts(y)
      const { value, k } = exactExp(shift(exactLn(x) * mantissa, power))
      return ulps(pow(x, y), value, k)
    }
    const small = () => {
      y = between(-10, 10)
      return between(0.01, 100)
    }
    const large = () => {
      const x = between(0.9, 1.1)
      y = between(-700, 700) / Math.log(x)
      return x
    }
    expect(worst(4000, small, error)).toBeLessThan(0.7)
    expect(worst(4000, large, error)).toBeLessThan(0.7)
  })

  test('cbrt errs by less than 0.51 units (measured: 0.50)', () => {
    const error = (x: number) => {
      const y = parts(cbrt(x))
      // (y + δ)³ = x gives δ = (x − y³) / 3y², in units of y's last place.
      const scale = 60n
      const target = shift(parts(x).mantissa << (3n * scale), parts(x).power - 3 * y.power)
      const mantissa = y.mantissa << scale
      return Math.abs(Number((target - mantissa ** 3n) / (3n * mantissa ** 2n)) / 2 ** 60)
    }
    expect(worst(4000, anySize, error)).toBeLessThan(0.51)
  })

  test('sin and cos err by less than 2^−52 up to a million radians', () => {
    const off = (y: number, value: bigint) => Math.abs(Number((fixed(y) - value) >> (BITS - 90n))) / 2 ** 90
    const x = () => between(-1e6, 1e6)
    expect(worst(3000, x, (a) => off(sin(a), exactSin(fixed(a))))).toBeLessThan(2 ** -52)
    expect(worst(3000, x, (a) => off(cos(a), exactSin(fixed(a) + PI / 2n)))).toBeLessThan(2 ** -52)
    expect(worst(3000, () => between(-1, 1), (a) => ulps(sin(a), exactSin(fixed(a))))).toBeLessThan(1.5) // prettier-ignore
  })
})

describe('special values', () => {
  test('agree with the language where the language fixes them', () => {
    const edge = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e300, -1e300, 5e-324, Infinity, -Infinity, NaN, 2 ** 53, 1.5]
    for (const x of edge) {
      if (!(x > 0) || x === 1 || x === Infinity) expect(ln(x), `ln(${x})`).toBe(Math.log(x))
      for (const y of edge) {
        const expected = Math.pow(x, y)
        if (Number.isFinite(expected) && expected !== 0) continue
        expect(pow(x, y), `pow(${x}, ${y})`).toBe(expected)
      }
    }
    expect(exp(0)).toBe(1)
    expect(exp(Infinity)).toBe(Infinity)
    expect(exp(-Infinity)).toBe(0)
    expect(exp(NaN)).toBeNaN()
    expect(exp(709.79)).toBe(Infinity)
    expect(exp(-745.2)).toBe(0)
    expect(exp(-745.1)).toBe(5e-324)
    expect(ln(5e-324)).toBe(-744.4400719213812)
    expect(ln(Number.MAX_VALUE)).toBe(709.782712893384)
    expect(ln(Infinity)).toBe(Infinity)
    expect(cbrt(-0)).toBe(-0)
    expect(cbrt(-Infinity)).toBe(-Infinity)
  })

  test('exact powers come out exactly', () => {
    for (let x = 1; x <= 100; x++) {
      let power = 1n
      for (let y = 0; power < 2n ** 53n && y < 60; y++) {
        expect(pow(x, y)).toBe(Number(power))
        power *= BigInt(x)
      }
    }
    for (let k = -1074; k <= 1023; k++) expect(pow(2, k)).toBe(2 ** k)
    expect(pow(-2, 3)).toBe(-8)
    expect(pow(0.25, 0.5)).toBe(0.5)
  })

  test('exact cubes come out exactly, with their sign', () => {
    for (let n = 1; n < 131072; n += 7) {
      expect(cbrt(n * n * n)).toBe(n)
      expect(cbrt(-n * n * n)).toBe(-n)
    }
  })

  test('log2Floor is the place of the highest bit', () => {
    for (let k = 0; k < 53; k++) {
      expect(log2Floor(2 ** k)).toBe(k)
      expect(log2Floor(2 ** (k + 1) - 1)).toBe(k)
    }
    expect(log2Floor(0.75)).toBe(-1)
  })
})

describe('bits', () => {
  test('a hundred thousand results of each function have the pinned fingerprint', () => {
    const stream = createRng(2, 'math', 'pinned')
    const fingerprint = (f: (u: number) => number) => {
      const word = new Int32Array(2)
      const value = new Float64Array(word.buffer)
      let hash = 0
      for (let i = 0; i < 100_000; i++) {
        value[0] = f(stream.float())
        hash = Math.imul(hash ^ word[0], 0x01000193)
        hash = Math.imul(hash ^ (hash >>> 15) ^ word[1], 0x01000193)
      }
      return hash >>> 0
    }
    expect({
      ln: fingerprint((u) => ln(u * 1e6)),
      exp: fingerprint((u) => exp(u * 1400 - 700)),
      pow: fingerprint((u) => pow(u * 100, 2.5 - u)),
      cbrt: fingerprint((u) => cbrt(u * 1e9)),
      sin: fingerprint((u) => sin(u * 1e4)),
      cos: fingerprint((u) => cos(u * 1e4)),
    }).toEqual({ ln: 784630938, exp: 2473617538, pow: 4156793349, cbrt: 1134529829, sin: 1527505130, cos: 1421823695 })
  })
})
