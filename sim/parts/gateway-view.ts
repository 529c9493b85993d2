// What an API shows of itself: its token buckets, requests and errors.
import type { Reading } from '../model/contract.ts'
import type { Gateway } from './gateway.ts'

export const gatewayReadings: readonly Reading<Gateway>[] = [
  { name: 'Requests', unit: '1/s', doc: 'Requests that come.', counter: true, read: (self) => self.requests },
  { name: 'Inside', unit: 'requests', doc: 'Requests not answered yet.', read: (self) => self.inside.inside },
  {
    name: 'Throttled',
    unit: '1/s',
    doc: 'Requests refused with 429 by a token bucket.',
    counter: true,
    read: (self) => self.throttled,
  },
  {
    name: '4XX',
    unit: '1/s',
    doc: 'Answers with 4XX, throttles included.',
    counter: true,
    read: (self) => self.clientErrors,
  },
  { name: '5XX', unit: '1/s', doc: 'Answers with 5XX.', counter: true, read: (self) => self.serverErrors },
  {
    name: 'Tokens',
    unit: 'requests',
    doc: 'What may pass at once: the fullness of the tightest bucket in the way.',
    read: (self, now) => self.tightest(now).peek(now),
  },
  {
    name: 'Burst',
    unit: 'requests',
    doc: 'What that bucket holds at most.',
    read: (self, now) => self.tightest(now).burst,
  },
  { name: 'Rate', unit: '1/s', doc: 'What flows into that bucket.', read: (self, now) => self.tightest(now).rate },
]
