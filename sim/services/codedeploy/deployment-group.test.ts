// Deployments from one version of a function to the next: their steps, their hooks, and what stops them.
import { describe, expect, test } from 'vitest'
import { around, deploy, deployment, deployments, group, report, shifted } from '../../../test/deployments.ts'
import { HOUR, type Lab, lab, MINUTE, type Part, SECOND } from '../../../test/kit.ts'
import { burst, part, steps, waits } from '../../../test/lambda.ts'
import { alarm } from '../cloudwatch/alarm.ts'
import { topic } from '../sns/topic.ts'
import { account } from './account.ts'
import { deploymentGroup } from './deployment-group.ts'

const fails = steps({ op: 'fail', error: 'Broken', catches: [] })

describe('shifting', () => {
  test('canary: a tenth at once, the rest after five minutes [N.LAMBDA-DEPLOY-01, N.LAMBDA-DEPLOY-04, CDP-21, CDP-10]', () => {
    const at = deployments()
    expect(deploy(at)).toBe('OK')
    expect([shifted(at), deployment(at).status, deployment(at).phase]).toEqual([10, 'InProgress', 'AllowTraffic'])
    expect(around(at, 5 * MINUTE)).toEqual([10, 100])
    expect([deployment(at).status, deployment(at).phase, deployment(at).endedAt]).toEqual([
      'Succeeded',
      'End',
      5 * MINUTE,
    ])
  })

  test('canary of a quarter of an hour, between hooks that answer at once [CDP-21, CDP-V1]', () => {
    const hooks = { BeforeAllowTrafficHook: 'Pre', AfterAllowTrafficHook: 'Post' }
    const at = deployments({ type: 'Canary10Percent15Minutes', hooks })
    deploy(at)
    report(at, 'BeforeAllowTraffic', 'Succeeded')
    expect(shifted(at)).toBe(10)
    expect(around(at, 15 * MINUTE)).toEqual([10, 100])
    report(at, 'AfterAllowTraffic', 'Succeeded')
    expect([deployment(at).status, deployment(at).endedAt]).toEqual(['Succeeded', 15 * MINUTE])
  })

  test('canary: of 100 requests a second a tenth runs the new version for 300 s, then all of them [N.LAMBDA-DEPLOY-04, CDP-24]', () => {
    const at = deployments()
    deploy(at)
    for (let second = 0; second < 360; second++) burst(at, 'Live', second * SECOND, 100)
    at.run(7 * MINUTE).finish()
    const perMinute = (version: string): number[] => {
      const points = at.points('Work', 'Invocations', { Resource: 'Work:live', ExecutedVersion: version })
      return Array.from({ length: 6 }, (_, i) => points.find((point) => point.start === i * MINUTE)?.sum ?? 0)
    }
    const [first, second] = [perMinute('1'), perMinute('2')]
    second.slice(0, 5).forEach((count) => expect(Math.abs(count - 600)).toBeLessThan(3 * Math.sqrt(540)))
    expect([first[5], second[5]]).toEqual([0, 6000])
    expect(first.map((count, i) => count + second[i])).toEqual([6000, 6000, 6000, 6000, 6000, 6000])
  })

  test('linear: a tenth more at the start of each minute, and a minute more after the last [N.LAMBDA-DEPLOY-03, CDP-22, CDP-23, CDP-V2]', () => {
    const at = deployments({ type: 'Linear10PercentEvery1Minute' })
    deploy(at)
    expect(shifted(at)).toBe(10)
    for (let minute = 1; minute < 10; minute++)
      expect(around(at, minute * MINUTE)).toEqual([minute * 10, (minute + 1) * 10])
    at.run(10 * MINUTE - 1)
    expect(deployment(at).status).toBe('InProgress')
    at.run(10 * MINUTE)
    expect(deployment(at).status).toBe('Succeeded')
  })

  test('without its last interval it ends with its last step [CDP-23]', () => {
    const at = deployments({ type: 'Linear10PercentEvery1Minute', assumptions: { LinearLastInterval: 'left out' } })
    deploy(at)
    at.run(9 * MINUTE)
    expect(deployment(at).status).toBe('Succeeded')
  })

  test('all at once: no request after it runs the old version [N.LAMBDA-DEPLOY-05, CDP-20]', () => {
    const at = deployments({ type: 'AllAtOnce' })
    expect(shifted(at)).toBe(0)
    deploy(at)
    expect([shifted(at), deployment(at).status]).toEqual([100, 'Succeeded'])
  })

  test('a configuration of the template; one that takes longer than two days or has no such name is refused [CDP-03, CDP-25]', () => {
    const made = (interval: number, percentage: number): Lab => {
      return lab(
        {
          'Sim::CodeDeploy::Account': { def: account },
          Group: { def: deploymentGroup, properties: { ApplicationName: 'App', DeploymentConfigName: 'Slow' } },
        },
        {
          beside: {
            App: { type: 'AWS::CodeDeploy::Application', config: { ComputePlatform: 'Lambda' } },
            Slow: {
              type: 'AWS::CodeDeploy::DeploymentConfig',
              config: {
                TrafficRoutingConfig: {
                  Type: 'TimeBasedLinear',
                  TimeBasedLinear: { LinearInterval: interval, LinearPercentage: percentage },
                },
              },
            },
          },
        },
      )
    }
    expect(group(made(960, 25)).config.Schedule.steps.map(({ at: time }) => time / MINUTE)).toEqual([
      0, 960, 1920, 2880,
    ])
    expect(() => made(961, 25)).toThrow(/2883 minutes/)
    expect(() => deployments({ type: 'Canary20Percent5Minutes' })).toThrow(/no deployment configuration/)
    const elsewhere = deployments({ group: { DeploymentConfigName: 'OurOwn' } })
    expect(elsewhere.notSimulated.join()).toContain('outside of this scenario')
  })

  test('nothing is deployed twice at a time, and nothing where the version stays [CDP-04]', () => {
    const at = deployments()
    expect([deploy(at), deploy(at)]).toEqual(['OK', 'DeploymentLimitExceededException'])
    const same = deployments()
    expect(same.ask('Group', 'codedeploy:CreateDeployment').status).toBe('OK')
    expect([shifted(same), deployment(same).status, deployment(same).shiftedAt]).toEqual([0, 'Succeeded', -1])
  })
})

