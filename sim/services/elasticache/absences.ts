// Keys that were in the cache, are gone, and are asked for again: how many requests went past the cache before one of them
// brought the key back. Many at once for one key are a stampede.

/** Keys that are watched at a time, and keys that are known to have been there. */
const WATCHED_MAX = 10_000
const KNOWN_MAX = 100_000
/** So many loads of one key in one absence are worth to be remembered, and so many such absences are. */
const MANY = 10
const KEPT = 5

export interface Absence {
  readonly key: string
  /** The first miss, and when the key was back; µs. */
  readonly from: number
  readonly to: number
  /** Misses that were not told by a lock to wait. */
  readonly loads: number
}

interface Watched {
  from: number
  last: number
  loads: number
}

export class Absences {
  /** Absences with many loads: how many, their loads in all, when the first began and the last ended; since the warm-up. */
  count = 0
  loads = 0
  from = 0
  to = 0
  /** The worst of them, the worst first. */
  readonly worst: Absence[] = []
  private readonly warmUp: number
  private readonly known = new Set<string>()
  private readonly watched = new Map<string, Watched>()

  constructor(warmUp: number) {
    this.warmUp = warmUp
  }

  missed(key: string, now: number): void {
    if (!this.known.has(key)) return
    const watched = this.watched.get(key)
    if (watched !== undefined) {
      watched.loads++
      watched.last = now
    } else if (this.watched.size < WATCHED_MAX) this.watched.set(key, { from: now, last: now, loads: 1 })
  }

  /** A lock has told somebody who missed this key to wait for another one's load. */
  waits(key: string): void {
    const watched = this.watched.get(key)
    if (watched !== undefined) watched.loads--
  }

  /** The key has been stored. */
  stored(key: string, now: number): void {
    if (this.known.size < KNOWN_MAX) this.known.add(key)
    if (this.watched.size === 0) return
    const watched = this.watched.get(key)
    if (watched === undefined) return
    this.watched.delete(key)
    this.keep({ key, from: watched.from, to: now, loads: watched.loads })
  }

  /** The run is over: who is still missing will not come back. */
  finish(): void {
    for (const [key, { from, last, loads }] of this.watched) this.keep({ key, from, to: last, loads })
    this.watched.clear()
  }

  private keep(absence: Absence): void {
    if (absence.loads < MANY || absence.from < this.warmUp) return
    if (this.count === 0 || absence.from < this.from) this.from = absence.from
    this.to = Math.max(this.to, absence.to)
    this.count++
    this.loads += absence.loads
    const { worst } = this
    worst.push(absence)
    worst.sort((a, b) => b.loads - a.loads || a.from - b.from)
    if (worst.length > KEPT) worst.pop()
  }
}
