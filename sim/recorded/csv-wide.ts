// CSV files with a column for each period, as the Azure Functions traces of 2019 have: the rows' counts are added up.
import { MINUTE } from '../parts/calendar.ts'
import type { ReadOptions, RecordedOutcome, Recording } from './contract.ts'
import { numberOf } from './moments.ts'
import { eachRow } from './rows.ts'
import { seriesOf, wordOf } from './series.ts'
import { Flaws, TOO_MANY_LINES, whyUnread } from './table.ts'

/** The least number of columns that makes a file wide. */
const WIDE_LEAST = 12

/** Where the columns named k, k + 1, … to the end of the line begin; undefined when they are too few. */
export function wideFrom(titles: readonly string[]): number | undefined {
  let from = titles.length - 1
  if (!/^\d+$/.test(titles[from]!)) return undefined
  while (from > 0 && Number(titles[from - 1]) === Number(titles[from]) - 1 && /^\d+$/.test(titles[from - 1]!)) from--
  return titles.length - from >= WIDE_LEAST ? from : undefined
}

/** Counts of all rows added up by period. */
export function readWide(
  text: string,
  titles: readonly string[],
  from: number,
  options: ReadOptions,
): RecordedOutcome<Recording> {
  const sums = new Float64Array(titles.length - from)
  const flaws = new Flaws()
  let rows = 0
  let isTitle = true
  const whole = eachRow(text, (cells, line) => {
    if (isTitle) return !(isTitle = false)
    const counts = cells.slice(from).map((cell) => (cell === '' ? 0 : numberOf(cell)))
    const wrong = counts.findIndex((count) => count === undefined)
    if (wrong >= 0 || counts.length > sums.length) {
      flaws.add(
        line,
        wrong >= 0
          ? `\`${cells[from + wrong]}\` is not a decimal number`
          : `${cells.length} cells, not ${titles.length}`,
      )
      return true
    }
    counts.forEach((count, i) => (sums[i]! += count!))
    rows++
    return true
  })
  if (!whole) return TOO_MANY_LINES
  const why = whyUnread(flaws, rows)
  if (why !== undefined) return why
  const period = options.period ?? MINUTE
  const at = Array.from(sums, (_, i) => i * period)
  return {
    ok: true,
    value: {
      format: 'csv-wide',
      detected: `a CSV file with a column for each of ${sums.length} ${wordOf(period)}s, ${rows} ${rows === 1 ? 'row' : 'rows'} added up`,
      malformed: flaws,
      content: { kind: 'metrics', absolute: false, series: [seriesOf({ name: 'count', period }, at, sums)] },
    },
  }
}
