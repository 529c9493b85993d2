// What a connector between two types of resource makes (SAM-R50, SAM-R51): the table of the pairs that SAM connects.
//
// The one idea: whoever acts gets the permission. A source with a role gets a policy on it; a source that is a service on its own, such
// as a topic, is let in by the destination; and a function that polls gets the policy on its own role.
import type { Plain, PlainMap } from '../node.ts'
import { sub } from './draft.ts'

/** One end of a connector, with everything that a permission may name. */
export interface End {
  /** The resource's logical id, if the end is one of the template's. */
  readonly id: string | undefined
  /** The type as the template says it. */
  readonly type: string
  readonly arn: Plain | undefined
  readonly name: Plain | undefined
  readonly resourceId: Plain | undefined
  readonly qualifier: Plain | undefined
  readonly queueUrl: Plain | undefined
  /** The role's name, where the end says it or a resource of the template has one. */
  readonly role: Plain | undefined
}

export interface Ends {
  readonly source: End
  readonly destination: End
}

/** Actions on resources, which are made from the two ends. */
interface Grant {
  readonly actions: readonly string[]
  readonly on: (ends: Ends) => Plain[]
}

/** What each permission of a connector grants. */
type Grants = Readonly<Record<string, readonly Grant[]>>

export interface Profile {
  /** What is made: a policy on the role of one end, a function's permission, or the policy of a queue or a topic. */
  readonly makes: 'source role' | 'destination role' | 'permission' | 'queue policy' | 'topic policy'
  /** By permission, in the order of the statements. */
  readonly grants: Grants
  /** The sets of permissions that make sense together, where not all do. */
  readonly together?: readonly (readonly string[])[]
  /** The service that the destination lets in, and the ARN that it comes from. */
  readonly principal?: string
  readonly from?: (ends: Ends) => Plain
  readonly onlyOwnAccount?: boolean
  /** What may begin at once, and therefore waits for the permission. */
  readonly waits?: 'source' | 'mapping'
}

const grant = (service: string, names: string, on: Grant['on']): Grant => ({
  actions: names.split(' ').map((name) => `${service}:${name}`),
  on,
})

const arn = (end: End): Plain => end.arn ?? ''
const below = (path: string) => (ends: Ends) => [
  arn(ends.destination),
  sub(`\${DestinationArn}${path}`, { DestinationArn: arn(ends.destination) }),
]
const itself = (ends: Ends): Plain[] => [arn(ends.destination)]
const source = (ends: Ends): Plain[] => [arn(ends.source)]
const streams = (ends: Ends): Plain[] => [sub('${SourceArn}/stream/*', { SourceArn: arn(ends.source) })]
const executions = (ends: Ends): Plain[] => [
  sub('arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*', {
    DestinationName: ends.destination.name ?? '',
  }),
]
const syncRule = (): Plain[] => [
  sub(
    'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
  ),
]

