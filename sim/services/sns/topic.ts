// Amazon SNS topic: a message that is published goes to every subscription whose filter takes it.
//
// The one idea: a publish is over as soon as the message is stored; each delivery then has a life of its own
// (`deliveries.ts`), so a slow or broken subscriber holds up nobody else.
import type { Call } from '../../engine/calls.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Config, Near, ServiceDef, Sim } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { isoText } from '../../parts/calendar.ts'
import { chunksOf } from '../../parts/chunks.ts'
import { entriesOf } from '../../parts/entries.ts'
import { sha256Hex } from '../../parts/hash.ts'
import { jsonSize, utf8Size } from '../../parts/json-size.ts'
import { RateWindow } from '../../parts/rate-window.ts'
import { Archive, type Replay } from './archive.ts'
import { Deliveries, type Message } from './deliveries.ts'
import { verdictOf } from './filter-policy.ts'
import { attributesSize, flawOfAttributes, typed, type Attributes } from './message-attributes.ts'
import { PROTOCOLS, subscribersOf, type Subscriber } from './topic-config.ts'
import { findingsOf } from './topic-insights.ts'
import { prices, unbilled } from './topic-prices.ts'
import { view } from './topic-view.ts'
import { getSubscriptionAttributes, setSubscriptionAttributes } from './topic-attributes.ts'
import {
  assumptions,
  DEDUPLICATION_US,
  DISORDER_US,
  HTTP_TIMEOUT_US,
  quotas,
  RAW_ATTRIBUTES_MAX,
} from './topic.facts.ts'

const TYPE = 'AWS::SNS::Topic'
const NONE = -1
const SECOND = 1_000_000
/** Message ids are numbers: the topic's own number in the upper bits, so that an id is one message's alone. */
const IDS_PER_TOPIC = 274_877_906_944
/** What AWS takes as the id of a batch's entry. */
const BATCH_ID = /^[\w-]{1,80}$/

