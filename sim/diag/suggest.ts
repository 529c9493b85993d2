// The nearest known name to a misspelt one, or nothing when no name is near.
//
// The distance is Damerau and Levenshtein's: insert, remove, replace or swap neighbours, one each. Case is looked at last,
// so that `visibilitytimeout` finds `VisibilityTimeout`.
import { distance } from 'fastest-levenshtein'

/** Longer names than this are not looked up: no name of AWS is so long, and the search is quadratic. */
const LENGTH_MAX = 120
/** More candidates than this are not compared; no list of names of AWS is so long, but a stranger's may be. */
const CANDIDATES_MAX = 3000

/**
 * The candidate nearest to `name`: at most a third of its letters away, and never a name that shares nothing with it.
 * Among equals the one whose case fits better wins, then the first. A candidate equal to `name` is no suggestion.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name === '' || name.length > LENGTH_MAX) return undefined
  const lower = name.toLowerCase()
  let best: string | undefined
  let bestSteps = Math.max(1, Math.floor(name.length / 3)) + 1
  let bestCase = 0
  let left = CANDIDATES_MAX
  for (const candidate of candidates) {
    if (left-- === 0) break
    if (candidate === name || Math.abs(candidate.length - name.length) > bestSteps) continue
    const steps = stepsBetween(lower, candidate.toLowerCase(), bestSteps)
    if (steps > bestSteps || steps >= Math.min(name.length, candidate.length)) continue
    const inCase = distance(name, candidate)
    if (steps < bestSteps || (best !== undefined && inCase < bestCase)) {
      best = candidate
      bestSteps = steps
      bestCase = inCase
    }
  }
  return best
}

/** Most names in a list of what is possible. */
const NAMES_MAX = 12

/** What to write instead of a name that is none: the nearest, or what there is. `what` is a plural: `properties`. */
export function instead(name: string, possible: readonly string[], what: string): string {
  const near = nearest(name, possible)
  return near === undefined ? listed(possible, what) : `did you mean \`${near}\`?`
}

/** The first names of those that are possible: `properties are …`. */
export function listed(possible: readonly string[], what: string): string {
  if (possible.length === 0) return `it has no ${what}`
  const more = possible.length > NAMES_MAX ? ` and ${possible.length - NAMES_MAX} more` : ''
  const names = possible.slice(0, NAMES_MAX).map((each) => `\`${each}\``)
  return `${what} are ${names.join(', ')}${more}`
}

/** Steps from `a` to `b`, where a swap of two neighbours is one step; beyond `most` any larger number will do. */
function stepsBetween(a: string, b: string, most: number): number {
  let steps = distance(a, b)
  if (steps < 2 || steps > 2 * most) return steps
  for (let i = 0; i + 1 < a.length; i++) {
    // A swap can only help where it puts both letters in a place that `b` has in that order.
    if (a[i] === a[i + 1] || !b.includes(a[i + 1]! + a[i]!)) continue
    const swapped = a.slice(0, i) + a[i + 1] + a[i] + a.slice(i + 2)
    steps = Math.min(steps, 1 + distance(swapped, b))
  }
  return steps
}
