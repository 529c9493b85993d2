// Query, Scan and batches: order, pages, what they cost, and what comes back unprocessed.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE, type Lab } from '../../../test/kit.ts'
import { ask, tableLab, unitsOf, type Operation } from '../../../test/tables.ts'
import { compareTexts } from './values.ts'

const KB = 1024
const FAST = { assumptions: { ReplicaLag: '0ms' } }

/** A table with `count` items of `bytes` under `u1`, sort keys 0, 1, …, and one item of another key. */
function collection(count: number, bytes: number): Lab {
  const world = tableLab(
    { range: 'N', ...FAST },
    { quotas: { 'dynamodb.PartitionWriteUnits': 1e6, 'dynamodb.OnDemandWriteUnits': 4e6 } },
  )
  for (let i = 0; i < count; i++) ask(world, 'PutItem', { Item: { pk: 'u1', sk: i, n: i }, ItemSize: bytes })
  ask(world, 'PutItem', { Item: { pk: 'u2', sk: 5 }, ItemSize: bytes })
  world.run(world.now + MINUTE)
  return world
}

const byKey = { KeyConditionExpression: 'pk = :k', ExpressionAttributeValues: { ':k': 'u1' } }

/** Reads all pages; the answers. */
function pages(world: Lab, operation: Operation, body: Record<string, unknown>): any[] {
  const found: any[] = []
  let start: unknown = undefined
  do {
    const { status, answer } = ask(world, operation, start === undefined ? body : { ...body, ExclusiveStartKey: start })
    expect(status).toBe('OK')
    found.push(answer)
    start = answer.LastEvaluatedKey
  } while (start !== undefined)
  return found
}

test('a query returns the items of a key in the order of the sort key, or in the reverse [N.DYNAMODB-28]', () => {
  const world = collection(30, 100)
  const keys = (body: object) => ask(world, 'Query', { ...byKey, ...body }).answer.Items.map((item: any) => item.sk)
  const all = [...Array(30).keys()]
  expect(keys({})).toEqual(all)
  expect(keys({ ScanIndexForward: false })).toEqual(all.reverse())
})

