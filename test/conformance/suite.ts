// What a conformance suite is: cases made from real inputs of the shared corpus, run by `npm run conformance`.
//
// A file of this folder that default-exports a `Suite` is picked up by itself. It may read the corpus as soon as it is
// imported, for nothing is imported where the corpus is not at hand.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Case {
  /** Unique in its suite; what `known-failures.txt` and `--only` name. */
  readonly name: string
  /** Throws when the case fails; the message's first line is shown in the list. */
  run(): void
}

export interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

/** The checkout's root. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** The corpus of real templates, pairs, traces and reference values beside the checkout. */
export const CORPUS = join(ROOT, '../shared/corpus')
