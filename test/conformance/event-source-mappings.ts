// Scripts that were run against AWS: a source, a mapping, a function, what is written into the source, and what the function
// and the destination for failures got. Each is built in the laboratory and its steps are done in their order.
//
// Left out: a mapping that is moved from one version of a function to another one while it runs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Call } from '../../sim/engine/calls.ts'
import type { ServiceDef, Sim } from '../../sim/model/contract.ts'
import { stream } from '../../sim/services/kinesis/stream.ts'
import { eventSourceMapping } from '../../sim/services/lambda/event-source-mapping.ts'
import type { QueueMapping } from '../../sim/services/lambda/queue-mapping.ts'
import type { StreamMapping } from '../../sim/services/lambda/stream-state.ts'
import { queue } from '../../sim/services/sqs/queue.ts'
import { lab, MINUTE, Refused, SECOND, type Lab, type Part } from '../kit.ts'
import { actor, type Actor, type Reaction } from '../mappings.ts'
import { tablePart } from '../tables.ts'
import { CORPUS, type Suite } from './suite.ts'

interface Step {
  readonly i?: number
  readonly call?: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, any>>
  readonly sleep?: number
  readonly expect_error_begin?: unknown
}

interface Vector {
  readonly id: string
  readonly params: Readonly<Record<string, any>> | null
  readonly steps: readonly Step[]
  readonly recorded_content: Readonly<Record<string, any>>
}

const file = join(CORPUS, 'conformance/lambda/event_source_mapping_scripts.json')
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

/** Takes whatever is sent to it. */
class Catcher {
  readonly sim: Sim
  readonly got: any[] = []

  constructor(sim: Sim) {
    this.sim = sim
  }
}

