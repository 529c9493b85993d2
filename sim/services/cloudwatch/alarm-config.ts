// What an alarm looks at, read and checked from its properties: one metric, or an expression over up to ten.
import type { Config, Near } from '../../model/contract.ts'
import { hearsOf } from '../../parts/service-events.ts'
import { gatherActions } from './alarm-actions.ts'
import { listenersOf } from './composites.ts'
import { idsIn, parseExpression, type Expression } from './metric-math.ts'
import type { Query } from './metric-query.ts'

const SECOND = 1_000_000
const DAY_S = 86_400
const SHORT_PERIODS = [10, 20, 30]
/** Metrics of an expression (CW-27). */
const METRICS_MAX = 10
export const PERCENTILE = /^p(\d{1,2}(\.\d{1,10})?|100)$/
const TRIMMED_MEAN = /^(?:tm\d{1,2}(?:\.\d{1,10})?|IQM)$/i
const TRIMMED_RANGE = /^TM\((\d{0,2}(?:\.\d{1,10})?)%?:(\d{0,3}(?:\.\d{1,10})?)%?\)$/i

/** A metric or an expression of an alarm, by its id. */
export interface Term {
  readonly id: string
  readonly query: Query | null
  readonly expression: Expression | null
}

/** All terms of an alarm, the one that is compared with the threshold, and their common period in µs. */
export interface Measured {
  readonly terms: readonly Term[]
  readonly result: string
  readonly period: number
}

/** Comparisons with an anomaly detection band, which has no model here. */
export const ANOMALY_COMPARISONS = [
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
]

type Path = readonly (string | number)[]

export function gather(near: Near): Config {
  const { self } = near
  const comparison = self.config['ComparisonOperator']
  const banded = ANOMALY_COMPARISONS.includes(comparison)
  if (banded)
    self.notSimulated(
      ['ComparisonOperator'],
      `an alarm on an anomaly band (\`${comparison}\`) never leaves INSUFFICIENT_DATA`,
    )
  const measured = banded
    ? null
    : self.config['Metrics'] === undefined
      ? measuredDirectly(near)
      : measuredByMetrics(near)
  const { EvaluationPeriods: periods, DatapointsToAlarm: points } = self.config
  if (points !== undefined && points > periods)
    self.error(
      ['DatapointsToAlarm'],
      'out-of-range',
      `\`DatapointsToAlarm\` is ${points}`,
      `expected up to \`EvaluationPeriods\`, which is ${periods}`,
    )
  if (measured !== null) checkSpan(near, (periods * measured.period) / SECOND, measured.period)
  return {
    Measured: measured,
    Targets: gatherActions(near),
    Listeners: listenersOf(near),
    TellsBus: hearsOf(near, 'aws.cloudwatch'),
  }
}

/** CW-20: the evaluated periods together are a day, or a week where each is an hour or more. */
function checkSpan(near: Near, span: number, period: number): void {
  const most = period >= 3600 * SECOND ? 7 * DAY_S : DAY_S
  if (span > most)
    near.self.error(
      ['EvaluationPeriods'],
      'out-of-range',
      `\`EvaluationPeriods\` times \`Period\` is ${span} s`,
      `expected up to ${most} s`,
    )
}

/** The one metric that the alarm itself names. */
function measuredDirectly(near: Near): Measured {
  const { self } = near
  const { config } = self
  for (const name of ['MetricName', 'Namespace', 'Period', 'Threshold'])
    if (config[name] === undefined)
      self.error([], 'missing-property', `\`${name}\` is a required property of AWS::CloudWatch::Alarm`)
  if ((config['Statistic'] === undefined) === (config['ExtendedStatistic'] === undefined))
    self.error([], 'missing-property', 'AWS::CloudWatch::Alarm needs one of `Statistic` and `ExtendedStatistic`')
  const stat = config['Statistic'] ?? config['ExtendedStatistic'] ?? 'Sum'
  const period = config['Period'] ?? 60
  checkPeriod(near, ['Period'], period)
  checkStatistic(near, ['ExtendedStatistic'], stat)
  const query = queryOf(config, stat, period, config['Unit'])
  return { terms: [{ id: 'm', query, expression: null }], result: 'm', period: query.Period }
}

