// Holds a finished run against its expectations: what was measured, and whether that is what was expected.
//
// Windows: a statistic takes the periods that begin inside it; without `during` it takes the run without its warm-up.
// `alarm(X) == ALARM` asks for the state at the end, or with `during` whether X was in that state at any time of it;
// `alarm(X) == OK` during a window asks that X never was in ALARM: an alarm begins without data and says nothing then.
import { lineColumn } from '../diag/span.ts'
import { formatMicros } from '../engine/time.ts'
import type { Comparison } from '../lang/condition.ts'
import type { Cost, Expectation as Ast, Formula, Measure, Measured } from '../lang/expectation.ts'
import type { Expectation } from '../lang/expectations.ts'
import { baseUnits, statistic, type Statistic } from '../metrics/statistics.ts'
import type { CwUnit } from '../model/contract.ts'
import { usd } from '../parts/money.ts'
import { billOf } from './bill.ts'
import type { Run } from './run.ts'
import type { PublishedMetric } from './world.ts'

export interface ExpectationResult {
  readonly text: string
  readonly ok: boolean
  /** The left side as it was measured, `against` the right one where that was measured too, or why it could not be. */
  readonly measured: string
  readonly place?: string
}

/** A month is 730 hours (PR-R1). */
const HOURS_PER_MONTH = 730
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24

/** A value and what its number counts, for comparing `300 ms` with a metric in µs. */
interface Value {
  readonly number: number
  readonly of: 'time' | 'size' | 'share' | 'money' | 'plain'
  /** How many base units make one of the metric's CloudWatch unit; plain numbers beside it are read in that unit. */
  readonly unit: number
}

type Evaluated = Value | { readonly missing: string }

export function evaluateExpectation(expectation: Expectation, run: Run): ExpectationResult {
  const { span, text, ast } = expectation
  if (span.source.beside === true) return { text, ...evaluate(ast, run) }
  const { line, column } = lineColumn(span)
  return { text, place: `${span.source.name}:${line}:${column}`, ...evaluate(ast, run) }
}

/** A measured value in the unit that CloudWatch gives its metric; a text says why there is none. */
export interface MeasuredValue {
  readonly value: number
  readonly unit: CwUnit | 'USD'
}

/** Measures one value of a finished run. */
export function evaluateMeasure({ formula, during }: Measure, run: Run): MeasuredValue | { readonly missing: string } {
  const from = during?.from ?? run.scenario.plan.warmUp
  const to = during?.to ?? run.world.now + 1
  if (from > 0 && from >= run.world.now) return { missing: 'the run ended before' }
  const value = valueOf(formula, run, from, to, {})
  if ('missing' in value) return value
  if (value.of === 'time')
    return value.unit === 1_000_000
      ? { value: value.number / 1_000_000, unit: 'Seconds' }
      : { value: value.number / 1_000, unit: 'Milliseconds' }
  if (value.of === 'share') return { value: value.number * 100, unit: 'Percent' }
  return { value: value.number / value.unit, unit: UNITS[value.of] }
}

const UNITS = { size: 'Bytes', money: 'USD', plain: 'Count' } as const

function evaluate(ast: Ast, run: Run): { ok: boolean; measured: string } {
  const from = ast.during?.from ?? run.scenario.plan.warmUp
  const to = ast.during?.to ?? run.world.now + 1
  if (from > 0 && from >= run.world.now && ast.kind !== 'conserved')
    return { ok: false, measured: 'nothing: the run ended before' }
  switch (ast.kind) {
    case 'compare': {
      if (ast.by.length > 0) return evaluateBy(ast, run, from, to)
      return compared(ast, valueOf(ast.left, run, from, to, {}), valueOf(ast.right, run, from, to, {}))
    }
    case 'alarm': {
      const history = alarmHistory(run, ast.alarm.text)
      const seen = ast.during === undefined ? [history[history.length - 1]!.state] : statesDuring(history, from, to)
      const holds = ast.state === 'OK' && ast.during !== undefined ? !seen.includes('ALARM') : seen.includes(ast.state)
      return { ok: ast.op === '==' ? holds : !holds, measured: [...new Set(seen)].join(', then ') }
    }
    case 'conserved': {
      const broken = run.broken.filter((one) => one.component === ast.resource.text).map((one) => one.sentence)
      return {
        ok: broken.length === 0,
        measured: broken.length === 0 ? 'every invariant holds' : `it does not hold that ${broken.join('; ')}`,
      }
    }
  }
}

