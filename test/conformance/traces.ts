// Reads every trace of the corpus with the product's own reader, and holds what it found against the manifest and the files.
//
// The sums that the reader must find are made here by cutting lines at commas, which is all that these files need.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fitRecording } from '../../sim/recorded/fit/index.ts'
import { loadOf, readRecording, type Recording } from '../../sim/recorded/index.ts'
import { RateCurve, type RatePoint } from '../../sim/parts/rate-curve.ts'
import { scenarioOf } from '../scenarios.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

interface Entry {
  readonly file: string
  readonly rows?: number
  readonly total?: number
}

const FOLDER = join(CORPUS, 'traces')
const { traces } = JSON.parse(readFileSync(join(FOLDER, 'manifest.json'), 'utf8')) as { traces: readonly Entry[] }

function textOf({ file }: Entry): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

function recordingOf(entry: Entry): Recording {
  const read = readRecording(textOf(entry))
  if (!read.ok) throw new Error(`${read.slug}: ${read.message}`)
  return read.value
}

function equal(found: number, expected: number, what: string): void {
  if (Math.abs(found - expected) > 1e-9 * Math.abs(expected))
    throw new Error(`${what}: found ${found}, expected ${expected}`)
}

/** Rows and their sum: requests, or the values of all metrics. */
function amountsOf({ content }: Recording): { rows: number; total: number } {
  if (content.kind === 'windows') return { rows: content.windows.length, total: content.windows.length }
  if (content.kind === 'requests') return { rows: content.rows, total: content.rows }
  const values = content.series.flatMap((series) => [...series.values])
  return { rows: values.length, total: values.reduce((sum, value) => sum + value, 0) }
}

/** What the file itself has: of a CSV file lines without the first, and the numbers behind the titles of periods or values. */
function countedOf(entry: Entry, { content }: Recording): { rows: number; total: number } {
  const text = textOf(entry)
  if (entry.file.endsWith('.json')) {
    const value = JSON.parse(text) as Record<string, unknown[]>
    const rows =
      content.kind === 'windows'
        ? Object.values(value).flat().length
        : Math.max(...Object.values(value).map((list) => list.length || 0))
    return { rows, total: rows }
  }
  const [titles, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
  if (content.kind !== 'metrics') return { rows: lines.length, total: lines.length }
  const from = titles!.findIndex((title) => /^(1|value|requests)$/.test(title))
  const values = lines.flatMap((line) => line.slice(from).map(Number))
  const width = titles!.length - from
  return { rows: values.length / (width > 1 ? lines.length : 1), total: values.reduce((sum, value) => sum + value, 0) }
}

function casesOf(entry: Entry): Case[] {
  const { file, rows, total } = entry
  const cases: Case[] = [
    {
      name: `${file}: every line`,
      run: () => {
        const recording = recordingOf(entry)
        const [found, counted] = [amountsOf(recording), countedOf(entry, recording)]
        equal(recording.malformed.count, 0, 'malformed lines')
        equal(found.rows, counted.rows, 'rows')
        equal(found.total, counted.total, 'total')
      },
    },
  ]
  if (rows !== undefined)
    cases.push({
      name: `${file}: rows of the manifest`,
      run: () => equal(amountsOf(recordingOf(entry)).rows, rows, 'rows'),
    })
  if (total !== undefined)
    cases.push({
      name: `${file}: total of the manifest`,
      run: () => equal(amountsOf(recordingOf(entry)).total, total, 'total'),
    })
  if (recordingHasTimes(entry)) {
    cases.push({ name: `${file}: as a load`, run: () => checkLoad(entry) })
    cases.push({ name: `${file}: as the lines that fit writes`, run: () => checkLines(entry) })
  }
  return cases
}

/** A load has as many requests as the file; its periods or moments rise from 0 on. */
function checkLoad(entry: Entry): void {
  const recording = recordingOf(entry)
  const load = loadOf(recording)
  if (!load.ok) throw new Error(load.message)
  const { value } = load
  const { total } = amountsOf(recording)
  equal(
    value.kind === 'moments' ? value.at.length : value.counts.reduce((sum, count) => sum + count, 0),
    total,
    'requests',
  )
  if (value.kind === 'moments' && (value.at[0]! < 0 || value.at.some((at, i) => i > 0 && at < value.at[i - 1]!)))
    throw new Error('the moments do not rise from 0 on')
}

/** What `fit` writes is a workload that the language reads, and it carries as many requests as were recorded. */
function checkLines(entry: Entry): void {
  const fitted = fitRecording(entry.file, recordingOf(entry), {})
  if (!fitted.ok) throw new Error(fitted.message)
  const { lines, pattern } = fitted.value.arrivals!
  const workload = [
    'Target: Origin',
    'Operation: http:GET',
    ...lines.map((line) => line.replace(/^Arrivals: (.*)$/, 'Arrivals: "$1"')),
  ]
  const { plan } = scenarioOf(`
Resources: { Origin: { Type: Sim::Http::Server, Properties: { Workers: 1, ServiceTime: 1ms } } }
Simulation: { Duration: 365d, Workloads: { Load: { ${workload.join(', ')} } } }
`)
  const config = plan.components.find(({ name }) => name === 'Load')!.config as Record<string, unknown>
  const mass = new RateCurve(config['Rate'] as readonly RatePoint[]).cumulative(pattern.length)
  const mean = (phase: string): number => (config[phase] as { mean: number }).mean
  // Bursts carry their rate for as long as they last; how long that is in all is known to a fifth at best.
  const isBursty = config['Arrivals'] === 'bursty'
  const carried = isBursty ? (mass * mean('BurstyOn')) / (mean('BurstyOn') + mean('BurstyOff')) : mass
  const off = Math.abs(carried / pattern.requests - 1)
  if (!(off < (isBursty ? 0.25 : 0.01))) throw new Error(`${carried} requests instead of ${pattern.requests}`)
}

function recordingHasTimes(entry: Entry): boolean {
  const { content } = recordingOf(entry)
  return content.kind === 'metrics' || (content.kind === 'requests' && content.at !== undefined)
}

const suite: Suite = { name: 'traces', cases: traces.flatMap(casesOf) }
export default suite
