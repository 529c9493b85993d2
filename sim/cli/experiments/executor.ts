// Where the runs of an experiment are done: on this thread, on a pool of threads, on other hosts. Whoever conducts one does not see the difference.
import type { Bundle } from '../../experiment/bundle.ts'
import { lostOutcome, Runner } from '../../experiment/runner.ts'
import type { Experiment, Outcome, RunSpec } from '../../experiment/types.ts'
import type { Watch } from '../../run/run.ts'
import { terminalWatch } from '../terminal.ts'

export interface Executor {
  /** Does all of them, in any order; answers in theirs. `done` is told of each as it comes. */
  run(specs: readonly RunSpec[], done?: (index: number, outcome: Outcome) => void): Promise<readonly Outcome[]>
  /** Nothing is asked any more: threads and connections end. */
  close(): Promise<void>
}

/** The hosts that were to do the runs cannot be asked. The message is for people. */
export class Unreachable extends Error {
  readonly help: string

  constructor(message: string, help: string) {
    super(message)
    this.help = help
  }
}

/** Somebody ended it before all runs were done. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
  }
}

/** Does one run. An exception of ours costs that run and no other: it is `broken`. */
export function attempt(runner: Runner, spec: RunSpec, watch: Watch): Outcome {
  try {
    return runner.run(spec, watch)
  } catch (error) {
    return lostOutcome(spec, 'broken', error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }
}

/** Does runs one after the other on this thread. */
export function onThisThread(bundle: Bundle): Executor {
  const runner = new Runner(bundle)
  return {
    run: (specs, done) =>
      Promise.resolve(
        specs.map((spec, i) => {
          const { wallTime, memory } = terminalWatch(1)
          const outcome = attempt(runner, spec, { wallTime, memory })
          done?.(i, outcome)
          return outcome
        }),
      ),
    close: () => Promise.resolve(),
  }
}

/** Conducts an experiment to its end. `done` is told how many of the runs asked for so far have been done. */
export async function conduct<Result>(
  experiment: Experiment<Result>,
  executor: Executor,
  done?: (runs: number, asked: number, outcome: Outcome) => void,
): Promise<Result> {
  let runs = 0
  let asked = 0
  for (let specs = experiment.next(); specs.length > 0; specs = experiment.next()) {
    asked += specs.length
    experiment.tell(await executor.run(specs, (_, outcome) => done?.(++runs, asked, outcome)))
  }
  return experiment.result()
}
