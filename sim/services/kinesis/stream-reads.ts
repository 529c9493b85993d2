// GetShardIterator, GetRecords, ListShards, and the waiting of pollers: what readers of a stream ask for.
import type { Call } from '../../engine/calls.ts'
import { parseMoment } from '../../parts/calendar.ts'
import type { ShardLog } from '../../parts/shard-log.ts'
import { parseSequence } from './sequence.ts'
import { parseShardId, shardId, type Shard } from './shard.ts'
import { ITERATOR_LIFE } from './stream.facts.ts'
import { invalid, invalidArgument, notFound, Refused, throughputExceeded, type Body, type Refusal } from './refusals.ts'
import type { Stream } from './stream-state.ts'
import { countAt } from './stream-writes.ts'

export function getShardIterator(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:GetShardIterator', (body) => {
    stream.mustExist()
    const shard = shardAt(stream, body['ShardId'])
    if (!shard.iterators.allows(stream.now))
      throw new Refused(throughputExceeded(`Rate exceeded for shard ${shard.id} in stream ${stream.words}.`))
    shard.iterators.note(stream.now)
    stream.trim(shard)
    return { ShardIterator: iterator(stream, shard, positionOf(stream, shard, body['ShardIteratorType'], body)) }
  })
}

/** Where reading begins (KIN-30). `Timestamp` is in seconds since 1970, or a moment as text. */
export function positionOf(stream: Stream, shard: Shard, type: unknown, body: Body): number {
  const { log } = shard
  const number: unknown = body['StartingSequenceNumber'] ?? body['SequenceNumber']
  const isByNumber = type === 'AT_SEQUENCE_NUMBER' || type === 'AFTER_SEQUENCE_NUMBER'
  if (isByNumber && typeof number === 'string') {
    const position = byNumber(stream, shard, number)
    const isAfter = type === 'AFTER_SEQUENCE_NUMBER' && position < log.next && numberAt(shard, position) === number
    return isAfter ? position + 1 : position
  }
  if (isByNumber || ((type === 'TRIM_HORIZON' || type === 'LATEST') && typeof number === 'string'))
    throw new Refused(
      invalidArgument(
        `Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ${type} and ${isByNumber ? 'no' : 'also a'} StartingSequenceNumber.`,
      ),
    )
  switch (type) {
    case 'TRIM_HORIZON':
      return log.first
    case 'LATEST':
      return log.next
    case 'AT_TIMESTAMP':
      return byTime(stream, shard, body['Timestamp'])
    default:
      throw new Refused(
        invalid(
          'ShardIteratorType: expected AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER or TRIM_HORIZON',
        ),
      )
  }
}

function byNumber(stream: Stream, shard: Shard, number: string): number {
  const where = `StartingSequenceNumber ${number} used in GetShardIterator on shard ${shard.id} in stream ${stream.words}`
  const parts = parseSequence(number)
  if (parts === undefined) throw new Refused(invalidArgument(`${where} is invalid.`))
  if (parts.shard !== shard.number)
    throw new Refused(
      invalidArgument(
        `Invalid StartingSequenceNumber. It encodes ${shardId(parts.shard)}, while it was used in a call to a shard with ${shard.id}`,
      ),
    )
  if (parts.version === 0)
    throw new Refused({ name: 'InternalFailure', http: 500, message: 'a sequence number of the first version' })
  if (parts.version !== 2 || parts.created !== shard.created)
    throw new Refused(invalidArgument(`${where} is invalid because it did not come from this stream.`))
  return shard.positionOf(parts)
}

function byTime(stream: Stream, shard: Shard, timestamp: unknown): number {
  const moment =
    typeof timestamp === 'number'
      ? timestamp * 1_000_000
      : typeof timestamp === 'string'
        ? parseMoment(timestamp)
        : 'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.'
  if (typeof moment === 'string' || !Number.isFinite(moment)) throw new Refused(invalidArgument(`Timestamp: ${moment}`))
  if (moment > stream.sim.startsAt + stream.now)
    throw new Refused(
      invalidArgument('The timestampInMillis parameter cannot be greater than the currentTimestampInMillis.'),
    )
  return shard.log.positionAt(moment - stream.sim.startsAt)
}

