// Schedules in figures: quotas of the account, what AWS leaves open, and where each comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  Schedules: {
    current: 10_000_000,
    unit: 'schedules',
    doc: 'Schedules of an account in a Region.',
    adjustable: true,
    source: 'EventBridge Scheduler user guide, quotas',
  },
  InvocationsPerSecond: {
    current: 1_000,
    unit: 'invocations/s',
    doc: 'Targets that all schedules of an account invoke in a second; more are delayed, not dropped.',
    adjustable: true,
    source: 'EventBridge Scheduler user guide, quotas',
  },
  FlexibleWindowMax: { current: 1_440, unit: 'min', doc: 'The longest flexible window.', source: 'EB-43' },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  Lateness: {
    kind: 'duration',
    default: '0s',
    doc: 'How long after its time a schedule comes. AWS promises the minute alone: `uniform(0s, 59s)`.',
    source: 'EB-42',
  },
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=10ms, p99=50ms)',
    doc: 'How long the answer of an operation on a schedule takes.',
    source: 'not documented; of the order of other APIs',
  },
}
