// What reading a small text gives: a value, or the one flaw that stopped it, with its place inside the text.
//
// The readers of quantities, distributions, expectations and paths know nothing of files. Whoever called them knows where
// the text stands and turns a flaw into a problem with `reportFlaw`.
import type { Slug } from '../diag/catalogue.ts'
import type { Problems } from '../diag/problem.ts'
import { subspan } from '../diag/span.ts'
import type { Span } from '../diag/span.ts'

/** Why a text could not be read. `offset` and `length` point inside that text, in UTF-16 units. */
export interface Flaw {
  readonly ok: false
  readonly slug: Slug
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly label?: string
  readonly help?: string
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Flaw

/** What a flaw may say besides its message. */
export interface FlawWords {
  readonly label?: string | undefined
  readonly help?: string | undefined
}

export function found<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function flaw(slug: Slug, message: string, offset: number, length: number, words: FlawWords = {}): Flaw {
  return {
    ok: false,
    slug,
    message,
    offset,
    length,
    ...(words.label === undefined ? {} : { label: words.label }),
    ...(words.help === undefined ? {} : { help: words.help }),
  }
}

/**
 * Tells a flaw as an error. `span` is where the text stands in its file; when the file writes the text otherwise (quoted
 * with escapes, or folded over lines), pass `exact: false` and the whole span is underlined.
 */
export function reportFlaw(problems: Problems, one: Flaw, span: Span, exact = true): void {
  const place = exact ? subspan(span, one.offset, Math.max(1, one.length)) : span
  problems.error(one.slug, one.message, place, {
    ...(one.label === undefined ? {} : { label: one.label }),
    ...(one.help === undefined ? {} : { help: one.help }),
  })
}

const SHOWN_MAX = 60

/** A user's text in backticks, shortened where it is long. */
export function quote(text: string): string {
  return `\`${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 3)}...` : text}\``
}

/** Names as words: `a`, `b` or `c`. */
export function oneOf(names: readonly string[]): string {
  const quoted = names.map(quote)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted[quoted.length - 1]}`
}
