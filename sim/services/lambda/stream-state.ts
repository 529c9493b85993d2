// What a mapping of a stream keeps: reads each shard in order, invokes the function with batches, tries again what fails.
//
// The one idea: a shard's records are dealt to lanes by their key, and a lane has one batch at a time, which stays until it
// has succeeded or is given up. So the records of a key are handled in their order, and one that fails holds up its lane.
// Reading order: this state, `stream-readers.ts` (shards and polls), `stream-lanes.ts` (batches), `stream-windows.ts`; what
// ties them together is `stream-mapping.ts`.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction, Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Action, Config, Sim } from '../../model/contract.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { SHAPES, type Shape, type StartingPosition } from '../../parts/stream-shapes.ts'
import type { LambdaFunction } from './function.ts'
import type { StreamSource } from './stream-source.ts'
import type { Tumbling } from './stream-windows.ts'

/** What the state schedules for itself or receives as an answer. */
export interface StreamEvents {
  readonly streamStarted: EventFunction<StreamMapping>
  readonly described: EventFunction<StreamMapping>
  readonly iteratorAnswered: EventFunction<StreamMapping>
  readonly readAnswered: EventFunction<StreamMapping>
  readonly readAgain: EventFunction<StreamMapping>
  readonly settled: EventFunction<StreamMapping>
  readonly batchAnswered: EventFunction<StreamMapping>
  readonly retryDue: EventFunction<StreamMapping>
  readonly windowEnded: EventFunction<StreamMapping>
  readonly tumbled: EventFunction<StreamMapping>
  readonly delivered: EventFunction<StreamMapping>
}

export const NOBODY = -1
export const PAUSED = -2

/** A record as the stream hands it out; `Shape` reads it. */
export type StreamItem = Readonly<Record<string, any>>

/** Records that the function is invoked with together, again and again until they are through. */
export interface Batch {
  readonly records: readonly StreamItem[]
  /** Invocations that it was part of, those that ended badly, and those in a row that were refused or ended badly. */
  invocations: number
  failures: number
  setbacks: number
  /** When it took its lane, and when it failed first (−1 = it has not), in µs. */
  since: number
  failedAt: number
  readonly trace: number
  /** Whether its state is handed on as the last of its tumbling window. */
  readonly isFinal: boolean
  /** The last answer of the function, for the record of a failure. */
  lastAnswer: { readonly FunctionError?: string } | null
}

/** A sequence of records that are handled one batch after the other. */
export class Lane {
  readonly number: number
  readonly reader: Reader
  /** Records that wait, the oldest at `head`, and their bytes in an event. */
  queue: StreamItem[] = []
  head = 0
  bytes = 0
  /** The batch in progress, whether it is with the function, and what is to come of a batch that was split. */
  batch: Batch | null = null
  isRunning = false
  pieces: Batch[] = []
  /** The timers of its batch window and of its next try, −1 = none; whether the window is over. */
  windowTimer = -1
  retryTimer = -1
  windowIsOver = false
  tumbling: Tumbling | null = null

  constructor(number: number, reader: Reader) {
    this.number = number
    this.reader = reader
  }

  get waiting(): number {
    return this.queue.length - this.head
  }
}

/** A shard and how far it is read. */
export class Reader {
  readonly number: number
  readonly shard: string
  readonly parents: readonly string[]
  readonly lanes: Lane[] = []
  phase: 'waiting' | 'reading' | 'done' = 'waiting'
  startsAt: StartingPosition
  /** Where reading goes on; of a consumer its connection. */
  iterator: string | number | null = null
  /** Its call that is under way; NOBODY = none is, PAUSED = a timer runs until the next one. Another call's answer does not count any more. */
  call: Call = NOBODY
  /** Whether the shard's end was read. */
  isRead = false
  lastSequence: string | null = null
  /** Records read that are not through. */
  held = 0
  /** Polls in a row that were refused. */
  refusals = 0
  /** When it last asked for records and there were none, in µs. */
  caughtUpAt = -1

  constructor(number: number, shard: string, parents: readonly string[], startsAt: StartingPosition) {
    this.number = number
    this.shard = shard
    this.parents = parents
    this.startsAt = startsAt
  }
}

/** The longest time that one batch has held up its lane. */
export interface Blockage {
  readonly shard: string
  readonly key: string
  readonly sequence: string
  readonly from: number
  readonly to: number
  readonly failures: number
}

export class StreamMapping {
  readonly kind = 'stream'
  readonly sim: Sim
  readonly source: StreamSource
  enabled: boolean
  /** µs. */
  readonly window: number
  readonly tumblingWindow: number
  readonly interval: number
  readonly backoff: number
  readonly backoffMax: number
  readonly retention: number
  /** Infinity = no limit. */
  readonly recordAge: number
  readonly retries: number
  readonly factor: number
  readonly bisects: boolean
  readonly reports: boolean
  readonly payloadMax: number
  readonly stateMax: number
  /** Records of a shard that are read ahead at most. */
  readonly readAhead: number
  /** Shards by id, those that are done too; by number; and lanes by number. */
  readonly byShard = new Map<string, Reader>()
  readonly readers: Reader[] = []
  readonly lanes: Lane[] = []
  /** Shards whose records came before the mapping began: nobody waits for them. */
  readonly passed = new Set<string>()
  /** Whether the shards were listed once, whether they are being listed, and whether that is to be done again. */
  isListed = false
  isListing = false
  mustList = false
  /** The stream's ARN as its listing gives it. */
  arn: unknown = undefined
  readonly running = new Population()
  /** Records read; of them filtered out, through, given up, and lost because the stream let go of them. */
  polled = 0
  filtered = 0
  succeeded = 0
  dropped = 0
  expired = 0
  /** Records that were gone before they were read. */
  missed = 0
  readonly failures: Stretch
  readonly throttles: Stretch
  readonly drops: Stretch
  readonly losses: Stretch
  worst: Blockage | null = null

