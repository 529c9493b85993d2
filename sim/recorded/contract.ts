// What a recording is once it is read: requests one by one, metrics by period, or windows of time that somebody labelled.
//
// The one idea: every format, whoever wrote it, becomes one of these three, and all that use recordings (loads of scenarios,
// `fit`, `validate`) know these three alone. Times are µs; of recordings with dates µs since 1970.
import type { Slug } from '../diag/catalogue.ts'

/** Formats by the names that `format=` takes. */
export const FORMATS = {
  csv: 'a CSV file',
  'csv-wide': 'a CSV file with a column for each period, as the Azure Functions traces of 2019 have',
  'access-log': 'a web server’s access log in common or combined format',
  elb: 'an access log of a load balancer',
  w3c: 'a log with a `#Fields` line, as CloudFront writes',
  'lambda-log': 'the REPORT lines of a Lambda function’s log',
  'cloudwatch-csv': 'a CSV file of the CloudWatch console',
  'cloudwatch-json': 'metrics as the AWS CLI prints them (get-metric-data, get-metric-statistics) or a metric stream',
  xray: 'X-Ray traces (batch-get-traces)',
  json: 'JSON records, in a list or one a line',
  windows: 'labelled windows of time',
} as const
export type Format = keyof typeof FORMATS

/** Lines that could not be read: how many, and the first of them. */
export interface Malformed {
  readonly count: number
  readonly first: readonly { readonly line: number; readonly why: string }[]
}

/** One column: a text for every row. */
export interface Column {
  readonly name: string
  readonly cells: readonly string[]
}

/** Requests, one a row. */
export interface Requests {
  readonly kind: 'requests'
  readonly rows: number
  /** When each row's request came, in µs; absent where the recording does not tell. */
  readonly at?: Float64Array | undefined
  /** Whether `at` counts from 1970 rather than from the recording's own beginning. */
  readonly absolute: boolean
  /** Which rows are requests that came from outside; absent = all. Segments of a trace are rows too. */
  readonly arrives?: Uint8Array | undefined
  readonly columns: readonly Column[]
}

/** One metric over time; periods without a value are left out. */
export interface Series {
  /** A name that is its own in the recording. */
  readonly name: string
  readonly namespace?: string | undefined
  readonly metric?: string | undefined
  readonly dimensions?: Readonly<Record<string, string>> | undefined
  /** As CloudWatch names it: `Sum`, `Average`, `p99`. */
  readonly statistic?: string | undefined
  readonly unit?: string | undefined
  /** µs. */
  readonly period: number
  /** When each value's period begins, rising, in µs. */
  readonly at: Float64Array
  readonly values: Float64Array
}

export interface Metrics {
  readonly kind: 'metrics'
  readonly absolute: boolean
  readonly series: readonly Series[]
}

/** Windows of time with the name of what they are about. */
export interface Windows {
  readonly kind: 'windows'
  readonly windows: readonly { readonly name: string; readonly from: number; readonly to: number }[]
}

export interface Recording {
  readonly format: Format
  /** What the file was taken for, in a sentence's words. */
  readonly detected: string
  readonly malformed: Malformed
  readonly content: Requests | Metrics | Windows
}

/** What the reader is told besides the text; all of it is found out when absent. */
export interface ReadOptions {
  readonly format?: Format | undefined
  /** The column of times, by name or number from 1. */
  readonly column?: string | undefined
  /** The column of counts by period. */
  readonly count?: string | undefined
  /** µs of one unit of times that are plain numbers. */
  readonly unit?: number | undefined
  /** µs between two counts. */
  readonly period?: number | undefined
}

/** Why a recording cannot be read. */
export interface RecordedFlaw {
  readonly ok: false
  readonly slug: Slug
  readonly message: string
  readonly label?: string | undefined
  readonly help?: string | undefined
}

export type RecordedOutcome<T> = { readonly ok: true; readonly value: T } | RecordedFlaw

export function refused(slug: Slug, message: string, words: { label?: string; help?: string } = {}): RecordedFlaw {
  return { ok: false, slug, message, ...words }
}

/** More values of one kind than this are not read. */
export const VALUES_MAX = 1_000_000
/** Nor are files of more lines, empty ones among them. */
export const LINES_MAX = 4_000_000
/** More cells of a line than this are not read. */
export const CELLS_MAX = 10_000
/** More cells of a file than this are not kept. */
export const TABLE_MAX = 8_000_000
