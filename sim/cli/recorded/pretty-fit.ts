// What `fit` found, for people: the line to paste first, then what speaks for it, then charts.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import { formatMicros } from '../../engine/time.ts'
import {
  binsOf,
  digits,
  distributionText,
  evidenceOf,
  quantityText,
  rateText,
  type ArrivalFit,
  type Candidate,
  type Dimension,
  type FitReport,
  type GroupFit,
  type ValueFit,
} from '../../recorded/fit/index.ts'
import { count, counted } from '../../report/figures.ts'
import { tableLines, type TableColumn } from '../experiments/table.ts'
import type { Style } from '../pretty.ts'
import type { Ink } from '../pretty-resources.ts'
import { wrapWords } from '../wrap.ts'
import { leftOutLine } from './files.ts'

const BINS = 14
const BAR = 44
const GROUPS_SHOWN = 40
const CANDIDATES_SHOWN = 6

const VERDICTS = {
  fits: 'it fits: nothing in the values speaks against it',
  near: 'near enough for percentiles, though so many values tell it from the true law',
  apart: 'no distribution comes near',
} as const

export function prettyFit(report: FitReport, { color, width }: Style): string {
  const ink = pc.createColors(color)
  const out = ['', `${ink.bold(plain(report.file))}  ${ink.dim(plain(report.detected))}`]
  const put = (text: string): void => {
    for (const line of wrapWords(plain(text), width - 2, 2)) out.push(`  ${line}`)
  }
  const left = leftOutLine(report)
  if (left !== undefined) put(left)
  for (const note of report.notes) put(note)
  if (report.values !== undefined) out.push('', ...valueLines(report.values, ink, width))
  if (report.groups.length > 0) out.push('', ...groupLines(report.groups, width))
  if (report.arrivals !== undefined) out.push('', ...arrivalLines(report.file, report.arrivals, ink, width))
  return `${out.join('\n')}\n`
}

function valueLines({ about, fit, verdict, line, empirical }: ValueFit, ink: Ink, width: number): string[] {
  const { dimension, column, unit } = about
  const quantity = (value: number): string => quantityText(value, dimension)
  const looked = fit.of > fit.n ? `, ${count(fit.n)} of them looked at` : ''
  const head = `${counted(fit.of, 'value')} of \`${plain(column)}\`${looked}: ${quantity(fit.least)} to ${quantity(fit.most)}, mean ${quantity(fit.mean)}, coefficient of variation ${digits(fit.cv, 3)}`
  const notes = [
    about.isAssumed && dimension === 'duration' ? `taken for ${unit}, because nothing says so: \`--unit\`` : undefined,
    about.isAssumed && dimension === 'count' ? 'taken for plain numbers: `--unit ms` where they are times' : undefined,
    fit.zeros > 0 && fit.zeros < fit.of ? `${counted(fit.zeros, 'value')} of 0` : undefined,
    about.skipped > 0 ? `${counted(about.skipped, 'cell')} without a number left out` : undefined,
    about.isSummed ? 'each is a statistic of many requests: the distribution of single ones is wider' : undefined,
  ].filter((note) => note !== undefined)
  const wrap = (text: string): string[] => wrapWords(text, width - 2, 2).map((each) => `  ${each}`)
  return [
    ink.bold('Distribution'),
    ...wrap(head),
    ...notes.flatMap(wrap),
    '',
    `  ${ink.bold(verdict === 'apart' && empirical !== undefined ? plain(empirical) : plain(line))}`,
    ...wrap(
      verdict === 'apart' && empirical !== undefined
        ? `${VERDICTS.apart}: these are the values themselves`
        : VERDICTS[verdict],
    ),
    ...(verdict === 'apart' || empirical === undefined ? [] : wrap(`or the values themselves: ${plain(empirical)}`)),
    '',
    ...candidateLines(fit.candidates.slice(0, CANDIDATES_SHOWN), dimension, width).map((each) => `  ${each}`),
    ...wrap(
      'KS is the largest distance between the two distribution functions. Its p is too high, because these very values chose the parameters: a small one refutes, a large one proves nothing.',
    ).map((each) => ink.dim(each)),
    '',
    ...histogramLines(fit, dimension, ink),
  ]
}

function candidateLines(candidates: ValueFit['fit']['candidates'], dimension: Dimension, width: number): string[] {
  const percentiles = candidates[0]!.goodness.percentiles
  const right = (head: string, spared?: number): TableColumn => ({
    head,
    side: 'right',
    ...(spared === undefined ? {} : { spared }),
  })
  const columns: TableColumn[] = [
    { head: 'distribution', side: 'left' },
    right('ΔBIC'),
    right('ΔAIC', 2),
    right('KS'),
    right('p', 4),
    right('A²', 3),
    ...percentiles.map(({ p }) => right(`p${digits(p * 100)}`, 5)),
  ]
  const leastAic = Math.min(...candidates.map(({ aic }) => aic))
  const rows = candidates.map(({ distribution, worse, aic, goodness }) => [
    shortName(distribution, dimension),
    digits(worse, 3),
    digits(aic - leastAic, 3),
    digits(goodness.ks, 3),
    goodness.ksChance < 0.001 ? '<.001' : goodness.ksChance.toFixed(3).slice(1).replace('.000', '1'),
    digits(goodness.ad, 3),
    ...goodness.percentiles.map(({ fitted }) => quantityText(fitted, dimension)),
  ])
  const recorded = [
    'recorded',
    '',
    '',
    '',
    '',
    '',
    ...percentiles.map(({ recorded: value }) => quantityText(value, dimension)),
  ]
  return tableLines(columns, [...rows, recorded], width - 4)
}

