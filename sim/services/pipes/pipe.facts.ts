// Pipes in figures: quotas, what AWS leaves open, and where each comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  Pipes: { current: 1_000, unit: 'pipes', doc: 'Pipes of an account in a Region.', adjustable: true, source: 'EB-60' },
  ConcurrentExecutions: {
    current: 3_000,
    unit: 'executions',
    doc: 'Executions of all pipes at once: 3,000 in the large Regions, 1,000 in others.',
    adjustable: true,
    source: 'EB-60',
  },
  ExecutionTimeout: { current: 300, unit: 's', doc: 'The longest an execution may take.', source: 'EB-60' },
  SqsConcurrency: { current: 1_250, unit: 'executions', doc: 'Batches of one queue at once.', source: 'EB-60' },
  SqsStart: {
    current: 5,
    unit: 'executions',
    doc: 'Batches of one queue at once, at first.',
    source: 'EventBridge user guide, Amazon SQS as a source of Pipes',
  },
  SqsScalingPerMinute: {
    current: 60,
    unit: 'executions/min',
    doc: 'How many more batches may run after a minute in which all did that might.',
    source: 'EventBridge user guide, Amazon SQS as a source of Pipes',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=10ms, p99=50ms)',
    doc: 'How long the answer of an operation on the pipe takes.',
    source: 'not documented; of the order of other APIs',
  },
  RetryPause: {
    kind: 'duration',
    default: '1s',
    doc: 'The pause before a batch of a stream is tried again; it doubles up to 64 times as long.',
    source: 'not documented',
  },
  PollPause: {
    kind: 'duration',
    default: '1s',
    doc: 'How long nothing is asked of a queue that has refused.',
    source: 'not documented',
  },
}

/** Records of a batch from a stream, when nothing else is said. */
export const STREAM_BATCH = 100

/** Most messages that one receive brings. */
export const MESSAGES_PER_CALL = 10
