// Amazon SQS in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  MaximumMessageSize: {
    current: 1_048_576,
    notes2020: 262_144,
    unit: 'bytes',
    doc: 'The largest message, and the largest batch.',
    source: 'N.SQS-09',
  },
  MessageRetentionPeriod: {
    current: 1_209_600,
    unit: 's',
    doc: 'The longest time that a message is kept.',
    source: 'N.SQS-07',
  },
  VisibilityTimeout: {
    current: 43_200,
    unit: 's',
    doc: 'The longest invisibility after one receive.',
    source: 'SQS-04, SQS-09',
  },
  DelaySeconds: { current: 900, unit: 's', doc: 'The longest delay of a message.', source: 'SQS-02' },
  WaitTimeSeconds: { current: 20, unit: 's', doc: 'The longest long poll.', source: 'N.SQS-34' },
  MessagesInFlight: {
    current: 120_000,
    unit: 'messages',
    doc: 'Messages in flight in a standard queue, at most.',
    source: 'SQS-17',
  },
  FifoMessagesInFlight: {
    current: 120_000,
    notes2020: 20_000,
    unit: 'messages',
    doc: 'Messages in flight in a FIFO queue, at most; beyond it a receive returns nothing.',
    source: 'SQS-17',
  },
  FifoLookAhead: {
    current: 120_000,
    notes2020: 20_000,
    unit: 'messages',
    doc: 'How many undeleted messages a FIFO queue looks at to find a group that is free.',
    source: 'SQS-45',
  },
  FifoTransactionsPerSecond: {
    current: 300,
    unit: 'requests/s',
    doc: 'Requests to a FIFO queue, or to one of its partitions, for each of send, receive and delete; a batch is one.',
    source: 'N.SQS-14, SQS-48',
  },
  HighThroughputTransactionsPerSecond: {
    current: 70_000,
    notes2020: 300,
    unit: 'requests/s',
    doc: 'The same for a queue with high throughput, all partitions together, in the largest regions.',
    source: 'SQS-50',
  },
  NoisyGroupInFlight: {
    current: 30,
    notes2020: 120_000,
    unit: 'messages',
    doc: 'A message group of a standard queue with so many messages in flight, and its share of them, is noisy: the others go first. Out of reach before fair queues.',
    source: 'SQS-61',
  },
  NoisyGroupShare: {
    current: 10,
    notes2020: 100,
    unit: '%',
    doc: 'The share of the messages in flight, or of the time for which messages were in flight in the last minute, beyond which a group is noisy.',
    source: 'SQS-61',
  },
  MessageAttributes: {
    current: 10,
    unit: 'attributes',
    doc: 'Attributes of a message, at most.',
    source: 'SQS-71',
  },
  MessagesPerBatch: {
    current: 10,
    unit: 'messages',
    doc: 'Entries of a batch, and messages of a receive.',
    source: 'SQS-70, SQS-14',
  },
  MoveTaskMessagesPerSecond: {
    current: 500,
    unit: 'messages/s',
    doc: 'The fastest message move task.',
    source: 'SQS-36',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=8ms, p99=40ms)',
    doc: 'How long the answer of a call takes.',
    source: 'SQS-20',
  },
  ShortPolling: {
    kind: 'choice',
    default: 'all',
    choices: ['all', 'sampled'],
    doc: 'What a short poll sees: all servers, or 7 of 10, so that it may come back empty from a queue that is not.',
    source: 'SQS-15',
  },
  DuplicateProbability: {
    kind: 'probability',
    default: '0',
    doc: 'How likely a receive leaves a copy of the message behind, to be received again.',
    source: 'SQS-18',
  },
  DisorderProbability: {
    kind: 'probability',
    default: '0',
    doc: 'How likely a message steps back behind up to ten others when its turn comes.',
    source: 'SQS-18',
  },
}

/** Servers that a standard queue is spread over in the `sampled` mode, and how many of them a short poll asks (SQS-15). */
export const SERVERS = 10
export const SERVERS_ASKED = 7
/** From so many failed receives on a message goes to the back and no longer counts as the oldest (SQS-19). */
export const RECEIVES_TO_THE_BACK = 3
/** A queue without messages, waiting receivers and calls sends metrics for so long (SQS-80). */
export const ACTIVE_FOR_US = 21_600_000_000
/** The longest long poll: one parked receive stands for one empty receive every 20 s. */
export const EMPTY_POLL_US = 20_000_000
/** A second purge is refused for so long (SQS-12). */
export const PURGE_WINDOW_US = 60_000_000
/** A FIFO queue knows a message again for so long, and a receive attempt (SQS-41, SQS-47). */
export const DEDUPLICATION_US = 300_000_000
/** The longest message group id or deduplication id. */
export const NAME_MAX = 128
/** What the id of a batch's entry looks like (SQS-70). */
export const BATCH_ID = /^[A-Za-z0-9_-]{1,80}$/
/** A message group that has sent nothing for so long is quiet (SQS-63). */
export const QUIET_AFTER_US = 300_000_000
/** A queue's name is free again so long after its deletion, and a new queue is there so long after its creation (SQS-13). */
export const NAME_TAKEN_US = 60_000_000
export const CREATION_US = 1_000_000
