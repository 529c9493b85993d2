// The account's pool of concurrency and the rates at which environments and requests may come.
import { describe, expect, test } from 'vitest'
import { type LabOptions, MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { big, burst, legacy, minutes, part, steadily, waits, world } from '../../../test/lambda.ts'
import type { LambdaFunction } from './function.ts'

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

  test('a request that is throttled for want of an environment does not use up the rate of requests [LAM-31, LAM-32]', () => {
    const quotas = {
      'lambda.ConcurrentExecutions': 200,
      'lambda.RequestsPerConcurrency': 1,
      'lambda.FunctionScalingBurst': 5,
    }
    const at = world({ Work: part(waits(SECOND)) }, { quotas })
    burst(at, 'Work', 0, 300)
    at.run(0)
    expect(at.state<LambdaFunction>('Work').throttles).toEqual([0, 0, 0, 0, 295])
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
