// What is measured of a run when nobody says what: a term of the scenario language for every metric that has data, and the cost.
//
// A name is a text that `Expect` and `--measure` take too, so a table of differences can be turned into an expectation by copying.
import type { SeriesKind } from '../engine/recorder.ts'
import { baseUnits, histogramOf, statistic, windowOf, type Statistic } from '../metrics/statistics.ts'
import type { Bill } from '../run/bill.ts'
import { evaluateMeasure } from '../run/expect.ts'
import type { Run } from '../run/run.ts'
import type { PublishedMetric } from '../run/world.ts'
import type { Counts, MeasuredValue } from './types.ts'

/** The statistics that say most about a metric of a kind. */
const TELLING: Readonly<Record<SeriesKind, readonly (readonly [word: string, statistic: Statistic])[]>> = {
  count: [['sum', { kind: 'Sum' }]],
  gauge: [['max', { kind: 'Maximum' }]],
  level: [['max', { kind: 'Maximum' }]],
  age: [['max', { kind: 'Maximum' }]],
  distribution: [
    ['p50', { kind: 'percentile', p: 0.5 }],
    ['p99', { kind: 'percentile', p: 0.99 }],
  ],
}

/** The values that were asked for by name; one without data is left out. */
export function askedValues(run: Run): MeasuredValue[] {
  return run.scenario.measures.flatMap(({ text, ast }) => {
    const measured = evaluateMeasure(ast, run)
    return 'missing' in measured ? [] : [{ name: text, ...measured }]
  })
}

/** Everything that has data after the warm-up, in order of name. Sizes of messages are left out: they are what was put in. */
export function allValues(run: Run, bill: Bill | undefined): MeasuredValue[] {
  const values: MeasuredValue[] = []
  const errors = new Map<string, number>()
  const { warmUp } = run.scenario.plan
  const end = run.world.now + 1
  for (const metric of run.world.metrics) {
    if (isException(metric)) {
      const sum = statistic(metric.series, { kind: 'Sum' }, warmUp, end) ?? 0
      errors.set(metric.component, (errors.get(metric.component) ?? 0) + sum)
      continue
    }
    if (!isOwn(metric) || isSize(metric)) continue
    const base = metric.unit === 'Percent' ? 1 : baseUnits(metric.series, metric.unit)
    for (const [word, stat] of TELLING[metric.series.kind]) {
      const value = statistic(metric.series, stat, warmUp, end)
      if (value === undefined) continue
      values.push({ name: `${word}(${metric.component}.${metric.name})`, value: value / base, unit: metric.unit })
    }
  }
  const names = new Set(values.map((value) => value.name))
  for (const [component, sum] of errors) {
    const name = `sum(${component}.Errors)`
    if (!names.has(name)) values.push({ name, value: sum, unit: 'Count' })
  }
  if (bill !== undefined) {
    values.push({ name: 'cost(monthly)', value: bill.month, unit: 'USD' })
    for (const { resource, month } of bill.resources)
      values.push({ name: `cost(monthly at ${resource})`, value: month, unit: 'USD' })
  }
  return values.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The distributions of a run with their counts, in order of name. */
export function countsOf(run: Run): Counts[] {
  const counts = run.world.metrics.flatMap((metric): Counts[] => {
    if (metric.series.kind !== 'distribution' || !isOwn(metric) || isSize(metric)) return []
    const window = windowOf(metric.series, run.scenario.plan.warmUp, run.world.now + 1)
    if (window.count === 0) return []
    const { index, count, sum, min, max } = histogramOf(window).toSparse()
    return [
      {
        name: `${metric.component}.${metric.name}`,
        unit: metric.unit,
        base: baseUnits(metric.series, metric.unit),
        ...{ index: [...index], count: [...count], sum, min, max },
      },
    ]
  })
  return counts.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function isException(metric: PublishedMetric): boolean {
  return metric.namespace === 'Sim' && metric.name === 'Errors'
}

/** A resource's own series and not one with more dimensions: what a term of the language finds. */
function isOwn(metric: PublishedMetric): boolean {
  return metric.namespace !== 'Custom' && Object.keys(metric.dimensions).length <= 1
}

function isSize(metric: PublishedMetric): boolean {
  return metric.unit === 'Bytes' && metric.series.kind === 'distribution'
}

const LESS =
  /error|fail|throttl|reject|refus|latency|duration|age\b|ageof|delay|timeout|time\)|dropped|dlq|dead|abandon|expired|lost|miss|spillover|coldstart|retries|queuelength|stale|notvisible|messagesvisible|iteratorage|lag|unfinished|exceeded|evict|4xx|5xx|cost/i
const MORE = /success|hits?\b|hitrate/i

/** Whether less or more of a measure is better; undefined where that depends on what one wants. */
export function betterOf(name: string): 'less' | 'more' | undefined {
  if (MORE.test(name) && !/cost/i.test(name)) return 'more'
  return LESS.test(name) ? 'less' : undefined
}
