// Who may run, and who is throttled: the account's pool, reservations, provisioned concurrency, rates; then the laws.
import { describe, expect, test } from 'vitest'
import { lab, type Lab, type LabOptions, MINUTE, MS, type Part, Refused, SECOND } from '../../../test/kit.ts'
import { createSampler } from '../../engine/sample.ts'
import { parseDistribution } from '../../lang/distribution.ts'
import type { Program } from '../../parts/program.ts'
import { backoff } from '../../parts/retry.ts'
import { workload, type WorkloadConfig } from '../client/workload.ts'
import { account, type Account } from './account.ts'
import { alias } from './alias.ts'
import { lambdaFunction, type LambdaFunction } from './function.ts'
import { version } from './version.ts'

/** A handler that waits. */
function waits(us: number): Program {
  return { code: [{ op: 'wait', time: { kind: 'constant', value: us } }, { op: 'end' }], returns: false }
}

function part(
  handler: Program,
  properties: Record<string, unknown> = {},
  assumptions: Record<string, string> = {},
): Part {
  return {
    def: lambdaFunction,
    properties: { Timeout: 900, ...properties },
    config: { Handler: handler },
    assumptions: { ColdStart: '0ms', ...assumptions },
  }
}

function world(parts: Record<string, Part>, options: LabOptions = {}): Lab {
  const probe = Object.keys(parts).flatMap((name) =>
    Object.keys(parts[name].def.ops).map((action) => [name, action as `${string}:${string}`] as const),
  )
  return lab({ 'Sim::Lambda::Account': { def: account }, ...parts }, { probe, ...options })
}

/** Sends `count` requests at `at` µs, all in one instant. */
function burst(lab: Lab, name: string, at: number, count: number): void {
  lab.run(at)
  for (let i = 0; i < count; i++) lab.call(name, 'lambda:InvokeFunction', { Payload: null })
}

/** Requests at equal distances, `perSecond` of them for `seconds`. */
function steadily(lab: Lab, name: string, perSecond: number, seconds: number): void {
  const start = lab.now
  for (let i = 0; i < perSecond * seconds; i++) burst(lab, name, start + Math.round((i * SECOND) / perSecond), 1)
}

/** Requests let in and throttled, by full minute. */
function minutes(lab: Lab, name: string, count: number): [ok: number, throttled: number][] {
  lab.run(count * MINUTE + 1)
  const of = (metric: string, minute: number): number =>
    lab.points(name, metric).find((point) => point.start === minute * MINUTE)?.sum ?? 0
  return Array.from({ length: count }, (_, i) => [of('Invocations', i), of('Throttles', i)])
}

const big = { quotas: { 'lambda.ConcurrentExecutions': 10_000 } }
const legacy = { ...big, profile: 'notes-2020' } as const

