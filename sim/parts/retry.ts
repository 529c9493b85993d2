// When an SDK tries again, and after how long: the retry modes of the AWS SDKs as one policy object per client.
//
// The one idea: a mode is only figures. Every mode draws from the same exponential backoff, pays from the same quota
// of tokens and may stand behind the same client-side rate limiter; they differ in their numbers.
import { NOT_RETRIED, THROTTLING, type RetryClass } from '../model/errors.ts'
import { ClientRate } from './client-rate.ts'

export type RetryMode = 'none' | 'legacy' | 'standard' | 'adaptive'
/** How the delay d of an exponential backoff is spread: d; U(0,1)·d; d/2 + U(0,1)·d/2; between the base and three times the delay before. */
export type Jitter = 'none' | 'full' | 'equal' | 'decorrelated'

/** The retry quota of a client: tokens at the start, and what a retry costs after a throttle, a time-out, any other failure (RET-20). */
export interface RetryQuota {
  readonly capacity: number
  readonly throttleCost: number
  readonly timeoutCost: number
  readonly cost: number
}

/** A retry behaviour in figures. Times in µs. */
export interface RetrySettings {
  /** Attempts in all, the first included (RET-01). */
  readonly maxAttempts: number
  /** Delay before the first retry, doubled for each further one up to `cap`; after a throttle `throttleBase` instead. */
  readonly base: number
  readonly throttleBase: number
  /** Infinity = no cap. */
  readonly cap: number
  readonly jitter: Jitter
  /** The JavaScript SDK draws first and caps then, in whole milliseconds. */
  readonly drawsBeforeCap: boolean
  readonly quota: RetryQuota | null
  /** The 2026 behaviour: a call that polls for long sleeps once more before it raises on an empty quota (RET-11). */
  readonly pausesOnEmptyQuota: boolean
  /** Whether throttles slow down all of the client's requests (RET-30). */
  readonly limitsRate: boolean
}

/** Which SDK, as a client is configured. */
export interface SdkClient {
  readonly mode: RetryMode
  readonly sdk: 'python' | 'javascript'
  /** `AWS_NEW_RETRIES_2026` / `SMITHY_NEW_RETRIES_2026`. */
  readonly variant2026: boolean
  /** The operation it calls (`dynamodb:PutItem`): some services have figures of their own. */
  readonly action: string
  readonly maxAttempts?: number | undefined
}

const MS = 1_000
const SECOND = 1_000_000
const LONGEST = 20 * SECOND
/** A token bucket of 500 (RET-20, table 2). */
const QUOTA = 500
const PYTHON: RetryQuota = { capacity: QUOTA, throttleCost: 5, timeoutCost: 10, cost: 5 }
const JAVASCRIPT: RetryQuota = { capacity: QUOTA, throttleCost: 5, timeoutCost: 10, cost: 10 }
const NEWER: RetryQuota = { capacity: QUOTA, throttleCost: 5, timeoutCost: 14, cost: 14 }
/** Calls that wait for something to come (RET-11). */
const LONG_POLLS = new Set([
  'sqs:ReceiveMessage',
  'states:GetActivityTask',
  'swf:PollForDecisionTask',
  'swf:PollForActivityTask',
])
const NONE = -1

/** The figures of an SDK's retry mode (RET-01 and table 2 of the fact sheet). */
export function sdkRetries(client: SdkClient): RetrySettings {
  const { mode, variant2026 } = client
  const javascript = client.sdk === 'javascript'
  const dynamodb = client.action.startsWith('dynamodb:')
  if (mode === 'none') return backoff(1, 0, 0, 'none')
  if (mode === 'legacy') {
    const base = dynamodb ? 50 * MS : SECOND
    return backoff(client.maxAttempts ?? (dynamodb ? 10 : 5), base, Infinity, 'full')
  }
  const limitsRate = mode === 'adaptive'
  const shared = {
    jitter: 'full',
    cap: LONGEST,
    limitsRate,
    pausesOnEmptyQuota: variant2026 && LONG_POLLS.has(client.action),
  } as const
  if (variant2026) {
    const maxAttempts = client.maxAttempts ?? (dynamodb ? 4 : 3)
    const base = dynamodb ? 25 * MS : 50 * MS
    return { ...shared, maxAttempts, base, throttleBase: SECOND, drawsBeforeCap: false, quota: NEWER }
  }
  const maxAttempts = client.maxAttempts ?? 3
  if (javascript) {
    return { ...shared, maxAttempts, base: 100 * MS, throttleBase: 500 * MS, drawsBeforeCap: true, quota: JAVASCRIPT }
  }
  return { ...shared, maxAttempts, base: SECOND, throttleBase: SECOND, drawsBeforeCap: false, quota: PYTHON }
}

