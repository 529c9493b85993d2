// What a sweep says, for people: where expectations begin to fail, the best points, a table for each axis, and two axes as a map.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import type { Cell, SweepSummary, SweptAxis } from '../../experiment/sweep/summary.ts'
import type { Unit } from '../../experiment/types.ts'
import { count, counted, figure } from '../../report/figures.ts'
import { bestText, edgeText, meanText, passedText, runsText, titleOf } from '../../report/sweep-words.ts'
import { csv } from '../exports.ts'
import { tableLines } from '../experiments/table.ts'
import type { Style } from '../pretty.ts'
import type { Ink } from '../pretty-resources.ts'
import { wrapWords } from '../wrap.ts'
import type { Shard } from './plan.ts'

export interface Told {
  readonly summary: SweepSummary
  readonly end: 'done' | 'interrupted'
  readonly reproduce: string
  readonly out: string | undefined
  readonly shard: Shard | undefined
  /** Shards that are not among what was merged. */
  readonly missing?: readonly number[]
}

const REASONS_SHOWN = 5
/** From little to much: with the number beside it, so that nothing hangs on a shade. */
const SHADES = ['·', '░', '▒', '▓', '█']

/** The whole answer as text, ending with a newline. */
export function prettySweep(told: Told, { color, width }: Style): string {
  const ink = pc.createColors(color)
  const { summary, reproduce } = told
  const out = ['', ink.bold(`${plain(summary.scenario)}  ${ink.dim(plain(titleOf(summary, told.shard)))}`)]
  for (const sentence of notes(told)) out.push(...wrapWords(sentence, width - 2, 2).map((line) => `  ${line}`))
  for (const section of [
    reasonLines(summary, ink, width),
    edgeLines(summary, ink, width),
    bestLines(summary, ink, width),
    ...summary.axes.map((axis) => axisLines(summary, axis, ink, width)),
    ...mapLines(summary, ink, width),
  ])
    if (section.length > 0) out.push('', ...section)
  if (summary.axes.length === 0) out.push('', ...pointLines(summary, ink, width))
  out.push('', ink.dim(`repeat ${plain(reproduce)}`))
  const { done, passed } = summary.runs
  if (summary.hasExpectations) {
    const line = `${count(passed)} of ${counted(done, 'run')} passed`
    out.push(passed === done ? ink.green(line) : ink.red(line))
  }
  return `${out.join('\n')}\n`
}

/** Why it is not whole, and how it goes on. */
export function endedText({ summary: { runs }, out }: Told): string {
  const rest = out === undefined ? 'with `--out FILE` it could be taken up again' : 'go on with `--resume`'
  return `ENDED after ${count(runs.done)} of ${counted(runs.all, 'run')}: ${rest}`
}

/** Which shards are not there. */
export function missingText({ missing = [] }: Pick<Told, 'missing'>): string[] {
  return missing.length === 0
    ? []
    : [`PARTIAL: ${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} missing`]
}

function notes(told: Told): string[] {
  const { summary } = told
  const lines = [
    `${runsText(summary)}; means over seeds${summary.seeds > 1 ? ` with intervals of ${summary.confidence * 100} %` : ''}, figures without the warm-up`,
  ]
  if (told.end === 'interrupted') lines.push(endedText(told))
  lines.push(...missingText(told))
  if (summary.seeds === 1) lines.push('One seed cannot tell chance from cause: ask for more, such as --seeds 1..10.')
  if (summary.isSample) lines.push('Points are drawn at random; neighbours stand together in a row.')
  return lines
}

function reasonLines({ reasons }: SweepSummary, ink: Ink, width: number): string[] {
  if (reasons.length === 0) return []
  const most = [...reasons].sort((a, b) => b.runs - a.runs)
  const out = [ink.red('Runs that did not come to their end count nowhere below')]
  for (const { ending, why, runs } of most.slice(0, REASONS_SHOWN))
    out.push(
      ...wrapWords(`${counted(runs, 'run')} ${ending}: ${plain(firstLine(why))}`, width - 4, 2).map(
        (line) => `  ${line}`,
      ),
    )
  if (most.length > REASONS_SHOWN) out.push(ink.dim(`  and for ${most.length - REASONS_SHOWN} more reasons`))
  return out
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!
}

function edgeLines({ axes }: SweepSummary, ink: Ink, width: number): string[] {
  const edges = axes.flatMap(({ name, edge }) => (edge === undefined ? [] : [`${name}: ${edgeText(edge)}`]))
  if (edges.length === 0) return []
  const lines = edges.flatMap((text) => wrapWords(plain(text), width - 2, 4))
  return [ink.bold('Where expectations begin to fail'), ...lines.map((line) => `  ${line}`)]
}

function bestLines({ best, measures }: SweepSummary, ink: Ink, width: number): string[] {
  if (best.length === 0) return []
  const lines = best.flatMap((each) => wrapWords(plain(bestText(each, unitOf(measures, each.measure))), width - 2, 4))
  return [ink.bold('Best'), ...lines.map((line) => `  ${line}`)]
}

