// REST APIs: throttles in their order, what becomes of a backend's answer, routes from every kind of template.
import { describe, expect, test } from 'vitest'
import {
  ask,
  gateway,
  lambda,
  openApi,
  partDef,
  proxy,
  REGIONAL,
  simple,
  stage,
  type Stand,
} from '../../../test/apis.ts'
import { HOUR, type Lab, MS, type Part, type Refused, SECOND } from '../../../test/kit.ts'
import type { Call } from '../../engine/calls.ts'
import type { ServiceDef } from '../../model/contract.ts'
import { backoff } from '../../parts/retry.ts'
import type { Gateway } from '../../parts/gateway.ts'
import { workload, type Workload } from '../client/workload.ts'
import { server } from '../http/server.ts'
import { queue } from '../sqs/queue.ts'
import { restApi } from './rest-api.ts'

describe('throttles', () => {
  test('the account lets 5,000 of 6,000 requests through at once, and 5,009 of 10,000 within a millisecond [API-V1, API-11, API-12]', () => {
    const at = simple()
    for (let i = 0; i < 6000; i++) at.call('Api', 'execute-api:Invoke', {})
    at.run(SECOND)
    expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(5000)
    expect(at.answers.filter((answer) => answer.http === 429).length).toBe(1000)
    const spread = simple()
    for (let i = 0; i < 10_000; i++) {
      spread.run(Math.floor(i / 10))
      spread.call('Api', 'execute-api:Invoke', {})
    }
    spread.run(SECOND)
    expect(spread.answers.filter((answer) => answer.status === 'OK').length).toBe(5009)
  })

  test('a stage of 5 per second and 10 at once lets 10 of 20 pass, and 2 s later 10 more [API-V2, API-10]', () => {
    const at = simple({
      MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 }],
    })
    for (let i = 0; i < 20; i++) at.call('Api', 'execute-api:Invoke', {})
    at.run(2 * SECOND)
    expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(10)
    for (let i = 0; i < 15; i++) at.call('Api', 'execute-api:Invoke', {})
    at.run(4 * SECOND)
    expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(20)
  })

  test('two APIs of 6,000 requests per second share 10,000; the rest gets 429 and counts in 4XXError [N.APIGATEWAY-06, API-11, API-60]', () => {
    const load = (Target: string): Part => ({
      def: workload,
      config: {
        Target,
        Action: 'execute-api:Invoke',
        Arg: 0,
        Body: null,
        Arrivals: 'regular',
        Rate: [{ at: 0, perSecond: 6000 }],
        Count: 60_000,
        Client: { Retries: backoff(1, 0, 0, 'none'), Timeout: null },
      },
    })
    const Body = openApi({ '/x': { get: { 'x-amazon-apigateway-integration': { type: 'mock' } } } })
    const at = gateway({
      Api: { def: restApi, properties: { Name: 'a', Body } },
      Other: { def: restApi, properties: { Name: 'b', Body } },
      Stage: stage(),
      OtherStage: stage({ RestApiId: 'Other' }),
      First: load('Api'),
      Second: load('Other'),
    })
    at.run(11 * SECOND).finish()
    const throttled = at.sum('Api', '4XXError') + at.sum('Other', '4XXError')
    // 120,000 requests in 10 s against 100,000 and the 5,000 of the full bucket.
    expect(Math.abs(throttled - 15_000)).toBeLessThanOrEqual(2)
    expect(at.state<Workload>('First').failures + at.state<Workload>('Second').failures).toBe(throttled)
    expect(at.sum('Api', 'Count')).toBe(60_000)
  })

  test('a stage with a limit of its own throttles itself and leaves the other stage alone [N.APIGATEWAY-34, N.APIGATEWAY-31]', () => {
    const at = gateway({
      Api: { def: restApi, properties: { Body: openApi({ '/x': { get: proxy() } }) } },
      A: stage({
        StageName: 'test',
        MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 100, ThrottlingBurstLimit: 100 }],
      }),
      B: stage({ StageName: 'prod' }),
    })
    for (let i = 0; i < 400; i++) at.call('Api', 'execute-api:Invoke', {}, i % 2)
    at.run(SECOND).finish()
    expect(at.answers.filter((answer) => answer.http === 429).length).toBe(100)
    expect(at.sum('Api', '4XXError', { Stage: 'test' })).toBe(100)
    expect(at.sum('Api', '4XXError', { Stage: 'prod' })).toBe(0)
    expect(at.sum('Api', 'Count')).toBe(400)
  })

  test('a method with settings of its own has its own bucket; the others share the stage’s [API-10]', () => {
    const MethodSettings = [
      { ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 3 },
      {
        ResourcePath: '/~1orders~1{id}',
        HttpMethod: 'GET',
        ThrottlingRateLimit: 1,
        ThrottlingBurstLimit: 7,
        MetricsEnabled: true,
      },
    ]
    const Body = openApi({ '/orders': { get: proxy(), post: proxy() }, '/orders/{id}': { get: proxy() } })
    const passed = (assumptions: Record<string, string>): number[] => {
      const at = gateway({ Api: { def: restApi, properties: { Body }, assumptions }, Stage: stage({ MethodSettings }) })
      for (let i = 0; i < 30; i++) at.call('Api', 'execute-api:Invoke', { route: i % 3 }, i % 3)
      at.run(0)
      const events = at.state<Stand>('Fn').events
      at.run(SECOND).finish()
      expect(at.sum('Api', 'Count', { Resource: '/orders/{id}', Method: 'GET', Stage: 'prod' })).toBe(10)
      return [0, 1, 2].map((route) => events.filter((event) => event.route === route).length)
    }
    expect(passed({})).toEqual([2, 1, 7])
    expect(passed({ StageThrottle: 'method' })).toEqual([3, 3, 7])
  })

  test('a token taken from the stage’s bucket is not given back when the account refuses [API-10, API-12]', () => {
    const at = simple(
      { MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 10 }] },
      { quotas: { 'apigateway.RequestsPerSecond': 1000, 'apigateway.BurstRequests': 4 } },
    )
    for (let i = 0; i < 8; i++) at.call('Api', 'execute-api:Invoke', {})
    at.run(500 * MS)
    for (let i = 0; i < 4; i++) at.call('Api', 'execute-api:Invoke', {})
    at.run(SECOND)
    // Eight of the stage's ten tokens went with the first eight requests, though the account let only four of them pass.
    expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(4 + 2)
  })
})

