// Amazon Data Firehose: records are gathered in buffers and brought to a bucket or an endpoint, some minutes later and in one piece.
//
// The one idea: a record is answered as soon as it is taken in. What follows (transforming, buffering, delivering, trying again) is the
// stream's own, and nobody waits for it; `DataFreshness` says how far behind it is.
import { GB } from '../../model/price.ts'
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import { entriesOf } from '../../parts/entries.ts'
import { counted } from '../../parts/words.ts'
import { gather, props, type Plan } from './delivery-stream-config.ts'
import { assumptions, quotas } from './delivery-stream.facts.ts'
import { findingsOf } from './stream-insights.ts'
import { metrics } from './stream-metrics.ts'
import { DeliveryStream } from './stream-state.ts'

const NONE = -1
const SECOND = 1_000_000
const MINUTE = 60 * SECOND

const target = 'DeliveryStreamName'
const COUNTS = Object.keys(metrics).filter((name) => ['count', 'distribution'].includes(metrics[name].kind))

export const deliveryStream: ServiceDef<DeliveryStream> = {
  type: 'AWS::KinesisFirehose::DeliveryStream',
  family: 'messaging',
  namespace: 'AWS/Firehose',
  dimension: 'DeliveryStreamName',
  summary: 'A delivery stream: records are buffered, transformed and brought to a bucket or an endpoint.',
  models: [
    'DirectPut with its limits of records, requests and bytes a second; a batch is refused in part (FH-01 to FH-03).',
    'A Kinesis stream as the source: each shard once a second, at the cost of its read limits; nothing is read while deliveries fail (FH-01, FH-05).',
    'A buffer is delivered when it is full or when its time since the first record is over; zero buffering (FH-10, FH-12).',
    'Objects under a prefix with the calendar of UTC, or with the expressions of a prefix (FH-13).',
    'A transforming function with its own buffer, its retries and a result for each record (FH-20).',
    'Deliveries that fail are tried again with growing pauses: to a bucket for a day, to an endpoint for the retry duration, after which records go to the error output (FH-05, FH-21, FH-23).',
    'Redshift: an object first, then a COPY, one after the other (FH-22). Partitions by keys of the record, with their limit (FH-24).',
  ],
  omits: [
    'That Firehose raises its buffers by itself when it is behind (FH-11); conversion of formats; limits of single partitions.',
    'OpenSearch, Redshift, Splunk, Snowflake and Iceberg themselves: they take what comes, unless a fault says otherwise.',
    'Sources by Kafka and databases; endpoints by name, private networks, encryption.',
  ],
  quotas,
  assumptions,
  prices: {
    IngestedBytes: {
      doc: 'Data in, records in steps of 5 KB',
      usd: '0.029',
      unit: 'GB',
      base: GB,
      tiers: [
        { above: 512_000, usd: '0.025' },
        { above: 2_048_000, usd: '0.020' },
      ],
      source: '2025, us-east-1, https://aws.amazon.com/firehose/pricing/ [PR-R1, PR-R2]',
      used: (self) => self.paidBytes,
    },
  },
  unbilled: ['format conversion', 'dynamic partitioning', 'delivery into a VPC'],
  props,
  gather,
  entries: (config) => ((config['Plan'] as Plan | undefined)?.isDirect === true ? ['firehose:PutRecord'] : []),
  carries: (config) => config['Plan'] !== undefined,
  create: (config: Config, sim: Sim) =>
    new DeliveryStream(
      config,
      sim,
      {
        bufferDue: sim.target(bufferDue),
        transformDue: sim.target(transformDue),
        invocationDue: sim.target(invocationDue),
        invocationTimedOut: sim.target(invocationTimedOut),
        deliveryDue: sim.target(deliveryDue),
        outsideDone: sim.target(outsideDone),
        deliveryTimedOut: sim.target(deliveryTimedOut),
        readDue: sim.target(readDue),
      },
      { transformed, delivered, read },
      COUNTS,
    ),
  ops: {
    'firehose:PutRecord': {
      doc: 'Takes one record in: `Record: { Data }`; `DataSize` in it gives its size in bytes where the data is only a placeholder.',
      target,
      params: ['Record'],
      errors: ['ServiceUnavailableException', 'InvalidArgumentException'],
      run: putRecord,
    },
    'firehose:PutRecordBatch': {
      doc: 'Takes up to 500 records in; each is answered by itself.',
      target,
      params: ['Records'],
      errors: ['ServiceUnavailableException', 'InvalidArgumentException'],
      run: putRecordBatch,
    },
  },
  timers: {
    bufferDue,
    transformDue,
    invocationDue,
    invocationTimedOut,
    deliveryDue,
    outsideDone,
    deliveryTimedOut,
    transformed,
    delivered,
    readDue,
    read,
  },
  metrics,
  faults: {
    'sim:firehose:destination-outage': {
      doc: 'The destination takes nothing: every delivery of data fails.',
      params: {},
      start: (self) => void self.deliveries.outages++,
      stop: (self) => void self.deliveries.outages--,
    },
  },
  invariants: {
    'every record is inside, delivered, dropped, in the error output or lost': (self) =>
      self.accepted === self.inside + self.delivered + self.dropped + self.failed + self.lost.total,
  },
  insights: findingsOf,
  view: {
    glyph: 'delivery-stream',
    label: 'Delivery stream',
    detail: (config) => (config['Plan'] as Plan | undefined)?.kind,
    level: (self) => self.buffers.bytes,
    levelMax: (self) => self.plan.bytes * Math.max(1, self.buffers.count),
    tone: (self) =>
      isRecent(self, self.throttled)
        ? 'throttling'
        : isRecent(self, self.deliveries.failures) || self.isLate()
          ? 'failing'
          : self.inside > 0
            ? 'busy'
            : 'calm',
    readings: [
      { name: 'Records in', unit: '1/s', doc: 'Records taken in.', counter: true, read: (self) => self.accepted },
      { name: 'Delivered', unit: '1/s', doc: 'Records delivered.', counter: true, read: (self) => self.delivered },
      { name: 'Inside', unit: 'records', doc: 'Records not delivered yet.', read: (self) => self.inside },
      { name: 'Buffered', unit: 'B', doc: 'Bytes in buffers.', read: (self) => self.buffers.bytes },
      {
        name: 'Oldest',
        unit: 's',
        doc: 'Age of the oldest record that has not been delivered.',
        read: (self, now) => {
          const oldest = self.oldestUndelivered()
          return oldest === NONE ? NaN : (now - oldest) / SECOND
        },
      },
      { name: 'Refused', unit: '1/s', doc: 'Records refused.', counter: true, read: (self) => self.throttled.total },
    ],
  },
  // A put is over when the record is taken in: what is delivered belongs to nobody’s request.
  traced: { answer: 'service time', serves: () => NONE },
  report: (self) => ({
    lines: [
      `${counted(self.delivered, 'record')} delivered in ${counted(self.objects, 'object')}, ${counted(self.inside, 'record')} inside`,
    ],
    records: {
      accepted: self.accepted,
      delivered: self.delivered,
      dropped: self.dropped,
      failed: self.failed,
      lost: self.lost.total,
      inside: self.inside,
    },
  }),
}

