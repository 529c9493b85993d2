// AWS::KinesisAnalytics::Application: SQL over streams, the service of the notes, which AWS has discontinued (KDA-01).
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

const TYPE = 'AWS::KinesisAnalytics::Application'

export const application: ServiceDef<Analytics> = {
  type: TYPE,
  family: 'compute',
  namespace: 'AWS/KinesisAnalytics',
  dimension: 'Application',
  summary: 'SQL over streams: counts, sums and the like in windows of time.',
  models: [
    'Reads every shard of a stream once a second from the moment that the run begins, children after their parents.',
    'CREATE STREAM, CREATE PUMP and SELECT STREAM with WHERE, GROUP BY, HAVING and OVER: tumbling, stagger and sliding windows (KDA-02, KDA-03). Anything else is refused.',
    'ROWTIME is the moment at which a row comes into the application.',
    'Results go to streams, delivery streams and functions; what they refuse is sent again a second later, so that it may arrive twice.',
  ],
  omits: [
    'Capacity: an application keeps pace with whatever it reads; it is started when the run begins.',
    'Reference data, preprocessing by a function, inputs from delivery streams, the error stream.',
    'AWS takes no new applications of SQL since 15 October 2025.',
  ],
  quotas,
  assumptions,
  prices: {
    ProcessingUnits: {
      doc: 'Processing units',
      usd: '0.11',
      unit: 'KPU-hours',
      base: HOUR_US,
      source: '2025, us-east-1, https://aws.amazon.com/managed-service-apache-flink/pricing/ [PR-R1]',
      used: (self, { now }) => self.units * now,
    },
  },
  props: {
    ApplicationCode: p.string('The SQL.'),
    ApplicationDescription: p.inert('A text.'),
    ApplicationName: p.string('The physical name.'),
    Inputs: p.list(
      'Where rows come from.',
      p.record('An input.', {
        InputParallelism: p.record('How many streams it is spread over.', {
          Count: p.int('So many; their rows are taken as those of one.', [1, 'InputParallelism']),
        }),
        InputProcessingConfiguration: p.unused('a function would prepare each record'),
        InputSchema: p.any('Which members of a record are its columns.', { required: true }),
        KinesisFirehoseInput: p.any('A delivery stream; not simulated.'),
        KinesisStreamsInput: p.any('A stream.'),
        NamePrefix: p.string('The name of the stream within the application, before `_001`.', { required: true }),
      }),
      { required: true },
    ),
  },
  parts: {
    'AWS::KinesisAnalytics::ApplicationOutput': {
      ApplicationName: p.any('The application.'),
      Output: p.any('Which of its streams goes where.'),
    },
    'AWS::KinesisAnalytics::ApplicationReferenceDataSource': {
      ApplicationName: p.inert('The application.'),
      ReferenceDataSource: p.unused('a table from a bucket that rows are joined with'),
    },
  },
  gather,
  carries: (config) => config['Program'] !== null,
  create: (config, sim) => new Analytics(config, sim, { in: 'Records', out: 'OutputRecords' }),
  ops: {},
  timers: analyticsTimers,
  metrics: {
    KPUs: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Processing units.',
      read: (self) => self.units,
    },
    MillisBehindLatest: {
      unit: 'Milliseconds',
      kind: 'gauge',
      doc: 'How far the reading is behind the newest record.',
      read: (self) => self.behind,
    },
    OutputRecords: { unit: 'Count', kind: 'count', doc: 'Rows of streams that are handed on (our own name).' },
    Records: { unit: 'Count', kind: 'count', doc: 'Rows read.' },
  },
  invariants: analyticsInvariants,
  insights: analyticsInsights,
  view: analyticsView,
  traced: { serves: () => -1 },
}

function gather(near: Near): Config {
  const { self } = near
  const Inputs = inputsOf(near, self.config['Inputs'], ['Inputs'])
  const plan: AnalyticsPlan = {
    Inputs,
    Program: programOf(near, ['ApplicationCode'], self.config['ApplicationCode'], Inputs),
    Outputs: outputsOf(near, 'AWS::KinesisAnalytics::ApplicationOutput'),
  }
  return { ...plan }
}
