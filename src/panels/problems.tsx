// What is wrong with a scenario that does not run, with the carets of the command line and a way to each place.
import { openEditor } from '../app/editor-store.ts'
import { useApp } from '../app/store.ts'
import { diagnosticOf, renderProblems, sortProblems } from '../sim.ts'
import { ProblemList } from './problem-list.tsx'

export function Problems() {
  const status = useApp((state) => state.status)
  const problems = useApp((state) => state.problems)
  const bug = useApp((state) => state.bug)
  const name = useApp((state) => state.scenario?.name ?? '')
  if (status === 'bug')
    return (
      <section className="problems" aria-labelledby="problems-title">
        <h2 id="problems-title">The simulator stopped: this is a bug of ours</h2>
        <pre tabIndex={0}>{bug}</pre>
      </section>
    )
  const errors = problems.filter((problem) => problem.severity === 'error')
  return (
    <section className="problems" aria-labelledby="problems-title" role="alert">
      <h2 id="problems-title">
        {errors.length === 1
          ? 'This keeps the scenario from running'
          : `${errors.length} things keep the scenario from running`}
      </h2>
      <p>Open the editor at one of them, or mend the file and drop it on the page again.</p>
      <ProblemList
        diagnostics={sortProblems(errors).map((problem) => diagnosticOf(problem, name))}
        go={({ line }) => openEditor(line)}
      />
      <pre tabIndex={0}>{renderProblems(problems, { width: 110 })}</pre>
    </section>
  )
}
