// What a database takes from its neighbours: its cluster, its source, its parameters, its place.
import type { Config, Near, Ref, ResourceView } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import { placeOf } from '../../parts/reachability.ts'
import { classOf, iopsOf, maxConnections, portOf } from './classes.ts'

export const INSTANCE = 'AWS::RDS::DBInstance'
export const CLUSTER = 'AWS::RDS::DBCluster'

/** What `gather` adds to an instance's properties. */
export interface InstancePlan {
  readonly vcpus: number
  readonly maxConnections: number
  /** Operations of the storage a second. */
  readonly iops: number
  readonly storageBytes: number
  /** The instance that it follows; empty for one that follows none. */
  readonly source: Ref
  /** Its cluster; empty outside of one. */
  readonly cluster: Ref
  /** All other instances, whose snapshots it may be made of. */
  readonly others: readonly Ref[]
  /** Those that follow it. */
  readonly replicas: readonly Ref[]
  /** Whether it takes writes at the beginning. */
  readonly writesFirst: boolean
  /** Whether a client may ask it by itself: it is behind nothing. */
  readonly isFront: boolean
}

export function gatherInstance(near: Near): { readonly Plan: InstancePlan; readonly Place: Place | undefined } {
  const { self } = near
  const { config, logicalId } = self
  const cluster = clusterOf(near, self)
  const { vcpus, memory } = classOf(config['DBInstanceClass'])
  const engine = String(
    cluster?.config['Engine'] ?? sourceOf(near, self)?.config['Engine'] ?? config['Engine'],
  ).toLowerCase()
  const own =
    parameterOf(near, config['DBParameterGroupName']) ??
    parameterOf(near, cluster?.config['DBClusterParameterGroupName'])
  const gb = config['AllocatedStorage'] as number
  const source = sourceOf(near, self)
  const members = cluster === undefined ? [] : membersOf(near, cluster.logicalId)
  return {
    Plan: {
      vcpus,
      maxConnections: own ?? maxConnections(engine, memory),
      // The storage of Aurora grows and is as fast as it must be.
      iops: cluster === undefined ? iopsOf(config['StorageType'], gb, config['Iops']) : 1_000_000,
      storageBytes: cluster === undefined ? gb * 1_000_000_000 : Number.MAX_SAFE_INTEGER,
      source: source?.logicalId ?? '',
      cluster: cluster?.logicalId ?? '',
      others: near
        .all(INSTANCE)
        .map((view) => view.logicalId)
        .filter((name) => name !== logicalId),
      replicas:
        cluster === undefined
          ? near
              .all(INSTANCE)
              .filter((other) => sourceOf(near, other)?.logicalId === logicalId)
              .map((other) => other.logicalId)
          : members.filter((name) => name !== logicalId),
      writesFirst: cluster === undefined ? source === undefined : members[0] === logicalId,
      isFront: cluster === undefined && source === undefined && !isBehindProxy(near, logicalId),
    },
    Place: placeOfDatabase(near, config, cluster?.config, portOf(engine)),
  }
}

/** The members of a cluster, who takes over first at the beginning: by promotion tier, then by name. */
export function membersOf(near: Near, cluster: Ref): readonly Ref[] {
  return near
    .all(INSTANCE)
    .filter((view) => clusterOf(near, view)?.logicalId === cluster)
    .sort((a, b) => Number(a.config['PromotionTier']) - Number(b.config['PromotionTier']))
    .map(({ logicalId }) => logicalId)
}

function clusterOf(near: Near, { config }: ResourceView): ResourceView | undefined {
  const found = near.resourceAt(config['DBClusterIdentifier'])
  return found?.type === CLUSTER ? found : undefined
}

function sourceOf(near: Near, { config }: ResourceView): ResourceView | undefined {
  const found = near.resourceAt(config['SourceDBInstanceIdentifier'])
  return found?.type === INSTANCE ? found : undefined
}

export function isBehindProxy(near: Near, name: Ref): boolean {
  return near
    .all('AWS::RDS::DBProxyTargetGroup')
    .some(({ config }) =>
      [config['DBInstanceIdentifiers'] ?? [], config['DBClusterIdentifiers'] ?? []]
        .flat()
        .some((text) => near.resourceAt(text)?.logicalId === name),
    )
}

/** `max_connections` of a parameter group, where it is a number. */
function parameterOf(near: Near, group: unknown): number | undefined {
  const parameters = near.resourceAt(group)?.config['Parameters'] as Config | undefined
  const value = Number(parameters?.['max_connections'])
  return Number.isInteger(value) && value > 0 && value <= 100_000 ? value : undefined
}

/** Where a database stands: in the subnets of its group, with the groups of the instance or of its cluster. */
export function placeOfDatabase(
  near: Near,
  config: Config,
  cluster: Config | undefined,
  port: number,
): Place | undefined {
  const subnets = near.resourceAt(config['DBSubnetGroupName'] ?? cluster?.['DBSubnetGroupName'])?.config['SubnetIds']
  const groups = config['VPCSecurityGroups'] ?? config['VpcSecurityGroupIds'] ?? cluster?.['VpcSecurityGroupIds']
  return placeOf(near, subnets, groups, {
    hasPublicAddress: config['PubliclyAccessible'] === true,
    serves: [{ prefix: 'sql:', port: (config['Port'] ?? cluster?.['Port'] ?? port) as number }],
  })
}
