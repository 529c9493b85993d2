// Figures of Kinesis Data Streams with their sources, and what AWS leaves open.
import type { Assumption, Quota } from '../../model/contract.ts'

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const MIB = 1_048_576

/** A shard iterator is good for so long (KIN-31); so are the tokens of ListShards. */
export const ITERATOR_LIFE = 5 * MINUTE
/** A push of records lasts so long (KIN-41), and another one may take its place after so long. */
export const SUBSCRIPTION_LIFE = 5 * MINUTE
export const SUBSCRIPTION_SETTLES = 5 * SECOND
/** Control-plane requests a second (section 9 of the sheet, KIN-40). */
export const REQUESTS_PER_SECOND: Readonly<Record<string, number>> = {
  'kinesis:CreateStream': 5,
  'kinesis:DeleteStream': 5,
  'kinesis:SplitShard': 5,
  'kinesis:MergeShards': 5,
  'kinesis:UpdateShardCount': 10,
  'kinesis:RegisterStreamConsumer': 5,
  'kinesis:DeregisterStreamConsumer': 5,
  'kinesis:DescribeStream': 10,
  'kinesis:DescribeStreamSummary': 20,
  'kinesis:ListShards': 100,
}
/** Shards of a new stream on demand (KIN-60), and bytes and records a second above which one is split (KIN-61). */
export const ON_DEMAND_SHARDS = 4
export const SPLIT_BYTES = 500_000
export const SPLIT_RECORDS = 500

export const quotas: Readonly<Record<string, Quota>> = {
  WriteRecords: {
    current: 1000,
    unit: 'records/s',
    doc: 'Records a shard takes in a second.',
    source: 'KIN-20, N.KINESIS-14',
  },
  WriteBytes: {
    current: MIB,
    unit: 'bytes/s',
    doc: 'Data and partition keys a shard takes in a second.',
    source: 'KIN-20, N.KINESIS-13',
  },
  ReadBytes: {
    current: 2 * MIB,
    unit: 'bytes/s',
    doc: 'Data that all GetRecords of a shard return in a second; each registered consumer has as much for itself.',
    source: 'KIN-32, KIN-40, N.KINESIS-15',
  },
  ReadsPerSecond: { current: 5, unit: 'requests/s', doc: 'GetRecords of a shard, of all readers.', source: 'KIN-32' },
  IteratorsPerSecond: { current: 5, unit: 'requests/s', doc: 'GetShardIterator of a shard.', source: 'KIN-30' },
  RecordsPerRead: { current: 10_000, unit: 'records', doc: 'Records that one GetRecords returns.', source: 'KIN-32' },
  BytesPerRead: { current: 10 * MIB, unit: 'bytes', doc: 'Data that one GetRecords returns.', source: 'KIN-32' },
  RecordSizeInKiB: {
    current: 10_240,
    notes2020: 1024,
    unit: 'KiB',
    doc: 'The largest record that a stream may be set to take; 1,024 unless it is set.',
    source: 'KIN-22',
  },
  RecordsPerRequest: {
    current: 500,
    unit: 'records',
    doc: 'Records of one PutRecords.',
    source: 'KIN-22, N.KINESIS-16',
  },
  BytesPerRequest: {
    current: 10 * MIB,
    notes2020: 5 * MIB,
    unit: 'bytes',
    doc: 'Data and partition keys of one PutRecords.',
    source: 'KIN-22',
  },
  RetentionHours: {
    current: 8760,
    notes2020: 168,
    unit: 'hours',
    doc: 'The longest retention of records.',
    source: 'KIN-26, N.KINESIS-06',
  },
  Shards: {
    current: 20_000,
    notes2020: 500,
    unit: 'shards',
    doc: 'Open shards of the provisioned streams of the account.',
    source: 'Kinesis sheet, section 9',
    adjustable: true,
  },
  ShardsByUpdate: {
    current: 10_000,
    unit: 'shards',
    doc: 'The most shards that UpdateShardCount scales a stream to.',
    source: 'KIN-54',
    adjustable: true,
  },
  ShardCountUpdates: {
    current: 10,
    unit: 'in 24 h',
    doc: 'UpdateShardCount of a stream in any 24 hours.',
    source: 'KIN-54',
  },
  ModeSwitches: {
    current: 2,
    notes2020: 0,
    unit: 'in 24 h',
    doc: 'Changes between provisioned and on-demand mode in any 24 hours; there was only provisioned mode in 2020.',
    source: 'KIN-62, N.KINESIS-31',
  },
  OnDemandStreams: { current: 50, unit: 'streams', doc: 'On-demand streams of the account.', source: 'KIN-62' },
  OnDemandShards: {
    current: 10_000,
    unit: 'shards',
    doc: 'Shards that an on-demand stream grows to, one for each MB/s: 10 GB/s in the largest regions, 200 MB/s elsewhere.',
    source: 'KIN-60',
    adjustable: true,
  },
  Consumers: {
    current: 20,
    unit: 'consumers',
    doc: 'Consumers that may be registered with a stream.',
    source: 'KIN-40',
    adjustable: true,
  },
  ConsumersCreating: {
    current: 5,
    unit: 'consumers',
    doc: 'Consumers of a stream that may be CREATING at once.',
    source: 'KIN-40',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  PutLatency: {
    kind: 'duration',
    default: '10ms',
    doc: 'Time of a PutRecord or PutRecords.',
    source: 'KIN-25: not documented',
  },
  GetLatency: {
    kind: 'duration',
    default: '10ms',
    doc: 'Time of every other request.',
    source: 'not documented; as PutLatency',
  },
  FanOutDelay: {
    kind: 'duration',
    default: '70ms',
    doc: 'From the arrival of a record to its delivery by enhanced fan-out.',
    source: 'KIN-42 (AWS’s announcement: about 70 ms on average)',
  },
  CreateDuration: {
    kind: 'duration',
    default: '30s',
    doc: 'How long a new stream or consumer is CREATING, and a deleted stream DELETING.',
    source: 'KIN-50: not documented',
  },
  ReshardDuration: {
    kind: 'duration',
    default: '30s',
    doc: 'How long a split or merge takes; UpdateShardCount takes as long for every doubling or halving that it begins.',
    source: 'KIN-50: not documented; 65 s were seen',
  },
  OnDemandSplitAfter: {
    kind: 'duration',
    default: '15min',
    doc: 'From the minute in which a shard of an on-demand stream carried too much to the end of its split.',
    source: 'KIN-61: within 15 min',
  },
}
