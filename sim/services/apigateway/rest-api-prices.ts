// What AWS bills for a REST API: requests that are let in, and the caches of its stages by the hour.
import { HOUR_US, type Price } from '../../model/price.ts'
import type { Gateway } from '../../parts/gateway.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/api-gateway/pricing/ [PR-R1]'
const GIGABYTE = 1_073_741_824

/** US dollars an hour by the size of a cache in GB, as `CacheClusterSize` says it. */
const CACHES: readonly (readonly [size: string, usd: string])[] = [
  ['0.5', '0.020'],
  ['1.6', '0.038'],
  ['6.1', '0.200'],
  ['13.5', '0.250'],
  ['28.4', '0.500'],
  ['58.2', '1.000'],
  ['118', '1.900'],
  ['237', '3.800'],
]

const caches = CACHES.map(([size, usd]): [string, Price<Gateway>] => [
  `Cache${size}GB`,
  {
    ...{ doc: `Caches of ${size} GB`, usd, unit: 'cache-hours', base: HOUR_US, source: SOURCE },
    used: (self, { now }) => {
      const count = self.caches.filter((cache) => cache?.bytes === Number(size) * GIGABYTE).length
      return count === 0 ? undefined : count * now
    },
  },
])

export const prices: Readonly<Record<string, Price<Gateway>>> = {
  Requests: {
    doc: 'Requests',
    usd: '3.50',
    per: 1_000_000,
    unit: 'requests',
    tiers: [
      { above: 333_000_000, usd: '2.80' },
      { above: 1_000_000_000, usd: '2.38' },
      { above: 20_000_000_000, usd: '1.51' },
    ],
    free: 1_000_000,
    source: SOURCE,
    // What is throttled is not billed, nor who comes without the key that is asked for or is not authorised.
    used: (self) => self.requests - self.throttled - self.keyless - self.unauthorized,
  },
  ...Object.fromEntries(caches),
}
