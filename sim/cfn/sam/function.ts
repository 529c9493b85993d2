// AWS::Serverless::Function: the function itself, its role, its version and alias, its URL; events are made next door (SAM-R10 … R20).
import { entries, get, has, isTrue, items, stringOf, textOf, toJs } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import type { ApiDrafts } from './api-draft.ts'
import type { Deployments } from './deployment.ts'
import { getAtt, hash10, isIntrinsic, pick, ref, tagList } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { eventInvokeConfig } from './event-invoke.ts'
import { functionEvents } from './events.ts'
import { invoked } from './function-draft.ts'
import type { FunctionDraft } from './function-draft.ts'
import { ascii, storedAt, trusting, unique } from './pieces.ts'
import { managedPolicyArn, rolePolicies } from './policies.ts'

/** Properties that AWS::Lambda::Function takes as they are. */
const passed = [
  ...[
    'FunctionName',
    'Handler',
    'Runtime',
    'Description',
    'MemorySize',
    'Timeout',
    'VpcConfig',
    'Environment',
    'Layers',
  ],
  ...[
    'ReservedConcurrentExecutions',
    'Architectures',
    'EphemeralStorage',
    'FileSystemConfigs',
    'ImageConfig',
    'KmsKeyArn',
  ],
  ...['CodeSigningConfigArn', 'SnapStart', 'RuntimeManagementConfig', 'LoggingConfig', 'RecursiveLoop', 'PackageType'],
  ...['DurableConfig', 'TenancyConfig', 'CapacityProviderConfig', 'FunctionScalingConfig', 'PublishToLatestPublished'],
]

const known = [
  ...passed,
  ...[
    'CodeUri',
    'InlineCode',
    'ImageUri',
    'Role',
    'Policies',
    'Events',
    'Tags',
    'Tracing',
    'DeadLetterQueue',
    'RolePath',
  ],
  ...[
    'DeploymentPreference',
    'AutoPublishAlias',
    'AutoPublishAliasAllProperties',
    'AutoPublishCodeSha256',
    'VersionDescription',
  ],
  ...[
    'ProvisionedConcurrencyConfig',
    'PermissionsBoundary',
    'EventInvokeConfig',
    'AssumeRolePolicyDocument',
    'FunctionUrlConfig',
  ],
  ...['PropagateTags', 'SourceKMSKeyArn', 'VersionDeletionPolicy'],
]

export function transformFunction(owner: SamResource, draft: Draft, apis: ApiDrafts, deployments: Deployments): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  const aliasName = aliasOf(owner, draft)
  const alias = aliasName === undefined ? undefined : `${id}Alias${aliasName.replace(/[^A-Za-z0-9]/g, '')}`
  const passedTags = isTrue(get(properties, 'PropagateTags')) ? tagList(get(properties, 'Tags')) : undefined
  const fn: FunctionDraft = { owner, draft, apis, alias, managed: [], documents: [], passedTags }

  const code = codeOf(owner, draft)
  const role = roleOf(fn)
  const deadLetter = deadLetterOf(fn)
  const tracing = get(properties, 'Tracing')
  draft.emit(
    owner,
    id,
    'AWS::Lambda::Function',
    {
      ...pick(properties, passed),
      Code: code,
      Role: role.value,
      Tags: tagList(get(properties, 'Tags'), ['lambda:createdBy', 'SAM']),
      Description: describedAs(owner, draft) ?? get(properties, 'Description'),
      TracingConfig: tracing === undefined ? undefined : { Mode: tracing },
      DeadLetterConfig: deadLetter,
    },
    pick(owner.node, ['DependsOn', 'Metadata', 'CreationPolicy', 'UpdatePolicy']),
  )
  if (alias !== undefined && aliasName !== undefined) emitAlias(fn, alias, aliasName, code, deployments)
  else if (has(properties, 'ProvisionedConcurrencyConfig')) {
    draft.error(
      owner,
      '`ProvisionedConcurrencyConfig` needs an `AutoPublishAlias`',
      get(properties, 'ProvisionedConcurrencyConfig')?.span,
    )
  }
  functionEvents(fn)
  eventInvokeConfig(fn)
  emitUrl(fn)
  if (role.id !== undefined) emitRole(fn, role.id, role.condition)
}

function aliasOf({ properties, id }: SamResource, draft: Draft): string | undefined {
  const written = get(properties, 'AutoPublishAlias')
  if (written === undefined) return undefined
  const name = stringOf(draft.resolveParameters(written))
  if (name === undefined) {
    draft.problems.error(
      'sam-specification',
      `the resource \`${id}\`: \`AutoPublishAlias\` is a literal name or \`Ref\` to a parameter`,
      written.span,
    )
  }
  return name === '' ? undefined : name
}

