// A function with an alias, a deployment group that shifts it, and two hooks, in the laboratory.
import { type Lab, lab, MS, type Part } from './kit.ts'
import { part, type steps, waits } from './lambda.ts'
import { account as lambdaAccount } from '../sim/services/lambda/account.ts'
import { alias } from '../sim/services/lambda/alias.ts'
import { account } from '../sim/services/codedeploy/account.ts'
import type { Deployment } from '../sim/services/codedeploy/deployment.ts'
import { deploymentGroup, type DeploymentGroup } from '../sim/services/codedeploy/deployment-group.ts'

const ALL = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']

export interface DeploymentOptions {
  readonly type?: string
  readonly hooks?: Record<string, string>
  readonly group?: Record<string, unknown>
  readonly assumptions?: Record<string, string>
  readonly more?: Record<string, Part>
  readonly quotas?: Record<string, number>
  /** What version 2 does; it answers in 20 ms by default, version 1 in 10 ms. */
  readonly second?: ReturnType<typeof steps>
}

/** A world with version 1 under `live`; `deploy` publishes version 2. */
export function deployments({
  type = 'Canary10Percent5Minutes',
  hooks,
  group,
  assumptions,
  more,
  quotas,
  second,
}: DeploymentOptions = {}): Lab {
  const work = part(waits(10 * MS))
  const update = { ApplicationName: 'App', DeploymentGroupName: 'Group', ...hooks }
  const parts: Record<string, Part> = {
    'Sim::Lambda::Account': { def: lambdaAccount },
    'Sim::CodeDeploy::Account': { def: account },
    Work: { ...work, config: { ...work.config, VersionHandlers: [{ number: 2, program: second ?? waits(20 * MS) }] } },
    Live: {
      def: alias,
      properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'live' },
      updatePolicy: { CodeDeployLambdaAliasUpdate: update },
    },
    Pre: part(waits(0)),
    Post: part(waits(0)),
    Group: {
      def: deploymentGroup,
      properties: {
        ApplicationName: 'App',
        DeploymentConfigName: `CodeDeployDefault.Lambda${type}`,
        AutoRollbackConfiguration: { Enabled: true, Events: ALL },
        ...group,
      },
      assumptions: { AlarmPoll: '10s', ...assumptions },
    },
    ...more,
  }
  const probe = Object.entries(parts).flatMap(([name, { def }]) =>
    Object.keys(def.ops).map((action) => [name, action as `${string}:${string}`] as const),
  )
  const app = { type: 'AWS::CodeDeploy::Application', config: { ComputePlatform: 'Lambda' } }
  return lab(parts, { probe, beside: { App: app }, ...(quotas === undefined ? {} : { quotas }) })
}

export const group = (at: Lab): DeploymentGroup => at.state<DeploymentGroup>('Group')
export const deployment = (at: Lab, n = 0): Deployment => group(at).deployments[n]
/** Publishes version 2 and asks for its deployment; the status of the answer. */
export function deploy(at: Lab, body: object = {}): string {
  at.ask('Work', 'lambda:UpdateFunctionCode', { Publish: true })
  return at.ask('Group', 'codedeploy:CreateDeployment', body).status
}
/** The share of version 2, in percent, as the alias has it. */
export function shifted(at: Lab): number {
  const { FunctionVersion, RoutingConfig } = at.ask('Work', 'lambda:GetAlias', { Name: 'live' }).answer
  return FunctionVersion === '2' ? 100 : Math.round((RoutingConfig.AdditionalVersionWeights['2'] ?? 0) * 100)
}
/** The shares one microsecond before a time and at it. */
export function around(at: Lab, time: number): [number, number] {
  at.run(time - 1)
  const before = shifted(at)
  at.run(time)
  return [before, shifted(at)]
}
/** A hook reports. */
export const report = (at: Lab, hook: string, status: string): string =>
  at.ask('Sim::CodeDeploy::Account', 'codedeploy:PutLifecycleEventHookExecutionStatus', {
    deploymentId: deployment(at).id,
    lifecycleEventHookExecutionId: `${deployment(at).id}-${hook}`,
    status,
  }).status
