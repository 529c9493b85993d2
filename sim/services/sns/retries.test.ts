// The pauses between attempts, against the totals that AWS publishes.
import { expect, test } from 'vitest'
import { AWS_ENDPOINT, CUSTOMER_ENDPOINT, delayBefore, phasesOf, type Phase } from './retries.ts'

function delays(phases: readonly Phase[]): number[] {
  const all: number[] = []
  for (let delay = delayBefore(phases, 0); delay >= 0; delay = delayBefore(phases, all.length)) all.push(delay)
  return all
}
const total = (phases: readonly Phase[]): number => delays(phases).reduce((sum, delay) => sum + delay, 0)

test('100,015 retries over 23 days, 50 over 6 hours, 3 in a minute [SNS-40, SNS-42]', () => {
  expect(delays(AWS_ENDPOINT)).toHaveLength(100_015)
  expect(total(AWS_ENDPOINT) / 86_400).toBeCloseTo(23.15, 2)
  expect(delays(CUSTOMER_ENDPOINT)).toHaveLength(50)
  expect(total(CUSTOMER_ENDPOINT) / 3600).toBeGreaterThan(6)
  expect(delays(phasesOf({}))).toEqual([20, 20, 20])
})

test('a policy of its own: at once, slowly, slower, slowest [SNS-41, SNS-42, SNS-V12]', () => {
  const own = delays(
    phasesOf({
      minDelayTarget: 1,
      maxDelayTarget: 60,
      numRetries: 50,
      numNoDelayRetries: 3,
      numMinDelayRetries: 2,
      numMaxDelayRetries: 35,
      backoffFunction: 'exponential',
    }),
  )
  expect(own.slice(0, 15).map((delay) => Number(delay.toFixed(3)))).toEqual([
    0, 0, 0, 1, 1, 1, 1.576, 2.484, 3.915, 6.17, 9.724, 15.326, 24.155, 38.07, 60,
  ])
  expect(own.slice(15)).toEqual(Array.from({ length: 35 }, () => 60))
  expect(own.reduce((sum, delay) => sum + delay, 0)).toBeCloseTo(2264.4, 1)
  const paced = (backoffFunction: string): number[] =>
    delays(phasesOf({ minDelayTarget: 10, maxDelayTarget: 20, numRetries: 3, backoffFunction }))
  expect([paced('linear'), paced('arithmetic')]).toEqual([
    [10, 15, 20],
    [10, 12.5, 20],
  ])
})
