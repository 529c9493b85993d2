// The events of a function: what calls it, and what may (SAM-R14, SAM-R65).
//
// Sources that Lambda polls become event source mappings and add to the role; sources that push become a rule, subscription or
// route, and a permission for their service to invoke the function.
import { Dict, entries, get, has, isMap, isScalar, isTrue, items, stringOf, withMembers } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { apiEvent, httpApiEvent } from './api-events.ts'
import { getAtt, isIntrinsic, pick, ref, refId } from './draft.ts'
import { invoked, invokedArn, trusting } from './function.ts'
import type { FunctionDraft } from './function.ts'
import { managedPolicyArn } from './policies.ts'

/** One event: its key and its properties. */
export interface Event {
  readonly name: string
  readonly type: string
  readonly properties: Node
  /** F + E: the logical id that most sources give to what they make. */
  readonly id: string
}

type Maker = (fn: FunctionDraft, event: Event) => void

const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['Api', apiEvent],
  ['HttpApi', httpApiEvent],
  ['SQS', polled('AWSLambdaSQSQueueExecutionRole', 'Queue', false)],
  ['Kinesis', polled('AWSLambdaKinesisExecutionRole', 'Stream', true)],
  ['DynamoDB', polled('AWSLambdaDynamoDBExecutionRole', 'Stream', true)],
  ['MSK', polled('AWSLambdaMSKExecutionRole', 'Stream', false)],
  ['MQ', polled('', 'Broker', false)],
  ['DocumentDB', polled('', 'Cluster', false)],
  ['SelfManagedKafka', polled('', '', false)],
  ['SNS', snsEvent],
  ['S3', s3Event],
  ['Schedule', ruleEvent],
  ['EventBridgeRule', ruleEvent],
  ['CloudWatchEvent', ruleEvent],
  ['ScheduleV2', schedulerEvent],
  ['CloudWatchLogs', logsEvent],
  ['Cognito', cognitoEvent],
  ['IoTRule', iotEvent],
  ['AlexaSkill', alexaEvent],
])

export function functionEvents(fn: FunctionDraft): void {
  const { owner, draft } = fn
  for (const { key: name, keySpan, value } of entries(get(owner.properties, 'Events'))) {
    const type = stringOf(get(value, 'Type'))
    const maker = makers.get(type ?? '')
    if (type === undefined || maker === undefined) {
      draft.error(
        owner,
        `an event has a \`Type\`: ${[...makers.keys()].join(', ')}`,
        get(value, 'Type')?.span ?? keySpan,
        name,
      )
      continue
    }
    const properties = get(value, 'Properties') ?? new Dict(new Map(), value.span)
    maker(fn, { name, type, properties, id: `${owner.id}${name}` })
  }
}

/** Allows `service` to invoke the function. */
export function permit(fn: FunctionDraft, id: string, service: string, more: PlainMap): void {
  fn.draft.emit(fn.owner, id, 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: invoked(fn),
    Principal: service,
    ...more,
  })
}

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

