// Global secondary indexes: what is in them and when, what a write of the table costs them, and how they hold it back.
import { expect, test } from 'vitest'
import { MINUTE, MS, SECOND, type Lab } from '../../../test/kit.ts'
import { ask, indexProperty, load, succeeded, tableLab, unitsOf, type TableOptions } from '../../../test/tables.ts'
import type { Table } from './state.ts'

const KB = 1024
const byEmail = { name: 'ByEmail', keys: ['email'] }
const GSI = { GlobalSecondaryIndexName: 'ByEmail' }

const put = (world: Lab, item: object, more: object = {}) => ask(world, 'PutItem', { Item: item, ...more })
const query = (world: Lab, value: unknown, more: object = {}, key = 'email') =>
  ask(world, 'Query', {
    IndexName: 'ByEmail',
    KeyConditionExpression: `${key} = :v`,
    ExpressionAttributeValues: { ':v': value },
    ...more,
  })
const items = (world: Lab, value: unknown, more: object = {}): unknown[] => query(world, value, more).answer.Items
/** What a request has taken, by table and index. */
const consumed = (world: Lab, operation: 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query', body: object): any =>
  ask(world, operation, { ReturnConsumedCapacity: 'INDEXES', ...body }).answer.ConsumedCapacity
const global = (options: TableOptions = {}) => tableLab({ global: [byEmail], ...options })

test('an index finds items by another attribute, and has only those with it [N.DYNAMODB-INDEX-07, DDB-R72]', () => {
  const world = global()
  put(world, { pk: 'a', email: 'x@y', n: 1 })
  put(world, { pk: 'b', n: 2 })
  expect(items(world, 'x@y')).toEqual([{ pk: 'a', email: 'x@y', n: 1 }])
  expect(ask(world, 'Scan', { IndexName: 'ByEmail' }).answer).toMatchObject({ Count: 1, ScannedCount: 1 })
  ask(world, 'UpdateItem', { Key: { pk: 'a' }, UpdateExpression: 'REMOVE email' })
  expect(items(world, 'x@y')).toEqual([])
})

test('a key of an index of a wrong type, or an empty one, is refused and nothing is written [DDB-R72]', () => {
  const world = global()
  for (const email of [1, true, null, ''])
    expect(put(world, { pk: 'a', email })).toMatchObject({ status: 'ValidationException' })
  expect(put(world, { pk: 'a', email: 1 }).answer.message).toContain('Type mismatch for Index Key email Expected: S')
  expect(ask(world, 'GetItem', { Key: { pk: 'a' }, ConsistentRead: true }).answer).toEqual({})
  expect(world.state<Table>('T').capacity.consumedWrite).toBe(0)
})

test('a projection decides on what an entry has; what it lacks cannot be asked for [N.DYNAMODB-INDEX-08, DDB-R76]', () => {
  const of = (projection: 'ALL' | 'KEYS_ONLY' | readonly string[], more: object = {}) => {
    const world = global({ global: [{ ...byEmail, projection }], range: 'S' })
    put(world, { pk: 'a', sk: '1', email: 'e', n: 1, m: 2 })
    return query(world, 'e', more)
  }
  expect(of('KEYS_ONLY').answer.Items).toEqual([{ pk: 'a', sk: '1', email: 'e' }])
  expect(of(['n']).answer.Items).toEqual([{ pk: 'a', sk: '1', email: 'e', n: 1 }])
  expect(of('ALL').answer.Items).toEqual([{ pk: 'a', sk: '1', email: 'e', n: 1, m: 2 }])
  expect(of(['n'], { ProjectionExpression: 'n' }).answer.Items).toEqual([{ n: 1 }])
  expect(of(['n'], { ProjectionExpression: 'm' })).toMatchObject({
    status: 'ValidationException',
    answer: {
      message: 'One or more parameter values were invalid: Global secondary index ByEmail does not project [m]',
    },
  })
  expect(of(['n'], { Select: 'ALL_ATTRIBUTES' }).status).toBe('ValidationException')
  expect(of('ALL', { Select: 'ALL_ATTRIBUTES' }).status).toBe('OK')
})

test('reads of an index are only eventually consistent: a change is there when its lag is over, not 1 µs earlier [N.DYNAMODB-INDEX-11, DDB-R71]', () => {
  const world = global({ assumptions: { IndexLag: '50ms' } })
  expect(query(world, 'e', { ConsistentRead: true })).toMatchObject({
    status: 'ValidationException',
    answer: { message: 'Consistent reads are not supported on global secondary indexes' },
  })
  world.run(SECOND)
  world.call('T', 'dynamodb:PutItem', { Item: { pk: 'a', email: 'e' } })
  const found: number[] = []
  for (const at of [SECOND + 50 * MS - 1, SECOND + 50 * MS]) {
    world.run(at)
    const body = {
      IndexName: 'ByEmail',
      KeyConditionExpression: 'email = :v',
      ExpressionAttributeValues: { ':v': 'e' },
    }
    world.call('T', 'dynamodb:Query', body, 0, ({ answer }) => found.push(answer.Count))
  }
  world.run(2 * SECOND)
  expect(found).toEqual([0, 1])
})

test('changes of one item reach the index in their order, however long each takes [DDB-R71]', () => {
  const world = global({ assumptions: { IndexLag: 'uniform(0ms, 500ms)' } })
  const versions = (): number[] => items(world, 'e').map((item: any) => item.n)
  let last = -1
  for (let n = 0; n < 200; n++) {
    world.call('T', 'dynamodb:PutItem', { Item: { pk: 'a', email: 'e', n } })
    world.run(world.now + 7 * MS)
    const seen = versions()
    expect(seen.length).toBeLessThanOrEqual(1)
    if (seen.length === 0) continue
    expect(seen[0]).toBeGreaterThanOrEqual(last)
    last = seen[0]!
  }
  world.run(world.now + SECOND)
  expect(versions()).toEqual([199])
})

test('an index write costs by what it changes: new 1, key 2, removed 1, projected 1, others 0; with 1.2 KB twice that [DDB-R73, DDB-V30]', () => {
  for (const [bytes, factor] of [
    [0, 1],
    [1200, 2],
  ] as const) {
    const world = global({ global: [{ ...byEmail, projection: ['text', 'n'] }] })
    const text = 'x'.repeat(bytes)
    const units = (operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', body: object): number =>
      consumed(world, operation, body).GlobalSecondaryIndexes?.ByEmail.CapacityUnits ?? 0
    const set = (expression: string, values?: object) =>
      units('UpdateItem', {
        Key: { pk: 'a' },
        UpdateExpression: expression,
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
      })
    expect(units('PutItem', { Item: { pk: 'a', email: 'A', text } })).toBe(factor)
    expect(set('SET email = :v', { ':v': 'B' })).toBe(2 * factor)
    expect(set('SET n = :v', { ':v': 1 })).toBe(factor)
    expect(set('SET n = :v', { ':v': 1 })).toBe(0)
    expect(set('SET unprojected = :v', { ':v': 1 })).toBe(0)
    expect(set('REMOVE email')).toBe(factor)
    expect(set('SET n = :v', { ':v': 2 })).toBe(0)
    expect(set('SET email = :v', { ':v': 'C' })).toBe(factor)
    expect(units('DeleteItem', { Key: { pk: 'a' } })).toBe(factor)
    expect(units('DeleteItem', { Key: { pk: 'a' } })).toBe(0)
  }
})

test('what a request took is told in all, or by table and index [DDB-R19]', () => {
  const world = global({ global: [byEmail, { name: 'ByTown', keys: ['town'], projection: 'KEYS_ONLY' }] })
  const item = { pk: 'a', email: 'e', town: 't', text: 'x'.repeat(1500) }
  expect(consumed(world, 'PutItem', { Item: item })).toEqual({
    TableName: 'T',
    CapacityUnits: 5,
    Table: { CapacityUnits: 2 },
    GlobalSecondaryIndexes: { ByEmail: { CapacityUnits: 2 }, ByTown: { CapacityUnits: 1 } },
  })
  expect(unitsOf(world, 'PutItem', { Item: { ...item, text: 'y'.repeat(1500) } })).toBe(4)
  expect(ask(world, 'PutItem', { Item: item, ReturnConsumedCapacity: 'NONE' }).answer).toEqual({})
  world.finish()
  expect(world.sum('T', 'ConsumedWriteCapacityUnits')).toBe(6)
  expect(world.sum('T', 'ConsumedWriteCapacityUnits', GSI)).toBe(6)
  // Writing takes no read units.
  expect(world.sum('T', 'ConsumedReadCapacityUnits')).toBe(0)
})

test('8 entries of 2,000 bytes cost 2 units to query, out of the capacity of the index alone [DDB-V14, DDB-R75, N.DYNAMODB-INDEX-09]', () => {
  const world = tableLab({ read: 100, write: 1000, global: [{ ...byEmail, read: 100, write: 1000 }] })
  for (let i = 0; i < 8; i++) put(world, { pk: `k${i}`, email: 'e' }, { ItemSize: 2000 })
  const body = { IndexName: 'ByEmail', KeyConditionExpression: 'email = :v', ExpressionAttributeValues: { ':v': 'e' } }
  expect(consumed(world, 'Query', body)).toEqual({
    TableName: 'T',
    CapacityUnits: 2,
    Table: { CapacityUnits: 0 },
    GlobalSecondaryIndexes: { ByEmail: { CapacityUnits: 2 } },
  })
  world.finish()
  expect(world.sum('T', 'ConsumedReadCapacityUnits')).toBe(0)
  expect(world.sum('T', 'ConsumedReadCapacityUnits', GSI)).toBe(2)
})

test('an index whose writes are throttled throttles those of the table, with its own reason [N.DYNAMODB-INDEX-12, DDB-R74, DDB-R56b]', () => {
  const world = tableLab({ read: 1, write: 100, global: [{ ...byEmail, write: 10 }] })
  const outcome = load(world, 50, 20, 'PutItem', (i) => ({ Item: { pk: `k${i}`, email: `e${i}` }, ItemSize: KB }))
  expect(succeeded(outcome, 1, 20)).toBe(10 * 19)
  const refused = world.answers.find(({ status }) => status !== 'OK')!
  expect(refused).toMatchObject({
    status: 'ProvisionedThroughputExceededException',
    answer: { ThrottlingReasons: [{ reason: 'IndexWriteProvisionedThroughputExceeded', resource: 'T/index/ByEmail' }] },
  })
  world.finish()
  const throttled = outcome.statuses.filter((status) => status !== 'OK').length
  expect(world.sum('T', 'WriteThrottleEvents', GSI)).toBe(throttled)
  expect(world.sum('T', 'WriteProvisionedThroughputThrottleEvents', GSI)).toBe(throttled)
  expect(world.sum('T', 'WriteThrottleEvents')).toBe(0)
  expect(world.sum('T', 'ThrottledRequests', { Operation: 'PutItem' })).toBe(throttled)
})

test('a write that does not touch the index passes while the index is throttled [DDB-R74]', () => {
  const world = tableLab({ read: 1, write: 100, global: [{ ...byEmail, write: 1 }] })
  const outcome = load(world, 40, 10, 'PutItem', (i) => ({
    Item: i % 2 === 0 ? { pk: `k${i}` } : { pk: `k${i}`, email: 'e' },
  }))
  const touching = outcome.statuses.filter((status, i) => i % 2 === 1 && status === 'OK').length
  expect(outcome.statuses.filter((_, i) => i % 2 === 0).every((status) => status === 'OK')).toBe(true)
  expect(touching).toBeLessThanOrEqual(12)
})

test('one value of an index key is a hot partition of the index, and holds the table back on demand, too [DDB-R74, DDB-R55]', () => {
  const world = global()
  const outcome = load(world, 150, 10, 'PutItem', (i) => ({ Item: { pk: `k${i}`, email: 'same' }, ItemSize: 10 * KB }))
  expect(succeeded(outcome, 3, 10)).toBe(100 * 7)
  expect(world.answers.find(({ status }) => status !== 'OK')).toMatchObject({
    status: 'ThrottlingException',
    answer: { ThrottlingReasons: [{ reason: 'IndexWriteKeyRangeThroughputExceeded' }] },
  })
})

test('reads of an index are throttled by the index alone [N.DYNAMODB-INDEX-09, DDB-R74]', () => {
  const world = tableLab({ read: 1000, write: 100, global: [{ ...byEmail, read: 5, write: 100 }] })
  const body = { IndexName: 'ByEmail', KeyConditionExpression: 'email = :v', ExpressionAttributeValues: { ':v': 'e' } }
  const outcome = load(world, 20, 10, 'Query', () => body)
  expect(succeeded(outcome, 1, 10)).toBe(10 * 9)
  expect(world.answers.find(({ status }) => status !== 'OK')!.answer.ThrottlingReasons[0].reason).toBe(
    'IndexReadProvisionedThroughputExceeded',
  )
  expect(ask(world, 'GetItem', { Key: { pk: 'a' } }).status).toBe('OK')
})

test('pages of an index begin after a key of the index and of the item; all items come once, forwards and backwards [DDB-R17]', () => {
  const world = global({ global: [{ name: 'ByEmail', keys: ['email', 'n:N'] }] })
  for (let i = 0; i < 57; i++) put(world, { pk: `k${(i * 31) % 57}`, email: i % 5 === 0 ? 'other' : 'e', n: i % 3 })
  for (const forward of [true, false]) {
    const keys: string[] = []
    const numbers: number[] = []
    let start: any
    do {
      const more = { Limit: 4, ScanIndexForward: forward, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }
      const { answer } = query(world, 'e', more)
      keys.push(...answer.Items.map((item: any) => item.pk))
      numbers.push(...answer.Items.map((item: any) => item.n))
      start = answer.LastEvaluatedKey
      if (start !== undefined) expect(Object.keys(start).sort()).toEqual(['email', 'n', 'pk'])
    } while (start !== undefined)
    expect(new Set(keys).size).toBe(45)
    expect(keys.length).toBe(45)
    expect(numbers).toEqual(numbers.toSorted((a, b) => (forward ? a - b : b - a)))
  }
  expect(query(world, 'e', { ExclusiveStartKey: { pk: 'k1' } }).status).toBe('ValidationException')
  expect(query(world, 'e', { FilterExpression: 'n = :v' }).status).toBe('ValidationException')
})

test('there is no other index than those of the table', () => {
  const world = global()
  expect(ask(world, 'Scan', { IndexName: 'Nobody' }).answer.message).toBe(
    'The table does not have the specified index: Nobody',
  )
})

test('an item that expires leaves its indexes, at no cost [DDB-R112]', () => {
  const ttl = { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }
  const world = global({ properties: ttl, assumptions: { ExpiryDelay: '0s' } })
  const startsAt = world.state<Table>('T').sim.startsAt / SECOND
  put(world, { pk: 'a', email: 'e', ttl: startsAt + 60 })
  expect(items(world, 'e')).toHaveLength(1)
  world.run(2 * MINUTE)
  expect(items(world, 'e')).toEqual([])
  world.finish()
  expect(world.sum('T', 'ConsumedWriteCapacityUnits', GSI)).toBe(1)
})

// Indexes that come, change and go

const create = (index: object, attributes: object[]) => ({
  AttributeDefinitions: attributes,
  GlobalSecondaryIndexUpdates: [{ Create: index }],
})
const email = [{ AttributeName: 'email', AttributeType: 'S' }]
const indexOf = (world: Lab) => ask(world, 'DescribeTable', {}).answer.Table.GlobalSecondaryIndexes?.[0]

test('an index can be added at any time: it is set up, filled at its own write capacity, then ACTIVE; and deleted [N.DYNAMODB-INDEX-10, DDB-R70]', () => {
  const world = tableLab({ read: 100, write: 1000, assumptions: { UpdateDelay: '30s' } })
  for (let i = 0; i < 600; i++) put(world, i % 2 === 0 ? { pk: `k${i}`, email: `e${i}` } : { pk: `k${i}`, email: i })
  world.run(MINUTE)
  const update = create(indexProperty({ ...byEmail, write: 10 }), email)
  expect(ask(world, 'UpdateTable', update).status).toBe('OK')
  expect(indexOf(world)).toMatchObject({ IndexStatus: 'CREATING', Backfilling: false })
  expect(items(world, 'e0')).toBeUndefined()
  world.run(MINUTE + 31 * SECOND)
  expect(ask(world, 'DescribeTable', {}).answer.Table.TableStatus).toBe('ACTIVE')
  expect(indexOf(world)).toMatchObject({ IndexStatus: 'CREATING', Backfilling: true })
  expect(query(world, 'e0').answer.message).toBe('Cannot read from backfilling global secondary index: ByEmail')
  // 300 entries at 10 a second, of which the first ten are there at once.
  world.run(MINUTE + 58 * SECOND)
  expect(indexOf(world).IndexStatus).toBe('CREATING')
  world.run(MINUTE + 60 * SECOND)
  expect(indexOf(world)).toMatchObject({ IndexStatus: 'ACTIVE', ItemCount: 300 })
  expect(items(world, 'e42')).toEqual([{ pk: 'k42', email: 'e42' }])
  ask(world, 'UpdateTable', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByEmail' } }] })
  expect(indexOf(world).IndexStatus).toBe('DELETING')
  expect(query(world, 'e42').status).toBe('ValidationException')
  world.run(3 * MINUTE)
  expect(indexOf(world)).toBeUndefined()
  world.finish()
  expect(world.sum('T', 'OnlineIndexConsumedWriteCapacity', GSI)).toBe(300)
  expect(world.sum('T', 'OnlineIndexThrottleEvents', GSI)).toBeGreaterThan(20)
  expect(world.sum('T', 'ConsumedReadCapacityUnits')).toBe(0)
})

test('what is written while an index is filled is in it once [DDB-R70]', () => {
  const world = tableLab({ read: 100, write: 1000, assumptions: { UpdateDelay: '1s' } })
  for (let i = 0; i < 100; i++) put(world, { pk: `k${i}`, email: `e${i}` })
  ask(world, 'UpdateTable', create(indexProperty({ ...byEmail, write: 5 }), email))
  world.run(world.now + 3.5 * SECOND)
  expect(put(world, { pk: 'k99', email: 'e99', n: 1 }).status).toBe('OK')
  expect(put(world, { pk: 'new', email: 'new' }).status).toBe('OK')
  ask(world, 'DeleteItem', { Key: { pk: 'k98' } })
  world.run(world.now + MINUTE)
  expect(indexOf(world)).toMatchObject({ IndexStatus: 'ACTIVE', ItemCount: 100 })
  expect(items(world, 'e99')).toEqual([{ pk: 'k99', email: 'e99', n: 1 }])
  expect(items(world, 'e98')).toEqual([])
})

test('one index is created or deleted at a time, at most 20 there are, and a local one comes only with its table [DDB-R70, N.DYNAMODB-INDEX-06]', () => {
  const two = [
    { Create: indexProperty({ ...byEmail, write: 1 }) },
    { Create: indexProperty({ name: 'Second', keys: ['email'], write: 1 }) },
  ]
  const world = tableLab({ read: 1, write: 1 })
  const update = (body: object) => ask(world, 'UpdateTable', { AttributeDefinitions: email, ...body })
  expect(update({ GlobalSecondaryIndexUpdates: two }).status).toBe('LimitExceededException')
  const local = indexProperty({ name: 'L', keys: ['email'] }, true)
  expect(update({ LocalSecondaryIndexes: [local] }).status).toBe('ValidationException')
  expect(update({ GlobalSecondaryIndexUpdates: [{ Create: indexProperty(byEmail) }] }).status).toBe(
    'ValidationException',
  )
  expect(update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByEmail' } }] }).status).toBe(
    'ValidationException',
  )
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `I${i}`, keys: ['email'] }))
  expect(() => tableLab({ global: many(21) })).toThrow('has 21 indexes')
  const full = tableLab({ global: many(20) })
  const one = { GlobalSecondaryIndexUpdates: [{ Create: indexProperty({ name: 'I20', keys: ['email'] }) }] }
  expect(ask(full, 'UpdateTable', one).status).toBe('LimitExceededException')
})

