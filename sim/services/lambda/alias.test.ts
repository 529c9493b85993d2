// Aliases: another name of a function, and the environments that are provisioned under it.
import { describe, expect, test } from 'vitest'
import { type Lab, MINUTE, MS, SECOND } from '../../../test/kit.ts'
import { burst, part, waits, world } from '../../../test/lambda.ts'
import type { Account } from './account.ts'
import { alias } from './alias.ts'
import { eventSourceMapping } from './event-source-mapping.ts'
import type { LambdaFunction } from './function.ts'
import { queue } from '../sqs/queue.ts'

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

  test('a name of digits is refused [N.LAMBDA-34]', () => {
    const prod = { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: '42' } }
    expect(() => world({ Work: part(waits(0)), Prod: prod })).toThrow(/alias-name/)
  })
})

describe('versions and weights', () => {
  /** A handler that waits as many ms as its version says, so that the answer's time tells who ran. */
  const codes = (...ms: number[]) => ({
    VersionHandlers: ms.map((time, i) => ({ number: i + 1, program: waits(time * MS) })),
  })
  const weights = (version: string, weight: number) => ({
    RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: version, FunctionWeight: weight }] },
  })
  const made = (properties: Record<string, unknown>, assumptions: Record<string, string> = {}): Lab => {
    const work = part(waits(7 * MS), {}, assumptions)
    return world({
      Work: { ...work, config: { ...work.config, ...codes(10, 20, 30) } },
      Prod: { def: alias, properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod', ...properties } },
    })
  }
  const took = (at: Lab, name: string, body: object = {}): number => {
    const from = at.now
    return (at.ask(name, 'lambda:InvokeFunction', body).at - from) / MS
  }
  const of = (version: string) => ({ Resource: 'Work:prod', ExecutedVersion: version })
  const executed = (at: Lab): number[] => ['1', '2'].map((number) => at.sum('Work', 'Invocations', of(number)))

  test('an alias runs its version, the function itself what is not published [N.LAMBDA-32, LAM-71]', () => {
    const at = made({})
    expect([took(at, 'Prod'), took(at, 'Work'), took(at, 'Work', { Qualifier: 'prod' })]).toEqual([10, 7, 10])
    expect(took(at, 'Work', { Qualifier: '1' })).toBe(10)
    expect(at.ask('Work', 'lambda:InvokeFunction', { Qualifier: '2' }).status).toBe('ResourceNotFoundException')
    at.run(MINUTE).finish()
    expect(at.sum('Work', 'Invocations', of('1'))).toBe(2)
    expect(at.sum('Work', 'Duration', of('1'))).toBe(20 * MS)
    expect(at.sum('Work', 'Invocations', { Resource: 'Work:1' })).toBe(1)
  })

  test('requests from the moment of an update on run the new version, none fails [N.LAMBDA-33]', () => {
    const at = made({ ...weights('2', 0) })
    for (let second = 0; second < 120; second++) {
      if (second === 60) {
        at.run(MINUTE)
        expect(at.ask('Work', 'lambda:UpdateAlias', { Name: 'prod', FunctionVersion: '2' }).answer).toMatchObject({
          FunctionVersion: '2',
        })
      }
      burst(at, 'Prod', second * SECOND, 1)
    }
    at.run(3 * MINUTE).finish()
    expect(executed(at)).toEqual([60, 60])
    expect(at.points('Work', 'Invocations', of('2')).map((point) => point.start)).toEqual([MINUTE])
    expect(at.answers.every((answer) => answer.status === 'OK')).toBe(true)
  })

  test.each([
    [0.1, 10_000, 1000, 60],
    [0.03, 10_000, 300, 34],
    [0.05, 1_000, 50, 14],
  ])(
    'with a weight of %f each of %i requests draws its version: %i of them, within two standard deviations (%i) [N.LAMBDA-35, LAM-70, LAM-V11, LAM-V15]',
    (weight, requests, expected, deviation) => {
      const at = made(weights('2', weight))
      for (let i = 0; i < requests / 100; i++) burst(at, 'Prod', i * SECOND, 100)
      at.run(3 * MINUTE).finish()
      const [first, second] = executed(at)
      expect(first + second).toBe(requests)
      expect(Math.abs(second - expected)).toBeLessThanOrEqual(deviation)
    },
  )

  test.each([
    [0.03, 10_000, 300],
    [0.05, 1_000, 50],
    [1, 100, 100],
  ])(
    'in turn, a weight of %f gets of %i requests exactly %i [LAM-70, LAM-V11, LAM-V15]',
    (weight, requests, expected) => {
      const at = made(weights('2', weight), { AliasChoice: 'in turn' })
      for (let i = 0; i < requests / 100; i++) burst(at, 'Prod', i * SECOND, 100)
      at.run(3 * MINUTE).finish()
      expect(executed(at)).toEqual([requests - expected, expected])
    },
  )

  test('a new version starts cold, and what is warm for one does not serve another [LAM-70]', () => {
    const at = made(weights('2', 0), { ColdStart: '500ms', ColdStartCpu: '0' })
    expect([took(at, 'Prod'), took(at, 'Prod')]).toEqual([510, 10])
    at.ask('Work', 'lambda:UpdateAlias', { Name: 'prod', FunctionVersion: '2' })
    expect([took(at, 'Prod'), took(at, 'Prod')]).toEqual([520, 20])
    at.ask('Work', 'lambda:UpdateAlias', { Name: 'prod', FunctionVersion: '1' })
    expect(took(at, 'Prod')).toBe(10)
  })

  test('what is provisioned is made anew for the version that the alias is pointed at [LAM-36]', () => {
    const provisioned = { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 6 } }
    const at = made(
      { ...weights('2', 0), ...provisioned },
      { ColdStart: '500ms', ColdStartCpu: '0', ProvisionedDelay: '90s' },
    )
    expect(took(at, 'Prod')).toBe(10)
    at.ask('Work', 'lambda:UpdateAlias', { Name: 'prod', FunctionVersion: '2' })
    const asked = at.now
    expect(at.state<LambdaFunction>('Work').environments.idle).toBe(0)
    expect(took(at, 'Prod')).toBe(520)
    at.run(asked + 90 * SECOND + 60 * MS - 1)
    expect(at.state<LambdaFunction>('Work').qualifiers[0].ready).toBe(0)
    at.run(asked + 90 * SECOND + 60 * MS)
    expect(at.state<LambdaFunction>('Work').qualifiers[0].ready).toBe(6)
  })

  test.each([
    ['an unknown alias', { Name: 'test', FunctionVersion: '1' }, 'ResourceNotFoundException'],
    ['an unknown version', { Name: 'prod', FunctionVersion: '7' }, 'ResourceNotFoundException'],
    ['the number of a version', { Name: '1', FunctionVersion: '1' }, 'ResourceNotFoundException'],
    ['weights of $LATEST', { Name: 'prod', FunctionVersion: '$LATEST', RoutingConfig: weigh({ 1: 0.5 }) }, 'Invalid'],
    ['the same version twice', { Name: 'prod', FunctionVersion: '1', RoutingConfig: weigh({ 1: 0.5 }) }, 'Invalid'],
    ['three versions', { Name: 'prod', RoutingConfig: weigh({ 2: 0.1, 3: 0.1 }) }, 'Invalid'],
    ['a weight above 1', { Name: 'prod', RoutingConfig: weigh({ 2: 1.1 }) }, 'Invalid'],
    ['no number', { Name: 'prod', RoutingConfig: weigh({ 2: 'much' }) }, 'Invalid'],
  ])('%s is refused, and the alias stays [N.LAMBDA-35, LAM-70]', (_, body, status) => {
    const at = made(weights('2', 0.25))
    const before = at.ask('Work', 'lambda:GetAlias', { Name: 'prod' }).answer
    expect(before).toEqual({ Name: 'prod', FunctionVersion: '1', RoutingConfig: weigh({ 2: 0.25 }) })
    expect(at.ask('Work', 'lambda:UpdateAlias', body).status).toContain(status)
    expect(at.ask('Work', 'lambda:GetAlias', { Name: 'prod' }).answer).toEqual(before)
  })

  test('an empty routing takes the second version away, none leaves it [LAM-70]', () => {
    const at = made(weights('2', 0.25))
    const update = (body: object): unknown =>
      at.ask('Work', 'lambda:UpdateAlias', { Name: 'prod', ...body }).answer.RoutingConfig
    expect(update({ FunctionVersion: '1' })).toEqual(weigh({ 2: 0.25 }))
    expect(update({ RoutingConfig: weigh({}) })).toEqual(weigh({}))
  })

  test('templates: an alias of two versions more, of the same twice or of an alias is refused [N.LAMBDA-35, N.LAMBDA-37]', () => {
    const two = { RoutingConfig: { AdditionalVersionWeights: ['2', '3'].map(each) } }
    expect(() => made(two)).toThrow(/alias-weights/)
    expect(() => made(weights('1', 0.1))).toThrow(/alias-weights/)
    expect(() => made(weights('$LATEST', 0.1))).toThrow(/alias-weights/)
    expect(() => made(weights('Prod', 0.1))).toThrow(/alias-of-alias/)
    expect(() => made(weights('2', 1.01))).toThrow(/FunctionWeight/)
  })

  test('a mapping on the alias feeds the new version after an update, as it stands [N.LAMBDA-36]', () => {
    const work = part(waits(0))
    const at = world({
      Work: work,
      Jobs: { def: queue, properties: { VisibilityTimeout: 6000 } },
      Prod: {
        def: alias,
        properties: { FunctionName: 'Work', FunctionVersion: '1', Name: 'prod', ...weights('2', 0) },
      },
      Feed: { def: eventSourceMapping, properties: { EventSourceArn: 'Jobs', FunctionName: 'Prod', BatchSize: 1 } },
    })
    for (let second = 0; second < 120; second++) {
      at.run(second * SECOND)
      if (second === 60) at.ask('Work', 'lambda:UpdateAlias', { Name: 'prod', FunctionVersion: '2' })
      at.call('Jobs', 'sqs:SendMessage', { MessageBody: second })
    }
    at.run(5 * MINUTE).finish()
    expect(executed(at)).toEqual([60, 60])
  })
})

const each = (FunctionVersion: string) => ({ FunctionVersion, FunctionWeight: 0.1 })
const weigh = (AdditionalVersionWeights: Record<string, unknown>) => ({ AdditionalVersionWeights })
