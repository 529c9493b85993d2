// Oracles for searches: they answer what an experiment asks without simulating anything, by rules that a test knows.
import { createRng } from '../sim/engine/rng.ts'
import type { Ending, Experiment, MeasuredValue, Outcome, RunSpec } from '../sim/experiment/types.ts'

/** What comes of a run, as far as a test cares. */
export interface Answer {
  readonly ending: Ending
  readonly values?: readonly MeasuredValue[]
  readonly drawn?: true
}

export interface Asked<Result> {
  readonly result: Result
  readonly specs: readonly RunSpec[]
  readonly rounds: number
}

/** Conducts an experiment against an oracle; every run has a digest of its own, unless `digest` says otherwise. */
export function conductWith<Result>(
  experiment: Experiment<Result>,
  oracle: (settings: ReadonlyMap<string, string>, seed: string) => Answer,
  digest = ({ settings, seed }: RunSpec): string => JSON.stringify([settings, seed]),
): Asked<Result> {
  const specs: RunSpec[] = []
  let rounds = 0
  for (let asked = experiment.next(); asked.length > 0; asked = experiment.next()) {
    if (++rounds > 10_000) throw new Error('the experiment does not end')
    specs.push(...asked)
    experiment.tell(asked.map((spec) => outcomeOf(spec, oracle(new Map(spec.settings), spec.seed ?? ''), digest(spec))))
  }
  return { result: experiment.result(), specs, rounds }
}

/** The same coin for the same name, head with the given chance. */
export function coin(name: string, chance: number): boolean {
  return createRng(name, 'oracle', 'coin').float() < chance
}

function outcomeOf({ settings, seed = '' }: RunSpec, { ending, values = [], drawn }: Answer, digest: string): Outcome {
  return {
    settings,
    seed,
    ending,
    digest,
    events: 1,
    ...(drawn === undefined ? {} : { drawn }),
    values,
    expectations: [{ text: 'it holds', ok: ending === 'passed', measured: '' }],
  }
}
