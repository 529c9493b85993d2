// Values of measures as people read them, with their signs.
import type { Ends } from '../../experiment/replications.ts'
import type { Unit } from '../../experiment/types.ts'
import { usd } from '../../parts/money.ts'
import { withUnit } from '../../report/figures.ts'

/** `12.3 ms`, `-0.40 USD`, `1,204`. */
export function figure(value: number, unit: Unit): string {
  if (value < 0) return `-${figure(-value, unit)}`
  return unit === 'USD' ? usd(value) : withUnit(value, unit)
}

/** The same with a plus before what is above 0. */
export function signed(value: number, unit: Unit): string {
  return value > 0 ? `+${figure(value, unit)}` : figure(value, unit)
}

/** `11.9 to 12.6 ms`: the unit once where both ends have it. */
export function range({ low, high }: Ends, unit: Unit, write: typeof figure = figure): string {
  if (low === undefined || high === undefined) return ''
  const [from, to] = [write(low, unit), write(high, unit)]
  const [, number, words] = /^(\S+)( \S+)$/.exec(from) ?? []
  return words !== undefined && to.endsWith(words) ? `${number} to ${to}` : `${from} to ${to}`
}

/** A share as a percentage: `+12.3 %`, `-0.04 %`. */
export function signedPercent(share: number): string {
  const hundredths = share * 100
  const digits = Math.abs(hundredths) >= 99.5 ? Math.round(hundredths) : Number(hundredths.toPrecision(3))
  return `${hundredths > 0 ? '+' : ''}${digits} %`
}
