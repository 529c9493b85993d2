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

// Wichura's coefficients, highest power first.
const CENTRE_TOP = [
  2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
  1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
]
const CENTRE_BOTTOM = [
  5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
  687.1870074920579083, 42.313330701600911252, 1,
]
const MIDDLE_TOP = [
  7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
  3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
]
const MIDDLE_BOTTOM = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
  0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
]
const FAR_TOP = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
  0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
]
const FAR_BOTTOM = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
  0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
]
