// Where the origins of a distribution are in the scenario, and whether they let CloudFront in.
import type { Action, Config, Near, ResourceView } from '../../model/contract.ts'
import { allow, statementsOf, type Resolve, type Statement } from '../../parts/resource-policy.ts'

const SECOND = 1_000_000
const SERVICE = 'cloudfront.amazonaws.com'

/** How an origin is asked: a bucket, a server, something with routes of its own, a function's address, or nothing that is simulated. */
export type OriginKind = 'bucket' | 'server' | 'routes' | 'url' | 'outside'

export interface OriginPlan {
  readonly id: string
  readonly kind: OriginKind
  /** Empty = outside of the scenario. */
  readonly to: string
  /** Whether it has entries of its own, by which it is asked through the distribution. */
  readonly hasEntries: boolean
  /** The operation of what has routes of its own, or of an address to which requests are signed. */
  readonly action: Action | undefined
  readonly domain: string
  readonly path: string
  /** µs. */
  readonly connectTimeout: number
  readonly readTimeout: number
  readonly attempts: number
  /** Whether it is an S3 origin: its answers are awaited once. */
  readonly isBucket: boolean
  /** Regions of the origin and of its shield; empty = unknown, none. */
  readonly region: string
  readonly shield: string
  /** Headers that CloudFront adds. */
  readonly headers: Readonly<Record<string, string>>
  /** Whether a bucket lets CloudFront read and write. */
  readonly mayRead: boolean
  readonly mayWrite: boolean
}

/** Types that answer to `GET /path`, and the operation by which they do so. */
const ROUTED: Readonly<Record<string, Action>> = {
  'AWS::ApiGateway::RestApi': 'execute-api:Invoke',
  'AWS::ApiGatewayV2::Api': 'execute-api:Invoke',
}

/** Types that are asked as servers are. */
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer'
const SERVERS = ['Sim::Http::Server', BALANCER]
const SIGNED: Action = 'lambda:InvokeFunctionUrl'

function routedAction(type: string): Action | undefined {
  return Object.hasOwn(ROUTED, type) ? ROUTED[type] : undefined
}

/** The resource behind a domain name. */
export function resourceBehind(near: Near, domain: string): ResourceView | undefined {
  for (const text of [domain, `https://${domain}`, `https://${domain}/`, `http://${domain}`]) {
    const found = near.resourceAt(text)
    if (found !== undefined) return found
  }
  return near.all('Sim::Http::Server').find(({ config }) => hostOf(config['Url']) === domain)
}

function hostOf(url: unknown): string | undefined {
  return /^https?:\/\/([^/:]+)/.exec(String(url))?.[1]
}

export function originsOf(near: Near): readonly OriginPlan[] {
  const { self } = near
  const list = (self.config['DistributionConfig']?.Origins ?? []) as readonly Config[]
  return list.map((config, i) => originOf(near, config, ['DistributionConfig', 'Origins', i]))
}

