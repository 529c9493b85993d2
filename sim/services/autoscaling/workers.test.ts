// What instances of a group do: rounds of a handler, a worker each, as long as they are in service; and a fleet that grows with its queue.
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { statistic } from '../../metrics/statistics.ts'
import { World } from '../../run/world.ts'
import type { AutoScalingGroup } from './auto-scaling-group.ts'

interface Setup {
  readonly limits?: string
  readonly handler: string
  readonly resources?: string
  readonly simulation?: string
  readonly assumptions?: string
}

const world = ({
  limits = 'MinSize: 2, MaxSize: 3',
  handler,
  resources = '',
  simulation = '',
  assumptions = '',
}: Setup): World =>
  new World(
    scenarioOf(`
Resources:
  L: { Type: AWS::AutoScaling::LaunchConfiguration, Properties: { ImageId: ami-1, InstanceType: t3.micro } }
  G: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { LaunchConfigurationName: !Ref L, ${limits} } }
  Jobs: { Type: AWS::SQS::Queue }
  ${resources}
Simulation:
  Duration: 2h
  Quotas: { ec2.RunningInstances: 100 }
  Assumptions:
    Sim::Ec2::Account: { BootTime: 40s, ShutdownTime: 30s, ApiLatency: 0s }
    G: { LookInterval: 1s${assumptions} }
  Handlers:
    G: [${handler}]
  ${simulation}
`).plan,
  )

const groupOf = (w: World): AutoScalingGroup => w.stateOf<AutoScalingGroup>('G')
const metric = (w: World, name: string, kind: 'Sum' | 'Maximum', from: number, to: number): number => {
  const found = w.metrics.find((each) => each.component === 'Jobs' && each.name === name)!
  return statistic(found.series, { kind }, from, to) ?? 0
}
function at(w: World, time: number): World {
  w.run(time)
  expect(w.brokenInvariants()).toEqual([])
  return w
}

describe('the workers of a group', () => {
  it('begin when their instance is in service, and do one round after the other', () => {
    const w = world({ handler: 'Wait: 10s', assumptions: ', WorkerRest: 5s' })
    // Running at 40 s, seen at 41 s at the latest; then fifteen seconds a round.
    at(w, 41 * SECOND)
    expect([groupOf(w).workers!.busy, groupOf(w).workers!.rounds]).toEqual([2, 0])
    at(w, 52 * SECOND)
    expect([groupOf(w).workers!.busy, groupOf(w).workers!.rounds]).toEqual([0, 2])
    at(w, 101 * SECOND + MINUTE * 15)
    expect(groupOf(w).workers!.rounds).toBe(2 * Math.floor((MINUTE * 15 + 60 * SECOND) / (15 * SECOND)))
  })

  it('are as many on each instance as the scenario says, each with its instance’s name', () => {
    const w = world({
      handler: 'sqs:SendMessage: { QueueUrl: !Ref Jobs, MessageBody: $.InstanceId }',
      assumptions: ', WorkersPerInstance: 3, WorkerRest: 2h',
    })
    at(w, 2 * MINUTE)
    expect(metric(w, 'NumberOfMessagesSent', 'Sum', 0, 2 * MINUTE)).toBe(6)
  })

  it('stop where they are when their instance goes, and a round that is cut off has not been done', () => {
    const set = (minute: number, n: number): string =>
      `{ At: ${minute}m, autoscaling:SetDesiredCapacity: { AutoScalingGroupName: !Ref G, DesiredCapacity: ${n} } }`
    const w = world({
      limits: 'MinSize: 0, MaxSize: 3, DesiredCapacity: 2',
      handler: 'Wait: 10m',
      simulation: `Actions: [${set(5, 1)}, ${set(20, 0)}, ${set(30, 3)}]`,
    })
    at(w, 6 * MINUTE)
    expect([groupOf(w).workers!.busy, groupOf(w).workers!.cut]).toEqual([1, 1])
    at(w, 25 * MINUTE)
    expect([groupOf(w).workers!.busy, groupOf(w).workers!.cut]).toEqual([0, 2])
    at(w, 32 * MINUTE)
    expect(groupOf(w).workers!.busy).toBe(3)
    expect(groupOf(w).members.count('InService')).toBe(3)
  })

  it('rest longer after a round that failed, and never stop time', () => {
    const failing = world({ handler: 'Fail: Broken' })
    at(failing, 41 * SECOND + MINUTE)
    const { rounds, failures } = groupOf(failing).workers!
    expect(failures).toBe(rounds)
    expect(rounds).toBeGreaterThanOrEqual(2 * 60)
    expect(rounds).toBeLessThanOrEqual(2 * 62)
    const empty = world({ handler: 'Return: 1' })
    at(empty, 42 * SECOND)
    expect(groupOf(empty).workers!.rounds).toBeLessThanOrEqual(2 * 2001)
  })

  it('are none when the scenario says nothing of them', () => {
    const plan = scenarioOf(`
Resources:
  L: { Type: AWS::AutoScaling::LaunchConfiguration, Properties: { ImageId: ami-1, InstanceType: t3.micro } }
  G: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { LaunchConfigurationName: !Ref L, MinSize: 1, MaxSize: 1 } }
Simulation: { Duration: 1h }
`)
    expect(plan.inferred).toEqual([])
    const w = new World(plan.plan)
    at(w, HOUR)
    expect(groupOf(w).workers).toBeNull()
  })
})

