// The metrics of delivery streams under their CloudWatch names; a stream publishes those of its own destination.
import type { Metric } from '../../model/contract.ts'
import type { DeliveryStream } from './stream-state.ts'

type Metrics = Readonly<Record<string, Metric<DeliveryStream>>>

const count = (doc: string): Metric<DeliveryStream> => ({ unit: 'Count', kind: 'count', doc })
const bytes = (doc: string): Metric<DeliveryStream> => ({ unit: 'Bytes', kind: 'count', doc })

/** What is told of deliveries to one kind of destination. */
function deliveriesTo(family: string, where: string): Metrics {
  return {
    [`${family}.Bytes`]: bytes(`Bytes delivered to ${where}.`),
    [`${family}.Records`]: count(`Records delivered to ${where}.`),
    [`${family}.Success`]: count(
      `1 for each delivery to ${where} that succeeded, 0 for each that did not: the average is a ratio.`,
    ),
    [`${family}.DataFreshness`]: {
      unit: 'Seconds',
      kind: 'age',
      doc: `Age of the oldest record that has not been delivered to ${where}.`,
      read: (self) => (self.family === family ? self.oldestUndelivered() : NaN),
    },
  }
}

export const metrics: Metrics = {
  IncomingRecords: count('Records that came in by DirectPut.'),
  IncomingBytes: bytes('Bytes that came in by DirectPut.'),
  IncomingPutRequests: count('Requests that came in.'),
  ThrottledRecords: count('Records refused because the stream takes no more.'),
  RecordsPerSecondLimit: limit('RecordsPerSecond', 'Records per second that the stream takes.'),
  BytesPerSecondLimit: limit('BytesPerSecond', 'Bytes per second that the stream takes.'),
  PutRequestsPerSecondLimit: limit('RequestsPerSecond', 'Requests per second that the stream takes.'),
  'PutRecord.Bytes': bytes('Bytes of PutRecord.'),
  'PutRecord.Requests': count('PutRecord requests.'),
  'PutRecord.Latency': { unit: 'Milliseconds', kind: 'distribution', doc: 'Time of a PutRecord.' },
  'PutRecordBatch.Bytes': bytes('Bytes of PutRecordBatch.'),
  'PutRecordBatch.Requests': count('PutRecordBatch requests.'),
  'PutRecordBatch.Records': count('Records of PutRecordBatch.'),
  'PutRecordBatch.Latency': { unit: 'Milliseconds', kind: 'distribution', doc: 'Time of a PutRecordBatch.' },
  ...deliveriesTo('DeliveryToS3', 'the bucket'),
  'DeliveryToS3.ObjectCount': count('Objects written.'),
  ...deliveriesTo('DeliveryToRedshift', 'Redshift'),
  ...deliveriesTo('DeliveryToAmazonOpenSearchService', 'OpenSearch'),
  ...deliveriesTo('DeliveryToHttpEndpoint', 'the HTTP endpoint'),
  ...deliveriesTo('DeliveryToSplunk', 'Splunk'),
  ...deliveriesTo('DeliveryToSnowflake', 'Snowflake'),
  ...deliveriesTo('DeliveryToIceberg', 'Iceberg tables'),
  'BackupToS3.Bytes': bytes('Bytes written to the bucket for copies and for what failed.'),
  'BackupToS3.Records': count('Records written there.'),
  'BackupToS3.Success': count('1 for each write there that succeeded, 0 for each that did not.'),
  'ExecuteProcessing.Duration': {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'Time of an invocation of the transforming function.',
  },
  'ExecuteProcessing.Success': count('1 for each invocation that succeeded, 0 for each that did not.'),
  'SucceedProcessing.Records': count('Records that the function let through.'),
  'SucceedProcessing.Bytes': bytes('Bytes that the function let through.'),
  'DataReadFromKinesisStream.Records': count('Records read from the stream.'),
  'DataReadFromKinesisStream.Bytes': bytes('Bytes read from the stream.'),
  ThrottledGetRecords: count('Reads of the stream that were throttled.'),
  KinesisMillisBehindLatest: {
    unit: 'Milliseconds',
    kind: 'gauge',
    doc: 'How far the last read was behind the end of the stream.',
    // Durations are in µs.
    read: (self) => (self.source === null ? NaN : self.source.behind * 1000),
  },
  PartitionCount: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Partitions with something in their buffers.',
    read: (self) => (self.plan.queries === null ? NaN : self.activePartitions()),
  },
  PartitionCountExceeded: count('Records that found too many partitions.'),
}

function limit(
  quota: 'RecordsPerSecond' | 'BytesPerSecond' | 'RequestsPerSecond',
  doc: string,
): Metric<DeliveryStream> {
  return {
    unit: quota === 'BytesPerSecond' ? 'Bytes' : 'Count',
    kind: 'gauge',
    doc,
    read: (self) => (self.plan.isDirect ? self.sim.quota(quota) : NaN),
  }
}
