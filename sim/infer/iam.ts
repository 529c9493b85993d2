// Which policies a role has: inline, attached, managed. What they deny is not read: a denial never says what is called.
import { at, entries, get, items, stringOf, textOf, type Entry, type Node } from '../cfn/index.ts'
import type { Span } from '../diag/span.ts'
import { listed, type Names } from './names.ts'

export interface Grant {
  /** `Action` and `Resource` as written. */
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** What gave it: `policy`, `managed policy AmazonSQSFullAccess`. */
  readonly by: string
  readonly span: Span
}

/** AWS's own policies that open a data plane, by the end of their ARN. Those that only let a runtime log or poll are not listed. */
const MANAGED: ReadonlyMap<string, readonly string[]> = new Map([
  ['AdministratorAccess', ['*']],
  ['PowerUserAccess', ['*']],
  ['AmazonDynamoDBFullAccess', ['dynamodb:*']],
  ['AmazonDynamoDBReadOnlyAccess', ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:BatchGetItem']],
  ['AmazonS3FullAccess', ['s3:*']],
  ['AmazonS3ReadOnlyAccess', ['s3:GetObject', 's3:ListBucket']],
  ['AWSLambdaExecute', ['s3:GetObject', 's3:PutObject']],
  ['AmazonSQSFullAccess', ['sqs:*']],
  ['AmazonSNSFullAccess', ['sns:*']],
  ['AmazonKinesisFullAccess', ['kinesis:*']],
  ['AmazonKinesisFirehoseFullAccess', ['firehose:*']],
  ['AmazonEventBridgeFullAccess', ['events:PutEvents']],
  ['AWSStepFunctionsFullAccess', ['states:*']],
  ['AWSLambda_FullAccess', ['lambda:*']],
  ['AWSLambdaFullAccess', ['lambda:*', 's3:*', 'dynamodb:*', 'kinesis:*', 'sns:*', 'sqs:*']],
  ['AWSLambdaRole', ['lambda:InvokeFunction']],
  ['AmazonSSMReadOnlyAccess', ['ssm:GetParameter']],
  ['SecretsManagerReadWrite', ['secretsmanager:GetSecretValue']],
])

/** Actions and resources that are read of one statement; a policy of 10,240 characters holds no more. */
const MOST_ENTRIES = 500

/** What each role of the template is allowed, by its logical id. */
export function grantsByRole(names: Names): ReadonlyMap<string, readonly Grant[]> {
  const { template } = names
  const grants = new Map<string, Grant[]>()
  const give = (role: string | undefined, given: readonly Grant[]): void => {
    if (role !== undefined && template.resources.get(role)?.type === 'AWS::IAM::Role')
      grants.set(role, [...(grants.get(role) ?? []), ...given])
  }
  for (const { logicalId, type, properties, origin } of template.resources.values()) {
    const roles = (property: string): readonly (string | undefined)[] =>
      listed(get(properties, property)).map((node) => names.at(textOf(node) ?? '', 'AWS::IAM::Role')?.logicalId)
    switch (type) {
      case 'AWS::IAM::Role':
        for (const policy of items(get(properties, 'Policies')))
          give(logicalId, statements(get(policy, 'PolicyDocument'), templateOf(policy, origin, names)))
        for (const arn of listed(get(properties, 'ManagedPolicyArns'))) give(logicalId, managed(arn, names))
        if (!grants.has(logicalId)) grants.set(logicalId, [])
        break
      case 'AWS::IAM::Policy':
      case 'AWS::IAM::ManagedPolicy':
        for (const role of roles('Roles')) give(role, statements(get(properties, 'PolicyDocument')))
        break
      case 'AWS::IAM::RolePolicy':
        for (const role of roles('RoleName')) give(role, statements(get(properties, 'PolicyDocument')))
    }
  }
  return grants
}

function managed(arn: Node, names: Names): readonly Grant[] {
  const text = textOf(arn) ?? ''
  const own = names.at(text, 'AWS::IAM::ManagedPolicy')
  if (own?.type === 'AWS::IAM::ManagedPolicy') return statements(get(own.properties, 'PolicyDocument'))
  const name = text.slice(text.lastIndexOf('/') + 1)
  const actions = MANAGED.get(name)
  if (actions === undefined) return []
  return [{ actions, resources: ['*'], by: `managed policy ${name}`, span: arn.span }]
}

function statements(document: Node | undefined, made?: Entry): readonly Grant[] {
  return listed(get(document, 'Statement')).flatMap((statement) => {
    if (stringOf(get(statement, 'Effect')) !== 'Allow') return []
    const texts = (name: string): readonly string[] =>
      listed(get(statement, name))
        .slice(0, MOST_ENTRIES)
        .flatMap((node) => textOf(node) ?? [])
    const span = made?.keySpan ?? (get(statement, 'Action') ?? statement).span
    const by = made === undefined ? 'policy' : `policy template ${made.key}`
    return [{ actions: texts('Action'), resources: texts('Resource'), by, span }]
  })
}

/** The policy template that SAM made a role's policy from; it numbers them as the function lists them. */
function templateOf(policy: Node, origin: string | undefined, names: Names): Entry | undefined {
  const number = /Policy(\d{1,3})$/.exec(textOf(get(policy, 'PolicyName') ?? policy) ?? '')?.[1]
  if (origin === undefined || number === undefined) return undefined
  const written = listed(at(names.template.writtenOf(origin), 'Properties', 'Policies'))[Number(number)]
  const [entry] = entries(written)
  return entry !== undefined && /^[A-Z]\w+Policy$/.test(entry.key) ? entry : undefined
}

/** The role that a property names: its logical id, or undefined when it is not in the template. */
export function roleOf(node: Node | undefined, names: Names): string | undefined {
  const text = node === undefined ? undefined : textOf(node)
  const found = text === undefined ? undefined : names.at(text, 'AWS::IAM::Role')
  if (found?.type === 'AWS::IAM::Role') return found.logicalId
  // An instance has its role by way of a profile.
  const profile = text === undefined ? undefined : names.at(text, 'AWS::IAM::InstanceProfile')
  if (profile?.type !== 'AWS::IAM::InstanceProfile') return undefined
  const [role] = listed(get(profile.properties, 'Roles'))
  return roleOf(role, names)
}

/** Reads a document's path for its text; templates write numbers and booleans as such. */
export function textAt(node: Node | undefined, ...path: readonly string[]): string | undefined {
  const found = path.length === 0 ? node : at(node, ...path)
  return found === undefined ? undefined : textOf(found)
}
