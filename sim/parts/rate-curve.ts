// A rate that changes along straight lines, and its integral Λ(t): how many arrivals are expected by t.
//
// The one idea: arrivals are drawn on the axis of Λ, where the rate is one, and carried back to time. Along a straight
// line Λ is a parabola, whose inverse needs one square root; a stretch without any rate is stepped over in no time.
import { assert } from '../engine/assert.ts'

/** From `at` (µs) the rate is `perSecond`, and goes in a straight line to the next point. */
export interface RatePoint {
  readonly at: number
  readonly perSecond: number
}

const SECOND = 1_000_000

/** Zero before the first point, the last value after the last one; two points at one time are a step. */
export class RateCurve {
  private readonly at: Float64Array
  private readonly rate: Float64Array
  /** Λ at each point, in arrivals. */
  private readonly mass: Float64Array

  /** `points` in order of time. */
  constructor(points: readonly RatePoint[]) {
    assert(points.length > 0, 'a rate has at least one point')
    this.at = Float64Array.from(points, (point) => point.at)
    this.rate = Float64Array.from(points, (point) => point.perSecond)
    this.mass = new Float64Array(points.length)
    for (let i = 0; i < points.length; i++) {
      assert(points[i].perSecond >= 0 && points[i].at >= 0, 'rates and their times are never negative')
      if (i === 0) continue
      const length = this.at[i] - this.at[i - 1]
      assert(length >= 0, 'the points of a rate are in order of time')
      this.mass[i] = this.mass[i - 1] + (length * (this.rate[i - 1] + this.rate[i])) / 2 / SECOND
    }
  }

  /** The time of the last point, in µs. */
  get end(): number {
    return this.at[this.at.length - 1]
  }

  /** Arrivals per second at `time` µs. */
  perSecond(time: number): number {
    const i = this.segmentAt(time)
    return i < 0 ? 0 : this.rate[i] + this.slope(i) * (time - this.at[i])
  }

  /** Λ(time): arrivals expected in [0, time µs]. */
  cumulative(time: number): number {
    const i = this.segmentAt(time)
    if (i < 0) return 0
    const x = time - this.at[i]
    return this.mass[i] + (x * (this.rate[i] + (this.slope(i) * x) / 2)) / SECOND
  }

  /** The time (µs, not rounded) at which Λ reaches `mass` > 0; Infinity when it never does. */
  timeOf(mass: number): number {
    let low = 0
    let high = this.at.length - 1
    // The last point whose Λ is below what is asked for.
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.mass[middle] < mass) low = middle
      else high = middle - 1
    }
    const missing = (mass - this.mass[low]) * SECOND
    if (missing <= 0) return this.at[low]
    const rate = this.rate[low]
    const slope = this.slope(low)
    // The same number as below, without a root to wait for.
    if (slope === 0) return this.at[low] + missing / rate
    const x = (2 * missing) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * missing)))
    return this.at[low] + x
  }

  /** This curve up to `time` µs, from there on another one. */
  until(time: number, next: RateCurve): RateCurve {
    const mine = this.points().filter((point) => point.at <= time)
    const theirs = next.points().filter((point) => point.at > time)
    const seam = [this, next].map((curve) => ({ at: time, perSecond: curve.perSecond(time) }))
    return new RateCurve([...mine, ...seam, ...theirs])
  }

  private points(): RatePoint[] {
    return Array.from(this.at, (at, i) => ({ at, perSecond: this.rate[i] }))
  }

  /** The last point at or before `time`; −1 = before the first. */
  private segmentAt(time: number): number {
    let low = -1
    let high = this.at.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.at[middle] <= time) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Change of the rate per µs behind point i. */
  private slope(i: number): number {
    if (i + 1 >= this.at.length) return 0
    const length = this.at[i + 1] - this.at[i]
    return length === 0 ? 0 : (this.rate[i + 1] - this.rate[i]) / length
  }
}

/** A whole number that changes at given times: `targets[i]` from `times[i]` µs on. */
export interface Steps {
  readonly times: Float64Array
  readonly targets: Int32Array
}

/** The whole part of a level that goes along straight lines between points, as steps: users that ramp up and down. */
export function wholeSteps(points: readonly { readonly at: number; readonly value: number }[]): Steps {
  const times: number[] = []
  const targets: number[] = []
  const step = (time: number, target: number): void => {
    if ((targets.length === 0 ? 0 : targets[targets.length - 1]) === target) return
    times.push(time)
    targets.push(target)
  }
  points.forEach(({ at, value }, i) => {
    step(at, Math.floor(value))
    const next = points[i + 1]
    if (next === undefined || next.at === at || next.value === value) return
    const perUser = (next.at - at) / Math.abs(next.value - value)
    if (next.value > value)
      for (let n = Math.floor(value) + 1; n <= next.value; n++) step(Math.ceil(at + (n - value) * perUser), n)
    else for (let n = Math.ceil(value); n > next.value; n--) step(Math.floor(at + (value - n) * perUser) + 1, n - 1)
  })
  return { times: Float64Array.from(times), targets: Int32Array.from(targets) }
}
