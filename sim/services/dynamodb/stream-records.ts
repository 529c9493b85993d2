// What a stream says of a change: a record with the keys and, by the view, the item before and after (DDS-R1 to DDS-R3).
import { equalValues, itemSize, type Item } from './values.ts'

export type ViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
export const VIEW_TYPES: readonly ViewType[] = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']

/** A record as `GetRecords` hands it out, attribute values as plain values. Made once, never changed. */
export interface StreamRecord {
  readonly eventID: string
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly eventVersion: '1.1'
  readonly eventSource: 'aws:dynamodb'
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number
    readonly Keys: Item
    readonly NewImage?: Item
    readonly OldImage?: Item
    readonly SequenceNumber: string
    /** Bytes of the keys and the images. */
    readonly SizeBytes: number
    readonly StreamViewType: ViewType
  }
  /** Of an item that was deleted because its time was over. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}

const SERVICE = Object.freeze({
  userIdentity: Object.freeze({ type: 'Service', principalId: 'dynamodb.amazonaws.com' } as const),
})

/** Whether a write leaves an item as it was; such a write has no record. Sizes in bytes, which may be set by hand. */
export function isUnchanged(before: Item | null, sizeBefore: number, after: Item | null, size: number): boolean {
  if (before === null || after === null) return before === after
  return sizeBefore === size && (before === after || equalValues(before, after))
}

/** The record of a change at `now` µs since 1970; `before` null = a new item, `after` null = a deleted one, sizes in bytes. */
export function recordOf(
  view: ViewType,
  sequence: string,
  now: number,
  keys: Item,
  before: Item | null,
  sizeBefore: number,
  after: Item | null,
  size: number,
  byService: boolean,
): StreamRecord {
  const withNew = after !== null && (view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES')
  const withOld = before !== null && (view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES')
  const ApproximateCreationDateTime = now / 1_000_000
  const SizeBytes = itemSize(keys) + (withNew ? size : 0) + (withOld ? sizeBefore : 0)
  const rest = { Keys: keys, SequenceNumber: sequence, SizeBytes, StreamViewType: view }
  return {
    eventID: sequence,
    eventName: before === null ? 'INSERT' : after === null ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    // Each form is a literal of its own: spreading the parts would take twice as long.
    dynamodb: withNew
      ? withOld
        ? { ApproximateCreationDateTime, NewImage: after, OldImage: before, ...rest }
        : { ApproximateCreationDateTime, NewImage: after, ...rest }
      : withOld
        ? { ApproximateCreationDateTime, OldImage: before, ...rest }
        : { ApproximateCreationDateTime, ...rest },
    ...(byService ? SERVICE : undefined),
  }
}

/** A running number as a sequence number: 21 digits, in the order of the changes. */
export function sequenceNumber(n: number): string {
  return `1${String(n).padStart(20, '0')}`
}
