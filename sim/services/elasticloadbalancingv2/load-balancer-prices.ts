// What AWS bills for a load balancer: its hours, and capacity units by the largest of what it did each minute.
import { HOUR_US, type Price } from '../../model/price.ts'
import type { LoadBalancer } from './load-balancer-state.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/elasticloadbalancing/pricing/ [PR-R1]'
/** Millionths of a unit-minute in one unit-hour. */
const UNIT_HOUR = 60 * 1_000_000

export const prices: Readonly<Record<string, Price<LoadBalancer>>> = {
  Hours: {
    doc: 'Hours',
    usd: '0.0225',
    unit: 'hours',
    base: HOUR_US,
    source: SOURCE,
    used: (_, { now }) => now,
  },
  ApplicationUnits: {
    doc: 'Capacity units (LCU)',
    usd: '0.008',
    unit: 'LCU-hours',
    base: UNIT_HOUR,
    source: SOURCE,
    used: (self) => (self.isNetwork ? undefined : self.lcuMicros),
  },
  NetworkUnits: {
    doc: 'Capacity units (NLCU)',
    usd: '0.006',
    unit: 'NLCU-hours',
    base: UNIT_HOUR,
    source: SOURCE,
    used: (self) => (self.isNetwork ? self.lcuMicros : undefined),
  },
}
