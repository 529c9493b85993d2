// EC2 in figures: how many instances may run, and what AWS leaves open.
import type { Assumption, Quota } from '../../model/contract.ts'

export const quotas: Readonly<Record<string, Quota>> = {
  RunningVcpus: {
    current: 5,
    notes2020: 0,
    unit: 'vCPUs',
    doc: 'vCPUs of the running On-Demand instances of the standard families; counts only where `RunningInstances` is 0.',
    adjustable: true,
    source: 'Service Quotas, ec2 L-1216C47A: the default of a new account, usually raised',
  },
  RunningInstances: {
    current: 0,
    notes2020: 20,
    unit: 'instances',
    doc: 'Running On-Demand instances; 0 = AWS counts vCPUs, as it does since 2019.',
    source: 'N.CLI-SDK-16, EC2 quotas until 2019',
  },
}

/** Of each instance, whether the template names it or not. */
export const instanceAssumptions: Readonly<Record<string, Assumption>> = {
  BootTime: {
    kind: 'duration',
    default: 'uniform(30s, 60s)',
    doc: 'From pending to running.',
    source: 'AS-R4, N.EC2-01',
  },
  ShutdownTime: {
    kind: 'duration',
    default: 'uniform(20s, 40s)',
    doc: 'From stopping to stopped, from shutting-down to terminated.',
    source: 'not documented',
  },
  RequestWork: {
    kind: 'duration',
    default: 'lognormal(p50=5ms, p99=30ms)',
    doc: 'Processor time of an HTTP request that an instance serves, at one of its vCPUs.',
    source: 'not documented: what a short handler takes',
  },
  ApiLatency: {
    kind: 'duration',
    default: 'lognormal(p50=300ms, p99=2s)',
    doc: 'From a call to its answer.',
    source: 'not documented',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  ...instanceAssumptions,
  ConnectTimeout: {
    kind: 'duration',
    default: '60s',
    doc: 'How long a client tries to connect where no way leads; 3.1 s with the SDK for JavaScript.',
    source: 'RET-06',
  },
  QuotaApproval: {
    kind: 'duration',
    default: '15min',
    doc: 'From the request for a higher quota to its approval.',
    source: 'not documented: minutes to days',
  },
}
