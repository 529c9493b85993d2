// What an alarm measures: a metric or an expression, period by period, and whether that can still change by itself.
import type { PublishedSeries, Sim } from '../../model/contract.ts'
import type { Measured } from './alarm-config.ts'
import { reckon, type Expression, type Values } from './metric-math.ts'

const MINUTE = 60_000_000

export interface Query {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: Readonly<Record<string, string>>
  readonly Stat: string
  readonly Unit: string | undefined
  /** µs. */
  readonly Period: number
}

class MetricQuery {
  readonly query: Query
  private readonly sim: Sim
  private metric: PublishedSeries | undefined

  constructor(query: Query, sim: Sim) {
    this.query = query
    this.sim = sim
    this.metric = undefined
  }

  /** The statistic over [from, to) µs; undefined without data. */
  value(from: number, to: number): number | undefined {
    return this.ask(this.query.Stat, from, to)
  }

  samples(from: number, to: number): number {
    return this.ask('SampleCount', from, to) ?? 0
  }

  /**
   * Whether the values of every period from `from` on would stay as they are if nothing happened any more: either
   * there has been no data since, or the same minute has repeated itself all the time.
   */
  settledSince(from: number, now: number): boolean {
    const series = this.published()?.series
    const last = series?.points[series.points.length - 1]
    if (series === undefined || last === undefined) return true
    const end = last.start + last.repeat * series.period
    return end <= from || (last.start <= from && end >= now && (series.kind !== 'age' || last.max === 0))
  }

  /** Whether the value is an age that grows from minute to minute, and has done so since `from`. */
  growingSince(from: number, now: number): boolean {
    const series = this.published()?.series
    const last = series?.points[series.points.length - 1]
    if (series === undefined || last === undefined || series.kind !== 'age' || last.max === 0) return false
    return last.start <= from && last.start + last.repeat * series.period >= now
  }

  private ask(statistic: string, from: number, to: number): number | undefined {
    const metric = this.published()
    if (metric === undefined || to <= 0) return undefined
    // A service publishes once a minute: shorter periods find nothing (N.CLOUDWATCH-16).
    if (this.query.Period < MINUTE && metric.series.period >= MINUTE) return undefined
    if (this.query.Unit !== undefined && this.query.Unit !== metric.unit) return undefined
    const value = this.sim.statistic(metric, statistic, from, to)
    return statistic === 'SampleCount' && value === 0 ? undefined : value
  }

  private published(): PublishedSeries | undefined {
    if (this.metric === undefined)
      this.metric = this.sim.series(this.query.Namespace, this.query.MetricName, this.query.Dimensions)
    return this.metric
  }
}

/** The metrics and expressions of an alarm; it has the value of one of them. */
export class MeasuredMetric implements Values {
  /** Ids of the metrics that are read. */
  readonly metrics: readonly string[]
  /** Seconds. */
  readonly period: number
  private readonly queries = new Map<string, MetricQuery>()
  private readonly expressions = new Map<string, Expression>()
  private readonly result: string
  private from = 0
  private to = 0

  constructor(measured: Measured, sim: Sim) {
    this.result = measured.result
    this.period = measured.period / 1_000_000
    for (const { id, query, expression } of measured.terms) {
      if (query !== null) this.queries.set(id, new MetricQuery(query, sim))
      if (expression !== null) this.expressions.set(id, expression)
    }
    this.metrics = [...this.queries.keys()].sort()
  }

  /** The value over [from, to) µs; undefined without data. */
  value(from: number, to: number): number | undefined {
    this.from = from
    this.to = to
    return this.valueOf(this.result)
  }

  valueOf(id: string): number | undefined {
    const expression = this.expressions.get(id)
    return expression === undefined ? this.queries.get(id)!.value(this.from, this.to) : reckon(expression, this)
  }

  /** Samples of the metric that is compared; none of an expression. */
  samples(from: number, to: number): number {
    return this.queries.get(this.result)?.samples(from, to) ?? 0
  }

  settledSince(from: number, now: number): boolean {
    return [...this.queries.values()].every((query) => query.settledSince(from, now))
  }

  growingSince(from: number, now: number): boolean {
    return this.queries.get(this.result)?.growingSince(from, now) ?? false
  }
}
