// Connectors: permissions from one resource to another, written as a resource of their own or embedded in the source (SAM-R50, SAM-R51).
// What each pair of types gets stands in `connector-table.ts`.
import { entries, get, has, isMap, items, stringOf, withMembers } from '../node.ts'
import type { Dict, Node, Plain, PlainMap } from '../node.ts'
import { destinationsOf, profileOf, statementsOf } from './connector-table.ts'
import type { End, Ends, Profile } from './connector-table.ts'
import { getAtt, pick, ref, refId } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'

interface Connector {
  readonly id: string
  readonly owner: SamResource
  readonly from: Node
  /** One destination makes other logical ids than a list of one. */
  readonly isList: boolean
  readonly to: readonly Node[]
  readonly permissions: readonly string[]
  readonly span: Node['span']
}

const plainTypes: ReadonlyMap<string, string> = new Map([
  ['AWS::Serverless::Function', 'AWS::Lambda::Function'],
  ['AWS::Serverless::SimpleTable', 'AWS::DynamoDB::Table'],
  ['AWS::Serverless::StateMachine', 'AWS::StepFunctions::StateMachine'],
  ['AWS::Serverless::Api', 'AWS::ApiGateway::RestApi'],
  ['AWS::Serverless::HttpApi', 'AWS::ApiGatewayV2::Api'],
  ['AWS::Serverless::GraphQLApi', 'AWS::AppSync::GraphQLApi'],
])

const plain = (type: string): string => plainTypes.get(type) ?? type
const isApi = (type: string): boolean => /^AWS::ApiGateway(V2::Api|::RestApi)$/.test(type)

/** The property that names a resource's role. */
const ownRole: ReadonlyMap<string, string> = new Map([
  ['AWS::Lambda::Function', 'Role'],
  ['AWS::StepFunctions::StateMachine', 'RoleArn'],
  ['AWS::AppSync::DataSource', 'ServiceRoleArn'],
])

/** Resources whose `Ref` is their ARN. */
const refIsArn = new Set([
  ...['AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine', 'AWS::AppSync::DataSource', 'AWS::AppSync::GraphQLApi'],
])

const endMembers = ['Id', 'Qualifier', 'Type', 'Arn', 'RoleName', 'QueueUrl', 'ResourceId', 'Name']

/** Makes every connector of the template, after all other resources exist. */
export function transformConnectors(written: Dict, draft: Draft): void {
  const made = new Map<string, string[]>()
  for (const { key: id, keySpan, value: node } of entries(written)) {
    const type = stringOf(get(node, 'Type')) ?? ''
    if (!isMap(node)) continue
    const owner: SamResource = { id, type, node, keySpan, span: node.span, properties: node, declared: true }
    if (type === 'AWS::Serverless::Connector') {
      const properties = get(node, 'Properties')
      const from = get(properties, 'Source')
      if (from === undefined) draft.error(owner, 'a connector has a `Source`', properties?.span)
      else made.set(id, connect(readConnector(id, owner, from, properties ?? node, draft), written, draft))
      continue
    }
    for (const embedded of entries(get(node, 'Connectors'))) {
      const properties = get(embedded.value, 'Properties') ?? embedded.value
      // It is a resource of its own: what holds for the resource around it, such as a condition, does not hold for it.
      const itself = { ...owner, node: isMap(embedded.value) ? embedded.value : node }
      const from = withMembers(node, { Id: id, Qualifier: get(get(properties, 'SourceReference'), 'Qualifier') })
      connect(readConnector(id + embedded.key, itself, from, properties, draft), written, draft)
    }
    const after = draft.resource(id)
    if (isMap(after) && after.pairs.has('Connectors')) draft.replace(id, withMembers(after, { Connectors: undefined }))
  }
  if (made.size > 0) draft.replaceDependencies(made)
}

function readConnector(id: string, owner: SamResource, from: Node, properties: Node, draft: Draft): Connector {
  draft.checkKeys(owner, properties, ['Source', 'SourceReference', 'Destination', 'Permissions'], 'a connector')
  const to = get(properties, 'Destination')
  const isList = to?.kind === 'list'
  const all = to === undefined ? [] : isList ? items(to) : [to]
  if (all.length === 0) draft.error(owner, `the connector \`${id}\` has no \`Destination\``, properties.span)
  const permissions = items(get(properties, 'Permissions')).map((each) => stringOf(each) ?? '')
  return { id, owner, from, isList, to: all, permissions, span: properties.span }
}

/** Returns the logical ids of what was made. */
function connect(connector: Connector, written: Dict, draft: Draft): string[] {
  const made: string[] = []
  connector.to.forEach((to, index) => {
    const source = endOf(connector, 'Source', connector.from, to, written, draft)
    const destination = endOf(connector, 'Destination', to, connector.from, written, draft)
    if (source === undefined || destination === undefined) return
    const ends = { source, destination }
    const profile = checkedProfile(connector, ends, draft)
    if (profile === undefined) return
    const id = emitGrant(connector, ends, profile, connector.isList ? `Destination${index}` : '', draft)
    if (id !== undefined) made.push(id)
  })
  return made
}

