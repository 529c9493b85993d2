// Traps between a queue and the function that reads it.
import type { Finding, Lints, Scene, Written } from './contract.ts'
import { mapping, queues, resource, workFunction } from './examples.ts'

const QUEUE = 'AWS::SQS::Queue'
const VISIBILITY = 30
const TIMEOUT = 3
const CONFIGURE = 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html'
const SCALING = 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html'

/** A mapping, the queue that it reads and the function that it calls. */
interface Consumer {
  readonly mapping: Written
  readonly queue: Written
  readonly fn: Written
}

const example = (queue: string, fn: readonly string[], feed: readonly string[]): string =>
  `Resources:\n${queue}${workFunction(fn)}${mapping(feed)}`

const RIGHT = queues(['VisibilityTimeout: 180'])
const TIMEOUT_30 = ['Timeout: 30']
const REPORTS = ['BatchSize: 10', 'FunctionResponseTypes: [ReportBatchItemFailures]']

export const queueMappingLints: Lints = {
  'sqs/visibility-below-six-timeouts': {
    severity: 'warning',
    title: 'messages that come back while their function is still trying',
    text: 'Lambda tries a throttled batch again for as long as its messages are hidden. With less than six times the time-out of the function (and the batching window beside it) they turn up again before that, are received a second time by another invocation, and count towards `maxReceiveCount`: healthy messages are handled twice or end in the dead-letter queue.',
    wrong: example(queues(['VisibilityTimeout: 30']), TIMEOUT_30, REPORTS),
    right: example(RIGHT, TIMEOUT_30, REPORTS),
    source: CONFIGURE,
    find: (scene) =>
      consumersOf(scene).flatMap(({ mapping, queue, fn }) => {
        const visibility = queue.number(VISIBILITY, 'VisibilityTimeout')
        const timeout = fn.number(TIMEOUT, 'Timeout')
        const window = mapping.number(0, 'MaximumBatchingWindowInSeconds')
        const wanted = 6 * timeout + window
        if (!(visibility < wanted)) return []
        const beside = window > 0 ? ` and the batching window of ${window} s` : ''
        return [
          {
            message: `the visibility timeout of \`${queue.logicalId}\`, ${visibility} s, is less than six times the time-out of \`${fn.logicalId}\`, ${timeout} s${beside}`,
            span: queue.place('VisibilityTimeout'),
            help: `\`VisibilityTimeout: ${wanted}\` leaves room for retries of throttled batches (LAM-56)`,
          },
        ]
      }),
  },
  'sqs/no-dead-letters': {
    severity: 'warning',
    title: 'a queue whose poisoned messages go round for days',
    text: 'A message that its function cannot handle is received, fails and comes back until its retention ends: four days by default, at the price of an invocation each time, and in a batch it takes healthy messages along. A dead-letter queue takes it out after a few tries and keeps it for whoever looks.',
    wrong: example(resource('Jobs', QUEUE, ['VisibilityTimeout: 180']), TIMEOUT_30, REPORTS),
    right: example(RIGHT, TIMEOUT_30, REPORTS),
    source: CONFIGURE,
    find: (scene) =>
      [...new Set(consumersOf(scene).map(({ queue }) => queue))].flatMap((queue) => {
        // The dead-letter queue of another queue is where the way ends.
        const isDead = scene
          .all(QUEUE)
          .some((each) => scene.at(each.value('RedrivePolicy', 'deadLetterTargetArn')) === queue)
        if (isDead || queue.value('RedrivePolicy') !== undefined) return []
        return [
          {
            message: `\`${queue.logicalId}\` has no dead-letter queue: a message that its function cannot handle comes back until it expires`,
            span: queue.place(),
            help: '`RedrivePolicy: { deadLetterTargetArn: !GetAtt DeadLetters.Arn, maxReceiveCount: 5 }`, with a queue `DeadLetters`',
          },
        ]
      }),
  },
  'sqs/few-receives-under-lambda': {
    severity: 'note',
    title: 'few tries for messages that Lambda reads',
    text: 'A throttled invocation counts as a receive of every message in its batch. AWS recommends a `maxReceiveCount` of at least 5 for a queue that a function reads, so that a moment without concurrency sends no healthy message to the dead-letter queue.',
    wrong: example(queues(['VisibilityTimeout: 180'], 3), TIMEOUT_30, REPORTS),
    right: example(RIGHT, TIMEOUT_30, REPORTS),
    source: CONFIGURE,
    find: (scene) =>
      consumersOf(scene).flatMap(({ queue }) => {
        const most = queue.number(5, 'RedrivePolicy', 'maxReceiveCount')
        // One is a warning of its own.
        if (!(most > 1 && most < 5)) return []
        return [
          {
            message: `\`${queue.logicalId}\` gives a message up after ${most} receives, throttled ones counted`,
            span: queue.place('RedrivePolicy', 'maxReceiveCount'),
            help: '`maxReceiveCount: 5`, or more',
          },
        ]
      }),
  },
  'lambda/reservation-throttles-pollers': {
    severity: 'warning',
    title: 'a reservation that the pollers of a queue run against',
    text: 'The pollers of a mapping do not know the reserved concurrency of their function: they go on receiving, are throttled, and every throttled batch uses up a receive of its messages, until healthy messages are in the dead-letter queue. `MaximumConcurrency` of the mapping stops them before they receive.',
    wrong: example(RIGHT, [...TIMEOUT_30, 'ReservedConcurrentExecutions: 5'], REPORTS),
    right: example(
      RIGHT,
      [...TIMEOUT_30, 'ReservedConcurrentExecutions: 5'],
      [...REPORTS, 'ScalingConfig: { MaximumConcurrency: 5 }'],
    ),
    source: SCALING,
    find: (scene) =>
      consumersOf(scene).flatMap(({ mapping, queue, fn }) => {
        const reserved = fn.number(Number.NaN, 'ReservedConcurrentExecutions')
        const isBounded = mapping.value('ScalingConfig', 'MaximumConcurrency') !== undefined
        const isProvisioned = mapping.value('ProvisionedPollerConfig') !== undefined
        // Pollers start with five at a time; a dead-letter queue is what makes throttles hurt.
        if (!(reserved > 0) || isBounded || isProvisioned || queue.value('RedrivePolicy') === undefined) return []
        return [
          {
            message: `the pollers of \`${queue.logicalId}\` run against the ${reserved} that are reserved for \`${fn.logicalId}\`, and throttled messages go to the dead-letter queue`,
            span: fn.place('ReservedConcurrentExecutions'),
            help: `\`ScalingConfig: { MaximumConcurrency: ${Math.max(2, reserved)} }\` on \`${mapping.logicalId}\``,
          },
        ]
      }),
  },
  'lambda/concurrency-above-reservation': {
    severity: 'warning',
    title: 'mappings that may use more than is reserved',
    text: 'The maximum concurrency of the mappings of a function together should not be more than its reserved concurrency: what is above it is received and then throttled.',
    wrong: example(
      RIGHT,
      [...TIMEOUT_30, 'ReservedConcurrentExecutions: 5'],
      [...REPORTS, 'ScalingConfig: { MaximumConcurrency: 20 }'],
    ),
    right: example(
      RIGHT,
      [...TIMEOUT_30, 'ReservedConcurrentExecutions: 20'],
      [...REPORTS, 'ScalingConfig: { MaximumConcurrency: 20 }'],
    ),
    source: SCALING,
    find: (scene) => {
      const consumers = consumersOf(scene)
      return [...new Set(consumers.map(({ fn }) => fn))].flatMap((fn): Finding[] => {
        const own = consumers.filter((consumer) => consumer.fn === fn).map(({ mapping }) => mapping)
        const wanted = own.reduce((sum, mapping) => sum + mapping.number(0, 'ScalingConfig', 'MaximumConcurrency'), 0)
        const reserved = fn.number(Number.NaN, 'ReservedConcurrentExecutions')
        if (!(reserved > 0 && wanted > reserved)) return []
        const [first, ...others] = own.filter((mapping) => mapping.value('ScalingConfig') !== undefined)
        return [
          {
            message: `the mappings of \`${fn.logicalId}\` may run ${wanted} at a time, and ${reserved} are reserved for it`,
            span: first!.place('ScalingConfig', 'MaximumConcurrency'),
            also: others.map((mapping) => ({
              span: mapping.place('ScalingConfig', 'MaximumConcurrency'),
              label: 'and these',
            })),
            help: `\`ReservedConcurrentExecutions: ${wanted}\`, or less in the mappings`,
          },
        ]
      })
    },
  },
  'lambda/batch-fails-as-one': {
    severity: 'note',
    title: 'one bad message that fails its whole batch',
    text: 'Unless the function says which messages failed, all messages of a batch come back when one of them fails: the others are handled again, and count a receive. With `ReportBatchItemFailures` only the failed ones do.',
    wrong: example(RIGHT, TIMEOUT_30, ['BatchSize: 10']),
    right: example(RIGHT, TIMEOUT_30, REPORTS),
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html',
    find: (scene) =>
      consumersOf(scene).flatMap(({ mapping, queue }) => {
        const size = mapping.number(10, 'BatchSize')
        if (!(size > 1) || mapping.list('FunctionResponseTypes').includes('ReportBatchItemFailures')) return []
        return [
          {
            message: `one message that fails brings back the batch of up to ${size} from \`${queue.logicalId}\``,
            span: mapping.place('BatchSize'),
            help: '`FunctionResponseTypes: [ReportBatchItemFailures]`, with a handler that answers `batchItemFailures`',
          },
        ]
      }),
  },
}

function consumersOf(scene: Scene): Consumer[] {
  return scene.all('AWS::Lambda::EventSourceMapping').flatMap((mapping) => {
    const queue = scene.at(mapping.value('EventSourceArn'))
    const fn = scene.at(mapping.value('FunctionName'))
    return queue?.type === QUEUE && fn?.type === 'AWS::Lambda::Function' ? [{ mapping, queue, fn }] : []
  })
}
