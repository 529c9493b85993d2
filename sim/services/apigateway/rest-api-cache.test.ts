// The cache of a stage: what it keeps, for how long, what tells requests apart, and who may have an answer replaced.
import { describe, expect, test } from 'vitest'
import { ask, gateway, openApi, partDef, REGIONAL, stage, type Stand } from '../../../test/apis.ts'
import { type Lab, MINUTE, type Part, SECOND } from '../../../test/kit.ts'
import type { Gateway } from '../../parts/gateway.ts'
import { restApi } from './rest-api.ts'

const to = (more: object = {}) => ({
  'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: 'Fn', ...more },
})
const keys = (...names: string[]) => ({ cacheKeyParameters: names.map((name) => `method.request.${name}`) })

interface Options {
  readonly paths?: Record<string, unknown>
  readonly stages?: Record<string, Part>
  readonly settings?: Record<string, unknown>
  readonly methods?: readonly Record<string, unknown>[]
  readonly assumptions?: Record<string, string>
}

/** An API with a cache on its only stage, unless told otherwise. */
function cached({ paths, stages, settings, methods = [], assumptions }: Options = {}): Lab {
  const cache = { CacheClusterEnabled: true, MethodSettings: methods, ...settings }
  return gateway(
    {
      Api: {
        def: restApi,
        properties: { Body: openApi(paths ?? { '/x': { get: to() } }), ...REGIONAL },
        ...(assumptions === undefined ? {} : { assumptions }),
      },
      ...(stages ?? { Stage: stage(cache) }),
    },
    {
      probe: [
        ['Api', 'execute-api:Invoke'],
        ['Api', 'apigateway:FlushStageCache'],
      ],
    },
  )
}
const calls = (at: Lab): number => at.state<Stand>('Fn').events.length
/** Whether each request at these seconds was answered by the cache. */
const hits = (at: Lab, seconds: readonly number[], event: object = {}, route = 0): boolean[] =>
  seconds.map((second) => {
    at.run(Math.max(at.now, second * SECOND))
    const before = calls(at)
    ask(at, event, route)
    return calls(at) === before
  })
const setting = (more: object, ResourcePath = '/*', HttpMethod = '*') => ({ ResourcePath, HttpMethod, ...more })

test('no value of a declared parameter can be taken for two of them [API-21]', () => {
  const at = cached({ paths: { '/x': { get: to(keys('querystring.a', 'querystring.b')) } } })
  const other = (a: unknown, b: unknown): boolean => hits(at, [0], { queryStringParameters: { a, b } })[0]
  const pairs = [
    ['1', '2\n3'],
    ['1\n2', '3'],
    ['1\n1 2', '3'],
    [{ p: 1 }, ''],
    [{ p: 2 }, ''],
  ] as const
  expect(pairs.map(([a, b]) => other(a, b))).toEqual(pairs.map(() => false))
  expect(pairs.map(([a, b]) => other(a, b))).toEqual(pairs.map(() => true))
})

describe('time', () => {
  test('one request a second for ten minutes: two reach the backend, 598 do not [N.APIGATEWAY-07, N.APIGATEWAY-49, API-23]', () => {
    const at = cached()
    for (let second = 0; second < 600; second++) {
      at.run(second * SECOND)
      at.call('Api', 'execute-api:Invoke', {})
    }
    at.run(11 * MINUTE).finish()
    expect([at.sum('Api', 'CacheHitCount'), at.sum('Api', 'CacheMissCount'), calls(at)]).toEqual([598, 2, 2])
    expect(at.sum('Api', 'Count')).toBe(600)
    const samples = at.points('Api', 'IntegrationLatency').reduce((sum, point) => sum + point.n * point.repeat, 0)
    expect(samples).toBe(2)
  })

  test('300 s by default: a hit after 299 s, none after 300 s [N.APIGATEWAY-08, API-20, API-V4]', () => {
    expect(hits(cached(), [0, 299, 300])).toEqual([false, true, false])
  })

  test('what the settings say: none with 0, at most an hour [N.APIGATEWAY-08, API-20]', () => {
    expect(hits(cached({ methods: [setting({ CacheTtlInSeconds: 0 })] }), [0, 1])).toEqual([false, false])
    const hour = cached({ methods: [setting({ CacheTtlInSeconds: 3600 })] })
    expect(hits(hour, [0, 3599, 3600])).toEqual([false, true, false])
    expect(() => cached({ methods: [setting({ CacheTtlInSeconds: 3601 })] })).toThrow(/3601/)
  })
})

