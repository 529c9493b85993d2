// The trail of what people did to the account: who called what, when, and how it ended, in order of the answers.
import type { Action } from '../model/contract.ts'

/** One call, with CloudTrail's names for what it says. */
export interface TrailEvent {
  /** When it was sent, in µs. */
  readonly eventTime: number
  readonly accountId: string
  readonly userName: string
  readonly eventName: Action
  /** The component that was called. */
  readonly resource: string
  /** '' = it succeeded. */
  readonly errorCode: string
}

/** Grows at its end only. */
export class Trail {
  private readonly written: TrailEvent[] = []

  get events(): readonly TrailEvent[] {
    return this.written
  }

  write(event: TrailEvent): void {
    this.written.push(Object.freeze(event))
  }
}
