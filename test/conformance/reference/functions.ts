// Lambda against loss formulas, a published simulation of its environments, and AWS's own example of the burst limit.
import { World } from '../../../sim/run/world.ts'
import { FREE } from '../../../sim/services/lambda/environments.ts'
import type { LambdaFunction } from '../../../sim/services/lambda/function.ts'
import { scenarioOf } from '../../scenarios.ts'
import { Batches, completed, exactly, oneOfMany, Stretch, type Measured } from './measure.ts'

type Params = Readonly<Record<string, any>>

const SECOND = 1_000_000

/** Erlang's formula B. */
function shareThatIsLost(servers: number, load: number): number {
  let lost = 1
  for (let n = 1; n <= servers; n++) lost = (load * lost) / (n + load * lost)
  return lost
}

/** What the loss formula does not depend on: laws of one mean, from none to much variation. */
const LAWS: readonly ((mean: number) => string)[] = [
  (mean) => `${mean}s`,
  (mean) => `mix(0.9: exponential(${mean / 1.8}s), 0.1: exponential(${mean * 5}s))`,
]

/**
 * Erlang's loss system: requests beyond the reserved concurrency are throttled and nobody tries again. The formula knows
 * the mean of the durations alone, so two laws must agree with it, each by itself.
 */
export function loss({ c, a }: Params): Record<string, Measured> {
  const mean = Math.max(1, c / 50)
  const rate = a / mean
  const each = LAWS.map((law) => {
    const batches = new Batches(
      (duration) => `
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties: { Runtime: nodejs22.x, Timeout: 900, ReservedConcurrentExecutions: ${c} }
Simulation:
  Duration: ${duration}
  Quotas: { lambda.ConcurrentExecutions: ${c + 100} }
  Assumptions: { Work: { ColdStart: 0s } }
  Workloads:
    Callers: { Target: Work, Rate: ${rate.toPrecision(12)}/s, Client: { Retries: none } }
  Handlers:
    Work: [{ Wait: '${law(mean)}' }]
`,
      // A stretch holds thousands of requests and some that are lost, and outlasts durations, those of the long kind too.
      Math.max(20 * mean, Math.max(4_000, Math.min(50_000, 10 / shareThatIsLost(c, a))) / rate),
    )
    return batches.share(
      (at) => at.sum('Work', 'Invocations') + at.sum('Work', 'Throttles'),
      (at) => at.sum('Work', 'Throttles'),
    )
  })
  const differs: Measured['differs'] = (expected) =>
    each.map((measured) => measured.differs(expected)).find((difference) => difference !== undefined)
  return { throttle_fraction: { differs } }
}

/** The reference's numbers of pick policies. */
const PICKS = ['newest-created', 'oldest-created', 'most-recently-used', 'random', 'least-recently-used']
/** How many runs a published mean is over, by their warm-up: 1175.3833 cold starts are 70,523 in 60, 7482.0833 are 89,785 in 12. */
const RUNS: Readonly<Record<number, number>> = { 20000: 60, 10000: 12, 0: 10 }
/** Requests of one run at most. */
const REQUESTS = 1_000_000

/**
 * A pool of environments that are gone when unused for `tau` s. The reference draws the whole time of a cold request with
 * its own mean; an exponential time is a shorter exponential one and, in the share of cases 1 − warm/cold, another of the
 * longer mean, so the cold start has exactly that law.
 */
export function pool({ lambda, warm, cold, tau, T, W, maxc, policy }: Params): Record<string, Measured> {
  const end = Math.min(T, W + REQUESTS / lambda)
  const { plan } = scenarioOf(`
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Timeout: 900 } }
Simulation:
  Duration: ${Math.ceil(end)}s
  Quotas: { lambda.ConcurrentExecutions: ${maxc}, lambda.InitTimeout: 900 }
  Assumptions:
    Work:
      Pick: ${PICKS[policy]}
      IdleLifetime: ${tau}s
      MaxAge: 100000d
      ColdStartCpu: '0'
      ColdStart: 'mix(${warm / cold}: 0s, ${1 - warm / cold}: exponential(${cold}s))'
  Workloads:
    Callers: { Target: Work, Rate: ${lambda}/s, Client: { Retries: none } }
  Handlers:
    Work: [{ Wait: exponential(${warm}s) }]
`)
  const world = new World(plan)
  const work = world.stateOf<LambdaFunction>('Work')
  const read = (
    at: number,
  ): Record<'cold' | 'requests' | 'rejected' | 'servers' | 'running' | 'ended' | 'ages', number> => {
    world.run(at)
    // The whole time of all environments less the ages of those that are there is the time of those that have ended.
    let ages = work.lives.mean(at) * at
    const { environments } = work
    for (let row = 0; row < environments.rows; row++)
      if (environments.phase[row] !== FREE) ages -= at - environments.createdAt[row]
    const rejected = work.throttles.reduce((sum, each) => sum + each, 0)
    return {
      cold: work.coldStarts,
      requests: work.running.entered + rejected,
      rejected,
      servers: work.lives.mean(at) * at,
      running: work.running.mean(at) * at,
      ended: work.lives.left,
      ages,
    }
  }
  const before = read(W * SECOND)
  const after = read(plan.duration)
  const of = (name: keyof typeof before): number => after[name] - before[name]
  const length = plan.duration - W * SECOND
  const times = ((T - W) * SECOND) / length
  const one = (value: number): Measured => oneOfMany(value, RUNS[W], times)
  return {
    p_cold: one(of('cold') / of('requests')),
    p_reject: one(of('rejected') / of('requests')),
    server_count: one(of('servers') / length),
    running: one(of('running') / length),
    idle: one((of('servers') - of('running')) / length),
    lifespan: one(of('ended') === 0 ? 0 : of('ages') / of('ended') / SECOND),
    requests: one(of('requests') * times),
    cold: one(of('cold') * times),
    utilization: one(of('running') / of('servers')),
  }
}

/** 10,000 requests, a part of them at the start of each minute, under the burst limit of the study notes. */
export function burst(_: Params, expect: Params): Record<string, Measured> {
  return Object.fromEntries(
    Object.entries(expect).map(([name, { throttled }]) => {
      const minutes: number = throttled.length
      const crowd = Math.round(10_000 / minutes)
      const workloads = Array.from({ length: minutes }, (_, minute) => {
        const users = minute === 0 ? crowd : `[{ At: ${minute}m, Value: ${crowd} }]`
        return `    Crowd${minute}: { Target: Work, Users: ${users}, Count: ${crowd}, Client: { Retries: none } }`
      })
      const run = completed(
        scenarioOf(`
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs14.x, Timeout: 60 } }
Simulation:
  Duration: ${minutes}m
  Quotas: { Profile: notes-2020, lambda.ConcurrentExecutions: 10000 }
  Workloads:
${workloads.join('\n')}
  Handlers:
    Work: [{ Wait: 30s }]
`),
      )
      const counts = Array.from({ length: minutes }, (_, minute) =>
        new Stretch(run, minute * 60 * SECOND, (minute + 1) * 60 * SECOND).sum('Work', 'Throttles'),
      )
      const differs: Measured['differs'] = () => exactly(counts).differs(throttled)
      return [name, { differs }]
    }),
  )
}
