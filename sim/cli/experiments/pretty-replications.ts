// What many seeds say, for people: expectations first, then percentiles of all runs together, then means with their intervals.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import { resourceOf } from '../../experiment/columns.ts'
import { seedsText } from '../../experiment/seeds.ts'
import type { PooledDistribution, ReplicatedMeasure, Replications } from '../../experiment/replications.ts'
import { count, counted } from '../../report/figures.ts'
import { adviceText } from '../../report/warm-up.ts'
import type { Style } from '../pretty.ts'
import type { Ink } from '../pretty-resources.ts'
import { wrapWords } from '../wrap.ts'
import { figure, range } from './figures.ts'
import { tableLines } from './table.ts'

const DISTRIBUTIONS_SHOWN = 12
const MEASURES_SHOWN = 24
const SEEDS_NAMED = 8
const PRECISE = '± 5 % of the mean'

/** The whole report as text, ending with a newline. `clients` are the names of the workloads, which come first. */
export function prettyReplications(
  report: Replications,
  clients: ReadonlySet<string>,
  { color, width }: Style,
): string {
  const ink = pc.createColors(color)
  const whole = report.runs.filter(({ ending }) => ending === 'passed' || ending === 'failed').length
  const settings = Object.entries(report.settings).map(([name, value]) => `${name}=${value}`)
  const seeds = seedsText(report.runs.map(({ seed }) => seed))
  const title = [`seeds ${seeds}`, ...settings].join(', ')
  const out = ['', ink.bold(`${plain(report.scenario)}  ${ink.dim(plain(title))}`)]
  for (const sentence of notes(report, whole)) out.push(...wrapWords(sentence, width - 2, 2).map((line) => `  ${line}`))
  if (report.warmUpAdvice !== undefined)
    for (const line of wrapWords(plain(adviceText(report.warmUpAdvice)), width - 2, 2))
      out.push(ink.yellow(`  ${line}`))
  for (const section of [
    stoppedLines(report, ink, width),
    expectationLines(report, ink, width),
    distributionLines(report, clients, ink, width),
    measureLines(report, clients, ink, width),
  ])
    if (section.length > 0) out.push('', ...section)
  out.push('', ink.dim(`repeat ${plain(report.reproduce)}`))
  const failed = report.expectations.filter((each) => each.held < each.runs)
  if (whole > 0 && report.expectations.length > 0) {
    const all = counted(report.expectations.length, 'expectation')
    out.push(
      failed.length === 0
        ? ink.green(`${all} held in all of ${counted(whole, 'run')}`)
        : ink.red(`${failed.length} of ${all} failed in some of ${counted(whole, 'run')}`),
    )
  }
  return `${out.join('\n')}\n`
}

function notes(report: Replications, whole: number): string[] {
  const first = `${counted(whole, 'run')}, intervals of ${report.confidence * 100} %, figures without the warm-up`
  return whole === 1 ? [first, 'One seed cannot tell chance from cause: ask for more, such as --seeds 1..10.'] : [first]
}

function stoppedLines({ runs }: Replications, ink: Ink, width: number): string[] {
  const odd = runs.filter(({ ending }) => ending !== 'passed' && ending !== 'failed')
  if (odd.length === 0) return []
  const head = `${counted(odd.length, 'run')} did not come to the end and ${odd.length === 1 ? 'counts' : 'count'} nowhere below`
  return [
    ink.red(head),
    ...odd
      .slice(0, SEEDS_NAMED)
      .flatMap(({ seed, ending, why = '' }) => wrapWords(plain(`seed ${seed}, ${ending}: ${why}`), width - 2, 2))
      .map((line) => `  ${line}`),
  ]
}

function expectationLines({ expectations, reproduce }: Replications, ink: Ink, width: number): string[] {
  if (expectations.length === 0) return []
  const out = [ink.bold('Expectations')]
  for (const { text, held, runs, low, high, failed } of expectations) {
    const seeds = failed.length === 0 ? '' : ` (${namedSeeds(failed)} failed)`
    const chance = `of all seeds ${percent(low)} to ${percent(high)} would`
    const mark = failed.length === 0 ? ink.green('ok  ') : ink.red('FAIL')
    const [first = '', ...rest] = wrapWords(plain(text), width - 7)
    out.push(`  ${mark} ${first}`, ...rest.map((line) => `       ${line}`))
    for (const line of wrapWords(`held in ${held} of ${runs}${seeds}; ${chance}`, width - 9, 2))
      out.push(ink.dim(`         ${line}`))
    if (failed.length > 0) out.push(ink.dim(`       ${plain(oneOf(reproduce, failed[0]!))}`))
  }
  return out
}

