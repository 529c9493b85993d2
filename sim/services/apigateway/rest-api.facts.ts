// Amazon API Gateway in figures: quotas, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  RequestsPerSecond: {
    current: 10_000,
    unit: 'requests/s',
    doc: 'Requests to all APIs of the account in a Region.',
    adjustable: true,
    source: 'API-11, N.APIGATEWAY-06',
  },
  BurstRequests: {
    current: 5_000,
    unit: 'requests',
    doc: 'Requests at once: the size of the bucket. The notes do not name it.',
    source: 'API-11',
  },
  IntegrationTimeout: {
    current: 29_000,
    unit: 'ms',
    doc: 'The longest wait for a backend. Regional and private APIs may ask for more since June 2024.',
    source: 'API-04',
  },
  ResourcesPerApi: { current: 300, unit: 'resources', doc: 'Resources of an API.', source: 'API fact sheet §7' },
  StagesPerApi: { current: 10, unit: 'stages', doc: 'Stages of an API.', source: 'API-31' },
}

const throttleScope = {
  kind: 'choice',
  default: 'stage',
  choices: ['stage', 'method'],
  doc: 'Whether the default throttle of a stage is one bucket for all its methods, or one of that size for each.',
  source: 'not documented; API-10 names the order of the throttles alone',
} as const

export const assumptions: Readonly<Record<string, Assumption>> = {
  Latency: {
    kind: 'duration',
    default: 'constant(8ms)',
    doc: 'What the gateway itself adds to a request.',
    source: 'API-02',
  },
  EdgeLatency: {
    kind: 'duration',
    default: 'constant(10ms)',
    doc: 'What the way through an edge location adds (endpoint type EDGE).',
    source: 'API-02',
  },
  StageThrottle: throttleScope,
}
