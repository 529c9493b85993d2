// Amazon CloudWatch alarm: a statistic of a metric, held against a threshold every minute.
//
// The one idea: an alarm has no clock of its own. It is asked at the end of every minute, after the minute's data points
// are there, and says whether it must be asked again even if nothing happens: once its data have settled, an idle year
// costs nothing.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import { MONTH_US } from '../../model/price.ts'
import * as p from '../../model/p.ts'
import { actionAnswered, actionProps, Actions, flapping, marksOf, readAlarm, type Change } from './alarm-actions.ts'
import { gather, PERCENTILE, type Measured, ANOMALY_COMPARISONS } from './alarm-config.ts'
import {
  breaches,
  BREACHING,
  COMPARISONS,
  EXTRA_PERIODS,
  MISSING,
  NOT_BREACHING,
  samplesNeeded,
  stateAfter,
  type AlarmState,
  type Comparison,
  type MissingData,
  type Point,
} from './alarm-state.ts'
import { MeasuredMetric } from './metric-query.ts'

const MINUTE = 60_000_000
const TICK = 10_000_000
const DAY_S = 86_400

const dimensions = p.list(
  'The dimensions of the metric, all of them.',
  p.record('One dimension.', {
    Name: p.string('Its name.', { required: true }),
    Value: p.string('Its value.', { required: true }),
  }),
)

export const alarm: ServiceDef<Alarm> = {
  type: 'AWS::CloudWatch::Alarm',
  family: 'observability',
  namespace: 'AWS/CloudWatch',
  dimension: 'AlarmName',
  summary: 'An alarm on one metric: OK, ALARM or INSUFFICIENT_DATA, decided every minute.',
  models: [
    'The state follows from the newest N of the last N + 2 periods, by the documented tables for missing data (CW-23, CW-24).',
    'Periods of a minute or more slide by a minute; periods of 10, 20 and 30 s are decided every 10 s, for high-resolution metrics (CW-22).',
    'Missing data of AWS/DynamoDB are always ignored (CW-26).',
    'Percentiles of too few samples leave the state as it is, if asked to (CW-25).',
    'Metric math: expressions over up to ten metrics of one period, period by period (CW-27).',
    'Actions run once for each change of state; scaling policies again every minute (CW-21).',
    'Every change of state is told on the default event bus (CW-28).',
  ],
  omits: [
    'Metric math beyond arithmetic, comparisons, FILL, IF, PERIOD and functions over lists; anomaly detection; metrics of other accounts.',
    'Actions on EC2, OpsCenter and other targets without a room: they are counted.',
    'The delay with which services publish their metrics: a minute is readable when it ends (CW-08).',
  ],
  quotas: {},
  assumptions: {},
  prices: {
    Alarms: {
      doc: 'Alarms, by metric',
      usd: '0.10',
      unit: 'alarm-months',
      base: MONTH_US,
      free: 10,
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [PR-R1]',
      used: ({ period, metricCount }, { now }) => (period < MINUTE ? undefined : metricCount * now),
    },
    HighResolutionAlarms: {
      doc: 'Alarms of high resolution, by metric',
      usd: '0.30',
      unit: 'alarm-months',
      base: MONTH_US,
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [PR-R1]',
      used: ({ period, metricCount }, { now }) => (period < MINUTE ? metricCount * now : undefined),
    },
  },
  props: {
    ...actionProps,
    AlarmName: p.string('The physical name.'),
    AlarmDescription: p.inert('A description.'),
    ComparisonOperator: p.oneOf('How a data point breaches.', [...Object.keys(COMPARISONS), ...ANOMALY_COMPARISONS], {
      required: true,
    }),
    DatapointsToAlarm: p.int('How many of the periods must breach; all when absent.', [1, DAY_S]),
    Dimensions: dimensions,
    EvaluateLowSampleCountPercentile: p.oneOf('What percentiles of few samples do.', ['evaluate', 'ignore'], {
      default: 'evaluate',
    }),
    EvaluationPeriods: p.int('How many periods are looked at.', [1, DAY_S], { required: true }),
    ExtendedStatistic: p.string('A percentile or trimmed mean: `p99`, `TM(5%:95%)`.'),
    MetricName: p.string('The metric.'),
    Metrics: p.any('Metrics and expressions, in place of one metric.'),
    Namespace: p.string('The namespace of the metric.'),
    Period: p.int('The length of a period.', [10, 604_800], { unit: 's' }),
    Statistic: p.oneOf('What is taken of the values of a period.', [
      'Average',
      'Maximum',
      'Minimum',
      'SampleCount',
      'Sum',
    ]),
    Tags: p.inert('Tags.'),
    Threshold: p.number('What a data point is held against, in the unit of the metric.', [-Infinity, Infinity]),
    ThresholdMetricId: p.unused('the alarm would follow an anomaly detection band'),
    TreatMissingData: p.oneOf('What a period without data means.', ['missing', 'notBreaching', 'breaching', 'ignore'], {
      default: 'missing',
    }),
    Unit: p.string('Only data points of this unit count.'),
    EvaluationCriteria: p.unused('a rule of the query language would decide'),
    EvaluationInterval: p.unused('the alarm would be decided so often'),
  },
  carries: () => true,
  gather,
  create: (config, sim) => new Alarm(config, sim),
  ops: {
    'cloudwatch:ReadAlarm': {
      internal: true,
      doc: 'Says in which state it is, as DescribeAlarms does (our own name: that operation names several).',
      run: readAlarm,
    },
    'cloudwatch:SetAlarmState': {
      doc: 'Puts the alarm in a state until it is decided the next time (CW-21).',
      target: 'AlarmName',
      params: ['StateValue', 'StateReason'],
      ignored: ['StateReasonData'],
      errors: ['InvalidParameterValue'],
      run: setAlarmState,
    },
  },
  timers: { listenerAnswered, actionAnswered },
  metrics: {},
  invariants: {
    'the last entry of the history is the state': (a) => a.history[a.history.length - 1].state === a.state,
  },
  periodEnded: (a, time) => a.periodEnded(time),
  periodEvery: (config) => everyOf(config),
  view: {
    glyph: 'alarm',
    label: 'Alarm',
    level: (a) => (a.state === 'ALARM' ? 1 : 0),
    levelMax: () => 1,
    tone: (a) => (a.state === 'ALARM' ? 'failing' : 'calm'),
    detail: (config) =>
      config['Threshold'] === undefined
        ? undefined
        : `${SIGNS[config['ComparisonOperator'] as Comparison] ?? ''} ${String(config['Threshold'])}`,
    watches,
    marks: (a, from, to) => marksOf(a.history, a.sim.name, from, to),
    readings: [
      {
        name: 'State',
        unit: '',
        doc: '0 = OK, 1 = ALARM, −1 = INSUFFICIENT_DATA.',
        read: (a) => (a.state === 'ALARM' ? 1 : a.state === 'OK' ? 0 : -1),
      },
      { name: 'Value', unit: '', doc: 'The newest data point that was held against it.', read: (a) => a.newest },
      { name: 'Threshold', unit: '', doc: 'What it is held against.', read: (a) => a.threshold },
    ],
  },
  insights: (a, look) => flapping(a.history, look),
  report: (a) => ({ state: a.state, history: a.history, notifications: a.actions.report() }),
}

