// Transactions: all or nothing on items of several tables, at twice the units; who meets one under way is turned away.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lab, MINUTE, MS, SECOND, type Answer, type Lab } from '../../../test/kit.ts'
import { load, succeeded, tableLab, tablePart, type TableOptions } from '../../../test/tables.ts'
import type { Table } from './state.ts'

const KB = 1024
const OPERATIONS = [
  'TransactWriteItems',
  'TransactGetItems',
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchWriteItem',
  'BatchGetItem',
  'DeleteTable',
  'RestoreTableFromBackup',
  'CreateBackup',
]

/** Two tables, `A` and `B`; a transaction takes 10 ms. */
function bank(options: TableOptions = {}, profile: 'current' | 'notes-2020' = 'current'): Lab {
  const assumptions = { TransactionLatency: '10ms', RejectionLatency: '1ms', ReplicaLag: '0ms', ...options.assumptions }
  const part = tablePart({ ...options, assumptions })
  return lab(
    { A: part, B: part },
    { profile, probe: ['A', 'B'].flatMap((to) => OPERATIONS.map((name) => [to, `dynamodb:${name}`] as const)) },
  )
}

const on = (world: Lab, operation: string, body: object, to = 'A'): Answer =>
  world.ask(to, `dynamodb:${operation}`, body)
const write = (world: Lab, actions: object[], more: object = {}): Answer =>
  on(world, 'TransactWriteItems', { TransactItems: actions, ...more })
const put = (TableName: string, pk: string, more: object = {}, parameters: object = {}) => ({
  Put: { TableName, Item: { pk, ...more }, ...parameters },
})
const move = (TableName: string, pk: string, by: number) => ({
  Update: {
    TableName,
    Key: { pk },
    UpdateExpression: 'SET n = n + :by',
    ConditionExpression: 'n >= :least',
    ExpressionAttributeValues: { ':by': by, ':least': Math.max(0, -by) },
  },
})
const value = (world: Lab, to: string, pk: string): any =>
  on(world, 'GetItem', { Key: { pk }, ConsistentRead: true }, to).answer.Item
const codes = ({ answer }: Answer): string[] => answer.CancellationReasons.map(({ Code }: any) => Code)
const written = (world: Lab, to = 'A'): number => world.state<Table>(to).capacity.consumedWrite
const read = (world: Lab, to = 'A'): number => world.state<Table>(to).capacity.consumedRead

test('money moves between two tables, or it does not: never half of it [N.DYNAMODB-TX-01, DDB-R93, DDB-R94]', () => {
  const world = bank()
  write(world, [put('A', 'anna', { n: 15 }), put('B', 'ben', { n: 0 })])
  const transfer = () => write(world, [move('A', 'anna', -10), move('B', 'ben', 10)])
  expect(transfer().status).toBe('OK')
  expect([value(world, 'A', 'anna').n, value(world, 'B', 'ben').n]).toEqual([5, 10])
  const failed = transfer()
  expect(failed).toMatchObject({ status: 'TransactionCanceledException', http: 400 })
  expect(codes(failed)).toEqual(['ConditionalCheckFailed', 'None'])
  expect([value(world, 'A', 'anna').n, value(world, 'B', 'ben').n]).toEqual([5, 10])
  world.finish()
  expect(world.sum('A', 'ConditionalCheckFailedRequests')).toBe(1)
})

test('whatever transfers are tried at once, no money is made or lost, and no account is overdrawn [N.DYNAMODB-TX-01]', () => {
  const account = fc.integer({ min: 0, max: 3 })
  const attempt = fc.tuple(account, account, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 15 }))
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 60 }), (attempts) => {
      const world = bank()
      const place = (i: number) => ({ table: i % 2 === 0 ? 'A' : 'B', pk: `k${i}` })
      for (let i = 0; i < 4; i++) on(world, 'PutItem', { Item: { pk: `k${i}`, n: 100 } }, place(i).table)
      let done = 0
      for (const [from, to, amount, pause] of attempts) {
        if (from === to) continue
        world.run(world.now + pause * MS)
        const [a, b] = [place(from), place(to)]
        const items = [move(a.table, a.pk, -amount), move(b.table, b.pk, amount)]
        const answered = ({ status }: Answer): void => void (done += status === 'OK' ? 1 : 0)
        world.call(a.table, 'dynamodb:TransactWriteItems', { TransactItems: items }, 0, answered)
      }
      world.run(world.now + SECOND)
      const balances = [0, 1, 2, 3].map((i) => value(world, place(i).table, place(i).pk).n as number)
      expect(balances.reduce((sum, n) => sum + n, 0)).toBe(400)
      expect(Math.min(...balances)).toBeGreaterThanOrEqual(0)
      const { committed } = world.state<Table>('A').transactions
      expect(committed + world.state<Table>('B').transactions.committed).toBe(done)
      expect(world.state<Table>('A').transactions.held.size).toBe(0)
    }),
    { numRuns: 60 },
  )
})

