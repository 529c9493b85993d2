// Tests of whole runs: a beginning that falsifies figures is found, and steady, growing and uneven loads raise no alarm.
import { describe, expect, test } from 'vitest'
import { openNamed, scenarioOf } from '../../test/scenarios.ts'
import { amended } from '../run/amend.ts'
import type { Scenario } from '../lang/scenario.ts'
import { runWithHistory } from '../frames/history.ts'
import type { WarmUpAdvice } from '../run/report.ts'
import { Running, runScenario } from '../run/run.ts'
import { adviceOf, isSteady, WarmUpWatch } from './warm-up.ts'

const text = (workload: string, more = '', server = 'Workers: 1, ServiceTime: exponential(40ms)'): string => `
Parameters: { Rate: { Type: String, Default: 15/s } }
Resources: { Origin: { Type: Sim::Http::Server, Properties: { ${server} } } }
Simulation:
  Duration: 10m
  Workloads: { Load: { Target: Origin, Operation: http:GET, ${workload} } }
  ${more}
`
/** A cold cache: what is not yet in it is fetched from a slow origin, whose queue is long until most of it is there. */
const COLD = (warmUp: string, rate = '200/s'): string => `
Resources:
  Cache: { Type: AWS::ElastiCache::CacheCluster, Properties: { Engine: redis, CacheNodeType: cache.t4g.micro, NumCacheNodes: 1 } }
  Pages: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: index.handler, Role: 'arn:aws:iam::123456789012:role/pages', MemorySize: 1769, Timeout: 30, Code: { ZipFile: exports } } }
Simulation:
  Duration: 4m
  WarmUp: ${warmUp}
  Resources: { Database: { Type: Sim::Http::Server, Properties: { Workers: 20, ServiceTime: 500ms } } }
  Workloads: { Visitors: { Target: Pages, Operation: lambda:InvokeFunction, Rate: ${rate}, Attributes: { page: uniform(n=800) }, Client: { Retries: none } } }
  Handlers:
    Pages: [{ Cache: { In: !Ref Cache, Key: $.page, Ttl: 1h, Do: { http:GET: { Url: Database } } } }]
`
const adviceFor = (scenario: Scenario): WarmUpAdvice | undefined => {
  const watch = new WarmUpWatch(scenario.plan)
  runScenario(scenario, { samples: watch })
  return watch.advice()
}

test('a run that is looked at is the same run, in one go, with a history, and stopped half-way', () => {
  const digest = (options: ConstructorParameters<typeof Running>[1], way: (running: Running) => unknown) => {
    const running = new Running(scenarioOf(text('Rate: 15/s', 'WarmUp: 37s')), options)
    way(running)
    const { world, checkpoints, stopped } = running.finish()
    return [world.kernel.digest.hex(), checkpoints, stopped]
  }
  const watch = () => new WarmUpWatch(scenarioOf(text('Rate: 15/s', 'WarmUp: 37s')).plan)
  const whole = digest({}, (running) => void running.to(600e6))
  expect(digest({ samples: watch() }, (running) => void running.to(600e6))).toEqual(whole)
  expect(digest({ samples: watch() }, runWithHistory)).toEqual(whole)
  let calls = 0
  const half = digest({ samples: { many: 7, take: () => calls++ } }, (running) => {
    running.to(100e6)
    expect(calls).toBe(1)
    running.to(1e6)
    running.to(200e6, 50)
    running.to(600e6)
  })
  expect([half, calls]).toEqual([whole, 7])
})

