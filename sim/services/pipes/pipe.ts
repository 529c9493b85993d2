// AWS::Pipes::Pipe: takes batches from a source, drops what its filter does not want, enriches the rest and hands it to one target.
//
//   queue ─► batch ─► filter ─► enrichment (waits for its answer) ─► target ─► what succeeded is deleted
//                        └ dropped: done with    └ failed, or too slow (5 min): tried again, as the source has it
import type { Call } from '../../engine/calls.ts'
import type { Finding, Look, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { counted, count, percent } from '../../parts/words.ts'
import { gather, type PipeConfig } from './pipe-config.ts'
import { assumptions, quotas } from './pipe.facts.ts'
import { METRICS, Pipe, type PipeEvents } from './pipe-state.ts'
import type { QueueSource } from './queue-source.ts'
import type { StreamSource } from './stream-source.ts'

const NONE = -1
const streamProps = {
  BatchSize: p.int('The most records of a batch; 100 when absent.', [1, 10_000]),
  DeadLetterConfig: p.record('Who is told of what is given up.', { Arn: p.any('A queue or a topic.') }),
  MaximumBatchingWindowInSeconds: p.int('How long a batch is collected.', [0, 300], { unit: 's' }),
  MaximumRecordAgeInSeconds: p.int('Older records are given up; −1 = none.', [-1, 604_800], { default: -1, unit: 's' }),
  MaximumRetryAttempts: p.int('Retries of a batch; −1 = until its records expire.', [-1, 10_000], { default: -1 }),
  OnPartialBatchItemFailure: p.oneOf('Whether what fails is halved.', ['AUTOMATIC_BISECT']),
  ParallelizationFactor: p.int('Executions of one shard at once.', [1, 10], { default: 1 }),
}
const position = (values: readonly string[]) => p.oneOf('Where reading begins.', values, { required: true })

const EVENTS: PipeEvents = {
  started,
  received,
  windowOver,
  pollAgain,
  grow,
  answered,
  deleted,
  timedOut,
  described,
  iteratorAnswered,
  recordsAnswered,
  readAgain,
  laneDue,
  retryDue,
  buried,
}

export const pipe: ServiceDef<Pipe> = {
  type: 'AWS::Pipes::Pipe',
  family: 'messaging',
  namespace: 'AWS/EventBridge/Pipes',
  dimension: 'PipeName',
  dimensionValue: (config, ref) => config['Name'] ?? ref,
  summary: 'Brings records from a source to a target, filtered and enriched.',
  models: [
    'Queues as sources: five batches at once at first, 60 more a minute up to 1,250; windows and batch sizes [EB-60].',
    'Streams of Kinesis and of tables: each shard in order, by as many lanes as `ParallelizationFactor` says; what fails holds its lane up until it succeeds, is too old or out of retries, and goes to the dead-letter queue then [EB-60].',
    'Filters are patterns like those of rules; what matches none is done with [EB-60].',
    'An enrichment waits for a function’s or an API’s answer, which takes the place of the events; an empty one ends the execution [EB-60].',
    'Targets get the batch at once or by their operation for many records; templates are filled in for each record [EB-60].',
    'What fails comes back to the queue after its visibility timeout, what has succeeded of a batch is deleted: by the answers of batch operations and `batchItemFailures` [EB-60].',
    'An execution that takes more than five minutes is given up; all pipes of the account share a number of executions [EB-60].',
  ],
  omits: [
    'Brokers and Kafka as sources: such a pipe does nothing and is listed as not simulated.',
    'Enrichment by state machines and APIs of API Gateway; targets by tasks, jobs, statements.',
    'The role of the pipe, its logs, and the time that the pipe itself takes.',
  ],
  quotas,
  assumptions,
  prices: {
    Requests: {
      doc: 'Requests (records that pass the filter, by 64 KB)',
      usd: '0.40',
      per: 1_000_000,
      unit: 'requests',
      source: '2025, us-east-1, https://aws.amazon.com/eventbridge/pricing/ [PR-R1, PR-R2]',
      used: (self) => self.paidChunks,
    },
  },
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
      DynamoDBStreamParameters: p.record('Of the stream of a table.', {
        ...streamProps,
        StartingPosition: position(['TRIM_HORIZON', 'LATEST']),
      }),
      KinesisStreamParameters: p.record('Of a stream.', {
        ...streamProps,
        StartingPosition: position(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']),
        StartingPositionTimestamp: p.any('Where reading begins with `AT_TIMESTAMP`.'),
      }),
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
  carries: ({ Queue: queue, Stream: stream, DesiredState: state }) =>
    (queue !== null || stream !== null) && state === 'RUNNING',
  create: (config, sim) => new Pipe(config, sim, EVENTS),
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
  timers: { ...EVENTS },
  metrics: METRICS,
  invariants: {
    'every record read is collected, under way, deleted or let go': (self) =>
      (self.source?.polled ?? 0) === (self.source?.held ?? 0) + self.recordsInside + self.done + self.failedRecords,
    'executions keep to Little’s law': (self) => self.running.holds(self.sim.clock[0]),
  },
  view: {
    glyph: 'pipe',
    label: 'Pipe',
    level: (self) => self.running.inside,
    levelMax: (self) => self.source?.limit ?? 1,
    tone: (self) => (self.failures.total > 0 ? 'failing' : self.running.inside > 0 ? 'busy' : 'calm'),
    road: (config) => {
      const { Queue: queue, Stream: stream, TargetCall: target } = config as unknown as PipeConfig
      const from = queue ?? stream?.stream
      return from === undefined || target === null ? undefined : { from, to: target.to }
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

/** Event: the run begins. */
function started(self: Pipe): void {
  self.source!.poll()
}

/** Answer of the queue to a poll. */
function received(self: Pipe, call: Call): void {
  queueOf(self).received(call)
}

/** Timer: the window of the open batch is over. */
function windowOver(self: Pipe): void {
  queueOf(self).windowOver()
}

/** Timer: polling goes on after a refusal. */
function pollAgain(self: Pipe): void {
  queueOf(self).pollAgain()
}

/** Timer: one execution more may be under way. */
function grow(self: Pipe): void {
  queueOf(self).grow()
}

/** Answer of the stream: a page of its shards. */
function described(self: Pipe, call: Call): void {
  streamOf(self).described(call)
}

/** Answer of the stream: where reading goes on. */
function iteratorAnswered(self: Pipe, call: Call): void {
  streamOf(self).iteratorAnswered(call)
}

/** Answer of the stream: records. */
function recordsAnswered(self: Pipe, call: Call): void {
  streamOf(self).recordsAnswered(call)
}

/** Timer: a refused request is made again. */
function readAgain(self: Pipe, reader: number): void {
  streamOf(self).readAgain(reader)
}

/** Timer: the window of a lane's batch is over. */
function laneDue(self: Pipe, lane: number): void {
  streamOf(self).laneDue(lane)
}

/** Timer: what failed in a lane is tried again. */
function retryDue(self: Pipe, lane: number): void {
  streamOf(self).retryDue(lane)
}

/** Answer of the dead-letter queue or topic: what it refuses is lost. */
function buried(self: Pipe, call: Call): void {
  self.sim.close(call)
}

function queueOf(self: Pipe): QueueSource {
  return self.source as QueueSource
}

function streamOf(self: Pipe): StreamSource {
  return self.source as StreamSource
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
      text: `${counted(failures.count, 'execution')} of ${count(executions.count)} (${percent(share)}) failed in whole or in part; what failed is tried again.`,
      suspects: look.callees().map(({ other }) => other),
    },
  ]
}
