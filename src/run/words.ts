// Numbers as people read them: few digits, always a unit, the same width where they change quickly.
import type { Outcome } from '../sim.ts'

/** What the shapes of messages are called. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'request',
  answer: 'answer',
  retry: 'retry',
  throttled: 'refused',
  error: 'error, time-out',
  'dead-letter': 'dead letter',
}

const GROUPS = /\B(?=(\d{3})+$)/g

/** `1,840`, `0.42`, `12.5`, `3.2M`: three digits that matter. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1e9) return `${trim(value / 1e9)}G`
  if (size >= 1e6) return `${trim(value / 1e6)}M`
  if (size >= 100) return Math.round(value).toString().replace(GROUPS, ',')
  if (size >= 10) return trim(Math.round(value * 10) / 10)
  if (size === 0) return '0'
  return size < 0.005 ? '< 0.01' : trim(Math.round(value * 100) / 100)
}

const trim = (value: number): string => Number(value.toPrecision(3)).toString()

/** A rate from messages a second: `480/s`, and of what comes rarely `3/min`, `2/h`. */
export function perSecond(value: number): string {
  if (!(value > 0 && value < 0.1)) return `${number(value)}/s`
  return value * 60 >= 1 ? `${number(value * 60)}/min` : `${number(value * 3600)}/h`
}

/** A length of time from seconds: `340 µs`, `4.1 ms`, `1.42 s`, `12m 5s`. */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size === 0) return '0 s'
  if (size < 1e-3) return `${trim(value * 1e6)} µs`
  if (size < 1) return `${trim(value * 1e3)} ms`
  if (size < 100) return `${trim(value)} s`
  const whole = Math.round(value)
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}h ${m}m` : s === 0 ? `${m}m` : `${m}m ${s}s`
}

/** A moment of the run from µs: `00:42.300`, `1:02:03.000`. */
export function moment(us: number): string {
  const ms = Math.floor(us / 1000)
  const two = (value: number): string => value.toString().padStart(2, '0')
  const hours = Math.floor(ms / 3_600_000)
  const clock = `${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${(ms % 1000).toString().padStart(3, '0')}`
  return hours > 0 ? `${hours}:${clock}` : clock
}

/** A moment as on an axis, no finer than needed: `0`, `30 s`, `4 min`, `1 h`, `1:30`. */
export function axisMoment(us: number): string {
  const s = Math.round(us / 1000) / 1000
  if (s < 60) return `${trim(s)} s`
  if (s % 3600 === 0) return `${s / 3600} h`
  if (s % 60 === 0 && s < 7200) return `${s / 60} min`
  const m = Math.floor(s / 60)
  if (m >= 120) return `${Math.floor(m / 60)} h ${m % 60} min`
  return `${m}:${Math.floor(s % 60)
    .toString()
    .padStart(2, '0')}`
}

export const percent = (share: number): string =>
  share > 0 && share < 0.1 ? `${(share * 100).toFixed(1)}%` : `${number(Math.round(share * 100))}%`

/** A sentence of the core without the marks around its names. */
export const plainText = (text: string): string => text.replaceAll('`', '')

/** An amount of data: `2.4 GB`, in powers of 1,024. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
  let at = 0
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024
    at++
  }
  return `${number(value)} ${units[at]}`
}

/** A reading in its unit, as its node's card shows it. */
export function inUnit(value: number, unit: string): string {
  switch (unit) {
    case 's':
    case 'seconds':
    case 'Seconds':
      return seconds(value)
    case 'ms':
    case 'Milliseconds':
      return seconds(value / 1e3)
    case 'µs':
    case 'us':
      return seconds(value / 1e6)
    case 'B':
    case 'Bytes':
      return bytes(value)
    case 'ratio':
    case 'share':
      return percent(value)
    case '%':
    case 'Percent':
      return percent(value / 100)
    case '':
    case 'count':
    case 'Count':
      return number(value)
    case '1/s':
    case '/s':
    case 'Count/Second':
      return perSecond(value)
    default:
      return `${number(value)} ${unit}`
  }
}

/** A sentence in which no line begins with the unit of a figure: `34 %` stays together. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(\d) (%|µs|ms|s|m|min|h|d|B|KB|MB|GB)(?![\p{L}\d])/gu, '$1\u00a0$2')
}

const CENTS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const FEW_DIGITS = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3, maximumFractionDigits: 9 })

/** An amount: cents from a dollar on, three digits below: `1,204.50 USD`, `0.0321 USD`. */
export function usd(amount: number): string {
  return `${(Math.abs(amount) < 1 ? FEW_DIGITS : CENTS).format(amount)} USD`
}