function codeOf({ properties }: SamResource, draft: Draft): PlainMap {
  const inline = get(properties, 'InlineCode')
  const image = get(properties, 'ImageUri')
  const uri = get(properties, 'CodeUri')
  const key = pick(properties, ['SourceKMSKeyArn'])
  if (inline !== undefined && uri === undefined) return { ZipFile: inline }
  if (image !== undefined) return { ImageUri: image }
  if (textOf(get(properties, 'PackageType')) === 'Image') {
    return { ImageUri: `111111111111.dkr.ecr.${draft.region}.amazonaws.com/repository` }
  }
  return { ...storedAt(uri, 'S3Bucket', 'S3Key', 'S3ObjectVersion'), ...key }
}

interface RoleChoice {
  readonly value: Plain
  /** The role to make, if one is needed, and the condition under which. */
  readonly id?: string
  readonly condition?: string
}

function roleOf(fn: FunctionDraft): RoleChoice {
  const { owner, draft } = fn
  const made = `${owner.id}Role`
  const given = get(owner.properties, 'Role')
  if (given === undefined) return { value: getAtt(made, 'Arn'), id: made }
  const [condition, yes, no] = items(get(given, 'Fn::If'))
  const name = stringOf(condition)
  if (name === undefined || yes === undefined || no === undefined) return { value: given }
  const isNone = (node: Node): boolean => stringOf(get(node, 'Ref')) === 'AWS::NoValue'
  if (isNone(no) && !isNone(yes)) {
    draft.conditions.set(`NOT${name}`, { 'Fn::Not': [{ Condition: name }] })
    return { value: { 'Fn::If': [name, yes, getAtt(made, 'Arn')] }, id: made, condition: `NOT${name}` }
  }
  if (isNone(yes) && !isNone(no))
    return { value: { 'Fn::If': [name, getAtt(made, 'Arn'), no] }, id: made, condition: name }
  return { value: given }
}

function emitRole(fn: FunctionDraft, id: string, condition: string | undefined): void {
  const { owner, draft } = fn
  const { properties } = owner
  const policies = rolePolicies(owner, id, draft)
  const arn = (name: string): string => managedPolicyArn(name, draft.partition)
  // A durable function's own basic policy stands in for the usual one.
  const isDurable = has(properties, 'DurableConfig')
  const managed: Plain[] = [arn(isDurable ? 'AWSLambdaBasicDurableExecutionRolePolicy' : 'AWSLambdaBasicExecutionRole')]
  const tracing = textOf(draft.resolveParameters(get(properties, 'Tracing') ?? owner.node))
  if (tracing === 'Active' || tracing === 'PassThrough') managed.push(arn('AWSXrayWriteOnlyAccess'))
  if (has(properties, 'VpcConfig')) managed.push(arn('AWSLambdaVPCAccessExecutionRole'))
  const all = unique([...managed, ...fn.managed, ...policies.managed])
  const documents = [
    ...fn.documents.filter(isDeadLetter),
    ...policies.documents,
    ...fn.documents.filter((each) => !isDeadLetter(each)),
  ]
  const assume = get(properties, 'AssumeRolePolicyDocument')
  draft.emit(
    owner,
    id,
    'AWS::IAM::Role',
    {
      AssumeRolePolicyDocument: assume ?? trusting('lambda.amazonaws.com'),
      ManagedPolicyArns: all,
      Policies: documents.length === 0 ? undefined : documents,
      Path: get(properties, 'RolePath'),
      PermissionsBoundary: get(properties, 'PermissionsBoundary'),
      Tags: tagList(get(properties, 'Tags'), ['lambda:createdBy', 'SAM']),
    },
    condition === undefined ? {} : { Condition: condition },
  )
}

const deadLetterActions: ReadonlyMap<string, string> = new Map([
  ['SQS', 'sqs:SendMessage'],
  ['SNS', 'sns:Publish'],
])

function isDeadLetter(document: Plain): boolean {
  return (document as PlainMap)['PolicyName'] === 'DeadLetterQueuePolicy'
}

function deadLetterOf(fn: FunctionDraft): PlainMap | undefined {
  const { owner, draft } = fn
  const written = get(owner.properties, 'DeadLetterQueue')
  if (written === undefined) return undefined
  if (isIntrinsic(written)) {
    draft.error(owner, '`DeadLetterQueue` is a map with `Type` and `TargetArn`', written.span)
    return undefined
  }
  draft.checkKeys(owner, written, ['Type', 'TargetArn'], 'DeadLetterQueue')
  const type = get(written, 'Type')
  const target = get(written, 'TargetArn')
  const action = deadLetterActions.get(stringOf(type) ?? '')
  if (action === undefined || target === undefined) {
    draft.error(owner, '`DeadLetterQueue` has the `Type` `SQS` or `SNS` and a `TargetArn`', type?.span ?? written.span)
    return undefined
  }
  fn.documents.push({
    PolicyName: 'DeadLetterQueuePolicy',
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Action: action, Resource: target, Effect: 'Allow' }] },
  })
  return { TargetArn: target }
}

