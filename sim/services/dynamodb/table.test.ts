// Operations on single items, by hand: keys, conditions, updates, consistency, and the template's mistakes.
import { expect, test } from 'vitest'
import { lab, MINUTE, MS, Refused, SECOND } from '../../../test/kit.ts'
import { ask, GB, tableLab, tablePart, unitsOf } from '../../../test/tables.ts'
import type { Table } from './state.ts'

const KB = 1024

test('a put replaces the whole item [N.DYNAMODB-47, N.DYNAMODB-25]', () => {
  const world = tableLab()
  ask(world, 'PutItem', { Item: { pk: 'k', a: 1, b: 2 } })
  const second = ask(world, 'PutItem', { Item: { pk: 'k', a: 1 }, ReturnValues: 'ALL_OLD' })
  expect(second.answer).toEqual({ Attributes: { pk: 'k', a: 1, b: 2 } })
  expect(ask(world, 'GetItem', { Key: { pk: 'k' }, ConsistentRead: true }).answer).toEqual({ Item: { pk: 'k', a: 1 } })
  expect(world.state<Table>('T').items.live).toBe(1)
})

test('an update changes a part of an item, and makes the item if there is none [N.DYNAMODB-48, N.DYNAMODB-08]', () => {
  const world = tableLab()
  ask(world, 'PutItem', { Item: { pk: 'k', a: 1, b: { c: 1 } } })
  const update = (key: string, returns: string) =>
    ask(world, 'UpdateItem', {
      Key: { pk: key },
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': 2 },
      ReturnValues: returns,
    }).answer
  expect(update('k', 'UPDATED_OLD')).toEqual({ Attributes: { a: 1 } })
  expect(update('k', 'ALL_NEW')).toEqual({ Attributes: { pk: 'k', a: 2, b: { c: 1 } } })
  expect(update('new', 'ALL_NEW')).toEqual({ Attributes: { pk: 'new', a: 2 } })
  const nested = { Key: { pk: 'k' }, UpdateExpression: 'SET b.d.e = :v', ExpressionAttributeValues: { ':v': 1 } }
  expect(ask(world, 'UpdateItem', nested).status).toBe('ValidationException')
  expect(ask(world, 'UpdateItem', { ...nested, UpdateExpression: 'SET b.c = :v' }).status).toBe('OK')
})

test('a deleted item is gone; deleting it again succeeds [N.DYNAMODB-49]', () => {
  const world = tableLab()
  ask(world, 'PutItem', { Item: { pk: 'k' } })
  expect(ask(world, 'DeleteItem', { Key: { pk: 'k' }, ReturnValues: 'ALL_OLD' }).answer).toEqual({
    Attributes: { pk: 'k' },
  })
  expect(ask(world, 'DeleteItem', { Key: { pk: 'k' } })).toMatchObject({ status: 'OK', answer: {} })
  expect(ask(world, 'GetItem', { Key: { pk: 'k' }, ConsistentRead: true }).answer).toEqual({})
})

test('partition key and sort key together name an item [N.DYNAMODB-27]', () => {
  const world = tableLab({ range: 'N' })
  for (const sk of [1, 2, 1]) ask(world, 'PutItem', { Item: { pk: 'u1', sk } })
  expect(world.state<Table>('T').items.live).toBe(2)
})

test('attribute_not_exists lets only the first put through [N.DYNAMODB-16, N.DYNAMODB-51]', () => {
  const world = tableLab()
  const put = (n: number) =>
    ask(world, 'PutItem', { Item: { pk: 'k', n }, ConditionExpression: 'attribute_not_exists(pk)' }).status
  expect([put(1), put(2)]).toEqual(['OK', 'ConditionalCheckFailedException'])
  expect(ask(world, 'GetItem', { Key: { pk: 'k' }, ConsistentRead: true }).answer.Item.n).toBe(1)
})

test('ten writers that count with ADD at one moment reach ten [N.DYNAMODB-17]', () => {
  const world = tableLab()
  for (let i = 0; i < 10; i++)
    world.call('T', 'dynamodb:UpdateItem', {
      Key: { pk: 'k' },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': 1 },
    })
  world.run(world.now + 10 * MS)
  expect(ask(world, 'GetItem', { Key: { pk: 'k' }, ConsistentRead: true }).answer.Item.n).toBe(10)
})

