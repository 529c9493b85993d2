// A pipe at work: filters the batches of its source, has them enriched, hands them to the target, and says what became of them.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target, TimerHandle } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Sim } from '../../model/contract.ts'
import { THROTTLING } from '../../model/errors.ts'
import { CHUNK, chunksOf } from '../../parts/chunks.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { matches } from '../../parts/patterns.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { inputOf } from '../../parts/target-input.ts'
import type { Called, PipeConfig } from './pipe-config.ts'
import { STAGES, type Stage } from './pipe-stages.ts'
import { QueueSource, type QueueTargets } from './queue-source.ts'
import type { Item, Source, Taker } from './source.ts'
import { StreamSource, type StreamTargets } from './stream-source.ts'

const NONE = -1
const metric = (doc: string) => ({ unit: 'Count', kind: 'count', doc }) as const
const duration = (doc: string) => ({ unit: 'Milliseconds', kind: 'distribution', doc }) as const

export const METRICS = {
  Concurrency: { unit: 'None', kind: 'level', doc: 'Executions under way.' },
  Duration: duration('How long executions took.'),
  EventCount: metric('Records read.'),
  EventSize: { unit: 'Bytes', kind: 'distribution', doc: 'The size of batches.' },
  ExecutionFailed: metric('Executions that failed.'),
  ExecutionPartiallyFailed: metric('Executions of which part failed.'),
  ExecutionThrottled: metric('Executions that the enrichment or the target throttled.'),
  ExecutionTimeout: metric('Executions that took too long.'),
  EnrichmentStageDuration: duration('How long enrichments took.'),
  EnrichmentStageFailed: metric('Enrichments that failed.'),
  Invocations: metric('Executions that began.'),
  TargetStageDuration: duration('How long targets took.'),
  TargetStageFailed: metric('Targets that failed.'),
  TargetStagePartiallyFailed: metric('Targets that took part of a batch.'),
  TargetStageSkipped: metric('Executions that had nothing for the target.'),
} as const

/** What a pipe schedules for itself or receives as an answer. */
export interface PipeEvents extends QueueTargets, StreamTargets {
  readonly started: EventFunction<any>
  readonly answered: EventFunction<any>
  readonly timedOut: EventFunction<any>
}

const NOTHING: readonly never[] = Object.freeze([])

class Execution {
  items: readonly Item[] = NOTHING
  /** Those that the filter lets pass. */
  wanted: readonly Item[] = NOTHING
  /** By which its source knows it. */
  token = 0
  /** The events, as they stand after the stages so far. */
  events: readonly unknown[] = []
  /** Whether they are still those of the items, one by one. */
  isOriginal = true
  since = 0
  stageSince = 0
  trace = 0
  isEnriching = false
  /** Where in the batch the next call to the target begins, and which records have failed. */
  at = 0
  failed: boolean[] = []
  call: Call = NONE
  timer: TimerHandle = NONE
}

export class Pipe implements Taker {
  readonly sim: Sim
  readonly source: Source | null
  readonly running = new Population()
  /** Records under way, deleted, and let go without success; those of the deleted that matched no filter. */
  recordsInside = 0
  done = 0
  failedRecords = 0
  /** Chunks of 64 KB of records that passed the filter: what is billed. */
  paidChunks = 0
  dropped = 0
  readonly failures: Stretch
  readonly executions: Stretch
  isRunning: boolean
  /** Executions of all pipes, kept by the first. */
  everywhere = 0
  private readonly config: PipeConfig
  private readonly rows: Execution[] = []
  private readonly free: number[] = []
  private readonly allowed: number
  private readonly timeout: number
  private readonly timeoutTarget: Target
  private readonly enrichmentEdge: number
  private readonly targetEdge: number
  private readonly targetStage: Stage | null
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly metrics: Readonly<Record<string, MetricId>>

  constructor(config: Config, sim: Sim, events: PipeEvents) {
    const own = config as unknown as PipeConfig
    this.sim = sim
    this.config = own
    this.failures = new Stretch(sim.warmUp)
    this.executions = new Stretch(sim.warmUp)
    this.isRunning = config['DesiredState'] === 'RUNNING'
    this.allowed = sim.quota('ConcurrentExecutions')
    this.timeout = sim.quota('ExecutionTimeout') * 1_000_000
    this.timeoutTarget = sim.target(events.timedOut)
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.metrics = Object.fromEntries(Object.keys(METRICS).map((name) => [name, sim.metric(name)]))
    const {
      Queue: queue,
      Stream: stream,
      BatchSize: batchSize,
      Window: window,
      EnrichmentCall: enrichment,
      TargetCall: target,
    } = own
    const stageOf = (called: Called | null): Stage | null => (called === null ? null : STAGES.get(called.action)!)
    this.targetStage = stageOf(target)
    this.enrichmentEdge = enrichment === null ? NONE : sim.edge(enrichment.to, enrichment.action, events.answered)
    this.targetEdge = target === null ? NONE : sim.edge(target.to, this.targetStage!.action, events.answered)
    this.source =
      queue !== null
        ? new QueueSource(sim, this, queue, batchSize, window, events)
        : stream !== null
          ? new StreamSource(sim, this, stream, batchSize, window, events)
          : null
    if (this.source !== null && this.isRunning) sim.after(0, sim.target(events.started), 0)
  }

