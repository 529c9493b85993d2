// What AWS bills for a function: requests, and time by memory.
import type { Price } from '../../model/price.ts'
import type { LambdaFunction } from './function.ts'

/** One GB-second in the unit of what is counted: MB · ms. */
const GB_SECOND = 1024 * 1_000

const SOURCE = '2025, us-east-1, https://aws.amazon.com/lambda/pricing/ [PR-R1, PR-R2, PR-V1]'

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
  Duration: {
    doc: 'Duration',
    usd: '0.0000166667',
    unit: 'GB-seconds',
    base: GB_SECOND,
    free: 400_000,
    source: SOURCE,
    used: (self) => self.billedMs,
  },
}
