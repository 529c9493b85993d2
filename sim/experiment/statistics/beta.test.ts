// Tests of the beta, t and binomial distributions against 40 digits, published tables and exact sums.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { betaQuantile, betaTail, binomialAtMost, studentQuantile, studentTail } from './beta.ts'

const near = (found: number, exact: number, relative: number) =>
  expect(Math.abs(found - exact), `${found} against ${exact}`).toBeLessThanOrEqual(relative * Math.abs(exact))

test('the incomplete beta function has its exact values, on both sides', () => {
  for (const [a, b, x, below, above] of [
    [0.5, 0.5, 0.1, 0.20483276469913345, 0.7951672353008665],
    [2, 3, 0.4, 0.5248, 0.4752],
    [5, 0.5, 0.9, 0.31664291502001224, 0.6833570849799877],
    [0.5, 15, 0.0001, 0.043319117291082884, 0.9566808827089172],
    [1.5, 500, 0.002, 0.42821636369138394, 0.5717836363086161],
    [30, 1, 0.85, 0.007630759594789488, 0.9923692404052105],
    [0.01, 3, 0.2, 0.995087118231316, 0.004912881768684042],
    [1000, 2, 0.999, 0.7353908495419281, 0.26460915045807193],
    [7, 40, 0.9, 1, 5.05993511638e-34],
    [5000, 5000, 0.51, 0.9772579676754254, 0.02274203232457464],
  ] as const) {
    near(betaTail(a, b, x), below, 2e-11)
    near(betaTail(a, b, x, true), above, 2e-11)
  }
  expect([betaTail(2, 3, 0), betaTail(2, 3, 1), betaTail(2, 3, 0, true), betaTail(2, 3, 1, true)]).toEqual([0, 1, 1, 0])
})

test('quantiles invert it, from either end', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 300, noNaN: true }),
      fc.double({ min: 0.3, max: 300, noNaN: true }),
      fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
      fc.boolean(),
      (a, b, v, upper) => {
        const x = betaQuantile(a, b, v, upper)
        // Near 1 a double is too coarse for the smallest tails.
        if (x > 0.999 || x < 1e-300) return
        near(betaTail(a, b, x, upper), v, 1e-8)
      },
    ),
  )
  expect([betaQuantile(2, 3, 0), betaQuantile(2, 3, 1), betaQuantile(2, 3, 0, true)]).toEqual([0, 1, 1])
})

test("Student's t has its exact quantiles; the printed tables have the same digits", () => {
  const tails = [0.25, 0.05, 0.025, 0.005, 1e-6]
  for (const [degrees, ...quantiles] of [
    [1, 1.0, 6.313751514675043, 12.7062047361747, 63.65674116287158, 318309.8861827435],
    [2, 0.816496580927726, 2.919985580353726, 4.302652729749464, 9.924843200918293, 707.105720525934],
    [2.5, 0.7850136829923011, 2.558218614135937, 3.574654842003683, 7.163728138948786, 220.1734291782368],
    [3, 0.7648923284043453, 2.353363434801824, 3.18244630528371, 5.840909309733357, 103.2994677804193],
    [5, 0.7266868438004227, 2.015048373333024, 2.570581835636316, 4.032142983555228, 24.77102972051594],
    [9, 0.7027221467513264, 1.833112932656237, 2.262157162798206, 3.249835541592126, 10.7201604099095],
    [19, 0.6876214602039603, 1.72913281152137, 2.09302405440831, 2.860934606464979, 6.723394282200186],
    [29, 0.6830438608216132, 1.699127026533498, 2.045229642132704, 2.756385903670605, 5.917105540459562],
    [120, 0.6765397249125202, 1.657650899355236, 1.979930405082441, 2.617421145106866, 4.997443829589943],
  ] as const)
    quantiles.forEach((quantile, i) => near(studentQuantile(tails[i]!, degrees), quantile, 1e-12))
  // t(0.975) as any textbook prints it.
  const printed = [1, 4, 7, 15, 24, 40, 60].map((degrees) => studentQuantile(0.025, degrees).toFixed(3))
  expect(printed).toEqual(['12.706', '2.776', '2.365', '2.131', '2.064', '2.021', '2.000'])
  near(studentQuantile(0.025, 1e7), 1.959963984540054, 1e-6)
})

test("Student's t is symmetric, and exact in its middle and far out", () => {
  expect([studentTail(0, 5), studentQuantile(0.5, 5), studentTail(Infinity, 3)]).toEqual([0.5, 0, 0])
  near(studentTail(-2, 7) + studentTail(2, 7), 1, 1e-15)
  near(studentTail(1e-9, 1), 0.5 - 1e-9 / Math.PI, 1e-15)
  near(studentTail(1e8, 1), 1 / (Math.PI * 1e8), 1e-12)
  near(studentTail(1e100, 2), 0.5e-200, 1e-10)
})

test('the binomial distribution is the sum of its terms', () => {
  for (const [n, p] of [
    [1, 0.3],
    [10, 0.5],
    [30, 0.95],
    [100, 0.01],
  ] as const) {
    let term = (1 - p) ** n
    let sum = 0
    for (let k = 0; k < n; k++) {
      sum += term
      near(binomialAtMost(k, n, p), sum, 1e-11)
      term *= ((n - k) / (k + 1)) * (p / (1 - p))
    }
    expect([binomialAtMost(-1, n, p), binomialAtMost(n, n, p)]).toEqual([0, 1])
  }
})
