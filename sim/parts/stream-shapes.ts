// The streams that are read in order, those of Kinesis and of tables alike: how they are asked, and how their records are read.
import type { Action } from '../model/contract.ts'
import { jsonSize } from './json-size.ts'

export type StreamType = 'dynamodb' | 'kinesis'
export type StartingPosition = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP'

/** A shard as it is listed. */
export interface ListedShard {
  readonly id: string
  readonly parents: readonly string[]
  readonly isOpen: boolean
}

type Fields = Readonly<Record<string, any>>

/** How the two kinds of streams differ. Functions of a module: a mapping keeps none of them in its state. */
export interface Shape {
  readonly actions: {
    readonly shards: Action
    readonly iterator: Action
    readonly records: Action
    readonly await: Action
  }
  /** The most records of an answer. */
  readonly recordsMax: number
  /** What the record of a failure calls the batch. */
  readonly info: 'KinesisBatchInfo' | 'DDBStreamBatchInfo'
  /** The page of shards in an answer, and how the next one is asked for; undefined = it was the last. */
  shards(answer: Fields): {
    readonly shards: readonly Fields[]
    readonly next: Fields | undefined
    readonly arn: unknown
  }
  sequence(record: Fields): string
  /** µs since 1970. */
  arrivedAt(record: Fields): number
  /** What the record adds to the event, in bytes. */
  bytes(record: Fields): number
  /** What decides on the order: records of one key are handled one after the other. */
  key(record: Fields, keyName: string): string
  /** What the function gets of it. */
  item(record: Fields): unknown
}

/** What the envelope of a record takes in the event, about, in bytes. */
const ENVELOPE = 400

const dynamodb: Shape = {
  actions: {
    shards: 'dynamodb:DescribeStream',
    iterator: 'dynamodb:GetShardIterator',
    records: 'dynamodb:GetRecords',
    await: 'dynamodb:AwaitRecords',
  },
  recordsMax: 1000,
  info: 'DDBStreamBatchInfo',
  shards({ StreamDescription: { Shards: shards, LastEvaluatedShardId: last, StreamArn: arn } }) {
    return { shards, next: last === undefined ? undefined : { ExclusiveStartShardId: last }, arn }
  },
  sequence: ({ dynamodb: { SequenceNumber } }) => SequenceNumber,
  arrivedAt: ({ dynamodb: { ApproximateCreationDateTime } }) => Math.round(ApproximateCreationDateTime * 1_000_000),
  bytes: ({ dynamodb: { SizeBytes } }) => SizeBytes + ENVELOPE,
  key: ({ dynamodb: { Keys } }, keyName) => {
    const value: unknown = Keys[keyName]
    return typeof value === 'object' && value !== null ? String((value as { B?: unknown }).B) : String(value)
  },
  item: (record) => record,
}

const kinesis: Shape = {
  actions: {
    shards: 'kinesis:ListShards',
    iterator: 'kinesis:GetShardIterator',
    records: 'kinesis:GetRecords',
    await: 'kinesis:AwaitRecords',
  },
  recordsMax: 10_000,
  info: 'KinesisBatchInfo',
  shards({ Shards: shards, NextToken: token }) {
    return { shards, next: token === undefined ? undefined : { NextToken: token }, arn: undefined }
  },
  sequence: ({ SequenceNumber }) => SequenceNumber,
  arrivedAt: ({ ApproximateArrivalTimestamp }) => Math.round(ApproximateArrivalTimestamp * 1_000_000),
  // Data travels as base64.
  bytes: ({ Data, DataSize }) =>
    Math.ceil(((DataSize ?? (typeof Data === 'string' ? Data.length : jsonSize(Data))) * 4) / 3) + ENVELOPE,
  key: ({ PartitionKey }) => String(PartitionKey),
  item: ({ Data }) => Data,
}

export const SHAPES: Readonly<Record<StreamType, Shape>> = { dynamodb, kinesis }

/** A shard of a listing. */
export function listed(shard: Fields): ListedShard {
  const { ShardId, ParentShardId, AdjacentParentShardId, SequenceNumberRange } = shard
  return {
    id: ShardId,
    parents: [ParentShardId, AdjacentParentShardId].filter((id) => typeof id === 'string'),
    isOpen: SequenceNumberRange?.EndingSequenceNumber === undefined,
  }
}