const invoke: Grants = { Write: [grant('lambda', 'InvokeAsync InvokeFunction', itself)] }
const invokeVersions: Grants = { Write: [grant('lambda', 'InvokeAsync InvokeFunction', below(':*'))] }
const publish: Grants = { Write: [grant('sns', 'Publish', itself)] }
const putEvents: Grants = { Write: [grant('events', 'PutEvents', itself)] }
const send: Grants = { Write: [grant('sqs', 'SendMessage', itself)] }
const table: Grants = {
  Read: [grant('dynamodb', 'GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect', below('/index/*'))],
  Write: [
    grant(
      'dynamodb',
      'PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate',
      below('/index/*'),
    ),
  ],
}
const reading = [
  ...['GetObject', 'GetObjectAcl', 'GetObjectLegalHold', 'GetObjectRetention', 'GetObjectTorrent', 'GetObjectVersion'],
  ...['GetObjectVersionAcl', 'GetObjectVersionForReplication', 'GetObjectVersionTorrent', 'ListBucket'],
  ...['ListBucketMultipartUploads', 'ListBucketVersions', 'ListMultipartUploadParts'],
]
const writing = [
  ...['AbortMultipartUpload', 'DeleteObject', 'DeleteObjectVersion', 'PutObject', 'PutObjectLegalHold'],
  ...['PutObjectRetention', 'RestoreObject'],
]
const bucket: Grants = {
  Read: [grant('s3', reading.join(' '), below('/*'))],
  Write: [grant('s3', writing.join(' '), below('/*'))],
}
const queue: Grants = {
  Read: [grant('sqs', 'ReceiveMessage GetQueueAttributes', itself)],
  Write: [grant('sqs', 'DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue', itself)],
}
const machine: Grants = {
  Write: [grant('states', 'StartExecution StartSyncExecution', itself), grant('states', 'StopExecution', executions)],
  Read: [
    grant('states', 'DescribeStateMachine ListExecutions', itself),
    grant('states', 'DescribeExecution DescribeStateMachineForExecution GetExecutionHistory', executions),
  ],
}
/** A state machine that runs another one waits for it by a rule of EventBridge's. */
const nested: Grants = {
  Read: [grant('states', 'DescribeExecution', executions), grant('events', 'DescribeRule', syncRule)],
  Write: [
    grant('states', 'StartExecution', itself),
    grant('states', 'StopExecution', executions),
    grant('events', 'PutTargets PutRule', syncRule),
  ],
}
const places: Grants = {
  Read: [
    grant(
      'geo',
      'DescribePlaceIndex GetPlace SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions SearchPlaceIndexForText',
      itself,
    ),
  ],
}

const ofSource = (grants: Grants): Profile => ({ makes: 'source role', grants })
/** The destination lets a service in; what it may do there, a permission says by itself. */
const letsIn = (makes: Profile['makes'], principal: string, grants: Grants = { Write: [] }): Profile => ({
  ...{ makes, grants, principal },
  from: (ends) => arn(ends.source),
})
const throughApi = (principal: string, text: string): Profile => ({
  ...letsIn('permission', principal),
  from: ({ source: { resourceId, qualifier } }) =>
    sub(text, {
      SourceResourceId: resourceId ?? '',
      ...(text.includes('SourceQualifier') ? { SourceQualifier: qualifier ?? '' } : {}),
    }),
})
const gateway = throughApi(
  'apigateway.amazonaws.com',
  'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${SourceResourceId}/${SourceQualifier}',
)