describe('a warm-up that is too short', () => {
  test('is found where a cold cache falsifies the latency, with what it should be and what it does', () => {
    const advice = adviceFor(scenarioOf(COLD('0s')))!
    expect(advice).toMatchObject({ series: 'Visitors.Latency', unit: 'Milliseconds', given: 0 })
    expect(advice.needed).toBeGreaterThanOrEqual(10)
    expect(advice.needed).toBeLessThanOrEqual(120)
    expect(advice.biased).toBeGreaterThan(1.5 * advice.mean)
    // With what it says there is nothing more to say.
    expect(adviceFor(scenarioOf(COLD(`${advice.needed}s`)))).toBeUndefined()
  })

  test('is found in the gallery, where a minute of hit rates is left out and half a minute is not enough', () => {
    const scenario = openNamed('cache-stampede.yaml')
    expect(adviceFor(scenario)).toBeUndefined()
    const advice = adviceFor({ ...scenario, plan: { ...scenario.plan, warmUp: 30_000_000 } })
    expect(advice).toMatchObject({ series: 'Visitors.Latency', given: 30 })
    expect(advice!.needed).toBeGreaterThan(35)
  })

  test('is not claimed of a steady queue', () => {
    const scenario = scenarioOf(text('Rate: !Ref Rate'))
    const found = Array.from({ length: 20 }, (_, seed) => adviceFor({ ...scenario, plan: { ...scenario.plan, seed } }))
    expect(found.filter((advice) => advice !== undefined)).toHaveLength(0)
  })

  test('is not claimed where nothing settles: more comes than can be served', () => {
    expect(adviceFor(scenarioOf(text('Rate: 30/s')))).toBeUndefined()
  })

  test('is not claimed of a run that was stopped, or that is told by too few requests', () => {
    expect(adviceFor(scenarioOf(COLD('0s') + '  Guards: { Events: 20000 }\n'))).toBeUndefined()
    expect(adviceFor(scenarioOf(COLD('0s', '1/s')))).toBeUndefined()
  })

  test('is told of many runs only when most of them say so', () => {
    const advice = (needed: number) => ({ warmUpAdvice: { needed } as WarmUpAdvice })
    expect(adviceOf([advice(60), advice(20), advice(30)])!.needed).toBe(30)
    expect(adviceOf([advice(60), {}])).toBeUndefined()
    expect(adviceOf([])).toBeUndefined()
  })
})

describe('a system is left alone', () => {
  const steady = (workload: string, more = '') => isSteady(scenarioOf(text(workload, more)).plan)

  test('by even loads, open and closed', () => {
    expect(steady('Rate: 15/s')).toBe(true)
    expect(steady('Rate: 15/s, Arrivals: regular')).toBe(true)
    expect(steady('Rate: 15/s, Arrivals: "bursty(on=5s, off=5s)"')).toBe(true)
    expect(steady('Users: 5, ThinkTime: 1s')).toBe(true)
  })

  test('not by ramps, steps, counts, faults, actions, schedules and changes', () => {
    expect(steady('Rate: [{ At: 0s, Value: 10/s }, { At: 10m, Value: 12/s }]')).toBe(false)
    expect(steady('Rate: [{ At: 0s, Value: 15/s }, { At: 5s, Value: 15/s }, { At: 5s, Value: 10/s }]')).toBe(false)
    expect(steady('Users: [{ At: 0s, Value: 5 }, { At: 1m, Value: 9 }]')).toBe(false)
    expect(steady('Rate: 15/s, Count: 100')).toBe(false)
    expect(
      steady(
        'Rate: 15/s',
        'Faults: [{ At: 1m, For: 1m, aws:fis:inject-api-internal-error: { Service: sqs, Percentage: 5 } }]',
      ),
    ).toBe(false)
    const [before, after] = ['15/s', '20/s'].map((rate) =>
      scenarioOf(text('Rate: !Ref Rate'), { parameters: new Map([['Rate', rate]]) }),
    )
    const changed = amended(before!, after!, 60e6)
    expect('scenario' in changed && isSteady(changed.scenario.plan)).toBe(false)
  })

  test('nowhere in the gallery where its load ramps or somebody acts', () => {
    const found = [
      'orders',
      'flash-crowd',
      'hot-partition',
      'canary-rolled-back',
      'retry-storm',
      'origin-failover',
      'fifo-poison',
      'archive-replay',
    ]
    expect(found.filter((name) => isSteady(openNamed(`${name}.yaml`).plan))).toEqual([])
  })
})
