// Figures as people read them: times and sizes with three digits and a unit, counts with commas.
import { formatMicros } from '../engine/time.ts'
import { usd } from '../parts/money.ts'
import { count as whole } from '../parts/words.ts'

/** Seconds: `30 s`, and from two minutes on `12 m`. */
export function seconds(value: number): string {
  return Number.isInteger(value) && value < 120 ? `${value} s` : formatMicros(Math.round(value * 1e6))
}

/** A moment in seconds: whole ones from ten on. */
export function moment(value: number): string {
  return seconds(value < 10 ? value : Math.round(value))
}

/** A time in µs with three figures, as people compare them: `48.3 ms`, `1.20 s`; from two minutes on in full. */
function shortTime(us: number): string {
  if (us >= 120_000_000) return formatMicros(Math.round(us))
  const [value, unit] = us >= 1_000_000 ? [us / 1_000_000, 's'] : us >= 1_000 ? [us / 1_000, 'ms'] : [us, 'µs']
  return `${value >= 100 || value === 0 ? Math.round(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`
}

/** 12345 → `12,345`; shares keep three digits. */
export function count(value: number): string {
  return Number.isInteger(value) || value >= 100 ? whole(value) : value.toPrecision(3)
}

/** `1 call`, `1,171 calls`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A value in one of CloudWatch's units. */
export function withUnit(value: number, unit: string): string {
  switch (unit) {
    case 'Milliseconds':
      return shortTime(value * 1_000)
    case 'Seconds':
      return shortTime(value * 1_000_000)
    case 'Bytes':
      return value >= 1_048_576
        ? `${(value / 1_048_576).toFixed(1)} MB`
        : value >= 1024
          ? `${(value / 1024).toFixed(1)} KB`
          : `${Math.round(value)} B`
    case 'Percent':
      return `${value.toPrecision(3)} %`
    default:
      return count(value)
  }
}

/** `12.3 ms`, `-0.40 USD`, `1,204`. */
export function figure(value: number, unit: string): string {
  if (value < 0) return `-${figure(-value, unit)}`
  return unit === 'USD' ? usd(value) : withUnit(value, unit)
}

/** `11.9 to 12.6 ms`: the unit once where both ends have it. */
export function range(
  { low, high }: { readonly low?: number; readonly high?: number },
  unit: string,
  write: typeof figure = figure,
): string {
  if (low === undefined || high === undefined) return ''
  const [from, to] = [write(low, unit), write(high, unit)]
  const [, number, words] = /^(\S+)( \S+)$/.exec(from) ?? []
  return words !== undefined && to.endsWith(words) ? `${number} to ${to}` : `${from} to ${to}`
}
