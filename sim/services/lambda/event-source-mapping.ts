// AWS::Lambda::EventSourceMapping: reads batches from a queue or a stream and invokes a function with them.
//
// A mapping of a queue (`queue-mapping.ts`, `polling.ts`, `batches.ts`) and one of a stream (`stream-mapping.ts` and the
// files that it names) share their properties and little else; this definition is where they meet.
import type { Call } from '../../engine/calls.ts'
import type { EventFunction } from '../../engine/kernel.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { gather, type Source } from './event-source-mapping-config.ts'
import { assumptions, quotas } from './event-source-mapping.facts.ts'
import { batchesLetGo, QueueMapping, queueTimers, sameButHiding, updateQueueMapping } from './queue-mapping.ts'
import { streamFindings } from './stream-insights.ts'
import { createStreamMapping, streamTimers, updateStreamMapping } from './stream-mapping.ts'
import type { StreamMapping } from './stream-state.ts'
import { shards, streamLevel, streamReport, streamTone } from './stream-view.ts'

/** A mapping whose source is not simulated. */
class IdleMapping {
  readonly kind = 'none'
  readonly sim: Sim

  constructor(sim: Sim) {
    this.sim = sim
  }
}

export type EventSourceMapping = QueueMapping | StreamMapping | IdleMapping

/** The world hands a timer the state that has set it, which is of the kind that the timer is for. */
const timers = { ...queueTimers, ...streamTimers } as unknown as Record<string, EventFunction<EventSourceMapping>>

/** What holds of the mappings of one kind. */
const ofQueues =
  (holds: (self: QueueMapping) => boolean) =>
  (self: EventSourceMapping): boolean =>
    self.kind !== 'queue' || holds(self)
const ofStreams =
  (holds: (self: StreamMapping) => boolean) =>
  (self: EventSourceMapping): boolean =>
    self.kind !== 'stream' || holds(self)

