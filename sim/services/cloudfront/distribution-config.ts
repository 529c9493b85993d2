// What a template says of a distribution, as tables that its requests are looked up in.
import type { Action, Config, Near } from '../../model/contract.ts'
import { originsOf, type OriginPlan } from './origin-config.ts'
import {
  cachePolicyOf,
  joined,
  legacyPlanOf,
  MANAGED_CACHE_POLICIES,
  MANAGED_REQUEST_POLICIES,
  NO_ONE,
  requestPolicyOf,
  type CachePlan,
  type Chosen,
} from './policies.ts'

const SECOND = 1_000_000
const NOTHING: Chosen = { headers: NO_ONE, cookies: NO_ONE, query: NO_ONE }
const TWO = ['GET', 'HEAD']
const THREE = [...TWO, 'OPTIONS']
const SEVEN = [...THREE, 'PUT', 'PATCH', 'POST', 'DELETE']

export type EdgeEvent = 'viewer-request' | 'origin-request' | 'origin-response' | 'viewer-response'

/** A function that a behaviour runs at one of its four events. */
export interface EdgeFunctionPlan {
  readonly to: string
  readonly isLambda: boolean
  readonly action: Action
  readonly includeBody: boolean
}

export interface Behavior {
  readonly pattern: string
  /** Places in the list of origins: the first and, of a group, the second. */
  readonly origins: readonly number[]
  /** Codes of the first origin at which the second is asked. */
  readonly failover: readonly number[]
  readonly allowed: readonly string[]
  /** Whether answers to OPTIONS are kept. */
  readonly keepsOptions: boolean
  readonly cache: CachePlan
  readonly forwards: Chosen
  readonly protocol: 'allow-all' | 'https-only' | 'redirect-to-https'
  /** Names of the keys and accounts whose signatures are taken; null = everybody may ask. */
  readonly trusted: readonly string[] | null
  readonly compresses: boolean
  /** Nothing of it is ever kept: its requests go from the edge to the origin. */
  readonly isDynamic: boolean
  /** Whether requests for one object wait for each other (CF-R30). */
  readonly collapses: boolean
  readonly functions: Readonly<Partial<Record<EdgeEvent, EdgeFunctionPlan>>>
}

export interface ErrorPage {
  readonly code: number
  /** µs. */
  readonly least: number
  readonly answers: number
  readonly page: string
}

/** What `gather` adds to the properties. */
export interface Gathered {
  readonly Origins: readonly OriginPlan[]
  /** In their order, the default last. */
  readonly Behaviors: readonly Behavior[]
  readonly Errors: readonly ErrorPage[]
  readonly AllMetrics: boolean
}

type Path = readonly (string | number)[]

export function gather(near: Near): Gathered {
  const { self } = near
  const config = self.config['DistributionConfig'] as Config
  const most = near.quota('Distributions')
  const all = near.all(self.type).map(({ logicalId }) => logicalId)
  if (all.indexOf(self.logicalId) >= most)
    self.error([], 'out-of-range', `the account has ${all.length} distributions`, `expected up to ${most}`)
  const written = (config['CacheBehaviors'] ?? []) as readonly Config[]
  limit(near, config, 'Origins', 'Origins')
  limit(near, config, 'CacheBehaviors', 'CacheBehaviors')
  limit(near, config, 'Aliases', 'Aliases')
  const groups = (config['OriginGroups']?.Items ?? []) as readonly Config[]
  if (groups.length > near.quota('OriginGroups'))
    self.error(
      ['DistributionConfig', 'OriginGroups'],
      'out-of-range',
      `the distribution has ${groups.length} origin groups`,
      `expected up to ${near.quota('OriginGroups')}`,
    )
  const origins = originsOf(near)
  const behaviors = [
    ...written.map((each, i) => behaviorOf(near, origins, groups, each, ['DistributionConfig', 'CacheBehaviors', i])),
    behaviorOf(near, origins, groups, { PathPattern: '*', ...config['DefaultCacheBehavior'] }, [
      'DistributionConfig',
      'DefaultCacheBehavior',
    ]),
  ]
  const subscription = near
    .all('AWS::CloudFront::MonitoringSubscription')
    .find((view) => near.resourceAt(view.config['DistributionId'])?.logicalId === self.logicalId)
  const status =
    subscription?.config['MonitoringSubscription']?.RealtimeMetricsSubscriptionConfig?.RealtimeMetricsSubscriptionStatus
  return {
    Origins: origins,
    Behaviors: behaviors,
    Errors: errorPages(near, config),
    AllMetrics: status === 'Enabled',
  }
}

