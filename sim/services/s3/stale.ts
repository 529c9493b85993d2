// Reads before December 2020: for a moment after an overwrite or a delete they still see what was there (S3-R10).
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { NULL_VERSION, type Objects } from './objects.ts'

/** What reads see of a key until a time; `size` −1 = nothing. */
export interface Before {
  readonly until: number
  readonly size: number
  readonly at: number
  readonly etag: string
  readonly versionId: string
  readonly content: unknown
}

export class Stale {
  private readonly keys = new Map<string, Before>()
  private readonly propagation: Sampler
  private readonly rng: Rng

  constructor(sim: Sim) {
    this.propagation = sim.sampler('Propagation')
    this.rng = sim.rng('propagation')
  }

  /** A key is about to change. A new object is seen by reads at once, and by lists later. */
  note(key: string, row: number, objects: Objects, now: number, isNew: boolean): void {
    const until = now + this.propagation.draw(this.rng)
    const seen = this.keys.get(key)
    // Until a first change has spread, reads go on to see what was there before it.
    if (seen !== undefined && seen.until > now) {
      this.keys.set(key, { ...seen, until })
      return
    }
    this.keys.set(
      key,
      isNew
        ? { until, size: -1, at: now, etag: '', versionId: '', content: undefined }
        : {
            until,
            size: objects.size[row],
            at: objects.at[row],
            etag: objects.etag(row),
            versionId: (objects.flags[row] & NULL_VERSION) !== 0 ? 'null' : objects.versionId(row),
            content: objects.content(row),
          },
    )
  }

  /** What a read sees instead of the truth; undefined = the truth. */
  seen(key: string, now: number): Before | undefined {
    const before = this.keys.get(key)
    return before !== undefined && before.until > now ? before : undefined
  }

  /** Keys that a list sees though they are gone. */
  lingering(now: number): string[] {
    return [...this.keys].flatMap(([key, { until, size }]) => (until > now && size >= 0 ? [key] : [])).sort()
  }

  /** Forgets what has spread. */
  sweep(now: number): boolean {
    for (const [key, { until }] of this.keys) if (until <= now) this.keys.delete(key)
    return this.keys.size > 0
  }
}
