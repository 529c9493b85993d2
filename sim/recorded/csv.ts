// CSV files of many kinds: what the columns are is found out from their names and the first rows, unless it is said.
//
//   timestamp,value at equal distances, or minute,requests     metrics: one series a column
//   a column for each minute: …,1,2,3,…,1440                   metrics: the sum of all rows
//   anything else with a column of times                        requests: one a row
//   no times                                                    rows whose columns `fit` and `empirical` may use
import { HOUR, MINUTE, SECOND } from '../parts/calendar.ts'
import { nearest } from '../diag/suggest.ts'
import {
  refused,
  VALUES_MAX,
  type ReadOptions,
  type RecordedFlaw,
  type RecordedOutcome,
  type Recording,
} from './contract.ts'
import { headLines, isConsole, readConsole } from './csv-console.ts'
import { readWide, wideFrom } from './csv-wide.ts'
import { EPOCH_FROM, epochUnit, momentOf, numberOf, unitInName } from './moments.ts'
import { eachRow } from './rows.ts'
import { commonStep, seriesOf, wordOf } from './series.ts'
import { FULL, Flaws, Numbers, Table, TOO_MANY_LINES, whyUnread } from './table.ts'

/** Rows by which a file's form is found out. */
const HEAD = 100

export function readCsv(text: string, options: ReadOptions): RecordedOutcome<Recording> {
  const head: (readonly string[])[] = []
  eachRow(text, (cells) => head.push(cells) < HEAD)
  if (head.length === 0) return refused('no-values', 'no values')
  const above = options.format === 'cloudwatch-csv' || isConsole(head) ? headLines(head) : 0
  if (above > 0) return readConsole(text, head, above)
  const wide = wideFrom(head[0]!)
  if (options.format === 'csv-wide' && wide === undefined)
    return refused('unknown-column', 'no columns are named by the numbers of periods, 1, 2, 3 and so on')
  if (options.format !== 'csv' && wide !== undefined) return readWide(text, head[0]!, wide, options)
  return readTable(text, head, options)
}

/** What the first rows say of a table. */
interface Form {
  readonly names: readonly string[]
  readonly hasTitles: boolean
  /** Places of the columns of times (beginnings or ends) and of durations; −1 = there is none. */
  readonly time: number
  readonly isEnd: boolean
  readonly duration: number
  readonly durationUnit: number
  /** µs of one unit of times that are plain numbers. */
  readonly unit: number | undefined
  /** Columns of counts by period; then rows are periods. */
  readonly counts: readonly number[]
  readonly period: number | undefined
}

const TIME_NAMES =
  /^@?(?:time|times|timestamp|date|datetime|date_time|ts|at|when|arrival|arrivals|arrival_?time|start|start_?time|started_?at|created_?at|request_?time)(?:[_ (]?(s|sec|seconds|ms|millis|milliseconds|us|micros|ns)\)?)?$/i
const END_NAMES = /^(?:end|end_?time|end_?timestamp|finished_?at|completed_?at)(?:_(s|ms|us))?$/i
const DURATION_NAMES =
  /^@?(?:duration|latency|elapsed|response_?time|took)(?:[_ (]?(s|sec|seconds|ms|millis|milliseconds|us|micros)\)?)?$/i
/** Columns that number the periods themselves. */
const PERIODS: ReadonlyMap<string, number> = new Map([
  ['second', SECOND],
  ['minute', MINUTE],
  ['hour', HOUR],
])
function readTable(
  text: string,
  head: readonly (readonly string[])[],
  options: ReadOptions,
): RecordedOutcome<Recording> {
  const found = formOf(head, options)
  if (!found.ok) return found
  const form = found.value
  return form.counts.length > 0 ? readCounts(text, form) : readRequests(text, form)
}

