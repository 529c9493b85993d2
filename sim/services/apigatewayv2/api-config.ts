// What a template can say about an HTTP API, and how it becomes tables: one line per route of a stage.
import type { Config, Near, Props, ResourceView } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import type { Stage, Throttle } from '../../parts/gateway.ts'
import { HTTP, type AuthorizerSource } from '../../parts/gateway-authorizer-config.ts'
import {
  authorizerIn,
  backendOf,
  memberOf,
  openApiRoutes,
  type Integration,
  type Route,
  type RouteSource,
} from '../../parts/gateway-routes.ts'

/** The bucket of a throttle that names no burst: the account's (API-11). */
const BURST = 5_000

const routeSettings: Props = {
  ThrottlingRateLimit: p.number('Requests per second.', [0, Infinity]),
  ThrottlingBurstLimit: p.int('Requests at once.', [0, 2_147_483_647]),
  DetailedMetricsEnabled: p.bool('Metrics for each route as well.', { default: false }),
  DataTraceEnabled: p.inert('Logging.'),
  LoggingLevel: p.inert('Logging.'),
}

export const props: Props = {
  Body: p.any('An OpenAPI document with `x-amazon-apigateway-integration`.'),
  BodyS3Location: p.unused('the OpenAPI document is read from S3; put it into `Body`'),
  Name: p.string('The name of the API.'),
  ProtocolType: p.oneOf('The kind of API.', ['HTTP', 'WEBSOCKET'], { default: 'HTTP' }),
  Target: p.any('Quick create: the function or URL behind the only route.'),
  RouteKey: p.string('Quick create: the only route.', { default: '$default' }),
  ApiKeySelectionExpression: p.inert('WebSocket APIs.'),
  BasePath: p.inert('How base paths of the document are read.'),
  CorsConfiguration: p.inert('Answers to pre-flight requests.'),
  CredentialsArn: p.inert('Quick create: a role.'),
  Description: p.inert('A description.'),
  DisableExecuteApiEndpoint: p.inert('Only a domain name of your own leads to the API.'),
  DisableSchemaValidation: p.inert('WebSocket APIs.'),
  FailOnWarnings: p.inert('How strictly the document is read.'),
  IpAddressType: p.inert('IPv4 or both.'),
  RouteSelectionExpression: p.inert('WebSocket APIs.'),
  Tags: p.inert('Tags.'),
  Version: p.inert('A version.'),
}

