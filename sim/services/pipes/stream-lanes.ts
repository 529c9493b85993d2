// What a pipe keeps of a stream: its configuration, the readers of its shards, their lanes, and records as pipes show them.
import type { TimerHandle } from '../../engine/kernel.ts'
import type { Ref } from '../../model/contract.ts'
import { SHAPES, type StartingPosition, type StreamType } from '../../parts/stream-shapes.ts'
import { parseJson } from '../../parts/json-text.ts'
import type { Item } from './source.ts'

const NONE = -1

/** A stream as the pipe's configuration describes it. Plain data. */
export interface StreamConfig {
  readonly type: StreamType
  readonly stream: Ref
  readonly position: StartingPosition
  /** AT_TIMESTAMP: s since 1970. */
  readonly timestamp: number
  /** Executions of one shard at once. */
  readonly factor: number
  /** Retries of a batch, and the age (s) at which a record is given up; Infinity = none. */
  readonly retries: number
  readonly age: number
  readonly bisects: boolean
  /** The attribute that is a table's partition key. */
  readonly keyName: string
  readonly deadLetters: { readonly to: Ref; readonly action: 'sqs:SendMessage' | 'sns:Publish' } | null
}

export type StreamRecord = Readonly<Record<string, any>>

export class Lane {
  /** Records to come, and batches that were split or have failed, the next one last. */
  queue: StreamRecord[] = []
  pieces: (readonly StreamRecord[])[] = []
  failures = 0
  isBusy = false
  windowTimer: TimerHandle = NONE
  isDue = false
  readonly reader: Reader

  constructor(reader: Reader) {
    this.reader = reader
  }
}

export class Reader {
  phase: 'waiting' | 'reading' | 'done' = 'waiting'
  iterator: string | null = null
  lastSequence: string | null = null
  isRead = false
  isAsking = false
  /** Records that are read and not done. */
  held = 0
  readonly lanes: number[] = []
  readonly shard: string
  readonly parents: readonly string[]
  startsAt: StartingPosition

  constructor(shard: string, parents: readonly string[], startsAt: StartingPosition) {
    this.shard = shard
    this.parents = parents
    this.startsAt = startsAt
  }
}

/** A record as Pipes show it. */
export function itemOf(record: StreamRecord, { type, stream }: StreamConfig, shard: string): Item {
  const id = SHAPES[type].sequence(record)
  const origin = { eventSourceARN: stream, awsRegion: 'us-east-1' }
  if (type === 'dynamodb') return { own: record, id, record: { ...record, eventSource: 'aws:dynamodb', ...origin } }
  const { PartitionKey, Data, ApproximateArrivalTimestamp } = record
  return {
    own: record,
    id,
    record: {
      kinesisSchemaVersion: '1.0',
      partitionKey: PartitionKey,
      sequenceNumber: id,
      data: typeof Data === 'string' ? (parseJson(Data) ?? Data) : Data,
      approximateArrivalTimestamp: ApproximateArrivalTimestamp,
      eventSource: 'aws:kinesis',
      eventID: `${shard}:${id}`,
      ...origin,
    },
  }
}
