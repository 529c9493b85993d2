// One shard's record processor in one worker: reads ahead, hands batch after batch to the handler, writes checkpoints.
import type { Call } from '../../engine/calls.ts'
import type { Application } from './application-state.ts'
import { THROTTLE_BACKOFF } from './application.facts.ts'

const NONE = -1
/** What stands for the end of a shard in its lease. */
export const SHARD_END = 'SHARD_END'

/** A lease as it stands in the table. */
export interface Lease {
  readonly number: number
  /** The lease's key: the shard's id. */
  readonly shard: string
  readonly parents: readonly string[]
  /** Number of the worker, −1 = nobody yet. */
  owner: number
  counter: number
  /** `TRIM_HORIZON`, `LATEST`, a sequence number, or the end. */
  checkpoint: string
  /** When it was renewed last, in µs. */
  renewedAt: number
  /** The highest sequence number that was ever handed to a handler: what comes again up to it is a repetition. */
  seen: string
  /** Bytes handed out since the leader looked last. */
  load: number
  /** When its shard was finished, in µs; −1 = not yet. */
  completedAt: number
  /** Whether somebody is just taking it. */
  isTaken: boolean
  consumer: Consumer | null
}

interface StreamItem {
  readonly SequenceNumber: string
  readonly Data: unknown
  readonly DataSize?: number
  readonly UserRecords?: number
}

export class Consumer {
  readonly number: number
  readonly lease: Lease
  readonly worker: number
  alive = true
  iterator: string | null = null
  /** The newest record that was read, and the newest that was handled; '' = none. */
  read = ''
  handled = ''
  readAt = 0
  /** Whether the shard has been read to its end. */
  isRead = false
  /** Whether a read waits for room. */
  isFull = false
  readonly pending: (readonly StreamItem[])[] = []
  /** The batch that is being handled; its frame, −1 = none. */
  batch: readonly StreamItem[] | null = null
  frame = NONE
  checkpointedAt: number
  /** Records handled since the last checkpoint. */
  open = 0
  /** The worker that it is handed over to, −1 = none (3.x). */
  handTo = NONE

  constructor(number: number, lease: Lease, worker: number, now: number) {
    this.number = number
    this.lease = lease
    this.worker = worker
    this.checkpointedAt = now
  }
}

/** Begins where the lease's checkpoint says (KCL-23). */
export function begin(app: Application, consumer: Consumer): void {
  const { sim } = app
  const from = consumer.read !== '' ? consumer.read : consumer.lease.checkpoint
  const isPlace = from === 'TRIM_HORIZON' || from === 'LATEST'
  const call = sim.open(app.iteratorEdge, consumer.number, 0)
  sim.calls.body[call] = {
    ShardId: consumer.lease.shard,
    ShardIteratorType: isPlace ? from : 'AFTER_SEQUENCE_NUMBER',
    ...(isPlace ? undefined : { StartingSequenceNumber: from }),
  }
  sim.send(call)
}

export function iteratorAnswered(app: Application, call: Call): void {
  const { sim } = app
  const consumer = app.consumers.get(sim.calls.cookie[call])
  const status = sim.calls.status[call]
  const answer = sim.calls.answer[call] as { readonly ShardIterator: string }
  sim.close(call)
  if (consumer === undefined) return
  if (status === 0) {
    consumer.iterator = answer.ShardIterator
    ask(app, consumer)
  } else if (sim.errors.names[status] === 'ResourceNotFoundException') finish(app, consumer)
  else sim.after(THROTTLE_BACKOFF, app.readTarget, consumer.number)
}

/** Asks for records, if there is room to keep them. */
function ask(app: Application, consumer: Consumer): void {
  const { sim } = app
  if (consumer.iterator === null) {
    begin(app, consumer)
    return
  }
  consumer.isFull = consumer.pending.length + (consumer.batch === null ? 0 : 1) >= app.version.prefetch
  if (consumer.isFull || consumer.handTo !== NONE) return
  consumer.readAt = app.now
  const call = sim.open(app.recordsEdge, consumer.number, 0)
  sim.calls.body[call] = { ShardIterator: consumer.iterator, Limit: app.recordsMax }
  sim.send(call)
}

/** Timer: the next read is due. */
export function readDue(app: Application, number: number): void {
  const consumer = app.consumers.get(number)
  if (consumer !== undefined) ask(app, consumer)
}

