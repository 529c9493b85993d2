// AWS::Lambda::EventSourceMapping for queues: reads batches, invokes the function, deletes what succeeded.
//
// The one idea: a mapping has a limit of batches in progress, and never asks for more messages than the batches it may
// still start can take. Up to five of its polls are parked at the queue, which costs nothing while it is empty;
// further polls ask without waiting, one for each sign that messages may be there: a batch that has ended, a full
// answer, a limit that has grown.
import type { Call } from '../../engine/calls.ts'
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Config, Finding, Look, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { Population } from '../../parts/population.ts'
import { Stretch } from '../../parts/stretch.ts'
import { counted, count, percent } from '../../parts/words.ts'
import { Batches, type Message } from './batches.ts'
import { gather, type Source } from './event-source-mapping-config.ts'
import { assumptions, MESSAGES_PER_CALL, quotas } from './event-source-mapping.facts.ts'
import { deleted, grow, invoked, poll, pollAgain, received, reduce, started, tryAgain, windowOver } from './polling.ts'

const NONE = -1

export const eventSourceMapping: ServiceDef<EventSourceMapping> = {
  type: 'AWS::Lambda::EventSourceMapping',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'EventSourceMappingUUID',
  summary: 'Reads batches from a queue and invokes a function with them.',
  models: [
    'Long polls, five at an idle queue; the polls that stay empty are counted without taking any time to simulate [LAM-50, N.LAMBDA-ESM-13].',
    'Five batches in progress at first; while all that may run do, 300 a minute more up to 1,250 (60 and 1,000 in notes-2020) [LAM-50, N.LAMBDA-ESM-18]; five again once it has found the queue empty with nothing running.',
    '`MaximumConcurrency` bounds the batches in progress, and nothing is read beyond it [LAM-51].',
    'A batch is complete at its size or at the end of its window [LAM-53].',
    'Success deletes the messages; failure leaves them to their visibility timeout; with `ReportBatchItemFailures` only the reported ones [LAM-54].',
    'A throttled batch is tried again until the visibility timeout of its messages, then let go; after a minute with errors or throttles the concurrency is halved, to no less than five, and grows again after one without [LAM-55].',
    'A FIFO queue hands out no second batch of a group, so no more batches run than there are groups [LAM-57]; what goes back when part of a batch fails is up to the handler.',
    'Where window and function time-out together exceed the visibility timeout, messages are hidden for 30 s more than both [LAM-56].',
  ],
  omits: [
    'Streams (Kinesis, DynamoDB, Kafka, MQ, DocumentDB): such a mapping does nothing and is listed as not simulated.',
    'Filters, provisioned pollers, the 6 MB limit of a batch.',
    'The function’s role, and ramping down to two polls at a queue that stays idle.',
    'A mapping that is disabled still handles the polls that it has out.',
  ],
  quotas,
  assumptions,
  props: {
    FunctionName: p.ref('The function, version or alias.', { required: true }),
    EventSourceArn: p.any('The queue.'),
    BatchSize: p.int('The most messages of a batch; 10 for a queue unless it is set.', [1, 10_000]),
    MaximumBatchingWindowInSeconds: p.int('How long a batch is collected.', [0, 300], { default: 0, unit: 's' }),
    Enabled: p.bool('False reads nothing.', { default: true }),
    ScalingConfig: p.record('Bounds.', {
      MaximumConcurrency: p.int('The most batches in progress.', [2, 1000]),
    }),
    FunctionResponseTypes: p.list(
      'What the function’s answer is read for.',
      p.oneOf('`ReportBatchItemFailures` reads the messages that failed.', ['ReportBatchItemFailures']),
    ),
    KmsKeyArn: p.inert('The key that the filter lies under.'),
    LoggingConfig: p.inert('Where the mapping logs.'),
    MetricsConfig: p.inert('The metrics of the mapping are always there.'),
    Tags: p.inert('Labels.'),
    AmazonManagedKafkaEventSourceConfig: p.unused('reads from MSK'),
    BisectBatchOnFunctionError: p.unused('splits a failing batch of a stream'),
    DestinationConfig: p.unused('takes batches of a stream that were given up'),
    DocumentDBEventSourceConfig: p.unused('reads a change stream of DocumentDB'),
    FilterCriteria: p.unused('drops messages that match no pattern'),
    MaximumRecordAgeInSeconds: p.unused('gives up old records of a stream'),
    MaximumRetryAttempts: p.unused('gives up a batch of a stream'),
    ParallelizationFactor: p.unused('reads a shard with several batches at once'),
    ProvisionedPollerConfig: p.unused('keeps pollers ready'),
    Queues: p.unused('reads from a message broker'),
    SelfManagedEventSource: p.unused('reads from a Kafka cluster'),
    SelfManagedKafkaEventSourceConfig: p.unused('reads from a Kafka cluster'),
    SourceAccessConfigurations: p.unused('authenticates at a broker'),
    StartingPosition: p.unused('says where in a stream reading begins'),
    StartingPositionTimestamp: p.unused('says where in a stream reading begins'),
    Topics: p.unused('reads a Kafka topic'),
    TumblingWindowInSeconds: p.unused('hands state from batch to batch of a stream'),
  },
  gather: (near) => ({ ...gather(near) }),
  carries: (config) => config['Source'] !== null,
  create: (config, sim) => new EventSourceMapping(config, sim),
  amend: { members: amendable, run: amend },
  ops: {
    'lambda:UpdateEventSourceMapping': {
      doc: 'Switches the mapping on or off, or changes its bound.',
      target: 'UUID',
      params: ['Enabled', 'ScalingConfig'],
      errors: ['InvalidParameterValueException'],
      run: updateEventSourceMapping,
    },
  },
  timers: { started, received, pollAgain, windowOver, invoked, tryAgain, deleted, grow, reduce },
  metrics: {
    PolledEventCount: { unit: 'Count', kind: 'count', doc: 'Messages read.' },
    InvokedEventCount: { unit: 'Count', kind: 'count', doc: 'Messages that the function was invoked with.' },
    FailedInvokeEventCount: { unit: 'Count', kind: 'count', doc: 'Messages that failed, or were let go unserved.' },
    DeletedEventCount: { unit: 'Count', kind: 'count', doc: 'Messages deleted after success.' },
  },
  invariants: {
    'every message read is collected, in a batch, deleted or let go': (self) =>
      self.polled === self.open.length + self.batches.messagesInside + self.succeeded + self.failed,
    'batches in progress keep to Little’s law': (self) => self.running.holds(self.sim.clock[0]),
    'a batch in progress is a batch that is kept': (self) => self.running.inside === self.batches.inside,
    'no more batches are in progress than the limit allowed': (self) => self.running.inside <= self.allowance,
  },
  view: {
    glyph: 'mapping',
    label: 'Event source mapping',
    level: (self) => self.running.inside,
    levelMax: (self) => self.most,
    tone: (self) => (self.throttled > 0 ? 'throttling' : self.running.inside > 0 ? 'busy' : 'calm'),
    road: (config) => {
      const source = config['Source'] as Source | null
      return source === null ? undefined : { from: source.queue, to: config['FunctionName'] as string }
    },
    readings: [
      { name: 'Batches', unit: 'batches', doc: 'Batches in progress.', read: (self) => self.running.inside },
      { name: 'Batches at most', unit: 'batches', doc: 'As many as may be now.', read: (self) => self.limit },
    ],
  },
  traced: { holds: (self, trace) => self.batches.holds(trace) },
  insights: batchesLetGo,
  report: (self) => ({
    limit: self.limit,
    batches: self.running.entered,
    most: self.running.peak,
    throttles: self.throttles,
    letGo: self.letGo.count,
  }),
}