describe('what becomes of a function’s answer', () => {
  test('it is the client’s: 418 stays 418; a malformed answer or a function error is 502 [N.APIGATEWAY-26, API-05]', () => {
    const at = simple()
    expect(ask(at, { answer: { statusCode: 201, body: 'made' } })).toMatchObject({
      status: 'OK',
      answer: { statusCode: 201, body: 'made' },
    })
    expect(ask(at, { answer: { statusCode: 418 } })).toMatchObject({ http: 418, answer: { statusCode: 418 } })
    expect(ask(at, { answer: { status: 200 } }).http).toBe(502)
    expect(ask(at, { answer: 'text' }).http).toBe(502)
    expect(ask(at, { answer: { statusCode: 'fine' } }).http).toBe(502)
    expect(ask(at, { answer: { statusCode: 200, other: 1 } }).http).toBe(502)
    expect(ask(at, { answer: { statusCode: 200, multiValueHeaders: { a: 'b' } } }).http).toBe(502)
    // As recorded on AWS, a status may be a text of digits or be left out.
    expect(ask(at, { answer: { statusCode: '404' } }).http).toBe(404)
    expect(ask(at, { answer: { headers: { a: 'b' } } }).answer).toEqual({ statusCode: 200, headers: { a: 'b' } })
    expect(ask(at, { error: true })).toMatchObject({
      http: 502,
      answer: { statusCode: 502, body: '{"message":"Internal server error"}' },
    })
    expect(ask(at, { throttle: true }).http).toBe(500)
    expect(at.state<Stand>('Fn').events.length).toBe(11)
  })

  test('the function gets the request unmodified, and stage variables beside it [N.APIGATEWAY-24, N.APIGATEWAY-35]', () => {
    const at = simple()
    const event = { tenant: 't', id: 7 }
    ask(at, event)
    expect(at.state<Stand>('Fn').events[0]).toBe(event)
    const varied = simple({ Variables: { table: 't1' } })
    ask(varied, event)
    expect(varied.state<Stand>('Fn').events[0]).toEqual({ tenant: 't', id: 7, stageVariables: { table: 't1' } })
  })

  test('a stage variable chooses the function behind each stage [N.APIGATEWAY-38, API-31]', () => {
    const at = gateway({
      Api: { def: restApi, properties: { Body: openApi({ '/x': { get: proxy('${stageVariables.fn}') } }) } },
      A: stage({ StageName: 'dev', Variables: { fn: 'Fn' } }),
      B: stage({ StageName: 'prod', Variables: { fn: 'Fn2' } }),
      Fn2: { def: lambda },
    })
    ask(at, {}, 0)
    ask(at, {}, 1)
    ask(at, {}, 1)
    expect([at.state<Stand>('Fn').events.length, at.state<Stand>('Fn2').events.length]).toEqual([1, 2])
  })

  test('a canary gets its share of the requests by independent draws, and its own variables [N.APIGATEWAY-33, API-30]', () => {
    const canary = (CanarySetting: Record<string, unknown>): number[] => {
      const at = gateway({
        Api: {
          def: restApi,
          properties: { Body: openApi({ '/x': { get: proxy('${stageVariables.fn}') }, '/y': { get: proxy('Fn') } }) },
        },
        Stage: stage({ Variables: { fn: 'Fn', a: '1' }, CanarySetting }),
        Fn2: { def: lambda },
      })
      for (let i = 0; i < 2000; i++) at.call('Api', 'execute-api:Invoke', {})
      at.run(SECOND)
      const seen = at.state<Stand>('Fn2').events
      if (seen.length > 0) expect(seen[0].stageVariables).toEqual({ fn: 'Fn2', a: '1' })
      return [at.state<Stand>('Fn').events.length, seen.length]
    }
    const [old, fresh] = canary({ PercentTraffic: 10, StageVariableOverrides: { fn: 'Fn2' } })
    expect(old + fresh).toBe(2000)
    // Four standard deviations of 2,000 draws with a chance of 0.1.
    expect(Math.abs(fresh - 200)).toBeLessThan(4 * Math.sqrt(2000 * 0.1 * 0.9))
    expect(canary({ PercentTraffic: 100, StageVariableOverrides: { fn: 'Fn2' } })).toEqual([0, 2000])
    expect(canary({ PercentTraffic: 0, StageVariableOverrides: { fn: 'Fn2' } })).toEqual([2000, 0])
  })

  test('a backend of 29.5 s gets 504 after 29 s and the overhead, and works on to its end [API-V5, API-04, N.APIGATEWAY-54]', () => {
    const at = simple()
    const answer = ask(at, { after: 29_500 * MS })
    expect([answer.http, answer.at]).toEqual([504, 29_008 * MS])
    expect(at.state<Gateway>('Api').lateAnswers).toBe(0)
    at.run(29_500 * MS)
    expect(at.state<Gateway>('Api').lateAnswers).toBe(1)
    at.run(HOUR).finish()
    expect(at.points('Api', 'IntegrationLatency')[0].max).toBe(29_000 * MS)
    expect(ask(simple(), { after: 29_000 * MS - 1 }).http).toBe(200)
  })

  test('an integration without proxy answers with its default response, and 500 when it has none [N.APIGATEWAY-19, API-03]', () => {
    const custom = (more: Record<string, unknown>) => ({
      'x-amazon-apigateway-integration': { type: 'aws', uri: 'Fn', ...more },
    })
    const Body = openApi({
      '/a': { get: custom({ responses: { default: { statusCode: '202' } } }) },
      '/b': { get: custom({}) },
    })
    const at = gateway({ Api: { def: restApi, properties: { Body } }, Stage: stage() })
    expect(ask(at, { answer: 'x' }, 0)).toMatchObject({ status: 'OK', answer: { statusCode: 202, body: 'x' } })
    expect(ask(at, { answer: 'x' }, 1).http).toBe(500)
  })

  test('an integration with a queue puts the body into it without a function [N.APIGATEWAY-05]', () => {
    const sqs = { type: 'aws', httpMethod: 'POST', uri: 'Jobs', responses: { default: { statusCode: '202' } } }
    const at = gateway(
      {
        Api: {
          def: restApi,
          properties: { Body: openApi({ '/x': { post: { 'x-amazon-apigateway-integration': sqs } } }), ...REGIONAL },
        },
        Stage: stage(),
        Jobs: { def: queue },
      },
      {
        probe: [
          ['Api', 'execute-api:Invoke'],
          ['Jobs', 'sqs:ReceiveMessage'],
        ],
      },
    )
    expect(ask(at, { id: 7 })).toMatchObject({ status: 'OK', answer: { statusCode: 202 } })
    at.run(SECOND)
    expect(
      at
        .ask('Jobs', 'sqs:ReceiveMessage', { MaxNumberOfMessages: 10 })
        .answer.Messages.map((message: { Body: unknown }) => message.Body),
    ).toEqual([{ id: 7 }])
    expect(at.state<Stand>('Fn').events.length).toBe(0)
  })

  test('an HTTP proxy hands the request on unchanged [N.APIGATEWAY-27]', () => {
    const seen: unknown[] = []
    const spy: ServiceDef = {
      ...server,
      ops: {
        'http:PUT': {
          doc: '',
          run: (self: any, call: Call) => (seen.push(self.sim.calls.body[call]), self.arrive(call)),
        },
      },
    }
    const http = { type: 'http_proxy', httpMethod: 'PUT', uri: 'Back' }
    const at = gateway({
      Api: {
        def: restApi,
        properties: { Body: openApi({ '/x': { post: { 'x-amazon-apigateway-integration': http } } }) },
      },
      Stage: stage(),
      Back: { def: spy, properties: { Workers: 1, ServiceTime: '0ms' } },
    })
    const body = { any: 'thing' }
    ask(at, body)
    expect(seen[0]).toBe(body)
  })

  test('a mock answers without a backend [N.APIGATEWAY-17, API-03]', () => {
    const mock = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode" : 204}' } }
    const at = gateway({
      Api: {
        def: restApi,
        properties: { Body: openApi({ '/x': { options: { 'x-amazon-apigateway-integration': mock } } }), ...REGIONAL },
      },
      Stage: stage(),
    })
    expect(ask(at, {})).toMatchObject({ status: 'OK', at: 8 * MS, answer: { statusCode: 204 } })
    at.run(HOUR).finish()
    expect(at.points('Api', 'IntegrationLatency')[0].max).toBe(0)
    expect(at.state<Stand>('Fn').events.length).toBe(0)
  })

  test('an HTTP proxy passes the backend’s answer on, whatever it is [N.APIGATEWAY-29, API-03]', () => {
    const http = { type: 'http_proxy', httpMethod: 'GET', uri: 'https://back.example/orders' }
    const api = (properties: Record<string, unknown>): Lab =>
      gateway({
        Api: {
          def: restApi,
          properties: { Body: openApi({ '/x': { get: { 'x-amazon-apigateway-integration': http } } }), ...REGIONAL },
        },
        Stage: stage(),
        Back: {
          def: server,
          properties: { Url: 'https://back.example', Workers: 1, ServiceTime: '30ms', ...properties },
        },
      })
    expect(ask(api({}), {})).toMatchObject({ status: 'OK', at: 38 * MS, answer: { statusCode: 200 } })
    expect(ask(api({ ErrorRate: 1 }), {})).toMatchObject({ http: 500, answer: { statusCode: 500 } })
  })
})

