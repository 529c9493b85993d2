// JSON of AWS's own tools (metrics, traces, log events), and lists of records by whomever.
import { isoText, MINUTE, SECOND } from '../parts/calendar.ts'
import { parseJson } from '../parts/json-text.ts'
import {
  refused,
  VALUES_MAX,
  type Format,
  type ReadOptions,
  type RecordedOutcome,
  type Recording,
  type Series,
} from './contract.ts'
import { readLog } from './logs.ts'
import { EPOCH_FROM, epochUnit, momentOf, numberOf, unitInName } from './moments.ts'
import { eachLine } from './rows.ts'
import { seriesOf } from './series.ts'
import { FULL, Flaws, Numbers, Table, whyUnread } from './table.ts'

type Json = Readonly<Record<string, unknown>>

export function readJson(text: string, { format, period }: ReadOptions): RecordedOutcome<Recording> {
  const flaws = new Flaws()
  const whole = parseJson(text)
  const values = whole === undefined ? linesOf(text, flaws) : [whole]
  if (values === undefined) return refused('malformed-lines', 'it is neither JSON nor a JSON value a line')
  const why = whyUnread(flaws, values.length)
  if (why !== undefined) return why
  const all = values.every((value) => Array.isArray(value)) ? values.flat() : values
  const maps = all.filter((value): value is Json => isMap(value))
  const is = (name: Format, test: boolean): boolean => (format === undefined ? test : format === name)
  if (is('cloudwatch-json', maps.some(isMetrics))) return metricsOf(maps, flaws, period)
  if (
    is(
      'xray',
      maps.some((map) => Array.isArray(map['Traces'])),
    )
  )
    return tracesOf(maps, flaws)
  if (
    is(
      'lambda-log',
      maps.some((map) => isReports(map)),
    )
  )
    return readLog(reportsOf(maps), 'lambda-log')
  if (is('windows', maps.length === 1 && Object.values(maps[0]!).every(isWindows))) return windowsOf(maps[0] ?? {})
  return recordsOf(maps, flaws)
}

/** One JSON value a line; undefined when not even the first line is one. */
function linesOf(text: string, flaws: Flaws): unknown[] | undefined {
  const values: unknown[] = []
  eachLine(text, (line, number) => {
    const value = parseJson(line)
    if (value === undefined) flaws.add(number, 'no JSON')
    else values.push(value)
    return values.length > 0 || flaws.count < 2
  })
  return values.length === 0 ? undefined : values
}

function isMap(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const mapsOf = (value: unknown): readonly Json[] => listOf(value).filter(isMap)
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A time that a JSON of AWS holds: a date, or seconds or milliseconds since 1970. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return momentOf(value)
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
    ? Math.round(value * (epochUnit(value) ?? SECOND))
    : undefined
}

// --- metrics -----------------------------------------------------------------------------------------------------------

function isMetrics(map: Json): boolean {
  return (
    Array.isArray(map['MetricDataResults']) ||
    Array.isArray(map['Datapoints']) ||
    (typeof map['metric_name'] === 'string' && isMap(map['value']))
  )
}

/** What is known of a metric besides its values. */
type About = Omit<Series, 'at' | 'values' | 'period'> & { readonly period?: number | undefined }

/** Collects points by series, in the order in which the series came. */
class Gatherer {
  private readonly found = new Map<string, { about: About; at: Numbers; values: Numbers }>()
  private readonly period: number | undefined
  points = 0

  /** `period` is that of metrics that do not tell theirs; without it the least distance between two points is. */
  constructor(period: number | undefined) {
    this.period = period
  }

  add(about: About, at: number, value: number): void {
    let series = this.found.get(about.name)
    if (series === undefined) this.found.set(about.name, (series = { about, at: new Numbers(), values: new Numbers() }))
    series.at.push(at)
    series.values.push(value)
    this.points++
  }

  get series(): readonly Series[] {
    return [...this.found.values()].map(({ about, at, values }) => {
      const times = at.toArray()
      return seriesOf(
        { ...about, period: about.period ?? this.period ?? leastStep(times) ?? MINUTE },
        times,
        values.toArray(),
      )
    })
  }
}