/** Ten writers read, add one and write, all at once; those that fail try again. */
function race(withCondition: boolean): { value: number; conflicts: number } {
  const world = tableLab()
  ask(world, 'PutItem', { Item: { pk: 'k', n: 0 } })
  let conflicts = 0
  const attempt = (): void =>
    world.call('T', 'dynamodb:GetItem', { Key: { pk: 'k' }, ConsistentRead: true }, 0, ({ answer }) => {
      const seen = answer.Item.n as number
      const condition = withCondition ? { ConditionExpression: 'n = :seen' } : {}
      const values = withCondition ? { ':new': seen + 1, ':seen': seen } : { ':new': seen + 1 }
      const body = {
        Key: { pk: 'k' },
        UpdateExpression: 'SET n = :new',
        ExpressionAttributeValues: values,
        ...condition,
      }
      world.call('T', 'dynamodb:UpdateItem', body, 0, ({ status }) => {
        if (status === 'OK') return
        conflicts++
        attempt()
      })
    })
  for (let i = 0; i < 10; i++) attempt()
  world.run(world.now + 1000 * MS)
  return { value: ask(world, 'GetItem', { Key: { pk: 'k' }, ConsistentRead: true }).answer.Item.n, conflicts }
}

test('read, change, write: with a version condition nothing is lost, without it updates are [N.DYNAMODB-12, N.DYNAMODB-13, N.DYNAMODB-14, N.DYNAMODB-15, DDB-R91]', () => {
  expect(race(true)).toEqual({ value: 10, conflicts: 45 })
  const lost = race(false)
  expect(lost.value).toBeLessThan(10)
  expect(lost.conflicts).toBe(0)
})

test('an eventually consistent read may return the old value until the last replica has the write, a strong one never [N.DYNAMODB-38, DDB-R97]', () => {
  const world = tableLab({ assumptions: { ReplicaLag: '50ms' } })
  ask(world, 'PutItem', { Item: { pk: 'k', n: 1 } })
  world.run(world.now + 1000 * MS)
  const written = world.now
  world.call('T', 'dynamodb:PutItem', { Item: { pk: 'k', n: 2 } })
  const reads = (consistent: boolean, at: number): number[] => {
    world.run(at)
    const seen: number[] = []
    for (let i = 0; i < 300; i++)
      world.call('T', 'dynamodb:GetItem', { Key: { pk: 'k' }, ConsistentRead: consistent }, 0, ({ answer }) =>
        seen.push(answer.Item.n),
      )
    world.run(at + 5 * MS)
    return seen
  }
  const old = reads(false, written + 10 * MS).filter((n) => n === 1).length
  expect(old).toBeGreaterThan(60)
  expect(old).toBeLessThan(140)
  expect(reads(true, written + 25 * MS).every((n) => n === 2)).toBe(true)
  expect(reads(false, written + 70 * MS).every((n) => n === 2)).toBe(true)
})

test('the last replica has a write exactly when its lag is over: 1 µs earlier it may miss it [DDB-R97]', () => {
  for (const [early, stale] of [
    [1, true],
    [0, false],
  ] as const) {
    const world = tableLab({ assumptions: { ReplicaLag: '50ms' } })
    world.run(1000 * MS)
    world.call('T', 'dynamodb:PutItem', { Item: { pk: 'k' } })
    world.run(1050 * MS - early)
    let missed = 0
    for (let i = 0; i < 100; i++)
      world.call(
        'T',
        'dynamodb:GetItem',
        { Key: { pk: 'k' } },
        0,
        ({ answer }) => (missed += answer.Item === undefined ? 1 : 0),
      )
    world.run(2000 * MS)
    expect(missed > 0).toBe(stale)
  }
})

test('writes that come while the replica lags behind reach it together with the first of them [DDB-R97]', () => {
  const world = tableLab({ assumptions: { ReplicaLag: '50ms' } })
  ask(world, 'PutItem', { Item: { pk: 'k', n: 1 } })
  world.run(1000 * MS)
  world.call('T', 'dynamodb:PutItem', { Item: { pk: 'k', n: 2 } })
  world.run(1030 * MS)
  world.call('T', 'dynamodb:PutItem', { Item: { pk: 'k', n: 3 } })
  const seen = (at: number): number[] => {
    world.run(at)
    const values = new Set<number>()
    for (let i = 0; i < 100; i++)
      world.call('T', 'dynamodb:GetItem', { Key: { pk: 'k' } }, 0, ({ answer }) => values.add(answer.Item.n))
    world.run(at + 2 * MS)
    return [...values].sort()
  }
  expect(seen(1045 * MS)).toEqual([1, 3])
  expect(seen(1050 * MS)).toEqual([3])
})

test('a deleted item may be read for as long as a replica lags behind, and its row is given back then [DDB-R97]', () => {
  const world = tableLab({ assumptions: { ReplicaLag: '50ms' } })
  ask(world, 'PutItem', { Item: { pk: 'k' } })
  world.run(1000 * MS)
  world.call('T', 'dynamodb:DeleteItem', { Key: { pk: 'k' } })
  let found = 0
  for (let i = 0; i < 100; i++)
    world.call(
      'T',
      'dynamodb:GetItem',
      { Key: { pk: 'k' } },
      0,
      ({ answer }) => (found += answer.Item === undefined ? 0 : 1),
    )
  world.run(1500 * MS)
  expect(found).toBeGreaterThan(10)
  expect(ask(world, 'GetItem', { Key: { pk: 'k' } }).answer).toEqual({})
  expect(world.state<Table>('T').items.used).toBe(1)
  ask(world, 'PutItem', { Item: { pk: 'other' } })
  expect(world.state<Table>('T').items.used).toBe(1)
})