function polled(policy: string, sourceProperty: string, needsStart: boolean): Maker {
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
    const registry = written === undefined ? undefined : draft.resolveParameters(written)
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

function snsEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft } = fn
  const { properties, id } = event
  const topic = get(properties, 'Topic')
  draft.checkKeys(
    owner,
    properties,
    ['Topic', 'Region', 'FilterPolicy', 'FilterPolicyScope', 'SqsSubscription', 'RedrivePolicy'],
    'an event of the type SNS',
    event.name,
  )
  if (topic === undefined) {
    draft.error(owner, '`Topic` is missing', properties.span, event.name)
    return
  }
  const wanted = get(properties, 'SqsSubscription')
  const subscription = {
    ...pick(properties, ['Region', 'FilterPolicy', 'FilterPolicyScope', 'RedrivePolicy']),
    TopicArn: topic,
  }
  if (wanted === undefined || (isScalar(wanted) && !isTrue(wanted))) {
    draft.emit(owner, id, 'AWS::SNS::Subscription', { ...subscription, Protocol: 'lambda', Endpoint: invokedArn(fn) })
    permit(fn, `${id}Permission`, 'sns.amazonaws.com', { SourceArn: topic })
    return
  }
  const queue = isScalar(wanted) ? undefined : get(wanted, 'QueueArn')
  const made = `${id}Queue`
  const queueArn: Plain = queue ?? getAtt(made, 'Arn')
  const queueUrl: Plain = (isScalar(wanted) ? undefined : get(wanted, 'QueueUrl')) ?? ref(made)
  if (queue === undefined) draft.emit(owner, made, 'AWS::SQS::Queue', isFifo(fn, topic) ? { FifoQueue: true } : {})
  const policyId = (isScalar(wanted) ? undefined : stringOf(get(wanted, 'QueuePolicyLogicalId'))) ?? `${id}QueuePolicy`
  draft.emit(owner, policyId, 'AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'sqs:SendMessage',
          Effect: 'Allow',
          Principal: '*',
          Resource: queueArn,
          Condition: { ArnEquals: { 'aws:SourceArn': topic } },
        },
      ],
    },
    Queues: [queueUrl],
  })
  draft.emit(owner, id, 'AWS::SNS::Subscription', { ...subscription, Protocol: 'sqs', Endpoint: queueArn })
  const options = isScalar(wanted) ? undefined : wanted
  draft.emit(owner, `${id}EventSourceMapping`, 'AWS::Lambda::EventSourceMapping', {
    ...{ BatchSize: get(options, 'BatchSize') ?? 10, Enabled: get(options, 'Enabled') ?? true },
    FunctionName: invoked(fn),
    EventSourceArn: queueArn,
  })
  fn.managed.push(managedPolicyArn('AWSLambdaSQSQueueExecutionRole', draft.partition))
}

/** A topic of the template that is FIFO needs a queue that is. */
function isFifo(fn: FunctionDraft, topic: Node): boolean {
  const topicId = refId(topic)
  return topicId !== undefined && isTrue(get(get(fn.draft.resource(topicId), 'Properties'), 'FifoTopic'))
}

function s3Event(fn: FunctionDraft, event: Event): void {
  const { owner, draft } = fn
  const { properties, id } = event
  draft.checkKeys(owner, properties, ['Bucket', 'Events', 'Filter'], 'an event of the type S3', event.name)
  const bucketId = refId(get(properties, 'Bucket'))
  const bucket = bucketId === undefined ? undefined : draft.resource(bucketId)
  if (bucketId === undefined || !isMap(bucket) || stringOf(get(bucket, 'Type')) !== 'AWS::S3::Bucket') {
    draft.error(
      owner,
      '`Bucket` is a `Ref` to a bucket of the same template',
      get(properties, 'Bucket')?.span ?? properties.span,
      event.name,
    )
    return
  }
  const permission = `${id}Permission`
  permit(fn, permission, 's3.amazonaws.com', { SourceAccount: ref('AWS::AccountId') })
  const events = get(properties, 'Events')
  const listed = events === undefined ? [] : events.kind === 'list' ? events.items : [events]
  const configurations: Plain[] = listed.map((name) => ({
    Event: name,
    Function: invokedArn(fn),
    Filter: get(properties, 'Filter'),
  }))
  const before = get(bucket, 'Properties')
  const notifications = get(before, 'NotificationConfiguration')
  const earlier = items(get(notifications, 'LambdaConfigurations'))
  const members = (node: Node | undefined): PlainMap =>
    pick(
      node,
      entries(node).map((entry) => entry.key),
    )
  const dependsOn = get(bucket, 'DependsOn')
  draft.replace(
    bucketId,
    withMembers(bucket, {
      DependsOn: [
        ...(dependsOn === undefined ? [] : dependsOn.kind === 'list' ? dependsOn.items : [dependsOn]),
        permission,
      ],
      Properties: {
        ...members(before),
        NotificationConfiguration: { ...members(notifications), LambdaConfigurations: [...earlier, ...configurations] },
      },
    }),
  )
}

const ruleProperties = [
  ...[
    'Schedule',
    'Pattern',
    'Input',
    'InputPath',
    'InputTransformer',
    'Name',
    'RuleName',
    'Description',
    'Enabled',
    'State',
  ],
  ...['DeadLetterConfig', 'RetryPolicy', 'EventBusName', 'Target', 'RoleArn'],
]

