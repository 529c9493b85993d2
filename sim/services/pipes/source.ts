// What a pipe and its source are to each other: the source brings records in batches, and is told what became of each.

/** A record that a source has read. */
export interface Item {
  /** As the source knows it: a message of a queue, a record of a stream. */
  readonly own: unknown
  /** What a function names it by when it fails. */
  readonly id: unknown
  /** As filters, templates and targets see it. */
  readonly record: unknown
}

/** The pipe as its source sees it. */
export interface Taker {
  readonly isRunning: boolean
  /** Executions under way, and how many more may begin now for what all pipes do. */
  readonly inside: number
  readonly spare: number
  /** Begins an execution; its end is told with the same token. */
  begin(items: readonly Item[], token: number): void
}

export interface Source {
  /** Records read; those of them that wait for an execution. */
  readonly polled: number
  readonly held: number
  /** Executions that may be under way now. */
  readonly limit: number
  /** The pipe runs, from the beginning or again. */
  poll(): void
  /** There is room for executions again. */
  again(): void
  /** An execution is over: `good` says which of its records are done. Answers how many of the others it lets go. */
  ended(items: readonly Item[], good: readonly boolean[], token: number): number
}
