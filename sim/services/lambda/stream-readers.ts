// The shards of a stream mapping: found, read parents first, and polled on a grid that costs nothing while nothing comes.
import type { Call } from '../../engine/calls.ts'
import { listed, type ListedShard } from '../../parts/stream-shapes.ts'
import { deal } from './stream-lanes.ts'
import { Lane, NOBODY, PAUSED, Reader, type StreamItem, type StreamMapping } from './stream-state.ts'
import { needsPoll } from './stream-windows.ts'

/** Stands for the listing of shards where timers name a reader. */
const LISTING = -1

/** Lists the shards of the stream, to begin with and whenever one has been read to its end. */
export function discover(self: StreamMapping): void {
  self.mustList = self.isListing
  if (self.isListing) return
  self.isListing = true
  list(self, {})
}

function list(self: StreamMapping, page: object): void {
  const { sim } = self
  const call = sim.open(self.shardsEdge, 0, 0)
  sim.calls.body[call] = { ...named(self), ...page }
  sim.send(call)
}

/** How the stream is named in a request: the one that the mapping began with, whatever comes after it. */
function named(self: StreamMapping): object {
  return self.arn === undefined ? {} : { StreamArn: self.arn }
}

/** Answer: a page of shards. */
export function described(self: StreamMapping, call: Call): void {
  const { sim, shape } = self
  const status = sim.calls.status[call]
  const answer = sim.calls.answer[call] as Readonly<Record<string, any>>
  sim.close(call)
  if (status !== 0) {
    self.isListing = false
    sim.after(self.backoffMax, self.readTarget, LISTING)
    return
  }
  const { shards, next, arn } = shape.shards(answer)
  self.arn ??= arn
  for (const shard of shards) note(self, listed(shard))
  if (next !== undefined) {
    list(self, next)
    return
  }
  self.isListing = false
  self.isListed = true
  startReady(self)
  if (self.mustList) discover(self)
}

/** Takes a shard up that is new. Of a stream that is read from its end on, closed shards hold nothing new. */
function note(self: StreamMapping, { id, parents, isOpen }: ListedShard): void {
  if (self.byShard.has(id) || self.passed.has(id)) return
  if (!self.isListed && self.source.position === 'LATEST' && !isOpen) {
    self.passed.add(id)
    return
  }
  // What comes after the beginning is read whole: it follows shards that were read to their end.
  const reader = new Reader(self.readers.length, id, parents, self.isListed ? 'TRIM_HORIZON' : self.source.position)
  for (let i = 0; i < self.factor; i++) {
    const lane = new Lane(self.lanes.length, reader)
    self.lanes.push(lane)
    reader.lanes.push(lane)
  }
  self.byShard.set(id, reader)
  self.readers.push(reader)
}

/** Begins with the shards whose parents are done (DDS-R4). */
function startReady(self: StreamMapping): void {
  for (const reader of self.readers) {
    const waits = (parent: string): boolean => (self.byShard.get(parent)?.phase ?? 'done') !== 'done'
    if (reader.phase !== 'waiting' || reader.parents.some(waits)) continue
    reader.phase = 'reading'
    askIterator(self, reader)
  }
}

/** Asks for the place at which reading begins, or goes on after an iterator was lost. */
function askIterator(self: StreamMapping, reader: Reader): void {
  const { sim, source } = self
  const sequence = reader.lastSequence
  const type = sequence === null ? reader.startsAt : 'AFTER_SEQUENCE_NUMBER'
  const where = {
    ...(sequence === null ? undefined : { SequenceNumber: sequence, StartingSequenceNumber: sequence }),
    ...(type === 'AT_TIMESTAMP' ? { Timestamp: source.timestamp } : undefined),
  }
  const call = sim.open(self.iteratorEdge, reader.number, 0)
  sim.calls.body[call] =
    source.consumer === null
      ? { ...named(self), ShardId: reader.shard, ShardIteratorType: type, ...where }
      : { ShardId: reader.shard, StartingPosition: { Type: type, ...where }, Renews: true }
  reader.iterator = null
  reader.call = call
  sim.send(call)
}

/** Answer: where reading begins. */
export function iteratorAnswered(self: StreamMapping, call: Call): void {
  const { sim } = self
  const reader = self.readers[sim.calls.cookie[call]]
  const status = sim.calls.status[call]
  const answer = sim.calls.answer[call] as Place
  sim.close(call)
  reader.call = NOBODY
  if (status === 0) {
    reader.iterator = answer.ShardIterator ?? answer.SubscriptionId ?? null
    read(self, reader)
  } else refused(self, reader, status, answer.Missed)
}

interface Place {
  readonly ShardIterator?: string
  /** Of a consumer with a connection of its own. */
  readonly SubscriptionId?: number
  readonly Missed?: number
}

function isReady(self: StreamMapping, reader: Reader): boolean {
  return self.enabled && reader.call === NOBODY && reader.phase === 'reading' && !reader.isRead
}

/** Asks for the records that there is room for. */
function read(self: StreamMapping, reader: Reader): void {
  const { sim } = self
  const room = self.readAhead - reader.held
  if (!isReady(self, reader) || room <= 0) return
  if (reader.iterator === null) {
    askIterator(self, reader)
    return
  }
  reader.call = sim.open(self.recordsEdge, reader.number, 0)
  sim.calls.body[reader.call] =
    self.awaitEdge === NOBODY
      ? { SubscriptionId: reader.iterator }
      : { ShardIterator: reader.iterator, Limit: Math.min(room, self.shape.recordsMax) }
  sim.send(reader.call)
}

