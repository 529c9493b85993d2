// What a pipe takes from its source, filter, enrichment and target, and what AWS would refuse in them.
import type { Action, Config, Near, Ref, ResourceView } from '../../model/contract.ts'
import { parseMoment, SECOND } from '../../parts/calendar.ts'
import { parseJson } from '../../parts/json-text.ts'
import { readJsonPath } from '../../parts/json-path.ts'
import { flawOfPattern } from '../../parts/pattern-flaws.ts'
import type { Pattern } from '../../parts/patterns.ts'
import { isFlaw, readInput, type TargetInput } from '../../parts/target-input.ts'
import { calleeAt, type Given, type TargetParameters } from '../../parts/targets.ts'
import { MESSAGES_PER_CALL, STREAM_BATCH } from './pipe.facts.ts'
import { STAGES } from './pipe-stages.ts'
import type { StreamConfig } from './stream-lanes.ts'

const PIPE = 'AWS::Pipes::Pipe'

/** Something that a pipe calls. */
export interface Called {
  readonly to: Ref
  /** The operation that hands over one record: the key of `STAGES`. */
  readonly action: Action
  readonly input: TargetInput | null
  readonly parameters: TargetParameters
}

/** Plain data. */
export interface PipeConfig {
  /** The queue or the stream; both null = nothing comes. */
  readonly Queue: Ref | null
  readonly Stream: StreamConfig | null
  readonly BatchSize: number
  /** s. */
  readonly Window: number
  /** Events that match one of them go on; null = all do. */
  readonly Filters: readonly Pattern[] | null
  readonly EnrichmentCall: Called | null
  /** null = outside of the scenario, where everything arrives. */
  readonly TargetCall: Called | null
  /** All pipes of the account: the first keeps what they share. */
  readonly All: readonly Ref[]
}

export function gather(near: Near): PipeConfig {
  const { config } = near.self
  const source = near.resourceAt(config['Source'])
  const kind = KINDS.get(source?.type ?? '')
  if (kind === undefined)
    near.self.notSimulated(
      ['Source'],
      source === undefined
        ? 'the source is not simulated: nothing comes from it'
        : `pipes from ${source.type} are not simulated: nothing comes from it`,
    )
  const enrichment = enrichmentOf(near)
  const target = targetOf(near)
  const own = (config['SourceParameters']?.[kind ?? ''] ?? {}) as Config
  const window = own['MaximumBatchingWindowInSeconds'] ?? 0
  const isQueue = kind === 'SqsQueueParameters'
  const most = Math.min(
    target === null ? Infinity : STAGES.get(target.action)!.batch,
    source?.config['FifoQueue'] === true ? MESSAGES_PER_CALL : Infinity,
  )
  if (kind !== undefined) checkBatch(near, kind, own['BatchSize'], most, window)
  return {
    Queue: isQueue ? source!.logicalId : null,
    Stream: kind === undefined || isQueue ? null : streamOf(near, source!, kind, own),
    BatchSize: Math.min(own['BatchSize'] ?? (isQueue ? MESSAGES_PER_CALL : STREAM_BATCH), most),
    Window: window,
    Filters: filtersOf(near),
    EnrichmentCall: enrichment,
    TargetCall: target,
    All: near.all(PIPE).map(({ logicalId }) => logicalId),
  }
}

