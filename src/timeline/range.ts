// The part of a run that the time line shows: zoomed by the wheel, by keys, or drawn with the mouse.

/** In µs. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The shortest range, as a share of the run, and at least so many µs. */
const SHARE_MIN = 1 / 20_000
const LENGTH_MIN = 200

export const whole = (duration: number): Range => ({ from: 0, to: Math.max(1, duration) })

/** Within the run and not too short; undefined when it is all of it. */
export function bounded({ from, to }: Range, duration: number): Range | undefined {
  const least = Math.min(duration, Math.max(LENGTH_MIN, duration * SHARE_MIN))
  const length = Math.max(least, Math.abs(to - from))
  if (length >= duration) return undefined
  const start = Math.min(Math.max(0, Math.min(from, to)), duration - length)
  return { from: start, to: start + length }
}

/** Longer or shorter by a factor, so that `at` µs stays where it is on the screen. */
export function zoomed(range: Range, factor: number, at: number, duration: number): Range | undefined {
  const share = (at - range.from) / (range.to - range.from)
  const length = (range.to - range.from) * factor
  const from = at - share * length
  return bounded({ from, to: from + length }, duration)
}

/** Moved along by a share of its own length. */
export function shifted(range: Range, share: number, duration: number): Range | undefined {
  const length = range.to - range.from
  const from = Math.min(Math.max(0, range.from + share * length), duration - length)
  return bounded({ from, to: from + length }, duration)
}

/** The range moved on until it holds a moment, as pages are turned; the same object when it does already. */
export function holding(range: Range, now: number, duration: number): Range {
  if (now >= range.from && now <= range.to) return range
  const length = range.to - range.from
  const from = Math.min(Math.max(0, now - length * 0.1), duration - length)
  return { from, to: from + length }
}
