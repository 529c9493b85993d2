// Local secondary indexes: another order of the items of a partition key, as current as they are and paid by the table.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE, MS, SECOND, type Lab } from '../../../test/kit.ts'
import { ask, load, succeeded, tableLab, unitsOf, type TableOptions } from '../../../test/tables.ts'
import { itemSize } from './values.ts'

const KB = 1024
const byDate = { name: 'ByDate', keys: ['date:N'] }
const local = (options: TableOptions = {}, quotas: Record<string, number> = {}): Lab =>
  tableLab({ range: 'S', local: [byDate], ...options }, { quotas })
const put = (world: Lab, sk: string, date: unknown, more: object = {}, parameters: object = {}) =>
  ask(world, 'PutItem', { Item: { pk: 'u', sk, ...(date === undefined ? {} : { date }), ...more }, ...parameters })
const query = (world: Lab, more: object = {}) =>
  ask(world, 'Query', {
    IndexName: 'ByDate',
    KeyConditionExpression: 'pk = :u',
    ExpressionAttributeValues: { ':u': 'u' },
    ...more,
  })
const keys = (world: Lab, more: object = {}): string[] => query(world, more).answer.Items.map((item: any) => item.sk)

test('a local index sorts the items of a partition key by another attribute [N.DYNAMODB-INDEX-01, DDB-R80]', () => {
  const world = local({ assumptions: { ReplicaLag: '0ms' } })
  for (const [sk, date] of [
    ['a', 30],
    ['b', 10],
    ['c', undefined],
    ['d', 20],
  ] as const)
    put(world, sk, date)
  expect(keys(world)).toEqual(['b', 'd', 'a'])
  expect(keys(world, { ScanIndexForward: false })).toEqual(['a', 'd', 'b'])
  const late = { KeyConditionExpression: 'pk = :u AND #d > :d', ExpressionAttributeNames: { '#d': 'date' } }
  expect(keys(world, { ...late, ExpressionAttributeValues: { ':u': 'u', ':d': 10 } })).toEqual(['d', 'a'])
})

test('5 local indexes are possible, 6 are not; each has the partition key of the table and one scalar sort key [N.DYNAMODB-INDEX-01, N.DYNAMODB-INDEX-02, N.DYNAMODB-INDEX-04, DDB-R80]', () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `I${i}`, keys: ['date:N'] }))
  expect(() => local({ local: many(5) })).not.toThrow()
  expect(() => local({ local: many(6) })).toThrow('has 6 indexes')
  expect(() => local({ local: [{ name: 'I', keys: ['date:M'] }] })).toThrow('AttributeType')
  expect(() => local({ local: [{ name: 'I', keys: ['date', 'day'] }] })).toThrow('1 HASH and 2 RANGE')
  expect(() => local({ local: [{ name: 'I', keys: [] }] })).toThrow('without a RANGE key')
  expect(() => tableLab({ local: [byDate] })).toThrow('the table has no sort key')
  const foreign = {
    IndexName: 'I',
    KeySchema: [
      { AttributeName: 'sk', KeyType: 'HASH' },
      { AttributeName: 'pk', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  }
  expect(() => tableLab({ range: 'S', properties: { LocalSecondaryIndexes: [foreign] } })).toThrow(
    'the HASH key of a local secondary index is `sk`',
  )
})

test('a strongly consistent read of it finds what was just written, an eventual one may not [N.DYNAMODB-INDEX-03, DDB-R80]', () => {
  const world = local({ assumptions: { ReplicaLag: '50ms' } })
  world.run(SECOND)
  world.call('T', 'dynamodb:PutItem', { Item: { pk: 'u', sk: 'a', date: 1 } })
  const counts = (ConsistentRead: boolean, at: number): Set<number> => {
    world.run(at)
    const found = new Set<number>()
    for (let i = 0; i < 100; i++)
      world.call(
        'T',
        'dynamodb:Query',
        {
          IndexName: 'ByDate',
          KeyConditionExpression: 'pk = :u',
          ExpressionAttributeValues: { ':u': 'u' },
          ConsistentRead,
        },
        0,
        ({ answer }) => found.add(answer.Count),
      )
    world.run(at + 2 * MS)
    return found
  }
  expect(counts(true, SECOND + 5 * MS)).toEqual(new Set([1]))
  expect(counts(false, SECOND + 10 * MS)).toEqual(new Set([0, 1]))
  expect(counts(false, SECOND + 50 * MS)).toEqual(new Set([1]))
})

