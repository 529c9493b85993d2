// AWS::KinesisAnalyticsV2::Application: SQL over streams, or an application of Apache Flink, of which only the size is known.
//
// The one idea: rows go through pumps (`parts/sql-pumps.ts`) as they are read; what a window adds up is told when it ends.
import type { Config, Near, ServiceDef } from '../../model/contract.ts'
import { HOUR_US } from '../../model/price.ts'
import * as p from '../../model/p.ts'
import {
  Analytics,
  inputsOf,
  outputsOf,
  programOf,
  type AnalyticsPlan,
  analyticsTimers,
} from '../../parts/analytics.ts'
import { analyticsInsights, analyticsInvariants, analyticsView } from '../../parts/analytics-view.ts'
import { assumptions, quotas } from './application.facts.ts'

const TYPE = 'AWS::KinesisAnalyticsV2::Application'

export const application: ServiceDef<Analytics> = {
  type: TYPE,
  family: 'compute',
  namespace: 'AWS/KinesisAnalytics',
  dimension: 'Application',
  summary: 'SQL over streams, or an application of Apache Flink with its processing units.',
  models: [
    'Reads every shard of a stream once a second from the moment that the run begins, children after their parents.',
    'CREATE STREAM, CREATE PUMP and SELECT STREAM with WHERE, GROUP BY, HAVING and OVER: tumbling, stagger and sliding windows (KDA-02, KDA-03). Anything else is refused.',
    'ROWTIME is the moment at which a row comes into the application.',
    'Processing units: the parallelism by the parallelism per unit, rounded up; one more is billed (KDA-04).',
    'Results go to streams, delivery streams and functions; what they refuse is sent again a second later, so that it may arrive twice.',
  ],
  omits: [
    'What an application of Flink does is in its code, which the template does not hold: it reads and writes nothing here. Its scaling, checkpoints and restarts.',
    'Capacity: an application keeps pace with whatever it reads; it is started when the run begins.',
    'Reference data, preprocessing by a function, inputs from delivery streams, the error stream.',
    'AWS takes no new applications of SQL since 15 October 2025.',
  ],
  quotas,
  assumptions,
  prices: {
    ProcessingUnits: {
      doc: 'Processing units, one more for Flink',
      usd: '0.11',
      unit: 'KPU-hours',
      base: HOUR_US,
      source: '2025, us-east-1, https://aws.amazon.com/managed-service-apache-flink/pricing/ [PR-R1]',
      used: (self, { now }) => (self.units + (self.isFlink ? 1 : 0)) * now,
    },
  },
  props: {
    ApplicationConfiguration: p.any('The code, its inputs and how it is spread.'),
    ApplicationDescription: p.inert('A text.'),
    ApplicationMaintenanceConfiguration: p.unused('the application would be restarted for maintenance'),
    ApplicationMode: p.inert('Streaming or interactive.'),
    ApplicationName: p.string('The physical name.'),
    RunConfiguration: p.unused('where an application of Flink goes on after a restart'),
    RuntimeEnvironment: p.string('`SQL-1_0`, or a version of Flink.', { required: true }),
    ServiceExecutionRole: p.inert('Its role.'),
    Tags: p.inert('Tags.'),
  },
  parts: {
    'AWS::KinesisAnalyticsV2::ApplicationOutput': {
      ApplicationName: p.any('The application.'),
      Output: p.any('Which of its streams goes where.'),
    },
    'AWS::KinesisAnalyticsV2::ApplicationReferenceDataSource': {
      ApplicationName: p.inert('The application.'),
      ReferenceDataSource: p.unused('a table from a bucket that rows are joined with'),
    },
    'AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption': {
      ApplicationName: p.inert('The application.'),
      CloudWatchLoggingOption: p.inert('Where it logs.'),
    },
  },
  gather,
  create: (config, sim) =>
    new Analytics(config, sim, {
      in: 'numRecordsIn',
      out: 'numRecordsOut',
    }),
  ops: {},
  timers: analyticsTimers,
  metrics: {
    KPUs: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Processing units in use, without the one that is billed besides.',
      read: (self) => self.units,
    },
    currentInputWatermark: {
      unit: 'Milliseconds',
      kind: 'gauge',
      doc: 'The time of the newest row, since the beginning of the run.',
      read: (self) => (self.newestAt < 0 ? NaN : self.newestAt),
    },
    millisBehindLatest: {
      unit: 'Milliseconds',
      kind: 'gauge',
      doc: 'How far the reading is behind the newest record.',
      read: (self) => self.behind,
    },
    numRecordsIn: { unit: 'Count', kind: 'count', doc: 'Rows read.' },
    numRecordsOut: { unit: 'Count', kind: 'count', doc: 'Rows of streams that are handed on.' },
    uptime: {
      unit: 'Milliseconds',
      kind: 'gauge',
      doc: 'How long the application has been running.',
      read: (_, now) => now,
    },
  },
  invariants: analyticsInvariants,
  insights: analyticsInsights,
  view: analyticsView,
  traced: { serves: () => -1 },
}

function gather(near: Near): Config {
  const { self } = near
  const configuration = (self.config['ApplicationConfiguration'] ?? {}) as Config
  const path = ['ApplicationConfiguration', 'SqlApplicationConfiguration', 'Inputs']
  const isSql = self.config['RuntimeEnvironment'] === 'SQL-1_0'
  const Inputs = isSql ? inputsOf(near, configuration['SqlApplicationConfiguration']?.Inputs, path) : []
  if (!isSql)
    self.notSimulated(
      ['ApplicationConfiguration'],
      'what the code of an application of Flink does: it reads and writes nothing',
    )
  const code: unknown = configuration['ApplicationCodeConfiguration']?.CodeContent?.TextContent
  const plan: AnalyticsPlan = {
    Inputs,
    Program: isSql
      ? programOf(
          near,
          ['ApplicationConfiguration', 'ApplicationCodeConfiguration', 'CodeContent', 'TextContent'],
          code,
          Inputs,
        )
      : null,
    Outputs: outputsOf(near, 'AWS::KinesisAnalyticsV2::ApplicationOutput'),
  }
  return { ...plan, Units: isSql ? 1 : unitsOf(near, configuration) }
}

/** KDA-04: the parallelism by the parallelism per unit. */
function unitsOf(near: Near, configuration: Config): number {
  const given = configuration['FlinkApplicationConfiguration']?.ParallelismConfiguration as Config | undefined
  const isOwn = given?.['ConfigurationType'] === 'CUSTOM'
  const parallelism = isOwn ? Number(given['Parallelism'] ?? 1) : 1
  const perUnit = isOwn ? Number(given['ParallelismPerKPU'] ?? 1) : 1
  const units = Math.ceil(parallelism / perUnit)
  const most = near.quota('ProcessingUnits')
  const path = ['ApplicationConfiguration', 'FlinkApplicationConfiguration', 'ParallelismConfiguration']
  if (!(perUnit >= 1 && parallelism >= 1))
    near.self.error(path, 'out-of-range', 'a parallelism is below 1', 'expected 1 or more')
  else if (units > most)
    near.self.error(
      path,
      'out-of-range',
      `a parallelism of ${parallelism} with ${perUnit} a unit takes ${units} processing units`,
      `expected up to ${most}`,
    )
  return units
}
