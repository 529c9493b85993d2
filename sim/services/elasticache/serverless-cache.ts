// AWS::ElastiCache::ServerlessCache: a cache without nodes, with a limit on what it holds and one on what it does in a second.
import type { Config, Near, Op, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { MEMCACHED_VERBS, REDIS_VERBS } from '../../parts/cache-verbs.ts'
import { placeOf } from '../../parts/reachability.ts'
import { assumptions, quotas } from './cache.facts.ts'
import { memcachedCommands, redisCommands } from './commands.ts'
import { memcachedMetrics, redisMetrics, serverlessMetrics, sharedMetrics } from './figures.ts'
import type { Fleet, FleetPlan } from './fleet.ts'
import { cacheRoom, flush } from './room.ts'

const GIB = 1_073_741_824
/** What a serverless cache may grow to when nothing is said: AWS's quotas of data and of processing units. */
const MOST_DATA = 5_000 * GIB
const MOST_UNITS = 15_000_000

export const serverlessCache: ServiceDef<Fleet> = {
  ...cacheRoom,
  type: 'AWS::ElastiCache::ServerlessCache',
  dimension: 'clusterId',
  prices: {},
  unpriced: () => [],
  unbilled: ['GB-hours of data, processing units'],
  summary: 'A cache without nodes that scales by itself.',
  models: [
    'No nodes to be lost, and as much work at a time as its limits allow: `CacheUsageLimits` bound its data and its processing units a second (EC-R6).',
    'A unit for each KB that a command moves, one at least; beyond the limit of a second commands are refused.',
    'Times to live as for nodes; where data is at its limit, items with a time to live make room by least recent use.',
  ],
  omits: [
    'Scaling takes no time: load that doubles faster than AWS scales is served all the same.',
    'Units for commands that take long; least limits, which cost and hold ready.',
    'Snapshots, users, encryption; lists, sets, hashes and scripts.',
  ],
  quotas,
  assumptions,
  props: {
    CacheUsageLimits: p.record('Limits.', {
      DataStorage: p.record('On its data.', {
        Maximum: p.int('The most, in GB.', [1, 5_000]),
        Minimum: p.unused('so much would be held ready and billed'),
        Unit: p.oneOf('The unit.', ['GB']),
      }),
      ECPUPerSecond: p.record('On its processing units.', {
        Maximum: p.int('The most in a second.', [1_000, MOST_UNITS]),
        Minimum: p.unused('so many would be held ready and billed'),
      }),
    }),
    DailySnapshotTime: p.inert('When snapshots are made.'),
    Description: p.inert('A description.'),
    Endpoint: p.inert('Its address.'),
    Engine: p.oneOf('The engine.', ['memcached', 'redis', 'valkey'], { required: true }),
    FinalSnapshotName: p.inert('A snapshot when it is deleted.'),
    KmsKeyId: p.inert('The key of the encryption.'),
    MajorEngineVersion: p.inert('The version of the engine.'),
    NetworkType: p.inert('Kinds of addresses.'),
    ReaderEndpoint: p.inert('Its address for reads.'),
    SecurityGroupIds: p.list('Its security groups.', p.any('A security group.')),
    ServerlessCacheName: p.string('The physical name.', { required: true }),
    SnapshotArnsToRestore: p.unused('the cache would begin with the items of a snapshot'),
    SnapshotRetentionLimit: p.unused('snapshots would be made every day'),
    SubnetIds: p.list('Its subnets.', p.any('A subnet.')),
    Tags: p.inert('Tags.'),
    UserGroupId: p.inert('A group of users.'),
  },
  gather,
  caches: (config) => ((config['Plan'] as FleetPlan).engine === 'redis' ? REDIS_VERBS : MEMCACHED_VERBS),
  ops: {
    ...redisCommands,
    ...memcachedCommands,
    'redis:FLUSHALL': flush,
    'memcached:flushAll': flush,
  } satisfies Record<string, Op<Fleet>>,
  metrics: { ...sharedMetrics, ...redisMetrics, ...memcachedMetrics, ...serverlessMetrics },
}

function gather({ self, ...near }: Near): Readonly<Record<string, unknown>> {
  const { config } = self
  const limits = config['CacheUsageLimits'] as Config | undefined
  const engine = config['Engine'] === 'memcached' ? 'memcached' : 'redis'
  const most = limits?.['DataStorage']?.Maximum as number | undefined
  const plan: FleetPlan = {
    engine,
    shards: 1,
    replicas: 0,
    failover: false,
    memory: most === undefined ? MOST_DATA : most * GIB,
    processors: 1,
    policy: engine === 'memcached' ? 'allkeys-lru' : 'volatile-lru',
    samples: 5,
    unitsPerSecond: (limits?.['ECPUPerSecond']?.Maximum as number | undefined) ?? MOST_UNITS,
  }
  const port = engine === 'redis' ? 6379 : 11_211
  return {
    Plan: plan,
    Place: placeOf({ self, ...near }, config['SubnetIds'], config['SecurityGroupIds'], {
      serves: [{ prefix: `${engine}:`, port }],
    }),
  }
}
