// Connectors: permissions from one resource to another, written as a resource of their own or embedded in the source (SAM-R50, SAM-R51).
//
// The one idea: a source with a role of its own (function, state machine) gets a managed policy on that role; an API, which has none,
// is allowed by its destination, a function's permission.
import { entries, get, isMap, items, stringOf, withMembers } from '../node.ts'
import type { Dict, Node, Plain, PlainMap } from '../node.ts'
import { getAtt, ref, refId, sub } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'

interface End {
  /** The resource's logical id, if the end is one of the template's. */
  readonly id: string | undefined
  /** The type as the template says it. */
  readonly type: string
  readonly arn: Plain
}

interface Connector {
  readonly id: string
  readonly source: End
  readonly destinations: readonly End[]
  readonly isList: boolean
  readonly permissions: readonly string[]
  readonly span: Node['span']
}

/** What a permission allows: actions on resources, which are made from the destination. */
interface Grant {
  readonly actions: readonly string[]
  readonly on: (to: End) => Plain[]
}

const of = (service: string, names: string): readonly string[] => names.split(' ').map((name) => `${service}:${name}`)
const itself = (to: End): Plain[] => [to.arn]
const executions = (to: End): Plain[] => [
  sub('arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*', {
    DestinationName: getAtt(to.id ?? '', 'Name'),
  }),
]
const syncRule = (): Plain[] => [
  sub(
    'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule',
  ),
]
const tableAndIndexes = (to: End): Plain[] => [to.arn, sub('${DestinationArn}/index/*', { DestinationArn: to.arn })]
const bucketAndObjects = (to: End): Plain[] => [to.arn, sub('${DestinationArn}/*', { DestinationArn: to.arn })]
const grant = (service: string, names: string, on = itself): Grant => ({ actions: of(service, names), on })

/** What each permission of a connector grants. */
type Grants = Readonly<Record<string, readonly Grant[]>>

/** By plain type of the destination, then by permission. The lists for buckets are shortened to what a model can do. */
const grants: ReadonlyMap<string, Grants> = new Map<string, Grants>([
  ['AWS::Lambda::Function', { Write: [grant('lambda', 'InvokeAsync InvokeFunction')] }],
  [
    'AWS::DynamoDB::Table',
    {
      Read: [grant('dynamodb', 'GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect', tableAndIndexes)],
      Write: [
        grant(
          'dynamodb',
          'PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate',
          tableAndIndexes,
        ),
      ],
    },
  ],
  [
    'AWS::SQS::Queue',
    {
      Read: [grant('sqs', 'ReceiveMessage GetQueueAttributes')],
      Write: [grant('sqs', 'DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue')],
    },
  ],
  ['AWS::SNS::Topic', { Write: [grant('sns', 'Publish')] }],
  ['AWS::Events::EventBus', { Write: [grant('events', 'PutEvents')] }],
  [
    'AWS::S3::Bucket',
    {
      Read: [grant('s3', 'GetObject GetObjectVersion ListBucket', bucketAndObjects)],
      Write: [grant('s3', 'PutObject PutObjectAcl DeleteObject DeleteObjectVersion', bucketAndObjects)],
    },
  ],
  [
    'AWS::StepFunctions::StateMachine',
    {
      Read: [
        grant('states', 'DescribeStateMachine ListExecutions'),
        grant('states', 'DescribeExecution DescribeStateMachineForExecution GetExecutionHistory', executions),
      ],
      Write: [grant('states', 'StartExecution StartSyncExecution'), grant('states', 'StopExecution', executions)],
    },
  ],
])

/** A state machine that runs another one waits for it by a rule of EventBridge's. */
const nestedGrants: Grants = {
  Read: [grant('states', 'DescribeExecution', executions), grant('events', 'DescribeRule', syncRule)],
  Write: [
    grant('states', 'StartExecution'),
    grant('states', 'StopExecution', executions),
    grant('events', 'PutTargets PutRule', syncRule),
  ],
}

const plainTypes: ReadonlyMap<string, string> = new Map([
  ['AWS::Serverless::Function', 'AWS::Lambda::Function'],
  ['AWS::Serverless::SimpleTable', 'AWS::DynamoDB::Table'],
  ['AWS::Serverless::StateMachine', 'AWS::StepFunctions::StateMachine'],
  ['AWS::Serverless::Api', 'AWS::ApiGateway::RestApi'],
  ['AWS::Serverless::HttpApi', 'AWS::ApiGatewayV2::Api'],
])

const plain = (type: string): string => plainTypes.get(type) ?? type
const isApi = (type: string): boolean => /^AWS::ApiGateway(V2::Api|::RestApi)$/.test(plain(type))
const ownRole: ReadonlyMap<string, string> = new Map([
  ['AWS::Lambda::Function', 'Role'],
  ['AWS::StepFunctions::StateMachine', 'RoleArn'],
])

