// Amazon SQS standard queue: a bag of messages, each delayed, visible or in flight.
//
// The one idea: a receive does not remove a message, it hides it until a deadline. Deleting before the deadline is
// success; missing it makes the message visible again, and a message that has been received `maxReceiveCount` times
// goes to the dead-letter queue at the next receive.
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { changeMessageVisibilityBatch, deleteMessageBatch, sendMessageBatch } from './queue-batches.ts'
import {
  changeMessageVisibility,
  deleteMessage,
  getQueueAttributes,
  purgeQueue,
  receiveMessage,
  redriveMessage,
  sendMessage,
  setQueueAttributes,
  startMessageMoveTask,
} from './queue-ops.ts'
import { assumptions, quotas } from './queue.facts.ts'
import { findingsOf } from './queue-insights.ts'
import { Queue, SECOND, type Timers } from './queue-state.ts'
import { deletes, deletesBatch, receives, redrives, sends, sendsBatch, traced } from './queue-traced.ts'

const TYPE = 'AWS::SQS::Queue'

export const queue: ServiceDef<Queue> = {
  type: TYPE,
  family: 'messaging',
  namespace: 'AWS/SQS',
  dimension: 'QueueName',
  summary: 'A standard queue: at-least-once delivery, best-effort order, visibility timeout, dead-letter queue.',
  models: [
    'A message is delayed, visible, in flight, deleted, expired, purged or moved to another queue (SQS-01, SQS-02).',
    'A receive hides a message for the visibility timeout and counts it; a handle is good until the next receive (SQS-04 to SQS-09).',
    'Messages expire at the end of the retention, whatever they are doing (SQS-10).',
    'Long polls wait in the order in which they came and are served the moment a message is there (SQS-16).',
    'An event source mapping parks one receive instead of polling; the empty 20 s polls it stands for are added to NumberOfEmptyReceives when it ends.',
    'A message received maxReceiveCount times goes to the dead-letter queue at the next receive, with its id and enqueue time (SQS-30, SQS-32); a move task brings messages back as new ones (SQS-36).',
    'After three failed receives a message goes to the back and no longer counts as the oldest (SQS-19); otherwise one that comes back is served before those never received.',
    'Metrics are sent while the queue holds messages, somebody waits at it, or it was used in the last six hours (SQS-80).',
  ],
  omits: [
    'FIFO queues and fair queues.',
    'Message attributes: they count for the size and are not delivered.',
    'Attribute changes and purges take effect at once (AWS: within 60 s; retention within 15 min) (SQS-11, SQS-12).',
    '`SetQueueAttributes` changes times and sizes, not policies.',
    'A move task to another destination than the queues that this dead-letter queue serves; cancelling and listing tasks.',
    'Encryption and access policies.',
  ],
  quotas,
  assumptions,
  props: {
    DelaySeconds: p.int('How long a new message stays hidden.', [0, 'DelaySeconds'], { default: 0, unit: 's' }),
    FifoQueue: p.bool('True for a FIFO queue.'),
    MaximumMessageSize: p.int('The largest message that the queue takes.', [1024, 'MaximumMessageSize'], {
      default: 'MaximumMessageSize',
      unit: 'bytes',
    }),
    MessageRetentionPeriod: p.int('How long a message is kept.', [60, 'MessageRetentionPeriod'], {
      default: 345_600,
      unit: 's',
    }),
    QueueName: p.string('The physical name.'),
    ReceiveMessageWaitTimeSeconds: p.int('How long a receive waits for a message.', [0, 'WaitTimeSeconds'], {
      default: 0,
      unit: 's',
    }),
    RedriveAllowPolicy: p.record('Which queues may use this one as their dead-letter queue.', {
      redrivePermission: p.oneOf('Who may.', ['allowAll', 'denyAll', 'byQueue'], { default: 'allowAll' }),
      sourceQueueArns: p.list('With `byQueue`: up to ten queues.', p.any('The ARN of a queue.')),
    }),
    RedrivePolicy: p.record('Where messages go that were received too often.', {
      deadLetterTargetArn: p.ref('The ARN of the dead-letter queue.', { required: true }),
      maxReceiveCount: p.int('How often a message is received before it goes.', [1, 1000], { default: 10 }),
    }),
    VisibilityTimeout: p.int('How long a received message stays hidden.', [0, 'VisibilityTimeout'], {
      default: 30,
      unit: 's',
    }),
    ContentBasedDeduplication: p.unused('deduplication belongs to FIFO queues'),
    DeduplicationScope: p.unused('deduplication belongs to FIFO queues'),
    FifoThroughputLimit: p.unused('the limit belongs to FIFO queues'),
    KmsMasterKeyId: p.unused('messages would be encrypted with the key, at the cost of calls to KMS'),
    KmsDataKeyReusePeriodSeconds: p.unused('a data key would be asked of KMS so often'),
    SqsManagedSseEnabled: p.inert('Encryption by SQS itself: no effect on time or cost.'),
    Tags: p.inert('Tags.'),
  },
  gather,
  // Nobody sends to a dead-letter queue but SQS itself.
  entries: (config) => ((config['Sources'] as readonly string[]).length > 0 ? [] : ['sqs:SendMessage']),
  create: (config, sim) => new Queue(config, sim, timers),
  ops: {
    'sqs:ChangeMessageVisibility': {
      doc: 'Hides a message in flight for so long from now; 0 makes it visible.',
      target: 'QueueUrl',
      params: ['ReceiptHandle', 'VisibilityTimeout'],
      errors: ['ReceiptHandleIsInvalid', 'MessageNotInflight', 'InvalidParameterValue'],
      run: changeMessageVisibility,
    },
    'sqs:ChangeMessageVisibilityBatch': {
      doc: 'Up to ten changes of visibility in one request.',
      target: 'QueueUrl',
      params: ['Entries'],
      errors: ['EmptyBatchRequest', 'TooManyEntriesInBatchRequest', 'BatchEntryIdsNotDistinct', 'InvalidBatchEntryId'],
      run: changeMessageVisibilityBatch,
    },
    'sqs:DeleteMessage': {
      doc: 'Deletes a message by the handle of its newest receive; an older handle succeeds without effect.',
      target: 'QueueUrl',
      params: ['ReceiptHandle'],
      errors: ['ReceiptHandleIsInvalid'],
      run: deleteMessage,
      messages: deletes,
    },
    'sqs:DeleteMessageBatch': {
      doc: 'Up to ten deletes in one request.',
      target: 'QueueUrl',
      params: ['Entries'],
      errors: ['EmptyBatchRequest', 'TooManyEntriesInBatchRequest', 'BatchEntryIdsNotDistinct', 'InvalidBatchEntryId'],
      run: deleteMessageBatch,
      messages: deletesBatch,
    },
    'sqs:GetQueueAttributes': {
      doc: 'Tells how many messages there are, and the settings.',
      target: 'QueueUrl',
      ignored: ['AttributeNames'],
      run: getQueueAttributes,
    },
    'sqs:PurgeQueue': {
      doc: 'Removes all messages, visible or not; at most once in 60 s.',
      target: 'QueueUrl',
      errors: ['PurgeQueueInProgress'],
      run: purgeQueue,
    },
    'sqs:ReceiveMessage': {
      doc: 'Hides up to ten visible messages and hands them to the caller, waiting for the first if asked to. `Park` (our own) waits without end.',
      target: 'QueueUrl',
      params: ['MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds', 'Park'],
      ignored: ['AttributeNames', 'MessageSystemAttributeNames', 'MessageAttributeNames', 'ReceiveRequestAttemptId'],
      errors: ['OverLimit', 'InvalidParameterValue'],
      run: receiveMessage,
      messages: receives,
    },
    'sqs:RedriveMessage': {
      doc: 'Takes in a message that SQS itself moves from another queue (our own name: no API shows it).',
      oneWay: true,
      run: redriveMessage,
      messages: redrives,
    },
    'sqs:SendMessage': {
      doc: 'Takes in a message. `MessageSize` (our own) gives the size in bytes of a body that is only a placeholder.',
      target: 'QueueUrl',
      params: ['MessageBody', 'DelaySeconds', 'MessageAttributes', 'MessageSize'],
      ignored: ['MessageSystemAttributes', 'MessageGroupId'],
      errors: ['MissingParameter', 'InvalidParameterValue'],
      run: sendMessage,
      messages: sends,
    },
    'sqs:SendMessageBatch': {
      doc: 'Up to ten messages in one request.',
      target: 'QueueUrl',
      params: ['Entries'],
      errors: [
        'EmptyBatchRequest',
        'TooManyEntriesInBatchRequest',
        'BatchEntryIdsNotDistinct',
        'InvalidBatchEntryId',
        'BatchRequestTooLong',
      ],
      run: sendMessageBatch,
      messages: sendsBatch,
    },
    'sqs:SetQueueAttributes': {
      doc: 'Changes times and the size limit; messages already delayed or in flight keep their times.',
      target: 'QueueUrl',
      params: ['Attributes'],
      errors: ['InvalidAttributeName', 'InvalidAttributeValue'],
      run: setQueueAttributes,
    },
    'sqs:StartMessageMoveTask': {
      doc: 'Moves the visible messages of a dead-letter queue back to the queues they came from, as new messages.',
      target: 'SourceArn',
      params: ['DestinationArn', 'MaxNumberOfMessagesPerSecond'],
      errors: ['UnsupportedOperation', 'InvalidParameterValue'],
      run: startMessageMoveTask,
    },
  },
  timers: {
    delayPassed,
    visibilityExpired,
    waitEnded,
    retentionPassed,
    activityPassed,
    moveRetried,
    moveTaskDue,
    moveAnswered,
  },
  metrics: {
    ApproximateAgeOfOldestMessage: {
      unit: 'Seconds',
      kind: 'age',
      doc: 'Age of the oldest message that has not failed three times; in a dead-letter queue since it came there.',
      read: (q, now) => (q.active(now) ? q.oldestSince : NaN),
    },
    ApproximateNumberOfMessagesDelayed: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Messages that are delayed.',
      read: (q, now) => (q.active(now) ? q.delayed : NaN),
    },
    ApproximateNumberOfMessagesNotVisible: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Messages in flight.',
      read: (q, now) => (q.active(now) ? q.inFlight.inside : NaN),
    },
    ApproximateNumberOfMessagesVisible: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Messages to be received.',
      read: (q, now) => (q.active(now) ? q.messages.visible : NaN),
    },
    NumberOfEmptyReceives: { unit: 'Count', kind: 'count', doc: 'Receives that returned nothing.' },
    NumberOfMessagesDeleted: { unit: 'Count', kind: 'count', doc: 'Deletes that succeeded, repeated ones included.' },
    NumberOfMessagesReceived: { unit: 'Count', kind: 'count', doc: 'Messages returned by receives.' },
    NumberOfMessagesSent: {
      unit: 'Count',
      kind: 'count',
      doc: 'Messages sent; a move to a dead-letter queue does not count (SQS-34).',
    },
    SentMessageSize: { unit: 'Bytes', kind: 'distribution', doc: 'Sizes of the messages sent.' },
  },
  invariants: {
    'every message that came in is delayed, visible, in flight, moving, deleted, expired, purged or moved away': (q) =>
      q.stored.entered === q.sent + q.redriven + q.duplicated &&
      q.stored.inside === q.delayed + q.messages.visible + q.inFlight.inside + q.moves.moving &&
      q.stored.left === q.deleted + q.expired + q.purged + q.moved,
    'Little’s law holds for the messages in the queue and for those in flight': (q) =>
      q.stored.holds(q.now) && q.inFlight.holds(q.now),
    'no receiver waits while there is a message for it': (q) =>
      q.receivers.count === 0 || q.messages.visible === 0 || q.inFlight.inside >= q.inFlightMax,
    'no more messages are in flight than may be': (q) => q.inFlight.inside <= q.inFlightMax,
  },
  finish: (q) => q.settle(),
  traced,
  insights: findingsOf,
  view: {
    glyph: 'queue',
    label: 'Queue',
    level: (q) => q.messages.visible,
    levelMax: (q) => Math.max(100, q.stored.peak),
    tone: (q) => (q.messages.visible > 0 ? 'busy' : 'calm'),
    detail: (config) =>
      (config['Sources'] as readonly string[]).length > 0
        ? 'dead letters'
        : `visibility ${config['VisibilityTimeout']} s`,
    deadLetters: (config) => {
      const policy = config['RedrivePolicy'] as { readonly deadLetterTargetArn: string } | undefined
      return policy === undefined ? [] : [policy.deadLetterTargetArn]
    },
    readings: [
      { name: 'Visible', unit: 'messages', doc: 'Messages to be received.', read: (q) => q.messages.visible },
      { name: 'In flight', unit: 'messages', doc: 'Received and hidden.', read: (q) => q.inFlight.inside },
      { name: 'Delayed', unit: 'messages', doc: 'Not to be received yet.', read: (q) => q.delayed },
      {
        name: 'Oldest',
        unit: 's',
        doc: 'Age of the oldest message.',
        read: (q, now) => (q.oldestSince < 0 ? 0 : (now - q.oldestSince) / SECOND),
      },
      { name: 'Sent', unit: '1/s', doc: 'Messages that come in.', counter: true, read: (q) => q.sent + q.redriven },
      { name: 'Deleted', unit: '1/s', doc: 'Messages done with.', counter: true, read: (q) => q.deleted },
      {
        name: 'Dead-lettered',
        unit: 'messages',
        doc: 'Messages given to the dead-letter queue since the beginning.',
        read: (q) => q.moves.buried.count,
      },
    ],
  },
}

