// Does the runs of a sweep that are not done yet, a few hundred at a time, and writes down what comes of each.
import type { RunSpec } from '../../experiment/types.ts'
import { runAt, type Space } from '../../experiment/sweep/space.ts'
import { Interrupted, type Executor } from '../experiments/executor.ts'
import { runProgress } from '../experiments/progress.ts'
import type { Journal } from './journal.ts'
import type { Shard } from './plan.ts'

/** Two lots are under way at once, so that no thread waits for the last run of a lot. */
const LOT = 256

/** The runs that are to be done here, by their places in the order. */
export function* runsOf({ runs }: Space, shard: Shard | undefined): Generator<number> {
  const { index, of } = shard ?? { index: 1, of: 1 }
  for (let run = index - 1; run < runs; run += of) yield run
}

/** How many there are. */
export function countOf({ runs }: Space, shard: Shard | undefined): number {
  const { index, of } = shard ?? { index: 1, of: 1 }
  return Math.max(0, Math.ceil((runs - index + 1) / of))
}

/** Answers whether somebody ended it before all was done. */
export async function conductSweep(
  space: Space,
  shard: Shard | undefined,
  journal: Journal,
  executor: Executor,
): Promise<'done' | 'interrupted'> {
  const progress = runProgress()
  const todo = missing(space, shard, journal)
  let done = 0
  let left = 0
  for (const run of runsOf(space, shard)) if (!journal.has(run)) left++
  const lane = async (): Promise<void> => {
    for (let lot = take(todo, LOT); lot.length > 0; lot = take(todo, LOT)) {
      const specs = lot.map((run): RunSpec => runAt(space, run))
      await executor.run(specs, (i, outcome) => {
        journal.add(lot[i]!, outcome)
        progress.note(++done, left)
      })
    }
  }
  try {
    await Promise.all([lane(), lane()])
    return 'done'
  } catch (error) {
    if (error instanceof Interrupted) return 'interrupted'
    throw error
  } finally {
    progress.end()
    await executor.close()
  }
}

function* missing(space: Space, shard: Shard | undefined, journal: Journal): Generator<number> {
  for (const run of runsOf(space, shard)) if (!journal.has(run)) yield run
}

function take(from: Iterator<number>, most: number): number[] {
  const taken: number[] = []
  while (taken.length < most) {
    const next = from.next()
    if (next.done === true) break
    taken.push(next.value)
  }
  return taken
}
