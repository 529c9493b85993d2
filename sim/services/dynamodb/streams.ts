// The streams of a table: the one that is written now, and those that were switched off and can still be read.
//
// The one idea: each partition of the table has one open shard. When a partition is split its shard closes and two new ones
// open, which readers take up once they have read the old one (DDS-R4); so the records of an item keep their order. A change
// is in its shard a moment after the write, which does not wait for it (DDS-R5).
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import { ShardLog } from '../../parts/shard-log.ts'
import { isUnchanged, recordOf, sequenceNumber, type StreamRecord, type ViewType } from './stream-records.ts'
import type { Item } from './values.ts'

const NONE = -1
/** For so long a call to a shard makes its caller one of the shard's readers, in µs. */
const READER_STAYS = 1_000_000

export class Shard {
  readonly number: number
  readonly stream: Stream
  /** The shard that was split; −1 = it is there since the stream began. */
  readonly parent: number
  readonly log = new ShardLog()
  /** The running number of the first change that it may hold, and of the last that it holds; −1 = it is open. */
  readonly startsAt: number
  endsAt = NONE
  /** Changes on their way, in their order, and when each is there (µs). */
  readonly pending: StreamRecord[] = []
  readonly due: number[] = []
  head = 0
  /** What comes of it once the last change is there; null = it stays open. */
  closing: readonly number[] | null = null
  /** Who reads it: where their answers go, and until when each is a reader without another call (µs, Infinity = it is parked). */
  readonly readers: number[] = []
  readonly readUntil: number[] = []

  constructor(number: number, stream: Stream, parent: number, startsAt: number) {
    this.number = number
    this.stream = stream
    this.parent = parent
    this.startsAt = startsAt
  }

  /** Its id as the API writes it. */
  get id(): string {
    return `shardId-${String(this.number).padStart(20, '0')}`
  }
}

export class Stream {
  /** The moment it was switched on: the last part of its ARN. */
  readonly label: string
  readonly view: ViewType
  /** The open shards, in the order of the table's partitions. */
  readonly open: Shard[] = []
  isEnabled = true
  readonly returnedRecords: MetricId
  readonly returnedBytes: MetricId

  constructor(label: string, view: ViewType, sim: Sim) {
    this.label = label
    this.view = view
    const dimensions = { Operation: 'GetRecords', StreamLabel: label }
    this.returnedRecords = sim.metricWith('ReturnedRecordsCount', dimensions)
    this.returnedBytes = sim.metricWith('ReturnedBytes', dimensions)
  }
}

export class Streams {
  /** What is written now; null = nobody has asked for a stream. */
  current: Stream | null = null
  /** Shards by number, closed ones as long as they may hold something. */
  readonly shards = new Map<number, Shard>()
  /** All streams that can be read, the oldest first. */
  readonly all: Stream[] = []
  /** Changes written so far, in all streams. */
  written = 0
  readonly sim: Sim
  /** µs. */
  readonly retention: number
  readonly readersMax: number
  readonly iteratorLife: number
  readonly latency: Sampler
  readonly latencyRng: Rng
  private readonly delay: Sampler
  private readonly delayRng: Rng
  private readonly visibleTarget: Target
  private numbers = 0

  constructor(sim: Sim, visible: (self: never, shard: number) => void) {
    this.sim = sim
    this.retention = sim.quota('StreamRetention') * 1_000_000
    this.readersMax = sim.quota('StreamReaders')
    this.iteratorLife = sim.quota('StreamIteratorLife') * 1_000_000
    this.delay = sim.sampler('StreamDelay')
    this.delayRng = sim.rng('stream')
    this.latency = sim.sampler('GetRecordsLatency')
    this.latencyRng = sim.rng('stream reads')
    this.visibleTarget = sim.target(visible)
  }

  /** Switches a stream on, with a shard for each of the table's partitions. */
  enable(view: ViewType, partitions: number): void {
    const stream = new Stream(isoText(this.sim.startsAt + this.sim.clock[0], 3).replace('Z', ''), view, this.sim)
    for (let i = 0; i < partitions; i++) stream.open.push(this.add(stream, NONE))
    this.current = stream
    this.all.push(stream)
  }

  /** Switches it off: its shards close and can be read until their records expire (DDS-R8). */
  disable(): void {
    const stream = this.current!
    stream.isEnabled = false
    this.current = null
    for (const shard of stream.open) this.close(shard, [])
  }

