// What a bare template is given to run with: a modest workload on each of its entry points.
import type { Action } from '../model/contract.ts'
import type { ComponentPlan } from '../model/plan.ts'
import { backoff } from '../parts/retry.ts'
import { registry } from './registry.ts'
import type { Component, Resources } from './resources.ts'
import { carried } from './workloads.ts'

/** Requests per second on every entry of a bare template. */
const RATE = 5

/** A workload for every entry point that nothing else in the template calls; each is told in `inferred`. */
export function defaultWorkloads(resources: Resources, inferred: string[]): ComponentPlan[] {
  const def = registry.byType.get('Sim::Client::Workload')
  if (def === undefined) return []
  return resources.components.flatMap((component) =>
    (component.complete ? (component.def.entries?.(component.config) ?? []) : []).flatMap((operation, i) => {
      const entry = component.def.entry?.(component.config, operation) ?? ownOperation(component, operation)
      if (entry === undefined || !('action' in entry)) return []
      const name = `${component.name}Client${i + 1}`
      inferred.push(`workload ${name}: ${RATE}/s ${operation} on ${component.name}`)
      const config = {
        Target: component.name,
        Action: entry.action,
        Arg: entry.arg,
        Body: carried({ kind: 'constant', value: Object.freeze({}) }, entry.action, component),
        Arrivals: 'poisson',
        Rate: [{ at: 0, perSecond: RATE }],
        Client: { Retries: backoff(1, 0, 0, 'none'), Timeout: null },
      }
      return [{ name, type: def.type, def, config }]
    }),
  )
}

function ownOperation(component: Component, operation: string): { action: Action; arg: number } | undefined {
  return Object.hasOwn(component.def.ops, operation) ? { action: operation as Action, arg: 0 } : undefined
}