/** Waits for the moment at which a poll on the mapping's grid would find something; what is pushed is waited for as it is. */
function park(self: StreamMapping, reader: Reader): void {
  const { sim } = self
  if (self.awaitEdge === NOBODY) {
    read(self, reader)
    return
  }
  if (!isReady(self, reader) || reader.held >= self.readAhead) return
  reader.call = sim.open(self.awaitEdge, reader.number, 0)
  sim.calls.body[reader.call] = { ShardIterator: reader.iterator, Every: self.interval }
  sim.send(reader.call)
}

/** Answer: records, or the end of a wait for them. Both come here, so that the stream takes them for one reader's. */
export function readAnswered(self: StreamMapping, call: Call): void {
  const { sim } = self
  const { calls } = sim
  const reader = self.readers[calls.cookie[call]]
  const status = calls.status[call]
  const wasWait = calls.edge[call] === self.awaitEdge
  const sentAt = calls.sentAt[call]
  const answer = calls.answer[call] as Answer | null
  const isOurs = reader.call === call
  sim.close(call)
  if (!isOurs) return
  reader.call = NOBODY
  if (status !== 0) refused(self, reader, status, answer?.Missed)
  else if (wasWait) read(self, reader)
  else arrived(self, reader, answer!, sentAt)
}

interface Answer {
  readonly Records: readonly StreamItem[]
  readonly NextShardIterator?: string | null
  /** Of what is pushed: null at the end of the shard; `Ended` = the connection is over. */
  readonly ContinuationSequenceNumber?: string | null
  readonly Ended?: boolean
  /** Our own: records that were gone before anybody asked for them. */
  readonly Missed?: number
}

function arrived(self: StreamMapping, reader: Reader, answer: Answer, sentAt: number): void {
  const { Records: records, NextShardIterator: next, ContinuationSequenceNumber: continuation, Missed: missed } = answer
  reader.refusals = 0
  if (answer.Ended === true) {
    askIterator(self, reader)
    return
  }
  reader.isRead = next === null || continuation === null
  reader.iterator = reader.isRead ? null : (next ?? reader.iterator)
  if (records.length === 0) reader.caughtUpAt = sentAt
  lose(self, missed ?? 0)
  deal(self, reader, records)
  if (reader.isRead) endIfDone(self, reader)
  else pollOn(self, reader)
}

/** The next poll: on the grid, or at once where a tumbling window waits for it. */
function pollOn(self: StreamMapping, reader: Reader): void {
  if (reader.lanes.some((lane) => needsPoll(self, lane))) read(self, reader)
  else park(self, reader)
}

/** A request was refused: the iterator is asked for anew, or the next poll comes later. */
function refused(self: StreamMapping, reader: Reader, status: number, missed: number | undefined): void {
  const { sim } = self
  switch (sim.errors.names[status]) {
    case 'ExpiredIteratorException':
      lose(self, missed ?? 0)
      askIterator(self, reader)
      return
    case 'TrimmedDataAccessException':
      lose(self, missed ?? 0)
      reader.lastSequence = null
      reader.startsAt = 'TRIM_HORIZON'
      askIterator(self, reader)
      return
    case 'ResourceNotFoundException':
      reader.isRead = true
      endIfDone(self, reader)
      return
    default:
      reader.call = PAUSED
      sim.after(
        Math.min(self.backoffMax, self.backoff * (1 << Math.min(reader.refusals++, 20))),
        self.readTarget,
        reader.number,
      )
  }
}

function lose(self: StreamMapping, count: number): void {
  if (count === 0) return
  self.missed += count
  self.losses.note(self.now, count)
}

/** Timer: a refused request is made again. */
export function readAgain(self: StreamMapping, number: number): void {
  if (number === LISTING) {
    discover(self)
    return
  }
  const reader = self.readers[number]
  reader.call = NOBODY
  read(self, reader)
}

/** Timer: the tumbling window of a lane is over. Whether more of its records are there is asked at once, whatever the reader waits for. */
export function tumbled(self: StreamMapping, number: number): void {
  const lane = self.lanes[number]
  const { reader } = lane
  if (!needsPoll(self, lane)) return
  if (self.awaitEdge === NOBODY) {
    // What is pushed has come by now.
    reader.caughtUpAt = self.now
    deal(self, reader, [])
    return
  }
  if (reader.call >= 0 && self.sim.calls.edge[reader.call] === self.awaitEdge) reader.call = NOBODY
  read(self, reader)
}

/** Event: records of a reader are through; there is room again for others, or its shard is done. */
export function settled(self: StreamMapping, number: number): void {
  const reader = self.readers[number]
  if (reader.iterator !== null) pollOn(self, reader)
  endIfDone(self, reader)
}

export function resumeReaders(self: StreamMapping): void {
  for (const reader of self.readers) read(self, reader)
}

/** A shard that is read to its end and whose records are through is done; its children may begin. */
function endIfDone(self: StreamMapping, reader: Reader): void {
  if (!reader.isRead || reader.phase !== 'reading' || reader.held > 0) return
  if (reader.lanes.some((lane) => lane.batch !== null || lane.tumbling !== null)) return
  reader.phase = 'done'
  discover(self)
}
