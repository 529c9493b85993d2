// Amazon EventBridge in figures: quotas then and now, what AWS leaves undocumented, and where each figure comes from.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  EventBuses: {
    current: 100,
    unit: 'buses',
    doc: 'Event buses of an account.',
    adjustable: true,
    source: 'the quota table of the fact sheet',
  },
  RulesPerBus: {
    current: 300,
    unit: 'rules',
    doc: 'Rules of an event bus.',
    adjustable: true,
    source: 'the quota table of the fact sheet',
  },
  TargetsPerRule: { current: 5, unit: 'targets', doc: 'Targets of a rule.', source: 'EB-04' },
  EventPatternSize: {
    current: 2_048,
    unit: 'characters',
    doc: 'The longest event pattern as JSON.',
    adjustable: true,
    source: 'EB-24',
  },
  EventPatternCombinations: {
    current: 1_000,
    unit: 'combinations',
    doc: 'Patterns without `$or` that one pattern stands for.',
    source: 'EB-24',
  },
  PutEventsEntries: { current: 10, unit: 'entries', doc: 'Entries of one request.', source: 'EB-02' },
  PutEventsSize: { current: 262_144, unit: 'bytes', doc: 'A request is smaller than this.', source: 'EB-02' },
  PutEventsRequests: {
    current: 10_000,
    unit: 'requests/s',
    doc: 'Requests to put events, of all buses together; us-east-1.',
    adjustable: true,
    source: 'EB-07, the quota table of the fact sheet',
  },
  Invocations: {
    current: 18_750,
    unit: 'invocations/s',
    doc: 'Invocations of targets in any second, of all rules together; those beyond wait; us-east-1.',
    adjustable: true,
    source: 'EB-07, the quota table of the fact sheet',
  },
  ConcurrentReplays: { current: 10, unit: 'replays', doc: 'Replays at a time.', source: 'EB-51' },
}

/** Of buses: custom ones and the default one. */
export const busAssumptions: Readonly<Record<string, Assumption>> = {
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=15ms, p99=60ms)',
    doc: 'How long the answer to PutEvents takes.',
    source: 'not documented; of the order of other APIs',
  },
}

export const ruleAssumptions: Readonly<Record<string, Assumption>> = {
  DeliveryLatency: {
    kind: 'duration',
    default: 'lognormal(p50=130ms, p99=416ms)',
    doc: 'From an event’s arrival on the bus to the first attempt at its delivery.',
    source: 'EB-05',
  },
  ScheduleLateness: {
    kind: 'duration',
    default: '0s',
    doc: 'How long after its time a schedule comes. AWS promises the minute alone: `uniform(0s, 59s)`.',
    source: 'EB-42',
  },
  RuleActivation: {
    kind: 'duration',
    default: '0s',
    doc: 'How long a rule that was changed or enabled takes to be active.',
    source: 'EB-06',
  },
}

export const archiveAssumptions: Readonly<Record<string, Assumption>> = {
  ArchiveDelay: {
    kind: 'duration',
    default: '0s',
    doc: 'How late an event reaches the archive; the guide advises to wait ten minutes before a replay.',
    source: 'EB-50',
  },
  ReplayStart: {
    kind: 'duration',
    default: '1s',
    doc: 'How long a replay is STARTING.',
    source: 'not documented',
  },
}

export const destinationAssumptions: Readonly<Record<string, Assumption>> = {
  EndpointLatency: {
    kind: 'duration',
    default: 'lognormal(p50=100ms, p99=500ms)',
    doc: 'How long an endpoint outside of the scenario takes to answer.',
    source: 'not documented; a common web service',
  },
}

/** Sources of AWS services begin so; nobody else may use them (EB-03). */
export const OWN_SOURCES = 'aws.'
/** Bytes that the time of an entry counts for (EB-02). */
export const TIME_SIZE = 14
/** An event goes from bus to bus so often before the loop is cut (EB-08). [SIM] */
export const HOPS_MAX = 1_000
/** An API destination that has not answered for so long has failed (EB-34). */
export const DESTINATION_TIMEOUT_US = 5_000_000
/** The account that a scenario runs in, unless it says otherwise. */
export const OWN_ACCOUNT = '123456789012'
export const REGION = 'us-east-1'
