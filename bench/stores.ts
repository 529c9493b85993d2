// U, V: objects put into a bucket that tells a queue of each, and records put into a delivery stream; counted in requests.
import { Requests } from './pipeline.ts'
import type { Work } from './work.ts'

const bucket = (notifications: string): string => `
Resources:
  Files: { Type: AWS::S3::Bucket, Properties: { BucketName: files ${notifications} } }
  Told: { Type: AWS::SQS::Queue }
  May: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Told], PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*" }] } } }
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: Files, Operation: s3:PutObject, Rate: RATE/s, Client: { Retries: none }, Attributes: { id: "uniform(n=100000)" }, Parameters: { Key: $.id, ContentLength: 10KB } }
`

const TOLD =
  ', NotificationConfiguration: { QueueConfigurations: [{ Event: "s3:ObjectCreated:*", Queue: !GetAtt Told.Arn }] }'

const stream = `
Resources:
  Store: { Type: AWS::S3::Bucket }
  In: { Type: AWS::KinesisFirehose::DeliveryStream, Properties: { ExtendedS3DestinationConfiguration: { BucketARN: !GetAtt Store.Arn, RoleARN: r } } }
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: In, Operation: firehose:PutRecord, Rate: RATE/s, Client: { Retries: none }, Parameters: { Record: { Data: x, DataSize: 1KB } } }
`

const at =
  (text: string) =>
  (n: number): Requests =>
    new Requests(text.replace('RATE', String(n)), n)

export const s3: Work = {
  name: 's3',
  title: 'U, s3: objects put into a bucket over a hundred thousand keys, each told to a queue',
  unit: 'object',
  of: 'puts a second of virtual time',
  sizes: [2_000],
  quick: [2_000],
  slowest: 0,
  simpy: false,
  engines: new Map([
    ['hotshard rooms', at(bucket(TOLD))],
    ['nobody is told', at(bucket(''))],
  ]),
}

export const firehose: Work = {
  name: 'firehose',
  title: 'V, firehose: records put into a delivery stream, buffered and written to a bucket',
  unit: 'record',
  of: 'puts a second of virtual time',
  sizes: [1_500],
  quick: [1_500],
  slowest: 0,
  simpy: false,
  engines: new Map([['hotshard rooms', at(stream)]]),
}