/** Makes every connector of the template, after all other resources exist. */
export function transformConnectors(written: Dict, draft: Draft): void {
  for (const { key: id, keySpan, value: node } of entries(written)) {
    const type = stringOf(get(node, 'Type')) ?? ''
    if (!isMap(node)) continue
    const owner: SamResource = { id, type, node, keySpan, span: node.span, properties: node, declared: true }
    if (type === 'AWS::Serverless::Connector') {
      const properties = get(node, 'Properties')
      const from = get(properties, 'Source')
      const source = from === undefined ? undefined : endOf(from, written)
      if (source !== undefined && properties !== undefined)
        connect(owner, connectorOf(id, source, properties, written), draft)
      else draft.error(owner, 'a connector has a `Source` with an `Id`')
      continue
    }
    for (const embedded of entries(get(node, 'Connectors'))) {
      const properties = get(embedded.value, 'Properties') ?? embedded.value
      const source = { id, type, arn: arnOf(id, type) }
      connect(
        { ...owner, node: withMembers(node, { DeletionPolicy: undefined, UpdateReplacePolicy: undefined }) },
        connectorOf(id + embedded.key, source, properties, written),
        draft,
      )
    }
    const made = draft.resource(id)
    if (isMap(made) && made.pairs.has('Connectors')) draft.replace(id, withMembers(made, { Connectors: undefined }))
  }
}

function arnOf(id: string, type: string): Plain {
  return ['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine'].includes(plain(type)) ? ref(id) : getAtt(id, 'Arn')
}

function endOf(node: Node, written: Dict): End | undefined {
  const id = stringOf(get(node, 'Id'))
  const type = id === undefined ? stringOf(get(node, 'Type')) : stringOf(get(get(written, id), 'Type'))
  if (type === undefined) return undefined
  return { id, type, arn: id === undefined ? (get(node, 'Arn') ?? '') : arnOf(id, type) }
}

function connectorOf(id: string, source: End, properties: Node, written: Dict): Connector {
  const to = get(properties, 'Destination')
  const isList = to?.kind === 'list'
  const all = to === undefined ? [] : isList ? items(to) : [to]
  const destinations = all.map((each) => endOf(each, written)).filter((end) => end !== undefined)
  const permissions = items(get(properties, 'Permissions')).map((each) => stringOf(each) ?? '')
  return { id, source, destinations, isList, permissions, span: properties.span }
}

function connect(owner: SamResource, connector: Connector, draft: Draft): void {
  connector.destinations.forEach((destination, index) => {
    const ending = connector.isList ? `Destination${index}` : ''
    const types = { Source: { Type: connector.source.type }, Destination: { Type: destination.type } }
    const attributes: PlainMap = { Metadata: { 'aws:sam:connectors': { [connector.id]: types } } }
    const { source, permissions } = connector
    if (isApi(source.type) && plain(destination.type) === 'AWS::Lambda::Function' && permissions.includes('Write')) {
      draft.emit(
        owner,
        `${connector.id}WriteLambdaPermission${ending}`,
        'AWS::Lambda::Permission',
        apiPermission(source, destination),
        attributes,
      )
      return
    }
    const made = draft.resource(source.id ?? '')
    const roleProperty = ownRole.get(plain(source.type))
    const roleArn = roleProperty === undefined ? undefined : get(get(made, 'Properties'), roleProperty)
    const role = roleArn === undefined ? undefined : roleOf(roleArn)
    const isNested = [source, destination].every((end) => plain(end.type) === 'AWS::StepFunctions::StateMachine')
    const allowed = isNested ? nestedGrants : grants.get(plain(destination.type))
    if (role === undefined || allowed === undefined || permissions.some((name) => allowed[name] === undefined)) {
      draft.notSimulated(owner, `the connector to \`${destination.id ?? destination.type}\``, connector.span)
      return
    }
    const statements = permissions.flatMap((name) =>
      (allowed[name] ?? []).map(({ actions, on }) => ({ Effect: 'Allow', Action: actions, Resource: on(destination) })),
    )
    const policyId = `${connector.id}Policy${ending}`
    const policy = { PolicyDocument: { Version: '2012-10-17', Statement: statements }, Roles: [role] }
    draft.emit(owner, policyId, 'AWS::IAM::ManagedPolicy', policy, attributes)
    if (isNested && isMap(made) && source.id !== undefined) draft.replace(source.id, withDependency(made, policyId))
  })
}

/** A nested execution may begin at once, so its starter waits for the policy. */
function withDependency(resource: Dict, id: string): Dict {
  const before = get(resource, 'DependsOn')
  const list: Plain[] = before === undefined ? [] : before.kind === 'list' ? [...before.items] : [before]
  return withMembers(resource, { DependsOn: [...list, id] })
}

/** `Ref` to the role that a `GetAtt` of its ARN names; a literal ARN cannot be given a policy. */
function roleOf(arn: Node): Plain | undefined {
  const pair = items(get(arn, 'Fn::GetAtt')).map(stringOf)
  const named = pair.length === 2 && pair[1] === 'Arn' ? pair[0] : refId(arn)
  return named === undefined ? undefined : ref(named)
}

function apiPermission(source: End, destination: End): PlainMap {
  return {
    ...{ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com', FunctionName: destination.arn },
    SourceArn: sub(
      'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${SourceResourceId}/${SourceQualifier}',
      {
        SourceResourceId: ref(source.id ?? ''),
        SourceQualifier: '*',
      },
    ),
  }
}
