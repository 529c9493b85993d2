// Shows what only the default bus gets: events of AWS services.
import { describe, expect, test } from 'vitest'
import { aQueue, bodies, DEFAULT, entry, events, put, ROLE, ruleOf } from '../../../test/events.ts'
import { MS, SECOND, type Lab } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { Alarm } from '../cloudwatch/alarm.ts'
import type { Queue } from '../sqs/queue-state.ts'
import { hearsOf } from '../../parts/service-events.ts'
import type { Near } from '../../model/contract.ts'
import type { Rule } from './rule.ts'

const toJobs = [{ Arn: 'Jobs', ...ROLE }]
const stopped = (l: Lab, state: string): void =>
  l.call(DEFAULT, 'events:PutServiceEvent', {
    Source: 'aws.ec2',
    DetailType: 'EC2 Instance State-change Notification',
    Detail: { state },
  })

describe('events of AWS services', () => {
  test('are on the default bus: three stops and two starts, of which a rule takes the stops [N.EVENTBRIDGE-02]', () => {
    const l = events({
      Jobs: aQueue,
      Stops: ruleOf({ source: ['aws.ec2'], detail: { state: ['stopped'] } }, toJobs, { EventBusName: undefined }),
    })
    for (const state of ['stopped', 'running', 'stopped', 'running', 'stopped']) stopped(l, state)
    l.run(SECOND).finish()
    expect([l.sum(DEFAULT, 'MatchedEvents'), l.sum('Stops', 'Invocations')]).toEqual([3, 3])
    expect(bodies(l, 'Jobs').map(({ detail }) => detail.state)).toEqual(Array(3).fill('stopped'))
  })

  test('are on no other bus [N.EVENTBRIDGE-07, EB-03]', () => {
    const pattern = { source: [{ prefix: 'aws.' }] }
    const l = events({
      Jobs: aQueue,
      Here: ruleOf(pattern, toJobs, { EventBusName: 'default' }),
      There: ruleOf(pattern, toJobs),
    })
    stopped(l, 'stopped')
    l.run(SECOND)
    expect(['Here', 'There'].map((name) => l.state<Rule>(name).triggered)).toEqual([1, 0])
  })

  test('are told only where a rule or an archive of the default bus could hear them', () => {
    const near = (...views: { type: string; config: Record<string, unknown> }[]): Near =>
      ({ all: (type: string) => views.filter((view) => view.type === type) }) as unknown as Near
    const rule = (EventPattern: unknown, EventBusName?: string) => ({
      type: 'AWS::Events::Rule',
      config: { EventPattern, EventBusName },
    })
    const hears = (...views: Parameters<typeof near>): boolean => hearsOf(near(...views), 'aws.s3')
    expect(hears()).toBe(false)
    expect(hears(rule({ source: ['aws.s3'] }))).toBe(true)
    expect(hears(rule({ source: ['aws.ec2'] }))).toBe(false)
    expect(hears(rule({ source: [{ prefix: 'aws.' }] }))).toBe(true)
    expect(hears(rule({ detail: { a: [1] } }))).toBe(true)
    expect(hears(rule({ $or: [{ source: ['a'] }, { source: ['b'] }] }))).toBe(true)
    expect(hears(rule({ source: ['aws.s3'] }, 'orders'))).toBe(false)
    expect(hears(rule({ source: ['aws.s3'] }, 'default'))).toBe(true)
    expect(hears(rule(undefined))).toBe(false)
    expect(hears(rule('{"source":["aws.s3"]}'))).toBe(true)
    expect(hears({ type: 'AWS::Events::Archive', config: { SourceArn: 'default' } })).toBe(true)
  })
})

test('an alarm tells of each change of its state, whether or not its actions run [CW-28, N.EVENTBRIDGE-07]', () => {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Full:
    Type: AWS::CloudWatch::Alarm
    Properties: { ActionsEnabled: false, Namespace: AWS/SQS, MetricName: NumberOfMessagesSent, Dimensions: [{ Name: QueueName, Value: !GetAtt Jobs.QueueName }], Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 10, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching }
  Told: { Type: AWS::SQS::Queue }
  Rule:
    Type: AWS::Events::Rule
    Properties: { EventPattern: { source: [aws.cloudwatch], detail: { state: { value: [ALARM] } } }, Targets: [{ Id: a, Arn: !GetAtt Told.Arn, RoleArn: role, InputPath: $.detail }] }
  All: { Type: AWS::Events::Rule, Properties: { EventPattern: { source: [aws.cloudwatch] } } }
Simulation:
  Duration: 10m
  Workloads:
    Load: { Target: Jobs, Operation: sqs:SendMessage, Arrivals: regular, Rate: [{ At: 0s, Value: 0/s }, { At: 3m, Value: 0/s }, { At: 3m, Value: 1/s }, { At: 4m, Value: 1/s }, { At: 4m, Value: 0/s }] }
`),
  )
  const { history } = world.stateOf<Alarm>('Full')
  expect(history.map(({ state }) => state)).toEqual(['INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK'])
  expect(world.stateOf<Rule>('All').triggered).toBe(3)
  expect(world.stateOf<Queue>('Told').messages.visible).toBe(1)
  const told = world.stateOf<Rule>('Rule')
  expect(told.deliveries.arrivedCount).toBe(1)
})

test('how long events take from the bus to the first attempt is measured for the whole account [EB-05]', () => {
  const l = events({ Jobs: aQueue, Placed: ruleOf({ source: ['shop'] }, toJobs, {}, { DeliveryLatency: '500ms' }) })
  put(l, entry(), entry())
  l.run(SECOND).finish()
  const points = l.points(DEFAULT, 'IngestionToInvocationStartLatency').filter(({ n }) => n > 0)
  expect(points).toMatchObject([{ n: 2, min: 500 * MS, max: 500 * MS }])
})
