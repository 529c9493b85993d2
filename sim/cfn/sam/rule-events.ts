// Events by time or by pattern: rules of EventBridge and schedules of its scheduler, with their dead-letter queues.
import { get, isTrue, stringOf } from '../node.ts'
import type { Plain, PlainMap } from '../node.ts'
import { getAtt, isIntrinsic, pick, ref } from './draft.ts'
import { invokedArn, permit } from './function-draft.ts'
import type { Event, FunctionDraft } from './function-draft.ts'
import { trusting } from './pieces.ts'

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

export function ruleEvent(fn: FunctionDraft, event: Event): void {
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

export function schedulerEvent(fn: FunctionDraft, event: Event): void {
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