function isRecent(
  { sim }: DeliveryStream,
  { count, last }: { readonly count: number; readonly last: number },
): boolean {
  return count > 0 && sim.clock[0] - last < MINUTE
}

interface Given {
  readonly Data?: unknown
  readonly DataSize?: unknown
}

function sizeOf(self: DeliveryStream, { Data: data, DataSize: size }: Given): number {
  return typeof size === 'number' && size >= 0 ? Math.round(size) : self.sizeOf(data)
}

/** Why a request as a whole is refused; 0 = it is not. The limits are those of DirectPut alone (FH-03). */
function refusalOf({ sim, now, plan, requestTokens }: DeliveryStream, isValid: boolean): number {
  if (!plan.isDirect || !isValid) return sim.error('InvalidArgumentException', 400)
  return requestTokens.take(now, 1) ? 0 : sim.error('ServiceUnavailableException', 503)
}

/** Whether there is room for one more record, and takes it. */
function admits({ now, recordTokens, byteTokens }: DeliveryStream, size: number): boolean {
  if (recordTokens.peek(now) < 1 || byteTokens.peek(now) < size) return false
  recordTokens.take(now, 1)
  return byteTokens.take(now, size)
}

function noteThrottled(self: DeliveryStream, records: number): void {
  self.throttled.note(self.now, records)
  self.count('ThrottledRecords', records)
}

