// AWS::Serverless::GraphQLApi: an AppSync API with its schema, keys, cache, domain, logging, data sources, functions and resolvers (SAM-R35).
import { get, isFalse, isMap, stringOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { getAtt, isIntrinsic, pick, ref, sub, tagList } from './draft.ts'
import type { Draft, SamResource } from './draft.ts'
import { authOf, emitAuthorizers } from './graphql-auth.ts'
import { apiId, emitPart, needs, partsOf, written } from './graphql-draft.ts'
import type { GraphqlDraft } from './graphql-draft.ts'
import { emitFunctions, emitResolvers } from './graphql-resolvers.ts'
import { emitNoneSource, emitSources } from './graphql-sources.ts'
import { trusting } from './pieces.ts'

const passed = ['Visibility', 'OwnerContact', 'IntrospectionConfig', 'QueryDepthLimit', 'ResolverCountLimit']

const known = [
  ...['Name', 'Tags', 'XrayEnabled', 'Auth', 'SchemaInline', 'SchemaUri', 'Logging', 'DataSources', 'Functions'],
  ...['Resolvers', 'ApiKeys', 'DomainName', 'Cache', ...passed],
]

/** Where the schema stands when it is a local path: deploying would have put it into a bucket. */
const packagedSchema = 's3://bucket/value'

export function transformGraphqlApi(owner: SamResource, draft: Draft): void {
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  const api: GraphqlDraft = { owner, draft, sources: new Map(), functions: new Map(), usesNone: false }
  const authorizers: Plain[] = []
  const more: Record<string, Plain | undefined> = {}
  for (const name of passed) more[name] = written(get(properties, name))
  const logging = loggingOf(api)
  emitPart(api, id, 'GraphQLApi', {
    Name: written(get(properties, 'Name')) ?? id,
    ...authOf(api, authorizers),
    LogConfig: logging,
    XrayEnabled: get(properties, 'XrayEnabled'),
    ...more,
    Tags: [...tagList(get(properties, 'Tags')), { Key: 'graphqlapi:createdBy', Value: 'SAM' }],
  })
  emitSchema(api)
  emitAuthorizers(api, authorizers)
  if (logging !== undefined && writtenRole(properties) === undefined) emitLogsRole(api)
  emitKeys(api)
  emitCache(api)
  emitSources(api)
  emitDomain(api)
  emitFunctions(api)
  emitResolvers(api)
  emitNoneSource(api)
}

const writtenRole = (properties: Node): Node | undefined =>
  written(get(get(properties, 'Logging'), 'CloudWatchLogsRoleArn'))
const logsRoleId = (api: GraphqlDraft): string => `${api.owner.id}CloudWatchRole`

/** An API logs all fields, unless `Logging` says less or `false`. */
function loggingOf(api: GraphqlDraft): PlainMap | undefined {
  const { owner, draft } = api
  const logging = get(owner.properties, 'Logging')
  if (isFalse(logging)) return undefined
  draft.checkKeys(owner, logging, ['CloudWatchLogsRoleArn', 'ExcludeVerboseContent', 'FieldLogLevel'], '`Logging`')
  return {
    ExcludeVerboseContent: written(get(logging, 'ExcludeVerboseContent')),
    FieldLogLevel: written(get(logging, 'FieldLogLevel')) ?? 'ALL',
    CloudWatchLogsRoleArn: writtenRole(owner.properties) ?? getAtt(logsRoleId(api), 'Arn'),
  }
}

function emitLogsRole(api: GraphqlDraft): void {
  const { owner, draft } = api
  draft.emit(
    owner,
    logsRoleId(api),
    'AWS::IAM::Role',
    {
      AssumeRolePolicyDocument: trusting('appsync.amazonaws.com'),
      ManagedPolicyArns: [sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs')],
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
}

function emitSchema(api: GraphqlDraft): void {
  const { owner, draft } = api
  const inline = written(get(owner.properties, 'SchemaInline'))
  const uri = written(get(owner.properties, 'SchemaUri'))
  if (inline === undefined && uri === undefined) draft.error(owner, '`SchemaInline` or `SchemaUri` is missing')
  if (inline !== undefined && uri !== undefined)
    draft.error(owner, '`SchemaInline` and `SchemaUri` cannot both be there', uri.span)
  const text = stringOf(uri)
  emitPart(api, `${owner.id}Schema`, 'GraphQLSchema', {
    ApiId: apiId(api),
    Definition: inline,
    DefinitionS3Location: text === undefined || text.startsWith('s3://') ? uri : packagedSchema,
  })
}

function emitKeys(api: GraphqlDraft): void {
  for (const { key, value } of partsOf(api, get(api.owner.properties, 'ApiKeys'), '`ApiKeys`')) {
    api.draft.checkKeys(api.owner, value, ['ApiKeyId', 'Description', 'ExpiresOn'], 'an API key', key)
    emitPart(api, api.owner.id + key, 'ApiKey', {
      ApiId: apiId(api),
      ...pick(value, ['ApiKeyId', 'Description']),
      Expires: get(value, 'ExpiresOn'),
    })
  }
}

const cacheNeeds = ['ApiCachingBehavior', 'Ttl', 'Type']
const cacheProperties = [...cacheNeeds, 'AtRestEncryptionEnabled', 'TransitEncryptionEnabled']

function emitCache(api: GraphqlDraft): void {
  const cache = partOf(api, 'Cache', cacheProperties, cacheNeeds)
  if (cache !== undefined) emitPart(api, `${api.owner.id}ApiCache`, 'ApiCache', { ApiId: apiId(api), ...cache })
}

function emitDomain(api: GraphqlDraft): void {
  const required = ['CertificateArn', 'DomainName']
  const domain = partOf(api, 'DomainName', [...required, 'Description'], required)
  if (domain === undefined) return
  const id = `${api.owner.id}DomainName`
  emitPart(api, id, 'DomainName', domain)
  emitPart(api, `${id}ApiAssociation`, 'DomainNameApiAssociation', { ApiId: apiId(api), DomainName: ref(id) })
}

/** A property that is one map, its members checked. */
function partOf(
  api: GraphqlDraft,
  name: string,
  members: readonly string[],
  required: readonly string[],
): PlainMap | undefined {
  const { owner, draft } = api
  const part = owner.properties.pairs.get(name)
  if (part === undefined) return undefined
  if (!isMap(part.value) || isIntrinsic(part.value)) {
    draft.error(owner, `\`${name}\` is a map with ${required.map((each) => `\`${each}\``).join(', ')}`, part.value.span)
    return undefined
  }
  draft.checkKeys(owner, part.value, members, `\`${name}\``)
  needs(api, part, required, 'the property')
  return pick(part.value, members)
}
