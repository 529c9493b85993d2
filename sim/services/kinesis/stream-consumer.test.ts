// Enhanced fan-out: consumers, connections, and what is pushed on them.
import { describe, expect, it } from 'vitest'
import { HOUR, lab, MINUTE, MS, SECOND, type Lab, type LabOptions } from '../../../test/kit.ts'
import { stream } from './stream.ts'
import { streamConsumer } from './stream-consumer.ts'

const MIB = 1_048_576
const SHARD = 'shardId-000000000000'

function world(
  properties: Record<string, unknown> = {},
  options: LabOptions = {},
  consumers: readonly string[] = [],
): Lab {
  const more = Object.fromEntries(
    consumers.map((name) => [name, { def: streamConsumer, properties: { ConsumerName: name, StreamARN: 'S' } }]),
  )
  return lab(
    { S: { def: stream, properties }, ...more },
    {
      probe: [
        ...Object.keys(stream.ops).map((action) => ['S', action as `${string}:${string}`] as const),
        ...consumers.flatMap((name) =>
          Object.keys(streamConsumer.ops).map((action) => [name, action as `${string}:${string}`] as const),
        ),
      ],
      ...options,
    },
  )
}

const ask = (l: Lab, action: string, body: object = {}) => l.ask('S', `kinesis:${action}`, body)
const put = (l: Lab, more: object = {}) => ask(l, 'PutRecord', { PartitionKey: 'k', Data: 'x', ...more })
/** Fills a shard with so many records of a MiB, as fast as it takes them. */
function fill(l: Lab, count: number, bytes = MIB - 1): void {
  for (let i = 0; i < count; i++) {
    put(l, { Data: i, DataSize: bytes })
    l.run(l.now + SECOND)
  }
}