  /** Notes that the item under `keys` has changed on a partition; sizes in bytes, `byService` = its time was over. */
  changed(
    partition: number,
    keys: Item,
    before: Item | null,
    sizeBefore: number,
    after: Item | null,
    size: number,
    byService: boolean,
  ): void {
    if (isUnchanged(before, sizeBefore, after, size)) return
    const stream = this.current!
    const shard = stream.open[partition]
    const now = this.sim.clock[0]
    const sequence = sequenceNumber(this.written++)
    const record = recordOf(
      stream.view,
      sequence,
      this.sim.startsAt + now,
      keys,
      before,
      sizeBefore,
      after,
      size,
      byService,
    )
    const delay = this.delay.draw(this.delayRng)
    const waiting = shard.pending.length - shard.head
    if (delay === 0 && waiting === 0) {
      this.append(shard, record)
      return
    }
    // No record overtakes another one of its shard.
    const due = Math.max(now + delay, waiting === 0 ? 0 : shard.due[shard.due.length - 1])
    shard.pending.push(record)
    shard.due.push(due)
    if (waiting === 0) this.sim.after(due - now, this.visibleTarget, shard.number)
  }

  /** Changes of a shard have arrived in it. */
  visible(number: number): void {
    const shard = this.shards.get(number)!
    const now = this.sim.clock[0]
    while (shard.head < shard.due.length && shard.due[shard.head] <= now)
      this.append(shard, shard.pending[shard.head++])
    if (shard.head < shard.due.length) {
      this.sim.after(shard.due[shard.head] - now, this.visibleTarget, number)
      return
    }
    shard.pending.length = 0
    shard.due.length = 0
    shard.head = 0
    if (shard.closing !== null) this.end(shard)
  }

  /** A partition has been cut in two: two shards take the place of its own. */
  split(partition: number): void {
    const stream = this.current
    if (stream === null) return
    const parent = stream.open[partition]
    const halves = [this.add(stream, parent.number), this.add(stream, parent.number)]
    stream.open.splice(partition, 1, ...halves)
    this.close(
      parent,
      halves.map(({ number }) => number),
    )
  }

  /** A stream by its label or its ARN, the latest one where none is named; undefined = it is not there any more. */
  named(arn: unknown): Stream | undefined {
    this.forget()
    if (arn === undefined) return this.all[this.all.length - 1]
    return this.all.find(({ label }) => String(arn).endsWith(`/stream/${label}`))
  }

  /** Its ARN, as far as the simulation has them. */
  arnOf(stream: Stream): string {
    return `${this.sim.name}/stream/${stream.label}`
  }

  /** The shards of a stream that are open or may still hold something, in the order in which they came. */
  shardsOf(stream: Stream): Shard[] {
    this.forget()
    return [...this.shards.values()].filter((shard) => shard.stream === stream)
  }

  /** Whether a caller may read a shard now (DDS-R7); if so it is one of its readers until `until` µs. */
  admit(shard: Shard, call: Call, until: number): boolean {
    const reader = this.sim.calls.replyTo[call]
    const now = this.sim.clock[0]
    const { readers, readUntil } = shard
    for (let i = readers.length - 1; i >= 0; i--) {
      if (readers[i] !== reader && readUntil[i] >= now) continue
      readers.splice(i, 1)
      readUntil.splice(i, 1)
    }
    if (readers.length >= this.readersMax) return false
    readers.push(reader)
    readUntil.push(until)
    return true
  }

  /** Until when a call makes its caller a reader. */
  get readerUntil(): number {
    return this.sim.clock[0] + READER_STAYS
  }

  /** Lets go of what is older than the retention. */
  trim(shard: Shard): void {
    shard.log.trim(this.sim.clock[0] - this.retention)
  }

  private add(stream: Stream, parent: number): Shard {
    const shard = new Shard(this.numbers++, stream, parent, this.written)
    this.shards.set(shard.number, shard)
    return shard
  }

  private append(shard: Shard, record: StreamRecord): void {
    this.trim(shard)
    this.wake(shard)
    shard.log.append(this.sim.clock[0], record.dynamodb.SizeBytes, record)
  }

  private close(shard: Shard, children: readonly number[]): void {
    shard.endsAt = this.written - 1
    shard.closing = children
    if (shard.head === shard.due.length) this.end(shard)
  }

  private end(shard: Shard): void {
    this.wake(shard)
    shard.log.close(this.sim.clock[0], shard.closing!)
  }

  /** Has those poll again who wait at the end of the shard: something comes. */
  private wake(shard: Shard): void {
    if (shard.log.pollers.count === 0) return
    shard.log.pollers.wake(this.sim)
    for (let i = 0; i < shard.readUntil.length; i++) shard.readUntil[i] = this.readerUntil
  }

  /** Forgets shards whose last record is older than the retention, and streams without shards. */
  private forget(): void {
    const horizon = this.sim.clock[0] - this.retention
    for (const shard of this.shards.values())
      if (shard.log.closedAt !== NONE && shard.log.closedAt < horizon) this.shards.delete(shard.number)
    while (
      this.all.length > 0 &&
      !this.all[0].isEnabled &&
      ![...this.shards.values()].some((s) => s.stream === this.all[0])
    )
      this.all.shift()
  }
}
