// Series in order of time, and the periods between their values.
import { HOUR, MINUTE, SECOND } from '../parts/calendar.ts'
import type { Series } from './contract.ts'

/** The distance that nearly all neighbours have; undefined when there is none, or it is below a second. */
export function commonStep(times: readonly number[]): number | undefined {
  const steps = times.slice(1).map((time, i) => time - times[i]!)
  const middle = Float64Array.from(steps).sort()[Math.floor(steps.length / 2)]
  if (middle === undefined || middle < SECOND) return undefined
  return steps.filter((step) => step === middle).length >= 0.8 * steps.length ? middle : undefined
}

/** A period in words. */
export function wordOf(period: number): string {
  const known = new Map([
    [SECOND, 'second'],
    [MINUTE, 'minute'],
    [HOUR, 'hour'],
    [24 * HOUR, 'day'],
  ]).get(period)
  if (known !== undefined) return known
  return period % MINUTE === 0 ? `${period / MINUTE} minutes` : `${period / SECOND} seconds`
}

/** A series in order of time, without the values that are none; values of one period are kept as they came. */
export function seriesOf(
  what: Omit<Series, 'at' | 'values'>,
  at: ArrayLike<number>,
  values: ArrayLike<number>,
): Series {
  const order = Array.from({ length: at.length }, (_, i) => i).filter((i) => !Number.isNaN(values[i]!))
  order.sort((a, b) => at[a]! - at[b]! || a - b)
  return { ...what, at: Float64Array.from(order, (i) => at[i]!), values: Float64Array.from(order, (i) => values[i]!) }
}
