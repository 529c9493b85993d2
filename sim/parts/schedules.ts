// Schedule expressions of EventBridge: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`, `at(2026-01-05T08:00:00)`, and when they come next
// (EB-40, EB-41, EB-43).
import { DAY, HOUR, MINUTE, parseMoment } from './calendar.ts'
import { EXPRESSION_MAX, nextLocal, parseCron, type Cron } from './cron.ts'
import { momentAt, offsetAt, type Zone } from './zones.ts'

/** Plain data. */
export type Schedule =
  /** µs. A day is 24 hours, whatever the clocks do. */
  | { readonly kind: 'rate'; readonly every: number }
  | { readonly kind: 'cron'; readonly cron: Cron }
  /** Local time in µs, as if it were UTC. */
  | { readonly kind: 'at'; readonly local: number }

/** What a service takes: rules know no `at`, and insist on `1 hour` and `2 hours`. */
export type Dialect = 'rule' | 'scheduler'

const UNITS = new Map([
  ['minute', MINUTE],
  ['hour', HOUR],
  ['day', DAY],
])

/** Reads an expression; a text says what is wrong with it. */
export function parseSchedule(text: string, dialect: Dialect): Schedule | string {
  if (text.length > EXPRESSION_MAX) return `it has ${text.length} characters, at most ${EXPRESSION_MAX} are allowed`
  const match = /^(rate|cron|at)\(([^()]*)\)$/.exec(text)
  const kind = match?.[1]
  if (match === null || (kind === 'at' && dialect === 'rule'))
    return dialect === 'rule'
      ? 'it is neither `rate(5 minutes)` nor `cron(0 8 * * ? *)`'
      : 'it is none of `rate(5 minutes)`, `cron(0 8 * * ? *)` and `at(2026-01-05T08:00:00)`'
  const inner = match[2]!
  if (kind === 'rate') return parseRate(inner, dialect)
  if (kind === 'at') return parseAt(inner)
  const cron = parseCron(inner)
  return typeof cron === 'string' ? cron : { kind: 'cron', cron }
}

function parseRate(text: string, dialect: Dialect): Schedule | string {
  const match = /^(\d{1,9}) (minute|hour|day)(s?)$/.exec(text)
  if (match === null) return `\`${text}\` is not a whole number with minutes, hours or days`
  const [value, unit, plural] = [Number(match[1]), match[2]!, match[3] === 's']
  if (value < 1) return 'a rate is at least 1'
  if (dialect === 'rule' && plural === (value === 1))
    return `the unit of ${value} is \`${value === 1 ? unit : `${unit}s`}\``
  const every = value * UNITS.get(unit)!
  return Number.isSafeInteger(every) ? { kind: 'rate', every } : 'it never comes'
}

function parseAt(text: string): Schedule | string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return `\`${text}\` is not written like \`2026-01-05T08:00:00\``
  const local = parseMoment(text)
  return typeof local === 'string' ? local : { kind: 'at', local }
}

/**
 * The first moment after `after` at which a schedule comes, both in µs since 1970; undefined when none is left. A rate counts from
 * `anchor`, which is its first time. A local time that clocks are set forward over is left out; one that comes twice counts once.
 */
export function nextFire(schedule: Schedule, zone: Zone, after: number, anchor: number): number | undefined {
  switch (schedule.kind) {
    case 'rate':
      return after < anchor ? anchor : anchor + (Math.floor((after - anchor) / schedule.every) + 1) * schedule.every
    case 'at': {
      const at = momentAt(zone, schedule.local)
      return at !== undefined && at > after ? at : undefined
    }
    case 'cron': {
      let from = after + offsetAt(zone, after) + 1
      for (;;) {
        const local = nextLocal(schedule.cron, from)
        if (local === undefined) return undefined
        const at = momentAt(zone, local)
        if (at !== undefined && at > after) return at
        from = local + 1
      }
    }
  }
}