/** The least distance between two moments: points of a metric are a period apart, or several where some are missing. */
function leastStep(at: Float64Array): number | undefined {
  const sorted = at.slice().sort()
  let least = Infinity
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i]! > sorted[i - 1]!) least = Math.min(least, sorted[i]! - sorted[i - 1]!)
  return least === Infinity ? undefined : least
}

const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
/** The statistics of a metric stream by CloudWatch's names. */
const STREAMED: Readonly<Record<string, string>> = { count: 'SampleCount', sum: 'Sum', min: 'Minimum', max: 'Maximum' }

function metricsOf(maps: readonly Json[], flaws: Flaws, period?: number): RecordedOutcome<Recording> {
  const all = new Gatherer(period)
  const queries = new Map(maps.flatMap((map) => mapsOf(map['MetricDataQueries'])).map((query) => [query['Id'], query]))
  maps.forEach((map, place) => {
    for (const result of mapsOf(map['MetricDataResults'])) addResult(result, queries.get(result['Id']), all, flaws)
    if (Array.isArray(map['Datapoints'])) addStatistics(map, all, flaws)
    if (typeof map['metric_name'] === 'string') addStreamed(map, place + 1, all, flaws)
  })
  if (all.points > VALUES_MAX) return refused('too-many-values', `more than ${VALUES_MAX} values`)
  const why = whyUnread(flaws, all.points)
  if (why !== undefined) return why
  const { series } = all
  return {
    ok: true,
    value: {
      format: 'cloudwatch-json',
      detected: `${series.length} ${series.length === 1 ? 'metric' : 'metrics'} of CloudWatch as JSON`,
      malformed: flaws,
      content: { kind: 'metrics', absolute: true, series },
    },
  }
}

/** A result of get-metric-data. What was asked stands in the queries, when they are in the file too (`MetricDataQueries`). */
function addResult(result: Json, query: Json | undefined, all: Gatherer, flaws: Flaws): void {
  const stat = isMap(query?.['MetricStat']) ? query['MetricStat'] : {}
  const metric = isMap(stat['Metric']) ? stat['Metric'] : {}
  const id = textOf(result['Id'])
  const period = typeof stat['Period'] === 'number' ? stat['Period'] * SECOND : undefined
  const about: About = {
    name: textOf(result['Label']) ?? id ?? 'metric',
    namespace: textOf(metric['Namespace']),
    metric: textOf(metric['MetricName']),
    dimensions: dimensionsOf(metric['Dimensions']),
    statistic: textOf(stat['Stat']),
    unit: textOf(stat['Unit']),
    period,
  }
  const values = listOf(result['Values'])
  listOf(result['Timestamps']).forEach((time, i) => {
    const at = timeOf(time)
    const value = values[i]
    if (at === undefined || typeof value !== 'number') flaws.add(i + 1, `\`${id ?? ''}\`: no time with a value`)
    else all.add(about, at, value)
  })
}

function dimensionsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const pairs = isMap(value)
    ? Object.entries(value)
    : mapsOf(value).map((each): [unknown, unknown] => [each['Name'], each['Value']])
  const texts = pairs.filter((pair): pair is [string, string] => pair.every((part) => typeof part === 'string'))
  return texts.length === 0 ? undefined : Object.fromEntries(texts)
}

/** The answer of get-metric-statistics: points in any order, each with several statistics. */
function addStatistics(map: Json, all: Gatherer, flaws: Flaws): void {
  const label = textOf(map['Label']) ?? 'metric'
  mapsOf(map['Datapoints']).forEach((point, i) => {
    const at = timeOf(point['Timestamp'])
    if (at === undefined) return flaws.add(i + 1, `a point of \`${label}\` has no time`)
    const unit = textOf(point['Unit'])
    const extended = isMap(point['ExtendedStatistics']) ? point['ExtendedStatistics'] : {}
    const values = [...STATISTICS.map((name): [string, unknown] => [name, point[name]]), ...Object.entries(extended)]
    for (const [statistic, value] of values)
      if (typeof value === 'number')
        all.add({ name: `${label} ${statistic}`, metric: label, statistic, unit }, at, value)
  })
}

