// The clock of the page: which moment of virtual time is shown, whether it moves, and how fast.

/** Virtual seconds per real second, slowest to fastest. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const

/** A run is shown in about this many real seconds when nobody chose a speed. */
const WATCH_SECONDS = 75

export class Clock {
  /** µs. */
  now = 0
  playing = false
  speed = 1

  /** Moves on by real milliseconds, not past `end` µs; answers whether the moment changed. */
  tick(ms: number, end: number): boolean {
    if (!this.playing) return false
    // A tab that was hidden has no long leap to make up.
    const next = Math.min(end, this.now + Math.min(ms, 100) * 1000 * this.speed)
    if (next === this.now) return false
    this.now = next
    return true
  }

  /** Goes to a moment in µs, bounded by 0 and `end`. */
  seek(time: number, end: number): void {
    this.now = Math.min(end, Math.max(0, time))
  }

  /** One step slower (−1) or faster (+1). */
  shift(by: number): void {
    const at = SPEEDS.findIndex((speed) => speed >= this.speed * 0.999)
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? SPEEDS.length - 1 : at) + by))]
  }
}

/** The speed at which a run of `duration` µs is watched without boredom. */
export function speedFor(duration: number): number {
  const wanted = duration / 1e6 / WATCH_SECONDS
  return SPEEDS.find((speed) => speed >= wanted) ?? 1000
}

/** `1/20×`, `1×`, `100×`. */
export const showSpeed = (speed: number): string => (speed < 1 ? `1/${Math.round(1 / speed)}×` : `${speed}×`)
