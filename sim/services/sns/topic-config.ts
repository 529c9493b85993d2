// What a topic takes from its neighbours: its subscriptions with their filters, retries and dead-letter queues.
import type { Action, Near, ResourceView } from '../../model/contract.ts'
import type { Pattern } from '../../parts/patterns.ts'
import { letsIn } from '../../parts/permits.ts'
import { flawOf, type Scope } from './filter-policy.ts'
import { AWS_ENDPOINT, CUSTOMER_ENDPOINT, phasesOf, type Phase } from './retries.ts'

export const PROTOCOLS = [
  'sqs',
  'lambda',
  'firehose',
  'http',
  'https',
  'email',
  'email-json',
  'sms',
  'application',
] as const
export type Protocol = (typeof PROTOCOLS)[number]

export interface Subscriber {
  /** Its logical id; of one that stands at the topic itself, what it leads to. */
  readonly name: string
  readonly protocol: Protocol
  /** The resource and the operation that take its messages; null = outside of the simulation, where everything arrives. */
  readonly to: string | null
  readonly action: Action
  raw: boolean
  /** It is a FIFO queue, which wants a deduplication id; a standard one refuses it. */
  readonly isFifo: boolean
  filter: Pattern | null
  scope: Scope
  readonly phases: readonly Phase[]
  /** Deliveries that it takes in a second, at most (SNS-41). */
  readonly perSecond: number
  /** The queue for what cannot be delivered. */
  readonly deadLetters: string | null
  /** The policy of the queue or function does not let the topic in (N.SNS-10). */
  readonly isDenied: boolean
  /** Whether somebody has to confirm it before anything is delivered. */
  readonly asks: boolean
}

const SUBSCRIPTION = 'AWS::SNS::Subscription'
const QUEUE = 'AWS::SQS::Queue'
const FUNCTIONS = ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version']
const SERVER = 'Sim::Http::Server'
const DELIVERY_STREAM = 'AWS::KinesisFirehose::DeliveryStream'

type Path = readonly (string | number)[]

/** All subscriptions of a topic, its own list first. */
export function subscribersOf(near: Near): readonly Subscriber[] {
  const { self } = near
  const own = (self.config['Subscription'] ?? []) as readonly Readonly<Record<string, unknown>>[]
  const listed = own.map((each, i) =>
    subscriberOf(near, self, { ...DEFAULTS, ...each }, ['Subscription', i], `${self.logicalId}.${i}`),
  )
  const beside = near
    .all(SUBSCRIPTION)
    .filter(({ config }) => near.resourceAt(config['TopicArn'])?.logicalId === self.logicalId)
    .map((view) => subscriberOf(near, view, view.config, [], view.logicalId))
  const subscribers = [...listed, ...beside].filter((each) => each !== undefined)
  const most = near.quota(self.config['FifoTopic'] === true ? 'SubscriptionsPerFifoTopic' : 'SubscriptionsPerTopic')
  if (subscribers.length > most)
    self.error(
      ['Subscription'],
      'out-of-range',
      `\`${self.logicalId}\` has ${subscribers.length} subscriptions: \`SubscriptionLimitExceeded\``,
      `expected up to ${most}`,
    )
  return subscribers
}

const DEFAULTS = { RawMessageDelivery: false, FilterPolicyScope: 'MessageAttributes' }

function subscriberOf(
  near: Near,
  view: ResourceView,
  config: Readonly<Record<string, any>>,
  path: Path,
  name: string,
): Subscriber | undefined {
  const protocol = config['Protocol'] as Protocol | undefined
  // What is wrong with it has been told.
  if (protocol === undefined) return undefined
  const endpoint = endpointOf(near, view, config, path)
  const scope = config['FilterPolicyScope'] as Scope
  const filter = (config['FilterPolicy'] ?? null) as Pattern | null
  const flaw = filter === null ? undefined : flawOf(filter, scope)
  if (flaw !== undefined)
    view.error(
      [...path, 'FilterPolicy'],
      'filter-policy',
      `the filter policy ${flaw}`,
      'SNS-31 to SNS-34 say what it may hold',
    )
  return {
    name,
    protocol,
    to: endpoint?.logicalId ?? null,
    action: ACTIONS[protocol] ?? 'http:POST',
    raw: config['RawMessageDelivery'] === true,
    isFifo: endpoint?.config['FifoQueue'] === true,
    filter,
    scope,
    phases: phasesFor(near, protocol, config['DeliveryPolicy']),
    perSecond: protocol.startsWith('http') ? paceOf(near, config['DeliveryPolicy']) : Infinity,
    deadLetters: deadLettersOf(near, view, config['RedrivePolicy'], path, endpoint?.config['FifoQueue'] === true),
    isDenied: endpoint !== undefined && !letsIn(near, endpoint, 'sns.amazonaws.com', near.self.logicalId),
    asks: /^(http|email)/.test(protocol),
  }
}