export const topic: ServiceDef<Topic> = {
  type: TYPE,
  family: 'messaging',
  namespace: 'AWS/SNS',
  dimension: 'TopicName',
  summary: 'A topic, standard or FIFO: what is published goes to all subscriptions whose filter takes it.',
  models: [
    'A publish succeeds as soon as the message is stored; each subscription gets a copy of its own, by itself (SNS-01).',
    'Filter policies on attributes or on the body, with their limits (SNS-30 to SNS-34, SNS-36).',
    'Deliveries to queues, functions (asynchronous invocations) and HTTP servers of the scenario, in an envelope or raw (SNS-04, SNS-07); what leads elsewhere always arrives.',
    'A delivery that fails by the endpoint’s fault is tried again: to AWS’s own endpoints 100,015 times over 23 days, by HTTP three times every 20 s or as the delivery policy says (SNS-40 to SNS-44); what the endpoint refuses for good is not.',
    'What cannot be delivered goes to the subscription’s dead-letter queue, or is lost (SNS-45).',
    'A queue whose policy does not let SNS send refuses every delivery (N.SNS-10).',
    'Deliveries to a delivery stream are records of Firehose; mails, short messages and apps are outside of the simulation.',
    'FIFO: an archive keeps messages for days; SetSubscriptionAttributes with a ReplayPolicy has what was published in a stretch of time delivered to one subscription again (SNS-25).',
    'FIFO: order per group and subscriber, messages known again for five minutes by their id or the SHA-256 of their body, so many messages in any second (SNS-20 to SNS-23).',
  ],
  omits: [
    'Data protection, tracing, delivery logs, encryption, access policies of the topic.',
    'Subscribing and unsubscribing during a run; changes of a subscription take effect at once (AWS: within 15 min, SNS-35); a high-throughput FIFO topic takes as much as any.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled,
  props: {
    ContentBasedDeduplication: p.bool(
      'FIFO: a message without a deduplication id is known by the SHA-256 of its body.',
    ),
    DeliveryPolicy: p.any('How deliveries by HTTP are tried again, for subscriptions without a policy of their own.'),
    FifoThroughputScope: p.oneOf('FIFO: where a deduplication id is unique.', ['Topic', 'MessageGroup'], {
      default: 'Topic',
    }),
    FifoTopic: p.bool('True for a FIFO topic.'),
    Subscription: p.list(
      'Subscriptions that stand at the topic itself.',
      p.record('A subscription.', {
        Endpoint: p.any('Where messages go.', { required: true }),
        Protocol: p.oneOf('How they go there.', PROTOCOLS, { required: true }),
      }),
    ),
    TopicName: p.string('The physical name.'),
    ArchivePolicy: p.record('FIFO: messages are kept to be delivered again.', {
      MessageRetentionPeriod: p.int('How long.', [1, 365], { required: true, unit: 'days' }),
    }),
    DataProtectionPolicy: p.unused('finds and masks personal data'),
    DeliveryStatusLogging: p.inert('Logs of deliveries.'),
    DisplayName: p.inert('A name for mails and short messages.'),
    KmsMasterKeyId: p.unused('messages would be encrypted with the key, at the cost of calls to KMS'),
    SignatureVersion: p.inert('How envelopes are signed.'),
    Tags: p.inert('Tags.'),
    TracingConfig: p.inert('X-Ray.'),
  },
  parts: {
    'AWS::SNS::TopicPolicy': {
      PolicyDocument: p.any('Who may publish; looked at for rules and buckets.'),
      Topics: p.any('The topics that it is for.'),
    },
    'AWS::SNS::TopicInlinePolicy': {
      PolicyDocument: p.any('Who may publish; looked at for rules and buckets.'),
      TopicArn: p.any('The topic that it is for.'),
    },
  },
  gather,
  entries: () => ['sns:Publish'],
  create: (config, sim) => new Topic(config, sim),
  ops: {
    'sns:Publish': {
      doc: 'Stores a message and answers; deliveries follow. `MessageSize` (our own) gives the size in bytes of a body that is only a placeholder.',
      target: 'TopicArn',
      params: ['Message', 'MessageAttributes', 'MessageGroupId', 'MessageDeduplicationId', 'Subject', 'MessageSize'],
      ignored: ['MessageStructure', 'PhoneNumber'],
      errors: ['InvalidParameter', 'Throttled'],
      run: publish,
    },
    'sns:PublishBatch': {
      doc: 'Up to ten messages in one request, each with attributes of its own.',
      target: 'TopicArn',
      params: ['PublishBatchRequestEntries'],
      errors: [
        'EmptyBatchRequest',
        'TooManyEntriesInBatchRequest',
        'BatchEntryIdsNotDistinct',
        'InvalidBatchEntryId',
        'BatchRequestTooLong',
      ],
      run: publishBatch,
    },
    'sns:SetSubscriptionAttributes': {
      doc: 'Changes the filter of a subscription, whether it gets messages raw, or has archived messages delivered to it again.',
      target: 'TopicArn',
      params: ['SubscriptionArn', 'AttributeName', 'AttributeValue'],
      errors: ['InvalidParameter', 'NotFound'],
      run: setSubscriptionAttributes,
    },
    'sns:GetSubscriptionAttributes': {
      doc: 'Tells the filter of a subscription and how far its replay is.',
      target: 'TopicArn',
      params: ['SubscriptionArn'],
      errors: ['NotFound'],
      run: getSubscriptionAttributes,
    },
    'sns:ConfirmSubscription': {
      doc: 'Confirms a subscription by its name; only then is anything delivered to it.',
      target: 'TopicArn',
      params: ['Token'],
      errors: ['NotFound'],
      run: confirmSubscription,
    },
  },
  timers: { deliveryDue, deliveryAnswered, deliveryTimedOut },
  metrics: {
    NumberOfMessagesPublished: { unit: 'Count', kind: 'count', doc: 'Messages published.' },
    NumberOfNotificationsDelivered: { unit: 'Count', kind: 'count', doc: 'Deliveries that arrived.' },
    NumberOfNotificationsFailed: {
      unit: 'Count',
      kind: 'count',
      doc: 'Deliveries that were given up; by HTTP every attempt that failed (SNS-60).',
    },
    NumberOfNotificationsFilteredOut: { unit: 'Count', kind: 'count', doc: 'Deliveries that a filter kept back.' },
    'NumberOfNotificationsFilteredOut-InvalidAttributes': {
      unit: 'Count',
      kind: 'count',
      doc: 'Those of them whose attributes are malformed.',
    },
    'NumberOfNotificationsFilteredOut-InvalidMessageBody': {
      unit: 'Count',
      kind: 'count',
      doc: 'Those of them whose body is no JSON.',
    },
    'NumberOfNotificationsFilteredOut-MessageAttributes': {
      unit: 'Count',
      kind: 'count',
      doc: 'Those of them whose attributes do not match.',
    },
    'NumberOfNotificationsFilteredOut-MessageBody': {
      unit: 'Count',
      kind: 'count',
      doc: 'Those of them whose body does not match.',
    },
    'NumberOfNotificationsFilteredOut-NoMessageAttributes': {
      unit: 'Count',
      kind: 'count',
      doc: 'Those of them without attributes.',
    },
    NumberOfNotificationsRedrivenToDlq: {
      unit: 'Count',
      kind: 'count',
      doc: 'Given up, and in the dead-letter queue.',
    },
    NumberOfNotificationsFailedToRedriveToDlq: {
      unit: 'Count',
      kind: 'count',
      doc: 'Given up, and refused by the dead-letter queue too.',
    },
    PublishSize: { unit: 'Bytes', kind: 'distribution', doc: 'Sizes of the messages published.' },
  },
  invariants: {
    'every delivery is under way, has arrived, lies in a dead-letter queue or is lost': ({ deliveries }) =>
      deliveries.started === deliveries.inside + deliveries.arrived + deliveries.buried + deliveries.lost.total,
    'every message published makes a delivery, is filtered out or waits for nobody, for each subscription': (self) =>
      self.copies + self.duplicated === self.deliveries.started + self.filtered + self.unconfirmed,
  },
  insights: findingsOf,
  view,
  // A publish is over when the message is stored: what delivers it belongs to the request and serves no call of it.
  traced: { answer: 'service time', serves: () => NONE },
  report: (self) => ({
    deliveries: {
      arrived: self.deliveries.arrived,
      deadLettered: self.deliveries.buried,
      lost: self.deliveries.lost.total,
      underWay: self.deliveries.inside,
      filteredOut: self.filtered,
    },
  }),
}

function gather(near: Near): Config {
  const { self } = near
  const isFifo = self.config['FifoTopic'] === true
  const name = self.config['TopicName'] as string | undefined
  if (name !== undefined && name.endsWith('.fifo') !== isFifo)
    self.error(
      ['TopicName'],
      'contradiction',
      isFifo
        ? '`FifoTopic` is true and `TopicName` does not end with `.fifo`'
        : '`TopicName` ends with `.fifo`, which only a FIFO topic may',
      isFifo ? 'the name of a FIFO topic ends with `.fifo`' : 'leave the suffix out, or set `FifoTopic: true`',
    )
  const topics = near.all(TYPE)
  const most = near.quota('Topics')
  if (topics.length > most && topics[most]?.logicalId === self.logicalId)
    self.error(
      [],
      'out-of-range',
      `the account has ${topics.length} topics: \`TopicLimitExceeded\``,
      `expected up to ${most}`,
    )
  return { Subscribers: subscribersOf(near) }
}

interface Publication {
  readonly Message?: unknown
  readonly MessageAttributes?: Attributes | null
  readonly MessageGroupId?: unknown
  readonly MessageDeduplicationId?: unknown
  readonly Subject?: unknown
  readonly MessageSize?: number
}

export class Topic {
  readonly sim: Sim
  readonly deliveries: Deliveries
  /** Of a FIFO topic with an archive policy. */
  readonly archive: Archive | null
  published = 0
  /** Chunks of 64 KB after the first of a request: each is billed as one more. */
  moreChunks = 0
  /** Deliveries out of the archive, and second ones of the same message (SNS-05). */
  replayed = 0
  duplicated = 0
  /** Copies for subscriptions; those that a filter kept back; those of subscriptions that nobody has confirmed. */
  copies = 0
  filtered = 0
  unconfirmed = 0
  readonly subscribers: readonly Subscriber[]
  /** By subscription: its newest replay. */
  readonly replays: Replay[] = []
  private readonly confirmed: boolean[]
  readonly isFifo: boolean
  private readonly byContent: boolean
  private readonly perGroup: boolean
  private readonly window: RateWindow | null
  private readonly known = new Map<string, { readonly until: number; readonly answer: unknown }>()
  private serial = 0
  private readonly sizeMax: number
  readonly batchMax: number
  private readonly latency: Sampler
  private readonly latencyRng: Rng
  private readonly delivery: Sampler
  private readonly deliveryRng: Rng
  private readonly duplicates: number
  private readonly disorder: number
  private readonly chance: Rng
  private readonly metrics: Readonly<Record<string, MetricId>>

  constructor(config: Config, sim: Sim) {
    this.sim = sim
    // What SetSubscriptionAttributes changes is this run's own.
    this.subscribers = (config['Subscribers'] as readonly Subscriber[]).map((subscriber) => ({ ...subscriber }))
    const confirmed = sim.choice('Confirmation') === 'confirmed'
    this.confirmed = this.subscribers.map(({ asks }) => !asks || confirmed)
    this.isFifo = config['FifoTopic'] === true
    this.byContent = config['ContentBasedDeduplication'] === true
    this.perGroup = config['FifoThroughputScope'] === 'MessageGroup'
    this.window = this.isFifo ? new RateWindow(sim.quota('FifoMessagesPerSecond'), SECOND) : null
    const days = config['ArchivePolicy']?.MessageRetentionPeriod as number | undefined
    this.archive = this.isFifo && days !== undefined ? new Archive(days) : null
    this.duplicates = this.isFifo ? 0 : sim.sampler('DuplicateProbability').mean
    this.disorder = this.isFifo ? 0 : sim.sampler('DisorderProbability').mean
    this.chance = sim.rng('chance')
    this.sizeMax = sim.quota('MessageSize')
    this.batchMax = sim.quota('MessagesPerBatch')
    this.latency = sim.sampler('ApiLatency')
    this.latencyRng = sim.rng('latency')
    this.delivery = sim.sampler('DeliveryLatency')
    this.deliveryRng = sim.rng('delivery')
    this.metrics = Object.fromEntries(Object.keys(topic.metrics).map((name) => [name, sim.metric(name)]))
    this.deliveries = new Deliveries(
      this,
      this.subscribers,
      this.subscribers.map(({ to, action }) => (to === null ? NONE : sim.edge(to, action, deliveryAnswered))),
      this.subscribers.map(({ deadLetters }) =>
        deadLetters === null ? NONE : sim.edge(deadLetters, 'sqs:SendMessage', deliveryAnswered),
      ),
      { due: sim.target(deliveryDue), timedOut: sim.target(deliveryTimedOut) },
      HTTP_TIMEOUT_US,
      sim.choice('RetryJitter') === 'none' ? null : sim.rng('jitter'),
    )
  }

  answer(call: Call, status: number): void {
    this.sim.replyAfter(this.latency.draw(this.latencyRng), call, status)
  }

  /** Takes a message in and begins its deliveries; answers what the publisher is told, or the status of a refusal. */
  accept(body: Publication, call: Call): { readonly answer: unknown } | number {
    const { sim } = this
    const now = sim.clock[0]
    const refusal = this.refusalOf(body)
    if (refusal !== 0) return refusal
    const group = body.MessageGroupId === undefined ? undefined : String(body.MessageGroupId)
    const id = this.isFifo ? this.idOf(body) : undefined
    const key = id === undefined ? '' : this.perGroup ? `${group!.length} ${group} ${id}` : id
    if (id !== undefined) {
      for (const [name, { until }] of this.known) {
        if (until > now) break
        this.known.delete(name)
      }
      const known = this.known.get(key)
      if (known !== undefined) return known
    }
    if (this.window !== null) {
      if (!this.window.allows(now)) {
        return sim.error('Throttled', 429)
      }
      this.window.note(now)
    }
    const message: Message = {
      id: sim.component * IDS_PER_TOPIC + ++this.serial,
      body: body.Message,
      subject: body.Subject,
      attributes: body.MessageAttributes ?? undefined,
      group,
      deduplicationId: id,
      size: body.MessageSize,
      at: now,
      trace: sim.calls.trace[call],
      hops: sim.calls.hops[call],
    }
    this.published++
    sim.count(this.metrics['NumberOfMessagesPublished'], 1)
    sim.record(this.metrics['PublishSize'], sizeOf(body))
    this.archive?.keep(message)
    this.fanOut(message)
    const answer = {
      MessageId: message.id,
      ...(this.isFifo ? { SequenceNumber: String(this.serial).padStart(20, '0') } : {}),
    }
    if (id !== undefined) this.known.set(key, { until: now + DEDUPLICATION_US, answer })
    return { answer }
  }

  private refusalOf(body: Publication): number {
    const { sim } = this
    const { Message: message, MessageGroupId: group, MessageDeduplicationId: id } = body
    const isEmpty = message === undefined || message === null || message === ''
    const lacksGroup = this.isFifo && (group === undefined || (id === undefined && !this.byContent))
    const hasId = !this.isFifo && id !== undefined
    const flaw = flawIn(body)
    if (flaw !== undefined) return sim.error(flaw[0], 400)
    return isEmpty || lacksGroup || hasId || sizeOf(body) > this.sizeMax ? sim.error('InvalidParameter', 400) : 0
  }

  private idOf(body: Publication): string {
    const { Message: message, MessageDeduplicationId: id } = body
    return id === undefined ? sha256Hex(typeof message === 'string' ? message : JSON.stringify(message)) : String(id)
  }

  private fanOut(message: Message): void {
    this.subscribers.forEach((subscriber, i) => {
      this.copies++
      if (!this.confirmed[i]) {
        this.unconfirmed++
        return
      }
      if (!this.passes(subscriber, message)) return
      this.deliveries.start(message, i, this.drawDelay())
      if (this.duplicates > 0 && this.chance.float() < this.duplicates) {
        this.duplicated++
        this.deliveries.start(message, i, this.drawDelay())
      }
    })
  }

  /** Whether a subscription's filter takes a message; what it keeps back is counted (SNS-02). */
  private passes({ filter, scope }: Subscriber, message: Message): boolean {
    const { sim } = this
    const verdict = filter === null ? 'accepted' : verdictOf(filter, scope, message.attributes, message.body)
    if (verdict === 'accepted') return true
    this.filtered++
    sim.count(this.metrics['NumberOfNotificationsFilteredOut'], 1)
    sim.count(this.metrics[`NumberOfNotificationsFilteredOut-${verdict}`], 1)
    return false
  }

  /** From a publish to the first attempt, µs; now and then so much longer that later messages pass it (SNS-05). */
  private drawDelay(): number {
    const delay = this.delivery.draw(this.deliveryRng)
    const isLate = this.disorder > 0 && this.chance.float() < this.disorder
    return isLate ? delay + this.chance.below(DISORDER_US) : delay
  }

  /** Has what was published in [from, to] (µs) delivered to a subscription again, in its order (SNS-25). */
  replay(subscriber: number, from: number, to: number): void {
    const replay: Replay = { status: 'In progress', left: 0, subscriber }
    this.replays[subscriber] = replay
    for (const message of this.archive!.between(from, to, this.sim.clock[0])) {
      this.copies++
      this.replayed++
      if (!this.passes(this.subscribers[subscriber], message)) continue
      replay.left++
      this.deliveries.start({ ...message, replay }, subscriber, this.drawDelay())
    }
    if (replay.left === 0) replay.status = 'Completed'
  }

  /** What a delivery hands to its endpoint, or a dead-letter queue instead of it (SNS-07). */
  bodyFor({ protocol, raw, isFifo, to }: Subscriber, message: Message, isDeadLetter: boolean): unknown {
    const { body, attributes, group, deduplicationId, size } = message
    const envelope = {
      Type: 'Notification',
      MessageId: message.id,
      TopicArn: this.sim.name,
      ...(message.subject === undefined ? {} : { Subject: message.subject }),
      Message: body,
      Timestamp: isoText(this.sim.startsAt + message.at, 3),
      ...(attributes === undefined ? {} : { MessageAttributes: typed(attributes) }),
      ...(message.replay === undefined ? {} : { Replayed: true }),
    }
    if (protocol === 'lambda' && to !== null && !isDeadLetter)
      return {
        InvocationType: 'Event',
        Payload: { Records: [{ EventSource: 'aws:sns', EventSubscriptionArn: this.sim.name, Sns: envelope }] },
      }
    if (protocol.startsWith('http') && !isDeadLetter) return { Body: raw ? body : envelope }
    if (protocol === 'firehose' && !isDeadLetter)
      return { DeliveryStreamName: to, Record: { Data: raw ? body : envelope } }
    return {
      MessageBody: raw ? body : envelope,
      ...(raw && attributes !== undefined ? { MessageAttributes: attributes } : {}),
      ...(size === undefined ? {} : { MessageSize: size }),
      ...(group === undefined ? {} : { MessageGroupId: group }),
      ...(deduplicationId === undefined || !(isFifo || isDeadLetter)
        ? {}
        : { MessageDeduplicationId: deduplicationId }),
    }
  }

  /** Whether a raw message has more attributes than a queue takes: it is discarded by the topic itself (SNS-07). */
  isDiscarded({ protocol, raw }: Subscriber, { attributes }: Message): boolean {
    return protocol === 'sqs' && raw && Object.keys(attributes ?? {}).length > RAW_ATTRIBUTES_MAX
  }

  // What becomes of deliveries (SNS-60).

  attemptFailed({ protocol }: Subscriber): void {
    if (protocol.startsWith('http')) this.sim.count(this.metrics['NumberOfNotificationsFailed'], 1)
  }

  delivered(): void {
    this.sim.count(this.metrics['NumberOfNotificationsDelivered'], 1)
  }

  failed({ protocol }: Subscriber): void {
    if (!protocol.startsWith('http')) this.sim.count(this.metrics['NumberOfNotificationsFailed'], 1)
  }

  redriven(arrived: boolean): void {
    const name = arrived ? 'NumberOfNotificationsRedrivenToDlq' : 'NumberOfNotificationsFailedToRedriveToDlq'
    this.sim.count(this.metrics[name], 1)
  }

  /** The number of a subscription, by its name or by where it leads; −1 = there is none. */
  find(name: unknown): number {
    return this.subscribers.findIndex((subscriber) => subscriber.name === name || subscriber.to === name)
  }

  /** Confirms a subscription; false when there is none of that name. */
  confirm(name: unknown): boolean {
    const found = this.find(name)
    if (found !== NONE) this.confirmed[found] = true
    return found !== NONE
  }

  /** Whether deliveries have failed in the last seconds. */
  isFailing(): boolean {
    const { failures } = this.deliveries
    return failures.count > 0 && this.sim.clock[0] - failures.last < 10 * SECOND
  }
}

function publish(self: Topic, call: Call): void {
  const body = self.sim.calls.body[call] as Publication
  self.moreChunks += chunksOf(sizeOf(body)) - 1
  const accepted = self.accept(body, call)
  if (typeof accepted === 'number') {
    self.answer(call, accepted)
    return
  }
  self.sim.calls.answer[call] = accepted.answer
  self.answer(call, 0)
}

function publishBatch(self: Topic, call: Call): void {
  const { sim } = self
  const { PublishBatchRequestEntries: wanted } = sim.calls.body[call] as {
    readonly PublishBatchRequestEntries?: unknown
  }
  const entries = entriesOf(wanted) as readonly (Publication & { readonly Id?: unknown })[]
  const refuse = (name: string): void => self.answer(call, sim.error(name, 400))
  if (entries.length === 0) return refuse('EmptyBatchRequest')
  if (entries.length > self.batchMax) return refuse('TooManyEntriesInBatchRequest')
  if (new Set(entries.map(({ Id }) => String(Id))).size < entries.length) return refuse('BatchEntryIdsNotDistinct')
  if (entries.some(({ Id }) => !BATCH_ID.test(String(Id)))) return refuse('InvalidBatchEntryId')
  const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0)
  if (size > sim.quota('MessageSize')) return refuse('BatchRequestTooLong')
  self.moreChunks += chunksOf(size) - 1
  // Of a batch with wrong attributes nothing is published, as recorded on AWS.
  const [flaw] = entries.map(flawIn).filter((each) => each !== undefined)
  if (flaw !== undefined) {
    sim.calls.answer[call] = { message: flaw[1] }
    return refuse(flaw[0])
  }
  const successful: unknown[] = []
  const failed: unknown[] = []
  for (const entry of entries) {
    const accepted = self.accept(entry, call)
    if (typeof accepted === 'number') failed.push({ Id: entry.Id, Code: sim.errors.names[accepted], SenderFault: true })
    else successful.push({ Id: entry.Id, ...(accepted.answer as object) })
  }
  sim.calls.answer[call] = { Successful: successful, Failed: failed }
  self.answer(call, 0)
}

