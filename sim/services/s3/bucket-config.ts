// What a template says of a bucket, and what its neighbours add: notifications that AWS would accept, what its policy forbids.
import type { Action, Config, Near, Props, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { letsIn } from '../../parts/permits.ts'
import { hearsOf } from '../../parts/service-events.ts'
import { denialsOf, type Denial } from './denials.ts'
import { EVENT_NAMES, overlap, TOLD } from './event-names.ts'
import { lifecycleProp, rulesOf, type Rule } from './lifecycle-config.ts'
import type { Configuration, NotificationPlan } from './notifications.ts'
import { replicationProp, replicationRulesOf, type ReplicationRule } from './replication.ts'

export const TYPE = 'AWS::S3::Bucket'
const SERVICE = 's3.amazonaws.com'

const filter = p.record('Which keys it is for; all when absent.', {
  S3Key: p.record('By the key.', {
    Rules: p.list(
      'A prefix, a suffix or both.',
      p.record('A rule.', {
        Name: p.string('`prefix` or `suffix`.', { required: true }),
        Value: p.string('What keys begin or end with.', { required: true }),
      }),
    ),
  }),
})
const event = p.string('The event, such as `s3:ObjectCreated:*`.', { required: true })

export const props: Props = {
  BucketName: p.string('The physical name.'),
  MetricsConfigurations: p.list(
    'Filters of request metrics: each has series of its own with the dimension `FilterId`.',
    p.record('A filter.', {
      Id: p.string('Its name.', { required: true }),
      Prefix: p.string('What keys begin with.'),
      AccessPointArn: p.unused('only requests through an access point would count'),
      TagFilters: p.unused('only objects with these tags would count'),
    }),
  ),
  NotificationConfiguration: p.record('Whom the bucket tells of events.', {
    EventBridgeConfiguration: p.record('The default event bus.', {
      EventBridgeEnabled: p.bool('Whether it gets all events.', { default: true }),
    }),
    LambdaConfigurations: p.list(
      'Functions.',
      p.record('A configuration.', { Event: event, Filter: filter, Function: p.any('The ARN.', { required: true }) }),
    ),
    QueueConfigurations: p.list(
      'Queues.',
      p.record('A configuration.', { Event: event, Filter: filter, Queue: p.any('The ARN.', { required: true }) }),
    ),
    TopicConfigurations: p.list(
      'Topics.',
      p.record('A configuration.', { Event: event, Filter: filter, Topic: p.any('The ARN.', { required: true }) }),
    ),
  }),
  VersioningConfiguration: p.record('Whether every write is kept.', {
    Status: p.oneOf('Enabled or suspended.', ['Enabled', 'Suspended'], { required: true }),
  }),
  LifecycleConfiguration: lifecycleProp,
  ReplicationConfiguration: replicationProp,
  AbacStatus: p.inert('Tags in policies.'),
  AccelerateConfiguration: p.unused('uploads from afar would be faster'),
  AccessControl: p.inert('Access control lists; every caller in the template may use the bucket.'),
  AnalyticsConfigurations: p.inert('Reports on storage classes.'),
  BucketEncryption: p.unused('with a KMS key, every request would call KMS'),
  BucketNamePrefix: p.inert('What the name begins with.'),
  BucketNamespace: p.inert('Whose names it is one of.'),
  CorsConfiguration: p.inert('Which pages may ask.'),
  IntelligentTieringConfigurations: p.unused('objects that nobody reads would move to cheaper tiers'),
  InventoryConfigurations: p.unused('lists of the objects would be written'),
  LoggingConfiguration: p.unused('logs of requests would be written to a bucket'),
  MetadataConfiguration: p.inert('Tables of metadata.'),
  MetadataTableConfiguration: p.inert('Tables of metadata.'),
  ObjectLockConfiguration: p.unused('versions could not be deleted for a time'),
  ObjectLockEnabled: p.unused('versions could not be deleted for a time'),
  OwnershipControls: p.inert('Who owns objects.'),
  PublicAccessBlockConfiguration: p.inert('Public access.'),
  Tags: p.inert('Tags.'),
  WebsiteConfiguration: p.unused('the bucket would serve as a website'),
}

export const parts: Readonly<Record<string, Props>> = {
  'AWS::S3::BucketPolicy': {
    Bucket: p.any('The bucket that it is for.'),
    PolicyDocument: p.any('Who may do what; statements that deny everybody without a condition hold.'),
  },
}

/** What the neighbours add to a bucket. */
interface Gathered {
  readonly Notifications: NotificationPlan
  /** Whether the default event bus gets all events, and somebody there wants them (S3-R30). */
  readonly TellsBus: boolean
  readonly Denials: readonly Denial[]
  readonly LifecycleRules: readonly Rule[]
  readonly ReplicationRules: readonly ReplicationRule[]
  /** All buckets of the scenario, for copies. */
  readonly Buckets: readonly string[]
  /** Whether a distribution has it as an origin. */
  readonly IsPublished: boolean
}

export function gather(near: Near): Config & Gathered {
  const { self } = near
  const buckets = near.all(TYPE).map(({ logicalId }) => logicalId)
  const most = near.quota('Buckets')
  if (buckets.length > most && buckets[most] === self.logicalId)
    self.error(
      [],
      'out-of-range',
      `the account has ${buckets.length} buckets: \`TooManyBuckets\``,
      `expected up to ${most}`,
    )
  const documents = near
    .all('AWS::S3::BucketPolicy')
    .filter(({ config }) => near.resourceAt(config['Bucket'])?.logicalId === self.logicalId)
    .map(({ config }) => config['PolicyDocument'])
  return {
    Notifications: notificationsOf(near),
    TellsBus:
      self.config['NotificationConfiguration']?.EventBridgeConfiguration?.EventBridgeEnabled === true &&
      hearsOf(near, 'aws.s3'),
    Denials: documents.flatMap(denialsOf),
    LifecycleRules: rulesOf(self),
    ReplicationRules: replicationRulesOf(near),
    Buckets: buckets,
    IsPublished: near
      .all('AWS::CloudFront::Distribution')
      .flatMap(({ config }) => (config['DistributionConfig']?.Origins ?? []) as readonly Config[])
      .some(({ DomainName: domain }) => near.resourceAt(domain)?.logicalId === self.logicalId),
  }
}

interface Kind {
  readonly list: string
  readonly member: string
  readonly action: Action
  readonly types: readonly string[]
  readonly words: string
}

const KINDS: readonly Kind[] = [
  {
    list: 'LambdaConfigurations',
    member: 'Function',
    action: 'lambda:InvokeFunction',
    types: ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'],
    words: 'a function',
  },
  {
    list: 'QueueConfigurations',
    member: 'Queue',
    action: 'sqs:SendMessage',
    types: ['AWS::SQS::Queue'],
    words: 'a standard queue',
  },
  {
    list: 'TopicConfigurations',
    member: 'Topic',
    action: 'sns:Publish',
    types: ['AWS::SNS::Topic'],
    words: 'a standard topic',
  },
]

type Path = readonly (string | number)[]

function notificationsOf(near: Near): NotificationPlan {
  const given = (near.self.config['NotificationConfiguration'] ?? {}) as Config
  const found: { readonly configuration: Configuration; readonly path: Path }[] = []
  for (const kind of KINDS)
    ((given[kind.list] ?? []) as readonly Config[]).forEach((each, i) => {
      const path = ['NotificationConfiguration', kind.list, i]
      const configuration = configurationOf(near, kind, each, path, `${kind.list}.${i}`)
      if (configuration !== undefined) found.push({ configuration, path })
    })
  const most = near.quota('EventConfigurations')
  if (found.length > most)
    near.self.error(
      ['NotificationConfiguration'],
      'out-of-range',
      `the bucket has ${found.length} event notifications`,
      `expected up to ${most}`,
    )
  refuseOverlaps(near.self, found)
  return { configurations: found.map(({ configuration }) => configuration) }
}

function configurationOf(near: Near, kind: Kind, given: Config, path: Path, id: string): Configuration | undefined {
  const { self } = near
  const name = String(given['Event'] ?? '')
  const known = EVENT_NAMES.find((each) => `s3:${each}` === name)
  if (known === undefined) {
    self.error(
      [...path, 'Event'],
      'unknown-value',
      `\`${name}\` is no event of a bucket`,
      'such as `s3:ObjectCreated:*`',
    )
    return undefined
  }
  if (!TOLD.test(known)) self.notSimulated([...path, 'Event'], `\`${name}\` does not come about in the model`)
  const rules = (given['Filter']?.S3Key?.Rules ?? []) as readonly { readonly Name: string; readonly Value: string }[]
  const values = (wanted: string): string[] =>
    rules.filter(({ Name: each }) => each.toLowerCase() === wanted).map(({ Value: value }) => value)
  const [prefix = '', secondPrefix] = values('prefix')
  const [suffix = '', secondSuffix] = values('suffix')
  if (secondPrefix !== undefined || secondSuffix !== undefined || rules.some(({ Name: each }) => !isFilter(each)))
    self.error(
      [...path, 'Filter'],
      'contradiction',
      'a filter has one prefix and one suffix',
      'names are `prefix` and `suffix`',
    )
  return {
    id,
    event: known,
    prefix,
    suffix,
    to: destinationOf(near, kind, given[kind.member], path),
    action: kind.action,
  }
}

function isFilter(name: string): boolean {
  return ['prefix', 'suffix'].includes(name.toLowerCase())
}

/** The destination, if it lies in the scenario and S3 could validate it (S3-R30, S3-R38). */
function destinationOf(near: Near, kind: Kind, arn: unknown, path: Path): string | null {
  const { self } = near
  const at = [...path, kind.member]
  const target = near.resourceAt(arn)
  if (target === undefined) {
    self.notSimulated(at, 'the destination is outside of this scenario: every event arrives there')
    return null
  }
  const isFifo = target.config['FifoQueue'] === true || target.config['FifoTopic'] === true
  if (!kind.types.includes(target.type) || isFifo) {
    self.error(
      at,
      'wrong-resource',
      `\`${target.logicalId}\` cannot take the events of a bucket`,
      isFifo ? 'FIFO queues and topics are not supported' : `expected ${kind.words}`,
    )
    return null
  }
  if (letsIn(near, target, SERVICE, self.logicalId)) return target.logicalId
  self.error(
    at,
    'destination-not-allowed',
    `unable to validate the destination: nothing lets \`${SERVICE}\` use \`${target.logicalId}\``,
    PERMITS[kind.action],
  )
  return null
}

const PERMITS: Readonly<Record<string, string>> = {
  'lambda:InvokeFunction': 'add an `AWS::Lambda::Permission` with `Principal: s3.amazonaws.com`',
  'sqs:SendMessage': 'add an `AWS::SQS::QueuePolicy` that allows `sqs:SendMessage` to `s3.amazonaws.com`',
  'sns:Publish': 'add an `AWS::SNS::TopicPolicy` that allows `sns:Publish` to `s3.amazonaws.com`',
}

/** Two configurations of one event may not be for the same keys: both prefixes and both suffixes overlap (S3-R32). */
function refuseOverlaps(
  self: ResourceView,
  found: readonly { readonly configuration: Configuration; readonly path: Path }[],
): void {
  found.forEach(({ configuration: b, path }, i) => {
    const other = found
      .slice(0, i)
      .find(
        ({ configuration: a }) =>
          overlap(a.event, b.event) &&
          (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
          (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix)),
      )
    if (other !== undefined)
      self.error(
        path,
        'configurations-overlap',
        `\`${other.configuration.id}\` and \`${b.id}\` are told of the same event of the same keys: \`Configurations overlap\``,
        'one event goes to one destination; let a topic or EventBridge pass it on',
      )
  })
}
