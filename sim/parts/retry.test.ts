// The SDKs' retry modes against their own test vectors: delays at the worst case u = 1, quota, errors that are retried.
import { describe, expect, test } from 'vitest'
import { ErrorTable, NOT_RETRIED, THROTTLING, TRANSIENT, type RetryClass } from '../model/errors.ts'
import { backoff, RetryPolicy, sdkRetries, type RetrySettings, type SdkClient } from './retry.ts'

const worst = { float: () => 1 }
const half = { float: () => 0.5 }
const client = (more: Partial<SdkClient> = {}): SdkClient => ({
  mode: 'standard',
  sdk: 'python',
  variant2026: false,
  action: 'sqs:SendMessage',
  ...more,
})
const delays = (settings: RetrySettings, error: RetryClass, count: number, rng = worst): number[] => {
  const policy = new RetryPolicy({ ...settings, maxAttempts: 100 }, rng)
  return Array.from({ length: count }, (_, i) => policy.delayAfter(error, i + 1, false) / 1e6)
}

describe('delays', () => {
  test('standard mode in Python doubles from 1 s to a cap of 20 s [RET-V1, RET-12]', () => {
    expect(delays(sdkRetries(client()), TRANSIENT, 9)).toEqual([1, 2, 4, 8, 16, 20, 20, 20, 20])
    expect(delays(sdkRetries(client()), TRANSIENT, 3, half)).toEqual([0.5, 1, 2])
  })

  test('the 2026 behaviour doubles from 50 ms to a cap of 20 s, and from 1 s after a throttle [RET-V2]', () => {
    const settings = sdkRetries(client({ variant2026: true }))
    expect(delays(settings, TRANSIENT, 11)).toEqual([0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20, 20])
    expect(delays(settings, THROTTLING, 3)).toEqual([1, 2, 4])
  })

  test('a DynamoDB client of 2026 makes four attempts and pays 14 tokens for each retry [RET-V3]', () => {
    const policy = new RetryPolicy(sdkRetries(client({ variant2026: true, action: 'dynamodb:PutItem' })), worst)
    const seen = [1, 2, 3, 4].map((attempt) => [policy.delayAfter(TRANSIENT, attempt, false) / 1e6, policy.quotaLeft])
    expect(seen).toEqual([
      [0.025, 486],
      [0.05, 472],
      [0.1, 458],
      [-1e-6, 458],
    ])
  })

  test('the JavaScript SDK doubles from 100 ms, from 500 ms after a throttle, capped at 20 s [RET-V9]', () => {
    const settings = sdkRetries(client({ sdk: 'javascript' }))
    expect(delays(settings, TRANSIENT, 9)).toEqual([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20])
    expect(delays(settings, THROTTLING, 3)).toEqual([0.5, 1, 2])
    const odd = { float: () => 0.123456 }
    expect(delays(settings, TRANSIENT, 1, odd)).toEqual([0.012])
    expect(delays(settings, TRANSIENT, 9, odd)[8]).toBe(3.16)
  })

  test('legacy mode doubles without a cap and knows no quota; DynamoDB begins at 50 ms with ten attempts [RET-01]', () => {
    expect(delays(sdkRetries(client({ mode: 'legacy' })), TRANSIENT, 7)).toEqual([1, 2, 4, 8, 16, 32, 64])
    expect(delays(sdkRetries(client({ mode: 'legacy', action: 'dynamodb:PutItem' })), TRANSIENT, 3)).toEqual([
      0.05, 0.1, 0.2,
    ])
    expect(sdkRetries(client({ mode: 'legacy', action: 'dynamodb:PutItem' })).maxAttempts).toBe(10)
    expect(sdkRetries(client({ mode: 'legacy', action: 's3:PutObject' })).maxAttempts).toBe(5)
  })

  test('the server may ask for a longer delay, by at most 5 s [RET-V5, RET-10]', () => {
    const settings = sdkRetries(client({ variant2026: true }))
    const asked = (retryAfter: number): number =>
      new RetryPolicy(settings, worst).delayAfter(TRANSIENT, 1, false, 0, retryAfter)
    expect([1_500_000, 0, 10_000_000, -1].map(asked)).toEqual([1_500_000, 50_000, 5_050_000, 50_000])
  })

  test('a client without retries gives up at once', () => {
    expect(new RetryPolicy(sdkRetries(client({ mode: 'none' })), worst).delayAfter(THROTTLING, 1, false)).toBe(-1)
  })

  test('a backoff of its own has no jitter, full, equal or decorrelated jitter', () => {
    const drawn = (jitter: 'none' | 'full' | 'equal' | 'decorrelated', rng: { float(): number }): number[] => {
      const policy = new RetryPolicy(backoff(9, 100, 1000, jitter), rng)
      let previous = 0
      return [1, 2, 3, 4, 5].map((attempt) => (previous = policy.delayAfter(TRANSIENT, attempt, false, previous)))
    }
    expect(drawn('none', half)).toEqual([100, 200, 400, 800, 1000])
    expect(drawn('full', half)).toEqual([50, 100, 200, 400, 500])
    expect(drawn('equal', half)).toEqual([75, 150, 300, 600, 750])
    expect(drawn('decorrelated', half)).toEqual([200, 350, 575, 912, 1000])
  })
})

