// Moments of the calendar: civil dates of UTC from microseconds since 1970 and back, by arithmetic alone.
//
// The one idea: the calendar of Gregory repeats every 400 years of 146,097 days. With years that begin in March, leap days
// come last and the days before a month are a straight line, so no table and no loop is needed.

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The moment of time 0 when a scenario says nothing: Monday, 2026-01-05, midnight in UTC. µs since 1970. */
export const DEFAULT_START = 20_458 * DAY

/** The years that schedules and scenarios may name, as AWS's cron does. */
export const FIRST_YEAR = 1970
export const LAST_YEAR = 2199

export interface CivilDate {
  readonly year: number
  /** 1 … 12. */
  readonly month: number
  /** 1 … 31. */
  readonly day: number
}

/** Days from 1970-01-01 to a date; negative before. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const cycle = Math.floor(y / 400)
  const yearOfCycle = y - cycle * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return (
    cycle * 146_097 +
    yearOfCycle * 365 +
    Math.floor(yearOfCycle / 4) -
    Math.floor(yearOfCycle / 100) +
    dayOfYear -
    719_468
  )
}

/** The date so many days after 1970-01-01. */
export function dateOf(days: number): CivilDate {
  const shifted = days + 719_468
  const cycle = Math.floor(shifted / 146_097)
  const dayOfCycle = shifted - cycle * 146_097
  const yearOfCycle = Math.floor(
    (dayOfCycle - Math.floor(dayOfCycle / 1460) + Math.floor(dayOfCycle / 36_524) - Math.floor(dayOfCycle / 146_096)) /
      365,
  )
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

/** The day of the week of a day since 1970-01-01: 0 = Sunday … 6 = Saturday. */
export function weekdayOf(days: number): number {
  return (((days + 4) % 7) + 7) % 7
}

/** 28 … 31. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The day since 1970-01-01 in which a moment (µs) lies. */
export function dayOf(us: number): number {
  return Math.floor(us / DAY)
}

/** A moment (µs since 1970) as ISO 8601 in UTC with so many decimals of the second: `2026-01-05T08:00:00Z`, `…:00.250Z`. */
export function isoText(us: number, decimals: 0 | 3 | 6 = 0): string {
  const days = dayOf(us)
  const rest = us - days * DAY
  const hours = TWO_DIGITS[Math.floor(rest / HOUR)]
  const minutes = TWO_DIGITS[Math.floor(rest / MINUTE) % 60]
  const seconds = TWO_DIGITS[Math.floor(rest / SECOND) % 60]
  const fraction = decimals === 0 ? '' : padded(rest % SECOND, 6).slice(0, decimals)
  // Joined, a text is one piece; added up, engines keep all the pieces for as long as it lives.
  return [dateText(days), 'T', hours, ':', minutes, ':', seconds, decimals === 0 ? '' : '.', fraction, 'Z'].join('')
}

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => padded(number, 2))
/** The day that was written last: most moments that are written lie in the same one. */
let writtenDay = NaN
let writtenText = ''

function dateText(days: number): string {
  if (days === writtenDay) return writtenText
  const { year, month, day } = dateOf(days)
  writtenDay = days
  writtenText = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`
  return writtenText
}

function padded(n: number, width: number): string {
  return String(n).padStart(width, '0')
}

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z)?)?$/

/**
 * Reads a moment of UTC, `2026-01-05`, `2026-01-05T08:00` or `2026-01-05T08:00:00.25Z`, as µs since 1970. A text says what is
 * wrong with it.
 */
export function parseMoment(text: string): number | string {
  const match = MOMENT.exec(text)
  if (match === null) return 'it is no date'
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12) return 'a year has 12 months'
  const length = daysInMonth(year, month)
  if (day < 1 || day > length) return `that month has ${length} days`
  if (hour > 23 || minute > 59 || second > 59) return 'no day has such a time'
  if (year < FIRST_YEAR || year > LAST_YEAR) return `years go from ${FIRST_YEAR} to ${LAST_YEAR}`
  const micros = Number((match[7] ?? '').padEnd(6, '0'))
  return daysOf(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND + micros
}
