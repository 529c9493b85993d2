// Plain text into lines of a given width. Colour is put on afterwards: escape codes have no width.

/** Between words, but not between a figure and its unit. */
const BLANK = / (?!(?:µs|ms|[smhdB%]|KB|MB)(?:[\s,;:.)]|$))/

/** Words into lines of at most `width`; from the second line on `hang` blanks stand in front. A longer word stays whole. */
export function wrapWords(text: string, width: number, hang = 0): string[] {
  return join(text.trimEnd().split(BLANK), ' ', width, hang)
}

/** Parts with `between` them into lines of at most `width`; a part is broken only where it alone is too long. */
export function wrapParts(parts: readonly string[], between: string, width: number): string[] {
  return join(parts, between, width, 0).flatMap((line) => wrapWords(line, width, 2))
}

function join(parts: readonly string[], between: string, width: number, hang: number): string[] {
  const lines: string[] = []
  let line: string | undefined
  for (const part of parts) {
    if (line === undefined) line = part
    else if (line.length + between.length + part.length <= width) line += between + part
    else {
      lines.push(line.trimEnd())
      line = ' '.repeat(hang) + part
    }
  }
  return line === undefined ? lines : [...lines, line.trimEnd()]
}

/** A long name with its middle left out: `CheckoutCart…iaslive`. */
export function shorten(name: string, width: number): string {
  if (name.length <= width) return name
  const tail = Math.floor((width - 1) / 2)
  return `${name.slice(0, width - 1 - tail)}…${name.slice(name.length - tail)}`
}
