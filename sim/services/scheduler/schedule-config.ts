// What a schedule takes from its expression, its dates and its target, and what AWS would refuse in them.
import type { Action, Config, Near } from '../../model/contract.ts'
import { parseMoment } from '../../parts/calendar.ts'
import { parseJson } from '../../parts/json-text.ts'
import type { Timetable } from '../../parts/schedule-clock.ts'
import { parseSchedule } from '../../parts/schedules.ts'
import { deadLettersAt, retriesOf, type DeliveryTarget } from '../../parts/target-deliveries.ts'
import { calleeAt, type TargetParameters } from '../../parts/targets.ts'
import { UTC, zoneNames, zoneOf } from '../../parts/zones.ts'

const SCHEDULE = 'AWS::Scheduler::Schedule'

/** What the room needs to know besides the properties. Plain data. */
export interface Gathered {
  readonly Timetable: Timetable
  readonly Delivery: DeliveryTarget
  readonly Parameters: TargetParameters
  /** The input is the body of the call itself: a universal target. */
  readonly IsWhole: boolean
  /** The input read as JSON where it is; undefined = AWS's own notification. */
  readonly Input: unknown
  /** All schedules of the account: the first keeps what they share. */
  readonly All: readonly string[]
}

export function gather(near: Near): Gathered {
  const { config } = near.self
  const all = near.all(SCHEDULE).map(({ logicalId }) => logicalId)
  const timetable = timetableOf(config, (name, message, help) => near.self.error([name], 'bad-schedule', message, help))
  if (
    config['FlexibleTimeWindow'].Mode === 'FLEXIBLE' &&
    config['FlexibleTimeWindow'].MaximumWindowInMinutes === undefined
  )
    near.self.error(
      ['FlexibleTimeWindow'],
      'missing-property',
      'a flexible window has no length',
      'write `MaximumWindowInMinutes`, 1 to 1440',
    )
  return { ...targetOf(near), Timetable: timetable ?? NEVER, All: all }
}

const NEVER: Timetable = Object.freeze({ schedule: { kind: 'at', local: 0 } as const, zone: UTC, from: 0, until: -1 })

/** The timetable of some properties (or of a call's body); undefined when one is wrong, which is told. */
export function timetableOf(
  said: Config,
  tell: (property: string, message: string, help: string) => void,
): Timetable | undefined {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: name = 'UTC' } = said
  const schedule = parseSchedule(String(expression), 'scheduler')
  const zone = zoneOf(String(name))
  const from = momentOf(said['StartDate'], 0)
  const until = momentOf(said['EndDate'], Infinity)
  if (typeof schedule === 'string') tell('ScheduleExpression', `\`${expression}\` is no schedule`, schedule)
  if (zone === undefined)
    tell(
      'ScheduleExpressionTimezone',
      `\`${name}\` is no time zone`,
      zoneNames().find((each) => each.toLowerCase() === String(name).toLowerCase()) ??
        'a name of the IANA database, such as `Europe/Berlin`',
    )
  if (typeof from === 'string') tell('StartDate', `\`${said['StartDate']}\` is no moment`, from)
  if (typeof until === 'string') tell('EndDate', `\`${said['EndDate']}\` is no moment`, until)
  if (typeof from === 'number' && typeof until === 'number' && until <= from)
    tell('EndDate', 'the end is not after the start', '`EndDate` comes after `StartDate`')
  if (typeof schedule === 'string' || zone === undefined || typeof from === 'string' || typeof until === 'string')
    return undefined
  // A single time has no beginning and no end.
  return schedule.kind === 'at' ? { schedule, zone, from: 0, until: Infinity } : { schedule, zone, from, until }
}

function momentOf(text: unknown, absent: number): number | string {
  return text === undefined ? absent : parseMoment(String(text).replace(/\+00:?00$/, 'Z'))
}

function targetOf(near: Near): Omit<Gathered, 'Timetable' | 'All'> {
  const { config } = near.self
  const target = config['Target'] as Config
  const arn = String(target['Arn'] ?? '')
  const found = /^arn:[\w-]+:scheduler:::aws-sdk:/.test(arn) ? universal(near, arn) : templated(near)
  const deadLetters = deadLettersAt(
    near,
    near.self,
    target['DeadLetterConfig']?.Arn,
    ['Target', 'DeadLetterConfig', 'Arn'],
    () => true,
  )
  const { to, action } = found
  return {
    Delivery: { to, action, arn, isDenied: false, ...retriesOf(target['RetryPolicy']), deadLetters },
    Parameters: parametersOf(target),
    IsWhole: found.isWhole,
    Input: inputOf(target['Input']),
  }
}

