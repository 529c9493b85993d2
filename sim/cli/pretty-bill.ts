// The part of the report about money: what each resource costs in the run and in a month like it.
import { usd } from '../parts/money.ts'
import { count, seconds } from '../report/figures.ts'
import type { Bill, ResourceBill } from '../run/bill.ts'
import type { Report } from '../run/report.ts'
import type { Ink } from './pretty-resources.ts'
import { shorten, wrapWords } from './wrap.ts'

/** Resources that are written out, the dearest; the rest is a line. */
const RESOURCES_SHOWN = 12
/** Names in one list. */
const NAMES_SHOWN = 6
const NAME_LEAST = 10
/** What a narrow terminal does without, in this order. */
const SPARED = [2, 3]
const HEAD = ['Cost', '', 'used', 'in the run', 'in a month'] as const

/** A row for every price line that something was used of, then what is not on the bill. */
export function billLines({ bill }: Report, ink: Ink, width: number): string[] {
  if (bill === undefined || bill.resources.length + bill.unpriced.length === 0) return []
  // Without anything used, a total of nothing beside resources without prices would say that they are free.
  const isUsed = bill.resources.some(({ lines }) => lines.some(({ used }) => used > 0))
  const out = isUsed ? table(bill, ink, width) : [ink.bold('Cost')]
  const notes = [
    ...bill.discounts.map(({ price, text, month }) => `${price}: ${text}, ${usd(-month)} a month`),
    ...listed(
      'not priced',
      bill.unpriced.map(({ type, resources }) => `${type} (${few(resources).join(', ')})`),
    ),
    ...listed('not on the bill', few([...new Set(bill.unbilled.flatMap(({ what }) => what))])),
    `list prices of us-east-1; the run is ${seconds(bill.seconds)}, the month 730 h like it`,
  ]
  for (const note of notes) for (const line of wrapWords(note, width - 2, 2)) out.push(ink.dim(`  ${line}`))
  return out
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${title}: ${items.join(', ')}`]
}

/** The first of them, and how many more there are. */
function few(names: readonly string[]): string[] {
  return names.length > NAMES_SHOWN + 1
    ? [...names.slice(0, NAMES_SHOWN), `${names.length - NAMES_SHOWN} more (\`hotshard explain TYPE\`)`]
    : [...names]
}

function table(bill: Bill, ink: Ink, width: number): string[] {
  const inUse = bill.resources.filter(({ lines }) => lines.some(({ used }) => used > 0))
  const dearest = inUse.sort((a, b) => b.month - a.month).slice(0, RESOURCES_SHOWN)
  const rest = inUse.slice(RESOURCES_SHOWN)
  const sumOf = (of: 'run' | 'month'): number => rest.reduce((sum, each) => sum + each[of], 0)
  const rows = [
    ...dearest.flatMap(rowsOf),
    ...(rest.length === 0 ? [] : [[`${rest.length} more`, '', '', usd(sumOf('run')), usd(sumOf('month'))]]),
  ]
  const total = ['total', '', '', usd(bill.run), usd(bill.month)]
  const widths = HEAD.map((name, i) => Math.max(name.length, ...[...rows, total].map((row) => row[i]!.length)))
  let shown = HEAD.map((_, i) => i)
  const over = (): number => shown.reduce((sum, i) => sum + widths[i]! + 2, 0) - width
  for (const i of SPARED) if (over() > 0) shown = shown.filter((each) => each !== i)
  for (const i of [0, 1]) if (over() > 0) widths[i] = Math.max(NAME_LEAST, widths[i]! - over())
  const line = (row: readonly string[]): string =>
    shown
      .map((i) => (i < 2 ? shorten(row[i]!, widths[i]!).padEnd(widths[i]!) : row[i]!.padStart(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [ink.bold(`  ${line(HEAD)}`), ...rows.map((row) => `  ${line(row)}`), ink.bold(`  ${line(total)}`)]
}

function rowsOf({ resource, lines }: ResourceBill): string[][] {
  return lines
    .filter(({ used }) => used > 0)
    .map(({ item, used, unit, run, month }, i) => [
      i === 0 ? resource : '',
      item,
      `${count(used)} ${unit}`,
      usd(run),
      usd(month),
    ])
}
