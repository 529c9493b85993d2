// Batches of a stream mapping: made of a lane's records, tried until they succeed, cut where they fail, given up at last.
import type { Call } from '../../engine/calls.ts'
import { fnv1a } from '../../parts/hash.ts'
import { isoText } from '../../parts/calendar.ts'
import { throughOf } from './batch-response.ts'
import { passesChange, passesData } from './event-filter.ts'
import type { Batch, Lane, Reader, StreamItem, StreamMapping } from './stream-state.ts'
import { closes, eventParts, isOtherWindow, keepState, open } from './stream-windows.ts'

const NONE = -1

/** Deals records that were read to the lanes of their shard, by key, without those that no filter lets pass. */
export function deal(self: StreamMapping, reader: Reader, records: readonly StreamItem[]): void {
  const { sim, shape, source, factor } = self
  self.polled += records.length
  if (records.length > 0) sim.count(self.polledMetric, records.length)
  const passes = source.type === 'dynamodb' ? passesChange : passesData
  let filtered = 0
  for (const record of records) {
    if (source.filter.length > 0 && !passes(source.filter, record)) {
      filtered++
      continue
    }
    const lane = reader.lanes[factor === 1 ? 0 : fnv1a(shape.key(record, source.keyName)) % factor]
    lane.queue.push(record)
    lane.bytes += shape.bytes(record)
    reader.held++
  }
  if (records.length > 0) reader.lastSequence = shape.sequence(records[records.length - 1])
  if (filtered > 0) {
    self.filtered += filtered
    sim.count(self.filteredMetric, filtered)
  }
  for (const lane of reader.lanes) advance(self, lane)
}

/** Starts what a lane has to do next, unless a batch is in progress or more records are awaited. */
function advance(self: StreamMapping, lane: Lane): void {
  if (!self.enabled || lane.batch !== null) return
  const piece = lane.pieces.pop()
  if (piece !== undefined) {
    start(self, lane, piece)
    return
  }
  if (closes(self, lane)) {
    start(self, lane, batchOf(self, [], true))
    return
  }
  if (lane.waiting === 0) return
  if (!isComplete(self, lane)) {
    if (lane.windowTimer === NONE) lane.windowTimer = self.sim.timer(self.window, self.windowTarget, lane.number)
    return
  }
  start(self, lane, batchOf(self, take(self, lane), false))
}

/** Whether a batch is full or has no reason to wait: its window is over, the next record belongs elsewhere, the shard is at its end. */
function isComplete(self: StreamMapping, lane: Lane): boolean {
  return (
    self.window === 0 ||
    lane.windowIsOver ||
    lane.reader.isRead ||
    lane.waiting >= self.source.batchSize ||
    lane.bytes >= self.payloadMax ||
    isOtherWindow(self, lane.queue[lane.head], lane.queue[lane.queue.length - 1])
  )
}

/** Timer: the window of a batch is over. */
export function windowEnded(self: StreamMapping, number: number): void {
  const lane = self.lanes[number]
  lane.windowTimer = NONE
  lane.windowIsOver = true
  advance(self, lane)
}

/** Takes the records of the next batch out of the lane: as many as it may have, as fit an event, as belong to one tumbling window. */
function take(self: StreamMapping, lane: Lane): StreamItem[] {
  const { shape } = self
  const first = lane.queue[lane.head]
  const records: StreamItem[] = []
  let bytes = 0
  while (lane.head < lane.queue.length && records.length < self.source.batchSize) {
    const record = lane.queue[lane.head]
    const own = shape.bytes(record)
    if (records.length > 0 && (bytes + own > self.payloadMax || isOtherWindow(self, first, record))) break
    records.push(record)
    bytes += own
    lane.head++
  }
  lane.bytes -= bytes
  if (lane.head === lane.queue.length) {
    lane.queue = []
    lane.head = 0
  } else if (lane.head > 1024 && 2 * lane.head > lane.queue.length) {
    lane.queue = lane.queue.slice(lane.head)
    lane.head = 0
  }
  if (lane.windowTimer !== NONE) self.sim.cancel(lane.windowTimer)
  lane.windowTimer = NONE
  lane.windowIsOver = false
  return records
}

function batchOf(self: StreamMapping, records: readonly StreamItem[], isFinal: boolean): Batch {
  return {
    records,
    invocations: 0,
    failures: 0,
    setbacks: 0,
    since: self.now,
    failedAt: NONE,
    trace: self.sim.calls.begin(),
    isFinal,
    lastAnswer: null,
  }
}

/** A batch takes its lane. */
function start(self: StreamMapping, lane: Lane, batch: Batch): void {
  batch.since = self.now
  lane.batch = batch
  self.running.enter(self.now)
  open(self, lane, batch)
  run(self, lane)
}

