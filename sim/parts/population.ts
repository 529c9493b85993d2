// Counts who is inside, and keeps Little's law as an identity of whole numbers.
//
// The area under the number inside equals the sum of the stays, those of the ones still inside included: both are
// integers in µs, so a population that loses or doubles anybody is found at once, not within a tolerance.

/** A population of messages, requests or environments. All sums are in µs. */
export class Population {
  /** How many are inside. */
  inside = 0
  /** The most that were ever inside. */
  peak = 0
  /** How many ever came in and went out. */
  entered = 0
  left = 0
  /** Area under `inside` up to `at`. */
  private area = 0
  private at = 0
  /** Sum of the stays of those who left, and of the entry times of those still inside. */
  private stays = 0
  private entryTimes = 0

  /** One comes in. */
  enter(now: number): void {
    this.advance(now)
    this.inside++
    if (this.inside > this.peak) this.peak = this.inside
    this.entered++
    this.entryTimes += now
  }

  /** The one that came in at `enteredAt` goes out. */
  leave(now: number, enteredAt: number): void {
    this.advance(now)
    this.inside--
    this.left++
    this.stays += now - enteredAt
    this.entryTimes -= enteredAt
  }

  /** Whether L = λW holds exactly up to `now`, and nobody was lost. */
  holds(now: number): boolean {
    this.advance(now)
    return this.entered - this.left === this.inside && this.area === this.stays + this.inside * now - this.entryTimes
  }

  /** Mean number inside over [0, now]. */
  mean(now: number): number {
    this.advance(now)
    return now === 0 ? 0 : this.area / now
  }

  private advance(now: number): void {
    this.area += this.inside * (now - this.at)
    this.at = now
  }
}
