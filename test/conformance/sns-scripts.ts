// Call scripts of another simulator's tests for topics, most of them recorded on AWS: each step is made on the rooms of SNS and SQS.
//
// A script's topics, queues and subscriptions become components of one world, with the policy that lets a topic send where the script
// makes one. They are there from its beginning, dead-letter queues too. What cannot be said of the rooms is left out as a whole:
const LEFT_OUT: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/platform_|platform-|PlatformApplication|PlatformEndpoint|disabled_endpoint/, 'platform applications and endpoints'],
  [/sms_|phone_number|PhoneNumber|_sms/, 'short messages and those who opted out'],
  [/aws_http_client_factory|HTTP_|SubscriptionHttp|httpserver|external_http|http_subscription/, 'speaks HTTP itself'],
  [/SubscriptionLambda|create_lambda_function|lambda_url/, 'looks into the logs or the settings of functions'],
  [/MultiRegions|another_region/, 'other regions'],
  [/add_permission|remove_permission|data_protection/, 'policies of topics'],
  [/tag_resource|list_tags|"Tags"/, 'tags'],
  [/list_subscriptions|delete_topic/, 'asks for lists, or deletes topics'],
  [/TopicCrud/, 'creates topics twice or by wrong names, or asks for their attributes'],
  [/unsubscribe/, 'ends subscriptions during a run'],
  [
    /unknown_topic|invalid_topic|non_existent_target|without_topic|error_not_exists/,
    'speaks of topics or subscriptions that are none',
  ],
  [/MessageStructure/, 'messages with a text for each protocol'],
  [/subscribe_sqs_queue_url|with_queue_url/, 'tells the URL of a queue from its ARN, which are one name here'],
  [/subscription_confirmation|xray/, 'looks at signatures, confirmations or the headers of traces'],
]
import { parseJson } from '../../sim/parts/json-text.ts'
import { subscription } from '../../sim/services/sns/subscription.ts'
import { topic } from '../../sim/services/sns/topic.ts'
import { queue } from '../../sim/services/sqs/queue.ts'
import { lab, Refused, type Answer, type Lab, type LabOptions, type Part } from '../kit.ts'
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
    /\.(ResponseMetadata|MD5\w+|MessageId|ReceiptHandle|SequenceNumber|SenderId|\w*Timestamp|Signature|SignatureVersion|SigningCertURL|UnsubscribeURL|\w+Arn|Endpoint|Owner|Protocol|PendingConfirmation|ConfirmationWasAuthenticated|SubscriptionPrincipal|BinaryValue|Error\.(Message|Type|_normalized)|Failed\.\d+\.Message)$/,
  absent: ['Messages', 'FilterPolicy', 'Subject'],
  isWhole: true,
}

type Attributes = Readonly<Record<string, string>>

class Script extends CallScript {
  protected override readonly comparison = COMPARISON
  protected override readonly lab: Lab
  private readonly parts: Record<string, Part> = {}
  private readonly policies: Record<string, NonNullable<LabOptions['beside']>[string]> = {}
  /** The topic of each subscription. */
  private readonly topics = new Map<string, string>()

  constructor(vector: Vector) {
    super(vector)
    if (JSON.stringify(vector.steps).includes('"sns_topic[')) this.parts['sns_topic'] = topicPart({})
    let isRefused = false
    for (const step of vector.steps) {
      if (step.expect_error_begin !== undefined) isRefused = true
      if (step.expect_error_end !== undefined) isRefused = false
      if (step.call !== undefined && !isRefused) this.declare(step, step.call)
    }
    const probe = Object.entries(this.parts).flatMap(([name, { def }]) =>
      Object.keys(def.ops).map((action) => [name, action as `${string}:${string}`] as const),
    )
    this.lab = lab(this.parts, { probe, beside: this.policies })
  }

  /** Makes every step, of which some have to be comparisons. */
  override run(): void {
    super.run()
    if (this.compared === 0) throw new Error('nothing of it was compared')
  }

