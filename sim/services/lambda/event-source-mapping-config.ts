// What a mapping takes from its neighbours, the source and the function, and the mistakes that show only beside them.
import type { Action, Near, Ref, ResourceView } from '../../model/contract.ts'
import { flawOfPattern } from '../../parts/pattern-flaws.ts'
import type { Pattern } from '../../parts/patterns.ts'
import type { StartingPosition } from '../../parts/stream-shapes.ts'
import type { EventFilter } from './event-filter.ts'
import { MESSAGES_PER_CALL, STREAM_BATCH, VISIBILITY_MARGIN } from './event-source-mapping.facts.ts'
import type { StreamSource } from './stream-source.ts'
import { parseJson } from '../../parts/json-text.ts'

/** The queue that a mapping reads. */
export interface QueueSource {
  readonly kind: 'queue'
  /** Its logical id. */
  readonly queue: Ref
  readonly isFifo: boolean
  readonly batchSize: number
  /** How long messages are hidden, in s; `hidden` = longer than the queue itself says. */
  readonly visibility: number
  readonly hidden: boolean
  readonly filter: EventFilter
  /** The function behind it, whether chains that come back to it are stopped, and whether the queue has a dead-letter queue. */
  readonly function: string
  readonly stopsLoops: boolean
  readonly hasDeadLetters: boolean
}

export type Source = QueueSource | StreamSource

/** Finds the source and checks the mapping against it; null for a source that is not simulated. */
export function gather(near: Near): { readonly Source: Source | null } {
  const view = near.resourceAt(near.self.config['EventSourceArn'])
  checkDestinations(near, view)
  if (view !== undefined) checkTwins(near, view)
  switch (view?.type) {
    case 'AWS::SQS::Queue':
      return { Source: queueSource(near, view) }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return { Source: tableSource(near, view) }
    case 'AWS::Kinesis::Stream':
      return { Source: kinesisSource(near, view, null) }
    case 'AWS::Kinesis::StreamConsumer': {
      const stream = near.resourceAt(view.config['StreamARN'])
      if (stream?.type === 'AWS::Kinesis::Stream') return { Source: kinesisSource(near, stream, view) }
      break
    }
    default:
      break
  }
  near.self.notSimulated(
    ['Properties', 'EventSourceArn'],
    `mappings of ${view === undefined ? 'a source outside of this scenario' : view.type} are not simulated yet: the function gets nothing from it`,
  )
  return { Source: null }
}

/** Lambda refuses a second mapping from one source to one function. */
function checkTwins({ self, all, resourceAt }: Near, source: ResourceView): void {
  const twin = all('AWS::Lambda::EventSourceMapping').find(
    ({ logicalId, config }) =>
      logicalId < self.logicalId &&
      config['FunctionName'] === self.config['FunctionName'] &&
      resourceAt(config['EventSourceArn'])?.logicalId === source.logicalId,
  )
  if (twin !== undefined)
    self.error(
      ['Properties', 'EventSourceArn'],
      'contradiction',
      `\`${twin.logicalId}\` leads from \`${source.logicalId}\` to this function already`,
      'a function has one mapping of a source',
    )
}

// Queues

function queueSource(near: Near, queue: ResourceView): QueueSource {
  const batchSize = near.self.config['BatchSize'] ?? MESSAGES_PER_CALL
  const isFifo = queue.config['FifoQueue'] === true
  const fn = functionOf(near)
  checkBatch(near, batchSize, isFifo)
  checkPollers(near)
  for (const property of OF_STREAMS)
    if (near.self.config[property] !== undefined && near.self.config[property] !== NOTHING_SET.get(property))
      near.self.notSimulated(['Properties', property], 'means nothing to a queue')
  return {
    kind: 'queue',
    queue: queue.logicalId,
    isFifo,
    batchSize,
    ...visibilityOf(near, queue),
    filter: filterOf(near),
    function: fn?.logicalId ?? '',
    stopsLoops: fn !== undefined && fn.config['RecursiveLoop'] !== 'Allow',
    hasDeadLetters: queue.config['RedrivePolicy'] !== undefined,
  }
}

/** LAM-52: pollers that are kept ready exclude the other bound. */
function checkPollers({ self }: Near): void {
  const pollers = self.config['ProvisionedPollerConfig'] as
    { readonly MinimumPollers: number; readonly MaximumPollers: number } | undefined
  if (pollers === undefined) return
  const path = ['Properties', 'ProvisionedPollerConfig']
  if (self.config['ScalingConfig']?.MaximumConcurrency !== undefined)
    self.error(
      path,
      'contradiction',
      '`ProvisionedPollerConfig` stands beside `MaximumConcurrency`',
      'remove one of the two',
    )
  // Kafka, which is not simulated, may do with one.
  for (const name of ['MinimumPollers', 'MaximumPollers'] as const)
    if (pollers[name] < 2)
      self.error([...path, name], 'out-of-range', `\`${name}\` is ${pollers[name]}`, 'a queue has two pollers or more')
  if (pollers.MinimumPollers > pollers.MaximumPollers)
    self.error(
      path,
      'contradiction',
      `\`MinimumPollers\`, ${pollers.MinimumPollers}, is above \`MaximumPollers\`, ${pollers.MaximumPollers}`,
    )
}