test('each write of 1 KB takes 2 units of a table with a local index, so 10 units serve 5 [N.DYNAMODB-INDEX-05, DDB-R81]', () => {
  const world = local({ read: 1, write: 10 })
  const outcome = load(world, 20, 10, 'PutItem', (i) => ({ Item: { pk: 'u', sk: `k${i}`, date: i }, ItemSize: KB }))
  expect(succeeded(outcome, 1, 10)).toBe(5 * 9)
  const free = local()
  const body = { Item: { pk: 'u', sk: 'a', date: 1 }, ItemSize: KB, ReturnConsumedCapacity: 'INDEXES' }
  expect(ask(free, 'PutItem', body).answer.ConsumedCapacity).toEqual({
    TableName: 'T',
    CapacityUnits: 2,
    Table: { CapacityUnits: 1 },
    LocalSecondaryIndexes: { ByDate: { CapacityUnits: 1 } },
  })
  expect(unitsOf(free, 'PutItem', { Item: { pk: 'u', sk: 'b' }, ItemSize: KB })).toBe(1)
  free.finish()
  expect(free.sum('T', 'ConsumedWriteCapacityUnits')).toBe(3)
})

test('what an entry lacks is fetched from the table, at the price of each item [DDB-R82]', () => {
  const world = local({ local: [{ ...byDate, projection: 'KEYS_ONLY' }], assumptions: { ReplicaLag: '0ms' } })
  for (let i = 0; i < 10; i++) put(world, `k${i}`, i, { n: i }, { ItemSize: 5 * KB })
  const cost = (more: object) => query(world, { ReturnConsumedCapacity: 'INDEXES', ...more }).answer.ConsumedCapacity
  expect(cost({ ConsistentRead: true })).toMatchObject({ CapacityUnits: 1, Table: { CapacityUnits: 0 } })
  const all = { ConsistentRead: true, Select: 'ALL_ATTRIBUTES' }
  expect(cost(all)).toMatchObject({
    CapacityUnits: 21,
    Table: { CapacityUnits: 20 },
    LocalSecondaryIndexes: { ByDate: { CapacityUnits: 1 } },
  })
  expect(query(world, all).answer.Items[3]).toEqual({ pk: 'u', sk: 'k3', date: 3, n: 3 })
  expect(cost({ ProjectionExpression: 'n' })).toMatchObject({ CapacityUnits: 10.5 })
  const filter = { FilterExpression: 'n = :n', ExpressionAttributeValues: { ':u': 'u', ':n': 4 } }
  expect(query(world, { ...filter, ConsistentRead: true }).answer.Count).toBe(1)
  expect(cost({ ...filter, ConsistentRead: true })).toMatchObject({ CapacityUnits: 21 })
})

test('an item collection has at most 10 GB, entries included: then it may shrink but not grow [DDB-R83]', () => {
  const world = local({}, { 'dynamodb.ItemCollectionSize': 10 * KB })
  for (const sk of ['a', 'b', 'c', 'd']) expect(put(world, sk, 1, {}, { ItemSize: KB }).status).toBe('OK')
  // 8 KB are there, items and entries alike.
  expect(put(world, 'e', 1, {}, { ItemSize: KB + 1 })).toMatchObject({
    status: 'ItemCollectionSizeLimitExceededException',
    answer: { message: 'Collection size exceeded.' },
  })
  expect(put(world, 'e', 1, {}, { ItemSize: KB }).status).toBe('OK')
  expect(put(world, 'f', undefined).status).toBe('ItemCollectionSizeLimitExceededException')
  expect(put(world, 'a', 1, {}, { ItemSize: KB - 1 }).status).toBe('OK')
  expect(ask(world, 'PutItem', { Item: { pk: 'other', sk: 'a' } }).status).toBe('OK')
  expect(ask(world, 'DeleteItem', { Key: { pk: 'u', sk: 'b' } }).status).toBe('OK')
  expect(put(world, 'f', undefined).status).toBe('OK')
  const batch = { RequestItems: [{ PutRequest: { Item: { pk: 'u', sk: 'g' }, ItemSize: 4 * KB } }] }
  expect(ask(world, 'BatchWriteItem', batch).status).toBe('ItemCollectionSizeLimitExceededException')
})

test('an item and its local entries have at most 400 KB together [DDB-R81]', () => {
  const world = local()
  expect(put(world, 'a', 1, {}, { ItemSize: 200 * KB }).status).toBe('OK')
  expect(put(world, 'a', 1, {}, { ItemSize: 200 * KB + 1 }).status).toBe('ValidationException')
  expect(put(world, 'a', undefined, {}, { ItemSize: 400 * KB }).status).toBe('OK')
})

