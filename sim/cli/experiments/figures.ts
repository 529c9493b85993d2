// Values of measures as people read them, with their signs.
import { figure } from '../../report/figures.ts'

export { figure, range } from '../../report/figures.ts'

/** The same with a plus before what is above 0. */
export function signed(value: number, unit: string): string {
  return value > 0 ? `+${figure(value, unit)}` : figure(value, unit)
}

/** A share as a percentage: `+12.3 %`, `-0.04 %`, `+<0.01 %`. */
export function signedPercent(share: number): string {
  const hundredths = share * 100
  const size = Math.abs(hundredths)
  if (size > 0 && size < 0.01) return `${hundredths > 0 ? '+' : '-'}<0.01 %`
  const digits = size >= 99.5 ? Math.round(hundredths) : Number(hundredths.toPrecision(3))
  return `${hundredths > 0 ? '+' : ''}${digits} %`
}
