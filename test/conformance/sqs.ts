// Call scripts of another simulator's tests, most of them recorded on AWS: each step is made on the room and its answers are compared.
//
// A script's queues become components of one world; `<<3:send_message>>[MessageId]` stands for a part of what step 3 answered. Compared
// are refusals by their codes, the author's expectations where both sides can be worked out, and recorded answers in the members that
// the room has. What cannot be said of a room is left out as a whole:
const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/deploy_cfn_template/, 'deploys templates and looks at what CloudFormation made of them'],
  [/aws_http_client_factory|sqs_query\.|TestSqsQueryApi|requests\./, 'speaks HTTP or the query protocol itself'],
  [/aws_client_factory|add_permission|remove_permission/, 'calls by other accounts or endpoints'],
  [/list_queues|sqs_queue_exists/, 'asks the account for its queues'],
  [/tag_queue|untag_queue|list_queue_tags/, 'tags'],
  [
    /events\.register|monkeypatch|encode_move_task_handle|decode_move_task_handle/,
    'looks into the client or into handles',
  ],
  [/"Policy"|test_set_empty_redrive_policy/, 'sets policies while the queue is in use'],
  [
    /AWSTraceHeader|AttributeNames_filters|attribute_names_filters|system_attribute_names/,
    'asks for some attributes and not for others: the room tells all',
  ],
  [
    /<unevaluated|StringListValues|short_uid_from_seed|token_generator/,
    'computes in Python what the script does not show',
  ],
]
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { queue } from '../../sim/services/sqs/queue.ts'
import { lab, SECOND, type Answer, type Lab, type Part } from '../kit.ts'
import { CORPUS, type Case, type Suite } from './suite.ts'

interface Step {
  readonly i?: number
  readonly call?: string
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly args?: readonly unknown[]
  readonly expect?: string
  readonly left?: unknown
  readonly right?: unknown
  readonly expect_error_begin?: string
  readonly expect_error_end?: number
  readonly sleep?: number
}

interface Vector {
  readonly id: string
  readonly incomplete: string | null
  readonly steps: readonly Step[]
  readonly recorded_content: Readonly<Record<string, unknown>> | null
}

/** Members that no room can have as AWS has them: names, digests, moments. */
const UNLIKE =
  /^(ResponseMetadata|MD5OfBody|MD5OfMessageBody|MD5OfMessageSystemAttributes|MessageId|ReceiptHandle|SequenceNumber|SenderId|QueueUrl|QueueArn|Message|QueryErrorCode|Type|.*Timestamp|BinaryValue|SqsManagedSseEnabled|TaskHandle|AWSTraceHeader|Detail|SenderFault|MD5OfMessageAttributes)$/

const NUMBERS = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
]
const TRUTHS = ['FifoQueue', 'ContentBasedDeduplication']

class Unknown extends Error {}

class Script {
  private readonly vector: Vector
  private readonly results = new Map<number, unknown>()
  /** The component of each queue, by the names under which a script speaks of it. */
  private readonly queues = new Map<string, string>()
  private readonly parts: Record<string, Part> = {}
  private readonly lab: Lab
  private raising = false
  private refusal: Answer | undefined

  constructor(vector: Vector) {
    this.vector = vector
    let isRefused = false
    for (const step of vector.steps) {
      if (step.expect_error_begin !== undefined) isRefused = true
      if (step.expect_error_end !== undefined) isRefused = false
      if (step.call === 'sqs_create_queue' && !isRefused) this.declare(step)
    }
    if (JSON.stringify(vector.steps).includes('"sqs_queue"')) {
      this.queues.set('sqs_queue', 'sqs_queue')
      this.parts['sqs_queue'] = part({})
    }
    const actions = Object.keys(queue.ops) as `${string}:${string}`[]
    this.lab = lab(this.parts, {
      probe: Object.keys(this.parts).flatMap((name) => actions.map((action) => [name, action] as const)),
    })
  }

  /** Makes every step; throws at the first difference. */
  run(): void {
    for (const step of this.vector.steps) {
      if (step.expect_error_begin !== undefined) {
        this.raising = true
        this.refusal = undefined
      } else if (step.expect_error_end !== undefined) {
        if (this.refusal === undefined) throw new Error(`step ${step.expect_error_end}: expected a refusal`)
        this.results.set(step.expect_error_end, { value: { response: { Error: { Code: codeOf(this.refusal) } } } })
        this.raising = false
      } else if (step.sleep !== undefined) this.lab.run(this.lab.now + step.sleep * SECOND)
      else if (step.call !== undefined) this.make(step, step.call)
      else if (step.expect !== undefined) this.check(step)
    }
  }

