// What AWS bills for a NAT gateway: the hours that it is there, and the bytes that pass.
import { HOUR_US, type Price } from '../../model/price.ts'
import type { NatGateway } from './nat-gateway.ts'

const SOURCE = '2025, us-east-1, https://aws.amazon.com/vpc/pricing/ [PR-R1]'

export const prices: Readonly<Record<string, Price<NatGateway>>> = {
  NatGatewayHours: {
    doc: 'Hours',
    usd: '0.045',
    unit: 'hours',
    base: HOUR_US,
    source: SOURCE,
    used: (self, { now }) => Math.min(now, self.goneAt),
  },
  NatGatewayBytes: {
    doc: 'Data that pass',
    usd: '0.045',
    unit: 'GB',
    base: 1_000_000_000,
    source: SOURCE,
    used: (self) => Math.round(self.sim.passed() * self.bytesPerCall),
  },
}
