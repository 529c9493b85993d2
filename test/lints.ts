// Loads a text and gives back what lints say about it.
import type { LintSlug } from '../sim/diag/catalogue.ts'
import { Problems } from '../sim/diag/problem.ts'
import { renderProblems } from '../sim/diag/render.ts'
import { lineColumn } from '../sim/diag/span.ts'
import { lints } from '../sim/lint/catalogue.ts'
import { loadScenario, type LoadOptions } from '../sim/lang/scenario.ts'

/** The findings of a scenario: slug, line, and the whole as the terminal shows it. Throws when the text has an error. */
export function findingsOf(text: string, options: LoadOptions = {}): { slug: string; line: number; text: string }[] {
  const problems = new Problems()
  loadScenario({ name: 'test.yaml', text }, options, problems)
  if (problems.hasErrors) throw new Error(renderProblems(problems.list))
  return problems.list
    .filter(({ slug }) => lints.has(slug as LintSlug) || slug === 'unknown-lint' || slug === 'unused-allow')
    .map((problem) => ({
      slug: problem.slug,
      line: problem.span === undefined ? 0 : lineColumn(problem.span).line,
      text: renderProblems([problem]),
    }))
}

/** The slugs alone, in the order in which they are told. */
export function slugsOf(text: string, options: LoadOptions = {}): string[] {
  return findingsOf(text, options).map(({ slug }) => slug)
}
