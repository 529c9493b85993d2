// A distribution and a rate as they are written in a scenario, with as many digits as measurements deserve.
import type { Distribution } from '../../engine/distribution.ts'

export type Dimension = 'duration' | 'size' | 'count'

const DURATIONS: readonly (readonly [unit: string, size: number])[] = [
  ['d', 86_400_000_000],
  ['h', 3_600_000_000],
  ['m', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1000],
  ['us', 1],
]
const SIZES: readonly (readonly [unit: string, size: number])[] = [
  ['GB', 1_073_741_824],
  ['MB', 1_048_576],
  ['KB', 1024],
  ['B', 1],
]

/** A number to so many significant digits, without an exponent. */
export function digits(value: number, significant = 4): string {
  if (value === 0 || !Number.isFinite(value)) return '0'
  let place = 0
  for (let rest = Math.abs(value); rest >= 10; rest /= 10) place++
  for (let rest = Math.abs(value); rest < 1; rest *= 10) place--
  const decimals = Math.max(0, Math.min(20, significant - 1 - place))
  const text = value.toFixed(decimals)
  return decimals === 0 ? text : text.replace(/\.?0+$/, '')
}

/** A quantity in base units (µs, bytes or one) in its fitting unit: `8.1ms`, `3.2KB`, `17`. */
export function quantityText(value: number, dimension: Dimension): string {
  if (dimension === 'count') return digits(value)
  // Less than a thousandth of the base unit is none.
  if (value < 0.001) return `0${dimension === 'duration' ? 's' : 'B'}`
  const units = dimension === 'duration' ? DURATIONS.slice(3) : SIZES
  const [unit, size] = units.find(([, each]) => value >= each) ?? units.at(-1)!
  return `${digits(value / size)}${unit}`
}

/** A whole number of µs without rounding, in the largest unit that divides it: `90s`, `2h`. */
export function exactDuration(us: number): string {
  const [unit, size] = DURATIONS.find(([, each]) => us % each === 0)!
  return us === 0 ? '0s' : `${us / size}${unit}`
}

/** A distribution in the words of the scenario language. */
export function distributionText(d: Distribution, dimension: Dimension): string {
  const quantity = (value: number): string => quantityText(value, dimension)
  switch (d.kind) {
    case 'constant':
      return quantity(d.value)
    case 'uniform':
      return `uniform(${quantity(d.min)}, ${quantity(d.max)})`
    case 'exponential':
      return `exponential(${quantity(d.mean)})`
    case 'normal':
      return `normal(${quantity(d.mean)}, ${quantity(d.sd)})`
    case 'lognormal':
      return `lognormal(p50=${quantity(d.p50)}, p99=${quantity(d.p99)})`
    case 'gamma':
      return `gamma(mean=${quantity(d.mean)}, cv=${digits(d.cv)})`
    case 'weibull':
      return `weibull(shape=${digits(d.shape)}, scale=${quantity(d.scale)})`
    case 'pareto':
      return `pareto(min=${quantity(d.min)}, alpha=${digits(d.alpha)})`
    case 'empirical':
      return 'empirical(…)'
    case 'mix': {
      // The weights as written add up to 1 exactly.
      const first = Math.round(d.parts[0]!.weight * 1e4) / 1e4
      const weights = [digits(first), digits(Math.round((1 - first) * 1e4) / 1e4)]
      return `mix(${d.parts.map(({ of }, i) => `${weights[i]}: ${distributionText(of, dimension)}`).join(', ')})`
    }
  }
}

/** A rate in its fitting unit: `12.5/s`, `3.2/min`, `0.5/h`. Less than a request in ten days is none. */
export function rateText(perSecond: number): string {
  if (perSecond < 1e-6) return '0/s'
  const [unit, seconds] = RATES.find(([, each]) => perSecond * each >= 0.1) ?? RATES.at(-1)!
  return `${digits(perSecond * seconds)}/${unit}`
}
const RATES: readonly (readonly [unit: string, seconds: number])[] = [
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', 86_400],
]
