// PutRecord and PutRecords: a record goes to the open shard of its key, within that shard's limits.
import type { Call } from '../../engine/calls.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { fnv1a } from '../../parts/hash.ts'
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { parseHashKey } from './hash-keys.ts'
import { parseSequence } from './sequence.ts'
import type { Shard } from './shard.ts'
import { SECOND } from './stream.facts.ts'
import { invalid, invalidArgument, type Body, type Refusal } from './refusals.ts'
import type { Stream } from './stream-state.ts'

const KEY_MAX = 256
/** A PUT payload unit, in bytes (PR-R2). */
const PAYLOAD_UNIT = 25_600
const THROTTLED = 'ProvisionedThroughputExceededException'

/** A record as GetRecords returns it. */
export interface StreamRecord {
  readonly SequenceNumber: string
  /** Seconds since 1970, to the ms. */
  readonly ApproximateArrivalTimestamp: number
  readonly Data: unknown
  readonly PartitionKey: string
  /** Our own: the size of data that is only a placeholder. */
  readonly DataSize?: number
  /** Our own: how many records of the producer were packed into this one by the KPL. */
  readonly UserRecords?: number
}

/** What became of a record: where it is, or why it was refused. */
export type Put = { readonly ShardId: string; readonly SequenceNumber: string } | Refusal

export function putRecord(stream: Stream, call: Call): void {
  const { sim, metrics } = stream
  const body = (sim.calls.body[call] ?? {}) as Body
  const refusal = stream.isThere ? mistakeIn(stream, body) : stream.notFound
  const put = refusal ?? write(stream, body)
  const isIn = 'ShardId' in put
  const status = isIn ? 0 : sim.error(put.name, put.http)
  const latency = stream.answerPut(call, isIn ? put : { message: put.message }, status)
  sim.count(metrics['PutRecord.Success']!, isIn ? 1 : 0)
  sim.record(metrics['PutRecord.Latency']!, latency)
  if (isIn) sim.count(metrics['PutRecord.Bytes']!, sizeOf(body))
}

/** Each record by itself: those that fail are named in the answer, the others are in (KIN-23). */
export function putRecords(stream: Stream, call: Call): void {
  const { sim, metrics } = stream
  const body = (sim.calls.body[call] ?? {}) as Body
  const records: unknown = body['Records']
  const refusal = stream.isThere ? mistakeInBatch(stream, records) : stream.notFound
  if (refusal !== undefined) {
    sim.record(
      metrics['PutRecords.Latency']!,
      stream.answerPut(call, { message: refusal.message }, sim.error(refusal.name, refusal.http)),
    )
    sim.count(metrics['PutRecords.Success']!, 0)
    return
  }
  let bytes = 0
  let failed = 0
  const results = (records as Body[]).map((record) => {
    const put = write(stream, record)
    if ('ShardId' in put) {
      bytes += sizeOf(record)
      return put
    }
    failed++
    return { ErrorCode: put.name, ErrorMessage: put.message }
  })
  const total = results.length
  const latency = stream.answerPut(call, { FailedRecordCount: failed, Records: results }, 0)
  sim.count(metrics['PutRecords.Success']!, failed < total ? 1 : 0)
  sim.count(metrics['PutRecords.Bytes']!, bytes)
  sim.record(metrics['PutRecords.Latency']!, latency)
  sim.count(metrics['PutRecords.TotalRecords']!, total)
  sim.count(metrics['PutRecords.SuccessfulRecords']!, total - failed)
  sim.count(metrics['PutRecords.ThrottledRecords']!, failed)
  // Only the service's own failures count here, and the model has none.
  sim.count(metrics['PutRecords.FailedRecords']!, 0)
}

/** Writes a record that has been looked at. */
function write(stream: Stream, record: Body): Put {
  const { sim, metrics, now } = stream
  const key = keyOf(record)!
  const bytes = sizeOf(record)
  const explicit = record['ExplicitHashKey'] as unknown
  const hash = explicit === undefined || explicit === null ? stream.hashes.of(key) : parseHashKey(explicit)!
  const shard = stream.shardFor(hash)
  const { limits } = stream
  stream.hotKeys.touch(fnv1a(key) | 0, key, Math.max(1 / limits.records, bytes / limits.bytes))
  if (!shard.takes(now, bytes)) return throttle(stream, shard)
  const position = shard.log.next
  const moment = sim.startsAt + now
  const number = shard.numbers.of(position + 1, Math.floor(moment / SECOND))
  const { Data, DataSize, UserRecords } = record
  const arrival = Math.floor(moment / 1000) / 1000
  const written = { SequenceNumber: number, ApproximateArrivalTimestamp: arrival, Data, PartitionKey: key }
  const isPlain = DataSize === undefined && UserRecords === undefined
  shard.log.append(now, bytes, isPlain ? written : { ...written, DataSize, UserRecords })
  shard.bytes += bytes
  stream.written++
  stream.writtenBytes += bytes
  if (stream.mode === 'PROVISIONED') stream.meter.payloadUnits += chunksOf(bytes, PAYLOAD_UNIT)
  else stream.meter.bytesIn += bytes
  sim.count(metrics['IncomingBytes']!, bytes)
  sim.count(metrics['IncomingRecords']!, 1)
  if (shard.metrics !== null) {
    countAt(stream, shard, 'IncomingBytes', bytes)
    countAt(stream, shard, 'IncomingRecords', 1)
  }
  // Old records go as new ones come: memory holds what the retention holds.
  if (position % TRIM_EVERY === 0) stream.trim(shard)
  if (shard.log.pollers.count > 0 || shard.subscriptions.length > 0) stream.wake(shard)
  return { ShardId: shard.id, SequenceNumber: number }
}

