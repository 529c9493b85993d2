// One way through a pipeline. Plain data.
export type Status = 'InProgress' | 'Stopping' | 'Stopped' | 'Succeeded' | 'Superseded' | 'Failed'

export interface Execution {
  readonly number: number
  readonly id: string
  readonly startedAt: number
  readonly trace: number
  status: Status
  /** The stage that it is in or waits for, and the group of actions there. */
  stage: number
  group: number
  isInside: boolean
  /** Actions of the group that are under way, and those of the stage that failed: their names. */
  open: number
  failed: string[]
  endedAt: number
  /** Why it failed. */
  reason: string
}

/** An action under way. */
export interface Running {
  readonly execution: Execution
  readonly action: number
  /** By which a late answer knows it, when another one may have its row. */
  readonly serial: number
  /** The job of a function, or the token of an approval. */
  readonly id: string
  /** µs. */
  readonly startedAt: number
  timer: number
  /** Why it fails when its timer comes; empty = it may succeed. */
  limit: string
}