interface Found {
  readonly to: string | null
  readonly action: Action
  readonly isWhole: boolean
}

/** A target that Scheduler knows by itself: the resource takes the input. */
function templated(near: Near): Found {
  const { config } = near.self
  const callee = calleeAt(near, config['Target'].Arn)
  if (callee === undefined) {
    near.self.notSimulated(['Target', 'Arn'], 'the target is not simulated: every invocation arrives there')
    return { to: null, action: 'lambda:InvokeFunction', isWhole: false }
  }
  const isFifo = callee.view?.config['FifoQueue'] === true
  if (isFifo && config['Target'].SqsParameters?.MessageGroupId === undefined)
    near.self.error(
      ['Target'],
      'missing-property',
      `\`${callee.to}\` is a FIFO queue, and the target names no message group`,
      'write `SqsParameters: { MessageGroupId: … }`',
    )
  return { to: callee.to, action: callee.action, isWhole: false }
}

/** By service and operation of an SDK: what IAM calls it, and the parameters that may name the resource. */
export const UNIVERSAL: ReadonlyMap<
  string,
  { readonly action: Action; readonly by: readonly string[]; readonly type: string }
> = new Map([
  ['lambda:invoke', { action: 'lambda:InvokeFunction', by: ['FunctionName'], type: 'AWS::Lambda::Function' }],
  ['sqs:sendMessage', { action: 'sqs:SendMessage', by: ['QueueUrl'], type: 'AWS::SQS::Queue' }],
  ['sqs:purgeQueue', { action: 'sqs:PurgeQueue', by: ['QueueUrl'], type: 'AWS::SQS::Queue' }],
  ['sqs:startMessageMoveTask', { action: 'sqs:StartMessageMoveTask', by: ['SourceArn'], type: 'AWS::SQS::Queue' }],
  ['sns:publish', { action: 'sns:Publish', by: ['TopicArn', 'TargetArn'], type: 'AWS::SNS::Topic' }],
  ['dynamodb:putItem', { action: 'dynamodb:PutItem', by: ['TableName'], type: 'AWS::DynamoDB::Table' }],
  ['dynamodb:updateItem', { action: 'dynamodb:UpdateItem', by: ['TableName'], type: 'AWS::DynamoDB::Table' }],
  ['dynamodb:deleteItem', { action: 'dynamodb:DeleteItem', by: ['TableName'], type: 'AWS::DynamoDB::Table' }],
  ['dynamodb:updateTable', { action: 'dynamodb:UpdateTable', by: ['TableName'], type: 'AWS::DynamoDB::Table' }],
])

/** An operation of an SDK with the input as its parameters. */
function universal(near: Near, arn: string): Found {
  const [service = '', operation = ''] = arn.split(':aws-sdk:')[1]!.split(':')
  const known = UNIVERSAL.get(`${service.toLowerCase()}:${operation}`)
  const input = inputOf(near.self.config['Target'].Input) as Record<string, unknown> | null | undefined
  const named = known?.by.map((name) => input?.[name]).find((value) => value !== undefined)
  const view = near.resourceAt(named)
  if (known === undefined || view?.type !== known.type) {
    near.self.notSimulated(
      ['Target', 'Arn'],
      `\`${service}:${operation}\` ${known === undefined ? 'is not simulated as a universal target' : 'is called on something that is not simulated'}: every invocation arrives`,
    )
    return { to: null, action: 'lambda:InvokeFunction', isWhole: true }
  }
  return { to: view.logicalId, action: known.action, isWhole: true }
}

/** The input as JSON, else as the text that it is. */
function inputOf(input: unknown): unknown {
  return typeof input === 'string' ? (parseJson(input) ?? input) : input
}

function parametersOf(target: Config): TargetParameters {
  const constant = (value: unknown): { readonly constant: unknown } => ({ constant: value })
  const { SqsParameters: sqs, KinesisParameters: kinesis, EventBridgeParameters: bus } = target
  return {
    ...(sqs?.MessageGroupId === undefined ? {} : { group: constant(sqs.MessageGroupId) }),
    ...(kinesis?.PartitionKey === undefined ? {} : { partitionKey: constant(kinesis.PartitionKey) }),
    ...(bus?.Source === undefined ? {} : { source: constant(bus.Source) }),
    ...(bus?.DetailType === undefined ? {} : { detailType: constant(bus.DetailType) }),
  }
}
