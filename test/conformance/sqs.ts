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
import { queue } from '../../sim/services/sqs/queue.ts'
import { lab, type Answer, type Lab, type Part } from '../kit.ts'
import {
  CallScript,
  propertiesOf,
  queuePart,
  scriptCases,
  Unknown,
  type Comparison,
  type Step,
  type Vector,
} from './call-scripts.ts'
import type { Suite } from './suite.ts'

const COMPARISON: Comparison = {
  unlike:
    /\.(ResponseMetadata|MD5OfBody|MD5OfMessageBody|MD5OfMessageSystemAttributes|MessageId|ReceiptHandle|SequenceNumber|SenderId|QueueUrl|QueueArn|Message|QueryErrorCode|Type|.*Timestamp|BinaryValue|SqsManagedSseEnabled|TaskHandle|AWSTraceHeader|Detail|SenderFault|MD5OfMessageAttributes)$/,
  absent: ['Messages', 'Failed', 'Successful'],
  isWhole: false,
}

class Script extends CallScript {
  protected readonly comparison = COMPARISON
  /** The component of each queue, by the names under which a script speaks of it. */
  private readonly queues = new Map<string, string>()
  private readonly parts: Record<string, Part> = {}
  protected readonly lab: Lab

  constructor(vector: Vector) {
    super(vector)
    let isRefused = false
    for (const step of vector.steps) {
      if (step.expect_error_begin !== undefined) isRefused = true
      if (step.expect_error_end !== undefined) isRefused = false
      if (step.call === 'sqs_create_queue' && !isRefused) this.declare(step)
    }
    if (JSON.stringify(vector.steps).includes('"sqs_queue"')) {
      this.queues.set('sqs_queue', 'sqs_queue')
      this.parts['sqs_queue'] = queuePart({})
    }
    const actions = Object.keys(queue.ops) as `${string}:${string}`[]
    this.lab = lab(this.parts, {
      probe: Object.keys(this.parts).flatMap((name) => actions.map((action) => [name, action] as const)),
    })
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
    this.parts[component] = queuePart(properties)
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

  protected make(step: Step, call: string): void {
    const { i = 0, kwargs = {}, args = [] } = step
    if (call === 'snapshot.match') {
      const [key, object] = [kwargs['key'] ?? args[0], kwargs['obj'] ?? args[1]]
      const recorded = this.vector.recorded_content?.[String(key)]
      if (recorded !== undefined) this.compare(recorded, this.resolve(object), String(key))
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
      lab({ Jobs: queuePart(propertiesOf((attributes ?? {}) as Readonly<Record<string, string>>)) })
    } catch {
      return { at: 0, status: 'InvalidAttributeName', http: 400, answer: null, to: '', action: '' }
    }
    return undefined
  }

  /** The codes of the room are those of the JSON protocol. */
  protected codeOf({ status }: Answer): string {
    return CODES.get(status) ?? status
  }
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

const suite: Suite = { name: 'sqs', cases: scriptCases('sqs', LEFT_OUT, (vector) => new Script(vector).run()) }
export default suite
