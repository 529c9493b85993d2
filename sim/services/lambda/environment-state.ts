// What an environment keeps from one invocation to the next: what it has done, files in `/tmp`, memory.
import type { Remembers } from '../../parts/interpreter.ts'
import type { LambdaFunction } from './function.ts'
import { versionOf } from './running.ts'

const MB = 1_048_576

/** How the handlers' steps `Once`, `Tmp` and `Memory` reach the environment that they run in. */
export const memory: Remembers<LambdaFunction> = {
  has: ({ environments }, row, nth) => ((environments.done[row] >> nth) & 1) === 1,
  add: ({ environments }, row, nth) => {
    environments.done[row] |= 1 << nth
  },
  write: (self, row, bytes) => {
    const { tmp } = self.environments
    if (bytes < 0) tmp[row] = 0
    else if (tmp[row] + bytes > self.tmpSize) return self.noSpaceStatus
    else tmp[row] += bytes
    return 0
  },
  hold: (self, row, bytes, keeps) => {
    const { held, used, crashing } = self.environments
    const of = keeps ? held : used
    of[row] += bytes
    if (self.runtimeMemory + held[row] + used[row] <= versionOf(self, row).memory * MB) return true
    crashing[row] = 1
    self.sim.after(0, self.crashedTarget, row)
    return false
  },
}
