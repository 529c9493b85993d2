// What is said of streams in trouble, and of those that nearly are.
import { describe, expect, it } from 'vitest'
import { insightsOf, type Insight } from '../../insights/insights.ts'
import { evidenceOf } from '../../run/evidence.ts'
import { runScenario } from '../../run/run.ts'
import { scenarioOf } from '../../../test/scenarios.ts'

function say(text: string): Insight[] {
  return insightsOf(evidenceOf(runScenario(scenarioOf(text)).world)).filter(({ resource }) => resource === 'S')
}

const writers = (rate: number, key: string, more = '{ ShardCount: 4 }'): string => `
Resources:
  S: { Type: AWS::Kinesis::Stream, Properties: ${more} }
Simulation:
  Duration: 3m
  Workloads:
    Load: { Target: S, Operation: kinesis:PutRecord, Arrivals: regular, Rate: ${rate}/s, Attributes: { key: "${key}" }, Parameters: { PartitionKey: $.key, DataSize: 100B }, Client: { Retries: none } }
`

const readers = (rate: number, seconds: string): string => `
Transform: AWS::Serverless-2016-10-31
Resources:
  S: { Type: AWS::Kinesis::Stream, Properties: { ShardCount: 1 } }
  Work:
    Type: AWS::Serverless::Function
    Properties:
      { Runtime: nodejs22.x, MemorySize: 1769, Timeout: 60, Events: { E: { Type: Kinesis, Properties: { Stream: !GetAtt S.Arn, StartingPosition: TRIM_HORIZON, BatchSize: 10 } } } }
Simulation:
  Duration: 6m
  Workloads:
    Load: { Target: S, Operation: kinesis:PutRecord, Arrivals: regular, Rate: ${rate}/s, Parameters: { PartitionKey: k, DataSize: 100B }, Client: { Retries: none } }
  Handlers:
    Work: [{ Wait: ${seconds} }]
`

describe('writers', () => {
  it('with a hot key fill one shard while the stream has room [N.KINESIS-23, N.KINESIS-24]', () => {
    const [found] = say(writers(2000, 'hot(key=vip, share=0.9, of=1000)'))
    expect(found).toMatchObject({ kind: 'hot-shard', title: 'One key fills one shard' })
    expect(found!.text).toMatch(/Key `vip` \((89|90|91) % of what comes\) goes there/)
    expect(found!.text).toMatch(/uses (29|3\d) % of what its shards take/)
  })

  it('that spread their keys and are too many use up all shards', () => {
    expect(say(writers(3000, 'uniform(n=2000, prefix=k-)', '{ ShardCount: 2 }')).map(({ kind }) => kind)).toEqual([
      'stream-capacity',
    ])
  })

  it('within the limits of each shard are not spoken of', () => {
    expect(say(writers(2000, 'hot(key=vip, share=0.3, of=1000)'))).toEqual([])
  })
})

describe('readers', () => {
  it('slower than what comes fall behind, and it is said when records will be lost', () => {
    const [found] = say(readers(400, '1s'))
    expect(found).toMatchObject({ kind: 'iterator-age', title: 'A reader falls behind' })
    expect(found!.text).toMatch(/longer every minute: after .* they are lost at the end of the retention/)
  })

  it('that keep up are not spoken of', () => {
    expect(say(readers(20, '200ms'))).toEqual([])
  })
})