describe('a group that consumes a queue', () => {
  const POLL = `{ sqs:ReceiveMessage: { QueueUrl: !Ref Jobs, MaxNumberOfMessages: 1, WaitTimeSeconds: 20 }, ResultPath: $.Got },
      { ForEach: { In: $.Got.Messages, Do: [{ Compute: 2s }, { sqs:DeleteMessage: { QueueUrl: !Ref Jobs, ReceiptHandle: $.ReceiptHandle } }] } }`

  it('grows from two to three by an alarm on the messages that wait, and the backlog falls below the threshold [N.SQS-04]', () => {
    const setup = (max: number): World =>
      world({
        limits: `MinSize: 2, MaxSize: ${max}, Cooldown: 60`,
        handler: POLL,
        resources: `
  Out: { Type: AWS::AutoScaling::ScalingPolicy, Properties: { AutoScalingGroupName: !Ref G, AdjustmentType: ChangeInCapacity, ScalingAdjustment: 1 } }
  Long:
    Type: AWS::CloudWatch::Alarm
    Properties: { Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, Statistic: Maximum, Period: 60, EvaluationPeriods: 1,
      Threshold: 100, ComparisonOperator: GreaterThanThreshold, AlarmActions: [!Ref Out], Dimensions: [{ Name: QueueName, Value: !GetAtt Jobs.QueueName }] }`,
        simulation: 'Workloads: { Orders: { Target: Jobs, Operation: sqs:SendMessage, Rate: 1.2/s } }',
      })
    // Two workers do one message a second: 0.2 more come. A third brings them to 1.5 a second.
    const w = setup(3)
    at(w, 20 * MINUTE)
    expect(groupOf(w).members.count('InService')).toBe(3)
    expect(metric(w, 'ApproximateNumberOfMessagesVisible', 'Maximum', 0, 20 * MINUTE)).toBeGreaterThan(100)
    at(w, 2 * HOUR)
    expect(metric(w, 'ApproximateNumberOfMessagesVisible', 'Maximum', HOUR, 2 * HOUR)).toBeLessThan(100)
    const without = setup(2)
    at(without, 2 * HOUR)
    expect(metric(without, 'ApproximateNumberOfMessagesVisible', 'Maximum', HOUR, 2 * HOUR)).toBeGreaterThan(1000)
  })
})
