// A problem as an editor shows it: in offsets of the text, with what it proposes as a change.
import { replacementOf } from '../diag/fix.ts'
import type { Problem } from '../diag/problem.ts'
import { lineColumn, type Span } from '../diag/span.ts'
import type { Diagnostic } from './types.ts'

/** `name` is that of the text in the editor: what stands elsewhere has a line there and no offsets. */
export function diagnosticOf(problem: Problem, name: string): Diagnostic {
  const { severity, slug, message, label, help, notes = [], also = [], span } = problem
  const fix = replacementOf(problem)
  return {
    ...{ severity, slug, message, notes },
    ...(label === undefined || label === '' ? {} : { label }),
    ...(help === undefined ? {} : { help }),
    ...placeOf(span, name),
    also: also.map(({ span: other, label: words }) => ({
      label: words,
      line: lineColumn(other).line,
      ...(isIn(other, name) ? { from: other.start } : {}),
    })),
    ...(fix === undefined || !isIn(fix.span, name)
      ? {}
      : {
          fix: {
            title: `Write ${fix.text}`,
            from: fix.span.start,
            to: fix.span.end,
            insert: fix.text,
          },
        }),
  }
}

function placeOf(span: Span | undefined, name: string): Pick<Diagnostic, 'from' | 'to' | 'line' | 'file'> {
  if (span === undefined || span.source.beside === true) return {}
  const { line } = lineColumn(span)
  return isIn(span, name) ? { from: span.start, to: span.end, line } : { line, file: span.source.name }
}

const isIn = (span: Span, name: string): boolean => span.source.name === name && span.source.beside !== true
