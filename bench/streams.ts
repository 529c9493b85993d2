// T: a table with a stream, a mapping that reads it, and a function that gets the changes; counted in changes.
import { Requests } from './pipeline.ts'
import type { Work } from './work.ts'

/** `stream` and `feed` may be absent: the same writes without anybody who reads them. */
const scenario = (stream: string, feed: string): string => `
Resources:
  Items:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 6000 }
      ${stream}
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 5, Handler: a.b, Role: r, Code: { ZipFile: x } } }
  ${feed}
Simulation:
  Duration: 7d
  Workloads:
    Clients: { Target: Items, Operation: dynamodb:PutItem, Rate: RATE/s, Attributes: { id: "zipf(n=10000, s=0.8)", n: sequence }, Parameters: { Item: { id: $.id, n: $.n } } }
  Handlers:
    Work: [{ Wait: exponential(10ms) }]
`

const STREAM = 'StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }'
const FEED =
  'Feed: { Type: AWS::Lambda::EventSourceMapping, Properties: { FunctionName: !Ref Work, EventSourceArn: !GetAtt Items.StreamArn, StartingPosition: LATEST, BatchSize: 100 } }'

const at =
  (stream: string, feed: string) =>
  (n: number): Requests =>
    new Requests(scenario(stream, feed).replace('RATE', String(n)), n)

export const streams: Work = {
  name: 'streams',
  title: 'T, streams: writes to a table, read from its stream by a mapping in batches, handled by a function',
  unit: 'change',
  of: 'changes a second of virtual time',
  sizes: [2_000],
  quick: [2_000],
  slowest: 0,
  simpy: false,
  engines: new Map([
    ['hotshard rooms', at(STREAM, FEED)],
    ['a stream that nobody reads', at(STREAM, '')],
    ['no stream', at('', '')],
  ]),
}