describe('metrics', () => {
  test('4XXError and 5XXError are 0 or 1 per request; throttled requests have no integration latency [API-60, N.APIGATEWAY-50, N.APIGATEWAY-54]', () => {
    const Body = openApi({
      '/fn': { post: proxy() },
      '/back': { get: { 'x-amazon-apigateway-integration': { type: 'http_proxy', uri: 'Back' } } },
    })
    const MethodSettings = [
      { ResourcePath: '/fn', HttpMethod: 'POST', ThrottlingRateLimit: 0.0001, ThrottlingBurstLimit: 23 },
    ]
    const at = gateway({
      Api: { def: restApi, properties: { Body } },
      Stage: stage({ MethodSettings }),
      Back: { def: server, properties: { Workers: 1, QueueCapacity: 0, ServiceTime: '1s' } },
    })
    for (let i = 0; i < 10; i++) at.call('Api', 'execute-api:Invoke', { error: i % 2 === 0, answer: 'malformed' })
    for (let i = 0; i < 3; i++) at.call('Api', 'execute-api:Invoke', { after: 30 * SECOND })
    for (let i = 0; i < 17; i++) at.call('Api', 'execute-api:Invoke', {})
    for (let i = 0; i < 6; i++) at.call('Api', 'execute-api:Invoke', {}, 1)
    at.run(HOUR).finish()
    const codes = at.answers.map((answer) => answer.http)
    expect([502, 503, 504, 429].map((code) => codes.filter((http) => http === code).length)).toEqual([10, 5, 3, 7])
    expect(at.sum('Api', '5XXError')).toBe(18)
    expect(at.sum('Api', '4XXError')).toBe(7)
    expect(at.sum('Api', 'Count')).toBe(36)
    const n = (name: string): number => at.points('Api', name).reduce((sum, point) => sum + point.n, 0)
    expect([n('4XXError'), n('5XXError'), n('Latency'), n('IntegrationLatency')]).toEqual([36, 36, 36, 29])
  })

  test('Latency is IntegrationLatency and the gateway’s own share: 8 ms, 10 ms more through an edge location [API-02, N.APIGATEWAY-51, N.APIGATEWAY-52]', () => {
    const at = simple()
    expect(ask(at, { after: 200 * MS }).at).toBe(208 * MS)
    at.run(HOUR).finish()
    expect(at.points('Api', 'IntegrationLatency')[0].max).toBe(200 * MS)
    expect(at.points('Api', 'Latency')[0].max).toBe(208 * MS)
    const edge = gateway({
      Api: { def: restApi, properties: { Body: openApi({ '/orders': { post: proxy() } }) } },
      Stage: stage(),
    })
    expect(ask(edge, { after: 200 * MS }).at).toBe(218 * MS)
  })

  test('with one stage its metrics are the API’s own, under the stage’s dimension too', () => {
    const at = simple()
    ask(at, {})
    at.run(HOUR).finish()
    expect(at.sum('Api', 'Count', { Stage: 'prod' })).toBe(1)
    expect(at.metric('Api', 'Count').id).toBe(at.metric('Api', 'Count', { Stage: 'prod' }).id)
  })
})