/** By the type of a source, the parameters that are its own. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['AWS::SQS::Queue', 'SqsQueueParameters'],
  ['AWS::DynamoDB::Table', 'DynamoDBStreamParameters'],
  ['AWS::DynamoDB::GlobalTable', 'DynamoDBStreamParameters'],
  ['AWS::Kinesis::Stream', 'KinesisStreamParameters'],
])

function streamOf(near: Near, source: ResourceView, kind: string, own: Config): StreamConfig | null {
  const at = ['SourceParameters', kind]
  const isTable = kind === 'DynamoDBStreamParameters'
  if (own['StartingPosition'] === undefined) {
    near.self.error(
      at,
      'missing-property',
      'the pipe does not say where reading begins',
      'write `StartingPosition: LATEST`',
    )
    return null
  }
  if (isTable && !hasStream(source)) {
    near.self.error(
      ['Source'],
      'wrong-resource',
      `\`${source.logicalId}\` has no stream`,
      'give it a `StreamSpecification`',
    )
    return null
  }
  const timestamp =
    own['StartingPositionTimestamp'] === undefined ? 0 : parseMoment(String(own['StartingPositionTimestamp']))
  if (typeof timestamp === 'string')
    near.self.error([...at, 'StartingPositionTimestamp'], 'not-a-moment', 'the timestamp is no moment', timestamp)
  const bound = (value: number): number => (value < 0 ? Infinity : value)
  const keys = (source.config['KeySchema'] ?? []) as readonly {
    readonly AttributeName: string
    readonly KeyType: string
  }[]
  return {
    type: isTable ? 'dynamodb' : 'kinesis',
    stream: source.logicalId,
    position: own['StartingPosition'],
    timestamp: typeof timestamp === 'string' ? 0 : timestamp / SECOND,
    factor: own['ParallelizationFactor'],
    retries: bound(own['MaximumRetryAttempts']),
    age: bound(own['MaximumRecordAgeInSeconds']),
    bisects: own['OnPartialBatchItemFailure'] === 'AUTOMATIC_BISECT',
    keyName: keys.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '',
    deadLetters: deadLettersOf(near, own['DeadLetterConfig']?.Arn, [...at, 'DeadLetterConfig', 'Arn']),
  }
}

function hasStream({ config }: ResourceView): boolean {
  const stream = config['StreamSpecification'] as { readonly StreamEnabled?: boolean } | undefined
  return stream !== undefined && stream.StreamEnabled !== false
}

function deadLettersOf(near: Near, arn: unknown, at: readonly string[]): StreamConfig['deadLetters'] {
  if (arn === undefined) return null
  const callee = calleeAt(near, arn)
  if (callee === undefined) {
    near.self.notSimulated(at, 'the dead-letter queue is not simulated: what goes there is lost')
    return null
  }
  const { to, action } = callee
  if (action === 'sqs:SendMessage' || action === 'sns:Publish') return { to, action }
  near.self.error(at, 'wrong-resource', `\`${to}\` cannot take dead letters`, 'expected a queue or a topic')
  return null
}

function checkBatch(near: Near, kind: string, size: number | undefined, most: number, window: number): void {
  const at = ['SourceParameters', kind, 'BatchSize']
  if (size === undefined) return
  if (size > most)
    near.self.error(
      at,
      'batch-size',
      `\`BatchSize\` is ${size}`,
      `source or target take at most ${most === 1 ? 'one record' : `${most} records`} at once`,
    )
  else if (kind === 'SqsQueueParameters' && size > MESSAGES_PER_CALL && window < 1)
    near.self.error(
      at,
      'batch-without-window',
      `\`BatchSize\` is ${size} without a window`,
      `more than ${MESSAGES_PER_CALL} messages need \`MaximumBatchingWindowInSeconds\` of at least 1`,
    )
}

function filtersOf(near: Near): readonly Pattern[] | null {
  const filters = (near.self.config['SourceParameters']?.FilterCriteria?.Filters ?? []) as readonly Config[]
  const patterns = filters.flatMap(({ Pattern: text }, i): Pattern[] => {
    const at = ['SourceParameters', 'FilterCriteria', 'Filters', i, 'Pattern']
    const pattern = typeof text === 'string' ? parseJson(text) : text
    const flaw = pattern === undefined ? 'it is no JSON' : flawOfPattern(pattern)
    if (flaw === undefined) return [pattern as Pattern]
    near.self.error(at, 'event-pattern', `the filter is refused: ${flaw}`, 'a pattern like those of rules')
    return []
  })
  return patterns.length === 0 ? null : patterns
}

/** What may answer with something in place of the events. */
const ENRICHMENTS: ReadonlySet<Action> = new Set<Action>(['lambda:InvokeFunction', 'events:InvokeApiDestination'])

