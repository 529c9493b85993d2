// AWS::ElastiCache::CacheCluster: nodes of Memcached that know nothing of each other, or one node of Redis.
import type { Call } from '../../engine/calls.ts'
import type { Near, Op, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { MEMCACHED_VERBS, REDIS_VERBS } from '../../parts/cache-verbs.ts'
import { assumptions, quotas } from './cache.facts.ts'
import { memcachedCommands, redisCommands } from './commands.ts'
import { memcachedMetrics, redisMetrics, sharedMetrics } from './figures.ts'
import type { Fleet } from './fleet.ts'
import { parts, placeIn, planOf } from './parameters.ts'
import { cacheRoom, flush, nodeLoss } from './room.ts'

export const cacheCluster: ServiceDef<Fleet> = {
  ...cacheRoom,
  type: 'AWS::ElastiCache::CacheCluster',
  dimension: 'CacheClusterId',
  summary: 'A cache: nodes of Memcached among which clients spread their keys, or one node of Redis.',
  models: [
    'Items with a time to live each; an expired one is a miss at that moment, and its memory is free (EC-R13, EC-R14).',
    'Memory of the node type, less what is reserved; beyond it the parameter group’s policy of eviction decides who goes, or that writes fail (EC-R10 to EC-R12, EC-R15).',
    'Clients of Memcached spread keys by consistent hashing (ketama) or by the rest of a division (EC-R2).',
    'A node executes commands one after the other on one thread (Redis) or one per processor (Memcached): it has a ceiling, and a line in front of it (EC-R5).',
    'A lost node loses its share of the keys and comes back empty under the same name (EC-R1, EC-R17, EC-R22); until then its commands fail when their client gives up waiting.',
    'Connections: as many as clients ever needed at once, up to `maxclients`.',
  ],
  omits: [
    'Snapshots, slabs of Memcached (one order of use over all items), compare-and-set, lists, sets, hashes and scripts of Redis.',
    'Bandwidth of the network, encryption, users; CPU credits of burstable nodes.',
    'Connections of clients that do nothing; that clients shun a node which has failed.',
  ],
  quotas,
  assumptions,
  props: {
    AutoMinorVersionUpgrade: p.inert('Whether minor versions come by themselves.'),
    AZMode: p.oneOf('Whether the nodes stand in one zone or several.', ['single-az', 'cross-az']),
    CacheNodeType: p.string('The type of the nodes, such as `cache.r6g.large`.', { required: true }),
    CacheParameterGroupName: p.any('The parameter group.'),
    CacheSecurityGroupNames: p.inert('Security groups outside of a VPC.'),
    CacheSubnetGroupName: p.any('The subnet group.'),
    ClusterName: p.string('The physical name.'),
    Engine: p.oneOf('The engine.', ['memcached', 'redis', 'valkey'], { required: true }),
    EngineVersion: p.inert('The version of the engine.'),
    IpDiscovery: p.inert('Which addresses discovery names.'),
    LogDeliveryConfigurations: p.unused('logs of slow commands would go there'),
    NetworkType: p.inert('Kinds of addresses.'),
    NotificationTopicArn: p.unused('events of the cluster would be told there'),
    NumCacheNodes: p.int('How many nodes.', [1, 'NodesPerMemcachedCluster'], { required: true }),
    Port: p.int('The port.', [1, 65_535]),
    PreferredAvailabilityZone: p.inert('The zone.'),
    PreferredAvailabilityZones: p.inert('The zones.'),
    PreferredMaintenanceWindow: p.inert('When maintenance may come.'),
    SnapshotArns: p.unused('the cache would begin with the items of a snapshot'),
    SnapshotName: p.unused('the cache would begin with the items of a snapshot'),
    SnapshotRetentionLimit: p.unused('snapshots would be made every day'),
    SnapshotWindow: p.inert('When snapshots are made.'),
    Tags: p.inert('Tags.'),
    TransitEncryptionEnabled: p.inert('Whether connections are encrypted.'),
    VpcSecurityGroupIds: p.list('Its security groups.', p.any('A security group.')),
  },
  parts,
  gather,
  caches: (config) => (config['Engine'] === 'memcached' ? MEMCACHED_VERBS : REDIS_VERBS),
  ops: {
    ...redisCommands,
    ...memcachedCommands,
    'redis:FLUSHALL': flush,
    'memcached:flushAll': flush,
    'elasticache:RebootCacheCluster': {
      doc: 'Reboots nodes: what they hold is lost.',
      target: 'CacheClusterId',
      params: ['CacheNodeIdsToReboot'],
      errors: ['InvalidParameterValueException'],
      run: rebootCacheCluster,
    },
  } satisfies Record<string, Op<Fleet>>,
  metrics: { ...sharedMetrics, ...redisMetrics, ...memcachedMetrics },
  faults: { 'sim:elasticache:node-loss': nodeLoss },
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { NumCacheNodes: nodes, AZMode: mode } = self.config
  const engine = self.config['Engine'] === 'memcached' ? 'memcached' : 'redis'
  if (engine === 'redis' && nodes !== 1)
    self.error(
      ['NumCacheNodes'],
      'out-of-range',
      `\`NumCacheNodes\` is ${nodes}, and a cluster of Redis has one node`,
      'several nodes are an AWS::ElastiCache::ReplicationGroup',
    )
  if (mode === 'cross-az' && nodes === 1)
    self.error(
      ['AZMode'],
      'contradiction',
      '`AZMode` is `cross-az`, and there is only one node',
      'expected at least 2 nodes',
    )
  return {
    Plan: planOf(near, { engine, shards: nodes as number, replicas: 0, failover: false }),
    Place: placeIn(near, engine, self.config['VpcSecurityGroupIds']),
  }
}

function rebootCacheCluster(self: Fleet, call: Call): void {
  const { sim } = self
  const { CacheNodeIdsToReboot: ids } = (sim.calls.body[call] ?? {}) as { CacheNodeIdsToReboot?: unknown }
  const numbers = (Array.isArray(ids) ? ids : []).map(Number)
  if (
    numbers.length === 0 ||
    numbers.some((number) => !(Number.isInteger(number) && number >= 1 && number <= self.shards.length))
  )
    return sim.reply(call, sim.error('InvalidParameterValueException', 400))
  for (const number of numbers) self.reboot(number - 1, 0)
  sim.calls.answer[call] = {}
  sim.reply(call, 0)
}
