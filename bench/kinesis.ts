// K: a stream of four shards that is written record by record and read by a KCL application; counted in records.
import { Requests } from './pipeline.ts'
import type { Work } from './work.ts'

/** `reader` may be absent: the same writes without anybody who reads them. */
const scenario = (reader: string): string => `
Resources:
  Items: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 4 } }
Simulation:
  Duration: 7d
  Resources: { ${reader} }
  Workloads:
    Clients: { Target: Items, Operation: kinesis:PutRecord, Rate: RATE/s, Attributes: { id: "zipf(n=10000, s=0.8)" }, Parameters: { PartitionKey: $.id, DataSize: 100B } }
`

const READER = 'App: { Type: Sim::Kcl::Application, Properties: { StreamName: !Ref Items, Workers: 2 } }'

const at =
  (reader: string) =>
  (n: number): Requests =>
    new Requests(scenario(reader).replace('RATE', String(n)), n)

export const kinesis: Work = {
  name: 'kinesis',
  title: 'K, kinesis: records written to four shards, read and checkpointed by two workers',
  unit: 'record',
  of: 'records a second of virtual time',
  sizes: [2_000],
  quick: [2_000],
  slowest: 0,
  simpy: false,
  engines: new Map([
    ['hotshard rooms', at(READER)],
    ['a stream that nobody reads', at('')],
  ]),
}
