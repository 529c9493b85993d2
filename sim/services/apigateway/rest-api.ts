// AWS::ApiGateway::RestApi: routes with integrations behind throttles, deployed to stages.
//
// Routes come from the OpenAPI document in `Body` or from Resource and Method resources, settings from Stage and
// Deployment resources; all of it becomes flat tables, one line per route of a stage, which `parts/gateway.ts` serves.
import type { Config, ServiceDef } from '../../model/contract.ts'
import {
  type AccountThrottle,
  amendThrottles,
  Gateway,
  gatewayTimers,
  gatewayTraced,
  type Flavour,
  type Stage,
} from '../../parts/gateway.ts'
import type { DeploymentPlan } from '../../parts/gateway-deployments.ts'
import { gatewayFindings } from '../../parts/gateway-insights.ts'
import { gatewayReadings } from '../../parts/gateway-view.ts'
import { cacheFindings, cacheReadings } from './cache-view.ts'
import { deploymentOps } from './deployment-ops.ts'
import { findRoute, memberOf, type Route } from '../../parts/gateway-routes.ts'
import { gather, parts, possible, props } from './rest-api-config.ts'
import { prices } from './rest-api-prices.ts'
import { assumptions, quotas } from './rest-api.facts.ts'

export const restApi: ServiceDef<Gateway> = {
  type: 'AWS::ApiGateway::RestApi',
  family: 'edge',
  namespace: 'AWS/ApiGateway',
  dimension: 'ApiName',
  dimensionValue: (config, ref) => nameOf(config) ?? ref,
  summary: 'Takes requests for routes, throttles them, and passes them to Lambda functions or HTTP servers.',
  models: [
    'Throttles in AWS’s order: the method’s or the stage’s token bucket, then the account’s; 429 from the first that is empty (API-10, API-12).',
    'Lambda proxy integrations: the function’s answer is the client’s; a function error or a malformed answer is 502, a throttle by Lambda 500; nothing is tried again (API-05).',
    'HTTP integrations with servers of the scenario, mock integrations, Lambda integrations without proxy.',
    'Integrations with a standard SQS queue: the request’s body becomes a message, without a function (N.APIGATEWAY-05).',
    'The time-out of an integration: 504 after 29 s, while the backend works on (API-04).',
    'Methods that ask for an API key let in those of a usage plan with the stage, as fast and as often as the plan says [N.APIGATEWAY-41, API-13].',
    'Integrations without proxy: mapping templates in a part of Velocity, parameters under other names, answers chosen by selection patterns; without any answer 500 [N.APIGATEWAY-19, N.APIGATEWAY-20, N.APIGATEWAY-21, N.APIGATEWAY-22, N.APIGATEWAY-23].',
    'Lambda authorizers by token or request: what is missing gets 401 without the function, an `Unauthorized` 401, a deny 403, whatever else goes wrong 500; their policies are kept for 300 s or as long as they say and judge every method that they name. A workload that says nothing of its headers has the identity that is asked for, and a function that answers nothing lets everybody in [N.APIGATEWAY-AUTH-13, API-40, API-41].',
    'User pools and IAM: without a token 401 or 403; of a JWT its time is read.',
    'A request has at most 10 MB, and 10,240 bytes of headers [API-06].',
    'Request validation: required parameters, and bodies by a model in the common part of JSON Schema; 400 before any backend [N.APIGATEWAY-03]. A workload without attributes does not say what its requests carry and passes.',
    'An alias that a stage variable chooses must let API Gateway in by a permission of its own, or its requests get 500 [N.APIGATEWAY-39].',
    'A cache per stage: answers to GET, or to the methods that settings name, for 300 s or as long as they say, told apart by the declared parameters alone; the least used go first [N.APIGATEWAY-07, N.APIGATEWAY-09, API-20, API-21, API-23].',
    '`Cache-Control: max-age=0` replaces an entry where the client may; `apigateway:FlushStageCache` empties a cache [N.APIGATEWAY-12, API-22].',
    'What `PutRestApi` changes is seen when `CreateDeployment` has it shown by a stage; `UpdateStage` moves a stage to another deployment, or back [N.APIGATEWAY-30, N.APIGATEWAY-31, N.APIGATEWAY-32].',
    'Stage variables in integration URIs and in the event; a canary is a share of a stage’s requests with other stage variables (API-30, API-31).',
  ],
  omits: [
    'Of authorizers: who has signed a token, scopes, signatures of IAM and what its policies allow; keys that an authorizer hands out.',
    'That creating, resizing or deleting a cache takes some four minutes; a cache is there when the run begins.',
    'Integrations with AWS services other than Lambda and SQS are not simulated yet: such a route answers 200 at once.',
    'Of Velocity what templates rarely use (macros, methods of Java, `$util.base64Encode`): such a template is left out, and that is said; patterns with groups too.',
    'Of what changes an API, `PutRestApi` with a whole document alone; throttles, caches and keys stay those of the template. Stages that are made while it runs, and canaries made along with a deployment.',
    'Response streaming, WebSocket APIs.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled: ['data transfer'],
  props,
  parts,
  gather,
  entry: (config, operation) => entry(config, operation),
  entries: (config) =>
    (config['Stages'] as Stage[]).length === 0
      ? []
      : (config['Routes'] as Route[]).map((route) => `${route.method} ${route.path}`),
  // Routes are entries; what it sets to work besides are the functions of its authorizers.
  carries: (config) => (config['Stages'] as Stage[]).some(({ authorizers }) => authorizers.some((each) => each?.to)),
  create: (config, sim) =>
    new Gateway(
      sim,
      sim.peer<AccountThrottle>('Sim::ApiGateway::Account'),
      FLAVOUR,
      config['Routes'] as Route[],
      config['Stages'] as Stage[],
      sim.choice('StageThrottle') === 'stage',
      endpointType(config) === 'EDGE' ? sim.sampler('EdgeLatency') : null,
      config['Deployments'] as DeploymentPlan | undefined,
    ),
  amend: amendThrottles,
  ops: {
    'execute-api:Invoke': {
      doc: 'A client’s request to a route, which is the argument of the call; its body is the event that a function gets.',
      errors: [
        'BadRequestException',
        'ForbiddenException',
        'TooManyRequestsException',
        'InternalServerErrorException',
        'BadGatewayException',
        'ServiceUnavailableException',
        'GatewayTimeoutException',
      ],
      run: (self, call) => self.invoke(call),
    },
    'apigateway:FlushStageCache': {
      doc: 'Empties the cache of a stage.',
      target: 'restApiId',
      params: ['stageName'],
      errors: ['NotFoundException'],
      run: (self, call) => {
        const { stageName } = self.sim.calls.body[call] as { stageName?: unknown }
        self.sim.reply(call, self.flush(String(stageName)) ? 0 : self.sim.error('NotFoundException', 404))
      },
    },
    ...deploymentOps,
  },
  timers: gatewayTimers,
  metrics: {
    Count: { unit: 'Count', kind: 'count', doc: 'Requests.' },
    '4XXError': {
      unit: 'Count',
      kind: 'count',
      doc: '1 for a client error, 0 otherwise: the average is the error rate (API-60).',
    },
    '5XXError': { unit: 'Count', kind: 'count', doc: '1 for a server error, 0 otherwise.' },
    Latency: { unit: 'Milliseconds', kind: 'distribution', doc: 'From the request’s arrival to its answer.' },
    CacheHitCount: {
      unit: 'Count',
      kind: 'count',
      doc: '1 for a request that the cache answered, 0 for a miss (API-60).',
    },
    CacheMissCount: { unit: 'Count', kind: 'count', doc: '1 for a request that it could not answer, 0 for a hit.' },
    IntegrationLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From passing the request to the backend to its answer.',
    },
  },
  invariants: {
    'every request is answered once or inside': (self) => self.requests === self.answered + self.inside.inside,
    'requests inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
    'a cache holds no more than its size': (self) =>
      self.caches.every((cache) => cache === null || cache.store.holds()),
    'backends answer late only what was given up': (self) => self.lateAnswers <= self.timedOut,
  },
  traced: gatewayTraced,
  insights: (self, look) => [...gatewayFindings(self, look), ...cacheFindings(self, look)],
  view: {
    glyph: 'api',
    label: 'REST API',
    level: (self) => self.inside.inside,
    levelMax: (self) => Math.max(1, self.inside.peak),
    tone: (self) => (self.lastServerError ? 'failing' : self.inside.inside > 0 ? 'busy' : 'calm'),
    readings: [...gatewayReadings, ...cacheReadings],
  },
}