/** What only mappings of streams have, and the values that stand for its absence. */
const OF_STREAMS = [
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'StartingPosition',
  'TumblingWindowInSeconds',
]
const NOTHING_SET: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['BisectBatchOnFunctionError', false],
  ['MaximumRecordAgeInSeconds', -1],
  ['MaximumRetryAttempts', -1],
  ['ParallelizationFactor', 1],
  ['TumblingWindowInSeconds', 0],
])

/** LAM-53: a batch from a FIFO queue is what one receive returns, and is not collected. */
function checkBatch(near: Near, batchSize: number, isFifo: boolean): void {
  const { self } = near
  const most = isFifo ? MESSAGES_PER_CALL : near.quota('SqsBatchSize')
  if (isFifo && self.config['MaximumBatchingWindowInSeconds'] > 0)
    self.error(
      ['Properties', 'MaximumBatchingWindowInSeconds'],
      'contradiction',
      '`MaximumBatchingWindowInSeconds` is set for a FIFO queue',
      'leave it out: batches from a FIFO queue are not collected',
    )
  if (batchSize > most)
    self.error(
      ['Properties', 'BatchSize'],
      'batch-size',
      `\`BatchSize\` is ${batchSize}`,
      `a batch from a ${isFifo ? 'FIFO ' : ''}queue holds at most ${most} messages`,
    )
  else if (batchSize > MESSAGES_PER_CALL && self.config['MaximumBatchingWindowInSeconds'] < 1)
    self.error(
      ['Properties', 'BatchSize'],
      'batch-without-window',
      `\`BatchSize\` is ${batchSize} without a window`,
      `more than ${MESSAGES_PER_CALL} messages need \`MaximumBatchingWindowInSeconds\` of at least 1`,
    )
}

/** How long the messages of a batch stay hidden; the function must not run longer than the queue says (LAM-56). */
function visibilityOf(near: Near, queue: ResourceView): { visibility: number; hidden: boolean } {
  const visibility = queue.config['VisibilityTimeout'] as number
  const timeout = functionOf(near)?.config['Timeout'] ?? 0
  const window = near.self.config['MaximumBatchingWindowInSeconds'] as number
  if (timeout > visibility)
    near.self.error(
      ['Properties', 'EventSourceArn'],
      'visibility-below-timeout',
      `the visibility timeout of \`${queue.logicalId}\`, ${visibility} s, is shorter than the function's time-out of ${timeout} s`,
      `expected at least ${timeout} s, better ${6 * timeout + window} s`,
    )
  const longer = window > 0 && window + timeout > visibility
  return { visibility: longer ? window + timeout + VISIBILITY_MARGIN : visibility, hidden: longer }
}

// Streams

function tableSource(near: Near, table: ResourceView): StreamSource | null {
  const { self } = near
  const stream = table.config['StreamSpecification'] as { readonly StreamEnabled?: boolean } | undefined
  if (stream === undefined || stream.StreamEnabled === false) {
    self.error(
      ['Properties', 'EventSourceArn'],
      'missing-property',
      `\`${table.logicalId}\` has no stream`,
      'give it a `StreamSpecification`',
    )
    return null
  }
  if (self.config['StartingPosition'] === 'AT_TIMESTAMP')
    self.error(
      ['Properties', 'StartingPosition'],
      'contradiction',
      '`AT_TIMESTAMP` is for Kinesis alone',
      'the stream of a table is read from `TRIM_HORIZON` or `LATEST`',
    )
  const keys = (table.config['KeySchema'] ?? []) as readonly { AttributeName: string; KeyType: string }[]
  const keyName = keys.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? ''
  return { ...streamSource(near), type: 'dynamodb', stream: table.logicalId, consumer: null, retention: DAY, keyName }
}

const DAY = 86_400

function kinesisSource(near: Near, stream: ResourceView, consumer: ResourceView | null): StreamSource {
  const hours = stream.config['RetentionPeriodHours'] as number | undefined
  return {
    ...streamSource(near),
    type: 'kinesis',
    stream: stream.logicalId,
    consumer: consumer?.logicalId ?? null,
    retention: hours === undefined ? DAY : hours * 3600,
    keyName: '',
  }
}

