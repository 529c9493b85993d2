// AWS::Logs::LogGroup: lines of applications and services, with what is counted in them and who gets them.
import type { Call } from '../../engine/calls.ts'
import type { Finding, Look, Near, ServiceDef } from '../../model/contract.ts'
import { GB } from '../../model/price.ts'
import * as p from '../../model/p.ts'
import { count, percent, time } from '../../parts/words.ts'
import { assumptions, quotas, RETENTION_DAYS } from './log-group.facts.ts'
import { metricFiltersOf, subscriptionFiltersOf } from './log-filters.ts'
import * as ops from './log-group-ops.ts'
import { LogGroup } from './log-group-state.ts'

const READS = ['filterPattern', 'startTime', 'endTime', 'limit']

export const logGroup: ServiceDef<LogGroup> = {
  type: 'AWS::Logs::LogGroup',
  family: 'observability',
  namespace: 'AWS/Logs',
  dimension: 'LogGroupName',
  summary: 'A log group: streams of lines, metrics counted in them, and subscriptions that get them.',
  models: [
    'Lines come by PutLogEvents, and from the functions that log to the group: START, what failed, END and REPORT (N.LOGS-04).',
    'Each sender’s lines are a stream of their own; a function has one for each of its environments (N.LOGS-07).',
    'Metric filters count from the moment they are made, by words, conditions on JSON or fields (CW-50, CW-51).',
    'Subscription filters hand on what matches, gathered by stream for some seconds, without the sender waiting; a delivery that fails is tried again for a day.',
    'Events are kept for RetentionInDays, or for ever (N.LOGS-03).',
  ],
  omits: [
    'The newest 10,000 lines of a group can be read; of older ones only the bytes are kept.',
    'Encryption, queries of Logs Insights, exports, data protection, regular expressions in patterns, other accounts.',
    'Lines that a handler’s code writes: a handler logs by `logs:PutLogEvents`.',
  ],
  quotas,
  assumptions,
  prices: {
    Ingested: {
      doc: 'Lines taken in',
      usd: '0.50',
      unit: 'GB',
      base: GB,
      source: '2025, us-east-1, https://aws.amazon.com/cloudwatch/pricing/ [facts/prices.md, grade A]',
      used: (self) => self.bytesIn,
    },
  },
  unbilled: ['what is stored, 0.03 USD a GB and month'],
  props: {
    DataProtectionPolicy: p.unused('masks what looks like personal data'),
    FieldIndexPolicies: p.inert('Indexes for queries.'),
    KmsKeyId: p.unused('encrypts the lines with a key'),
    LogGroupClass: p.inert('Standard or infrequent access.'),
    LogGroupName: p.string('The name; `/aws/lambda/NAME` is that of a function.'),
    ResourcePolicyDocument: p.inert('Who may write.'),
    RetentionInDays: p.int('Days for which lines are kept; for ever when absent.', [1, 3653], { unit: 'days' }),
    Tags: p.inert('Tags.'),
    DeletionProtectionEnabled: p.inert('Whether it can be deleted.'),
    BearerTokenAuthenticationEnabled: p.inert('Another way to sign in.'),
  },
  parts: {
    'AWS::Logs::LogStream': {
      LogGroupName: p.any('The group.'),
      LogStreamName: p.string('The name.'),
    },
    'AWS::Logs::MetricFilter': {
      ApplyOnTransformedLogs: p.unused('looks at lines after they were transformed'),
      EmitSystemFieldDimensions: p.unused('dimensions for the account and the Region'),
      FieldSelectionCriteria: p.unused('looks at some senders only'),
      FilterName: p.string('The name.'),
      FilterPattern: p.string('Which lines it counts.', { required: true }),
      LogGroupName: p.any('The group.'),
      MetricTransformations: p.any('The metric and its value.'),
    },
    'AWS::Logs::SubscriptionFilter': {
      ApplyOnTransformedLogs: p.unused('looks at lines after they were transformed'),
      DestinationArn: p.any('A function, a stream or a delivery stream.'),
      Distribution: p.oneOf('How lines are spread over shards.', ['ByLogStream', 'Random']),
      EmitSystemFields: p.inert('Fields for the account and the Region.'),
      FieldSelectionCriteria: p.unused('looks at some senders only'),
      FilterName: p.string('The name.'),
      FilterPattern: p.string('Which lines it gets.'),
      LogGroupName: p.any('The group.'),
      RoleArn: p.inert('The role that delivers.'),
    },
  },
  gather,
  create: (config, sim) => new LogGroup(config, sim, { due, answered, flush, minuteEnds }),
  ops: {
    'logs:PutLogEvents': {
      doc: 'Takes lines in; a caller that names no stream writes to `default`.',
      target: 'logGroupName',
      params: ['logStreamName', 'logEvents'],
      ignored: ['sequenceToken', 'entity'],
      errors: ['InvalidParameterException', 'ResourceNotFoundException', 'ThrottlingException'],
      run: ops.putLogEvents,
    },
    'logs:ReceiveLines': {
      doc: 'Takes in what a service writes by itself.',
      internal: true,
      oneWay: true,
      run: ops.receiveLines,
    },
    'logs:CreateLogStream': {
      doc: 'Makes a stream.',
      target: 'logGroupName',
      params: ['logStreamName'],
      errors: ['InvalidParameterException', 'ResourceAlreadyExistsException'],
      run: ops.createLogStream,
    },
    'logs:DeleteLogStream': {
      doc: 'Deletes a stream with its lines.',
      target: 'logGroupName',
      params: ['logStreamName'],
      errors: ['ResourceNotFoundException'],
      run: ops.deleteLogStream,
    },
    'logs:DescribeLogStreams': {
      doc: 'Lists streams, at most 50, by name.',
      target: 'logGroupName',
      params: ['logStreamNamePrefix', 'limit'],
      ignored: ['orderBy', 'descending', 'nextToken'],
      run: ops.describeLogStreams,
    },
    'logs:GetLogEvents': {
      doc: 'Reads the lines of one stream, oldest first.',
      target: 'logGroupName',
      params: ['logStreamName', 'startTime', 'endTime', 'limit'],
      ignored: ['startFromHead', 'nextToken', 'unmask'],
      errors: ['InvalidParameterException'],
      run: ops.filterLogEvents,
    },
    'logs:FilterLogEvents': {
      doc: 'Reads the lines that match a pattern, oldest first.',
      target: 'logGroupName',
      params: ['logStreamNames', ...READS],
      ignored: ['interleaved', 'nextToken', 'unmask', 'logStreamNamePrefix'],
      errors: ['InvalidParameterException'],
      run: ops.filterLogEvents,
    },
    'logs:PutRetentionPolicy': {
      doc: 'Sets for how many days lines are kept.',
      target: 'logGroupName',
      params: ['retentionInDays'],
      errors: ['InvalidParameterException'],
      run: ops.putRetentionPolicy,
    },
    'logs:DeleteRetentionPolicy': {
      doc: 'Keeps lines for ever.',
      target: 'logGroupName',
      run: ops.deleteRetentionPolicy,
    },
    'logs:PutMetricFilter': {
      doc: 'Makes a metric filter, or another one of the same name; it counts what comes from now on.',
      target: 'logGroupName',
      params: ['filterName', 'filterPattern', 'metricTransformations'],
      ignored: ['applyOnTransformedLogs'],
      errors: ['InvalidParameterException', 'LimitExceededException'],
      run: ops.putMetricFilter,
    },
    'logs:DeleteMetricFilter': {
      doc: 'Deletes a metric filter.',
      target: 'logGroupName',
      params: ['filterName'],
      errors: ['ResourceNotFoundException'],
      run: ops.deleteMetricFilter,
    },
  },
  timers: { due, answered, flush, minuteEnds },
  metrics: {
    IncomingLogEvents: { unit: 'Count', kind: 'count', doc: 'Lines taken in.' },
    IncomingBytes: { unit: 'Bytes', kind: 'count', doc: 'Their bytes, 26 for each besides.' },
    ForwardedLogEvents: { unit: 'Count', kind: 'count', doc: 'Lines handed on by a subscription.' },
    ForwardedBytes: { unit: 'Bytes', kind: 'count', doc: 'Their bytes before they are compressed.' },
    DeliveryErrors: { unit: 'Count', kind: 'count', doc: 'Attempts at a delivery that failed.' },
    DeliveryThrottling: { unit: 'Count', kind: 'count', doc: 'Attempts at a delivery that were throttled.' },
  },
  invariants: {
    'every line that a subscription found is gathered or handed on': (self) => self.gathered >= self.forwarded,
    'every delivery is under way, arrived or lost': (self) => self.deliveries.isBalanced,
    'no fewer than no bytes are stored': (self) => self.store.bytesAt(self.now) >= 0,
  },
  insights,
  view: {
    glyph: 'log-group',
    label: 'Log group',
    detail: ({ RetentionInDays: days }) => (days === undefined ? undefined : `${String(days)} days`),
    level: (self) => self.deliveries.inside,
    levelMax: () => 1,
    tone: (self) =>
      self.deliveries.givenUp.count > 0
        ? 'failing'
        : self.throttled.count > 0
          ? 'throttling'
          : self.incoming.count > 0
            ? 'busy'
            : 'calm',
    readings: [
      { name: 'Lines', unit: '1/s', doc: 'Lines that come in.', counter: true, read: (self) => self.incoming.total },
      { name: 'Streams', unit: 'streams', doc: 'Streams of the group.', read: (self) => self.store.streams.size },
      {
        name: 'Found',
        unit: '1/s',
        doc: 'Lines that metric filters found.',
        counter: true,
        read: (self) => self.counting.reduce((sum, { total }) => sum + total.total, 0),
      },
    ],
  },
  traced: { serves: () => -1 },
  report,
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const days: unknown = self.config['RetentionInDays']
  if (days !== undefined && !RETENTION_DAYS.includes(Number(days)))
    self.error(
      ['RetentionInDays'],
      'out-of-range',
      `logs cannot be kept for ${String(days)} days`,
      `expected one of ${RETENTION_DAYS.join(', ')}`,
    )
  const streams = near
    .all('AWS::Logs::LogStream')
    .filter(({ config }) => near.resourceAt(config['LogGroupName'])?.logicalId === self.logicalId)
  return {
    Streams: streams.map(({ config, logicalId }) => String(config['LogStreamName'] ?? logicalId)),
    MetricFilters: metricFiltersOf(near),
    SubscriptionFilters: subscriptionFiltersOf(near),
  }
}

