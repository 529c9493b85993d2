// Known traps of REST APIs.
import type { Finding, Lints, Scene, Written } from '../../lint/contract.ts'
import { resource } from '../../lint/examples.ts'
import type { Stage } from '../../parts/gateway.ts'
import type { Route } from '../../parts/gateway-routes.ts'

const REST = 'AWS::ApiGateway::RestApi'
const GUIDE = 'https://docs.aws.amazon.com/apigateway/latest/developerguide'
const PRODUCTION = /^(prod|production|prd|live)$/i

const example = (stage: string, method: readonly string[], more = ''): string => `Resources:
${resource('Api', REST, ['Name: shop'])}${resource('Root', 'AWS::ApiGateway::Method', [
  'RestApiId: !Ref Api',
  'ResourceId: !GetAtt Api.RootResourceId',
  'HttpMethod: GET',
  ...method,
  'Integration: { Type: MOCK }',
])}${resource('Stage', 'AWS::ApiGateway::Stage', [
  'RestApiId: !Ref Api',
  'DeploymentId: !Ref Made',
  `StageName: ${stage}`,
])}${resource('Made', 'AWS::ApiGateway::Deployment', ['RestApiId: !Ref Api'])}${more}`

const mock = (stage: string): string => example(stage, [])
const plan = (...method: readonly string[]): string =>
  example(
    'dev',
    method,
    resource('Plan', 'AWS::ApiGateway::UsagePlan', [
      'ApiStages: [{ ApiId: !Ref Api, Stage: dev }]',
      'Throttle: { RateLimit: 10, BurstLimit: 20 }',
    ]),
  )

const keyed = (more: string): string => `Resources:
${resource('Api', REST, ['Name: shop'])}${resource('User', 'AWS::ApiGateway::Resource', [
  'RestApiId: !Ref Api',
  'ParentId: !GetAtt Api.RootResourceId',
  "PathPart: '{id}'",
])}${resource('Get', 'AWS::ApiGateway::Method', [
  'RestApiId: !Ref Api',
  'ResourceId: !Ref User',
  'HttpMethod: GET',
  `Integration: { Type: MOCK${more} }`,
])}${resource('Made', 'AWS::ApiGateway::Deployment', ['RestApiId: !Ref Api'])}${resource(
  'Stage',
  'AWS::ApiGateway::Stage',
  ['RestApiId: !Ref Api', 'DeploymentId: !Ref Made', 'StageName: dev', 'CacheClusterEnabled: true'],
)}`

const aliased = (more: string): string => `Resources:
${resource('Work', 'AWS::Lambda::Function', [
  'FunctionName: work',
  'Runtime: nodejs22.x',
  'Handler: index.handler',
  'Role: arn:aws:iam::123456789012:role/work',
  'Code: { ZipFile: x }',
])}${resource('Live', 'AWS::Lambda::Alias', ['FunctionName: !Ref Work', "FunctionVersion: '1'", 'Name: live'])}${more}${resource(
  'Api',
  REST,
  ['Name: shop'],
)}${resource('Root', 'AWS::ApiGateway::Method', [
  'RestApiId: !Ref Api',
  'ResourceId: !GetAtt Api.RootResourceId',
  'HttpMethod: POST',
  'Integration:',
  '  Type: AWS_PROXY',
  '  IntegrationHttpMethod: POST',
  '  Uri: !Sub "${Work.Arn}:${!stageVariables.alias}"',
])}${resource('Made', 'AWS::ApiGateway::Deployment', ['RestApiId: !Ref Api'])}${resource(
  'Stage',
  'AWS::ApiGateway::Stage',
  ['RestApiId: !Ref Api', 'DeploymentId: !Ref Made', 'StageName: dev', 'Variables: { alias: live }'],
)}`

