// Shows what the second version adds: another place for the code, and processing units of applications of Flink.
import { describe, expect, test } from 'vitest'
import { lab, MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import type { Analytics } from '../../parts/analytics.ts'
import { stream } from '../kinesis/stream.ts'
import { application } from './application.ts'

const flink = (ParallelismConfiguration: object): Lab =>
  lab({
    App: {
      def: application,
      properties: {
        RuntimeEnvironment: 'FLINK-1_20',
        ApplicationConfiguration: { FlinkApplicationConfiguration: { ParallelismConfiguration } },
      },
    },
  })

describe('an application of Flink', () => {
  const units = (more: object): number => {
    const l = flink({ ConfigurationType: 'CUSTOM', ...more }).run(2 * MINUTE)
    return l.points('App', 'KPUs').at(-1)!.sum / l.points('App', 'KPUs').at(-1)!.n
  }

  test('takes its parallelism by the parallelism of a unit, rounded up [KDA-04]', () => {
    expect(units({ Parallelism: 10, ParallelismPerKPU: 4 })).toBe(3)
    expect(units({ Parallelism: 8, ParallelismPerKPU: 4 })).toBe(2)
    expect(units({})).toBe(1)
    expect(units({ Parallelism: 32 })).toBe(32)
    expect(() => units({ Parallelism: 33 })).toThrow(/takes 33 processing units/)
    expect(() => units({ Parallelism: 0 })).toThrow(/below 1/)
    expect(flink({ ConfigurationType: 'DEFAULT', Parallelism: 12 }).state<Analytics>('App').units).toBe(1)
  })

  test('says that nobody knows what it does', () => {
    expect(flink({}).notSimulated.join()).toMatch(/what the code of an application of Flink does/)
  })
})

test('SQL runs as in the first version, with metrics of the second [KDA-02]', () => {
  const l = lab(
    {
      In: { def: stream },
      App: {
        def: application,
        properties: {
          RuntimeEnvironment: 'SQL-1_0',
          ApplicationConfiguration: {
            ApplicationCodeConfiguration: {
              CodeContent: {
                TextContent:
                  'CREATE STREAM N (n INTEGER); CREATE PUMP P AS INSERT INTO N SELECT STREAM COUNT(*) FROM IN_001 GROUP BY FLOOR(ROWTIME TO MINUTE)',
              },
            },
            SqlApplicationConfiguration: { Inputs: [{ NamePrefix: 'IN', KinesisStreamsInput: { ResourceARN: 'In' } }] },
          },
        },
      },
    },
    {
      probe: [['In', 'kinesis:PutRecord']],
      beside: {
        Result: {
          type: 'AWS::KinesisAnalyticsV2::ApplicationOutput',
          config: { ApplicationName: 'App', Output: { Name: 'N', KinesisStreamsOutput: { ResourceARN: 'In' } } },
        },
      },
    },
  )
  for (let second = 5; second < 30; second++) {
    l.run(second * SECOND)
    l.call('In', 'kinesis:PutRecord', { PartitionKey: 'k', Data: { a: second } })
  }
  l.run(MINUTE + 10 * SECOND).finish()
  // What it tells comes back to it by the stream.
  expect(l.state<Analytics>('App').rowsIn).toBe(26)
  expect(l.sum('App', 'numRecordsIn')).toBe(26)
  expect(l.sum('App', 'numRecordsOut')).toBe(1)
  const last = (name: string): number => l.points('App', name)[0]!.max
  expect(last('millisBehindLatest')).toBe(0)
  expect(last('uptime')).toBe(MINUTE)
  expect(last('currentInputWatermark')).toBeGreaterThan(28 * SECOND)
  expect(last('currentInputWatermark')).toBeLessThan(32 * SECOND)
})

describe('the bill of an application', () => {
  test('has its units by the hour, one more for Flink [PR-R1]', () => {
    const l = flink({ ConfigurationType: 'CUSTOM', Parallelism: 8, ParallelismPerKPU: 4 })
    expect(
      l
        .run(600 * MINUTE)
        .finish()
        .bill('App'),
    ).toEqual({ ProcessingUnits: { used: 30, run: 3.3 } })
  })
})
