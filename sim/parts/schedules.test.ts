// Tests schedule expressions: what AWS takes and refuses, and when they come, against a clock that looks at every minute.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { DAY, dateOf, dayOf, HOUR, isoText, MINUTE, parseMoment, SECOND, weekdayOf } from './calendar.ts'
import { nextFire, parseSchedule, type Dialect, type Schedule } from './schedules.ts'
import { UTC, zoneOf, type Zone } from './zones.ts'

const utc = (text: string): number => parseMoment(text) as number

function read(text: string, dialect: Dialect = 'scheduler'): Schedule {
  const made = parseSchedule(text, dialect)
  if (typeof made === 'string') throw new Error(`${text}: ${made}`)
  return made
}

/** The moments in [from, to) at which an expression comes, as `2026-01-05T08:00` (UTC). */
function fires(text: string, from: string, to: string, zone: Zone = UTC): string[] {
  const schedule = read(text)
  const found: string[] = []
  for (let at = nextFire(schedule, zone, utc(from) - 1, utc(from)); at !== undefined && at < utc(to);) {
    found.push(isoText(at).slice(0, 16))
    at = nextFire(schedule, zone, at, utc(from))
  }
  return found
}

const refused = (text: string, dialect: Dialect = 'rule'): boolean => typeof parseSchedule(text, dialect) === 'string'

describe('a rate', () => {
  it('has a whole number and a unit, in the singular only of 1 [EB-40]', () => {
    expect(read('rate(1 minute)', 'rule')).toEqual({ kind: 'rate', every: MINUTE })
    expect(read('rate(5 hours)', 'rule')).toEqual({ kind: 'rate', every: 5 * HOUR })
    expect(read('rate(1 day)', 'rule')).toEqual({ kind: 'rate', every: DAY })
    const wrong = ['rate(1 hours)', 'rate(5 hour)', 'rate(1 minutes)', 'rate(2 day)', 'rate(0 minutes)', 'rate(5)']
    for (const text of [
      ...wrong,
      'rate(5 seconds)',
      'rate(-1 minutes)',
      'rate(1.5 hours)',
      'Rate(5 minutes)',
      'every hour',
    ])
      expect(refused(text), text).toBe(true)
    expect(parseSchedule('rate(1 hours)', 'rule')).toBe('the unit of 1 is `hour`')
  })

  it('comes after every interval, and first at its anchor [EB-40]', () => {
    const rate = read('rate(5 minutes)')
    expect(nextFire(rate, UTC, 99, 100)).toBe(100)
    expect(nextFire(rate, UTC, 100, 100)).toBe(100 + 5 * MINUTE)
    expect(nextFire(rate, UTC, 100 + 5 * MINUTE - 1, 100)).toBe(100 + 5 * MINUTE)
    expect(nextFire(rate, UTC, 100 + 5 * MINUTE, 100)).toBe(100 + 10 * MINUTE)
  })
})

