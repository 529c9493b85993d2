// HTTP APIs: what differs from REST APIs, and the throttle that both share.
import { describe, expect, test } from 'vitest'
import { HOUR, lab, type Lab, MS, type Part, type Refused, SECOND } from '../../../test/kit.ts'
import type { Call } from '../../engine/calls.ts'
import type { Config, Props, ServiceDef, Sim } from '../../model/contract.ts'
import { account } from '../apigateway/account.ts'
import { restApi } from '../apigateway/rest-api.ts'
import { server } from '../http/server.ts'
import { queue } from '../sqs/queue.ts'
import { api } from './api.ts'

/** A function that does what its event says. */
const lambda: ServiceDef<Sim> = {
  type: 'AWS::Lambda::Function',
  family: 'compute',
  namespace: 'AWS/Lambda',
  dimension: 'FunctionName',
  summary: 'Does what its event says.',
  models: [],
  omits: [],
  quotas: {},
  assumptions: {},
  props: {},
  create: (_: Config, sim: Sim) => sim,
  ops: {
    'lambda:InvokeFunction': {
      doc: '',
      run: (sim: Sim, call: Call) => {
        const event = (sim.calls.body[call] as { Payload: any }).Payload
        sim.calls.answer[call] = {
          StatusCode: 200,
          Payload: event.answer,
          ...(event.error === true ? { FunctionError: 'Unhandled' } : {}),
        }
        sim.replyAfter(event.after ?? 0, call, event.throttle === true ? sim.error('TooManyRequestsException', 429) : 0)
      },
    },
  },
  timers: {},
  metrics: {},
  invariants: {},
  view: { glyph: '', label: '', level: () => 0, levelMax: () => 1, tone: () => 'calm' },
}
const partDef = (type: string): ServiceDef => ({
  ...lambda,
  type: type as 'AWS::X::Y',
  quotas: api.quotas,
  ops: {},
  props: { ...api.parts, ...restApi.parts }[type] as Props,
})
const part = (type: string, properties: Record<string, unknown>): Part => ({
  def: partDef(`AWS::ApiGatewayV2::${type}`),
  properties: { ApiId: 'Api', ...properties },
})
const stage = (properties: Record<string, unknown> = {}): Part =>
  part('Stage', { StageName: '$default', ...properties })
const proxy = (payloadFormatVersion = '2.0') => ({
  'x-amazon-apigateway-integration': { type: 'aws_proxy', uri: 'Fn', payloadFormatVersion },
})

function gateway(parts: Record<string, Part>): Lab {
  return lab(
    { 'Sim::ApiGateway::Account': { def: account }, Fn: { def: lambda }, ...parts },
    { probe: [['Api', 'execute-api:Invoke']] },
  )
}
const simple = (stageProperties: Record<string, unknown> = {}): Lab =>
  gateway({
    Api: { def: api, properties: { Body: { paths: { '/a': { get: proxy() }, '/b': { get: proxy('1.0') } } } } },
    Stage: stage(stageProperties),
  })
const ask = (at: Lab, event: unknown, arg = 0) => at.ask('Api', 'execute-api:Invoke', event, arg)

describe('requests', () => {
  test('the gateway adds 4 ms; a throttle by Lambda is 503, a function error 502 [API-02, API-05]', () => {
    expect(ask(simple(), { answer: { statusCode: 200 }, after: 20 * MS }).at).toBe(24 * MS)
    expect(ask(simple(), { throttle: true }).http).toBe(503)
    expect(ask(simple(), { error: true }).http).toBe(502)
  })

  test('in payload format 2.0 an answer without a status is the body of a 200; in 1.0 it is 502', () => {
    expect(ask(simple(), { answer: { message: 'hi' } }, 0)).toMatchObject({
      status: 'OK',
      answer: { statusCode: 200, body: { message: 'hi' } },
    })
    expect(ask(simple(), { answer: { statusCode: 404 } }, 0).http).toBe(404)
    expect(ask(simple(), { answer: { message: 'hi' } }, 1).http).toBe(502)
  })

  test('a backend of more than 30 s gets 504 [API-04]', () => {
    const answer = ask(simple(), { after: 30_000 * MS + 1, answer: { statusCode: 200 } })
    expect([answer.http, answer.at]).toEqual([504, 30_004 * MS])
    expect(ask(simple(), { after: 30_000 * MS - 1, answer: { statusCode: 200 } }).http).toBe(200)
  })

  test('metrics carry the names of HTTP APIs, by route where they are asked for', () => {
    const at = simple({ DefaultRouteSettings: { DetailedMetricsEnabled: true } })
    ask(at, { answer: { statusCode: 404 } })
    ask(at, { error: true })
    at.run(HOUR).finish()
    expect([at.sum('Api', 'Count'), at.sum('Api', '4xx'), at.sum('Api', '5xx')]).toEqual([2, 1, 1])
    expect(at.sum('Api', '4xx', { Stage: '$default', Route: 'GET /a' })).toBe(1)
  })
})

