// The part of the report about money: what each resource costs in the run and in a month like it.
import { usd } from '../parts/money.ts'
import { count, seconds } from '../report/figures.ts'
import type { Bill, ResourceBill } from '../run/bill.ts'
import type { Report } from '../run/report.ts'
import type { Ink } from './pretty-resources.ts'
import { shorten, wrapWords } from './wrap.ts'

/** Resources that are written out, the dearest; the rest is a line. */
const RESOURCES_SHOWN = 12
const HEAD = ['Cost', '', 'used', 'in the run', 'in a month'] as const

/** A row for every price line that something was used of, then what is not on the bill. */
export function billLines({ bill }: Report, ink: Ink, width: number): string[] {
  if (bill === undefined || bill.resources.length + bill.unpriced.length === 0) return []
  const out = bill.month === 0 && bill.resources.length === 0 ? [ink.bold('Cost')] : table(bill, ink, width)
  const notes = [
    ...bill.discounts.map(({ price, text, month }) => `${price}: ${text}, ${usd(-month)} a month`),
    ...listed(
      'not priced',
      bill.unpriced.map(({ type, resources }) => `${type} (${few(resources)})`),
    ),
    ...listed('not on the bill', [...new Set(bill.unbilled.flatMap(({ what }) => what))]),
    `list prices of us-east-1; the run is ${seconds(bill.seconds)}, the month 730 h like it`,
  ]
  for (const note of notes) for (const line of wrapWords(note, width - 2, 2)) out.push(ink.dim(`  ${line}`))
  return out
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${title}: ${items.join(', ')}`]
}

function few(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ')
}

function table(bill: Bill, ink: Ink, width: number): string[] {
  const dearest = [...bill.resources].sort((a, b) => b.month - a.month).slice(0, RESOURCES_SHOWN)
  const rest = bill.resources.filter((each) => !dearest.includes(each))
  const sumOf = (of: 'run' | 'month'): number => rest.reduce((sum, each) => sum + each[of], 0)
  const rows = [
    ...dearest.flatMap(rowsOf),
    ...(rest.length === 0 ? [] : [[`${rest.length} more`, '', '', usd(sumOf('run')), usd(sumOf('month'))]]),
  ]
  const total = ['total', '', '', usd(bill.run), usd(bill.month)]
  const widths = HEAD.map((name, i) => Math.max(name.length, ...[...rows, total].map((row) => row[i]!.length)))
  const over = Math.max(0, widths.reduce((sum, each) => sum + each + 2, 0) - width)
  widths[0] = Math.max(8, widths[0]! - over)
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i < 2 ? shorten(cell, widths[i]!).padEnd(widths[i]!) : cell.padStart(widths[i]!)))
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