function evaluateBy(
  ast: Ast & { kind: 'compare' },
  run: Run,
  from: number,
  to: number,
): { ok: boolean; measured: string } {
  const names = ast.by.map((name) => name.text)
  const groups = new Map<string, Record<string, string>>()
  for (const measured of metricsIn(ast.left)) {
    for (const metric of run.world.metrics) {
      if (
        metric.component !== measured.resource.text ||
        metric.name !== measured.metric.text ||
        !names.every((name) => Object.hasOwn(metric.dimensions, name))
      )
        continue
      const values = Object.fromEntries(names.map((name) => [name, metric.dimensions[name]!]))
      groups.set(JSON.stringify(values), values)
    }
  }
  if (groups.size === 0) return { ok: false, measured: `no data by ${names.join(', ')}` }
  const results = [...groups.values()].map((values) => ({
    label: Object.values(values).join('/'),
    ...compared(ast, valueOf(ast.left, run, from, to, values), valueOf(ast.right, run, from, to, values)),
  }))
  return {
    ok: results.every((result) => result.ok),
    measured: results.map((result) => `${result.label}: ${result.measured}`).join(', '),
  }
}

function metricsIn(formula: Formula): Measured[] {
  if (formula.kind === 'binary') return [...metricsIn(formula.left), ...metricsIn(formula.right)]
  return formula.kind === 'metric' ? [formula] : []
}

function valueOf(
  formula: Formula,
  run: Run,
  from: number,
  to: number,
  dimensions: Readonly<Record<string, string>>,
): Evaluated {
  switch (formula.kind) {
    case 'quantity': {
      const of =
        formula.unit === 'duration'
          ? 'time'
          : formula.unit === 'size'
            ? 'size'
            : formula.unit === 'percent'
              ? 'share'
              : formula.unit === 'money'
                ? 'money'
                : 'plain'
      return { number: formula.value, of, unit: 1 }
    }
    case 'metric':
      return measure(formula, run, from, to, dimensions)
    case 'errors': {
      const all = run.world.metrics.filter(
        (metric) =>
          metric.namespace === 'Sim' &&
          metric.name === 'Errors' &&
          metric.dimensions['ErrorCode'] === formula.error.text &&
          (formula.resource === undefined || metric.component === formula.resource.text),
      )
      return {
        number: all.reduce((sum, metric) => sum + (statistic(metric.series, { kind: 'Sum' }, from, to) ?? 0), 0),
        of: 'plain',
        unit: 1,
      }
    }
    case 'cost':
      return costOf(formula, run)
    case 'binary': {
      const left = valueOf(formula.left, run, from, to, dimensions)
      const right = valueOf(formula.right, run, from, to, dimensions)
      if ('missing' in left) return left
      if ('missing' in right) return right
      if (formula.op === '/' && right.number === 0) return { missing: 'a division by 0' }
      const both = left.of === right.of
      if (formula.op === '/')
        return { number: left.number / right.number, of: both ? 'plain' : left.of, unit: both ? 1 : left.unit }
      if (formula.op === '*')
        return {
          number: left.number * right.number,
          of: left.of === 'plain' || left.of === 'share' ? right.of : left.of,
          unit: Math.max(left.unit, right.unit),
        }
      return {
        number: formula.op === '+' ? left.number + right.number : left.number - right.number,
        of: left.of,
        unit: left.unit,
      }
    }
  }
}

/** US dollars of the bill: of the whole with tiers and free tier, of one resource as its lines stand. */
function costOf({ period, resource }: Cost, run: Run): Evaluated {
  const bill = billOf(run.world)
  if (bill === undefined) return { missing: 'the run ended before its warm-up was over' }
  const one = resource === undefined ? bill : bill.resources.find((each) => each.resource === resource.text)
  if (one === undefined) return { missing: `\`${resource!.text}\` has no price lines` }
  const part = { monthly: 1, daily: 1 / DAYS_PER_MONTH, hourly: 1 / HOURS_PER_MONTH, run: 1 }[period]
  return { number: (period === 'run' ? one.run : one.month) * part, of: 'money', unit: 1 }
}