describe('whose answers are kept', () => {
  test('those of the stage that has a cache [N.APIGATEWAY-09]', () => {
    const at = cached({
      stages: {
        Dev: stage({ StageName: 'dev' }),
        Prod: stage({ StageName: 'prod', CacheClusterEnabled: true }),
      },
    })
    expect(hits(at, [0, 1, 2], {}, 0)).toEqual([false, false, false])
    expect(hits(at, [3, 4, 5], {}, 1)).toEqual([false, true, true])
    at.run(MINUTE).finish()
    expect(at.sum('Api', 'CacheHitCount', { Stage: 'prod' })).toBe(2)
  })

  test('all but those of a method that is taken out [N.APIGATEWAY-10]', () => {
    const at = cached({
      paths: { '/live': { get: to() }, '/x': { get: to() } },
      methods: [setting({ CachingEnabled: false }, '/~1live', 'GET')],
    })
    expect([hits(at, [0, 1, 2], {}, 0), hits(at, [3, 4, 5], {}, 1)]).toEqual([
      [false, false, false],
      [false, true, true],
    ])
  })

  test('of GET alone, and of another method when its settings name it [N.APIGATEWAY-10, API-20, API-V8]', () => {
    const paths = { '/x': { get: to(), post: to() } }
    expect(hits(cached({ paths }), [0, 1], {}, 1)).toEqual([false, false])
    expect(hits(cached({ paths, methods: [setting({ CachingEnabled: true })] }), [0, 1], {}, 1)).toEqual([false, false])
    const own = cached({ paths, methods: [setting({ CachingEnabled: true }, '/~1x', 'POST')] })
    expect(hits(own, [0, 1], {}, 1)).toEqual([false, true])
    expect(hits(cached({ methods: [setting({ CachingEnabled: false })] }), [0, 1])).toEqual([false, false])
  })

  test('that went well, and are no longer than 1 MB [API-20, API-23]', () => {
    const answer = (statusCode: number, length = 0) => ({ answer: { statusCode, body: 'x'.repeat(length) } })
    expect(hits(cached(), [0, 1], answer(404))).toEqual([false, false])
    expect(hits(cached(), [0, 1], answer(299))).toEqual([false, true])
    expect(hits(cached(), [0, 1], answer(300))).toEqual([false, false])
    // {"statusCode":200,"body":"…"}: 28 bytes around the text.
    expect(hits(cached(), [0, 1], answer(200, 1_048_576 - 28))).toEqual([false, true])
    expect(hits(cached(), [0, 1], answer(200, 1_048_577 - 28))).toEqual([false, false])
  })
})

