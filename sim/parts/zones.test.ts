// Tests time zones against the data they are made from and against the platform's own.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { packageZones, zonesText } from '../cli/zones.ts'
import { DAY, HOUR, isoText, MINUTE, parseMoment } from './calendar.ts'
import { momentAt, offsetAt, skippedIn, UTC, zoneNames, zoneOf } from './zones.ts'

const utc = (text: string): number => parseMoment(text) as number
const MOMENTS = fc.integer({ min: utc('2000-01-01') / MINUTE, max: utc('2199-12-31') / MINUTE }).map((m) => m * MINUTE)
const NAMES = fc.constantFrom(...zoneNames())

describe('the zones', () => {
  it('are those of the installed package', () => {
    expect(readFileSync(new URL('./zones.json', import.meta.url), 'utf8'), 'run `npm run zones`').toBe(zonesText())
  })

  it('change their clocks when the package says, to the minute, in every year that a schedule may name', () => {
    for (const { name, at, offsets } of packageZones().zones) {
      const zone = zoneOf(name)!
      expect(offsetAt(zone, utc('2000-01-01')), name).toBe(offsets[0]! * MINUTE)
      at.forEach((change, i) => {
        if (change > utc('2199-12-31')) return
        if (offsetAt(zone, change - 1) !== offsets[i]! * MINUTE || offsetAt(zone, change) !== offsets[i + 1]! * MINUTE)
          expect.fail(`${name} at ${isoText(change)}`)
      })
    }
  })

  it('have the offsets that the platform knows', () => {
    const shown = new Map<string, Intl.DateTimeFormat>()
    const offsetByPlatform = (name: string, at: number): number => {
      const format =
        shown.get(name) ?? new Intl.DateTimeFormat('en-GB', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' })
      shown.set(name, format)
      const [, day, month, year, time] = /(\d+)\/(\d+)\/(\d+), (.*)/.exec(format.format(at / 1000))!
      return utc(`${year}-${month}-${day}T${time}`) - at
    }
    // Zones whose laws have not changed lately, since the platform's data may be older.
    const names = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Auckland')
    const lately = fc.integer({ min: utc('2008-01-01') / MINUTE, max: utc('2036-12-31') / MINUTE })
    fc.assert(
      fc.property(names, lately, (name, minute) => {
        expect(offsetAt(zoneOf(name)!, minute * MINUTE)).toBe(offsetByPlatform(name, minute * MINUTE))
      }),
      { numRuns: 2000 },
    )
  })

  it('go by all their names, and no others', () => {
    expect(zoneOf('UTC')).toBe(UTC)
    expect(zoneOf('Etc/UTC')!.offsets).toEqual([0])
    expect(zoneOf('Asia/Calcutta')!.offsets).toEqual([330 * MINUTE])
    for (const name of ['Europe/Atlantis', '', '__proto__', 'europe/berlin']) expect(zoneOf(name), name).toBeUndefined()
    expect(zoneNames()).toHaveLength(597)
  })
})

describe('a local time', () => {
  it('leads back to its moment, or to the first of the two that show it', () => {
    fc.assert(
      fc.property(NAMES, MOMENTS, (name, at) => {
        const zone = zoneOf(name)!
        const local = at + offsetAt(zone, at)
        const found = momentAt(zone, local)!
        expect(found + offsetAt(zone, found)).toBe(local)
        expect(found <= at && at - found <= DAY).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it('is missing where clocks are set forward, and comes once where they are set back', () => {
    const berlin = zoneOf('Europe/Berlin')!
    expect(momentAt(berlin, utc('2026-03-29T01:59'))).toBe(utc('2026-03-29T00:59'))
    expect(momentAt(berlin, utc('2026-03-29T02:00'))).toBeUndefined()
    expect(momentAt(berlin, utc('2026-03-29T02:59'))).toBeUndefined()
    expect(momentAt(berlin, utc('2026-03-29T03:00'))).toBe(utc('2026-03-29T01:00'))
    expect(momentAt(berlin, utc('2026-10-25T02:30'))).toBe(utc('2026-10-25T00:30'))
    expect(momentAt(berlin, utc('2026-10-25T03:00'))).toBe(utc('2026-10-25T02:00'))
    const apia = zoneOf('Pacific/Apia')!
    expect(momentAt(apia, utc('2011-12-30T12:00'))).toBeUndefined()
    expect(momentAt(apia, utc('2011-12-31T00:00'))! - momentAt(apia, utc('2011-12-29T23:00'))!).toBe(HOUR)
  })

  it('that no clock shows is found by its year, and is missing', () => {
    const texts = (name: string, year: number): string[] =>
      skippedIn(zoneOf(name)!, year).map(({ from, to }) => `${isoText(from).slice(0, 16)} ${(to - from) / MINUTE}`)
    expect(texts('Europe/Berlin', 2026)).toEqual(['2026-03-29T02:00 60'])
    expect(texts('America/New_York', 2006)).toEqual(['2006-04-02T02:00 60'])
    expect(texts('America/New_York', 2100)).toEqual(['2100-03-14T02:00 60'])
    expect(texts('Australia/Lord_Howe', 2026)).toEqual(['2026-10-04T02:00 30'])
    expect(texts('Pacific/Apia', 2011)).toEqual(['2011-09-24T03:00 60', '2011-12-30T00:00 1440'])
    expect(texts('Asia/Tokyo', 2026)).toEqual([])
    fc.assert(
      fc.property(NAMES, fc.integer({ min: 2001, max: 2199 }), (name, year) => {
        for (const { from, to } of skippedIn(zoneOf(name)!, year)) {
          expect(momentAt(zoneOf(name)!, from)).toBeUndefined()
          expect(momentAt(zoneOf(name)!, to - 1)).toBeUndefined()
          expect(momentAt(zoneOf(name)!, to)! - momentAt(zoneOf(name)!, from - 1)!).toBe(1)
        }
      }),
    )
  })
})
