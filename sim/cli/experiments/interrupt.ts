// Ctrl-C during an experiment: what is under way is given up, what is done is kept.
import type { Bundle } from '../../experiment/bundle.ts'
import type { Experiment } from '../../experiment/types.ts'
import { conduct, Interrupted } from './executor.ts'
import { runProgress } from './progress.ts'
import { executorAt, type Where } from './where.ts'

/**
 * Conducts an experiment of which `most` runs are done at once, with a line of progress; undefined when somebody ended it before its
 * end. `planned` is how many runs it will take in all, as far as is known.
 */
export async function conductedUntil<Result>(
  experiment: Experiment<Result>,
  bundle: Bundle,
  where: Where,
  most: number,
  planned = (asked: number): number => asked,
): Promise<Result | undefined> {
  const progress = runProgress()
  try {
    const threads = where.redis === undefined ? Math.min(where.workers, most) : Infinity
    return await interruptible(threads, async (signal) => {
      const executor = await executorAt(where, bundle, most, signal)
      try {
        return await conduct(experiment, executor, (done, asked) => progress.note(done, Math.max(done, planned(asked))))
      } finally {
        await executor.close()
      }
    })
  } catch (error) {
    if (error instanceof Interrupted) return undefined
    throw error
  } finally {
    progress.end()
  }
}

/**
 * Does work that hears of SIGINT and SIGTERM by its signal; a second one ends the process at once. With one worker the runs are done on
 * this thread, which hears of nothing in the middle of a run: then the process simply ends, as it does without this.
 */
export async function interruptible<Result>(
  workers: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  if (workers === 1) return work(controller.signal)
  const signals = ['SIGINT', 'SIGTERM'] as const
  const end = (): void => {
    for (const name of signals) process.off(name, end)
    controller.abort()
  }
  for (const name of signals) process.on(name, end)
  try {
    return await work(controller.signal)
  } finally {
    for (const name of signals) process.off(name, end)
  }
}
