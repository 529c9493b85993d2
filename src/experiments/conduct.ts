// Conducts the experiments of the page: asks the pool for runs and keeps what is known so far where the dialog sees it.
import { namedIn } from '../app/main-file.ts'
import { store } from '../app/store.ts'
import { differenceOf, sideA } from '../app/variants.ts'
import { startWorker } from '../bridge/start.ts'
import { plainText } from '../run/words.ts'
import { limitReport, limitSearch, parseRange, Searching, type RunOutcome, type RunSpec } from '../sim.ts'
import { pointsOf, seedsOf, specsOf, type Axis } from './points.ts'
import { Crew, Stopped, workersFor, type Subject } from './pool.ts'
import { experiments, type ExperimentState } from './store.ts'
import { CONFIDENCE } from './summary.ts'

/** While runs come in, the dialog is drawn again at most this often, in ms. */
const SHOW_MS = 200

/** Who works on the experiment under way. */
let crew: Crew | undefined

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

/** What is asked of a limit. */
export interface Reach {
  readonly name: string
  readonly label: string
  /** `FROM..TO:STEP`. */
  readonly range: string
  readonly until: 'fail' | 'pass'
  readonly seeds: number
}

/** How often the expectations must hold, and how sure that is to be: as `hotshard find` has it. */
const RULE = { probability: 0.9, confidence: CONFIDENCE }

/** Finds how far a knob can go before the expectations fail, or must go until they hold. */
export async function reach({ name, label, range, until, seeds }: Reach): Promise<void> {
  const { knobs } = store.getState().history.edits
  const read = parseRange(name, range)
  if (!read.ok) {
    experiments.setState({ failure: `${plainText(read.message)}: ${plainText(read.help)}` })
    return
  }
  const question = { axis: read.axis, settings: Object.entries(knobs).filter(([other]) => other !== name), until }
  const rule = { ...RULE, seeds: seedsOf(seeds) }
  await withCrew(async (run, scenario) => {
    const searching = new Searching(limitSearch(question), rule)
    for (let specs = searching.next(); specs.length > 0; specs = searching.next())
      searching.tell(await run(specs, () => ({})))
    const searched = searching.result()
    if (!searched.ok) throw new Error(searched.outcome.why ?? 'a value cannot be run')
    const said = { scenario, rule, measures: new Map<string, string>(), reproduce: '', commandOf: () => '' }
    experiments.setState({ search: { label, report: limitReport(question, searched.result, searched.trials, said) } })
  })
}

export function stop(): void {
  crew?.stop()
}

/** Does the runs; `show` makes what is known of them visible. */
async function conduct(
  specs: readonly RunSpec[],
  show: (scenario: string, outcomes: readonly (RunOutcome | undefined)[]) => Partial<ExperimentState>,
): Promise<void> {
  const outcomes: (RunOutcome | undefined)[] = specs.map(() => undefined)
  await withCrew(async (run, name) => {
    experiments.setState(show(name, [...outcomes]))
    await run(specs, (index, outcome) => {
      outcomes[index] = outcome
      return show(name, [...outcomes])
    })
  })
}

/** Does some runs. What `note` makes of each outcome is shown now and then, and at the end. */
type Run = (
  specs: readonly RunSpec[],
  note: (index: number, outcome: RunOutcome) => Partial<ExperimentState>,
) => Promise<readonly RunOutcome[]>

/** Conducts an experiment on the present scenario, with its progress shown; whatever was under way is stopped. */
async function withCrew(experiment: (run: Run, scenario: string) => Promise<void>): Promise<void> {
  const { scenario } = store.getState()
  if (scenario === undefined) return
  const { name, text, files = {} } = scenario
  const subject: Subject = { name, text, files: namedIn(text, files) }
  crew?.stop()
  const mine = new Crew(() => startWorker('lab'), workersFor(navigator.hardwareConcurrency), subject)
  crew = mine
  const begun = performance.now()
  let [shown, count, asked] = [begun, 0, 0]
  let last: Partial<ExperimentState> = {}
  const run: Run = (specs, note) => {
    asked += specs.length
    return mine.run(specs, (index, outcome) => {
      count++
      last = note(index, outcome)
      const now = performance.now()
      if (now - shown < SHOW_MS) return
      shown = now
      experiments.setState({ progress: { done: count, of: asked, ms: now - begun }, ...last })
    })
  }
  experiments.setState({ failure: undefined, progress: { done: 0, of: 0, ms: 0 } })
  let failure: string | undefined
  try {
    await experiment(run, name)
  } catch (error) {
    failure =
      error instanceof Stopped ? 'stopped: what is shown is of the runs that were done' : (error as Error).message
  }
  mine.end()
  // Another one may have begun meanwhile.
  if (crew === mine) experiments.setState({ progress: undefined, failure, ...last })
}