export class EventSourceMapping {
  readonly sim: Sim
  enabled: boolean
  readonly batchSize: number
  /** µs. */
  readonly window: number
  visibility: number
  readonly reports: boolean
  /** Batches that may be in progress now, at first, and at most. */
  limit: number
  readonly start: number
  most: number
  /** The limit, or what was under way when it shrank. */
  allowance: number
  readonly batches = new Batches()
  /** Batches in progress. */
  readonly running = new Population()
  /** Messages of the batch that is being collected, and the timer of its window. */
  open: Message[] = []
  openedAt = 0
  windowTimer = NONE
  /** Messages that the polls under way ask for; polls that are parked; polls sent since the last growth. */
  asked = 0
  parked = 0
  young = 0
  /** Whether the last answer shows that there were more messages than it brought. */
  backlog = false
  /** Polls without waiting that there is reason to send now. */
  eager = 0
  /** Since when the limit grows, −1 = it does not. */
  growing = NONE
  /** Whether something failed in the interval under way, whether its end is awaited, and whether the limit has been cut. */
  troubled = false
  watching = false
  reduced = false
  pausing = false
  /** Messages read; of them succeeded; failed or let go. */
  polled = 0
  succeeded = 0
  failed = 0
  /** Throttled tries, batches that wait to be tried again, batches let go without success. */
  throttles = 0
  throttled = 0
  readonly letGo: Stretch
  readonly growthInterval: number
  readonly backoff: number
  readonly backoffMax: number
  readonly reductionInterval: number
  readonly receiveEdge: number
  readonly deleteEdge: number
  readonly invokeEdge: number
  readonly polledMetric: MetricId
  readonly invokedMetric: MetricId
  readonly failedMetric: MetricId
  readonly deletedMetric: MetricId
  readonly invalidStatus: number
  readonly growTarget: Target
  readonly reduceTarget: Target
  readonly pollTarget: Target
  readonly tryTarget: Target
  readonly windowTarget: Target
  /** Requests for 1 to 10 messages, parked and not; made once. */
  readonly parkedBodies: readonly object[]
  readonly shortBodies: readonly object[]

