// Requests that lack something, and aliases that let nobody in: answered before any backend hears of them.
import { expect, test } from 'vitest'
import { ask, gateway, lambda, openApi, partDef, proxy, REGIONAL, stage, type Stand } from '../../../test/apis.ts'
import { HOUR, type Lab, type Part, SECOND } from '../../../test/kit.ts'
import { restApi } from './rest-api.ts'
import { usagePlan } from './usage-plan.ts'

const model = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } }
const validators = {
  'x-amazon-apigateway-request-validators': {
    all: { validateRequestBody: true, validateRequestParameters: true },
    parameters: { validateRequestBody: false, validateRequestParameters: true },
  },
}
const operation = (validator: string | undefined) => ({
  ...proxy(),
  ...(validator === undefined ? {} : { 'x-amazon-apigateway-request-validator': validator }),
  parameters: [
    { in: 'query', name: 'page', required: true },
    { in: 'query', name: 'size' },
  ],
  requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
})
const world = (validator: string | undefined, root: object = {}): Lab =>
  gateway({
    Api: {
      def: restApi,
      properties: {
        ...REGIONAL,
        Body: {
          ...openApi({ '/x': { post: operation(validator) } }),
          ...validators,
          ...root,
          components: { schemas: { Order: model } },
        },
      },
    },
    Stage: stage(),
  })
/** A key in a plan of the stage. */
const keyOf = (name: string, Throttle?: object): Record<string, Part> => {
  const made = (type: 'ApiKey' | 'UsagePlanKey', properties: Record<string, unknown>): Part => ({
    def: { ...partDef(`AWS::ApiGateway::${type}`), quotas: {}, props: usagePlan.parts![`AWS::ApiGateway::${type}`]! },
    properties,
  })
  return {
    [name]: made('ApiKey', { Enabled: true }),
    Link: made('UsagePlanKey', { KeyId: name, KeyType: 'API_KEY', UsagePlanId: 'Plan' }),
    Plan: {
      def: usagePlan,
      properties: { ApiStages: [{ ApiId: 'Api', Stage: 'prod' }], ...(Throttle === undefined ? {} : { Throttle }) },
    },
  }
}
const calls = (at: Lab): number => at.state<Stand>('Fn').events.length
const good = { queryStringParameters: { page: '1' }, body: '{"id":"7"}' }

test('an invalid request is answered 400, and the backend does not hear of it [N.APIGATEWAY-03]', () => {
  const at = world('all')
  const told = (event: object): unknown => ask(at, event).answer.body
  expect(told({ ...good, queryStringParameters: {} })).toBe('{"message":"Missing required request parameters: [page]"}')
  expect(told({ ...good, body: '{"id":7}' })).toBe('{"message":"Invalid request body"}')
  expect(told({ ...good, body: '{' })).toBe('{"message":"Invalid request body"}')
  expect([calls(at), ask(at, good).status, calls(at)]).toEqual([0, 'OK', 1])
  at.run(HOUR).finish()
  expect([at.sum('Api', '4XXError'), at.sum('Api', 'Count')]).toEqual([3, 4])
  expect(at.points('Api', 'IntegrationLatency').reduce((sum, point) => sum + point.n * point.repeat, 0)).toBe(1)
})

test('what the validator leaves out is not looked at; a document may name one for all [N.APIGATEWAY-03]', () => {
  const only = world('parameters')
  expect([ask(only, { ...good, body: '{}' }).status, ask(only, { body: '{}' }).http]).toEqual(['OK', 400])
  expect(ask(world(undefined), { body: '{}' }).status).toBe('OK')
  expect(ask(world(undefined, { 'x-amazon-apigateway-request-validator': 'all' }), { body: '{}' }).http).toBe(400)
})

test('a workload that does not say what its requests carry is let through', () => {
  expect([ask(world('all'), {}).status, ask(world('all'), { 'x-api-key': 'k' }).status]).toEqual(['OK', 'OK'])
})