const catcher = (type: 'AWS::SQS::Queue' | 'AWS::SNS::Topic', action: `${string}:${string}`): ServiceDef<Catcher> => ({
  type,
  family: 'messaging',
  namespace: 'Test',
  dimension: 'Name',
  summary: 'Keeps what it gets.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_, sim) => new Catcher(sim),
  ops: {
    [action]: {
      doc: 'Keeps a message.',
      run: (self: Catcher, call: Call) => {
        const body = self.sim.calls.body[call] as { readonly MessageBody?: unknown; readonly Message?: unknown }
        self.got.push(body.MessageBody ?? body.Message)
        self.sim.reply(call, 0)
      },
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: 'queue', label: 'Catcher', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
})

const named = (call: string | undefined, name: string): boolean => call?.split('.').at(-1) === name

/** A script in the laboratory. */
class Script {
  private readonly vector: Vector
  private readonly mappings: readonly Step[]

  constructor(vector: Vector) {
    this.vector = vector
    this.mappings = vector.steps.filter(({ call }) => named(call, 'create_event_source_mapping'))
  }

  run(): void {
    const { recorded_content: recorded } = this.vector
    const refused = ['error', 'exception_event_source_creation', 'create_event_source_mapping_exception']
    if (refused.some((key) => Object.hasOwn(recorded, key))) {
      const twice = this.mappings.length > 1
      mustRefuse(() => this.world(twice ? { Again: this.mapping(this.mappings[1]) } : {}))
      return
    }
    compared = 0
    const world = this.world({})
    for (const step of this.vector.steps) this.do(world, step)
    world.run(world.now + 10 * MINUTE)
    for (const [key, value] of Object.entries(recorded)) this.compare(world, key, value)
    // One group of a FIFO queue keeps one environment busy.
    if (this.source()['FifoQueue'] === true) mustEqual('invocations at once', world.state<Actor>('Work').most, 1)
    else if (compared === 0) throw new Error('nothing of this script is compared')
  }

  private step(symbol: unknown): Step {
    const number = Number(/^<<(\d+):/.exec(String(symbol))?.[1])
    return this.vector.steps.find(({ i, call }) => i === number && call !== undefined)!
  }

  /** The type of what a symbol stands for: the ARN of a queue, a topic, a stream or a table's stream. */
  private kindOf(symbol: unknown): 'queue' | 'topic' | 'stream' | 'table' | 'outside' {
    if (!/^<<\d+:/.test(String(symbol))) return 'outside'
    const { call, args } = this.step(symbol)
    if (named(call, 'sqs_get_queue_arn')) return 'queue'
    if (named(call, 'get_queue_attributes')) return 'queue'
    if (named(call, 'sns_create_topic')) return 'topic'
    if (named(call, 'describe_stream')) return 'stream'
    if (args?.[0] !== undefined && named(call, 'wait')) return this.kindOf(args[0])
    return 'table'
  }

  private mapping({ kwargs = {} }: Step): Part {
    const {
      FunctionName: _,
      EventSourceArn: arn,
      FilterCriteria: criteria,
      DestinationConfig: failure,
      ...rest
    } = kwargs
    const source = { queue: 'Jobs', stream: 'S', table: 'T', topic: '', outside: String(arn) }[this.kindOf(arn)]
    const destination = failure?.OnFailure?.Destination as unknown
    return {
      def: eventSourceMapping,
      properties: {
        ...rest,
        FunctionName: 'Work',
        EventSourceArn: source,
        // It begins when the script makes it.
        Enabled: false,
        ...(criteria === undefined ? {} : { FilterCriteria: criteria }),
        ...(destination === undefined ? {} : { DestinationConfig: { OnFailure: { Destination: 'Told' } } }),
      },
    }
  }

  private world(more: Readonly<Record<string, Part>>): Lab {
    const { steps } = this.vector
    const first = (name: string): Step | undefined => steps.find(({ call }) => named(call, name))
    const made = first('dynamodb_create_table')?.kwargs
    const updated = first('update_table')?.kwargs?.['StreamSpecification']?.StreamViewType as unknown
    const view = updated ?? made?.['stream_view_type']
    const key = (made?.['partition_key'] ?? 'id') as string
    const failure = this.mappings[0].kwargs!['DestinationConfig']?.OnFailure?.Destination as unknown
    const told = this.kindOf(failure) === 'topic'
    const zero = { ApiLatency: '0ms' }
    return lab(
      {
        T: tablePart({
          properties: {
            KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
            ...(view === undefined ? {} : { StreamSpecification: { StreamViewType: view } }),
          },
        }),
        S: { def: stream, properties: { ShardCount: 1 }, assumptions: { PutLatency: '0ms', GetLatency: '0ms' } },
        Jobs: { def: queue, properties: this.source(), assumptions: zero },
        Dead: { def: queue, assumptions: zero },
        Told: { def: told ? catcher('AWS::SNS::Topic', 'sns:Publish') : catcher('AWS::SQS::Queue', 'sqs:SendMessage') },
        Work: { def: actor },
        Feed: this.mapping(this.mappings[0]),
        ...more,
      },
      {
        probe: [
          ['T', 'dynamodb:PutItem'],
          ['S', 'kinesis:PutRecords'],
          ['Jobs', 'sqs:SendMessage'],
          ['Dead', 'sqs:ReceiveMessage'],
          ['Feed', 'lambda:UpdateEventSourceMapping'],
        ],
      },
    )
  }

  /** The properties of the queue that is read. */
  private source(): Record<string, unknown> {
    const arn = this.mappings[0].kwargs!['EventSourceArn'] as unknown
    if (this.kindOf(arn) !== 'queue') return {}
    const { args, kwargs } = this.step(arn)
    const made = this.step(args?.[0] ?? kwargs?.['QueueUrl']).kwargs ?? {}
    const {
      VisibilityTimeout: visibility,
      FifoQueue: fifo,
      RedrivePolicy: redrive,
    } = (made['Attributes'] ?? {}) as Record<string, string>
    return {
      ...(visibility === undefined ? {} : { VisibilityTimeout: Number(visibility) }),
      ...(fifo === undefined ? {} : { FifoQueue: true, ContentBasedDeduplication: true }),
      ...(redrive === undefined
        ? {}
        : {
            RedrivePolicy: {
              deadLetterTargetArn: 'Dead',
              maxReceiveCount: (JSON.parse(redrive) as { maxReceiveCount: number }).maxReceiveCount,
            },
          }),
    }
  }

  private do(world: Lab, { call, kwargs = {}, sleep }: Step): void {
    if (sleep !== undefined) world.run(world.now + sleep * SECOND)
    if (named(call, 'create_event_source_mapping')) {
      world.state<Actor>('Work').react = this.reaction()
      const enabled = kwargs['Enabled'] !== false
      world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: enabled })
    } else if (named(call, 'update_event_source_mapping'))
      world.call('Feed', 'lambda:UpdateEventSourceMapping', { Enabled: kwargs['Enabled'] })
    else if (named(call, 'put_item')) world.ask('T', 'dynamodb:PutItem', { Item: plainItem(kwargs['Item'] as Item) })
    else if (named(call, 'put_record'))
      world.ask('S', 'kinesis:PutRecords', {
        Records: [{ Data: kwargs['Data'], PartitionKey: kwargs['PartitionKey'] }],
      })
    else if (named(call, 'put_records')) world.ask('S', 'kinesis:PutRecords', { Records: kwargs['Records'] })
    else if (named(call, 'send_message'))
      world.ask('Jobs', 'sqs:SendMessage', {
        MessageBody: kwargs['MessageBody'],
        MessageGroupId: kwargs['MessageGroupId'],
      })
    else if (named(call, 'send_message_batch'))
      for (const { MessageBody } of kwargs['Entries'] as readonly { MessageBody: string }[])
        world.call('Jobs', 'sqs:SendMessage', { MessageBody })
    else return
    if (sleep === undefined) world.run(world.now + 2 * SECOND)
  }

  /** What the script's function does. */
  private reaction(): Actor['react'] {
    const { params, steps } = this.vector
    const { kwargs = {} } = steps.find(({ call }) => named(call, 'create_lambda_function'))!
    const code = String(kwargs['handler_file'])
    const answer = params?.['set_lambda_response'] as unknown
    const overwritten = kwargs['envvars']?.OVERWRITE_RESULT as string | undefined
    const tries = new Map<string, number>()
    return (event: { readonly Records: readonly unknown[] }): Reaction => {
      if (/unhandled_error|echofail|bootstrap_empty/.test(code)) return { error: true }
      if (/sleep|parallel/.test(code)) return { takes: 5 * SECOND }
      if (overwritten !== undefined) return { answer: JSON.parse(overwritten) }
      if (answer !== undefined) return typeof answer === 'string' ? { error: true } : { answer }
      if (code.includes('lambda_integration')) return { error: JSON.stringify(event.Records).includes('raise_error') }
      if (!code.includes('sqs_integration')) return {}
      for (const record of event.Records) {
        const body = json(record) as { readonly fail_attempts?: number } | undefined
        const tried = (tries.get(String(record)) ?? 0) + 1
        tries.set(String(record), tried)
        if (body === undefined || tried <= (body.fail_attempts ?? 0)) return { error: true }
      }
      return {}
    }
  }

  private compare(world: Lab, key: string, value: any): void {
    if (/response$|result$|^create-event-source-mapping$|^event_source_mapping$/.test(key) && value.UUID !== undefined)
      mustEqual(key, settingsOf(world, value), settings(value))
    else if (
      /^(event_logs|lambda-multiple-log-events|events|invocation_events|dynamodb_events|kinesis_events|kinesis_records|Records)$/.test(
        key,
      )
    ) {
      const events = (Array.isArray(value) ? value : [value]).map((each: any) => each.event ?? each) as readonly any[]
      const flat = events.flatMap((event) => event.Records ?? [event])
      const ours = world.state<Actor>('Work').invocations.flatMap(({ event }) => event.Records as unknown[])
      const [found, expected] = [ours.map(ownRecord), flat.map(recordedRecord)]
      // A standard queue has no order; the script sorts what came.
      const isQueue = world.state<QueueMapping | StreamMapping>('Feed').kind === 'queue'
      mustEqual(key, isQueue ? found.sort() : found, isQueue ? expected.sort() : expected)
      if (events[0].Records !== undefined && key !== 'Records')
        mustEqual(`number of ${key}`, world.state<Actor>('Work').invocations.length, events.length)
    } else if (/^(destination_queue_messages|sqs_payload|record_age_exceeded_payload|failure_sns_message)$/.test(key)) {
      const [message] = value.Messages ?? [{ Body: value }]
      const body = message.Body?.Message ?? message.Body
      const failure = (typeof body === 'string' ? json(body) : body) as any
      mustEqual(key, world.state<Catcher>('Told').got.map(failureOf), [failureOf(failure)])
    } else if (key.startsWith('dlq_')) {
      const messages = (
        Array.isArray(value) ? value.flatMap((each) => each.Messages ?? [each]) : value.Messages
      ) as any[]
      const { answer } = world.ask('Dead', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 })
      const bodies = ((answer.Messages ?? []) as { Body: unknown }[]).map(({ Body }) => text(Body))
      compared++
      for (const { Body } of messages)
        if (!bodies.includes(text(Body))) throw new Error(`${key}: ${text(Body)} is not among ${bodies.join()}`)
    }
  }
}

