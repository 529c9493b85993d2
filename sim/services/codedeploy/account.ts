// What an account knows of its deployments: each by its id, whichever group it belongs to.
import type { Call } from '../../engine/calls.ts'
import type { ServiceDef, Sim } from '../../model/contract.ts'
import { quotas } from './deployment-group.facts.ts'
import { hookAnswered, stop, type Deployment } from './deployment.ts'
import type { DeploymentGroup } from './deployment-group.ts'

/** Deployments that are remembered once they are over, of the account and of each group. */
export const REMEMBERED = 1_000

export const ACCOUNT = 'Sim::CodeDeploy::Account'

export const account: ServiceDef<Account> = {
  type: ACCOUNT,
  family: 'delivery',
  namespace: 'Sim',
  dimension: '',
  singleton: true,
  summary: 'The deployments of an account, by their ids.',
  models: [
    'A hook tells its outcome by `codedeploy:PutLifecycleEventHookExecutionStatus`, once [CDP-11].',
    '`codedeploy:StopDeployment` ends a deployment, with or without rolling it back [CDP-15].',
  ],
  omits: ['That finished deployments are forgotten after a while.'],
  quotas,
  assumptions: {},
  props: {},
  create: (_, sim) => new Account(sim),
  ops: {
    'codedeploy:PutLifecycleEventHookExecutionStatus': {
      doc: 'A hook says whether the deployment may go on.',
      params: ['deploymentId', 'lifecycleEventHookExecutionId', 'status'],
      errors: [
        'DeploymentDoesNotExistException',
        'InvalidLifecycleEventHookExecutionIdException',
        'InvalidLifecycleEventHookExecutionStatusException',
        'LifecycleEventAlreadyCompletedException',
      ],
      run: putStatus,
    },
    'codedeploy:StopDeployment': {
      doc: 'Stops a deployment; by default what it has done is rolled back where the group says so.',
      params: ['deploymentId', 'autoRollbackEnabled'],
      errors: ['DeploymentDoesNotExistException', 'DeploymentAlreadyCompletedException'],
      run: stopDeployment,
    },
    'codedeploy:GetDeployment': {
      doc: 'Says how far a deployment is.',
      params: ['deploymentId'],
      errors: ['DeploymentDoesNotExistException'],
      run: getDeployment,
    },
  },
  timers: {},
  metrics: {},
  invariants: {
    'as many deployments are under way as groups have one': (self) =>
      self.underWay === [...self.deployments.values()].filter(({ endedAt }) => endedAt < 0).length,
  },
  view: {
    glyph: 'account',
    label: 'CodeDeploy account',
    level: (self) => self.underWay,
    levelMax: (self) => self.sim.quota('ConcurrentDeployments'),
    tone: (self) => (self.underWay > 0 ? 'busy' : 'calm'),
    readings: [
      { name: 'Under way', unit: 'deployments', doc: 'Deployments that go on.', read: (self) => self.underWay },
    ],
  },
}

export class Account {
  readonly sim: Sim
  /** By number: those under way, and of the others the newest. */
  readonly deployments = new Map<number, Deployment>()
  opened = 0
  readonly groups: DeploymentGroup[] = []
  underWay = 0
  readonly missingStatus: number
  readonly hookIdStatus: number
  readonly hookStatus: number
  readonly completedStatus: number
  readonly overStatus: number

  constructor(sim: Sim) {
    this.sim = sim
    this.missingStatus = sim.error('DeploymentDoesNotExistException', 400)
    this.hookIdStatus = sim.error('InvalidLifecycleEventHookExecutionIdException', 400)
    this.hookStatus = sim.error('InvalidLifecycleEventHookExecutionStatusException', 400)
    this.completedStatus = sim.error('LifecycleEventAlreadyCompletedException', 400)
    this.overStatus = sim.error('DeploymentAlreadyCompletedException', 400)
  }

  /** Opens a deployment in the account; the oldest that is over is forgotten when there are too many. */
  remember(deployment: Deployment): void {
    this.opened++
    this.underWay++
    this.deployments.set(deployment.number, deployment)
    if (this.deployments.size <= REMEMBERED) return
    for (const [number, { endedAt }] of this.deployments)
      if (endedAt >= 0) {
        this.deployments.delete(number)
        return
      }
  }

  /** The deployment that a call names. */
  named(call: Call): Deployment | undefined {
    const { deploymentId } = this.sim.calls.body[call] as { deploymentId?: unknown }
    const number = /^d-(\d{9})$/.exec(String(deploymentId))?.[1]
    return number === undefined ? undefined : this.deployments.get(Number(number))
  }
}

function putStatus(self: Account, call: Call): void {
  const { sim } = self
  const { lifecycleEventHookExecutionId: id, status } = sim.calls.body[call] as Record<string, unknown>
  const deployment = self.named(call)
  if (deployment === undefined) sim.reply(call, self.missingStatus)
  else if (status !== 'Succeeded' && status !== 'Failed') sim.reply(call, self.hookStatus)
  else if (typeof id !== 'string' || !deployment.hooks.includes(id)) sim.reply(call, self.hookIdStatus)
  else if (deployment.hook !== id) sim.reply(call, self.completedStatus)
  else {
    sim.calls.answer[call] = { lifecycleEventHookExecutionId: id }
    sim.reply(call, 0)
    hookAnswered(self.groups[deployment.group], status === 'Succeeded')
  }
}

function stopDeployment(self: Account, call: Call): void {
  const { sim } = self
  const { autoRollbackEnabled } = sim.calls.body[call] as { autoRollbackEnabled?: unknown }
  const deployment = self.named(call)
  if (deployment === undefined) sim.reply(call, self.missingStatus)
  else if (deployment.endedAt >= 0) sim.reply(call, self.overStatus)
  else {
    const rollsBack = autoRollbackEnabled === undefined ? undefined : String(autoRollbackEnabled) === 'true'
    sim.calls.answer[call] = { status: 'Pending', statusMessage: 'the deployment is being stopped' }
    sim.reply(call, 0)
    stop(self.groups[deployment.group], 'it was asked to stop', 'DEPLOYMENT_STOP_ON_REQUEST', rollsBack)
  }
}

function getDeployment(self: Account, call: Call): void {
  const { sim } = self
  const deployment = self.named(call)
  if (deployment === undefined) {
    sim.reply(call, self.missingStatus)
    return
  }
  const { id, status, percent, to, reason } = deployment
  sim.calls.answer[call] = { deploymentInfo: { deploymentId: id, status, percent, version: to, reason } }
  sim.reply(call, 0)
}
