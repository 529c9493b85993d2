// Amazon SNS in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  MessageSize: {
    current: 262_144,
    unit: 'bytes',
    doc: 'The largest message with its attributes, and the largest batch.',
    source: 'SNS-03',
  },
  MessagesPerBatch: { current: 10, unit: 'messages', doc: 'Entries of a batch.', source: 'SNS-03' },
  SubscriptionsPerTopic: {
    current: 12_500_000,
    notes2020: 10_000_000,
    unit: 'subscriptions',
    doc: 'Subscriptions of a standard topic.',
    source: 'N.SNS-03',
  },
  SubscriptionsPerFifoTopic: {
    current: 100,
    unit: 'subscriptions',
    doc: 'Subscriptions of a FIFO topic.',
    source: 'the quota table of the fact sheet',
  },
  Topics: {
    current: 100_000,
    unit: 'topics',
    doc: 'Standard topics of an account.',
    adjustable: true,
    source: 'N.SNS-04',
  },
  FifoMessagesPerSecond: {
    current: 3_000,
    notes2020: 300,
    unit: 'messages/s',
    doc: 'Messages that a FIFO topic takes in any second.',
    source: 'SNS-21',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=10ms, p99=50ms)',
    doc: 'How long the answer of a publish takes.',
    source: 'not documented; of the order of other APIs',
  },
  DeliveryLatency: {
    kind: 'duration',
    default: 'lognormal(p50=30ms, p99=121ms)',
    doc: 'How long it takes from a publish to the first attempt at a delivery.',
    source: 'SNS-06',
  },
  DuplicateProbability: {
    kind: 'probability',
    default: '0',
    doc: 'How likely a delivery of a standard topic is made twice.',
    source: 'SNS-05',
  },
  DisorderProbability: {
    kind: 'probability',
    default: '0',
    doc: 'How likely a delivery of a standard topic is held up by up to a second more, so that later messages pass it.',
    source: 'SNS-05',
  },
  RetryJitter: {
    kind: 'choice',
    default: 'none',
    choices: ['none', 'half'],
    doc: 'Whether the pauses between retries vary: `half` draws from half of each to the whole.',
    source: 'SNS-43',
  },
  Confirmation: {
    kind: 'choice',
    default: 'confirmed',
    choices: ['confirmed', 'pending'],
    doc: 'Whether subscriptions by HTTP and mail have been confirmed when the run begins.',
    source: 'N.SNS-06',
  },
}

/** A FIFO topic knows a message again for so long (SNS-20). */
export const DEDUPLICATION_US = 300_000_000
/** An HTTP endpoint that has not answered for so long has failed (SNS-44). */
export const HTTP_TIMEOUT_US = 15_000_000
/** Attributes of a message for a queue that takes it raw, at most (SNS-07). */
export const RAW_ATTRIBUTES_MAX = 10
/** The longest that a delivery out of order is held up. */
export const DISORDER_US = 1_000_000
