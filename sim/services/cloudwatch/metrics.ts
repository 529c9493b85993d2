// The account's CloudWatch metrics: custom values come in by PutMetricData, and what is published can be listed and read.
//
// A metric is its namespace, its name and the exact set of its dimensions (CW-01); nothing is added up over dimensions.
import type { Call } from '../../engine/calls.ts'
import type { Action, CwUnit, ServiceDef, Sim } from '../../model/contract.ts'
import { MONTH_US } from '../../model/price.ts'
import { TokenBucket } from '../../parts/token-bucket.ts'
import { quotas } from './metrics.facts.ts'

const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const POINTS_MAX = 1_440
/** The greatest and least size of a value but 0: 2^360 and 2^−360 (CW-03). */
const VALUE_MAX = 2.3485425827738332e108
const VALUE_MIN = 1 / VALUE_MAX

export const metrics: ServiceDef<Metrics> = {
  type: 'Sim::CloudWatch::Metrics',
  family: 'observability',
  namespace: 'AWS/CloudWatch',
  dimension: '',
  summary: 'The metrics of the account: custom ones come in here, all can be listed and read.',
  models: [
    'PutMetricData with single values, values and counts, and statistic sets, at 60 s or 1 s resolution (CW-02, CW-03, CW-04).',
    'ListMetrics shows what has data; GetMetricStatistics reads it (CW-01, CW-06).',
  ],
  omits: [
    'Timestamps: a value belongs to the moment of the call.',
    'Retention and re-aggregation of old data points (CW-05).',
    'Units as part of the identity: the first unit of a metric is its unit.',
    'Percentiles of custom metrics with several different values in a period (statistic sets have none either, CW-06).',
    'Dashboards, which show and change nothing.',
  ],
  quotas,
  assumptions: {},
  prices: {
    Metrics: {
      doc: 'Custom metrics',
      usd: '0.30',
      unit: 'metric-months',
      base: MONTH_US,
      tiers: [
        { above: 10_000, usd: '0.10' },
        { above: 250_000, usd: '0.05' },
        { above: 1_000_000, usd: '0.02' },
      ],
      free: 10,
      sharesWith: 'cloudwatch.Metrics',
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [PR-R1]',
      used: (self, { now }) => customTime(self, now),
    },
    ApiRequests: {
      doc: 'Requests for metrics',
      usd: '0.01',
      per: 1_000,
      unit: 'requests',
      free: 1_000_000,
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [PR-R1]',
      used: (_self, meter) => REQUESTS.reduce((sum, action) => sum + meter.calls(action).sent, 0),
    },
  },
  props: {},
  parts: {
    'AWS::CloudWatch::Dashboard': {
      DashboardBody: { kind: 'any', doc: 'What it shows.' },
      DashboardName: { kind: 'any', doc: 'Its name.' },
    },
  },
  singleton: true,
  create: (_, sim) => new Metrics(sim),
  ops: {
    'cloudwatch:GetMetricStatistics': {
      doc: 'Reads statistics of a metric, period by period; times in seconds since the start.',
      params: [
        'Namespace',
        'MetricName',
        'Dimensions',
        'StartTime',
        'EndTime',
        'Period',
        'Statistics',
        'ExtendedStatistics',
      ],
      ignored: ['Unit'],
      errors: ['InvalidParameterValue', 'InvalidParameterCombination'],
      run: getMetricStatistics,
    },
    'cloudwatch:ListMetrics': {
      doc: 'Lists the metrics that have data.',
      params: ['Namespace', 'MetricName', 'Dimensions'],
      ignored: ['NextToken', 'RecentlyActive'],
      run: listMetrics,
    },
    'cloudwatch:PutMetricData': {
      doc: 'Takes in values of custom metrics.',
      params: ['Namespace', 'MetricData'],
      ignored: ['EntityMetricData', 'StrictEntityValidation'],
      errors: ['Throttling', 'MissingParameter', 'InvalidParameterValue', 'InvalidParameterCombination'],
      run: putMetricData,
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: {
    glyph: 'metrics',
    label: 'CloudWatch',
    level: () => 0,
    levelMax: () => 1,
    tone: () => 'calm',
    readings: [
      {
        name: 'Tokens',
        unit: 'requests',
        doc: 'Requests to send metrics that may come at once.',
        read: (self, now) => self.requests.peek(now),
      },
    ],
  },
}

const REQUESTS: readonly Action[] = [
  'cloudwatch:PutMetricData',
  'cloudwatch:ListMetrics',
  'cloudwatch:GetMetricStatistics',
]

/** Custom metrics over time, each from its first value on. */
function customTime({ sim }: Metrics, now: number): number {
  return sim
    .metrics()
    .filter(({ namespace }) => namespace !== 'Sim' && !namespace.startsWith('AWS/'))
    .reduce((sum, { series }) => sum + now - Math.min(now, series.points[0]?.start ?? now), 0)
}

export class Metrics {
  readonly sim: Sim
  readonly requests: TokenBucket
  readonly dimensionsMax: number
  readonly metricsMax: number
  readonly valuesMax: number

  constructor(sim: Sim) {
    this.sim = sim
    const rate = sim.quota('PutMetricDataPerSecond')
    this.requests = new TokenBucket(rate, rate)
    this.dimensionsMax = sim.quota('DimensionsPerMetric')
    this.metricsMax = sim.quota('MetricsPerRequest')
    this.valuesMax = sim.quota('ValuesPerMetric')
  }
}

/** One metric of a request. */
interface Datum {
  readonly MetricName?: unknown
  readonly Value?: number
  readonly Values?: readonly number[]
  readonly Counts?: readonly number[]
  readonly StatisticValues?: {
    readonly SampleCount: number
    readonly Sum: number
    readonly Minimum: number
    readonly Maximum: number
  }
  readonly Unit?: string
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[]
  readonly StorageResolution?: number
}

function bodyOf(self: Metrics, call: Call): Readonly<Record<string, any>> {
  return (self.sim.calls.body[call] ?? {}) as Readonly<Record<string, any>>
}

function getMetricStatistics(self: Metrics, call: Call): void {
  const { sim } = self
  const body = bodyOf(self, call)
  const period = Number(body['Period']) * SECOND
  const from = Number(body['StartTime']) * SECOND
  const to = Number(body['EndTime']) * SECOND
  const names = [...(body['Statistics'] ?? []), ...(body['ExtendedStatistics'] ?? [])] as string[]
  const known = names.every((name) =>
    /^(Average|Maximum|Minimum|SampleCount|Sum|p\d{1,2}(\.\d{1,10})?|p100)$/.test(name),
  )
  if (!(period > 0) || !(to > from) || !known || names.length === 0) {
    sim.reply(call, sim.error('InvalidParameterValue', 400))
    return
  }
  if ((to - from) / period > POINTS_MAX) {
    sim.reply(call, sim.error('InvalidParameterCombination', 400))
    return
  }
  const metric = sim.series(String(body['Namespace']), String(body['MetricName']), dimensionsOf(body['Dimensions']))
  const points: Record<string, unknown>[] = []
  for (let start = from; metric !== undefined && start < to; start += period) {
    const samples = sim.statistic(metric, 'SampleCount', start, start + period)!
    if (samples === 0) continue
    const point: Record<string, unknown> = { Timestamp: start / SECOND, Unit: metric.unit }
    for (const name of names) point[name] = sim.statistic(metric, name, start, start + period)
    points.push(point)
  }
  sim.calls.answer[call] = { Label: body['MetricName'], Datapoints: points }
  sim.reply(call, 0)
}

function listMetrics(self: Metrics, call: Call): void {
  const { sim } = self
  const body = bodyOf(self, call)
  const filters = (body['Dimensions'] ?? []) as readonly { readonly Name: string; readonly Value?: string }[]
  const listed = sim
    .metrics()
    .filter(
      (metric) =>
        metric.series.points.length > 0 &&
        metric.namespace !== 'Sim' &&
        (body['Namespace'] === undefined || metric.namespace === body['Namespace']) &&
        (body['MetricName'] === undefined || metric.name === body['MetricName']) &&
        filters.every(
          ({ Name: name, Value: value }) =>
            Object.hasOwn(metric.dimensions, name) && (value === undefined || metric.dimensions[name] === value),
        ),
    )
    .map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.keys(metric.dimensions)
        .sort()
        .map((name) => ({ Name: name, Value: metric.dimensions[name] })),
    }))
  sim.calls.answer[call] = { Metrics: listed }
  sim.reply(call, 0)
}

