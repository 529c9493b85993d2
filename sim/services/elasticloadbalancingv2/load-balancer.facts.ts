// Load balancers in figures: quotas, prices, and what AWS leaves open.
import type { Assumption, Quota } from '../../model/contract.ts'

const ALB_LIMITS = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html'

export const quotas: Readonly<Record<string, Quota>> = {
  Rules: {
    current: 100,
    unit: 'rules',
    doc: 'Rules of an Application Load Balancer, default ones not counted.',
    adjustable: true,
    source: ALB_LIMITS,
  },
  ConditionValues: { current: 5, unit: 'values', doc: 'Values of the conditions of a rule.', source: 'ALB-R1' },
  GroupsOfAction: {
    current: 5,
    unit: 'target groups',
    doc: 'Target groups that one action shares out to.',
    source: ALB_LIMITS,
  },
  Targets: {
    current: 1_000,
    unit: 'targets',
    doc: 'Targets of an Application Load Balancer.',
    adjustable: true,
    source: ALB_LIMITS,
  },
  IdleTimeout: { current: 60, unit: 's', doc: 'How long a target may keep silent.', source: 'ALB-R7' },
  LambdaBody: {
    current: 1_048_576,
    unit: 'B',
    doc: 'Largest body of a request or an answer of a function.',
    source: 'ALB-R41',
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  Latency: {
    kind: 'duration',
    default: 'lognormal(p50=1ms, p99=5ms)',
    doc: 'What the load balancer itself adds to an answer.',
    source: 'not documented',
  },
  FirstCheckDelay: {
    kind: 'duration',
    default: '2s',
    doc: 'From the registration of a target to its first health check.',
    source: 'ALB-R24: AWS says only that there are initial checks',
  },
  ChecksRestAfter: {
    kind: 'duration',
    default: '10min',
    doc: 'Health checks of targets that are settled rest when nobody has asked the group for so long, until somebody does.',
    source: 'ours: an idle system costs no events',
  },
}
