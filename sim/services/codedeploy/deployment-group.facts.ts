// CodeDeploy in figures: quotas, what AWS does not document, and where both come from.
import type { Assumption, Quota } from '../../model/contract.ts'

const limits = 'CodeDeploy user guide, limits'

export const quotas: Readonly<Record<string, Quota>> = {
  HookTimeout: { current: 3600, unit: 's', doc: 'How long a hook may leave its status open.', source: 'CDP-11' },
  AlarmsPerGroup: { current: 10, unit: 'alarms', doc: 'Alarms of a deployment group.', source: 'CDP-13' },
  ShiftLength: {
    current: 2880,
    unit: 'min',
    doc: 'From the first shift of traffic to the last.',
    source: `CDP-25; ${limits}`,
  },
  ConcurrentDeployments: {
    current: 1000,
    unit: 'deployments',
    doc: 'Deployments of an account that are under way.',
    adjustable: true,
    source: limits,
  },
}

export const assumptions: Readonly<Record<string, Assumption>> = {
  AlarmPoll: {
    kind: 'duration',
    default: '10s',
    doc: 'How often a deployment looks at its alarms; AWS does not say.',
    source: 'CDP-13',
  },
  LinearLastInterval: {
    kind: 'choice',
    default: 'kept',
    choices: ['kept', 'left out'],
    doc: 'Whether a linear deployment waits one interval more after its last step: AWS’s guide of SAM lets ten steps of ten minutes take 100 minutes, the API’s reference 90.',
    source: 'CDP-23',
  },
}