function unitOf(measures: SweepSummary['measures'], name: string): Unit {
  return measures.find((each) => each.name === name)!.unit
}

function axisLines(summary: SweepSummary, { name, rows }: SweptAxis, ink: Ink, width: number): string[] {
  const cells = rows.map((row) => ({ label: plain(row.label), cell: row }))
  const [head = '', ...lines] = tableOf(summary, plain(name), cells, width)
  const others = summary.axes.length > 1 ? [ink.dim('Over all values of the other axes:')] : []
  return [...others, ink.bold(head), ...lines]
}

function pointLines(summary: SweepSummary, ink: Ink, width: number): string[] {
  const [head = '', ...rows] = tableOf(
    summary,
    'point',
    summary.points.map((cell) => ({ label: 'the only one', cell })),
    width,
  )
  return [ink.bold(head), ...rows]
}

function tableOf(
  { measures, hasExpectations }: SweepSummary,
  head: string,
  rows: readonly { readonly label: string; readonly cell: Cell }[],
  width: number,
): string[] {
  const isNumeric = rows.every(({ label }) => /^-?\d/.test(label))
  return tableLines(
    [
      { head, side: isNumeric ? 'right' : 'left' },
      { head: hasExpectations ? 'passed' : 'runs', side: 'right' },
      ...measures.map(({ name }, i) => ({
        head: plain(name),
        side: 'right' as const,
        ...(i === 0 ? {} : { spared: measures.length - i }),
      })),
    ],
    rows.map(({ label, cell }) => [
      label,
      hasExpectations ? passedText(cell) : count(cell.runs),
      ...measures.map(({ unit }, i) => meanText(cell.means[i], unit)),
    ]),
    width,
  )
}

/** Two axes as maps: of passing runs, and of the first measure. */
function mapLines(summary: SweepSummary, ink: Ink, width: number): string[][] {
  const { pairs, axes, measures } = summary
  const pair = pairs.length === 1 ? pairs[0]! : undefined
  if (pair === undefined) return []
  const [down, across] = [axes[pair.down]!, axes[pair.across]!]
  const map = (
    title: string,
    valueOf: (cell: Cell) => number | undefined,
    text: (value: number) => string,
  ): string[] => {
    const values = pair.cells.map((row) => row.map((cell) => (cell === undefined ? undefined : valueOf(cell))))
    const known = values.flat().filter((value) => value !== undefined)
    if (known.length === 0) return []
    const [low, high] = [Math.min(...known), Math.max(...known)]
    const rows = values.map((row, i) => [
      plain(down.rows[i]!.label),
      ...row.map((value) => (value === undefined ? '' : `${shadeOf(value, low, high)} ${text(value)}`)),
    ])
    const columns = across.rows.map(({ label }) => ({ head: plain(label), side: 'right' as const }))
    const lines = tableLines([{ head: plain(down.name), side: 'right' }, ...columns], rows, 1e6)
    const head = [`${ink.bold(title)}  ${ink.dim(`${plain(down.name)} down, ${plain(across.name)} across`)}`]
    return lines.some((line) => line.length > width)
      ? [
          ...head,
          ...wrapWords('too wide for this terminal: write it with `--report FILE.html`', width - 2).map(
            (line) => `  ${line}`,
          ),
        ]
      : [...head, ...lines]
  }
  const first = measures[0]
  return [
    summary.hasExpectations
      ? map(
          'Runs that pass',
          ({ passed, runs }) => passed / runs,
          (share) => `${Math.round(share * 100)} %`,
        )
      : [],
    first === undefined
      ? []
      : map(
          plain(first.name),
          ({ means }) => means[0]?.mean,
          (value) => figure(value, first.unit),
        ),
  ].filter((lines) => lines.length > 0)
}

/** The shade of a value between the least and the most. */
export function shadeOf(value: number, low: number, high: number): string {
  const share = high > low ? (value - low) / (high - low) : 1
  return SHADES[Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))]!
}

/** A line a point: its settings, runs, those that passed, and of each measure that is shown its mean and the ends of its interval. */
export function pointsCsv({ axes, measures, points }: SweepSummary): string {
  const head = [
    ...axes.map(({ name }) => name),
    ...['runs', 'passed'],
    ...measures.flatMap(({ name, unit }) => [`${name} [${unit}]`, `${name} low`, `${name} high`]),
  ]
  const rows = points.map(({ settings, runs, passed, means }) => [
    ...axes.map(({ name }) => numberOr(settings[name] ?? '')),
    ...[String(runs), String(passed)],
    ...means.flatMap((mean) => [mean?.mean, mean?.low, mean?.high].map((value) => String(value ?? ''))),
  ])
  return [head.map(csv), ...rows].map((row) => `${row.join(',')}\n`).join('')
}

function numberOr(text: string): string {
  return text !== '' && Number.isFinite(Number(text)) ? text : csv(text)
}
