// Amazon ElastiCache in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Config, Quota } from '../../model/contract.ts'
import type { FleetPlan } from './fleet.ts'

const GIB = 1_073_741_824
const planOf = (config: Config): FleetPlan | undefined => config['Plan'] as FleetPlan | undefined

export const quotas: Readonly<Record<string, Quota>> = {
  NodesPerMemcachedCluster: {
    current: 40,
    notes2020: 20,
    unit: 'nodes',
    doc: 'Nodes of one cluster of Memcached.',
    adjustable: true,
    source: 'EC-R1',
  },
  NodesPerReplicationGroup: {
    current: 90,
    unit: 'nodes',
    doc: 'Primaries and replicas of one replication group with cluster mode.',
    adjustable: true,
    source: 'EC-R3',
  },
  ReplicasPerShard: { current: 5, unit: 'replicas', doc: 'Replicas beside a primary.', source: 'EC-R3' },
  ConnectionsPerNode: {
    current: 65_000,
    unit: 'connections',
    doc: 'Clients that are connected to one node (`maxclients`).',
    source: 'the quota table of the fact sheet',
  },
  ItemSize: {
    current: 1_048_576,
    unit: 'bytes',
    doc: 'The largest item of Memcached, its key included (`max_item_size`).',
    source: 'EC-R15',
  },
  TestFailovers: {
    current: 15,
    notes2020: 5,
    unit: 'calls in 24 h',
    doc: 'TestFailover calls in any 24 hours.',
    source: 'EC-R25',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  CommandTime: {
    kind: 'duration',
    default: '8us',
    doc: 'How long a command keeps a thread of its node busy; Redis has one thread, Memcached one per processor.',
    source: 'EC-R5',
  },
  NetworkTime: {
    kind: 'duration',
    default: 'lognormal(p50=400us, p99=1ms)',
    doc: 'There and back between a client and a node.',
    source: 'EC-R5',
  },
  CommandTimeout: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a client waits for a node that is gone, or for an answer, before the command fails.',
    source: 'EC-R35',
  },
  NodeMemory: {
    kind: 'size',
    default: `${4 * GIB}B`,
    defaultFor: (config) => `${Math.floor(planOf(config)?.memory ?? 0)}B`,
    doc: 'Bytes for items on one node: by its type, less what is reserved. 0 = without limit.',
    source: 'EC-R10',
  },
  ItemOverhead: {
    kind: 'size',
    default: '90B',
    defaultFor: (config) => (planOf(config)?.engine === 'memcached' ? '50B' : '90B'),
    doc: 'Bytes that an item takes beside its key and value.',
    source: 'EC-R15; dictionary entry, object and string headers of Redis',
  },
  Eviction: {
    kind: 'choice',
    default: 'exact',
    choices: ['exact', 'sampled'],
    doc: 'Whether an eviction policy is followed exactly, or by `maxmemory-samples` drawn items as in Redis.',
    source: 'EC-R12',
  },
  ClientHashing: {
    kind: 'choice',
    default: 'consistent',
    choices: ['consistent', 'modulo'],
    doc: 'How clients of Memcached choose the node of a key.',
    source: 'EC-R2',
  },
  ReadFrom: {
    kind: 'choice',
    default: 'primary',
    choices: ['primary', 'replica'],
    doc: 'Whether clients read from the primary endpoint or from the reader endpoint.',
    source: 'EC-R4',
  },
  ReplicationLag: {
    kind: 'duration',
    default: '1ms',
    doc: 'How much later a replica has a write.',
    source: 'EC-R4, EC-R21',
  },
  DetectionTime: {
    kind: 'duration',
    default: '10s',
    doc: 'Until a lost primary is noticed.',
    source: 'EC-R20',
  },
  PromotionTime: {
    kind: 'duration',
    default: '5s',
    doc: 'From there until a replica has its place and its name leads there.',
    source: 'EC-R20',
  },
  ReplacementTime: {
    kind: 'duration',
    default: '5m',
    doc: 'Until a lost node has been replaced by a new one.',
    source: 'EC-R22',
  },
  RebootTime: {
    kind: 'duration',
    default: '1m',
    doc: 'Until a node answers again that is rebooted.',
    source: 'EC-R17',
  },
}