/** A client's own exponential backoff without quota: `base` µs, doubled up to `cap` µs. A cap equal to the base is a constant delay. */
export function backoff(maxAttempts: number, base: number, cap: number, jitter: Jitter): RetrySettings {
  return {
    maxAttempts,
    base,
    throttleBase: base,
    cap,
    jitter,
    drawsBeforeCap: false,
    quota: null,
    pausesOnEmptyQuota: false,
    limitsRate: false,
  }
}

export class RetryPolicy {
  /** Tokens that the last retry took; the caller keeps them with the request for `succeeded`. */
  acquired = 0
  /** After an answer of −1: µs that a long poll sleeps before it raises the error (RET-11). */
  pause = 0
  private settings: RetrySettings
  private readonly rng: { float(): number }
  private rate: ClientRate | null
  private tokens: number

  /** `rng` is the client's own stream; one that always gives 1 is the worst case (RET-12). */
  constructor(settings: RetrySettings, rng: { float(): number }) {
    this.settings = settings
    this.rng = rng
    this.rate = settings.limitsRate ? new ClientRate() : null
    this.tokens = settings.quota === null ? 0 : settings.quota.capacity
  }

  /** Another client takes over in the middle: it begins with a full quota and a rate of its own where those are new. */
  amend(settings: RetrySettings): void {
    const had = this.settings.quota?.capacity
    const has = settings.quota?.capacity ?? 0
    this.tokens = had === undefined ? has : Math.min(this.tokens, has)
    if (settings.limitsRate !== this.settings.limitsRate) this.rate = settings.limitsRate ? new ClientRate() : null
    this.settings = settings
  }

  /** Tokens left in the retry quota. */
  get quotaLeft(): number {
    return this.tokens
  }

  /**
   * µs that a request must wait before it is sent, first attempts included (RET-32); it asks again then, with `again`
   * set. 0 = send it now. Only the adaptive mode ever says to wait.
   */
  sendDelay(now: number, again: boolean): number {
    return this.rate === null ? 0 : this.rate.take(now, again)
  }

  /** An attempt has been answered; the adaptive mode measures its rate by the answers. */
  answered(now: number, error: RetryClass): void {
    if (this.rate !== null) this.rate.answered(now, error === THROTTLING)
  }

  /**
   * µs to wait before the next attempt after attempt number `attempt` (from 1) failed; −1 = give up (RET-02).
   * `previous` is the delay before this attempt (0 for the first one), `retryAfter` the server's own wish in µs
   * (`x-amz-retry-after`, RET-10), −1 when it has none.
   */
  delayAfter(error: RetryClass, attempt: number, timedOut: boolean, previous = 0, retryAfter = NONE): number {
    const { settings } = this
    this.pause = 0
    if (error === NOT_RETRIED || attempt >= settings.maxAttempts) return NONE
    const base = error === THROTTLING ? settings.throttleBase : settings.base
    if (!this.pay(error, timedOut)) {
      if (settings.pausesOnEmptyQuota) this.pause = this.drawn(base, attempt, previous)
      return NONE
    }
    const delay = this.drawn(base, attempt, previous)
    return retryAfter < 0 ? delay : Math.max(delay, Math.min(retryAfter, delay + 5 * SECOND))
  }

  /** A call has succeeded at its `attempt`-th try; `acquired` is what its last retry took (RET-20). */
  succeeded(attempt: number, acquired: number): void {
    const { quota } = this.settings
    if (quota === null) return
    this.tokens = Math.min(quota.capacity, this.tokens + (attempt > 1 ? acquired : 1))
  }

  private pay(error: RetryClass, timedOut: boolean): boolean {
    const { quota } = this.settings
    this.acquired = 0
    if (quota === null) return true
    const cost = timedOut ? quota.timeoutCost : error === THROTTLING ? quota.throttleCost : quota.cost
    if (this.tokens < cost) return false
    this.tokens -= cost
    this.acquired = cost
    return true
  }

  private drawn(base: number, attempt: number, previous: number): number {
    const { cap, jitter, drawsBeforeCap } = this.settings
    const whole = base * (1 << Math.min(attempt - 1, 30))
    const limited = Math.min(cap, whole)
    if (jitter === 'none') return Math.floor(limited)
    const u = this.rng.float()
    if (drawsBeforeCap) return Math.floor(Math.min(cap, u * whole) / MS) * MS
    if (jitter === 'full') return Math.floor(u * limited)
    if (jitter === 'equal') return Math.floor(limited / 2 + u * (limited / 2))
    return Math.floor(Math.min(cap, base + u * (3 * Math.max(base, previous) - base)))
  }
}
