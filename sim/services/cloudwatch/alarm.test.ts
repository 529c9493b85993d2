// Shows how alarms follow their metrics: states, periods, missing data, percentiles, actions, and idle years.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, lab, MINUTE, MS, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import type { ServiceDef, Sim } from '../../model/contract.ts'
import { queue } from '../sqs/queue.ts'
import { alarm, type Alarm } from './alarm.ts'
import { metrics } from './metrics.ts'

const SQS = { Namespace: 'AWS/SQS', Dimensions: [{ Name: 'QueueName', Value: 'Jobs' }] }
const CUSTOM = { Namespace: 'App', MetricName: 'Load' }
const ABOVE = (threshold: number) => ({ ComparisonOperator: 'GreaterThanThreshold', Threshold: threshold })

/** A queue, the account's metrics and an alarm on whatever `properties` say: one minute, one period, Sum by default. */
function watched(
  properties: Record<string, unknown>,
  options: LabOptions = {},
  more: Record<string, ServiceDef> = {},
): Lab {
  const { ExtendedStatistic: extended } = properties
  const statistic = extended === undefined && properties['Metrics'] === undefined ? { Statistic: 'Sum' } : {}
  return lab(
    {
      Jobs: { def: queue, assumptions: { ApiLatency: 'constant(0ms)' } },
      Cw: { def: metrics },
      Watch: { def: alarm, properties: { Period: 60, EvaluationPeriods: 1, ...statistic, ...properties } },
      ...Object.fromEntries(Object.entries(more).map(([name, def]) => [name, { def }])),
    },
    {
      probe: [
        ['Jobs', 'sqs:SendMessage'],
        ['Jobs', 'sqs:ReceiveMessage'],
        ['Cw', 'cloudwatch:PutMetricData'],
        ['Watch', 'cloudwatch:SetAlarmState'],
      ],
      ...options,
    },
  )
}

/** Custom values of the metric `Load`, one a minute from the first minute on; null = none. */
function load(l: Lab, values: readonly (number | null)[], metric: Record<string, unknown> = {}): void {
  values.forEach((value, i) => {
    l.run(i * MINUTE + SECOND)
    if (value !== null) put(l, { MetricName: 'Load', Value: value, ...metric })
  })
  l.run(values.length * MINUTE)
}

const put = (l: Lab, datum: Record<string, unknown>) =>
  l.ask('Cw', 'cloudwatch:PutMetricData', { Namespace: 'App', MetricData: [datum] })
const history = (l: Lab, name = 'Watch') => l.state<Alarm>(name).history.map(({ at, state }) => [at / MINUTE, state])
const state = (l: Lab) => l.state<Alarm>('Watch').state
const notifications = (l: Lab) => l.state<Alarm>('Watch').actions.counts

