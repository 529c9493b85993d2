// A delivery stream that reads a Kinesis stream: each shard once a second, from what comes now on (FH-01).
//
//   ListShards ─► GetShardIterator (LATEST) ─► GetRecords ──records──► a second later again
//                                                  │  nothing: AwaitRecords, until a read would find something
//                                                  └─ the shard is closed and read: its children, from their beginning
//
// The one idea: while deliveries fail nothing is read, so what cannot be delivered stays in the stream as long as it keeps it (FH-05).
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { Action, Ref, Sim } from '../../model/contract.ts'

const SECOND = 1_000_000
const EVERY = SECOND
const NONE = -1

/** What an answer is about; the rest of a call's cookie is the reader. */
const LIST = 0
const ITERATOR = 1
const RECORDS = 2
const AWAIT = 3
const MEANINGS = 4

/** Reads one shard. */
class Reader {
  readonly shard: string
  /** LATEST for those that were there at the beginning. */
  readonly position: string
  iterator: unknown = null
  /** The last record that was read. */
  sequence: string | null = null
  /** How far it is behind, in ms. */
  behind = 0
  isPaused = false
  isDone = false

  constructor(shard: string, position: string) {
    this.shard = shard
    this.position = position
  }
}

/** The stream that the records are for. */
export interface Owner {
  readonly sim: Sim
  accept(data: unknown, size: number, at: number): void
  sizeOf(data: unknown): number
  count(name: string, value: number): void
  /** Whether deliveries fail again and again. */
  isStuck(): boolean
}

export class KinesisSource {
  readonly readers: Reader[] = []
  private readonly owner: Owner
  private readonly due: Target
  private readonly edges: readonly number[]

  constructor(owner: Owner, stream: Ref, answered: (self: never, call: Call) => void, due: Target) {
    const edge = (action: Action): number => owner.sim.edge(stream, action, answered)
    this.owner = owner
    this.due = due
    this.edges = [
      edge('kinesis:ListShards'),
      edge('kinesis:GetShardIterator'),
      edge('kinesis:GetRecords'),
      edge('kinesis:AwaitRecords'),
    ]
    owner.sim.after(0, due, NONE)
  }

  /** How far the shard that is furthest behind is behind, in ms. */
  get behind(): number {
    return this.readers.reduce((most, { behind }) => Math.max(most, behind), 0)
  }

  /** Timer: a shard is read; −1 = the shards are asked for. */
  read(row: number): void {
    if (row === NONE) {
      this.ask(LIST, 0, {})
      return
    }
    const reader = this.readers[row]
    reader.isPaused = this.owner.isStuck()
    if (reader.isPaused) return
    if (reader.iterator !== null) this.ask(RECORDS, row, { ShardIterator: reader.iterator })
    else {
      const { shard: ShardId, sequence, position } = reader
      const from =
        sequence === null
          ? { ShardIteratorType: position }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: sequence }
      this.ask(ITERATOR, row, { ShardId, ...from })
    }
  }

  /** Deliveries succeed again: what was left in the stream is read. */
  resume(): void {
    this.readers.forEach((reader, row) => {
      if (!reader.isPaused) return
      reader.isPaused = false
      this.owner.sim.after(0, this.due, row)
    })
  }

  answered(call: Call): void {
    const { sim } = this.owner
    const cookie = sim.calls.cookie[call]
    const meaning = cookie % MEANINGS
    const row = (cookie - meaning) / MEANINGS
    const status = sim.calls.status[call]
    const answer = sim.calls.answer[call] as any
    const name = sim.errors.names[status]
    sim.close(call)
    if (status !== 0) this.failed(meaning, row, name)
    else if (meaning === LIST) {
      for (const { ShardId: id, SequenceNumberRange: range } of answer.Shards)
        if (range?.EndingSequenceNumber === undefined) this.begin(id, 'LATEST')
      if (answer.NextToken !== undefined) this.ask(LIST, 0, { NextToken: answer.NextToken })
    } else if (meaning === ITERATOR) {
      this.readers[row].iterator = answer.ShardIterator
      this.read(row)
    } else if (meaning === AWAIT) {
      // The polls that were not made would each have brought a new iterator.
      this.readers[row].iterator = answer?.ShardIterator ?? this.readers[row].iterator
      this.read(row)
    } else this.came(row, answer)
  }

  private begin(shard: string, position: string): void {
    if (this.readers.some((reader) => reader.shard === shard)) return
    this.read(this.readers.push(new Reader(shard, position)) - 1)
  }

  private came(row: number, answer: any): void {
    const { owner } = this
    const { sim } = owner
    const reader = this.readers[row]
    const records = answer.Records as readonly any[]
    let bytes = 0
    for (const {
      Data: data,
      DataSize: given,
      ApproximateArrivalTimestamp: arrival,
      SequenceNumber: sequence,
    } of records) {
      const size = typeof given === 'number' ? given : owner.sizeOf(data)
      const at = typeof arrival === 'number' ? Math.round(arrival * SECOND) - sim.startsAt : sim.clock[0]
      owner.accept(data, size, at)
      bytes += size
      reader.sequence = sequence
    }
    owner.count('DataReadFromKinesisStream.Records', records.length)
    owner.count('DataReadFromKinesisStream.Bytes', bytes)
    reader.behind = answer.MillisBehindLatest ?? 0
    reader.iterator = answer.NextShardIterator ?? null
    if (reader.iterator === null) {
      reader.isDone = true
      reader.behind = 0
      for (const { ShardId: id } of answer.ChildShards ?? []) this.begin(id, 'TRIM_HORIZON')
    } else if (records.length > 0) sim.after(EVERY, this.due, row)
    else this.ask(AWAIT, row, { ShardIterator: reader.iterator, Every: EVERY })
  }

  /** Too many readers, or an iterator that is too old: asked again a second later. */
  private failed(meaning: number, row: number, name: string): void {
    if (name === 'ProvisionedThroughputExceededException') this.owner.count('ThrottledGetRecords', 1)
    else if (meaning !== LIST) this.readers[row].iterator = null
    this.owner.sim.after(EVERY, this.due, meaning === LIST ? NONE : row)
  }

  private ask(meaning: number, row: number, body: object): void {
    const { sim } = this.owner
    const call = sim.open(this.edges[meaning], row * MEANINGS + meaning, 0)
    sim.calls.body[call] = body
    sim.send(call)
  }
}
