// What readers ask a table's stream: its shards, iterators, records.
import type { Call } from '../../engine/calls.ts'
import type { Table } from './state.ts'
import { sequenceNumber, type StreamRecord } from './stream-records.ts'
import type { Shard, Stream } from './streams.ts'
import { Invalid, type Item } from './values.ts'

const RECORDS_MAX = 1000
const BYTES_MAX = 1_048_576
const SHARDS_MAX = 100
const HOUR = 3_600_000_000
/** Behind every sequence number. */
const AFTER_ALL = '2'

/** A request that is refused, with the exception's name. */
class Refusal extends Error {
  readonly code: string
  /** How many records are gone that the caller asked for; our own. */
  readonly missed: number

  constructor(code: string, message: string, missed = 0) {
    super(message)
    this.code = code
    this.missed = missed
  }
}

export function listStreams(table: Table, call: Call): void {
  answer(table, call, () => ({
    Streams: table.streams.all.map((stream) => ({
      StreamArn: table.streams.arnOf(stream),
      StreamLabel: stream.label,
      TableName: table.sim.name,
    })),
  }))
}

export function describeStream(table: Table, call: Call): void {
  answer(table, call, (body) => {
    const { streams } = table
    const stream = streamOf(table, body)
    const shards = streams.shardsOf(stream)
    const from = shards.findIndex(({ id }) => id === body['ExclusiveStartShardId']) + 1
    const page = shards.slice(from, from + limitOf(body, SHARDS_MAX))
    return {
      StreamDescription: {
        StreamArn: streams.arnOf(stream),
        StreamLabel: stream.label,
        StreamStatus: stream.isEnabled ? 'ENABLED' : 'DISABLED',
        StreamViewType: stream.view,
        TableName: table.sim.name,
        KeySchema: table.keyNames.map((name, i) => ({ AttributeName: name, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
        Shards: page.map((shard) => description(table, shard)),
        ...(from + page.length < shards.length ? { LastEvaluatedShardId: page[page.length - 1].id } : undefined),
      },
    }
  })
}

function description(table: Table, shard: Shard): Item {
  const parent = table.streams.shards.get(shard.parent)
  const ends = shard.log.isOpen ? undefined : { EndingSequenceNumber: sequenceNumber(Math.max(0, shard.endsAt)) }
  return {
    ShardId: shard.id,
    SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(shard.startsAt), ...ends },
    ...(parent === undefined ? undefined : { ParentShardId: parent.id }),
  }
}

export function getShardIterator(table: Table, call: Call): void {
  answer(table, call, (body) => {
    const stream = streamOf(table, body)
    const shard = table.streams.shardsOf(stream).find(({ id }) => id === body['ShardId'])
    if (shard === undefined)
      throw new Refusal('ResourceNotFoundException', `Requested resource not found: Shard: ${String(body['ShardId'])}`)
    table.streams.trim(shard)
    return { ShardIterator: iterator(table, shard, positionOf(shard, body)) }
  })
}

/** Where reading begins (DDS-R6). */
function positionOf(shard: Shard, body: Item): number {
  const { log } = shard
  switch (body['ShardIteratorType']) {
    case 'TRIM_HORIZON':
      return log.first
    case 'LATEST':
      return log.next
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER': {
      const wanted = String(body['SequenceNumber'])
      const position = positionAt(shard, wanted)
      const isThere = position < log.next && sequenceAt(shard, position) === wanted
      if (!isThere && position === log.first && wanted < lowest(shard))
        throw new Refusal('TrimmedDataAccessException', 'The requested records are older than the retention')
      return isThere && body['ShardIteratorType'] === 'AFTER_SEQUENCE_NUMBER' ? position + 1 : position
    }
    default:
      throw new Invalid('ShardIteratorType is TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER')
  }
}

/** The lowest sequence number that can be asked for: of the oldest record kept, or of the shard while nothing is gone. */
function lowest(shard: Shard): string {
  const { log } = shard
  if (log.first === 0) return sequenceNumber(shard.startsAt)
  return log.first < log.next ? sequenceAt(shard, log.first) : AFTER_ALL
}

/** The position of the first record kept whose sequence number is not below `wanted`. */
function positionAt(shard: Shard, wanted: string): number {
  let low = shard.log.first
  let high = shard.log.next
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (sequenceAt(shard, middle) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

function sequenceAt(shard: Shard, position: number): string {
  return (shard.log.payloadAt(position) as StreamRecord).dynamodb.SequenceNumber
}

export function getRecords(table: Table, call: Call): void {
  answer(table, call, (body) => {
    const { streams, sim } = table
    const { shard, position } = read(table, body['ShardIterator'])
    const limit = limitOf(body, RECORDS_MAX)
    if (!streams.admit(shard, call, streams.readerUntil)) throw tooManyReaders()
    if (position < shard.log.first)
      throw new Refusal(
        'TrimmedDataAccessException',
        'The requested records are older than the retention',
        shard.log.first - position,
      )
    const batch = shard.log.read(position, limit, BYTES_MAX)
    sim.count(shard.stream.returnedRecords, batch.payloads.length)
    sim.count(shard.stream.returnedBytes, batch.bytes)
    const isOver = shard.log.isRead(batch.next)
    return { Records: batch.payloads, NextShardIterator: isOver ? null : iterator(table, shard, batch.next) }
  })
}

/** Our own: the answer comes when a poll every `Every` µs would find something for the first time (`parts/shard-log.ts`). */
export function awaitRecords(table: Table, call: Call): void {
  const { sim, streams } = table
  const body = (sim.calls.body[call] ?? {}) as Item
  try {
    const { shard, position } = read(table, body['ShardIterator'])
    const every = body['Every']
    if (typeof every !== 'number' || !Number.isInteger(every) || every < 0 || every > HOUR)
      throw new Invalid('Every is a whole number of µs, at most an hour')
    if (!streams.admit(shard, call, Infinity)) throw tooManyReaders()
    shard.log.park(sim, call, position, every, Infinity)
  } catch (mistake) {
    refuse(table, call, mistake)
  }
}

function tooManyReaders(): Refusal {
  return new Refusal('LimitExceededException', 'more readers read this shard than may do so at a time')
}

/** An iterator as a text: the shard, the position, and when it was made (ms). */
function iterator(table: Table, shard: Shard, position: number): string {
  return `${shard.number}/${position}/${Math.floor(table.now / 1000)}`
}

/** The shard and the position of an iterator; of a shard that is gone with all its records it leads nowhere. */
function read(table: Table, text: unknown): { readonly shard: Shard; readonly position: number } {
  const parts = typeof text === 'string' ? text.split('/').map(Number) : []
  if (parts.length !== 3 || !parts.every(Number.isSafeInteger)) throw new Invalid('Invalid ShardIterator')
  const [number, position, made] = parts as [number, number, number]
  const shard = table.streams.shards.get(number)
  if (shard === undefined || position < 0 || position > shard.log.next)
    throw new Refusal('ResourceNotFoundException', 'Requested resource not found: the shard of the iterator')
  table.streams.trim(shard)
  // Each of the polls that a poller did not make while it was parked would have brought a new iterator.
  const since = Math.max(made * 1000, shard.log.pollers.wokenAt(position))
  if (table.now - since > table.streams.iteratorLife)
    throw new Refusal(
      'ExpiredIteratorException',
      'The iterator is older than 15 minutes',
      Math.max(0, shard.log.first - position),
    )
  return { shard, position }
}

function streamOf(table: Table, body: Item): Stream {
  const arn = body['StreamArn']
  const stream = table.streams.named(arn)
  if (stream === undefined)
    throw new Refusal(
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${String(arn ?? table.sim.name)} not found`,
    )
  return stream
}

function limitOf(body: Item, most: number): number {
  const limit = body['Limit'] ?? most
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > most)
    throw new Invalid(`Limit is a whole number from 1 to ${most}`)
  return limit
}

/** Answers a call with what `make` returns, or refuses it. */
function answer(table: Table, call: Call, make: (body: Item) => unknown): void {
  const { sim, streams } = table
  try {
    sim.calls.answer[call] = make((sim.calls.body[call] ?? {}) as Item)
    sim.replyAfter(streams.latency.draw(streams.latencyRng), call, 0)
  } catch (mistake) {
    refuse(table, call, mistake)
  }
}

function refuse(table: Table, call: Call, mistake: unknown): void {
  const { sim, streams } = table
  if (!(mistake instanceof Refusal || mistake instanceof Invalid)) throw mistake
  const missed = mistake instanceof Refusal && mistake.missed > 0 ? { Missed: mistake.missed } : undefined
  sim.calls.answer[call] = { message: mistake.message, ...missed }
  const code = mistake instanceof Refusal ? mistake.code : 'ValidationException'
  sim.replyAfter(streams.latency.draw(streams.latencyRng), call, sim.error(code, 400))
}
