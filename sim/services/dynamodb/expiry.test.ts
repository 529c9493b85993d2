// Time to live: when an item is over, when it goes, and what its stream says of it.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND, START_MS, type Lab } from '../../../test/kit.ts'
import { ask, tableLab } from '../../../test/tables.ts'
import type { Table } from './state.ts'
import type { StreamRecord } from './stream-records.ts'

const START = START_MS / 1000

function world(delay = '0ms'): Lab {
  return tableLab({
    read: 100,
    write: 800,
    properties: {
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      StreamSpecification: { StreamViewType: 'OLD_IMAGE' },
    },
    assumptions: { ExpiryDelay: delay, GetRecordsLatency: '0ms', PutItemLatency: '0ms' },
  })
}

const put = (at: Lab, pk: string, ttl: unknown): unknown => ask(at, 'PutItem', { Item: { pk, ttl } })
const live = (at: Lab): number => at.state<Table>('T').items.live

describe('time to live', () => {
  test('an item is over in the second after the one that it names; texts, milliseconds and what is five years old stay [DDB-R110, N.DYNAMODB-19]', () => {
    const at = world()
    put(at, 'a', START + 60)
    put(at, 'text', String(START + 60))
    put(at, 'ms', (START + 60) * 1000)
    put(at, 'old', START - 5 * 365 * 86_400)
    put(at, 'late', START - 5 * 365 * 86_400 + 10)
    at.run(SECOND)
    expect(live(at)).toBe(4)
    at.run(61 * SECOND - 1)
    expect(live(at)).toBe(4)
    at.run(61 * SECOND)
    expect(live(at)).toBe(3)
    at.run(365 * DAY)
    expect(live(at)).toBe(3)
  })

  test('it goes within two days, at no cost, and is read until then [DDB-R111, DDB-R112, N.DYNAMODB-18]', () => {
    const at = world('uniform(0s, 172800s)')
    for (let n = 0; n < 200; n++) put(at, `k${n}`, START + 60)
    at.run(2 * MINUTE)
    const before = at.state<Table>('T').capacity.consumedWrite
    expect(live(at)).toBeGreaterThan(190)
    expect(ask(at, 'GetItem', { Key: { pk: 'k7' } }).answer.Item).toMatchObject({ pk: 'k7' })
    at.run(DAY + MINUTE)
    expect(live(at)).toBeGreaterThan(60)
    expect(live(at)).toBeLessThan(140)
    at.run(2 * DAY + 2 * MINUTE)
    expect(live(at)).toBe(0)
    expect(at.state<Table>('T').capacity.consumedWrite).toBe(before)
    expect(at.finish().sum('T', 'TimeToLiveDeletedItemCount')).toBe(200)
  })

  test('who writes the item anew, or takes the attribute away, keeps it [DDB-R112]', () => {
    const at = world()
    for (const pk of ['later', 'never', 'gone']) put(at, pk, START + 60)
    at.run(30 * SECOND)
    put(at, 'later', START + 3600)
    ask(at, 'UpdateItem', {
      Key: { pk: 'never' },
      UpdateExpression: 'REMOVE #t',
      ExpressionAttributeNames: { '#t': 'ttl' },
    })
    ask(at, 'DeleteItem', { Key: { pk: 'gone' } })
    at.run(HOUR)
    expect(live(at)).toBe(2)
    at.run(2 * HOUR)
    expect(live(at)).toBe(1)
    expect(at.finish().sum('T', 'TimeToLiveDeletedItemCount')).toBe(1)
  })

  test('its record says that the service removed it; one that somebody deletes has no such word [DDS-R3, DDB-R112]', () => {
    const at = world()
    put(at, 'a', START + 60)
    put(at, 'b', START + 6000)
    ask(at, 'DeleteItem', { Key: { pk: 'b' } })
    at.run(2 * MINUTE)
    const ShardId = 'shardId-00000000000000000000'
    const { answer } = ask(at, 'GetShardIterator', { ShardId, ShardIteratorType: 'TRIM_HORIZON' })
    const records = ask(at, 'GetRecords', answer).answer.Records as StreamRecord[]
    const removed = records.filter(({ eventName }) => eventName === 'REMOVE')
    expect(removed.map(({ dynamodb, userIdentity }) => [dynamodb.Keys['pk'], userIdentity])).toEqual([
      ['b', undefined],
      ['a', { type: 'Service', principalId: 'dynamodb.amazonaws.com' }],
    ])
    expect(removed[1].dynamodb.OldImage).toEqual({ pk: 'a', ttl: START + 60 })
  })
})
