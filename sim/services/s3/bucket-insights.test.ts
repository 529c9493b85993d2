// What is said of buckets and delivery streams that are in trouble, and of those that nearly are.
import { expect, test } from 'vitest'
import { scenarioOf } from '../../../test/scenarios.ts'
import { insightsOf, type Insight } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'

const say = (text: string): readonly Insight[] => insightsOf(evidenceOf(runScenario(scenarioOf(text)).world))
const kinds = (text: string): string[] => say(text).map(({ kind, resource }) => `${kind} ${resource}`)

const load = (rate: number, mode = 'grow'): string => `
Resources:
  Files: { Type: AWS::S3::Bucket }
Simulation:
  Duration: 30s
  Assumptions: { Files: { PrefixMode: ${mode} } }
  Workloads:
    Load: { Target: Files, Operation: s3:PutObject, Rate: ${rate}/s, Client: { Retries: none }, Attributes: { day: 'choice(a: 0.97, b: 0.03)', n: uuid }, Parameters: { Key: '{$.day}/{$.n}', ContentLength: 1KB } }
`

test('a prefix that is hotter than S3 serves is named, with its limit', () => {
  expect(kinds(load(4_000))).toContain('hot-prefix Files')
  const [found] = say(load(4_000, 'perTopLevelPrefix'))
  expect(found).toMatchObject({ kind: 'hot-prefix', resource: 'Files' })
  expect(found!.text).toContain('keys under `a/`')
  expect(found!.text).toContain('3,500 writes and 5,500 reads')
  expect(kinds(load(3_300))).toEqual([])
}, 20_000)

const loop = (prefix: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  Files: { Type: AWS::S3::Bucket }
  Fn:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: a.b, InlineCode: x, Timeout: 30, Events: { Img: { Type: S3, Properties: { Bucket: !Ref Files, Events: "s3:ObjectCreated:*", Filter: { S3Key: { Rules: [{ Name: prefix, Value: in/ }] } } } } } }
Simulation:
  Duration: 10m
  Workloads: { Load: { Target: Files, Operation: s3:PutObject, Rate: 1/s, Count: 5, Attributes: { n: uuid }, Parameters: { Key: 'in/{$.n}' } } }
  Handlers: { Fn: [{ s3:PutObject: { Bucket: !Ref Files, Key: '${prefix}/{$.Records[0].s3.object.sequencer}' } }] }
`

test('a function that writes to what invokes it is told of, one that writes beside it is not', () => {
  expect(kinds(loop('in'))).toContain('recursive-loop Fn')
  expect(kinds(loop('out'))).toEqual([])
})

const stream = (rate: number, errors: number, duration = '20m'): string => `
Resources:
  Store: { Type: AWS::S3::Bucket }
  Collector: { Type: Sim::Http::Server, Properties: { Url: "https://in.example.com", Workers: 10, ServiceTime: 10ms, ErrorRate: ${errors} } }
  In: { Type: AWS::KinesisFirehose::DeliveryStream, Properties: { HttpEndpointDestinationConfiguration: { EndpointConfiguration: { Url: "https://in.example.com" }, BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 }, S3Configuration: { BucketARN: !GetAtt Store.Arn, RoleARN: r } } } }
Simulation:
  Duration: ${duration}
  Workloads: { Load: { Target: In, Operation: firehose:PutRecord, Rate: ${rate}/s, Client: { Retries: none }, Parameters: { Record: { Data: x, DataSize: 100B } } } }
`

test('a delivery stream that cannot deliver, and what ended in its error output', () => {
  const said = kinds(stream(10, 1))
  expect(said).toContain('delivery-failing In')
  expect(said).toContain('error-output In')
  expect(kinds(stream(10, 0))).toEqual([])
})

test('a delivery stream that takes no more', () => {
  expect(kinds(stream(2_200, 0, '1m'))).toContain('delivery-stream-throttled In')
}, 20_000)