test('methods of their own name validator, parameters and model [N.APIGATEWAY-03]', () => {
  const method = (more: Record<string, unknown>): Part => ({
    def: partDef('AWS::ApiGateway::Method'),
    properties: {
      ...{ RestApiId: 'Api', ResourceId: 'root', HttpMethod: 'POST', Integration: { Type: 'AWS_PROXY', Uri: 'Fn' } },
      ...more,
    },
  })
  const made = (validator: Record<string, unknown>): Lab =>
    gateway({
      Api: { def: restApi, properties: REGIONAL },
      Check: { def: partDef('AWS::ApiGateway::RequestValidator'), properties: { RestApiId: 'Api', ...validator } },
      Order: {
        def: partDef('AWS::ApiGateway::Model'),
        properties: { RestApiId: 'Api', Schema: JSON.stringify(model) },
      },
      Post: method({
        RequestValidatorId: 'Check',
        RequestParameters: { 'method.request.header.X-Tenant': true, 'method.request.header.X-Other': false },
        RequestModels: { 'application/json': 'Order' },
      }),
      Stage: stage(),
    })
  const both = made({ ValidateRequestBody: true, ValidateRequestParameters: true })
  const headers = { 'x-tenant': 'a' }
  expect([ask(both, { body: { id: '1' } }).http, ask(both, { headers, body: {} }).http]).toEqual([400, 400])
  expect(ask(both, { headers, body: { id: '1' } }).status).toBe('OK')
  expect(ask(made({}), {}).status).toBe('OK')
})

test('a model may refer to places in itself and to other models; what is not understood of it is said', () => {
  const made = (Schema: unknown): Lab => {
    const resource = (type: string, properties: Record<string, unknown>): Part => ({
      def: partDef(`AWS::ApiGateway::${type}`),
      properties: { RestApiId: 'Api', ...properties },
    })
    return gateway({
      Api: { def: restApi, properties: REGIONAL },
      Check: resource('RequestValidator', { ValidateRequestBody: true }),
      Order: resource('Model', { Name: 'Order', Schema }),
      Line: resource('Model', { Name: 'Line', Schema: { type: 'object', required: ['sku'] } }),
      Post: resource('Method', {
        ...{ ResourceId: 'root', HttpMethod: 'POST', Integration: { Type: 'AWS_PROXY', Uri: 'Fn' } },
        ...{ RequestValidatorId: 'Check', RequestModels: { 'application/json': 'Order' } },
      }),
      Stage: stage(),
    })
  }
  const url = 'https://apigateway.amazonaws.com/restapis/abc/models/Line'
  const at = made({ type: 'array', items: { $ref: url }, uniqueItems: true })
  const http = (body: unknown): number => ask(at, { body }).http
  expect([http([{ sku: 'a' }]), http([{}]), http([{ sku: 'a' }, { sku: 'a' }])]).toEqual([200, 400, 400])
  expect(at.notSimulated.join()).not.toContain('ask for nothing')
  const strange = made({ type: 'object', properties: { id: { pattern: '^(a|b)$', nullable: true } } })
  expect(strange.notSimulated.join()).toContain('`nullable`, `pattern ^(a|b)$` ask for nothing')
})

test('a document may refer from one schema to another', () => {
  const at = gateway({
    Api: {
      def: restApi,
      properties: {
        ...REGIONAL,
        Body: {
          ...openApi({ '/x': { post: operation('all') } }),
          ...validators,
          components: {
            schemas: {
              Order: { properties: { lines: { items: { $ref: '#/components/schemas/Line' } } } },
              Line: { type: 'object', properties: { sku: { pattern: '^[A-Z]+$' } }, dependencies: {} },
            },
          },
        },
      },
    },
    Stage: stage(),
  })
  const http = (sku: string): number => ask(at, { ...good, body: { lines: [{ sku }] } }).http
  expect([http('A'), http('a')]).toEqual([200, 400])
  expect(at.notSimulated.join()).toContain('`dependencies` ask for nothing')
})

