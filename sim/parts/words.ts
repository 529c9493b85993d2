// Figures as words of a sentence: short, rounded to what a reader needs, the same everywhere.
import { formatMicros } from '../engine/time.ts'

/** `3,421`. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `one message`, `3 messages`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return Math.round(n) === 1 ? `one ${one}` : `${count(n)} ${many}`
}

/** `once`, `3 times`. */
export function often(n: number): string {
  return n === 1 ? 'once' : `${count(n)} times`
}

/** A share of 0 … 1 as `52 %`, with a decimal below ten. */
export function percent(share: number): string {
  const hundredths = share * 100
  if (hundredths > 0 && hundredths < 0.1) return 'less than 0.1 %'
  return `${hundredths < 10 ? Math.round(hundredths * 10) / 10 : Math.round(hundredths)} %`
}

/** A factor: `2.4`. */
export function times(factor: number): string {
  return String(factor < 10 ? Math.round(factor * 10) / 10 : Math.round(factor))
}

/** A rate per second, of slow ones per minute: `120 requests a second`, `3 a minute`. */
export function rate(perSecond: number, of = ''): string {
  const what = of === '' ? '' : ` ${of}s`
  if (perSecond >= 10) return `${count(perSecond)}${what} a second`
  return perSecond >= 1 ? `${times(perSecond)}${what} a second` : `${times(perSecond * 60)}${what} a minute`
}

/** A length of time in µs to two or three digits: `480 ms`, `3.4 s`, `2 m 10 s`. */
export function time(us: number): string {
  for (const [step, below] of ROUNDING) if (us < below) return exactTime(Math.round(us / step) * step)
  return exactTime(Math.round(us / 60_000_000) * 60_000_000)
}

/** A length of time as it was set: `503 ms`, `30 s`. */
export function exactTime(us: number): string {
  return formatMicros(us)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace(/\.(?= )/, '')
}

const ROUNDING: readonly (readonly [step: number, below: number])[] = [
  [1_000, 100_000],
  [10_000, 1_000_000],
  [100_000, 60_000_000],
  [1_000_000, 600_000_000],
]

/** `a`, `a and b`, `a, b and c`. */
export function all(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? ''
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
}
