// EC2 Auto Scaling in figures, and what AWS leaves open.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  DefaultCooldown: {
    current: 300,
    unit: 'seconds',
    doc: 'Cooldown of a group that does not set its own.',
    source: 'AS-R20',
  },
  LaunchFailureHours: {
    current: 24,
    unit: 'hours',
    doc: 'After so long without a launch that succeeds, the group tries no more.',
    source: 'EC2 Auto Scaling user guide, administrative suspension',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  LaunchRetry: {
    kind: 'duration',
    default: '1min',
    doc: 'From launches that failed to the next try.',
    source: 'not documented',
  },
  LookInterval: {
    kind: 'duration',
    default: '5s',
    doc: 'How often a group looks at instances that come or go.',
    source: 'not documented',
  },
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=200ms, p99=1s)',
    doc: 'From a call to its answer.',
    source: 'not documented',
  },
  WorkersPerInstance: {
    kind: 'number',
    default: '1',
    doc: 'Workers of each instance that do the handler side by side.',
    source: 'depends on the program',
  },
  WorkerRest: {
    kind: 'duration',
    default: '1ms',
    doc: 'From the end of a round of the handler to the next one of the same worker.',
    source: 'depends on the program',
  },
  WorkerRestAfterFailure: {
    kind: 'duration',
    default: '1s',
    doc: 'The same after a round that ended with an exception.',
    source: 'depends on the program',
  },
}
