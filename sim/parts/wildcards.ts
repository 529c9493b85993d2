// Texts with `*` for anything and `?` for one letter, as policies write them.

/** Whether a text matches; letters of different case differ. Takes at most their lengths multiplied. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let at = 0
  let next = 0
  // After a star that took too little, one more letter is tried for it.
  let star = -1
  let taken = 0
  while (next < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at++
      taken = next
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[next])) {
      at++
      next++
    } else if (star >= 0) {
      at = star + 1
      next = ++taken
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