function limit(near: Near, config: Config, member: string, quota: string): void {
  const found = ((config[member] ?? []) as readonly unknown[]).length
  const most = near.quota(quota)
  if (found > most)
    near.self.error(
      ['DistributionConfig', member],
      'out-of-range',
      `the distribution has ${found} of \`${member}\``,
      `expected up to ${most}`,
    )
}

function behaviorOf(
  near: Near,
  origins: readonly OriginPlan[],
  groups: readonly Config[],
  config: Config,
  path: Path,
): Behavior {
  const { self } = near
  const allowed = methodsOf(near, config['AllowedMethods'], [...path, 'AllowedMethods'], [TWO, THREE, SEVEN])
  const cached = methodsOf(near, config['CachedMethods'], [...path, 'CachedMethods'], [TWO, THREE])
  const { cache, forwards } = plansOf(near, config, path)
  const group = groups.find((each) => each['Id'] === config['TargetOriginId'])
  const members = (group?.['Members']?.Items as readonly Config[] | undefined)?.map((each) => each['OriginId']) ?? [
    config['TargetOriginId'],
  ]
  const places = members.map((id) => origins.findIndex((origin) => origin.id === id))
  if (places.includes(-1))
    self.error(
      [...path, 'TargetOriginId'],
      'unknown-value',
      `\`${String(members[places.indexOf(-1)])}\` is no origin of the distribution`,
      `its origins are ${origins.map(({ id }) => `\`${id}\``).join(', ')}`,
    )
  if (group !== undefined && members.length !== 2)
    self.error(
      [...path, 'TargetOriginId'],
      'contradiction',
      `the origin group \`${String(group['Id'])}\` has ${members.length} members`,
      'a group has a first and a second origin',
    )
  if (group !== undefined && allowed.length > 3)
    self.notSimulated(
      [...path, 'AllowedMethods'],
      'requests that change something do not fail over to the second origin',
    )
  const functions = functionsOf(near, config, path)
  const isDynamic = cache.times.max === 0 || cache.headers.kind === 'all'
  return {
    pattern: String(config['PathPattern']),
    origins: places,
    failover: (group?.['FailoverCriteria']?.StatusCodes?.Items ?? []) as readonly number[],
    allowed,
    keepsOptions: cached.includes('OPTIONS'),
    cache,
    forwards,
    protocol: config['ViewerProtocolPolicy'],
    trusted: trustedOf(near, config, path),
    compresses: config['Compress'] === true && (cache.gzip || cache.brotli),
    isDynamic,
    collapses: !isDynamic && cache.cookies.kind === 'none' && forwards.cookies.kind === 'none',
    functions,
  }
}

function methodsOf(near: Near, written: unknown, path: Path, sets: readonly (readonly string[])[]): readonly string[] {
  if (written === undefined) return sets[0]!
  const list = written as readonly string[]
  const found = sets.find((set) => set.length === list.length && set.every((method) => list.includes(method)))
  if (found === undefined)
    near.self.error(
      path,
      'unknown-value',
      `CloudFront takes no such set of methods: ${list.join(', ')}`,
      `possible are ${sets.map((set) => set.join(', ')).join('; ')}`,
    )
  return found ?? sets[0]!
}