const FLAVOUR: Flavour = {
  metrics: {
    count: 'Count',
    clientErrors: '4XXError',
    serverErrors: '5XXError',
    latency: 'Latency',
    integration: 'IntegrationLatency',
  },
  lambdaThrottled: 500,
  routeDimensions: (route) => ({ Method: route.method, Resource: route.path }),
}

/** `POST /orders` on the first stage, `POST /prod/orders` on a stage by name. */
function entry(
  config: Config,
  operation: string,
): { action: 'execute-api:Invoke'; arg: number } | { error: string; help?: string } | undefined {
  const asked = /^([A-Za-z]+)\s+(\/\S*)$/.exec(operation)
  if (asked === null) return undefined
  const routes = config['Routes'] as readonly Route[]
  const stages = config['Stages'] as readonly Stage[]
  if (stages.length === 0) return { error: 'the API has no stage', help: 'deploy it with an `AWS::ApiGateway::Stage`' }
  const method = asked[1].toUpperCase()
  const path = asked[2]
  const direct = findRoute(routes, method, path)
  if (direct >= 0) return { action: 'execute-api:Invoke', arg: direct }
  const stage = stages.findIndex(({ name }) => path === `/${name}` || path.startsWith(`/${name}/`))
  const inStage = stage < 0 ? -1 : findRoute(routes, method, path.slice(stages[stage].name.length + 1) || '/')
  if (inStage >= 0) return { action: 'execute-api:Invoke', arg: stage * routes.length + inStage }
  return { error: `\`${operation}\` is no route of the API`, help: possible(routes) }
}

/** Edge-optimised is CloudFormation's default. */
function endpointType(config: Config): string {
  return ((config['EndpointConfiguration'] as Config | undefined)?.['Types'] as string[] | undefined)?.[0] ?? 'EDGE'
}

function nameOf(config: Config): string | undefined {
  const title = memberOf(memberOf(config['Body'], 'info'), 'title')
  return (config['Name'] as string | undefined) ?? (typeof title === 'string' ? title : undefined)
}
