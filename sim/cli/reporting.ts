// What a pipeline is told of all scenarios together: the forms that CI servers read, and files as they call them.
import { appendFileSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Problem } from '../diag/problem.ts'
import { junit } from '../report/ci/junit.ts'
import { markdown } from '../report/ci/markdown.ts'
import { tap } from '../report/ci/tap.ts'
import type { Verdict } from '../report/ci/verdict.ts'
import { notWritten } from './outputs.ts'

/** The forms that both a run and a check can have. */
export const CI_FORMATS = ['junit', 'github', 'markdown', 'tap'] as const
export type CiFormat = (typeof CI_FORMATS)[number]

/** All scenarios in one text; of `github` the annotations are printed on the way. */
export function ciText(format: CiFormat, verdicts: readonly Verdict[]): string {
  switch (format) {
    case 'junit':
      return junit(verdicts, fromCheckout)
    case 'tap':
      return tap(verdicts)
    case 'markdown':
      return markdown(verdicts)
    case 'github':
      return ''
  }
}

/** A file as a CI server names it: from the top of the checkout, wherever in it the command runs. */
export function fromCheckout(file: string): string {
  const top = process.env['GITHUB_WORKSPACE'] ?? process.env['CI_PROJECT_DIR'] ?? process.cwd()
  const path = relative(top, resolve(file))
  const isOutside = path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
  return isOutside ? file : path.replaceAll(sep, '/')
}

/** Adds to the page that GitHub shows of a job, when it asks for one. Answers why that could not be done. */
export function summarize(verdicts: readonly Verdict[]): Problem | undefined {
  const path = process.env['GITHUB_STEP_SUMMARY']
  if (path === undefined || path === '') return undefined
  try {
    appendFileSync(path, markdown(verdicts))
    return undefined
  } catch (error) {
    // The log has it all: a missing page is no reason to fail.
    return { ...notWritten('GITHUB_STEP_SUMMARY', (error as Error).message), severity: 'warning' }
  }
}