function enrichmentOf(near: Near): Called | null {
  const { config } = near.self
  const arn: unknown = config['Enrichment']
  if (arn === undefined || arn === '') return null
  const callee = calleeAt(near, arn)
  if (callee === undefined || !ENRICHMENTS.has(callee.action)) {
    near.self.notSimulated(['Enrichment'], 'the enrichment is not simulated: events go on as they are')
    return null
  }
  const template: unknown = config['EnrichmentParameters']?.InputTemplate
  const input = inputOf(near, template, ['EnrichmentParameters', 'InputTemplate'])
  return { to: callee.to, action: callee.action, input, parameters: { waits: true } }
}

function targetOf(near: Near): Called | null {
  const { config } = near.self
  const callee = calleeAt(near, config['Target'])
  const said = (config['TargetParameters'] ?? {}) as Config
  const input = inputOf(near, said['InputTemplate'], ['TargetParameters', 'InputTemplate'])
  if (callee === undefined || !STAGES.has(callee.action)) {
    near.self.notSimulated(['Target'], 'the target is not simulated: everything arrives there')
    return null
  }
  const { view } = callee
  if (view?.config['FifoQueue'] === true && said['SqsQueueParameters']?.MessageGroupId === undefined)
    near.self.error(
      ['TargetParameters'],
      'missing-property',
      `\`${callee.to}\` is a FIFO queue, and the target names no message group`,
      'write `SqsQueueParameters: { MessageGroupId: $.messageId }`',
    )
  return { to: callee.to, action: callee.action, input, parameters: parametersOf(said) }
}

function parametersOf(said: Config): TargetParameters {
  const { SqsQueueParameters: sqs, KinesisStreamParameters: kinesis, EventBridgeEventBusParameters: bus } = said
  const waits = said['LambdaFunctionParameters']?.InvocationType !== 'FIRE_AND_FORGET'
  return {
    ...(sqs?.MessageGroupId === undefined ? {} : { group: given(sqs.MessageGroupId) }),
    ...(sqs?.MessageDeduplicationId === undefined ? {} : { deduplicationId: given(sqs.MessageDeduplicationId) }),
    ...(kinesis?.PartitionKey === undefined ? {} : { partitionKey: given(kinesis.PartitionKey) }),
    source: given(bus?.Source ?? 'Pipe'),
    detailType: given(bus?.DetailType ?? 'Event from a pipe'),
    ...(bus?.Resources === undefined ? {} : { resources: bus.Resources }),
    ...(waits ? { waits } : {}),
  }
}

/** `$.messageId` is taken out of each record, anything else stands as it is. */
function given(value: unknown): Given {
  const path = typeof value === 'string' && value.startsWith('$.') ? readJsonPath(value) : undefined
  return path === undefined ? { constant: value } : { path }
}

/** A template of a pipe says its paths in place: `{"id": <$.body.id>}`. Each becomes a variable. */
function inputOf(near: Near, template: unknown, at: readonly string[]): TargetInput | null {
  if (template === undefined) return null
  const { config, logicalId } = near.self
  const paths: Record<string, string> = {}
  const known: Readonly<Record<string, string>> = {
    'aws.pipes.pipe-arn': `arn:aws:pipes:us-east-1:123456789012:pipe/${config['Name'] ?? logicalId}`,
    'aws.pipes.pipe-name': String(config['Name'] ?? logicalId),
    'aws.pipes.source-arn': String(config['Source']),
    'aws.pipes.target-arn': String(config['Target']),
  }
  let count = 0
  const text = String(template).replace(/<(\$[^<>]*|aws\.pipes\.[a-z.-]+)>/g, (whole, name: string) => {
    if (Object.hasOwn(known, name)) return known[name]!
    const path = name === 'aws.pipes.event' || name === 'aws.pipes.event.json' ? '$' : name
    if (!path.startsWith('$')) return whole
    const variable = `v${count++}`
    paths[variable] = path
    return `<${variable}>`
  })
  const read = readInput({ InputTransformer: { InputPathsMap: paths, InputTemplate: text } })
  if (!isFlaw(read)) return read
  near.self.error(at, 'target-input', read.message, 'Pipes would refuse the template')
  return null
}
