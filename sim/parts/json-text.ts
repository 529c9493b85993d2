// Reads JSON that stands in a text, as deep as something that walks it later can bear.

/** Levels of maps and lists in one another, at most. */
const LEVELS_MAX = 1000

/** Members that would take the place of what the language itself asks a value for: whoever makes a text of it would fail. */
const OWN_WORDS = new Set(['toString', 'valueOf', 'toJSON', '__proto__'])
const MAY_HAVE_THEM = /"(?:toString|valueOf|toJSON|__proto__)"|\\u/

/** The value of a text, without such members; undefined when it is no JSON, or nested too deeply. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined
  try {
    if (!MAY_HAVE_THEM.test(text)) return JSON.parse(text) as unknown
    return JSON.parse(text, (key, value: unknown) => (OWN_WORDS.has(key) ? undefined : value)) as unknown
  } catch {
    return undefined
  }
}

/** Whether more brackets are open at some place than there may be levels; those in texts do not count. */
function isTooDeep(text: string): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (quoted) {
      if (char === BACKSLASH) i++
      else if (char === QUOTE) quoted = false
    } else if (char === QUOTE) quoted = true
    else if (char === BRACE || char === BRACKET) {
      if (++depth > LEVELS_MAX) return true
    } else if (char === BRACE_END || char === BRACKET_END) depth--
  }
  return false
}

const [QUOTE, BACKSLASH, BRACE, BRACE_END, BRACKET, BRACKET_END] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]