  /** Adds what a step creates to the world. */
  private declare({ i = 0, kwargs = {}, args = [] }: Step, call: string): void {
    if (/(^sns_create_topic|\.sns\.create_topic)$/.test(call)) {
      this.parts[`t${i}`] = topicPart(attributesOf(kwargs))
      this.results.set(i, { TopicArn: `t${i}` })
    } else if (call === 'sqs_create_queue') {
      this.parts[`q${i}`] = queuePart(propertiesOf(attributesOf(kwargs)))
      this.results.set(i, `q${i}`)
    } else if (call === 'sqs_get_queue_arn') this.results.set(i, this.meant(args[0] ?? Object.values(kwargs)[0]))
    else if (/^sns_(create_sqs_)?subscription$|\.sns\.subscribe$/.test(call)) {
      this.parts[`s${i}`] = this.subscriptionPart(kwargs)
      const of = String(this.parts[`s${i}`]!.properties!['TopicArn'])
      this.topics.set(`s${i}`, of)
      this.results.set(i, { SubscriptionArn: `s${i}` })
      if (call === 'sns_create_sqs_subscription') this.allow(of, this.meant(kwargs['queue_url']), i)
    } else if (call === 'sns_allow_topic_sqs_queue')
      this.allow(this.meant(kwargs['sns_topic_arn']), this.meant(kwargs['sqs_queue_url']), i)
    else if (isRedrive(call, kwargs)) {
      const [name, part] = this.redriven(kwargs)
      this.parts[name] = part
      this.results.set(i, {})
    }
  }

  private subscriptionPart(kwargs: Readonly<Record<string, unknown>>): Part {
    const { topic_arn: of, TopicArn: arn, queue_url: url, Endpoint: endpoint, Protocol: protocol } = kwargs
    const properties: Record<string, unknown> = {
      TopicArn: this.meant(of ?? arn),
      Endpoint: this.meant(url ?? endpoint),
      Protocol: protocol ?? 'sqs',
    }
    for (const [key, value] of Object.entries(attributesOf(kwargs)))
      if (value !== '') properties[key] = this.attributeOf(value)
    return { def: subscription, properties }
  }

  /** A subscription with the dead-letter queue that it is given. */
  private redriven(kwargs: Readonly<Record<string, unknown>>): [name: string, part: Part] {
    const name = this.meant(kwargs['SubscriptionArn'])
    const properties = { ...this.parts[name]!.properties, RedrivePolicy: this.attributeOf(kwargs['AttributeValue']) }
    return [name, { def: subscription, properties }]
  }

