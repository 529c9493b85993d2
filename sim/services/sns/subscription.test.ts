// A subscription beside its topic: what it leads to, and what is told where it leads nowhere.
import { expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { runScenario } from '../../run/run.ts'
import type { Topic } from './topic.ts'

const scenario = (topic: string, endpoint: string) =>
  scenarioOf(`
Resources:
  News: { Type: AWS::SNS::Topic }
  Jobs: { Type: AWS::SQS::Queue }
  Allow: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Jobs], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:*" }] } } }
  ToJobs: { Type: AWS::SNS::Subscription, Properties: { TopicArn: ${topic}, Protocol: sqs, Endpoint: ${endpoint} } }
Simulation:
  Duration: 1m
  Workloads: { Load: { Target: News, Operation: sns:Publish, Rate: 1/s, Count: 3 } }
`)

test('brings what is published to its topic alone', () => {
  const delivered = (topic: string): number =>
    runScenario(scenario(topic, '!GetAtt Jobs.Arn')).world.stateOf<Topic>('News').deliveries.arrived
  expect(delivered('!Ref News')).toBe(3)
  expect(delivered('arn:aws:sns:us-east-1:123456789012:other')).toBe(0)
})

test('of a topic or to an endpoint outside of the scenario is told', () => {
  const told = (topic: string, endpoint: string): string =>
    scenario(topic, endpoint)
      .notSimulated.map(({ message }) => message)
      .join()
  expect(told('arn:aws:sns:us-east-1:123456789012:other', '!GetAtt Jobs.Arn')).toContain('nothing comes from it')
  expect(told('!Ref News', 'arn:aws:sqs:us-east-1:123456789012:other')).toContain('every delivery arrives there')
})

test('to something that its protocol does not know is refused', () => {
  expect(() => scenario('!Ref News', '!Ref News')).toThrow(/`News` is no endpoint for the protocol `sqs`/)
})
