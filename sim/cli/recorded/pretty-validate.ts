// What `validate` found, for people: a line for each metric, both courses over time, limits that are passed.
import pc from 'picocolors'
import { plain } from '../../diag/text.ts'
import { formatMicros } from '../../engine/time.ts'
import { digits } from '../../recorded/fit/index.ts'
import { count, counted, withUnit } from '../../report/figures.ts'
import type { Comparison, GateResult, Validation } from '../../validate/validate.ts'
import { tableLines, type TableColumn } from '../experiments/table.ts'
import type { Style } from '../pretty.ts'
import type { Ink } from '../pretty-resources.ts'
import { wrapWords } from '../wrap.ts'

const CHARTS_SHOWN = 12
const UNMATCHED_SHOWN = 12
const BLOCKS = '▁▂▃▄▅▆▇█'

export function prettyValidation(validation: Validation, { color, width }: Style): string {
  const ink = pc.createColors(color)
  const { comparisons, gates, loads, unmatched, stopped } = validation
  const out = [
    '',
    `${ink.bold(plain(validation.scenario))}  ${ink.dim(`seed ${plain(validation.seed)}, ${formatMicros(validation.simulated)} as recorded`)}`,
  ]
  const put = (text: string, paint: (line: string) => string = String): void => {
    for (const line of wrapWords(plain(text), width - 2, 2)) out.push(paint(`  ${line}`))
  }
  for (const { workload, file, requests } of loads)
    put(`${workload} plays ${counted(requests, 'request')} of ${file}`, ink.dim)
  if (loads.length === 0) put('the load is the scenario’s own', ink.dim)
  if (stopped !== undefined)
    put(
      `STOPPED after ${formatMicros(validation.simulated)} of ${formatMicros(validation.duration)}: ${stopped}; what follows is of the part that ran`,
      ink.red,
    )
  if (comparisons.length > 0) out.push('', ...tableOf(comparisons, width).map((line) => `  ${line}`), '')
  for (const comparison of comparisons.slice(0, CHARTS_SHOWN)) out.push(...courses(comparison, ink, width))
  if (unmatched.length > 0) {
    put('not compared:')
    for (const { name, why } of unmatched.slice(0, UNMATCHED_SHOWN)) put(`- ${name}: ${why}`)
    if (unmatched.length > UNMATCHED_SHOWN) put(`and ${unmatched.length - UNMATCHED_SHOWN} more`)
    put('say which metric it is: --map "recorded name=Resource.Metric.p99"', ink.dim)
  }
  const known = gates.filter(({ value }) => value !== undefined)
  if (known.length > 0) out.push('')
  for (const gate of known) put(gateLine(gate), gate.isOver ? ink.red : ink.green)
  return `${out.join('\n')}\n`
}

const share = (value: number | undefined): string => (value === undefined ? '–' : `${digits(value * 100, 3)} %`)
const signed = (value: number | undefined): string =>
  value === undefined ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${digits(Math.abs(value) * 100, 3)} %`

function tableOf(comparisons: readonly Comparison[], width: number): string[] {
  const right = (head: string, spared?: number): TableColumn => ({
    head,
    side: 'right',
    ...(spared === undefined ? {} : { spared }),
  })
  const columns: TableColumn[] = [
    { head: 'metric', side: 'left' },
    right('periods', 1),
    right('recorded'),
    right('simulated'),
    right('bias'),
    right('error'),
    right('r'),
    right('p50', 4),
    right('p90', 3),
    right('p99', 5),
  ]
  const off = ({ recorded, simulated }: Comparison, p: 'p50' | 'p90' | 'p99'): string =>
    signed(recorded[p] === 0 ? undefined : simulated[p] / recorded[p] - 1)
  const rows = comparisons.map((each) => [
    plain(each.term),
    count(each.periods),
    plain(withUnit(each.recorded.mean, each.unit)),
    plain(withUnit(each.simulated.mean, each.unit)),
    signed(each.bias),
    share(each.error),
    each.correlation === undefined ? '–' : digits(each.correlation, 3),
    off(each, 'p50'),
    off(each, 'p90'),
    off(each, 'p99'),
  ])
  return [
    ...tableLines(columns, rows, width - 4),
    'means over the periods; error is the mean relative distance, r the correlation, p50 to p99 those of the periods’ values',
  ]
}

/** Recorded and simulated over time, on one scale. */
function courses({ term, recordedValues, simulatedValues, unit }: Comparison, ink: Ink, width: number): string[] {
  const most = Math.max(...recordedValues, ...simulatedValues)
  const room = Math.min(80, width - 14)
  return [
    `  ${plain(term)}  ${ink.dim(`up to ${withUnit(most, unit)}`)}`,
    `  recorded   ${course(recordedValues, most, room)}`,
    `  simulated  ${ink.cyan(course(simulatedValues, most, room))}`,
    '',
  ]
}

function course(values: readonly number[], most: number, room: number): string {
  const cells = Math.min(room, values.length)
  return Array.from({ length: cells }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / cells),
      Math.max(Math.floor((i * values.length) / cells) + 1, Math.floor(((i + 1) * values.length) / cells)),
    )
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length
    return most > 0 ? BLOCKS[Math.max(0, Math.min(7, Math.floor((mean / most) * 8)))] : BLOCKS[0]
  }).join('')
}

function gateLine({ text, term, value, isOver }: GateResult): string {
  const is =
    digits(value!, 3).startsWith('0.') || value! <= 2
      ? `${digits(value! * 100, 3)} % (${digits(value!, 3)})`
      : digits(value!, 3)
  return `${isOver ? '✗' : '✓'} ${text}: ${is} at ${term}`
}
