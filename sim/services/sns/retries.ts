// How long a topic waits before it tries a delivery again: phases of retries, each with its own pace (SNS-40 to SNS-42).
import { exp, ln } from '../../engine/math.ts'

export type Pace = 'linear' | 'arithmetic' | 'geometric' | 'exponential'

/** So many retries, with delays from `min` to `max` s. */
export interface Phase {
  readonly retries: number
  readonly min: number
  readonly max: number
  readonly pace: Pace
}

const fixed = (retries: number, seconds: number): Phase => ({ retries, min: seconds, max: seconds, pace: 'linear' })

/** To queues, functions and delivery streams: 100,015 retries over 23 days. */
export const AWS_ENDPOINT: readonly Phase[] = [
  fixed(3, 0),
  fixed(2, 1),
  { retries: 10, min: 1, max: 20, pace: 'exponential' },
  fixed(100_000, 20),
]
/** To mail, telephones and apps: 50 retries over 6 hours. */
export const CUSTOMER_ENDPOINT: readonly Phase[] = [
  fixed(2, 10),
  { retries: 10, min: 10, max: 600, pace: 'exponential' },
  fixed(38, 600),
]

/** A `healthyRetryPolicy` with AWS's defaults (SNS-41). */
export function phasesOf(policy: Readonly<Record<string, unknown>>): readonly Phase[] {
  const number = (name: string, absent: number): number => (policy[name] === undefined ? absent : Number(policy[name]))
  const min = number('minDelayTarget', 20)
  const max = number('maxDelayTarget', 20)
  const retries = number('numRetries', 3)
  const atOnce = number('numNoDelayRetries', 0)
  const before = number('numMinDelayRetries', 0)
  const after = number('numMaxDelayRetries', 0)
  const pace = (policy['backoffFunction'] ?? 'linear') as Pace
  return [
    fixed(atOnce, 0),
    fixed(before, min),
    { retries: Math.max(0, retries - atOnce - before - after), min, max, pace },
    fixed(after, max),
  ]
}

/** Seconds before a retry, counted from 0; −1 = there is none left. */
export function delayBefore(phases: readonly Phase[], retry: number): number {
  let first = 0
  for (const { retries, min, max, pace } of phases) {
    if (retry < first + retries) return within(min, max, pace, retries === 1 ? 0 : (retry - first) / (retries - 1))
    first += retries
  }
  return -1
}

/** AWS documents the ends of the curves and not their course: SNS-42. */
function within(min: number, max: number, pace: Pace, share: number): number {
  if (min === max) return min
  if (pace === 'linear') return min + (max - min) * share
  if (pace === 'arithmetic') return min + (max - min) * share * share
  return min <= 0 ? max * share : min * exp(ln(max / min) * share)
}
