// Event source mappings in figures: quotas then and now, and the curves that AWS does not publish.
import type { Assumption, Quota } from '../../model/contract.ts'
import { quotas as functionQuotas } from './function.facts.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  RecursiveHops: functionQuotas['RecursiveHops'],
  SqsBatchSize: {
    current: 10_000,
    notes2020: 10,
    unit: 'messages',
    doc: 'The largest batch from a queue.',
    source: 'LAM-53, N.LAMBDA-ESM-14',
  },
  SqsStart: {
    current: 5,
    unit: 'batches',
    doc: 'Batches in progress that a mapping of a queue begins with, and polls of an idle one.',
    source: 'LAM-50, N.LAMBDA-ESM-13',
  },
  SqsScalingPerMinute: {
    current: 300,
    notes2020: 60,
    unit: 'batches/min',
    doc: 'How many more it lets run while messages wait.',
    source: 'LAM-50, N.LAMBDA-ESM-18',
  },
  SqsConcurrency: {
    current: 1_250,
    notes2020: 1_000,
    unit: 'batches',
    doc: 'The most batches in progress of one mapping.',
    source: 'LAM-50, N.LAMBDA-ESM-15',
  },
  MinimumPollers: {
    current: 200,
    unit: 'pollers',
    doc: 'Pollers that a mapping of a queue keeps ready.',
    source: 'LAM-52',
  },
  MaximumPollers: { current: 2_000, unit: 'pollers', doc: 'Pollers that it has at most.', source: 'LAM-52' },
  PollerConcurrency: { current: 10, unit: 'batches', doc: 'Batches in progress of one such poller.', source: 'LAM-52' },
  PollerPolls: { current: 10, unit: '1/s', doc: 'Polls of one such poller.', source: 'LAM-52' },
  PollerScalingPerMinute: {
    current: 1_000,
    unit: 'batches/min',
    doc: 'How many more batches a mapping with pollers of its own lets run while messages wait.',
    source: 'LAM-52',
  },
  StreamBatchSize: {
    current: 10_000,
    unit: 'records',
    doc: 'The largest batch from a stream.',
    source: 'LAM-60',
  },
  ParallelizationFactor: {
    current: 10,
    unit: 'batches',
    doc: 'The most batches in progress of one shard.',
    source: 'LAM-60, N.LAMBDA-ESM-05',
  },
  DynamoDBPolls: {
    current: 4,
    unit: '1/s',
    doc: 'How often a mapping polls a shard of a table’s stream.',
    source: 'LAM-60, DDS-R10',
  },
  KinesisPolls: { current: 1, unit: '1/s', doc: 'How often a mapping polls a shard of Kinesis.', source: 'LAM-60' },
  StreamPayload: {
    current: 6_291_456,
    unit: 'bytes',
    doc: 'The largest event of a batch.',
    source: 'LAM-53',
  },
  TumblingState: {
    current: 1_048_576,
    unit: 'bytes',
    doc: 'The largest state of a tumbling window.',
    source: 'LAM-64',
  },
  StreamReadAhead: {
    current: 10_000,
    unit: 'records',
    doc: 'Records of a shard that are read and wait to be handled, at most; a batch for each lane if that is more.',
    source: 'one answer of GetRecords',
  },
  Filters: { current: 5, unit: 'filters', doc: 'Patterns of a mapping.', source: 'LAM-65' },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ThrottleBackoff: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a throttled batch waits before it is tried again the first time; doubled each time.',
    source: 'LAM-55',
  },
  ThrottleBackoffMax: {
    kind: 'duration',
    default: '30s',
    doc: 'The longest such wait.',
    source: 'LAM-55',
  },
  ReductionInterval: {
    kind: 'duration',
    default: '60s',
    doc: 'After so long with failed or throttled batches, and again after each such interval, the mapping halves its concurrency.',
    source: 'LAM-55',
  },
  StreamBackoff: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a batch of a stream waits that failed or was refused, the first time; doubled each time.',
    source: 'LAM-61',
  },
  StreamBackoffMax: { kind: 'duration', default: '60s', doc: 'The longest such wait.', source: 'LAM-61' },
}

/** The largest answer of a ReceiveMessage, and the largest request of a DeleteMessageBatch. */
export const MESSAGES_PER_CALL = 10
/** Records of a batch from a stream where nothing is said (LAM-60). */
export const STREAM_BATCH = 100
/** Added to window and time-out where they are longer together than the queue's visibility timeout (LAM-56). */
export const VISIBILITY_MARGIN = 30
