// Problems for other programs: plain data, the Language Server Protocol's diagnostics, annotations of a GitHub workflow.
//
// What was given beside the files (a flag's value) has a text but no place in a file; such a problem stands at the file's beginning.
import { catalogue } from './catalogue.ts'
import type { Severity } from './explanation.ts'
import type { Problem } from './problem.ts'
import { lineColumn, type Span } from './span.ts'
import { plain } from './text.ts'

/** A place in a file, lines and columns from 1, columns in UTF-16 units; the end is just behind the last character. */
export interface PlaceData {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** A problem without its sources, as `check --format json` writes it. */
export interface ProblemData {
  readonly slug: string
  readonly severity: Severity
  readonly message: string
  readonly place?: PlaceData
  readonly label?: string
  readonly help?: string
  readonly notes: readonly string[]
  readonly also: readonly { readonly place: PlaceData; readonly label: string }[]
}

export function problemData(problem: Problem): ProblemData {
  const place = placeData(problem.span)
  return {
    slug: problem.slug,
    severity: problem.severity,
    message: problem.message,
    ...(place === undefined ? {} : { place }),
    ...(problem.label === undefined ? {} : { label: problem.label }),
    ...(problem.help === undefined ? {} : { help: problem.help }),
    notes: problem.notes ?? [],
    also: (problem.also ?? []).flatMap(({ span, label }) => {
      const other = placeData(span)
      return other === undefined ? [] : [{ place: other, label }]
    }),
  }
}

/** Nothing for what has no place, and for what stands beside the files. */
export function placeData(span: Span | undefined): PlaceData | undefined {
  return span === undefined || span.source.beside === true ? undefined : { file: span.source.name, ...lineColumn(span) }
}

/** Lines and characters from 0, characters in UTF-16 units, as LSP counts unless client and server agree otherwise. */
export interface LspRange {
  readonly start: { readonly line: number; readonly character: number }
  readonly end: { readonly line: number; readonly character: number }
}

/** LSP 3.17 `Diagnostic`. */
export interface LspDiagnostic {
  readonly range: LspRange
  readonly severity: 1 | 2 | 3 | 4
  readonly code: string
  readonly codeDescription?: { readonly href: string }
  readonly source: 'hotshard'
  readonly message: string
  readonly relatedInformation?: readonly {
    readonly location: { readonly uri: string; readonly range: LspRange }
    readonly message: string
  }[]
}

/** LSP 3.17 `PublishDiagnosticsParams`. */
export interface LspPublication {
  readonly uri: string
  readonly diagnostics: readonly LspDiagnostic[]
}

const LSP_SEVERITY: Record<Severity, 1 | 2 | 3> = { error: 1, warning: 2, note: 3 }
const BEGINNING: LspRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }

/** What an editor shows of the files that were read for `file`. Each of `files` is published, also with an empty list, which clears it. */
export function lspPublications(
  file: string,
  problems: readonly Problem[],
  notSimulated: readonly { readonly message: string; readonly span: Span | undefined }[],
  uriOf: (file: string) => string,
): LspPublication[] {
  const lists = new Map<string, LspDiagnostic[]>([[uriOf(file), []]])
  const put = (span: Span | undefined, made: (range: LspRange) => LspDiagnostic): void => {
    const place = placeData(span)
    const uri = uriOf(place?.file ?? file)
    const list = lists.get(uri) ?? []
    list.push(made(place === undefined ? BEGINNING : rangeOf(place)))
    lists.set(uri, list)
  }
  for (const problem of problems) put(problem.span, (range) => diagnosticOf(problem, range, uriOf))
  for (const { message, span } of notSimulated)
    put(span, (range) => ({ range, severity: 4, code: 'not-simulated', source: 'hotshard', message }))
  return [...lists].map(([uri, diagnostics]) => ({ uri, diagnostics }))
}

function diagnosticOf(problem: Problem, range: LspRange, uriOf: (file: string) => string): LspDiagnostic {
  const { also, help, label, notes, message, severity, slug } = problemData(problem)
  const source = catalogue.get(slug)?.source
  return {
    range,
    severity: LSP_SEVERITY[severity],
    code: slug,
    ...(source?.startsWith('https:') === true ? { codeDescription: { href: source } } : {}),
    source: 'hotshard',
    message: [message, ...[label, help].filter((text) => text !== undefined && text !== ''), ...notes].join('\n'),
    ...(also.length === 0
      ? {}
      : {
          relatedInformation: also.map((other) => ({
            location: { uri: uriOf(other.place.file), range: rangeOf(other.place) },
            message: other.label,
          })),
        }),
  }
}

function rangeOf(place: PlaceData): LspRange {
  return {
    start: { line: place.line - 1, character: place.column - 1 },
    end: { line: place.endLine - 1, character: place.endColumn - 1 },
  }
}

const COMMAND: Record<Severity, 'error' | 'warning' | 'notice'> = { error: 'error', warning: 'warning', note: 'notice' }

/** A problem as an annotation: `::error file=a.yaml,line=3,…::message`. `fileOf` says how a file is named to GitHub. */
export function githubAnnotation(problem: Problem, file: string, fileOf: (file: string) => string = String): string {
  const { help, label, message, notes, place, severity, slug } = problemData(problem)
  const lines = [message, ...[label, help].filter((text) => text !== undefined && text !== ''), ...notes]
  const at = place === undefined ? { file: fileOf(file) } : { ...place, file: fileOf(place.file) }
  return workflowCommand(
    COMMAND[severity],
    at,
    slug,
    lines.map((text) => text ?? ''),
  )
}

/** A workflow command of GitHub Actions, which becomes an annotation at its line. */
export function workflowCommand(
  command: 'error' | 'warning' | 'notice',
  at: { readonly file: string } & Partial<PlaceData>,
  title: string,
  lines: readonly string[],
): string {
  const { file, line, column, endLine, endColumn } = at
  // An annotation over several lines may not have columns.
  const columns = endLine === undefined || endLine === line ? { col: column, endColumn } : {}
  const properties = Object.entries({ file, line, endLine, ...columns, title }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${property(String(value))}`],
  )
  return `::${command} ${properties.join(',')}::${data(lines.map(plain).join('\n'))}`
}

/** What would end a command is written as its code (toolkit: `escapeData`, `escapeProperty`). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(plain(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