/** Invokes the function with the batch of a lane, without what has become too old. */
function run(self: StreamMapping, lane: Lane): void {
  const { sim } = self
  if (!letGoOfOld(self, lane)) return
  const batch = lane.batch!
  const { records } = batch
  lane.isRunning = true
  batch.invocations++
  if (records.length > 0) self.recordAgeOf(records[records.length - 1])
  sim.count(self.invokedMetric, records.length)
  const call = sim.open(self.invokeEdge, lane.number, batch.trace)
  if (batch.invocations > 1) sim.calls.attempt[call] = Math.min(batch.invocations, 255)
  sim.calls.body[call] = {
    Payload: {
      Records: records.map((record) => self.shape.item(record)),
      SequenceNumbers: records.map((record) => self.shape.sequence(record)),
      ...eventParts(self, lane, batch),
    },
  }
  sim.send(call)
}

/** Gives up the records that are too old to be tried (again); false when none are left of the batch. */
function letGoOfOld(self: StreamMapping, lane: Lane): boolean {
  const { now } = self
  const batch = lane.batch!
  const { records } = batch
  const limit = Math.min(self.recordAge, self.retention)
  let old = 0
  while (old < records.length && self.arrivedAt(records[old]) + limit <= now) old++
  if (old === 0) return true
  const gone = old === records.length ? batch : { ...batch, records: records.slice(0, old) }
  if (limit === self.recordAge) giveUp(self, lane, gone, 'RecordAgeExceeded')
  else {
    // The stream itself has let go of them; nobody is told.
    self.expired += old
    self.losses.note(now, old)
  }
  if (old === records.length) {
    finish(self, lane, 0, old)
    return false
  }
  release(self, lane, old)
  lane.batch = { ...batch, records: records.slice(old) }
  return true
}

/** Answer of the function. */
export function batchAnswered(self: StreamMapping, call: Call): void {
  const { sim } = self
  const lane = self.lanes[sim.calls.cookie[call]]
  const status = sim.calls.status[call]
  const answer = sim.calls.answer[call] as { readonly Payload?: unknown; readonly FunctionError?: string } | null
  sim.close(call)
  const batch = lane.batch!
  const { records } = batch
  lane.isRunning = false
  if (status !== 0) {
    // It did not run: no attempt is used up (LAM-61).
    self.throttles.note(self.now)
    wait(self, lane)
    return
  }
  batch.lastAnswer = answer
  const through =
    answer?.FunctionError !== undefined || !keepState(self, lane, batch, answer?.Payload)
      ? 0
      : self.reports
        ? throughOf(answer?.Payload, records.map(self.shape.sequence))
        : records.length
  if (through >= records.length && (records.length > 0 || answer?.FunctionError === undefined)) succeed(self, lane)
  else failed(self, lane, through)
}

function succeed(self: StreamMapping, lane: Lane): void {
  const { records } = lane.batch!
  endBlockage(self, lane)
  finish(self, lane, records.length, records.length)
}

/** The batch has failed from its record number `through` on; those before it are done (LAM-62). */
function failed(self: StreamMapping, lane: Lane, through: number): void {
  const { sim, now } = self
  const batch = lane.batch!
  const rest = batch.records.slice(through)
  self.failures.note(now)
  sim.count(self.failedMetric, rest.length)
  if (batch.failedAt === NONE || through > 0) batch.failedAt = now
  if (through > 0) {
    // What begins at another record counts its failures anew; where batches are split this was the split.
    self.succeeded += through
    release(self, lane, through)
    lane.batch = { ...batch, records: rest, failures: self.bisects ? 0 : 1, setbacks: 0 }
  } else if (self.bisects && rest.length > 1) {
    split(self, lane)
    return
  } else batch.failures++
  if (lane.batch!.failures > self.retries) {
    endBlockage(self, lane)
    giveUp(self, lane, lane.batch!, 'RetryAttemptsExhausted')
    finish(self, lane, 0, rest.length)
  } else wait(self, lane)
}

/** Halves a batch; each half is tried by itself, in order, and the split is no attempt of theirs. */
function split(self: StreamMapping, lane: Lane): void {
  const batch = lane.batch!
  const middle = Math.ceil(batch.records.length / 2)
  const half = (records: readonly StreamItem[]): Batch => ({
    ...batch,
    records,
    failures: 0,
    setbacks: 0,
    failedAt: NONE,
  })
  lane.pieces.push(half(batch.records.slice(middle)))
  lane.batch = half(batch.records.slice(0, middle))
  run(self, lane)
}

/** The batch waits until it is tried again, or until it is too old for that. */
function wait(self: StreamMapping, lane: Lane): void {
  const batch = lane.batch!
  const backoff = Math.min(self.backoffMax, self.backoff * (1 << Math.min(batch.setbacks++, 20)))
  const oldest = batch.records[0]
  const left =
    oldest === undefined ? Infinity : self.arrivedAt(oldest) + Math.min(self.recordAge, self.retention) - self.now
  lane.retryTimer = self.sim.timer(Math.max(0, Math.min(backoff, left)), self.retryTarget, lane.number)
}

