// Amazon API Gateway in figures: quotas, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'
import { STRATEGIES } from '../../parts/gateway-cache.ts'

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
  CacheTtl: {
    current: 3_600,
    unit: 's',
    doc: 'How long a cache may keep an answer.',
    source: 'N.APIGATEWAY-08, API-20',
  },
  CacheTtlByDefault: {
    current: 300,
    unit: 's',
    doc: 'How long it does where nothing is said.',
    source: 'N.APIGATEWAY-08, API-20',
  },
  CachedAnswer: { current: 1_048_576, unit: 'bytes', doc: 'The longest answer that is kept.', source: 'API-20' },
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
  CacheControl: {
    kind: 'choice',
    default: 'SUCCEED_WITH_RESPONSE_HEADER',
    choices: STRATEGIES,
    doc: 'What becomes of a request with the attribute or header `Cache-Control: max-age=0` from somebody who may not invalidate: a setting of the stage that CloudFormation does not know. With `anybody may` everybody may; else an operator whose profile allows `execute-api:InvalidateCache`, and requests that carry an `Authorization`.',
    source: 'API-22, N.APIGATEWAY-12',
  },
}
