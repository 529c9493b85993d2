// Provisioned concurrency that follows the load.
import { expect, test } from 'vitest'
import { lab, MINUTE, SECOND, type Lab, type Part } from '../../../test/kit.ts'
import { part, waits } from '../../../test/lambda.ts'
import type { ServiceDef } from '../../model/contract.ts'
import { account } from '../lambda/account.ts'
import { alias } from '../lambda/alias.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import { scalableTarget, type Scaler } from './scalable-target.ts'

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

function world(
  tracking: Record<string, unknown> = {},
  target: Record<string, unknown> = {},
  work: Record<string, unknown> = {},
): Lab {
  const parts: Record<string, Part> = {
    'Sim::Lambda::Account': { def: account },
    Work: part(waits(SECOND), { FunctionName: 'Work', ...work }, { ProvisionedDelay: '60s' }),
    Live: {
      def: alias,
      properties: {
        FunctionName: 'Work',
        FunctionVersion: '1',
        Name: 'live',
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 10 },
      },
    },
    Target: {
      def: scalableTarget,
      properties: {
        MinCapacity: 10,
        MaxCapacity: 100,
        ResourceId: 'function:Work:live',
        ScalableDimension: 'lambda:function:ProvisionedConcurrency',
        ServiceNamespace: 'lambda',
        ...target,
      },
    },
    Policy: {
      def: policyDef,
      properties: {
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: 'Target',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 0.7,
          PredefinedMetricSpecification: { PredefinedMetricType: 'LambdaProvisionedConcurrencyUtilization' },
          ...tracking,
        },
      },
    },
  }
  return lab(parts, { probe: [['Live', 'lambda:InvokeFunction']] })
}

const ready = (at: Lab): number => at.state<LambdaFunction>('Work').qualifiers[0].ready
/** So many requests in progress all the time: each takes a second. */
function load(at: Lab, concurrency: number, minutes: number): void {
  const end = at.now + minutes * MINUTE
  for (let second = at.now; second < end; second += SECOND) {
    at.run(second)
    for (let i = 0; i < concurrency; i++) at.call('Live', 'lambda:InvokeFunction', { Payload: null })
  }
  at.run(end)
}

test('three minutes above the target raise it, after the time that making environments takes; fifteen below 90 % of it lower it [LAM-37, LAM-36]', () => {
  const at = world()
  load(at, 6, 10)
  expect(ready(at)).toBe(10)
  load(at, 9, 2)
  expect(at.state<Scaler>('Target').asked).toBe(0)
  // 9 / 0.7, rounded up.
  load(at, 9, 1)
  expect(at.state<Scaler>('Target').wanted).toBe(13)
  load(at, 9, 1)
  expect(ready(at)).toBe(10)
  at.run(at.now + 30_000)
  expect(ready(at)).toBe(13)
  load(at, 3, 14)
  expect(ready(at)).toBe(13)
  load(at, 3, 3)
  expect(ready(at)).toBe(10)
})

test('what is refused is asked for again with the next minute, as if nobody had asked [LAM-37]', () => {
  const at = world({}, {}, { ReservedConcurrentExecutions: 11 })
  load(at, 9, 8)
  const { asked, refused, changed, wanted } = at.state<Scaler>('Target')
  expect([asked, refused, changed, wanted]).toEqual([6, 6, 0, 0])
  expect(ready(at)).toBe(10)
})

test('what spills over is not seen by it: utilisation is at most 1, and it climbs in steps [LAM-37]', () => {
  const at = world()
  load(at, 40, 3)
  // 10 / 0.7.
  expect(at.state<Scaler>('Target').wanted).toBe(15)
  load(at, 40, 20)
  expect(ready(at)).toBeGreaterThan(30)
  expect(ready(at)).toBeLessThanOrEqual(58)
})

test('an alias without requests keeps what it has, and limits hold [AS-R44]', () => {
  const at = world({}, { MaxCapacity: 12 })
  at.run(60 * MINUTE)
  expect(at.state<Scaler>('Target').asked).toBe(0)
  load(at, 10, 10)
  expect(ready(at)).toBe(12)
})

test('wrong targets are refused', () => {
  expect(() => world({ TargetValue: 70 })).toThrow('`TargetValue` is 70')
  expect(() => world({}, { ResourceId: 'function:Work:dev' })).toThrow('names no alias or version')
  expect(() => world({}, { ResourceId: 'Work' })).toThrow('names no alias or version')
})
