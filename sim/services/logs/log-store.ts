// The events of a log group: the newest of them as lines, all of them as bytes by stream and age.
//
// The one idea: whoever reads logs reads the end of them, so a ring of the newest lines is enough; what is stored and what
// expires are bytes.
import { StoredBytes } from './stored-bytes.ts'

const STREAMS_MAX = 10_000

export interface LogEvent {
  readonly id: number
  /** When it happened and when it came in, in µs since the start. */
  readonly at: number
  readonly ingestedAt: number
  readonly stream: string
  readonly message: string
}

export interface LogStream {
  readonly name: string
  readonly createdAt: number
  events: number
  firstAt: number
  lastAt: number
  readonly stored: StoredBytes
}

export class LogStore {
  readonly streams = new Map<string, LogStream>()
  /** µs for which events are kept; Infinity = for ever. */
  retention: number
  private readonly lines: (LogEvent | null)[]
  private written = 0
  /** Of streams whose names were forgotten. */
  private readonly nameless = new StoredBytes()

  /** `most`: lines that are kept to be read, at least 1. */
  constructor(most: number, retention: number) {
    this.lines = Array.from({ length: most }, () => null)
    this.retention = retention
  }

  add(event: LogEvent, bytes: number): void {
    this.lines[this.written++ % this.lines.length] = event
    const stream = this.streams.get(event.stream)!
    stream.stored.drop(event.ingestedAt - this.retention)
    stream.stored.add(event.ingestedAt, bytes)
    if (stream.events++ === 0) stream.firstAt = event.at
    stream.lastAt = Math.max(stream.lastAt, event.at)
  }

  /** The stream of a name, made when there is none. */
  stream(name: string, now: number): LogStream {
    const known = this.streams.get(name)
    if (known !== undefined) return known
    const stream = { name, createdAt: now, events: 0, firstAt: -1, lastAt: -1, stored: new StoredBytes() }
    // A function that starts ever new environments would fill the memory with their streams; the oldest are forgotten.
    if (this.streams.size >= STREAMS_MAX) {
      const oldest = this.streams.values().next().value!
      this.nameless.addAll(oldest.stored)
      this.streams.delete(oldest.name)
    }
    this.streams.set(name, stream)
    return stream
  }

  /** Deletes a stream with its lines. */
  remove(name: string): void {
    this.streams.delete(name)
    for (let i = 0; i < this.lines.length; i++) if (this.lines[i]?.stream === name) this.lines[i] = null
  }

  /** Bytes that are kept at `now`: those that came no longer ago than the retention, to the minute and of long times to a span. */
  bytesAt(now: number): number {
    let bytes = 0
    for (const stored of [this.nameless, ...[...this.streams.values()].map((each) => each.stored)]) {
      stored.drop(now - this.retention)
      bytes += stored.total
    }
    return bytes
  }

  /** The lines that can be read at `now`, oldest first. */
  read(now: number): LogEvent[] {
    const { length } = this.lines
    const from = Math.max(0, this.written - length)
    return Array.from({ length: this.written - from }, (_, i) => this.lines[(from + i) % length]).filter(
      (event): event is LogEvent => event !== null && event.at + this.retention > now,
    )
  }
}