function putRecord(self: DeliveryStream, call: Call): void {
  const { sim } = self
  const record = ((sim.calls.body[call] as { readonly Record?: Given } | null)?.Record ?? {}) as Given
  const size = sizeOf(self, record)
  let status = refusalOf(self, record.Data !== undefined && size <= sim.quota('RecordSize'))
  self.count('IncomingPutRequests', 1)
  if (status === 0 && !admits(self, size)) status = sim.error('ServiceUnavailableException', 503)
  if (status !== 0) {
    if (sim.errors.http[status] === 503) noteThrottled(self, 1)
    self.answer(call, status)
    return
  }
  self.accept(record.Data, size, self.now)
  self.count('IncomingRecords', 1)
  self.count('IncomingBytes', size)
  self.count('PutRecord.Requests', 1)
  self.count('PutRecord.Bytes', size)
  sim.calls.answer[call] = { RecordId: self.recordId(), Encrypted: false }
  self.record('PutRecord.Latency', self.answer(call, 0))
}

function putRecordBatch(self: DeliveryStream, call: Call): void {
  const { sim } = self
  const records: readonly Given[] = entriesOf((sim.calls.body[call] as { readonly Records?: unknown } | null)?.Records)
  const sizes = records.map((record) => sizeOf(self, record))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const isValid =
    records.length > 0 &&
    records.length <= sim.quota('RecordsPerBatch') &&
    total <= sim.quota('BatchSize') &&
    records.every(({ Data: data }, i) => data !== undefined && sizes[i] <= sim.quota('RecordSize'))
  const status = refusalOf(self, isValid)
  self.count('IncomingPutRequests', 1)
  if (status !== 0) {
    if (sim.errors.http[status] === 503) noteThrottled(self, records.length)
    self.answer(call, status)
    return
  }
  let failed = 0
  let bytes = 0
  const responses = records.map(({ Data: data }, i) => {
    if (!admits(self, sizes[i])) {
      failed++
      return SLOW_DOWN
    }
    bytes += sizes[i]
    self.accept(data, sizes[i], self.now)
    return { RecordId: self.recordId() }
  })
  if (failed > 0) noteThrottled(self, failed)
  self.count('IncomingRecords', records.length - failed)
  self.count('IncomingBytes', bytes)
  self.count('PutRecordBatch.Requests', 1)
  self.count('PutRecordBatch.Records', records.length - failed)
  self.count('PutRecordBatch.Bytes', bytes)
  sim.calls.answer[call] = { FailedPutCount: failed, Encrypted: false, RequestResponses: responses }
  self.record('PutRecordBatch.Latency', self.answer(call, 0))
}

const SLOW_DOWN = Object.freeze({ ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' })

/** Timer: the time of a buffer is over. */
function bufferDue(self: DeliveryStream, row: number): void {
  self.deliver(self.buffers.close(row))
}

/** Timer: the time of the transformation’s buffer is over. */
function transformDue(self: DeliveryStream): void {
  self.transforms!.handOver()
}

/** Timer: the pause before a failed invocation is tried again is over. */
function invocationDue(self: DeliveryStream, row: number): void {
  self.transforms!.invoke(row)
}

/** Timer: the function has not answered in time. */
function invocationTimedOut(self: DeliveryStream, row: number): void {
  self.transforms!.timedOut(row)
}

/** Timer: the pause before a failed delivery is tried again is over. */
function deliveryDue(self: DeliveryStream, row: number): void {
  self.deliveries.attempt(row)
}

/** Timer: a destination outside of the scenario is done. */
function outsideDone(self: DeliveryStream, row: number): void {
  self.deliveries.outsideDone(row)
}

/** Timer: the endpoint has not answered in time. */
function deliveryTimedOut(self: DeliveryStream, row: number): void {
  self.deliveries.timedOut(row)
}

/** Answer of the transforming function. */
function transformed(self: DeliveryStream, call: Call): void {
  self.transforms!.answered(call)
}

/** Answer of a bucket or an endpoint. */
function delivered(self: DeliveryStream, call: Call): void {
  self.deliveries.answered(call)
}

/** Timer: a shard of the source is read. */
function readDue(self: DeliveryStream, row: number): void {
  self.source!.read(row)
}

/** Answer of the source. */
function read(self: DeliveryStream, call: Call): void {
  self.source!.answered(call)
}
