// Tests of the special functions against published values, closed forms and their own inverses.
import { describe, expect, test } from 'vitest'
import { digamma, gammaLn, gammaQuantile, gammaTail, normalQuantile, normalTail, trigamma } from './special.ts'

const near = (found: number, exact: number, relative: number) =>
  expect(Math.abs(found - exact), `${found} against ${exact}`).toBeLessThanOrEqual(relative * Math.abs(exact))

test('ln Γ of whole numbers is the logarithm of a factorial, of a half that of √π', () => {
  let factorial = 1
  for (let n = 1; n <= 20; n++) {
    expect(Math.abs(gammaLn(n) - Math.log(factorial))).toBeLessThan(1e-13)
    factorial *= n
  }
  expect(Math.abs(gammaLn(0.5) - 0.5723649429247001)).toBeLessThan(1e-14)
  near(gammaLn(1000), 5905.220423209181, 1e-14)
  near(gammaLn(0.001), 6.907178885383854, 1e-14)
})

test('ψ and ψ′ have their published values at 1, 1/2 and 1/4, and obey their recurrences', () => {
  const EULER = 0.5772156649015329
  near(digamma(1), -EULER, 1e-13)
  near(digamma(0.5), -EULER - 2 * Math.LN2, 1e-13)
  near(digamma(0.25), -EULER - Math.PI / 2 - 3 * Math.LN2, 1e-13)
  near(trigamma(1), Math.PI ** 2 / 6, 1e-12)
  near(trigamma(0.5), Math.PI ** 2 / 2, 1e-12)
  near(trigamma(0.25), Math.PI ** 2 + 8 * 0.915965594177219, 1e-12)
  for (const x of [1e-3, 0.7, 3, 9.99, 10, 50, 1e4]) {
    expect(Math.abs(digamma(x + 1) - digamma(x) - 1 / x)).toBeLessThan(1e-12 * Math.max(1, 1 / x))
    expect(Math.abs(trigamma(x) - trigamma(x + 1) - 1 / (x * x))).toBeLessThan(1e-12 * Math.max(1, 1 / (x * x)))
  }
})

describe('the gamma distribution', () => {
  test('with a whole shape is a sum of Poisson terms', () => {
    for (const shape of [1, 2, 5, 20, 100]) {
      for (const x of [0.1, 1, 4.9, 5, 21, 90, 130]) {
        let term = Math.exp(-x)
        let above = 0
        for (let k = 0; k < shape; k++) {
          above += term
          term *= x / (k + 1)
        }
        near(gammaTail(shape, x, true), above, 1e-12)
        if (above < 0.5) near(gammaTail(shape, x, false), 1 - above, 1e-12)
      }
    }
  })

  test('with shape 1 is the exponential', () => {
    for (const v of [1e-12, 1e-5, 0.01, 0.3, 0.5]) {
      near(gammaQuantile(1, v, true), -Math.log(v), 1e-12)
      near(gammaQuantile(1, v, false), -Math.log1p(-v), 1e-12)
    }
  })

  test('has quantiles that invert its tails on both sides, for shapes from 1/100 to 10 000', () => {
    for (const shape of [0.01, 0.1, 0.5, 0.9, 1, 1.5, 3, 25, 400, 10_000]) {
      for (const v of [1e-14, 1e-9, 1e-6, 1e-3, 0.05, 0.25, 0.5]) {
        const above = gammaQuantile(shape, v, true)
        if (above > 1e-300) near(gammaTail(shape, above, true), v, 3e-10)
        const below = gammaQuantile(shape, v, false)
        if (below > 1e-300) near(gammaTail(shape, below, false), v, 3e-10)
        expect(above).toBeGreaterThan(below * (1 - 1e-12) - 1e-300)
      }
    }
  })
})

describe('the normal distribution', () => {
  test('has the published quantiles', () => {
    for (const [p, z] of [
      [0.5, 0],
      [0.25, -0.6744897501960817],
      [0.1, -1.2815515655446004],
      [0.05, -1.6448536269514729],
      [0.025, -1.959963984540054],
      [0.01, -2.3263478740408408],
      [0.001, -3.090232306167813],
      [1e-6, -4.753424308822899],
      [1e-10, -6.361340902404056],
      [1e-20, -9.262340089798409],
    ] as const) {
      expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(4e-15 * Math.max(1, -z))
    }
  })

  test('has tails that its quantiles invert', () => {
    for (const v of [1e-100, 1e-30, 1e-12, 1e-6, 1e-3, 0.02, 0.074, 0.076, 0.2, 0.4, 0.5]) {
      near(normalTail(normalQuantile(v), false), v, 1e-12)
      near(normalTail(-normalQuantile(v), true), v, 1e-12)
    }
    expect(normalTail(0, false)).toBe(0.5)
    near(normalTail(1.959963984540054, false), 0.975, 1e-14)
    near(normalTail(-1.959963984540054, true), 0.975, 1e-14)
  })
})
