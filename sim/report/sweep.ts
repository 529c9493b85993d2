// The report of a sweep as one HTML file: no script, nothing loaded. What it says first, then a picture for each axis and each pair, then all points.
import { proportionOf } from '../experiment/statistics/proportions.ts'
import type { Cell, Mean, SweepSummary, SweptAxis } from '../experiment/sweep/summary.ts'
import { percent } from '../parts/words.ts'
import { count, counted, figure } from './figures.ts'
import { table, text, type Column } from './markup.ts'
import { pageHtml, section } from './page.ts'
import { curvesChart, mapTable, type AxisScale, type Curve, type Spot } from './sweep-charts.ts'
import { SWEEP_STYLE, SWEEP_STYLE_HASH } from './sweep-style.ts'
import { bestText, edgeText, meanText, passedText, runsText, titleOf } from './sweep-words.ts'

/** Points in the table; the results hold all. */
const POINTS_MAX = 500
/** Values of a second axis that are curves of their own. */
const CURVES_MAX = 5
/** Pairs that are drawn as maps. */
const PAIRS_MAX = 6

/** `notes` are sentences about what is missing, such as runs that were not done. */
export function sweepHtml(summary: SweepSummary, reproduce: string, notes: readonly string[] = []): string {
  const name = summary.scenario.slice(summary.scenario.lastIndexOf('/') + 1)
  const parts = [
    head(summary, name, reproduce, notes),
    '<main>',
    section('edges', 'Where expectations begin to fail', edges(summary)),
    section('best', 'Best', best(summary)),
    ...summary.axes.map((axis, i) => section(`axis-${i + 1}`, `Along ${axis.name}`, alongAxis(summary, axis, i))),
    section('maps', 'Two axes against each other', maps(summary)),
    section('points', 'All points', points(summary)),
    section('odd', 'Runs that did not come to their end', odd(summary)),
    '</main>',
    `<footer><p class="low">Made by hotshard. Whoever sweeps the same scenario over the same points and seeds gets the same report, byte for byte.</p></footer>`,
  ]
  return pageHtml(name, parts, [{ text: SWEEP_STYLE, hash: SWEEP_STYLE_HASH }])
}

