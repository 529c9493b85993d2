// Events that Lambda polls: each is an event source mapping, and the role may read the source (SAM-R65).
import { get, has, isMap, items, stringOf, withMembers } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { pick } from './draft.ts'
import { invoked } from './function-draft.ts'
import type { Event, FunctionDraft } from './function-draft.ts'
import { managedPolicyArn } from './policies.ts'

const mappingProperties = [
  ...[
    'BatchSize',
    'MaximumBatchingWindowInSeconds',
    'FunctionResponseTypes',
    'FilterCriteria',
    'MaximumRetryAttempts',
    'Enabled',
  ],
  ...[
    'MaximumRecordAgeInSeconds',
    'BisectBatchOnFunctionError',
    'ParallelizationFactor',
    'TumblingWindowInSeconds',
    'Topics',
  ],
  ...[
    'DestinationConfig',
    'StartingPosition',
    'StartingPositionTimestamp',
    'ScalingConfig',
    'ProvisionedPollerConfig',
    'Queues',
  ],
  ...[
    'SourceAccessConfigurations',
    'KmsKeyArn',
    'MetricsConfig',
    'LoggingConfig',
    'AmazonManagedKafkaEventSourceConfig',
  ],
]

export function polled(
  policy: string,
  sourceProperty: string,
  needsStart: boolean,
): (fn: FunctionDraft, event: Event) => void {
  return (fn, event) => {
    const { owner, draft } = fn
    const { properties, id } = event
    const known = [
      ...mappingProperties,
      ...[
        'Queue',
        'Stream',
        'Broker',
        'Cluster',
        'KafkaBootstrapServers',
        'ConsumerGroupId',
        'SchemaRegistryConfig',
        'DynamicPolicyName',
        'DatabaseName',
        'CollectionName',
        'FullDocument',
        'SecretsManagerKmsKeyId',
      ],
    ]
    draft.checkKeys(owner, properties, known, `an event of the type ${event.type}`, event.name)
    const source = get(properties, sourceProperty)
    if (sourceProperty !== '' && source === undefined)
      draft.error(owner, `\`${sourceProperty}\` is missing`, properties.span, event.name)
    if (needsStart && !has(properties, 'StartingPosition'))
      draft.error(owner, '`StartingPosition` is missing', properties.span, event.name)
    if (event.type === 'SQS' && has(owner.properties, 'TenancyConfig')) {
      draft.error(owner, 'a function with `TenancyConfig` cannot be polled from SQS', properties.span, event.name)
    }
    checkDestination(fn, event)
    if (!checkAccess(fn, event)) return
    const group = get(properties, 'ConsumerGroupId')
    const written = get(properties, 'SchemaRegistryConfig')
    const registry = written === undefined || event.type !== 'MSK' ? written : draft.resolveParameters(written)
    const kafka: PlainMap = { ConsumerGroupId: group, SchemaRegistryConfig: registry }
    const isKafka = group !== undefined || registry !== undefined
    draft.emit(owner, id, 'AWS::Lambda::EventSourceMapping', {
      ...pick(properties, mappingProperties),
      FunctionName: invoked(fn),
      EventSourceArn: source,
      DestinationConfig: withoutType(get(properties, 'DestinationConfig')),
      SelfManagedEventSource:
        event.type === 'SelfManagedKafka'
          ? { Endpoints: { KafkaBootstrapServers: get(properties, 'KafkaBootstrapServers') } }
          : undefined,
      SelfManagedKafkaEventSourceConfig: event.type === 'SelfManagedKafka' && isKafka ? kafka : undefined,
      AmazonManagedKafkaEventSourceConfig: event.type === 'MSK' && isKafka ? kafka : undefined,
      DocumentDBEventSourceConfig:
        event.type === 'DocumentDB' ? pick(properties, ['DatabaseName', 'CollectionName', 'FullDocument']) : undefined,
      Tags: fn.passedTags,
    })
    if (policy !== '') fn.managed.push(managedPolicyArn(policy, draft.partition))
    if (event.type === 'SelfManagedKafka') kafkaPolicy(fn, event)
    if (event.type === 'MQ' || event.type === 'DocumentDB') {
      draft.notSimulated(owner, `the permission of its role to read from ${event.type}`, properties.span)
    }
  }
}

