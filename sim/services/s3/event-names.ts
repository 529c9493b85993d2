// The names of a bucket's events, and which of them a configuration stands for (S3-R33).

/** All that a configuration may name, without `s3:`. */
export const EVENT_NAMES = [
  'ObjectCreated:*',
  'ObjectCreated:Put',
  'ObjectCreated:Post',
  'ObjectCreated:Copy',
  'ObjectCreated:CompleteMultipartUpload',
  'ObjectRemoved:*',
  'ObjectRemoved:Delete',
  'ObjectRemoved:DeleteMarkerCreated',
  'ObjectRestore:*',
  'ObjectRestore:Post',
  'ObjectRestore:Completed',
  'ObjectRestore:Delete',
  'ReducedRedundancyLostObject',
  'Replication:*',
  'Replication:OperationFailedReplication',
  'Replication:OperationMissedThreshold',
  'Replication:OperationReplicatedAfterThreshold',
  'Replication:OperationNotTracked',
  'LifecycleExpiration:*',
  'LifecycleExpiration:Delete',
  'LifecycleExpiration:DeleteMarkerCreated',
  'LifecycleTransition',
  'IntelligentTiering',
  'ObjectTagging:*',
  'ObjectTagging:Put',
  'ObjectTagging:Delete',
  'ObjectAcl:Put',
] as const

/** Events that the model brings about. */
export const TOLD =
  /^(ObjectCreated:(\*|Put|Copy|CompleteMultipartUpload)|ObjectRemoved:|Replication:(\*|OperationFailed|OperationMissed|OperationReplicated)|LifecycleExpiration:|LifecycleTransition)/

/** Whether a configured name stands for an event. */
export function fits(wanted: string, name: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : wanted === name
}

/** Whether two configured names have an event in common. */
export function overlap(a: string, b: string): boolean {
  return fits(a, b) || fits(b, a)
}
