// UpdateTable: what is allowed when, how long it takes, and from when it acts.
import { expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND, type Lab } from '../../../test/kit.ts'
import { ask, firstThrottle, load, succeeded, tableLab } from '../../../test/tables.ts'
import type { Table } from './state.ts'

const capacity = (world: Lab) => world.state<Table>('T').capacity
const set = (world: Lab, write: number): string =>
  ask(world, 'UpdateTable', { ProvisionedThroughput: { WriteCapacityUnits: write } }).status

test('new capacity acts when the table is active again, 30 s later [DDB-R43, DDB-R42]', () => {
  const world = tableLab({ read: 10, write: 100, assumptions: { PutItemLatency: '0ms' } })
  world.run(SECOND)
  expect(set(world, 200)).toBe('OK')
  expect(ask(world, 'DescribeTable', {}).answer.Table.TableStatus).toBe('UPDATING')
  expect(set(world, 300)).toBe('ResourceInUseException')
  world.run(31 * SECOND - 1)
  expect(capacity(world).writeUnits).toBe(100)
  world.run(31 * SECOND)
  expect([capacity(world).readUnits, capacity(world).writeUnits]).toEqual([10, 200])
  expect(ask(world, 'DescribeTable', {}).answer.Table.TableStatus).toBe('ACTIVE')
})

test('capacity that needs more partitions takes 5 minutes and splits them; they stay when it goes down [DDB-R43, DDB-R37, DDB-R31]', () => {
  const world = tableLab({ read: 1, write: 500 })
  expect(capacity(world).partitions.count).toBe(1)
  set(world, 2500)
  world.run(4 * MINUTE)
  expect(capacity(world).partitions.count).toBe(1)
  world.run(6 * MINUTE)
  expect(capacity(world).partitions.count).toBe(3)
  set(world, 500)
  world.run(12 * MINUTE)
  expect([capacity(world).writeUnits, capacity(world).partitions.count]).toEqual([500, 3])
})

test('shares are spread anew over more partitions in the static mode [DDB-R33]', () => {
  const world = tableLab({ read: 1, write: 500 }, { profile: 'notes-2020' })
  set(world, 1500)
  world.run(5 * MINUTE)
  expect(capacity(world).partitions.count).toBe(2)
  // The full burst of 150,000 is parted; shares of 750 fill it while the partition is asked for its ceiling of 1,000.
  const outcome = load(world, 100, 310, 'PutItem', () => ({ Item: { pk: 'hot' }, ItemSize: 10 * 1024 }))
  expect(firstThrottle(outcome)).toBe(300)
  expect(succeeded(outcome, 300, 310)).toBe(750)
})

/** Lowers the capacity by one unit at each of the times (µs); which of them were allowed. */
function decreases(profile: 'current' | 'notes-2020', times: readonly number[]): boolean[] {
  const world = tableLab({ read: 1, write: 999 }, { profile })
  return times.map((time) => {
    world.run(Math.max(world.now, time))
    const status = set(world, capacity(world).writeUnits - 1)
    world.run(world.now + MINUTE)
    if (status !== 'OK') expect(status).toBe('LimitExceededException')
    return status === 'OK'
  })
}

test('a day begins with 4 decreases and each hour adds one [DDB-R42]', () => {
  const everyTwoMinutes = Array.from({ length: 6 }, (_, i) => i * 2 * MINUTE)
  expect(decreases('current', everyTwoMinutes)).toEqual([true, true, true, true, false, false])
  expect(decreases('current', [...everyTwoMinutes, HOUR, HOUR + 2 * MINUTE, 2 * HOUR])).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    true,
    false,
    true,
  ])
  const everyTenMinutes = Array.from({ length: 144 }, (_, i) => i * 10 * MINUTE)
  expect(decreases('current', everyTenMinutes).filter(Boolean)).toHaveLength(27)
})

test('in 2020: 4 decreases, then one if none was made in the preceding hour [DDB-R42]', () => {
  const times = [
    ...Array.from({ length: 5 }, (_, i) => i * 2 * MINUTE),
    HOUR + 5 * MINUTE,
    HOUR + 7 * MINUTE,
    2 * HOUR,
    2 * HOUR + 5 * MINUTE,
  ]
  expect(decreases('notes-2020', times)).toEqual([true, true, true, true, false, false, true, false, false])
})

test('increases are not rationed, and capacity beyond the quota is refused [DDB-R42, DDB-R44]', () => {
  const world = tableLab({ read: 1, write: 1 })
  for (let i = 2; i < 30; i++) {
    expect(set(world, i)).toBe('OK')
    world.run(world.now + MINUTE)
  }
  expect(set(world, 40_001)).toBe('LimitExceededException')
  expect(set(world, 0)).toBe('ValidationException')
  expect(set(world, 29)).toBe('ValidationException')
})

test('switched to on-demand, a table serves what was ever provisioned, at least 4,000 and 12,000 [DDB-V19a, DDB-V19b, DDB-R51]', () => {
  for (const [write, read, served] of [
    [100, 100, [4000, 12_000]],
    [8000, 24_000, [8000, 24_000]],
  ] as const) {
    const world = tableLab({ read, write })
    expect(ask(world, 'UpdateTable', { BillingMode: 'PAY_PER_REQUEST' }).status).toBe('OK')
    world.run(4 * MINUTE)
    expect(capacity(world).mode).toBe('PROVISIONED')
    world.run(6 * MINUTE)
    expect([capacity(world).writeRate, capacity(world).readRate]).toEqual(served)
    expect(capacity(world).partitions.count).toBeGreaterThanOrEqual(Math.ceil(served[0] / 1000))
  }
})

test('a table switches to on-demand at most 4 times in 24 hours, in 2020 once; back at any time [DDB-R57]', () => {
  for (const [profile, most] of [
    ['current', 4],
    ['notes-2020', 1],
  ] as const) {
    const world = tableLab({ read: 1, write: 1 }, { profile })
    for (let i = 0; i < 6; i++) {
      expect(ask(world, 'UpdateTable', { BillingMode: 'PAY_PER_REQUEST' }).status).toBe(
        i < most ? 'OK' : 'LimitExceededException',
      )
      world.run(world.now + 10 * MINUTE)
      if (i < most)
        ask(world, 'UpdateTable', {
          BillingMode: 'PROVISIONED',
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        })
      world.run(world.now + 10 * MINUTE)
    }
    world.run(24 * HOUR + 1)
    expect(ask(world, 'UpdateTable', { BillingMode: 'PAY_PER_REQUEST' }).status).toBe('OK')
  }
})

test('warm throughput is served at once on demand [DDB-R58]', () => {
  const world = tableLab({ properties: { WarmThroughput: { ReadUnitsPerSecond: 30_000, WriteUnitsPerSecond: 4000 } } })
  expect([capacity(world).readRate, capacity(world).partitions.count]).toEqual([30_000, 10])
})
