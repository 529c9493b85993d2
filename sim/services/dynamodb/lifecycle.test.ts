// Tables that are deleted, made anew, backed up, restored, exported and copied: how long it takes and what it costs.
import { expect, test } from 'vitest'
import { DAY, HOUR, lab, MINUTE, SECOND, type Answer, type Lab, type LabOptions } from '../../../test/kit.ts'
import { scenarioOf } from '../../../test/scenarios.ts'
import { tablePart, type TableOptions } from '../../../test/tables.ts'
import { runScenario } from '../../run/run.ts'
import type { Table } from './state.ts'

const ACTIONS = [
  ...[
    'GetItem',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'Query',
    'Scan',
    'DescribeTable',
    'UpdateTable',
  ],
  ...[
    'DeleteTable',
    'CreateTable',
    'CreateBackup',
    'DescribeBackup',
    'RestoreTableFromBackup',
    'RestoreTableToPointInTime',
  ],
  'ExportTableToPointInTime',
]
const RECOVERY = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }

/** Tables `T` and `Copy`, of the same make. */
function tablesLab(options: TableOptions = {}, world: LabOptions = {}): Lab {
  const part = tablePart({ ...options, assumptions: { ReplicaLag: '0ms', ...options.assumptions } })
  return lab(
    { T: part, Copy: part },
    {
      probe: ['T', 'Copy'].flatMap((to) => ACTIONS.map((name) => [to, `dynamodb:${name}` as const] as const)),
      ...world,
    },
  )
}

const ask = (world: Lab, to: string, action: string, body: Record<string, unknown> = {}): Answer =>
  world.ask(to, `dynamodb:${action}`, body)
const put = (world: Lab, pk: string, n = 0): Answer => ask(world, 'T', 'PutItem', { Item: { pk, n } })
const state = (world: Lab, name = 'T'): Table => world.state<Table>(name)
const consumed = (world: Lab, name = 'T'): number[] => [
  state(world, name).capacity.consumedRead,
  state(world, name).capacity.consumedWrite,
]
const keys = (world: Lab, name: string): string[] =>
  ask(world, name, 'Scan', { ConsistentRead: true })
    .answer.Items.map(({ pk }: { pk: string }) => pk)
    .sort()

test('deleting a table and making it anew takes seconds and no units, whatever it holds [N.DYNAMODB-21, N.DYNAMODB-50]', () => {
  const world = tablesLab()
  for (let i = 0; i < 400; i++)
    ask(world, 'T', 'BatchWriteItem', {
      RequestItems: Array.from({ length: 25 }, (_, j) => ({
        PutRequest: { Item: { pk: `k${i}.${j}` }, ItemSize: 1_024 },
      })),
    })
  const before = consumed(world)
  const began = world.now
  expect(ask(world, 'T', 'DeleteTable').answer.TableDescription.TableStatus).toBe('DELETING')
  expect(ask(world, 'T', 'PutItem', { Item: { pk: 'a' } }).status).toBe('ResourceNotFoundException')
  expect(ask(world, 'T', 'CreateTable').status).toBe('ResourceInUseException')
  world.run(world.now + 5 * SECOND)
  expect(ask(world, 'T', 'DeleteTable').status).toBe('ResourceNotFoundException')
  expect(ask(world, 'T', 'CreateTable').answer.TableDescription.TableStatus).toBe('CREATING')
  expect(ask(world, 'T', 'GetItem', { Key: { pk: 'a' } }).status).toBe('ResourceNotFoundException')
  world.run(world.now + 10 * SECOND)
  expect((world.now - began) / SECOND).toBeLessThan(20)
  expect([consumed(world), state(world).items.live]).toEqual([before, 0])
  expect([put(world, 'a').status, keys(world, 'T')]).toEqual(['OK', ['a']])
  expect(ask(world, 'T', 'CreateTable').status).toBe('ResourceInUseException')
})