describe('what tells requests apart', () => {
  const users = (...names: string[]): Lab => cached({ paths: { '/users': { get: to(keys(...names)) } } })

  test('declared parameters, and no others [API-21, API-V3]', () => {
    const at = users('querystring.type')
    expect(hits(at, [0], { type: 'admin', department: 'A' })).toEqual([false])
    expect(hits(at, [1], { type: 'admin', department: 'B' })).toEqual([true])
    expect(hits(at, [2], { type: 'regular', department: 'B' })).toEqual([false])
    expect(hits(at, [3], { queryStringParameters: { type: 'regular' } })).toEqual([true])
  })

  test('not even what stands in the path, unless it is declared [API-21]', () => {
    const paths = (more: object) => ({ '/users/{id}': { get: to(more) } })
    const plain = cached({ paths: paths({}) })
    expect([hits(plain, [0], { id: 1 }), hits(plain, [1], { id: 2 })]).toEqual([[false], [true]])
    const told = cached({ paths: paths(keys('path.id')) })
    expect([hits(told, [0], { id: 1 }), hits(told, [1], { id: 2 }), hits(told, [2], { id: 1 })]).toEqual([
      [false],
      [false],
      [true],
    ])
  })

  test('headers in any case; two parameters are not one [API-21]', () => {
    const at = users('header.X-Tenant', 'header.X-User')
    expect(hits(at, [0], { headers: { 'x-tenant': 'a', 'x-user': 'b' } })).toEqual([false])
    expect(hits(at, [1], { headers: { 'X-Tenant': 'a', 'X-USER': 'b' } })).toEqual([true])
    expect(hits(at, [2], { headers: { 'X-Tenant': 'a\nb' } })).toEqual([false])
    expect(hits(at, [3], { headers: { 'X-Tenant': '', 'X-User': 'a\nb' } })).toEqual([false])
  })

  test('a canary keeps nothing, or its own answers where it uses the cache [API-21]', () => {
    const canary = (UseStageCache: boolean) =>
      cached({ settings: { CanarySetting: { PercentTraffic: 100, UseStageCache } } })
    expect(hits(canary(false), [0, 1])).toEqual([false, false])
    expect(hits(canary(true), [0, 1])).toEqual([false, true])
    const half = cached({ settings: { CanarySetting: { PercentTraffic: 50, UseStageCache: true } } })
    hits(
      half,
      Array.from({ length: 40 }, (_, i) => i),
    )
    expect(calls(half)).toBe(2)
  })

  test('methods of their own in a template say it by CacheKeyParameters [API-21]', () => {
    const Integration = {
      Type: 'AWS_PROXY',
      Uri: 'Fn',
      CacheKeyParameters: ['method.request.path.id'],
    }
    const at = gateway({
      Api: { def: restApi, properties: REGIONAL },
      Item: {
        def: partDef('AWS::ApiGateway::Method'),
        properties: { RestApiId: 'Api', ResourceId: 'root', HttpMethod: 'GET', Integration },
      },
      Stage: stage({ CacheClusterEnabled: true }),
    })
    expect([hits(at, [0], { id: 1 }), hits(at, [1], { id: 2 }), hits(at, [2], { id: 2 })]).toEqual([
      [false],
      [false],
      [true],
    ])
  })
})

describe('size', () => {
  test.each([0.5, '1.6', '6.1', '13.5', '28.4', '58.2', 118, '237'])('%s GB [N.APIGATEWAY-11, API-20]', (size) => {
    expect(hits(cached({ settings: { CacheClusterSize: size } }), [0, 1])).toEqual([false, true])
  })

  test.each([300, '0.6', '1'])('%s GB is refused [N.APIGATEWAY-11]', (size) => {
    expect(() => cached({ settings: { CacheClusterSize: size } })).toThrow(/CacheClusterSize/)
  })

  test('where more is asked for than it holds, the answers unused for longest go, and requests miss [N.APIGATEWAY-11, API-23]', () => {
    const body = 'x'.repeat(1_048_000)
    const at = cached({ paths: { '/x': { get: to(keys('querystring.id')) } } })
    const get = (id: number): void => void ask(at, { id, answer: { statusCode: 200, body } })
    const { store } = at.state<Gateway>('Api').caches[0]!
    // 0.5 GB hold 512 answers of 1,048,028 bytes and their keys.
    for (let id = 0; id < 512; id++) get(id)
    expect(store.evictions).toBe(0)
    get(0)
    for (let id = 512; id < 520; id++) get(id)
    expect([store.evictions, store.hits]).toEqual([8, 1])
    get(0)
    get(9)
    expect(store.hits).toBe(3)
    get(8)
    expect(store.hits).toBe(3)
  })
})

