// A comparison for people: the answer first, then what was stated as a regression, then every difference that is one.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import { resourceOf } from '../../experiment/columns.ts'
import type { ComparedSide, Comparison, JudgedCondition, MeasureDifference } from '../../experiment/comparison.ts'
import { seedsText } from '../../experiment/seeds.ts'
import { count, counted } from '../../report/figures.ts'
import type { Style } from '../pretty.ts'
import type { Ink } from '../pretty-resources.ts'
import { wrapWords } from '../wrap.ts'
import { figure, range, signed, signedPercent } from './figures.ts'
import { tableLines } from './table.ts'

const REASONS_SHOWN = 3
const ROWS_SHOWN = 40
const OPEN_SHOWN = 5
const NAMES_SHOWN = 6

/** The whole comparison as text, ending with a newline. `clients` are the names of the workloads, which come first. */
export function prettyComparison(
  comparison: Comparison,
  clients: ReadonlySet<string>,
  { color, width }: Style,
): string {
  const ink = pc.createColors(color)
  const { a, b, seeds, confidence, notes, answer } = comparison
  const paint = answer === 'worse' ? ink.red : answer === 'better' ? ink.green : ink.bold
  const out = ['', ...wrapWords(answerOf(comparison), width, 2).map((line) => paint(line))]
  const pairs = `${counted(seeds.length, 'pair')} of runs, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seedsText(seeds)}`
  const isDifferent = comparison.measures.some(({ verdict }) => verdict === 'better' || verdict === 'worse')
  const risk = isDifferent ? `; that any difference below is none has at most ${percent(1 - confidence)}` : ''
  for (const sentence of [
    `A  ${sideText(a)}`,
    `B  ${sideText(b)}`,
    `${pairs}, intervals of ${percent(confidence)}${risk}`,
    ...notes,
  ])
    out.push(...wrapWords(plain(sentence), width - 2, 2).map((line) => ink.dim(`  ${line}`)))
  for (const section of [
    stoppedLines(comparison, ink, width),
    conditionLines(comparison, ink, width),
    differenceLines(comparison, clients, ink, width),
    openLines(comparison, clients, ink, width),
    expectationLines(comparison, ink, width),
    onlyLines(comparison, width),
  ])
    if (section.length > 0) out.push('', ...section)
  out.push('', ink.dim(`repeat ${plain(comparison.reproduce)}`))
  if (comparison.conditions.length > 0) out.push(verdictOf(comparison, ink))
  return `${out.join('\n')}\n`
}

/** How many of the conditions regressed, and of how many that is not known. */
function verdictOf({ conditions }: Comparison, ink: Ink): string {
  const regressed = conditions.filter(({ verdict }) => verdict === 'regressed').length
  const unknown = conditions.filter(({ verdict }) => verdict === 'open' || verdict === 'no data').length
  const all = counted(conditions.length, 'condition')
  if (regressed > 0) return ink.red(`${regressed} of ${all} regressed`)
  return unknown === 0
    ? ink.green(`no regression in ${all}`)
    : ink.yellow(`no sure regression in ${all}, and ${unknown} of them cannot be told`)
}

/** One sentence that says which is better. */
export function answerOf({ answer, because, measures, seeds }: Comparison): string {
  if (seeds.length === 0) return 'Nothing can be compared: no seed came to its end on both sides.'
  if (answer === 'equal') return 'A and B are the same: no measure differs with any seed.'
  if (seeds.length === 1) return 'One seed cannot tell a difference from chance: ask for more, such as --seeds 1..10.'
  if (answer === 'none') return `There is no difference that ${counted(seeds.length, 'seed')} can tell.`
  const told = because.flatMap((name) => measures.find((each) => each.name === name) ?? [])
  const some = (verdict: 'better' | 'worse'): string => {
    const all = told.filter((each) => each.verdict === verdict).sort((x, y) => weight(y) - weight(x))
    const more = all.length > REASONS_SHOWN ? [`${all.length - REASONS_SHOWN} more`] : []
    return [...all.slice(0, REASONS_SHOWN).map(reason), ...more].join(', ')
  }
  if (answer === 'mixed')
    return `B is better in some and worse in other ways: better ${some('better')}; worse ${some('worse')}`
  return `B is ${answer}: ${some(answer)}`
}

/** How much a difference says: a share of the value before, all of it where that was 0. */
function weight({ share }: MeasureDifference): number {
  return share === undefined ? Infinity : Math.abs(share)
}

function reason({ name, unit, difference, share, before, after }: MeasureDifference): string {
  const change = share === undefined ? signed(difference, unit) : signedPercent(share)
  return plain(`${name} ${change} (${figure(before, unit)} to ${figure(after, unit)})`)
}

function sideText({ scenario, settings }: ComparedSide): string {
  return [scenario, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)].join(', ')
}

function stoppedLines({ stopped }: Comparison, ink: Ink, width: number): string[] {
  if (stopped.length === 0) return []
  return [
    ink.red(`${counted(stopped.length, 'run')} did not come to the end and count nowhere below`),
    ...stopped
      .slice(0, NAMES_SHOWN)
      .flatMap(({ side, seed, why }) => wrapWords(plain(`${side.toUpperCase()}, seed ${seed}: ${why}`), width - 2, 2))
      .map((line) => `  ${line}`),
  ]
}

