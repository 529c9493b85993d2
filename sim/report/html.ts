// The report of a run as one HTML file: no script, nothing loaded, readable on a screen, on paper and by a screen reader.
//
// The command line (`--report`) and the page write it by this one function, so that the same run gives the same bytes.
import type { Problem } from '../diag/problem.ts'
import { renderProblems } from '../diag/render.ts'
import { notSimulatedLines } from '../run/left-out.ts'
import type { MetricSummary, Report, ResourceReport } from '../run/report.ts'
import { billHtml } from './bill.ts'
import { greatest, laneRows, lanesChart, markItems, sparkline } from './charts.ts'
import { count, counted, moment, seconds, withUnit } from './figures.ts'
import type { History, ReadingHistory } from './history.ts'
import { lines, sentence, table, text, type Column } from './markup.ts'
import { factList, pageHtml, section } from './page.ts'
import { adviceText } from './warm-up.ts'

/** Resources that are told one by one; a larger system's report would be no reading. */
const RESOURCES_MAX = 200
const ALARM_CHANGES_MAX = 50

/** A report with what happened over time; `problems` are the warnings that the scenario was read with. */
export function reportHtml(report: Report, history: History, problems: readonly Problem[] = []): string {
  const name = report.scenario.slice(report.scenario.lastIndexOf('/') + 1)
  return pageHtml(name, [
    head(report, name),
    '<main>',
    section('insights', 'What is going on', insights(report)),
    section('expectations', 'Expectations', expectations(report)),
    section('cost', 'Cost', billHtml(report.bill)),
    section('time', 'Over time', overTime(history)),
    section('resources', 'Resources', resources(report)),
    section('inside', 'Inside the resources', inside(report, history)),
    section('left-out', 'Not simulated', listOf(notSimulatedLines(report.notSimulated))),
    section('assumed', 'Assumed, because nobody said', listOf(report.inferred)),
    section('problems', 'Said about the scenario', problemLines(problems)),
    '</main>',
    `<footer><p class="low">Made by hotshard. Whoever runs the same scenario with the same seed gets the same report, byte for byte.</p></footer>`,
  ])
}

