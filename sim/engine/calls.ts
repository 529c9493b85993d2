// Rows of the requests in flight between components: who asked, where the answer goes, what it carries.
//
// A caller opens a row, the callee answers on it, and the caller closes it; nobody else may. What a request carries
// (`body`, `answer`) is an ordinary object, made once and never changed, shared by reference.
import { assert } from './assert.ts'
import type { Target } from './kernel.ts'

/** A row of a request in flight. */
export type Call = number

const START = 256
const FREE = -1

export class Calls {
  /** The edge it travels on; −1 = the row is free. */
  edge = new Int32Array(START).fill(FREE)
  /** Where the answer is delivered. */
  replyTo: Int32Array = new Int32Array(START)
  /** The caller's own note: which of its rows waits for the answer. */
  cookie: Int32Array = new Int32Array(START)
  /** 0 = success, else an id of the world's error table. */
  status: Int32Array = new Int32Array(START)
  /** A small integer whose meaning the operation defines (a route, a qualifier). */
  arg: Int32Array = new Int32Array(START)
  /** The request from outside that this call serves; equal along a whole chain. */
  trace: Int32Array = new Int32Array(START)
  /** 1 for a first try; a caller that tries again says which attempt it is, up to 255. */
  attempt: Uint8Array = new Uint8Array(START)
  /** How often functions were set to work by events in the chain that led here, up to 255. */
  hops: Uint8Array = new Uint8Array(START)
  /** When the caller sent it, in µs. */
  sentAt: Float64Array = new Float64Array(START)
  /** What the caller passes: the parameters of the API, by their own names. */
  body: unknown[] = []
  /** What the callee returns. */
  answer: unknown[] = []
  /** Rows open now. */
  live = 0
  /** Calls ever opened. */
  opened = 0
  /** Requests from outside begun so far: the number of the newest. */
  begun = 0
  private free = new Int32Array(START)
  private freeCount = 0
  private used = 0

  /** The number of a new request from outside, for `trace`: no other request of the world has it. */
  begin(): number {
    return ++this.begun | 0
  }

  /** Opens a row; the caller fills `body` and `arg` and sends it. */
  open(edge: number, replyTo: Target, cookie: number, trace: number, now: number): Call {
    let call: number
    if (this.freeCount > 0) call = this.free[--this.freeCount]
    else {
      if (this.used === this.edge.length) this.grow()
      call = this.used++
      this.body.push(null)
      this.answer.push(null)
    }
    this.edge[call] = edge
    this.replyTo[call] = replyTo
    this.cookie[call] = cookie
    this.status[call] = 0
    this.arg[call] = 0
    this.attempt[call] = 1
    this.hops[call] = 0
    this.trace[call] = trace
    this.sentAt[call] = now
    this.live++
    this.opened++
    return call
  }

  /** Gives a row back. Only its caller does so, once the answer has come. */
  close(call: Call): void {
    assert(this.edge[call] !== FREE, 'a call is closed once')
    this.edge[call] = FREE
    this.body[call] = null
    this.answer[call] = null
    this.free[this.freeCount++] = call
    this.live--
  }

  private grow(): void {
    const length = this.edge.length * 2
    const widen = <T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T => (to.set(from), to)
    this.edge = widen(this.edge, new Int32Array(length))
    this.replyTo = widen(this.replyTo, new Int32Array(length))
    this.cookie = widen(this.cookie, new Int32Array(length))
    this.status = widen(this.status, new Int32Array(length))
    this.arg = widen(this.arg, new Int32Array(length))
    this.trace = widen(this.trace, new Int32Array(length))
    this.attempt = widen(this.attempt, new Uint8Array(length))
    this.hops = widen(this.hops, new Uint8Array(length))
    this.sentAt = widen(this.sentAt, new Float64Array(length))
    this.free = widen(this.free, new Int32Array(length))
  }
}