function conditionLines({ conditions }: Comparison, ink: Ink, width: number): string[] {
  if (conditions.length === 0) return []
  const out = [ink.bold('Regressions')]
  for (const condition of conditions) {
    const { text, verdict } = condition
    const mark = verdict === 'regressed' ? ink.red('FAIL') : verdict === 'kept' ? ink.green('ok  ') : ink.yellow('?   ')
    const [first = '', ...rest] = wrapWords(plain(text), width - 7)
    out.push(`  ${mark} ${first}`, ...rest.map((line) => `       ${line}`))
    for (const line of wrapWords(foundOf(condition), width - 9, 2)) out.push(ink.dim(`         ${line}`))
  }
  return out
}

/** What became of a condition, in words. */
export function foundOf({ verdict, unit, before, after, seedsNeeded }: JudgedCondition): string {
  if (verdict === 'no data' || unit === undefined || before === undefined || after === undefined)
    return 'nothing to compare: a side has no data'
  const share = before === 0 ? '' : ` (${signedPercent((after - before) / Math.abs(before))})`
  const change = `${figure(before, unit)} to ${figure(after, unit)}${share}`
  if (verdict !== 'open') return change
  const needed = seedsNeeded === undefined ? 'more' : `about ${count(seedsNeeded)}`
  return `${change}; not enough seeds to tell, ${needed} would be`
}

function differenceLines({ measures }: Comparison, clients: ReadonlySet<string>, ink: Ink, width: number): string[] {
  const told = inOrder(
    measures.filter(({ verdict }) => verdict === 'better' || verdict === 'worse' || verdict === 'differs'),
    clients,
  )
  if (told.length === 0) return []
  const shown = told.slice(0, ROWS_SHOWN)
  const [head = '', ...rows] = tableLines(
    [
      { head: 'Measure', side: 'left' },
      { head: 'A', side: 'right' },
      { head: 'B', side: 'right' },
      { head: 'B - A', side: 'right', spared: 0 },
      { head: 'interval', side: 'right', spared: 1 },
      { head: '', side: 'right' },
      { head: '', side: 'left' },
    ],
    shown.map(({ name, unit, before, after, difference, share, verdict, ...ends }) => [
      plain(name),
      figure(before, unit),
      figure(after, unit),
      signed(difference, unit),
      range(ends, unit, signed),
      share === undefined ? '' : signedPercent(share),
      verdict === 'differs' ? '' : verdict,
    ]),
    width - 2,
  )
  const paints = shown.map(({ verdict }) => (verdict === 'worse' ? ink.red : verdict === 'better' ? ink.green : String))
  const more = told.length - shown.length
  return [
    ink.bold(`  ${head}`),
    ...rows.map((line, i) => paints[i]!(`  ${line}`)),
    ...(more > 0 ? [ink.dim(`  ${count(more)} more with --format json`)] : []),
  ]
}

/** What these seeds cannot tell, the largest first, with how many could; and how much does not differ at all. */
function openLines({ measures }: Comparison, clients: ReadonlySet<string>, ink: Ink, width: number): string[] {
  const open = measures.filter(({ verdict }) => verdict === 'open')
  const equal = measures.filter(({ verdict }) => verdict === 'equal').length
  const telling = open.filter(
    ({ better, seedsNeeded, pairs }) => better !== undefined && (seedsNeeded !== undefined || pairs === 1),
  )
  const first = telling.filter(({ name }) => name === 'cost(monthly)' || clients.has(resourceOf(name)))
  const out: string[] = []
  for (const each of first.sort((a, b) => weight(b) - weight(a)).slice(0, OPEN_SHOWN)) {
    const { name, unit, difference, share, seedsNeeded, ...ends } = each
    const change = share === undefined ? signed(difference, unit) : signedPercent(share)
    const seeds = seedsNeeded === undefined ? '' : `; about ${count(seedsNeeded)} seeds would tell such a difference`
    const interval = range(ends, unit, signed)
    const text = `not enough seeds to tell: ${name} ${change}${interval === '' ? '' : ` (${interval})`}${seeds}`
    out.push(...wrapWords(plain(text), width - 2, 2).map((line) => `  ${line}`))
  }
  const rest = open.length - out.length
  const parts = [
    ...(equal > 0 ? [`${counted(equal, 'measure')} the same with every seed`] : []),
    ...(rest > 0 && open.length > 0 ? [`${count(open.length)} that cannot be told apart`] : []),
  ]
  if (parts.length > 0) out.push(ink.dim(`  ${parts.join(', ')}`))
  return out
}

function expectationLines({ expectations }: Comparison, ink: Ink, width: number): string[] {
  const changed = expectations.filter(({ before, after }) => before !== after)
  if (changed.length === 0) return []
  return [
    ink.bold('Expectations that hold more or less often'),
    ...changed
      .flatMap(({ text, before, after, pairs }) =>
        wrapWords(plain(`${text}: in ${before} of ${pairs}, now in ${after}`), width - 2, 2),
      )
      .map((line) => `  ${line}`),
  ]
}

function onlyLines({ onlyBefore, onlyAfter }: Comparison, width: number): string[] {
  const line = (side: string, names: readonly string[]): string[] => {
    if (names.length === 0) return []
    const more = names.length > NAMES_SHOWN ? [`${names.length - NAMES_SHOWN} more`] : []
    return wrapWords(plain(`only in ${side}: ${[...names.slice(0, NAMES_SHOWN), ...more].join(', ')}`), width - 2, 2)
  }
  return [...line('A', onlyBefore), ...line('B', onlyAfter)].map((text) => `  ${text}`)
}

/** Clients first, then the cost of all, then by resource. */
function inOrder(list: readonly MeasureDifference[], clients: ReadonlySet<string>): MeasureDifference[] {
  const key = ({ name }: MeasureDifference): string => {
    const resource = resourceOf(name)
    return `${clients.has(resource) ? 0 : resource === '' ? 1 : 2}${resource}\0${name}`
  }
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
