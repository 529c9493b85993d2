// The values of a recording that a distribution is fitted to: a column or a metric, with its unit, of all rows or of some.
import { nearest } from '../../diag/suggest.ts'
import {
  refused,
  VALUES_MAX,
  type Format,
  type Recording,
  type RecordedOutcome,
  type Requests,
  type Series,
} from '../contract.ts'
import { noColumn } from '../csv.ts'
import { numberOf, unitInName } from '../moments.ts'
import { Numbers } from '../table.ts'
import type { Dimension } from './write.ts'

/** What one unit is in base units, and of what. */
interface Unit {
  readonly size: number
  readonly dimension: Dimension
}

/** Units by the names that `--unit` takes. */
export const VALUE_UNITS: Readonly<Record<string, Unit>> = {
  us: { size: 1, dimension: 'duration' },
  ms: { size: 1000, dimension: 'duration' },
  s: { size: 1_000_000, dimension: 'duration' },
  m: { size: 60_000_000, dimension: 'duration' },
  B: { size: 1, dimension: 'size' },
  KB: { size: 1024, dimension: 'size' },
  MB: { size: 1_048_576, dimension: 'size' },
  count: { size: 1, dimension: 'count' },
}
/** CloudWatch's units. */
const CLOUDWATCH_UNITS: Readonly<Record<string, string>> = {
  Microseconds: 'us',
  Milliseconds: 'ms',
  Seconds: 's',
  Bytes: 'B',
  Kilobytes: 'KB',
  Megabytes: 'MB',
}

export interface ValueOptions {
  readonly column?: string | undefined
  /** A name of `VALUE_UNITS`. */
  readonly unit?: string | undefined
  /** Only rows whose cell of that column is this. */
  readonly where?: readonly (readonly [column: string, cell: string])[] | undefined
  /** Values apart by the cell of this column. */
  readonly by?: string | undefined
}

export interface Values {
  readonly column: string
  readonly dimension: Dimension
  /** How the unit is known: from the name, the format, the flag, or taken for granted. */
  readonly unit: string
  readonly isAssumed: boolean
  /** In base units (µs, bytes, one), in the order of the rows. */
  readonly values: Float64Array
  /** Cells that are neither empty nor a number of 0 or more. */
  readonly skipped: number
  /** Whether every row has one number, so that a scenario can read the column. */
  readonly isWhole: boolean
  /** By the cell of the column `by`. */
  readonly groups: ReadonlyMap<string, Float64Array>
  /** Each value is a statistic of a period, not the value of one request. */
  readonly isSummed: boolean
}

/** More groups are not told apart. */
const GROUPS_MAX = 1000

/** The values of a column; undefined when none was named and none is known to be durations. */
export function valuesOf(recording: Recording, options: ValueOptions): RecordedOutcome<Values | undefined> {
  const { content } = recording
  if (content.kind === 'windows') return { ok: true, value: undefined }
  if (content.kind === 'metrics') return seriesValues(content.series, options)
  const names = content.columns.map(({ name }) => name)
  const column =
    options.column === undefined ? durationColumn(content, recording.format) : columnNamed(options.column, names)
  if (column === undefined)
    return options.column === undefined ? { ok: true, value: undefined } : noColumn(options.column, names)
  for (const name of [
    ...(options.where ?? []).map(([each]) => each),
    ...(options.by === undefined ? [] : [options.by]),
  ])
    if (!names.includes(name)) return noColumn(name, names)
  return columnValues(content, recording.format, column, options)
}

function columnNamed(column: string, names: readonly string[]): string | undefined {
  if (names.includes(column)) return column
  return /^[1-9]\d{0,3}$/.test(column) ? names[Number(column) - 1] : undefined
}

const DURATIONS =
  /^@?(?:duration|latency|elapsed|response_?time|time-taken|took|init)(?:[_ (]?(?:s|sec|seconds|ms|millis|milliseconds|us|micros)\)?)?$/i

/** The column of durations by its name; of a file with one column and no times, that one. */
function durationColumn({ columns, at }: Requests, format: Recording['format']): string | undefined {
  const named = columns.find(({ name }) => DURATIONS.test(name))?.name
  if (named !== undefined) return named
  return columns.length === 1 && at === undefined && format === 'csv' ? columns[0]!.name : undefined
}

