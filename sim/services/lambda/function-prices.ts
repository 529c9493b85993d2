// What AWS bills for a function: requests, time by memory and processor, provisioned concurrency, a large /tmp.
import type { Price, Tier } from '../../model/price.ts'
import type { LambdaFunction } from './function.ts'

/** One GB-second in the unit of what is counted: MB · ms; and MB · µs. */
const GB_SECOND = 1024 * 1_000
const GB_SECOND_US = 1024 * 1_000_000
/** /tmp that costs nothing, in MB. */
const TMP_INCLUDED = 512

const SOURCE = '2025, us-east-1, https://aws.amazon.com/lambda/pricing/ [PR-R1, PR-R2, PR-V1]'

/** A line of functions on one processor. */
function line(
  isArm: boolean,
  doc: string,
  usd: string,
  used: (self: LambdaFunction) => number,
  more: { readonly tiers?: readonly Tier[]; readonly free?: number } = {},
): Price<LambdaFunction> {
  return {
    ...{ doc, usd, unit: 'GB-seconds', base: GB_SECOND, source: SOURCE, ...more },
    used: (self) => (self.isArm === isArm ? used(self) : undefined),
  }
}

/** A line that only functions with provisioned concurrency have. */
const ofProvisioned = (price: Price<LambdaFunction>): Price<LambdaFunction> => ({
  ...price,
  used: (self, meter) => {
    const used = price.used(self, meter)
    return used === 0 && self.meter.ready.upTo(meter.now) === 0 ? undefined : used
  },
})

const X86_TIERS = [
  { above: 6_000_000_000, usd: '0.000015' },
  { above: 15_000_000_000, usd: '0.0000133334' },
]
const ARM_TIERS = [
  { above: 7_500_000_000, usd: '0.0000120001' },
  { above: 18_750_000_000, usd: '0.0000106667' },
]

export const prices: Readonly<Record<string, Price<LambdaFunction>>> = {
  Requests: {
    doc: 'Requests',
    usd: '0.20',
    per: 1_000_000,
    unit: 'requests',
    free: 1_000_000,
    source: SOURCE,
    used: (self) => self.running.entered,
  },
  Duration: line(false, 'Duration', '0.0000166667', ({ meter }) => meter.onDemand, { tiers: X86_TIERS, free: 400_000 }),
  DurationArm: line(true, 'Duration (arm64)', '0.0000133334', ({ meter }) => meter.onDemand, {
    tiers: ARM_TIERS,
    free: 400_000,
  }),
  ProvisionedConcurrency: ofProvisioned({
    ...line(false, 'Provisioned concurrency', '0.0000041667', () => 0),
    base: GB_SECOND_US,
    used: (self, { now }) => (self.isArm ? undefined : self.meter.ready.upTo(now)),
  }),
  ProvisionedConcurrencyArm: ofProvisioned({
    ...line(true, 'Provisioned concurrency (arm64)', '0.0000033334', () => 0),
    base: GB_SECOND_US,
    used: (self, { now }) => (self.isArm ? self.meter.ready.upTo(now) : undefined),
  }),
  ProvisionedDuration: ofProvisioned(
    line(false, 'Duration, provisioned', '0.0000097222', ({ meter }) => meter.provisioned),
  ),
  ProvisionedDurationArm: ofProvisioned(
    line(true, 'Duration, provisioned (arm64)', '0.0000077778', ({ meter }) => meter.provisioned),
  ),
  EphemeralStorage: {
    doc: '/tmp beyond 512 MB',
    usd: '0.0000000309',
    unit: 'GB-seconds',
    base: GB_SECOND,
    source: SOURCE,
    used: ({ meter, tmpSize }) => {
      const beyond = tmpSize / 1_048_576 - TMP_INCLUDED
      return beyond > 0 ? beyond * meter.time : undefined
    },
  },
}

export const unbilled = [
  'logs without a log group',
  'data transfer',
  'bytes streamed beyond 6 MB',
  'snapshots of SnapStart',
]