export const lints: Lints = {
  'apigateway/mock-in-production': {
    severity: 'warning',
    title: 'a made-up answer in production',
    text: 'An integration of type MOCK answers what its template says and reaches no backend. It is for development and tests; in a stage that customers use it is usually left over. Preflight requests (OPTIONS) are answered like that on purpose.',
    wrong: mock('prod'),
    right: mock('dev'),
    source: `N.APIGATEWAY-18; ${GUIDE}/how-to-mock-integration.html`,
    find: (scene) =>
      scene.all(REST).flatMap((api) => {
        const stages = (api.config?.['Stages'] ?? []) as readonly { readonly name: string }[]
        const stage = stages.find(({ name }) => PRODUCTION.test(name))
        if (stage === undefined) return []
        return mocksOf(api, scene).map(({ route, span }) => ({
          message: `${route} of \`${api.logicalId}\` is a MOCK in the stage \`${stage.name}\``,
          span,
          help: 'an integration with a backend, or a stage that is not for production',
        }))
      }),
  },
  'apigateway/cache-ignores-path': {
    severity: 'warning',
    title: 'a cache that takes all paths for one',
    text: 'The cache of a stage tells requests of a method apart by its `CacheKeyParameters` alone. A parameter of the path that is not among them is no part of the key: whoever asks for `/users/2` gets what was kept for `/users/1`.',
    wrong: keyed(''),
    right: keyed(', CacheKeyParameters: [method.request.path.id]'),
    source: `API-21; ${GUIDE}/api-gateway-caching.html`,
    find: (scene) =>
      scene.all(REST).flatMap((api) => {
        const routes = (api.config?.['Routes'] ?? []) as readonly Route[]
        const stages = (api.config?.['Stages'] ?? []) as readonly Stage[]
        return routes.flatMap(({ method, path }, i) => {
          const stage = stages.find(({ cache }) => cache !== undefined && cache !== null && cache.ttl[i] > 0)
          const declared = stage?.cache?.keys[i].filter(({ at }) => at === 'pathParameters').map(({ name }) => name)
          const missing = parametersOf(path).find((name) => declared?.includes(name) === false)
          if (stage === undefined || missing === undefined) return []
          return [
            {
              message: `the cache of stage \`${stage.name}\` keeps one answer for all of \`${method} ${path}\``,
              span: methodAt(api, scene, method) ?? api.place('Body', 'paths', path, method.toLowerCase()),
              help: `\`CacheKeyParameters\` with \`method.request.path.${missing}\`, or no caching of this method`,
            },
          ]
        })
      }),
  },
  'apigateway/alias-without-permission': {
    severity: 'warning',
    title: 'an alias that does not let API Gateway in',
    text: 'Each name of a function has permissions of its own. Where a stage variable chooses the alias behind an API, every alias it may name needs an `AWS::Lambda::Permission`; without one every request gets 500, and the function never hears of it.',
    wrong: aliased(''),
    right: aliased(
      resource('Permit', 'AWS::Lambda::Permission', [
        'FunctionName: !Ref Live',
        'Action: lambda:InvokeFunction',
        'Principal: apigateway.amazonaws.com',
      ]),
    ),
    source: `N.APIGATEWAY-39; ${GUIDE}/stage-variables.html`,
    find: (scene) =>
      scene.all(REST).flatMap((api) => {
        const stages = (api.config?.['Stages'] ?? []) as readonly Stage[]
        const routes = (api.config?.['Routes'] ?? []) as readonly Route[]
        return stages.flatMap(({ name, backends }) =>
          backends.flatMap(({ unpermitted }, i) => {
            if (unpermitted === undefined) return []
            const { method, path } = routes[i]!
            return [
              {
                message: `\`${unpermitted}\` does not let API Gateway in: \`${method} ${path}\` answers 500 on the stage \`${name}\``,
                span: methodAt(api, scene, method) ?? api.place('Body', 'paths', path, method.toLowerCase()),
                help: `an \`AWS::Lambda::Permission\` for \`${unpermitted}\` with \`Principal: apigateway.amazonaws.com\``,
              },
            ]
          }),
        )
      }),
  },
  'apigateway/usage-plan-without-keys': {
    severity: 'warning',
    title: 'a usage plan that meters nobody',
    text: 'The limits of a usage plan apply to requests that carry an API key. Where no method asks for one, everybody calls without a key and no limit of the plan ever counts.',
    wrong: plan(),
    right: plan('ApiKeyRequired: true'),
    source: `${GUIDE}/api-gateway-api-usage-plans.html`,
    find: (scene) =>
      scene.all('AWS::ApiGateway::UsagePlan').flatMap((usage) => {
        const stages = usage.list('ApiStages').map((_, i) => scene.at(usage.value('ApiStages', i, 'ApiId')))
        const apis = [...new Set(stages)]
        const limits = ['Throttle', 'Quota'].find((member) => usage.value(member) !== undefined)
        // An API of another stack may ask for keys.
        if (limits === undefined || apis.length === 0 || apis.some((api) => api?.type !== REST)) return []
        if (apis.some((api) => asksForKeys(api!, scene))) return []
        return [
          {
            message: `\`${usage.logicalId}\` limits requests with an API key, and no method of \`${apis[0]!.logicalId}\` asks for one`,
            span: usage.place(limits),
            help: '`ApiKeyRequired: true` on the methods (`Auth: { ApiKeyRequired: true }` in SAM)',
          },
        ]
      }),
  },
}

/** The routes of an API that answer by themselves, from methods of their own and from its document. */
function mocksOf(api: Written, scene: Scene): { route: string; span: Finding['span'] }[] {
  const methods = methodsOf(api, scene)
    .filter((method) => isMock(method.text('Integration', 'Type'), method.text('HttpMethod')))
    .map((method) => ({ route: `\`${method.logicalId}\``, span: method.place('Integration', 'Type') }))
  const routes = membersOf(api.value('Body', 'paths')).flatMap(([path, item]) =>
    membersOf(item).flatMap(([method]) => {
      const way = ['Body', 'paths', path, method, 'x-amazon-apigateway-integration', 'type']
      if (!isMock(api.text(...way), method)) return []
      return [{ route: `\`${method.toUpperCase()} ${path}\``, span: api.place(...way) }]
    }),
  )
  return [...methods, ...routes]
}

/** `{id}` and `{rest+}` of a path. */
function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name)
}

/** The only method of its kind that the template gives an API. */
function methodAt(api: Written, scene: Scene, method: string): Finding['span'] | undefined {
  const found = methodsOf(api, scene).filter((each) => each.text('HttpMethod')?.toUpperCase() === method)
  return found.length === 1 ? found[0]!.place('Integration') : undefined
}

/** Preflight requests are made up everywhere. */
function isMock(type: string | undefined, method: string | undefined): boolean {
  return type?.toUpperCase() === 'MOCK' && method?.toUpperCase() !== 'OPTIONS'
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function methodsOf(api: Written, scene: Scene): readonly Written[] {
  return scene.all('AWS::ApiGateway::Method').filter((method) => scene.at(method.value('RestApiId')) === api)
}

function asksForKeys(api: Written, scene: Scene): boolean {
  if (methodsOf(api, scene).some((method) => (method.text('ApiKeyRequired') ?? 'false') !== 'false')) return true
  // A document asks for keys by the name of a security scheme; one that lies elsewhere is not known.
  return api.value('BodyS3Location') !== undefined || /api_key|apiKey/i.test(JSON.stringify(api.value('Body') ?? ''))
}