/** Timer: a batch is tried again. */
export function retryDue(self: StreamMapping, number: number): void {
  const lane = self.lanes[number]
  lane.retryTimer = NONE
  if (self.enabled) run(self, lane)
}

/** The mapping is switched on again: what it held goes on. */
export function resumeLanes(self: StreamMapping): void {
  for (const lane of self.lanes) {
    if (lane.batch === null) advance(self, lane)
    else if (!lane.isRunning && lane.retryTimer === NONE) run(self, lane)
  }
}

/** Records are given up; the destination is told which, a bucket also what they held (LAM-63). */
function giveUp(self: StreamMapping, lane: Lane, batch: Batch, condition: string): void {
  const { sim, now, shape } = self
  const { records, lastAnswer } = batch
  self.dropped += records.length
  self.drops.note(now, records.length)
  sim.count(self.droppedMetric, records.length)
  if (self.failureEdge === NONE || records.length === 0) return
  const at = (record: StreamItem): string => isoText(shape.arrivedAt(record), 3)
  const last = records[records.length - 1]
  const record = {
    version: '1.0',
    timestamp: isoText(sim.startsAt + now, 3),
    requestContext: {
      functionArn: sim.calleeOf(self.invokeEdge),
      condition,
      approximateInvokeCount: Math.max(1, batch.invocations),
    },
    ...(condition === 'RecordAgeExceeded' || lastAnswer === null
      ? undefined
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            functionError: lastAnswer.FunctionError ?? null,
          },
        }),
    [shape.info]: {
      shardId: lane.reader.shard,
      startSequenceNumber: shape.sequence(records[0]),
      endSequenceNumber: shape.sequence(last),
      approximateArrivalOfFirstRecord: at(records[0]),
      approximateArrivalOfLastRecord: at(last),
      batchSize: records.length,
      streamArn: self.arn ?? self.source.stream,
    },
  }
  const call = sim.open(self.failureEdge, records.length, batch.trace)
  sim.calls.body[call] =
    self.failureAction === 'sns:Publish'
      ? { Message: record }
      : self.failureAction === 'sqs:SendMessage'
        ? { MessageBody: record }
        : { Key: keyOf(self, lane), Body: { ...record, payload: JSON.stringify({ Records: records.map(shape.item) }) } }
  sim.send(call)
}

/** Where a bucket keeps the record of a failure: by mapping, shard and moment; the number tells those of one moment apart. */
function keyOf(self: StreamMapping, lane: Lane): string {
  const moment = isoText(self.sim.startsAt + self.now).replace('Z', '')
  const day = moment.slice(0, 10).replaceAll('-', '/')
  return `aws/lambda/${self.sim.name}/${lane.reader.shard}/${day}/${moment.replaceAll(':', '.')}-${self.dropped}`
}

/** Answer of the destination; what it refuses is lost. */
export function delivered(self: StreamMapping, call: Call): void {
  const { sim } = self
  if (sim.calls.status[call] === 0) sim.count(self.deliveredMetric, sim.calls.cookie[call])
  sim.close(call)
}

/** A batch leaves its lane: `through` of its records succeeded, `count` are no longer held. */
function finish(self: StreamMapping, lane: Lane, through: number, count: number): void {
  const batch = lane.batch!
  self.running.leave(self.now, batch.since)
  self.succeeded += through
  lane.batch = null
  if (batch.isFinal) lane.tumbling = null
  release(self, lane, count)
  advance(self, lane)
  if (lane.reader.isRead && lane.batch === null) settle(self, lane.reader)
}

/** So many records of the lane's batch are through, or given up. */
function release(self: StreamMapping, lane: Lane, count: number): void {
  const { reader } = lane
  const wasFull = reader.held >= self.readAhead
  reader.held -= count
  if (wasFull && count > 0) settle(self, reader)
}

/** Has the reader look whether there is room again, or its shard is done. */
function settle(self: StreamMapping, reader: Reader): void {
  self.sim.after(0, self.settledTarget, reader.number)
}

/** A batch that has failed before is over: was this the longest that one held up its lane? */
function endBlockage(self: StreamMapping, lane: Lane): void {
  const found = blockageOf(self, lane)
  if (found !== null && (self.worst === null || found.to - found.from > self.worst.to - self.worst.from))
    self.worst = found
}

/** What holds a lane up now; null = nothing. */
export function blockageOf(self: StreamMapping, lane: Lane): StreamMapping['worst'] {
  const { batch } = lane
  if (batch === null || batch.failedAt === NONE || batch.records.length === 0) return null
  const [record] = batch.records
  return {
    shard: lane.reader.shard,
    key: self.shape.key(record, self.source.keyName),
    sequence: self.shape.sequence(record),
    from: batch.failedAt,
    to: self.now,
    failures: batch.failures,
  }
}
