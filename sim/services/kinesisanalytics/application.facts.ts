// Kinesis Data Analytics for SQL in figures: its quotas, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  Applications: { current: 50, unit: 'applications', doc: 'Applications of an account in a Region.', source: 'KDA-04' },
  InputParallelism: {
    current: 64,
    unit: 'streams',
    doc: 'Streams within the application that an input is spread over, at most.',
    source: 'KDA-06',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {}