test('a protected table is not deleted; indexes, expiry and streams of a deleted one are empty', () => {
  const guarded = tablesLab({ properties: { DeletionProtectionEnabled: true } })
  expect(ask(guarded, 'T', 'DeleteTable').status).toBe('ValidationException')
  const world = tablesLab({
    range: 'S',
    properties: {
      AttributeDefinitions: ['pk', 'sk', 'x'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        { IndexName: 'X', KeySchema: [{ AttributeName: 'x', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' },
    },
    assumptions: { ExpiryDelay: '1m' },
  })
  const until = world.world.plan.startsAt / SECOND + 30
  ask(world, 'T', 'PutItem', { Item: { pk: 'a', sk: 'b', x: 'y', until } })
  world.run(SECOND)
  ask(world, 'T', 'DeleteTable')
  world.run(20 * SECOND)
  ask(world, 'T', 'CreateTable')
  world.run(40 * SECOND)
  ask(world, 'T', 'PutItem', { Item: { pk: 'c', sk: 'd', x: 'z' } })
  world.run(5 * MINUTE)
  const find = (x: string): number =>
    ask(world, 'T', 'Query', {
      IndexName: 'X',
      KeyConditionExpression: 'x = :x',
      ExpressionAttributeValues: { ':x': x },
    }).answer.Count
  expect([find('y'), find('z'), state(world).items.live]).toEqual([0, 1, 1])
  expect(state(world).streams.all.map(({ isEnabled }) => isEnabled)).toEqual([false, true])
})

test('a backup that is restored into another table costs the source nothing and is there after minutes [N.DYNAMODB-23]', () => {
  const world = tablesLab({ read: 10, write: 10 })
  for (const pk of ['a', 'b']) put(world, pk)
  const before = consumed(world)
  const { BackupDetails } = ask(world, 'T', 'CreateBackup', { BackupName: 'nightly' }).answer
  const BackupArn = BackupDetails.BackupArn as string
  expect(BackupDetails.BackupStatus).toBe('CREATING')
  expect(ask(world, 'Copy', 'RestoreTableFromBackup', { BackupArn }).status).toBe('BackupInUseException')
  put(world, 'later')
  world.run(world.now + 10 * SECOND)
  expect(ask(world, 'T', 'DescribeBackup', { BackupArn }).answer.BackupDescription.BackupDetails.BackupStatus).toBe(
    'AVAILABLE',
  )
  const began = world.now
  expect(ask(world, 'Copy', 'RestoreTableFromBackup', { BackupArn }).answer.TableDescription.TableStatus).toBe(
    'CREATING',
  )
  expect(ask(world, 'Copy', 'GetItem', { Key: { pk: 'a' } }).status).toBe('ResourceNotFoundException')
  world.run(began + 20 * MINUTE - 1)
  expect(ask(world, 'Copy', 'GetItem', { Key: { pk: 'a' } }).status).toBe('ResourceNotFoundException')
  world.run(began + 20 * MINUTE + SECOND)
  expect(keys(world, 'Copy')).toEqual(['a', 'b'])
  // The write in between is the only one that the source has paid for.
  expect(consumed(world)).toEqual([before[0], before[1]! + 1])
  expect(consumed(world, 'Copy')[1]).toBe(0)
  expect(ask(world, 'Copy', 'RestoreTableFromBackup', { BackupArn }).status).toBe('TableAlreadyExistsException')
  expect(
    ask(world, 'Copy', 'RestoreTableFromBackup', { BackupArn: 'arn:aws:dynamodb:::table/T/backup/9' }).status,
  ).toBe('BackupNotFoundException')
})

test('a restored table has what was there without having been written, too', () => {
  const world = tablesLab({ bytes: 1_048_576 })
  // Copy has items of its own from the start: it has to go first.
  const { BackupArn } = ask(world, 'T', 'CreateBackup').answer.BackupDetails
  world.run(MINUTE)
  expect(ask(world, 'Copy', 'RestoreTableFromBackup', { BackupArn }).status).toBe('TableAlreadyExistsException')
  ask(world, 'Copy', 'DeleteTable')
  world.run(2 * MINUTE)
  expect(ask(world, 'Copy', 'RestoreTableFromBackup', { BackupArn }).status).toBe('OK')
  world.run(30 * MINUTE)
  expect(state(world, 'Copy').bytes).toBe(1_048_576)
})

test('a table that was deleted costs nothing until it is there again, and what its indexes have cost stays on the bill', () => {
  const world = tablesLab({
    ...{ read: 10, write: 10, bytes: 1_073_741_824, global: [{ name: 'X', keys: ['x'], read: 5, write: 5 }] },
    assumptions: { InitialItemSize: '1KB', CreateTableDelay: '10s', DeleteTableDelay: '10s' },
  })
  world.run(HOUR)
  ask(world, 'T', 'DeleteTable')
  world.run(2 * HOUR)
  ask(world, 'T', 'CreateTable')
  world.run(4 * HOUR).finish()
  const { ProvisionedReads, ProvisionedWrites, Storage } = world.bill('T')
  // An hour, and two hours but the ten seconds in which the table is made.
  expect(ProvisionedReads!.used).toBeCloseTo(15 * 3, 0)
  expect(ProvisionedWrites!.used).toBeCloseTo(15 * 3, 0)
  expect(Storage!.used).toBeCloseTo((1024 + 100) / 1024 / 730, 6)
})

test('nobody goes back to a moment before the table was made, or to a table that is gone', () => {
  const world = tablesLab({ properties: RECOVERY })
  const start = world.world.plan.startsAt / SECOND
  const restore = (at: number): string =>
    ask(world, 'Copy', 'RestoreTableToPointInTime', { SourceTableName: 'T', RestoreDateTime: start + at }).status
  put(world, 'a')
  world.run(10 * MINUTE)
  ask(world, 'T', 'DeleteTable')
  world.run(20 * MINUTE)
  expect(restore(300)).toBe('TableNotFoundException')
  ask(world, 'T', 'CreateTable')
  world.run(30 * MINUTE)
  put(world, 'b')
  world.run(40 * MINUTE)
  expect(restore(300)).toBe('InvalidRestoreTimeException')
  expect(restore(29 * 60)).toBe('OK')
  world.run(2 * HOUR)
  expect(keys(world, 'Copy')).toEqual([])
  world.run(36 * DAY)
  ask(world, 'Copy', 'DeleteTable')
  world.run(36 * DAY + HOUR)
  expect(restore(29 * 60)).toBe('InvalidRestoreTimeException')
})

test('with point-in-time recovery a table is restored as it was at any moment of its last days', () => {
  const world = tablesLab({ properties: RECOVERY })
  const start = world.world.plan.startsAt / SECOND
  put(world, 'a', 1)
  put(world, 'b', 1)
  world.run(10 * MINUTE)
  put(world, 'a', 2)
  ask(world, 'T', 'DeleteItem', { Key: { pk: 'b' } })
  put(world, 'c', 1)
  world.run(20 * MINUTE)
  expect(
    ask(world, 'Copy', 'RestoreTableToPointInTime', { SourceTableName: 'T', RestoreDateTime: start + 9e9 }).status,
  ).toBe('InvalidRestoreTimeException')
  ask(world, 'Copy', 'RestoreTableToPointInTime', { SourceTableName: 'T', RestoreDateTime: start + 300 })
  world.run(HOUR)
  expect(keys(world, 'Copy')).toEqual(['a', 'b'])
  expect(ask(world, 'Copy', 'GetItem', { Key: { pk: 'a' } }).answer.Item.n).toBe(1)
  ask(world, 'Copy', 'DeleteTable')
  world.run(2 * HOUR)
  ask(world, 'Copy', 'RestoreTableToPointInTime', { SourceTableName: 'T', UseLatestRestorableTime: true })
  world.run(3 * HOUR)
  expect(keys(world, 'Copy')).toEqual(['a', 'c'])
  const without = tablesLab()
  expect(
    ask(without, 'Copy', 'RestoreTableToPointInTime', { SourceTableName: 'T', UseLatestRestorableTime: true }).status,
  ).toBe('PointInTimeRecoveryUnavailableException')
})

test('what happened longer ago than can be gone back to is forgotten', () => {
  const world = tablesLab({
    properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 1 } },
  })
  for (let day = 0; day < 3; day++) {
    world.run(day * DAY)
    for (let i = 0; i < 5_000; i++) world.call('T', 'dynamodb:PutItem', { Item: { pk: 'a', i } })
    world.run(day * DAY + MINUTE)
  }
  expect(state(world).life.past!.length).toBeLessThan(11_000)
})

test('an export writes the table into a bucket and takes none of its capacity [N.DYNAMODB-22]', () => {
  const { world } = runScenario(
    scenarioOf(`
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
  Files: { Type: AWS::S3::Bucket }
Simulation:
  Duration: 30m
  Assumptions: { Orders: { InitialItems: 1000000, InitialItemSize: 1KB } }
  Actions: [{ At: 1m, dynamodb:ExportTableToPointInTime: { TableArn: !GetAtt Orders.Arn, S3Bucket: !Ref Files } }]
  Workloads: {}
`),
  )
  const table = world.stateOf<Table>('Orders')
  expect([table.capacity.consumedRead, table.life.exports[0]!.status]).toEqual([0, 'COMPLETED'])
  expect(
    world.dispatcher.edges.some(
      ({ from, to, action }, i) =>
        from === 'Orders' && to === 'Files' && action === 's3:PutObject' && world.dispatcher.sent[i] === 1,
    ),
  ).toBe(true)
  const edge = world.dispatcher.edges.findIndex(({ action }) => action === 's3:PutObject')
  expect(world.dispatcher.failed[edge]).toBe(0)
})

/** Reads the whole table at so many read units a second, as a job of Data Pipeline does with its share; answers how long it took in s. */
function readAtRate(
  world: Lab,
  rate: number,
  perPage: number,
  advance: (to: number) => void = (to) => world.run(to),
): number {
  const began = world.now
  let spent = 0
  let start: unknown
  do {
    const page = ask(world, 'T', 'Scan', {
      Limit: perPage,
      ReturnConsumedCapacity: 'TOTAL',
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    })
    if (page.status === 'OK') {
      spent += page.answer.ConsumedCapacity.CapacityUnits
      start = page.answer.LastEvaluatedKey
    }
    advance(Math.max(world.now, began + Math.round((spent / rate) * SECOND)))
  } while (start !== undefined)
  return (world.now - began) / SECOND
}

test('a job that copies with a share of the read capacity takes the size over the share, and who else reads notices nothing while the share is small [N.DYNAMODB-22]', () => {
  const filled = (): Lab => {
    const world = tablesLab({ read: 100, write: 1_000 }, { quotas: { 'dynamodb.BurstSeconds': 2 } })
    for (let i = 0; i < 80; i++) {
      const requests = Array.from({ length: 25 }, (_, j) => ({
        PutRequest: { Item: { pk: `k${i}.${j}` }, ItemSize: 4_096 },
      }))
      ask(world, 'T', 'BatchWriteItem', { RequestItems: requests })
      world.run(world.now + SECOND)
    }
    return world
  }
  // 2,000 items of 4 KB are 1,000 units, eventually consistent.
  const took = readAtRate(filled(), 25, 50)
  expect(took).toBeGreaterThan(39)
  expect(took).toBeLessThan(42)
  /** Reads of others that are throttled while the job takes a share. */
  const disturbed = (share: number): number => {
    const world = filled()
    let refused = 0
    let next = world.now
    // Somebody reads 70 units a second beside the job.
    const advance = (to: number): void => {
      for (; next <= to; next += Math.round(SECOND / 70)) {
        if (next > world.now) world.run(next)
        const Key = { pk: `k${next % 80}.1` }
        world.call('T', 'dynamodb:GetItem', { Key, ConsistentRead: true }, 0, ({ status }) => {
          refused += status === 'OK' ? 0 : 1
        })
      }
      world.run(to)
    }
    readAtRate(world, share, 10, advance)
    return refused
  }
  expect(disturbed(20)).toBe(0)
  expect(disturbed(100)).toBeGreaterThan(50)
})
