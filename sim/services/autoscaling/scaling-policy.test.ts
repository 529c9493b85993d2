// Adjustments of policies, their rounding and their cooldown, by hand and by an alarm.
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { World } from '../../run/world.ts'
import type { AutoScalingGroup } from './auto-scaling-group.ts'
import { adjusted, roundedChange, type ScalingPolicy } from './scaling-policy.ts'

describe('an adjustment', () => {
  it('by percent is rounded to whole instances, below one to one [AS-V2, AS-R31]', () => {
    expect([12.7, 0.67, -0.58, -6.67, 0].map(roundedChange)).toEqual([12, 1, -1, -6, 0])
  })

  it('adds, sets or takes a share [AS-V3, AS-R31]', () => {
    expect(adjusted(3, 'ChangeInCapacity', 5, 0)).toBe(8)
    expect(adjusted(3, 'ExactCapacity', 5, 0)).toBe(5)
    expect(adjusted(10, 'PercentChangeInCapacity', 10, 0)).toBe(11)
    expect(adjusted(10, 'PercentChangeInCapacity', 10, 2)).toBe(12)
    expect(adjusted(10, 'PercentChangeInCapacity', -10, 3)).toBe(7)
  })
})

function world(policy: string, actions: string, more = ''): World {
  return new World(
    scenarioOf(`
Resources:
  L: { Type: AWS::AutoScaling::LaunchConfiguration, Properties: { ImageId: ami-1, InstanceType: t3.micro } }
  G: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { LaunchConfigurationName: !Ref L, MinSize: 2, MaxSize: 10 } }
  P: { Type: AWS::AutoScaling::ScalingPolicy, Properties: { AutoScalingGroupName: !Ref G, ${policy} } }
${more}
Simulation:
  Duration: 2h
  Quotas: { ec2.RunningInstances: 100 }
  Assumptions: { Sim::Ec2::Account: { BootTime: 40s, ApiLatency: 0s } }
  Actions: [${actions}]
`).plan,
  )
}

const desired = (w: World, time: number): number => {
  w.run(time)
  expect(w.brokenInvariants()).toEqual([])
  return w.stateOf<AutoScalingGroup>('G').desired
}
const execute = (time: string, honour = true): string =>
  `{ At: ${time}, autoscaling:ExecutePolicy: { PolicyName: !Ref P, HonorCooldown: ${honour} } }`
const ADD = 'AdjustmentType: ChangeInCapacity, ScalingAdjustment: 1'

describe('simple scaling', () => {
  it('waits for the activity and 300 s after it [AS-R20]', () => {
    // Launched at 600 s, seen in service at 640 s: the cooldown lasts to 940 s.
    const w = world(ADD, [execute('600s'), execute('630s'), execute('939s'), execute('941s')].join(', '))
    expect(desired(w, 600 * SECOND)).toBe(3)
    expect(desired(w, 940 * SECOND)).toBe(3)
    expect(w.stateOf<ScalingPolicy>('P').held).toBe(2)
    expect(desired(w, 942 * SECOND)).toBe(4)
  })

  it('has a cooldown of its own, and none when it is not to be honoured [AS-R20]', () => {
    const own = world(`${ADD}, Cooldown: 60`, [execute('600s'), execute('699s'), execute('701s')].join(', '))
    expect(desired(own, 700 * SECOND)).toBe(3)
    expect(desired(own, 702 * SECOND)).toBe(4)
    const bold = world(ADD, [execute('600s'), execute('601s', false)].join(', '))
    expect(desired(bold, 602 * SECOND)).toBe(4)
  })

  it('stops at the limits of the group [AS-R1]', () => {
    const w = world('AdjustmentType: ExactCapacity, ScalingAdjustment: 50', execute('600s'))
    expect(desired(w, 700 * SECOND)).toBe(10)
  })

  it('follows an alarm: one step per activity and cooldown while it stays in ALARM', () => {
    const w = world(
      ADD,
      '',
      `  Q: { Type: AWS::SQS::Queue }
  A:
    Type: AWS::CloudWatch::Alarm
    Properties: { Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, Dimensions: [{ Name: QueueName, Value: !GetAtt Q.QueueName }], Statistic: Maximum, Period: 60, EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: GreaterThanOrEqualToThreshold, AlarmActions: [!Ref P] }`,
    )
    const steps = [1, 10, 20].map((minute) => desired(w, minute * MINUTE))
    // The first at the end of the first minute; launch and cooldown take 340 s, and the alarm repeats each minute.
    expect(steps).toEqual([3, 4, 6])
  })
})

it('a policy of another kind is named as not simulated and changes nothing', () => {
  const text = `
Resources:
  G: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: 1, MaxSize: 2 } }
  P: { Type: AWS::AutoScaling::ScalingPolicy, Properties: { AutoScalingGroupName: !Ref G, PolicyType: TargetTrackingScaling, TargetTrackingConfiguration: { TargetValue: 50 } } }
Simulation: { Duration: 10m, Actions: [{ At: 5m, autoscaling:ExecutePolicy: { PolicyName: !Ref P } }] }`
  const scenario = scenarioOf(text)
  expect(scenario.notSimulated.map((line) => line.message).join('\n')).toContain(
    '`TargetTrackingScaling` is not simulated',
  )
  const w = new World(scenario.plan)
  w.run()
  expect(w.stateOf<ScalingPolicy>('P').idle).toBe(1)
  expect(w.stateOf<AutoScalingGroup>('G').desired).toBe(1)
})
