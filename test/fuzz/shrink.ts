// A failing input made small: chunks of lines, then of characters, are left out as long as it still fails for the same reason.

/** The smallest text found for which `fails` still holds; `tries` bounds the work. */
export function shrink(text: string, fails: (text: string) => boolean, tries = 2000): string {
  let left = tries
  let best = broken(text)
  if (!stillFails(best.join(''))) best = [text]
  for (const pieces of [best, undefined]) {
    let parts = pieces ?? [...best.join('')]
    if (parts.length > 4000) continue
    for (let size = Math.ceil(parts.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < parts.length && left > 0;) {
        const without = [...parts.slice(0, at), ...parts.slice(at + size)]
        if (stillFails(without.join(''))) parts = without
        else at += size
      }
    }
    best = parts
  }
  return best.join('')

  function stillFails(candidate: string): boolean {
    left--
    return fails(candidate)
  }
}

/** Lines; JSON on one line, which structural mutations write, is laid out first. */
function broken(text: string): string[] {
  try {
    if (/^\s*[{[]/.test(text)) return `${JSON.stringify(JSON.parse(text), null, 1)}\n`.split(/(?<=\n)/)
  } catch {
    // No JSON, so its own lines will do.
  }
  return text.split(/(?<=\n)/)
}