/** The command of all seeds, for one of them. */
export function oneOf(reproduce: string, seed: string): string {
  return reproduce.replace(/--seeds \S+/, `--seed ${seed}`)
}

/** `seeds 3, 17`: a few of them. */
export function namedSeeds(seeds: readonly string[]): string {
  const shown = seeds.slice(0, SEEDS_NAMED).join(', ')
  const more = seeds.length > SEEDS_NAMED ? ` and ${seeds.length - SEEDS_NAMED} more` : ''
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${shown}${more}`
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}

function distributionLines(report: Replications, clients: ReadonlySet<string>, ink: Ink, width: number): string[] {
  const all = clientsFirst(report.distributions, clients, ({ name }) => name.slice(0, name.lastIndexOf('.')))
  if (all.length === 0) return []
  const shown = all.slice(0, DISTRIBUTIONS_SHOWN)
  const [head = '', ...rows] = tableLines(
    [
      { head: 'All runs together', side: 'left' },
      { head: 'values', side: 'right', spared: 1 },
      { head: 'p50', side: 'right' },
      { head: 'p90', side: 'right', spared: 0 },
      { head: 'p99', side: 'right' },
      { head: '', side: 'left', spared: 3 },
      { head: 'p99.9', side: 'right' },
      { head: '', side: 'left', spared: 2 },
    ],
    shown.map((each) => distributionCells(each)),
    width - 2,
  )
  const bound = `a percentile is at most 1/${Math.round(1 / report.bucketError)} above the exact one`
  return [
    ink.bold(`  ${head}`),
    ...rows.map((line) => `  ${line}`),
    ink.dim(`  ${[...andMore(all.length - shown.length), bound].join('; ')}`),
  ]
}

function distributionCells({ name, unit, samples, percentiles }: PooledDistribution): string[] {
  const [p50, p90, p99, p999] = percentiles.map((each) => ({ text: figure(each.value, unit), ends: range(each, unit) }))
  const interval = (each: { ends: string } | undefined): string => (each?.ends ? `(${each.ends})` : '')
  return [plain(name), count(samples), ...[p50!.text, p90!.text, p99!.text, interval(p99), p999!.text, interval(p999)]]
}

function measureLines(report: Replications, clients: ReadonlySet<string>, ink: Ink, width: number): string[] {
  // Percentiles stand in the table above; of what never happened there is nothing to say.
  const telling = report.measures.filter(
    ({ name, better, maximum }) => better !== undefined && maximum > 0 && !/^p\d/.test(name),
  )
  const all = clientsFirst(telling, clients, ({ name }) => resourceOf(name))
  const shown = all.slice(0, MEASURES_SHOWN)
  if (shown.length === 0) return []
  const [head = '', ...rows] = tableLines(
    [
      { head: 'Per run', side: 'left' },
      { head: 'mean', side: 'right' },
      { head: 'interval', side: 'right' },
      { head: 'least', side: 'right', spared: 0 },
      { head: 'most', side: 'right', spared: 1 },
    ],
    shown.map((each) => [plain(each.name), ...measureCells(each)]),
    width - 2,
  )
  const rest = report.measures.length - shown.length
  const out = [ink.bold(`  ${head}`), ...rows.map((line) => `  ${line}`)]
  for (const line of andMore(rest)) out.push(ink.dim(`  ${line}`))
  const wide = shown.filter(({ seedsNeeded }) => seedsNeeded !== undefined)
  if (wide.length > 0) {
    const most = wide.reduce((a, b) => (a.seedsNeeded! >= b.seedsNeeded! ? a : b))
    const least = wide.reduce((a, b) => (a.seedsNeeded! <= b.seedsNeeded! ? a : b))
    const first = `Not enough seeds for ${PRECISE}: ${plain(least.name)} needs ${count(least.seedsNeeded!)}`
    const then = wide.length === 1 ? '' : `, ${plain(most.name)} ${count(most.seedsNeeded!)}`
    out.push(...wrapWords(first + then, width - 2, 2).map((line) => `  ${line}`))
  }
  return out
}

function measureCells({ unit, mean, minimum, maximum, ...ends }: ReplicatedMeasure): string[] {
  return [figure(mean, unit), range(ends, unit), figure(minimum, unit), figure(maximum, unit)]
}

function andMore(n: number): string[] {
  return n > 0 ? [`${count(n)} more with --format json`] : []
}

/** In order of name, but what clients see first. */
function clientsFirst<T>(list: readonly T[], clients: ReadonlySet<string>, nameOf: (each: T) => string): T[] {
  const isClient = (each: T): boolean => clients.has(nameOf(each))
  return [...list.filter(isClient), ...list.filter((each) => !isClient(each))]
}