export const parts: Readonly<Record<string, Props>> = {
  'AWS::ApiGatewayV2::Stage': {
    ApiId: p.ref('The API.', { required: true }),
    StageName: p.string('The name of the stage; `$default` has no part in the path.', { required: true }),
    DefaultRouteSettings: p.record('Throttle and metrics of all routes.', routeSettings),
    RouteSettings: p.any('Throttle and metrics of some routes, by route key.'),
    StageVariables: p.any('They fill `${stageVariables.name}` in integration URIs, and functions see them.'),
    AccessLogSettings: p.inert('Logging.'),
    AccessPolicyId: p.inert('A policy.'),
    AutoDeploy: p.inert('Whether changes are deployed at once.'),
    ClientCertificateId: p.inert('A certificate for the backend.'),
    DeploymentId: p.inert('The deployment that it shows.'),
    Description: p.inert('A description.'),
    Tags: p.inert('Tags.'),
  },
  'AWS::ApiGatewayV2::Route': {
    ApiId: p.ref('The API.', { required: true }),
    RouteKey: p.string('Method and path, or `$default`.', { required: true }),
    Target: p.any('`integrations/` and the id of the integration.'),
    AuthorizationType: p.string('Who may call.', { default: 'NONE' }),
    ApiKeyRequired: p.inert('WebSocket APIs.'),
    AuthorizationScopes: p.unused('a token needs one of these scopes'),
    AuthorizerId: p.any('The authorizer.'),
    ModelSelectionExpression: p.inert('WebSocket APIs.'),
    OperationName: p.inert('A name.'),
    RequestModels: p.inert('WebSocket APIs.'),
    RequestParameters: p.inert('WebSocket APIs.'),
    RouteResponseSelectionExpression: p.inert('WebSocket APIs.'),
  },
  'AWS::ApiGatewayV2::Integration': {
    ApiId: p.ref('The API.', { required: true }),
    IntegrationType: p.oneOf('The kind of backend.', ['AWS', 'AWS_PROXY', 'HTTP', 'HTTP_PROXY', 'MOCK'], {
      required: true,
    }),
    IntegrationUri: p.any('The function or URL.'),
    IntegrationMethod: p.string('The method with which the backend is called.'),
    IntegrationSubtype: p.any('An action of an AWS service.'),
    PayloadFormatVersion: p.string('The format of the event.'),
    TimeoutInMillis: p.int('How long the backend may take.', [50, 'IntegrationTimeout']),
    ConnectionId: p.inert('A VPC link.'),
    ConnectionType: p.inert('Through the internet or a VPC link.'),
    ContentHandlingStrategy: p.inert('WebSocket APIs.'),
    CredentialsArn: p.inert('A role.'),
    Description: p.inert('A description.'),
    PassthroughBehavior: p.inert('WebSocket APIs.'),
    RequestParameters: p.any('Parameters of the service that is called; of `SQS-SendMessage` the `QueueUrl` is read.'),
    RequestTemplates: p.inert('WebSocket APIs.'),
    ResponseParameters: p.inert('Parameters that are changed on the way back.'),
    TemplateSelectionExpression: p.inert('WebSocket APIs.'),
    TlsConfig: p.inert('TLS.'),
  },
  'AWS::ApiGatewayV2::Authorizer': {
    ApiId: p.ref('The API.', { required: true }),
    Name: p.inert('A name.'),
    AuthorizerType: p.oneOf('Of what kind.', ['REQUEST', 'JWT'], { required: true }),
    AuthorizerUri: p.any('The function that is asked.'),
    AuthorizerPayloadFormatVersion: p.inert('The format of what it is asked.'),
    AuthorizerResultTtlInSeconds: p.int('How long its answer is kept; 0 = not at all.', [0, 3_600], { unit: 's' }),
    AuthorizerCredentialsArn: p.inert('A role.'),
    EnableSimpleResponses: p.bool('Whether it answers `isAuthorized`.', { default: false }),
    IdentitySource: p.list('Where the identity of a caller stands.', p.string('A place.')),
    IdentityValidationExpression: p.inert('WebSocket APIs.'),
    JwtConfiguration: p.any('Of a JWT: who has signed it, and for whom, is not looked at.'),
  },
  'AWS::ApiGatewayV2::Deployment': {
    ApiId: p.ref('The API.', { required: true }),
    Description: p.inert('A description.'),
    StageName: p.inert('The stage.'),
  },
}

/** Routes and stages from all that the template says about the API. */
export function gather(near: Near): { Routes: readonly Route[]; Stages: readonly Stage[] } {
  const api = near.self
  if (api.config['ProtocolType'] === 'WEBSOCKET') {
    api.notSimulated(['ProtocolType'], 'WebSocket APIs are not simulated yet')
    return { Routes: [], Stages: [] }
  }
  const sources = [...openApiRoutes(api, api.config['Body']), ...routeResources(near), ...quickCreate(near)]
  const own = (view: ResourceView): boolean => view.config['ApiId'] === api.logicalId
  const stages = near
    .all('AWS::ApiGatewayV2::Stage')
    .filter(own)
    .map((view) => stageOf(near, view, sources))
  // Quick create makes the stage too.
  if (api.config['Target'] !== undefined && stages.length === 0)
    stages.push(stageOf(near, { ...api, config: { StageName: '$default' } }, sources))
  if (stages.length === 0)
    api.notSimulated([], 'the API has no stage: nothing of it can be called until it is deployed')
  if (stages.length > near.quota('StagesPerApi'))
    api.error(
      [],
      'out-of-range',
      `the API has ${stages.length} stages`,
      `expected at most ${near.quota('StagesPerApi')}`,
    )
  return { Routes: sources.map(({ method, path }) => ({ method, path })), Stages: stages }
}

