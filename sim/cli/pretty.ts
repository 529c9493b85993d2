// The report for people: what happened at each resource, what was expected, what was left out, and how to repeat it.
import pc from 'picocolors'
import { plain } from '../diag/text.ts'
import { formatMicros } from '../engine/time.ts'
import type { Report } from '../run/report.ts'
import { counted, moment, seconds } from '../report/figures.ts'
import { adviceText } from '../report/warm-up.ts'
import { notSimulatedLines } from '../run/left-out.ts'
import { billLines } from './pretty-bill.ts'
import { resourceDetails, resourceTable, type Ink } from './pretty-resources.ts'
import { compact } from './terminal.ts'
import { wrapWords } from './wrap.ts'

const ALARM_CHANGES_SHOWN = 8
const INSIGHTS_SHOWN = 5
/** What a first workload may ask of a resource, by its type. */
const FIRST_OPERATIONS = new Map([
  ['AWS::Lambda::Function', 'lambda:InvokeFunction'],
  ['AWS::SQS::Queue', 'sqs:SendMessage'],
  ['Sim::Http::Server', 'http:GET'],
])

export interface Style {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

/** The whole report as text, ending with a newline. */
export function prettyReport(full: Report, style: Style): string {
  const [description] = full.description?.trim().split('\n') ?? []
  const report = plainly({ ...full, ...(description === undefined ? {} : { description }) })
  const ink = pc.createColors(style.color)
  const out: string[] = ['']
  const put = (text: string, paint: (line: string) => string = String): void => {
    for (const line of wrapWords(text, style.width - 2, 2)) out.push(paint(`  ${line}`))
  }
  out.push(ink.bold(`${report.scenario}  ${ink.dim(`seed ${report.seed}, quotas ${report.profile}`)}`))
  if (report.description !== undefined)
    for (const line of wrapWords(report.description, style.width - 2)) out.push(`  ${line}`)
  const warm = report.warmUp > 0 ? `, figures without the first ${seconds(report.warmUp)}` : ''
  put(
    `${seconds(report.simulated)} simulated in ${compact(report.events)} events, ${compact(report.requests)} requests${warm}`,
    ink.dim,
  )
  if (report.warmUpAdvice !== undefined) put(adviceText(report.warmUpAdvice), ink.yellow)
  for (const line of report.inferred) put(`inferred: ${line}`, ink.dim)
  if (report.stopped !== undefined) {
    out.push('')
    put(`STOPPED after ${seconds(report.simulated)} of ${seconds(report.duration)}: ${report.stopped.message}`, ink.red)
    put('all figures below are of the part that ran', ink.dim)
  }
  for (const section of [
    nothingHappened(report) ? [] : insightLines(report, ink, style.width),
    nothingHappened(report) ? nothingLines(report, style.width) : resourceTable(report, ink, style.width),
    resourceDetails(report, ink, style.width).slice(1),
    alarmLines(report, ink, style.width),
    billLines(report, ink, style.width),
    expectationLines(report, ink, style.width),
    leftOutLines(report, ink, style.width),
  ])
    if (section.length > 0) out.push('', ...section)
  for (const { resource, sentence } of report.broken) {
    out.push('')
    put(`BUG: at ${resource} it no longer holds that ${sentence}`, ink.red)
  }
  out.push('', ink.dim(`digest ${report.digest.total}`), ink.dim(`repeat ${report.reproduce}`))
  if (report.expectations.length > 0)
    out.push(failures(report).length === 0 ? ink.green(verdict(report)) : ink.red(verdict(report)))
  return `${out.join('\n')}\n`
}

/** The same with every text made safe to print: names and sentences are the scenario's, and a terminal obeys control characters. */
function plainly<T>(value: T): T {
  if (typeof value === 'string') return plain(value) as T
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plainly) as T
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [plain(key), plainly(member as unknown)])) as T
}

/** `2 of 4 expectations failed`, or that all hold. */
function verdict(report: Report): string {
  const all = report.expectations.length
  const failed = failures(report).length
  if (failed > 0) return `${failed} of ${counted(all, 'expectation')} failed`
  return all === 1 ? '1 expectation holds' : `${all} expectations hold`
}

function failures(report: Report): readonly string[] {
  return report.expectations.filter((expectation) => !expectation.ok).map((expectation) => expectation.text)
}

function nothingHappened(report: Report): boolean {
  return report.requests === 0 && report.calls.every((call) => call.sent === 0)
}

