// Amazon EventBridge event bus of one's own, or of a partner.
import type { Near, ServiceDef } from '../../model/contract.ts'
import * as p from '../../model/p.ts'
import { Bus, busOps, handedOver } from './bus.ts'
import { BUS, busConfig } from './bus-config.ts'
import { busFindings, busInvariants, busReport, busView } from './bus-view.ts'
import { busAssumptions, quotas } from './event-bus.facts.ts'
import { busPrices, busUnbilled } from './prices.ts'

export const eventBus: ServiceDef<Bus> = {
  type: 'AWS::Events::EventBus',
  family: 'messaging',
  namespace: 'AWS/Events',
  dimension: 'EventBusName',
  summary: 'An event bus: hands each event to the rules whose pattern it matches.',
  models: [
    'PutEvents takes up to ten entries, smaller than 256 KB together; an entry that is wrong fails alone, and results stand in the order of entries (EB-01, EB-02).',
    'An entry may name any bus; one for a bus that does not exist is accepted and lost.',
    'An event goes to every rule that it matches, and to archives; rules live in `AWS::Events::Rule` (EB-04).',
    'Another account needs a policy of the bus (N.EVENTBRIDGE-06). A partner’s bus takes the partner’s own source (N.EVENTBRIDGE-08).',
    'From bus to bus an event stays the same, with its id and source.',
  ],
  omits: [
    'One Region: an event from a bus elsewhere is one of another account.',
    'Duplicates of at-least-once delivery; encryption; logs of the bus.',
    'Whether a principal belongs to an organization: a policy with such a condition lets everybody in whom it names.',
  ],
  quotas,
  assumptions: busAssumptions,
  prices: busPrices,
  unbilled: busUnbilled,
  props: {
    Name: p.string('The name; a partner’s bus is named as its source.', { required: true }),
    EventSourceName: p.string('The partner’s event source.'),
    DeadLetterConfig: p.unused('events that cannot be decrypted would go there'),
    Description: p.inert('A text.'),
    KmsKeyIdentifier: p.unused('events would be encrypted with the key, at the cost of calls to KMS'),
    LogConfig: p.inert('Logs of the bus.'),
    Policy: p.unused('who may use the bus; `AWS::Events::EventBusPolicy` is looked at'),
    Tags: p.inert('Tags.'),
  },
  parts: {
    'AWS::Events::EventBusPolicy': {
      Action: p.any('What is allowed: `events:PutEvents`.'),
      Condition: p.inert('Whom it is for: an organization.'),
      EventBusName: p.any('The bus; the default one when absent.'),
      Principal: p.any('An account, or `*`.'),
      Statement: p.any('A statement of IAM in place of the other properties.'),
      StatementId: p.inert('A name.'),
    },
  },
  gather,
  entries: () => ['events:PutEvents'],
  create: (config, sim) => new Bus(config, sim, null),
  ops: busOps,
  timers: { handedOver },
  metrics: {
    MatchedEvents: { unit: 'Count', kind: 'count', doc: 'Events of this bus that a rule took.' },
    Events: { unit: 'Count', kind: 'count', doc: 'Events of a partner.' },
  },
  invariants: busInvariants,
  insights: busFindings,
  view: busView,
  traced: { answer: 'service time', serves: () => -1 },
  report: busReport,
}

function gather(near: Near): Readonly<Record<string, unknown>> {
  const { self } = near
  const { Name: name, EventSourceName: source } = self.config
  if (String(name) === 'default')
    self.error(['Name'], 'contradiction', 'every account has a bus `default` already', 'choose another name')
  if (typeof name === 'string' && name.startsWith('aws.partner/') && source !== name)
    self.error(
      ['EventSourceName'],
      'contradiction',
      `\`Name\` is \`${name}\` and \`EventSourceName\` is ${source === undefined ? 'missing' : `\`${source}\``}`,
      'the bus of a partner has the name of its event source',
    )
  const buses = near.all(BUS)
  const most = near.quota('EventBuses')
  if (buses[most]?.logicalId === self.logicalId)
    self.error(
      [],
      'out-of-range',
      `the account has ${buses.length} event buses: \`LimitExceededException\``,
      `expected up to ${most}`,
    )
  return { ...busConfig(near, self.logicalId) }
}
