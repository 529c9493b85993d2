// Figures of DAX and what AWS does not document, with sources.
import type { Assumption, Config, Quota } from '../../model/contract.ts'

export const MINUTE = 60_000_000
export const DEFAULT_TTL = 300_000
const GB = 1_073_741_824

export const quotas: Readonly<Record<string, Quota>> = {
  NodesPerCluster: {
    current: 11,
    notes2020: 10,
    unit: 'nodes',
    doc: 'Nodes of a cluster: one primary and its replicas.',
    source: 'DAX-R1, N.DAX-07',
  },
}

/** vCPUs and memory by size; the burstable families have their own. Source: the pricing page of DynamoDB, section DAX. */
const SIZES: Readonly<Record<string, number>> = {
  large: 1,
  xlarge: 2,
  '2xlarge': 4,
  '4xlarge': 8,
  '8xlarge': 16,
  '12xlarge': 24,
  '16xlarge': 32,
  '24xlarge': 48,
}
const BURSTABLE: Readonly<Record<string, readonly [vcpus: number, gigabytes: number]>> = {
  'dax.t2.small': [1, 2],
  'dax.t2.medium': [2, 4],
  'dax.t3.small': [2, 2],
  'dax.t3.medium': [2, 4],
}
/** Gigabytes of a `large` node by family. */
const FAMILIES: Readonly<Record<string, number>> = { r4: 15.25, r5: 16, r7i: 16 }

/** What a node type has; undefined for one that is not known. */
export function nodeType(name: unknown): { readonly vcpus: number; readonly bytes: number } | undefined {
  if (typeof name !== 'string') return undefined
  const small = Object.hasOwn(BURSTABLE, name) ? BURSTABLE[name] : undefined
  if (small !== undefined) return { vcpus: small[0], bytes: small[1] * GB }
  const [dax, family = '', size = ''] = name.split('.')
  if (dax !== 'dax' || !Object.hasOwn(FAMILIES, family) || !Object.hasOwn(SIZES, size)) return undefined
  return { vcpus: 2 * SIZES[size]!, bytes: FAMILIES[family]! * SIZES[size]! * GB }
}

/** Requests a second that a node serves, by its processors. */
function ratePerVcpu(perVcpu: number): (config: Config) => string {
  return (config) => String((nodeType(config['NodeType'])?.vcpus ?? 2) * perVcpu)
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  HitLatency: {
    kind: 'duration',
    default: 'lognormal(p50=0.4ms, p99=1ms)',
    doc: 'Time of a request that a node answers out of its cache, as the client sees it.',
    source: 'DAX-R16, N.DAX-03',
  },
  PassLatency: {
    kind: 'duration',
    default: '1ms',
    doc: 'What a node adds to the time of the table: for misses, writes and what it passes through.',
    source: 'DAX-R16',
  },
  ReplicationLag: {
    kind: 'duration',
    default: '50ms',
    doc: 'Time until the replicas have what the primary stored.',
    source: 'DAX-R9',
  },
  NodeMemory: {
    kind: 'size',
    default: '16GB',
    defaultFor: (config) => `${nodeType(config['NodeType'])?.bytes ?? 16 * GB}B`,
    doc: 'Memory of a node for cached items and results; the whole memory of its type unless it is set.',
    source: 'DAX-R4; sizes of the node types: pricing page of DynamoDB',
  },
  HitsPerSecond: {
    kind: 'number',
    default: '20000',
    defaultFor: ratePerVcpu(10_000),
    doc: 'Hits that a node serves in a second: 10,000 for each of its processors.',
    source: 'DAX-R12: not documented, AWS says test; 20,000 is the sheet’s figure for a large node of 2 vCPUs',
  },
  MissesPerSecond: {
    kind: 'number',
    default: '2000',
    defaultFor: ratePerVcpu(1_000),
    doc: 'Misses, writes and requests passed through that a node serves in a second: 1,000 for each of its processors.',
    source: 'DAX-R12: not documented; the sheet’s figure',
  },
  FailoverTime: {
    kind: 'duration',
    default: '15s',
    doc: 'From the loss of the primary until a replica takes its place; writes and misses fail meanwhile.',
    source: 'DAX-R13: not documented',
  },
  NodeStart: {
    kind: 'duration',
    default: '5m',
    doc: 'Time until a node that takes another’s place, or is added, serves requests.',
    source: 'DAX-R13: not documented',
  },
  NodeRestart: {
    kind: 'duration',
    default: '60s',
    doc: 'Time until a node that was rebooted serves again, its cache empty.',
    source: 'our own',
  },
}

/** US dollars an hour of a node, us-east-1, 2025. */
export const NODE_PRICES: Readonly<Record<string, string>> = {
  'dax.t3.small': '0.040',
  'dax.t3.medium': '0.080',
  'dax.r5.large': '0.255',
  'dax.r5.xlarge': '0.509',
}
