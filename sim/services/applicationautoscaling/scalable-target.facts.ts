// Figures of Application Auto Scaling with their sources, and what AWS leaves open.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  TargetValueMin: {
    current: 20,
    unit: 'percent',
    doc: 'Lowest utilisation that may be the target for a table.',
    source: 'DDB-R60',
  },
  TargetValueMax: {
    current: 90,
    unit: 'percent',
    doc: 'Highest utilisation that may be the target for a table.',
    source: 'DDB-R60',
  },
  ConcurrencyTargetMin: {
    current: 0.1,
    unit: 'share',
    doc: 'Lowest utilisation that may be the target for provisioned concurrency.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html',
  },
  ConcurrencyTargetMax: {
    current: 0.9,
    unit: 'share',
    doc: 'Highest utilisation that may be the target for provisioned concurrency.',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html',
  },
  ConcurrencyOutDataPoints: {
    current: 3,
    unit: 'minutes',
    doc: 'Consecutive minutes above the target before provisioned concurrency is raised.',
    source: 'LAM-37, AS-R40',
  },
  OutDataPoints: {
    current: 2,
    unit: 'minutes',
    doc: 'Consecutive minutes above the target before capacity is raised.',
    source: 'DDB-R61',
  },
  InDataPoints: {
    current: 15,
    unit: 'minutes',
    doc: 'Consecutive minutes below before capacity is lowered.',
    source: 'DDB-R61',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  LowThreshold: {
    kind: 'number',
    default: '0.9',
    doc: 'Part of the target below which utilisation must stay before capacity is lowered.',
    source: 'AS-R40, DDB-R61',
  },
}
