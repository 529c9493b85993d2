// What the target of a rule, a schedule, a pipe or a destination is called with: the operation by the type of the resource,
// and its body by the operation.
import type { Action, Near, Ref, ResourceView } from '../model/contract.ts'
import { valueAt, type JsonPath } from './json-path.ts'

/** The default event bus, which every account has without a resource. */
export const DEFAULT_BUS = 'Sim::Events::DefaultBus'

/** The operation by which each type takes what is handed to it. */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['AWS::Lambda::Function', 'lambda:InvokeFunction'],
  ['AWS::Lambda::Alias', 'lambda:InvokeFunction'],
  ['AWS::Lambda::Version', 'lambda:InvokeFunction'],
  ['AWS::SQS::Queue', 'sqs:SendMessage'],
  ['AWS::SNS::Topic', 'sns:Publish'],
  ['AWS::Kinesis::Stream', 'kinesis:PutRecord'],
  ['AWS::KinesisFirehose::DeliveryStream', 'firehose:PutRecord'],
  ['AWS::StepFunctions::StateMachine', 'states:StartExecution'],
  ['AWS::Logs::LogGroup', 'logs:PutLogEvents'],
  ['AWS::Events::EventBus', 'events:PutEvents'],
  ['AWS::CodePipeline::Pipeline', 'codepipeline:StartPipelineExecution'],
  ['AWS::Events::ApiDestination', 'events:InvokeApiDestination'],
])

/** A resource that can be handed something, and the operation that takes it. */
export interface Callee {
  readonly to: Ref
  readonly action: Action
  /** Its properties; absent of the default bus, which nobody writes down. */
  readonly view: ResourceView | undefined
}

/** The resource behind an ARN, a name or a URL, as a target; undefined outside of the scenario, or where nothing takes anything. */
export function calleeAt(near: Near, arn: unknown): Callee | undefined {
  if (isDefaultBus(arn)) return { to: DEFAULT_BUS, action: 'events:PutEvents', view: undefined }
  const view = near.resourceAt(arn)
  const action = ACTIONS.get(view?.type ?? '')
  return view === undefined || action === undefined ? undefined : { to: view.logicalId, action, view }
}

/** Whether a text means the default bus: its name or its ARN. */
export function isDefaultBus(text: unknown): boolean {
  return (
    typeof text === 'string' && (text === 'default' || /^arn:[\w-]+:events:[^:]*:[^:]*:event-bus\/default$/.test(text))
  )
}

/** A value that stands in the template, or one that is taken out of each event. */
export type Given = { readonly constant: unknown } | { readonly path: JsonPath }

/** What targets are told besides their input. Plain data; what is absent is not said. */
export interface TargetParameters {
  /** Queues, FIFO topics. */
  readonly group?: Given
  readonly deduplicationId?: Given
  /** Streams; the event's own id when absent. */
  readonly partitionKey?: Given
  /** Buses: what an event of theirs is said to be. */
  readonly source?: Given
  readonly detailType?: Given
  readonly resources?: readonly string[]
  /** Functions: the caller waits for what they answer. */
  readonly waits?: true
}

/** The body of the call that hands `input`, made of `event`, to a target. */
export function bodyFor(
  action: Action,
  input: unknown,
  event: unknown = null,
  parameters: TargetParameters = NOTHING,
): unknown {
  const { group, deduplicationId, partitionKey, source, detailType, resources } = parameters
  switch (action) {
    case 'lambda:InvokeFunction':
      return { InvocationType: parameters.waits === true ? 'RequestResponse' : 'Event', Payload: input }
    case 'sqs:SendMessage':
      return { MessageBody: input, ...inOrder(group, deduplicationId, event) }
    case 'sns:Publish':
      return { Message: input, ...inOrder(group, deduplicationId, event) }
    case 'kinesis:PutRecord':
      return { Data: input, PartitionKey: partitionKey === undefined ? idOf(event) : textOf(partitionKey, event) }
    case 'firehose:PutRecord':
      return { Record: { Data: input } }
    case 'states:StartExecution':
      return { input }
    case 'codepipeline:StartPipelineExecution':
      return NOTHING
    case 'logs:PutLogEvents':
      return { logEvents: [{ message: input }] }
    case 'events:PutEvents':
      return {
        Entries: [
          {
            Detail: input,
            ...(source === undefined ? {} : { Source: textOf(source, event) }),
            ...(detailType === undefined ? {} : { DetailType: textOf(detailType, event) }),
            ...(resources === undefined ? {} : { Resources: resources }),
          },
        ],
      }
    default:
      return { Body: input }
  }
}

function inOrder(group: Given | undefined, deduplicationId: Given | undefined, event: unknown): object {
  return {
    ...(group === undefined ? {} : { MessageGroupId: textOf(group, event) }),
    ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: textOf(deduplicationId, event) }),
  }
}

function textOf(given: Given, event: unknown): string {
  const value = 'constant' in given ? given.constant : valueAt(event, given.path)
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}

function idOf(event: unknown): string {
  return typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : ''
}

const NOTHING: TargetParameters = Object.freeze({})
