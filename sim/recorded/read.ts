// Reads a recording of any known format: says what it was taken for, and what of it could not be read.
import type { Format, ReadOptions, RecordedOutcome, Recording } from './contract.ts'
import { readCsv } from './csv.ts'
import { readJson } from './json.ts'
import { logFormatOf, readLog } from './logs.ts'

/** Reads a recording. The format is found out from the text unless it is given. */
export function readRecording(text: string, options: ReadOptions = {}): RecordedOutcome<Recording> {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  const format = options.format ?? formatOf(plain)
  if (format === 'csv' || format === 'csv-wide' || format === 'cloudwatch-csv') return readCsv(plain, options)
  if (format === 'access-log' || format === 'elb' || format === 'w3c') return readLog(plain, format)
  if (format === 'lambda-log' && !isJson(plain)) return readLog(plain, format)
  return readJson(plain, options)
}

function formatOf(text: string): Format {
  return isJson(text) ? 'json' : (logFormatOf(text) ?? 'csv')
}

function isJson(text: string): boolean {
  return /^\s{0,100}[{[]/.test(text) && !/^\s{0,100}\[\d\d?\//.test(text)
}
