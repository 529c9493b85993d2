// How every bus looks, what it reports and what is said of it after a run.
import type { Finding, Look, ServiceDef, View } from '../../model/contract.ts'
import { DEFAULT_BUS } from '../../parts/targets.ts'
import { count, counted, percent, time } from '../../parts/words.ts'
import type { Stretch } from '../../parts/stretch.ts'
import type { Bus } from './bus.ts'

const SECOND = 1_000_000

export const busView: View<Bus> = {
  glyph: 'bus',
  label: 'Event bus',
  level: (self) => self.unmatched.total,
  levelMax: (self) => Math.max(1, self.events.total),
  tone: (self) =>
    isRecent(self, self.throttles)
      ? 'throttling'
      : isRecent(self, self.denials)
        ? 'failing'
        : self.events.total > 0
          ? 'busy'
          : 'calm',
  detail: ({ Rules: rules }) => {
    const { length } = rules as readonly string[]
    return length === 0 ? undefined : counted(length, 'rule')
  },
  readings: [
    { name: 'Events', unit: '1/s', doc: 'Events that came in.', counter: true, read: (self) => self.events.total },
    {
      name: 'Matched',
      unit: '1/s',
      doc: 'Those of them that a rule took.',
      counter: true,
      read: (self) => self.matched,
    },
    { name: 'Refused', unit: 'entries', doc: 'Entries refused since the beginning.', read: (self) => self.refused },
  ],
}

export const busInvariants: ServiceDef<Bus>['invariants'] = {
  'every event on the bus was taken by a rule or by none': (self) =>
    self.events.total === self.matched + self.unmatched.total + self.passedOver,
}

export function busReport(self: Bus): unknown {
  return {
    events: self.events.total,
    matched: self.matched,
    matchedByNone: self.unmatched.total + self.passedOver,
    refused: self.refused,
  }
}

function isRecent({ sim }: Bus, { count, last }: Stretch): boolean {
  return count > 0 && sim.clock[0] - last < 10 * SECOND
}

/** Least invocations that wait, before it is a storm. */
const DELAYED_LEAST = 100

/** More invocations than the account may make: the default bus keeps the count for all. */
function stormOf({ sim, account }: Bus): Finding | undefined {
  const { delayed, longest } = account
  if (delayed.count < DELAYED_LEAST) return undefined
  return {
    kind: 'rule-storm',
    from: delayed.first,
    to: delayed.last,
    share: 0.2,
    title: 'More invocations than the account may make',
    text: `${count(delayed.count)} invocations of targets waited for the account’s limit of ${count(sim.quota('Invocations'))} a second, up to ${time(longest)}. Nothing is lost by it, but everything of every rule comes later.`,
  }
}

/** Least events without a rule, and their least share, before it is worth a sentence. */
const UNMATCHED_LEAST = 10
const UNMATCHED_SHARE = 0.05

/** Events that nobody took, went nowhere, or were not let in. */
export function busFindings(self: Bus, look: Look): Finding[] {
  const findings: Finding[] = []
  const { unmatched, strays, denials, throttles, config } = self
  const accepted = self.events.count
  const share = unmatched.count / Math.max(1, accepted)
  const isArchived = config.Archives.length > 0
  if (unmatched.count >= UNMATCHED_LEAST && share >= UNMATCHED_SHARE && !isArchived)
    findings.push({
      kind: 'unmatched-events',
      from: unmatched.first,
      to: unmatched.last,
      share: share / 2,
      title: 'Events that no rule takes',
      text: `${count(unmatched.count)} of ${count(accepted)} events on ${look.name} (${percent(share)}) match no rule: AWS drops them without a word. ${config.Rules.length === 0 ? 'The bus has no rules.' : 'A field or a value of the patterns may be spelled differently from the events.'}`,
    })
  if (strays.count > 0)
    findings.push({
      kind: 'events-to-no-bus',
      from: strays.first,
      to: strays.last,
      share: Math.min(1, strays.count / Math.max(1, accepted + strays.count)),
      title: 'Events for a bus that does not exist',
      text: `${counted(strays.count, 'entry', 'entries')} put on ${look.name} ${strays.count === 1 ? 'names' : 'name'} a bus that does not exist: PutEvents succeeds, and the events are lost.`,
    })
  if (denials.count > 0)
    findings.push({
      kind: 'bus-policy',
      from: denials.first,
      to: denials.last,
      share: 0.5,
      title: 'Another account may not put events',
      text: `${counted(denials.count, 'call')} from another account to ${look.name} ${denials.count === 1 ? 'was' : 'were'} denied: no policy of the bus lets that account in.`,
    })
  if (throttles.count > 0)
    findings.push({
      kind: 'put-events-throttled',
      from: throttles.first,
      to: throttles.last,
      share: Math.min(1, throttles.count / Math.max(1, throttles.count + accepted)),
      title: 'PutEvents is throttled',
      text: `${counted(throttles.count, 'call')} to ${look.name} met the account’s limit of ${count(self.sim.quota('PutEventsRequests'))} requests a second. Up to ten events fit into one request.`,
      drivers: look.callers().map(({ other }) => other),
    })
  const storm = self.sim.name === DEFAULT_BUS ? stormOf(self) : undefined
  return storm === undefined ? findings : [...findings, storm]
}
