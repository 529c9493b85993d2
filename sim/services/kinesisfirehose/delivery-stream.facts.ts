// Amazon Data Firehose in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

const KB = 1024
const MB = 1024 * KB

export const quotas: Readonly<Record<string, Quota>> = {
  RecordSize: { current: 1_000 * KB, unit: 'bytes', doc: 'The largest record.', source: 'FH-02' },
  RecordsPerBatch: { current: 500, unit: 'records', doc: 'Records of one PutRecordBatch.', source: 'FH-02' },
  BatchSize: { current: 4 * MB, unit: 'bytes', doc: 'Bytes of one PutRecordBatch.', source: 'FH-02' },
  RecordsPerSecond: {
    current: 500_000,
    notes2020: 5_000,
    unit: 'records/s',
    doc: 'Records per second that a stream takes by DirectPut; 100,000 in smaller Regions.',
    adjustable: true,
    source: 'FH-03',
  },
  RequestsPerSecond: {
    current: 2_000,
    unit: 'requests/s',
    doc: 'Requests per second that a stream takes by DirectPut; 1,000 in smaller Regions.',
    adjustable: true,
    source: 'FH-03',
  },
  BytesPerSecond: {
    current: 5 * MB,
    unit: 'bytes/s',
    doc: 'Bytes per second that a stream takes by DirectPut; 1 MiB in smaller Regions.',
    adjustable: true,
    source: 'FH-03',
  },
  BufferIntervalMin: {
    current: 0,
    notes2020: 60,
    unit: 's',
    doc: 'The shortest interval of a buffer; 0 since December 2023.',
    source: 'FH-10',
  },
  ActivePartitions: {
    current: 500,
    unit: 'partitions',
    doc: 'Partitions with a buffer at a time, with dynamic partitioning; up to 5,000 on request.',
    adjustable: true,
    source: 'FH-24',
  },
  Streams: {
    current: 5_000,
    notes2020: 50,
    unit: 'streams',
    doc: 'Delivery streams of an account.',
    adjustable: true,
    source: 'the quota table of the fact sheet',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=15ms, p99=80ms)',
    doc: 'How long the answer of a put takes.',
    source: 'not documented; of the order of other APIs',
  },
  ZeroBuffering: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a record waits where the interval is 0; AWS speaks of five seconds at most.',
    source: 'FH-12',
  },
  CompressionRatio: {
    kind: 'number',
    default: '4',
    doc: 'How many times smaller an object becomes where a format compresses it.',
    source: 'depends on the data alone',
  },
  DeliveryLatency: {
    kind: 'duration',
    default: 'lognormal(p50=200ms, p99=2s)',
    doc: 'How long a destination takes that is outside of the scenario.',
    source: 'depends on the destination',
  },
  CopyTime: {
    kind: 'duration',
    default: 'lognormal(p50=10s, p99=60s)',
    doc: 'How long Redshift takes for a COPY of one object.',
    source: 'FH-22 says that the next waits, not how long',
  },
  RetryDelay: {
    kind: 'duration',
    default: '1s',
    doc: 'The first pause before a delivery or a transformation is tried again; it doubles up to 120 s.',
    source: 'FH-21',
  },
  SilentTransform: {
    kind: 'choice',
    default: 'Ok',
    choices: ['Ok', 'Dropped', 'ProcessingFailed'],
    doc: 'What a transforming function means that answers nothing: its handler says what it costs, not what it makes.',
    source: 'a scenario’s own abbreviation; AWS wants a result for each record (FH-20)',
  },
}

export const MEGABYTE = MB
/** A transforming function has so long (FH-20), an HTTP endpoint so long (FH-23), in µs. */
export const TRANSFORM_TIMEOUT_US = 300_000_000
export const HTTP_TIMEOUT_US = 180_000_000
/** Invocations of a transforming function at a time; ten for Splunk (FH-20). */
export const OUTSTANDING = 5
export const OUTSTANDING_SPLUNK = 10
/** Failed deliveries to S3 are tried again for a day (FH-05, FH-21). */
export const S3_RETRIES_US = 86_400_000_000
/** The longest pause between two attempts (FH-21). */
export const RETRY_DELAY_MAX_US = 120_000_000
/** Contents of a buffer are kept up to so many bytes; of a larger object only the size is known. */
export const CONTENT_BYTES_MAX = 262_144
