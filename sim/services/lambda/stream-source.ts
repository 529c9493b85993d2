// The stream that a mapping reads, as its configuration describes it.
import type { Action, Ref } from '../../model/contract.ts'
import type { StartingPosition, StreamType } from '../../parts/stream-shapes.ts'
import type { EventFilter } from './event-filter.ts'

/** A stream as the mapping's configuration describes it. Plain data. */
export interface StreamSource {
  readonly kind: 'stream'
  readonly type: StreamType
  /** The table or the stream, by its logical id. */
  readonly stream: Ref
  /** The consumer with a read rate of its own; null = the mapping shares the stream's. */
  readonly consumer: Ref | null
  /** The function itself, behind an alias or a version too. */
  readonly function: Ref
  readonly batchSize: number
  readonly position: StartingPosition
  /** AT_TIMESTAMP: s since 1970. */
  readonly timestamp: number
  /** How long the stream keeps its records, in s. */
  readonly retention: number
  /** The attribute that is the table's partition key. */
  readonly keyName: string
  readonly filter: EventFilter
  /** Who is told of batches that are given up. */
  readonly failure: { readonly to: Ref; readonly action: Action } | null
}