describe('hooks', () => {
  const both = { BeforeAllowTrafficHook: 'Pre', AfterAllowTrafficHook: 'Post' }

  test('the one before is asked first; traffic moves when it has succeeded [N.LAMBDA-DEPLOY-06, CDP-10, CDP-11]', () => {
    const at = deployments({ hooks: both, type: 'AllAtOnce' })
    deploy(at)
    at.run(MINUTE)
    expect([shifted(at), deployment(at).phase]).toEqual([0, 'BeforeAllowTraffic'])
    expect(at.sum('Pre', 'Invocations')).toBe(1)
    expect(report(at, 'BeforeAllowTraffic', 'Succeeded')).toBe('OK')
    expect([shifted(at), deployment(at).phase]).toEqual([100, 'AfterAllowTraffic'])
    expect(report(at, 'AfterAllowTraffic', 'Succeeded')).toBe('OK')
    expect(deployment(at).status).toBe('Succeeded')
    expect(at.run(at.now + 2 * HOUR) && shifted(at)).toBe(100)
  })

  test('where the one before fails, no request reaches the new version [N.LAMBDA-DEPLOY-06, CDP-12]', () => {
    const at = deployments({ hooks: both })
    deploy(at)
    burst(at, 'Live', 10 * SECOND, 100)
    expect(report(at, 'BeforeAllowTraffic', 'Failed')).toBe('OK')
    burst(at, 'Live', 20 * SECOND, 100)
    at.run(2 * MINUTE).finish()
    expect([shifted(at), deployment(at).status, group(at).rollbacks]).toEqual([0, 'Failed', 0])
    expect(at.sum('Work', 'Invocations', { Resource: 'Work:live', ExecutedVersion: '2' })).toBe(0)
  })

  test('where the one after fails, everything goes back [N.LAMBDA-DEPLOY-07, CDP-12, CDP-14, CDP-V5]', () => {
    const at = deployments({ hooks: both, type: 'AllAtOnce' })
    deploy(at)
    report(at, 'BeforeAllowTraffic', 'Succeeded')
    at.run(20 * SECOND)
    expect(shifted(at)).toBe(100)
    report(at, 'AfterAllowTraffic', 'Failed')
    expect([shifted(at), deployment(at).status, deployment(at).rolledBackAt]).toEqual([0, 'Failed', 20 * SECOND])
    expect(deployment(at, 1)).toMatchObject({ status: 'Succeeded', from: '2', to: '1', rollbackOf: deployment(at).id })
  })

  test('one that says nothing for an hour has failed, and no request has run the new version [CDP-11, CDP-V4]', () => {
    const at = deployments({ hooks: both })
    deploy(at)
    for (let minute = 0; minute < 60; minute++) burst(at, 'Live', minute * MINUTE, 10)
    at.run(HOUR - 1)
    expect(deployment(at).status).toBe('InProgress')
    at.run(HOUR)
    expect([deployment(at).status, shifted(at)]).toEqual(['Failed', 0])
    const of = (ExecutedVersion: string): number =>
      at.sum('Work', 'Invocations', { Resource: 'Work:live', ExecutedVersion })
    expect([of('1'), of('2')]).toEqual([600, 0])
  })

  test('one whose event is given up has failed when its hour is over [CDP-11]', () => {
    const at = deployments({ hooks: both, more: { Pre: part(waits(0), { ReservedConcurrentExecutions: 0 }) } })
    deploy(at)
    at.run(HOUR)
    expect(deployment(at).reason).toContain('60 minutes')
  })
})

