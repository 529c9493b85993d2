// What `hotshard explain SLUG` tells of a kind of problem: what it means, why it is refused, how to mend it.

/** An error stops the run before it starts; a warning never changes a run; a note is only information. */
export type Severity = 'error' | 'warning' | 'note'

/**
 * A kind of problem in plain words. Its slug is the key under which it stands in the catalogue (`catalogue.ts`).
 *
 * `wrong` and `right` are top-level sections of a scenario, as short as they can be; a test runs them. Where `Resources` are
 * left out, these stand there: the queue `Jobs`, the table `Orders`, the function `Work` and the server `Origin`.
 */
export interface Explanation {
  /** The worst severity under which it is told. */
  readonly severity: Severity
  /** A heading: the bad thing as a noun, lower case, no full stop. */
  readonly title: string
  /** What it means, why it is refused or worth a word, how to mend it: whole sentences. */
  readonly text: string
  /** An example that has this problem. */
  readonly wrong?: string
  /** The same mended; it has no error at all. */
  readonly right?: string
  /** Where AWS documents the rule: an address, or the id of a fact. */
  readonly source?: string
}

export type Explanations = Readonly<Record<string, Explanation>>
