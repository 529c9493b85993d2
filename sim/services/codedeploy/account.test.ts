// Deployments by their ids: hooks that report, and a stop on request.
import { expect, test } from 'vitest'
import { SECOND, type Lab } from '../../../test/kit.ts'
import { deploy, deployment, deployments, group, report, shifted } from '../../../test/deployments.ts'

const both = { BeforeAllowTrafficHook: 'Pre', AfterAllowTrafficHook: 'Post' }

test.each([
  ['an unknown deployment', { deploymentId: 'd-000000009' }, 'DeploymentDoesNotExistException'],
  ['another word', { status: 'Done' }, 'InvalidLifecycleEventHookExecutionStatusException'],
  ['an unknown hook', { lifecycleEventHookExecutionId: 'x' }, 'InvalidLifecycleEventHookExecutionIdException'],
])('%s is refused', (_, body, status) => {
  const at = deployments({ hooks: both })
  deploy(at)
  const { id, hook } = deployment(at)
  const told = { deploymentId: id, lifecycleEventHookExecutionId: hook, status: 'Succeeded', ...body }
  const answer = at.ask('Sim::CodeDeploy::Account', 'codedeploy:PutLifecycleEventHookExecutionStatus', told)
  expect([answer.status, deployment(at).phase]).toEqual([status, 'BeforeAllowTraffic'])
})

test('an outcome counts once', () => {
  const at = deployments({ hooks: both })
  deploy(at)
  expect(report(at, 'BeforeAllowTraffic', 'Succeeded')).toBe('OK')
  expect(report(at, 'BeforeAllowTraffic', 'Failed')).toBe('LifecycleEventAlreadyCompletedException')
  expect(shifted(at)).toBe(10)
})

const stopIt = (at: Lab, body: object = {}) =>
  at.ask('Sim::CodeDeploy::Account', 'codedeploy:StopDeployment', { deploymentId: 'd-000000001', ...body }).status

test('a stop ends it: rolled back as the group says, or as the request says [CDP-15]', () => {
  const [plain, left] = [deployments(), deployments()]
  for (const at of [plain, left]) deploy(at)
  expect([stopIt(plain), stopIt(left, { autoRollbackEnabled: false })]).toEqual(['OK', 'OK'])
  expect([shifted(plain), shifted(left)]).toEqual([0, 10])
  expect(deployment(plain).status).toBe('Stopped')
  expect(stopIt(plain)).toBe('DeploymentAlreadyCompletedException')
  expect(stopIt(plain, { deploymentId: 'd-1' })).toBe('DeploymentDoesNotExistException')
})

test('more deployments at once than the account may have are refused', () => {
  const at = deployments({ quotas: { 'codedeploy.ConcurrentDeployments': 0 } })
  expect(deploy(at)).toBe('DeploymentLimitExceededException')
})

test('of deployments that are over, the newest thousand are remembered', () => {
  const at = deployments({ type: 'AllAtOnce' })
  for (let i = 1; i <= 1_010; i++) {
    expect(at.ask('Group', 'codedeploy:CreateDeployment').status).toBe('OK')
    at.run(at.now + SECOND)
  }
  const { opened, deployments: listed, account } = group(at)
  expect([opened, listed.length, account.deployments.size]).toEqual([1_010, 1_000, 1_000])
  const state = (id: string) =>
    at.ask('Sim::CodeDeploy::Account', 'codedeploy:GetDeployment', { deploymentId: id }).status
  expect([state('d-000000010'), state('d-000000011'), state('d-000001010')]).toEqual([
    'DeploymentDoesNotExistException',
    'OK',
    'OK',
  ])
})
