// How many threads an experiment may take: `--workers N`, as many as the machine runs at once when absent.
import { availableParallelism } from 'node:os'
import type { Problem } from '../../diag/problem.ts'
import { badFlag } from '../problems.ts'

const WORKERS_MAX = 256

/** The number of threads, or what is wrong with the flag. */
export function workersIn(flag: string | undefined): number | Problem {
  if (flag === undefined) return availableParallelism()
  const workers = Number(flag)
  return /^\d+$/.test(flag) && workers >= 1 && workers <= WORKERS_MAX
    ? workers
    : badFlag(`\`--workers ${flag}\` is no number of threads`, `1 to ${WORKERS_MAX}`)
}
