// What CloudWatch costs: alarms by the metrics that they look at, custom metrics from their first value on, requests.
import { describe, expect, it } from 'vitest'
import { HOUR, lab, MINUTE, type Lab } from '../../../test/kit.ts'
import { alarm } from './alarm.ts'
import { compositeAlarm } from './composite-alarm.ts'
import { metrics } from './metrics.ts'

const MONTH = 730 * HOUR
const ABOVE = { ComparisonOperator: 'GreaterThanThreshold', Threshold: 1, EvaluationPeriods: 1 }

function account(parts: Record<string, Record<string, unknown>>): Lab {
  return lab(
    {
      Cw: { def: metrics },
      ...Object.fromEntries(
        Object.entries(parts).map(([name, properties]) => [
          name,
          { def: properties['AlarmRule'] === undefined ? alarm : compositeAlarm, properties },
        ]),
      ),
    },
    { probe: [['Cw', 'cloudwatch:PutMetricData']] },
  )
}
const simple = { ...ABOVE, Namespace: 'App', MetricName: 'Load', Statistic: 'Sum', Period: 60 }
const stat = (Id: string) => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'App', MetricName: Id }, Period: 60, Stat: 'Sum' },
})
const put = (l: Lab, MetricName: string) =>
  l.ask('Cw', 'cloudwatch:PutMetricData', { Namespace: 'MyApp', MetricData: [{ MetricName, Value: 1 }] })

describe('the bill of alarms', () => {
  it('has a tenth of a dollar a month and metric, more for high resolution and for composite ones [PR-R1]', () => {
    const l = account({
      Plain: simple,
      Fast: { ...simple, Period: 10 },
      Sum: { ...ABOVE, Metrics: [stat('a'), stat('b'), { Id: 'all', Expression: 'a+b' }] },
      Both: { AlarmRule: 'ALARM(Plain) AND ALARM(Sum)' },
    })
      .run(MONTH)
      .finish()
    expect(l.bill('Plain')).toEqual({ Alarms: { used: 1, run: 0.1 } })
    expect(l.bill('Fast')).toEqual({ HighResolutionAlarms: { used: 1, run: 0.3 } })
    expect(l.bill('Sum')).toEqual({ Alarms: { used: 2, run: 0.2 } })
    expect(l.bill('Both')).toEqual({ CompositeAlarms: { used: 1, run: 0.5 } })
  })
})

describe('the bill of metrics', () => {
  it('has each custom metric from its first value on, and requests [PR-R1]', () => {
    const l = account({})
    put(l, 'A')
    put(l, 'A')
    l.run(MONTH / 2 + MINUTE)
    put(l, 'B')
    const { Metrics, ApiRequests } = l.run(MONTH).finish().bill('Cw')
    expect(Metrics!.used).toBeCloseTo(1.5, 3)
    expect(ApiRequests).toEqual({ used: 3, run: 0.00003 })
  })
})
