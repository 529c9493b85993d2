// Shows custom metrics: what may be sent, how values fall into periods, and that dimensions make metrics of their own.
import { describe, expect, it } from 'vitest'
import { lab, MINUTE, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import { queue } from '../sqs/queue.ts'
import { metrics } from './metrics.ts'

function account(options: LabOptions = {}): Lab {
  const actions = ['PutMetricData', 'ListMetrics', 'GetMetricStatistics'] as const
  return lab(
    { Cw: { def: metrics }, Jobs: { def: queue }, Dead: { def: queue } },
    {
      probe: [...actions.map((action) => ['Cw', `cloudwatch:${action}`] as const), ['Jobs', 'sqs:SendMessage']],
      ...options,
    },
  )
}

const put = (l: Lab, ...data: Record<string, unknown>[]) =>
  l.ask('Cw', 'cloudwatch:PutMetricData', { Namespace: 'MyApp', MetricData: data }).status
const list = (l: Lab, filter: Record<string, unknown> = {}) =>
  l.ask('Cw', 'cloudwatch:ListMetrics', filter).answer.Metrics
const read = (l: Lab, metric: Record<string, unknown>) =>
  l.ask('Cw', 'cloudwatch:GetMetricStatistics', {
    Namespace: 'MyApp',
    StartTime: 0,
    EndTime: 600,
    Period: 60,
    Statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average'],
    ...metric,
  }).answer.Datapoints
const dimension = (Name: string, Value: string) => ({ Name, Value })

describe('custom metrics', () => {
  it('are whatever the user sends: 100 orders sum up to 100 [N.CLOUDWATCH-09, N.CLOUDWATCH-12]', () => {
    const l = account()
    for (let i = 0; i < 100; i++) {
      l.run(i * SECOND)
      expect(put(l, { MetricName: 'Orders', Value: 1 })).toBe('OK')
    }
    l.run(3 * MINUTE)
    expect(read(l, { MetricName: 'Orders', Period: 120 })).toMatchObject([{ Timestamp: 0, Sum: 100, SampleCount: 100 }])
  })

  it('with other dimensions are other metrics, without any total [N.CLOUDWATCH-10, CW-01, CW-V6]', () => {
    const l = account()
    put(l, { MetricName: 'Load', Value: 1, Dimensions: [dimension('Env', 'dev')] })
    put(l, { MetricName: 'Load', Value: 5, Dimensions: [dimension('Env', 'prod'), dimension('Az', 'a')] })
    put(l, { MetricName: 'Load', Value: 7, Dimensions: [dimension('Az', 'a'), dimension('Env', 'prod')] })
    l.run(MINUTE)
    expect(read(l, { MetricName: 'Load', Dimensions: [dimension('Env', 'dev')] })).toMatchObject([{ Sum: 1 }])
    expect(read(l, { MetricName: 'Load', Dimensions: [dimension('Env', 'prod'), dimension('Az', 'a')] })).toMatchObject(
      [{ Sum: 12 }],
    )
    expect(read(l, { MetricName: 'Load', Dimensions: [dimension('Env', 'prod')] })).toEqual([])
    expect(read(l, { MetricName: 'Load' })).toEqual([])
    expect(list(l, { Namespace: 'MyApp' })).toHaveLength(2)
  })

  it('have a data point a minute, or a second at high resolution [N.CLOUDWATCH-11, CW-02]', () => {
    const l = account()
    for (let i = 0; i < 120; i++) {
      l.run(i * SECOND)
      put(
        l,
        { MetricName: 'Slow', Value: 1, StorageResolution: 60 },
        { MetricName: 'Fast', Value: 1, StorageResolution: 1 },
      )
    }
    l.run(2 * MINUTE)
    expect(l.points('Cw', 'Slow')).toHaveLength(2)
    expect(l.points('Cw', 'Fast')).toHaveLength(120)
  })

  it('take values with counts, and statistic sets [CW-03, CW-04, CW-V5]', () => {
    const l = account()
    put(l, { MetricName: 'V', Values: [2, 4, 5] })
    put(l, { MetricName: 'C', Values: [2, 4], Counts: [3, 1] })
    put(l, { MetricName: 'S', StatisticValues: { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 6 } })
    l.run(MINUTE)
    expect(read(l, { MetricName: 'V' })).toEqual([
      { Timestamp: 0, Unit: 'None', SampleCount: 3, Sum: 11, Average: 3.6666666666666665, Minimum: 2, Maximum: 5 },
    ])
    expect(read(l, { MetricName: 'C' })).toMatchObject([{ SampleCount: 4, Sum: 10 }])
    expect(read(l, { MetricName: 'S' })).toMatchObject([{ SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 6 }])
  })

  it('have at most 10 dimensions in the notes and 30 today [N.CLOUDWATCH-04, CW-01]', () => {
    const dimensions = (n: number) => Array.from({ length: n }, (_, i) => dimension(`d${i}`, 'x'))
    for (const [profile, most] of [
      ['notes-2020', 10],
      ['current', 30],
    ] as const) {
      const l = account({ profile })
      expect(put(l, { MetricName: 'M', Value: 1, Dimensions: dimensions(most) })).toBe('OK')
      expect(put(l, { MetricName: 'M', Value: 1, Dimensions: dimensions(most + 1) })).toBe('InvalidParameterValue')
    }
  })

  it('refuse values beyond 2^360, not a number, too many, or in two forms at once; then nothing of the request counts [CW-03]', () => {
    const l = account()
    const most = 2 ** 360
    for (const value of [most, -most, 1 / most, 0]) expect(put(l, { MetricName: 'M', Value: value })).toBe('OK')
    for (const value of [most * 1.001, -most * 1.001, 1 / most / 1.001, NaN, Infinity, '1'])
      expect(put(l, { MetricName: 'Good', Value: 1 }, { MetricName: 'M', Value: value })).toBe('InvalidParameterValue')
    expect(put(l, { MetricName: 'M', Values: Array(151).fill(1) })).toBe('InvalidParameterValue')
    expect(put(l, { MetricName: 'M', Values: Array(150).fill(1) })).toBe('OK')
    expect(put(l, { MetricName: 'M', Value: 1, Values: [1] })).toBe('InvalidParameterCombination')
    expect(put(l, { MetricName: 'M', Values: [1, 2], Counts: [1] })).toBe('InvalidParameterCombination')
    expect(put(l, { MetricName: 'M' })).toBe('MissingParameter')
    expect(put(l, ...Array(1001).fill({ MetricName: 'M', Value: 1 }))).toBe('InvalidParameterValue')
    expect(put(l, { MetricName: 'M', Value: 1, StorageResolution: 5 })).toBe('InvalidParameterValue')
    expect(
      l.ask('Cw', 'cloudwatch:PutMetricData', { Namespace: 'AWS/SQS', MetricData: [{ MetricName: 'M', Value: 1 }] })
        .status,
    ).toBe('InvalidParameterValue')
    l.run(MINUTE)
    expect(list(l, { MetricName: 'Good' })).toEqual([])
  })

  it('are throttled beyond 500 requests a second [CW-03, N.CLOUDWATCH-12]', () => {
    const l = account()
    for (let i = 0; i < 501; i++)
      l.call('Cw', 'cloudwatch:PutMetricData', { Namespace: 'MyApp', MetricData: [{ MetricName: 'M', Value: 1 }] })
    l.run(1)
    expect(l.answers.filter((answer) => answer.status === 'Throttling')).toHaveLength(1)
  })
})

describe('the list of metrics', () => {
  it('is grouped by namespace: AWS/SQS has the queues’ alone, each a series over time [N.CLOUDWATCH-02, CW-01]', () => {
    const l = account()
    put(l, { MetricName: 'Orders', Value: 1 })
    l.ask('Jobs', 'sqs:SendMessage', { MessageBody: 1 })
    l.run(2 * MINUTE)
    const names = new Set(list(l, { Namespace: 'AWS/SQS' }).map((metric: any) => metric.MetricName))
    expect(names).toEqual(
      new Set([
        'ApproximateAgeOfOldestMessage',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesVisible',
        'NumberOfMessagesSent',
        'SentMessageSize',
      ]),
    )
    const visible = read(l, {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [dimension('QueueName', 'Jobs')],
    })
    expect(visible).toMatchObject([
      { Timestamp: 0, Sum: 1 },
      { Timestamp: 60, Sum: 1 },
    ])
  })

  it('tells two queues apart by QueueName [N.CLOUDWATCH-03]', () => {
    const l = account()
    l.run(MINUTE)
    expect(
      list(l, { MetricName: 'ApproximateNumberOfMessagesVisible' }).map((metric: any) => metric.Dimensions),
    ).toEqual([[dimension('QueueName', 'Dead')], [dimension('QueueName', 'Jobs')]])
    expect(
      list(l, { MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: [dimension('QueueName', 'Jobs')] }),
    ).toHaveLength(1)
  })

  it('can be read only by statistics, periods and times that make sense', () => {
    const l = account()
    const status = (more: Record<string, unknown>) =>
      l.ask('Cw', 'cloudwatch:GetMetricStatistics', {
        Namespace: 'MyApp',
        MetricName: 'M',
        StartTime: 0,
        EndTime: 600,
        Period: 60,
        Statistics: ['Sum'],
        ...more,
      }).status
    expect(status({})).toBe('OK')
    expect(status({ ExtendedStatistics: ['p99.9'] })).toBe('OK')
    expect(status({ Statistics: ['Median'] })).toBe('InvalidParameterValue')
    expect(status({ EndTime: 0 })).toBe('InvalidParameterValue')
    expect(status({ EndTime: 60 * 1441 })).toBe('InvalidParameterCombination')
  })
})