/** A line of a metric stream: all statistics of a metric in one minute. */
function addStreamed(map: Json, line: number, all: Gatherer, flaws: Flaws): void {
  const at = timeOf(map['timestamp'])
  const metric = map['metric_name'] as string
  if (at === undefined || !isMap(map['value'])) return flaws.add(line, `\`${metric}\` has no time or no value`)
  const dimensions = dimensionsOf(map['dimensions'])
  const where = Object.values(dimensions ?? {}).join(' ')
  const { count, sum } = map['value']
  const values: [string, unknown][] = Object.entries(map['value']).map(([name, value]) => [
    Object.hasOwn(STREAMED, name) ? STREAMED[name]! : name,
    value,
  ])
  if (typeof count === 'number' && typeof sum === 'number' && count > 0) values.push(['Average', sum / count])
  for (const [statistic, value] of values) {
    if (typeof value !== 'number') continue
    const name = [where, metric, statistic].filter((part) => part !== '').join(' ')
    all.add(
      {
        name,
        namespace: textOf(map['namespace']),
        metric,
        dimensions,
        statistic,
        unit: textOf(map['unit']),
        period: MINUTE,
      },
      at,
      value,
    )
  }
}

// --- traces ------------------------------------------------------------------------------------------------------------

/** Segments in one another, at most; X-Ray itself allows far fewer. */
const SEGMENT_LEVELS = 100

/** Every segment and subsegment is a row; those without a parent are the requests that came from outside. */
function tracesOf(maps: readonly Json[], flaws: Flaws): RecordedOutcome<Recording> {
  const table = new Table(['name', 'origin', 'kind', 'duration', 'outcome', 'status'])
  const times = new Numbers()
  const roots = new Numbers()
  let isFull = false
  const add = (segment: Json, kind: 'segment' | 'subsegment', level: number, line: number): void => {
    const [start, end] = [segment['start_time'], segment['end_time']]
    const at = timeOf(start)
    if (at === undefined || typeof start !== 'number' || segment['in_progress'] === true || typeof end !== 'number')
      flaws.add(line, 'a segment without a beginning and an end')
    else {
      const outcome = ['fault', 'error', 'throttle'].filter((word) => segment[word] === true)
      const response =
        isMap(segment['http']) && isMap(segment['http']['response']) ? segment['http']['response']['status'] : ''
      const cells = [
        textOf(segment['name']) ?? '',
        textOf(segment['origin']) ?? textOf(segment['namespace']) ?? '',
        kind,
        String(Math.round((end - start) * 1e6) / 1e6),
        outcome.at(-1) ?? 'ok',
        String(response ?? ''),
      ]
      isFull ||= !table.add(cells)
      times.push(at)
      roots.push(kind === 'segment' && segment['parent_id'] === undefined ? 1 : 0)
    }
    if (level < SEGMENT_LEVELS)
      for (const part of mapsOf(segment['subsegments'])) add(part, 'subsegment', level + 1, line)
  }
  let line = 0
  for (const trace of maps.flatMap((map) => mapsOf(map['Traces']))) {
    line++
    for (const { Document } of mapsOf(trace['Segments']) as readonly { Document?: unknown }[]) {
      const document = typeof Document === 'string' ? parseJson(Document) : Document
      if (isMap(document)) add(document, 'segment', 0, line)
      else flaws.add(line, 'a segment whose document is no JSON')
    }
  }
  if (isFull) return refused('too-many-values', FULL)
  const why = whyUnread(flaws, table.rows)
  if (why !== undefined) return why
  return {
    ok: true,
    value: {
      format: 'xray',
      detected: `${line} X-Ray ${line === 1 ? 'trace' : 'traces'}`,
      malformed: flaws,
      content: {
        kind: 'requests',
        rows: table.rows,
        at: times.toArray(),
        absolute: true,
        arrives: Uint8Array.from(roots.toArray()),
        columns: table.columns,
      },
    },
  }
}

