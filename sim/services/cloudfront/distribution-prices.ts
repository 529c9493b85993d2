// What AWS bills for a distribution: requests, bytes to viewers, paths of invalidations.
import { GB, type Price } from '../../model/price.ts'
import type { Distribution } from './distribution-state.ts'

const SOURCE = '2025, United States and Europe, https://aws.amazon.com/cloudfront/pricing/ [PR-R1]'

export const prices: Readonly<Record<string, Price<Distribution>>> = {
  Requests: {
    doc: 'HTTPS requests',
    usd: '0.0100',
    per: 10_000,
    unit: 'requests',
    free: 10_000_000,
    source: SOURCE,
    used: (self) => self.requests,
  },
  DataOut: {
    doc: 'Data out',
    usd: '0.085',
    unit: 'GB',
    base: GB,
    free: 1_024,
    source: SOURCE,
    used: (self) => self.bytesDown,
  },
  InvalidationPaths: {
    doc: 'Paths invalidated',
    usd: '0',
    unit: 'paths',
    tiers: [{ above: 1_000, usd: '0.005' }],
    source: SOURCE,
    used: (self) => (self.invalidations.paths === 0 ? undefined : self.invalidations.paths),
  },
}
