// Where a piece of text stands: a source and two offsets into it.
//
// Offsets are the only truth; lines and columns are computed when somebody looks, from a table of line starts kept per source.

/** A text with the name under which its author knows it, usually a path relative to where the command runs. */
export interface Source {
  readonly name: string
  readonly text: string
  /** True for what was given beside the files, such as a flag's value: often the reason of the rest, and told first. */
  readonly beside?: true
}

/** A half-open range of a source, `start` included and `end` not, in UTF-16 code units. */
export interface Span {
  readonly source: Source
  readonly start: number
  readonly end: number
}

const lineStartsOf = new WeakMap<Source, number[]>()

/** The offset at which each line of the source begins; a line ends with `\n`, `\r\n` or a lone `\r`. */
export function lineStarts(source: Source): readonly number[] {
  const known = lineStartsOf.get(source)
  if (known !== undefined) return known
  const { text } = source
  const starts = [0]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1)
  }
  lineStartsOf.set(source, starts)
  return starts
}

/** The text of a line, counted from 1, without its line ending. */
export function lineText(source: Source, line: number): string {
  const starts = lineStarts(source)
  const text = source.text.slice(starts[line - 1] ?? source.text.length, starts[line] ?? source.text.length)
  return text.replace(/(\r\n|\n|\r)$/, '')
}

/**
 * First and last position of a span, counted from 1 as editors do. Columns are UTF-16 code units; `endColumn` is the
 * column just after the last character. Offsets outside the text are moved to its nearest end.
 */
export function lineColumn(span: Span): { line: number; column: number; endLine: number; endColumn: number } {
  const starts = lineStarts(span.source)
  const start = within(span.start, span.source.text.length)
  const end = Math.max(start, within(span.end, span.source.text.length))
  const line = lineAt(starts, start)
  const endLine = lineAt(starts, end)
  return {
    line,
    column: start - (starts[line - 1] ?? 0) + 1,
    endLine,
    endColumn: end - (starts[endLine - 1] ?? 0) + 1,
  }
}

/** A part of a span: `length` units from `offset` after its start, never beyond its end. */
export function subspan(span: Span, offset: number, length: number): Span {
  const start = Math.min(span.start + offset, span.end)
  return { source: span.source, start, end: Math.min(start + length, span.end) }
}

function within(offset: number, length: number): number {
  return Math.min(Math.max(offset, 0), length)
}

/** The line, counted from 1, that holds an offset: the last one that starts at or before it. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low + 1
}
