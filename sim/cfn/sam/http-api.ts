// AWS::Serverless::HttpApi: the HTTP API with its definition and a stage that deploys by itself (SAM-R31).
import { entries, get, isFalse, isMap, isTrue } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { buildPaths, stageNameOf } from './api-draft.ts'
import type { ApiDraft } from './api-draft.ts'
import { httpAuth } from './api-auth.ts'
import { apiDomain } from './api-domain.ts'
import { hash10, isIntrinsic, pick, ref } from './draft.ts'
import type { Draft } from './draft.ts'
import { storedAt } from './pieces.ts'

const known = [
  ...[
    'Name',
    'Description',
    'StageName',
    'Tags',
    'DefinitionBody',
    'DefinitionUri',
    'StageVariables',
    'CorsConfiguration',
  ],
  ...[
    'AccessLogSettings',
    'DefaultRouteSettings',
    'Auth',
    'RouteSettings',
    'Domain',
    'FailOnWarnings',
    'DisableExecuteApiEndpoint',
  ],
  'PropagateTags',
]

const ownTag = 'httpapi:createdBy'

export function transformHttpApi(api: ApiDraft, draft: Draft): void {
  const { owner } = api
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  const uri = get(properties, 'DefinitionUri')
  draft.emit(
    owner,
    id,
    'AWS::ApiGatewayV2::Api',
    {
      Body: uri === undefined ? bodyOf(api, draft) : undefined,
      BodyS3Location: uri === undefined ? undefined : storedAt(uri, 'Bucket', 'Key', 'Version'),
      FailOnWarnings: isTrue(get(properties, 'FailOnWarnings')) ? true : undefined,
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
  const written = get(properties, 'StageName')
  const name = written === undefined ? '$default' : isMap(written) ? undefined : stageNameOf(owner, draft)
  const ending = name === '$default' ? 'ApiGatewayDefaultStage' : `${name ?? ''}Stage`
  const stage = /^[A-Za-z0-9]*$/.test(ending) ? id + ending : `${id}Stage${hash10(name ?? '')}`
  draft.renamed.set(`${id}.Stage`, stage)
  draft.emit(owner, stage, 'AWS::ApiGatewayV2::Stage', {
    ...pick(properties, ['AccessLogSettings', 'DefaultRouteSettings', 'RouteSettings', 'StageVariables']),
    ApiId: ref(id),
    StageName: written ?? '$default',
    AutoDeploy: true,
    Tags: tagMap(get(properties, 'Tags')),
  })
  apiDomain(api, stage, draft)
}

function tagMap(tags: Node | undefined): PlainMap {
  const made: Record<string, Plain> = { [ownTag]: 'SAM' }
  for (const { key, value } of entries(tags)) made[key] = value
  return made
}

function bodyOf(api: ApiDraft, draft: Draft): PlainMap | Node {
  const { owner } = api
  const { properties } = owner
  const definition = get(properties, 'DefinitionBody')
  if (definition !== undefined && isIntrinsic(definition)) return definition
  const { schemes } = httpAuth(api, draft)
  const tags = Object.entries(tagMap(get(properties, 'Tags'))).map(([name, value]) => ({
    name,
    'x-amazon-apigateway-tag-value': value,
  }))
  const components = api.head['components']
  const written = membersOf(components)
  const disabled = get(properties, 'DisableExecuteApiEndpoint')
  const info = membersOf(api.head['info'])
  const name = get(properties, 'Name')
  const description = get(properties, 'Description')
  return {
    ...api.head,
    info:
      api.head['info'] === undefined && name === undefined && description === undefined
        ? undefined
        : {
            ...info,
            ...(name === undefined ? {} : { title: name }),
            ...(description === undefined ? {} : { description }),
          },
    paths: buildPaths(api, owner.span, draft),
    components:
      schemes === undefined
        ? components
        : { ...written, securitySchemes: { ...membersOf(written['securitySchemes']), ...schemes } },
    tags: [...listOf(api.head['tags']), ...tags],
    servers:
      disabled === undefined
        ? api.head['servers']
        : [{ 'x-amazon-apigateway-endpoint-configuration': { disableExecuteApiEndpoint: disabled } }],
    'x-amazon-apigateway-cors': corsOf(api, draft) ?? api.head['x-amazon-apigateway-cors'],
  }
}

function membersOf(value: Plain | undefined): PlainMap {
  if (value === undefined || value === null || typeof value !== 'object') return {}
  if (!('kind' in (value as object))) return value as PlainMap
  const node = value as Node
  return pick(
    node,
    entries(node).map((entry) => entry.key),
  )
}

function listOf(value: Plain | undefined): readonly Plain[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value as Plain[]
  return 'kind' in value && value.kind === 'list' ? (value.items as readonly Plain[]) : []
}

/** `true` allows every origin; false values are left out. */
function corsOf({ owner }: ApiDraft, draft: Draft): Plain | undefined {
  const cors = get(owner.properties, 'CorsConfiguration')
  if (cors === undefined) return undefined
  if (!isMap(cors)) return isTrue(cors) ? { allowOrigins: ['*'] } : undefined
  if (isIntrinsic(cors)) return cors
  const names = ['AllowCredentials', 'AllowHeaders', 'AllowMethods', 'AllowOrigins', 'ExposeHeaders', 'MaxAge']
  draft.checkKeys(owner, cors, names, 'CorsConfiguration')
  const made: Record<string, Plain> = {}
  for (const { key, value } of entries(cors)) {
    if (!isFalse(value)) made[key.charAt(0).toLowerCase() + key.slice(1)] = value
  }
  return made
}