describe('the account', () => {
  test('concurrency is requests per second times duration, whatever the settings [N.LAMBDA-04, LAM-30, LAM-V3]', () => {
    for (const [perSecond, ms, expected] of [
      [100, 500, 50],
      [200, 500, 100],
      [200, 20, 4],
    ]) {
      const at = world({ Work: part(waits(ms * MS)) })
      steadily(at, 'Work', perSecond, 20)
      at.run(MINUTE).finish()
      expect(at.points('Work', 'ConcurrentExecutions')[0].max).toBe(expected)
      expect(at.sum('Work', 'Throttles')).toBe(0)
    }
  })

  test('needs of 1,500 are served up to 1,000: 333 a second, 167 throttled [N.LAMBDA-11, N.LAMBDA-43]', () => {
    const at = world({ Work: part(waits(3 * SECOND)) })
    steadily(at, 'Work', 500, 60)
    at.run(MINUTE)
    const [[served, throttled]] = minutes(at, 'Work', 1)
    expect(served / 60).toBeGreaterThan(333)
    expect(served / 60).toBeLessThan(350)
    expect(served + throttled).toBe(30_000)
    expect(at.points('Work', 'ConcurrentExecutions')[0].max).toBe(1000)
    expect(at.points('Sim::Lambda::Account', 'UnreservedConcurrentExecutions')[0].max).toBe(1000)
    const reason = at.answers.find((answer) => answer.http === 429)
    expect(reason).toMatchObject({
      status: 'TooManyRequestsException',
      answer: { Reason: 'ConcurrentInvocationLimitExceeded' },
    })
  })

  test('two functions that need 600 each share the 1,000, and both are throttled [N.LAMBDA-43]', () => {
    const at = world({ A: part(waits(2 * SECOND)), B: part(waits(2 * SECOND)) })
    const start = at.now
    for (let i = 0; i < 300 * 10; i++) {
      burst(at, 'A', start + Math.round((i * SECOND) / 300), 1)
      at.call('B', 'lambda:InvokeFunction', {})
    }
    at.run(MINUTE).finish()
    expect(at.points('Sim::Lambda::Account', 'ConcurrentExecutions')[0].max).toBe(1000)
    expect(at.sum('A', 'Throttles')).toBeGreaterThan(0)
    expect(at.sum('B', 'Throttles')).toBeGreaterThan(0)
  })

  test('a surge of one function throttles another, unless a reservation fences it in [N.LAMBDA-46]', () => {
    const surge = (properties: Record<string, unknown>): number => {
      const at = world({ A: part(waits(60 * SECOND), properties), B: part(waits(SECOND)) })
      burst(at, 'A', 0, 1100)
      burst(at, 'B', SECOND, 10)
      at.run(MINUTE).finish()
      return at.sum('B', 'Throttles')
    }
    expect(surge({})).toBe(10)
    expect(surge({ ReservedConcurrentExecutions: 900 })).toBe(0)
  })

  test('ten requests per second for each concurrent execution: 5,000 of 15,000 a second are throttled [LAM-31, LAM-V4]', () => {
    const at = world({ Work: part(waits(20 * MS)) })
    for (let ms = 0; ms < 5000; ms++) burst(at, 'Work', ms * MS, 15)
    at.run(10 * SECOND)
    const state = at.state<LambdaFunction>('Work')
    // The bucket holds one second's worth, which 2 s of the excess use up.
    expect(state.running.entered).toBeGreaterThanOrEqual(60_000 - 15)
    expect(state.running.entered).toBeLessThanOrEqual(60_000)
    expect(state.running.peak).toBeLessThanOrEqual(301)
    expect(at.answers.find((answer) => answer.http === 429)?.answer.Reason).toBe('FunctionInvocationRateLimitExceeded')
  })
})

describe('the rate of new environments', () => {
  test('today 1,000 of 10,000 at once, and 500 more 5 s later [LAM-32, LAM-V2]', () => {
    const at = world({ Work: part(waits(30 * SECOND)) }, big)
    burst(at, 'Work', 0, 10_000)
    at.run(0)
    expect(at.state<LambdaFunction>('Work').running.inside).toBe(1000)
    burst(at, 'Work', 5 * SECOND, 1000)
    at.run(5 * SECOND)
    expect(at.state<LambdaFunction>('Work').running.inside).toBe(1500)
    expect(at.answers).toHaveLength(9500)
  })

  test('each function has its own allowance today, and all share one in the notes’ profile [LAM-32, LAM-33]', () => {
    const both = (options: LabOptions): number[] => {
      const at = world({ A: part(waits(30 * SECOND)), B: part(waits(30 * SECOND)) }, options)
      burst(at, 'A', 0, 2000)
      burst(at, 'B', 0, 2000)
      at.run(0)
      return ['A', 'B'].map((name) => at.state<LambdaFunction>(name).running.inside)
    }
    expect(both(big)).toEqual([1000, 1000])
    expect(both(legacy)).toEqual([2000, 1000])
  })

  test.each([
    ['10,000 in the first minute', [10_000], [[3000, 7000]]],
    [
      '5,000 in each of two minutes',
      [5000, 5000],
      [
        [3000, 2000],
        [3500, 1500],
      ],
    ],
    [
      '2,500 in each of four minutes',
      [2500, 2500, 2500, 2500],
      [
        [2500, 0],
        [2500, 0],
        [2500, 0],
        [2500, 0],
      ],
    ],
  ])('the notes’ burst of 3,000 and 500 a minute: %s [LAM-33, LAM-V1]', (_, requests, expected) => {
    const at = world({ Work: part(waits(30 * SECOND)) }, legacy)
    requests.forEach((count, minute) => burst(at, 'Work', minute * MINUTE, count))
    expect(minutes(at, 'Work', requests.length)).toEqual(expected)
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(expected[expected.length - 1][0])
  })
})

