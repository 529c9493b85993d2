// What a workload shows of itself: how many requests it sends, what becomes of them, how long they take.
import type { Config, Reading } from '../../model/contract.ts'
import { RateCurve } from '../../parts/rate-curve.ts'
import type { Workload, WorkloadConfig } from './workload.ts'

/** µs over which the shown percentile looks back. */
const LOOK_BACK = 10_000_000

export const readings: readonly Reading<Workload>[] = [
  { name: 'Requests', unit: '1/s', doc: 'Requests that come.', counter: true, read: (self) => self.requests },
  { name: 'Sent', unit: '1/s', doc: 'Calls sent, retries included.', counter: true, read: (self) => self.attempts },
  { name: 'OK', unit: '1/s', doc: 'Requests that ended well.', counter: true, read: (self) => self.successes },
  {
    name: 'Throttled',
    unit: '1/s',
    doc: 'Answers that told the client to slow down.',
    counter: true,
    read: (self) => self.throttles,
  },
  {
    name: 'Failed',
    unit: '1/s',
    doc: 'Requests that ended with an error or a time-out.',
    counter: true,
    read: (self) => self.failures,
  },
  { name: 'Timed out', unit: '1/s', doc: 'Attempts given up.', counter: true, read: (self) => self.timeouts },
  { name: 'Retries', unit: '1/s', doc: 'Calls sent again.', counter: true, read: (self) => self.retried },
  { name: 'Open', unit: 'requests', doc: 'Requests not over yet.', read: (self) => self.open.inside },
  {
    name: 'p99',
    unit: 'ms',
    doc: 'The 99th percentile of the latencies of the last 10 s, of at most the 512 newest.',
    read: (self, now) => self.recent.quantile(0.99, now - LOOK_BACK) / 1000,
  },
]

/** Requests expected before a time; of a closed workload one per user and second. */
export function demand(config: Config): (time: number) => number {
  const { Arrivals, Rate, TraceTimes, Users, Count = Infinity } = config as unknown as WorkloadConfig
  if (Users === undefined && Arrivals === 'trace') return (time) => Math.min(Count, countBelow(TraceTimes!, time))
  const points = Users?.map(({ at, value }) => ({ at, perSecond: value })) ?? Rate
  if (points.length === 0) return () => 0
  const curve = new RateCurve(points)
  return (time) => Math.min(Count, curve.cumulative(time))
}

/** How many of the rising values are below a limit. */
function countBelow(values: Float64Array, limit: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] < limit) low = middle + 1
    else high = middle
  }
  return low
}