  private declare({ i, kwargs = {} }: Step): void {
    const name = String(kwargs['QueueName'] ?? `queue-${i}`)
    if (this.queues.has(name)) return
    const attributes = (kwargs['Attributes'] ?? {}) as Readonly<Record<string, string>>
    const properties = propertiesOf(attributes)
    if (typeof attributes['RedrivePolicy'] === 'string') {
      const policy = JSON.parse(attributes['RedrivePolicy']) as Record<string, unknown>
      properties['RedrivePolicy'] = {
        deadLetterTargetArn: this.queueBehind(String(policy['deadLetterTargetArn'])),
        maxReceiveCount: Number(policy['maxReceiveCount']),
      }
    }
    if (properties['FifoQueue'] === false) delete properties['FifoQueue']
    const component = `q${i}`
    this.parts[component] = part(properties)
    this.queues.set(name, component)
    this.queues.set(`<<${i}:sqs_create_queue>>`, component)
  }

  /** The queue that a URL, a name, an ARN or the step that asked for one stands for. */
  private queueBehind(text: string): string {
    const direct = this.queues.get(text) ?? this.queues.get(text.slice(text.lastIndexOf(':') + 1))
    if (direct !== undefined) return direct
    const asked = /^<<(\d+):/.exec(text)
    const step =
      asked === null ? undefined : this.vector.steps.find(({ i, call }) => i === Number(asked[1]) && call !== undefined)
    const [about] = [...Object.values(step?.kwargs ?? {}), ...(step?.args ?? [])].map(String)
    if (step === undefined || about === undefined) throw new Unknown(`which queue is ${text}?`)
    return this.queueBehind(about)
  }

  private make(step: Step, call: string): void {
    const { i = 0, kwargs = {}, args = [] } = step
    if (call === 'snapshot.match') {
      const [key, object] = [kwargs['key'] ?? args[0], kwargs['obj'] ?? args[1]]
      const recorded = this.vector.recorded_content?.[String(key)]
      if (recorded !== undefined) compare(recorded, this.resolve(object), String(key))
      return
    }
    if (call === 'sqs_create_queue' && this.raising) {
      this.refusal = this.created(kwargs)
      return
    }
    if (call === 'sqs_create_queue') {
      const component = this.queueBehind(`<<${i}:sqs_create_queue>>`)
      this.results.set(i, component)
      return
    }
    if (/^(sqs_get_queue_arn|sqs_queue_arn|arns\.sqs_queue_arn)$/.test(call)) {
      this.results.set(i, this.queueBehind(String(Object.values(kwargs)[0] ?? args[0])))
      return
    }
    const operation = /^aws_client\.sqs\.(\w+)$/.exec(call)?.[1]
    if (operation === undefined) {
      if (/^(get_partition|sqs_collect_messages)$/.test(call)) throw new Unknown(call)
      return
    }
    const action = operation
      .split('_')
      .map((word) => word[0]!.toUpperCase() + word.slice(1))
      .join('')
    const { QueueUrl, QueueName, SourceArn, TaskHandle, ...params } = kwargs
    const on = this.queueBehind(String(QueueUrl ?? QueueName ?? SourceArn ?? TaskHandle))
    const answer = this.lab.ask(on, `sqs:${action}`, this.resolve(params))
    this.results.set(i, answer.answer ?? {})
    if (answer.status === 'OK') return
    if (!this.raising) throw new Error(`step ${i}: ${action} is refused: ${answer.status}`)
    this.refusal = answer
  }

  /** What a creation answers that is expected to be refused: by the queue of that name, or when a world is made with it. */
  private created({ QueueName: name, Attributes: attributes }: Readonly<Record<string, unknown>>): Answer | undefined {
    const known = this.queues.get(String(name))
    if (known !== undefined) {
      const answer = this.lab.ask(known, 'sqs:CreateQueue', { Attributes: attributes })
      return answer.status === 'OK' ? undefined : answer
    }
    try {
      lab({ Jobs: part(propertiesOf((attributes ?? {}) as Readonly<Record<string, string>>)) })
    } catch {
      return { at: 0, status: 'InvalidAttributeName', http: 400, answer: null, to: '', action: '' }
    }
    return undefined
  }

  private check({ i, expect, left, right }: Step): void {
    let [a, b]: [unknown, unknown] = [undefined, undefined]
    try {
      a = this.resolve(left)
      b = this.resolve(right)
    } catch (error) {
      if (error instanceof Unknown) return
      throw error
    }
    // A member that the room does not have, a value that Python made up, a list that stands for a loop taken once.
    if (a === undefined || b === undefined || [a, b].some((each) => /^<(?!<)/.test(String(each)))) return
    if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length && JSON.stringify(left).includes('<<')) return
    const holds = holdsFor(expect!, a, b)
    if (holds === false)
      throw new Error(`step ${i}: ${short(left)} ${expect} ${short(right)}: ${short(a)}, ${short(b)}`)
  }

  /** A value with every symbol in it replaced by what it stands for. */
  private resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.resolve(each))
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.resolve(each)]))
    if (typeof value !== 'string') return value
    const length = /^len\((.*)\)$/.exec(value)
    if (length !== null) {
      const list = this.resolve(length[1])
      return Array.isArray(list) ? list.length : list === undefined ? 0 : unknown(value)
    }
    const symbol = /^<<(\d+):\w+>>((?:\[[^\]]+\]|\.\w+)*)$/.exec(value)
    if (symbol === null) return value.includes('<<') ? unknown(value) : value
    let found: unknown = this.results.get(Number(symbol[1]))
    for (const [, index, name] of symbol[2]!.matchAll(/\[([^\]]+)\]|\.(\w+)/g)) {
      const key = index ?? name!
      if (key === 'num') {
        found = Number(found)
        continue
      }
      if (typeof found !== 'object' || found === null) return unknown(value)
      found = (found as Record<string, unknown>)[key]
    }
    return found
  }
}

