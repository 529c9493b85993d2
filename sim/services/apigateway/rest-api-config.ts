// What a template can say about a REST API, and how it becomes tables: one line per route of a stage.
import type { Config, Near, Props, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import type { Canary, Stage, Throttle } from '../../parts/gateway.ts'
import type { KeyPart, StageCache } from '../../parts/gateway-cache.ts'
import type { StageKeys } from '../../parts/gateway-keys.ts'
import type { DeploymentPlan } from '../../parts/gateway-deployments.ts'
import { validationOf } from '../../parts/gateway-validation.ts'
import { REST, type AuthorizerSource } from '../../parts/gateway-authorizer-config.ts'
import { authorizerIn, backendOf, openApiRoutes, type Route, type RouteSource } from '../../parts/gateway-routes.ts'
import { quotas } from './rest-api.facts.ts'

/** Sizes of a stage's cache in GB (API-20). */
const CACHE_SIZES = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237']
const methodSetting: Props = {
  ResourcePath: p.string('The path of the method: `/*` for all; slashes inside are written `~1`.'),
  HttpMethod: p.string('The method, `*` for all.'),
  ThrottlingRateLimit: p.number('Requests per second.', [-1, Infinity]),
  ThrottlingBurstLimit: p.int('Requests at once.', [-1, 2_147_483_647]),
  MetricsEnabled: p.bool('Metrics for each method as well.', { default: false }),
  CachingEnabled: p.bool('Whether answers are kept; of a stage with a cache those to GET are.'),
  CacheTtlInSeconds: p.int('How long an answer is kept; 0 = not at all.', [0, 'CacheTtl'], { unit: 's' }),
  CacheDataEncrypted: p.inert('Encryption of the cache.'),
  DataTraceEnabled: p.inert('Logging.'),
  LoggingLevel: p.inert('Logging.'),
}
const stageSettings: Props = {
  MethodSettings: p.list('Throttles and metrics by method.', p.record('Settings of some methods.', methodSetting), {
    default: [],
  }),
  Variables: p.any('Stage variables: they fill `${stageVariables.name}` in integration URIs, and functions see them.'),
  CacheClusterEnabled: p.bool('A cache in front of the backends.', { default: false }),
  CacheClusterSize: p.oneOf('Its size in GB.', CACHE_SIZES, { default: '0.5', unit: 'GB' }),
  AccessLogSetting: p.inert('Logging.'),
  ClientCertificateId: p.inert('A certificate for the backend.'),
  Description: p.inert('A description.'),
  DocumentationVersion: p.inert('Documentation.'),
  Tags: p.inert('Tags.'),
  TracingEnabled: p.inert('X-Ray.'),
}

export const props: Props = {
  Body: p.any('An OpenAPI document with `x-amazon-apigateway-integration`.'),
  BodyS3Location: p.unused('the OpenAPI document is read from S3; put it into `Body`'),
  Name: p.string('The name of the API; the title of the document otherwise.'),
  EndpointConfiguration: p.record('Where clients enter.', {
    Types: p.list('One of EDGE, REGIONAL, PRIVATE.', p.oneOf('An endpoint type.', ['EDGE', 'REGIONAL', 'PRIVATE'])),
    IpAddressType: p.inert('IPv4 or both.'),
    VpcEndpointIds: p.inert('VPC endpoints of a private API.'),
  }),
  Mode: p.inert('How a new document is merged.'),
  FailOnWarnings: p.inert('How strictly the document is read.'),
  ApiKeySourceType: p.oneOf('Who says which key a request has.', ['HEADER', 'AUTHORIZER']),
  BinaryMediaTypes: p.inert('Types of binary payloads.'),
  CloneFrom: p.unused('another API would be copied'),
  Description: p.inert('A description.'),
  DisableExecuteApiEndpoint: p.inert('Only a domain name of your own leads to the API.'),
  EndpointAccessMode: p.inert('Access by endpoint.'),
  SecurityPolicy: p.inert('TLS.'),
  MinimumCompressionSize: p.inert('Compression.'),
  Parameters: p.inert('Parameters of the import.'),
  Policy: p.unused('a resource policy decides who may call (not simulated yet)'),
  Tags: p.inert('Tags.'),
}

export const parts: Readonly<Record<string, Props>> = {
  'AWS::ApiGateway::Stage': {
    RestApiId: p.ref('The API.', { required: true }),
    StageName: p.string('The name of the stage.'),
    DeploymentId: p.any('The deployment that it shows.'),
    CanarySetting: p.record('A share of the requests goes to another deployment.', {
      PercentTraffic: p.number('The share.', [0, 100], { default: 0, unit: '%' }),
      StageVariableOverrides: p.any('Stage variables that the canary sees instead.'),
      DeploymentId: p.any(
        'Its deployment. All deployments have the routes of the template: only variables tell them apart.',
      ),
      UseStageCache: p.bool('Whether its answers are kept too; each deployment has its own.', { default: false }),
    }),
    ...stageSettings,
  },
  'AWS::ApiGateway::Deployment': {
    RestApiId: p.ref('The API.', { required: true }),
    StageName: p.string('A stage made along with the deployment.'),
    StageDescription: p.record('Settings of that stage.', {
      ...stageSettings,
      CacheTtlInSeconds: p.int('How long answers are kept by default.', [0, 'CacheTtl'], { unit: 's' }),
      CachingEnabled: p.bool('Whether answers to GET are kept.'),
      CanarySetting: p.unused('a canary made along with the deployment; write `CanarySetting` of the stage'),
      MetricsEnabled: p.inert('Metrics for each method.'),
      LoggingLevel: p.inert('Logging.'),
      DataTraceEnabled: p.inert('Logging.'),
      CacheDataEncrypted: p.inert('Encryption.'),
      ThrottlingRateLimit: p.number('Requests per second.', [-1, Infinity]),
      ThrottlingBurstLimit: p.int('Requests at once.', [-1, 2_147_483_647]),
    }),
    DeploymentCanarySettings: p.unused('a canary made along with the deployment; write `CanarySetting` of the stage'),
    Description: p.inert('A description.'),
  },
  'AWS::ApiGateway::Resource': {
    RestApiId: p.ref('The API.', { required: true }),
    ParentId: p.any('The resource above, or the root.', { required: true }),
    PathPart: p.string('The last part of the path.', { required: true }),
  },
  'AWS::ApiGateway::Method': {
    RestApiId: p.ref('The API.', { required: true }),
    ResourceId: p.any('The resource, or the root.', { required: true }),
    HttpMethod: p.string('The method, or ANY.', { required: true }),
    AuthorizationType: p.string('Who may call.', { default: 'NONE' }),
    Integration: p.any('The backend.'),
    ApiKeyRequired: p.bool('Whether a key of a usage plan is needed.', { default: false }),
    AuthorizationScopes: p.unused('a token needs one of these scopes'),
    AuthorizerId: p.any('The authorizer.'),
    MethodResponses: p.inert('Declared responses.'),
    OperationName: p.inert('A name.'),
    RequestModels: p.any('Models of bodies.'),
    RequestParameters: p.any('Parameters that are passed on; those that are `true` must be there.'),
    RequestValidatorId: p.any('Whether bodies and parameters are checked.'),
  },
  'AWS::ApiGateway::Authorizer': {
    RestApiId: p.any('The API; one that stands elsewhere has authorizers of its own.'),
    Name: p.inert('A name.'),
    Type: p.oneOf('Of what kind.', ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'], { required: true }),
    AuthorizerUri: p.any('The function that is asked.'),
    IdentitySource: p.string('Where the identity of a caller stands.'),
    IdentityValidationExpression: p.string('What a token must look like.'),
    AuthorizerResultTtlInSeconds: p.int('How long its answer is kept; 0 = not at all.', [0, 3_600], { unit: 's' }),
    AuthorizerCredentials: p.inert('A role.'),
    AuthType: p.inert('A note.'),
    ProviderARNs: p.any('User pools: who has signed a token is not looked at.'),
  },
  'AWS::ApiGateway::RequestValidator': {
    RestApiId: p.ref('The API.', { required: true }),
    ValidateRequestBody: p.bool('Whether bodies are checked.', { default: false }),
    ValidateRequestParameters: p.bool('Whether parameters are checked.', { default: false }),
    Name: p.inert('A name.'),
  },
  'AWS::ApiGateway::Model': {
    RestApiId: p.ref('The API.', { required: true }),
    Schema: p.any('A JSON Schema.'),
    ContentType: p.inert('The type of the bodies.'),
    Name: p.string('A name.'),
    Description: p.inert('A text.'),
  },
  'AWS::ApiGateway::Account': { CloudWatchRoleArn: p.inert('The role for logs.') },
}

/** Routes and stages from all that the template says about the API. */
export function gather(near: Near): {
  readonly Routes: readonly Route[]
  readonly Stages: readonly Stage[]
  readonly Deployments: DeploymentPlan
} {
  const api = near.self
  const own = [...openApiRoutes(api, api.config['Body']), ...methodRoutes(near)]
  const documents = near.defined('apigateway:PutRestApi').map((body) => openApiRoutes(asDocument(api), body))
  const variants = [...own, ...documents.flat()]
  // Routes of documents that the API has not got yet are routes of their own; those that it has keep their settings.
  const sources = [...own]
  const places = new Map(own.map((route, i) => [keyOf(route), i] as const).reverse())
  for (const route of documents.flat()) if (!places.has(keyOf(route))) places.set(keyOf(route), sources.push(route) - 1)
  const routes = sources.map(({ method, path }) => ({ method, path }))
  const views = stageViews(near)
  const stages = views.map(({ view, name, settings }) => stageOf(near, view, name, settings, sources, variants))
  if (stages.length === 0)
    api.notSimulated([], 'the API has no stage: nothing of it can be called until it is deployed')
  if (stages.length > near.quota('StagesPerApi'))
    api.error(
      [],
      'out-of-range',
      `the API has ${stages.length} stages`,
      `expected at most ${near.quota('StagesPerApi')}`,
    )
  const resources = near
    .all('AWS::ApiGateway::Resource')
    .filter((view) => view.config['RestApiId'] === api.logicalId).length
  if (resources > near.quota('ResourcesPerApi'))
    api.error(
      [],
      'out-of-range',
      `the API has ${resources} resources`,
      `expected at most ${near.quota('ResourcesPerApi')}`,
    )
  let first = own.length
  const listed = documents.map((document) => document.map(() => first++))
  const deployments: DeploymentPlan = {
    variants: variants.map((route, i) => (i < own.length ? i : places.get(keyOf(route))!)),
    ofTemplate: own.length,
    documents: listed,
    names: views.map(({ view, settings }) => {
      const named = view.type === 'AWS::ApiGateway::Deployment' ? view : near.resourceAt(settings['DeploymentId'])
      return named?.logicalId ?? 'initial'
    }),
  }
  return { Routes: routes, Stages: stages, Deployments: deployments }
}

function keyOf({ method, path }: Route): string {
  return `${method} ${path}`
}

/** The API as it tells of what is wrong in a document that takes its place. */
function asDocument(api: ResourceView): ResourceView {
  return {
    ...api,
    error: (_, slug, message, help) => api.error([], slug, `in a document of \`PutRestApi\`: ${message}`, help),
  }
}

interface StageView {
  readonly view: ResourceView
  readonly name: string
  readonly settings: Config
}

function stageViews(near: Near): StageView[] {
  const own = (view: ResourceView): boolean => view.config['RestApiId'] === near.self.logicalId
  const stages: StageView[] = near
    .all('AWS::ApiGateway::Stage')
    .filter(own)
    .map((view) => ({ view, name: String(view.config['StageName'] ?? ''), settings: view.config }))
  for (const view of near.all('AWS::ApiGateway::Deployment').filter(own)) {
    const name = view.config['StageName'] as string | undefined
    if (name !== undefined && !stages.some((stage) => stage.name === name))
      stages.push({
        view,
        name,
        settings: (view.config['StageDescription'] as Config | undefined) ?? { MethodSettings: [] },
      })
  }
  return stages
}

function stageOf(
  near: Near,
  view: ResourceView,
  name: string,
  settings: Config,
  sources: readonly RouteSource[],
  variants: readonly RouteSource[],
): Stage {
  const variables = (settings['Variables'] ?? null) as Readonly<Record<string, unknown>> | null
  const longest = near.quota('IntegrationTimeout')
  const list = (settings['MethodSettings'] ?? []) as readonly Config[]
  const matching = (route: Route): Config | undefined =>
    list.find((setting) => pathOf(setting) === route.path && setting['HttpMethod'] === route.method)
  const everything = list.find((setting) => pathOf(setting) === '/*' && setting['HttpMethod'] === '*')
  list.forEach((setting, i) => {
    const known =
      setting === everything || pathOf(setting) === '/*' || sources.some((route) => pathOf(setting) === route.path)
    if (!known)
      view.error(
        ['MethodSettings', i, 'ResourcePath'],
        'unknown-path',
        `\`${String(setting['ResourcePath'])}\` is no path of the API`,
        possible(sources),
      )
  })
  return {
    name,
    throttle: throttleOf(everything) ?? throttleOf(settings),
    throttles: sources.map((route) => throttleOf(matching(route))),
    detailed: sources.map((route) => ((matching(route) ?? everything)?.['MetricsEnabled'] ?? false) as boolean),
    backends: variants.map((source) => backendOf(near, source, variables ?? {}, longest)),
    variables,
    cache: cacheOf(near, settings, sources),
    keys: keysOf(near, name, sources),
    authorizers: variants.map((source) => authorizerIn(near, source, variables ?? {}, REST)),
    validations: variants.map(({ validation }) => validation ?? null),
    canary: canaryOf(near, settings['CanarySetting'] as Config | undefined, variables, variants),
  }
}

/** Keys whose plan has the stage (N.APIGATEWAY-46). Where the template has no key at all, those that it has elsewhere are let in. */
function keysOf(near: Near, stage: string, sources: readonly RouteSource[]): StageKeys | null {
  const required = sources.map(({ needsKey }) => needsKey === true)
  if (!required.includes(true)) return null
  const api = near.self.logicalId
  const keys = near.all('AWS::ApiGateway::ApiKey')
  if (keys.length === 0) {
    near.self.notSimulated([], 'methods ask for API keys, and the template has none: every caller is let in')
    return null
  }
  const plans = near
    .all('AWS::ApiGateway::UsagePlan')
    .filter(({ config }) =>
      (config['ApiStages'] as readonly Config[]).some(({ ApiId, Stage }) => ApiId === api && Stage === stage),
    )
  const links = near.all('AWS::ApiGateway::UsagePlanKey')
  return {
    required,
    keys: plans.flatMap(({ logicalId: plan }) =>
      keys
        .filter(({ logicalId: key, config }) => {
          const isLinked = links.some(({ config: at }) => at['UsagePlanId'] === plan && at['KeyId'] === key)
          return isLinked && config['Enabled'] === true
        })
        .map(({ logicalId: key, config }) => ({
          key,
          plan,
          texts: [key, config['Name'], config['Value']].filter((text): text is string => typeof text === 'string'),
        })),
    ),
    stage: `${api}/${stage}`,
    methods: sources.map(({ path, method }) => `${path}/${method}`),
  }
}

const GIGABYTE = 1_073_741_824
const SECOND = 1_000_000

/** A stage keeps answers to GET for a time, or what its settings say of a method (API-20, N.APIGATEWAY-10). */
function cacheOf(near: Near, settings: Config, sources: readonly RouteSource[]): StageCache | null {
  if (settings['CacheClusterEnabled'] !== true) return null
  const list = (settings['MethodSettings'] ?? []) as readonly Config[]
  const matching = ({ path, method }: Route): Config | undefined =>
    list.find((setting) => pathOf(setting) === path && setting['HttpMethod'] === method)
  const everything = list.find((setting) => pathOf(setting) === '/*' && setting['HttpMethod'] === '*') ?? settings
  const ttlOf = (route: Route): number => {
    const own = matching(route)
    const isOn = own?.['CachingEnabled'] ?? (route.method === 'GET' && (everything['CachingEnabled'] ?? true))
    const seconds = own?.['CacheTtlInSeconds'] ?? everything['CacheTtlInSeconds'] ?? near.quota('CacheTtlByDefault')
    return isOn === true ? (seconds as number) * SECOND : 0
  }
  return {
    bytes: Number(settings['CacheClusterSize'] ?? '0.5') * GIGABYTE,
    ttl: sources.map(ttlOf),
    keys: sources.map(({ integration }) => keyPartsOf(integration?.cacheKeyParameters)),
    withCanary: (settings['CanarySetting'] as Config | undefined)?.['UseStageCache'] === true,
  }
}

const PLACES: Readonly<Record<string, KeyPart['at']>> = {
  header: 'headers',
  path: 'pathParameters',
  querystring: 'queryStringParameters',
}

/** `method.request.querystring.type`; others tell nothing apart. */
export function keyPartsOf(parameters: unknown): KeyPart[] {
  if (!Array.isArray(parameters)) return []
  return parameters.flatMap((text: unknown) => {
    const [, place, name] =
      /^(?:method|integration)\.request\.(header|path|querystring)\.(.+)$/.exec(String(text)) ?? []
    return place === undefined ? [] : [{ at: PLACES[place], name }]
  })
}

/** A canary that gets no traffic is none (API-30). */
function canaryOf(
  near: Near,
  settings: Config | undefined,
  variables: Stage['variables'],
  sources: readonly RouteSource[],
): Canary | null {
  const share = settings === undefined ? 0 : Number(settings['PercentTraffic']) / 100
  if (settings === undefined || share === 0) return null
  const overrides = settings['StageVariableOverrides'] as Stage['variables'] | undefined
  const own = overrides === undefined ? variables : { ...variables, ...overrides }
  return {
    share,
    variables: own,
    backends: sources.map((source) => backendOf(near, source, own ?? {}, near.quota('IntegrationTimeout'))),
  }
}

/** A limit without a burst lets as much through at once as the account does. */
function throttleOf(settings: Config | undefined): Throttle | null {
  const rate = settings?.['ThrottlingRateLimit'] as number | undefined
  if (settings === undefined || rate === undefined || rate < 0) return null
  const burst = settings['ThrottlingBurstLimit'] as number | undefined
  return { rate, burst: burst === undefined || burst < 0 ? quotas['BurstRequests'].current : burst }
}

/** `/~1orders~1{id}` means `/orders/{id}`. */
function pathOf(setting: Config): string {
  return String(setting['ResourcePath'] ?? '')
    .replace(/~1/g, '/')
    .replace(/^\/\//, '/')
}

/** The routes that Resource and Method resources make. */
function methodRoutes(near: Near): RouteSource[] {
  return near
    .all('AWS::ApiGateway::Method')
    .filter((view) => view.config['RestApiId'] === near.self.logicalId)
    .map((view) => {
      const integration = view.config['Integration'] as Readonly<Record<string, unknown>> | undefined
      return {
        method: String(view.config['HttpMethod']).toUpperCase(),
        path: resourcePath(near, view.config['ResourceId'], 0),
        needsKey: view.config['ApiKeyRequired'] === true,
        authorizer: authorizerSource(near, view.config),
        validation: validationOf(near, view.config),
        integration: integration && {
          type: integration['Type'],
          uri: integration['Uri'],
          httpMethod: integration['IntegrationHttpMethod'],
          timeoutInMillis: integration['TimeoutInMillis'],
          responses: integration['IntegrationResponses'],
          requestTemplates: integration['RequestTemplates'],
          cacheKeyParameters: integration['CacheKeyParameters'],
          requestParameters: integration['RequestParameters'],
          credentials: integration['Credentials'],
        },
        view,
        at: ['Integration'],
      }
    })
}

/** Who may call a method: IAM, or what its authorizer says. */
function authorizerSource(near: Near, method: Config): AuthorizerSource | undefined {
  const type = method['AuthorizationType'] as string
  if (type === 'NONE') return undefined
  const view = near.resourceAt(method['AuthorizerId'])
  if (type === 'AWS_IAM' || view === undefined) return { name: type, type: type === 'AWS_IAM' ? 'iam' : type }
  const { config } = view
  const isToken = config['Type'] !== 'REQUEST'
  return {
    name: view.logicalId,
    type: config['Type'],
    uri: config['AuthorizerUri'],
    identitySource: config['IdentitySource'],
    ...(isToken ? { pattern: config['IdentityValidationExpression'] } : {}),
    ttl: config['AuthorizerResultTtlInSeconds'],
  }
}

function resourcePath(near: Near, id: unknown, depth: number): string {
  const view = near.resourceAt(id)
  if (view === undefined || view.type !== 'AWS::ApiGateway::Resource' || depth > 300) return '/'
  const above = resourcePath(near, view.config['ParentId'], depth + 1)
  return `${above === '/' ? '' : above}/${String(view.config['PathPart'])}`
}

/** A line of help that lists routes. */
export function possible(routes: readonly Route[]): string {
  if (routes.length === 0) return 'it has no routes'
  const shown = routes.slice(0, 12).map((route) => `\`${route.method} ${route.path}\``)
  return `its routes are ${shown.join(', ')}${routes.length > 12 ? ' …' : ''}`
}