/** Why nothing happened, and what would make something happen. */
function nothingLines(report: Report, width: number): string[] {
  if (report.resources.some((resource) => resource.type === 'Sim::Client::Workload'))
    return ['  Nothing happened: no workload made a request before the end of the run.']
  const target = report.resources.find((resource) => FIRST_OPERATIONS.has(resource.type))
  const operation = FIRST_OPERATIONS.get(target?.type ?? '') ?? 'lambda:InvokeFunction'
  const sentence =
    'Nothing happened: no entry point of this template is simulated, so nothing calls its resources. Add a workload:'
  return [
    ...wrapWords(sentence, width - 2).map((line) => `  ${line}`),
    '    Simulation:',
    '      Workloads:',
    `        Load: { Target: ${target?.name ?? 'YourFunction'}, Operation: ${operation}, Rate: 10/s }`,
  ]
}

/** What is going on, in a few sentences; each with its place in time and the one that brought it about. */
function insightLines(report: Report, ink: Ink, width: number): string[] {
  const out = [ink.bold('What is going on')]
  if (report.insights.length === 0) return [...out, ink.dim('  Nothing is saturated, refused or given up.')]
  report.insights.slice(0, INSIGHTS_SHOWN).forEach(({ resource, title, text, from, to, cause }, i) => {
    const because = cause === undefined || cause >= INSIGHTS_SHOWN ? '' : `, because of ${cause + 1}`
    const [first = '', ...rest] = wrapWords(`${title}: ${text}`, width - 5)
    out.push(`  ${i + 1}  ${ink.bold(first.slice(0, title.length))}${first.slice(title.length)}`)
    for (const line of rest) out.push(`     ${line}`)
    out.push(ink.dim(`     ${resource}, from ${moment(from)} to ${moment(to)}${because}`))
  })
  const more = report.insights.length - INSIGHTS_SHOWN
  if (more > 0) out.push(ink.dim(`  and ${more} more (all with --format json)`))
  return out
}

interface AlarmChange {
  readonly at: number
  readonly state: string
  readonly reason: string
}

/** Each alarm's history: when it changed its state, and why. */
function alarmLines(report: Report, ink: Ink, width: number): string[] {
  const out: string[] = []
  for (const resource of report.resources) {
    const history = (resource.details as { history?: readonly AlarmChange[] } | undefined)?.history
    if (history === undefined) continue
    if (out.length === 0) out.push(ink.bold('Alarms'))
    out.push(`  ${resource.name}${history.length === 1 ? `  ${history[0]!.state} throughout` : ''}`)
    const changes = history.slice(1)
    for (const change of changes.slice(0, ALARM_CHANGES_SHOWN)) {
      const text = `${formatMicros(change.at).padStart(10)}  ${change.state.padEnd(17)}`
      const indent = ' '.repeat(text.length + 5)
      const [first = '', ...rest] = wrapWords(change.reason, Math.max(30, width - indent.length))
      out.push(`    ${change.state === 'ALARM' ? ink.red(text) : text} ${ink.dim(first)}`)
      for (const line of rest) out.push(indent + ink.dim(line))
    }
    if (changes.length > ALARM_CHANGES_SHOWN)
      out.push(`    and ${changes.length - ALARM_CHANGES_SHOWN} changes more (all with --format json)`)
  }
  return out
}

function expectationLines(report: Report, ink: Ink, width: number): string[] {
  if (report.expectations.length === 0) return []
  const out = [ink.bold('Expectations')]
  for (const { ok, text, measured, place } of report.expectations) {
    const mark = ok ? ink.green('ok  ') : ink.red('FAIL')
    const found = `measured ${measured}`
    const [first = '', ...rest] = wrapWords(text, width - 7)
    const fits = rest.length === 0 && first.length + found.length + 9 <= width
    out.push(`  ${mark} ${first}${fits ? `  ${ink.dim(found)}` : ''}`)
    for (const line of rest) out.push(`       ${line}`)
    if (!fits) for (const line of wrapWords(found, width - 9, 2)) out.push(ink.dim(`         ${line}`))
    if (!ok && place !== undefined) out.push(ink.dim(`       ${place}`))
  }
  return out
}

function leftOutLines(report: Report, ink: Ink, width: number): string[] {
  const left = notSimulatedLines(report.notSimulated)
  if (left.length === 0) return []
  return [
    ink.bold('Not simulated'),
    ...left.flatMap((text) => wrapWords(text, width - 2, 2)).map((line) => `  ${line}`),
  ]
}
