// The part of the report about money, as a table: what each resource costs in the run and in a month like it.
import { usd } from '../parts/money.ts'
import type { Bill } from '../run/bill.ts'
import { count, seconds } from './figures.ts'
import { sentence, table, text, type Column } from './markup.ts'

const COLUMNS: readonly Column[] = [
  { head: 'resource' },
  { head: 'what' },
  ...['used', 'price', 'in the run', 'in a month'].map((head) => ({ head, isNumber: true })),
]
const RESOURCES_MAX = 200

/** The bill, the dearest resource first; empty when there is nothing to bill. */
export function billHtml(bill: Bill | undefined): string {
  if (bill === undefined || (bill.resources.length === 0 && bill.unpriced.length === 0)) return ''
  const dearest = [...bill.resources].sort((a, b) => b.month - a.month).slice(0, RESOURCES_MAX)
  const rows = dearest.flatMap(({ resource, lines }) =>
    lines
      .filter(({ used }) => used > 0)
      .map(({ item, unit, used, usd: price, per, run, month }) => [
        text(resource),
        text(item),
        `${count(used)} ${text(unit)}`,
        `${text(price)} USD${per === 1 ? '' : ` for ${count(per)}`}`,
        usd(run),
        usd(month),
      ]),
  )
  const taken = bill.discounts.map(({ price, text: why, month }) => [text(price), text(why), '', '', '', usd(-month)])
  const total = ['<b>total</b>', '', '', '', `<b>${usd(bill.run)}</b>`, `<b>${usd(bill.month)}</b>`]
  const caption = `List prices of us-east-1 for ${seconds(bill.seconds)} of the run, and for a month of 730 hours like it`
  const notes = [
    ...bill.unpriced.map(({ type, resources }) => `not priced: ${type} (${resources.join(', ')})`),
    ...[...new Set(bill.unbilled.flatMap(({ what }) => what))].map((what) => `not on the bill: ${what}`),
  ]
  return [
    table(caption, COLUMNS, [...rows, ...taken, total]),
    notes.length === 0
      ? ''
      : `<ul class="low">\n${notes.map((note) => `<li>${sentence(note)}</li>`).join('\n')}\n</ul>`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}