/** What an end says of itself, or what the resource that it names says. */
function endOf(
  { id: connector, owner }: Connector,
  which: string,
  node: Node,
  other: Node,
  written: Dict,
  draft: Draft,
): End | undefined {
  const isEmbedded = get(node, 'Id') !== undefined && has(node, 'Connectors')
  if (!isEmbedded) draft.checkKeys(owner, node, endMembers, `\`${which}\` of a connector`)
  const id = stringOf(get(node, 'Id'))
  const others = endMembers.slice(2).filter((name) => has(node, name))
  if ((id === undefined || (others.length > 0 && !isEmbedded)) && (id !== undefined || !has(node, 'Type'))) {
    const text = `the \`${which}\` of the connector \`${connector}\` has an \`Id\`, or else a \`Type\` with what describes it, such as an \`Arn\``
    draft.error(owner, text, node.span)
    return undefined
  }
  const type = id === undefined ? stringOf(get(node, 'Type')) : typeOf(id, written, draft)
  if (type === undefined) {
    const text = `the \`${which}\` of the connector \`${connector}\` is \`${id ?? ''}\`, which is no resource of the template`
    draft.error(owner, text, get(node, 'Id')?.span ?? node.span)
    return undefined
  }
  const here = plain(type)
  if (id === undefined) {
    return {
      ...{ id, type: here, arn: get(node, 'Arn'), name: get(node, 'Name'), resourceId: get(node, 'ResourceId') },
      ...{ qualifier: get(node, 'Qualifier'), queueUrl: get(node, 'QueueUrl'), role: get(node, 'RoleName') },
    }
  }
  return {
    ...{ id, type },
    arn: refIsArn.has(here) ? ref(id) : getAtt(id, 'Arn'),
    name: here === 'AWS::StepFunctions::StateMachine' ? getAtt(id, 'Name') : undefined,
    resourceId: here === 'AWS::AppSync::GraphQLApi' ? getAtt(id, 'ApiId') : isApi(here) ? ref(id) : undefined,
    qualifier: get(node, 'Qualifier') ?? (isApi(here) ? '*' : undefined),
    queueUrl: here === 'AWS::SQS::Queue' ? ref(id) : undefined,
    role: roleOf(here, draft.resource(id), other),
  }
}

/** The type as the template has it; resources that only the transform makes count too. */
function typeOf(id: string, written: Dict, draft: Draft): string | undefined {
  return stringOf(get(get(written, id), 'Type')) ?? stringOf(get(draft.resource(id), 'Type'))
}

/** A resource's role, as `Ref`; of a rule the role of the target that the connector leads to. */
function roleOf(type: string, resource: Node | undefined, other: Node): Plain | undefined {
  const properties = get(resource, 'Properties')
  if (type !== 'AWS::Events::Rule') return referred(get(properties, ownRole.get(type) ?? ''))
  const targets = items(get(properties, 'Targets'))
  const id = stringOf(get(other, 'Id'))
  return referred(
    get(
      targets.find((target) => id !== undefined && named(get(target, 'Arn')) === id),
      'RoleArn',
    ),
  )
}

/** The logical id that `Ref` or `GetAtt` names; a literal ARN names none, and its role cannot be given a policy. */
function named(node: Node | undefined): string | undefined {
  const [id, attribute] = items(get(node, 'Fn::GetAtt')).map(stringOf)
  return attribute === undefined ? refId(node) : id
}

function referred(arn: Node | undefined): Plain | undefined {
  const id = named(arn)
  return id === undefined ? undefined : ref(id)
}

function checkedProfile(connector: Connector, { source, destination }: Ends, draft: Draft): Profile | undefined {
  const { id, owner, permissions, span } = connector
  const [from, to] = [plain(source.type), plain(destination.type)]
  const profile = profileOf(from, to)
  const error = (text: string): undefined => {
    draft.error(owner, text, span)
  }
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
  if (profile === undefined) {
    const possible = destinationsOf(from)
    const instead = possible.length === 0 ? 'none begins there' : `from there they lead to ${list(possible)}`
    return error(`\`${id}\`: no connector leads from \`${from}\` to \`${to}\`; ${instead}`)
  }
  const known = Object.keys(profile.grants)
  const unknown = permissions.filter((name) => !known.includes(name))
  if (permissions.length === 0 || unknown.length > 0) {
    const what = permissions.length === 0 ? 'has no `Permissions`' : `has the permission ${list(unknown)}`
    return error(`\`${id}\` ${what}; from \`${from}\` to \`${to}\` there are ${list(known)}`)
  }
  const { together } = profile
  const fits = (set: readonly string[]): boolean =>
    set.every((name) => permissions.includes(name)) && permissions.every((name) => set.includes(name))
  if (together !== undefined && !together.some(fits)) {
    const sets = together.map((set) => list(set)).join(' or ')
    return error(`\`${id}\`: from \`${from}\` to \`${to}\` a connector has the \`Permissions\` ${sets}`)
  }
  return profile
}

