// The set of pending events as the kernel sees it: earliest first, ties by sequence number.
import { LadderQueue } from './queue-ladder.ts'

/**
 * Pending events, taken in the total order (time, seq). Pairs (time, seq) are expected to be unique; the order of two
 * events equal in both is unspecified. All state is plain fields and typed arrays, so a snapshot can copy it.
 */
export interface EventQueue {
  /** Number of pending events. */
  readonly size: number
  /** Time of the event taken by the last `pop`, integer µs. */
  readonly time: number
  /** Sequence number of the event taken by the last `pop`. */
  readonly seq: number
  /** Target of the event taken by the last `pop`. */
  readonly target: number
  /** Argument of the event taken by the last `pop`. */
  readonly arg: number
  /**
   * Adds an event.
   * @param time integer µs, 0..2^53 − 1, never earlier than the last popped time
   * @param seq integer 0..2^53 that decides ties, the smaller first; any order of arrival
   * @param target int32
   * @param arg int32
   */
  push(time: number, seq: number, target: number, arg: number): void
  /** Time of the earliest event in µs, Infinity when empty. Cheap: called before every pop. */
  peek(): number
  /** Takes the earliest event by (time, seq) into the fields; false when empty. */
  pop(): boolean
  /** Forgets all pending events; times may then start anew from 0. */
  clear(): void
}

/** The queue the kernel runs on. */
export function createQueue(): EventQueue {
  return new LadderQueue()
}
