// Aliases: another name of a function, and the environments that are provisioned under it.
import { describe, expect, test } from 'vitest'
import { type Lab, MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { burst, part, waits, world } from '../../../test/lambda.ts'
import type { Account } from './account.ts'
import { alias } from './alias.ts'
import type { LambdaFunction } from './function.ts'

describe('provisioned concurrency', () => {
  const provisioned = (
    count: number,
    assumptions: Record<string, string> = {},
    properties: Record<string, unknown> = {},
  ): Lab => {
    const config = count === 0 ? {} : { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: count } }
    return world(
      {
        Work: part(waits(SECOND), properties, { ColdStart: '500ms', ColdStartCpu: '0', ...assumptions }),
        Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod', ...config } },
      },
      {},
    )
  }
  const resource = { Resource: 'Work:prod' }

  test.each([
    [10, 10, 0, 0],
    [10, 15, 5, 5],
    [0, 15, 15, 0],
  ])(
    'with %i provisioned, %i at once: %i cold starts, %i spill over [N.LAMBDA-47, LAM-36]',
    (count, requests, cold, spillover) => {
      const at = provisioned(count)
      burst(at, 'Prod', 0, requests)
      at.run(MINUTE).finish()
      expect(at.answers.filter((answer) => answer.at === 1500 * MS)).toHaveLength(cold)
      expect(at.answers.filter((answer) => answer.at === SECOND)).toHaveLength(requests - cold)
      expect(at.sum('Work', 'ProvisionedConcurrencySpilloverInvocations', resource)).toBe(spillover)
      expect(at.sum('Work', 'ProvisionedConcurrencyInvocations', resource)).toBe(Math.min(count, requests))
      expect(at.sum('Work', 'Invocations', resource)).toBe(requests)
      if (count > 0) {
        expect(at.points('Work', 'ProvisionedConcurrentExecutions', resource)[0].max).toBe(count)
        expect(at.points('Work', 'ProvisionedConcurrencyUtilization', resource)[0].max).toBe(1)
      }
    },
  )

  test('requests to the function itself do not use what is provisioned for its alias [LAM-36]', () => {
    const at = provisioned(10)
    expect(at.ask('Work', 'lambda:InvokeFunction').at).toBe(1500 * MS)
    const [asked, { at: answered }] = [at.now, at.ask('Work', 'lambda:InvokeFunction', { Qualifier: 'prod' })]
    expect(answered - asked).toBe(SECOND)
  })

  test('environments asked for later are all there at once, after the delay and the making [LAM-36]', () => {
    const at = provisioned(0, { ProvisionedDelay: '90s' })
    const answer = at.ask('Work', 'lambda:PutProvisionedConcurrencyConfig', {
      Qualifier: 'prod',
      ProvisionedConcurrentExecutions: 600,
    })
    expect(answer.answer).toMatchObject({ Status: 'IN_PROGRESS', AllocatedProvisionedConcurrentExecutions: 0 })
    const ready = 90 * SECOND + 6 * SECOND
    at.run(ready - 1)
    expect(at.state<LambdaFunction>('Work').environments.idle).toBe(0)
    at.run(ready)
    expect(at.state<LambdaFunction>('Work').environments.idle).toBe(600)
  })

  test('fewer are given back at once, those at work after their request [LAM-36]', () => {
    const at = provisioned(10)
    burst(at, 'Prod', 0, 8)
    at.run(0)
    at.ask('Work', 'lambda:PutProvisionedConcurrencyConfig', { Qualifier: 'prod', ProvisionedConcurrentExecutions: 3 })
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(8)
    at.run(2 * SECOND)
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(3)
    at.ask('Work', 'lambda:DeleteProvisionedConcurrencyConfig', { Qualifier: 'prod' })
    expect(at.state<LambdaFunction>('Work').environments.count).toBe(0)
    expect(at.state<Account>('Sim::Lambda::Account').room).toBe(1000)
  })

  test('it counts in the reservation: with all of it provisioned, more is throttled instead of spilling over [LAM-36]', () => {
    const at = provisioned(10, {}, { ReservedConcurrentExecutions: 10 })
    burst(at, 'Prod', 0, 15)
    at.run(MINUTE).finish()
    expect(['Invocations', 'Throttles'].map((metric) => at.sum('Work', metric, resource))).toEqual([10, 5])
    expect(() => provisioned(11, {}, { ReservedConcurrentExecutions: 10 })).toThrow(/11 provisioned/)
  })

  test('a reservation is not set below what is provisioned [LAM-36]', () => {
    const at = provisioned(10, {}, { ReservedConcurrentExecutions: 20 })
    const put = (count: number): string =>
      at.ask('Work', 'lambda:PutFunctionConcurrency', { ReservedConcurrentExecutions: count }).status
    expect([put(9), put(10)]).toEqual(['InvalidParameterValueException', 'OK'])
  })

  test('provisioned environments take ten requests a second each, more spill over [LAM-31]', () => {
    const at = world({
      Work: part(waits(10 * MS)),
      Prod: {
        def: alias,
        properties: {
          FunctionName: 'Work',
          FunctionVersion: '1',
          Name: 'prod',
          ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
        },
      },
    })
    for (let i = 0; i < 60; i++) burst(at, 'Prod', i * 20 * MS, 1)
    at.run(MINUTE).finish()
    // The bucket holds ten at first and gets ten more in each of the 1.2 s.
    expect(at.sum('Work', 'ProvisionedConcurrencyInvocations', resource)).toBe(21)
    expect(at.sum('Work', 'ProvisionedConcurrencySpilloverInvocations', resource)).toBe(39)
  })

  test('without a reservation it is missing in the account’s pool [LAM-36]', () => {
    const at = provisioned(200)
    expect(at.state<Account>('Sim::Lambda::Account').room).toBe(800)
    expect(() => provisioned(901)).toThrow(/901 provisioned/)
  })

  test('an alias of an alias is refused [N.LAMBDA-37]', () => {
    const prod = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod' } }
    const second = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: 'Prod', Name: 'again' } }
    expect(() => world({ Work: part(waits(0)), Prod: prod, Second: second })).toThrow(/alias-of-alias/)
  })

  test('weights of an alias are named as not simulated; a name of digits is refused [N.LAMBDA-34]', () => {
    const made = (more: Record<string, unknown>) =>
      world({
        Work: part(waits(0)),
        Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod', ...more } },
      })
    expect(made({ RoutingConfig: { AdditionalVersionWeights: [] } }).notSimulated.join()).toContain('weights')
    expect(() => made({ Name: '42' })).toThrow(/alias-name/)
  })
})
