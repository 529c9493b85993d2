// The source of a pipe that is a stream: shards, parents first, each read in order by one execution per lane.
//
// The one idea: what fails stays at the head of its lane and is tried again until it succeeds, is too old or has used up its
// retries; nothing behind it in its lane begins before. A stream without records costs nothing: its readers wait to be woken.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import { fnv1a } from '../../parts/hash.ts'
import { Stretch } from '../../parts/stretch.ts'
import { listed, SHAPES, type Shape } from '../../parts/stream-shapes.ts'
import type { Item, Source, Taker } from './source.ts'
import { itemOf, Lane, Reader, type StreamConfig, type StreamRecord } from './stream-lanes.ts'

const NONE = -1
const SECOND = 1_000_000
/** How often a shard is polled, in µs: one of Kinesis once a second, one of a table four times. */
const POLL_EVERY = { kinesis: SECOND, dynamodb: SECOND / 4 } as const
/** Most doublings of the pause before a retry. */
const DOUBLINGS_MAX = 6

export interface StreamTargets {
  readonly described: EventFunction<any>
  readonly iteratorAnswered: EventFunction<any>
  readonly recordsAnswered: EventFunction<any>
  readonly readAgain: EventFunction<any>
  readonly laneDue: EventFunction<any>
  readonly retryDue: EventFunction<any>
  readonly buried: EventFunction<any>
}

export class StreamSource implements Source {
  polled = 0
  /** Records that were given up. */
  readonly drops: Stretch
  private readonly sim: Sim
  private readonly pipe: Taker
  private readonly config: StreamConfig
  private readonly shape: Shape
  private readonly batchSize: number
  private readonly window: number
  private readonly pause: number
  private readonly shardsEdge: number
  private readonly iteratorEdge: number
  private readonly recordsEdge: number
  private readonly awaitEdge: number
  private readonly deadLetterEdge: number
  private readonly readTarget: Target
  private readonly laneTarget: Target
  private readonly retryTarget: Target
  private readonly readers: Reader[] = []
  private readonly lanes: Lane[] = []
  private readonly byShard = new Map<string, Reader>()
  /** Shards whose records were over before the pipe began. */
  private readonly passed = new Set<string>()
  private isListed = false
  private isListing = false
  private mustList = false

  constructor(sim: Sim, pipe: Taker, config: StreamConfig, batchSize: number, window: number, targets: StreamTargets) {
    const { actions } = SHAPES[config.type]
    this.sim = sim
    this.pipe = pipe
    this.config = config
    this.shape = SHAPES[config.type]
    this.batchSize = batchSize
    this.window = window * SECOND
    this.pause = Math.round(sim.sampler('RetryPause').mean)
    this.drops = new Stretch(sim.warmUp)
    this.shardsEdge = sim.edge(config.stream, actions.shards, targets.described)
    this.iteratorEdge = sim.edge(config.stream, actions.iterator, targets.iteratorAnswered)
    this.recordsEdge = sim.edge(config.stream, actions.records, targets.recordsAnswered)
    this.awaitEdge = sim.edge(config.stream, actions.await, targets.recordsAnswered)
    const { deadLetters } = config
    this.deadLetterEdge = deadLetters === null ? NONE : sim.edge(deadLetters.to, deadLetters.action, targets.buried)
    this.readTarget = sim.target(targets.readAgain)
    this.laneTarget = sim.target(targets.laneDue)
    this.retryTarget = sim.target(targets.retryDue)
  }

  get limit(): number {
    return Math.max(1, this.lanes.length)
  }

  get held(): number {
    return this.lanes.reduce((sum, { queue, pieces }) => sum + queue.length + pieces.flat().length, 0)
  }

  poll(): void {
    if (!this.isListed) this.discover()
    this.again()
    for (let i = 0; i < this.readers.length; i++) this.read(i)
  }

  again(): void {
    for (let i = 0; i < this.lanes.length; i++) this.advance(i)
  }

  /** Lists the shards, to begin with and whenever one has been read to its end. */
  private discover(): void {
    this.mustList = this.isListing
    if (this.isListing) return
    this.isListing = true
    this.list({})
  }

  private list(page: object): void {
    const call = this.sim.open(this.shardsEdge, 0, 0)
    this.sim.calls.body[call] = page
    this.sim.send(call)
  }

  /** Answer: a page of shards. */
  described(call: Call): void {
    const { calls } = this.sim
    const status = calls.status[call]
    const answer = calls.answer[call] as StreamRecord
    this.sim.close(call)
    if (status !== 0) {
      this.isListing = false
      this.sim.after(this.pause, this.readTarget, NONE)
      return
    }
    const { shards, next } = this.shape.shards(answer)
    for (const shard of shards) this.note(shard)
    if (next !== undefined) {
      this.list(next)
      return
    }
    this.isListing = false
    this.isListed = true
    this.startReady()
    if (this.mustList) this.discover()
  }

