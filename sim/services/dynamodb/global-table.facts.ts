// What AWS does not document of global tables, with sources, and the regions of strong consistency.
import type { Assumption } from '../../model/contract.ts'

export const globalAssumptions: Readonly<Record<string, Assumption>> = {
  ReplicationDelay: {
    kind: 'duration',
    default: 'lognormal(p50=800ms, p99=2.5s)',
    doc: 'Time from a write to its arrival in another region, each item by itself.',
    source: 'DGT-R1: usually below 1 s; 0.5 to 2.5 s are called common within one geography',
  },
  ReplicationRetry: {
    kind: 'duration',
    default: '100ms',
    doc: 'Time until a change is sent again to a replica that had no capacity for it.',
    source: 'our own',
  },
  RegionRoundTrip: {
    kind: 'duration',
    default: '60ms',
    doc: 'What a write of a strongly consistent global table waits for another region.',
    source: 'DGT-R9: one round trip between regions',
  },
}

/** Sets of regions over which a table may be strongly consistent (DGT-R9). */
export const STRONG_SETS: readonly (readonly string[])[] = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
]
