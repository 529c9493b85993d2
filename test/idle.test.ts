// A year of idleness is free: resources that nothing happens to cost no events, whatever the length of the run.
import { describe, expect, it } from 'vitest'
import { World } from '../sim/run/world.ts'
import { DAY, HOUR } from './kit.ts'
import { scenarioOf } from './scenarios.ts'

const KINDS = (i: number): string => `
  Q${i}: { Type: AWS::SQS::Queue }
  T${i}: { Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: id, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], StreamSpecification: { StreamViewType: NEW_IMAGE } } }
  F${i}: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, Timeout: 5, Events: { E: { Type: SQS, Properties: { Queue: !GetAtt Q${i}.Arn } }, C: { Type: DynamoDB, Properties: { Stream: !GetAtt T${i}.StreamArn, StartingPosition: LATEST } } } } }
  S${i}: { Type: AWS::Scheduler::Schedule, Properties: { ScheduleExpression: cron(0 0 29 2 ? 2028), FlexibleTimeWindow: { Mode: "OFF" }, Target: { Arn: !GetAtt Q${i}.Arn, RoleArn: "arn:aws:iam::123456789012:role/clock" } } }
  P${i}: { Type: AWS::SQS::Queue }
  W${i}: { Type: AWS::Pipes::Pipe, Properties: { Source: !GetAtt P${i}.Arn, Target: !GetAtt Q${i}.Arn, RoleArn: "arn:aws:iam::123456789012:role/pipe" } }
  A${i}: { Type: AWS::CloudWatch::Alarm, Properties: { Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, Dimensions: [{ Name: QueueName, Value: !GetAtt Q${i}.QueueName }], Statistic: Maximum, Period: 60, EvaluationPeriods: 1, Threshold: 10, ComparisonOperator: GreaterThanThreshold } }`

function world(idle: number): World {
  const resources = Array.from({ length: idle }, (_, i) => KINDS(i)).join('')
  return new World(
    scenarioOf(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Busy: { Type: AWS::SQS::Queue }${resources}
Simulation:
  Duration: 365d
  Workloads:
    Senders: { Target: Busy, Operation: sqs:SendMessage, Rate: [{ At: 0s, Value: 2/s }, { At: 60s, Value: 2/s }, { At: 60s, Value: 0/s }] }
`).plan,
  )
}

describe('idle resources', () => {
  it('cost no event once a queue is inactive (six hours, SQS-80) and hardly a point of a metric, over a year', () => {
    const alone = world(0)
    const beside = world(45)
    alone.run(7 * HOUR)
    beside.run(7 * HOUR)
    const before = [alone.kernel.steps, beside.kernel.steps]
    alone.run(365 * DAY)
    beside.run(365 * DAY)
    alone.finish()
    beside.finish()
    expect(beside.kernel.steps - before[1]!).toBe(alone.kernel.steps - before[0]!)
    const points = beside.recorder.series.reduce((sum, series) => sum + series.points.length, 0)
    expect(points).toBeLessThan(10 * beside.recorder.series.length)
    expect(beside.brokenInvariants()).toEqual([])
  })
})