test('an item has at most 400 KB, names included [N.DYNAMODB-07, DDB-R1]', () => {
  const world = tableLab()
  const put = (item: object, size?: number) =>
    ask(world, 'PutItem', { Item: { pk: 'k', ...item }, ...(size === undefined ? {} : { ItemSize: size }) })
  expect(put({}, 409_600).status).toBe('OK')
  expect(put({}, 409_601)).toMatchObject({
    status: 'ValidationException',
    answer: { message: 'Item size has exceeded the maximum allowed size' },
  })
  expect(put({ text: 'x'.repeat(409_600 - 'pkktext'.length) }).status).toBe('OK')
  expect(put({ text: 'x'.repeat(409_600 - 'pkktext'.length + 1) }).status).toBe('ValidationException')
})

test('keys are checked: present, of the right type, not empty, not too long, nothing beside [N.DYNAMODB-06, DDB-R5, DDB-R99]', () => {
  const world = tableLab({ range: 'N' })
  const put = (item: object) => ask(world, 'PutItem', { Item: item }).status
  const get = (key: unknown) => ask(world, 'GetItem', { Key: key }).status
  expect(put({ pk: 'k', sk: 1 })).toBe('OK')
  for (const item of [
    { pk: 'k' },
    { sk: 1 },
    { pk: 1, sk: 1 },
    { pk: 'k', sk: '1' },
    { pk: '', sk: 1 },
    { pk: { a: 1 }, sk: 1 },
  ])
    expect(put(item)).toBe('ValidationException')
  for (const key of [{ pk: 'k' }, { pk: 'k', sk: 1, x: 1 }, undefined, 'k'])
    expect(get(key)).toBe('ValidationException')
  expect(put({ pk: 'é'.repeat(1024), sk: 1 })).toBe('OK')
  expect(put({ pk: 'é'.repeat(1024) + 'e', sk: 1 })).toBe('ValidationException')
  expect(world.finish().sum('T', 'UserErrors', {})).toBe(11)
})

test('a wrong request costs nothing [DDB-R99]', () => {
  const world = tableLab()
  ask(world, 'PutItem', { Item: { pk: 'k' }, ConditionExpression: 'oops' })
  ask(world, 'UpdateItem', {
    Key: { pk: 'k' },
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': 1, ':unused': 1 },
  })
  ask(world, 'UpdateItem', { Key: { pk: 'k' }, UpdateExpression: 'SET n = :n' })
  expect(world.answers.map(({ status }) => status)).toEqual(Array(3).fill('ValidationException'))
  expect(world.state<Table>('T').capacity.consumedWrite).toBe(0)
})

test('a projection returns its attributes and pays for all [N.DYNAMODB-54]', () => {
  const world = tableLab({ assumptions: { ReplicaLag: '0ms' } })
  ask(world, 'PutItem', { Item: { pk: 'k', a: 1, b: 2 }, ItemSize: 20 * KB })
  const body = { Key: { pk: 'k' }, ProjectionExpression: '#a', ExpressionAttributeNames: { '#a': 'a' } }
  expect(ask(world, 'GetItem', body).answer).toEqual({ Item: { a: 1 } })
  expect(unitsOf(world, 'GetItem', body)).toBe(2.5)
})

test('items that are there from the start are found, changed and deleted like others', () => {
  const world = tableLab({ assumptions: { InitialItems: '2', InitialItemSize: '6KB' } })
  const state = world.state<Table>('T')
  expect(unitsOf(world, 'GetItem', { Key: { pk: 'a' }, ConsistentRead: true })).toBe(2)
  expect(ask(world, 'GetItem', { Key: { pk: 'a' } }).answer).toEqual({ Item: { pk: 'a' } })
  expect(unitsOf(world, 'DeleteItem', { Key: { pk: 'a' } })).toBe(6)
  expect(ask(world, 'GetItem', { Key: { pk: 'a' }, ConsistentRead: true }).answer).toEqual({})
  expect(
    unitsOf(world, 'UpdateItem', {
      Key: { pk: 'b' },
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': 1 },
    }),
  ).toBe(7)
  expect(ask(world, 'GetItem', { Key: { pk: 'c' }, ConsistentRead: true }).answer).toEqual({})
  expect([state.items.live, state.initialItems, state.bytes]).toEqual([1, 0, 6 * KB + 3])
  ask(world, 'PutItem', { Item: { pk: 'a' } })
  expect(state.items.live).toBe(2)
})