describe('throttles', () => {
  test('a route has its own limit, the others the stage’s [API-14]', () => {
    const at = simple({
      DefaultRouteSettings: { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 },
      RouteSettings: { 'GET /b': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 5 } },
    })
    for (let i = 0; i < 10; i++)
      for (const route of [0, 1]) at.call('Api', 'execute-api:Invoke', { answer: { statusCode: 200 } }, route)
    at.run(SECOND / 2)
    expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(2 + 5)
  })

  test('REST and HTTP APIs share the account’s bucket [API-11]', () => {
    const at = lab(
      {
        'Sim::ApiGateway::Account': { def: account },
        Fn: { def: lambda },
        Api: { def: api, properties: { Target: 'Fn' } },
        Rest: { def: restApi, properties: { Body: { paths: { '/x': { get: proxy() } } } } },
        RestStage: { def: partDef('AWS::ApiGateway::Stage'), properties: { RestApiId: 'Rest', StageName: 'prod' } },
      },
      {
        probe: [
          ['Api', 'execute-api:Invoke'],
          ['Rest', 'execute-api:Invoke'],
        ],
      },
    )
    for (let i = 0; i < 3000; i++)
      for (const to of ['Api', 'Rest']) at.call(to, 'execute-api:Invoke', { answer: { statusCode: 200 } })
    at.run(SECOND)
    expect(at.answers.filter((answer) => answer.status === 'OK').length).toBe(5000)
  })
})

describe('templates', () => {
  test('routes with integrations, the default route, quick create', () => {
    const at = gateway({
      Api: { def: api },
      Stage: stage(),
      Integration: part('Integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: 'Fn',
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: 1000,
      }),
      Web: part('Integration', {
        IntegrationType: 'HTTP_PROXY',
        IntegrationUri: 'https://back.example/',
        IntegrationMethod: 'GET',
      }),
      Post: part('Route', { RouteKey: 'POST /orders', Target: 'integrations/Integration' }),
      Rest: part('Route', { RouteKey: '$default', Target: 'integrations/Web' }),
      Back: { def: server, properties: { Url: 'https://back.example', Workers: 1, ServiceTime: '50ms' } },
    })
    const { config } = at.world.planOf('Api')
    expect(api.entries!(config)).toEqual(['POST /orders', '$default'])
    const arg = (operation: string): unknown => (api.entry!(config, operation) as { arg: number }).arg
    expect(['POST /orders', 'GET /orders', '$default'].map(arg)).toEqual([0, 1, 1])
    expect(ask(at, { after: 1000 * MS + 1 }, 0).http).toBe(504)
    const before = at.now
    expect(ask(at, {}, 1).at - before).toBe(54 * MS)
    const quick = gateway({ Api: { def: api, properties: { Target: 'Fn', RouteKey: 'GET /q' } } })
    expect(api.entries!(quick.world.planOf('Api').config)).toEqual(['GET /q'])
    expect(ask(quick, { answer: 'plain' }).answer).toEqual({ statusCode: 200, body: 'plain' })
  })

  test('the subtype SQS-SendMessage puts the body into a queue', () => {
    const at = gateway({
      Api: { def: api },
      Stage: stage(),
      Send: part('Integration', {
        IntegrationType: 'AWS_PROXY',
        IntegrationSubtype: 'SQS-SendMessage',
        RequestParameters: { QueueUrl: 'Jobs', MessageBody: '$request.body' },
      }),
      Post: part('Route', { RouteKey: 'POST /jobs', Target: 'integrations/Send' }),
      Jobs: { def: queue },
    })
    expect(ask(at, { id: 7 })).toMatchObject({ status: 'OK', answer: { statusCode: 200 } })
    at.run(HOUR).finish()
    expect(at.sum('Jobs', 'NumberOfMessagesSent')).toBe(1)
  })

  test('operations name a stage by its first part, else mean the default stage', () => {
    const at = gateway({
      Api: { def: api, properties: { Body: { paths: { '/a': { get: proxy() } } } } },
      A: stage({ StageName: 'dev' }),
      B: stage(),
    })
    const { config } = at.world.planOf('Api')
    expect(api.entry!(config, 'GET /a')).toEqual({ action: 'execute-api:Invoke', arg: 1 })
    expect(api.entry!(config, 'GET /dev/a')).toEqual({ action: 'execute-api:Invoke', arg: 0 })
    expect(api.entry!(config, 'GET /b')).toEqual({
      error: '`GET /b` is no route of the API',
      help: 'its routes are `GET /a`',
    })
  })

  test('WebSocket APIs are said to be missing; unknown route settings and long time-outs are refused [API-04]', () => {
    const socket = gateway({ Api: { def: api, properties: { ProtocolType: 'WEBSOCKET' } } })
    expect(socket.notSimulated.join()).toContain('WebSocket APIs are not simulated yet')
    const refused = (parts: Record<string, Part>): string => {
      try {
        gateway({ Api: { def: api }, ...parts })
        return ''
      } catch (error) {
        return (error as Refused).message
      }
    }
    expect(refused({ Stage: stage({ RouteSettings: { 'GET /y': {} } }) })).toContain('`GET /y` is no route of the API')
    expect(
      refused({
        Integration: part('Integration', {
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: 'Fn',
          TimeoutInMillis: 30_001,
        }),
      }),
    ).toContain('`TimeoutInMillis` is 30001')
    expect(
      refused({
        Integration: part('Integration', {
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: 'Fn',
          TimeoutInMillis: 30_000,
        }),
      }),
    ).toBe('')
  })
})

