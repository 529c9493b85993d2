// The last seconds of a stream: what is kept, what has left the window.
import { expect, test } from 'vitest'
import { RecentValues } from './recent-values.ts'

test('a quantile is taken of the newest values inside the window', () => {
  const recent = new RecentValues(4)
  expect(recent.quantile(0.5, -1)).toBeNaN()
  for (let i = 1; i <= 6; i++) recent.add(i * 10, i)
  // 3, 4, 5 and 6 are kept.
  expect(recent.quantile(1, 0)).toBe(6)
  expect(recent.quantile(0.5, 0)).toBe(4)
  expect(recent.quantile(0.01, 0)).toBe(3)
  expect(recent.quantile(0.01, 40)).toBe(5)
  expect(recent.quantile(0.5, 60)).toBeNaN()
})