function head(report: Report, name: string): string {
  const facts: [string, string][] = [
    ['seed', report.seed],
    ['digest', report.digest.total],
    ['simulated', seconds(report.simulated)],
    ...(report.warmUp > 0 ? [['left out at the beginning', seconds(report.warmUp)] as [string, string]] : []),
    ['requests', count(report.requests)],
    ['events', count(report.events)],
    ['quotas', report.profile],
    ...Object.entries(report.parameters),
  ]
  return [
    '<header>',
    `<h1>${text(name)}</h1>`,
    report.description === undefined ? '' : `<p>${sentence(report.description)}</p>`,
    verdict(report),
    report.warmUpAdvice === undefined ? '' : `<p>${sentence(adviceText(report.warmUpAdvice))}</p>`,
    factList(facts),
    `<pre class="command" aria-label="The command that repeats this run">${text(report.reproduce)}</pre>`,
    '</header>',
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function verdict(report: Report): string {
  const failed = report.expectations.filter(({ ok }) => !ok).length
  const all = report.expectations.length
  const notes = [
    ...report.broken.map(
      ({ resource, sentence: what }) => `BUG: at ${text(resource)} it no longer holds that ${text(what)}`,
    ),
    ...(report.stopped === undefined
      ? []
      : [
          `■ stopped after ${seconds(report.simulated)} of ${seconds(report.duration)}: ${sentence(report.stopped.message)}`,
        ]),
    ...(all === 0 || failed === 0 ? [] : [`✗ ${failed} of ${counted(all, 'expectation')} failed`]),
  ]
  if (notes.length > 0) return notes.map((note) => `<p class="verdict bad">${note}</p>`).join('\n')
  if (all === 0) return ''
  return `<p class="verdict good">✓ ${all === 1 ? '1 expectation holds' : `${all} expectations hold`}</p>`
}

function insights(report: Report): string {
  if (report.insights.length === 0) return '<p>Nothing is saturated, refused or given up.</p>'
  const anchors = anchorsOf(report)
  const items = report.insights.map(({ resource, title, text: words, from, to, cause }) => {
    const because = cause === undefined ? '' : `, because of ${cause + 1}`
    return `<li><b>${sentence(title)}.</b> ${sentence(words)}<br><span class="low">${linkTo(resource, anchors)}, from ${moment(from)} to ${moment(to)}${because}</span></li>`
  })
  return `<ol class="insights">\n${items.join('\n')}\n</ol>`
}

function expectations(report: Report): string {
  if (report.expectations.length === 0) return ''
  const columns: Column[] = [{ head: 'expected' }, { head: 'holds' }, { head: 'measured' }, { head: 'place' }]
  const rows = report.expectations.map(({ ok, text: words, measured, place }) => [
    `<code>${text(words)}</code>`,
    ok ? '<span class="good">✓ yes</span>' : '<b class="bad">✗ no</b>',
    text(measured),
    `<span class="low">${text(place ?? '')}</span>`,
  ])
  return table('What the scenario expects, and what was measured', columns, rows)
}

function overTime(history: History): string {
  const columns: Column[] = [
    { head: 'from, to' },
    ...history.lanes.map(({ name }) => ({ head: `${name} a second`, isNumber: true })),
  ]
  return [lanesChart(history), markItems(history) ?? '', table('The same in figures', columns, laneRows(history))]
    .filter((part) => part !== '')
    .join('\n')
}

const HEADS: readonly Column[] = [
  { head: 'resource' },
  { head: 'type' },
  ...['in', 'ok', 'throttled', 'failed', 'p50', 'p90', 'p99', 'p99.9'].map((name) => ({ head: name, isNumber: true })),
]

/** A row for each resource that had to do with a call. */
function resources(report: Report): string {
  const anchors = anchorsOf(report)
  const rows = report.resources
    .filter(({ received, sent, latency }) => received > 0 || sent > 0 || latency !== undefined)
    .map((resource) => {
      const { name, type, latency } = resource
      const trouble = (value: number): string => (value > 0 ? `<span class="some">${count(value)}</span>` : '0')
      const [received, succeeded, throttled, failed] = calls(resource)
      return [
        linkTo(name, anchors),
        `<span class="low">${text(type)}</span>`,
        count(received),
        count(succeeded),
        trouble(throttled),
        trouble(failed),
        ...[latency?.p50, latency?.p90, latency?.p99, latency?.p999].map((value) =>
          value === undefined ? '' : text(withUnit(value, latency!.unit)),
        ),
      ]
    })
  return rows.length === 0
    ? '<p>No resource was called.</p>'
    : table('Calls by what became of them; latencies or durations', HEADS, rows)
}

/** Calls that came in, ended well, were throttled, failed; of a client its own requests. */
function calls(resource: ResourceReport): [number, number, number, number] {
  if (resource.type !== 'Sim::Client::Workload')
    return [resource.received, resource.succeeded, resource.throttled, resource.failed]
  const sum = (name: string): number => resource.metrics.find((metric) => metric.name === name)?.sum ?? 0
  return [sum('Requests'), sum('Successes'), 0, sum('Failures')]
}

/** Of each resource its readings with their limits, its metrics, its exceptions, and what its room has to say. */
function inside(report: Report, history: History): string {
  const anchors = anchorsOf(report)
  const readings = new Map(history.resources.map(({ name, readings: list }) => [name, list]))
  const told = report.resources.slice(0, RESOURCES_MAX).map((resource) => {
    const body = [
      readingTable(resource, readings.get(resource.name) ?? []),
      metricTable(resource),
      exceptions(resource),
      ...detailsOf(resource),
    ].filter((part) => part !== '')
    return body.length === 0
      ? ''
      : `<article id="${anchors.get(resource.name)!}">\n<h3>${text(resource.name)} <small>${text(resource.type)}</small></h3>\n${body.join('\n')}\n</article>`
  })
  const more = report.resources.length - RESOURCES_MAX
  if (more > 0)
    told.push(`<p class="low">and ${counted(more, 'resource')} more: <code>--format json</code> has all</p>`)
  return told.filter((part) => part !== '').join('\n')
}

const READING_COLUMNS: readonly Column[] = [
  { head: 'reading' },
  { head: 'over the run' },
  { head: 'most', isNumber: true },
  { head: 'at the end', isNumber: true },
  { head: 'what it is' },
]

/** Readings that the resource has, limits among them; what was 0 all the time says nothing. */
function readingTable(resource: ResourceReport, readings: readonly ReadingHistory[]): string {
  const rows = readings
    .filter(({ points }) => greatest(points) > 0)
    .map((reading) => [
      text(reading.name),
      sparkline(reading),
      text(inUnit(greatest(reading.points), reading.unit)),
      Number.isNaN(reading.last) ? '' : text(inUnit(reading.last, reading.unit)),
      `<span class="low">${sentence(reading.doc)}</span>`,
    ])
  return rows.length === 0 ? '' : table(`${resource.name}: its state and its limits`, READING_COLUMNS, rows)
}

/** A reading in the unit that rooms give it. */
function inUnit(value: number, unit: string): string {
  const rounded = value >= 100 ? Math.round(value) : Math.round(value * 100) / 100
  switch (unit) {
    case 's':
      return withUnit(value, 'Seconds')
    case 'ms':
      return withUnit(value, 'Milliseconds')
    case 'B':
    case 'bytes':
      return withUnit(value, 'Bytes')
    case '1/s':
      return `${count(rounded)}/s`
    case 'ratio':
      return `${count(Math.round(value * 100))} %`
    case '':
      return count(rounded)
    default:
      return `${count(rounded)} ${unit}`
  }
}

const METRIC_COLUMNS: readonly Column[] = [
  { head: 'metric' },
  ...['samples', 'sum', 'average', 'least', 'most', 'p50', 'p99'].map((name) => ({ head: name, isNumber: true })),
]

/** Metrics by CloudWatch's names; of those by several dimensions only the whole. */
function metricTable(resource: ResourceReport): string {
  const rows = resource.metrics
    .filter((metric) => Object.keys(metric.dimensions).length <= 1 && (metric.sum !== 0 || metric.maximum !== 0))
    .map((metric) => {
      const figure = (value: number | undefined): string =>
        value === undefined ? '' : text(withUnit(value, metric.unit))
      return [
        text(metric.name),
        count(metric.samples),
        isSum(metric) ? figure(metric.sum) : '',
        figure(metric.average),
        figure(metric.minimum),
        figure(metric.maximum),
        figure(metric.p50),
        figure(metric.p99),
      ]
    })
  const namespace = resource.metrics[0]?.namespace ?? ''
  return rows.length === 0 ? '' : table(`${resource.name}: metrics of ${namespace}`, METRIC_COLUMNS, rows)
}

/** Whether adding a metric's values up means something: not of levels and ages. */
function isSum(metric: MetricSummary): boolean {
  return metric.kind === 'count' && (metric.unit === 'Count' || metric.unit === 'None' || metric.unit === 'Bytes')
}

function exceptions(resource: ResourceReport): string {
  const list = Object.entries(resource.errors)
  if (list.length === 0) return ''
  return `<p>exceptions: ${list.map(([name, n]) => `<code>${text(name)}</code> <b class="some">${count(n)}</b>`).join(', ')}</p>`
}

interface AlarmChange {
  /** µs. */
  readonly at: number
  readonly state: string
  readonly reason: string
}

/** What a room says of itself: lines, and the history of an alarm. */
function detailsOf(resource: ResourceReport): string[] {
  const details = resource.details as { lines?: unknown; history?: readonly AlarmChange[] } | undefined
  const said = Array.isArray(details?.lines) ? listOf(details.lines.map(String)) : ''
  const changes = details?.history ?? []
  if (changes.length === 0) return [said]
  const rows = changes
    .slice(0, ALARM_CHANGES_MAX)
    .map(({ at, state, reason }) => [
      moment(at / 1e6),
      state === 'ALARM' ? '<b class="bad">▲ ALARM</b>' : text(state),
      sentence(reason),
    ])
  const columns = [{ head: 'at' }, { head: 'state' }, { head: 'why' }]
  const more = changes.length - rows.length
  return [
    said,
    table(`${resource.name}: states`, columns, rows),
    more > 0 ? `<p class="low">and ${counted(more, 'change')} more</p>` : '',
  ]
}

function problemLines(problems: readonly Problem[]): string {
  return problems.length === 0 ? '' : `<pre>${lines(renderProblems(problems, { width: 110 }))}</pre>`
}

function listOf(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>\n${items.map((item) => `<li>${sentence(item)}</li>`).join('\n')}\n</ul>`
}

/** By resource the name of its part of the page: a number, because names are whatever a template says. */
function anchorsOf(report: Report): ReadonlyMap<string, string> {
  return new Map(report.resources.slice(0, RESOURCES_MAX).map(({ name }, i) => [name, `resource-${i + 1}`]))
}

function linkTo(resource: string, anchors: ReadonlyMap<string, string>): string {
  const anchor = anchors.get(resource)
  return anchor === undefined ? text(resource) : `<a href="#${anchor}">${text(resource)}</a>`
}
