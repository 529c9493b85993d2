// What a bucket's policy forbids everybody: statements that deny without a condition.
import { statementsOf } from '../../parts/resource-policy.ts'
import { matchesWildcards } from '../../parts/wildcards.ts'

/** Actions in small letters, and keys, each with stars and question marks. */
export interface Denial {
  readonly actions: readonly string[]
  readonly keys: readonly string[]
}

/** Whether an action on a key is forbidden. */
export function denies(denials: readonly Denial[], action: string, key: string): boolean {
  if (denials.length === 0) return false
  const wanted = action.toLowerCase()
  return denials.some(
    ({ actions, keys }) =>
      actions.some((pattern) => matchesWildcards(pattern, wanted)) &&
      keys.some((pattern) => matchesWildcards(pattern, key)),
  )
}

/** The denials of a policy document. Conditions, single principals and exceptions are not looked at: they forbid nobody here. */
export function denialsOf(document: unknown): Denial[] {
  return statementsOf(document).flatMap(({ allows, principals, actions, resources, condition, except }) => {
    const isForAll = principals.includes('*') && !except.principals && !except.actions && !except.resources
    if (allows || condition !== null || !isForAll) return []
    const keys = resources.flatMap((resource) => {
      const slash = resource.indexOf('/')
      return resource === '*' ? ['*'] : slash < 0 ? [] : [resource.slice(slash + 1)]
    })
    return [{ actions, keys }]
  })
}
