// Changes of a distribution: what is written is in force everywhere once it is deployed.
import type { Call } from '../../engine/calls.ts'
import { mapOf } from './asked.ts'
import type { Behavior } from './distribution-config.ts'
import type { Distribution } from './distribution-state.ts'

const SECOND = 1_000_000

/** What can change while it runs. */
export interface Change {
  readonly enabled: boolean | undefined
  readonly rootObject: string | undefined
  /** Of the default behaviour, in µs. */
  readonly times: Partial<Behavior['cache']['times']>
}

const isTime = (value: unknown): boolean => value === undefined || (typeof value === 'number' && value >= 0)

/** Takes a change; until it is deployed the distribution is as it was (CF-R64). */
export function updateDistribution(self: Distribution, call: Call): void {
  const { sim } = self
  const config = mapOf(mapOf(sim.calls.body[call])['DistributionConfig'])
  const { Enabled: enabled, DefaultRootObject: root } = config
  const { MinTTL: min, DefaultTTL: usual, MaxTTL: max } = mapOf(config['DefaultCacheBehavior'])
  const isRight =
    (enabled === undefined || typeof enabled === 'boolean') &&
    (root === undefined || typeof root === 'string') &&
    [min, usual, max].every(isTime)
  if (!isRight) {
    sim.reply(call, sim.error('InvalidArgument', 400))
    return
  }
  const times = Object.fromEntries(
    Object.entries({ min, usual, max })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, Math.round((value as number) * SECOND)]),
  )
  const row = self.changes.put({ enabled, rootObject: root as string | undefined, times })
  self.deploying++
  sim.after(self.deploymentTime.draw(self.deploymentRng), self.deployTarget, row)
  answer(self, call)
}

export function getDistribution(self: Distribution, call: Call): void {
  answer(self, call)
}

function answer(self: Distribution, call: Call): void {
  self.sim.calls.answer[call] = {
    Distribution: { Id: self.sim.physicalName, Status: self.deploying > 0 ? 'InProgress' : 'Deployed' },
  }
  self.sim.reply(call, 0)
}

/** Timer: a change is deployed. */
export function deployed(self: Distribution, row: number): void {
  const { enabled, rootObject, times } = self.changes.take(row)
  self.deploying--
  if (enabled !== undefined) self.enabled = enabled
  if (rootObject !== undefined) self.rootObject = rootObject.replace(/^\//, '')
  const last = self.behaviors.length - 1
  const { cache } = self.behaviors[last]
  const behavior = { ...self.behaviors[last], cache: { ...cache, times: { ...cache.times, ...times } } }
  self.behaviors = [...self.behaviors.slice(0, last), behavior]
}