test('two items of 1 KB take 4 write units, one of 4 KB takes 2 read units [N.DYNAMODB-TX-02, DDB-R20]', () => {
  const world = bank()
  const two = [put('A', 'a', {}, { ItemSize: KB }), put('B', 'b', {}, { ItemSize: KB })]
  expect(write(world, two, { ReturnConsumedCapacity: 'TOTAL' }).answer.ConsumedCapacity).toEqual([
    { TableName: 'A', CapacityUnits: 2, WriteCapacityUnits: 2 },
    { TableName: 'B', CapacityUnits: 2, WriteCapacityUnits: 2 },
  ])
  expect([written(world, 'A'), written(world, 'B')]).toEqual([2, 2])
  on(world, 'PutItem', { Item: { pk: 'c' }, ItemSize: 4 * KB })
  const gets = { TransactItems: [{ Get: { TableName: 'A', Key: { pk: 'c' } } }], ReturnConsumedCapacity: 'TOTAL' }
  expect(on(world, 'TransactGetItems', gets).answer).toEqual({
    Responses: [{ Item: { pk: 'c' } }],
    ConsumedCapacity: [{ TableName: 'A', CapacityUnits: 2, ReadCapacityUnits: 2 }],
  })
})

test('8 KB are read for 2 units strongly, 1 eventually, 4 in a transaction; an absent item for 2 [DDB-V1, DDB-R10, DDB-R12]', () => {
  const world = bank()
  on(world, 'PutItem', { Item: { pk: 'a' }, ItemSize: 8 * KB })
  const cost = (operation: string, body: object): number => {
    const before = read(world)
    on(world, operation, body)
    return read(world) - before
  }
  expect(cost('GetItem', { Key: { pk: 'a' }, ConsistentRead: true })).toBe(2)
  expect(cost('GetItem', { Key: { pk: 'a' } })).toBe(1)
  expect(cost('TransactGetItems', { TransactItems: [{ Get: { Key: { pk: 'a' } } }] })).toBe(4)
  expect(cost('TransactGetItems', { TransactItems: [{ Get: { Key: { pk: 'none' } } }] })).toBe(2)
})

test('6 units a second serve 24 KB strongly, 48 KB eventually, 12 KB in transactions; 6 KB of writes, 3 KB in transactions [DDB-V11]', () => {
  const sustained = (operation: any, body: (i: number) => object): number => {
    const world = tableLab({ read: 6, write: 6, assumptions: { InitialItems: '1000', InitialItemSize: '4KB' } })
    const outcome = load(world, 24, 11, operation, body)
    return succeeded(outcome, 1, 11) / 10
  }
  expect(4 * sustained('GetItem', (i) => ({ Key: { pk: `k${i}` }, ConsistentRead: true }))).toBe(24)
  expect(4 * sustained('GetItem', (i) => ({ Key: { pk: `k${i}` } }))).toBe(48)
  expect(4 * sustained('TransactGetItems', (i) => ({ TransactItems: [{ Get: { Key: { pk: `k${i}` } } }] }))).toBe(12)
  expect(sustained('PutItem', (i) => ({ Item: { pk: `p${i}` }, ItemSize: KB }))).toBe(6)
  const one = (i: number) => ({ TransactItems: [{ Put: { Item: { pk: `p${i}` }, ItemSize: KB } }] })
  expect(sustained('TransactWriteItems', one)).toBe(3)
})

test('a transaction a second that writes 3 items of 500 bytes takes 6 write units a second [DDB-V16]', () => {
  const world = bank()
  for (let i = 0; i < 10; i++) {
    write(
      world,
      [0, 1, 2].map((j) => put('A', `k${i}-${j}`, {}, { ItemSize: 500 })),
    )
    world.run((i + 1) * SECOND)
  }
  expect(written(world)).toBe(60)
})

