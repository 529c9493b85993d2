// Every kind of problem that hotshard can tell, by slug: the one list from which the type `Slug` follows.
//
// A new slug is added here: put an entry into the file of `catalogue/` where its neighbours stand. A slug that has no entry does not
// compile, and `test/explanations.test.ts` finds entries that nothing emits. Lints bring their explanations themselves (`sqs/…`).
import { allowances } from './catalogue/allowances.ts'
import { documents } from './catalogue/documents.ts'
import { expectations } from './catalogue/expectations.ts'
import { files } from './catalogue/files.ts'
import { functions } from './catalogue/functions.ts'
import { networking } from './catalogue/networking.ts'
import { properties } from './catalogue/properties.ts'
import { quantities } from './catalogue/quantities.ts'
import { serverless } from './catalogue/serverless.ts'
import { simulation } from './catalogue/simulation.ts'
import { stacks } from './catalogue/stacks.ts'
import { template } from './catalogue/template.ts'
import type { Explanation } from './explanation.ts'

const ENTRIES = {
  ...documents,
  ...template,
  ...functions,
  ...stacks,
  ...serverless,
  ...properties,
  ...networking,
  ...simulation,
  ...quantities,
  ...expectations,
  ...files,
  ...allowances,
}

/** The slug of a lint: the service, a slash, the bad thing. */
export type LintSlug = `${string}/${string}`

/** The name of a kind of problem. When tsc refuses one, it has no explanation yet: see the head of this file. */
export type Slug = keyof typeof ENTRIES | LintSlug

/** The explanations of all problems but lints, by slug, in the order of a scenario's reading. */
export const catalogue: ReadonlyMap<string, Explanation> = new Map(Object.entries(ENTRIES))
