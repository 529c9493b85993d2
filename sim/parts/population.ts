// Counts who is inside, and keeps Little's law as an identity of whole numbers.
//
// The area under the number inside equals the sum of the stays, those of the ones still inside included. A million
// messages that wait for days make areas beyond 2^53 µs, so both sides are kept modulo 2^32, where every sum is exact:
// a population that loses or doubles anybody is found at once, not within a tolerance.

/** A population of messages, requests or environments. All times are whole µs. */
export class Population {
  /** How many are inside. */
  inside = 0
  /** The most that were ever inside. */
  peak = 0
  /** How many ever came in and went out. */
  entered = 0
  left = 0
  /** Area under `inside` up to `at`: for means, and modulo 2^32 for the law. */
  private area = 0
  private at = 0
  private areaWord = 0
  /** Sum of the stays of those who left, and of the entry times of those still inside, modulo 2^32. */
  private staysWord = 0
  private entriesWord = 0

  /** One comes in. */
  enter(now: number): void {
    this.advance(now)
    this.inside++
    if (this.inside > this.peak) this.peak = this.inside
    this.entered++
    this.entriesWord = (this.entriesWord + (now | 0)) | 0
  }

  /** The one that came in at `enteredAt` goes out. */
  leave(now: number, enteredAt: number): void {
    this.advance(now)
    this.inside--
    this.left++
    this.staysWord = (this.staysWord + ((now - enteredAt) | 0)) | 0
    this.entriesWord = (this.entriesWord - (enteredAt | 0)) | 0
  }

  /** Whether L = λW holds exactly up to `now`, nobody was lost, and whoever left named the time at which somebody came. */
  holds(now: number): boolean {
    this.advance(now)
    const stays = (this.staysWord + Math.imul(this.inside, now | 0) - this.entriesWord) | 0
    if (this.inside < 0 || this.entered - this.left !== this.inside || this.areaWord !== stays) return false
    return this.inside > 0 || this.entriesWord === 0
  }

  /** Mean number inside over [0, now]. */
  mean(now: number): number {
    this.advance(now)
    return now === 0 ? 0 : this.area / now
  }

  private advance(now: number): void {
    const elapsed = now - this.at
    if (elapsed === 0) return
    this.area += this.inside * elapsed
    this.areaWord = (this.areaWord + Math.imul(this.inside, elapsed | 0)) | 0
    this.at = now
  }
}
