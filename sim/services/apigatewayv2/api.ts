// AWS::ApiGatewayV2::Api: an HTTP API, the leaner sister of the REST API.
//
// Routes come from the OpenAPI document in `Body`, from Route and Integration resources or from quick create; what
// happens to a request is in `parts/gateway.ts`, which REST APIs share.
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
import { gatewayFindings } from '../../parts/gateway-insights.ts'
import { gatewayReadings } from '../../parts/gateway-view.ts'
import { findRoute, type Route } from '../../parts/gateway-routes.ts'
import { gather, keyOf, parts, possible, props } from './api-config.ts'
import { assumptions, quotas } from './api.facts.ts'

export const api: ServiceDef<Gateway> = {
  type: 'AWS::ApiGatewayV2::Api',
  family: 'edge',
  namespace: 'AWS/ApiGateway',
  dimension: 'ApiId',
  summary: 'Takes requests for the routes of an HTTP API and passes them to Lambda functions or HTTP servers.',
  models: [
    'The route’s or the stage’s token bucket, then the account’s, which REST APIs share; 429 from the first that is empty (API-10, API-11, API-14).',
    'Lambda proxy integrations: a function error or a malformed answer is 502, a throttle by Lambda 503; nothing is tried again (API-05).',
    'In payload format 2.0 an answer without `statusCode` counts as 200 and becomes the body.',
    'Lambda authorizers, with policies or `isAuthorized`, not kept unless they say how long; a JWT is asked for, and its time is read. A request has at most 10 MB, and 10,240 bytes of headers [API-06, API-40, API-41].',
    'HTTP integrations with servers of the scenario. The time-out of an integration: 504 after 30 s (API-04).',
  ],
  omits: [
    'WebSocket APIs. Of authorizers: who has signed a token, and scopes.',
    'Integrations with AWS services other than Lambda and `SQS-SendMessage` are not simulated yet: such a route answers 200 at once.',
    'CORS pre-flight requests, parameter mappings, VPC links.',
  ],
  quotas,
  assumptions,
  prices: {
    Requests: {
      doc: 'Requests',
      usd: '1.00',
      per: 1_000_000,
      unit: 'requests',
      tiers: [{ above: 300_000_000, usd: '0.90' }],
      free: 1_000_000,
      source: '2025, us-east-1, https://aws.amazon.com/api-gateway/pricing/ [PR-R1]',
      // What is throttled is not billed, nor who is not authorised.
      used: (self) => self.requests - self.throttled - self.unauthorized,
    },
  },
  unbilled: ['data transfer', 'payloads beyond 512 KB as more than one request'],
  props,
  parts,
  gather,
  entry,
  entries: (config) => ((config['Stages'] as Stage[]).length === 0 ? [] : (config['Routes'] as Route[]).map(keyOf)),
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
      null,
    ),
  amend: amendThrottles,
  ops: {
    'execute-api:Invoke': {
      doc: 'A client’s request to a route, which is the argument of the call; its body is the event that a function gets.',
      errors: [
        'TooManyRequestsException',
        'InternalServerErrorException',
        'BadGatewayException',
        'ServiceUnavailableException',
        'GatewayTimeoutException',
      ],
      run: (self, call) => self.invoke(call),
    },
  },
  timers: gatewayTimers,
  metrics: {
    Count: { unit: 'Count', kind: 'count', doc: 'Requests.' },
    '4xx': {
      unit: 'Count',
      kind: 'count',
      doc: '1 for a client error, 0 otherwise: the average is the error rate (API-60).',
    },
    '5xx': { unit: 'Count', kind: 'count', doc: '1 for a server error, 0 otherwise.' },
    Latency: { unit: 'Milliseconds', kind: 'distribution', doc: 'From the request’s arrival to its answer.' },
    IntegrationLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From passing the request to the backend to its answer.',
    },
  },
  invariants: {
    'every request is answered once or inside': (self) => self.requests === self.answered + self.inside.inside,
    'requests inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
    'backends answer late only what was given up': (self) => self.lateAnswers <= self.timedOut,
  },
  traced: gatewayTraced,
  insights: gatewayFindings,
  view: {
    glyph: 'api',
    label: 'HTTP API',
    level: (self) => self.inside.inside,
    levelMax: (self) => Math.max(1, self.inside.peak),
    tone: (self) => (self.lastServerError ? 'failing' : self.inside.inside > 0 ? 'busy' : 'calm'),
    readings: gatewayReadings,
  },
}

const FLAVOUR: Flavour = {
  metrics: {
    count: 'Count',
    clientErrors: '4xx',
    serverErrors: '5xx',
    latency: 'Latency',
    integration: 'IntegrationLatency',
  },
  lambdaThrottled: 503,
  routeDimensions: (route) => ({ Route: keyOf(route) }),
}

/** `POST /orders` on `$default`, else on the first stage; `POST /prod/orders` on a stage by name. */
function entry(
  config: Config,
  operation: string,
): { action: 'execute-api:Invoke'; arg: number } | { error: string; help?: string } | undefined {
  const asked = /^([A-Za-z]+)\s+(\/\S*)$/.exec(operation)
  if (asked === null && operation !== '$default') return undefined
  const routes = config['Routes'] as readonly Route[]
  const stages = config['Stages'] as readonly Stage[]
  if (stages.length === 0)
    return { error: 'the API has no stage', help: 'deploy it with an `AWS::ApiGatewayV2::Stage`' }
  const method = asked === null ? 'ANY' : asked[1].toUpperCase()
  const path = asked === null ? '$default' : asked[2]
  const named = stages.findIndex(({ name }) => path === `/${name}` || path.startsWith(`/${name}/`))
  const inStage = named < 0 ? -1 : findRoute(routes, method, path.slice(stages[named].name.length + 1) || '/')
  if (inStage >= 0) return { action: 'execute-api:Invoke', arg: named * routes.length + inStage }
  const base = Math.max(
    0,
    stages.findIndex(({ name }) => name === '$default'),
  )
  const direct = findRoute(routes, method, path)
  if (direct >= 0) return { action: 'execute-api:Invoke', arg: base * routes.length + direct }
  return { error: `\`${operation}\` is no route of the API`, help: possible(routes) }
}