/** What a rule and its target share between functions and state machines (Schedule, EventBridgeRule, CloudWatchEvent). */
export function ruleOf(event: Event): { rule: PlainMap; target: PlainMap } {
  const { properties } = event
  const enabled = get(properties, 'Enabled')
  const state: Plain | undefined =
    get(properties, 'State') ??
    (enabled === undefined ? undefined : isIntrinsic(enabled) ? enabled : isTrue(enabled) ? 'ENABLED' : 'DISABLED')
  return {
    rule: {
      ...pick(properties, ['EventBusName', 'Description']),
      Name: get(properties, 'RuleName') ?? get(properties, 'Name'),
      ScheduleExpression: get(properties, 'Schedule'),
      EventPattern: get(properties, 'Pattern'),
      State: state,
    },
    target: pick(properties, ['Input', 'InputPath', 'InputTransformer', 'RetryPolicy']),
  }
}

function ruleEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft } = fn
  const { id } = event
  draft.checkKeys(owner, event.properties, ruleProperties, `an event of the type ${event.type}`, event.name)
  const { rule, target } = ruleOf(event)
  const targetId: Plain = get(get(event.properties, 'Target'), 'Id') ?? `${id}LambdaTarget`
  draft.emit(owner, id, 'AWS::Events::Rule', {
    ...rule,
    Targets: [{ Arn: invokedArn(fn), Id: targetId, ...target, DeadLetterConfig: deadLetterOf(fn, event) }],
  })
  permit(fn, `${id}Permission`, 'events.amazonaws.com', { SourceArn: getAtt(id, 'Arn') })
}

export function deadLetterOf(
  { owner, draft }: Pick<FunctionDraft, 'owner' | 'draft'>,
  event: Event,
): PlainMap | undefined {
  const config = get(event.properties, 'DeadLetterConfig')
  if (config === undefined) return undefined
  const given = get(config, 'Arn')
  const type = get(config, 'Type')
  if (given !== undefined && type !== undefined) {
    draft.error(owner, 'a dead-letter queue has either an `Arn` or a `Type`', config.span, event.name)
    return undefined
  }
  if (given !== undefined) return { Arn: given }
  if (stringOf(type) !== 'SQS') {
    draft.error(owner, "the `Type` of a dead-letter queue is 'SQS'", type?.span ?? config.span, event.name)
    return undefined
  }
  const named = get(config, 'QueueLogicalId')
  const queue = named === undefined ? `${event.id}Queue` : stringOf(named)
  if (queue === undefined) {
    draft.error(owner, '`QueueLogicalId` is a literal text', named?.span, event.name)
    return undefined
  }
  const service = event.type === 'ScheduleV2' ? 'scheduler.amazonaws.com' : 'events.amazonaws.com'
  draft.emit(owner, queue, 'AWS::SQS::Queue', {})
  if (event.type === 'ScheduleV2') return { Arn: getAtt(queue, 'Arn') }
  draft.emit(owner, `${event.id}QueuePolicy`, 'AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          ...{
            Action: 'sqs:SendMessage',
            Effect: 'Allow',
            Principal: { Service: service },
            Resource: getAtt(queue, 'Arn'),
          },
          Condition: { ArnEquals: { 'aws:SourceArn': getAtt(event.id, 'Arn') } },
        },
      ],
    },
    Queues: [ref(queue)],
  })
  return { Arn: getAtt(queue, 'Arn') }
}

const scheduleProperties = [
  ...[
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'EndDate',
    'State',
    'Description',
    'GroupName',
    'KmsKeyArn',
  ],
]

function schedulerEvent(fn: FunctionDraft, event: Event): void {
  emitSchedule(fn, event, invokedArn(fn), 'lambda:InvokeFunction', 'LambdaPolicy')
}

