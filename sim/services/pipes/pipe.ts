// AWS::Pipes::Pipe: takes batches from a source, drops what its filter does not want, enriches the rest and hands it to one target.
//
//   queue ─► batch ─► filter ─► enrichment (waits for its answer) ─► target ─► what succeeded is deleted
//                        └ dropped: deleted      └ failed, or too slow (5 min): comes back after its visibility timeout
import type { Call } from '../../engine/calls.ts'
import type { Target, TimerHandle } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Finding, Look, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { jsonSize } from '../../parts/json-size.ts'
import { THROTTLING } from '../../model/errors.ts'
import { matches } from '../../parts/patterns.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { inputOf } from '../../parts/target-input.ts'
import { counted, count, percent } from '../../parts/words.ts'
import { gather, type Called, type PipeConfig } from './pipe-config.ts'
import { assumptions, MESSAGES_PER_CALL, quotas } from './pipe.facts.ts'
import { STAGES, type Stage } from './pipe-stages.ts'
import { QueueSource, type Message, type Taker } from './queue-source.ts'

const NONE = -1
const metric = (doc: string) => ({ unit: 'Count', kind: 'count', doc }) as const
const duration = (doc: string) => ({ unit: 'Milliseconds', kind: 'distribution', doc }) as const

export const pipe: ServiceDef<Pipe> = {
  type: 'AWS::Pipes::Pipe',
  family: 'messaging',
  namespace: 'AWS/EventBridge/Pipes',
  dimension: 'PipeName',
  dimensionValue: (config, ref) => config['Name'] ?? ref,
  summary: 'Brings records from a source to a target, filtered and enriched.',
  models: [
    'Queues as sources: five batches at once at first, 60 more a minute up to 1,250; windows and batch sizes [EB-60].',
    'Filters are patterns like those of rules; what matches none is deleted from the queue [EB-60].',
    'An enrichment waits for a function’s or an API’s answer, which takes the place of the events; an empty one ends the execution [EB-60].',
    'Targets get the batch at once or by their operation for many records; templates are filled in for each record [EB-60].',
    'What fails comes back to the queue after its visibility timeout, what has succeeded of a batch is deleted: by the answers of batch operations and `batchItemFailures` [EB-60].',
    'An execution that takes more than five minutes is given up; all pipes of the account share a number of executions [EB-60].',
  ],
  omits: [
    'Streams, brokers and Kafka as sources: such a pipe does nothing and is listed as not simulated.',
    'Enrichment by state machines and APIs of API Gateway; targets by tasks, jobs, statements.',
    'The role of the pipe, its logs, and the time that the pipe itself takes.',
  ],
  quotas,
  assumptions,
  props: {
    Description: p.inert('Words.'),
    DesiredState: p.oneOf('Whether it reads its source.', ['RUNNING', 'STOPPED'], { default: 'RUNNING' }),
    Enrichment: p.any('What answers with something in place of the events.'),
    EnrichmentParameters: p.record('How it is asked.', {
      HttpParameters: p.inert('Headers and parameters of a request.'),
      InputTemplate: p.any('What it gets for each record, with paths in angle brackets.'),
    }),
    KmsKeyIdentifier: p.inert('The key that the pipe lies under.'),
    LogConfiguration: p.inert('Where it logs.'),
    Name: p.string('The name.'),
    RoleArn: p.inert('The role that reads and calls.'),
    Source: p.any('The queue that is read.', { required: true }),
    SourceParameters: p.record('How it is read.', {
      FilterCriteria: p.record('What goes on.', {
        Filters: p.list(
          'Patterns, of which one has to match.',
          p.record('A filter.', { Pattern: p.any('The pattern.') }),
        ),
      }),
      SqsQueueParameters: p.record('Of a queue.', {
        BatchSize: p.int('The most messages of a batch; 10 when absent.', [1, 10_000]),
        MaximumBatchingWindowInSeconds: p.int('How long a batch is collected.', [0, 300], { unit: 's' }),
      }),
      ActiveMQBrokerParameters: p.unused('reads from a broker'),
      DynamoDBStreamParameters: p.unused('reads the stream of a table'),
      KinesisStreamParameters: p.unused('reads a stream'),
      ManagedStreamingKafkaParameters: p.unused('reads from MSK'),
      RabbitMQBrokerParameters: p.unused('reads from a broker'),
      SelfManagedKafkaParameters: p.unused('reads from Kafka'),
    }),
    Tags: p.inert('Labels.'),
    Target: p.any('What gets the events.', { required: true }),
    TargetParameters: p.record('How it is called.', {
      EventBridgeEventBusParameters: p.record('Of a bus.', {
        DetailType: p.string('The `detail-type` of the event.'),
        EndpointId: p.inert('A global endpoint.'),
        Resources: p.list('Its `resources`.', p.string('An ARN.')),
        Source: p.string('Its `source`.'),
        Time: p.unused('says when it happened'),
      }),
      HttpParameters: p.inert('Headers and parameters of a request.'),
      InputTemplate: p.any('What it gets for each record, with paths in angle brackets.'),
      KinesisStreamParameters: p.record('Of a stream.', {
        PartitionKey: p.string('The key, or a path to it.', { required: true }),
      }),
      LambdaFunctionParameters: p.record('Of a function.', {
        InvocationType: p.oneOf('Whether its answer is waited for.', ['REQUEST_RESPONSE', 'FIRE_AND_FORGET']),
      }),
      SqsQueueParameters: p.record('Of a FIFO queue.', {
        MessageDeduplicationId: p.string('The deduplication id, or a path to it.'),
        MessageGroupId: p.string('The message group, or a path to it.'),
      }),
      StepFunctionStateMachineParameters: p.inert('How a machine is started.'),
      BatchJobParameters: p.unused('submits a job'),
      CloudWatchLogsParameters: p.inert('The stream of the log.'),
      EcsTaskParameters: p.unused('runs a task'),
      RedshiftDataParameters: p.unused('executes statements'),
      SageMakerPipelineParameters: p.unused('starts a pipeline'),
      TimestreamParameters: p.unused('writes into a table of Timestream'),
    }),
  },
  gather: (near) => ({ ...gather(near) }),
  carries: (config) => config['Queue'] !== null && config['DesiredState'] === 'RUNNING',
  create: (config, sim) => new Pipe(config, sim),
  ops: {
    'pipes:StartPipe': {
      doc: 'Reads the source from now on.',
      target: 'Name',
      run: (self, call) => self.turn(call, true),
    },
    'pipes:StopPipe': {
      doc: 'Reads no more; executions under way go on.',
      target: 'Name',
      run: (self, call) => self.turn(call, false),
    },
  },
  timers: { started, received, windowOver, pollAgain, grow, answered, deleted, timedOut },
  metrics: {
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
  },
  invariants: {
    'every record read is collected, under way, deleted or let go': (self) =>
      (self.source?.polled ?? 0) ===
      (self.source?.open.length ?? 0) + self.recordsInside + self.done + self.failedRecords,
    'executions keep to Little’s law': (self) => self.running.holds(self.sim.clock[0]),
  },
  view: {
    glyph: 'pipe',
    label: 'Pipe',
    level: (self) => self.running.inside,
    levelMax: (self) => self.source?.limit ?? 1,
    tone: (self) => (self.failures.total > 0 ? 'failing' : self.running.inside > 0 ? 'busy' : 'calm'),
    road: (config) => {
      const { Queue: queue, TargetCall: target } = config as unknown as PipeConfig
      return queue === null || target === null ? undefined : { from: queue, to: target.to }
    },
    readings: [
      { name: 'Executions', unit: 'executions', doc: 'Executions under way.', read: (self) => self.running.inside },
      { name: 'At most', unit: 'executions', doc: 'As many as may be now.', read: (self) => self.source?.limit ?? 0 },
      {
        name: 'Dropped',
        unit: '1/s',
        doc: 'Records that match no filter.',
        counter: true,
        read: (self) => self.dropped,
      },
    ],
  },
  traced: { serves: () => NONE, holds: (self, trace) => self.holds(trace) },
  insights: failing,
  report: (self) => ({
    executions: self.running.entered,
    most: self.running.peak,
    records: self.source?.polled ?? 0,
    dropped: self.dropped,
    failed: self.failedRecords,
  }),
}