/** All values of a request are taken in, or none. */
function putMetricData(self: Metrics, call: Call): void {
  const { sim } = self
  if (!self.requests.take(sim.clock[0], 1)) {
    sim.reply(call, sim.error('Throttling', 400))
    return
  }
  const body = bodyOf(self, call)
  const namespace = body['Namespace']
  const data = body['MetricData'] as readonly Datum[] | undefined
  const refused = refusalOf(self, namespace, data)
  if (refused === '') for (const datum of data!) takeIn(self, namespace as string, datum)
  sim.reply(call, refused === '' ? 0 : sim.error(refused, 400))
}

/** The exception that a request raises, empty when it is well. */
function refusalOf(self: Metrics, namespace: unknown, data: readonly Datum[] | undefined): string {
  if (typeof namespace !== 'string' || namespace === '' || !Array.isArray(data) || data.length === 0)
    return 'MissingParameter'
  if (namespace.startsWith('AWS/') || data.length > self.metricsMax) return 'InvalidParameterValue'
  for (const datum of data as readonly Datum[]) {
    if (typeof datum.MetricName !== 'string' || datum.MetricName === '') return 'MissingParameter'
    if ((datum.Dimensions ?? []).length > self.dimensionsMax) return 'InvalidParameterValue'
    if (datum.StorageResolution !== undefined && datum.StorageResolution !== 1 && datum.StorageResolution !== 60)
      return 'InvalidParameterValue'
    const forms = [datum.Value, datum.Values, datum.StatisticValues].filter((form) => form !== undefined).length
    if (forms === 0) return 'MissingParameter'
    if (forms > 1 || (datum.Counts !== undefined && datum.Counts.length !== datum.Values?.length))
      return 'InvalidParameterCombination'
    const values = datum.Values ?? []
    if (values.length > self.valuesMax) return 'InvalidParameterValue'
    const set = datum.StatisticValues
    const numbers = [
      ...(datum.Value === undefined ? [] : [datum.Value]),
      ...values,
      ...(set === undefined ? [] : [set.Sum, set.Minimum, set.Maximum]),
    ]
    if (!numbers.every(isStorable)) return 'InvalidParameterValue'
    const counts = set === undefined ? (datum.Counts ?? []) : [set.SampleCount]
    if (!counts.every((count) => count > 0 && Number.isFinite(count))) return 'InvalidParameterValue'
  }
  return ''
}

