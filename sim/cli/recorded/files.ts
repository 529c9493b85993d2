// Recordings from the disk, and the flags that say how they are to be read.
import type { Problem } from '../../diag/problem.ts'
import { Problems } from '../../diag/problem.ts'
import {
  FORMATS,
  readRecording,
  type Format,
  type ReadOptions,
  type RecordedFlaw,
  type Recording,
} from '../../recorded/index.ts'
import { nearest } from '../../diag/suggest.ts'
import { parseDuration } from '../../lang/quantity.ts'
import { readText } from '../files.ts'
import { badFlag } from '../problems.ts'

export interface RecordingFlags {
  readonly inputFormat?: string
  readonly period?: string
}

/** A recording, or why there is none. */
export function openRecording(path: string, options: ReadOptions): Recording | Problem {
  const problems = new Problems()
  const text = readText(path, problems)
  if (text === undefined) return problems.list[0]!
  const read = readRecording(text, options)
  return read.ok ? read.value : problemOf(path, read)
}

/** What the flags say of a recording's form, or what is wrong with them. */
export function readOptions({ inputFormat, period }: RecordingFlags): ReadOptions | Problem {
  if (inputFormat !== undefined && !Object.hasOwn(FORMATS, inputFormat)) {
    const near = nearest(inputFormat, Object.keys(FORMATS))
    const help = near === undefined ? `one of ${Object.keys(FORMATS).join(', ')}` : `did you mean \`${near}\`?`
    return badFlag(`\`--input-format ${inputFormat}\` is no format of recordings`, help)
  }
  const parsed = period === undefined ? undefined : parseDuration(period)
  if (parsed !== undefined && (!parsed.ok || parsed.value === 0))
    return badFlag(`\`--period ${period}\` is not a time`, 'such as `--period 1m`')
  return { format: inputFormat as Format | undefined, period: parsed?.ok === true ? parsed.value : undefined }
}

export function problemOf(path: string, { slug, message, label, help }: RecordedFlaw): Problem {
  const words = [label, help].filter((word) => word !== undefined).join('; ')
  return { slug, severity: 'error', message: `\`${path}\`: ${message}`, ...(words === '' ? {} : { help: words }) }
}

/** What is said of lines that could not be read; undefined when all could. */
export function leftOutLine({ malformed: { count, first } }: Pick<Recording, 'malformed'>): string | undefined {
  if (count === 0) return undefined
  const places = first.map(({ line, why }) => `line ${line}: ${why}`).join('; ')
  return `${count} ${count === 1 ? 'line is' : 'lines are'} left out (${places})`
}