describe('authorizers of HTTP APIs', () => {
  interface Given {
    readonly settings?: Record<string, unknown>
    readonly type?: string
  }
  /** Routes `GET /x` and `GET /y`; the authorizer answers what the header `auth` says. */
  function guarded({ settings = {}, type = 'CUSTOM' }: Given = {}): { readonly at: Lab; readonly asked: () => number } {
    let asked = 0
    const guard: ServiceDef<Sim> = {
      ...lambda,
      ops: {
        'lambda:InvokeFunction': {
          doc: '',
          run: (sim: Sim, call: Call) => {
            asked++
            const auth = (sim.calls.body[call] as { Payload: any }).Payload.headers.auth
            sim.calls.answer[call] = {
              StatusCode: 200,
              Payload: { isAuthorized: auth === 'yes' ? true : auth === 'no' ? false : 1 },
            }
            sim.replyAfter(auth === 'slow' ? 20 * SECOND : 0, call, 0)
          },
        },
      },
    }
    const route = (RouteKey: string): Part =>
      part('Route', { RouteKey, Target: 'integrations/Work', AuthorizationType: type, AuthorizerId: 'Guard' })
    const at = lab(
      {
        'Sim::ApiGateway::Account': { def: account },
        Api: { def: api, properties: { Name: 'http', ProtocolType: 'HTTP' } },
        Fn: { def: lambda },
        Ask: { def: guard },
        Guard: part('Authorizer', {
          ...{ AuthorizerType: 'REQUEST', AuthorizerUri: 'Ask', EnableSimpleResponses: true },
          ...{ IdentitySource: ['$request.header.auth'], ...settings },
        }),
        Work: part('Integration', { IntegrationType: 'AWS_PROXY', IntegrationUri: 'Fn', PayloadFormatVersion: '2.0' }),
        GetX: route('GET /x'),
        GetY: route('GET /y'),
        Stage: stage(),
      },
      { probe: [['Api', 'execute-api:Invoke']] },
    )
    return { at, asked: () => asked }
  }
  const code = (at: Lab, auth?: string, route = 0): number =>
    at.ask('Api', 'execute-api:Invoke', { headers: auth === undefined ? {} : { auth } }, route).http

  test('answer `isAuthorized`; without an identity nobody is asked; ten seconds are waited [API-40, API-41]', () => {
    const { at, asked } = guarded()
    expect([code(at, 'yes'), code(at, 'no'), code(at, 'strange'), code(at)]).toEqual([200, 403, 500, 401])
    expect(asked()).toBe(3)
    const began = at.now
    expect(code(at, 'slow')).toBe(500)
    expect(at.now - began).toBe(10 * SECOND + 4 * MS)
    at.run(HOUR)
  })

  test('are asked each time unless they say how long an answer holds, for each route where they say so [API-40]', () => {
    const times = (settings?: Record<string, unknown>): number => {
      const { at, asked } = guarded(settings === undefined ? {} : { settings })
      for (let i = 0; i < 10; i++) for (const route of [0, 1]) code(at, 'yes', route)
      return asked()
    }
    const both = ['$request.header.auth', '$context.routeKey']
    expect([
      times(),
      times({ AuthorizerResultTtlInSeconds: 60 }),
      times({ AuthorizerResultTtlInSeconds: 60, IdentitySource: both }),
    ]).toEqual([20, 1, 2])
  })

  test('of type JWT read the token, IAM asks for a signature; no function is asked [API-40, API-41]', () => {
    const settings = { AuthorizerType: 'JWT', AuthorizerUri: undefined, EnableSimpleResponses: undefined }
    const { at, asked } = guarded({ type: 'JWT', settings })
    const claims = (exp: number): string => `x.${btoa(JSON.stringify({ exp })).replaceAll('=', '')}.x`
    expect([code(at, claims(1e10)), code(at, claims(1)), code(at, 'x'), code(at), asked()]).toEqual([
      200, 401, 401, 401, 0,
    ])
    const iam = guarded({ type: 'AWS_IAM' }).at
    expect(code(iam)).toBe(403)
    expect(iam.ask('Api', 'execute-api:Invoke', { headers: { authorization: 'AWS4 …' } }).http).toBe(200)
  })
})
