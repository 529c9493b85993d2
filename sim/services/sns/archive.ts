// The archive of a FIFO topic: messages kept for days, to be delivered to a subscription again (SNS-25).
import type { Message } from './deliveries.ts'

const DAY = 86_400_000_000

/** One subscription's replay of what was published from one moment to another. */
export interface Replay {
  /** As `ReplayStatus` tells it. */
  status: 'Pending' | 'In progress' | 'Completed' | 'Failed'
  /** Deliveries under way. */
  left: number
  readonly subscriber: number
}

export class Archive {
  private readonly retention: number
  private readonly messages: Message[] = []
  private first = 0

  /** `days`: how long a message is kept, 1 to 365. */
  constructor(days: number) {
    this.retention = days * DAY
  }

  /** How many messages are kept. */
  get size(): number {
    return this.messages.length - this.first
  }

  keep(message: Message): void {
    this.forget(message.at)
    this.messages.push(message)
  }

  /** What was published in [from, to] (µs) and is still kept at `now`. */
  between(from: number, to: number, now: number): readonly Message[] {
    this.forget(now)
    return this.messages.slice(this.first).filter(({ at }) => at >= from && at <= to)
  }

  private forget(now: number): void {
    while (this.first < this.messages.length && this.messages[this.first].at + this.retention <= now) this.first++
    if (this.first > 1_000 && this.first * 2 > this.messages.length) {
      this.messages.splice(0, this.first)
      this.first = 0
    }
  }
}
