// What a rule is made of: its pattern, and its targets as their deliveries need to know them.
import type { Action, Near, ResourceView } from '../../model/contract.ts'
import { readJsonPath } from '../../parts/json-path.ts'
import { combinationsOf, flawOfPattern } from '../../parts/pattern-flaws.ts'
import type { Pattern } from '../../parts/patterns.ts'
import { letsIn } from '../../parts/permits.ts'
import { deadLettersAt, retriesOf, type DeliveryTarget } from '../../parts/target-deliveries.ts'
import { isFlaw, readInput, WHOLE_EVENT, type InputProperties, type TargetInput } from '../../parts/target-input.ts'
import type { Timetable } from '../../parts/schedule-clock.ts'
import { calleeAt, DEFAULT_BUS, type Callee, type Given, type TargetParameters } from '../../parts/targets.ts'
import { busNamed } from './bus-config.ts'
import { ruleTimetable } from './rule-clock.ts'
import { parseJson } from '../../parts/json-text.ts'

const SERVICE = 'events.amazonaws.com'

export interface RuleTarget extends DeliveryTarget {
  readonly input: TargetInput
  readonly parameters: TargetParameters
}

export interface RuleConfig {
  /** The component of its bus; null = outside of the scenario. */
  readonly Bus: string | null
  /** Its name as a dimension; null = the default one, whose rules have none. */
  readonly BusName: string | null
  readonly Pattern: Pattern | null
  readonly Deliveries: readonly RuleTarget[]
  /** When the clock triggers it; null = never. */
  readonly Timetable: Timetable | null
}

/** A target as CloudFormation writes it. */
interface Written extends InputProperties {
  readonly Id?: unknown
  readonly Arn?: unknown
  readonly RoleArn?: unknown
  readonly SqsParameters?: { readonly MessageGroupId?: unknown }
  readonly KinesisParameters?: { readonly PartitionKeyPath?: unknown }
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number }
  readonly DeadLetterConfig?: { readonly Arn?: unknown }
}

export function ruleConfig(near: Near): RuleConfig {
  const { self } = near
  const { EventPattern: pattern, ScheduleExpression: schedule, EventBusName: busName } = self.config
  const bus = busNamed(near, busName)
  if (bus === null) self.notSimulated(['EventBusName'], 'the bus is outside of this scenario: nothing comes from it')
  if (pattern === undefined && schedule === undefined)
    self.error(
      [],
      'event-pattern',
      'a rule without `EventPattern` and without `ScheduleExpression` takes nothing',
      'AWS refuses it: `Parameter(s) EventPattern or ScheduleExpression must be specified`',
    )
  if (schedule !== undefined && bus !== null && bus !== DEFAULT_BUS)
    self.error(
      ['ScheduleExpression'],
      'contradiction',
      '`ScheduleExpression is supported only on the default event bus`',
      'leave `EventBusName` out',
    )
  const read = patternOf(near, pattern)
  const timetable = schedule === undefined ? null : ruleTimetable(String(schedule))
  if (typeof timetable === 'string')
    self.error(['ScheduleExpression'], 'bad-schedule', `\`${String(schedule)}\` is no schedule`, timetable)
  const busView = near.resourceAt(busName)
  const name = bus === null || bus === DEFAULT_BUS ? null : String(busView?.config['Name'] ?? bus)
  return {
    Bus: bus,
    BusName: name,
    Pattern: read,
    Deliveries: targetsOf(near),
    Timetable: typeof timetable === 'string' ? null : timetable,
  }
}

/** A pattern as a map; what AWS refuses in it is told. Archives have patterns too. */
export function patternOf(near: Near, written: unknown): Pattern | null {
  if (written === undefined || written === null) return null
  const refuse = (message: string): null => {
    near.self.error(
      ['EventPattern'],
      'event-pattern',
      `the event pattern is refused: ${message}`,
      'AWS answers `InvalidEventPatternException`',
    )
    return null
  }
  const text = typeof written === 'string' ? written : JSON.stringify(written)
  const most = near.quota('EventPatternSize')
  if (text.length > most) return refuse(`it has ${text.length} characters, at most ${most} are allowed`)
  const pattern = parseJson(text)
  if (pattern === undefined) return refuse('it is no JSON')
  const flaw = flawOfPattern(pattern)
  if (flaw !== undefined) return refuse(flaw)
  const combinations = combinationsOf(pattern)
  const allowed = near.quota('EventPatternCombinations')
  if (combinations > allowed)
    return refuse(`it stands for ${combinations} combinations, at most ${allowed} are allowed`)
  return pattern as Pattern
}

