// What a run can leave on the disk: its report, every metric as CSV, every call as JSON lines, or a trace that Perfetto opens.
//
// A disk that fills up on the way costs the file and not the run: the writer keeps the reason and takes nothing more.
import { closeSync, openSync, writeFileSync } from 'node:fs'
import type { Call } from '../engine/calls.ts'
import { Histogram } from '../engine/histogram.ts'
import { baseUnits } from '../metrics/statistics.ts'
import type { Observer } from '../run/dispatcher.ts'
import type { World } from '../run/world.ts'

/** Writes in blocks, so that millions of lines do not mean millions of system calls. */
class BlockWriter {
  private readonly file: number
  private block = ''
  private failure: string | undefined = undefined

  constructor(path: string) {
    this.file = openSync(path, 'w')
  }

  write(text: string): void {
    if (this.failure !== undefined) return
    this.block += text
    if (this.block.length > 1 << 20) this.flush()
  }

  /** Why the file is not whole; undefined when it is. */
  close(): string | undefined {
    this.flush()
    this.attempt(() => closeSync(this.file))
    return this.failure
  }

  private flush(): void {
    if (this.failure === undefined) this.attempt(() => writeFileSync(this.file, this.block))
    this.block = ''
  }

  private attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.failure ??= (error as Error).message
    }
  }
}

/** A text as a file. Answers why it is not whole. */
export function writeText(text: string, path: string): string | undefined {
  const out = new BlockWriter(path)
  out.write(text)
  return out.close()
}

const COLUMNS =
  'start_s,periods,resource,namespace,metric,dimensions,unit,samples,sum,average,minimum,maximum,p50,p90,p99'

/** `COLUMNS`, a line per point in the metric's unit; percentiles of distributions only. Answers why the file is not whole. */
export function writeMetrics(world: World, path: string): string | undefined {
  const out = new BlockWriter(path)
  out.write(`${COLUMNS}\n`)
  for (const metric of world.metrics) {
    const unit = baseUnits(metric.series, metric.unit)
    const dimensions = Object.keys(metric.dimensions)
      .sort()
      .map((key) => `${key}=${metric.dimensions[key]}`)
      .join(';')
    const names = [metric.component, metric.namespace, metric.name, dimensions].map(csv)
    for (const point of metric.series.points) {
      if (point.n === 0) continue
      const histogram = point.histogram === null ? undefined : Histogram.fromSparse(point.histogram)
      const values = [point.n, point.sum / unit, point.sum / point.n / unit, point.min / unit, point.max / unit]
      const percentiles = [0.5, 0.9, 0.99].map((p) => (histogram === undefined ? '' : histogram.quantile(p) / unit))
      out.write(`${[point.start / 1e6, point.repeat, ...names, metric.unit, ...values, ...percentiles].join(',')}\n`)
    }
  }
  return out.close()
}

/** A cell; a name that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets do not show. */
export function csv(text: string): string {
  const cell = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** One JSON object a line: a call sent, or an answer with its delay. Times in µs. */
export class EventLog implements Observer {
  private readonly world: World
  private readonly out: BlockWriter
  private readonly next: Observer | null

  constructor(world: World, path: string) {
    this.world = world
    this.out = new BlockWriter(path)
    this.next = world.dispatcher.observer
    world.dispatcher.observer = this
  }

  sent(call: Call, edge: number): void {
    this.line('sent', call, edge, {})
    this.next?.sent(call, edge)
  }

  answered(call: Call, edge: number, delay: number): void {
    const { calls, errors } = this.world
    this.line('answered', call, edge, { status: errors.names[calls.status[call]!], delay })
    this.next?.answered(call, edge, delay)
  }

  close(): string | undefined {
    return this.out.close()
  }

  private line(event: string, call: Call, edge: number, rest: object): void {
    const { from, to, action } = this.world.dispatcher.edges[edge]!
    this.out.write(
      `${JSON.stringify({ at: this.world.now, event, call, trace: this.world.calls.trace[call], from, to, action, ...rest })}\n`,
    )
  }
}

/** Chrome's trace format: a track per resource, a span per call on the callee's track, a flow per request. */
export class TraceLog implements Observer {
  private readonly world: World
  private readonly out: BlockWriter
  private readonly next: Observer | null
  private readonly arrivals = new Map<Call, number>()
  private readonly begun = new Set<number>()

  constructor(world: World, path: string) {
    this.world = world
    this.out = new BlockWriter(path)
    this.next = world.dispatcher.observer
    world.dispatcher.observer = this
    this.out.write('{"displayTimeUnit":"ms","traceEvents":[\n')
    world.components.forEach((component, i) => {
      this.line({ ph: 'M', name: 'process_name', pid: i + 1, args: { name: `${component.name} (${component.type})` } })
      this.line({ ph: 'M', name: 'process_sort_index', pid: i + 1, args: { sort_index: i } })
    })
  }

  sent(call: Call, edge: number): void {
    const { now, calls, dispatcher } = this.world
    this.arrivals.set(call, now)
    // One flow a request: it begins at its first span and steps on to each further one, in order of time.
    const trace = calls.trace[call]!
    const pid = this.world.numberOf(dispatcher.edges[edge]!.to)
    const ph = this.begun.has(trace) ? 't' : 's'
    this.begun.add(trace)
    this.line({ name: 'request', cat: 'request', id: trace, ph, pid, tid: call, ts: now, bp: 'e' })
    this.next?.sent(call, edge)
  }

  answered(call: Call, edge: number, delay: number): void {
    const { calls, errors } = this.world
    this.span(call, edge, this.world.now + delay, errors.names[calls.status[call]!]!)
    this.next?.answered(call, edge, delay)
  }

  close(): string | undefined {
    for (const call of [...this.arrivals.keys()])
      this.span(call, this.world.calls.edge[call]!, this.world.now, 'no answer yet')
    this.out.write(`${JSON.stringify({ ph: 'M', name: 'hotshard', pid: 0, args: { name: 'hotshard' } })}\n]}\n`)
    return this.out.close()
  }

  private span(call: Call, edge: number, end: number, status: string): void {
    const { calls, dispatcher } = this.world
    const { from, to, action } = dispatcher.edges[edge]!
    const ts = this.arrivals.get(call)!
    this.arrivals.delete(call)
    const args = { from, status, request: calls.trace[call] }
    this.line({ ph: 'X', name: action, cat: 'call', pid: this.world.numberOf(to), tid: call, ts, dur: end - ts, args })
  }

  private line(event: object): void {
    this.out.write(`${JSON.stringify(event)},\n`)
  }
}
