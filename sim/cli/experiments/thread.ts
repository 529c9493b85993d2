// One thread of the pool (`threads.ts`): is given a bundle once, then does the runs that it is asked for.
import { getHeapStatistics } from 'node:v8'
import { workerData } from 'node:worker_threads'
import workerpool from 'workerpool'
import type { Bundle } from '../../experiment/bundle.ts'
import { Runner } from '../../experiment/runner.ts'
import type { Outcome, RunSpec } from '../../experiment/types.ts'
import { inlineMore } from '../optimizer.ts'
import { attempt } from './executor.ts'

inlineMore()
const runner = new Runner(workerData as Bundle)

/** Bytes that this thread holds; the process's would be those of all threads together. */
function memory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

workerpool.worker({
  run(spec: RunSpec): Outcome {
    const begun = performance.now()
    return attempt(runner, spec, { wallTime: () => (performance.now() - begun) * 1000, memory })
  },
})
