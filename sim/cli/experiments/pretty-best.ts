// The best settings for people: the answer first, then how it was searched, then the points around it.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import type { BestReport } from '../../experiment/search/best-report.ts'
import type { Judged } from '../../experiment/search/judged.ts'
import { percent } from '../../parts/words.ts'
import { count, counted } from '../../report/figures.ts'
import type { Style } from '../pretty.ts'
import { wrapWords } from '../wrap.ts'
import { chanceOf, mark, measuredOf } from './pretty-limit.ts'
import { tableLines } from './table.ts'

/** Points that are shown on either side of the answer. */
const AROUND = 6

/** The whole answer as text, ending with a newline. */
export function prettyBest(report: BestReport, { color, width }: Style): string {
  const ink = pc.createColors(color)
  const { best, firstFailing, measure } = report
  const out: string[] = ['']
  const put = (text: string, paint: (line: string) => string = String): void => {
    for (const line of wrapWords(plain(text), width - 2, 2)) out.push(paint(`  ${line}`))
  }
  const ranges = report.axes.map(({ setting, range }) => `${setting}=${range}`)
  const settings = Object.entries(report.settings).map(([name, value]) => `${name}=${value}`)
  out.push(ink.bold(`${plain(report.scenario)}  ${ink.dim(plain([...ranges, ...settings].join(', ')))}`))
  if (best === undefined) put('Nothing that was judged meets the expectations.', (line) => ink.bold(ink.red(line)))
  else {
    const place = report.axes.map(({ setting }) => `${setting}=${best.settings[setting]}`).join(', ')
    put(`${place}: ${measure} is ${measuredOf(best)}`, (line) => ink.bold(ink.green(line)))
    out.push(ink.dim(`  ${plain(best.command)}`))
  }
  for (const note of notesOf(report)) put(note)
  if (firstFailing !== undefined) {
    out.push(
      '',
      ink.bold(plain(`  ${best === undefined ? 'What fails at' : 'Better, but not to be had:'} ${firstFailing.value}`)),
    )
    for (const { text, measured } of firstFailing.expectations) put(`${text}: measured ${measured}`)
    if (firstFailing.why !== undefined) put(firstFailing.why)
    out.push(ink.dim(`  ${plain(firstFailing.command)}`))
  }
  out.push('', ...pointLines(report, width).map((line, i) => (i === 0 ? ink.bold(`  ${line}`) : `  ${line}`)))
  out.push('', ink.dim(plain(`repeat ${report.reproduce}`)))
  return `${out.join('\n')}\n`
}

function notesOf({ method, cut, rule, runs, points, best }: BestReport): string[] {
  const how =
    method === 'all'
      ? `All ${counted(points.length, 'combination')} were judged.`
      : `${count(points.length)} of the combinations were judged: a coarse grid, then a compass search from the best of it. It may miss a better one where the measure has several valleys, or where what holds is in several pieces.`
  const notes = [`${how} ${counted(runs, 'run')}.`]
  if (cut) notes.push('The search was given up after so many points; this is the best so far.')
  if (rule.seeds !== undefined && /[.,]/.test(rule.seeds))
    notes.push(
      `A point holds when a run does with a probability of ${percent(rule.probability)} or more, told with ${percent(rule.confidence)} confidence; seeds ${rule.seeds}.`,
    )
  else notes.push('One run at each point: what another seed would do is not known; --seeds 1..50 asks.')
  if (best?.sure === false)
    notes.push('These seeds are not enough to tell surely that the best point holds: the share of runs decided.')
  return notes
}

/** The points next to the best one by the measure: better ones that do not hold, and the next ones. */
function pointLines({ axes, best, points, measure }: BestReport, width: number): string[] {
  const at =
    best === undefined
      ? 0
      : points.findIndex(({ settings }) => JSON.stringify(settings) === JSON.stringify(best.settings))
  const shown = points.slice(Math.max(0, at - AROUND), at + AROUND + 1)
  const hasChance = shown.some(({ low }) => low !== undefined)
  const place = (point: Judged): string[] => axes.map(({ setting }) => point.settings[setting]!)
  return tableLines(
    [
      ...axes.map(({ setting }) => ({ head: plain(setting), side: 'right' }) as const),
      { head: '', side: 'left' },
      { head: plain(measure), side: 'left' },
      { head: 'held', side: 'right', spared: 1 },
      ...(hasChance ? [{ head: 'chance', side: 'left', spared: 0 } as const] : []),
      { head: '', side: 'left' },
    ],
    shown.map((point) => [
      ...place(point),
      mark(point),
      measuredOf(point),
      `${point.held} of ${point.runs}`,
      ...(hasChance ? [chanceOf(point)] : []),
      plain(
        point.failed === undefined
          ? points[at] === point && best !== undefined
            ? '◀ the answer'
            : ''
          : `fails ${point.failed}`,
      ),
    ]),
    width - 2,
  )
}