test('the size of an item collection is told when it is asked for [DDB-R83]', () => {
  const answer = put(local(), 'a', 1, {}, { ReturnItemCollectionMetrics: 'SIZE' }).answer
  expect(answer).toEqual({ ItemCollectionMetrics: { ItemCollectionKey: { pk: 'u' }, SizeEstimateRangeGB: [0, 1] } })
  expect(ask(tableLab(), 'PutItem', { Item: { pk: 'u' }, ReturnItemCollectionMetrics: 'SIZE' }).answer).toEqual({})
})

/** What indexes hold and cost, worked out anew from all items after each write. */
class Model {
  readonly items = new Map<string, any>()
  readonly units = { ByDate: 0, ByTown: 0 }

  entry(name: 'ByDate' | 'ByTown', item: any): any {
    if (item === undefined) return undefined
    const { pk, sk, date, town, n } = item
    if (name === 'ByDate') return date === undefined ? undefined : item
    if (town === undefined || n === undefined) return undefined
    return { pk, sk, town, n, ...(date === undefined ? {} : { date }) }
  }

  key(name: 'ByDate' | 'ByTown', entry: any): string {
    return JSON.stringify(name === 'ByDate' ? [entry.pk, entry.date] : [entry.town, entry.n])
  }

  write(key: string, after: any): void {
    const before = this.items.get(key)
    for (const name of ['ByDate', 'ByTown'] as const) {
      const [old, now] = [this.entry(name, before), this.entry(name, after)]
      const cost = (entry: any): number => Math.max(1, Math.ceil(itemSize(entry) / KB))
      if (old !== undefined && now !== undefined && this.key(name, old) === this.key(name, now)) {
        if (JSON.stringify(Object.entries(old).sort()) !== JSON.stringify(Object.entries(now).sort()))
          this.units[name] += Math.max(cost(old), cost(now))
      } else this.units[name] += (old === undefined ? 0 : cost(old)) + (now === undefined ? 0 : cost(now))
    }
    if (after === undefined) this.items.delete(key)
    else this.items.set(key, after)
  }
}

test('whatever is written, indexes hold the projections of all items that have their keys, in order, and have cost what changed [DDB-R72, DDB-R73, DDB-R81]', () => {
  const maybe = (arbitrary: fc.Arbitrary<unknown>) => fc.option(arbitrary, { nil: undefined })
  const attributes = fc.record({
    date: maybe(fc.integer({ min: 0, max: 3 })),
    town: maybe(fc.constantFrom('A', 'B')),
    n: maybe(fc.integer({ min: 0, max: 2 })),
    text: maybe(fc.constantFrom('', 'x'.repeat(900), 'x'.repeat(2500))),
  })
  const step = fc.tuple(fc.constantFrom('u', 'v'), fc.integer({ min: 0, max: 4 }), fc.option(attributes))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = local({ global: [{ name: 'ByTown', keys: ['town', 'n:N'], projection: ['date'] }] })
      const model = new Model()
      for (const [pk, number, given] of steps) {
        const sk = `k${number}`
        if (given === null) ask(world, 'DeleteItem', { Key: { pk, sk } })
        else ask(world, 'PutItem', { Item: withoutUndefined({ pk, sk, ...given }) })
        model.write(pk + sk, given === null ? undefined : withoutUndefined({ pk, sk, ...given }))
      }
      world.run(world.now + MINUTE)
      for (const name of ['ByDate', 'ByTown'] as const) {
        const expected = [...model.items.values()]
          .map((item) => model.entry(name, item))
          .filter((item) => item !== undefined)
        const found: any[] = ask(world, 'Scan', { IndexName: name }).answer.Items
        const sorted = (list: any[]): any[] => list.toSorted((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1))
        expect(sorted(found)).toEqual(sorted(expected))
        const order = (item: any): number => (name === 'ByDate' ? item.date : item.n)
        const hash = (item: any): string => (name === 'ByDate' ? item.pk : item.town)
        for (let i = 1; i < found.length; i++)
          if (hash(found[i]) === hash(found[i - 1])) expect(order(found[i])).toBeGreaterThanOrEqual(order(found[i - 1]))
      }
      world.finish()
      expect(world.sum('T', 'ConsumedWriteCapacityUnits', { GlobalSecondaryIndexName: 'ByTown' })).toBe(
        model.units.ByTown,
      )
    }),
    { numRuns: 60 },
  )
})

function withoutUndefined(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined))
}