function stageOf(near: Near, view: ResourceView, sources: readonly RouteSource[]): Stage {
  const { config } = view
  const variables = (config['StageVariables'] ?? null) as Readonly<Record<string, unknown>> | null
  const byKey = (config['RouteSettings'] ?? {}) as Readonly<Record<string, Config>>
  const settings = sources.map((route) => (Object.hasOwn(byKey, keyOf(route)) ? byKey[keyOf(route)] : undefined))
  for (const key of Object.keys(byKey)) {
    if (!sources.some((route) => keyOf(route) === key))
      view.error(['RouteSettings', key], 'unknown-path', `\`${key}\` is no route of the API`, possible(sources))
  }
  const all = config['DefaultRouteSettings'] as Config | undefined
  return {
    name: String(config['StageName']),
    throttle: throttleOf(all),
    throttles: settings.map(throttleOf),
    detailed: settings.map((own) => ((own ?? all)?.['DetailedMetricsEnabled'] ?? false) === true),
    backends: sources.map((source) => backendOf(near, source, variables ?? {}, near.quota('IntegrationTimeout'))),
    variables,
    authorizers: sources.map((source) => authorizerIn(near, source, variables ?? {}, HTTP)),
    canary: null,
  }
}

function throttleOf(settings: Config | undefined): Throttle | null {
  const rate = settings?.['ThrottlingRateLimit']
  if (settings === undefined || rate === undefined) return null
  return { rate: Number(rate), burst: Number(settings['ThrottlingBurstLimit'] ?? BURST) }
}

function routeResources(near: Near): RouteSource[] {
  return near
    .all('AWS::ApiGatewayV2::Route')
    .filter((view) => view.config['ApiId'] === near.self.logicalId)
    .map((view) => {
      const id = String(view.config['Target'] ?? '').replace(/^integrations\//, '')
      const integration = near.resourceAt(id)
      return {
        ...routeOf(String(view.config['RouteKey'])),
        integration: integration && integrationOf(integration.config),
        authorizer: authorizerSource(near, view.config),
        view,
        at: ['Target'],
      }
    })
}

/** Who may call a route: IAM, or what its authorizer says. */
function authorizerSource(near: Near, route: Config): AuthorizerSource | undefined {
  const type = route['AuthorizationType'] as string
  if (type === 'NONE') return undefined
  const view = near.resourceAt(route['AuthorizerId'])
  if (type === 'AWS_IAM' || view === undefined) return { name: type, type: type === 'AWS_IAM' ? 'iam' : type }
  const { config } = view
  return {
    name: view.logicalId,
    type: config['AuthorizerType'],
    uri: config['AuthorizerUri'],
    identitySource: config['IdentitySource'],
    ttl: config['AuthorizerResultTtlInSeconds'],
    isSimple: config['EnableSimpleResponses'],
  }
}

function quickCreate(near: Near): RouteSource[] {
  const { config } = near.self
  const uri = config['Target']
  if (uri === undefined) return []
  const type = /^https?:/.test(String(uri)) ? 'HTTP_PROXY' : 'AWS_PROXY'
  return [
    {
      ...routeOf(String(config['RouteKey'])),
      integration: { type, uri, payloadFormatVersion: '2.0' },
      view: near.self,
      at: ['Target'],
    },
  ]
}

function integrationOf(config: Config): Integration {
  const subtype = config['IntegrationSubtype']
  if (subtype === 'SQS-SendMessage') {
    const uri = memberOf(config['RequestParameters'], 'QueueUrl')
    return { type: 'AWS', uri, timeoutInMillis: config['TimeoutInMillis'], responses: { default: { statusCode: 200 } } }
  }
  return {
    type: config['IntegrationType'],
    uri: subtype ?? config['IntegrationUri'],
    httpMethod: config['IntegrationMethod'],
    payloadFormatVersion: config['PayloadFormatVersion'],
    timeoutInMillis: config['TimeoutInMillis'],
  }
}

/** `POST /orders`, or `$default` for everything else. */
function routeOf(key: string): Route {
  const [method, path] = key.split(/\s+/)
  return path === undefined ? { method: 'ANY', path: '$default' } : { method: method.toUpperCase(), path }
}

/** The route key of a route. */
export function keyOf(route: Route): string {
  return route.path === '$default' ? '$default' : `${route.method} ${route.path}`
}

/** A line of help that lists routes. */
export function possible(routes: readonly Route[]): string {
  if (routes.length === 0) return 'it has no routes'
  return `its routes are ${routes
    .slice(0, 12)
    .map((route) => `\`${keyOf(route)}\``)
    .join(', ')}${routes.length > 12 ? ' …' : ''}`
}
