// Who may call: functions that are asked and whose answers are kept, tokens that are read, and requests that are too large.
import { describe, expect, test } from 'vitest'
import { ask, gateway, lambda, openApi, partDef, proxy, REGIONAL, stage, type Stand } from '../../../test/apis.ts'
import { HOUR, MINUTE, MS, SECOND, START_MS, type Answer, type Lab, type Part } from '../../../test/kit.ts'
import type { ServiceDef } from '../../model/contract.ts'
import { restApi } from './rest-api.ts'

const policy = (Effect: string, Resource: unknown) => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] },
  context: { tenant: 'blue' },
})
/** What the documented sample of AWS answers to a token, and some more. */
const sample = (token: string, arn: string): unknown => {
  if (token === 'allow') return policy('Allow', arn)
  if (token === 'all') return policy('Allow', 'arn:aws:execute-api:*:*:*/prod/*')
  if (token === 'deny') return policy('Deny', arn)
  if (token === 'other') return policy('Allow', arn.replace('/x', '/y'))
  if (token === 'sketch') return null
  if (token === 'plain') return { statusCode: 200 }
  return {}
}
/** A function that takes 50 ms to look at a token. */
const authorizer: ServiceDef<Stand> = {
  ...lambda,
  ops: {
    'lambda:InvokeFunction': {
      doc: '',
      run: (self, call) => {
        const { sim } = self
        const event = (sim.calls.body[call] as { Payload: any }).Payload
        self.events.push(event)
        const token = event.authorizationToken ?? event.headers?.Auth ?? ''
        const fails = token === 'unauthorized' ? 'Unauthorized' : token === 'broken' ? 'Oh' : undefined
        sim.calls.answer[call] =
          fails === undefined
            ? { StatusCode: 200, Payload: sample(token, event.methodArn) }
            : { StatusCode: 200, FunctionError: 'Unhandled', Payload: { errorMessage: fails, errorType: 'Error' } }
        const throttled = token === 'throttled' ? sim.error('TooManyRequestsException', 429) : 0
        sim.replyAfter(token === 'slow' ? 40 * SECOND : 50 * MS, call, throttled)
      },
    },
  },
}

const resource = (type: string, properties: Record<string, unknown>): Part => ({
  def: partDef(`AWS::ApiGateway::${type}`),
  properties: { RestApiId: 'Api', ...properties },
})
/** `GET /x` and `GET /y` behind an authorizer of type TOKEN, unless told otherwise. */
function world(settings: Record<string, unknown> = {}, type = 'CUSTOM', stages?: Record<string, Part>): Lab {
  const method = (ResourceId: string): Part =>
    resource('Method', {
      ...{ ResourceId, HttpMethod: 'GET', AuthorizationType: type, Integration: { Type: 'AWS_PROXY', Uri: 'Fn' } },
      ...(type === 'AWS_IAM' ? {} : { AuthorizerId: 'Guard' }),
    })
  return gateway({
    Api: { def: restApi, properties: REGIONAL },
    Ask: { def: authorizer },
    Guard: resource('Authorizer', { Type: 'TOKEN', AuthorizerUri: 'Ask', ...settings }),
    X: resource('Resource', { ParentId: 'root', PathPart: 'x' }),
    Y: resource('Resource', { ParentId: 'root', PathPart: 'y' }),
    GetX: method('X'),
    GetY: method('Y'),
    ...(stages ?? { Stage: stage() }),
  })
}
const token = (Authorization: unknown) => ({ headers: { Authorization } })
const code = (at: Lab, event: object, route = 0): number => ask(at, event, route).http
const asked = (at: Lab): number => at.state<Stand>('Ask').events.length
const reached = (at: Lab): any[] => at.state<Stand>('Fn').events

