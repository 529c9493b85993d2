// Versions of functions in a template: their numbers, their handlers, and a mistake in a name.
import { expect, it } from 'vitest'
import { Problems } from '../sim/diag/problem.ts'
import { loadScenario } from '../sim/lang/scenario.ts'
import { runScenario } from '../sim/run/run.ts'
import type { DeploymentGroup } from '../sim/services/codedeploy/deployment-group.ts'
import { scenarioOf } from './scenarios.ts'

const text = (handlers: string): string => `
Resources:
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: i.h, Role: r, Code: { ZipFile: x } } }
  Newer: { Type: AWS::Lambda::Version, Properties: { FunctionName: !Ref Work } }
  Older: { Type: AWS::Lambda::Version, Properties: { FunctionName: !GetAtt Work.Arn } }
  Live:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Work
      Name: live
      FunctionVersion: !GetAtt Older.Version
      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: !GetAtt Newer.Version, FunctionWeight: 0.25 }] }
Simulation:
  Duration: 4m
  Assumptions: { Work: { AliasChoice: in turn } }
  Workloads:
    Callers: { Target: Live, Operation: lambda:InvokeFunction, Rate: 10/s, Arrivals: regular }
  Handlers: { ${handlers} }
`

it('two versions of a template have numbers of their own, and an alias divides its requests between them [N.LAMBDA-31, N.LAMBDA-35]', () => {
  const run = runScenario(scenarioOf(text('Work: [], Work@1: [{ Fail: Broken }]')))
  const sum = (name: string, version: string): number =>
    run.world.metrics
      .filter((each) => each.component === 'Work' && each.name === name)
      .filter(
        ({ dimensions }) => dimensions['ExecutedVersion'] === version && dimensions['Resource']!.endsWith(':live'),
      )
      .flatMap(({ series }) => series.points)
      .reduce((total, point) => total + point.sum * point.repeat, 0)
  const calls = run.world.stateOf<{ running: { entered: number } }>('Work').running.entered
  expect([sum('Invocations', '2'), sum('Invocations', '1')]).toEqual([calls * 0.75, calls * 0.25])
  expect([sum('Errors', '2'), sum('Errors', '1')]).toEqual([0, calls * 0.25])
})

it.each(['Work@0: []', 'Work@01: []', 'Work@two: []', 'Wrk@2: []', 'Live@2: []'])('%s is no handler', (handler) => {
  const problems = new Problems()
  loadScenario({ name: 'scenario.yaml', text: text(`Work: [], ${handler}`) }, {}, problems)
  expect(problems.list.map(({ slug }) => slug)).toContain('unknown-handler')
})

const shifted = (type: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: nodejs22.x
      AutoPublishAlias: live
      DeploymentPreference: { Type: ${type}, Alarms: [!Ref Errors], Hooks: { PreTraffic: !Ref Ask, PostTraffic: !Ref Ask } }
  Ask: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x } }
  Slowly:
    Type: AWS::CodeDeploy::DeploymentConfig
    Properties:
      DeploymentConfigName: Slowly
      ComputePlatform: Lambda
      TrafficRoutingConfig: { Type: TimeBasedLinear, TimeBasedLinear: { LinearPercentage: 50, LinearInterval: 2 } }
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties: { Namespace: AWS/Lambda, MetricName: Errors, Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 9, ComparisonOperator: GreaterThanThreshold }
Simulation:
  Duration: 12m
  Workloads:
    Callers: { Target: WorkAliaslive, Operation: lambda:InvokeFunction, Rate: 10/s, Arrivals: regular }
  Handlers:
    Work: [{ Compute: 5ms }]
    Work@2: [{ Compute: 5ms }]
    Ask:
      - codedeploy:PutLifecycleEventHookExecutionStatus:
          { deploymentId: $.DeploymentId, lifecycleEventHookExecutionId: $.LifecycleEventHookExecutionId, status: Succeeded }
  Actions:
    - { At: 1m, codedeploy:CreateDeployment: { deploymentGroupName: !Ref WorkDeploymentGroup } }
    - At: 2m
      Steps:
        - lambda:UpdateFunctionCode: { FunctionName: !Ref Work }
        - codedeploy:CreateDeployment: { deploymentGroupName: !Ref WorkDeploymentGroup }
`

it.each([
  ['Canary10Percent5Minutes', [0, 10, 10, 10, 10, 10, 100, 100]],
  ['Linear10PercentEvery1Minute', [0, 10, 20, 30, 40, 50, 60, 70]],
  ['AllAtOnce', [0, 100, 100, 100, 100, 100, 100, 100]],
  ['!Ref Slowly', [0, 50, 50, 100, 100, 100, 100, 100]],
  // A text of one's own is a name as it stands.
  ['Slowly', [0, 50, 50, 100, 100, 100, 100, 100]],
])(
  'SAM: %s moves the traffic of the alias, once its version has changed [N.LAMBDA-DEPLOY-02, CDP-01, CDP-02, CDP-03, CDP-04]',
  (type, parts) => {
    const run = runScenario(scenarioOf(shifted(type)))
    const group = run.world.stateOf<DeploymentGroup>('WorkDeploymentGroup')
    expect(group.deployments.map(({ from, to, status }) => [from, to, status])).toEqual([
      ['1', '1', 'Succeeded'],
      ['1', '2', type.startsWith('Linear') ? 'InProgress' : 'Succeeded'],
    ])
    expect(group.config.AlarmsAt).toEqual(['Errors'])
    expect(group.rollsBackAfter('DEPLOYMENT_STOP_ON_REQUEST')).toBe(true)
    expect(group.deployments[1].hooks).toHaveLength(type.startsWith('Linear') ? 1 : 2)
    const second = run.world.metrics.find(
      ({ name, dimensions }) =>
        name === 'Invocations' && dimensions['ExecutedVersion'] === '2' && dimensions['Resource']!.endsWith(':live'),
    )
    const of = (minute: number): number =>
      (second?.series.points ?? []).reduce(
        (sum, { start, repeat, sum: each }) =>
          start <= minute * 60_000_000 && start + repeat * 60_000_000 > minute * 60_000_000 ? sum + each : sum,
        0,
      )
    parts.forEach((percent, i) => {
      const expected = percent * 6
      const spread = 4 * Math.sqrt((expected * (600 - expected)) / 600)
      // The hook before it takes less than a second.
      expect(Math.abs(of(i + 1) - expected)).toBeLessThanOrEqual(spread + 10)
    })
  },
)
