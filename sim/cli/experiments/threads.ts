// A pool of threads for the runs of an experiment: one run a thread at a time, so that a run that takes its thread down costs nothing else.
import { totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import type { Bundle } from '../../experiment/bundle.ts'
import { lostOutcome } from '../../experiment/runner.ts'
import type { Outcome, RunSpec } from '../../experiment/types.ts'
import { inlineMore } from '../optimizer.ts'
import { Interrupted, onThisThread, type Executor } from './executor.ts'

export interface ThreadOptions {
  /** Never on the caller's own thread, which has other things to do: also when there is one worker. */
  readonly always?: boolean
  /** Gives up what is under way: `run` throws `Interrupted`. Heard by threads, not by a run on the caller's own. */
  readonly signal?: AbortSignal
  /** MB of heap that a thread may take before it is ended; as many as all of them find in the machine when absent. */
  readonly memory?: number
  /** The file that a thread runs. */
  readonly script?: string
}

/** What Node gives a program on a machine of 16 GB and more, in MB. */
const MEMORY_MOST = 4096
const MEMORY_LEAST = 256
/** The share of the machine's memory that all threads may take together. */
const SHARE = 0.75
const ATTEMPTS = 2

/**
 * Does runs on `workers` threads, or on this one when it is one (unless `always`). A run whose thread dies (no memory left, a crash of Node) is tried once
 * more on a fresh thread; then its outcome is `crashed`. To be closed: its threads keep the process alive.
 */
export function inThreads(bundle: Bundle, workers: number, options: ThreadOptions = {}): Executor {
  if (workers === 1 && options.always !== true) return onThisThread(bundle)
  const { signal } = options
  const memory = options.memory ?? memoryOfEach(workers)
  // V8's flags are the process's: they hold for threads that begin afterwards.
  inlineMore()
  const pool = workerpool.pool(options.script ?? SCRIPT, {
    workerType: 'thread',
    maxWorkers: workers,
    // A thread in the middle of a run does not hear that it should end.
    workerTerminateTimeout: 20,
    workerThreadOpts: {
      workerData: bundle,
      resourceLimits: { maxOldGenerationSizeMb: memory },
    },
  })
  const end = async (force: boolean): Promise<void> => {
    await pool.terminate(force)
  }
  signal?.addEventListener('abort', () => void end(true))

  const isOver = (): boolean => signal?.aborted === true

  const answer = async (spec: RunSpec): Promise<Outcome> => {
    for (let attempts = 1; ; attempts++) {
      if (isOver()) throw new Interrupted()
      try {
        return (await pool.exec('run', [spec])) as Outcome
      } catch (error) {
        if (isOver()) throw new Interrupted()
        if (!(error instanceof workerpool.TerminateError)) throw error
        if (attempts === ATTEMPTS) return lostOutcome(spec, 'crashed', reason(error, memory))
      }
    }
  }
  return {
    run: (specs, done) =>
      Promise.all(
        specs.map(async (spec, i) => {
          const outcome = await answer(spec)
          done?.(i, outcome)
          return outcome
        }),
      ),
    close: () => end(false),
  }
}

/** Beside this file, or beside the bundle that this file has become a part of. */
const SCRIPT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './thread-source.mjs' : './hotshard-thread.js', import.meta.url),
)

/** MB of heap for each of several threads. A container may have less memory than its host. */
export function memoryOfEach(
  workers: number,
  machine = Math.min(totalmem(), process.constrainedMemory() || Infinity),
): number {
  const each = (machine * SHARE) / 1_048_576 / workers
  return Math.floor(Math.max(MEMORY_LEAST, Math.min(MEMORY_MOST, each)))
}

function reason(error: Error, memory: number): string {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? `its thread ran out of memory ${ATTEMPTS} times: there are ${memory} MB for each, and fewer workers would leave more`
    : `its thread ended ${ATTEMPTS} times: ${error.message.split('\n', 1)[0]}`
}
