// When the requests of an open workload come: at random, evenly, in bursts, or as recorded.
//
// The one idea: one question, `next`, whose answer may lie a year ahead. Between two arrivals nothing is scheduled, so
// a workload that rests costs nothing.
import { pow } from '../../engine/math.ts'
import type { Rng } from '../../engine/rng.ts'
import { createSampler, type Sampler } from '../../engine/sample.ts'
import { RateCurve, type RatePoint } from '../../parts/rate-curve.ts'

/** Exponential draws whose unit is an arrival: a mean of 2^20 keeps the table's draws unrounded and the scaling exact. */
const SCALE = 1 / 1_048_576
const UNIT = createSampler({ kind: 'exponential', mean: 1_048_576 })

/** Bursts without an arrival that are passed over at once; after so many the loop, and with it its guards, gets a turn. */
const BURSTS_AT_ONCE = 1024

export type ArrivalKind = 'poisson' | 'regular' | 'bursty' | 'trace' | 'counted'

export interface ArrivalConfig {
  readonly Arrivals: ArrivalKind
  /** Straight lines between points; not read by `trace`. */
  readonly Rate: readonly RatePoint[]
  /** bursty: how long arrivals come at the rate, and how long none comes. */
  readonly BurstyOn?: Sampler | undefined
  readonly BurstyOff?: Sampler | undefined
  /** trace: times of arrival in µs, rising. */
  readonly TraceTimes?: Float64Array | undefined
  /** counted: µs of a period in which exactly as many come as the rate says, at moments drawn evenly. */
  readonly CountedPeriod?: number | undefined
}

export class Arrivals {
  private readonly kind: ArrivalKind
  private curve: RateCurve
  private readonly rng: Rng
  private readonly phases: Rng
  private readonly on: Sampler | null
  private readonly off: Sampler | null
  private readonly times: Float64Array
  private readonly period: number
  /** counted: the end of the period, its arrivals that are still to come, and all that came before them. */
  private periodEnd = 0
  private left = 0
  private placed = 0
  /** counted: no arrival of this period comes before; and whether one is waited for. */
  private notBefore = 0
  private isWaited = false
  /** Arrivals so far, and Λ up to the last one. */
  private count = 0
  private mass = 0
  /** bursty: the phase of arrivals now running. */
  private onFrom = 0
  private onUntil = -1
  /** bursty: what is still wanted of Λ for the next arrival; −1 when it has come. */
  private wanted = -1
  /** Whether the time that `next` gave last is no arrival, only when to ask again. */
  pauses = false

  /** `rng` draws the arrivals, `phases` the lengths of bursts. */
  constructor(config: ArrivalConfig, rng: Rng, phases: Rng) {
    this.kind = config.Arrivals
    this.curve = curveOf(config)
    this.rng = rng
    this.phases = phases
    this.on = config.BurstyOn ?? null
    this.off = config.BurstyOff ?? null
    this.times = config.TraceTimes ?? new Float64Array(0)
    this.period = config.CountedPeriod ?? 0
  }

  /** From `now` on requests come as another config says; answers when the next one does. For `poisson`, `regular` and `counted` alone. */
  amend(now: number, config: ArrivalConfig): number {
    this.curve = this.curve.until(now, curveOf(config))
    if (this.kind === 'counted') return this.recount(now)
    const wanted = this.kind === 'poisson' ? this.mass : this.count
    return Math.max(now, Math.round(this.curve.timeOf(wanted)))
  }

  /** The time of the next arrival in whole µs, Infinity when none is left. Times never fall. See `pauses`. */
  next(): number {
    if (!this.pauses) this.count++
    switch (this.kind) {
      case 'poisson':
        this.mass += UNIT.drawReal(this.rng) * SCALE
        return Math.round(this.curve.timeOf(this.mass))
      case 'regular':
        return Math.round(this.curve.timeOf(this.count))
      case 'trace':
        return this.count <= this.times.length ? this.times[this.count - 1] : Infinity
      case 'bursty':
        return this.nextInBurst()
      case 'counted':
        return this.nextCounted()
    }
  }

  /**
   * The first of the arrivals that are left in the period: the least of n even draws lies where 1 − U^(1/n) of the way is gone.
   * Numbers that are not whole are rounded from the sum of all so far, so that nothing is lost over the periods.
   */
  private nextCounted(): number {
    while (this.left === 0) {
      this.isWaited = this.periodEnd < this.curve.end
      if (!this.isWaited) return Infinity
      this.notBefore = this.periodEnd
      this.periodEnd += this.period
      this.left = Math.max(0, Math.round(this.curve.cumulative(this.periodEnd)) - this.placed)
    }
    this.notBefore += (this.periodEnd - this.notBefore) * (1 - pow(1 - this.rng.float(), 1 / this.left))
    this.left--
    this.placed++
    return Math.min(this.periodEnd - 1, Math.floor(this.notBefore))
  }

  /** The arrival that is waited for comes anew, among as many as the rest of the period now has. */
  private recount(now: number): number {
    if (this.isWaited) this.placed--
    this.notBefore = now
    this.left = Math.max(0, Math.round(this.curve.cumulative(this.periodEnd)) - this.placed)
    return Math.max(now, this.nextCounted())
  }

  /** Λ grows only while a burst lasts: what a burst's end leaves over is carried into the next one. */
  private nextInBurst(): number {
    let wanted = this.pauses ? this.wanted : UNIT.drawReal(this.rng) * SCALE
    this.pauses = false
    for (let bursts = 0; ; bursts++) {
      if (bursts > BURSTS_AT_ONCE) {
        this.pauses = true
        this.wanted = wanted
        return this.onFrom
      }
      if (this.onUntil >= this.onFrom) {
        const time = this.curve.timeOf(this.mass + wanted)
        if (time < this.onUntil) {
          this.mass += wanted
          return Math.max(this.onFrom, Math.round(time))
        }
        if (time === Infinity) return Infinity
        wanted = Math.max(0, wanted - (this.curve.cumulative(this.onUntil) - this.mass))
        this.onFrom = this.onUntil + this.off!.draw(this.phases)
      }
      this.onUntil = this.onFrom + Math.max(1, this.on!.draw(this.phases))
      this.mass = this.curve.cumulative(this.onFrom)
    }
  }
}

const curveOf = ({ Rate }: ArrivalConfig): RateCurve =>
  new RateCurve(Rate.length === 0 ? [{ at: 0, perSecond: 0 }] : Rate)
