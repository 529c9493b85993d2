// What a finished world shows to those who say what went on in it.
import type { Evidence } from '../insights/look.ts'
import { ownDimensions, type World } from './world.ts'

export function evidenceOf(world: World): Evidence {
  const { dispatcher, components, states, metrics, plan, now } = world
  return {
    components,
    states: states.slice(1),
    edges: dispatcher.edges.map(({ from, to }, i) => ({
      from,
      to,
      ...dispatcher.counted(i),
      failedFrom: dispatcher.failedFrom[i]!,
      failedTo: dispatcher.failedTo[i]!,
      noWay: dispatcher.noWay(i),
    })),
    metrics,
    faults: plan.faults,
    ownDimensions,
    now,
    warmUp: plan.warmUp,
  }
}