function confirmSubscription(self: Topic, call: Call): void {
  const { Token: token } = self.sim.calls.body[call] as { Token?: unknown }
  self.answer(call, self.confirm(token) ? 0 : self.sim.error('NotFound', 404))
}

/** What is wrong with the attributes of a message. */
function flawIn({ MessageAttributes: attributes }: Publication): ReturnType<typeof flawOfAttributes> {
  return attributes === undefined || attributes === null ? undefined : flawOfAttributes(attributes)
}

/** Bytes of a message: its body and its attributes (SNS-03). */
function sizeOf({ Message: message, MessageAttributes: attributes, MessageSize: size }: Publication): number {
  const bytes = size ?? (typeof message === 'string' ? utf8Size(message) : jsonSize(message))
  return attributes === undefined || attributes === null ? bytes : bytes + attributesSize(attributes)
}

/** Timer: the pause before an attempt at a delivery is over. */
function deliveryDue(self: Topic, row: number): void {
  self.deliveries.due(row)
}

/** Answer of an endpoint or a dead-letter queue. */
function deliveryAnswered(self: Topic, call: Call): void {
  self.deliveries.answered(call)
}

/** Timer: an HTTP endpoint has not answered in time. */
function deliveryTimedOut(self: Topic, row: number): void {
  self.deliveries.timedOut(row)
}
