// The rooms against closed forms of queueing theory, each worked out here from its own definition.
//
// Scenarios as a user writes them; the reference suite of `npm run conformance` does the same at length, against values
// worked out elsewhere.
import { describe, expect, test } from 'vitest'
import { Batches, completed, Stretch } from './conformance/reference/measure.ts'
import { scenarioOf } from './scenarios.ts'

const MINUTE = 60_000_000

/** Erlang's formula B: the share that finds all of `servers` busy and is lost, by his recursion. */
function erlangB(servers: number, load: number): number {
  let lost = 1
  for (let n = 1; n <= servers; n++) lost = (load * lost) / (n + load * lost)
  return lost
}

/** Erlang's formula C from its sum of states: the share that has to wait when nobody is lost. */
function erlangC(servers: number, load: number): number {
  let term = 1
  let sum = 0
  for (let n = 0; n < servers; n++) {
    sum += term
    term = (term * load) / (n + 1)
  }
  const waiting = (term * servers) / (servers - load)
  return waiting / (sum + waiting)
}

/** Mean wait of an M/G/1 queue in mean services, by Pollaczek and Khinchine; `scv` is the squared coefficient of variation. */
function pollaczek(rho: number, scv: number): number {
  return (rho * (1 + scv)) / (2 * (1 - rho))
}

function station(properties: string, perSecond: number): Batches {
  return new Batches(
    (duration) => `
Resources:
  Station: { Type: Sim::Http::Server, Properties: { ${properties} } }
Simulation:
  Duration: ${duration}
  Workloads:
    Crowd: { Target: Station, Operation: http:GET, Rate: ${perSecond}/s }
`,
    5_000 / perSecond,
  )
}

describe('Erlang, Pollaczek and Khinchine', () => {
  test('the two formulas of Erlang agree with each other, and with the cases that can be done by hand', () => {
    expect(erlangB(1, 1)).toBe(1 / 2)
    expect(erlangB(2, 1)).toBeCloseTo(1 / 5, 12)
    expect(erlangC(1, 0.7)).toBeCloseTo(0.7, 12)
    for (const [c, a] of [
      [3, 2.4],
      [10, 9],
      [50, 40],
    ] as const)
      expect(erlangC(c, a)).toBeCloseTo((c * erlangB(c, a)) / (c - a * (1 - erlangB(c, a))), 12)
  })

  test('several workers keep as many waiting, and for as long, as formula C says', () => {
    for (const [workers, load] of [
      [1, 0.7],
      [3, 2.4],
      [20, 17],
    ] as const) {
      const batches = station(`Workers: ${workers}, ServiceTime: exponential(100ms)`, load * 10)
      const waits = erlangC(workers, load)
      const started = (at: Stretch): number => at.samples('Station', 'QueueTime')
      const share = batches.share(started, (at) => started(at) - at.atMost('Station', 'QueueTime', 0))
      expect(share.differs(waits)).toBeUndefined()
      const wait = batches.estimate((at) => at.mean('Station', 'QueueTime') / 100_000)
      expect(wait.differs(waits / (workers - load))).toBeUndefined()
      expect(wait.differs((1.5 * waits) / (workers - load))).toBeDefined()
    }
  })

  test('a server without a queue loses what formula B says, however its services vary', () => {
    for (const service of ['100ms', 'exponential(100ms)', 'gamma(mean=100ms, cv=3)']) {
      const batches = station(`Workers: 5, QueueCapacity: 0, ServiceTime: "${service}"`, 40)
      const share = batches.share(
        (at) => at.sum('Station', 'Requests'),
        (at) => at.sum('Station', 'Rejected'),
      )
      expect(share.differs(erlangB(5, 4))).toBeUndefined()
      expect(share.differs(1.2 * erlangB(5, 4))).toBeDefined()
    }
  })

  test('a function whose callers do not try again throttles what formula B says for its reserved concurrency', () => {
    for (const duration of ['1s', 'lognormal(p50=600ms, p99=6195.7ms)']) {
      const batches = new Batches(
        (length) => `
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Timeout: 900, ReservedConcurrentExecutions: 5 } }
Simulation:
  Duration: ${length}
  Assumptions: { Work: { ColdStart: 0s } }
  Workloads:
    Callers: { Target: Work, Rate: 4/s, Client: { Retries: none } }
  Handlers:
    Work: [{ Wait: "${duration}" }]
`,
        1_000,
      )
      const share = batches.share(
        (at) => at.sum('Work', 'Invocations') + at.sum('Work', 'Throttles'),
        (at) => at.sum('Work', 'Throttles'),
      )
      const mean = duration === '1s' ? 1 : 0.6 * Math.exp(Math.log(6195.7 / 600) ** 2 / (2 * 2.3263478740408408 ** 2))
      expect(share.differs(erlangB(5, 4 * mean)), duration).toBeUndefined()
      expect(share.differs(1.2 * erlangB(5, 4 * mean)), duration).toBeDefined()
    }
  })

  test('one worker keeps requests waiting as Pollaczek and Khinchine say, the longer the more its services vary', () => {
    const sigma = 0.8
    const p50 = 100 * Math.exp((-sigma * sigma) / 2)
    const laws: readonly (readonly [law: string, scv: number])[] = [
      ['100ms', 0],
      ['uniform(0ms, 200ms)', 1 / 3],
      ['gamma(mean=100ms, cv=0.5)', 1 / 4],
      [`lognormal(p50=${p50}ms, p99=${p50 * Math.exp(2.3263478740408408 * sigma)}ms)`, Math.exp(sigma * sigma) - 1],
      ['mix(0.9: 50ms, 0.1: 550ms)', (0.9 * 50 * 50 + 0.1 * 550 * 550) / 10_000 - 1],
    ]
    for (const [law, scv] of laws) {
      const wait = station(`Workers: 1, ServiceTime: "${law}"`, 7).estimate(
        (at) => at.mean('Station', 'QueueTime') / 100_000,
      )
      expect(wait.differs(pollaczek(0.7, scv)), law).toBeUndefined()
      expect(wait.differs(1.3 * pollaczek(0.7, scv)), law).toBeDefined()
    }
  })
})

