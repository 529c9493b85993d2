// Reserved concurrency, and the pool of environments against the laws of queueing theory.
import { describe, expect, test } from 'vitest'
import { lab, type Lab, MINUTE, Refused, SECOND } from '../../../test/kit.ts'
import { burst, minutes, part, steadily, waits, world } from '../../../test/lambda.ts'
import { createSampler } from '../../engine/sample.ts'
import { parseDistribution } from '../../lang/distribution.ts'
import type { Program } from '../../parts/program.ts'
import { backoff } from '../../parts/retry.ts'
import { workload, type WorkloadConfig } from '../client/workload.ts'
import { account, type Account } from './account.ts'
import type { LambdaFunction } from './function.ts'

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
