// How many messages one dot stands for: few enough to tell dots apart, the same for the whole run.
//
// A short run ahead tells how many messages a request makes; what the workloads expect later tells the rest.
import type { Scenario } from '../lang/scenario.ts'
import { World } from '../run/world.ts'
import { Moves } from './moves.ts'
import { stepOf } from './outline.ts'
import { planRoads, viewOf } from './roads.ts'
import { roundDot } from './sample.ts'
import { OUTCOMES } from './types.ts'

/** Dots of the fullest frame. */
const DOTS = 2_000
/** Events of the run ahead. */
const PILOT_EVENTS = 30_000
/** Rare outcomes are shown so much finer. */
const FINER: Readonly<Record<string, number>> = { retry: 5, throttled: 5, error: 5, 'dead-letter': 10 }

/** By outcome, for a scenario. */
export function densityOf(scenario: Scenario): number[] {
  const usual = roundDot(Math.max(1, peakMoves(scenario) / DOTS))
  return OUTCOMES.map((outcome) => roundDot(Math.max(1, usual / (FINER[outcome] ?? 1))))
}

/** Messages expected in the frame that has the most. */
function peakMoves(scenario: Scenario): number {
  const { duration } = scenario.plan
  const step = stepOf(duration)
  const world = new World(scenario.plan)
  const moves = new Moves(
    world,
    planRoads(world),
    OUTCOMES.map(() => Number.MAX_SAFE_INTEGER),
  )
  world.dispatcher.observer = moves
  let messages = 0
  let peak = 0
  while (world.now < duration && world.kernel.steps < PILOT_EVENTS) {
    world.kernel.stepsMax = PILOT_EVENTS
    world.run(world.now + step)
    const count = moves.counts.reduce((sum, each) => sum + each, 0)
    moves.clear()
    messages += count
    peak = Math.max(peak, count)
  }
  const demands = world.components.flatMap((component) => viewOf(component).demand?.(component.config) ?? [])
  const expected = (time: number): number => demands.reduce((sum, demand) => sum + demand(time), 0)
  const seen = expected(world.now)
  if (seen === 0) return peak
  let before = 0
  for (let from = 0; from < duration; from += step) {
    const after = expected(Math.min(duration, from + step))
    peak = Math.max(peak, (messages / seen) * (after - before))
    before = after
  }
  return peak
}
