// Usage plans: who may call, how fast and how often, and what is kept of it.
import { describe, expect, test } from 'vitest'
import { ask, gateway, openApi, partDef, proxy, REGIONAL, stage } from '../../../test/apis.ts'
import { DAY, HOUR, type Lab, type Part, SECOND } from '../../../test/kit.ts'
import { restApi } from './rest-api.ts'
import { usagePlan } from './usage-plan.ts'

const locked = { ...proxy(), security: [{ api_key: [] }] }
const body = (paths: Record<string, unknown> = { '/x': { get: locked } }) => ({
  ...openApi(paths),
  components: { securitySchemes: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
})
const part = (type: string) => ({
  ...partDef(type),
  quotas: {},
  props: usagePlan.parts![type]!,
})
const key = (properties: Record<string, unknown> = {}): Part => ({
  def: part('AWS::ApiGateway::ApiKey'),
  properties: { Enabled: true, ...properties },
})
const link = (KeyId: string, UsagePlanId: string): Part => ({
  def: part('AWS::ApiGateway::UsagePlanKey'),
  properties: { KeyId, KeyType: 'API_KEY', UsagePlanId },
})
const plan = (properties: Record<string, unknown> = {}, stages = ['prod']): Part => ({
  def: usagePlan,
  properties: { ApiStages: stages.map((Stage) => ({ ApiId: 'Api', Stage })), ...properties },
})
function world(parts: Record<string, Part>, paths?: Record<string, unknown>, startsAt?: number): Lab {
  const plans = Object.keys(parts).filter((name) => parts[name].def === usagePlan)
  return gateway(
    { Api: { def: restApi, properties: { Body: body(paths), ...REGIONAL } }, Stage: stage(), ...parts },
    {
      probe: [['Api', 'execute-api:Invoke'], ...plans.map((name) => [name, 'apigateway:GetUsage'] as const)],
      ...(startsAt === undefined ? {} : { startsAt }),
    },
  )
}
const one = (properties: Record<string, unknown> = {}): Record<string, Part> => ({
  Ann: key({ Value: 'secret-of-ann' }),
  AnnsPlan: link('Ann', 'Plan'),
  Plan: plan(properties),
})
const status = (at: Lab, event: object = { 'x-api-key': 'secret-of-ann' }, route = 0): number =>
  ask(at, event, route).http || 200

describe('keys', () => {
  test('none and a wrong one get 403, the right one gets in [N.APIGATEWAY-41, API-13]', () => {
    const at = world(one())
    expect([status(at, {}), status(at, { 'x-api-key': 'guess' }), status(at)]).toEqual([403, 403, 200])
    expect(ask(at, {}).answer).toEqual({ statusCode: 403, body: '{"message":"Forbidden"}' })
    expect(status(at, { headers: { 'X-API-Key': 'secret-of-ann' } })).toBe(200)
    at.run(HOUR).finish()
    expect([at.sum('Api', '4XXError'), at.sum('Api', 'Count')]).toEqual([3, 5])
  })

  test('a key is known by its logical id too, and by the name that CloudFormation makes of it', () => {
    const at = world(one())
    expect([status(at, { 'x-api-key': 'Ann' }), status(at, { 'x-api-key': 'stack-Ann-ABCDEFGHIJ12' })]).toEqual([
      200, 200,
    ])
  })

  test('a key of a plan without the stage gets 403 there [N.APIGATEWAY-42]', () => {
    const at = world({ ...one(), Plan: plan({}, ['dev']), Dev: stage({ StageName: 'dev' }) })
    // Route 0 is that of the stage prod.
    expect([status(at, undefined, 0), status(at, undefined, 1)]).toEqual([403, 200])
  })

  test('all four steps are needed: a key, a plan, its stage, and the key in the plan [N.APIGATEWAY-46]', () => {
    const { Ann, AnnsPlan, Plan } = one()
    expect(status(world({ Ann, Plan }))).toBe(403)
    expect(status(world({ Ann, AnnsPlan, Plan: plan({}, []) }))).toBe(403)
    expect(status(world({ Ann: key({ Value: 'secret-of-ann', Enabled: false }), AnnsPlan, Plan }))).toBe(403)
    expect(status(world({ Ann, AnnsPlan, Plan }))).toBe(200)
  })

  test('methods that ask for no key let everybody in, plan or not [N.APIGATEWAY-41]', () => {
    const at = world(one({ Throttle: { RateLimit: 1, BurstLimit: 1 } }), {
      '/x': { get: locked },
      '/y': { get: proxy() },
    })
    expect(Array.from({ length: 5 }, () => status(at, {}, 1))).toEqual([200, 200, 200, 200, 200])
  })

  test('where the template has no key at all, that is said and everybody is let in', () => {
    const at = world({})
    expect(at.notSimulated.join()).toContain('the template has none')
    expect(status(at, {})).toBe(200)
  })

  test('methods of their own say it by ApiKeyRequired [N.APIGATEWAY-41]', () => {
    const properties = { RestApiId: 'Api', ResourceId: 'root', HttpMethod: 'GET', ApiKeyRequired: true }
    const Get = {
      def: partDef('AWS::ApiGateway::Method'),
      properties: { ...properties, Integration: { Type: 'AWS_PROXY', Uri: 'Fn' } },
    }
    const at = world({ ...one(), Get }, {})
    expect([status(at, {}), status(at)]).toEqual([403, 200])
  })
})

describe('how fast', () => {
  test('two customers of 50 requests a second: of ten a second four fifths are refused, of a hundred none [N.APIGATEWAY-40]', () => {
    const at = world({
      Ann: key({ Value: 'ann' }),
      Bob: key({ Value: 'bob' }),
      AnnBasic: link('Ann', 'Basic'),
      BobPro: link('Bob', 'Pro'),
      Basic: plan({ Throttle: { RateLimit: 10, BurstLimit: 10 } }),
      Pro: plan({ Throttle: { RateLimit: 100, BurstLimit: 100 } }),
    })
    const served = { ann: 0, bob: 0 }
    for (let i = 0; i < 50 * 60; i++) {
      at.run((i * SECOND) / 50)
      for (const name of ['ann', 'bob'] as const)
        at.call(
          'Api',
          'execute-api:Invoke',
          { 'x-api-key': name },
          0,
          ({ http }) => (served[name] += http < 400 ? 1 : 0),
        )
    }
    at.run(HOUR)
    // The bucket is full at first: ten more.
    expect(served.bob).toBe(3000)
    expect(Math.abs(served.ann - 609)).toBeLessThanOrEqual(1)
  })

  test('a burst of 20: as many of 100 at once, then 10 a second [N.APIGATEWAY-45, API-10]', () => {
    const at = world(one({ Throttle: { RateLimit: 10, BurstLimit: 20 } }))
    for (let i = 0; i < 100; i++) at.call('Api', 'execute-api:Invoke', { 'x-api-key': 'Ann' })
    at.run(0)
    at.run(SECOND - 1)
    expect(at.answers.filter(({ http }) => http < 400)).toHaveLength(20)
    at.run(SECOND)
    for (let i = 0; i < 100; i++) at.call('Api', 'execute-api:Invoke', { 'x-api-key': 'Ann' })
    at.run(2 * SECOND)
    expect(at.answers.filter(({ http }) => http < 400)).toHaveLength(30)
    expect(at.answers.filter(({ http }) => http === 429)).toHaveLength(170)
  })

  test('keys have a bucket each, over all stages of the plan [N.APIGATEWAY-45, API-13]', () => {
    const both = { ...one({ Throttle: { RateLimit: 1, BurstLimit: 2 } }), Bob: key(), Bobs: link('Bob', 'Plan') }
    const at = world({
      ...both,
      Plan: plan({ Throttle: { RateLimit: 1, BurstLimit: 2 } }, ['prod', 'dev']),
      Dev: stage({ StageName: 'dev' }),
    })
    const ofAnn = [0, 1, 0].map((route) => status(at, { 'x-api-key': 'Ann' }, route))
    const ofBob = [0, 1].map((route) => status(at, { 'x-api-key': 'Bob' }, route))
    expect([ofAnn, ofBob]).toEqual([
      [200, 200, 429],
      [200, 200],
    ])
  })

  test('a method may have a limit of its own [N.APIGATEWAY-45, API-10]', () => {
    const Throttle = { '/x/GET': { RateLimit: 1, BurstLimit: 1 } }
    const limited = {
      ...one(),
      Plan: { def: usagePlan, properties: { ApiStages: [{ ApiId: 'Api', Stage: 'prod', Throttle }] } },
    }
    const at = world(limited, { '/x': { get: locked }, '/y': { get: locked } })
    const mine = { 'x-api-key': 'Ann' }
    expect([0, 0, 1, 1].map((route) => status(at, mine, route))).toEqual([200, 429, 200, 200])
  })

  test('a request that the key’s bucket refuses takes nothing from the method’s, nor the other way round [API-12]', () => {
    const paths = { '/x': { get: locked }, '/y': { get: locked } }
    const made = (own: number, all: number): Lab =>
      world(
        {
          ...one(),
          Plan: {
            def: usagePlan,
            properties: {
              ApiStages: [
                { ApiId: 'Api', Stage: 'prod', Throttle: { '/x/GET': { RateLimit: 1e-6, BurstLimit: own } } },
              ],
              Throttle: { RateLimit: 1, BurstLimit: all },
            },
          },
        },
        paths,
      )
    // The key’s one token goes to /y; /x is refused by it, and has its own one a second later.
    const key = made(1, 1)
    expect([status(key, undefined, 1), status(key)]).toEqual([200, 429])
    key.run(2 * SECOND)
    expect(status(key)).toBe(200)
    // The method’s one token is gone after the first; the key’s second is left for /y.
    const method = made(1, 2)
    expect([status(method), status(method), status(method, undefined, 1)]).toEqual([200, 429, 200])
  })

  test('what a plan refuses takes nothing from the stage and the account [API-10]', () => {
    const at = world({ ...one({ Throttle: { RateLimit: 0, BurstLimit: 0 } }) })
    for (let i = 0; i < 100; i++) status(at)
    const api = at.state<{ tightest(now: number): { peek(now: number): number } }>('Api')
    expect(api.tightest(at.now).peek(at.now)).toBe(5000)
  })
})

describe('how often', () => {
  test('the 1,001st call of a day gets 429 Limit Exceeded; the next day has its own [N.APIGATEWAY-43, API-13]', () => {
    const at = world(one({ Quota: { Limit: 1000, Period: 'DAY' } }))
    const codes = Array.from({ length: 1001 }, () => status(at))
    expect([codes.filter((code) => code === 200).length, codes[1000]]).toEqual([1000, 429])
    expect(ask(at, { 'x-api-key': 'Ann' }).answer.body).toContain('Limit Exceeded')
    at.run(DAY - 1)
    expect(status(at)).toBe(429)
    const next = world(one({ Quota: { Limit: 1, Period: 'DAY' } }))
    status(next)
    next.run(DAY)
    expect(status(next)).toBe(200)
  })

  test.each([
    // The run begins on a Monday, the 5th of January.
    ['WEEK', 7],
    ['MONTH', 27],
  ])('a %s ends after %i days [N.APIGATEWAY-43, API-13]', (Period, days) => {
    const at = world(one({ Quota: { Limit: 1, Period } }))
    status(at)
    at.run(days * DAY - SECOND)
    expect(status(at)).toBe(429)
    at.run(days * DAY)
    expect(status(at)).toBe(200)
  })

  test('an offset is missing in the first period alone [API-13]', () => {
    const at = world(one({ Quota: { Limit: 3, Period: 'DAY', Offset: 2 } }))
    expect([status(at), status(at)]).toEqual([200, 429])
    at.run(DAY)
    expect([status(at), status(at), status(at), status(at)]).toEqual([200, 200, 200, 429])
  })

  test('usage is told by key [N.APIGATEWAY-44]', () => {
    const at = world({ ...one({ Quota: { Limit: 2000, Period: 'DAY' } }), Bob: key(), Bobs: link('Bob', 'Plan') })
    for (let i = 0; i < 1000; i++) status(at)
    for (let i = 0; i < 50; i++) status(at, { 'x-api-key': 'Bob' })
    expect(at.ask('Plan', 'apigateway:GetUsage').answer).toEqual({ items: { Ann: [[1000, 1000]], Bob: [[50, 1950]] } })
    expect(at.ask('Plan', 'apigateway:GetUsage', { keyId: 'Bob' }).answer).toEqual({ items: { Bob: [[50, 1950]] } })
  })
})

test('a key that is refused is told of with its plan; one that keeps to it is not', () => {
  const kinds = (limits: Record<string, unknown>, requests: number): string[] => {
    const at = world(one(limits))
    for (let i = 0; i < requests; i++) at.call('Api', 'execute-api:Invoke', { 'x-api-key': 'Ann' })
    at.run(SECOND)
    const look = { now: at.now, warmUp: 0, name: 'Plan', metric: () => 0, callers: () => [], callees: () => [] }
    const whole = { ...look, consumers: () => [], watched: () => [] }
    return usagePlan.insights!(at.state('Plan'), whole).map(({ kind }) => kind)
  }
  expect(kinds({ Throttle: { RateLimit: 10, BurstLimit: 10 } }, 15)).toEqual(['plan-throttle'])
  expect(kinds({ Throttle: { RateLimit: 10, BurstLimit: 10 } }, 14)).toEqual([])
  expect(kinds({ Quota: { Limit: 10, Period: 'DAY' } }, 15)).toEqual(['plan-quota'])
})