type Item = Readonly<Record<string, Readonly<Record<string, any>>>>

/** Attribute values as plain values; what a client calls bytes is sent as base64. */
function plainItem(item: Item): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => {
      if (value['N'] !== undefined) return [name, Number(value['N'])]
      if (value['B'] !== undefined) return [name, { B: Buffer.from(String(value['B'])).toString('base64') }]
      return [name, value['S'] ?? value['BOOL']]
    }),
  )
}

/** The same from a recorded event, where bytes are base64 already. */
function recordedItem(item: Item | undefined): unknown {
  if (item === undefined) return undefined
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value['N'] !== undefined
        ? Number(value['N'])
        : value['B'] !== undefined
          ? { B: value['B'] }
          : (value['S'] ?? value['BOOL']),
    ]),
  )
}

/** What matters of a record that AWS handed to the function. */
function recordedRecord(record: any): unknown {
  if (record.kinesis !== undefined) return text(Buffer.from(record.kinesis.data, 'base64').toString())
  if (record.dynamodb === undefined) return text(record.body)
  const { Keys, NewImage, OldImage, SizeBytes, StreamViewType } = record.dynamodb
  return changeOf(
    record.eventName,
    recordedItem(Keys),
    recordedItem(NewImage),
    recordedItem(OldImage),
    SizeBytes,
    StreamViewType,
  )
}

