// AWS::Serverless::Api: the REST API with its definition, a deployment and a stage (SAM-R30, SAM-R30b).
import { canonicalJson, build, entries, get, has, isMap, isScalar, items, stringOf, textOf } from '../node.ts'
import type { Node, Plain, PlainMap } from '../node.ts'
import { sha1Hex } from '../sha1.ts'
import { buildPaths, stageNameOf } from './api-draft.ts'
import type { ApiDraft } from './api-draft.ts'
import { apiDomain } from './api-domain.ts'
import { emitUsagePlan, restAuth } from './api-auth.ts'
import { addCors } from './api-cors.ts'
import { hash10, isIntrinsic, pick, ref, tagList } from './draft.ts'
import type { Draft } from './draft.ts'
import { storedAt } from './pieces.ts'
import { resourcePolicy } from './resource-policy.ts'

const known = [
  ...[
    'Name',
    'StageName',
    'Tags',
    'DefinitionUri',
    'DefinitionBody',
    'MergeDefinitions',
    'CacheClusterEnabled',
    'CacheClusterSize',
  ],
  ...[
    'Variables',
    'EndpointConfiguration',
    'MethodSettings',
    'BinaryMediaTypes',
    'MinimumCompressionSize',
    'Cors',
    'Auth',
    'Policy',
  ],
  ...[
    'GatewayResponses',
    'AccessLogSetting',
    'CanarySetting',
    'TracingEnabled',
    'OpenApiVersion',
    'Models',
    'Domain',
    'Description',
  ],
  ...[
    'FailOnWarnings',
    'DisableExecuteApiEndpoint',
    'Mode',
    'ApiKeySourceType',
    'AlwaysDeploy',
    'PropagateTags',
    'SecurityPolicy',
  ],
  'EndpointAccessMode',
]

export function transformRestApi(api: ApiDraft, draft: Draft): void {
  const { owner } = api
  const { id, properties } = owner
  draft.checkKeys(owner, properties, known, owner.type)
  if (!has(properties, 'StageName')) draft.error(owner, '`StageName` is missing')
  const uri = get(properties, 'DefinitionUri')
  if (uri !== undefined && has(properties, 'DefinitionBody'))
    draft.error(owner, 'either `DefinitionUri` or `DefinitionBody`, not both', uri.span)
  const body = uri === undefined ? bodyOf(api, draft) : undefined
  const endpoint = endpointOf(properties)
  const tags = has(properties, 'Tags') ? tagList(get(properties, 'Tags')) : undefined
  draft.emit(
    owner,
    id,
    'AWS::ApiGateway::RestApi',
    {
      ...pick(properties, [
        'Name',
        'Description',
        'MinimumCompressionSize',
        'FailOnWarnings',
        'DisableExecuteApiEndpoint',
        'Mode',
        'ApiKeySourceType',
      ]),
      ...pick(properties, ['SecurityPolicy', 'EndpointAccessMode', 'Policy']),
      Body: body,
      BodyS3Location: uri === undefined ? undefined : storedAt(uri, 'Bucket', 'Key', 'Version'),
      ...endpoint,
      Tags: tags,
    },
    pick(owner.node, ['DependsOn', 'Metadata']),
  )
  const deployment = emitDeployment(api, draft, body)
  const stage = emitStage(api, draft, deployment, tags)
  apiDomain(api, stage, draft)
  emitUsagePlan(api, stage, draft)
}

/** A name is a shorthand for one type; the type of a private or regional API is also given as a parameter of the import. */
function endpointOf(properties: Node): PlainMap {
  const written = get(properties, 'EndpointConfiguration')
  if (written === undefined) return {}
  const isConfiguration = isMap(written) && !isIntrinsic(written)
  const type: Plain = isConfiguration ? (get(written, 'Type') ?? 'REGIONAL') : written
  return {
    EndpointConfiguration: {
      Types: [type],
      ...(isConfiguration
        ? { VpcEndpointIds: get(written, 'VPCEndpointIds'), IpAddressType: get(written, 'IpAddressType') }
        : {}),
    },
    Parameters: { endpointConfigurationTypes: type },
  }
}

function bodyOf(api: ApiDraft, draft: Draft): PlainMap | Node {
  const { owner } = api
  const { properties } = owner
  const definition = get(properties, 'DefinitionBody')
  if (isIntrinsic(definition) && definition !== undefined) return definition
  const version = textOf(get(properties, 'OpenApiVersion'))
  const isOpenApi = (version ?? '').startsWith('3') || api.head['openapi'] !== undefined
  addCors(api, draft, isOpenApi)
  const security = restAuth(api, draft)
  const policy = resourcePolicy(api, draft)
  const media = get(properties, 'BinaryMediaTypes')
  const models = modelsOf(get(properties, 'Models'))
  const schemes = security.schemes
  const schemesBefore = isOpenApi
    ? nested(api.head['components'], 'securitySchemes')
    : (api.head['securityDefinitions'] as PlainMap | undefined)
  const allSchemes = schemes === undefined ? schemesBefore : { ...plainMembers(schemesBefore), ...schemes }
  const components = api.head['components']
  const swagger = api.head['swagger']
  const isConverted = isOpenApi && swagger !== undefined && version !== undefined
  return {
    ...api.head,
    ...(isConverted
      ? {
          swagger: undefined,
          openapi:
            get(properties, 'OpenApiVersion') === undefined
              ? version
              : openApiText(get(properties, 'OpenApiVersion') as Node),
        }
      : {}),
    paths: buildPaths(api, owner.span, draft),
    ...(isOpenApi
      ? {
          components:
            allSchemes === undefined && models === undefined
              ? components
              : {
                  ...plainMembers(components),
                  ...(allSchemes === undefined ? {} : { securitySchemes: allSchemes }),
                  ...(models === undefined ? {} : { schemas: models }),
                },
        }
      : { securityDefinitions: allSchemes, definitions: models ?? api.head['definitions'] }),
    'x-amazon-apigateway-policy': policy ?? api.head['x-amazon-apigateway-policy'],
    'x-amazon-apigateway-binary-media-types':
      media === undefined ? api.head['x-amazon-apigateway-binary-media-types'] : items(media).map(mediaType),
    'x-amazon-apigateway-gateway-responses':
      gatewayResponses(get(properties, 'GatewayResponses')) ?? api.head['x-amazon-apigateway-gateway-responses'],
    'x-amazon-apigateway-request-validators': validators(api),
  }
}

