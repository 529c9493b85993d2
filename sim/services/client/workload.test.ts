// The load generator: when requests come, what a client does when an answer fails or does not come, who waits for whom.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, type Lab, MS, SECOND, type LabOptions, type Part } from '../../../test/kit.ts'
import { createSampler } from '../../engine/sample.ts'
import { backoff, sdkRetries } from '../../parts/retry.ts'
import { server } from '../http/server.ts'
import { workload, type Workload, type WorkloadConfig } from './workload.ts'

const NO_RETRIES = backoff(1, 0, 0, 'none')
const constant = (value: number) => createSampler({ kind: 'constant', value })

const BASE: WorkloadConfig = {
  Target: 'Server',
  Action: 'http:GET',
  Arg: 0,
  Body: null,
  Arrivals: 'regular',
  Rate: [{ at: 0, perSecond: 10 }],
  Client: { Retries: NO_RETRIES, Timeout: null },
}

function load(
  config: Partial<WorkloadConfig>,
  properties: Record<string, unknown>,
  options: LabOptions = {},
  assumptions: Record<string, Part> = {},
): Lab {
  return lab(
    {
      Server: { def: server, properties: { Workers: 1, ServiceTime: '0ms', ...properties } },
      Load: { def: workload, config: { ...BASE, ...config } as unknown as Record<string, unknown> },
      ...assumptions,
    },
    options,
  )
}

const state = (of: Lab): Workload => of.state<Workload>('Load')

describe('arrivals', () => {
  test('regular arrivals come at the full shares of a second, the first one after one interval', () => {
    const at = load({ Rate: [{ at: 0, perSecond: 7 }] }, {}).run(142_856)
    expect(state(at).requests).toBe(0)
    expect(state(at.run(142_857)).requests).toBe(1)
    expect(state(at.run(100 * SECOND)).requests).toBe(700)
  })

  test('Poisson arrivals have the mean and the variance of their rate, also along a ramp', () => {
    const counts: number[] = []
    for (let seed = 1; seed <= 200; seed++) {
      const ramp = [
        { at: 0, perSecond: 0 },
        { at: 10 * SECOND, perSecond: 20 },
      ]
      counts.push(state(load({ Arrivals: 'poisson', Rate: ramp }, {}, { seed }).run(10 * SECOND)).requests)
    }
    const mean = counts.reduce((sum, n) => sum + n) / 200
    const variance = counts.reduce((sum, n) => sum + (n - mean) * (n - mean), 0) / 199
    // 200 draws of a Poisson law of mean 100: the mean's standard error is 0.71, the variance's 10.
    expect(Math.abs(mean - 100)).toBeLessThan(4 * 0.71)
    expect(Math.abs(variance - 100)).toBeLessThan(4 * 10.1)
  })

  test('counted arrivals are exact in each period, even within it, and lose no fraction', () => {
    const step = (at: number, perSecond: number) => ({ at: at * SECOND, perSecond })
    const Rate = [step(0, 100), step(10, 100), step(10, 0), step(20, 0), step(20, 2.55), step(40, 2.55), step(40, 0)]
    const at = load({ Arrivals: 'counted', CountedPeriod: 10 * SECOND, Rate }, {})
    const halves: number[] = []
    for (let i = 1; i <= 10; i++) halves.push(state(at.run(i * SECOND)).requests)
    expect(halves[9]).toBe(1000)
    // Of 1000 even draws a tenth lies in each second: binomial with a standard deviation of 9.5.
    halves.forEach((n, i) => expect(Math.abs(n - (halves[i - 1] ?? 0) - 100)).toBeLessThan(4 * 9.5))
    expect(state(at.run(20 * SECOND)).requests).toBe(1000)
    expect(state(at.run(30 * SECOND)).requests).toBe(1026)
    expect(state(at.run(HOUR)).requests).toBe(1051)
  })

  test('recorded arrivals come at their own times, and then no more', () => {
    const at = load({ Arrivals: 'trace', Rate: [], TraceTimes: Float64Array.of(5, 5, SECOND) }, {})
    expect(state(at.run(4)).requests).toBe(0)
    expect(state(at.run(5)).requests).toBe(2)
    expect(state(at.run(HOUR)).requests).toBe(3)
  })

  test('bursts of 1 s every 10 s carry the rate; between them nothing comes', () => {
    const bursty = {
      Arrivals: 'bursty',
      BurstyOn: constant(SECOND),
      BurstyOff: constant(9 * SECOND),
      Rate: [{ at: 0, perSecond: 1000 }],
    } as const
    const at = load(bursty, {})
    const inBurst = state(at.run(SECOND - 1)).requests
    expect(Math.abs(inBurst - 1000)).toBeLessThan(4 * 31.7)
    expect(state(at.run(10 * SECOND - 1)).requests).toBe(inBurst)
    const total = state(at.run(200 * SECOND)).requests
    expect(Math.abs(total - 20_000)).toBeLessThan(4 * 141.5)
  })

  test('a workload that rests for a year costs no events', () => {
    const year = 365 * 24 * HOUR
    const rate = [
      { at: 0, perSecond: 0 },
      { at: year, perSecond: 0 },
      { at: year, perSecond: 1 },
    ]
    const at = load({ Rate: rate }, {}).run(year)
    expect(at.world.kernel.steps).toBe(0)
    expect(state(at.run(year + SECOND)).requests).toBe(1)
  })

  test('a count ends the workload', () => {
    expect(state(load({ Count: 3 }, {}).run(HOUR)).requests).toBe(3)
    const closed = load({ Rate: [], Users: [{ at: 0, value: 2 }], Count: 3 }, { ServiceTime: '1s' }).run(HOUR)
    expect([state(closed).requests, state(closed).successes, state(closed).users]).toEqual([3, 3, 0])
  })

  test('each request has a body of its own, drawn from the streams of the workload', () => {
    const sampler = createSampler({ kind: 'uniform', min: 0, max: 1e9 })
    const Body = { kind: 'map', keys: ['size'], values: [{ kind: 'draw', sampler, purpose: 'size' }] } as const
    const seen: number[] = []
    const spy = {
      ...server,
      ops: {
        'http:GET': {
          doc: '',
          run: (self: any, call: number) => (seen.push(self.sim.calls.body[call].size), self.arrive(call)),
        },
      },
    }
    const at = lab({
      Server: { def: spy, properties: { Workers: 1, ServiceTime: '0ms' } },
      Load: { def: workload, config: { ...BASE, Body } as never },
    })
    at.run(SECOND)
    expect(new Set(seen).size).toBe(10)
  })
})