  get inside(): number {
    return this.running.inside
  }

  /** How many executions may begin for what all pipes of the account do. */
  get spare(): number {
    return this.allowed - this.first.everywhere
  }

  private get first(): Pipe {
    return this.sim.peer<Pipe>(this.config.All[0]!)
  }

  /** A batch has been read: filters it, and begins with what is left. */
  begin(items: readonly Item[], token: number): void {
    const { sim } = this
    const now = sim.clock[0]
    const row = this.free.pop() ?? this.rows.push(new Execution()) - 1
    const execution = this.rows[row]
    const { Filters: filters } = this.config
    const wanted =
      filters === null ? items : items.filter(({ record }) => filters.some((filter) => matches(filter, record)))
    execution.items = items
    execution.wanted = wanted
    execution.token = token
    execution.events = wanted.map(({ record }) => record)
    execution.isOriginal = true
    execution.since = now
    execution.trace = sim.calls.begin()
    execution.failed = []
    execution.at = 0
    this.running.enter(now)
    this.executions.note(now)
    this.first.everywhere++
    this.recordsInside += items.length
    this.count('EventCount', items.length)
    this.dropped += items.length - wanted.length
    sim.level(this.metrics['Concurrency']!, this.running.inside)
    if (wanted.length === 0) {
      this.end(row, NONE_FAILED)
      return
    }
    this.count('Invocations', 1)
    const size = jsonSize(execution.events)
    sim.record(this.metrics['EventSize']!, size)
    this.paidChunks += size <= CHUNK ? wanted.length : sumOfChunks(execution.events)
    execution.timer = sim.timer(this.timeout, this.timeoutTarget, row)
    if (this.enrichmentEdge === NONE) this.deliver(row)
    else this.enrich(row)
  }

  private enrich(row: number): void {
    const execution = this.rows[row]
    const { action, input, parameters } = this.config.EnrichmentCall!
    execution.isEnriching = true
    execution.stageSince = this.sim.clock[0]
    const inputs = this.inputsOf(input, execution.events)
    this.send(row, this.enrichmentEdge, STAGES.get(action)!.body(inputs, execution.events, parameters))
  }

  /** Hands the next records of the batch to the target, as many as it takes at once. */
  private deliver(row: number): void {
    const execution = this.rows[row]
    if (execution.at === 0) execution.stageSince = this.sim.clock[0]
    if (this.targetEdge === NONE) {
      this.finish(row)
      return
    }
    const stage = this.targetStage!
    const { input, parameters } = this.config.TargetCall!
    const events = execution.events.slice(execution.at, execution.at + stage.batch)
    this.send(row, this.targetEdge, stage.body(this.inputsOf(input, events), events, parameters))
  }

  private inputsOf(input: Called['input'], events: readonly unknown[]): readonly unknown[] {
    if (input === null) return events
    const occasion = {
      ruleArn: this.sim.name,
      ruleName: this.sim.name,
      ingestedAt: this.sim.startsAt + this.sim.clock[0],
    }
    return events.map((event) => inputOf(input, event, occasion))
  }

  private send(row: number, edge: number, body: unknown): void {
    const execution = this.rows[row]
    const call = this.sim.open(edge, row, execution.trace)
    this.sim.calls.body[call] = body
    execution.call = call
    this.sim.send(call)
  }

  /** The enrichment or the target has answered. */
  answered(call: Call): void {
    const { sim } = this
    const execution = this.rows[sim.calls.cookie[call]]
    const row = sim.calls.cookie[call]
    const status = sim.calls.status[call]
    const answer = sim.calls.answer[call] as any
    sim.close(call)
    // What answers after the time-out finds nobody waiting.
    if (execution.call !== call) return
    execution.call = NONE
    if (status !== 0 && (sim.errors.http[status] === TOO_MANY || sim.errors.retry[status] === THROTTLING))
      this.count('ExecutionThrottled', 1)
    if (execution.isEnriching) this.enriched(row, status, answer)
    else this.delivered(row, status, answer)
  }