describe('the three states', () => {
  it('go from INSUFFICIENT_DATA to OK and ALARM and back when data stop [N.CLOUDWATCH-17, CW-21]', () => {
    const l = watched({ ...CUSTOM, ...ABOVE(10) })
    expect(state(l)).toBe('INSUFFICIENT_DATA')
    load(l, [null, 5, 20, 20])
    l.run(HOUR)
    expect(history(l)).toEqual([
      [0, 'INSUFFICIENT_DATA'],
      [2, 'OK'],
      [3, 'ALARM'],
      // The last data point leaves the three periods that are looked at.
      [7, 'INSUFFICIENT_DATA'],
    ])
    expect(l.state<Alarm>('Watch').history[2]!.reason).toBe(
      'Threshold Crossed: 1 of the last 1 data points [20] were greater than the threshold (10)',
    )
  })

  it('tell one notification when the backlog passes 100 at 90 s, at the evaluation after that [N.CLOUDWATCH-13, CW-08]', () => {
    const l = watched({
      ...SQS,
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      ...ABOVE(100),
      AlarmActions: ['arn:aws:sns:eu-west-1:1:Ops'],
    })
    for (let i = 0; i < 100; i++) l.call('Jobs', 'sqs:SendMessage', { MessageBody: i })
    l.run(90 * SECOND)
    l.call('Jobs', 'sqs:SendMessage', { MessageBody: 'one more' })
    l.run(2 * MINUTE - 1)
    expect(state(l)).toBe('OK')
    l.run(HOUR)
    expect(history(l)).toEqual([
      [0, 'INSUFFICIENT_DATA'],
      [1, 'OK'],
      [2, 'ALARM'],
    ])
    expect(notifications(l)).toEqual([1])
    expect(l.notSimulated.join()).toMatch(/nothing that is simulated stands behind `arn:aws:sns:eu-west-1:1:Ops`/)
  })

  it('can be set by hand until the next evaluation [CW-21]', () => {
    const l = watched({ ...SQS, MetricName: 'ApproximateNumberOfMessagesVisible', ...ABOVE(100) })
    l.run(10 * MINUTE + SECOND)
    expect(state(l)).toBe('OK')
    l.ask('Watch', 'cloudwatch:SetAlarmState', { StateValue: 'ALARM', StateReason: 'a drill' })
    l.run(11 * MINUTE - 1)
    expect(state(l)).toBe('ALARM')
    l.run(11 * MINUTE)
    expect(state(l)).toBe('OK')
    expect(l.ask('Watch', 'cloudwatch:SetAlarmState', { StateValue: 'Alarm' }).status).toBe('InvalidParameterValue')
  })

  it('can follow a metric that does not exist yet [CW-27]', () => {
    const l = watched({ ...CUSTOM, Dimensions: [{ Name: 'Env', Value: 'prod' }], ...ABOVE(1) })
    l.run(DAY)
    expect(history(l)).toEqual([[0, 'INSUFFICIENT_DATA']])
    l.run(DAY + SECOND)
    put(l, { MetricName: 'Load', Value: 2 })
    put(l, {
      MetricName: 'Load',
      Value: 2,
      Dimensions: [
        { Name: 'Env', Value: 'prod' },
        { Name: 'Az', Value: 'a' },
      ],
    })
    l.run(DAY + MINUTE)
    expect(state(l)).toBe('INSUFFICIENT_DATA')
    put(l, { MetricName: 'Load', Value: 2, Dimensions: [{ Name: 'Env', Value: 'prod' }] })
    l.run(DAY + 2 * MINUTE)
    expect(state(l)).toBe('ALARM')
  })
})

