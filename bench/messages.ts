// Q and F: messages through a queue to a function, and a publish that fans out to three queues; counted in messages sent.
import { Requests } from './pipeline.ts'
import type { Work } from './work.ts'

const queue = (properties: string, parameters: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60${properties} } }
  Work: { Type: AWS::Serverless::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Events: { Feed: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 10 } } } } }
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: Jobs, Operation: sqs:SendMessage, Rate: RATE/s, Attributes: { id: uuid, who: "zipf(n=1000, s=0.5)" }, Parameters: { MessageBody: $${parameters} } }
  Handlers:
    Work: [{ Wait: exponential(10ms) }]
`

const FIFO =
  ', FifoQueue: true, ContentBasedDeduplication: true, DeduplicationScope: messageGroup, FifoThroughputLimit: perMessageGroupId'

const FAN_OUT = `
Transform: AWS::Serverless-2016-10-31
Resources:
  News: { Type: AWS::SNS::Topic }
${['A', 'B', 'C']
  .map(
    (name) => `  ${name}: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 60, MessageRetentionPeriod: 60 } }
  To${name}: { Type: AWS::SNS::Subscription, Properties: { TopicArn: !Ref News, Protocol: sqs, Endpoint: !GetAtt ${name}.Arn } }`,
  )
  .join('\n')}
  Let: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref A, !Ref B, !Ref C], PolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: sns.amazonaws.com }, Action: "sqs:SendMessage", Resource: "*" }] } } }
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: News, Operation: sns:Publish, Rate: RATE/s, Attributes: { id: uuid }, Parameters: { Message: $ } }
`

const at =
  (text: string) =>
  (n: number): Requests =>
    new Requests(text.replace('RATE', String(n)), n)

const shared = { unit: 'message', of: 'messages a second of virtual time', sizes: [2_000], quick: [2_000] } as const

export const sqs: Work = {
  ...shared,
  name: 'sqs',
  title: 'Q, queue: messages sent, received in batches by a mapping, handled and deleted; standard, fair and FIFO',
  slowest: 0,
  simpy: false,
  engines: new Map([
    ['hotshard rooms, standard', at(queue('', ''))],
    ['with message groups', at(queue('', ', MessageGroupId: $.who'))],
    ['FIFO, high throughput', at(queue(FIFO, ', MessageGroupId: $.who'))],
  ]),
}

export const sns: Work = {
  ...shared,
  name: 'sns',
  title: 'F, fan-out: publishes to a topic with three queues, whose messages expire unread',
  slowest: 0,
  simpy: false,
  engines: new Map([['hotshard rooms', at(FAN_OUT)]]),
}
