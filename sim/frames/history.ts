// Sums the frames of a run up for its report, one after the other, so that none of them need be kept.
import { POINTS, type History } from '../report/history.ts'
import type { Running } from '../run/run.ts'
import { LANES, Lanes } from './lanes.ts'
import { outlineOf } from './outline.ts'
import { FrameRecorder } from './recorder.ts'
import { planRoads } from './roads.ts'
import { OUTCOMES, type Frame, type Mark, type Outline } from './types.ts'

/** Runs a scenario to its end, or to where a guard stops it, and keeps its history. */
export function runWithHistory(running: Running): History {
  const { scenario, world } = running
  const plan = planRoads(world)
  // Nobody looks at the dots.
  const perDot = OUTCOMES.map(() => Number.MAX_SAFE_INTEGER)
  const recorder = new FrameRecorder(world, plan, perDot)
  const history = new HistoryRecorder(outlineOf(scenario, world, plan, recorder.readings, perDot))
  while (running.goesOn) history.add(recorder.next((until) => running.to(until)))
  return history.take()
}

export class HistoryRecorder {
  private readonly outline: Outline
  private readonly lanes: Lanes
  private readonly marks: Mark[]
  /** By node and reading: the greatest value of each stretch, and the latest. */
  private readonly points: readonly (readonly Float64Array[])[]
  private readonly last: readonly Float64Array[]

  constructor(outline: Outline) {
    this.outline = outline
    this.lanes = new Lanes(outline)
    this.marks = [...outline.marks]
    this.points = outline.nodes.map(({ readings }) => readings.map(() => new Float64Array(POINTS).fill(NaN)))
    this.last = outline.nodes.map(({ readings }) => new Float64Array(readings.length).fill(NaN))
  }

  add(frame: Frame): void {
    this.lanes.add(frame)
    this.marks.push(...frame.marks)
    const middle = (frame.from + frame.to) / 2
    const stretch = Math.min(POINTS - 1, Math.floor((middle / this.outline.duration) * POINTS))
    let at = 0
    this.points.forEach((readings, node) => {
      readings.forEach((points, i) => {
        const value = frame.readings[at++]!
        this.last[node]![i] = value
        if (!Number.isNaN(value) && !(value <= points[stretch]!)) points[stretch] = value
      })
      at++
    })
  }

  take(): History {
    const { outline, points, last } = this
    return {
      step: outline.step,
      duration: outline.duration,
      lanes: LANES.map((name) => ({ name, rates: this.lanes.rates[name] })),
      marks: [...this.marks].sort((a, b) => a.time - b.time).map(({ time, kind, text }) => ({ time, kind, text })),
      resources: outline.nodes.map(({ name, readings }, node) => ({
        name,
        readings: readings.map((reading, i) => ({ ...reading, points: [...points[node]![i]!], last: last[node]![i]! })),
      })),
    }
  }
}
