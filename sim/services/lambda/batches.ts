// Batches in progress of an event source mapping: their messages, when they began, until when their messages are hidden.
import { hopsOf } from '../../parts/lineage.ts'

/** A message as a receive hands it out. */
export interface Message {
  readonly MessageId: unknown
  readonly ReceiptHandle: unknown
  readonly Body: unknown
  readonly Attributes?: { readonly AWSTraceHeader?: string } | undefined
  readonly MessageAttributes?: unknown
}

export class Batches {
  /** How many there are, and how many messages they hold. */
  inside = 0
  messagesInside = 0
  messages: (readonly Message[] | null)[] = []
  since: Float64Array = new Float64Array(16)
  deadline: Float64Array = new Float64Array(16)
  /** How often the function was not available for it. */
  tries: Int32Array = new Int32Array(16)
  /** The number of the request that it begins, which all of its calls carry. */
  trace: Int32Array = new Int32Array(16)
  /** How many functions have worked for it, this one included. */
  hops: Uint8Array = new Uint8Array(16)
  private readonly free: number[] = []

  add(messages: readonly Message[], now: number, deadline: number, trace: number): number {
    const row = this.free.pop() ?? this.messages.length
    if (row === this.since.length) this.grow()
    this.messages[row] = messages
    this.since[row] = now
    this.deadline[row] = deadline
    this.tries[row] = 0
    this.trace[row] = trace
    this.hops[row] = 1 + longest(messages)
    this.inside++
    this.messagesInside += messages.length
    return row
  }

  /** Whether the request that a batch has begun is not over. */
  holds(trace: number): boolean {
    return this.messages.some((messages, row) => messages !== null && this.trace[row] === trace)
  }

  remove(row: number): void {
    this.inside--
    this.messagesInside -= this.messages[row]!.length
    this.messages[row] = null
    this.free.push(row)
  }

  /** What the function is invoked with: the bodies as records, and beside them the ids for partial failures. */
  event(row: number): { readonly Payload: { readonly Records: unknown[]; readonly MessageIds: unknown[] } } {
    const messages = this.messages[row]!
    return {
      Payload: {
        Records: messages.map((message) => message.Body),
        MessageIds: messages.map((message) => message.MessageId),
      },
    }
  }

  private grow(): void {
    const length = this.since.length * 2
    const widen = <T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T => (to.set(from), to)
    this.since = widen(this.since, new Float64Array(length))
    this.deadline = widen(this.deadline, new Float64Array(length))
    this.tries = widen(this.tries, new Int32Array(length))
    this.trace = widen(this.trace, new Int32Array(length))
    this.hops = widen(this.hops, new Uint8Array(length))
  }
}

/** The longest chain of functions that a message of a batch comes from. */
function longest(messages: readonly Message[]): number {
  let most = 0
  for (let i = 0; i < messages.length; i++) {
    const header = messages[i].Attributes?.AWSTraceHeader
    if (header !== undefined) most = Math.max(most, Math.min(hopsOf(header), 254))
  }
  return most
}
