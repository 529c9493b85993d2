// The waterfall of one request: what its time went into, as plain data.
import type { StageKind } from '../model/contract.ts'

/**
 * What a span is: the request as its client sees it; a call and its answer; a stage of the work for it (`work`, `wait`,
 * `start`); the time that an answer is on its way; a pause between two attempts; a message, and the times in which it is queued
 * or hidden.
 */
export type SpanKind = 'request' | 'call' | StageKind | 'answer' | 'back-off' | 'message' | 'queued' | 'hidden'

/** `given up`: nobody waits for it any more. `open`: not over when the run was, or as far as it has come. */
export type SpanOutcome = 'ok' | 'throttled' | 'error' | 'given up' | 'dead-letter' | 'open'

export interface Span {
  readonly kind: SpanKind
  /** The component at which the time was spent. */
  readonly resource: string
  readonly words: string
  /** µs. */
  readonly from: number
  readonly to: number
  /** Number of the span around it, which stands before it in the list; −1 = it stands for itself. */
  readonly parent: number
  readonly outcome: SpanOutcome
  /** The exception's name. */
  readonly error?: string
  /** From 1; of calls that were tried again. */
  readonly attempt?: number
  /** How often, when it is several alike without a pause between them. */
  readonly times?: number
  /** True when the span around it had ended before: the work was done for nobody. */
  readonly late?: true
  /** The request that took the message up, when it is not part of this one. */
  readonly trace?: number
}

export interface Waterfall {
  /** The number of the request, as in `Frame.moves`. */
  readonly trace: number
  /** The component that it came from. */
  readonly source: string
  /** µs: the request as its client sees it. */
  readonly from: number
  readonly to: number
  readonly outcome: SpanOutcome
  /** In the order in which a reader goes down: each after the span around it, brothers by time. */
  readonly spans: readonly Span[]
  /** Spans left out because there were too many. */
  readonly leftOut: number
}
