// Capacity of tables: units, partitions, bursts, hot keys, and what is answered when they are exceeded.
import { expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../test/kit.ts'
import { ask, firstThrottle, GB, keyOn, load, succeeded, tableLab, unitsOf } from '../../../test/tables.ts'
import { createRng } from '../../engine/rng.ts'
import { hashKey } from './items.ts'
import { HASHES, Partitions } from './partitions.ts'
import type { Table } from './state.ts'
import { partitionsOf, reportOf } from './summary.ts'

const KB = 1024

/** Units of a GetItem of an item of `bytes`. */
function readOf(bytes: number, consistent: boolean): number {
  const world = tableLab({ assumptions: { ReplicaLag: '0ms' } })
  ask(world, 'PutItem', { Item: { pk: 'a' }, ItemSize: bytes })
  return unitsOf(world, 'GetItem', { Key: { pk: 'a' }, ConsistentRead: consistent })
}

function writeOf(bytes: number): number {
  return unitsOf(tableLab(), 'PutItem', { Item: { pk: 'a' }, ItemSize: bytes })
}

const put = (key: string, bytes = KB) => ({ Item: { pk: key }, ItemSize: bytes })

test('a read of 4.5 KB takes 2 units, eventually consistent 1 [N.DYNAMODB-43, DDB-R10, DDB-V25]', () => {
  expect(readOf(4.5 * KB, true)).toBe(2)
  expect(readOf(4.5 * KB, false)).toBe(1)
  expect(writeOf(4.5 * KB)).toBe(5)
})

test('a write of 2.5 KB takes 3 units, of 1.6 KB 2 [N.DYNAMODB-46, DDB-R11, DDB-V10, DDB-V25]', () => {
  expect(writeOf(2.5 * KB)).toBe(3)
  expect(writeOf(1.6 * KB)).toBe(2)
})

test('units are rounded up at each 4 KB read and each 1 KB written [N.DYNAMODB-42, N.DYNAMODB-45, DDB-R10, DDB-R11]', () => {
  expect([readOf(4 * KB, true), readOf(4 * KB + 1, true), readOf(8 * KB, true), readOf(8 * KB, false)]).toEqual([
    1, 2, 2, 1,
  ])
  expect([writeOf(KB), writeOf(KB + 1), writeOf(3 * KB)]).toEqual([1, 2, 3])
})

test('3.5 KB takes 1 or 0.5 units to read, 10 KB 3 or 1.5 [DDB-V2, DDB-V3, N.DYNAMODB-53]', () => {
  expect([readOf(3.5 * KB, true), readOf(3.5 * KB, false), readOf(10 * KB, true), readOf(10 * KB, false)]).toEqual([
    1, 0.5, 3, 1.5,
  ])
})

test('reading an absent key takes 1 unit, or half of one; deleting one takes 1 [DDB-R12, DDB-V7, N.DYNAMODB-49]', () => {
  const world = tableLab()
  expect(unitsOf(world, 'GetItem', { Key: { pk: 'x' }, ConsistentRead: true })).toBe(1)
  expect(unitsOf(world, 'GetItem', { Key: { pk: 'x' } })).toBe(0.5)
  expect(unitsOf(world, 'DeleteItem', { Key: { pk: 'x' } })).toBe(1)
})

test('a put pays for the larger of old and new, an update for the whole item, a delete for what it deletes [DDB-R11]', () => {
  const world = tableLab()
  expect(unitsOf(world, 'PutItem', put('a', 5 * KB))).toBe(5)
  expect(unitsOf(world, 'PutItem', put('a', 2 * KB))).toBe(5)
  expect(unitsOf(world, 'PutItem', put('a', 3 * KB))).toBe(3)
  const update = { Key: { pk: 'a' }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': 1 } }
  expect(unitsOf(world, 'UpdateItem', update)).toBe(4)
  expect(unitsOf(world, 'UpdateItem', { ...update, ItemSize: 2 * KB })).toBe(4)
  expect(unitsOf(world, 'DeleteItem', { Key: { pk: 'a' } })).toBe(2)
})

test('a failed condition pays for the item that is there, at least 1 unit [DDB-R13, DDB-V28, N.DYNAMODB-16]', () => {
  const world = tableLab()
  ask(world, 'PutItem', put('one'))
  ask(world, 'PutItem', put('two', 2 * KB))
  const consumed = () => world.state<Table>('T').capacity.consumedWrite
  const failing = (key: string, condition: string) => {
    const before = consumed()
    expect(ask(world, 'PutItem', { ...put(key), ConditionExpression: condition }).status).toBe(
      'ConditionalCheckFailedException',
    )
    return consumed() - before
  }
  expect(failing('one', 'attribute_not_exists(pk)')).toBe(1)
  expect(failing('two', 'attribute_not_exists(pk)')).toBe(2)
  expect(failing('none', 'attribute_exists(pk)')).toBe(1)
  expect(world.finish().sum('T', 'ConditionalCheckFailedRequests')).toBe(3)
})

test('6,000 RCU, 2,000 WCU and 45 GB make 5 partitions; 1,000, 500 and 1 GB make 1 [N.DYNAMODB-31, DDB-R31]', () => {
  const count = (read: number, write: number, bytes: number) =>
    tableLab({ read, write, bytes }).state<Table>('T').capacity.partitions.count
  expect(count(6000, 2000, 45 * GB)).toBe(5)
  expect(count(6000, 2000, 40 * GB)).toBe(4)
  expect(count(1000, 500, GB)).toBe(1)
  expect(count(3000, 1, 0)).toBe(2)
})

test('5,000 RCU, 500 WCU and 8 GB make 3 partitions, each with a third of the capacity in the static mode [DDB-V23, DDB-R33]', () => {
  const world = tableLab({ read: 5000, write: 501, bytes: 8 * GB }, { profile: 'notes-2020' })
  const { partitions } = world.state<Table>('T').capacity
  expect(partitions.count).toBe(3)
  // 167 writes a second are a third of 501: the initial second and then 167 in each.
  const outcome = load(world, 500, 4, 'PutItem', () => put(keyOn(world, 1)))
  expect(succeeded(outcome, 0, 4)).toBe(167 + 4 * 167)
})

test('a key lies on one partition only, and many keys spread evenly [N.DYNAMODB-30, DDB-R32]', () => {
  const partitions = new Partitions(4, 3000, 1000, false, 300)
  const rng = createRng(1, 'keys', 'test')
  const counts = [0, 0, 0, 0]
  const cells = new Int32Array(256)
  for (let i = 0; i < 10_000; i++) {
    const key = `user-${rng.u32()}`
    expect(partitions.of(hashKey(key))).toBe(partitions.of(hashKey(`user-${key.slice(5)}`)))
    counts[partitions.of(hashKey(key))]!++
    cells[hashKey(key) >>> 24]!++
  }
  for (const count of counts) expect(Math.abs(count - 2500)).toBeLessThanOrEqual(75)
  let chiSquare = 0
  for (const cell of cells) chiSquare += (cell - 10_000 / 256) ** 2 / (10_000 / 256)
  // 255 degrees of freedom: 330.5 is exceeded once in a thousand times.
  expect(chiSquare).toBeLessThan(330.5)
})

test('keys in a row, numbers and texts, spread evenly too [N.DYNAMODB-26, DDB-R32]', () => {
  for (const make of [(i: number) => i, (i: number) => `order-${i}`, (i: number) => String(i)]) {
    const cells = new Int32Array(64)
    for (let i = 0; i < 10_000; i++) cells[hashKey(make(i)) >>> 26]!++
    let chiSquare = 0
    for (const cell of cells) chiSquare += (cell - 10_000 / 64) ** 2 / (10_000 / 64)
    expect(chiSquare).toBeLessThan(103.4)
  }
})

test('a hot key of 3,000 writes/s gets 1,000/s; with ten suffixes at least 2,500/s [N.DYNAMODB-32, N.DYNAMODB-37, DDB-R30]', () => {
  // Items of 10 KB: 300 requests are 3,000 units. The first second also has the bucket's own second.
  const plain = load(tableLab({ write: 3999 }), 300, 10, 'PutItem', () => put('hot', 10 * KB))
  expect(succeeded(plain, 1, 10)).toBe(100 * 9)
  const sharded = load(tableLab({ write: 3999 }), 300, 10, 'PutItem', (i) => put(`hot-${i % 10}`, 10 * KB))
  expect(succeeded(sharded, 1, 10)).toBeGreaterThanOrEqual(250 * 9)
})

test('100 WCU serve 100 writes of 1 KB a second [N.DYNAMODB-33, N.DYNAMODB-44, DDB-R41]', () => {
  const outcome = load(tableLab({ write: 100 }), 300, 60, 'PutItem', (i) => put(`k${i}`))
  // The first second's worth lies in the bucket.
  expect(succeeded(outcome, 0, 60)).toBe(100 + 60 * 100)
})

test('10 WCU serve 10 writes of 1 KB a second, of 15 a second 5 are throttled [N.DYNAMODB-44]', () => {
  const outcome = load(tableLab({ write: 10 }), 15, 60, 'PutItem', (i) => put(`k${i}`))
  expect(succeeded(outcome, 10, 60)).toBe(500)
})

test('10 RCU serve 10 strong or 20 eventual reads of 4 KB a second [N.DYNAMODB-40, N.DYNAMODB-41]', () => {
  for (const [consistent, rate, served] of [
    [true, 15, 10],
    [false, 30, 20],
  ] as const) {
    const world = tableLab({ read: 10, write: 10 })
    ask(world, 'PutItem', put('a', 4 * KB))
    const outcome = load(world, rate, 60, 'GetItem', () => ({ Key: { pk: 'a' }, ConsistentRead: consistent }))
    expect(succeeded(outcome, 10, 60)).toBe(served * 50)
    const calm = tableLab({ read: 10, write: 10 })
    ask(calm, 'PutItem', put('a', 4 * KB))
    const all = load(calm, served, 60, 'GetItem', () => ({ Key: { pk: 'a' }, ConsistentRead: consistent }))
    expect(succeeded(all, 0, 60)).toBe(served * 60)
  }
})

test('80 reads a second of 3 KB need 80 RCU [DDB-V12]', () => {
  const reads = (read: number) => {
    const world = tableLab({ read, write: 10 })
    ask(world, 'PutItem', put('a', 3 * KB))
    return firstThrottle(load(world, 80, 200, 'GetItem', () => ({ Key: { pk: 'a' }, ConsistentRead: true })))
  }
  expect(reads(80)).toBe(-1)
  expect(reads(79)).toBeGreaterThan(0)
})

test('after 5 idle minutes 100 WCU serve 200 writes/s for 300 s, then 100/s [N.DYNAMODB-35, DDB-R35]', () => {
  const world = tableLab({ write: 100 })
  world.run(5 * MINUTE)
  const outcome = load(world, 20, 400, 'PutItem', (i) => put(`k${i}`, 10 * KB))
  expect(firstThrottle(outcome)).toBe(300)
  expect(succeeded(outcome, 300, 400)).toBe(1000)
})

test('a minute of idleness is kept for one minute of double load [DDB-R35, DDB-R39]', () => {
  const world = tableLab({ write: 100, assumptions: { InitialBurst: '0s' } })
  world.run(MINUTE)
  expect(firstThrottle(load(world, 20, 100, 'PutItem', (i) => put(`k${i}`, 10 * KB)))).toBe(60)
})

for (const [name, write, read, gigabytes, seconds] of [
  ['500 WCU on 1 partition', 500, 1, 0, 300],
  ['500 WCU on 2 partitions', 500, 1, 15, 100],
  ['1,500 RCU on 1 partition', 1, 1500, 0, 300],
  ['1,500 RCU on 2 partitions', 1, 1500, 15, 100],
] as const) {
  for (const profile of ['current', 'notes-2020'] as const) {
    test(`${name}: the burst lasts ${seconds} s at full demand (${profile}; the published example \`ddb-burst\`) [DDB-R35, DDB-R30]`, () => {
      const world = tableLab({ read, write, bytes: gigabytes * GB }, { profile })
      const partitions = gigabytes === 0 ? 1 : 2
      expect(world.state<Table>('T').capacity.partitions.count).toBe(partitions)
      const keys = [...Array(partitions).keys()].map((i) => keyOn(world, i))
      // Requests of 10 write units or 30 read units, so many that every partition is asked for all that it serves.
      const isWrite = write > read
      if (!isWrite)
        for (const key of keys) {
          ask(world, 'PutItem', put(key, 120 * KB))
          world.run(world.now + 5 * MINUTE)
        }
      world.run(world.now + 5 * MINUTE)
      const body = (i: number) =>
        isWrite ? put(keys[i % partitions]!, 10 * KB) : { Key: { pk: keys[i % partitions] }, ConsistentRead: true }
      const outcome = load(world, 100 * partitions, seconds + 5, isWrite ? 'PutItem' : 'GetItem', body)
      expect(firstThrottle(outcome)).toBe(seconds)
      expect(succeeded(outcome, seconds, seconds + 5)).toBe(50 * 5)
    })
  }
}

test('100 WCU without credit and 150 writes/s: 50/s ProvisionedThroughputExceededException [N.DYNAMODB-36, DDB-R40, DDB-R56]', () => {
  const world = tableLab({ write: 100, assumptions: { InitialBurst: '0s' } })
  world.run(1)
  const outcome = load(world, 150, 60, 'PutItem', (i) => put(`k${i}`))
  const throttled = outcome.statuses.filter((status) => status === 'ProvisionedThroughputExceededException').length
  expect(throttled + succeeded(outcome, 0, 61)).toBe(9000)
  expect(throttled).toBeGreaterThanOrEqual(2998)
  expect(throttled).toBeLessThanOrEqual(3002)
  world.finish()
  expect(world.sum('T', 'WriteThrottleEvents')).toBe(throttled)
  expect(world.sum('T', 'WriteProvisionedThroughputThrottleEvents')).toBe(throttled)
  expect(world.sum('T', 'ThrottledRequests', { Operation: 'PutItem' })).toBe(throttled)
  expect(world.sum('T', 'ConsumedWriteCapacityUnits')).toBe(9000 - throttled)
  const answer = world.answers.find(({ status }) => status !== 'OK')!
  expect(answer.http).toBe(400)
  expect(answer.answer.ThrottlingReasons).toEqual([
    { reason: 'TableWriteProvisionedThroughputExceeded', resource: 'T' },
  ])
})

test('items of 300 KB at 100 WCU: one write in 3 s [N.DYNAMODB-37, DDB-R39]', () => {
  const outcome = load(tableLab({ write: 100 }), 10, 93, 'PutItem', () => put('a', 300 * KB))
  expect(succeeded(outcome, 3, 93)).toBe(30)
})

test('a skewed partition throttles although less is consumed than provisioned, in the static mode [N.DYNAMODB-37, DDB-V22]', () => {
  for (const sharing of ['static', 'adaptive']) {
    // Four partitions by size, 400 WCU: shares of 100. The load is 50, 50, 50 and 150 writes a second.
    const world = tableLab({
      write: 400,
      bytes: 40 * GB,
      assumptions: { CapacitySharing: sharing, InitialBurst: '0s' },
    })
    expect(world.state<Table>('T').capacity.partitions.count).toBe(4)
    world.run(1)
    const keys = [0, 1, 2, 3, 3, 3].map((i) => keyOn(world, i))
    const outcome = load(world, 300, 20, 'PutItem', (i) => put(keys[i % 6]!))
    const throttled = outcome.statuses.filter((status) => status !== 'OK').length
    if (sharing === 'adaptive') expect(throttled).toBe(0)
    else expect(Math.abs(throttled - 50 * 20)).toBeLessThanOrEqual(3)
    expect(outcome.statuses.every((status, i) => status === 'OK' || i % 6 >= 3)).toBe(true)
  }
})

test('1,000 WCU on 2 partitions: a hot key gets 500/s under notes-2020, 1,000/s today [N.DYNAMODB-39, DDB-R33, DDB-R34]', () => {
  for (const [profile, served] of [
    ['notes-2020', 500],
    ['current', 1000],
  ] as const) {
    const world = tableLab({ write: 1000, bytes: 15 * GB, assumptions: { InitialBurst: '0s' } }, { profile })
    world.run(1)
    const outcome = load(world, 200, 10, 'PutItem', () => put('hot', 10 * KB))
    expect(Math.abs(succeeded(outcome, 2, 10) - (served / 10) * 8)).toBeLessThanOrEqual(1)
  }
})

test('a partition serves 1,500 read and 500 write units a second, and not one write more [DDB-V34, DDB-R30]', () => {
  // Whole seconds: 50 reads of 30 units and 50 or 51 writes of 10 units, evenly.
  const run = (writes: number) => {
    const world = tableLab({ read: 20_000, write: 20_000, assumptions: { InitialBurst: '300s' } })
    const key = keyOn(world, 0)
    ask(world, 'PutItem', put(key, 120 * KB))
    world.run(world.now + 10 * SECOND)
    let refused = 0
    const start = world.now
    for (let t = 0; t < 400; t++) {
      for (let i = 0; i < 50; i++)
        world.call(
          'T',
          'dynamodb:GetItem',
          { Key: { pk: key }, ConsistentRead: true },
          0,
          (a) => (refused += a.status === 'OK' ? 0 : 1),
        )
      for (let i = 0; i < writes; i++)
        world.call(
          'T',
          'dynamodb:PutItem',
          put(keyOn(world, 0, 'w'), 10 * KB),
          0,
          (a) => (refused += a.status === 'OK' ? 0 : 1),
        )
      world.run(start + (t + 1) * SECOND)
    }
    return refused
  }
  expect(run(50)).toBe(0)
  expect(run(51)).toBeGreaterThan(0)
})

test('a new on-demand table serves 4,000 write and 12,000 read units a second at once [DDB-R50, DDB-R55, DDB-R59]', () => {
  const world = tableLab()
  expect(world.state<Table>('T').capacity.partitions.count).toBe(4)
  const keys = [0, 1, 2, 3].map((i) => keyOn(world, i))
  const outcome = load(world, 600, 5, 'PutItem', (i) => put(keys[i % 4]!, 10 * KB))
  // One second's worth lies in the buckets at first.
  expect(succeeded(outcome, 0, 5)).toBe(400 * 6)
  expect(succeeded(outcome, 3, 5)).toBe(400 * 2)
  const answer = world.answers.find(({ status }) => status !== 'OK')!
  expect(answer.status).toBe('ThrottlingException')
  expect(answer.answer.ThrottlingReasons[0].reason).toBe('TableWriteKeyRangeThroughputExceeded')
  expect(ask(world, 'DescribeTable', {}).answer.Table.ProvisionedThroughput).toEqual({
    ReadCapacityUnits: 0,
    WriteCapacityUnits: 0,
  })
})

test('on demand twice the sustained peak is served once it has lasted 30 minutes [DDB-R52, DDB-R53, DDB-V26]', () => {
  const world = tableLab({ assumptions: { InitialItems: '1000', InitialItemSize: '400KB' } })
  const state = world.state<Table>('T')
  const keys = [0, 1, 2, 3].map((i) => keyOn(world, i))
  expect(state.capacity.readRate).toBe(12_000)
  // 100 reads of 100 units a second: 10,000 units, sustained.
  world.run(MINUTE)
  const peak = load(world, 100, 60, 'GetItem', (i) => ({ Key: { pk: keys[i % 4] }, ConsistentRead: true }))
  expect(firstThrottle(peak)).toBe(-1)
  world.run(31 * MINUTE)
  expect(state.capacity.readRate).toBe(12_000)
  world.run(32 * MINUTE)
  expect(state.capacity.readRate).toBe(20_000)
  expect(state.capacity.partitions.count).toBe(7)
})

test('a maximum on demand throttles with its own reason [DDB-R54, DDB-R56]', () => {
  const world = tableLab({ properties: { OnDemandThroughput: { MaxWriteRequestUnits: 50 } } })
  const outcome = load(world, 100, 10, 'PutItem', (i) => put(`k${i}`))
  expect(succeeded(outcome, 1, 10)).toBe(450)
  expect(world.answers.find(({ status }) => status !== 'OK')!.answer.ThrottlingReasons[0].reason).toBe(
    'TableWriteMaxOnDemandThroughputExceeded',
  )
  expect(world.finish().sum('T', 'WriteMaxOnDemandThroughputThrottleEvents')).toBeGreaterThan(0)
})

test("the account's limit on a table has its old exception under notes-2020 [DDB-R55]", () => {
  for (const [profile, status] of [
    ['current', 'ThrottlingException'],
    ['notes-2020', 'RequestLimitExceeded'],
  ] as const) {
    const world = tableLab({}, { profile, quotas: { 'dynamodb.TableWriteCapacityUnits': 50 } })
    const outcome = load(world, 100, 3, 'PutItem', (i) => put(`k${i}`))
    expect(outcome.statuses.find((one) => one !== 'OK')).toBe(status)
    expect(succeeded(outcome, 1, 3)).toBe(100)
  }
})

test('a partition that is throttled in 5 of 10 minutes is split so that its hot keys part [DDB-R36, DDB-R38]', () => {
  const world = tableLab({ write: 3999, bytes: 0, assumptions: { SplitForHeat: 'on' } })
  const { partitions } = world.state<Table>('T').capacity
  // Two keys of one partition with 600 units a second each: it serves 1,000 of 1,200.
  const keys = [keyOn(world, 2, 'a'), keyOn(world, 2, 'b')]
  expect(keys[0]).not.toBe(keys[1])
  const outcome = load(world, 12, 11 * 60, 'PutItem', (i) => put(keys[i % 2]!, 100 * KB))
  expect(succeeded(outcome, 60, 4 * 60)).toBeLessThanOrEqual(10 * 180 + 2)
  expect(partitions.count).toBe(5)
  expect(partitions.of(hashKey(keys[0]!))).not.toBe(partitions.of(hashKey(keys[1]!)))
  // Five throttled minutes and five more until the split is done.
  expect(succeeded(outcome, 9 * 60, 10 * 60)).toBeLessThanOrEqual(10 * 60 + 2)
  expect(succeeded(outcome, 10 * 60 + 1, 11 * 60)).toBe(12 * 59)
})

test('one hot key is isolated and then keeps a whole partition, which is split no further [DDB-R36]', () => {
  const world = tableLab({ write: 3999, assumptions: { SplitForHeat: 'on', SplitForHeatDelay: '1m' } })
  const { partitions } = world.state<Table>('T').capacity
  load(world, 12, 60 * 60, 'PutItem', () => put('hot', 100 * KB))
  const at = partitions.of(hashKey('hot'))
  expect([partitions.start[at], partitions.endOf(at)]).toEqual([hashKey('hot') >>> 0, (hashKey('hot') >>> 0) + 1])
  expect(partitions.count).toBe(6)
})

test('a partition that passes 10 GB splits in two, and the count never shrinks [DDB-R37]', () => {
  const world = tableLab({ write: 1, bytes: 10 * GB - KB }, { quotas: { 'dynamodb.ItemSize': GB } })
  const state = world.state<Table>('T')
  expect(state.capacity.partitions.count).toBe(1)
  ask(world, 'PutItem', put('a', 2 * KB))
  world.run(2 * MINUTE)
  expect(state.capacity.partitions.count).toBe(2)
  expect(state.capacity.partitions.bytes[0]! + state.capacity.partitions.bytes[1]!).toBe(10 * GB + KB)
  expect(Math.abs(state.capacity.partitions.bytes[0]! - 5 * GB)).toBeLessThanOrEqual(2 * KB)
  expect(state.capacity.partitions.start[1]).toBe(HASHES / 2)
})

test('the hottest keys of a table are known, with their units [DDB-R36]', () => {
  const world = tableLab()
  for (let i = 0; i < 2000; i++) ask(world, 'PutItem', put(i % 4 === 0 ? 'tenant-7' : `t${i}`, 2 * KB))
  const [first] = world.state<Table>('T').hotKeys.list()
  expect(first!.key).toBe('tenant-7')
  expect(first!.units).toBeGreaterThanOrEqual(1000)
  expect(first!.units - first!.error).toBeLessThanOrEqual(1000)
})

test('the summary shows the hot partition, its heat and its hottest key [N.DYNAMODB-29, N.DYNAMODB-30]', () => {
  const world = tableLab({ write: 3999 })
  const keys = [0, 1, 2, 3].map((i) => keyOn(world, i))
  load(world, 100, 60, 'PutItem', (i) => put(i % 2 === 0 ? keys[2]! : keys[i % 4]!, 10 * KB))
  world.run(Math.max(MINUTE, world.now))
  const summary = partitionsOf(world.state<Table>('T'))
  expect(summary.map(({ from, to }) => [from, to])).toEqual([
    [0, 0.25],
    [0.25, 0.5],
    [0.5, 0.75],
    [0.75, 1],
  ])
  expect(summary.map(({ writeRate, heat }) => [Math.round(writeRate), Math.round(100 * heat)])).toEqual([
    [0, 0],
    [250, 25],
    [500, 50],
    [250, 25],
  ])
  expect(summary[2]).toMatchObject({
    writeUnits: 30_000,
    throttled: 0,
    bytes: 10 * KB,
    hotKeys: [{ key: keys[2], units: 30_000 }],
  })
  expect(reportOf(world.state<Table>('T')).lines[0]).toBe(
    `partition 3 of 4: 50 % of the units, 50 % of its ceiling in the last full minute; of all units ${keys[2]} 50 %`,
  )
})

test('traffic on many keys heats all partitions alike, on one key only one of them [N.DYNAMODB-29]', () => {
  const heat = (key: (i: number) => string): number => {
    const world = tableLab({ write: 3999 })
    load(world, 80, 60, 'PutItem', (i) => put(key(i), 10 * KB))
    const units = partitionsOf(world.state<Table>('T')).map(({ writeUnits }) => writeUnits)
    return Math.max(...units) / (units.reduce((sum, one) => sum + one, 0) / units.length)
  }
  expect(heat((i) => `user-${i}`)).toBeLessThan(1.06)
  expect(heat(() => 'one')).toBe(4)
})