/** The same of a record of ours. */
function ownRecord(record: any): unknown {
  if (record?.dynamodb === undefined) return text(record)
  const { Keys, NewImage, OldImage, SizeBytes, StreamViewType } = record.dynamodb
  return changeOf(record.eventName, Keys, NewImage, OldImage, SizeBytes, StreamViewType)
}

function changeOf(...[name, keys, next, old, size, view]: readonly unknown[]): unknown {
  return { name, keys, next, old, size, view }
}

/** What matters of the record of a failure. */
function failureOf(record: any): unknown {
  const info = record.DDBStreamBatchInfo ?? record.KinesisBatchInfo
  const { condition, approximateInvokeCount } = record.requestContext
  return {
    version: record.version,
    condition,
    // How often an old record was tried hangs on the waits between, which AWS does not document.
    tries: condition === 'RecordAgeExceeded' ? undefined : approximateInvokeCount,
    response: record.responseContext,
    kind: record.DDBStreamBatchInfo === undefined ? 'kinesis' : 'dynamodb',
    batchSize: info.batchSize,
    members: Object.keys(info).sort(),
  }
}

const SETTINGS = [
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'TumblingWindowInSeconds',
]

/** Some figures stand as placeholders. */
const isTold = (value: unknown): boolean => typeof value === 'number' || typeof value === 'boolean'

/** The settings that AWS says a mapping has. */
function settings(value: Readonly<Record<string, unknown>>): unknown {
  return Object.fromEntries(SETTINGS.filter((name) => isTold(value[name])).map((name) => [name, value[name]]))
}

/** Those of ours, as far as AWS tells them. */
function settingsOf(world: Lab, value: Readonly<Record<string, unknown>>): unknown {
  const self = world.state<QueueMapping | StreamMapping>('Feed')
  const all: Record<string, unknown> = {
    BatchSize: self.kind === 'queue' ? self.batchSize : self.source.batchSize,
    MaximumBatchingWindowInSeconds: self.window / SECOND,
  }
  const bounded = (n: number): number => (n === Infinity ? -1 : n)
  if (self.kind === 'stream') {
    all['BisectBatchOnFunctionError'] = self.bisects
    all['MaximumRecordAgeInSeconds'] = bounded(self.recordAge / SECOND)
    all['MaximumRetryAttempts'] = bounded(self.retries)
    all['ParallelizationFactor'] = self.factor
    all['TumblingWindowInSeconds'] = self.tumblingWindow / SECOND
  }
  return Object.fromEntries(SETTINGS.filter((name) => isTold(value[name])).map((name) => [name, all[name]]))
}

/** A body or data as text, whatever JSON it was parsed to. */
function text(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? (json(value) ?? value) : value)
}

function json(value: unknown): unknown {
  try {
    return JSON.parse(String(value)) as unknown
  } catch {
    return undefined
  }
}

/** Comparisons made for the script under way. */
let compared = 0

function mustEqual(what: string, found: unknown, expected: unknown): void {
  compared++
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
}

function mustRefuse(make: () => unknown): void {
  try {
    make()
  } catch (mistake) {
    if (mistake instanceof Refused) return
    throw mistake
  }
  throw new Error('AWS refuses this mapping, and nothing is said here')
}

const suite: Suite = {
  name: 'mappings',
  cases: vectors
    .filter(({ id }) => !id.endsWith('test_sqs_event_source_mapping_update'))
    .map((vector) => ({
      name: vector.id.replace(/^.*\.py::/, '').replace(/ /g, '_'),
      run: () => new Script(vector).run(),
    })),
}
export default suite
