// The nodes and roads of a world: which components are shown, and on which way each edge's messages move.
import type { Action, View } from '../model/contract.ts'
import type { ComponentPlan } from '../model/plan.ts'
import { servicePrefix, type World } from '../run/world.ts'

export interface Road {
  readonly from: number
  readonly to: number
  readonly actions: Action[]
  answers: boolean
}

/** Where the messages of one edge move. */
export interface Way {
  /** Number of the road; −1 = they are not shown. */
  readonly road: number
  /** 0 = from the road's beginning to its end. */
  readonly lane: 0 | 1
  readonly isDeadLetter: boolean
  /** Whether a success comes back on it. */
  readonly answers: boolean
  readonly failed: ((answer: unknown) => boolean) | undefined
}

export interface Plan {
  /** By node: the number of its component in `world.components`. */
  readonly components: readonly number[]
  /** By component: the node that it is shown as or in; −1 = nowhere. */
  readonly nodeOf: readonly number[]
  readonly roads: readonly Road[]
  /** By edge. */
  readonly ways: readonly Way[]
}

const NOWHERE: Way = { road: -1, lane: 0, isDeadLetter: false, answers: false, failed: undefined }

/** Chooses nodes and roads. What a room says of itself decides (`partOf`, `road`, `deadLetters`); no service is known by name. */
export function planRoads(world: World): Plan {
  const { components } = world
  const indexOf = new Map(components.map(({ name }, i) => [name, i]))
  const called = new Set(world.dispatcher.edges.map(({ to }) => to))
  const shown: number[] = []
  components.forEach((component, i) => {
    const view = viewOf(component)
    if (view.road?.(component.config) !== undefined || hostOf(component, indexOf) !== undefined) return
    if (component.def.singleton === true && !called.has(component.name) && !hasQuota(world, component)) return
    shown.push(i)
  })
  const nodeOf = components.map((component, i) => shown.indexOf(hostOf(component, indexOf) ?? i))
  const roads: Road[] = []
  const numbers = new Map<string, number>()
  const roadOf = (from: number, to: number): number => {
    const key = `${from} ${to}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, roads.length)
    roads.push({ from, to, actions: [], answers: false })
    return roads.length - 1
  }
  const givesUpTo = (from: ComponentPlan, to: string): boolean =>
    viewOf(from).deadLetters?.(from.config).includes(to) === true
  const ways = world.dispatcher.edges.map(({ from, to, action }): Way => {
    const caller = components[indexOf.get(from)!]!
    const callee = components[indexOf.get(to)!]!
    const op = callee.def.ops[action]!
    // What a resource hands to itself, such as the events of its own queue, is on no road.
    if (from === to && op.oneWay === true) return NOWHERE
    const isDeadLetter = givesUpTo(caller, to)
    // What comes back from where dead letters lie moves on the same road, the other way.
    const isReturn = !isDeadLetter && op.oneWay === true && givesUpTo(callee, from)
    const carrier = viewOf(caller).road?.(caller.config)
    if (carrier !== undefined && carrier.to !== to) return NOWHERE
    const ends = [nodeOf[indexOf.get(carrier?.from ?? from)!]!, nodeOf[indexOf.get(to)!]!]
    if (isReturn) ends.reverse()
    if (ends[0]! < 0 || ends[1]! < 0) return NOWHERE
    const road = roadOf(ends[0]!, ends[1]!)
    const answers = op.oneWay !== true && carrier === undefined
    const { actions } = roads[road]!
    if (!actions.includes(action)) actions.push(action)
    if (answers) roads[road]!.answers = true
    return { road, lane: isReturn ? 1 : 0, isDeadLetter, answers, failed: op.failed }
  })
  return { components: shown, nodeOf, roads, ways }
}

/** The view of a component's definition, of whatever state. */
export function viewOf(component: ComponentPlan): View<unknown> {
  return component.def.view as View<unknown>
}

/** The component that another one is shown as a part of. */
function hostOf(component: ComponentPlan, indexOf: ReadonlyMap<string, number>): number | undefined {
  const host = viewOf(component).partOf?.(component.config)
  return host === undefined ? undefined : indexOf.get(host)
}

/** What an account shares is shown where the scenario sets a limit of it. */
function hasQuota({ plan }: World, component: ComponentPlan): boolean {
  const prefix = servicePrefix(component.type)
  return (
    viewOf(component).readings !== undefined &&
    Object.keys(component.def.quotas).some((name) => Object.hasOwn(plan.quotas, `${prefix}.${name}`))
  )
}