export function recordsAnswered(app: Application, call: Call): void {
  const { sim } = app
  const consumer = app.consumers.get(sim.calls.cookie[call])
  const status = sim.calls.status[call]
  const answer = sim.calls.answer[call] as {
    readonly Records: readonly StreamItem[]
    readonly NextShardIterator: string | null
    readonly MillisBehindLatest: number
  }
  sim.close(call)
  if (consumer === undefined) return
  if (status !== 0) {
    if (sim.errors.names[status] === 'ExpiredIteratorException') {
      consumer.iterator = null
      begin(app, consumer)
    } else sim.after(THROTTLE_BACKOFF, app.readTarget, consumer.number)
    return
  }
  const { Records: records, NextShardIterator: next, MillisBehindLatest: behind } = answer
  sim.record(app.metrics.behind, behind * 1000)
  consumer.iterator = next
  consumer.isRead = next === null
  if (records.length > 0) {
    consumer.read = records[records.length - 1].SequenceNumber
    consumer.pending.push(records)
  }
  if (!consumer.isRead) {
    if (records.length === 0 && behind === 0) park(app, consumer)
    else sim.after(Math.max(0, consumer.readAt + app.idleTime - app.now), app.readTarget, consumer.number)
  }
  pump(app, consumer)
}

/** Nothing is there: the reads to come are left out until one would find something (parts/shard-log.ts). */
function park(app: Application, consumer: Consumer): void {
  const { sim } = app
  const call = sim.open(app.awaitEdge, consumer.number, 0)
  sim.calls.body[call] = { ShardIterator: consumer.iterator, Every: app.idleTime }
  sim.send(call)
}

export function awaitAnswered(app: Application, call: Call): void {
  const { sim } = app
  const consumer = app.consumers.get(sim.calls.cookie[call])
  sim.close(call)
  if (consumer !== undefined) ask(app, consumer)
}

/** Hands the next batch to the handler, one at a time and in order (KCL-21). */
function pump(app: Application, consumer: Consumer): void {
  if (!consumer.alive || consumer.batch !== null) return
  if (consumer.handTo !== NONE) {
    app.handOver(consumer)
    return
  }
  const batch = consumer.pending.shift()
  if (batch === undefined) {
    if (consumer.isRead) finish(app, consumer)
    return
  }
  consumer.batch = batch
  const { lease } = consumer
  const repeated = batch.filter(({ SequenceNumber: number }) => number <= lease.seen).length
  app.delivered += batch.length
  app.repeated += repeated
  if (repeated > 0) app.repetitions.note(app.now, repeated)
  app.sim.count(app.metrics.repeated, repeated)
  const last = batch[batch.length - 1].SequenceNumber
  if (last > lease.seen) lease.seen = last
  const event = {
    Records: batch.map(({ Data }) => Data),
    ShardId: lease.shard,
    Worker: app.workerName(consumer.worker),
  }
  const frame = app.interpreter.start(event, app.sim.calls.begin(), consumer.number)
  // A handler that waits for nothing has ended by now.
  if (consumer.batch === batch) consumer.frame = frame
}

/** The handler has ended. An exception skips the batch: the next one comes all the same (KCL-22). */
export function handled(app: Application, number: number, status: number): void {
  const consumer = app.consumers.get(number)
  if (consumer === undefined || consumer.batch === null) return
  const { batch, lease } = consumer
  const bytes = batch.reduce((sum, { Data, DataSize }) => sum + (DataSize ?? String(Data).length), 0)
  const records = batch.reduce((sum, { UserRecords }) => sum + (UserRecords ?? 1), 0)
  consumer.frame = NONE
  consumer.batch = null
  consumer.handled = batch[batch.length - 1].SequenceNumber
  consumer.open += batch.length
  lease.load += bytes
  app.stir()
  const { metrics, sim } = app
  sim.count(metrics.processed, records)
  sim.count(metrics.bytes, bytes)
  sim.count(metrics.success, status === 0 ? 1 : 0)
  if (status !== 0) {
    app.skipped += batch.length
    app.skips.note(app.now, batch.length)
  } else app.processed += batch.length
  if (app.now - consumer.checkpointedAt >= app.checkpointInterval) checkpoint(app, consumer)
  if (consumer.isFull) {
    consumer.isFull = false
    sim.after(Math.max(0, consumer.readAt + app.idleTime - app.now), app.readTarget, consumer.number)
  }
  // Another batch begins with another event: a handler without waits would otherwise run on in this one.
  sim.after(0, app.pumpTarget, number)
}

/** Event: the next batch, if there is one. */
export function pumpDue(app: Application, number: number): void {
  const consumer = app.consumers.get(number)
  if (consumer !== undefined) pump(app, consumer)
}

/** Writes how far the handler has come (KCL-23). */
export function checkpoint(app: Application, consumer: Consumer): void {
  if (consumer.open === 0) return
  consumer.checkpointedAt = app.now
  consumer.open = 0
  app.write({ kind: 'checkpoint', lease: consumer.lease, worker: consumer.worker, value: consumer.handled })
}

/** The shard is done: its lease ends with it, and then its children may be read (KCL-08, KCL-24). */
function finish(app: Application, consumer: Consumer): void {
  if (consumer.lease.completedAt !== NONE || !consumer.alive) return
  app.write({ kind: 'checkpoint', lease: consumer.lease, worker: consumer.worker, value: SHARD_END })
}
