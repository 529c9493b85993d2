// What the properties of a cluster and of the groups that it names say together.
import type { Config, Near, Props, ResourceView } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import * as p from '../../model/p.ts'
import { placeOf } from '../../parts/reachability.ts'
import { DEFAULT_TTL, nodeType } from './cluster.facts.ts'

export const PARAMETER_GROUP = 'AWS::DAX::ParameterGroup'
export const SUBNET_GROUP = 'AWS::DAX::SubnetGroup'
export const TABLES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'] as const

/** What `gather` makes of it. */
export interface Settings {
  /** Nodes at the beginning, and the zones over which they are spread. */
  readonly nodes: number
  readonly zones: number
  /** How long an item and an answer are kept, in µs; 0 = an item for ever, an answer not at all (DAX-R3). */
  readonly itemTtl: number
  readonly queryTtl: number
  /** The key attributes of every table of the template, by logical id. */
  readonly keys: Readonly<Record<string, { readonly hash: string; readonly range?: string }>>
  /** What tables are called besides. */
  readonly names: readonly { readonly name: string; readonly id: string }[]
}

export const props: Props = {
  AvailabilityZones: p.list('The zones of the nodes, one for each.', p.string('A zone.')),
  ClusterEndpointEncryptionType: p.string('Encryption on the way: it changes the port, and costs no time here.'),
  ClusterName: p.string('The physical name.'),
  Description: p.inert('A description.'),
  IAMRoleARN: p.inert('The role with which the cluster calls the tables; permissions are not checked.'),
  NetworkType: p.inert('IPv4 or IPv6.'),
  NodeType: p.string('The type of all nodes, such as `dax.r5.large`: processors and memory.', { required: true }),
  NotificationTopicARN: p.unused('events of the cluster would be published'),
  ParameterGroupName: p.string('The parameter group with the times to live.'),
  PreferredMaintenanceWindow: p.unused('nodes are patched one after the other'),
  ReplicationFactor: p.int('Nodes: the primary and its replicas.', [1, 'NodesPerCluster'], { required: true }),
  SSESpecification: p.inert('Encryption at rest.'),
  SecurityGroupIds: p.any('Its security groups: who may connect.'),
  SubnetGroupName: p.string('The subnets of the nodes.'),
  Tags: p.inert('Tags.'),
}

export const parts: Readonly<Record<string, Props>> = {
  [PARAMETER_GROUP]: {
    Description: p.inert('A description.'),
    ParameterGroupName: p.inert('The physical name.'),
    ParameterNameValues: p.any('`record-ttl-millis` and `query-ttl-millis`.'),
  },
  [SUBNET_GROUP]: {
    Description: p.inert('A description.'),
    SubnetGroupName: p.inert('The physical name.'),
    SubnetIds: p.list('The subnets.', p.string('A subnet.'), { required: true }),
  },
}

export function gather(near: Near): { readonly Settings: Settings; readonly Place: Place | undefined } {
  const { self } = near
  const nodes = (self.config['ReplicationFactor'] as number | undefined) ?? 1
  if (self.config['NodeType'] !== undefined && nodeType(self.config['NodeType']) === undefined)
    self.error(
      ['NodeType'],
      'unknown-value',
      `\`NodeType\` is \`${String(self.config['NodeType'])}\``,
      'expected a type such as `dax.t3.small` or `dax.r5.large`',
    )
  const named = (self.config['AvailabilityZones'] ?? []) as readonly string[]
  if (named.length > 0 && named.length !== nodes)
    self.error(
      ['AvailabilityZones'],
      'contradiction',
      `\`AvailabilityZones\` names ${named.length} for ${nodes} nodes`,
      'one zone for each node, or none at all',
    )
  const subnets = partOf(near, 'SubnetGroupName', SUBNET_GROUP)
  const group = partOf(near, 'ParameterGroupName', PARAMETER_GROUP)
  const ttl = (name: string): number => (group === undefined ? DEFAULT_TTL : ttlOf(group, name)) * 1000
  const places = named.length > 0 ? new Set(named).size : ((subnets?.config['SubnetIds'] as unknown[])?.length ?? 3)
  return {
    Settings: {
      nodes,
      zones: Math.max(1, Math.min(places, nodes)),
      itemTtl: ttl('record-ttl-millis'),
      queryTtl: ttl('query-ttl-millis'),
      keys: keysOfTables(near),
      names: TABLES.flatMap((type) => near.all(type)).flatMap(({ logicalId: id, config }) =>
        typeof config['TableName'] === 'string' ? [{ name: config['TableName'], id }] : [],
      ),
    },
    Place: placeOf(near, subnets?.config['SubnetIds'], self.config['SecurityGroupIds'], {
      serves: [{ prefix: 'dax:', port: self.config['ClusterEndpointEncryptionType'] === 'TLS' ? 9_111 : 8_111 }],
    }),
  }
}

/** The group that a property names; AWS's default group, or one of another stack, is none here. */
function partOf(near: Near, property: string, type: string): ResourceView | undefined {
  const found = near.resourceAt(near.self.config[property])
  if (found === undefined || found.type === type) return found
  near.self.error([property], 'wrong-resource', `\`${found.logicalId}\` is ${found.type}`, `expected ${type}`)
  return undefined
}

/** A time to live of a parameter group in ms. */
function ttlOf(group: ResourceView, name: string): number {
  const values: unknown = group.config['ParameterNameValues']
  if (values === undefined || values === null) return DEFAULT_TTL
  if (typeof values !== 'object' || Array.isArray(values)) return DEFAULT_TTL
  if (!Object.hasOwn(values, name)) return DEFAULT_TTL
  const given = (values as Record<string, unknown>)[name]
  const ms = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given
  if (typeof ms === 'number' && Number.isInteger(ms) && ms >= 0) return ms
  group.error(
    ['ParameterNameValues', name],
    'wrong-type',
    `\`${name}\` is ${JSON.stringify(given)?.slice(0, 60)}, not a number of milliseconds`,
    'such as `300000`',
  )
  return DEFAULT_TTL
}

function keysOfTables(near: Near): Settings['keys'] {
  const keys: Record<string, { hash: string; range?: string }> = {}
  for (const type of TABLES)
    for (const { logicalId, config } of near.all(type)) {
      const [hash, range] = (config['KeySchema'] ?? []) as readonly Config[]
      keys[logicalId] = {
        hash: String(hash?.['AttributeName'] ?? ''),
        ...(range === undefined ? {} : { range: String(range['AttributeName']) }),
      }
    }
  return keys
}
