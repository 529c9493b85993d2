// Tumbling windows: state that the function hands from batch to batch, until the window of its records is over (LAM-64).
//
// A window is [k·T, (k+1)·T) of the moments at which records came into the stream. Its last invocation comes when the
// shard was read beyond it: with the records that are left of it, which may be none.
import { jsonSize } from '../../parts/json-size.ts'
import { isoText } from '../../parts/calendar.ts'
import type { Batch, Lane, StreamItem, StreamMapping } from './stream-state.ts'

/** A window that is open in a lane. */
export interface Tumbling {
  /** Its number since 1970. */
  readonly index: number
  state: unknown
  /** Whether it ends before its time: the state grew too large, or the shard is at its end. */
  terminates: boolean
}

const NO_STATE = Object.freeze({})

/** The number of the window that a record belongs to. */
function indexOf(self: StreamMapping, record: StreamItem): number {
  return Math.floor(self.shape.arrivedAt(record) / self.tumblingWindow)
}

/** When a window ends, in µs of the run. */
function endOf(self: StreamMapping, index: number): number {
  return (index + 1) * self.tumblingWindow - self.sim.startsAt
}

/** Whether two records belong to different windows. */
export function isOtherWindow(self: StreamMapping, record: StreamItem, other: StreamItem): boolean {
  return self.tumblingWindow > 0 && indexOf(self, record) !== indexOf(self, other)
}

/** A batch begins: so does the window of its records, if none is open. */
export function open(self: StreamMapping, lane: Lane, { records }: Batch): void {
  if (self.tumblingWindow === 0 || lane.tumbling !== null || records.length === 0) return
  const index = indexOf(self, records[0])
  lane.tumbling = { index, state: NO_STATE, terminates: false }
  self.sim.after(Math.max(0, endOf(self, index) - self.now), self.tumblingTarget, lane.number)
}

/** Whether a lane's window is over, and the shard was not read beyond it. */
export function needsPoll(self: StreamMapping, lane: Lane): boolean {
  const { tumbling, reader } = lane
  if (tumbling === null || reader.isRead) return false
  const end = endOf(self, tumbling.index)
  return self.now >= end && reader.caughtUpAt < end
}

/**
 * Whether the window of an idle lane is to be closed before anything else is done: the next record belongs to another one, its
 * state grew too large, or nothing of it can come, as the shard was read beyond it or to its end.
 */
export function closes(self: StreamMapping, lane: Lane): boolean {
  const { tumbling, reader } = lane
  if (tumbling === null) return false
  if (tumbling.terminates) return true
  if (lane.waiting > 0) return indexOf(self, lane.queue[lane.head]) !== tumbling.index
  const end = endOf(self, tumbling.index)
  if (!reader.isRead && reader.caughtUpAt < end) return false
  tumbling.terminates = self.now < end
  return true
}

/** What the event says of the window. */
export function eventParts(self: StreamMapping, lane: Lane, batch: Batch): object | undefined {
  const { tumbling } = lane
  if (tumbling === null) return undefined
  const begin = tumbling.index * self.tumblingWindow
  return {
    window: { start: isoText(begin), end: isoText(begin + self.tumblingWindow) },
    state: tumbling.state,
    shardId: lane.reader.shard,
    eventSourceARN: self.arn ?? self.source.stream,
    isFinalInvokeForWindow: batch.isFinal,
    isWindowTerminatedEarly: tumbling.terminates,
  }
}

/** Takes the state out of an answer; false when there has to be one and there is none, which is a failure. */
export function keepState(self: StreamMapping, lane: Lane, batch: Batch, payload: unknown): boolean {
  const { tumbling } = lane
  if (tumbling === null || batch.isFinal) return true
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, 'state')) return false
  const { state } = payload as { readonly state: unknown }
  tumbling.state = state
  tumbling.terminates = jsonSize(state) > self.stateMax
  return true
}
