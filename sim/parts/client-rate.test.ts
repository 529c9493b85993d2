// The adaptive mode's rate limiter against the SDKs' own test vectors.
import { expect, test } from 'vitest'
import { ClientRate, cubicPlateau, cubicRate, RateClock } from './client-rate.ts'
import { RetryPolicy, sdkRetries } from './retry.ts'
import { NOT_RETRIED, THROTTLING } from '../model/errors.ts'

const SECOND = 1_000_000

test('the plateau of CUBIC lies where the vectors say [RET-V6, RET-31]', () => {
  expect(cubicPlateau(10)).toBeCloseTo(1.9574338205844317, 14)
  expect(cubicPlateau(8)).toBeCloseTo(1.8171205928321397, 14)
})

// The vectors are rounded to eight decimals on the way.
test('after a throttle at 10 per second the rate falls to 7 and climbs along the cubic curve [RET-V7, RET-31]', () => {
  expect(cubicRate(10, 0)).toBeCloseTo(7, 12)
  expect(cubicRate(10, 2)).toBeCloseTo(10.00003085, 7)
  expect(cubicRate(10, 4)).toBeCloseTo(13.40869703, 7)
  expect(cubicRate(10, 6)).toBeCloseTo(36.42599853, 7)
})

test('the measured rate is smoothed over half seconds [RET-V8, RET-30]', () => {
  const steady = new RateClock()
  for (let second = 0; second < 20; second++) steady.record(second * SECOND)
  expect(steady.measured).toBeGreaterThan(0.95)
  expect(steady.measured).toBeLessThan(1.1)
  const burst = new RateClock()
  for (const at of [0, 0.1, 0.2, 0.3, 0.4, 0.5]) burst.record(at * SECOND)
  expect(burst.measured).toBeCloseTo(9.6, 12)
})

test('a throttle at a measured 8 per second sets the rate to 5.6 [RET-V6, RET-31]', () => {
  const limiter = new ClientRate()
  // Four answers in each half second: the smoothed rate settles at 8.
  for (let i = 0; i < 8 * 30; i++) limiter.answered((i / 8) * SECOND, false)
  limiter.answered(30 * SECOND, true)
  expect(limiter.rate).toBeCloseTo(5.6, 6)
})

test('nothing waits before the first throttle; then every request of the client does [RET-30, RET-32]', () => {
  const policy = new RetryPolicy(
    sdkRetries({ mode: 'adaptive', sdk: 'python', variant2026: false, action: 'sqs:SendMessage' }),
    {
      float: () => 1,
    },
  )
  for (let i = 0; i < 200; i++) {
    expect(policy.sendDelay(i * 50_000, false)).toBe(0)
    policy.answered(i * 50_000, NOT_RETRIED)
  }
  policy.answered(10 * SECOND, THROTTLING)
  // Measured 20 per second, now 14: after the bucket's 14 tokens the sends stand in a line, one every 1/14 s.
  const waits = Array.from({ length: 20 }, () => policy.sendDelay(10 * SECOND, false))
  const held = waits.filter((wait) => wait > 0)
  expect(held.length).toBeGreaterThanOrEqual(6)
  for (let i = 1; i < held.length; i++)
    expect(Math.abs(held[i] - held[i - 1] - SECOND / 14)).toBeLessThan(2 + 0.02 * SECOND)
  expect(policy.sendDelay(10 * SECOND + held[0], true)).toBe(0)
})

test('the rate never falls below one request in two seconds nor rises above twice the measured one [RET-31]', () => {
  const limiter = new ClientRate()
  for (let i = 0; i < 40; i++) limiter.answered(i * SECOND, true)
  expect(limiter.rate).toBeGreaterThanOrEqual(0.5)
  for (let i = 40; i < 80; i++) limiter.answered(i * SECOND, false)
  expect(limiter.rate).toBeLessThanOrEqual(2.01)
})
