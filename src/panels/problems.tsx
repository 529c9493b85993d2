// What is wrong with a scenario, in the same words and with the same carets as on the command line.
import { useApp } from '../app/store.ts'
import { renderProblems } from '../sim.ts'

export function Problems() {
  const status = useApp((state) => state.status)
  const problems = useApp((state) => state.problems)
  const bug = useApp((state) => state.bug)
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
      <pre tabIndex={0}>{renderProblems(problems, { width: 110 })}</pre>
      <p>Mend the file and drop it on the page again.</p>
    </section>
  )
}