/** CW-03: a number, neither NaN nor infinite, whose size lies in 2^−360..2^360, or 0. */
function isStorable(value: unknown): boolean {
  if (typeof value !== 'number') return false
  const size = Math.abs(value)
  return size === 0 || (size >= VALUE_MIN && size <= VALUE_MAX)
}

function takeIn(self: Metrics, namespace: string, datum: Datum): void {
  const { sim } = self
  const period = datum.StorageResolution === 1 ? SECOND : MINUTE
  const unit = (datum.Unit ?? 'None') as CwUnit
  const metric = sim.customMetric(namespace, datum.MetricName as string, dimensionsOf(datum.Dimensions), unit, period)
  if (datum.Value !== undefined) sim.count(metric, datum.Value)
  const values = datum.Values ?? []
  for (let i = 0; i < values.length; i++) {
    const n = datum.Counts?.[i] ?? 1
    sim.aggregate(metric, n, n * values[i], values[i], values[i])
  }
  const set = datum.StatisticValues
  if (set !== undefined) sim.aggregate(metric, set.SampleCount, set.Sum, set.Minimum, set.Maximum)
}

function dimensionsOf(
  list: readonly { readonly Name: string; readonly Value: string }[] | undefined,
): Record<string, string> {
  const made: Record<string, string> = {}
  for (const { Name: name, Value: value } of list ?? []) made[name] = String(value)
  return made
}
