// Amazon SQS: a standard queue is a bag of messages, each delayed, visible or in flight; a FIFO queue keeps them in order.
//
// The one idea: a receive does not remove a message, it hides it until a deadline. Deleting before the deadline is
// success; missing it makes the message visible again, and a message that has been received `maxReceiveCount` times
// goes to the dead-letter queue at the next receive.
import type { Call } from '../../engine/calls.ts'
import type { Config, Near, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { changeMessageVisibilityBatch, deleteMessageBatch, sendMessageBatch } from './queue-batches.ts'
import {
  amend,
  amendable,
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
import {
  cancelMessageMoveTask,
  createQueue,
  deleteQueue,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listMessageMoveTasks,
  ofLiving,
} from './life.ts'
import { findingsOf } from './queue-insights.ts'
import { Queue, type Timers } from './queue-state.ts'
import { deletes, deletesBatch, receives, redrives, sends, sendsBatch, traced } from './queue-traced.ts'
import { prices } from './queue-prices.ts'
import { view } from './queue-view.ts'
import type { Tenants } from './tenants.ts'

const TYPE = 'AWS::SQS::Queue'

export const queue: ServiceDef<Queue> = {
  type: TYPE,
  family: 'messaging',
  namespace: 'AWS/SQS',
  dimension: 'QueueName',
  summary:
    'A queue, standard (at-least-once delivery, best-effort order) or FIFO (ordered groups, each message once), with visibility timeout and dead-letter queue.',
  models: [
    'A message is delayed, visible, in flight, deleted, expired, purged or moved to another queue (SQS-01, SQS-02).',
    'A receive hides a message for the visibility timeout and counts it; a handle is good until the next receive (SQS-04 to SQS-09).',
    'Messages expire at the end of the retention, whatever they are doing (SQS-10).',
    'Long polls wait in the order in which they came and are served the moment a message is there (SQS-16).',
    'An event source mapping parks one receive instead of polling; the empty 20 s polls it stands for are added to NumberOfEmptyReceives when it ends.',
    'A message received maxReceiveCount times goes to the dead-letter queue at the next receive, with its id and enqueue time (SQS-30, SQS-32); a move task brings messages back as new ones (SQS-36).',
    'After three failed receives a message goes to the back and no longer counts as the oldest (SQS-19); otherwise one that comes back is served before those never received.',
    'Fair queues: a message group of a standard queue with more than a tenth of the messages in flight (and 30 of its own) or of the time lets all others go first, until it has no backlog or has sent nothing for five minutes (SQS-60 to SQS-63).',
    'A deleted queue answers QueueDoesNotExist; its name can be created again after a minute and is there a second later (SQS-13).',
    'FIFO: a receive takes as much as it can of one message group, then of the next, in the order in which their first messages were sent; what comes behind a message in flight waits (SQS-43, SQS-44), as AWS was recorded to do. Only the first messages of the queue are looked at (SQS-45).',
    'FIFO: a message is known again for five minutes by its deduplication id or the SHA-256 of its body, per queue or per group; a repeated receive attempt gets the same messages (SQS-41, SQS-42, SQS-47).',
    'FIFO: 300 sends, receives and deletes in any second, a batch being one; with high throughput so many per partition, to which groups are hashed (SQS-48 to SQS-51). A receive is from one partition after the other.',
    'FIFO: a delete or change of visibility fails once the message is visible again (SQS-07); a change of the delay reaches messages that are delayed already (SQS-03); moved messages begin a new time and are known by their old id (SQS-32, SQS-33).',
    'Metrics are sent while the queue holds messages, somebody waits at it, or it was used in the last six hours (SQS-80).',
  ],
  omits: [
    'High throughput outside of the largest regions, which have lower limits (SQS-50).',
    'Attribute changes and purges take effect at once (AWS: within 60 s; retention within 15 min) (SQS-11, SQS-12).',
    '`SetQueueAttributes` changes times and sizes, not policies.',
    'A move task to another destination than the queues that this dead-letter queue serves; more than one task at a time is not kept.',
    'Encryption and access policies.',
  ],
  quotas,
  assumptions,
  prices,
  unbilled: ['data transfer'],
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
    ContentBasedDeduplication: p.bool(
      'FIFO: a message without a deduplication id is known by the SHA-256 of its body.',
    ),
    DeduplicationScope: p.oneOf('FIFO: where a deduplication id is unique.', ['queue', 'messageGroup'], {
      default: 'queue',
    }),
    FifoThroughputLimit: p.oneOf('FIFO: what the limit of requests is for.', ['perQueue', 'perMessageGroupId'], {
      default: 'perQueue',
    }),
    KmsMasterKeyId: p.unused('messages would be encrypted with the key, at the cost of calls to KMS'),
    KmsDataKeyReusePeriodSeconds: p.unused('a data key would be asked of KMS so often'),
    SqsManagedSseEnabled: p.inert('Encryption by SQS itself: no effect on time or cost.'),
    Tags: p.inert('Tags.'),
  },
  parts: {
    'AWS::SQS::QueuePolicy': {
      PolicyDocument: p.any('Who may send; looked at for topics, rules and buckets.'),
      Queues: p.list('The queues that it is for.', p.any('A queue.')),
    },
    'AWS::SQS::QueueInlinePolicy': {
      PolicyDocument: p.any('Who may send; looked at for topics, rules and buckets.'),
      Queue: p.any('The queue that it is for.'),
    },
  },
  gather,
  // Nobody sends to a dead-letter queue but SQS itself.
  entries: (config) => ((config['Sources'] as readonly string[]).length > 0 ? [] : ['sqs:SendMessage']),
  create: (config, sim) => new Queue(config, sim, timers),
  amend: { members: amendable, run: amend },
  ops: {
    'sqs:CreateQueue': {
      doc: 'Creates the queue anew a minute after its deletion at the earliest; of one that is there, compares the attributes.',
      target: 'QueueName',
      params: ['Attributes'],
      errors: ['QueueNameExists', 'QueueDeletedRecently', 'InvalidAttributeName', 'InvalidAttributeValue'],
      run: createQueue,
    },
    ...ofLiving({
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
        errors: [
          'EmptyBatchRequest',
          'TooManyEntriesInBatchRequest',
          'BatchEntryIdsNotDistinct',
          'InvalidBatchEntryId',
        ],
        run: changeMessageVisibilityBatch,
      },
      'sqs:DeleteMessage': {
        doc: 'Deletes a message by the handle of its newest receive; an older handle succeeds without effect, and fails in a FIFO queue.',
        target: 'QueueUrl',
        params: ['ReceiptHandle'],
        errors: ['ReceiptHandleIsInvalid', 'InvalidParameterValue', 'RequestThrottled'],
        run: deleteMessage,
        messages: deletes,
      },
      'sqs:DeleteMessageBatch': {
        doc: 'Up to ten deletes in one request.',
        target: 'QueueUrl',
        params: ['Entries'],
        errors: [
          'EmptyBatchRequest',
          'TooManyEntriesInBatchRequest',
          'BatchEntryIdsNotDistinct',
          'InvalidBatchEntryId',
          'RequestThrottled',
        ],
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
        params: ['MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds', 'ReceiveRequestAttemptId', 'Park'],
        ignored: ['AttributeNames', 'MessageSystemAttributeNames', 'MessageAttributeNames'],
        errors: ['OverLimit', 'InvalidParameterValue', 'RequestThrottled'],
        run: receiveMessage,
        messages: receives,
      },
      'sqs:RedriveMessage': {
        internal: true,
        doc: 'Takes in a message that SQS itself moves from another queue (our own name: no API shows it).',
        oneWay: true,
        run: redriveMessage,
        messages: redrives,
      },
      'sqs:SendMessage': {
        doc: 'Takes in a message. `MessageSize` (our own) gives the size in bytes of a body that is only a placeholder.',
        target: 'QueueUrl',
        params: [
          'MessageBody',
          'DelaySeconds',
          'MessageAttributes',
          'MessageSize',
          'MessageGroupId',
          'MessageDeduplicationId',
        ],
        ignored: ['MessageSystemAttributes'],
        errors: ['MissingParameter', 'InvalidParameterValue', 'RequestThrottled'],
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
          'RequestThrottled',
        ],
        run: sendMessageBatch,
        messages: sendsBatch,
      },
      'sqs:SetQueueAttributes': {
        doc: 'Changes times and the size limit; messages already in flight keep their times, and delayed ones too except in a FIFO queue.',
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
      'sqs:CancelMessageMoveTask': {
        doc: 'Ends the move task under way; what it has moved stays moved.',
        target: 'TaskHandle',
        errors: ['ResourceNotFoundException'],
        run: cancelMessageMoveTask,
      },
      'sqs:DeleteQueue': {
        doc: 'Removes the queue and all that it holds.',
        target: 'QueueUrl',
        run: deleteQueue,
      },
      'sqs:GetQueueUrl': { doc: 'Says whether a queue is there.', target: 'QueueName', run: getQueueUrl },
      'sqs:ListDeadLetterSourceQueues': {
        doc: 'Lists the queues whose dead-letter queue this is.',
        target: 'QueueUrl',
        run: listDeadLetterSourceQueues,
      },
      'sqs:ListMessageMoveTasks': {
        doc: 'Tells how far the newest move task is.',
        target: 'SourceArn',
        run: listMessageMoveTasks,
      },
    }),
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
    ApproximateNumberOfGroupsWithInflightMessages: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'FIFO: message groups that are locked by a message in flight.',
      read: (q, now) => (q.fifo !== null && q.active(now) ? q.fifo.groups.locked : NaN),
    },
    ApproximateNumberOfNoisyGroups: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Standard: message groups that let the others go first.',
      read: (q, now) => quiet(q, now, (tenants) => tenants.noisySum(() => 1, now)),
    },
    ApproximateNumberOfMessagesVisibleInQuietGroups: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Standard: messages to be received, without those of noisy groups.',
      read: (q, now) => quiet(q, now, (tenants) => q.messages.visible - tenants.noisySum((each) => each.visible, now)),
    },
    ApproximateNumberOfMessagesNotVisibleInQuietGroups: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Standard: messages in flight, without those of noisy groups.',
      read: (q, now) => quiet(q, now, (tenants) => q.inFlight.inside - tenants.noisySum((each) => each.inFlight, now)),
    },
    ApproximateNumberOfMessagesDelayedInQuietGroups: {
      unit: 'Count',
      kind: 'gauge',
      doc: 'Standard: messages that are delayed, without those of noisy groups.',
      read: (q, now) => quiet(q, now, (tenants) => q.delayed - tenants.noisySum((each) => each.delayed, now)),
    },
    ApproximateAgeOfOldestMessageInQuietGroups: {
      unit: 'Seconds',
      kind: 'age',
      doc: 'Standard: age of the oldest message without those of noisy groups.',
      read: (q, now) => quiet(q, now, (tenants) => q.oldestQuiet(tenants)),
    },
    NumberOfDeduplicatedSentMessages: {
      unit: 'Count',
      kind: 'count',
      doc: 'FIFO: sends that were swallowed as repeated.',
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
    'no receiver waits while there is a message for it': (q) => q.receivers.count === 0 || !q.hasSomething,
    'the messages of tenants are counted as what they are': (q) => q.messages.tenants?.addUp() ?? true,
    'no more messages are in flight than may be': (q) => q.inFlight.inside <= q.inFlightMax,
  },
  finish: (q) => q.settle(),
  traced,
  insights: findingsOf,
  view,
}