describe('reserved concurrency', () => {
  test('a function never exceeds its reservation: half of twice the load is throttled with 429 [N.LAMBDA-44, N.LAMBDA-45, LAM-34]', () => {
    const at = world({ Work: part(waits(SECOND), { ReservedConcurrentExecutions: 50 }) })
    steadily(at, 'Work', 100, 60)
    const [[served, throttled]] = minutes(at, 'Work', 1)
    expect([served, throttled]).toEqual([3000, 3000])
    expect(at.points('Work', 'ConcurrentExecutions')[0].max).toBe(50)
    expect(at.answers.find((answer) => answer.http === 429)?.answer.Reason).toBe(
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    )
    expect(at.state<Account>('Sim::Lambda::Account').unreserved).toBe(0)
  })

  test('a reservation is missing in the pool even when it is idle [N.LAMBDA-44, LAM-35]', () => {
    const at = world({ Idle: part(waits(0), { ReservedConcurrentExecutions: 50 }), Work: part(waits(10 * SECOND)) })
    burst(at, 'Work', 0, 1000)
    at.run(0)
    expect(at.state<LambdaFunction>('Work').running.inside).toBe(950)
    at.run(MINUTE).finish()
    expect(at.points('Sim::Lambda::Account', 'ClaimedAccountConcurrency')[0].max).toBe(1000)
  })

  test('reserved concurrency 0 throttles everything [N.LAMBDA-45, LAM-34]', () => {
    const at = world({ Work: part(waits(0), { ReservedConcurrentExecutions: 0 }) })
    expect(at.ask('Work', 'lambda:InvokeFunction').status).toBe('TooManyRequestsException')
    at.run(MINUTE).finish()
    expect([at.sum('Work', 'Throttles'), at.sum('Work', 'Invocations'), at.sum('Work', 'Errors')]).toEqual([1, 0, 0])
  })

  test('a throttle is neither an invocation nor an error [LAM-22, LAM-80]', () => {
    const at = world({ Work: part(waits(10 * SECOND), { ReservedConcurrentExecutions: 1 }) })
    burst(at, 'Work', 0, 3)
    at.run(MINUTE).finish()
    expect(['Invocations', 'Errors', 'Throttles'].map((metric) => at.sum('Work', metric))).toEqual([1, 0, 2])
  })

  test('reservations of several functions leave 100 to the others, in a template and later [N.LAMBDA-44, LAM-35]', () => {
    const both = (a: number, b: number) =>
      world({
        A: part(waits(0), { ReservedConcurrentExecutions: a }),
        B: part(waits(0), { ReservedConcurrentExecutions: b }),
      })
    expect(() => both(500, 401)).toThrow(Refused)
    expect(() => both(500, 401)).toThrow(/B.*`ReservedConcurrentExecutions` is 401, with the 500 of other functions/)
    const at = both(500, 400)
    expect(at.ask('B', 'lambda:PutFunctionConcurrency', { ReservedConcurrentExecutions: 401 }).status).toBe(
      'InvalidParameterValueException',
    )
    expect(at.ask('B', 'lambda:PutFunctionConcurrency', { ReservedConcurrentExecutions: 300 }).status).toBe('OK')
    expect(at.ask('A', 'lambda:PutFunctionConcurrency', { ReservedConcurrentExecutions: 600 }).status).toBe('OK')
  })

  test('a reservation can come and go while requests run [LAM-35]', () => {
    const at = world({ Work: part(waits(10 * SECOND)), Other: part(waits(10 * SECOND)) })
    burst(at, 'Work', 0, 100)
    at.run(0)
    const pool = at.state<Account>('Sim::Lambda::Account')
    expect(pool.unreserved).toBe(100)
    at.ask('Work', 'lambda:PutFunctionConcurrency', { ReservedConcurrentExecutions: 60 })
    expect([pool.unreserved, pool.room]).toEqual([0, 940])
    expect(at.ask('Work', 'lambda:InvokeFunction').http).toBe(429)
    at.run(11 * SECOND)
    burst(at, 'Work', at.now, 61)
    at.run(at.now)
    expect(at.state<LambdaFunction>('Work').running.inside).toBe(60)
    at.ask('Work', 'lambda:DeleteFunctionConcurrency')
    expect([pool.unreserved, pool.room]).toEqual([60, 1000])
    at.run(MINUTE)
    expect(pool.unreserved).toBe(0)
  })
})

