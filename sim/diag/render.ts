// Problems as text for a terminal: the message, the place, the line with carets under it, and what to do about it.
//
//   error[unknown-property]: `VisibilityTimout` is not a property of AWS::SQS::Queue
//     --> scenarios/orders.yaml:12:7
//      |
//   12 |       VisibilityTimout: 30
//      |       ^^^^^^^^^^^^^^^^ did you mean `VisibilityTimeout`?
//      = note: see `hotshard explain unknown-property`
import type { Severity } from './explanation.ts'
import type { Problem } from './problem.ts'
import { lineColumn, lineText } from './span.ts'
import type { Source, Span } from './span.ts'
import { crop, display, plain } from './text.ts'

export interface RenderOptions {
  /** ANSI colours; off unless asked for. */
  readonly color?: boolean
  /** Columns of the terminal; a longer source line is cut around its carets. 120 unless told. */
  readonly width?: number
}

/** A place in the picture: what is underlined on one line, and the words beside it. */
interface Mark {
  readonly source: Source
  readonly line: number
  readonly column: number
  /** Column after the last underlined character, on the same line. */
  readonly endColumn: number
  readonly label: string
  readonly primary: boolean
}

const BOLD = '1'
const BLUE = '1;34'
const COLOR_OF: Record<Severity, string> = { error: '1;31', warning: '1;33', note: '1;36' }

/** One problem, several lines, no newline at the end. */
export function renderProblem(problem: Problem, options: RenderOptions = {}): string {
  const paint = (code: string, text: string): string =>
    options.color === true && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  const severityColor = COLOR_OF[problem.severity]
  const out = [
    paint(severityColor, `${problem.severity}[${plain(problem.slug)}]`) + paint(BOLD, `: ${plain(problem.message)}`),
  ]
  const marks = marksOf(problem)
  const gutter = marks.length === 0 ? 1 : String(Math.max(...marks.map((mark) => mark.line))).length
  const room = Math.max(20, (options.width ?? 120) - gutter - 3)
  const bar = paint(BLUE, `${' '.repeat(gutter)} |`)
  const shown = sourcesInOrder(marks)
  for (const source of shown) {
    const here = marks.filter((mark) => mark.source === source)
    const first = here.find((mark) => mark.primary) ?? here[0]!
    const arrow = source === shown[0] ? '-->' : ':::'
    out.push(
      `${' '.repeat(gutter)}${paint(BLUE, arrow)} ${plain(source.name)}:${first.line}:${first.column}`,
      bar,
      ...excerpt(here),
    )
  }
  const margin = marks.length === 0 ? ' ' : ' '.repeat(gutter)
  if (problem.help !== undefined) out.push(...remark('help', problem.help))
  for (const note of problem.notes ?? []) out.push(...remark('note', note))
  return out.join('\n')

  /** The lines of one source that carry marks, in order, with `...` where lines were left out. */
  function excerpt(here: readonly Mark[]): string[] {
    const rows: string[] = []
    const lines = [...new Set(here.map((mark) => mark.line))].sort((a, b) => a - b)
    let previous = lines[0]! - 1
    for (const line of lines) {
      if (line > previous + 1) rows.push(paint(BLUE, '...'))
      const onLine = here.filter((mark) => mark.line === line)
      const focus = onLine.find((mark) => mark.primary) ?? onLine[0]!
      const whole = lineText(focus.source, line)
      // Of a line as long as a minified file only the neighbourhood is looked at.
      const cut = Math.max(0, focus.column - 1 - 3 * room)
      const near = whole.slice(cut, focus.column - 1 + 6 * room)
      const window = crop(display(near), focus.column - 1 - cut, focus.endColumn - 1 - cut, room)
      const number = paint(BLUE, `${String(line).padStart(gutter)} |`)
      rows.push(`${number} ${window.text}`.trimEnd())
      for (const mark of onLine) {
        const from = window.cellOf(mark.column - 1 - cut)
        const to = Math.max(from + 1, window.cellOf(mark.endColumn - 1 - cut))
        const underline = (mark.primary ? '^' : '-').repeat(to - from)
        const words = mark.label === '' ? '' : ` ${mark.label}`
        rows.push(`${bar} ${' '.repeat(from)}${paint(mark.primary ? severityColor : BLUE, underline + words)}`)
      }
      previous = line
    }
    return rows
  }

  function remark(kind: 'help' | 'note', text: string): string[] {
    const [head = '', ...rest] = text.split('\n').map(plain)
    const lead = `${margin} ${paint(BLUE, '=')} ${paint(BOLD, `${kind}:`)} `
    return [lead + head, ...rest.map((line) => ' '.repeat(margin.length + kind.length + 5) + line)]
  }
}

/**
 * All problems, by source name and position (those without a place come first), a blank line between them and a closing
 * count such as `3 errors, 1 warning` with the command that explains the first. An empty list gives an empty text.
 */
export function renderProblems(problems: readonly Problem[], options: RenderOptions = {}): string {
  if (problems.length === 0) return ''
  const sorted = sortProblems(problems)
  return [...sorted.map((problem) => renderProblem(problem, options)), closingLine(sorted)].join('\n\n')
}

/** The count, and how to learn more of the first of the worst; notes alone need no more words. */
function closingLine(sorted: readonly Problem[]): string {
  const worst = [...sorted].sort((a, b) => rank(a) - rank(b))[0]!
  const count = countLine(sorted)
  return worst.severity === 'note' ? count : `${count}; more: \`hotshard explain ${plain(worst.slug)}\``
}

/** Problems by source name, then position, then severity; equals stay in the order in which they were found. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const order = problems.map((problem, index) => ({ problem, index }))
  order.sort(
    (a, b) => comparePlaces(a.problem.span, b.problem.span) || rank(a.problem) - rank(b.problem) || a.index - b.index,
  )
  return order.map((entry) => entry.problem)
}

/** `3 errors, 1 warning`: only what there is, worst first. */
export function countLine(problems: readonly Problem[]): string {
  const parts: string[] = []
  for (const severity of ['error', 'warning', 'note'] as const) {
    const count = problems.filter((problem) => problem.severity === severity).length
    if (count > 0) parts.push(`${count} ${severity}${count === 1 ? '' : 's'}`)
  }
  return parts.join(', ')
}

function comparePlaces(a: Span | undefined, b: Span | undefined): number {
  // What has no place (a flag, a file) is often the reason of the rest.
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1)
  if (a.source.beside !== b.source.beside) return a.source.beside === true ? -1 : 1
  if (a.source.name !== b.source.name) return a.source.name < b.source.name ? -1 : 1
  return a.start - b.start || a.end - b.end
}

function rank(problem: Problem): number {
  return problem.severity === 'error' ? 0 : problem.severity === 'warning' ? 1 : 2
}

function marksOf(problem: Problem): Mark[] {
  const marks: Mark[] = []
  if (problem.span !== undefined) marks.push(markOf(problem.span, problem.label ?? '', true))
  for (const other of problem.also ?? []) marks.push(markOf(other.span, other.label, false))
  return marks
}

/** A span over several lines is underlined to the end of its first. */
function markOf(span: Span, label: string, primary: boolean): Mark {
  const { line, column, endLine, endColumn } = lineColumn(span)
  const last = endLine === line ? endColumn : lineText(span.source, line).length + 1
  return { source: span.source, line, column, endColumn: Math.max(last, column), label: plain(label), primary }
}

/** The source of the problem itself first, then the others as they come. */
function sourcesInOrder(marks: readonly Mark[]): Source[] {
  return [...new Set(marks.map((mark) => mark.source))]
}