describe('cron', () => {
  test('expressions of the guide mean what it says [EB-41]', () => {
    const daily = (text: string): string[] => fires(text, '2026-01-05', '2026-01-06').map((at) => at.slice(11))
    expect(daily('cron(0 10 * * ? *)')).toEqual(['10:00'])
    expect(daily('cron(5,35 14 * * ? *)')).toEqual(['14:05', '14:35'])
    expect(daily('cron(0/15 * * * ? *)')).toHaveLength(96)
    expect(daily('cron(0/15 * * * ? *)').slice(0, 5)).toEqual(['00:00', '00:15', '00:30', '00:45', '01:00'])
    expect(fires('cron(0 18 ? * MON-FRI *)', '2026-01-05', '2026-01-12').map((at) => at.slice(8))).toEqual(
      ['05', '06', '07', '08', '09'].map((day) => `${day}T18:00`),
    )
    const business = daily('cron(0/5 8-17 ? * MON-FRI *)')
    expect([business[0], business.at(-1), business.length]).toEqual(['08:00', '17:55', 120])
    expect(fires('cron(0/5 8-17 ? * MON-FRI *)', '2026-01-03', '2026-01-05')).toEqual([])
    expect(fires('cron(0 8 1 * ? *)', '2026-01-05', '2026-04-02')).toEqual([
      '2026-02-01T08:00',
      '2026-03-01T08:00',
      '2026-04-01T08:00',
    ])
  })

  test('the last Friday of each month of 2022, and nothing afterwards [EB-41]', () => {
    const days = '01-28 02-25 03-25 04-29 05-27 06-24 07-29 08-26 09-30 10-28 11-25 12-30'.split(' ')
    expect(fires('cron(15 10 ? * 6L 2019-2022)', '2022-01-01', '2030-01-01')).toEqual(
      days.map((day) => `2022-${day}T10:15`),
    )
  })

  test('the last day, the second Tuesday, the weekday nearest to a day within its month [EB-41]', () => {
    const days = (text: string, from = '2026-01-01', to = '2027-01-01'): string =>
      fires(text, from, to)
        .map((at) => at.slice(5, 10))
        .join(' ')
    expect(days('cron(0 0 L * ? *)', '2024-02-01', '2024-05-01')).toBe('02-29 03-31 04-30')
    expect(days('cron(0 0 ? * 3#2 *)', '2026-01-01', '2026-05-01')).toBe('01-13 02-10 03-10 04-14')
    // The 1st is a Sunday in February and March, a Wednesday in April, a Friday in May; a Saturday in August.
    expect(days('cron(0 0 1W * ? *)', '2026-02-01', '2026-09-01')).toBe('02-02 03-02 04-01 05-01 06-01 07-01 08-03')
    // The 31st is a Saturday in January and October, a Sunday in May; shorter months have none.
    expect(days('cron(0 0 31W * ? *)')).toBe('01-30 03-31 05-29 07-31 08-31 10-30 12-31')
    expect(days('cron(0 0 15W * ? *)', '2026-02-01', '2026-04-01')).toBe('02-16 03-16')
    expect(days('cron(0 0 LW 2,5 ? *)')).toBe('02-27 05-29')
    expect(days('cron(0 0 ? 1 L *)')).toBe('01-03 01-10 01-17 01-24 01-31')
    expect(days('cron(0 0 ? * 5#5 *)')).toBe('01-29 04-30 07-30 10-29 12-31')
    expect(days('cron(0 0 30 2 ? *)')).toBe('')
  })

  test('ranges go over the end, steps begin where they are told, names are as good as numbers [EB-41]', () => {
    const minutes = (text: string): string =>
      fires(text, '2026-01-05', '2026-01-06')
        .map((at) => at.slice(11))
        .join(' ')
    expect(minutes('cron(50-5/5 0 * * ? *)')).toBe('00:00 00:05 00:50 00:55')
    expect(minutes('cron(0 22-2 * * ? *)')).toBe('00:00 01:00 02:00 22:00 23:00')
    expect(minutes('cron(7/20 3 * * ? *)')).toBe('03:07 03:27 03:47')
    expect(minutes('cron(0 5/6 * jan ? 2026)')).toBe('05:00 11:00 17:00 23:00')
    expect(fires('cron(0 0 ? * FRI-MON *)', '2026-01-05', '2026-01-13').map((at) => at.slice(8, 10))).toEqual([
      '05',
      '09',
      '10',
      '11',
      '12',
    ])
  })

  test('expressions that AWS refuses are refused [EB-41]', () => {
    const wrong = [
      'cron(0 10 * * * *)',
      'cron(0 10 ? * ? *)',
      'cron(0 10 1 * 2 *)',
      'cron(0 8 ? * 3#1,6#3 *)',
      'cron(0 8 ? * 3#6 *)',
      'cron(0 8 ? * 3#0 *)',
      'cron(0 8 ? * 8 *)',
      'cron(0 8 0 * ? *)',
      'cron(0 8 32W * ? *)',
      'cron(0 24 * * ? *)',
      'cron(60 * * * ? *)',
      'cron(* * * * ? 1969)',
      'cron(* * * * ? 2200)',
      'cron(* * * * ? 2030-2029)',
      'cron(0/0 * * * ? *)',
      'cron(0/5/5 * * * ? *)',
      'cron(1-2-3 * * * ? *)',
      'cron(? * * * ? *)',
      'cron(0 8 * 13 ? *)',
      'cron(0 8 * * ?)',
      'cron(0 0 8 * * ? *)',
      'cron(, * * * ? *)',
      'cron()',
      'cron(0 8 * * ? *',
      ' cron(0 8 * * ? *)',
      `cron(${'0,'.repeat(200)}0 * * * ? *)`,
    ]
    for (const text of wrong) expect(refused(text), text).toBe(true)
    expect(refused('at(2026-01-05T08:00:00)')).toBe(true)
  })

  test('what never comes is found out at once', () => {
    const never = read('cron(0 0 31 2,4,6,9,11 ? *)')
    expect(nextFire(never, UTC, utc('1970-01-01'), 0)).toBeUndefined()
    expect(nextFire(read('cron(0 0 29 2 ? *)'), UTC, utc('2096-03-01'), 0)).toBe(utc('2104-02-29'))
  })
})

/** Whether a field of numbers, lists, ranges and steps means a value, by its text alone. */
function means(field: string, value: number, min: number, max: number): boolean {
  return field.split(',').some((item) => {
    const [range, step] = item.split('/') as [string, string?]
    const [low, end] = range === '*' ? [min, max] : (range.split('-').map(Number) as [number, number?])
    const high = end ?? (step === undefined ? low : max)
    if (high < low)
      return value >= low
        ? (value - low) % Number(step ?? 1) === 0
        : value <= high && (value + max - min + 1 - low) % Number(step ?? 1) === 0
    return value >= low && value <= high && (value - low) % Number(step ?? 1) === 0
  })
}