/** A figure of a fair queue; a queue that no message names a group in has none. */
function quiet(q: Queue, now: number, of: (tenants: Tenants) => number): number {
  const { tenants } = q.messages
  return tenants !== null && q.active(now) ? of(tenants) : NaN
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
  q.fifo?.cameBack(q.now, row)
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
  checkKind(near)
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

/** SQS-40, SQS-42: what goes with a FIFO queue and what does not. */
function checkKind({ self }: Near): void {
  const { config } = self
  const isFifo = config['FifoQueue'] === true
  const name = config['QueueName'] as string | undefined
  if (name !== undefined && name.endsWith('.fifo') !== isFifo)
    self.error(
      ['QueueName'],
      'contradiction',
      isFifo
        ? '`FifoQueue` is true and `QueueName` does not end with `.fifo`'
        : '`QueueName` ends with `.fifo`, which only a FIFO queue may',
      isFifo ? 'the name of a FIFO queue ends with `.fifo`' : 'leave the suffix out, or set `FifoQueue: true`',
    )
  for (const property of ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'])
    if (!isFifo && config[property] !== undefined && !DEFAULTS.includes(config[property]))
      self.error(
        [property],
        'contradiction',
        `\`${property}\` is for FIFO queues only`,
        'set `FifoQueue: true`, or leave it out',
      )
  if (
    isFifo &&
    config['FifoThroughputLimit'] === 'perMessageGroupId' &&
    config['DeduplicationScope'] !== 'messageGroup'
  )
    self.error(
      ['FifoThroughputLimit'],
      'contradiction',
      '`FifoThroughputLimit` is `perMessageGroupId` while messages are known again in the whole queue',
      'set `DeduplicationScope: messageGroup` too',
    )
}

const DEFAULTS: readonly unknown[] = [false, 'queue', 'perQueue']

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
  if ((target.config['FifoQueue'] === true) !== (self.config['FifoQueue'] === true)) {
    self.error(
      path,
      'wrong-resource',
      `the dead-letter queue \`${id}\` is ${target.config['FifoQueue'] === true ? 'a FIFO queue' : 'a standard queue'}, this queue is not`,
      'a FIFO queue has a FIFO dead-letter queue, a standard queue a standard one',
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