/** A record as filters, templates and targets see it. */
interface PipeRecord {
  readonly messageId: unknown
  readonly receiptHandle: unknown
  readonly body: unknown
  readonly attributes: unknown
  readonly messageAttributes: unknown
  readonly eventSource: string
  readonly eventSourceARN: string | null
  readonly awsRegion: string
}

class Execution {
  messages: readonly Message[] = []
  /** The events, as they stand after the stages so far, and what they were. */
  events: readonly unknown[] = []
  originals: readonly PipeRecord[] = []
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
  readonly source: QueueSource | null
  readonly running = new Population()
  /** Records under way, deleted, and let go without success; those of the deleted that matched no filter. */
  recordsInside = 0
  done = 0
  failedRecords = 0
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
  private readonly deleteEdge: number
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly metrics: Readonly<Record<string, MetricId>>

  constructor(config: Config, sim: Sim) {
    const own = config as unknown as PipeConfig
    this.sim = sim
    this.config = own
    this.failures = new Stretch(sim.warmUp)
    this.executions = new Stretch(sim.warmUp)
    this.isRunning = config['DesiredState'] === 'RUNNING'
    this.allowed = sim.quota('ConcurrentExecutions')
    this.timeout = sim.quota('ExecutionTimeout') * 1_000_000
    this.timeoutTarget = sim.target(timedOut)
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.metrics = Object.fromEntries(Object.keys(pipe.metrics).map((name) => [name, sim.metric(name)]))
    const { Queue: queue, EnrichmentCall: enrichment, TargetCall: target } = own
    const stageOf = (called: Called | null): Stage | null => (called === null ? null : STAGES.get(called.action)!)
    this.targetStage = stageOf(target)
    this.enrichmentEdge = enrichment === null ? NONE : sim.edge(enrichment.to, enrichment.action, answered)
    this.targetEdge = target === null ? NONE : sim.edge(target.to, this.targetStage!.action, answered)
    this.deleteEdge = queue === null ? NONE : sim.edge(queue, 'sqs:DeleteMessageBatch', deleted)
    this.source =
      queue === null
        ? null
        : new QueueSource(sim, this, queue, own.BatchSize, own.Window, { received, windowOver, pollAgain, grow })
    if (this.source !== null && this.isRunning) sim.after(0, sim.target(started), 0)
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
  begin(messages: readonly Message[]): void {
    const { sim } = this
    const now = sim.clock[0]
    const row = this.free.pop() ?? this.rows.push(new Execution()) - 1
    const execution = this.rows[row]
    const records = messages.map((message) => this.recordOf(message))
    const { Filters: filters } = this.config
    const wanted = records.map((record) => filters === null || filters.some((filter) => matches(filter, record)))
    execution.messages = messages.filter((_, i) => wanted[i])
    execution.originals = records.filter((_, i) => wanted[i])
    execution.events = execution.originals
    execution.since = now
    execution.trace = sim.calls.begin()
    execution.failed = []
    execution.at = 0
    this.running.enter(now)
    this.executions.note(now)
    this.first.everywhere++
    this.recordsInside += messages.length
    this.count('EventCount', messages.length)
    const unwanted = messages.filter((_, i) => !wanted[i])
    if (unwanted.length > 0) {
      this.dropped += unwanted.length
      this.settle(unwanted)
    }
    if (execution.messages.length === 0) {
      this.end(row, NOBODY)
      return
    }
    this.count('Invocations', 1)
    sim.level(this.metrics['Concurrency']!, this.running.inside)
    sim.record(this.metrics['EventSize']!, jsonSize(execution.events))
    execution.timer = sim.timer(this.timeout, this.timeoutTarget, row)
    if (this.enrichmentEdge === NONE) this.deliver(row)
    else this.enrich(row)
  }

  /** A message as Pipes show it; a body of JSON is looked into. */
  private recordOf({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: Message): PipeRecord {
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: typeof Body === 'string' ? (parsed(Body) ?? Body) : Body,
      attributes: Attributes,
      messageAttributes: MessageAttributes ?? {},
      eventSource: 'aws:sqs',
      eventSourceARN: this.config.Queue,
      awsRegion: 'us-east-1',
    }
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
    if (events.length > execution.messages.length && events.length > (this.targetStage?.batch ?? Infinity)) {
      this.fail(row)
      return
    }
    execution.events = events
    if (events.length === 0) {
      this.count('TargetStageSkipped', 1)
      this.finish(row)
    } else this.deliver(row)
  }

  private delivered(row: number, status: number, answer: any): void {
    const execution = this.rows[row]
    const { batch, failed } = this.targetStage!
    const taken = Math.min(batch, execution.events.length - execution.at)
    const ids = execution.originals.slice(execution.at, execution.at + taken).map(({ messageId }) => messageId)
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
    const { failed, messages, events, originals } = this.rows[row]
    const bad = failed.filter(Boolean).length
    if (bad > 0) {
      const isPart = bad < failed.length
      this.count(isPart ? 'TargetStagePartiallyFailed' : 'TargetStageFailed', 1)
      this.count(isPart ? 'ExecutionPartiallyFailed' : 'ExecutionFailed', 1)
      this.failures.note(this.sim.clock[0])
    }
    // After an enrichment the events are no longer those of the messages, one by one.
    const isSame = events === originals
    this.end(
      row,
      messages.filter((_, i) => (isSame ? failed[i] !== true : bad === 0)),
    )
  }

  private fail(row: number): void {
    this.count('ExecutionFailed', 1)
    this.failures.note(this.sim.clock[0])
    this.end(row, NOBODY)
  }

  /** Timer: an execution has taken its five minutes. */
  timedOut(row: number): void {
    const execution = this.rows[row]
    execution.timer = NONE
    execution.call = NONE
    this.count('ExecutionTimeout', 1)
    this.failures.note(this.sim.clock[0])
    this.end(row, NOBODY)
  }

  /** An execution is over; `good` are deleted, its other messages come back. */
  private end(row: number, good: readonly Message[]): void {
    const { sim, first } = this
    const execution = this.rows[row]
    const bad = execution.messages.length - good.length
    this.settle(good)
    this.failedRecords += bad
    this.recordsInside -= bad
    if (execution.timer !== NONE) sim.cancel(execution.timer)
    execution.timer = NONE
    sim.record(this.metrics['Duration']!, sim.clock[0] - execution.since)
    execution.messages = NOBODY
    execution.events = NOBODY
    execution.originals = []
    execution.isEnriching = false
    this.running.leave(sim.clock[0], execution.since)
    const wasFull = first.everywhere === this.allowed
    first.everywhere--
    sim.level(this.metrics['Concurrency']!, this.running.inside)
    this.free.push(row)
    this.source!.again()
    if (wasFull) for (const name of this.config.All) if (name !== sim.name) sim.peer<Pipe>(name).source?.again()
  }

  /** Deletes messages from the queue. */
  private settle(messages: readonly Message[]): void {
    const { sim } = this
    this.done += messages.length
    this.recordsInside -= messages.length
    for (let from = 0; from < messages.length; from += MESSAGES_PER_CALL) {
      const call = sim.open(this.deleteEdge, 0, 0)
      sim.calls.body[call] = {
        Entries: messages
          .slice(from, from + MESSAGES_PER_CALL)
          .map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle })),
      }
      sim.send(call)
    }
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
    return this.rows.some((execution) => execution.messages.length > 0 && execution.trace === trace)
  }

  private count(name: string, n: number): void {
    this.sim.count(this.metrics[name]!, n)
  }
}