function emitAlias(fn: FunctionDraft, alias: string, name: string, code: PlainMap, deployments: Deployments): void {
  const { owner, draft } = fn
  const { id, properties } = owner
  const version = `${id}Version${versionHash(owner, code, draft)}`
  draft.renamed.set(`${id}.Version`, version)
  draft.renamed.set(`${id}.Alias`, alias)
  const deletionPolicy = get(properties, 'VersionDeletionPolicy')
  draft.emit(
    owner,
    version,
    'AWS::Lambda::Version',
    { FunctionName: ref(id), Description: get(properties, 'VersionDescription') },
    { DeletionPolicy: deletionPolicy === undefined ? 'Retain' : draft.resolveParameters(deletionPolicy) },
  )
  const updatePolicy = deployments.updatePolicyOf(owner)
  draft.emit(
    owner,
    alias,
    'AWS::Lambda::Alias',
    {
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: getAtt(version, 'Version'),
      ProvisionedConcurrencyConfig: get(properties, 'ProvisionedConcurrencyConfig'),
    },
    { UpdatePolicy: updatePolicy },
  )
}

/** With all properties watched, a given code hash stands in the description, so that a change of it changes the function. */
function describedAs({ properties }: SamResource, draft: Draft): Plain | undefined {
  const given = get(properties, 'AutoPublishCodeSha256')
  if (given === undefined || !isTrue(get(properties, 'AutoPublishAliasAllProperties'))) return undefined
  return draft.resolveParameters(given)
}

/** A new version appears only when what this hash sees has changed (SAM-R13). */
function versionHash(owner: SamResource, code: PlainMap, draft: Draft): string {
  const { properties } = owner
  const given = get(properties, 'AutoPublishCodeSha256')
  const resolved = given === undefined ? undefined : textOf(draft.resolveParameters(given))
  if (resolved !== undefined) return resolved.slice(0, 10)
  const fromText = (value: Plain | undefined): unknown =>
    value !== null && typeof value === 'object' && 'kind' in value
      ? toJs(draft.resolveParameters(value as Node))
      : value
  const seen: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(code)) if (value !== undefined) seen[key] = fromText(value)
  if (isTrue(get(properties, 'AutoPublishAliasAllProperties'))) {
    for (const { key, value } of entries(properties)) seen[key] = toJs(value)
  } else {
    const environment = get(properties, 'Environment')
    for (const { key, value } of entries(environment)) seen[key] = toJs(value)
    for (const key of ['MemorySize', 'SnapStart']) {
      const value = get(properties, key)
      if (value !== undefined) seen[key] = toJs(value)
    }
  }
  return hash10(sortedJson(seen))
}

/** JSON with sorted keys, as Python writes it: text outside ASCII is escaped. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (value === null || typeof value !== 'object') return ascii(JSON.stringify(value))
  const members = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${members.map(([key, member]) => `${ascii(JSON.stringify(key))}:${sortedJson(member)}`).join(',')}}`
}

function emitUrl(fn: FunctionDraft): void {
  const { owner, draft, alias } = fn
  const config = get(owner.properties, 'FunctionUrlConfig')
  if (config === undefined) return
  const authType = get(config, 'AuthType')
  if (authType === undefined || isIntrinsic(config)) {
    draft.error(owner, '`FunctionUrlConfig` is a map with an `AuthType`', config.span)
    return
  }
  const id = `${owner.id}Url`
  const name = stringOf(draft.resolveParameters(get(owner.properties, 'AutoPublishAlias') ?? owner.node))
  draft.emit(
    owner,
    id,
    'AWS::Lambda::Url',
    {
      ...pick(config, ['AuthType', 'Cors', 'InvokeMode']),
      TargetFunctionArn: ref(owner.id),
      Qualifier: alias === undefined ? undefined : name,
    },
    alias === undefined ? {} : { DependsOn: alias },
  )
  if (stringOf(authType) !== 'NONE') return
  const permission = {
    Action: 'lambda:InvokeFunctionUrl',
    FunctionName: invoked(fn),
    Principal: '*',
    FunctionUrlAuthType: authType,
  }
  draft.emit(owner, `${id}PublicPermissions`, 'AWS::Lambda::Permission', permission)
  draft.emit(owner, `${owner.id}URLInvokeAllowPublicAccess`, 'AWS::Lambda::Permission', {
    ...{ Action: 'lambda:InvokeFunction', FunctionName: invoked(fn), Principal: '*', InvokedViaFunctionUrl: true },
  })
}
