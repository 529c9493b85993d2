// AWS's cron expressions: six fields, `L`, `W`, `#` and `?`, and the next time that one means (EB-41).
//
// The one idea: every field but the days becomes the sorted list of its values, and the days a rule that is asked month by month. The
// next time is found by walking years, months, days, hours and minutes that match, so a century without any costs a thousand
// steps and not a step a minute.
import { dateOf, DAY, dayOf, daysInMonth, daysOf, FIRST_YEAR, LAST_YEAR, MINUTE, weekdayOf } from './calendar.ts'

/** Which days of a month: listed days of the month, or of the week, or one that has to be looked for. */
type Days =
  | { readonly by: 'month'; readonly days: readonly number[] }
  /** 0 = Sunday. */
  | { readonly by: 'week'; readonly weekdays: readonly number[] }
  | { readonly by: 'last' }
  /** The weekday (Monday to Friday) nearest to a day of the month; to its last day without one. */
  | { readonly by: 'nearest'; readonly day: number | undefined }
  | { readonly by: 'nth'; readonly weekday: number; readonly nth: number }
  | { readonly by: 'lastWeekday'; readonly weekday: number }

/** Frozen. */
export interface Cron {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: Days
  readonly months: readonly number[]
  readonly years: readonly number[]
}

interface Field {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MINUTES: Field = { name: 'minutes', min: 0, max: 59 }
const HOURS: Field = { name: 'hours', min: 0, max: 23 }
const DAYS: Field = { name: 'day of the month', min: 1, max: 31 }
const MONTHS: Field = {
  name: 'month',
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
}
const WEEKDAYS: Field = {
  name: 'day of the week',
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
}
const YEARS: Field = { name: 'year', min: FIRST_YEAR, max: LAST_YEAR }

/** Most characters of an expression, as of the API's. */
export const EXPRESSION_MAX = 256

/** Reads the fields of `cron(…)`; a text says what is wrong with them. */
export function parseCron(text: string): Cron | string {
  const fields = text.split(/\s+/)
  if (fields.length !== 6 || fields.includes(''))
    return `it has ${fields.filter((field) => field !== '').length} fields: minutes, hours, day of the month, month, day of the week and year are six`
  const [minute, hour, day, month, weekday, year] = fields as [string, string, string, string, string, string]
  if ((day === '?') === (weekday === '?'))
    return day === '?'
      ? 'one of day of the month and day of the week says a day, the other is `?`'
      : 'one of day of the month and day of the week has to be `?`'
  const days = weekday === '?' ? parseDays(day) : parseWeekdays(weekday)
  const made = {
    minutes: parseList(minute, MINUTES),
    hours: parseList(hour, HOURS),
    days,
    months: parseList(month, MONTHS),
    years: parseList(year, YEARS),
  }
  const wrong = Object.values(made).find((part) => typeof part === 'string')
  return typeof wrong === 'string' ? wrong : (made as Cron)
}

function parseDays(text: string): Days | string {
  const upper = text.toUpperCase()
  if (upper === 'L') return { by: 'last' }
  if (upper === 'LW') return { by: 'nearest', day: undefined }
  const nearest = /^(\d{1,2})W$/.exec(upper)
  if (nearest === null) {
    const days = parseList(text, DAYS)
    return typeof days === 'string' ? days : { by: 'month', days }
  }
  const day = valueOf(nearest[1]!, DAYS)
  return typeof day === 'string' ? day : { by: 'nearest', day }
}

function parseWeekdays(text: string): Days | string {
  const upper = text.toUpperCase()
  // The last day of the week.
  if (upper === 'L') return { by: 'week', weekdays: [6] }
  const last = /^(\w+)L$/.exec(upper)
  if (last !== null) {
    const weekday = valueOf(last[1]!, WEEKDAYS)
    return typeof weekday === 'string' ? weekday : { by: 'lastWeekday', weekday: weekday - 1 }
  }
  const nth = /^(\w+)#(\d)$/.exec(upper)
  if (nth !== null) {
    const weekday = valueOf(nth[1]!, WEEKDAYS)
    if (typeof weekday === 'string') return weekday
    const number = Number(nth[2])
    if (number < 1 || number > 5) return `no month has a day of the week ${number} times: \`#\` goes from 1 to 5`
    return { by: 'nth', weekday: weekday - 1, nth: number }
  }
  if (upper.includes('#')) return `\`${text}\` is not one day of the week with \`#\`, such as \`3#2\``
  const weekdays = parseList(text, WEEKDAYS)
  return typeof weekdays === 'string' ? weekdays : { by: 'week', weekdays: weekdays.map((weekday) => weekday - 1) }
}

/** `*`, values, ranges and steps, joined by commas, as a sorted list. A range may go over the end: `FRI-MON`. */
function parseList(text: string, field: Field): readonly number[] | string {
  const values = new Set<number>()
  for (const item of text.split(',')) {
    const [range, step, ...more] = item.split('/') as [string, string?, ...string[]]
    if (more.length > 0 || (step !== undefined && !/^\d{1,4}$/.test(step)) || step === '0')
      return `\`${item}\` is no step in ${field.name}`
    const ends = range === '*' ? [field.min, field.max] : rangeOf(range, field)
    if (typeof ends === 'string') return ends
    const [first, last = step === undefined ? first : field.max] = ends as [number, number?]
    const span = field.max - field.min + 1
    const length = last >= first ? last - first : last + span - first
    if (last < first && field === YEARS) return `\`${item}\` goes back in years`
    for (let n = 0; n <= length; n += Number(step ?? 1)) values.add(((first - field.min + n) % span) + field.min)
  }
  return [...values].sort((a, b) => a - b)
}

function rangeOf(text: string, field: Field): readonly number[] | string {
  const ends: number[] = []
  const parts = text.split('-')
  if (parts.length > 2) return `\`${text}\` is no range in ${field.name}`
  for (const part of parts) {
    const value = valueOf(part, field)
    if (typeof value === 'string') return value
    ends.push(value)
  }
  return ends
}

function valueOf(text: string, { name, min, max, names }: Field): number | string {
  const named = names?.indexOf(text.toUpperCase()) ?? -1
  if (named >= 0) return named + 1
  const value = /^\d{1,4}$/.test(text) ? Number(text) : -1
  if (value >= min && value <= max) return value
  const words = names === undefined ? '' : ` or ${names[0]}-${names.at(-1)}`
  return `\`${text}\` is not in ${name}, ${min}-${max}${words}`
}

/** The first local time from `from` on that the expression means, both in µs as if local time were UTC; undefined when none is left. */
export function nextLocal(cron: Cron, from: number): number | undefined {
  const start = Math.ceil(from / MINUTE) * MINUTE
  const firstDay = dayOf(start)
  const { year: firstYear, month: firstMonth } = dateOf(firstDay)
  for (const year of cron.years) {
    if (year < firstYear) continue
    for (const month of cron.months) {
      if (year === firstYear && month < firstMonth) continue
      for (const day of daysOfMonth(cron.days, year, month)) {
        const days = daysOf(year, month, day)
        if (days < firstDay) continue
        const minute = timeOfDay(cron, days === firstDay ? (start - days * DAY) / MINUTE : 0)
        if (minute !== undefined) return days * DAY + minute * MINUTE
      }
    }
  }
  return undefined
}

/** The first minute of a day from one on. */
function timeOfDay({ hours, minutes }: Cron, from: number): number | undefined {
  for (const hour of hours) {
    if (hour * 60 + 59 < from) continue
    for (const minute of minutes) if (hour * 60 + minute >= from) return hour * 60 + minute
  }
  return undefined
}

/** The days of a month that are meant, in order. */
function daysOfMonth(days: Days, year: number, month: number): readonly number[] {
  const length = daysInMonth(year, month)
  const weekdayOfFirst = weekdayOf(daysOf(year, month, 1))
  const first = (weekday: number): number => 1 + ((weekday - weekdayOfFirst + 7) % 7)
  switch (days.by) {
    case 'month':
      return days.days.filter((day) => day <= length)
    case 'week': {
      const all: number[] = []
      for (let day = 1; day <= length; day++) if (days.weekdays.includes((weekdayOfFirst + day - 1) % 7)) all.push(day)
      return all
    }
    case 'last':
      return [length]
    case 'nth': {
      const day = first(days.weekday) + 7 * (days.nth - 1)
      return day <= length ? [day] : []
    }
    case 'lastWeekday': {
      const day = first(days.weekday) + 28
      return [day <= length ? day : day - 7]
    }
    case 'nearest': {
      const day = days.day ?? length
      if (day > length) return []
      const weekday = (weekdayOfFirst + day - 1) % 7
      if (weekday === 6) return [day === 1 ? 3 : day - 1]
      if (weekday === 0) return [day === length ? day - 2 : day + 1]
      return [day]
    }
  }
}