  private note(shard: StreamRecord): void {
    const { id, parents, isOpen } = listed(shard)
    const { position, factor } = this.config
    if (this.byShard.has(id) || this.passed.has(id)) return
    if (!this.isListed && position === 'LATEST' && !isOpen) {
      this.passed.add(id)
      return
    }
    // What comes after the beginning is read whole: it follows shards that were read to their end.
    const reader = new Reader(id, parents, this.isListed ? 'TRIM_HORIZON' : position)
    for (let i = 0; i < factor; i++) reader.lanes.push(this.lanes.push(new Lane(reader)) - 1)
    this.byShard.set(id, reader)
    this.readers.push(reader)
  }

  /** Begins with the shards whose parents are done. */
  private startReady(): void {
    this.readers.forEach((reader, i) => {
      const waits = (parent: string): boolean => (this.byShard.get(parent)?.phase ?? 'done') !== 'done'
      if (reader.phase !== 'waiting' || reader.parents.some(waits)) return
      reader.phase = 'reading'
      this.read(i)
    })
  }

  /** Asks for the place at which reading goes on, or for the records there that there is room for. */
  private read(number: number): void {
    const { sim } = this
    const reader = this.readers[number]
    const room = 2 * this.batchSize * this.config.factor - reader.held
    if (!this.pipe.isRunning || reader.phase !== 'reading' || reader.isAsking || reader.isRead || room <= 0) return
    reader.isAsking = true
    const isPlaced = reader.iterator !== null
    const call = sim.open(isPlaced ? this.recordsEdge : this.iteratorEdge, number, 0)
    sim.calls.body[call] = isPlaced
      ? { ShardIterator: reader.iterator, Limit: Math.min(room, this.shape.recordsMax) }
      : this.placeOf(reader)
    sim.send(call)
  }

  private placeOf({ shard, lastSequence, startsAt }: Reader): object {
    if (lastSequence === null)
      return {
        ShardId: shard,
        ShardIteratorType: startsAt,
        ...(startsAt === 'AT_TIMESTAMP' ? { Timestamp: this.config.timestamp } : {}),
      }
    return {
      ShardId: shard,
      ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
      SequenceNumber: lastSequence,
      StartingSequenceNumber: lastSequence,
    }
  }

  /** Answer: where reading goes on. */
  iteratorAnswered(call: Call): void {
    const { calls } = this.sim
    const number = calls.cookie[call]
    const reader = this.readers[number]
    const status = calls.status[call]
    const answer = calls.answer[call] as { readonly ShardIterator?: string } | null
    this.sim.close(call)
    reader.isAsking = false
    if (status !== 0) {
      this.refused(number, status)
      return
    }
    reader.iterator = answer!.ShardIterator!
    this.read(number)
  }

  /** Answer: records, or the end of a wait for them. */
  recordsAnswered(call: Call): void {
    const { sim } = this
    const { calls } = sim
    const number = calls.cookie[call]
    const reader = this.readers[number]
    const status = calls.status[call]
    const wasWait = calls.edge[call] === this.awaitEdge
    const answer = calls.answer[call] as StreamRecord | null
    sim.close(call)
    reader.isAsking = false
    if (status !== 0) this.refused(number, status)
    else if (wasWait) this.read(number)
    else this.arrived(number, answer!)
  }

  private arrived(number: number, answer: StreamRecord): void {
    const reader = this.readers[number]
    const records = answer['Records'] as readonly StreamRecord[]
    const next = answer['NextShardIterator'] as string | null | undefined
    reader.isRead = next === null || next === undefined
    reader.iterator = next ?? null
    this.polled += records.length
    reader.held += records.length
    if (records.length > 0) reader.lastSequence = this.shape.sequence(records.at(-1)!)
    for (const record of records) {
      const { factor, keyName } = this.config
      const lane = reader.lanes[factor === 1 ? 0 : fnv1a(this.shape.key(record, keyName)) % factor]!
      this.lanes[lane].queue.push(record)
    }
    for (const lane of reader.lanes) this.advance(lane)
    if (reader.isRead) this.endIfDone(reader)
    else if (records.length > 0) this.read(number)
    else this.park(number)
  }

  /** Waits until a poll would find something. */
  private park(number: number): void {
    const { sim } = this
    const reader = this.readers[number]
    reader.isAsking = true
    const call = sim.open(this.awaitEdge, number, 0)
    sim.calls.body[call] = { ShardIterator: reader.iterator, Every: POLL_EVERY[this.config.type] }
    sim.send(call)
  }

  private refused(number: number, status: number): void {
    const reader = this.readers[number]
    const name = this.sim.errors.names[status]
    if (name === 'ResourceNotFoundException') {
      reader.isRead = true
      this.endIfDone(reader)
      return
    }
    if (name === 'ExpiredIteratorException' || name === 'TrimmedDataAccessException') {
      reader.iterator = null
      if (name === 'TrimmedDataAccessException') {
        reader.lastSequence = null
        reader.startsAt = 'TRIM_HORIZON'
      }
      this.read(number)
      return
    }
    reader.isAsking = true
    this.sim.after(this.pause, this.readTarget, number)
  }

