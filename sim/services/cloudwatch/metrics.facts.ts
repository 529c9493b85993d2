// What CloudWatch allows of custom metrics and requests that send them, then and now.
import type { Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  DimensionsPerMetric: {
    current: 30,
    notes2020: 10,
    unit: 'dimensions',
    doc: 'Dimensions of a metric, at most.',
    source: 'N.CLOUDWATCH-04, CW-01',
  },
  MetricsPerRequest: {
    current: 1000,
    notes2020: 20,
    unit: 'metrics',
    doc: 'Metrics of one PutMetricData, at most.',
    source: 'CW-03',
  },
  ValuesPerMetric: {
    current: 150,
    unit: 'values',
    doc: 'Values of one metric in a request, at most.',
    source: 'CW-03',
  },
  PutMetricDataPerSecond: {
    current: 500,
    unit: 'requests/s',
    doc: 'PutMetricData requests of the account.',
    source: 'CW-03',
  },
}
