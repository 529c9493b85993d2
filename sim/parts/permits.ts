// Who is let in: whether the resource policies of a target allow a service to use it.
//
// What a policy leaves open is taken for allowed, what it does not mention for denied: identities and most conditions are not
// looked at, only the principal, the action and, where it names a resource of the scenario, the source.
import type { Near, ResourceView } from '../model/contract.ts'

/** The policies of a type: which resource types hold them, which of their properties name the targets, which action is asked for. */
interface Policies {
  readonly types: readonly string[]
  readonly targets: readonly string[]
  readonly action: string
}

const POLICIES: ReadonlyMap<string, Policies> = new Map([
  [
    'AWS::SQS::Queue',
    {
      types: ['AWS::SQS::QueuePolicy', 'AWS::SQS::QueueInlinePolicy'],
      targets: ['Queues', 'Queue'],
      action: 'sqs:sendmessage',
    },
  ],
  [
    'AWS::SNS::Topic',
    {
      types: ['AWS::SNS::TopicPolicy', 'AWS::SNS::TopicInlinePolicy'],
      targets: ['Topics', 'TopicArn'],
      action: 'sns:publish',
    },
  ],
])
const FUNCTIONS = new Set(['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'])

/** Whether a service (`sns.amazonaws.com`), acting for `source`, may use a target; types without resource policies let everybody in. */
export function letsIn(near: Near, target: ResourceView, service: string, source: string): boolean {
  if (FUNCTIONS.has(target.type))
    return permissionsOf(near, target).some((each) => permits(near, each, service, source))
  const policies = POLICIES.get(target.type)
  if (policies === undefined) return true
  const documents = policies.types.flatMap((type) =>
    near
      .all(type)
      .filter(({ config }) =>
        policies.targets
          .flatMap((property): unknown => config[property] ?? [])
          .some((each) => near.resourceAt(each)?.logicalId === target.logicalId),
      )
      .map(({ config }) => config['PolicyDocument']),
  )
  return documents.some((document) =>
    [document?.Statement ?? []]
      .flat()
      .some((statement: any) => allows(near, statement, policies.action, service, source)),
  )
}

/** Permissions of the very name that is called, or of the function behind it by that name. */
function permissionsOf(near: Near, target: ResourceView): readonly ResourceView[] {
  return near
    .all('AWS::Lambda::Permission')
    .filter(({ config }) => near.resourceAt(config['FunctionName'])?.logicalId === target.logicalId)
}

function permits(near: Near, { config }: ResourceView, service: string, source: string): boolean {
  const { Principal: principal, SourceArn: arn } = config
  return (principal === service || principal === '*') && isFor(near, arn, source)
}

function allows(near: Near, statement: any, action: string, service: string, source: string): boolean {
  const principals = texts(statement?.Principal)
  const sources = Object.entries(statement?.Condition ?? {}).flatMap(([, keys]) =>
    Object.entries((keys ?? {}) as object).flatMap(([key, value]) =>
      key.toLowerCase() === 'aws:sourcearn' ? texts(value) : [],
    ),
  )
  return (
    statement?.Effect === 'Allow' &&
    texts(statement?.Action).some((each) => covers(each.toLowerCase(), action)) &&
    (principals.includes('*') || principals.includes(service)) &&
    (sources.length === 0 || sources.some((each) => isFor(near, each, source)))
  )
}

/** Whether a condition on the source lets it through; an ARN that belongs to nobody in the scenario is not judged. */
function isFor(near: Near, arn: unknown, source: string): boolean {
  const named = arn === undefined || arn === null ? undefined : near.resourceAt(arn)
  return named === undefined || named.logicalId === source
}

/** An action with a star at its end covers what begins like it. */
function covers(pattern: string, action: string): boolean {
  return pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.values(value).flatMap(texts)
  return [value].flat().map(String)
}
