// Elementary functions that give the same bits in every JavaScript engine.
//
// The one idea: the language fixes + − × ÷, square root and the layout of a double, but leaves the last digits of
// the built-in logarithm, exponential, power and sine to each engine. Here they are built from the fixed operations
// alone, by series whose terms anyone can check. `math.test.ts` measures the errors against 75 digits.

const cell = new Float64Array(1)
const words = new Uint32Array(cell.buffer)
cell[0] = 1
/** Which of the two words of a double holds sign and exponent: 1 on a little-endian machine. */
const HIGH = words[1] === 0 ? 0 : 1
const LOW = 1 - HIGH

/** ln 2 in two pieces; the first has its last 21 bits zero, so a whole multiple of it below 2^21 is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const INVERSE_LN2 = 1.4426950408889634
const TWO_54 = 18014398509481984
/** Splits a double into two halves of 26 bits each, whose products are exact. */
const SPLITTER = 134217729

/** 2^k for a whole k in −1022..1023. */
function powerOfTwo(k: number): number {
  words[LOW] = 0
  words[HIGH] = (k + 1023) << 20
  return cell[0]
}

/** x · 2^k, rounded once more where the result is subnormal. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * powerOfTwo(1023) * powerOfTwo(k - 1023)
  if (k < -1022) return x * powerOfTwo(-969) * powerOfTwo(k + 969 < -1022 ? -1022 : k + 969)
  return x * powerOfTwo(k)
}

/** The exponent that `reduce` took out of its argument. */
let exponentTaken = 0
/** Writes a positive finite x as m · 2^k with m in √½..√2; returns m and leaves k in `exponentTaken`. */
function reduce(x: number): number {
  let k = 0
  if (x < 2.2250738585072014e-308) {
    x *= TWO_54
    k = -54
  }
  cell[0] = x
  k += (words[HIGH] >>> 20) - 1023
  words[HIGH] = (words[HIGH] & 0xfffff) | 0x3ff00000
  let m = cell[0]
  if (m > 1.4142135623730951) {
    m *= 0.5
    k += 1
  }
  exponentTaken = k
  return m
}

/** The terms of artanh(s) / s after the first: z/3 + z²/5 + …, where z = s². */
function artanhTail(z: number): number {
  return z * (1 / 3 + z * artanhTailLater(z))
}
/** 1/5 + z/7 + z²/9 + …; |z| is at most 0.0295, so eleven terms pass the last bit. */
function artanhTailLater(z: number): number {
  return (
    1 / 5 +
    z *
      (1 / 7 +
        z *
          (1 / 9 +
            z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21 + z * (1 / 23)))))))))
  )
}

/** Natural logarithm. Error below 0.85 units in the last place; ln(0) = −∞, ln(x < 0) = NaN. */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return Infinity
  const m = reduce(x)
  const k = exponentTaken
  // ln m = 2 artanh(s), arranged so that the exact m − 1 is added last and nothing cancels.
  const f = m - 1
  const s = f / (m + 1)
  const half = 0.5 * f * f
  return k * LN2_HIGH - (half - (s * (half + 2 * artanhTail(s * s)) + k * LN2_LOW) - f)
}

/** e^r − 1 − r for |r| ≤ 0.35, by its series. */
function expTail(r: number): number {
  const a = 1 / 720 + r * (1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800))))))) // prettier-ignore
  return r * r * (0.5 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * a))))
}

/** e^(high + low), where |low| is far smaller than |high|. */
function expOfSum(high: number, low: number): number {
  if (high > 710) return Infinity
  if (high < -746) return 0
  const k = Math.round(high * INVERSE_LN2)
  const near = high - k * LN2_HIGH
  const rest = low - k * LN2_LOW
  // 1 + near is split into its rounded value and what it lost, so that one rounding remains, at the end.
  const head = 1 + near
  const headLost = near - (head - 1)
  return scale(head + (headLost + (rest + expTail(near + rest))), k)
}

/** e^x. Error below 0.8 units in the last place, 1 where the result is subnormal. */
export function exp(x: number): number {
  if (x !== x) return NaN
  return expOfSum(x, 0)
}

/** e^x − 1 without loss for small |x|. Error below 2.6 units in the last place. */
export function expm1(x: number): number {
  if (x > -0.35 && x < 0.35) return x + expTail(x)
  return exp(x) - 1
}

/** ln(1 + x) without loss for small |x|. Error below 1 unit in the last place where 1 + x is exact or |x| < 1/4. */
export function ln1p(x: number): number {
  if (x > -0.25 && x < 0.25) {
    const s = x / (2 + x)
    const half = 0.5 * x * x
    return x - (half - s * (half + 2 * artanhTail(s * s)))
  }
  return ln(1 + x)
}

/** What the last exact product or sum lost to rounding. */
let lost = 0
/** a · b rounded; its rounding error, exactly, in `lost`. */
function product(a: number, b: number): number {
  const p = a * b
  const ca = SPLITTER * a
  const ah = ca - (ca - a)
  const al = a - ah
  const cb = SPLITTER * b
  const bh = cb - (cb - b)
  const bl = b - bh
  lost = ah * bh - p + ah * bl + al * bh + al * bl
  return p
}
/** a + b rounded; its rounding error, exactly, in `lost`. */
function sum(a: number, b: number): number {
  const s = a + b
  const part = s - a
  lost = a - (s - part) + (b - part)
  return s
}

