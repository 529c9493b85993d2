// The sentence that says a warm-up is too short.
import type { WarmUpAdvice } from '../run/report.ts'
import { seconds, withUnit } from './figures.ts'

/** What is wrong with the warm-up, what it does to the figures, and what to write instead. */
export function adviceText({ series, unit, given, needed, mean, biased }: WarmUpAdvice): string {
  const share =
    mean === 0
      ? ''
      : `, ${Math.round((Math.abs(biased - mean) / Math.abs(mean)) * 100)} % too ${biased > mean ? 'high' : 'low'}`
  const settled = `${series} settles after ${seconds(needed)} (MSER-5)`
  const effect = `its mean is ${withUnit(biased, unit)} here and ${withUnit(mean, unit)} from then on${share}`
  return `WarmUp of ${seconds(given)} is too short: ${settled}; ${effect}. Write \`WarmUp: ${formatted(needed)}\`.`
}

/** As a scenario has it: `90s`, `3m`. */
function formatted(value: number): string {
  return value % 60 === 0 ? `${value / 60}m` : `${value}s`
}
