// Amazon Kinesis Data Streams: records lie in shards, in order, until their retention ends; reading takes nothing away.
//
// The one idea: a record's partition key alone decides on its shard, and each shard has limits of its own. So a stream has
// as much throughput as its shards together only while its keys are spread evenly.
import type { Config, Near, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import {
  addTags,
  amend,
  created,
  createStream,
  decreaseRetention,
  deleted,
  deleteStream,
  deregisterConsumer,
  describeConsumer,
  describeStream,
  describeStreamSummary,
  disableMonitoring,
  enableMonitoring,
  increaseRetention,
  listConsumers,
  listTags,
  receiveEvent,
  registerConsumer,
  removeTags,
  subscribeToShard,
  updateStreamMode,
} from './stream-control.ts'
import { mergeShards, minuteEnded, resharded, shardSplit, splitShard, updateShardCount } from './resharding.ts'
import { findingsOf } from './stream-insights.ts'
import { awaitRecords, getRecords, getShardIterator, listShards } from './stream-reads.ts'
import { assumptions, quotas } from './stream.facts.ts'
import { prices, unbilled } from './stream-prices.ts'
import { SHARD_METRICS, Stream, type Timers } from './stream-state.ts'
import { view } from './stream-view.ts'
import { putRecord, putRecords } from './stream-writes.ts'

const TYPE = 'AWS::Kinesis::Stream'
const NONE = -1

export const stream: ServiceDef<Stream> = {
  type: TYPE,
  family: 'messaging',
  namespace: 'AWS/Kinesis',
  dimension: 'StreamName',
  summary:
    'A stream of records in shards, each ordered and with limits of its own; read as often as one likes until the retention ends.',
  models: [
    'A record goes to the open shard whose range holds the MD5 of its partition key, or its explicit hash key (KIN-01 to KIN-03).',
    'Sequence numbers are written as AWS writes them: 56 digits that rise in a shard (KIN-10, KIN-11).',
    'A shard takes 1,000 records and 1 MiB a second, with a second’s worth of burst (KIN-20, KIN-21); of a batch the records that fit are taken (KIN-23).',
    'All GetRecords of a shard share 5 calls and 2 MiB a second; after an answer of 10 MiB the shard rests until it has made up for it (KIN-32, KIN-33).',
    'Iterators of five types, good for five minutes; at the end of a closed shard its children are named (KIN-30, KIN-31).',
    'Enhanced fan-out pushes a shard’s records to each registered consumer with 2 MiB a second of its own (KIN-40 to KIN-42).',
    'Splits, merges and changes of the number of shards take half a minute each; then parents close and children open (KIN-50 to KIN-54).',
    'On demand a shard that carries more than 500 KB or 500 records a second is split within 15 minutes (KIN-60, KIN-61).',
    'Records go at the end of the retention, which may be changed; what is gone stays gone (KIN-26).',
    'A poller that finds nothing is parked until something comes, on the grid of its own polls; the polls in between are added to GetRecords.Success when it is woken.',
    'One availability zone can be lost without any effect: data lies in three (N.KINESIS-02).',
  ],
  omits: [
    'Encryption, access policies, other accounts; the limit of shards counts the stream alone.',
    'Merging shards of an on-demand stream that is used less; the warm throughput counts only for the shards that it begins with.',
    'Disorder and repetition within a shard: records stand in the order in which they arrive.',
    'Overhead of aggregation by the producer library: `UserRecords` says how many records were packed into one.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled,
  props: {
    DesiredShardLevelMetrics: p.list(
      'Metrics that each shard has a series of its own of.',
      p.oneOf('A metric.', ['ALL', ...SHARD_METRICS]),
    ),
    MaxRecordSizeInKiB: p.int('The largest record, data and partition key together.', [1024, 'RecordSizeInKiB'], {
      default: 1024,
      unit: 'KiB',
    }),
    Name: p.string('The physical name.'),
    RetentionPeriodHours: p.int('How long records are kept.', [24, 'RetentionHours'], { default: 24, unit: 'h' }),
    ShardCount: p.int('The shards of a provisioned stream.', [1, 'Shards']),
    StreamModeDetails: p.record('Who sees to the number of shards.', {
      StreamMode: p.oneOf('PROVISIONED = you; ON_DEMAND = the stream itself.', ['PROVISIONED', 'ON_DEMAND'], {
        default: 'PROVISIONED',
      }),
    }),
    WarmThroughputMiBps: p.int('What an on-demand stream takes from the beginning.', [1, 10_240], { unit: 'MiB/s' }),
    StreamEncryption: p.unused('records would be encrypted with a key, at the cost of calls to KMS'),
    Tags: p.inert('Tags.'),
  },
  parts: {
    'AWS::Kinesis::ResourcePolicy': {
      ResourceArn: p.inert('The stream or consumer.'),
      ResourcePolicy: p.inert('Who of other accounts may use it.'),
    },
  },
  gather,
  entries: () => ['kinesis:PutRecord'],
  create: (config, sim) => new Stream(config, sim, timers, OWN_METRICS, Object.keys(quotas)),
  amend,
  ops: {
    'kinesis:AddTagsToStream': {
      doc: 'Adds tags, up to fifty.',
      target: 'StreamName',
      params: ['Tags'],
      errors: ['InvalidArgumentException'],
      run: addTags,
    },
    'kinesis:AwaitRecords': {
      internal: true,
      doc: 'Waits until a poll of the caller’s own grid would find something (our own name: no API shows it).',
      target: 'StreamName',
      params: ['ShardIterator', 'Every'],
      errors: ['ExpiredIteratorException', 'InvalidArgumentException'],
      run: awaitRecords,
    },
    'kinesis:CreateStream': {
      doc: 'Makes the stream anew after it was deleted.',
      target: 'StreamName',
      params: ['ShardCount', 'StreamModeDetails'],
      errors: ['ResourceInUseException', 'LimitExceededException', 'ValidationException'],
      run: createStream,
    },
    'kinesis:DecreaseStreamRetentionPeriod': {
      doc: 'Keeps records less long; what is older goes.',
      target: 'StreamName',
      params: ['RetentionPeriodHours'],
      errors: ['InvalidArgumentException', 'ValidationException', 'ResourceInUseException'],
      run: decreaseRetention,
    },
    'kinesis:DeleteStream': {
      doc: 'Deletes the stream with all records.',
      target: 'StreamName',
      params: ['EnforceConsumerDeletion'],
      errors: ['ResourceInUseException', 'ResourceNotFoundException'],
      run: deleteStream,
    },
    'kinesis:DeregisterStreamConsumer': {
      doc: 'Ends a consumer of enhanced fan-out and its connections.',
      target: 'StreamARN',
      params: ['ConsumerName', 'ConsumerARN'],
      errors: ['ResourceNotFoundException', 'LimitExceededException'],
      run: deregisterConsumer,
    },
    'kinesis:DescribeStream': {
      doc: 'Tells what the stream is, with its shards.',
      target: 'StreamName',
      params: ['Limit', 'ExclusiveStartShardId'],
      errors: ['ResourceNotFoundException', 'LimitExceededException'],
      run: describeStream,
    },
    'kinesis:DescribeStreamConsumer': {
      doc: 'Tells what a consumer of enhanced fan-out is doing.',
      target: 'StreamARN',
      params: ['ConsumerName', 'ConsumerARN'],
      errors: ['ResourceNotFoundException'],
      run: describeConsumer,
    },
    'kinesis:DescribeStreamSummary': {
      doc: 'Tells what the stream is, without its shards.',
      target: 'StreamName',
      errors: ['ResourceNotFoundException', 'LimitExceededException'],
      run: describeStreamSummary,
    },
    'kinesis:DisableEnhancedMonitoring': {
      doc: 'Ends series of the shards’ own.',
      target: 'StreamName',
      params: ['ShardLevelMetrics'],
      errors: ['ValidationException', 'ResourceInUseException'],
      run: disableMonitoring,
    },
    'kinesis:EnableEnhancedMonitoring': {
      doc: 'Gives each shard series of its own.',
      target: 'StreamName',
      params: ['ShardLevelMetrics'],
      errors: ['ValidationException', 'ResourceInUseException'],
      run: enableMonitoring,
    },
    'kinesis:GetRecords': {
      doc: 'Returns records from an iterator on, and the iterator that goes on behind them.',
      target: 'StreamARN',
      params: ['ShardIterator', 'Limit'],
      errors: ['ExpiredIteratorException', 'InvalidArgumentException', 'ProvisionedThroughputExceededException'],
      run: getRecords,
    },
    'kinesis:GetShardIterator': {
      doc: 'Says where in a shard to begin. `Timestamp` is in seconds since 1970 or a moment as text.',
      target: 'StreamName',
      params: ['ShardId', 'ShardIteratorType', 'StartingSequenceNumber', 'Timestamp'],
      errors: ['InvalidArgumentException', 'ProvisionedThroughputExceededException', 'ResourceNotFoundException'],
      run: getShardIterator,
    },
    'kinesis:IncreaseStreamRetentionPeriod': {
      doc: 'Keeps records longer, those that are still there.',
      target: 'StreamName',
      params: ['RetentionPeriodHours'],
      errors: ['InvalidArgumentException', 'ValidationException', 'ResourceInUseException'],
      run: increaseRetention,
    },
    'kinesis:ListShards': {
      doc: 'Names the shards, in pages and by a filter.',
      target: 'StreamName',
      params: ['NextToken', 'ExclusiveStartShardId', 'MaxResults', 'ShardFilter', 'StreamCreationTimestamp'],
      errors: ['ExpiredNextTokenException', 'InvalidArgumentException', 'LimitExceededException'],
      run: listShards,
    },
    'kinesis:ListStreamConsumers': {
      doc: 'Names the consumers of enhanced fan-out.',
      target: 'StreamARN',
      run: listConsumers,
    },
    'kinesis:ListTagsForStream': {
      doc: 'Names the tags, in pages.',
      target: 'StreamName',
      params: ['ExclusiveStartTagKey', 'Limit'],
      run: listTags,
    },
    'kinesis:MergeShards': {
      doc: 'Joins two shards whose ranges lie side by side.',
      target: 'StreamName',
      params: ['ShardToMerge', 'AdjacentShardToMerge'],
      errors: [
        'InvalidArgumentException',
        'ResourceInUseException',
        'ResourceNotFoundException',
        'LimitExceededException',
      ],
      run: mergeShards,
    },
    'kinesis:PutRecord': {
      doc: 'Writes a record. `DataSize` (our own) gives the size in bytes of data that is only a placeholder, `UserRecords` how many records a producer packed into it.',
      target: 'StreamName',
      params: ['Data', 'PartitionKey', 'ExplicitHashKey', 'SequenceNumberForOrdering', 'DataSize', 'UserRecords'],
      errors: ['ProvisionedThroughputExceededException', 'InvalidArgumentException', 'ValidationException'],
      run: putRecord,
    },
    'kinesis:PutRecords': {
      doc: 'Writes up to 500 records, each by itself: those that are refused are named in the answer.',
      target: 'StreamName',
      params: ['Records'],
      errors: ['InvalidArgumentException', 'ValidationException'],
      run: putRecords,
    },
    'kinesis:ReceiveEvent': {
      internal: true,
      doc: 'Waits for the next event of a connection of enhanced fan-out (our own name: the API pushes).',
      target: 'StreamName',
      params: ['SubscriptionId'],
      run: receiveEvent,
    },
    'kinesis:RegisterStreamConsumer': {
      doc: 'Registers a consumer of enhanced fan-out.',
      target: 'StreamARN',
      params: ['ConsumerName'],
      errors: ['ResourceInUseException', 'LimitExceededException'],
      run: registerConsumer,
    },
    'kinesis:RemoveTagsFromStream': {
      doc: 'Takes tags away.',
      target: 'StreamName',
      params: ['TagKeys'],
      errors: ['InvalidArgumentException'],
      run: removeTags,
    },
    'kinesis:SplitShard': {
      doc: 'Divides a shard in two at a hash key.',
      target: 'StreamName',
      params: ['ShardToSplit', 'NewStartingHashKey'],
      errors: [
        'InvalidArgumentException',
        'ResourceInUseException',
        'ResourceNotFoundException',
        'LimitExceededException',
      ],
      run: splitShard,
    },
    'kinesis:SubscribeToShard': {
      doc: 'Opens a connection of enhanced fan-out for five minutes; `Renews` (our own) opens the next ones too.',
      target: 'StreamName',
      params: ['ConsumerName', 'ConsumerARN', 'ShardId', 'StartingPosition', 'Renews'],
      errors: ['ResourceInUseException', 'LimitExceededException', 'ResourceNotFoundException'],
      run: subscribeToShard,
    },
    'kinesis:UpdateShardCount': {
      doc: 'Brings a provisioned stream to so many equal shards: at most double, at least half as many.',
      target: 'StreamName',
      params: ['TargetShardCount', 'ScalingType'],
      errors: ['InvalidArgumentException', 'LimitExceededException', 'ResourceInUseException', 'ValidationException'],
      run: updateShardCount,
    },
    'kinesis:UpdateStreamMode': {
      doc: 'Changes between provisioned and on-demand; the number of shards stays.',
      target: 'StreamARN',
      params: ['StreamModeDetails'],
      errors: ['LimitExceededException', 'ResourceInUseException', 'ValidationException'],
      run: updateStreamMode,
    },
  },
  timers: { created, deleted, resharded, shardSplit, consumerReady, consumerGone, subscriptionEnded },
  metrics: {
    IncomingBytes: { unit: 'Bytes', kind: 'count', doc: 'Bytes taken in.' },
    IncomingRecords: { unit: 'Count', kind: 'count', doc: 'Records taken in.' },
    'PutRecord.Bytes': { unit: 'Bytes', kind: 'count', doc: 'Bytes taken in by PutRecord.' },
    'PutRecord.Latency': { unit: 'Milliseconds', kind: 'distribution', doc: 'Time of a PutRecord.' },
    'PutRecord.Success': {
      unit: 'Count',
      kind: 'count',
      doc: '1 for each PutRecord that succeeded, 0 for the others.',
    },
    'PutRecords.Bytes': { unit: 'Bytes', kind: 'count', doc: 'Bytes taken in by PutRecords.' },
    'PutRecords.Latency': { unit: 'Milliseconds', kind: 'distribution', doc: 'Time of a PutRecords.' },
    'PutRecords.Success': { unit: 'Count', kind: 'count', doc: '1 for each PutRecords of which a record was taken.' },
    'PutRecords.TotalRecords': { unit: 'Count', kind: 'count', doc: 'Records of a PutRecords.' },
    'PutRecords.SuccessfulRecords': { unit: 'Count', kind: 'count', doc: 'Records of a PutRecords that were taken.' },
    'PutRecords.FailedRecords': {
      unit: 'Count',
      kind: 'count',
      doc: 'Records of a PutRecords that failed inside of Kinesis.',
    },
    'PutRecords.ThrottledRecords': { unit: 'Count', kind: 'count', doc: 'Records of a PutRecords that were refused.' },
    'GetRecords.Bytes': { unit: 'Bytes', kind: 'count', doc: 'Bytes returned.' },
    'GetRecords.IteratorAgeMilliseconds': {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'Age of the last record returned; 0 when the reader has come to the end (KIN-70).',
    },
    'GetRecords.Latency': { unit: 'Milliseconds', kind: 'distribution', doc: 'Time of a GetRecords.' },
    'GetRecords.Records': { unit: 'Count', kind: 'count', doc: 'Records returned.' },
    'GetRecords.Success': {
      unit: 'Count',
      kind: 'count',
      doc: '1 for each GetRecords that succeeded, 0 for the others.',
    },
    IteratorAgeMilliseconds: {
      unit: 'Milliseconds',
      kind: 'count',
      doc: 'Of a monitored shard: age of the last record returned.',
    },
    OutgoingBytes: { unit: 'Bytes', kind: 'count', doc: 'Of a monitored shard: bytes returned.' },
    OutgoingRecords: { unit: 'Count', kind: 'count', doc: 'Of a monitored shard: records returned.' },
    ReadProvisionedThroughputExceeded: { unit: 'Count', kind: 'count', doc: 'GetRecords refused.' },
    WriteProvisionedThroughputExceeded: { unit: 'Count', kind: 'count', doc: 'Records refused.' },
    'SubscribeToShard.RateExceeded': {
      unit: 'Count',
      kind: 'count',
      doc: 'Of a consumer: connections asked for too often.',
    },
    'SubscribeToShard.Success': { unit: 'Count', kind: 'count', doc: 'Of a consumer: connections opened.' },
    'SubscribeToShardEvent.Bytes': { unit: 'Bytes', kind: 'count', doc: 'Of a consumer: bytes pushed.' },
    'SubscribeToShardEvent.MillisBehindLatest': {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'Of a consumer: age of the last record pushed; 0 at the end.',
    },
    'SubscribeToShardEvent.Records': { unit: 'Count', kind: 'count', doc: 'Of a consumer: records pushed.' },
    'SubscribeToShardEvent.Success': { unit: 'Count', kind: 'count', doc: 'Of a consumer: events pushed.' },
  },
  faults: {
    'sim:kinesis:zone-outage': {
      doc: 'Loses availability zones: records lie in three, so only the loss of all three stops the stream and takes what it holds.',
      params: { Zones: p.int('How many are lost.', [1, 3], { default: 1 }) },
      start: (self, params) => self.loseZones(params['Zones']),
      stop: (self, params) => self.loseZones(-params['Zones']),
    },
  },
  invariants: {
    'every record taken is kept, has expired or went with the stream': (self) =>
      self.written === self.kept + self.expired + self.discarded,
    'open shards cover the space of hash keys without gaps': coversAll,
    'a closed shard takes nothing': (self) => self.open.every((shard) => shard.isOpen),
    'nobody waits at the end of a closed shard': (self) =>
      [...self.shards.values()].every((shard) => shard.isOpen || shard.log.pollers.count === 0),
  },
  periodEnded: minuteEnded,
  finish: (self) => {
    for (const shard of self.shards.values()) self.countEmptyPolls(shard.log.pollers.polls(-Infinity, self.now))
    self.trimAll()
  },
  traced: { answer: 'service time', serves: () => NONE },
  insights: findingsOf,
  view,
  report: (self) => ({
    shards: self.open.length,
    shardHours: Math.round(self.shardHours * 1000) / 1000,
    written: self.written,
    refused: self.refused,
    read: self.returned,
    expired: self.expired,
    missed: self.missed,
  }),
}

const timers: Timers = { created, deleted, resharded, shardSplit, consumerReady, consumerGone, subscriptionEnded }

/** Metrics of the stream itself; the others are a shard's or a consumer's. */
const OWN_METRICS = Object.keys(stream.metrics).filter((name) => !/^(Outgoing|IteratorAge|SubscribeToShard)/.test(name))

function consumerReady(self: Stream, consumer: number): void {
  self.fanOut.ready(consumer)
}

function consumerGone(self: Stream, consumer: number): void {
  self.fanOut.gone(consumer)
}

function subscriptionEnded(self: Stream, subscription: number): void {
  self.fanOut.ended(subscription)
}

function coversAll({ open }: Stream): boolean {
  if (open.length === 0) return true
  if (open[0]!.range.start !== 0n || open[open.length - 1]!.range.end !== (1n << 128n) - 1n) return false
  return open.every(({ range }, i) => i === 0 || open[i - 1]!.range.end + 1n === range.start)
}

function gather(near: Near): Config {
  const { self } = near
  const { config } = self
  const isOnDemand = config['StreamModeDetails']?.StreamMode === 'ON_DEMAND'
  if (isOnDemand && config['ShardCount'] !== undefined)
    self.error(
      ['ShardCount'],
      'contradiction',
      '`ShardCount` is given while the stream is on demand',
      'leave it out, or set `StreamMode: PROVISIONED`',
    )
  if (isOnDemand && near.quota('ModeSwitches') === 0)
    self.error(
      ['StreamModeDetails', 'StreamMode'],
      'out-of-range',
      '`StreamMode` is `ON_DEMAND`, which there was not in 2020',
      'set `ShardCount`, or use the profile `current`',
    )
  const onDemand = near.all(TYPE).filter((other) => other.config['StreamModeDetails']?.StreamMode === 'ON_DEMAND')
  const most = near.quota('OnDemandStreams')
  if (onDemand.length > most && onDemand[most]?.logicalId === self.logicalId)
    self.error([], 'out-of-range', `the account has ${onDemand.length} on-demand streams`, `expected up to ${most}`)
  const consumers = near
    .all('AWS::Kinesis::StreamConsumer')
    .filter((consumer) => near.resourceAt(consumer.config['StreamARN'])?.logicalId === self.logicalId)
  const consumersMost = near.quota('Consumers')
  if (consumers.length > consumersMost)
    self.error(
      [],
      'out-of-range',
      `the stream has ${consumers.length} consumers: \`LimitExceededException\``,
      `expected up to ${consumersMost}`,
    )
  return { Consumers: consumers.map((consumer) => consumer.config['ConsumerName'] as string) }
}