test('10 invalid requests, 5 without a key and 20 too fast count as 35 client errors [N.APIGATEWAY-53]', () => {
  const locked = { ...operation('all'), security: [{ api_key: [] }] }
  const at = gateway({
    Api: {
      def: restApi,
      properties: {
        ...REGIONAL,
        Body: {
          ...openApi({ '/x': { post: locked } }),
          ...validators,
          components: {
            schemas: { Order: model },
            securitySchemes: { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } },
          },
        },
      },
    },
    Stage: stage(),
    ...keyOf('Ann', { RateLimit: 1, BurstLimit: 15 }),
  })
  const send = (count: number, event: object): void => {
    for (let i = 0; i < count; i++) at.call('Api', 'execute-api:Invoke', event)
  }
  send(5, good)
  send(10, { 'x-api-key': 'Ann', body: {}, queryStringParameters: { page: '1' } })
  send(5, { ...good, 'x-api-key': 'Ann' })
  send(20, { ...good, 'x-api-key': 'Ann' })
  at.run(70 * SECOND).finish()
  const byCode = [400, 403, 429].map((code) => at.answers.filter(({ http }) => http === code).length)
  expect([byCode, at.sum('Api', '4XXError'), at.sum('Api', 'Count'), calls(at)]).toEqual([[10, 5, 20], 35, 40, 5])
})

test('an alias that a stage variable names needs a permission of its own, or its requests get 500 [N.APIGATEWAY-39, N.APIGATEWAY-38]', () => {
  const alias = { def: { ...lambda, type: 'AWS::Lambda::Alias' as const } }
  const permit = (FunctionName: string): Part => ({
    def: { ...lambda, type: 'AWS::Lambda::Permission', ops: {}, props: {} },
    config: { FunctionName, Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' },
  })
  const made = (more: Record<string, Part>, uri = '${stageVariables.alias}'): Lab =>
    gateway({
      Api: { def: restApi, properties: { ...REGIONAL, Body: openApi({ '/x': { get: proxy(uri) } }) } },
      Stage: stage({ Variables: { alias: 'Live' } }),
      Live: alias,
      ...more,
    })
  const locked = made({ Permit: permit('Fn') })
  expect([ask(locked, {}).http, locked.state<Stand>('Live').events.length]).toEqual([500, 0])
  locked.run(70 * SECOND).finish()
  expect([locked.points('Api', 'IntegrationLatency'), locked.sum('Api', '5XXError')]).toEqual([[], 1])
  const open = made({ Permit: permit('Live') })
  expect([ask(open, {}).status, open.state<Stand>('Live').events.length]).toEqual(['OK', 1])
})

test('the gates stand in their order: the key, the throttles, the validator, the cache [API-01]', () => {
  const get = { ...operation('all'), security: [{ api_key: [] }] }
  const schemes = { api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } }
  const at = gateway({
    Api: {
      def: restApi,
      properties: {
        ...REGIONAL,
        Body: {
          ...openApi({ '/x': { get } }),
          ...validators,
          components: { schemas: { Order: model }, securitySchemes: schemes },
        },
      },
    },
    Stage: stage({
      CacheClusterEnabled: true,
      MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 1, ThrottlingBurstLimit: 3 }],
    }),
    ...keyOf('Ann'),
  })
  const mine = { ...good, 'x-api-key': 'Ann' }
  const code = (event: object): number => ask(at, event).http || 200
  // Without a key nothing is taken from the throttle, and nothing is said of the body.
  expect([code({ body: '{' }), code({ body: '{' }), code({ body: '{' })]).toEqual([403, 403, 403])
  // Two pass, of which the cache answers one; an invalid one takes the last token, the next finds none.
  expect([code(mine), code(mine), calls(at)]).toEqual([200, 200, 1])
  expect([code({ ...mine, body: '{' }), code({ ...mine, body: '{' }), code(mine)]).toEqual([400, 429, 429])
})