function head(summary: SweepSummary, name: string, reproduce: string, notes: readonly string[]): string {
  const { runs, seeds, confidence, hasExpectations } = summary
  const whole = runs.passed + runs.failed
  const verdict = `${count(runs.passed)} of ${counted(whole, 'run')} passed`
  const how =
    seeds > 1
      ? `means over seeds with intervals of ${confidence * 100} %`
      : 'one seed each, so nothing is said of chance'
  return [
    '<header>',
    `<h1>${text(name)}</h1>`,
    `<p class="lead">${text(titleOf(summary))}</p>`,
    `<p>${text(`${runsText(summary)}; ${how}; figures without the warm-up`)}</p>`,
    hasExpectations
      ? `<p class="verdict ${runs.passed === whole ? 'good' : 'some'}">${runs.passed === whole ? '✓ ' : ''}${text(verdict)}</p>`
      : '',
    ...notes.map((note) => `<p class="verdict bad">${text(note)}</p>`),
    `<pre class="command">${text(reproduce)}</pre>`,
    '</header>',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function edges({ axes }: SweepSummary): string {
  const items = axes.flatMap(({ name, edge }) =>
    edge === undefined ? [] : [`<li><b>${text(name)}</b>: ${text(edgeText(edge))}</li>`],
  )
  return items.length === 0 ? '' : `<ul>\n${items.join('\n')}\n</ul>`
}

function best({ best: list, measures }: SweepSummary): string {
  const items = list.map((each) => {
    const unit = measures.find(({ name }) => name === each.measure)!.unit
    return `<li>${text(bestText(each, unit))}</li>`
  })
  return items.length === 0 ? '' : `<ul>\n${items.join('\n')}\n</ul>`
}

function scaleOf({ name, rows, isNumeric }: SweptAxis): AxisScale {
  return { name, labels: rows.map(({ label }) => label), sizes: isNumeric ? rows.map(({ size }) => size!) : undefined }
}

/** Of one axis alone, or of two where the other has few values: a curve for each. Over all values of the others where there are more. */
function alongAxis(summary: SweepSummary, axis: SweptAxis, at: number): string {
  const { measures, hasExpectations, axes } = summary
  const lines = linesOf(summary, axis, at)
  // Bands of shares would cover each other.
  const hasBand = axes.length === 1
  const passing = lines.map(({ name, cells }): Curve => ({
    name,
    spots: cells.map((cell) => shareSpot(cell, hasBand)),
  }))
  const each = lines.length > 1 ? `, a curve for each value of ${axes[1 - at]!.name}` : ''
  const charts = [
    ...(hasExpectations
      ? [figureOf('Runs that pass', `share${each}`, curvesChart('Runs that pass', scaleOf(axis), passing, percent, 1))]
      : []),
    ...measures.map(({ name, unit }, measure) => {
      const curves = lines.map((line): Curve => ({
        name: line.name,
        spots: line.cells.map((cell) => spotOf(cell?.means[measure])),
      }))
      const chart = curvesChart(name, scaleOf(axis), curves, (value) => brief(value, unit))
      return figureOf(name, `mean and interval${each}`, chart)
    }),
  ]
  const over = axes.length > 1 ? '<p class="low">The table is over all values of the other axes.</p>' : ''
  return [`<div class="charts">\n${charts.join('\n')}\n</div>`, over, axisTable(summary, axis)]
    .filter((part) => part !== '')
    .join('\n')
}

interface Line {
  readonly name: string
  readonly cells: readonly (Cell | undefined)[]
}

function linesOf({ axes, pairs }: SweepSummary, axis: SweptAxis, at: number): Line[] {
  const pair = axes.length === 2 ? pairs[0] : undefined
  const other = axes[1 - at]
  if (pair === undefined || other === undefined || other.rows.length > CURVES_MAX)
    return [{ name: '', cells: axis.rows }]
  return other.rows.map(({ label }, i) => ({
    name: label,
    cells: axis.rows.map((_, row) => (pair.down === at ? pair.cells[row]![i] : pair.cells[i]![row])),
  }))
}

function shareSpot(cell: Cell | undefined, hasBand: boolean): Spot {
  if (cell === undefined || cell.runs === 0) return { value: undefined }
  const { passed, runs } = cell
  return { value: passed / runs, ...(hasBand ? proportionOf(passed, runs, 0.95) : {}) }
}

function spotOf(mean: Mean | undefined): Spot {
  if (mean === undefined) return { value: undefined }
  const { low, high } = mean
  return { value: mean.mean, ...(low === undefined || high === undefined ? {} : { low, high }) }
}

/** A figure for a scale: whole dollars. */
function brief(value: number, unit: string): string {
  return figure(value, unit).replace(/\.00(?= USD$)/, '')
}

function figureOf(title: string, what: string, chart: string): string {
  return chart === ''
    ? ''
    : `<figure><figcaption>${text(title)} <small>${text(what)}</small></figcaption>\n${chart}</figure>`
}

function cellColumns({ measures, hasExpectations }: SweepSummary): Column[] {
  return [
    { head: hasExpectations ? 'passed' : 'runs', isNumber: true },
    ...measures.map(({ name }) => ({ head: name, isNumber: true })),
  ]
}

function cellTexts({ measures, hasExpectations }: SweepSummary, cell: Cell): string[] {
  return [
    hasExpectations ? passedText(cell) : count(cell.runs),
    ...measures.map(({ unit }, i) => text(meanText(cell.means[i], unit))),
  ]
}

function axisTable(summary: SweepSummary, { name, rows }: SweptAxis): string {
  return table(
    `The same in figures: each value of ${name}`,
    [{ head: name }, ...cellColumns(summary)],
    rows.map((row) => [text(row.label), ...cellTexts(summary, row)]),
  )
}

function maps(summary: SweepSummary): string {
  const { pairs, axes, measures, hasExpectations } = summary
  const drawn = pairs.slice(0, PAIRS_MAX).flatMap(({ down, across, cells }) => {
    const scales = [scaleOf(axes[down]!), scaleOf(axes[across]!)] as const
    const share = (cell: Cell | undefined): number | undefined =>
      cell === undefined ? undefined : cell.passed / cell.runs
    return [
      hasExpectations
        ? mapTable(
            'Runs that pass',
            ...scales,
            cells.map((row) => row.map(share)),
            percent,
            [0, 1],
          )
        : '',
      ...measures.map(({ name, unit }, i) =>
        mapTable(
          name,
          ...scales,
          cells.map((row) => row.map((cell) => cell?.means[i]?.mean)),
          (value) => figure(value, unit),
        ),
      ),
    ].filter((part) => part !== '')
  })
  if (drawn.length === 0) return ''
  const more =
    pairs.length > PAIRS_MAX ? `<p class="low">${pairs.length - PAIRS_MAX} more pairs are not drawn.</p>` : ''
  return `<div class="charts">\n${drawn.join('\n')}\n</div>${more}`
}

function points(summary: SweepSummary): string {
  const [only] = summary.axes
  // They stand in the table of their axis already.
  if (summary.axes.length === 1 && only!.rows.length === summary.points.length) return ''
  const shown = summary.points.slice(0, POINTS_MAX)
  const rest = summary.points.length + summary.pointsLeftOut - shown.length
  const caption =
    rest > 0 ? `The first ${count(shown.length)} points; ${count(rest)} more are in the results` : 'Every point'
  const names = summary.axes.map(({ name }) => name)
  const first = names[0] ?? 'point'
  return table(
    caption,
    [{ head: first }, ...names.slice(1).map((head) => ({ head, isNumber: true })), ...cellColumns(summary)],
    shown.map((point) => [
      text(names.length === 0 ? 'the only one' : (point.settings[first] ?? '')),
      ...names.slice(1).map((name) => text(point.settings[name] ?? '')),
      ...cellTexts(summary, point),
    ]),
  )
}

function odd({ reasons }: SweepSummary): string {
  if (reasons.length === 0) return ''
  const rows = reasons.map(({ ending, why, runs }) => [text(ending), count(runs), text(why)])
  return table('They count nowhere else', [{ head: 'ending' }, { head: 'runs', isNumber: true }, { head: 'why' }], rows)
}
