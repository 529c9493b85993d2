// The events of a log group: the newest of them as lines, all of them as bytes by the minute in which they came.
//
// The one idea: whoever reads logs reads the end of them, so a ring of the newest lines is enough; what is billed and what
// expires are bytes, and a year of those is half a million numbers at most.
const MINUTE = 60_000_000
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
}

export class LogStore {
  readonly streams = new Map<string, LogStream>()
  /** µs for which events are kept; Infinity = for ever. */
  retention: number
  private stored = 0
  private readonly lines: (LogEvent | null)[]
  private written = 0
  private readonly minutes: { readonly start: number; bytes: number }[] = []
  private oldestMinute = 0

  /** `most`: lines that are kept to be read, at least 1. */
  constructor(most: number, retention: number) {
    this.lines = Array.from({ length: most }, () => null)
    this.retention = retention
  }

  add(event: LogEvent, bytes: number): void {
    this.lines[this.written++ % this.lines.length] = event
    this.stored += bytes
    const start = event.ingestedAt - (event.ingestedAt % MINUTE)
    const last = this.minutes.at(-1)
    if (last?.start === start) last.bytes += bytes
    else this.minutes.push({ start, bytes })
    const stream = this.streams.get(event.stream)!
    if (stream.events++ === 0) stream.firstAt = event.at
    stream.lastAt = Math.max(stream.lastAt, event.at)
  }

  /** The stream of a name, made when there is none. */
  stream(name: string, now: number): LogStream {
    const known = this.streams.get(name)
    if (known !== undefined) return known
    const stream = { name, createdAt: now, events: 0, firstAt: -1, lastAt: -1 }
    // A function that starts ever new environments would fill the memory with their streams; the oldest are forgotten.
    if (this.streams.size >= STREAMS_MAX) this.streams.delete(this.streams.keys().next().value!)
    this.streams.set(name, stream)
    return stream
  }

  /** Forgets a stream and its lines. */
  remove(name: string): void {
    this.streams.delete(name)
    for (let i = 0; i < this.lines.length; i++) if (this.lines[i]?.stream === name) this.lines[i] = null
  }

  /** Bytes that are kept at `now`: those of the minutes that are not older than the retention. */
  bytesAt(now: number): number {
    for (; this.oldestMinute < this.minutes.length; this.oldestMinute++) {
      const { start, bytes } = this.minutes[this.oldestMinute]
      if (start + MINUTE + this.retention > now) break
      this.stored -= bytes
    }
    return this.stored
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