/** AWS::Scheduler::Schedule with a role that may do `action` on `target`. */
export function emitSchedule(
  { owner, draft }: Pick<FunctionDraft, 'owner' | 'draft'>,
  event: Event,
  target: PlainMap,
  action: string,
  policyName: string,
): void {
  const { properties, id } = event
  const known = [
    ...scheduleProperties,
    ...[
      'FlexibleTimeWindow',
      'Name',
      'OmitName',
      'Input',
      'RetryPolicy',
      'DeadLetterConfig',
      'RoleArn',
      'PermissionsBoundary',
    ],
  ]
  draft.checkKeys(owner, properties, known, 'an event of the type ScheduleV2', event.name)
  const deadLetter = deadLetterOf({ owner, draft }, event)
  const given = get(properties, 'RoleArn')
  draft.emit(owner, id, 'AWS::Scheduler::Schedule', {
    ...pick(properties, scheduleProperties),
    FlexibleTimeWindow: get(properties, 'FlexibleTimeWindow') ?? { Mode: 'OFF' },
    Name: get(properties, 'Name') ?? (isTrue(get(properties, 'OmitName')) ? undefined : id),
    Target: {
      ...pick(properties, ['Input', 'RetryPolicy']),
      Arn: target,
      RoleArn: given ?? getAtt(`${id}Role`, 'Arn'),
      DeadLetterConfig: deadLetter,
    },
  })
  if (given !== undefined) return
  const policies: Plain[] = [
    {
      PolicyName: `${id}${policyName}`,
      PolicyDocument: { Statement: [{ Action: action, Effect: 'Allow', Resource: target }] },
    },
  ]
  if (deadLetter !== undefined) {
    const statement = { Action: 'sqs:SendMessage', Effect: 'Allow', Resource: deadLetter['Arn'] }
    policies.push({ PolicyName: `${id}SQSPolicy`, PolicyDocument: { Statement: [statement] } })
  }
  draft.emit(owner, `${id}Role`, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trusting('scheduler.amazonaws.com'),
    Policies: policies,
    PermissionsBoundary: get(properties, 'PermissionsBoundary'),
  })
}

function logsEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft } = fn
  const { properties, id } = event
  draft.checkKeys(
    owner,
    properties,
    ['LogGroupName', 'FilterPattern'],
    'an event of the type CloudWatchLogs',
    event.name,
  )
  const group = get(properties, 'LogGroupName')
  if (group === undefined) draft.error(owner, '`LogGroupName` is missing', properties.span, event.name)
  const permission = `${id}Permission`
  permit(fn, permission, 'logs.amazonaws.com', {
    SourceArn: {
      'Fn::Sub': [
        'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*',
        { __LogGroupName__: group },
      ],
    },
  })
  const filter = { ...pick(properties, ['LogGroupName', 'FilterPattern']), DestinationArn: invokedArn(fn) }
  draft.emit(owner, id, 'AWS::Logs::SubscriptionFilter', filter, { DependsOn: [permission] })
}

function cognitoEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft } = fn
  const { properties } = event
  draft.checkKeys(owner, properties, ['UserPool', 'Trigger'], 'an event of the type Cognito', event.name)
  const poolId = refId(get(properties, 'UserPool'))
  const pool = poolId === undefined ? undefined : draft.resource(poolId)
  if (poolId === undefined || !isMap(pool)) {
    draft.error(
      owner,
      '`UserPool` is a `Ref` to a user pool of the same template',
      get(properties, 'UserPool')?.span ?? properties.span,
      event.name,
    )
    return
  }
  permit(fn, `${owner.id}CognitoPermission`, 'cognito-idp.amazonaws.com', { SourceArn: getAtt(poolId, 'Arn') })
  const before = get(pool, 'Properties')
  const members = (node: Node | undefined): PlainMap =>
    pick(
      node,
      entries(node).map((entry) => entry.key),
    )
  const triggers = get(properties, 'Trigger')
  const added: Record<string, Plain> = {}
  for (const trigger of triggers === undefined ? [] : triggers.kind === 'list' ? triggers.items : [triggers]) {
    added[stringOf(trigger) ?? ''] = invokedArn(fn)
  }
  draft.replace(
    poolId,
    withMembers(pool, {
      Properties: { ...members(before), LambdaConfig: { ...members(get(before, 'LambdaConfig')), ...added } },
    }),
  )
}

function iotEvent(fn: FunctionDraft, event: Event): void {
  const { owner, draft } = fn
  const { properties, id } = event
  draft.checkKeys(owner, properties, ['Sql', 'AwsIotSqlVersion'], 'an event of the type IoTRule', event.name)
  permit(fn, `${id}Permission`, 'iot.amazonaws.com', {
    SourceArn: {
      'Fn::Sub': ['arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}', { RuleName: ref(id) }],
    },
  })
  const payload = {
    ...pick(properties, ['Sql', 'AwsIotSqlVersion']),
    RuleDisabled: false,
    Actions: [{ Lambda: { FunctionArn: invokedArn(fn) } }],
  }
  draft.emit(owner, id, 'AWS::IoT::TopicRule', { TopicRulePayload: payload })
}

function alexaEvent(fn: FunctionDraft, event: Event): void {
  const skill = get(event.properties, 'SkillId')
  permit(fn, `${event.id}Permission`, 'alexa-appkit.amazon.com', { EventSourceToken: skill })
}