export const eventSourceMapping: ServiceDef<EventSourceMapping> = {
  type: 'AWS::Lambda::EventSourceMapping',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'EventSourceMappingUUID',
  summary: 'Reads batches from a queue or a stream and invokes a function with them.',
  models: [
    'Queue: long polls, five at an idle one; the polls that stay empty are counted without taking any time to simulate [LAM-50, N.LAMBDA-ESM-13].',
    'Queue: five batches in progress at first; while all that may run do, 300 a minute more up to 1,250 (60 and 1,000 in notes-2020) [LAM-50, N.LAMBDA-ESM-18]; five again once it has found the queue empty with nothing running.',
    'Pollers that are kept ready run ten batches and poll ten times a second each; while all run, there are 1,000 batches a minute more [LAM-52].',
    '`MaximumConcurrency` bounds the batches in progress of a queue, and nothing is read beyond it [LAM-51].',
    'A batch is complete at its size, at the end of its window, or at 6 MB [LAM-53, LAM-60].',
    'Queue: success deletes the messages; failure leaves them to their visibility timeout; with `ReportBatchItemFailures` only the reported ones [LAM-54].',
    'Queue: a throttled batch is tried again until the visibility timeout of its messages, then let go; after a minute with errors or throttles the concurrency is halved, to no less than five, and grows again after one without [LAM-55].',
    'A FIFO queue hands out no second batch of a group, so as many batches run as there are groups, from the start [LAM-57, N.LAMBDA-ESM-19]; what goes back when part of a batch fails is up to the handler.',
    'Where window and function time-out together exceed the visibility timeout, messages are hidden for 30 s more than both [LAM-56].',
    'Stream: every shard is read in order, parents before their children, polled four times a second (a table) or once (Kinesis); polls that find nothing take no time to simulate [LAM-60, DDS-R4, DDS-R10].',
    'Stream: records are dealt by their key to as many lanes as `ParallelizationFactor` says; a lane has one batch at a time [LAM-60, N.LAMBDA-ESM-05].',
    'Stream: a batch that fails holds up its lane and is tried again after 1 s, 2 s … 60 s, until it succeeds, its retries are used up or it is too old; being throttled is no retry [LAM-61].',
    'Stream: with `BisectBatchOnFunctionError` it is halved; with `ReportBatchItemFailures` it goes on at the first record that failed [LAM-62]. What begins at another record counts its failures anew.',
    'Stream: what is given up goes to a queue or a topic by its sequence numbers alone, to a bucket with the records [LAM-63].',
    'Stream: tumbling windows hand state from batch to batch [LAM-64].',
    '`FilterCriteria` let records pass that match one of the patterns; messages that do not are deleted, records skipped [LAM-65].',
    'The handler of a queue gets `{ Records: [body, …], MessageIds }`, of a table’s stream `{ Records: [{ eventName, dynamodb: { Keys, NewImage, … } }, …], SequenceNumbers }` with plain attribute values, of Kinesis `{ Records: [data, …], SequenceNumbers }`.',
  ],
  omits: [
    'Kafka, MQ and DocumentDB: such a mapping does nothing and is listed as not simulated.',
    'The function’s role, and ramping down to two polls at a queue that stays idle.',
    'A mapping that is disabled still handles the batches that it has in progress.',
    'With several lanes each has its own tumbling window.',
    'The megabyte a second that a poller of a queue’s provisioned mode reads at most.',
  ],
  quotas,
  assumptions,
  // Its source and its function are billed.
  prices: {},
  unbilled: ['provisioned pollers'],
  props: {
    FunctionName: p.ref('The function, version or alias.', { required: true }),
    EventSourceArn: p.any('The queue, stream or consumer, or the stream of a table.'),
    BatchSize: p.int('The most records of a batch; unless it is set 10 for a queue and 100 for a stream.', [1, 10_000]),
    MaximumBatchingWindowInSeconds: p.int('How long a batch is collected.', [0, 300], { default: 0, unit: 's' }),
    Enabled: p.bool('False reads nothing.', { default: true }),
    ScalingConfig: p.record('Bounds of a queue.', {
      MaximumConcurrency: p.int('The most batches in progress.', [2, 1000]),
    }),
    ProvisionedPollerConfig: p.record('Pollers of a queue that are always ready; in place of `ScalingConfig`.', {
      MinimumPollers: p.int('So many at least.', [1, 'MinimumPollers'], { default: 2 }),
      MaximumPollers: p.int('So many at most.', [1, 'MaximumPollers'], { default: 200 }),
      PollerGroupName: p.inert('The group of pollers of Kafka.'),
    }),
    FunctionResponseTypes: p.list(
      'What the function’s answer is read for.',
      p.oneOf('`ReportBatchItemFailures` reads what failed.', ['ReportBatchItemFailures']),
    ),
    FilterCriteria: p.record('Which records are taken.', {
      Filters: p.list('Patterns, of which one must match.', p.record('A pattern.', { Pattern: p.any('As JSON.') })),
    }),
    StartingPosition: p.oneOf('Where in a stream reading begins.', ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']),
    StartingPositionTimestamp: p.number('The moment for `AT_TIMESTAMP`, in s since 1970.', [0, Infinity]),
    ParallelizationFactor: p.int('Batches in progress of one shard.', [1, 'ParallelizationFactor'], { default: 1 }),
    BisectBatchOnFunctionError: p.bool('Halves a batch of a stream that failed.', { default: false }),
    MaximumRetryAttempts: p.int('How often a batch of a stream is tried again; −1 = for ever.', [-1, 10_000], {
      default: -1,
    }),
    MaximumRecordAgeInSeconds: p.int(
      'How old records of a stream may grow; −1 = as old as they are kept.',
      [-1, 604_800],
      {
        default: -1,
        unit: 's',
      },
    ),
    DestinationConfig: p.record('Who is told of what is given up of a stream.', {
      OnFailure: p.record('A queue, a topic or a bucket.', { Destination: p.any('Its ARN.') }),
      OnSuccess: p.any('Refused: mappings have none.'),
    }),
    TumblingWindowInSeconds: p.int('Hands state from batch to batch of a stream for so long.', [0, 900], {
      default: 0,
      unit: 's',
    }),
    KmsKeyArn: p.inert('The key that the filter lies under.'),
    LoggingConfig: p.inert('Where the mapping logs.'),
    MetricsConfig: p.inert('The metrics of the mapping are always there.'),
    Tags: p.inert('Labels.'),
    AmazonManagedKafkaEventSourceConfig: p.unused('reads from MSK'),
    DocumentDBEventSourceConfig: p.unused('reads a change stream of DocumentDB'),
    Queues: p.unused('reads from a message broker'),
    SelfManagedEventSource: p.unused('reads from a Kafka cluster'),
    SelfManagedKafkaEventSourceConfig: p.unused('reads from a Kafka cluster'),
    SourceAccessConfigurations: p.unused('authenticates at a broker'),
    Topics: p.unused('reads a Kafka topic'),
  },
  gather: (near) => ({ ...gather(near) }),
  carries: (config) => config['Source'] !== null,
  create,
  amend: { members: amendable, run: amend },
  ops: {
    'lambda:UpdateEventSourceMapping': {
      doc: 'Switches the mapping on or off, or changes the bound of a queue’s.',
      target: 'UUID',
      params: ['Enabled', 'ScalingConfig'],
      errors: ['InvalidParameterValueException'],
      run: updateEventSourceMapping,
    },
  },
  timers,
  metrics: {
    PolledEventCount: { unit: 'Count', kind: 'count', doc: 'Records read.' },
    FilteredOutEventCount: { unit: 'Count', kind: 'count', doc: 'Records that match no filter.' },
    InvokedEventCount: { unit: 'Count', kind: 'count', doc: 'Records that the function was invoked with.' },
    FailedInvokeEventCount: { unit: 'Count', kind: 'count', doc: 'Records that failed, or were let go unserved.' },
    DroppedEventCount: { unit: 'Count', kind: 'count', doc: 'Records of a stream that were given up.' },
    OnFailureDestinationDeliveredEventCount: {
      unit: 'Count',
      kind: 'count',
      doc: 'Records of which the destination for failures was told.',
    },
    DeletedEventCount: { unit: 'Count', kind: 'count', doc: 'Messages deleted after success.' },
  },
  invariants: {
    'every message read is collected, in a batch, deleted or let go': ofQueues(
      (self) =>
        self.polled ===
        self.open.length + self.batches.messagesInside + self.succeeded + self.failed + self.filtered + self.looped,
    ),
    'batches in progress keep to Little’s law': (self) => self.kind === 'none' || self.running.holds(self.sim.clock[0]),
    'a batch in progress is a batch that is kept': ofQueues((self) => self.running.inside === self.batches.inside),
    'no more batches are in progress than the limit allowed': ofQueues((self) => self.running.inside <= self.allowance),
    'every record read is filtered out, through, given up, expired or waits': ofStreams(
      (self) => self.polled === self.filtered + self.succeeded + self.dropped + self.expired + self.held,
    ),
    'a lane has one batch at a time': ofStreams(
      (self) => self.running.inside === self.lanes.filter(({ batch }) => batch !== null).length,
    ),
  },
  view: {
    glyph: 'mapping',
    label: 'Event source mapping',
    level: (self) => (self.kind === 'queue' ? self.running.inside : streamLevel(self)),
    levelMax: (self) =>
      self.kind === 'queue' ? self.most : self.kind === 'stream' ? Math.max(1, self.lanes.length) : 1,
    tone: (self) =>
      self.kind === 'stream'
        ? streamTone(self)
        : self.kind === 'none'
          ? 'calm'
          : self.throttled > 0
            ? 'throttling'
            : self.running.inside > 0
              ? 'busy'
              : 'calm',
    road: (config) => {
      const source = config['Source'] as Source | null
      if (source === null) return undefined
      return { from: source.kind === 'queue' ? source.queue : source.stream, to: config['FunctionName'] as string }
    },
    deadLetters: (config) => {
      const source = config['Source'] as Source | null
      return source?.kind === 'stream' && source.failure !== null ? [source.failure.to] : []
    },
    readings: [
      {
        name: 'Batches',
        unit: 'batches',
        doc: 'Batches in progress.',
        read: (self) => (self.kind === 'none' ? 0 : self.running.inside),
      },
      {
        name: 'Batches at most',
        unit: 'batches',
        doc: 'As many as may be now.',
        read: (self) => (self.kind === 'queue' ? self.limit : self.kind === 'stream' ? self.lanes.length : 0),
      },
    ],
    cells: [shards],
  },
  traced: { holds: (self, trace) => holds(self, trace) },
  insights: (self, look) =>
    self.kind === 'queue' ? batchesLetGo(self, look) : self.kind === 'stream' ? streamFindings(self, look) : [],
  report: (self) =>
    self.kind === 'queue'
      ? {
          limit: self.limit,
          batches: self.running.entered,
          most: self.running.peak,
          throttles: self.throttles,
          letGo: self.letGo.count,
        }
      : self.kind === 'stream'
        ? streamReport(self)
        : {},
}

function create(config: Config, sim: Sim): EventSourceMapping {
  const source = config['Source'] as Source | null
  if (source === null) return new IdleMapping(sim)
  return source.kind === 'queue' ? new QueueMapping(config, sim) : createStreamMapping(config, sim)
}

/** Whether the request that a batch has begun is not over. */
function holds(self: EventSourceMapping, trace: number): boolean {
  if (self.kind === 'queue') return self.batches.holds(trace)
  return self.kind === 'stream' && self.lanes.some(({ batch }) => batch !== null && batch.trace === trace)
}

function amendable(before: Config, after: Config): readonly string[] {
  const [source, next] = [before['Source'] as Source | null, after['Source'] as Source | null]
  return source?.kind === 'queue' && next?.kind === 'queue' && sameButHiding(source, next) ? ['Source'] : []
}

function amend(self: EventSourceMapping, config: Config): void {
  const source = config['Source'] as Source | null
  if (self.kind === 'queue' && source?.kind === 'queue') self.visibility = source.visibility * 1_000_000
}

function updateEventSourceMapping(self: EventSourceMapping, call: Call): void {
  if (self.kind === 'queue') updateQueueMapping(self, call)
  else if (self.kind === 'stream') updateStreamMapping(self, call)
  else self.sim.reply(call, self.sim.error('InvalidParameterValueException', 400))
}
