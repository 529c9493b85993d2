// CSV files as the console of CloudWatch writes them: lines of titles, then a time and a value of each metric a line.
import { MINUTE, SECOND } from '../parts/calendar.ts'
import { refused, VALUES_MAX, type RecordedOutcome, type Recording, type Series } from './contract.ts'
import { momentOf, numberOf } from './moments.ts'
import { eachRow } from './rows.ts'
import { commonStep, seriesOf } from './series.ts'
import { Flaws, Numbers, whyUnread } from './table.ts'

/** What stands first in the lines above the values that the console writes. */
const CONSOLE_WORDS =
  /^(?:id|label|full label|metric|metric name|namespace|statistic|stat|period|unit|region|account|account id|dimensions?)$/i

/** Lines above the first one that begins with a time. */
export function headLines(head: readonly (readonly string[])[]): number {
  return Math.max(
    0,
    head.findIndex((row) => momentOf(row[0] ?? '') !== undefined),
  )
}

export function isConsole(head: readonly (readonly string[])[]): boolean {
  const above = head.slice(0, headLines(head))
  return above.length > 1 && above.some((row) => CONSOLE_WORDS.test(row[0] ?? ''))
}

/** A line of titles for each thing known of the metrics, then a time and a value of each metric a line. */
export function readConsole(
  text: string,
  head: readonly (readonly string[])[],
  above: number,
): RecordedOutcome<Recording> {
  const titles = new Map(head.slice(0, above).map((row) => [(row[0] ?? '').toLowerCase(), row]))
  const width = Math.max(...head.slice(0, above).map((row) => row.length))
  const told = (place: number, ...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const title = titles.get(name)?.[place]
      if (title !== undefined && title !== '') return title
    }
    return undefined
  }
  const times = new Numbers()
  const values = Array.from({ length: width - 1 }, () => new Numbers())
  const flaws = new Flaws()
  let left = above
  const whole = eachRow(text, (cells, line) => {
    if (left > 0) return left-- > 0
    const at = momentOf(cells[0] ?? '')
    const counts = values.map((_, i) => ((cells[i + 1] ?? '') === '' ? Number.NaN : numberOf(cells[i + 1]!)))
    if (at === undefined || counts.includes(undefined)) flaws.add(line, `\`${cells.join(',')}\` is no time with values`)
    else if (times.length * width < VALUES_MAX) {
      times.push(at)
      counts.forEach((count, i) => values[i]!.push(count!))
    }
    return true
  })
  if (!whole || times.length * width >= VALUES_MAX) return refused('too-many-values', `more than ${VALUES_MAX} values`)
  const why = whyUnread(flaws, times.length)
  if (why !== undefined) return why
  const at = times.toArray()
  const series = values.map((each, i): Series => {
    const seconds = numberOf(told(i + 1, 'period') ?? '')
    const name = told(i + 1, 'label', 'full label', 'metric', 'metric name', 'id') ?? String(i + 1)
    return seriesOf(
      {
        name,
        namespace: told(i + 1, 'namespace'),
        metric: told(i + 1, 'metric', 'metric name'),
        statistic: told(i + 1, 'statistic', 'stat'),
        unit: told(i + 1, 'unit'),
        period: seconds === undefined ? (commonStep([...at].sort((a, b) => a - b)) ?? MINUTE) : seconds * SECOND,
      },
      at,
      each.toArray(),
    )
  })
  return {
    ok: true,
    value: {
      format: 'cloudwatch-csv',
      detected: `a CSV file of the CloudWatch console with ${series.length} ${series.length === 1 ? 'metric' : 'metrics'}`,
      malformed: flaws,
      content: { kind: 'metrics', absolute: true, series },
    },
  }
}
