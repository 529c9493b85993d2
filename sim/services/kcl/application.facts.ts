// Defaults of the Kinesis Client Library by its major version, with their sources, and what is not documented.
import type { Assumption } from '../../model/contract.ts'

export const MS = 1_000
export const SECOND = 1_000_000

/** Two clocks may differ by so much: the taker's interval is twice the failover time and this (KCL-03, KCL-04). */
export const EPSILON = 25 * MS
/** After a GetRecords that was refused (KCL-20). */
export const THROTTLE_BACKOFF = SECOND
/** A write that cannot be left out is made again after this. */
export const WRITE_BACKOFF = SECOND
/** 3.x: a leader that is gone is replaced when its lock is this old; every third run balances (KCL-04). */
export const LEADER_LOCK = 120 * SECOND
export const BALANCE_EVERY = 3
/** 3.x: how much more than the mean a worker may carry, how much of the excess is moved, how long a handover may take (KCL-06). */
export const REBALANCE_THRESHOLD = 0.1
export const DAMPENING = 0.6
export const HANDOFF = 30 * SECOND
/** Completed leases are looked for so often, and go so long after the end of their shard (KCL-08). */
export const CLEANUP_EVERY = 60 * SECOND
export const COMPLETED_FOR = 300 * SECOND

export interface Version {
  /** ms. */
  readonly idleTime: number
  /** Batches of a shard that are read ahead. */
  readonly prefetch: number
  /** Write units of the lease table; 0 = on demand. */
  readonly writeCapacity: number
  readonly hasLeader: boolean
}

export const VERSIONS: Readonly<Record<string, Version>> = {
  '1.x': { idleTime: 1000, prefetch: 1, writeCapacity: 10, hasLeader: false },
  '2.x': { idleTime: 1500, prefetch: 4, writeCapacity: 10, hasLeader: false },
  '3.x': { idleTime: 1500, prefetch: 4, writeCapacity: 0, hasLeader: true },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  LeaseWriteLatency: {
    kind: 'duration',
    default: '6ms',
    doc: 'Time of a write to a lease table that is not part of the template.',
    source: 'not documented; as a DynamoDB UpdateItem',
  },
}