function numberAt(shard: Shard, position: number): string {
  return position < shard.log.first
    ? ''
    : (shard.log.payloadAt(position) as { readonly SequenceNumber: string }).SequenceNumber
}

/** The shard that is called by its id; one that a reader may still read. */
export function shardAt(stream: Stream, id: unknown): Shard {
  const number = parseShardId(id)
  if (Number.isNaN(number)) throw new Refused(notFound(`Could not find shard ${String(id)} in stream ${stream.words}.`))
  const shard = stream.shards.get(number)
  if (shard === undefined)
    throw new Refused(notFound(`Shard ${shardId(number)} in stream ${stream.words} does not exist`))
  return shard
}

// Iterators: `shard:position:issued`, the position in its log and the µs at which it was given out

function iterator(stream: Stream, shard: Shard, position: number): string {
  return `${shard.number}:${position}:${stream.now}`
}

/** A shard and a position; a refusal where the text is no iterator, or an old one (KIN-31). */
function readIterator(stream: Stream, text: unknown): { readonly shard: Shard; readonly position: number } | Refusal {
  const match = typeof text === 'string' ? /^(\d{1,10}):(\d{1,16}):(\d{1,16})$/.exec(text) : null
  const shard = match === null ? undefined : stream.shards.get(Number(match[1]))
  if (match === null || Number(match[1]) >= stream.nextShard) return invalidArgument('Invalid ShardIterator.')
  // The polls that a parked poller stands for would each have brought a new iterator.
  const wokenAt = shard?.log.pollers.wokenAt(Number(match[2])) ?? -Infinity
  if (stream.now - Math.max(Number(match[3]), wokenAt) > ITERATOR_LIFE)
    return { name: 'ExpiredIteratorException', http: 400, message: 'Iterator expired. Iterators live for 5 minutes.' }
  if (shard === undefined)
    return notFound(`Shard ${shardId(Number(match[1]))} in stream ${stream.words} does not exist`)
  return { shard, position: Number(match[2]) }
}

export function getRecords(stream: Stream, call: Call): void {
  const { sim, metrics, now, quotas } = stream
  const body = (sim.calls.body[call] ?? {}) as Body
  const most = quotas['RecordsPerRead']!
  const limit: unknown = body['Limit'] ?? most
  const at = stream.isThere ? readIterator(stream, body['ShardIterator']) : stream.notFound
  if (!('shard' in at)) return refuse(stream, call, at)
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > most)
    return refuse(stream, call, invalidArgument(`Limit: expected 1 to ${most}, found ${String(limit)}`))
  const { shard, position } = at
  const { log } = shard
  if (!shard.reads.allows(now, log.pollers)) {
    stream.readRefusals.note(now)
    shard.collidedAt = now
    sim.count(metrics['ReadProvisionedThroughputExceeded']!, 1)
    countAt(stream, shard, 'ReadProvisionedThroughputExceeded', 1)
    // Those that are parked are part of the crowd: they collide for real now.
    stream.wake(shard)
    return refuse(stream, call, throughputExceeded(`Rate exceeded for shard ${shard.id} in stream ${stream.words}.`))
  }
  stream.trim(shard)
  const batch = log.read(position, limit, quotas['BytesPerRead']!)
  const records = batch.payloads.length
  shard.reads.returned(batch.bytes, records < limit && batch.next < log.next)
  shard.readers.set(sim.calls.edge[call]!, batch.next)
  if (batch.missed > 0) {
    stream.missed += batch.missed
    stream.missedStretch.note(now, batch.missed)
  }
  stream.noteAge(shard)
  const behind = behindLatest(log, batch.next, batch.lastAt, now)
  const latency = stream.answer(call, {
    Records: batch.payloads,
    NextShardIterator: log.isRead(batch.next) ? null : iterator(stream, shard, batch.next),
    MillisBehindLatest: Math.floor(behind / 1000),
    ...(log.isRead(batch.next) ? { ChildShards: childShards(stream, shard) } : undefined),
    // Our own: records that were gone before this reader asked for them.
    ...(batch.missed > 0 ? { Missed: batch.missed } : undefined),
  })
  stream.returned += records
  if (stream.mode === 'ON_DEMAND') stream.meter.bytesOut += batch.bytes
  sim.count(metrics['GetRecords.Success']!, 1)
  sim.count(metrics['GetRecords.Records']!, records)
  sim.count(metrics['GetRecords.Bytes']!, batch.bytes)
  sim.record(metrics['GetRecords.Latency']!, latency)
  sim.record(metrics['GetRecords.IteratorAgeMilliseconds']!, behind)
  if (shard.metrics === null) return
  countAt(stream, shard, 'OutgoingRecords', records)
  countAt(stream, shard, 'OutgoingBytes', batch.bytes)
  countAt(stream, shard, 'IteratorAgeMilliseconds', behind)
}

