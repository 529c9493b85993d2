// What can be said about a scenario: errors, warnings and notes, collected as data and shown together at the end.
import type { Slug } from './catalogue.ts'
import type { Severity } from './explanation.ts'
import type { Span } from './span.ts'

/**
 * One finding. `slug` names the bad thing in kebab-case and can be searched and explained; `message` is lower case, without
 * a full stop, with identifiers in backticks; `label` stands beside the carets; `help` says what to write instead.
 */
export interface Problem {
  readonly slug: Slug
  readonly severity: Severity
  readonly message: string
  readonly span?: Span
  readonly label?: string
  readonly help?: string
  readonly notes?: readonly string[]
  /** Other places that take part, such as the first of two definitions. */
  readonly also?: readonly { readonly span: Span; readonly label: string }[]
}

/** Collects the findings of one reading, in the order in which they were made. */
export class Problems {
  readonly list: Problem[] = []

  error(slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.#add('error', slug, message, span, extra)
  }

  warning(slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.#add('warning', slug, message, span, extra)
  }

  note(slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.#add('note', slug, message, span, extra)
  }

  get hasErrors(): boolean {
    return this.list.some((problem) => problem.severity === 'error')
  }

  #add(severity: Severity, slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.list.push({ ...extra, slug, severity, message, ...(span === undefined ? {} : { span }) })
  }
}
