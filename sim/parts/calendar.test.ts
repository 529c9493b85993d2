// Tests the calendar against the platform's own.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateOf, DAY, dayOf, daysInMonth, daysOf, DEFAULT_START, isoText, parseMoment, weekdayOf } from './calendar.ts'

/** Days since 1970 of the years 0 to 4000: ten cycles of the calendar. */
const anyDay = fc.integer({ min: -719_528, max: 741_499 })
/** Moments of the years that may be named, in µs. */
const anyMoment = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) - 1 }).map((ms) => ms * 1000)

test('dates, days of the week and lengths of months are those of the platform, in any century', () => {
  fc.assert(
    fc.property(anyDay, (days) => {
      const date = new Date(days * 86_400_000)
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
      expect(dateOf(days)).toEqual(civil)
      expect(daysOf(civil.year, civil.month, civil.day)).toBe(days)
      expect(weekdayOf(days)).toBe(date.getUTCDay())
      const last = new Date(0)
      last.setUTCFullYear(civil.year, civil.month, 0)
      expect(daysInMonth(civil.year, civil.month)).toBe(last.getUTCDate())
    }),
    { numRuns: 5000 },
  )
})

test('moments are written as the platform writes them, and read back', () => {
  fc.assert(
    fc.property(anyMoment, fc.integer({ min: 0, max: 999 }), (at, micros) => {
      const iso = new Date(at / 1000).toISOString()
      expect(isoText(at + micros, 3)).toBe(iso)
      expect(isoText(at + micros)).toBe(iso.replace(/\.\d+/, ''))
      expect(dayOf(at + micros)).toBe(Math.floor(at / 1000 / 86_400_000))
      expect(parseMoment(isoText(at + micros, 6))).toBe(at + micros)
      expect(parseMoment(iso.slice(0, 10))).toBe(Math.floor(at / DAY) * DAY)
    }),
  )
})

test('a date that no calendar has is told from a text that is no date', () => {
  expect(parseMoment('2024-02-29T08:00')).toBe(Date.UTC(2024, 1, 29, 8) * 1000)
  expect(parseMoment('2026-02-29')).toBe('that month has 28 days')
  expect(parseMoment('1900-02-29')).toBe('that month has 28 days')
  expect(parseMoment('2026-13-01')).toBe('a year has 12 months')
  expect(parseMoment('2026-00-01')).toBe('a year has 12 months')
  expect(parseMoment('2026-04-00')).toBe('that month has 30 days')
  expect(parseMoment('2026-01-05T24:00:00Z')).toBe('no day has such a time')
  expect(parseMoment('2026-01-05T23:59:60Z')).toBe('no day has such a time')
  expect(parseMoment('1969-12-31')).toBe('years go from 1970 to 2199')
  expect(parseMoment('2200-01-01')).toBe('years go from 1970 to 2199')
  for (const text of ['', 'tomorrow', '2026-1-5', '2026-01-05T8:00Z', '2026-01-05T08:00:00+02:00', '05.01.2026'])
    expect(parseMoment(text), text).toBe('it is no date')
})

test('a scenario that says nothing begins on a Monday at midnight', () => {
  expect(isoText(DEFAULT_START)).toBe('2026-01-05T00:00:00Z')
  expect(weekdayOf(dayOf(DEFAULT_START))).toBe(1)
})
