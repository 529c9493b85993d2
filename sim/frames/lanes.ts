// The lanes of the time line: messages a second that come in, are refused, and fail, frame by frame.
import { OUTCOMES, type Frame, type Outcome, type Outline } from './types.ts'

export const LANES = ['requests', 'throttles', 'errors'] as const
export type Lane = (typeof LANES)[number]

export class Lanes {
  /** Messages a second in each frame, by lane. */
  readonly rates: Readonly<Record<Lane, number[]>> = { requests: [], throttles: [], errors: [] }
  private readonly roads: number
  private readonly sources: readonly number[]
  /** Where in a frame's readings those stand that count time-outs. */
  private readonly timeouts: readonly number[]

  constructor(outline: Pick<Outline, 'nodes' | 'roads'>) {
    this.roads = outline.roads.length
    this.sources = sourceRoads(outline)
    let at = 0
    this.timeouts = outline.nodes.flatMap((node) => {
      const found = node.readings.flatMap((reading, i) => (reading.name === 'Timed out' ? [at + i] : []))
      // The tone stands behind the readings.
      at += node.readings.length + 1
      return found
    })
  }

  /** Takes the next frame. */
  add(frame: Frame): void {
    const seconds = (frame.to - frame.from) / 1e6
    const perSecond = (road: number, outcome: Outcome): number =>
      frame.counts[road * OUTCOMES.length + OUTCOMES.indexOf(outcome)]! / seconds
    let requests = 0
    for (const road of this.sources) requests += perSecond(road, 'ok') + perSecond(road, 'retry')
    let throttles = 0
    let errors = 0
    for (let road = 0; road < this.roads; road++) {
      throttles += perSecond(road, 'throttled')
      errors += perSecond(road, 'error') + perSecond(road, 'dead-letter')
    }
    // An attempt that was given up has no answer on any road.
    for (const reading of this.timeouts) {
      const rate = frame.readings[reading]!
      if (rate > 0) errors += rate
    }
    this.rates.requests.push(requests)
    this.rates.throttles.push(throttles)
    this.rates.errors.push(errors)
  }
}

/** Roads on which requests enter the system: those that leave nodes nothing leads to. All of them when there is no such node. */
function sourceRoads({ roads }: Pick<Outline, 'roads'>): readonly number[] {
  const entered = new Set(roads.map((road) => road.to))
  const sources = roads.flatMap((road, i) => (entered.has(road.from) ? [] : [i]))
  return sources.length > 0 ? sources : roads.map((_, i) => i)
}