test('the capacity of an index changes by itself, and is lowered as often as its own rations allow [DDB-R42, N.DYNAMODB-INDEX-09]', () => {
  const world = tableLab({
    read: 1,
    write: 50,
    global: [{ ...byEmail, write: 50 }],
    assumptions: { UpdateDelay: '30s' },
  })
  const set = (write: number): string =>
    ask(world, 'UpdateTable', {
      GlobalSecondaryIndexUpdates: [
        {
          Update: { IndexName: 'ByEmail', ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: write } },
        },
      ],
    }).status
  const statuses = [49, 48, 47, 46, 45].map((write) => {
    const status = set(write)
    world.run(world.now + MINUTE)
    return status
  })
  expect(statuses).toEqual(['OK', 'OK', 'OK', 'OK', 'LimitExceededException'])
  expect(indexOf(world).ProvisionedThroughput.WriteCapacityUnits).toBe(46)
  const table = { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 49 } }
  expect(ask(world, 'UpdateTable', table).status).toBe('OK')
  world.finish()
  expect(world.metric('T', 'ProvisionedWriteCapacityUnits', GSI).series.points.at(-1)!.min).toBe(46)
})

test('an index follows the mode of its table, and must be given capacity when that is provisioned again [DDB-R74, DDB-R57]', () => {
  const world = tableLab({ read: 1, write: 10, global: [{ ...byEmail, write: 10 }] })
  const index = () => world.state<Table>('T').indexes!.all[0]!.throughput.capacity
  ask(world, 'UpdateTable', { BillingMode: 'PAY_PER_REQUEST' })
  world.run(10 * MINUTE)
  expect([index().mode, index().writeRate]).toEqual(['PAY_PER_REQUEST', 4000])
  const units = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }
  const back = { BillingMode: 'PROVISIONED', ProvisionedThroughput: units }
  expect(ask(world, 'UpdateTable', back).answer.message).toContain('must be specified for index: ByEmail')
  const update = { Update: { IndexName: 'ByEmail', ProvisionedThroughput: units } }
  expect(ask(world, 'UpdateTable', { ...back, GlobalSecondaryIndexUpdates: [update] }).status).toBe('OK')
  world.run(20 * MINUTE)
  expect([index().mode, index().writeRate]).toEqual(['PROVISIONED', 5])
})