function refuse(stream: Stream, call: Call, refusal: Refusal): void {
  stream.sim.count(stream.metrics['GetRecords.Success']!, 0)
  stream.refuse(call, refusal)
}

/** How far a reader is behind the newest record, in µs: the age of the last record it got, 0 when it has got all (KIN-34, KIN-70). */
export function behindLatest(log: ShardLog, next: number, lastAt: number, now: number): number {
  return next >= log.next || lastAt < 0 ? 0 : now - lastAt
}

/** What a shard that has been read to its end became (KIN-31). */
export function childShards(stream: Stream, shard: Shard): unknown[] {
  return shard.log.children.flatMap((number) => {
    const child = stream.shards.get(number)
    return child === undefined
      ? []
      : [{ ShardId: child.id, ParentShards: parentsOf(child).map(shardId), HashKeyRange: rangeOf(child) }]
  })
}

/** Lets a poller wait for the next record (our own operation): see parts/shard-log.ts. */
export function awaitRecords(stream: Stream, call: Call): void {
  const { sim, now } = stream
  const { ShardIterator: text, Every: every = 0 } = (sim.calls.body[call] ?? {}) as Body
  const at = stream.isThere ? readIterator(stream, text) : stream.notFound
  if (!('shard' in at)) return stream.refuse(call, at)
  if (!(typeof every === 'number' && Number.isSafeInteger(every) && every >= 0))
    return stream.refuse(call, invalidArgument('Every: expected whole µs, 0 or more'))
  const { shard, position } = at
  // After a collision pollers go on for real for a while.
  const isCrowded = now - shard.collidedAt < 1_000_000
  shard.log.park(sim, call, position, every, isCrowded ? 0 : stream.limits.reads)
}

const rangeOf = ({ range }: Shard): unknown => ({
  StartingHashKey: String(range.start),
  EndingHashKey: String(range.end),
})

const parentsOf = ({ parent, adjacent }: Shard): number[] => [parent, adjacent].filter((number) => number >= 0)

/** A shard as the API describes it. */
export function describeShard(stream: Stream, shard: Shard): unknown {
  return {
    ShardId: shard.id,
    ...(shard.parent < 0 ? undefined : { ParentShardId: shardId(shard.parent) }),
    ...(shard.adjacent < 0 ? undefined : { AdjacentParentShardId: shardId(shard.adjacent) }),
    HashKeyRange: rangeOf(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequenceNumber,
      ...(shard.isOpen ? undefined : { EndingSequenceNumber: shard.endingSequenceNumber(stream.sim.startsAt) }),
    },
  }
}

const SHARDS_PER_PAGE = 1000

