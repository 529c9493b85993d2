// What an editor asks about a text and what it is told: plain data, in offsets of the text.
import type { Severity } from '../diag/explanation.ts'

/** A scenario as the editor has it, with the files beside it. */
export interface Draft {
  readonly name: string
  readonly text: string
  readonly files: Readonly<Record<string, string>>
  /** Values of parameters over those of the text. */
  readonly knobs: Readonly<Record<string, string>>
}

/** A question. `id` comes back with the answer. */
export type Question =
  /** What is wrong, as `hotshard check` says it. */
  | ({ readonly question: 'check'; readonly id: number } & Draft)
  /** What may stand at an offset of the text that was checked last, or of a newer one. */
  | { readonly question: 'complete'; readonly id: number; readonly text: string; readonly at: number }
  /** What stands there. */
  | { readonly question: 'hover'; readonly id: number; readonly text: string; readonly at: number }
  /** What `hotshard explain SLUG` says. */
  | { readonly question: 'explain'; readonly id: number; readonly slug: string }
  /** The text with the inferred `Simulation` in it, as `hotshard import` writes one. */
  | ({ readonly question: 'section'; readonly id: number } & Draft)
  /** The text with the values of the knobs as its own; `left` are those that cannot stand in it. */
  | ({ readonly question: 'settle'; readonly id: number } & Draft)

/** A text in place of another. */
export interface Fix {
  readonly title: string
  readonly from: number
  readonly to: number
  readonly insert: string
}

/** A problem at a place of the text; what stands in another file has no offsets. */
export interface Diagnostic {
  readonly severity: Severity
  readonly slug: string
  readonly message: string
  readonly label?: string
  readonly help?: string
  readonly notes: readonly string[]
  readonly from?: number
  readonly to?: number
  /** One-based, for the list. */
  readonly line?: number
  /** The other file, when it is not the text itself. */
  readonly file?: string
  readonly also: readonly { readonly label: string; readonly line: number; readonly from?: number }[]
  readonly fix?: Fix
}

export interface Checked {
  /** Whether it can be run. */
  readonly ok: boolean
  readonly diagnostics: readonly Diagnostic[]
  /** Names of what can be set: parameters, scales, quotas; undefined when the text could not be read. */
  readonly knobs?: readonly string[]
  /** Nothing but a template: what it does was inferred. */
  readonly isBare: boolean
}

export type OptionKind = 'member' | 'value' | 'type' | 'name' | 'operation' | 'function' | 'snippet'

export interface Option {
  readonly label: string
  readonly kind: OptionKind
  /** A few words behind the label. */
  readonly detail?: string
  /** Whole sentences. */
  readonly doc?: string
  /** What is written in place of the range; `${1:words}` are places to fill in where `isSnippet`. */
  readonly insert: string
  readonly isSnippet?: true
  /** Ask for what may stand behind it at once. */
  readonly goesOn?: true
  /** From −99 to 99: what is likelier stands above. */
  readonly boost?: number
}

export interface Options {
  readonly from: number
  readonly to: number
  readonly options: readonly Option[]
}

export interface Hover {
  readonly from: number
  readonly to: number
  readonly title: string
  /** Sentences; backticks mark identifiers. */
  readonly doc: string
}

/** A kind of problem in plain words, with an example of it and the same mended. */
export interface Explained {
  readonly slug: string
  readonly title: string
  readonly text: string
  readonly wrong?: string
  readonly right?: string
  readonly source?: string
}

export type Reply =
  | { readonly reply: 'check'; readonly id: number; readonly checked: Checked }
  | { readonly reply: 'complete'; readonly id: number; readonly options?: Options }
  | { readonly reply: 'hover'; readonly id: number; readonly hover?: Hover }
  | { readonly reply: 'explain'; readonly id: number; readonly explained?: Explained }
  | { readonly reply: 'text'; readonly id: number; readonly text?: string; readonly left?: readonly string[] }
  | { readonly reply: 'bug'; readonly id: number; readonly message: string }
