// Requests of handlers may hold anything: whatever a parameter is, an operation answers, and the run goes on with its invariants.
import { describe, expect, it } from 'vitest'
import { services } from '../sim/services/index.ts'
import { lab, SECOND, type Lab, type Part } from './kit.ts'

/** Values that a parameter may have, whatever it is meant for. */
const HOSTILE: readonly unknown[] = [
  null,
  '',
  '__proto__',
  'x:y/z',
  -1,
  0.5,
  1e308,
  NaN,
  true,
  [],
  [null],
  [[]],
  [5, 'x', {}],
  {},
  { Objects: [null], Status: 7, a: { DataType: 5 } },
  { Objects: 7, a: null },
  '{"a":',
  '9'.repeat(400),
]

/** What a request needs to get anywhere, by the names of parameters. */
const USUAL: Readonly<Record<string, unknown>> = {
  Key: 'a',
  Path: '/a?b=c',
  KeyPairId: 'K',
  Resource: '/a',
  ExpiresIn: 60,
  Body: 'x',
  CopySource: 'S/a',
  Entries: [{ Id: 'a', Source: 's', DetailType: 't', Detail: {}, MessageBody: 'x', ReceiptHandle: 'r' }],
  PartitionKey: 'k',
  Data: 'x',
  Records: [{ PartitionKey: 'k', Data: 'x' }],
  Record: { Data: 'x' },
  ShardId: 'shardId-000000000000',
  ShardIteratorType: 'LATEST',
  MessageBody: 'x',
  Message: 'x',
}

const PROPERTIES: Readonly<Record<string, Record<string, unknown>>> = {
  'AWS::Kinesis::Stream': { ShardCount: 2 },
  'AWS::Kinesis::StreamConsumer': { ConsumerName: 'c', StreamARN: 'Stream' },
  'AWS::Events::Rule': { EventPattern: { source: ['s'] }, Targets: [{ Id: 'a', Arn: 'Queue', RoleArn: 'r' }] },
  'AWS::Events::EventBus': { Name: 'EventBus' },
  'AWS::KinesisFirehose::DeliveryStream': { ExtendedS3DestinationConfiguration: { BucketARN: 'Bucket', RoleARN: 'r' } },
  'AWS::Events::Archive': { SourceArn: 'EventBus' },
  'AWS::CloudFront::Distribution': {
    DistributionConfig: {
      Enabled: true,
      Origins: [{ Id: 'files', DomainName: 'Bucket', S3OriginConfig: {} }],
      DefaultCacheBehavior: {
        TargetOriginId: 'files',
        ViewerProtocolPolicy: 'allow-all',
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        ForwardedValues: { QueryString: true, Cookies: { Forward: 'all' }, Headers: ['Accept', 'Origin'] },
      },
      Restrictions: { GeoRestriction: { RestrictionType: 'blacklist', Locations: ['XX'] } },
    },
  },
  'AWS::DynamoDB::Table': {
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  },
}

const TYPES = [
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::Events::Archive',
  'AWS::Kinesis::Stream',
  'AWS::Kinesis::StreamConsumer',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::DynamoDB::Table',
  'AWS::CloudFront::Distribution',
  'Sim::Events::DefaultBus',
]

const nameOf = (type: string): string => type.split('::')[2]!
const def = (type: string) => services.find((room) => room.type === type)!

function world(): Lab {
  const parts = Object.fromEntries(
    TYPES.map((type): [string, Part] => [
      type.startsWith('Sim::') ? type : nameOf(type),
      { def: def(type), properties: PROPERTIES[type] ?? {} },
    ]),
  )
  const probe = Object.entries(parts).flatMap(([name, part]) =>
    Object.keys(part.def.ops).map((action) => [name, action as `${string}:${string}`] as const),
  )
  return lab(parts, { probe })
}

describe('a request with anything in its parameters is answered', () => {
  it.each(TYPES)('%s', (type) => {
    const broken: string[] = []
    const name = type.startsWith('Sim::') ? type : nameOf(type)
    for (const [action, op] of Object.entries(def(type).ops)) {
      if (op.internal === true) continue
      const params = op.params ?? []
      const base = Object.fromEntries(params.flatMap((param) => (param in USUAL ? [[param, USUAL[param]]] : [])))
      let l = world()
      for (const body of [{}, ...params.flatMap((param) => HOSTILE.map((value) => ({ ...base, [param]: value })))])
        try {
          l.call(name, action, body)
          l.run(l.now + SECOND)
        } catch (mistake) {
          broken.push(`${action} ${JSON.stringify(body)}: ${String(mistake)}`)
          l = world()
        }
    }
    expect(broken).toEqual([])
  })
})
