// What can be changed at a subscription while it runs: its filter, how it gets messages, a replay of the archive.
import type { Call } from '../../engine/calls.ts'
import { parseMoment } from '../../parts/calendar.ts'
import type { Pattern } from '../../parts/patterns.ts'
import { flawOf, type Scope } from './filter-policy.ts'
import type { Topic } from './topic.ts'
import { parseJson } from '../../parts/json-text.ts'

interface Change {
  readonly SubscriptionArn?: unknown
  readonly AttributeName?: unknown
  readonly AttributeValue?: unknown
}

/** Takes effect with the next message (SNS-35). */
export function setSubscriptionAttributes(self: Topic, call: Call): void {
  const { sim } = self
  const { SubscriptionArn: name, AttributeName: attribute, AttributeValue: value } = sim.calls.body[call] as Change
  const found = self.find(name)
  const fits = found >= 0 && change(self, found, String(attribute), parsed(value))
  self.answer(call, found < 0 ? sim.error('NotFound', 404) : fits ? 0 : sim.error('InvalidParameter', 400))
}

/** Sets one attribute; false where it cannot be. */
function change(self: Topic, number: number, attribute: string, value: unknown): boolean {
  const subscriber = self.subscribers[number]
  switch (attribute) {
    case 'FilterPolicy':
      if (value !== null && flawOf(value, subscriber.scope) !== undefined) return false
      subscriber.filter = value as Pattern | null
      return true
    case 'FilterPolicyScope':
      if (value !== 'MessageAttributes' && value !== 'MessageBody') return false
      if (subscriber.filter !== null && flawOf(subscriber.filter, value) !== undefined) return false
      subscriber.scope = value as Scope
      return true
    case 'RawMessageDelivery':
      if (typeof value !== 'boolean') return false
      subscriber.raw = value
      return true
    case 'ReplayPolicy':
      return replay(self, number, value)
    default:
      return false
  }
}

/** Only topics with an archive replay, one replay of a subscription at a time. */
function replay(self: Topic, number: number, policy: unknown): boolean {
  if (self.archive === null || self.replays[number]?.status === 'In progress') return false
  const { PointType: type, StartingPoint: from, EndingPoint: to } = (policy ?? {}) as Readonly<Record<string, unknown>>
  const start = parseMoment(String(from))
  const end = to === undefined ? self.sim.startsAt + self.sim.clock[0] : parseMoment(String(to))
  if (type !== 'Timestamp' || typeof start !== 'number' || typeof end !== 'number' || end < start) return false
  self.replay(number, start - self.sim.startsAt, end - self.sim.startsAt)
  return true
}

export function getSubscriptionAttributes(self: Topic, call: Call): void {
  const { sim } = self
  const found = self.find((sim.calls.body[call] as Change).SubscriptionArn)
  if (found >= 0) {
    const { filter, scope, raw } = self.subscribers[found]
    const replayed = self.replays[found]
    sim.calls.answer[call] = {
      Attributes: {
        ...(filter === null ? {} : { FilterPolicy: filter, FilterPolicyScope: scope }),
        RawMessageDelivery: String(raw),
        ...(replayed === undefined ? {} : { ReplayStatus: replayed.status }),
      },
    }
  }
  self.answer(call, found < 0 ? sim.error('NotFound', 404) : 0)
}

/** Attributes come as the texts of JSON that the API takes, or as plain values. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null
  if (value === '') return null
  const json = parseJson(value)
  return json === undefined ? value : json
}