function targetsOf(near: Near): readonly RuleTarget[] {
  const { self } = near
  const written = (self.config['Targets'] ?? []) as readonly Written[]
  const most = near.quota('TargetsPerRule')
  if (written.length > most)
    self.error(
      ['Targets'],
      'out-of-range',
      `\`Targets\` has ${written.length} members: \`LimitExceededException\``,
      `expected up to ${most}`,
    )
  const ids = new Set<unknown>()
  written.forEach(({ Id: id }, i) => {
    if (ids.has(id))
      self.error(
        ['Targets', i, 'Id'],
        'contradiction',
        `two targets have the id \`${String(id)}\``,
        'ids are unique in a rule',
      )
    ids.add(id)
  })
  return written.map((target, i) => targetOf(near, target, ['Targets', i]))
}

function targetOf(near: Near, target: Written, path: readonly (string | number)[]): RuleTarget {
  const { self } = near
  const callee = calleeAt(near, target.Arn)
  const at = [...path, 'Arn']
  if (callee === undefined) self.notSimulated(at, 'the target is outside of this scenario: every event arrives there')
  else checkTarget(self, callee, target, at)
  const read = readInput(target)
  if (isFlaw(read))
    self.error([...path, ...read.at], 'target-input', read.message, 'EventBridge would refuse the target')
  const action = callee === undefined ? 'events:Nothing' : actionOf(callee)
  return {
    to: callee?.to ?? null,
    action,
    arn: String(target.Arn),
    isDenied: callee?.view !== undefined && target.RoleArn === undefined && !mayUse(near, callee.view),
    ...retriesOf(target.RetryPolicy),
    deadLetters: deadLettersAt(
      near,
      self,
      target.DeadLetterConfig?.Arn,
      [...path, 'DeadLetterConfig', 'Arn'],
      (queue) => mayUse(near, queue),
    ),
    input: isFlaw(read) ? WHOLE_EVENT : read,
    parameters: parametersOf(self, target, path),
  }
}

/** Buses hand events on as they are. */
function actionOf({ action }: Callee): Action {
  return action === 'events:PutEvents' ? 'events:ForwardEvent' : action
}

function mayUse(near: Near, target: ResourceView): boolean {
  return letsIn(near, target, SERVICE, near.self.logicalId)
}

/** Types that EventBridge reaches only with a role (PutTargets refuses them without). */
const WITH_ROLE = /^(kinesis|firehose|states):/

function checkTarget(
  self: ResourceView,
  { action, view, to }: Callee,
  target: Written,
  path: readonly (string | number)[],
): void {
  if (WITH_ROLE.test(action) && target.RoleArn === undefined)
    self.error(
      [...path.slice(0, -1)],
      'missing-property',
      `\`RoleArn\` is required for the target \`${to}\``,
      'the role that lets EventBridge use it',
    )
  const isFifo = view?.config['FifoQueue'] === true
  if (isFifo && target.SqsParameters?.MessageGroupId === undefined)
    self.error(
      path,
      'wrong-resource',
      `\`${to}\` is a FIFO queue and the target has no \`MessageGroupId\``,
      'add `SqsParameters: { MessageGroupId: … }`',
    )
  if (isFifo && view?.config['ContentBasedDeduplication'] !== true)
    self.error(
      path,
      'wrong-resource',
      `\`${to}\` does not deduplicate by content`,
      'EventBridge gives no deduplication id: set `ContentBasedDeduplication: true`',
    )
  if (view?.config['FifoTopic'] === true)
    self.error(path, 'wrong-resource', `\`${to}\` is a FIFO topic`, 'EventBridge delivers to standard topics only')
}

function parametersOf(self: ResourceView, target: Written, path: readonly (string | number)[]): TargetParameters {
  const group = target.SqsParameters?.MessageGroupId
  const key = target.KinesisParameters?.PartitionKeyPath
  const read = key === undefined ? undefined : readJsonPath(key)
  if (key !== undefined && read === undefined)
    self.error(
      [...path, 'KinesisParameters', 'PartitionKeyPath'],
      'target-input',
      `\`${String(key)}\` is no path`,
      'such as `$.detail.id`',
    )
  const partitionKey: Given | undefined = read === undefined ? undefined : { path: read }
  return {
    ...(group === undefined ? {} : { group: { constant: group } }),
    ...(partitionKey === undefined ? {} : { partitionKey }),
  }
}
