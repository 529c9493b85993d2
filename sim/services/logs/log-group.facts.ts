// CloudWatch Logs in figures: limits of requests and filters, what AWS leaves open, and where each comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

/** Days for which events can be kept; without one of them they are kept for ever (N.LOGS-03). */
export const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

/** Bytes that each event counts beside its message (CW-52). */
export const EVENT_OVERHEAD = 26

export const quotas: Readonly<Record<string, Quota>> = {
  EventsPerRequest: { current: 10_000, unit: 'events', doc: 'Events of one PutLogEvents.', source: 'CW-52' },
  RequestSize: {
    current: 1_048_576,
    unit: 'B',
    doc: 'Bytes of one PutLogEvents, 26 for each event besides.',
    source: 'CW-52',
  },
  EventSize: { current: 1_048_576, notes2020: 262_144, unit: 'B', doc: 'Bytes of one event.', source: 'CW-52' },
  RequestsPerSecond: {
    current: 5_000,
    unit: 'requests/s',
    doc: 'PutLogEvents of an account in a second; each group is counted by itself here.',
    adjustable: true,
    source: 'CW-52',
  },
  MetricFilters: { current: 100, unit: 'filters', doc: 'Metric filters of a group.', source: 'CW-50' },
  SubscriptionFilters: {
    current: 2,
    notes2020: 1,
    unit: 'filters',
    doc: 'Subscription filters of a group.',
    source: 'CloudWatch Logs user guide, quotas',
  },
  KeptEvents: {
    current: 10_000,
    unit: 'events',
    doc: 'Events of a group that can still be read; of older ones only their bytes are kept. A limit of the simulator.',
    source: 'the simulator’s own: a busy run writes millions of lines',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  SubscriptionDelay: {
    kind: 'duration',
    default: '2s',
    doc: 'How long a subscription gathers the lines of a stream that match, from the first of them.',
    source: 'not documented beyond “near real time”; seen to be some seconds',
  },
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=10ms, p99=50ms)',
    doc: 'How long the answer of an operation takes.',
    source: 'not documented; of the order of other APIs',
  },
}
