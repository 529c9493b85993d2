// Conducts the experiments of the page: asks the pool for runs and keeps what is known so far where the dialog sees it.
import { namedIn } from '../app/main-file.ts'
import { store } from '../app/store.ts'
import { differenceOf, sideA } from '../app/variants.ts'
import { startWorker } from '../bridge/start.ts'
import type { RunOutcome, RunSpec } from '../sim.ts'
import { pointsOf, seedsOf, specsOf, type Axis } from './points.ts'
import { Pool, Stopped, workersFor, type Subject } from './pool.ts'
import { experiments } from './store.ts'

/** While runs come in, the dialog is drawn again at most this often, in ms. */
const SHOW_MS = 200

const pool = new Pool(() => startWorker('lab'), workersFor(navigator.hardwareConcurrency))

/** Runs the present scenario at every point of the axes. */
export async function sweep(axes: readonly Axis[], seeds: number): Promise<void> {
  const { history } = store.getState()
  const all = seedsOf(seeds)
  const specs = specsOf(history.edits.knobs, pointsOf(axes), all)
  await conduct(specs, (scenario, outcomes) => ({ sweep: { scenario, axes, seeds: all, outcomes } }))
}

/** Runs both sides on the same seeds, pair by pair. */
export async function duel(seeds: number): Promise<void> {
  const { history, outline } = store.getState()
  const { edits } = history
  const a = sideA(edits)
  const all = seedsOf(seeds)
  const [before, after] = [a.knobs, edits.knobs].map((knobs) => specsOf(knobs, [[]], all))
  const pairs = all.flatMap((_, i) => [before[i], after[i]])
  const change = differenceOf({ knobs: a.knobs }, { knobs: edits.knobs }, outline?.knobs ?? [])
  await conduct(pairs, (scenario, outcomes) => ({
    duel: {
      ...{ scenario, change, seeds: all },
      a: all.map((_, i) => outcomes[2 * i]),
      b: all.map((_, i) => outcomes[2 * i + 1]),
    },
  }))
}

export function stop(): void {
  pool.stop()
}

/** Does the runs; `show` makes what is known of them visible. */
async function conduct(
  specs: readonly RunSpec[],
  show: (
    scenario: string,
    outcomes: readonly (RunOutcome | undefined)[],
  ) => Partial<ReturnType<typeof experiments.getState>>,
): Promise<void> {
  const { scenario } = store.getState()
  if (scenario === undefined) return
  const { name, text, files = {} } = scenario
  const subject: Subject = { name, text, files: namedIn(text, files) }
  const outcomes: (RunOutcome | undefined)[] = specs.map(() => undefined)
  const begun = performance.now()
  let shown = begun
  let count = 0
  experiments.setState({
    failure: undefined,
    progress: { done: 0, of: specs.length, ms: 0 },
    ...show(name, [...outcomes]),
  })
  try {
    await pool.run(subject, specs, (index, outcome) => {
      outcomes[index] = outcome
      count++
      const now = performance.now()
      if (now - shown < SHOW_MS) return
      shown = now
      experiments.setState({
        progress: { done: count, of: specs.length, ms: now - begun },
        ...show(name, [...outcomes]),
      })
    })
  } catch (error) {
    const why =
      error instanceof Stopped ? 'stopped: what is shown is of the runs that were done' : (error as Error).message
    experiments.setState({ failure: why })
  }
  experiments.setState({ progress: undefined, ...show(name, [...outcomes]) })
}