const NOBODY: readonly Message[] = Object.freeze([])
const TOO_MANY = 429

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

/** Event: the run begins. */
function started(self: Pipe): void {
  self.source!.poll()
}

/** Answer of the queue to a poll. */
function received(self: Pipe, call: Call): void {
  self.source!.received(call)
}

/** Timer: the window of the open batch is over. */
function windowOver(self: Pipe): void {
  self.source!.windowOver()
}

/** Timer: polling goes on after a refusal. */
function pollAgain(self: Pipe): void {
  self.source!.pollAgain()
}

/** Timer: one execution more may be under way. */
function grow(self: Pipe): void {
  self.source!.grow()
}

/** Answer of the enrichment or the target. */
function answered(self: Pipe, call: Call): void {
  self.answered(call)
}

/** Answer of the queue to a delete: what it could not delete comes back. */
function deleted(self: Pipe, call: Call): void {
  self.sim.close(call)
}

/** Timer: an execution takes too long. */
function timedOut(self: Pipe, row: number): void {
  self.timedOut(row)
}

/** Batches that failed, in whole or in part: their messages come again and again. */
function failing(self: Pipe, look: Look): readonly Finding[] {
  const { failures, executions } = self
  const share = failures.count / Math.max(1, executions.count)
  if (failures.count < 3 || share < 0.01) return []
  return [
    {
      kind: 'pipe-fails',
      from: failures.first,
      to: failures.last,
      share,
      title: 'Batches of a pipe fail',
      text: `${counted(failures.count, 'execution')} of ${count(executions.count)} (${percent(share)}) failed in whole or in part; their messages come back to the queue.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}