test('ranges of the sort key, and a filter that costs all the same [N.DYNAMODB-56, DDB-R15]', () => {
  const world = collection(100, KB)
  const body = {
    KeyConditionExpression: 'pk = :k AND sk BETWEEN :a AND :b',
    ExpressionAttributeValues: { ':k': 'u1', ':a': 10, ':b': 19 },
  }
  const found = ask(world, 'Query', body).answer
  expect(found.Items.map((item: any) => item.sk)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  expect(unitsOf(world, 'Query', body)).toBe(1.5)
  const filtered = { ...body, FilterExpression: 'n IN (:a, :b)' }
  expect(ask(world, 'Query', filtered).answer).toMatchObject({ Count: 2, ScannedCount: 10 })
  expect(unitsOf(world, 'Query', filtered)).toBe(1.5)
  for (const [op, values] of [
    ['sk = :a', [10]],
    ['sk < :a', [...Array(10).keys()]],
    ['sk <= :a', [...Array(11).keys()]],
    ['sk > :b', Array.from({ length: 80 }, (_, i) => i + 20)],
    ['sk >= :b', Array.from({ length: 81 }, (_, i) => i + 19)],
  ] as const) {
    const one = { ':k': 'u1', ...(op.includes(':a') ? { ':a': 10 } : { ':b': 19 }) }
    for (const forward of [true, false]) {
      const got = ask(world, 'Query', {
        KeyConditionExpression: `pk = :k AND ${op}`,
        ExpressionAttributeValues: one,
        ScanIndexForward: forward,
      }).answer.Items.map((item: any) => item.sk)
      expect(forward ? got : got.reverse()).toEqual(values)
    }
  }
})

test('the filter of a query may not name a key, that of a scan may [N.DYNAMODB-56]', () => {
  const world = collection(3, 100)
  const { status, answer } = ask(world, 'Query', { ...byKey, FilterExpression: 'attribute_exists(sk)' })
  expect([status, answer.message]).toEqual([
    'ValidationException',
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
  ])
  expect(ask(world, 'Scan', { FilterExpression: 'attribute_exists(sk)' }).answer.Count).toBe(4)
})

test('10 items of 40.8 KB together cost 11 units, eventually consistent 5.5 [DDB-V5, DDB-R15]', () => {
  const world = collection(10, 4.08 * KB)
  expect(unitsOf(world, 'Query', { ...byKey, ConsistentRead: true })).toBe(11)
  expect(unitsOf(world, 'Query', byKey)).toBe(5.5)
})

test('80 KB cost 10 units, eventually consistent [DDB-V8]', () => {
  expect(unitsOf(collection(20, 4 * KB), 'Query', byKey)).toBe(10)
})

test('a page has at most 1 MB: 300 items of 10 KB come in 3 pages, with Limit 50 in 6 and an empty one [N.DYNAMODB-57, DDB-R17]', () => {
  const world = collection(300, 10 * KB)
  const all = pages(world, 'Query', byKey)
  expect(all.map((page) => page.Count)).toEqual([102, 102, 96])
  expect(pages(world, 'Query', { ...byKey, Limit: 50 }).map((page) => page.Count)).toEqual([50, 50, 50, 50, 50, 50, 0])
  expect(
    pages(world, 'Query', { ...byKey, Limit: 50, ScanIndexForward: false }).flatMap((page) =>
      page.Items.map((item: any) => item.sk),
    ),
  ).toEqual([...Array(300).keys()].reverse())
})

test('a page of 1 MB costs 128 units eventually consistent, an empty one the least [DDB-V20, DDB-R16, DDB-R18]', () => {
  const world = collection(1100, KB)
  expect(unitsOf(world, 'Scan', {})).toBe(128)
  expect(unitsOf(world, 'Scan', { ConsistentRead: true })).toBe(256)
  const empty = { KeyConditionExpression: 'pk = :k', ExpressionAttributeValues: { ':k': 'nobody' } }
  expect(unitsOf(world, 'Query', empty)).toBe(0.5)
  expect(unitsOf(world, 'Query', { ...empty, ConsistentRead: true })).toBe(1)
})

test('a page whose items are all filtered away is empty and yet not the last [DDB-R17]', () => {
  const world = collection(300, 10 * KB)
  const page = ask(world, 'Query', {
    ...byKey,
    FilterExpression: 'n > :max',
    ExpressionAttributeValues: { ':k': 'u1', ':max': 250 },
  }).answer
  expect(page).toMatchObject({ Count: 0, ScannedCount: 102, LastEvaluatedKey: { pk: 'u1', sk: 101 } })
})

test('scans in segments find every item once, whatever the page size [DDB-R98, DDB-R16]', () => {
  const world = tableLab({ range: 'N', ...FAST })
  for (let i = 0; i < 200; i++) ask(world, 'PutItem', { Item: { pk: `k${i % 40}`, sk: i } })
  const seen = (body: object) =>
    pages(world, 'Scan', { ...body })
      .flatMap((page) => page.Items.map((item: any) => item.sk))
      .sort((a: number, b: number) => a - b)
  const all = [...Array(200).keys()]
  expect(seen({})).toEqual(all)
  expect(seen({ Limit: 7 })).toEqual(all)
  const parts = [0, 1, 2].flatMap((segment) => seen({ Segment: segment, TotalSegments: 3, Limit: 11 }))
  expect(parts.sort((a, b) => a - b)).toEqual(all)
})

test('queries see what a sorted list of the writes would show, also while items come and go', () => {
  const step = fc.tuple(
    fc.boolean(),
    fc.constantFrom('p', 'q'),
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '€'), minLength: 1, maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = tableLab({ range: 'S', ...FAST })
      const model = new Set<string>()
      for (const [put, pk, sk] of steps) {
        if (put) ask(world, 'PutItem', { Item: { pk, sk } })
        else ask(world, 'DeleteItem', { Key: { pk, sk } })
        if (put) model.add(`${pk}${sk}`)
        else model.delete(`${pk}${sk}`)
        const found = ask(world, 'Query', {
          KeyConditionExpression: 'pk = :k and begins_with(sk, :s)',
          ExpressionAttributeValues: { ':k': pk, ':s': sk.slice(0, 1) },
        })
        const expected = [...model]
          .filter((key) => key.startsWith(pk + sk.slice(0, 1)))
          .map((key) => key.slice(1))
          .sort(compareTexts)
        expect(found.answer.Items.map((item: any) => item.sk)).toEqual(expected)
      }
    }),
    { numRuns: 30 },
  )
})

test.each([
  ['sk = :v', 'missed key schema element'],
  ['pk > :v', 'not supported'],
  ['pk = :v OR sk = :v', 'missed key schema element'],
  ['pk = :v AND other = :v', 'missed key schema element'],
  ['pk = :v AND sk <> :v', 'Invalid operator'],
])('the key condition `%s` is refused', (text, message) => {
  const world = tableLab({ range: 'S' })
  const { status, answer } = ask(world, 'Query', {
    KeyConditionExpression: text,
    ExpressionAttributeValues: { ':v': 'x' },
  })
  expect(status).toBe('ValidationException')
  expect(answer.message).toContain(message)
})