test('nothing is seen of a transaction until it ends, then all of it; the stream has its records then, not grouped [DDB-R96, DDS-R9]', () => {
  const world = bank({ properties: { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } } })
  on(world, 'PutItem', { Item: { pk: 'a', n: 1 } })
  const { streams } = world.state<Table>('A')
  const actions = [put('A', 'a', { n: 2 }), put('A', 'b', { n: 2 }), put('B', 'c', { n: 2 })]
  const begun = world.now
  world.call('A', 'dynamodb:TransactWriteItems', { TransactItems: actions })
  world.run(begun + 8 * MS)
  expect(value(world, 'A', 'a').n).toBe(1)
  expect(streams.written).toBe(1)
  world.run(begun + 10 * MS)
  expect(on(world, 'Scan', { ConsistentRead: true }).answer.Count).toBe(2)
  expect(streams.written).toBe(3)
  expect([value(world, 'A', 'a').n, value(world, 'B', 'c').n]).toEqual([2, 2])
})

test('who writes an item of a transaction under way is turned away; a plain read finds what was there before [DDB-R95]', () => {
  const world = bank()
  on(world, 'PutItem', { Item: { pk: 'a', n: 1 } })
  const answers: Record<string, Answer> = {}
  const call = (name: string, operation: string, body: object): void =>
    world.call('A', `dynamodb:${operation}`, body, 0, (answer) => (answers[name] = answer))
  const begun = world.now
  call('first', 'TransactWriteItems', { TransactItems: [put('A', 'a', { n: 2 })] })
  world.run(begun + MS)
  const before = written(world)
  const update = { Key: { pk: 'a' }, UpdateExpression: 'SET m = :m', ExpressionAttributeValues: { ':m': 1 } }
  call('put', 'PutItem', { Item: { pk: 'a', n: 3 } })
  call('update', 'UpdateItem', update)
  call('delete', 'DeleteItem', { Key: { pk: 'a' } })
  call('get', 'GetItem', { Key: { pk: 'a' }, ConsistentRead: true })
  call('other', 'PutItem', { Item: { pk: 'b', n: 3 } })
  call('second', 'TransactWriteItems', { TransactItems: [put('A', 'c'), put('A', 'a', { n: 4 })] })
  call('gets', 'TransactGetItems', { TransactItems: [{ Get: { Key: { pk: 'a' } } }, { Get: { Key: { pk: 'b' } } }] })
  const puts = ['a', 'd'].map((pk) => ({ PutRequest: { Item: { pk } } }))
  call('batch', 'BatchWriteItem', { RequestItems: puts })
  world.run(begun + 9 * MS)
  for (const name of ['put', 'update', 'delete']) expect(answers[name]!.status).toBe('TransactionConflictException')
  expect(answers['get']!.answer.Item.n).toBe(1)
  expect(answers['other']!.status).toBe('OK')
  expect(codes(answers['second']!)).toEqual(['None', 'TransactionConflict'])
  expect(codes(answers['gets']!)).toEqual(['TransactionConflict', 'None'])
  expect(answers['batch']!.answer.UnprocessedItems.A).toHaveLength(1)
  // The put of `b` and of `d`: what was turned away has cost nothing.
  expect(written(world) - before).toBe(2)
  world.run(begun + 10 * MS)
  expect(answers['first']!.status).toBe('OK')
  expect(on(world, 'PutItem', { Item: { pk: 'a', n: 5 } }).status).toBe('OK')
  world.finish()
  expect(world.sum('A', 'TransactionConflict')).toBe(6)
})

test('a token makes a transaction happen once: again it only reads, with another request it is refused [DDB-R93, DDB-R20, DDB-R95]', () => {
  const world = bank()
  on(world, 'PutItem', { Item: { pk: 'a', n: 0 } })
  const token = { ClientRequestToken: 'once', ReturnConsumedCapacity: 'TOTAL' }
  const body = { TransactItems: [move('A', 'a', 1)], ...token }
  let early: Answer | undefined
  world.call('A', 'dynamodb:TransactWriteItems', body)
  world.run(world.now + MS)
  world.call('A', 'dynamodb:TransactWriteItems', body, 0, (answer) => (early = answer))
  world.run(world.now + 20 * MS)
  expect(early!.status).toBe('TransactionInProgressException')
  const before = written(world)
  expect(on(world, 'TransactWriteItems', body).answer.ConsumedCapacity).toEqual([
    { TableName: 'A', CapacityUnits: 2, ReadCapacityUnits: 2 },
  ])
  expect(written(world)).toBe(before)
  expect(value(world, 'A', 'a').n).toBe(1)
  expect(write(world, [move('A', 'a', 2)], token).status).toBe('IdempotentParameterMismatchException')
  expect(on(world, 'TransactWriteItems', { ...body }, 'B').answer.ConsumedCapacity).toHaveLength(1)
})