/** What does not depend on the kind of stream. */
function streamSource(
  near: Near,
): Pick<StreamSource, 'kind' | 'function' | 'batchSize' | 'position' | 'timestamp' | 'filter' | 'failure'> {
  const { self } = near
  const { config } = self
  const batchSize = (config['BatchSize'] ?? STREAM_BATCH) as number
  const position = config['StartingPosition'] as StartingPosition | undefined
  if (position === undefined)
    self.error(
      ['Properties'],
      'missing-property',
      '`StartingPosition` is absent',
      'a mapping of a stream begins at `TRIM_HORIZON` or `LATEST`',
    )
  const timestamp = config['StartingPositionTimestamp'] as number | undefined
  if ((position === 'AT_TIMESTAMP') !== (timestamp !== undefined))
    self.error(
      ['Properties', 'StartingPositionTimestamp'],
      'contradiction',
      `\`StartingPositionTimestamp\` is ${timestamp === undefined ? 'absent' : 'set'} and \`StartingPosition\` is \`${position ?? 'absent'}\``,
      '`AT_TIMESTAMP` and a timestamp come together',
    )
  for (const property of ['ProvisionedPollerConfig', 'ScalingConfig'])
    if (config[property] !== undefined) self.notSimulated(['Properties', property], 'means nothing to a stream')
  const age = config['MaximumRecordAgeInSeconds'] as number
  if (age >= 0 && age < 60)
    self.error(
      ['Properties', 'MaximumRecordAgeInSeconds'],
      'out-of-range',
      `\`MaximumRecordAgeInSeconds\` is ${age}`,
      'expected −1, or 60 to 604800',
    )
  return {
    kind: 'stream',
    function: functionOf(near)?.logicalId ?? config['FunctionName'],
    batchSize,
    position: position ?? 'LATEST',
    timestamp: timestamp ?? 0,
    filter: filterOf(near),
    failure: failureOf(near),
  }
}

const TAKES_FAILURES: ReadonlyMap<string, Action> = new Map([
  ['AWS::SQS::Queue', 'sqs:SendMessage'],
  ['AWS::SNS::Topic', 'sns:Publish'],
  ['AWS::S3::Bucket', 's3:PutObject'],
])

/** A mapping tells of failures alone, and of those of a stream alone: a queue has its redrive policy (N.LAMBDA-DEST-03). */
function checkDestinations({ self }: Near, source: ResourceView | undefined): void {
  const { OnSuccess: success, OnFailure: failure } = self.config['DestinationConfig'] ?? {}
  if (success !== undefined)
    self.error(
      ['Properties', 'DestinationConfig', 'OnSuccess'],
      'wrong-destination',
      'a mapping has no destination for what succeeds',
      'take `OnSuccess` away, or let the handler send it',
    )
  if (failure?.Destination !== undefined && source?.type === 'AWS::SQS::Queue')
    self.error(
      ['Properties', 'DestinationConfig', 'OnFailure'],
      'wrong-destination',
      `the source \`${source.logicalId}\` is a queue, whose messages go to its dead-letter queue`,
      'a `RedrivePolicy` of the queue',
    )
}

/** The destination of batches that are given up (LAM-63). */
function failureOf(near: Near): StreamSource['failure'] {
  const path = ['Properties', 'DestinationConfig', 'OnFailure', 'Destination']
  const text = near.self.config['DestinationConfig']?.OnFailure?.Destination as unknown
  if (text === undefined || text === null || text === '') return null
  const view = near.resourceAt(text)
  const action = TAKES_FAILURES.get(view?.type ?? '')
  if (view === undefined) {
    near.self.notSimulated(path, 'the destination is outside of this scenario: what goes there is lost')
    return null
  }
  if (action === undefined) {
    near.self.error(
      path,
      'wrong-resource',
      `\`${view.logicalId}\` is ${view.type}`,
      'expected a queue, a topic or a bucket',
    )
    return null
  }
  if (view.config['FifoQueue'] === true || view.config['FifoTopic'] === true)
    near.self.error(
      path,
      'wrong-resource',
      `\`${view.logicalId}\` is a FIFO ${action === 'sns:Publish' ? 'topic' : 'queue'}`,
      'expected a standard one',
    )
  return { to: view.logicalId, action }
}

// Both

/** The patterns of `FilterCriteria`, each a text of JSON (LAM-65). */
function filterOf(near: Near): EventFilter {
  const filters = (near.self.config['FilterCriteria']?.Filters ?? []) as readonly { readonly Pattern?: unknown }[]
  const most = near.quota('Filters')
  const path = ['Properties', 'FilterCriteria', 'Filters']
  if (filters.length > most)
    near.self.error(path, 'out-of-range', `\`Filters\` lists ${filters.length} patterns`, `expected at most ${most}`)
  return filters.flatMap(({ Pattern: text }, i): readonly Pattern[] => {
    const pattern = typeof text === 'string' ? parseJson(text) : text
    const flaw = flawOfPattern(pattern)
    if (flaw === undefined) return [pattern as Pattern]
    near.self.error([...path, String(i), 'Pattern'], 'filter-criteria', `the pattern is not valid: ${flaw}`)
    return []
  })
}

/** The function, behind an alias or a version too. */
function functionOf(near: Near): ResourceView | undefined {
  const names = [...near.all('AWS::Lambda::Alias'), ...near.all('AWS::Lambda::Version')]
  const target = near.self.config['FunctionName'] as string
  const name = names.find((view) => view.logicalId === target)?.config['FunctionName'] ?? target
  return near.all('AWS::Lambda::Function').find((view) => view.logicalId === name)
}