describe('provisioned concurrency', () => {
  const provisioned = (
    count: number,
    assumptions: Record<string, string> = {},
    properties: Record<string, unknown> = {},
  ): Lab => {
    const config = count === 0 ? {} : { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: count } }
    return world(
      {
        Work: part(waits(SECOND), properties, { ColdStart: '500ms', ColdStartCpu: '0', ...assumptions }),
        Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod', ...config } },
      },
      {},
    )
  }
  const resource = { Resource: 'Work:prod' }

  test.each([
    [10, 10, 0, 0],
    [10, 15, 5, 5],
    [0, 15, 15, 0],
  ])(
    'with %i provisioned, %i at once: %i cold starts, %i spill over [N.LAMBDA-47, LAM-36]',
    (count, requests, cold, spillover) => {
      const at = provisioned(count)
      burst(at, 'Prod', 0, requests)
      at.run(MINUTE).finish()
      expect(at.answers.filter((answer) => answer.at === 1500 * MS)).toHaveLength(cold)
      expect(at.answers.filter((answer) => answer.at === SECOND)).toHaveLength(requests - cold)
      expect(at.sum('Work', 'ProvisionedConcurrencySpilloverInvocations', resource)).toBe(spillover)
      expect(at.sum('Work', 'ProvisionedConcurrencyInvocations', resource)).toBe(Math.min(count, requests))
      expect(at.sum('Work', 'Invocations', resource)).toBe(requests)
      if (count > 0) {
        expect(at.points('Work', 'ProvisionedConcurrentExecutions', resource)[0].max).toBe(count)
        expect(at.points('Work', 'ProvisionedConcurrencyUtilization', resource)[0].max).toBe(1)
      }
    },
  )

  test('requests to the function itself do not use what is provisioned for its alias [LAM-36]', () => {
    const at = provisioned(10)
    expect(at.ask('Work', 'lambda:InvokeFunction').at).toBe(1500 * MS)
    const [asked, { at: answered }] = [at.now, at.ask('Work', 'lambda:InvokeFunction', { Qualifier: 'prod' })]
    expect(answered - asked).toBe(SECOND)
  })

  test('environments asked for later are all there at once, after the delay and the making [LAM-36]', () => {
    const at = provisioned(0, { ProvisionedDelay: '90s' })
    const answer = at.ask('Work', 'lambda:PutProvisionedConcurrencyConfig', {
      Qualifier: 'prod',
      ProvisionedConcurrentExecutions: 600,
    })
    expect(answer.answer).toMatchObject({ Status: 'IN_PROGRESS', AllocatedProvisionedConcurrentExecutions: 0 })
    const ready = 90 * SECOND + 6 * SECOND
    at.run(ready - 1)
    expect(at.state<LambdaFunction>('Work').environments.idle).toBe(0)
    at.run(ready)
    expect(at.state<LambdaFunction>('Work').environments.idle).toBe(600)
  })

  test('fewer are given back at once, those at work after their request [LAM-36]', () => {
    const at = provisioned(10)
    burst(at, 'Prod', 0, 8)
    at.run(0)
    at.ask('Work', 'lambda:PutProvisionedConcurrencyConfig', { Qualifier: 'prod', ProvisionedConcurrentExecutions: 3 })
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(8)
    at.run(2 * SECOND)
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(3)
    at.ask('Work', 'lambda:DeleteProvisionedConcurrencyConfig', { Qualifier: 'prod' })
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(0)
    expect(at.state<Account>('Sim::Lambda::Account').room).toBe(1000)
  })

  test('it counts in the reservation: with all of it provisioned, more is throttled instead of spilling over [LAM-36]', () => {
    const at = provisioned(10, {}, { ReservedConcurrentExecutions: 10 })
    burst(at, 'Prod', 0, 15)
    at.run(MINUTE).finish()
    expect(['Invocations', 'Throttles'].map((metric) => at.sum('Work', metric, resource))).toEqual([10, 5])
    expect(() => provisioned(11, {}, { ReservedConcurrentExecutions: 10 })).toThrow(/11 provisioned/)
  })

  test('without a reservation it is missing in the account’s pool [LAM-36]', () => {
    const at = provisioned(200)
    expect(at.state<Account>('Sim::Lambda::Account').room).toBe(800)
    expect(() => provisioned(901)).toThrow(/901 provisioned/)
  })

  test('a version is called like its function, an alias of an alias is refused [N.LAMBDA-36, N.LAMBDA-37]', () => {
    const properties = { FunctionName: 'Work', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } }
    const at = world({
      Work: part(waits(SECOND), {}, { ColdStart: '500ms', ColdStartCpu: '0' }),
      One: { def: version, properties },
    })
    expect(at.ask('One', 'lambda:InvokeFunction').at).toBe(SECOND)
    const prod = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod' } }
    const second = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: 'Prod', Name: 'again' } }
    expect(() => world({ Work: part(waits(0)), Prod: prod, Second: second })).toThrow(/alias-of-alias/)
  })

  test('weights of an alias are named as not simulated; a name of digits is refused [N.LAMBDA-34]', () => {
    const made = (more: Record<string, unknown>) =>
      world({
        Work: part(waits(0)),
        Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod', ...more } },
      })
    expect(made({ RoutingConfig: { AdditionalVersionWeights: [] } }).notSimulated.join()).toContain('weights')
    expect(() => made({ Name: '42' })).toThrow(/alias-name/)
  })
})