describe('answers that fail or do not come', () => {
  test('a failed attempt is retried by the policy, and the latency counts from the arrival', () => {
    const at = load(
      { Count: 1, Client: { Retries: backoff(3, 200 * MS, 10 * SECOND, 'none'), Timeout: null } },
      { ErrorRate: 1, ServiceTime: '50ms' },
    )
    at.run(HOUR).finish()
    const { attempts, failures, successes } = state(at)
    expect([attempts, failures, successes]).toEqual([3, 1, 0])
    expect([at.sum('Load', 'Attempts'), at.sum('Load', 'Retries'), at.sum('Load', 'Failures')]).toEqual([3, 2, 1])
    expect(at.points('Load', 'AttemptLatency')[0].max).toBe(50 * MS)
    const good = load(
      { Count: 1, Client: { Retries: backoff(2, 200 * MS, 10 * SECOND, 'none'), Timeout: 20 * MS } },
      { ServiceTime: 'mix(0.5: 10ms, 0.5: 50ms)', Workers: 9 },
      { seed: 4 },
    )
    good.run(HOUR).finish()
    expect(state(good).successes).toBe(1)
    expect(good.points('Load', 'Latency')[0].max).toBe(state(good).attempts === 1 ? 10 * MS : 230 * MS)
  })

  test('a time-out abandons the attempt: the server goes on, and its late answer is counted and ignored', () => {
    const at = load({ Count: 1, Client: { Retries: NO_RETRIES, Timeout: 100 * MS } }, { ServiceTime: '101ms' })
    at.run(200 * MS - 1)
    expect([state(at).timeouts, state(at).failures]).toEqual([0, 0])
    at.run(200 * MS)
    expect([state(at).timeouts, state(at).failures, state(at).lateAnswers]).toEqual([1, 1, 0])
    at.run(201 * MS)
    expect(state(at).lateAnswers).toBe(1)
    expect(at.world.calls.live).toBe(0)
  })

  test('an answer that comes one microsecond before the time-out counts', () => {
    const at = load({ Count: 1, Client: { Retries: NO_RETRIES, Timeout: 101 * MS + 1 } }, { ServiceTime: '101ms' }).run(
      HOUR,
    )
    expect([state(at).successes, state(at).timeouts]).toEqual([1, 0])
  })

  test('independent failures with n retries need the geometric number of attempts', () => {
    const calls = 4000
    for (const [f, n, attempts, success] of [
      [0.5, 2, 1.75, 0.875],
      [0.3, 3, 1.417, 0.9919],
      [0.75, 1, 1.75, 0.4375],
    ]) {
      const at = load(
        {
          Rate: [{ at: 0, perSecond: 100 }],
          Count: calls,
          Client: { Retries: backoff(n + 1, 1, 1, 'none'), Timeout: null },
        },
        { ErrorRate: f, Workers: 100 },
      )
      at.run(HOUR)
      // Four standard errors; an attempt count of at most n + 1 has a deviation of at most 1.
      expect(Math.abs(state(at).attempts / calls - attempts)).toBeLessThan(4 / Math.sqrt(calls))
      expect(Math.abs(state(at).successes / calls - success)).toBeLessThan((4 * 0.5) / Math.sqrt(calls))
    }
  })

  test('an adaptive client that is throttled slows down its first attempts too [RET-32]', () => {
    const throttled = (mode: 'standard' | 'adaptive'): Lab =>
      load(
        {
          Rate: [{ at: 0, perSecond: 150 }],
          Count: 3000,
          Client: {
            Retries: sdkRetries({ mode, sdk: 'python', variant2026: false, action: 'http:GET', maxAttempts: 1 }),
            Timeout: null,
          },
        },
        { Workers: 1000 },
        { apiLimits: [{ action: 'http:GET', rate: 100, burst: 100 }] },
      ).run(HOUR)
    const standard = state(throttled('standard'))
    const adaptive = state(throttled('adaptive'))
    expect(standard.failures).toBe(3000 - 100 - 20 * 100 + 1)
    expect(adaptive.failures).toBeLessThan(standard.failures / 2)
    expect(adaptive.open.peak).toBeGreaterThan(50)
  })
})

