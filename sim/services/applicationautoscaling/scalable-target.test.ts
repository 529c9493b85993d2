// Scaling of tables: when capacity follows the load, when it does not, and what is refused.
import { expect, test } from 'vitest'
import { lab, MINUTE, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { load, succeeded, tablePart } from '../../../test/tables.ts'
import type { ServiceDef } from '../../model/contract.ts'
import type { Table } from '../dynamodb/state.ts'
import { scalableTarget, type Scaler } from './scalable-target.ts'

/** The policy as a resource of a test world. */
const policyDef: ServiceDef = {
  ...(scalableTarget as ServiceDef),
  type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
  props: scalableTarget.parts!['AWS::ApplicationAutoScaling::ScalingPolicy']!,
  gather: () => ({}),
  create: () => ({}),
  ops: {},
  timers: {},
  invariants: {},
  periodEnded: () => false,
}

function parts(
  write: number,
  tracking: Record<string, unknown> = {},
  target: Record<string, unknown> = {},
): Record<string, Part> {
  return {
    T: tablePart({ read: 10, write }),
    Target: {
      def: scalableTarget,
      properties: {
        MinCapacity: 5,
        MaxCapacity: 1000,
        ResourceId: 'table/T',
        ScalableDimension: 'dynamodb:table:WriteCapacityUnits',
        ServiceNamespace: 'dynamodb',
        ...target,
      },
    },
    Policy: {
      def: policyDef,
      properties: {
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: 'Target',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 70,
          PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBWriteCapacityUtilization' },
          ...tracking,
        },
      },
    },
  }
}

const probe = [
  ['T', 'dynamodb:PutItem'],
  ['T', 'dynamodb:UpdateTable'],
] as const
const capacity = (world: Lab): number => world.state<Table>('T').capacity.writeUnits
/** Writes of 10 units each: `rate` units a second, for `minutes`. */
const writes = (world: Lab, rate: number, minutes: number) =>
  load(world, rate / 10, minutes * 60 - 0.1, 'PutItem', (i) => ({ Item: { pk: `k${i}` }, ItemSize: 10_240 }))

test('load from 50 to 150 writes/s at 100 WCU: capacity rises to 215 after 2 minutes and falls 15 minutes after the load [N.DYNAMODB-34, DDB-R61, DDB-R62]', () => {
  const world = lab(parts(100), { probe })
  writes(world, 50, 10)
  expect(capacity(world)).toBe(100)
  const start = world.now
  expect(start).toBe(10 * MINUTE)
  const up = writes(world, 150, 10)
  // Two minutes of data, and half a minute for UpdateTable; bursts carry the load until then.
  const steps = world
    .metric('T', 'ProvisionedWriteCapacityUnits')
    .series.points.map((point) => [point.start / MINUTE, point.max])
  expect(steps).toEqual([
    [0, 100],
    [12, 215],
  ])
  expect(succeeded(up, 180, 600)).toBe(up.sent.filter((at) => at >= 180 * SECOND).length)
  writes(world, 50, 14)
  expect(capacity(world)).toBe(215)
  writes(world, 50, 2)
  expect(capacity(world)).toBe(72)
})

test('throttles stop with the new capacity, when no burst was left [N.DYNAMODB-34]', () => {
  const world = lab(
    { ...parts(100), T: tablePart({ read: 10, write: 100, assumptions: { InitialBurst: '0s' } }) },
    { probe },
  )
  world.run(1)
  const outcome = load(world, 15, 10 * 60, 'PutItem', (i) => ({ Item: { pk: `k${i}` }, ItemSize: 10_240 }))
  // While it is throttled the table consumes only its 100 units, so capacity rises in two steps: 143, then 205 and more.
  expect(succeeded(outcome, 0, 120)).toBeLessThan(1300)
  expect(succeeded(outcome, 300, 600)).toBe(15 * 300)
  expect(capacity(world)).toBeGreaterThanOrEqual(205)
})

test('an idle table keeps its capacity: without consumption there are no data points [DDB-R63]', () => {
  const world = lab(parts(500), { probe })
  world.run(60 * MINUTE)
  expect(capacity(world)).toBe(500)
})

test('one minute above the target is not enough [DDB-R61]', () => {
  const world = lab(parts(100), { probe })
  writes(world, 90, 1)
  writes(world, 50, 3)
  writes(world, 90, 1)
  writes(world, 65, 3)
  expect(world.state<Scaler>('Target').asked).toBe(0)
})