  /** Timer: a refused request is made again. */
  readAgain(number: number): void {
    if (number === NONE) {
      this.discover()
      return
    }
    this.readers[number].isAsking = false
    this.read(number)
  }

  /** Begins what a lane has to do next, unless an execution is under way or more records are awaited. */
  private advance(number: number): void {
    const lane = this.lanes[number]
    if (lane.isBusy || !this.pipe.isRunning || this.pipe.spare <= 0) return
    const piece = lane.pieces.pop()
    if (piece !== undefined) {
      this.begin(number, piece)
      return
    }
    if (lane.queue.length === 0) return
    const isComplete = this.window === 0 || lane.isDue || lane.reader.isRead || lane.queue.length >= this.batchSize
    if (!isComplete) {
      if (lane.windowTimer === NONE) lane.windowTimer = this.sim.timer(this.window, this.laneTarget, number)
      return
    }
    if (lane.windowTimer !== NONE) this.sim.cancel(lane.windowTimer)
    lane.windowTimer = NONE
    lane.isDue = false
    const records = lane.queue.slice(0, this.batchSize)
    lane.queue = lane.queue.slice(this.batchSize)
    lane.failures = 0
    this.begin(number, records)
  }

  /** Timer: the window of a batch is over. */
  laneDue(number: number): void {
    this.lanes[number].windowTimer = NONE
    this.lanes[number].isDue = true
    this.advance(number)
  }

  private begin(number: number, records: readonly StreamRecord[]): void {
    this.lanes[number].isBusy = true
    this.pipe.begin(
      records.map((record) => itemOf(record, this.config, this.lanes[number].reader.shard)),
      number,
    )
  }

  /** What failed of a batch stays in its lane, or is given up. */
  ended(items: readonly Item[], good: readonly boolean[], number: number): number {
    const lane = this.lanes[number]
    const rest = items.filter((_, i) => !good[i]).map(({ own }) => own as StreamRecord)
    lane.reader.held -= items.length - rest.length
    if (rest.length === 0) {
      this.free(number)
      return 0
    }
    lane.failures++
    const now = this.sim.startsAt + this.sim.clock[0]
    const { retries, age, bisects } = this.config
    const tooOld = rest.filter((record) => this.shape.arrivedAt(record) + age * SECOND <= now)
    const isOver = lane.failures > retries
    const gone = isOver ? rest : tooOld
    if (gone.length > 0) this.giveUp(lane, gone, isOver ? 'RetryAttemptsExhausted' : 'RecordAgeExceeded')
    lane.reader.held -= gone.length
    const kept = rest.filter((record) => !gone.includes(record))
    if (kept.length === 0) {
      this.free(number)
      return gone.length
    }
    if (bisects && kept.length > 1 && kept.length === items.length) {
      const middle = Math.ceil(kept.length / 2)
      lane.pieces.push(kept.slice(middle), kept.slice(0, middle))
      lane.failures--
    } else lane.pieces.push(kept)
    const pause = this.pause * (1 << Math.min(Math.max(0, lane.failures - 1), DOUBLINGS_MAX))
    this.sim.after(pause, this.retryTarget, number)
    return gone.length
  }

  /** Timer: what failed is tried again. */
  retryDue(number: number): void {
    this.lanes[number].isBusy = false
    this.advance(number)
  }

  /** A lane goes on, its reader too, or its shard is done. */
  private free(number: number): void {
    const { reader } = this.lanes[number]
    this.lanes[number].isBusy = false
    this.advance(number)
    this.read(this.readers.indexOf(reader))
    this.endIfDone(reader)
  }

  private endIfDone(reader: Reader): void {
    if (!reader.isRead || reader.phase !== 'reading' || reader.held > 0) return
    reader.phase = 'done'
    this.discover()
  }

  /** Records are given up; the dead-letter queue or topic is told which. */
  private giveUp(lane: Lane, records: readonly StreamRecord[], condition: string): void {
    const { sim, shape } = this
    this.drops.note(sim.clock[0], records.length)
    if (this.deadLetterEdge === NONE) return
    const at = (record: StreamRecord): string => isoText(shape.arrivedAt(record), 3)
    const message = {
      version: '1.0',
      timestamp: isoText(sim.startsAt + sim.clock[0], 3),
      context: { pipeName: sim.name, condition },
      [shape.info]: {
        shardId: lane.reader.shard,
        startSequenceNumber: shape.sequence(records[0]),
        endSequenceNumber: shape.sequence(records.at(-1)!),
        approximateArrivalOfFirstRecord: at(records[0]),
        approximateArrivalOfLastRecord: at(records.at(-1)!),
        batchSize: records.length,
        streamArn: this.config.stream,
      },
    }
    const call = sim.open(this.deadLetterEdge, 0, 0)
    sim.calls.body[call] =
      this.config.deadLetters!.action === 'sns:Publish' ? { Message: message } : { MessageBody: message }
    sim.send(call)
  }
}
