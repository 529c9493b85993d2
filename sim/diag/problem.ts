// What is wrong with a user's text, as data: a slug, a sentence, a place and what might help.
import type { Span } from './span.ts'

export type Severity = 'error' | 'warning' | 'note'

export interface Problem {
  /** Searchable name: `unknown-property`. */
  readonly slug: string
  readonly severity: Severity
  /** Lower case, no full stop, identifiers in backticks. */
  readonly message: string
  readonly span?: Span
  /** Stands beside the carets. */
  readonly label?: string
  /** What to do. */
  readonly help?: string
  /** Facts. */
  readonly notes?: readonly string[]
  /** Further places that belong to it. */
  readonly also?: readonly { readonly span: Span; readonly label: string }[]
}

/** Collects problems in the order in which they are found; nothing is thrown. */
export class Problems {
  readonly list: Problem[] = []

  error(slug: string, message: string, span?: Span, extra: Partial<Problem> = {}): void {
    this.add('error', slug, message, span, extra)
  }

  warning(slug: string, message: string, span?: Span, extra: Partial<Problem> = {}): void {
    this.add('warning', slug, message, span, extra)
  }

  note(slug: string, message: string, span?: Span, extra: Partial<Problem> = {}): void {
    this.add('note', slug, message, span, extra)
  }

  get hasErrors(): boolean {
    return this.list.some((problem) => problem.severity === 'error')
  }

  private add(severity: Severity, slug: string, message: string, span: Span | undefined, extra: Partial<Problem>): void {
    this.list.push({ slug, severity, message, ...(span === undefined ? {} : { span }), ...extra })
  }
}