  private allow(from: string, to: string, i: number): void {
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: to,
      Condition: { ArnEquals: { 'aws:SourceArn': from } },
    }
    const config = { Queues: [to], PolicyDocument: { Statement: [statement] } }
    this.policies[`p${i}`] = { type: 'AWS::SQS::QueuePolicy', config }
  }

  /** The component, or the text, that a text with symbols stands for. */
  private meant(text: unknown): string {
    return String(text)
      .replaceAll('sns_topic[Attributes][TopicArn]', 'sns_topic')
      .replaceAll(/<<\d+:\w+>>(\[[^\]]+\])*/g, (symbol) => String(this.resolve(symbol)))
  }

  /** The value of an attribute, which may be the text of JSON. */
  private attributeOf(text: unknown): unknown {
    const meant = this.meant(text)
    return parseJson(/^(true|false)$/i.test(meant) ? meant.toLowerCase() : meant) ?? meant
  }

  protected override make(step: Step, call: string): void {
    const { i = 0, kwargs = {}, args = [] } = step
    if (call === 'snapshot.match') this.matchRecorded(kwargs['key'] ?? args[0], kwargs['obj'] ?? args[1])
    else if (call === 'sqs_collect_messages')
      this.results.set(i, this.collected(this.meant(args[0]), kwargs['expected']))
    else if (call === 'sns_create_sqs_subscription' && !this.raising) this.look(i)
    else if (this.results.has(i)) return
    else if (/^sns_(create_sqs_)?subscription$|\.sns\.subscribe$/.test(call))
      this.refusal = this.refusedBy('Refused', this.subscriptionPart(kwargs))
    else if (isRedrive(call, kwargs)) {
      this.refusal = this.refusedBy(...this.redriven(kwargs))
      if (this.refusal === undefined) this.ask(step, call)
    } else this.ask(step, call)
  }

  private ask({ i = 0, kwargs = {} }: Step, call: string): void {
    const found = /^(?:aws_client|<<\d+:aws_client_factory>>)\.(sns|sqs)\.(\w+)$/.exec(call)
    if (found === null) return
    const name = found[2]!.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())
    const action = `${found[1]}:${name}`
    if (!Object.hasOwn({ ...topic.ops, ...queue.ops }, action)) return
    const { QueueUrl, TopicArn, TargetArn, SubscriptionArn, ...params } = kwargs
    const subscribed = SubscriptionArn === undefined ? {} : { SubscriptionArn: this.meant(SubscriptionArn) }
    // Any topic can say of a subscription that it is none.
    const to =
      subscribed.SubscriptionArn === undefined
        ? this.meant(QueueUrl ?? TopicArn ?? TargetArn)
        : (this.topics.get(subscribed.SubscriptionArn) ?? this.topics.values().next().value)
    if (to === undefined || !Object.hasOwn(this.parts, to)) throw new Unknown(`step ${i}: ${action} on ${to}`)
    const body = { ...(encoded(this.resolve(params)) as object), ...subscribed }
    const answer = this.lab.ask(to, action, body)
    this.results.set(i, answer.answer ?? {})
    if (answer.status === 'OK') return
    if (!this.raising) throw new Error(`step ${i}: ${action} is refused: ${answer.status}`)
    this.refusal = answer
  }

  /** What the helper of scripts that subscribes a queue answers: the attributes of the subscription. */
  private look(i: number): void {
    const SubscriptionArn = `s${i}`
    const { answer } = this.lab.ask(this.topics.get(SubscriptionArn)!, 'sns:GetSubscriptionAttributes', {
      SubscriptionArn,
    })
    this.results.set(i, { ...answer.Attributes, SubscriptionArn })
  }

  /** What a subscription is answered that is refused: a world cannot be made with it. */
  private refusedBy(name: string, part: Part): Answer | undefined {
    try {
      lab({ ...this.parts, [name]: part }, { beside: this.policies })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return { at: 0, status: 'InvalidParameter', http: 400, answer: null, to: '', action: '' }
    }
    return undefined
  }

  /** So many messages of a queue, by as many receives as it takes. */
  private collected(from: string, expected: unknown): unknown[] {
    const messages: unknown[] = []
    while (messages.length < Number(expected)) {
      const body = { MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }
      const received = this.lab.ask(from, 'sqs:ReceiveMessage', body).answer?.Messages ?? []
      if (received.length === 0) break
      messages.push(...received)
      for (const { ReceiptHandle } of received) this.lab.ask(from, 'sqs:DeleteMessage', { ReceiptHandle })
    }
    return messages
  }

  /** Compares what was recorded; what no room answers cannot be. */
  private matchRecorded(key: unknown, object: unknown): void {
    const recorded = this.vector.recorded_content?.[String(key)]
    const asked = [...JSON.stringify(object ?? null).matchAll(/<<(\d+):/g)].map(([, i]) => Number(i))
    if (recorded !== undefined && asked.every((i) => this.results.has(i)))
      this.compare(recorded, this.resolve(object), String(key))
  }

  protected override codeOf({ status }: Answer): string {
    return status
  }
}

const isRedrive = (call: string, kwargs: Readonly<Record<string, unknown>>): boolean =>
  call.endsWith('.set_subscription_attributes') && kwargs['AttributeName'] === 'RedrivePolicy'

const attributesOf = (kwargs: Readonly<Record<string, unknown>>): Attributes =>
  (kwargs['Attributes'] ?? {}) as Attributes

/** Bytes are base64 in what the API takes; the scripts have them as Python does. */
function encoded(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === 'BinaryValue' ? btoa(String(value)) : value,
  )
}

/** A topic whose messages are delivered at once. */
function topicPart(attributes: Attributes): Part {
  const properties = Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      /^(true|false)$/i.test(value) ? /^true$/i.test(value) : value,
    ]),
  )
  return { def: topic, properties, assumptions: { ApiLatency: '0ms', DeliveryLatency: '0ms' } }
}

const cases = scriptCases('sns', LEFT_OUT, (vector) => new Script(vector).run())
const suite: Suite = { name: 'sns-scripts', cases }
export default suite
