// CloudFront functions in figures.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  ComputeTime: { current: 1_000, unit: 'µs', doc: 'How long a function may compute.', source: 'CF-R85' },
  CodeSize: { current: 10_240, unit: 'bytes', doc: 'The largest code.', source: 'CF-R85' },
}

export const assumptions: Readonly<Record<string, Assumption>> = {}
