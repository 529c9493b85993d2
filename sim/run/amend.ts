// A scenario whose values change while it runs: what can, as AWS changes it in place, and what only a new run can show.
//
// The one idea: two plans of one template are compared, and what differs is handed to the rooms at the moment of the change.
// Everything before is untouched, so a run that changes at t shares with the unchanged one every event up to t.
import type { Scenario } from '../lang/scenario.ts'
import type { Amendment, ComponentPlan, WorldPlan } from '../model/plan.ts'

/** Differences that are told by name. */
const REASONS_MAX = 8

/** Either the scenario with the change in it, or why the change cannot come while it runs. */
export type Amended = { readonly scenario: Scenario } | { readonly refused: readonly string[] }

/** `scenario` until `at` µs, from there on with the values of `next`, the same scenario with other settings. */
export function amended(scenario: Scenario, next: Scenario, at: number): Amended {
  const before = presentPlan(scenario.plan)
  const { amendment, refused } = compare(before, next.plan, at)
  if (refused.length > 0) return { refused: refused.slice(0, REASONS_MAX) }
  const plan: WorldPlan = { ...scenario.plan, amendments: [...(scenario.plan.amendments ?? []), amendment] }
  return { scenario: { ...scenario, plan, parameters: next.parameters, settings: next.settings } }
}

/** The plan as its amendments leave it. */
function presentPlan(plan: WorldPlan): WorldPlan {
  return (plan.amendments ?? []).reduce<WorldPlan>(
    (before, { quotas, configs }) => ({
      ...before,
      quotas,
      components: before.components.map((each) => ({ ...each, config: configs.get(each.name) ?? each.config })),
    }),
    plan,
  )
}

function compare(
  plan: WorldPlan,
  next: WorldPlan,
  at: number,
): { readonly amendment: Amendment; readonly refused: readonly string[] } {
  const refused: string[] = []
  const configs = new Map<string, ComponentPlan['config']>()
  const others = new Map(next.components.map((component) => [component.name, component]))
  for (const component of plan.components) {
    const other = others.get(component.name)
    others.delete(component.name)
    if (other === undefined || other.type !== component.type) {
      refused.push(`\`${component.name}\` would be gone`)
      continue
    }
    if (!isSame(component.assumptions, other.assumptions)) refused.push(`assumptions of \`${component.name}\``)
    const names = new Set([...Object.keys(component.config), ...Object.keys(other.config)])
    const members = [...names].filter((name) => !isSame(component.config[name], other.config[name]))
    if (members.length === 0) continue
    configs.set(component.name, other.config)
    const possible = component.def.amend?.members(component.config, other.config) ?? []
    for (const member of members) if (!possible.includes(member)) refused.push(`\`${member}\` of \`${component.name}\``)
  }
  for (const name of others.keys()) refused.push(`\`${name}\` would be new`)
  const quotas = new Set([...Object.keys(plan.quotas), ...Object.keys(next.quotas)])
  for (const name of quotas) {
    if (plan.quotas[name] === next.quotas[name]) continue
    const [prefix, own = ''] = name.split('.')
    const takes = plan.components.some(
      ({ type, def }) => type.split('::')[1]!.toLowerCase() === prefix && def.amend?.quotas?.includes(own) === true,
    )
    if (!takes) refused.push(`the quota \`${name}\``)
  }
  const rest = ['profile', 'prices', 'apiLimits', 'faults', 'startsAt', 'duration', 'warmUp', 'cuts'] as const
  for (const part of rest) if (!isSame(plan[part], next[part])) refused.push(`\`${part}\``)
  return { amendment: { at, quotas: next.quotas, configs }, refused }
}

/** Whether two values of a plan are the same through and through: plain data, samplers, programs. */
function isSame(a: unknown, b: unknown, seen = new Map<object, unknown>()): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (seen.get(a) === b) return true
  seen.set(a, b)
  if (ArrayBuffer.isView(a)) {
    const [one, other] = [a as Float64Array, b as Float64Array]
    return one.length === other.length && one.every((value, i) => Object.is(value, other[i]))
  }
  if (a instanceof Map) return isSame([...a], [...(b as typeof a)], seen)
  if (a instanceof Set) return isSame([...a], [...(b as typeof a)], seen)
  const keys = Object.keys(a)
  const [from, to] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(to, key) && isSame(from[key], to[key], seen))
  )
}
