// Where the runs of an experiment are done: on threads of this host, or by the workers that listen at `--redis`.
import type { Problem } from '../../diag/problem.ts'
import type { Bundle } from '../../experiment/bundle.ts'
import { build } from '../build.ts'
import { badFlag } from '../problems.ts'
import type { Executor } from './executor.ts'
import { inThreads } from './threads.ts'
import { workersIn } from './workers.ts'

export interface WhereFlags {
  readonly workers?: string
  readonly redis?: string
}

export interface Where {
  /** Threads, when they are this host's. */
  readonly workers: number
  /** The address of the queue that other hosts listen at. */
  readonly redis?: string
}

/** What the flags say, or what is wrong with them. */
export function whereIn({ workers, redis }: WhereFlags): Where | Problem {
  const threads = workersIn(workers)
  if (typeof threads !== 'number') return threads
  if (redis === undefined) return { workers: threads }
  if (workers === undefined) return { workers: threads, redis }
  return badFlag(
    '`--workers` counts threads of this host, and `--redis` has the runs done by others',
    'leave one of them out; `hotshard worker --concurrency N` says how many runs a host does at once',
  )
}

/** Somebody to do runs of a bundle, of which there are `most` at once. To be closed. Throws `Unreachable`. */
export async function executorAt(
  { workers, redis }: Where,
  bundle: Bundle,
  most: number,
  signal?: AbortSignal,
): Promise<Executor> {
  const options = signal === undefined ? {} : { signal }
  if (redis === undefined) return inThreads(bundle, Math.min(workers, most), options)
  // On demand: threads need no client of a database.
  const { onRedis } = await import('./redis/index.ts')
  const says = (line: string): void => void process.stderr.write(`${line}\n`)
  return onRedis(bundle, redis, { version: build(), says, ...options })
}
