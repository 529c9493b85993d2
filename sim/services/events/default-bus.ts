// The default event bus, which every account has: events of AWS services, and of whoever names no other bus.
import type { Call } from '../../engine/calls.ts'
import type { Config, ServiceDef, Sim } from '../../model/contract.ts'
import { DEFAULT_BUS } from '../../parts/targets.ts'
import { Account } from './account.ts'
import { Bus, busOps, handedOver, putServiceEvent } from './bus.ts'
import { busConfig } from './bus-config.ts'
import { busFindings, busInvariants, busReport, busView } from './bus-view.ts'
import { busAssumptions, quotas } from './event-bus.facts.ts'
import { busPrices } from './prices.ts'

export const defaultBus: ServiceDef<Bus> = {
  type: 'Sim::Events::DefaultBus',
  family: 'messaging',
  namespace: 'AWS/Events',
  dimension: '',
  singleton: true,
  summary: 'The default event bus, which every account has, with the limits that all buses share.',
  models: [
    'Gets the events of AWS services, which no other bus does, and those of PutEvents that name no bus (EB-03, N.EVENTBRIDGE-07).',
    'Requests to put events are throttled beyond the account’s rate; invocations of targets beyond theirs are delayed, not dropped (EB-07).',
  ],
  omits: [
    'Of AWS services, events of those rooms that say what happens in them; events of CloudTrail.',
    'Duplicates of at-least-once delivery.',
  ],
  quotas,
  assumptions: busAssumptions,
  prices: busPrices,
  props: {},
  gather: (near) => ({ ...busConfig(near, DEFAULT_BUS) }),
  create: (config, sim) => createDefault(config, sim),
  ops: {
    ...busOps,
    'events:PutServiceEvent': {
      doc: 'Our own: an AWS service says that something happened, as an entry of PutEvents (`parts/service-events.ts`).',
      params: ['Source', 'DetailType', 'Detail', 'Resources'],
      oneWay: true,
      run: (self: Bus, call: Call) => putServiceEvent(self, call),
    },
  },
  timers: { handedOver },
  metrics: {
    MatchedEvents: { unit: 'Count', kind: 'count', doc: 'Events of all buses that a rule took.' },
    IngestionToInvocationStartLatency: {
      unit: 'Milliseconds',
      kind: 'distribution',
      doc: 'From an event’s arrival to the first attempt at its delivery, of all buses.',
    },
  },
  invariants: busInvariants,
  insights: busFindings,
  view: { ...busView, label: 'Default event bus' },
  traced: { answer: 'service time', serves: () => -1 },
  report: (self) => (self.events.total + self.refused === 0 ? undefined : busReport(self)),
}

function createDefault(config: Config, sim: Sim): Bus {
  return new Bus(config, sim, new Account(sim))
}
