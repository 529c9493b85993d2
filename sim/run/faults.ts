// Faults of a scenario at their times: those of the API layer stand in the dispatcher, the others in their room.
import { assert } from '../engine/assert.ts'
import type { Target } from '../engine/kernel.ts'
import type { ServiceDef } from '../model/contract.ts'
import type { FaultPlan } from '../model/plan.ts'
import { API_FAULTS } from '../parts/api-faults.ts'
import type { ApiFault, Edge } from './dispatcher.ts'
import type { World } from './world.ts'

/** Schedules the start and end of every fault of the plan. */
export function scheduleFaults(world: World): void {
  const { kernel, plan } = world
  const start: Target = kernel.target(startFault, 0)
  const stop: Target = kernel.target(stopFault, 0)
  plan.faults.forEach((fault, i) => {
    kernel.after(fault.at, start, i)
    if (fault.until < plan.duration) kernel.after(fault.until, stop, i)
  })
}

function startFault(world: World, index: number): void {
  switchFault(world, index, true)
}

function stopFault(world: World, index: number): void {
  switchFault(world, index, false)
}

function switchFault(world: World, index: number, on: boolean): void {
  const plan = world.plan.faults[index]!
  const api = API_FAULTS[plan.fault]
  if (api !== undefined) {
    world.dispatcher.setFault(apiFault(world, index, api), (edge) => hits(plan, edge), on)
    return
  }
  assert(plan.target !== undefined, 'a fault of a room has a target')
  const fault = (world.planOf(plan.target).def as ServiceDef).faults?.[plan.fault]
  assert(fault !== undefined, `${plan.fault} is a fault of its target`)
  if (on) fault.start(world.stateOf(plan.target), plan.params)
  else fault.stop(world.stateOf(plan.target), plan.params)
}

function apiFault(world: World, index: number, api: { error: string; http: number }): ApiFault {
  const standing = world.standingFaults.get(index)
  if (standing !== undefined) return standing
  const plan = world.plan.faults[index]!
  const made = world.dispatcher.apiFault(
    world.errors.intern(api.error, api.http),
    (plan.params['Percentage'] as number) / 100,
    `fault-${index}`,
  )
  world.standingFaults.set(index, made)
  return made
}

/** An API fault hits the operations that it names, from the caller or on the resource that is its target. */
function hits(plan: FaultPlan, edge: Edge): boolean {
  const operations = plan.params['Operations'] as readonly string[] | undefined
  if (operations !== undefined && !operations.includes(edge.action) && !operations.includes(edge.action.split(':')[1]!))
    return false
  const service = plan.params['Service'] as string | undefined
  if (service !== undefined && !edge.action.startsWith(`${service}:`)) return false
  return plan.target === undefined || plan.target === edge.from || plan.target === edge.to
}