const field = (min: number, max: number) => {
  const value = fc.integer({ min, max })
  const item = fc.oneof(
    fc.constant('*'),
    value.map(String),
    fc.tuple(value, value).map(([a, b]) => `${a}-${b}`),
    fc.tuple(value, fc.integer({ min: 1, max })).map(([a, n]) => `${a}/${n}`),
    fc.tuple(value, value, fc.integer({ min: 1, max })).map(([a, b, n]) => `${a}-${b}/${n}`),
  )
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','))
}

test('the next time of an expression is the first minute that a clock finds which looks at each [EB-41]', () => {
  fc.assert(
    fc.property(
      fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(1, 7)),
      fc.boolean(),
      fc.integer({ min: utc('2020-01-01') / SECOND, max: utc('2040-01-01') / SECOND }),
      ([minute, hour, day, month, weekday], byDay, second) => {
        const at = second * SECOND
        const text = `cron(${minute} ${hour} ${byDay ? day : '?'} ${month} ${byDay ? '?' : weekday} *)`
        const next = nextFire(read(text), UTC, at, 0)
        const matches = (time: number): boolean => {
          const days = dayOf(time)
          const date = dateOf(days)
          const rest = (time - days * DAY) / MINUTE
          return (
            means(minute, rest % 60, 0, 59) &&
            means(hour, Math.floor(rest / 60), 0, 23) &&
            means(month, date.month, 1, 12) &&
            (byDay ? means(day, date.day, 1, 31) : means(weekday, weekdayOf(days) + 1, 1, 7))
          )
        }
        if (next !== undefined) expect(matches(next), `${text} at ${isoText(next)}`).toBe(true)
        // A day that no field means is passed over whole.
        const end = Math.min(next ?? Infinity, at + 400 * DAY)
        for (let time = Math.ceil((at + 1) / MINUTE) * MINUTE; time < end; time += MINUTE) {
          if (time % DAY === 0) {
            const { month: m, day: d } = dateOf(dayOf(time))
            const isDay =
              means(month, m, 1, 12) &&
              (byDay ? means(day, d, 1, 31) : means(weekday, weekdayOf(dayOf(time)) + 1, 1, 7))
            if (!isDay && time + DAY < end) {
              time += DAY - MINUTE
              continue
            }
          }
          if (matches(time)) expect.fail(`${text} comes at ${isoText(time)}`)
        }
      },
    ),
    { numRuns: 60 },
  )
})

describe('a time zone', () => {
  const berlin = zoneOf('Europe/Berlin')!

  test('moves cron with its clocks: 08:00 in Berlin is 07:00 in winter and 06:00 in summer [EB-43]', () => {
    expect(fires('cron(0 8 * * ? *)', '2026-03-28', '2026-03-31', berlin)).toEqual([
      '2026-03-28T07:00',
      '2026-03-29T06:00',
      '2026-03-30T06:00',
    ])
  })

  test('leaves out a time that clocks are set forward over, and does not repeat one that they are set back over [EB-43]', () => {
    expect(fires('cron(30 2 * * ? *)', '2026-03-28', '2026-03-31', berlin)).toEqual([
      '2026-03-28T01:30',
      '2026-03-30T00:30',
    ])
    expect(fires('cron(30 2 * * ? *)', '2026-10-24', '2026-10-27', berlin)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    expect(fires('cron(0/30 2-3 * * ? *)', '2026-10-25', '2026-10-26', berlin).map((at) => at.slice(11))).toEqual([
      '00:00',
      '00:30',
      '02:00',
      '02:30',
    ])
    // Begun during the second of the two hours, the first is past.
    expect(nextFire(read('cron(30 2 * * ? *)'), berlin, utc('2026-10-25T01:10'), 0)).toBe(utc('2026-10-26T01:30'))
  })

  test('does not stretch a rate of days: a day is 24 hours [EB-43]', () => {
    expect(fires('rate(1 day)', '2026-03-28T07:00', '2026-03-31', berlin)).toEqual([
      '2026-03-28T07:00',
      '2026-03-29T07:00',
      '2026-03-30T07:00',
    ])
  })

  test('says when `at` is, once [EB-43]', () => {
    const at = read('at(2026-07-01T08:00:30)')
    expect(nextFire(at, berlin, 0, 0)).toBe(utc('2026-07-01T06:00:30'))
    expect(nextFire(at, berlin, utc('2026-07-01T06:00:30') - 1, 0)).toBe(utc('2026-07-01T06:00:30'))
    expect(nextFire(at, berlin, utc('2026-07-01T06:00:30'), 0)).toBeUndefined()
    expect(nextFire(read('at(2026-03-29T02:30:00)'), berlin, 0, 0)).toBeUndefined()
    for (const text of ['at(2021-12-31T23:59:59Z)', 'at(2021-12-31)', 'at(2021-02-29T00:00:00)', 'at()'])
      expect(refused(text, 'scheduler'), text).toBe(true)
  })
})