describe('Little', () => {
  test('the area under the number in a server is the sum of the times in it, to the microsecond', () => {
    const run = completed(
      scenarioOf(`
Resources:
  Station: { Type: Sim::Http::Server, Properties: { Workers: 4, ServiceTime: exponential(100ms) } }
Simulation:
  Duration: 11m
  Workloads:
    Crowd: { Target: Station, Operation: http:GET, Rate: 36/s, Count: 20000 }
`),
    )
    const whole = new Stretch(run, 0, 11 * MINUTE)
    expect(whole.samples('Station', 'Latency')).toBe(20_000)
    const area = (whole.level('Station', 'QueueLength') + whole.level('Station', 'Busy')) * 11 * MINUTE
    expect(area).toBeCloseTo(whole.sum('Station', 'Latency'), 2)
    expect(whole.level('Station', 'QueueLength') * 11 * MINUTE).toBeCloseTo(whole.sum('Station', 'QueueTime'), 2)
  })

  test('concurrent executions are requests per second times duration, cold starts included [LAM-V3]', () => {
    const run = completed(
      scenarioOf(`
Resources:
  Slow: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769 } }
  Fast: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769 } }
Simulation:
  Duration: 6m
  Workloads:
    Many: { Target: Slow, Arrivals: regular, Rate: 100/s, Count: 30000, Client: { Retries: none } }
    More: { Target: Fast, Arrivals: regular, Rate: 200/s, Count: 60000, Client: { Retries: none } }
  Handlers:
    Slow: [{ Wait: 500ms }]
    Fast: [{ Wait: 20ms }]
`),
    )
    const whole = new Stretch(run, 0, 6 * MINUTE)
    for (const name of ['Slow', 'Fast']) {
      const stays = whole.sum(name, 'Duration') + whole.sum(name, 'InitDuration')
      expect(whole.level(name, 'ConcurrentExecutions') * 6 * MINUTE).toBeCloseTo(stays, 2)
    }
    const steady = new Stretch(run, 2 * MINUTE, 4 * MINUTE)
    expect(steady.level('Slow', 'ConcurrentExecutions')).toBeCloseTo(50, 9)
    expect(steady.level('Fast', 'ConcurrentExecutions')).toBeCloseTo(4, 9)
  })
})