export class Alarm {
  readonly sim: Sim
  state: AlarmState = 'INSUFFICIENT_DATA'
  /** Every state it has been in, with the moment (µs) and the reason. */
  readonly history: Change[] = []
  readonly actions: Actions
  private readonly metric: MeasuredMetric | null
  readonly period: number
  /** Metrics that it looks at: each is billed. */
  readonly metricCount: number
  private readonly evaluate: number
  private readonly toAlarm: number
  private readonly comparison: Comparison
  readonly threshold: number
  /** The newest data point of the last decision; NaN = none yet. */
  newest = NaN
  private readonly missingData: MissingData
  /** Fewer samples than this leave the state as it is; 0 = any number will do. */
  private readonly samplesNeeded: number
  private readonly listeners: readonly number[]

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    this.history.push({ at: 0, state: this.state, previous: this.state, reason: 'Unchecked: Initial alarm creation' })
    this.actions = new Actions(config, sim, actionAnswered)
    const measured = config['Measured'] as Measured | null
    const query = measured?.terms.find((term) => term.id === measured.result)?.query ?? null
    this.metric = measured === null ? null : new MeasuredMetric(measured, sim)
    this.period = measured?.period ?? MINUTE
    this.metricCount = Math.max(1, (measured?.terms ?? []).filter((term) => term.query !== null).length)
    this.evaluate = config['EvaluationPeriods']
    this.toAlarm = config['DatapointsToAlarm'] ?? this.evaluate
    this.comparison = config['ComparisonOperator']
    this.threshold = config['Threshold'] ?? 0
    this.missingData = query?.Namespace === 'AWS/DynamoDB' ? 'ignore' : config['TreatMissingData']
    const few = config['EvaluateLowSampleCountPercentile'] === 'ignore' && query !== null && PERCENTILE.test(query.Stat)
    this.samplesNeeded = few ? samplesNeeded(Number(query.Stat.slice(1)) / 100) : 0
    this.listeners = (config['Listeners'] as readonly string[]).map((listener) =>
      sim.edge(listener, 'cloudwatch:AlarmStateChanged', listenerAnswered),
    )
  }

  /** Decides the state; answers whether that could come out differently later although nothing happens. */
  periodEnded(time: number): boolean {
    // The first period must be over before there is anything to decide (CW-22).
    if (this.metric === null || time < this.period) return this.metric !== null
    const { metric, period } = this
    const looked = this.evaluate + EXTRA_PERIODS
    const points: Point[] = []
    const values: number[] = []
    for (let i = looked; i > 0; i--) {
      const from = time - i * period
      const value = metric.value(from, from + period)
      if (value !== undefined) values.push((this.newest = value))
      points.push(
        value === undefined ? MISSING : breaches(value, this.comparison, this.threshold) ? BREACHING : NOT_BREACHING,
      )
    }
    if (this.samplesNeeded === 0 || metric.samples(time - period, time) >= this.samplesNeeded) {
      const state = stateAfter(points, this.evaluate, this.toAlarm, this.missingData, this.state)
      if (state !== this.state) this.change(time, state, this.reasonFor(state, points, values))
    }
    const repeats = this.actions.repeat(this.history[this.history.length - 1])
    return repeats || !this.settled(time, looked, points)
  }

  change(at: number, state: AlarmState, reason: string): void {
    const change: Change = { at, state, previous: this.state, reason }
    this.state = state
    this.history.push(change)
    this.actions.announce(change)
    this.actions.run(change)
    for (const listener of this.listeners) {
      const call = this.sim.open(listener, 0, 0)
      this.sim.calls.body[call] = { AlarmName: this.sim.name, StateValue: state }
      this.sim.send(call)
    }
  }

  /** Whether every later decision would be this one, as long as nothing happens. */
  private settled(time: number, looked: number, points: readonly Point[]): boolean {
    const from = time - looked * this.period
    if (this.metric!.settledSince(from, time)) return true
    // A growing age stays on the side of the threshold on which all of its points are, if it grows away from it.
    const away = this.comparison.startsWith('Greater') ? BREACHING : NOT_BREACHING
    return this.metric!.growingSince(from, time) && points.every((point) => point === away)
  }

  private reasonFor(state: AlarmState, points: readonly Point[], values: readonly number[]): string {
    if (state === 'INSUFFICIENT_DATA') return 'Insufficient Data: no data points were received'
    if (values.length === 0)
      return `Threshold Crossed: no data points were received and missing data are treated as ${this.missingData}`
    const newest = values.slice(-this.evaluate)
    const wanted = points.filter((point) => point === (state === 'ALARM' ? BREACHING : NOT_BREACHING)).length
    const of = `${Math.min(wanted, newest.length)} of the last ${newest.length} data points [${newest.join(', ')}]`
    return `Threshold Crossed: ${of} ${state === 'ALARM' ? 'were' : 'were not'} ${COMPARISONS[this.comparison]} the threshold (${this.threshold})`
  }
}