test('500 B and 3.5 KB written in a batch cost 5 units [DDB-V9, DDB-R14]', () => {
  const world = tableLab()
  const requests = [
    { PutRequest: { Item: { pk: 'a' }, ItemSize: 500 } },
    { PutRequest: { Item: { pk: 'b' }, ItemSize: 3.5 * KB } },
  ]
  expect(unitsOf(world, 'BatchWriteItem', { RequestItems: { T: requests } })).toBe(5)
})

test('a batch writes up to 25 items; 26, a key twice or an update are refused [N.DYNAMODB-52, DDB-R90]', () => {
  const world = tableLab()
  const puts = (n: number) => Array.from({ length: n }, (_, i) => ({ PutRequest: { Item: { pk: `k${i}` } } }))
  expect(ask(world, 'BatchWriteItem', { RequestItems: puts(25) })).toMatchObject({
    status: 'OK',
    answer: { UnprocessedItems: {} },
  })
  expect(ask(world, 'BatchWriteItem', { RequestItems: puts(26) }).status).toBe('ValidationException')
  expect(ask(world, 'BatchWriteItem', { RequestItems: [...puts(2), ...puts(1)] }).status).toBe('ValidationException')
  expect(ask(world, 'BatchWriteItem', { RequestItems: [{ UpdateRequest: { Key: { pk: 'a' } } }] }).status).toBe(
    'ValidationException',
  )
  const deletes = [{ DeleteRequest: { Key: { pk: 'k0' } } }, { DeleteRequest: { Key: { pk: 'none' } } }]
  expect(unitsOf(world, 'BatchWriteItem', { RequestItems: { T: deletes } })).toBe(2)
  expect(ask(world, 'Scan', { ConsistentRead: true }).answer.Count).toBe(24)
})

test('throttled parts of a batch come back unprocessed; when all are throttled the call fails [N.DYNAMODB-52, DDB-R90]', () => {
  const world = tableLab({ read: 1, write: 1, assumptions: { ReplicaLag: '0ms' } })
  const puts = Array.from({ length: 5 }, (_, i) => ({ PutRequest: { Item: { pk: `k${i}` }, ItemSize: 10 * KB } }))
  const first = ask(world, 'BatchWriteItem', { RequestItems: { T: puts } })
  expect(first).toMatchObject({ status: 'OK', answer: { UnprocessedItems: { T: puts.slice(1) } } })
  expect(ask(world, 'BatchWriteItem', { RequestItems: first.answer.UnprocessedItems }).status).toBe(
    'ProvisionedThroughputExceededException',
  )
  world.run(world.now + 20 * MINUTE)
  const third = ask(world, 'BatchWriteItem', { RequestItems: first.answer.UnprocessedItems })
  expect(third.answer.UnprocessedItems).toEqual({})
  world.finish()
  expect(world.sum('T', 'WriteThrottleEvents')).toBe(8)
  expect(world.sum('T', 'ThrottledRequests', { Operation: 'BatchWriteItem' })).toBe(1)
})

test('a batch reads up to 100 keys and 16 MB [N.DYNAMODB-55, DDB-R90]', () => {
  const world = tableLab(
    { assumptions: { InitialItems: '1000', InitialItemSize: '300KB' } },
    {
      quotas: {
        'dynamodb.PartitionReadUnits': 1e6,
        'dynamodb.OnDemandReadUnits': 4e6,
        'dynamodb.TableReadCapacityUnits': 4e6,
      },
    },
  )
  const keys = Array.from({ length: 101 }, (_, i) => ({ pk: `k${i}` }))
  expect(ask(world, 'BatchGetItem', { RequestItems: { Keys: keys } }).status).toBe('ValidationException')
  const { answer } = ask(world, 'BatchGetItem', { RequestItems: { T: { Keys: keys.slice(1), ConsistentRead: true } } })
  expect(answer.Responses.T).toHaveLength(54)
  expect(answer.UnprocessedKeys.T).toMatchObject({ ConsistentRead: true })
  expect(answer.UnprocessedKeys.T.Keys).toHaveLength(46)
})

test('a scan pays each partition for what was read on it', () => {
  const world = tableLab({ range: 'N', ...FAST })
  for (let i = 0; i < 100; i++) ask(world, 'PutItem', { Item: { pk: `k${i}`, sk: i }, ItemSize: 9 * KB })
  expect(unitsOf(world, 'Scan', { ConsistentRead: true })).toBe(225)
  const { partitions } = (world.state('T') as any).capacity
  expect(partitions.count).toBe(4)
  for (let i = 0; i < 4; i++)
    expect(Math.abs(partitions.readUnits[i] - partitions.bytes[i] / 4096)).toBeLessThanOrEqual(1)
})