/** A distribution in a table: of a mix without its figures. */
function shortName(d: Candidate['distribution'], dimension: Dimension): string {
  if (d.kind !== 'mix') return distributionText(d, dimension)
  const [first, second] = d.parts.map(({ of }) => of)
  return first!.kind === 'constant' ? `0 or ${shortName(second!, dimension)}` : 'mix of two lognormal'
}

/** Bars of what was recorded, with a mark where the best distribution would end them. */
function histogramLines(fit: ValueFit['fit'], dimension: Dimension, ink: Ink): string[] {
  const bins = binsOf(fit.values, fit.candidates[0]!.distribution, BINS)
  const most = Math.max(...bins.flatMap(({ recorded, fitted }) => [recorded, fitted]))
  if (bins.length === 0 || most === 0) return []
  const labels = bins.map(({ from }) => quantityText(from, dimension))
  const room = Math.max(...labels.map((label) => label.length))
  const lines = bins.map(({ recorded, fitted }, i) => {
    const [length, mark] = [recorded, fitted].map((share) => Math.round((share / most) * BAR)) as [number, number]
    const bar = '█'.repeat(length).padEnd(BAR + 1)
    const share = `${digits(recorded * 100, 2)} %`
    return `  ${labels[i]!.padStart(room)}  ${bar.slice(0, mark)}${ink.yellow('┃')}${bar.slice(mark + 1)}  ${share}`
  })
  return [...lines, ink.dim(`  ${' '.repeat(room)}  █ recorded, ┃ fitted`)]
}

function groupLines(groups: readonly GroupFit[], width: number): string[] {
  const rows = groups
    .slice(0, GROUPS_SHOWN)
    .map(({ name, n, line, ks, verdict }) => [plain(name), count(n), digits(ks, 2), verdict, line])
  const columns: TableColumn[] = [
    { head: 'group', side: 'left' },
    { head: 'values', side: 'right' },
    { head: 'KS', side: 'right' },
    { head: 'it', side: 'left' },
    { head: 'distribution', side: 'left' },
  ]
  const more = groups.length - rows.length
  return [...tableLines(columns, rows, width - 2), ...(more > 0 ? [`and ${counted(more, 'group')} more`] : [])].map(
    (line) => `  ${line}`,
  )
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const BLOCKS = '▁▂▃▄▅▆▇█'

function arrivalLines(file: string, { pattern, lines, leftOut }: ArrivalFit, ink: Ink, width: number): string[] {
  const { requests, length, rate, kind, counts } = pattern
  const wrap = (text: string): string[] => wrapWords(text, width - 2, 2).map((each) => `  ${each}`)
  const out = leftOut > 0 ? [`${counted(leftOut, 'request')} left out with their windows`] : []
  const cycles = pattern.cycles.map(({ of, explained, highest, lowest, high, low }) => {
    const at = (i: number): string => (of === 'day' ? `${String(i).padStart(2, '0')}:00` : WEEKDAYS[i]!)
    return `the ${of} explains ${Math.round(explained * 100)} % of what varies: most at ${at(highest)} (${digits(high, 3)} times the mean), least at ${at(lowest)} (${digits(low, 3)} times)${counts.origin === undefined ? ' of the recording' : ' UTC'}`
  })
  return [
    ink.bold('Arrivals'),
    ...wrap(
      `${counted(requests, 'request')} in ${formatMicros(length)}, ${rateText(rate.mean)}: ${kind === 'unknown' ? 'too few for a pattern' : kind}`,
    ),
    '',
    ...lines.flatMap((line) => wrapWords(line, width - 4, 4)).map((line) => `  ${ink.bold(line)}`),
    ...wrap(`or the recording itself: Arrivals: trace(${plain(file.slice(file.lastIndexOf('/') + 1))})`),
    '',
    ...[...evidenceOf(pattern), ...cycles, ...out].flatMap(wrap),
    '',
    `  ${sparkline(counts.counts, Math.min(96, width - 4))}`,
    ink.dim(
      `  most ${rateText(Math.max(...counts.counts) / (counts.period / 1e6))} of ${count(counts.counts.length)} periods of ${formatMicros(counts.period)}`,
    ),
  ]
}

function sparkline(counts: Float64Array, room: number): string {
  const cells = Math.min(room, counts.length)
  const means = Array.from({ length: cells }, (_, i) => {
    const part = counts.subarray(Math.floor((i * counts.length) / cells), Math.floor(((i + 1) * counts.length) / cells))
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
  const most = Math.max(...means)
  return means.map((mean) => (most === 0 ? BLOCKS[0] : BLOCKS[Math.min(7, Math.floor((mean / most) * 8))])).join('')
}
