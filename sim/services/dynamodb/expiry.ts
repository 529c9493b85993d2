// Time to live: items whose attribute says that their time is over are deleted some time later, at no cost (DDB-R110, DDB-R111).
//
// The one idea: each write of an item notes when it would be deleted; a note that another write has replaced means nothing
// when its moment comes. One timer stands at the earliest note.
import type { Target } from '../../engine/kernel.ts'
import type { MetricId } from '../../engine/recorder.ts'
import type { Rng } from '../../engine/rng.ts'
import type { Sampler } from '../../engine/sample.ts'
import type { Sim } from '../../model/contract.ts'
import { Deadlines } from '../../parts/deadlines.ts'
import type { Item } from './values.ts'

const NONE = -1
const SECOND = 1_000_000
/** What expired longer ago than this is left alone: five years, in s. */
const LONG_AGO = 5 * 365 * 86_400

export class Expiry {
  readonly attribute: string
  readonly deletedMetric: MetricId
  private readonly sim: Sim
  private readonly delay: Sampler
  private readonly rng: Rng
  private readonly target: Target
  private readonly moments = new Deadlines()
  /** By row: when its item is deleted, in µs; 0 = never. */
  private due = new Float64Array(64)
  private timer = NONE
  private timerAt = Infinity

  /** `target` is told when items are to be deleted. */
  constructor(attribute: string, sim: Sim, target: Target) {
    this.attribute = attribute
    this.sim = sim
    this.delay = sim.sampler('ExpiryDelay')
    this.rng = sim.rng('expiry')
    this.target = target
    this.deletedMetric = sim.metric('TimeToLiveDeletedItemCount')
  }

  /** An item was written to a row, or deleted (null). */
  written(row: number, item: Item | null): void {
    while (row >= this.due.length) {
      const grown = new Float64Array(this.due.length * 2)
      grown.set(this.due)
      this.due = grown
    }
    const { sim } = this
    const value = item !== null && Object.hasOwn(item, this.attribute) ? item[this.attribute] : undefined
    const now = sim.clock[0]
    const seconds = (sim.startsAt + now) / SECOND
    if (typeof value !== 'number' || value <= seconds - LONG_AGO) {
      this.due[row] = 0
      return
    }
    // Whole seconds are compared: it is over in the second after the one that it names.
    const over = Math.max(now, (Math.floor(value) + 1) * SECOND - sim.startsAt)
    this.due[row] = over + this.delay.draw(this.rng)
    this.moments.push(this.due[row], row)
    this.arm()
  }

  /** The rows whose items are to be deleted now; the timer is set for those to come. */
  take(): number[] {
    const now = this.sim.clock[0]
    const rows: number[] = []
    this.timerAt = Infinity
    while (this.moments.time <= now) {
      const { time, row } = this.moments
      this.moments.pop()
      if (this.due[row] !== time) continue
      this.due[row] = 0
      rows.push(row)
    }
    this.arm()
    return rows
  }

  /** No item is there any more. */
  clear(): void {
    this.due.fill(0)
  }

  /** Nothing expires any more. */
  stop(): void {
    this.moments.clear()
    if (this.timerAt < Infinity) this.sim.cancel(this.timer)
  }

  private arm(): void {
    const { time } = this.moments
    if (time >= this.timerAt) return
    if (this.timerAt < Infinity) this.sim.cancel(this.timer)
    this.timerAt = time
    this.timer = this.sim.timer(time - this.sim.clock[0], this.target, 0)
  }
}