describe('templates', () => {
  const routesOf = (at: Lab): readonly string[] => restApi.entries!(at.world.planOf('Api').config)

  test('resources and methods give the same routes as an OpenAPI document [N.APIGATEWAY-01, N.APIGATEWAY-04]', () => {
    const resource = (ParentId: string, PathPart: string): Part => ({
      def: partDef('AWS::ApiGateway::Resource'),
      properties: { RestApiId: 'Api', ParentId, PathPart },
    })
    const method = (ResourceId: string, HttpMethod: string): Part => ({
      def: partDef('AWS::ApiGateway::Method'),
      properties: {
        RestApiId: 'Api',
        ResourceId,
        HttpMethod,
        Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: 'Fn' },
      },
    })
    const byResources = gateway({
      Api: { def: restApi, properties: { Name: 'shop' } },
      Orders: resource('root', 'orders'),
      Order: resource('Orders', '{id}'),
      M1: method('Orders', 'POST'),
      M2: method('Order', 'get'),
      M3: method('root', 'ANY'),
      Stage: stage(),
    })
    const byDocument = gateway({
      Api: {
        def: restApi,
        properties: {
          Body: openApi({
            '/orders': { post: proxy() },
            '/orders/{id}': { get: proxy() },
            '/': { 'x-amazon-apigateway-any-method': proxy() },
          }),
        },
      },
      Stage: stage(),
    })
    expect(routesOf(byResources)).toEqual(['POST /orders', 'GET /orders/{id}', 'ANY /'])
    expect(routesOf(byDocument)).toEqual(routesOf(byResources))
    for (const at of [byResources, byDocument]) {
      for (let route = 0; route < 3; route++) expect(ask(at, { after: 5 * MS }, route).status).toBe('OK')
      at.run(HOUR).finish()
      expect(at.sum('Api', 'Count')).toBe(3)
    }
    expect(byResources.world.kernel.steps).toBe(byDocument.world.kernel.steps)
  })

  test('an operation finds its route: literal paths first, then parameters, then greedy ones, on the stage that it names', () => {
    const Body = openApi({
      '/orders/{id}': { get: proxy() },
      '/orders/new': { get: proxy() },
      '/{proxy+}': { 'x-amazon-apigateway-any-method': proxy() },
    })
    const at = gateway({
      Api: { def: restApi, properties: { Body } },
      A: stage({ StageName: 'dev' }),
      B: stage({ StageName: 'prod' }),
    })
    const { config } = at.world.planOf('Api')
    const arg = (operation: string): unknown => (restApi.entry!(config, operation) as { arg: number }).arg
    expect(
      [
        'GET /orders/new',
        'GET /orders/7',
        'GET /orders/{id}',
        'get /orders/{other}',
        'DELETE /orders/7',
        'GET /a/b/c',
      ].map(arg),
    ).toEqual([1, 0, 0, 0, 2, 2])
    expect(restApi.entry!(config, 'sqs:SendMessage')).toBeUndefined()
    const plain = gateway({
      Api: { def: restApi, properties: { Body: openApi({ '/orders': { post: proxy() } }) } },
      A: stage({ StageName: 'dev' }),
      B: stage({ StageName: 'prod' }),
    })
    const second = plain.world.planOf('Api').config
    expect([restApi.entry!(second, 'POST /dev/orders'), restApi.entry!(second, 'POST /prod/orders')]).toEqual([
      { action: 'execute-api:Invoke', arg: 0 },
      { action: 'execute-api:Invoke', arg: 1 },
    ])
    expect(restApi.entry!(second, 'POST /order')).toEqual({
      error: '`POST /order` is no route of the API',
      help: 'its routes are `POST /orders`',
    })
  })

  test('an API without a stage can be called by nobody', () => {
    const at = gateway({ Api: { def: restApi, properties: { Body: openApi({ '/x': { get: proxy() } }) } } })
    expect(at.notSimulated.join()).toContain('the API has no stage')
    expect(routesOf(at)).toEqual([])
    expect(restApi.entry!(at.world.planOf('Api').config, 'GET /x')).toMatchObject({ error: 'the API has no stage' })
  })

  test('a deployment that names a stage makes one', () => {
    const deployment: Part = {
      def: partDef('AWS::ApiGateway::Deployment'),
      properties: { RestApiId: 'Api', StageName: 'live' },
    }
    const at = gateway({
      Api: { def: restApi, properties: { Body: openApi({ '/x': { get: proxy() } }) } },
      Deployment: deployment,
    })
    expect(routesOf(at)).toEqual(['GET /x'])
  })

  const refused = (properties: Record<string, unknown>, stageProperties: Record<string, unknown> = {}): string => {
    try {
      gateway({ Api: { def: restApi, properties }, Stage: stage(stageProperties) })
      return ''
    } catch (error) {
      return (error as Refused).message
    }
  }

  test('unknown integration types, endpoint types, paths and time-outs are refused [N.APIGATEWAY-04, N.APIGATEWAY-13, API-04]', () => {
    const integration = (more: Record<string, unknown>) => ({
      Body: openApi({
        '/x': { get: { 'x-amazon-apigateway-integration': { type: 'aws_proxy', uri: 'Fn', ...more } } },
      }),
    })
    expect(refused(integration({ type: 'lambda', uri: 'nowhere' }))).toContain('the integration type is `lambda`')
    expect(refused(integration({ timeoutInMillis: 29_001 }))).toContain('time-out is `29001`')
    expect(refused(integration({ timeoutInMillis: 49 }))).toContain('time-out is `49`')
    expect(refused(integration({ timeoutInMillis: 50 }))).toBe('')
    expect(refused({ EndpointConfiguration: { Types: ['LOCAL'] } })).toContain('`LOCAL`')
    expect(
      refused(integration({}), { MethodSettings: [{ ResourcePath: '/y', HttpMethod: 'GET', ThrottlingRateLimit: 1 }] }),
    ).toContain('`/y` is no path of the API')
  })

  test('a proxy integration has no use for request templates: Lambda’s are ignored, HTTP’s refused [N.APIGATEWAY-25, N.APIGATEWAY-28]', () => {
    const templates = { requestTemplates: { 'application/json': '{}' } }
    const api = (more: Record<string, unknown>): Record<string, unknown> => ({
      Body: openApi({ '/x': { get: { 'x-amazon-apigateway-integration': { ...more, ...templates } } } }),
    })
    expect(refused(api({ type: 'http_proxy', uri: 'https://back.example' }))).toContain(
      'which a proxy integration does not use',
    )
    expect(refused(api({ type: 'http', uri: 'https://back.example' }))).toBe('')
    const at = gateway({ Api: { def: restApi, properties: api({ type: 'aws_proxy', uri: 'Fn' }) }, Stage: stage() })
    expect(at.notSimulated.join()).toContain('`GET /x` has request templates, which a proxy integration does not use')
    const event = {}
    ask(at, event)
    expect(at.state<Stand>('Fn').events[0]).toBe(event)
  })

  test('what is not simulated is said: other services, backends elsewhere, authorizers', () => {
    const Body = openApi({
      '/a': {
        get: { 'x-amazon-apigateway-integration': { type: 'aws', uri: 'arn:aws:apigateway:us-east-1:s3:path/b' } },
      },
      '/b': { get: { 'x-amazon-apigateway-integration': { type: 'http', uri: 'https://elsewhere.example' } } },
      '/c': { get: { ...proxy(), security: [{ key: [] }] } },
      '/d': { get: {} },
    })
    const at = gateway({ Api: { def: restApi, properties: { Body } }, Stage: stage() })
    const said = at.notSimulated.join('\n')
    for (const part of [
      'integrations with `arn:aws:apigateway:us-east-1:s3:path/b` are not simulated yet',
      'the backend of `GET /b` is outside the template',
      'the authorizer `key` is not simulated',
      '`GET /d` has no integration',
    ])
      expect(said).toContain(part)
    expect([0, 1, 2, 3].map((route) => ask(at, {}, route).http)).toEqual([200, 200, 200, 500])
  })
})
