// Event source mappings in figures: quotas then and now, and the curves that AWS does not publish.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  SqsBatchSize: {
    current: 10_000,
    notes2020: 10,
    unit: 'messages',
    doc: 'The largest batch from a queue.',
    source: 'LAM-53, N.LAMBDA-ESM-14',
  },
  SqsStart: {
    current: 5,
    unit: 'batches',
    doc: 'Batches in progress that a mapping of a queue begins with, and polls of an idle one.',
    source: 'LAM-50, N.LAMBDA-ESM-13',
  },
  SqsScalingPerMinute: {
    current: 300,
    notes2020: 60,
    unit: 'batches/min',
    doc: 'How many more it lets run while messages wait.',
    source: 'LAM-50, N.LAMBDA-ESM-18',
  },
  SqsConcurrency: {
    current: 1_250,
    notes2020: 1_000,
    unit: 'batches',
    doc: 'The most batches in progress of one mapping.',
    source: 'LAM-50, N.LAMBDA-ESM-15',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ThrottleBackoff: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a throttled batch waits before it is tried again the first time; doubled each time.',
    source: 'LAM-55',
  },
  ThrottleBackoffMax: {
    kind: 'duration',
    default: '30s',
    doc: 'The longest such wait.',
    source: 'LAM-55',
  },
  ReductionInterval: {
    kind: 'duration',
    default: '60s',
    doc: 'After so long with failed or throttled batches, and again after each such interval, the mapping halves its concurrency.',
    source: 'LAM-55',
  },
}

/** The largest answer of a ReceiveMessage, and the largest request of a DeleteMessageBatch. */
export const MESSAGES_PER_CALL = 10
/** Added to window and time-out where they are longer together than the queue's visibility timeout (LAM-56). */
export const VISIBILITY_MARGIN = 30
