// The events of a function: what calls it, and what may (SAM-R14, SAM-R65).
//
// Sources that Lambda polls become event source mappings and add to the role; sources that push become a rule, subscription or
// route, and a permission for their service to invoke the function.
import { Dict, entries, get, isMap, isScalar, isTrue, items, stringOf, withMembers } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { underCondition } from './api-draft.ts'
import { apiEvent, httpApiEvent } from './api-events.ts'
import { getAtt, pick, ref, refId, sub } from './draft.ts'
import { invoked, invokedArn, permit } from './function-draft.ts'
import type { Event, FunctionDraft } from './function-draft.ts'
import { managedPolicyArn } from './policies.ts'
import { polled } from './polled-events.ts'
import { ruleEvent, schedulerEvent } from './rule-events.ts'

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
  const condition = stringOf(get(owner.node, 'Condition'))
  const configurations = listed.map((name) =>
    underCondition(condition, { Event: name, Function: invokedArn(fn), Filter: get(properties, 'Filter') }),
  )
  const before = get(bucket, 'Properties')
  const notifications = get(before, 'NotificationConfiguration')
  const earlier = items(get(notifications, 'LambdaConfigurations'))
  const members = (node: Node | undefined): PlainMap =>
    pick(
      node,
      entries(node).map((entry) => entry.key),
    )
  const waits = waitingFor(permission, condition, bucket)
  draft.replace(
    bucketId,
    withMembers(bucket, {
      DependsOn: waits.dependsOn,
      Properties: {
        ...members(before),
        NotificationConfiguration: { ...members(notifications), LambdaConfigurations: [...earlier, ...configurations] },
        Tags: waits.tags,
      },
    }),
  )
}

/**
 * A bucket waits for the permission. `DependsOn` cannot hang on a condition, so with one a tag refers to the permission instead.
 */
function waitingFor(
  permission: string,
  condition: string | undefined,
  bucket: Dict,
): { dependsOn?: Plain; tags?: Plain } {
  const dependsOn = get(bucket, 'DependsOn')
  const tags = get(get(bucket, 'Properties'), 'Tags')
  if (condition === undefined) {
    const before = dependsOn === undefined ? [] : dependsOn.kind === 'list' ? dependsOn.items : [dependsOn]
    return { dependsOn: [...before, permission], ...(tags === undefined ? {} : { tags }) }
  }
  const value = { 'Fn::If': [condition, ref(permission), 'no dependency'] }
  const tag = { Key: `sam:ConditionalDependsOn:${permission}`, Value: value }
  return { tags: [...items(tags), tag], ...(dependsOn === undefined ? {} : { dependsOn }) }
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
        `arn:${draft.partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`,
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
    SourceAccount: sub('${AWS::AccountId}'),
    SourceArn: {
      'Fn::Sub': [
        `arn:${draft.partition}:iot:\${AWS::Region}:\${AWS::AccountId}:rule/\${RuleName}`,
        { RuleName: ref(id) },
      ],
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
