// Writes that have taken effect and are not answered yet, for whoever asks whether a copy is stale.

/** So many of the things written are remembered before those are let go of whose writes have been answered. */
const KEPT = 10_000

/**
 * Until a write is answered nobody can tell what was there before from what is there now, so a copy of it is not stale. Kept from
 * the moment on when somebody asks.
 */
export class Unanswered<K, V> {
  private readonly byKey = new Map<K, { readonly before: V | null; answeredAt: number }>()
  private readonly written: K[] = []

  /** Something has been written; `before` is what a copy was of until then, null = any copy may be of that. */
  write(key: K, before: V | null, now: number): void {
    const known = this.byKey.get(key)
    if (known !== undefined && now <= known.answeredAt) known.answeredAt = Infinity
    else this.byKey.set(key, { before, answeredAt: Infinity })
    this.written.push(key)
    if (this.byKey.size > KEPT)
      for (const [old, { answeredAt }] of this.byKey) if (answeredAt < now) this.byKey.delete(old)
  }

  /** The request that has just written is answered at a time. */
  answer(at: number): void {
    for (const key of this.written) {
      const known = this.byKey.get(key)
      if (known !== undefined) known.answeredAt = at
    }
    this.written.length = 0
  }

  /** Whether a copy is of what was there before a write that was under way at a time. */
  isBefore(key: K, copy: V | null, time: number): boolean {
    const known = this.byKey.get(key)
    return known !== undefined && time <= known.answeredAt && (known.before === copy || known.before === null)
  }
}