function measure(
  measured: Measured,
  run: Run,
  from: number,
  to: number,
  dimensions: Readonly<Record<string, string>>,
): Evaluated {
  const all = run.world.metrics.filter(
    (metric) =>
      (metric.component === measured.resource.text || metric.namespace === measured.resource.text) &&
      metric.name === measured.metric.text &&
      (Object.keys(dimensions).length === 0
        ? isOwn(metric)
        : Object.entries(dimensions).every(([name, value]) => metric.dimensions[name] === value)),
  )
  // A metric of the room's own, such as Lambda's `Errors`, goes before the count of exceptions of the same name.
  const metric = all.find((one) => one.namespace !== 'Sim' || one.name !== 'Errors') ?? all[0]
  const what = `${measured.resource.text}.${measured.metric.text}`
  const stat = toStatistic(measured.statistic)
  if (metric === undefined)
    return stat.kind === 'Sum' || stat.kind === 'SampleCount'
      ? { number: 0, of: 'plain', unit: 1 }
      : { missing: `${what} has no data` }
  const value = isException(metric) ? exceptions(all, stat, from, to) : statistic(metric.series, stat, from, to)
  const unit = baseUnits(metric.series, metric.unit)
  if (metric.unit === 'Percent' && stat.kind !== 'SampleCount')
    return value === undefined
      ? { missing: `${what} has no data in this time` }
      : { number: value / 100, of: 'share', unit: 0.01 }
  const of = stat.kind === 'SampleCount' ? 'plain' : unit > 1 ? 'time' : metric.unit === 'Bytes' ? 'size' : 'plain'
  if (value === undefined)
    return stat.kind === 'Sum' || measuresNothing(metric, stat)
      ? { number: 0, of, unit }
      : { missing: `${what} has no data in this time` }
  return { number: value, of, unit }
}

function isException(metric: PublishedMetric): boolean {
  return metric.namespace === 'Sim' && metric.name === 'Errors'
}

/** Exceptions have a series for each name; what is asked for is all of them. */
function exceptions(series: readonly PublishedMetric[], stat: Statistic, from: number, to: number): number | undefined {
  if (stat.kind !== 'Sum' && stat.kind !== 'SampleCount') return statistic(series[0]!.series, stat, from, to)
  return series.reduce((sum, one) => sum + (statistic(one.series, stat, from, to) ?? 0), 0)
}

/** A resource's own series, not one with more dimensions; of the exceptions all together are meant. */
function isOwn(metric: PublishedMetric): boolean {
  return metric.namespace === 'Custom' || Object.keys(metric.dimensions).length <= 1 || metric.namespace === 'Sim'
}

/** A queue without any message has published nothing: its largest number of messages is 0. */
function measuresNothing(metric: PublishedMetric, stat: Statistic): boolean {
  return (
    (metric.series.kind === 'gauge' || metric.series.kind === 'age' || metric.series.kind === 'level') &&
    stat.kind === 'Maximum'
  )
}

function toStatistic(stat: Measured['statistic']): Statistic {
  if (stat.kind === 'percentile') return { kind: 'percentile', p: stat.p / 100 }
  if (stat.kind === 'trimmed-mean') return { kind: 'trimmedMean', from: stat.low / 100, to: stat.high / 100 }
  return { kind: stat.kind }
}

function compared(
  { op, right: formula }: Ast & { kind: 'compare' },
  left: Evaluated,
  right: Evaluated,
): { ok: boolean; measured: string } {
  if ('missing' in left) return { ok: false, measured: left.missing }
  if ('missing' in right) return { ok: false, measured: right.missing }
  // A plain number beside a metric with a unit is read in that unit, as CloudWatch's own thresholds are.
  const a = left.of === 'plain' && right.of !== 'plain' ? left.number * right.unit : left.number
  const b = right.of === 'plain' && left.of !== 'plain' ? right.number * left.unit : right.number
  return { ok: holds(a, op, b), measured: isMeasured(formula) ? `${shown(left)} against ${shown(right)}` : shown(left) }
}

/** Whether it is known only after the run. */
function isMeasured(formula: Formula): boolean {
  return formula.kind === 'binary' ? isMeasured(formula.left) || isMeasured(formula.right) : formula.kind !== 'quantity'
}

function holds(a: number, op: Comparison, b: number): boolean {
  switch (op) {
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    case '==':
      return a === b
    case '!=':
      return a !== b
  }
}

function shown(value: Value): string {
  if (value.of === 'time') return formatMicros(Math.round(value.number))
  if (value.of === 'share' && value.unit !== 1) return `${(value.number * 100).toPrecision(4)} %`
  if (value.of === 'money') return usd(value.number)
  if (value.of === 'size') return `${Math.round(value.number)} B`
  return Number.isInteger(value.number) ? String(value.number) : value.number.toPrecision(6)
}

interface AlarmState {
  readonly at: number
  readonly state: string
}

/** An alarm's states in order of time, from its report. */
function alarmHistory(run: Run, name: string): readonly AlarmState[] {
  const def = run.world.planOf(name).def
  const details = def.report?.(run.world.stateOf(name)) as { history?: readonly AlarmState[] } | undefined
  return details?.history ?? [{ at: 0, state: 'INSUFFICIENT_DATA' }]
}

function statesDuring(history: readonly AlarmState[], from: number, to: number): string[] {
  const before = history.filter((entry) => entry.at <= from)
  const first = before[before.length - 1]
  return [
    ...(first === undefined ? [] : [first.state]),
    ...history.filter((entry) => entry.at > from && entry.at <= to).map((entry) => entry.state),
  ]
}
