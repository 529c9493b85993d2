// What a stream costs: by shards and what is put, or on demand by its bytes; every change of either counts from its moment.
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, lab, MINUTE, type Lab } from '../../../test/kit.ts'
import { stream } from './stream.ts'
import { streamConsumer } from './stream-consumer.ts'
import type { Stream } from './stream-state.ts'

const probe = Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const)

function world(properties: Record<string, unknown> = {}, consumers: readonly string[] = []): Lab {
  const more = Object.fromEntries(
    consumers.map((name) => [name, { def: streamConsumer, properties: { ConsumerName: name, StreamARN: 'S' } }]),
  )
  const assumptions = { ReshardDuration: '0s', CreateDuration: '0s', PutLatency: '0ms', GetLatency: '0ms' }
  return lab({ S: { def: stream, properties, assumptions }, ...more }, { probe })
}
const ask = (l: Lab, action: string, body: object = {}) => l.ask('S', `kinesis:${action}`, body)
const put = (l: Lab, bytes: number) => ask(l, 'PutRecord', { PartitionKey: 'k', Data: '', DataSize: bytes - 1 })
const bill = (l: Lab, until: number) => l.run(until).finish().bill('S')
const KB = 1024

describe('the bill of a provisioned stream', () => {
  it('has its shards by the hour, whatever comes: 2 for 30 days are 21.60 USD [PR-V3, N.KINESIS-07]', () => {
    expect(bill(world({ ShardCount: 2 }), 30 * DAY)['Shards']).toEqual({ used: 1440, run: 21.6 })
    // Four shards for a day are 96 shard-hours.
    const busy = world({ ShardCount: 4 })
    for (let i = 0; i < 100; i++) put(busy, KB)
    expect(bill(busy, DAY)['Shards']!.used).toBe(96)
  })

  it('has shards from the moment on at which they are there', () => {
    const l = world({ ShardCount: 2 })
    l.run(HOUR)
    ask(l, 'UpdateShardCount', { TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' })
    const { Shards } = bill(l, 3 * HOUR)
    expect(Shards!.used).toBe(2 + 2 * 4)
    expect(Shards!.used).toBe(l.state<Stream>('S').shardHours)
  })

  it('has units of 25 KB, a record of one byte more being two [PR-R2]', () => {
    for (const [bytes, used] of [
      [1, 1],
      [25 * KB, 1],
      [25 * KB + 1, 2],
      [1024 * KB, 41],
    ] as const) {
      const l = world()
      put(l, bytes)
      expect(bill(l, HOUR)['PayloadUnits']!.used).toBe(used)
    }
    const l = world({ ShardCount: 1 })
    ask(l, 'PutRecords', { Records: [1, 2, 3].map((i) => ({ PartitionKey: `k${i}`, Data: 'x' })) })
    expect(bill(l, HOUR)['PayloadUnits']).toEqual({ used: 3, run: 0.000000042 })
  })

  it('has retention beyond a day, while there is such a retention', () => {
    expect(bill(world({ RetentionPeriodHours: 24, ShardCount: 2 }), DAY)['ExtendedRetention']!.used).toBe(0)
    expect(bill(world({ RetentionPeriodHours: 25, ShardCount: 2 }), DAY)['ExtendedRetention']).toEqual({
      used: 48,
      run: 0.96,
    })
    const l = world({ ShardCount: 2 })
    l.run(HOUR)
    ask(l, 'IncreaseStreamRetentionPeriod', { RetentionPeriodHours: 48 })
    l.run(3 * HOUR)
    ask(l, 'DecreaseStreamRetentionPeriod', { RetentionPeriodHours: 24 })
    expect(bill(l, 5 * HOUR)['ExtendedRetention']!.used).toBe(4)
  })

  it('has each consumer of enhanced fan-out by shard, and what is pushed to it', () => {
    const l = world({ ShardCount: 3 }, ['One', 'Two'])
    const { FanOutConsumers, FanOutBytes } = bill(l, 10 * HOUR)
    expect(FanOutConsumers).toEqual({ used: 60, run: 0.9 })
    expect(FanOutBytes).toEqual({ used: 0, run: 0 })
  })

  it('ends with the stream', () => {
    const l = world({ ShardCount: 2 })
    l.run(HOUR)
    ask(l, 'DeleteStream')
    expect(bill(l, DAY)['Shards']!.used).toBe(2)
  })
})

describe('the bill of an on-demand stream', () => {
  const onDemand = { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }

  it('has the stream by the hour and its data in and out, and no shards', () => {
    const l = world(onDemand)
    for (let i = 0; i < 4; i++) put(l, 100 * KB)
    const { ShardId } = put(l, 1).answer
    const { ShardIterator } = ask(l, 'GetShardIterator', { ShardId, ShardIteratorType: 'TRIM_HORIZON' }).answer
    ask(l, 'GetRecords', { ShardIterator })
    const found = bill(l, 10 * HOUR)
    expect(Object.keys(found)).toEqual(['OnDemandStream', 'OnDemandIn', 'OnDemandOut'])
    expect(found['OnDemandStream']).toEqual({ used: 10, run: 0.4 })
    expect(found['OnDemandIn']!.used).toBe((400 * KB + 1) / 2 ** 30)
    expect(found['OnDemandOut']!.used).toBe((400 * KB + 1) / 2 ** 30)
  })

  it('begins where the mode is changed', () => {
    const l = world({ ShardCount: 2 })
    put(l, 1)
    l.run(HOUR)
    ask(l, 'UpdateStreamMode', { StreamModeDetails: { StreamMode: 'ON_DEMAND' } })
    put(l, 100)
    l.run(l.now + MINUTE)
    const found = bill(l, 4 * HOUR)
    expect(found['Shards']!.used).toBe(2)
    expect(found['PayloadUnits']!.used).toBe(1)
    expect(found['OnDemandStream']!.used).toBe(3)
    expect(found['OnDemandIn']!.used).toBe(100 / 2 ** 30)
  })
})