const SIGNS: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
}

/** The metrics of the alarm, by namespace and the values of their dimensions. */
function watches(config: Config): { readonly namespace: string; readonly dimensions: readonly string[] }[] {
  const measured = config['Measured'] as Measured | null
  return (measured?.terms ?? []).flatMap(({ query }) =>
    query === null
      ? []
      : [
          {
            namespace: query.Namespace,
            dimensions: Object.keys(query.Dimensions)
              .sort()
              .map((name) => query.Dimensions[name]),
          },
        ],
  )
}

function setAlarmState(a: Alarm, call: Call): void {
  const body = a.sim.calls.body[call] as { StateValue?: unknown; StateReason?: unknown }
  const state = body.StateValue
  if (state !== 'OK' && state !== 'ALARM' && state !== 'INSUFFICIENT_DATA') {
    a.sim.reply(call, a.sim.error('InvalidParameterValue', 400))
    return
  }
  if (state !== a.state) a.change(a.sim.clock[0], state, String(body.StateReason ?? ''))
  a.sim.reply(call, 0)
}

function listenerAnswered(a: Alarm, call: Call): void {
  a.sim.close(call)
}

/** How often the state is decided: every 10 s for periods below a minute (CW-22). */
function everyOf(config: Config): number {
  const measured = config['Measured'] as Measured | null
  return measured !== null && measured.period < MINUTE ? TICK : MINUTE
}
