// Known traps of queues.
import type { Finding, Lints, Scene, Written } from '../../lint/contract.ts'
import { queues } from '../../lint/examples.ts'

const QUEUE = 'AWS::SQS::Queue'
const RETENTION = 345_600
const RETENTION_MAX = 1_209_600
const GUIDE = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide'

const orderly = (more: string): string => `Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      FifoQueue: true
      ContentBasedDeduplication: true${more}
Simulation:
  Workloads:
    Load:
      Target: Jobs
      Operation: sqs:SendMessage
      Rate: 400/s
      Attributes: { id: uuid }
      Parameters: { MessageBody: $, MessageGroupId: $.id }`

export const lints: Lints = {
  'sqs/dead-letters-expire-early': {
    severity: 'warning',
    title: 'a dead-letter queue that forgets too soon',
    text: 'A message that a standard queue moves to its dead-letter queue keeps the time at which it was first sent. Where the dead-letter queue keeps messages no longer than the source, a message that was tried for days is gone there after hours, or at once.',
    wrong: `Resources:\n${queues().replace('1209600', '86400')}`,
    right: `Resources:\n${queues([], 5)}`,
    source: `${GUIDE}/sqs-dead-letter-queues.html`,
    find: (scene) =>
      sourcesOf(scene).flatMap(({ queue, dead }) => {
        // A FIFO queue sets the time anew (SQS-32).
        if (queue.value('FifoQueue') !== undefined) return []
        const kept = dead.number(RETENTION, 'MessageRetentionPeriod')
        const own = queue.number(RETENTION, 'MessageRetentionPeriod')
        if (!(kept <= own) || own >= RETENTION_MAX) return []
        return [
          {
            message: `the dead-letter queue \`${dead.logicalId}\` keeps messages ${days(kept)}, \`${queue.logicalId}\` before it ${days(own)}: they go on ageing there`,
            span: dead.place('MessageRetentionPeriod'),
            help: `\`MessageRetentionPeriod: ${RETENTION_MAX}\` keeps them 14 days`,
          },
        ]
      }),
  },
  'sqs/dead-after-one-receive': {
    severity: 'warning',
    title: 'a message that is given up after one receive',
    text: 'With `maxReceiveCount: 1` a message goes to the dead-letter queue when its first receive comes to nothing, whatever the reason: a throttled function, a deployment, a lost connection. Nothing is ever tried again.',
    wrong: `Resources:\n${queues([], 1)}`,
    right: `Resources:\n${queues([], 5)}`,
    source: `${GUIDE}/sqs-dead-letter-queues.html`,
    find: (scene) =>
      scene.all(QUEUE).flatMap((queue) => {
        if (queue.number(0, 'RedrivePolicy', 'maxReceiveCount') !== 1) return []
        return [
          {
            message: `\`${queue.logicalId}\` gives a message up after one receive, a throttled one too`,
            span: queue.place('RedrivePolicy', 'maxReceiveCount'),
            help: '`maxReceiveCount: 5` leaves room for what passes by itself',
          },
        ]
      }),
  },
  'sqs/fifo-over-its-limit': {
    severity: 'warning',
    title: 'a FIFO queue that is sent more than it takes',
    text: 'Without high throughput a FIFO queue takes 300 requests a second for each of send, receive and delete, and refuses the others. A batch of ten is one request; with `FifoThroughputLimit: perMessageGroupId` the limit holds for each partition of the message groups instead.',
    wrong: orderly(''),
    right: orderly(`
      DeduplicationScope: messageGroup
      FifoThroughputLimit: perMessageGroupId`),
    source: `${GUIDE}/quotas-messages.html`,
    find: (scene) =>
      scene.workloads.flatMap(({ action, target, peak, span }) => {
        const limit = scene.quota('sqs.FifoTransactionsPerSecond')
        const isOver = /^sqs:(SendMessage|ReceiveMessage|DeleteMessage)(Batch)?$/.test(action) && peak > limit
        if (!isOver || target.type !== QUEUE || target.config?.['FifoQueue'] !== true) return []
        if (target.config['FifoThroughputLimit'] === 'perMessageGroupId') return []
        return [
          {
            message: `up to ${peak} requests a second are sent to the FIFO queue \`${target.logicalId}\`, which takes ${limit}`,
            span,
            help: 'send batches, or set `DeduplicationScope: messageGroup` and `FifoThroughputLimit: perMessageGroupId`',
          },
        ]
      }),
  },
  'sqs/polled-short': {
    severity: 'warning',
    title: 'a queue that is asked over and over',
    text: 'A receive that does not wait asks only some of the servers of the queue and often comes back empty although there are messages; a client that asks in a loop pays for every empty answer. With long polling the receive waits until there is something.',
    wrong: `Resources:
  Jobs: { Type: AWS::SQS::Queue }
Simulation:
  Workloads:
    Poll: { Target: Jobs, Operation: sqs:ReceiveMessage, Rate: 5/s }`,
    right: `Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { ReceiveMessageWaitTimeSeconds: 20 } }
Simulation:
  Workloads:
    Poll: { Target: Jobs, Operation: sqs:ReceiveMessage, Rate: 5/s }`,
    source: `${GUIDE}/sqs-short-and-long-polling.html`,
    find: (scene) =>
      receivesOf(scene).flatMap(({ queue, waits, span }) => {
        if (queue === undefined || waits || queue.number(0, 'ReceiveMessageWaitTimeSeconds') !== 0) return []
        return [
          {
            message: `\`${queue.logicalId}\` is received from without waiting: most answers are empty`,
            span,
            help: `\`ReceiveMessageWaitTimeSeconds: 20\` on \`${queue.logicalId}\`, or \`WaitTimeSeconds: 20\` in the call`,
          },
        ]
      }),
  },
}

/** Every queue with the dead-letter queue of the same template that it names. */
function sourcesOf(scene: Scene): { queue: Written; dead: Written }[] {
  return scene.all(QUEUE).flatMap((queue) => {
    const dead = scene.at(queue.value('RedrivePolicy', 'deadLetterTargetArn'))
    return dead?.type === QUEUE && dead !== queue ? [{ queue, dead }] : []
  })
}

/** The receives of workloads and handlers. */
function receivesOf(scene: Scene): { queue: Written | undefined; waits: boolean; span: Finding['span'] }[] {
  const named = (body: unknown): boolean => JSON.stringify(body).includes('WaitTimeSeconds')
  const polls = scene.workloads
    .filter(({ action }) => action === 'sqs:ReceiveMessage')
    .map(({ target, body, span }) => ({ queue: target as Written | undefined, waits: named(body), span }))
  const calls = scene.handlers.flatMap((handler) =>
    handler.program.code.flatMap((step) =>
      handler.isWritten && step.op === 'call' && step.action === 'sqs:ReceiveMessage'
        ? [{ queue: scene.at(step.to), waits: named(step.body), span: handler.place(step) }]
        : [],
    ),
  )
  return [...polls, ...calls]
}

function days(seconds: number): string {
  const whole = seconds / 86_400
  if (whole >= 1 && Number.isInteger(whole)) return `${whole} ${whole === 1 ? 'day' : 'days'}`
  return seconds % 3_600 === 0 ? `${seconds / 3_600} h` : `${seconds} s`
}