const TRIM_EVERY = 64

function throttle(stream: Stream, shard: Shard): Refusal {
  stream.refused++
  shard.refused++
  shard.refusedAt = stream.now
  stream.writeRefusals.note(stream.now)
  stream.sim.count(stream.metrics['WriteProvisionedThroughputExceeded']!, 1)
  countAt(stream, shard, 'WriteProvisionedThroughputExceeded', 1)
  return { name: THROTTLED, http: 400, message: `Rate exceeded for shard ${shard.id} in stream ${stream.words}.` }
}

/** Counts at a shard's own series, where it has it. */
export function countAt(stream: Stream, shard: Shard, name: string, value: number): void {
  const metric = shard.metrics?.[name]
  if (metric !== undefined) stream.sim.count(metric, value)
}

/** The partition key: a text; a step of a scenario may well have a number there. */
function keyOf({ PartitionKey: key }: Body): string | undefined {
  return typeof key === 'string' ? key : typeof key === 'number' ? String(key) : undefined
}

/** Bytes that count for the limits: data and partition key. `DataSize` (our own) is the size of data that is only a placeholder. */
function sizeOf(record: Body): number {
  const { Data: data, DataSize: given } = record
  const size = typeof given === 'number' ? given : typeof data === 'string' ? utf8Size(data) : jsonSize(data)
  return size + utf8Size(keyOf(record) ?? '')
}

function mistakeInBatch(stream: Stream, records: unknown): Refusal | undefined {
  const most = stream.quotas['RecordsPerRequest']!
  if (!Array.isArray(records) || records.length === 0) return invalid('Records: a list of 1 record or more is needed')
  if (records.length > most)
    return invalid(
      `Value at 'records' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    )
  let bytes = 0
  for (const record of records as unknown[]) {
    const mistake =
      typeof record === 'object' && record !== null ? mistakeIn(stream, record as Body) : invalid('a record is a map')
    if (mistake !== undefined) return mistake
    bytes += sizeOf(record as Body)
  }
  return bytes > stream.quotas['BytesPerRequest']!
    ? invalidArgument(`Records size exceeds ${stream.quotas['BytesPerRequest']! / 1_048_576} MB limit`)
    : undefined
}

/** What is wrong with a record, whatever the shards are doing. */
function mistakeIn(stream: Stream, record: Body): Refusal | undefined {
  const { ExplicitHashKey: explicit, SequenceNumberForOrdering: after } = record
  const key = keyOf(record)
  if (key === undefined)
    return invalid("Value null at 'partitionKey' failed to satisfy constraint: Member must not be null")
  if (key.length === 0 || (key.length > KEY_MAX && [...key].length > KEY_MAX))
    return invalid(
      `Value '${key}' at 'partitionKey' failed to satisfy constraint: Member must have length between 1 and ${KEY_MAX}`,
    )
  if (record['Data'] === undefined && record['DataSize'] === undefined)
    return invalid("Value null at 'data' failed to satisfy constraint: Member must not be null")
  if (explicit !== undefined && explicit !== null && parseHashKey(explicit) === undefined) {
    if (typeof explicit !== 'string' || !/^(0|[1-9]\d{0,38})$/.test(explicit))
      return invalid(
        `Value '${String(explicit)}' at 'explicitHashKey' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})`,
      )
    return invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${explicit}`,
    )
  }
  if (after !== undefined && after !== null) {
    const known = parseSequence(after)
    if (known === undefined || known.arrived > stream.seconds)
      return invalidArgument(
        `ExclusiveMinimumSequenceNumber ${String(after)} used in PutRecord on stream ${stream.words} is invalid.`,
      )
  }
  return sizeOf(record) > stream.recordMax
    ? invalid(
        `Value at 'data' failed to satisfy constraint: Member must have length less than or equal to ${stream.recordMax}`,
      )
    : undefined
}