/** Formats whose durations are seconds by their definition. */
const SECONDS_IN: ReadonlySet<Format> = new Set(['xray', 'elb', 'w3c'])

/** A number with or without a unit of its own: `12.5`, `12ms`. */
const WITH_UNIT = /^(\S{1,40}?)\s?(us|ms|s|m|B|KB|MB)$/

function columnValues(
  content: Requests,
  format: Format,
  column: string,
  options: ValueOptions,
): RecordedOutcome<Values> {
  const cells = content.columns.find(({ name }) => name === column)!.cells
  const unit = unitOf(column, cells, options.unit, SECONDS_IN.has(format))
  const rows = rowsWhere(content, options.where ?? [])
  const values = new Numbers()
  const groups = new Map<string, Numbers>()
  const by = content.columns.find(({ name }) => name === options.by)?.cells
  let skipped = 0
  for (const row of rows) {
    for (const text of cells[row]!.split(' ')) {
      if (text === '') continue
      const own = WITH_UNIT.exec(text)
      const number = numberOf(own === null ? text : own[1]!)
      if (number === undefined || number < 0) {
        skipped++
        continue
      }
      if (values.length === VALUES_MAX) return refused('too-many-values', `more than ${VALUES_MAX} values`)
      const value = number * VALUE_UNITS[own?.[2] ?? unit.name]!.size
      values.push(value)
      if (by === undefined) continue
      const group = groups.get(by[row]!) ?? new Numbers()
      if (groups.size < GROUPS_MAX || groups.has(by[row]!)) groups.set(by[row]!, group)
      group.push(value)
    }
  }
  return {
    ok: true,
    value: {
      column,
      dimension: VALUE_UNITS[unit.name]!.dimension,
      unit: unit.name,
      isAssumed: unit.isAssumed,
      values: values.toArray(),
      skipped,
      isWhole: values.length === content.rows && skipped === 0,
      groups: new Map([...groups].map(([name, group]) => [name, group.toArray()])),
      isSummed: false,
    },
  }
}

/** The unit that was given, that the name ends in, that the first cell carries; seconds for durations, bytes for sizes, else a number. */
function unitOf(
  column: string,
  cells: readonly string[],
  given: string | undefined,
  isSeconds: boolean,
): { name: string; isAssumed: boolean } {
  const inName = unitInName(column)
  const own = WITH_UNIT.exec(cells.find((cell) => cell !== '') ?? '')?.[2]
  const known =
    given ??
    own ??
    (inName === undefined ? undefined : Object.keys(VALUE_UNITS).find((name) => VALUE_UNITS[name]!.size === inName))
  if (known !== undefined) return { name: known, isAssumed: false }
  if (DURATIONS.test(column) || column.endsWith('_time')) return { name: 's', isAssumed: !isSeconds }
  return { name: /bytes$/i.test(column) ? 'B' : 'count', isAssumed: true }
}

function rowsWhere({ rows, columns }: Requests, where: readonly (readonly [column: string, cell: string])[]): number[] {
  const tests = where.map(([name, cell]) => ({ cells: columns.find((column) => column.name === name)!.cells, cell }))
  return Array.from({ length: rows }, (_, row) => row).filter((row) =>
    tests.every(({ cells, cell }) => cells[row] === cell),
  )
}

function seriesValues(all: readonly Series[], { column, unit }: ValueOptions): RecordedOutcome<Values | undefined> {
  if (column === undefined) return { ok: true, value: undefined }
  const series = all.find(({ name }) => name === column)
  if (series === undefined) {
    const names = all.map(({ name }) => name)
    const near = nearest(column, names)
    return refused('unknown-column', `no metric \`${column}\``, {
      ...(near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
      help: `metrics are ${names
        .slice(0, 20)
        .map((name) => `\`${name}\``)
        .join(', ')}`,
    })
  }
  const own = CLOUDWATCH_UNITS[series.unit ?? '']
  const name = unit ?? own ?? 'count'
  const { size, dimension } = VALUE_UNITS[name]!
  const values = series.values.filter((value) => value >= 0).map((value) => value * size)
  const isSummed = series.statistic !== undefined
  return {
    ok: true,
    value: {
      column,
      dimension,
      unit: name,
      isAssumed: unit === undefined && own === undefined,
      values,
      skipped: series.values.length - values.length,
      isWhole: values.length === series.values.length,
      groups: new Map(),
      isSummed,
    },
  }
}