const timers: Timers = {
  delayPassed,
  visibilityExpired,
  waitEnded,
  retentionPassed,
  activityPassed,
  moveRetried,
  moveTaskDue,
  moveAnswered,
}

function delayPassed(q: Queue, row: number): void {
  q.delayPassed(row)
}

function visibilityExpired(q: Queue, row: number): void {
  q.returned.note(q.now)
  q.comeBack(row)
}

/** A long poll is over without a message. */
function waitEnded(q: Queue, receiver: number): void {
  const call = q.receivers.call[receiver]
  q.receivers.remove(receiver)
  q.touch()
  q.returnNothing(call)
}

function retentionPassed(q: Queue): void {
  q.retentionPassed()
}

function activityPassed(q: Queue): void {
  q.activityPassed()
}

function moveRetried(q: Queue, row: number): void {
  q.moves.retried(row)
}

function moveTaskDue(q: Queue): void {
  q.moves.taskDue()
}

function moveAnswered(q: Queue, call: Call): void {
  q.moveAnswered(call)
}

function gather(near: Near): Config {
  const { self } = near
  if (self.config['FifoQueue'] === true)
    self.error(
      ['FifoQueue'],
      'not-simulated-yet',
      '`FifoQueue` is true: FIFO queues are not simulated yet',
      'without `FifoQueue` and the suffix `.fifo` it is simulated as a standard queue',
    )
  else if (String(self.config['QueueName'] ?? '').endsWith('.fifo'))
    self.error(
      ['QueueName'],
      'contradiction',
      '`QueueName` ends with `.fifo`, which only a FIFO queue may',
      'leave the suffix out',
    )
  const allowed = self.config['RedriveAllowPolicy']?.sourceQueueArns
  if (Array.isArray(allowed) && allowed.length > 10)
    self.error(
      ['RedriveAllowPolicy', 'sourceQueueArns'],
      'out-of-range',
      `\`sourceQueueArns\` lists ${allowed.length} queues`,
      'expected up to 10',
    )
  checkDeadLetterQueue(near)
  const sources = near
    .all(TYPE)
    .filter((other) => other.config['RedrivePolicy']?.deadLetterTargetArn === self.logicalId)
  return { Sources: sources.map((source) => source.logicalId) }
}

/** SQS-31, SQS-35: a dead-letter queue is a queue, and lets this one use it. */
function checkDeadLetterQueue(near: Near): void {
  const { self } = near
  const id = self.config['RedrivePolicy']?.deadLetterTargetArn
  if (id === undefined) return
  const path = ['RedrivePolicy', 'deadLetterTargetArn']
  const target = near.all(TYPE).find((other) => other.logicalId === id)
  if (target === undefined) {
    self.error(
      path,
      'wrong-resource',
      `\`deadLetterTargetArn\` leads to \`${id}\`, which is not a queue`,
      `expected an ${TYPE}`,
    )
    return
  }
  const policy = target.config['RedriveAllowPolicy']
  if (policy === undefined || policy.redrivePermission === 'allowAll') return
  const listed = (policy.sourceQueueArns ?? []).some(
    (arn: unknown) => near.resourceAt(arn)?.logicalId === self.logicalId,
  )
  if (policy.redrivePermission === 'byQueue' && listed) return
  self.error(
    path,
    'not-allowed',
    `the \`RedriveAllowPolicy\` of \`${id}\` does not let \`${self.logicalId}\` use it as a dead-letter queue`,
    'list this queue under `sourceQueueArns`, or use `allowAll`',
  )
}