test('a token is known for 10 minutes after its transaction, not 1 µs longer; one that was cancelled may come again [DDB-R93]', () => {
  for (const [early, n] of [
    [1, 1],
    [0, 2],
  ] as const) {
    const world = bank()
    on(world, 'PutItem', { Item: { pk: 'a', n: 0 } })
    const body = { TransactItems: [move('A', 'a', 1)], ClientRequestToken: 'once' }
    on(world, 'TransactWriteItems', body)
    world.run(world.now + 10 * MINUTE - early)
    on(world, 'TransactWriteItems', body)
    expect(value(world, 'A', 'a').n).toBe(n)
  }
  const world = bank()
  const body = { TransactItems: [move('A', 'a', 1)], ClientRequestToken: 'once' }
  expect(on(world, 'TransactWriteItems', body).status).toBe('TransactionCanceledException')
  on(world, 'PutItem', { Item: { pk: 'a', n: 0 } })
  expect(on(world, 'TransactWriteItems', body).status).toBe('OK')
})

test('100 actions are possible, 101 are not, 25 under notes-2020; one action an item, 4 MB in all, tables that are there [DDB-R93]', () => {
  const many = (n: number): object[] => Array.from({ length: n }, (_, i) => put('A', `k${i}`))
  expect(write(bank(), many(100)).status).toBe('OK')
  expect(write(bank(), many(101)).status).toBe('ValidationException')
  expect(write(bank({}, 'notes-2020'), many(26)).status).toBe('ValidationException')
  expect(write(bank(), [put('A', 'a'), { Delete: { TableName: 'A', Key: { pk: 'a' } } }]).answer.message).toBe(
    'Transaction request cannot include multiple operations on one item',
  )
  expect(write(bank(), [put('A', 'a'), put('B', 'a')]).status).toBe('OK')
  const large = (n: number, more: number): object[] =>
    Array.from({ length: n }, (_, i) => put('A', `k${i}`, {}, { ItemSize: 400 * KB - (i === 0 ? more : 0) }))
  // 4 MB are ten items of 400 KB and 96 KB.
  const rest = (bytes: number) => [...large(10, 0), put('A', 'rest', {}, { ItemSize: bytes })]
  expect(write(bank(), rest(96 * KB)).status).toBe('OK')
  expect(write(bank(), rest(96 * KB + 1)).status).toBe('ValidationException')
  expect(write(bank(), [put('Nobody', 'a')]).status).toBe('ResourceNotFoundException')
  for (const wrong of [[], [{ Get: { Key: { pk: 'a' } } }], [{ ConditionCheck: { Key: { pk: 'a' } } }], ['x']])
    expect(write(bank(), wrong as object[]).status).toBe('ValidationException')
})

test('each action says why it did not go through, in the order of the request [DDB-R94]', () => {
  const world = bank({ read: 1, write: 5, local: [], global: [] })
  on(world, 'PutItem', { Item: { pk: 'a', text: 'x' } })
  const wrong = {
    Update: {
      Key: { pk: 'a' },
      UpdateExpression: 'SET text = text + :n',
      ExpressionAttributeValues: { ':n': 1 },
    },
  }
  const check = {
    ConditionCheck: {
      Key: { pk: 'b' },
      ConditionExpression: 'attribute_exists(pk)',
    },
  }
  const old = {
    Delete: {
      Key: { pk: 'c' },
      ConditionExpression: 'attribute_exists(pk)',
    },
  }
  world.run(SECOND)
  expect(codes(write(world, [put('A', 'new'), wrong, check]))).toEqual([
    'None',
    'ValidationError',
    'ConditionalCheckFailed',
  ])
  const kept = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ConditionExpression: 'attribute_not_exists(pk)' }
  expect(write(world, [{ Put: { Item: { pk: 'a' }, ...kept } }]).answer.CancellationReasons[0].Item).toEqual({
    pk: 'a',
    text: 'x',
  })
  for (let i = 0; i < 9; i++) write(world, [put('A', `k${i}`, {}, { ItemSize: 3 * KB })])
  expect(codes(write(world, [old]))).toEqual(['ProvisionedThroughputExceeded'])
})

test('a transaction cancelled by a condition pays its preparation, one that was turned away nothing [DDB-R13, DDB-R94]', () => {
  const world = bank()
  on(world, 'PutItem', { Item: { pk: 'a', n: 0 } })
  const before = written(world)
  write(world, [move('A', 'a', -1), put('A', 'b', {}, { ItemSize: 3 * KB })])
  expect(written(world) - before).toBe(4)
})