test('a minute without data ends what was consecutive [DDB-R61, DDB-R63]', () => {
  const world = lab(parts(100), { probe })
  writes(world, 90, 1)
  world.run(world.now + MINUTE)
  writes(world, 90, 1)
  world.run(world.now + MINUTE)
  expect(world.state<Scaler>('Target').asked).toBe(0)
})

test('limits hold, also at the start [DDB-R62, AAS-R4]', () => {
  const world = lab(parts(100, {}, { MaxCapacity: 150, MinCapacity: 120 }), { probe })
  world.run(MINUTE - SECOND)
  expect(capacity(world)).toBe(120)
  world.run(MINUTE)
  writes(world, 200, 4)
  expect(capacity(world)).toBe(150)
})

test('DisableScaleIn and a suspended state are obeyed [AAS-R7]', () => {
  for (const world of [
    lab(parts(100, { DisableScaleIn: true }), { probe }),
    lab(parts(100, {}, { SuspendedState: { DynamicScalingInSuspended: true } }), { probe }),
  ]) {
    writes(world, 10, 20)
    expect(capacity(world)).toBe(100)
  }
  const world = lab(parts(100, {}, { SuspendedState: { DynamicScalingOutSuspended: true } }), { probe })
  writes(world, 100, 5)
  expect(capacity(world)).toBe(100)
})

test('a cooldown of lowering lets only one pass at a time [AAS-R2]', () => {
  const world = lab(parts(100, { ScaleInCooldown: 3600 }), { probe })
  writes(world, 50, 17)
  expect(capacity(world)).toBe(72)
  writes(world, 10, 40)
  expect(capacity(world)).toBe(72)
  writes(world, 10, 20)
  expect(capacity(world)).toBe(15)
})

test('decreases stay rationed: a refused one changes nothing [DDB-R42, DDB-R62]', () => {
  const world = lab(parts(100), { probe, quotas: { 'dynamodb.DecreasesAtOnce': 0 } })
  writes(world, 10, 20)
  expect(capacity(world)).toBe(100)
  expect(world.state<Scaler>('Target').refused).toBeGreaterThan(0)
})

test('wrong targets are refused, other resources are not simulated [DDB-R60]', () => {
  expect(() => lab(parts(100, { TargetValue: 95 }), { probe })).toThrow('`TargetValue` is 95')
  expect(() => lab(parts(100, {}, { ResourceId: 'table/Nobody' }), { probe })).toThrow('names no table')
  expect(() => lab(parts(100, {}, { MinCapacity: 2000 }), { probe })).toThrow('`MinCapacity` is 2000')
  expect(() =>
    lab(parts(100, { PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' } }), {
      probe,
    }),
  ).toThrow('`PredefinedMetricType` is')
  const other = lab(parts(100, {}, { ScalableDimension: 'ecs:service:DesiredCount' }), { probe })
  expect(other.notSimulated.join()).toContain('`ecs:service:DesiredCount` is not scaled')
})

test('an index is scaled by a target of its own, and the table is left alone [DDB-R64]', () => {
  const index = { name: 'ByTown', keys: ['town'], read: 10, write: 20 }
  const target = { ScalableDimension: 'dynamodb:index:WriteCapacityUnits', ResourceId: 'table/T/index/ByTown' }
  const scaled = { ...parts(1000, {}, target), T: tablePart({ read: 10, write: 1000, global: [index] }) }
  const world = lab(scaled, { probe, quotas: { 'dynamodb.PartitionWriteUnits': 1e6 } })
  const table = world.state<Table>('T')
  // 30 units a second of an index with 20: 150 % of it, so 30 / 0.7 are asked for.
  for (let i = 0; i < 30 * 60 * 5; i++) {
    world.run(Math.round((i * SECOND) / 30))
    world.call('T', 'dynamodb:PutItem', { Item: { pk: `k${i}`, town: `t${i}` } })
  }
  world.run(10 * MINUTE)
  expect(table.indexes!.all[0]!.throughput.capacity.writeUnits).toBeGreaterThanOrEqual(29)
  expect(table.capacity.writeUnits).toBe(1000)
})

test('a target of an index names one that is there', () => {
  const of = (target: Record<string, unknown>) => () => lab(parts(10, {}, target), { probe })
  expect(of({ ScalableDimension: 'dynamodb:index:WriteCapacityUnits', ResourceId: 'table/T/index/Nobody' })).toThrow(
    'names no global secondary index',
  )
  expect(of({ ResourceId: 'table/T/index/Nobody' })).toThrow('names more than the table')
})
