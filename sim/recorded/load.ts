// The load that a recording tells of: the moment of each request, or how many came in each period.
import { nearest } from '../diag/suggest.ts'
import { refused, type Column, type Recording, type RecordedOutcome, type Requests, type Series } from './contract.ts'

/** Requests at their own moments. */
export interface Moments {
  readonly kind: 'moments'
  /** µs from time 0, rising. */
  readonly at: Float64Array
  /** The row of the recording that each of them is. */
  readonly rows: Uint32Array
  readonly columns: readonly Column[]
  /** What time 0 is since 1970, in µs; undefined for recordings without dates. */
  readonly origin: number | undefined
}

/** So many requests in each of the periods that follow each other from time 0 on. */
export interface Counts {
  readonly kind: 'counts'
  /** µs. */
  readonly period: number
  readonly counts: Float64Array
  readonly origin: number | undefined
  /** Which metric they are. */
  readonly name: string
}

export type Load = Moments | Counts

/** More periods than this are not played. */
const PERIODS_MAX = 1_000_000

/** The load of a recording; `count` names the metric where there are several. Time 0 is the first request or period of dated ones. */
export function loadOf(recording: Recording, count?: string): RecordedOutcome<Load> {
  const { content } = recording
  if (content.kind === 'windows') return refused('no-values', 'labelled windows of time are no load')
  if (content.kind === 'requests') return momentsOf(content)
  const series = countsAmong(content.series, count)
  return series.ok ? countsOf(series.value, content.absolute) : series
}

function momentsOf({ at, absolute, arrives, columns }: Requests): RecordedOutcome<Moments> {
  if (at === undefined) return refused('no-values', 'no column of times', { help: 'name it: `column=`' })
  const rows = Uint32Array.from(at.keys()).filter((row) => arrives === undefined || arrives[row] === 1)
  if (rows.length === 0) return refused('no-values', 'no request that came from outside')
  rows.sort((a, b) => at[a]! - at[b]! || a - b)
  const origin = absolute ? at[rows[0]!]! : undefined
  return {
    ok: true,
    value: { kind: 'moments', at: Float64Array.from(rows, (row) => at[row]! - (origin ?? 0)), rows, columns, origin },
  }
}

/** Metrics of AWS that count requests, in the order in which they are taken for the load. */
const REQUEST_METRICS = [
  'RequestCount',
  'Count',
  'Requests',
  'Invocations',
  'NumberOfMessagesSent',
  'IncomingRecords',
  'NumberOfMessagesPublished',
  'ExecutionsStarted',
]

/** The metric that counts requests: the one that is named, the only one, or the first that is known to. */
function countsAmong(all: readonly Series[], count: string | undefined): RecordedOutcome<Series> {
  const help = `metrics are ${all
    .slice(0, 20)
    .map(({ name }) => `\`${name}\``)
    .join(', ')}`
  if (count !== undefined) {
    const named = all.find(({ name }) => name === count) ?? all.find((each) => each.metric === count && isSum(each))
    if (named !== undefined) return { ok: true, value: named }
    const near = nearest(
      count,
      all.map(({ name }) => name),
    )
    return refused('unknown-column', `no metric \`${count}\``, {
      ...(near === undefined ? {} : { label: `did you mean \`${near}\`?` }),
      help,
    })
  }
  if (all.length === 1) return { ok: true, value: all[0]! }
  const known = requestSeries(all)
  if (known !== undefined) return { ok: true, value: known }
  return refused('unknown-column', `which of ${all.length} metrics counts the requests?`, {
    help: `${help}; name it: \`count=\``,
  })
}

/** The first series that is known to count requests; the name may hold other words, such as a resource's and `Sum`. */
export function requestSeries(all: readonly Series[]): Series | undefined {
  const isAbout = ({ metric, name }: Series, wanted: string): boolean =>
    metric === undefined ? name.split(/[\s:,()/]+/).includes(wanted) : metric === wanted
  for (const wanted of REQUEST_METRICS) {
    const found = all.find((series) => isSum(series) && isAbout(series, wanted))
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether adding a series' values up gives a number of things. */
function isSum({ statistic }: Series): boolean {
  return statistic === undefined || statistic === 'Sum' || statistic === 'SampleCount'
}

function countsOf(series: Series, absolute: boolean): RecordedOutcome<Counts> {
  const { period, at, values, name } = series
  const origin = absolute ? at[0]! : undefined
  const last = Math.round((at[at.length - 1]! - (origin ?? 0)) / period)
  if (last >= PERIODS_MAX) return refused('too-many-values', `more than ${PERIODS_MAX} periods`)
  const counts = new Float64Array(last + 1)
  for (const [i, value] of values.entries()) {
    if (value < 0) return refused('not-a-number', `a number of requests in \`${name}\` is negative: ${value}`)
    counts[Math.round((at[i]! - (origin ?? 0)) / period)]! += value
  }
  return { ok: true, value: { kind: 'counts', period, counts, origin, name } }
}