describe('what is retried', () => {
  test('only transient faults and throttles are, at most to the last attempt [RET-02, RET-05]', () => {
    const policy = new RetryPolicy(sdkRetries(client()), worst)
    expect(policy.delayAfter(NOT_RETRIED, 1, false)).toBe(-1)
    expect(policy.delayAfter(TRANSIENT, 2, false)).toBe(2_000_000)
    expect(policy.delayAfter(TRANSIENT, 3, false)).toBe(-1)
  })

  test('names and HTTP codes tell throttles, transient faults and the rest apart [RET-03, RET-04, RET-05]', () => {
    const errors = new ErrorTable()
    const kind = (name: string, http: number): RetryClass => errors.retry[errors.intern(name, http)]
    expect(kind('ProvisionedThroughputExceededException', 400)).toBe(THROTTLING)
    expect(kind('RequestThrottled', 403)).toBe(THROTTLING)
    expect(kind('Whatever', 429)).toBe(THROTTLING)
    expect(kind('InternalServerError', 500)).toBe(TRANSIENT)
    expect(kind('ServiceException', 502)).toBe(TRANSIENT)
    expect(kind('GatewayTimeout', 504)).toBe(TRANSIENT)
    expect(kind('RequestTimeout', 400)).toBe(TRANSIENT)
    expect(kind('NotImplemented', 501)).toBe(NOT_RETRIED)
    expect(kind('ValidationException', 400)).toBe(NOT_RETRIED)
    expect(kind('AccessDeniedException', 403)).toBe(NOT_RETRIED)
  })
})

describe('the retry quota', () => {
  test('a retry that succeeds gives back what it took: 10 for a time-out, 5 otherwise [RET-V4, RET-20]', () => {
    const policy = new RetryPolicy(sdkRetries(client()), worst)
    policy.delayAfter(TRANSIENT, 1, true)
    expect(policy.quotaLeft).toBe(490)
    policy.succeeded(2, policy.acquired)
    expect(policy.quotaLeft).toBe(500)
    policy.delayAfter(TRANSIENT, 1, false)
    expect(policy.quotaLeft).toBe(495)
    policy.delayAfter(TRANSIENT, 2, true)
    policy.succeeded(3, policy.acquired)
    expect(policy.quotaLeft).toBe(495)
    policy.succeeded(1, 0)
    expect(policy.quotaLeft).toBe(496)
    for (let i = 0; i < 9; i++) policy.succeeded(1, 0)
    expect(policy.quotaLeft).toBe(500)
  })

  /** Calls that always fail, and how many retries each was allowed. */
  const failing = (settings: RetrySettings, calls: number): number[] => {
    const policy = new RetryPolicy(settings, worst)
    return Array.from({ length: calls }, () => {
      let attempt = 1
      while (policy.delayAfter(TRANSIENT, attempt, false) >= 0) attempt++
      return attempt - 1
    })
  }

  test('a client whose calls always fail makes 50 times two retries and then one attempt a call [RET-V4, RET-21]', () => {
    const retries = failing(sdkRetries(client()), 60)
    expect(retries.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 2))
    expect(retries.slice(50)).toEqual(Array.from({ length: 10 }, () => 0))
  })

  test('with the costs of 2026 it makes 35 retries in all [RET-V10, RET-21]', () => {
    const retries = failing(sdkRetries(client({ variant2026: true })), 60)
    expect(retries.reduce((sum, n) => sum + n)).toBe(35)
    expect(retries.slice(18)).toEqual(Array.from({ length: 42 }, () => 0))
  })

  test('with the behaviour of 2026 a long poll sleeps once more when the quota is empty [RET-11]', () => {
    const settings = sdkRetries(client({ variant2026: true, action: 'sqs:ReceiveMessage' }))
    const policy = new RetryPolicy(settings, worst)
    for (let i = 0; i < 35; i++) policy.delayAfter(TRANSIENT, 1, false)
    expect(policy.pause).toBe(0)
    expect(policy.delayAfter(TRANSIENT, 2, false)).toBe(-1)
    expect(policy.pause).toBe(100_000)
    expect(policy.delayAfter(TRANSIENT, 3, false)).toBe(-1)
    expect(policy.pause).toBe(0)
  })
})
