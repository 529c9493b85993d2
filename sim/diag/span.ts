// Places in a text: a source and two offsets in it.

export interface Source {
  /** As the user knows it: the file's path as given. */
  readonly name: string
  readonly text: string
}

/** A stretch of a source; offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly source: Source
  readonly start: number
  readonly end: number
}

/** Line and column of both ends, counted from 1. */
export function lineColumn(span: Span): { line: number; column: number; endLine: number; endColumn: number } {
  const start = position(span.source.text, span.start)
  const end = position(span.source.text, span.end)
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column }
}

function position(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let from = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', from)) {
    line++
    from = at + 1
  }
  return { line, column: offset - from + 1 }
}
