// What programs call, by service: which IAM actions are calls of the data plane, which class they are of, which are but plumbing.
//
// The one idea: a policy lists what may be done, a program does one or two of these things. An action alone in its class (read,
// write) is what is done; of several, the verb in the program's name or route chooses.

import { globs } from './names.ts'

export type Intent = 'list' | 'read' | 'create' | 'update' | 'delete'

interface Service {
  /** Types that the service's actions are made on. */
  readonly types: readonly string[]
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

const of = (types: string, reads: string, writes: string): Service => ({
  types: types.split(' '),
  reads: reads.split(' ').filter(Boolean),
  writes: writes.split(' ').filter(Boolean),
})

/** The data plane in full; in each class the plainest action first: it is taken where nothing chooses. */
const SERVICES: ReadonlyMap<string, Service> = new Map([
  [
    'dynamodb',
    of(
      'AWS::DynamoDB::Table AWS::DynamoDB::GlobalTable',
      'GetItem Query Scan BatchGetItem',
      'PutItem UpdateItem DeleteItem BatchWriteItem',
    ),
  ],
  ['s3', of('AWS::S3::Bucket', 'GetObject ListBucket', 'PutObject DeleteObject')],
  ['sqs', of('AWS::SQS::Queue', 'ReceiveMessage', 'SendMessage')],
  ['sns', of('AWS::SNS::Topic', '', 'Publish')],
  ['events', of('AWS::Events::EventBus', '', 'PutEvents')],
  ['kinesis', of('AWS::Kinesis::Stream', 'GetRecords', 'PutRecord PutRecords')],
  ['firehose', of('AWS::KinesisFirehose::DeliveryStream', '', 'PutRecord PutRecordBatch')],
  [
    'states',
    of('AWS::StepFunctions::StateMachine', '', 'StartExecution StartSyncExecution SendTaskSuccess SendTaskFailure'),
  ],
  [
    'lambda',
    of(
      'AWS::Lambda::Function',
      '',
      'InvokeFunction SendDurableExecutionCallbackSuccess SendDurableExecutionCallbackFailure',
    ),
  ],
  ['execute-api', of('AWS::ApiGateway::RestApi AWS::ApiGatewayV2::Api', '', 'ManageConnections Invoke')],
  ['ssm', of('AWS::SSM::Parameter', 'GetParameter', 'PutParameter')],
  ['secretsmanager', of('AWS::SecretsManager::Secret', 'GetSecretValue', 'PutSecretValue')],
  ['appsync', of('AWS::AppSync::GraphQLApi', '', 'GraphQL')],
  ['rds-data', of('AWS::RDS::DBCluster', '', 'ExecuteStatement')],
])

/** Services that a program's runtime, its network or its encryption needs; not what it was written for. */
const PLUMBING = new Set(
  'logs xray iam sts ec2 kms cloudwatch kafka kafka-cluster elasticfilesystem ecr ssmmessages tag cloudformation'.split(
    ' ',
  ),
)
/** Actions that look at settings, change them or label things, of services that are not listed. */
const BESIDE = /^(Describe|List|Tag|Untag|Create|Delete|Update|GetPolicy)|Tags?$|Policy$|Configuration$/

/** The services that make sense on a type, by the prefix of their actions. */
export function servicesOf(type: string): readonly string[] {
  return [...SERVICES].filter(([, service]) => service.types.includes(type)).map(([name]) => name)
}

/** Whether an action can be made on a resource of the type; services that are not listed here are believed. */
export function isMadeOn(action: string, type: string): boolean {
  const service = action.slice(0, action.indexOf(':'))
  if (PLUMBING.has(service)) return false
  return SERVICES.get(service)?.types.includes(type) ?? true
}

/** What a policy's `Action` allows of the calls known here; an action that is named in full is kept though it is none of them. */
export function allowedBy(pattern: string): readonly string[] {
  const [service = '', name = ''] = pattern.toLowerCase() === '*' ? ['*', '*'] : splitAction(pattern)
  if (PLUMBING.has(service)) return []
  const allowed: string[] = []
  for (const [prefix, { reads, writes }] of SERVICES) {
    if (service !== '*' && service !== prefix) continue
    for (const each of [...reads, ...writes]) if (fits(name, each)) allowed.push(`${prefix}:${each}`)
  }
  // Several parameters at once are one call as well.
  if (allowed.length === 0 && name.startsWith('GetParameters')) return ['ssm:GetParameter']
  if (SERVICES.has(service) || /[*?]/.test(pattern) || BESIDE.test(name)) return allowed
  return [`${service}:${name}`]
}

function splitAction(pattern: string): [string, string] {
  const at = pattern.indexOf(':')
  return [pattern.slice(0, at).toLowerCase(), pattern.slice(at + 1)]
}

/** IAM compares actions without regard to case. */
function fits(pattern: string, name: string): boolean {
  return globs(pattern.toLowerCase(), name.toLowerCase())
}

/** What each intent does, the best first. A list is a query where a partition holds several items, and a scan otherwise. */
const PREFERENCES: Readonly<Record<Intent, readonly string[]>> = {
  list: ['Query', 'Scan', 'ListBucket', 'GetItem', 'GetObject'],
  read: ['GetItem', 'GetObject', 'Query', 'Scan', 'BatchGetItem'],
  create: ['PutItem', 'PutObject', 'UpdateItem', 'BatchWriteItem'],
  update: ['UpdateItem', 'PutItem', 'PutObject', 'BatchWriteItem'],
  delete: ['DeleteItem', 'DeleteObject', 'BatchWriteItem', 'UpdateItem', 'PutItem'],
}

/** What of a resource steers the choice: whether its partitions hold several items, and whether an index was handed over. */
export interface Shape {
  readonly sorted: boolean
  readonly index: boolean
}

/**
 * The calls that a program makes out of those it may make on one resource (names with their service). One of a class is taken
 * as it is. Of several reads and several writes, the intent chooses the class and the call in it; without an intent the plainest
 * write is taken, or the plainest read where nothing can be written.
 */
export function chosen(allowed: ReadonlySet<string>, intent: Intent | undefined, shape: Shape): readonly string[] {
  const picked: string[] = []
  for (const [prefix, { reads, writes }] of SERVICES) {
    const mine = (names: readonly string[]): string[] => names.filter((name) => allowed.has(`${prefix}:${name}`))
    const may = { reads: single(mine(reads)), writes: single(mine(writes)) }
    const reading = intent === 'list' || intent === 'read'
    // One end of a queue: whoever may use both sends, unless its purpose is to take.
    if (prefix === 'sqs' && may.reads.length > 0 && may.writes.length > 0)
      may[reading || intent === 'delete' ? 'writes' : 'reads'] = []
    const wanted = [
      ...(may.reads.length === 1 || (may.reads.length > 1 && (reading || may.writes.length === 0))
        ? [pick(may.reads, reading ? intent : undefined, shape)]
        : []),
      ...(may.writes.length === 1 || (may.writes.length > 1 && (!reading || may.reads.length === 0))
        ? [pick(may.writes, reading ? undefined : intent, shape)]
        : []),
    ]
    picked.push(...wanted.map((name) => `${prefix}:${name}`))
  }
  for (const action of allowed) {
    const [service = '', name = ''] = action.split(':')
    const known = SERVICES.get(service)
    if (known === undefined || ![...known.reads, ...known.writes].includes(name)) picked.push(action)
  }
  return picked
}

/** A batch beside its single call, and a list beside an object, are other ways to do the same. */
function single(names: readonly string[]): readonly string[] {
  const others = names.filter((name) => !/^Batch|Records$|Batch$|^ListBucket$|^StartSync/.test(name))
  return others.length === 0 ? names : others
}

function pick(names: readonly string[], intent: Intent | undefined, shape: Shape): string {
  const isList = intent === 'list' || (intent === 'read' && shape.index)
  const order = intent === undefined ? [] : PREFERENCES[isList ? 'list' : intent]
  const found = order.filter((name) => names.includes(name))
  const [first] = isList && !shape.sorted && !shape.index ? found.filter((name) => name !== 'Query') : found
  return first ?? found[0] ?? names[0]!
}

export function isRead(action: string): boolean {
  const [service = '', name = ''] = action.split(':')
  return SERVICES.get(service)?.reads.includes(name) === true || action === 'http:GET'
}

/** Reads come before writes, and what goes to others comes last. */
export function rankOf(action: string): number {
  const service = action.slice(0, action.indexOf(':'))
  if (service === 'ssm' || service === 'secretsmanager') return 0
  if (isRead(action)) return 1
  if (service === 'http') return 2
  if (service === 'dynamodb' || service === 's3') return 3
  return 4
}