describe('alarms', () => {
  const errors = (properties: Record<string, unknown> = {}): Part => ({
    def: alarm,
    properties: {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [
        { Name: 'FunctionName', Value: 'Work' },
        { Name: 'Resource', Value: 'Work:live' },
      ],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...properties,
    },
  })
  const watched = (ignores = false) => ({
    AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: ignores, Alarms: [{ Name: 'Errors' }] },
  })
  const set = (at: Lab, StateValue: string) => at.ask('Errors', 'cloudwatch:SetAlarmState', { StateValue })

  test('a version that fails is caught after two minutes, and 1,200 requests have failed by then [N.LAMBDA-DEPLOY-07, CDP-13, CDP-40, CDP-V3]', () => {
    const at = deployments({
      type: 'Linear10PercentEvery10Minutes',
      second: fails,
      group: watched(),
      more: { Errors: errors() },
    })
    deploy(at)
    for (let second = 0; second < 240; second++) burst(at, 'Live', second * SECOND, 100)
    at.run(5 * MINUTE).finish()
    const failed = at.sum('Work', 'Errors')
    expect(failed).toBeGreaterThan(1_200 - 3 * Math.sqrt(1_080))
    expect(failed).toBeLessThan(1_300 + 3 * Math.sqrt(1_170))
    expect(deployment(at)).toMatchObject({ status: 'Stopped', percent: 10 })
    expect(deployment(at).rolledBackAt).toBeGreaterThanOrEqual(2 * MINUTE)
    expect(deployment(at).rolledBackAt).toBeLessThanOrEqual(2 * MINUTE + 10 * SECOND)
    expect(shifted(at)).toBe(0)
    const points = at.points('Work', 'Errors', { Resource: 'Work:live', ExecutedVersion: '2' })
    expect(points.every((point) => point.start < 3 * MINUTE)).toBe(true)
  })

  test('they are looked at every ten seconds, from the start to the end of the last hook [CDP-13]', () => {
    const at = deployments({
      type: 'AllAtOnce',
      hooks: { AfterAllowTrafficHook: 'Post' },
      group: watched(),
      more: { Errors: errors() },
    })
    deploy(at)
    at.run(31 * SECOND)
    set(at, 'ALARM')
    at.run(40 * SECOND - 1)
    expect(shifted(at)).toBe(100)
    at.run(40 * SECOND)
    expect([shifted(at), deployment(at).status]).toEqual([0, 'Stopped'])
  })

  test('one that is in ALARM already stops the deployment before any traffic moves [CDP-13]', () => {
    const at = deployments({ group: watched(), more: { Errors: errors() } })
    set(at, 'ALARM')
    deploy(at)
    expect([deployment(at).status, deployment(at).percent, shifted(at)]).toEqual(['Stopped', 0, 0])
  })

  test('what is not enabled stops nothing; a state without data neither [CDP-13]', () => {
    const off = { AlarmConfiguration: { Enabled: false, Alarms: [{ Name: 'Errors' }] } }
    const at = deployments({
      type: 'AllAtOnce',
      hooks: { AfterAllowTrafficHook: 'Post' },
      group: off,
      more: { Errors: errors() },
    })
    set(at, 'ALARM')
    deploy(at)
    at.run(5 * MINUTE)
    expect(shifted(at)).toBe(100)
    const open = deployments({ group: watched(), more: { Errors: errors({ TreatMissingData: 'missing' }) } })
    deploy(open)
    open.run(6 * MINUTE)
    expect(shifted(open)).toBe(100)
  })

  test('more than ten alarms are refused [CDP-13]', () => {
    const Alarms = Array.from({ length: 11 }, () => ({ Name: 'Errors' }))
    expect(() =>
      deployments({ group: { AlarmConfiguration: { Enabled: true, Alarms } }, more: { Errors: errors() } }),
    ).toThrow(/11 alarms/)
  })

  test('without rollback the alias stays as it was left [CDP-03]', () => {
    const at = deployments({
      group: { ...watched(), AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE'] } },
      more: { Errors: errors() },
    })
    deploy(at)
    set(at, 'ALARM')
    at.run(MINUTE)
    expect([deployment(at).status, shifted(at), group(at).rollbacks]).toEqual(['Stopped', 10, 0])
  })

  test('topics are told of what they asked for, rules of the default bus of everything', () => {
    const told = (TriggerEvents: string[]) => {
      const trigger = { TriggerTargetArn: 'Ops', TriggerEvents }
      const at = deployments({
        group: { ...watched(), TriggerConfigurations: [trigger] },
        more: { Errors: errors(), Ops: { def: topic, properties: {} } },
      })
      deploy(at)
      set(at, 'ALARM')
      at.run(2 * MINUTE).finish()
      return at.sum('Ops', 'NumberOfMessagesPublished')
    }
    expect(told(['DeploymentStart', 'DeploymentStop', 'DeploymentRollback', 'DeploymentFailure'])).toBe(3)
    expect(told(['DeploymentSuccess'])).toBe(1)
  })
})