describe('enhanced fan-out', () => {
  const subscribe = (l: Lab, consumer: string, more: object = {}) =>
    l.ask(consumer, 'kinesis:SubscribeToShard', { ShardId: SHARD, StartingPosition: { Type: 'LATEST' }, ...more })
  const receive = (l: Lab, consumer: string, id: number, then: (at: number, answer: any) => void): void =>
    l.call(consumer, 'kinesis:ReceiveEvent', { SubscriptionId: id }, 0, ({ at, answer }) => then(at, answer))

  it('pushes a record 70 ms after it came, to each consumer by itself [KIN-40, KIN-42, N.KINESIS-26]', () => {
    const names = ['A', 'B', 'C', 'D', 'E']
    const l = world({}, {}, names)
    const got: [string, number, unknown][] = []
    for (const name of names) {
      const { SubscriptionId: id } = subscribe(l, name).answer
      receive(l, name, id, (at, answer) => got.push([name, at, answer.Records[0].Data]))
    }
    l.run(SECOND)
    l.call('S', 'kinesis:PutRecord', { PartitionKey: 'k', Data: 'hello' })
    l.run(2 * SECOND)
    expect(got).toEqual(names.map((name) => [name, SECOND + 70 * MS, 'hello']))
    l.finish()
    for (const name of names) expect(l.sum('S', 'SubscribeToShardEvent.Records', { ConsumerName: name })).toBe(1)
    expect(l.sum('S', 'GetRecords.Success')).toBe(0)
  })

  it('gives each consumer 2 MiB a second of a shard, whatever the others do [KIN-40]', () => {
    const l = world({}, {}, ['A', 'B'])
    fill(l, 20)
    l.run(MINUTE)
    const taken: Record<string, number[]> = { A: [], B: [] }
    const go = (name: string, id: number): void =>
      receive(l, name, id, (at, answer) => {
        for (const _ of answer.Records) taken[name]!.push(at)
        if (taken[name]!.length < 20) go(name, id)
      })
    for (const name of ['A', 'B'])
      go(name, subscribe(l, name, { StartingPosition: { Type: 'TRIM_HORIZON' } }).answer.SubscriptionId)
    l.run(MINUTE + 30 * SECOND)
    for (const name of ['A', 'B']) {
      expect(taken[name]).toHaveLength(20)
      const seconds = (taken[name]!.at(-1)! - taken[name]![0]!) / SECOND
      expect(Math.abs(seconds - 9)).toBeLessThan(0.1)
    }
  })

  it('lasts five minutes; a new connection takes over after five seconds [KIN-V10, KIN-41]', () => {
    const l = world({}, {}, ['A'])
    const at = (time: number) => {
      l.run(time)
      l.call('A', 'kinesis:SubscribeToShard', { ShardId: SHARD, StartingPosition: { Type: 'LATEST' } })
      l.run(time + 100 * MS)
      return l.answers.at(-1)!
    }
    const first = at(0)
    const ends: [number, any][] = []
    receive(l, 'A', first.answer.SubscriptionId, (time, answer) => ends.push([time, answer]))
    expect(at(3 * SECOND).status).toBe('ResourceInUseException')
    expect(at(3.5 * SECOND).status).toBe('LimitExceededException')
    const third = at(6 * SECOND)
    expect(third.status).toBe('OK')
    expect(ends).toEqual([[6 * SECOND, { Ended: true }]])
    receive(l, 'A', third.answer.SubscriptionId, (time, answer) => ends.push([time, answer]))
    l.run(306 * SECOND - 1)
    expect(ends).toHaveLength(1)
    l.run(306 * SECOND)
    expect(ends[1]).toEqual([306 * SECOND, { Ended: true }])
  })

  it('costs nothing while nothing comes, when the consumer renews its connection', () => {
    const l = world({}, {}, ['A'])
    const { SubscriptionId: id } = subscribe(l, 'A', { Renews: true }).answer
    receive(l, 'A', id, () => {})
    l.run(l.now)
    const steps = l.world.kernel.steps
    l.run(200 * 24 * HOUR)
    expect(l.world.kernel.steps).toBe(steps)
  })

  it('takes twenty consumers, five of them being made at a time [KIN-40]', () => {
    const l = world()
    const register = (i: number): string => ask(l, 'RegisterStreamConsumer', { ConsumerName: `c${i}` }).status
    expect([0, 1, 2, 3, 4].map(register)).toEqual(['OK', 'OK', 'OK', 'OK', 'OK'])
    l.run(2 * SECOND)
    expect(register(5)).toBe('LimitExceededException')
    expect(ask(l, 'DescribeStreamConsumer', { ConsumerName: 'c0' }).answer.ConsumerDescription.ConsumerStatus).toBe(
      'CREATING',
    )
    const early = { ConsumerName: 'c0', ShardId: SHARD, StartingPosition: { Type: 'LATEST' } }
    expect(ask(l, 'SubscribeToShard', early).status).toBe('ResourceInUseException')
    for (let i = 5; i < 20; i++) {
      l.run(l.now + 31 * SECOND)
      expect(register(i)).toBe('OK')
    }
    l.run(l.now + 31 * SECOND)
    expect(register(20)).toBe('LimitExceededException')
    expect(register(3)).toBe('ResourceInUseException')
    expect(ask(l, 'DeregisterStreamConsumer', { ConsumerName: 'c3' }).status).toBe('OK')
    l.run(l.now + 31 * SECOND)
    expect(register(20)).toBe('OK')
    expect(ask(l, 'ListStreamConsumers').answer.Consumers).toHaveLength(20)
  })

  it('registers five consumers a second, and deletes a stream only without them or with the word for it [KIN-40]', () => {
    const l = world({}, {}, ['A'])
    expect(ask(l, 'DeleteStream').status).toBe('ResourceInUseException')
    expect(ask(l, 'DeleteStream', { EnforceConsumerDeletion: true }).status).toBe('OK')
    const other = world()
    const statuses: string[] = []
    for (let i = 0; i < 6; i++)
      other.call('S', 'kinesis:RegisterStreamConsumer', { ConsumerName: `n${i}` }, 0, ({ status }) =>
        statuses.push(status),
      )
    other.run(SECOND)
    expect(statuses.filter((status) => status === 'OK')).toHaveLength(5)
  })
})