describe('a function that is asked about a token', () => {
  test('says allow, deny, unauthorized, or something else [N.APIGATEWAY-AUTH-11, API-41, API-V6]', () => {
    const at = world()
    const codes = ['allow', 'deny', 'unauthorized', '', 'anything', 'broken', 'throttled'].map((each) =>
      code(at, token(each)),
    )
    expect(codes).toEqual([200, 403, 401, 401, 500, 500, 500])
    // For the empty one nobody was asked; one alone came through.
    expect([asked(at), reached(at).length]).toEqual([6, 1])
    expect([ask(at, token('deny')).answer.body, ask(at, token('')).answer.body]).toEqual([
      '{"Message":"User is not authorized to access this resource with an explicit deny"}',
      '{"message":"Unauthorized"}',
    ])
    at.run(HOUR).finish()
    expect([at.sum('Api', '4XXError'), at.sum('Api', '5XXError'), at.sum('Api', 'Count')]).toEqual([5, 3, 9])
    // Who is not let in costs nothing.
    expect(at.bill('Api')['Requests']!.used).toBe(9 - 5)
  })

  test('adds its time to that of the backend, and is not waited for beyond 29 s [N.APIGATEWAY-AUTH-14, API-40]', () => {
    const at = world()
    const time = (event: object): number => {
      const began = at.now
      return (ask(at, event).at - began) / MS
    }
    const overhead = 8
    expect(time({ ...token('allow'), after: 30 * MS })).toBe(50 + 30 + overhead)
    // The second time its answer is known.
    expect(time({ ...token('allow'), after: 30 * MS })).toBe(30 + overhead)
    expect([time(token('slow')), at.answers.at(-1)!.http]).toEqual([29_000 + overhead, 500])
    at.run(HOUR)
    expect(code(at, token('slow'))).toBe(500)
  })

  test('is asked once in 300 s about one token, as often as it comes without a time to live [N.APIGATEWAY-AUTH-13, API-40]', () => {
    const invocations = (settings: object): number => {
      const at = world(settings as Record<string, unknown>)
      for (let i = 0; i < 100; i++) {
        at.run(i * 2 * SECOND)
        expect(code(at, token('allow'))).toBe(200)
      }
      return asked(at)
    }
    expect([{}, { AuthorizerResultTtlInSeconds: 0 }, { AuthorizerResultTtlInSeconds: 100 }].map(invocations)).toEqual([
      1, 100, 2,
    ])
    const at = world()
    code(at, token('allow'))
    const kept = at.now - 8 * MS
    at.run(kept + 300 * SECOND - 1)
    code(at, token('allow'))
    expect(asked(at)).toBe(1)
    code(at, token('allow'))
    expect(asked(at)).toBe(2)
  })

  test('has its policy kept for all methods that it names, and for no other; each token and stage by itself [API-40]', () => {
    const stages = { Stage: stage(), Dev: stage({ StageName: 'dev' }) }
    const at = world({}, 'CUSTOM', stages)
    expect([code(at, token('all'), 0), code(at, token('all'), 1), asked(at)]).toEqual([200, 200, 1])
    // A policy for `/x` alone turns `/y` away as long as it is kept.
    expect([code(at, token('allow'), 0), code(at, token('allow'), 1), asked(at)]).toEqual([200, 403, 2])
    expect([code(at, token('other'), 0), asked(at)]).toEqual([403, 3])
    expect([code(at, token('all'), 2), asked(at)]).toEqual([403, 4])
  })

  test('is not asked about a token that looks wrong [N.APIGATEWAY-AUTH-12, API-41]', () => {
    const at = world({ IdentityValidationExpression: '[a-z]+' })
    expect([code(at, token('Bearer 1')), asked(at), code(at, token('allow')), asked(at)]).toEqual([401, 0, 200, 1])
    expect(world({ IdentityValidationExpression: '(a|b)' }).notSimulated.join()).toContain('has groups')
  })

  test('tells the backend who calls', () => {
    const at = world()
    code(at, token('allow'))
    expect(reached(at)[0].requestContext).toEqual({ authorizer: { tenant: 'blue', principalId: 'ann' } })
  })

  test('is asked about callers of whom a workload says nothing, and lets everybody in when it is only sketched', () => {
    const at = world()
    expect([code(at, { id: 1 }), asked(at)]).toEqual([500, 1])
    expect(['sketch', 'plain'].map((each) => code(at, token(each)))).toEqual([200, 200])
    expect(code(at, { headers: {} })).toBe(401)
    const outside = world({ AuthorizerUri: 'elsewhere' })
    expect([code(outside, { headers: {} }), outside.notSimulated.join()]).toEqual([
      200,
      expect.stringContaining('outside of this scenario'),
    ])
  })

  test('of type REQUEST is asked about all that identifies the caller, and not at all when a part is missing [API-40, API-41]', () => {
    const at = world({
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Auth, method.request.querystring.shop, context.path',
    })
    const event = (Auth: string, shop?: string) => ({
      headers: { Auth },
      queryStringParameters: shop === undefined ? {} : { shop },
    })
    expect([code(at, event('all')), asked(at)]).toEqual([401, 0])
    expect([code(at, event('all', 'a')), code(at, event('all', 'a')), asked(at)]).toEqual([200, 200, 1])
    expect([code(at, event('all', 'b')), asked(at)]).toEqual([200, 2])
    const { type, methodArn, httpMethod } = at.state<Stand>('Ask').events[0]
    expect([type, httpMethod, methodArn.split('/').slice(1)]).toEqual(['REQUEST', 'GET', ['prod', 'GET', 'x']])
    // Without an identity there is nothing to keep its answers under.
    const none = world({ Type: 'REQUEST' })
    for (let i = 0; i < 3; i++) code(none, event('all'))
    expect(asked(none)).toBe(3)
  })

  test('stands behind the throttles: what they refuse is not asked about [API-01]', () => {
    const limit = { ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 }
    const at = world({ AuthorizerResultTtlInSeconds: 0 }, 'CUSTOM', { Stage: stage({ MethodSettings: [limit] }) })
    for (let i = 0; i < 5; i++) at.call('Api', 'execute-api:Invoke', token('allow'))
    at.run(MINUTE)
    expect([asked(at), at.answers.filter(({ http }) => http === 429).length]).toEqual([2, 3])
  })
})

