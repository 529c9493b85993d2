// What a GraphQL API does for a field: functions over data sources, and resolvers that run them one after the other.
import { get, has, items, stringOf } from '../node.ts'
import type { Entry, Node, Plain, PlainMap } from '../node.ts'
import { nearest } from '../../diag/suggest.ts'
import { getAtt, isIntrinsic } from './draft.ts'
import { apiId, emitPart, membersOf, partsOf, written } from './graphql-draft.ts'
import type { GraphqlDraft } from './graphql-draft.ts'
import { sourceName } from './graphql-sources.ts'

const functionProperties = [
  ...['DataSource', 'Runtime', 'InlineCode', 'CodeUri', 'Description', 'MaxBatchSize', 'Name', 'Id', 'Sync'],
]
const resolverProperties = [
  ...['FieldName', 'Caching', 'InlineCode', 'CodeUri', 'MaxBatchSize', 'Pipeline', 'Runtime', 'Sync'],
]

/** What a resolver without code of its own runs before and after its functions: it hands on what the last one gave. */
const passing = `
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
`

export function emitFunctions(api: GraphqlDraft): void {
  for (const each of partsOf(api, get(api.owner.properties, 'Functions'), '`Functions`')) emitFunction(api, each)
}

function emitFunction(api: GraphqlDraft, { key, keySpan, value }: Entry): void {
  const { owner, draft } = api
  const user = `the function \`${key}\``
  draft.checkKeys(owner, value, functionProperties, 'a function of a GraphQL API', key)
  const id = written(get(value, 'Id'))
  if (id !== undefined) {
    api.functions.set(key, id)
    const others = functionProperties.filter((name) => name !== 'Id' && has(value, name))
    if (others.length > 0)
      draft.error(owner, `${user} has an \`Id\`, so it exists already and takes no other properties`, id.span)
    return
  }
  const logicalId = owner.id + key
  api.functions.set(key, getAtt(logicalId, 'FunctionId'))
  const source = written(get(value, 'DataSource'))
  if (source === undefined)
    draft.error(owner, `${user} needs a \`DataSource\`; \`None\` is one for a function without data`, keySpan)
  const code = codeOf(api, value, user)
  if (code === undefined) draft.error(owner, `${user} needs \`InlineCode\` or \`CodeUri\``, keySpan)
  emitPart(api, logicalId, 'FunctionConfiguration', {
    ApiId: apiId(api),
    Name: written(get(value, 'Name')) ?? key,
    DataSourceName: source === undefined ? undefined : sourceName(api, source, user),
    ...code,
    Runtime: runtimeOf(api, value, user, keySpan),
    Description: get(value, 'Description'),
    MaxBatchSize: get(value, 'MaxBatchSize'),
    SyncConfig: syncOf(api, value, key),
  })
}

export function emitResolvers(api: GraphqlDraft): void {
  for (const type of membersOf(api, get(api.owner.properties, 'Resolvers'), '`Resolvers`')) {
    for (const field of partsOf(api, type.value, `\`Resolvers.${type.key}\``)) emitResolver(api, type.key, field)
  }
}

function emitResolver(api: GraphqlDraft, typeName: string, { key, keySpan, value }: Entry): void {
  const { owner, draft } = api
  const user = `the resolver \`${typeName}.${key}\``
  draft.checkKeys(owner, value, resolverProperties, 'a resolver', key)
  const code = codeOf(api, value, user)
  // Made for the check alone: the transform drops it from resolvers.
  syncOf(api, value, key)
  emitPart(
    api,
    owner.id + typeName + key,
    'Resolver',
    {
      ApiId: apiId(api),
      TypeName: typeName,
      FieldName: written(get(value, 'FieldName')) ?? key,
      Kind: 'PIPELINE',
      PipelineConfig: { Functions: pipelineOf(api, get(value, 'Pipeline'), user, keySpan) },
      ...(code ?? { Code: passing }),
      Runtime:
        code === undefined ? { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' } : runtimeOf(api, value, user, keySpan),
      CachingConfig: cachingOf(api, value, key),
      MaxBatchSize: written(get(value, 'MaxBatchSize')),
    },
    { DependsOn: [`${owner.id}Schema`] },
  )
}

/** The ids of the functions that a resolver runs, in its order. */
function pipelineOf(api: GraphqlDraft, pipeline: Node | undefined, user: string, span: Node['span']): Plain[] {
  const { owner, draft, functions } = api
  if (items(pipeline).length === 0) {
    draft.error(
      owner,
      `${user} needs a \`Pipeline\`, a list of functions; a resolver of one data source alone is an \`AWS::AppSync::Resolver\` of its own`,
      pipeline?.span ?? span,
    )
  }
  return items(pipeline).map((item) => {
    const name = stringOf(item)
    const id = functions.get(name ?? '')
    if (id !== undefined) return id
    const near = nearest(name ?? '', functions.keys())
    const hint = near === undefined ? '' : `: did you mean \`${near}\`?`
    const what = name === undefined ? 'something that is no name' : `\`${name}\``
    draft.error(owner, `${user} runs ${what}, which is not under \`Functions\`${hint}`, item.span)
    return ''
  })
}

function codeOf(api: GraphqlDraft, part: Node, user: string): PlainMap | undefined {
  const inline = written(get(part, 'InlineCode'))
  const uri = written(get(part, 'CodeUri'))
  if (inline !== undefined && uri !== undefined)
    api.draft.error(api.owner, `${user} has both \`InlineCode\` and \`CodeUri\``, uri.span)
  if (inline !== undefined) return { Code: inline }
  return uri === undefined ? undefined : { CodeS3Location: uri }
}

function runtimeOf(api: GraphqlDraft, part: Node, user: string, span: Node['span']): PlainMap | undefined {
  const runtime = get(part, 'Runtime')
  const name = get(runtime, 'Name')
  const version = get(runtime, 'Version')
  if (name === undefined || version === undefined) {
    const example = '`{ Name: APPSYNC_JS, Version: 1.0.0 }`'
    api.draft.error(api.owner, `${user} needs a \`Runtime\` such as ${example}`, runtime?.span ?? span)
    return undefined
  }
  api.draft.checkKeys(api.owner, runtime, ['Name', 'Version'], '`Runtime`')
  return { Name: name, RuntimeVersion: version }
}

function syncOf({ owner, draft }: GraphqlDraft, part: Node, key: string): Node | undefined {
  const sync = get(part, 'Sync')
  const known = ['ConflictDetection', 'ConflictHandler', 'LambdaConflictHandlerConfig']
  if (!isIntrinsic(sync)) draft.checkKeys(owner, sync, known, '`Sync`', key)
  return sync
}

function cachingOf({ owner, draft }: GraphqlDraft, part: Node, key: string): Node | undefined {
  const caching = get(part, 'Caching')
  draft.checkKeys(owner, caching, ['Ttl', 'CachingKeys'], '`Caching`', key)
  if (caching !== undefined && get(caching, 'Ttl') === undefined)
    draft.error(owner, `the \`Caching\` of \`${key}\` needs a \`Ttl\``, caching.span)
  return caching
}
