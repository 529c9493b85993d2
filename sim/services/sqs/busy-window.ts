// How much work was in hand lately: messages in flight, added up over the last minute.
const STEP_US = 10_000_000
const STEPS = 6

/** The integral of a level over the last 50 to 60 s, in steps of 10 s. */
export class BusyWindow {
  private level = 0
  private since: number
  private readonly steps = new Float64Array(STEPS)

  constructor(now: number, level: number) {
    this.since = now
    this.level = level
  }

  add(now: number, change: number): void {
    this.settle(now)
    this.level += change
  }

  /** Message · µs. */
  sum(now: number): number {
    this.settle(now)
    let sum = 0
    for (const step of this.steps) sum += step
    return sum
  }

  private settle(now: number): void {
    // What is older than the window has no say; the step under way is always cleared when it begins.
    const from = Math.floor(now / STEP_US) - STEPS + 1
    if (this.since < from * STEP_US) {
      this.since = from * STEP_US
      this.steps.fill(0)
    }
    while (this.since < now) {
      const step = Math.floor(this.since / STEP_US)
      const end = Math.min(now, (step + 1) * STEP_US)
      this.steps[step % STEPS] += this.level * (end - this.since)
      this.since = end
      if (end === (step + 1) * STEP_US) this.steps[(step + 1) % STEPS] = 0
    }
  }
}
