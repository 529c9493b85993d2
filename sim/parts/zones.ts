// Time zones with their daylight saving time, the same in Node and in every browser, because the data comes with us.
//
// The one idea: `zones.json` (written by `npm run zones`) has a line per zone: the changes of its clocks one by one as long as they
// follow no rule, then two rules that say all later ones. A line is read when its zone is first asked for.
import spec from './zones.json' with { type: 'json' }
import { dateOf, DAY, dayOf, daysOf, MINUTE, weekdayOf } from './calendar.ts'

/** Clocks are changed every year on the first `weekday` from a day on, when they show `minute`; then they show `offset`. */
interface Rule {
  readonly month: number
  readonly day: number
  readonly weekday: number
  /** Of the day, on the clock before the change. */
  readonly minute: number
  /** µs east of Greenwich. */
  readonly offset: number
}

/** Frozen. Offsets in µs east of Greenwich, times in µs since 1970. Before the year 2000 the first offset holds. */
export interface Zone {
  readonly name: string
  readonly changes: readonly number[]
  /** Before the first change, and after each. */
  readonly offsets: readonly number[]
  /** None, or two that alternate once the listed changes are over. */
  readonly rules: readonly Rule[]
}

export const UTC: Zone = Object.freeze({ name: 'UTC', changes: [], offsets: [0], rules: [] })

const LISTED_FROM = daysOf(2000, 1, 1) * DAY
const lines = new Map(
  spec.zones.flatMap((line) => {
    const end = line.indexOf('|')
    return line
      .slice(0, end)
      .split(' ')
      .map((name) => [name, line.slice(end + 1)] as const)
  }),
)
const read = new Map<string, Zone>([['UTC', UTC]])

/** Names of all zones, in order. */
export function zoneNames(): readonly string[] {
  return [...lines.keys()].sort()
}

/** A zone by its name in the IANA database, `Europe/Berlin`; undefined when there is none. */
export function zoneOf(name: string): Zone | undefined {
  const known = read.get(name)
  if (known !== undefined) return known
  const line = lines.get(name)
  if (line === undefined) return undefined
  const zone = parsed(name, line)
  read.set(name, zone)
  return zone
}

function parsed(name: string, line: string): Zone {
  const [first, listed = '', rules = ''] = line.split('|') as [string, string?, string?]
  const changes: number[] = []
  const offsets = [Number(first) * MINUTE]
  let at = LISTED_FROM
  for (const change of listed === '' ? [] : listed.split(' ')) {
    const [minutes, offset] = change.split(':') as [string, string]
    changes.push((at += Number.parseInt(minutes, 36) * MINUTE))
    offsets.push(Number(offset) * MINUTE)
  }
  return Object.freeze({
    name,
    changes: Object.freeze(changes),
    offsets: Object.freeze(offsets),
    rules: Object.freeze(rules === '' ? [] : rules.split(' ').map(readRule)),
  })
}

function readRule(text: string): Rule {
  const [when, offset] = text.split(':') as [string, string]
  const [month, day, weekday, minute] = when.split('.').map(Number) as [number, number, number, number]
  return Object.freeze({ month, day, weekday, minute, offset: Number(offset) * MINUTE })
}

/** How far clocks of the zone are ahead of UTC at a moment (µs since 1970), in µs. */
export function offsetAt({ changes, offsets, rules }: Zone, at: number): number {
  const last = changes.length - 1
  if (rules.length === 0 || (last >= 0 && at < changes[last]!)) {
    let [low, high] = [0, changes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (changes[middle]! <= at) low = middle + 1
      else high = middle
    }
    return offsets[low]!
  }
  const { year } = dateOf(dayOf(at))
  let latest = last < 0 ? -Infinity : changes[last]!
  let offset = offsets[last + 1]!
  // A change near the turn of the year may lie in the next year of UTC.
  for (let y = year - 1; y <= year + 1; y++) {
    rules.forEach((rule, i) => {
      const change = changeOf(rule, y) - rules[1 - i]!.offset
      if (change <= at && change > latest) {
        latest = change
        offset = rule.offset
      }
    })
  }
  return offset
}

/** When a rule changes the clocks in a year, as the clocks before the change show it. */
function changeOf({ month, day, weekday, minute }: Rule, year: number): number {
  const first = daysOf(year, month, day)
  return (first + ((weekday - weekdayOf(first) + 7) % 7)) * DAY + minute * MINUTE
}

/**
 * The moment (µs since 1970) at which clocks of the zone show a local time (µs, as if it were UTC): the first of two where clocks
 * are set back, undefined where they are set forward over it.
 */
export function momentAt(zone: Zone, local: number): number | undefined {
  // No zone is a day away from UTC, and none changes twice within two days.
  const before = local - offsetAt(zone, local - DAY)
  const after = local - offsetAt(zone, local + DAY)
  const first = Math.min(before, after)
  const second = Math.max(before, after)
  if (first + offsetAt(zone, first) === local) return first
  return second + offsetAt(zone, second) === local ? second : undefined
}

/** The local times of a year that no clock of the zone shows, because clocks are set forward over them: [from, to) in µs as if they were UTC. */
export function skippedIn(zone: Zone, year: number): readonly { readonly from: number; readonly to: number }[] {
  const { changes, offsets, rules } = zone
  const last = changes.at(-1) ?? -Infinity
  const listed = changes.map((at, i) => ({ from: at + offsets[i]!, to: at + offsets[i + 1]! }))
  const ruled = rules.map((rule, i) => {
    const from = changeOf(rule, year)
    return { from, to: from - rules[1 - i]!.offset + rule.offset }
  })
  return [...listed, ...ruled.filter(({ from }, i) => from - rules[1 - i]!.offset > last)].filter(
    ({ from, to }) => to > from && dateOf(dayOf(from)).year === year,
  )
}
