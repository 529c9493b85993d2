// What a scenario with many seeds means to a pipeline: an expectation is good when it held with every one of them.
import type { Problem } from '../../diag/problem.ts'
import type { Replications } from '../../experiment/replications.ts'
import type { Scenario } from '../../lang/scenario.ts'
import {
  distinct,
  headlineOf,
  INVARIANTS,
  passed,
  RUNS,
  startOf,
  type Case,
  type State,
  type Verdict,
} from '../../report/ci/verdict.ts'
import { namedSeeds, oneOf } from './pretty-replications.ts'

/** The verdict on all runs together; `took` is in seconds of real time. */
export function verdictOfSeeds(
  replications: Replications,
  scenario: Scenario,
  problems: readonly Problem[],
  took: number,
): Verdict {
  const { runs, expectations, reproduce } = replications
  const broken = runs.filter(({ ending }) => ending === 'broken')
  const stopped = runs.filter(({ ending }) => ending === 'partial' || ending === 'crashed' || ending === 'refused')
  const lost = (name: string, type: Case['type'], which: typeof runs): Case => {
    const [first] = which
    if (first === undefined) return passed(name, type)
    const message = `not with ${namedSeeds(which.map(({ seed }) => seed))}: ${first.why ?? first.ending}`
    return { ...passed(name, type), outcome: 'error', message, repeat: oneOf(reproduce, first.seed) }
  }
  const expected = scenario.expectations.map(({ text, span }, i): Case => {
    const told = expectations[i]
    const asked = { name: text, type: 'expectation', place: startOf(span) } as const
    if (told === undefined) return { ...asked, outcome: 'skipped', message: 'no run came to its end' }
    const { held, runs: whole, failed } = told
    if (failed.length === 0) return { ...asked, outcome: 'passed', message: `held in ${held} of ${whole}` }
    const message = `held in ${held} of ${whole} (${namedSeeds(failed)} failed)`
    return { ...asked, outcome: 'failed', message, repeat: oneOf(reproduce, failed[0]!) }
  })
  const cases = distinct([lost(RUNS, 'guard', stopped), lost(INVARIANTS, 'invariant', broken), ...expected])
  const isGood = expected.every(({ outcome }) => outcome === 'passed')
  const state: State = broken.length > 0 ? 'broken' : stopped.length > 0 ? 'stopped' : isGood ? 'ok' : 'failed'
  return {
    scenario: replications.scenario,
    state,
    headline: headlineOf(state, cases, problems, runs.length),
    ...{ cases, problems, took },
    repeat: reproduce,
    facts: { seeds: String(runs.length), repeat: reproduce },
  }
}