const failureActions: ReadonlyMap<string, readonly [action: string, type: string]> = new Map([
  ['SQS', ['sqs:SendMessage', 'SQS'] as const],
  ['SNS', ['sns:publish', 'SNS'] as const],
  ['S3', ['s3:PutObject', 'S3'] as const],
  ['Kafka', ['kafka-cluster:WriteData', 'Kafka'] as const],
])

/** A destination's `Type` is SAM's own word: it adds a permission and does not reach the mapping. */
function checkDestination(fn: FunctionDraft, event: Event): void {
  const failure = get(get(event.properties, 'DestinationConfig'), 'OnFailure')
  const type = get(failure, 'Type')
  const name = type === undefined ? undefined : stringOf(fn.draft.resolveParameters(type))
  const target = get(failure, 'Destination')
  if (type === undefined) return
  const action = failureActions.get(name ?? '')
  if (action === undefined) {
    fn.draft.error(
      fn.owner,
      "the `Type` of a destination is one of 'SQS', 'SNS', 'S3', and 'Kafka'",
      type.span,
      event.name,
    )
    return
  }
  if (target === undefined || name === 'Kafka') return
  const document = { Statement: [{ Action: action[0], Effect: 'Allow', Resource: target }], Version: '2012-10-17' }
  fn.documents.push({ PolicyName: `${event.id}${action[1]}Policy`, PolicyDocument: document })
}

function withoutType(config: Node | undefined): Node | undefined {
  const failure = get(config, 'OnFailure')
  return isMap(config) && isMap(failure)
    ? withMembers(config, { OnFailure: withMembers(failure, { Type: undefined }) })
    : config
}

/** One BASIC_AUTH secret at most for MQ and DocumentDB; the role may read the secrets that are named. */
function checkAccess(fn: FunctionDraft, event: Event): boolean {
  const { owner, draft } = fn
  const configs = items(get(event.properties, 'SourceAccessConfigurations'))
  const basics = configs.filter((config) => stringOf(get(config, 'Type')) === 'BASIC_AUTH')
  if (event.type !== 'MQ' && event.type !== 'DocumentDB') return true
  if (basics.length > 1) {
    draft.error(owner, 'multiple BASIC_AUTH entries in `SourceAccessConfigurations`', basics[1]?.span, event.name)
    return false
  }
  return true
}

const network = [
  'CreateNetworkInterface',
  'DescribeNetworkInterfaces',
  'DeleteNetworkInterface',
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeSecurityGroups',
]

/** What a poller of one's own Kafka needs: its secrets, network interfaces in its subnets, and the schemas of its registry. */
function kafkaPolicy(fn: FunctionDraft, event: Event): void {
  const allow = (service: string, names: readonly string[], on: Plain): Plain => {
    return { Effect: 'Allow', Action: names.map((name) => `${service}:${name}`), Resource: on }
  }
  const statements: Plain[] = []
  const configs = items(get(event.properties, 'SourceAccessConfigurations'))
  const isNetwork = (config: Node): boolean => (stringOf(get(config, 'Type')) ?? '').startsWith('VPC_')
  for (const config of configs) {
    const uri = get(config, 'URI')
    if (!isNetwork(config) && uri !== undefined) statements.push(allow('secretsmanager', ['GetSecretValue'], uri))
  }
  if (configs.some(isNetwork)) statements.push(allow('ec2', network, '*'))
  const registry = get(event.properties, 'SchemaRegistryConfig')
  for (const access of items(get(registry, 'AccessConfigs'))) {
    const uri = get(access, 'URI')
    if (uri !== undefined) statements.push(allow('secretsmanager', ['GetSecretValue'], uri))
  }
  const uri = get(registry, 'SchemaRegistryURI')
  const glue = /:glue:.*:registry\/(.+)$/.exec(stringOf(uri) ?? stringOf(get(uri, 'Fn::Sub')) ?? '')
  if (uri !== undefined && glue !== null) {
    statements.push(allow('glue', ['GetRegistry'], uri))
    const schemas = { 'Fn::Sub': `arn:\${AWS::Partition}:glue:\${AWS::Region}:\${AWS::AccountId}:schema/${glue[1]}/*` }
    statements.push(allow('glue', ['GetSchemaVersion'], [schemas]))
  }
  if (statements.length === 0) return
  fn.documents.push({
    PolicyName: 'SelfManagedKafkaExecutionRolePolicy',
    PolicyDocument: { Version: '2012-10-17', Statement: statements },
  })
}
