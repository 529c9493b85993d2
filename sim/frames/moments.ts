// Moments of a run to which one can go back: kept on the way, thinned out as memory fills.
import type { FrameRecorder, Moment } from './recorder.ts'

/** Bytes that all moments together may take, and frames from one to the next at first. */
const BYTES_MAX = 192 * 1_048_576
const EVERY = 8

export class Moments {
  /** In order of time; the first is the beginning. */
  private kept: Moment[]
  private bytes: number
  private every = EVERY

  constructor(beginning: Moment) {
    this.kept = [beginning]
    this.bytes = beginning.bytes
  }

  /** Keeps the present moment if it is time for one. */
  offer(recorder: FrameRecorder): void {
    if (recorder.index - this.kept[this.kept.length - 1]!.index < this.every) return
    const moment = recorder.keep()
    this.kept.push(moment)
    this.bytes += moment.bytes
    // Every second one goes, and from now on half as many are kept.
    while (this.bytes > BYTES_MAX && this.kept.length > 1) {
      this.kept = this.kept.filter((_, i) => i % 2 === 0)
      this.bytes = this.kept.reduce((sum, { bytes }) => sum + bytes, 0)
      this.every *= 2
    }
  }

  /** The last moment kept from which frame number `index` can be made. */
  before(index: number): Moment {
    let found = this.kept[0]!
    for (const moment of this.kept) if (moment.index <= index) found = moment
    return found
  }
}
