// A bus with rules in a test's world: what comes in, what becomes of it, and whom policies let in.
import { defaultBus } from '../sim/services/events/default-bus.ts'
import { eventBus } from '../sim/services/events/event-bus.ts'
import { rule } from '../sim/services/events/rule.ts'
import { queue } from '../sim/services/sqs/queue.ts'
import { lab, type Answer, type Lab, type LabOptions, type Part } from './kit.ts'

export const DEFAULT = 'Sim::Events::DefaultBus'
export const AT_ONCE = { ApiLatency: '0ms' }

/** A rule on the bus `Orders` (or another) whose deliveries take no time. */
export const ruleOf = (
  pattern: unknown,
  targets: readonly Record<string, unknown>[],
  more: Record<string, unknown> = {},
  assumptions: Record<string, string> = {},
): Part => ({
  def: rule,
  properties: {
    EventBusName: 'Orders',
    ...(pattern === undefined ? {} : { EventPattern: pattern }),
    Targets: targets.map((target, i) => ({ Id: `t${i}`, ...target })),
    ...more,
  },
  assumptions: { DeliveryLatency: '0ms', ...assumptions },
})

/** A queue that everybody may send to, by a role of the rule: `{ Arn: 'Jobs', ...ROLE }`. */
export const ROLE = { RoleArn: 'role' }
export const aQueue: Part = { def: queue, properties: { VisibilityTimeout: 43_200 }, assumptions: { ...AT_ONCE } }

/** The bus `Orders` and the default bus beside other components. */
export function events(more: Record<string, Part>, options: LabOptions = {}): Lab {
  const probe: (readonly [string, `${string}:${string}`])[] = [
    ...['Orders', DEFAULT].map((name) => [name, 'events:PutEvents'] as const),
    [DEFAULT, 'events:PutServiceEvent'] as const,
    ...Object.entries(more)
      .filter(([, { def }]) => def === queue)
      .map(([name]) => [name, 'sqs:ReceiveMessage'] as const),
    ...Object.entries(more)
      .filter(([, { def }]) => def === eventBus)
      .map(([name]) => [name, 'events:PutEvents'] as const),
    ...(options.probe ?? []),
  ]
  return lab(
    {
      [DEFAULT]: { def: defaultBus, assumptions: AT_ONCE },
      Orders: { def: eventBus, properties: { Name: 'orders' }, assumptions: AT_ONCE },
      ...more,
    },
    { ...options, probe },
  )
}

export const entry = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Source: 'shop',
  DetailType: 'placed',
  Detail: { id: 1 },
  ...more,
})

export const put = (l: Lab, ...entries: readonly Record<string, unknown>[]): Answer =>
  l.ask('Orders', 'events:PutEvents', { Entries: entries })

/** The bodies of all messages in a queue, in order. */
export function bodies(l: Lab, name: string): readonly any[] {
  return messages(l, name).map(({ Body }) => Body)
}

export function messages(l: Lab, name: string): readonly any[] {
  const all: unknown[] = []
  for (;;) {
    const { answer } = l.ask(name, 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] })
    if ((answer?.Messages ?? []).length === 0) return all
    all.push(...answer.Messages)
  }
}

/** A policy that lets EventBridge send to queues, to stand beside the components. */
export function open(...Queues: readonly string[]): NonNullable<LabOptions['beside']> {
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' }
  return { Open: { type: 'AWS::SQS::QueuePolicy', config: { Queues, PolicyDocument: { Statement: [statement] } } } }
}
