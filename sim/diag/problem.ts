// What can be said about a scenario: errors, warnings and notes, collected as data and shown together at the end.
import type { Slug } from './catalogue.ts'
import type { Severity } from './explanation.ts'
import type { Source, Span } from './span.ts'

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

/** Most findings of one severity that are kept; nobody reads on so far, and a text may be made to draw out millions. */
const MOST = 500
/** Longest message, label or help; what it quotes may be as long as the whole text. */
const LONGEST = 1000

/** Thrown when there are too many errors: the reading ends there, and what was found so far is told. */
class TooManyErrors extends Error {}

/** Collects the findings of one reading, in the order in which they were made. */
export class Problems {
  readonly list: Problem[] = []
  readonly #counts = { error: 0, warning: 0, note: 0 }
  readonly #said = new Map<Source, Set<string>>()

  /** What `read` gives; undefined when it was ended by one error too many. */
  during<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (error instanceof TooManyErrors) return undefined
      throw error
    }
  }

  error(slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.#add('error', slug, message, span, extra)
  }

  warning(slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.#add('warning', slug, message, span, extra)
  }

  note(slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    this.#add('note', slug, message, span, extra)
  }

  /** A finding that was made elsewhere. */
  add({ severity, slug, message, span, ...extra }: Problem): void {
    this.#add(severity, slug, message, span, extra)
  }

  get hasErrors(): boolean {
    return this.#counts.error > 0
  }

  /** What was said at a place is not said there again: a template may be read for several stacks, a value for several users. */
  #isRepeated(severity: Severity, slug: Slug, message: string, span: Span | undefined): boolean {
    if (span === undefined || this.#counts[severity] > MOST) return false
    const said = this.#said.get(span.source) ?? new Set<string>()
    const key = `${severity} ${slug} ${span.start} ${span.end} ${message}`
    if (said.has(key)) return true
    this.#said.set(span.source, said.add(key))
    return false
  }

  #add(severity: Severity, slug: Slug, message: string, span?: Span, extra?: Partial<Problem>): void {
    if (this.#isRepeated(severity, slug, cut(message), span)) return
    const count = ++this.#counts[severity]
    if (count <= MOST) {
      const { label, help } = extra ?? {}
      this.list.push({
        ...extra,
        ...{ slug, severity, message: cut(message) },
        ...(span === undefined ? {} : { span }),
        ...(label === undefined ? {} : { label: cut(label) }),
        ...(help === undefined ? {} : { help: cut(help) }),
      })
      return
    }
    if (count === MOST + 1)
      this.list.push({
        slug: 'too-many-problems',
        severity,
        message: `there are more than ${MOST} of these; the rest is left out`,
      })
    if (severity === 'error') throw new TooManyErrors()
  }
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}
