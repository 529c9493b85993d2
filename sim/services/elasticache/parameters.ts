// What a parameter group and a subnet group say, and the plan of the nodes that follows from it.
import type { Config, Near, Props } from '../../model/contract.ts'
import type { Place } from '../../model/network.ts'
import * as p from '../../model/p.ts'
import { EVICTION_POLICIES, type EvictionPolicy } from '../../parts/cache-store.ts'
import { placeOf } from '../../parts/reachability.ts'
import type { FleetPlan } from './fleet.ts'
import { nodeType } from './node-types.ts'

/** Types that only configure caches. */
export const parts: Readonly<Record<string, Props>> = {
  'AWS::ElastiCache::ParameterGroup': {
    CacheParameterGroupFamily: p.string('The engine’s family: `redis7`.', { required: true }),
    Description: p.inert('A description.'),
    Properties: p.map('Parameters of the engine by name.', p.string('A value.')),
    Tags: p.inert('Tags.'),
  },
  'AWS::ElastiCache::SubnetGroup': {
    CacheSubnetGroupName: p.string('The physical name.'),
    Description: p.inert('A description.'),
    SubnetIds: p.list('Its subnets.', p.any('A subnet.')),
    Tags: p.inert('Tags.'),
  },
}

/** Parameters that the model reads; others go on the 'not simulated' list. */
const READ = ['maxmemory-policy', 'maxmemory-samples', 'reserved-memory-percent', 'cluster-enabled', 'max_item_size', 'error_on_memory_exhausted'] // prettier-ignore

const PORTS = { redis: 6379, memcached: 11_211 }
/** Where a type is not known: a middle one. */
const COMMON = { memory: 6_850_000_000, processors: 2 }
/** Memcached keeps so much for itself by default (`memcached_connections_overhead`). */
const CONNECTIONS_OVERHEAD = 104_857_600

/** The parameters of the group that a cache names; none for a default group. */
function parametersOf(near: Near): Config {
  const name = near.self.config['CacheParameterGroupName']
  const group = name === undefined ? undefined : near.resourceAt(name)
  if (group?.type !== 'AWS::ElastiCache::ParameterGroup') return {}
  const parameters = (group.config['Properties'] ?? {}) as Config
  for (const [parameter, value] of Object.entries(parameters)) {
    if (!READ.includes(parameter))
      group.notSimulated(['Properties', parameter], `\`${parameter}\` has no effect on the model`)
    if (parameter === 'maxmemory-policy' && !EVICTION_POLICIES.includes(value as (typeof EVICTION_POLICIES)[number]))
      group.error(
        ['Properties', parameter],
        'unknown-value',
        `\`${String(value)}\` is not a policy of eviction`,
        `expected ${EVICTION_POLICIES.map((policy) => `\`${policy}\``).join(', ')}`,
      )
  }
  return parameters
}

/** Where the nodes stand: in the subnets of their group, reached at the engine's port. */
export function placeIn(near: Near, engine: 'redis' | 'memcached', groups: unknown): Place | undefined {
  const { config } = near.self
  const name = config['CacheSubnetGroupName']
  const group = name === undefined ? undefined : near.resourceAt(name)
  if (group?.type !== 'AWS::ElastiCache::SubnetGroup') return undefined
  const port = (config['Port'] as number | undefined) ?? PORTS[engine]
  return placeOf(near, group.config['SubnetIds'], groups, { serves: [{ prefix: `${engine}:`, port }] })
}

/** Whether the parameter group turns cluster mode on. */
export function isClustered(near: Near): boolean {
  const name = near.self.config['CacheParameterGroupName']
  if (typeof name === 'string' && name.endsWith('.cluster.on')) return true
  return parametersOf(near)['cluster-enabled'] === 'yes'
}

/** The nodes of a cache by what its template says. */
export function planOf(near: Near, shape: Pick<FleetPlan, 'engine' | 'shards' | 'replicas' | 'failover'>): FleetPlan {
  const parameters = parametersOf(near)
  const name = String(near.self.config['CacheNodeType'] ?? 'cache.t3.micro')
  const type = nodeType(name)
  if (type === undefined)
    near.self.notSimulated(
      ['CacheNodeType'],
      `the memory of \`${name}\` is not known: 6.38 GiB and two processors are taken`,
    )
  const { memory, processors } = type ?? COMMON
  if (shape.engine === 'memcached') {
    const refuses = parameters['error_on_memory_exhausted'] === '1'
    return {
      ...shape,
      memory: Math.max(0, memory - CONNECTIONS_OVERHEAD),
      processors,
      policy: refuses ? 'noeviction' : 'allkeys-lru',
      samples: 0,
      unitsPerSecond: 0,
    }
  }
  const reserved = Number(parameters['reserved-memory-percent'] ?? 25)
  return {
    ...shape,
    memory: memory * (1 - reserved / 100),
    processors,
    policy: (parameters['maxmemory-policy'] ?? 'volatile-lru') as EvictionPolicy,
    samples: Number(parameters['maxmemory-samples'] ?? 5),
    unitsPerSecond: 0,
  }
}
