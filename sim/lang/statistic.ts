// CloudWatch's statistics by name: `p99.9`, `tm99`, `TM(5%:95%)`, `IQM`, `avg`, `Sum`, `max`, `SampleCount`.
import { nearest } from '../diag/suggest.ts'
import { quote } from './outcome.ts'
import { parsePercent } from './quantity.ts'
import type { Scanner } from './scanner.ts'

export type Statistic =
  /** `p` in 0..100. */
  | { readonly kind: 'percentile'; readonly p: number }
  /** The mean of what lies between two percentiles, 0..100. */
  | { readonly kind: 'trimmed-mean'; readonly low: number; readonly high: number }
  | { readonly kind: 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount' }

const SIMPLE: ReadonlyMap<string, 'Average' | 'Sum' | 'Minimum' | 'Maximum' | 'SampleCount'> = new Map([
  ['avg', 'Average'],
  ['average', 'Average'],
  ['mean', 'Average'],
  ['sum', 'Sum'],
  ['min', 'Minimum'],
  ['minimum', 'Minimum'],
  ['max', 'Maximum'],
  ['maximum', 'Maximum'],
  ['samples', 'SampleCount'],
  ['samplecount', 'SampleCount'],
])
const SHORT = { Average: 'avg', Sum: 'sum', Minimum: 'min', Maximum: 'max', SampleCount: 'samples' } as const

const NAMES = [
  'avg',
  'Average',
  'sum',
  'Sum',
  'min',
  'Minimum',
  'max',
  'Maximum',
  'samples',
  'SampleCount',
  'p50',
  'p99',
  'tm99',
  'TM',
  'IQM',
]
/** Statistics of CloudWatch that no expectation can ask for. */
const NOT_SIMULATED = /^(wm\d|tc\d|ts\d|(wm|tc|ts|pr)$)/i

const WORD = /[A-Za-z][\w.]*/y
const OPEN = /\(/y
const COLON = /:/y
const CLOSE = /\)/y
const PERCENT = /\d+(?:\.\d+)?\s*%/y

/** Reads the name of a statistic where the scanner stands. `others` are words that might have been meant as well. */
export function readStatistic(scanner: Scanner, others: readonly string[] = []): Statistic {
  const word = scanner.expect(WORD, 'a statistic such as `p99`')
  const lower = word.text.toLowerCase()
  const simple = SIMPLE.get(lower)
  if (simple !== undefined) return { kind: simple }
  if (lower === 'iqm') return { kind: 'trimmed-mean', low: 25, high: 75 }
  if (lower === 'tm') return readTrimmed(scanner)
  const numbered = /^(p|tm)(\d{1,3}(?:\.\d{1,10})?)$/.exec(lower)
  if (numbered !== null) {
    const percent = Number(numbered[2])
    if (percent > 100)
      scanner.stop('out-of-range', `${quote(word.text)} is beyond 100; percentiles go from \`p0\` to \`p100\``, word, {
        label: /^(p|tm)99\d+$/.test(lower) ? `did you mean \`${numbered[1]}99.${lower.split('99')[1]}\`?` : undefined,
      })
    return numbered[1] === 'p' ? { kind: 'percentile', p: percent } : { kind: 'trimmed-mean', low: 0, high: percent }
  }
  if (NOT_SIMULATED.test(lower)) {
    scanner.stop('not-simulated', `${quote(word.text)} is a statistic of CloudWatch that is not simulated`, word, {
      help: HELP,
    })
  }
  const near = nearest(word.text, [...NAMES, ...others])
  const label = near === undefined ? undefined : `did you mean ${quote(near)}?`
  return scanner.stop('unknown-statistic', `${quote(word.text)} is not a statistic`, word, { label, help: HELP })
}

const HELP = 'statistics are `avg`, `sum`, `min`, `max`, `samples`, `p0` to `p100`, `tm99`, `TM(5%:95%)` and `IQM`'

/** The bounds of `TM(5%:95%)`; either may be left out. */
function readTrimmed(scanner: Scanner): Statistic {
  const open = scanner.expect(OPEN, '`(`')
  const low = bound(scanner, 0)
  scanner.expect(COLON, '`:` between two percentages', { help: 'write `TM(5%:95%)` before the brackets of the metric' })
  const high = bound(scanner, 100)
  const close = scanner.expect(CLOSE, '`)`')
  if (high <= low)
    scanner.stop('empty-range', 'the second percentage is not above the first', { start: open.start, end: close.end })
  return { kind: 'trimmed-mean', low, high }
}

function bound(scanner: Scanner, absent: number): number {
  const piece = scanner.take(PERCENT)
  if (piece === undefined) return absent
  scanner.accept(parsePercent(piece.text), piece.start)
  return Number(piece.text.replace('%', ''))
}

/** A statistic by its shortest name. */
export function formatStatistic(statistic: Statistic): string {
  switch (statistic.kind) {
    case 'percentile':
      return `p${statistic.p}`
    case 'trimmed-mean':
      return statistic.low === 0 ? `tm${statistic.high}` : `TM(${statistic.low}%:${statistic.high}%)`
    default:
      return SHORT[statistic.kind]
  }
}