describe('requests', () => {
  const revision = (properties: object, hooks: object[] = []) => ({
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: {
        content: JSON.stringify({
          version: 0.0,
          Resources: [{ it: { Type: 'AWS::Lambda::Function', Properties: properties } }],
          Hooks: hooks,
        }),
      },
    },
  })

  test('a revision names versions and hooks itself', () => {
    const at = deployments({ type: 'AllAtOnce', hooks: { AfterAllowTrafficHook: 'Post' } })
    deploy(
      at,
      revision({ Name: 'Work', Alias: 'live', CurrentVersion: '1', TargetVersion: '2' }, [
        { BeforeAllowTraffic: 'Post' },
      ]),
    )
    expect(deployment(at).phase).toBe('BeforeAllowTraffic')
    const wrong = deployments()
    deploy(wrong, revision({ Name: 'Work', Alias: 'live', CurrentVersion: '2', TargetVersion: '1' }))
    expect(deployment(wrong)).toMatchObject({ status: 'Failed', percent: 0 })
  })

  test.each([
    ['another alias', revision({ Name: 'Work', Alias: 'test', TargetVersion: '2' }), 'InvalidRevisionException'],
    ['another function', revision({ Name: 'Pre', TargetVersion: '2' }), 'InvalidRevisionException'],
    [
      'an unknown hook',
      revision({ TargetVersion: '2' }, [{ AfterAllowTraffic: 'Nobody' }]),
      'InvalidRevisionException',
    ],
    ['another kind', { revision: { revisionType: 'S3' } }, 'InvalidRevisionException'],
    [
      'no JSON',
      { revision: { revisionType: 'AppSpecContent', appSpecContent: { content: '{' } } },
      'InvalidRevisionException',
    ],
    ['an unknown configuration', { deploymentConfigName: 'Fast' }, 'DeploymentConfigDoesNotExistException'],
  ])('%s is refused, and nothing is deployed', (_, body, status) => {
    const at = deployments()
    expect(deploy(at, body)).toBe(status)
    expect(group(at).deployments).toEqual([])
  })

  test('another configuration for one deployment; a version that does not exist fails it', () => {
    const at = deployments()
    deploy(at, { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' })
    expect(shifted(at)).toBe(100)
    const wrong = deployments()
    deploy(wrong, revision({ TargetVersion: '9' }))
    expect([deployment(wrong).status, shifted(wrong)]).toEqual(['Failed', 0])
  })
})

test('while an alias has weights, nothing new is provisioned under it [CDP-24]', () => {
  const at = deployments()
  deploy(at)
  const put = () =>
    at.ask('Work', 'lambda:PutProvisionedConcurrencyConfig', { Qualifier: 'live', ProvisionedConcurrentExecutions: 2 })
      .status
  expect(put()).toBe('InvalidParameterValueException')
  at.run(5 * MINUTE)
  expect(put()).toBe('OK')
})

describe('what is told of it', () => {
  const kinds = (at: Lab): string[] => {
    const look = { now: at.now, warmUp: 0, name: 'Group', metric: () => 0, callers: () => [], callees: () => [] }
    return deploymentGroup.insights!(group(at), { ...look, consumers: () => [], watched: () => [] }).map(
      ({ kind }) => kind,
    )
  }
  const hooks = { AfterAllowTrafficHook: 'Post' }

  test('one that went back, one that stayed where it was, and none of one that went well', () => {
    const back = deployments({ type: 'AllAtOnce', hooks })
    deploy(back)
    report(back, 'AfterAllowTraffic', 'Failed')
    const left = deployments({ type: 'AllAtOnce', hooks, group: { AutoRollbackConfiguration: { Enabled: false } } })
    deploy(left)
    report(left, 'AfterAllowTraffic', 'Failed')
    const fine = deployments({ type: 'AllAtOnce' })
    deploy(fine)
    expect([kinds(back), kinds(left), kinds(fine)]).toEqual([['deployment-rolled-back'], ['deployment-failed'], []])
  })

  test('a hook that has been silent for a minute, not sooner', () => {
    const at = deployments({ type: 'AllAtOnce', hooks })
    deploy(at)
    at.run(MINUTE - 1)
    expect(kinds(at)).toEqual([])
    at.run(MINUTE)
    expect(kinds(at)).toEqual(['hook-silent'])
  })
})
