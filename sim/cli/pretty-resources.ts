// The part of the report about resources: a row for each that was called, then what its metrics and its room say.
import type pc from 'picocolors'
import { registry } from '../lang/registry.ts'
import type { MetricSummary, Report, ResourceReport } from '../run/report.ts'
import { count, counted, withUnit } from '../report/figures.ts'
import { shorten, wrapParts, wrapWords } from './wrap.ts'

export type Ink = ReturnType<typeof pc.createColors>

const HEAD = ['Resource', 'Type', 'in', 'ok', 'throttled', 'failed', 'p50', 'p90', 'p99', 'p99.9'] as const
/** What a narrow terminal does without, in this order. */
const SPARED = ['Type', 'p90', 'p99.9']
const NAME_LEAST = 16

/** A row for every resource with calls, and a line for those that nobody called. */
export function resourceTable(report: Report, ink: Ink, width: number): string[] {
  const rows = report.resources.filter((resource) => isRow(resource)).map(cellsOf)
  const out = rows.length === 0 ? [] : table(rows, ink, width)
  const idle = report.resources.filter(isIdle).map((resource) => resource.name)
  if (idle.length > 0) {
    if (rows.length > 0) out.push('')
    out.push(...wrapWords(`no traffic: ${idle.join(', ')}`, width - 2, 2).map((line) => ink.dim(`  ${line}`)))
  }
  return out
}

function isRow(resource: ResourceReport): boolean {
  return resource.received > 0 || resource.latency !== undefined || (isWorkload(resource) && resource.sent > 0)
}

function isWorkload(resource: ResourceReport): boolean {
  return resource.type === 'Sim::Client::Workload'
}

/** One of the account's own, which no template names. */
function isSingleton(resource: ResourceReport): boolean {
  return resource.name === resource.type
}

/** A resource of the template that could have been called and was not, and has nothing to show either. */
function isIdle(resource: ResourceReport): boolean {
  const ops = registry.byType.get(resource.type)?.ops ?? {}
  const details = resource.details as { history?: unknown } | undefined
  return (
    !isSingleton(resource) &&
    // A version is made with every function of SAM, and hardly ever called by its number.
    resource.type !== 'AWS::Lambda::Version' &&
    Object.keys(ops).length > 0 &&
    resource.received + resource.sent === 0 &&
    resource.latency === undefined &&
    !resource.metrics.some(notable) &&
    detailLines(resource).length === 0 &&
    details?.history === undefined
  )
}

function cellsOf(resource: ResourceReport): string[] {
  const latency = resource.latency
  const percentiles =
    latency === undefined ? [] : [latency.p50, latency.p90, latency.p99, latency.p999].map((value) => value ?? NaN)
  return [
    resource.name,
    resource.type.replace(/^(AWS|Sim)::/, ''),
    ...(isWorkload(resource) ? clientCells(resource) : callCells(resource)),
    ...HEAD.slice(6).map((_, i) =>
      percentiles[i] === undefined || Number.isNaN(percentiles[i]) ? '' : withUnit(percentiles[i], latency!.unit),
    ),
  ]
}

/** Calls by what became of them. A function behind an alias gets none itself: what it ran stands for them. */
function callCells(resource: ResourceReport): string[] {
  const ran = resource.received === 0 && !isSingleton(resource) ? (resource.latency?.samples ?? 0) : 0
  return [
    count(resource.received + ran),
    count(resource.succeeded + Math.max(0, ran - resource.failed)),
    count(resource.throttled),
    count(resource.failed),
  ]
}

/** A client has requests of its own instead of calls that come in. */
function clientCells(resource: ResourceReport): string[] {
  const sum = (name: string): number => resource.metrics.find((metric) => metric.name === name)?.sum ?? 0
  return [count(sum('Requests')), count(sum('Successes')), '', count(sum('Failures'))]
}

