// The lanes of the time line: messages a second that come in, are refused, and fail, frame by frame.
import { OUTCOMES, type Frame, type Outcome, type Outline } from './types.ts'

export const LANES = ['requests', 'throttles', 'errors'] as const
export type Lane = (typeof LANES)[number]

export class Lanes {
  /** Messages a second in each frame, by lane. */
  readonly rates: Readonly<Record<Lane, number[]>> = { requests: [], throttles: [], errors: [] }
  private readonly roads: number
  private readonly sources: readonly number[]

  constructor(outline: Pick<Outline, 'roads'>) {
    this.roads = outline.roads.length
    this.sources = sourceRoads(outline)
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
