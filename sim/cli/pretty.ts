// The report for people: what happened at each resource, what was expected, what was left out, and how to repeat it.
import pc from 'picocolors'
import { formatMicros } from '../engine/time.ts'
import type { MetricSummary, Report, ResourceReport } from '../run/report.ts'
import { compact } from './terminal.ts'

const ALARM_CHANGES_SHOWN = 8

interface Style {
  readonly color: boolean
}

/** The whole report as text, ending with a newline. */
export function prettyReport(report: Report, style: Style): string {
  const ink = pc.createColors(style.color)
  const out: string[] = ['']
  const title = `${report.scenario}  ${ink.dim(`seed ${report.seed}, quotas ${report.profile}`)}`
  out.push(ink.bold(title))
  if (report.description !== undefined) out.push(`  ${report.description.trim().split('\n')[0]}`)
  const warm = report.warmUp > 0 ? `, figures without the first ${seconds(report.warmUp)}` : ''
  out.push(
    ink.dim(
      `  ${seconds(report.simulated)} simulated in ${compact(report.events)} events, ${compact(report.requests)} requests${warm}`,
    ),
  )
  for (const line of report.inferred) out.push(ink.dim(`  inferred: ${line}`))
  if (report.stopped !== undefined) {
    out.push(
      '',
      ink.red(`  STOPPED after ${seconds(report.simulated)} of ${seconds(report.duration)}: ${report.stopped.message}`),
    )
    out.push(ink.dim('  all figures below are of the part that ran'))
  }
  out.push('', ...resourceTable(report, ink), ...resourceDetails(report, ink))
  out.push(...alarmLines(report, ink), ...expectationLines(report, ink))
  const left = notSimulatedLines(
    report.notSimulated.map(({ message, place }) => ({
      message: place === undefined ? message : `${message}  ${place}`,
    })),
  )
  if (left.length > 0) {
    out.push('', ink.bold('Not simulated'))
    for (const line of left) out.push(`  ${line}`)
  }
  for (const { resource, sentence } of report.broken)
    out.push('', ink.red(`BUG: at ${resource} it no longer holds that ${sentence}`))
  out.push('', ink.dim(`digest ${report.digest.total}`), ink.dim(`repeat ${report.reproduce}`), '')
  return out.join('\n')
}

type Ink = ReturnType<typeof pc.createColors>

function resourceTable(report: Report, ink: Ink): string[] {
  const rows = report.resources.filter(
    (resource) => resource.received + resource.sent > 0 || resource.latency !== undefined,
  )
  const head = ['Resource', 'Type', 'in', 'ok', 'throttled', 'failed', 'p50', 'p90', 'p99', 'p99.9']
  const cells = rows.map((resource) => {
    const latency = resource.latency
    const share = resource.type.startsWith('Sim::Client')
      ? clientCells(resource)
      : [count(resource.received), count(resource.succeeded), count(resource.throttled), count(resource.failed)]
    return [
      resource.name,
      resource.type.replace(/^AWS::/, ''),
      ...share,
      ...(latency === undefined
        ? ['', '', '', '']
        : [latency.p50, latency.p90, latency.p99, latency.p999].map((value) =>
            value === undefined ? '' : withUnit(value, latency.unit),
          )),
    ]
  })
  const widths = head.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  const marked = cells.map((row) => {
    const text = line(row)
    return row[5] !== '0' && row[5] !== '' ? ink.red(text) : row[4] !== '0' && row[4] !== '' ? ink.yellow(text) : text
  })
  return [ink.bold(`  ${line(head)}`), ...marked.map((text) => `  ${text}`)]
}

/** A client has requests of its own instead of calls that come in. */
function clientCells(resource: ResourceReport): string[] {
  const sum = (name: string): number => resource.metrics.find((metric) => metric.name === name)?.sum ?? 0
  return resource.metrics.some((metric) => metric.name === 'Requests')
    ? [count(sum('Requests')), count(sum('Successes')), '', count(sum('Failures'))]
    : [count(resource.sent), '', '', '']
}

/** Below the table: for each resource its metrics by CloudWatch's names, exceptions, and what its room has to say. */
function resourceDetails(report: Report, ink: Ink): string[] {
  const out: string[] = []
  for (const resource of report.resources) {
    const errors = Object.entries(resource.errors).map(([name, n]) => `${name} ${count(n)}`)
    const metrics = resource.metrics
      .filter((metric) => Object.keys(metric.dimensions).length <= 1 && metric !== resource.latency && notable(metric))
      .map(metricText)
    const details = detailLines(resource.details)
    if (
      errors.length + metrics.length + details.length === 0 ||
      (resource.received + resource.sent === 0 && details.length === 0 && metrics.length === 0)
    )
      continue
    out.push('', ink.bold(`  ${resource.name}`))
    for (const line of wrap(metrics, 110)) out.push(`    ${line}`)
    if (errors.length > 0) out.push(`    ${ink.red(`exceptions: ${errors.join(', ')}`)}`)
    for (const line of details) out.push(`    ${line}`)
  }
  return out
}

