// Moments of a run to which one can go back: kept on the way, thinned out as memory fills.
import type { FrameRecorder, Moment } from './recorder.ts'

/** Bytes that all moments together may take. */
const BYTES_MAX = 192 * 1_048_576
/** Events, or in quiet times frames, from one moment to the next at first: as much as may be done again while somebody waits. */
const EVENTS = 30_000
const FRAMES = 40

export class Moments {
  /** In order of time; the first is the beginning. */
  private kept: Moment[]
  private bytes: number
  /** How many times as far apart as at first. */
  private spread = 1
  private steps = 0

  constructor(beginning: Moment) {
    this.kept = [beginning]
    this.bytes = beginning.bytes
  }

  /** Keeps the present moment if it is time for one. */
  offer(recorder: FrameRecorder): void {
    const { steps } = recorder.world.kernel
    const frames = recorder.index - this.kept[this.kept.length - 1]!.index
    if (steps - this.steps < EVENTS * this.spread && frames < FRAMES * this.spread) return
    this.steps = steps
    const moment = recorder.keep()
    this.kept.push(moment)
    this.bytes += moment.bytes
    // Every second one goes, and from now on half as many are kept.
    while (this.bytes > BYTES_MAX && this.kept.length > 1) {
      this.kept = this.kept.filter((_, i) => i % 2 === 0)
      this.bytes = this.kept.reduce((sum, { bytes }) => sum + bytes, 0)
      this.spread *= 2
    }
  }

  /** The last moment kept from which frame number `index` can be made. */
  before(index: number): Moment {
    return this.last((moment) => moment.index <= index)
  }

  /** The last moment kept that lies before `time` µs. */
  beforeTime(time: number): Moment {
    return this.last((moment) => moment.time < time)
  }

  /** The last moment kept at which a request had not begun. */
  beforeRequest(trace: number): Moment {
    return this.last((moment) => moment.begun < trace)
  }

  /** The last moment for which `holds` is true, as it is for all before it; else the beginning. */
  private last(holds: (moment: Moment) => boolean): Moment {
    return this.kept.findLast(holds) ?? this.kept[0]!
  }
}