describe('per-API limits of the account', () => {
  const limited = (retries: WorkloadConfig['Client']['Retries'], more: Partial<WorkloadConfig>, burst = 100): Lab =>
    load(
      { Client: { Retries: retries, Timeout: null }, ...more },
      { Workers: 1000 },
      { apiLimits: [{ action: 'http:GET', rate: 100, burst }] },
    )

  test('150 calls a second against a limit of 100 for 10 s: 1,000 pass, 500 are throttled, but for the bucket [N.CLI-SDK-17]', () => {
    const at = limited(NO_RETRIES, { Rate: [{ at: 0, perSecond: 150 }], Count: 1500 }).run(HOUR)
    // The full bucket lets 100 more pass; while the first call is on its way, 2/3 of a token is lost.
    expect(state(at).successes).toBe(1099)
    expect(state(at).failures).toBe(401)
  })

  test('limits are per operation: another one is not touched [N.CLI-SDK-15, N.CLI-SDK-17]', () => {
    const at = lab(
      {
        Server: { def: server, properties: { Workers: 1000, ServiceTime: '0ms' } },
        Gets: { def: workload, config: { ...BASE, Rate: [{ at: 0, perSecond: 100 }], Count: 1000 } as never },
        Posts: {
          def: workload,
          config: { ...BASE, Action: 'http:POST', Rate: [{ at: 0, perSecond: 100 }], Count: 1000 } as never,
        },
      },
      {
        apiLimits: [
          { action: 'http:GET', rate: 40, burst: 40 },
          { action: 'http:POST', rate: 5500, burst: 5500 },
        ],
      },
    ).run(HOUR)
    expect(at.state<Workload>('Posts').failures).toBe(0)
    // 40 of 100 calls a second pass, so 60 are throttled, but for the 40 of the full bucket.
    expect(at.state<Workload>('Gets').failures).toBe(561)
  })

  test('a burst of 150 calls against 100: with doubling delays all succeed, without retries 50 fail, at once more throttles [N.CLI-SDK-18]', () => {
    const burst = { Arrivals: 'trace', Rate: [], TraceTimes: new Float64Array(150).fill(SECOND) } as const
    const doubling = limited(backoff(5, 100 * MS, 20 * SECOND, 'none'), burst).run(HOUR)
    const none = limited(NO_RETRIES, burst).run(HOUR)
    const hasty = limited(backoff(60, 20 * MS, 20 * MS, 'none'), burst).run(HOUR)
    expect([state(doubling).successes, state(doubling).failures]).toEqual([150, 0])
    expect([state(none).successes, state(none).failures]).toEqual([100, 50])
    // 10 tokens come back in each 100 ms: after 100, 300 and 700 ms 10, 20 and the last 20 calls pass.
    expect(state(doubling).attempts - 150).toBe(50 + 40 + 20)
    expect(state(hasty).attempts).toBeGreaterThan(state(doubling).attempts)
  })
})

