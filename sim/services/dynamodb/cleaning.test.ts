// What it costs to go through a whole table: cleaning it and copying it by scan, in units and in time.
import { expect, test } from 'vitest'
import { slugsOf } from '../../../test/lints.ts'
import { ask, tableLab } from '../../../test/tables.ts'
import { MINUTE, SECOND, type Lab } from '../../../test/kit.ts'

const KB = 1024
const ITEMS = 100_000
const BATCH = 25
/** Partitions as fast as the table, so that its own capacity is the only limit. */
const WIDE = { quotas: { 'dynamodb.PartitionWriteUnits': 1e6, 'dynamodb.PartitionReadUnits': 1e6 } }
const IMMEDIATE = { ReplicaLag: '0ms' }

const put = (i: number) => ({ PutRequest: { Item: { pk: `k${i}` }, ItemSize: KB } })

/** A provisioned table with 100,000 items of 1 KB, its writes then cut to `write` units. */
function full(write: number): Lab {
  const world = tableLab({ read: 40_000, write: 40_000, assumptions: IMMEDIATE }, WIDE)
  for (let i = 0; i < ITEMS; i += BATCH) {
    const requests = Array.from({ length: BATCH }, (_, j) => put(i + j))
    expect(ask(world, 'BatchWriteItem', { RequestItems: requests }).answer.UnprocessedItems).toEqual({})
  }
  if (write < 40_000) {
    const throughput = { ReadCapacityUnits: 40_000, WriteCapacityUnits: write }
    expect(ask(world, 'UpdateTable', { ProvisionedThroughput: throughput }).status).toBe('OK')
  }
  // Five minutes fill the bucket of unused capacity.
  world.run(world.now + 10 * MINUTE)
  return world
}

/** Scans the whole table: read units, and the keys found. */
function scan(world: Lab): { units: number; keys: string[] } {
  let units = 0
  const keys: string[] = []
  let start: unknown
  do {
    const page = ask(world, 'Scan', {
      ReturnConsumedCapacity: 'TOTAL',
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    })
    expect(page.status).toBe('OK')
    units += page.answer.ConsumedCapacity.CapacityUnits
    for (const item of page.answer.Items) keys.push(item.pk)
    start = page.answer.LastEvaluatedKey
  } while (start !== undefined)
  return { units, keys }
}

const written = (world: Lab): number => world.sum('T', 'ConsumedWriteCapacityUnits')

test('cleaning 100,000 items of 1 KB by scan and delete reads 12,500 units and writes 100,000, which take 700 s and more at 100 a second; the lint says so [N.DYNAMODB-20]', () => {
  const world = full(100)
  const { units, keys } = scan(world)
  expect(units).toBeGreaterThanOrEqual(12_500)
  expect(units).toBeLessThan(12_600)
  expect(keys.length).toBe(ITEMS)
  const before = written(world)
  const began = world.now
  for (let next = 0; next < ITEMS;) {
    const one = ask(world, 'DeleteItem', { Key: { pk: keys[next] } })
    if (one.status === 'OK') next++
    else world.run(world.now + SECOND)
  }
  const took = (world.now - began) / SECOND
  expect(took).toBeGreaterThanOrEqual(695)
  expect(took).toBeLessThanOrEqual(1_000)
  world.run(world.now + MINUTE)
  expect(written(world) - before).toBe(ITEMS)
  expect(told('dynamodb:DeleteItem: { TableName: !Ref A, Key: { pk: $.pk } }')).toEqual(['dynamodb/cleaning-by-scan'])
})

test('copying them by scan and put reads 12,500 units of the source and writes 100,000 of the target; the lint says so [N.DYNAMODB-24]', () => {
  const source = full(40_000)
  const { units, keys } = scan(source)
  expect([Math.floor(units / 100), keys.length]).toEqual([125, ITEMS])
  const target = tableLab({ write: 40_000, assumptions: IMMEDIATE }, WIDE)
  for (let i = 0; i < ITEMS; i += BATCH)
    ask(target, 'BatchWriteItem', {
      RequestItems: keys.slice(i, i + BATCH).map((pk) => ({ PutRequest: { Item: { pk }, ItemSize: KB } })),
    })
  target.run(target.now + MINUTE)
  expect(written(target)).toBe(ITEMS)
  expect(told('dynamodb:PutItem: { TableName: !Ref B, Item: $ }')).toEqual(['dynamodb/copy-by-scan'])
})

/** What is said of a function that scans `A` and does this with every item. */
function told(step: string): string[] {
  const table =
    '{ Type: AWS::DynamoDB::Table, Properties: { BillingMode: PAY_PER_REQUEST, KeySchema: [{ AttributeName: pk, KeyType: HASH }], AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }] } }'
  return slugsOf(`Resources:
  A: ${table}
  B: ${table}
  Work: { Type: AWS::Lambda::Function, Properties: { Runtime: nodejs22.x, Handler: a.b, Role: r, Code: { ZipFile: x }, Timeout: 900 } }
Simulation:
  Handlers:
    Work:
      - { dynamodb:Scan: { TableName: !Ref A }, ResultPath: $.found }
      - ForEach: { In: $.found.Items, Do: [${step}] }`)
}