/** `3.0` is a number in YAML and a version here. */
function openApiText(version: Node): string {
  return textOf(version) ?? ''
}

/** `image~1png` is how `/` is written in a key. */
function mediaType(node: Node): Plain {
  return stringOf(node)?.replaceAll('~1', '/') ?? node
}

function plainMembers(value: Plain | undefined): PlainMap {
  if (value === undefined || value === null || typeof value !== 'object') return {}
  if ('kind' in (value as object)) {
    const node = value as Node
    return pick(
      node,
      entries(node).map((entry) => entry.key),
    )
  }
  return value as PlainMap
}

function nested(value: Plain | undefined, key: string): PlainMap | undefined {
  const inner = plainMembers(value)[key]
  return inner === undefined ? undefined : plainMembers(inner)
}

/** Models stand under their names in lower case. */
function modelsOf(models: Node | undefined): PlainMap | undefined {
  if (models === undefined) return undefined
  const made: Record<string, Plain> = {}
  for (const { key, value } of entries(models)) made[key.toLowerCase()] = value
  return made
}

function validators(api: ApiDraft): PlainMap | undefined {
  const made: Record<string, Plain> = {}
  for (const used of api.usedSchemes) {
    if (!used.startsWith('validator ')) continue
    const name = used.slice('validator '.length)
    made[name] = {
      validateRequestBody: name.startsWith('body'),
      validateRequestParameters: name === 'params-only' || name === 'body-and-params',
    }
  }
  return Object.keys(made).length === 0 ? undefined : made
}

function gatewayResponses(written: Node | undefined): PlainMap | undefined {
  if (written === undefined) return undefined
  const made: Record<string, Plain> = {}
  for (const { key, value } of entries(written)) {
    const parameters: Record<string, Plain> = {}
    const response = get(value, 'ResponseParameters')
    for (const [section, prefix] of [
      ['Headers', 'gatewayresponse.header.'],
      ['Paths', 'gatewayresponse.path.'],
      ['QueryStrings', 'gatewayresponse.querystring.'],
    ] as const) {
      for (const each of entries(get(response, section))) parameters[`${prefix}${each.key}`] = each.value
    }
    made[key] = {
      responseParameters: parameters,
      responseTemplates: get(value, 'ResponseTemplates') ?? {},
      statusCode: get(value, 'StatusCode'),
    }
  }
  return made
}

/**
 * The deployment's id changes with the definition. AWS hashes Python's own spelling of the definition, which nothing else can
 * repeat (SAM-R30b); ours hashes its canonical JSON.
 */
function emitDeployment(api: ApiDraft, draft: Draft, body: PlainMap | Node | undefined): string {
  const { owner } = api
  const { properties } = owner
  const hashed = body === undefined ? 'uri' : canonicalJson(build(body, owner.span))
  const whole = sha1Hex(hashed)
  const id = `${owner.id}Deployment${hash10(hashed)}`
  draft.renamed.set(`${owner.id}.Deployment`, id)
  draft.emit(owner, id, 'AWS::ApiGateway::Deployment', {
    Description: `RestApi deployment id: ${whole}`,
    RestApiId: ref(owner.id),
    StageName: has(properties, 'OpenApiVersion') ? undefined : 'Stage',
  })
  return id
}

function emitStage(api: ApiDraft, draft: Draft, deployment: string, tags: Plain | undefined): string {
  const { owner } = api
  const { id, properties } = owner
  const written = get(properties, 'StageName')
  const name = isScalar(written) ? stageNameOf(owner, draft) : undefined
  const isPlain = name === undefined || /^[A-Za-z0-9]+$/.test(name)
  const stage = isPlain ? `${id}${name ?? ''}Stage` : `${id}Stage${hash10(name)}`
  draft.renamed.set(`${id}.Stage`, stage)
  draft.emit(owner, stage, 'AWS::ApiGateway::Stage', {
    ...pick(properties, [
      'CacheClusterEnabled',
      'CacheClusterSize',
      'Variables',
      'AccessLogSetting',
      'CanarySetting',
      'TracingEnabled',
      'MethodSettings',
    ]),
    DeploymentId: ref(deployment),
    RestApiId: ref(id),
    StageName: written,
    Tags: tags,
  })
  return stage
}
