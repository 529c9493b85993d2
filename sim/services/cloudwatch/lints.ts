// Known traps of alarms.
import type { Lints, Scene, Written } from '../../lint/contract.ts'
import { resource } from '../../lint/examples.ts'

const ALARM = 'AWS::CloudWatch::Alarm'
const GUIDE = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring'

const example = (namespace: string, ...more: readonly string[]): string => `Resources:
${resource('Page', 'AWS::SNS::Topic')}${resource('Watch', ALARM, [
  `Namespace: ${namespace}`,
  'MetricName: ThrottledRequests',
  'Statistic: Sum',
  'EvaluationPeriods: 1',
  'Threshold: 0',
  'ComparisonOperator: GreaterThanThreshold',
  ...more,
])}`

export const lints: Lints = {
  'cloudwatch/period-without-data': {
    severity: 'warning',
    title: 'an alarm that looks more often than there are data',
    text: 'The services of AWS publish their metrics once a minute. An alarm with a period below that finds no data in most of its periods, and stays in INSUFFICIENT_DATA; short periods are for metrics that you publish yourself at high resolution.',
    wrong: example('AWS/SQS', 'Period: 10', 'AlarmActions: [!Ref Page]'),
    right: example('AWS/SQS', 'Period: 60', 'AlarmActions: [!Ref Page]'),
    source: `N.CLOUDWATCH-16, CW-20; ${GUIDE}/alarm-evaluation.html`,
    find: (scene) =>
      metricsOf(scene).flatMap(({ alarm, namespace, path }) => {
        const period = alarm.number(60, ...path)
        if (!(period < 60) || namespace?.startsWith('AWS/') !== true) return []
        return [
          {
            message: `a \`Period\` of ${period} s finds no data: ${namespace} publishes once a minute`,
            span: alarm.place(...path),
            help: '`Period: 60`, or a multiple of it',
          },
        ]
      }),
  },
  'cloudwatch/missing-data-has-no-say': {
    severity: 'warning',
    title: 'a setting for missing data that a table’s alarm does not follow',
    text: 'An alarm on a metric of DynamoDB ignores missing data whatever `TreatMissingData` says: it keeps its state while there is no data. An alarm that is to clear itself when nothing is throttled any more stays in ALARM.',
    wrong: example('AWS/DynamoDB', 'Period: 60', 'TreatMissingData: notBreaching', 'AlarmActions: [!Ref Page]'),
    right: example('AWS/DynamoDB', 'Period: 60', 'TreatMissingData: ignore', 'AlarmActions: [!Ref Page]'),
    source: `CW-26; ${GUIDE}/alarms-and-missing-data.html`,
    find: (scene) =>
      metricsOf(scene).flatMap(({ alarm, namespace }) => {
        const treats = alarm.text('TreatMissingData') ?? 'ignore'
        if (namespace !== 'AWS/DynamoDB' || treats === 'ignore' || treats === 'missing') return []
        // In an expression a missing value can be filled.
        if (alarm.value('Metrics') !== undefined) return []
        return [
          {
            message: `alarms on AWS/DynamoDB ignore missing data: \`${treats}\` of \`${alarm.logicalId}\` changes nothing`,
            span: alarm.place('TreatMissingData'),
            help: 'an expression under `Metrics` such as `FILL(m1, 0)` gives the alarm a value to clear by',
          },
        ]
      }),
  },
  'cloudwatch/alarm-without-actions': {
    severity: 'note',
    title: 'an alarm that nobody hears',
    text: 'An alarm without actions changes its colour in the console and does nothing else, unless a composite alarm or a deployment looks at it.',
    wrong: example('AWS/SQS', 'Period: 60'),
    right: example('AWS/SQS', 'Period: 60', 'AlarmActions: [!Ref Page]'),
    source: `${GUIDE}/AlarmThatSendsEmail.html`,
    find: (scene) => {
      const others = namersOf(scene)
      return scene.all(ALARM).flatMap((alarm) => {
        const actions = ['AlarmActions', 'OKActions', 'InsufficientDataActions']
        // An action that hangs on a parameter is one, too.
        const isHeard = actions.some((member) => JSON.stringify(alarm.value(member) ?? []) !== '[]')
        if (isHeard || others.some((other) => other.names(alarm))) return []
        return [
          {
            message: `\`${alarm.logicalId}\` has no action: nobody is told`,
            span: alarm.place(),
            help: '`AlarmActions: [!Ref Topic]`',
          },
        ]
      })
    },
  },
}

/** The metrics of alarms, with the way to the period of each. */
function metricsOf(
  scene: Scene,
): { alarm: Written; namespace: string | undefined; path: readonly (string | number)[] }[] {
  return scene.all(ALARM).flatMap((alarm) => [
    { alarm, namespace: alarm.text('Namespace'), path: ['Period'] },
    ...alarm.list('Metrics').map((_, i) => ({
      alarm,
      namespace: alarm.text('Metrics', i, 'MetricStat', 'Metric', 'Namespace'),
      path: ['Metrics', i, 'MetricStat', 'Period'],
    })),
  ])
}

/** The resources that may name an alarm: a composite alarm, a deployment group, a policy. */
function namersOf(scene: Scene): { names(alarm: Written): boolean }[] {
  return scene
    .all()
    .filter(({ type }) => type !== 'AWS::CloudWatch::Dashboard')
    .map((other) => {
      const text = JSON.stringify(other.value() ?? null)
      return {
        names: (alarm) =>
          other !== alarm &&
          [alarm.dimensionValue, alarm.logicalId].some((name) => name !== undefined && text.includes(name)),
      }
    })
}