function plansOf(near: Near, config: Config, path: Path): { cache: CachePlan; forwards: Chosen } {
  const id = config['CachePolicyId'] as unknown
  if (id === undefined) return legacyPlanOf(config)
  const own = near.resourceAt(id)
  const cache =
    own?.type === 'AWS::CloudFront::CachePolicy'
      ? cachePolicyOf(own.config)
      : Object.hasOwn(MANAGED_CACHE_POLICIES, String(id))
        ? MANAGED_CACHE_POLICIES[String(id)]
        : undefined
  if (cache === undefined)
    near.self.notSimulated(
      [...path, 'CachePolicyId'],
      'the cache policy is not in this scenario: `CachingOptimized` is taken',
    )
  const plan = cache ?? MANAGED_CACHE_POLICIES['658327ea-f89d-4fab-a63d-7e88639e58f6']!
  if (own !== undefined) refuseMany(near, plan, [...path, 'CachePolicyId'])
  const request = requestPlanOf(near, config['OriginRequestPolicyId'], path)
  // What is part of the key is forwarded, too (CF-R12).
  return {
    cache: plan,
    forwards: {
      headers: joined(plan.headers, request.headers),
      cookies: joined(plan.cookies, request.cookies),
      query: joined(plan.query, request.query),
    },
  }
}

function refuseMany(near: Near, plan: Chosen, path: Path): void {
  const most = near.quota('NamesPerPolicy')
  for (const kind of ['headers', 'cookies', 'query'] as const)
    if (plan[kind].names.length > most)
      near.self.error(
        path,
        'out-of-range',
        `the policy names ${plan[kind].names.length} ${kind}`,
        `expected up to ${most}`,
      )
}

function requestPlanOf(near: Near, id: unknown, path: Path): Chosen {
  if (id === undefined) return NOTHING
  const own = near.resourceAt(id)
  if (own?.type === 'AWS::CloudFront::OriginRequestPolicy') return requestPolicyOf(own.config)
  if (Object.hasOwn(MANAGED_REQUEST_POLICIES, String(id))) return MANAGED_REQUEST_POLICIES[String(id)]!
  near.self.notSimulated(
    [...path, 'OriginRequestPolicyId'],
    'the policy is not in this scenario: nothing more is forwarded',
  )
  return NOTHING
}

/** Names by which a key is known: its logical id and what `Ref` gives. */
function trustedOf(near: Near, config: Config, path: Path): readonly string[] | null {
  const groups = (config['TrustedKeyGroups'] ?? []) as readonly unknown[]
  const signers = (config['TrustedSigners'] ?? []) as readonly unknown[]
  if (groups.length === 0 && signers.length === 0) return null
  if (groups.length > near.quota('KeyGroupsPerBehavior'))
    near.self.error(
      [...path, 'TrustedKeyGroups'],
      'out-of-range',
      `the behaviour trusts ${groups.length} key groups`,
      `expected up to ${near.quota('KeyGroupsPerBehavior')}`,
    )
  const keys = groups.flatMap((id): string[] => {
    const group = near.resourceAt(id)
    const items = (group?.config['KeyGroupConfig']?.Items ?? []) as readonly unknown[]
    if (items.length > near.quota('KeysPerGroup'))
      near.self.error(
        [...path, 'TrustedKeyGroups'],
        'out-of-range',
        `the key group has ${items.length} keys`,
        `expected up to ${near.quota('KeysPerGroup')}`,
      )
    return items.flatMap((item) => {
      const key = near.resourceAt(item)
      return key === undefined ? [String(item)] : [key.logicalId, String(item)]
    })
  })
  return [...keys, ...signers.map(String)]
}

const LAMBDA_TYPES = ['AWS::Lambda::Function', 'AWS::Lambda::Alias', 'AWS::Lambda::Version']

