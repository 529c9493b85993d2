// An instance in figures: what AWS leaves open, and the price of detailed monitoring.
import type { Assumption } from '../../model/contract.ts'
import { instanceAssumptions } from './account.facts.ts'

export const assumptions: Readonly<Record<string, Assumption>> = {
  ...instanceAssumptions,
  IdleCpu: {
    kind: 'number',
    default: '1',
    doc: 'CPU utilisation of a running instance in percent; no load changes it.',
    source: 'not documented',
  },
}

/** List price of us-east-1, 2025: each metric of detailed monitoring is charged as a custom metric, by the hour (N.CLOUDWATCH-06). */
export const DETAILED_MONITORING = { metrics: 7, usdPerMetricMonth: 0.3, hoursPerMonth: 730, asOf: 'us-east-1, 2025' }
