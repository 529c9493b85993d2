// The metrics of a table under their CloudWatch names; those of a global index have its name as one more dimension.
import type { Metric } from '../../model/contract.ts'
import type { Table } from './state.ts'

export const metrics: Readonly<Record<string, Metric<Table>>> = {
  ConsumedReadCapacityUnits: { unit: 'Count', kind: 'count', doc: 'Read units consumed.' },
  ConsumedWriteCapacityUnits: { unit: 'Count', kind: 'count', doc: 'Write units consumed.' },
  ProvisionedReadCapacityUnits: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Read units per second provisioned; absent on demand.',
    read: (self) => provisioned(self, self.capacity.readUnits),
  },
  ProvisionedWriteCapacityUnits: {
    unit: 'Count',
    kind: 'gauge',
    doc: 'Write units per second provisioned; absent on demand.',
    read: (self) => provisioned(self, self.capacity.writeUnits),
  },
  ReadThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Reads that were throttled, each part of a batch counted.',
  },
  WriteThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Writes that were throttled, each part of a batch counted.',
  },
  ThrottledRequests: {
    unit: 'Count',
    kind: 'count',
    doc: 'Requests that failed because they were throttled, by Operation.',
  },
  ReadProvisionedThroughputThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Reads beyond the provisioned capacity.',
  },
  ReadKeyRangeThroughputThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Reads beyond what a partition serves.',
  },
  ReadAccountLimitThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: "Reads beyond the account's limit for a table.",
  },
  ReadMaxOnDemandThroughputThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Reads beyond the configured maximum on demand.',
  },
  WriteProvisionedThroughputThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Writes beyond the provisioned capacity.',
  },
  WriteKeyRangeThroughputThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Writes beyond what a partition serves.',
  },
  WriteAccountLimitThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: "Writes beyond the account's limit for a table.",
  },
  WriteMaxOnDemandThroughputThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: 'Writes beyond the configured maximum on demand.',
  },
  SuccessfulRequestLatency: {
    unit: 'Milliseconds',
    kind: 'distribution',
    doc: 'Time from request to answer, by Operation.',
  },
  ReturnedItemCount: { unit: 'Count', kind: 'count', doc: 'Items that a Query or Scan has returned, by Operation.' },
  TimeToLiveDeletedItemCount: { unit: 'Count', kind: 'count', doc: 'Items deleted because their time was over.' },
  OnlineIndexConsumedWriteCapacity: {
    unit: 'Count',
    kind: 'count',
    doc: 'Write units that filling a new index has taken, by GlobalSecondaryIndexName.',
  },
  OnlineIndexPercentageProgress: {
    unit: 'Percent',
    kind: 'count',
    doc: 'How much of a new index is filled, by GlobalSecondaryIndexName.',
  },
  OnlineIndexThrottleEvents: {
    unit: 'Count',
    kind: 'count',
    doc: "How often filling a new index had to wait for the index's write capacity, by GlobalSecondaryIndexName.",
  },
  ReturnedRecordsCount: {
    unit: 'Count',
    kind: 'count',
    doc: 'Records that GetRecords has returned, by StreamLabel.',
  },
  ReturnedBytes: { unit: 'Bytes', kind: 'count', doc: 'Their bytes, by StreamLabel.' },
  ConditionalCheckFailedRequests: { unit: 'Count', kind: 'count', doc: 'Writes whose condition did not hold.' },
  TransactionConflict: {
    unit: 'Count',
    kind: 'count',
    doc: 'Items that a request could not have because a transaction held them.',
  },
  StaleReads: {
    namespace: 'Sim',
    unit: 'Count',
    kind: 'count',
    doc: 'Items that an eventually consistent read found as they were before their last write.',
  },
  UserErrors: { unit: 'Count', kind: 'count', doc: 'Requests with wrong parameters, of the whole account.' },
}

function provisioned(self: Table, units: number): number {
  return self.capacity.mode === 'PROVISIONED' ? units : Number.NaN
}
