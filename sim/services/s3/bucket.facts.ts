// Amazon S3 in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

const MB = 1_048_576
const GB = 1024 * MB

export const quotas: Readonly<Record<string, Quota>> = {
  WritesPerPrefix: {
    current: 3_500,
    unit: 'requests/s',
    doc: 'PUT, COPY, POST and DELETE requests per second that one partitioned prefix serves.',
    source: 'S3-R1',
  },
  ReadsPerPrefix: {
    current: 5_500,
    unit: 'requests/s',
    doc: 'GET and HEAD requests per second that one partitioned prefix serves.',
    source: 'S3-R1',
  },
  ObjectSize: {
    current: 50 * 1024 * GB,
    notes2020: 5 * 1024 * GB,
    unit: 'bytes',
    doc: 'The largest object, made of parts.',
    source: 'S3-R5',
  },
  PutSize: { current: 5 * GB, unit: 'bytes', doc: 'The largest object or part of one request.', source: 'S3-R5' },
  CopySize: { current: 5 * GB, unit: 'bytes', doc: 'The largest object that one request copies.', source: 'S3-R58' },
  PartSizeMin: { current: 5 * MB, unit: 'bytes', doc: 'The smallest part but the last.', source: 'S3-R5' },
  PartsPerUpload: { current: 10_000, unit: 'parts', doc: 'Parts of one upload.', source: 'S3-R5' },
  KeysPerDelete: { current: 1_000, unit: 'keys', doc: 'Objects that one request deletes.', source: 'S3-R57' },
  KeysPerList: {
    current: 1_000,
    unit: 'keys',
    doc: 'Keys on one page of a list.',
    source: 'API reference, ListObjectsV2',
  },
  EventConfigurations: {
    current: 100,
    unit: 'configurations',
    doc: 'Event notifications of one bucket.',
    source: 'the quota table of the fact sheet',
  },
  Buckets: {
    current: 10_000,
    notes2020: 100,
    unit: 'buckets',
    doc: 'Buckets of an account.',
    adjustable: true,
    source: 'the quota table of the fact sheet',
  },
  StrongConsistency: {
    current: 1,
    notes2020: 0,
    unit: '1 = yes',
    doc: 'Whether a read sees every write that was answered before; since December 2020.',
    source: 'S3-R10',
  },
  ConditionalWrites: {
    current: 1,
    notes2020: 0,
    unit: '1 = yes',
    doc: 'Whether `If-None-Match` and `If-Match` hold for writes; since August 2024.',
    source: 'S3-R11',
  },
  NotifiesEveryWrite: {
    current: 1,
    notes2020: 0,
    unit: '1 = yes',
    doc: 'Whether each of two writes of one moment to a key without versions is told.',
    source: 'N.LAMBDA-ASYNC-07',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  PutLatency: {
    kind: 'duration',
    default: 'lognormal(p50=30ms, p99=200ms)',
    doc: 'How long a write takes beside the transfer of its bytes.',
    source: 'S3-R4',
  },
  GetLatency: {
    kind: 'duration',
    default: 'lognormal(p50=20ms, p99=200ms)',
    doc: 'How long a read takes to its first byte.',
    source: 'S3-R4',
  },
  ConnectionThroughput: {
    kind: 'size',
    default: 'uniform(85MB, 90MB)',
    doc: 'Bytes per second that one connection transfers.',
    source: 'S3-R4',
  },
  PrefixMode: {
    kind: 'choice',
    default: 'grow',
    choices: ['grow', 'perTopLevelPrefix'],
    doc: 'Whether a bucket begins as one partition and is divided where it is hot, or with one for each first segment of a key.',
    source: 'S3-R3',
  },
  RepartitionDelay: {
    kind: 'duration',
    default: '10m',
    doc: 'How long a prefix is hot before it is divided; counted in whole minutes with refusals.',
    source: 'S3-R3',
  },
  Propagation: {
    kind: 'duration',
    default: 'lognormal(p50=200ms, p99=2s)',
    doc: 'Before strong consistency: how long reads see what was there before an overwrite or a delete.',
    source: 'not documented; S3-R10 says only that it was so',
  },
  ConfigurationPropagation: {
    kind: 'duration',
    default: 'uniform(0s, 15m)',
    doc: 'How long a change of the bucket’s configuration takes to hold.',
    source: 'S3-R12',
  },
  NotificationDelay: {
    kind: 'duration',
    default: 'lognormal(p50=1s, p99=10s)',
    doc: 'How long an event takes to its destination.',
    source: 'S3-R31',
  },
  DuplicateProbability: {
    kind: 'probability',
    default: '0',
    doc: 'The share of events that are delivered twice.',
    source: 'S3-R31',
  },
  TestEvent: {
    kind: 'choice',
    default: 'before the run',
    choices: ['before the run', 'sent'],
    doc: 'Whether the notifications were saved long ago, or at the start, which sends `s3:TestEvent` to queues and topics.',
    source: 'S3-R33',
  },
  ReplicationDelay: {
    kind: 'duration',
    default: 'lognormal(p50=30s, p99=10m)',
    doc: 'How long an object takes to the bucket that it is replicated to.',
    source: 'S3-R51',
  },
  Unwritten: {
    kind: 'choice',
    default: 'missing',
    defaultFor: (config) => (config['IsPublished'] === true ? 'there' : 'missing'),
    choices: ['missing', 'there'],
    doc: 'Whether objects that nobody in this run has written are missing, or are there from before, as the pages of a distribution are.',
    source: 'a scenario begins where its author says',
  },
  UnwrittenSize: {
    kind: 'size',
    default: '100KB',
    doc: 'How large objects are that are there from before.',
    source: 'a scenario begins where its author says',
  },
  CallersMayList: {
    kind: 'choice',
    default: 'yes',
    choices: ['yes', 'no'],
    doc: 'Whether callers have `s3:ListBucket`, without which a missing key is told as 403 and not as 404.',
    source: 'S3-R55',
  },
}

/** A key, in bytes of UTF-8 (API reference, PutObject). */
export const KEY_BYTES_MAX = 1_024
/** Contents are kept up to so many bytes each and in all; of larger ones, only the size is. */
export const CONTENT_BYTES_MAX = 262_144
export const CONTENTS_BYTES_MAX = 67_108_864
/** Two writes within so many µs are of one moment (N.LAMBDA-ASYNC-07). */
export const SAME_MOMENT_US = 1_000
/** The most that a signature of version 4 is good for (S3-R53): seven days, in s. */
export const PRESIGNED_MAX_S = 604_800
/** With Replication Time Control, an object that takes longer has missed its threshold (S3-R51). */
export const REPLICATION_THRESHOLD_US = 900_000_000
