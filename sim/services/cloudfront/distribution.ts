// Amazon CloudFront distribution: caches at the edge of the network, in front of origins.
import type { Call } from '../../engine/calls.ts'
import type { Action, Config, Op, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { behaviorFor } from './asked.ts'
import { deployed, getDistribution, updateDistribution } from './deployments.ts'
import { gather, type Gathered } from './distribution-config.ts'
import { findingsOf } from './distribution-insights.ts'
import { parts, props } from './distribution-props.ts'
import { prices } from './distribution-prices.ts'
import { Distribution, type Steps } from './distribution-state.ts'
import { view } from './distribution-view.ts'
import { assumptions, quotas } from './distribution.facts.ts'
import { edgesOf, originFunctionAnswered, viewerFunctionAnswered } from './edge-functions.ts'
import { arrive, due, end } from './fetches.ts'
import { createInvalidation, dropDue, getInvalidation } from './invalidations.ts'
import { goToOrigin, originAnswered, originEdges } from './origin-calls.ts'
import { leave, lookUp, request, settle } from './requests.ts'
import { sign } from './signing.ts'

const STEPS: Steps = Object.freeze({
  ...{ settle, leave, lookUp, arrive, end, goToOrigin, due, dropDue, deployed, edgesOf, originEdges },
})

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const PARAMETERS = [
  ...['Path', 'QueryString', 'Headers', 'Cookies', 'Body', 'ContentLength'],
  ...['Edge', 'ClientIp', 'Country', 'Protocol', 'SignedUrl', 'SignedCookies'],
]

const errors = [
  'AccessDenied',
  'BadGatewayException',
  'GatewayTimeoutException',
  'InternalServerError',
  'MissingKey',
  'NotFound',
  'ServiceUnavailable',
]

function op(method: string): Op<Distribution> {
  return {
    doc: `A viewer’s ${method}. \`Edge\` is the edge location nearest to the viewer by its airport code; without it viewers are spread evenly.`,
    target: 'Url',
    params: PARAMETERS,
    errors,
    run: (self, call) => request(self, call, method),
  }
}

export const distribution: ServiceDef<Distribution> = {
  type: 'AWS::CloudFront::Distribution',
  family: 'edge',
  namespace: 'AWS/CloudFront',
  dimension: 'DistributionId',
  summary: 'A content delivery network: edge locations and regional caches in front of origins.',
  models: [
    'A request meets the first behaviour whose pattern its path matches, at the edge location of its viewer; what is not there is fetched through a regional edge cache, and an origin shield if there is one (CF-R1 to CF-R4).',
    'Objects are told apart by path and by those headers, cookies and parameters that the cache policy names; managed policies are known by their ids (CF-R10 to CF-R13, CF-R24).',
    'How long they are kept follows from the origin’s `Cache-Control` and `Expires` between the least and the most time; what has expired is asked for with its `ETag` (CF-R20 to CF-R28).',
    'Requests for one object at one location wait for one fetch (CF-R30); errors are kept for 10 s, and while an origin fails an expired object is served (CF-R40 to CF-R43).',
    'Attempts, time-outs, origin groups (CF-R50 to CF-R54); invalidations that reach each location in its own time (CF-R60, CF-R61).',
    'Signed URLs and cookies, countries, methods, and HTTP that is sent on to HTTPS (CF-R70 to CF-R74).',
    'Lambda@Edge at four events, CloudFront functions at two (CF-R80 to CF-R84).',
    'Origins: buckets that let it in, REST and HTTP APIs, addresses of functions, load balancers, and `Sim::Http::Server` by its `Url`; others always answer 200.',
  ],
  omits: [
    'Bandwidth and the time that bytes take; connections and TLS; the firewall.',
    'Which edge location DNS chooses: a request says it, or viewers are spread evenly.',
    'Functions at the edge run in the account’s one pool of concurrency, not in one for each Region.',
    '`CacheHitRate` and `OriginLatency` are shown without the subscription that they cost in AWS.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled: ['data to origins', 'other continents', 'additional metrics'],
  props,
  parts,
  gather: (near) => ({ ...gather(near) }),
  entry,
  entries,
  front,
  create: (config, sim) => new Distribution(config, sim, STEPS),
  ops: {
    ...(Object.fromEntries(METHODS.map((method) => [`http:${method}`, op(method)])) as Record<
      Action,
      Op<Distribution>
    >),
    'cloudfront:CreateInvalidation': {
      doc: 'Has all locations drop paths; a `*` at the end stands for all that follows.',
      target: 'DistributionId',
      params: ['InvalidationBatch'],
      errors: ['InvalidArgument', 'TooManyInvalidationsInProgress'],
      run: createInvalidation,
    },
    'cloudfront:GetInvalidation': {
      doc: 'Tells how far an invalidation is.',
      target: 'DistributionId',
      params: ['Id'],
      errors: ['NoSuchInvalidation'],
      run: getInvalidation,
    },
    'cloudfront:UpdateDistribution': {
      doc: 'Changes `Enabled`, `DefaultRootObject` and the times of the default behaviour, in force once it is deployed.',
      target: 'Id',
      params: ['DistributionConfig'],
      errors: ['InvalidArgument'],
      run: updateDistribution,
    },
    'cloudfront:GetDistribution': {
      doc: 'Tells whether all changes are deployed.',
      target: 'Id',
      run: getDistribution,
    },
    'cloudfront:GetSignedUrl': {
      doc: 'Signs a URL as SDKs do, without a request: what a request with it carries as `SignedUrl`.',
      target: 'DistributionId',
      params: ['KeyPairId', 'Resource', 'ExpiresIn', 'Expires', 'DateLessThan', 'DateGreaterThan', 'IpAddress'],
      errors: ['InvalidArgument'],
      run: (self, call) => signed(self, call, false),
    },
    'cloudfront:GetSignedCookies': {
      doc: 'Signs cookies as SDKs do: what a request with them carries as `SignedCookies`.',
      target: 'DistributionId',
      params: ['KeyPairId', 'Resource', 'ExpiresIn', 'DateLessThan', 'DateGreaterThan', 'IpAddress'],
      errors: ['InvalidArgument'],
      run: (self, call) => signed(self, call, true),
    },
  },
  timers: { due, dropDue, deployed, originAnswered, viewerFunctionAnswered, originFunctionAnswered },
  metrics: {
    Requests: { unit: 'None', kind: 'count', doc: 'Requests of viewers.' },
    BytesDownloaded: { unit: 'None', kind: 'count', doc: 'Bytes that viewers got.' },
    BytesUploaded: { unit: 'None', kind: 'count', doc: 'Bytes that viewers sent with POST and PUT.' },
    TotalErrorRate: { unit: 'Percent', kind: 'count', doc: '100 for an error, 0 otherwise: the average is the rate.' },
    '4xxErrorRate': { unit: 'Percent', kind: 'count', doc: 'The same for client errors.' },
    '5xxErrorRate': { unit: 'Percent', kind: 'count', doc: 'The same for server errors.' },
    CacheHitRate: {
      unit: 'Percent',
      kind: 'count',
      doc: '100 for a request served from the edge location’s cache, 0 for one that was not; errors and writes count nowhere.',
    },
    OriginLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From a request’s arrival to its answer, of those that the edge location did not serve from its cache.',
    },
    ...Object.fromEntries(
      [401, 403, 404, 502, 503, 504].map((code) => [
        `${code}ErrorRate`,
        { unit: 'Percent' as const, kind: 'count' as const, doc: `100 for an answer of ${code}, 0 otherwise.` },
      ]),
    ),
  },
  faults: {
    'sim:cloudfront:unreachable-origin': {
      doc: 'No connection to an origin comes about; each attempt takes the whole time-out.',
      params: { Origin: p.string('The `Id` of the origin.', { required: true }) },
      start: (self, { Origin: id }) => reach(self, String(id), 1),
      stop: (self, { Origin: id }) => reach(self, String(id), -1),
    },
  },
  invariants: {
    'every request is served, refused or inside': (self) => self.requests === answersOf(self) + self.inside.inside,
    'requests inside keep to Little’s law': (self) => self.inside.holds(self.sim.clock[0]),
    'every visit belongs to a request inside': (self) =>
      self.visits.length - self.freeVisits.length === self.inside.inside,
    'what locations keep adds up': (self) =>
      self.edges.every(({ cache }) => cache.holds()) && [...self.regions.values()].every(({ cache }) => cache.holds()),
  },
  traced: {
    inside: 'is looked for in the caches',
    answer: 'way to the viewer',
    serves: (self, call) => self.servedBy(call),
    ends: { due: (self, row) => self.endingOf(row) },
  },
  insights: findingsOf,
  view,
  report: (self) => ({
    requests: self.requests,
    answers: { ...self.outcomes },
    waitedForAnother: self.collapsed,
    servedByRegionalCaches: self.regionalHits,
    originRequests: self.originRequests,
    failovers: self.failovers,
    servedStale: self.staleServed,
    edges: Object.fromEntries(
      self.edges
        .filter(({ requests }) => requests > 0)
        .map(({ name, requests, hits, cache }) => [name, { requests, hits, objects: cache.items }]),
    ),
    invalidations: [...self.invalidations.list.values()].map(({ paths, startedAt, completedAt }) => ({
      paths,
      startedAt,
      completedAt,
    })),
  }),
}

function answersOf({ outcomes }: Distribution): number {
  return outcomes.hit + outcomes.refreshed + outcomes.miss + outcomes.passed + outcomes.made + outcomes.refused
}

function reach(self: Distribution, id: string, by: 1 | -1): void {
  self.origins.forEach((origin, i) => {
    if (origin.id === id) self.unreachable[i] += by
  })
}

function signed(self: Distribution, call: Call, isCookie: boolean): void {
  const { sim } = self
  const made = sign(sim.calls.body[call], sim.startsAt + sim.clock[0], isCookie)
  sim.calls.answer[call] = made
  sim.reply(call, made === undefined ? sim.error('InvalidArgument', 400) : 0)
}

/** `GET /img/{$.image}`: any method and path; what the path takes from the attributes is filled in for each request. */
function entry(
  _config: Config,
  operation: string,
): { action: Action; arg: number; parameters: { Path: string } } | { error: string; help?: string } | undefined {
  const asked = /^([A-Za-z]+)\s+(\/\S*)$/.exec(operation)
  if (asked === null) return undefined
  const method = asked[1]!.toUpperCase()
  if (!METHODS.some((each) => each === method))
    return { error: `\`${asked[1]!}\` is no method`, help: `possible are ${METHODS.join(', ')}` }
  const hole = /\{(\w+)\}/.exec(asked[2]!)?.[1]
  if (hole !== undefined)
    return { error: `\`{${hole}}\` is no part of an address`, help: `\`{$.${hole}}\` is the attribute of this name` }
  return { action: `http:${method}`, arg: 0, parameters: { Path: asked[2]! } }
}

/** One page for each behaviour that leads to pages: with a page of a thousand in place of its wildcard. */
function entries(config: Config): readonly string[] {
  const { Behaviors: behaviors = [], Origins: origins = [] } = config as Partial<Gathered>
  const root = config['DistributionConfig']?.DefaultRootObject as string | undefined
  return behaviors
    .filter((behavior) => origins[behavior.origins[0]!]?.hasEntries !== true)
    .map(({ pattern }) => `GET ${pattern === '*' ? (root === undefined ? '/{$.page}' : '/') : pathIn(pattern)}`)
}

function pathIn(pattern: string): string {
  return pattern.replace(/^\/?/, '/').replace('*', '{$.page}').replaceAll('*', '').replaceAll('?', 'x')
}

/** An entry of an origin, asked through the distribution: `GET /orders/{id}` as `GET /orders/{$.id}`. */
function front(config: Config, to: string, operation: string): string | undefined {
  const { Behaviors: behaviors = [], Origins: origins = [] } = config as Partial<Gathered>
  const at = origins.findIndex((origin) => origin.to === to && origin.hasEntries)
  if (at < 0) return undefined
  // An address that knows no paths is asked for one page of a thousand.
  const hasPaths = origins[at]!.kind === 'routes' || !operation.endsWith(' /')
  const [method = '', path = ''] = hasPaths && operation.includes('/') ? operation.split(' ') : ['GET', '/{page}']
  const asked = method === 'ANY' ? 'GET' : method
  const plain = path.replaceAll(/\{(\w+)\+?\}/g, '{$.$1}')
  const isPath = plain.startsWith('/') && !plain.replaceAll(/\{\$\.\w+\}/g, '').includes('{')
  const behavior = behaviors[behaviorFor(behaviors, plain)]
  const leadsThere = behavior !== undefined && behavior.origins.includes(at) && behavior.allowed.includes(asked)
  return isPath && leadsThere ? `${asked} ${plain}` : undefined
}