  readonly shardsEdge: number
  readonly iteratorEdge: number
  readonly recordsEdge: number
  readonly awaitEdge: number
  readonly invokeEdge: number
  readonly failureEdge: number
  readonly failureAction: Action | null
  readonly polledMetric: MetricId
  readonly filteredMetric: MetricId
  readonly invokedMetric: MetricId
  readonly failedMetric: MetricId
  readonly droppedMetric: MetricId
  readonly deliveredMetric: MetricId
  readonly invalidStatus: number
  readonly readTarget: Target
  readonly settledTarget: Target
  readonly retryTarget: Target
  readonly windowTarget: Target
  readonly tumblingTarget: Target
  private ageMetric = -1

  constructor(config: Config, sim: Sim, events: StreamEvents) {
    const source = config['Source'] as StreamSource
    const { actions } = SHAPES[source.type]
    this.sim = sim
    this.failures = new Stretch(sim.warmUp)
    this.throttles = new Stretch(sim.warmUp)
    this.drops = new Stretch(sim.warmUp)
    this.losses = new Stretch(sim.warmUp)
    this.source = source
    this.enabled = config['Enabled'] === true
    this.window = config['MaximumBatchingWindowInSeconds'] * 1_000_000
    this.tumblingWindow = config['TumblingWindowInSeconds'] * 1_000_000
    const perSecond = sim.quota(source.type === 'kinesis' ? 'KinesisPolls' : 'DynamoDBPolls')
    this.interval = Math.round(1_000_000 / perSecond)
    this.backoff = Math.round(sim.sampler('StreamBackoff').mean)
    this.backoffMax = Math.round(sim.sampler('StreamBackoffMax').mean)
    this.retention = source.retention * 1_000_000
    const age = config['MaximumRecordAgeInSeconds'] as number
    this.recordAge = age < 0 ? Infinity : age * 1_000_000
    const retries = config['MaximumRetryAttempts'] as number
    this.retries = retries < 0 ? Infinity : retries
    this.factor = config['ParallelizationFactor']
    this.bisects = config['BisectBatchOnFunctionError'] === true
    this.reports = (config['FunctionResponseTypes'] ?? []).includes('ReportBatchItemFailures')
    this.payloadMax = sim.quota('StreamPayload')
    this.stateMax = sim.quota('TumblingState')
    this.readAhead = Math.max(sim.quota('StreamReadAhead'), source.batchSize * this.factor)
    this.shardsEdge = sim.edge(source.stream, actions.shards, events.described)
    if (source.consumer === null) {
      this.iteratorEdge = sim.edge(source.stream, actions.iterator, events.iteratorAnswered)
      this.recordsEdge = sim.edge(source.stream, actions.records, events.readAnswered)
      this.awaitEdge = sim.edge(source.stream, actions.await, events.readAnswered)
    } else {
      this.iteratorEdge = sim.edge(source.consumer, 'kinesis:SubscribeToShard', events.iteratorAnswered)
      this.recordsEdge = sim.edge(source.consumer, 'kinesis:ReceiveEvent', events.readAnswered)
      this.awaitEdge = NOBODY
    }
    this.invokeEdge = sim.edge(config['FunctionName'], 'lambda:InvokeFunction', events.batchAnswered)
    this.failureAction = source.failure?.action ?? null
    this.failureEdge =
      source.failure === null ? -1 : sim.edge(source.failure.to, source.failure.action, events.delivered)
    this.polledMetric = sim.metric('PolledEventCount')
    this.filteredMetric = sim.metric('FilteredOutEventCount')
    this.invokedMetric = sim.metric('InvokedEventCount')
    this.failedMetric = sim.metric('FailedInvokeEventCount')
    this.droppedMetric = sim.metric('DroppedEventCount')
    this.deliveredMetric = sim.metric('OnFailureDestinationDeliveredEventCount')
    this.invalidStatus = sim.error('InvalidParameterValueException', 400)
    this.readTarget = sim.target(events.readAgain)
    this.settledTarget = sim.target(events.settled)
    this.retryTarget = sim.target(events.retryDue)
    this.windowTarget = sim.target(events.windowEnded)
    this.tumblingTarget = sim.target(events.tumbled)
    if (this.enabled) sim.after(0, sim.target(events.streamStarted), 0)
  }

  get shape(): Shape {
    return SHAPES[this.source.type]
  }

  get now(): number {
    return this.sim.clock[0]
  }

  /** Records read that are not through. */
  get held(): number {
    let sum = 0
    for (const reader of this.readers) sum += reader.held
    return sum
  }

  /** When a record came into the stream, in µs of the run. */
  arrivedAt(record: StreamItem): number {
    return this.shape.arrivedAt(record) - this.sim.startsAt
  }

  /** Records the age of the last record of a batch that the function gets now (LAM-66). */
  recordAgeOf(record: StreamItem): void {
    if (this.ageMetric < 0) this.ageMetric = this.sim.peer<LambdaFunction>(this.source.function).ageMetric
    this.sim.record(this.ageMetric, Math.max(0, this.now - this.arrivedAt(record)))
  }
}