test('indexes follow a transaction; an index without capacity cancels it, a full item collection too [DDB-R94, DDB-R74]', () => {
  const one = (Item: object) => ({ TransactItems: [{ Put: { Item } }] })
  const indexed = tableLab({ read: 9, write: 100, global: [{ name: 'I', keys: ['email'], read: 9, write: 1 }] })
  const say = (body: object) => indexed.ask('T', 'dynamodb:TransactWriteItems', body)
  expect(say(one({ pk: 'a', email: 'e' })).status).toBe('OK')
  const found = indexed.ask('T', 'dynamodb:Scan', { IndexName: 'I' }).answer
  expect(found.Items).toEqual([{ pk: 'a', email: 'e' }])
  // The second takes what has come back since: a debt that the third meets.
  expect(say(one({ pk: 'b', email: 'e' })).status).toBe('OK')
  expect(codes(say(one({ pk: 'c', email: 'e' })))).toEqual(['ProvisionedThroughputExceeded'])
  const local = { range: 'S', local: [{ name: 'L', keys: ['d'] }] } as const
  const small = tableLab(local, { quotas: { 'dynamodb.ItemCollectionSize': 10 } })
  expect(codes(small.ask('T', 'dynamodb:TransactWriteItems', one({ pk: 'a', sk: 'b', text: 'x'.repeat(20) })))).toEqual(
    ['ItemCollectionSizeLimitExceeded'],
  )
})

test('a table with an item in a transaction under way is not deleted, and one that is gone is in no transaction [DDB-R93]', () => {
  const world = bank()
  write(world, [put('A', 'a'), put('B', 'b')])
  world.call('A', 'dynamodb:TransactWriteItems', { TransactItems: [put('A', 'a', { n: 1 }), put('B', 'b', { n: 1 })] })
  world.run(world.now + 5 * MS)
  expect(['A', 'B'].map((to) => on(world, 'DeleteTable', {}, to).status)).toEqual([
    'ResourceInUseException',
    'ResourceInUseException',
  ])
  world.run(world.now + SECOND)
  expect(value(world, 'B', 'b')).toEqual({ pk: 'b', n: 1 })
  expect(on(world, 'DeleteTable', {}, 'B').status).toBe('OK')
  expect(write(world, [put('A', 'a', { n: 2 }), put('B', 'b')]).status).toBe('ResourceNotFoundException')
  const get = { TransactItems: [{ Get: { TableName: 'B', Key: { pk: 'b' } } }] }
  expect(on(world, 'TransactGetItems', get).status).toBe('ResourceNotFoundException')
  expect([value(world, 'A', 'a').n, world.state<Table>('B').items.live]).toEqual([1, 0])
})

test('a table into which a transaction writes is not made anew out of a backup meanwhile', () => {
  const world = bank()
  on(world, 'PutItem', { Item: { pk: 'x' } })
  const { BackupArn } = on(world, 'CreateBackup', {}).answer.BackupDetails
  world.run(MINUTE)
  world.call('A', 'dynamodb:TransactWriteItems', { TransactItems: [put('B', 'b')] })
  world.run(world.now + 5 * MS)
  expect(on(world, 'RestoreTableFromBackup', { BackupArn }, 'B').status).toBe('ResourceInUseException')
})

test('the items of a transaction, and of those under way, count together in an item collection [DDB-R83]', () => {
  const options: TableOptions = { range: 'S', local: [{ name: 'ByDate', keys: ['date'] }] }
  const part = tablePart({ ...options, assumptions: { TransactionLatency: '10ms', RejectionLatency: '1ms' } })
  const world = lab(
    { A: part },
    {
      quotas: { 'dynamodb.ItemCollectionSize': 10 * KB },
      probe: OPERATIONS.map((name) => ['A', `dynamodb:${name}`] as const),
    },
  )
  const one = (sk: string, kilobytes: number) => ({ Put: { Item: { pk: 'u', sk }, ItemSize: kilobytes * KB } })
  const both = write(world, [one('a', 6), one('b', 5)])
  expect(codes(both)).toEqual(['None', 'ItemCollectionSizeLimitExceeded'])
  // What was kept for a transaction that did not come about is free again.
  world.call('A', 'dynamodb:TransactWriteItems', { TransactItems: [one('a', 6), one('b', 3)] })
  world.run(world.now + MS)
  expect(codes(write(world, [one('c', 2)]))).toEqual(['ItemCollectionSizeLimitExceeded'])
  expect(on(world, 'PutItem', { Item: { pk: 'u', sk: 'c' }, ItemSize: 2 * KB }).status).toBe(
    'ItemCollectionSizeLimitExceededException',
  )
  expect(write(world, [one('c', 1)]).status).toBe('OK')
  expect(write(world, [one('d', 1)]).status).toBe('TransactionCanceledException')
  expect(world.state<Table>('A').indexes!.sizeOf('u')).toBe(10 * KB)
})
