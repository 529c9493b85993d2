// HTTP APIs in figures: quotas, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  IntegrationTimeout: { current: 30_000, unit: 'ms', doc: 'The longest wait for a backend.', source: 'API-04' },
  PayloadSize: {
    current: 10_485_760,
    unit: 'bytes',
    doc: 'What a request may carry; more is answered 413.',
    source: 'API-06',
  },
  HeadersSize: {
    current: 10_240,
    unit: 'bytes',
    doc: 'What its headers may have together; more is answered 431 (the status is not documented).',
    source: 'API-06',
  },
  StagesPerApi: { current: 10, unit: 'stages', doc: 'Stages of an API.', source: 'API-31' },
}

const throttleScope = {
  kind: 'choice',
  default: 'stage',
  choices: ['stage', 'method'],
  doc: 'Whether the default throttle of a stage is one bucket for all its routes, or one of that size for each.',
  source: 'not documented; API-14 names the settings alone',
} as const

export const assumptions: Readonly<Record<string, Assumption>> = {
  Latency: {
    kind: 'duration',
    default: 'constant(4ms)',
    doc: 'What the gateway itself adds to a request.',
    source: 'API-02',
  },
  StageThrottle: throttleScope,
}
