// CSV files of many kinds: what the columns are is found out from their names and the first rows, unless it is said.
//
//   timestamp,value at equal distances, or minute,requests     metrics: one series a column
//   a column for each minute: …,1,2,3,…,1440                   metrics: the sum of all rows
//   anything else with a column of times                        requests: one a row
//   no times                                                    rows whose columns `fit` and `empirical` may use
import { HOUR, MINUTE, SECOND } from '../parts/calendar.ts'
import { nearest } from '../diag/suggest.ts'
import { VALUES_MAX, refused, type ReadOptions, type RecordedOutcome, type Recording, type Series } from './contract.ts'
import { EPOCH_FROM, epochUnit, momentOf, numberOf } from './moments.ts'
import { eachRow } from './rows.ts'
import { FULL, Flaws, Numbers, Table } from './table.ts'

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

// --- tables --------------------------------------------------------------------------------------------------------

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
function placeOf(column: string | undefined, names: readonly string[]): number | ReturnType<typeof refused> {
  if (column === undefined) return -1
  const place = names.indexOf(column)
  if (place >= 0) return place
  const number = /^[1-9]\d{0,3}$/.test(column) ? Number(column) - 1 : -1
  if (number >= 0 && number < names.length) return number
  return noColumn(column, names)
}

export function noColumn(column: string, names: readonly string[]): ReturnType<typeof refused> {
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

/** The distance that nearly all neighbours have; undefined when there is none, or it is below a second. */
function commonStep(times: readonly number[]): number | undefined {
  const steps = times.slice(1).map((time, i) => time - times[i]!)
  const middle = Float64Array.from(steps).sort()[Math.floor(steps.length / 2)]
  if (middle === undefined || middle < SECOND) return undefined
  return steps.filter((step) => step === middle).length >= 0.8 * steps.length ? middle : undefined
}

/** A time in µs: a date, a number that counts from 1970 by its size, or a number of units. */
function timeOf(cell: string, unit: number | undefined): number | undefined {
  const date = momentOf(cell)
  if (date !== undefined) return date
  const number = numberOf(cell)
  return number === undefined ? undefined : Math.round(number * (unit ?? epochUnit(number) ?? SECOND))
}

/** A file in which more than this share of the lines cannot be read is none of its format. */
export const FLAWED_MOST = 0.05

/** Too many lines that cannot be read, or none that can: why the file is refused. */
export function whyUnread(flaws: Flaws, read: number): ReturnType<typeof refused> | undefined {
  if (flaws.count <= FLAWED_MOST * (flaws.count + read) && read > 0) return undefined
  const { line, why } = flaws.first[0] ?? { line: 0, why: '' }
  if (flaws.count === 0) return refused('no-values', 'no values')
  const others = flaws.count === 1 ? '' : `, and ${flaws.count - 1} other ${flaws.count === 2 ? 'line' : 'lines'}`
  return refused('malformed-lines', `line ${line}: ${why}${others}`, {
    help: `up to ${FLAWED_MOST * 100} % of the lines may be unreadable, here ${flaws.count} of ${flaws.count + read}`,
  })
}

const TOO_MANY_LINES = refused('too-many-values', 'more than 4000000 lines')

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

/** A period in words. */
export function wordOf(period: number): string {
  const known = new Map([
    [SECOND, 'second'],
    [MINUTE, 'minute'],
    [HOUR, 'hour'],
    [24 * HOUR, 'day'],
  ]).get(period)
  if (known !== undefined) return known
  return period % MINUTE === 0 ? `${period / MINUTE} minutes` : `${period / SECOND} seconds`
}

/** A series in order of time, without the values that are none; values of one period are kept as they came. */
export function seriesOf(
  what: Omit<Series, 'at' | 'values'>,
  at: ArrayLike<number>,
  values: ArrayLike<number>,
): Series {
  const order = Array.from({ length: at.length }, (_, i) => i).filter((i) => !Number.isNaN(values[i]!))
  order.sort((a, b) => at[a]! - at[b]! || a - b)
  return { ...what, at: Float64Array.from(order, (i) => at[i]!), values: Float64Array.from(order, (i) => values[i]!) }
}

// --- a column for each period ----------------------------------------------------------------------------------------

/** The least number of columns that makes a file wide. */
const WIDE_LEAST = 12

/** Where the columns named k, k + 1, … to the end of the line begin; undefined when they are too few. */
function wideFrom(titles: readonly string[]): number | undefined {
  let from = titles.length - 1
  if (!/^\d+$/.test(titles[from]!)) return undefined
  while (from > 0 && Number(titles[from - 1]) === Number(titles[from]) - 1 && /^\d+$/.test(titles[from - 1]!)) from--
  return titles.length - from >= WIDE_LEAST ? from : undefined
}

/** Counts of all rows added up by period. */
function readWide(
  text: string,
  titles: readonly string[],
  from: number,
  options: ReadOptions,
): RecordedOutcome<Recording> {
  const sums = new Float64Array(titles.length - from)
  const flaws = new Flaws()
  let rows = 0
  let isTitle = true
  const whole = eachRow(text, (cells, line) => {
    if (isTitle) return !(isTitle = false)
    const counts = cells.slice(from).map((cell) => (cell === '' ? 0 : numberOf(cell)))
    const wrong = counts.findIndex((count) => count === undefined)
    if (wrong >= 0 || counts.length > sums.length) {
      flaws.add(
        line,
        wrong >= 0
          ? `\`${cells[from + wrong]}\` is not a decimal number`
          : `${cells.length} cells, not ${titles.length}`,
      )
      return true
    }
    counts.forEach((count, i) => (sums[i]! += count!))
    rows++
    return true
  })
  if (!whole) return TOO_MANY_LINES
  const why = whyUnread(flaws, rows)
  if (why !== undefined) return why
  const period = options.period ?? MINUTE
  const at = Array.from(sums, (_, i) => i * period)
  return {
    ok: true,
    value: {
      format: 'csv-wide',
      detected: `a CSV file with a column for each of ${sums.length} ${wordOf(period)}s, ${rows} ${rows === 1 ? 'row' : 'rows'} added up`,
      malformed: flaws,
      content: { kind: 'metrics', absolute: false, series: [seriesOf({ name: 'count', period }, at, sums)] },
    },
  }
}

// --- the CloudWatch console --------------------------------------------------------------------------------------------

/** What stands first in the lines above the values that the console writes. */
const CONSOLE_WORDS =
  /^(?:id|label|full label|metric|metric name|namespace|statistic|stat|period|unit|region|account|account id|dimensions?)$/i

/** Lines above the first one that begins with a time. */
function headLines(head: readonly (readonly string[])[]): number {
  return Math.max(
    0,
    head.findIndex((row) => momentOf(row[0] ?? '') !== undefined),
  )
}

function isConsole(head: readonly (readonly string[])[]): boolean {
  const above = head.slice(0, headLines(head))
  return above.length > 1 && above.some((row) => CONSOLE_WORDS.test(row[0] ?? ''))
}

/** A line of titles for each thing known of the metrics, then a time and a value of each metric a line. */
function readConsole(text: string, head: readonly (readonly string[])[], above: number): RecordedOutcome<Recording> {
  const titles = new Map(head.slice(0, above).map((row) => [(row[0] ?? '').toLowerCase(), row]))
  const width = Math.max(...head.slice(0, above).map((row) => row.length))
  const told = (place: number, ...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const title = titles.get(name)?.[place]
      if (title !== undefined && title !== '') return title
    }
    return undefined
  }
  const times = new Numbers()
  const values = Array.from({ length: width - 1 }, () => new Numbers())
  const flaws = new Flaws()
  let left = above
  const whole = eachRow(text, (cells, line) => {
    if (left > 0) return left-- > 0
    const at = momentOf(cells[0] ?? '')
    const counts = values.map((_, i) => ((cells[i + 1] ?? '') === '' ? Number.NaN : numberOf(cells[i + 1]!)))
    if (at === undefined || counts.includes(undefined)) flaws.add(line, `\`${cells.join(',')}\` is no time with values`)
    else if (times.length * width < VALUES_MAX) {
      times.push(at)
      counts.forEach((count, i) => values[i]!.push(count!))
    }
    return true
  })
  if (!whole || times.length * width >= VALUES_MAX) return refused('too-many-values', `more than ${VALUES_MAX} values`)
  const why = whyUnread(flaws, times.length)
  if (why !== undefined) return why
  const at = times.toArray()
  const series = values.map((each, i): Series => {
    const seconds = numberOf(told(i + 1, 'period') ?? '')
    const name = told(i + 1, 'label', 'full label', 'metric', 'metric name', 'id') ?? String(i + 1)
    return seriesOf(
      {
        name,
        namespace: told(i + 1, 'namespace'),
        metric: told(i + 1, 'metric', 'metric name'),
        statistic: told(i + 1, 'statistic', 'stat'),
        unit: told(i + 1, 'unit'),
        period: seconds === undefined ? (commonStep([...at].sort((a, b) => a - b)) ?? MINUTE) : seconds * SECOND,
      },
      at,
      each.toArray(),
    )
  })
  return {
    ok: true,
    value: {
      format: 'cloudwatch-csv',
      detected: `a CSV file of the CloudWatch console with ${series.length} ${series.length === 1 ? 'metric' : 'metrics'}`,
      malformed: flaws,
      content: { kind: 'metrics', absolute: true, series },
    },
  }
}
