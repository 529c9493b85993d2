// What holds of a function between any two events.
import type { Invariant } from '../../model/contract.ts'
import { FREE, IDLE, isOnDemand, type Environments } from './environments.ts'
import type { LambdaFunction } from './function.ts'
import { versionOf } from './running.ts'

export const invariants: Readonly<Record<string, Invariant<LambdaFunction>>> = {
  'every environment is starting, busy or idle': (self) => countPhases(self.environments) === self.environments.count,
  'each request in progress has an environment of its own': (self) =>
    self.running.inside === self.environments.busy + self.environments.starting,
  'every request that was let in gets exactly one answer': (self) =>
    self.running.entered === self.replied + self.running.inside,
  'requests in progress keep to Little’s law': (self) => self.running.holds(self.sim.clock[0]),
  'environments keep to Little’s law': (self) =>
    self.lives.holds(self.sim.clock[0]) && self.lives.inside === self.environments.count,
  'no environment is idle beyond its lifetime or its age': noneOverdue,
  'no request is let in beyond the function’s limit': (self) => self.onDemand <= self.allowance,
  'every asynchronous event waits, runs, has succeeded or was given up': ({ events }) =>
    events.accepted === events.waiting + events.running + events.succeeded + events.givenUp.total,
  'no `/tmp` holds more than it may': ({ environments, tmpSize }) => {
    for (let row = 0; row < environments.rows; row++) if (environments.tmp[row] > tmpSize) return false
    return true
  },
  'who takes too much memory is about to be stopped': memoryKept,
}

function countPhases(environments: Environments): number {
  let count = 0
  for (let row = 0; row < environments.rows; row++) if (environments.phase[row] !== 0) count++
  return count
}

function noneOverdue(self: LambdaFunction): boolean {
  const { environments } = self
  const now = self.sim.clock[0]
  for (let row = 0; row < environments.rows; row++) {
    if (environments.phase[row] !== IDLE || !isOnDemand(environments.pool[row])) continue
    if (environments.since[row] + self.idleLifetime < now || environments.createdAt[row] + self.maxAge < now)
      return false
  }
  return true
}

function memoryKept(self: LambdaFunction): boolean {
  const { environments, runtimeMemory } = self
  for (let row = 0; row < environments.rows; row++) {
    if (environments.phase[row] === FREE || environments.crashing[row] === 1) continue
    const taken = environments.held[row] + environments.used[row]
    if (taken > 0 && runtimeMemory + taken > versionOf(self, row).memory * 1_048_576) return false
  }
  return true
}
