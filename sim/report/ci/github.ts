// Annotations of a GitHub workflow: each failure at the scenario's own line, each error at its place.
import { githubAnnotation, workflowCommand } from '../../diag/machine.ts'
import { sortProblems } from '../../diag/render.ts'
import { details, type Verdict } from './verdict.ts'

const TITLES = { guard: 'stopped by a guard', invariant: 'a bug of hotshard', 'bad-input': 'bad input' }

/** A workflow command per failed case, ending with a newline when there is one. `fileOf` names a file from the checkout. */
export function annotations(verdict: Verdict, fileOf: (file: string) => string = String): string {
  const { scenario, problems, cases } = verdict
  const said = sortProblems(problems.filter(({ severity }) => severity === 'error')).map((problem) =>
    githubAnnotation(problem, scenario, fileOf),
  )
  const failed = cases
    .filter(({ outcome, type }) => (outcome === 'failed' || outcome === 'error') && type !== 'bad-input')
    .map((of) => {
      const { expected: _, at: __, ...rest } = Object.fromEntries(details(verdict, of))
      const lines = Object.entries(rest).flatMap(([heading, value]) => `${heading} ${value}`.split('\n'))
      const { file, ...at } = of.place ?? { file: scenario }
      const title = of.type === 'expectation' ? `failed: ${of.name}` : TITLES[of.type]
      return workflowCommand('error', { ...at, file: fileOf(file) }, title, lines)
    })
  return [...said, ...failed].map((line) => `${line}\n`).join('')
}