describe('a token that the gateway reads', () => {
  const seconds = START_MS / 1_000
  const jwt = (claims: object): string =>
    ['{"alg":"RS256"}', JSON.stringify(claims), 'x'].map((part) => btoa(part).replaceAll('=', '')).join('.')

  test('of a user pool has to be there and not to be over [API-41]', () => {
    const at = world({ Type: 'COGNITO_USER_POOLS', AuthorizerUri: undefined }, 'COGNITO_USER_POOLS')
    const live = jwt({ sub: 'a', exp: seconds + 3_600 })
    const codes = (): number[] =>
      [{}, token(live), token(`Bearer ${live}`), token('x'), { headers: {} }].map((event) => code(at, event))
    expect(codes()).toEqual([200, 200, 200, 401, 401])
    at.run(3_599 * SECOND)
    expect(code(at, token(live))).toBe(200)
    at.run(3_600 * SECOND)
    expect(code(at, token(live))).toBe(401)
    expect(code(at, token(jwt({ sub: 'ö' })))).toBe(200)
  })

  test('of IAM is missing in a request without a signature [N.APIGATEWAY-AUTH-01, API-41]', () => {
    const at = world({}, 'AWS_IAM')
    const anonymous = ask(at, { headers: {} })
    expect([anonymous.http, anonymous.answer.body]).toEqual([403, '{"message":"Missing Authentication Token"}'])
    expect([code(at, token('AWS4-HMAC-SHA256 …')), code(at, {})]).toEqual([200, 200])
  })
})

test('a document says the same with its security schemes', () => {
  const secured = (scheme: object): Lab =>
    gateway({
      Api: {
        def: restApi,
        properties: {
          ...REGIONAL,
          Body: {
            ...openApi({ '/x': { get: { ...proxy(), security: [{ guard: [] }] } } }),
            securityDefinitions: { guard: { type: 'apiKey', in: 'header', ...scheme } },
          },
        },
      },
      Ask: { def: authorizer },
      Stage: stage(),
    })
  const custom = secured({
    name: 'X-Token',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: 'Ask', authorizerResultTtlInSeconds: 0 },
  })
  const header = (text: string) => ({ headers: { 'x-token': text } })
  expect([code(custom, header('allow')), code(custom, header('deny')), code(custom, token('allow'))]).toEqual([
    200, 403, 401,
  ])
  const iam = secured({ name: 'Authorization', 'x-amazon-apigateway-authtype': 'awsSigv4' })
  expect(code(iam, { headers: {} })).toBe(403)
  const unknown = secured({ name: 'Authorization' })
  expect([code(unknown, { headers: {} }), unknown.notSimulated.join()]).toEqual([
    200,
    expect.stringContaining('every caller is let in'),
  ])
})

test('a request has at most 10 MB, and 10,240 bytes of headers [API-06]', () => {
  const at = gateway({
    Api: { def: restApi, properties: { ...REGIONAL, Body: openApi({ '/x': { post: proxy() } }) } },
    Stage: stage(),
  })
  const most = 10_485_760
  const status = ({ http, answer }: Answer): unknown[] => [http, answer.body]
  expect(status(ask(at, { body: 'x'.repeat(most) }))[0]).toBe(200)
  expect(status(ask(at, { body: 'x'.repeat(most + 1) }))).toEqual([413, '{"message":"Request Too Long"}'])
  expect(code(at, { body: 'ö'.repeat(most / 2 + 1) })).toBe(413)
  expect([code(at, { BodySize: most }), code(at, { BodySize: most + 1 })]).toEqual([200, 413])
  const headers = (size: number) => ({ headers: { name: 'x'.repeat(size - 4) } })
  expect([code(at, headers(10_240)), code(at, headers(10_241))]).toEqual([200, 431])
})
