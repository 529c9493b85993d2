// Moments as logs and exports write them: ISO 8601 and its relatives, the common log format, seconds since 1970.
import { DAY, HOUR, MINUTE, SECOND, daysInMonth, daysOf } from '../parts/calendar.ts'

const DATE_FIRST =
  /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/
/** `[10/Oct/2000:13:55:36 -0700]`, with brackets or without. */
const LOG_FORM = /^\[?(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?: ([+-]\d{4}))?\]?$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A date with or without a time as µs since 1970, read as UTC where it names no zone; undefined when it is none. */
export function momentOf(text: string): number | undefined {
  const iso = DATE_FIRST.exec(text)
  if (iso !== null) {
    const [year, month, day, hour, minute, second] = [1, 3, 4, 5, 6, 7].map((i) => Number(iso[i] ?? 0)) as Six
    const fraction = Number((iso[8] ?? '').padEnd(6, '0').slice(0, 6))
    const at = civil(year, month, day, hour, minute, second)
    return at === undefined ? undefined : at + fraction - zoneOf(iso[9])
  }
  const log = LOG_FORM.exec(text)
  if (log === null) return undefined
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((i) => Number(log[i])) as Five
  const at = civil(year, MONTHS.indexOf(log[2]!) + 1, day, hour, minute, second)
  return at === undefined ? undefined : at - zoneOf(log[7])
}

type Five = [number, number, number, number, number]
type Six = [number, number, number, number, number, number]

/** A leap second counts as the first one of the next minute. */
function civil(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 60 || year < 1) return undefined
  return daysOf(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND
}

/** How far a zone is ahead of UTC, in µs. */
function zoneOf(text: string | undefined): number {
  if (text === undefined || !/^[+-]/.test(text)) return 0
  const digits = text.replace(':', '')
  const size = Number(digits.slice(1, 3)) * HOUR + Number(digits.slice(3, 5)) * MINUTE
  return digits.startsWith('-') ? -size : size
}

/** From here on a number of µs is taken to count from 1970: September 2001. */
export const EPOCH_FROM = 1e15

/**
 * The unit (µs) in which a plain number counts from 1970: seconds, milliseconds, microseconds or nanoseconds by its size, from
 * September 2001 to the year 5138; undefined for numbers that count from a recording's own beginning.
 */
export function epochUnit(value: number): number | undefined {
  for (const [unit, from] of [
    [SECOND, 1e9],
    [1000, 1e12],
    [1, 1e15],
    [0.001, 1e18],
  ] as const)
    if (value >= from && value < from * 100) return unit
  return undefined
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/

/** A plain decimal number; undefined for anything else, an empty text among it. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', SECOND],
  ['sec', SECOND],
  ['seconds', SECOND],
  ['ms', 1000],
  ['millis', 1000],
  ['milliseconds', 1000],
  ['us', 1],
  ['micros', 1],
  ['ns', 0.001],
])

/** The unit (µs) that the name of a column of durations ends in; undefined when it names none. */
export function unitInName(name: string): number | undefined {
  const suffix = /(?:^|[_ (])(s|sec|seconds|ms|millis|milliseconds|us|micros|ns)\)?$/i.exec(name)?.[1]
  return suffix === undefined ? undefined : UNITS.get(suffix.toLowerCase())
}