function table(rows: readonly (readonly string[])[], ink: Ink, width: number): string[] {
  const room = width - 2
  let shown = HEAD.map((_, i) => i)
  let widths = HEAD.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)))
  const total = (): number => shown.reduce((sum, i) => sum + widths[i]! + 2, -2)
  for (const name of SPARED) if (total() > room) shown = shown.filter((i) => HEAD[i] !== name)
  const over = Math.max(0, total() - room)
  widths = widths.map((cells, i) => (i === 0 ? Math.max(Math.min(cells, NAME_LEAST), cells - over) : cells))
  const line = (row: readonly string[]): string =>
    shown
      .map((i) => (i === 0 ? shorten(row[i]!, widths[i]!) : row[i]!))
      .map((cell, k) => (shown[k]! < 2 ? cell.padEnd(widths[shown[k]!]!) : cell.padStart(widths[shown[k]!]!)))
      .join('  ')
      .trimEnd()
  const marked = rows.map((row) => {
    const some = (i: number): boolean => row[i] !== '0' && row[i] !== ''
    return some(5) ? ink.red(line(row)) : some(4) ? ink.yellow(line(row)) : line(row)
  })
  return [ink.bold(`  ${line(HEAD)}`), ...marked.map((text) => `  ${text}`)]
}

/** Below the table: for each resource its metrics by CloudWatch's names, exceptions, and what its room has to say. */
export function resourceDetails(report: Report, ink: Ink, width: number): string[] {
  const out: string[] = []
  for (const resource of report.resources) {
    const errors = Object.entries(resource.errors).map(([name, n]) => `${name} ${count(n)}`)
    const throttled =
      resource.throttled > 0 || resource.metrics.some(({ name, sum }) => /Throttle/.test(name) && sum > 0)
    if (isSingleton(resource) && errors.length === 0 && !throttled) continue
    const metrics = resource.metrics
      .filter((metric) => Object.keys(metric.dimensions).length <= 1 && metric !== resource.latency && notable(metric))
      .filter((metric, i, all) => !isGroups(metric, all.slice(0, i)))
      .map(metricText)
    const open = stillOpen(report, resource)
    if (open > 0) metrics.push(`${counted(open, 'call')} still open`)
    const details = detailLines(resource)
    if (errors.length + metrics.length + details.length === 0) continue
    out.push('', ink.bold(`  ${resource.name}`))
    for (const line of wrapParts(metrics, ' · ', width - 4)) out.push(`    ${line}`)
    if (errors.length > 0)
      for (const line of wrapWords(`exceptions: ${errors.join(', ')}`, width - 4, 2)) out.push(`    ${ink.red(line)}`)
    for (const detail of details) for (const line of wrapWords(detail, width - 4, 2)) out.push(`    ${line}`)
  }
  return out
}

/** Calls without an answer when the run ended. */
function stillOpen(report: Report, resource: ResourceReport): number {
  return report.calls.filter((call) => call.to === resource.name).reduce((sum, call) => sum + call.open, 0)
}

function notable(metric: MetricSummary): boolean {
  return metric.sum !== 0 || metric.maximum !== 0
}

function metricText(metric: MetricSummary): string {
  if (metric.kind === 'count')
    return metric.unit === 'Count' || metric.unit === 'None'
      ? `${metric.name} ${count(metric.sum)}`
      : `${metric.name} ${withUnit(metric.average, metric.unit)} avg`
  if (metric.kind === 'distribution') {
    const [p50, p99] = [withUnit(metric.p50!, metric.unit), withUnit(metric.p99!, metric.unit)]
    return `${metric.name} ${count(metric.samples)} × p50 ${p50} p99 ${p99}`
  }
  return `${metric.name} max ${withUnit(metric.maximum, metric.unit)}`
}

/** A room's own lines: a list of texts under `lines`, or nothing. */
function detailLines(resource: ResourceReport): readonly string[] {
  const lines = (resource.details as { lines?: unknown } | undefined)?.lines
  return Array.isArray(lines) ? lines.map(String) : []
}

/** Whether a metric of AWS is one of `earlier` again, counted for the group that a resource belongs to. */
function isGroups({ namespace, name }: MetricSummary, earlier: readonly MetricSummary[]): boolean {
  return namespace.startsWith('AWS/') && earlier.some((each) => each.namespace === namespace && each.name === name)
}
