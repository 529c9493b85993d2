// Reads the meters of a world: how much every resource has used of what AWS bills.
import { assert } from '../engine/assert.ts'
import { windowOf } from '../metrics/statistics.ts'
import type { ComponentPlan } from '../model/plan.ts'
import type { Called, Meter } from '../model/price.ts'
import { metricKey, namespaceOf, ownDimensions, type World } from './world.ts'

/** By component, the base units used of each price line from the beginning until now. `isWarm` = the warm-up is over, so that sums of metrics count. */
export function readUsage(world: World, isWarm: boolean): readonly ReadonlyMap<string, number>[] {
  const called = callsByOperation(world)
  return world.components.map((component, i) => {
    const { prices = {} } = component.def
    const meter = meterOf(world, component, called, isWarm)
    const used = new Map<string, number>()
    for (const [name, price] of Object.entries(prices)) {
      const amount = price.used(world.states[i + 1], meter)
      if (amount === undefined) continue
      assert(amount >= 0 && Number.isInteger(amount), `${component.type} counts whole numbers of ${name}`)
      used.set(name, amount)
    }
    return used
  })
}

type CallsByOperation = ReadonlyMap<string, readonly (Called & { readonly from: string })[]>

const NONE: Called = { sent: 0, failed: 0, throttled: 0 }

/** Calls by callee and operation, in one look at all edges: thousands of resources may stand in one scenario. */
function callsByOperation({ dispatcher }: World): CallsByOperation {
  const found = new Map<string, (Called & { readonly from: string })[]>()
  dispatcher.edges.forEach(({ from, to, action }, i) => {
    const key = `${to} ${action}`
    const { [i]: sent = 0 } = dispatcher.sent
    const { [i]: failed = 0 } = dispatcher.failed
    const { [i]: throttled = 0 } = dispatcher.throttledBy
    const others = found.get(key)
    if (others === undefined) found.set(key, [{ from, sent, failed, throttled }])
    else others.push({ from, sent, failed, throttled })
  })
  return found
}

function sumOf(a: Called, b: Called): Called {
  return { sent: a.sent + b.sent, failed: a.failed + b.failed, throttled: a.throttled + b.throttled }
}

function meterOf(world: World, component: ComponentPlan, called: CallsByOperation, isWarm: boolean): Meter {
  const own = ownDimensions(component)
  return {
    now: world.now,
    calls: (action, without = []) =>
      (called.get(`${component.name} ${action}`) ?? [])
        .filter(({ from }) => !without.includes(world.planOf(from).type))
        .reduce(sumOf, NONE),
    sum: (name, dimensions = {}) => {
      const key = metricKey(namespaceOf(component), name, { ...own, ...dimensions })
      const metric = world.metricIndex.get(key)
      return metric === undefined || !isWarm ? 0 : windowOf(metric.series, world.plan.warmUp, world.now + 1).sum
    },
  }
}
