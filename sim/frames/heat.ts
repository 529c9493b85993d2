// How long things took, frame by frame: for each metric that records durations the counts of its values in steps of a ninth.
//
// The one idea: a value's step is some bits of the bucket that the metric's own histogram puts it in, so a heat map of a million
// requests is a few hundred kilobytes of whole numbers, and nothing is kept per request.
import { bucketOf } from '../engine/histogram.ts'
import type { MetricId, RecordWatch } from '../engine/recorder.ts'
import type { CwUnit } from '../model/contract.ts'
import type { World } from '../run/world.ts'
import { HEAT_STEPS, type HeatRows } from './types.ts'

/** 256 buckets a doubling make 8 steps of it. */
const SHIFT = 5
const DURATIONS: readonly CwUnit[] = ['Milliseconds', 'Seconds']

/** Counts of one metric: those of the frame under way, and rows of frame, step and count of all before it. */
class Counts {
  readonly now = new Uint32Array(HEAT_STEPS)
  readonly touched: number[] = []
  readonly rows: number[] = []
}

export class Heat implements RecordWatch {
  /** By metric; undefined for what is no duration. */
  private readonly counts: (Counts | undefined)[] = []

  constructor(world: World) {
    for (const { id, unit, series } of world.metrics)
      if (series.kind === 'distribution' && DURATIONS.includes(unit)) this.counts[id] = new Counts()
  }

  recorded(metric: MetricId, value: number): void {
    const counts = this.counts[metric]
    if (counts === undefined) return
    const step = Math.min(HEAT_STEPS - 1, bucketOf(value) >> SHIFT)
    if (counts.now[step]!++ === 0) counts.touched.push(step)
  }

  /** A frame is over. */
  endFrame(index: number): void {
    for (const counts of this.counts) {
      if (counts === undefined || counts.touched.length === 0) continue
      for (const step of counts.touched.sort((a, b) => a - b)) {
        counts.rows.push(index, step, counts.now[step]!)
        counts.now[step] = 0
      }
      counts.touched.length = 0
    }
  }

  /** The rows of a metric so far; undefined when it has none. */
  rowsOf(metric: MetricId): HeatRows | undefined {
    const rows = this.counts[metric]?.rows
    return rows === undefined || rows.length === 0 ? undefined : Uint32Array.from(rows)
  }
}