/** Makes what the profile says; returns its logical id, or undefined when an end lacks something. */
function emitGrant(
  connector: Connector,
  ends: Ends,
  profile: Profile,
  ending: string,
  draft: Draft,
): string | undefined {
  const { id, owner, permissions, span } = connector
  const { source, destination } = ends
  const lacking = lacks(ends, profile)
  if (lacking !== undefined) {
    draft.error(owner, `\`${id}\`: ${lacking}`, span)
    return undefined
  }
  const types = { Source: { Type: source.type }, Destination: { Type: destination.type } }
  const attributes: PlainMap = {
    ...pick(owner.node, ['DependsOn']),
    Metadata: { 'aws:sam:connectors': { [id]: types } },
  }
  const PolicyDocument = { Version: '2012-10-17', Statement: statementsOf(profile, permissions, ends) }
  const emit = (word: string, type: string, properties: PlainMap): string => {
    draft.emit(owner, `${id}${word}${ending}`, type, properties, attributes)
    return `${id}${word}${ending}`
  }
  switch (profile.makes) {
    case 'permission':
      return emit('WriteLambdaPermission', 'AWS::Lambda::Permission', {
        Action: 'lambda:InvokeFunction',
        FunctionName: destination.arn,
        Principal: profile.principal,
        SourceArn: profile.from?.(ends),
        SourceAccount: profile.onlyOwnAccount === true ? { 'Fn::Sub': '${AWS::AccountId}' } : undefined,
      })
    case 'queue policy':
      return emit('QueuePolicy', 'AWS::SQS::QueuePolicy', { PolicyDocument, Queues: [destination.queueUrl] })
    case 'topic policy':
      return emit('TopicPolicy', 'AWS::SNS::TopicPolicy', { PolicyDocument, Topics: [destination.arn] })
    default: {
      const role = profile.makes === 'source role' ? source.role : destination.role
      const policy = emit('Policy', 'AWS::IAM::ManagedPolicy', { PolicyDocument, Roles: [role] })
      if (profile.waits === 'source' && source.id !== undefined) draft.addDependency(source.id, policy)
      if (profile.waits === 'mapping') waitForPolicy(ends, policy, draft)
      return policy
    }
  }
}

/** What an end must say and does not, as a sentence. */
function lacks({ source, destination }: Ends, profile: Profile): string | undefined {
  const without = (which: string, end: End, member: string, what: string): string =>
    end.id === undefined
      ? `its \`${which}\` needs \`${member}\``
      : `\`${end.id}\` has no ${what} in this template that a policy could be attached to`
  if (profile.makes === 'source role' && source.role === undefined) return without('Source', source, 'RoleName', 'role')
  if (profile.makes === 'destination role' && destination.role === undefined)
    return without('Destination', destination, 'RoleName', 'role')
  if (profile.makes === 'queue policy' && destination.queueUrl === undefined)
    return 'its `Destination` needs `QueueUrl`'
  if (destination.arn === undefined) return 'its `Destination` needs `Arn`'
  const apis = isApi(plain(source.type)) || plain(source.type) === 'AWS::AppSync::GraphQLApi'
  if (apis && source.resourceId === undefined) return 'its `Source` needs `ResourceId`'
  if (isApi(plain(source.type)) && source.qualifier === undefined) return 'its `Source` needs `Qualifier`'
  if (!apis && profile.makes !== 'source role' && source.arn === undefined) return 'its `Source` needs `Arn`'
  const named = plain(destination.type) === 'AWS::StepFunctions::StateMachine'
  if (named && plain(source.type) !== 'AWS::Events::Rule' && destination.name === undefined)
    return 'its `Destination` needs `Name`'
  return undefined
}

/** The one mapping between the two ends begins to poll at once, so it waits for the policy. */
function waitForPolicy({ source, destination }: Ends, policy: string, draft: Draft): void {
  const mappings = draft.ids().filter((id) => {
    const resource = draft.resource(id)
    if (stringOf(get(resource, 'Type')) !== 'AWS::Lambda::EventSourceMapping') return false
    const properties = get(resource, 'Properties')
    const [from, to] = [named(get(properties, 'EventSourceArn')), named(get(properties, 'FunctionName'))]
    return from !== undefined && from === source.id && to === destination.id
  })
  const [mapping] = mappings
  if (mapping !== undefined && mappings.length === 1) draft.addDependency(mapping, policy)
}