/** By source, then by destination. */
const profiles: ReadonlyMap<string, ReadonlyMap<string, Profile>> = new Map(
  Object.entries({
    'AWS::Lambda::Function': {
      'AWS::Lambda::Function': ofSource(invoke),
      'AWS::S3::Bucket': ofSource(bucket),
      'AWS::DynamoDB::Table': ofSource(table),
      'AWS::SQS::Queue': ofSource(queue),
      'AWS::SNS::Topic': ofSource(publish),
      'AWS::StepFunctions::StateMachine': ofSource(machine),
      'AWS::Events::EventBus': ofSource(putEvents),
      'AWS::Location::PlaceIndex': ofSource(places),
    },
    'AWS::StepFunctions::StateMachine': {
      'AWS::Lambda::Function': ofSource(invoke),
      'AWS::S3::Bucket': ofSource(bucket),
      'AWS::DynamoDB::Table': ofSource(table),
      'AWS::SQS::Queue': ofSource(send),
      'AWS::SNS::Topic': ofSource(publish),
      'AWS::StepFunctions::StateMachine': {
        ...ofSource(nested),
        together: [['Read'], ['Read', 'Write']],
        waits: 'source',
      },
      'AWS::Events::EventBus': ofSource(putEvents),
    },
    'AWS::AppSync::DataSource': {
      'AWS::DynamoDB::Table': ofSource(table),
      'AWS::Lambda::Function': ofSource(invokeVersions),
      'AWS::Events::EventBus': ofSource(putEvents),
    },
    'AWS::AppSync::GraphQLApi': {
      'AWS::Lambda::Function': throughApi(
        'appsync.amazonaws.com',
        'arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${SourceResourceId}',
      ),
    },
    'AWS::ApiGateway::RestApi': { 'AWS::Lambda::Function': gateway },
    'AWS::ApiGatewayV2::Api': { 'AWS::Lambda::Function': gateway },
    'AWS::Events::Rule': {
      'AWS::SNS::Topic': letsIn('topic policy', 'events.amazonaws.com', publish),
      'AWS::SQS::Queue': letsIn('queue policy', 'events.amazonaws.com', send),
      'AWS::Lambda::Function': letsIn('permission', 'events.amazonaws.com'),
      'AWS::Events::EventBus': ofSource(putEvents),
      'AWS::StepFunctions::StateMachine': ofSource({ Write: [grant('states', 'StartExecution', itself)] }),
    },
    'AWS::SNS::Topic': {
      'AWS::SQS::Queue': letsIn('queue policy', 'sns.amazonaws.com', send),
      'AWS::Lambda::Function': letsIn('permission', 'sns.amazonaws.com'),
    },
    'AWS::S3::Bucket': {
      'AWS::Lambda::Function': { ...letsIn('permission', 's3.amazonaws.com'), onlyOwnAccount: true },
    },
    'AWS::SQS::Queue': {
      'AWS::Lambda::Function': {
        makes: 'destination role',
        grants: {
          Write: [grant('sqs', 'DeleteMessage', source)],
          Read: [grant('sqs', 'ReceiveMessage GetQueueAttributes', source)],
        },
        together: [['Read', 'Write']],
        waits: 'mapping',
      },
    },
    'AWS::DynamoDB::Table': {
      'AWS::Lambda::Function': {
        makes: 'destination role',
        grants: { Read: [grant('dynamodb', 'DescribeStream GetRecords GetShardIterator ListStreams', streams)] },
        waits: 'mapping',
      },
    },
  } satisfies Record<string, Record<string, Profile>>).map(([from, to]) => [
    from,
    new Map<string, Profile>(Object.entries(to)),
  ]),
)

/** The profile of a pair of plain types; undefined where SAM has none. */
export function profileOf(from: string, to: string): Profile | undefined {
  return profiles.get(from)?.get(to)
}

/** The plain types that a source can be connected to. */
export function destinationsOf(from: string): readonly string[] {
  return [...(profiles.get(from)?.keys() ?? [])]
}

/** The statements for some of a profile's permissions. Policies of queues and topics name who is let in. */
export function statementsOf(profile: Profile, permissions: readonly string[], ends: Ends): PlainMap[] {
  const { grants, principal, from } = profile
  return Object.keys(grants)
    .filter((name) => permissions.includes(name))
    .flatMap((name) => grants[name] ?? [])
    .map(({ actions, on }) => {
      if (principal === undefined) return { Effect: 'Allow', Action: actions, Resource: on(ends) }
      return {
        Effect: 'Allow',
        Principal: { Service: principal },
        Action: actions[0],
        Resource: on(ends)[0],
        Condition: { ArnEquals: { 'aws:SourceArn': from?.(ends) } },
      }
    })
}

/** The statements that let a role act on an ARN as a connector between the two types would. */
export function grantedTo(from: string, to: string, permissions: readonly string[], on: Plain): PlainMap[] {
  const profile = profileOf(from, to)
  const bare = { id: undefined, name: undefined, resourceId: undefined, qualifier: undefined, queueUrl: undefined }
  const end = (type: string, itsArn: Plain | undefined): End => ({ ...bare, type, arn: itsArn, role: undefined })
  return profile === undefined
    ? []
    : statementsOf(profile, permissions, { source: end(from, undefined), destination: end(to, on) })
}
