// Ctrl-C during an experiment: what is under way is given up, what is done is kept.

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
