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

test('an item of 1571827560 is over from 1571827561 on, and is read until it is deleted [DDB-V27, DDB-R110]', () => {
  const created = 1_571_820_360
  const at = tableLab(
    {
      properties: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
      assumptions: { ExpiryDelay: '1h', PutItemLatency: '0ms', GetItemLatency: '0ms', ReplicaLag: '0ms' },
    },
    { startsAt: created * SECOND },
  )
  put(at, 'a', 1_571_827_560)
  const over = (1_571_827_561 - created) * SECOND
  at.run(over + HOUR - 1)
  expect(ask(at, 'GetItem', { Key: { pk: 'a' } }).answer.Item).toEqual({ pk: 'a', ttl: 1_571_827_560 })
  at.run(over + HOUR)
  expect(ask(at, 'GetItem', { Key: { pk: 'a' } }).answer).toEqual({})
})

test('a table keeps sessions: each is found and renewed by any request, and gone half an hour after the last one [N.DYNAMODB-10]', () => {
  const at = tableLab({
    properties: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    assumptions: { ExpiryDelay: '0ms', PutItemLatency: '0ms', GetItemLatency: '0ms', ReplicaLag: '0ms' },
  })
  const until = (): number => START + Math.floor(at.now / SECOND) + 30 * 60
  for (let i = 0; i < 1000; i++) put(at, `session-${i}`, until())
  // Every third session has a request every ten minutes for an hour.
  for (let minute = 10; minute <= 60; minute += 10) {
    at.run(minute * MINUTE)
    for (let i = 0; i < 1000; i += 3) {
      expect(ask(at, 'GetItem', { Key: { pk: `session-${i}` } }).answer.Item.pk).toBe(`session-${i}`)
      ask(at, 'UpdateItem', {
        Key: { pk: `session-${i}` },
        UpdateExpression: 'SET #t = :until ADD visits :one',
        ExpressionAttributeNames: { '#t': 'ttl' },
        ExpressionAttributeValues: { ':until': until(), ':one': 1 },
      })
    }
  }
  expect(live(at)).toBe(334)
  expect(ask(at, 'GetItem', { Key: { pk: 'session-1' } }).answer).toEqual({})
  expect(ask(at, 'GetItem', { Key: { pk: 'session-3' } }).answer.Item.visits).toBe(6)
  at.run(90 * MINUTE + SECOND)
  expect(live(at)).toBe(0)
})

test('the time to live is switched on and off while the table is there, once an hour, and acts within one [DDB-R113]', () => {
  const at = tableLab({
    assumptions: { ExpiryDelay: '0ms', PutItemLatency: '0ms', TimeToLiveDelay: '40m', RejectionLatency: '0ms' },
  })
  const set = (Enabled: boolean, AttributeName = 'ttl') =>
    ask(at, 'UpdateTimeToLive', { TimeToLiveSpecification: { Enabled, AttributeName } })
  put(at, 'old', START + 60)
  at.run(10 * MINUTE)
  expect(set(false).answer.message).toBe('TimeToLive is already disabled')
  const asked = at.now
  expect(set(true).status).toBe('OK')
  at.run(asked + 40 * MINUTE - 1)
  expect(live(at)).toBe(1)
  at.run(asked + 40 * MINUTE)
  expect(live(at)).toBe(0)
  at.run(asked + HOUR - 1)
  expect(set(false).answer.message).toBe('Time to live has been modified multiple times within a fixed interval')
  at.run(asked + HOUR)
  expect(set(false, 'other').status).toBe('ValidationException')
  expect(set(false).status).toBe('OK')
  // It still acts until it is off.
  put(at, 'soon', START + Math.floor(at.now / SECOND) + 60)
  put(at, 'later', START + Math.floor(at.now / SECOND) + 3600)
  at.run(asked + 2 * HOUR + 10 * MINUTE)
  expect(live(at)).toBe(1)
  expect(set(true).status).toBe('OK')
  at.run(asked + 3 * HOUR)
  expect(live(at)).toBe(0)
})