const ACTIONS: Readonly<Partial<Record<Protocol, Action>>> = {
  sqs: 'sqs:SendMessage',
  lambda: 'lambda:InvokeFunction',
  firehose: 'firehose:PutRecord',
}

/** The simulated resource behind an endpoint; what is wrong with it, or not simulated, is told. */
function endpointOf(
  near: Near,
  view: ResourceView,
  config: Readonly<Record<string, any>>,
  path: Path,
): ResourceView | undefined {
  const protocol = config['Protocol'] as Protocol
  const text: unknown = config['Endpoint']
  const found = near.resourceAt(text) ?? near.all(SERVER).find((server) => server.config['Url'] === text)
  const at = [...path, 'Endpoint']
  const fits =
    protocol === 'sqs'
      ? found?.type === QUEUE
      : protocol === 'lambda'
        ? FUNCTIONS.includes(found?.type ?? '')
        : protocol === 'firehose'
          ? found?.type === DELIVERY_STREAM
          : protocol.startsWith('http') && found?.type === SERVER
  if (found !== undefined && !fits && (protocol === 'sqs' || protocol === 'lambda'))
    view.error(
      at,
      'wrong-resource',
      `\`${found.logicalId}\` is no endpoint for the protocol \`${protocol}\``,
      protocol === 'sqs' ? 'expected the ARN of a queue' : 'expected the ARN of a function',
    )
  if (near.self.config['FifoTopic'] === true && protocol !== 'sqs')
    view.error(
      [...path, 'Protocol'],
      'wrong-resource',
      `a FIFO topic cannot deliver by \`${protocol}\``,
      'only queues can subscribe to it',
    )
  if (fits && found?.config['FifoQueue'] === true && near.self.config['FifoTopic'] !== true)
    view.error(
      at,
      'wrong-resource',
      `\`${found.logicalId}\` is a FIFO queue: \`Invalid parameter: Endpoint\``,
      'a standard topic delivers to standard queues only',
    )
  if (!fits && found === undefined)
    view.notSimulated(at, `the endpoint (${protocol}) is outside of this scenario: every delivery arrives there`)
  return fits ? found : undefined
}

/** The retries of a protocol; those by HTTP are the subscription's own, else the topic's (SNS-41). */
function phasesFor(near: Near, protocol: Protocol, policy: any): readonly Phase[] {
  if (protocol === 'sqs' || protocol === 'lambda' || protocol === 'firehose') return AWS_ENDPOINT
  if (!protocol.startsWith('http')) return CUSTOMER_ENDPOINT
  return phasesOf(
    policy?.healthyRetryPolicy ?? near.self.config['DeliveryPolicy']?.http?.defaultHealthyRetryPolicy ?? {},
  )
}

/** How many deliveries by HTTP a second a policy allows. */
function paceOf(near: Near, policy: any): number {
  const own: unknown = policy?.throttlePolicy?.maxReceivesPerSecond
  const most = Number(own ?? near.self.config['DeliveryPolicy']?.http?.defaultThrottlePolicy?.maxReceivesPerSecond)
  return most >= 1 ? most : Infinity
}

/** The dead-letter queue of a subscription: of the kind of the queue that it delivers to, as recorded on AWS. */
function deadLettersOf(near: Near, view: ResourceView, policy: any, path: Path, isFifo: boolean): string | null {
  const text: unknown = policy?.deadLetterTargetArn
  if (text === undefined) return null
  const at = [...path, 'RedrivePolicy', 'deadLetterTargetArn']
  const queue = near.resourceAt(text)
  if (queue === undefined) {
    view.notSimulated(at, 'the dead-letter queue is outside of this scenario: what goes there is lost')
    return null
  }
  if (queue.type !== QUEUE || (queue.config['FifoQueue'] === true) !== isFifo) {
    view.error(
      at,
      'wrong-resource',
      `\`${queue.logicalId}\` cannot take the dead letters`,
      isFifo ? 'expected a FIFO queue, as the subscribed one is' : 'expected a standard queue',
    )
    return null
  }
  return queue.logicalId
}