function functionsOf(near: Near, config: Config, path: Path): Behavior['functions'] {
  const found: Partial<Record<EdgeEvent, EdgeFunctionPlan>> = {}
  const take = (event: EdgeEvent, plan: EdgeFunctionPlan | undefined, at: Path): void => {
    if (found[event] !== undefined)
      near.self.error(
        at,
        'contradiction',
        `two functions are associated with \`${event}\``,
        'one function per event and behaviour',
      )
    else if (plan !== undefined) found[event] = plan
  }
  ;((config['FunctionAssociations'] ?? []) as readonly Config[]).forEach((each, i) => {
    const at = [...path, 'FunctionAssociations', i, 'FunctionARN']
    const to = near.resourceAt(each['FunctionARN'])
    if (to?.type !== 'AWS::CloudFront::Function')
      near.self.notSimulated(at, 'the function is outside of this scenario: it changes nothing')
    else
      take(
        each['EventType'],
        { to: to.logicalId, isLambda: false, action: 'cloudfront:RunFunction', includeBody: false },
        at,
      )
  })
  ;((config['LambdaFunctionAssociations'] ?? []) as readonly Config[]).forEach((each, i) => {
    const at = [...path, 'LambdaFunctionAssociations', i, 'LambdaFunctionARN']
    take(each['EventType'], lambdaOf(near, each, at), at)
  })
  const isMixed = (['viewer-request', 'viewer-response'] as const).map((event) => found[event]?.isLambda)
  if (isMixed.includes(true) && isMixed.includes(false))
    near.self.error(
      [...path, 'FunctionAssociations'],
      'contradiction',
      'CloudFront functions and Lambda@Edge functions are mixed in viewer events',
      'use one kind for `viewer-request` and `viewer-response`',
    )
  return found
}

/** A function at the edge, if CloudFront would take it (CF-R81). */
function lambdaOf(near: Near, config: Config, at: Path): EdgeFunctionPlan | undefined {
  const { self } = near
  const view = near.resourceAt(config['LambdaFunctionARN'])
  if (view === undefined || !LAMBDA_TYPES.includes(view.type)) {
    self.notSimulated(at, 'the function is outside of this scenario: it changes nothing')
    return undefined
  }
  if (view.type !== 'AWS::Lambda::Version') {
    self.error(
      at,
      'wrong-resource',
      `\`${view.logicalId}\` is no version of a function`,
      'Lambda@Edge takes an `AWS::Lambda::Version`, neither `$LATEST` nor an alias',
    )
    return undefined
  }
  const fn = near.all('AWS::Lambda::Function').find(({ logicalId }) => logicalId === view.config['FunctionName'])
  const isViewer = String(config['EventType']).startsWith('viewer')
  const seconds = near.quota(isViewer ? 'ViewerFunctionTimeout' : 'OriginFunctionTimeout')
  if (fn !== undefined && Number(fn.config['Timeout'] ?? 3) > seconds)
    self.error(
      at,
      'out-of-range',
      `\`${fn.logicalId}\` may run for ${String(fn.config['Timeout'])} s`,
      `expected up to ${seconds} s at ${config['EventType']}`,
    )
  if (fn !== undefined && isViewer && Number(fn.config['MemorySize'] ?? 128) > near.quota('ViewerFunctionMemory'))
    self.error(
      at,
      'out-of-range',
      `\`${fn.logicalId}\` has ${String(fn.config['MemorySize'])} MB`,
      `expected up to ${near.quota('ViewerFunctionMemory')} MB at ${config['EventType']}`,
    )
  const variables = fn?.config['Environment']?.Variables as object | undefined
  if (variables !== undefined && Object.keys(variables).length > 0)
    self.error(at, 'contradiction', `\`${fn!.logicalId}\` has environment variables`, 'functions at the edge have none')
  return {
    to: view.logicalId,
    isLambda: true,
    action: 'lambda:InvokeFunction',
    includeBody: config['IncludeBody'] === true,
  }
}

/** At which codes viewers get something else, and how long errors are kept (CF-R40, CF-R43). */
function errorPages(near: Near, config: Config): readonly ErrorPage[] {
  return ((config['CustomErrorResponses'] ?? []) as readonly Config[]).map((each, i) => {
    if ((each['ResponseCode'] === undefined) !== (each['ResponsePagePath'] === undefined))
      near.self.error(
        ['DistributionConfig', 'CustomErrorResponses', i],
        'contradiction',
        '`ResponseCode` and `ResponsePagePath` are written together or not at all',
      )
    return {
      code: each['ErrorCode'],
      least: Math.round((each['ErrorCachingMinTTL'] ?? near.quota('ErrorCachingMinTTL')) * SECOND),
      answers: each['ResponseCode'] ?? 0,
      page: each['ResponsePagePath'] ?? '',
    }
  })
}