function originOf(near: Near, config: Config, path: readonly (string | number)[]): OriginPlan {
  const { self } = near
  const domain = String(config['DomainName'])
  const found = resourceBehind(near, domain)
  const kind = kindOf(found)
  if (kind === 'outside')
    self.notSimulated(
      [...path, 'DomainName'],
      found === undefined
        ? 'the origin is outside of this scenario: it always answers 200 after the time `OutsideOrigin`'
        : `\`${found.logicalId}\` (${found.type}) is not simulated as an origin: it always answers 200 after the time \`OutsideOrigin\``,
    )
  const isBucket =
    config['S3OriginConfig'] !== undefined || (kind === 'bucket' && config['CustomOriginConfig'] === undefined)
  const custom = (config['CustomOriginConfig'] ?? config['VpcOriginConfig'] ?? config['S3OriginConfig'] ?? {}) as Config
  const shield = config['OriginShield'] as Config | undefined
  if (shield?.['Enabled'] === true && shield['OriginShieldRegion'] === undefined)
    self.error(
      [...path, 'OriginShield'],
      'missing-property',
      'an origin shield needs `OriginShieldRegion`',
      'the Region nearest to the origin',
    )
  const reads = kind !== 'bucket' || isLetIn(near, config, found!, 's3:GetObject')
  if (!reads)
    self.notSimulated(
      [...path, 'DomainName'],
      `no policy lets the distribution read \`${found!.logicalId}\`: it answers 403 to every request`,
    )
  return {
    id: String(config['Id']),
    kind,
    to: kind === 'outside' ? '' : found!.logicalId,
    hasEntries: kind === 'routes' || kind === 'url' || found?.type === BALANCER,
    action:
      kind === 'routes' ? routedAction(found!.type) : kind === 'url' && signsFor(near, config) ? SIGNED : undefined,
    domain,
    path: String(config['OriginPath'] ?? '').replace(/\/$/, ''),
    connectTimeout: (config['ConnectionTimeout'] ?? near.quota('ConnectionTimeout')) * SECOND,
    readTimeout: (custom['OriginReadTimeout'] ?? near.quota('OriginReadTimeout')) * SECOND,
    attempts: config['ConnectionAttempts'] ?? near.quota('ConnectionAttempts'),
    isBucket,
    region:
      /\.(?:s3|execute-api|lambda-url|elb)[.-]([a-z]{2}-[a-z-]+-\d)\./.exec(domain)?.[1] ??
      /\.([a-z]{2}-[a-z-]+-\d)\.elb\./.exec(domain)?.[1] ??
      '',
    shield: shield?.['Enabled'] === true ? String(shield['OriginShieldRegion'] ?? '') : '',
    headers: Object.fromEntries(
      ((config['OriginCustomHeaders'] ?? []) as readonly Config[]).map((each) => [
        each['HeaderName'],
        each['HeaderValue'],
      ]),
    ),
    mayRead: reads,
    mayWrite: kind !== 'bucket' || isLetIn(near, config, found!, 's3:PutObject'),
  }
}

function kindOf(found: ResourceView | undefined): OriginKind {
  if (found === undefined) return 'outside'
  if (found.type === 'AWS::S3::Bucket') return 'bucket'
  if (SERVERS.includes(found.type)) return 'server'
  if (found.type === 'AWS::Lambda::Url') return 'url'
  return routedAction(found.type) === undefined ? 'outside' : 'routes'
}

/** Whether the bucket's policy lets the distribution in: by its access control, by its identity, or because the bucket is public. */
function isLetIn(near: Near, config: Config, bucket: ResourceView, action: Action): boolean {
  const resolve: Resolve = (text) => near.resourceAt(text)?.logicalId
  const statements = near
    .all('AWS::S3::BucketPolicy')
    .filter((view) => resolve(String(view.config['Bucket'])) === bucket.logicalId)
    .flatMap((view) => statementsOf(view.config['PolicyDocument']))
  const asks = (service: string): boolean =>
    allow(statements, { service, action, source: near.self.logicalId, target: bucket.logicalId }, resolve)
  const isPublic = action === 's3:GetObject' && bucket.config['AccessControl'] === 'PublicRead'
  if (isPublic || asks('anybody')) return true
  if (signsFor(near, config) && asks(SERVICE)) return true
  const identity = String(config['S3OriginConfig']?.OriginAccessIdentity ?? '')
    .split('/')
    .at(-1)!
  return identity !== '' && principalsOf(statements, near, identity).some(asks)
}

/** Whether requests to an origin are signed; an access control that never signs is as good as none. */
function signsFor(near: Near, config: Config): boolean {
  const id = config['OriginAccessControlId'] as unknown
  const control = near.resourceAt(id)?.config['OriginAccessControlConfig'] as Config | undefined
  return id !== undefined && control?.['SigningBehavior'] !== 'never'
}

/** The principals of statements that stand for an origin access identity. */
function principalsOf(statements: readonly Statement[], near: Near, identity: string): readonly string[] {
  const id = near.resourceAt(identity)?.logicalId
  return statements
    .flatMap(({ principals }) => principals)
    .filter((who) => who.endsWith(` ${identity}`) || (id !== undefined && near.resourceAt(who)?.logicalId === id))
}
