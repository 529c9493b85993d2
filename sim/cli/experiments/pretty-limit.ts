// The limit of a setting for people: the answer first, then the run that shows it, then the path that led there.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import type { LimitReport, ProbeReport } from '../../experiment/search/limit-report.ts'
import type { Judged } from '../../experiment/search/judged.ts'
import { count, counted } from '../../report/figures.ts'
import { percent } from '../../parts/words.ts'
import type { Style } from '../pretty.ts'
import { wrapWords } from '../wrap.ts'
import { figure, range } from './figures.ts'
import { tableLines } from './table.ts'

const CHANGES_SHOWN = 8

/** The whole answer as text, ending with a newline. */
export function prettyLimit(report: LimitReport, { color, width }: Style): string {
  const ink = pc.createColors(color)
  const out: string[] = ['']
  const put = (text: string, paint: (line: string) => string = String): void => {
    for (const line of wrapWords(plain(text), width - 2, 2)) out.push(paint(`  ${line}`))
  }
  const settings = Object.entries(report.settings).map(([name, value]) => `, ${name}=${value}`)
  out.push(ink.bold(plain(`${report.scenario}  ${ink.dim(`${report.setting}=${report.range}${settings.join('')}`)}`)))
  put(answerOf(report), (line) => ink.bold(report.answer === 'limit' ? ink.green(line) : ink.yellow(line)))
  for (const note of notesOf(report)) put(note)
  if (report.firstFailing !== undefined) {
    const { value, seed, expectations, why, command } = report.firstFailing
    out.push('', ink.bold(plain(`  The first run that fails, at ${report.setting}=${value} with seed ${seed}`)))
    for (const { text, measured } of expectations) put(`${text}: measured ${measured}`)
    if (why !== undefined) put(why)
    out.push(ink.dim(`  ${plain(command)}`))
  }
  out.push('', ...pathLines(report, width).map((line, i) => (i === 0 ? ink.bold(`  ${line}`) : `  ${line}`)))
  out.push('', ink.dim(plain(`repeat ${report.reproduce}`)))
  return `${out.join('\n')}\n`
}

function answerOf({ answer, setting, until, probes, before, after, expectation }: LimitReport): string {
  const why = expectation === undefined ? '' : `: ${expectation}`
  const [first, last = first] = probes.map(({ value }) => value)
  if (answer === 'at-first')
    return until === 'fail'
      ? `It already fails at ${setting}=${first}${why}`
      : `It already holds at ${setting}=${first}.`
  if (answer === 'never')
    return until === 'fail'
      ? `It holds all the way to ${setting}=${last}.`
      : `It fails all the way to ${setting}=${last}${why}`
  return until === 'fail'
    ? `${setting}=${before} is the last that holds. ${setting}=${after} fails${why}`
    : `${setting}=${after} is the first that holds. ${setting}=${before} fails${why}`
}

function notesOf(report: LimitReport): string[] {
  const { rule, sure, seedsNeeded, monotone, changes, setting, answer, until, probes } = report
  const notes: string[] = []
  const chance = `with a probability of ${percent(rule.probability)} or more, told with ${percent(rule.confidence)} confidence`
  if (rule.seeds === undefined || !rule.seeds.match(/[.,]/))
    notes.push(
      `${counted(report.runs, 'run')}, one at each value: what another seed would do is not known; --seeds 1..50 asks.`,
    )
  else notes.push(`${counted(report.runs, 'run')}. A value holds when a run does ${chance}; seeds ${rule.seeds}.`)
  if (!sure) {
    const more =
      seedsNeeded === undefined ? 'no number of seeds below 10,000 would' : `about ${count(seedsNeeded)} seeds would`
    notes.push(
      `These seeds are not enough to tell the values beside the limit surely: the share of runs decided. ${capital(more)}.`,
    )
  }
  if (!monotone) {
    const seen = changes.slice(0, CHANGES_SHOWN).map(({ before, after }) => `${before} and ${after}`)
    const more = changes.length > CHANGES_SHOWN ? ` and ${changes.length - CHANGES_SHOWN} more` : ''
    notes.push(
      `It changes more than once: between ${seen.join(', ')}${more}. A grid of values was judged, and this is the first change that it shows; what lies between its values is not known.`,
    )
  }
  if (answer === 'at-first' && changes.length === 1) {
    const last = probes[1]!
    notes.push(
      `At the other end, ${setting}=${last.value}, it ${last.holds ? 'holds' : 'fails'}: --until ${until === 'fail' ? 'pass' : 'fail'} finds where that begins.`,
    )
  }
  return notes
}

const REASONS = { end: 'end of the range', bisection: '', step: '', check: 'check', grid: 'grid' } as const

/** Each value with its verdict, in the order in which they were judged. */
function pathLines({ setting, measure, expectation, probes }: LimitReport, width: number): string[] {
  const hasMeasure = probes.some(({ measured }) => measured !== undefined)
  const hasChance = probes.some(({ low }) => low !== undefined)
  return tableLines(
    [
      { head: `The path: ${setting}`, side: 'right' },
      { head: '', side: 'left' },
      { head: 'held', side: 'right' },
      ...(hasChance ? [{ head: 'chance', side: 'left', spared: 1 } as const] : []),
      ...(hasMeasure ? [{ head: plain(measure ?? ''), side: 'left' } as const] : []),
      { head: '', side: 'left', spared: 0 },
    ],
    probes.map((probe) => [
      probe.value,
      mark(probe),
      `${probe.held} of ${probe.runs}`,
      ...(hasChance ? [chanceOf(probe)] : []),
      ...(hasMeasure ? [measuredOf(probe)] : []),
      plain(remark(probe, expectation)),
    ]),
    width - 2,
  )
}

export function mark({ holds, sure }: Judged): string {
  return `${holds ? 'ok' : 'FAIL'}${sure ? '' : '?'}`
}

/** `61.5 to 99.8 %`. */
export function chanceOf({ low, high }: Judged): string {
  return low === undefined || high === undefined ? '' : `${percent(low).replace(' %', '')} to ${percent(high)}`
}

export function measuredOf({ measured }: Judged): string {
  if (measured === undefined) return ''
  const ends = range(measured, measured.unit)
  const isPoint = measured.low === measured.high
  return `${figure(measured.mean, measured.unit)}${ends === '' || isPoint ? '' : ` (${ends})`}`
}

/** Why it was judged, what failed when it was not the expectation of the answer, and what a guard said. */
function remark(probe: ProbeReport, expectation: string | undefined): string {
  const other = probe.failed !== undefined && probe.failed !== expectation ? `fails ${probe.failed}` : ''
  return [REASONS[probe.reason], other, probe.why?.split('\n', 1)[0] ?? ''].filter((part) => part !== '').join('; ')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