/** x^y for x > 0: the logarithm is carried in two doubles, since y multiplies its error. */
function powPositive(x: number, y: number): number {
  const m = reduce(x)
  const k = exponentTaken
  // s = (m − 1) / (m + 1) as sHigh + sLow.
  const f = m - 1
  const below = sum(m, 1)
  const belowLost = lost
  const sHigh = f / below
  const back = product(sHigh, below)
  const sLow = (f - back - lost - sHigh * belowLost) / below
  // z = s², then s³/3 as two doubles; later terms matter 10 000 times less.
  const z = product(sHigh, sHigh)
  const zLow = lost + 2 * sHigh * sLow
  const cube = product(sHigh, z)
  const cubeLow = lost + sHigh * zLow + sLow * z
  const third = cube / 3
  const thirdBack = product(third, 3)
  const thirdLow = (cube - thirdBack - lost + cubeLow) / 3
  const later = cube * z * artanhTailLater(z)
  // ln x = k ln 2 + 2 (s + s³/3 + later)
  let high = sum(k * LN2_HIGH, 2 * sHigh)
  let low = lost
  high = sum(high, 2 * third)
  low += lost + (2 * later + 2 * thirdLow + 2 * sLow + k * LN2_LOW)
  const total = sum(high, low)
  low = lost
  const power = product(y, total)
  if (power !== power || power > 1e4 || power < -1e4) return y * total > 0 ? Infinity : 0
  return expOfSum(power, lost + y * low)
}

/** x^y as the language's own power defines its special cases. Error below 0.7 units in the last place. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (x !== x || y !== y) return NaN
  const size = Math.abs(x)
  if (y === Infinity || y === -Infinity) return size === 1 ? NaN : size > 1 === y > 0 ? Infinity : 0
  const whole = Math.floor(y) === y
  const odd = whole && Math.abs(y) < 9007199254740992 && y % 2 !== 0
  const negative = odd && (x < 0 || Object.is(x, -0))
  if (x < 0 && x !== -Infinity && !whole) return NaN
  let result
  if (size === 0) result = y > 0 ? 0 : Infinity
  else if (size === Infinity) result = y > 0 ? Infinity : 0
  else if (size === 1) result = 1
  else result = powPositive(size, Math.abs(y) < 1e300 ? y : y > 0 ? 1e300 : -1e300)
  return negative ? -result : result
}

/** Cube root. Error below 0.51 units in the last place; exact for cubes of whole numbers below 2^17. */
export function cbrt(x: number): number {
  if (x === 0 || x !== x || x === Infinity || x === -Infinity) return x
  const size = Math.abs(x)
  const m = reduce(size)
  const k = exponentTaken
  const third = Math.floor(k / 3)
  const a = m * powerOfTwo(k - 3 * third)
  // a lies in 0.7..5.7; Newton's step squares the error, and starts from a line within 9 %.
  let t = 0.65 + 0.25 * a
  for (let i = 0; i < 5; i++) t = (t + t + a / (t * t)) / 3
  // One last step with the exact remainder a − t³ puts the result within rounding.
  const t2 = product(t, t)
  const t2Low = lost
  const t3 = product(t2, t)
  t += (a - t3 - lost - t2Low * t) / (3 * t2)
  const root = t * powerOfTwo(third)
  return x < 0 ? -root : root
}

/** The largest whole k with 2^k ≤ x, for a finite x ≥ 2^−1022. */
export function log2Floor(x: number): number {
  cell[0] = x
  return ((words[HIGH] >>> 20) & 0x7ff) - 1023
}

/** π/2 in three pieces; whole multiples of the first two below 2^20 are exact. */
const HALF_PI_1 = 1.5707963267341256
const HALF_PI_2 = 6.077100506303966e-11
const HALF_PI_3 = 2.0222662487959506e-21

function sinSeries(r: number): number {
  const z = r * r
  return r - r * z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * (1 / 362880 - z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000))))))) // prettier-ignore
}
function cosSeries(r: number): number {
  const z = r * r
  const tail = z * z * (1 / 24 - z * (1 / 720 - z * (1 / 40320 - z * (1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z / 20922789888000)))))) // prettier-ignore
  const half = 0.5 * z
  const near = 1 - half
  return near + (1 - near - half + tail)
}
/** sin(x + quarters · π/2). */
function turn(x: number, quarters: number): number {
  const k = Math.round(x / 1.5707963267948966)
  const r = x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3
  const quarter = (k + quarters) & 3
  const size = (quarter & 1) === 0 ? sinSeries(r) : cosSeries(r)
  return quarter < 2 ? size : -size
}

/** Sine of x radians, |x| ≤ 10^6; absolute error below 2^−52. */
export function sin(x: number): number {
  return turn(x, 0)
}

/** Cosine of x radians, |x| ≤ 10^6; absolute error below 2^−52. */
export function cos(x: number): number {
  return turn(x, 1)
}