describe('closed workloads', () => {
  test('a user waits for the answer, thinks, and sends again', () => {
    const at = load({ Rate: [], Users: [{ at: 0, value: 1 }], ThinkTime: constant(900 * MS) }, { ServiceTime: '100ms' })
    at.run(10 * SECOND - 1)
    expect(state(at).requests).toBe(10)
    expect(state(at.run(10 * SECOND)).requests).toBe(11)
  })

  test('users come one by one along a ramp, and leave when their work is done', () => {
    const users = [
      { at: 0, value: 0 },
      { at: 10 * SECOND, value: 10 },
      { at: 20 * SECOND, value: 10 },
      { at: 20 * SECOND, value: 0 },
    ]
    const at = load({ Rate: [], Users: users, ThinkTime: constant(900 * MS) }, { ServiceTime: '100ms', Workers: 10 })
    expect(state(at.run(SECOND - 1)).users).toBe(0)
    expect(state(at.run(SECOND)).users).toBe(1)
    expect(state(at.run(5 * SECOND)).users).toBe(5)
    expect(state(at.run(20 * SECOND - 1)).users).toBe(10)
    const requests = state(at.run(21 * SECOND)).requests
    expect(state(at).users).toBe(0)
    expect(state(at.run(HOUR)).requests).toBe(requests)
  })

  test('a user who is no longer wanted leaves after the think time, without another request', () => {
    const users = [
      { at: 0, value: 2 },
      { at: 500 * MS, value: 2 },
      { at: 500 * MS, value: 1 },
    ]
    const at = load({ Rate: [], Users: users, ThinkTime: constant(900 * MS) }, { ServiceTime: '100ms', Workers: 10 })
    expect(state(at.run(1000 * MS - 1)).users).toBe(2)
    at.run(1000 * MS)
    expect([state(at).users, state(at).requests]).toEqual([1, 3])
  })

  test('a slow server slows closed users down and drowns under an open rate', () => {
    const closed = load({ Rate: [], Users: [{ at: 0, value: 10 }] }, { ServiceTime: '1s' }).run(100 * SECOND)
    expect(state(closed).open.peak).toBe(10)
    const open = load({ Rate: [{ at: 0, perSecond: 10 }] }, { ServiceTime: '1s' }).run(100 * SECOND)
    expect(state(open).open.inside).toBe(1000 - 99)
  })
})

test('the end of a run counts the requests that are still open', () => {
  const at = load({ Count: 5 }, { ServiceTime: '10s' })
    .run(11 * SECOND)
    .finish()
  expect(at.sum('Load', 'Unfinished')).toBe(4)
  expect(at.sum('Load', 'Successes')).toBe(1)
})
