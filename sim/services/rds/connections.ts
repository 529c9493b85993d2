// Connections of a database: who holds how many, which are idle, when an idle one is closed.
//
// A client keeps a connection and uses it again, as a function does in a warm environment: what it holds is as many as it had queries at a
// time lately. Those of each caller are a stack, so the longest unused lies at the bottom.

export class Connections {
  readonly max: number
  /** µs that a client keeps a connection which it does not use. */
  readonly keep: number
  /** All, idle or with a query. */
  open = 0
  made = 0
  refused = 0
  /** By caller: when each idle one was used last, in µs, the longest ago first. */
  private idle = new Map<number, number[]>()

  constructor(max: number, keep: number) {
    this.max = max
    this.keep = keep
  }

  /** Takes a connection for a caller: one that it has, or a new one if there is room. */
  take(caller: number): 'kept' | 'new' | 'none' {
    const own = this.idle.get(caller)
    if (own !== undefined && own.length > 0) {
      own.pop()
      return 'kept'
    }
    if (this.open >= this.max) {
      this.refused++
      return 'none'
    }
    this.open++
    this.made++
    return 'new'
  }

  /** A query is over: its caller keeps the connection. */
  rest(caller: number, now: number): void {
    const own = this.idle.get(caller)
    if (own === undefined) this.idle.set(caller, [now])
    else own.push(now)
  }

  /** A connection ends with its query. */
  close(): void {
    this.open--
  }

  /** Closes what has been idle for too long, and answers with when the next one will have been; Infinity when none is. */
  expire(now: number): number {
    let next = Infinity
    for (const own of this.idle.values()) {
      let gone = 0
      while (gone < own.length && own[gone] + this.keep <= now) gone++
      own.splice(0, gone)
      this.open -= gone
      if (own.length > 0) next = Math.min(next, own[0] + this.keep)
    }
    return next
  }

  get idleCount(): number {
    let count = 0
    for (const own of this.idle.values()) count += own.length
    return count
  }

  /** The server is gone, and every connection with it; those with a query are closed by their queries. */
  drop(): void {
    this.open -= this.idleCount
    this.idle = new Map()
  }
}