/** Timer: the pause before an attempt at a delivery is over. */
function due(self: LogGroup, row: number): void {
  self.deliveries.due(row)
}

/** Answer of a destination. */
function answered(self: LogGroup, call: Call): void {
  self.deliveries.answered(call)
}

/** Timer: a batch of lines has been gathered long enough. */
function flush(self: LogGroup, row: number): void {
  self.flush(row)
}

/** Timer: a minute is about to end. */
function minuteEnds(self: LogGroup): void {
  self.minuteEnds()
}

/** Least failed deliveries, and least share of all, before they are worth a sentence. */
const FAILED_LEAST = 10
const FAILED_SHARE = 0.01

function insights(self: LogGroup, look: Look): Finding[] {
  const { givenUp, started } = self.deliveries
  const findings: Finding[] = []
  if (givenUp.count >= FAILED_LEAST && givenUp.count >= started.count * FAILED_SHARE)
    findings.push({
      kind: 'log-deliveries-lost',
      ...{ from: givenUp.first, to: givenUp.last, share: givenUp.count / Math.max(1, started.count) },
      title: 'Lines do not reach their subscription',
      text: `${count(givenUp.count)} of ${count(started.count)} deliveries of ${look.name} were given up, ${percent(givenUp.count / started.count)}; the first at ${time(givenUp.first)}.`,
      suspects: look.callees().map(({ other }) => other),
    })
  return findings
}

function report(self: LogGroup): unknown {
  const { incoming, rejected, counting, forwarded, store } = self
  const found = counting.map(({ filter, total }) => `${filter.name}: ${count(total.total)} of the lines`)
  return {
    lines: found,
    events: incoming.total,
    rejected,
    forwarded,
    streams: store.streams.size,
    storedBytes: store.bytesAt(self.now),
    newest: store
      .read(self.now)
      .slice(-5)
      .map(({ at, stream, message }) => ({ at, stream, message: message.slice(0, 200) })),
  }
}