function formOf(head: readonly (readonly string[])[], options: ReadOptions): RecordedOutcome<Form> {
  const first = head[0]!
  const given = options.column ?? options.count
  const byName = given !== undefined && !/^[1-9]\d{0,3}$/.test(given)
  const hasTitles = byName || (first.some((cell) => /^[@\p{L}_$]/u.test(cell)) && first.every((cell) => !isValue(cell)))
  const names = hasTitles ? first : first.map((_, i) => String(i + 1))
  const rows = head.slice(hasTitles ? 1 : 0)
  const column = placeOf(options.column, names)
  if (typeof column !== 'number') return column
  const count = placeOf(options.count, names)
  if (typeof count !== 'number') return count
  const timeColumn = column >= 0 ? column : hasTitles ? findTime(names, rows) : (datesIn(rows) ?? -1)
  const isNumbered = PERIODS.has(names[timeColumn]?.toLowerCase() ?? '')
  const isTime =
    timeColumn >= 0 && (column >= 0 || isNumbered || rows.some((row) => timeIn(row[timeColumn] ?? '') !== undefined))
  const time = isTime ? timeColumn : -1
  const duration = names.findIndex((name) => DURATION_NAMES.test(name))
  const isEnd = time >= 0 && END_NAMES.test(names[time]!) && duration >= 0
  const unit =
    options.unit ??
    (time < 0 ? undefined : isNumbered ? PERIODS.get(names[time]!.toLowerCase()) : unitInName(names[time]!))
  const durationUnit = (duration < 0 ? undefined : unitInName(names[duration]!)) ?? SECOND
  const base = { names, hasTitles, time, isEnd, duration, durationUnit, unit }
  const counts = count >= 0 ? [count] : countColumns(base, rows)
  const period = options.period ?? (isNumbered ? unit : undefined)
  return { ok: true, value: { ...base, counts: options.column !== undefined && count < 0 ? [] : counts, period } }
}

/** A cell that is a number or a time, so that its line is no line of titles. */
function isValue(cell: string): boolean {
  return numberOf(cell) !== undefined || momentOf(cell) !== undefined
}

function timeIn(cell: string): number | undefined {
  return momentOf(cell) ?? numberOf(cell)
}

/** The place of a column that was named, −1 when none was, or that it is not there. */
function placeOf(column: string | undefined, names: readonly string[]): number | RecordedFlaw {
  if (column === undefined) return -1
  const place = names.indexOf(column)
  if (place >= 0) return place
  const number = /^[1-9]\d{0,3}$/.test(column) ? Number(column) - 1 : -1
  if (number >= 0 && number < names.length) return number
  return noColumn(column, names)
}

export function noColumn(column: string, names: readonly string[]): RecordedFlaw {
  const near = nearest(column, names)
  return refused('unknown-column', `no column \`${column}\``, {
    ...(near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
    help: `columns are ${names
      .slice(0, 20)
      .map((name) => `\`${name}\``)
      .join(', ')}`,
  })
}

/** The column of times: by its name, or the first whose cells are dates. */
function findTime(names: readonly string[], rows: readonly (readonly string[])[]): number {
  const byName = names.findIndex((name) => TIME_NAMES.test(name))
  if (byName >= 0) return byName
  const numbered = names.findIndex((name) => PERIODS.has(name.toLowerCase()))
  if (numbered >= 0) return numbered
  const end = names.findIndex((name) => END_NAMES.test(name))
  return end >= 0 ? end : (datesIn(rows) ?? -1)
}

function datesIn(rows: readonly (readonly string[])[]): number | undefined {
  const row = rows.find((cells) => cells.some((cell) => momentOf(cell) !== undefined))
  return row?.findIndex((cell) => momentOf(cell) !== undefined)
}

/**
 * The columns of counts, when rows are periods: times at equal distances of a second or more, or numbered periods, and beside
 * them nothing but numbers.
 */
function countColumns(
  { names, time, unit }: Pick<Form, 'names' | 'time' | 'unit'>,
  rows: readonly (readonly string[])[],
): readonly number[] {
  const others = names.map((_, i) => i).filter((i) => i !== time)
  if (time < 0 || others.length === 0 || rows.length < 2) return []
  const isNumbers = rows.every((row) => others.every((i) => (row[i] ?? '') === '' || numberOf(row[i]!) !== undefined))
  if (!isNumbers) return []
  if (PERIODS.has(names[time]!.toLowerCase())) return others
  const times = rows.flatMap((row) => timeOf(row[time] ?? '', unit) ?? [])
  const period = commonStep(times)
  return period === undefined ? [] : others
}

/** A time in µs: a date, a number that counts from 1970 by its size, or a number of units. */
function timeOf(cell: string, unit: number | undefined): number | undefined {
  const date = momentOf(cell)
  if (date !== undefined) return date
  const number = numberOf(cell)
  return number === undefined ? undefined : Math.round(number * (unit ?? epochUnit(number) ?? SECOND))
}

function readRequests(text: string, form: Form): RecordedOutcome<Recording> {
  const table = new Table(form.names)
  const times = new Numbers()
  const flaws = new Flaws()
  let isFull = false
  let isTitle = form.hasTitles
  const whole = eachRow(text, (cells, line) => {
    if (isTitle) return !(isTitle = false)
    const at = form.time < 0 ? 0 : timeOf(cells[form.time] ?? '', form.unit)
    const took = form.isEnd ? numberOf(cells[form.duration] ?? '') : 0
    if (at === undefined || took === undefined || (form.time >= 0 && at < 0)) {
      flaws.add(
        line,
        at !== undefined && at < 0 ? `\`${cells[form.time]}\` is negative` : `\`${cells[form.time] ?? ''}\` is no time`,
      )
      return true
    }
    if (!table.add(cells)) return !(isFull = true)
    // A request that began before the recording did comes at its beginning.
    times.push(Math.max(0, Math.round(at - took * form.durationUnit)))
    return true
  })
  if (!whole) return TOO_MANY_LINES
  if (isFull) return refused('too-many-values', FULL)
  const why = whyUnread(flaws, table.rows)
  if (why !== undefined) return why
  const at = form.time < 0 ? undefined : times.toArray()
  const absolute = at !== undefined && at[0]! >= EPOCH_FROM
  const how =
    form.time < 0
      ? 'without times'
      : form.isEnd
        ? `with \`${form.names[form.time]}\` and \`${form.names[form.duration]}\``
        : `with times in \`${form.names[form.time]}\``
  return {
    ok: true,
    value: {
      format: 'csv',
      detected: `a CSV file of rows ${how}`,
      malformed: flaws,
      content: {
        kind: 'requests',
        rows: table.rows,
        ...(at === undefined ? {} : { at }),
        absolute,
        columns: table.columns,
      },
    },
  }
}

