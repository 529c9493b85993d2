// AWS::ElastiCache::ReplicationGroup: Redis or Valkey with replicas, and with cluster mode its slots on several shards.
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, Op, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { REDIS_VERBS } from '../../parts/cache-verbs.ts'
import { assumptions, quotas } from './cache.facts.ts'
import { redisCommands } from './commands.ts'
import { redisMetrics, sharedMetrics } from './figures.ts'
import type { Fleet } from './fleet.ts'
import { isClustered, parts, placeIn, planOf } from './parameters.ts'
import { cacheRoom, flush, nodeLoss, powerLoss } from './room.ts'

const DAY = 86_400_000_000

export const replicationGroup: ServiceDef<Fleet> = {
  ...cacheRoom,
  type: 'AWS::ElastiCache::ReplicationGroup',
  dimension: 'ReplicationGroupId',
  summary: 'A Redis or Valkey cache with replicas, on one shard or on several.',
  models: [
    'Primaries take writes, replicas have them a little later and may be read (EC-R3, EC-R4); with cluster mode a key’s CRC16 slot says which shard has it.',
    'A lost primary’s place is taken by a replica where automatic failover is on, else by a new node after minutes; writes fail meanwhile, reads of replicas go on; other shards notice nothing (EC-R20, EC-R22 to EC-R24).',
    'Writes that no replica had when the primary was lost are gone, though they were answered (EC-R21); without any replica everything is gone (EC-R17).',
    'Times to live, memory and eviction, one thread per node and connections as for a single node (EC-R5, EC-R10 to EC-R14).',
    'TestFailover, at most fifteen in 24 hours (EC-R25).',
  ],
  omits: [
    'Snapshots, global datastores, changes of the number of shards and replicas, auto scaling.',
    'Lists, sets, hashes, scripts and transactions; commands on several keys.',
    'Bandwidth of the network, encryption, users; CPU credits of burstable nodes; data tiering.',
    'Connections of clients that do nothing.',
  ],
  quotas,
  assumptions,
  props: {
    AtRestEncryptionEnabled: p.inert('Whether snapshots are encrypted.'),
    AuthToken: p.inert('A password.'),
    AutomaticFailoverEnabled: p.bool('Whether a replica takes a lost primary’s place by itself.'),
    AutoMinorVersionUpgrade: p.inert('Whether minor versions come by themselves.'),
    CacheNodeType: p.string('The type of the nodes, such as `cache.r6g.large`.'),
    CacheParameterGroupName: p.any('The parameter group.'),
    CacheSecurityGroupNames: p.inert('Security groups outside of a VPC.'),
    CacheSubnetGroupName: p.any('The subnet group.'),
    ClusterMode: p.oneOf('Whether the slots may lie on several shards.', ['enabled', 'disabled', 'compatible']),
    DataTieringEnabled: p.unused('items that are seldom used would go to disks'),
    Durability: p.inert('How durable writes are.'),
    Engine: p.oneOf('The engine.', ['redis', 'valkey'], { default: 'redis' }),
    EngineVersion: p.inert('The version of the engine.'),
    GlobalReplicationGroupId: p.unused('the group would follow one of another region'),
    IpDiscovery: p.inert('Which addresses discovery names.'),
    KmsKeyId: p.inert('The key of the encryption.'),
    LogDeliveryConfigurations: p.unused('logs of slow commands would go there'),
    MultiAZEnabled: p.bool('Whether the nodes stand in several zones.'),
    NetworkType: p.inert('Kinds of addresses.'),
    NodeGroupConfiguration: p.list(
      'The shards one by one.',
      p.record('A shard.', {
        NodeGroupId: p.inert('Its number.'),
        PrimaryAvailabilityZone: p.inert('The zone of its primary.'),
        ReplicaAvailabilityZones: p.inert('The zones of its replicas.'),
        ReplicaCount: p.int('Its replicas.', [0, 'ReplicasPerShard']),
        Slots: p.unused('the slots would be divided so'),
      }),
    ),
    NotificationTopicArn: p.unused('events of the group would be told there'),
    NumCacheClusters: p.int('Nodes without cluster mode: the primary and its replicas.', [1, 6]),
    NumNodeGroups: p.int('Shards; more than one is cluster mode.', [1, 'NodesPerReplicationGroup']),
    Port: p.int('The port.', [1, 65_535]),
    PreferredCacheClusterAZs: p.inert('The zones.'),
    PreferredMaintenanceWindow: p.inert('When maintenance may come.'),
    PrimaryClusterId: p.unused('the group would be made from this cluster'),
    ReplicasPerNodeGroup: p.int('Replicas of each shard.', [0, 'ReplicasPerShard']),
    ReplicationGroupDescription: p.string('A description.', { required: true }),
    ReplicationGroupId: p.string('The physical name.'),
    SecurityGroupIds: p.list('Its security groups.', p.any('A security group.')),
    SnapshotArns: p.unused('the cache would begin with the items of a snapshot'),
    SnapshotName: p.unused('the cache would begin with the items of a snapshot'),
    SnapshotRetentionLimit: p.unused('snapshots would be made every day'),
    SnapshottingClusterId: p.unused('snapshots would be made of this node'),
    SnapshotWindow: p.inert('When snapshots are made.'),
    Tags: p.inert('Tags.'),
    TransitEncryptionEnabled: p.inert('Whether connections are encrypted.'),
    TransitEncryptionMode: p.inert('Whether connections must be encrypted.'),
    UserGroupIds: p.inert('Groups of users.'),
  },
  parts,
  gather,
  caches: () => REDIS_VERBS,
  ops: {
    ...redisCommands,
    'redis:FLUSHALL': flush,
    'elasticache:TestFailover': {
      doc: 'Lets the primary of a shard fail, to see what happens.',
      target: 'ReplicationGroupId',
      params: ['NodeGroupId'],
      errors: ['TestFailoverNotAvailableFault', 'APICallRateForCustomerExceeded', 'NodeGroupNotFoundFault'],
      run: testFailover,
    },
  } satisfies Record<string, Op<Fleet>>,
  metrics: { ...sharedMetrics, ...redisMetrics },
  faults: {
    'aws:elasticache:replicationgroup-interrupt-az-power': powerLoss,
    'sim:elasticache:node-loss': nodeLoss,
  },
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { config } = self
  const groups = config['NodeGroupConfiguration'] as readonly Config[] | undefined
  const perShard = groups?.map((group) => group['ReplicaCount'] as number | undefined).find((n) => n !== undefined)
  const shards = (config['NumNodeGroups'] as number | undefined) ?? groups?.length ?? 1
  const nodes = config['NumCacheClusters'] as number | undefined
  const replicas =
    (config['ReplicasPerNodeGroup'] as number | undefined) ?? perShard ?? (shards > 1 ? 0 : (nodes ?? 1) - 1)
  const failover = config['AutomaticFailoverEnabled'] as boolean | undefined
  const clustered = shards > 1 || isClustered(near) || config['ClusterMode'] === 'enabled'
  if (shards > 1 && nodes !== undefined)
    self.notSimulated(['NumCacheClusters'], '`NumCacheClusters` is not used where there is more than one shard')
  if (shards * (replicas + 1) > near.quota('NodesPerReplicationGroup'))
    self.error(
      ['NumNodeGroups'],
      'out-of-range',
      `\`NumNodeGroups\` and replicas make ${shards * (replicas + 1)} nodes`,
      `expected at most ${near.quota('NodesPerReplicationGroup')}`,
    )
  if (clustered && failover === false)
    self.error(
      ['AutomaticFailoverEnabled'],
      'contradiction',
      '`AutomaticFailoverEnabled` is false with cluster mode',
      'cluster mode needs automatic failover',
    )
  if (failover === true && replicas === 0 && !clustered)
    self.error(
      ['AutomaticFailoverEnabled'],
      'contradiction',
      'automatic failover needs a replica, and there is none',
      'expected `NumCacheClusters` of at least 2',
    )
  if (config['MultiAZEnabled'] === true && replicas === 0)
    self.error(
      ['MultiAZEnabled'],
      'contradiction',
      '`MultiAZEnabled` needs a replica, and there is none',
      'expected at least 1 replica',
    )
  if (config['MultiAZEnabled'] === true && String(config['CacheNodeType']).startsWith('cache.t1.'))
    self.error(
      ['MultiAZEnabled'],
      'contradiction',
      'nodes of type `cache.t1` have no Multi-AZ',
      'expected another `CacheNodeType`',
    )
  return {
    Plan: planOf(near, { engine: 'redis', shards, replicas, failover: failover === true || clustered }),
    Place: placeIn(near, 'redis', config['SecurityGroupIds']),
  }
}

function testFailover(self: Fleet, call: Call): void {
  const { sim, plan } = self
  const { NodeGroupId: id = '0001' } = (sim.calls.body[call] ?? {}) as { NodeGroupId?: unknown }
  const shard = Number(id) - 1
  const refuse = (error: string, http: number): void => sim.reply(call, sim.error(error, http))
  if (!(Number.isInteger(shard) && shard >= 0 && shard < self.shards.length))
    return refuse('NodeGroupNotFoundFault', 404)
  if (!plan.failover || self.shards[shard]!.replicas === 0) return refuse('TestFailoverNotAvailableFault', 400)
  const now = sim.clock[0]
  self.tests = self.tests.filter((at) => at > now - DAY)
  if (self.tests.length >= sim.quota('TestFailovers')) return refuse('APICallRateForCustomerExceeded', 400)
  self.tests.push(now)
  self.lose(shard, 0)
  sim.calls.answer[call] = {}
  sim.reply(call, 0)
}
