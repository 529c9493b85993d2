// A table against dynalite, an emulator that others wrote and whose tests its author ran against DynamoDB: the same random
// items are written, read and deleted in both, and both must charge the same capacity units.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainItem } from './conformance/table-requests.ts'
import { Emulator } from './emulator.ts'
import { MINUTE } from './kit.ts'
import { ask, tableLab, type Operation } from './tables.ts'

type Body = Record<string, any>

const emulator = new Emulator(
  'dynalite',
  { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 },
  'DynamoDB_20120810',
  '1.0',
)
let made = 0

/** A table of the emulator, once it is there. */
async function emulated(): Promise<string> {
  const TableName = `table${++made}`
  await emulator.ask('CreateTable', {
    TableName,
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  await emulator.until('DescribeTable', { TableName }, ({ Table: table }) => table?.TableStatus === 'ACTIVE')
  return TableName
}

/** Texts of all lengths, in letters of one byte: the emulator counts UTF-16 units where AWS counts the bytes of UTF-8. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc.integer({ min: 1, max: 12_000 }).map((times) => 'x'.repeat(times)),
)
const number = fc.oneof(
  fc.integer(),
  fc.integer({ min: -1_000, max: 1_000 }).map((each) => each / 100),
  fc.constantFrom(0, 1e20, -1e-20, 100, 1_000_000),
)
const scalar = fc.oneof(
  text.map((S) => ({ S })),
  number.map((each) => ({ N: String(each) })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 }).map((SS) => ({ SS })),
)
/** Names of attributes; a map of one that is called as a type would be read as a value of it. */
const name = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
  .filter((each) => !/^[BN]S?$|^SS$/.test(each))
const value = fc.letrec<{ value: Body }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }).map((L) => ({ L })),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }).map((M) => ({ M })),
  ),
})).value
const item = fc.dictionary(name, value, { maxKeys: 6 })

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('PutItem' as const), key: fc.nat(3), item }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('GetItem' as const), key: fc.nat(3), strong: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('DeleteItem' as const), key: fc.nat(3) }) },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

function requestOf(each: Command): Body {
  const key = { pk: { S: `key-${each.key}` } }
  if (each.do === 'PutItem') return { Item: { ...each.item, ...key } }
  return { Key: key, ...('strong' in each ? { ConsistentRead: each.strong } : {}) }
}

const plainRequest = (body: Body): Body =>
  Object.fromEntries(
    Object.entries(body).map(([name, each]) => [name, name === 'Item' || name === 'Key' ? plainItem(each) : each]),
  )

describe('a table and dynalite', () => {
  it('charge the same units for random items [DDB-R3]', async () => {
    let most = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const TableName = await emulated()
        const mine = tableLab()
        for (const each of commands) {
          const body = requestOf(each)
          // So that an eventual read sees the last write.
          mine.run(mine.now + MINUTE)
          const { status, answer } = ask(mine, each.do as Operation, {
            ...plainRequest(body),
            ReturnConsumedCapacity: 'TOTAL',
          })
          const theirs = await emulator.ask(each.do, { TableName, ...body, ReturnConsumedCapacity: 'TOTAL' })
          expect([body, status, theirs.status]).toEqual([body, 'OK', 'OK'])
          const units = theirs.body.ConsumedCapacity.CapacityUnits as number
          expect([body, answer.ConsumedCapacity.CapacityUnits]).toEqual([body, units])
          most = Math.max(most, units)
        }
      }),
      { numRuns: 60 },
    )
    // Small items alone would agree whatever their size was taken for.
    expect(most).toBeGreaterThan(10)
  }, 60_000)
})