/** Rows that are periods, by their times, or one after the other where they have none. */
function readCounts(text: string, form: Form): RecordedOutcome<Recording> {
  const times = new Numbers()
  const values = form.counts.map(() => new Numbers())
  const flaws = new Flaws()
  let isFull = false
  let isTitle = form.hasTitles
  let row = 0
  const whole = eachRow(text, (cells, line) => {
    if (isTitle) return !(isTitle = false)
    const at = form.time < 0 ? row++ * (form.period ?? MINUTE) : timeOf(cells[form.time] ?? '', form.unit)
    const counts = form.counts.map((i) =>
      (cells[i] ?? '') === '' && form.counts.length > 1 ? Number.NaN : numberOf(cells[i] ?? ''),
    )
    const wrong = counts.findIndex((count) => count === undefined)
    if (at === undefined || wrong >= 0) {
      flaws.add(
        line,
        at === undefined
          ? `\`${cells[form.time] ?? ''}\` is no time`
          : `\`${cells[form.counts[wrong]!] ?? ''}\` is not a decimal number`,
      )
      return true
    }
    if (times.length === VALUES_MAX) return !(isFull = true)
    times.push(at)
    counts.forEach((count, i) => values[i]!.push(count!))
    return true
  })
  if (!whole) return TOO_MANY_LINES
  if (isFull) return refused('too-many-values', `more than ${VALUES_MAX} values`)
  const why = whyUnread(flaws, times.length)
  if (why !== undefined) return why
  const at = times.toArray()
  const period = form.period ?? commonStep([...at.subarray(0, HEAD)]) ?? MINUTE
  const series = form.counts.map((i, place) => seriesOf({ name: form.names[i]!, period }, at, values[place]!.toArray()))
  const absolute = form.time >= 0 && at[0]! >= EPOCH_FROM
  const names = form.counts
    .slice(0, 4)
    .map((i) => `\`${form.names[i]}\``)
    .join(', ')
  return {
    ok: true,
    value: {
      format: 'csv',
      detected: `a CSV file of ${names} by ${wordOf(period)}`,
      malformed: flaws,
      content: { kind: 'metrics', absolute, series },
    },
  }
}