/** The list `Metrics`: null, and a line on the 'not simulated' list, when an expression cannot be reckoned. */
function measuredByMetrics(near: Near): Measured | null {
  const { self } = near
  const list = self.config['Metrics']
  const entries = itemsOf(list)
  const terms: Term[] = []
  entries.forEach((entry, i) => {
    const term = termOf(near, entry, ['Metrics', i])
    if (term !== null) terms.push(term)
  })
  const periods = new Set(terms.map((term) => term.query?.Period).filter((period) => period !== undefined))
  if (entries.length > METRICS_MAX)
    self.error(
      ['Metrics'],
      'out-of-range',
      `\`Metrics\` has ${entries.length} entries`,
      `expected up to ${METRICS_MAX}`,
    )
  if (periods.size > 1)
    self.error(
      ['Metrics'],
      'out-of-range',
      'the entries of `Metrics` have different periods',
      'expected the same `Period` in all of them',
    )
  const shown = entries.filter((entry) => entry['ReturnData'] !== false && entry['ReturnData'] !== 'false')
  if (shown.length !== 1)
    self.error(
      ['Metrics'],
      'out-of-range',
      `${shown.length} entries of \`Metrics\` return data`,
      'expected `ReturnData: false` in all but one',
    )
  const [period] = periods
  const known = new Set(terms.map((term) => term.id))
  const closed = terms.every((term) => term.expression === null || idsIn(term.expression).every((id) => known.has(id)))
  if (terms.length < entries.length || !closed || period === undefined || shown.length !== 1) return null
  if (leadsInACircle(terms)) {
    self.error(['Metrics'], 'circular-expression', 'the expressions of `Metrics` need one another')
    return null
  }
  return { terms, result: String(shown[0]['Id']), period }
}

function termOf(near: Near, entry: Readonly<Record<string, any>>, path: Path): Term | null {
  const id = String(entry['Id'])
  if (entry['Expression'] !== undefined) {
    const expression = parseExpression(String(entry['Expression']))
    if (expression === undefined) {
      near.self.notSimulated(
        [...path, 'Expression'],
        `the expression \`${entry['Expression']}\` is not simulated: the alarm stays without data`,
      )
      return null
    }
    return { id, query: null, expression }
  }
  const { Metric: metric = {}, Period: period = 60, Stat: stat = 'Sum', Unit: unit } = membersOf(entry['MetricStat'])
  checkPeriod(near, [...path, 'MetricStat', 'Period'], Number(period))
  checkStatistic(near, [...path, 'MetricStat', 'Stat'], String(stat))
  return { id, query: queryOf(membersOf(metric), String(stat), Number(period), unit), expression: null }
}

/** The members of what should be a map; a map that is empty or missing has none. */
function membersOf(value: unknown): Readonly<Record<string, any>> {
  return typeof value === 'object' && value !== null ? value : {}
}

function itemsOf(list: unknown): readonly Readonly<Record<string, any>>[] {
  return Array.isArray(list) ? list.map(membersOf) : []
}

/** Whether an expression needs itself. */
function leadsInACircle(terms: readonly Term[]): boolean {
  const needs = new Map(terms.map((term) => [term.id, term.expression === null ? [] : idsIn(term.expression)]))
  const settled = new Set<string>()
  for (let round = 0; round < terms.length; round++)
    for (const [id, ids] of needs) if (ids.every((other) => settled.has(other))) settled.add(id)
  return settled.size < needs.size
}

function queryOf(metric: Readonly<Record<string, any>>, stat: string, period: number, unit: string | undefined): Query {
  const dimensions: Record<string, string> = {}
  for (const { Name: name, Value: value } of itemsOf(metric['Dimensions'])) dimensions[String(name)] = String(value)
  return {
    Namespace: String(metric['Namespace']),
    MetricName: String(metric['MetricName']),
    Dimensions: dimensions,
    Stat: stat,
    Unit: unit,
    Period: period * SECOND,
  }
}

/** CW-20, N.CLOUDWATCH-16: 10, 20, 30 or a multiple of 60. */
function checkPeriod(near: Near, path: Path, period: number): void {
  if (!(period > 0) || (period % 60 !== 0 && !SHORT_PERIODS.includes(period)))
    near.self.error(path, 'out-of-range', `\`Period\` is ${period}`, 'expected 10, 20, 30 or a multiple of 60 s')
}

function checkStatistic(near: Near, path: Path, stat: string): void {
  const simple = ['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum'].includes(stat)
  if (simple || PERCENTILE.test(stat) || TRIMMED_MEAN.test(stat)) return
  const range = TRIMMED_RANGE.exec(stat)
  const low = Number(range?.[1] ?? NaN)
  const high = range?.[2] === '' ? 100 : Number(range?.[2] ?? NaN)
  if (low < high && high <= 100) return
  near.self.error(
    path,
    'unknown-statistic',
    `\`${stat}\` is not a statistic that is simulated`,
    'possible are `p0` to `p100`, `tm99`, `TM(5%:95%)` and `IQM`',
  )
}