/** The shards, in pages and by a filter (KIN-55). */
export function listShards(stream: Stream, call: Call): void {
  stream.serve(call, 'kinesis:ListShards', (body) => {
    if (stream.status === 'DELETED') throw new Refused(stream.notFound)
    stream.trimAll()
    const { NextToken: token, ExclusiveStartShardId: start, MaxResults: most = SHARDS_PER_PAGE } = body
    if (!(Number.isInteger(most) && most >= 1 && most <= 10_000))
      throw new Refused(invalid(`Value '${String(most)}' at 'maxResults' failed to satisfy constraint: 1 to 10000`))
    if (token !== undefined && (start !== undefined || body['StreamCreationTimestamp'] !== undefined))
      throw new Refused(invalidArgument('NextToken and ExclusiveStartShardId cannot be provided together.'))
    const page = token === undefined ? { after: -1, filter: filterOf(stream, body) } : readToken(stream, token)
    const after = start === undefined ? page.after : parseShardId(start)
    if (Number.isNaN(after)) throw new Refused(invalidArgument(`ExclusiveStartShardId ${String(start)} is no shard`))
    const found = [...stream.shards.values()].filter(
      (shard) => shard.number > after && passes(stream, shard, page.filter),
    )
    const shown = found.slice(0, most)
    const last = shown[shown.length - 1]
    return {
      Shards: shown.map((shard) => describeShard(stream, shard)),
      ...(shown.length === found.length || last === undefined
        ? undefined
        : { NextToken: `${last.number}/${stream.now}/${page.filter.type}/${page.filter.at}` }),
    }
  })
}

interface ShardFilter {
  readonly type: string
  /** A moment of the run in µs, or a shard's number. */
  readonly at: number
}

function filterOf(stream: Stream, body: Body): ShardFilter {
  const { Type: type = 'FROM_TRIM_HORIZON', ShardId: id, Timestamp: timestamp } = (body['ShardFilter'] ?? {}) as Body
  if (!FILTERS.includes(type)) throw new Refused(invalid(`ShardFilter.Type: expected one of ${FILTERS.join(', ')}`))
  if (type === 'AFTER_SHARD_ID') {
    const number = parseShardId(id)
    if (Number.isNaN(number)) throw new Refused(invalidArgument(`ShardFilter.ShardId ${String(id)} is no shard`))
    return { type, at: number }
  }
  if (type !== 'AT_TIMESTAMP' && type !== 'FROM_TIMESTAMP') return { type, at: 0 }
  const moment = typeof timestamp === 'number' ? timestamp * 1_000_000 : parseMoment(String(timestamp))
  if (typeof moment === 'string') throw new Refused(invalidArgument(`ShardFilter.Timestamp: ${moment}`))
  return { type, at: moment - stream.sim.startsAt }
}

const FILTERS: readonly string[] = [
  'AFTER_SHARD_ID',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'AT_TRIM_HORIZON',
  'FROM_TIMESTAMP',
  'FROM_TRIM_HORIZON',
]

function passes(stream: Stream, shard: Shard, { type, at }: ShardFilter): boolean {
  const horizon = stream.now - stream.retention
  const wasOpenAt = (moment: number): boolean =>
    shard.openedAt <= Math.max(moment, stream.createdAt) && (shard.isOpen || shard.log.closedAt > moment)
  switch (type) {
    case 'AT_LATEST':
      return shard.isOpen
    case 'AT_TRIM_HORIZON':
      return wasOpenAt(horizon)
    case 'AT_TIMESTAMP':
      return wasOpenAt(Math.max(at, horizon))
    case 'FROM_TIMESTAMP':
      return shard.isOpen || shard.log.closedAt >= at
    case 'AFTER_SHARD_ID':
      return shard.number > at
    default:
      return true
  }
}

function readToken(stream: Stream, token: unknown): { after: number; filter: ShardFilter } {
  const match = typeof token === 'string' ? /^(\d{1,10})\/(\d{1,16})\/([A-Z_]{1,20})\/(-?\d{1,16})$/.exec(token) : null
  if (match === null || !FILTERS.includes(match[3]!)) throw new Refused(invalidArgument('Invalid NextToken.'))
  if (stream.now - Number(match[2]) > ITERATOR_LIFE)
    throw new Refused({ name: 'ExpiredNextTokenException', http: 400, message: 'NextToken expired.' })
  return { after: Number(match[1]), filter: { type: match[3]!, at: Number(match[4]) } }
}