function unknown(text: string): never {
  throw new Unknown(text)
}

/** Attributes are texts; properties are what they say. */
function propertiesOf(attributes: Readonly<Record<string, string>>): Record<string, unknown> {
  const properties: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(attributes))
    properties[key] = NUMBERS.includes(key) ? Number(value) : TRUTHS.includes(key) ? /^true$/i.test(value) : value
  return properties
}

const part = (properties: Record<string, unknown>): Part => ({
  def: queue,
  properties,
  assumptions: { ApiLatency: '0ms' },
})

/** The codes of the room are those of the JSON protocol. */
function codeOf({ status }: Answer): string {
  return CODES.get(status) ?? status
}
const CODES: ReadonlyMap<string, string> = new Map([
  ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
  ['QueueNameExists', 'QueueAlreadyExists'],
  ['EmptyBatchRequest', 'AWS.SimpleQueueService.EmptyBatchRequest'],
  ['TooManyEntriesInBatchRequest', 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest'],
  ['InvalidBatchEntryId', 'AWS.SimpleQueueService.InvalidBatchEntryId'],
  ['BatchEntryIdsNotDistinct', 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct'],
  ['BatchRequestTooLong', 'AWS.SimpleQueueService.BatchRequestTooLong'],
  ['PurgeQueueInProgress', 'AWS.SimpleQueueService.PurgeQueueInProgress'],
  ['UnsupportedOperation', 'AWS.SimpleQueueService.UnsupportedOperation'],
])

/** Whether a comparison holds; undefined = it cannot be said. */
function holdsFor(expect: string, a: unknown, b: unknown): boolean | undefined {
  const [left, right] = [Number(a), Number(b)]
  switch (expect) {
    case 'Eq':
      return isPlain(a) && isPlain(b) ? String(a) === String(b) : isCovered(b, a)
    case 'NotEq':
      return String(a) !== String(b)
    case 'Gt':
      return left > right
    case 'GtE':
      return left >= right
    case 'Lt':
      return left < right
    case 'LtE':
      return left <= right
    case 'In':
      return isIn(a, b)
    case 'NotIn':
      return !isIn(a, b)
    default:
      return undefined
  }
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

/** Whether all that one value has is in another one, which may have more: the room tells all attributes. */
function isCovered(wanted: unknown, found: unknown): boolean {
  if (isPlain(wanted) || Array.isArray(wanted)) return JSON.stringify(wanted) === JSON.stringify(found)
  return Object.entries(wanted as object).every(
    ([key, value]) => String(value) === String((found as Record<string, unknown> | null)?.[key]),
  )
}

/** An empty list of messages is left out of AWS's answers. */
function isIn(a: unknown, b: unknown): boolean {
  if (typeof b === 'string' || Array.isArray(b)) return (b as readonly unknown[]).includes(a as never)
  const value = (b as Record<string, unknown> | undefined)?.[String(a)]
  return value !== undefined && !(Array.isArray(value) && value.length === 0)
}

/** Throws where an answer differs from what was recorded, in a member that both have. */
function compare(recorded: unknown, found: unknown, path: string): void {
  if (typeof recorded === 'string' && /^<.*>$/.test(recorded)) return
  if (Array.isArray(recorded)) {
    if (!Array.isArray(found) || found.length !== recorded.length)
      throw new Error(`${path}: recorded ${short(recorded)}, found ${short(found)}`)
    recorded.forEach((each, i) => compare(each, found[i], `${path}.${i}`))
    return
  }
  if (isPlain(recorded)) {
    if (found !== undefined && String(recorded) !== String(found))
      throw new Error(`${path}: recorded ${short(recorded)}, found ${short(found)}`)
    return
  }
  const members = (found ?? {}) as Record<string, unknown>
  for (const [key, value] of Object.entries(recorded as object))
    if (!UNLIKE.test(key)) compare(value, members[key], `${path}.${key}`)
  for (const key of ['Messages', 'Failed', 'Successful'])
    if (!Object.hasOwn(recorded as object, key) && isIn(key, members))
      throw new Error(`${path}.${key}: recorded none, found ${short(members[key])}`)
}

const short = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300)

const file = join(CORPUS, 'conformance/sqs/scripts.json')
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { readonly vectors: readonly Vector[] }

const cases = vectors.flatMap((vector): Case[] => {
  const text = vector.id + JSON.stringify(vector.steps)
  if (vector.incomplete !== null || LEFT_OUT.some(([pattern]) => pattern.test(text))) return []
  return [{ name: vector.id.slice(vector.id.lastIndexOf('::') + 2), run: () => new Script(vector).run() }]
})

const suite: Suite = { name: 'sqs', cases }
export default suite