test('latency is the time from request to answer, by operation', () => {
  const world = tableLab({ assumptions: { GetItemLatency: '3ms', PutItemLatency: '5ms' } })
  world.ask('T', 'dynamodb:PutItem', { Item: { pk: 'k' } })
  expect(world.now).toBe(5 * MS)
  world.ask('T', 'dynamodb:GetItem', { Key: { pk: 'k' } })
  expect(world.now).toBe(8 * MS)
  world.finish()
  expect(world.sum('T', 'SuccessfulRequestLatency', { Operation: 'PutItem' })).toBe(5 * MS)
  expect(world.sum('T', 'SuccessfulRequestLatency', { Operation: 'GetItem' })).toBe(3 * MS)
})

const refusal = (properties: Record<string, unknown>): string => {
  try {
    lab({ T: { ...tablePart(), properties: { ...tablePart().properties, ...properties } } })
  } catch (error) {
    if (error instanceof Refused) return error.problems.join('\n')
    throw error
  }
  return ''
}

test('a template with a wrong table is refused [N.DYNAMODB-33, N.DYNAMODB-06, DDB-R44]', () => {
  expect(refusal({ BillingMode: 'PROVISIONED' })).toContain('`ProvisionedThroughput` is absent')
  expect(refusal({ ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } })).toContain('beside')
  expect(
    refusal({ BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 1 } }),
  ).toContain('out-of-range')
  expect(
    refusal({
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 40_001, WriteCapacityUnits: 1 },
    }),
  ).toContain('out-of-range')
  expect(refusal({ KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] })).toContain('wrong-key')
  expect(refusal({ KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] })).toContain(
    'the key attribute `id` is not defined',
  )
  expect(refusal({ AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'M' }] })).toContain('unknown-value')
  expect(refusal({})).toBe('')
})

test('the state of a table is told [N.DYNAMODB-31]', () => {
  const world = tableLab({ read: 10, write: 20, bytes: GB })
  expect(ask(world, 'DescribeTable', {}).answer.Table).toMatchObject({
    TableStatus: 'ACTIVE',
    ItemCount: GB / KB,
    TableSizeBytes: GB,
  })
})

test('reads that find an item as it was before its last write are counted; strongly consistent ones never do [DDB-R97]', () => {
  const world = tableLab({ assumptions: { ReplicaLag: '1s' } })
  ask(world, 'PutItem', { Item: { pk: 'a', n: 1 } })
  world.run(10 * SECOND)
  ask(world, 'PutItem', { Item: { pk: 'a', n: 2 } })
  const read = (ConsistentRead: boolean): number =>
    ask(world, 'GetItem', { Key: { pk: 'a' }, ConsistentRead }).answer.Item.n
  const old = Array.from({ length: 60 }, () => read(false)).filter((n) => n === 1).length
  expect(old).toBeGreaterThan(5)
  expect(Array.from({ length: 60 }, () => read(true)).filter((n) => n === 1)).toEqual([])
  world.run(11 * SECOND)
  expect(Array.from({ length: 60 }, () => read(false)).filter((n) => n === 1)).toEqual([])
  world.run(2 * MINUTE)
  expect(world.sum('T', 'StaleReads')).toBe(old)
})

test('a million requests a second meet no throttle where there is capacity for them [N.DYNAMODB-02]', () => {
  const quotas = { 'dynamodb.OnDemandWriteUnits': 2e6, 'dynamodb.TableWriteCapacityUnits': 2e6 }
  const world = tableLab({ hash: 'N' }, { quotas })
  expect(world.state<Table>('T').capacity.partitions.count).toBe(2000)
  // A fifth of a second of them, at distinct keys.
  for (let i = 0; i < 200_000; i++) {
    if (i % 1000 === 0) world.run(i)
    world.call('T', 'dynamodb:PutItem', { Item: { pk: i } })
  }
  world.run(1000 * MS)
  expect(world.answers.length).toBe(200_000)
  expect(world.answers.filter(({ status }) => status !== 'OK')).toEqual([])
})

test('a read takes as long from a billion items as from a thousand [N.DYNAMODB-03]', () => {
  const latencies = (items: number): number[] => {
    const assumptions = {
      InitialItems: String(items),
      InitialItemSize: '1KB',
      GetItemLatency: 'lognormal(p50=3ms, p99=8ms)',
    }
    const world = tableLab({ assumptions })
    return Array.from({ length: 2000 }, (_, i) => {
      const began = world.now
      ask(world, 'GetItem', { Key: { pk: `k${i}` } })
      return world.now - began
    }).sort((a, b) => a - b)
  }
  const few = latencies(1000)
  expect(latencies(1_000_000_000)).toEqual(few)
  expect(few[1000]).toBeGreaterThan(2.8 * MS)
  expect(few[1000]).toBeLessThan(3.2 * MS)
})