describe('evaluation', () => {
  it('needs three breaching points of three, and stays OK on one breach [CW-24, CW-V4]', () => {
    const l = watched({ ...CUSTOM, ...ABOVE(3), EvaluationPeriods: 3 })
    load(l, [2, 3.5, 3.6, 3.7, 3.8, 2, 2, 2, 4, 2])
    expect(history(l).slice(1)).toEqual([
      [1, 'OK'],
      [4, 'ALARM'],
      [6, 'OK'],
    ])
  })

  it('needs DatapointsToAlarm of EvaluationPeriods [CW-20]', () => {
    const l = watched({ ...CUSTOM, ...ABOVE(3), EvaluationPeriods: 4, DatapointsToAlarm: 2 })
    load(l, [1, 9, 1, 1, 9, 1, 1, 1])
    expect(history(l).slice(1)).toEqual([
      [1, 'OK'],
      [5, 'ALARM'],
      [6, 'OK'],
    ])
    expect(() => watched({ ...CUSTOM, ...ABOVE(3), DatapointsToAlarm: 2 })).toThrow(/DatapointsToAlarm/)
  })

  it('of five-minute periods slides by a minute: minutes 1 to 5, then 2 to 6 [CW-22]', () => {
    const l = watched({ ...CUSTOM, ...ABOVE(9), Period: 300 })
    load(l, [5, 0, 0, 0, 4, 6, 0, 0, 0, 0, 0])
    // 1–5: 9, not above; 2–6: 10; 3–7 to 5–9: 10; 6–10: 6.
    expect(history(l).slice(1)).toEqual([
      [5, 'OK'],
      [6, 'ALARM'],
      [10, 'OK'],
    ])
  })

  it('compares with each statistic in the metric’s own unit: one outlier of 10 s in 100 calls [N.CLOUDWATCH-15, CW-06]', () => {
    const states = (statistic: Record<string, unknown>, threshold: number) => {
      const l = lab(
        {
          Calls: { def: timed },
          Watch: {
            def: alarm,
            properties: {
              Namespace: 'Sim',
              MetricName: 'Latency',
              Dimensions: [{ Name: 'Server', Value: 'Calls' }],
              Period: 60,
              EvaluationPeriods: 1,
              ...ABOVE(threshold),
              ...statistic,
            },
          },
        },
        { probe: [['Calls', 'sim:Take']] },
      )
      for (let i = 0; i < 100; i++) l.call('Calls', 'sim:Take', i === 50 ? 10 * SECOND : 100 * MS)
      l.run(MINUTE)
      return state(l)
    }
    expect(states({ Statistic: 'Average' }, 1)).toBe('OK')
    expect(states({ Statistic: 'Maximum' }, 1)).toBe('ALARM')
    expect(states({ Statistic: 'Minimum' }, 0.09)).toBe('ALARM')
    expect(states({ Statistic: 'SampleCount' }, 99)).toBe('ALARM')
    expect(states({ Statistic: 'SampleCount' }, 100)).toBe('OK')
    expect(states({ ExtendedStatistic: 'p99' }, 1)).toBe('OK')
    expect(states({ ExtendedStatistic: 'p99.1' }, 1)).toBe('ALARM')
    expect(states({ ExtendedStatistic: 'tm99' }, 0.11)).toBe('OK')
  })

  it('leaves the state when a percentile has too few samples, if told to ignore them [CW-25]', () => {
    const after = (samples: number, few: string) => {
      const l = lab(
        {
          Calls: { def: timed },
          Watch: {
            def: alarm,
            properties: {
              Namespace: 'Sim',
              MetricName: 'Latency',
              Dimensions: [{ Name: 'Server', Value: 'Calls' }],
              Period: 60,
              EvaluationPeriods: 1,
              ...ABOVE(1),
              ExtendedStatistic: 'p99',
              EvaluateLowSampleCountPercentile: few,
            },
          },
        },
        { probe: [['Calls', 'sim:Take']] },
      )
      for (let i = 0; i < samples; i++) l.call('Calls', 'sim:Take', 2 * SECOND)
      l.run(MINUTE)
      return state(l)
    }
    expect(after(999, 'ignore')).toBe('INSUFFICIENT_DATA')
    expect(after(1000, 'ignore')).toBe('ALARM')
    expect(after(1, 'evaluate')).toBe('ALARM')
  })

  it('treats missing data as it is told, and those of AWS/DynamoDB always as ignored [CW-24, CW-26]', () => {
    const after = (properties: Record<string, unknown>) => {
      const l = watched({ ...CUSTOM, ...ABOVE(3), ...properties })
      if (properties['Namespace'] === undefined) load(l, [9])
      l.run(HOUR)
      return state(l)
    }
    expect(after({ TreatMissingData: 'missing' })).toBe('INSUFFICIENT_DATA')
    expect(after({ TreatMissingData: 'ignore' })).toBe('ALARM')
    expect(after({ TreatMissingData: 'breaching' })).toBe('ALARM')
    expect(after({ TreatMissingData: 'notBreaching' })).toBe('OK')
    expect(after({ Namespace: 'AWS/DynamoDB', TreatMissingData: 'breaching' })).toBe('INSUFFICIENT_DATA')
    expect(after({ Namespace: 'AWS/Other', TreatMissingData: 'breaching' })).toBe('ALARM')
  })

  it('takes only data points of the unit, if one is named [CW-20]', () => {
    const after = (unit: string) => {
      const l = watched({ ...CUSTOM, ...ABOVE(3), Unit: unit })
      load(l, [9], { Unit: 'Count' })
      return state(l)
    }
    expect(after('Count')).toBe('ALARM')
    expect(after('Seconds')).toBe('INSUFFICIENT_DATA')
  })

  it('reads the metrics and expressions of `Metrics`: the share of failures among all calls [CW-27]', () => {
    const stat = (id: string, name: string, period = 60) => ({
      Id: id,
      ReturnData: false,
      MetricStat: { Metric: { Namespace: 'App', MetricName: name }, Period: period, Stat: 'Sum' },
    })
    const share = { Id: 'share', Expression: '100 * bad / (bad + good)' }
    const withMetrics = (...Metrics: unknown[]) =>
      watched({ ComparisonOperator: 'GreaterThanThreshold', Threshold: 5, Period: undefined, Metrics })
    const l = withMetrics(stat('bad', 'Bad'), stat('good', 'Good'), share)
    for (const [minute, bad] of [5, 6, 0].entries()) {
      l.run(minute * MINUTE + SECOND)
      put(l, { MetricName: 'Bad', Value: bad })
      put(l, { MetricName: 'Good', Value: 100 - bad })
    }
    l.run(3 * MINUTE)
    expect(history(l).slice(1)).toEqual([
      [1, 'OK'],
      [2, 'ALARM'],
      [3, 'OK'],
    ])
    const single = withMetrics({ ...stat('m1', 'Bad'), ReturnData: true })
    put(single, { MetricName: 'Bad', Value: 6 })
    single.run(MINUTE)
    expect(state(single)).toBe('ALARM')
    const band = withMetrics(stat('bad', 'Bad'), { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(bad, 2)' })
    put(band, { MetricName: 'Bad', Value: 6 })
    band.run(HOUR)
    expect(state(band)).toBe('INSUFFICIENT_DATA')
    expect(band.notSimulated.join()).toMatch(/`ANOMALY_DETECTION_BAND\(bad, 2\)` is not simulated/)
  })

  it('takes up to ten metrics of one period, one of them shown, none of them needing itself [CW-27]', () => {
    const stat = (id: string, period: number, shown: boolean) => ({
      Id: id,
      ReturnData: shown,
      MetricStat: { Metric: { Namespace: 'App', MetricName: 'Load' }, Period: period, Stat: 'Sum' },
    })
    const withMetrics = (Metrics: unknown[]) => () =>
      watched({ ComparisonOperator: 'GreaterThanThreshold', Threshold: 5, Period: undefined, Metrics })
    const many = (n: number) => Array.from({ length: n }, (_, i) => stat(`m${i}`, 60, i === 0))
    withMetrics(many(10))()
    expect(withMetrics(many(11))).toThrow(/11 entries/)
    expect(withMetrics([stat('a', 60, true), stat('b', 120, false)])).toThrow(/different periods/)
    expect(withMetrics([stat('a', 60, true), stat('b', 60, true)])).toThrow(/2 entries of `Metrics` return data/)
    expect(
      withMetrics([
        stat('a', 60, true),
        { Id: 'x', Expression: 'y', ReturnData: false },
        { Id: 'y', Expression: 'x + a', ReturnData: false },
      ]),
    ).toThrow(/need one another/)
  })
})

describe('an anomaly band', () => {
  it('is named as not simulated, and its alarm stays without data', () => {
    const l = watched({
      ...CUSTOM,
      ComparisonOperator: 'GreaterThanUpperThreshold',
      ThresholdMetricId: 'band',
      Period: 60,
    })
    expect(l.notSimulated.join()).toMatch(/anomaly band/)
    l.run(10 * MINUTE)
    expect(state(l)).toBe('INSUFFICIENT_DATA')
  })
})

describe('periods', () => {
  it('are 10, 20, 30 or a multiple of 60 s; 45 s is refused [N.CLOUDWATCH-16, CW-20]', () => {
    for (const period of [10, 20, 30, 60, 180, 86_400]) watched({ ...CUSTOM, ...ABOVE(1), Period: period })
    for (const period of [45, 90, 1, 59])
      expect(() => watched({ ...CUSTOM, ...ABOVE(1), Period: period })).toThrow(/Period/)
    watched({ ...CUSTOM, ...ABOVE(1), Period: 60, EvaluationPeriods: 1440 })
    expect(() => watched({ ...CUSTOM, ...ABOVE(1), Period: 60, EvaluationPeriods: 1441 })).toThrow(
      /`EvaluationPeriods` times/,
    )
    watched({ ...CUSTOM, ...ABOVE(1), Period: 3600, EvaluationPeriods: 168 })
    expect(() => watched({ ...CUSTOM, ...ABOVE(1), Period: 3600, EvaluationPeriods: 169 })).toThrow(
      /`EvaluationPeriods` times/,
    )
  })

  it('of 10 or 30 s find no data in a service’s metrics, and decide every 10 s on a high-resolution metric [N.CLOUDWATCH-16, CW-22, CW-02]', () => {
    for (const period of [10, 30]) {
      const service = watched({
        ...SQS,
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Statistic: 'Maximum',
        ...ABOVE(0),
        Period: period,
      })
      service.ask('Jobs', 'sqs:SendMessage', { MessageBody: 1 })
      service.run(10 * MINUTE)
      expect(state(service)).toBe('INSUFFICIENT_DATA')
    }
    const l = watched({ ...CUSTOM, ...ABOVE(1), Period: 10 }, { duration: 10 * MINUTE })
    for (const [at, value] of [
      [3, 1],
      [14, 1],
      [15, 1],
      [27, 1],
    ] as const) {
      l.run(at * SECOND)
      put(l, { MetricName: 'Load', Value: value, StorageResolution: 1 })
    }
    l.run(10 * MINUTE)
    expect(l.state<Alarm>('Watch').history.map(({ at, state: s }) => [at / SECOND, s])).toEqual([
      [0, 'INSUFFICIENT_DATA'],
      [10, 'OK'],
      [20, 'ALARM'],
      [30, 'OK'],
      [60, 'INSUFFICIENT_DATA'],
    ])
  })
})

describe('actions', () => {
  it('reach a topic once for each change and a scaling policy every minute in the state [N.CLOUDWATCH-14, CW-21, CW-28]', () => {
    const l = watched(
      { ...CUSTOM, ...ABOVE(3), AlarmActions: ['Ops', 'Grow'], OKActions: ['Ops'] },
      {},
      {
        Ops: heard('AWS::SNS::Topic', 'sns:Publish'),
        Grow: heard('AWS::AutoScaling::ScalingPolicy', 'autoscaling:ExecutePolicy'),
      },
    )
    load(l, [1, 9, 9, 9, 1, 1])
    expect(l.state<Heard>('Ops').bodies).toMatchObject([
      { Message: { NewStateValue: 'OK', OldStateValue: 'INSUFFICIENT_DATA', StateChangeTime: 60_000 } },
      { Message: { AlarmName: 'Watch', NewStateValue: 'ALARM', OldStateValue: 'OK', StateChangeTime: 120_000 } },
      { Message: { NewStateValue: 'OK', OldStateValue: 'ALARM' } },
    ])
    expect(l.state<Heard>('Grow').times.map((time) => time / MINUTE)).toEqual([2, 2, 3, 4])
  })

  it('are at most five for a state, and none run when they are not enabled [CW-21]', () => {
    const l = watched({ ...CUSTOM, ...ABOVE(3), AlarmActions: ['a'], ActionsEnabled: false })
    load(l, [9])
    expect([state(l), notifications(l)]).toEqual(['ALARM', [0]])
    expect(() => watched({ ...CUSTOM, ...ABOVE(3), AlarmActions: [1, 2, 3, 4, 5, 6] })).toThrow(/6 actions/)
  })
})

describe('idle time', () => {
  it('costs an alarm nothing once its data have settled', () => {
    for (const properties of [
      { ...CUSTOM },
      { ...SQS, MetricName: 'ApproximateNumberOfMessagesVisible', Statistic: 'Average', TreatMissingData: 'breaching' },
      { ...SQS, MetricName: 'NumberOfMessagesSent', Period: 300, EvaluationPeriods: 3 },
    ]) {
      const l = watched({ ...properties, ...ABOVE(0) }, { duration: 365 * DAY })
      l.ask('Jobs', 'sqs:SendMessage', { MessageBody: 1 })
      let asked = 0
      const watch = l.state<Alarm>('Watch')
      const evaluate = watch.periodEnded.bind(watch)
      watch.periodEnded = (time) => (asked++, evaluate(time))
      l.run(365 * DAY)
      expect(asked).toBeLessThan(60)
    }
  })

  it('does not hide the minute in which an age passes its threshold, nor what follows of it', () => {
    const l = watched({ ...SQS, MetricName: 'ApproximateAgeOfOldestMessage', Statistic: 'Maximum', ...ABOVE(3 * 3600) })
    l.run(30 * SECOND)
    l.ask('Jobs', 'sqs:SendMessage', { MessageBody: 1 })
    l.run(4 * DAY + HOUR)
    expect(history(l).slice(1)).toEqual([
      [1, 'OK'],
      [181, 'ALARM'],
      // The message has expired after 4 days and a half minute.
      [4 * 1440 + 1, 'OK'],
    ])
  })

  it('does not hide that the data of a metric that always breached have stopped', () => {
    const l = watched({ ...SQS, MetricName: 'NumberOfEmptyReceives', ...ABOVE(0) }, { duration: DAY })
    const poll = (): void => {
      if (l.now < 5 * MINUTE) l.call('Jobs', 'sqs:ReceiveMessage', { WaitTimeSeconds: 18 }, 0, poll)
    }
    poll()
    l.run(DAY)
    expect(history(l).slice(1)).toEqual([
      [1, 'ALARM'],
      [9, 'INSUFFICIENT_DATA'],
    ])
  })

  it('decides at the same minutes as an alarm that is asked every minute', () => {
    const run = (busy: boolean) => {
      const l = watched(
        {
          ...SQS,
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Statistic: 'Average',
          Period: 300,
          EvaluationPeriods: 2,
          ...ABOVE(0.5),
        },
        { duration: 3 * DAY },
      )
      if (busy) l.state<Alarm>('Watch').actions.repeat = () => true
      for (const at of [0, 7, 400, 2000]) {
        l.run(at * MINUTE + 20 * SECOND)
        l.call('Jobs', at % 2 === 0 ? 'sqs:SendMessage' : 'sqs:ReceiveMessage', {
          MessageBody: 1,
          VisibilityTimeout: 36_000,
        })
      }
      l.run(3 * DAY)
      return history(l)
    }
    expect(run(true).length).toBeGreaterThan(3)
    expect(run(false)).toEqual(run(true))
  })
})

interface Heard {
  readonly sim: Sim
  readonly bodies: unknown[]
  readonly times: number[]
}

/** A room that only writes down what it is told. */
function heard(type: `AWS::${string}::${string}`, action: `${string}:${string}`): ServiceDef<Heard> {
  return {
    ...timed,
    type,
    metrics: {},
    create: (_, sim) => ({ sim, bodies: [], times: [] }),
    ops: {
      [action]: {
        doc: 'Hears.',
        run: (self, call) => {
          self.bodies.push(self.sim.calls.body[call])
          self.times.push(self.sim.clock[0]!)
          self.sim.reply(call, 0)
        },
      },
    },
  } as ServiceDef<Heard>
}

/** A room whose every call takes as long as it says. */
const timed: ServiceDef<any> = {
  type: 'Sim::Test::Timed',
  family: 'compute',
  namespace: 'Sim',
  dimension: 'Server',
  summary: 'Takes times.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_, sim) => ({ sim, latency: sim.metric('Latency') }),
  ops: {
    'sim:Take': {
      doc: 'Takes a time.',
      run: (self, call) => {
        self.sim.record(self.latency, self.sim.calls.body[call] as number)
        self.sim.reply(call, 0)
      },
    },
  },
  timers: {},
  metrics: { Latency: { unit: 'Seconds', kind: 'distribution', doc: 'Times.' } },
  invariants: {},
  view: { glyph: 'x', label: 'x', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}