  constructor(config: Config, sim: Sim) {
    const source = config['Source'] as Source | null
    this.sim = sim
    this.letGo = new Stretch(sim.warmUp)
    this.enabled = config['Enabled'] === true && source !== null
    this.batchSize = source?.batchSize ?? MESSAGES_PER_CALL
    this.window = config['MaximumBatchingWindowInSeconds'] * 1_000_000
    this.visibility = (source?.visibility ?? 0) * 1_000_000
    this.reports = (config['FunctionResponseTypes'] ?? []).includes('ReportBatchItemFailures')
    this.most = Math.min(sim.quota('SqsConcurrency'), config['ScalingConfig']?.MaximumConcurrency ?? Infinity)
    this.start = sim.quota('SqsStart')
    this.limit = Math.min(this.start, this.most)
    this.allowance = this.limit
    this.growthInterval = Math.round(60_000_000 / sim.quota('SqsScalingPerMinute'))
    this.backoff = Math.round(sim.sampler('ThrottleBackoff').mean)
    this.backoffMax = Math.round(sim.sampler('ThrottleBackoffMax').mean)
    this.reductionInterval = Math.round(sim.sampler('ReductionInterval').mean)
    this.receiveEdge = source === null ? NONE : sim.edge(source.queue, 'sqs:ReceiveMessage', received)
    this.deleteEdge = source === null ? NONE : sim.edge(source.queue, 'sqs:DeleteMessageBatch', deleted)
    this.invokeEdge = source === null ? NONE : sim.edge(config['FunctionName'], 'lambda:InvokeFunction', invoked)
    this.polledMetric = sim.metric('PolledEventCount')
    this.invokedMetric = sim.metric('InvokedEventCount')
    this.failedMetric = sim.metric('FailedInvokeEventCount')
    this.deletedMetric = sim.metric('DeletedEventCount')
    this.invalidStatus = sim.error('InvalidParameterValueException', 400)
    this.growTarget = sim.target(grow)
    this.reduceTarget = sim.target(reduce)
    this.pollTarget = sim.target(pollAgain)
    this.tryTarget = sim.target(tryAgain)
    this.windowTarget = sim.target(windowOver)
    const bodies = (more: object): object[] =>
      Array.from({ length: MESSAGES_PER_CALL + 1 }, (_, count) =>
        Object.freeze({
          MaxNumberOfMessages: count,
          ...(source?.hidden ? { VisibilityTimeout: source.visibility } : {}),
          ...more,
        }),
      )
    this.parkedBodies = bodies({ Park: true })
    this.shortBodies = bodies({ WaitTimeSeconds: 0 })
    if (this.enabled) sim.after(0, sim.target(started), 0)
  }
}

/** Batches whose messages became visible again before the function had room for them. */
function batchesLetGo(self: EventSourceMapping, look: Look): Finding[] {
  const { letGo } = self
  const share = letGo.count / Math.max(1, self.running.entered)
  if (letGo.count === 0 || share < 0.001 || letGo.last < look.warmUp) return []
  return [
    {
      kind: 'batches-let-go',
      from: letGo.first,
      to: letGo.last,
      share,
      title: 'Batches wait for the function in vain',
      text: `${counted(letGo.count, 'batch', 'batches')} of ${count(self.running.entered)} (${percent(share)}) found no free concurrency before their messages became visible again, after ${count(self.throttles)} refused tries.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}

/** Of the source only how long its messages are hidden, as long as the queue says it and not the mapping. */
function amendable(before: Config, after: Config): readonly string[] {
  const [source, next] = [before['Source'] as Source | null, after['Source'] as Source | null]
  const isSame =
    source?.queue === next?.queue && source?.batchSize === next?.batchSize && !source?.hidden && !next?.hidden
  return isSame ? ['Source'] : []
}

function amend(self: EventSourceMapping, config: Config): void {
  self.visibility = ((config['Source'] as Source | null)?.visibility ?? 0) * 1_000_000
}

function updateEventSourceMapping(self: EventSourceMapping, call: Call): void {
  const { sim } = self
  const body = sim.calls.body[call] as { Enabled?: boolean; ScalingConfig?: { MaximumConcurrency?: number } }
  const most = body.ScalingConfig?.MaximumConcurrency
  if (self.receiveEdge === NONE || (most !== undefined && !(Number.isInteger(most) && most >= 2 && most <= 1000))) {
    sim.reply(call, self.invalidStatus)
    return
  }
  if (body.ScalingConfig !== undefined) self.most = Math.min(sim.quota('SqsConcurrency'), most ?? Infinity)
  self.limit = Math.min(self.limit, self.most)
  self.enabled = body.Enabled ?? self.enabled
  sim.calls.answer[call] = { State: self.enabled ? 'Enabled' : 'Disabled' }
  sim.reply(call, 0)
  poll(self)
}
