// The nearest known name to a misspelt one.
import { distance } from 'fastest-levenshtein'

/** The candidate nearest to `name`, or undefined when none is near. Case and a swap of two neighbours count little. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const found = swapped(wanted, candidate.toLowerCase()) ? 1 : distance(wanted, candidate.toLowerCase())
    if (found < bestDistance) {
      bestDistance = found
      best = candidate
    }
  }
  return best
}

function swapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at + 1 < a.length && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}