describe('a fresh answer', () => {
  const fresh = { 'Cache-Control': 'max-age=0' }
  const signed = { headers: { 'cache-control': 'no-transform, max-age=0', Authorization: 'AWS4-HMAC-SHA256 …' } }

  test('is fetched for who may have it, and replaces what was kept [N.APIGATEWAY-12, API-22]', () => {
    const at = cached()
    expect(hits(at, [0, 200])).toEqual([false, true])
    expect(hits(at, [250], signed)).toEqual([false])
    expect(hits(at, [549, 550])).toEqual([true, false])
    at.run(MINUTE * 10).finish()
    expect([at.sum('Api', 'CacheMissCount'), at.sum('Api', 'CacheHitCount')]).toEqual([3, 2])
  })

  test.each([
    ['SUCCEED_WITH_RESPONSE_HEADER', 'OK', true],
    ['SUCCEED_WITHOUT_RESPONSE_HEADER', 'OK', false],
    ['FAIL_WITH_403', 'ForbiddenException', false],
  ])('who may not is told so or not: %s [N.APIGATEWAY-12, API-22]', (CacheControl, status, warned) => {
    const at = cached({ assumptions: { CacheControl } })
    ask(at, {})
    const answer = ask(at, fresh)
    expect([answer.status, calls(at)]).toEqual([status, 1])
    expect(answer.answer.headers?.Warning !== undefined).toBe(warned)
  })

  test('is everybody’s where nobody is asked for permission [API-22]', () => {
    const at = cached({ assumptions: { CacheControl: 'anybody may' } })
    expect([hits(at, [0]), hits(at, [1], fresh), hits(at, [2], { 'Cache-Control': 'max-age=01' })]).toEqual([
      [false],
      [false],
      [true],
    ])
  })

  test('comes after a flush of the stage; other stages keep theirs [API-22]', () => {
    const at = cached({
      stages: {
        Dev: stage({ StageName: 'dev', CacheClusterEnabled: true }),
        Prod: stage({ StageName: 'prod', CacheClusterEnabled: true }),
      },
    })
    for (const route of [0, 1]) ask(at, {}, route)
    expect(at.ask('Api', 'apigateway:FlushStageCache', { stageName: 'prod' }).status).toBe('OK')
    expect([hits(at, [1], {}, 0), hits(at, [1], {}, 1)]).toEqual([[true], [false]])
    expect(at.ask('Api', 'apigateway:FlushStageCache', { stageName: 'test' }).status).toBe('NotFoundException')
  })
})

test('a cache whose requests are all different is told of; one that answers is not', () => {
  const findings = (different: boolean): string[] => {
    const at = cached({ paths: { '/x': { get: to(keys('querystring.id')) } } })
    for (let id = 0; id < 200; id++) ask(at, { id: different ? id : id % 20 })
    const look = { now: at.now, warmUp: 0, name: 'Api', metric: () => 200, callers: () => [], callees: () => [] }
    return restApi.insights!(at.state('Api'), { ...look, consumers: () => [], watched: () => [] }).map(
      ({ kind }) => kind,
    )
  }
  expect([findings(true), findings(false)]).toEqual([['cache-never-hits'], []])
})

describe('the bill of caches', () => {
  test('has those of a size by the hour, whether they are asked or not [PR-R1]', () => {
    const on = (CacheClusterSize?: string) =>
      stage({ CacheClusterEnabled: true, ...(CacheClusterSize ? { CacheClusterSize } : {}) })
    const one = cached()
      .run(600 * MINUTE)
      .finish()
      .bill('Api')
    expect(one).toMatchObject({ 'Cache0.5GB': { used: 10, run: 0.2 } })
    const named = (StageName: string, part: Part): Part => ({ ...part, properties: { ...part.properties, StageName } })
    const stages = { A: named('a', on('6.1')), B: named('b', on('6.1')), C: named('c', stage({})) }
    const three = cached({ stages })
      .run(600 * MINUTE)
      .finish()
      .bill('Api')
    expect(three['Cache6.1GB']).toEqual({ used: 20, run: 4 })
    expect(three['Cache0.5GB']).toBeUndefined()
  })
})
