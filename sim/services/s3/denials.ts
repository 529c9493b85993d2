// What a bucket's policy forbids everybody: statements that deny without a condition.

/** Actions and keys, each with stars and question marks. */
export interface Denial {
  readonly actions: readonly string[]
  readonly keys: readonly string[]
}

/** Whether an action on a key is forbidden. */
export function denies(denials: readonly Denial[], action: string, key: string): boolean {
  for (const { actions, keys } of denials)
    if (actions.some((pattern) => fits(pattern, action.toLowerCase())) && keys.some((pattern) => fits(pattern, key)))
      return true
  return false
}

/** The denials of a policy document. Conditions and single principals are not looked at: such statements forbid nobody here. */
export function denialsOf(document: any): Denial[] {
  return [document?.Statement ?? []].flat().flatMap((statement: any): Denial[] => {
    if (statement?.Effect !== 'Deny' || statement.Condition !== undefined) return []
    if (!texts(statement.Principal).includes('*')) return []
    const keys = texts(statement.Resource).flatMap((resource) => {
      const slash = resource.indexOf('/')
      return resource === '*' ? ['*'] : slash < 0 ? [] : [resource.slice(slash + 1)]
    })
    return [{ actions: texts(statement.Action).map((action) => action.toLowerCase()), keys }]
  })
}

function texts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'object' && !Array.isArray(value)) return Object.values(value).flatMap(texts)
  return [value].flat().map(String)
}

/** Whether a text fits a pattern with `*` and `?`; linear in both by remembering the last star alone. */
function fits(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
