// Special functions of probability: the gamma function, its incomplete forms and the normal distribution, both ways.
//
// The one idea: everything is asked for by its distance from an end (a tail probability up to 1/2 and which tail),
// so that p99.9999 is as exact as p50. All of it runs when a scenario is assembled, never per event.
import { exp, ln } from './math.ts'

const HALF_LN_2PI = 0.9189385332046728

/** ln Γ(x) for x > 0, by Stirling's series above 10 and the recurrence below. Absolute error below 1e−14 · max(1, |ln Γ|). */
export function gammaLn(x: number): number {
  let shift = 1
  while (x < 10) {
    shift *= x
    x += 1
  }
  const z = 1 / (x * x)
  const series =
    (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z / 156)))))) / x
  return (x - 0.5) * ln(x) - x + HALF_LN_2PI + series - ln(shift)
}

/** ψ(x) = Γ′(x)/Γ(x) for x > 0, by the recurrence up to 10 and its asymptotic series. Absolute error below 1e−13 · max(1, |ψ|). */
export function digamma(x: number): number {
  let shift = 0
  while (x < 10) {
    shift += 1 / x
    x += 1
  }
  const z = 1 / (x * x)
  const series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - (z * 691) / 32760)))))
  return ln(x) - 0.5 / x - series - shift
}

/** ψ′(x) for x > 0, in the same way. Relative error below 1e−12. */
export function trigamma(x: number): number {
  let shift = 0
  while (x < 10) {
    shift += 1 / (x * x)
    x += 1
  }
  const z = 1 / (x * x)
  const series = z * (1 / 6 - z * (1 / 30 - z * (1 / 42 - z * (1 / 30 - (z * 5) / 66))))
  return 1 / x + z / 2 + series / x + shift
}

/** x^a e^−x / Γ(a): the gamma density times x. */
function gammaDensityTimesX(a: number, x: number): number {
  return exp(a * ln(x) - x - gammaLn(a))
}

/** The probability that a gamma variate of shape a and scale 1 is at most x, or above x when `upper`. */
export function gammaTail(a: number, x: number, upper: boolean): number {
  if (x <= 0) return upper ? 1 : 0
  if (x === Infinity) return upper ? 0 : 1
  if (x < a + 1) {
    const below = gammaDensityTimesX(a, x) * lowerSeries(a, x)
    return upper ? 1 - below : below
  }
  const above = gammaDensityTimesX(a, x) * upperFraction(a, x)
  return upper ? above : 1 - above
}

/** 1/a + x/(a(a+1)) + x²/(a(a+1)(a+2)) + … */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let total = term
  for (let n = a + 1; term > total * 1e-17; n++) {
    term *= x / n
    total += term
  }
  return total
}

/** Legendre's continued fraction for x ≥ a + 1, by Lentz's method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let value = d
  for (let i = 1; i < 100_000; i++) {
    const an = i * (a - i)
    b += 2
    d = 1 / guarded(an * d + b)
    c = guarded(b + an / c)
    const factor = c * d
    value *= factor
    if (Math.abs(factor - 1) < 1e-16) break
  }
  return value
}
function guarded(x: number): number {
  return Math.abs(x) < 1e-300 ? 1e-300 : x
}

/**
 * The x whose gamma tail (shape a, scale 1) is v, for 0 < v ≤ 1/2: P(X ≤ x) = v, or P(X > x) = v when `upper`.
 * Newton's method on the logarithm of the tail, which is nearly straight: in ln x below, in x above.
 */
export function gammaQuantile(a: number, v: number, upper: boolean): number {
  const target = ln(v)
  let x = firstGuess(a, v, upper)
  if (x === 0) return 0
  for (let i = 0; i < 100; i++) {
    const tail = gammaTail(a, x, upper)
    const step = ((ln(tail) - target) * tail) / gammaDensityTimesX(a, x)
    const next = upper ? Math.max(x + step * x, x / 8) : x * exp(Math.max(-2, Math.min(2, -step)))
    if (!(Math.abs(next - x) > 1e-13 * x)) return next
    x = next
  }
  return x
}

/** Wilson and Hilferty's cube for larger shapes; for small ones the leading term of the lower tail, or the upper tail's decay. */
function firstGuess(a: number, v: number, upper: boolean): number {
  const z = upper ? -normalQuantile(v) : normalQuantile(v)
  const root = 1 - 1 / (9 * a) + z / (3 * Math.sqrt(a))
  if (a > 1 && root > 0.2) return a * root * root * root
  // P ≤ x^a / Γ(a+1), so this is at or below the answer; zero when that is too small for a double.
  const below = exp((ln(upper ? 1 - v : v) + gammaLn(a + 1)) / a)
  return upper ? Math.max(below, Math.min(1, a)) : below
}

/** The probability that a standard normal variate is below z, or above z when `upper`. */
export function normalTail(z: number, upper: boolean): number {
  const outside = 0.5 * gammaTail(0.5, 0.5 * z * z, true)
  return z > 0 === upper ? outside : 1 - outside
}

/**
 * The z ≤ 0 below which a standard normal variate falls with probability v, 0 < v ≤ 1/2: Wichura's AS 241 (PPND16),
 * relative error about 1e−16. The upper quantile is its negative.
 */
export function normalQuantile(v: number): number {
  const q = v - 0.5
  if (q > -0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r)
  }
  const r = Math.sqrt(-ln(v))
  if (r <= 5) return -polynomial(MIDDLE_TOP, r - 1.6) / polynomial(MIDDLE_BOTTOM, r - 1.6)
  return -polynomial(FAR_TOP, r - 5) / polynomial(FAR_BOTTOM, r - 5)
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0
  for (const coefficient of coefficients) value = value * x + coefficient
  return value
}

// Wichura's coefficients, highest power first, each as the double nearest to it.
const CENTRE_TOP = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
]
const CENTRE_BOTTOM = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
]
const MIDDLE_TOP = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
]
const MIDDLE_BOTTOM = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
]
const FAR_TOP = [
  2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
]
const FAR_BOTTOM = [
  2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
]
