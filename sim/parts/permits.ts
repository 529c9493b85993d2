// Who is let in: whether the resource policies of a target allow a service to use it.
import type { Action, Near, ResourceView } from '../model/contract.ts'
import { allow, permissionOf, statementsOf, textsIn, type Resolve, type Statement } from './resource-policy.ts'

/** The policies of a type: the types that hold them, with the property that names the targets, and the action that is asked for. */
interface Policies {
  readonly action: Action
  readonly holders: readonly (readonly [type: string, targets: string])[]
  readonly statements: (config: ResourceView['config']) => readonly Statement[]
}

const FUNCTION: Policies = {
  action: 'lambda:InvokeFunction',
  holders: [['AWS::Lambda::Permission', 'FunctionName']],
  statements: (config) => [permissionOf(config)],
}

const POLICIES: ReadonlyMap<string, Policies> = new Map([
  [
    'AWS::SQS::Queue',
    {
      action: 'sqs:SendMessage',
      holders: [
        ['AWS::SQS::QueuePolicy', 'Queues'],
        ['AWS::SQS::QueueInlinePolicy', 'Queue'],
      ],
      statements: (config) => statementsOf(config['PolicyDocument']),
    },
  ],
  [
    'AWS::SNS::Topic',
    {
      action: 'sns:Publish',
      holders: [
        ['AWS::SNS::TopicPolicy', 'Topics'],
        ['AWS::SNS::TopicInlinePolicy', 'TopicArn'],
      ],
      statements: (config) => statementsOf(config['PolicyDocument']),
    },
  ],
  // Whoever may call a function may not thereby call its aliases: each name has permissions of its own.
  ['AWS::Lambda::Function', FUNCTION],
  ['AWS::Lambda::Alias', FUNCTION],
  ['AWS::Lambda::Version', FUNCTION],
])

/** Whether a service (`sns.amazonaws.com`), acting for `source`, may use a target; types without resource policies let everybody in. */
export function letsIn(near: Near, target: ResourceView, service: string, source: string): boolean {
  const policies = POLICIES.get(target.type)
  if (policies === undefined) return true
  const resolve: Resolve = (text) => near.resourceAt(text)?.logicalId
  const statements = policies.holders.flatMap(([type, targets]) =>
    near
      .all(type)
      .filter(({ config }) => textsIn(config[targets]).some((text) => resolve(text) === target.logicalId))
      .flatMap(({ config }) => policies.statements(config)),
  )
  return allow(statements, { service, action: policies.action, source, target: target.logicalId }, resolve)
}