describe('against the laws', () => {
  interface Law {
    readonly perSecond: number
    readonly seconds: number
    readonly handler: string
    readonly properties?: Record<string, unknown>
    readonly assumptions?: Record<string, string>
  }

  /** Poisson requests without retries, whose handler takes a time of the given distribution. */
  function pool({ perSecond, seconds, handler, properties = {}, assumptions = {} }: Law): Lab {
    const time = parseDistribution(handler, 'duration')
    if (!time.ok) throw new Error(time.message)
    const program: Program = {
      code: [
        { op: 'wait', time: { kind: 'draw', sampler: createSampler(time.value), purpose: 'time' } },
        { op: 'end' },
      ],
      returns: false,
    }
    const config: WorkloadConfig = {
      Target: 'Work',
      Action: 'lambda:InvokeFunction',
      Arg: 0,
      Body: null,
      Arrivals: 'poisson',
      Rate: [{ at: 0, perSecond }],
      Client: { Retries: backoff(1, 0, 0, 'none'), Timeout: null },
    }
    const parts = {
      'Sim::Lambda::Account': { def: account },
      Work: part(program, { MemorySize: 1769, ...properties }, assumptions),
      Load: { def: workload, config: config as never },
    }
    return lab(parts, { duration: seconds * SECOND }).run(seconds * SECOND)
  }

  test.each([
    [5, 4.5, 'exponential(1s)', 0.2430210018],
    [5, 4.5, 'constant(1s)', 0.2430210018],
    [10, 7, 'uniform(0s, 2s)', 0.07874088297],
  ])(
    '%i reserved, %d Erlang of %s: the throttled share is Erlang’s formula B',
    (ReservedConcurrentExecutions, perSecond, handler, expected) => {
      const at = pool({ perSecond, seconds: 20_000, handler, properties: { ReservedConcurrentExecutions } })
      const work = at.state<LambdaFunction>('Work')
      const throttled = work.throttles.reduce((sum, count) => sum + count, 0)
      expect(Math.abs(throttled / (throttled + work.running.entered) / expected - 1)).toBeLessThan(0.05)
    },
  )

  // From a hundred independent runs of a C program of the same pool: share of cold starts, mean number of environments.
  test.each([
    ['newest-created', 2, 60, 0.0095927912, 9.940759],
    ['newest-created', 0.5, 120, 0.011275933, 4.5953216],
  ])(
    'a pool that picks the %s, %d requests a second, environments kept %i s: cold starts and environments as a simulator of its own finds',
    (pick, perSecond, kept, coldShare, environments) => {
      const seconds = 200_000
      const at = pool({
        perSecond,
        seconds,
        handler: 'exponential(1991ms)',
        assumptions: { ColdStart: '253ms', Pick: pick, IdleLifetime: `${kept}s`, MaxAge: '365d' },
        properties: { Timeout: 900 },
      })
      const work = at.state<LambdaFunction>('Work')
      expect(Math.abs(work.coldStarts / work.running.entered / coldShare - 1)).toBeLessThan(0.06)
      expect(Math.abs(work.lives.mean(at.now) / environments - 1)).toBeLessThan(0.02)
    },
  )

  test('which idle environment is picked changes the cold starts by orders of magnitude', () => {
    const cold = (pick: string): number =>
      pool({
        perSecond: 0.9,
        seconds: 100_000,
        handler: 'exponential(1991ms)',
        assumptions: { ColdStart: '253ms', Pick: pick, MaxAge: '365d' },
      }).state<LambdaFunction>('Work').coldStarts
    expect(cold('newest-created')).toBeGreaterThan(80)
    expect(cold('most-recently-used')).toBeGreaterThan(80)
    expect(cold('least-recently-used')).toBeLessThan(20)
    expect(cold('random')).toBeLessThan(20)
  })
})
