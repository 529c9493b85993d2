// Alarms that cannot see what they are there for.
import type { Lints, Scene, Written } from './contract.ts'
import { queues, resource } from './examples.ts'

const ALARM = 'AWS::CloudWatch::Alarm'
const QUEUE = 'AWS::SQS::Queue'
const DEAD_LETTERS =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html'
const DIMENSIONS = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension'

const example = (metric: string, queue: string): string => `Resources:
${queues()}${resource('Page', 'AWS::SNS::Topic')}${resource('Failed', ALARM, [
  'Namespace: AWS/SQS',
  `MetricName: ${metric}`,
  `Dimensions: [{ Name: QueueName, Value: ${queue} }]`,
  'Statistic: Maximum',
  'Period: 60',
  'EvaluationPeriods: 1',
  'Threshold: 0',
  'ComparisonOperator: GreaterThanThreshold',
  'AlarmActions: [!Ref Page]',
])}`

const VISIBLE = 'ApproximateNumberOfMessagesVisible'
const RIGHT = example(VISIBLE, '!GetAtt Dead.QueueName')

export const alarmLints: Lints = {
  'cloudwatch/dead-letters-unwatched': {
    severity: 'note',
    title: 'a dead-letter queue that nobody looks at',
    text: 'What lies in a dead-letter queue failed for good, and is deleted at the end of its retention. Without an alarm on the number of its messages nobody knows that anything is there.',
    wrong: example(VISIBLE, '!GetAtt Jobs.QueueName'),
    right: RIGHT,
    source: DEAD_LETTERS,
    find: (scene) => {
      const metrics = metricsOf(scene)
      // An alarm whose queue hangs on a parameter without a value may watch any of them.
      if (metrics.some((metric) => hangsOnAGuess(metric, scene))) return []
      const watched = new Set(metrics.map((metric) => queueOf(metric)))
      return [...deadQueues(scene).values()].flatMap((queue) => {
        if (watched.has(queue.dimensionValue)) return []
        return [
          {
            message: `no alarm watches the dead-letter queue \`${queue.logicalId}\``,
            span: queue.place(),
            help: `an \`AWS::CloudWatch::Alarm\` on \`${VISIBLE}\` of \`!GetAtt ${queue.logicalId}.QueueName\`, \`Threshold: 0\`, \`GreaterThanThreshold\``,
          },
        ]
      })
    },
  },
  'cloudwatch/dead-letters-counted-as-sent': {
    severity: 'warning',
    title: 'an alarm that no dead letter sets off',
    text: 'A message that SQS moves to a dead-letter queue is not sent there: `NumberOfMessagesSent` counts only what somebody sends by hand. An alarm on it stays silent however many messages die.',
    wrong: example('NumberOfMessagesSent', '!GetAtt Dead.QueueName'),
    right: RIGHT,
    source: DEAD_LETTERS,
    find: (scene) => {
      const queues = deadQueues(scene)
      return metricsOf(scene).flatMap((metric) => {
        const dead = queues.get(queueOf(metric))
        if (dead === undefined || metric.name !== 'NumberOfMessagesSent') return []
        return [
          {
            message: `messages that SQS moves to \`${dead.logicalId}\` are not counted as sent: \`${metric.alarm.logicalId}\` stays silent`,
            span: metric.alarm.place(...metric.path, 'MetricName'),
            help: `\`MetricName: ${VISIBLE}\` with \`Statistic: Maximum\``,
          },
        ]
      })
    },
  },
  'cloudwatch/alarm-on-an-address': {
    severity: 'warning',
    title: 'an alarm whose dimension is an address, not a name',
    text: 'A dimension carries the name of a resource. `Ref` of a queue gives its URL and of a topic its ARN, `GetAtt` an ARN: no metric has a dimension like that, the alarm never has data and stays in INSUFFICIENT_DATA.',
    wrong: example(VISIBLE, '!Ref Dead'),
    right: RIGHT,
    source: DIMENSIONS,
    find: (scene) =>
      metricsOf(scene).flatMap((metric) =>
        metric.dimensions.flatMap(({ name, value, isKnown, path }) => {
          // Of these the ARN is the name.
          if (!isKnown || !NAMED.has(name) || !/^(arn:|https:\/\/)/.test(value)) return []
          const resource = scene.at(value)
          return [
            {
              message: `\`${name}\` of \`${metric.alarm.logicalId}\` is ${value.startsWith('arn:') ? 'an ARN' : 'a URL'}: no metric has that dimension`,
              span: metric.alarm.place(...path, 'Value'),
              help: resource === undefined ? 'write the name' : `\`${nameOf(resource)}\``,
            },
          ]
        }),
      ),
  },
}

/** Dimensions that carry names. */
const NAMED = new Set([
  'QueueName',
  'FunctionName',
  'TableName',
  'TopicName',
  'StreamName',
  'BucketName',
  'DBInstanceIdentifier',
  'AutoScalingGroupName',
])

/** How a template gets at a name that `Ref` does not give. */
const NAME_OF: ReadonlyMap<string, string> = new Map([
  [QUEUE, '!GetAtt ID.QueueName'],
  ['AWS::SNS::Topic', '!GetAtt ID.TopicName'],
])

function nameOf({ type, logicalId }: Written): string {
  return (NAME_OF.get(type) ?? '!Ref ID').replace('ID', logicalId)
}

/** A metric that an alarm watches, and where it stands there. */
interface Watched {
  readonly alarm: Written
  readonly path: readonly (string | number)[]
  readonly name: string | undefined
  readonly namespace: string | undefined
  readonly dimensions: readonly {
    readonly name: string
    readonly value: string
    /** False where it hangs on a parameter without a value. */
    readonly isKnown: boolean
    readonly path: readonly (string | number)[]
  }[]
}

function metricsOf(scene: Scene): readonly Watched[] {
  return scene.all(ALARM).flatMap((alarm) => {
    const queries = alarm.list('Metrics').map((_, i) => ['Metrics', i, 'MetricStat', 'Metric'])
    return [[], ...queries].map((path) => ({
      alarm,
      path,
      name: alarm.text(...path, 'MetricName'),
      namespace: alarm.text(...path, 'Namespace'),
      dimensions: alarm.list(...path, 'Dimensions').map((_, i) => ({
        name: alarm.text(...path, 'Dimensions', i, 'Name') ?? '',
        value: String(alarm.value(...path, 'Dimensions', i, 'Value') ?? ''),
        isKnown: alarm.text(...path, 'Dimensions', i, 'Value') !== undefined,
        path: [...path, 'Dimensions', i],
      })),
    }))
  })
}

/** The name of the queue that a metric is of. */
function queueOf({ namespace, dimensions }: Watched): string | undefined {
  return namespace === 'AWS/SQS' ? dimensions.find(({ name }) => name === 'QueueName')?.value : undefined
}

function hangsOnAGuess({ namespace, dimensions }: Watched, scene: Scene): boolean {
  return (
    namespace === 'AWS/SQS' &&
    dimensions.some(({ name, value, isKnown }) => name === 'QueueName' && !isKnown && scene.at(value) === undefined)
  )
}

/** The queues that other queues move their failed messages to, by name. */
function deadQueues(scene: Scene): ReadonlyMap<string | undefined, Written> {
  const dead = new Set(scene.all(QUEUE).map((queue) => scene.at(queue.value('RedrivePolicy', 'deadLetterTargetArn'))))
  return new Map(scene.all(QUEUE).flatMap((queue) => (dead.has(queue) ? [[queue.dimensionValue, queue]] : [])))
}
