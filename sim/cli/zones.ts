// Writes `sim/parts/zones.json`: the offsets of the world's time zones, from the data of moment-timezone, reduced to what repeats.
//
// The one idea: a zone's clock changes are listed one by one only as long as they follow no rule; from then on two rules (`the first
// Sunday from the 25th of March on, at 2:00`) say all of them. Zones that are alike share a line.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dateOf, DAY, dayOf, daysOf, weekdayOf } from '../parts/calendar.ts'
import { ROOT } from './rooms-index.ts'

const PACKAGE = 'moment-timezone'
/** Changes before this moment (µs) are left out. */
export const ZONES_FROM = daysOf(2000, 1, 1) * DAY
/** Rules are looked for in changes up to this year, and hold for all of them. */
const LAST_YEAR = 2498
const SECOND = 1_000_000
const MINUTE = 60 * SECOND

/** A zone as the package has it: changes in µs since 1970, and the minutes east of Greenwich before the first and after each. */
export interface Changes {
  readonly name: string
  readonly at: readonly number[]
  readonly offsets: readonly number[]
}

/** The zones of the installed package, and the other names of some of them. */
export function packageZones(): { readonly version: string; readonly zones: Changes[]; readonly links: string[] } {
  const path = join(ROOT, 'node_modules', PACKAGE, 'data/packed/latest.json')
  const { version, zones, links } = JSON.parse(readFileSync(path, 'utf8')) as {
    version: string
    zones: string[]
    links: string[]
  }
  return { version, zones: zones.map(unpacked), links }
}

/** `name|abbreviations|offsets|which of them|differences of times|…`, minutes in base 60, offsets west of Greenwich. */
function unpacked(line: string): Changes {
  const [name, , offsets, which, times] = line.split('|') as [string, string, string, string, string]
  const minutes = offsets.split(' ').map((text) => 0 - base60(text))
  const order = [...which].map((digit) => minutes[base60(digit)]!)
  let at = 0
  // The sixtieths of early changes are no whole numbers as floats.
  const all = times === '' ? [] : times.split(' ').map((text) => Math.round((at += base60(text)) * 60) * SECOND)
  const first = all.findIndex((time) => time >= ZONES_FROM)
  const from = first < 0 ? all.length : first
  return { name, at: all.slice(from), offsets: order.slice(from) }
}

function base60(text: string): number {
  const negative = text.startsWith('-')
  const [whole = '', fraction = ''] = (negative ? text.slice(1) : text).split('.')
  const digit = (char: string): number => '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'.indexOf(char)
  let value = 0
  for (const char of whole) value = value * 60 + digit(char)
  for (const [i, char] of [...fraction].entries()) value += digit(char) / 60 ** (i + 1)
  return negative ? -value : value
}

/** The file's text. Throws where a change falls between two minutes. */
export function zonesText(): string {
  const { version, zones, links } = packageZones()
  const names = new Map<string, string[]>()
  for (const zone of zones) {
    const text = zoneText(zone)
    const others = links.map((link) => link.split('|')).filter(([to]) => to === zone.name)
    names.set(text, [...(names.get(text) ?? []), zone.name, ...others.map(([, name]) => name!)])
  }
  const lines = [...names].map(([text, all]) => `${all.sort().join(' ')}|${text}`).sort()
  const source = `IANA time zones ${version} by ${PACKAGE} (MIT), reduced by \`npm run zones\``
  return `${JSON.stringify({ source, zones: lines }, null, 2)}\n`
}

/** `offset|minutes since the change before:offset …|rule rule`, a rule being `month.day.weekday.minute:offset`. */
function zoneText({ name, at, offsets }: Changes): string {
  const rules = rulesOf({ name, at, offsets })
  const listed = rules === undefined ? at.length : rules.from
  let before = ZONES_FROM
  const changes = at.slice(0, listed).map((time, i) => {
    const minutes = (time - before) / MINUTE
    if (!Number.isInteger(minutes) || !Number.isInteger(offsets[i + 1])) throw new Error(`${name} has seconds`)
    before = time
    return `${minutes.toString(36)}:${offsets[i + 1]}`
  })
  return [offsets[0], changes.join(' '), rules?.text ?? ''].join('|')
}

/** The two rules that all changes of a zone follow from one on, and its number; undefined when there are none. */
function rulesOf({ at, offsets }: Changes): { readonly from: number; readonly text: string } | undefined {
  const last = at.length - 1
  if (last < 0 || dateOf(dayOf(at[last]!)).year < LAST_YEAR) return undefined
  const ends = [last - 1, last].map((i) => ruleAt(at, offsets, i))
  let from = last - 1
  while (from > 0 && follows(at, offsets, from - 1, ends[(last - from) % 2 === 0 ? 0 : 1]!)) from--
  const order = (last - from) % 2 === 1 ? ends : [ends[1]!, ends[0]!]
  return { from, text: order.map((rule) => `${rule.when.join('.')}:${rule.offset}`).join(' ') }
}

interface Rule {
  readonly when: readonly [month: number, day: number, weekday: number, minute: number]
  /** Before the change and after it. */
  readonly before: number
  readonly offset: number
}

/** The rule that change `i` and every second one for two centuries before it follow. */
function ruleAt(at: readonly number[], offsets: readonly number[], i: number): Rule {
  const wall = wallOf(at, offsets, i)
  const weekday = weekdayOf(wall.days)
  for (let day = 1; day <= 31; day++) {
    for (const month of [wall.month, wall.month === 1 ? 12 : wall.month - 1]) {
      const rule: Rule = { when: [month, day, weekday, wall.minute], before: offsets[i]!, offset: offsets[i + 1]! }
      if ([...Array(200).keys()].every((k) => follows(at, offsets, i - 2 * k, rule))) return rule
    }
  }
  throw new Error('a zone changes by a rule that is not known here')
}

function follows(at: readonly number[], offsets: readonly number[], i: number, rule: Rule): boolean {
  const wall = wallOf(at, offsets, i)
  const [month, day, weekday, minute] = rule.when
  const first = daysOf(wall.year, month, day)
  const days = first + ((weekday - weekdayOf(first) + 7) % 7)
  return wall.days === days && wall.minute === minute && offsets[i] === rule.before && offsets[i + 1] === rule.offset
}

/** What a clock of the zone shows when change `i` comes. */
function wallOf(at: readonly number[], offsets: readonly number[], i: number) {
  const local = at[i]! + offsets[i]! * MINUTE
  const days = dayOf(local)
  return { ...dateOf(days), days, minute: (local - days * DAY) / MINUTE }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  const text = zonesText()
  writeFileSync(join(ROOT, 'sim/parts/zones.json'), text)
  console.log(`sim/parts/zones.json: ${Math.round(text.length / 1024)} KB`)
}
