// A level over time: bytes that are stored, units that are provisioned. What is paid by the hour is the area under it.

export class Integral {
  level = 0
  private area = 0
  private since = 0

  /** The level from now (µs) on. */
  set(level: number, now: number): void {
    this.area += this.level * (now - this.since)
    this.since = now
    this.level = level
  }

  add(delta: number, now: number): void {
    this.set(this.level + delta, now)
  }

  /** Changes the level from a moment on that may be past. */
  addAt(delta: number, moment: number): void {
    this.area += delta * (this.since - moment)
    this.level += delta
  }

  /** Level · µs up to now: exact up to 2^53, beyond that the nearest that a double holds. */
  upTo(now: number): number {
    return this.area + this.level * (now - this.since)
  }
}