  private enriched(row: number, status: number, answer: any): void {
    const execution = this.rows[row]
    execution.isEnriching = false
    this.sim.record(this.metrics['EnrichmentStageDuration']!, this.sim.clock[0] - execution.stageSince)
    if (status !== 0 || answer?.FunctionError !== undefined) {
      this.count('EnrichmentStageFailed', 1)
      this.fail(row)
      return
    }
    const made: unknown = answer?.Payload ?? answer?.Body ?? null
    const events = Array.isArray(made) ? made : made === null || isEmpty(made) ? [] : [made]
    // A target that cannot take as many at once is not called (EB-60).
    if (events.length > execution.wanted.length && events.length > (this.targetStage?.batch ?? Infinity)) {
      this.fail(row)
      return
    }
    execution.events = events
    execution.isOriginal = false
    if (events.length === 0) {
      this.count('TargetStageSkipped', 1)
      this.finish(row)
    } else this.deliver(row)
  }

  private delivered(row: number, status: number, answer: any): void {
    const execution = this.rows[row]
    const { batch, failed } = this.targetStage!
    const taken = Math.min(batch, execution.events.length - execution.at)
    const ids = execution.wanted.slice(execution.at, execution.at + taken).map(({ id }) => id)
    const verdict = status === 0 ? failed(answer, ids) : 'all'
    for (let i = 0; i < taken; i++) execution.failed[execution.at + i] = verdict === 'all' || verdict[i] === true
    execution.at += taken
    if (execution.at < execution.events.length) {
      this.deliver(row)
      return
    }
    this.sim.record(this.metrics['TargetStageDuration']!, this.sim.clock[0] - execution.stageSince)
    this.finish(row)
  }

  /** All stages are over: what succeeded is deleted, the rest comes back by itself. */
  private finish(row: number): void {
    const { failed, isOriginal } = this.rows[row]
    const bad = failed.filter(Boolean).length
    if (bad > 0) {
      const isPart = bad < failed.length
      this.count(isPart ? 'TargetStagePartiallyFailed' : 'TargetStageFailed', 1)
      this.count(isPart ? 'ExecutionPartiallyFailed' : 'ExecutionFailed', 1)
      this.failures.note(this.sim.clock[0])
    }
    // After an enrichment the events are no longer those of the source, one by one.
    this.end(row, isOriginal || bad === 0 ? failed : ALL_FAILED)
  }

  private fail(row: number): void {
    this.count('ExecutionFailed', 1)
    this.failures.note(this.sim.clock[0])
    this.end(row, ALL_FAILED)
  }

  /** Timer: an execution has taken its five minutes. */
  timedOut(row: number): void {
    const execution = this.rows[row]
    execution.timer = NONE
    execution.call = NONE
    this.count('ExecutionTimeout', 1)
    this.failures.note(this.sim.clock[0])
    this.end(row, ALL_FAILED)
  }

  /** An execution is over; the source is told what of it is done: what no filter wanted, and what has not failed. */
  private end(row: number, failed: readonly boolean[] | typeof ALL_FAILED): void {
    const { sim, first } = this
    const execution = this.rows[row]
    const { items, wanted, token, since } = execution
    const bad = new Set(wanted.filter((_, i) => failed === ALL_FAILED || failed[i] === true))
    if (execution.timer !== NONE) sim.cancel(execution.timer)
    execution.timer = NONE
    execution.items = NOTHING
    execution.wanted = NOTHING
    execution.events = NOTHING
    execution.isEnriching = false
    sim.record(this.metrics['Duration']!, sim.clock[0] - since)
    this.running.leave(sim.clock[0], since)
    const wasFull = first.everywhere === this.allowed
    first.everywhere--
    sim.level(this.metrics['Concurrency']!, this.running.inside)
    this.free.push(row)
    this.recordsInside -= items.length
    this.done += items.length - bad.size
    this.failedRecords += this.source!.ended(
      items,
      items.map((item) => !bad.has(item)),
      token,
    )
    if (wasFull) for (const name of this.config.All) if (name !== sim.name) sim.peer<Pipe>(name).source?.again()
  }

  /** Operations: reads its source or stops reading it. */
  turn(call: Call, isRunning: boolean): void {
    const { sim } = this
    this.isRunning = isRunning
    sim.calls.answer[call] = {
      Name: sim.name,
      DesiredState: isRunning ? 'RUNNING' : 'STOPPED',
      CurrentState: isRunning ? 'RUNNING' : 'STOPPED',
    }
    sim.replyAfter(this.latency.draw(this.latencyRng), call, 0)
    this.source?.poll()
  }

  /** Whether an execution of a request is not over. */
  holds(trace: number): boolean {
    return this.rows.some((execution) => execution.items.length > 0 && execution.trace === trace)
  }

  private count(name: string, n: number): void {
    this.sim.count(this.metrics[name]!, n)
  }
}

const NONE_FAILED: readonly boolean[] = Object.freeze([])
const ALL_FAILED = 'all'
const TOO_MANY = 429

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

function sumOfChunks(events: readonly unknown[]): number {
  return events.reduce((sum: number, event) => sum + chunksOf(jsonSize(event)), 0)
}