function notable(metric: MetricSummary): boolean {
  return metric.sum !== 0 || metric.maximum !== 0
}

function metricText(metric: MetricSummary): string {
  if (metric.kind === 'count')
    return metric.unit === 'Count' || metric.unit === 'None'
      ? `${metric.name} ${count(metric.sum)}`
      : `${metric.name} ${withUnit(metric.average, metric.unit)} avg`
  if (metric.kind === 'distribution')
    return `${metric.name} p50 ${withUnit(metric.p50!, metric.unit)} p99 ${withUnit(metric.p99!, metric.unit)}`
  return `${metric.name} max ${withUnit(metric.maximum, metric.unit)}`
}

/** A room's own lines: a list of texts under `lines`, or nothing. */
function detailLines(details: unknown): readonly string[] {
  const lines = (details as { lines?: unknown } | undefined)?.lines
  return Array.isArray(lines) ? lines.map(String) : []
}

interface AlarmChange {
  readonly at: number
  readonly state: string
  readonly reason: string
}

/** Each alarm's history: when it changed its state, and why. */
function alarmLines(report: Report, ink: Ink): string[] {
  const out: string[] = []
  for (const resource of report.resources) {
    const history = (resource.details as { history?: readonly AlarmChange[] } | undefined)?.history
    if (history === undefined) continue
    if (out.length === 0) out.push('', ink.bold('Alarms'))
    out.push(`  ${resource.name}${history.length === 1 ? `  ${history[0]!.state} throughout` : ''}`)
    const changes = history.slice(1)
    for (const change of changes.slice(0, ALARM_CHANGES_SHOWN)) {
      const text = `${formatMicros(change.at).padStart(10)}  ${change.state.padEnd(17)}`
      out.push(`    ${change.state === 'ALARM' ? ink.red(text) : text} ${ink.dim(change.reason)}`)
    }
    if (changes.length > ALARM_CHANGES_SHOWN)
      out.push(`    and ${changes.length - ALARM_CHANGES_SHOWN} changes more (all with --format json)`)
  }
  return out
}

function expectationLines(report: Report, ink: Ink): string[] {
  if (report.expectations.length === 0) return []
  const out = ['', ink.bold('Expectations')]
  for (const expectation of report.expectations) {
    const mark = expectation.ok ? ink.green('ok  ') : ink.red('FAIL')
    out.push(`  ${mark} ${expectation.text}  ${ink.dim(`measured ${expectation.measured}`)}`)
    if (!expectation.ok && expectation.place !== undefined) out.push(ink.dim(`       ${expectation.place}`))
  }
  return out
}

/** The 'not simulated' list with equal messages counted together: forty roles are one line. */
export function notSimulatedLines(list: readonly { readonly message: string }[]): string[] {
  const groups = new Map<string, string[]>()
  for (const { message } of list) {
    const kind = /^(\S+::\S+) `([^`]+)` is not simulated/.exec(message)
    const key = kind === null ? message : `${kind[1]}`
    groups.set(key, [...(groups.get(key) ?? []), kind?.[2] ?? ''])
  }
  return [...groups].map(([key, names]) =>
    names[0] === ''
      ? names.length > 1
        ? `${key} (${names.length} times)`
        : key
      : `${key}: ${names.slice(0, 6).join(', ')}${names.length > 6 ? ` and ${names.length - 6} more` : ''}`,
  )
}

function wrap(parts: readonly string[], width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const part of parts) {
    if (line !== '' && line.length + part.length + 3 > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? part : `${line} · ${part}`
  }
  return line === '' ? lines : [...lines, line]
}

function seconds(value: number): string {
  return Number.isInteger(value) && value < 120 ? `${value} s` : formatMicros(Math.round(value * 1e6))
}

/** A time in µs with three figures, as people compare them: `48.3 ms`, `1.20 s`; from two minutes on in full. */
function shortTime(us: number): string {
  if (us >= 120_000_000) return formatMicros(Math.round(us))
  const [value, unit] = us >= 1_000_000 ? [us / 1_000_000, 's'] : us >= 1_000 ? [us / 1_000, 'ms'] : [us, 'µs']
  return `${value >= 100 || value === 0 ? Math.round(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`
}

/** 12345 → `12,345`; shares keep three digits. */
export function count(value: number): string {
  if (!Number.isInteger(value)) return value >= 100 ? count(Math.round(value)) : value.toPrecision(3)
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

export function withUnit(value: number, unit: string): string {
  switch (unit) {
    case 'Milliseconds':
      return shortTime(value * 1_000)
    case 'Seconds':
      return shortTime(value * 1_000_000)
    case 'Bytes':
      return value >= 1_048_576
        ? `${(value / 1_048_576).toFixed(1)} MB`
        : value >= 1024
          ? `${(value / 1024).toFixed(1)} KB`
          : `${Math.round(value)} B`
    case 'Percent':
      return `${value.toPrecision(3)} %`
    default:
      return count(value)
  }
}
