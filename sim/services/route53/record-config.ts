// The records of one name, and what stands behind each.
import type { Config, Near, Ref, ResourceView } from '../../model/contract.ts'
import { standsAt } from '../../parts/addresses.ts'
import type { Policy } from './choice.ts'

export const RECORD = 'AWS::Route53::RecordSet'
const HEALTH_CHECK = 'AWS::Route53::HealthCheck'
const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer'
/** What can be asked by HTTP behind a name. */
const WEB = new Set([BALANCER, 'AWS::CloudFront::Distribution', 'AWS::EC2::Instance', 'Sim::Http::Server'])
/** The lifetime of an answer for an alias of a load balancer (R53-R1), in seconds. */
const ALIAS_TTL = 60

export interface RecordPlan {
  readonly id: Ref
  readonly weight: number
  readonly isPrimary: boolean
  readonly healthCheck: Ref
  /** Load balancers whose targets decide about it; none unless it evaluates their health. */
  readonly evaluates: readonly Ref[]
  readonly targets: readonly Ref[]
  /** Whether AWS charges nothing for its queries. */
  readonly isAlias: boolean
}

export interface NamePlan {
  readonly name: string
  readonly policy: Policy
  /** Seconds. */
  readonly ttl: number
  /** Of the whole name, in order of logical ids; the first one's room answers for all. */
  readonly records: readonly RecordPlan[]
  readonly zone: string
}

export function gatherName(near: Near): { readonly Plan: NamePlan; readonly Id: Ref } {
  const { self } = near
  const records = near.all(RECORD).filter(({ config }) => isSameName(config, self.config))
  // The last that was set counts for all (R53-R1).
  const ttl = records.reduce((last, view) => ttlOf(view.config) ?? last, 300)
  return {
    Id: self.logicalId,
    Plan: {
      name: nameOf(self.config),
      policy: policyOf(self),
      ttl,
      records: records.map((view) => recordOf(near, view, view.logicalId === self.logicalId)),
      zone: String(self.config['HostedZoneId'] ?? self.config['HostedZoneName'] ?? ''),
    },
  }
}

function nameOf(config: Config): string {
  return String(config['Name']).toLowerCase().replace(/\.$/, '')
}

function isSameName(a: Config, b: Config): boolean {
  return nameOf(a) === nameOf(b) && a['Type'] === b['Type']
}

function ttlOf(config: Config): number | undefined {
  if (config['AliasTarget'] !== undefined) return ALIAS_TTL
  const ttl = Number(config['TTL'])
  return config['TTL'] === undefined || !Number.isFinite(ttl) ? undefined : Math.max(0, ttl)
}

function policyOf({ config }: ResourceView): Policy {
  if (config['Weight'] !== undefined) return 'weighted'
  if (config['Failover'] !== undefined) return 'failover'
  if (config['MultiValueAnswer'] === true) return 'multivalue'
  const isByPlace = ['Region', 'GeoLocation', 'GeoProximityLocation', 'CidrRoutingConfig'].some(
    (name) => config[name] !== undefined,
  )
  return isByPlace ? 'nearest' : 'simple'
}

function recordOf(near: Near, { logicalId, config }: ResourceView, isSelf: boolean): RecordPlan {
  const alias = config['AliasTarget'] as Config | undefined
  const texts = alias === undefined ? [config['ResourceRecords'] ?? []].flat() : [alias['DNSName']]
  const found = texts.flatMap((text) => behind(near, text) ?? [])
  if (isSelf && found.length < texts.length)
    near.self.notSimulated(
      ['Properties', alias === undefined ? 'ResourceRecords' : 'AliasTarget'],
      'what the record leads to is outside of this scenario, or cannot be asked by HTTP: nobody answers there',
    )
  const check = near.resourceAt(config['HealthCheckId'])
  const evaluates = alias?.['EvaluateTargetHealth'] === true || alias?.['EvaluateTargetHealth'] === 'true'
  return {
    id: logicalId,
    weight: (config['Weight'] as number | undefined) ?? 0,
    isPrimary: config['Failover'] === 'PRIMARY',
    healthCheck: check?.type === HEALTH_CHECK ? check.logicalId : '',
    evaluates: evaluates ? found.filter(({ type }) => type === BALANCER).map((view) => view.logicalId) : [],
    targets: found.map((view) => view.logicalId),
    isAlias: alias !== undefined,
  }
}

/** The resource that an address or a name stands for. */
export function behind(near: Near, text: unknown): ResourceView | undefined {
  const found = standsAt(near, typeof text === 'string' ? text.replace(/^dualstack\./, '').replace(/\.$/, '') : text)
  return found !== undefined && WEB.has(found.type) ? found : undefined
}