// --- log events and windows ----------------------------------------------------------------------------------------------

/** What `aws logs filter-log-events` prints. */
function isReports(map: Json): boolean {
  return mapsOf(map['events']).some((event) => textOf(event['message'])?.includes('REPORT RequestId:') === true)
}

/** Each event is a line of a log, with its time at the beginning where the reader looks for it. */
function reportsOf(maps: readonly Json[]): string {
  const events = maps.flatMap((map) => mapsOf(map['events']))
  return events
    .map((event) => {
      const at = timeOf(event['timestamp'])
      const message = (textOf(event['message']) ?? '').replaceAll(/[\r\n]/g, ' ')
      return at === undefined || at < EPOCH_FROM ? message : `${isoText(at, 3)} ${message}`
    })
    .join('\n')
}

function isWindows(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (pair) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        pair.every((end) => typeof end === 'string' && momentOf(end) !== undefined),
    )
  )
}

function windowsOf(map: Json): RecordedOutcome<Recording> {
  const windows = Object.entries(map).flatMap(([name, list]) =>
    (list as [string, string][]).map(([from, to]) => ({ name, from: momentOf(from)!, to: momentOf(to)! })),
  )
  if (windows.length === 0) return refused('no-values', 'no values')
  const detected = `${windows.length} labelled windows of time`
  return {
    ok: true,
    value: { format: 'windows', detected, malformed: new Flaws(), content: { kind: 'windows', windows } },
  }
}

// --- records -------------------------------------------------------------------------------------------------------------

const TIME_MEMBERS = /^@?(?:time|timestamp|date|datetime|ts|at|start_?time|created_?at)(?:_(?:s|ms|us))?$/i
const RECORD_COLUMNS = 100

/** A list of maps, or the longest list of maps that one map holds: their members are columns; numbers in a list are a cell each. */
function recordsOf(maps: readonly Json[], flaws: Flaws): RecordedOutcome<Recording> {
  const lists = maps.length === 1 ? Object.values(maps[0]!).map(mapsOf) : []
  const longest = lists.reduce<readonly Json[]>((most, list) => (list.length > most.length ? list : most), [])
  const records = longest.length > 0 ? longest : maps
  const names = [...new Set(records.slice(0, 1000).flatMap((record) => Object.keys(record)))].slice(0, RECORD_COLUMNS)
  if (names.length === 0) return refused('no-values', 'no values')
  const table = new Table(names)
  const time = names.find((name) => TIME_MEMBERS.test(name))
  const times = new Numbers()
  for (const [i, record] of records.entries()) {
    const at = time === undefined ? 0 : timeIn(record[time], unitInName(time))
    if (at === undefined) {
      flaws.add(i + 1, `\`${time}\` is no time`)
      continue
    }
    if (!table.add(names.map((name) => cellOf(Object.hasOwn(record, name) ? record[name] : undefined))))
      return refused('too-many-values', FULL)
    times.push(at)
  }
  const why = whyUnread(flaws, table.rows)
  if (why !== undefined) return why
  const at = time === undefined ? undefined : times.toArray()
  return {
    ok: true,
    value: {
      format: 'json',
      detected: `JSON records with ${names
        .slice(0, 8)
        .map((name) => `\`${name}\``)
        .join(', ')}`,
      malformed: flaws,
      content: {
        kind: 'requests',
        rows: table.rows,
        ...(at === undefined ? {} : { at }),
        absolute: at !== undefined && at[0]! >= 1e15,
        columns: table.columns,
      },
    },
  }
}

function timeIn(value: unknown, unit: number | undefined): number | undefined {
  if (typeof value === 'number' && unit !== undefined) return value >= 0 ? Math.round(value * unit) : undefined
  return timeOf(typeof value === 'string' ? (numberOf(value) ?? value) : value)
}

/** A value as a cell; the numbers of a list stand between blanks. */
function cellOf(value: unknown): string {
  if (Array.isArray(value)) return value.filter((each) => typeof each === 'number').join(' ')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
