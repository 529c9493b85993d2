// Records on their way through a transforming function: gathered, handed over, tried again, and sorted by what it says of each (FH-20).
//
//   record ─► buffer ─► line ─► invocation ─► Ok ──────────────► destination
//                        ▲  at most 5 at a    Dropped ─────────► gone
//                        │  time              ProcessingFailed ► error output
//                        └── a failed invocation, until it has been tried NumberOfRetries times more
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { Sim } from '../../model/contract.ts'
import { isoText } from '../../parts/calendar.ts'
import { Stretch } from '../../parts/stretch.ts'
import type { Transformation } from './delivery-stream-config.ts'
import { OUTSTANDING, TRANSFORM_TIMEOUT_US } from './delivery-stream.facts.ts'

const NONE = -1

interface Waiting {
  readonly data: unknown
  readonly size: number
  /** µs. */
  readonly at: number
}

class Invocation {
  records: readonly Waiting[] = []
  retries = 0
  call: Call = NONE
  timeout: TimerHandle = NONE
  startedAt = 0
}

/** Whom the records belong to. */
export interface Owner {
  readonly sim: Sim
  /** Pause before a retry, counted from 0, in µs. */
  retryDelay(retry: number): number
  /** What becomes of a record; `size` is that of what the function made of it. */
  transformed(
    result: string,
    data: unknown,
    size: number,
    at: number,
    keys: Readonly<Record<string, string>> | null,
  ): void
  sizeOf(data: unknown): number
  invoked(duration: number, succeeded: boolean): void
}

export interface Targets {
  readonly timeOver: Target
  readonly due: Target
  readonly timedOut: Target
}

export class Transforms {
  /** Records in the buffer, in the line and with the function. */
  inside = 0
  running = 0
  readonly failures: Stretch
  /** Records that were given up after all retries. */
  readonly givenUp: Stretch
  private buffer: Waiting[] = []
  private bytes = 0
  private timer: TimerHandle = NONE
  private readonly line: number[] = []
  private readonly rows: Invocation[] = []
  private readonly free: number[] = []
  private readonly owner: Owner
  private readonly plan: Transformation
  private readonly edge: number
  private readonly targets: Targets
  private readonly most: number
  private readonly silent: string
  private invocations = 0

  constructor(owner: Owner, plan: Transformation, edge: number, targets: Targets, most = OUTSTANDING) {
    this.owner = owner
    this.plan = plan
    this.edge = edge
    this.targets = targets
    this.most = most
    this.silent = owner.sim.choice('SilentTransform')
    this.failures = new Stretch(owner.sim.warmUp)
    this.givenUp = new Stretch(owner.sim.warmUp)
  }

  add(data: unknown, size: number, at: number): void {
    const { sim } = this.owner
    if (this.buffer.length === 0 && this.plan.interval > 0)
      this.timer = sim.timer(this.plan.interval, this.targets.timeOver, 0)
    this.buffer.push({ data, size, at })
    this.bytes += size
    this.inside++
    if (this.bytes < this.plan.bytes && this.plan.interval > 0) return
    if (this.timer !== NONE) sim.cancel(this.timer)
    this.handOver()
  }

  /** The buffer is full, or its time is over: it becomes an invocation. */
  handOver(): void {
    this.timer = NONE
    const row = this.free.pop() ?? this.rows.push(new Invocation()) - 1
    this.rows[row].records = this.buffer
    this.rows[row].retries = 0
    this.buffer = []
    this.bytes = 0
    this.line.push(row)
    this.next()
  }

  /** Timer: the pause before an invocation is over. */
  invoke(row: number): void {
    const { sim } = this.owner
    const invocation = this.rows[row]
    invocation.startedAt = sim.clock[0]
    if (this.edge === NONE) {
      this.end(row, 'Ok', new Map())
      return
    }
    const call = sim.open(this.edge, row, 0)
    const records = invocation.records.map(({ data, at }, i) => ({
      recordId: String(i),
      approximateArrivalTimestamp: Math.floor((sim.startsAt + at) / 1000),
      data,
    }))
    sim.calls.body[call] = {
      Payload: {
        invocationId: `${sim.physicalName}-${++this.invocations}`,
        deliveryStreamArn: sim.physicalName,
        region: 'us-east-1',
        invokedAt: isoText(sim.startsAt + sim.clock[0], 3),
        records,
      },
    }
    if (invocation.retries > 0) sim.calls.attempt[call] = Math.min(invocation.retries + 1, 255)
    invocation.call = call
    invocation.timeout = sim.timer(TRANSFORM_TIMEOUT_US, this.targets.timedOut, row)
    sim.send(call)
  }

  answered(call: Call): void {
    const { sim } = this.owner
    const row = sim.calls.cookie[call]
    const isOk = sim.calls.status[call] === 0
    const answer = sim.calls.answer[call] as { readonly FunctionError?: string; readonly Payload?: any } | null
    sim.close(call)
    const invocation = this.rows[row]
    // An answer after the time-out finds nobody waiting.
    if (invocation.call !== call) return
    invocation.call = NONE
    sim.cancel(invocation.timeout)
    if (!isOk || answer?.FunctionError !== undefined) this.fail(row)
    else {
      const results = new Map<string, any>()
      const listed: unknown = answer?.Payload?.records
      if (Array.isArray(listed)) for (const each of listed) results.set(String(each?.recordId), each)
      this.end(row, Array.isArray(listed) ? 'ProcessingFailed' : this.silent, results)
    }
  }

  /** Timer: the function has not answered in five minutes. */
  timedOut(row: number): void {
    this.rows[row].call = NONE
    this.fail(row)
  }

  /** When the oldest record came that is in here, in µs; Infinity = there is none. */
  oldest(): number {
    let oldest = this.buffer[0]?.at ?? Infinity
    for (const { records } of this.rows) if (records.length > 0) oldest = Math.min(oldest, records[0].at)
    return oldest
  }

  private next(): void {
    while (this.running < this.most && this.line.length > 0) {
      this.running++
      this.invoke(this.line.shift()!)
    }
  }

  private fail(row: number): void {
    const { sim } = this.owner
    const invocation = this.rows[row]
    this.failures.note(sim.clock[0])
    this.owner.invoked(sim.clock[0] - invocation.startedAt, false)
    if (invocation.retries < this.plan.retries) {
      sim.after(this.owner.retryDelay(invocation.retries++), this.targets.due, row)
      return
    }
    this.givenUp.note(sim.clock[0], invocation.records.length)
    this.finish(row, 'ProcessingFailed', new Map())
  }

  private end(row: number, absent: string, results: ReadonlyMap<string, any>): void {
    const { sim } = this.owner
    this.owner.invoked(sim.clock[0] - this.rows[row].startedAt, true)
    this.finish(row, absent, results)
  }

  /** Records are sorted by their results; one of which nothing was said has the result `absent`. */
  private finish(row: number, absent: string, results: ReadonlyMap<string, any>): void {
    const { owner } = this
    const { records } = this.rows[row]
    this.rows[row].records = []
    this.free.push(row)
    this.running--
    this.inside -= records.length
    records.forEach(({ data, size, at }, i) => {
      const result = results.get(String(i))
      const name = result === undefined ? absent : String(result.result ?? 'Ok')
      const made: unknown = result?.data ?? data
      const keys = (result?.metadata?.partitionKeys ?? null) as Readonly<Record<string, string>> | null
      owner.transformed(name, made, made === data ? size : owner.sizeOf(made), at, keys)
    })
    this.next()
  }
}
